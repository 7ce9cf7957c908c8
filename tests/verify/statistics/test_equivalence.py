"""The stated error rates are the real ones: by simulation, by quadrature, by closed form."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, stats

from tests.examples import FACTOR, NIGHT
from tests.theory.values import refuses_change
from verify.statistics import equivalence as statistics
from verify.statistics.binomial import binomial_bounds
from verify.statistics.equivalence import Design, Pilot, equivalence_tests, plan_seeds, power_warning, stated
from verify.statistics.ztest import z_test

# Chance that an exact rate falls outside its simulated bounds, per comparison; seeds are fixed.
MISS = 1e-6


def holds_rate(design: Design, means: list[float], spread: float, runs: int, seed: int):
    """Bounds on the chance that all comparisons HOLD, from ``runs`` simulated families."""
    generator = np.random.default_rng(seed)
    shape = (runs, design.seeds, len(means))
    data = generator.normal(means, spread, shape)
    verdicts = [equivalence_tests(family, range(len(means)), design) for family in data]
    passed = sum(all(v.verdict == statistics.HOLDS for v in family) for family in verdicts)
    return binomial_bounds(passed, runs, MISS)


OFF = [(3, 0.1, -1), (3, 0.4, 1), (12, 0.1, 1), (12, 0.4, -1)]


@pytest.mark.parametrize("seeds, spread, sign", OFF + [(n, spread, -sign) for n, spread, sign in OFF] * NIGHT)
def test_a_theory_off_by_the_margin_passes_at_most_at_the_level(seeds, spread, sign):
    design = Design(seeds, margin=0.5, level=0.1, comparisons=2, spread=0.1)
    low, _ = holds_rate(design, [sign * 0.5, 0.0], spread, 2000, seed=seeds)
    assert low <= design.single_level < design.level
    assert design.pass_probability(0.5) == pytest.approx(design.single_level, rel=1e-6)


def test_a_theory_inside_the_margin_passes_more_often_than_the_level():
    design = Design(12, margin=0.5, level=0.1, comparisons=2, spread=0.4)
    low, _ = holds_rate(design, [0.3, 0.0], 0.4, 2000, seed=0)
    assert low > design.level


@pytest.mark.parametrize("bias", [0.0, 0.01, -0.02])
def test_a_right_theory_fails_at_most_at_the_stated_rate(bias):
    design = Design(8, margin=0.05, level=0.1, comparisons=3, spread=0.03, bias=abs(bias))
    low, high = holds_rate(design, [bias] * 3, 0.03, 3000, seed=1)
    assert 1 - high <= design.false_fail
    # Not a bound of the empty kind: it is within a third of the truth.
    assert design.false_fail <= 1.34 * (1 - low)


@pytest.mark.parametrize(("seeds", "bias"), [(3, 0.0), (5, 0.01), (20, 0.02)])
def test_the_false_fail_rate_is_two_tails_of_the_noncentral_t(seeds, bias):
    design = Design(seeds, margin=0.05, level=0.1, comparisons=2, spread=0.03, bias=bias)
    threshold = stats.t.isf(design.level / 2, seeds - 1)
    shifts = [(0.05 + sign * bias) / (0.03 / math.sqrt(seeds)) for sign in (-1, 1)]
    tails = sum(stats.nct.cdf(threshold, seeds - 1, shift) for shift in shifts)
    assert design.false_fail == pytest.approx(min(1, 2 * tails), rel=1e-6)


def test_a_spread_above_the_assumed_one_breaks_the_false_fail_rate():
    design = Design(8, margin=0.05, level=0.1, comparisons=3, spread=0.02)
    _, high = holds_rate(design, [0.0] * 3, 0.06, 2000, seed=2)
    assert 1 - high > design.false_fail


@given(st.integers(1, 400), st.floats(-8, 8), st.floats(-4, 16))
@settings(max_examples=6 * FACTOR, deadline=None)
def test_t_tail_equals_adaptive_quadrature(freedom, threshold, shift):
    def integrand(u: float) -> float:
        density = stats.chi.logpdf(u * math.sqrt(freedom), freedom) + math.log(freedom) / 2
        return math.exp(stats.norm.logcdf(threshold * u - shift) + density)

    top = 1 + 20 / math.sqrt(freedom)
    # Split at the middle of the density, so that no narrow bump is missed.
    parts = [(0, 0.5), (0.5, 1), (1, (1 + top) / 2), ((1 + top) / 2, top)]
    expected = sum(integrate.quad(integrand, *part, epsabs=0, epsrel=1e-11, limit=400)[0] for part in parts)
    got = statistics.t_tail(threshold, freedom, shift)
    assert abs(got - expected) <= 1e-30 + 1e-8 * expected


@given(st.integers(1, 300), st.floats(-9, 9))
@settings(deadline=None)
def test_t_tail_without_shift_is_students(freedom, threshold):
    expected = stats.t.cdf(threshold, freedom)
    assert statistics.t_tail(threshold, freedom, 0.0) == pytest.approx(expected, rel=1e-8)


@given(st.floats(0.01, 0.05), st.floats(0, 0.02), st.sampled_from([1e-3, 1e-6]), st.integers(1, 9))
@settings(max_examples=25, deadline=None)
def test_planned_seeds_are_enough_and_one_less_is_not(spread, bias, rate, comparisons):
    design = plan_seeds(0.05, rate, rate, comparisons, spread, bias)
    assert design.false_fail <= rate
    if design.seeds > 2:
        fewer = Design(design.seeds - 1, 0.05, rate, comparisons, spread, bias)
        assert fewer.false_fail > rate


def test_smallest_caught_error_is_caught_at_the_stated_rate():
    design = Design(10, margin=0.05, level=0.2, comparisons=1, spread=0.05)
    caught = design.smallest_caught(0.02)
    low, high = holds_rate(design, [caught], 0.05, 4000, seed=3)
    assert caught > design.margin
    assert low <= 0.02 and high >= 0.02 / 2
    assert design.smallest_caught(0.2) == design.margin


def test_verdicts_name_what_the_data_show():
    design = Design(4, margin=1.0, level=0.05, comparisons=3, spread=0.1)
    noise = np.array([[-0.1], [0.1], [-0.1], [0.1]])
    errors = noise + np.array([0.0, 1.0, 3.0])
    verdicts = [result.verdict for result in equivalence_tests(errors, "abc", design)]
    assert verdicts == ["HOLDS", "UNDECIDED", "FAILS"]
    wide = equivalence_tests(noise * 20, "a", design)[0]
    assert wide.verdict == "UNDECIDED" and wide.lower < -1 < 1 < wide.upper


def test_too_few_seeds_and_other_bad_requests_are_refused_in_one_line():
    design = Design(10, margin=1.0, level=0.05, comparisons=1, spread=0.1)
    refusals = [
        (lambda: equivalence_tests(np.zeros((9, 1)), "a", design), "10 seeds keep"),
        (lambda: equivalence_tests(np.zeros((10, 2)), "ab", design), "design for 1"),
        (lambda: equivalence_tests(np.full((10, 1), np.nan), "a", design), "finite"),
        (lambda: equivalence_tests(np.zeros(10), "a", design), "wanted"),
        (lambda: Design(10, 1.0, 0.05, 1, 0.1, bias=1.0), "bias < margin"),
        (lambda: Design(1, 1.0, 0.05, 1, 0.1), "seeds >= 2"),
        (lambda: Design(10, 1.0, 0.05, 1, 0.0), "spread > 0"),
        (lambda: Design(10, 1.0, 0.0, 1, 0.1), "0 < level"),
        (lambda: Design(10, 1.0, 0.5, 1, 0.1), "level < 0.5"),
        (lambda: plan_seeds(0.05, 1e-6, 1e-6, 7, 0.5, most=20), "20 seeds do not"),
        (lambda: z_test(np.arange(50.0), 25.0, 1e-3, 1e-3, 1.0), "at least 100"),
        (lambda: z_test(np.ones(200), 1.0, 1e-3, 1e-3, 1.0), "no spread"),
        (lambda: z_test(np.arange(200.0), 99.5, 1e-3, 1e-3, 1.0), "terms are needed"),
        (lambda: z_test(np.eye(1, 200)[0], 0.005, 1e-9, 1e-9, 9.0), "too few"),
        (lambda: binomial_bounds(3, 2, 0.1), "successes"),
        (lambda: statistics.spread_bound([1.0], 0.1), "at least 2"),
    ]
    for request, message in refusals:
        with pytest.raises(ValueError, match=message) as refusal:
            request()
        assert "\n" not in str(refusal.value)


@pytest.mark.parametrize("probability", [0.0, 0.03, 0.5, 1.0])
def test_binomial_bounds_cover_every_probability(probability):
    trials, miss = 30, 0.1
    counts = np.arange(trials + 1)
    bounds = [binomial_bounds(int(k), trials, miss) for k in counts]
    covered = np.array([low <= probability <= high for low, high in bounds])
    coverage = stats.binom.pmf(counts, trials, probability) @ covered
    assert coverage >= 1 - miss


def test_pilot_bounds_exceed_the_truth_at_the_stated_rate():
    generator = np.random.default_rng(6)
    pilots = generator.normal(0.3, 1.0, size=(4000, 12))
    missed_spread = sum(statistics.spread_bound(p, 0.05) < 1.0 for p in pilots)
    low, high = binomial_bounds(missed_spread, 4000, MISS)
    assert low <= 0.05 <= high
    missed_bias = sum(statistics.bias_bound(p, 0.05) < 0.3 for p in pilots)
    assert binomial_bounds(missed_bias, 4000, MISS)[0] <= 0.05


@given(st.lists(st.floats(-1, 1), min_size=3, max_size=8).filter(lambda v: np.ptp(v) > 1e-6))
@settings(max_examples=60, deadline=None)
def test_a_verdict_is_where_students_interval_lies(values):
    design = Design(len(values), margin=0.5, level=0.1, comparisons=1, spread=0.1)
    mirrored = -np.array(values)[:, None]
    (test,), (mirror,) = (equivalence_tests(v, ["a"], design) for v in (-mirrored, mirrored))
    low, high = stats.ttest_1samp(values, 0).confidence_interval(1 - 2 * design.single_level)
    assert (test.lower, test.upper) == pytest.approx((low, high), rel=1e-9, abs=1e-12)
    outside, inside = low > 0.5 or high < -0.5, -0.5 < low and high < 0.5
    verdicts = (statistics.FAILS, statistics.HOLDS, statistics.UNDECIDED)
    assert test.verdict == verdicts[0 if outside else 1 if inside else 2] == mirror.verdict


@pytest.mark.parametrize(
    ("values", "verdict"),
    [
        ((-0.7, -0.5, -0.3), statistics.UNDECIDED),
        ((0.3, 0.5, 0.7), statistics.UNDECIDED),
        ((0.9, 0.91, 0.92), statistics.FAILS),
        ((-0.9, -0.91, -0.92), statistics.FAILS),
    ],
)
def test_an_interval_across_the_margin_decides_nothing_on_either_side(values, verdict):
    design = Design(3, margin=0.5, level=0.1, comparisons=1, spread=0.1)
    (test,) = equivalence_tests(np.array(values)[:, None], ["a"], design)
    assert test.verdict == verdict


@pytest.mark.parametrize("effect", [0.0, 0.03, -0.03, 0.05, 0.08, -0.08])
def test_the_pass_probability_is_one_tail_of_the_noncentral_t(effect):
    design = Design(9, margin=0.05, level=0.1, comparisons=2, spread=0.03)
    threshold, error = stats.t.isf(0.05, 8), 0.01
    one_sided = stats.nct.sf(threshold, 8, (0.05 - abs(effect)) / error)
    assert design.pass_probability(effect) == pytest.approx(one_sided, rel=1e-7)


@pytest.mark.parametrize("effect", [0.03, 0.05, 0.08, -0.08])
def test_the_chance_to_fail_is_that_of_simulated_verdicts_and_not_that_of_no_holds(effect):
    design = Design(8, margin=0.05, level=0.1, comparisons=1, spread=0.03)
    data = np.random.default_rng(3).normal(effect, 0.03, (3000, 8, 1))
    verdicts = [equivalence_tests(one, ["a"], design)[0].verdict for one in data]
    low, high = binomial_bounds(verdicts.count(statistics.FAILS), len(verdicts), MISS)
    assert low <= design.fail_probability(effect) <= high
    if effect == 0.05:  # at the margin HOLDS is denied nearly always, FAILS is said one time in ten
        assert 1 - design.pass_probability(effect) == pytest.approx(0.9) and high < 0.2


@pytest.mark.parametrize("miss", [0.0999, 0.05, 1e-3, 1e-9])
def test_the_smallest_caught_error_passes_with_the_chance_to_miss_it(miss):
    design = Design(10, margin=0.05, level=0.2, comparisons=2, spread=0.05)
    caught = design.smallest_caught(miss)
    assert caught > 0.05 and design.pass_probability(caught) == pytest.approx(miss, rel=1e-6)
    assert design.smallest_caught(design.single_level) == design.margin


def test_a_probability_is_at_most_one_and_none_is_lost_at_either_end():
    for freedom in (1, 2, 7, 100, 3000):
        assert statistics.t_tail(50.0, freedom, -50.0) == pytest.approx(1, abs=1e-12)
        for threshold in np.linspace(5, 40, 8):
            assert statistics.t_tail(threshold, freedom, -threshold) <= 1
    assert Design(2, 1.0, 0.49, 5, spread=50.0).false_fail == 1


def test_plans_reach_down_to_two_seeds_and_up_to_the_most():
    easy = plan_seeds(1.0, 0.4, 0.4, 1, spread=0.01)
    assert easy.seeds == 2 == plan_seeds(1.0, 0.4, 0.4, 1, spread=0.01, most=2).seeds
    needed = plan_seeds(0.05, 1e-3, 1e-3, 1, spread=0.05).seeds
    assert plan_seeds(0.05, 1e-3, 1e-3, 1, spread=0.05, most=needed).seeds == needed
    for most in (needed - 1, 1, 0):
        with pytest.raises(ValueError, match=f"{most} seeds do not bring the false-fail rate to 0.001"):
            plan_seeds(0.05, 1e-3, 1e-3, 1, spread=0.05, most=most)
    for rate in (0, 1):
        with pytest.raises(ValueError, match=f"0 < false_fail < 1 wanted, got {rate}"):
            plan_seeds(0.05, 1e-3, rate, 1, spread=0.05)
    with pytest.raises(ValueError, match="10000 seeds do not"):
        plan_seeds(0.05, 1e-3, 1e-3, 1, spread=50.0)


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        (lambda: Design(10, 1.0, 0.05, 0, 0.1), "comparisons >= 1 wanted, got 10 and 0"),
        (lambda: Design(10, 1.0, 0.05, 1, -0.1), "spread > 0 wanted, got 0.05 and -0.1"),
        (lambda: Design(10, 1.0, 0.05, 1, 0.1, bias=-0.01), "0 <= bias < margin"),
        (
            lambda: equivalence_tests(np.zeros((10, 2)), "abc", Design(9, 1.0, 0.05, 3, 0.1)),
            r"errors \(seeds, 3\) wanted, got shape \(10, 2\)",
        ),
        (lambda: equivalence_tests(np.zeros((10, 1, 1)), "a", Design(9, 1.0, 0.05, 3, 0.1)), "wanted, got shape"),
        (lambda: equivalence_tests([[0.0], [1.0], [math.inf]], "a", Design(3, 1.0, 0.05, 1, 0.1)), "finite"),
        (lambda: equivalence_tests(np.zeros((9, 1)), "a", Design(10, 1.0, 0.05, 1, 0.1)), "rates, got 9$"),
        (lambda: equivalence_tests(np.zeros((9, 3)), "abc", Design(9, 1.0, 0.05, 1, 0.1)), "got 3$"),
        (lambda: z_test(np.ones((200, 2)), 1.0, 0.1, 0.1, 1.0), "at least 100 finite values"),
        (lambda: z_test([*range(200), math.nan], 1.0, 0.1, 0.1, 1.0), "at least 100 finite values"),
        (lambda: z_test(np.arange(99.0), 49.0, 0.1, 0.1, 100.0), "at least 100 finite values"),
        (lambda: z_test(np.arange(100.0), 49.5, 0.1, 0.1, 0.0), "infinitely many terms are needed"),
        (lambda: z_test(np.arange(100.0), 49.5, 1.0, 0.1, 9.0), "0 < false_fail < 1 wanted, got 1.0"),
        (lambda: z_test(np.arange(100.0), 49.5, 0.1, 0.0, 9.0), "0 < miss < 1 wanted, got 0.0"),
        (lambda: statistics.spread_bound([1.0, 2.0], 0), "0 < miss < 1"),
        (lambda: statistics.bias_bound([1.0, 2.0], 1), "0 < miss < 1"),
        (lambda: statistics.bias_bound([1.0], 0.5), "at least 2"),
        (lambda: binomial_bounds(0, 0, 0.1), "successes"),
        (lambda: binomial_bounds(-1, 5, 0.1), "got -1 of 5"),
        (lambda: binomial_bounds(6, 5, 0.1), "got 6 of 5"),
        (lambda: binomial_bounds(1, 5, 1.0), "0 < miss < 1"),
    ],
)
def test_what_lies_just_outside_is_refused(request_, message):
    with pytest.raises(ValueError, match=message):
        request_()


def test_what_lies_just_inside_is_taken():
    assert Design(2, 1.0, 0.499, 1, 1e-9, bias=0.999).seeds == 2
    design = Design(3, 1.0, 0.05, 2, 0.1)
    assert len(equivalence_tests(np.zeros((3, 2)), "ab", design)) == 2
    assert len(equivalence_tests(np.zeros((4, 1)), "a", design)) == 1
    steps = np.arange(100.0)
    assert z_test(steps, 49.5, 0.1, 0.1, caught=100.0).terms == 100
    assert z_test(np.tile([-1.0, 1.0], 50), 0.0, 0.1, 0.1, caught=1.0).z == 0  # no skewness at all
    low, high = binomial_bounds(1, 1, 0.1)
    assert (low, high) == pytest.approx((0.05, 1.0)) and high == 1
    assert binomial_bounds(0, 1, 0.1)[0] == 0 and binomial_bounds(0, 1, 0.1)[1] == pytest.approx(0.95)


@pytest.mark.parametrize("values", [(1.0, 3.0), (-7.0, -1.0, -2.5, 0.5)])
def test_pilot_bounds_are_students_and_the_chi_square(values):
    n = len(values)
    interval = stats.ttest_1samp(values, 0).confidence_interval(0.9)
    assert statistics.bias_bound(values, 0.1) == pytest.approx(max(map(abs, interval)))
    ratio = (n - 1) * np.var(values, ddof=1) / statistics.spread_bound(values, 0.1) ** 2
    assert stats.chi2.cdf(ratio, n - 1) == pytest.approx(0.1)


@pytest.mark.parametrize("mean", [-0.5, 0.5])
def test_a_mean_on_the_margin_without_spread_is_neither_right_nor_wrong(mean):
    design = Design(3, margin=0.5, level=0.1, comparisons=2, spread=0.1)
    (test,) = equivalence_tests(np.full((3, 1), mean), ["degree 1"], design)
    assert test.verdict == statistics.UNDECIDED and test.lower == test.upper == test.mean == mean
    assert (test.label, test.spread, test.seeds, test.margin) == ("degree 1", 0, 3, 0.5)
    assert (test.level, test.false_fail, test.false_pass) == (0.1, design.false_fail, 0.1)
    for value in (design, test, z_test(np.arange(100.0), 49.5, 0.1, 0.1, caught=100.0)):
        refuses_change(value)


def test_stated_rates_are_probabilities_and_union_bounds():
    assert stated(1.0, 1.0, 1.0, false_pass=2.0) == {"false_fail": 1.0, "false_pass": 1.0}
    assert stated(1e-9, 2e-9, false_pass=1e-5) == {"false_fail": pytest.approx(3e-9), "false_pass": 1e-5}


def test_a_design_decides_where_a_right_theory_is_confirmed_nearly_always():
    """The fewest seeds that decide do; one less does not, and is warned of."""
    enough = plan_seeds(0.05, 1e-3, statistics.NO_POWER, comparisons=2, spread=0.05)
    few = Design(enough.seeds - 1, 0.05, 1e-3, 2, 0.05)
    assert enough.decides and power_warning(enough.false_fail) == ""
    assert not few.decides and power_warning(few.false_fail).startswith("no power at this size: ")
    assert power_warning(3.0).endswith("with probability up to 1")


PILOT = Pilot(2048, margin=0.06, level=1e-6, comparisons=4, spread=0.06, bias=0.0137)


def test_the_margin_of_a_pilot_never_grows_and_its_bias_is_one_over_the_width_below():
    for width in (512, 1024, 1536, 2048):
        design = PILOT.design(width, 240)
        assert design.margin == 0.06 and design.bias == pytest.approx(0.0137 * 2048 / width)
        assert design.spread == pytest.approx(0.06 * math.sqrt(2048 / width))
    wide = PILOT.design(8192, 240)
    assert (wide.margin, wide.spread, wide.bias) == pytest.approx((0.03, 0.03, 0.00685))
    assert wide.false_fail == pytest.approx(PILOT.design(2048, 240).false_fail)
    # At a fourth of the width a rate that is off by a tenth is as wrong as ever.
    assert PILOT.design(512, 240).pass_probability(0.1) < 1e-6


def test_sizes_that_do_not_fit_are_refused_with_what_they_need():
    assert PILOT.refusal(2048, 240) == "" == PILOT.refusal(8192, 240)
    refusal = PILOT.refusal(512, 240)
    assert refusal == "no power at width 512 with 240 seeds: wanted are width 2048 or 30720 seeds"
    assert PILOT.decides(2048, 240) and PILOT.decides(512, 30720)
    assert not PILOT.decides(1024, 240) and not PILOT.decides(512, 15360)
    assert not PILOT.decides(256, 10**6)  # the bias is beyond the margin, whatever the seeds
    assert PILOT.refusal(256, 240).endswith("wanted are width 2048")
    assert PILOT.refusal(256, 60).endswith("wanted are width 2048 and 120 seeds")
