"""Who may import whom, read from the syntax trees of the shipped code."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SHIPPED = ("theory", "numerics", "verify")
FORBIDDEN_IMPORTS = {
    "theory": {"torch", "numerics", "verify"},
    "numerics": {"sympy", "flint", "theory", "verify"},
    "verify": set(),
}
ONLY_IN = {"matplotlib": "verify/figures/"}
FORBIDDEN_CALLS = {"eval", "exec", "compile", "__import__", "sympify", "parse_expr"}
FORBIDDEN_MODULES = {"pickle", "marshal", "shelve"}
HEAVY = ("torch", "sympy", "matplotlib", "flint", "numpy")


def modules(package: str) -> list[Path]:
    return sorted((ROOT / package).rglob("*.py"))


def imported(tree: ast.AST) -> Iterator[str]:
    """Top-level names of all imports, those inside functions too; relative imports are our own."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield node.module.partition(".")[0]


def called(tree: ast.AST) -> Iterator[str]:
    """Dotted names of everything that is called."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func)


def unpickling(tree: ast.AST) -> list[str]:
    """Calls of numpy's load that do not say allow_pickle=False in so many words."""
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    loads = [node for node in calls if ast.unparse(node.func) in ("numpy.load", "np.load")]
    safe = [node for node in loads for k in node.keywords if (k.arg, ast.unparse(k.value)) == ("allow_pickle", "False")]
    return [ast.unparse(node) for node in loads if node not in safe]


def precision_context_uses(tree: ast.AST) -> list[str]:
    """Every mention of the ball library's context: `flint.ctx`, or `ctx` imported from it."""
    found = [ast.unparse(n) for n in ast.walk(tree) if isinstance(n, ast.Attribute) and n.attr == "ctx"]
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] == "flint":
            found += [alias.name for alias in node.names if alias.name in ("ctx", "flint", "*")]
    return found


def offences(package: str, source: str, name: str = "module.py") -> list[str]:
    """What one module does that its package may not."""
    tree = ast.parse(source)
    found = [f"imports {m}" for m in imported(tree) if m in FORBIDDEN_IMPORTS[package] | FORBIDDEN_MODULES]
    found += [f"imports {m}" for m in imported(tree) if m in ONLY_IN and not name.startswith(ONLY_IN[m])]
    found += [f"calls {c}" for c in called(tree) if c.split(".")[-1] in FORBIDDEN_CALLS and c != "re.compile"]
    found += [f"calls {c}" for c in called(tree) if c in ("torch.load", "os.system")]
    found += unpickling(tree)
    if name != "theory/numbers/balls.py":
        found += [f"touches {c}" for c in precision_context_uses(tree)]
    return found


@pytest.mark.parametrize("package", SHIPPED)
def test_no_module_crosses_its_layer(package: str) -> None:
    paths = modules(package)
    assert paths
    found = {
        name: wrong
        for path in paths
        if (wrong := offences(package, path.read_text(), name := path.relative_to(ROOT).as_posix()))
    }
    assert found == {}


@pytest.mark.parametrize(
    "package, source",
    [
        ("theory", "import torch"),
        ("theory", "def f():\n    from verify.command.cli import run"),
        ("numerics", "import flint.types"),
        ("numerics", "from theory import kernels"),
        ("verify", "import matplotlib.pyplot as plt"),
        ("verify", "import pickle"),
        ("verify", "eval('1')"),
        ("theory", "import sympy\nsympy.sympify('1')"),
        ("numerics", "import torch\ntorch.load('x')"),
        ("numerics", "import numpy as np\nnp.load('x')"),
        ("numerics", "import numpy as np\nnp.load('x', allow_pickle=True)"),
        ("numerics", "import numpy as np\nnp.load('x', allow_pickle=some)"),
        ("theory", "import flint\nflint.ctx.prec = 9"),
        ("theory", "from flint import ctx"),
    ],
)
def test_the_scan_finds_a_planted_offence(package: str, source: str) -> None:
    assert offences(package, source)


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys; from verify.command.cli import run; code = run(['--help']); "
        f"print([m for m in {HEAVY!r} if m in sys.modules], code, file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "[] 0"
    assert "Example:" in done.stdout.splitlines()[-1]
