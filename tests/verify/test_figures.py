"""Figures of laws: the points are certified eigenvalues, the lines the law, the files whole."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from theory.kernels import NTK, Kernel, Laplace
from theory.laws.decay import decay
from verify.figures.decay import decay_curves
from verify.figures.law import curve, law_figure, plot_law
from verify.running.console import BadRequest

LAST_ERROR = 0.05  # of the leading term at k = 200 or d = 1000, whose first correction is of order 1/k, 1/d


@pytest.mark.parametrize(
    ("kernel", "variable", "fixed"),
    [(NTK(3), "k", {"dim": 2}), (NTK(2), "d", {"degree": 4}), (Laplace(1), "k", {"dim": 3})],
    ids=str,
)
def test_eigenvalues_approach_the_line(kernel: Kernel, variable: str, fixed: dict[str, int]) -> None:
    law = decay(kernel, variable, **fixed)
    for branch in law.law:
        places, values, predicted = curve(law, branch)
        errors = [abs(v / p - 1) for v, p in zip(values, predicted, strict=True)]
        assert errors[-1] < LAST_ERROR < errors[0]
        assert len(places) == len(values) == len(predicted) > 10


def test_a_figure_says_of_which_sphere_and_in_which_normalisation() -> None:
    figure = law_figure(decay(NTK(2), "k", dim=2))
    assert figure.get_suptitle() == "NTK(depth=2) on S^2"
    assert figure.axes[0].get_ylabel() == "eigenvalue mu_k, d = 2 (probability measure, P_k(1) = 1)"
    assert law_figure(decay(NTK(2), "d", degree=2)).get_suptitle() == "NTK(depth=2) on S^d"


def test_curves_say_their_width_and_what_the_band_is() -> None:
    values = np.full((3, 4, 1), 0.5)
    data = xr.Dataset(
        {"network": (("seed", "step", "degree"), values), "gram": (("step", "degree"), values[0])},
        {"step": range(4), "degree": [1]},
        {"experiment": "cao-circle", "config": '{"width": 512}'},
    )
    first, band = decay_curves(data).get_suptitle().splitlines()
    assert (first, band) == ("cao-circle, width 512, 3 seeds", "lines: medians over seeds; bands: 5 % to 95 % of them")


def test_zero_branches_are_left_out() -> None:
    law = decay(NTK(2), "k", dim=2)
    assert curve(law, law.law[1]) is None


@pytest.mark.parametrize("ending", [".png", ".pdf", ".svg"])
def test_a_file_is_written_whole(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"law{ending}"
    plot_law(decay(NTK(2), "d", degree=2), path)
    assert path.stat().st_size > 1000
    assert list(tmp_path.iterdir()) == [path]


def test_bad_requests_name_what_is_allowed(tmp_path: Path) -> None:
    with pytest.raises(BadRequest, match="png"):
        plot_law(decay(NTK(2), "d", degree=2), tmp_path / "law.bmp")
    with pytest.raises(BadRequest, match="--dim"):
        plot_law(decay(NTK(2), "k"), tmp_path / "law.png")
    with pytest.raises(BadRequest, match="cannot write"):
        plot_law(decay(NTK(2), "d", degree=2), tmp_path / "nowhere" / "law.png")
