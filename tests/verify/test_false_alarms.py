"""Do the claims about networks keep their false-fail rates? Measured, and by resampling stored seeds."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
import pytest
import torch
import xarray as xr

from numerics.experiments import load_experiment
from numerics.experiments.cao import cao_circle
from numerics.experiments.config import one_thread
from numerics.networks.two_layer import initialise
from numerics.predictions.limit_kernels import gram, neuron_rayleigh_quotients, rayleigh_quotients
from tests.verify.normality import normality_test
from tests.verify.resampling import drawn, resampled_alarms, visible_seeds
from theory.numbers.truth import Truth
from verify.claims import all_claims
from verify.findings.claim import Context, Finding
from verify.ledger.expectations import expected
from verify.networks import curves, procedure_of, rates, runs, smoothness, targets, widths
from verify.networks.runs import config_of, obtain
from verify.statistics.binomial import binomial_bounds
from verify.statistics.budget import ALLOWED, total_false_fail, without_rate
from verify.statistics.equivalence import FAILS, HOLDS, Design, equivalence_tests
from verify.statistics.ztest import z_test

MISS = 1e-6
REPLICATES = 1000
NIGHTLY = os.environ.get("HYPOTHESIS_PROFILE") == "nightly"


def test_false_alarms_of_the_initial_kernel_over_1000_replicates():
    """The z-test of `initial-kernel`, one degree, 2048 units, at a false-fail rate of .1."""
    problem = cao_circle.problem(cao_circle.EXPERIMENT.configure())
    expected = rayleigh_quotients(gram(problem.sample.points), problem)[1].item()
    alarms = 0
    with one_thread():
        for seed in range(REPLICATES):
            network = initialise(1, 2048, torch.Generator().manual_seed(seed), antisymmetric=False)
            terms = neuron_rayleigh_quotients(network, problem)[:, 1].numpy()
            alarms += z_test(terms, expected, 0.1, 0.5, caught=expected).verdict == FAILS
    assert binomial_bounds(alarms, REPLICATES, MISS)[0] <= 0.1


# Experiments whose judges refuse, or read their spread from, fewer networks than the claim has: trained whole.
WHOLE = ("gaussian-limit",)


def few_trained(tasks, folder, workers, report, run):
    """In place of `sweep`: two networks of each experiment, repeated under the seeds of all."""
    found = []
    for name, config in tasks:
        few = config if name in WHOLE else replace(config, seeds=2)
        result = load_experiment(name).run(few)
        places = np.arange(config.seeds) % few.seeds
        found.append(
            ((name, config), result.isel(seed=places).assign_coords(seed=config.seed + np.arange(config.seeds)))
        )
    return found


def quick_entries(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, object]]:
    """Every claim of the quick profile that a procedure decides by statistics, as its entry states it."""
    monkeypatch.setattr(runs, "sweep", few_trained)
    monkeypatch.setattr(runs, "refuse_equal_seeds", lambda whole, config: None)  # they are repeated
    statistical = {name for name, want in expected().items() if want["evidence"] == "observed"}
    claims = [c for c in all_claims().values() if c.profile == "quick" and c.procedure is not None]
    asked = [c for c in claims if c.id in statistical or c.id == "property-initial-kernel"]
    with one_thread():
        return [
            {"id": c.id, "evidence": "observed", "rates": procedure_of(c).judge(Context("quick", 0)).rates}
            for c in asked
        ]


def test_all_statistical_claims_of_the_quick_profile_keep_the_total_rate(monkeypatch):
    """The rates come from sizes and designs, so that two trained networks of each experiment do."""
    entries = quick_entries(monkeypatch)
    runs._finished.clear()
    total, count = total_false_fail(entries)
    assert not without_rate(entries) and count >= 20
    assert total <= ALLOWED["quick"], entries
    # One more claim that stated nothing would be seen.
    assert total_false_fail([*entries, {"id": "x", "evidence": "observed", "rates": None}])[0] > ALLOWED["quick"]


def circle_judge(config: object, data: xr.Dataset) -> Finding:
    return rates.finding(rates.CIRCLE, config, data, _rates(rates.CIRCLE, config))


def sphere_judge(config: object, data: xr.Dataset) -> Finding:
    return rates.finding(rates.SPHERES[2], config, data, _rates(rates.SPHERES[2], config))


@cache
def _sample_rates(plan: rates.Plan, config: object) -> tuple[float, ...]:
    return tuple(rates.predicted(plan, config))


def _rates(plan: rates.Plan, config: object) -> list[float]:
    """What theory says does not depend on the seeds."""
    return list(_sample_rates(plan, replace(config, seeds=2)))


# experiment, stored seeds, verdict on some of them
STORED = {
    "circle": ("cao-circle", 240, circle_judge),
    "sphere": ("cao-sphere", 200, sphere_judge),
    "kernel at the start": ("width-laws", 240, widths.start_finding),
    "kernel drift": ("width-laws", 240, widths.drift_finding),
    "linearisation": ("width-laws", 240, widths.linear_finding),
    "learning curves": ("learning-curves", 200, curves.judge),
    "any target": ("cao-targets", 200, targets.judge),
    "ridge rates": ("ridge-rates", 200, smoothness.judge),
}


@pytest.mark.skipif(not NIGHTLY, reason="trains 200 networks and more: nightly")
@pytest.mark.parametrize("name", list(STORED))
def test_alarms_of_resampled_stored_seeds_keep_the_stated_rate(name):
    experiment, stored, judge = STORED[name]
    context = Context("quick", 3_000_000)
    config = config_of(experiment, context, seeds=stored)
    found = resampled_alarms(judge, config, obtain(experiment, config, context), REPLICATES, MISS)
    assert found.kept, found


@pytest.mark.skipif(not NIGHTLY, reason="trains 240 networks: nightly")
def test_seed_values_of_the_circle_are_normal():
    context = Context("quick", 3_000_000)
    config, data = rates._data(rates.CIRCLE, context)
    errors = rates._errors(rates.CIRCLE, config, data, rates.predicted(rates.CIRCLE, config))
    assert len(errors) >= 200 and normality_test(errors, 1e-3).verdict == HOLDS
    assert rates.finding(rates.CIRCLE, config, data).truth is Truth.HOLDS


@dataclass(frozen=True)
class Made:
    """A config with what a subset of seeds changes."""

    seeds: int


def made(spread: float) -> xr.Dataset:
    values = spread * np.random.default_rng(0).standard_normal(240)
    return xr.Dataset({"error": ("seed", values)}, {"seed": np.arange(240)})


def made_judge(config: Made, data: xr.Dataset) -> Finding:
    """An equivalence test that assumes a spread of 1."""
    design = Design(config.seeds, 1.0, 1e-3, 1, 1.0)
    (test,) = equivalence_tests(data.error.values[:, None], ["mean"], design)
    return Finding(Truth(test.verdict), None, "made-up values", "", rates={"false_fail": design.false_fail})


def test_a_rate_that_is_kept_stands_and_one_from_too_small_a_spread_is_refuted():
    draws = 400
    kept = resampled_alarms(made_judge, Made(240), made(1.0), draws, MISS)
    assert kept.kept and kept.stated >= 5e-3 and kept.lower <= kept.alarms / kept.draws <= kept.upper
    one_more = made_judge(*drawn(Made(240), made(1.0), np.arange(kept.seeds + 1)))
    assert one_more.rates["false_fail"] < 5e-3
    assert not resampled_alarms(made_judge, Made(240), made(1.5), draws, MISS).kept


def test_too_few_stored_seeds_and_rates_that_nothing_could_show_are_refused():
    with pytest.raises(ValueError, match="at least 200 stored seeds are needed, got 150"):
        resampled_alarms(made_judge, Made(150), made(1.0)[{"seed": slice(150)}], 10, MISS)
    with pytest.raises(ValueError, match="100 seeds already state a rate below"):
        visible_seeds(made_judge, Made(240), made(1.0), least=100)
