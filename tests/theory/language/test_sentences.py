"""Several statements said as one: the parts together are what was said, no more and no less."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from theory.language.formulas import rational_value
from theory.language.sentences import MAX_LINKS, SLACK, Sentence, parse_sentence
from theory.numbers.truth import Evidence, Truth
from theory.statements.sentences import decide_sentence
from theory.symbolic.expression_grammar import ExpressionError

NTK2 = "NTK(depth=2)"


def points_of(sentence: Sentence, most: int) -> set[tuple[int, ...]]:
    """The values of (k, d), up to `most`, that the parts speak of."""
    put = dict(sentence.put)
    found = set()
    for part in sentence.parts:
        names = part.ranges.names
        for values in product(*(w.values(40) for w in part.ranges)):
            at = dict(zip(names, values, strict=True))
            for name, formula in put.items():
                value = rational_value(formula, at)
                assert value is not None
                at[name] = int(value)
            if at["k"] <= most and at["d"] <= most:
                found.add((at["k"], at["d"]))
    return found


@pytest.mark.parametrize(
    "where, meant",
    [
        (["k != 3"], lambda k, d: k != 3),
        (["k != 3", "k != 4", "k even"], lambda k, d: k % 2 == 0 and k != 4),
        (["k != 0"], lambda k, d: k != 0),
        (["k >= 2*d"], lambda k, d: k >= 2 * d),
        (["2*d + 1 < k"], lambda k, d: k > 2 * d + 1),
        (["k >= d", "d >= 3"], lambda k, d: k >= d >= 3),
        (["k >= 2*d", "k even"], lambda k, d: k >= 2 * d and k % 2 == 0),
        (["k = d + 1"], lambda k, d: k == d + 1),
        (["k = 2*d"], lambda k, d: k == 2 * d),
        (["d = k + 1"], lambda k, d: d == k + 1),
        (["d > k"], lambda k, d: d > k),
        (["d >= 2*k + 1", "k even"], lambda k, d: d >= 2 * k + 1 and k % 2 == 0),
    ],
    ids=lambda value: str(value) if isinstance(value, list) else "",
)
def test_the_parts_are_all_points_that_are_meant_and_no_other(where: list[str], meant: object) -> None:
    found = points_of(parse_sentence("mu(k) >= 0", NTK2, where), 12)
    assert found == {(k, d) for k, d in product(range(13), range(1, 13)) if meant(k, d)}


@given(st.lists(st.integers(-3, 3), min_size=3, max_size=5), st.data())
def test_a_chain_holds_where_each_of_its_comparisons_does(numbers: list[int], data: st.DataObject) -> None:
    signs = [data.draw(st.sampled_from(["<=", "<", ">=", ">", "=", "!="])) for _ in numbers[1:]]
    text = str(numbers[0]) + "".join(f" {sign} {n}" for sign, n in zip(signs, numbers[1:], strict=True))
    verdict, parts = decide_sentence(parse_sentence(text.replace("-", "0-")))
    python = {"=": "==", "<=": "<=", ">=": ">=", "<": "<", ">": ">", "!=": "!="}
    pairs = zip(numbers, signs, numbers[1:], strict=False)
    true = all(compared_as(a, python[sign], b) for a, sign, b in pairs)
    assert verdict.truth is (Truth.HOLDS if true else Truth.FAILS)
    assert len(parts) <= len(signs)


def compared_as(a: int, sign: str, b: int) -> bool:
    return {"==": a == b, "<=": a <= b, ">=": a >= b, "<": a < b, ">": a > b, "!=": a != b}[sign]


@pytest.mark.parametrize(
    "says, where, truth",
    [
        ("0 <= mu(k) <= mu(1)", ["k != 0"], Truth.HOLDS),
        ("0 < mu(k) <= mu(1)", ["k != 0"], Truth.FAILS),
        ("mu(k) = 0", ["k odd", "k != 1"], Truth.HOLDS),
        ("mu(k) = 0", ["k odd", "k != 3"], Truth.FAILS),
        ("mu(k) > mu(k+1)", ["k >= 2*d"], Truth.FAILS),
        ("N(d,k) >= 2**d", ["k >= 2*d"], Truth.HOLDS),
        ("N(d,k) >= 2**(2*d)", ["k >= d"], Truth.FAILS),
        ("mu(k) = Theta(k**(-d-1)) as k -> oo", ["k even", "k != 4"], Truth.HOLDS),
        ("mu(k) = Theta(k**(-d-1)) as k -> oo", ["k even", "k >= d"], Truth.HOLDS),
    ],
)
def test_sentences_are_decided(says: str, where: list[str], truth: Truth) -> None:
    sentence = parse_sentence(says, NTK2, where)
    verdict, parts = decide_sentence(sentence)
    assert verdict.truth is truth and verdict.evidence in (Evidence.PROVED, Evidence.CERTIFIED)
    assert all(part.proof is not None for part in parts if part.evidence is Evidence.PROVED)
    assert verdict.scope == sentence.scope


def test_a_counterexample_speaks_of_the_variables_of_the_sentence() -> None:
    verdict, _ = decide_sentence(parse_sentence("mu(k) > mu(k+1)", NTK2, ["k >= 2*d"]))
    at = verdict.counterexample
    assert at is not None and SLACK not in at and at["k"] >= 2 * at["d"]


@pytest.mark.parametrize(
    "says, kernel, where, truth, at",
    [
        ("mu(k) > 0", NTK2, "d = k + 1", Truth.FAILS, {"d": 4, "k": 3}),  # the first zero of odd degree
        ("mu(k) > 0", NTK2, "d > 2*k", Truth.FAILS, {"d": 7, "k": 3}),
        ("mu(k) > mu(k+1)", "Gaussian(rate=1)", "d = k + 1", Truth.HOLDS, None),
        ("mu(k, d) < mu(k, d+1)", "Gaussian(rate=1)", "d = k + 2", Truth.FAILS, {"d": 2, "k": 0}),
    ],
)
def test_the_sphere_of_an_eigenvalue_moves_with_its_degree(
    says: str, kernel: str, where: str, truth: Truth, at: dict[str, int] | None
) -> None:
    verdict, _ = decide_sentence(parse_sentence(says, kernel, [where]))
    assert verdict.truth is truth
    assert at is None or verdict.counterexample is not None and at.items() <= verdict.counterexample.items()


def test_the_depth_of_a_kernel_moves_with_nothing() -> None:
    with pytest.raises(ExpressionError, match="the depth of a kernel takes values of its own"):
        parse_sentence("mu(k) > 0", "NTK(depth=L)", ["L = k + 1"])
    verdict, _ = decide_sentence(parse_sentence("mu(k) > 0", "NTK(depth=L)", ["k >= L"]))
    assert verdict.truth is Truth.FAILS and "n=" not in verdict.why


def test_what_the_parts_leave_open_is_open() -> None:
    verdict, _ = decide_sentence(parse_sentence("0 <= 1 < exp(1) + 10**-400*sin(1) - exp(1) + 1 + 0*k", None, []), 5)
    assert verdict.truth in (Truth.UNDECIDED, Truth.HOLDS)  # its sign is positive, whoever sees it
    open_, _ = decide_sentence(parse_sentence("0 <= 1 <= 1 + pi*pi - pi**2 - 10**-400"), 5)
    assert open_.truth is not Truth.HOLDS


@pytest.mark.parametrize(
    "says, where, reason",
    [
        ("mu(k) > 0", ["k >= d**2"], "c*NAME + INT"),
        ("mu(k) > 0", ["k >= d + n"], "one other variable"),
        ("mu(k) > 0", ["d >= k"], "must grow with k and be at least 1"),
        ("a(k) > 0", ["d = k + 1"], "write it by mu"),
        ("mu(k) > 0", ["2*k >= 3*d"], "allowed are NAME >= FORMULA"),
        ("mu(k) > 0", ["k >= d", "k odd"], "parity"),
        ("mu(k) > 0", ["k >= d", "k <= 9"], "another condition"),
        ("mu(n) > 0", ["n >= d"], "without n"),
        ("mu(k) > 0", ["k >= d", "k >= 2*d"], "one condition between two variables"),
        ("mu(k) > 0", ["k >= d", "k = d + 1"], "one condition between two variables"),
        ("mu(k) = O(1) as d -> oo", ["k >= d"], "uniformly"),
        ("1 <= k = O(1) as k -> oo", [], "chain is of comparisons alone"),
        (" <= ".join(["1"] * (MAX_LINKS + 2)), [], f"at most {MAX_LINKS}"),
        ("1 <= 2 <= k", ["d >= 2"], "d does not occur"),
        ("mu(k) > 0", ["k != 3", "k = 3"], "no value"),
        ("mu(k) > 0", ["j != 3"], "allowed: k, n, d, L"),
    ],
)
def test_what_cannot_be_meant_is_refused_in_one_line(says: str, where: list[str], reason: str) -> None:
    with pytest.raises(ExpressionError, match=reason.replace("*", r"\*").replace("+", r"\+")) as refusal:
        parse_sentence(says, NTK2, where)
    assert "\n" not in str(refusal.value)
