"""The rules that lead from a statement as it is written to its formulas: what they accept, and what they refuse."""

from __future__ import annotations

import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.examples import FACTOR
from tests.theory.stated_steps import closed, facts_of, first_refusal, named, reading, refusal_of
from theory.derivations.by_ends import law_proof
from theory.derivations.one_hidden_layer import K0, NTK_
from theory.kernels import NTK
from theory.language.statement import parse_statement
from theory.numbers.balls import working_precision
from theory.proofs.rules.depth import SIGMA, THETA
from theory.proofs.rules.stated import claim_of, factor_of, read_side
from theory.proofs.steps import Refused, Step
from theory.spectra.symbolic_forms import multiplicity
from theory.statements.counterexamples import OUT_OF_REACH
from theory.statements.values import Undefined, as_ball, evaluate
from theory.symbolic.objects import (
    INTEGER_SYMBOLS,
    STATED,
    KernelName,
    L,
    Layered,
    Mu,
    MuOn,
    Radial,
    Range,
    Told,
    d,
    k,
    n,
    t,
)

NTK2, NTK3 = "NTK(depth=2)", "NTK(depth=3)"
EVEN, ODD, D = Range("k", 2, None, 0), Range("k", 3, None, 1), Range("d", 1)


# The first step.


def test_a_statement_is_named_as_it_is_written() -> None:
    stated = named("mu(k) = 0", NTK2, "k odd", "k >= 3")
    assert refusal_of(stated, {}) == ""
    assert str(stated.statement) == "mu(k) = 0, NTK(depth=2) : is the claim" and stated.ranges == (ODD, D)


@pytest.mark.parametrize(
    "says, kernel, where",
    [
        ("mu(k) >= 0", NTK2, ("k odd", "k >= 3")),
        ("mu(k) = 0", NTK3, ("k odd", "k >= 3")),
        ("mu(k) = 0", NTK2, ("k odd",)),
        ("mu(k+2) = 0", NTK2, ("k odd", "k >= 3")),
    ],
)
def test_other_words_of_another_statement_are_refused(says: str, kernel: str, where: tuple[str, ...]) -> None:
    other = parse_statement(says, kernel, where)
    stated = named("mu(k) = 0", NTK2, "k odd", "k >= 3")
    assert refusal_of(Step("stated", stated.statement, "as-stated", (), other, stated.ranges), {})
    said = Told(stated.left, claim_of(other))
    assert refusal_of(Step("stated", said, "as-stated", (), stated.data, stated.ranges), {})
    assert refusal_of(Step("stated", Told(stated.left, STATED), "as-stated", (), "mu(k) = 0", stated.ranges), {})


# The reader. Every value is the definition of the operation; every refusal a point where it is undefined.

READ = [
    ("sqrt(k**2-2*k*d+d**2) ~ -k as k -> oo", (), k - d),  # k > d for every fixed d, once k is large
    ("sqrt((k-3)**2) > 0", ("k >= 3",), k - 3),
    ("sqrt((k-3)**2) > 0", ("k <= 3",), 3 - k),
    ("k/k = 1", ("k >= 1",), sp.Integer(1)),
    ("(k-7)**2/(k-7) = 1", ("k even",), k - 7),
    ("1/(k-7) = O(1) as k -> oo", (), 1 / (k - 7)),
    ("1/Gamma(4-k) >= 0", (), 1 / sp.gamma(4 - k)),  # 0 from k = 4 on
    ("1/Gamma(-3) = 0", (), sp.Integer(0)),
    ("k**pi >= 0", (), k**sp.pi),
    ("(-1)**k = 1", ("k even",), sp.Integer(1)),
    ("(-2)**(k+1) = 1", ("k odd",), 2 ** (k + 1)),
    ("(-2)**(k+1) = 1", ("k even",), -(2 ** (k + 1))),
    ("binomial(3,k) = 1", (), 6 / (sp.gamma(4 - k) * sp.gamma(k + 1))),
    ("binomial(3,-1) = 0", (), sp.Integer(0)),
    ("N(d,k) = 1", ("k >= 1",), multiplicity(d, k)),
    ("N(d,0) = 1", (), sp.Integer(1)),
    ("N(1,0) = 1", (), sp.Integer(1)),
    ("acos(-t) = 1", (), sp.pi - sp.acos(t)),
    ("asin(t) = 1", (), sp.pi / 2 - sp.acos(t)),
    ("1/(1-t) = O(1) as t -> 1", (), 1 / (1 - t)),
    ("factorial(k-1) = O(1) as k -> oo", (), sp.gamma(k)),
    ("100-k > 0", ("k <= 99",), 100 - k),
    ("1/t = O(1) as t -> 0", (), 1 / t),  # the point itself is left out
]
UNDEFINED = [
    ("sqrt(k**2-2*k*d+d**2) >= 0", ()),
    ("sqrt((k-3)**2) >= 0", ()),
    ("sqrt(k-1) >= 0", ()),
    ("k/k = 1", ()),
    ("(k-40)/(k-40) = 1", ()),
    ("1/(k*(d-3)-1) = O(1) as k -> oo", ()),
    ("1/(d-1) = O(1) as k -> oo", ()),
    ("Gamma(4-k) > 0", ()),
    ("Gamma(d-k) = O(1) as k -> oo", ()),
    ("k**(-1/2) > 0", ()),
    ("k**k >= 0", ()),
    ("(k-5)**d >= 0", ()),
    ("(-1)**k = 1", ()),
    ("0**k = 0", ()),
    ("binomial(k-1,2) >= 0", ()),
    ("1/binomial(3,k) > 0", ()),
    ("N(d,k) > 0", ()),
    ("N(d,k-1) > 0", ("k >= 1",)),
    ("log(k) >= 0", ()),
    ("acos(2/k) >= 0", ("k >= 1",)),
    ("acos(2*t) >= 0", ()),
    ("1/(t**2-1/2)**2 > 0", ()),
    ("sqrt(t) >= 0", ()),
    ("sqrt(t**2) = t", ()),
    ("sqrt(t) = O(1) as t -> 0", ()),
    ("1/(k-700)**2 > 0", ()),
    ("1/Gamma(2-k)**-1 = 1", ()),
    ("(100-k)**(1/2) >= 0", ("k <= 101",)),
]


@pytest.mark.parametrize("says, where, value", READ, ids=[says for says, *_ in READ])
def test_a_side_is_read(says: str, where: tuple[str, ...], value: sp.Expr) -> None:
    stated = named(says, None, *where)
    found = read_side(stated.data.left, stated.data, stated.ranges, None, [])
    assert sp.expand(found - value) == 0
    assert refusal_of(reading(stated, "left", found), facts_of(stated)) == ""


@pytest.mark.parametrize("says, where, value", READ, ids=[says for says, *_ in READ])
def test_another_reading_is_refused(says: str, where: tuple[str, ...], value: sp.Expr) -> None:
    stated = named(says, None, *where)
    for wrong in (-value, value + 1, value * k, value.subs(k, k + 1)) if value != 0 else (sp.Integer(1),):
        if sp.expand(wrong - value) != 0:
            assert "reads otherwise" in refusal_of(reading(stated, "left", wrong), facts_of(stated))


@pytest.mark.parametrize("says, where", UNDEFINED, ids=[says for says, _ in UNDEFINED])
def test_what_may_be_undefined_is_not_read(says: str, where: tuple[str, ...]) -> None:
    stated = named(says, None, *where)
    with pytest.raises(Refused):
        read_side(stated.data.left, stated.data, stated.ranges, None, [])
    assert refusal_of(reading(stated, "left", k), facts_of(stated))


def test_a_reading_is_of_a_side_of_the_statement_on_a_part_of_its_ranges() -> None:
    stated, other = named("k + d >= k", None, "k >= 2"), named("k + d >= d", None, "k >= 2")
    assert refusal_of(reading(stated, "left", k + d), facts_of(stated)) == ""
    assert "no side" in refusal_of(reading(other, "right", d), facts_of(stated))
    for ranges in ((Range("k", 1), D), (Range("k", 2),), (EVEN, D, Range("n", 0))):
        assert refusal_of(reading(stated, "left", k + d, ranges=ranges), facts_of(stated))
    assert refusal_of(reading(stated, "left", k + d, ranges=(EVEN, D)), facts_of(stated)) == ""
    assert refusal_of(reading(stated, "left", 4 + d, ranges=(Range("k", 4, 4), D)), facts_of(stated)) == ""


numbers = st.sampled_from(["0", "1", "2", "3", "1/2", "0.3", "pi", "E"])
names = st.sampled_from(["k", "d", "n", "k", "d"])
texts = st.recursive(
    st.one_of(numbers, names),
    lambda inner: st.one_of(
        st.builds("({} {} {})".format, inner, st.sampled_from("+-*/"), inner),
        st.builds("({})**({})".format, inner, st.sampled_from(["2", "-1", "3", "1/2", "-1/2", "k", "d", "2/3"])),
        st.builds("{}({})".format, st.sampled_from(["sqrt", "log", "Gamma", "factorial", "exp", "cos"]), inner),
        st.builds("{}({}, {})".format, st.sampled_from(["binomial", "N"]), inner, inner),
    ),
    max_leaves=5,
)
CONDITIONS = [(), ("k even",), ("k odd",), ("k >= 3",), ("k >= 4", "k even"), ("d >= 2",), ("k <= 5",)]
conditions = st.sampled_from(CONDITIONS)


@given(texts, conditions, st.integers(0, 6), st.integers(0, 4), st.integers(0, 4))
@settings(max_examples=300 * FACTOR, deadline=None)
def test_what_is_read_has_the_value_of_the_words(
    text: str, where: tuple[str, ...], up: int, further: int, index: int
) -> None:
    """At instances of the ranges, evaluated by exact arithmetic and balls from the same tree."""
    try:
        statement = parse_statement(f"{text} >= 0", None, [c for c in where if c[0] in text])
        value = read_side(statement.left, statement, statement.ranges, None, [])
    except (Refused, ValueError):
        return
    steps = {"k": up, "d": further, "n": index}
    at = {w.name: w.values(steps[w.name] + 1)[-1] for w in statement.ranges}
    with working_precision(30):
        try:
            exact = as_ball(evaluate(statement.left, at, None, 30))
        except Undefined:
            raise AssertionError(f"{text} is undefined at {at}, and was read as {value}") from None
        except OUT_OF_REACH:
            return
    found = sp.N(value.subs({INTEGER_SYMBOLS[name]: v for name, v in at.items()}), 30)
    middle = sp.Float(str(exact.mid()).split(" ")[0].strip("["), 30)
    assert found.is_real and abs(found - middle) <= 1e-12 * (1 + abs(found))


# What a name stands for.


def test_names_of_kernels() -> None:
    def factor(text: str, name: sp.Expr, *where: str) -> sp.Expr:
        return factor_of(parse_statement("mu(k) = 0", text, where).kernel, name, [])

    assert factor(NTK3, Layered(THETA, 3)) == 1 and factor(NTK3, KernelName(NTK3)) == 1
    assert factor("2 * NTK(depth=3)", Layered(THETA, 3)) == 2 and factor("2 * NTK(depth=3)", KernelName(NTK3)) == 2
    assert factor("NNGP(depth=3, weight_variance=2)", Layered(SIGMA, 3)) == 8
    assert factor("Laplace(rate=1/2)", Radial(sp.Rational(1, 2))) == 1
    for text, name in [
        (NTK3, Layered(THETA, 4)),
        (NTK3, Layered(SIGMA, 3)),
        (NTK3, KernelName(NTK2)),
        (NTK2, NTK_),
        ("NTK(depth=3, bias=True)", Layered(THETA, 3)),
        ("Laplace(rate=1/2)", Radial(sp.Integer(1))),
        ("NTK(depth=3, layer_scales=(1, 2, 1))", Layered(THETA, 3)),
        (NTK3, None),
    ]:
        with pytest.raises(Refused):
            factor(text, name)


def test_a_name_is_that_of_the_kernel_by_its_definition_in_the_proof() -> None:
    stated = named("mu(k) >= 0", NTK2, "k even")
    facts = facts_of(stated)
    read = reading(stated, "left", Mu(NTK_, k), "ntk-closed", name=NTK_)
    assert refusal_of(read, facts) == ""
    assert refusal_of(reading(stated, "left", Mu(NTK_, k), name=NTK_), facts)  # without the definition
    assert refusal_of(reading(stated, "left", Mu(K0, k), "k0-closed", name=K0), facts)  # of another kernel
    other = facts_of(named("mu(k) >= 0", "NTK(depth=2, layer_scales=(1/2, 1))", "k even"))
    assert refusal_of(read, {**other, "stated": stated})  # the same name for another kernel


def test_every_depth_at_once_and_one_depth() -> None:
    stated = named("mu(k) >= 0", "1/(L+1) * NTK(depth=L+1)", "L >= 2")
    ranges = stated.ranges
    read = reading(stated, "left", Mu(Layered(THETA, L + 1), k) / (L + 1), name=Layered(THETA, L + 1))
    assert refusal_of(read, {"stated": stated}) == ""
    for value in (Mu(Layered(THETA, L + 1), k), Mu(Layered(THETA, L), k) / (L + 1)):
        name = next(iter(value.atoms(Mu))).args[0]
        assert refusal_of(reading(stated, "left", value, name=name), {"stated": stated})
    single = tuple(Range("L", 2, 2) if w.name == "L" else w for w in ranges)
    alone = Mu(Layered(THETA, 3), k) / 3
    assert refusal_of(reading(stated, "left", alone, name=Layered(THETA, 3), ranges=single), {"stated": stated}) == ""


# Eigenvalues below the line.


def test_an_eigenvalue_is_divided_by_where_it_is_known_not_to_vanish() -> None:
    """mu_k of NTK(2) is 0 for odd k >= 3; without its closed form nothing is known."""
    says, value = "1/mu(k) = O(k**(d+1)) as k -> oo", 1 / Mu(NTK_, k)
    cases = (("k even", "mu(k >= 2 even)", (EVEN, D), True), ("k odd", "mu(k >= 3 odd)", (ODD, D), False))
    for where, fact, ranges, fine in cases:
        stated = named(says, NTK2, where)
        facts = facts_of(stated)
        formula = closed("closed", Mu(NTK_, k), facts[fact].right, fact, *ranges)
        read = reading(stated, "left", value, "ntk-closed", "closed", name=NTK_, ranges=ranges)
        assert (first_refusal(facts, formula, read) == "") == fine
        blind = reading(stated, "left", value, "ntk-closed", name=NTK_, ranges=ranges)
        assert first_refusal(facts, formula, blind)


def test_so_it_is_once_its_law_is_known() -> None:
    """1/((d-1) mu_k) is 1/0 at d = 1, whatever the law."""
    name = Layered(THETA, 3)
    for below, value, fine in (
        ("mu(k)", 1 / Mu(name, k), True),
        ("((d-2)*mu(k))", sp.Integer(1), False),
        ("((d-1)*mu(k))", 1 / Mu(name, k), True),
    ):
        stated = named(f"1/{below} = O(k**4) as k -> oo", NTK3, "d = 2", "k odd")
        law = law_proof(NTK(depth=3), 5 / (4 * sp.pi * k**3), stated.ranges)
        facts = {step.name: step for step in (stated, *law.steps)}
        assert (refusal_of(reading(stated, "left", value, law.conclusion.name, name=name), facts) == "") == fine


def test_a_product_that_vanishes_for_one_dimension_is_not_divided_by() -> None:
    name = Layered(THETA, 3)
    stated = named("1/((d-1)*mu(k)) = O(k**(d+1)) as k -> oo", NTK3, "k odd")
    leading = 2 ** (d - 2) * sp.gamma((d + 1) / 2) ** 2 / sp.pi**2 * 5 / k ** (d + 1)
    law = law_proof(NTK(depth=3), leading, stated.ranges)
    facts = {step.name: step for step in (stated, *(law.steps if law else ()))}
    uses = (law.conclusion.name,) if law else ()
    for value in (1 / ((d - 1) * Mu(name, k)), 1 / Mu(name, k)):
        assert refusal_of(reading(stated, "left", value, *uses, name=name), facts)


# Closed forms.

F_EVEN = facts_of(named("mu(k) >= 0", NTK2))["mu(k >= 2 even)"].right
CLOSED = [
    (Mu(NTK_, k), F_EVEN, (EVEN, D)),
    (Mu(NTK_, k + 2), F_EVEN.subs(k, k + 2), (Range("k", 0, None, 0), D)),
    (Mu(NTK_, k + 1), F_EVEN.subs(k, k + 1), (Range("k", 1, None, 1), D)),
    (Mu(NTK_, 2 * d), F_EVEN.subs(k, 2 * d), (D,)),
    (MuOn(NTK_, 2 * d, 3), F_EVEN.subs({k: 2 * d, d: 3}, simultaneous=True), (D,)),
    (MuOn(NTK_, d, 2), F_EVEN.subs({k: d, d: 2}, simultaneous=True), (Range("d", 4, None, 0),)),
    (MuOn(NTK_, k, d + 2), F_EVEN.subs(d, d + 2), (EVEN, D)),
    (Mu(NTK_, 2 * n), F_EVEN.subs(k, 2 * n), (Range("n", 1), D)),
    (Mu(NTK_, k), F_EVEN.subs(d, 2), (EVEN, Range("d", 2, 2))),
]


@pytest.mark.parametrize("spoken, value, ranges", CLOSED, ids=[str(spoken) for spoken, *_ in CLOSED])
def test_a_formula_is_put_in(spoken: sp.Expr, value: sp.Expr, ranges: tuple[Range, ...]) -> None:
    facts = facts_of(named("mu(k) >= 0", NTK2))
    assert refusal_of(closed("c", spoken, value, "mu(k >= 2 even)", *ranges), facts) == ""
    wrong_values = [value * k, value.subs(d, d + 1) if value.has(d) else 2 * value, facts["mu(k = 0)"].right]
    for wrong in wrong_values:
        assert refusal_of(closed("c", spoken, wrong, "mu(k >= 2 even)", *ranges), facts)
    for other in ("mu(k >= 3 odd)", "mu(k = 0)", "mu(k = 1)", "ntk-even", "k0-odd-mu", "t_k0-even"):
        assert refusal_of(closed("c", spoken, value, other, *ranges), facts)


@pytest.mark.parametrize(
    "spoken, value, ranges",
    [
        (Mu(NTK_, k), F_EVEN, (Range("k", 0, None, 0), D)),
        (Mu(NTK_, k), F_EVEN, (Range("k", 2), D)),
        (Mu(NTK_, k), F_EVEN, (ODD, D)),
        (Mu(NTK_, k - 2), F_EVEN.subs(k, k - 2), (EVEN, D)),
        (Mu(NTK_, k + 1), F_EVEN.subs(k, k + 1), (EVEN, D)),
        (Mu(NTK_, d), F_EVEN.subs(k, d), (Range("d", 2),)),
        (Mu(K0, k), F_EVEN, (EVEN, D)),
        (MuOn(NTK_, k, d - 1), F_EVEN.subs(d, d - 1), (EVEN, D)),
        # In mu(2*d, 3) the d of the index is not the dimension.
        (MuOn(NTK_, 2 * d, 3), F_EVEN.subs(k, 2 * d).subs(d, 3), (D,)),
        (MuOn(NTK_, d, 2), F_EVEN.subs(k, d).subs(d, 2), (Range("d", 4, None, 0),)),
        (Mu(NTK_, 2 * d), F_EVEN.subs({k: 2 * d, d: 3}, simultaneous=True), (D,)),
        (Mu(NTK_, k / 2), F_EVEN.subs(k, k / 2), (Range("k", 4, None, 0), D)),
    ],
)
def test_a_formula_is_not_put_in_beyond_its_reach(spoken: sp.Expr, value: sp.Expr, ranges: tuple[Range, ...]) -> None:
    facts = facts_of(named("mu(k) >= 0", NTK2))
    assert refusal_of(closed("c", spoken, value, "mu(k >= 2 even)", *ranges), facts)
