"""Where laws begin: exceptional degrees, vanishing branches, starts of bounds, refused requests."""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction
from functools import lru_cache
from importlib import import_module

import pytest
import sympy as sp

from theory.derivations.monotone_bounds import bound
from theory.kernels import NTK, ArcCosine, Dual, DualTangent, Gaussian, Kernel, PowerSeries, Zonal
from theory.kernels.depth_families import DepthFamily
from theory.laws.decay import CLOSED_SOURCE, END_SOURCE, SERIES_SOURCE, decay, from_expansions
from theory.laws.law import Law
from theory.laws.smooth import BESSEL, OUTER, TANH
from theory.numbers.truth import Evidence
from theory.proofs.steps import Refused
from theory.spectra.spectrum import eigenvalue
from theory.symbolic.objects import Range, d, grammar_text, k

DEEP = DepthFamily(NTK, False, 0, sp.Integer(1), 2, "NTK(depth=L)")
law_of = lru_cache(maxsize=None)(decay)
HIGH = PowerSeries((0,) * 20 + (1,))


def where(law: Law, name: str) -> list[Range]:
    return [w for branch in law.law for w in branch.ranges if w.name == name]


def is_zero(kernel: Kernel, degree: int) -> bool:
    exact = eigenvalue(kernel, 2, degree, 10).exact
    return exact is not None and exact.is_zero()


EVEN, ODD = Zonal("sqrt(1-t**2)"), Zonal("t*sqrt(1-t**2)")  # no degree of the other parity
ENDING = [
    (EVEN, 1, 1),
    (EVEN + PowerSeries((0, 1)), 1, 3),
    (EVEN + PowerSeries((1, 0, 2, 1)), 1, 5),
    (EVEN + PowerSeries((1, 0, 1)), 1, 1),
    (ODD, 0, 0),
    (ODD + PowerSeries((1, 1)), 0, 2),
    (ODD + PowerSeries((1, 0, 1)), 0, 4),
    (ODD + PowerSeries((0, 1)), 0, 0),
]


@pytest.mark.parametrize(("kernel", "parity", "first"), ENDING, ids=str)
def test_a_vanishing_branch_begins_beyond_the_polynomial_part(kernel: Kernel, parity: int, first: int) -> None:
    law = from_expansions(kernel, "k", 2, None, 1)
    assert [w.parity for w in where(law, "k")] == [0, 1]
    branch = law.law[parity]
    assert where(law, "k")[parity] == Range("k", first, None, parity) and law.law[1 - parity].exponent == -3
    assert (branch.exponent, branch.constant, branch.leading, branch.terms, branch.bounds) == (None, 0, 0, (), None)
    assert is_zero(kernel, first) and (first < 2 or not is_zero(kernel, first - 2))


@pytest.mark.parametrize(
    ("kernel", "degree"),
    [
        (ArcCosine(1), 1),
        (ArcCosine(1), 3),
        (ArcCosine(0), 1),
        (ArcCosine(0), 2),
        (PowerSeries((0, 1)) + ArcCosine(0), 1),
    ],
    ids=str,
)
def test_one_degree_has_one_branch_of_its_own(kernel: Kernel, degree: int) -> None:
    """mu_k ~ k! b_k d^-k, 0 where all of b_k, b_(k+2), ... are."""
    law = law_of(kernel, "d", degree=degree)
    (branch,) = law.law
    assert where(law, "k") == [Range("k", degree, degree)] and where(law, "d") == [Range("d", 1)]
    assert branch.parity == f"k = {degree}" and (law.variable, law.dim, law.degree) == ("d", None, degree)
    assert (branch.leading == 0) == is_zero(kernel, degree)
    if branch.leading != 0:
        ratio = eigenvalue(kernel, 10**4, degree, 20).enclosure.upper / Fraction(
            str(sp.N(branch.leading.subs(d, 10**4), 20))
        )
        assert abs(ratio - 1) < Fraction(degree + 1, 50) ** 2


def test_symbolic_laws_have_the_exceptional_degrees_or_not() -> None:
    """As k -> oo a single degree has no limit; as d -> oo each has its own."""
    kernel = ArcCosine(1)
    as_k, as_d = law_of(kernel, "k", dim=2), law_of(kernel, "d")
    assert [branch.parity for branch in as_k.law] == ["even", "odd"]
    assert [branch.parity for branch in as_d.law] == ["even", "k = 1", "odd"]
    assert where(as_k, "d") == [Range("d", 2, 2)] * 2 and where(as_d, "d") == [Range("d", 1)] * 3
    assert as_d.valid_from is None  # of a law in all k a start would depend on k


BOUNDED = [(ArcCosine(2), "k", {"dim": 2}), (ArcCosine(0), "k", {"dim": 1}), (ArcCosine(0), "d", {"degree": 1})]


@pytest.mark.parametrize(("kernel", "name", "fixed"), BOUNDED, ids=str)
def test_bounds_begin_at_one_less_than_a_power_of_two(kernel: Kernel, name: str, fixed: dict[str, int]) -> None:
    """Or at the next value of the parity, not before the branch; the law from the latest."""
    law = law_of(kernel, name, **fixed)
    starts = []
    for branch in law.law:
        if branch.exponent is None:
            continue
        (whole,) = (w for w in branch.ranges if w.name == name)
        least = whole.least
        if branch.bounds_from is None:
            assert [bound.value for bound in branch.bounds] == [1, 1]  # the quotient is constant
        else:
            (least,) = (w.least for w in branch.bounds_from if w.name == name)
            tried = [Range(name, max(whole.least, 2**n - 1), None, whole.parity).least for n in range(1, 7)]
            assert least in tried and least >= whole.least
        starts.append(least)
    assert law.valid_from == max(starts)


def test_a_law_without_bounds_holds_from_nowhere() -> None:
    assert law_of(NTK(3), "k", dim=2).valid_from is None
    assert law_of(PowerSeries((1, 0, 1)), "k", dim=2).valid_from is None  # mu_k = 0 in the end


def test_sources_and_evidence() -> None:
    rows = [
        (law_of(ArcCosine(0), "k", dim=1, terms=12), Evidence.PROVED, CLOSED_SOURCE, 12),
        (law_of(PowerSeries((1, 0, 1)), "d", degree=0, terms=2), Evidence.CHECKED, CLOSED_SOURCE, 2),
        (law_of(NTK(3), "k", dim=2, terms=2), Evidence.CHECKED, END_SOURCE, 2),
        (law_of(NTK(3), "d", degree=2, terms=2), Evidence.CHECKED, SERIES_SOURCE, 2),
        (law_of(Gaussian(1), "k", dim=2, terms=2), Evidence.CHECKED, BESSEL, 1),
        (law_of(Dual("gelu"), "k", dim=2), Evidence.CHECKED, OUTER, 1),
        (law_of(Gaussian(1) + Zonal("1/(2-t**2)"), "k", dim=2), Evidence.CHECKED, f"{BESSEL}; {OUTER}", 1),
        (law_of(DualTangent("tanh"), "k", dim=2), Evidence.CHECKED, TANH, 1),
        (law_of(Zonal("2*t + 1/(4-t**2)"), "k", dim=2), Evidence.CHECKED, OUTER, 1),
    ]
    for law, evidence, source, orders in rows:
        assert (law.evidence, law.source, law.orders) == (evidence, source, orders)
        for branch in law.law:
            variable = {"k": k, "d": d}[law.variable]
            if branch.exponent is not None:
                assert branch.terms[0] == (branch.exponent, branch.constant)
                assert branch.leading == branch.constant * variable**branch.exponent
            proved = evidence is Evidence.PROVED or bool(branch.bounds)
            assert (branch.proof is not None) == proved


def test_the_quotient_of_a_power_of_the_degree_leaves_the_degree_zero_out() -> None:
    even = law_of(ArcCosine(1), "k", dim=2).law[0].proof
    assert even.title == "mu_k ~ 3/pi * k**(-5)" and even.steps[-2].ranges == (Range("k", 2, None, 0), Range("d", 2, 2))
    (zero,) = law_of(ArcCosine(1), "d", degree=0).law
    assert zero.proof.steps[-2].ranges == (Range("k", 0, 0), Range("d", 1))


def test_as_many_terms_as_reach_a_coefficient() -> None:
    """mu_2 of t^20: b_2, b_4, ..., b_20 are ten coefficients, one more than nine terms."""
    (branch,) = from_expansions(HIGH, "d", None, 2, 9).law
    assert branch.exponent == -11
    says = "the first 9 coefficients b_k, b_(k+2), ... of mu_2 vanish: ask for more terms"
    with pytest.raises(ValueError, match=f"^{re.escape(says)}$"):
        from_expansions(HIGH, "d", None, 2, 8)
    assert from_expansions(HIGH, "d", None, 3, 1).law[0].leading == 0  # all odd ones do


@pytest.mark.parametrize(
    ("kernel", "request_", "says"),
    [
        (NTK(2), {"as_": "t"}, "as must be k or d, got 't'"),
        (NTK(2), {"as_": "k", "degree": 0}, "give dim with as k, degree with as d: the other one tends to infinity"),
        (NTK(2), {"as_": "d", "dim": 1}, "give dim with as k, degree with as d: the other one tends to infinity"),
        (NTK(2), {"as_": "k", "terms": 0}, "terms must be an integer from 1 to 12, got 0"),
        (NTK(2), {"as_": "k", "terms": 13}, "terms must be an integer from 1 to 12, got 13"),
        (NTK(2), {"as_": "k", "terms": 2.0}, "terms must be an integer from 1 to 12, got 2.0"),
        (NTK(2), {"as_": "k", "dim": Fraction(5, 2)}, "dim must be an integer for a law, got 5/2"),
        (
            Dual("gelu"),
            {"as_": "d"},
            'degree is needed: it is not known which coefficients b_k of Dual("gelu") are positive',
        ),
        (
            NTK(3),
            {"as_": "d", "terms": 2},
            "terms must be 1 with symbolic degree or depth: of NTK(depth=3) the leading term alone is known",
        ),
        (
            DEEP,
            {"as_": "d", "degree": 2, "terms": 2},
            "terms must be 1 with symbolic degree or depth: of NTK(depth=L) the leading term alone is known",
        ),
        (
            Gaussian(1) + Zonal("(1-t**2)**(1/2)"),
            {"as_": "k", "dim": 2},
            "no law for odd k: its terms at t = 1 and -1 cancel up to order 6, and whether mu_k = 0 is not known",
        ),
        (
            Gaussian(1) + Zonal("t*(1-t**2)**(1/2)"),
            {"as_": "k", "dim": 2},
            "no law for even k: its terms at t = 1 and -1 cancel up to order 6, and whether mu_k = 0 is not known",
        ),
    ],
    ids=str,
)
def test_other_laws_are_refused_by_name(kernel: object, request_: dict, says: str) -> None:
    with pytest.raises(ValueError) as caught:
        decay(kernel, **request_)
    assert str(caught.value) == says


def parts_of_law(law: Law) -> list[tuple[str, str, str]]:
    assert all(branch.proof.conclusion.rule == "dimension-law" for branch in law.law)
    return [(branch.parity, repr(branch.ranges[-1]), grammar_text(branch.leading)) for branch in law.law]


def test_in_high_dimension_every_degree_has_its_law_from_the_depth_on_from_which_it_is_known() -> None:
    family = DepthFamily(NTK, False, 0, sp.Integer(1), 1, "NTK(depth=L)")
    law = decay(family, "d")
    assert law.evidence is Evidence.PROVED
    assert parts_of_law(law) == [
        ("k = 1", "L >= 1", "b(1)/d"),
        ("even", "L >= 2", "b(k)*Gamma(k + 1)/d**k"),
        ("odd", "L >= 3", "b(k)*Gamma(k + 1)/d**k"),
    ]
    assert parts_of_law(decay(family, "d", degree=2)) == [("k = 2", "L >= 2", "2*b(2)/d**2")]
    assert parts_of_law(decay(family, "d", degree=3)) == [("k = 3", "L >= 3", "6*b(3)/d**3")]
    assert [part[:1] for part in parts_of_law(decay(NTK(3), "d"))] == [("even",), ("odd",)]


def test_a_degree_of_unknown_sign_has_no_law_of_a_family() -> None:
    one = DepthFamily(NTK, False, 0, sp.Integer(1), 1, "NTK(depth=L)")
    with pytest.raises(ValueError, match="terms must be 1"):
        decay(one, "d", degree=2, terms=2)


def test_twelve_terms_are_allowed() -> None:
    found = law_of(ArcCosine(0), "k", dim=1, terms=12).law[-1]
    assert found.terms[0] == (-2, 2 / sp.pi**2) and all(c == 0 for _, c in found.terms[1:])  # mu_k = 2/(pi k)^2
    assert [power for power, _ in found.terms] == list(range(-2, -14, -1))


def test_a_bound_is_replayed_by_the_checker(monkeypatch: pytest.MonkeyPatch) -> None:
    """The search may err: half of a sharp upper bound is refused."""
    laws = import_module("theory.laws.decay")  # the package has a function of that name
    term, ranges = sp.gamma(k / 2) ** 2 * k / sp.gamma((k + 1) / 2) ** 2, (Range("k", 1, None, 1),)
    found = laws._proved_bound(term, ranges, 1)
    assert found == bound(term, ranges, 1) and found.value == sp.pi
    *before, last = found.steps
    wrong = replace(last, statement=last.statement.func(last.left, last.right / 2, evaluate=False))
    monkeypatch.setattr(laws, "bound", lambda *_: replace(found, steps=(*before, wrong)))
    with pytest.raises(Refused):
        laws._proved_bound(term, ranges, 1)
