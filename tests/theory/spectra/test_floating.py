"""Floating-point spectra: which quadratures are compared, when they agree, what is refused."""

from __future__ import annotations

from fractions import Fraction

import pytest
from mpmath import mp, mpf

from tests.theory.values import refuses_change
from theory.kernels import NTK, ArcCosine, Gaussian
from theory.numbers.balls import NotCertified
from theory.numbers.pi_polynomials import PiPolynomial
from theory.spectra import floating
from theory.spectra.floating import MAX_DEGREE, MAX_DIGITS, Approximate, floating_spectrum
from theory.spectra.routes import oracle as quadrature

DIGITS = 10


def quadratures(monkeypatch: pytest.MonkeyPatch, errors: list[str], value: str = "0.25") -> list[tuple]:
    """Quadratures that are off by these relative errors, one after the other; the calls they got."""
    calls = []

    def oracle(kernel: object, dim: object, degrees: range, working: int, level: int, rule: str) -> list[mpf]:
        calls.append((working, level, rule))
        with mp.workdps(60):
            return [mpf(value) * (1 + mpf(errors[len(calls) - 1]))] * len(degrees)

    monkeypatch.setattr(quadrature, "oracle_values", oracle)
    return calls


@pytest.mark.parametrize(
    ("dim", "rules"),
    [
        (2, [("gauss-legendre", 6), ("gauss-legendre", 7), ("tanh-sinh", 6), ("tanh-sinh", 7), ("tanh-sinh", 8)]),
        (Fraction(5, 2), [("tanh-sinh", 6), ("tanh-sinh", 7), ("tanh-sinh", 8)]),
    ],
)
def test_quadratures_are_refined_until_two_agree(dim: Fraction, rules: list, monkeypatch: pytest.MonkeyPatch) -> None:
    """Real d has a branch point at the ends of the integral, which Gauss-Legendre would not see."""
    for agree in range(1, len(rules)):
        errors = [f"1e-{i + 2}" for i in range(agree)] + [f"1.001e-{agree + 1}"]  # the last two are alike
        errors[-1] = f"{float(errors[-2]) * (1 + 1e-12):.15e}"
        calls = quadratures(monkeypatch, errors)
        found = floating_spectrum(Gaussian(1), dim, range(2), DIGITS)
        assert [(rule, level) for _, level, rule in calls] == rules[: agree + 1]
        assert all(abs(e.value - mpf("0.25")) < 0.01 for e in found.eigenvalues)
        working = [digits for digits, _, _ in calls]
        assert working[0] >= DIGITS and all(b >= a + 5 for a, b in zip(working, working[1:], strict=False))
    quadratures(monkeypatch, [f"1e-{i + 2}" for i in range(len(rules))])
    with pytest.raises(NotCertified, match="two quadratures agree: [345] digits certified, 10 wanted; has the kernel"):
        floating_spectrum(Gaussian(1), dim, range(2), DIGITS)


@pytest.mark.parametrize(("gap", "enough"), [(13, True), (11, False)])
def test_they_agree_to_two_digits_more_than_are_printed(
    gap: int, enough: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = quadratures(monkeypatch, ["0", f"1e-{gap}", "1e-3", "1e-5", "0"])
    if enough:
        floating_spectrum(Gaussian(1), 2, 0, DIGITS)
        assert len(calls) == 2
    else:
        with pytest.raises(NotCertified):
            floating_spectrum(Gaussian(1), 2, 0, DIGITS)


def test_small_values_get_as_many_more_digits(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = quadratures(monkeypatch, ["0", "0"], "1e-40")
    floating_spectrum(Gaussian(1), 2, 0, DIGITS)
    assert 35 + 5 <= calls[1][0] - calls[0][0] <= 45 + 15
    assert floating._smallness([mpf(0), mpf("1e-20"), mpf(5)]) in (19, 20)
    assert floating._smallness([mpf(0)]) == 0 == floating._smallness([mpf(7), mpf("1e30")])


def test_degrees_that_vanish_by_parity_are_zero_and_are_not_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    quadratures(monkeypatch, ["0", "0"])
    found = floating_spectrum(NTK(2), 2, range(1, 6), DIGITS)
    assert [e.degree for e in found.eigenvalues] == [1, 2, 3, 4, 5]
    assert [e.value == 0 for e in found.eigenvalues] == [False, False, True, False, True]
    assert found.eigenvalues[2].decimal(5) == ("0", None)
    quadratures(monkeypatch, ["1e-2", "1e-3"])
    assert floating_spectrum(NTK(2), 2, 3, DIGITS).eigenvalues[0].value == 0
    refuses_change(found)
    refuses_change(found.eigenvalues[0])


def test_agreement_is_in_relative_digits() -> None:
    for a, b, digits in (("1", "1.00001", 5), ("1e-30", "1.001e-30", 3), ("-2", "-2.0002", 4), ("1", "-1", -0.3)):
        assert abs(floating._agreement(mpf(a), mpf(b)) - digits) < 0.01
        assert abs(floating._agreement(mpf(b), mpf(a)) - digits) < 0.01
    assert floating._agreement(mpf(3), mpf(3)) == float("inf")


def test_degrees_and_digits_are_taken_up_to_both_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    assert (MAX_DEGREE, MAX_DIGITS) == (1000, 200)
    quadratures(monkeypatch, ["0", "0"])
    assert floating_spectrum(Gaussian(1), 2, MAX_DEGREE, MAX_DIGITS).digits == MAX_DIGITS
    for degree, digits in ((MAX_DEGREE + 1, 5), (0, MAX_DIGITS + 1)):
        with pytest.raises(ValueError, match=f"takes degrees up to {MAX_DEGREE} and {MAX_DIGITS} digits at most"):
            floating_spectrum(Gaussian(1), 2, degree, digits)


def test_a_value_is_converted_with_all_its_digits() -> None:
    """An eighth on S^2, times 4 pi and 1/pi^2."""
    value = Approximate(ArcCosine(1), 2, 4, mpf("-0.125"))
    assert value.decimal(5) == ("-0.12500", None) and value.decimal(5, Fraction(2, 3)) == ("-0.083333", None)
    assert value.converted(PiPolynomial.of(4, 1), 30) == ("-1.57079632679489661923132169164", None)  # -pi/2
    both = PiPolynomial.of(8) + PiPolynomial.of(8, -1)
    assert value.converted(both, 12) == ("-1.31830988618", None)  # -1 - 1/pi
    assert Approximate(ArcCosine(1), 2, 4, mpf(2) ** 70).decimal(22) == (str(2**70), None)
    assert (value.multiplicity, floating_spectrum(ArcCosine(1), 2, 0, 3).route) == (9, "mpmath")
