"""Duals of activations as power series in the correlation, for a variance that may be known as a ball alone.

E[s(x) s(y)] and its derivative in t, which is v E[s'(x) s'(y)], at t = S(t'), a power series with |S(0)| < 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, log

from flint import arb, arb_poly, arb_series

from theory.expansions.gaussian_means import ACTIVATIONS, gaussian_mean, mean_squares
from theory.expansions.hermite_squares import hermite_squares
from theory.expansions.hinged_activations import hinged_hermite_squares, hinged_mean_squares
from theory.kernels.activations import KINKED, SERIES, SMOOTH
from theory.numbers.balls import Cannot, precision_bits

LONGEST = 4000  # terms of an outer series
SHORT = 1000  # ... for one value
Pair = tuple[arb_series, arb_series]


def closed_dual_series(name: str, v: arb, s: arb_series) -> Pair | None:
    """The pair from a closed formula; None for an activation without one.

    >>> closed_dual_series("erf", arb(1), arb_series([0, 1]))[0][1].overlaps(4 / (3 * arb.pi()))
    True
    """
    pi = arb.pi()
    if name == "erf":
        c = 2 * v / (1 + 2 * v)
        return (s * c).asin() * 2 / pi, (1 - s * s * (c * c)).sqrt().inv() * (2 * c / pi)
    if name == "exp":
        value = ((s + 1) * v).exp()
        return value, value * v
    if name in ("sin", "cos"):
        up, down = ((s - 1) * v).exp() / 2, ((-s - 1) * v).exp() / 2
        odd, even = up - down, up + down
        return (odd, even * v) if name == "sin" else (even, odd * v)
    return _gelu(v, s * v) if name == "gelu" else None


def _gelu(v: arb, c: arb_series) -> Pair:
    """u Phi(u), by Stein's lemma: with w = 1 + v, (v^2 + c^2 (1-v)/w)/(2 pi sqrt(w^2-c^2)) + c/4 + c asin(c/w)/(2 pi)."""
    pi, w = arb.pi(), 1 + v
    root = (w * w - c * c).sqrt().inv() / (2 * pi)
    phase = (c / w).asin() / (2 * pi) + arb(1) / 4
    factor = (1 - v) / w
    above = c * c * factor + v * v
    inner = c * root * (2 * factor) + above * c * root * root * root * (4 * pi * pi) + phase + c * root
    return above * root + c * phase, inner * v


def dual_coefficients(name: str, v: arb, terms: int) -> list[arb]:
    """b_0, ..., b_{terms-1} by Hermite coefficients.

    >>> dual_coefficients("hard_tanh", arb(1), 3)[1].overlaps(arb("0.466", "0.001"))
    True
    """
    return hinged_hermite_squares(name, v, terms) if name in KINKED else hermite_squares(name, v, terms)


def _mean_squares(name: str, v: arb) -> tuple[arb, arb]:
    return hinged_mean_squares(name, v) if name in KINKED else mean_squares(name, v)


def series_dual(name: str, v: arb, s: arb_series, terms: int) -> Pair:
    """The pair of an activation by its Hermite coefficients. Raises Cannot where they are too many.

    About S(0) = 0 the coefficients themselves; elsewhere Taylor's at y = S(0), where of those left out, n >= N,
    (n over j) |y|^(n-j) is largest at n = N once N (1-|y|) > j, and their sum is known: E[s^2] less that of the others.
    """
    start = arb(s[0]) if len(s) else arb(0)
    if start.is_zero():
        squares = dual_coefficients(name, v, terms + 1)
        return arb_series(squares[:-1])(s), arb_series([n * b for n, b in enumerate(squares)][1:])(s)
    size = max(float(abs(start).upper()), 1e-30)
    if not size < 1:
        raise Cannot(f"the power series of the dual of {name}", "its argument is not certified to be below 1 at 0")
    count = _terms_inside(size, terms)
    squares, sums = dual_coefficients(name, v, count + 1), _mean_squares(name, v)
    pair = (squares[:-1], [n * b for n, b in enumerate(squares)][1:])
    inner = arb_series([0, *list(s.coeffs())[1:]])
    value, slope = (
        arb_series(_taylor(series, start, total, terms))(inner)
        for series, total in zip(pair, (sums[0], v * sums[1]), strict=True)
    )
    return value, slope


def _terms_inside(size: float, terms: int) -> int:
    """N with (N over j) y^(N-j) below the working precision for every j < terms."""
    n, bits = 2 * terms + 64, precision_bits()
    while n * (1 - size) <= terms + 1 or n * log(1 / size) / log(2) < bits + terms * log(n / terms * 2.8, 2):
        n = ceil(n * 1.3)
        if n > LONGEST:
            raise Cannot(
                "the power series of a network", f"more than {LONGEST} terms of an activation's dual are needed"
            )
    return n


def _taylor(series: Sequence[arb], y: arb, total: arb, terms: int) -> list[arb]:
    """The first coefficients at y of sum b_n t^n, b_n >= 0, sum b_n = total, of which `series` are the first."""
    shifted = list(arb_poly(series)(arb_poly([y, 1])).coeffs())
    rest, count, size = (total - sum(series, arb(0))).upper().max(arb(0)), len(series), abs(y)
    found = []
    for j in range(terms):
        weight = arb(count).bin(j) if j else arb(1)
        error = (rest * weight * size ** (count - j)).upper()
        found.append((shifted[j] if j < len(shifted) else arb(0)) + arb(0, error))
    return found


def dual_series(name: str, v: arb, s: arb_series, terms: int) -> Pair:
    """(E[s(x) s(y)], v E[s'(x) s'(y)]) at correlation S, variance v. Raises Cannot for what has no such series here."""
    closed = closed_dual_series(name, v, s)
    if closed is not None:
        return closed
    if name in SERIES:
        return series_dual(name, v, s, terms)
    raise Cannot(f"the power series of the dual of {name}", "no formula is known")


def dual_ends(name: str, v: arb) -> tuple[arb, arb]:
    """(E[s(x)^2], v E[s'(x)^2])."""
    if name in SERIES:
        value, slope = _mean_squares(name, v)
        return value, v * slope
    closed = closed_dual_series(name, v, arb_series([1]))
    if closed is None:
        raise Cannot(f"the dual of {name} at t = 1", "no formula is known")
    return closed[0][0], closed[1][0]


def series_dual_at(name: str, v: arb, t: arb) -> tuple[arb, arb]:
    """(E[s(x) s(y)], v E[s'(x) s'(y)]) of such an activation at a correlation in [-1, 1].

    At the ends an integral, inside the power series as far as it goes, less what is left out.

    >>> value, _ = series_dual_at("sigmoid", arb(1), arb(0))
    >>> value.overlaps(arb(1) / 4)
    True
    """
    value, slope = dual_ends(name, v)
    if t == 1:
        return value, slope
    if t == -1 and name in SMOOTH:
        known = ACTIVATIONS[name]
        value = gaussian_mean(lambda z, a: known.value(z, a) * known.value(-z, a), v)
        return value, v * gaussian_mean(lambda z, a: known.slope(z, a) * known.slope(-z, a), v)
    size = max(min(float(abs(t).upper()), 1.0), 1e-30)
    wanted = precision_bits() * log(2) / log(1 / size) if size < 1 else LONGEST
    count = min(ceil(wanted) + 8, SHORT)
    squares = dual_coefficients(name, v, count + 1)
    slopes = [n * b for n, b in enumerate(squares)][1:]
    power = arb(size) ** count
    found = []
    for series, total in ((squares[:-1], value), (slopes, slope)):
        rest = ((total - sum(series, arb(0))).upper().max(arb(0)) * power).upper()
        found.append(arb_poly(series)(t) + arb(0, rest))
    return found[0], found[1]
