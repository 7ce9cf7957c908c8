"""Eigenvalues in floating point without a bound: mpmath quadrature, as a route that shares nothing.

Evidence is `checked`: two quadratures with different nodes and different working precision agree to
the digits printed. That is no proof, and no radius is given.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import log10
from typing import TYPE_CHECKING, ClassVar

from theory.expansions.admissible import check_admissible
from theory.kernels import Kernel
from theory.kernels.parity import vanishes
from theory.numbers.balls import NotCertified, check_digits
from theory.numbers.decimals import round_significant
from theory.numbers.pi_polynomials import PiPolynomial
from theory.spectra.spectrum import OnSphere, check_degrees
from theory.spectra.sphere import check_dim, sphere_text

if TYPE_CHECKING:
    from mpmath import mpf  # mpmath is loaded when it is asked to compute

ROUTE = "mpmath"
MAX_DEGREE, MAX_DIGITS = 1000, 200
# (rule, level): two that follow each other must agree. Tanh-sinh stands branch points at the ends.
SMOOTH = (("gauss-legendre", 6), ("gauss-legendre", 7))
SINGULAR = (("tanh-sinh", 6), ("tanh-sinh", 7), ("tanh-sinh", 8))


@dataclass(frozen=True, slots=True)
class Approximate(OnSphere):
    """mu_k as a floating point number; it has no radius and no exact form."""

    kernel: Kernel
    dim: int | Fraction
    degree: int
    value: mpf
    route: ClassVar[str] = ROUTE

    def decimal(self, digits: int, factor: Fraction = Fraction(1)) -> tuple[str, None]:
        """(factor * value to `digits` significant digits, no radius)."""
        return round_significant(_fraction(self.value) * factor, digits), None

    def converted(self, factor: PiPolynomial, digits: int) -> tuple[str, None]:
        """The same for a factor with powers of pi."""
        from mpmath import mp, mpf

        with mp.workdps(digits + 20):
            scale = mp.fsum(mpf(c.numerator) / c.denominator * mp.pi**p for p, c in factor.terms)
            return round_significant(_fraction(self.value * scale), digits), None


@dataclass(frozen=True, slots=True)
class FloatingSpectrum:
    """Eigenvalues of consecutive degrees to about `digits` digits, without a bound."""

    kernel: Kernel
    dim: int | Fraction
    digits: int
    eigenvalues: tuple[Approximate, ...]
    route: ClassVar[str] = ROUTE


def _fraction(value: mpf) -> Fraction:
    sign, mantissa, exponent, _ = value._mpf_
    signed = -int(mantissa) if sign else int(mantissa)
    return Fraction(signed << exponent) if exponent >= 0 else Fraction(signed, 1 << -exponent)


def floating_spectrum(kernel: Kernel, dim: int | Fraction, degrees: range | int, digits: int = 30) -> FloatingSpectrum:
    """mu_k by quadrature in theta, with more nodes and digits until two runs agree.

    Degrees that vanish by parity are 0. Raises NotCertified where no two runs agree.

    >>> from theory.kernels import NTK
    >>> found = floating_spectrum(NTK(depth=2), 2, range(4), digits=10)
    >>> [e.decimal(10) for e in found.eigenvalues][1:]
    [('0.3333333333', None), ('0.07812500000', None), ('0', None)]
    """
    from mpmath import mpf

    from theory.spectra.routes.oracle import oracle_values

    dim, degrees, digits = check_dim(dim), check_degrees(degrees), check_digits(digits)
    if degrees[-1] > MAX_DEGREE or digits > MAX_DIGITS:
        raise ValueError(f"route {ROUTE} takes degrees up to {MAX_DEGREE} and {MAX_DIGITS} digits at most")
    check_admissible(kernel, dim)
    zero = [vanishes(kernel, degree) for degree in degrees]
    working, last, agreed = digits + 5, None, 0.0
    for rule, level in (*SMOOTH, *SINGULAR) if isinstance(dim, int) else SINGULAR:
        found = oracle_values(kernel, dim, degrees, working, level, rule)
        if last is not None:
            pairs = zip(last, found, zero, strict=True)
            agreed = min((_agreement(a, b) for a, b, is_zero in pairs if not is_zero), default=float("inf"))
            if agreed >= digits + 2:
                values = (mpf(0) if is_zero else v for v, is_zero in zip(found, zero, strict=True))
                entries = (Approximate(kernel, dim, k, v) for k, v in zip(degrees, values, strict=True))
                return FloatingSpectrum(kernel, dim, digits, tuple(entries))
        last, working = found, working + _smallness(found) + 10
    what = f"mu_k of {kernel!r} on {sphere_text(dim)} by route {ROUTE}, two quadratures agree"
    raise NotCertified(what, agreed, digits, "has the kernel a branch point, or is mu_k exactly zero?")


def _agreement(a: mpf, b: mpf) -> float:
    """Relative decimal digits that two numbers share."""
    from mpmath import mp

    if a == b:
        return float("inf")
    gap = abs(a - b) / max(abs(a), abs(b))
    return float(-mp.log10(gap))


def _smallness(values: list[mpf]) -> int:
    """Decimal places before the first digit of the smallest value that is not 0."""
    from mpmath import mp, mpf

    smallest = min((abs(v) for v in values if v), default=mpf(1))
    return max(0, -int(mp.mag(smallest) * log10(2)))
