"""H(theta) = (1 - k1(cos theta))/(2 theta^2), entire with H(0) = 1/4: the step from layer to layer.

1 - cos(theta') = 2 theta^2 H(theta) for the angle theta' after one ReLU layer, so that
sin(theta'/2) = theta sqrt(H(theta)) is analytic at theta = 0 and loses nothing there.
"""

from __future__ import annotations

from math import log2

from flint import acb, arb

from theory.precision import precision_bits

TAYLOR_RADIUS = 1.0


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


def _taylor(theta: acb, derivative: int) -> acb:
    """2 pi H = sum_n a_n theta^n with a_{2j} = pi (-1)^j/(2j+2)!, a_{2j+1} = (-1)^{j+1} (2j+2)/(2j+3)!.

    |a_n| <= pi/(n+1)!, so for |theta| < 1 what is left after n terms of H, or of H', is below
    2 pi (n+1)/(n+1)! <= 2 pi/n!.
    """
    even, odd, power = acb(0), acb(0), acb(1)
    factorial, bits, n = 1, 0.0, 0
    while bits < precision_bits() + 10:
        factorial *= n + 1  # (n+1)!, for a_n over (n+2)!
        if n >= derivative:
            scale = n if derivative else 1
            sign = -1 if (n // 2 + n % 2) % 2 else 1
            if n % 2 == 0:
                even += power * (sign * scale) / (factorial * (n + 2))
            else:
                odd += power * (sign * scale * (n + 1)) / (factorial * (n + 2))
            power *= theta
        bits += log2(n + 1)
        n += 1
    tail = (2 * arb.pi() / (arb(factorial) / n)).upper()
    rest = acb(arb(0, tail), arb(0, tail))
    return (arb.pi() * even + odd + rest) / (2 * arb.pi())
