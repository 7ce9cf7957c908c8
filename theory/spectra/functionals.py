"""What eigenvalues serve: trace, effective dimension, the kernel rebuilt, the norm of a target.

All for kernels that are positive definite on S^d, where sum_k N(d,k) mu_k = kappa(1) with terms >= 0
(Mercer), so that what is left after degree K is known: rest = kappa(1) - sum_{k <= K} N mu_k.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from flint import arb

from theory.expansions.maclaurin import at_one
from theory.kernels import Kernel
from theory.kernels.parity import degree_bounds
from theory.kernels.parse import as_kernel
from theory.numbers.balls import Cannot, Enclosure, NotCertified, ball, certify, working_precision
from theory.numbers.pi_polynomials import PiPolynomial
from theory.numbers.rationals import exact_number
from theory.numbers.truth import Truth
from theory.spectra.closed_forms import closed_form
from theory.spectra.exact_values import exact_eigenvalue
from theory.spectra.nonnegative import nonnegative_spectrum
from theory.spectra.spectrum import spectrum
from theory.spectra.sphere import multiplicity, multiplicity_real


@dataclass(frozen=True, slots=True)
class TruncatedTrace:
    """partial = sum_{k <= top} N(d,k) mu_k and rest = kappa(1) - partial, both enclosed."""

    top: int
    partial: Enclosure
    rest: Enclosure


@dataclass(frozen=True, slots=True)
class TargetNorm:
    """Squared RKHS norm of a zonal target: lower bound from degrees <= top, exact value if finite
    is HOLDS and the target has no further degrees; infinite if finite is FAILS."""

    finite: Truth
    squared: Enclosure | None
    top: int
    why: str


def trace(kernel: Kernel | str, digits: int = 30) -> Enclosure:
    """kappa(1) = sum_k N(d,k) mu_k, rational or not.

    >>> from theory.kernels import Dual
    >>> trace(Dual("exp"), 10).decimal(10)[0]
    '7.389056099'
    """
    kernel = as_kernel(kernel)
    return certify(lambda: at_one(kernel), digits, f"kappa(1) of {kernel!r}")


def _require_positive(kernel: Kernel, dim: int) -> None:
    found = nonnegative_spectrum(kernel, dim)
    if found.truth is not Truth.HOLDS:
        raise Cannot(f"{kernel!r} positive definite on S^{dim}", f"{found.truth}, {found.why}")


def truncated_trace(kernel: Kernel | str, dim: int, top: int, digits: int = 30) -> TruncatedTrace:
    """The trace up to degree `top` and what is left, for a positive definite kernel.

    >>> from theory.kernels import NTK
    >>> truncated_trace(NTK(depth=2), 2, 1, 10).partial.decimal(10)[0]
    '1.500000000'
    """
    kernel = as_kernel(kernel)
    _require_positive(kernel, dim)
    values = _values(kernel, dim, top, digits)
    with working_precision(digits + 20):
        partial = _trace_of(values, dim)
        rest = _rest(kernel, partial)
        return TruncatedTrace(top, Enclosure.of(partial), Enclosure.of(rest))


def _values(kernel: Kernel, dim: int, top: int, digits: int) -> list[Enclosure]:
    found = spectrum(kernel, dim, range(top + 1), digits + 10).eigenvalues
    exact = [_exact(kernel, dim, k) if k < 200 else None for k in range(top + 1)]
    with working_precision(digits + 40):
        return [found.enclosure(k) if value is None else Enclosure.of(value.ball()) for k, value in enumerate(exact)]


def _exact(kernel: Kernel, dim: int, degree: int) -> PiPolynomial | None:
    form = closed_form(kernel)
    return None if form is None else exact_eigenvalue(form, dim, degree)


def _trace_of(values: list[Enclosure], dim: int) -> arb:
    return sum((v.ball() * multiplicity(dim, k) for k, v in enumerate(values)), arb(0))


def _rest(kernel: Kernel, partial: arb) -> arb:
    """kappa(1) - partial, of which only the part >= 0 is possible."""
    rest = at_one(kernel) - partial
    upper = rest.upper().max(arb(0))
    lower = rest.lower().max(arb(0))
    return lower.union(upper)


def effective_dimension(
    kernel: Kernel | str, dim: int, ridge: Fraction | int | str, top: int = 200, digits: int = 15
) -> Enclosure:
    """sum_k N(d,k) mu_k/(mu_k + ridge), enclosed from degrees up to `top`.

    With m = rest/N(d, top+1) >= mu_k for every k > top (N increases in k for d >= 2; for d = 1 it is
    constant), the terms left out add up to between rest/(ridge + m) and rest/ridge.

    >>> from theory.kernels import PowerSeries
    >>> effective_dimension(PowerSeries((0, 1)), 2, Fraction(1, 3), top=3).decimal(5)[0]
    '1.5000'
    """
    kernel, ridge = as_kernel(kernel), exact_number("ridge", ridge)
    if ridge <= 0:
        raise ValueError(f"ridge must be > 0, got {ridge}")
    _require_positive(kernel, dim)
    values = _values(kernel, dim, top, digits)
    with working_precision(digits + 20):
        shift = ball(ridge)
        # 1 - ridge/(mu + ridge): mu appears once, so the enclosure is tight and exact zeros stay 0.
        terms = ((1 - shift / (v.ball() + shift)) * multiplicity(dim, k) for k, v in enumerate(values))
        rest = _rest(kernel, _trace_of(values, dim))
        largest = rest.upper() / multiplicity(dim, top + 1)
        left = (rest / (shift + largest)).lower().union((rest / shift).upper())
        return Enclosure.of(sum(terms, arb(0)) + left, f"effective dimension of {kernel!r}")


def rebuilt(kernel: Kernel, dim: int, t: Fraction | int, top: int, digits: int = 15) -> Enclosure:
    """kappa(t) enclosed by sum_{k <= top} N mu_k P_k(t) +- rest, since |P_k| <= 1 on [-1, 1].

    >>> from theory.kernels import PowerSeries
    >>> rebuilt(PowerSeries((1, 1, 1)), 3, Fraction(1, 2), 2).decimal(5)[0]
    '1.7500'
    """
    if not isinstance(t, int | Fraction) or not -1 <= t <= 1:
        raise ValueError(f"t must be an exact rational in [-1, 1], got {t!r}")
    _require_positive(kernel, dim)
    values = _values(kernel, dim, top, digits + top // 2)
    with working_precision(digits + 20, 10 + top // 2):
        polynomials = [arb(1), ball(t)]
        for k in range(1, top):
            following = polynomials[k] * ball(t) * (2 * k + dim - 1) - polynomials[k - 1] * k
            polynomials.append(following / (k + dim - 1))
        terms = (v.ball() * multiplicity(dim, k) * polynomials[k] for k, v in enumerate(values))
        total = sum(terms, arb(0))
        rest = _rest(kernel, _trace_of(values, dim)).upper()
        return Enclosure.of(total + arb(0, rest), f"{kernel!r} rebuilt at {t}")


def target_norm(kernel: Kernel | str, target: Kernel | str, dim: int, top: int = 40, digits: int = 15) -> TargetNorm:
    """Squared RKHS norm of x -> target(<x, z>): sum_k N(d,k) c_k^2/mu_k, c_k = mu_k(target).

    c_k by Funk and Hecke. Infinite once c_k != 0 where mu_k = 0; finite where the target has
    finitely many degrees and mu_k > 0 at each, or where target = kernel (its norm is kappa(1)).

    >>> from theory.kernels import NTK, PowerSeries
    >>> target_norm(NTK(depth=2), PowerSeries((0, 1)), 2).squared.decimal(5)[0]
    '1.0000'
    >>> target_norm(NTK(depth=2), PowerSeries((0, 0, 0, 1)), 2).finite
    <Truth.FAILS: 'FAILS'>
    """
    kernel, target = as_kernel(kernel), as_kernel(target)
    _require_positive(kernel, dim)
    degree = max(degree_bounds(target))
    last = int(min(top, degree))
    mine, theirs = _values(kernel, dim, last, digits), _values(target, dim, last, digits)
    with working_precision(digits + 20):
        total = arb(0)
        for k, (mu, c) in enumerate(zip(mine, theirs, strict=True)):
            if c.lower <= 0 <= c.upper:
                total += _at_zero(c, k, target)
                continue
            if mu.lower == mu.upper == 0:
                return TargetNorm(Truth.FAILS, None, last, f"mu_{k} = 0 but the target has degree {k}")
            total += c.ball() ** 2 / mu.ball() * ball(multiplicity_real(Fraction(dim), k))
        squared = Enclosure.of(total, "the squared norm")
    if degree <= top:
        return TargetNorm(Truth.HOLDS, squared, last, "finitely many degrees")
    if target == kernel:
        return TargetNorm(Truth.HOLDS, squared, last, "the target is the kernel: its squared norm is kappa(1)")
    return TargetNorm(Truth.UNDECIDED, squared, last, f"a lower bound from degrees <= {last}")


def _at_zero(c: Enclosure, degree: int, target: Kernel) -> arb:
    if c.lower == c.upper == 0:
        return arb(0)
    raise NotCertified(f"coefficient of degree {degree} of {target!r}", 0.0, 1, "is it exactly zero?")
