"""Values at one assignment: they overlap across precision, agree with mpmath, and know where there is none."""

from __future__ import annotations

from fractions import Fraction

import mpmath as mp
import pytest
from flint import arb
from hypothesis import example, given, settings
from hypothesis import strategies as st

from theory.kernels.parse import parse_kernel
from theory.language.formulas import parse_formula
from theory.numbers.balls import working_precision
from theory.statements.arithmetic import TooLarge, Undefined, Value, as_ball
from theory.statements.values import evaluate

NTK2 = parse_kernel("NTK(depth=2)")
POINT = {"k": 4, "n": 3, "d": 2, "t": Fraction(1, 2)}


def value(text: str, digits: int = 30, **at: int | Fraction) -> Value:
    return evaluate(parse_formula(text), {**POINT, **at}, NTK2, digits)


EXACT = {
    "2**-3 + 0.1": Fraction(9, 40),
    "-2**2": Fraction(-4),
    "2**3**2": Fraction(512),
    "(-8)**3": Fraction(-512),
    "0**0": Fraction(1),
    "sqrt(9/4)": Fraction(3, 2),
    "factorial(5)": Fraction(120),
    "Gamma(5)": Fraction(24),
    "binomial(5, 2)": Fraction(10),
    "binomial(2, 5)": Fraction(0),
    "binomial(5, -1)": Fraction(0),
    # CONVENTIONS.md: the spectrum of NTK(depth=2) on S^2 is 1/2, 1/3, 5/64, 0, 1/192, 0.
    "mu(k)": Fraction(1, 192),
    "mu(2)": Fraction(5, 64),
    "mu(3)": Fraction(0),
    "mu(1, 3)": Fraction(1, 4),
    "N(d, k)": Fraction(9),
    "N(1, 0)": Fraction(1),
    "N(1, 7)": Fraction(2),
    "a(2)": Fraction(25, 64),
    "b(3)": Fraction(0),
    # 1/Gamma is entire.
    "1/Gamma(0)": Fraction(0),
    "1/(2*Gamma(-3))": Fraction(0),
    "(1/Gamma(-1))**2": Fraction(0),
    "Gamma(-2)**-1": Fraction(0),
    "(3*Gamma(-2)**2)**-1": Fraction(0),
    "pi/factorial(-1)": Fraction(0),
}


@pytest.mark.parametrize("text", EXACT)
def test_what_is_rational_is_exact(text: str) -> None:
    assert value(text) == EXACT[text]


NOWHERE = [
    "1/0",
    "0/0",
    "1/(k-4)",
    "(k-4)**-1",
    "0**-1",
    "0**(-1/2)",
    "(-1)**(1/2)",
    "log(0)",
    "log(-1)",
    "sqrt(-1)",
    "acos(2)",
    "asin(-2)",
    "Gamma(0)",
    "Gamma(-3)",
    "factorial(-1)",
    "Gamma(-1)/Gamma(-2)",
    "0*Gamma(0)",
    "Gamma(0)**0",
    "Gamma(0) - Gamma(0)",
    "1/(1 + Gamma(0))",
    "sin(Gamma(0))",
    "(1/0)/Gamma(0)",
    "Gamma(0)/0",
    "mu(-1)",
    "mu(1/2)",
    "mu(2, 0)",
    "mu(2, 1/2)",
    "N(0, 1)",
    "N(2, -1)",
    "a(-1)",
    "b(-1)",
    "b(1/2)",
    "kappa(2)",
    "kappa(-9/8)",
    "mu(pi)",
]


@pytest.mark.parametrize("text", NOWHERE)
def test_what_has_no_value_is_undefined(text: str) -> None:
    with pytest.raises(Undefined):
        value(text)


def test_the_coefficient_on_gegenbauer_polynomials_is_undefined_on_the_circle() -> None:
    with pytest.raises(Undefined, match="d=1"):
        value("a(2)", d=1)


@pytest.mark.parametrize("text", ["mu(10**6)", "exp(exp(exp(10*k)))", "Gamma(10**13 + k/3)", "b(10**6)"])
def test_what_is_out_of_reach_says_so(text: str) -> None:
    with pytest.raises(TooLarge):
        value(text)


def in_mpmath(value: Value) -> tuple[mp.mpf, mp.mpf]:
    """Middle and radius."""
    if isinstance(value, Fraction):
        return mp.mpf(value.numerator) / value.denominator, mp.mpf(0)
    (middle, exponent), (radius, scale) = value.mid().man_exp(), value.rad().man_exp()
    return mp.ldexp(int(middle), int(exponent)), mp.ldexp(int(radius), int(scale))


FUNCTIONS = {
    "sin(x)": mp.sin,
    "cos(x)": mp.cos,
    "exp(x)": mp.exp,
    "log(x)": mp.log,
    "sqrt(x)": mp.sqrt,
    "Gamma(x)": mp.gamma,
    "factorial(x)": mp.factorial,
    "acos(1/(1+x))": lambda x: mp.acos(1 / (1 + x)),
    "pi**x": lambda x: mp.pi**x,
    "asin(1/(1+x))": lambda x: mp.asin(1 / (1 + x)),
    "E**x": mp.exp,
    "x**(1/3)": lambda x: x ** (mp.mpf(1) / 3),
    "binomial(x+2, x)": lambda x: mp.binomial(x + 2, x),
    "1/Gamma(-x)": lambda x: mp.rgamma(-x),
}


@given(st.sampled_from(list(FUNCTIONS)), st.fractions(min_value="1/20", max_value=20, max_denominator=20))
@example("Gamma(x)", Fraction(1, 2))
@example("1/Gamma(-x)", Fraction(3))
@settings(max_examples=120)
def test_an_enclosure_holds_the_value_of_mpmath(text: str, x: Fraction) -> None:
    found = evaluate(parse_formula(text.replace("x", f"({x})").replace(f"e({x})p", "exp")), POINT, None, 30)
    with mp.workdps(60):
        middle, radius = in_mpmath(found)
        wanted = FUNCTIONS[text](mp.mpf(x.numerator) / x.denominator)
        rounding = mp.mpf(10) ** -55 * (1 + abs(wanted))  # of mpmath at 60 digits
        assert abs(middle - wanted) <= radius + rounding


TEXTS = [
    "mu(k)*N(d, k)",
    "mu(k, d+1)",
    "kappa(t)",
    "kappa(-1/3)",
    "b(6)",
    "a(6)",
    "Gamma(k+1/3)/pi",
    "mu(6)/mu(8)",
    "exp(-k)*sqrt(d)",
    "log(k+1)**(1/3)",
    "sin(k)*acos(t)",
]


@given(st.sampled_from(TEXTS), st.integers(2, 9), st.integers(2, 6), st.integers(5, 60), st.integers(5, 60))
@settings(max_examples=60)
def test_enclosures_at_two_precisions_overlap(text: str, k: int, d: int, fewer: int, more: int) -> None:
    balls: list[arb] = [as_ball(value(text, digits, k=k, d=d)) for digits in (fewer, more)]
    with working_precision(80):
        assert balls[0].overlaps(balls[1])


@pytest.mark.parametrize("t", [Fraction(-1), Fraction(-1, 3), Fraction(0), Fraction(1, 8), Fraction(1)])
def test_kappa_is_that_of_the_definition(t: Fraction) -> None:
    """(2 t (pi - acos t) + sqrt(1-t^2))/pi, CONVENTIONS.md, depth 2."""
    definition = "(2*t*(pi-acos(t)) + sqrt(1-t**2))/pi"
    with working_precision(40):
        assert as_ball(value("kappa(t)", t=t)).overlaps(as_ball(value(definition, t=t)))


KERNELS = ["ArcCosine(order=0)", "ArcCosine(order=1)", "NTK(depth=2)", "NTK(depth=2, bias=True)"]


@pytest.mark.parametrize("kernel", KERNELS)
def test_maclaurin_coefficients_are_those_of_mpmath(kernel: str) -> None:
    parsed = parse_kernel(kernel)

    def kappa(t: mp.mpf) -> mp.mpf:
        k0 = (mp.pi - mp.acos(t)) / mp.pi
        k1 = (mp.sqrt(1 - t**2) + t * (mp.pi - mp.acos(t))) / mp.pi
        return dict(zip(KERNELS, (k0, k1, t * k0 + k1, (t + 1) * k0 + k1), strict=True))[kernel]

    with mp.workdps(60):
        wanted = mp.taylor(kappa, 0, 9)
        for n, coefficient in enumerate(wanted):
            middle, radius = in_mpmath(evaluate(parse_formula("b(n)"), {"n": n}, parsed, 30))
            # Numerical differentiation of order n at 60 digits keeps more than 40.
            assert abs(middle - coefficient) <= radius + mp.mpf(10) ** -40
