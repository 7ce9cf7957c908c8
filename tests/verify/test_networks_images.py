"""Images, tomography and magnetic resonance: verdicts on made-up scores, twins, refusals, any split."""

from __future__ import annotations

import json

import numpy as np
import pytest
import torch
import xarray as xr

from numerics.data.images import pixel_points
from numerics.experiments import load_experiment
from numerics.experiments import sweeps as sweep
from numerics.experiments.mappings import mappings
from numerics.experiments.tancik import ct, fourier_image, mri
from theory.numbers.truth import Truth
from verify.figures import figure_of
from verify.networks import images as judged
from verify.networks import judge_of

SMALL = {"samples": 8, "width": 32, "features": 16, "seeds": 4, "steps": 20, "sigma": (1.0, 2.0, 4.0)}
EXTRA = {"fourier-image": {"image": "camera"}, "ct": {"angles": 3}, "mri": {"frequencies": 9}}
# What the pilots saw, in dB: none, basic, positional, Gaussian 1, 2, 4.
SEEN = {
    "fourier-image": (17.5, 19.0, 20.8, 20.8, 21.6, 18.7),
    "ct": (19.0, 20.7, 21.3, 21.0, 22.0, 20.2),
    "mri": (19.0, 20.1, 20.3, 20.2, 20.9, 19.8),
}


@pytest.fixture(scope="module", params=list(EXTRA))
def run(request):
    config = load_experiment(request.param).configure("quick", **SMALL, **EXTRA[request.param])
    return request.param, config, load_experiment(request.param).run(config)


def made(data: xr.Dataset, scores: tuple[float, ...], seeds: int = 24) -> xr.Dataset:
    """The run with scores made up: every image shifts all of them, each network a little."""
    rng = np.random.default_rng(0)
    noise = 2 * rng.standard_normal((seeds, 1)) + 0.05 * rng.standard_normal((seeds, len(scores)))
    wrong, endless = np.full(len(scores), 10.0), np.full(len(scores), max(scores) + 0.5)
    rows = [np.asarray(s) + noise for s in (scores, scores, scores, endless, wrong)]
    rows[1] = rows[1] + 0.05 * rng.standard_normal(rows[1].shape)
    values = data.psnr.isel(seed=[0] * seeds).copy(data=np.stack(rows, axis=1))
    return data.isel(seed=[0] * seeds).assign(psnr=values)


def test_any_split_gives_the_same_bits_a_figure_and_a_whole_verdict(run):
    name, config, whole = run
    parts = [part for _, part in sweep.split(name, config)]
    assert len(parts) >= 2
    for part in parts:
        again = load_experiment(name).run(part)
        for key in whole.data_vars:
            assert np.array_equal(again[key].values, whole[key].sel(seed=again.seed).values), key
    assert np.isfinite(whole.psnr.values).all()
    figure = figure_of(name)(whole)
    assert figure.axes[0].get_ylabel() == "PSNR / dB" and len(figure.axes) == 6
    finding = judge_of(name).finding(config, whole)
    json.dumps(finding.figures, allow_nan=False)
    assert finding.compared and finding.scope and "\n" not in finding.why


def test_each_seed_has_another_image_and_one_draw_serves_all_scales(run):
    _, config, data = run
    truths = data.picture.sel(shown="truth").values
    assert len({truth.tobytes() for truth in truths}) == config.seeds
    drawn = mappings(config, torch.Generator().manual_seed(0))
    one, two = drawn["gaussian 1"].frequencies, drawn["gaussian 2"].frequencies
    assert torch.equal(2 * one, two)
    for mapping in drawn.values():
        norms = mapping(pixel_points(4)).norm(dim=1)
        assert torch.allclose(norms, torch.ones_like(norms), rtol=0, atol=1e-14)


def test_scores_as_in_the_pilot_hold_and_every_twin_is_rejected(run):
    name, config, data = run
    right = made(data, SEEN[name])
    found = judged.judge(config, right)
    assert found.truth is Truth.HOLDS, found.why
    twins = judged.twins(config, right)
    assert len(twins) >= 4 and all(twin.truth is Truth.FAILS for twin in twins.values()), twins


def test_no_gain_is_no_benefit_and_a_reversed_order_is_seen(run):
    name, config, data = run
    flat = judged.judge(config, made(data, (20.0,) * 6))
    assert flat.truth is Truth.FAILS
    rows = {row["what"]: row["verdict"] for row in flat.figures["comparisons"]}
    assert rows["positional over none"] == "FAILS" and rows["basic over none"] != "HOLDS"
    none, basic, positional, *gaussian = SEEN[name]
    swapped = judged.judge(config, made(data, (none, positional, basic, *gaussian)))
    assert swapped.figures["order"][1]["verdict"] == "FAILS"
    assert swapped.truth is (Truth.FAILS if name == "fourier-image" else Truth.HOLDS)


def test_a_single_scale_is_judged_without_an_order():
    config = fourier_image.EXPERIMENT.configure("quick", **SMALL | {"sigma": (4.0,)})
    data = fourier_image.EXPERIMENT.run(config)
    assert [str(name) for name in data.mapping.values] == ["none", "basic", "positional", "gaussian 4"]
    found = judged.judge(config, made(data, (17.5, 19.0, 20.8, 18.7)))
    assert found.truth is Truth.HOLDS and len(found.figures["comparisons"]) == 4 + 3


def test_what_is_not_allowed_is_said_in_one_line():
    for module, changes, message in (
        (fourier_image, {"sigma": (2.0, 2.0)}, "rising sigma > 0"),
        (fourier_image, {"step_size": 2.0}, "step_size < 2 wanted"),
        (fourier_image, {"samples": 4}, "samples = 4 is not allowed in profile 'quick'"),
        (fourier_image, {"positional": 0.0}, "positional > 0 wanted"),
        (ct, {"angles": 1}, "angles = 1 is not allowed"),
        (mri, {"frequencies": 2}, "frequencies = 2 is not allowed"),
        (mri, {"samples": 8, "frequencies": 99}, "frequencies = 99 is more than the 34 of side 8"),
        (fourier_image, {"image": "kodak"}, "'kodak' is not one of random, astronaut"),
    ):
        with pytest.raises(ValueError, match=message) as refusal:
            module.EXPERIMENT.configure("quick", **changes)
        assert "\n" not in str(refusal.value)
