"""Closed forms of kernels: which bases, with which multipliers, and where there are none."""

from __future__ import annotations

from fractions import Fraction
from math import prod

import mpmath as mp
import pytest

from tests.clock import at_once
from theory.kernels import (
    NNGP,
    NTK,
    ArcCosine,
    Compose,
    Dual,
    DualTangent,
    ExponentialPower,
    Gaussian,
    Kernel,
    Laplace,
    Matern,
    Multiple,
    PowerSeries,
    Zonal,
)
from theory.kernels.constants import Constant
from theory.kernels.formulas import kernel_function
from theory.kernels.normal_form import MAX_DEGREE
from theory.spectra.closed_forms import closed_form
from theory.spectra.exact_values import exact_eigenvalue, exact_parts
from theory.spectra.form_algebra import (
    MAX_MULTIPLIER,
    CapTerm,
    ClosedForm,
    EndPower,
    Exponential,
    IntegerMatern,
    Multiplied,
    One,
    add_forms,
    multiply_forms,
)
from theory.spectra.routes.oracle import kappa
from theory.spectra.spectrum import eigenvalue

THIRD, TENTH = Fraction(1, 3), Fraction(1, 10)
TEXTS = {
    "sqrt(1-t)": [EndPower(1, Fraction(1, 2))],
    "(1+t)**(1/2)": [EndPower(-1, Fraction(1, 2))],
    "t**2*(1+t)**(-1/3) + 3*(1+t)**(-1/3)": [EndPower(-1, -THIRD)],
    "(1-t)**(1/3)*(1-t)**(1/3)": [EndPower(1, 2 * THIRD)],
    "sqrt(1-t)*(1-t) + sqrt(1+t)": [EndPower(1, Fraction(3, 2)), EndPower(-1, Fraction(1, 2))],
    "(1-t)*(2+t)*exp(1-2*t)*exp(t)": [Exponential(Fraction(0), Fraction(-1))],
    "exp(t)*exp(-t)": [],
    "(2-2*t)**(1/3)": [EndPower(1, THIRD)],
    "exp(2)*t": [One()],
    "pi*t + sqrt(2)": [One(), One()],
    "t*log(1-t) + log(2+2*t)/sqrt(1+t)": [EndPower(1, 0, True), EndPower(-1, -Fraction(1, 2), True)]
    + [EndPower(-1, -Fraction(1, 2))],
    "1/(1-t) + (1+t)**(-2)": [EndPower(1, Fraction(-1)), EndPower(-1, Fraction(-2))],
    "(exp(t)+exp(-t))*(t+exp(2*t))": [Exponential(Fraction(0), Fraction(c)) for c in (1, 3, -1)],
    "exp(t)*t - t*exp(t)": [],
    "(t-t)*exp(t)": [],
    "exp(t/3)*t**3 + t**4 - 2": [Exponential(Fraction(0), THIRD)],
}
WITHOUT = [
    "sqrt(2-t)",
    "sqrt(1-2*t)",
    "(1-t)**(1+t)",
    "exp(t**2)",
    "sin(t)",
    "log(2+t)",
    "sqrt(1-t)*exp(t)",
    "sqrt(1-t)+sin(t)",
    "(1+t)/(2-t)",
    "(2+t)**(-1)",
    "(1+t)*sin(t)",
    "theta**2",
    "theta*sin(theta/2)",
    "log(1-t)**2",
    "log(1-t)*exp(t)",
    "log(theta)",
    "(1-t)**(1/3)*(1+t)**(1/3)",
    "1/sqrt(1-t**2)",
    "exp(sin(theta/2))",
]


def value(form: ClosedForm, t: mp.mpf) -> mp.mpf:
    """A form without cap terms, at a point."""
    total = polynomial(form.polynomial, t)
    for part in form.multiplied:
        total += constant(part.constant) * polynomial(part.multiplier, t) * base_value(part.base, t)
    return total


def constant(value: Constant) -> mp.mpf:
    bases = {"pi": lambda _: mp.pi, "e": lambda _: mp.e, "prime": mp.mpf, "log": mp.log}
    return mp.fprod(bases[kind](base) ** (mp.mpf(e.numerator) / e.denominator) for kind, base, e in value)


def polynomial(coefficients: tuple[Fraction, ...], t: mp.mpf) -> mp.mpf:
    return mp.fsum(mp.mpf(c.numerator) / c.denominator * t**n for n, c in enumerate(coefficients))


def base_value(base: EndPower | Exponential | One, t: mp.mpf) -> mp.mpf:
    if isinstance(base, One):
        return mp.mpf(1)
    if isinstance(base, EndPower):
        power = (1 - base.sign * t) ** (mp.mpf(base.exponent.numerator) / base.exponent.denominator)
        return power * mp.log(1 - base.sign * t) if base.log else power
    return mp.exp(polynomial((base.shift, base.rate), t))


@pytest.mark.parametrize("text", TEXTS)
def test_a_form_is_the_function_that_is_written(text: str) -> None:
    form = closed_form(Zonal(text))
    assert {part.base for part in form.multiplied} == set(TEXTS[text]) and not form.caps
    assert len(form.multiplied) == len(TEXTS[text])
    assert all(any(part.multiplier) for part in form.multiplied)
    for t in (mp.mpf("0.3"), mp.mpf("-0.7"), mp.mpf(0)):
        assert abs(value(form, t) - kappa(Zonal(text), t)) < 1e-13


@pytest.mark.parametrize("text", WITHOUT)
def test_other_functions_have_no_form(text: str) -> None:
    assert closed_form(Zonal(text)) is None


@pytest.mark.parametrize("factor", ["t", "exp(t)", "sqrt(1-t)"])
def test_the_degree_of_a_polynomial_factor_is_limited(factor: str) -> None:
    """Of an expression by that of its normal form, of a product of kernels by MAX_MULTIPLIER."""
    power = MAX_DEGREE - 1 - (factor == "t")
    assert closed_form(Zonal(f"t**{power}*{factor}")) is not None
    assert closed_form(Zonal(f"t**{power + 1}*{factor}")) is None
    whole = PowerSeries((0,) * MAX_MULTIPLIER + (1,))
    assert closed_form(whole * ArcCosine(0)) is not None
    assert closed_form(whole * PowerSeries((0, 1))) is None


FORMS = {
    NTK(1, bias_variance=TENTH, weight_variance=3): ClosedForm(polynomial=(TENTH, Fraction(3))),
    NTK(1, layer_scales=(2,), bias_variance=TENTH): ClosedForm(polynomial=(TENTH * 2, Fraction(2))),
    NNGP(1, bias_variance=TENTH, weight_variance=3): ClosedForm(polynomial=(TENTH, Fraction(3))),
    Matern(2, THIRD): ClosedForm(multiplied=(Multiplied((Fraction(1),), IntegerMatern(2, Fraction(18))),)),
    Gaussian(3): ClosedForm(multiplied=(Multiplied((Fraction(1),), Exponential(Fraction(-3), Fraction(3))),)),
    ExponentialPower(5_000, 2): closed_form(Gaussian(10_000)),
    ExponentialPower(3, 2): closed_form(Gaussian(6)),  # |x-x'|^2 = 2 (1-t)
    Dual("sin") + Dual("cos"): ClosedForm(
        multiplied=(Multiplied((Fraction(1),), Exponential(Fraction(-1), Fraction(1))),)
    ),  # E[cos(u - v)] = exp(t - 1)
    DualTangent("sin") + DualTangent("cos"): ClosedForm(
        multiplied=(Multiplied((Fraction(1), Fraction(1)), Exponential(Fraction(-1), Fraction(1))),)
    ),
    NTK(2) * PowerSeries((3,)): closed_form(Multiple(Fraction(3), NTK(2))),
    NTK(2) * PowerSeries((3, 0)): closed_form(Multiple(Fraction(3), NTK(2))),
    Dual("abs"): add_forms(
        [closed_form(Multiple(Fraction(2), ArcCosine(1))), ClosedForm(polynomial=(0, Fraction(-1)))]
    ),  # |u| = relu(u) + relu(-u): E = (k1(t) + k1(-t)) = 2 k1(t) - t
}
NONE = [
    NNGP(3),
    NTK(3),
    NNGP(2, bias_variance=TENTH),
    NTK(2, bias_variance=TENTH),
    Laplace(1),
    ExponentialPower(1, Fraction(3, 2)),
    Matern(Fraction(5, 2), 1),
    Dual("erf"),
    Dual("gelu"),
    DualTangent("tanh"),
    Compose(ArcCosine(1), PowerSeries((0, 0, 1))),
    Laplace(1) + Gaussian(1),
    Gaussian(1) + Laplace(1),
    Laplace(1) * Gaussian(1),
    Gaussian(1) * Laplace(1),
    Multiple(THIRD, Laplace(1)),
    ArcCosine(1) * ArcCosine(1),
    ArcCosine(1) * Gaussian(1),
    ArcCosine(1) * Gaussian(1) * PowerSeries((0, 1)),
]


@pytest.mark.parametrize("kernel", FORMS, ids=repr)
def test_forms_of_named_kernels(kernel: Kernel) -> None:
    assert closed_form(kernel) == FORMS[kernel]


@pytest.mark.parametrize("kernel", NONE, ids=repr)
def test_named_kernels_without_a_form(kernel: Kernel) -> None:
    assert closed_form(kernel) is None


@pytest.mark.parametrize("order", range(5))
@pytest.mark.parametrize("dim", [1, 4, Fraction(7, 2)])
def test_weights_of_arc_cosine_kernels_are_moments_of_a_gaussian(order: int, dim: int) -> None:
    """E|w|^(2a) in R^(d+1), by sums of squares: the product of d+1, d+3, ..."""
    (cap,) = closed_form(ArcCosine(order)).caps
    assert cap.order == order
    for degree in (0, 1, 5):
        moment = prod((dim + 1 + 2 * i for i in range(order)), start=Fraction(1))
        assert cap.weight(degree, dim) == 2 * moment


@pytest.mark.parametrize("dim", [1, 2, 5])
def test_the_laplacian_multiplies_by_its_eigenvalue(dim: int) -> None:
    plain, laplace = CapTerm(2, Fraction(0), (Fraction(1),)), CapTerm(2, Fraction(3), ())
    for degree in range(6):
        values = [exact_eigenvalue(ClosedForm((cap,)), dim, degree) for cap in (plain, laplace)]
        assert values[1] == 3 * degree * (degree + dim - 1) * values[0]


def test_sums_collect_terms_and_leave_out_what_cancels() -> None:
    one = Fraction(1)
    caps = [CapTerm(2, one, ()), CapTerm(1, Fraction(0), (one,)), CapTerm(1, one, (one, one))]
    forms = [ClosedForm((cap,)) for cap in caps]
    assert add_forms(forms).caps == (CapTerm(1, one, (2 * one, one)), caps[0])
    assert add_forms([forms[0], ClosedForm((caps[0].scaled(-one),))]).caps == ()
    without = add_forms([forms[2], ClosedForm((CapTerm(1, -one, ()),))])
    assert without.caps == (CapTerm(1, Fraction(0), (one, one)),)
    assert add_forms([forms[2], ClosedForm((CapTerm(1, 0, (-one, -one)),))]).caps == (CapTerm(1, one, ()),)
    assert add_forms([]) == ClosedForm()


def test_products_of_forms_distribute() -> None:
    """Cap terms times a polynomial, by t P_k = (k P_{k-1} + (k+d-1) P_{k+1})/(2k+d-1) at d = 2."""
    cap, even = closed_form(ArcCosine(2)), ClosedForm(polynomial=(Fraction(2), 0, Fraction(5)))
    odd = ClosedForm(polynomial=(Fraction(0), Fraction(1)))
    product = multiply_forms(cap, add_forms([even, odd]))
    values = [exact_eigenvalue(cap, 2, k) for k in range(9)]

    def times_t(v: list) -> list:
        return [
            (k * (v[k - 1] if k else v[0]) + (k + 1) * v[k + 1]) * Fraction(1, 2 * k + 1) for k in range(len(v) - 1)
        ]

    once, twice = times_t(values), times_t(times_t(values))
    for k in range(7):
        assert exact_eigenvalue(product, 2, k) == 2 * values[k] + once[k] + 5 * twice[k]
    assert multiply_forms(cap, cap) is None


ARCS = {
    "1 - theta/pi": ArcCosine(0),
    "(sin(theta)+(pi-theta)*cos(theta))/pi": ArcCosine(1),
    "t*(-acos(t)/pi + 1) + (t*(pi - acos(t)) + sqrt(1 - t**2))/pi": NTK(2),
    "3*t*acos(-t)/pi": Multiple(Fraction(3), NTK(2, layer_scales=(1, 0))),
}


@pytest.mark.parametrize("text", ARCS)
def test_arc_cosine_kernels_are_recognised(text: str) -> None:
    assert closed_form(Zonal(text)) == closed_form(ARCS[text])


@pytest.mark.parametrize("order", range(6))
def test_arc_cosine_kernels_of_every_order_are_recognised_in_their_own_text(order: int) -> None:
    text = kernel_function(ArcCosine(order), "text")
    assert closed_form(Zonal(text)) == closed_form(ArcCosine(order)) != closed_form(ArcCosine(order + 1))


def test_exact_end_powers_of_high_degree_are_quick() -> None:
    """Whole numbers are multiplied out and divided once: with a fraction at each step 400 degrees took half a minute."""
    form = closed_form(Zonal("t**5*sqrt(1-t)"))
    assert form is not None
    with at_once(0.5):
        found = [exact_parts(form, 3, k) for k in range(450, 470)]
    for degree, parts in zip(range(450, 470), found, strict=True):
        assert parts is not None
        ((constant, base),) = parts
        value = mp.fdiv(parts[constant, base].numerator, parts[constant, base].denominator) * mp.sqrt(2) / mp.pi
        assert base is None
        assert mp.almosteq(value, float(eigenvalue(Zonal("t**5*sqrt(1-t)"), 3, degree)), 1e-14)
