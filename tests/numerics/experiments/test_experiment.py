"""Every experiment: found by the name of its file, its profiles allowed, its smallest sizes held."""

import subprocess
import sys
from dataclasses import fields, replace

import pytest
import xarray as xr

from numerics.experiments import experiment_modules, load_experiment
from numerics.experiments.cao import cao_circle

NAMES = list(experiment_modules())


def test_names_are_those_of_the_files_and_found_without_importing_any():
    code = "import sys; from numerics.experiments import experiment_modules; print(len(experiment_modules()), 'torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == [str(len(NAMES)), "False"]
    assert all(load_experiment(name).name == name for name in NAMES) and len(NAMES) >= 27


def test_an_experiment_that_bears_another_name_than_its_file_is_refused(monkeypatch):
    monkeypatch.setattr(cao_circle, "EXPERIMENT", replace(cao_circle.EXPERIMENT, name="cao-torus"))
    with pytest.raises(ValueError, match="declares 'cao-torus': an experiment has the name of its file"):
        load_experiment("cao-circle")


@pytest.mark.parametrize("name", NAMES)
def test_every_profile_is_allowed_and_one_less_than_a_smallest_size_is_refused_in_one_line(name):
    experiment = load_experiment(name)
    assert list(experiment.profiles) == list(experiment.smallest) == ["quick", "full", "paper"]
    for profile, smallest in experiment.smallest.items():
        config = experiment.configure(profile)
        assert config.profile == profile and {"profile", "seed", "seeds"} <= {field.name for field in fields(config)}
        for field, least in smallest.items():
            several = isinstance(getattr(config, field), tuple)
            with pytest.raises(ValueError, match=f"^{name}: {field} = .* is not allowed in profile") as refusal:
                experiment.configure(profile, **{field: (least - 1, least) if several else least - 1})
            assert "\n" not in str(refusal.value)


@pytest.mark.parametrize("name", NAMES)
def test_what_must_be_positive_is(name):
    experiment = load_experiment(name)
    for field in experiment.positive:
        with pytest.raises(ValueError, match=f"^{name}: {field} > 0 wanted"):
            experiment.configure(**{field: 0.0})


def test_a_config_made_without_configure_is_checked_before_it_runs():
    with pytest.raises(ValueError, match="cao-circle: width = 2 is not allowed"):
        cao_circle.EXPERIMENT.run(replace(cao_circle.EXPERIMENT.configure(), width=2))


def test_a_run_says_how_it_came_about_on_one_thread_and_reports_to_nobody_unasked():
    told = []

    def measure(config, progress):
        progress(1, 1)
        return xr.Dataset({"width": config.width})

    experiment = replace(cao_circle.EXPERIMENT, name="nothing", measure=measure)
    config = experiment.configure(seed=7)
    attributes = experiment.run(config).attrs
    assert attributes["experiment"] == "nothing" and attributes["seed"] == 7 and attributes["threads"] == 1
    experiment.run(config, lambda done, total: told.append((done, total)))
    assert told == [(1, 1)]


WITH_EDGE = [name for name in experiment_modules() if load_experiment(name).edge is not None]


def test_the_experiments_on_two_layers_know_their_edge() -> None:
    assert len(WITH_EDGE) == 9


@pytest.mark.parametrize("name", WITH_EDGE)
def test_a_step_beyond_the_edge_is_refused_beforehand_unless_it_is_meant(name: str) -> None:
    experiment = load_experiment(name)
    edge = experiment.edge(experiment.profiles["quick"])
    assert experiment.profiles["quick"].step_size < edge < 6
    assert experiment.configure("quick", step_size=0.999 * edge).step_size < edge
    with pytest.raises(ValueError, match=r"beyond the edge .* = 2/lambda_max .* --beyond-edge") as refused:
        experiment.configure("quick", step_size=1.001 * edge)
    assert "\n" not in str(refused.value)
    assert experiment.configure("quick", step_size=1.001 * edge, beyond_edge=True).beyond_edge


def test_the_loss_falls_below_the_edge_and_grows_beyond_it() -> None:
    """At width 4096 the largest eigenvalue of a network's own kernel is the limit's within 5 %."""
    circle = load_experiment("cao-circle")
    edge = circle.edge(circle.profiles["quick"])
    sizes = {"samples": 32, "width": 4096, "seeds": 2, "steps": 100, "amplitude": 1e-4, "beyond_edge": True}
    falls, grows = (circle.run(circle.configure("quick", step_size=c * edge, **sizes)).loss for c in (0.93, 1.07))
    assert (falls[:, -1] < falls[:, 50]).all() and (grows[:, -1] > 10 * grows[:, 50]).all()


@pytest.mark.parametrize("name", ["learning-curves", "gaussian-limit"])
def test_seeds_that_torch_sees_as_one_when_they_are_shifted_draw_different_samples(name: str) -> None:
    """64 * 2^26 = 2^32: a seed shifted by 26 bits and more was that of 64 seeds before."""
    experiment = load_experiment(name)
    smallest = {k: v for k, v in experiment.smallest["quick"].items() if k in ("networks",)}
    runs = [
        experiment.run(experiment.configure("quick", **smallest | {"seeds": 2, "seed": seed})).isel(seed=0)
        for seed in (10_000, 10_064)
    ]
    assert all((runs[0][one] != runs[1][one]).any() for one in runs[0].data_vars)
