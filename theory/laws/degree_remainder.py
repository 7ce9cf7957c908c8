"""Certified remainders of the law of mu_k as k -> oo: integer d, kappa analytic in the angle.

Let f(theta) = kappa(cos theta) be analytic around [0, pi], with the ends sum_j c_nu (1-t)^nu and
sum_j c'_nu (1+t)^nu, nu = j + 1/2, and w_nu = c_nu + (-1)^k c'_nu. For every p >= 1 and k >= p

    mu_k = sum_{nu < p} w_nu G(nu, k) + rest_k,   |rest_k| <= C k^(-q),   q = 2p + 1 + (d-1)/2,

with G(nu, k) the exact eigenvalue of (1-t)^nu (`theory.laws.end_terms.end_power`). Proof. Let R be f minus
the two sums over nu < p and h = (R(theta) + (-1)^k R(pi-theta))/2; no odd derivative of h of an order
below 2p+1 is left at 0 or pi. On S^1, mu_k(R) = (1/pi) Int_0^pi h cos(k theta) dtheta, and 2p+1
integrations by parts give |mu_k(R)| <= V k^(-2p-1)/pi, V = Int |h^(2p+1)|. On S^2,

    sin(theta) P_k = sum_l b_l cos((k+2l) theta),   sum |b_l| = a_0 = (2/sqrt pi) Gamma(k+1)/Gamma(k+3/2),

since P_k = sum_l a_l sin((k+2l+1) theta) with positive a_l that fall to 0 (DLMF 14.13.1), so that
|mu_k(R)| <= (pi/2) a_0 max_{j >= k} |mu_j(R) on S^1|. From d to d+2, mu_k on S^(d+2) is
(d+1)/(2k+d+1) (mu_k - mu_{k+2} on S^d). Together the factor is w_d Gamma(k+1)/Gamma(k+(d+1)/2) <=
w_d k^(-(d-1)/2), w_d = (d-1)!! for odd d and sqrt(pi) (d-1)!! for even d; C = w_d V/pi. (The quotient
of Gammas is prod 1/(k+z), z = (d-1)/2, (d-3)/2, ... > 1/2, times Gamma(k+1)/Gamma(k+3/2) < k^(-1/2)
for even d, since log Gamma is convex.)

G(nu, k) = g_nu / prod_{i < 2nu+d} (k - nu + i) is a rational function of y = 1/k, so that ranges and
truncated expansions of the sum over all k >= k_0 are ranges of rational functions on (0, 1/k_0].
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import count as naturals

import sympy as sp
from flint import arb, arb_poly, arb_series, fmpq

from theory.expansions.angle_polynomials import AnglePolynomial, angle_polynomial
from theory.kernels import Kernel
from theory.laws.rational_sums import Certificate, RationalSum, Slopes, best_certificate
from theory.numbers.balls import Cannot, series_length, working_precision

TAYLOR = 160  # terms of sin(theta/2)^(2j+1) about pi/2
CELLS = 32  # of [pi/2, pi]
EXTRA, MAX_ORDER = 4, 22  # values of p tried beyond the least that helps; the largest p
FIRST_DEGREE = 2


def _slopes(j: int, dim: int) -> Slopes:
    """x_i with k^(2nu+d) Gamma(k-nu)/Gamma(k+nu+d) = prod 1/(1 + x_i/k), nu = j + 1/2."""
    return tuple(fmpq(2 * (i - j) - 1, 2) for i in range(2 * j + 1 + dim))


def _gain(j: int, dim: int) -> arb:
    """g of (1-t)^nu times 2^(-nu): the end coefficient is that of sin(theta/2)^(2j+1)."""
    nu, half = fmpq(2 * j + 1, 2), arb.gamma_fmpq
    factor = half(fmpq(dim + 1, 2)) / arb.pi().sqrt() * arb(2) ** (dim - 1)
    return factor * half(nu + fmpq(dim, 2)) / half(-nu)


def _walk_factor(dim: int) -> arb:
    """w_d = (d-1)!!, times sqrt(pi) for even d."""
    total = arb.pi().sqrt() if dim % 2 == 0 else arb(1)
    for factor in range(dim - 1, 0, -2):
        total *= factor
    return total


def _variation(f: AnglePolynomial, parity: int, weights: list[arb], size: list[arb]) -> arb:
    """Int_0^pi |h^(n)| dtheta, n = 2p+1, h the part of f - sum w_j sin^(2j+1) of the given parity in x.

    size[j] bounds |A_j| + |B_j|; |d^m sin(theta/2)^(2j+1)| <= (j+1/2)^m bounds Taylor's remainder.
    """
    p = len(weights)
    n = 2 * p + 1
    quarter, error = arb.pi() / 4, f.errors[n]
    with series_length(TAYLOR):
        sine = arb_series([quarter, quarter], TAYLOR).sin()
        power, square, total = sine, sine * sine, arb_poly([])
        for j, weight in enumerate(weights):
            total += arb_poly(power.coeffs()) * weight
            power = power * square
            rate = arb(2 * j + 1) / 2
            error += size[j] * rate**n * (rate * arb.pi() / 2) ** (TAYLOR - n) / arb(TAYLOR - n + 1).gamma()
    kept = [c if m % 2 == parity else arb(0) for m, c in enumerate((f.polynomial - total).coeffs())]
    derived = arb_poly(kept)
    for _ in range(n):
        derived = derived.derivative()
    cells = (derived(arb_poly([arb(2 * i + 1) / (2 * CELLS), arb(1) / (2 * CELLS)])) for i in range(CELLS))
    mean = sum((abs(_on_unit_ball(cell)).upper() for cell in cells), arb(0)) / CELLS
    return (arb.pi() * (mean * (2 / arb.pi()) ** n + error)).upper()


def _on_unit_ball(polynomial: arb_poly) -> arb:
    """The range on [-1, 1]: even powers lie in [0, 1]."""
    unit, half = arb(0, 1), arb(arb(1) / 2, arb(1) / 2)
    total = arb(0)
    for m, c in enumerate(polynomial.coeffs()):
        total += c * (half if m % 2 == 0 else unit) if m else c
    return total


def end_sum(f: AnglePolynomial, dim: int, parity: int, first: int, p: int) -> RationalSum:
    """The sum over nu < p and the bound of its rest, for k of one parity; w_nu = 0 for j < first.

    >>> from theory.kernels import Laplace
    >>> found = end_sum(angle_polynomial(Laplace(rate=1), 7), 3, 0, 0, 3)
    >>> found.exponent, found.order, bool(abs(found.parts[0][0] - 4/arb.pi()) < 1e-10)
    (4, Fraction(4, 1), True)
    """
    with working_precision(f.digits, 0):
        near, far = f.odd_part(False, p), f.odd_part(True, p)
        weights = [a - b if parity else a + b for a, b in zip(near, far, strict=True)]
        if any(not w.contains(0) for w in weights[:first]):
            raise ArithmeticError(f"an end coefficient below {first} + 1/2 does not vanish")
        weights[:first] = [arb(0)] * first
        size = [abs(a) + abs(b) for a, b in zip(near, far, strict=True)]
        tail = _walk_factor(dim) * _variation(f, parity, weights, size) / arb.pi()
        parts = tuple((weights[j] * _gain(j, dim), 2 * (j - first), _slopes(j, dim)) for j in range(first, p))
    exponent = dim + 2 * first + 1
    order, first_degree = _order(p, dim) - exponent, max(p, FIRST_DEGREE)
    return RationalSum(exponent, parts, tail.upper(), order, _walk_slopes(dim), first_degree)


def _walk_slopes(dim: int) -> Slopes:
    """z with k^((d-1)/2) Gamma(k+1)/Gamma(k+(d+1)/2) <= prod 1/(1 + z/k), equal for odd d."""
    half = fmpq(dim - 1, 2)
    return tuple(half - i for i in range(int((dim - 1) // 2)))


def _order(p: int, dim: int) -> Fraction:
    """q = 2p + 1 + (d-1)/2."""
    return 2 * p + 1 + Fraction(dim - 1, 2)


def degree_certificate(
    kernel: Kernel, dim: int, parity: int, terms: Sequence[tuple[sp.Expr, sp.Expr]], count: int
) -> Certificate:
    """Bounds for all k >= k_0 of one parity, for a law whose first `count` orders have these nonzero terms.

    `terms` are (power, coefficient) in k as `theory.laws.end_terms.degree_law` gives them. Raises
    Cannot where kappa(cos theta) is not analytic on [0, pi], or where no k_0 was found.

    >>> from theory.laws.end_terms import degree_law
    >>> from theory.kernels import Laplace
    >>> kernel = Laplace(rate=1)
    >>> degree_certificate(kernel, 2, 0, degree_law(kernel, 2, 1)[0], 1).start
    4
    """
    exponent = int(-terms[0][0])
    first = (exponent - dim - 1) // 2
    least = next(p for p in naturals() if _order(p, dim) >= exponent + count)
    if least > MAX_ORDER:
        what = f"a remainder of {kernel!r} on S^{dim}"
        raise Cannot(what, "it needs too many end coefficients")
    last = min(least + EXTRA, MAX_ORDER)
    f = angle_polynomial(kernel, 2 * last + 1)
    tried = [p for p in range(last + 1) if _order(p, dim) > exponent]
    sums = [end_sum(f, dim, parity, first, p) for p in tried]
    return best_certificate(sums, terms, count, 2, parity)
