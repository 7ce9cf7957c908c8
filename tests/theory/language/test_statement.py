"""The statement language: trees survive their text, precedence is Python's, nonsense is one clear line."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.clock import at_once
from tests.reading import value_of as python_value
from theory.language.conditions import parse_range
from theory.language.formulas import CONSTANTS, FUNCTIONS, VARIABLES, parse_formula
from theory.language.statement import parse_statement
from theory.symbolic.expression_grammar import MAX_TEXT, ExpressionError
from theory.symbolic.expressions import Call, Name, Node, Number, Operation, unparse
from theory.symbolic.objects import Range

NTK2 = "NTK(depth=2)"


def calls(children: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    by_count = [(name, count) for name, counts in FUNCTIONS.items() for count in counts]
    return st.sampled_from(by_count).flatmap(lambda f: st.tuples(*[children] * f[1]).map(lambda args: Call(f[0], args)))


def trees(leaves: st.SearchStrategy[Node], operators: str = "+ - * / **") -> st.SearchStrategy[Node]:
    def larger(children: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
        operations = st.builds(Operation, st.sampled_from(operators.split()), children, children)
        negations = children.map(lambda c: Operation("-", Number(Fraction(0)), c))
        return st.one_of(operations, negations, calls(children))

    return st.recursive(leaves, larger, max_leaves=12)


whole = st.integers(0, 99).map(lambda i: Number(Fraction(i)))
names = st.sampled_from(VARIABLES + CONSTANTS).map(Name)


@given(trees(st.one_of(whole, names)))
@example(Operation("**", Operation("**", Name("k"), Name("d")), Name("n")))
@example(Operation("-", Number(Fraction(0)), Operation("**", Name("k"), Number(Fraction(2)))))
@example(Operation("**", Operation("-", Number(Fraction(0)), Name("k")), Number(Fraction(2))))
@example(Operation("-", Name("k"), Operation("-", Name("d"), Name("n"))))
@example(Operation("/", Name("k"), Operation("/", Name("d"), Name("n"))))
@settings(max_examples=200)
def test_parsing_is_the_inverse_of_unparsing(tree: Node) -> None:
    try:
        again = parse_formula(unparse(tree))
    except ExpressionError as error:  # a random tower of powers, refused for its size alone
        assert "is too large" in str(error)
        return
    assert again == tree


@given(st.fractions(min_value=0, max_value=1000, max_denominator=999))
@example(Fraction(1, 3))
def test_a_rational_keeps_its_value_and_its_text(value: Fraction) -> None:
    text = unparse(Operation("**", Number(value), Name("k")))
    assert unparse(parse_formula(text)) == text


def value_of(tree: Node) -> Fraction:
    """Arithmetic on a tree of numbers, written apart from the code under test."""
    match tree:
        case Number(value):
            return value
        case Operation("+", left, right):
            return value_of(left) + value_of(right)
        case Operation("-", left, right):
            return value_of(left) - value_of(right)
        case Operation("*", left, right):
            return value_of(left) * value_of(right)
        case Operation("/", left, right):
            return value_of(left) / value_of(right)
        case Operation("**", left, right):
            return value_of(left) ** int(value_of(right))
    raise TypeError(tree)


tokens = st.lists(
    st.tuples(st.sampled_from(["", "-", "--"]), st.integers(1, 3), st.sampled_from(["+", "-", "*", "/", "**"])),
    min_size=1,
    max_size=6,
)


@given(tokens)
@example([("-", 2, "**"), ("", 2, "+")])
@example([("", 2, "**"), ("", 3, "**"), ("", 2, "*")])
@example([("", 2, "**"), ("-", 1, "*"), ("", 3, "+")])
@example([("", 3, "/"), ("", 2, "*"), ("", 3, "/")])
def test_precedence_is_that_of_python(parts: list[tuple[str, int, str]]) -> None:
    plain = "".join(f"{sign}{number}{operator}" for sign, number, operator in parts) + "1"
    try:
        tree = parse_formula(plain)
    except ExpressionError as error:
        assert "is too large" in str(error)
        return
    wanted = python_value(plain)
    found = value_of(tree)
    if isinstance(wanted, float):  # Python's own power of a fraction to a fraction that is no integer
        return
    assert found == wanted


REFUSED = {
    "k^2": ("column 2", "powers are written **"),
    "2k": ("column 1", "write 2*k"),
    "2(k)": ("column 2", "allowed"),
    "kk + 1": ("unknown name kk at column 1", "k, n, d, L, i, t, pi, E"),
    "gamma(k)": ("unknown function gamma at column 1", "did you mean Gamma?"),
    "Mu(k)": ("unknown function Mu", "did you mean mu?"),
    "mu(k, d, 3)": ("mu at column 1 takes 1 or 2 arguments, got 3", ""),
    "binomial(k)": ("binomial at column 1 takes 2 arguments, got 1", ""),
    "N(d)": ("N at column 1 takes 2 arguments", ""),
    "mu()": ("column 4", "allowed"),
    "k +": ("column 4", "ends too early"),
    "": ("column 1", "ends too early"),
    "(k": ("column 3", "ends too early"),
    "k)": ("column 2", "allowed"),
    "k < d": ("column 3", "one comparison only"),
    "+k": ("column 1", "allowed"),
    "k // 2": ("column 4", "allowed"),
    "k % 2": ("column 3", "allowed"),
    "µ(k)": ("column 1", "allowed"),
    "k²": ("column 2", "allowed"),
    "٣*k": ("column 1", "allowed"),
    "k\x00": ("column 2", "allowed"),
    "__import__(k)": ("unknown function __import__ at column 1", "allowed"),
    "k.real": ("column 2", "allowed"),
    "1e5000": ("exponent exceeds 1000", ""),
    "10**10**10": ("too large", "bits are allowed"),
    "9**9**9**9": ("too large", "bits are allowed"),
    "factorial(10**9)": ("too large", "bits are allowed"),
    "k**(10**10**10)": ("too large", "bits are allowed"),
    "1" * 200: ("too long", ""),
    "k+" * 6000 + "k": (f"at most {MAX_TEXT}", "allowed"),
    "+".join(["(" + "+".join(["k"] * 60) + ")"] * 20): ("more than 2000 symbols", ""),
    "+".join(["k"] * 4000): ("nested too deeply", ""),
    "(" * 60 + "k" + ")" * 60: ("60 nested parentheses", "at most 50 are allowed"),
    "-" * 9000 + "k": ("", ""),
    "k**" * 3000 + "k": ("", ""),
}


@pytest.mark.parametrize("text", REFUSED, ids=lambda text: repr(text[:20]))
def test_what_is_no_expression_is_refused_at_once_in_one_line_that_says_where_and_what(text: str) -> None:
    with at_once(), pytest.raises(ExpressionError) as refusal:
        parse_formula(text)
    message = str(refusal.value)
    assert "\n" not in message and len(message) < 400
    assert all(part in message for part in REFUSED[text])


CHAINS = ["0 <= mu(k) <= 1", "k = d = n", "k < d < n", "k == d", "k = d <= n", "k != d != n"]


@pytest.mark.parametrize("text", CHAINS)
def test_chained_comparisons_are_refused(text: str) -> None:
    with pytest.raises(ExpressionError, match=r"column \d+.*no chains"):
        parse_statement(text, NTK2)


BAD_STATEMENTS = {
    "mu(k)": "ends too early",
    "mu(k) = O(1)": "an order needs its limit: add as k -> oo",
    "mu(k) ~ k": "an order needs its limit",
    "mu(k) = O(1) as k -> 0": "column",
    "mu(k) = O(1) as k -> 1": "allowed: k -> oo",
    "mu(k) = O(1) as t -> oo": "allowed: k -> oo",
    "mu(k) = O(1) as x -> oo": "allowed: k -> oo",
    "mu(k) <= O(1) as k -> oo": "a limit goes with O(...)",
    "mu(k) = o(1) uniformly": "O, Omega, Theta uniformly",
    "mu(k) ~ 1 uniformly": "O, Omega, Theta uniformly",
}


@pytest.mark.parametrize("text", BAD_STATEMENTS)
def test_a_malformed_statement_is_refused_in_one_line(text: str) -> None:
    with pytest.raises(ExpressionError) as refusal:
        parse_statement(text, NTK2)
    assert BAD_STATEMENTS[text] in str(refusal.value)
    assert "\n" not in str(refusal.value)


TEXT_PIECES = [
    "mu",
    "k",
    "d",
    "(",
    ")",
    "**",
    "*",
    "+",
    "-",
    "/",
    " = ",
    " as ",
    "->",
    "oo",
    "O",
    "~",
    "uniformly",
    ",",
    "<=",
    "1",
    "1e9",
    "0.5",
    "Gamma",
    "factorial",
    " ",
    "t",
    "^",
    "\n",
    "é",
    "'",
    "[",
    "kappa",
]
some_text = st.one_of(st.text(max_size=60), st.lists(st.sampled_from(TEXT_PIECES), max_size=40).map("".join))


@given(some_text)
@settings(max_examples=400)
def test_any_text_is_read_or_refused_in_one_line(text: str) -> None:
    for read in (parse_formula, lambda s: parse_statement(s, NTK2)):
        with at_once():
            try:
                read(text)
            except ExpressionError as error:
                assert "\n" not in str(error)


@pytest.mark.parametrize("piece", ["(", "-", "k**", "mu(", "Gamma(", "1/", "10**", "k,", "as ", "~", "\t", "é"])
def test_ten_kilobytes_of_anything_end_at_once(piece: str) -> None:
    with at_once(2), pytest.raises(ExpressionError):  # 10 kB; the recursive descent comes to its limit
        parse_statement((piece * MAX_TEXT)[:MAX_TEXT], NTK2)


@pytest.mark.parametrize("relation", ["=", "!=", "<=", ">=", "<", ">"])
def test_a_comparison_keeps_its_relation_and_its_text(relation: str) -> None:
    statement = parse_statement(f"mu(k) {relation} 1/k", NTK2, ["k >= 1"])
    assert statement.relation == relation
    assert parse_statement(statement.text, NTK2, ["k >= 1"]) == statement


LIMITS = ("as k -> oo", "as d -> oo", "as t -> 1", "as t -> -1")
ORDERS = ("= O({})", "= Omega({})", "= Theta({})")


@pytest.mark.parametrize(
    ("relation", "limit"), [*product((*ORDERS, "= o({})", "~ {}"), LIMITS), *product(ORDERS, ("uniformly",))]
)
def test_an_order_of_growth_keeps_its_relation_limit_and_text(relation: str, limit: str) -> None:
    statement = parse_statement(f"mu(k) {relation.format('k**(-d-1)')} {limit}", NTK2)
    assert parse_statement(statement.text, NTK2) == statement


CONDITIONS = {
    ("k >= 2",): Range("k", 2),
    ("k even", "k >= 3"): Range("k", 4, None, 0),
    ("k odd",): Range("k", 1, None, 1),
    ("k <= 7", "k >= 2", "k >= 4"): Range("k", 4, 7),
    ("k = 5",): Range("k", 5, 5),
    ("k = 5", "k odd"): Range("k", 5, 5, 1),
    ("k=5", "k <= 9"): Range("k", 5, 5),
    ("k <= 3", "k <= 8"): Range("k", 0, 3),
    ("k = 5", "k >= 2"): Range("k", 5, 5),
    ("k >= 2", "k = 5"): Range("k", 5, 5),
}


@pytest.mark.parametrize("conditions", CONDITIONS, ids="; ".join)
def test_conditions_narrow_a_range(conditions: tuple[str, ...]) -> None:
    assert parse_statement("mu(k) >= 0", NTK2, conditions).range("k") == CONDITIONS[conditions]


BAD_CONDITIONS = {
    ("k even", "k odd"): "even and odd",
    ("k = 3", "k even"): "no value of k",
    ("k >= 5", "k <= 4"): "no value of k",
    ("k = 2", "k = 3"): "no value of k",
    ("k = 5", "k >= 6"): "no value of k",
    ("k >= 6", "k = 5"): "no value of k",
    ("n >= 1",): "n does not occur",
    ("x = 1",): "NAME one of k, n, d, L, i",
    ("t >= 0",): "NAME one of k, n, d, L, i",
    ("k = -1",): "allowed: NAME = INT",
    ("k = 1.5",): "allowed: NAME = INT",
    ("",): "allowed: NAME = INT",
    ("k >= 2, d = 1",): "allowed: NAME = INT",
    ("d = 0",): "d >= 1",
    ("d <= 0",): "no value of d",
    ("k = 99999999999",): "allowed: NAME = INT",
}


@pytest.mark.parametrize("conditions", BAD_CONDITIONS, ids="; ".join)
def test_conditions_that_leave_nothing_or_say_nothing_are_refused(conditions: tuple[str, ...]) -> None:
    with pytest.raises(ExpressionError) as refusal:
        parse_statement("mu(k) >= 0", NTK2, conditions)
    assert BAD_CONDITIONS[conditions] in str(refusal.value)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize("bound", ["k <= 9", "k = 4"])
def test_the_limit_variable_may_not_be_bounded(bound: str) -> None:
    with pytest.raises(ExpressionError, match="bounds the variable of the limit k -> oo"):
        parse_statement("mu(k) = O(1) as k -> oo", NTK2, [bound])
    parse_statement("mu(k) = O(1) as d -> oo", NTK2, [bound])


def test_a_kernel_is_asked_for_where_it_is_needed() -> None:
    for text in ("mu(k) >= 0", "b(n) >= 0", "a(k) >= 0", "kappa(t) >= 0"):
        with pytest.raises(ExpressionError, match="a kernel is needed"):
            parse_statement(text)
    assert parse_statement("N(d, k) >= 1").kernel is None


def test_the_dimension_counts_only_where_it_matters() -> None:
    """b(n), kappa(t) and mu(K, D) with a given D do not depend on d."""
    occurring = lambda text: [w.name for w in parse_statement(text, NTK2).ranges]
    assert occurring("b(n) >= 0") == ["n"]
    assert occurring("kappa(t) >= 0") == []
    assert occurring("mu(k, 3) >= 0") == ["k"]
    assert occurring("mu(k) >= 0") == ["k", "d"]


SPACED = [(" k>=2 ", ("k", ">=", 2)), ("d=3", ("d", "=", 3)), ("n odd", ("n", "odd", None))]


@pytest.mark.parametrize(("text", "parsed"), SPACED)
def test_a_condition_may_be_spaced_freely(text: str, parsed: tuple) -> None:
    assert parse_range(text) == parsed


def test_a_variable_moves_along_a_limit_alone() -> None:
    moving = {"k = O(k) as k -> oo": "k", "t ~ 1 as t -> 1": "t", "k = O(k) uniformly": None, "k >= 0": None}
    assert {says: parse_statement(says).moving for says in moving} == moving


@pytest.mark.parametrize(
    ("says", "line"),
    [
        ("lambda(i) > 0", "lambda(I) is allowed in O, Omega, Theta, o and ~ as i -> oo"),
        ("lambda(3) ~ 1 as k -> oo", "lambda(I) is allowed in O, Omega, Theta, o and ~ as i -> oo"),
        ("lambda(i) = O(1) uniformly", "lambda(I) is allowed in O, Omega, Theta, o and ~ as i -> oo"),
        ("lambda(i + d) ~ 1 as i -> oo", "lambda(I): the index must be made of i and numbers, as lambda(2*i+1)"),
        ("lambda(3)*i ~ 1 as i -> oo", "lambda(I): the index must be made of i and numbers, as lambda(2*i+1)"),
        ("mu(i) > 0", "i is the index of lambda(I) alone, allowed elsewhere: k, n, d, L, t"),
        ("i**2 ~ i as i -> oo", "i is the index of lambda(I) alone, allowed elsewhere: k, n, d, L, t"),
    ],
)
def test_eigenvalues_by_index_are_spoken_of_by_their_law_alone(says: str, line: str) -> None:
    with pytest.raises(ExpressionError) as refusal:
        parse_statement(says, "NTK(depth=2)")
    assert str(refusal.value) == line
