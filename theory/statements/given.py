"""What a method may take for granted of the statement that it is given."""

from __future__ import annotations

from theory.kernels import Kernel
from theory.kernels.depth_families import DepthFamily
from theory.kernels.named import NamedKernels
from theory.language.statement import Statement
from theory.symbolic.expressions import Call


def limit_of(statement: Statement) -> tuple[str, str]:
    """(variable, target) of a statement about a limit; one that is uniform in its variables has none.

    >>> from theory.language.statement import parse_statement
    >>> limit_of(parse_statement("1/k = o(1) as k -> oo"))
    ('k', 'oo')
    """
    assert isinstance(statement.limit, tuple)
    return statement.limit


def given_kernels(statement: Statement) -> Kernel | NamedKernels | None:
    """What the functions of a statement are of: one kernel, several with names, or none; no family of all depths.

    >>> from theory.language.statement import parse_statement
    >>> given_kernels(parse_statement("x.mu(k) >= y.mu(k)", "x = NTK(depth=2); y = NTK(depth=3)")).names
    ('x', 'y')
    """
    assert not isinstance(statement.kernel, DepthFamily)
    return statement.kernel


def kernel_spoken_of(statement: Statement, node: Call) -> Kernel | DepthFamily | None:
    """The kernel that a call of mu, a, b or kappa is of.

    >>> from theory.language.formulas import parse_formula
    >>> from theory.language.statement import parse_statement
    >>> kernels = "x = NTK(depth=2); y = NTK(depth=3)"
    >>> kernel_spoken_of(parse_statement("x.mu(k) >= y.mu(k)", kernels), parse_formula("x.mu(k)"))
    NTK(depth=2)
    """
    kernel = statement.kernel
    return kernel.spoken_of(node.name)[0] if isinstance(kernel, NamedKernels) else kernel


def one_kernel(statement: Statement) -> Kernel | None:
    """The kernel of a statement about one or about none; all depths at once (`theory.statements.every_depth`)
    are left to laws and signs, and never looked at in numbers.

    >>> from theory.language.statement import parse_statement
    >>> one_kernel(parse_statement("mu(k) >= 0", "NTK(depth=2)"))
    NTK(depth=2)
    """
    assert not isinstance(statement.kernel, DepthFamily | NamedKernels)
    return statement.kernel


def is_of_one_kernel(statement: Statement) -> bool:
    """Whether the statement is about one kernel or about none, not about several, nor about all depths at once.

    >>> from theory.language.statement import parse_statement
    >>> is_of_one_kernel(parse_statement("k >= 0"))
    True
    """
    return not isinstance(statement.kernel, DepthFamily | NamedKernels)


def is_of_given_kernels(statement: Statement) -> bool:
    """Whether the statement is about none, one, or several kernels, each of which is given.

    >>> from theory.language.statement import parse_statement
    >>> is_of_given_kernels(parse_statement("x.mu(k) >= y.mu(k)", "x = NTK(depth=2); y = NTK(depth=3)"))
    True
    """
    return not isinstance(statement.kernel, DepthFamily)


def is_of_every_depth(statement: Statement) -> bool:
    """Whether the statement is about all depths of a family at once.

    >>> from theory.language.statement import parse_statement
    >>> is_of_every_depth(parse_statement("x.mu(k) >= y.mu(k)", "x = NTK(depth=2); y = NTK(depth=3)"))
    False
    """
    return isinstance(statement.kernel, DepthFamily)
