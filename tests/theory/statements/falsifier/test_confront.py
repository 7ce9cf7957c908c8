"""Right verdicts stand, wrong ones fall: every statement in both truths.

The first table are verdicts that were once printed; each is rejected whatever decides.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from theory.language.statement import Statement, parse_statement
from theory.numbers.truth import Truth
from theory.statements.falsifier import Confrontation, confront

HOLDS, FAILS = Truth.HOLDS, Truth.FAILS
NTK2, NTK3 = "NTK(depth=2)", "NTK(depth=3)"
TOUCHING = "Compose(ArcCosine(order=0), PowerSeries((-1, 0, 2)))"
ROUGHER = "Matern(nu=1, lengthscale=1) + Matern(nu=3/2, lengthscale=1)"
LAW = {"law": "left/right -> a constant"}


@dataclass(frozen=True)
class Wrong:
    """A statement, the wrong truth that was told of it, and the counterexample told along."""

    truth: Truth
    kernel: str | None
    says: str
    where: tuple[str, ...] = ()
    counterexample: dict[str, Any] | None = None

    @property
    def statement(self) -> Statement:
        return parse_statement(self.says, self.kernel, self.where)


ONCE_PRINTED = [
    Wrong(HOLDS, None, "sqrt(k**2-2*k*d+d**2) ~ -k as k -> oo"),
    Wrong(FAILS, None, "sqrt(k**2-2*k*d+d**2) - k = O(1) as k -> oo", (), LAW),
    Wrong(HOLDS, NTK2, "mu(2*d, 3) = Theta(1) as d -> oo"),
    Wrong(FAILS, NTK2, "mu(d, 2) < 1/100", ("d even", "d >= 4"), {"d": 4, "left": "1/192", "right": "1/100"}),
    Wrong(HOLDS, None, "binomial(3, d)*k = Theta(k) as k -> oo"),
    Wrong(HOLDS, NTK3, "mu(k)*sqrt(d-1) = Theta(k**(-d-1)) as k -> oo"),
    Wrong(HOLDS, "Gaussian(rate=L)", "kappa(-1) >= exp(-129)", ("L <= 100",)),
    Wrong(HOLDS, NTK3, "k*mu(2) <= 90", ("k <= 1000",)),
    Wrong(HOLDS, TOUCHING, "mu(k) = O(k**-3) as k -> oo", ("d = 2", "k even")),
    Wrong(HOLDS, 'Zonal("1/(1-t) + sqrt(1-t)")', "mu(k) = O(k**-6) as k -> oo", ("d = 5",)),
    Wrong(HOLDS, ROUGHER, "b(n) = O(n**(-5/2)) as n -> oo"),
    Wrong(HOLDS, NTK3, "1/((d-1)*mu(k)) = O(k**(d+1)) as k -> oo"),
    Wrong(FAILS, None, "k**pi >= 0", (), {"k": 0, "left": "undefined at k=0", "right": "a power of 0"}),
    Wrong(FAILS, NTK2, "mu(2*cos(0)) = mu(2)", (), {"d": 1, "left": "undefined at d=1", "right": "no integer"}),
    Wrong(HOLDS, NTK2, "1/mu(k) = O(k**(d+1)) as k -> oo"),
    Wrong(HOLDS, NTK3, "mu(k)*(k-300)**2 > 0"),
    Wrong(FAILS, NTK3, "mu(k) <= mu(k)", (), {"k": 5, "d": 2, "left": "0.0030578652385", "right": "0.0030578652385"}),
    Wrong(FAILS, NTK3, "mu(k) <= mu(1)", ("d = 9", "k >= 2", "k <= 500"), {"k": 337, "left": "0.1", "right": "0.1"}),
    Wrong(HOLDS, None, "1/(t**2-1/2)**2 > 0"),
    Wrong(HOLDS, None, "(k-7)**2 = Theta((k-8)**2) uniformly"),
    Wrong(HOLDS, NTK3, "mu(k+1) < mu(k)", ("d = 9",)),
]
OTHERS = [
    Wrong(HOLDS, None, "(d-40)*k = Theta(k) as k -> oo"),
    Wrong(HOLDS, None, "1/(k-700) > 0", ("k >= 1",)),
    Wrong(HOLDS, None, "binomial(d, k) > 0"),
    Wrong(HOLDS, NTK2, "mu(k-1) >= 0"),
    Wrong(HOLDS, None, "k <= 4999", ("k <= 5000",)),
    Wrong(HOLDS, NTK2, "mu(k) = Omega(k**(-d-1)) as k -> oo"),
    Wrong(HOLDS, NTK2, "mu(k) = Theta(d**(-k+1)) as d -> oo", ("k even",)),
    Wrong(HOLDS, NTK2, "kappa(t) - 2 = Theta(1-t) as t -> 1"),
    Wrong(HOLDS, NTK2, "kappa(t) = Theta((1+t)**2) as t -> -1"),
    Wrong(HOLDS, NTK2, "mu(k) >= mu(2)", ("k >= 2", "d = 2")),
    Wrong(HOLDS, None, "log(k) ~ sqrt(k) as k -> oo"),
    Wrong(HOLDS, None, "t**2 >= 1/4"),
    Wrong(HOLDS, "NTK(depth=L)", "kappa(1) <= 7"),
    Wrong(HOLDS, None, "k*d = O(k) uniformly"),
    Wrong(HOLDS, NTK3, "mu(k) = o(k**(-d-1)) as k -> oo"),
    Wrong(FAILS, None, "k**2 + k = Theta(k**2) as k -> oo", (), LAW),
    Wrong(FAILS, NTK2, "mu(k) = O(k**(-d-1)) as k -> oo", (), {"d": 2, **LAW}),
    Wrong(FAILS, None, "log(k) = o(k) as k -> oo", (), LAW),
    Wrong(FAILS, None, "(k+1)**2 ~ k**2 as k -> oo", (), LAW),
    Wrong(FAILS, None, "k >= 1", (), {"k": 0, "left": "0.3", "right": "1"}),
    Wrong(FAILS, None, "k >= 1", (), {"k": 2, "left": "2", "right": "1"}),
    Wrong(FAILS, None, "1/k >= 1", (), {"k": 0, "left": "1", "right": "1"}),
    Wrong(FAILS, None, "exp(t) = 1+t", (), {"t": "0", "left": "1", "right": "1"}),
]


def text_of(wrong: Wrong) -> str:
    return f"{wrong.truth} {wrong.says} [{', '.join(wrong.where)}] {wrong.kernel}"


@pytest.mark.parametrize("wrong", ONCE_PRINTED + OTHERS, ids=text_of)
def test_a_wrong_verdict_is_contradicted(wrong: Wrong) -> None:
    found = confront(wrong.statement, wrong.truth, wrong.counterexample)
    assert found.contradiction is not None and found.points > 0
    assert found.at is None or set(found.at) <= {"k", "n", "d", "L", "t"}


@pytest.mark.parametrize(
    "wrong",
    [
        w
        for w in ONCE_PRINTED + OTHERS
        if w.truth is HOLDS
        or "law" in (w.counterexample or {})
        or "undefined" in (w.counterexample or {}).get("left", "")
    ],
    ids=text_of,
)
def test_the_right_verdict_stands(wrong: Wrong) -> None:
    """The twin: the opposite truth, without a place, is not contradicted."""
    right = FAILS if wrong.truth is HOLDS else HOLDS
    assert confront(wrong.statement, right, None).contradiction is None


def test_a_true_counterexample_stands() -> None:
    at = {"k": 408, "d": 1, "left": "90.1110855707", "right": "90"}
    statement = parse_statement("k*mu(2) <= 90", NTK3, ["k <= 1000"])
    assert confront(statement, FAILS, at) == Confrontation(1, None, None)
    assert confront(statement, FAILS, {**at, "left": "90.1110855717"}).contradiction is not None
    assert confront(
        parse_statement("1/k >= 0"), FAILS, {"k": 0, "left": "undefined at k=0", "right": ""}
    ) == Confrontation(1, None, None)


@pytest.mark.parametrize(
    "kernel, says",
    [
        (None, "(1+10**-12)*k ~ k as k -> oo"),
        (None, "10**-9*k**2 + k = O(k) as k -> oo"),
        (None, "(d-10**6)*k**2 + k = O(k) as k -> oo"),
        (NTK2, "mu(k) + 10**-30 = O(k**(-d-1)) as k -> oo"),
        ("1/10000*Laplace(rate=1) + Matern(nu=5/2, lengthscale=1)", "mu(k) = O(k**(-d-5)) as k -> oo"),
    ],
)
def test_what_begins_far_out_is_not_judged_from_near(kernel: str | None, says: str) -> None:
    """Each fails, by something that no sequence within reach shows."""
    assert confront(parse_statement(says, kernel), FAILS, LAW).contradiction is None


@pytest.mark.parametrize(
    "kernel, says",
    [
        (None, "10**9 + k ~ k as k -> oo"),
        (NTK2, "(kappa(t) + t + 1)*k = O(k) as k -> oo"),
        (NTK2, "kappa(t)*k = O(k) uniformly"),
        (NTK2, "kappa(t)*k = O(k + d + t**2) uniformly"),
        ("NNGP(depth=L)", "1 + mu(2) ~ 1 as d -> oo"),
        (NTK2, "1 + a(2) = O(1 + d) as d -> oo"),
        (NTK2, "kappa(t) + k = O(k + 1) as t -> 1"),
        (None, "k**(1/10) + 30 = O(k**(1/10)) as k -> oo"),
        ('Zonal("(1-t)**(1/10)+3*(1-t)**(1/5)")', "mu(k) = Omega(k**(-d-1/5)) as k -> oo"),
        ("ExponentialPower(rate=1, power=1/10)", "mu(k) = Theta(k**(-d-1/10)) as k -> oo"),
        ("NTK(depth=L, bias=True)", "kappa(1) ~ 2*L as L -> oo"),
        ("NTK(depth=L)", "mu(2, 3) + kappa(1) = Theta(L) as L -> oo"),
        ("1/900*Laplace(rate=1) + Gaussian(rate=30)", "mu(k) = Theta(k**(-d-1)) as k -> oo"),
    ],
)
def test_what_settles_slowly_is_not_called_false(kernel: str | None, says: str) -> None:
    assert confront(parse_statement(says, kernel), HOLDS, None).contradiction is None


def test_undecided_is_never_contradicted() -> None:
    assert confront(parse_statement("1 = 2"), Truth.UNDECIDED, None) == Confrontation(0, None, None)


def test_a_confrontation_does_not_depend_on_what_ran_before() -> None:
    statement = parse_statement("mu(k) <= k + mu(1)", NTK3)
    first = confront(statement, HOLDS, None)
    confront(parse_statement("mu(k) = Theta(k**(-d-1)) as k -> oo", NTK3), HOLDS, None)
    assert confront(statement, HOLDS, None) == first


def test_a_kernel_that_is_none_is_an_error() -> None:
    """A fault of the falsifier is no silence."""
    statement = parse_statement("mu(k) >= 0", NTK3)
    broken = Statement("no kernel", statement.left, ">=", statement.right, None, statement.ranges)
    with pytest.raises(TypeError):
        confront(broken, HOLDS, None)
