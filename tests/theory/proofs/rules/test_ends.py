"""Rules about laws and limits from the ends: each accepts what is true and refuses one thing made wrong."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
import sympy as sp

from tests.theory.steps import given, refusal
from theory.derivations.by_ends import law_proof, limit_proof, proved_ends, quotient_proof
from theory.kernels import NNGP, NTK, ArcCosine, Kernel, Laplace, Multiple
from theory.language.families import deep_family
from theory.laws.decay import decay
from theory.numbers.truth import Evidence
from theory.proofs.check import check
from theory.proofs.rules.depth import K0, SIGMA, THETA
from theory.proofs.steps import Refused, Step
from theory.spectra.spectrum import eigenvalue
from theory.symbolic.objects import (
    EndSeries,
    Kappa,
    L,
    Layered,
    LowerEnd,
    Mu,
    Radial,
    Range,
    SlopeProduct,
    d,
    equal,
    k,
    s,
    t,
)

KERNELS = [
    NTK(depth=3),
    NTK(depth=4),
    NTK(depth=6),
    NTK(depth=3, bias=True),
    NTK(depth=3, weight_variance=2),
    NNGP(depth=3),
    NNGP(depth=5, weight_variance=Fraction(1, 2)),
    Multiple(Fraction(2, 3), NTK(depth=3)),
    Laplace(1),
    Laplace(Fraction(3, 2)),
    *map(
        deep_family,
        (
            "NTK(depth=L)",
            "NTK(depth=L, bias=True)",
            "NNGP(depth=L)",
            "1/(L+1) * NTK(depth=L+1)",
            "3 * NNGP(depth=L, weight_variance=2)",
        ),
    ),
]
EVEN, ODD, ANY_D = Range("k", 0, None, 0), Range("k", 1, None, 1), Range("d", 1)
THREE = NTK(depth=3)
MU = Mu(Layered(THETA, sp.Integer(3)), k)


def leading(parity: int, kernel: object = THREE) -> sp.Expr:
    return decay(kernel, "k").law[parity].leading


@pytest.mark.parametrize("dim", [None, 1, 2, 5])
@pytest.mark.parametrize("kernel", KERNELS, ids=repr)
def test_the_leading_law_is_proved_and_cites_its_theorem(kernel: Kernel, dim: int | None) -> None:
    law = decay(kernel, "k", dim=dim)
    assert law.evidence is Evidence.PROVED
    for branch in law.law:
        cited = check(branch.proof)
        assert branch.leading == 0 or "end-singularities" in cited and branch.proof.conclusion.rule == "end-law"


@pytest.mark.parametrize("kernel", [k for k in KERNELS if isinstance(k, Kernel)], ids=repr)
@pytest.mark.parametrize("parity", [0, 1])
def test_a_proved_law_is_that_of_certified_eigenvalues(kernel: Kernel, parity: int) -> None:
    """mu_k/leading - 1 = O(1/k), and halves when k doubles: another constant or power would not."""
    dim, lead = 3, decay(kernel, "k", dim=3).law[parity].leading
    far = [
        float(eigenvalue(kernel, dim, degree, 12).enclosure.ball() / sp.N(lead.subs(k, degree), 20)) - 1
        for degree in (200 + parity, 400 + parity)
    ]
    assert abs(far[1]) < 0.02 and abs(far[0] / far[1] - 2) < 0.2


@pytest.mark.parametrize("kernel", KERNELS, ids=repr)
@pytest.mark.parametrize(
    "wrong",
    [
        lambda e: 2 * e,
        lambda e: -e,
        lambda e: e / k,
        lambda e: e * k,
        lambda e: e * (d + 1),
        lambda e: e.subs(d, d + 2),
        lambda e: e * (1 + 1 / k),
        lambda e: e * L,
    ],
)
def test_another_leading_term_has_no_proof(kernel: Kernel, wrong: object) -> None:
    branch = decay(kernel, "k").law[0]
    assert law_proof(kernel, branch.leading, branch.ranges) is not None
    assert law_proof(kernel, wrong(branch.leading), branch.ranges) is None


def law_step(kernel: object = THREE, parity: int = 0) -> tuple[Step, dict[str, Step]]:
    branch = decay(kernel, "k").law[parity]
    proof = branch.proof
    return proof.conclusion, {step.name: step for step in proof.steps[:-1]}


def refused(step: Step, facts: dict[str, Step]) -> str:
    return refusal(
        step.rule,
        step.statement,
        *(replace(facts[name], name=name) for name in step.uses),
        data=step.data,
        ranges=step.ranges,
    )


@pytest.mark.parametrize(
    "ranges, said",
    [
        ((ODD, ANY_D), "leading term is another"),
        ((Range("k", 0), ANY_D), "one parity"),
        ((Range("k", 0, 8, 0), ANY_D), "one parity"),
        ((Range("k", 0, 0), ANY_D), "one parity"),
    ],
)
def test_a_law_is_one_of_all_large_degrees_of_a_parity(ranges: tuple[Range, ...], said: str) -> None:
    step, facts = law_step()
    assert not refused(step, facts)
    assert said in refused(replace(step, ranges=ranges), facts)


@pytest.mark.parametrize("dropped", ["sigma-end", "sigma-lower"])
def test_a_layered_law_needs_the_induction_over_the_layers(dropped: str) -> None:
    step, facts = law_step()
    uses = tuple(name for name in step.uses if name != dropped)
    assert "Sigma_L at both ends" in refused(replace(step, uses=uses), facts)


@pytest.mark.parametrize("dropped", ["slopes-positive", ("slopes-from-2", "slopes-from-3")])
def test_a_law_in_depth_needs_the_bounds_of_the_slopes(dropped: str | tuple[str, ...]) -> None:
    step, facts = law_step(deep_family("NTK(depth=L)", 3))
    assert not refused(step, facts)
    uses = tuple(name for name in step.uses if name not in dropped)
    assert "bounds of P" in refused(replace(step, uses=uses), facts)


def test_at_depth_two_the_ends_cancel_for_odd_degrees() -> None:
    """There the law of depth 3 and more is false: its constant vanishes at L = 2."""
    step, facts = law_step(deep_family("NTK(depth=L)", 3), 1)
    assert not refused(step, facts)
    earlier = tuple(Range("L", 2) if w.name == "L" else w for w in step.ranges)
    assert "sign of the constant" in refused(replace(step, ranges=earlier), facts)
    first = tuple(Range("L", 1) if w.name == "L" else w for w in step.ranges)
    assert "does not reach that depth" in refused(replace(step, ranges=first), facts)


def test_the_ends_of_another_kernel_prove_nothing() -> None:
    step, facts = law_step()
    other = Mu(Layered(SIGMA, sp.Integer(3)), k)
    assert "of another kernel" in refused(replace(step, statement=step.statement.xreplace({MU: other})), facts)
    swapped = (step.uses[1], step.uses[0], *step.uses[2:])
    assert "no expansion at that end" in refused(replace(step, uses=swapped), facts)
    unnamed = given("closed", equal(EndSeries(THETA, L, 2), facts["theta-end"].right), Range("L", 1))
    assert "of another kernel" in refused(replace(step, uses=("closed", *step.uses[1:])), facts | {"closed": unnamed})


@pytest.mark.parametrize("depth", [2, 3, 4, 5, 8])
def test_slopes_at_one_depth(depth: int) -> None:
    facts = {step.name: step for step in proved_ends(NTK(depth=depth)).proof.steps}
    step = facts["slope-value"]
    assert not refused(step, facts)
    for wrong in (
        equal(step.left, 2 * step.right),
        equal(step.left, step.right + 1),
        equal(step.left, step.right**2 / 3),
        equal(SlopeProduct(depth + 1), step.right),
        equal(SlopeProduct(L), step.right),
    ):
        assert refused(replace(step, statement=wrong), facts)
    assert "k0 is needed" in refused(replace(step, uses=("k1-closed",)), facts)


def quotient(term: sp.Expr, value: sp.Expr, *, parity: int = 0, ranges: tuple[Range, ...] | None = None) -> str:
    """Why the limit of a term does not follow from the law of that parity."""
    law, facts = law_step(parity=parity)
    statement = equal(sp.Limit(term, k, sp.oo), value)
    return refusal("law-quotient", statement, law, ranges=law.ranges if ranges is None else ranges)


def test_a_quotient_tends_to_that_of_the_leading_terms() -> None:
    lead = leading(0)
    constant = sp.powsimp(lead * k ** (d + 1))
    assert not quotient(MU * k ** (d + 1), constant)
    assert not quotient(MU**2 * k ** (2 * d + 2), constant**2)
    assert not quotient(1 / (MU * k ** (d + 1)), 1 / constant)
    assert "quotient is another" in quotient(MU * k ** (d + 1), 2 * constant)
    assert "quotient is another" in quotient(MU * k**d, constant / k)
    assert "quotient is another" in quotient(MU * k ** (d + 2), constant)
    assert "integer powers" in quotient(sp.sqrt(MU) * k ** (d / 2 + sp.Rational(1, 2)), sp.sqrt(constant))
    assert "integer powers" in quotient((MU + 1) * k ** (d + 1), constant)
    assert "without a law" in quotient(MU * Mu(Layered(SIGMA, sp.Integer(3)), k), constant)
    assert "cover" in quotient(MU * k ** (d + 1), constant, ranges=(ODD, ANY_D))
    assert "cover" in quotient(MU * k ** (d + 1), constant, ranges=(Range("k", 0), ANY_D))
    law = law_step()[0]
    assert "no law as d -> oo" in refusal("law-quotient", equal(sp.Limit(MU, d, sp.oo), 1), law, ranges=law.ranges)
    assert "no limit k or d" in refusal("law-quotient", equal(sp.Limit(MU, L, sp.oo), 1), law, ranges=law.ranges)
    assert "is no law" in refusal("law-quotient", equal(sp.Limit(k / k, k, sp.oo), 1), given("f", equal(MU, 1)))


def test_a_quotient_with_gammas_rests_on_a_limit() -> None:
    law, _ = law_step()
    multiplicity = sp.gamma(k + d) * k ** (1 - d) / sp.gamma(k + 1)
    proof = quotient_proof(
        [decay(THREE, "k").law[0].proof], sp.Integer(1), MU * k**2 * multiplicity, 1 / k ** (d - 1), (EVEN, ANY_D)
    )
    last, tends = proof.conclusion, next(step for step in proof.steps if step.rule == "limit")
    facts = {step.name: step for step in proof.steps}
    assert not refused(last, facts)
    assert "limit of another term" in refused(replace(last, statement=equal(last.left, 2 * last.right)), facts)
    other = replace(tends, statement=equal(sp.Limit(2 * tends.left.args[0], k, sp.oo), tends.right))
    assert "limit of another term" in refused(last, facts | {tends.name: other})
    assert law.rule == "end-law"


def end_limit(term: sp.Expr, value: sp.Expr, place: int = 1, kernel: object = ArcCosine(0), side: str = "") -> str:
    ends = proved_ends(kernel)
    fact = next(f for f in ends.proof.steps if f.name == (ends.above if place == 1 else ends.below))
    statement = equal(sp.Limit(term, t, place, side or ("-" if place == 1 else "+")), value)
    ranges = (Range("L", 2),) if isinstance(ends.name, Layered) and ends.name.has(L) else ()
    return refusal("end-limit", statement, fact, ranges=ranges)


STEP = sp.sqrt(2) / sp.pi
KAPPA0 = Kappa(K0, t)


def test_limits_at_the_ends() -> None:
    assert not end_limit((1 - KAPPA0) / sp.sqrt(1 - t), STEP)
    assert not end_limit((KAPPA0 - 1 + STEP * sp.sqrt(1 - t)) / (1 - t), 0)
    assert not end_limit((KAPPA0 - 1 + STEP * sp.sqrt(1 - t)) / (1 - t) ** sp.Rational(3, 2), -STEP / 12)
    assert not end_limit(KAPPA0 / sp.sqrt(1 + t), STEP, -1)
    assert not end_limit((Kappa(K0, 1) - KAPPA0) / sp.sqrt(1 - t), STEP)


@pytest.mark.parametrize(
    "term, value, place, side, said",
    [
        ((1 - KAPPA0) / sp.sqrt(1 - t), 2 * STEP, 1, "", "limit is another"),
        ((1 - KAPPA0) / (1 - t), STEP, 1, "", "beyond every bound"),
        ((2 - KAPPA0) / sp.sqrt(1 - t), STEP, 1, "", "beyond every bound"),
        ((KAPPA0 - 1) / (1 - t) ** 4, 0, 1, "", "ends too early"),
        (KAPPA0**2, 1, 1, "", "linear in kappa"),
        (1 / KAPPA0, 1, 1, "", "linear in kappa"),
        (sp.sin(t) * KAPPA0, 1, 1, "", "polynomials in s"),
        ((1 - KAPPA0) / sp.sqrt(1 - t**2), STEP / sp.sqrt(2), 1, "", "polynomials in s"),
        ((1 - KAPPA0) / sp.sqrt(1 - t), STEP, 1, "+", "t -> 1 or t -> -1"),
        (KAPPA0, sp.Rational(1, 2), 0, "+", "t -> 1 or t -> -1"),
    ],
)
def test_wrong_limits_at_the_ends_are_refused(term: sp.Expr, value: sp.Expr, place: int, side: str, said: str) -> None:
    assert said in end_limit(term, value, place, side=side)


def test_limits_at_every_depth() -> None:
    family = deep_family("NTK(depth=L)", 2)
    name = Layered(THETA, L)
    term = (L - Kappa(name, t)) / sp.sqrt(1 - t)
    assert not end_limit(term, L * (L - 1) * STEP / 2, kernel=family)
    for wrong in (L * (L - 1) * STEP, L**2 * STEP / 2, (L - 1) * STEP, STEP):
        assert "limit is another" in end_limit(term, wrong, kernel=family)
    assert "beyond every bound" in end_limit(
        (L + 1 - Kappa(name, t)) / sp.sqrt(1 - t), L * (L - 1) * STEP / 2, kernel=family
    )
    assert limit_proof(family, term, 1, L * (L - 1) * STEP / 2, (Range("L", 2),))
    assert limit_proof(family, term, 1, L * STEP / 2, (Range("L", 2),)) is None


@pytest.mark.parametrize("rate", [sp.Integer(1), sp.Rational(2, 3), sp.Integer(5)])
def test_radial_kernels_at_the_ends(rate: sp.Rational) -> None:
    name = Radial(rate)
    exact = {EndSeries: sp.exp(-rate * sp.sqrt(2) * s), LowerEnd: sp.exp(-rate * sp.sqrt(4 - 2 * s**2))}
    for end, function in exact.items():
        series = sp.expand(sp.series(function, s, 0, 4).removeO())
        assert not refusal("radial-end", equal(end(name, 4), series))
        for wrong in (2 * series, series + s**3, series + s**2, series - s, sp.expand(series.subs(s, -s) + s), -series):
            assert refusal("radial-end", equal(end(name, 4), wrong))
        assert refusal("radial-end", equal(end(Radial(2 * rate), 4), series))
        assert "beyond the order" in refusal("radial-end", equal(end(name, 3), series + s**3))
        assert refusal("radial-end", equal(end(name, 1), sp.Integer(1)))
        assert "no radial kernel" in refusal("radial-end", equal(end(Radial(-rate), 4), series))
        assert "no radial kernel" in refusal("radial-end", equal(end(Radial(sp.sqrt(2)), 4), series))


def vanishing(term: sp.Expr, value: sp.Expr | int = 0, variable: sp.Symbol = k, *ranges: Range) -> str:
    return refusal("vanishing", equal(sp.Limit(term, variable, sp.oo), value), ranges=ranges or (Range("k", 1), ANY_D))


def test_what_falls_vanishes_and_nothing_else() -> None:
    for term in (
        k ** (-d),
        (sp.Rational(2, 3)) ** k * k**9,
        5**k / sp.gamma(k + 1),
        sp.exp(-k) * k**d,
        k**2 * k ** (-k),
    ):
        assert not vanishing(term)
        assert "the limit 0" in vanishing(term, 1)
        assert "grows like" in vanishing(1 / term)
    for term in (sp.Integer(1), k / (k + 1), 2**k * 2 ** (-k), k ** (d - 2), k ** (2 - d), 3**k * 2 ** (-d * k)):
        assert "grows like" in vanishing(term)
    assert not vanishing(k ** (2 - d), 0, k, Range("k", 1), Range("d", 3))
    assert refusal("vanishing", equal(sp.Limit(1 / k, k, 0), 0))


def test_what_has_no_proved_ends() -> None:
    for kernel in (NTK(depth=3, layer_scales=(1, 2, 1)), NTK(depth=3, bias_variance=1), ArcCosine(2), NNGP(depth=1)):
        assert proved_ends(kernel) is None
        assert law_proof(kernel, 1 / k, (EVEN, ANY_D)) is None
    with pytest.raises(Refused):
        check(replace(decay(THREE, "k").law[0].proof, steps=decay(THREE, "k").law[0].proof.steps[-1:]))
