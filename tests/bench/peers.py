"""The tangent kernel's eigenvalues as users of scipy and mpmath compute them."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np
from mpmath import mp, mpf
from scipy.fft import dct
from scipy.integrate import quad
from scipy.special import eval_gegenbauer, gammaln, roots_gegenbauer

from theory.kernels import NTK
from theory.spectra.routes.oracle import kappa

WRONG = 1e-6  # relative error from which a degree counts as wrong


def float_kernel(depth: int, t: np.ndarray) -> np.ndarray:
    """The tangent kernel as users write it in NumPy: a recursion in t."""
    covariance = total = np.asarray(t, dtype=float)
    for _ in range(depth - 1):
        angle = np.arccos(np.clip(covariance, -1, 1))
        slope = (np.pi - angle) / np.pi
        covariance = (np.sin(angle) + (np.pi - angle) * np.cos(angle)) / np.pi
        total = total * slope + covariance
    return total


def ratio(dim: int) -> float:
    """omega_{d-1}/omega_d."""
    return float(np.exp(gammaln((dim + 1) / 2) - gammaln(dim / 2)) / np.sqrt(np.pi))


def scipy_adaptive(depth: int, dim: int, degrees: Sequence[int]) -> dict[int, float]:
    """scipy.integrate.quad of the defining integral, scipy's Gegenbauer polynomials."""
    alpha = (dim - 1) / 2

    def value(degree: int) -> float:
        scale = eval_gegenbauer(degree, alpha, 1.0)

        def integrand(t: float) -> float:
            polynomial = eval_gegenbauer(degree, alpha, t) / scale
            return float(float_kernel(depth, t)) * polynomial * (1 - t * t) ** (dim / 2 - 1)

        return ratio(dim) * quad(integrand, -1, 1, limit=200)[0]

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns of slow convergence and returns a number all the same
        return {degree: value(degree) for degree in degrees}


def scipy_gauss(depth: int, dim: int, degrees: Sequence[int]) -> dict[int, float]:
    """scipy's Gauss-Gegenbauer rule with 1000 nodes, P_k by the float recurrence."""
    nodes, weights = roots_gegenbauer(1000, (dim - 1) / 2)
    weighted = float_kernel(depth, nodes) * weights / weights.sum()
    before, now, values = np.ones_like(nodes), nodes, {}
    for k in range(degrees[-1] + 1):
        values[k] = float(before @ weighted)
        # From (P_k, P_{k+1}) to (P_{k+1}, P_{k+2}).
        n = k + 1
        before, now = now, ((2 * n + dim - 1) * nodes * now - n * before) / (n + dim - 1)
    return {k: values[k] for k in degrees}


def cosine_transform(depth: int, count: int) -> np.ndarray:
    """The kernel at `count` angles and one cosine transform: its Fourier coefficients, 16 digits of the largest."""
    angles = (np.arange(count) + 0.5) * np.pi / count
    return dct(float_kernel(depth, np.cos(angles))) / count


def mpmath_quad(depth: int, dim: int, digits: int, degrees: Sequence[int]) -> dict[int, mpf]:
    """mpmath.quad of the defining integral in the angle, at `digits` digits."""
    kernel = NTK(depth)

    def value(degree: int) -> mpf:
        alpha = mpf(dim - 1) / 2
        scale = mp.gegenbauer(degree, alpha, 1)

        def integrand(theta: mpf) -> mpf:
            t = mp.cos(theta)
            polynomial = mp.gegenbauer(degree, alpha, t) / scale
            return kappa(kernel, t) * polynomial * mp.sin(theta) ** (dim - 1)

        factor = mp.gamma(mpf(dim + 1) / 2) / (mp.sqrt(mp.pi) * mp.gamma(mpf(dim) / 2))
        return factor * mp.quad(integrand, [0, mp.pi])

    with mp.workdps(digits):
        return {degree: value(degree) for degree in degrees}


def errors(found: dict[int, Any], truth: Sequence[Fraction]) -> tuple[str, str]:
    """(worst relative error, first wrong degree) over the degrees with mu_k > 0."""
    with mp.workdps(60):
        relative = {
            k: abs(mpf(v) * truth[k].denominator / truth[k].numerator - 1) if mp.isfinite(v) else mp.inf
            for k, v in found.items()
            if truth[k]
        }
    wrong = next((str(k) for k in sorted(relative) if relative[k] > WRONG), "none")
    return mp.nstr(max(relative.values()), 2), wrong
