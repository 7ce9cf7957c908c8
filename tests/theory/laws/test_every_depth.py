"""Laws with symbolic depth against those of single depths, another route, and against eigenvalues."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from functools import lru_cache

import pytest
import sympy as sp
from flint import arb

from theory.derivations.ends_of_every_depth import slope_product
from theory.kernels import Kernel
from theory.language.families import deep_family, kernel_at
from theory.laws.decay import decay, derivation_or_law, law_derivation
from theory.laws.end_terms import degree_law, end_power
from theory.laws.every_depth import depth_law, parity_weights
from theory.numbers.balls import working_precision
from theory.numbers.truth import Evidence
from theory.proofs.check import check
from theory.spectra.spectrum import eigenvalue
from theory.symbolic.constants import constant_ball
from theory.symbolic.expression_grammar import ExpressionError
from theory.symbolic.objects import L, SlopeProduct, d, k
from theory.text.laws import law_json, law_latex, law_text

DIGITS = 50
PLAIN, BIASED, NNGP = "NTK(depth=L)", "NTK(depth=L, bias=True)", "NNGP(depth=L)"
SCALED = ["1/(L+1) * NTK(depth=L+1)", "2 * NNGP(depth=L, weight_variance=2)"]
INSTANCES = [(text, value) for text in (PLAIN, NNGP) for value in range(2, 11)]
INSTANCES += [(text, value) for text in (BIASED, *SCALED) for value in (2, 3, 5)]


def at_depth(expression: sp.Expr, value: int, product: arb | None = None) -> arb:
    """A constant linear in P at one L, with P(depth) or another number in its place."""
    fixed = expression.subs(L, value)
    (found,) = fixed.atoms(SlopeProduct) or {SlopeProduct(value)}
    product = slope_product(int(found.args[0])) if product is None else product
    ends = [constant_ball(fixed.subs(found, end)) for end in (0, 1)]
    return ends[0] + product * (ends[1] - ends[0])


@lru_cache(maxsize=64)
def single(kernel: Kernel, dim: int) -> tuple[sp.Expr, ...]:
    """Leading coefficients for even and odd k from the expansions of one kernel; 0 where all vanish."""
    return tuple(series[0][1] if series else sp.Integer(0) for series in degree_law(kernel, dim, 1))


def in_depth(text: str, value: int, dim: int) -> tuple[sp.Expr, sp.Expr]:
    """The constants of the law in L for even and for odd k whose range of L holds the value."""
    found = {}
    for branch in decay(deep_family(text), "k", dim=dim).law:
        where = next(w for w in branch.ranges if w.name == "L")
        if where.least <= value and (where.most is None or value <= where.most):
            found[branch.parity] = branch.constant
    return found["even"], found["odd"]


@pytest.mark.parametrize("text, value", INSTANCES)
def test_every_depth_is_an_instance(text: str, value: int) -> None:
    """Two routes to the constants: products over layers with L symbolic, series composed layer by layer."""
    dim = 1 + value % 3
    for ours, theirs in zip(in_depth(text, value, dim), single(kernel_at(text, value), dim), strict=True):
        with working_precision(DIGITS):
            left, right = at_depth(ours, value), constant_ball(theirs)
            assert left.overlaps(right)
            assert max(float(left.rad()), float(right.rad())) < 10.0 ** (10 - DIGITS)


TWINS = {
    "one layer more": lambda c, value: at_depth(c, value, slope_product(value + 1)),
    "one layer fewer": lambda c, value: at_depth(c, value, slope_product(value - 1)),
    "the other parity": lambda c, value: at_depth(c, value, -slope_product(value)),
    "a depth later": lambda c, value: at_depth(c.subs(L, L + 1), value),
    "no singularity at -1": lambda c, value: at_depth(c, value, arb(0)),
    "off by 1e-12": lambda c, value: at_depth(c, value) * (1 + arb("1e-12")),
}


@pytest.mark.parametrize("twin", TWINS)
@pytest.mark.parametrize("text", [PLAIN, NNGP])
def test_other_constants_are_told_apart(text: str, twin: str) -> None:
    for value in (3, 6, 10):
        for ours, theirs in zip(in_depth(text, value, 2), single(kernel_at(text, value), 2), strict=True):
            with working_precision(DIGITS):
                assert not TWINS[twin](ours, value).overlaps(constant_ball(theirs))


@pytest.mark.parametrize("text, value", [(PLAIN, 3), (NNGP, 4), (BIASED, 3), (PLAIN, 6)])
def test_eigenvalues_approach_the_law(text: str, value: int) -> None:
    """mu_k / ((c +- c') G(nu, k)) - 1 = O(k^-2), the next singular power being nu + 1: doubling k
    divides the distance by 4, up to O(1/k). With the weight of the other parity it stays."""
    nu, weights = parity_weights(deep_family(text))
    for parity in (0, 1):
        with working_precision(DIGITS):
            near, far = (distances(text, value, degree + parity, nu, weights) for degree in (60, 120))
            assert 3.5 < near[parity] / far[parity] < 4.5
            assert text == BIASED or near[1 - parity] / far[1 - parity] < 2


def distances(text: str, value: int, degree: int, nu: Fraction, weights: tuple[sp.Expr, ...]) -> list[float]:
    """|mu_k / (weight G(nu, k)) - 1| on S^3 for either weight."""
    found = eigenvalue(kernel_at(text, value), 3, degree, 20)
    power = constant_ball(sp.gammasimp(end_power(nu).subs({d: 3, k: degree})))
    ours = (at_depth(weight, value) * power for weight in weights)
    return [abs(float(arb(found.decimal(20)[0]) / one - 1)) for one in ours]


def test_constants_are_positive_from_depth_three_on() -> None:
    """0 < P(L) <= 1/2, so neither parity of NTK and NNGP vanishes; at depth 2 the odd one does."""
    for text in (PLAIN, NNGP):
        for value in (3, 4, 10, 64):
            with working_precision(DIGITS):
                assert all(at_depth(c, value) > 0 for c in in_depth(text, value, 2))
        assert in_depth(text, 2, 2)[1] == 0
        assert parity_weights(deep_family(text))[1][1].subs(L, 2).subs(SlopeProduct(2), 1) == 0


def test_parities_meet_as_the_depth_grows() -> None:
    """P(L) falls like L^-3: the power between L and 2L tends to 3 from below, halving its distance."""
    with working_precision(DIGITS):
        values = {depth: slope_product(depth) for depth in (500, 1000, 2000, 4000)}
        ratios = (values[depth] / values[2 * depth] for depth in (500, 1000, 2000))
        powers = [float(ratio.log() / arb(2).log()) for ratio in ratios]
        gaps = [3 - power for power in powers]
        assert all(0 < later < 0.6 * earlier for earlier, later in zip(gaps, gaps[1:], strict=False))
        for text, power in ((PLAIN, 5), (NNGP, 4)):  # 1 - odd/even = 4 P/L^2 or 2 P/L (1 + O(1/L))
            weights = parity_weights(deep_family(text))[1]
            even, odd = ([at_depth(w, depth) for depth in (1000, 2000)] for w in weights)
            apart = [float(1 - o / e) for e, o in zip(even, odd, strict=True)]
            assert 0.95 * 2**power < apart[0] / apart[1] < 1.05 * 2**power


def test_slope_products_contract() -> None:
    with working_precision(DIGITS):
        values = [slope_product(depth) for depth in range(2, 40)]
        assert all(0 < later < earlier for earlier, later in zip(values, values[1:], strict=False))
        assert values[1].overlaps(arb(1) / 2) and float(slope_product(2000).rad()) < 1e-40
    with pytest.raises(ValueError, match="begins with L = 2"):
        slope_product(1)


@pytest.mark.parametrize("text", [PLAIN, BIASED, NNGP])
def test_the_proof_of_the_expansions_is_replayed(text: str) -> None:
    family = deep_family(text)
    proof, law = law_derivation(family), depth_law(family, None)
    assert "end-singularities" in check(proof) == proof.theorems
    assert law.evidence is Evidence.PROVED and "theorem 7" in law.source
    assert law.law[0].proof.steps[:-1] == proof.steps[:-2]
    needed = {"sigma-end", "sigma-lower", "slopes-positive", "slopes-from-3", "law-even", "law-odd"}
    assert needed <= {step.name for step in proof.steps}
    assert depth_law(family, None, 2).evidence is Evidence.CHECKED


def test_second_terms_are_those_of_single_depths() -> None:
    for text in (PLAIN, NNGP):
        first = decay(deep_family(text), "k", dim=3, terms=2).law[0]
        theirs = decay(kernel_at(text, 4), "k", dim=3, terms=2).law[0]
        assert [power for power, _ in first.terms] == [power for power, _ in theirs.terms]
        with working_precision(DIGITS):
            for (_, ours), (_, other) in zip(first.terms, theirs.terms, strict=True):
                assert at_depth(ours, 4).overlaps(constant_ball(other))


def test_the_law_in_text_json_and_latex() -> None:
    law = decay(deep_family(PLAIN), "k", dim=3)
    text, latex, record = law_text(law), law_latex(law), law_json(law)
    assert "even: mu_k ~ 2*(L**2 - L + 2*P(L))/pi**2*k**(-4) for L >= 2" in text
    assert "odd: mu_k = 0 for k >= 3 odd, d = 3, L = 2" in text and "0 < P(L) <= 1/2" in text
    assert r"\text{odd},\ d = 3,\ L \ge 3" in latex and r"\prod_{l=2}^{L-1} \kappa_0(\rho_l)" in latex
    assert [branch["depths"] for branch in record["law"]] == ["L >= 2", "L >= 3", "L = 2"]
    assert set(record["constants"]) == {"P(L)", "rho(2)", "rho(l+1)", "k0, k1"}
    plain = law_json(decay(kernel_at(PLAIN, 3), "k", dim=3))
    assert all("depths" not in branch for branch in plain["law"]) and plain["constants"] == {}


BAD = {
    "NTK(depth=2*L)": "no law in depth is known",
    "NTK(depth=L*L-6*L)": "no law in depth is known",  # L at L = 7 alone
    "NTK(depth=L, bias_variance=1)": "no law in depth is known",
    "NTK(depth=L, bias=True, weight_variance=2)": "no law in depth is known",
    "NTK(depth=L, layer_scales=(1, 1, 1, 1, 1, 1, 1))": "no law in depth is known",
    "NTK(depth=L) + NNGP(depth=3)": "no law in depth is known",
    "NTK(depth=L, bias=True) + NTK(depth=2, bias=True)": "no law in depth is known",
    "2 + 3 * NTK(depth=L)": "cannot combine",
    "(L-3) * NTK(depth=L)": "not certainly positive",
    "-1 * NTK(depth=L)": "not certainly positive",
    "1/(L-L) * NTK(depth=L)": "made of numbers, L and",
    "pi * NTK(depth=L)": "made of numbers, L and",
    "k * NTK(depth=L)": "made of numbers, L and",
}


@pytest.mark.parametrize("text", BAD)
def test_other_families_are_refused_in_one_line(text: str) -> None:
    with pytest.raises(ExpressionError, match=BAD[text]) as error:
        deep_family(text)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("text", [PLAIN, "3 * NNGP(L+2)", "L/2*NTK( depth = L-1 , bias = True )"])
def test_a_family_is_printed_as_it_is_read(text: str) -> None:
    family = deep_family(text)
    assert repr(deep_family(repr(family))) == repr(family)
    value = family.least + 2
    assert kernel_at(repr(family), value) == kernel_at(text, value)


def test_bad_requests() -> None:
    family = deep_family(PLAIN)
    with pytest.raises(ValueError, match="terms must be 1"):
        decay(family, "d", degree=2, terms=2)
    with pytest.raises(ValueError, match="at most 2 terms"):
        decay(family, "k", dim=2, terms=3)
    with pytest.raises(ValueError, match="terms must be"):
        decay(family, "k", dim=2, terms=0)
    assert replace(family, least=5).from_depth(3).least == 5


@pytest.mark.parametrize("text", [PLAIN, BIASED, NNGP])
def test_the_proof_of_a_law_holds_the_power_that_makes_it(text: str) -> None:
    """The law comes from the first odd power of s = sqrt(1-t): nu = 1/2 is s, nu = 3/2 is s^3."""
    family = deep_family(text)
    nu, _ = parity_weights(family)
    ends = [step.statement for step in law_derivation(family).steps if step.rule != "instance"]
    own = next(e for e in reversed(ends) if type(e.lhs).__name__ == "EndSeries" and e.rhs.has(L))
    (s,) = own.rhs.free_symbols - {L}
    powers = [p for (p,) in sp.Poly(own.rhs, s).monoms() if p % 2]
    assert min(powers) == 2 * nu


def test_of_a_family_the_derivation_is_that_of_its_law() -> None:
    """A family has no closed form to derive: `derive NTK(depth=L)` tells the law of every depth."""
    family = deep_family("NTK(depth=L)")
    assert derivation_or_law(family).steps == law_derivation(family).steps
