"""The kernels of a statement that speaks of several: `ntk = NTK(depth=3); lap = Laplace(rate=1)`."""

from __future__ import annotations

import re

from theory.kernels import Kernel
from theory.kernels.named import NamedKernels
from theory.kernels.parse import is_family, parse_kernel
from theory.language.formulas import CONSTANTS, FUNCTIONS, KERNEL_FUNCTIONS, OF_NAMED, VARIABLES
from theory.symbolic.expression_grammar import ExpressionError, check_text, suggestion
from theory.symbolic.expressions import Call, Node, rebuilt, walk

MOST = 6
_NAMED = re.compile(r"\s*([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*\S)\s*", re.DOTALL)
_TAKEN = {*VARIABLES, *CONSTANTS, *FUNCTIONS, "O", "o", "Omega", "Theta"} - {"a", "b"}  # a.mu(k) is not a(k)


def is_named(kernel: str) -> bool:
    """Whether the text gives names to kernels, which no text of a kernel does.

    >>> is_named("a = NTK(depth=3)"), is_named("NTK(depth=3)"), is_named("2*NTK(depth=3)")
    (True, False, False)
    """
    return _NAMED.fullmatch(kernel) is not None


def parse_named(text: str) -> NamedKernels:
    """The kernels by name. Raises ExpressionError with one line.

    >>> parse_named("ntk = NTK(depth=3); lap = Laplace(rate=1)").names
    ('ntk', 'lap')
    >>> parse_named("k = NTK(depth=3)")
    Traceback (most recent call last):
    theory.symbolic.expression_grammar.ExpressionError: kernel: k means something else, ...
    """
    parts = [part for part in check_text(text).split(";") if part.strip()]
    if len(parts) > MOST:
        raise ExpressionError(f"kernel: {len(parts)} names, at most {MOST} are allowed")
    members: dict[str, Kernel] = {}
    for part in parts:
        found = _NAMED.fullmatch(part)
        if found is None:
            raise ExpressionError(f"kernel: {part.strip()[:40]!r} has no name, allowed: NAME = KERNEL; NAME = KERNEL")
        name, kernel = found.groups()
        if name in _TAKEN:
            raise ExpressionError(f"kernel: {name} means something else, allowed: a name of your own, as ntk or lap")
        if name in members:
            raise ExpressionError(f"kernel: the name {name} is given twice")
        if is_family(kernel):
            raise ExpressionError(f"kernel: {name} has a depth L that is free, allowed beside others: a number")
        members[name] = parse_kernel(kernel)
    return NamedKernels(tuple(members.items()))


def check_names(sides: tuple[Node, Node], kernels: NamedKernels | None) -> None:
    """Every function of a kernel says of which one, and where kernels have no names none does."""
    for node in (part for side in sides for part in walk(side)):
        if not isinstance(node, Call):
            continue
        name, dot, _ = node.name.partition(".")
        if not dot and (kernels is None or name not in KERNEL_FUNCTIONS):
            continue
        if kernels is None:
            raise ExpressionError(f"{node.name}: no kernel is called {name}, give it as kernel {name} = KERNEL")
        if dot and name not in kernels.names:
            close = suggestion(name, kernels.names)
            raise ExpressionError(
                f"{node.name}: no kernel is called {name}, allowed: {', '.join(kernels.names)}{close}"
            )
        if not dot:
            allowed = ", ".join(f"{kernels.names[0]}.{of_it}" for of_it in OF_NAMED)
            raise ExpressionError(f"{node.name}: of which kernel? allowed: {allowed}")


def names_in(*sides: Node) -> set[str]:
    """The names of kernels that occur.

    >>> from theory.language.formulas import parse_formula
    >>> sorted(names_in(parse_formula("ntk.mu(k) - lap.mu(k)")))
    ['lap', 'ntk']
    """
    calls = (node.name for side in sides for node in walk(side) if isinstance(node, Call))
    return {name.partition(".")[0] for name in calls if "." in name}


def without_names(side: Node) -> Node:
    """What is said of the one kernel that is spoken of.

    >>> from theory.language.formulas import parse_formula
    >>> from theory.symbolic.expressions import unparse
    >>> unparse(without_names(parse_formula("2*ntk.mu(k)")))
    '2*mu(k)'
    """

    def plain(node: Node) -> Node:
        return Call(node.name.rpartition(".")[2], node.args) if isinstance(node, Call) else node

    return rebuilt(side, plain)
