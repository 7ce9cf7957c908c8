"""b_n, the coefficients of t^n: recurrences of their own for known kernels, else the mean over a circle.

    b_n = r^(-n) * mean of kappa(r w) w^(-n) over the roots of unity w,   up to sum_j b_(n+jM) r^(jM)

The circle is used at two radii below 1, and what differs counts as error: a kernel with a singularity
inside the disc is seen by that.
"""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache
from math import comb, factorial

import numpy as np
from mpmath import mp, mpf

from theory.kernels import (
    NNGP,
    NTK,
    ArcCosine,
    Dual,
    DualTangent,
    ExponentialPower,
    Gaussian,
    Kernel,
    Multiple,
    PowerSeries,
    Sum,
    Zonal,
)
from theory.kernels.zonal_expressions import polynomial
from theory.statements.falsifier.closed import slopes
from theory.statements.falsifier.curve import at_points
from theory.statements.falsifier.hermite import FUNCTIONS, TERMS, hermite_squares, vanishes
from theory.statements.falsifier.near import Near, Unable, Value, near, plus, times
from theory.statements.falsifier.work import Work

BLOCKS = (64, 512, 2048)
LARGEST = 100_000  # index with a formula


def coefficient(kernel: Kernel, n: int, work: Work) -> Value:
    """b_n at the working precision of mpmath, or a double with its error.

    >>> coefficient(NTK(depth=2), 3, Work())
    Fraction(0, 1)
    """
    match kernel:
        case Sum(parts):
            total: Value = Fraction(0)
            for part in parts:
                total = plus(total, coefficient(part, n, work))
            return total
        case Multiple(factor, inner):
            return times(factor, coefficient(inner, n, work))
    if n > LARGEST:
        raise Unable(f"b({n})")
    found = closed(kernel, n)
    if found is not None:
        work.pay(50)
        return found
    return by_circle(kernel, n, work)


def by_circle(kernel: Kernel, n: int, work: Work) -> Near:
    """b_n in double precision."""
    top = next((top for top in BLOCKS if n < top), None)
    if top is None:
        raise Unable(f"b({n}) without a formula")
    work.pay(1_000 + 8 * top, ("b", kernel, top))
    values, errors = circle(kernel, top)
    return Near(mpf(float(values[n])), mpf(float(errors[n])))


@lru_cache(maxsize=64)
def circle(kernel: Kernel, top: int) -> tuple[np.ndarray, np.ndarray]:
    """b_0, ..., b_(top-1) and estimates of their errors.

    >>> b, error = circle(Gaussian(2), 64)
    >>> bool(abs(b[2] - 2 * np.exp(-2)) < error[2] < 1e-12)
    True
    """
    (first, rounding), (second, _) = (_on_radius(kernel, top, a) for a in (8.0, 9.0))
    return first, 4 * np.abs(first - second) + rounding


def _on_radius(kernel: Kernel, top: int, loss: float) -> tuple[np.ndarray, np.ndarray]:
    count, radius = 4 * top, np.exp(-loss / top)
    angles = np.exp(2j * np.pi * np.arange(count) / count)
    with np.errstate(all="ignore"):
        values = at_points(kernel, radius * angles)
    if not np.all(np.isfinite(values)):
        raise Unable("the kernel is not finite on a circle")
    scale = radius ** -np.arange(top, dtype=float)
    found = np.real(np.fft.fft(values)[:top]) / count
    return found * scale, 4e-16 * np.max(np.abs(values)) * scale


def closed(kernel: Kernel, n: int) -> Value | None:
    """b_n by a formula, None where there is none here."""
    match kernel:
        case PowerSeries(coefficients):
            return Fraction(coefficients[n]) if n < len(coefficients) else Fraction(0)
        case Zonal():
            expanded = polynomial(kernel.tree)
            return None if expanded is None else closed(PowerSeries(expanded), n)
        case ArcCosine(order):
            return _arc_cosine(order, n)
        case NNGP(depth, 1, 0):
            return {1: lambda: Fraction(int(n == 1)), 2: lambda: _arc_cosine(1, n)}.get(depth, lambda: None)()
        case NTK(depth=depth, weight_variance=1, bias_variance=0) if depth <= 2:
            return _shallow(kernel, n)
        case Gaussian(rate):
            return _exponential(Fraction(rate), -Fraction(rate), n)
        case ExponentialPower(rate, power) if power == 2:
            return _exponential(2 * Fraction(rate), -2 * Fraction(rate), n)
        case Dual() | DualTangent():
            return _dual(kernel, n)
    return None


def _over_pi(value: Fraction) -> Value:
    return times(value, near(1 / mp.pi)) if value else Fraction(0)


@lru_cache(maxsize=4096)
def arc_sine(n: int) -> Fraction:
    """The coefficient of t^n in asin(t).

    >>> [arc_sine(n) for n in range(6)]
    [Fraction(0, 1), Fraction(1, 1), Fraction(0, 1), Fraction(1, 6), Fraction(0, 1), Fraction(3, 40)]
    """
    m = n // 2
    return Fraction(comb(2 * m, m), 4**m * (2 * m + 1)) if n % 2 else Fraction(0)


def _arc_sine_value(n: int) -> Value:
    if n < 400 or n % 2 == 0:
        return arc_sine(n)
    m = mpf(n // 2)
    logarithm = mp.loggamma(m + mpf(1) / 2) - mp.loggamma(m + 1)
    return near(mp.exp(logarithm) / mp.sqrt(mp.pi) / (2 * m + 1), mpf(n) * mp.ldexp(1, 8 - mp.prec))


def _arc_cosine(order: int, n: int) -> Value:
    """J_0 = pi/2 + asin(t) and J_a' = a^2 J_(a-1), J_a(0) from the double factorials of its quadrants.

    J_a at t = 0 is pi times 2 E[u_+^a]^2 = Gamma((a+1)/2)^2 2^(a-1).
    """
    if order == 0:
        return plus(Fraction(int(n == 0), 2), times(_arc_sine_value(n), near(1 / mp.pi)) if n % 2 else Fraction(0))
    if n:
        return times(Fraction(order * order, n), _arc_cosine(order - 1, n - 1))
    if order % 2:
        return _over_pi(Fraction(factorial(order // 2) ** 2 * 2 ** (order - 1)))
    half = order // 2
    root = Fraction(factorial(order), 4**half * factorial(half))  # Gamma(half + 1/2)/sqrt(pi)
    return root**2 * 2 ** (order - 1)


def _shallow(kernel: NTK, n: int) -> Value:
    linear = Fraction(int(n == 1))
    if kernel.depth == 1:
        return times(kernel.scales[0], linear)
    hidden = _arc_cosine(0, n - 1) if n else Fraction(0)
    if kernel.bias:
        hidden = plus(hidden, _arc_cosine(0, n))
    return plus(times(kernel.scales[0], hidden), times(kernel.scales[1], _arc_cosine(1, n)))


def _exponential(rate: Fraction, shift: Fraction, n: int) -> Value:
    """The coefficient of t^n in exp(rate t + shift)."""
    value = mp.exp(
        mpf(shift.numerator) / shift.denominator
        + n * mp.log(mpf(rate.numerator) / rate.denominator)
        - mp.loggamma(n + 1)
    )
    return near(value, value * (n + 10) * 20 * mp.ldexp(1, 8 - mp.prec))


def _dual(kernel: Dual | DualTangent, n: int) -> Value:
    """b_n of E[s(u) s(v)] is c_n, of t E[s'(u) s'(v)] + E[s(u) s(v)] it is (n+1) c_n: the second factor's
    coefficients are those of the derivative. Where s has a jump its derivative is taken without it."""
    tangent = isinstance(kernel, DualTangent)
    factor = Fraction(n + 1 if tangent else 1)
    if kernel.activation in FUNCTIONS:
        return _by_hermite(kernel, n, factor)
    e = lambda shift: _exponential(Fraction(1), Fraction(shift), n)
    match kernel.activation:
        case "sin":
            return times(factor, e(-1)) if n % 2 else Fraction(0)
        case "cos":
            return Fraction(0) if n % 2 else times(factor, e(-1))
        case "exp":
            return times(factor, e(1))
        case "erf":
            if n % 2 == 0:
                return Fraction(0)
            scale = near(
                2 / mp.pi * mp.exp(n * mp.log(mpf(2) / 3)),
                mp.exp(n * mp.log(mpf(2) / 3)) * n * mp.ldexp(1, 8 - mp.prec),
            )
            return times(factor, times(scale, _arc_sine_value(n)))
        case "gelu":
            return times(factor, _gelu(n))
        case "step":
            return times(Fraction(1, 2), _arc_cosine(0, n))
    return _half_lines(kernel, n)


def _half_lines(kernel: Dual | DualTangent, n: int) -> Value:
    """p max(u,0) + q min(u,0): (p^2+q^2)/2 k1(t) - p q k1(-t), and t ((p^2+q^2)/2 k0 + p q (1 - k0)) for slopes."""
    p, q = slopes(kernel)
    same, mixed = (p * p + q * q) / 2, p * q
    value = times(same - mixed * (-1) ** n, _arc_cosine(1, n))
    if isinstance(kernel, Dual) or n == 0:
        return value
    return plus(value, plus(times(same - mixed, _arc_cosine(0, n - 1)), mixed if n == 1 else Fraction(0)))


@lru_cache(maxsize=4)
def _gelu_table(top: int, _prec: int) -> tuple[Value, ...]:
    """gelu(u) = u/2 + (u erf(u/sqrt 2))/2: b_1 = 1/4, and the even ones are squares.

    From 1/(2 pi sqrt(4-t^2)) + t/4 + t asin(t/2)/(2 pi).
    """
    found: list[Value] = []
    for n in range(top):
        value = Fraction(0)
        if n % 2 == 0:
            m = n // 2
            value = Fraction(comb(2 * m, m), 4 * 16**m)  # 1/(2 sqrt(4-t^2)) = sum C(2m,m) t^(2m)/(4 16^m)
            value += arc_sine(n - 1) / 2**n if n else 0
        found.append(plus(_over_pi(value), Fraction(1, 4) if n == 1 else Fraction(0)))
    return tuple(found)


def _gelu(n: int) -> Value:
    if n > 1000:
        raise Unable(f"b({n}) of gelu")
    top = next(t for t in (64, 256, 1001) if n < t)
    return _gelu_table(top, mp.prec)[n]


def _by_hermite(kernel: Dual | DualTangent, n: int, factor: Fraction) -> Value:
    if n >= TERMS:
        raise Unable(f"b({n}) of {kernel.activation}")
    if vanishes(kernel.activation, n):
        return Fraction(0)
    root = float(np.sqrt(hermite_squares(kernel.activation, Fraction(kernel.variance))[n]))
    return times(factor, Near(mpf(root) ** 2, mpf(2 * root * 1e-15 + 1e-30)))
