"""A kernel at an angle as a double, from a ball; without torch, which a spectrum does not need."""

from __future__ import annotations

from functools import lru_cache

from flint import arb

from theory.expansions.coefficient_signs import nonnegative_from
from theory.expansions.in_the_angle import kernel_value
from theory.expansions.maclaurin import at_one, maclaurin
from theory.kernels import Kernel
from theory.numbers.balls import NotCertified, working_precision

DIGITS = 20
TERMS = 400  # of the power series, where the angle has no formula


@lru_cache(maxsize=4096)
def kernel_at(kernel: Kernel, angle: float) -> float:
    """kappa(cos angle) as a double, by the angle route or, for b_n >= 0, by the power series.

    >>> from theory.kernels import NTK
    >>> kernel_at(NTK(depth=2), 0.0)
    2.0
    """
    with working_precision(DIGITS):
        theta = arb(angle).min(arb.pi())
        try:
            value = kernel_value(kernel, theta) if angle else at_one(kernel)
        except NotCertified:
            if nonnegative_from(kernel) != 0:
                raise
            value = _by_series(kernel, theta.cos())
        if not value.is_finite() or value.rad() > 1e-12 * at_one(kernel).abs_upper():
            raise NotCertified(f"{kernel!r} at angle {angle}", value.rel_accuracy_bits() / 3.33, 12)
        return float(value.mid())


def _by_series(kernel: Kernel, t: arb) -> arb:
    """sum_{n < T} b_n t^n with |rest| <= (kappa(1) - sum_{n < T} b_n) |t|^T."""
    if t == 1:
        return at_one(kernel)
    coefficients = _coefficients(kernel)
    rest = (at_one(kernel) - sum(coefficients, arb(0))) * abs(t) ** TERMS
    return sum((b * t**n for n, b in enumerate(coefficients)), arb(0)) + arb(0, rest.abs_upper())


@lru_cache(maxsize=16)
def _coefficients(kernel: Kernel) -> list[arb]:
    return maclaurin(kernel, TERMS)
