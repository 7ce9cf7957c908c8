"""Activations with kinks: constant, hinges and an exponential on the negative half line.

s(x) = base + sum_i w_i max(x - a_i, 0) + A (exp(x) - 1) [x < 0], so that s' jumps by w_i at a_i, and by -A more at 0,
and s'' = A exp(x) for x < 0 apart from that. The numbers of selu are those of Klambauer et al. 2017 as PyTorch has them.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

SELU_SCALE = Fraction("1.0507009873554804934193349852946")
SELU_ALPHA = Fraction("1.6732632423543772848170429916717")


@dataclass(frozen=True, slots=True)
class Hinged:
    """base, (a_i, w_i) and A."""

    base: Fraction
    hinges: tuple[tuple[Fraction, Fraction], ...]
    tail: Fraction = Fraction(0)

    @property
    def jumps(self) -> tuple[tuple[Fraction, Fraction], ...]:
        """Where s' jumps, and by how much.

        >>> HINGED["elu"].jumps, HINGED["relu6"].jumps == ((0, 1), (6, -1))
        ((), True)
        """
        found = ((a, w - self.tail if a == 0 else w) for a, w in self.hinges)
        return tuple((a, w) for a, w in found if w)


def _hinged(base: int, *hinges: tuple[int, Fraction | int], tail: Fraction | int = 0) -> Hinged:
    return Hinged(Fraction(base), tuple((Fraction(a), Fraction(w)) for a, w in hinges), Fraction(tail))


HINGED: dict[str, Hinged] = {
    "hard_tanh": _hinged(-1, (-1, 1), (1, -1)),
    "relu6": _hinged(0, (0, 1), (6, -1)),
    "elu": _hinged(0, (0, 1), tail=1),
    "selu": _hinged(0, (0, SELU_SCALE), tail=SELU_SCALE * SELU_ALPHA),
}
