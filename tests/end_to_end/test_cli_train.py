"""`spectral-bias train`: results, verdicts and figures on disk, sweeps, resumption, bad requests."""

from __future__ import annotations

import csv
import json
import re
import shutil
from dataclasses import replace
from functools import wraps
from pathlib import Path
from typing import Any

import pytest
import torch
from jsonschema import Draft202012Validator

import verify.figures
import verify.networks
from numerics.experiments import experiment_modules, sweeps
from numerics.experiments.cao import cao_circle
from verify.command import cli
from verify.command import train as training
from verify.figures import figure_of
from verify.ledger.run import Run
from verify.networks import judge_of, runs

SMALL = ["train", "cao-circle", "--set", "samples=32", "--set", "steps=100", "--seeds", "4", "--jobs", "1"]


def train(folder: Path, *arguments: str) -> int:
    return cli.run([*SMALL, *arguments, "--out", str(folder)])


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("results")
    assert train(folder, "--set", "width=512,640", "--quiet") == 0
    return folder


def test_a_sweep_leaves_a_result_a_verdict_and_figures_for_each_run(trained: Path) -> None:
    kinds = sorted(path.suffix for path in (trained / "train").iterdir())
    assert kinds == sorted([".csv", ".json", ".nc", ".pdf", ".png", ".svg"] * 2)
    verdicts = [json.loads(path.read_text()) for path in (trained / "train").glob("*.json")]
    assert {v["config"]["width"] for v in verdicts} == {512, 640}
    # Four networks cannot confirm anything at the error rates asked for, and must not pretend to.
    assert {v["truth"] for v in verdicts} <= {"UNDECIDED", "FAILS"} and all(v["why"] for v in verdicts)


def test_json_holds_the_verdicts_that_are_kept(trained: Path, capsys: pytest.CaptureFixture[str]) -> None:
    train(trained, "--set", "width=512,640", "--quiet", "--format", "json")
    document = json.loads(capsys.readouterr().out)
    schema = Draft202012Validator(json.loads((Path(cli.__file__).parents[1] / "schemas/train.json").read_text()))
    schema.validate(document)
    kept = [json.loads(path.read_text()) for path in (trained / "train").glob("*.json")]
    assert sorted(kept, key=repr) == sorted(document["runs"], key=repr) and len(kept) == 2
    for change in ({"truth": "TRUE"}, {"config": {}}, {"also": 1}):
        assert not schema.is_valid({"schema": 1, "runs": [kept[0] | change]})


def test_the_csv_holds_what_is_drawn(trained: Path) -> None:
    path = next((trained / "train").glob("*.csv"))
    rows = list(csv.DictReader(path.open()))
    series = {row["series"] for row in rows}
    assert {"degree 1, networks", "degree 1, limit kernel", "degree 6, networks"} <= series
    start = [float(r["y"]) for r in rows if r["series"].endswith("networks") and float(r["x"]) == 0]
    assert start == pytest.approx([1.0] * 4, abs=1e-9)


def test_a_second_call_trains_nothing_and_a_fresh_one_keeps_the_old_result(
    trained: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = shutil.copytree(trained, tmp_path / "results")  # other tests count what lies in the shared one
    calls: list[object] = []
    real = cao_circle.EXPERIMENT

    @wraps(real.measure)  # its module, too: the digest of what it imports is in the key of a run
    def measure(config: Any, *rest: Any) -> Any:
        calls.append(config)
        return real.measure(config, *rest)

    counted = replace(real, measure=measure)
    monkeypatch.setattr(cao_circle, "EXPERIMENT", counted)
    train(folder, "--set", "width=512,640")
    assert calls == []
    train(folder, "--set", "width=512", "--fresh")
    assert len(calls) == 2 and len(list((folder / "train").glob("*.nc"))) == 3
    assert "kept the earlier result" in capsys.readouterr().err


@pytest.mark.parametrize(
    "change, allowed",
    [
        (["--set", "width"], "KEY=VALUE"),
        (["--set", "widht=3"], "did you mean width"),
        (["--set", "width=x"], "a whole number"),
        (["--set", "width=3"], ">= 4"),
        (["--set", "step_size=nan"], "a finite number"),
        (["--set", "step_size=-1"], "step_size > 0"),
        (["--device", "cuda"], "cpu"),
        (["--profile", "big"], "quick, full, paper"),
        (["--seeds", "0"], ">= 1"),
        (["--out", "/proc/nowhere"], "a writable folder"),
    ],
)
def test_bad_requests_are_one_line(
    change: list[str], allowed: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run([*SMALL, "--out", str(tmp_path), *change]) == 2
    out, err = capsys.readouterr()
    assert out == "" and err.count("\n") == 1 and allowed in err
    assert not any(tmp_path.rglob("*.nc"))


@pytest.mark.parametrize("width", [10**13, 10**19])
def test_a_width_beyond_memory_is_one_line_with_the_limit(
    width: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run([*SMALL, "--out", str(tmp_path), "--set", f"width={width}", "--quiet"]) == 2
    err = capsys.readouterr().err
    assert re.search(r"^spectral-bias: not enough memory.*allowed: sizes .* that fit into the \d+ GiB here\n$", err)


def test_divergence_is_one_line_and_exit_code_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert train(tmp_path, "--set", "step_size=1e300", "--beyond-edge", "--quiet") == 1
    assert "diverged: loss" in capsys.readouterr().err


def test_every_experiment_is_judged_and_drawn() -> None:
    names = list(experiment_modules())
    assert all(judge_of(name) and figure_of(name) for name in names)
    assert judge_of("cao-torus") is None and figure_of("cao-torus") is None


def test_an_experiment_that_nobody_judges_or_draws_is_trained_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (verify.figures, verify.networks):
        monkeypatch.setattr(module, "gathered", lambda package, constant: {})
    assert train(tmp_path, "--set", "width=512") == 0
    (verdict,) = (tmp_path / "train").glob("*.json")
    found = json.loads(verdict.read_text(encoding="utf-8"))
    assert (found["truth"], found["why"]) == ("UNDECIDED", "no module of verify.networks judges cao-circle")
    assert {path.suffix for path in (tmp_path / "train").iterdir()} == {".json", ".nc"}


def test_steps_beyond_the_edge_are_asked_for_by_name(capsys: pytest.CaptureFixture[str]) -> None:
    request = training.Request("learning-rate-edge", settings=("factors=0.9,1.1",))
    with pytest.raises(ValueError, match="beyond the edge .* --beyond-edge"):
        training.configs(request)
    assert training.configs(replace(request, beyond_edge=True))[0].factors == (0.9, 1.1)
    assert cli.run(["train", "fourier-1d", "--beyond-edge"]) == 2
    assert "the steps of fourier-1d have no edge" in capsys.readouterr().err


def test_an_experiment_of_numpy_alone_names_those_that_run_on_a_device(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["train", "fourier-decay", "--device", "cuda"]) == 2
    err = capsys.readouterr().err
    assert err.count("\n") == 1 and "on cuda run basri-density, cao-circle" in err and "fourier-decay," not in err


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is one here")
def test_a_device_that_is_not_there_is_refused_before_any_work(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["verify", "cao-experiment", "--device", "cuda"]) == 2
    out, err = capsys.readouterr()
    assert out == "" and err == "spectral-bias: --device: there is no CUDA device here, allowed: cpu\n"
    assert cli.run(["verify", "--device", "cudo"]) == 2
    assert "did you mean cuda" in capsys.readouterr().err


def test_the_device_reaches_the_networks_and_belongs_to_the_key_of_a_result(tmp_path: Path) -> None:
    here, there = (runs.config_of("cao-circle", Run(device=device).context()) for device in ("cpu", "cuda"))
    assert (here.device, there.device) == ("cpu", "cuda")
    assert sweeps.path_of(tmp_path, "cao-circle", here) != sweeps.path_of(tmp_path, "cao-circle", there)
    assert runs.config_of("fourier-decay", Run(device="cuda").context()) == runs.config_of(
        "fourier-decay", Run().context()
    )
