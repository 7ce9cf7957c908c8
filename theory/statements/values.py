"""Values of an expression at one assignment: exact rationals where possible, balls otherwise.

A single certified instance refutes a statement about all values; no number of them proves it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from math import comb, factorial, isqrt
from typing import TypeGuard, TypeVar

from flint import arb

from theory.expansions.admissible import least_dim
from theory.kernels import NNGP, NTK, Compose, Dual, DualTangent, Kernel, Multiple, Product, Sum, value_at_one
from theory.numbers.balls import NotCertified, ball, precision_bits, rational, working_precision
from theory.numbers.pi_polynomials import PiPolynomial
from theory.numbers.work import spend
from theory.spectra.spectrum import Eigenvalues, eigenvalue, spectrum
from theory.spectra.sphere import multiplicity
from theory.symbolic.expressions import ARITHMETIC, Call, Name, Node, Number, Operation

MAX_EXACT_BITS = 20_000
MAX_INDEX = 100_000
MAX_SERIES = 100  # of a Maclaurin coefficient that is summed
BLOCK = 16  # degrees whose eigenvalues are found together
Value = Fraction | arb
Numeric = TypeVar("Numeric", Fraction, arb)


class Undefined(ArithmeticError):
    """The expression has no value at the assignment: 1/0, log 0, mu(-1), a Gamma pole."""


class TooLarge(ArithmeticError):
    """The value is out of reach of an instance check, or balls cannot tell whether there is one."""


@dataclass(frozen=True, slots=True)
class Pole:
    """Gamma at a pole: dividing by it gives 0, everything else is undefined."""

    argument: Fraction


def evaluate(node: Node, at: Mapping[str, Fraction | int], kernel: Kernel | None, digits: int = 30) -> Value:
    """The value of an expression, with balls at `digits` decimal digits.

    >>> from theory.language.formulas import parse_formula
    >>> from theory.kernels import NTK
    >>> evaluate(parse_formula("mu(k)*N(d, k)"), {"k": 2, "d": 2}, NTK(depth=2))
    Fraction(25, 64)
    """
    with working_precision(digits, 20):
        value = _finite(_value(node, at, kernel, digits))
        if isinstance(value, arb) and not value.is_finite():
            raise TooLarge("the value is too large or its enclosure too wide")
        return value


def _finite(value: Value | Pole) -> Value:
    if isinstance(value, Pole):
        raise Undefined(f"Gamma has a pole at {value.argument}")
    return value


def _value(node: Node, at: Mapping[str, Fraction | int], kernel: Kernel | None, digits: int) -> Value | Pole:
    match node:
        case Number(value):
            return value
        case Name("pi"):
            return arb.pi()
        case Name("E"):
            return arb(1).exp()
        case Name(name):
            return Fraction(at[name])
        case Call("mu" | "N" | "a" | "b" | "kappa" as name, args):
            values = [_finite(_value(argument, at, kernel, digits)) for argument in args]
            return _kernel_value(name, values, at, kernel, digits)
        case Call(name, args):
            return _function(name, [_finite(_value(argument, at, kernel, digits)) for argument in args])
        case Operation(op, left, right):
            return _operate(op, _value(left, at, kernel, digits), _value(right, at, kernel, digits))
    raise TypeError(f"no expression: {node!r}")


def as_ball(value: Value) -> arb:
    """A ball of either kind of value."""
    return ball(value) if isinstance(value, Fraction) else value


def _is_pole(argument: Value) -> TypeGuard[Fraction]:
    return isinstance(argument, Fraction) and argument.denominator == 1 and argument <= 0


def _bits(value: Fraction) -> int:
    return value.numerator.bit_length() + value.denominator.bit_length()


def _operate_at_pole(op: str, left: Value | Pole, right: Value | Pole) -> Value | Pole:
    """Products and quotients of one pole with a number that is not 0; 1/Gamma is entire."""
    pole = left if isinstance(left, Pole) else right
    assert isinstance(pole, Pole)
    match op, left, right:
        case "/", Fraction() | arb(), Pole():
            return Fraction(0)
        case "**", Pole(), Fraction() if right != 0:
            return left if right > 0 else Fraction(0)
        case ("*" | "/", Pole(), Fraction() | arb() as other) | ("*", Fraction() | arb() as other, Pole()):
            if not as_ball(other).contains(0):
                return pole
    raise Undefined(f"Gamma has a pole at {pole.argument}")


def _operate(op: str, left: Value | Pole, right: Value | Pole) -> Value | Pole:
    if isinstance(left, Pole) or isinstance(right, Pole):
        return _operate_at_pole(op, left, right)
    if op == "**":
        return _power(left, right)
    if op == "*" and any(_is_zero(a) and as_ball(b).is_finite() for a, b in ((left, right), (right, left))):
        return Fraction(0)
    if isinstance(left, Fraction) and isinstance(right, Fraction) and _bits(left) + _bits(right) <= MAX_EXACT_BITS:
        return _arithmetic(op, left, right)
    return _arithmetic(op, as_ball(left), as_ball(right))


def _arithmetic(op: str, left: Numeric, right: Numeric) -> Numeric:
    """left op right for + - * /, in rationals or in balls."""
    if op == "/" and right == 0:
        raise Undefined("division by zero")
    return ARITHMETIC[op](left, right)


def _is_zero(value: Value) -> bool:
    """Exactly 0; a ball without radius may be, too."""
    return bool(value == 0)


def _power(base: Value, exponent: Value) -> Value:
    if isinstance(base, Fraction) and isinstance(exponent, Fraction) and exponent.denominator == 1:
        n = exponent.numerator
        if base == 0 and n < 0:
            raise Undefined("division by zero")
        if abs(n) * _bits(base) <= MAX_EXACT_BITS:
            return base**n
    if isinstance(exponent, Fraction) and exponent.denominator == 1:
        power = rational(exponent).p if abs(exponent) < 2**62 else as_ball(exponent)
        return as_ball(base) ** power
    if _is_zero(base) and as_ball(exponent) > 0:
        return Fraction(0)
    if _is_zero(base) or as_ball(base) < 0:
        if as_ball(exponent).contains_integer():
            raise TooLarge("the exponent cannot be told from an integer")
        shown = base if isinstance(base, Fraction) else "a negative number"
        raise Undefined(f"a power of {shown} with exponent that is no integer")
    return as_ball(base) ** as_ball(exponent)


EXACT: dict[tuple[str, Fraction | int], int] = {
    ("exp", 0): 1,
    ("sin", 0): 0,
    ("cos", 0): 1,
    ("log", 1): 0,
    ("acos", 1): 0,
    ("asin", 0): 0,
}


def _function(name: str, values: list[Value]) -> Value | Pole:
    (value, *rest) = values
    if isinstance(value, Fraction) and (name, value) in EXACT:
        return Fraction(EXACT[name, value])
    match name:
        case "Gamma" | "factorial":
            argument = value + (name == "factorial")
            if _is_pole(argument):
                return Pole(argument)
            if isinstance(argument, Fraction):
                if argument.denominator == 1 and argument < 1000:
                    return Fraction(factorial(int(argument) - 1))
                if abs(argument) > 10**12:
                    raise TooLarge("Gamma of more than 10^12")
            return as_ball(argument).gamma()
        case "binomial":
            return _binomial(value, rest[0])
        case "sqrt":
            if as_ball(value) < 0:
                raise Undefined("sqrt of a negative number")
            return _square_root(value)
        case "log":
            if as_ball(value) <= 0:
                raise Undefined(f"log of {_shown(value)}")
            return as_ball(value).log()
        case "acos" | "asin":
            if abs(as_ball(value)) > 1:
                raise Undefined(f"{name} of {_shown(value)}")
            return getattr(as_ball(value), name)()
    return getattr(as_ball(value), name)()  # exp, sin, cos


def _shown(value: Value) -> str:
    return str(value) if isinstance(value, Fraction) else value.str(6, radius=False)


def _square_root(value: Value) -> Value:
    if isinstance(value, Fraction):
        upper, lower = isqrt(value.numerator), isqrt(value.denominator)
        if upper**2 == value.numerator and lower**2 == value.denominator:
            return Fraction(upper, lower)
    return as_ball(value).sqrt()


def _binomial(upper: Value, lower: Value) -> Value | Pole:
    if isinstance(upper, Fraction) and isinstance(lower, Fraction) and lower.denominator == 1:
        if lower < 0:
            return Fraction(0)
        if upper.denominator == 1 and 0 <= upper <= 10_000:
            return Fraction(comb(int(upper), int(lower)))
    g = lambda z: _function("Gamma", [z])
    return _operate("/", _operate("/", g(upper + 1), g(lower + 1)), g(_finite(_operate("-", upper, lower)) + 1))


def _index(value: Value, what: str, least: int) -> int:
    if isinstance(value, arb) and value.contains_integer():
        raise TooLarge(f"{what} cannot be told from an integer")
    if not isinstance(value, Fraction) or value.denominator != 1 or value < least:
        raise Undefined(f"{what} at {value}, which is no integer >= {least}")
    if value > MAX_INDEX:
        raise TooLarge(f"{what} above {MAX_INDEX}")
    return int(value)


def _kernel_value(
    name: str, values: list[Value], at: Mapping[str, Fraction | int], kernel: Kernel | None, digits: int
) -> Value:
    if name == "N":
        dim = _index(values[0], "N(d, k): the dimension", 1)
        return Fraction(multiplicity(dim, _index(values[1], "N(d, k): the degree", 0)))
    assert kernel is not None  # `parse_statement` asks for one where a function of it occurs
    if name == "kappa":
        return kappa_value(kernel, values[0])
    if name == "b":
        return series_coefficient(kernel, _index(values[0], "b(n)", 0))
    degree = _index(values[0], f"{name}(k): the degree", 0)
    dim = _index(values[1], "mu(k, d): the dimension", 1) if len(values) == 2 else int(at["d"])
    spend((kernel, dim, degree // BLOCK, digits), price(kernel) * (1 + degree // 64))
    if dim < least_dim(kernel):
        raise TooLarge(f"{kernel!r} is not integrable on S^{dim}")
    value = eigenvalue_value(kernel, dim, degree, digits)
    if name == "mu":
        return value
    if dim == 1:
        raise Undefined("a(k) at d=1, where C_k^0 is not defined")
    return _finite(_operate("*", value, Fraction(2 * degree + dim - 1, dim - 1)))


@lru_cache(maxsize=64)
def price(kernel: Kernel) -> int:
    """Units of work of a block of eigenvalues of low degree, about a millisecond each."""
    match kernel:
        case Sum(parts) | Product(parts):
            return sum(map(price, parts))
        case Compose(outer, inner):
            return price(outer) + price(inner)
        case Multiple(_, inner):
            return price(inner)
        case NTK(depth=depth) | NNGP(depth=depth):
            return 10 * depth**2 if depth > 2 else 1
        case Dual("tanh") | DualTangent("tanh"):
            return 12_000
    return 100


@lru_cache(maxsize=20_000)
def eigenvalue_value(kernel: Kernel, dim: int, degree: int, digits: int) -> Value:
    """mu_k exactly where it is rational, else a ball."""
    try:
        first, block = _block(kernel, dim, degree // BLOCK, digits + 10)
        found = block[degree - first]
    except NotCertified:  # of another degree of the block, perhaps
        found = eigenvalue(kernel, dim, degree, digits + 10)
    exact = found.exact.rational() if isinstance(found.exact, PiPolynomial) else None
    return exact if exact is not None else found.enclosure.ball()


@lru_cache(maxsize=512)
def _block(kernel: Kernel, dim: int, number: int, digits: int) -> tuple[int, Eigenvalues]:
    """(first degree, eigenvalues) of consecutive degrees: a quadrature gives them at the price of the last one."""
    first = number * BLOCK
    return first, spectrum(kernel, dim, range(first, first + BLOCK), digits).eigenvalues


def kappa_value(kernel: Kernel, t: Value) -> Value:
    """kappa(t), t in [-1, 1], by the angle evaluator."""
    from theory.expansions.in_the_angle import kernel_value

    if isinstance(t, Fraction) and abs(t) > 1:
        raise Undefined(f"kappa at {t}")
    exact = value_at_one(kernel) if t == 1 else None
    return kernel_value(kernel, as_ball(t).acos()) if exact is None else exact


def series_coefficient(kernel: Kernel, n: int) -> Value:
    """b_n: in closed form where there is one, else a ball from the power series of the kernel."""
    return _series_coefficient(kernel, n, precision_bits())


@lru_cache(maxsize=4096)
def _series_coefficient(kernel: Kernel, n: int, _bits: int) -> Value:
    from theory.expansions.maclaurin import maclaurin
    from theory.spectra.closed_coefficients import maclaurin_at
    from theory.symbolic.constants import constant_ball

    value = maclaurin_at(kernel, n)
    if value is not None:
        return Fraction(value.p, value.q) if value.is_Rational else constant_ball(value)
    if n > MAX_SERIES:
        raise TooLarge(f"b({n}) of {kernel!r} has no closed form")
    return maclaurin(kernel, n + 1)[n]
