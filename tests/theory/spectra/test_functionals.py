"""What eigenvalues serve, for polynomials by hand: both ends of each bound."""

from __future__ import annotations

from fractions import Fraction
from math import comb, factorial

import pytest
from flint import arb
from hypothesis import given
from hypothesis import strategies as st

from tests.theory.values import refuses_change
from theory.kernels import NTK, ArcCosine, Gaussian, Kernel, PowerSeries, Zonal
from theory.laws.definiteness import definiteness
from theory.numbers.balls import Enclosure, NotCertified, working_precision
from theory.numbers.truth import Truth
from theory.spectra import functionals, nonnegative
from theory.spectra.functionals import effective_dimension, rebuilt, target_norm, trace, truncated_trace

HALF, THIRD = Fraction(1, 2), Fraction(1, 3)
CUBIC = PowerSeries((1, 2, 3, 4))
MIXED = Zonal("exp(cos(t))*(2+t)")  # mu_0, mu_1 > 0 > mu_2 on S^2; the signs of its b_n tell nothing


def moment(dim: int, power: int, degree: int) -> Fraction:
    """E[t^n P_k] on S^d by Rodrigues: n!/(2^k (n-k)!) E[t^(n-k) (1-t^2)^k] / ((d/2)(d/2+1)...(d/2+k-1))."""
    if power < degree or (power - degree) % 2:
        return Fraction(0)
    found = Fraction(factorial(power), factorial(power - degree))
    for i in range(degree):  # E with weight (1-t^2)^(d/2-1+k), over the moments of the weight itself
        found /= dim + 1 + 2 * i
    for i in range((power - degree) // 2):
        found *= Fraction(2 * i + 1, dim + 2 * degree + 1 + 2 * i)
    return found


def eigenvalues(kernel: PowerSeries, dim: int) -> list[Fraction]:
    b = kernel.coefficients
    return [sum(Fraction(c) * moment(dim, n, k) for n, c in enumerate(b)) for k in range(len(b))]


def count(dim: int, k: int) -> int:
    """Harmonics of degree k on S^d: homogeneous polynomials of degree k less those of degree k - 2."""
    return comb(k + dim, dim) - (comb(k + dim - 2, dim) if k > 1 else 0)


def near(found: Enclosure, lower: Fraction, upper: Fraction | None = None, digits: int = 15) -> bool:
    """Whether the enclosure holds [lower, upper] and is hardly wider: a radius is kept to 30 bits."""
    upper = lower if upper is None else upper
    gap = Fraction(1, 10**digits) + (upper - lower) / 2**27
    return lower - gap <= found.lower <= lower and upper <= found.upper <= upper + gap


@pytest.mark.parametrize("dim", [1, 2, 5])
@pytest.mark.parametrize("top", range(5))
def test_a_truncated_trace_is_the_sum_of_its_terms(dim: int, top: int) -> None:
    found = truncated_trace(CUBIC, dim, top, 10)
    terms = [count(dim, k) * mu for k, mu in enumerate(eigenvalues(CUBIC, dim))]
    partial = sum(terms[: top + 1])
    assert sum(terms) == 10 == 1 + 2 + 3 + 4
    assert found.top == top and near(found.partial, partial)
    assert near(found.rest, 10 - partial)
    refuses_change(found)


def test_what_is_left_is_never_taken_for_negative() -> None:
    with working_precision(20):
        left = functionals._rest(CUBIC, arb(10, 2))  # between -2 and 2, of which [0, 2] is possible
        assert left.contains(0) and left.contains(2) and left.lower() > -1e-6 and left.upper() < 2 + 1e-6
        assert functionals._rest(CUBIC, arb(12, 1)).is_zero()


def test_the_trace_has_thirty_digits_unless_fewer_are_asked_for() -> None:
    assert trace(Zonal("exp(t)")).accuracy() >= 30  # e
    assert trace(Zonal("exp(t)")).decimal(10)[0] == "2.718281828"
    assert truncated_trace(Gaussian(1), 2, 3).partial.accuracy() >= 30
    with pytest.raises(NotCertified, match="on S.2: FAILS, mu_0 < 0"):
        truncated_trace(PowerSeries((-1, 0, 2)), 2, 3)


@pytest.mark.parametrize(
    ("kernel", "why"),
    [
        (PowerSeries((0, 0, 1)), "all Maclaurin coefficients are >= 0, so on every sphere (Schoenberg)"),
        # mu_0 = E[t^2] - 1/3 is exactly zero, and no sign of a ball could tell.
        (PowerSeries((-THIRD, 0, 1)), "mu_k >= 0 for k < 3, beyond it mu_k = 0"),
        (PowerSeries((1, 0, -THIRD, 0, 1)), "mu_k >= 0 for k < 5, beyond it mu_k = 0"),
        (
            PowerSeries((1, -Fraction(1, 10))) + Gaussian(1),
            "mu_k >= 0 for k < 2, beyond it mu_k is a sum over b_n >= 0, n >= k",
        ),
    ],
)
def test_definiteness_says_from_which_degree_on_the_structure_decides(kernel: Kernel, why: str) -> None:
    found = definiteness(kernel, 2)
    assert (found.truth, found.why, found.negative_degree) == (Truth.HOLDS, why, None)
    refuses_change(found)


def test_a_negative_eigenvalue_is_found_at_the_last_degree_that_is_looked_at() -> None:
    below, at = (definiteness(MIXED, 2, top) for top in (1, 2))
    assert (below.truth, below.why) == (Truth.UNDECIDED, "mu_k >= 0 for k <= 1")
    assert (at.truth, at.why, at.negative_degree) == (Truth.FAILS, "mu_2 < 0 on S^2", 2)


def test_a_sum_of_squares_is_told_by_its_signs() -> None:
    """c_k^2 (a k(k+d-1) + b) is >= 0 for every k where a, b >= 0, and for no large k where a < 0."""
    minus = PowerSeries((-1,))
    squares = minus * minus * NTK(2)
    assert definiteness(squares, 2).why == "mu_k is a sum of squares"
    falling = minus * NTK(2) + 20 * ArcCosine(1)
    assert nonnegative.nonnegative_spectrum(falling, 2, top=1).truth is Truth.UNDECIDED
    assert definiteness(falling, 2, top=1).truth is definiteness(falling, 2).truth is Truth.FAILS
    # mu_1 = 1/6 on S^2, and t has 1/3 there: the polynomial's degrees are looked at one by one.
    more, less = (minus * minus * ArcCosine(1) + minus * PowerSeries((0, b)) for b in (THIRD, 1))
    assert definiteness(more, 2).why == "mu_k >= 0 for k < 2, beyond it mu_k is a sum of squares"
    assert definiteness(less, 2).negative_degree == 1
    assert definiteness(minus * ArcCosine(1), 2).negative_degree == 0


def test_a_sign_that_was_not_certified_is_said() -> None:
    def fails(*_: object) -> None:
        raise NotCertified("x", None, 1)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(nonnegative, "spectrum", fails)
        found = definiteness(MIXED, 2)
    assert (found.truth, found.why) == (Truth.UNDECIDED, "the sign of mu_0 was not certified")
    with pytest.raises(ValueError, match="dim"):
        definiteness(CUBIC, 0)


@pytest.mark.parametrize(("mid", "rad"), [(0, 1), (1, 1), (-1, 1), (1, 2), (-1, 2)])
def test_a_ball_that_touches_zero_has_no_sign(mid: int, rad: int) -> None:
    assert nonnegative._sign(Enclosure((mid, -9), (rad, -9))) is None
    assert nonnegative._sign(Enclosure((3, -9), (2, -9))) == 1 == -nonnegative._sign(Enclosure((-3, -9), (2, -9)))


@pytest.mark.parametrize("dim", [1, 2, 5])
@pytest.mark.parametrize("ridge", [1, Fraction(1, 7)])
@pytest.mark.parametrize("top", range(5))
def test_the_effective_dimension_lies_between_one_degree_and_all_of_the_rest(
    dim: int, ridge: Fraction, top: int
) -> None:
    """The rest least when it is in degree top + 1 alone, most when spread over ever more directions."""
    values = eigenvalues(CUBIC, dim)
    known = sum(count(dim, k) * mu / (mu + ridge) for k, mu in enumerate(values[: top + 1]))
    rest = sum((count(dim, k) * mu for k, mu in enumerate(values) if k > top), Fraction(0))
    found = effective_dimension(CUBIC, dim, ridge, top)
    assert near(found, known + rest / (ridge + rest / count(dim, top + 1)), known + rest / ridge)
    assert found.contains(sum(count(dim, k) * mu / (mu + ridge) for k, mu in enumerate(values)))


@pytest.mark.parametrize("ridge", [0, -1, 0.5])
def test_a_ridge_is_an_exact_positive_number(ridge: object) -> None:
    with pytest.raises(ValueError, match="ridge must be (exact|> 0)"):
        effective_dimension(CUBIC, 2, ridge)


@given(st.integers(1, 9), st.fractions(-1, 1, max_denominator=9))
def test_a_polynomial_is_rebuilt_exactly(dim: int, t: Fraction) -> None:
    kernel = PowerSeries((1, 0, 2, 0, 0, 3, 5))
    assert near(rebuilt(kernel, dim, t, 6), 1 + 2 * t**2 + 3 * t**5 + 5 * t**6)


@pytest.mark.parametrize("t", [-1, -HALF, 0, 1])
def test_what_is_left_out_widens_a_rebuilt_kernel_by_the_rest_of_the_trace(t: Fraction) -> None:
    mu = eigenvalues(CUBIC, 2)
    for top, known in ((0, mu[0]), (1, mu[0] + 3 * mu[1] * t)):
        rest = 10 - sum(count(2, k) * mu[k] for k in range(top + 1))
        assert near(rebuilt(CUBIC, 2, t, top), known - rest, known + rest)


@pytest.mark.parametrize("t", [Fraction(101, 100), -2, 0.5])
def test_a_point_lies_on_the_sphere(t: object) -> None:
    with pytest.raises(ValueError, match=r"t must be an exact rational in \[-1, 1\], got"):
        rebuilt(CUBIC, 2, t, 3)


def test_the_norm_of_a_polynomial_target_is_the_sum_over_its_degrees() -> None:
    mine, theirs = PowerSeries((1, 1, 1)), PowerSeries((0, -1, 1))
    mu, c = eigenvalues(mine, 2), eigenvalues(theirs, 2)
    squared = sum(count(2, k) * c[k] ** 2 / mu[k] for k in range(3))
    for top in (2, 3):
        found = target_norm(mine, theirs, 2, top)
        assert (found.finite, found.top, found.why) == (Truth.HOLDS, 2, "finitely many degrees")
        assert near(found.squared, squared)
    part = target_norm(mine, theirs, 2, 1)
    assert (part.finite, part.top, part.why) == (Truth.UNDECIDED, 1, "a lower bound from degrees <= 1")
    assert near(part.squared, sum(count(2, k) * c[k] ** 2 / mu[k] for k in range(2)))
    refuses_change(part)


def test_a_target_with_a_degree_that_the_kernel_has_not_has_an_infinite_norm() -> None:
    found = target_norm(PowerSeries((1, 1, 1)), PowerSeries((0, 0, 0, 1)), 2)
    assert (found.finite, found.squared, found.top) == (Truth.FAILS, None, 3)
    assert found.why == "mu_3 = 0 but the target has degree 3"
    # t^3 has degrees 1 and 3: seen up to degree 2, nothing tells that its norm is infinite.
    assert target_norm(PowerSeries((1, 1, 1)), PowerSeries((0, 0, 0, 1)), 2, top=2).finite is Truth.UNDECIDED


def test_a_kernel_is_a_target_of_its_own_of_norm_kappa_at_one() -> None:
    found = target_norm(Gaussian(1), Gaussian(1), 2, top=3)
    assert found.finite is Truth.HOLDS and found.why.startswith("the target is the kernel")
    partial = truncated_trace(Gaussian(1), 2, 3).partial
    assert found.squared.overlaps(partial) and found.squared.upper < 1
    assert target_norm(NTK(2), ArcCosine(1), 2, top=4).finite is Truth.UNDECIDED


def test_a_coefficient_that_may_be_zero_is_not_taken_for_zero() -> None:
    zero, touching = Enclosure((0, 0)), Enclosure((1, -50), (1, -50))
    assert functionals._at_zero(zero, 3, CUBIC) == 0
    for doubtful in (touching, Enclosure((0, 0), (1, -50))):
        with pytest.raises(NotCertified, match="coefficient of degree 3 of .*; is it exactly zero"):
            functionals._at_zero(doubtful, 3, CUBIC)


@pytest.mark.parametrize(
    ("text", "truth"),
    [
        ("-(log((1-t)/2)+1)/(4*pi)", Truth.HOLDS),
        ("-(log((1-t)/2)+1)/(4*pi) - 1/100", Truth.FAILS),  # mu_0 = -1/100
        ("1 - sqrt((1-t)/2)", Truth.HOLDS),
        ("1/2 - sqrt((1-t)/2)", Truth.FAILS),
        ("1/sqrt(2-2*t)", Truth.HOLDS),
        ("sqrt(1-t)", Truth.FAILS),
        ("asin(t)", Truth.HOLDS),
        ("(1-t)*log(1-t) + 1 + t", Truth.HOLDS),
        ("(1-t)**2*log(1-t) + 3*(1+t)", Truth.FAILS),
        ("2-(1+t)**(1/2)", Truth.FAILS),
        ("exp(-20*theta**2)", Truth.FAILS),  # mu_130 = -2e-91
    ],
)
def test_end_powers_decide_by_their_gamma_products(text: str, truth: Truth) -> None:
    assert definiteness(Zonal(text), 2).truth == truth


def test_a_kernel_without_a_trace_has_none_truncated() -> None:
    with pytest.raises(NotCertified):
        truncated_trace(Zonal("-(log((1-t)/2)+1)/(4*pi)"), 2, 3)
