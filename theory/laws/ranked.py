"""The law of lambda_i, the i-th largest eigenvalue on S^d, each mu_k counted N(d,k) times, as i -> oo.

If mu_k ~ C k^(-a), C > 0, a > 0, on one class of k (all, even, or odd), then as e -> 0 the class has

    sum N(d,k) over k < (C/e)^(1/a)  ~  s (C/e)^(d/a) / d!,   s = 2 for all k, 1 for every second one,

eigenvalues above e, since N(d,k) ~ 2 k^(d-1)/(d-1)!. Classes of the least a count, the others, zeros and negative
mu_k are fewer. With A = sum s C^(d/a) / d! over them, i = A lambda^(-d/a) (1 + o(1)), hence

    lambda_i ~ (A/i)^(a/d),

whatever the order of single degrees and wherever eigenvalues are equal: between (1+x) lambda_i and (1-x) lambda_i
lie i (1 + o(1)) ((1-x)^(-d/a) - (1+x)^(-d/a)) eigenvalues, and N(d,k) is of smaller order than i.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import sympy as sp

from theory.expansions.coefficient_signs import nonnegative_from
from theory.kernels import Kernel
from theory.laws.certified import certified
from theory.laws.decay import decay
from theory.laws.law import Law, LawBranch
from theory.laws.smooth import NoLaw
from theory.numbers.balls import working_precision
from theory.numbers.truth import Evidence
from theory.symbolic.asymptotic_series import tidy_constant
from theory.symbolic.constants import constant_ball
from theory.symbolic.objects import d, i


@dataclass(frozen=True, slots=True)
class RankedLaw:
    """lambda_i ~ leading = constant * i^exponent on S^dim (None: every d), on the evidence of the law of mu_k."""

    kernel: Kernel
    dim: int | None
    exponent: sp.Expr
    constant: sp.Expr
    evidence: Evidence
    source: str

    @property
    def leading(self) -> sp.Expr:
        """The leading term."""
        return self.constant * i**self.exponent


@lru_cache(maxsize=64)
def ranked_law(kernel: Kernel, dim: int | None = None) -> RankedLaw:
    """The law of lambda_i as i -> oo, from that of mu_k as k -> oo.

    `certified` where the remainders of the laws are, else `checked`: no step is replayed. Raises Unable where mu_k has
    no law that is a power of k, or where it is not known that infinitely many mu_k are positive.

    >>> from theory.kernels import NTK
    >>> ranked_law(NTK(depth=2), 2).leading
    sqrt(2)/(4*pi*i**(3/2))
    """
    law = certified(decay(kernel, "k", dim=dim))
    positive = [branch for branch in law.law if _is_positive(branch, kernel)]
    if not positive:
        raise NoLaw(f"no law of lambda_i of {kernel!r}: it is not known that infinitely many mu_k are positive")
    on = sp.Integer(dim) if dim is not None else d
    slowest = _slowest(kernel, positive)
    power = -sp.expand(_exponent(slowest[0]))
    total = sum((_share(branch) * branch.constant ** (on / power) for branch in slowest), sp.Integer(0))
    constant = (total / sp.gamma(on + 1)) ** (power / on)
    if dim is not None:
        constant = tidy_constant(sp.powdenest(constant, force=True))
    return RankedLaw(kernel, dim, -power / on, constant, _evidence(law), law.source)


def _is_positive(branch: LawBranch, kernel: Kernel) -> bool:
    """Whether mu_k > 0 for all large k of the branch; False for zeros and negative ones. Raises NoLaw for others."""
    if branch.leading == 0:
        return False
    if branch.exponent is None or branch.constant is None:
        raise NoLaw(f"no law of lambda_i of {kernel!r}: mu_k is no power of k")
    if branch.constant.free_symbols:
        if nonnegative_from(kernel) != 0:
            raise NoLaw(f"no law of lambda_i of {kernel!r} with symbolic d: the sign of mu_k is not known")
        return True
    with working_precision(30):
        constant = constant_ball(branch.constant)
    if not (constant > 0 or constant < 0):
        raise NoLaw(f"no law of lambda_i of {kernel!r}: the sign of mu_k is not certified")
    return bool(constant > 0)


def _exponent(branch: LawBranch) -> sp.Expr:
    assert branch.exponent is not None  # of a power law, as `_is_positive` saw
    return branch.exponent


def _slowest(kernel: Kernel, branches: Sequence[LawBranch]) -> list[LawBranch]:
    """Those whose mu_k fall least."""
    first = _exponent(branches[0])
    gaps = [sp.expand(_exponent(branch) - first) for branch in branches]
    if not all(gap.is_number for gap in gaps):
        raise NoLaw(f"no law of lambda_i of {kernel!r}: which parity falls faster depends on d")
    found = [branch for branch, gap in zip(branches, gaps, strict=True) if gap == max(gaps)]
    if not _exponent(found[0]).is_negative:
        raise NoLaw(f"no law of lambda_i of {kernel!r}: mu_k does not tend to 0 as a power of k")
    return found


def _share(branch: LawBranch) -> int:
    return 2 if branch.ranges.named("k").parity is None else 1


def _evidence(law: Law) -> Evidence:
    """That of the law, without a replayed step: at most that of its remainders."""
    if law.evidence is not Evidence.PROVED:
        return law.evidence
    certain = all(branch.leading == 0 or branch.certificate is not None for branch in law.law)
    return Evidence.CERTIFIED if certain else Evidence.CHECKED
