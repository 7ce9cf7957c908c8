"""Verdicts against truths found by hand: never HOLDS for a false statement, never FAILS for a true one.

The closed form of CONVENTIONS.md (facts 1 and 2) is written down here again, in mpmath, as the
independent witness.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import mpmath as mp
import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from theory.decide import Verdict, decide
from theory.formal import k
from theory.kernels import Kernel
from theory.proof import check
from theory.statement import parse_statement
from theory.truth import Evidence, Truth
from verify.claims import all_claims

NTK2, CAO = "NTK(depth=2)", "NTK(depth=2, layer_scales=(1/2, 1))"
STEP, RELU = "ArcCosine(order=0)", "ArcCosine(order=1)"
HOLDS, FAILS = Truth.HOLDS, Truth.FAILS
SHAPE = "d**d*k**(k-1)*(k+d)**(-k-d)"
CONSTANT = "2**d*Gamma((d+1)/2)**2/pi**2"
CAP = "Gamma((d+1)/2)/(4*Gamma((3-k)/2)*Gamma((k+d+2)/2))"  # c_k(1) of fact 1


@dataclass(frozen=True)
class Row:
    """A statement and its truth; how the truth is known stands beside it."""

    truth: Truth
    says: str
    kernel: str | None = None
    where: tuple[str, ...] = ()


def row(truth: Truth, kernel: str | None, says: str, *where: str) -> Row:
    return Row(truth, says, kernel, where)


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
]  # fmt: skip

# False, or true and out of reach; the one wrong verdict is named. None may be given it.
NEVER = [
    row(HOLDS, None, "(d-40)*k = Theta(k) as k -> oo"),  # 0 at d = 40
    row(HOLDS, None, "1/(d-40)*k = O(k) as k -> oo"),  # undefined at d = 40 for every k
    row(HOLDS, NTK2, "mu(2**k) = 0", "k >= 60"),
    row(HOLDS, NTK2, "mu(k**2) = Theta(k**(-2*d-2)) as k -> oo"),  # odd k give 0
    row(HOLDS, NTK2, "mu(0, d/2) = O(1) as d -> oo"),  # undefined for odd d
    row(HOLDS, NTK2, "a(k) = O(1) as k -> oo"),  # undefined at d = 1
    row(HOLDS, None, "N(1, (k-40)**2) = 2"),  # N(1, 0) = 1
    row(HOLDS, None, "sqrt((k**2-70*k+1200)**2) = k**2-70*k+1200"),
    row(HOLDS, None, "1/(k-20) = O(1/(k-20)) uniformly"),
    row(FAILS, None, "(d-3)*k**((d-2)*(4-d)) = O(1) as k -> oo"),  # 0 at d = 3, the only growing power
    row(FAILS, NTK2, f"mu(k) = 2*({CAP})**2*(k*(k+d-1)+d+2)"),  # fact 2 as it is written
    row(FAILS, RELU, f"mu(k) = 2*(d+1)*({CAP})**2"),
    row(FAILS, None, "factorial(k) >= 1"),
    row(FAILS, None, "N(d,k) >= 1"),
    row(FAILS, None, "k*(k-30)*(k-31) > -1"),
    row(FAILS, None, "(-1)**k = O(1) as k -> oo"),
    row(FAILS, None, "log(k) = o(k) as k -> oo"),
    row(FAILS, NTK2, "kappa(t) <= 2"),
    row(FAILS, None, "asin(sin(t)) = t"),
]


def verdict_of(given: Row) -> Verdict:
    return decide(parse_statement(given.says, given.kernel, given.where))


def text_of(given: Row) -> str:
    return f"{given.says} [{', '.join(given.where)}] {given.kernel}"


@pytest.mark.parametrize("given", TABLE, ids=text_of)
def test_the_verdict_is_the_truth_and_its_evidence_can_be_replayed(given: Row) -> None:
    verdict = verdict_of(given)
    assert verdict.truth is given.truth, verdict.why
    assert verdict.evidence in (Evidence.PROVED, Evidence.CERTIFIED)
    if verdict.proof is not None:
        assert set(check(verdict.proof)) <= set(verdict.theorems)
    if verdict.truth is FAILS:
        assert verdict.counterexample
        assert_real(given, verdict.counterexample)
    elif verdict.evidence is Evidence.PROVED and given.kernel is not None:
        assert verdict.proof is not None


@pytest.mark.parametrize("given", NEVER, ids=text_of)
def test_the_wrong_verdict_is_never_given(given: Row) -> None:
    assert verdict_of(given).truth is not given.truth


def cap(dim: int, degree: int, order: int) -> mp.mpf:
    """c_k(a) of fact 1."""
    return (
        mp.gamma(mp.mpf(dim + 1) / 2) * mp.gamma(order + 1) / 2 ** (order + 1)
        * mp.rgamma(mp.mpf(order - degree) / 2 + 1) * mp.rgamma(mp.mpf(order + degree + dim + 1) / 2)
    )  # fmt: skip


def witness(kernel: str, degree: int, dim: int) -> mp.mpf:
    """mu_k by facts 1 and 2; t k0 from the three-term recurrence."""
    if kernel == STEP:
        return 2 * cap(dim, degree, 0) ** 2
    relu = 2 * (dim + 1) * cap(dim, degree, 1) ** 2
    if kernel == RELU:
        return relu
    whole = 2 * cap(dim, degree, 1) ** 2 * (degree * (degree + dim - 1) + dim + 2)
    return whole if kernel == NTK2 else (whole - relu) / 2 + relu


def side_in_mpmath(text: str, kernel: str | None, at: dict[str, Any]) -> mp.mpf:
    """A side of our own table by mpmath; the text is Python's once its numbers are mpmath's."""
    def multiplicity(dim: int, degree: int) -> mp.mpf:
        if degree == 0:
            return mp.mpf(1)
        return (2 * degree + dim - 1) / mp.mpf(degree) * mp.binomial(degree + dim - 2, dim - 1)

    def mu(degree: int, dim: int | None = None) -> mp.mpf:
        degree, dim = int(degree), int(at["d"] if dim is None else dim)
        if degree < 0:
            raise ZeroDivisionError
        return witness(str(kernel), degree, dim)

    def coefficient(degree: int) -> mp.mpf:
        return mu(degree) * (2 * degree + at["d"] - 1) / (at["d"] - 1)

    def maclaurin(index: int) -> mp.mpf:
        return mp.taylor(lambda t: kappa(t), 0, int(index))[int(index)]

    def kappa(t: mp.mpf) -> mp.mpf:
        return (2 * t * (mp.pi - mp.acos(t)) + mp.sqrt(1 - t**2)) / mp.pi  # NTK(depth=2)

    names = {"pi": mp.pi, "E": mp.e, "Gamma": mp.gamma, "factorial": mp.factorial, "binomial": mp.binomial,
             "sqrt": mp.sqrt, "sin": mp.sin, "cos": mp.cos, "acos": mp.acos, "mu": mu, "N": multiplicity,
             "a": coefficient, "b": maclaurin, "kappa": kappa, "Fraction": Fraction, **at}  # fmt: skip
    return mp.mpf(1) * eval(re.sub(r"(\d+)", r"Fraction(\1)", text), names)  # noqa: S307  (our own table)


def assert_real(given: Row, counterexample: dict[str, Any]) -> None:
    """The sides at the counterexample, by mpmath, violate the relation or have no value."""
    at = {name: Fraction(v) for name, v in counterexample.items() if name in "kndt"}
    match = re.fullmatch(r"(.*?) (=|!=|<=|>=|<|>) (.*)", given.says)
    if "law" in counterexample or match is None:
        return
    with mp.workdps(60):
        try:
            left, right = (side_in_mpmath(text, given.kernel, at) for text in match.group(1, 3))
        except (ZeroDivisionError, ValueError):
            assert "undefined" in str(counterexample["left"])
            return
        assert "undefined" not in str(counterexample["left"])
        # 60 digits were used, so what differs by more than 1e-45 of its size differs.
        gap = mp.mpf("1e-45") * (1 + abs(left))
        sign = 0 if abs(left - right) < gap else mp.sign(left - right)
        holds = {"=": sign == 0, "!=": sign != 0, "<": sign < 0, ">": sign > 0, "<=": sign <= 0, ">=": sign >= 0}
        assert not holds[match.group(2)]


# Each true law, with holes for a factor, a shift of the exponent and a shift of the degree.
LAWS = [
    (NTK2, f"mu(k{{shift}}) ~ {{factor}}*{CONSTANT}*k**(-d-1{{power}}) as k -> oo", ("k even",)),
    (RELU, "mu(k{shift}) ~ {factor}*2**d*(d+1)*Gamma((d+1)/2)**2/pi**2*k**(-d-3{power}) as k -> oo", ("k even",)),
    (STEP, f"mu(k{{shift}}) ~ {{factor}}*{CONSTANT}*k**(-d-1{{power}}) as k -> oo", ("k odd",)),
    (None, "N(d, k{shift}) ~ {factor}*2*k**(d-1{power})/Gamma(d) as k -> oo", ()),
    (None, "binomial(2*k, k{shift}) ~ {factor}*4**k*k**(-1/2{power})/sqrt(pi) as k -> oo", ()),
    (NTK2, "mu(4) ~ {factor}*5/pi*d**(-4{power}{shift}-0) as d -> oo", ()),
]
factors = st.fractions(min_value="1/7", max_value=9, max_denominator=7).filter(lambda f: f != 1)
powers = st.integers(-3, 3).filter(bool)


def signed(value: int) -> str:
    return f"{value:+d}" if value else ""


@pytest.mark.parametrize(("kernel", "law", "where"), LAWS, ids=[law for _, law, _ in LAWS])
def test_the_laws_that_are_mutated_hold(kernel: str | None, law: str, where: tuple[str, ...]) -> None:
    assert decide(parse_statement(law.format(factor="1", shift="", power=""), kernel, where)).truth is HOLDS


@given(st.sampled_from(LAWS), st.one_of(factors.map(lambda f: (f, 0)), powers.map(lambda p: (1, p))))
@settings(max_examples=20)
def test_a_changed_constant_or_exponent_is_refuted(law: tuple, change: tuple) -> None:
    kernel, template, where = law
    factor, power = change
    says = template.format(factor=f"({factor})", shift="", power=signed(power))
    assert decide(parse_statement(says, kernel, where)).truth is FAILS


@given(st.sampled_from(LAWS[:3]), st.sampled_from([1, 3, 5]))
@settings(max_examples=9)
def test_an_odd_shift_of_the_degree_meets_the_parity_zeros(law: tuple, shift: int) -> None:
    kernel, template, where = law
    says = template.format(factor="1", shift=signed(shift), power="")
    assert decide(parse_statement(says, kernel, where)).truth is FAILS


EQUALITIES = [
    (NTK2, "mu(1) = {c}/(d+{s})", (1, 1), ()),
    (NTK2, "mu(k, d+2) = {c}*(d+1)/(2*k+d+{s})*(mu(k) - mu(k+2))", (1, 1), ("k even",)),
    (None, "N(2, k) = {c}*k+{s}", (2, 1), ()),
    (None, "binomial(k+{s}, {c}) = (k+2)*(k+1)/2", (2, 2), ()),
    (None, "factorial(k+{s}) = (k+{c})*factorial(k)", (1, 1), ()),
]


constants = st.fractions(min_value="1/9", max_value=9, max_denominator=9)


@given(st.sampled_from(EQUALITIES), constants, st.integers(0, 6))
@settings(max_examples=30)
def test_of_all_constants_only_the_right_ones_hold(equality: tuple, constant: Any, shift: int) -> None:
    kernel, template, right, where = equality
    if "binomial(k" in template:
        constant = sp.Integer(round(constant))
    verdict = decide(parse_statement(template.format(c=f"({constant})", s=shift), kernel, where))
    assert verdict.truth is (HOLDS if (constant, shift) == right else FAILS), verdict.why


@pytest.fixture
def fresh() -> Iterator[None]:
    """Every cache between the formulas and the verdicts, emptied before and after."""
    forget()
    yield
    forget()


def forget() -> None:
    from theory import derivation, instances, link, meaning

    for module in (derivation, instances, link, meaning):
        for thing in vars(module).values():
            if hasattr(thing, "cache_clear"):
                thing.cache_clear()


WRONG_FORMULAS = {
    "factor 2": lambda value: 2 * value,
    "factor 1 + 1/10^12": lambda value: value * (1 + sp.Rational(1, 10**12)),
    "degree shifted by 2": lambda value: value.subs(k, k + 2),
    "another power of k": lambda value: value * k,
    "area ratio two dimensions apart": lambda value: value * sp.Symbol("d", positive=True)
    / (sp.Symbol("d", positive=True) + 1),
    "zero": lambda value: 0 * value,
}
# The published statements themselves, with the kernel of Cao et al.
PROVED = [
    (said.kernel, said.says, said.where)
    for name in ("cao-parity", "cao-decay-degree", "cao-decay-dim") for said in all_claims()[name].said
]  # fmt: skip


@pytest.mark.parametrize("wrong", WRONG_FORMULAS)
def test_a_wrong_formula_proves_nothing(wrong: str, fresh: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """The derivation is replayed against the closed form, so no verdict is `proved` with a wrong one."""
    from theory import symbolic

    right = symbolic.cap_expression
    monkeypatch.setattr(symbolic, "cap_expression", lambda *args: WRONG_FORMULAS[wrong](right(*args)))
    for kernel, says, where in PROVED:
        verdict = decide(parse_statement(says, kernel, where))
        assert verdict.evidence is not Evidence.PROVED, (says, verdict)


def test_the_wrong_parity_proves_nothing(fresh: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """The formulas of even and of odd degrees change places."""
    from theory import link, meaning, symbolic

    def swapped(kernel: Kernel) -> tuple[symbolic.Branch, ...]:
        *small, even, odd = symbolic.branches(kernel)
        return *small, replace(even, expression=odd.expression), replace(odd, expression=even.expression)

    for module in (link, meaning):
        monkeypatch.setattr(module, "branches", swapped)
    for kernel, says, where in PROVED:
        assert decide(parse_statement(says, kernel, where)).evidence is not Evidence.PROVED, says


def test_what_cannot_be_decided_says_so_and_never_passes() -> None:
    verdict = decide(parse_statement("sqrt(2)*sqrt(3)*pi*E = sqrt(6)*E*pi + 10**-400"))
    assert verdict.truth is Truth.UNDECIDED and verdict.evidence is None
    assert "a ball never proves an equality" in verdict.why


def test_the_same_statement_gets_the_same_verdict() -> None:
    says = [parse_statement(r.says, r.kernel, r.where) for r in TABLE[:2]]
    assert [decide(s) for s in says] == [decide(s) for s in says]
