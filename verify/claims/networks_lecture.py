"""The lecture's experiments: networks with Fourier features, designed spectra.

Their null hypotheses, margins and error rates are in `verify.networks`, one module a procedure.
"""

from __future__ import annotations

from verify.claim import Claim, Source
from verify.claims.lecture import LECTURE
from verify.networks import bandwidth, designed_rates, eigen_decay, eigen_order

TANCIK = "Tancik, Srinivasan, Mildenhall, Fridovich-Keil, Raghavan, Singhal, Ramamoorthi, Barron, Ng"


def _tancik(place: str) -> Source:
    return Source(TANCIK, 2020, place, "2006.10739")


CLAIMS = (
    Claim(
        "lecture-decay-trained", LECTURE, "seed",
        r"q_i^\top r_t = (1 - \eta\lambda_i)^t\, q_i^\top y \text{ along every eigenvector of a deep tangent kernel}",
        procedure=eigen_decay,
        note="Printed as exp(+Lambda t) with a minus in front; decided with the sign corrected and in discrete time. "
        "exp(-lambda t) is its limit for small steps, and fails for the leading eigenvector at eta lambda = .8.",
    ),
    Claim(
        "lecture-rates-trained", LECTURE, "seed",
        r"\text{higher eigenvalue, lower frequency of the eigenvector}",
        procedure=eigen_order,
        note="Of the tangent kernels of random deep networks of finite width.",
    ),
    Claim(
        "tancik-bandwidth", _tancik("section 5 and figures 2-4"), "seed",
        r"\text{the features' scale tunes the spectrum; too narrow underfits, too wide overfits}",
        procedure=bandwidth, profile="full",
        note="In one dimension, signals 1/f. Errors follow each network's own initial kernel in discrete time, not "
        "the published curve, which restarts from the current outputs and so doubles the rate.",
    ),
    Claim(
        "tancik-design", _tancik("section 5, turned around"), "memory",
        r"\text{features with suitable amplitudes give the kernel the spectrum } \mu_k = k^{-2},\ "
        r"\text{and the network learns at its rates}",
        procedure=designed_rates, profile="full",
        note="With hidden units that see one frequency each. Which spectra can be had is decided before training: "
        "those whose Dirichlet quotient by the head's spectrum is nonnegative. k^-3 is not among them.",
    ),
)  # fmt: skip
