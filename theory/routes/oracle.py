"""The oracle: mpmath quadrature of the defining integral, in floating point.

Its kernel evaluator works in t = cos(theta) and its polynomials come from the three-term
recurrence, so it shares nothing with the other routes. There is no error bound: agreement with it
is `checked`, never `certified`.
"""

from __future__ import annotations

from fractions import Fraction

import mpmath
from mpmath import mp, mpf
from mpmath.calculus.quadrature import GaussLegendre

from theory.kernels import NNGP, NTK, ArcCosine, Kernel, Multiple, Product, Sum


def kappa(kernel: Kernel, t: mpf) -> mpf:
    """kappa(t) at the current mpmath precision.

    >>> kappa(NTK(depth=2), mpf(0)) == 1/mp.pi
    True
    """
    match kernel:
        case ArcCosine(order):
            return _arc_cosine(order, mp.acos(t)) / mp.pi
        case NNGP(depth):
            return _covariances(t, depth)[-1]
        case NTK():
            return _tangent(kernel, t)
        case Sum(parts):
            return mp.fsum(kappa(part, t) for part in parts)
        case Product(parts):
            return mp.fprod(kappa(part, t) for part in parts)
        case Multiple(factor, inner):
            return _number(factor) * kappa(inner, t)
    raise TypeError(f"the oracle has no formula for {kernel!r}")


def _number(value: Fraction | int) -> mpf:
    return mpf(value.numerator) / value.denominator


def _arc_cosine(order: int, theta: mpf) -> mpf:
    """J_a by Cho and Saul's formula (-1)^a sin^(2a+1) ((1/sin) d/dtheta)^a ((pi-theta)/sin).

    The iterate is kept as (A (pi-theta) + B sin) / sin^(2i+1) with polynomials A, B in cos(theta):
    A' = (1-c^2) dA/dc + (2i+1) c A,  B' = (1-c^2) dB/dc + 2i c B + A, both with alternating sign.
    """
    a, b = [1], [0]
    for i in range(order):
        a, b = _raise(a, 2 * i + 1, []), _raise(b, 2 * i, a)
    c, s = mp.cos(theta), mp.sin(theta)
    return mp.polyval(a[::-1], c) * (mp.pi - theta) + mp.polyval(b[::-1], c) * s


def _raise(p: list[int], factor: int, extra: list[int]) -> list[int]:
    """(1-c^2) p' + factor c p + extra, coefficients constant first."""
    result = [0] * (len(p) + 2)
    for n, value in enumerate(p):
        if n:
            result[n - 1] += n * value
        result[n + 1] += (factor - n) * value
    for n, value in enumerate(extra):
        result[n] += value
    return result


def _covariances(t: mpf, depth: int) -> list[mpf]:
    values = [t]
    for _ in range(depth - 1):
        values.append(_arc_cosine(1, mp.acos(values[-1])) / mp.pi)
    return values


def _tangent(kernel: NTK, t: mpf) -> mpf:
    covariances = _covariances(t, kernel.depth)
    total = mpf(0)
    for first in range(kernel.depth):
        term = covariances[first] + (kernel.bias and first < kernel.depth - 1)
        for c in covariances[first:-1]:
            term *= 1 - mp.acos(c) / mp.pi
        total += _number(kernel.scales[first]) * term
    return total


def oracle_values(kernel: Kernel, dim: int | Fraction, degrees: range, digits: int, level: int = 6) -> list[mpf]:
    """mu_k for a range of degrees by Gauss-Legendre in theta with 3 * 2^(level-1) nodes, real d too.

    Works with twice the digits asked for, since acos near 1 keeps only half of them.

    >>> abs(oracle_values(NTK(depth=2), 2, range(2, 3), 15)[0] - mpf(5)/64) < 1e-15
    True
    """
    with mp.workdps(2 * digits + 20):
        d = _number(Fraction(dim))
        sums = [mpf(0)] * len(degrees)
        for theta, weight in GaussLegendre(mp).get_nodes(0, mp.pi, level, mp.prec):
            t = mp.cos(theta)
            common = weight * kappa(kernel, t) * mp.sin(theta) ** (d - 1)
            for degree, value in enumerate(_gegenbauer_values(t, d, degrees[-1])):
                if degree in degrees:
                    sums[degree - degrees.start] += common * value
        ratio = mp.gamma((d + 1) / 2) / (mp.sqrt(mp.pi) * mp.gamma(d / 2))
        return [+(ratio * total) for total in sums]


def _gegenbauer_values(t: mpf, d: mpf, top: int) -> list[mpf]:
    values = [mpmath.mpf(1), t]
    for k in range(1, top):
        values.append(((2 * k + d - 1) * t * values[k] - k * values[k - 1]) / (k + d - 1))
    return values[: top + 1]
