"""f(theta) = kappa(cos theta) as a polynomial on [0, pi] with a proved error of every derivative.

Let f be analytic and |f| <= M on the ellipse with foci 0, pi and parameter rho. Its Chebyshev
coefficients in x = 2 theta/pi - 1 obey |a_j| <= 2 M rho^-j (Trefethen 2013, theorem 8.1), and
interpolation at N Chebyshev points moves T_j, j >= N, to some +-T_m with m < N or to 0. Since
max |T_j^(n)| = T_j^(n)(1) = prod_{i<n} (j^2-i^2)/(2i+1) grows with j, the n-th derivative errs by at
most (2/pi)^n sum_{j>=N} 4 M rho^-j T_j^(n)(1); the quotient of its terms falls with j, so the first
term and a geometric series bound it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import ceil

from flint import arb, arb_poly, arb_series, fmpz_poly

from theory.expansions.ellipses import Ellipse, Piece, best_ellipse
from theory.expansions.in_the_angle import kernel_value
from theory.kernels import Kernel
from theory.kernels.end_exponents import ramification
from theory.numbers.balls import Cannot, series_length, working_precision

DIGITS = 80  # working digits beyond those that the monomial basis costs
MONOMIAL_LOSS = 0.45  # digits per degree: the coefficients of T_j stay below (1 + sqrt 2)^j
GOAL = -20.0  # log10 of the error of the highest derivative
STRIDE, MAX_NODES = 24, 1200


@dataclass(frozen=True, slots=True)
class AnglePolynomial:
    """f = polynomial(x) + e(theta), x = 2 theta/pi - 1, |e^(n)(theta)| <= errors[n] on [0, pi].

    `digits` is the working precision at which the polynomial is to be used.
    """

    polynomial: arb_poly
    errors: tuple[arb, ...]
    digits: int

    def odd_part(self, far: bool, count: int) -> list[arb]:
        """A_0, ..., A_{count-1}: the odd part of f at theta = 0 is sum_j A_j sin(theta/2)^(2j+1).

        far: the same at theta = pi, in cos(theta/2). Both functions are even in the other end's
        angle, hence f - sum_j (A_j sin^(2j+1) + B_j cos^(2j+1)) has no odd derivative of an order
        below 2 count + 1 at either end. In exponents: kappa has A_j 2^-nu (1-t)^nu, nu = j + 1/2.
        """
        scale, order = 2 / arb.pi(), 2 * count
        start = self.polynomial(arb_poly([1, -scale] if far else [-1, scale]))
        factorial, taylor = arb(1), []
        for n, value in enumerate((start.coeffs() + [arb(0)] * order)[:order]):
            factorial = factorial * max(n, 1)
            taylor.append(value + arb(0, (self.errors[n] / factorial).upper()))
        with series_length(order):
            angle = 2 * arb_series([0, 1], order).asin()  # theta as a series in sin(theta/2)
            composed = arb_series(taylor, order)(angle)
            return [composed[2 * j + 1] for j in range(count)]


def angle_polynomial(kernel: Kernel, order: int) -> AnglePolynomial:
    """The polynomial with small errors of the derivatives up to `order`.

    Cannot where kappa(cos theta) is not certified analytic around [0, pi], ends included.

    >>> from theory.kernels import NTK
    >>> found = angle_polynomial(NTK(depth=2), 3)
    >>> with working_precision(found.digits, 0):
    ...     bool(abs(found.odd_part(False, 1)[0] + 2/arb.pi()) < 1e-20)  # -sqrt(2)/pi (1-t)^(1/2)
    True
    """
    return _angle_polynomial(kernel, order)


@lru_cache(maxsize=64)
def _angle_polynomial(kernel: Kernel, order: int) -> AnglePolynomial:
    if ramification(kernel) != (1, 1):
        raise Cannot(f"{kernel!r}", "a fractional power of the angle at an end")
    ellipse = best_ellipse(kernel, Piece(), 1, 0, 2 * GOAL - 2.0 * order)
    nodes = order + STRIDE
    with working_precision(DIGITS, 0):
        while not _error(ellipse, nodes, order) < arb(10) ** arb(GOAL):
            nodes += STRIDE
            if nodes > MAX_NODES:
                raise Cannot(f"{kernel!r}", f"more than {MAX_NODES} Chebyshev points are needed")
        errors = tuple(_error(ellipse, nodes, n) for n in range(order + 1))
    digits = DIGITS + ceil(MONOMIAL_LOSS * nodes)
    with working_precision(digits, 0):
        return AnglePolynomial(_interpolate(kernel, nodes), errors, digits)


def _error(ellipse: Ellipse, nodes: int, n: int) -> arb:
    """(2/pi)^n sum_{j >= N} 4 M rho^-j T_j^(n)(1), bounded above; infinite while N is too small."""
    rho, slope, growth = arb(ellipse.rho), arb(1), arb(1)
    for i in range(n):
        slope = slope * (nodes * nodes - i * i) / (2 * i + 1)
        growth = growth * ((nodes + 1) ** 2 - i * i) / (nodes * nodes - i * i)
    quotient = growth / rho
    if not quotient < 1:
        return arb.pos_inf()
    first = 4 * arb(10) ** arb(ellipse.log_bound) * rho**-nodes * slope * (2 / arb.pi()) ** n
    return (first / (1 - quotient)).upper()


def _interpolate(kernel: Kernel, nodes: int) -> arb_poly:
    """The interpolant at x_i = cos((2i+1) pi/(2N)), by the discrete cosine transform."""
    cosine = [(arb.pi() * i / (2 * nodes)).cos() for i in range(4 * nodes)]
    values = [kernel_value(kernel, arb.pi() / 2 * (1 + cosine[2 * i + 1])) for i in range(nodes)]
    total = arb_poly([])
    for j in range(nodes):
        terms = (value * cosine[j * (2 * i + 1) % (4 * nodes)] for i, value in enumerate(values))
        coefficient = sum(terms, arb(0)) * (2 if j else 1) / nodes
        total += arb_poly(fmpz_poly.chebyshev_t(j)) * coefficient
    return total
