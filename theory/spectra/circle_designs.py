"""Designing a spectrum on S^1: networks whose hidden units see one frequency each.

A network of blocks, block j with inputs sqrt(c_j) (cos jx, sin jx) and a tangent kernel h, has the
kernel sum_j c_j h(cos j(x - x')). With eta_l the eigenvalues of h on S^1, h(cos jx) has eta_l at
degree l j and nothing elsewhere, so that

    mu_k = sum_{j | k} c_j eta_{k/j},     k >= 1:     mu = c * eta, a Dirichlet convolution.

Where eta_1 != 0 the inverse exists and is unique, c_k = (mu_k - sum_{j | k, j < k} c_j eta_{k/j}) / eta_1.

Reachable set    mu_1, ..., mu_K is reached by nonnegative weights if and only if that c is >= 0.
                 Frequencies beyond K do not touch it. With h(t) = t, a linear last layer on the
                 features alone, eta_1 = 1/2 is the only one and everything >= 0 is reached.
Distance         eps = min_{c >= 0} max_k |mu_k(c)/m_k - 1| for targets m_k > 0. For every y with
                 sum |y_k| <= 1 and sum_{k: j | k} y_k eta_{k/j}/m_k <= 0 for all j <= K,

                     eps >= sum_k y_k ((1 - mu_k(c)/m_k)) >= sum_k y_k      (linear duality),

                 whatever found y. A decay m_k = k^-q with q > 2 is out of reach for large K where h
                 has a kink at t = 1: c_1 > 0 alone leaves mu_k >= c_1 eta_k, of order k^-2.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from flint import arb

from theory.kernels import Kernel
from theory.numbers.balls import Enclosure, ball, working_precision
from theory.numbers.truth import Truth
from theory.spectra.kernel_combinations import deviation, dual_bound
from theory.spectra.spectrum import spectrum

DIGITS = 30


@dataclass(frozen=True, slots=True)
class BlockDesign:
    """Weights c_1, ..., c_K of the blocks, and whether all are >= 0 (three-valued, in balls)."""

    weights: tuple[Enclosure, ...]
    reachable: Truth


def head_eigenvalues(head: Kernel, last: int) -> list[arb]:
    """eta_0, ..., eta_K of the head on S^1, certified to DIGITS digits; K = last.

    >>> from theory.kernels import NTK
    >>> [round(float(eta), 6) for eta in head_eigenvalues(NTK(depth=2), 2)]
    [0.607927, 0.5, 0.157611]
    """
    return [value.enclosure.ball() for value in spectrum(head, 1, range(last + 1), DIGITS).eigenvalues]


def block_design(head: Kernel, targets: Sequence[Enclosure]) -> BlockDesign:
    """The unique weights with mu_k = m_k for k = 1, ..., K; reachable where none is negative.

    >>> from theory.kernels import NTK
    >>> from theory.statements.law_values import law_values
    >>> block_design(NTK(depth=2), law_values("1/k", 4)).reachable
    <Truth.HOLDS: 'HOLDS'>
    >>> block_design(NTK(depth=2), law_values("k**-4", 4)).reachable
    <Truth.FAILS: 'FAILS'>
    """
    last = len(targets)
    weights: list[arb] = []
    with working_precision(DIGITS):
        eta = head_eigenvalues(head, last)
        if eta[1].contains(0):
            raise ValueError(f"{head!r} has no certainly positive eigenvalue at degree 1")
        for k in range(1, last + 1):
            known = sum((weights[j - 1] * eta[k // j] for j in range(1, k) if k % j == 0), arb(0))
            weights.append((targets[k - 1].ball() - known) / eta[1])
        found = tuple(Enclosure.of(weight) for weight in weights)
    if any(weight.upper < 0 for weight in found):
        return BlockDesign(found, Truth.FAILS)
    return BlockDesign(found, Truth.HOLDS if all(w.lower >= 0 for w in found) else Truth.UNDECIDED)


def block_spectrum(head: Kernel, weights: Sequence[Fraction]) -> tuple[Enclosure, ...]:
    """mu_1, ..., mu_K of the blocks with exact weights c_1, ..., c_K, forwards.

    >>> from theory.kernels import NTK
    >>> [float(mu.lower) for mu in block_spectrum(NTK(depth=2), [Fraction(2), Fraction(0), Fraction(1)])][::2]
    [1.0, 0.5]
    """
    last = len(weights)
    with working_precision(DIGITS):
        eta = head_eigenvalues(head, last)
        return tuple(
            Enclosure.of(sum((ball(weights[j - 1]) * eta[k // j] for j in range(1, k + 1) if k % j == 0), arb(0)))
            for k in range(1, last + 1)
        )


def block_columns(head: Kernel, last: int) -> tuple[tuple[Enclosure, ...], ...]:
    """mu_1, ..., mu_K of every block with weight 1: eta_{k/j} at degree k of block j, if j divides k.

    >>> from theory.kernels import NTK
    >>> [float(mu.lower) for mu in block_columns(NTK(depth=2), 2)[1]]
    [0.0, 0.5]
    """
    with working_precision(DIGITS):
        eta = head_eigenvalues(head, last)
        return tuple(
            tuple(Enclosure.of(eta[k // j] if k % j == 0 else arb(0)) for k in range(1, last + 1))
            for j in range(1, last + 1)
        )


def certified_distance(head: Kernel, targets: Sequence[Enclosure], dual: Sequence[Fraction]) -> Fraction | None:
    """A lower bound of eps from a dual vector y, checked in balls; None where y is not feasible.

    >>> from theory.kernels import NTK
    >>> from theory.statements.law_values import law_values
    >>> law = law_values("k**-4", 2)
    >>> certified_distance(NTK(depth=2), law, [Fraction(1, 2), Fraction(1, 2)]) is None
    True
    """
    return dual_bound(block_columns(head, len(targets)), targets, dual)


def achieved_distance(head: Kernel, targets: Sequence[Enclosure], weights: Sequence[Fraction]) -> Fraction:
    """An upper bound of max_k |mu_k(c)/m_k - 1| for given exact weights c >= 0.

    >>> from theory.kernels import NTK
    >>> from theory.statements.law_values import law_values
    >>> achieved_distance(NTK(depth=2), law_values("k**-4", 1), [Fraction(2)]) < Fraction(1, 10**20)
    True
    """
    if any(weight < 0 for weight in weights):
        raise ValueError("weights >= 0 wanted")
    return deviation(block_spectrum(head, weights), targets)
