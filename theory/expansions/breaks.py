"""Where |x|, sign(x), max(x, y) and min(x, y) change their formula: the zeros of x, or of x - y, in (0, pi).

Found exactly where what changes sign is a polynomial in t times a positive function, or linear in theta; kernels
with others are not split, and no formula is continued beyond where its sign is certain.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache
from itertools import product
from math import prod

from flint import arb, fmpq_poly

from theory.expansions.admissible import inner_roots, zonals
from theory.kernels import Kernel
from theory.kernels.constants import constant_ball
from theory.kernels.normal_form import Form, add, normal_form
from theory.kernels.normal_form import mirrored as mirrored_form
from theory.kernels.zonal_expressions import PIECEWISE
from theory.numbers.balls import Enclosure, ball, precision_bits, rational, working_precision
from theory.numbers.truth import all_known
from theory.symbolic.expressions import Call, Node, Number, Operation, operands, walk

MOST = 20
MOST_FORMULAS = 64  # of one expression
ZERO = Number(Fraction(0))
UNITS: list[Node] = [Number(Fraction(1)), Number(Fraction(-1))]


@dataclass(frozen=True, slots=True)
class RootPlace:
    """The angle acos(x), x the root number `index` in (-1, 1) of a polynomial, smallest angle first, in units of pi."""

    coefficients: tuple[Fraction, ...]
    index: int

    def turn(self) -> arb:
        """The angle over pi at the current precision."""
        poly = fmpq_poly([rational(c) for c in self.coefficients])
        roots = sorted(inner_roots(poly, int(precision_bits() * 0.302)), key=lambda root: -Enclosure.of(root[0]).lower)
        return roots[self.index][0].acos() / arb.pi()

    def mirrored(self) -> RootPlace:
        """pi minus the angle."""
        signed = tuple((-1) ** n * c for n, c in enumerate(self.coefficients))
        count = len(inner_roots(fmpq_poly([rational(c) for c in signed])))
        return RootPlace(signed, count - 1 - self.index)


@dataclass(frozen=True, slots=True)
class LinearPlace:
    """The zero of slope * theta + constant, both sums of rational multiples of constants, in units of pi."""

    slope: Form
    constant: Form

    def turn(self) -> arb:
        """The angle over pi at the current precision."""
        return -_sum(self.constant) / _sum(self.slope) / arb.pi()

    def mirrored(self) -> LinearPlace:
        """pi minus the angle: the zero of slope * (pi - theta) + constant."""
        turned = mirrored_form(add([tuple(replace(t, angle=Fraction(1)) for t in self.slope), self.constant]))
        assert turned is not None  # it is linear in theta
        return LinearPlace(*_linear(turned))


Place = Fraction | RootPlace | LinearPlace


def turn(place: Place) -> arb:
    """A place in units of pi, as a ball.

    >>> turn(RootPlace((Fraction(-1), Fraction(2)), 0)).overlaps(arb(1) / 3)
    True
    """
    return ball(place) if isinstance(place, Fraction) else place.turn()


def mirrored(place: Place) -> Place:
    """1 - place."""
    return 1 - place if isinstance(place, Fraction) else place.mirrored()


@lru_cache(maxsize=4096)
def nearby(place: Place) -> Fraction:
    """A fraction within 2^-300 of the place: closer than any piece is long, so that halves lie inside."""
    if isinstance(place, Fraction):
        return place
    with working_precision(100):
        return Enclosure.of(place.turn()).lower


def _sum(form: Form) -> arb:
    return sum((constant_ball(term.constant) * ball(term.polynomial[0]) for term in form), arb(0))


def _piecewise(tree: Node) -> list[Call]:
    return [node for node in walk(tree) if isinstance(node, Call) and node.name in PIECEWISE]


@lru_cache(maxsize=256)
def breaks(kernel: Kernel) -> tuple[Place, ...] | None:
    """The places in order; None where some are not found, or not told apart.

    >>> from theory.kernels import Zonal
    >>> breaks(Zonal("max(t,0)")), breaks(Zonal("abs(exp(t)-1)")), breaks(Zonal("t"))
    ((RootPlace(coefficients=(Fraction(0, 1), Fraction(1, 1)), index=0),), None, ())
    """
    zeros: list[fmpq_poly | LinearPlace] = []
    for node in (node for part in zonals(kernel) for node in _piecewise(part.tree)):
        compared = _compared(node)
        if compared is None:
            return None
        for tree in compared:
            zero = _zeros_of(tree)
            if zero is None:
                return None
            zeros.append(zero)
    return _ordered(zeros)


def _compared(node: Call) -> list[Node] | None:
    """What changes its sign where the formula changes, in each formula of what is inside: some zeros may be none."""
    each = _products(node.args)
    return None if each is None else [parts[0] if len(parts) == 1 else Operation("-", *parts) for parts in each]


def _formulas(tree: Node) -> list[Node] | None:
    """The formulas of an expression, one for each way in which its signs may fall; None if they are too many."""
    if not _piecewise(tree):
        return [tree]
    each = _products(operands(tree))
    if each is None:
        return None
    if isinstance(tree, Operation):
        return [Operation(tree.op, left, right) for left, right in each]
    assert isinstance(tree, Call)  # a leaf has no pieces
    if tree.name not in PIECEWISE:
        return [Call(tree.name, parts) for parts in each]
    if tree.name == "sign":
        return UNITS
    formulas = list(dict.fromkeys(part for parts in each for part in parts))
    return [*formulas, *(Operation("-", ZERO, part) for part in formulas)] if tree.name == "abs" else formulas


def _products(trees: Sequence[Node]) -> list[tuple[Node, ...]] | None:
    formulas = all_known(map(_formulas, trees))
    if formulas is None or prod(map(len, formulas)) > MOST_FORMULAS:
        return None
    return list(product(*formulas))


def _zeros_of(tree: Node) -> fmpq_poly | LinearPlace | None:
    form = normal_form(tree)
    return None if form is None else _zeros(form)


def _zeros(form: Form) -> fmpq_poly | LinearPlace | None:
    """The polynomial, or the place of the zero; 1 without any."""
    if not form:
        return fmpq_poly([1])
    if len(form) == 1 and not any(form[0].logs):  # all factors but the polynomial are positive
        return fmpq_poly([rational(c) for c in form[0].polynomial])
    flat = all(len(t.polynomial) == 1 and not (t.near or t.far or any(t.logs) or t.exponent) for t in form)
    if not flat or {term.angle for term in form} - {0, 1}:
        return None
    slope, constant = _linear(form)
    if slope:
        return LinearPlace(slope, constant)
    with working_precision(30):
        value = _sum(constant)
    return fmpq_poly([1]) if value > 0 or value < 0 else None


def _linear(form: Form) -> tuple[Form, Form]:
    """The terms with theta, and those without."""
    return tuple(replace(t, angle=Fraction(0)) for t in form if t.angle), tuple(t for t in form if not t.angle)


def _ordered(zeros: Iterable[fmpq_poly | LinearPlace]) -> tuple[Place, ...] | None:
    whole = fmpq_poly([1])
    found: list[Place] = []
    for zero in zeros:
        if isinstance(zero, LinearPlace):
            found.append(zero)
        else:
            whole *= zero / whole.gcd(zero)
    whole /= whole.gcd(whole.derivative()) if whole.degree() > 0 else 1
    coefficients = tuple(Fraction(int(c.p), int(c.q)) for c in whole.coeffs())
    with working_precision(30):
        found = [place for place in found if not (turn(place) < 0 or turn(place) > 1)]
        found += [RootPlace(coefficients, i) for i in range(len(inner_roots(whole)))]
        found.sort(key=nearby)
        turns = [arb(0), *map(turn, found), arb(1)]
        apart = all(left < right for left, right in zip(turns, turns[1:]))
    return tuple(found) if apart and len(found) <= MOST else None
