"""Results of three statements and a grid of one cell, so that a test of the report waits for nothing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from verify.claims import all_claims
from verify.ledger import run as ledger
from verify.ledger.run import Run
from verify.report import grid

NASTY = "<script>alert(\"x\")</script> & 'q' \\input{/etc/passwd} 50% $x$ #1 ~ ^ _ { } \u2265"


def tiny_grid(tell: object = None) -> dict[str, Any]:
    """One cell and one law, so that a test does not wait for theory."""
    values = {"6": "0.5", "15": "0.5", "30": "0.5"}
    eigenvalue = {"degree": 0, "multiplicity": "1", "exact": "1/2", "values": values}
    cell = {"family": "NTK", "depth": 2, "dim": 1, "kernel": "NTK(depth=2)", "law": 0}
    cell["eigenvalues"] = [eigenvalue]
    branch = {"parity": "even", "for": ["k >= 0 even"], "latex": r"\mu_k \sim \frac{1}{k}"}
    law = {
        "kernel": "NTK(depth=2)",
        "dim": None,
        "text": "law",
        "remainder": "",
        "evidence": "proved",
        "source": "closed form",
        "branches": [branch],
        "proofs": [],
    }
    return {"request": grid.request(), "cells": [cell], "laws": [law]}


@pytest.fixture(autouse=True)
def quick_grid(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grid, "compute", tiny_grid)


@pytest.fixture(scope="module")
def decided(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """A ledger of a statement that holds, one that fails, and one that is not run."""
    folder = tmp_path_factory.mktemp("decided")
    ledger.run({name: all_claims()[name] for name in ("cao-parity", "cao-cor-degrees")}, Run(folder=folder))
    document = json.loads((folder / "ledger.json").read_text(encoding="utf-8"))
    assert {e["truth"] for e in document["entries"]} == {"HOLDS", "FAILS"}
    schema = json.loads((Path(ledger.__file__).parents[1] / "schemas/ledger.json").read_text(encoding="utf-8"))
    later = {key: document["entries"][1][key] for key in schema["$defs"]["entry"]["required"]}
    later |= {"id": "later", "status": "NOT RUN", "truth": None, "evidence": None, "why": "later"}
    document["entries"].append(later)
    return document


@pytest.fixture
def results(decided: dict[str, Any], tmp_path: Path) -> Path:
    """A folder of results that may be changed."""
    folder = tmp_path / "results"
    folder.mkdir()
    (folder / "ledger.json").write_text(json.dumps(decided), encoding="utf-8")
    return folder


def poisoned(value: Any, key: str = "") -> Any:
    """Every free text of an entry made nasty; words of the schema stay."""
    if isinstance(value, dict):
        return {k: poisoned(v, k) for k, v in value.items()}
    if isinstance(value, list):
        return [poisoned(v, key) for v in value]
    fixed = ("id", "wording", "status", "truth", "evidence", "profile", "command", "code", "sources")
    return value if not isinstance(value, str) or key in fixed else value + NASTY
