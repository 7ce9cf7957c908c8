"""Do the claims about networks keep their false-fail rates? Measured, and by resampling stored seeds."""

from __future__ import annotations

import os
from dataclasses import replace

import numpy as np
import pytest
import torch

from numerics.experiments import cao_circle
from numerics.experiments.config import one_thread
from numerics.kernels import gram, neuron_rayleigh_quotients, rayleigh_quotients
from numerics.networks import initialise
from theory.truth import Truth
from verify.budget import ALLOWED
from verify.checks import KERNEL_FALSE_FAIL
from verify.claim import Context
from verify.networks import initial, mixture, rates
from verify.networks.runs import config_of
from verify.normality import normality_test
from verify.properties import EXAMPLES
from verify.statistics import FAILS, HOLDS, binomial_bounds, equivalence_tests, z_test

MISS = 1e-6
REPLICATES = 1000
NIGHTLY = os.environ.get("HYPOTHESIS_PROFILE") == "nightly"


def test_false_alarms_of_the_initial_kernel_over_1000_replicates():
    """The z-test of `initial-kernel`, one degree, 2048 units, at a false-fail rate of .1."""
    problem = cao_circle.problem(cao_circle.configure())
    expected = rayleigh_quotients(gram(problem.sample.points), problem)[1].item()
    alarms = 0
    with one_thread():
        for seed in range(REPLICATES):
            network = initialise(1, 2048, torch.Generator().manual_seed(seed), antisymmetric=False)
            terms = neuron_rayleigh_quotients(network, problem)[:, 1].numpy()
            alarms += z_test(terms, expected, 0.1, 0.5, caught=expected).verdict == FAILS
    assert binomial_bounds(alarms, REPLICATES, MISS)[0] <= 0.1


def test_designs_of_the_quick_profile_keep_the_total_rate():
    """Sum of what the entries of the quick profile write as false_fail, from the designs, without training."""
    context = Context("quick", 0)
    designs = [plan.design(config_of(plan.experiment, context)).false_fail for plan in (rates.CIRCLE, rates.SPHERES[2])]
    shares = [initial.FALSE_FAIL, EXAMPLES["quick"] * KERNEL_FALSE_FAIL, 2 * mixture.FALSE_FAIL]
    assert sum(designs) + sum(shares) <= ALLOWED["quick"]


@pytest.mark.skipif(not NIGHTLY, reason="trains 240 networks: nightly")
def test_seed_values_of_the_circle_are_normal_and_resampled_alarms_keep_their_rate():
    """240 stored seeds of `rates-circle`: normality, and 1000 replicates of fewer seeds drawn from them."""
    context = Context("quick", 3_000_000)
    config, data = rates._data(rates.CIRCLE, context)
    errors = rates._errors(rates.CIRCLE, config, data, rates.predicted(rates.CIRCLE, config))
    assert len(errors) >= 200
    assert normality_test(errors, 1e-3).verdict == HOLDS
    design = rates.CIRCLE.design(replace(config, seeds=100))
    assert 1e-4 < design.false_fail < 0.5  # so few seeds that alarms could be seen
    rng, alarms = np.random.default_rng(0), 0
    for _ in range(REPLICATES):
        chosen = rng.choice(len(errors), size=design.seeds, replace=False)
        tests = equivalence_tests(errors[chosen], data.degree.values.tolist(), design)
        alarms += any(test.verdict != HOLDS for test in tests)
    assert binomial_bounds(alarms, REPLICATES, MISS)[0] <= design.false_fail
    wrong = 2 * rates.CIRCLE.margin + errors
    assert rates.finding(rates.CIRCLE, config, data).truth is Truth.HOLDS
    assert any(t.verdict == FAILS for t in equivalence_tests(wrong, data.degree.values.tolist(), design))
