"""Families of kernels in the depth L: how they are read, from which depth on, and what is said of them."""

from __future__ import annotations

from fractions import Fraction

import pytest
import sympy as sp

from theory.kernels import NNGP, NTK, value_at_one
from theory.kernels.parse import is_family
from theory.language.families import deep_family, kernel_at
from theory.language.statement import Statement, parse_statement
from theory.numbers.truth import Truth
from theory.statements.every_depth import MAX_DEPTHS, at_depth, deeper, instances_of, without_family
from theory.statements.method import Attempt
from theory.statements.outcome import NotSymbolic
from theory.statements.strategy import attempt
from theory.symbolic.expression_grammar import ExpressionError
from theory.symbolic.expressions import unparse
from theory.symbolic.objects import L, Range


def test_a_family_speaks_of_the_letter_alone() -> None:
    assert is_family("NTK(depth=L)") and is_family("1/(L+1) * NTK(2)") and is_family("L*NTK(2)")
    assert not any(map(is_family, ("Laplace(rate=1)", "NTK(depth=2)", "L2", "xL", "")))


AT_THREE = {
    "NTK(depth=L)": "NTK(depth=3)",
    "NTK(depth=L+1)": "NTK(depth=4)",
    "NTK(depth=2*L-1)": "NTK(depth=5)",
    "1/(L+1) * NTK(depth=L+1)": "1/4 * NTK(depth=4)",
    "NTK(depth=L*(L-1))": "NTK(depth=6)",
    "NTK(L)": "NTK(depth=3)",
    "L*NTK(depth=2)": "3 * NTK(depth=2)",
    "Gaussian(rate=1/L)": "Gaussian(rate=1/3)",
    "Gaussian(rate=L/6)": "Gaussian(rate=1/2)",
    "NTK(depth=L, bias=True)": "NTK(depth=3, bias=True)",
    "NNGP(depth=L) + Laplace(rate=L)": "NNGP(depth=3) + Laplace(rate=3)",
}


@pytest.mark.parametrize("text", AT_THREE)
def test_a_number_in_place_of_the_depth(text: str) -> None:
    assert repr(kernel_at(text, 3)) == AT_THREE[text]


def test_an_argument_must_be_a_number() -> None:
    for text, shown in (("NTK(depth=k+L)", r"k\+L"), ("Gaussian(rate=L*pi)", r"L\*pi")):
        with pytest.raises(ExpressionError, match=f"^kernel: '{shown}' must be a rational number at L = 2$"):
            kernel_at(text, 2)


# text -> (first L, kappa(1) as a function of L): 1 in every layer, so depth for NTK, with hidden
# biases 2 depth - 1.
DEEP = {
    "NTK(depth=L)": (1, L),
    "NTK( L )": (1, L),
    "NTK(depth=L+1)": (1, L + 1),
    "NTK(depth = L - 2)": (3, L - 2),
    "NTK(depth=L+12)": (1, L + 12),
    "NNGP(depth=L)": (1, 1),
    "NNGP(depth=L-1)": (2, 1),
    "NTK(depth=L, bias=True)": (1, 2 * L - 1),
    "NTK(depth=L+1, bias=True)": (1, 2 * L + 1),
    "1/(L+1)*NTK( depth = L+1 )": (1, 1),
    "1/L * NTK(depth=L)": (1, 1),
    "L/2 * NTK(depth=L)": (1, L**2 / 2),
    "(1+1/L)*NNGP(depth=L)": (1, 1 + 1 / L),
    "(L+1)*(L+2) * NNGP(depth=L)": (1, (L + 1) * (L + 2)),
    "3 * NTK(depth=L)": (1, 3 * L),
    "NNGP(depth=L, weight_variance=2)": (1, 2**L),
    "NTK(depth=L, weight_variance=1/2)": (1, L / 2**L),
    "NNGP(depth=L+1, weight_variance=3)": (1, 3 ** (L + 1)),
    "1 * NTK(depth=L)": (1, L),
}


@pytest.mark.parametrize("text", DEEP)
def test_a_deep_family_is_its_kernel_at_every_depth(text: str) -> None:
    least, value = DEEP[text]
    family = deep_family(text)
    assert family.depth_range == Range("L", least)
    assert sp.simplify(family.value_at_one - value) == 0
    for depth in range(least, least + 3):
        whole, plain = kernel_at(text, depth), family.at(depth)
        factor = Fraction(str(family.factor.subs(L, depth)))
        assert value_at_one(whole) == factor * value_at_one(plain)
        assert plain.depth == family.depth.subs(L, depth) and isinstance(plain, (NTK, NNGP))
    assert deep_family(repr(family)).value_at_one == family.value_at_one


def test_a_family_begins_no_earlier_than_asked() -> None:
    assert deep_family("NTK(depth=L)", 4).least == 4 and deep_family("NTK(depth=L-2)", 2).least == 3
    assert deep_family("(L-3)*NTK(depth=L)", 4).least == 4
    for least in (1, 3):
        with pytest.raises(ExpressionError, match=rf"^L - 3 is not certainly positive for all L >= {least}$"):
            deep_family("(L-3)*NTK(depth=L)", least)
    with pytest.raises(ExpressionError, match="not certainly positive"):
        deep_family("(0-1)*NTK(depth=L)")


NO_LAW = [
    "NTK(depth=L, bias_variance=1)",
    "NNGP(depth=L, bias_variance=1)",
    "NTK(depth=L, bias=True, weight_variance=2)",
    "NTK(depth=2*L)",
    "Laplace(rate=L)",
    "NTK(depth=L+123)",
    "NTK(depth=L) + NTK(depth=L)",
    "NTK(depth=3)",
    "NTK(depth=L*1)",
]


@pytest.mark.parametrize("text", NO_LAW)
def test_other_families_have_no_law(text: str) -> None:
    with pytest.raises(ExpressionError) as refusal:
        deep_family(text)
    assert str(refusal.value).startswith(f"no law in depth is known for {text[:60]!r}, allowed: NTK(depth=L), ")


@pytest.mark.parametrize("factor", ["L**2", "pi", "sqrt(L)", "1/(L-L)", "d*L"])
def test_a_factor_is_rational_in_the_depth(factor: str) -> None:
    with pytest.raises(ExpressionError, match="^a factor in L is made of numbers, L and . - . /, got "):
        deep_family(f"{factor}*NTK(depth=L)")


def test_what_a_kernel_reads_otherwise_is_refused() -> None:
    for text in ("2 + 3 * NTK(depth=L)", "1 - 2/L * NTK(depth=L)"):
        with pytest.raises(ExpressionError):
            deep_family(text)


def test_the_first_two_depths_are_read_with_the_statement() -> None:
    def parsed(kernel: str, *where: str) -> Statement:
        return parse_statement("mu(k) >= 0", kernel, where)

    assert parsed("NTK(depth=L-1)", "L >= 2").family == "NTK(depth=L-1)"
    assert parsed("NTK(depth=3-L)", "L <= 2").range("L") == Range("L", 1, 2)
    none = [("NTK(depth=L-1)",), ("NTK(depth=3-L)", "L >= 2"), ("NTK(depth=4-L)", "L even", "L >= 2")]
    for kernel, *where in none:
        with pytest.raises(ExpressionError, match="depth"):
            parsed(kernel, *where)


def about(says: str, *where: str, kernel: str = "NTK(depth=L)") -> Statement:
    return parse_statement(says, kernel, where)


def test_a_statement_at_each_depth() -> None:
    found = instances_of(about("mu(k) <= L"))
    assert [depth for depth, _ in found] == [1, 2, 3]
    assert [depth for depth, _ in instances_of(about("mu(k) <= L", "L odd", "L >= 4"))] == [5, 7, 9]
    assert [depth for depth, _ in instances_of(about("mu(k) <= L", "L <= 7", "L >= 2"))] == [2, 3, 4, 5, 6, 7]
    many = instances_of(about("kappa(1) <= L", f"L <= {MAX_DEPTHS}", kernel="Gaussian(rate=L)"))
    assert len(many) == MAX_DEPTHS == 1000
    with pytest.raises(NotSymbolic, match="more than 1000 values"):
        instances_of(about("kappa(1) <= L", f"L <= {MAX_DEPTHS + 1}", kernel="Gaussian(rate=L)"))
    third = at_depth(about("mu(k) <= L", "k even"), 3)
    assert (third.kernel, third.family, third.range("L"), third.range("k")) == (
        NTK(3),
        None,
        Range("L", 3, 3),
        Range("k", 0, None, 0),
    )


def test_the_value_at_one_is_a_function_of_the_depth() -> None:
    plain = without_family(about("kappa(1) - 1 <= 2*L", kernel="NTK(depth=L, bias=True)"))
    assert (unparse(plain.left), unparse(plain.right), plain.family, plain.kernel) == ("2*L - 1 - 1", "2*L", None, None)
    assert unparse(without_family(about("L <= kappa(1)")).right) == "L"
    for says in ("kappa(1) >= mu(k)", "kappa(1/2) <= L", "b(0) <= kappa(1)", "kappa(t) <= kappa(1)"):
        assert without_family(about(says)) is None
    assert without_family(about("kappa(1) = L", kernel="NTK(depth=2*L)")) is None
    assert without_family(about("kappa(1) >= 1", "L >= 4", kernel="(L-3)*NTK(depth=L)")) is not None


def test_all_deeper_depths_together() -> None:
    later = deeper(about("mu(k) <= kappa(1)", "L >= 2"))
    assert later.range("L") == Range("L", 5) and later.kernel.least == 5 and later.family is None
    assert unparse(later.right) == "L" and later.range("k") == Range("k", 0)
    assert deeper(about("mu(k) <= L", "L odd")).range("L") == Range("L", 7, None, 1)
    assert deeper(about("mu(k) <= L", "L <= 5")).range("L") == Range("L", 4)  # more than was asked for
    assert deeper(about("mu(k) <= L", kernel="NTK(depth=2*L)")) is None


def test_what_is_found_at_every_depth_are_laws_or_signs() -> None:
    (part,) = attempt(deeper(about("mu(k) <= kappa(1)"))).parts
    assert part.outcome.truth is Truth.HOLDS
    assert part.case.ranges == deeper(about("mu(k) <= kappa(1)")).ranges
    assert part.case.left == part.case.right == 0
    assert attempt(deeper(about("mu(k) >= 1"))) == Attempt("none")
    parts = attempt(deeper(about("mu(k) = Theta(k**(-d-1)) as k -> oo"))).parts
    assert [[w.parity for w in p.case.ranges if w.name == "k"] for p in parts] == [[0], [1]]
    assert all(p.outcome.truth is Truth.HOLDS for p in parts)
    (growing,) = attempt(deeper(about("b(n) = Theta(n**(-3/2)) as n -> oo", "n even"))).parts
    assert growing.outcome.truth is Truth.HOLDS
