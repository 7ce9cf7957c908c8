"""What may be asked of a spectrum, which route answers, and how a single eigenvalue is written."""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction
from importlib import import_module

import numpy as np
import pytest
from flint import arb

from theory.kernels import NTK, ArcCosine, Gaussian, Kernel, Laplace, PowerSeries, Zonal
from theory.kernels.parse import parse_kernel
from theory.numbers.balls import Cannot, Enclosure, NotCertified
from theory.numbers.pi_polynomials import PiPolynomial
from theory.spectra.routes import choice
from theory.spectra.routes.choice import candidates
from theory.spectra.spectrum import (
    Eigenvalue,
    Eigenvalues,
    check_degrees,
    eigenvalue,
    exact_text,
    float_spectrum,
    spectrum,
)
from theory.spectra.sphere import multiplicity

module = import_module("theory.spectra.spectrum")  # the package has a function of that name
SQUARE = PowerSeries((0, 0, 1))  # t^2 = 1/(d+1) + d/(d+1) P_2
UNSIGNED = Zonal("atan(t) - exp(t)/3")


def test_degrees_are_one_or_a_range_by_one() -> None:
    assert check_degrees(0) == range(1) and check_degrees(7) == range(7, 8)
    assert check_degrees(range(3, 9)) == range(3, 9)
    assert check_degrees(range(10**6 + 1)) == range(10**6 + 1)


@pytest.mark.parametrize(
    ("degrees", "says"),
    [
        (range(5, 5), "degrees must be one degree or consecutive ones >= 0, A:B or range(A, B + 1), got range(5, 5)"),
        (range(-1, 3), "degrees must be one degree or consecutive ones >= 0, A:B or range(A, B + 1), got range(-1, 3)"),
        (
            range(0, 9, 2),
            "degrees must be one degree or consecutive ones >= 0, A:B or range(A, B + 1), got range(0, 9, 2)",
        ),
        ([1, 2], "degrees must be one degree or consecutive ones >= 0, A:B or range(A, B + 1), got [1, 2]"),
        (-1, "degree must be an integer >= 0, got -1"),
        (True, "degree must be an integer >= 0, got True"),
        (range(10**6 + 2), "degrees: 1000002 asked for, at most 1000001 at once"),
    ],
    ids=str,
)
def test_other_degrees_are_refused(degrees: object, says: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(says)}$"):
        check_degrees(degrees)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"kernel": 3}, "a kernel is needed, got 3; parse_kernel reads text"),
        ({"route": "fast"}, "route must be one of auto, closed, ends, angle, series, walk, got 'fast'"),
    ],
)
def test_other_kernels_and_routes_are_refused(change: dict, says: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(says)}$"):
        spectrum(**{"kernel": NTK(2), "dim": 2, "degrees": 1, **change})


ROUTES = [
    (NTK(2), 3, range(5), 30, ("closed", "angle", "series", "walk")),
    (NTK(2), Fraction(5, 2), range(5), 30, ("closed", "series")),
    (Laplace(1), 200, range(5), 30, ("series", "angle", "walk")),
    (Laplace(1), 2, range(5), 30, ("angle", "series", "walk")),
    (Laplace(1), Fraction(7, 2), range(5), 30, ("series",)),
    (UNSIGNED, 3, range(5), 30, ("angle", "walk")),
    (UNSIGNED, Fraction(7, 2), range(5), 30, ("series",)),
    (Laplace(1), 2, range(320), 30, ("angle", "series", "walk")),
    (Laplace(1), 2, range(321), 30, ("ends", "angle", "series", "walk")),
    (UNSIGNED, Fraction(7, 2), range(360, 361), 40, ("ends", "series")),
]


@pytest.mark.parametrize(("kernel", "dim", "degrees", "digits", "names"), ROUTES, ids=str)
def test_routes_that_may_apply_come_cheapest_first(
    kernel: Kernel, dim: int | Fraction, degrees: range, digits: int, names: tuple[str, ...]
) -> None:
    assert candidates(kernel, dim, degrees, digits) == names


@pytest.mark.parametrize(
    ("terms", "count", "first"),
    [
        (2500, 1, "series"),
        (2501, 1, "angle"),
        (2500, 100, "series"),
        (2500, 101, "angle"),
        (25, 10_000, "series"),
        (25, 10_001, "ends"),
        (None, 1, "angle"),
    ],
)
def test_short_series_are_tried_before_the_angle(
    terms: int | None, count: int, first: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Up to 2500 terms for each of up to 100 degrees, or as many in all."""
    monkeypatch.setattr(choice, "terms_needed", lambda *_: terms)
    assert candidates(Laplace(1), 5, range(count), 30)[0] == first


def ball_of(bits: int) -> Callable[..., list[arb]]:
    return lambda kernel, dim, degrees, digits: [arb(3, arb(2) ** (1 - bits)) / 4 for _ in degrees]


def test_a_route_that_reaches_too_few_digits_gives_way(monkeypatch: pytest.MonkeyPatch) -> None:
    """10 digits are 33.2 bits."""
    routes = {"closed": ball_of(20), "angle": ball_of(25), "series": ball_of(33), "walk": ball_of(35)}
    assert ball_of(33)(None, 3, range(1), 1)[0].rel_accuracy_bits() < 33.2
    assert ball_of(35)(None, 3, range(1), 1)[0].rel_accuracy_bits() >= 34
    monkeypatch.setattr(module, "ROUTE_BALLS", routes)
    assert spectrum(NTK(2), 3, range(2), 10).route == "walk"
    what = re.escape("mu_1 of NTK(depth=2) on S^3 by route series: ")
    says = f"^{what}9 digits certified, 10 wanted$"
    with pytest.raises(NotCertified, match=says):
        spectrum(NTK(2), 3, 1, 10, route="series")
    with pytest.raises(NotCertified) as caught:
        spectrum(NTK(2), 3, 1, 20)
    assert "by route walk" in str(caught.value)  # the one that reached most
    monkeypatch.setattr(module, "ROUTE_BALLS", {"closed": lambda *_: [arb(0)]})
    assert spectrum(NTK(2), 3, 1, 10).eigenvalues[0].enclosure.contains(0)
    monkeypatch.setattr(module, "ROUTE_BALLS", {"closed": lambda *_: [arb(0, 1)], "series": lambda *_: [arb(1)]})
    with pytest.raises(NotCertified, match="no digit certified, 10 wanted; is it exactly zero[?]"):
        spectrum(NTK(2), 3, 1, 10, route="closed")


def refusing(error: NotCertified) -> Callable[..., list[arb]]:
    def route(*_: object) -> list[arb]:
        raise error

    return route


def test_a_route_that_does_not_apply_says_why_and_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    """No digits are made up for it; where another route computed, its digits are told, those of the request."""
    cannot, twice = refusing(Cannot("closed", "no form")), refusing(Cannot("angle", "a pole"))
    monkeypatch.setattr(module, "ROUTE_BALLS", {"closed": cannot, "angle": twice, "series": twice, "walk": ball_of(60)})
    assert spectrum(NTK(2), 3, 1, 10).route == "walk"
    with pytest.raises(Cannot, match="^closed: no form$"):
        spectrum(NTK(2), 3, 1, 10, route="closed")
    monkeypatch.setitem(module.ROUTE_BALLS, "walk", twice)
    with pytest.raises(Cannot, match=r"^mu_k of NTK\(depth=2\) on S\^3: closed: no form; angle: a pole$"):
        spectrum(NTK(2), 3, 1, 10)
    monkeypatch.setitem(module.ROUTE_BALLS, "walk", refusing(NotCertified("walk", 12.0, 18, "slow")))
    with pytest.raises(NotCertified, match="^walk: 9 digits certified, 10 wanted; slow$"):
        spectrum(NTK(2), 3, 1, 10)


@pytest.mark.parametrize(
    ("text", "dim", "route"),
    [
        ("Laplace(rate=1)", 3, "closed"),
        ("Matern(nu=1, lengthscale=1)", 3, "angle"),
        ("Laplace(rate=1)", 2001, "walk"),
        ('Zonal("1/(2-t) - 1/(3-t)")', 3, "series"),
        ('Zonal("exp(-1/(1-t))")', 2, "auto"),
    ],
)
def test_no_refusal_of_a_route_speaks_of_digits(text: str, dim: int, route: str) -> None:
    with pytest.raises(Cannot) as caught:
        spectrum(parse_kernel(text), dim, 2, 10, route)
    assert "wanted" not in str(caught.value) and "certified," not in str(caught.value)


def test_factors_between_the_conventions() -> None:
    def one(dim: int | Fraction, degree: int) -> Eigenvalue:
        return eigenvalue(SQUARE, dim, degree)

    assert [one(1, k).gegenbauer_factor for k in (0, 1, 2)] == [1, 2, 2]
    assert [one(3, k).gegenbauer_factor for k in (0, 1, 2)] == [1, 2, 3]
    assert one(Fraction(5, 2), 2).gegenbauer_factor == Fraction(11, 3)
    assert [one(4, k).multiplicity for k in (0, 1, 2)] == [1, 5, 14]
    assert one(4, 2).coefficient_factor == 14 and one(Fraction(5, 2), 1).multiplicity is None
    assert one(Fraction(5, 2), 1).coefficient_factor == Fraction(7, 2)


@pytest.mark.parametrize("dim", [1, 2, 3, 8, 200])
def test_rational_eigenvalues_are_rounded_or_written_in_full(dim: int) -> None:
    """mu_0 = 1/(d+1), N mu_2 = d/(d+1)."""
    first, _, second = spectrum(SQUARE, dim, range(3), 20).eigenvalues
    assert first.exact == PiPolynomial.of(Fraction(1, dim + 1)) and first.exact_text == f"1/{dim + 1}"
    assert second.exact == PiPolynomial.of(Fraction(dim, dim + 1) / multiplicity(dim, 2))
    for value, factor in ((first, Fraction(1)), (second, Fraction(multiplicity(dim, 2))), (first, Fraction(-3, 7))):
        exact = value.exact.rational() * factor
        for digits in (1, 3, 7):
            text, radius = value.decimal(digits, factor)
            error, size = abs(Fraction(text) - exact), abs(exact)
            assert error <= size * Fraction(1, 10) ** (digits - 1) / 2 and error <= Fraction(
                radius
            ) <= error * Fraction(101, 100)


WRITTEN = [
    (2, 0, 3, 1, ("0.333", "0.000334")),
    (3, 0, 5, 1, ("0.25", "0")),
    (3, 0, 1, 1, ("0.2", "0.0500")),
    (3, 0, 1, 4, ("1", "0")),
    (3, 0, 3, 4800, ("1200", "0")),
    (1, 0, 2, -1, ("-0.5", "0")),
    (4, 0, 1, 1, ("0.2", "0")),
    (4, 1, 5, 1, ("0", "0")),
]


@pytest.mark.parametrize(("dim", "degree", "digits", "factor", "text"), WRITTEN)
def test_a_value_that_fits_is_written_without_zeros_at_its_end(
    dim: int, degree: int, digits: int, factor: int, text: tuple[str, str]
) -> None:
    assert eigenvalue(SQUARE, dim, degree).decimal(digits, Fraction(factor)) == text


def test_an_enclosure_astride_a_rounding_border_is_made_finer() -> None:
    fine, digits = eigenvalue(NTK(3), 3, 2, 80), 12
    wide = Enclosure(fine.enclosure.mid, (1, -38))  # of several units in the twelfth digit
    found = Eigenvalue(NTK(3), 3, 2, wide, fine.route, None, None)
    assert wide.decimal(digits) is None
    for asked in (digits, 20, 70):
        assert found.decimal(asked)[0] == fine.decimal(asked)[0]


def test_exact_values_are_short_up_to_degree_and_dimension_five_hundred() -> None:
    kernel = ArcCosine(0)
    inside, outside = eigenvalue(kernel, 3, 497), eigenvalue(kernel, 4, 497)
    assert inside.exact is not None and exact_text(inside) == repr(inside.exact)
    assert outside.exact is None and "Gamma" in exact_text(outside)
    assert eigenvalue(kernel, 3, 498).exact.is_zero() and exact_text(eigenvalue(NTK(3), 3, 2)) is None


def test_eigenvalues_are_a_sequence() -> None:
    values = spectrum(NTK(2), 2, range(2, 8), 20).eigenvalues
    assert len(values) == 6 and [v.degree for v in values] == [2, 3, 4, 5, 6, 7]
    assert values[-1].degree == 7 and [v.degree for v in values[1:3]] == [3, 4]
    assert isinstance(values[1:3], Eigenvalues) and values[1:3].degrees == range(3, 5)
    assert values[0].exact == PiPolynomial.of(Fraction(5, 64)) and values[0].exact_text == "5/64"
    assert values[1].enclosure.contains(0) and values[1].exact.is_zero()
    frozen = Eigenvalues(values.kernel, 2, values.degrees, values.route, [values.enclosure(i) for i in range(6)])
    assert np.array_equal(frozen.floats(), values.floats()) and frozen.enclosure(2) == values.enclosure(2)
    assert np.array_equal(float_spectrum(NTK(2), 2, range(2, 5)), np.array([5 / 64, 0, 1 / 192]))
    assert Eigenvalues(NTK(2), 2, range(0), "closed", []).floats().size == 0


def test_the_digits_asked_for_are_certified_with_eight_to_spare() -> None:
    """Multiples of mu_k round correctly too."""
    for kernel, digits in ((NTK(3), 15), (Gaussian(1), 40), (NTK(2), 25)):
        found = spectrum(kernel, 3, 2, digits)
        assert found.digits == digits and found.eigenvalues[0].enclosure.accuracy() >= digits + 4
