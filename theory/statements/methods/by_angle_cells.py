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
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from math import cos, pi

import sympy as sp
from flint import arb, arb_poly, arb_series

from theory.expansions.angle_polynomials import AnglePolynomial, angle_polynomial
from theory.kernels import Kernel
from theory.language.formulas import uses_kernel, variables
from theory.language.statement import Statement
from theory.numbers.balls import NotCertified, ball, series_length, working_precision
from theory.numbers.truth import Evidence, Truth
from theory.statements.counterexamples import OUT_OF_REACH, compare_at
from theory.statements.given import is_of_one_kernel, one_kernel
from theory.statements.leading_terms import approach, lead
from theory.statements.meaning import T, expression_at
from theory.statements.method import Method
from theory.statements.outcome import NotSymbolic, Outcome, Part, bare_part
from theory.statements.values import Undefined, as_ball, evaluate
from theory.symbolic.expressions import ARITHMETIC, Call, Name, Node, Operation
from theory.symbolic.objects import Range
from theory.symbolic.puiseux import NoExpansion
from theory.symbolic.ranges import Ranges

DIGITS = 20
MAX_ORDER = 8  # of a zero at an end
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
        reader = _Reader(kernel, fixed)
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


def _signs(reader: _Reader, difference: Node, zeros: list[Fraction | None]) -> _Found:
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


@dataclass(frozen=True, slots=True)
class _Reader:
    """Taylor series of expressions in theta, over cells of the angle."""

    kernel: Kernel | None
    fixed: Mapping[str, int]

    def sign(self, node: Node, low: Fraction, high: Fraction, order: int, at_pi: bool) -> int:
        """Of node / |theta - end|^order on the cell; 0 where it is not certain."""
        middle, radius = (low + high) / 2, (high - low) / 2
        try:
            if order:
                wide = self.series(node, middle, radius, order + 1)
                value = wide[order] * (-1) ** (order if at_pi else 0)
            else:
                slope = self.series(node, middle, radius, 2)[1]
                value = self.series(node, middle, Fraction(0), 1)[0]
                value += slope * arb(0, 1) * arb.pi() * ball(radius)
        except ZeroDivisionError:
            return 0
        return 1 if value > 0 else -1 if value < 0 else 0

    def series(self, node: Node, middle: Fraction, radius: Fraction, length: int) -> arb_series:
        """Coefficients of (theta - z)^i, i < length, for every z of the cell."""
        with series_length(length):
            angle = arb.pi() * ball(middle) + arb(0, 1) * arb.pi() * ball(radius)
            return self._read(node, _Cell(middle, radius, arb_series([angle, 1], length)))

    def _read(self, node: Node, cell: _Cell) -> arb_series:
        if "t" not in variables(node):
            return arb_series([self._constant(node)], cell.length)
        match node:
            case Name():
                return cell.angle.cos()
            case Operation("**", base, exponent):
                return self._power(base, exponent, cell)
            case Operation(op, left, right):
                a, b = self._read(left, cell), self._read(right, cell)
                if op == "/" and b[0].contains(0):
                    raise ZeroDivisionError
                return ARITHMETIC[op](a, b)
            case Call("kappa", (argument,)):
                return self._kappa(argument, cell)
            case Call("acos", (Name("t"),)):
                return cell.angle
            case Call("asin", (Name("t"),)):
                return arb.pi() / 2 - cell.angle
            case Call("sqrt", (inner,)):
                return self._root(inner, cell)
            case Call("exp" | "log" | "sin" | "cos" as name, (inner,)):
                return getattr(self._read(inner, cell), name)()
        raise NotSymbolic("no power series in the angle")

    def _constant(self, node: Node) -> arb:
        try:
            return as_ball(evaluate(node, self.fixed, self.kernel, DIGITS))
        except (Undefined, *OUT_OF_REACH) as error:
            raise NotSymbolic(str(error)) from None

    def _power(self, base: Node, exponent: Node, cell: _Cell) -> arb_series:
        value = expression_at(exponent, None, _ranges(self.fixed)) if "t" not in variables(exponent) else None
        if value is None or not value.is_Integer or abs(value) > 64:
            raise NotSymbolic("a power that is no integer")
        inner, total = self._read(base, cell), arb_series([1], cell.length)
        for _ in range(abs(int(value))):
            total = total * inner
        if value < 0 and total[0].contains(0):
            raise ZeroDivisionError
        return total if value >= 0 else 1 / total

    def _root(self, inner: Node, cell: _Cell) -> arb_series:
        """sqrt(1-t^2) = sin theta, sqrt(1-t) = sqrt2 sin(theta/2), sqrt(1+t) = sqrt2 cos(theta/2)."""
        if not uses_kernel(inner):
            for near, far in ((1, 1), (1, 0), (0, 1)):
                whole = (1 - T) ** near * (1 + T) ** far
                quotient = sp.cancel(expression_at(inner, None, _ranges(self.fixed)) / whole)
                if quotient.is_Rational and quotient > 0:
                    half, factor = cell.angle / 2, Fraction(int(quotient.p), int(quotient.q))
                    scale = ball(factor * 2 ** (near + far))
                    root = (half.sin() if near else 1) * (half.cos() if far else 1) * scale.sqrt()
                    assert isinstance(root, arb_series)  # one of both factors is
                    return root
        return self._read(inner, cell).sqrt()

    def _kappa(self, argument: Node, cell: _Cell) -> arb_series:
        mirrored = sp.expand(expression_at(argument, None, _ranges(self.fixed)) + T) == 0
        if not mirrored and argument != Name("t"):
            raise NotSymbolic("kappa at a point other than t, -t or a number")
        middle = 1 - cell.middle if mirrored else cell.middle
        values = kernel_taylor(_polynomial(self.kernel), middle, cell.radius, cell.length)
        return arb_series([v * (-1) ** i if mirrored else v for i, v in enumerate(values)], cell.length)


@dataclass(frozen=True, slots=True)
class _Cell:
    middle: Fraction
    radius: Fraction
    angle: arb_series

    @property
    def length(self) -> int:
        return self.angle.prec


def _ranges(fixed: Mapping[str, int]) -> Ranges:
    return Ranges(Range(name, value, value) for name, value in fixed.items())


@lru_cache(maxsize=16)
def _polynomial(kernel: Kernel) -> AnglePolynomial:
    try:
        return angle_polynomial(kernel, MAX_ORDER + 1)
    except NotCertified as error:
        raise NotSymbolic(str(error)) from None


def kernel_taylor(f: AnglePolynomial, middle: Fraction, radius: Fraction, length: int) -> list[arb]:
    """f^(i)/i! over the cell pi (middle +- radius), i < length, each as one ball.

    In x = 2 theta/pi - 1 = 2 middle - 1 + 2 radius y, y in [-1, 1]; d/dtheta = (2/pi) d/dx.
    """
    found, factorial = [], 1
    with working_precision(f.digits, 0):
        around = f.polynomial(arb_poly([ball(2 * middle - 1), 1]))  # in x - (2 middle - 1)
        reach = ball(2 * radius)
        for i in range(length):
            total, power = arb(0), arb(1)
            for j, c in enumerate(around.coeffs()):
                unit = (arb(1) / 2 + arb(0, 1) / 2 if j % 2 == 0 else arb(0, 1)) if j else arb(1)
                total += c * power * unit
                power = power * reach
            factorial = factorial * max(i, 1)
            found.append(total * (2 / arb.pi()) ** i / factorial + arb(0, (f.errors[i] / factorial).upper()))
            around = around.derivative()
    return found


def _parts(statement: Statement) -> list[Part]:
    return [bare_part(ranges, outcome) for ranges, outcome in by_angle_cells(statement)]


METHOD = Method("by angle cells", 60, is_of_one_kernel, _parts)
