"""Power series of every kernel against derivatives of the oracle's formula, at 0 and elsewhere."""

from __future__ import annotations

from fractions import Fraction
from math import comb

import mpmath as mp
import pytest
from flint import arb, arb_series

from tests.theory.kernel_list import ALL, HALF, ODD_INNER, TANH
from theory.expansions.maclaurin import at_one, in_series, maclaurin, series_terms
from theory.kernels import Compose, Dual, Kernel, Matern, Multiple, PowerSeries, Product, Sum, Zonal
from theory.kernels.relu import arc_cosine_polynomials
from theory.numbers.balls import NotCertified, series_length, working_precision
from theory.spectra.routes.oracle import kappa

TERMS = 7
# One kernel of each operation of the expression language, exponents of each kind.
WRITTEN = [
    Zonal(text)
    for text in (
        "sinh(t)/(3+t)",
        "cosh(2*t)",
        "tan(t/2)",
        "sqrt(2+t)*exp(t)",
        "log(2-t)",
        "erf(t)",
        "asin(t/2)",
        "atan(2*t)",
        "acos(t/3)",
        "sin(t) + cos(t) + pi",
        "theta",
        "(2+t)**(-3)",
        "(2+t)**5",
        "(2+t)**0",
        "(2+t)**(2/3)",
        "(2+t)**(-1)",
        "(2+t)**(-2)",
        "(2+t)**t",
    )
]
NESTED = [
    Compose(Matern(Fraction(3, 2), 1), ODD_INNER),
    Compose(Matern(Fraction(5, 2), 1), PowerSeries((0, 0, 1))),
    Multiple(Fraction(3, 7), Zonal("exp(t)")),
]
# The oracle takes seconds for K_n of integer n, which the series does not treat apart.
FORMULAS = [
    *(
        k
        for k in ALL
        if "Matern(nu=1," not in repr(k) and "Matern(nu=2," not in repr(k) and "Matern(nu=3," not in repr(k)
    ),
    *WRITTEN,
    *NESTED,
]
SINGULAR = [Zonal("(1-t)**(1/3)*(2-t)"), Zonal("theta**2/pi - sqrt(1-t**2)")]  # log(0), 1/0


def close(found: arb, exact: mp.mpf) -> bool:
    """Equal to 20 digits, and certain to 20 digits."""
    gap = arb(10) ** -20 * (1 + abs(arb(mp.nstr(exact, 30))))
    return bool(abs(found - arb(mp.nstr(exact, 30))) < gap)


def moved(x: mp.mpf) -> mp.mpf:
    """A power series that starts neither at 0 nor with t."""
    return mp.mpf(1) / 3 + x / 2 - x * x / 5


@pytest.mark.parametrize("kernel", FORMULAS, ids=repr)
def test_coefficients_are_the_derivatives(kernel: Kernel) -> None:
    with working_precision(40), mp.workdps(40):
        found = maclaurin(kernel, TERMS)
        exact = mp.taylor(lambda x: kappa(kernel, x), 0, TERMS - 1)
        assert len(found) == TERMS
        assert all(close(a, b) for a, b in zip(found, exact, strict=True))


@pytest.mark.parametrize("kernel", FORMULAS, ids=repr)
def test_a_series_is_substituted(kernel: Kernel) -> None:
    with working_precision(40), series_length(4), mp.workdps(40):
        series = arb_series([arb(1) / 3, arb(1) / 2, arb(-1) / 5])
        found = [in_series(kernel, series)[n] for n in range(4)]
        exact = mp.taylor(lambda x: kappa(kernel, moved(x)), 0, 3)
        assert all(close(a, b) for a, b in zip(found, exact, strict=True))


@pytest.mark.parametrize("kernel", SINGULAR, ids=repr)
def test_a_value_at_one_that_the_formula_does_not_reach_is_no_number(kernel: Kernel) -> None:
    with working_precision(20):
        assert not at_one(kernel).is_finite()


@pytest.mark.parametrize("kernel", [k for k in (*FORMULAS, *TANH) if k not in SINGULAR], ids=repr)
def test_the_value_at_one_is_that_of_the_kernel(kernel: Kernel) -> None:
    """And of sums, products, multiples and compositions, whose parts have no rational value."""
    with working_precision(40), mp.workdps(45):
        value = tanh_at_one(kernel) if kernel in TANH else kappa(kernel, mp.mpf(1))
        assert close(at_one(kernel), value)
        other = Zonal("exp(t) + t")
        for whole, exact in (
            (Sum((kernel, other, other)), value + 2 * mp.e + 2),
            (Product((kernel, other, other)), value * (mp.e + 1) ** 2),
            (Multiple(Fraction(3, 7), Product((kernel, other))), value * (mp.e + 1) * 3 / 7),
        ):
            assert close(at_one(whole), exact)


def tanh_at_one(kernel: Kernel) -> mp.mpf:
    """E[tanh^2], and E[tanh^2] + E[(tanh')^2] of the tangent kernel."""

    def average(function: object) -> mp.mpf:
        integral = mp.quad(lambda u: function(u) * mp.exp(-u * u / 2), mp.linspace(0, 16, 17))
        return 2 * integral / mp.sqrt(2 * mp.pi)

    value = average(lambda u: mp.tanh(u) ** 2)
    return value if isinstance(kernel, Dual) else value + average(lambda u: mp.sech(u) ** 4)


@pytest.mark.parametrize("kernel", TANH, ids=repr)
def test_coefficients_of_tanh_are_squares_of_its_hermite_coefficients(kernel: Kernel) -> None:
    """E[tanh(u) h_n(u)]^2, times n + 1 in the tangent kernel, whose derivative gives n b_n t^n."""
    with working_precision(25), mp.workdps(30):
        found = maclaurin(kernel, 6)
        for n, b in enumerate(found):
            hermite = mp.taylor(lambda x: mp.hermite(n, x), 0, n)[::-1]
            integral = mp.quad(
                lambda u: mp.tanh(u) * mp.polyval(hermite, u / mp.sqrt(2)) * mp.exp(-u * u / 2), mp.linspace(0, 12, 7)
            )
            square = 2 * integral**2 / (mp.pi * mp.mpf(2) ** n * mp.factorial(n)) if n % 2 else 0
            assert close(b, mp.mpf(square if isinstance(kernel, Dual) else (n + 1) * square))


@pytest.mark.parametrize("kernel", TANH, ids=repr)
def test_tanh_is_substituted_at_0_and_elsewhere(kernel: Kernel) -> None:
    """A series that starts at 0 needs no coefficients but the first: tanh(t/2 + t^3/2); others Taylor's."""
    with working_precision(20):
        b, whole = maclaurin(kernel, 4), maclaurin(Compose(kernel, ODD_INNER), 4)
        for found, exact in zip(whole, (0, b[1] / 2, 0, b[1] / 2 + b[3] / 8), strict=True):
            assert found.overlaps(arb(exact)) and found.rad() < 1e-15
        moved, long = maclaurin(Compose(kernel, PowerSeries((HALF, HALF))), 4), maclaurin(kernel, 200)
        for j, found in enumerate(moved):  # sum_n b_n C(n,j) 2^-n
            exact = sum((b * comb(n, j) / arb(2) ** n for n, b in enumerate(long)), arb(0))
            assert abs(found - exact) < 1e-15 and found.rad() < 1e-15
    with pytest.raises(NotCertified, match="below 1 at 0"):
        maclaurin(Compose(kernel, PowerSeries((1, -HALF))), 4)


@pytest.mark.parametrize("order", range(7))
def test_polynomials_of_arc_cosine_kernels(order: int) -> None:
    """J_a/pi = kappa at a point; A and B have degrees a and a - 1 and their parity."""
    a, b = arc_cosine_polynomials(order)
    assert len(a) == order + 1 and len(b) == max(order, 1)
    assert not any(a[i] for i in range(order - 1, -1, -2))
    assert not any(b[i] for i in range(order - 2, -1, -2))
    angle = mp.mpf("0.7")
    c, s = mp.cos(angle), mp.sin(angle)
    even = sum(mp.mpf(x.numerator) / x.denominator * c**n for n, x in enumerate(a))
    odd = sum(mp.mpf(x.numerator) / x.denominator * c**n for n, x in enumerate(b))
    exact = exact_arc_cosine(order, angle)
    assert abs(even * (mp.pi - angle) + odd * s - exact) < 1e-9 * exact


def exact_arc_cosine(order: int, angle: mp.mpf) -> mp.mpf:
    """J_a = a! sin^(2a+1) Integral_0^(pi/2) cos(x)^a / (1 - cos(theta) cos(x))^(a+1) dx."""
    c, s = mp.cos(angle), mp.sin(angle)
    ends = [0, 1, mp.pi / 2]
    integral = mp.quad(lambda x: mp.cos(x) ** order / (1 - c * mp.cos(x)) ** (order + 1), ends)
    return mp.factorial(order) * s ** (2 * order + 1) * integral


def test_a_kernel_without_a_formula_is_named() -> None:
    with series_length(3), pytest.raises(NotCertified, match="the power series of 'kappa': no formula is known"):
        in_series("kappa", arb_series([0, 1]))


@pytest.mark.parametrize("terms", [2, 3, 30])
def test_as_many_coefficients_are_kept_as_are_asked_for(terms: int) -> None:
    with series_length(terms):
        assert series_terms() == terms
    with working_precision(15):
        assert len(maclaurin(Zonal("exp(t)"), terms)) == terms
        assert [float(b) for b in maclaurin(PowerSeries((1, 2)), terms)][:2] == [1, 2]
