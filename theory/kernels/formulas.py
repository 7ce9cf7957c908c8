"""kappa as a scalar function of t = <x, x'>: a SymPy expression, LaTeX or text.

SymPy is imported here only when it is asked for.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from fractions import Fraction
from math import factorial
from typing import TYPE_CHECKING

from theory.kernels import (
    NNGP,
    NTK,
    ArcCosine,
    Compose,
    Dual,
    DualTangent,
    ExponentialPower,
    Gaussian,
    Kernel,
    Laplace,
    Matern,
    Multiple,
    PowerSeries,
    Product,
    Rational,
    ResNTK,
    Sum,
    Zonal,
    by_kernel,
)
from theory.kernels.activations import SERIES
from theory.kernels.dual import half_line_slopes
from theory.kernels.relu import arc_cosine_polynomials
from theory.numbers.truth import Unable
from theory.symbolic.expressions import ARITHMETIC, Inner, Node, Operation, fold

if TYPE_CHECKING:
    from sympy import Expr

FORMATS = ("sympy", "latex", "text")
MAX_WRITTEN = 60_000  # nodes of an expression that is written out; NTK(depth=8) has 44 400


class NoExpression(Unable):
    """The kernel is no closed expression in t."""


def kernel_function(kernel: Kernel, format: str = "sympy") -> Expr | str:
    """kappa(t): "sympy" gives the expression, "latex" and "text" strings.

    Layers of deep kernels are written out, so the size triples with depth. Raises ValueError where
    no closed expression exists (tanh) or where a string would have more than MAX_WRITTEN nodes.

    >>> kernel_function(NTK(depth=2), "text")
    't*(-acos(t)/pi + 1) + (t*(pi - acos(t)) + sqrt(1 - t**2))/pi'
    >>> kernel_function(Laplace(rate=1), "latex")
    'e^{- \\\\sqrt{2 - 2 t}}'
    """
    import sympy

    if format not in FORMATS:
        raise ValueError(f"format must be one of {', '.join(FORMATS)}, got {format!r}")
    expression = in_sympy(kernel, sympy.Symbol("t", real=True))
    if format != "sympy" and (size := written_size(expression)) > MAX_WRITTEN:
        raise NoExpression(
            f"{kernel!r} written out has {size} terms and operations, at most {MAX_WRITTEN}: take fewer layers, "
            "or theory.kernels.formulas.kernel_function, whose SymPy expression shares its parts"
        )
    if format == "latex":
        return sympy.latex(expression)
    return _text(expression) if format == "text" else expression


def _text(expression: Expr) -> str:
    """The expression in the words of `Zonal`."""
    from sympy.printing.str import StrPrinter

    class Words(StrPrinter):
        """SymPy's own text, but abs in small letters."""

        def _print_Abs(self, expr: Expr) -> str:
            return f"abs({self.stringify(expr.args, ', ')})"

    return str(Words().doprint(expression))


def sympy_code(kernel: Kernel) -> str:
    """Python code that defines `t` and `kappa`, ending with a newline.

    >>> print(sympy_code(Laplace(rate=1)), end="")
    from sympy import S, Symbol, exp, sqrt
    t = Symbol("t", real=True)
    kappa = exp(-sqrt(S(2) - S(2)*t))
    """
    import sympy

    kernel_function(kernel, "text")  # refuses what would be too long
    # Quotients of integers would be floats in Python: 1/3 is written S(1)/3.
    text = sympy.sstr(kernel_function(kernel), sympy_integers=True)
    names = {name for name in re.findall(r"[A-Za-z]\w*", text) if hasattr(sympy, name)} | {"Symbol"}
    return f'from sympy import {", ".join(sorted(names))}\nt = Symbol("t", real=True)\nkappa = {text}\n'


def written_size(expression: Expr) -> int:
    """Nodes of an expression written out, shared parts counted each time.

    >>> import sympy
    >>> written_size(sympy.Symbol("t") ** 2 + 1)
    5
    """
    sizes: dict[Expr, int] = {}

    def size(part: Expr) -> int:
        if part not in sizes:
            sizes[part] = 1 + sum(size(argument) for argument in part.args)
        return sizes[part]

    return size(expression)


@by_kernel()
def in_sympy(kernel: Kernel, t: Expr) -> Expr:
    """kappa at a SymPy expression t, not simplified.

    Raises NoExpression where kappa is no closed expression (tanh). Of a `Matern` whose nu is not half
    an odd integer the value at t = 1 is the limit 1.

    >>> import sympy
    >>> in_sympy(Gaussian(rate=1), sympy.Rational(1, 2))
    exp(-1/2)
    """
    raise TypeError(f"not a kernel: {kernel!r}")


@in_sympy.register(ArcCosine)
def _arc_cosine_kernel(kernel: ArcCosine, t: Expr) -> Expr:
    return _arc_cosine(kernel.order, t)


@in_sympy.register(NNGP)
def _covariance(kernel: NNGP, t: Expr) -> Expr:
    return _layers(kernel, t)[-1]


@in_sympy.register(Laplace)
def _laplace(kernel: Laplace, t: Expr) -> Expr:
    import sympy as sp

    return sp.exp(-_q(kernel.rate) * sp.sqrt(2 - 2 * t))


@in_sympy.register(Gaussian)
def _gaussian(kernel: Gaussian, t: Expr) -> Expr:
    import sympy as sp

    return sp.exp(-_q(kernel.rate) * (1 - t))


@in_sympy.register(ExponentialPower)
def _exponential_power(kernel: ExponentialPower, t: Expr) -> Expr:
    import sympy as sp

    return sp.exp(-_q(kernel.rate) * (2 - 2 * t) ** (_q(kernel.power) / 2))


@in_sympy.register(PowerSeries)
def _power_series(kernel: PowerSeries, t: Expr) -> Expr:
    return _polynomial(kernel.coefficients, t)


@in_sympy.register(Zonal)
def _expression(kernel: Zonal, t: Expr) -> Expr:
    return expression_in_sympy(kernel.tree, t)


@in_sympy.register(Compose)
def _composition(kernel: Compose, t: Expr) -> Expr:
    return in_sympy(kernel.outer, in_sympy(kernel.inner, t))


@in_sympy.register(Sum)
def _sum(kernel: Sum, t: Expr) -> Expr:
    import sympy as sp

    return sum((in_sympy(part, t) for part in kernel.parts), sp.Integer(0))


@in_sympy.register(Product)
def _product(kernel: Product, t: Expr) -> Expr:
    import sympy as sp

    return sp.Mul(*(in_sympy(part, t) for part in kernel.parts))


@in_sympy.register(Multiple)
def _multiple(kernel: Multiple, t: Expr) -> Expr:
    return _q(kernel.factor) * in_sympy(kernel.kernel, t)


@in_sympy.register(Matern)
def _matern(kernel: Matern, t: Expr) -> Expr:
    """2^(1-v)/Gamma(v) y^v K_v(y); a polynomial in y times e^-y where v is half an odd integer.

    The polynomial (Rasmussen and Williams 2006, eq. 4.16) is right at t = 1, that is y = 0, where the
    Bessel function is infinite and y^v is 0.
    """
    import sympy as sp

    nu = Fraction(kernel.nu)
    y = sp.sqrt(2 * _q(nu)) * sp.sqrt(2 - 2 * t) / _q(kernel.lengthscale)
    if nu.denominator != 2:
        return 2 ** (1 - _q(nu)) / sp.gamma(_q(nu)) * y ** _q(nu) * sp.besselk(_q(nu), y)
    p = int(nu)
    terms = (Fraction(factorial(p + i), factorial(i) * factorial(p - i)) * 2 ** (p - i) for i in range(p + 1))
    first = Fraction(factorial(p), factorial(2 * p))
    return sp.exp(-y) * sum((_q(first * c) * y ** (p - i) for i, c in enumerate(terms)), sp.Integer(0))


def _q(value: int | Fraction) -> Expr:
    import sympy as sp

    return sp.Rational(value.numerator, value.denominator)


def _polynomial(coefficients: Iterable[Rational], t: Expr) -> Expr:
    import sympy as sp

    return sum((_q(c) * t**n for n, c in enumerate(coefficients)), sp.Integer(0))


def _arc_cosine(order: int, t: Expr) -> Expr:
    """J_a/pi = (A(t) (pi - acos t) + B(t) sqrt(1-t^2))/pi."""
    import sympy as sp

    if not order:
        return 1 - sp.acos(t) / sp.pi
    a, b = (_polynomial(p, t) for p in arc_cosine_polynomials(order))
    return (a * (sp.pi - sp.acos(t)) + b * sp.sqrt(1 - t**2)) / sp.pi


def _layers(kernel: NNGP | NTK, t: Expr) -> list[Expr]:
    w, b = _q(Fraction(kernel.weight_variance)), _q(Fraction(kernel.bias_variance))
    layers = [w * t + b]
    for variance in kernel.variances[:-1]:
        layers.append(w * _q(variance) * _arc_cosine(1, layers[-1] / _q(variance)) + b)
    return layers


@in_sympy.register(NTK)
def _tangent(kernel: NTK, t: Expr) -> Expr:
    import sympy as sp

    w, total = _q(Fraction(kernel.weight_variance)), sp.Integer(0)
    for index, layer in enumerate(_layers(kernel, t)):
        total += _q(kernel.scales[index]) * (layer + kernel.biases[index])
        if index < kernel.depth - 1:
            total = w * total * _arc_cosine(0, layer / _q(kernel.variances[index]))
    return total


@in_sympy.register(ResNTK)
def _residual(kernel: ResNTK, t: Expr) -> Expr:
    import sympy as sp

    square, total, below, variance = _q(Fraction(kernel.alpha) ** 2), sp.Integer(0), t, sp.Integer(1)
    for _ in range(kernel.depth):
        slope, value = _arc_cosine(0, below / variance), variance * _arc_cosine(1, below / variance)
        total = total * (1 + square * slope) + value + below * slope
        below, variance = below + square * value, variance * (1 + square)
    return total


@in_sympy.register(Dual, DualTangent)
def _dual(kernel: Dual | DualTangent, t: Expr) -> Expr:
    import sympy as sp

    name, half, slopes = kernel.activation, sp.Rational(1, 2), half_line_slopes(kernel)
    if slopes:
        p, q = map(_q, slopes)
        value = (p + q) ** 2 / 2 * _arc_cosine(1, t) - p * q * t
        slope = (p + q) ** 2 / 2 * _arc_cosine(0, t) - p * q
    elif name == "step":
        value, slope = half * _arc_cosine(0, t), sp.Integer(0)
    elif name in SERIES:
        raise NoExpression(f"{kernel!r} has no closed expression; its Maclaurin coefficients are certified")
    else:
        value = {
            "erf": lambda: 2 / sp.pi * sp.asin(2 * t / 3),
            "sin": lambda: sp.exp(-1) * sp.sinh(t),
            "cos": lambda: sp.exp(-1) * sp.cosh(t),
            "exp": lambda: sp.exp(1 + t),
            "gelu": lambda: 1 / (2 * sp.pi * sp.sqrt(4 - t**2)) + t / 4 + t * sp.asin(t / 2) / (2 * sp.pi),
        }[name]()
        # The derivative of a dual is the dual of the derivative (Daniely et al. 2016, lemma 11).
        slope = _derivative(value, t)
    return value if isinstance(kernel, Dual) else t * slope + value


def _derivative(value: Expr, t: Expr) -> Expr:
    """The derivative with respect to t, which may be an expression."""
    import sympy as sp

    inner = sp.Dummy("t", real=True)
    return sp.diff(value.subs(t, inner), inner).subs(inner, t)


def expression_in_sympy(tree: Node, t: Expr) -> Expr:
    """A zonal expression at a SymPy expression t.

    >>> import sympy
    >>> expression_in_sympy(Zonal("sin(theta)").tree, sympy.Symbol("t", real=True))
    sqrt(1 - t**2)
    """
    import sympy as sp

    def inner(node: Inner, values: Sequence[Expr]) -> Expr:
        if isinstance(node, Operation):
            return ARITHMETIC[node.op](*values)
        if len(values) == 2:  # max and min
            difference = sp.Abs(values[0] - values[1])
            return (values[0] + values[1] + (difference if node.name == "max" else -difference)) / 2
        return sp.Abs(*values) if node.name == "abs" else getattr(sp, node.name)(*values)

    return fold(tree, _q, {"t": t, "theta": sp.acos(t), "pi": sp.pi}.__getitem__, inner)
