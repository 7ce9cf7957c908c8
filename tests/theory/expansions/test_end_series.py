"""Series at both ends against those of the interpolating polynomial, at other precision, and within their bound."""

from __future__ import annotations

from fractions import Fraction

import pytest
from flint import acb, arb
from hypothesis import given
from hypothesis import strategies as st

from theory.expansions.angle_polynomials import angle_polynomial
from theory.expansions.end_series import REACHES, WHOLE, EndSeries, end_series, stadium
from theory.expansions.in_the_angle import continued
from theory.expansions.jets import Jet
from theory.kernels import NNGP, NTK, ArcCosine, ExponentialPower, Gaussian, Kernel, Laplace, Zonal
from theory.numbers.balls import Cannot, working_precision

KERNELS = [NTK(2), NTK(3), NTK(3, bias=True), NNGP(3), NTK(5), Laplace(1), ArcCosine(2), Zonal("exp(-theta)")]


def ends(series: EndSeries) -> list[arb]:
    return [*series.near, *series.far]


@pytest.mark.parametrize("kernel", KERNELS, ids=repr)
def test_coefficients_are_those_of_the_interpolating_polynomial(kernel: Kernel) -> None:
    f, series = angle_polynomial(kernel, 9), end_series(kernel, 4, 20)
    with working_precision(f.digits, 0):
        other = [*f.odd_part(False, 4), *f.odd_part(True, 4)]
    assert all(a.overlaps(b) and a.rad() < 1e-15 for a, b in zip(ends(series), other, strict=True))
    wrong = [a * (1 + arb(2) ** -20) + arb(2) ** -20 for a in ends(series)]
    assert not any(a.overlaps(b) for a, b in zip(wrong, other, strict=True))


@pytest.mark.parametrize("kernel", KERNELS, ids=repr)
def test_more_terms_and_digits_agree(kernel: Kernel) -> None:
    few, many = end_series(kernel, 3, 15), end_series(kernel, 12, 40)
    for a, b in zip(few.near + few.far, many.near[:3] + many.far[:3], strict=True):
        assert a.overlaps(b) and a.rad() < 1e-14 and b.rad() < 1e-38


@given(st.sampled_from(KERNELS), st.floats(0, 1), st.floats(-1, 1), st.sampled_from([0, 1]))
def test_the_bound_holds_within_reach(kernel: Kernel, along: float, angle: float, where: int) -> None:
    """On the two discs and the rectangle between them."""
    reach, bound = stadium(kernel)
    with working_precision(15, 10):
        r, pi = arb(reach.numerator) / reach.denominator * (1 - arb(2) ** -30), arb.pi()
        turn = acb(0, pi * arb(angle)).exp() * r * arb(along)
        for theta in (turn, pi - turn, acb(pi * arb(along), r * arb(angle))):
            value = continued(kernel, WHOLE.point(Jet(theta, acb(1), theta, None))).mid
            assert not abs(value) > bound


def test_the_reach_is_the_widest_that_is_certified() -> None:
    """exp(-2 c sin(theta/2)) is entire; the more layers, the nearer the branch points."""
    reaches = [stadium(kernel)[0] for kernel in (Laplace(1), NTK(3), NTK(5), NTK(10))]
    assert reaches[0] == REACHES[0] and reaches == sorted(reaches, reverse=True)
    assert reaches[-1] < 1


@pytest.mark.parametrize(
    "kernel", [ExponentialPower(1, Fraction(1, 2)), Zonal("abs(t)"), Zonal("theta**(1/3)")], ids=repr
)
def test_fractional_powers_and_breaks_are_refused(kernel: Kernel) -> None:
    with pytest.raises(Cannot, match="a fractional power of the angle at an end, or a break inside"):
        end_series(kernel, 3, 15)


def test_smooth_kernels_have_no_odd_part() -> None:
    assert all(a.contains(0) and a.rad() < 1e-15 for a in ends(end_series(Gaussian(1), 5, 20)))
