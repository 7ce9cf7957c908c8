"""Values of an expression at one assignment: exact rationals where possible, balls otherwise.

A single certified instance refutes a statement about all values; no number of them proves it.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from flint import arb

from theory.expansions.admissible import least_dim
from theory.kernels import Kernel
from theory.kernels.named import NamedKernels
from theory.numbers.balls import working_precision
from theory.numbers.work import spend
from theory.spectra.sphere import multiplicity
from theory.statements.arithmetic import Pole, TooLarge, Undefined, Value, finite, function_value, operate
from theory.statements.kernel_values import BLOCK, eigenvalue_value, kappa_value, price, series_coefficient
from theory.symbolic.expressions import Call, Name, Node, Number, Operation

MAX_INDEX = 100_000
Spoken = Kernel | NamedKernels | None  # of which mu, a, b and kappa are


def evaluate(node: Node, at: Mapping[str, Fraction | int], kernel: Spoken, digits: int = 30) -> Value:
    """The value of an expression, with balls at `digits` decimal digits.

    >>> from theory.language.formulas import parse_formula
    >>> from theory.kernels import NTK
    >>> evaluate(parse_formula("mu(k)*N(d, k)"), {"k": 2, "d": 2}, NTK(depth=2))
    Fraction(25, 64)
    """
    with working_precision(digits, 20):
        value = finite(_value(node, at, kernel, digits))
        if isinstance(value, arb) and not value.is_finite():
            raise TooLarge("the value is too large or its enclosure too wide")
        return value


def _value(node: Node, at: Mapping[str, Fraction | int], kernel: Spoken, digits: int) -> Value | Pole:
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
            values = [finite(_value(argument, at, kernel, digits)) for argument in args]
            return _kernel_value(name, values, at, kernel, digits)
        case Call(name, args) if isinstance(kernel, NamedKernels) and "." in name:
            values = [finite(_value(argument, at, kernel, digits)) for argument in args]
            return _kernel_value(kernel.spoken_of(name)[1], values, at, kernel.spoken_of(name)[0], digits)
        case Call(name, args):
            return function_value(name, [finite(_value(argument, at, kernel, digits)) for argument in args])
        case Operation(op, left, right):
            return operate(op, _value(left, at, kernel, digits), _value(right, at, kernel, digits))
    raise TypeError(f"no expression: {node!r}")


def _index(value: Value, what: str, least: int) -> int:
    if isinstance(value, arb) and value.contains_integer():
        raise TooLarge(f"{what} cannot be told from an integer")
    if not isinstance(value, Fraction) or value.denominator != 1 or value < least:
        raise Undefined(f"{what} at {value}, which is no integer >= {least}")
    if value > MAX_INDEX:
        raise TooLarge(f"{what} above {MAX_INDEX}")
    return int(value)


def _kernel_value(
    name: str, values: list[Value], at: Mapping[str, Fraction | int], kernel: Spoken, digits: int
) -> Value:
    if name == "N":
        dim = _index(values[0], "N(d, k): the dimension", 1)
        return Fraction(multiplicity(dim, _index(values[1], "N(d, k): the degree", 0)))
    assert isinstance(kernel, Kernel)  # `parse_statement` asks for one where a function of it occurs
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
    return finite(operate("*", value, Fraction(2 * degree + dim - 1, dim - 1)))
