"""Statistics of agreement: what a comparison of sampled networks with a theory is worth.

Two errors, and both are stated for FRESH seeds even where the seeds of a run are fixed.

    false fail   a right theory is not confirmed: the true mean lies within the assumed bias and
                 the true spread is at most the assumed one, yet the verdict is not HOLDS
    false pass   a wrong theory is confirmed: the true mean is off by the margin or more, yet the
                 verdict is HOLDS

The equivalence test is two one-sided t-tests. For each comparison j with true mean mu_j,

    null         |mu_j| >= margin
    alternative  |mu_j| < margin

and HOLDS needs both one-sided tests to reject at level / comparisons. Assumed: the seeds are
independent and a seed's value is normal, whatever its mean and spread. Given that, false pass <=
level holds exactly, at any number of seeds and any spread: the claim "all comparisons hold" needs
every one of them, so it errs less often than the one that is wrong (an intersection-union test);
dividing the level by the number of comparisons makes each single verdict simultaneous as well.
False fail does depend on bias and spread: a `Design` carries the values assumed, which come from a
pilot with seeds of its own (`spread_bound`, `bias_bound`).

Schuirmann (1987), J. Pharmacokin. Biopharm. 15, 657-680; Berger and Hsu (1996), Stat. Sci. 11.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import optimize, special, stats

HOLDS, FAILS, UNDECIDED = "HOLDS", "FAILS", "UNDECIDED"
NO_POWER = 0.05  # a test that leaves a right theory unconfirmed more often than this cannot be said to decide

# No network's verdict is said to fail a right theory less often. Further out Student's tails, and those of means over
# hidden units, are what normal values would give; no sample of a few hundred seeds can show that they are (seen by
# `tests.verify.normality`: departures at levels down to 1e-5).
LEAST_STATED = 1e-9


@dataclass(frozen=True, slots=True)
class Design:
    """An equivalence test before any data: sizes, margin, and what is assumed of a right theory.

    seeds: independent values per comparison. margin: the smallest error that counts as wrong.
    level: false-pass rate of the family. comparisons: number of means tested together, all of the
    profile's if the rates are to hold for the profile. spread, bias: upper bounds of the standard
    deviation over seeds and of |mean| under a right theory. Units are those of the data.

    >>> design = Design(seeds=40, margin=0.05, level=1e-6, comparisons=7, spread=0.02, bias=0.005)
    >>> design.false_fail < 1e-6
    True
    """

    seeds: int
    margin: float
    level: float
    comparisons: int
    spread: float
    bias: float = 0.0

    def __post_init__(self) -> None:
        if self.seeds < 2 or self.comparisons < 1:
            raise ValueError(f"seeds >= 2 and comparisons >= 1 wanted, got {self.seeds} and {self.comparisons}")
        if not 0 < self.level < 0.5 or not self.spread > 0:
            raise ValueError(f"0 < level < 0.5 and spread > 0 wanted, got {self.level} and {self.spread}")
        if not 0 <= self.bias < self.margin:
            raise ValueError(
                f"0 <= bias < margin wanted, got bias {self.bias} and margin {self.margin}: "
                "a test cannot tell a bias as large as its margin from a wrong theory"
            )

    @property
    def single_level(self) -> float:
        """Level of one comparison."""
        return self.level / self.comparisons

    @property
    def threshold(self) -> float:
        """Studentised distance from the margin that both one-sided tests need."""
        return float(stats.t.isf(self.single_level, self.seeds - 1))

    @property
    def false_fail(self) -> float:
        """Bound on the chance that a right theory misses HOLDS in any comparison."""
        near, far = ((self.margin + s * self.bias) / self._standard_error for s in (-1, 1))
        missed = sum(t_tail(self.threshold, self.seeds - 1, shift) for shift in (near, far))
        return min(1.0, self.comparisons * missed)

    @property
    def decides(self) -> bool:
        """Whether a right theory is confirmed but for a chance of NO_POWER."""
        return self.false_fail <= NO_POWER

    def pass_probability(self, effect: float) -> float:
        """Bound on the chance of HOLDS for one comparison whose true mean is ``effect``.

        P(T > threshold) for the one-sided test on the side of the effect, at the assumed spread.
        At effect = margin it is the level of one comparison, whatever the spread.
        """
        shift = (self.margin - abs(effect)) / self._standard_error
        return t_tail(-self.threshold, self.seeds - 1, -shift)

    def fail_probability(self, effect: float) -> float:
        """Chance of FAILS for one comparison whose true mean is ``effect``, at the assumed spread.

        P(T > threshold) for the test that the mean is beyond the margin: what rejects a wrong theory. Being
        denied HOLDS is less, and may be UNDECIDED.

        >>> design = Design(seeds=12, margin=0.5, level=1e-3, comparisons=1, spread=0.1)
        >>> design.fail_probability(0.5) <= 1e-3 < 0.9 < design.fail_probability(0.75)
        True
        """
        shift = (abs(effect) - self.margin) / self._standard_error
        return 1.0 - t_tail(self.threshold, self.seeds - 1, shift)

    def smallest_caught(self, miss: float) -> float:
        """Smallest error of one comparison that is denied HOLDS with probability 1 - ``miss``.

        The margin itself where miss >= the level of one comparison.
        """
        if miss >= self.single_level:
            return self.margin
        far = self._standard_error
        while self.pass_probability(self.margin + far) > miss:
            far *= 2
        excess = optimize.brentq(
            lambda extra: self.pass_probability(self.margin + extra) / miss - 1, 0.0, far, xtol=1e-9 * far
        )
        return self.margin + excess

    @property
    def _standard_error(self) -> float:
        return self.spread / math.sqrt(self.seeds)


@dataclass(frozen=True, slots=True)
class Pilot:
    """What a right theory shows at the width of a pilot, and the test it makes of networks of any width.

    The spread falls as width^-1/2. The bias of a rate is O(1/width): below the pilot's width it is taken to
    grow as that, above to fall as width^-1/2 at least. The margin is the pilot's; for wider networks it
    falls as the spread does, and it never grows: a wrong theory is as wrong for narrow networks.

    >>> pilot = Pilot(width=2048, margin=0.06, level=1e-6, comparisons=4, spread=0.06, bias=0.01)
    >>> design = pilot.design(1024, seeds=240)
    >>> design.margin, design.bias
    (0.06, 0.02)
    """

    width: int
    margin: float
    level: float
    comparisons: int
    spread: float
    bias: float

    def design(self, width: int, seeds: int) -> Design:
        """The test at a width; ValueError where the bias reaches the margin there."""
        root = math.sqrt(self.width / width)
        margin, bias = self.margin * min(1.0, root), self.bias * max(root, self.width / width)
        return Design(seeds, margin, self.level, self.comparisons, self.spread * root, bias)

    def decides(self, width: int, seeds: int) -> bool:
        """Whether the test exists there, and has power."""
        try:
            return self.design(width, seeds).decides
        except ValueError:
            return False

    def refusal(self, width: int, seeds: int) -> str:
        """Why nothing can be decided at this width with so many seeds, and what is needed; "" where it can.

        >>> Pilot(2048, 0.06, 1e-6, 4, 0.06, 0.02).refusal(512, seeds=240)
        'no power at width 512 with 240 seeds: wanted are width 2048'
        """
        if self.decides(width, seeds):
            return ""
        wider = [(width * 2**power, seeds) for power in range(1, 8)]
        more = [(width, seeds * 2**power) for power in range(1, 8)]
        both = [(max(width, self.width), seeds * 2**power) for power in range(1, 8)]
        enough = [next((size for size in sizes if self.decides(*size)), None) for sizes in (wider, more)]
        ways = [way for way, size in zip(("width {}", "{1} seeds"), enough) if size for way in [way.format(*size)]]
        if not ways and (size := next((size for size in both if self.decides(*size)), None)):
            ways = ["width {} and {} seeds".format(*size)]
        return f"no power at width {width} with {seeds} seeds: wanted are {' or '.join(ways) or 'wider networks'}"


@dataclass(frozen=True, slots=True)
class Equivalence:
    """Verdict of one comparison, with what it is worth.

    lower, upper: confidence limits of the mean, each at the level of one comparison. FAILS means
    that they exclude the whole interval [-margin, margin], UNDECIDED that they settle nothing.
    false_fail and false_pass are those of the family, `Design`.
    """

    label: str
    verdict: str
    mean: float
    spread: float
    seeds: int
    lower: float
    upper: float
    margin: float
    level: float
    false_fail: float
    false_pass: float


def equivalence_tests(errors: ArrayLike, labels: Sequence[object], design: Design) -> tuple[Equivalence, ...]:
    """One equivalence test per column of ``errors`` (seeds, comparisons).

    Raises ValueError for fewer seeds or more comparisons than the design was made for, since its
    rates would not be kept, and for values that are not finite.

    >>> design = Design(seeds=12, margin=0.5, level=1e-3, comparisons=1, spread=0.1)
    >>> errors = np.linspace(-0.1, 0.1, 12)[:, None]
    >>> equivalence_tests(errors, ["degree 1"], design)[0].verdict
    'HOLDS'
    """
    errors = np.asarray(errors, dtype=float)
    if errors.ndim != 2 or errors.shape[1] != len(labels):
        raise ValueError(f"errors (seeds, {len(labels)}) wanted, got shape {errors.shape}")
    if errors.shape[0] < design.seeds:
        raise ValueError(f"{design.seeds} seeds keep the stated rates, got {errors.shape[0]}")
    if errors.shape[1] > design.comparisons:
        raise ValueError(f"a design for {design.comparisons} comparisons, got {errors.shape[1]}")
    if not np.isfinite(errors).all():
        raise ValueError("errors must be finite: a run diverged or has no rate")
    false_fail = design.false_fail
    named = zip(errors.T, labels)
    return tuple(_equivalence(column, str(label), design, false_fail) for column, label in named)


def rejection(tests: Sequence[Equivalence], design: Design) -> float:
    """Chance at least that a family FAILS whose true means are those found: by the comparison that is furthest off."""
    return max(design.fail_probability(test.mean) for test in tests)


def plan_seeds(
    margin: float,
    level: float,
    false_fail: float,
    comparisons: int,
    spread: float,
    bias: float = 0.0,
    most: int = 10_000,
) -> Design:
    """The design with the fewest seeds whose false-fail rate is at most ``false_fail``.

    Its false-pass rate is at most ``level`` by construction. Raises ValueError where ``most`` seeds
    are not enough.

    >>> plan_seeds(0.05, 1e-6, 1e-6, comparisons=1, spread=0.01).seeds < 20
    True
    """

    def design(seeds: int) -> Design:
        return Design(seeds, margin, level, comparisons, spread, bias)

    if not 0 < false_fail < 1:
        raise ValueError(f"0 < false_fail < 1 wanted, got {false_fail}")
    if most < 2 or design(most).false_fail > false_fail:
        raise ValueError(
            f"{most} seeds do not bring the false-fail rate to {false_fail}: a larger margin, a "
            "smaller spread (wider networks) or more seeds are needed"
        )
    fewest, enough = 1, most
    while enough - fewest > 1:
        middle = (fewest + enough) // 2
        fewest, enough = (fewest, middle) if design(middle).false_fail <= false_fail else (middle, enough)
    return design(enough)


def short_of(margin: float, bias: float) -> float:
    """The bias, or nearly the margin where it reaches that: a design that exists, and states that it has no power.

    >>> Design(seeds=12, margin=0.5, level=1e-3, comparisons=1, spread=0.1, bias=short_of(0.5, 0.7)).decides
    False
    """
    return min(bias, (1 - 1e-9) * margin)


def stated(*false_fails: float, false_pass: float) -> dict[str, float]:
    """The rates of a verdict that needs all of its tests: union bounds, at most 1 as probabilities are.

    >>> stated(0.5, 2.5, false_pass=1e-6)
    {'false_fail': 1.0, 'false_pass': 1e-06}
    """
    return {"false_fail": min(1.0, math.fsum(false_fails)), "false_pass": min(1.0, false_pass)}


def power_warning(false_fail: float) -> str:
    """What a finding must say of a test without power; "" for one that decides.

    HOLDS and FAILS keep their own error rates whatever the power: what is lost is that either is likely.

    >>> power_warning(0.25)
    'no power at this size: a right theory is not confirmed with probability up to 0.25'
    >>> power_warning(0.01)
    ''
    """
    if false_fail <= NO_POWER:
        return ""
    return f"no power at this size: a right theory is not confirmed with probability up to {min(1.0, false_fail):.2g}"


def t_tail(threshold: float, freedom: int, shift: float) -> float:
    """P((Z + shift) / U <= threshold): lower tail of the noncentral t, U = sqrt(chi2/freedom).

    = Integral_0^oo Phi(threshold u - shift) g(u) du, g the density of U; absolute error 1e-30,
    relative 1e-9. scipy.stats.nct (1.17) is as good where it answers, but gives NaN or 0 at
    scattered points of the tails that matter here (freedom 255, threshold -5.43, shift 8).

    >>> round(t_tail(0.0, 7, 0.0), 12)
    0.5
    """
    # g is within 1e-30 of nothing outside 1 +- 20 of its standard deviations.
    reach = 20 / math.sqrt(2 * freedom)
    start, stop = max(0.0, 1 - reach), 1 + reach
    u = start + (stop - start) * (1 + _NODES) / 2
    half = freedom / 2
    log_constant = math.log(2) + half * math.log(half) - math.lgamma(half)
    log_density = log_constant + special.xlogy(freedom - 1, u) - half * u**2
    terms = np.exp(special.log_ndtr(threshold * u - shift) + log_density)
    return min(1.0, float(_WEIGHTS @ terms) * (stop - start) / 2)


_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(400)


def spread_bound(pilot: ArrayLike, miss: float) -> float:
    """Upper confidence bound of the standard deviation over seeds, exact for normal values.

    s sqrt((n - 1) / chi2_miss(n - 1)); below the true spread with probability ``miss``.

    >>> round(spread_bound([-1.0, 0.0, 1.0], miss=0.5), 3)
    1.201
    """
    values = sample(pilot, smallest=2)
    freedom = len(values) - 1
    quantile = stats.chi2.ppf(probability(miss, "miss"), freedom)
    return float(values.std(ddof=1) * math.sqrt(freedom / quantile))


def bias_bound(pilot: ArrayLike, miss: float) -> float:
    """Upper confidence bound of |mean|, exact for normal values: |mean| + t_(1-miss/2) s/sqrt(n).

    >>> round(bias_bound([-1.0, 0.0, 1.0], miss=0.05), 3)
    2.484
    """
    values = sample(pilot, smallest=2)
    quantile = stats.t.isf(probability(miss, "miss") / 2, len(values) - 1)
    error = values.std(ddof=1) / math.sqrt(len(values))
    return float(abs(values.mean()) + quantile * error)


def sample(values: ArrayLike, smallest: int) -> np.ndarray:
    """The values (n,) as an array: finite, at least so many, not all the same; else ValueError.

    >>> sample([1, 2], 2)
    array([1., 2.])
    """
    values = np.asarray(values, dtype=float)
    if values.ndim != 1 or len(values) < smallest or not np.isfinite(values).all():
        raise ValueError(f"at least {smallest} finite values (n,) wanted, got {values.shape}")
    if not np.ptp(values) > 0:
        raise ValueError("values that all agree have no spread to judge by")
    return values


def probability(value: float, name: str) -> float:
    """The value if it lies inside (0, 1); else ValueError with its name."""
    if not 0 < value < 1:
        raise ValueError(f"0 < {name} < 1 wanted, got {value}")
    return value


def _equivalence(values: np.ndarray, label: str, design: Design, false_fail: float) -> Equivalence:
    seeds, mean, spread = len(values), float(values.mean()), float(values.std(ddof=1))
    reach = float(stats.t.isf(design.single_level, seeds - 1)) * spread / math.sqrt(seeds)
    lower, upper = mean - reach, mean + reach
    if -design.margin < lower and upper < design.margin:
        verdict = HOLDS
    else:
        verdict = FAILS if lower > design.margin or upper < -design.margin else UNDECIDED
    return Equivalence(
        label, verdict, mean, spread, seeds, lower, upper, design.margin, design.level, false_fail, design.level
    )
