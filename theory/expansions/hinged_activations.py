"""Hermite coefficients and means of squares of activations with kinks, certified.

With x = sqrt(v) u and s as in `theory.kernels.hinges`, He_n phi = (-1)^n phi^(n) gives for n >= 2

    E[s(x) He_n(u)] = sum_i j_i sqrt(v) phi(alpha_i) He_{n-2}(alpha_i) + v A E_{n-2},   alpha_i = a_i/sqrt(v),

j_i the jumps of s', and E_m = E[exp(sqrt(v) u) He_m(u); u < 0] = sqrt(v) E_{m-1} - phi(0) He_{m-1}(0). Of softsign,
x/(1 + |x|), for odd n it is 2 (K_n - J_n), K_n = phi(0) He_{n-1}(0) the integral of He_n phi over u > 0, and J_n that of
He_n phi/(1 + sqrt(v) u): sqrt(v) J_{n+1} = K_n - J_n - n sqrt(v) J_{n-1}.
"""

from __future__ import annotations

from collections.abc import Sequence

from flint import acb, arb

from theory.expansions.gaussian_means import Analytic, half_line_mean, mean_between
from theory.kernels.hinges import HINGED, Hinged
from theory.numbers.balls import BITS_PER_DIGIT, ball, precision_bits, working_precision


def hinged_hermite_squares(activation: str, variance: arb, terms: int) -> list[arb]:
    """b_0, ..., b_{terms-1} of u -> s(sqrt(v) u) at the working precision.

    >>> b = hinged_hermite_squares("elu", arb(1), 2)
    >>> bool(0.0257 < b[0] < 0.0258), bool(0.580 < b[1] < 0.581)
    (True, True)
    """
    digits = int(precision_bits() / BITS_PER_DIGIT) + 1
    with working_precision(digits, 10 + terms // 7):  # recurrences in balls lose about a tenth of a digit a step
        if activation == "softsign":
            found = _softsign(variance.sqrt(), max(terms, 2))
        else:
            found = _hinged(HINGED[activation], variance, max(terms, 2))
        return [c * c for c in found[:terms]]


def _normalised(point: arb, count: int) -> list[arb]:
    """h_0(x), ..., h_{count-1}(x)."""
    found = [arb(1), point]
    for n in range(1, count):
        found.append((point * found[n] - arb(n).sqrt() * found[n - 1]) / arb(n + 1).sqrt())
    return found[:count]


def _density(x: arb) -> arb:
    return (-x * x / 2).exp() / (2 * arb.pi()).sqrt()


def _above(x: arb) -> arb:
    """P(u > x)."""
    return (x / arb(2).sqrt()).erfc() / 2


def _hinged(s: Hinged, v: arb, terms: int) -> list[arb]:
    root, tail = v.sqrt(), ball(s.tail)
    below = (v / 2).exp() * _above(root)  # E_0
    first = ball(s.base) + tail * (below - arb(1) / 2)
    second = tail * root * below
    for a, w in s.hinges:
        alpha, above = ball(a) / root, _above(ball(a) / root)
        first += ball(w) * root * (_density(alpha) - alpha * above)
        second += ball(w) * root * above
    sums = [arb(0)] * terms  # E[s'' h_m]
    for a, w in s.jumps:
        alpha = ball(a) / root
        weight = ball(w) * root * _density(alpha)
        sums = [total + weight * h for total, h in zip(sums, _normalised(alpha, terms), strict=True)]
    if s.tail:
        sums = [total + v * tail * e for total, e in zip(sums, _exponential(root, below, terms), strict=True)]
    return [first, second, *(sums[n - 2] / arb(n * (n - 1)).sqrt() for n in range(2, terms))]


def _exponential(root: arb, first: arb, count: int) -> list[arb]:
    """E_m/sqrt(m!)."""
    zero, found = _normalised(arb(0), count), [first]
    for m in range(1, count):
        found.append((root * found[m - 1] - _density(arb(0)) * zero[m - 1]) / arb(m).sqrt())
    return found


def _softsign(root: arb, terms: int) -> list[arb]:
    zero = [_density(arb(0)) * h for h in _normalised(arb(0), terms)]
    half = [arb(1) / 2, *(zero[n - 1] / arb(n).sqrt() for n in range(1, terms))]  # K_n/sqrt(n!)
    found = [half_line_mean(lambda z, _: 1 / (1 + z), root * root)]
    for n in range(terms - 1):
        below = arb(n).sqrt() * found[n - 1] if n else arb(0)
        found.append(((half[n] - found[n]) / root - below) / arb(n + 1).sqrt())
    return [2 * (k - j) if n % 2 else arb(0) for n, (k, j) in enumerate(zip(half, found, strict=True))]


def hinged_mean_squares(activation: str, variance: arb) -> tuple[arb, arb]:
    """(E[s(x)^2], E[s'(x)^2]).

    >>> value, slope = hinged_mean_squares("softsign", arb(1))
    >>> bool(0.17 < value < 0.20), bool(0.22 < slope < 0.23)
    (True, True)
    """
    if activation == "softsign":
        value = half_line_mean(lambda z, _: (z / (1 + z)) ** 2, variance)
        return 2 * value, 2 * half_line_mean(lambda z, _: (1 + z) ** -4, variance)
    s = HINGED[activation]
    places = sorted({a for a, _ in s.hinges} | ({0} if s.tail else set()))
    edges: Sequence[arb | None] = [None, *map(ball, places), None]
    totals = [arb(0), arb(0)]
    for index, (low, high) in enumerate(zip(edges, edges[1:], strict=False)):
        active = [(ball(a), ball(w)) for a, w in s.hinges if a in places[:index]]
        tail = ball(s.tail) if s.tail and 0 not in places[:index] else arb(0)
        for power, function in enumerate(_piece(ball(s.base), active, tail)):
            totals[power] += mean_between(function, variance, low, high)
    return totals[0], totals[1]


def _piece(base: arb, active: Sequence[tuple[arb, arb]], tail: arb) -> tuple[Analytic, Analytic]:
    """s^2 and s'^2 between two kinks."""

    def value(z: acb, _analytic: bool) -> acb:
        return (sum((w * (z - a) for a, w in active), base + tail * (z.exp() - 1))) ** 2

    def slope(z: acb, _analytic: bool) -> acb:
        return (sum((w for _, w in active), arb(0)) + tail * z.exp()) ** 2

    return value, slope
