"""The angle route: mu_k by Gauss-Legendre quadrature in theta, with a proved error bound.

mu_k = omega_{d-1}/omega_d * Integral_0^pi f(theta) P_k(cos theta) sin(theta)^(d-1) dtheta with
f(theta) = kappa(cos theta). Kernels of ReLU networks of any depth are analytic in theta on a
neighbourhood of [0, pi], ends included, so the rule converges geometrically; in t the integrand has
branch points at +-1. Where f is a series in theta^(1/q) at an end, theta = x^q makes it analytic.
Integer d only: sin(theta)^(d-1) must be entire.
"""

from __future__ import annotations

from fractions import Fraction
from math import ceil, isqrt, log10
from typing import cast

from flint import acb, arb, arb_mat

from theory.expansions.breaks import breaks, mirrored
from theory.expansions.covers import cover
from theory.expansions.ellipses import Piece
from theory.expansions.end_bounds import certainly_integrable
from theory.expansions.in_the_angle import continued
from theory.kernels import Kernel
from theory.kernels.end_exponents import ramification
from theory.kernels.parity import vanishes
from theory.numbers.balls import Cannot, working_precision
from theory.spectra.routes.hinged import has_hinges, hinged_balls
from theory.spectra.sphere import area_ratio, multiplicity

MAX_NODES = 20_000
SLICE = 64  # nodes held at once
PASSES = 4
MAX_DIGITS = 5000


def pieces(kernel: Kernel) -> tuple[Piece, ...]:
    """The parts of [0, pi] with their substitutions.

    >>> from theory.kernels import NTK
    >>> pieces(NTK(depth=3))
    (Piece(q=1, right=False, low=Fraction(0, 1), high=Fraction(1, 1), split=False),)
    """
    found = ramification(kernel)
    if found is None:
        raise Cannot(f"the angle route for {kernel!r}", "a branch point too fine at an end")
    left, right = found
    places = breaks(kernel)
    if not places:
        half = Fraction(1, 2)
        return (Piece(left),) if right == 1 else (Piece(left, high=half), Piece(right, True, high=half))
    inner = (Piece(1, False, low, high, True) for low, high in zip(places, places[1:]))
    return (Piece(left, high=places[0], split=True), *inner, Piece(right, True, high=mirrored(places[-1]), split=True))


def angle_balls(kernel: Kernel, dim: int | Fraction, degrees: range, digits: int) -> list[arb]:
    """Enclosures of mu_k, the target lowered until each has `digits` relative digits.

    Eigenvalues proved to vanish are exact zeros. Another that is exactly zero can only be
    enclosed: after PASSES its ball still contains 0.

    >>> from theory.kernels import NTK
    >>> from theory.numbers.balls import Enclosure
    >>> Enclosure.of(angle_balls(NTK(depth=3), 2, range(3, 4), 20)[0]).decimal(20)[0]
    '0.018644077213182819127'
    """
    if not isinstance(dim, int):
        hint = "try routes closed or series"
        raise ValueError(f"dim must be an integer for the angle route, got {dim}: {hint}")
    if digits > MAX_DIGITS:
        raise Cannot(f"the angle route for {kernel!r}", f"{digits} digits, where at most {MAX_DIGITS} are computed")
    zero = [vanishes(kernel, k) for k in degrees]
    if all(zero):
        if not certainly_integrable(kernel, dim):
            raise Cannot(
                f"the angle route for {kernel!r}", f"it is not certain that it is real and integrable on S^{dim}"
            )
        return [arb(0)] * len(degrees)
    # N mu_k <= kappa(1) says how small mu_k must be at least; the rest is learnt from the result.
    scale = log10(multiplicity(dim, degrees[-1])) + 2 * log10(degrees[-1] + 2) + 3
    for attempt in range(PASSES):
        try:
            found = _quadrature(kernel, dim, degrees, digits + scale)
        except Cannot:
            if not attempt:
                raise
            break  # what the pass before has certified
        values = [arb(0) if z else value for z, value in zip(zero, found, strict=True)]
        unknown = any(v.contains(0) for z, v in zip(zero, values, strict=True) if not z)
        smallest = max((-log10_size(value) for value in values if not value.contains(0)), default=0.0)
        if smallest > scale:
            scale = smallest + 3
        elif unknown:
            scale += (digits + 20) * 2**attempt
        else:
            break
    return values


def log10_size(value: arb) -> float:
    """log10 of |value| without overflow, rounded up to a power of two."""
    mantissa, exponent = value.mid().man_exp()
    return (abs(int(mantissa)).bit_length() + int(exponent)) * log10(2)


def _quadrature(kernel: Kernel, dim: int, degrees: range, depth: float) -> list[arb]:
    """Enclosures with absolute error about 10^-depth."""
    if has_hinges(kernel):
        return hinged_balls(kernel, dim, degrees, ceil(depth))
    covered = cover(kernel, pieces(kernel), dim, degrees[-1], -depth)
    needed = covered.nodes(-depth)
    if needed > MAX_NODES:
        raise Cannot(f"the angle route for {kernel!r}", f"{needed} nodes are needed, at most {MAX_NODES} are used")
    moments: list[arb] | None = None
    error = covered.rest
    for piece, ellipse in covered.pieces:
        count = ellipse.nodes(-depth)
        count += count % 2  # nodes in pairs
        # Nodes come as close to an end as x ~ n^-2, where 1 - kappa ~ x^(2q) loses its leading digits;
        # exp(i m theta) loses those of m^(3/2).
        close = -2 * log10(piece.size())
        guard = 20 + ceil(log10(count + degrees[-1] + 2) * (4 + 4 * piece.q) + close)
        with working_precision(ceil(depth), guard):
            part = _fourier_moments(kernel, piece, dim, degrees[-1], count)
            error = error + ellipse.error(count)
            moments = part if moments is None else [a + b for a, b in zip(moments, part, strict=True)]
    assert moments is not None  # there is a piece at least
    with working_precision(ceil(depth), 20):
        ball = arb(0, error.upper())
        ratio = area_ratio(dim).ball()
        return [ratio * (value + ball) for value in _project(moments, dim, degrees)]


def _fourier_moments(kernel: Kernel, piece: Piece, dim: int, top: int, count: int) -> list[arb]:
    """sum_j w_j f(theta_j) sin(theta_j)^(d-1) cos(m theta_j) for m = 0..top.

    With m = B g + b, |b| <= B/2, cos(m theta) = cos(B g theta) cos(b theta) - sin(B g theta)
    sin(b theta): products of small matrices, added up over slices of nodes, so that the accumulators
    are all that grows with `top`. On [0, pi] the nodes come in pairs theta, pi - theta: for even B
    both products only take the sign (-1)^b.
    """
    step = 2 * (isqrt(top // 2) + 1)
    giants, babies = (top + step // 2) // step + 1, step // 2 + 1
    cosines, sines = arb_mat(giants, babies), arb_mat(giants, babies)
    paired = piece.whole and piece.q == 1
    last = count // 2 if paired else count
    for first in range(0, last, SLICE):
        giant: tuple[list[arb], list[arb]] = ([], [])
        baby: tuple[list[arb], list[arb]] = ([], [])
        nodes = range(first, min(first + SLICE, last))
        for j in nodes:
            theta, even, odd = _weighted(kernel, piece, dim, count, j, paired)
            for power in _turns(theta * step, giants):
                giant[0].append(power.real)
                giant[1].append(power.imag)
            for b, power in enumerate(_turns(theta, babies)):
                weight = odd if b % 2 else even
                baby[0].append(power.real * weight)
                baby[1].append(power.imag * weight)
        size = len(nodes)
        cosines += arb_mat(size, giants, giant[0]).transpose() * arb_mat(size, babies, baby[0])
        sines += arb_mat(size, giants, giant[1]).transpose() * arb_mat(size, babies, baby[1])
    places = (divmod(m + step // 2, step) for m in range(top + 1))
    return [_turned(cosines, sines, g, b - step // 2) for g, b in places]


def _turned(cosines: arb_mat, sines: arb_mat, giant: int, baby: int) -> arb:
    if baby < 0:
        return cosines[giant, -baby] + sines[giant, -baby]
    return cosines[giant, baby] - sines[giant, baby]


def _weighted(kernel: Kernel, piece: Piece, dim: int, count: int, j: int, paired: bool) -> tuple[arb, arb, arb]:
    """theta_j, and the weighted integrand there with that at pi - theta_j added, and subtracted;
    the latter is left out where nodes are not paired."""
    node, weight = arb.legendre_p_root(count, j, weight=True)
    half = piece.length() / 2

    def integrand(x: arb) -> tuple[arb, arb]:
        point = piece.point(x)
        value = half * weight * continued(kernel, point) * (2 * point.s * point.c) ** (dim - 1)
        scaled = value * piece.q * x ** (piece.q - 1) if piece.q > 1 else value
        return cast(arb, point.theta), cast(arb, scaled)  # a ball where x is one

    theta, value = integrand(half * (1 + node))
    other = integrand(half * (1 - node))[1] if paired else arb(0)
    return theta, value + other, value - other


def _turns(theta: arb, count: int) -> list[acb]:
    """exp(i m theta) for m < count, each a product of two halves: the radius grows like a power of m,
    where repeated products of balls would double it every other step (the wrapping effect)."""
    sine, cosine = theta.sin_cos()
    powers = [acb(1), acb(cosine, sine)]
    for m in range(2, count):
        powers.append(powers[m // 2] * powers[m - m // 2])
    return powers[:count]


def _project(moments: list[arb], dim: int, degrees: range) -> list[arb]:
    """Averages of f against P_k(cos theta) = sum_j c_j cos((k-2j) theta), c_j >= 0, sum c_j = 1.

    c_j = u_j u_{k-j} / C_k(1), u_j = (lambda)_j/j!, lambda = (d-1)/2 (DLMF 18.5.11), so that
    c_{j+1}/c_j = (d-1+2j)(k-j) / ((j+1)(d-3+2k-2j)): Horner's scheme by small integers. All
    positive, so no accuracy is lost. For d = 1 only cos(k theta) is left.
    """
    if dim == 1:
        return [moments[k] for k in degrees]
    values = []
    first = arb(1)  # c_0 = u_k/C_k(1) = (lambda)_k/(2 lambda)_k
    for k in range(degrees[-1] + 1):
        if k in degrees:
            total = arb(0)
            for j in range(k // 2, -1, -1):
                if j < k // 2:
                    total = total * ((dim - 1 + 2 * j) * (k - j)) / ((j + 1) * (dim - 3 + 2 * (k - j)))
                total += moments[k - 2 * j] if k == 2 * j else 2 * moments[k - 2 * j]
            values.append(first * total)
        first = first * (dim - 1 + 2 * k) / (2 * (dim - 1 + k))
    return values
