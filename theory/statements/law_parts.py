"""The parts of a statement's ranges on each of which a law of eigenvalues or coefficients holds."""

from __future__ import annotations

from theory.language.formulas import function_of
from theory.language.statement import Statement
from theory.statements.given import limit_of
from theory.statements.outcome import NotSymbolic
from theory.symbolic.expressions import Call, names, walk
from theory.symbolic.objects import Range
from theory.symbolic.ranges import Ranges

MAX_PARTS = 200


def law_parts(statement: Statement) -> list[Ranges]:
    """Ranges that cover the statement's, on each of which every index has one parity.

    A bounded range gives single values. As d -> oo an unbounded degree gives single values below
    the index from which all b_n of its parity are positive, and the rest.
    """
    found = [Ranges()]
    limit, _ = limit_of(statement)
    moving = {name for call in _indexed(statement) for name in names(call.args[0])}
    for where in statement.ranges:
        if where.most is not None:
            parts = [Range(where.name, v, v) for v in where.values(MAX_PARTS + 1)]
        elif where.name not in moving:
            parts = [where]
        else:
            parts = [Range(where.name, where.least, None, p) for p in (0, 1) if where.parity in (None, p)]
            if where.name != limit:
                parts = [piece for part in parts for piece in _first_apart(part)]
        found = [Ranges((*before, part)) for before in found for part in parts]
        if len(found) > MAX_PARTS:
            raise NotSymbolic(f"more than {MAX_PARTS} cases")
    return found


def _first_apart(where: Range) -> list[Range]:
    """The first four values alone, where small indices may be exceptional."""
    first = [Range(where.name, v, v) for v in where.values(2)]
    return [*first, Range(where.name, where.least + 2 * where.step, None, where.parity)]


def _indexed(statement: Statement) -> list[Call]:
    nodes = (*walk(statement.left), *walk(statement.right))
    return [node for node in nodes if isinstance(node, Call) and function_of(node) in ("mu", "a", "b")]
