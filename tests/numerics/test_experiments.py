"""Experiments: labelled results, reproducible seeds, honest refusals, atomic files."""

import dataclasses
import json
import os
import subprocess
import sys

import numpy as np
import pytest
import xarray as xr

from numerics.experiments import experiment_modules, load_experiment, written_settings
from numerics.experiments.storage import load, save

SMALL = {
    "cao-circle": {"samples": 32, "width": 512, "seeds": 2, "steps": 100},
    "cao-sphere": {"rings": 8, "width": 512, "seeds": 2, "steps": 60},
    "cao-mixture": {"samples": 200, "width": 512, "seeds": 2, "steps": 100},
}


@pytest.fixture(scope="module")
def results() -> dict[str, xr.Dataset]:
    found = {}
    for name in SMALL:
        module = load_experiment(name)
        found[name] = module.run(module.configure("quick", **SMALL[name]))
    return found


@pytest.mark.parametrize("name", list(SMALL))
def test_results_are_labelled_and_say_how_they_came_about(name, results):
    result = results[name]
    assert result.network.dims == result.own_kernel.dims == ("seed", "step", "degree")
    assert result.sizes["step"] == SMALL[name]["steps"] + 1
    assert result.sizes["seed"] == 2 and result.degree.values[0] == 1
    config = json.loads(result.attrs["config"])
    assert config["width"] == 512 and config["profile"] == "quick"
    assert {"torch", "python"} <= set(json.loads(result.attrs["versions"]))
    assert result.attrs["threads"] == 1 and result.attrs["dtype"] == "float64"
    assert result.attrs["seconds"] > 0 and result.attrs["seed"] == 0


@pytest.mark.parametrize("name", list(SMALL))
def test_networks_follow_their_own_kernel_closer_than_the_limit(name, results):
    result = results[name]
    own = abs(result.network - result.own_kernel).mean(("seed", "step"))
    limit = abs(result.network - result.gram).mean(("seed", "step"))
    assert bool((own < limit).all())


@pytest.mark.parametrize("name", list(SMALL))
def test_a_seed_gives_the_same_bits_in_any_company(name, results):
    module = load_experiment(name)
    second = module.configure("quick", **SMALL[name] | {"seed": 1})
    again = module.run(second).sel(seed=[1])
    assert np.array_equal(again.network.values, results[name].sel(seed=[1]).network.values)
    assert not np.array_equal(again.network.values, results[name].sel(seed=[0]).network.values)


def test_grid_curves_start_at_one_and_gram_decays_at_its_eigenvalue(results):
    for name, step_size in (("cao-circle", 1.0), ("cao-sphere", 1.5)):
        result = results[name]
        assert abs(result.network.isel(step=0) - 1).max() < 1e-10
        first_step = result.gram.isel(step=1)
        assert abs(first_step - (1 - step_size * result.gram_eigenvalue)).max() < 0.02


def test_lower_degrees_are_learned_first_in_the_mixture(results):
    network = results["cao-mixture"].network
    left = network.isel(step=-1) / network.isel(step=0)
    assert bool((abs(left.sel(degree=1)) < abs(left.sel(degree=2))).all())
    assert bool((abs(left.sel(degree=2)) < abs(left.sel(degree=4))).all())


def test_unknown_names_are_refused_with_the_known_ones():
    with pytest.raises(ValueError, match="cao-circle, cao-mixture, cao-sphere"):
        load_experiment("cao-torus")
    circle = load_experiment("cao-circle")
    with pytest.raises(ValueError, match="quick, full, paper"):
        circle.configure("huge")
    with pytest.raises(ValueError, match="no setting 'widht'; there are profile, samples"):
        circle.configure("quick", widht=3)
    with pytest.raises(ValueError, match="step_size > 0"):
        circle.configure("quick", step_size=0.0)
    with pytest.raises(ValueError, match="same, different"):
        load_experiment("cao-mixture").configure("quick", scales="wild")


def test_saved_results_come_back_and_a_failed_save_leaves_the_old_file(tmp_path, results, monkeypatch):
    path = tmp_path / "circle.nc"
    save(results["cao-circle"], path)
    xr.testing.assert_identical(load(path), results["cao-circle"])

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    before = path.read_bytes()
    monkeypatch.setattr(os, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        save(results["cao-sphere"], path)
    assert path.read_bytes() == before and os.listdir(tmp_path) == ["circle.nc"]


def test_numerics_imports_no_theory():
    code = (
        "import sys; from numerics.experiments import experiment_modules, load_experiment\n"
        "for name in experiment_modules(): load_experiment(name)\n"
        "import numerics.predictions.rates\n"
        "print(sorted({'flint', 'theory', 'verify'} & {m.split('.')[0] for m in sys.modules}))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_settings_that_are_read_from_a_file_are_those_of_the_config() -> None:
    read = {name: written_settings(name) for name in experiment_modules()}
    known = {name: names for name, names in read.items() if names is not None}
    assert len(known) >= 20
    for name, names in known.items():
        config = load_experiment(name).configure("quick")
        assert names == [field.name for field in dataclasses.fields(config)], name
