"""Eigenvalues of Matern kernels of integer order n, whose logarithm at t = 1 no quadrature here takes.

With h = n/l^2 and u = 1-t, DLMF 10.31.1 reads

    kappa = sum_m (A_m u^m + B_m u^m log u),   B_m = (-1)^(n+1) h^m / ((m-n)! m! (n-1)!)  (m >= n),
    A_m = (n-1-m)! (-h)^m / (m! (n-1)!)  (m < n),   A_m = B_m (log h - psi(m-n+1) - psi(m+1))  (m >= n),

and with M_k(nu) = Gamma((d+1)/2)/sqrt(pi) 2^(nu+d-1) Gamma(nu+d/2) (-nu)_k / Gamma(k+nu+d), the
eigenvalue of u^nu, that of u^m log u is its derivative M_k'(m) in nu:

    m < k:   M_k(m) = 0 and (-m)_k' = (-1)^(m+1) m! (k-1-m)!,
    m >= k:  M_k' = M_k (log 2 + psi(m+d/2) - psi(k+m+d) + H_m - H_(m-k)).

As |mu_k(f)| <= max |f|, 0 < u <= 2, the terms beyond m = J add up to at most the sum of the
(2h)^m/((m-n)! m! (n-1)!) (2m + |log h| + 2), which at least halve once (m+1-n)(m+1) >= 16 h.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from flint import arb, fmpq

from theory.numbers.balls import ball, precision_bits, rational
from theory.numbers.pi_polynomials import gamma_ball
from theory.spectra.form_algebra import IntegerMatern


def integer_matern(base: IntegerMatern, dim: int | Fraction, degrees: range) -> list[arb]:
    """mu_k at the current precision, real d >= 1; the tail is below the last bit of the smallest term.

    >>> values = integer_matern(IntegerMatern(1, Fraction(1)), 2, range(3))
    >>> bool(values[0] > values[1] > values[2] > 0)
    True
    """
    n = base.order
    d, last = rational(Fraction(dim)), degrees[-1]
    lower = _moments(dim)
    known = [next(lower) for _ in range(n + 1)]
    # The first logarithmic term says how small the tail must be.
    size = abs(_log_coefficient(base) * known[n] * _slope_at(n, max(last, n + 1), d))
    tails = _tails(base)
    top, tail = next((m, t) for m, t in tails if t < size * arb(2) ** -precision_bits())
    known += [next(lower) for _ in range(top - n)]
    return [_sum(base, d, k, known) + arb(0, tail.upper()) for k in degrees]


def _moments(dim: int | Fraction) -> Iterator[arb]:
    """Gamma((d+1)/2)/sqrt(pi) 2^(m+d-1) Gamma(m+d/2), m = 0, 1, ..."""
    half = Fraction(dim) / 2
    value = gamma_ball(half + Fraction(1, 2)) / arb.pi().sqrt() * (arb(2).log() * ball(2 * half - 1)).exp()
    value *= gamma_ball(half)
    m = 0
    while True:
        yield value
        value = value * rational(2 * (m + half))
        m += 1


def _log_coefficient(base: IntegerMatern) -> arb:
    """B_n."""
    n = base.order
    return (-1) ** (n + 1) * rational(base.scale) ** n / (arb(n + 1).gamma() * arb(n).gamma())


def _slope_at(m: int, degree: int, d: fmpq) -> arb:
    """(-m)_k'/Gamma(k+m+d) for m < k."""
    return (-1) ** (m + 1) * arb(m + 1).gamma() * arb(degree - m).gamma() / (arb(d) + degree + m).gamma()


def _tails(base: IntegerMatern) -> Iterator[tuple[int, arb]]:
    """(J, a bound of what is left after m = J), once the bounds of the terms at least halve."""
    n, h = base.order, base.scale
    m, log = n + 1, abs(ball(h).log())
    term = (2 * ball(h)) ** m / (arb(m + 1).gamma() * arb(n).gamma())
    while True:
        if (m + 1 - n) * (m + 1) >= 16 * h:
            yield m - 1, (2 * term * (2 * m + log + 2)).upper()
        m += 1
        term = term * rational(2 * h) / (m * (m - n))


def _sum(base: IntegerMatern, d: fmpq, k: int, moments: list[arb]) -> arb:
    """sum_m (A_m M_k(m) + B_m M_k'(m)) over the given moments."""
    n, h = base.order, rational(base.scale)
    total, log = arb(0), ball(base.scale).log() + arb(2).log()
    coefficient = _log_coefficient(base)
    outer = 1 / (arb(d) + k + n).gamma()  # 1/Gamma(k+m+d)
    below = arb(k - n).gamma() if k > n else arb(1)  # (k-1-m)!
    factorial = arb(n + 1).gamma()  # m!
    for m in range(k, n):
        plain = (-1) ** m * h**m * arb(n - m).gamma() / (arb(m + 1).gamma() * arb(n).gamma())
        total += plain * moments[m] * _falling(m, k) / (arb(d) + k + m).gamma()
    for m in range(n, len(moments)):
        common = coefficient * moments[m] * outer
        if m < k:
            total += (-1) ** (m + 1) * common * factorial * below
            below = below / (k - 1 - m) if m < k - 1 else below
        else:
            # H_m - psi(m+1) is Euler's constant.
            bracket = log + (m + arb(d) / 2).digamma() - (arb(d) + k + m).digamma() + arb.const_euler()
            bracket -= arb(m - n + 1).digamma() + arb(m - k + 1).digamma() + arb.const_euler()
            total += common * _falling(m, k) * bracket
        coefficient = coefficient * h / ((m + 1 - n) * (m + 1))
        outer, factorial = outer / (arb(d) + k + m), factorial * (m + 1)
    return total


def _falling(m: int, k: int) -> arb:
    """(-m)_k = (-1)^k m!/(m-k)! for k <= m."""
    return (-1) ** k * arb(m + 1).gamma() / arb(m - k + 1).gamma()
