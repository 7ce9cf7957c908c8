"""Signs of the Maclaurin coefficients of an expression in t or theta, read off what it is made of.

A function is rising if b_n >= 0 for all n >= 1, falling if b_n <= 0 for all n >= 1; in either case it is to be the
sum of its power series on [-1, 1], and sum |b_n| is finite. What keeps that, g being without negative coefficients:

    sums and multiples; products of functions without negative coefficients
    exp(f), f rising: exp(b_0) exp(f - b_0);  sinh, cosh of g
    asin(g), g(1) <= 1;  tan(g), g(1) < pi/2;  theta = pi/2 - asin(t)
    f^a, a < 0, f falling, f(1) > 0: b_0^a (1 - g)^a, g(1) < 1, is rising
    f^a, 0 < a < 1, and log(f), f falling, f(1) >= 0 (> 0 for log): falling

sin(theta/2)^2 = (1-t)/2, so that powers of sin(theta/2) are among them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache, reduce

from flint import arb

from theory.kernels.constants import constant_ball
from theory.kernels.normal_form import factored
from theory.kernels.zonal_expressions import Coefficients, polynomial, whole_number
from theory.numbers.balls import ball, working_precision
from theory.numbers.truth import all_known
from theory.symbolic.expressions import Call, Name, Node, Number, Operation, terms
from theory.symbolic.indices import CONSTANT, EVEN, EVERY, ODD, Indices

DIGITS = 30  # of b_0 and kappa(1), whose signs are asked for
HALF = Fraction(1, 2)
CONSTANT_FUNCTIONS = ("sqrt", "exp", "log", "sin", "cos", "tan", "sinh", "cosh", "acos", "asin", "atan", "erf")


@dataclass(frozen=True, slots=True)
class SeriesSigns:
    """side: 1 for a rising function, -1 for a falling one, 0 for a constant. indices: n >= 1 at which b_n is known
    not to vanish. zero and one: balls of b_0 and of the value at t = 1."""

    side: int
    indices: Indices
    zero: arb
    one: arb

    def nowhere_negative(self) -> bool:
        """Whether b_0 >= 0, too."""
        return self.side >= 0 and bool(self.zero >= 0)

    def members(self) -> Indices:
        """Every n with b_n known not to vanish."""
        return self.indices | CONSTANT if self.zero != 0 else self.indices

    def scaled(self, factor: arb, sign: int) -> SeriesSigns:
        """The multiple by a factor of this sign."""
        return SeriesSigns(sign * self.side, self.indices, self.zero * factor, self.one * factor)

    def negated(self) -> SeriesSigns:
        """-f."""
        return self.scaled(arb(-1), -1)


Found = SeriesSigns | None


@lru_cache(maxsize=1024)
def series_signs(tree: Node) -> SeriesSigns | None:
    """The signs of the coefficients of an expression; None where it is not known to be rising, falling or constant.

    >>> from theory.kernels.zonal_expressions import parse_expression
    >>> [series_signs(parse_expression(text)).side for text in ("exp(-theta)", "sqrt(2-t)", "pi/2")]
    [1, -1, 0]
    >>> series_signs(parse_expression("cos(t)")) is None
    True
    """
    with working_precision(DIGITS):
        found = _signs(tree)
    return found if found is not None and found.zero.is_finite() and found.one.is_finite() else None


def _signs(tree: Node) -> Found:
    coefficients = polynomial(tree)
    if coefficients is not None:
        return _of_polynomial(coefficients)
    match tree:
        case Name("pi"):
            return _constant(arb.pi())
        case Operation("+" | "-"):
            parts = all_known(_signed(sign, series_signs(term)) for sign, term in terms(tree))
            return None if parts is None else _sum(parts)
        case Operation("*", left, right):
            return _product(series_signs(left), series_signs(right))
        case Operation("/", upper, lower):
            return _product(series_signs(upper), _power(series_signs(lower), Fraction(-1)))
    return _end_power(tree) or _of_powers_and_calls(tree)


def _of_powers_and_calls(tree: Node) -> Found:
    match tree:
        case Operation("**", base, Number(exponent)):
            whole = whole_number(tree.right)
            inner = series_signs(base)
            if whole is None or whole < 0:
                return _power(inner, exponent)
            start: Found = _constant(arb(1))
            return reduce(_product, [inner] * whole, start)
        case Call(name, (argument,)):
            return _call(name, series_signs(argument))
    return None


def _of_polynomial(coefficients: Coefficients) -> Found:
    signs = {1 if b > 0 else -1 for b in coefficients[1:] if b}
    if len(signs) > 1:
        return None
    indices = Indices(frozenset(n for n, b in enumerate(coefficients) if n and b))
    first = coefficients[0] if coefficients else Fraction(0)
    return SeriesSigns(sum(signs), indices, ball(first), ball(sum(coefficients, Fraction(0))))


def _constant(value: arb) -> SeriesSigns:
    return SeriesSigns(0, Indices(), value, value)


def _signed(sign: int, signs: Found) -> Found:
    return signs.negated() if signs is not None and sign < 0 else signs


def _sum(parts: list[SeriesSigns]) -> Found:
    sides = {part.side for part in parts} - {0}
    if len(sides) > 1:
        return None
    indices = reduce(Indices.__or__, (part.indices for part in parts))
    zero, one = (sum(values, arb(0)) for values in ([p.zero for p in parts], [p.one for p in parts]))
    return SeriesSigns(sum(sides), indices, zero, one)


def _product(left: Found, right: Found) -> Found:
    if left is None or right is None:
        return None
    for factor, other in ((left, right), (right, left)):
        if factor.side == 0 and (factor.zero > 0 or factor.zero < 0):
            return other.scaled(factor.zero, 1 if factor.zero > 0 else -1)
    if not (left.nowhere_negative() and right.nowhere_negative()):
        return None
    indices = (left.members() + right.members()).without_zero()
    return SeriesSigns(1, indices, left.zero * right.zero, left.one * right.one)


def _power(inner: Found, exponent: Fraction) -> Found:
    """f^a for a falling f: b_0^a (1 - g)^a."""
    if inner is None or inner.side > 0 or exponent >= 1:
        return None
    if exponent > 0 and inner.side and inner.zero > 0 and inner.one >= 0:
        side = -1
    elif inner.one > 0:
        side = 1 if exponent < 0 else -1
    else:
        return None
    indices = EVERY.of(inner.indices).without_zero() if inner.side else inner.indices
    return SeriesSigns(side if inner.side else 0, indices, _raised(inner.zero, exponent), _raised(inner.one, exponent))


def _raised(value: arb, exponent: Fraction) -> arb:
    """value^a for a value >= 0; of a ball that reaches 0, a > 0, all of [0, its upper end^a]."""
    if value > 0:
        return (value.log() * ball(exponent)).exp()
    upper = value.upper()
    return arb(0).union((upper.log() * ball(exponent)).exp()) if upper > 0 else arb(0)


def _end_power(tree: Node) -> Found:
    """c (1-t)^m, 0 < m <= 1, and c theta^m, which vanish at t = 1 and fall for c > 0."""
    term = factored(tree)
    if term is None or term.far or len(term.polynomial) != 1:
        return None
    factor = constant_ball(term.constant) * ball(term.polynomial[0])
    sign = 1 if term.polynomial[0] > 0 else -1
    if not term.angle and 0 < term.near <= 1:
        base: Found = _of_polynomial((Fraction(1), Fraction(-1)))
    elif not term.near and 0 < term.angle <= 1:
        base = _angle()
    else:
        return None
    exponent = term.near or term.angle
    powered = base if exponent == 1 else _power(base, exponent)
    return None if powered is None else powered.scaled(factor, sign)


def _angle() -> SeriesSigns:
    """theta = pi/2 - asin(t)."""
    return SeriesSigns(-1, ODD, arb.pi() / 2, arb(0))


def _call(name: str, inner: Found) -> Found:
    if inner is None:
        return None
    if inner.side == 0:
        return _constant(getattr(inner.zero, name)()) if name in CONSTANT_FUNCTIONS else None
    if name in ODD_FUNCTIONS and inner.side < 0:
        mirrored = _call(name, inner.negated())
        return None if mirrored is None else mirrored.negated()
    if name == "cosh" and inner.side < 0:
        return _call(name, inner.negated())
    return FUNCTIONS[name](inner) if name in FUNCTIONS else None


def _exp(inner: SeriesSigns) -> Found:
    if inner.side < 0:
        return None
    return SeriesSigns(1, EVERY.of(inner.indices).without_zero(), inner.zero.exp(), inner.one.exp())


def _log(inner: SeriesSigns) -> Found:
    if inner.side > 0 or not inner.one > 0:
        return None
    return SeriesSigns(-1, EVERY.of(inner.indices).without_zero(), inner.zero.log(), inner.one.log())


def _of_series(inner: SeriesSigns, name: str, outer: Indices) -> Found:
    """A function with a series without negative coefficients, positive at `outer`, of such a one."""
    if not inner.nowhere_negative():
        return None
    zero, one = (getattr(value, name)() for value in (inner.zero, inner.one))
    return SeriesSigns(1, outer.of(inner.members()).without_zero(), zero, one)


def _asin(inner: SeriesSigns) -> Found:
    return _of_series(inner, "asin", ODD) if inner.one <= 1 else None


def _acos(inner: SeriesSigns) -> Found:
    arc = _call("asin", inner)
    if arc is None:
        return None
    return replace(arc.negated(), zero=inner.zero.acos(), one=inner.one.acos())


def _tan(inner: SeriesSigns) -> Found:
    return _of_series(inner, "tan", ODD) if inner.one < arb.pi() / 2 else None


ODD_FUNCTIONS = ("sinh", "asin", "tan")
FUNCTIONS: dict[str, Callable[[SeriesSigns], Found]] = {
    "exp": _exp,
    "log": _log,
    "sqrt": lambda inner: _power(inner, HALF),
    "sinh": lambda inner: _of_series(inner, "sinh", ODD),
    "cosh": lambda inner: _of_series(inner, "cosh", EVEN),
    "asin": _asin,
    "acos": _acos,
    "tan": _tan,
}
