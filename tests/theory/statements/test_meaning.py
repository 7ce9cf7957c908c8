"""Statements as formulas: the same values as the instances, on ranges that cover every index."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import pytest
import sympy as sp

from theory.expansions.maclaurin import maclaurin as ball_series
from theory.kernels import NNGP, NTK, ArcCosine, Gaussian, Kernel, Zonal
from theory.language.formulas import parse_formula
from theory.language.statement import Statement, parse_statement
from theory.numbers.balls import working_precision
from theory.spectra.closed_coefficients import maclaurin, maclaurin_at
from theory.statements.arithmetic import as_ball
from theory.statements.closed_forms import MAX_EXPANDED, arc_cosine, eigenvalues
from theory.statements.meaning import T, expression_at, meaning, plain
from theory.statements.outcome import Case, NotSymbolic
from theory.statements.splits import splits
from theory.statements.values import evaluate
from theory.symbolic.expressions import Name
from theory.symbolic.objects import Mu, Range, d, k, n
from theory.symbolic.ranges import Ranges

NTK2, STEP, RELU = "NTK(depth=2)", "ArcCosine(order=0)", "ArcCosine(order=1)"
KERNELS: list[Kernel] = [
    ArcCosine(0),
    ArcCosine(1),
    NNGP(2),
    NTK(2),
    NTK(2, bias=True),
    NTK(2, layer_scales=(3, Fraction(1, 2))),
    Gaussian(2),
    3 * ArcCosine(0),
    Fraction(1, 2) * (5 * NTK(2)),
    ArcCosine(0) + ArcCosine(1),
    2 * NTK(2) + Gaussian(1),
]


@pytest.mark.parametrize("kernel", KERNELS, ids=repr)
def test_coefficients_by_parity_are_those_of_the_ball_series(kernel: Kernel) -> None:
    """Special values stand below the start of their parity, and each formula holds from there on."""
    piece = maclaurin(kernel)
    assert set(piece.special) == {i for p in (0, 1) for i in range(p, piece.start[p], 2)}
    with working_precision(30):
        for index, ball in enumerate(ball_series(kernel, 9)):
            value = piece.special.get(index)
            value = piece.generic[index % 2].subs(n, index) if value is None else value
            for found in (value, maclaurin_at(kernel, index)):
                assert abs(sp.N(found, 25) - sp.Float(ball.str(25, radius=False), 25)) < 1e-20


# t k0 has b_1 = 1/2, then even n; its formula is that of k0 moved by one.
STARTS = {
    ArcCosine(0): (2, 1),
    ArcCosine(1): (0, 3),
    NNGP(2): (0, 3),
    Gaussian(2): (0, 0),
    NTK(2): (2, 3),
    NTK(2, bias=True): (2, 3),
    ArcCosine(0) + ArcCosine(1): (2, 3),
    2 * Gaussian(1): (0, 0),
}


def test_formulas_start_where_they_hold() -> None:
    assert {kernel: maclaurin(kernel).start for kernel in STARTS} == STARTS


def test_other_kernels_have_no_formula_of_coefficients() -> None:
    for kernel in (
        NTK(3),
        NNGP(3),
        ArcCosine(2),
        NTK(2, weight_variance=2),
        NTK(2, bias_variance=1),
        NNGP(2, weight_variance=2),
        NNGP(2, bias_variance=1),
        NTK(3) + ArcCosine(0),
        2 * NTK(3),
        Zonal("exp(t)"),
        NTK(1),
    ):
        assert maclaurin(kernel) is None and maclaurin_at(kernel, 1) is None


def test_eigenvalues_by_parity() -> None:
    piece = eigenvalues(NTK(2))
    assert set(piece.special) == {1} and piece.start == (0, 3) and piece.generic[1] == 0
    assert sp.simplify(piece.special[1] - 1 / (d + 1)) == 0
    step = eigenvalues(ArcCosine(0))
    assert step.generic[0] == 0 and step.start == (2, 1) and step.special == {0: sp.Rational(1, 2)}
    with pytest.raises(NotSymbolic):
        eigenvalues(NTK(3))


REFUSED = {
    ("mu(k/2) >= 0", NTK2): "the index k/2 is not of the form c*k + integer",
    ("mu(5-k) >= 0", NTK2): "c*k + integer",
    ("mu(k+1/2) >= 0", NTK2): "c*k + integer",
    ("mu(k+n) >= 0", NTK2): "c*k + integer",
    ("mu(k*n) >= 0", NTK2): "c*k + integer",
    ("mu(0*k+5-n) >= 0", NTK2): "c*n + integer",
    ("b(n) >= 0", "NTK(depth=3)"): "b(n) of NTK(depth=3) has no closed form",
    ("k >= 0", "201"): "0 <= k <= 200 has more than 200 values",
}


@pytest.mark.parametrize("given", REFUSED, ids="; ".join)
def test_what_has_no_symbolic_meaning_is_refused(given: tuple[str, str]) -> None:
    says, kernel = given
    statement = parse_statement(says, *((None, ["k <= 200"]) if kernel == "201" else (kernel,)))
    with pytest.raises(NotSymbolic) as refusal:
        splits(statement)
    assert str(refusal.value).endswith(REFUSED[given])


SIDES = [
    (NTK2, "mu(k)"),
    (NTK2, "mu(k, 3)"),
    (NTK2, "mu(k+1, d+2)"),
    (NTK2, "a(k)*d - mu(k+2)"),
    (STEP, "mu(k)/2 + k"),
    (RELU, "mu(2*k)"),
    (NTK2, "b(n)"),
    (NTK2, "b(n+1) - b(n)/3"),
    (STEP, "b(n)**2"),
    (RELU, "b(2*n+1)"),
    ("Gaussian(rate=2)", "b(n)"),
    (NTK2, "a(k)"),
    ("2 * NTK(depth=2)", "b(n)"),
    ("NTK(depth=2) + ArcCosine(order=0)", "mu(k) + b(n)"),
    (NTK2, "kappa(1)"),
    ("NTK(depth=3)", "kappa(1) + k"),
    (NTK2, "kappa(1/2)*k"),
    (NTK2, "mu(0) + mu(1) + mu(2) + mu(3)"),
    ("NTK(depth=3)", "b(0) + b(1)"),
    (NTK2, "(-1)**k*mu(k)"),
    (None, "(-2)**(k+n)/3"),
    (None, "(-1)**(3*k+1)"),
    (None, "(-3)**(2*n)"),
    (None, "sqrt(k+2)*exp(1/d) - log(d+1)"),
    (None, "sin(k) + cos(d/3)*pi"),
    (None, "acos(1/(d+1)) - asin(-1/(d+2))"),
    (None, "E**(k/3)"),
    (None, "Gamma(k+1/2)*factorial(n)"),
    (None, "binomial(n+k, k)"),
    (None, "binomial(2*n, n)/4**n"),
    (None, "N(d, k+2)"),
    (None, "N(3, k)"),
    (None, "N(d, 0)"),
    (None, "N(d+1, k+1)"),
    (None, "k**(d+1)"),
    (None, "(k+1)/(d+2) - n*2**(-k)"),
    (None, "k**2**2"),
    (None, "0.25*k"),
]


@pytest.mark.parametrize(("kernel", "side"), SIDES)
def test_the_formula_has_the_values_of_the_instances(kernel: str | None, side: str) -> None:
    """On every part of the ranges, at its first values, by a module that knows no formulas of n and k."""
    statement = parse_statement(f"{side} >= 0", kernel, ["d >= 2"] if "a(k)" in side else [])
    for ranges in splits(statement):
        case = meaning(statement, ranges)
        assert case.right == 0 and case.ranges == ranges
        for point in product(*(w.values(2) for w in ranges)):
            at = dict(zip((w.name for w in ranges), point, strict=True))
            value = sp.N(case.left.subs({sp.Symbol(name, positive=True): v for name, v in at.items()}), 25)
            with working_precision(30):
                wanted = as_ball(evaluate(statement.left, at, statement.kernel, 30)).str(25, radius=False)
            assert abs(value - sp.Float(wanted, 25)) <= 1e-20 * (1 + abs(value))


def test_parts_cover_the_ranges_once() -> None:
    for text in ("mu(k)", "mu(k+1, d+2)", "mu(2*k-9)", "mu(3*k-8) + (-1)**k"):
        parts = splits(parse_statement(f"{text} >= 0", NTK2))
        degrees = [v for ranges in parts for w in ranges if w.name == "k" for v in w.values(40) if v < 40]
        assert sorted(degrees) == list(range(40))


def test_a_case_knows_its_free_ranges() -> None:
    ranges = (Range("k", 3, 3), Range("d", 1), Range("n", 1, 4))
    assert Case(Ranges(ranges), k, d).free == ranges[1:]


def side(text: str, kernel: str | None = None, *ranges: Range) -> sp.Expr:
    statement: Statement = parse_statement(f"{text} >= 0", kernel)
    return expression_at(statement.left, statement.kernel, Ranges(ranges))


def test_single_coefficients_are_expanded_up_to_a_bound() -> None:
    assert side(f"b({MAX_EXPANDED})", 'Zonal("exp(t)")') == 1 / sp.factorial(MAX_EXPANDED)
    assert side("b(0)", 'Zonal("exp(t)")') == 1
    for index in (str(MAX_EXPANDED + 1), "-1"):
        with pytest.raises(NotSymbolic, match=f"b\\({index}\\) of .* has no closed form"):
            side(f"b({index})", 'Zonal("exp(t)")')
    assert side("b(60)", RELU) == maclaurin(ArcCosine(1)).generic[0].subs(n, 60)


def test_what_is_undefined_has_no_meaning() -> None:
    for text, kernel, message in (
        ("mu(k-1)", NTK2, r"mu\(-1\) is undefined"),
        ("b(k-1)", NTK2, r"b\(-1\) is undefined"),
        ("1/k", None, "1 / 0 is undefined"),
        ("k**(-1)", None, r"0 \*\* -1 is undefined"),
        ("1/(1/k)", None, "1 / 0 is undefined"),
    ):
        with pytest.raises(NotSymbolic, match=message):
            side(text, kernel, Range("k", 0, 0))


def test_a_kernel_may_be_a_name() -> None:
    name = sp.Symbol("K")
    assert expression_at(parse_formula("mu(k+1)"), name, Ranges()) == Mu(name, k + 1)


def test_an_arc_cosine_of_a_negative_argument_is_that_of_its_mirror_image() -> None:
    assert arc_cosine(-T) == sp.pi - sp.acos(T) and arc_cosine(T) == sp.acos(T)
    assert plain(Name("t")) == T and side("asin(t) + acos(t)") == sp.pi / 2
