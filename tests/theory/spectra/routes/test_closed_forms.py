"""Closed forms: Gamma texts, rational degrees, exact zeros, cancellation, exponentials, powers."""

from __future__ import annotations

from fractions import Fraction
from math import prod

import mpmath as mp
import pytest
from flint import arb

from theory.kernels import NTK, ArcCosine, Kernel, Laplace, PowerSeries, Zonal
from theory.numbers.balls import Enclosure, NotCertified, rational, working_precision
from theory.spectra.closed_forms import closed_form
from theory.spectra.exact_texts import gamma_text
from theory.spectra.exact_values import exact_eigenvalue, is_zero, rational_eigenvalue
from theory.spectra.form_algebra import ClosedForm, EndPower, Exponential, Multiplied, add_forms
from theory.spectra.routes.closed import balls, bessel_ratios, closed_balls, steps_to_shrink
from theory.spectra.spectrum import spectrum
from theory.spectra.sphere import moment

ONE, HALF = Fraction(1), Fraction(1, 2)
NAMES = {"Gamma": mp.gamma, "factorial": mp.factorial, "sqrt": mp.sqrt, "pi": mp.pi}
TEXTS = [
    ArcCosine(0),
    ArcCosine(2),
    NTK(1),
    NTK(2, bias=True),
    PowerSeries((1, 0, 3)),
    ArcCosine(3) + PowerSeries((2, 1)),
    PowerSeries((1, 2)) * ArcCosine(1),
    Zonal("(1-t)**(1/3)*(2-t)"),
    Zonal("sqrt(1+t) + t/2"),
    Zonal("(1+t)**(5/2)"),
    ArcCosine(1) + Zonal("sqrt(1-t)*t**2"),
]


@pytest.mark.parametrize("dim", [1, 2, 3, Fraction(5, 2)])
@pytest.mark.parametrize("kernel", TEXTS, ids=repr)
def test_the_text_in_gamma_has_the_value(kernel: Kernel, dim: int | Fraction) -> None:
    form = closed_form(kernel)
    with working_precision(20):
        values = balls(form, dim, range(7), 20)
    for degree, value in enumerate(values):
        text = gamma_text(form, dim, degree)
        found = mp.mpf(eval(text, {"__builtins__": {}}, NAMES))  # our own words, no one else's
        exact = float(value.mid())
        assert abs(found - exact) <= 1e-12 * (1 if value.contains(0) else abs(exact))
        assert (text == "0") == bool(value.is_zero())


def test_zeros_have_no_terms_and_exponentials_no_text() -> None:
    texts = [gamma_text(closed_form(ArcCosine(0)), 2, k) for k in range(5)]
    assert [text == "0" for text in texts] == [False, False, True, False, True]
    assert gamma_text(closed_form(Zonal("t*exp(t)")), 2, 1) is None
    assert gamma_text(closed_form(NTK(2)), Fraction(5, 2), 2).count("Gamma") == 3
    assert gamma_text(closed_form(PowerSeries((1, 2))), 2, 5) == "0"
    # The Laplacian's weight at k = 0 alone: no term is left.
    assert gamma_text(ClosedForm((closed_form(NTK(2)).caps[0].scaled(Fraction(0)),)), 3, 0) == "0"


@pytest.mark.parametrize("kernel", [k for k in TEXTS if not closed_form(k).multiplied], ids=repr)
def test_degrees_whose_value_is_rational_in_every_dimension(kernel: Kernel) -> None:
    """c_k(a) = E[t^a P_k]/2 for k <= a of the parity of a; in integer dimension the same value."""
    form = closed_form(kernel)
    orders = [cap.order for cap in form.caps]
    highest = max([*orders, len(form.polynomial) - 1])
    for degree in range(highest + 4):
        wanted = degree <= highest and all((a - degree) % 2 == 0 for a in orders)
        for dim in (1, 2, 3, 6, HALF * 5):
            found = rational_eigenvalue(form, dim, degree)
            assert (found is not None) == wanted
            if found is None:
                continue
            if isinstance(dim, int):
                assert found == exact_eigenvalue(form, dim, degree)
            with working_precision(20):
                (value,) = balls(form, dim, range(degree, degree + 1), 20)
                assert Enclosure.of(value).contains(found.rational())
    assert rational_eigenvalue(closed_form(PowerSeries((1, 1)) * ArcCosine(1)), 3, 1) is None


def test_exact_values_of_products_and_none_of_exponentials() -> None:
    """(1 + 2t) k1 by t P_k; no polynomial in pi is claimed for a power or an exponential."""
    plain, factor = ArcCosine(1), PowerSeries((1, 2))
    form, plain = closed_form(factor * plain), closed_form(plain)
    for k in range(6):
        low, middle, high = (exact_eigenvalue(plain, 3, max(j, 0)) for j in (k - 1, k, k + 1))
        wanted = middle + 2 * (Fraction(k, 2 * k + 2) * low + Fraction(k + 2, 2 * k + 2) * high)
        assert exact_eigenvalue(form, 3, k) == wanted
    for text in ("exp(t)", "sqrt(1-t)", "t*sqrt(1+t)"):
        assert exact_eigenvalue(closed_form(Zonal(text)), 3, 1) is None
    assert exact_eigenvalue(add_forms([form, closed_form(Zonal("exp(t)"))]), 3, 1) is None


def zero_at(nu: Fraction, dim: int | Fraction, k: int) -> Fraction:
    """c with mu_k[(1-t)^nu (c-t)] = 0, by t = 1 - u and Rodrigues, mu_k[u^nu] =
    2^nu (d/2)_nu (-nu)_k/(d+nu)_k up to what is common: c - 1 = -mu_k[u^(nu+1)]/mu_k[u^nu]."""
    return 1 - 2 * (nu + Fraction(dim) / 2) * (nu + 1) / ((nu + 1 - k) * (k + nu + dim))


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("dim", [1, 2, Fraction(7, 2)])
@pytest.mark.parametrize("k", [0, 1, 2, 5])
def test_zeros_of_an_end_power_times_a_polynomial(sign: int, dim: int | Fraction, k: int) -> None:
    nu = Fraction(1, 3)
    c = zero_at(nu, dim, k)

    def power(constant: Fraction) -> Multiplied:
        return Multiplied((constant, Fraction(-sign)), EndPower(sign, nu))

    form = ClosedForm(multiplied=(power(c),))
    assert is_zero(form, dim, k)
    assert not is_zero(form, dim, k + 1)
    assert not is_zero(ClosedForm(multiplied=(power(c + Fraction(1, 10**30)),)), dim, k)
    for other in (
        ClosedForm(polynomial=(0,) * k + (ONE,)),
        ClosedForm(multiplied=(Multiplied((ONE,), EndPower(-sign, nu)),)),
    ):
        assert not is_zero(add_forms([form, other]), dim, k)
    # A sum is zero where each of its parts is: k0 has no even degree but 0, which a real dimension does not tell.
    vanishing = isinstance(dim, int) and k > 0 and k % 2 == 0
    assert is_zero(add_forms([form, closed_form(ArcCosine(0))]), dim, k) == vanishing
    with working_precision(30):
        (value,) = balls(form, dim, range(k, k + 1), 30)
        assert value.contains(0) and value.rad() < arb(10) ** -30


def test_zeros_by_exact_values_need_an_integer_dimension() -> None:
    """k1 less its mean on S^2, which is not that on S^3."""
    mean = exact_eigenvalue(closed_form(ArcCosine(1)), 2, 0).rational()
    form = add_forms([closed_form(ArcCosine(1)), ClosedForm(polynomial=(-mean,))])
    assert is_zero(form, 2, 0) and not is_zero(form, 2, 1) and not is_zero(form, 3, 0)
    assert is_zero(form, 2, 3) and not is_zero(form, Fraction(5, 2), 0)
    assert not is_zero(closed_form(Zonal("exp(t) - t")), 2, 1)


def test_without_a_closed_form_the_route_refuses() -> None:
    with pytest.raises(NotCertified, match="route closed for Laplace.*: no closed form is known; try route auto or"):
        closed_balls(Laplace(1), 2, range(3), 15)


SMALL = "t/10**225"


@pytest.mark.parametrize("text", [f"exp({SMALL}) - 1 - {SMALL}", f"exp(-{SMALL}) + {SMALL} - 1"])
def test_what_cancels_is_computed_again_with_more_digits(text: str) -> None:
    """exp(c t) - 1 - c t = c^2 t^2/2 + ...: 450 digits cancel, and mu_0 = c^2/(2(d+1)) + ..."""
    mean, _, second = closed_balls(Zonal(text), 3, range(3), 30)
    for value, exact in ((mean, Fraction(1, 8)), (second, moment(2, 2, 3) / 2)):
        assert value.rel_accuracy_bits() > 3.3219 * 30
        with working_precision(30):
            scaled = value * arb(10) ** 450
            assert abs(scaled - arb(exact.numerator) / exact.denominator) < arb(10) ** -30


def test_what_cancels_too_far_is_no_digit() -> None:
    (value,) = closed_balls(Zonal("exp(t/10**450) - 1 - t/10**450"), 2, range(1), 15)
    assert value.contains(0) and abs(value) < arb(10) ** -300
    with pytest.raises(NotCertified, match="on S.2 by route closed: no digit.*is it exactly zero"):
        spectrum(Zonal("exp(t/10**450) - 1 - t/10**450"), 2, range(1), 15, "closed")


def test_a_zero_of_a_sum_of_two_forms_is_exact() -> None:
    """k1(t) - t/2 is even."""
    values = closed_balls(ArcCosine(1) + PowerSeries((0, -HALF)), 3, range(5), 20)
    assert [value.is_zero() for value in values] == [False, True, False, True, False]


@pytest.mark.parametrize("rate", [Fraction(1, 100), 1, Fraction(-7, 3), 30, -200])
@pytest.mark.parametrize("dim", [1, 2, Fraction(5, 2), 300])
def test_exponentials_have_bessel_functions(rate: Fraction, dim: int | Fraction) -> None:
    """Gamma(v+1) (2/c)^v I_{k+v}(c) e^a, v = (d-1)/2, over a range and one by one, to 20 digits."""
    form = ClosedForm(multiplied=(Multiplied((ONE,), Exponential(Fraction(2), Fraction(rate))),))
    start, count = 3, 40
    with working_precision(20), mp.workdps(50):
        chain = balls(form, dim, range(start, start + count), 20)
        v = (mp.mpf(Fraction(dim).numerator) / Fraction(dim).denominator - 1) / 2
        c = mp.mpf(Fraction(rate).numerator) / Fraction(rate).denominator
        for k in (start, start + 1, start + count - 1):
            (alone,) = balls(form, dim, range(k, k + 1), 20)
            exact = mp.gamma(v + 1) * (2 / abs(c)) ** v * mp.besseli(k + v, abs(c)) * mp.exp(2)
            exact = arb(mp.nstr(exact * mp.sign(c) ** k, 40))
            for found in (alone, chain[k - start]):
                assert found.rel_accuracy_bits() > 3.3219 * 20
                assert abs(found / exact - 1) < arb(10) ** -20


@pytest.mark.parametrize("c", [Fraction(1, 7), Fraction(3)])
@pytest.mark.parametrize("order", [Fraction(0), Fraction(3, 2), Fraction(30)])
def test_ratios_of_bessel_functions_from_a_single_bound(order: Fraction, c: Fraction) -> None:
    """One step: 1/(2v/c + r) for all r between 0 and c/(2v+2), v = order + 1; each further step
    shrinks it by (c/2v)^2 at least."""
    v = order + 1
    with working_precision(20), mp.workdps(30):
        (ratio,) = bessel_ratios(order, c, 1)
        low, high = 1 / (2 * v / c + c / (2 * v + 2)), c / (2 * v)
        for end, wanted in ((ratio.lower(), low), (ratio.upper(), high)):
            assert abs(end - arb(rational(wanted))) < float(high - low) / 100
        found = bessel_ratios(order, c, 12)
        for i, value in enumerate(found):
            n, x = (mp.mpf(y.numerator) / y.denominator for y in (order + i, c))
            exact = mp.besseli(n + 1, x) / mp.besseli(n, x)
            assert value.overlaps(arb(mp.nstr(exact, 25), 1e-22))
        for i, (one, two) in enumerate(zip(found, found[1:], strict=False)):
            shrink = (float(c) / 2 / float(order + i + 1)) ** 2
            assert one.rad() <= two.rad() * shrink * 1.01 + 1e-24


@pytest.mark.parametrize("c", [Fraction(1, 10**450), Fraction(1, 100), Fraction(1), Fraction(30)])
@pytest.mark.parametrize("order", [Fraction(0), Fraction(5, 2)])
def test_no_more_steps_than_shrink_a_bound_to_the_last_bit(order: Fraction, c: Fraction) -> None:
    with working_precision(20) as bits:
        n = steps_to_shrink(order, c)
        factors = [min(ONE, c / (2 * (order + i))) ** 2 for i in range(1, n + 1)]
        assert prod(factors) <= Fraction(1, 2**bits) < prod(factors[:-1])
        first = bessel_ratios(order, c, n)[0]
        assert first.rel_accuracy_bits() > bits - 8


def test_an_exponential_of_rate_zero_is_a_constant() -> None:
    form = closed_form(Zonal("exp(1+t)*exp(-t)"))
    with working_precision(20):
        first, *others = balls(form, 3, range(3), 20)
        assert first.overlaps(arb(1).exp()) and first.rad() < 1e-20
        assert all(value.is_zero() for value in others)
        assert balls(form, 3, range(1, 2), 20)[0].is_zero()


@pytest.mark.parametrize(("exponent", "dim"), [(-HALF, 1), (Fraction(-1), 2), (Fraction(-5, 2), 5)])
def test_an_end_power_is_integrable(exponent: Fraction, dim: int) -> None:
    """(1-t)^nu against (1-t)^((d-2)/2) dt: for nu + d/2 > 0 alone."""

    def value(nu: Fraction) -> arb:
        form = ClosedForm(multiplied=(Multiplied((ONE,), EndPower(1, nu)),))
        return balls(form, dim, range(2), 15)[1]

    assert value(exponent + Fraction(1, 100)) > 0
    with pytest.raises(ValueError, match="is not integrable on S"):
        value(exponent)
