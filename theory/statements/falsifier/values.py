"""The value of an expression at one point: a walk over the parsed tree, in rationals and mpmath numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from mpmath import mp

from theory.kernels import Kernel
from theory.kernels.named import NamedKernels
from theory.statements.falsifier import functions
from theory.statements.falsifier.closed import multiplicity
from theory.statements.falsifier.coefficients import coefficient
from theory.statements.falsifier.kernels import eigenvalue, kappa
from theory.statements.falsifier.near import (
    Near,
    Pole,
    Unable,
    Undefined,
    Value,
    divided,
    integer,
    near,
    negative,
    plus,
    sign,
    simplified,
    times,
)
from theory.statements.falsifier.work import Work
from theory.symbolic.expressions import Call, Name, Node, Number, Operation

Point = Mapping[str, Fraction | int]
STEP = 12  # units of work of one node
FUNCTION = 120  # of one function of mpmath
MAX_MULTIPLICITY = 200_000  # of the smaller index of the binomials, times the digits


@dataclass(frozen=True, slots=True)
class Scene:
    """Where an expression is evaluated: the kernel, the values of the variables, the work that is left."""

    kernel: Kernel | NamedKernels | None
    at: Point
    work: Work


def value(node: Node, scene: Scene) -> Value:
    """The value at the working precision of mpmath. Raises Undefined or Unable.

    >>> from theory.language.formulas import parse_formula
    >>> value(parse_formula("binomial(3, d)*k + 1/Gamma(0)"), Scene(None, {"d": 4, "k": 9}, Work()))
    Fraction(0, 1)
    """
    found = _value(node, scene)
    if isinstance(found, Pole):
        raise Undefined(f"Gamma has a pole at {found.argument}")
    return found


def _value(node: Node, scene: Scene) -> Value | Pole:
    scene.work.pay(STEP)
    match node:
        case Number(number):
            return number
        case Name("pi"):
            return near(+mp.pi)
        case Name("E"):
            return near(+mp.e)
        case Name(name):
            return Fraction(scene.at[name])
        case Operation("-", left, right) if left == right:
            value(left, scene)
            return Fraction(0)  # equal expressions are equal, however they are rounded
        case Operation(op, left, right):
            return _operation(op, _value(left, scene), _value(right, scene))
        case Call(name, args):
            values = [value(argument, scene) for argument in args]
            return _of_one_of(name, values, scene) if "." in name else _call(name, values, scene)
    raise TypeError(f"no expression: {node!r}")


def _operation(op: str, left: Value | Pole, right: Value | Pole) -> Value | Pole:
    if isinstance(left, Pole) or isinstance(right, Pole):
        return _at_pole(op, left, right)
    match op:
        case "+":
            return plus(left, right)
        case "-":
            return plus(left, negative(right))
        case "*":
            return times(left, right)
        case "/":
            return divided(left, right)
    return functions.power(left, right)


def _at_pole(op: str, left: Value | Pole, right: Value | Pole) -> Value | Pole:
    """1/Gamma is 0 at a pole; a product with a number that is not 0, and a positive power, keep the pole."""
    pole, other = (left, right) if isinstance(left, Pole) else (right, left)
    assert isinstance(pole, Pole)
    if isinstance(other, Pole):
        raise Undefined(f"Gamma has a pole at {pole.argument}")
    if op == "/" and isinstance(right, Pole):
        return Fraction(0)
    direction = sign(other)
    if direction is None:
        raise Unable("a factor beside a pole cannot be told from 0")
    if op == "**" and isinstance(left, Pole) and direction:
        return pole if direction > 0 else Fraction(0)
    if op in "*/" and direction:
        return pole
    raise Undefined(f"Gamma has a pole at {pole.argument}")


def _call(name: str, values: list[Value], scene: Scene) -> Value | Pole:
    match name:
        case "Gamma":
            scene.work.pay(FUNCTION)
            return functions.gamma(values[0])
        case "factorial":
            scene.work.pay(FUNCTION)
            return functions.factorial_of(values[0])
        case "binomial":
            scene.work.pay(FUNCTION)
            return functions.binomial(*values)
        case "max" | "min":
            return functions.extreme(name, *values)
        case "harmonic":
            scene.work.pay(10 * FUNCTION)
            return functions.harmonic(values[0])
        case "N":
            return _multiplicity(_index(values[0], 1), _index(values[1], 0), scene.work)
        case "lambda":
            raise Unable("eigenvalues are not put in order here")
        case "kappa" | "b" | "mu" | "a":
            assert isinstance(scene.kernel, Kernel)  # there is one where a function of it is spoken of
            return _of_kernel(name, values, scene.kernel, scene)
    scene.work.pay(FUNCTION)
    return functions.elementary(name, values[0])


def _of_one_of(name: str, values: list[Value], scene: Scene) -> Value:
    """ntk.mu: the kernel of that name."""
    assert isinstance(scene.kernel, NamedKernels)
    own, function = name.split(".")
    return _of_kernel(function, values, dict(scene.kernel.members)[own], scene)


def _of_kernel(name: str, values: list[Value], kernel: Kernel, scene: Scene) -> Value:
    """kappa, b, mu or a of the kernel."""
    if name == "kappa":
        return kappa(kernel, values[0], scene.work)
    degree = _index(values[0], 0)
    if name == "b":
        return coefficient(kernel, degree, scene.work)
    dim = _index(values[1], 1) if len(values) == 2 else int(scene.at["d"])
    found = eigenvalue(kernel, dim, degree, scene.work)
    return found if name == "mu" else times(_normalised(dim, degree), found)


def _normalised(dim: int, degree: int) -> Fraction:
    """a_k / mu_k: (2k+d-1)/(d-1), on the circle N(1, k)."""
    return Fraction(multiplicity(1, degree)) if dim == 1 else Fraction(2 * degree + dim - 1, dim - 1)


def _multiplicity(dim: int, degree: int, work: Work) -> Value:
    smaller = min(dim, degree)
    if smaller > MAX_MULTIPLICITY:
        raise Unable("N(d, k) is too large")
    work.pay(5 + smaller * smaller // 5_000)
    return simplified(Fraction(multiplicity(dim, degree)))


def _index(given: Value, least: int) -> int:
    found = integer(given)
    if found is None or found < least:
        shown = given if isinstance(given, Fraction) else mp.nstr(given.value, 8)
        raise Undefined(f"an index is {shown}, which is no integer >= {least}")
    return found


def text(number: Value) -> str:
    """A value in words: a short rational in full, else 20 digits and the size of the error.

    >>> text(Fraction(1, 3))
    '1/3'
    """
    if isinstance(number, Near):
        return f"{mp.nstr(number.value, 20)} (error about {mp.nstr(number.error, 1)})"
    return (
        str(number)
        if number.numerator.bit_length() + number.denominator.bit_length() < 200
        else mp.nstr(near(0).value + number.numerator / mp.mpf(number.denominator), 20)
    )
