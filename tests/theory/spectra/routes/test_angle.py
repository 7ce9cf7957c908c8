"""The angle route's sums over nodes: slices and pairs change no value, and memory is linear in K."""

from __future__ import annotations

from fractions import Fraction
from unittest.mock import patch

import pytest
from flint import arb

from tests.numerics.memory import STATUS, peaks_mebibytes
from theory.expansions.ellipses import Piece
from theory.expansions.in_the_angle import continued
from theory.kernels import NTK, ArcCosine, Compose, Kernel
from theory.numbers.balls import working_precision
from theory.spectra.routes import angle

NODES = 10
TOP = 37


def plain_moments(kernel: Kernel, piece: Piece, dim: int) -> list[arb]:
    """The sums as they are written, one cosine at a time."""
    half, totals = piece.length() / 2, [arb(0)] * (TOP + 1)
    for j in range(NODES):
        node, weight = arb.legendre_p_root(NODES, j, weight=True)
        x = half * (1 + node)
        point = piece.point(x)
        jacobian = piece.q * x ** (piece.q - 1)
        value = half * weight * continued(kernel, point) * jacobian * point.theta.sin() ** (dim - 1)
        totals = [total + value * (point.theta * m).cos() for m, total in enumerate(totals)]
    return totals


@pytest.mark.parametrize("held", [1, 3, 64])
@pytest.mark.parametrize(
    "kernel, piece",
    [
        (NTK(3), Piece()),
        (Compose(ArcCosine(0), ArcCosine(0)), Piece(2, False, high=Fraction(1, 2))),
        (Compose(ArcCosine(0), ArcCosine(0)), Piece(1, True, high=Fraction(1, 2))),
    ],
)
@pytest.mark.parametrize("dim", [1, 4])
def test_moments_are_the_sums_over_all_nodes(kernel: Kernel, piece: Piece, dim: int, held: int) -> None:
    with working_precision(30), patch.object(angle, "SLICE", held):
        found = angle._fourier_moments(kernel, piece, dim, TOP, NODES)
        wanted = plain_moments(kernel, piece, dim)
        assert len(found) == TOP + 1
        assert all(a.overlaps(b) for a, b in zip(found, wanted, strict=True))
        assert all(value.rad() < arb(10) ** -30 for value in found)
        # The twin: each moment against its neighbour's sum.
        assert not any(a.overlaps(b) for a, b in zip(found[1:], wanted, strict=False))


def test_powers_of_a_turn_keep_their_digits() -> None:
    """Radii may grow like m^(3/2), in decimal digits 1.5 log10 m; powers one by one lose 0.15 m."""
    with working_precision(50) as bits:
        theta, unit = arb(1) / 3, arb(2) ** (2 - bits)
        turns = angle._turns(theta, 300)
        for m, power in enumerate(turns):
            assert power.real.overlaps((theta * m).cos()) and power.imag.overlaps((theta * m).sin())
            assert power.real.rad() <= 8 * unit * (m + 1) ** 1.5
        product = turns[1] ** 0
        for _ in range(299):
            product *= turns[1]
        assert product.real.rad() > 8 * unit * arb(300) ** 1.5  # the twin


DEGREES = 1600
KIBIBYTES = 4  # for a degree: six balls of 130 bytes with their Python objects, doubled, and 2 spare
CODE = """
from theory.kernels import NTK
from theory.spectra.routes import angle
from theory.spectra.spectrum import spectrum
spectrum(NTK(4), 4, range(3), 15)
angle.SLICE = {held}
spectrum(NTK(3), 3, range({degrees}), 30, route="angle")
"""


@pytest.mark.skipif(not STATUS.exists(), reason="peak memory is read from /proc")
def test_memory_is_a_few_balls_for_a_degree() -> None:
    def used(held: int) -> float:
        short, long = peaks_mebibytes(*(CODE.format(held=held, degrees=n) for n in (3, DEGREES)))
        return (long - short) * 1024 / DEGREES

    assert used(angle.SLICE) < KIBIBYTES
    assert used(10**6) > KIBIBYTES  # the twin: all nodes at once
