"""One grammar: what two vocabularies share is read alike, and a vocabulary refuses what it lacks."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from lark import Lark
from lark.exceptions import VisitError

from tests.reading import value_of
from theory.kernels.parse import parse_kernel
from theory.kernels.zonal_expressions import VOCABULARY as ZONAL
from theory.kernels.zonal_expressions import parse_expression
from theory.language.formulas import VOCABULARY as STATEMENTS
from theory.language.formulas import parse_formula
from theory.symbolic.expression_grammar import GRAMMAR, ExpressionError, TreeBuilder, Vocabulary, parse_number
from theory.symbolic.expressions import Call, Name, Node, Operation, rebuilt, walk

PARSER = Lark(f"?start: sum\n{GRAMMAR}", parser="lalr")
NUMBERS = ["0", "7", "12.50", "0.1", "3.", ".5", "1e3", "2.5E-3", "1e+2", ".5e1", "3.e2"]
SHARED_NAMES = sorted(set(ZONAL.names) & set(STATEMENTS.names))
SHARED_FUNCTIONS = sorted(f for f, counts in ZONAL.functions.items() if STATEMENTS.functions.get(f) == counts == (1,))


def read(text: str, vocabulary: Vocabulary) -> Node:
    try:
        return TreeBuilder[Node](vocabulary).transform(PARSER.parse(text))
    except VisitError as error:
        raise error.orig_exc from None


def texts(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.builds("{}{}{}".format, inner, st.sampled_from([" + ", "-", "*", " / ", "**"]), inner),
        st.builds("-{}".format, inner),
        st.builds("({})".format, inner),
        st.builds("{}({})".format, st.sampled_from(SHARED_FUNCTIONS), inner),
    )


SHARED = st.recursive(st.sampled_from([*NUMBERS, *SHARED_NAMES]), texts, max_leaves=8)


def test_the_vocabularies_overlap_and_differ() -> None:
    assert SHARED_NAMES == ["pi", "t"] and {"sqrt", "exp", "acos"} <= set(SHARED_FUNCTIONS)
    assert "theta" in ZONAL.names and "k" in STATEMENTS.names


@given(SHARED)
@example("-t**2 + 2**-t")
@example("-2*t - 3/t/2")
@settings(max_examples=200)
def test_both_languages_read_alike_what_both_have(text: str) -> None:
    """A kernel computes with the numbers of the tree that a statement keeps as it was written."""
    try:
        kernel, statement = parse_expression(text), parse_formula(text)
    except ExpressionError:  # a size that one of them bounds
        return
    computed = rebuilt(statement, lambda x: ZONAL.operation(x.op, x.left, x.right) if isinstance(x, Operation) else x)
    assert computed == kernel


@given(SHARED, st.sampled_from([*SHARED_NAMES, *SHARED_FUNCTIONS]))
@settings(max_examples=200)
@example("2*t + 1", "t")
@example("exp(3)", "exp")
def test_a_vocabulary_that_lacks_a_word_refuses_it(text: str, word: str) -> None:
    names = tuple(name for name in SHARED_NAMES if name != word)
    functions = {name: (1,) for name in SHARED_FUNCTIONS if name != word}
    used = {part.name for part in walk(read(text, STATEMENTS)) if isinstance(part, Name | Call)}
    if word in used:
        with pytest.raises(ExpressionError, match=f"unknown (name|function) {word} at column "):
            read(text, Vocabulary(names, functions))
    else:
        assert read(text, Vocabulary(names, functions)) == read(text, STATEMENTS)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("1 + x", "unknown name x at column 5, allowed: alpha, beta"),
        ("alfa", "unknown name alfa at column 1, allowed: alpha, beta (did you mean alpha?)"),
        ("x" * 50, f"unknown name {'x' * 40} at column 1, allowed: alpha, beta"),
        ("h(1)", "unknown function h at column 1, allowed: f, g"),
        ("2*f(1, 2)", "f at column 3 takes 1 arguments, got 2"),
        ("g(1)", "g at column 1 takes 2 or 3 arguments, got 1"),
    ],
)
def test_a_refusal_in_full(text: str, message: str) -> None:
    with pytest.raises(ExpressionError) as refusal:
        read(text, Vocabulary(("alpha", "beta"), {"f": (1,), "g": (2, 3)}))
    assert str(refusal.value) == message


def test_the_functions_are_listed_beside_the_names_where_it_is_wanted() -> None:
    with pytest.raises(ExpressionError) as refusal:
        read("gg", Vocabulary(("alpha",), {"g": (1,)}, functions_with_names=True))
    assert "allowed: alpha and the functions g (did you mean g?)" in str(refusal.value)


@pytest.mark.parametrize("text", NUMBERS)
def test_decimals_are_exact(text: str) -> None:
    assert parse_number(text) == Fraction(text) == parse_expression(text).value == parse_formula(text).value
    assert parse_kernel(f"PowerSeries(({text}, 1))").coefficients[0] == Fraction(text)


@pytest.mark.parametrize("text", ["-2**2", "2**-1", "2**3**2/512", "1-2-3", "8/4/2", "-(1+2)*3", "2*-3", "-2*-3"])
def test_precedence_is_that_of_python(text: str) -> None:
    assert parse_expression(text).value == value_of(text)


@pytest.mark.parametrize("text", ["\u0663*t", "t\u00b2", "1.2.3", "0x10", "1_000", "t.t", "2t", "1e", "."])
def test_what_is_no_number_is_none_in_either_language(text: str) -> None:
    for reader in (parse_expression, parse_formula):
        with pytest.raises(ExpressionError):
            reader(text)


def test_names_and_operations_are_what_the_vocabulary_makes_of_them() -> None:
    words = Vocabulary(("a", "b"), {}, lambda op, left, right: Operation(op, right, left))
    assert read("a - b", words) == Operation("-", Name("b"), Name("a"))
