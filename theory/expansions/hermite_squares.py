"""Squared Hermite coefficients of activations without a closed dual, certified.

For s in L^2 of the standard normal law, E[s(u) s(v)] = sum_n b_n t^n with b_n = (E[s h_n])^2, h_n the
normalised Hermite polynomials, sqrt(n+1) h_{n+1} = u h_n - sqrt(n) h_{n-1} (Daniely et al. 2016, lemma 11).

The integral of f = s h_n phi is computed by the trapezoidal rule of step h over |u| <= X. For f analytic
in |Im u| < a with bound B on the integral of |f(u + i a)|, the rule with infinitely many nodes errs by
at most 2B/(exp(2 pi a/h) - 1) (Trefethen and Weideman 2014, theorem 5.1).
tanh: with a = 1, |tanh(u+i)| <= tan(1), |phi(u+i)| = phi(u) e^(1/2), and by Cauchy-Schwarz and
h_n(u+i) = sum_j C(n,j) i^(n-j) h_j(u) sqrt(j!/n!), E|h_n(u+i)|^2 = sum_j C(n,j)/(n-j)! = L_n(-1).
Nodes beyond X: |h_n(u)| <= 1.0865 e^(u^2/4) (Cramer), hence |f| <= .4335 e^(-u^2/4).
"""

from __future__ import annotations

from functools import lru_cache
from itertools import count
from math import ceil, log10, pi, sqrt

from flint import arb

from theory.numbers.balls import BITS_PER_DIGIT, precision_bits, working_precision


def tanh_hermite_squares(terms: int) -> tuple[list[arb], arb, arb]:
    """(b_0, ..., b_{terms-1}) of tanh, E[tanh(u)^2] = sum_n b_n and E[tanh(u)^4], at the working precision.

    >>> b, total, _ = tanh_hermite_squares(4)
    >>> b[0].is_zero(), bool(0.36 < b[1] < 0.37), bool(0.39 < total < 0.40)
    (True, True, True)
    """
    digits = precision_bits() / BITS_PER_DIGIT
    # The recurrence of h_n in balls loses about a tenth of a digit a step.
    with working_precision(ceil(1.3 * digits), 20 + terms // 8):
        return _trapezoid(terms, *_nodes(terms, digits))


def tanh_dual(t: arb) -> tuple[arb, arb]:
    """E[s(u) s(v)] and E[s'(u) s'(v)] of tanh, |t| <= 1: b_n t^n summed up to n = N; the rest is at most |t|^N times
    what is left at t = 1.

    The b_n fall like 10^(-1.4 sqrt(n)): as many terms are taken as bring the rest below the working precision.

    >>> value, slope = tanh_dual(arb(0))
    >>> value.contains(0), bool(0.36 < slope < 0.37)
    (True, True)
    """
    digits, falls = precision_bits() / BITS_PER_DIGIT + 5, -log10(max(min(float(abs(t).upper()), 1.0), 1e-99))
    terms = next(n for n in count(16, 16) if 1.4 * sqrt(n) + n * falls > digits)
    squares, square, fourth = _tanh_squares(terms, precision_bits())
    value, slope = arb(0), arb(0)
    for n in range(len(squares) - 1, -1, -1):
        slope = slope * t + value
        value = value * t + squares[n]
    rest, steep = square - sum(squares), 1 - 2 * square + fourth - sum(n * b for n, b in enumerate(squares))
    least = abs(t) ** (terms - 1)  # of t^n in the derivative, too
    return value + arb(0, (abs(rest) * least).upper()), slope + arb(0, (abs(steep) * least).upper())


@lru_cache(maxsize=4)
def _tanh_squares(terms: int, _bits: int) -> tuple[list[arb], arb, arb]:
    return tanh_hermite_squares(terms)


def _nodes(terms: int, digits: float) -> tuple[arb, int]:
    """(step, number of nodes u > 0) that leave less than 10^-digits to both errors of the rule."""
    # L_n(-1) <= exp(2 sqrt(n)), and 10^-digits = exp(-2.303 digits).
    step = arb(1) / ceil((digits * 2.4 + sqrt(terms) + 10) / (2 * pi))
    return step, ceil(2 * sqrt(digits * 2.4 + 10) / float(step))


def _trapezoid(terms: int, step: arb, cut: int) -> tuple[list[arb], arb, arb]:
    totals, square, fourth = [arb(0)] * terms, arb(0), arb(0)
    roots = [arb(n).sqrt() for n in range(terms + 1)]
    for j in range(1, cut + 1):
        u = step * j
        tanh = u.tanh()
        weight = 2 * step * (-u * u / 2).exp() / (2 * arb.pi()).sqrt()
        square += weight * tanh**2
        fourth += weight * tanh**4
        previous, current, common = arb(0), arb(1), weight * tanh
        for n in range(terms):
            if n % 2:
                totals[n] += common * current
            previous, current = current, (u * current - roots[n] * previous) / roots[n + 1]
    tail = _tail(step, cut)
    growth = arb(1).tan() * (arb(1) / 2).exp()
    decay = 2 / (2 * arb.pi() / step).expm1()
    values = []
    for n in range(terms):
        error = decay * growth * arb(n).sqrt().exp() + tail
        values.append((totals[n] + arb(0, error.upper())) ** 2 if n % 2 else arb(0))
    # tanh^2 phi and tanh^4 phi have no polynomial: their bounds are tan(1)^2 e^(1/2) and tan(1)^4 e^(1/2).
    errors = [arb(0, (decay * growth * arb(1).tan() ** power + tail).upper()) for power in (1, 3)]
    return values, square + errors[0], fourth + errors[1]


def _tail(step: arb, cut: int) -> arb:
    """2 h sum_{j > cut} .4335 exp(-(jh)^2/4), by the integral from X = cut h of x/X times the integrand."""
    x = step * cut
    return 2 * arb("0.4335") * (-x * x / 4).exp() * 2 / x
