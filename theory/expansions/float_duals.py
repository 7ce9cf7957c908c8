"""Matern kernels and duals of activations at arrays of pairs of points, in float64."""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache
from math import comb, exp, factorial, lgamma, log, pi

import numpy as np
from flint import arb
from scipy import special

from theory.expansions.cosines import Cosines, arc_cosine, polynomial
from theory.expansions.float_values import in_floats
from theory.expansions.hermite_squares import hermite_squares
from theory.expansions.point_pairs import Pairs
from theory.kernels import Dual, DualTangent, Matern
from theory.kernels.dual import half_line_slopes
from theory.numbers.array_spaces import Array
from theory.numbers.balls import working_precision

LARGEST = 1000.0  # of y: beyond, y^v K_v(y) is no float but 0, for every v that is allowed
SHORT = 12  # terms of the power series in y^2 where K_v(y) is too large for a float
TANH_TERMS = 256  # of the power series of the dual of tanh; what is left is below 1e-19


@in_floats.register(Matern)
def _matern(kernel: Matern, pair: Pairs) -> Array:
    nu, space = Fraction(kernel.nu), pair.space
    scale = (2 * float(nu)) ** 0.5 / float(kernel.lengthscale)
    y = space.clip(scale * pair.squared_distance() ** 0.5, 0.0, LARGEST)
    if nu.denominator == 2:
        n = int(nu - Fraction(1, 2))
        first = Fraction(factorial(n), factorial(2 * n))
        terms = tuple(first * 2**m * comb(n, m) * factorial(2 * n - m) / factorial(n) for m in range(n + 1))
        return space.exp(-y) * polynomial(terms, y)
    if space is not np:
        raise ValueError(f"torch has no Bessel function for {kernel!r}; allowed: nu = 1/2, 3/2, ..., or NumPy arrays")
    return _bessel(float(nu), y)


def _bessel(nu: float, y: np.ndarray) -> np.ndarray:
    """2^(1-v)/Gamma(v) y^v K_v(y); for small y and K_v(y) beyond floats sum_j (y^2/4)^j/(j! (1-v)_j)."""
    with np.errstate(all="ignore"):
        logarithm = (1 - nu) * log(2) - lgamma(nu)
        power = exp(logarithm) * y**nu if nu < 1 else (y * exp(logarithm / nu)) ** nu
        found = power * special.kve(nu, y) * np.exp(-y)
        terms = [1.0]
        for j in range(1, SHORT):
            terms.append(terms[-1] / (4 * j * (j - nu)) if j != nu else 0.0)
    return np.where(np.isfinite(found) & (y > 0), found, polynomial(tuple(terms), y * y) if nu > 1 else 1.0)


@in_floats.register(Dual, DualTangent)
def _dual(kernel: Dual | DualTangent, pair: Pairs) -> Array:
    slopes = half_line_slopes(kernel)
    if slopes:
        p, q = slopes
        same, cross, at = float((p * p + q * q) / 2), float(p * q), pair.at
        value = same * arc_cosine(1, at) + cross * arc_cosine(1, at.mirrored())
        if isinstance(kernel, DualTangent):
            value = value + at.t * (same * arc_cosine(0, at) - cross * arc_cosine(0, at.mirrored()))
        return pair.x * pair.z * value
    if kernel.activation == "step":
        return arc_cosine(0, pair.directions(kernel)) / 2
    at = pair.on_the_sphere(kernel)
    if kernel.variance != 1:
        raise ValueError(f"no floats of {kernel!r} are known, allowed: digits=N for a certified value")
    if kernel.activation == "tanh":
        return polynomial(_tanh_terms(isinstance(kernel, DualTangent)), at.t)
    value, slope = _smooth(kernel.activation, at)
    return value if isinstance(kernel, Dual) else value + at.t * slope


def _smooth(name: str, at: Cosines) -> tuple[Array, Array]:
    """E[s(u) s(v)] and its derivative in t."""
    space, t = at.space, at.t
    match name:
        case "erf":
            return space.arcsin(t * (2 / 3)) * (2 / pi), (4 / pi) / space.sqrt(9 - 4 * t * t)
        case "exp":
            return space.exp(1 + t), space.exp(1 + t)
        case "sin" | "cos":
            odd, even = space.sinh(t) * exp(-1), space.cosh(t) * exp(-1)
            return (odd, even) if name == "sin" else (even, odd)
        case "gelu":
            root = 1 / space.sqrt(4 - t * t)
            phase = space.arcsin(t / 2) / (2 * pi) + 0.25
            return root / (2 * pi) + t * phase, phase + t * root * (1 + root * root) / (2 * pi)
    raise ValueError(f"no floats of the dual of {name} are known, allowed: digits=N for a certified value")


@lru_cache(maxsize=2)
def _tanh_terms(tangent: bool) -> tuple[float, ...]:
    """The coefficients of t^n: b_n, or (n + 1) b_n."""
    with working_precision(25):
        squares = hermite_squares("tanh", arb(1), TANH_TERMS)
        return tuple(float(b) * (n + 1 if tangent else 1) for n, b in enumerate(squares))
