"""Values at one assignment: where exactness ends, where no value is, what is out of reach, why."""

from __future__ import annotations

from fractions import Fraction
from math import comb, factorial

import mpmath as mp
import pytest
from flint import arb

from theory.kernels import Kernel, Zonal
from theory.kernels.parse import parse_kernel
from theory.language.formulas import parse_formula
from theory.numbers.balls import Enclosure, rational
from theory.statements.arithmetic import TooLarge, Undefined, Value, as_ball
from theory.statements.values import evaluate

NTK2 = parse_kernel("NTK(depth=2)")


def value(text: str, kernel: Kernel = NTK2, digits: int = 30, **at: int | Fraction) -> Value:
    return evaluate(parse_formula(text), {"k": 4, "n": 3, "d": 2, "t": Fraction(1, 2), **at}, kernel, digits)


EXACT = {  # the last values that are computed in full
    "2**6666": Fraction(2) ** 6666,
    "2**-6666": Fraction(2) ** -6666,
    "(1/2)**6666": Fraction(2) ** -6666,
    "2**6666*2**6666*2**6664": Fraction(2) ** 19996,
    "2**6666*2**6666/2**-6664": Fraction(2) ** 19996,
    "Gamma(999)": Fraction(factorial(998)),
    "factorial(998)": Fraction(factorial(998)),
    "Gamma(1)": Fraction(1),
    "factorial(0)": Fraction(1),
    "binomial(9999 + n/3, 2)": Fraction(comb(10**4, 2)),
    "binomial(0, 0)": Fraction(1),
    "binomial(1/2, -1)": Fraction(0),
    "sqrt(0)": Fraction(0),
    "sqrt(9/4)": Fraction(3, 2),
    "0**(1/2)": Fraction(0),
    "N(2, 10**5)": Fraction(200_001),
    "N(10**5, 1)": Fraction(100_001),
    "kappa(1)": Fraction(2),
    "a(0)": Fraction(1, 2),
}
ROUNDED = {  # and the first that are not
    "2**6667": Fraction(2) ** 6667,
    "2**-6667": Fraction(2) ** -6667,
    "2**6666*2**6666*2**6665": Fraction(2) ** 19997,
    "2**6666*2**6666/2**-6665": Fraction(2) ** 19997,
    "Gamma(1000)": Fraction(factorial(999)),
    "factorial(999)": Fraction(factorial(999)),
    "binomial(10**4 + n/3, 2)": Fraction(comb(10**4 + 1, 2)),
    "binomial(1/2, 3)": Fraction(1, 16),
    "binomial(pi, 2)/(pi*(pi-1))": Fraction(1, 2),
    "binomial(5, 1/2)*pi": Fraction(512, 63),
    "binomial(2, pi)/sin(pi**2)*pi**2*(1-pi)*(2-pi)": Fraction(2),
    "factorial(pi)/Gamma(pi)/pi": Fraction(1),
    "Gamma(1/2)**2/pi": Fraction(1),
    "sqrt(9/2)**2": Fraction(9, 2),
    "sqrt(2/9)**2": Fraction(2, 9),
    "pi**2/pi**3*pi": Fraction(1),
    "(n/3)**(10**30)": Fraction(1),
    "Gamma(-1/2)/sqrt(pi)": Fraction(-2),
    "(2*pi)**-2*pi**2": Fraction(1, 4),
    "acos(-1)/pi": Fraction(1),
    "asin(-1)/pi": Fraction(-1, 2),
    "asin(1)/pi": Fraction(1, 2),
    "E**log(3)": Fraction(3),
    "kappa(0)*pi": Fraction(1),
    "cos(pi) + sin(0)": Fraction(-1),
    "Gamma(10**6 + n/3)/Gamma(10**6 - 1 + n/3)": Fraction(10**6),
}


@pytest.mark.parametrize("text", EXACT)
def test_small_numbers_are_exact(text: str) -> None:
    found = value(text)
    assert isinstance(found, Fraction) and found == EXACT[text]


@pytest.mark.parametrize("text", ROUNDED)
def test_large_and_irrational_ones_are_enclosed_to_the_digits(text: str) -> None:
    found = value(text)
    assert isinstance(found, arb)
    enclosure = Enclosure.of(found)
    assert enclosure.contains(ROUNDED[text])
    assert enclosure.upper - enclosure.lower <= Fraction(1, 10**30) * max(1, abs(ROUNDED[text]))


@pytest.mark.parametrize("digits", [5, 30, 90])
@pytest.mark.parametrize("text", ["pi**(1/3)", "mu(2, 3)", "kappa(t)", "b(2)", "a(2)/pi", "Gamma(1/3)", "E**pi"])
def test_enclosures_have_the_digits_asked_for(text: str, digits: int) -> None:
    found = Enclosure.of(value(text, digits=digits))
    assert digits <= found.accuracy() <= digits + 45


def test_coefficients_on_gegenbauer_polynomials_scale_the_eigenvalues() -> None:
    """a_k = mu_k (2k + d - 1)/(d - 1)."""
    for k, d in ((2, 2), (4, 2), (2, 4), (0, 2)):
        difference = as_ball(value("a(k)", k=k, d=d)) - as_ball(value("mu(k)", k=k, d=d)) * (2 * k + d - 1) / (d - 1)
        assert difference.contains(0) and difference.rad() < 1e-10


UNDEFINED = {
    "Gamma(0)": "Gamma has a pole at 0",
    "factorial(-3)": "Gamma has a pole at -2",
    "2*Gamma(-1)": "Gamma has a pole at -1",
    "Gamma(-2)**2": "Gamma has a pole at -2",
    "Gamma(-1)*0": "Gamma has a pole at -1",
    "0*Gamma(-1)": "Gamma has a pole at -1",
    "3 - Gamma(-5)": "Gamma has a pole at -5",
    "Gamma(-1)*log(1)": "Gamma has a pole at -1",
    "Gamma(-4)**pi": "Gamma has a pole at -4",
    "2**Gamma(-1)": "Gamma has a pole at -1",
    "Gamma(0)*Gamma(-1)": "Gamma has a pole at 0",
    "1/0": "division by zero",
    "pi/0": "division by zero",
    "1/log(1)": "division by zero",
    "0**-2": "division by zero",
    "0**(-pi)": "a power of 0 with exponent that is no integer",
    "0**(-1/2)": "a power of 0 with exponent that is no integer",
    "(-pi)**pi": "a power of a negative number with exponent that is no integer",
    "log(1-pi)": "log of -2.14159",
    "sqrt(3-pi)": "sqrt of a negative number",
    "acos(pi)": "acos of 3.14159",
    "(-8)**(1/3)": "a power of -8 with exponent that is no integer",
    "sqrt(-1/4)": "sqrt of a negative number",
    "log(0)": "log of 0",
    "log(-2)": "log of -2",
    "acos(9/8)": "acos of 9/8",
    "asin(-9/8)": "asin of -9/8",
    "kappa(9/8)": "kappa at 9/8",
    "kappa(-2)": "kappa at -2",
    "mu(-1)": "mu(k): the degree at -1, which is no integer >= 0",
    "a(1/2)": "a(k): the degree at 1/2, which is no integer >= 0",
    "mu(1, 0)": "mu(k, d): the dimension at 0, which is no integer >= 1",
    "N(0, 1)": "N(d, k): the dimension at 0, which is no integer >= 1",
    "N(1, -1)": "N(d, k): the degree at -1, which is no integer >= 0",
    "b(-1)": "b(n) at -1, which is no integer >= 0",
}


@pytest.mark.parametrize("text", UNDEFINED)
def test_why_there_is_no_value(text: str) -> None:
    with pytest.raises(Undefined) as caught:
        value(text)
    assert str(caught.value) == UNDEFINED[text]


ZERO_BY_POLES = [
    "1/Gamma(0)**2",
    "Gamma(0)**(-1/2)",
    "1/(Gamma(-1)*2)",
    "1/(2*Gamma(-1))",
    "1/(Gamma(-1)/2)",
    "pi/Gamma(-7)",
    "1/(pi*Gamma(-1)**(1/2))",
    "1/(Gamma(-1)/pi)",
    "0/Gamma(0)",
]


@pytest.mark.parametrize("text", ZERO_BY_POLES)
def test_division_by_a_pole_is_zero(text: str) -> None:
    assert value(text) == 0 and isinstance(value(text), Fraction)


REACH = {
    "N(2, 10**5 + 1)": "N(d, k): the degree above 100000",
    "N(10**5 + 1, 2)": "N(d, k): the dimension above 100000",
    "mu(10**5 + 1)": "mu(k): the degree above 100000",
    "mu(2, 10**5 + 1)": "mu(k, d): the dimension above 100000",
    "Gamma(n*10**12/3 + 1/2)": "Gamma of more than 10^12",
    "Gamma(-n*10**12/3 - 1/2)": "Gamma of more than 10^12",
    "1/(pi - pi)": "the value is too large or its enclosure too wide",
}


@pytest.mark.parametrize("text", REACH)
def test_what_is_out_of_reach(text: str) -> None:
    with pytest.raises(TooLarge) as caught:
        value(text)
    assert str(caught.value) == REACH[text]


def test_gamma_is_within_reach_up_to_ten_to_the_twelve() -> None:
    """Stirling: log Gamma(x) = x log x - x - log(x/(2 pi))/2 + 1/(12 x) + ..."""
    found = value("log(Gamma(n*10**12/3))")
    with mp.workdps(30):
        x = mp.mpf(10) ** 12
        wanted = x * mp.log(x) - x - mp.log(x / (2 * mp.pi)) / 2 + 1 / (12 * x)
        assert abs(mp.mpf(found.mid().str(30, radius=False)) - wanted) < mp.mpf(10) ** -12


def test_a_coefficient_without_closed_form_is_summed_up_to_the_hundredth() -> None:
    """exp(t) erf(t): b_n = 2/sqrt(pi) sum_j (-1)^j / (j! (2j+1) (n-2j-1)!)."""
    kernel = Zonal("exp(t)*erf(t)")
    for n in (1, 4, 100):
        total = sum(
            Fraction((-1) ** j, factorial(j) * (2 * j + 1) * factorial(n - 2 * j - 1)) for j in range((n + 1) // 2)
        )
        found = as_ball(value("b(n)*sqrt(pi)/2", kernel, n=n))
        assert (found - arb(rational(total))).contains(0) and found.rel_accuracy_bits() > 60
    with pytest.raises(TooLarge, match=r"^b\(101\) of .* has no closed form$"):
        value("b(n)", kernel, n=101)


def test_what_is_no_expression_is_refused() -> None:
    with pytest.raises(TypeError, match="no expression: 3"):
        evaluate(3, {}, None)
