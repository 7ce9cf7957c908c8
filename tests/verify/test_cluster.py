"""The networks of a claim are trained where `verify --scheduler` says."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from numerics.experiments import load_experiment
from tests.cluster import Cluster
from verify.command import cli
from verify.findings.claim import Context
from verify.networks import runs


def test_a_cluster_trains_the_networks_of_a_claim_and_gives_the_same_bits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    circle = load_experiment("cao-circle")
    config = circle.configure("quick", samples=32, width=512, seeds=4, steps=100)
    here = circle.run(config)

    def nobody(*_: object, **__: object) -> None:
        raise AssertionError("trained on this machine")

    monkeypatch.setattr(runs, "completed", nobody)
    runs._finished.clear()
    cluster = Cluster(tmp_path, workers=1)
    try:
        address = cluster.client.scheduler.address
        with runs.recorded() as trained:
            found = runs.obtain("cao-circle", config, Context(folder=tmp_path / "out", scheduler=address))
    finally:
        cluster.close()
    assert all(np.array_equal(found[name], here[name]) for name in here.variables)
    assert [one["experiment"] for one in trained] == ["cao-circle"]
    assert len(list((tmp_path / "out" / "networks").glob("*.nc"))) == 1


def test_a_scheduler_that_is_none_is_refused_before_any_work(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["verify", "rates-circle", "--scheduler", "nowhere://1", "--out", str(tmp_path / "out")]
    assert cli.run(arguments) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1 and "--scheduler: no scheduler at 'nowhere://1'" in said
    assert not (tmp_path / "out").exists()
