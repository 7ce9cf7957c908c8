"""Parts of the ranges on each of which a statement has one symbolic meaning: classes of parity, and single values."""

from __future__ import annotations

from itertools import product

import sympy as sp

from theory.language.formulas import function_of, uses_kernel, variables
from theory.language.statement import Statement
from theory.spectra.closed_coefficients import Piecewise
from theory.statements.closed_forms import piecewise
from theory.statements.given import kernel_spoken_of
from theory.statements.meaning import SYMBOLS, plain
from theory.statements.outcome import NotSymbolic
from theory.symbolic.expressions import Call, Operation, walk
from theory.symbolic.objects import Range
from theory.symbolic.ranges import Ranges

MAX_SINGLE = 200


def splits(statement: Statement) -> list[Ranges]:
    """Ranges that together cover the statement's, on each of which it has one symbolic meaning.

    >>> from theory.language.statement import parse_statement
    >>> s = parse_statement("mu(k) >= 0", "NTK(depth=2)")
    >>> [ranges[0] for ranges in splits(s)]
    [k >= 0 even, k = 1, k >= 3 odd]
    """
    return [Ranges(parts) for parts in product(*(_split(where, statement) for where in statement.ranges))]


def _split(where: Range, statement: Statement) -> list[Range]:
    """One range as single values and parity classes on which every index is generic."""
    if where.most is not None:
        return _singles(where)
    indices = _indices(statement, where.name)
    if not indices and not _alternates(statement, where.name):
        return [where]
    parts = []
    for parity in (0, 1) if where.parity is None else (where.parity,):
        part = Range(where.name, where.least, None, parity)
        cut = max((_cut(piece, slope, shift, parity) for piece, slope, shift in indices), default=0)
        parts += [Range(where.name, v, v) for v in range(part.least, cut, 2)]
        first = part.least if part.least >= cut else part.least + (cut - part.least + 1) // 2 * 2
        parts.append(Range(where.name, first, None, parity))
    return parts


def _alternates(statement: Statement, name: str) -> bool:
    """Whether a power of a number below 0, whose sign is that of a parity, moves with the variable."""
    return any(
        isinstance(node, Operation)
        and node.op == "**"
        and name in variables(node.right)
        and not variables(node.left)
        and not uses_kernel(node.left)
        and bool(plain(node.left) < 0)
        for side in (statement.left, statement.right)
        for node in walk(side)
    )


def _singles(where: Range) -> list[Range]:
    values = where.values(MAX_SINGLE + 1)
    if len(values) > MAX_SINGLE:
        raise NotSymbolic(f"{where} has more than {MAX_SINGLE} values")
    return [Range(where.name, v, v) for v in values]


def _indices(statement: Statement, name: str) -> list[tuple[Piecewise, int, int]]:
    """(piecewise quantity, slope, shift) of every mu, a, b whose index moves with the variable."""
    found = []
    for node in (*walk(statement.left), *walk(statement.right)):
        name_of = function_of(node)
        if not isinstance(node, Call) or name_of not in ("mu", "a", "b"):
            continue
        index = plain(node.args[0])
        if SYMBOLS[name] not in index.free_symbols:
            continue
        slope = sp.expand(index).coeff(SYMBOLS[name])
        shift = sp.expand(index - slope * SYMBOLS[name])
        if not (slope.is_Integer and slope > 0 and shift.is_Integer):
            raise NotSymbolic(f"the index {index} is not of the form c*{name} + integer")
        found.append((piecewise(kernel_spoken_of(statement, node), name_of), int(slope), int(shift)))
    return found


def _cut(piece: Piecewise, slope: int, shift: int, parity: int) -> int:
    """The first value of the variable from which the index is in the generic branch."""
    start = piece.start[(slope * parity + shift) % 2]
    return max(0, -((shift - start) // slope))
