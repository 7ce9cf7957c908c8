"""Taylor series in the angle theta of an expression at t = cos(theta), enclosed over cells of [0, pi]."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

import sympy as sp
from flint import arb, arb_poly, arb_series

from theory.expansions.angle_polynomials import AnglePolynomial, angle_polynomial
from theory.kernels import Kernel
from theory.language.formulas import uses_kernel, variables
from theory.numbers.balls import NotCertified, ball, series_length, working_precision
from theory.statements.arithmetic import Undefined, as_ball
from theory.statements.counterexamples import OUT_OF_REACH
from theory.statements.meaning import T, expression_at
from theory.statements.outcome import NotSymbolic
from theory.statements.values import evaluate
from theory.symbolic.expressions import ARITHMETIC, Call, Name, Node, Operation
from theory.symbolic.objects import Range
from theory.symbolic.ranges import Ranges

DIGITS = 20
MAX_ORDER = 8  # of a zero at an end


@dataclass(frozen=True, slots=True)
class AngleReader:
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
