"""The angle route: mu_k by Gauss-Legendre quadrature in theta, with a proved error bound.

mu_k = omega_{d-1}/omega_d * Integral_0^pi f(theta) P_k(cos theta) sin(theta)^(d-1) dtheta with
f(theta) = kappa(cos theta). Kernels of ReLU networks of any depth are analytic in theta on a
neighbourhood of [0, pi], ends included, so the rule converges geometrically; in t the integrand has
branch points at +-1. Where f is a series in theta^(1/q) at an end, theta = x^q makes it analytic.
Integer d only: sin(theta)^(d-1) must be entire.
"""

from __future__ import annotations

from math import ceil, isqrt, log10

from flint import arb, arb_mat, fmpq

from theory.kernels import NTK, Kernel
from theory.parity import vanishes
from theory.precision import Enclosure, NotCertified, working_precision
from theory.routes.branches import ramification
from theory.routes.continuation import continued
from theory.routes.ellipse import Piece, best_ellipse
from theory.sphere import area_ratio, multiplicity

MAX_NODES = 20_000
PASSES = 4
MAX_DIGITS = 5000


def pieces(kernel: Kernel) -> tuple[Piece, ...]:
    """The parts of [0, pi] with their substitutions.

    >>> pieces(NTK(depth=3))
    (Piece(q=1, right=False, whole=True),)
    """
    found = ramification(kernel)
    if found is None:
        raise NotCertified(f"the angle route for {kernel!r}", None, 1, "a branch point too fine at an end")
    left, right = found
    if right == 1:
        return (Piece(left),)
    return Piece(left, False, False), Piece(right, True, False)


def angle_balls(kernel: Kernel, dim: int, degrees: range, digits: int) -> list[arb]:
    """Enclosures of mu_k, the target lowered until each has `digits` relative digits.

    Eigenvalues proved to vanish are exact zeros. Another that is exactly zero can only be
    enclosed: after PASSES its ball still contains 0.
    """
    if not isinstance(dim, int):
        raise ValueError(f"dim must be an integer for the angle route, got {dim}: try routes closed or series")
    if digits > MAX_DIGITS:
        raise NotCertified("the angle route", None, digits, f"at most {MAX_DIGITS} digits")
    zero = [vanishes(kernel, k) for k in degrees]
    if all(zero):
        return [arb(0)] * len(degrees)
    # N mu_k <= kappa(1) says how small mu_k must be at least; the rest is learnt from the result.
    scale = log10(multiplicity(dim, degrees[-1])) + 2 * log10(degrees[-1] + 2) + 3
    for attempt in range(PASSES):
        found = _quadrature(kernel, dim, degrees, digits + scale)
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
    moments: list[arb] | None = None
    error = arb(0)
    for piece in pieces(kernel):
        ellipse = best_ellipse(kernel, piece, dim, degrees[-1], -depth)
        count = ellipse.nodes(-depth)
        if count > MAX_NODES:
            raise NotCertified(f"angle route for {kernel!r} needs {count} nodes", None, 1, f"at most {MAX_NODES}")
        # Nodes come as close to an end as x ~ n^-2, where 1 - kappa ~ x^(2q) loses its leading digits.
        guard = 20 + ceil(log10(count + degrees[-1] + 2) * (2 + 4 * piece.q))
        with working_precision(ceil(depth), guard):
            part = _fourier_moments(kernel, piece, dim, degrees[-1], count)
            error = error + ellipse.error(count)
            moments = part if moments is None else [a + b for a, b in zip(moments, part, strict=True)]
    with working_precision(ceil(depth), guard):
        ball = arb(0, error.upper())
        ratio = area_ratio(dim).ball()
        return [ratio * (value + ball) for value in _project(moments, dim, degrees)]


def _fourier_moments(kernel: Kernel, piece: Piece, dim: int, top: int, count: int) -> list[arb]:
    """sum_j w_j f(theta_j) sin(theta_j)^(d-1) cos(m theta_j) for m = 0..top.

    With m = q R + r, cos(m theta) = cos(q R theta) cos(r theta) - sin(q R theta) sin(r theta): two
    products of small matrices. Long powers of a ball e^(i theta) would double their radius every
    other step (the wrapping effect).
    """
    half = piece.length() / 2
    block = isqrt(top) + 1
    giant, baby = ([], []), ([], [])
    for j in range(count):
        node, weight = arb.legendre_p_root(count, j, weight=True)
        x = half * (1 + node)
        point = piece.point(x)
        value = half * weight * continued(kernel, point) * (2 * point.s * point.c) ** (dim - 1)
        if piece.q > 1:
            value *= piece.q * x ** (piece.q - 1)
        _append_turns(baby, point.theta, block, arb(1))
        _append_turns(giant, point.theta * block, block, value)
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
