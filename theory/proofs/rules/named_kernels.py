"""Which kernel a name stands for in a proof, and the multiple of it that a statement speaks of."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from functools import singledispatch

import sympy as sp

from theory.kernels import NNGP, NTK, ArcCosine, Dual, DualTangent, Kernel, Laplace, Multiple, Sum
from theory.kernels.depth_families import DepthFamily
from theory.kernels.named import NamedKernels
from theory.kernels.parse import ExpressionError
from theory.language.families import deep_family, kernel_at
from theory.language.statement import Statement
from theory.proofs.rules.calculus import require, trigonometric_zero
from theory.proofs.rules.depth import SIGMA, THETA, THETA_BIASED
from theory.proofs.steps import Refused, Step
from theory.symbolic.objects import GaussianMean, Kappa, KernelName, Layered, Radial, Range, t
from theory.symbolic.ranges import range_in

DEFINING = ("cosine-variable", "order-kernel", "combination-definition", "product-definition")


def kernel_on(statement: Statement, ranges: tuple[Range, ...]) -> Kernel | DepthFamily:
    """The kernel of the statement on a part: of a family the member of one depth, or all of them from a depth on."""
    if statement.family is None:
        if statement.kernel is None:
            raise Refused("the statement has no kernel")
        if isinstance(statement.kernel, NamedKernels):
            raise Refused("the statement has several kernels")
        return statement.kernel
    depths = range_in(ranges, "L")
    try:
        if depths.most == depths.least:
            return kernel_at(statement.family, depths.least)
        return deep_family(statement.family, depths.least)
    except ExpressionError as error:
        raise Refused(str(error)) from None


def factor_of(kernel: Kernel | DepthFamily, name: sp.Expr | None, facts: list[Step]) -> sp.Expr:
    """c with kernel = c times the kernel that the name stands for in the facts."""
    if name == KernelName(repr(kernel)):
        return sp.Integer(1)
    match kernel:
        case Multiple(factor, inner) if not _is_whole(kernel, name, facts):
            return sp.Rational(*_ratio(factor)) * factor_of(inner, name, facts)
        case DepthFamily():
            require(name == _layered(kernel.base, kernel.bias, kernel.depth), f"{name} is not {kernel!r}")
            return kernel.factor
        case Laplace(rate) if name == Radial(sp.Rational(rate.numerator, rate.denominator)):
            return sp.Integer(1)
        case NNGP(bias_variance=0) | NTK(layer_scales=None, bias_variance=0) if isinstance(name, Layered):
            bias = isinstance(kernel, NTK) and kernel.bias
            require(not (bias and kernel.weight_variance != 1), "a bias beside a weight variance")
            require(name == _layered(type(kernel), bias, sp.Integer(kernel.depth)), f"{name} is not {kernel!r}")
            return sp.Rational(*_ratio(kernel.weight_variance)) ** kernel.depth
    require(_is_whole(kernel, name, facts), f"{name} is not {kernel!r}")
    return sp.Integer(1)


def _ratio(value: Fraction | int) -> tuple[int, int]:
    return value.numerator, value.denominator


def _layered(base: type, bias: bool, depth: sp.Expr) -> sp.Expr:
    return Layered(SIGMA if base is NNGP else THETA_BIASED if bias else THETA, depth)


def definitions_of(name: sp.Expr, facts: Mapping[str, Step]) -> list[Step]:
    """The steps that define the kernel of a name, and those of the names in them."""
    found = [f for f in facts.values() if f.rule in DEFINING and f.left == Kappa(name, t)]
    inner = {part.args[0] for f in found for part in f.right.atoms(Kappa)}
    return [*found, *(f for other in sorted(inner, key=str) for f in definitions_of(other, facts))]


def _is_whole(kernel: Kernel, name: sp.Expr | None, facts: list[Step]) -> bool:
    """Whether the facts define the name as the function that the kernel is."""
    if not any(f.rule in DEFINING and f.left == Kappa(name, t) for f in facts):
        return False
    return trigonometric_zero(_defined_as(name, facts) - _function(kernel))


def _defined_as(name: sp.Expr, facts: list[Step]) -> sp.Expr:
    """The function of t that the facts define by the name."""
    fact = next((f for f in facts if f.rule in DEFINING and f.left == Kappa(name, t)), None)
    if fact is None:
        raise Refused(f"no kernel is defined by the name {name}")
    parts = {part: _defined_as(part.args[0], facts) for part in fact.right.atoms(Kappa)}
    means = {mean: _arc_cosine(int(mean.args[0])) for mean in fact.right.atoms(GaussianMean)}
    return fact.right.xreplace(parts | means)


def _arc_cosine(order: int) -> sp.Expr:
    """2 E[u_+^a v_+^a] as a function of t, from order 2 on a symbol of its own."""
    angle = sp.pi - sp.acos(t)
    closed = {0: angle / sp.pi, 1: (sp.sqrt(1 - t**2) + t * angle) / sp.pi}
    return closed.get(order, sp.Symbol(f"arc_cosine_{order}", real=True))


@singledispatch
def _function(kernel: Kernel) -> sp.Expr:
    """The definition of a kernel with one hidden layer, of sums and multiples of them."""
    raise Refused(f"{kernel!r} has no definition in closed form")


@_function.register
def _of_arc_cosine(kernel: ArcCosine) -> sp.Expr:
    return _arc_cosine(kernel.order)


@_function.register
def _of_dual(kernel: Dual) -> sp.Expr:
    if kernel.activation not in ("relu", "step") or kernel.variance != 1:
        return _undefined(kernel)
    return sp.Rational(1, 2) * _arc_cosine(int(kernel.activation == "relu"))


@_function.register
def _of_dual_tangent(kernel: DualTangent) -> sp.Expr:
    if kernel.activation != "relu" or kernel.variance != 1:
        return _undefined(kernel)
    return sp.Rational(1, 2) * (t * _arc_cosine(0) + _arc_cosine(1))


@_function.register
def _of_nngp(kernel: NNGP) -> sp.Expr:
    if kernel.depth != 2 or kernel.bias_variance:
        return _undefined(kernel)
    return sp.Rational(*_ratio(kernel.weight_variance)) ** 2 * _arc_cosine(1)


@_function.register
def _of_ntk(kernel: NTK) -> sp.Expr:
    if kernel.depth != 2 or kernel.bias_variance:
        return _undefined(kernel)
    w = sp.Rational(*_ratio(kernel.weight_variance))
    first, last = (sp.Rational(*_ratio(scale)) for scale in kernel.scales)
    return first * w * (w * t + int(kernel.bias)) * _arc_cosine(0) + last * w**2 * _arc_cosine(1)


@_function.register
def _of_multiple(kernel: Multiple) -> sp.Expr:
    return sp.Rational(*_ratio(kernel.factor)) * _function(kernel.kernel)


@_function.register
def _of_sum(kernel: Sum) -> sp.Expr:
    return sp.Add(*map(_function, kernel.parts))


def _undefined(kernel: Kernel) -> sp.Expr:
    raise Refused(f"{kernel!r} has no definition in closed form")
