"""The power-series route: mu_k = sum_n b_n E[t^n P_k], positive terms and a proved tail.

m_n = E[t^n P_k(t)] = Gamma((d+1)/2) n! / (2^n ((n-k)/2)! Gamma((n+k+d+1)/2)) for n >= k of equal
parity, else 0; m_{n+2}/m_n = (n+1)(n+2) / ((n+2-k)(n+k+d+1)). Where b_n >= 0 for n >= n_0,

    0 <= sum_{n > M} b_n m_n <= max_{n > M} m_n * (kappa(1) - sum_{n <= M} b_n),   M >= n_0,

m_n being largest at the first n of its parity with d n > (k-2)(k+d+1) + 2, beyond which it decreases. Nothing
cancels: the route for large d, real d too.
"""

from __future__ import annotations

from fractions import Fraction
from math import ceil, exp, floor, inf, lgamma, log, log10, sqrt

from flint import arb, fmpq

from theory.expansions.coefficient_signs import nonnegative_from
from theory.expansions.maclaurin import at_one, known_rest, maclaurin
from theory.kernels import Kernel
from theory.kernels.parity import vanishes
from theory.numbers.balls import Cannot, NotCertified, rational, working_precision
from theory.spectra.sphere import sphere_text

MAX_TERMS = 6000
PASSES = 8


def terms_needed(dim: int | Fraction, degrees: range, digits: int) -> int | None:
    """Terms after which m_n has fallen by 10^-digits below m_k at both ends of the range, in floats.

    A prediction for choosing a route, good for kernels whose b_n decay like a power of n.

    >>> terms_needed(1000, range(3), 30) < 200, terms_needed(2, range(3), 30) is None
    (True, True)
    """
    worst = 0
    for k in (degrees[0], degrees[-1]):
        n, d = max(k, 1), float(dim)
        goal = _log_moment(k, k, d) - digits * log(10) - 2 * log(k + 2)
        while _log_moment(n, k, d) > goal:
            n = ceil(n * 1.2) + 1
            if n > MAX_TERMS:
                return None
        worst = max(worst, n)
    return worst


def _log_moment(n: float, k: int, d: float) -> float:
    return lgamma((d + 1) / 2) + lgamma(n + 1) - n * log(2) - lgamma((n - k) / 2 + 1) - lgamma((n + k + d + 1) / 2)


def series_balls(kernel: Kernel, dim: int | Fraction, degrees: range, digits: int) -> list[arb]:
    """Enclosures of mu_k with `digits` relative digits. NotCertified where the tail is not proved
    or the series is too long.

    >>> from theory.kernels import NTK
    >>> bool(abs(series_balls(NTK(depth=2), 100, range(1, 2), 15)[0] - arb(1) / 101) < 1e-15)
    True
    """
    start = nonnegative_from(kernel)
    what = f"mu_k of {kernel!r} on {sphere_text(dim)} by the power-series route"
    if start is None:
        raise Cannot(what, "the signs of its Maclaurin coefficients are not known, or not that they sum to kappa(1)")
    predicted = terms_needed(dim, degrees, digits)
    terms = max(start, degrees[-1] + 64, predicted or 0)
    worst, guard, previous, fewer = 0.0, 15, inf, 0
    for _ in range(PASSES):
        if terms > MAX_TERMS:
            break
        loss = _loss(degrees) if known_rest(kernel, terms) is None else 0
        with working_precision(digits, guard + ceil(terms * 0.008) + loss):
            values, tail = _sums(kernel, dim, degrees, terms)
        worst = min(_digits_of(value) for value in values)
        if worst >= digits:
            return values
        if tail > 10.0 ** -(digits + 1):
            if (
                predicted is None
                and _slow(previous, tail)
                and _by_a_power(terms, tail, fewer, previous, digits) > MAX_TERMS
            ):
                break
            terms, previous, fewer = _longer(terms, tail, fewer, previous, digits), tail, terms
        else:
            guard *= 2
    raise NotCertified(what, worst, digits, "its series converges too slowly in this dimension")


def falling_from(dim: int | Fraction, degree: int) -> int:
    """The smallest n >= k from which on m_n decreases: d n > (k-2)(k+d+1) + 2.

    >>> falling_from(2, 0), falling_from(2, 10)
    (0, 54)
    """
    d = Fraction(dim)
    return max(degree, floor(((degree - 2) * (degree + d + 1) + 2) / d) + 1)


def _largest_moment(d: fmpq, degree: int, index: int, moment: arb) -> arb:
    """A bound of m_n for n >= index, of which this is the first."""
    top = falling_from(Fraction(int(d.p), int(d.q)), degree)
    top += (top - degree) % 2
    if index >= top:
        return moment
    half = arb(d + 1) / 2
    logarithm = half.lgamma() + arb(top + 1).lgamma() - top * arb(2).log()
    return (logarithm - arb((top - degree) // 2 + 1).lgamma() - (half + arb(top + degree) / 2).lgamma()).exp()


def _longer(terms: int, tail: float, fewer: int, before: float, digits: int) -> int:
    """Terms of the next pass: twice as many, or fewer where a tail like exp(-c sqrt(n)) promises enough."""
    if not 0 < tail < before < inf or _slow(before, tail):
        return 2 * terms
    rate = (log(before) - log(tail)) / (sqrt(terms) - sqrt(fewer))
    wanted = (sqrt(terms) + (log(tail) + (digits + 2) * log(10)) / rate) ** 2
    return min(2 * terms, ceil(max(wanted, 1.4 * terms)))


def _by_a_power(terms: int, tail: float, fewer: int, before: float, digits: int) -> float:
    """The terms that are enough if tails fall like a power of n."""
    if not 0 < tail < before < inf:
        return inf
    power = log(before / tail) / log(terms / fewer)
    return terms * exp((log(tail) + digits * log(10)) / power)


def _slow(before: float, after: float) -> bool:
    """Twice the terms square a geometric tail, exp(-c sqrt(n)) gains the power 1.41; n^-p hardly gains."""
    return before < 0.1 and log(after) > 1.25 * log(before)


def _loss(degrees: range) -> int:
    """Digits that cancel in kappa(1) - sum b_n where the tail is weighed against a small m_k."""
    return ceil(degrees[-1] * log10(2))


def _digits_of(value: arb) -> float:
    if value.is_zero():
        return float("inf")
    return value.rel_accuracy_bits() * log10(2) if not value.contains(0) else 0.0


def _sums(kernel: Kernel, dim: int | Fraction, degrees: range, terms: int) -> tuple[list[arb], float]:
    """Enclosures from `terms` coefficients, and the largest tail relative to the value."""
    coefficients = maclaurin(kernel, terms)
    known = known_rest(kernel, terms)
    rest = (at_one(kernel) - sum(coefficients, arb(0)) if known is None else known).upper()
    # A negative rest would mean that the series is not that of kappa up to t = 1.
    if not rest.is_finite() or rest < 0:
        raise Cannot(f"the power series of {kernel!r}", "not certified to be finite at t = 1")
    rest = rest.max(arb(0))
    values, largest = [], 0.0
    for degree in degrees:
        if vanishes(kernel, degree):
            values.append(arb(0))
            continue
        total, last = _sum(coefficients, rational(Fraction(dim)), degree)
        tail = (last * rest).upper()
        relative = (tail / abs(total)).upper()
        largest = max(largest, float(relative) if relative.is_finite() else inf)
        values.append(total + arb(tail / 2, tail / 2))
    return values, largest


def _sum(coefficients: list[arb], d: fmpq, degree: int) -> tuple[arb, arb]:
    """(sum_{n < terms} b_n m_n, a bound of the m_n left out)."""
    moment = arb(1)
    for i in range(1, degree + 1):
        moment = moment * i / (d + 2 * i - 1)
    total, n = arb(0), degree
    shift = d + (degree + 1)
    while n < len(coefficients):
        total += coefficients[n] * moment
        moment = moment * ((n + 1) * (n + 2)) / ((shift + n) * (n + 2 - degree))
        n += 2
    return total, _largest_moment(d, degree, n, moment)
