"""Zonal expressions at arrays of cosines, in float64.

What is c theta^a (1-t)^m (1+t)^n p(t), as `sqrt(2-2*t)`, `sin(theta/2)` and `1-t**2` are, is computed as that, so that
nothing cancels at t = 1 and t = -1; the rest is what is written, operation by operation.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import pi

import numpy as np
from scipy import special

from theory.expansions.cosines import Cosines, polynomial, polynomial_drop
from theory.kernels.constants import constant_ball
from theory.kernels.normal_form import Term, factored
from theory.kernels.zonal_expressions import polynomial as coefficients_of
from theory.numbers.array_spaces import Array
from theory.symbolic.expressions import ARITHMETIC, Call, Inner, Node, Operation, fold

NAMES = {"acos": "arccos", "asin": "arcsin", "atan": "arctan", "max": "maximum", "min": "minimum"}


def expression(tree: Node, at: Cosines) -> Array:
    """The value of an expression in t, theta and pi.

    >>> from theory.kernels.zonal_expressions import parse_expression
    >>> expression(parse_expression("sqrt(1-t**2)"), Cosines(np, *np.array([[1.0], [1e-20], [2.0]])))
    array([1.41421356e-10])
    """
    zero = at.t * 0
    names = {"t": lambda: at.t, "theta": at.theta, "pi": lambda: zero + pi}

    def inner(node: Inner, values: Sequence[Array]) -> Array:
        term = factored(node)
        if term is not None:
            return _product(term, at)
        if isinstance(node, Operation):
            return ARITHMETIC[node.op](*values)
        return _call(node, values, at)

    return fold(tree, lambda value: zero + float(value), lambda name: names[name](), inner)


def _product(term: Term, at: Cosines) -> Array:
    value = polynomial(term.polynomial, at.t) * float(constant_ball(term.constant))
    powers = ((term.near, lambda: at.near), (term.far, lambda: at.far), (term.angle, at.theta))
    for exponent, base in powers:
        value = value if not exponent else value * base() ** float(exponent)
    return value


def _call(node: Call, values: Sequence[Array], at: Cosines) -> Array:
    if node.name in ("acos", "asin"):
        angle = _inverse_cosine(node.args[0], at)
        if angle is not None:
            return angle if node.name == "acos" else pi / 2 - angle
    if node.name == "erf":
        return (special if at.space is np else at.space).erf(values[0])
    return getattr(at.space, NAMES.get(node.name, node.name))(*values)


def _inverse_cosine(argument: Node, at: Cosines) -> Array | None:
    """acos of a polynomial p, from 1 - p(t) = (1 - p(1)) + (p(1) - p(t)) and likewise 1 + p(t)."""
    coefficients = coefficients_of(argument)
    if coefficients is None:
        return None
    mirrored = tuple((-1) ** n * c for n, c in enumerate(coefficients))
    near = float(1 - sum(coefficients, Fraction(0))) + polynomial_drop(coefficients, at)
    far = float(1 + sum(mirrored, Fraction(0))) - polynomial_drop(mirrored, at.mirrored())
    return Cosines(at.space, at.t, near, far).theta()
