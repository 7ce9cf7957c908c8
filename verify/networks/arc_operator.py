"""The operator of (t+1) k0/4 on S^1 under densities 1 : 4 on alternate quadrants: its largest odd eigenvalues."""

from __future__ import annotations

from fractions import Fraction

from flint import arb

from theory.numbers.balls import NotCertified, ball

LAST = 41  # odd frequencies up to here; the rest has norm at most DENSE mu_43
SPARSE, DENSE = Fraction(2, 5), Fraction(8, 5)  # densities 1:4:1:4 relative to the uniform one
STEPS = 14  # bisections


def _mu(n: int) -> arb:
    """mu_n of (t+1) k0/4 on S^1, odd n."""
    return (1 / arb.pi() ** 2 + ball(Fraction(1, 8))) / 2 if n == 1 else 1 / (2 * arb.pi() ** 2 * n**2)


def _density(m: int) -> arb:
    """The m-th Fourier coefficient of the density: 2/5 on |x| < pi/4 and |x - pi| < pi/4, 8/5 elsewhere."""
    half, odd = divmod(abs(m), 2)
    if m == 0 or odd or half % 2 == 0:
        return arb(int(m == 0))
    return -(ball(DENSE - SPARSE) / arb.pi()) * (-1) ** ((half - 1) // 2) / half


def _none_above(x: Fraction, sign: int) -> bool | None:
    """Whether x - A is positive definite, A = sqrt(mu_m mu_n)(p_{m-n} + sign p_{m+n}): the pivots' signs.

    sign 1 for cosines, -1 for sines: an even density keeps them apart, one of period pi keeps odd n.
    """
    odd = range(1, LAST + 1, 2)
    roots = [_mu(n).sqrt() for n in odd]
    form = [[_density(m - n) + sign * _density(m + n) for n in odd] for m in odd]
    rows = [[ball(x * (i == j)) - roots[i] * roots[j] * form[i][j] for j in range(len(odd))] for i in range(len(odd))]
    for i, row in enumerate(rows):
        if not row[i] > 0:
            return False if row[i] <= 0 else None
        for below in rows[i + 1 :]:
            share = below[i] / row[i]
            for j in range(i, len(rows)):
                below[j] -= share * row[j]
    return True


def largest(sign: int) -> tuple[Fraction, Fraction]:
    """Bounds of the largest eigenvalue on odd cosines or sines.

    The finite block's is a lower bound; with the norm of the rest added it is an upper one, since
    the operator is positive semidefinite.
    """
    low, high = Fraction(0), Fraction(1)
    for _ in range(STEPS):
        middle = (low + high) / 2
        below = _none_above(middle, sign)
        if below is None:
            raise NotCertified("a pivot", None, 1)
        low, high = (low, middle) if below else (middle, high)
    return low, high + DENSE / (2 * 9 * (LAST + 2) ** 2)  # pi^2 > 9
