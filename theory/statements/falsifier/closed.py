"""mu_k by formulas: arc-cosine kernels from c_k(a) (fact 1 of the conventions), polynomials from moments,
exponentials from their series, one hidden layer through the three-term recurrence."""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache
from math import comb, factorial, prod

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
    PowerSeries,
    Zonal,
)
from theory.kernels.zonal_expressions import polynomial
from theory.statements.falsifier.near import Value, near, plus, times, unit

ZERO = Fraction(0)


def closed(kernel: Kernel, dim: int, degree: int) -> Value | None:
    """mu_k, None where no formula is known here.

    >>> closed(NTK(depth=2), 2, 3)
    Fraction(0, 1)
    """
    match kernel:
        case ArcCosine(order):
            return arc_cosine(order, dim, degree)
        case NNGP(depth=depth, bias_variance=0) if depth <= 2:
            inner = polynomial_value((0, 1), dim, degree) if depth == 1 else arc_cosine(1, dim, degree)
            return times(Fraction(kernel.weight_variance) ** depth, inner)
        case NTK(depth=depth, bias=bias, weight_variance=w, bias_variance=0) if depth <= 2 and (w == 1 or not bias):
            return times(Fraction(w) ** depth, _shallow(kernel, dim, degree))
        case PowerSeries(coefficients):
            return polynomial_value(coefficients, dim, degree)
        case Zonal():
            expanded = polynomial(kernel.tree)
            return None if expanded is None else polynomial_value(expanded, dim, degree)
        case Gaussian(rate):
            return exponential(Fraction(rate), -Fraction(rate), dim, degree)
        case ExponentialPower(rate, power) if power == 2:
            return exponential(2 * Fraction(rate), -2 * Fraction(rate), dim, degree)
        case Dual() | DualTangent():
            return _dual(kernel, dim, degree)
    return None


@lru_cache(maxsize=16384)
def _loggamma(twice: int, _prec: int) -> mpf:
    """log Gamma of a half."""
    return mp.loggamma(mpf(twice) / 2)


@lru_cache(maxsize=8192)
def _cap(order: int, dim: int, degree: int, _prec: int) -> Value:
    """c_k(a) = Gamma((d+1)/2) Gamma(a+1) / (2^(a+1) Gamma((a-k)/2+1) Gamma((a+k+d+1)/2)); 0 at a pole.

    For k > a the reflected form: 1/Gamma(-z) = -sin(pi z) Gamma(z+1)/pi, so that no large numbers cancel.
    """
    if degree > order and (degree - order) % 2 == 0:
        return ZERO
    low = mpf(order + degree + dim + 1) / 2
    below = mpf(order - degree) / 2 + 1
    size = _loggamma(dim + 1, mp.prec) - _loggamma(order + degree + dim + 1, mp.prec)
    sign = 1
    if below > 0:
        size -= _loggamma(order - degree + 2, mp.prec)
    else:  # below is a half-integer: 1/Gamma(x) = sin(pi x) Gamma(1-x)/pi, |sin| = 1
        size += _loggamma(degree - order, mp.prec) - mp.log(mp.pi)
        sign = 1 if int(mp.floor(below)) % 2 == 0 else -1
    value = sign * mp.exp(size) * factorial(order) / 2 ** (order + 1)
    lost = 1 + abs(size) + low * mp.log(2 + low)  # loggamma has a relative error
    return near(value, abs(value) * lost * unit())


def cap(order: int, dim: int, degree: int) -> Value:
    """c_k(a) at the working precision."""
    return _cap(order, dim, degree, mp.prec)


def arc_cosine(order: int, dim: int, degree: int) -> Value:
    """2 E|w|^(2a) c_k(a)^2 with E|w|^(2a) = (d+1)(d+3)...(d+2a-1)."""
    value = cap(order, dim, degree)
    return times(Fraction(2 * prod(dim + 1 + 2 * i for i in range(order))), times(value, value))


def _times_t(values: dict[int, Value], dim: int, degree: int) -> Value:
    """mu_k of t kappa from mu_(k-1), mu_(k+1) of kappa: the adjoint of the recurrence of t P_k."""
    if degree == 0:
        return values[1]
    below = Fraction(degree, 2 * degree + dim - 1)
    return plus(times(below, values[degree - 1]), times(1 - below, values[degree + 1]))


def _slopes_times_t(dim: int, degree: int) -> Value:
    near_by = {k: arc_cosine(0, dim, k) for k in (degree - 1, degree + 1) if k >= 0}
    return _times_t(near_by, dim, degree)


def _shallow(kernel: NTK, dim: int, degree: int) -> Value:
    first = kernel.scales[0]
    if kernel.depth == 1:
        return times(first, polynomial_value((0, 1), dim, degree))
    hidden = _slopes_times_t(dim, degree)
    if kernel.bias:
        hidden = plus(hidden, arc_cosine(0, dim, degree))
    return plus(times(first, hidden), times(kernel.scales[1], arc_cosine(1, dim, degree)))


@lru_cache(maxsize=4096)
def moment(n: int, dim: int, degree: int) -> Fraction:
    """E[t^n P_k] = n! Gamma((d+1)/2) / (2^n ((n-k)/2)! Gamma((n+k+d+1)/2)), 0 for n < k or n-k odd.

    >>> moment(2, 2, 0), moment(2, 2, 2)
    (Fraction(1, 3), Fraction(2, 15))
    """
    if n < degree or (n - degree) % 2:
        return ZERO
    half = (n - degree) // 2
    upper = Fraction(factorial(n), 2**n * factorial(half))
    # Gamma((d+1)/2)/Gamma((n+k+d+1)/2) = product over i < (n+k)/2 of 2/(d+1+2i)
    steps = (n + degree) // 2
    return upper * Fraction(2**steps, prod(dim + 1 + 2 * i for i in range(steps)))


def polynomial_value(coefficients: tuple[Fraction | int, ...], dim: int, degree: int) -> Fraction:
    """mu_k of sum b_n t^n, exact."""
    return sum((b * moment(n, dim, degree) for n, b in enumerate(coefficients) if b), ZERO)


def exponential(rate: Fraction, shift: Fraction, dim: int, degree: int, parity: int | None = None) -> Value:
    """mu_k of exp(rate t + shift), or of its even or odd part, from a series of positive terms.

    (rate/2)^k Gamma(h)/Gamma(h+k) 0F1(; h+k; rate^2/4), h = (d+1)/2.
    """
    if parity is not None and degree % 2 != parity:
        return ZERO
    h, c = mpf(dim + 1) / 2, mpf(rate.numerator) / rate.denominator
    size = degree * mp.log(c / 2) + mp.loggamma(h) - mp.loggamma(h + degree) + mpf(shift.numerator) / shift.denominator
    value = mp.exp(size) * mp.hyp0f1(h + degree, c * c / 4)
    lost = 1 + abs(size) + (h + degree) * mp.log(2 + h + degree) + c
    return near(value, value * lost * unit())


def _dual(kernel: Dual | DualTangent, dim: int, degree: int) -> Value | None:
    tangent = isinstance(kernel, DualTangent)
    match kernel.activation:
        case "step":
            return times(Fraction(1, 2), arc_cosine(0, dim, degree))
        case "relu" | "abs" | "leaky_relu":
            return _half_lines(kernel, dim, degree)
        case "exp" | "sin" | "cos":
            return _trigonometric(kernel.activation, tangent, dim, degree)
    return None


def slopes(kernel: Dual | DualTangent) -> tuple[Fraction, Fraction]:
    """(p, q) of an activation p max(u, 0) + q min(u, 0).

    >>> slopes(Dual("abs")), slopes(Dual("leaky_relu", slope=Fraction(1, 10)))
    ((Fraction(1, 1), Fraction(-1, 1)), (Fraction(1, 1), Fraction(1, 10)))
    """
    if kernel.activation == "leaky_relu":
        assert kernel.slope is not None
        return Fraction(1), Fraction(kernel.slope)
    return Fraction(1), {"relu": Fraction(0), "abs": Fraction(-1)}[kernel.activation]


def _half_lines(kernel: Dual | DualTangent, dim: int, degree: int) -> Value:
    """p max(u,0) + q min(u,0): (p^2+q^2)/2 k1(t) - p q k1(-t), and t (p q + ((p^2+q^2)/2 - p q) k0)."""
    p, q = slopes(kernel)
    same, mixed = (p * p + q * q) / 2, p * q
    value = times(same - mixed * (-1) ** degree, arc_cosine(1, dim, degree))
    if isinstance(kernel, Dual):
        return value
    linear = mixed * polynomial_value((0, 1), dim, degree)
    return plus(value, plus(times(same - mixed, _slopes_times_t(dim, degree)), linear))


def _trigonometric(name: str, tangent: bool, dim: int, degree: int) -> Value:
    """e^(1+t), e^-1 sinh t, e^-1 cosh t; tangent kernels t kappa' + kappa."""
    shift = Fraction(1 if name == "exp" else -1)
    parity = {"exp": None, "sin": 1, "cos": 0}[name]
    value = exponential(Fraction(1), shift, dim, degree, parity)
    if not tangent:
        return value
    other = None if parity is None else 1 - parity
    near_by = {k: exponential(Fraction(1), shift, dim, k, other) for k in (degree - 1, degree + 1) if k >= 0}
    return plus(value, _times_t(near_by, dim, degree))


def multiplicity(dim: int, degree: int) -> int:
    """N(d, k) = C(k+d, d) - C(k+d-2, d): polynomials of degree k in d+1 variables modulo r^2.

    >>> [multiplicity(2, k) for k in range(4)], multiplicity(1, 5), multiplicity(1, 0)
    ([1, 3, 5, 7], 2, 1)
    """
    return comb(degree + dim, dim) - (comb(degree + dim - 2, dim) if degree >= 2 else 0)
