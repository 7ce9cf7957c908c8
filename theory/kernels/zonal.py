"""Zonal kernels given as an expression in t = <x, x'> or theta = acos(t), never evaluated as Python."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar

from theory.kernels.algebra import Kernel, value_at_one
from theory.kernels.zonal_expressions import parse_expression, polynomial
from theory.symbolic.expression_grammar import ExpressionError
from theory.symbolic.expressions import Node


@dataclass(frozen=True, slots=True, repr=False)
class Zonal(Kernel):
    """The kernel kappa written as an expression in t or theta: numbers, pi, + - * / ** and sqrt, exp, log, sin,
    cos, tan, sinh, cosh, acos, asin, atan, erf.

    Raises ExpressionError for text outside the grammar. That the expression is finite on [-1, 1]
    is certified by the route that evaluates it.

    >>> Zonal("exp(-2*sin(theta/2))")
    Zonal("exp(-2*sin(theta/2))")
    >>> Zonal("arccos(t)")
    Traceback (most recent call last):
    theory.symbolic.expression_grammar.ExpressionError: unknown function arccos at ... (did you mean acos?)
    """

    unnamed: ClassVar[tuple[str, ...]] = ("expression",)
    example: ClassVar[str] = 'Zonal("exp(t)")'
    expression: str

    def __post_init__(self) -> None:
        if not isinstance(self.expression, str):
            raise ExpressionError(f"Zonal: an expression in quotes is needed, got {self.expression!r}")
        parse_expression(self.expression)

    @property
    def tree(self) -> Node:
        """The parsed expression."""
        return parse_expression(self.expression)


@value_at_one.register(Zonal)
def _polynomial_at_one(kernel: Zonal) -> Fraction | None:
    coefficients = polynomial(kernel.tree)
    return None if coefficients is None else sum(coefficients, Fraction(0))
