"""A statement in words: its quantifiers, its limits, what is refused of them, a multiple taken out."""

from __future__ import annotations

from itertools import product

import pytest

from theory.kernels import NTK
from theory.language.conditions import parse_range
from theory.language.statement import parse_statement
from theory.statements.arithmetic import as_ball
from theory.statements.values import evaluate
from theory.symbolic.expression_grammar import ExpressionError
from theory.symbolic.objects import Range

NTK2, FAMILY = "NTK(depth=2)", "NTK(depth=L)"
TARGETS = {"k": {"oo"}, "d": {"oo"}, "n": {"oo"}, "L": {"oo"}, "t": {"1", "-1", "0"}}
LIMITS = "k -> oo, d -> oo, n -> oo, L -> oo, i -> oo, t -> 1, t -> -1, t -> 0"


@pytest.mark.parametrize(("name", "target"), [*product("kdnLt", ("oo", "1", "-1", "0"))])
def test_a_variable_tends_to_its_own_limits_only(name: str, target: str) -> None:
    says = f"{name} = O(1) as {name} -> {target}"
    if target in TARGETS[name]:
        found = parse_statement(says)
        assert found.limit == (name, target) and found.text == says
        assert [w.name for w in found.ranges] == ([name] if name != "t" else [])
        return
    with pytest.raises(ExpressionError) as refusal:
        parse_statement(says)
    assert str(refusal.value) == f"limit {name} -> {target} at column 13, allowed: {LIMITS}"


@pytest.mark.parametrize("target", ["10", "1.5", "-1.0", "00", "0.0", "01"])
def test_a_limit_is_no_other_number(target: str) -> None:
    with pytest.raises(ExpressionError, match="cannot read column 18"):
        parse_statement(f"t = O(1) as t -> {target}")


SCOPES = {
    ("2 < 3",): "no variables",
    ("mu(k) >= 0",): "for all k >= 0, d >= 1",
    ("mu(k) >= 0", "d = 2"): "for all k >= 0, d = 2",
    ("t <= 1",): "for all -1 <= t <= 1",
    ("0 <= kappa(t)",): "for all -1 <= t <= 1",
    ("1 > t",): "for all -1 <= t <= 1",
    ("t**k <= n", "k even"): "for all k >= 0 even, n >= 0, -1 <= t <= 1",
    ("mu(k) = O(1) as k -> oo",): "as k -> oo, for each fixed d >= 1",
    ("mu(k) = O(1) as k -> oo", "k odd"): "as k -> oo along k >= 1 odd, for each fixed d >= 1",
    ("mu(k) = O(1) as k -> oo", "k even"): "as k -> oo along k >= 0 even, for each fixed d >= 1",
    ("mu(k) = O(1) as k -> oo", "k >= 1"): "as k -> oo along k >= 1, for each fixed d >= 1",
    ("mu(k) = O(1) as k -> oo", "k >= 0"): "as k -> oo, for each fixed d >= 1",
    ("mu(k) = O(1) as k -> oo", "d >= 2"): "as k -> oo, for each fixed d >= 2",
    ("mu(k) = O(1) as d -> oo",): "as d -> oo, for each fixed k >= 0",
    ("mu(3) = O(1) as d -> oo",): "as d -> oo",
    ("mu(3) = O(1) as d -> oo", "d >= 2"): "as d -> oo along d >= 2",
    ("b(n) = O(1) as n -> oo",): "as n -> oo",
    ("kappa(t) = O(1) as t -> 1",): "as t -> 1",
    ("mu(k)*t = O(1) as k -> oo",): "as k -> oo, for each fixed d >= 1",
    ("mu(k) = O(k) uniformly",): "one constant for all k >= 0, d >= 1",
    ("mu(0, 2) = O(1) uniformly",): "one constant",
    ("N(d, k) >= 1", "d <= 4"): "for all k >= 0, 1 <= d <= 4",
}


@pytest.mark.parametrize("given", SCOPES, ids="; ".join)
def test_quantifiers_are_said(given: tuple[str, ...]) -> None:
    assert parse_statement(given[0], NTK2, given[1:]).scope == SCOPES[given]


def test_a_family_has_a_depth() -> None:
    found = parse_statement("mu(k) >= 0", FAMILY, ["L >= 2", "L <= 4"])
    assert (found.scope, found.kernel, found.family) == ("for all k >= 0, d >= 1, 2 <= L <= 4", None, FAMILY)
    grown = parse_statement("kappa(1) ~ L as L -> oo", FAMILY)
    assert (grown.scope, grown.text) == ("as L -> oo", "kappa(1) ~ L as L -> oo")
    assert parse_statement("mu(k) >= 0", NTK2).kernel == NTK(2)


LEAST = {"k": 0, "n": 0, "d": 1, "L": 1}
NAMES = (
    "NAME = INT, NAME >= INT, NAME <= INT, NAME > INT, NAME < INT, NAME even, NAME odd with NAME one of k, n, d, L, i"
)


@pytest.mark.parametrize("name", LEAST)
def test_a_variable_has_its_least_value(name: str) -> None:
    least = LEAST[name]
    assert parse_statement(f"{name} >= 0").ranges == (Range(name, least),)
    assert parse_statement(f"{name} >= 0", None, [f"{name} = {least}"]).ranges == (Range(name, least, least),)
    assert parse_statement(f"{name} >= 0", None, [f"{name} >= 0"]).ranges == (Range(name, least),)
    assert parse_statement(f"{name} = O(1) as {name} -> oo").scope == f"as {name} -> oo"
    if least:
        with pytest.raises(ExpressionError, match=f"^for: {name} = 0, allowed: {name} >= 1$"):
            parse_statement(f"{name} >= 0", None, [f"{name} = 0"])
    with pytest.raises(ExpressionError, match=f"^for: no value of {name} is left by {name} = 3, {name} = 4$"):
        parse_statement(f"{name} >= 0", None, [f"{name} = 3", f"{name} = 4"])


def refusal_of(says: str, kernel: str | None, *where: str) -> str:
    with pytest.raises(ExpressionError) as refusal:
        parse_statement(says, kernel, where)
    return str(refusal.value)


def test_refusals_in_full() -> None:
    assert refusal_of("k >= 0", None, "k is " + "x" * 99) == (
        f"for: cannot read {'k is ' + 'x' * 35!r}, allowed: {NAMES}"
    )
    assert refusal_of("k >= 0", None, "d = 2") == "for: d does not occur in the statement, allowed: k"
    assert refusal_of("k >= n", None, "d >= 2") == ("for: d does not occur in the statement, allowed: k, n")
    assert refusal_of("t >= 0", None, "d >= 2") == ("for: d does not occur in the statement, allowed: none")
    assert refusal_of("k >= 0", None, "k odd", "k even") == "for: k cannot be even and odd"
    many = [f"k = {i}" for i in range(30)]
    assert refusal_of("k >= 0", None, *many) == f"for: no value of k is left by {', '.join(many)[:80]}"
    assert refusal_of("mu(k) >= 0", None) == "a kernel is needed: the statement uses mu, a, b or kappa"
    assert refusal_of("0 <= b(n)", None) == "a kernel is needed: the statement uses mu, a, b or kappa"
    allowed = "allowed: O, Omega, Theta uniformly; o, ~ as v -> oo"
    assert refusal_of("mu(k) = o(1) uniformly", NTK2) == f"o with uniformly, {allowed}"
    assert refusal_of("mu(k) ~ 1 uniformly", NTK2) == f"~ with uniformly, {allowed}"
    assert refusal_of("k = O(1) as k -> oo", None, "k <= 7") == ("for: k <= 7 bounds the variable of the limit k -> oo")


def test_numbers_of_nine_digits_are_read() -> None:
    assert parse_range("k = 999999999") == ("k", "=", 999999999)
    with pytest.raises(ExpressionError, match="cannot read"):
        parse_range("k = 1000000000")
    assert parse_range("L odd") == ("L", "odd", None) and parse_range(" d <= 7 ") == ("d", "<=", 7)


def test_the_dimension_occurs_where_an_eigenvalue_or_coefficient_is_meant() -> None:
    def occurring(says: str) -> list[str]:
        return [w.name for w in parse_statement(says, NTK2).ranges]

    assert occurring("mu(0) > 0") == occurring("0 < a(0)") == occurring("mu(0, 3) < a(0)") == ["d"]
    assert occurring("mu(0, 3) > b(0)") == occurring("N(3, 2) > kappa(1)") == []
    assert occurring("mu(0, n) > 0") == ["n"] and occurring("mu(0, 3) > mu(0)") == ["d"]
    assert occurring("mu(0, 3) = O(1) as d -> oo") == ["d"]


def test_relations_are_told_apart() -> None:
    kinds = {"=": False, "!=": False, "<=": False, ">=": False, "<": False, ">": False}
    assert {r: parse_statement(f"k {r} n").is_asymptotic for r in kinds} == kinds
    for relation in ("O", "Omega", "Theta", "o"):
        assert parse_statement(f"k = {relation}(k) as k -> oo").is_asymptotic
    assert parse_statement("k ~ k as k -> oo").is_asymptotic
    assert [parse_statement("k+d = n").range(name).name for name in "kdn"] == ["k", "d", "n"]


MULTIPLES = {
    ("mu(k) >= a(k)", "3 * NTK(depth=2)"): "3*mu(k) >= 3*a(k)",
    ("b(n) = 1", "1/2 * NTK(depth=2)"): "1/2*b(n) = 1",
    ("kappa(1) <= N(2,k)*pi", "2 * NTK(depth=2)"): "2*kappa(1) <= N(2, k)*pi",
    ("mu(k) ~ mu(k+1)**2 as k -> oo", "2 * (3 * NTK(depth=2))"): "2*(3*mu(k)) ~ (2*(3*mu(k + 1)))**2 as k -> oo",
    ("mu(k) >= 0", NTK2): "mu(k) >= 0",
    ("mu(k)/2 < 1", "4 * NTK(depth=2)"): "4*mu(k)/2 < 1",
}


@pytest.mark.parametrize("given", MULTIPLES, ids="; ".join)
def test_a_factor_of_the_kernel_is_one_of_its_quantities(given: tuple[str, str]) -> None:
    """kappa, mu_k, a_k and b_n of c K are c times those of K; factors of factors multiply."""
    whole = parse_statement(*given)
    plain = whole.with_plain_kernel()
    assert plain.kernel == NTK(2) and plain.ranges == whole.ranges and plain.limit == whole.limit
    at = {"k": 2, "n": 2, "d": 3}
    for side, same in ((whole.left, plain.left), (whole.right, plain.right)):
        first, second = (as_ball(evaluate(s, at, of.kernel)) for s, of in ((side, whole), (same, plain)))
        assert first.overlaps(second)
    assert parse_statement(plain.text, NTK2).text == plain.text == parse_statement(MULTIPLES[given], NTK2).text
