"""The angle route around its sums: pieces, passes, projections, limits."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from math import log2, log10
from unittest.mock import patch

import pytest
from flint import arb

from theory.expansions import covers
from theory.expansions.ellipses import Piece
from theory.kernels import NTK, ArcCosine, Compose, ExponentialPower, Gaussian, Kernel, Laplace, Zonal
from theory.numbers.balls import NotCertified, rational, working_precision
from theory.spectra.routes import angle
from theory.spectra.routes.angle import (
    MAX_DIGITS,
    MAX_NODES,
    PASSES,
    _project,
    _quadrature,
    angle_balls,
    log10_size,
    pieces,
)
from theory.spectra.routes.closed import closed_balls
from theory.spectra.sphere import area_ratio

THIRD = ExponentialPower(1, Fraction(2, 3))
PIECES = {
    Gaussian(1): (Piece(),),
    Laplace(1): (Piece(),),
    THIRD: (Piece(3),),
    Compose(ArcCosine(0), ArcCosine(0)): (Piece(2),),
    Zonal("(1+t)**(1/4)"): (Piece(1, False, high=Fraction(1, 2)), Piece(2, True, high=Fraction(1, 2))),
    Zonal("(1-t)**(1/6) + (1+t)**(1/4)"): (Piece(3, False, high=Fraction(1, 2)), Piece(2, True, high=Fraction(1, 2))),
}  # (1-t)^a = (2 sin^2(theta/2))^a ~ theta^(2a), and the same about pi for 1+t


@pytest.mark.parametrize("kernel", PIECES, ids=repr)
def test_each_end_has_the_substitution_of_its_exponents(kernel: Kernel) -> None:
    assert pieces(kernel) == PIECES[kernel]


def test_exponents_too_fine_are_refused() -> None:
    with pytest.raises(NotCertified, match="the angle route for Zonal.*a branch point too fine"):
        pieces(Zonal("(1-t)**(1/1000)"))


def chebyshev(dim: int, degree: int) -> list[Fraction]:
    """P_k(cos theta) as a sum of cos(m theta), by the three-term recurrence of P_k."""

    def times_cos(p: list[Fraction]) -> list[Fraction]:
        result = [Fraction(0)] * (len(p) + 1)
        for m, c in enumerate(p):
            result[m + 1] += c / 2 if m else c
            if m:
                result[m - 1] += c / 2
        return result

    before, now = [Fraction(1)], [Fraction(0), Fraction(1)]
    if degree == 0:
        return before
    for k in range(1, degree):
        up = [(2 * k + dim - 1) * c for c in times_cos(now)]
        up = [c - k * (before[m] if m < len(before) else 0) for m, c in enumerate(up)]
        before, now = now, [c / (k + dim - 1) for c in up]
    return now


@pytest.mark.parametrize("dim", [1, 2, 3, 4, 9])
@pytest.mark.parametrize("degrees", [range(1), range(1, 2), range(6), range(3, 9)])
def test_projections_are_sums_of_moments(dim: int, degrees: range) -> None:
    moments = [Fraction((7 * m + 3) % 11 - 5, m + 2) for m in range(degrees[-1] + 1)]
    with working_precision(20):
        found = _project([arb(rational(m)) for m in moments], dim, degrees)
        assert len(found) == len(degrees)
        for k, value in zip(degrees, found, strict=True):
            exact = sum(c * moments[m] for m, c in enumerate(chebyshev(dim, k)))
            assert value.overlaps(arb(rational(exact))) and value.rad() < 1e-20


@pytest.mark.parametrize("value", [1, -1, 0.75, -3e-200, 5e17])
def test_the_size_of_a_value_is_rounded_up_to_a_power_of_two(value: float) -> None:
    found, exact = log10_size(arb(value)) / log10(2), log2(abs(value))
    assert abs(found - round(found)) < 1e-9 and exact - 1e-9 < found <= exact + 1 + 1e-9


@pytest.mark.parametrize("depth", [5, 40])
@pytest.mark.parametrize("kernel", [NTK(2), Gaussian(2), THIRD], ids=repr)
@pytest.mark.parametrize("dim", [1, 4])
def test_one_quadrature_is_as_deep_as_asked_for(kernel: Kernel, dim: int, depth: int) -> None:
    """Errors of each piece are below 10^-depth; the node added for a pair gains only so much."""
    values = _quadrature(kernel, dim, range(1, 4), depth)
    ratio = area_ratio(dim).ball()
    finer = _quadrature(kernel, dim, range(1, 4), 2 * depth)
    for value, fine in zip(values, finer, strict=True):
        assert value.rad() <= ratio * arb(10) ** -depth * 1.01
        assert value.overlaps(fine) and value.rad() >= arb(10) ** (-depth - 6)


class Faked:
    """Eigenvalues of which a quadrature of some depth leaves out 10^-depth."""

    def __init__(self, values: list[float]) -> None:
        self.values, self.depths = values, []

    def __call__(self, kernel: Kernel, dim: int, degrees: range, depth: float) -> list[arb]:
        self.depths.append(depth)
        return [v + arb(0, arb(10) ** arb(-depth)) for v in self.values]


def run(values: list[float], digits: int, first: int = 0) -> tuple[list[arb], list[float]]:
    faked = Faked(values)
    with patch.object(angle, "_quadrature", faked), working_precision(400):
        return angle_balls(Gaussian(1), 3, range(first, first + len(values)), digits), faked.depths


@pytest.mark.parametrize("small", [0.5, 1e-3, 1e-9, 1e-30, 1e-70, 1e-120])
def test_small_eigenvalues_are_computed_again_until_they_have_their_digits(small: float) -> None:
    """The second pass knows how small a value is that the first one saw; else a later one does."""
    values, depths = run([0.5, small], 20)
    assert all(v.rel_accuracy_bits() * log10(2) >= 20 for v in values)
    assert depths == sorted(depths) and len(depths) <= PASSES
    assert depths[-1] >= 20 - log10(small)
    # No deeper than needed: by what the passes that saw nothing add, twice the last at most.
    seen = -log10(small) < depths[0]
    assert len(depths) == 1 if small > 1e-6 else len(depths) >= 2
    assert not seen or depths[-1] <= max(depths[0], 20 - log10(small) + 3.5)


def test_the_first_depth_holds_for_eigenvalues_as_small_as_their_number_allows() -> None:
    """N(3,k) = (k+1)^2 of them have the trace 1: N mu_k like k^-2 needs no second pass."""
    for degree in (0, 5, 50):
        _, depths = run([1 / (degree + 1) ** 2 / (degree + 2) ** 2 / 900], 15, degree)
        _, again = run([1 / (degree + 1) ** 2 / (degree + 2) ** 2 / 4000], 15, degree)
        assert len(depths) == 1 and len(again) == 2


@pytest.mark.parametrize(("exponent", "seen"), [(-250, True), (-330, False)])
def test_four_passes_see_eigenvalues_down_to_a_limit(exponent: int, seen: bool) -> None:
    """20 digits: depths near 25, and 40, 80, 160 more from pass to pass, 305 in all."""
    with working_precision(400):
        (value,), depths = run([arb(10) ** exponent], 20)
        assert len(depths) == 4 and bool(value > 0) == seen
        assert not seen or value.rel_accuracy_bits() * log10(2) >= 20


@pytest.mark.parametrize("digits", [10, 30])
def test_a_zero_that_nobody_proved_is_enclosed_ever_closer(digits: int) -> None:
    values, depths = run([0.5, 0.0], digits)
    assert len(depths) == PASSES and values[1].contains(0) and values[0] > 0
    steps = [b - a for a, b in zip(depths, depths[1:], strict=False)]
    assert steps == [(digits + 20) * 2**i for i in range(PASSES - 1)]


def test_proved_zeros_need_no_quadrature_and_are_exact() -> None:
    with patch.object(angle, "_quadrature", Faked([1e-3, 1.0, 1e-3])):
        found = angle_balls(ArcCosine(1), 3, range(2, 5), 10)
    assert [value.is_zero() for value in found] == [False, True, False]
    with patch.object(angle, "_quadrature", None):
        assert angle_balls(ArcCosine(0), 3, range(2, 3), 10)[0].is_zero()


def test_limits() -> None:
    """Digits and nodes at their limits and one beyond; real dimensions."""
    even = range(2, 3)
    assert angle_balls(ArcCosine(0), 3, even, MAX_DIGITS)[0].is_zero()
    with pytest.raises(NotCertified, match="5001 digits, where at most 5000 are computed"):
        angle_balls(ArcCosine(0), 3, even, MAX_DIGITS + 1)
    with pytest.raises(ValueError, match="must be an integer .* got 5/2: try routes closed"):
        angle_balls(NTK(2), Fraction(5, 2), range(2), 10)


class Fixed:
    """An ellipse that asks for so many nodes."""

    def __init__(self, count: int) -> None:
        self.count, self.errors = count, []

    def nodes(self, _log_target: float) -> int:
        return self.count

    def covering(self, _kernel: Kernel, first: Iterable[Piece], *_: object) -> covers.Cover:
        """Every piece as it is."""
        return covers.Cover(tuple((piece, self) for piece in first), arb(0))

    def error(self, nodes: int) -> arb:
        self.errors.append(nodes)
        return arb(10) ** -9


@pytest.mark.parametrize("asked", [1, 7, MAX_NODES // 2 - 1, MAX_NODES // 2])
def test_nodes_come_in_pairs_up_to_a_limit(asked: int) -> None:
    taken, counts, fixed = 2 * ((asked + 1) // 2), [], Fixed(asked)

    def moments(kernel: Kernel, piece: Piece, dim: int, top: int, count: int) -> list[arb]:
        counts.append(count)
        return [arb(piece.q)] * (top + 1)

    for kernel, parts in ((NTK(2), 1), (Zonal("(1-t)**(1/6) + (1+t)**(1/4)"), 2)):
        counts.clear(), fixed.errors.clear()
        chosen = patch.object(angle, "cover", fixed.covering)
        with chosen, patch.object(angle, "_fourier_moments", moments):
            (value,) = _quadrature(kernel, 2, range(1), 10)
        assert counts == fixed.errors == [taken] * parts
        # Moments and errors of the pieces add up, times omega_1/omega_2 = 1/2.
        assert value.overlaps(arb(5 if parts == 2 else 1) / 2)
        assert abs(value.rad() / (parts * arb(10) ** -9 / 2) - 1) < 1e-3


def test_more_nodes_are_refused() -> None:
    fixed = Fixed(MAX_NODES + 1)
    with patch.object(angle, "cover", fixed.covering):
        with pytest.raises(NotCertified, match="20001 nodes are needed, at most 20000 are used"):
            _quadrature(NTK(2), 2, range(1), 10)


def test_eigenvalues_far_below_the_first_guess() -> None:
    """mu_40 of a Gaussian is about 1e-60: both routes to 30 digits."""
    routes = (route(Gaussian(1), 3, range(38, 42), 30) for route in (angle_balls, closed_balls))
    for a, b in zip(*routes, strict=True):
        assert a.overlaps(b) and a.rel_accuracy_bits() > 30 * log2(10)
