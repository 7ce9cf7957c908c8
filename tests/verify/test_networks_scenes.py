"""A solid and a radiance field with Fourier features: split of seeds, figures, verdicts and their twins."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr

from numerics.experiments import load_experiment
from numerics.experiments import sweeps as sweep
from numerics.experiments.tancik import fourier_shape, rendering
from tests.verify.verdicts import complete
from theory.numbers.truth import Truth
from verify.figures import figure_of
from verify.networks import scenes
from verify.statistics.binomial import binomial_bounds

SMALL = {
    "fourier-shape": {
        "samples": 64,
        "held_out": 64,
        "width": 32,
        "features": 8,
        "seeds": 4,
        "steps": 20,
        "sigma": (2.0,),
    },
    "rendering": {
        "pixels": 8,
        "views": 4,
        "held_out": 1,
        "samples": 8,
        "rays": 16,
        "width": 16,
        "features": 8,
        "seeds": 4,
        "steps": 10,
        "sigma": (1.0,),
    },
}


@pytest.fixture(scope="module")
def runs() -> dict[str, xr.Dataset]:
    modules = {name: load_experiment(name) for name in SMALL}
    return {name: module.run(module.configure("quick", **SMALL[name])) for name, module in modules.items()}


@pytest.mark.parametrize("name", list(SMALL))
def test_any_split_gives_the_same_bits_and_a_figure(name, runs):
    module, whole = load_experiment(name), runs[name]
    part = [part for _, part in sweep.split(name, module.configure("quick", **SMALL[name]))][1]
    again = module.run(part)
    for key in whole.data_vars:
        expected = whole[key].sel(seed=again.seed) if "seed" in whole[key].dims else whole[key]
        assert np.array_equal(again[key].values, expected.values), key
    figure = figure_of(name)(whole)
    assert all(axes.has_data() for axes in figure.axes) and len(figure.axes) >= 6


def test_scores_are_scores_of_what_is_shown(runs):
    solid, fields = runs["fourier-shape"], runs["rendering"]
    assert bool(((solid.iou >= 0) & (solid.iou <= 1)).all())
    assert set(np.unique(solid["slice"])) | set(np.unique(solid.truth)) == {-1, 1}
    errors = np.square(fields.view - fields.truth).mean(("y", "x", "colour"))  # one held-out picture
    assert np.allclose(-10 * np.log10(errors), fields.psnr.sel(kind="held out"), rtol=1e-12)
    labels = solid.iou.sel(place="training", mapping="gaussian 2")
    assert bool((labels.sel(predictor="limit kernel") > labels.sel(predictor="shuffled")).all())


def made_solid(seeds: int = 12) -> tuple[object, xr.Dataset]:
    """IoU made up as theory has it, with noise: statistics alone are tested."""
    changes = SMALL["fourier-shape"] | {"seeds": seeds, "sigma": (0.25, 1.0, 4.0)}
    config, rng = fourier_shape.EXPERIMENT.configure("quick", **changes), np.random.default_rng(0)
    names = ["none", "basic", "positional", "gaussian 0.25", "gaussian 1", "gaussian 4"]
    middle = np.array([0.55, 0.62, 0.65, 0.56, 0.67, 0.3])
    noise = 0.01 * rng.standard_normal((seeds, 3, 4, len(names)))
    shuffled = np.where(np.arange(4) == 3, 0.1, 1.0)[:, None]
    values = middle * shuffled + noise
    dims = ("seed", "place", "predictor", "mapping")
    places, predictors = list(fourier_shape.PLACES), list(fourier_shape.PREDICTORS)
    coords = {"place": places, "predictor": predictors, "mapping": names}
    return config, xr.Dataset({"iou": (dims, values)}, coords=coords)


def made_pictures(gap: float) -> tuple[object, xr.Dataset]:
    config = rendering.EXPERIMENT.configure("quick", **SMALL["rendering"] | {"seeds": 6})
    rng = np.random.default_rng(0)
    names = ["none", "basic", "positional", "gaussian 1", "gaussian 4", rendering.SHUFFLED]
    middle = 20 + np.array([0, 1, 3, gap, gap - 8, -5])[:, None]
    values = middle + 0.2 * rng.standard_normal((6, len(names), 2))
    coords = {"mapping": names, "kind": ["held out", "training"]}
    return config, xr.Dataset({"psnr": (("seed", "mapping", "kind"), values)}, coords=coords)


def test_a_predicted_benefit_holds_and_wrong_predictions_do_not():
    config, data = made_solid()
    found = scenes.judge_solid(config, data)
    assert found.truth is Truth.HOLDS and complete(found)
    twins = scenes.twins_solid(config, data)
    assert len(twins) >= 4 and all(complete(twin) and twin.truth is Truth.FAILS for twin in twins.values())
    # No best scale inside the sweep, and a best scale two steps from the predicted one.
    monotone = data.assign(iou=data.iou.copy(data=np.sort(data.iou.values, axis=-1)))
    assert scenes.judge_solid(config, monotone).truth is not Truth.HOLDS
    moved = data.iou.copy()
    moved.loc[{"predictor": ["limit kernel"], "mapping": "gaussian 4"}] = 0.9
    assert scenes.judge_solid(config, data.assign(iou=moved)).truth is Truth.FAILS


def test_a_benefit_in_decibels_holds_and_none_is_called_none():
    config, data = made_pictures(7.0)
    found = scenes.judge_pictures(config, data)
    assert found.truth is Truth.HOLDS and complete(found) and "a benefit:" in found.why
    twins = scenes.twins_pictures(config, data)
    assert len(twins) >= 4 and all(twin.truth is Truth.FAILS for twin in twins.values())
    nothing = scenes.judge_pictures(*made_pictures(0.0))
    assert nothing.truth is Truth.FAILS and "no benefit at this size" in nothing.why


def test_the_smallest_runs_are_judged_and_too_few_features_settle_nothing(runs):
    for name, judge in (("fourier-shape", scenes.judge_solid), ("rendering", scenes.judge_pictures)):
        found = judge(load_experiment(name).configure("quick", **SMALL[name]), runs[name])
        assert complete(found) and found.truth is not Truth.HOLDS  # four seeds of next to no training


def test_error_rates_are_those_of_the_design(monkeypatch):
    assert scenes.BENEFIT.missed(16) < 1e-2 and scenes.DECIBELS.missed(8) < 0.05
    assert scenes.BENEFIT.missed(4) > scenes.BENEFIT.missed(16)
    # The best scale is part of the verdict, and of its rate: each far one may come out on top by chance.
    monkeypatch.setattr(scenes, "BENEFIT", scenes.Benefit(0.0, 0.1, 0.06))
    config, data = made_solid(12)
    outer = data.iou.copy()
    outer.loc[{"predictor": ["limit kernel"], "mapping": "gaussian 4"}] = 0.9  # predicted at an end: one scale is far
    middle, end = (scenes.judge_solid(config, one).rates["false_fail"] for one in (data, data.assign(iou=outer)))
    assert end - middle == pytest.approx(scenes.BENEFIT.turned(12), rel=1e-3) and end < 1
    small = scenes.Benefit(0.0, 0.1, 0.3)
    means = np.random.default_rng(0).normal(0.1, 0.3, (4000, 4)).mean(1)
    low, high = binomial_bounds(int((means <= 0).sum()), 4000, 1e-6)
    assert low <= small.turned(4) <= high
