"""The lecture's experiments: networks with Fourier features, designed spectra.

Their null hypotheses, margins and error rates are in `verify.networks`, one module a procedure.
"""

from __future__ import annotations

from verify.claims.lecture import lecture
from verify.claims.tancik import source
from verify.findings.claim import MEASURED, OWN, Claim, Source

CLAIMS = (
    Claim(
        "lecture-decay-trained",
        lecture("slide 'Spectral bias'"),
        "seed",
        r"q_i^\top r_t = e^{-\lambda_i t} q_i^\top y \text{ along every eigenvector of a tangent kernel}",
        procedure=MEASURED,
        note="In the lecture's second display; decided in discrete time, (1 - eta lambda)^t for a deep network. "
        "exp(-lambda t) is its limit for small steps, and fails for the leading eigenvector at eta lambda = .8.",
    ),
    Claim(
        "lecture-rates-trained",
        lecture("slide 'Spectral bias', conclusion"),
        "seed",
        r"\text{higher eigenvalue, lower frequency of the eigenvector}",
        procedure=MEASURED,
        note="Of the tangent kernels of random deep networks of finite width.",
    ),
    Claim(
        "tancik-bandwidth",
        source("section 5 and figures 3-4"),
        "read",
        r"\text{the features' scale tunes the spectrum; too narrow underfits, too wide overfits}",
        procedure=MEASURED,
        profile="full",
        note="In one dimension, signals 1/f. Errors follow each network's own initial kernel in discrete time, not "
        "the published curve, which restarts from the current outputs and so doubles the rate.",
    ),
    Claim(
        "tancik-design",
        Source(OWN, 2026, "after Tancik et al. 2020, section 5, turned around"),
        "own",
        r"\text{features with suitable amplitudes give the kernel the spectrum } \mu_k = k^{-2},\ "
        r"\text{and the network learns at its rates}",
        procedure=MEASURED,
        profile="full",
        note="With hidden units that see one frequency each. Which spectra can be had is decided before training: "
        "those whose Dirichlet quotient by the head's spectrum is nonnegative. k^-3 is not among them.",
    ),
)
