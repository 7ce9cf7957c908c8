"""Where |x|, sign(x), max(x, y) and min(x, y) change their formula: the zeros of x, or of x - y, in (0, pi).

Found exactly where what changes sign is a polynomial in t times a positive function, linear in t or theta with any
constants, or a difference of two positive functions whose quotient has such a logarithm: exp(t) - 2. Kernels
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
from theory.kernels.normal_form import ONE, Form, add, logarithm, multiply, normal_form, power, scaled
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


@dataclass(frozen=True, slots=True)
class CosinePlace:
    """The zero of slope * t + constant in (-1, 1), both sums of rational multiples of constants, in units of pi."""

    slope: Form
    constant: Form

    def turn(self) -> arb:
        """The angle over pi at the current precision."""
        return (-_sum(self.constant) / _sum(self.slope)).acos() / arb.pi()

    def mirrored(self) -> CosinePlace:
        """pi minus the angle: the zero of constant - slope * t."""
        return CosinePlace(scaled(self.slope, Fraction(-1)), self.constant)


Place = Fraction | RootPlace | LinearPlace | CosinePlace
Zero = fmpq_poly | LinearPlace | CosinePlace


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
    >>> breaks(Zonal("max(t,0)")), breaks(Zonal("abs(sin(t)-1/9)")), breaks(Zonal("t"))
    ((RootPlace(coefficients=(Fraction(0, 1), Fraction(1, 1)), index=0),), None, ())
    """
    zeros: list[Zero] = []
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


def _zeros_of(tree: Node) -> Zero | None:
    form = normal_form(tree)
    if form is None:
        return None
    found = _zeros(form)
    balanced = _balanced(form) if found is None else None
    return found if balanced is None else _zeros(balanced)


def _balanced(form: Form) -> Form | None:
    """log(-b/a) of a + b, which vanishes where a + b does, or 1 if that is nowhere; None for other forms."""
    if len(form) != 2 or any(len(term.polynomial) != 1 or any(term.logs) for term in form):
        return None
    first, second = form
    if first.polynomial[0] * second.polynomial[0] > 0:
        return ONE
    inverse = power((first,), Fraction(-1))
    quotient = None if inverse is None else multiply(scaled((second,), Fraction(-1)), inverse)
    return None if quotient is None else logarithm(quotient)


def _zeros(form: Form) -> Zero | None:
    """The polynomial, or the place of the zero; 1 without any."""
    if not form:
        return fmpq_poly([1])
    if len(form) == 1 and not any(form[0].logs):  # all factors but the polynomial are positive
        return fmpq_poly([rational(c) for c in form[0].polynomial])
    flat = all(len(t.polynomial) == 1 and not (t.near or t.far or any(t.logs) or t.exponent) for t in form)
    if not flat or {term.angle for term in form} - {0, 1}:
        return _cosine_place(form)
    slope, constant = _linear(form)
    if slope:
        return LinearPlace(slope, constant)
    with working_precision(30):
        value = _sum(constant)
    return fmpq_poly([1]) if value > 0 or value < 0 else None


def _cosine_place(form: Form) -> Zero | None:
    """The zero of a function that is linear in t, 1 where it has none in (-1, 1)."""
    if any(t.angle or t.near or t.far or any(t.logs) or t.exponent or len(t.polynomial) > 2 for t in form):
        return None
    constant, slope = (
        tuple(replace(t, polynomial=(t.polynomial[n],)) for t in form if len(t.polynomial) > n and t.polynomial[n])
        for n in (0, 1)
    )
    with working_precision(30):
        size = abs(_sum(constant) / _sum(slope))
        if size > 1:
            return fmpq_poly([1])
        return CosinePlace(slope, constant) if size < 1 else None


def _linear(form: Form) -> tuple[Form, Form]:
    """The terms with theta, and those without."""
    return tuple(replace(t, angle=Fraction(0)) for t in form if t.angle), tuple(t for t in form if not t.angle)


def _ordered(zeros: Iterable[Zero]) -> tuple[Place, ...] | None:
    whole = fmpq_poly([1])
    found: list[Place] = []
    for zero in zeros:
        if isinstance(zero, LinearPlace | CosinePlace):
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
