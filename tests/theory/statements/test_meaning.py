"""Statements as formulas: the same values as the instances, on ranges that cover every index."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import mpmath as mp
import pytest
import sympy as sp

from tests.reading import value_of
from theory.expansions.maclaurin import maclaurin as ball_series
from theory.kernels import NNGP, NTK, ArcCosine, Gaussian, Kernel, Zonal
from theory.language.formulas import parse_formula
from theory.language.statement import Statement, parse_statement
from theory.numbers.balls import working_precision
from theory.spectra.closed_coefficients import maclaurin, maclaurin_at
from theory.statements.meaning import (
    MAX_EXPANDED,
    T,
    arc_cosine,
    eigenvalues,
    expression_at,
    kappa_expression,
    meaning,
    parity_of,
    plain,
    splits,
)
from theory.statements.outcome import Case, NotSymbolic
from theory.statements.values import as_ball, evaluate
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


SPLITS = {
    ("k >= 0",): "k >= 0",
    ("2**k >= 0",): "k >= 0",
    ("k >= 0", "k odd"): "k >= 1 odd",
    ("(-1)**3*k >= 0",): "k >= 0",
    ("k >= 0", "k <= 2"): "k = 0; k = 1; k = 2",
    ("N(d, k) >= 0",): "k >= 0, d >= 1",
    ("k**(-1) >= 0",): "k >= 0",
    ("mu(k) >= 0",): "k >= 0 even, d >= 1; k = 1, d >= 1; k >= 3 odd, d >= 1",
    ("mu(k,2) >= 0",): "k >= 0 even; k = 1; k >= 3 odd",
    ("a(k) >= 0", "d = 2"): "k >= 0 even, d = 2; k = 1, d = 2; k >= 3 odd, d = 2",
    ("mu(1,d) >= 0",): "d >= 1",
    ("mu(k+1,2) >= 0",): "k = 0; k >= 2 even; k >= 1 odd",
    ("mu(2*k,2) >= 0",): "k >= 0 even; k >= 1 odd",
    ("0 <= mu(2*k+1,2)",): "k = 0; k >= 2 even; k >= 1 odd",
    ("mu(3*k,2) >= 0",): "k >= 0 even; k >= 1 odd",
    ("mu(k-3,2) >= 0",): "k = 0; k = 2; k = 4; k >= 6 even; k = 1; k >= 3 odd",
    ("mu(k-3,2) >= 0", "k >= 5"): "k >= 6 even; k >= 5 odd",
    ("mu(k-3,2) >= 0", "k >= 3", "k even"): "k = 4; k >= 6 even",
    ("mu(k-3,2) >= mu(k,2)", "k odd"): "k = 1; k >= 3 odd",
    ("mu(2*k-9,2) >= 0", "k odd"): "k = 1; k = 3; k = 5; k >= 7 odd",
    ("mu(3*k-8,2) >= 0", "k odd"): "k = 1; k = 3; k >= 5 odd",
    ("b(n) >= 0",): "n = 0; n >= 2 even; n = 1; n >= 3 odd",
    ("b(n) >= mu(n,2)", "n odd"): "n = 1; n >= 3 odd",
    ("(-1)**k >= 0",): "k >= 0 even; k >= 1 odd",
    ("0 >= (-2)**(k+d)",): "k >= 0 even, d >= 2 even; k >= 0 even, d >= 1 odd; "
    "k >= 1 odd, d >= 2 even; k >= 1 odd, d >= 1 odd",
    ("(0-pi)**k >= 0", "k even"): "k >= 0 even",
    ("(-1)**k*n >= 0",): "k >= 0 even, n >= 0; k >= 1 odd, n >= 0",
    ("(k-3)**k >= 0",): "k >= 0",
    ("mu(0,2)**k >= 0",): "k >= 0",
}


def shown(parts: list[tuple[Range, ...]]) -> str:
    return "; ".join(", ".join(map(repr, ranges)) for ranges in parts)


@pytest.mark.parametrize("given", SPLITS, ids="; ".join)
def test_ranges_are_split_where_the_meaning_changes(given: tuple[str, ...]) -> None:
    """NTK(2): mu_k has a formula for even k, mu_1, and 0 for odd k >= 3; b_n also an own b_0."""
    needs = any(f in given[0] for f in ("mu(", "a(", "b("))
    assert shown(splits(parse_statement(given[0], NTK2 if needs else None, given[1:]))) == SPLITS[given]


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


CLOSED: dict[Kernel, str] = {
    ArcCosine(0): "k0",
    ArcCosine(1): "k1",
    NNGP(2): "k1",
    NNGP(1): "t",
    NTK(1): "t",
    NTK(1, layer_scales=(3,)): "3*t",
    NTK(2): "t*k0 + k1",
    NTK(2, bias=True): "(t+1)*k0 + k1",
    NTK(2, layer_scales=(3, Fraction(1, 2))): "3*t*k0 + k1/2",
    5 * ArcCosine(0): "5*k0",
    ArcCosine(0) + NNGP(1) + ArcCosine(1): "k0 + t + k1",
}


@pytest.mark.parametrize("kernel", CLOSED, ids=repr)
def test_kappa_is_the_definition(kernel: Kernel) -> None:
    found = kappa_expression(kernel, T)
    for t in (mp.mpf("-0.7"), mp.mpf("0.2"), mp.mpf("0.95")):
        k0 = (mp.pi - mp.acos(t)) / mp.pi
        names = {"t": t, "k0": k0, "k1": t * k0 + mp.sqrt(1 - t**2) / mp.pi}
        wanted = value_of(CLOSED[kernel], names, mp.mpf)
        assert abs(mp.mpf(str(found.subs(T, sp.Float(str(t), 20)).evalf(20))) - wanted) < 1e-13


def test_kappa_of_other_kernels_is_refused() -> None:
    others = [
        NTK(3),
        NNGP(3),
        ArcCosine(2),
        NTK(2, weight_variance=2),
        NTK(2, bias_variance=1),
        NNGP(2, weight_variance=2),
        NNGP(1, bias_variance=1),
        Gaussian(1),
        2 * NTK(3),
        NTK(2) + Gaussian(1),
    ]
    for kernel in others:
        with pytest.raises(NotSymbolic, match="kappa of .* has no closed form in t here"):
            kappa_expression(kernel, T)


def side(text: str, kernel: str | None = None, *ranges: Range) -> sp.Expr:
    statement: Statement = parse_statement(f"{text} >= 0", kernel)
    return expression_at(statement.left, statement.kernel, ranges)


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


PARITIES = {"k": 0, "d": 1}
OF = {
    k: 0,
    d: 1,
    k + 1: 1,
    k + d: 1,
    3 * d + k: 1,
    2 * n: 0,
    2 * n + 3: 1,
    4 * n + d + 1: 0,
    3 * k - 5: 1,
    d - 6: 1,
    sp.Integer(7): 1,
    (d + 1) * 2 + d: 1,
}


@pytest.mark.parametrize("index", OF, ids=str)
def test_the_parity_of_an_index(index: sp.Expr) -> None:
    assert parity_of(index, PARITIES) == OF[index]


def test_a_parity_that_is_not_known() -> None:
    for index in (n, k + n, 3 * n + 2):
        with pytest.raises(NotSymbolic, match="the parity of .* is not fixed"):
            parity_of(index, PARITIES)
    for text in ("(-1)**(k*d)", "(-1)**(k/2)", "(-2)**(2**k)", "(-1)**(k**2)"):
        with pytest.raises(NotSymbolic, match="a power of a negative number with exponent"):
            side(text, None, Range("k", 0, None, 0), Range("d", 1, None, 1))
    with pytest.raises(NotSymbolic, match="is not fixed"):
        side("(-1)**k")
    assert side("(-2)**(2*k+1)") == -(2 ** (2 * k + 1))


def test_an_arc_cosine_of_a_negative_argument_is_that_of_its_mirror_image() -> None:
    assert arc_cosine(-T) == sp.pi - sp.acos(T) and arc_cosine(T) == sp.acos(T)
    assert plain(Name("t")) == T and side("asin(t) + acos(t)") == sp.pi / 2
