"""Random mutants: Cosmic Ray changes an operator, comparison, number or condition at one place.

None are those that differ in annotations, in the size of a cache, in slots, in zip's strictness, in
the indentation of JSON or in guard digits alone: no result depends on these (a ball that guard
digits leave too wide is computed again with more, or refused); nor those that are no Python.
"""

from __future__ import annotations

import ast
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import unified_diff
from hashlib import sha256
from pathlib import Path

# Operators that change what is computed; a variable swapped or a decorator dropped dies at import.
FAMILIES = (
    "ReplaceBinaryOperator",
    "ReplaceComparisonOperator",
    "ReplaceUnaryOperator",
    "NumberReplacer",
    "AddNot",
    "ReplaceTrueWithFalse",
    "ReplaceFalseWithTrue",
    "ReplaceAndWithOr",
    "ReplaceOrWithAnd",
    "ReplaceBreakWithContinue",
    "ReplaceContinueWithBreak",
    "ZeroIterationForLoop",
)
# Bits of numbers raise on nearly every operand, and == for `is` is often the same: neither is a slip.
UNLIKELY = ("BitOr", "BitAnd", "BitXor", "LShift", "RShift", "Is", "IsNot", "In", "NotIn")
FREE = ("maxsize", "strict", "slots", "indent")  # keywords on which no result depends
LIKELY = ("_In_NotIn", "_NotIn_In", "_Is_IsNot", "_IsNot_Is")


@dataclass(frozen=True, slots=True)
class Mutant:
    """One changed module, and the line of the place that was changed."""

    module: str
    operator: str
    line: int
    before: str
    code: str

    def key(self) -> str:
        """The same for the same change of the same module."""
        return sha256(f"{self.module}\n{self.code}".encode()).hexdigest()[:16]

    def difference(self) -> list[str]:
        """The changed lines, those of the original with -, those of the mutant with +."""
        lines = unified_diff(self.before.splitlines(), self.code.splitlines(), lineterm="", n=0)
        return [line for line in lines if not line.startswith(("---", "+++", "@@"))]


def draw(root: Path, modules: Sequence[str], count: int, seed: int) -> Iterator[Mutant]:
    """That many different mutants, every place of every module being as likely as any other."""
    from cosmic_ray.plugins import get_operator, operator_names

    names = [name for name in operator_names() if name.split("/")[-1].startswith(FAMILIES) and _likely(name)]
    operators = {name: get_operator(name)() for name in sorted(names)}
    sources = {module: (root / module).read_text(encoding="utf-8") for module in modules}
    places = {module: _places(source, operators) for module, source in sources.items()}
    chosen = random.Random(seed)
    drawn: set[str] = set()
    while len(drawn) < count:
        (module,) = chosen.choices(modules, [len(places[m]) for m in modules])
        # A place first, then what to put there: operators with many replacements get no more than others.
        line, options = chosen.choice(places[module])
        name, occurrence = chosen.choice(options)
        code = _changed(sources[module], operators[name], occurrence)
        if code is not None and code not in drawn:
            drawn.add(code)
            yield Mutant(module, name.split("/")[-1], line, sources[module], code)


def _likely(name: str) -> bool:
    """Whether the replacement is of the kind of what it replaces."""
    return name.endswith(LIKELY) or not set(name.split("_")[1:]) & set(UNLIKELY)


def _places(source: str, operators: dict[str, object]) -> list[tuple[int, list[tuple[str, int]]]]:
    """Each place of a module: its line, and the (operator, occurrence) that change it."""
    from cosmic_ray.ast import ast_nodes, get_ast

    seen = dict.fromkeys(operators, 0)
    places: dict[tuple[int, int], list[tuple[str, int]]] = {}
    for node in ast_nodes(get_ast(source)):
        for name, operator in operators.items():
            for start, _ in operator.mutation_positions(node):
                places.setdefault(start, []).append((name, seen[name]))
                seen[name] += 1
    return [(line, options) for (line, _), options in places.items()]


def _changed(before: str, operator: object, occurrence: int) -> str | None:
    """The changed source, None if it means the same or is no Python."""
    from cosmic_ray.mutating import mutate_code

    code = mutate_code(before, operator, occurrence)
    try:
        return None if code is None or _meaning(code) == _meaning(before) else code
    except SyntaxError:
        return None


def _meaning(code: str) -> str:
    """The syntax tree without annotations, FREE keywords and guard digits.

    >>> _meaning("guard = 20") == _meaning("guard = 21"), _meaning("digits = 20") == _meaning("digits = 21")
    (True, False)
    """
    tree = ast.parse(code)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            node.keywords = [k for k in node.keywords if k.arg not in FREE]
            if isinstance(node.func, ast.Name) and node.func.id == "working_precision":
                del node.args[1:]
        if isinstance(node, (ast.Assign, ast.AugAssign)) and _guards(node):
            node.value = ast.Constant(None)
        for field in ("annotation", "returns"):
            if getattr(node, field, None) is not None:
                setattr(node, field, ast.Constant(None))
    return ast.dump(tree)


def _guards(node: ast.Assign | ast.AugAssign) -> bool:
    """Whether it sets guard digits."""
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    return any(isinstance(t, ast.Name) and t.id.lower() == "guard" for t in targets)
