"""Laws of eigenvalues as values: what a law says on each parity, with its bounds, proof and certificate."""

from __future__ import annotations

from dataclasses import dataclass

import sympy as sp

from theory.derivations.monotone_bounds import Bound
from theory.kernels import Kernel
from theory.kernels.depth_families import DepthFamily
from theory.laws.rational_sums import Certificate
from theory.numbers.shown import display
from theory.numbers.truth import Evidence
from theory.proofs.steps import Proof
from theory.spectra.conventions import OURS
from theory.symbolic.ranges import Ranges


@dataclass(frozen=True, slots=True)
class LawBranch:
    """mu_k ~ constant * v^exponent on one class of degrees; exponent None where mu_k = 0.

    `leading` is the whole leading term. `terms` are (power, coefficient) of the expansion, the
    leading one first. `bounds` are sharp bounds of mu_k / leading from `bounds_from` on, each with
    its proof; `certificate` bounds it by ball arithmetic (`theory.laws.certified`). A law that is no
    power (Gaussian, erf) has a leading term but no exponent.
    """

    ranges: Ranges
    exponent: sp.Expr | None
    constant: sp.Expr | None
    leading: sp.Expr
    terms: tuple[tuple[sp.Expr, sp.Expr], ...]
    bounds: tuple[Bound, Bound] | None
    proof: Proof | None
    certificate: Certificate | None = None

    @property
    def bounds_from(self) -> Ranges | None:
        """Where the bounds hold; None if they hold for a quotient that is constant."""
        steps = self.bounds[0].steps if self.bounds else ()
        return Ranges(steps[-1].ranges) if steps else None

    @property
    def parity(self) -> str:
        """ "even", "odd", "all", or an exceptional degree such as "k = 1"."""
        where = self.ranges.named("k")
        if where.most is not None:
            return repr(where)
        return ("even", "odd")[where.parity] if where.parity is not None else "all"


@dataclass(frozen=True, slots=True)
class Law:
    """The decay of a kernel's eigenvalues as `variable` -> oo."""

    kernel: Kernel | DepthFamily
    variable: str
    dim: int | None
    degree: int | None
    law: tuple[LawBranch, ...]
    evidence: Evidence
    source: str
    orders: int = 1  # of the variable within the terms; a term may vanish
    convention: str = OURS  # whose eigenvalues the law describes, a name of `theory.spectra.conventions`

    def __repr__(self) -> str:
        return display().law_text(self)

    def _repr_latex_(self) -> str:
        return display().law_latex(self)

    @property
    def valid_from(self) -> int | None:
        """The first value of the variable from which two-sided bounds hold; None without bounds."""
        starts = [_bounded_from(branch, self.variable) for branch in self.law if branch.exponent is not None]
        known = [start for start in starts if start is not None]
        return max(known) if known and len(known) == len(starts) else None


def _bounded_from(branch: LawBranch, variable: str) -> int | None:
    if branch.bounds is None:
        return None if branch.certificate is None else branch.certificate.start
    return (branch.bounds_from or branch.ranges).named(variable).least
