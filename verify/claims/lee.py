"""Lee et al. 2018: Deep Neural Networks as Gaussian Processes, at random initialisation.

Two hidden layers of m ReLUs, weights of variance 2 over the number of inputs, m(0) = 1 for unit
inputs; the limit is NNGP(depth=3). Given the hidden layers the output is exactly normal, since its
weights are, with covariance Q: so it is normal in the limit iff Q tends to a constant, and its
excess kurtosis is 3 Var(Q)/E[Q]^2, expected to fall as 1/m.
"""

from __future__ import annotations

import math
from functools import cache, partial

import numpy as np
import torch

from theory.expressions import parse_kernel
from theory.truth import Evidence, Truth
from verify.bridge import float_kernel
from verify.claim import Claim, Context, Finding, Source
from verify.statistics import HOLDS, Design, equivalence_tests

SOURCE = Source("Lee, Bahri, Novak, Schoenholz, Pennington, Sohl-Dickstein", 2018, "", "1711.00165")
ANGLE = 2 * math.pi / 3
WIDTHS = (32, 128)
BATCHES, NETWORKS = 48, 150  # batches of networks of each width
# Of a batch: covariances (variance, covariance) at the larger width. Spread and bias are bounds, from
# a pilot with seed 999.
COVARIANCE = Design(seeds=BATCHES, margin=0.05, level=1e-4, comparisons=2, spread=0.035, bias=0.01)
# Of a batch: the exponent of the excess kurtosis in the width.
KURTOSIS = Design(seeds=BATCHES, margin=0.4, level=1e-4, comparisons=1, spread=0.2, bias=0.1)


def covariances(width: int, generator: torch.Generator) -> np.ndarray:
    """Q(x,x), Q(x,x') of each of NETWORKS networks, given their hidden layers: (NETWORKS, 2)."""
    inputs = torch.tensor([[1.0, math.cos(ANGLE)], [0.0, math.sin(ANGLE)]], dtype=torch.float32)  # (2, points)
    first = torch.randn(NETWORKS, width, 2, generator=generator)
    hidden = (first @ inputs).clamp_min(0) * math.sqrt(2 / width)  # (networks, m, points)
    second = torch.randn(NETWORKS, width, width, generator=generator)
    hidden = (second @ hidden).clamp_min(0) * math.sqrt(2 / width)
    return torch.stack([hidden[..., 0].square().sum(1), hidden.prod(-1).sum(1)], 1).double().numpy()


@cache
def draw(seed: int) -> np.ndarray:
    """(widths, batches, networks, 2)."""
    generator = torch.Generator().manual_seed(seed)
    return np.array([[covariances(m, generator) for _ in range(BATCHES)] for m in WIDTHS])


def gaussian_limit(
    context: Context, kernel: str = "NNGP(depth=3)", exponent: float = -1.0, scale: float = 1.0
) -> Finding:
    """Mean of Q with the kernel, and the exponent of 3 Var(Q)/E[Q]^2 in the width with `exponent`."""
    found = draw(context.seed)
    limit = float_kernel(parse_kernel(kernel))
    wanted = [scale * limit(torch.tensor(theta, dtype=torch.float64)).item() for theta in (0.0, ANGLE)]
    variance = found[..., 0]
    excess = 3 * variance.var(-1, ddof=1) / variance.mean(-1) ** 2  # (widths, batches)
    slopes = np.log(excess[1] / excess[0]) / math.log(WIDTHS[1] / WIDTHS[0])
    tests = (
        *equivalence_tests(found[1].mean(1) - wanted, ("variance", "covariance"), COVARIANCE),
        *equivalence_tests((slopes - exponent)[:, None], ("exponent of the excess kurtosis",), KURTOSIS),
    )
    wrong = next((t for t in tests if t.verdict != HOLDS), None)
    why = "; ".join(f"{t.label} off by {t.mean:+.4f}, margin {t.margin}" for t in tests)
    return Finding(
        Truth.HOLDS if wrong is None else Truth(wrong.verdict), Evidence.OBSERVED,
        "covariance of random networks with the kernel, and their excess kurtosis with 1/m", why,
        ("kernel recursion", "random networks"), {"law": wrong.label} if wrong is not None else None,
        {"false_fail": COVARIANCE.false_fail + KURTOSIS.false_fail,
         "false_pass": COVARIANCE.level + KURTOSIS.level},
        {"excess kurtosis": excess.mean(1).tolist(), "covariances": found[1].mean((0, 1)).tolist(),
         "limit": wanted},
        f"two hidden layers, widths {WIDTHS}, {BATCHES * NETWORKS} networks each, two inputs at 120 degrees",
    )  # fmt: skip


# Wrong limits, by the slip; each must fail.
TWINS = {
    "lee-gp": {
        "one layer less": partial(gaussian_limit, kernel="NNGP(depth=2)"),
        "one layer more": partial(gaussian_limit, kernel="NNGP(depth=4)"),
        "factor 2": partial(gaussian_limit, scale=2.0),
        "not normal in the limit": partial(gaussian_limit, exponent=0.0),
        "kurtosis as 1/m^2": partial(gaussian_limit, exponent=-2.0),
    }
}

CLAIMS = (
    Claim("lee-gp", SOURCE, "seed",
          r"\text{a random network of any depth tends to a Gaussian process with covariance } \Sigma_L",
          procedure=gaussian_limit, note="Seen for two hidden layers; further depths are not tried."),
)  # fmt: skip
