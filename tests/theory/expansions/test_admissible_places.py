"""Where a kernel is singular: the angle that is named, the power of a zero, the exponent at an end."""

from __future__ import annotations

import re
from fractions import Fraction
from itertools import product

import mpmath as mp
import pytest
from flint import arb

from tests.reading import value_of
from theory.expansions.admissible import Inadmissible, _leading_exponent, _value, check_admissible, zonals
from theory.kernels import Compose, Gaussian, Kernel, Laplace, Product, Zonal
from theory.kernels.zonal_expressions import parse_expression
from theory.numbers.balls import working_precision

NAMES = {name: getattr(mp, name) for name in "sqrt exp log sin cos tan sinh cosh acos asin atan erf pi".split()}


def values(text: str, theta: mp.mpf) -> mp.mpf:
    return value_of(text, {**NAMES, "t": mp.cos(theta), "theta": theta}, mp.mpf)


def refusal(text: str, dim: int | None = 40) -> str | None:
    try:
        check_admissible(Zonal(text), dim)
    except Inadmissible as error:
        return str(error)
    return None


POLES = {
    "1/t": "t = 0",
    "1/(t*t-1/4)": "t = -0.5",
    "t/(t-1/2)**2": "t = 0.5",
    "exp(t)/(3*t+1)": "t = -0.333333",
    "(t-1/3)**(-2)": "t = 0.333333",
    "sin(theta)/t": "t = 0",
    "(t+1)/(t+1)/(2*t-1)": "t = 0.5",
    "0/t": "t = 0",
    "(t-1/2)*(t+2)/((t-1/2)*(4*t+1))": "t = -0.25",
    "1/(theta-1)": "",
    "1/(theta-1/50)": "",
    "1/(theta-78/25)": "",
    "tan(theta)": "",
    "tan(2*t)": "",
    "exp(theta)/(exp(t)-1)": "",
    "1/sin(3*theta/2)": "",
}


@pytest.mark.parametrize("text", POLES)
def test_a_pole_is_named_where_it_is(text: str) -> None:
    message = refusal(text)
    what, theta = re.fullmatch(r"Zonal\(.*\) has a pole(.*) at theta = (\S+), allowed: .*", message).groups()
    assert what == (f" ({POLES[text]})" if POLES[text] else "")
    if POLES[text]:
        assert abs(mp.cos(mp.mpf(theta)) - mp.mpf(POLES[text][4:])) < 1e-5
    if text != "0/t":
        assert min(abs(values(text, mp.mpf(theta) + s * mp.mpf("1e-5"))) for s in (-1, 1)) > 1e4
    assert message.endswith("allowed: an expression that is real and finite for 0 < theta < pi")


BRANCHES = {  # the argument of the root or logarithm
    "sqrt(t)": "t",
    "sqrt(t-2)": "t-2",
    "log(1/2+t)": "1/2+t",
    "t**(1/3)": "t",
    "(t-1/2)**(-2/3)": "t-1/2",
    "t**theta": "t",
    "acos(2*t)": "1-2*t",
    "asin(2*t)": "1-2*t",
    "acos(-1-t)": "-t",
    "asin(1+t)": "-t",
    "acos(-2-t)": "-1-t",
    "asin(theta)": "1-theta",
    "log(theta-1/80)": "theta-1/80",
    "log(3129/1000-theta)": "3129/1000-theta",
    "sqrt(1+2*cos(2*theta))": "1+2*cos(2*theta)",
}


@pytest.mark.parametrize("text", BRANCHES)
def test_at_the_angle_that_is_named_there_is_no_real_value(text: str) -> None:
    message = refusal(text)
    theta = re.search("has a branch point inside: no real value at theta = (.*), allowed", message)[1]
    argument = value_of(BRANCHES[text], {**NAMES, "t": mp.cos(mp.mpf(theta)), "theta": mp.mpf(theta)}, mp.mpf)
    assert argument < 0 or text.startswith(("a",)) and abs(values(text, mp.mpf(theta)).imag) > 0


POWERS = [
    Fraction(*e) for e in ((1, 2), (1, 3), (2, 3), (3, 2), (4, 3), (-1, 2), (-1, 1), (-2, 1), (1, 1), (2, 1), (1, 4))
]


@pytest.mark.parametrize(("multiplicity", "exponent"), [*product((1, 2, 3, 4, 8), POWERS)])
def test_a_power_of_a_zero_has_a_value_where_it_is_real_and_finite(multiplicity: int, exponent: Fraction) -> None:
    """(x^m)^e at x = 0: x^(me) for integers e, |x|^(me) for even m, without a real value for odd m."""
    analytic = exponent >= 0 and (exponent.denominator == 1 or multiplicity % 2 == 0)
    message = refusal(f"((t-1/2)**{multiplicity})**({exponent})")
    assert (message is None) == analytic
    if message is not None:
        theta = mp.mpf(re.search("theta = (.*), allowed", message)[1])
        at_zero = abs(mp.cos(theta) - 0.5) < 1e-5
        assert at_zero == (multiplicity % 2 == 0 or exponent.denominator == 1)
        assert ("(t = 0.5)" in message) == at_zero and ("pole" in message) == (exponent.denominator == 1)


def test_a_logarithm_of_a_zero_is_singular_at_every_power() -> None:
    for power in (2, 4):
        assert "a branch point (t = 0.5)" in refusal(f"log((2*t-1)**{power})")
    assert refusal("log((t-1)**2)") is None and refusal("log((t-2)**2)") is None


ADMISSIBLE = [
    "t**2/t",
    "(t-1/2)/(t-1/2)",
    "(theta-pi/2)/t",
    "(exp(t)-1)/t",
    "tan(theta/4)",
    "tan(theta/2)",
    "1/(t-1)",
    "1/((1-t)*(1+t))",
    "(1-t**2)**(-3)",
    "sqrt(1-t**2)",
    "acos(t)",
    "acos(-t)",
    "asin(t)",
    "acos(1-t**2/2-1/4)",
    "sqrt((t-1/2)**4)",
    "log(2-t)",
    "2**theta",
    "(2+t)**(theta-1)",
    "(1-t)**(1/2)",
    "(1-t)**(-1/2)",
    "1/(theta-4)",
    "1/(theta+1)",
    "1/theta",
    "(1+t)**(2/3)*(1-t)**2",
]


@pytest.mark.parametrize("text", ADMISSIBLE)
def test_what_is_analytic_inside_is_not_refused(text: str) -> None:
    assert refusal(text) is None
    assert refusal(text, None) is None


def test_only_expressions_that_are_evaluated_everywhere_are_looked_at() -> None:
    t, e, r = Zonal("t/2"), Zonal("exp(t)"), Zonal("1/(t-2)")
    assert list(zonals(e)) == [e] and list(zonals(Gaussian(1))) == []
    assert list(zonals(e + Gaussian(1) + t)) == [e, t]
    assert list(zonals(Product((Laplace(1), e, t)))) == [e, t]
    assert list(zonals(3 * e)) == [e] and list(zonals(Compose(r, 2 * (e + t)))) == [e, t]


# kappa ~ c u^e at an end, by hand: sin(theta)^2 = (1-t)(1+t), theta^2 ~ 2(1-t), theta - sin(theta) ~ theta^3/6.
EXPONENTS = {
    "1/(1-t)": (-1, None),
    "1/(1+t)": (None, -1),
    "(1-t)**(-1/4)": (Fraction(-1, 4), None),
    "1/sin(theta)": (Fraction(-1, 2),) * 2,
    "1/theta": (Fraction(-1, 2), None),
    "1/(theta-pi)": (None, Fraction(-1, 2)),
    "exp(t)/(1-t)**3": (-3, None),
    "1/(1-t) + 1/(1-t)**2": (-2, None),
    "1/(theta-sin(theta))": (Fraction(-3, 2), None),
    "(theta-sin(theta))/theta**5": (-1, None),
    "(theta-sin(theta))/theta**9": (-3, None),
    "(1+t)**(-2/3)/(1-t)": (-1, Fraction(-2, 3)),
    "theta**(-2)": (-1, None),
    "theta**(-1/2)": (Fraction(-1, 4), None),
    "1/(1-t) - 1/(1-t)": (None, None),
    "exp(t)": (None, None),
    "sqrt(1-t)": (None, None),
    "1/(2-t)": (None, None),
    "(1-t)**2/(1-t)**(5/2)": (Fraction(-1, 2), None),
    "1/(1-t)**2 + 1/(1+t)": (-2, -1),
}


@pytest.mark.parametrize("text", EXPONENTS)
def test_the_exponent_at_an_end(text: str) -> None:
    found = tuple(_leading_exponent(Zonal(text), end) for end in (1, -1))
    assert found == EXPONENTS[text]
    for end, shown, exponent in ((1, "1-t", found[0]), (-1, r"1\+t", found[1])):
        u = [mp.mpf(10) ** -power for power in (10, 11)]
        if exponent is not None:  # two values a factor 10 apart
            with mp.workdps(60):
                low, high = (abs(values(text, mp.acos(end * (1 - x)))) for x in u)
                assert abs(mp.log10(high / low) + exponent) < 1e-3


@pytest.mark.parametrize("text", EXPONENTS)
def test_the_sphere_must_have_more_than_twice_that_dimensions(text: str) -> None:
    worst = min((e for e in EXPONENTS[text] if e is not None), default=None)
    if worst is None:
        assert refusal(text, 1) is None
        return
    edge = -2 * Fraction(worst)
    check_admissible(Zonal(text), edge + Fraction(1, 10))
    end = "1-t" if EXPONENTS[text][0] is not None and EXPONENTS[text][0] <= -edge / 2 else "1+t"
    assert refusal(text, edge) == (
        f'Zonal("{Zonal(text).expression}") grows like ({end})^({worst}), not integrable on S^{edge}, '
        f"allowed there: exponents above -d/2 = {worst}"
    )


TERMS = [
    "t",
    "theta",
    "pi",
    "3/7",
    "t + theta + 1",
    "t*theta*2",
    "t/theta",
    "theta**3",
    "theta**(-2)",
    "theta**(1/3)",
    "theta**t",
    "2**t",
    *(f"{name}(t/3+1/2)" for name in "sqrt exp log sin cos tan sinh cosh acos asin atan erf".split()),
]


@pytest.mark.parametrize("text", TERMS)
def test_a_value_is_a_ball_around_that_of_another_library(text: str) -> None:
    with working_precision(20), mp.workdps(25):
        for theta in ("0.4", "1.9", "2.8"):
            ball = _value(parse_expression(text), arb(theta))
            wanted = values(text, mp.mpf(theta))
            assert abs(mp.mpf(ball.mid().str(25, radius=False)) - wanted) < mp.mpf("1e-18")
            assert float(ball.rad()) < 1e-18


def test_kernels_made_of_admissible_ones_are_looked_at_as_a_whole() -> None:
    good: list[Kernel] = [Zonal("1/(1-t)") + Gaussian(1), 2 * Zonal("1/(1-t)")]
    for kernel in good:
        check_admissible(kernel, 3)
        with pytest.raises(Inadmissible, match=r"grows like \(1-t\)\^\(-1\), not integrable on S\^2"):
            check_admissible(kernel, 2)
    check_admissible(Product((Zonal("1/(1-t)"), Zonal("1/(1-t)"))), 5)
    with pytest.raises(Inadmissible, match=r"\(1-t\)\^\(-2\)"):
        check_admissible(Product((Zonal("1/(1-t)"), Zonal("1/(1-t)"))), 4)
