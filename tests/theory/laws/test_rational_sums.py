"""Ranges of rational sums where they are known exactly: the bounds hold and are not much larger."""

from __future__ import annotations

from fractions import Fraction

import pytest
import sympy as sp
from flint import arb, fmpq

from tests.theory.values import refuses_change
from theory.kernels import Gaussian, PowerSeries, Zonal
from theory.laws.dimension_remainder import dimension_certificate, moment_sum
from theory.laws.rational_sums import RationalSum, best_certificate, outward
from theory.numbers.balls import Enclosure, NotCertified, ball, working_precision
from theory.spectra.spectrum import spectrum

LAST = 2**20  # no start beyond
NO_REST = (arb(0), Fraction(9), (), 1)
CLOSE = 0.02  # cells of 1/(32 v_0) are 1/128 wide at most, and |dF/dy| < 4 here


@pytest.fixture(autouse=True)
def _precise() -> object:
    with working_precision(30):
        yield


def simple(*parts: tuple[int, int, tuple[int, ...]], exponent: int = 0, first: int = 1, order: int = 9) -> RationalSum:
    whole = tuple((arb(g), s, tuple(fmpq(x) for x in slopes)) for g, s, slopes in parts)
    return RationalSum(exponent, whole, arb(0), Fraction(order), (), first)


def just(bound: arb | Fraction, exact: float | Fraction, side: int) -> bool:
    """Whether a lower (-1) or upper (1) bound holds and is close."""
    gap = side * (float(bound) - float(exact))
    return -1e-12 <= gap <= CLOSE * max(1, abs(float(exact)))


@pytest.mark.parametrize(("power", "factors"), [(0, (5, 3, 1)), (1, (5, 3)), (2, (5,)), (3, ())])
def test_the_rest_uses_as_many_factors_as_there_are_spare_powers(power: int, factors: tuple[int, ...]) -> None:
    """tail v^(power - 7/2) / prod (1 + z/v) at the start, over the largest z; all of them if there
    are enough."""
    found = RationalSum(0, (), arb(2), Fraction(7, 2), (fmpq(1), fmpq(5), fmpq(3)), 1)
    exact = arb(2) * arb(4) ** (arb(power) - arb(7) / 2)
    for z in factors:
        exact /= 1 + arb(z) / 4
    assert found.rest(4, power).overlaps(exact) and float(found.rest(4, power).rad()) < 1e-20
    assert found.rest(5, power) < found.rest(4, power)


@pytest.mark.parametrize(
    ("whole", "start", "low", "high"),
    [
        (simple((1, 0, (2,))), 4, Fraction(2, 3), 1),
        (simple((1, 0, (-2,))), 4, 1, 2),
        (simple((-3, 0, (2,))), 4, Fraction(2, 3), 1),
        (simple((2, 0, (1,)), (3, 1, ())), 3, 1, Fraction(5, 4)),
        (simple((2, 0, ()), (-3, 2, (1,))), 3, Fraction(7, 8), 1),
        (simple((1, 0, (1, 1))), 2, Fraction(4, 9), 1),
    ],
)
def test_quotients_range_between_their_ends(whole: RationalSum, start: int, low: Fraction, high: Fraction) -> None:
    """Each is monotone in y = 1/v: its range is between y = 0 and y = 1/start, over the leading
    coefficient."""
    found = whole.quotient(start)
    assert just(found[0], low, -1) and just(found[1], high, 1)
    rest = RationalSum(0, whole.parts, arb(5), Fraction(2), (), 1)
    wider, share = rest.quotient(start), 5 / start**2 / abs(float(whole.parts[0][0]))
    assert abs(float(found[0] - wider[0]) - share) < 1e-9 and abs(float(wider[1] - found[1]) - share) < 1e-9


@pytest.mark.parametrize(
    ("whole", "start", "terms", "exact"),
    [
        (simple((1, 0, (3,))), 4, 1, 3),
        (simple((1, 0, (3,))), 4, 3, 27),
        (simple((1, 0, (-2,))), 4, 2, 8),
        (simple((5, 0, (1,))), 4, 2, 5),
        (simple((1, 0, ()), (4, 1, (1,))), 3, 1, 4),
        (simple((1, 0, ()), (4, 1, (1,))), 3, 2, 4),
        (simple((1, 0, ()), (4, 3, ())), 2, 1, 1),
        (simple((1, 0, ()), (4, 2, (-1,))), 2, 1, 4),
        (simple((1, 0, (1, 1))), 2, 1, 2),
        (simple((7, 0, ())), 2, 1, 0),
    ],
)
def test_what_a_truncated_expansion_leaves_out_is_bounded_closely(
    whole: RationalSum, start: int, terms: int, exact: int
) -> None:
    """v^terms |F - its Taylor polynomial|: x^t/(1 + x y) for 1/(1 + x y); at y = 0, or at 1/start
    for x < 0."""
    assert just(whole.truncated(start, terms), exact, 1)
    rest = RationalSum(0, whole.parts, arb(5), Fraction(5), (), 1)
    share = float(rest.truncated(start, terms) - whole.truncated(start, terms))
    assert abs(share - 5 * start ** (terms - 5.0)) < 1e-9


def test_taylor_coefficients_are_those_of_the_sum() -> None:
    """3/(1+2y) + 5y/(1+y) + y^3."""
    whole = simple((3, 0, (2,)), (5, 1, (1,)), (1, 3, ()))
    exact = [3, -6 + 5, 12 - 5, -24 + 5 + 1, 48 - 5]
    for count in range(1, 6):
        assert [int(c.unique_fmpz()) for c in whole.coefficients(count)] == exact[:count]


@pytest.mark.parametrize(
    ("whole", "step", "residue", "start"),
    [
        (simple((1, 0, (LAST - 1,))), 1, 0, LAST),
        (simple((1, 0, (LAST,))), 1, 0, None),
        (simple((1, 0, (-5,)), first=6), 1, 0, 11),
        (simple((1, 0, ())), 1, 0, 1),
        (simple((1, 0, ()), first=4), 2, 1, 5),
        (simple((1, 0, ()), first=5), 2, 1, 5),
        (simple((1, 0, ()), first=5), 2, 0, 6),
        (simple((1, 0, (5,)), first=2), 2, 0, 6),
        (simple((1, 0, (6,)), first=2), 2, 0, 8),
    ],
)
def test_the_start_is_the_first_of_its_class_within_a_factor_two(
    whole: RationalSum, step: int, residue: int, start: int | None
) -> None:
    """v/(v + x) > 1/2 for v > x, v/(v - x) < 2 for v > 2x."""
    assert whole.start(step, residue) == start


def test_a_pole_is_no_start() -> None:
    with pytest.raises(NotCertified, match="^a bound for all v: it would start at a pole$"):
        simple((1, 0, (-3,))).quotient(3)
    refuses_change(simple((1, 0, ())))
    refuses_change(certificate(simple((1, 0, (1,)), exponent=1)))


TERMS = [(sp.Integer(-1), sp.Integer(1)), (sp.Integer(-2), sp.Integer(-1))]


def certificate(*sums: RationalSum, terms: list = TERMS, count: int = 2, step: int = 1, residue: int = 0) -> object:
    return best_certificate(sums, terms, count, step, residue)


def test_a_certificate_states_the_range_and_the_rest_of_one_over_v_plus_one() -> None:
    """v mu = v/(v+1) from 2/3 to 1 for v >= 2, and v^3 |mu - 1/v + 1/v^2| = v/(v+1) < 1."""
    found = certificate(simple((1, 0, (1,)), exponent=1))
    assert (found.start, found.power) == (2, -3)
    assert just(found.lower, Fraction(2, 3), -1) and just(found.upper, 1, 1) and just(found.constant, 1, 1)
    whole = simple((1, 0, (1,)), exponent=1)
    low, high = (Enclosure.of(end) for end in whole.quotient(2))
    assert found.lower < low.lower and high.upper < found.upper  # six digits, outward
    assert Enclosure.of(whole.truncated(2, 2)).upper < found.constant
    odd = certificate(simple((1, 0, (1,)), exponent=1), step=2, residue=1)
    assert odd.start == 3 and just(odd.lower, Fraction(3, 4), -1)


def test_the_best_of_several_forms_is_taken() -> None:
    """A coarse form may give the start, a fine one the rest, from where both begin."""
    fine, coarse = (simple((1, 0, (1,)), exponent=1, first=10), simple((1, 0, (1,)), exponent=1, order=1))
    assert certificate(fine, coarse).start == 10 and certificate(fine, coarse, step=2, residue=1).start == 11
    late = simple((1, 0, (1,)), exponent=1, first=30)
    assert certificate(late, fine).start == certificate(fine, late).start == 10
    rough = RationalSum(1, fine.parts, arb(1), Fraction(2), (), 1)
    assert certificate(rough, fine) == certificate(fine, rough) == certificate(rough)  # the fine one begins later
    assert just(certificate(rough, simple((1, 0, (1,)), exponent=1)).constant, 1, 1)
    assert just(certificate(rough).constant, 2, 1) and certificate(rough).start == 3  # 1/v^2 < 1/6 beside 2/3
    assert certificate(simple((1, 0, (1,)), exponent=1, order=2)).start == 2  # fine enough for two terms


@pytest.mark.parametrize(
    ("sums", "terms", "error", "message"),
    [
        (
            (simple((1, 0, (1,)), exponent=1),),
            [*TERMS[:1], (sp.Integer(-2), sp.Integer(-2))],
            ArithmeticError,
            "v.-2 is .*, not -2",
        ),
        ((simple((1, 0, (1,)), exponent=1),), TERMS[:1], ArithmeticError, "v.-2 is .*, not 0"),
        ((simple((1, 0, (1,)), exponent=1, order=1),), TERMS, NotCertified, "^a remainder: no form is fine"),
        (
            (simple((1, 0, (LAST,)), exponent=1),),
            [TERMS[0], (sp.Integer(-2), sp.Integer(-LAST))],
            NotCertified,
            "term: no start up to 1048576",
        ),
    ],
)
def test_what_gives_no_certificate_says_why(sums: tuple, terms: list, error: type, message: str) -> None:
    with pytest.raises(error, match=message):
        certificate(*sums, terms=terms)


@pytest.mark.parametrize(
    ("value", "low", "high"),
    [
        (Fraction(1, 3), Fraction(333333, 10**6), Fraction(333334, 10**6)),
        (Fraction(-1, 3), Fraction(-333334, 10**6), Fraction(-333333, 10**6)),
        (Fraction(123456789), Fraction(123456000), Fraction(123457000)),
        (Fraction(0), Fraction(0), Fraction(0)),
        (Fraction(1234561, 10**16), Fraction(123456, 10**15), Fraction(123457, 10**15)),
    ],
)
def test_published_bounds_have_six_digits(value: Fraction, low: Fraction, high: Fraction) -> None:
    assert (outward(ball(value), -1), outward(ball(value), 1)) == (low, high)


def moment(n: int, k: int, d: int) -> Fraction:
    """E[t^n P_k] = n (n-1) ... / ((2j)!! (d+1)(d+3)...) for n = k + 2j, by its ratio from n - 2
    on."""
    value = Fraction(1)
    for i in range(k):
        value *= Fraction(i + 1, d + 1 + 2 * i)
    for j in range((n - k) // 2):
        m = k + 2 * j
        value *= Fraction((m + 1) * (m + 2), 2 * (j + 1) * (d + 1 + 2 * (k + j)))
    return value


@pytest.mark.parametrize(("k", "count"), [(0, 1), (1, 2), (2, 1), (4, 3), (5, 4), (6, 1), (7, 2), (9, 3)])
def test_moments_fall_from_the_stated_dimension_on(k: int, count: int) -> None:
    first, n = moment_sum(Gaussian(1), k, 0, count).first, k + 2 * count
    for d in (first, first + 3):
        assert all(moment(n + 2 * i + 2, k, d) <= moment(n + 2 * i, k, d) for i in range(30))
    assert first == 1 or moment(n + 2, k, first - 1) > moment(n, k, first - 1)


@pytest.mark.parametrize(
    ("coefficients", "k", "first", "count"),
    [
        ((1, 2, 3, 4, 5), 2, 0, 2),
        ((1, 2, 3, 4, 5), 1, 0, 2),
        ((0, 0, 0, 0, 1), 2, 1, 2),
        ((1, 0, 0, 2, 0, 0, 7), 0, 0, 4),
        ((1, 1, 1), 0, 0, 1),
    ],
)
def test_a_polynomial_is_its_moments_and_what_is_cut_is_below_the_rest(
    coefficients: tuple[int, ...], k: int, first: int, count: int
) -> None:
    found = moment_sum(PowerSeries(coefficients), k, first, count)
    assert (found.exponent, found.order, found.damping) == (
        k + first,
        count - first,
        tuple(fmpq(2 * i + 1) for i in range(k + count)),
    )
    for d in (found.first, 7):
        terms = [g * arb(d) ** -s for g, s, _ in found.parts]
        for i, (_, _, slopes) in enumerate(found.parts):
            for x in slopes:
                terms[i] /= 1 + arb(x) / d
        exact = sum(
            (b * moment(n, k, d) for n, b in enumerate(coefficients) if n >= k and (n - k) % 2 == 0), Fraction(0)
        )
        mu = spectrum(PowerSeries(coefficients), d, k, 20).eigenvalues[0].enclosure.ball()
        assert mu.overlaps(ball(exact))
        gap = ball(exact) - sum(terms, arb(0)) * arb(d) ** -found.exponent
        left = sum(b for n, b in enumerate(coefficients) if n >= k + 2 * count)
        wanted = left * ball(moment(k + 2 * count, k, d)) * arb(d) ** found.exponent
        assert abs(found.rest(d, 0) - wanted) < 1e-15 and not gap * arb(d) ** found.exponent > found.rest(d, 0) + arb(
            "1e-20"
        )


def test_signs_must_be_known_from_the_cut_on() -> None:
    """b_2 < 0: the cut at n = 4 is beyond it, that at n = 2 is not; from n = 2 on 1 - t is
    nonnegative."""
    assert (
        moment_sum(PowerSeries((1, -1)), 0, 0, 1).first == 1
        and moment_sum(PowerSeries((3, 0, 0, -1)), 0, 0, 2).first == 1
    )
    for kernel in (PowerSeries((3, 0, -1)), Zonal("sin(t)")):
        with pytest.raises(NotCertified, match="^a remainder for .*: the signs of its Maclaurin"):
            moment_sum(kernel, 0, 0, 1)


def test_a_law_that_begins_late_has_its_certificate() -> None:
    """mu_2 of t^4 is 12/((d+1)(d+3)(d+5)) m, of the order d^-3, one after the d^-2 of t^2."""
    exact = [moment(4, 2, d) for d in range(1, 200)]
    terms = [(sp.Integer(-3), sp.Integer(12)), (sp.Integer(-4), sp.Integer(-12 * 9))]
    found = dimension_certificate(PowerSeries((0, 0, 0, 0, 1)), 2, terms, 2)
    assert found.power == -5
    for d in range(found.start, 200):
        quotient = exact[d - 1] * d**3 / 12
        assert found.lower <= quotient <= found.upper
        assert abs(exact[d - 1] - Fraction(12, d**3) + Fraction(108, d**4)) <= found.constant * Fraction(d) ** -5
    assert Fraction(1, 2) < found.lower <= exact[found.start - 1] * found.start**3 / 12 < found.lower * Fraction(11, 10)
