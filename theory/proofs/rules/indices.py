"""Which coefficients are known to be positive: sets of indices, their sums, and those of Hermite coefficients."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce, singledispatch
from itertools import product

from theory.kernels import ArcCosine, Dual, DualTangent, Kernel
from theory.proofs.steps import Refused
from theory.symbolic.objects import Range

SMALL = 6  # indices below are looked at one by one; what is left out is only not known to be positive


@dataclass(frozen=True, slots=True)
class Indices:
    """Some n at which b_n > 0: single ones, and all even, all odd ones from a start on (None: not known).

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

    def _has(self, m: int) -> bool:
        start = self.tails[m % 2]
        return m in self.singles or start is not None and m >= start


def from_start(start: int) -> Indices:
    """All n >= start of the parity of start."""
    return Indices(tails=(start, None) if start % 2 == 0 else (None, start))


CONSTANT = Indices(frozenset({0}))
LINEAR = Indices(frozenset({1}))
EVEN, ODD = from_start(0), from_start(1)
STEP = CONSTANT | ODD
# Indices of Hermite coefficients that do not vanish; the parity of which is (0 even, 1 odd), if one.
HERMITE: dict[str, tuple[Indices, int | None]] = {
    "step": (STEP, None),
    "sign": (ODD, 1),
    "abs": (EVEN, 0),
    "sin": (ODD, 1),
    "cos": (EVEN, 0),
    "exp": (EVEN | ODD, None),
    "erf": (ODD, 1),
    "bell": (EVEN, 0),
    "tanh": (Indices(), 1),
    "tanh'": (Indices(), 0),
}
DERIVATIVES = {"relu": "step", "abs": "sign", "sin": "cos", "cos": "sin", "exp": "exp", "erf": "bell", "tanh": "tanh'"}


def _power(order: int) -> Indices:
    """u_+^a: E[u_+^a He_n] = a!/(a-n)! E[u_+^(a-n)] for n <= a, then a! phi(0) He_(n-a-1)(0)."""
    return Indices(frozenset(range(order + 1))) | from_start(order + 1)


@singledispatch
def hermite_indices(kernel: Kernel) -> tuple[Indices, int | None]:
    """(indices at which b_n > 0, the parity outside which b_n = 0) of a mean over two Gaussians."""
    raise Refused(f"{kernel!r} is no mean over two Gaussians")


@hermite_indices.register
def _of_power(kernel: ArcCosine) -> tuple[Indices, int | None]:
    return _power(kernel.order), None


@hermite_indices.register
def _of_dual(kernel: Dual) -> tuple[Indices, int | None]:
    match kernel.activation:
        case "leaky_relu":  # h_n = h_n(relu) (1 - (-1)^n slope)
            even, odd = kernel.slope != 1, kernel.slope != -1
            return (EVEN if even else Indices()) | (LINEAR if odd else Indices()), None
        case "relu":
            return _power(1), None
    return HERMITE.get(kernel.activation, (Indices(), None))


@hermite_indices.register
def _of_dual_tangent(kernel: DualTangent) -> tuple[Indices, int | None]:
    """Those of the activation and of t times its derivative, of the same parity."""
    if kernel.activation == "step":
        return HERMITE["step"]
    own, parity = hermite_indices(Dual(kernel.activation, kernel.slope))
    if kernel.activation not in DERIVATIVES:
        return own, None
    return own | LINEAR + HERMITE[DERIVATIVES[kernel.activation]][0], parity


def indices_of(where: Range) -> Indices:
    """The indices of a range."""
    if where.most is not None:
        return Indices(frozenset(where.values(SMALL)))
    parities = (0, 1) if where.parity is None else (where.parity,)
    starts = (where.least + (where.least - p) % 2 for p in parities)
    return reduce(Indices.__or__, map(from_start, starts), Indices())
