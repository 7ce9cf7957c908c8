"""Do the fast tests notice a wrong line? Random mutants of theory and of the statistics.

    python tests/mutation.py [COUNT] [SEED]

Cosmic Ray makes the mutants: an operator, comparison, number or condition changed at one place. They
are drawn with equal chance from all places, run in copies of the sources, and killed when a fast
test fails or takes longer than SECONDS. Mutants that differ in annotations alone are none. Prints
the survivors and the exact binomial lower bound of the share killed; exit code 0 if at least WANTED
are.
"""

from __future__ import annotations

import ast
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from difflib import unified_diff
from pathlib import Path
from queue import SimpleQueue

ROOT = Path(__file__).resolve().parent.parent
COPIED = ("theory", "numerics", "verify", "tests", "pyproject.toml", "README.md", "Makefile", "constraints.txt")
WANTED = 0.9
MISS = 0.05  # chance that the two-sided bounds are wrong, half of it for the lower one
SECONDS = 600  # for the tests of one mutant; those of the original take a fourth
JOBS = 2
# The fast tests, those that find most first.
TESTS = (
    "tests/theory/test_closed.py", "tests/theory/test_spectrum.py", "tests/theory/test_kernels.py",
    "tests/theory/test_statement.py", "tests/theory/test_hypergeometric.py", "tests/theory/test_instances.py",
    "tests/theory/test_proof_twins.py", "tests/theory/test_tables.py", "tests/theory/test_conventions.py",
    "tests/theory/test_routes.py", "tests/theory/test_decide.py", "tests/theory/test_decay.py", "theory",
)  # fmt: skip
OWN_TESTS = {"verify/statistics.py": ("tests/verify/test_statistics.py", "verify/statistics.py")}
# Operators that change what is computed; a variable swapped or a decorator dropped dies at import.
FAMILIES = ("ReplaceBinaryOperator", "ReplaceComparisonOperator", "ReplaceUnaryOperator", "NumberReplacer", "AddNot",
            "ReplaceTrueWithFalse", "ReplaceFalseWithTrue", "ReplaceAndWithOr", "ReplaceOrWithAnd",
            "ReplaceBreakWithContinue", "ReplaceContinueWithBreak", "ZeroIterationForLoop")  # fmt: skip
# Bits of numbers raise on nearly every operand, and == for `is` is often the same: neither is a slip.
UNLIKELY = ("BitOr", "BitAnd", "BitXor", "LShift", "RShift", "Is", "IsNot", "In", "NotIn")
LIKELY = ("_In_NotIn", "_NotIn_In", "_Is_IsNot", "_IsNot_Is")


@dataclass(frozen=True, slots=True)
class Mutant:
    """One changed module."""

    module: str
    operator: str
    code: str

    def difference(self) -> str:
        """The changed lines, with the place."""
        before = (ROOT / self.module).read_text(encoding="utf-8").splitlines()
        lines = unified_diff(before, self.code.splitlines(), lineterm="", n=0)
        return "\n".join(line for line in lines if not line.startswith(("---", "+++")))


def modules() -> list[str]:
    """What is mutated, as paths below ROOT."""
    found = [p.relative_to(ROOT).as_posix() for p in (ROOT / "theory").rglob("*.py")]
    return [*sorted(found), "verify/statistics.py"]


def draw(count: int, seed: int) -> Iterator[Mutant]:
    """That many different mutants, every place of every module being as likely as any other."""
    from cosmic_ray.plugins import get_operator, operator_names

    names = [name for name in operator_names() if name.split("/")[-1].startswith(FAMILIES) and _likely(name)]
    operators = {name: get_operator(name)() for name in names}
    chosen, known = random.Random(seed), modules()
    places = {module: _places(module, operators) for module in known}
    drawn: set[str] = set()
    while len(drawn) < count:
        (module,) = chosen.choices(known, [len(places[m]) for m in known])
        # A place first, then what to put there: operators with many replacements get no more than others.
        options = chosen.choice(places[module])
        name, occurrence = chosen.choice(options)
        mutant = _mutant(module, name, operators[name], occurrence)
        if mutant is not None and mutant.code not in drawn:
            drawn.add(mutant.code)
            yield mutant


def _likely(name: str) -> bool:
    """Whether the replacement is of the kind of what it replaces."""
    return name.endswith(LIKELY) or not set(name.split("_")[1:]) & set(UNLIKELY)


def _places(module: str, operators: dict[str, object]) -> list[list[tuple[str, int]]]:
    """The (operator, occurrence) that change each place of a module."""
    from cosmic_ray.ast import ast_nodes, get_ast

    seen = dict.fromkeys(operators, 0)
    places: dict[tuple[int, int], list[tuple[str, int]]] = {}
    for node in ast_nodes(get_ast((ROOT / module).read_text(encoding="utf-8"))):
        for name, operator in operators.items():
            for start, _ in operator.mutation_positions(node):
                places.setdefault(start, []).append((name, seen[name]))
                seen[name] += 1
    return list(places.values())


def _mutant(module: str, name: str, operator: object, occurrence: int) -> Mutant | None:
    """The changed module, None if it means the same or is no Python."""
    from cosmic_ray.mutating import mutate_code

    before = (ROOT / module).read_text(encoding="utf-8")
    code = mutate_code(before, operator, occurrence)
    try:
        same = code is None or _meaning(code) == _meaning(before)
    except SyntaxError:
        return None
    return None if same else Mutant(module, name.split("/")[-1], code)


def _meaning(code: str) -> str:
    """The syntax tree without annotations, which nothing evaluates."""
    tree = ast.parse(code)
    for node in ast.walk(tree):
        for field in ("annotation", "returns"):
            if getattr(node, field, None) is not None:
                setattr(node, field, ast.Constant(None))
    return ast.dump(tree)


def nearest_first(module: str) -> tuple[str, ...]:
    """Where a mutant is likeliest to be noticed first, then all fast tests.

    >>> nearest_first("theory/spectrum.py")[:2]
    ('theory/spectrum.py', 'tests/theory/test_spectrum.py')
    """
    named = f"tests/theory/test_{Path(module).stem}.py"
    near = (module, *((named,) if (ROOT / named).exists() else ()))
    return OWN_TESTS.get(module) or tuple(dict.fromkeys(near + TESTS))


def killed(mutant: Mutant | None, folder: Path) -> str | None:
    """What killed it, None if it survives; without a mutant, the tests of the original."""
    tests = TESTS
    if mutant is not None:
        (folder / mutant.module).write_text(mutant.code, encoding="utf-8")
        tests = nearest_first(mutant.module)
    # Tests of speed fail on a busy machine, whatever the mutant: they may not be what kills it.
    options = ("-q", "-x", "-p", "no:cacheprovider", "-p", "no:xdist", "-k", "not at_once")
    command = [sys.executable, "-m", "pytest", *options, *tests]
    environment = os.environ | {"PYTHONPATH": str(folder), "OMP_NUM_THREADS": "1", "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        done = subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, text=True, timeout=SECONDS
        )
    except subprocess.TimeoutExpired:
        return f"more than {SECONDS} s"
    finally:
        if mutant is not None:
            shutil.copy(ROOT / mutant.module, folder / mutant.module)
    failed = [line for line in done.stdout.splitlines() if line.startswith(("FAILED", "ERROR"))]
    return None if done.returncode == 0 else (failed or [f"exit code {done.returncode}"])[0]


def copies(below: Path, count: int) -> SimpleQueue[Path]:
    """Folders with the sources, free for use."""
    free: SimpleQueue[Path] = SimpleQueue()
    for number in range(count):
        folder = below / str(number)
        folder.mkdir()
        for name in COPIED:
            source = ROOT / name
            ignore = shutil.ignore_patterns("__pycache__")
            shutil.copytree(source, folder / name, ignore=ignore) if source.is_dir() else shutil.copy(source, folder)
        free.put(folder)
    return free


def main(count: int, seed: int) -> int:
    """Draw, run, print; the exit code."""
    from verify.statistics import binomial_bounds

    started = time.perf_counter()
    print(f"{count} mutants, seed {seed}", flush=True)
    with tempfile.TemporaryDirectory() as below, ThreadPoolExecutor(JOBS) as pool:
        free = copies(Path(below), JOBS)

        def judged(mutant: Mutant | None) -> str | None:
            folder = free.get()
            try:
                return killed(mutant, folder)
            finally:
                free.put(folder)

        broken = judged(None)
        if broken is not None:
            print(f"the tests fail without any mutant: {broken}")
            return 1
        jobs = {pool.submit(judged, mutant): mutant for mutant in draw(count, seed)}
        survivors = []
        for number, job in enumerate(as_completed(jobs), 1):
            mutant, death = jobs[job], job.result()
            survivors += [mutant] if death is None else []
            print(f"{number}/{count} {mutant.module} {mutant.operator}: {death or 'SURVIVED'}", flush=True)
    for mutant in survivors:
        print(f"SURVIVED {mutant.module} ({mutant.operator})\n{mutant.difference()}")
    dead = count - len(survivors)
    lower = binomial_bounds(dead, count, MISS)[0]
    print(f"{dead} of {count} killed, {100 * dead / count:.1f} %; at least {100 * lower:.1f} % of all mutants "
          f"but with chance {MISS / 2:g}; seed {seed}, {time.perf_counter() - started:.0f} s")  # fmt: skip
    return 0 if dead >= WANTED * count else 1


if __name__ == "__main__":
    given = [int(argument) for argument in sys.argv[1:]]
    sys.exit(main(*(given + [300, int.from_bytes(os.urandom(3))][len(given):])))
