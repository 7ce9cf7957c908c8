"""A statement about a family of kernels, depth by depth, or without the family where it is not needed."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from theory.families import kernel_at
from theory.formal import Range
from theory.formula import Call, Name, Node, Number, Operation, rebuilt, uses_kernel
from theory.kernels import NNGP, NTK
from theory.statement import Statement

INSTANCES = 3  # depths tried of a range without upper bound
MAX_DEPTHS = 64


def instances_of(statement: Statement) -> list[tuple[int, Statement]]:
    """The statement at every depth of its range, or at the first ones of an infinite range."""
    where = statement.range("L")
    depths = where.values(INSTANCES if where.most is None else MAX_DEPTHS)  # no kernel is deeper
    return [(depth, at_depth(statement, depth)) for depth in depths]


def at_depth(statement: Statement, depth: int) -> Statement:
    """The statement about one kernel of the family."""
    ranges = tuple(Range("L", depth, depth) if w.name == "L" else w for w in statement.ranges)
    return replace(statement, kernel=kernel_at(statement.family, depth), family=None, ranges=ranges)


def without_family(statement: Statement) -> Statement | None:
    """The statement with kappa(1) as a function of L, if it speaks of nothing else of the kernel.

    Sigma_l(1) = 1 and k0(1) = 1 for every layer, so kappa(1) is 1 for NNGP(depth=L), L for
    NTK(depth=L) and 2L - 1 for NTK(depth=L, bias=True).
    """
    value = _value_at_one(statement.family)
    if value is None:
        return None
    one = Number(Fraction(1))
    left, right = (rebuilt(side, lambda n: value if n == Call("kappa", (one,)) else n)
                   for side in (statement.left, statement.right))  # fmt: skip
    if uses_kernel(left) or uses_kernel(right):
        return None
    return replace(statement, left=left, right=right, family=None)


def _value_at_one(family: str) -> Node | None:
    sample, depth, one = 7, Name("L"), Number(Fraction(1))  # known if it is the plain kernel of that depth
    match kernel_at(family, sample):
        case found if found == NNGP(depth=sample):
            return one
        case found if found == NTK(depth=sample):
            return depth
        case found if found == NTK(depth=sample, bias=True):
            return Operation("-", Operation("*", Number(Fraction(2)), depth), one)
    return None
