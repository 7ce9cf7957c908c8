"""Statements about a family of kernels: depth by depth, all deeper ones at once, or without it."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from theory.kernels.depth_families import DepthFamily
from theory.language.families import deep_family, kernel_at
from theory.language.formulas import parse_formula, uses_kernel
from theory.language.statement import Statement
from theory.statements.outcome import NotSymbolic
from theory.symbolic.expression_grammar import ExpressionError
from theory.symbolic.expressions import Call, Node, Number, rebuilt
from theory.symbolic.objects import grammar_text

INSTANCES = 3  # depths tried of a range without upper bound
MAX_DEPTHS = 1000  # of a bounded range, which is looked at whole


def instances_of(statement: Statement) -> list[tuple[int, Statement]]:
    """The statement at every depth of its range, or at the first ones of an infinite range."""
    where = statement.range("L")
    depths = where.values(INSTANCES if where.most is None else MAX_DEPTHS + 1)
    if len(depths) > MAX_DEPTHS:
        raise NotSymbolic(f"{where} has more than {MAX_DEPTHS} values")
    return [(depth, at_depth(statement, depth)) for depth in depths]


def at_depth(statement: Statement, depth: int) -> Statement:
    """The statement about one kernel of the family."""
    assert statement.family is not None
    ranges = statement.ranges.pinned({"L": depth})
    return replace(statement, kernel=kernel_at(statement.family, depth), family=None, ranges=ranges)


def without_family(statement: Statement) -> Statement | None:
    """The statement with kappa(1) as a function of L, if it speaks of nothing else of the kernel."""
    deep = _deep(statement, statement.range("L").least)
    if deep is None:
        return None
    left, right = _with_value_at_one(statement, deep)
    if uses_kernel(left) or uses_kernel(right):
        return None
    return replace(statement, left=left, right=right, family=None)


def deeper(statement: Statement, skipped: int = INSTANCES) -> Statement | None:
    """The statement about all depths after the first `skipped`, as one `DepthFamily`, whatever the end of the range.

    None where no law in depth is known for the family.
    """
    where = statement.range("L")
    later = replace(where, least=where.least + skipped * where.step, most=None)
    deep = _deep(statement, later.least)
    if deep is None:
        return None
    left, right = _with_value_at_one(statement, deep)
    ranges = statement.ranges.replaced(later)
    return replace(statement, kernel=deep, family=None, ranges=ranges, left=left, right=right)


def _deep(statement: Statement, least: int) -> DepthFamily | None:
    assert statement.family is not None
    try:
        return deep_family(statement.family, least)
    except ExpressionError:
        return None


def _with_value_at_one(statement: Statement, family: DepthFamily) -> tuple[Node, Node]:
    value = parse_formula(grammar_text(family.value_at_one))
    at_one = Call("kappa", (Number(Fraction(1)),))
    left, right = (
        rebuilt(side, lambda node: value if node == at_one else node) for side in (statement.left, statement.right)
    )
    return left, right
