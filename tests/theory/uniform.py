"""Sharp constants of mu_k over an order, proved for all k and d at once."""

from __future__ import annotations

import sympy as sp

from theory.derivations.monotone_bounds import Bound, bound
from theory.kernels import Kernel
from theory.proofs.check import check
from theory.proofs.steps import Proof
from theory.spectra.symbolic_forms import branches
from theory.symbolic.ranges import Ranges


def uniform_bounds(kernel: Kernel, order: sp.Expr, ranges: Ranges) -> tuple[Bound, Bound]:
    """c < mu_k/order < C on the ranges, whose degrees are of one parity; the checker has replayed both."""
    case = next(b for b in branches(kernel) if b.degrees.most is None and b.degrees.parity == ranges.named("k").parity)
    lower, upper = (bound(case.expression / order, ranges, side) for side in (-1, 1))
    for found in (lower, upper):
        check(Proof("bound", found.steps))
    return lower, upper
