"""[0, pi] covered by pieces, each with an ellipse on which the kernel is certified analytic.

One piece, or one from each end, is enough for kernels that are analytic in a power of the angle. Where a pole or a
branch point lies near, pieces are halved until an ellipse fits between; where one lies at an end, the pieces
next to it shrink by halves until what is left out is below the target (`theory.expansions.end_bounds`), and so do
those around a kink or a step inside.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from math import inf

from flint import arb

from theory.expansions.breaks import turn
from theory.expansions.ellipses import Ellipse, NoEllipse, Piece, best_ellipse, certified_ellipse, plain, precision_on
from theory.expansions.end_bounds import largest_value, left_out
from theory.kernels import Kernel

SMALLEST = Fraction(1, 2**220)  # length of a piece, in units of pi
HOPELESS = Fraction(1, 2**30)  # ... on which the kernel is not bounded
MOST = 2000  # pieces
TRIALS = 6000  # of pieces, with those that are halved
SPAN = 4  # nodes for each degree and digit at which a piece is not halved
FEW = 200
ALIKE = 1.2  # times the nodes of the piece before that are taken without a search
TRIED = 1  # halvings in a row, after which only what is analytic on the piece itself is searched for an ellipse
GAIN = 0.45  # share of its nodes that a half may need, or halving is no gain


@dataclass(frozen=True, slots=True)
class Cover:
    """Pieces with their ellipses, and a bound of the integral over what they leave out."""

    pieces: tuple[tuple[Piece, Ellipse], ...]
    rest: arb

    def nodes(self, log_target: float) -> int:
        """How many nodes the pieces need together."""
        return sum(ellipse.nodes(log_target) for _, ellipse in self.pieces)


def cover(kernel: Kernel, first: Iterable[Piece], dim: int, degree: int, log_target: float) -> Cover:
    """The pieces for degrees up to `degree` and an absolute error of 10^log_target. Raises NoEllipse without them.

    >>> from theory.kernels import NTK
    >>> len(cover(NTK(depth=3), [Piece()], 2, 10, -30.0).pieces)
    1
    """
    todo: list[tuple[Piece, float, int]] = [(piece, inf, 0) for piece in first]
    enough = FEW + SPAN * (degree + dim - log_target)
    found: list[tuple[Piece, Ellipse]] = []
    rest, trials = arb(0), 0
    while todo:
        (piece, before, failed), trials = todo.pop(), trials + 1
        try:
            if failed > TRIED and not plain(kernel, piece):
                raise NoEllipse(f"the angle route for {kernel!r}", "a branch point, a kink or a pole on [0, pi]")
            ellipse = _alike(kernel, piece, found, dim, degree, log_target)
            ellipse = ellipse or best_ellipse(kernel, piece, dim, degree, log_target)
        except NoEllipse:
            left = _left_out(kernel, piece, dim)
            if left < arb(10) ** arb(log_target):
                rest += left
                continue
            least = SMALLEST if left.is_finite() else HOPELESS
            if piece.size() < least or len(found) + len(todo) > MOST or trials > TRIALS:
                raise
            todo += [(half, inf, failed + 1) for half in reversed(piece.halves())]
            continue
        nodes = ellipse.nodes(log_target)
        if nodes <= enough or nodes >= GAIN * before:
            found.append((piece, ellipse))
        else:
            todo += [(half, nodes, 0) for half in reversed(piece.halves())]
    return Cover(tuple(found), rest)


def _alike(
    kernel: Kernel, piece: Piece, found: list[tuple[Piece, Ellipse]], dim: int, degree: int, log_target: float
) -> Ellipse | None:
    """The ellipse of the last piece's shape, if that one is certified and as good: towards an end, pieces are alike."""
    if not piece.low or not found or not found[-1][0].low:
        return None
    last = found[-1][1]
    ellipse = certified_ellipse(kernel, piece, last.rho, dim, degree)
    return ellipse if ellipse and ellipse.nodes(log_target) <= ALIKE * last.nodes(log_target) else None


def _left_out(kernel: Kernel, piece: Piece, dim: int) -> arb:
    """A bound of the integral over the piece; not finite where none is found."""
    with precision_on(piece):
        if not piece.low:
            return left_out(kernel, piece.right, arb.pi() * turn(piece.high), dim)
        return largest_value(kernel, piece.angle(arb(0).union(piece.length()))) * abs(piece.length())
