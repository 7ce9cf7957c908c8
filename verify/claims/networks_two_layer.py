"""Trained two-layer networks on uniform data: statements decided by `verify.networks`."""

from __future__ import annotations

from verify.claim import Claim, Source
from verify.networks import kernel_drift, kernel_start, learning_rate_edge, linearisation

JACOT = "Jacot, Gabriel, Hongler", 2018
LEE = "Lee, Xiao, Schoenholz, Bahri, Novak, Sohl-Dickstein, Pennington", 2019
LEWKOWYCZ = "Lewkowycz, Bahri, Dyer, Sohl-Dickstein, Gur-Ari", 2020

CLAIMS = (
    Claim(
        "jacot-start", Source(*JACOT, "theorem 1", "1806.07572"), "read",
        r"\text{at initialisation } K_0/m \to \kappa \text{ as } m \to \infty: \mathbb{E}\,\|K_0/m - \kappa\|^2 = C/m",
        procedure=kernel_start,
        note="The theorem gives the limit; the rate, with its constant, follows from independent hidden units.",
    ),
    Claim(
        "jacot-constant", Source(*JACOT, "theorem 2", "1806.07572"), "read",
        r"\text{in training the tangent kernel stays at its initial value as } m \to \infty",
        procedure=kernel_drift,
        note="The theorem needs a twice differentiable activation. For ReLU the drift falls, about as m^(-3/4) and "
        "not as the m^-1 of a smooth activation.",
    ),
    Claim(
        "lee-linear", Source(*LEE, "theorem 2.1", "1902.06720"), "read",
        r"\sup_t \|f_t - f_{lin,t}\| = O(m^{-1/2})",
        procedure=linearisation,
        note="Compared at the last step, on the training points. The formal theorem excludes ReLU.",
    ),
    Claim(
        "catapult-edge", Source(*LEWKOWYCZ, "section 1", "2003.02218"), "memory",
        r"\text{below } \eta\lambda_{\max} = 2 \text{ gradient descent converges; beyond, the loss first grows, then falls "
        r"to where the kernel is within the edge again}",
        procedure=learning_rate_edge,
        note="Seen up to eta lambda_max = 2.2.",
    ),
)  # fmt: skip
