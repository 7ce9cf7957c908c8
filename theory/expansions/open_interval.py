"""Certified signs of a function of t on the open interval (-1, 1), both ends included as limits.

Between the ends, balls of angles cover the interval. Near an end, t = +-(1 - x^Q) with 0 < x <= r, and
every part of the formula is x^v h(x): h is a Taylor series on the whole ball [0, r], v is exact, from
the expansion of the part (`theory.symbolic.puiseux`). If f = x^s g, then the m-th Taylor coefficient of g on
[0, r] lies in the hull of the (m+s)-th of f, by the integral form of the remainder: dividing by x^s
drops s coefficients. So f has no zero on (0, r] where h(ball) has none.
"""

from __future__ import annotations

from fractions import Fraction

import sympy as sp
from flint import arb, arb_series

from theory.expansions.at_ends import T, from_formula, variable
from theory.numbers.balls import ball, series_length, whole_power, working_precision
from theory.numbers.truth import all_known
from theory.symbolic.constants import constant_ball
from theory.symbolic.puiseux import NoExpansion

DIGITS = 30
LENGTH = 28  # Taylor coefficients at an end
LEADS = (1, 2, 4, 8)  # orders up to which the first term at an end is sought
REACHES = tuple(Fraction(1, 2**j) for j in (2, 4, 7, 11, 16, 22))  # of 1 - t or 1 + t
FIRST_CELLS, MOST_CELLS = 32, 1500
FINEST = 48  # the largest Q
ENTIRE = {"exp", "sin", "cos", "sinh", "cosh", "erf", "atan"}


class Uncertain(ArithmeticError):
    """Balls do not tell the sign."""


class _Finer(Uncertain):
    """A part is a series in a finer power of 1 - t."""

    def __init__(self, factor: int) -> None:
        super().__init__("a finer power")
        self.factor = factor


def sign_inside(expression: sp.Expr) -> int:
    """1 or -1 where the function is certainly of that sign for all -1 < t < 1, else 0.

    >>> sign_inside(1 - sp.cos(sp.acos(T) / 3) ** 2), sign_inside(1 - sp.exp(-(T**2)))
    (1, 0)
    """
    try:
        with working_precision(DIGITS), series_length(LENGTH):
            reaches = [_reach(expression, place) for place in (1, -1)]
            return _between(expression, *reaches)
    except (Uncertain, NoExpansion):
        return 0


def _reach(expression: sp.Expr, place: int) -> Fraction:
    """An r for which the function has no zero on 0 < u <= r, u = 1 - t or 1 + t."""
    scale = 2
    for reach in REACHES:
        while True:
            try:
                end = _End(place, scale, reach)
                end.divided(expression)
                return reach
            except _Finer as finer:
                scale *= finer.factor
                if scale > FINEST:
                    raise Uncertain("too fine a power at an end") from None
            except Uncertain:
                break
    raise Uncertain("no neighbourhood of an end without a zero was found")


def _between(expression: sp.Expr, near: Fraction, far: Fraction) -> int:
    """The sign on the cells that cover the rest; Uncertain where MOST_CELLS do not tell."""
    first, last = (1 - ball(near)).acos(), (ball(far) - 1).acos()
    low, length = first.mid(), (last - first).mid()
    margin = arb(2) ** -60
    todo = [(2 * j + 1, 2 * FIRST_CELLS) for j in range(FIRST_CELLS)]
    signs, count = set(), 0
    while todo:
        count += 1
        if count > MOST_CELLS:
            raise Uncertain("a zero, or a value too small to tell")
        numerator, denominator = todo.pop()
        theta = low + length * arb(arb(numerator) / denominator, arb(1) / denominator) + arb(0, margin)
        value = _at_angle(expression, theta, {})
        if value is not None and (value > 0 or value < 0):
            signs.add(1 if value > 0 else -1)
            if len(signs) > 1:
                raise Uncertain("the sign changes")
        else:
            todo += [(2 * numerator + side, 2 * denominator) for side in (-1, 1)]
    return signs.pop()


def _at_angle(node: sp.Expr, theta: arb, known: dict[sp.Expr, arb | None]) -> arb | None:
    """The value on a ball of angles; None where a part is not certainly real and finite."""
    if node not in known:
        value = _angle_node(node, theta, known)
        known[node] = value if value is not None and value.is_finite() else None
    return known[node]


def _angle_node(node: sp.Expr, theta: arb, known: dict[sp.Expr, arb | None]) -> arb | None:
    if node == T:
        return theta.cos()
    if node == sp.acos(T):
        return theta
    if not node.has(T):
        return _constant(node)
    values = all_known(_at_angle(part, theta, known) for part in node.args)
    if values is None:
        return None
    name = type(node).__name__
    match node:
        case sp.Add():
            return sum(values, arb(0))
        case sp.Mul():
            product = arb(1)
            for value in values:
                product *= value
            return product
        case sp.Pow():
            base, exponent = values
            if node.exp.is_Integer:
                return whole_power(base, int(node.exp))
            if node.exp == sp.S.Half:
                return base.sqrt()
            return (base.log() * exponent).exp() if base > 0 else None
        case sp.besselk():
            return values[1].bessel_k(values[0])
        case sp.Abs():
            return abs(values[0])
    if name in ENTIRE or name in ("log", "acos", "asin", "tan"):
        return getattr(values[0], name)()
    return None


def _constant(node: sp.Expr) -> arb:
    try:
        return constant_ball(node)
    except TypeError as error:
        raise Uncertain(str(error)) from None


Part = tuple[int, arb_series]  # (v, h) for x^v h(x)


class _End:
    """The parts of a formula as x^v h(x) for 0 <= x <= r^(1/Q), t = place (1 - x^Q)."""

    def __init__(self, place: int, scale: int, reach: Fraction) -> None:
        self.place, self.scale = place, scale
        half = ball(reach).root(scale).upper() / 2
        self.x = arb_series([arb(half, half), 1], LENGTH)
        self.parts: dict[sp.Expr, Part] = {}

    def part(self, node: sp.Expr) -> Part:
        """A part, once; Uncertain where it is not certainly such a product."""
        if node not in self.parts:
            found = self._node(node)
            if not found[1].coeffs() or not all(c.is_finite() for c in found[1].coeffs()):
                raise Uncertain("a part that is not finite, or too few coefficients")
            self.parts[node] = found
        return self.parts[node]

    def divided(self, node: sp.Expr) -> Part:
        """The part with h free of zeros on the ball, x^v its exact order at the end."""
        v, h = self.part(node)
        if _certain(h):
            return v, h
        order = self._order(node)
        shift = order - v
        if shift > 0:
            h = arb_series(h.coeffs()[shift:], LENGTH - shift)
        if shift < 0 or not h.coeffs() or not _certain(h):
            raise Uncertain("a zero near the end, or a ball too wide")
        return order, h

    def _order(self, node: sp.Expr) -> int:
        """The exact order in x, from the first term that certainly does not vanish."""
        error: NoExpansion | None = None
        for order in LEADS:
            try:
                exponent = from_formula(node, variable(self.place, Fraction(order))).led()[0] * self.scale
            except NoExpansion as why:
                error = why
                continue
            if exponent.denominator > 1:
                raise _Finer(exponent.denominator)
            return int(exponent)
        raise Uncertain(str(error))

    def _node(self, node: sp.Expr) -> Part:
        if node == T:
            return 0, (1 - self.x**self.scale) * self.place
        if not node.has(T):
            return 0, arb_series([_constant(node)], LENGTH)
        match node:
            case sp.Add():
                return self._sum([self.part(part) for part in node.args])
            case sp.Mul():
                v, h = 0, arb_series([1], LENGTH)
                for w, other in map(self.part, node.args):
                    v, h = v + w, h * other
                return v, h
            case sp.Pow() if node.exp.is_Rational:
                return self._power(node.base, node.exp)
            case sp.acos():
                return self._arc_cosine(node.args[0])
            case sp.asin():
                return self._minus_from(arb.pi() / 2, self._arc_cosine(node.args[0]))
            case sp.Abs():
                v, h = self.divided(node.args[0])
                return v, h if h[0] > 0 else -h
            case sp.log():
                v, h = self.divided(node.args[0])
                if v == 0 and h[0] > 0:
                    return 0, h.log()
            case sp.tan():
                argument = self._whole(node.args[0])
                sine, cosine = argument.sin(), argument.cos()
                if _certain(cosine):
                    return 0, sine / cosine
        if type(node).__name__ in ENTIRE:
            return 0, _entire(type(node).__name__, self._whole(node.args[0]))
        raise Uncertain(f"no series of {node.func}")

    def _sum(self, parts: list[Part]) -> Part:
        least = min(v for v, _ in parts)
        return least, sum((h * self.x ** (v - least) for v, h in parts), arb_series([0], LENGTH))

    def _minus_from(self, constant: arb, part: Part) -> Part:
        return self._sum([(0, arb_series([constant], LENGTH)), (part[0], -part[1])])

    def _whole(self, node: sp.Expr) -> arb_series:
        """h with v = 0."""
        v, h = self.part(node)
        if v < 0:
            raise Uncertain("a function of a part that is unbounded")
        return h * self.x**v

    def _power(self, base: sp.Expr, exponent: sp.Rational) -> Part:
        if exponent.is_Integer and exponent > 0:
            v, h = self.part(base)
            return v * int(exponent), h ** int(exponent)
        v, h = self.divided(base)
        order = Fraction(v * exponent.p, exponent.q)
        if order.denominator > 1:
            raise _Finer(order.denominator)
        if exponent.is_Integer:
            return int(order), (1 / h) ** int(-exponent)
        if not h[0] > 0:
            raise Uncertain("a root of what is not positive")
        if exponent == sp.S.Half:
            return int(order), h.sqrt()
        return int(order), (h.log() * ball(Fraction(exponent.p, exponent.q))).exp()

    def _arc_cosine(self, argument: sp.Expr) -> Part:
        """acos y = 2 asin(sqrt((1-y)/2)), and pi minus that of -y where y is negative at the end."""
        inner = self._whole(argument)
        if inner[0] < 0:
            return self._minus_from(arb.pi(), self._half_angle((1 + argument) / 2))
        return self._half_angle((1 - argument) / 2)

    def _half_angle(self, square: sp.Expr) -> Part:
        v, h = self._power(square, sp.S.Half)
        root = h * self.x**v
        if v < 0 or not abs(root[0]) < 1:
            raise Uncertain("an arc cosine near its other end")
        return 0, 2 * root.asin()


def _certain(h: arb_series) -> bool:
    return bool(h[0] > 0 or h[0] < 0)


def _entire(name: str, h: arb_series) -> arb_series:
    if name in ("sinh", "cosh"):
        up = h.exp()
        down = 1 / up
        return (up - down if name == "sinh" else up + down) / 2
    return getattr(h, name)()
