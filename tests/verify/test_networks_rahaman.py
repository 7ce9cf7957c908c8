"""Deep ReLU networks in one and two variables at small sizes: verdicts, twins, refusals, any split the same bits."""

from __future__ import annotations

import json

import numpy as np
import pytest

from numerics import sweep
from numerics.experiments import fourier_decay
from theory.truth import Truth
from verify.claim import Finding
from verify.networks import EXPERIMENTS
from verify.networks import fourier_decay as transforms


def complete(finding: Finding) -> bool:
    """Everything a verdict must carry, and figures that a JSON file can hold."""
    json.dumps(finding.figures, allow_nan=False)
    return bool(finding.compared and finding.why and finding.routes and finding.scope) and "\n" not in finding.why


def test_transforms_of_random_networks_fall_as_stated_and_wrong_laws_are_rejected():
    config = fourier_decay.configure("quick", width=4, seeds=24, frequencies=60, circles=5)
    data = fourier_decay.run(config)
    found = transforms.judge(config, data)
    assert found.truth is Truth.HOLDS and complete(found)
    twins = transforms.twins(config, data)
    assert len(twins) >= 5 and all(twin.truth is Truth.FAILS for twin in twins.values())
    assert EXPERIMENTS["fourier-decay"].drawing(data).axes[1].has_data()


def test_any_split_of_the_seeds_gives_the_same_transforms():
    config = fourier_decay.configure("quick", width=4, seeds=4, frequencies=20, octaves=12, circles=5)
    whole = fourier_decay.run(config)
    for _, part in sweep.split("fourier-decay", config):
        again = fourier_decay.run(part)
        for key in whole.data_vars:
            assert np.array_equal(again[key].values, whole[key].sel(seed=again.seed).values, equal_nan=True), key


def test_the_limit_of_the_pyramid_is_known():
    # max(0, 1 - |x|_1): the outer edges have |J| = sqrt 2 and L = sqrt 2, the four inner ones |J| = 2 and L = 1.
    pyramid = [(np.zeros((1, 2)), np.ones(1)), (np.ones((1, 1)), np.zeros(1)), (np.ones((1, 1)), np.zeros(1))]
    found = fourier_decay.plane_pieces(fourier_decay.supported(pyramid), fourier_decay.DIAMOND)
    every = fourier_decay.edges(found)
    across, diagonal = np.array([0.0, 1.0]), np.array([1.0, 1.0]) / np.sqrt(2)
    assert fourier_decay.face_limit(every, across) == pytest.approx(16)  # one line, two edges of 2 each
    assert fourier_decay.face_limit(every, diagonal) == pytest.approx(8)  # two lines, one edge of 2 each
    assert (every.jumps**2 * every.lengths).sum() == pytest.approx(8 * np.sqrt(2) + 16)


def test_sizes_that_show_nothing_are_refused():
    for changes in ({"circles": 19}, {"width": 2}, {"octaves": 3}):
        with pytest.raises(ValueError, match="fourier-decay: .*wanted"):
            fourier_decay.configure("quick", **changes)
