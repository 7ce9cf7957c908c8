"""Inequalities for all t in [-1, 1], cell by cell in the angle, in ball arithmetic.

D(theta) = left - right at t = cos(theta) is analytic on [0, pi] where kappa(cos theta) is, and all of
its Taylor coefficients are enclosed over a cell: kappa by its polynomial with proved errors of the
derivatives (`theory.expansions.angle_polynomials`), the rest by power series arithmetic. Inside, the mean value
form D(c) + D'(cell) (cell - c) gives the sign. Where D vanishes at an end, exactly as u^e with
u = 1 - t or 1 + t (`theory.statements.leading_terms`), all derivatives of orders below m = 2e vanish there, so that
D = (theta - end)^m D_m with the m-th Taylor coefficient D_m somewhere on the cell: its sign decides.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from fractions import Fraction
from math import cos, pi

from theory.kernels import Kernel
from theory.language.formulas import variables
from theory.language.statement import Statement
from theory.numbers.balls import working_precision
from theory.numbers.truth import Evidence, Truth
from theory.statements.angle_series import DIGITS, MAX_ORDER, AngleReader
from theory.statements.arithmetic import Undefined
from theory.statements.counterexamples import OUT_OF_REACH, compare_at
from theory.statements.given import is_of_one_kernel, one_kernel
from theory.statements.leading_terms import approach, lead
from theory.statements.method import Method
from theory.statements.outcome import NotSymbolic, Outcome, Part, bare_part
from theory.symbolic.expressions import Node, Operation
from theory.symbolic.puiseux import NoExpansion
from theory.symbolic.ranges import Ranges

MAX_CELLS = 400
MAX_POINTS = 16  # values of the other variables
SHOWN = {1: "> 0", -1: "< 0"}
SIGNS = {">": 1, ">=": 1, "<": -1, "<=": -1}
SOURCE = "Taylor coefficients over cells of the angle, by ball arithmetic"


def by_angle_cells(statement: Statement) -> list[tuple[Ranges, Outcome]]:
    """The outcome for each value of the integer variables. NotSymbolic where it is not for this.

    >>> from theory.language.statement import parse_statement
    >>> by_angle_cells(parse_statement("kappa(t) <= 3", "NTK(depth=3)"))[0][1].law
    'left - right < 0 for -1 <= t < 1, a zero like (1-t)**(1/2) at t = 1'
    """
    moving = "t" in variables(statement.left) | variables(statement.right)
    if statement.is_asymptotic or statement.family is not None or not moving:
        raise NotSymbolic("no inequality in t")
    if any(w.most is None for w in statement.ranges):
        raise NotSymbolic("an unbounded variable beside t")
    points = statement.ranges.points(MAX_POINTS + 1)
    if len(points) > MAX_POINTS:
        raise NotSymbolic(f"more than {MAX_POINTS} values of the other variables")
    return [_at_point(statement, point) for point in points]


def _at_point(statement: Statement, fixed: dict[str, int]) -> tuple[Ranges, Outcome]:
    ranges = statement.ranges.pinned(fixed)
    difference = Operation("-", statement.left, statement.right)
    with working_precision(DIGITS):
        kernel = one_kernel(statement)
        reader = AngleReader(kernel, fixed)
        zeros = [_zero_at(place, difference, kernel, ranges) for place in (1, -1)]
        found = _signs(reader, difference, zeros)
    for t, sign in found.points:
        if not _holds(statement.relation, sign):
            law = f"left - right {SHOWN[sign]} around t = {t}"
            return ranges, _refuted(statement, law, {**fixed, "t": t})
    for place, zero in zip((1, -1), found.zeros, strict=True):
        if zero and statement.relation in ("<", ">", "!="):
            law = f"the sides agree at t = {place}"
            at = {**fixed, "t": place}
            return ranges, Outcome(Truth.FAILS, law, at=at, evidence=Evidence.CERTIFIED, source=SOURCE)
    if len(found.points) > 1:  # != alone: what is continuous vanishes between the two points
        raise NotSymbolic("left - right changes its sign")
    if found.open is not None:
        raise NotSymbolic(f"the sign of left - right is open near t = {float(found.open):.4g}")
    return ranges, Outcome(Truth.HOLDS, found.text, evidence=Evidence.CERTIFIED, source=SOURCE)


def _holds(relation: str, sign: int) -> bool:
    return relation == "!=" or SIGNS.get(relation) == sign


def _refuted(statement: Statement, law: str, at: dict[str, Fraction | int]) -> Outcome:
    """An instance inside the cell refutes by itself."""
    try:
        truth = compare_at(statement, at)
    except (Undefined, *OUT_OF_REACH):
        truth = Truth.UNDECIDED
    if truth is not Truth.FAILS:
        raise NotSymbolic(f"{law}, where the instance is not certified")
    return Outcome(Truth.FAILS, law, at=at, evidence=Evidence.CERTIFIED, source=SOURCE)


@dataclass(frozen=True, slots=True)
class _Found:
    """Points (t, sign of the difference), one for each sign seen; the orders in u of the zeros at t = 1
    and -1, 0 where there is none; a point near which the sign stays open."""

    points: tuple[tuple[Fraction, int], ...]
    zeros: tuple[Fraction, Fraction]
    open: Fraction | None

    @property
    def text(self) -> str:
        ((_, sign),) = self.points
        low, high = ("<" if zero else "<=" for zero in reversed(self.zeros))
        places = zip(("1-t", "1+t"), (1, -1), self.zeros, strict=True)
        ends = [f"a zero like ({u})**({zero}) at t = {place}" for u, place, zero in places if zero]
        return ", ".join([f"left - right {SHOWN[sign]} for -1 {low} t {high} 1", *ends])


def _zero_at(place: int, difference: Node, kernel: Kernel | None, ranges: Ranges) -> Fraction | None:
    """e where left - right ~ c u^e at the end, e > 0; 0 if it does not vanish; None if it is not known."""
    try:
        exponent, _ = lead(difference, kernel, ranges, approach(place))
    except (NotSymbolic, NoExpansion):
        return None
    return exponent if 0 <= 2 * exponent <= MAX_ORDER and (2 * exponent).denominator == 1 else None


def _signs(reader: AngleReader, difference: Node, zeros: list[Fraction | None]) -> _Found:
    """Halve cells of [0, pi], in units of pi, until each has a certain sign."""
    at_one, at_minus_one = (zero or Fraction(0) for zero in zeros)
    seen: dict[int, Fraction] = {}
    cells = deque([(Fraction(i, 8), Fraction(i + 1, 8)) for i in range(8)])
    for _ in range(MAX_CELLS):
        if not cells:
            break
        low, high = cells.popleft()
        order = int(2 * (at_one if low == 0 else at_minus_one if high == 1 else 0))
        sign = reader.sign(difference, low, high, order, high == 1)
        if sign:
            seen.setdefault(sign, _inside(low, high))
        else:
            middle = (low + high) / 2
            cells += [(low, middle), (middle, high)]
        if len(seen) == 2:
            break
    open_ = _inside(*cells[0]) if cells else None
    return _Found(tuple((t, sign) for sign, t in seen.items()), (at_one, at_minus_one), open_)


def _inside(low: Fraction, high: Fraction) -> Fraction:
    """A short rational between cos(pi high) and cos(pi low)."""
    most, least, middle = (cos(pi * turn) for turn in (low, high, (low + high) / 2))
    tried = (Fraction(middle).limit_denominator(10**digits) for digits in range(1, 9))
    return next((t for t in tried if least < t < most), Fraction(middle))


def _parts(statement: Statement) -> list[Part]:
    return [bare_part(ranges, outcome) for ranges, outcome in by_angle_cells(statement)]


METHOD = Method("by angle cells", 60, is_of_one_kernel, _parts)
