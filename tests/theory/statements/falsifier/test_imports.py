"""The falsifier shares nothing with the deciding path but the parsed statement: read from its imports."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import theory.statements.falsifier

HOME = Path(theory.statements.falsifier.__file__).parent
ALLOWED = {
    "theory.language.formulas": {"KERNEL_FUNCTIONS", "variables", "uses_kernel", "function_of", "parse_formula"},
    "theory.language.statement": {"Statement", "UNIFORMLY"},
    "theory.symbolic.expressions": {
        "ARITHMETIC",
        "Number",
        "Name",
        "Call",
        "Operation",
        "Inner",
        "Node",
        "operands",
        "walk",
        "fold",
    },
    "theory.symbolic.expression_grammar": {"ExpressionError"},
    "theory.symbolic.objects": {"Range"},
    "theory.kernels.parse": {"parse_kernel"},  # the text of a family, with a number for L
    "theory.numbers.truth": {"Truth"},
    "theory.spectra.routes": {"oracle"},
    "theory.kernels": None,
    "theory.kernels.named": {"NamedKernels"},  # which kernel a name means
    "theory.kernels.zonal_expressions": {"polynomial"},
}
OUTSIDE = {
    "numpy",
    "scipy",
    "mpmath",
    "__future__",
    "collections",
    "dataclasses",
    "enum",
    "fractions",
    "functools",
    "itertools",
    "math",
    "re",
    "typing",
}


def imports(source: str) -> Iterator[tuple[str, str]]:
    """(module, name), those inside functions too."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from ((alias.name, "*") for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0
            yield from ((node.module or "", alias.name) for alias in node.names)


def offences(source: str) -> list[str]:
    found = []
    for module, name in imports(source):
        if module.startswith("theory.statements.falsifier") or module == "theory" and name == "falsifier":
            continue
        names = ALLOWED.get(module, set())
        if module.partition(".")[0] not in OUTSIDE and names is not None and name not in names:
            found.append(f"{module}.{name}")
    return found


def test_no_module_imports_what_decides() -> None:
    paths = sorted(HOME.glob("*.py"))
    assert len(paths) > 10
    assert {path.name: found for path in paths if (found := offences(path.read_text()))} == {}


@pytest.mark.parametrize(
    "source",
    [
        "import flint",
        "from theory.statements.values import evaluate",
        "from theory.statements.meaning import plain",
        "import sympy as sp",
        "def f():\n    from theory.spectra.spectrum import eigenvalue",
        "from theory.symbolic.objects import equal",
        "import theory.statements.decide",
        "from theory.language.statement import parse_statement",
        "from theory import instances",
        "from theory.spectra.routes import closed",
    ],
)
def test_the_rule_finds_a_planted_offence(source: str) -> None:
    assert offences(source)
