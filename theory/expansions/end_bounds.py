"""Bounds of a kernel next to an end of [0, pi], where no ellipse encloses a branch point or an integrable pole.

What is left out of the integral between theta = 0 and theta = e, or pi - e and pi, is at most

    max |kappa| * e^d / d                       where kappa is bounded there,
    sum over the terms of its normal form       where it is not: |c| theta^a (1-t)^m ... |log|^j <= C theta^b |log|^j,

as sin(theta) <= theta and |P_k| <= 1. Arguments of roots and of inverse functions are cut off where an enclosure
leaves their domain in part; where it lies outside, there is no real value and no bound. So a kernel that is not
real somewhere has none, unless the set of such angles is shorter than all pieces: then it adds less than the error.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache
from math import factorial

from flint import arb

from theory.expansions.admissible import zonals
from theory.expansions.in_the_angle import kernel_value
from theory.expansions.piecewise import real_value
from theory.kernels import Compose, Kernel, Multiple, Product, Sum, Zonal, by_kernel
from theory.kernels.constants import constant_ball
from theory.kernels.end_exponents import power_of
from theory.kernels.normal_form import Form, Term, normal_form
from theory.kernels.zonal_expressions import PIECEWISE, whole_number
from theory.numbers.balls import ball, working_precision
from theory.symbolic.expressions import ARITHMETIC, Call, Inner, Node, Operation, fold


def left_out(kernel: Kernel, right: bool, reach: arb, dim: int) -> arb:
    """A bound of the integral of |kappa| sin^(d-1) over the angles within `reach` of an end; not finite if unknown.

    >>> bool(left_out(Zonal("log(1-t)"), False, arb(0.01), 2) < 0.01)
    True
    """
    angle = arb(0).union(reach)
    angles = arb.pi() - angle if right else angle
    largest = largest_value(kernel, angles)
    if largest.is_finite():
        return largest * reach**dim / dim
    if not isinstance(kernel, Zonal) or not reach < 1:
        return arb("nan")
    return _of_tree(kernel.tree, angles, right, reach, dim)


def _of_tree(tree: Node, angles: arb, right: bool, reach: arb, dim: int) -> arb:
    """The bound by the terms of the normal form, or by those of the parts: bounded factors are taken out."""
    form = normal_form(tree)
    if form is not None:
        return sum((_term(term, right, reach, dim) for term in form), arb(0))
    parts: tuple[Node, ...] = ()
    match tree:
        case Operation("*", left, other):
            for factor, rest in ((left, other), (other, left)):
                size = _largest(factor, angles)
                if size.is_finite():
                    return size * _of_tree(rest, angles, right, reach, dim)
        case Operation("+" | "-", left, other):
            parts = left, other
        case Call("abs" | "max" | "min", parts):
            pass
    bounds = [
        size * reach**dim / dim if size.is_finite() else _of_tree(part, angles, right, reach, dim)
        for part, size in ((part, _largest(part, angles)) for part in parts)
    ]
    return sum(bounds, arb(0)) if bounds else arb("nan")


DEPTH = 34  # halvings of [0, pi] after which what is not bounded is given up
MOST = 4000  # balls


def certainly_integrable(kernel: Kernel, dim: int) -> bool:
    """Whether every expression in it is certified real and bounded on (0, pi), or integrable at an end where it is not.

    False says that it is not certain. How ends of products go together is known to `theory.expansions.admissible`.

    >>> [certainly_integrable(Zonal(text), 2) for text in ("log(1-t)", "1/abs(t)", "exp(1/(1-t))", "sqrt(abs(t))")]
    [True, False, False, True]
    """
    inside = all(_is_bounded(part, dim) for part in zonals(kernel))
    return inside and (all(_is_bounded(part, None) for part in _outer(kernel)) or _is_bounded(kernel, dim))


@by_kernel()
def _outer(kernel: Kernel) -> tuple[Zonal, ...]:
    """The expressions that are evaluated where another kernel leads, anywhere in [-1, 1]."""
    return ()


@_outer.register(Sum, Product, Multiple)
def _in_parts(kernel: Sum | Product | Multiple) -> tuple[Zonal, ...]:
    return tuple(found for part in kernel.parts for found in _outer(part))


@_outer.register(Compose)
def _outside(kernel: Compose) -> tuple[Zonal, ...]:
    return (*zonals(kernel.outer), *_outer(kernel.outer), *_outer(kernel.inner))


@lru_cache(maxsize=512)
def _is_bounded(kernel: Kernel, dim: int | None) -> bool:
    """By balls that cover [0, pi]; without a dimension no pole is integrable."""
    todo, count = [(0, 1), (1, 1)], 0  # (j, n): from j/2^n to (j+1)/2^n of pi
    with working_precision(25):
        while todo:
            (j, n), count = todo.pop(), count + 1
            at_end = j == 0 or j + 1 == 2**n
            low, high = arb(j) / 2**n, arb(j + 1) / 2**n
            angles = arb.pi() * low.union(high)
            if largest_value(kernel, angles).is_finite():
                continue
            if dim is not None and at_end and n > 4 and left_out(kernel, j > 0, arb.pi() / 2**n, dim).is_finite():
                continue
            if n == DEPTH or count > MOST:
                return False
            todo += [(2 * j, n + 1), (2 * j + 1, n + 1)]
    return True


@by_kernel()
def largest_value(kernel: Kernel, theta: arb) -> arb:
    """An upper bound of |kappa(cos theta)| over a ball of angles; not finite where none is found."""
    return arb(abs(kernel_value(kernel, theta)).upper())


@largest_value.register(Sum)
def _of_sum(kernel: Sum, theta: arb) -> arb:
    return sum((largest_value(part, theta) for part in kernel.parts), arb(0))


@largest_value.register(Product)
def _of_product(kernel: Product, theta: arb) -> arb:
    product = arb(1)
    for part in kernel.parts:
        product *= largest_value(part, theta)
    return product


@largest_value.register(Multiple)
def _of_multiple(kernel: Multiple, theta: arb) -> arb:
    return largest_value(kernel.kernel, theta) * ball(kernel.factor)


@largest_value.register(Zonal)
def _of_expression(kernel: Zonal, theta: arb) -> arb:
    return _largest(kernel.tree, theta)


def _largest(tree: Node, theta: arb) -> arb:
    names = {"t": theta.cos, "theta": lambda: theta, "pi": arb.pi}

    def inner(node: Inner, values: Sequence[arb]) -> arb:
        first, exponent = values[0], power_of(node)
        if exponent is not None:
            return _power(first, exponent)
        match node:
            case Operation("**", _, written):
                whole = whole_number(written)
                return (first.log() * values[1]).exp() if whole is None else first**whole
            case Operation(op):
                return ARITHMETIC[op](first, values[1])
        if node.name in PIECEWISE:
            return real_value(node.name, values)
        if node.name in ("acos", "asin") and first.is_finite():
            if first > 1 or first < -1:
                return arb("nan")
            ends = (arb(first.lower()).max(arb(-1)).min(arb(1)), arb(first.upper()).min(arb(1)).max(arb(-1)))
            return getattr(ends[0], node.name)().union(getattr(ends[1], node.name)())
        return getattr(first, node.name)()

    value: arb = fold(tree, ball, lambda name: names[name](), inner)
    return arb(abs(value).upper())


def _power(base: arb, exponent: Fraction) -> arb:
    """base^exponent of the part of a base that is >= 0; not finite where there is none."""
    if base > 0:
        return (base.log() * ball(exponent)).exp()
    if exponent < 0 or base < 0 or not base.is_finite():
        return arb("nan")
    top = arb(base.upper()).max(arb(0))
    return arb(0) if top.is_zero() else arb(0).union((top.log() * ball(exponent)).exp())


def _term(term: Term, right: bool, reach: arb, dim: int) -> arb:
    """The integral of a term over 0 < u < reach < 1, u the angle from the end: of C u^(b-1) L^j, L = log(pi^2/(2 u^2)).

    2 u^2/pi^2 <= 1 - cos u <= u^2/2, 1 <= 1 + cos u <= 2, and L^j <= j! (16/b)^j exp(b L/16). Next to pi, where
    u = pi - theta, 1 < theta <= pi and log(theta) < 2.
    """
    here, there, logs = (term.far, term.near, term.logs[1]) if right else (term.near, term.far, term.logs[0])
    size = constant_ball(term.constant) * ball(sum(map(abs, term.polynomial), Fraction(0)))
    size *= _size(term.exponent).exp() * _power(arb(2), abs(there)) * _power(arb.pi() ** 2 / 2, abs(here))
    exponent = 2 * here + dim
    if right:
        size *= _power(arb.pi(), max(term.angle, Fraction(0))) * 2 ** term.logs[2]
    else:
        exponent, logs = exponent + term.angle, logs + term.logs[2]
    if exponent <= 0:
        return arb("nan")
    if not logs:
        return size * _power(reach, exponent) / ball(exponent)
    b = ball(exponent)
    size *= factorial(logs) * (16 / b) ** logs * _power(arb.pi() ** 2 / 2, exponent / 16)
    return size * 8 / (7 * b) * _power(reach, 7 * exponent / 8)


def _size(form: Form) -> arb:
    """A bound of |g| on (0, pi) for what stands in an exponent; not finite where a term has a pole or a logarithm."""
    total = arb(0)
    for term in form:
        if min(term.near, term.far, term.angle) < 0 or any(term.logs):
            return arb("nan")
        size = constant_ball(term.constant) * ball(sum(map(abs, term.polynomial), Fraction(0)))
        size *= _power(arb(2), term.near + term.far) * _power(arb.pi(), term.angle)
        total += size * _size(term.exponent).exp()
    return total
