"""The sphere S^d in R^(d+1): multiplicities, areas and Gegenbauer polynomials, exactly.

Everything is stated for the uniform PROBABILITY measure and P_k(1) = 1 (docs/conventions.md).
"""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache
from math import isfinite

from flint import fmpz

from theory.numbers.pi_polynomials import PiPolynomial, gamma_of_half
from theory.numbers.rationals import read_rational

MAX_DIM = 10**6


def check_dim(dim: int | Fraction | str) -> int | Fraction:
    """Validate the dimension d of S^d: an integer or an exact rational, also as text, d >= 1.

    >>> check_dim("5/2"), check_dim("3")
    (Fraction(5, 2), 3)
    >>> check_dim(0)
    Traceback (most recent call last):
    ValueError: dim must be a number >= 1 and <= 1000000 (the dimension d of the sphere S^d in R^(d+1)), got 0
    >>> check_dim(2.5)
    Traceback (most recent call last):
    ValueError: dim must be an int or a fractions.Fraction, ... got 2.5: write Fraction(5, 2)
    """
    what = f">= 1 and <= {MAX_DIM} (the dimension d of the sphere S^d in R^(d+1))"
    if isinstance(dim, str) and (number := read_rational(dim)) is not None:
        dim = number
    if isinstance(dim, bool) or not isinstance(dim, int | Fraction):
        exact = f": write {Fraction(str(dim))!r}" if isinstance(dim, float) and isfinite(dim) else ""
        raise ValueError(f"dim must be an int or a fractions.Fraction, a number {what}, got {dim!r}{exact}")
    if not 1 <= dim <= MAX_DIM:
        raise ValueError(f"dim must be a number {what}, got {dim!s}")
    return int(dim) if dim == int(dim) else dim


def sphere_text(dim: int | Fraction) -> str:
    """
    >>> sphere_text(2), sphere_text(Fraction(5, 2))
    ('S^2', 'S^(5/2)')
    """
    return f"S^{dim}" if isinstance(dim, int) else f"S^({dim})"


def check_degree(degree: int) -> int:
    """Validate a degree k >= 0.

    >>> check_degree(-1)
    Traceback (most recent call last):
    ValueError: degree must be an integer >= 0, got -1
    """
    if isinstance(degree, bool) or not isinstance(degree, int) or degree < 0:
        raise ValueError(f"degree must be an integer >= 0, got {degree!r}")
    return degree


def multiplicity(dim: int, degree: int) -> int:
    """N(d,k), the dimension of the space of degree-k spherical harmonics on S^d.

    N(d,0) = 1, N(d,k) = (2k+d-1)/k * C(k+d-2, d-1).

    >>> [multiplicity(2, k) for k in range(4)], multiplicity(1, 5)
    ([1, 3, 5, 7], 2)
    """
    if not check_degree(degree):
        return 1
    choices = int(fmpz.bin_uiui(degree + dim - 2, dim - 1))  # math.comb takes a minute where both are a million
    return (2 * degree + dim - 1) * choices // degree


def multiplicity_real(dim: Fraction, degree: int) -> Fraction:
    """The same polynomial in d for real d: prod_{i<k-1} (d+i) (2k+d-1)/k!, no longer a count.

    >>> multiplicity_real(Fraction(2), 3), multiplicity_real(Fraction(5, 2), 1)
    (Fraction(7, 1), Fraction(7, 2))
    """
    value = Fraction(1)
    for i in range(check_degree(degree)):
        value *= Fraction(dim + i) / (i + 1)
    return value * (2 * degree + dim - 1) / (dim + degree - 1) if degree else value


def gegenbauer_ratio(dim: int | Fraction, degree: int) -> tuple[int, int]:
    """(p, q) with a_k = mu_k p/q on C_k^((d-1)/2): (2k+d-1)/(d-1); for d = 1 on T_k, 2 but for k = 0.

    >>> gegenbauer_ratio(3, 2), gegenbauer_ratio(1, 2), gegenbauer_ratio(1, 0)
    ((6, 2), (2, 1), (1, 1))
    """
    over, under = dim.numerator, dim.denominator
    return ((2 * degree - 1) * under + over, over - under) if dim > 1 else (2 if degree else 1, 1)


def area(n: int) -> PiPolynomial:
    """omega_n = 2 pi^((n+1)/2) / Gamma((n+1)/2), the surface area of S^n, n >= 0.

    >>> [area(n) for n in range(4)]
    [2, 2*pi, 4*pi, 2*pi**2]
    """
    rational, half = gamma_of_half(n + 1)
    return PiPolynomial.of(2 / rational, (n + 1 - half) // 2)


def area_ratio(dim: int) -> PiPolynomial:
    """omega_{d-1}/omega_d = Gamma((d+1)/2) / (sqrt(pi) Gamma(d/2)): makes the weight
    (1-t^2)^((d-2)/2) on [-1, 1] a probability density.

    >>> area_ratio(1), area_ratio(2), area_ratio(3)
    (1/pi, 1/2, 2/pi)
    """
    upper, lower = gamma_of_half(dim + 1), gamma_of_half(dim)
    return PiPolynomial.of(upper[0] / lower[0], (upper[1] - lower[1] - 1) // 2)


@lru_cache(maxsize=4096)
def gegenbauer(degree: int, dim: int) -> tuple[Fraction, ...]:
    """Coefficients, constant first, of P_k on S^d with P_k(1) = 1.

    P_0 = 1, P_1 = t, (k+d-1) P_{k+1} = (2k+d-1) t P_k - k P_{k-1} (DLMF 18.9.1, rescaled).
    Chebyshev T_k for d = 1, Legendre for d = 2.

    >>> gegenbauer(2, 2), gegenbauer(2, 1)
    ((Fraction(-1, 2), Fraction(0, 1), Fraction(3, 2)), (Fraction(-1, 1), Fraction(0, 1), Fraction(2, 1)))
    """
    previous: tuple[Fraction, ...] = (Fraction(1),)
    current: tuple[Fraction, ...] = (Fraction(0), Fraction(1))
    if not check_degree(degree):
        return previous
    for k in range(1, degree):
        shifted = (Fraction(0), *current)
        padded = previous + (Fraction(0),) * (len(shifted) - len(previous))
        following = tuple(((2 * k + dim - 1) * s - k * p) / (k + dim - 1) for s, p in zip(shifted, padded, strict=True))
        previous, current = current, following
    return current


def moment(power: int, degree: int, dim: int | Fraction) -> Fraction:
    """E[t^n P_k(t)] for t = <x, x'>, x uniform on S^d; rational for every n, k and real d.

    = Gamma((d+1)/2) n! / (2^n ((n-k)/2)! Gamma((n+k+d+1)/2)) for n >= k of equal parity, else 0.

    >>> moment(2, 0, 2), moment(2, 2, 2), moment(3, 2, 2)
    (Fraction(1, 3), Fraction(2, 15), Fraction(0, 1))
    """
    if power < degree or (power - degree) % 2:
        return Fraction(0)
    value = Fraction(1)  # n!/(2^n) * Gamma((d+1)/2)/Gamma((d+1)/2 + (n+k)/2)
    for i in range((power + degree) // 2):
        value /= Fraction(dim + 1, 2) + i
    for i in range(1, power + 1):
        value *= Fraction(i, 2)
    for i in range(1, (power - degree) // 2 + 1):
        value /= i
    return value
