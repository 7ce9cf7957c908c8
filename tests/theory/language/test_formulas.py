"""Expressions: how many arguments, how large, in which words they are refused, in which they are written."""

from __future__ import annotations

import pytest

from theory.language.formulas import (
    MAX_BITS,
    MAX_NODES,
    check_size,
    is_of_kernel,
    parse_formula,
    uses_kernel,
    variables,
)
from theory.language.statement import parse_statement
from theory.symbolic.expression_grammar import ExpressionError
from theory.symbolic.expressions import Call, Name, Node, Number, Operation, walk

ONE = "sqrt exp log sin cos acos asin Gamma factorial a b kappa lambda".split()
ARGUMENTS = {**dict.fromkeys(ONE, {1}), "binomial": {2}, "N": {2}, "mu": {1, 2}}


@pytest.mark.parametrize("name", ARGUMENTS)
def test_a_function_takes_its_number_of_arguments_and_no_other(name: str) -> None:
    for count in (1, 2, 3):
        text = f"{name}({', '.join(['k'] * count)})"
        if count in ARGUMENTS[name]:
            assert parse_formula(text) == Call(name, (Name("k"),) * count)
        else:
            with pytest.raises(ExpressionError, match=f"{name} at column 1 takes .* arguments, got {count}$"):
                parse_formula(text)


NAMES = "k, n, d, L, i, t, pi, E"
FUNCTIONS = (
    "sqrt, exp, log, sin, cos, acos, asin, Gamma, factorial, binomial, abs, floor, harmonic, erf, max, min, mu, N, a, b, "
    "kappa, lambda"
)
ALLOWED = "an expression of numbers, names, + - * / ** and parentheses is allowed there"
ALONE = "a limit goes with O(...), Omega(...), Theta(...), o(...) and ~ alone"
MESSAGES = {
    "1 + kk": f"unknown name kk at column 5, allowed: {NAMES} and the functions {FUNCTIONS} (did you mean k?)",
    "zeta(k)": f"unknown function zeta at column 1, allowed: {FUNCTIONS}",
    "1 + mu(k, d, 3)": "mu at column 5 takes 1 or 2 arguments, got 3",
    "2*binomial(k)": "binomial at column 3 takes 2 arguments, got 1",
    "k +": "column 4: the text ends too early",
    "1+(k*": "column 6: the text ends too early",
    "k + d^2": "cannot read column 6, near '^2': powers are written **",
    "1 + 2k + d*(n+1)": "cannot read column 5, near '2k + d*(n+1)': a number runs into a name, write 2*k",
    "1 + 2k + d*(n+1)*2": "cannot read column 5, near '2k + d*(n+1)': a number runs into a name, write 2*k",
    "k < d": "cannot read column 3, near '< d': one comparison only, no chains",
    "k = d": "cannot read column 3, near '= d': one comparison only, no chains",
    "k > d": "cannot read column 3, near '> d': one comparison only, no chains",
    "k != d": "cannot read column 3, near '!= d': one comparison only, no chains",
    "k as d": f"cannot read column 3, near 'as d': {ALONE}",
    "k uniformly": f"cannot read column 3, near 'uniformly': {ALONE}",
    "k asd": f"cannot read column 3, near 'asd': {ALLOWED}",
    "k d": f"cannot read column 3, near 'd': {ALLOWED}",
    ")": f"cannot read column 1, near ')': {ALLOWED}",
    "1 + 2\u00e9": "cannot read column 6, near '\u00e9': an expression of numbers, names, + - * / ** and "
    "parentheses is allowed there",
    "k %\nd": f"cannot read column 3, near '% d': {ALLOWED}",
}


@pytest.mark.parametrize("text", MESSAGES)
def test_a_refusal_in_full(text: str) -> None:
    with pytest.raises(ExpressionError) as refusal:
        parse_formula(text)
    assert str(refusal.value) == MESSAGES[text]


def leaves(plain: int, roots: int) -> Node:
    """A balanced sum of names and of roots of names: 2(plain + roots) - 1 + roots symbols."""
    parts: list[Node] = [Name("k")] * plain + [Call("sqrt", (Name("k"),))] * roots
    while len(parts) > 1:
        pairs = [Operation("+", a, b) for a, b in zip(parts[::2], parts[1::2], strict=False)]
        parts = pairs + parts[2 * len(pairs) :]
    return parts[0]


def test_the_most_symbols_are_allowed_and_one_more_is_refused() -> None:
    most = leaves(MAX_NODES // 2 - 1, 1)
    assert sum(1 for _ in walk(most)) == MAX_NODES
    check_size(most)
    with pytest.raises(ExpressionError, match=f"more than {MAX_NODES} symbols"):
        check_size(leaves(MAX_NODES // 2 - 2, 2))


# A rational counts for the bits of its parts, any other constant for 8; a power for the bits of its base
# times the exponent; Gamma, factorial, binomial and exp of x for x times the bits of x: (text, largest N).
EDGES = {
    "2**N": MAX_BITS // 3,
    "2**(-N)": MAX_BITS // 3,
    "(1/3)**N": MAX_BITS // 5,
    "255**N": MAX_BITS // 9,
    "pi**N": MAX_BITS // 8,
    "E**N": MAX_BITS // 8,
    "sqrt(2)**N": MAX_BITS // 8,
    "log(3)**N": MAX_BITS // 8,
    "(1+3)**N": MAX_BITS // 5,
    "(3-pi)**N": MAX_BITS // 11,
    "(3*pi)**N": MAX_BITS // 11,
    "(-2)**N": MAX_BITS // 4,
    "Gamma(N)": MAX_BITS // 14,
    "factorial(N)": MAX_BITS // 14,
    "exp(N)": MAX_BITS // 14,
    "binomial(N, 3)": MAX_BITS // 14,
    "binomial(3, N)": MAX_BITS // 14,
    "2**(N+7)": MAX_BITS // 3 - 7,
    "2**(N-7)": MAX_BITS // 3 + 7,
    "2**(3*N)": MAX_BITS // 9,
    "2**(2*N/3)": MAX_BITS // 2,
    "2**(2**7*N)": MAX_BITS // 384,
    "2**(7-N)": MAX_BITS // 3 + 7,
    "2**(2**(-2)*N)": 4 * MAX_BITS // 3,
}


@pytest.mark.parametrize("text", EDGES)
def test_a_constant_is_allowed_up_to_its_bits(text: str) -> None:
    most = EDGES[text]
    parse_formula(text.replace("N", str(most)))
    with pytest.raises(ExpressionError, match=f"is too large: constants of at most {MAX_BITS} bits are allowed"):
        parse_formula(text.replace("N", str(most + 1)))


@pytest.mark.parametrize(
    "text",
    [
        "log(10**9)",
        "sin(10**9)",
        "sqrt(10**9)",
        "factorial(10**6*k)",
        "k**(10**100)",
        "(10**100)**k",
        "2**(1/0)",
        "2**(0**(-1))",
        "2**(0**0)",
        "2**pi",
        "2**(1/2)",
        "(10**300)**(1/10**9)",
        "2**(1**64)",
        "2**(1**(-64))",
        "2**(1/2**63)",
        "2**(2**(1/2))",
        "2**(4**(1/2))",
    ],
)
def test_what_stays_small_is_allowed(text: str) -> None:
    parse_formula(text)


@pytest.mark.parametrize(
    "text",
    [
        "2**(1**65)",
        "2**(1**(-65))",
        "2**(1/2**64)",
        "2**2**2**2**2**2",
        "10**10**10 * k",
        "k + 2**40000",
        "sqrt(2**40000)",
        "k**2**40000",
        "(2**40000)**k",
        "mu(2**40000)",
        "(2**20000)*3**20000",
    ],
)
def test_what_may_be_large_is_refused(text: str) -> None:
    with pytest.raises(ExpressionError, match="is too large"):
        parse_formula(text)


def test_a_long_text_is_cut_in_the_refusal() -> None:
    base = "+".join(["123456789"] * 20)
    with pytest.raises(ExpressionError) as refusal:
        parse_formula(f"({base})**40000")
    shown, _, _ = str(refusal.value).partition(" is too large")
    assert len(shown) == 40 and f"({base.replace('+', ' + ')})".startswith(shown)


@pytest.mark.parametrize("says", ["1 = 2**40000", "2**40000 = 1", "2**40000 ~ k as k -> oo"])
def test_both_sides_of_a_statement_are_bounded(says: str) -> None:
    with pytest.raises(ExpressionError, match="is too large"):
        parse_statement(says)


def test_what_is_below_a_node() -> None:
    tree = parse_formula("mu(k+1, d)*t/b(n)**L - pi")
    assert variables(tree) == {"k", "d", "t", "n", "L"}
    assert sum(isinstance(node, Number) for node in walk(tree)) == 1
    assert [
        uses_kernel(parse_formula(f"1+{f}")) for f in ("mu(k)", "a(k)", "b(n)", "kappa(t)", "N(d,k)", "Gamma(k)")
    ] == [True] * 4 + [False] * 2
    assert is_of_kernel(parse_formula("kappa(1)")) and not is_of_kernel(parse_formula("kappa(1)+1"))
    assert not is_of_kernel(parse_formula("sqrt(kappa(1))"))
