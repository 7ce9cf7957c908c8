"""The tree of expressions: folded, rebuilt, taken apart, and written so that its text is read as itself."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import pytest
from hypothesis import example, given, settings

from tests.theory.language.test_statement import names, trees, whole
from theory.language.formulas import parse_formula
from theory.symbolic.expression_grammar import ExpressionError
from theory.symbolic.expressions import (
    Call,
    Inner,
    Name,
    Node,
    Number,
    Operation,
    fold,
    height,
    operands,
    rebuilt,
    terms,
    unparse,
    upwards,
    walk,
)


def recursive_height(node: Node) -> int:
    return 1 + max(map(recursive_height, operands(node))) if operands(node) else 0


@given(trees(whole | names))
@settings(max_examples=60)
def test_a_fold_makes_of_each_node_what_a_recursion_makes(tree: Node) -> None:
    def written(node: Inner, values: list[Node]) -> Node:
        assert tuple(values) == operands(node)
        return node

    assert fold(tree, Number, Name, written) == tree
    assert height(tree) == recursive_height(tree)


@given(trees(whole | names))
@settings(max_examples=60)
def test_the_nodes_come_from_the_top_or_from_the_leaves_up(tree: Node) -> None:
    down, up = list(walk(tree)), list(upwards(tree))
    assert down[0] == up[-1] == tree and down == up[::-1]
    for i, node in enumerate(up):
        assert all(operand in up[:i] for operand in operands(node))


def test_no_sum_is_too_long_to_be_folded() -> None:
    """A chain of sums ten times as long as calls may nest."""
    tree: Node = Name("k")
    for _ in range(10_000):
        tree = Operation("+", tree, Name("k"))
    assert height(tree) == 10_000 and len(terms(tree)) == 10_001
    assert fold(tree, int, lambda _: 1, lambda _, values: sum(values)) == 10_001


@given(trees(whole | names))
@settings(max_examples=60)
def test_the_terms_make_up_the_sum(tree: Node) -> None:
    (sign, first), *rest = terms(tree)
    again = first if sign > 0 else Operation("-", Number(Fraction(0)), first)
    for sign, term in rest:
        again = Operation("+" if sign > 0 else "-", again, term)
    assert again == tree or unparse(tree).startswith("0 + ")


def test_the_terms_of_what_is_no_sum() -> None:
    assert terms(Number(Fraction(0))) == [(1, Number(Fraction(0)))]
    assert terms(parse_formula("-k")) == [(-1, Name("k"))]
    assert terms(parse_formula("k*(d + n)")) == [(1, parse_formula("k*(d + n)"))]
    assert [sign for sign, _ in terms(parse_formula("k - (d - n) + t"))] == [1, -1, 1]


def test_a_tree_is_rebuilt_from_the_leaves_up() -> None:
    def change(node: Node) -> Node:
        if node == Name("k"):
            return Number(Fraction(2))
        return Name("n") if node == parse_formula("2 + 2") else node

    assert unparse(rebuilt(parse_formula("mu(k + k, k)*(k + 2)/d"), change)) == "mu(n, 2)*n/d"


TEXTS = [
    "k - (d - n)",
    "k - d - n",
    "k - d + n",
    "k/(d/n)",
    "k/d/n",
    "k*d/n",
    "k**(d**n)",
    "(k**d)**n",
    "(-k)**2",
    "-k**2",
    "2**(-k)",
    "k*(-d)",
    "k - (-d)",
    "k + (-d)",
    "-(k + d)",
    "(-k)*d",
    "(k + d)*n",
    "mu(k + 1, d)",
    "k**(d + 1)",
    "(k + 1)**2",
    "-k + d",
    "(k*d)**n",
    "sqrt(k)**2",
    "-(-k)",
]


def pairs_of(text: str) -> Iterator[tuple[int, int]]:
    """Opening and closing parentheses that hold no arguments."""
    opened: list[int] = []
    for i, character in enumerate(text):
        if character == "(":
            opened.append(i)
        elif character == ")":
            start = opened.pop()
            if start == 0 or not text[start - 1].isalnum():
                yield start, i


@given(trees(whole | names))
@settings(max_examples=40)
@example(parse_formula("(k + d)*(n - (k - d))"))
@example(parse_formula("-(k*d)"))
def test_no_pair_of_parentheses_is_superfluous(tree: Node) -> None:
    """But for -(k*d),
    (-k) + d and the exponents of powers, which are written with them to be read."""
    text = unparse(tree)
    for start, end in pairs_of(text):
        before, inner = text[:start], text[start + 1 : end]
        if before.endswith(("-", "**")) or inner.startswith("-") or text[end + 1 :].startswith("**"):
            continue
        try:
            assert parse_formula(before + inner + text[end + 1 :]) != tree
        except ExpressionError:
            pass


@pytest.mark.parametrize("text", TEXTS)
def test_a_canonical_text_is_its_own(text: str) -> None:
    assert unparse(parse_formula(text)) == text


def test_a_fraction_is_put_in_parentheses_where_it_binds_less() -> None:
    third, k = Number(Fraction(1, 3)), Name("k")
    texts = [unparse(Operation(op, *pair)) for op in ("+", "*", "/", "**") for pair in ((third, k), (k, third))]
    assert texts == ["1/3 + k", "k + 1/3", "1/3*k", "k*(1/3)", "1/3/k", "k/(1/3)", "(1/3)**k", "k**(1/3)"]
    assert unparse(Call("sqrt", (third,))) == "sqrt(1/3)"
