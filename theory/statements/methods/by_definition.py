"""Equations between kappa and a formula in t, by the definition of the kernel and one normal form: `checked`.

kappa(T) is replaced by the formula that `spectral-bias kernel` prints, at T; sides with equal normal forms
(`theory.kernels.normal_form`), or that are one rational function of the same calls, are equal functions.
What is proved from closed forms is asked before.
"""

from __future__ import annotations

from theory.kernels import Kernel, Zonal
from theory.kernels.formulas import kernel_function
from theory.kernels.normal_form import normal_form
from theory.language.statement import Statement
from theory.numbers.truth import Evidence, Truth
from theory.statements.definedness import Judge
from theory.statements.method import Method
from theory.statements.methods.by_identity import is_same
from theory.statements.outcome import Outcome, Part, bare_part
from theory.symbolic.expressions import Call, Name, Node, names, rebuilt, walk

LAW = "same normal form in t, by the definition of the kernel"


def by_definition(statement: Statement) -> list[Part]:
    """HOLDS where both sides have one normal form, or nothing.

    >>> from theory.language.statement import parse_statement
    >>> by_definition(parse_statement("kappa(t) = exp(-sqrt(2-2*t))", "Laplace(rate=1)"))[0].outcome.law
    'same normal form in t, by the definition of the kernel'
    >>> by_definition(parse_statement("kappa(t) = exp(-sqrt(2-t))", "Laplace(rate=1)"))
    []
    """
    assert isinstance(statement.kernel, Kernel)  # `_applies` asks for one
    defined = _defined(statement.kernel)
    if defined is None:
        return []
    sides = [rebuilt(side, lambda node: _at(defined, node)) for side in (statement.left, statement.right)]
    left, right = map(normal_form, sides)
    alike = left is not None and left == right or is_same(*sides)
    if not alike or Judge(statement, statement.ranges).doubt(kernel_free=True) is not None:
        return []
    return [bare_part(statement.ranges, Outcome(Truth.HOLDS, LAW, evidence=Evidence.CHECKED))]


def _defined(kernel: Kernel) -> Node | None:
    """kappa as a tree in t; None where it has no expression."""
    try:
        text = kernel_function(kernel, "text")
        assert isinstance(text, str)  # as asked for
        return Zonal(text).tree
    except ValueError:
        return None


def _at(defined: Node, node: Node) -> Node:
    """The definition at the argument of kappa."""
    if not (isinstance(node, Call) and node.name == "kappa"):
        return node
    (argument,) = node.args
    return rebuilt(defined, lambda part: argument if part == Name("t") else part)


def _applies(statement: Statement) -> bool:
    sides = (statement.left, statement.right)
    calls = {part.name for side in sides for part in walk(side) if isinstance(part, Call)}
    of_kappa = "kappa" in calls and not calls & {"mu", "a", "b", "N", "lambda"}
    only_t = set().union(*map(names, sides)) <= {"t", "pi", "E"}
    return statement.relation == "=" and isinstance(statement.kernel, Kernel) and of_kappa and only_t


METHOD = Method("by definition", 65, _applies, by_definition)
