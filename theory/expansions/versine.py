"""H(theta) = (1 - k1(cos theta))/(2 theta^2), entire with H(0) = 1/4: the step from layer to layer.

1 - cos(theta') = 2 theta^2 H(theta) for the angle theta' after one ReLU layer, so that
sin(theta'/2) = theta sqrt(H(theta)) is analytic at theta = 0 and loses nothing there.
"""

from __future__ import annotations

from functools import lru_cache
from math import factorial, lgamma, log

from flint import acb, acb_poly, arb

from theory.numbers.balls import precision_bits

TAYLOR_RADIUS = 2.0


def half_versine_quotient(theta: acb) -> acb:
    """H = (pi - sin theta - (pi - theta) cos theta) / (2 pi theta^2), by Taylor series near 0.

    >>> half_versine_quotient(acb(0)).real.overlaps(arb(1) / 4)
    True
    """
    if not abs(theta) < TAYLOR_RADIUS:
        return (acb.pi() - theta.sin() - (acb.pi() - theta) * theta.cos()) / (2 * arb.pi() * theta * theta)
    return _taylor(theta, 0)


def half_versine_slope(theta: acb) -> acb:
    """H' = (pi - theta) sin(theta)/(2 pi theta^2) - 2 H/theta.

    >>> half_versine_slope(acb(0)).real.overlaps(-1 / (6 * arb.pi()))
    True
    """
    if not abs(theta) < TAYLOR_RADIUS:
        square = theta * theta
        first = (acb.pi() - theta) * theta.sin() / (2 * arb.pi() * square)
        return first - 2 * half_versine_quotient(theta) / theta
    return _taylor(theta, 1)


def skipped_quotient(theta: acb) -> acb:
    """sin(theta/2)^2/theta^2, what an angle that is kept adds to H: entire, 1/4 at 0.

    >>> skipped_quotient(acb(0)).real.overlaps(arb(1) / 4)
    True
    """
    return (theta / 2).sinc() ** 2 / 4


def skipped_slope(theta: acb) -> acb:
    """Its derivative, sinc(x) sinc'(x)/4 at x = theta/2, sinc'(x) = -(x/3) 0F1(;5/2;-x^2/4).

    >>> skipped_slope(acb(0)).real.contains(0)
    True
    """
    x = theta / 2
    return -x.sinc() * x * (-x * x / 4).hypgeom_0f1(acb(2.5)) / 12


def _taylor(theta: acb, derivative: int) -> acb:
    polynomial, tail = _taylor_polynomial(derivative, precision_bits())
    return polynomial(theta) + acb(arb(0, tail), arb(0, tail))


@lru_cache(maxsize=64)
def _taylor_polynomial(derivative: int, bits: int) -> tuple[acb_poly, arb]:
    """2 pi H = sum_n a_n theta^n with a_{2j} = pi (-1)^j/(2j+2)!, a_{2j+1} = (-1)^{j+1} (2j+2)/(2j+3)!.

    |a_n| <= pi/(n+1)!, so for |theta| < 2 what is left after n terms of H, n >= 8, or of H', is below
    sum_{m >= n} m 2^(m-1) pi/(2 pi (m+1)!) <= 2^n/n!.
    """
    coefficients, n, left = [], 0, 0.0
    while left > -bits - 10:  # n >= 8 even for a bit, since 2^7/7! is above 2^-11
        sign = -1 if (n // 2 + n % 2) % 2 else 1
        coefficients.append((arb.pi() if n % 2 == 0 else arb(n + 1)) * sign / factorial(n + 2))
        n += 1
        left = n - lgamma(n + 1) / log(2)
    series = acb_poly([c / (2 * arb.pi()) for c in coefficients])
    tail = (arb(2) ** n / factorial(n)).upper()
    return (series.derivative() if derivative else series), tail
