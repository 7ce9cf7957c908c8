"""Trained two-layer networks on uniform data: statements decided by `verify.networks`."""

from __future__ import annotations

from verify.findings.claim import MEASURED, OWN, Claim, Source

CAO = "Cao, Fang, Wu, Zhou, Gu", 2019
BASRI = "Basri, Jacobs, Kasten, Kritchman", 2019
JACOT = "Jacot, Gabriel, Hongler", 2018
LEE = "Lee, Xiao, Schoenholz, Bahri, Novak, Sohl-Dickstein, Pennington", 2019
LEWKOWYCZ = "Lewkowycz, Bahri, Dyer, Sohl-Dickstein, Gur-Ari", 2020

CLAIMS = (
    Claim(
        "cao-convergence",
        Source(*CAO, "theorem 4.2", "1912.01198"),
        "notes",
        r"n^{-1/2}\|V_k^\top(y - \hat y^{(T)})\| \le 2(1-\lambda)^T n^{-1/2}\|V_k^\top y\| + \epsilon "
        r"\text{ for wide enough networks and enough samples}",
        procedure=MEASURED,
        profile="full",
        note="With the step normalised, lambda = c mu_k. The figures give the least width and sample size for eps = .05.",
    ),
    Claim(
        "cao-low-first",
        Source(*CAO, "section 1", "1912.01198"),
        "seed",
        r"\text{low degrees are learned faster, with narrower networks and fewer samples}",
        procedure=MEASURED,
        profile="full",
        note="Degrees 1, 2, 4. Fewer samples: to follow the population's law; the printed bound alone asks no more for high "
        "degrees, as its factor 2 covers a slow decay. Narrower: for single components; the norm of a whole degree "
        "averages over its components. Degrees 3 and 4 on S^9, whose order a sample of 1000 may turn round, are not compared.",
    ),
    Claim(
        "cao-any-target",
        Source(*CAO, "section 4", "1912.01198"),
        "seed",
        r"\text{the rates hold for targets outside the RKHS}",
        procedure=MEASURED,
        note="Rates of each network's own initial kernel in bands of eigenvectors; cosines, an even polynomial, a step, noise.",
    ),
    Claim(
        "jacot-start",
        Source(*JACOT, "theorem 1", "1806.07572"),
        "derived",
        r"\text{at initialisation } K_0/m \to \kappa \text{ as } m \to \infty: \mathbb{E}\,\|K_0/m - \kappa\|^2 = C/m",
        procedure=MEASURED,
        note="The theorem gives the limit; the rate, with its constant, follows from independent hidden units. The limit "
        "itself is asked of each layer's part.",
    ),
    Claim(
        "jacot-constant",
        Source(*JACOT, "theorem 2", "1806.07572"),
        "read",
        r"\text{in training the tangent kernel stays at its initial value as } m \to \infty",
        procedure=MEASURED,
        note="The theorem needs a twice differentiable activation. For ReLU the drift falls, about as m^(-3/4) and "
        "not as the m^-1 of a smooth activation.",
    ),
    Claim(
        "lee-linear",
        Source(*LEE, "theorem 2.1", "1902.06720"),
        "read",
        r"\sup_t \|f_t - f_{lin,t}\| = O(m^{-1/2})",
        procedure=MEASURED,
        note="Compared at the last step, on the training points. The formal theorem excludes ReLU.",
    ),
    Claim(
        "rate-width",
        Source(OWN, 2026, "after Cao et al. 2019, theorem 4.2"),
        "own",
        r"\text{the error of a network's rates falls as } m^{-1/2} \text{ against the limit kernel, faster against its own}",
        procedure=MEASURED,
        note="The theorem bounds the error for wide enough networks; the exponents are ours. Against the own kernel "
        "about m^-.7 is seen.",
    ),
    Claim(
        "catapult-edge",
        Source(*LEWKOWYCZ, "section 1", "2003.02218"),
        "memory",
        r"\text{below } \eta\lambda_{\max} = 2 \text{ gradient descent converges; beyond, the loss first grows, then falls "
        r"to where the kernel is within the edge again}",
        procedure=MEASURED,
        note="Seen up to eta lambda_max = 2.2.",
    ),
    Claim(
        "basri-time-trained",
        Source(*BASRI, "abstract", "1906.00425"),
        "notes",
        r"\text{on } S^1 \text{ a trained network takes time} \sim k^2 \text{ to learn frequency } k",
        procedure=MEASURED,
        profile="full",
        note="The law is one of large k. Tested are even k up to 16, without biases, against the exponent of mu_k at "
        "these degrees, near 2.2: networks of these degrees reject 2 itself.",
    ),
)
