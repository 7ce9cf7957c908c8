"""The commands that list what there is: kernels, claims, experiments, conventions, grammar; each entry with an example."""

from __future__ import annotations

import ast
import inspect
import shlex
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from verify.command import completion
from verify.command.grammar import GRAMMAR, Rule
from verify.command.options import Kernels, Out, Quiet, RunFormat
from verify.running.arguments import known, one_of
from verify.running.console import PROGRAM, emit
from verify.running.extras import need
from verify.running.screen import screen_width, wrapped

FORMATS = ("text", "json")


@dataclass(frozen=True, slots=True)
class Entry:
    """What there is: its name, what it is in one line, a command or a text that uses it, and facts by name."""

    name: str
    says: str
    example: str
    details: Mapping[str, str] = field(default_factory=dict)


def kernels(kernels: Kernels = None, format: RunFormat = "text", out: Out = None, quiet: Quiet = False) -> None:
    """Every class of kernels: what it is, what it takes, an example."""
    one_of("--format", format, FORMATS)
    from theory.kernels import constructors

    _write("kernels", [_kernel(name, kind) for name, kind in constructors().items()], format, out, quiet)


def claims(
    claim: Annotated[
        list[str] | None, typer.Argument(metavar="CLAIM...", help="ids; all without", autocompletion=completion.claims)
    ] = None,
    format: RunFormat = "text",
    out: Out = None,
    quiet: Quiet = False,
) -> None:
    """Every published statement that is judged: its profile, how it is decided, where it stands. With ids, its words."""
    one_of("--format", format, FORMATS)
    listed(claim, format, out, quiet)


def listed(ids: Sequence[str] | None, format: str, out: Path | None, quiet: bool) -> None:
    """Print the claims of these ids, all without any."""
    from verify.claims import all_claims, claim_ids

    known("claim", ids or (), claim_ids(), "claims")
    every = all_claims()
    chosen = [every[name] for name in dict.fromkeys(ids or every)]
    _write("claims", [_claim(claim) for claim in chosen], format, out, quiet, blocks if ids else claim_rows)


def experiments(
    experiment: Annotated[
        str | None, typer.Argument(metavar="NAME", help="its settings, too", autocompletion=completion.experiments)
    ] = None,
    format: RunFormat = "text",
    out: Out = None,
    quiet: Quiet = False,
) -> None:
    """Every experiment that `train` runs; with a NAME its settings, with the values of each profile."""
    one_of("--format", format, FORMATS)
    from numerics.experiments import experiment_modules

    modules = experiment_modules()
    known("experiment", [experiment] if experiment else [], list(modules), "experiments")
    if experiment is not None:
        need(f"experiments {experiment}", "networks")
    found = {name: _experiment(name, module) for name, module in modules.items() if experiment in (None, name)}
    settings = [] if experiment is None else _settings(experiment)
    _write("experiments", [*found.values(), *settings], format, out, quiet)


def conventions(format: RunFormat = "text", out: Out = None, quiet: Quiet = False) -> None:
    """Whose eigenvalues `--convention` prints: what their number is, and which of our kernels theirs is."""
    one_of("--format", format, FORMATS)
    from theory.spectra.conventions import CONVENTIONS

    example = "spectrum", "NTK(depth=2)", "--dim", "2", "--degrees", "0:3", "--convention"
    entries = [Entry(c.name, f"{c.source}: {c.meaning}", _command(*example, c.name)) for c in CONVENTIONS.values()]
    _write("conventions", entries, format, out, quiet)


def grammar(
    of: Annotated[
        str | None, typer.Argument(metavar="KIND", help="kernel, expression, statement, condition, ...; all without")
    ] = None,
    format: RunFormat = "text",
    out: Out = None,
    quiet: Quiet = False,
) -> None:
    """How kernels, statements, conditions, degrees and files are written, each form with an example."""
    one_of("--format", format, FORMATS)
    entries = [_rule(rule) for rule in GRAMMAR]
    if of is not None:
        one_of("KIND", of, list(dict.fromkeys(entry.details["of"] for entry in entries)))
        entries = [entry for entry in entries if entry.details["of"] == of]
    _write("grammar", entries, format, out, quiet)


def _kernel(name: str, kind: type[Any]) -> Entry:
    takes = [
        p.name if p.default is p.empty else f"{p.name}={p.default}" for p in inspect.signature(kind).parameters.values()
    ]
    example = kind.example or f"{name}(...)"
    says = " ".join((inspect.getdoc(kind) or "").partition("\n\n")[0].split())
    return Entry(name, says, _command("kernel", example), {"takes": ", ".join(takes)})


def _claim(claim: Any) -> Entry:
    from verify.ledger.plain import plain

    kind = "statement" if claim.said else ("procedure" if hasattr(claim.procedure, "judge") else "networks")
    details = {"profile": claim.profile, "kind": kind, "source": str(claim.source), "wording": claim.wording}
    profile = () if claim.profile == "quick" else ("--profile", claim.profile)
    return Entry(
        claim.id, plain(claim.printed) or claim.note or claim.id, _command("verify", claim.id, *profile), details
    )


def _experiment(name: str, module: str) -> Entry:
    """What the first line of its file says; the file is not run, as torch would be with it."""
    spec = find_spec(module)
    assert spec is not None and spec.origin is not None  # it was found as a file
    says = ast.get_docstring(ast.parse(Path(spec.origin).read_text(encoding="utf-8"))) or ""
    return Entry(name, says.partition("\n")[0] or name, _command("train", name))


def _settings(name: str) -> list[Entry]:
    from numerics.experiments import load_experiment
    from verify.command.completion import setting_names

    profiles = load_experiment(name).profiles
    first = next(iter(profiles.values()))
    found = []
    for setting in setting_names(first):
        values = {profile: _value(getattr(config, setting)) for profile, config in profiles.items()}
        says = ", ".join(f"{profile} {value}" for profile, value in values.items())
        found.append(
            Entry(f"--set {setting}", says, _command("train", name, "--set", f"{setting}={values[next(iter(values))]}"))
        )
    return found


def _value(value: Any) -> str:
    """As --set takes it."""
    if isinstance(value, bool):
        return str(value).lower()
    return ",".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _rule(rule: Rule) -> Entry:
    return Entry(f"{rule.of}: {rule.name}", rule.says, rule.example, {"of": rule.of, "kernel": rule.kernel or ""})


def _command(*words: str) -> str:
    return shlex.join((PROGRAM, *words))


def blocks(entries: Sequence[Entry]) -> list[str]:
    """An entry in a few lines: its name with its facts, what it is, the example."""
    width, found = screen_width(), []
    for entry in entries:
        facts = "; ".join(f"{name} {value}" for name, value in entry.details.items() if value and name != "of")
        heading = entry.name + (f" ({facts})" if facts else "")
        found += [line.text for line in wrapped(heading, width)]
        found += [line.text for line in wrapped(entry.says, width, 4, hang=0)] if entry.says else []
        found += [f"      {line}" for line in entry.example.split("\n")]  # as it is, to be copied
    return found


def claim_rows(entries: Sequence[Entry]) -> list[str]:
    """A claim a line: id, profile, kind, source; the last line an example."""
    column, width, rows = max((len(entry.name) for entry in entries), default=0) + 2, screen_width(), []
    for entry in entries:
        of = entry.details
        row = f"{of['profile']}, {of['kind']}: {of['source']}"
        first, *more = [line.text for line in wrapped(row, max(width, column + 20), column)]
        rows += [entry.name.ljust(column) + first[column:], *more]
    return [*rows, f"Example: {entries[0].example}"] if entries else rows


def _write(
    what: str,
    entries: Sequence[Entry],
    format: str,
    out: Path | None,
    quiet: bool,
    written: Callable[[Sequence[Entry]], list[str]] = blocks,
) -> None:
    if format == "json":
        from verify.running.documents import as_json

        told = [asdict(entry) for entry in entries]
        emit(as_json(list=what, entries=told), out, quiet)
        return
    emit("".join(f"{line}\n" for line in written(entries)), out, quiet)


def help_(
    context: typer.Context,
    command: Annotated[str | None, typer.Argument(metavar="COMMAND", help="one of the others; all without")] = None,
    out: Out = None,
    quiet: Quiet = False,
) -> None:
    """What a command does, what it takes, and an example: as COMMAND --help."""
    whole = context.find_root().command
    assert isinstance(whole, TyperGroup)  # it has commands
    with whole.make_context(PROGRAM, [], resilient_parsing=True) as above:
        if command is None:
            emit(f"{above.get_help()}\n", out, quiet)
            return
        one_of("COMMAND", command, list(whole.commands))
        with whole.commands[command].make_context(command, [], parent=above, resilient_parsing=True) as own:
            emit(f"{own.get_help()}\n", out, quiet)
