"""The angle route: mu_k by Gauss-Legendre quadrature in theta, with a proved error bound.

mu_k = omega_{d-1}/omega_d * Integral_0^pi f(theta) P_k(cos theta) sin(theta)^(d-1) dtheta with
f(theta) = kappa(cos theta). For ReLU kernels of any depth f is analytic on a neighbourhood of
[0, pi], ends included, so the rule converges geometrically; in t the integrand has branch points
at +-1.

Error bound. Let g be analytic and |g| <= M on the ellipse with foci 0, pi and parameter rho.
The truncated Chebyshev series of degree 2n-1 misses g by at most 2 M rho^(1-2n)/(rho-1) on
[0, pi] (Trefethen 2013, theorem 8.2); n nodes integrate it exactly, the weights are positive and
sum to pi, so the rule errs by at most 4 pi M rho^(1-2n)/(rho-1).
Integer d only: sin(theta)^(d-1) must be entire.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import ceil, isqrt, log, log2, log10, pi

from flint import acb, arb, arb_mat, fmpq

from theory.kernels import NNGP, NTK, ArcCosine, Kernel, Multiple, Product, Sum
from theory.precision import Enclosure, NotCertified, precision_bits, rational, working_precision
from theory.sphere import area_ratio, multiplicity

RADII = (8.0, 5.0, 3.6, 2.7, 2.1, 1.75, 1.5, 1.3, 1.18, 1.1)
ARCS = (64, 256, 1024)
MAX_NODES = 40_000
PASSES = 5
TAYLOR_RADIUS = 0.5


class NotAnalytic(ArithmeticError):
    """The kernel could not be continued to the whole ellipse."""


def angle_value(kernel: Kernel, theta: acb) -> acb:
    """f(theta) = kappa(cos theta), continued analytically from [0, pi] to complex balls.

    Raises NotAnalytic where the continuation is not certified.
    """
    match kernel:
        case ArcCosine(order):
            return _arc_cosine(order, theta) / arb.pi()
        case NNGP(depth):
            return _layers(theta, depth)[-1][0]
        case NTK():
            return _tangent(kernel, theta)
        case Sum(parts):
            return sum((angle_value(part, theta) for part in parts), acb(0))
        case Product(parts):
            value = acb(1)
            for part in parts:
                value *= angle_value(part, theta)
            return value
        case Multiple(factor, inner):
            return angle_value(inner, theta) * rational(factor)
    raise NotCertified(f"the angle route has no continuation for {kernel!r}", None, 1)


def _arc_cosine(order: int, theta: acb) -> acb:
    """J_a(theta) = a! Integral_0^{pi-theta} ... as the binomial sum of Integral cos^j over an arc.

    J_a = 2 pi E[s_a s_a'] = 2^a a! * Integral_{theta-pi/2}^{pi/2} (cos u cos(u-theta))^a du, and
    cos u cos(u-theta) = (cos theta + cos(2u-theta))/2; with v = 2u - theta the range is
    |v| <= pi - theta, so J_a = a! * sum_j C(a,j) cos(theta)^(a-j) * Integral_0^{pi-theta} cos^j v dv.
    """
    cosine, arc = theta.cos(), acb.pi() - theta
    sine_v, cosine_v = arc.sin(), arc.cos()
    integrals = [arc, sine_v]  # Integral_0^arc cos^j v dv, by the reduction formula
    for j in range(2, order + 1):
        integrals.append((cosine_v ** (j - 1) * sine_v + (j - 1) * integrals[j - 2]) / j)
    total, binomial, factorial = acb(0), 1, 1
    for j in range(order + 1):
        total += binomial * cosine ** (order - j) * integrals[j]
        binomial = binomial * (order - j) // (j + 1)
        factorial *= max(j, 1)
    return total * factorial


def _layers(theta: acb, depth: int) -> list[tuple[acb, acb]]:
    """(Sigma_l, theta_l) for l = 1..L, cos(theta_l) = Sigma_l; the last angle is not needed."""
    layers = [(theta.cos(), theta)]
    for layer in range(2, depth + 1):
        angle = layers[-1][1]
        covariance = (angle.sin() + (acb.pi() - angle) * angle.cos()) / arb.pi()
        layers.append((covariance, next_angle(angle) if layer < depth else angle))
    return layers


def _tangent(kernel: NTK, theta: acb) -> acb:
    total = acb(0)
    for layer, (covariance, angle) in enumerate(_layers(theta, kernel.depth), 1):
        bias = int(kernel.bias and layer < kernel.depth)
        total = total + rational(kernel.scales[layer - 1]) * (covariance + bias)
        if layer < kernel.depth:
            total = total * (acb.pi() - angle) / arb.pi()
    return total


def next_angle(theta: acb) -> acb:
    """The angle after one ReLU layer: cos(next) = k1(cos theta), analytic near [0, pi].

    1 - cos(next) = 2 theta^2 H(theta) with H entire and H(0) = 1/4, hence
    next = 2 asin(s), s = theta sqrt(H). On the boundary of a region that contains [0, pi],
    Re H > 0 and |s| < 1 hold inside too (minimum and maximum principles), so the branch is unique.
    Wide balls use the mean-value form with next' = k0 * (sin theta/theta) / (2 sqrt(H (1-s^2))).
    """
    middle = acb(theta.real.mid(), theta.imag.mid())
    value = 2 * _sine_of_half(middle)[0].asin()
    if theta.real.is_exact() and theta.imag.is_exact():
        return value
    sine, root = _sine_of_half(theta)
    slope = (acb.pi() - theta) / arb.pi() * theta.sinc() / (2 * root * _sqrt(1 - sine * sine))
    return value + slope * (theta - middle)


def _sine_of_half(theta: acb) -> tuple[acb, acb]:
    """s = theta sqrt(H) and sqrt(H), certified to be analytic there."""
    quotient = _half_versine_quotient(theta)
    if not quotient.real > 0:
        raise NotAnalytic("Re H(theta) > 0 is not certified")
    root = _sqrt(quotient)
    sine = theta * root
    if not abs(sine) < 1:
        raise NotAnalytic("|sin(next/2)| < 1 is not certified")
    return sine, root


def _sqrt(z: acb) -> acb:
    """Principal root in mean-value form: the library's own is loose on wide balls."""
    middle = acb(z.real.mid(), z.imag.mid())
    return middle.sqrt() + (z - middle) / (2 * z.sqrt())


def _half_versine_quotient(theta: acb) -> acb:
    """H = (pi - sin theta - (pi - theta) cos theta) / (2 pi theta^2), by Taylor series near 0."""
    if not abs(theta) < TAYLOR_RADIUS:
        return (acb.pi() - theta.sin() - (acb.pi() - theta) * theta.cos()) / (2 * arb.pi() * theta * theta)
    even, odd, bits = acb(0), acb(0), 0
    square, term, j = -theta * theta, acb(1), 0
    while True:
        # even: pi (1-cos)/theta^2 = pi sum (-1)^j theta^(2j)/(2j+2)!
        # odd: (theta cos - sin)/theta^2 = sum (-1)^(j+1) theta^(2j+1) (2j+2)/(2j+3)!
        even += term / ((2 * j + 1) * (2 * j + 2))
        odd -= term * theta / ((2 * j + 1) * (2 * j + 3))
        j += 1
        term = term * square / ((2 * j - 1) * (2 * j))
        bits += 2 * int(log2(2 * j)) + 2
        if bits > precision_bits() + 20:
            break
    # Each series has terms below |term| that shrink by more than a half, |theta| < 1/2.
    tail = (abs(term) * 2).upper()
    rest = acb(arb(0, tail), arb(0, tail))
    return (arb.pi() * (even + rest) + odd + rest) / (2 * arb.pi())


@dataclass(frozen=True, slots=True)
class Ellipse:
    """Bernstein ellipse around [0, pi] and log10 of a bound of the integrand on it."""

    rho: float
    log_bound: float

    def nodes(self, log_target: float) -> int:
        """Smallest n with log10(4 pi M rho^(1-2n)/(rho-1)) <= log_target."""
        excess = self.log_bound + log10(4 * pi / (self.rho - 1)) - log_target
        return max(4, ceil((excess / log10(self.rho) + 1) / 2) + 1)

    def error(self, nodes: int) -> arb:
        """Rigorous bound of the error of the rule with that many nodes."""
        bound, rho = arb(10) ** arb(self.log_bound), arb(self.rho)
        return 4 * arb.pi() * bound * rho ** (1 - 2 * nodes) / (rho - 1)


@lru_cache(maxsize=256)
def continuation(kernel: Kernel, rho: float) -> tuple[tuple[float, float, float], ...] | None:
    """Per arc of the upper half ellipse, upper bounds of (log|f|, log|sin z|, |Im z|).

    None if f is not certified analytic there. f is real on [0, pi], so half the ellipse suffices.
    """
    with working_precision(15, 5):
        for arcs in ARCS:
            try:
                return tuple(_bounds_on_arc(kernel, rho, arc, arcs) for arc in range(arcs))
            except NotAnalytic:
                continue
    return None


def _bounds_on_arc(kernel: Kernel, rho: float, arc: int, arcs: int) -> tuple[float, float, float]:
    half, r = arb.pi() / 2, arb(rho)
    phase = arb.pi() * arb(arb(2 * arc + 1) / (2 * arcs), arb(1) / (2 * arcs))
    point = acb(half + half * (r + 1 / r) / 2 * phase.cos(), half * (r - 1 / r) / 2 * phase.sin())
    value = abs(angle_value(kernel, point)).upper()
    if not value.is_finite():
        raise NotAnalytic("the kernel is not bounded on an arc")
    tiny = arb(10) ** -300
    logs = (value.max(tiny).log(), abs(point.sin()).upper().max(tiny).log(), abs(point.imag))
    return tuple(float(bound.upper()) + 1e-9 for bound in logs)


def ellipses(kernel: Kernel, dim: int, degree: int) -> tuple[Ellipse, ...]:
    """Ellipses on which the integrand of every degree <= `degree` is certified analytic and bounded.

    |P_k(cos z)| <= exp(k |Im z|): P_k(cos z) is an average of (cos z + i sin z cos phi)^k
    (Laplace's integral, DLMF 18.10.5), each a convex combination of exp(iz) and exp(-iz).
    """
    found = []
    for rho in RADII:
        arcs = continuation(kernel, rho)
        if arcs is not None:
            bound = max(value + (dim - 1) * sine + degree * height for value, sine, height in arcs)
            found.append(Ellipse(rho, bound / log(10) + 1e-6))
    if not found:
        raise NotCertified(f"no ellipse around [0, pi] on which {kernel!r} is certified analytic", None, 1)
    return tuple(found)


def angle_balls(kernel: Kernel, dim: int, degrees: range, digits: int) -> list[arb]:
    """Enclosures of mu_k, the target lowered until each has `digits` relative digits.

    An eigenvalue that is exactly zero can only be enclosed: after PASSES its ball still contains 0.
    """
    found = ellipses(kernel, dim, degrees[-1])
    # N mu_k <= kappa(1) says how small mu_k must be at least; the rest is learnt from the result.
    scale = log10(multiplicity(dim, degrees[-1])) + 2 * log10(degrees[-1] + 2) + 2
    for _ in range(PASSES):
        values = _quadrature(kernel, dim, degrees, found, -(digits + scale))
        smallest = max((-log10_size(value) for value in values if not value.contains(0)), default=0.0)
        if smallest > scale:
            scale = smallest + 2
        elif any(value.contains(0) for value in values):
            scale += digits + 40
        else:
            return values
    return values


def log10_size(value: arb) -> float:
    """log10 of |value| without overflow."""
    mantissa, exponent = value.mid().man_exp()
    return (abs(int(mantissa)).bit_length() + int(exponent)) * log10(2)


def _quadrature(
    kernel: Kernel, dim: int, degrees: range, found: tuple[Ellipse, ...], log_target: float
) -> list[arb]:
    best = min(found, key=lambda e: e.nodes(log_target))
    count = best.nodes(log_target)
    if count > MAX_NODES:
        raise NotCertified(f"angle route for {kernel!r} needs {count} nodes", None, 1, f"at most {MAX_NODES}")
    with working_precision(ceil(-log_target), 20 + int(2 * log10(count + degrees[-1] + 2))):
        moments = _fourier_moments(kernel, dim, degrees[-1], count)
        error = arb(0, best.error(count).upper())
        ratio = area_ratio(dim).ball()
        return [ratio * (value + error) for value in _project(moments, dim, degrees)]


def _fourier_moments(kernel: Kernel, dim: int, top: int, count: int) -> list[arb]:
    """sum_j w_j f(theta_j) sin(theta_j)^(d-1) cos(m theta_j) for m = 0..top.

    With m = q R + r, cos(m theta) = cos(q R theta) cos(r theta) - sin(q R theta) sin(r theta): two
    products of small matrices. Long powers of a ball e^(i theta) would double their radius every
    other step (the wrapping effect).
    """
    half = arb.pi() / 2
    block = isqrt(top) + 1
    giant, baby = ([], []), ([], [])
    for j in range(count):
        node, weight = arb.legendre_p_root(count, j, weight=True)
        theta = half * (1 + node)
        value = half * weight * angle_value(kernel, acb(theta)).real * theta.sin() ** (dim - 1)
        _append_turns(baby, theta, block, arb(1))
        _append_turns(giant, theta * block, block, value)
    table = _transposed(giant[1], count) * arb_mat(count, block, baby[1])
    table -= _transposed(giant[0], count) * arb_mat(count, block, baby[0])
    return [table[m // block, m % block] for m in range(top + 1)]


def _append_turns(columns: tuple[list[arb], list[arb]], theta: arb, count: int, factor: arb) -> None:
    for multiple in range(count):
        sine, cosine = (theta * multiple).sin_cos()
        columns[0].append(factor * sine)
        columns[1].append(factor * cosine)


def _transposed(entries: list[arb], rows: int) -> arb_mat:
    return arb_mat(rows, len(entries) // rows, entries).transpose()


def _project(moments: list[arb], dim: int, degrees: range) -> list[arb]:
    """Averages of f against P_k(cos theta) = sum_j c_j cos((k-2j) theta), c_j >= 0, sum c_j = 1.

    c_j = u_j u_{k-j} / C_k(1), u_j = (lambda)_j/j!, lambda = (d-1)/2 (DLMF 18.5.11); all positive,
    so no accuracy is lost. For d = 1 only cos(k theta) is left.
    """
    if dim == 1:
        return [moments[k] for k in degrees]
    lam = fmpq(dim - 1, 2)
    u = [arb(1)]
    for j in range(1, degrees[-1] + 1):
        u.append(u[-1] * (lam + j - 1) / j)
    values = []
    at_one = arb(1)  # C_k(1) = (2 lambda)_k/k!
    for k in range(degrees[-1] + 1):
        if k in degrees:
            total = sum((u[j] * u[k - j] * moments[k - 2 * j] for j in range((k + 1) // 2)), arb(0)) * 2
            if k % 2 == 0:
                total += u[k // 2] ** 2 * moments[0]
            values.append(total / at_one)
        at_one = at_one * (dim - 1 + k) / (k + 1)
    return values


def angle_enclosures(kernel: Kernel, dim: int, degrees: range, digits: int) -> list[Enclosure]:
    """The same as exact intervals.

    >>> e = angle_enclosures(NTK(depth=3), 2, range(3, 4), 20)[0]
    >>> e.decimal(20)[0]
    '0.018644077213182819127'
    """
    return [Enclosure.of(value, f"mu_k of {kernel!r}") for value in angle_balls(kernel, dim, degrees, digits)]
