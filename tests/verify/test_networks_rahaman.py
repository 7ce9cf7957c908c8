"""Deep ReLU networks in one and two variables at small sizes: verdicts, twins, refusals, splits."""

from __future__ import annotations

import numpy as np
import pytest

from numerics.experiments import sweeps as sweep
from numerics.experiments.rahaman import fourier_decay, rahaman
from tests.verify.verdicts import complete
from theory.numbers.truth import Truth
from verify.figures import figure_of
from verify.networks import fourier_decay as transforms
from verify.networks import rahaman as frequencies


def test_transforms_of_random_networks_fall_as_stated_and_wrong_laws_are_rejected():
    config = fourier_decay.EXPERIMENT.configure("quick", width=4, seed=7, frequencies=150)
    data = fourier_decay.EXPERIMENT.run(config)
    found = transforms.judge(config, data)
    assert found.truth is Truth.HOLDS and complete(found)
    twins = transforms.twins(config, data)
    assert len(twins) >= 5 and all(twin.truth is Truth.FAILS for twin in twins.values())
    assert figure_of("fourier-decay")(data).axes[1].has_data()
    with pytest.raises(ValueError, match="excess: .* values not finite"):
        transforms.judge(config, data.assign(excess=data.excess.where(data.seed != data.seed[0])))


def test_any_split_of_the_seeds_gives_the_same_transforms():
    config = fourier_decay.EXPERIMENT.configure("quick", width=4, seeds=4, frequencies=20, octaves=12, circles=5)
    whole = fourier_decay.EXPERIMENT.run(config)
    for _, part in sweep.split("fourier-decay", config):
        again = fourier_decay.EXPERIMENT.run(part)
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
            fourier_decay.EXPERIMENT.configure("quick", **changes)


@pytest.fixture(scope="module")
def small():
    config = rahaman.EXPERIMENT.configure("quick", samples=120, width=16, steps=50, seeds=8)
    return config, rahaman.EXPERIMENT.run(config)


def made_up(data):
    """Curves in order with noise, norms that grow, changes that grow with the frequency, a good prediction."""
    rng, steps, count = np.random.default_rng(0), data.step.values, data.sizes["frequency"]
    noise = np.exp(0.1 * rng.standard_normal((8, 2, 1, count)))
    learnt = 1 - np.exp(-3 * steps[:, None] / (np.arange(1, count + 1) * noise) / steps[-1])
    norm = np.exp(0.1 * steps[:, None] / steps[-1] * (1 + noise[..., :6]))
    change = np.arange(1, count + 1) * noise * np.ones((5, 1))
    predicted = np.stack([learnt + 0.02, learnt - 0.1], 2)
    made = {"learnt": learnt, "norm": norm, "change": change, "predicted": predicted}
    return data.assign({name: (data[name].dims, values) for name, values in made.items()})


def test_orders_and_predictions_are_found_where_they_are_and_their_twins_are_rejected(small):
    # Learning curves made up on a run's own labels: statistics alone are tested.
    config, data = small
    made = made_up(data)
    for name in ("order_finding", "robust_finding", "kernel_finding", "judge"):
        finding = getattr(frequencies, name)
        found = finding(config, made)
        assert found.truth is Truth.HOLDS and complete(found), found
        assert complete(finding(config, data))
    for wrong in (frequencies.wrong_orders, frequencies.wrong_predictions, frequencies.wrong_robustness):
        twins = wrong(config, made)
        assert len(twins) >= 3 and all(twin.truth is Truth.FAILS for twin in twins.values()), twins
    # The judge of predictions has a right one to hold, of the run itself, whose own verdict is another matter.
    for networks in (made, data):
        (right,) = frequencies.right_predictions(config, networks).values()
        assert right.truth is Truth.HOLDS and complete(right)
    # Small in one setting only is not enough.
    far = made.predicted.where(made.setting == "equal", made.predicted - 0.2)
    refuted = frequencies.kernel_finding(config, made.assign(predicted=far))
    assert refuted.truth is Truth.FAILS and refuted.counterexample["amplitudes"] == "increasing"
    assert [one.finding.truth for one in refuted.corrected] == [Truth.HOLDS]  # the order is kept all the same


def test_what_is_recorded_of_deep_networks_is_what_it_says(small):
    config, data = small
    assert np.allclose(
        data.labels.std("point") ** 2 * 2, [10, sum((i / 10) ** 2 for i in range(1, 11))], rtol=1e-12, atol=0
    )
    spectrum = 2 * np.abs(np.fft.rfft(data["values"].isel(shown=-1).values)) / config.samples
    sizes = np.array([rahaman.AMPLITUDES[name] for name in data.setting.values])
    assert np.allclose(spectrum[..., list(rahaman.FREQUENCIES)] / sizes, data.learnt.isel(step=-1), rtol=1e-12)
    # At the start nothing has moved: both predictions are the network, and gradient descent descends.
    start = data.predicted.isel(step=0) - data.learnt.isel(step=0)
    assert float(abs(start).max()) < 1e-12
    assert (data.transform <= data.bound * (1 + 1e-9)).all() and (data.pieces >= 1).all()
    # Noise of size zero changes nothing; the smallest size changes less than the largest.
    assert (data.change.isel(noise=0).median("seed") < data.change.isel(noise=-1).median("seed")).all()


def test_settings_of_the_amplitudes_do_not_touch_each_other(small):
    config, data = small
    sizes = {"samples": 120, "width": 16, "steps": 50, "seeds": 2}
    alone = rahaman.EXPERIMENT.run(rahaman.EXPERIMENT.configure("quick", **sizes, amplitudes=("increasing",)))
    together = data.sel(setting=["increasing"], seed=alone.seed)
    assert np.allclose(alone.learnt, together.learnt, rtol=1e-9, atol=1e-12)
    for changes, message in (
        ({"amplitudes": ("loud",)}, "equal, increasing"),
        ({"steps": 60}, "multiple of 25"),
        ({"width": 2}, "width"),
    ):
        with pytest.raises(ValueError, match=message):
            rahaman.EXPERIMENT.configure("quick", **changes)
