"""The dimension walk: the spectrum on S^(d+2) from the one on S^d, exactly.

    mu_k on S^(d+2) = (d+1)/(2k+d+1) * (mu_k - mu_{k+2} on S^d)

(DLMF 18.9.7 in the normalisation P_k(1) = 1). It starts from d = 1 (Fourier) or d = 2 (Legendre)
and needs two more degrees a step; a step loses about log10(k/(d+1)) digits, which the start values
carry beyond those asked for.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from math import ceil, log10

from flint import arb

from theory.kernels import Kernel
from theory.numbers.balls import Cannot, NotCertified, working_precision

MAX_DIM = 2000
PASSES = 4

Start = Callable[[Kernel, int, range, int], list[arb]]


def walk_balls(kernel: Kernel, dim: int | Fraction, degrees: range, digits: int, start: Start) -> list[arb]:
    """Enclosures of mu_k on S^dim from a route that gives the spectrum on S^1 or S^2.

    Raises NotCertified where the digits are not reached.

    >>> from theory.kernels import NTK
    >>> from theory.spectra.routes.closed import closed_balls
    >>> bool(abs(walk_balls(NTK(depth=2), 4, range(1, 2), 15, closed_balls)[0] - arb(1) / 5) < 1e-15)
    True
    """
    if not isinstance(dim, int) or dim > MAX_DIM:
        raise Cannot(f"the dimension walk to d = {dim}", f"integers up to {MAX_DIM} only")
    base = 2 - dim % 2
    guard = 10 + sum(ceil(log10(max(10, (degrees[-1] + base + 4) / (d + 1)))) for d in range(base, dim, 2))
    for _ in range(PASSES):
        wide = range(degrees.start, degrees.stop + dim - base)
        with working_precision(digits, 2 * guard):
            values = steps(start(kernel, base, wide, digits + guard), base, dim, degrees.start)[: len(degrees)]
        worst = min(v.rel_accuracy_bits() * log10(2) if not v.is_zero() else float(digits) for v in values)
        if worst >= digits:
            return values
        guard *= 2
    raise NotCertified(f"mu_k of {kernel!r} on S^{dim} by the dimension walk", worst, digits)


def steps(values: list[arb], base: int, dim: int, first: int) -> list[arb]:
    """The walk itself, on eigenvalues of consecutive degrees from `first` on.

    >>> steps([arb(1), arb(0), arb(0)], 2, 4, 0)
    [1.00000000000000]
    """
    for d in range(base, dim, 2):
        values = [(values[i] - values[i + 2]) * (d + 1) / (2 * (first + i) + d + 1) for i in range(len(values) - 2)]
    return values
