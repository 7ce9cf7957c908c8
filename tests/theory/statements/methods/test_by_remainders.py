"""Inequalities in one unbounded variable: starts beside the true ones, every refusal, every kind of
term."""

from __future__ import annotations

import re

import pytest

from tests.theory.values import refuses_change
from theory.kernels.parse import parse_kernel
from theory.language.statement import parse_statement
from theory.numbers.balls import working_precision
from theory.numbers.truth import Evidence, Truth
from theory.spectra.spectrum import eigenvalue
from theory.statements.methods.by_remainders import SOURCE, _Reader, by_remainders
from theory.statements.outcome import NotSymbolic
from theory.symbolic.objects import Range
from theory.symbolic.ranges import Ranges

STEP = "ArcCosine(order=0)"
LAPLACE, GAUSS = "Laplace(rate=1)", "Gaussian(rate=1)"
MOST = 400  # instances
HOLDS, FAILS = Truth.HOLDS, Truth.FAILS


def outcomes(says: str, kernel: str, *where: str) -> list:
    return by_remainders(parse_statement(says, kernel, where))


def crossing(level: str, first: int) -> int:
    """The least d >= first with mu_0 < level, for the Gaussian kernel, whose mu_0 falls with d to
    exp(-1)."""
    kernel = parse_kernel(GAUSS)
    low, high = first - 1, 4096
    while high - low > 1:
        middle = (low + high) // 2
        with working_precision(20):
            below = eigenvalue(kernel, middle, 0, 15).enclosure.ball() < float(level)
        low, high = (low, middle) if below else (middle, high)
    return high


@pytest.mark.parametrize("level", ["0.368186", "0.3686", "0.3696"])
def test_a_sign_is_certain_soon_after_the_true_crossing(level: str) -> None:
    """mu_0 = (1 + 1/(2d) - ...)/e: three terms and their remainder locate the crossing within 1
    %."""
    true = crossing(level, 10)
    ((_, outcome),) = outcomes(f"mu(0) < {level}", GAUSS, f"d >= {true}")
    assert outcome.truth is HOLDS
    start = int(re.search(r"for d >= (\d+)", outcome.law)[1])
    assert true <= start <= true + 2 + true // 100
    compared = "; every smaller d compared" if start > true else ""
    assert outcome.law.endswith(f"d >= {start}{compared}")
    ((_, below),) = outcomes(f"mu(0) < {level}", GAUSS, f"d >= {true - 1}")
    assert (below.truth, below.at) == (FAILS, {"d": true - 1})
    ((_, opposite),) = outcomes(f"mu(0) > {level}", GAUSS, f"d >= {true}")
    assert (opposite.truth, opposite.at) == (FAILS, {"d": start})  # what lies before is not looked at
    assert opposite.law.endswith(f"d >= {start}")


def test_a_reader_is_not_changed() -> None:
    where = Range("d", 1)
    reader = _Reader(None, Ranges((where,)), where, 1)
    assert reader.variable.name == "d"
    refuses_change(reader)


def test_at_most_so_many_instances_are_compared() -> None:
    start = int(re.search(r"for d >= (\d+)", outcomes("mu(0) < 0.368186", GAUSS, "d >= 580")[0][1].law)[1])
    ((_, outcome),) = outcomes("mu(0) < 0.368186", GAUSS, f"d >= {start - MOST}")
    assert (outcome.truth, outcome.at) == (FAILS, {"d": start - MOST})
    with pytest.raises(NotSymbolic, match="too many to compare below"):
        outcomes("mu(0) < 0.368186", GAUSS, f"d >= {start - MOST - 1}")


@pytest.mark.parametrize(
    ("says", "kernel", "where", "truth", "laws"),
    [
        # 1 - kappa ~ sqrt(2) (1-t)^(1/2), and (1-t)^(1/2) gives -k^-3/(2 sqrt(2)) at d = 2; mu_0 =
        # exp(-1) at d = oo.
        ("mu(k) > 0", LAPLACE, ["d = 2", "k >= 1"], HOLDS, ["1/2 * k**(-3)", "1/2 * k**(-3)"]),
        ("mu(2*k+1) > 0", LAPLACE, ["d = 2", "k even"], HOLDS, ["1/16 * k**(-3)"]),
        ("mu(k)*k**3 - 1/2 < 1", LAPLACE, ["d = 2", "k even"], HOLDS, ["-1"]),
        ("2*k*mu(k) + kappa(1) >= 1", LAPLACE, ["d = 2", "k >= 1", "k odd"], HOLDS, ["1 * k**(-2)"]),
        ("a(k) > 0", LAPLACE, ["d = 2", "k even", "k >= 2"], HOLDS, ["1 * k**(-2)"]),
        ("a(k) - mu(k) > 0", LAPLACE, ["d = 2", "k even", "k >= 2"], HOLDS, ["1 * k**(-2)"]),
        ("N(d,k)*mu(k) <= 1", LAPLACE, ["d = 2", "k even"], HOLDS, ["-1"]),
        ("mu(k)/mu(k+2) > 1", LAPLACE, ["d = 2", "k even", "k >= 2"], HOLDS, ["6 * k**(-1)"]),
        ("3*mu(k, 2) > mu(k+4, 2)", LAPLACE, ["k >= 2", "k even"], HOLDS, ["1 * k**(-3)"]),
        ("sqrt(4*d)*mu(0) > 0", GAUSS, [], HOLDS, ["2*1/E * d**(1/2)"]),
        ("d**-64 <= mu(0)", GAUSS, ["d >= 2"], HOLDS, ["-1/E"]),
        ("mu(2, d) < mu(1)", GAUSS, [], HOLDS, ["-1/E * d**(-1)"]),
        ("mu(1) != 5", GAUSS, [], HOLDS, ["-5"]),
        ("mu(0) - mu(1) < 7 - sqrt(2)", GAUSS, ["d >= 2"], HOLDS, ["-5.218"]),  # e^-1 - 7 + sqrt(2)
        ("exp(1)*mu(0) - 1 < 1/(2*d)", GAUSS, [], HOLDS, ["-3/8 * d**(-2)"]),
        # two terms agree, the third decides
        ("mu(1) > 0", STEP, [], HOLDS, ["1/pi * d**(-1)"]),
        ("mu(2) <= 0", STEP, [], HOLDS, ["left = right"]),
        ("mu(k) > 0", STEP, ["d = 2", "k odd"], HOLDS, ["1/pi * k**(-3)"]),
        ("mu(k) <= 0", STEP, ["d = 2", "k even", "k >= 2"], HOLDS, ["left = right"]),
        ("mu(k) >= 0", STEP, ["d = 2", "k even", "k >= 2"], HOLDS, ["left = right"]),
        ("mu(k) = 0", STEP, ["d = 2", "k even", "k >= 2"], HOLDS, ["left = right"]),
    ],
)
def test_both_sides_are_expanded(says: str, kernel: str, where: list[str], truth: Truth, laws: list[str]) -> None:
    found = outcomes(says, kernel, *where)
    for (_, outcome), law in zip(found, laws, strict=True):
        assert (outcome.truth, outcome.evidence, outcome.source) == (truth, Evidence.CERTIFIED, SOURCE)
        assert outcome.law.removeprefix("left - right ~ ").partition(" for ")[0] == law


@pytest.mark.parametrize(("says", "least"), [("mu(k) < 0", 2), ("mu(k) > 0", 2), ("mu(k) != 0", 2), ("mu(k) = 0", 0)])
def test_an_eigenvalue_that_is_zero_starts_where_it_is(says: str, least: int) -> None:
    """mu_0 > 0 = mu_2 = mu_4 = ... for the step: = fails at k = 0 alone, strict relations at k =
    2."""
    ((_, outcome),) = outcomes(says, STEP, "d = 2", "k even", f"k >= {least // 2}")
    assert (outcome.truth, outcome.at) == (FAILS, {"k": least, "d": 2})
    assert outcome.law == "left = right for k >= 2"


def test_a_class_that_fails_comes_alone_with_the_first_instance() -> None:
    ((ranges, outcome),) = outcomes("mu(k) < 1/1000", LAPLACE, "d = 2", "k >= 3")
    assert outcome.truth is FAILS and outcome.at == {"k": 4, "d": 2} and ranges[0].parity == 0
    found = outcomes("mu(k) > 0", LAPLACE, "d >= 2", "d <= 3", "k >= 1")
    assert [[repr(w) for w in ranges] for ranges, _ in found] == [
        [k, d] for k in ("k >= 2 even", "k >= 1 odd") for d in ("d = 2", "d = 3")
    ]


@pytest.mark.parametrize(
    ("says", "kernel", "where", "message"),
    [
        ("mu(k) = O(1) as k -> oo", LAPLACE, ["d = 2"], "one unbounded"),
        ("mu(k) < 1", LAPLACE, [], "one unbounded"),
        ("mu(k) + t < 9", LAPLACE, ["d = 2"], "one unbounded"),
        ("mu(2) < 1", LAPLACE, ["d <= 3"], "one unbounded"),
        ("mu(k) < L", "NTK(depth=L)", ["d = 2", "L <= 3"], "one unbounded"),
        ("k + kappa(1) > 0", LAPLACE, [], "no eigenvalue"),
        ("mu(k*k) < 1", LAPLACE, ["d = 2"], "not of the form c.k . integer"),
        ("mu(k/2) < 1", LAPLACE, ["d = 2"], "not of the form"),
        ("mu(5-k) < 1", LAPLACE, ["d = 2"], "not of the form"),
        ("mu(k+1/2) < 1", LAPLACE, ["d = 2"], "not of the form"),
        ("mu(1/2) < d", LAPLACE, [], "no fixed degree"),
        ("mu(0-1) < d", LAPLACE, [], "-1 is no fixed degree"),
        ("mu(k, 0) < 1", LAPLACE, [], "0 is no fixed degree or dimension"),
        ("mu(k, 1/2) < 1", LAPLACE, [], "no fixed degree"),
        ("d**-65 < mu(0)", GAUSS, [], "an exponent -65"),
        ("d**65 > mu(0)", GAUSS, [], "an exponent 65"),
        ("d**pi > mu(0)", GAUSS, [], "an exponent pi"),
        ("mu(0)**(1/2) > 0", GAUSS, [], "a root of a sum"),
        ("exp(k)*mu(k) > 0", LAPLACE, ["d = 2"], "no expansion with a certified rest"),
        ("mu(k) > mu(k)", LAPLACE, ["d = 2"], "cancel"),
        ("mu(k) < 2", "Gaussian(rate=1)", ["d = 2"], "no certified remainder"),
        ("N(d, 2*d)*mu(0) > 0", GAUSS, [], "no rational function"),
        ("mu(k) < 2", 'Dual("tanh") + Dual("sin")', ["d = 2"], "no law of mu"),
    ],
    ids=str,
)
def test_what_is_not_for_this_is_refused_by_name(says: str, kernel: str, where: list[str], message: str) -> None:
    with pytest.raises(NotSymbolic, match=message):
        outcomes(says, kernel, *where)
