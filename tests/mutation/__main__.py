"""Do the fast tests notice a wrong line? Random mutants of theory and of the statistics.

    python -m tests.mutation [COUNT] [SEED] [FOLDER]

A mutant is killed when one of the fast tests that run the changed statement fails, and out of time
when they need FACTOR times the CPU seconds of the original and ALLOWANCE more: counted as killed,
and apart. Of the tests that run it, those of its module and then the quickest are taken until they
need MOST seconds together.
What is found is kept in FOLDER, and a run that was ended goes on there; a mutant once killed stays
so, a survivor is tried again when tests have changed. Prints the survivors, with the explanations
of survivors.toml, and the exact binomial lower bound of the share killed; exit code 0 if at least
WANTED are.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor, as_completed
from hashlib import sha256
from pathlib import Path
from queue import SimpleQueue

from tests.mutation.mutants import Mutant, draw
from tests.mutation.selection import Selection, parts, read_selection, selection, together
from verify.statistics.binomial import binomial_bounds

ROOT = Path(__file__).resolve().parents[2]
COPIED = ("theory", "numerics", "verify", "tests", "tables", "pyproject.toml", "README.md")
TESTED = ("theory", "verify/statistics/equivalence.py", "verify/statistics/ztest.py", "verify/statistics/binomial.py")
TESTS = (
    "tests/theory",
    "theory",
    "tests/verify/statistics/test_equivalence.py",
    "tests/verify/statistics/test_ztest.py",
    "verify/statistics/equivalence.py",
    "verify/statistics/ztest.py",
    "verify/statistics/binomial.py",
    "tests/verify/command/test_check.py",
    "tests/verify/test_worked_statements.py",
    "tests/verify/test_claims_papers.py",
    *(
        f"tests/end_to_end/test_cli_{name}.py"
        for name in ("depth", "kernel", "laws", "rate", "spectrum", "tables", "verify")
    ),
)
SURVIVORS = Path(__file__).with_name("survivors.toml")
WANTED = 0.9
MISS = 0.05  # chance that the two-sided bounds are wrong, half of it for the lower one
MOST = 25.0  # CPU seconds of the tests of one mutant, unless a single test takes more
FACTOR, ALLOWANCE, WAIT = 5, 30, 20
MEMORY = 8 * 2**30
JOBS = int(os.environ.get("JOBS", "2"))
# Tests of speed fail on a busy machine, whatever the mutant: they may not be what kills it.
OPTIONS = ("-q", "-p", "no:cacheprovider", "-p", "no:xdist", "-p", "tests.mutation.plugin", "-k", "not at_once")
GO_ON = "--continue-on-collection-errors"
COVERAGE = ("--cov=theory", "--cov=verify", "--cov-context=test", "--cov-report=")
KILLED, LATE, SURVIVED = "killed", "out of time", "SURVIVED"


def files(*names: str) -> list[str]:
    """The Python files of these folders, and these files, below ROOT."""
    found = (p for name in names for p in [ROOT / name, *(ROOT / name).rglob("*.py")])
    return sorted(p.relative_to(ROOT).as_posix() for p in found if p.is_file())


def digest() -> str:
    """Of the sources and the fast tests."""
    whole = sha256()
    for name in files("theory", "verify", "tests/conftest.py", *TESTS):
        whole.update(name.encode() + (ROOT / name).read_bytes())
    return whole.hexdigest()[:16]


def pytest(folder: Path, arguments: Iterable[str], **variables: object) -> subprocess.Popen[str]:
    """The fast tests in a copy of the sources."""
    environment = os.environ | {name: str(value) for name, value in variables.items()}
    environment |= {"PYTHONPATH": str(folder), "OMP_NUM_THREADS": "1", "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-m", "pytest", *OPTIONS, *arguments]
    return subprocess.Popen(command, cwd=folder, env=environment, stdout=subprocess.PIPE, text=True)


def groups() -> list[tuple[str, ...]]:
    """The files of tests, folder by folder, and `theory` for its examples: each group is traced by one process."""
    found: dict[str, list[str]] = {}
    for name in TESTS:
        for path in files(name) if name.startswith("tests/") else [name]:
            if not name.startswith("tests/") or Path(path).name.startswith("test_"):
                found.setdefault(str(Path(path).parent), []).append(path)
    return [tuple(paths) for paths in found.values()]


def traced(group: tuple[str, ...], folder: Path) -> Selection:
    """Which lines the tests of one group run, and their CPU seconds; then again, quickest first.

    A test that fails without any mutant, alone or in another order, can kill none: it is left out.
    An alarm that rings inside the tracer ends what coverage.py keeps: then each file is traced alone.
    """
    times, data, order = (folder / name for name in ("times.json", "coverage.data", "order.txt"))
    variables = {"MUTATION_TIMES": times, "MUTATION_FRESH": 1, "COVERAGE_FILE": data}
    first = pytest(folder, (GO_ON, *COVERAGE, *group), **variables)
    output, _ = first.communicate()
    if first.returncode not in (0, 1, 5):  # 1: some failed, 5: there is none
        sys.exit(f"pytest itself failed in {' '.join(group)}:\n{output[-2000:]}")
    seconds = json.loads(times.read_text(encoding="utf-8"))
    found = selection(folder, files(*TESTED), data, {n: s for n, s in seconds.items() if s is not None})
    data.unlink(missing_ok=True)
    if found.seconds and not any(found.ran.values()):
        if len(group) > 1:
            return together([traced((file,), folder) for file in group])
        print(f"left out, since coverage.py kept nothing of it: {group[0]}", flush=True)
        return Selection({}, {})
    order.write_text("\n".join(sorted(seconds, key=lambda n: seconds[n] or 0)), encoding="utf-8")
    pytest(folder, (GO_ON, *group), MUTATION_TESTS=order, MUTATION_TIMES=times).communicate()
    again = json.loads(times.read_text(encoding="utf-8"))
    right = {n: s for n, s in found.seconds.items() if again.get(n) is not None}
    for name in sorted(seconds.keys() - right.keys()):
        print(f"left out, since it fails without any mutant: {name}", flush=True)
    return Selection(found.ran, right)


def selected(kept: Path, free: SimpleQueue[Path], pool: ThreadPoolExecutor) -> Selection:
    """Which tests run which line: kept, group by group, or found by running them."""
    state = digest()

    def found(group: tuple[str, ...]) -> Selection:
        path = kept / f"selection-{state}" / f"{Path(group[0]).parent.as_posix().replace('/', '.')}-{len(group)}.json"
        if not path.exists():
            folder = free.get()
            try:
                traced(group, folder).write(path)
            finally:
                free.put(folder)
        return read_selection(path)

    (kept / f"selection-{state}").mkdir(exist_ok=True)
    return together(list(pool.map(found, groups())))


def judge(mutant: Mutant, known: Selection, folder: Path) -> tuple[str, str]:
    """What became of it: KILLED, LATE or SURVIVED, and by which test or limit."""
    tests = known.tests(mutant.module, mutant.before, mutant.line, MOST)
    if not tests:
        return SURVIVED, "no test runs it"
    (folder / mutant.module).write_text(mutant.code, encoding="utf-8")
    try:
        for part in parts(tests):
            limit = int(FACTOR * sum(known.seconds[test] for test in part)) + ALLOWANCE
            if (death := killed(part, limit, folder)) is not None:
                return death
    finally:
        shutil.copy(ROOT / mutant.module, folder / mutant.module)
    return SURVIVED, f"{len(tests)} tests pass"


def killed(tests: list[str], limit: int, folder: Path) -> tuple[str, str] | None:
    """What killed the mutant in a folder, None if the tests pass; the limit is of CPU time."""
    asked = folder / "asked.txt"
    asked.write_text("\n".join(tests), encoding="utf-8")
    arguments = ("-x", *dict.fromkeys(test.partition("::")[0] for test in tests))
    variables = {"MUTATION_TESTS": asked, "MUTATION_SECONDS": limit, "MUTATION_MEMORY": MEMORY}
    run = pytest(folder, arguments, **variables)
    try:
        output, _ = run.communicate(timeout=WAIT * limit)  # for those that sleep
    except subprocess.TimeoutExpired:
        run.kill()
        run.communicate()
        return LATE, f"more than {WAIT * limit} s"
    # 5: the mutant changed the names of all these tests, and none was left
    if run.returncode in (0, 5):
        return None
    if run.returncode in (-9, -24):  # SIGKILL and SIGXCPU
        return LATE, f"more than {limit} s of CPU time"
    failed = [line for line in output.splitlines() if line.startswith(("FAILED", "ERROR"))]
    return KILLED, (failed or [f"exit code {run.returncode}"])[0]


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


def explanation(mutant: Mutant) -> str | None:
    """Why survivors.toml says that it survives."""
    change = "\n".join(line[0] + line[1:].strip() for line in mutant.difference())
    listed = tomllib.loads(SURVIVORS.read_text(encoding="utf-8")).get("survivor", [])
    return next((s["why"] for s in listed if (s["module"], s["change"].strip()) == (mutant.module, change)), None)


def main(count: int, seed: int, kept: Path) -> int:
    """Draw, run, print; the exit code."""
    kept.mkdir(parents=True, exist_ok=True)
    print(f"{count} mutants, seed {seed}, kept in {kept}", flush=True)
    record, state = kept / "outcomes.jsonl", digest()
    old = [json.loads(line) for line in record.read_text(encoding="utf-8").splitlines()] if record.exists() else []
    done = {o["key"]: o for o in old if o["outcome"] != SURVIVED or o["digest"] == state}
    with tempfile.TemporaryDirectory() as below, ThreadPoolExecutor(JOBS) as pool, record.open("a") as written:
        free = copies(Path(below), JOBS)
        known = selected(kept, free, pool)

        def judged(mutant: Mutant) -> tuple[str, str]:
            folder = free.get()
            try:
                return judge(mutant, known, folder)
            finally:
                free.put(folder)

        mutants = list(draw(ROOT, files(*TESTED), count, seed))
        jobs = {pool.submit(judged, mutant): mutant for mutant in mutants if mutant.key() not in done}
        for number, job in enumerate(as_completed(jobs), count - len(jobs) + 1):
            mutant, (outcome, by) = jobs[job], job.result()
            done[mutant.key()] = {
                "key": mutant.key(),
                "digest": state,
                "module": mutant.module,
                "line": mutant.line,
                "operator": mutant.operator,
                "outcome": outcome,
                "by": by,
                "change": mutant.difference(),
            }
            written.write(json.dumps(done[mutant.key()]) + "\n")
            written.flush()
            print(f"{number}/{count} {mutant.module}:{mutant.line} {mutant.operator}: {outcome}, {by}", flush=True)
    return report(mutants, [done[mutant.key()]["outcome"] for mutant in mutants], seed)


def report(mutants: list[Mutant], outcomes: list[str], seed: int) -> int:
    """Print the survivors and the share killed; the exit code."""
    survivors = [mutant for mutant, outcome in zip(mutants, outcomes, strict=True) if outcome == SURVIVED]
    for mutant in survivors:
        print(f"SURVIVED {mutant.module}:{mutant.line} ({mutant.operator})", *mutant.difference(), sep="\n")
        print(f"    {explanation(mutant) or 'not explained'}")
    count, late = len(mutants), outcomes.count(LATE)
    dead = count - len(survivors)
    lower = binomial_bounds(dead, count, MISS)[0]
    explained = sum(explanation(mutant) is not None for mutant in survivors)
    print(f"{dead} of {count} killed, {late} of them out of time")
    print(f"{explained} of {len(survivors)} survivors explained")
    print(f"{100 * dead / count:.1f} % killed, seed {seed}")
    print(f"at least {100 * lower:.1f} % of all mutants but with chance {MISS / 2:g}")
    return 0 if dead >= WANTED * count else 1


if __name__ == "__main__":
    given = dict(enumerate(sys.argv[1:]))
    asked, drawn = int(given.get(0, 300)), int(given.get(1, int.from_bytes(os.urandom(3))))
    sys.exit(main(asked, drawn, Path(given.get(2, ROOT / "results" / f"mutation-{drawn}"))))
