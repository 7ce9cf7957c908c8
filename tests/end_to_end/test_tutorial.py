"""The tutorial notebook runs from top to bottom, shows what it says, and carries no old outputs."""

from __future__ import annotations

import os
from math import log
from pathlib import Path
from typing import Any

import pytest

import theory as th

TUTORIAL = Path(__file__).resolve().parents[2] / "docs" / "tutorial.ipynb"
TIMEOUT = 300  # seconds of one cell on a busy machine; all take some ten


@pytest.fixture(scope="module")
def executed() -> Any:
    """The notebook after a run in a fresh interpreter."""
    nbformat = pytest.importorskip("nbformat")
    nbclient = pytest.importorskip("nbclient")
    pytest.importorskip("ipykernel")
    notebook = nbformat.read(TUTORIAL, as_version=4)
    assert all(not cell.outputs for cell in notebook.cells if cell.cell_type == "code")
    before = os.environ.get("OMP_NUM_THREADS")
    os.environ["OMP_NUM_THREADS"] = "1"
    try:
        nbclient.NotebookClient(notebook, timeout=TIMEOUT, kernel_name="python3").execute()
    finally:
        os.environ.pop("OMP_NUM_THREADS") if before is None else os.environ.update(OMP_NUM_THREADS=before)
    return notebook


def shown(notebook: Any, beginning: str, kind: str) -> str:
    """What the code cell that begins so shows, of that MIME type."""
    (cell,) = (c for c in notebook.cells if c.source.startswith(f"# {beginning}"))
    (found,) = (o.data[kind] for o in cell.outputs if kind in o.get("data", {}))
    return found


def test_ten_cells_show_formulas_tables_a_verdict_and_a_picture(executed: Any) -> None:
    assert len(executed.cells) == 10
    assert r"\kappa(t) = " in shown(executed, "A kernel", "text/latex")
    assert "<td>0.05078125</td><td>13/256</td>" in shown(executed, "Its eigenvalues", "text/html")
    assert r"\mu_k &\sim" in shown(executed, "How fast", "text/latex")
    assert "<td>FAILS</td>" in shown(executed, "A published", "text/html")
    assert len(shown(executed, "Seen at", "image/png")) > 10_000


MARGIN = 0.12  # width 1024, mean of 8 networks: twice the margin 6 % of the claim rates-circle at 2048


def test_the_trained_networks_follow_the_theory_and_no_other(executed: Any) -> None:
    rows = shown(executed, "The theory", "text/plain").splitlines()[-3:]
    measured = {int(row.split()[0]): float(row.split()[1]) for row in rows}
    assert set(measured) == {1, 2, 4}

    def off(kernel: str) -> list[float]:
        mu = th.float_spectrum(th.parse_kernel(kernel), 1, range(5))
        return [abs(rate / log(1 - mu[k]) - 1) for k, rate in measured.items()]

    assert max(off("NTK(depth=2, layer_scales=(1/2, 1))")) < MARGIN
    assert min(off("NTK(depth=2)")) > MARGIN
