"""What decay, and the behaviour at t = 1, say of the spaces of kernels: equal, nested, Hoelder; d and k are ours.

Two kernels with the same eigenfunctions and positive eigenvalues have the same space where the quotients of their
eigenvalues are bounded both ways, and nested ones where one of the two is.
"""

from __future__ import annotations

from itertools import pairwise

from verify.findings.claim import Claim, Said, Source

DEEP, TANGENT, LAPLACE, GAUSSIAN = "NTK(depth=L)", "NTK(depth=2)", "Laplace(rate=1)", "Gaussian(rate=1)"
RESIDUAL = ("ResNTK(depth=2, alpha=1)", "ResNTK(depth=3, alpha=1/2)")
ORDER = "mu(k) = Theta(k**(-d-1)) as k -> oo"
FROM_3 = ("L >= 3",)
CHEN_XU = Source("Chen, Xu", 2021, "abstract", "2009.10683")
HOLDER = "kappa(1) - kappa(t) = Theta(sqrt(2-2*t)) as t -> 1"


POWERS = tuple(f"ExponentialPower(rate=1, power={power})" for power in ("1/2", "1", "3/2"))


def _power(kernel: str, order: str) -> Said:
    return Said(f"mu(k) = Theta(k**(-d-{order})) as k -> oo", kernel)


CLAIMS = (
    Claim(
        "chen-xu-same-space",
        CHEN_XU,
        "derived",
        r"\text{the deep tangent kernel and the Laplace kernel have the same space on the sphere: }"
        r"\mu_k > 0,\ \mu_k = \Theta(k^{-d-1}) \text{ for both}",
        (Said(ORDER, DEEP, FROM_3), Said("mu(k) > 0", DEEP, FROM_3), Said(ORDER, LAPLACE), Said("mu(k) > 0", LAPLACE)),
        note="There: the same set of functions. For tangent kernels without bias, from depth 3 on; that of depth 2 has "
        "no odd degree above 1.",
    ),
    Claim(
        "chen-xu-powers",
        CHEN_XU,
        "derived",
        r"e^{-c\|x-x'\|^\gamma}: \text{ the smaller } \gamma, \text{ the larger the space on the sphere, since }"
        r"\mu_k = \Theta(k^{-d-\gamma})",
        (
            *(_power(kernel, order) for kernel, order in zip(POWERS, ("1/2", "1", "3/2"), strict=True)),
            *(
                Said("smooth.mu(k) = o(rough.mu(k)) as k -> oo", f"smooth = {b}; rough = {a}")
                for a, b in pairwise(POWERS)
            ),
        ),
        note="There: a smaller power has a larger space. The orders are added here, for three powers.",
    ),
    Claim(
        "geifman-gaussian",
        Source(
            "Geifman, Yadav, Kasten, Galun, Jacobs, Basri", 2020, "comparison with the Gaussian kernel", "2007.01580"
        ),
        "notes",
        r"\text{the space of the Gaussian kernel lies strictly inside that of the Laplace kernel}",
        (
            Said("gauss.mu(k) = o(lap.mu(k)) as k -> oo", f"gauss = {GAUSSIAN}; lap = {LAPLACE}"),
            Said("mu(k) > 0", LAPLACE),
            Said("mu(k) > 0", GAUSSIAN),
        ),
    ),
    Claim(
        "belfer-residual",
        Source("Belfer, Geifman, Galun, Basri", 2021, "abstract", "2104.03093"),
        "derived",
        r"\text{deep residual tangent kernels have the space of the Laplace kernel on the sphere: }"
        r"\mu_k > 0,\ \mu_k = \Theta(k^{-d-1}) \text{ for both}",
        (
            *(
                Said("res.mu(k) = Theta(lap.mu(k)) as k -> oo", f"res = {kernel}; lap = {LAPLACE}")
                for kernel in RESIDUAL
            ),
            *(Said("mu(k) > 0", kernel) for kernel in (*RESIDUAL, LAPLACE)),
        ),
        note="There for every depth and scale of the blocks; here for two of them. The paper's own factors were not read.",
    ),
    Claim(
        "bm-holder",
        Source("Bietti, Mairal", 2019, "propositions 3 and 4", "1905.12173"),
        "notes",
        r"\|\Phi(x)-\Phi(x')\|^2 = 2(\kappa(1)-\kappa(t)) = \Theta(\|x-x'\|): "
        r"\text{ the features are Hoelder of order } \tfrac12 \text{ and not Lipschitz}",
        (Said(HOLDER, TANGENT), Said(HOLDER, DEEP, ("L >= 2",))),
        readings=(
            (
                "features of the last layer alone",
                (Said("kappa(1) - kappa(t) = O(2-2*t) as t -> 1", "ArcCosine(order=1)"),),
            ),
        ),
        note="On the sphere, where |x-x'|^2 = 2-2t. The features of the last layer alone are Lipschitz.",
    ),
    Claim(
        "li-index",
        Source("Li, Yu, Chen, Lin", 2024, "theorem on the eigenvalue decay rate, on the sphere", "2305.02657"),
        "notes",
        r"\lambda_i = \Theta(i^{-(d+1)/d})",
        (
            Said("lambda(i) = Theta(i**(-(d+1)/d)) as i -> oo", "NTK(depth=3)", ("d = 2",)),
            Said("lambda(i) = Theta(i**(-(d+1)/d)) as i -> oo", "NTK(depth=4)", ("d = 3",)),
        ),
        readings=(("by degree, every depth and sphere", (Said(ORDER, DEEP, FROM_3),)),),
        note="There on R^d with any bounded density of light tails; here on the sphere, uniform, in two cases by index.",
    ),
    Claim(
        "basri-deep-monotone",
        Source(
            "Basri, Galun, Geifman, Jacobs, Kasten, Kritchman",
            2020,
            "sections 1 and 5, read for deep networks",
            "2003.04560",
        ),
        "notes",
        r"\text{the eigenvalues of deep tangent kernels without bias shrink monotonically: } \mu_k > \mu_{k+1}",
        (Said("mu(k) > mu(k+1)", "NTK(depth=3)"),),
        corrected=(Said("mu(k) > mu(k+2)", DEEP, FROM_3),),
        note="From depth 3 on no eigenvalue is 0, and each parity falls by itself; the even ones are larger, so that "
        "mu_7 < mu_8 on the circle.",
    ),
    Claim(
        "falls-with-degree",
        Source("Olver et al.", 2010, "section 10.37: I_v(x) falls as v grows"),
        "derived",
        r"e^{-c\|x-x'\|^\gamma},\ 0 < \gamma \le 2,\ \text{and Matern kernels: } \mu_{k+1} < \mu_k \text{ on every sphere}",
        tuple(
            Said("mu(k+1) < mu(k)", kernel)
            for kernel in (LAPLACE, GAUSSIAN, "ExponentialPower(rate=1, power=1/2)", "Matern(nu=3/2, lengthscale=1)")
        ),
        note="They are means of exp(c t) over c > 0, whose eigenvalues are multiples of I_{k+(d-1)/2}(c).",
    ),
    Claim(
        "falls-with-dimension",
        Source("Schoenberg", 1942, "positive definite functions on spheres"),
        "memory",
        r"b_n \ge 0: \mu_k \text{ on } S^{d+1} \le \mu_k \text{ on } S^d,\ \mu_{k+2} \le \mu_k,\ |\kappa(t)| \le \kappa(1)",
        (
            Said("mu(k, d+1) < mu(k)", DEEP, FROM_3),
            Said("mu(k, d+1) <= mu(k)", TANGENT),
            Said("mu(k+2) < mu(k)", DEEP, FROM_3),
            Said("kappa(t) <= kappa(1)", DEEP, ("L >= 2",)),
            Said("-kappa(t) <= kappa(1)", DEEP, ("L >= 2",)),
        ),
    ),
)
