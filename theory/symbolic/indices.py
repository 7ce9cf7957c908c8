"""Which coefficients of a power series are known not to vanish: sets of indices, their sums and compositions."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from itertools import product
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # what reads expressions needs no SymPy
    from theory.symbolic.objects import Range

SMALL = 6  # indices below are looked at one by one; what is left out is only not known to be positive


@dataclass(frozen=True, slots=True)
class Indices:
    """Some n at which b_n > 0: single ones, and all even, all odd ones from a start on (None: not known).

    >>> from theory.symbolic.objects import Range
    >>> relu, step = Indices(frozenset({0, 1}), (2, None)), Indices(frozenset({0}), (None, 1))
    >>> (relu + step).reaches(Range("n", 0)), (relu | step).reaches(Range("n", 0)), relu.reaches(Range("n", 0))
    (True, True, False)
    """

    singles: frozenset[int] = frozenset()
    tails: tuple[int | None, int | None] = (None, None)

    def small(self) -> set[int]:
        """The members below SMALL, and the first ones of the tails."""
        tails = {m for start in self.tails if start is not None for m in (start, *range(start, SMALL, 2))}
        return set(self.singles) | tails

    def __or__(self, other: Indices) -> Indices:
        pairs = zip(self.tails, other.tails, strict=True)
        even, odd = (min((s for s in pair if s is not None), default=None) for pair in pairs)
        return Indices(self.singles | other.singles, (even, odd))

    def __add__(self, other: Indices) -> Indices:
        """Sums of a member of each: the coefficients of a product of kernels that has no negative one."""
        singles = frozenset(a + b for a, b in product(self.small(), other.small()) if a + b < SMALL)
        found = Indices(singles)
        for one, two in ((self, other), (other, self)):
            for shift, start in product(one.small(), two.tails):
                if start is not None:
                    found |= from_start(start + shift)
        return found

    def of(self, inner: Indices) -> Indices:
        """Sums of m members of `inner`, m a member: the coefficients of a composition. m times 1 is m."""
        powers = [Indices(frozenset({0})), inner]
        for _ in range(2, SMALL):
            powers.append(powers[-1] + inner)
        start = self if inner._has(1) else Indices()
        return reduce(Indices.__or__, (powers[m] for m in self.small() if m < SMALL), start)

    def reaches(self, where: Range) -> bool:
        """Whether b_n > 0 is known for every n of a range."""
        parities = (0, 1) if where.parity is None else (where.parity,)
        if where.most is not None:
            return all(map(self._has, where.values(where.most + 1)))
        starts = [start for p in parities if (start := self.tails[p]) is not None]
        if len(starts) < len(parities):
            return False
        return all(map(self._has, range(where.least, max(starts), where.step)))

    def without_zero(self) -> Indices:
        """The members >= 1.

        >>> EVERY.without_zero() == Indices(tails=(2, 1))
        True
        """
        even, odd = self.tails
        return Indices(self.singles - {0}, (2 if even == 0 else even, odd))

    def _has(self, m: int) -> bool:
        start = self.tails[m % 2]
        return m in self.singles or start is not None and m >= start


def from_start(start: int) -> Indices:
    """All n >= start of the parity of start."""
    return Indices(tails=(start, None) if start % 2 == 0 else (None, start))


CONSTANT = Indices(frozenset({0}))
LINEAR = Indices(frozenset({1}))
EVEN, ODD = from_start(0), from_start(1)
EVERY = EVEN | ODD
