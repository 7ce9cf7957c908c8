"""Whether all mu_k >= 0, or > 0, on S^d: what structure and finitely many degrees leave open, the laws of mu_k decide.

A law with a certified remainder gives every mu_k from some k_0 on the sign of its leading term; the degrees below are
looked at one by one. A law with a negative leading term on one parity is a proof that some mu_k < 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import inf

from theory.kernels import Kernel
from theory.kernels.parity import degree_bounds
from theory.kernels.parse import as_kernel
from theory.laws.certified import certified
from theory.laws.coefficients import positive_from
from theory.laws.decay import decay
from theory.laws.law import LawBranch
from theory.numbers.balls import NotCertified, working_precision
from theory.numbers.truth import Evidence, Truth, Unable, all_known
from theory.spectra.nonnegative import FIRST, SCHOENBERG, Definiteness, nonnegative_spectrum, signs
from theory.symbolic.constants import constant_ball

MOST = 4096  # degrees looked at below the start of a law


@dataclass(frozen=True, slots=True)
class Tail:
    """mu_k has this sign, -1, 0 or 1, for every k >= start of its parity (None: of both)."""

    sign: int
    start: int
    parity: int | None

    @property
    def shown(self) -> str:
        """The degrees in words."""
        return f"every {'' if self.parity is None else ('even ', 'odd ')[self.parity]}k >= {self.start}"


def definiteness(kernel: Kernel | str, dim: int, top: int = 256, digits: int = 15) -> Definiteness:
    """Whether the kernel is positive definite on S^dim, all mu_k >= 0, and strictly, all mu_k > 0.

    By the signs of b_n (Schoenberg 1942), of Gamma products and squares, by laws with certified remainders, or by a
    certified negative mu_k, which is looked for up to degree `top`. UNDECIDED where none of these tells.
    Raises ValueError for a dimension that is not allowed.

    >>> from theory.kernels import NTK, Zonal
    >>> definiteness(NTK(depth=3), 3).strict, definiteness(NTK(depth=2), 3).strict  # mu_3 = 0
    (<Truth.HOLDS: 'HOLDS'>, <Truth.FAILS: 'FAILS'>)
    >>> definiteness(Zonal("exp(-theta**2)"), 1).why
    'mu_8 < 0 on S^1'
    """
    kernel = as_kernel(kernel)
    found = nonnegative_spectrum(kernel, dim, min(top, FIRST - 1), digits)
    if found.truth is Truth.FAILS:
        return found
    tails = None
    if found.truth is Truth.UNDECIDED:
        tails = _tails(kernel, dim)
        found = _by_laws(kernel, dim, tails, top, digits) or nonnegative_spectrum(kernel, dim, top, digits)
    return replace(found, strict=_strict(kernel, dim, found, tails, digits))


def _tails(kernel: Kernel, dim: int) -> tuple[Tail, ...] | None:
    """What the law of mu_k says of all large k; None without one, or where its remainder is not certified."""
    try:
        law = certified(decay(kernel, "k", dim=dim))
    except (Unable, NotCertified):
        return None
    if law.evidence not in (Evidence.PROVED, Evidence.CERTIFIED):
        return None
    found = all_known(map(_tail, law.law))
    return None if found is None else tuple(found)


def _tail(branch: LawBranch) -> Tail | None:
    where = branch.ranges.named("k")
    if branch.leading == 0:
        return Tail(0, where.least, where.parity)
    if branch.certificate is None or branch.constant is None or branch.constant.free_symbols:
        return None
    with working_precision(20):
        constant = constant_ball(branch.constant)
    if not branch.certificate.lower > 0 or not (constant > 0 or constant < 0):
        return None
    return Tail(1 if constant > 0 else -1, branch.certificate.start, where.parity)


def _by_laws(kernel: Kernel, dim: int, tails: Sequence[Tail] | None, top: int, digits: int) -> Definiteness | None:
    """What the laws decide; None where they do not."""
    if not tails:
        return None
    negative = next((tail for tail in tails if tail.sign < 0), None)
    if negative is not None:
        found = nonnegative_spectrum(kernel, dim, top, digits)
        if found.truth is Truth.FAILS:
            return found
        return Definiteness(Truth.FAILS, f"mu_k < 0 on S^{dim} for {negative.shown}", negative.start, Truth.FAILS)
    start = max(tail.start for tail in tails)
    why = f"mu_k >= 0 for k < {start}, beyond it by the law of mu_k with its certified remainder"
    return _below(kernel, dim, start, digits) or Definiteness(Truth.HOLDS, why)


def _below(kernel: Kernel, dim: int, start: int, digits: int) -> Definiteness | None:
    """What speaks against mu_k >= 0 for k < start; None if nothing does."""
    if start > MOST:
        return Definiteness(
            Truth.UNDECIDED, f"the law of mu_k is certified from k = {start} on, too late to look below"
        )
    for degree, sign in signs(kernel, dim, range(start), digits):
        if sign is None:
            return Definiteness(Truth.UNDECIDED, f"the sign of mu_{degree} was not certified")
        if sign < 0:
            return Definiteness(Truth.FAILS, f"mu_{degree} < 0 on S^{dim}", degree, Truth.FAILS)
    return None


def _strict(kernel: Kernel, dim: int, found: Definiteness, tails: Sequence[Tail] | None, digits: int) -> Truth:
    """Whether all mu_k > 0."""
    if found.truth is Truth.FAILS or min(degree_bounds(kernel)) < inf:  # beyond that degree every second one is 0
        return Truth.FAILS
    if found.truth is not Truth.HOLDS:
        return Truth.UNDECIDED
    if found.why == SCHOENBERG and None not in positive_from(kernel):
        return Truth.HOLDS
    tails = _tails(kernel, dim) if tails is None else tails
    if not tails or any(tail.sign < 1 or tail.start > MOST for tail in tails):
        return Truth.UNDECIDED
    below = [sign for _, sign in signs(kernel, dim, range(max(tail.start for tail in tails)), digits)]
    return Truth.FAILS if 0 in below else Truth.UNDECIDED if None in below else Truth.HOLDS
