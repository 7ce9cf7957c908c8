"""Nonnegative combinations of kernels on S^d that have a wanted spectrum, or the distance to the nearest.

Kernels kappa_1, ..., kappa_J with eigenvalues a_kj = mu_k(kappa_j) at the degrees wanted. Independent
networks with tangent kernels kappa_j, added with factors sqrt(c_j), have the kernel sum_j c_j kappa_j, so that

    mu_k = sum_j a_kj c_j,   c_j >= 0:     the reachable set is the cone spanned by the columns a_j.

Square, A invertible    A c = m has one solution; m is reached if and only if it is >= 0. With
                        kappa_n = t^n, n <= K, A is triangular, and for K -> oo the cone is that of all
                        kernels on all spheres (Schoenberg)
Distance                eps = min_{c >= 0} max_k |mu_k(c)/m_k - 1| for m_k > 0. Every y with sum |y_k| <= 1
                        and sum_k y_k a_kj/m_k <= 0 for all j gives

                            eps >= sum_k y_k (1 - mu_k(c)/m_k) >= sum_k y_k          (linear duality),

                        whatever found y; every c >= 0 gives an upper bound. Both are checked in balls.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from flint import arb, arb_mat

from theory.kernels import Kernel
from theory.numbers.balls import Enclosure, ball, working_precision
from theory.numbers.truth import Truth
from theory.spectra.spectrum import spectrum

DIGITS = 30
Columns = Sequence[Sequence[Enclosure]]  # a_j, one kernel after the other, at the degrees wanted


def kernel_columns(kernels: Sequence[Kernel], dim: int, degrees: Sequence[int]) -> tuple[tuple[Enclosure, ...], ...]:
    """a_j: certified mu_k of each kernel at the degrees.

    >>> from theory.kernels import NTK
    >>> [[float(mu.lower) for mu in column] for column in kernel_columns([NTK(depth=2)], 2, (0, 2))]
    [[0.5, 0.078125]]
    """
    if not kernels or not degrees or min(degrees) < 0:
        raise ValueError(f"kernels and degrees >= 0 wanted, got {list(kernels)} and {list(degrees)}")
    found = []
    for kernel in kernels:
        values = spectrum(kernel, dim, range(max(degrees) + 1), DIGITS).eigenvalues
        found.append(tuple(values[degree].enclosure for degree in degrees))
    return tuple(found)


def combined(columns: Columns, weights: Sequence[Fraction]) -> tuple[Enclosure, ...]:
    """sum_j c_j a_j for exact weights.

    >>> from theory.kernels import PowerSeries
    >>> columns = kernel_columns([PowerSeries((0, 1)), PowerSeries((0, 0, 1))], 2, (0, 1))
    >>> [round(float(mu.lower), 12) for mu in combined(columns, [Fraction(3), Fraction(6)])]
    [2.0, 1.0]
    """
    if any(weight < 0 for weight in weights):
        raise ValueError("weights >= 0 wanted")
    with working_precision(DIGITS):
        rows = zip(*columns, strict=True)
        return tuple(
            Enclosure.of(sum((ball(w) * a.ball() for w, a in zip(weights, row, strict=True)), arb(0))) for row in rows
        )


def exact_weights(columns: Columns, targets: Sequence[Enclosure]) -> tuple[tuple[Enclosure, ...], Truth]:
    """The one solution of A c = m, as many kernels as degrees, and whether it is >= 0.

    Raises ValueError where A is not square or not certainly invertible.

    >>> from theory.kernels import PowerSeries
    >>> powers = [PowerSeries((0,) * n + (1,)) for n in range(3)]
    >>> columns = kernel_columns(powers, 2, (0, 1, 2))
    >>> exact_weights(columns, combined(columns, [Fraction(1), Fraction(2), Fraction(3)]))[1]
    <Truth.HOLDS: 'HOLDS'>
    """
    if any(len(column) != len(targets) for column in columns) or len(columns) != len(targets):
        raise ValueError(f"as many kernels as degrees wanted, got {len(columns)} and {len(targets)}")
    with working_precision(DIGITS):
        matrix = arb_mat([[a.ball() for a in row] for row in zip(*columns)])
        try:
            found = matrix.solve(arb_mat([[m.ball()] for m in targets]))
        except ZeroDivisionError:
            raise ValueError("the kernels' eigenvalues are not certainly independent at these degrees") from None
        weights = tuple(Enclosure.of(found[j, 0]) for j in range(len(columns)))
    if any(weight.upper < 0 for weight in weights):
        return weights, Truth.FAILS
    return weights, Truth.HOLDS if all(weight.lower >= 0 for weight in weights) else Truth.UNDECIDED


def dual_bound(columns: Columns, targets: Sequence[Enclosure], dual: Sequence[Fraction]) -> Fraction | None:
    """A lower bound of eps from a dual vector y, checked in balls; None where y is not feasible.

    >>> from theory.kernels import NTK
    >>> columns = kernel_columns([NTK(depth=2)], 2, (2, 4))
    >>> even = [Enclosure.of(ball(1))] * 2
    >>> dual_bound(columns, even, [Fraction(-1, 10), Fraction(9, 10)])
    Fraction(4, 5)
    """
    if len(dual) != len(targets):
        raise ValueError(f"a dual vector of {len(targets)} entries wanted, got {len(dual)}")
    if sum(abs(y) for y in dual) > 1:
        return None
    with working_precision(DIGITS):
        for column in columns:
            terms = zip(dual, column, targets, strict=True)
            if not sum((ball(y) * a.ball() / m.ball() for y, a, m in terms), arb(0)) <= 0:
                return None
    return sum(dual, Fraction(0))


def deviation(values: Sequence[Enclosure], targets: Sequence[Enclosure]) -> Fraction:
    """An upper bound of max_k |mu_k/m_k - 1|.

    >>> deviation([Enclosure.of(ball(3))], [Enclosure.of(ball(2))]) == Fraction(1, 2)
    True
    """
    with working_precision(DIGITS):
        pairs = zip(values, targets, strict=True)
        return max(Enclosure.of(abs(value.ball() / target.ball() - 1)).upper for value, target in pairs)
