"""kappa(cos theta) at theta = 0 and pi as series in sin(theta/2) and cos(theta/2), with a reach and a bound.

Let f(theta) = kappa(cos theta) be analytic and |f| <= M within a distance r of [0, pi], r < pi: arcs around that
stadium are looked at, by the argument of `theory.expansions.ellipses`, and no other multiple of pi lies inside.
The Taylor coefficients at an end follow from N values on a circle of radius r/q: the mean of f(z) z^-n is
a_n + a_(n+N) z^N + ..., |a_n| <= M r^-n, hence wrong by at most M r^-n q^-N/(1 - q^-N).
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache, partial
from math import ceil, log10

from flint import acb, arb, arb_series

from theory.expansions.breaks import breaks
from theory.expansions.ellipses import Piece, bounds_along, bounds_at_points
from theory.expansions.in_the_angle import continued
from theory.expansions.jets import Jet
from theory.kernels import Kernel
from theory.kernels.end_exponents import ramification
from theory.numbers.balls import Cannot, ball, series_length, working_precision

SHRINK = 4  # q
REACHES = tuple(Fraction(3) * Fraction(9, 10) ** i for i in range(24))  # from 3 down to about 1/4
WHOLE = Piece()


@dataclass(frozen=True, slots=True)
class EndSeries:
    """The odd parts sum_j near[j] sin(theta/2)^(2j+1) at 0 and sum_j far[j] cos(theta/2)^(2j+1) at pi.

    f is analytic and |f| <= bound within `reach` of [0, pi].
    """

    near: tuple[arb, ...]
    far: tuple[arb, ...]
    reach: arb
    bound: arb


def end_series(kernel: Kernel, terms: int, digits: int) -> EndSeries:
    """The first `terms` coefficients at both ends, with an error of about 10^-digits.

    Raises Cannot where f is not certified analytic around [0, pi], ends included.

    >>> from theory.kernels import NTK
    >>> found = end_series(NTK(depth=2), 2, 20)  # -sqrt(2)/pi (1 -+ t)^(1/2) at both ends
    >>> bool(abs(found.near[0] + 2 / arb.pi()) < 1e-15), bool(abs(found.far[0] + 2 / arb.pi()) < 1e-15)
    (True, True)
    """
    return _end_series(kernel, terms, digits)


@lru_cache(maxsize=64)
def _end_series(kernel: Kernel, terms: int, digits: int) -> EndSeries:
    reach, bound = stadium(kernel)
    guard = 10 + ceil(2 * terms * log10(2 * SHRINK / min(1.0, float(reach))))
    with working_precision(digits, guard):
        points = 2 * ceil((digits + guard) / (2 * log10(SHRINK)))
        near, far = (tuple(_odd_part(kernel, right, terms, points, ball(reach), bound)) for right in (False, True))
        return EndSeries(near, far, ball(reach), bound)


@lru_cache(maxsize=256)
def stadium(kernel: Kernel) -> tuple[Fraction, arb]:
    """(r, M), r the largest of REACHES for which that is certified.

    >>> from theory.kernels import NTK
    >>> reach, bound = stadium(NTK(depth=2))  # kappa(1) = 2
    >>> float(reach), bool(bound > 2)
    (1.594323, True)
    """
    if ramification(kernel) != (1, 1) or breaks(kernel):
        raise Cannot(f"{kernel!r}", "a fractional power of the angle at an end, or a break inside")
    for reach in REACHES[_promised(kernel) :]:
        found = bounds_along(kernel, WHOLE, partial(_around, reach), True)
        if found is not None:
            largest = max(value for value, _, _ in found)
            return reach, arb(largest).exp().upper()
    raise Cannot(f"{kernel!r}", "no neighbourhood of [0, pi] is found on which it is certified analytic")


def _promised(kernel: Kernel) -> int:
    """The index of a reach that points of the curve allow, the one before it not; no proof."""
    low, high = 0, len(REACHES) - 1
    while low < high:
        middle = (low + high) // 2
        if bounds_at_points(kernel, WHOLE, partial(_around, REACHES[middle]), True) is None:
            low = middle + 1
        else:
            high = middle
    return low


def _around(distance: Fraction, phase: arb) -> acb:
    """The ball around the upper half of the stadium at a phase: a quarter turn, a segment, a quarter turn.

    The last one is around 0, since arcs are looked at from there and deep kernels fail there first.
    """
    reach = ball(distance)
    third = min(int(float(phase.mid()) * 3), 2)
    along = 3 * phase - third
    if third == 1:
        return acb(arb.pi() * (1 - along), reach)
    sine, cosine = (arb.pi() / 2 * along).sin_cos()
    return acb(-reach * sine, reach * cosine) if third == 2 else acb(arb.pi() + reach * cosine, reach * sine)


def _odd_part(kernel: Kernel, right: bool, terms: int, points: int, reach: arb, bound: arb) -> list[arb]:
    """The coefficients at one end, from the values on half a circle: f is real on [0, pi]."""
    radius = reach / SHRINK
    turns, values = [], []
    for j in range(points // 2):
        sine, cosine = (arb.pi() * (2 * j + 1) / points).sin_cos()
        from_end = acb(cosine, sine) * radius
        theta = arb.pi() - from_end if right else from_end
        turns.append(acb(cosine, -sine))
        values.append(continued(kernel, WHOLE.point(Jet(theta, acb(1), theta, None))).mid)
    shrunk = arb(SHRINK) ** -points
    error = bound * shrunk / (1 - shrunk)
    taylor = [arb(0)] * (2 * terms)
    squares, powers = [turn * turn for turn in turns], turns
    for n in range(1, 2 * terms, 2):
        mean = sum(((v * z).real for v, z in zip(values, powers, strict=True)), arb(0)) * 2 / points
        taylor[n] = mean / radius**n + arb(0, (error / reach**n).upper())
        powers = [z * square for z, square in zip(powers, squares, strict=True)]
    with series_length(2 * terms):
        angle = 2 * arb_series([0, 1], 2 * terms).asin()  # theta as a series in sin(theta/2)
        composed = arb_series(taylor, 2 * terms)(angle)
        return [composed[2 * j + 1] for j in range(terms)]
