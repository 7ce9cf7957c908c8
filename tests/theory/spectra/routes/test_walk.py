"""The dimension walk: exact on rational spectra, what it asks its start for, and its limits."""

from __future__ import annotations

from fractions import Fraction

import pytest
from flint import arb

from theory.kernels import NTK, Kernel
from theory.numbers.balls import NotCertified
from theory.spectra.routes.closed import closed_balls
from theory.spectra.routes.walk import MAX_DIM, PASSES, steps, walk_balls
from theory.spectra.sphere import moment


@pytest.mark.parametrize(("base", "dim"), [(1, 1), (1, 3), (1, 7), (2, 2), (2, 4), (2, 10), (3, 5)])
@pytest.mark.parametrize("first", [0, 1, 4])
def test_moments_walk_to_moments(base: int, dim: int, first: int) -> None:
    """E[t^n P_k] on S^d of a power, in rational numbers."""
    for n in (4, 7, 12):
        values = [moment(n, k, base) for k in range(first, first + 5 + dim - base)]
        wanted = [moment(n, k, dim) for k in range(first, first + 5)]
        assert steps(values, base, dim, first) == wanted


class Start:
    """The closed form on S^1 or S^2, with a share of the digits asked for."""

    def __init__(self, share: float) -> None:
        self.share, self.asked = share, []

    def __call__(self, kernel: Kernel, dim: int, degrees: range, digits: int) -> list[arb]:
        self.asked.append((dim, degrees, digits))
        exact = closed_balls(kernel, dim, degrees, digits)
        return [v * arb(1, arb(10) ** -int(self.share * digits)) for v in exact]


@pytest.mark.parametrize(("dim", "base"), [(1, 1), (2, 2), (3, 1), (9, 1), (12, 2)])
def test_the_start_is_asked_for_the_degrees_that_the_walk_uses_up(dim: int, base: int) -> None:
    start = Start(1.0)
    found = walk_balls(NTK(2), dim, range(3, 6), 15, start)
    (asked,) = start.asked
    assert asked[:2] == (base, range(3, 6 + dim - base)) and asked[2] > 15
    for value, exact in zip(found, closed_balls(NTK(2), dim, range(3, 6), 15), strict=True):
        assert value.overlaps(exact) and (value.is_zero() or value.rel_accuracy_bits() > 49)


def test_digits_that_never_come_are_refused_with_what_was_reached() -> None:
    """Guard digits double from pass to pass."""
    start = Start(0.0)
    with pytest.raises(NotCertified, match="on S.6 by the dimension walk: no digit .* 15 wanted"):
        walk_balls(NTK(2), 6, range(1, 2), 15, start)
    guards = [digits - 15 for _, _, digits in start.asked]
    assert guards == [guards[0] * 2**i for i in range(PASSES)]


def nothing(kernel: Kernel, dim: int, degrees: range, digits: int) -> list[arb]:
    return [arb(0)] * len(degrees)


@pytest.mark.parametrize("dim", [MAX_DIM + 1, Fraction(5, 2), 2.0])
def test_only_integers_up_to_a_limit(dim: object) -> None:
    with pytest.raises(NotCertified, match="dimension walk to d = .*: integers up to 2000"):
        walk_balls(NTK(2), dim, range(1), 15, nothing)


def test_the_limit_itself_is_walked_to() -> None:
    assert walk_balls(NTK(2), MAX_DIM, range(1), 15, nothing)[0].is_zero()
