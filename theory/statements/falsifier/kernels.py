"""mu, b, N and kappa at one point, by whichever of the falsifier's own ways reaches it."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import lru_cache

import numpy as np
from mpmath import mp, mpf
from scipy import special

from theory.kernels import NNGP, NTK, Compose, Dual, DualTangent, Kernel, Matern, Multiple, Product, Sum
from theory.spectra.routes import oracle
from theory.statements.falsifier import closed, quadrature
from theory.statements.falsifier.coefficients import circle
from theory.statements.falsifier.coefficients import closed as closed_coefficient
from theory.statements.falsifier.functions import unit_interval
from theory.statements.falsifier.hermite import FUNCTIONS, KINKS, TERMS, hermite_squares, vanishes
from theory.statements.falsifier.near import Near, Unable, Value, near, plus, real, times
from theory.statements.falsifier.work import Work

LARGEST_DEGREE = 2**21
SERIES_FROM, SERIES_FIRST = 8, 24  # dimensions from which the power series is short, and is asked first
PRECISE = 1e-9  # relative error of a double with which no other way is tried
SERIES_TERMS = 512
FORMULA, SERIES, NUMBER = 900, 12_000, 800  # units of work of mu by formula, of many b_n, of a layer of kappa
HERMITE_ERROR = 2e-13  # of a dual that is summed in doubles, with a variance of 4 at most
INSIDE = 0.9  # |t| up to which the power series of an activation with kinks is short
SPARE = 12  # digits more, at which kappa is compared with itself
Way = Callable[[Kernel, int, int, Work], Near]


def eigenvalue(kernel: Kernel, dim: int, degree: int, work: Work) -> Value:
    """mu_k on S^d: linear in the kernel, by formula, by a positive power series, or by quadrature.

    >>> from theory.kernels import NTK
    >>> eigenvalue(NTK(depth=2) + NTK(depth=1), 2, 3, Work())
    Fraction(0, 1)
    """
    match kernel:
        case Sum(parts):
            total: Value = Fraction(0)
            for part in parts:
                total = plus(total, eigenvalue(part, dim, degree, work))
            return total
        case Multiple(factor, inner):
            return times(factor, eigenvalue(inner, dim, degree, work))
    if degree > LARGEST_DEGREE or dim > LARGEST_DEGREE:
        raise Unable(f"degree {degree} on S^{dim}")
    work.pay(FORMULA)
    found = closed.closed(kernel, dim, degree)
    if found is not None:
        return found
    if isinstance(kernel, Dual | DualTangent):
        work.pay(SERIES)
        return _by_known_series(kernel, dim, degree)
    if parity_of(kernel) not in (None, degree % 2):
        work.pay(quadrature.price(16), ("panels", kernel, dim))
        quadrature.panels(kernel, dim)  # or it has no eigenvalues at all
        return Fraction(0)
    ways = (_by_positive_series, _by_quadrature)
    return _best(
        kernel, dim, degree, work, ways if dim >= SERIES_FIRST else ways[::-1] if dim >= SERIES_FROM else ways[1:]
    )


def _best(kernel: Kernel, dim: int, degree: int, work: Work, ways: tuple[Way, ...]) -> Near:
    """The first value that is precise, else the most precise one."""
    found: list[Near] = []
    refused = Unable(f"mu({degree}) on S^{dim}")
    for way in ways:
        try:
            value = way(kernel, dim, degree, work)
        except Unable as error:
            refused = error
            continue
        if value.error <= PRECISE * abs(value.value):
            return value
        found.append(value)
    if not found:
        raise refused
    return min(found, key=lambda value: value.error)


def has_formula(kernel: Kernel | None) -> bool:
    """Whether every mu_k is computed from a formula, however high the degree.

    >>> from theory.kernels import NTK
    >>> has_formula(NTK(depth=2) + NTK(depth=1)), has_formula(NTK(depth=3))
    (True, False)
    """
    match kernel:
        case Sum(parts):
            return all(has_formula(part) for part in parts)
        case Multiple(_, inner):
            return has_formula(inner)
    return kernel is None or closed.closed(kernel, 1, 1) is not None


@lru_cache(maxsize=512)
def parity_of(kernel: Kernel) -> int | None:
    """0 or 1 where kappa(-t) = kappa(t), or -kappa(t), at some points to all digits; None otherwise."""
    values = []
    with mp.workdps(40):
        for t in (mpf(3) / 10, mpf(5) / 7, mpf(19) / 20):
            try:
                values.append((kappa_number(kernel, t), kappa_number(kernel, -t)))
            except Unable:
                return None
        for parity, s in ((0, 1), (1, -1)):
            if all(abs(a - s * b) <= mpf(10) ** -35 * (abs(a) + abs(b)) for a, b in values):
                return parity
    return None


def _by_quadrature(kernel: Kernel, dim: int, degree: int, work: Work) -> Near:
    top = quadrature.block_of(degree)
    layers = 1 + getattr(kernel, "depth", 0) // 8
    work.pay(quadrature.price(top) * layers, ("mu", kernel, dim, top))
    values, errors = quadrature.eigenvalues(kernel, dim, top)
    return Near(mpf(float(values[degree])), mpf(float(errors[degree])))


def _log_moments(count: int, dim: int, degree: int) -> tuple[np.ndarray, np.ndarray]:
    """n = k, k+2, ... and log E[t^n P_k]."""
    n = np.arange(degree, degree + 2 * count, 2, dtype=float)
    logarithm = (
        special.gammaln(n + 1)
        - n * np.log(2)
        - special.gammaln((n - degree) / 2 + 1)
        + special.gammaln((dim + 1) / 2)
        - special.gammaln((n + degree + dim + 1) / 2)
    )
    return n, logarithm


def _summed(logarithms: np.ndarray, lost: float, cut: float) -> Near:
    """exp of logarithms, added; `cut` bounds the neglected terms relative to the sum."""
    most = float(np.max(logarithms))
    total = float(np.sum(np.exp(logarithms - most)))
    value = mp.exp(mpf(most)) * total
    return near(value, value * (lost * 1e-15 + cut))


def _by_known_series(kernel: Dual | DualTangent, dim: int, degree: int) -> Near | Fraction:
    """sum b_n E[t^n P_k] for b_n >= 0 that fall geometrically, or like those of tanh."""
    if kernel.activation in FUNCTIONS:
        return _by_hermite(kernel, dim, degree)
    h = mpf(dim + 1) / 2
    size = mp.loggamma(degree + 1) - degree * mp.log(2) + mp.loggamma(h) - mp.loggamma(h + degree)
    moment = mp.exp(size)  # E[t^k P_k], then from n to n + 2 by the ratio of its Gammas
    total, stop = mpf(0), mpf(10) ** -(mp.dps // 2 + 4)
    for n in range(degree, degree + 200, 2):
        b_n = closed_coefficient(kernel, n)
        assert b_n is not None  # every dual has a formula
        term = real(b_n) * moment
        total += term
        if n > degree + 8 and term <= total * stop:
            return near(total, total * stop * 100) if total else Fraction(0)
        moment *= mpf((n + 1) * (n + 2)) / (2 * (n - degree + 2)) / (h + mpf(n + degree) / 2)
    raise Unable("a power series is too long")


def _by_hermite(kernel: Dual | DualTangent, dim: int, degree: int) -> Near | Fraction:
    if vanishes(kernel.activation, degree):
        return Fraction(0)
    if degree > 60:
        raise Unable(f"{kernel.activation} at a high degree")
    squares = hermite_squares(kernel.activation, Fraction(kernel.variance))[degree::2]
    n, logarithm = _log_moments(len(squares), dim, degree)
    most = float(np.max(logarithm))
    weights = np.exp(logarithm - most) * (n + 1 if isinstance(kernel, DualTangent) else 1)
    terms = weights * squares
    # A root of b_n has an error of some 1e-15; what is left out falls faster than n^-2, but not steadily.
    error = float(weights @ (np.sqrt(squares) * 2e-14 + 1e-29)) + float(np.max(terms[-40:])) * TERMS
    scale = mp.exp(mpf(most))
    return near(scale * float(np.sum(terms)), scale * (error + float(np.sum(terms)) * 1e-13))


@lru_cache(maxsize=128)
def _positive_coefficients(kernel: Kernel) -> tuple[np.ndarray, np.ndarray] | None:
    """b_n up to SERIES_TERMS where none is certainly negative and no error is large."""
    try:
        values, errors = circle(kernel, SERIES_TERMS)
    except Unable:
        return None
    if np.any(values < -errors) or float(np.max(errors[:64])) > 1e-11 * float(np.max(np.abs(values))):
        return None
    return np.maximum(values, 0), errors


def _by_positive_series(kernel: Kernel, dim: int, degree: int, work: Work) -> Near:
    work.pay(SERIES // 2, ("circle", kernel))
    found = _positive_coefficients(kernel)
    if found is None or degree >= SERIES_TERMS // 2:
        raise Unable("no power series with positive coefficients")
    values, errors = (part[degree::2] for part in found)
    _, logarithm = _log_moments(len(values), dim, degree)
    most = float(np.max(logarithm))
    weight = np.exp(logarithm - most)
    rounding = 1e-15 * (abs(most) + dim + degree + 10)
    total, error = float(values @ weight), float(errors @ weight) + float(values[-4:] @ weight[-4:]) * SERIES_TERMS
    scale = mp.exp(mpf(most))
    return near(scale * total, scale * (error + total * rounding))


def kappa(kernel: Kernel, t: Value, work: Work) -> Near:
    """kappa(t), -1 <= t <= 1, at two precisions; an argument with an error is moved by it."""
    unit_interval(t, "kappa")
    work.pay(_price(kernel), ("kappa", kernel, t if isinstance(t, Fraction) else (t.value, t.error)))
    return _kappa(kernel, t, mp.prec)


def _price(kernel: Kernel) -> int:
    match kernel:
        case Sum(parts) | Product(parts):
            return sum(map(_price, parts))
        case Multiple(_, inner):
            return _price(inner)
        case Compose(outer, inner):
            return _price(outer) + _price(inner)
        case NTK(depth=depth) | NNGP(depth=depth):
            return NUMBER * depth
        case Matern():
            return 8 * NUMBER
    return 2 * NUMBER


@lru_cache(maxsize=4096)
def _kappa(kernel: Kernel, t: Value, _prec: int) -> Near:
    value = kappa_number(kernel, real(t))
    with mp.workdps(mp.dps + SPARE):
        better = kappa_number(kernel, real(t))
        moved = 0
        if isinstance(t, Near):
            moved = sum(abs(kappa_number(kernel, t.value + s * t.error) - better) for s in (1, -1))
    # What is evaluated a few digits more precisely may still have lost half of them, as acos near 1 does.
    doubles = HERMITE_ERROR if any(f'"{name}"' in repr(kernel) for name in FUNCTIONS) else 0
    return near(better, 10 * abs(value - better) + 2 * moved + doubles)


def kappa_number(kernel: Kernel, t: mpf) -> mpf:
    """kappa(t) at the working precision by the oracle's formulas. Raises Unable where it has no value."""
    match kernel:
        case Sum(parts):
            return mp.fsum(kappa_number(part, t) for part in parts)
        case Product(parts):
            return mp.fprod(kappa_number(part, t) for part in parts)
        case Multiple(factor, inner):
            return mpf(factor.numerator) / factor.denominator * kappa_number(inner, t)
        case Compose(outer, inner):
            return kappa_number(outer, kappa_number(inner, t))
        case Dual(activation=name) | DualTangent(activation=name) if name in FUNCTIONS:
            return _hermite_kappa(kernel, t)
    try:
        value = oracle.kappa(kernel, t)
    except (ZeroDivisionError, ValueError) as error:
        raise Unable(f"kappa at {mp.nstr(t, 8)}: {error}") from None
    if isinstance(value, mp.mpc):
        if abs(value.imag) > mpf(10) ** -(mp.dps // 3):
            raise Unable("kappa is not real")
        value = value.real
    if not mp.isfinite(value):
        raise Unable("kappa is not finite")
    return value


def _hermite_kappa(kernel: Dual | DualTangent, t: mpf) -> mpf:
    squares, x = hermite_squares(kernel.activation, Fraction(kernel.variance)), float(t)
    if kernel.activation in KINKS and abs(x) > INSIDE:
        raise Unable(f"the dual of {kernel.activation} near an end")
    factor = np.arange(len(squares)) + 1 if isinstance(kernel, DualTangent) else 1
    value = float(np.polynomial.polynomial.polyval(x, squares * factor))
    return mpf(value)
