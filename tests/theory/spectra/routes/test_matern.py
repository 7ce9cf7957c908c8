"""Matern kernels of integer order: u^m log u against differences, the walk, order by order."""

from __future__ import annotations

from fractions import Fraction

import pytest
import sympy as sp
from flint import arb

from theory.kernels import Gaussian, Kernel, Laplace, Matern
from theory.laws.decay import decay
from theory.laws.end_terms import degree_law, end_power
from theory.numbers.balls import Enclosure, working_precision
from theory.spectra.form_algebra import ClosedForm, EndPower, IntegerMatern, Multiplied
from theory.spectra.routes.closed import balls, closed_balls
from theory.spectra.routes.matern import integer_matern
from theory.spectra.routes.series import series_balls
from theory.spectra.routes.walk import steps
from theory.spectra.spectrum import spectrum
from theory.symbolic.objects import d as dim_symbol
from theory.symbolic.objects import k as degree_symbol
from theory.symbolic.puiseux import NoExpansion

KERNELS = [Matern(1, 1), Matern(2, Fraction(3, 2)), Matern(4, Fraction(1, 2)), Matern(1, Fraction(1, 20))]


@pytest.mark.parametrize("kernel", KERNELS, ids=repr)
@pytest.mark.parametrize("dim", [1, 2, 5])
def test_walk_identity(kernel: Matern, dim: int) -> None:
    low, high = (closed_balls(kernel, d, range(9), 20) for d in (dim, dim + 2))
    for a, b in zip(steps(low, dim, dim + 2, 0), high, strict=False):
        assert a.overlaps(b) and a.rel_accuracy_bits() > 30


@pytest.mark.parametrize("kernel", KERNELS[:3], ids=repr)
@pytest.mark.parametrize("dim", [40, Fraction(201, 4)])
def test_agrees_with_the_power_series(kernel: Matern, dim: int | Fraction) -> None:
    """The series evaluates K_nu by Taylor coefficients at t = 0: nothing in common."""
    for a, b in zip(closed_balls(kernel, dim, range(6), 20), series_balls(kernel, dim, range(6), 12), strict=True):
        assert Enclosure.of(a).overlaps(Enclosure.of(b))


@pytest.mark.parametrize("order", [1, 2, 3])
@pytest.mark.parametrize("dim", [1, 2, 3])
def test_an_integer_order_lies_between_its_neighbours(order: int, dim: int) -> None:
    """Against the angle route at nu = n -+ 1/8."""
    for k in (0, 3, 12):
        left, right = (
            spectrum(Matern(order + s * Fraction(1, 8), 1), dim, k, 12).eigenvalues.enclosure(0) for s in (-1, 1)
        )
        middle = spectrum(Matern(order, 1), dim, k, 12).eigenvalues.enclosure(0)
        ends = sorted([left.lower, left.upper, right.lower, right.upper])
        assert ends[0] < middle.lower and middle.upper < ends[-1]


@pytest.mark.parametrize("digits", [15, 200])
def test_high_degrees_keep_their_digits(digits: int) -> None:
    """The tail is weighed against the smallest eigenvalue asked for."""
    for dim in (1, 50):
        (value,) = closed_balls(Matern(1, 1), dim, range(1000, 1001), digits)
        assert value > 0 and value.rel_accuracy_bits() > 3.3219 * digits


@pytest.mark.parametrize("wrong", [IntegerMatern(2, Fraction(1)), IntegerMatern(1, Fraction(10**12 + 1, 10**12))])
def test_another_order_or_scale_is_seen(wrong: IntegerMatern) -> None:
    with working_precision(20):
        right, other = integer_matern(IntegerMatern(1, Fraction(1)), 3, range(5)), integer_matern(wrong, 3, range(5))
    assert not any(a.overlaps(b) for a, b in zip(right, other, strict=True))


def test_a_length_scale_too_short_is_refused_or_right() -> None:
    """Terms up to exp(2 sqrt(2n)/l) cancel: the digits are certified all the same."""
    value = spectrum(Matern(1, Fraction(1, 50)), 2, 3, 10).eigenvalues[0]
    assert value.route == "closed" and value.enclosure.accuracy() >= 10
    assert arb(0) < value.enclosure.ball() < 1


LAWS = [(Matern(1, 1), 2), (Matern(2, Fraction(3, 2)), 1), (Matern(1, 1) + Gaussian(1), 3), (Matern(3, 1), 4)]


@pytest.mark.parametrize(("kernel", "dim"), LAWS, ids=repr)
def test_the_law_is_that_of_the_eigenvalues(kernel: Kernel, dim: int) -> None:
    """mu_k ~ C k^-(d+2nu); with 2 orders more, what is left falls at least like k^-3. Twins: 2nu -+ 1."""
    law = decay(kernel, "k", dim, terms=3)
    order = next(part.nu for part in getattr(kernel, "parts", (kernel,)) if isinstance(part, Matern))
    assert all(branch.exponent == -dim - 2 * order for branch in law.law)
    (even, odd), gaps = law.law, []
    for k in (200, 401):
        branch = (even, odd)[k % 2]
        value = float(spectrum(kernel, dim, k, 18).eigenvalues.enclosure(0).ball().mid())
        series = float(sum(c * sp.Integer(k) ** power for power, c in branch.terms))
        gaps.append(abs(value / series - 1))
        for shift in (-1, 1):
            assert abs(value / (series * float(k) ** shift) - 1) > 0.9
    # A wrong constant or second term leaves a gap that stays, or halves, or falls by 4.
    assert gaps[1] < gaps[0] / 2**3 * 1.2


@pytest.mark.parametrize("m", [0, 1, 2])
@pytest.mark.parametrize("dim", [1, 2, 3])
def test_the_eigenvalue_of_a_logarithm(m: int, dim: int) -> None:
    """(1-t)^m log(1-t) by a difference quotient in the exponent, where the closed form of a power is used."""
    step, k = Fraction(1, 10**8), m + 4
    near = [Multiplied((Fraction(1),), EndPower(1, m + s * step)) for s in (-1, 1)]
    low, high = (balls(ClosedForm(multiplied=(p,)), dim, range(k, k + 1), 40)[0] for p in near)
    slope = float(((high - low) / (2 * arb(step.numerator) / step.denominator)).mid())
    exact = float(end_power(Fraction(m)).subs({dim_symbol: dim, degree_symbol: k}))
    assert abs(slope / exact - 1) < 1e-12  # the error of the quotient is of order step^2


def test_other_logarithms_are_refused() -> None:
    """u^(3/2) log u of the first, u^3 (log u)^2 of the second."""
    for kernel, terms in ((Matern(1, 1) * Laplace(1), 2), (Matern(1, 1) * Matern(2, 1), 6)):
        with pytest.raises(NoExpansion, match="logarithm"):
            degree_law(kernel, 2, terms)
