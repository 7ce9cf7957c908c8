"""Bounds that hold from a stated degree or dimension on, against eigenvalues by other routes.

No tolerance is needed: a certified bound must contain every certified eigenvalue. Twins are laws
and bounds that are wrong by a factor 1.01 or by one order.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from functools import cache

import mpmath
import pytest
import sympy as sp
from flint import arb, fmpq
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.examples import FACTOR, some
from theory.expansions.angle_polynomials import AnglePolynomial, _error, angle_polynomial
from theory.expansions.at_ends import expansion_at
from theory.kernels import (
    NNGP,
    NTK,
    ArcCosine,
    Dual,
    ExponentialPower,
    Gaussian,
    Kernel,
    Laplace,
    Matern,
    PowerSeries,
    Zonal,
)
from theory.laws.certified import certified
from theory.laws.decay import MAX_TERMS, decay
from theory.laws.degree_remainder import degree_certificate, end_sum
from theory.laws.dimension_remainder import dimension_certificate, moment_sum
from theory.laws.end_terms import degree_law, dimension_law, end_power
from theory.laws.law import Law, LawBranch
from theory.laws.rational_sums import RationalSum, outward
from theory.numbers.balls import NotCertified, ball, working_precision
from theory.numbers.truth import Evidence
from theory.spectra.routes.oracle import kappa, oracle_values
from theory.spectra.spectrum import spectrum
from theory.symbolic.constants import constant_ball
from theory.symbolic.objects import d, k
from theory.symbolic.ranges import Ranges
from theory.text.certificates import power_bounds
from theory.text.laws import law_json, law_latex, law_text

HALF = Fraction(1, 2)
DEEP: tuple[Kernel, ...] = (NTK(3), NTK(4, bias=True), NTK(3, bias_variance=HALF), NNGP(3), NNGP(5))
ANALYTIC: tuple[Kernel, ...] = (
    *DEEP,
    Laplace(1),
    Laplace(Fraction(5, 2)),
    Matern(Fraction(3, 2), 1),
    Laplace(1) + ArcCosine(1),
    HALF * NTK(3),
)
DIMS = (1, 2, 3, 5, 10)
AS_D: tuple[tuple[Kernel, int], ...] = (
    (NTK(3), 0),
    (NNGP(3), 5),
    (Laplace(1), 3),
    (Dual("gelu"), 4),
    (Gaussian(1), 4),
    (NTK(2, bias=True), 3),
)
TERMS = 2
FAR = 401  # 1.01 is seen where the remainder, of relative size K/k^2, is below 0.01
WRONG = sp.Rational(101, 100)


@cache
def law_of(kernel: Kernel, variable: str, fixed: int) -> Law:
    name = {"k": "dim", "d": "degree"}[variable]
    return certified(decay(kernel, variable, terms=TERMS, **{name: fixed}))


def eigenvalue(kernel: Kernel, dim: int, degree: int) -> arb:
    return spectrum(kernel, dim, degree, 25).eigenvalues[0].enclosure.ball()


def holds(branch: LawBranch, variable: int, mu: arb, factor: sp.Expr = sp.Integer(1)) -> bool:
    """Whether nothing contradicts the bounds for `factor` times the law; False: certainly outside."""
    found = branch.certificate
    with working_precision(30):
        scale = constant_ball(factor)
        leading = constant_ball(branch.constant) * arb(variable) ** int(branch.exponent) * scale
        terms = (constant_ball(c) * arb(variable) ** int(p) for p, c in branch.terms)
        rest = abs(mu - scale * sum(terms, arb(0))) * arb(variable) ** -found.power
        quotient = mu / leading
        outside = quotient < ball(found.lower) or quotient > ball(found.upper) or rest > ball(found.constant)
    return not outside


def of_parity(law: Law, degree: int) -> LawBranch:
    return next(b for b in law.law if b.parity in (("even", "odd")[degree % 2], "all"))


@settings(max_examples=FACTOR, deadline=None)
@given(st.sampled_from(ANALYTIC), st.sampled_from(DIMS), st.integers(0, 60))
def test_bounds_contain_every_later_eigenvalue(kernel: Kernel, dim: int, offset: int) -> None:
    law = law_of(kernel, "k", dim)
    assert law.evidence is Evidence.CERTIFIED
    for branch in law.law:
        if branch.certificate is None:
            assert branch.leading == 0
            continue
        for degree in (branch.certificate.start, branch.certificate.start + 2 * offset):
            assert holds(branch, degree, eigenvalue(kernel, dim, degree)), (degree, branch.parity)


@pytest.mark.parametrize(
    ("kernel", "dim"), some([(NTK(3, bias=True), 1), (NTK(3), 3), (Laplace(1), 5), (NNGP(3), 2)], 2), ids=str
)
def test_bounds_contain_eigenvalues_of_another_evaluator(kernel: Kernel, dim: int) -> None:
    """mpmath's quadrature in t, which shares no kernel evaluator; good to 15 digits (`checked`)."""
    for branch in law_of(kernel, "k", dim).law:
        degree = branch.certificate.start
        mu = arb(mpmath.nstr(oracle_values(kernel, dim, range(degree, degree + 1), 15)[0], 15))
        assert holds(branch, degree, mu) and not holds(branch, degree, mu * 3)


@pytest.mark.parametrize(("kernel", "dim"), [(NTK(3), 2), (NNGP(3), 3), (Laplace(1), 1)], ids=str)
def test_a_constant_wrong_by_one_percent_is_refuted_far_out_only(kernel: Kernel, dim: int) -> None:
    law = law_of(kernel, "k", dim)
    for far in (FAR, FAR + 1):
        branch, mu = of_parity(law, far), eigenvalue(kernel, dim, far)
        assert holds(branch, far, mu)
        assert not holds(branch, far, mu, WRONG) and not holds(branch, far, mu, 1 / WRONG)
        early = branch.certificate.start
        assert holds(branch, early, eigenvalue(kernel, dim, early), WRONG)


@pytest.mark.parametrize(("kernel", "dim"), [(NTK(3), 2), (Laplace(1), 3)], ids=str)
def test_a_wrong_coefficient_gets_no_certificate(kernel: Kernel, dim: int) -> None:
    terms = degree_law(kernel, dim, TERMS)[0]
    assert degree_certificate(kernel, dim, 0, terms, TERMS).power == int(terms[0][0]) - TERMS
    for index in range(len(terms)):
        wrong = [(p, c * WRONG if i == index else c) for i, (p, c) in enumerate(terms)]
        with pytest.raises(ArithmeticError, match="not"):
            degree_certificate(kernel, dim, 0, wrong, TERMS)


def test_each_parity_is_expanded_from_its_own_first_exponent() -> None:
    """c_nu = c'_nu at nu = 1/2 only: odd degrees begin at nu = 3/2 and need expansions further out."""
    kernel = Zonal("exp(-sqrt(2-2*t)) + exp(-sqrt(2+2*t))*(2+t)")
    law = certified(decay(kernel, "k", dim=3, terms=3))
    assert law.evidence is Evidence.CERTIFIED
    assert [b.exponent for b in law.law] == [-4, -6]
    for degree in (60, 61):
        branch, mu = of_parity(law, degree), eigenvalue(kernel, 3, degree)
        assert holds(branch, degree, mu) and not holds(branch, degree, mu, WRONG)


def test_twelve_terms_tell_the_eigenvalue_to_eighteen_digits_where_seven_do_not() -> None:
    """Expansions beyond order 6; the finest form of the remainder begins after the degree 6."""
    degree, nearly = 200, 1 + sp.Rational(1, 10**18)
    mu = eigenvalue(Laplace(1), 3, degree)
    laws = {count: certified(decay(Laplace(1), "k", dim=3, terms=count)) for count in (7, MAX_TERMS)}
    for count, law in laws.items():
        branch = of_parity(law, degree)
        assert len(branch.terms) == count and branch.certificate.power == -4 - count
        start = branch.certificate.start
        assert holds(branch, start, eigenvalue(Laplace(1), 3, start)) and holds(branch, degree, mu)
        assert holds(branch, degree, mu, nearly) is (count == 7)
    terms = [(p, c * WRONG if i == MAX_TERMS - 1 else c) for i, (p, c) in enumerate(branch.terms)]
    with pytest.raises(ArithmeticError, match="not"):
        degree_certificate(Laplace(1), 3, 0, terms, MAX_TERMS)


@settings(max_examples=10, deadline=None, derandomize=True)
@given(st.sampled_from((NTK(3), NNGP(3), Laplace(1))), st.sampled_from(DIMS), st.integers(1, 4), st.integers(0, 30))
def test_end_sum_misses_the_eigenvalue_by_less_than_its_tail(kernel: Kernel, dim: int, p: int, offset: int) -> None:
    """The lemma itself, at every k >= p, with G(nu, k) as Gammas: no interval in 1/k, no k_0."""
    degree = max(p, 2) + offset
    f = angle_polynomial(kernel, 9)
    found = end_sum(f, dim, degree % 2, 0, p)
    with working_precision(f.digits, 0):
        near, far = f.odd_part(False, p), f.odd_part(True, p)
        total = arb(0)
        for j in range(p):
            weight = (near[j] - far[j] if degree % 2 else near[j] + far[j]) / arb(2) ** (arb(2 * j + 1) / 2)
            total += weight * constant_ball(end_power(Fraction(2 * j + 1, 2)).subs({d: dim, k: degree}))
        missing = abs(eigenvalue(kernel, dim, degree) - total) * arb(degree) ** found.exponent
        assert not missing > found.rest(degree, 0)


@pytest.mark.parametrize("kernel", [NTK(3), NNGP(3), Laplace(1)], ids=str)
def test_the_tail_is_within_a_factor_of_the_truth(kernel: Kernel) -> None:
    """On S^1 the truth is one order smaller, of size |h^(2p+1)(0)| + |h^(2p+1)(pi)| <= 2 max, while C is the
    integral of |h^(2p+1)|: equal where h^(2p+1) is monotone and vanishes at an end. 2 is for what is not."""
    p, degree, f = 1, 60, angle_polynomial(kernel, 9)
    coarse, fine = (end_sum(f, 1, 0, 0, q) for q in (p, 4))
    gap = abs(sum((g * arb(degree) ** -s for g, s, _ in fine.parts[p:]), arb(0)))
    assert gap < coarse.rest(degree, 0) < 2 * gap * degree


@pytest.mark.parametrize(
    "kernel", [NTK(3), NTK(3, bias=True), NNGP(4), Laplace(1), Matern(Fraction(3, 2), 1), ArcCosine(2)], ids=str
)
def test_odd_parts_are_the_half_integer_end_coefficients(kernel: Kernel) -> None:
    f = angle_polynomial(kernel, 7)
    with working_precision(f.digits, 0):
        for place, far in ((1, False), (-1, True)):
            series = expansion_at(kernel, place, 2)
            for j, ours in enumerate(f.odd_part(far, 2)):
                nu = Fraction(2 * j + 1, 2)
                exact = constant_ball(series.coefficient(nu)) * arb(2) ** ball(nu)
                assert ours.overlaps(exact)
                assert not (ours + arb(10) ** -15).overlaps(exact)


@pytest.mark.parametrize("kernel", [NTK(3), Laplace(1), Dual("gelu")], ids=str)
def test_polynomial_and_derivatives_are_within_their_errors(kernel: Kernel) -> None:
    """Against mpmath's finite differences of another evaluator at 90 digits, good to 1e-25."""
    f, slack = angle_polynomial(kernel, 5), arb(10) ** -25
    with mpmath.workdps(90), working_precision(f.digits, 0):
        for n in range(4):
            derived = f.polynomial
            for _ in range(n):
                derived = derived.derivative()
            for angle in ("0.7", "1.9", "3.0"):
                truth = mpmath.diff(lambda x: kappa(kernel, mpmath.cos(x)), mpmath.mpf(angle), n)
                ours = derived(2 * arb(angle) / arb.pi() - 1) * (2 / arb.pi()) ** n
                truth = arb(mpmath.nstr(truth, 60))
                assert abs(ours - truth) < f.errors[n] + slack
                assert not abs(ours * arb("1.0000000001") - truth) < f.errors[n] + slack


@pytest.mark.parametrize(("kernel", "degree"), AS_D, ids=str)
def test_bounds_as_d_grows_contain_every_later_eigenvalue(kernel: Kernel, degree: int) -> None:
    terms = dimension_law(kernel, degree, TERMS)
    found = dimension_certificate(kernel, degree, terms, TERMS)
    branch = LawBranch(Ranges(), terms[0][0], terms[0][1], sp.Integer(1), terms, None, None, found)
    for dim in (found.start, found.start + 1, 2 * found.start + 3, 300):
        assert holds(branch, dim, eigenvalue(kernel, dim, degree))
    far = 3000
    assert not holds(branch, far, eigenvalue(kernel, far, degree), WRONG)
    with pytest.raises(ArithmeticError, match="not"):
        dimension_certificate(kernel, degree, [(p, c * WRONG) for p, c in terms], TERMS)


def test_moments_that_are_left_out_are_below_the_tail() -> None:
    for count in (1, 2, 4):
        short, long = (moment_sum(NNGP(3), 4, 0, n) for n in (count, 40))
        for dim in (short.first, 20, 100):
            gap = sum((g * arb(dim) ** -s / _product(x, dim) for g, s, x in long.parts[count:]), arb(0))
            assert 0 < gap < short.rest(dim, 0)
            assert not gap < replace(short, tail=short.tail / 1000).rest(dim, 0)


def _product(slopes: tuple[fmpq, ...], dim: int) -> arb:
    total = arb(1)
    for x in slopes:
        total *= 1 + x / dim
    return total


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.fractions(-3, 3, max_denominator=4), min_size=1, max_size=3),
    st.integers(1, 6),
    st.integers(0, 40),
    st.integers(1, 4),
)
def test_ranges_of_rational_sums_contain_exact_values(
    gains: list[Fraction], slopes: int, offset: int, terms: int
) -> None:
    gains = [Fraction(1), *gains]
    parts = tuple((ball(g), j, tuple(fmpq(i) for i in range(1, slopes + j))) for j, g in enumerate(gains))
    whole, start = RationalSum(0, parts, arb(0), Fraction(20), (), 1), 3
    y = Fraction(1, start + offset)
    exact = Fraction(0)
    for j, gain in enumerate(gains):
        part = gain * y**j
        for i in range(1, slopes + j):
            part /= 1 + i * y
        exact += part
    low, high = whole.quotient(start)
    assert not (ball(exact) < low or ball(exact) > high)
    taylor = sum((c * ball(y) ** m for m, c in enumerate(whole.coefficients(terms))), arb(0))
    rest = abs(ball(exact) - taylor) / ball(y) ** terms
    assert not rest > whole.truncated(start, terms)


@given(st.fractions(-(10**6), 10**6))
def test_rounding_is_outward(value: Fraction) -> None:
    exact = ball(value)
    low, high = outward(exact, -1), outward(exact, 1)
    assert low <= value <= high and high - low <= abs(value) * Fraction(3, 10**5)


@pytest.mark.parametrize(
    ("kernel", "dim", "why"),
    [(ExponentialPower(1, HALF), 2, "a fractional power of the angle"), (Gaussian(1), 3, "the law: it is no power")],
    ids=str,
)
def test_without_certificate_the_law_stays_checked_and_says_why(kernel: Kernel, dim: int, why: str) -> None:
    law = certified(decay(kernel, "k", dim=dim))
    assert law.evidence is Evidence.CHECKED and law.valid_from is None and why in law.source
    assert all(branch.certificate is None for branch in law.law) and "lemma" not in law_latex(law)


def test_without_a_dimension_there_is_no_certificate() -> None:
    """A leading law with a proof stays proved, one without stays checked, and so do further terms."""
    for kernel, terms, evidence in (
        (NTK(3), 1, Evidence.PROVED),
        (NTK(3), 2, Evidence.CHECKED),
        (NTK(3, bias_variance=1), 1, Evidence.CHECKED),
    ):
        law = certified(decay(kernel, "k", terms=terms))
        assert law.evidence is evidence and all(branch.certificate is None for branch in law.law)


def test_an_eigenvalue_is_called_zero_only_where_that_is_proved() -> None:
    law = law_of(Laplace(1) + ArcCosine(1), "k", 2)
    assert all(branch.leading != 0 for branch in law.law)
    zero = next(b for b in decay(ArcCosine(1) + ArcCosine(3), "k", dim=2).law if b.leading == 0)
    assert zero.ranges[0].least == 5 and zero.parity == "odd"
    with pytest.raises(ValueError, match="odd k"):  # odd degrees belong to the Gaussian alone
        decay(ArcCosine(1) + Gaussian(1), "k", dim=2)
    with pytest.raises(ValueError, match="vanish"):  # b_5 = b_7 = 0, b_9 = 1
        decay(Dual("gelu") + PowerSeries((0,) * 9 + (1,)), "d", degree=5)


def test_forms_of_output_state_the_same_bounds() -> None:
    law = law_of(NTK(3), "k", 3)
    record, text, latex = law_json(law), law_text(law), law_latex(law)
    assert record["evidence"] == "certified"
    assert record["valid_from"] == max(b.certificate.start for b in law.law)
    assert latex.count(r"\begin{lemma}") == latex.count(r"\end{lemma}") == latex.count(r"\end{proof}") == 1
    for branch, part in zip(law.law, record["law"], strict=True):
        found = branch.certificate
        assert Fraction(part["quotient"]["lower"]) == found.lower
        assert Fraction(part["remainder"]["constant"]) == found.constant
        assert part["remainder"]["from"] == found.start
        for shown in (text, latex):
            assert part["remainder"]["constant"] in shown and str(found.start) in shown
        low, high = power_bounds(branch)
        with working_precision(20):
            leading = constant_ball(branch.constant)
            assert ball(low) < leading * ball(found.lower) and leading * ball(found.upper) < ball(high)


def test_no_certificate_where_the_polynomial_cannot_be_had() -> None:
    with pytest.raises(NotCertified):
        angle_polynomial(ExponentialPower(1, Fraction(3, 2)), 3)
    f = angle_polynomial(Laplace(1), 3)
    assert isinstance(f, AnglePolynomial) and len(f.errors) == 4


@pytest.mark.parametrize(("rho", "nodes", "order"), [(1.3, 30, 2), (1.1, 200, 3), (2.0, 60, 5)])
def test_the_error_of_a_derivative_is_above_the_sum_that_it_bounds(rho: float, nodes: int, order: int) -> None:
    """(2/pi)^n sum_{j >= N} 4 M rho^-j T_j^(n)(1), term by term; twice the bound would be too generous."""
    from theory.expansions.ellipses import Ellipse

    def slope(j: int) -> mpmath.mpf:
        return mpmath.fprod(mpmath.mpf(j * j - i * i) / (2 * i + 1) for i in range(order))

    with working_precision(20), mpmath.workdps(30):
        bound = mpmath.mpf(float(_error(Ellipse(rho, 1.0, 0.5), nodes, order)))
        terms = (mpmath.mpf(rho) ** -j * slope(j) for j in range(nodes, nodes + 2000))
        total = 4 * mpmath.sqrt(10) * (2 / mpmath.pi) ** order * mpmath.fsum(terms)
        assert total * (1 - mpmath.mpf(10) ** -12) <= bound <= 2 * total


@pytest.mark.parametrize(
    ("slope", "step", "residue", "least"), [(50, 1, 0, 51), (50, 2, 0, 52), (50, 2, 1, 51), (7, 1, 0, 8)]
)
def test_the_start_is_the_least_from_which_the_quotient_stays_within_a_factor_two(
    slope: int, step: int, residue: int, least: int
) -> None:
    """v/(v + x) > 1/2 for v > x."""
    whole = RationalSum(0, ((arb(1), 0, (fmpq(slope),)),), arb(0), Fraction(9), (), 1)
    with working_precision(20):
        assert whole.start(step, residue) == least
