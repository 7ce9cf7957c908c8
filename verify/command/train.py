"""`spectral-bias train`: one experiment, or a sweep of it, trained, kept, judged and drawn."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from itertools import product
from math import isfinite
from pathlib import Path
from typing import Any

from rich.progress import ProgressColumn, Task, TextColumn
from rich.text import Text

from numerics.experiments import experiment_modules, load_experiment
from numerics.experiments import sweeps as sweep
from numerics.networks.training import TrainingDiverged
from theory.numbers.truth import Truth
from verify.command.completion import setting_names
from verify.findings.claim import PROFILES, Finding
from verify.networks import judge_of
from verify.networks.runs import known_device, refuse_equal_seeds, runner_of
from verify.running.arguments import known, one_of
from verify.running.console import FAILED, OK, BadRequest, emit, say, write_whole
from verify.running.documents import as_json
from verify.running.progress import counted, lines

MOST_RUNS = 1000  # combinations of one sweep
FIRST_SEED = 10_000  # as of the claims: below are seeds of tests and of pilots


@dataclass(frozen=True, slots=True)
class Request:
    """What is to run: an experiment, its profile and settings, the place, and who runs it.

    settings: "KEY=VALUE" or "KEY=VALUE,VALUE,...", the latter a sweep.
    """

    name: str
    profile: str = "quick"
    settings: tuple[str, ...] = ()
    seeds: int | None = None
    seed: int | None = None
    device: str = "cpu"
    beyond_edge: bool = False
    jobs: int | None = None
    scheduler: str | None = None
    resume: bool = True
    out: Path = Path("results")


def configs(request: Request) -> list[Any]:
    """Every config the request asks for; BadRequest says which names and values are allowed.

    >>> [c.width for c in configs(Request("cao-circle", settings=("width=512,1024",)))]
    [512, 1024]
    """
    known("experiment", [request.name], list(experiment_modules()), "experiments")
    one_of("--profile", request.profile, PROFILES)
    experiment = load_experiment(request.name)
    start = experiment.configure(request.profile)
    axes: dict[str, list[Any]] = {"seed": [FIRST_SEED if request.seed is None else request.seed]}
    if request.seeds is not None:
        axes["seeds"] = [request.seeds]
    for setting in request.settings:
        key, values = _setting(request.name, start, setting)
        axes[key] = values
    if request.beyond_edge:
        if not hasattr(start, "beyond_edge"):
            raise BadRequest(f"--beyond-edge: the steps of {request.name} have no edge that is known beforehand")
        axes["beyond_edge"] = [True]
    if request.device != "cpu":
        axes["device"] = [_device(request, start)]
    found = [experiment.configure(request.profile, **dict(zip(axes, values))) for values in product(*axes.values())]
    judge = judge_of(request.name)
    found = found if judge is None else [judge.prepared(config) for config in found]
    if len(found) > MOST_RUNS:
        raise BadRequest(f"--set: {len(found)} combinations, allowed: at most {MOST_RUNS}")
    return found


def _setting(name: str, start: Any, text: str) -> tuple[str, list[Any]]:
    key, equals, value = text.partition("=")
    if not equals:
        raise BadRequest(f"--set: got {text!r}, allowed: KEY=VALUE, with {', '.join(setting_names(start))}")
    one_of("--set", key, setting_names(start))
    example = getattr(start, key)
    if isinstance(example, tuple):
        return key, [tuple(_value(key, part, example[0]) for part in value.split(","))]
    return key, [_value(key, part, example) for part in value.split(",")]


def _value(key: str, text: str, example: Any) -> Any:
    """The text as a value of the same type as the example."""
    try:
        if isinstance(example, bool):
            return {"true": True, "false": False}[text]
        if isinstance(example, int):
            return int(text)
        if isinstance(example, float):
            value = float(text)
            if not isfinite(value):
                raise ValueError
            return value
    except (ValueError, KeyError):
        kind = {bool: "true or false", int: "a whole number", float: "a finite number"}[type(example)]
        raise BadRequest(f"--set: {key} = {text!r}, allowed: {kind}, as {example}") from None
    return text


def _device(request: Request, start: Any) -> str:
    if not hasattr(start, "device"):
        clean = ", ".join(name for name in experiment_modules() if load_experiment(name).has_device)
        raise BadRequest(f"--device: {request.name} runs on the cpu alone; on {request.device} run {clean}")
    return known_device(request.device, request.scheduler)


def train(request: Request, form: str = "text", quiet: bool = False) -> int:
    """Train what is not on disk yet; print a line per run, or all verdicts as JSON; the exit code.

    Below OUT/train: results as NetCDF, and for each run a figure (png, pdf, svg, csv) and its verdict as
    JSON. Exit code 0 where no verdict FAILS, 1 otherwise or where a run diverged.
    """
    tasks = [(request.name, config) for config in configs(request)]
    folder = request.out / "train"
    _writable(folder)
    for task in tasks:
        for path in sweep.other_versions(folder, *task):
            say(f"{path.name} was made by other versions or other code: kept, not used", quiet)
        if not request.resume and (aside := sweep.set_aside(folder, *task)) is not None:
            say(f"kept the earlier result as {aside.name}", quiet)
    runs = []
    try:
        with runner_of(request.jobs, request.scheduler) as runner, _report(request, quiet) as report:
            for task, data in sweep.sweep(tasks, folder, runner, report):
                runs.append(_judged(task, data, folder))
                if form == "text":
                    emit(_line(task, runs[-1]) + "\n")
    except TrainingDiverged as error:
        say(f"{request.name} diverged: {error}; finished parts are kept in {folder}")
        return FAILED
    except KeyboardInterrupt:
        say(f"finished parts are kept in {folder}: the same command goes on from there", quiet)
        raise
    if form == "json":
        emit(as_json(runs=runs))
    say(f"results and figures in {folder}", quiet)
    return FAILED if any(run["truth"] == "FAILS" for run in runs) else OK


def _writable(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / ".writable"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise BadRequest(
            f"--out: cannot write to {str(folder)!r}: {error.strerror}, allowed: a writable folder"
        ) from None


class _Rate(ProgressColumn):
    """Networks a second."""

    def render(self, task: Task) -> Text:
        return Text(f"{task.speed:.2g}/s" if task.speed else "")


@contextmanager
def _report(request: Request, quiet: bool) -> Iterator[Callable[[int, int, str], None]]:
    line = lines(quiet)
    with counted(request.name, quiet, TextColumn("seeds"), _Rate()) as tell:

        def report(done: int, total: int, name: str) -> None:
            tell(done, total, name)
            line(f"{name}: {done} of {total} seeds")

        yield report


def _judged(task: sweep.Task, data: Any, folder: Path) -> dict[str, Any]:
    """The verdict on one result as a dictionary; written beside it, with the figure where there is one."""
    from verify.figures import figure_of
    from verify.figures.style import save_all

    name, config = task
    stem = sweep.path_of(folder, name, config).with_suffix("")
    verdict = as_json(experiment=name, config=asdict(config), **asdict(_finding(task, data)))
    write_whole(stem.with_suffix(".json"), verdict)
    draw = figure_of(name)
    if draw is not None:
        save_all(draw(data), stem)
    return json.loads(verdict)


def _finding(task: sweep.Task, data: Any) -> Finding:
    name, config = task
    judge = judge_of(name)
    if judge is None:
        return Finding(Truth.UNDECIDED, None, name, f"no module of verify.networks judges {name}")
    try:
        refuse_equal_seeds(data, config)
        return judge.finding(config, data)
    except ValueError as error:  # sizes at which the statistics refuse a verdict, or seeds that are none
        return Finding(Truth.UNDECIDED, None, f"{name} at these sizes", " ".join(str(error).split()))


def _line(task: sweep.Task, finding: dict[str, Any]) -> str:
    name, config = task
    sizes = ", ".join(f"{key} {value}" for key, value in asdict(config).items() if type(value) is int)
    return f"{name} ({sizes}): {finding['truth']}: {finding['why']}"
