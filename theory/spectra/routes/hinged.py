"""The angle route of duals of activations with kinks (`theory.kernels.hinges`): by the second derivative of kappa.

With a = (d+1)(d+3), mu_k on S^d of kappa is mu_{k-2} on S^(d+4) of kappa'' over a for k >= 2, by Rodrigues' formula and
parts, and mu_k of kappa' is mu_{k-1} on S^(d+2) of kappa'' over d + 1 for k >= 1. With j_i the jumps of s' at a_i =
sqrt(v) alpha_i, A exp(x) the rest of s'' on x < 0, beta = sqrt(v) and theta the angle,

    kappa'' = v sum_ij j_i j_j phi_2(alpha_i, alpha_j) + 2 v beta A j_0 phi(0) m(beta sin theta) + v^2 A^2 F(theta),
    phi_2(x, y) = exp(-(x-y)^2/(8 sin^2(theta/2)) - (x+y)^2/(8 cos^2(theta/2)))/(2 pi sin theta),
    m(x) = exp(x^2/2) P(u > x),   F = E[exp(beta (u + w)); u, w < 0] = (1/pi) Int_0^((pi-theta)/2) g(2 beta cos(theta/2) cos(p)) dp,

g(x) = Int r exp(-r^2/2 - r x) dr over r > 0; a hinge beside the exponential lies at 0. phi_2 has essential
singularities at the ends, so theta = 2 atan(e^x): then dtheta = sin(theta) dx, sin(theta) = 1/cosh(x),
1/sin^2(theta/2) = 1 + e^(-2x), 1/cos^2(theta/2) = 1 + e^(2x), and for |Im x| <= b < pi/4 all exponents have a real
part <= 0, Re sin(theta) > 0, 0 < Re theta < pi. There |phi_2| <= exp(-(x^2+y^2)/4)/(2 pi |sin theta|), |m| <= 1/2,
|F| <= |pi - theta|/(2 pi) < 1, |sin theta| <= 1/(cos(b) cosh(Re x)), and |P_k(cos theta)| <= exp(k |Im theta|),
|Im theta| <= atanh(sin b). The trapezoidal rule errs by at most 2 M/(exp(2 pi b/h) - 1), M a bound of the integral of
the modulus along any line (Trefethen and Weideman 2014, theorem 5.1).

Degrees 0 and 1 go up to a sphere where the power series is short: mu_0 = mu_2 + mu_0 on S^(d+2), and
mu_1 = mu_3 + (d+3)/(d+1) times mu_1 on S^(d+2).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import atanh, ceil, log, pi, sin

from flint import arb

from theory.kernels import Dual, DualTangent, Kernel, Multiple
from theory.kernels.hinges import HINGED, Hinged
from theory.kernels.parity import vanishes
from theory.numbers.balls import Cannot, ball, precision_bits, working_precision
from theory.spectra.routes.series import series_balls
from theory.spectra.sphere import area_ratio

STRIP = Fraction(3, 4)  # b < pi/4
SLOPE = atanh(sin(STRIP)) + 1e-9  # of the growth of P_k there
LARGE = 40  # a dimension, and twice the digits, where the power series is short
MOST_WORK = 20_000_000  # nodes times degrees
MOST_VARIANCE, LEAST_VARIANCE = 400, Fraction(1, 100)


def has_hinges(kernel: Kernel) -> bool:
    """Whether the kernel is such a dual, or a multiple of one.

    >>> has_hinges(Dual("elu")), has_hinges(Dual("tanh"))
    (True, False)
    """
    if isinstance(kernel, Multiple):
        return has_hinges(kernel.kernel)
    return isinstance(kernel, Dual | DualTangent) and kernel.activation in HINGED


def hinged_balls(kernel: Kernel, dim: int, degrees: range, digits: int) -> list[arb]:
    """Enclosures of mu_k with an absolute error of about 10^-digits times the size of kappa''.

    >>> value = hinged_balls(Dual("hard_tanh"), 2, range(1, 2), 15)[0]
    >>> bool(0.1 < value < 0.2)
    True
    """
    if isinstance(kernel, Multiple):
        return [value * ball(kernel.factor) for value in hinged_balls(kernel.kernel, dim, degrees, digits)]
    assert isinstance(kernel, Dual | DualTangent)
    v = Fraction(kernel.variance)
    if not LEAST_VARIANCE <= v <= MOST_VARIANCE:
        what = f"of variance from {LEAST_VARIANCE} to {MOST_VARIANCE} alone are computed, got {v}"
        raise Cannot(f"the angle route for {kernel!r}", what)
    top = degrees[-1] + 1
    # Recurrences of P_k in balls lose .383 digits a step, and the series of F as many as exp(z^2/2) has.
    cancelled = 2 * float(v) if HINGED[kernel.activation].tail else 0.0
    with working_precision(digits, 20 + ceil(0.4 * top + cancelled)):
        rule = _Rule.of(HINGED[kernel.activation], v, dim, top, digits)
        plain = Dual(kernel.activation, variance=v)
        values = _dual(plain, rule, dim, top, digits)
        if isinstance(kernel, DualTangent):
            slopes = _slopes(rule, values, dim, top)
            values = [value + _times_t(slopes, dim, k) for k, value in enumerate(values[:-1])]
        return [arb(0) if vanishes(kernel, k) else values[k] for k in degrees]


def _times_t(values: Sequence[arb], dim: int, k: int) -> arb:
    """mu_k of t times the function: k/(2k+d-1) mu_(k-1) + (k+d-1)/(2k+d-1) mu_(k+1), and mu_1 for k = 0."""
    if not k:
        return values[1]
    return (k * values[k - 1] + (k + dim - 1) * values[k + 1]) / (2 * k + dim - 1)


def _dual(kernel: Dual, rule: _Rule, dim: int, top: int, digits: int) -> list[arb]:
    """mu_0, ..., mu_top of kappa."""
    found = [value / ((dim + 1) * (dim + 3)) for value in rule.moments(dim + 4, top - 2)]
    steps = range(dim, max(dim, LARGE, 2 * digits), 2)
    last = steps[-1] + 2 if steps else dim
    zero, one = series_balls(kernel, last, range(2), digits)
    for d in reversed(steps):
        second, third = (value / ((d + 1) * (d + 3)) for value in rule.moments(d + 4, 1))
        zero, one = zero + second, third + one * (d + 3) / (d + 1)
    return [zero, one, *found][: top + 1]


def _slopes(rule: _Rule, values: Sequence[arb], dim: int, top: int) -> list[arb]:
    """mu_0, ..., mu_top of kappa'; mu_0 = mu_2 + (d+1) mu_1 of kappa, which is mu_0 of kappa' on S^(d+2)."""
    found = [value / (dim + 1) for value in rule.moments(dim + 2, max(top - 1, 1))]
    return [found[1] + values[1] * (dim + 1), *found][: top + 1]


@dataclass(frozen=True, slots=True)
class _Rule:
    """Nodes t = cos(theta), 1/cosh(x) and h kappa'' there; M without the factor of the degree, and h."""

    points: list[tuple[arb, arb, arb]]
    size: arb
    inverse: int
    reach: arb

    @staticmethod
    def of(s: Hinged, v: Fraction, dim: int, top: int, digits: int) -> _Rule:
        goal = digits * log(10) + 12 + top * SLOPE + (dim + 6) * 0.4
        inverse = ceil(goal / (2 * pi * float(STRIP)))
        # The least power of 1/cosh(x) is that of phi_2 on S^(d+2).
        half = ceil((digits * log(10) + 8 + (dim + 4) * log(2)) / (dim + 1) * inverse)
        if 2 * half * (top + 20) > MOST_WORK:
            raise Cannot("the angle route for a dual", f"{2 * half} nodes for {top} degrees are too many")
        points = []
        for j in range(-half, half + 1):
            x = arb(j) / inverse
            sine = 1 / x.cosh()
            points.append((-x.tanh(), sine, _second_derivative(s, v, x, sine) / inverse))
        return _Rule(points, _size(s, v), inverse, arb(half) / inverse)

    def moments(self, dim: int, top: int) -> list[arb]:
        """mu_0, ..., mu_top of kappa'' on S^dim, dim >= 3, by the three-term recurrence of P_k at all nodes."""
        if top < 0:
            return []
        weights = [value * sine**dim for _, sine, value in self.points]
        before, current, found = [arb(0)] * len(weights), weights, []
        ratio = area_ratio(dim).ball()
        for k in range(top + 1):
            error = arb(0, self.error(dim, k).upper())
            found.append(ratio * (sum(current, arb(0)) + error))
            up, down = arb(2 * k + dim - 1) / (k + dim - 1), arb(k) / (k + dim - 1)
            pairs = zip(self.points, current, before, strict=True)
            before, current = current, [up * t * c - down * b for (t, _, _), c, b in pairs]
        return found

    def error(self, dim: int, k: int) -> arb:
        """Of the rule, and of the nodes beyond its reach: cosh(x) >= exp(|x|)/2; at those points |P_k| <= 1."""
        b = ball(STRIP)
        wide = (
            self.size * arb.pi() / b.cos() ** dim * (k * arb(SLOPE)).exp()
        )  # cosh^-n, n >= 1, integrates to pi at most
        beyond = 2 * self.size * arb(2) ** dim * (-(dim - 1) * self.reach).exp() / (dim - 1)
        return 2 * wide / (2 * arb.pi() * b * self.inverse).expm1() + beyond


def _size(s: Hinged, v: Fraction) -> arb:
    """K with |kappa'' sin(theta)| <= K on the strip, up to 1/cos(b) in the terms without a pole, which M has anyway."""
    root = ball(v).sqrt()
    kinks = sum((abs(ball(j)) * (-ball(a * a / v) / 4).exp() for a, j in s.jumps), arb(0))
    smooth = ball(v) * ball(s.tail)
    mixed = root * kinks * smooth / (2 * arb.pi()).sqrt()
    return ball(v) * kinks**2 / (2 * arb.pi()) + mixed + smooth**2


def _second_derivative(s: Hinged, v: Fraction, x: arb, sine: arb) -> arb:
    """kappa'' at theta = 2 atan(e^x)."""
    root, total = ball(v).sqrt(), arb(0)
    near, far = 1 + (-2 * x).exp(), 1 + (2 * x).exp()
    for a, i in s.jumps:
        for c, j in s.jumps:
            exponent = near * ball((a - c) ** 2 / v) + far * ball((a + c) ** 2 / v)
            total += ball(i * j) * (-exponent / 8).exp()
    total = total * ball(v) / (2 * arb.pi() * sine)
    if not s.tail:
        return total
    for _, j in s.jumps:
        scaled = root * sine
        mills = (scaled * scaled / 2).exp() * (scaled / arb(2).sqrt()).erfc() / 2
        total += 2 * ball(v) * root * ball(s.tail * j) * mills / (2 * arb.pi()).sqrt()
    return total + ball(v * s.tail) ** 2 * _both_negative(root, x)


def _both_negative(root: arb, x: arb) -> arb:
    """F: g(z cos p) = sum_m g_m z^m cos(p)^m, g_m = (-1)^m 2^(m/2) Gamma(m/2+1)/m!, z = 2 beta cos(theta/2).

    |g_{m+1}| <= 3/2 |g_m|/sqrt(m+1), and Int cos(p)^m dp <= arc, so that the rest is less than a geometric series.
    """
    c = (1 / (1 + (2 * x).exp())).sqrt()  # cos(theta/2)
    sine = (1 / (1 + (-2 * x).exp())).sqrt()
    arc = (-x).exp().atan()
    z = 2 * root * c
    integrals, power, factors, total = [arc, c], sine, [arb(1), -(arb.pi() / 2).sqrt()], arb(0)
    z_power, m, least = arb(1), 0, arb(2) ** -precision_bits()
    while True:
        if m > 1:
            integrals.append(((m - 1) * integrals[m - 2] + power * c) / m)
            power = power * sine
            factors.append(factors[m - 2] / (m - 1))
        total += factors[m] * z_power * integrals[m]
        z_power, m = z_power * z, m + 1
        if m % 8:
            continue
        ratio = 3 * z / (2 * arb(m).sqrt())
        if ratio < 0.75:
            rest = (abs(factors[m - 1]) * z_power / z * arc * ratio / (1 - ratio)).upper()
            if rest < least:
                return (total + arb(0, rest)) / arb.pi()
