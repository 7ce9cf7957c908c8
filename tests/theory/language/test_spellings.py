r"""What people type means what they mean: each spelling is the statement that the grammar writes otherwise."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.examples import FACTOR
from theory.language.conditions import conditions
from theory.language.formulas import parse_formula
from theory.language.sentences import parse_sentence
from theory.language.spellings import respelled
from theory.language.statement import Statement, parse_statement
from theory.statements.arithmetic import Undefined
from theory.statements.values import evaluate
from theory.symbolic.expression_grammar import ExpressionError
from theory.symbolic.expressions import Call, Name, Node, Number, Operation
from theory.text.statements import expression_latex, statement_latex

NTK2 = "NTK(depth=2)"


def said(text: str, *where: str) -> Statement:
    return parse_statement(text, NTK2, where)


@pytest.mark.parametrize(
    "typed, written, where",
    [
        ("mu_k > 0", "mu(k) > 0", []),
        ("mu_{k+1} <= mu_k", "mu(k+1) <= mu(k)", []),
        ("k^2 + 2k >= 0", "k**2 + 2*k >= 0", []),
        ("mu(k) = Theta(k^{-d-1}) as k -> inf", "mu(k) = Theta(k**(-d-1)) as k -> oo", []),
        ("mu(k) = O(1) as k → ∞", "mu(k) = O(1) as k -> oo", []),
        ("μ_k ≥ 0", "mu(k) >= 0", []),
        ("κ(t) ≤ κ(1)", "kappa(t) <= kappa(1)", []),
        (r"\mu_k = \Theta(k^{-d-1}), k \to \infty", "mu(k) = Theta(k**(-d-1)) as k -> oo", []),
        (r"$\mu_k \sim \frac{1}{\pi} k^{-3}$ as $k\to\infty$ for $d=2$", "mu(k) ~ 1/pi*k**(-3) as k -> oo", ["d = 2"]),
        (r"\mu_k \asymp k^{-d-1} as k \to \infty", "mu(k) = Theta(k**(-d-1)) as k -> oo", []),
        (r"\mu_k \lesssim k^{-d} as k \to \infty", "mu(k) = O(k**(-d)) as k -> oo", []),
        (r"\mu_k \in \mathcal{O}(k^{-d}) as k \to \infty", "mu(k) = O(k**(-d)) as k -> oo", []),
        (r"\left( \frac{k}{e} \right)^k \sqrt{2\pi k} \le k!", "(k/E)**k*sqrt(2*pi*k) <= factorial(k)", []),
        (r"\binom{k+d}{d} \mu_k \le 2", "binomial(k+d, d)*mu(k) <= 2", []),
        ("2k! > 0", "2*factorial(k) > 0", []),
        ("k log k >= 0", "k*log(k) >= 0", []),
        ("N_{d,k} mu_k <= 2", "N(d,k)*mu(k) <= 2", []),
        ("mu_k > 0 for all k", "mu(k) > 0", []),
        ("mu_k > 0 for even k", "mu(k) > 0", ["k even"]),
        ("for all odd k >= 3: mu_k = 0", "mu(k) = 0", ["k odd", "k >= 3"]),
        ("mu_k <= 1 whenever k > 2 and d = 3", "mu(k) <= 1", ["k >= 3", "d = 3"]),
        ("mu_k = O(k^{-d-1}) for large k", "mu(k) = O(k**(-d-1)) as k -> oo", []),
        (r"\lambda_i = O(i^{-1}) as i \to \infty", "lambda(i) = O(i**-1) as i -> oo", []),
        ("k(k+1)(k+2) > -1", "k*(k+1)*(k+2) > -1", []),
        ("mu_10 <= mu_2", "mu(10) <= mu(2)", []),
        ("k²d + k^2/4 + 2^k(k+1) >= 0", "k**2*d + k**2/4 + 2**k*(k+1) >= 0", []),
        ("mu_k <= 1/(k+1) mu_0", "mu(k) <= 1/(k+1)*mu(0)", []),
        ("k^2 d log k >= 0", "k**2*d*log(k) >= 0", []),
        ("For all k >= 2, d >= 3: mu_k <= 1", "mu(k) <= 1", ["k >= 2", "d >= 3"]),
        ("for all k in [2, 5], all d >= 2, mu(k, d+1) <= mu_k", "mu(k, d+1) <= mu(k)", ["k in [2, 5]", "d >= 2"]),
        ("mu_k = 0, k odd, k >= 3", "mu(k) = 0", ["k odd", "k >= 3"]),
        ("mu_k = O(d^{-k}) as d -> inf, k fixed", "mu(k) = O(d**(-k)) as d -> oo", []),
        ("mu_k > 0 for even k and all d", "mu(k) > 0", ["k even"]),
        ("mu_k > 0 for even k, odd d", "mu(k) > 0", ["k even", "d odd"]),
        ("mu_k > 0 for 2 <= k and d <= 5", "mu(k) > 0", ["k >= 2", "d <= 5"]),
    ],
)
def test_what_is_typed_is_what_is_meant(typed: str, written: str, where: list[str]) -> None:
    found, meant = said(typed), said(written, *where)
    assert (found.text.replace("(k/E)", "(k/E)"), found.scope) == (meant.text, meant.scope)


@pytest.mark.parametrize(
    "typed, says",
    [
        ("1/2k > 0", "write 1/(2*k) or 1/2*k"),
        ("mu_k = O(k^-d-1) as k -> oo", "write **(-d-1) or **(-d) -1"),
        (r"\mu_k^{(2)} > 0", "may be a power or a label"),
        ("log k^2 > 0", "write log(k^2) or log(k)^2"),
        ("log k/d > 0", "write log(k/d) or log(k)/d"),
        ("log k d > 0", "write log(k*d) or log(k)*d"),
        ("mu(k)/2k > 0", "write /(2*k) or /2*k"),
        ("1/k d > 0", "write /(k*d) or /k*d"),
        ("1/k^2 d > 0", "write /(k**2*d) or /k**2*d"),
        ("1/k(k+1) > 0", "write /(k*(...)) or /k*(...)"),
        ("1/(k+1)(k+2) > 0", "may be read in two ways"),
        ("1/N(d,k) mu_k > 0", "may be read in two ways"),
        ("mu_k = O(e^-2k) as k -> oo", "write **(-2*k) or **-2*k"),
        ("k^2d > 0", "write **(2*d) or **2*d"),
        ("mu_k = O(k^-3/2) as k -> oo", "write **(-3/2) or **(-3)/2"),
        ("k^3/2 > 0", "write **(3/2) or **(3)/2"),
        ("mu_k+1 <= mu_k", "write mu(k+1) or mu(k) + 1"),
        ("mu_k(2) > 0", "write mu(..., ...) for a sphere"),
        ("N_{k,d} > 0", "write N(d, k)"),
        (r"\mu_{d,k} > 0", "write mu(k, d)"),
        ("3.5! > 0", "cannot read column"),
        ("mu_k > 0 for k, d even", "write d even alone or k even, d even"),
        ("mu_k > 0 for k and d even", "write d even alone or k even, d even"),
        ("mu_k > 0 for even k, d", "write even k alone or even k, even d"),
        ("mu_k > 0 for 2 <= k, d <= 5", "write 2 <= k and d <= 5 alone or 2 <= k <= 5, 2 <= d <= 5"),
        ("for all k, d in [2, 5]: mu_k > 0", "write d in [2, 5] alone or k in [2, 5], d in [2, 5]"),
        ("mu_k > 0 for all k, d >= 2", "write d >= 2 alone or k >= 2, d >= 2"),
        ("mu_k > 0 for large k", "from which k on?"),
        ("mu_k = Theta(k^{-3}) uniformly in k", "for a fixed d add for d = INT"),
        ("mu_k = Theta(k^{-3})", "add as k -> oo"),
        (r"\mu_k = \widetilde{O}(k^{-3}) as k \to \infty", "cannot read column"),
        ("lambda_i > 0", "lambda"),
    ],
)
def test_what_may_mean_two_things_is_refused_with_both(typed: str, says: str) -> None:
    with pytest.raises(ExpressionError, match=re.escape(says)) as refusal:
        said(typed)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize(
    "typed, plain",
    [
        ("k < 10", ["k < 10"]),
        ("2 <= k < 10", ["k >= 2", "k < 10"]),
        ("k in [2, 8]", ["k >= 2", "k <= 8"]),
        ("k in 2..8", ["k >= 2", "k <= 8"]),
        ("even k >= 4", ["k even", "k >= 4"]),
        ("k is odd", ["k odd"]),
        ("k ≥ 3", ["k >= 3"]),
        ("k >= 2 even", ["k >= 2", "k even"]),
        ("10 > k", ["k < 10"]),
        ("d", []),
    ],
)
def test_conditions_as_people_say_them(typed: str, plain: list[str]) -> None:
    assert conditions(typed) == plain
    assert said("mu(k) > 0", typed).ranges == said("mu(k) > 0", *plain).ranges


@pytest.mark.parametrize(
    "typed", ["k in (2, 8)", "k in {2, 8}", "k >= 2.5", "k > d!", "j >= 2", "k >= -1", "k < 0", ""]
)
def test_a_condition_that_is_none_is_refused(typed: str) -> None:
    with pytest.raises(ExpressionError):
        said("mu(k) > 0", typed)


def test_strictly_above_is_from_the_next_integer_on() -> None:
    assert said("mu(k) > 0", "k > 2", "k < 10").ranges == said("mu(k) > 0", "k >= 3", "k <= 9").ranges


@pytest.mark.parametrize("text", ["mu(k) > 0", "k**2/2 - 1 >= 0", "mu(k) = Theta(k**-3) as k -> oo", "1/2*k > 0"])
def test_what_the_grammar_reads_is_never_respelled(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("theory.language.statement.understood", lambda says: pytest.fail("respelled"))
    said(text)


LEAVES = st.one_of(
    st.integers(0, 12).map(lambda n: parse_formula(str(n))),
    st.sampled_from(["k", "d", "n", "pi"]).map(Name),
    st.integers(0, 5).map(lambda n: Call("factorial", (Number(parse_formula(str(n)).value),))),
)
TREES = st.recursive(
    LEAVES,
    lambda below: st.one_of(
        st.builds(Operation, st.sampled_from("+-*/"), below, below),
        st.builds(lambda base, power: Operation("**", base, parse_formula(str(power))), below, st.integers(-3, 3)),
        st.builds(lambda a: Call("exp", (Operation("/", a, parse_formula("100")),)), below),
        st.builds(lambda a, b: Call("binomial", (a, b)), st.just(Name("n")), st.just(Name("k"))),
        st.builds(lambda a: Operation("-", parse_formula("0"), a), below),
    ),
    max_leaves=8,
)


def value(tree: Node) -> object:
    """At a point; ball arithmetic of the language, or why there is none."""
    try:
        return evaluate(tree, {"k": 3, "d": 2, "n": 5}, None, 30)
    except (Undefined, ZeroDivisionError, OverflowError, ValueError):
        return None


@settings(max_examples=60 * FACTOR)
@given(TREES)
def test_what_is_typeset_is_read_again_with_the_same_value(tree: Node) -> None:
    again = parse_formula(respelled(expression_latex(tree)))
    found, meant = value(again), value(tree)
    assert (found is None) is (meant is None)
    if meant is not None:
        assert abs(complex(float(found), 0) - complex(float(meant), 0)) <= 1e-9 * (1 + abs(float(meant)))


@pytest.mark.parametrize(
    "text",
    [
        "mu(k) = Theta(k**(-d - 1)) as k -> oo",
        "mu(k) ~ 2**d*Gamma((d + 1)/2)**2/pi**2*k**(-d - 1) as k -> oo",
        "kappa(t) = O(1) as t -> -1",
        "mu(k, d + 2) <= mu(k, d)",
        "N(d, k)*mu(k) <= kappa(1)",
        "b(n) >= 0",
        "acos(t) + asin(t) = pi/2",
        "k**k*exp(-k) = O(Gamma(k + 1)) uniformly",
        "a(k) != 1",
    ],
)
def test_a_statement_is_read_from_its_own_latex(text: str) -> None:
    statement = said(text)
    assert said(statement_latex(statement)).text == statement.text


def test_a_sentence_is_read_from_a_line_of_text_alone() -> None:
    sentence = parse_sentence("0 <= mu_k <= 1/2 for even k >= 2", NTK2)
    assert (sentence.text, sentence.scope) == ("0 <= mu(k) <= 1/2", "for all k >= 2 even, d >= 1")
