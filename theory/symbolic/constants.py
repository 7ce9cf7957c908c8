"""Constants: their ball values, and named ones, an exact constant under a short name, for towers of nested arc cosines.

Written out, kappa_1(kappa_1(...)) doubles at every layer. A name stands for its definition in earlier
names, so that series arithmetic sees an atom, and a law prints one line per layer.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from functools import lru_cache

import sympy as sp
from flint import arb

from theory.numbers.balls import ball, precision_bits, rational, whole_power, working_precision

MAX_HEIGHT = 2  # of a tower that is written out: rho = 1/pi, slope = 1 - acos(rho)/pi
LATEX = {"rho": r"\rho", "slope": r"\dot\rho", "csc": "s"}


class NamedConstant(sp.AtomicExpr):
    """A finite real constant: name, definition in constants of lower height, height.

    >>> slope = named("y", 1 - sp.acos(named("x", 1/sp.pi))/sp.pi)
    >>> slope, slope.height, slope.definition, sp.N(2*slope, 4)
    (y2, 2, -acos(x1)/pi + 1, 1.206)
    """

    is_number = True
    is_real = True
    is_finite = True
    is_commutative = True
    __slots__ = ("definition", "height", "name")

    def __new__(cls, name: str, definition: sp.Expr) -> NamedConstant:
        found = sp.AtomicExpr.__new__(cls)
        found.name, found.definition = name, definition
        found.height = 1 + max((part.height for part in definition.atoms(NamedConstant)), default=0)
        return found

    def __getnewargs__(self) -> tuple[str, sp.Expr]:
        return self.name, self.definition

    def _hashable_content(self) -> tuple[object, ...]:
        return self.name, self.definition

    def _eval_evalf(self, prec: int) -> sp.Float:
        return _value(self, prec)

    def _sympystr(self, printer: object) -> str:
        return self.name

    def _latex(self, printer: object) -> str:
        stem = self.name.rstrip("0123456789_")
        return rf"{LATEX.get(stem, stem)}_{{{self.name[len(stem) :].replace('_', ',')}}}"


@lru_cache(maxsize=1024)
def _value(constant: NamedConstant, prec: int) -> sp.Float:
    """By balls, layer by layer; SymPy would walk every path down the tower."""
    with working_precision(sp.core.evalf.prec_to_dps(prec + 20)):
        mantissa, exponent = constant_ball(constant.definition).mid().man_exp()
    exact = sp.Integer(int(mantissa)) * sp.Integer(2) ** int(exponent)
    return sp.Float(exact, precision=prec)


def named(stem: str, value: sp.Expr, layer: int | None = None) -> sp.Expr:
    """A rational value itself, else a name for it: the stem and the layer, or the height of its tower.

    Constants of one name and of other values are different constants; `told_apart` numbers them.

    >>> named("z", sp.Rational(1, 3)), named("z", 1/sp.pi, 3)
    (1/3, z3)
    """
    if value.is_Rational:
        return value
    height = NamedConstant("", value).height if layer is None else layer
    return NamedConstant(f"{stem}{height}", value)


def told_apart(expressions: Iterable[sp.Expr]) -> dict[NamedConstant, NamedConstant]:
    """New names where constants of several kernels share one in these expressions, as in a law of their sum.

    The smaller keeps the name, so that the names depend on nothing but the expressions.

    >>> told_apart([named("x", 1/sp.pi, 1) + named("x", 1/sp.pi**2, 1)])
    {x1: x1_2}
    """
    renamed: dict[NamedConstant, NamedConstant] = {}
    taken: dict[str, int] = {}
    for constant in sorted(definitions(expressions), key=lambda c: (c.height, c.name, sp.N(c, 30))):
        taken[constant.name] = taken.get(constant.name, 0) + 1
        number = taken[constant.name]
        name = constant.name if number == 1 else f"{constant.name}_{number}"
        other = NamedConstant(name, constant.definition.xreplace(renamed))
        if other != constant:
            renamed[constant] = other
    return renamed


def written_out(expression: sp.Expr) -> sp.Expr:
    """Without names, where no arc cosine is nested.

    >>> written_out(2*named("y", 1 - sp.acos(named("x", 1/sp.pi))/sp.pi))
    -2*acos(1/pi)/pi + 2
    """
    if any(part.height > MAX_HEIGHT for part in expression.atoms(NamedConstant)):
        return expression
    value = expression
    for _ in range(MAX_HEIGHT):
        value = value.xreplace({part: part.definition for part in value.atoms(NamedConstant)})
    return sp.expand(value)


def definitions(expressions: Iterable[sp.Expr]) -> list[NamedConstant]:
    """The named constants of the expressions and of their definitions, each after those that it uses."""
    found: dict[NamedConstant, None] = {}
    new = {part for expression in expressions for part in expression.atoms(NamedConstant)}
    while new:
        found |= dict.fromkeys(new)
        new = {part for constant in new for part in constant.definition.atoms(NamedConstant)} - set(found)
    return sorted(found, key=lambda c: (c.height, c.name))


def constant_ball(expression: sp.Expr) -> arb:
    """Enclosure of a constant made of rationals, pi, E, powers and Gammas, at the working precision.

    >>> bool(constant_ball(sp.E/sp.pi**2) < constant_ball(sp.gamma(sp.Rational(1, 3))))
    True
    """
    match expression:
        case sp.Rational():
            return ball(Fraction(expression.p, expression.q))
        case sp.Add():
            return sum((constant_ball(part) for part in expression.args), arb(0))
        case sp.Mul():
            value = arb(1)
            for factor in expression.args:
                value *= constant_ball(factor)
            return value
        case sp.Pow():
            base, exponent = expression.args
            if exponent.is_Integer:
                return whole_power(constant_ball(base), int(exponent))
            return constant_ball(base) ** constant_ball(exponent)
        case sp.exp():
            return constant_ball(expression.args[0]).exp()
        case sp.log():
            return constant_ball(expression.args[0]).log()
        case sp.acos() | sp.asin() | sp.sin() | sp.cos() | sp.erf() | sp.atan() | sp.tan() | sp.sinh() | sp.cosh():
            return _function(type(expression).__name__, constant_ball(expression.args[0]))
        case sp.besselk():
            order, argument = map(constant_ball, expression.args)
            return argument.bessel_k(order)
        case NamedConstant():
            return _named_ball(expression, precision_bits())
        case sp.gamma():
            argument = expression.args[0]
            if argument.is_Rational:
                return arb.gamma_fmpq(rational(Fraction(argument.p, argument.q)))
            return constant_ball(argument).gamma()
    if expression == sp.pi:
        return arb.pi()
    if expression == sp.E:
        return arb(1).exp()
    raise TypeError(f"{expression} is no constant of the field")


@lru_cache(maxsize=1024)
def _named_ball(constant: NamedConstant, bits: int) -> arb:
    """A constant of a tower, once per precision."""
    return constant_ball(constant.definition)


def _function(name: str, value: arb) -> arb:
    if name == "erf":
        return value.erf()
    return getattr(value, name)()
