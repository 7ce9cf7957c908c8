"""Ellipses around the interval of integration on which a kernel is certified analytic and bounded.

Let g be analytic and |g| <= M on the ellipse with foci 0, X and parameter rho. The truncated
Chebyshev series of degree 2n-1 misses g by at most 2 M rho^(1-2n)/(rho-1) on [0, X] (Trefethen 2013,
theorem 8.2); n Gauss-Legendre nodes integrate it exactly, the weights are positive and sum to X, so
the rule errs by at most 4 X M rho^(1-2n)/(rho-1).

Arcs that cover the curve are looked at, and g is analytic on the whole closed inside, by induction over
the operations that make it (`theory.expansions.in_the_angle`, `theory.expansions.jets`). If the operands are,

- so are their sums, products and entire functions;
- so are roots, logarithms, inverse functions and quotients: each has a guard, Re h > 0 on every arc (one
  sign of Re h for 1/h), with an h that is entire in the operands. Re h is harmonic inside, hence least on
  the curve: at no point inside does h reach 0 or the cut;
- so is a quotient by a power of s_l = sin(theta_l/2), if its numerator has a zero of that order where theta = 0
  (`theory.kernels.end_exponents.flatness`) and s_l has no other zero. Where s_l vanishes so does sin(theta/2), since
  each layer is the one below times a function with a guard; and that theta = 0 is the only multiple
  of 2 pi inside is what `ends_alone` proves. Where it does not, nothing is divided: such a quotient
  would have poles, no guard on the curve could tell, and a root of it branch points. The same for c_l at pi.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache
from math import ceil, inf, log, log10

from flint import acb, arb

from theory.expansions.angle_points import Number, Point, start
from theory.expansions.breaks import Place, nearby, turn
from theory.expansions.in_the_angle import continued
from theory.expansions.jets import Jet, NotAnalytic
from theory.kernels import Kernel
from theory.numbers.balls import Cannot, working_precision

RADII = tuple(1 + 19 * 950 ** (-i / 25) for i in range(26))  # from 20 down to 1.02, rho - 1 by equal factors
PROBES = 10
ARCS = 24
MAX_SPLITS = 6
SLACK = 1.25  # nodes that may be spent to certify fewer arcs
FEW_NODES = 300
TRUSTED = 2  # a certified curve is kept unless points promise a narrower one with fewer than half its nodes
LOOSE = 3.0  # nats by which the bound on an arc may exceed the value at its middle


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of [0, pi], in units of pi measured from 0, or from pi on the right: from `low` to `high`.

    With u the angle from that end: u = x^q from the end itself (low = 0), u = pi low + x otherwise. `split` says
    that no formula of the kernel changes inside (`theory.expansions.breaks`).
    """

    q: int = 1
    right: bool = False
    low: Place = Fraction(0)
    high: Place = Fraction(1)
    split: bool = False

    @property
    def whole(self) -> bool:
        """Whether both ends are enclosed."""
        return self.low == 0 and self.high == 1

    def length(self) -> arb:
        """The upper end of x, as a ball."""
        return (arb.pi() * (turn(self.high) - turn(self.low))).root(self.q)

    def size(self) -> Fraction:
        """About the length, in units of pi."""
        return nearby(self.high) - nearby(self.low)

    def angle(self, x: Number) -> Number:
        """theta at x."""
        power = x if self.q == 1 else x**self.q
        from_end = power + arb.pi() * turn(self.low) if self.low else power
        return arb.pi() - from_end if self.right else from_end

    def point(self, x: Number, alone: bool = True) -> Point[Number]:
        """The start of the evaluation at x; alone: the region has what `ends_alone` asks for."""
        theta = self.angle(x)
        if not alone or self.low:  # no end counts as enclosed
            found = start(theta, None, None, self.q, self.q)
        elif self.right:
            found = start(theta, None, x, 1, self.q)
        else:
            found = start(theta, x, arb.pi() - theta if self.whole else None, self.q, 1)
        if self.split and isinstance(x, Jet):
            found.inside = start(self.angle(self.length() / 2), None, None, 1, 1)
        return found

    def halves(self) -> tuple[Piece, Piece]:
        """The half next to the end, and the other; the middle of [0, pi] belongs to both ends."""
        middle = (nearby(self.low) + nearby(self.high)) / 2
        if self.whole:
            return replace(self, high=middle), Piece(1, True, self.low, middle, self.split)
        return replace(self, high=middle), Piece(1, self.right, middle, self.high, self.split)


class NoEllipse(Cannot):
    """No ellipse is found around a piece: another piece may have one."""


Bounds = tuple[float, float, float]  # of log|f theta'(x)|, log|sin theta|, |Im theta|


@dataclass(frozen=True, slots=True)
class Ellipse:
    """An ellipse with log10 of a bound of the integrand on it."""

    rho: float
    length: float
    log_bound: float

    def nodes(self, log_target: float) -> int:
        """Smallest n with log10(4 X M rho^(1-2n)/(rho-1)) <= log_target."""
        excess = self.log_bound + log10(4 * self.length / (self.rho - 1)) - log_target
        return max(1, ceil((excess / log10(self.rho) + 1) / 2))

    def error(self, nodes: int) -> arb:
        """Rigorous bound of the error of the rule with that many nodes."""
        bound, rho = arb(10) ** arb(self.log_bound), arb(self.rho)
        return 4 * arb(self.length) * bound * rho ** (1 - 2 * nodes) / (rho - 1)


def best_ellipse(kernel: Kernel, piece: Piece, dim: int, degree: int, log_target: float) -> Ellipse:
    """The certified ellipse that needs about the fewest nodes for every degree up to `degree`.

    |P_k(cos z)| <= exp(k |Im z|): P_k(cos z) is an average of (cos z + i sin z cos phi)^k
    (Laplace's integral, DLMF 18.10.5), each a convex combination of exp(iz) and exp(-iz).
    Points of the curve choose the radius, arcs then certify it.
    """

    def cost(index: int) -> float:
        probed = probe(kernel, piece, RADII[index])
        return inf if probed is None else _ellipse(piece, RADII[index], probed, dim, degree).nodes(log_target)

    low, high = 0, len(RADII) - 1
    while low < high:  # infinite costs lie to the left, beyond them the cost has one minimum
        middle = (low + high) // 2
        if cost(middle) <= cost(middle + 1) < inf:
            high = middle
        else:
            low = middle + 1
    best = cost(low)
    most = SLACK * best if best < FEW_NODES else 0.0
    while low + 1 < len(RADII) and cost(low + 1) <= most:  # narrower curves are cheaper to certify
        low += 1
    found: list[tuple[int, Ellipse]] = []
    for index in range(low, len(RADII)):
        # Few points miss the peaks of exp(cos(t)): what is certified may need far more than they promised.
        if found and min(nodes for nodes, _ in found) <= TRUSTED * cost(index):
            break
        ellipse = certified_ellipse(kernel, piece, RADII[index], dim, degree)
        if ellipse is not None:
            found.append((ellipse.nodes(log_target), ellipse))
    if found:
        return min(found, key=lambda pair: pair[0])[1]
    why = (
        "no ellipse around a part of [0, pi] is found on which it is certified analytic: a pole or a branch point lies "
    )
    raise NoEllipse(f"the angle route for {kernel!r}", why + "there, at an end, or too near, or is not excluded")


def certified_ellipse(kernel: Kernel, piece: Piece, rho: float, dim: int, degree: int) -> Ellipse | None:
    """The ellipse of this radius, None where the kernel is not certified analytic on it."""
    bounds = certified(kernel, piece, rho)
    return None if bounds is None else _ellipse(piece, rho, bounds, dim, degree)


def _ellipse(piece: Piece, rho: float, bounds: tuple[Bounds, ...], dim: int, degree: int) -> Ellipse:
    worst = max(value + (dim - 1) * sine + degree * height for value, sine, height in bounds)
    return Ellipse(rho, float(piece.length().upper()) + 1e-9, worst / log(10) + 1e-6)


@lru_cache(maxsize=1024)
def ends_alone(piece: Piece, rho: float) -> bool:
    """Whether the closed ellipse certainly has no zero of sin(x^q/2) but x = 0, and of cos(x/2) but pi if whole.

    The others, x^q = 2 pi n, have |x| >= (2 pi)^(1/q), and no point of the ellipse is as far from the focus 0
    as its right vertex. Mirrored, the same holds for pi, the other focus of the whole piece.

    >>> ends_alone(Piece(), 5.8), ends_alone(Piece(), 5.9)
    (True, False)
    """
    with working_precision(15, 5):
        r = arb(rho)
        vertex = piece.length() * (1 + (r + 1 / r) / 2) / 2
        return bool(vertex < (2 * arb.pi()).root(piece.q))


def plain(kernel: Kernel, piece: Piece) -> bool:
    """Whether the kernel is certified analytic on balls around the piece itself: no proof of an ellipse, but a sign."""
    alone = ends_alone(piece, RADII[-1])
    with precision_on(piece):
        quarter = piece.length() / 4
        try:
            for j in range(4):
                _bounds(kernel, piece, acb((quarter * j).union(quarter * (j + 1))), alone)
        except NotAnalytic:
            return False
    return True


def precision_on(piece: Piece) -> AbstractContextManager[int]:
    """Enough to tell 1 - cos(theta) from 0 on the piece."""
    return working_precision(15, 5 + ceil(-3 * log10(piece.size())))


@lru_cache(maxsize=4096)
def probe(kernel: Kernel, piece: Piece, rho: float) -> tuple[Bounds, ...] | None:
    """Values at single points of the upper half curve, None if a guard fails at one: no proof."""
    return bounds_at_points(kernel, piece, lambda phase: _on_curve(piece, rho, phase), ends_alone(piece, rho))


def bounds_at_points(
    kernel: Kernel, piece: Piece, curve: Callable[[arb], acb], alone: bool
) -> tuple[Bounds, ...] | None:
    """The same for any curve of phases 0 to 1."""
    with precision_on(piece):
        try:
            phases = (arb(2 * j + 1) / (2 * PROBES) for j in range(PROBES))
            return tuple(_bounds(kernel, piece, curve(phase), alone)[0] for phase in phases)
        except NotAnalytic:
            return None


@lru_cache(maxsize=1024)
def certified(kernel: Kernel, piece: Piece, rho: float) -> tuple[Bounds, ...] | None:
    """Bounds on arcs that cover the upper half curve, None if f is not certified analytic inside.

    f is real on [0, pi], so half the curve suffices.
    """
    return bounds_along(kernel, piece, lambda phase: _on_curve(piece, rho, phase), ends_alone(piece, rho))


def bounds_along(kernel: Kernel, piece: Piece, curve: Callable[[arb], acb], alone: bool) -> tuple[Bounds, ...] | None:
    """Bounds on arcs that cover the curve of phases 0 to 1, None where a guard fails.

    Arcs on which a guard fails or the bound is loose are halved.
    """
    with precision_on(piece):
        todo = [(2 * j + 1, 2 * ARCS, 0) for j in range(ARCS)]
        found = []
        while todo:
            numerator, denominator, splits = todo.pop()
            phase = arb(arb(numerator) / denominator, arb(1) / denominator)
            try:
                bounds, loose = _bounds(kernel, piece, curve(phase), alone)
            except NotAnalytic:
                if splits == MAX_SPLITS:
                    return None
                bounds, loose = None, True
            if bounds is None or (loose and splits < 2):
                todo += [(2 * numerator + side, 2 * denominator, splits + 1) for side in (-1, 1)]
            else:
                found.append(bounds)
        return tuple(found)


def _on_curve(piece: Piece, rho: float, phase: arb) -> acb:
    """The ball around the curve where the parameter is pi * phase."""
    half, r = piece.length() / 2, arb(rho)
    turn = arb.pi() * phase
    return acb(half + half * (r + 1 / r) / 2 * turn.cos(), half * (r - 1 / r) / 2 * turn.sin())


def _bounds(kernel: Kernel, piece: Piece, arc: acb, alone: bool) -> tuple[Bounds, bool]:
    x = Jet.variable(arc)
    point = piece.point(x, alone)
    value = continued(kernel, point)
    if piece.q > 1:
        value = value * x ** (piece.q - 1) * piece.q
    size = abs(value.range).upper()
    if not size.is_finite():
        raise NotAnalytic("the kernel is not bounded on an arc")
    tiny = arb(10) ** -300
    sine = 2 * point.s * point.c
    logs = (size.max(tiny).log(), abs(sine.range).upper().max(tiny).log(), abs(point.theta.range.imag))
    largest, sines, heights = (float(bound.upper()) + 1e-9 for bound in logs)
    middle = abs(value.mid).upper().max(tiny).log()
    return (largest, sines, heights), largest > float(middle.upper()) + LOOSE
