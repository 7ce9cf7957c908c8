"""E[f(x)] for one normal variable x of mean 0, certified by the ball library's adaptive integration.

Activations as analytic functions of a complex ball, with their derivatives; the second argument says whether the
integrator asks for a proof that the function is analytic on the ball. What is left out beyond |u| > X, x = sqrt(v) u,
is at most 4 K (Q + v (X phi(X) + Q)), Q = P(u > X) <= phi(X)/X, where |f(x)| <= K (1 + |x|)^2; K = 8 serves all.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flint import acb, arb

from theory.numbers.balls import precision_bits

Analytic = Callable[[acb, bool], acb]


@dataclass(frozen=True, slots=True)
class Activation:
    """s and s', with |s(x)|, |s'(x)| <= sqrt(2) (1 + |x|) for real x."""

    value: Analytic
    slope: Analytic


def _sigmoid(z: acb, _analytic: bool = False) -> acb:
    return 1 / (1 + (-z).exp())


def _softplus(z: acb, analytic: bool) -> acb:
    return (1 + z.exp()).log(analytic=analytic)


def _sigmoid_slope(z: acb, _analytic: bool = False) -> acb:
    value = _sigmoid(z)
    return value * (1 - value)


def mish_gate(z: acb, _analytic: bool = False) -> acb:
    """tanh(softplus(z)) = 1 - 2/((1 + e^z)^2 + 1).

    >>> mish_gate(acb(0)).contains(acb("0.6"))
    True
    """
    return 1 - 2 / ((1 + z.exp()) ** 2 + 1)


def _mish_slope(z: acb, _analytic: bool = False) -> acb:
    """g + z g', g' = f^2 q e^z with q = 1 + e^z and f = 1 - g."""
    gate, power = mish_gate(z), z.exp()
    return gate + z * (1 - gate) ** 2 * (1 + power) * power


ACTIVATIONS: dict[str, Activation] = {
    "tanh": Activation(lambda z, _: z.tanh(), lambda z, _: 1 - z.tanh() ** 2),
    "sigmoid": Activation(_sigmoid, _sigmoid_slope),
    "softplus": Activation(_softplus, _sigmoid),
    "silu": Activation(lambda z, _: z * _sigmoid(z), lambda z, _: _sigmoid(z) + z * _sigmoid_slope(z)),
    "mish": Activation(lambda z, _: z * mish_gate(z), _mish_slope),
}


def gaussian_mean(function: Analytic, variance: arb) -> arb:
    """E[f(x)], x normal of mean 0 and this variance, for |f(x)| <= 8 (1 + |x|)^2 on the real line.

    >>> gaussian_mean(lambda z, _: z * z, arb(3)).contains(3)
    True
    """
    # Two halves: an odd integrand would otherwise be refined at 0 without end.
    return mean_between(function, variance, None, arb(0)) + mean_between(function, variance, arb(0), None)


def half_line_mean(function: Analytic, variance: arb) -> arb:
    """E[f(x); x > 0] under the same bound.

    >>> half_line_mean(lambda z, _: z * z, arb(3)).contains(1.5)
    True
    """
    return mean_between(function, variance, arb(0), None)


def mean_between(function: Analytic, variance: arb, low: arb | None, high: arb | None) -> arb:
    """E[f(x); low < x < high], None for no bound; f analytic there and |f(x)| <= 8 (1 + |x|)^2.

    >>> mean_between(lambda z, _: z, arb(1), arb(-2), arb(2)).contains(0)
    True
    """
    end = (2 * precision_bits() * arb(2).log()).sqrt().upper().ceil()
    root = variance.sqrt()

    def integrand(u: acb, analytic: bool) -> acb:
        return function(u * root, analytic) * (-u * u / 2).exp()

    first, last = (
        arb(sign * end) if bound is None else (bound / root).max(-end).min(end)
        for sign, bound in ((-1, low), (1, high))
    )
    total = acb.integral(integrand, first, last).real
    density = (-end * end / 2).exp() / (2 * arb.pi()).sqrt()
    above = density / end
    left_out = 32 * (above + variance * (end * density + above))
    return total / (2 * arb.pi()).sqrt() + arb(0, left_out.upper())


def mean_squares(activation: str, variance: arb) -> tuple[arb, arb]:
    """(E[s(x)^2], E[s'(x)^2]) of a smooth activation.

    >>> value, slope = mean_squares("tanh", arb(1))
    >>> bool(0.39 < value < 0.40), bool(0.46 < slope < 0.47)
    (True, True)
    """
    known = ACTIVATIONS[activation]
    value = gaussian_mean(lambda z, a: known.value(z, a) ** 2, variance)
    return value, gaussian_mean(lambda z, a: known.slope(z, a) ** 2, variance)
