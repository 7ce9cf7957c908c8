"""Verdicts against truths found by hand: never HOLDS for a false statement, never FAILS for a true one."""

from __future__ import annotations

import pytest

from tests.examples import NIGHT, some
from tests.theory.rows import (
    CAO,
    CAP,
    CONSTANT,
    FAILS,
    HOLDS,
    NTK2,
    RELU,
    SHAPE,
    STEP,
    Row,
    assert_real,
    row,
    text_of,
    verdict_of,
)
from theory.language.statement import parse_statement
from theory.numbers.truth import Evidence, Truth
from theory.proofs.check import check
from theory.statements.decide import decide

TABLE = [
    # Fact 3: mu_k ~ Gamma((d+1)/2)^2 2^d/pi^2 k^-(d+1) for even k, and 0 for odd k >= 3.
    row(HOLDS, NTK2, f"mu(k) ~ {CONSTANT}*k**(-d-1) as k -> oo", "k even"),
    row(FAILS, NTK2, f"mu(k) ~ {CONSTANT}*k**(-d-1) as k -> oo"),
    row(FAILS, NTK2, f"mu(k) ~ 2*{CONSTANT}*k**(-d-1) as k -> oo", "k even"),
    row(FAILS, NTK2, f"mu(k) ~ (1+10**-12)*{CONSTANT}*k**(-d-1) as k -> oo", "k even"),
    row(HOLDS, NTK2, "mu(k) ~ 8/pi**2*k**-4 as k -> oo", "k even", "d = 3"),
    row(HOLDS, NTK2, "mu(k) = Omega(k**(-d-1)) as k -> oo", "k even"),
    row(FAILS, NTK2, "mu(k) = Omega(k**(-d-1)) as k -> oo"),  # the parity zeros
    row(FAILS, NTK2, "mu(k) = Theta(k**(-d-1)) as k -> oo"),
    row(FAILS, NTK2, "mu(k) = Omega(k**(-d)) as k -> oo", "k even"),
    row(HOLDS, NTK2, "mu(k) = O(k**(-d-1)) as k -> oo"),
    row(FAILS, NTK2, "mu(k) = O(k**(-d-2)) as k -> oo"),
    row(HOLDS, NTK2, "mu(k) = o(k**(-d)) as k -> oo"),
    row(FAILS, NTK2, "mu(k) = o(k**(-d-1)) as k -> oo"),
    row(HOLDS, NTK2, "mu(k+1) = O(k**(-d-1)) as k -> oo"),
    row(HOLDS, NTK2, "mu(k-5) = O(k**(-d-1)) as k -> oo"),  # undefined for five k only
    row(FAILS, NTK2, "mu(k-1) >= 0"),  # undefined at k = 0
    row(HOLDS, NTK2, "mu(k-1) >= 0", "k >= 1"),
    row(HOLDS, NTK2, "mu(k)/mu(k+2) = Theta(1) as k -> oo", "k even"),
    row(HOLDS, NTK2, "mu(k) - mu(k+2) = Theta(k**(-d-2)) as k -> oo", "k even"),  # the derivative of a power
    row(FAILS, NTK2, "mu(k) - mu(k+2) = Theta(k**(-d-1)) as k -> oo", "k even"),
    # Fact 4: mu_k ~ k! b_k d^-k; 1/pi, 3/pi, 5/pi for k = 0, 2, 4. The trace forbids a larger order.
    row(HOLDS, NTK2, "mu(k) = Theta(d**(-k)) as d -> oo", "k even"),
    row(FAILS, NTK2, "mu(k) = Omega(d**(-k+1)) as d -> oo", "k even"),
    row(FAILS, NTK2, "mu(k) = O(d**(-k-1)) as d -> oo", "k even"),
    row(HOLDS, NTK2, "mu(4) ~ 5/pi*d**-4 as d -> oo"),
    row(FAILS, NTK2, "mu(4) ~ 6/pi*d**-4 as d -> oo"),
    row(HOLDS, NTK2, "mu(k) ~ Gamma(k+1)*b(k)*d**(-k) as d -> oo", "k even"),
    row(HOLDS, NTK2, "N(d,k)*mu(k) = Theta(1) as d -> oo", "k even"),
    row(FAILS, NTK2, "mu(3) = Omega(d**-3) as d -> oo"),
    row(HOLDS, NTK2, "mu(3) = O(d**-99) as d -> oo"),
    # Both at once: the two-sided bound with constants E/pi^2 and E^2/pi; fixed k, d -> oo decide the rest.
    row(HOLDS, CAO, f"mu(k) = Theta({SHAPE}) uniformly", "k even", "k >= 2"),
    row(FAILS, CAO, f"mu(k) = Omega(d*{SHAPE}) uniformly", "k even", "k >= 2"),
    row(FAILS, NTK2, "mu(k) = Theta(k**(-d-1)) uniformly", "k even", "k >= 2"),  # holds for each fixed d only
    row(FAILS, NTK2, "mu(k) = O(k**(-d-2)) uniformly", "k >= 1"),
    row(FAILS, None, "k*d = O(k) uniformly"),  # d is not bounded
    row(HOLDS, None, "k*d = O(k) as k -> oo"),
    # Facts 1, 2 and the test values.
    row(HOLDS, NTK2, "mu(1) = 1/(d+1)"),
    row(HOLDS, CAO, "mu(1) = 3/(4*(d+1))"),
    row(HOLDS, RELU, "mu(1) = 1/(2*(d+1))"),
    row(FAILS, NTK2, "mu(1) = 1/d"),
    row(HOLDS, NTK2, "mu(k) = 0", "k odd", "k >= 3"),
    row(FAILS, NTK2, "mu(k) = 0", "k odd"),
    row(HOLDS, STEP, "mu(k) = 0", "k even", "k >= 2"),
    row(FAILS, STEP, "mu(k) = 0", "k even"),
    row(HOLDS, NTK2, "mu(2) = 5/64", "d = 2"),
    row(HOLDS, NTK2, "mu(k) > 0", "k even"),
    row(FAILS, NTK2, "mu(k) > 0"),
    row(HOLDS, NTK2, "mu(k) >= 0"),
    row(HOLDS, NTK2, "mu(k) != 0", "k even"),
    row(FAILS, NTK2, "mu(k) != 0"),
    row(HOLDS, NTK2, "mu(k+2) < mu(k)", "k even"),
    row(FAILS, NTK2, "mu(k+2) > mu(k)", "k even"),
    row(FAILS, NTK2, "mu(k) <= mu(k)/(1+10**-12)", "k even"),
    # Fact 8, the dimension walk, and it with one shift wrong.
    row(HOLDS, NTK2, "mu(k, d+2) = (d+1)/(2*k+d+1)*(mu(k) - mu(k+2))"),
    row(FAILS, NTK2, "mu(k, d+2) = (d+1)/(2*k+d+2)*(mu(k) - mu(k+2))"),
    row(HOLDS, NTK2, "a(k) = mu(k)*(2*k+d-1)/(d-1)", "d >= 2"),
    row(FAILS, NTK2, "a(k) = mu(k)*(2*k+d-1)/(d-1)"),  # undefined at d = 1
    # Exponents and constants of the arc-cosine kernels: order a gives k^(-d-2a-1) in the parity of a+1.
    row(HOLDS, STEP, "mu(k) = Theta(k**(-d-1)) as k -> oo", "k odd"),
    row(FAILS, STEP, "mu(k) = Theta(k**(-d-1)) as k -> oo", "k even"),
    row(HOLDS, RELU, "mu(k) = Theta(k**(-d-3)) as k -> oo", "k even"),
    row(FAILS, RELU, "mu(k) = Theta(k**(-d-1)) as k -> oo", "k even"),
    # Maclaurin coefficients: k0 = 1/2 + asin(t)/pi, so b_n ~ sqrt(2) (pi n)^(-3/2) for odd n.
    row(HOLDS, STEP, "b(n) ~ sqrt(2)*(pi*n)**(-3/2) as n -> oo", "n odd"),
    row(FAILS, STEP, "b(n) ~ (pi*n)**(-3/2) as n -> oo", "n odd"),
    row(HOLDS, RELU, "b(n) = O(n**(-5/2)) as n -> oo"),
    row(FAILS, RELU, "b(n) = O(n**-3) as n -> oo"),
    row(HOLDS, NTK2, "b(2*n+1) = 0", "n >= 1"),
    row(FAILS, NTK2, "b(2*n+1) = 0"),
    row(HOLDS, NTK2, "b(n) > 0", "n even"),
    # Functions of t, from the definition in CONVENTIONS.md.
    row(HOLDS, NTK2, "kappa(t) = (2*t*(pi-acos(t))+sqrt(1-t**2))/pi"),
    row(FAILS, NTK2, "kappa(t) = (t*(pi-acos(t))+sqrt(1-t**2))/pi"),
    row(HOLDS, NTK2, "kappa(1) = 2"),
    row(HOLDS, None, "sin(acos(t)) = sqrt(1-t**2)"),
    row(HOLDS, None, "acos(t) + asin(t) = pi/2"),
    row(FAILS, None, "acos(cos(t)) = t"),  # t < 0
    # Without a kernel. N(d,k) has k^(d-1) 2/Gamma(d) and d^k/k!.
    row(HOLDS, None, "N(d,k) ~ 2*k**(d-1)/Gamma(d) as k -> oo"),
    row(FAILS, None, "N(d,k) ~ 2*k**(d-1)/Gamma(d+1) as k -> oo"),  # right for d = 1 alone
    row(HOLDS, None, "N(d,k) ~ d**k/factorial(k) as d -> oo"),
    row(FAILS, None, "N(d,k) = O(d**(k-1)) as d -> oo"),
    row(HOLDS, None, "N(d,k) = binomial(k+d,d) - binomial(k+d-2,d)", "k >= 2"),
    row(HOLDS, None, "N(2,k) = 2*k+1"),
    row(FAILS, None, "N(1,k) = 2"),  # k = 0
    row(HOLDS, None, "N(1,k) = 2", "k >= 1"),
    row(HOLDS, None, "factorial(k) = Gamma(k+1)"),
    row(HOLDS, None, "Gamma(2*k) = 2**(2*k-1)*Gamma(k)*Gamma(k+1/2)/sqrt(pi)", "k >= 1"),
    row(FAILS, None, "Gamma(2*k) = 2**(2*k)*Gamma(k)*Gamma(k+1/2)/sqrt(pi)", "k >= 1"),
    row(HOLDS, None, "factorial(k) ~ sqrt(2*pi*k)*(k/E)**k as k -> oo"),
    row(FAILS, None, "factorial(k) ~ sqrt(pi*k)*(k/E)**k as k -> oo"),
    row(HOLDS, None, "binomial(2*k,k) ~ 4**k/sqrt(pi*k) as k -> oo"),
    row(HOLDS, None, "binomial(2*k,k) < 4**k", "k >= 1"),
    row(FAILS, None, "binomial(2*k,k) < 4**k"),
    row(HOLDS, None, "k**100 = o(2**k) as k -> oo"),
    row(FAILS, None, "k**100 = Omega(2**k) as k -> oo"),
    row(HOLDS, None, "k**2 + k ~ k**2 as k -> oo"),
    row(FAILS, None, "(1+10**-12)*k ~ k as k -> oo"),
    row(HOLDS, None, "pi != 355/113"),
    row(FAILS, None, "k = k + 10**-40"),
    row(FAILS, None, "k >= k + 10**-40"),
    row(FAILS, None, "(2*k-59)*(2*k-63) > 0"),  # -1*3 at k = 30 alone
    row(FAILS, None, "sqrt(k**4-140*k**3+7300*k**2-168000*k+1440000) = k**2-70*k+1200"),  # k = 31
    # Undefined at one point where the formula seems to cancel.
    row(FAILS, None, "(k-40)/(k-40) = 1"),
    row(FAILS, None, "(k-40)**(-1)*(k-40) = 1"),
    row(FAILS, None, "0/(k-40) = 0"),
    row(FAILS, None, "1/(k-20) != 1/2"),
    row(FAILS, None, "(k*d-418)/(k*d-418) = 1"),
    row(FAILS, None, "(3*t-1)/(3*t-1) = 1"),
    row(FAILS, None, "Gamma(k-40)/Gamma(k-40) = 1", "k >= 30"),
    row(HOLDS, None, "k/(k-20) = Theta(1) as k -> oo"),
    # The order depends on the other variable.
    row(FAILS, None, "(d-3)*k**2 + k = Theta(k**2) as k -> oo"),  # d = 3
    row(FAILS, None, "k**(d-3) = O(1) as k -> oo"),
    row(HOLDS, None, "k**(d-3) = O(1) as k -> oo", "d <= 3"),
]

# False, or true and out of reach; the one wrong verdict is named. None may be given it.
NEVER = [
    row(HOLDS, None, "(d-40)*k = Theta(k) as k -> oo"),  # 0 at d = 40
    row(HOLDS, None, "1/(d-40)*k = O(k) as k -> oo"),  # undefined at d = 40 for every k
    row(HOLDS, NTK2, "mu(2**k) = 0", "k >= 60"),
    row(HOLDS, NTK2, "mu(k**2) = Theta(k**(-2*d-2)) as k -> oo"),  # odd k give 0
    row(HOLDS, NTK2, "mu(0, d/2) = O(1) as d -> oo"),  # undefined for odd d
    row(HOLDS, None, "N(1, (k-40)**2) = 2"),  # N(1, 0) = 1
    row(HOLDS, None, "sqrt((k**2-70*k+1200)**2) = k**2-70*k+1200"),
    row(HOLDS, None, "1/(k-20) = O(1/(k-20)) uniformly"),
    row(FAILS, None, "(d-3)*k**((d-2)*(4-d)) = O(1) as k -> oo"),  # 0 at d = 3, the only growing power
    row(FAILS, NTK2, f"mu(k) = 2*({CAP})**2*(k*(k+d-1)+d+2)"),  # fact 2 as it is written
    row(FAILS, RELU, f"mu(k) = 2*(d+1)*({CAP})**2"),
    row(FAILS, None, "k*(k-30)*(k-31) > -1"),
    row(FAILS, None, "(-1)**k = O(1) as k -> oo"),
    row(FAILS, None, "log(k) = o(k) as k -> oo"),
    row(FAILS, NTK2, "kappa(t) <= 2"),
    row(FAILS, None, "asin(sin(t)) = t"),
]


REPLAYED = some(TABLE, 25)  # once more: `decide` replays every proof itself


@pytest.mark.parametrize("given", TABLE, ids=text_of)
def test_the_verdict_is_the_truth_and_its_evidence_can_be_replayed(given: Row) -> None:
    verdict = verdict_of(given)
    assert verdict.truth is given.truth, verdict.why
    assert verdict.evidence in (Evidence.PROVED, Evidence.CERTIFIED)
    if verdict.proof is not None and given in REPLAYED:
        assert set(check(verdict.proof)) <= set(verdict.theorems)
    if verdict.truth is FAILS:
        assert verdict.counterexample
        assert_real(given, verdict.counterexample)
    elif verdict.evidence is Evidence.PROVED and given.kernel is not None:
        assert verdict.proof is not None


SECONDS_OF_NEVER = 10 if NIGHT else 3  # most cannot be decided, and one would take all of 60


@pytest.mark.parametrize("given", NEVER, ids=text_of)
def test_the_wrong_verdict_is_never_given(given: Row) -> None:
    assert verdict_of(given, SECONDS_OF_NEVER).truth is not given.truth


def test_what_cannot_be_decided_says_so_and_never_passes() -> None:
    verdict = decide(parse_statement("sqrt(2)*sqrt(3)*pi*E = sqrt(6)*E*pi + 10**-400"))
    assert verdict.truth is Truth.UNDECIDED and verdict.evidence is None
    assert "a ball never proves an equality" in verdict.why


def test_the_same_statement_gets_the_same_verdict() -> None:
    says = [parse_statement(r.says, r.kernel, r.where) for r in TABLE[:2]]
    assert [decide(s) for s in says] == [decide(s) for s in says]
