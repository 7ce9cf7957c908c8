"""The commands that decide many things and keep what they found: train, verify, check, report.

As in `cli`, each turns its arguments into a request and hands text to `emit`; heavy packages are imported inside.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Annotated

import typer

from verify.command import completion
from verify.command.lists import listed
from verify.command.options import (
    CHECK_FORMATS,
    DEVICES,
    PROFILES,
    RUN_FORMATS,
    Kernels,
    Out,
    Profile,
    Quiet,
    RunFormat,
    choice,
)
from verify.running.arguments import known, one_of, read_count
from verify.running.console import BAD_REQUEST, FAILED, OK, BadRequest, emit, say
from verify.running.extras import need
from verify.running.screen import broken, reader_width


def train(
    experiment: Annotated[
        str,
        typer.Argument(
            metavar="EXPERIMENT", help="its name; a wrong one lists all", autocompletion=completion.experiments
        ),
    ],
    set_: Annotated[
        list[str] | None,
        typer.Option(
            "--set", metavar="KEY=VALUE", help="a setting; V,V,... runs each", autocompletion=completion.settings
        ),
    ] = None,
    seeds: Annotated[str | None, typer.Option(metavar="N", help="networks, an integer >= 1")] = None,
    seed: Annotated[str | None, typer.Option(metavar="N", help="the first seed, an integer >= 0")] = None,
    profile: Profile = "quick",
    device: Annotated[str, choice(DEVICES)] = "cpu",
    beyond_edge: Annotated[bool, typer.Option("--beyond-edge", help="allow steps beyond 2/lambda_max")] = False,
    jobs: Annotated[str | None, typer.Option(metavar="N", help="processes; as many as cores without it")] = None,
    scheduler: Annotated[str | None, typer.Option(metavar="ADDRESS", help="of a Dask cluster: tcp://HOST:PORT")] = None,
    resume: Annotated[bool, typer.Option("--resume/--fresh", help="use what is on disk, or train anew")] = True,
    format: RunFormat = "text",
    out: Annotated[Path, typer.Option(metavar="DIR", help="results go to DIR/train")] = Path("results"),
    quiet: Quiet = False,
) -> int:
    """Train an experiment's networks, keep the curves, say whether they follow the theory, draw both."""
    from numerics.experiments import experiment_modules, written_settings

    known("experiment", [experiment], list(experiment_modules()), "experiments")
    one_of("--profile", profile, PROFILES)
    one_of("--format", format, RUN_FORMATS)
    if (written := written_settings(experiment)) is not None:  # without torch, where the experiment's file says enough
        for setting in set_ or ():
            one_of("--set", setting.partition("=")[0], completion.settable(written))
    networks = None if seeds is None else read_count("--seeds", seeds, 1)
    first = None if seed is None else read_count("--seed", seed, 0)
    many = None if jobs is None else read_count("--jobs", jobs, 1)
    need("train", "networks", "report", *["cluster"] * (scheduler is not None))
    from verify.command import train as training

    settings = tuple(set_ or ())
    request = training.Request(
        experiment, profile, settings, networks, first, device, beyond_edge, many, scheduler, resume, out
    )
    return training.train(request, format, quiet)


def verify(
    claim: Annotated[
        list[str] | None,
        typer.Argument(metavar="CLAIM...", help="ids; all of the profile without", autocompletion=completion.claims),
    ] = None,
    profile: Profile = "quick",
    seed: Annotated[str, typer.Option(metavar="N", help="seed of everything random, an integer >= 0")] = "0",
    jobs: Annotated[str | None, typer.Option(metavar="N", help="processes; the number of cores without it")] = None,
    scheduler: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="of a Dask cluster that trains: tcp://HOST:PORT")
    ] = None,
    device: Annotated[str, choice(DEVICES, "that trains: ")] = "cpu",
    resume: Annotated[
        bool, typer.Option("--resume/--fresh", help="keep entries and networks of an earlier run, or all anew")
    ] = False,
    list_: Annotated[bool, typer.Option("--list", help="decide nothing: list claims, profile, kind, source")] = False,
    all_: Annotated[bool, typer.Option("--all", help="print every verdict, what holds too")] = False,
    planted: Annotated[bool, typer.Option("--planted", help="plant wrong twins instead: all must be rejected")] = False,
    format: RunFormat = "text",
    out: Annotated[Path, typer.Option(metavar="DIR", help="where ledger, table and runs go")] = Path("results"),
    quiet: Quiet = False,
) -> int:
    """Decide the published statements, write the ledger, print what is refuted and what holds instead.

    --all prints every verdict, CLAIM... all that is known of these; --list decides nothing and lists them.
    """
    from verify.claims import claim_ids

    known("claim", claim or (), claim_ids(), "claims")
    one_of("--profile", profile, PROFILES)
    one_of("--format", format, RUN_FORMATS)
    one_of("--device", device, DEVICES)
    if list_:
        listed(claim, format, None, quiet)
        return OK
    count = read_count("--jobs", jobs, 1) if jobs is not None else (os.cpu_count() or 1)
    first_seed = read_count("--seed", seed, 0)
    need("verify", "networks", "report", *["cluster"] * (scheduler is not None))
    from verify.command.verify import choose, verify_claims
    from verify.ledger.run import Run

    request = Run(profile, first_seed, count, resume, out, scheduler, device)
    if device != "cpu":
        from verify.networks.runs import known_device

        known_device(device, scheduler)
    if scheduler is not None:
        from verify.networks.runs import runner_of

        with runner_of(None, scheduler):  # one that does not answer is refused before any work
            pass
    if planted:
        from verify.command.planted import verify_planted

        return verify_planted(choose(claim), request, format, quiet)
    return verify_claims(choose(claim), request, format, quiet, named=bool(claim), whole=all_)


def check(
    statements: Annotated[
        str,
        typer.Argument(
            metavar="FILE.toml|STATEMENT",
            help="statements, - standard input; or one statement; `spectral-bias grammar` shows how",
        ),
    ],
    kernel: Annotated[
        str | None, typer.Option(metavar="KERNEL", help="of one statement", autocompletion=completion.kernels)
    ] = None,
    for_: Annotated[
        list[str] | None,
        typer.Option("--for", metavar="CONDITION", help='of one statement, as "k even"; again for more'),
    ] = None,
    kernels: Kernels = None,
    explain: Annotated[bool, typer.Option("--explain", help="each proof as a paragraph")] = False,
    proofs: Annotated[bool, typer.Option("--proofs", help="the replayed steps of every proof, too")] = False,
    jobs: Annotated[str, typer.Option(metavar="N", help="processes")] = "1",
    format: Annotated[str, choice(CHECK_FORMATS)] = "text",
    out: Out = None,
    quiet: Quiet = False,
) -> int:
    """Decide statements. Exit code 0 if all hold, 1 if one does not, 2 if one cannot be read."""
    from verify.command.check import REFUSED, Wanted, decided, one_claim, read_claims
    from verify.command.check_formats import render

    one_of("--format", format, CHECK_FORMATS)
    many = read_count("--jobs", jobs, 1)
    path = Path(statements) if _is_file(statements) else None
    if path is not None and (kernel or for_):
        raise BadRequest("--kernel and --for go with one statement; those of a file stand in it")
    claims = read_claims(path) if path is not None else [one_claim(statements, kernel, for_ or ())]
    verdicts: dict[int, dict] = {}
    try:
        verdicts.update(decided(claims, quiet, Wanted(proofs, explain, kernels), many))
    finally:  # an interruption keeps what is decided
        if verdicts:
            found = sorted(verdicts)
            lines = [claims[number].line for number in found]
            text = render([verdicts[number] for number in found], format, path, lines)
            width = reader_width() if format == "text" and out is None else None
            emit(text if width is None else broken(text, width), out, quiet)
    truths = [verdict["truth"] for verdict in verdicts.values()]
    if REFUSED in truths:
        say(f"{truths.count(REFUSED)} of {len(truths)} statements cannot be read", quiet)
        return BAD_REQUEST
    return OK if set(truths) == {"HOLDS"} else FAILED


def _is_file(statements: str) -> bool:
    """A name of a file, also one that is not there: no statement is without a relation or a space around one."""
    return statements == "-" or not re.search(r"[=<>~≤≥≠∼]|\\", statements)


def report(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="a folder that `verify` wrote")] = Path("results"),
    out: Annotated[Path | None, typer.Option(metavar="DIR", help="the report's folder; DIR/report without it")] = None,
    format: RunFormat = "text",
    quiet: Quiet = False,
) -> None:
    """Turn a ledger into pages that open from disk (index.html) and an appendix for a paper (appendix.tex)."""
    from verify.report import write_report
    from verify.running.documents import report_json

    one_of("--format", format, RUN_FORMATS)
    need("report", "networks", "report")
    written = write_report(folder, out, quiet)
    say(f"wrote {written / 'index.html'}", quiet)
    if format == "json":
        emit(report_json(written))
