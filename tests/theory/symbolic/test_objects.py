"""The vocabulary of proofs: ranges against the sets they stand for, and how objects are printed."""

from __future__ import annotations

from itertools import product

import pytest
import sympy as sp
from pylatexenc.latexwalker import LatexWalker

from theory.symbolic.objects import (
    HOLDS,
    ArcOrder,
    AtMinusOne,
    Claim,
    EndSeries,
    GaussianMean,
    GegenbauerCoefficient,
    GradientMean,
    Kappa,
    L,
    Layered,
    LowerEnd,
    Maclaurin,
    Moment,
    Mu,
    MuOn,
    Named,
    PositivePower,
    Radial,
    Range,
    Reads,
    Side,
    SlopeProduct,
    Told,
    a,
    as_expression,
    d,
    equal,
    grammar_text,
    index_symbol,
    k,
    n,
    phi,
    t,
    theta,
)

K0 = sp.Symbol("k0")
TOP = 40


def members(where: Range) -> list[int]:
    """The values up to TOP, from the definition alone."""
    least, most, parity = where.least, TOP if where.most is None else where.most, where.parity
    return [v for v in range(TOP + 1) if least <= v <= most and (parity is None or v % 2 == parity)]


RANGES = [
    Range("k", least, most, parity) for least, most, parity in product(range(4), (None, 0, 1, 2, 3, 7), (None, 0, 1))
]


@pytest.mark.parametrize("where", RANGES, ids=lambda w: f"{w.least}-{w.most}-{w.parity}")
def test_a_range_is_the_set_of_its_values(where: Range) -> None:
    inside = members(where)
    assert where.is_empty() is (not inside)
    assert where.step == (1 if where.parity is None else 2)
    for count in (0, 1, 2, 5):
        assert where.values(count) == inside[:count]
    if inside:
        assert where.least == inside[0]
        first, rest = where.peeled()
        assert members(first) == inside[:1] and members(rest) == inside[1:]
        assert first.name == rest.name == "k"


def test_a_range_starts_at_its_first_value() -> None:
    assert [Range("k", least, None, 1).least for least in range(4)] == [1, 1, 3, 3]
    assert [Range("k", least, None, 0).least for least in range(4)] == [0, 2, 2, 4]
    assert Range("k", 1, None, 0) == Range("k", 2, None, 0) != Range("n", 2, None, 0)


@pytest.mark.parametrize(
    "where, text",
    [
        (Range("k", 2), "k >= 2"),
        (Range("n", 2, None, 0), "n >= 2 even"),
        (Range("n", 2, None, 1), "n >= 3 odd"),
        (Range("d", 1, 1), "d = 1"),
        (Range("k", 1, 3), "1 <= k <= 3"),
        (Range("k", 1, 3, 1), "1 <= k <= 3 odd"),
        (Range("k", 2, 2, 0), "k = 2"),
    ],
)
def test_ranges_in_words(where: Range, text: str) -> None:
    assert repr(where) == text


PRINTED = [
    (GaussianMean(2, theta), r"2\,\mathbb{E}\bigl[(w^\top x)_+^{2} (w^\top x')_+^{2}\bigr]"),
    (ArcOrder(a + 1), r"A_{a + 1}"),
    (Layered(sp.Symbol("theta_L"), L), r"\theta_{L}"),
    (Layered(sp.Symbol("sigma"), sp.Integer(3)), r"\sigma_{3}"),
    (Mu(Layered(sp.Symbol("theta_bias"), L + 1), k), r"\mu_{k}[\theta_{bias}_{L + 1}]"),
    (Radial(sp.Rational(1, 2)), r"e^{-\frac{1}{2}\,r}"),
    (PositivePower(sp.cos(phi), 3), r"\bigl(\cos{\left(\phi \right)}\bigr)_+^{3}"),
    (
        GradientMean(2, 5, theta),
        r"2\,\mathbb{E}\langle\nabla_w f(x),\nabla_w f(x')\rangle"
        r" + 5\,\mathbb{E}\langle\nabla_a f(x),\nabla_a f(x')\rangle",
    ),
    (
        GradientMean(2, 5, 1, theta),
        r"2\,\mathbb{E}\langle\nabla_{w,b} f(x),\nabla_{w,b} f(x')\rangle"
        r" + 5\,\mathbb{E}\langle\nabla_a f(x),\nabla_a f(x')\rangle",
    ),
    (Kappa(K0, t), r"\kappa_{k_0}\left(t\right)"),
    (Kappa(sp.Symbol("t_k0"), 1), r"\kappa_{t k_0}\left(1\right)"),
    (Kappa(ArcOrder(a), t), r"\kappa_{A_{a}}\left(t\right)"),
    (Kappa(sp.Symbol("k7"), t), r"\kappa_{k7}\left(t\right)"),
    (Maclaurin(K0, n + 1), r"b_{n + 1}[k_0]"),
    (Maclaurin(sp.Symbol("ntk"), 2), r"b_{2}[\Theta]"),
    (Moment(n, k), r"\mathbb{E}\bigl[t^{n} P_{k}(t)\bigr]"),
    (Mu(sp.Symbol("k1"), k), r"\mu_{k}[k_1]"),
    (MuOn(sp.Symbol("k1"), k, d + 2), r"\mu_{k}[k_1;\, S^{d + 2}]"),
    (GegenbauerCoefficient(K0, k), r"a_{k}[k_0]"),
    (EndSeries(K0, 6), r"k_{0}(1-s^2) + O(s^{6})"),
    (EndSeries(K0, L, 6), r"k_{0}(1-s^2) + O(s^{6})"),
    (LowerEnd(K0, L, 4), r"k_{0}(-1+s^2) + O(s^{4})"),
    (AtMinusOne(sp.Symbol("sigma"), L), r"{\sigma}_{L}(-1)"),
    (SlopeProduct(L), r"P_{L}"),
]


@pytest.mark.parametrize("thing, latex", PRINTED, ids=[str(thing) for thing, _ in PRINTED])
def test_objects_in_latex(thing: Named, latex: str) -> None:
    assert sp.latex(thing) == latex
    LatexWalker(latex, tolerant_parsing=False).get_latex_nodes()


def test_every_object_is_printed() -> None:
    assert {type(thing) for thing, _ in PRINTED} == set(Named.__subclasses__())


def test_claims_are_printed_as_they_are_written() -> None:
    told = Told(Claim("mu(k) ~ k**-2, NTK(depth=2)"), HOLDS)
    assert str(told) == "mu(k) ~ k**-2, NTK(depth=2) : holds"
    assert sp.latex(told) == r"\text{mu(k) $\sim$ k**-2, NTK(depth=2)} :\ \text{holds}"
    read = Reads(Side("a(k)"), Mu(K0, k))
    assert (str(read), sp.latex(read)) == ("'a(k)' = Mu(k0, k)", r"\text{a(k)} = \mu_{k}[k_0]")
    assert not isinstance(told, sp.Eq) and not isinstance(read, sp.Eq)


def test_objects_in_text() -> None:
    assert str(GaussianMean(2, theta) + Mu(K0, k + 1)) == "GaussianMean(2, theta) + Mu(k0, k + 1)"
    assert str(SlopeProduct(L)) == "P(L)"


def test_equations_stay_as_they_are_written() -> None:
    assert equal(1, 1).args == (sp.Integer(1), sp.Integer(1)) and isinstance(equal(0, 1), sp.Eq)
    assert as_expression(3) == sp.Integer(3) and as_expression(3).is_Integer and as_expression(k + 1) == k + 1
    assert index_symbol(k) == k and index_symbol(sp.Integer(3)) is None and index_symbol(k + 1) is None


@pytest.mark.parametrize(
    "expression, text",
    [
        (sp.gamma(d / 2) ** 2 / sp.pi, "Gamma(d/2)**2/pi"),
        (sp.exp(k + 1), "E**(k + 1)"),
        (sp.E * k, "E*k"),
        (sp.gamma(k + 1) * sp.exp(-2), "E**(-2)*Gamma(k + 1)"),
    ],
)
def test_expressions_in_the_grammar(expression: sp.Expr, text: str) -> None:
    assert grammar_text(expression) == text
