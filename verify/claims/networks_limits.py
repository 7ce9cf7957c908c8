"""Infinite width at the start, and kernel regression: statements about networks and samples.

Null hypotheses, margins and error rates are in `verify.networks`, one module a procedure.
"""

from __future__ import annotations

from verify.findings.claim import MEASURED, OWN, Claim, Source

LEE = Source("Lee, Bahri, Novak, Schoenholz, Pennington, Sohl-Dickstein", 2018, "section 2", "1711.00165")
LEE_DEPTH = "Lee, Xiao, Schoenholz, Bahri, Novak, Sohl-Dickstein, Pennington"

CLAIMS = (
    Claim(
        "lee-gp",
        LEE,
        "seed",
        r"\text{wide random networks of depth } 2, 3, 4 \text{ are Gaussian processes of "
        r"covariance } \Sigma_L",
        procedure=MEASURED,
        note="Depth counts weight layers. Normality is tested on outputs and random projections of them; "
        "the excess kurtosis is compared with its exact value at every width.",
    ),
    Claim(
        "ridge-training",
        Source(OWN, 2026, "after Jacot et al. 2018 and Lee et al. 2019"),
        "own",
        r"\text{training with } \tfrac\lambda2 |\theta - \theta_0|^2 \text{ ends at } "
        r"f_0 + k(x, X)(K + \lambda)^{-1} (y - f_0(X)) \text{ as } m \to \infty",
        procedure=MEASURED,
        note="Two layers, also without the penalty (the limit of ridge 0), and in representer form k(x, X) r / ridge.",
    ),
    Claim(
        "ridge-rates",
        Source("Fischer, Steinwart", 2020, "theorem 1", "1702.07254"),
        "memory",
        r"\text{ridge regression at the best ridge has risk } n^{-2s/(2s+1)} \text{ on } S^1, \ "
        r"s = \tfrac12, \tfrac34, 1, \tfrac32",
        procedure=MEASURED,
        profile="full",
        note="NTK(depth=2, bias=True), whose eigenvalues fall as k^-2; a target of smoothness s has squared coefficients "
        "k^(-2s-1); below s = 1 it lies outside the space, which Caponnetto and De Vito 2007 leave out. From 64 to "
        "1024 points; at s = 1/2 the exponent is .046 above its limit there, in theory as in samples.",
    ),
    Claim(
        "posterior-draws",
        Source(LEE_DEPTH, 2019, "section 2.3.1 and supplement D", "1902.06720"),
        "read",
        r"\text{wide networks trained on their last layer from random starts sample the posterior "
        r"of the Gaussian process}",
        procedure=MEASURED,
        note="Sample-then-optimise: noise of variance ridge is added to the labels, the penalty is on the "
        "distance from the start. Neighbouring depths are told apart beside draws of the limit from the same noise.",
    ),
    Claim(
        "bordelon-curves",
        Source("Bordelon, Canatar, Pehlevan", 2020, "proposition 3", "2002.02561"),
        "derived",
        r"E_k(n) = \frac{n}{n - \sum_j N_j L_j^2}\,(1 - L_k)^2,\ L_k = \frac{\mu_k}{\mu_k + \kappa},\ "
        r"\sum_k N_k L_k + \frac\lambda\kappa = n;\ n \sim d^k \text{ samples learn degree } k",
        procedure=MEASURED,
        note="Proposition 3 in the form of Simon et al. 2023. A target outside the kernel's space acts as noise "
        "and keeps its error. Of n ~ d^k, a law of large d, what theory is short of it at these d is taken off.",
    ),
    Claim(
        "vy-loss-trained",
        Source("Velikanov, Yarotsky", 2021, "theorem 1", "2105.00507"),
        "notes",
        r"\text{the loss of trained networks falls as } "
        r"\tfrac K2 \Gamma(\tfrac\kappa\nu + 1)(2\Lambda t)^{-\kappa/\nu}",
        procedure=MEASURED,
        profile="full",
        note="A square wave on the circle, exponent 1/2. In an early window of finite width: see the scope.",
    ),
)
