"""Multiplicities, areas, Gegenbauer polynomials and moments against counts and monomials."""

from __future__ import annotations

import re
from fractions import Fraction
from math import comb, factorial, prod

import mpmath as mp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from theory.spectra.sphere import (
    area,
    area_ratio,
    check_degree,
    check_dim,
    gegenbauer,
    moment,
    multiplicity,
    multiplicity_real,
)

DIMS = [1, 2, 3, 4, 7, Fraction(5, 2), Fraction(1), Fraction(9, 7)]


def monomial(power: int, dim: int | Fraction) -> Fraction:
    """E[t^n] = 1 3 ... (n-1) / ((d+1) (d+3) ... (d+n-1)) for even n, the Beta integral."""
    if power % 2:
        return Fraction(0)
    return prod((Fraction(i) / (dim + i) for i in range(1, power, 2)), start=Fraction(1))


def polynomials(dim: int, degree: int) -> int:
    """Dimension of the homogeneous polynomials of a degree in d+1 variables."""
    return comb(degree + dim, dim) if degree >= 0 else 0


@pytest.mark.parametrize("dim", [1, 2, 3, 4, 9, 50])
def test_multiplicity_counts_harmonic_polynomials(dim: int) -> None:
    """All polynomials of degree k less r^2 times those of degree k-2."""
    for degree in range(12):
        count = polynomials(dim, degree) - polynomials(dim, degree - 2)
        assert multiplicity(dim, degree) == multiplicity_real(Fraction(dim), degree) == count


@given(st.fractions(1, 9, max_denominator=6), st.integers(0, 9))
def test_multiplicity_in_real_dimension_is_the_same_polynomial(dim: Fraction, degree: int) -> None:
    def rising(length: int) -> Fraction:  # C(d + n, n) as a polynomial in d
        return prod((dim + i for i in range(1, length + 1)), start=Fraction(1)) / factorial(max(length, 0))

    wanted = rising(degree) - (rising(degree - 2) if degree > 1 else 0)
    assert multiplicity_real(dim, degree) == wanted


@pytest.mark.parametrize("n", range(12))
def test_area_is_that_of_the_gamma_function(n: int) -> None:
    with mp.workdps(30):
        wanted = 2 * mp.pi ** (mp.mpf(n + 1) / 2) / mp.gamma(mp.mpf(n + 1) / 2)
        found = sum(mp.mpf(c.numerator) / c.denominator * mp.pi**p for p, c in area(n).terms)
        assert len(area(n).terms) == 1 and abs(found / wanted - 1) < mp.mpf(10) ** -27


@pytest.mark.parametrize("dim", range(1, 12))
def test_area_ratio_is_the_quotient_of_the_areas(dim: int) -> None:
    assert area_ratio(dim) == area(dim - 1) / area(dim)


@pytest.mark.parametrize("dim", DIMS)
@pytest.mark.parametrize("degree", range(7))
def test_gegenbauer_polynomials_are_one_at_one_and_orthogonal_to_lower_powers(degree: int, dim: Fraction) -> None:
    p = gegenbauer(degree, dim)
    assert len(p) == degree + 1 and sum(p) == 1
    assert all(c == 0 for c in p[degree - 1 :: -2]) or degree == 0
    for power in range(degree + 5):
        integral = sum((c * monomial(power + n, dim) for n, c in enumerate(p)), Fraction(0))
        assert integral == moment(power, degree, dim)
        assert (integral != 0) == (power >= degree and (power - degree) % 2 == 0)


@pytest.mark.parametrize(
    ("given_", "read"),
    [(1, 1), (10**6, 10**6), (Fraction(4, 2), 2), (Fraction(5, 2), Fraction(5, 2)), (Fraction(10**6), 10**6)],
)
def test_dimensions_from_one_to_a_million(given_: int | Fraction, read: int | Fraction) -> None:
    assert check_dim(given_) == read and type(check_dim(given_)) is type(read)


SPHERE = "(the dimension d of the sphere S^d in R^(d+1)), got "
NUMBER = f"a number >= 1 and <= 1000000 {SPHERE}"
OUTSIDE, INEXACT = f"dim must be {NUMBER}", f"dim must be an int or a fractions.Fraction, {NUMBER}"


@pytest.mark.parametrize(
    ("given_", "says"),
    [
        (0, OUTSIDE + "0"),
        (Fraction(99, 100), OUTSIDE + "99/100"),
        (True, INEXACT + "True"),
        (2.0, INEXACT + "2.0: write Fraction(2, 1)"),
        (2.1, INEXACT + "2.1: write Fraction(21, 10)"),
        (float("nan"), INEXACT + "nan"),
        ("three", INEXACT + "'three'"),
        (-1, OUTSIDE + "-1"),
        (10**6 + 1, OUTSIDE + "1000001"),
        (Fraction(2 * 10**6 + 1, 2), OUTSIDE + "2000001/2"),
    ],
)
def test_other_dimensions_are_refused(given_: object, says: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(says)}$"):
        check_dim(given_)


@pytest.mark.parametrize("degree", [-1, True, False, 1.0, Fraction(2), "2", None])
def test_a_degree_is_a_nonnegative_integer(degree: object) -> None:
    assert (check_degree(0), check_degree(7)) == (0, 7)
    for function in (check_degree, lambda k: multiplicity(2, k)):
        says = re.escape(f"degree must be an integer >= 0, got {degree!r}")
        with pytest.raises(ValueError, match=says):
            function(degree)


@given(st.integers(1, 3000), st.integers(1, 3000))
def test_a_multiplicity_is_a_difference_of_dimensions_of_homogeneous_polynomials(dim: int, degree: int) -> None:
    """N(d,k) = C(k+d, d) - C(k+d-2, d), by Python's binomials."""
    assert multiplicity(dim, degree) == comb(degree + dim, dim) - comb(degree + dim - 2, dim)


@pytest.mark.parametrize("prime", [10_007, 65_537, 999_983])
def test_a_million_degrees_in_a_million_dimensions_are_counted(prime: int) -> None:
    """N(d,k) k = (2k+d-1) C(k+d-2, d-1) modulo a prime, by Lucas' theorem."""
    d, k = 10**6, 10**6 - 3
    residue, top, low = 2 * k + d - 1, k + d - 2, d - 1
    while top:
        residue, top, low = residue * comb(top % prime, low % prime) % prime, top // prime, low // prime
    assert multiplicity(d, k) * k % prime == residue % prime
