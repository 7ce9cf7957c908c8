"""Designing a spectrum on S^d: nonnegative combinations of kernels, by linear programming and certificates.

The candidate weights and the dual vector come from floats (`numerics.experiments.lecture.design.nearest`), what is
said of them from balls (`theory.spectra.kernel_combinations`). Networks with the kernels' architectures, trained together on the
sum of their outputs times sqrt(c_j), then have the designed kernel in the limit of large width.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import torch

from numerics.experiments.lecture.design import nearest
from theory.kernels import Kernel
from theory.numbers.balls import Enclosure
from theory.numbers.truth import Truth
from theory.spectra.kernel_combinations import combined, deviation, dual_bound, exact_weights, kernel_columns
from theory.statements.law_values import law_values
from verify.networks.design import SLACKS, drawn_in


@dataclass(frozen=True, slots=True)
class SphereDesign:
    """Weights c_j of the kernels, and how near every choice can come to the law.

    lower, upper: bounds of eps = min_c max_k |mu_k(c)/m_k - 1|, certified; the weights reach ``upper``.
    spectrum: mu_k of the weights. reachable: FAILS where eps > 0 is certain, HOLDS where as many kernels as
    degrees have an exact solution that is certainly >= 0, else UNDECIDED: the law is met up to ``upper``.
    """

    kernels: tuple[Kernel, ...]
    dim: int
    degrees: tuple[int, ...]
    weights: tuple[Fraction, ...]
    spectrum: tuple[Enclosure, ...]
    lower: Fraction
    upper: Fraction
    reachable: Truth


def sphere_design(kernels: Sequence[Kernel], dim: int, degrees: Sequence[int], law: str) -> SphereDesign:
    """Nonnegative weights whose spectrum on S^dim is nearest to a law in k, at the degrees >= 1.

    Degrees at which every kernel has the eigenvalue 0, as odd ones of NTK(depth=2), make any law
    unreachable and eps = 1.

    >>> from theory.kernels import NTK
    >>> plan = sphere_design([NTK(depth=2), NTK(depth=3)], 2, (1, 2, 4), "k**-3")
    >>> plan.reachable, 0 < plan.lower <= plan.upper < 1
    (<Truth.FAILS: 'FAILS'>, True)
    """
    if not degrees or min(degrees) < 1 or list(degrees) != sorted(set(degrees)):
        raise ValueError(f"rising degrees >= 1 wanted, got {list(degrees)}")
    values = law_values(law, max(degrees))
    targets = [values[degree - 1] for degree in degrees]
    columns = kernel_columns(kernels, dim, degrees)
    matrix = torch.tensor([[_middle(a) for a in column] for column in columns], dtype=torch.float64).T
    found, dual = nearest(matrix, torch.tensor([_middle(m) for m in targets], dtype=torch.float64))
    weights = tuple(max(Fraction(0), Fraction(float(weight))) for weight in found)
    bounds = (dual_bound(columns, targets, drawn_in(dual.tolist(), slack)) for slack in SLACKS)
    lower = max(Fraction(0), next((bound for bound in bounds if bound is not None), Fraction(0)))
    spectrum = combined(columns, weights)
    reachable = Truth.FAILS if lower > 0 else Truth.UNDECIDED
    if lower == 0 and len(columns) == len(targets):
        reachable = exact_weights(columns, targets)[1]
    upper = deviation(spectrum, targets)
    return SphereDesign(tuple(kernels), dim, tuple(degrees), weights, spectrum, lower, upper, reachable)


def _middle(value: Enclosure) -> float:
    return float((value.lower + value.upper) / 2)
