"""What a method may take for granted of the statement that it is given."""

from __future__ import annotations

from theory.kernels import Kernel
from theory.kernels.depth_families import DepthFamily
from theory.language.statement import Statement


def limit_of(statement: Statement) -> tuple[str, str]:
    """(variable, target) of a statement about a limit; one that is uniform in its variables has none.

    >>> from theory.language.statement import parse_statement
    >>> limit_of(parse_statement("1/k = o(1) as k -> oo"))
    ('k', 'oo')
    """
    assert isinstance(statement.limit, tuple)
    return statement.limit


def one_kernel(statement: Statement) -> Kernel | None:
    """The kernel of a statement about one or about none; all depths at once (`theory.statements.every_depth`)
    are left to laws and signs, and never looked at in numbers.

    >>> from theory.language.statement import parse_statement
    >>> one_kernel(parse_statement("mu(k) >= 0", "NTK(depth=2)"))
    NTK(depth=2)
    """
    assert not isinstance(statement.kernel, DepthFamily)
    return statement.kernel


def is_of_one_kernel(statement: Statement) -> bool:
    """Whether the statement is about one kernel or about none, not about all depths at once.

    >>> from theory.language.statement import parse_statement
    >>> is_of_one_kernel(parse_statement("k >= 0"))
    True
    """
    return not isinstance(statement.kernel, DepthFamily)
