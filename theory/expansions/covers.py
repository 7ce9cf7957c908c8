"""[0, pi] covered by pieces, each with an ellipse on which the kernel is certified analytic.

One piece, or one from each end, is enough for kernels that are analytic in a power of the angle. Where a pole or a
branch point lies near, pieces are halved until an ellipse fits between; where one lies at an end, the pieces
next to it shrink by halves until what is left out is below the target (`theory.expansions.end_bounds`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from flint import arb

from theory.expansions.ellipses import Ellipse, NoEllipse, Piece, best_ellipse, certified_ellipse
from theory.expansions.end_bounds import left_out
from theory.kernels import Kernel
from theory.numbers.balls import ball, working_precision

SMALLEST = Fraction(1, 2**220)  # length of a piece, in units of pi
MOST = 2000  # pieces
SPAN = 4  # nodes for each degree and digit at which a piece is not halved
FEW = 200
ALIKE = 1.2  # times the nodes of the piece before that are taken without a search
TRIED, OFTEN = 6, 5  # pieces next to an end in a row without an ellipse, after which one in so many is tried
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
    todo: list[tuple[Piece, float]] = [(piece, float("inf")) for piece in first]
    enough = FEW + SPAN * (degree + dim - log_target)
    found: list[tuple[Piece, Ellipse]] = []
    rest = arb(0)
    failed = 0  # at an end
    while todo:
        piece, before = todo.pop()
        try:
            if not piece.low and failed > TRIED and failed % OFTEN:
                raise NoEllipse(f"the angle route for {kernel!r}", "a branch point at an end")
            ellipse = _alike(kernel, piece, found, dim, degree, log_target)
            ellipse = ellipse or best_ellipse(kernel, piece, dim, degree, log_target)
        except NoEllipse:
            left = arb("nan") if piece.low else _left_out(kernel, piece, dim, log_target)
            if left.is_finite():
                rest, failed = rest + left, 0
                continue
            if piece.high - piece.low < SMALLEST or len(found) + len(todo) > MOST:
                raise
            failed += not piece.low
            todo += [(half, float("inf")) for half in reversed(piece.halves())]
            continue
        nodes = ellipse.nodes(log_target)
        if nodes <= enough or nodes >= GAIN * before:
            found.append((piece, ellipse))
        else:
            todo += [(half, nodes) for half in reversed(piece.halves())]
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


def _left_out(kernel: Kernel, piece: Piece, dim: int, log_target: float) -> arb:
    """The bound for a piece next to an end, where it is below the target."""
    with working_precision(15, 5):
        bound = left_out(kernel, piece.right, arb.pi() * ball(piece.high), dim)
        return bound if bound < arb(10) ** arb(log_target) else arb("nan")
