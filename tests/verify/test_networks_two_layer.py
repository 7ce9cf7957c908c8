"""Two-layer networks on uniform data: laws, twins, refusals, at small sizes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
import xarray as xr

from numerics.data.points import equispaced_circle
from numerics.experiments import load_experiment
from numerics.experiments import sweeps as sweep
from numerics.experiments.cao import cao_targets
from numerics.experiments.config import one_thread
from numerics.networks.two_layer import initialise
from numerics.predictions.limit_kernels import empirical_kernel, gram
from tests.verify.verdicts import complete
from theory.numbers.truth import Truth
from verify.figures import figure_of
from verify.findings.claim import Context
from verify.networks import edge, judge_of, kernel_start, population, targets, theorem, times, widths
from verify.statistics.binomial import share_missed
from verify.statistics.equivalence import LEAST_STATED, NO_POWER

SMALL = {
    "cao-targets": {"samples": 40, "width": 128, "seeds": 4, "steps": 50},
    "cao-theorem": {"samples": (20, 40), "widths": (32, 64), "seeds": 4, "steps": 50},
    "circle-time": {"samples": 64, "width": 256, "seeds": 4, "steps": 200},
    "learning-rate-edge": {"samples": 16, "width": 128, "seeds": 4, "steps": 40},
    "width-laws": {"samples": 16, "widths": (64, 128, 256), "seeds": 4, "steps": 20},
}


@pytest.fixture(autouse=True)
def single():
    with one_thread():
        yield


@pytest.mark.parametrize("name", list(SMALL))
def test_any_split_gives_the_same_bits(name):
    config = load_experiment(name).configure("quick", **SMALL[name])
    whole = load_experiment(name).run(config)
    parts = [part for _, part in sweep.split(name, config)]
    assert len(parts) >= 2
    for part in parts:
        again = load_experiment(name).run(part)
        for key in whole.data_vars:
            expected = whole[key].sel(seed=again.seed) if "seed" in whole[key].dims else whole[key]
            assert np.array_equal(again[key].values, expected.values), key


def falling(exponents: dict[str, float], seeds: int = 120, spread: float = 0.2):
    """Made-up measurements that fall with the width as given powers, lognormal over seeds."""
    config = load_experiment("width-laws").configure("quick", seeds=seeds)
    data = load_experiment("width-laws").run(
        load_experiment("width-laws").configure("quick", **SMALL["width-laws"] | {"seeds": 2})
    )
    size, rng = np.array(config.widths, dtype=float), np.random.default_rng(0)
    names = ("seed", "width")
    made = {
        name: (names, size**power * np.exp(spread * rng.standard_normal((seeds, len(size)))))
        for name, power in exponents.items()
    }
    return config, data.drop_dims(names).assign(made).assign_coords(width=list(config.widths), seed=np.arange(seeds))


def test_exponents_are_recovered_and_others_refused():
    config, data = falling({"drift": -0.75, "linearisation_error": -0.75})
    right = widths.drift_finding(config, data)
    assert right.truth is Truth.HOLDS and complete(right)
    assert all(widths.drift_finding(config, data, p).truth is Truth.FAILS for p in (0.0, -0.5, -1.0))
    assert widths.linear_finding(config, data).truth is Truth.HOLDS
    assert widths.linear_finding(config, data, -1.0).truth is Truth.FAILS
    slow = falling({"drift": -0.3, "linearisation_error": -0.3})[1]
    assert widths.drift_finding(config, slow).truth is widths.linear_finding(config, slow).truth is Truth.FAILS
    assert widths.drift_finding(config, widths.reversed_widths(data)).truth is Truth.FAILS


def test_a_network_has_the_exact_variance_of_its_kernel_and_not_another():
    points, width, seeds = equispaced_circle(16).points, 64, 400
    limit, total = gram(points), 0.0
    for seed in range(seeds):
        network = initialise(1, width, torch.Generator().manual_seed(seed), antisymmetric=False)
        total += float((empirical_kernel(network, points) - limit).square().sum())
    ratio = width * total / seeds / widths.unit_variance(16)
    assert abs(ratio - 1) < 5 * 1.0 / np.sqrt(seeds)  # a seed's ratio has a spread below 1
    assert abs(ratio * widths.unit_variance(16) / widths.unit_variance(16, (0.5, 0.5)) - 1) > 1


def test_too_few_seeds_or_widths_are_refused():
    config, data = falling({"drift": -0.75})
    with pytest.raises(ValueError, match="120 seeds keep the stated rates, got 9"):
        widths.drift_finding(config, data.isel(seed=slice(9)))
    with pytest.raises(ValueError, match="two or more rising whole numbers"):
        load_experiment("width-laws").configure("quick", widths=(512, 256))
    with pytest.raises(ValueError, match="seed: got -1"):
        widths.drift(Context(seed=-1))


def test_the_edge_is_seen_from_both_sides_and_nowhere_else():
    module = load_experiment("learning-rate-edge")
    sizes = {"samples": 16, "width": 1024, "seeds": 32, "steps": 160}
    config = module.configure("quick", factors=edge.FACTORS, beyond_edge=True, **sizes)
    data = module.run(config)
    found = edge.finding(config, data)
    assert found.truth is Truth.HOLDS and complete(found)
    assert (
        edge.finding(config, data, edge_at=1.05).truth is edge.finding(config, data, edge_at=0.5).truth is Truth.FAILS
    )
    calm = data.assign(loss=data.loss.clip(max=1))
    assert edge.finding(config, calm).truth is Truth.FAILS  # no peak beyond the edge


def test_steps_beyond_the_edge_must_be_meant():
    configure = load_experiment("learning-rate-edge").configure
    with pytest.raises(ValueError, match="beyond the edge .* allowed up to 1, or with --beyond-edge"):
        configure("quick", factors=(0.9, 1.01))
    assert configure("quick", factors=(0.9, 1.01), beyond_edge=True).factors == (0.9, 1.01)
    with pytest.raises(ValueError, match="0 < f <= 1.5"):
        configure("quick", factors=(0.9, 7.0), beyond_edge=True)


def test_the_bound_of_cao_holds_with_its_rates_and_not_with_faster_ones():
    module = load_experiment("cao-theorem")
    config = module.configure("quick", samples=(25, 100), widths=(32, 512), seeds=44, steps=60)
    data = module.run(config)
    found = theorem.bound_finding(config, data)
    assert found.truth is Truth.HOLDS and complete(found)
    right = theorem.rates(config)
    assert theorem.bound_finding(config, data, right[:1] + right[:-1]).truth is Truth.FAILS
    low_first = theorem.order_finding(config, data)
    assert complete(low_first) and low_first.truth is not Truth.FAILS
    for places in ((2, 1, 0), (1, 0, 2), (0, 2, 1)):
        wrong = theorem.order_finding(config, data, places)
        assert (
            wrong.truth is Truth.FAILS
            and wrong.figures["networks"] == "FAILS"
            and wrong.figures["closed_form"] == "HOLDS"
        )


def test_the_order_of_degrees_is_decided_by_the_networks_and_not_by_moments(monkeypatch):
    config, data = ordered_shares(seeds=64)
    found = theorem.order_finding(config, data)
    assert found.truth is Truth.HOLDS and complete(found)
    monkeypatch.setattr(theorem, "_data", lambda context: (config, data))
    assert all(twin.figures["networks"] == "FAILS" for twin in theorem.order_twins(Context()).values())
    # Networks that learn degrees in the wrong order fail though the moments are as ever, and the other way round.
    turned = data.assign(share=data.share.isel(degree=[1, 0, 2]).assign_coords(degree=data.degree))
    assert theorem.order_finding(config, turned).truth is Truth.FAILS
    monkeypatch.setattr(theorem, "relative_variance", lambda dim, degree: -float(degree))
    moments = theorem.order_finding(config, data)
    assert moments.truth is Truth.FAILS and moments.figures["networks"] == "HOLDS"


def ordered_shares(seeds: int):
    """Made-up shares: degree k decays as theory says but for a distance that grows with time and degree."""
    module = load_experiment("cao-theorem")
    config = module.configure("quick", seeds=seeds)
    decay, rng = theorem.law(config, theorem.rates(config)), np.random.default_rng(0)
    floor = np.array([0.02, 0.05, 0.12]) * np.exp(0.3 * rng.standard_normal((seeds, 3, 4, 1, 3)))
    share = decay + floor * np.linspace(0, 1, config.steps + 1)[:, None]
    dims = ("seed", "width", "sample", "step", "degree")
    return config, xr.Dataset({"share": (dims, share)}, {"degree": [1, 2, 4], "seed": np.arange(seeds)})


def test_too_few_networks_state_a_probability_and_say_that_they_have_no_power():
    module = load_experiment("cao-theorem")
    config = module.configure("quick", **SMALL["cao-theorem"])
    few = judge_of("cao-theorem").finding(config, module.run(config))  # 4 networks: no count is enough
    assert few.rates["false_fail"] == 1.0 and few.why.startswith("no power at this size: ") and complete(few)
    enough = population.weighed(replace(few, rates={"false_fail": NO_POWER, "false_pass": 1e-5}, why="as found"))
    assert enough.why == "as found" and enough.rates["false_fail"] == NO_POWER
    sure = population.weighed(replace(enough, rates={"false_fail": 1e-17, "false_pass": 1e-17}))
    assert sure.rates == {"false_fail": LEAST_STATED, "false_pass": 1e-17}


@pytest.mark.parametrize("dim, degree", [(1, 2), (2, 4), (4, 1)])
def test_basis_of_a_degree_is_orthonormal_on_many_points(dim, degree):
    from numerics.data.points import uniform_sphere
    from numerics.data.targets import multiplicity, zonal_harmonic
    from numerics.experiments.cao.cao_theorem import basis

    points = uniform_sphere(dim, 500, torch.Generator().manual_seed(0)).points
    phi = basis(points, degree)
    assert phi.shape[1] == multiplicity(dim, degree)
    assert float((phi.T @ phi / 500 - torch.eye(phi.shape[1])).abs().max()) < 6 * 3 / 500**0.5
    # Any zonal harmonic of the degree lies in its span.
    zonal = zonal_harmonic(points, points[0], degree)
    rest = zonal - phi @ torch.linalg.lstsq(phi, zonal).solution
    assert float(rest.abs().max()) < 1e-9


def test_the_limit_kernel_has_the_predicted_time_and_others_fail():
    module = load_experiment("circle-time")
    config = module.configure("full", seeds=64)
    data = module.run(module.configure("quick", samples=128, width=256, seeds=2, steps=400))
    noise = np.exp(0.02 * np.random.default_rng(0).standard_normal((64, 1, data.sizes["degree"])))
    made = data.gram.values**noise  # rates off by 2 %
    data = data.drop_dims("seed").assign(network=(("seed", "step", "degree"), made))
    found = times.finding(config, data)
    assert found.truth is Truth.HOLDS and complete(found)
    assert abs(found.figures["exponent"] - found.figures["predicted"]) < 0.05
    assert times.finding(config, data, 1.5).truth is times.finding(config, data, 3.0).truth is Truth.FAILS
    quadratic = data.degree.values.astype(float) ** -2
    made = np.exp(-quadratic * data.step.values[:, None])[None] ** noise
    exact = times.exponents(config, data.assign(network=(("seed", "step", "degree"), made)))
    assert abs(exact.mean() - 2) < 0.02


@pytest.mark.parametrize("name", list(SMALL))
def test_every_experiment_is_drawn(name, tmp_path):
    from verify.figures.style import save_all

    module = load_experiment(name)
    drawn = figure_of(name)(module.run(module.configure("quick", **SMALL[name] | {"seeds": 2})))
    assert all(axes.get_xlabel() and axes.get_ylabel() for axes in drawn.axes)
    assert all(path.stat().st_size > 0 for path in save_all(drawn, tmp_path / name))


def test_every_target_follows_its_own_kernel_and_not_a_faster_one():
    module = load_experiment("cao-targets")
    config = module.configure("quick", samples=60, width=512, seeds=40, steps=100)
    data = module.run(config)
    found = targets.finding(config, data)
    assert found.truth is Truth.HOLDS and complete(found) and len(found.figures["comparisons"]) == 18
    own = data.own_kernel.values
    for factor in (0.9, 1.1):
        wrong = data.assign(own_kernel=(data.own_kernel.dims, targets.faster(own, factor)))
        assert targets.finding(config, wrong).truth is Truth.FAILS


def test_an_unknown_target_is_refused():
    with pytest.raises(ValueError, match="'sine' is not one of cosines, polynomial, step, noise"):
        cao_targets.labels("sine", torch.eye(3).double(), torch.Generator())


def test_kernels_at_the_start_have_the_exact_variance_and_twins_near_by_fail():
    kernels = kernel_start.draw(20, kernel_start.SEEDS["quick"])
    found = kernel_start.finding(kernels)
    assert found.truth is Truth.HOLDS and complete(found) and found.rates["false_fail"] < 1e-9
    twins = kernel_start.twins(kernels)
    assert len(twins) == 7 and all(twin.truth is Truth.FAILS for twin in twins.values())
    # E a^4 = 3 is that of normal weights: other moments leave the limit as it is.
    assert np.array_equal(*(kernel_start.limit(kernel_start.Theory(fourth=moment))[0] for moment in (2.0, 3.0)))


def test_the_quick_claims_keep_their_part_of_the_false_fail_rate():
    config, data = falling({"drift": -0.75, "linearisation_error": -0.75, "kernel_error": -0.5})
    laws = [
        part(config, data).rates["false_fail"]
        for part in (widths.start_finding, widths.drift_finding, widths.linear_finding)
    ]
    module = load_experiment("learning-rate-edge")
    sizes = module.configure("quick", factors=edge.FACTORS, beyond_edge=True)
    laws += [edge._design(sizes, 3).false_fail, 3 * share_missed(sizes.seeds, edge.SHARE, edge.LEVEL, edge.MISSED)]
    seeds = load_experiment("cao-targets").configure("quick").seeds
    tests = len(list(targets.comparisons()))
    laws.append(targets.Design(seeds, targets.MARGIN, targets.LEVEL, tests, targets.SPREAD, targets.BIAS).false_fail)
    assert sum(laws) < 1e-8
