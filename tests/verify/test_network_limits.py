"""Random networks and kernel regression: verdicts on small sizes, twins, splits, figures, refusals."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
import torch

from numerics.experiments import load_experiment
from numerics.experiments import sweeps as sweep
from numerics.experiments.config import one_thread
from numerics.experiments.limits import gaussian_limit
from numerics.experiments.regression import posterior as posterior_experiment
from numerics.experiments.regression import ridge_training
from tests.verify.verdicts import complete
from theory.numbers.truth import Evidence, Truth
from verify.figures import figure_of
from verify.figures.style import figure_data
from verify.networks import gaussian, narrow, posterior, ridge

EPS = torch.finfo(torch.float64).eps

SMALL = {
    "gaussian-limit": {"widths": (16, 32, 64), "networks": 20, "seeds": 6},
    "ridge-training": {"samples": 8, "widths": (64, 128, 256), "seeds": 4},
    "learning-curves": {"dims": (4, 6), "samples": (8, 16), "seeds": 4},
    "loss-power": {"samples": 64, "width": 128, "seeds": 4, "steps": 40},
    "posterior": {"width": 64, "samples": 4, "networks": 10, "seeds": 4},
}


@pytest.fixture(autouse=True)
def single():
    with one_thread():
        yield


@pytest.fixture(scope="module")
def results():
    found = {}
    for name, changes in SMALL.items():
        module = load_experiment(name)
        config = module.configure("quick", seed=7, **changes)
        found[name] = config, module.run(config)
    return found


@pytest.mark.parametrize("name", SMALL)
def test_any_split_gives_the_same_bits(name, results):
    config, whole = results[name]
    parts = [
        sweep.run_part((name, replace(config, seed=config.seed + i, seeds=config.seeds // 2)))
        for i in (0, config.seeds // 2)
    ]
    joined = sweep._joined((name, config), parts)
    assert all(np.array_equal(joined[key].values, whole[key].values) for key in whole.variables)
    assert json.loads(whole.attrs["config"])["seed"] == 7 and whole.attrs["threads"] == 1


@pytest.mark.parametrize("name", SMALL)
def test_figures_show_prediction_and_measurement(name, results):
    _, data = results[name]
    figure = figure_of(name)(data)
    assert all(axes.get_xlabel() and axes.get_ylabel() for axes in figure.axes)
    assert len(figure_data(figure).splitlines()) > 10


@pytest.mark.parametrize("name", SMALL)
@pytest.mark.parametrize("profile", ["quick", "full", "paper"])
def test_profiles_exist_and_toy_sizes_are_refused_in_one_line(name, profile):
    module = load_experiment(name)
    assert module.configure(profile).profile == profile
    with pytest.raises(ValueError, match=f"{name}: seeds = 1 is not allowed") as refusal:
        module.configure(profile, seeds=1)
    assert "\n" not in str(refusal.value)


def test_variance_of_the_covariance_is_that_of_independent_layers():
    # one hidden layer: Var of a mean of m squares 2 relu(g)^2, E = 1, E of the square = 6
    assert gaussian.variance_of_covariance(1, 2) == 5
    assert gaussian.variance_of_covariance(10, 4) == pytest.approx(1.5**3 - 1, rel=8 * EPS)
    _, covariance = gaussian_limit.draw(3, 4, networks=20_000, seed=3)
    squares = (covariance[:, 1, 1] - 1).square()
    error = float(squares.std()) / len(squares) ** 0.5
    assert abs(float(squares.mean()) - gaussian.variance_of_covariance(4, 3)) < 5 * error


def test_the_output_has_the_covariance_given_its_hidden_layers():
    output, covariance = gaussian_limit.draw(2, 256, networks=4000, seed=5)
    products = output[:, :, None] * output[:, None]
    error = (products - covariance).std(0) / 4000**0.5
    assert bool(((products - covariance).mean(0).abs() <= 5 * error).all())


def test_kolmogorov_distance_is_that_of_scipy():
    from scipy import stats

    values = np.random.default_rng(0).standard_normal(500) * 1.1
    assert gaussian.distance_to_normal(values) == pytest.approx(stats.kstest(values, "norm").statistic)


@pytest.fixture(scope="module")
def outputs():
    config = gaussian_limit.EXPERIMENT.configure(
        "quick", seed=20, depths=(2, 3), widths=(32, 64), networks=60, seeds=48
    )
    return config, gaussian_limit.EXPERIMENT.run(config)


def test_random_networks_are_a_gaussian_process_and_twins_are_not(outputs):
    config, data = outputs
    found = gaussian.judge(config, data)
    assert found.truth is Truth.HOLDS and found.evidence is Evidence.OBSERVED and complete(found)
    twins = gaussian.twins(config, data)
    assert len(twins) == 7
    # two widths only a factor 2 apart: the exponent is read less well than in the quick profile
    exponents = ("kurtosis as m^-2", "kurtosis at every width alike")
    assert all(twin.truth is Truth.FAILS for name, twin in twins.items() if name not in exponents)
    assert all(twin.truth is not Truth.HOLDS for twin in twins.values())


def test_the_variance_of_narrow_networks_is_exact_and_twins_near_by_fail(outputs):
    found = gaussian.judge(*outputs)
    squares = narrow.squares(20, 64)
    right = narrow.with_narrow(found, squares, gaussian.variance_of_covariance)
    assert right.truth is Truth.HOLDS and complete(right)
    twins = gaussian.narrow_twins(found, squares)
    assert len(twins) == 4 and all(twin.truth is Truth.FAILS for twin in twins.values())


def test_hidden_layers_have_the_size_that_a_network_of_their_depth_would_have():
    """E Q(x, x) = 1 at every depth, and the layers of one draw are the covariances of `gaussian_limit.draw`."""
    batches = np.array([narrow.of_width(16, seed) for seed in range(20)])
    drawn = [
        [
            float(
                (gaussian_limit.draw(depth, 16, narrow.NETWORKS, seed)[1].diagonal(dim1=-2, dim2=-1) - 1)
                .square()
                .mean()
            )
            for depth in narrow.DEPTHS
        ]
        for seed in range(20)
    ]
    gap = batches - np.array(drawn)
    assert (np.abs(gap.mean(0)) < 5 * gap.std(0, ddof=1) / len(gap) ** 0.5).all()


def test_outputs_that_are_not_finite_are_refused_and_pass_no_test(outputs):
    config, data = outputs
    sick = data.copy(deep=True)
    sick["output"][dict(seed=0, network=0)] = np.nan
    with pytest.raises(ValueError, match="output: .* values not finite: a run diverged"):
        gaussian.judge(config, sick)
    # The comparison by itself, too, never takes NaN for agreement.
    none = gaussian.law_test(data.sel(depth=2) * np.nan, gaussian.limit_covariance(2), 2)
    assert (
        none["verdict"] == "FAILS" != gaussian.law_test(data.sel(depth=2), gaussian.limit_covariance(2), 2)["verdict"]
    )


def test_measured_covariances_do_not_widen_the_bound_of_the_law(outputs):
    """Networks that are mixtures, with the covariances that explain it: far from Phi, and said to be."""
    config, data = outputs
    sizes = np.random.default_rng(0).chisquare(1, (config.seeds, config.networks))
    sizes = data.output.sel(depth=2).isel(width=-1, point=0, drop=True).copy(data=sizes)
    mixed = data.assign(output=data.output * sizes**0.5, covariance=data.covariance * sizes)
    one = mixed.sel(depth=2).transpose(*data.sel(depth=2).dims)
    found = gaussian.law_test(one, gaussian.limit_covariance(2), 2)
    assert found["verdict"] == "FAILS"
    right = gaussian.law_test(data.sel(depth=2), gaussian.limit_covariance(2), 2)
    assert right["verdict"] == "HOLDS" and right["allowed"] == found["allowed"]


def test_the_allowance_of_the_law_covers_a_mixture_to_first_order():
    """max |phi (3x - x^3)/8| Var Q for a point, and Var Q of each projection at depth 2, exactly."""
    x = np.linspace(-8, 8, 4001)
    shift = np.abs(np.exp(-(x**2) / 2) / np.sqrt(2 * np.pi) * (3 * x - x**3) / 8).max()
    angle = np.linspace(0, 2 * np.pi, 3600, endpoint=False)[:, None]
    units = np.maximum(0, np.cos(angle - np.array(gaussian_limit.ANGLES))) @ gaussian.directions().T
    # w = r (cos, sin), E r^2 = 2 and E r^4 = 8: E h^4 / (E h^2)^2 = 2 mean h^4 / (mean h^2)^2
    relative = 2 * (units**4).mean(0) / (units**2).mean(0) ** 2 - 1
    assert relative[:4] == pytest.approx(5, rel=1e-6) and relative.max() < 1.13 * 5
    assert shift * relative.max() < gaussian.MIXTURE * 5 < 2.1 * shift * relative.max()


def test_too_few_networks_are_refused(results):
    with pytest.raises(ValueError, match="terms are needed|too few|larger rate"):
        gaussian.judge(*results["gaussian-limit"])


@pytest.fixture(scope="module")
def penalised():
    config = ridge_training.EXPERIMENT.configure("quick", seed=20, samples=12, widths=(64, 256, 1024), seeds=30)
    return config, ridge_training.EXPERIMENT.run(config)


def test_penalised_training_ends_at_kernel_ridge_regression_and_twins_do_not(penalised):
    config, data = penalised
    found = ridge.judge(config, data)
    assert found.truth is Truth.HOLDS and found.evidence is Evidence.OBSERVED and complete(found)
    twins = ridge.twins(config, data)
    assert len(twins) == 11 and all(twin.truth is Truth.FAILS for twin in twins.values())
    errors = ridge.relative_errors(data)
    assert all((np.diff((values**2).mean(0)) < 0).all() for values in errors.values())
    with pytest.raises(ValueError, match="seeds"):
        ridge.judge(config, data.isel(seed=slice(5)))


def test_trained_networks_end_nearer_to_their_own_kernel_than_to_the_limit(penalised):
    _, data = penalised
    own = ((data.trained - data.own_kernel) ** 2).mean(("seed", "test")) ** 0.5
    scale = (data.own_kernel**2).mean(("seed", "test")) ** 0.5
    errors = ridge.relative_errors(data)
    for i, name in enumerate(("ridge", "ridge 0")):
        limit = np.sqrt((errors[name] ** 2).mean(0))
        assert bool(((own / scale).isel(ridge=i).values < limit).all())


def test_training_interpolates_without_a_ridge_alone(penalised):
    _, data = penalised
    labels = float(np.abs(data.labels).max())
    assert float(np.abs(data.residual.isel(ridge=1)).max()) < 0.01 * labels
    assert float(data.stationarity.max()) < 0.1
    assert float(np.abs(data.residual.isel(ridge=0)).mean()) > 0.02 * labels


@pytest.fixture(scope="module")
def draws():
    config = posterior_experiment.EXPERIMENT.configure("quick", seed=20, networks=25, seeds=30)
    return config, posterior_experiment.EXPERIMENT.run(config)


def test_trained_last_layers_sample_the_posterior_and_twins_do_not(draws):
    config, data = draws
    found = posterior.judge(config, data)
    assert found.truth is Truth.HOLDS and found.evidence is Evidence.OBSERVED and complete(found)
    twins = posterior.twins(config, data)
    assert len(twins) == 10 and all(twin.truth is Truth.FAILS for twin in twins.values())


def test_shares_are_those_of_the_law_that_is_off_by_one(draws):
    """Between two laws nothing of the networks is left: one unit of what tells them apart."""
    config, data = draws
    one = data.sel(depth=3)
    right = posterior.shares(one, 3, config.ridge, posterior.gaussian_process)
    noisy = posterior.shares(
        one, 3, config.ridge, lambda *at: posterior.gaussian_process(*at[:2], posterior.TENTH * at[2])
    )
    deeper = posterior.shares(
        one, 3, config.ridge, lambda *at: posterior.gaussian_process(*at, lambda depth: posterior.NNGP(depth=depth + 1))
    )
    assert np.allclose(right["noise"] - noisy["noise"], 1) and np.allclose(right["layer"] - deeper["layer"], 1)


def test_halves_of_mirrored_draws_give_the_variance_of_a_draw(draws):
    """excess and shift against the plain variances of draws, within what so few networks leave open."""
    _, data = draws
    plain = data.draw.var(("seed", "network"), ddof=1) - posterior_variance(data)
    paired = data.excess.mean(("seed", "network")) + data["shift"].var(("seed", "network"), ddof=1)
    count = data.sizes["seed"] * data.sizes["network"]
    assert bool((abs(plain - paired) < 5 * (2 / count) ** 0.5 * posterior_variance(data)).all())


def posterior_variance(data):
    found = [posterior.gaussian_process(data, depth, 0.1)[1] for depth in data.depth.values.tolist()]
    return data.draw.isel(seed=0, network=0, drop=True).copy(data=np.stack(found))


def test_untrained_draws_have_the_prior_and_descent_has_settled(draws):
    config, data = draws
    squares = (data.prior**2).mean(("depth", "network", "test")).values  # mean 1 at any width
    assert abs(squares.mean() - 1) < 5 * squares.std(ddof=1) / len(squares) ** 0.5
    # Heavy ball: steps * factor^steps of what is wanted, its size and the trace at most 3 times the expected.
    high, low = (3 * len(data.labels) + config.ridge) ** 0.5, config.ridge**0.5
    wanted = 3 * (float(np.abs(data.labels).max()) + 1 + low)
    assert float(data.unsettled.max()) < wanted * config.steps * ((high - low) / (high + low)) ** config.steps


def test_the_posterior_agrees_with_that_of_numerics(draws):
    from numerics.predictions.kernel_regression import posterior as reference
    from numerics.predictions.limit_kernels import gram, nngp_kernel

    config, data = draws
    inputs, tests, labels = (torch.from_numpy(data[name].values) for name in ("inputs", "tests", "labels"))
    n = len(inputs)
    kernel = gram(torch.cat([inputs, tests]), lambda angle: nngp_kernel(angle, 3))
    wanted = reference(kernel[:n, :n], kernel[n:, :n], kernel[n:, n:], labels, config.ridge)
    mean, variance = posterior.gaussian_process(data, 3, config.ridge)
    # A solve of order n at the condition number of K + ridge, whose trace is n; then sums of n terms of size 1.
    budget = EPS * n**2 * (n + config.ridge) / config.ridge * (1 + float(labels.abs().max()))
    assert np.abs(mean - wanted.mean.numpy()).max() <= budget
    assert np.abs(variance - wanted.variance.numpy()).max() <= budget


def test_descent_on_alpha_is_descent_on_the_last_layer():
    generator = torch.Generator().manual_seed(0)
    hidden, wanted = torch.randn(7, 3, dtype=torch.float64, generator=generator), torch.ones(3).double()
    kernel, ridge = hidden.T @ hidden, 0.5
    alpha, _ = posterior_experiment.descend(kernel, wanted, ridge, 5)
    low, high = ridge**0.5, (float(kernel.trace()) + ridge) ** 0.5
    rate, momentum = 4 / (high + low) ** 2, ((high - low) / (high + low)) ** 2
    moved, speed = torch.zeros(7).double(), torch.zeros(7).double()
    for _ in range(5):
        speed = momentum * speed + rate * (hidden @ (wanted - hidden.T @ moved) - ridge * moved)
        moved = moved + speed
    # Five steps, each of sums over 7 units and 3 points of values up to the kernel's trace.
    budget = 5 * EPS * (7 + 3) * float(kernel.trace()) * float(1 + alpha.abs().max())
    assert (hidden.T @ moved - kernel @ alpha).abs().max() <= budget
