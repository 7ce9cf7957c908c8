"""The reader: every value is the definition of the operation; every refusal a point where it is undefined."""

from __future__ import annotations

from functools import partial

import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.examples import FACTOR
from tests.theory.stated_steps import facts_of, named, reading, refusal_of
from theory.language.statement import parse_statement
from theory.numbers.balls import working_precision
from theory.proofs.rules.stated import read_side
from theory.proofs.steps import Refused
from theory.spectra.symbolic_forms import multiplicity
from theory.statements.arithmetic import Undefined, as_ball
from theory.statements.counterexamples import OUT_OF_REACH
from theory.statements.values import evaluate
from theory.symbolic.objects import INTEGER_SYMBOLS, KernelName, MuOn, Range, d, k, t

EVEN, ODD, D = Range("k", 2, None, 0), Range("k", 3, None, 1), Range("d", 1)


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
    ("N(d-1,k) > 0", ("k >= 1",)),
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


@pytest.mark.parametrize("least", [1, 2])
def test_a_sphere_of_dimension_zero_has_no_eigenvalues(least: int) -> None:
    """The dimension d - 1 is 0 where d is 1."""
    stated = named("mu(k, d-1) >= 0", "NTK(depth=2)", f"d >= {least}")
    read = partial(read_side, stated.data.left, stated.data, stated.ranges, KernelName("NTK(depth=2)"), [])
    if least > 1:
        assert read().has(MuOn)
    else:
        with pytest.raises(Refused, match="no integer >= 1"):
            read()


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
