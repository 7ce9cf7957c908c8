"""What eigenvalues serve: trace, effective dimension, the kernel rebuilt, the norm of a target.

All for kernels that are positive definite on S^d, where sum_k N(d,k) mu_k = kappa(1) with terms >= 0
(Mercer), so that what is left after degree K is known: rest = kappa(1) - sum_{k <= K} N mu_k.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import floor, inf

from flint import arb

from theory.expansions.admissible import check_admissible
from theory.expansions.coefficient_signs import nonnegative_from
from theory.expansions.end_bounds import certainly_integrable
from theory.expansions.maclaurin import at_one
from theory.kernels import Kernel, check_kernel
from theory.kernels.parity import degree_bounds, vanishes
from theory.numbers.balls import Cannot, Enclosure, NotCertified, ball, certify, working_precision
from theory.numbers.pi_polynomials import PiPolynomial
from theory.numbers.truth import Truth, all_known
from theory.spectra.closed_forms import CapTerm, EndPower, Multiplied, One, closed_form
from theory.spectra.exact_values import exact_eigenvalue, is_zero
from theory.spectra.spectrum import spectrum
from theory.spectra.sphere import check_dim, multiplicity, multiplicity_real

FIRST = 33  # degrees looked at before all others: most negative eigenvalues are among them


@dataclass(frozen=True, slots=True)
class Definiteness:
    """Whether all mu_k >= 0 on S^d; why, and the degree of a certified negative eigenvalue."""

    truth: Truth
    why: str
    negative_degree: int | None = None


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


def trace(kernel: Kernel, digits: int = 30) -> Enclosure:
    """kappa(1) = sum_k N(d,k) mu_k, rational or not.

    >>> from theory.kernels import Dual
    >>> trace(Dual("exp"), 10).decimal(10)[0]
    '7.389056099'
    """
    check_kernel(kernel)
    return certify(lambda: at_one(kernel), digits, f"kappa(1) of {kernel!r}")


def definiteness(kernel: Kernel, dim: int, top: int = 256, digits: int = 15) -> Definiteness:
    """Whether the kernel is positive definite on S^dim, that is, all mu_k >= 0; a certified counterexample if not.

    Signs are certified, with `digits` digits, for the degrees up to `top` that the structure of the
    kernel leaves open. UNDECIDED where a sign is not certified or infinitely many are left open.
    Raises ValueError for a dimension that is not allowed.

    >>> from theory.kernels import NTK, PowerSeries
    >>> definiteness(NTK(depth=5), 3).truth, definiteness(PowerSeries((0, 0, 1)), 2).truth
    (<Truth.HOLDS: 'HOLDS'>, <Truth.HOLDS: 'HOLDS'>)
    >>> definiteness(PowerSeries((-1, 0, 2)), 2)
    Definiteness(truth=<Truth.FAILS: 'FAILS'>, why='mu_0 < 0 on S^2', negative_degree=0)
    """
    check_kernel(kernel)
    check_dim(dim)
    check_admissible(kernel, dim)
    if not certainly_integrable(kernel, floor(dim)):
        return Definiteness(Truth.UNDECIDED, f"it is not certain that the kernel is real and integrable on S^{dim}")
    if nonnegative_from(kernel) == 0:
        return Definiteness(Truth.HOLDS, "all Maclaurin coefficients are >= 0, so on every sphere (Schoenberg)")
    settled = _settled(kernel)
    last = top if settled is None else settled[0] - 1
    for degrees in (range(min(FIRST, last + 1)), range(FIRST, last + 1)):
        for degree, sign in _signs(kernel, dim, degrees, digits):
            if sign is None:
                return Definiteness(Truth.UNDECIDED, f"the sign of mu_{degree} was not certified")
            if sign < 0:
                return Definiteness(Truth.FAILS, f"mu_{degree} < 0 on S^{dim}", degree)
    if settled is None:
        return Definiteness(Truth.UNDECIDED, f"mu_k >= 0 for k <= {top}")
    below = f"mu_k >= 0 for k < {settled[0]}, beyond it " if settled[0] else ""
    return Definiteness(Truth.HOLDS, f"{below}{settled[1]}")


def _settled(kernel: Kernel) -> tuple[int, str] | None:
    """(K, why): mu_k >= 0 for every k >= K by the structure of the kernel; None where it does not tell."""
    last = max(degree_bounds(kernel))
    if last < inf:
        return int(last) + 1, "mu_k = 0"
    start = nonnegative_from(kernel)
    if start is not None:
        return start, "mu_k is a sum over b_n >= 0, n >= k"
    form = closed_form(kernel)
    if form is None or not all(map(_is_square, form.caps)):
        return None
    starts = all_known(map(_nonnegative_from, form.multiplied))
    if starts is None:
        return None
    why = "mu_k is a sum of squares" if not starts else "mu_k is a sum of Gamma products of one sign"
    return max([len(form.polynomial), *starts]), why


def _nonnegative_from(part: Multiplied) -> int | None:
    """K with mu_k >= 0 for k >= K of one term; None where its sign is not known to be fixed.

    Polynomials vanish beyond their degree, caps are squares, and of (1-t)^nu, or (1-t)^n log(1-t), it is the sign
    of (-nu)_k for k > nu that decides. Constants are products of powers of numbers > 1, so they are positive.
    """
    base = part.base
    if isinstance(base, One):
        return len(part.multiplier)
    if any(part.multiplier[1:]):
        return None
    factor = part.multiplier[0]
    if isinstance(base, CapTerm):
        return 0 if factor >= 0 and _is_square(base) else None
    if not isinstance(base, EndPower) or base.sign < 0 or (base.log and (base.exponent < 0 or base.exponent % 1)):
        return None
    start = max(0, floor(base.exponent) + 1)
    return start if (-1) ** start * factor >= 0 else None


def _is_square(cap: CapTerm) -> bool:
    return cap.laplacian >= 0 and all(x >= 0 for x in cap.dimension)


def _signs(kernel: Kernel, dim: int, degrees: range, digits: int) -> Iterator[tuple[int, int | None]]:
    """Each degree with the sign of mu_k, None where it is not certified."""
    if not degrees:
        return
    try:
        values = spectrum(kernel, dim, degrees, digits, "auto", True).eigenvalues
    except NotCertified:
        yield degrees[0], None
        return
    for index, degree in enumerate(degrees):
        yield degree, 0 if _is_zero(kernel, dim, degree) else _sign(values.enclosure(index))


def _is_zero(kernel: Kernel, dim: int, degree: int) -> bool:
    form = closed_form(kernel)
    return vanishes(kernel, degree) or (form is not None and is_zero(form, dim, degree))


def _sign(value: Enclosure) -> int | None:
    return 1 if value.lower > 0 else -1 if value.upper < 0 else None


def _require_positive(kernel: Kernel, dim: int) -> None:
    found = definiteness(kernel, dim)
    if found.truth is not Truth.HOLDS:
        raise Cannot(f"{kernel!r} positive definite on S^{dim}", f"{found.truth}, {found.why}")


def truncated_trace(kernel: Kernel, dim: int, top: int, digits: int = 30) -> TruncatedTrace:
    """The trace up to degree `top` and what is left, for a positive definite kernel.

    >>> from theory.kernels import NTK
    >>> truncated_trace(NTK(depth=2), 2, 1, 10).partial.decimal(10)[0]
    '1.500000000'
    """
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


def effective_dimension(kernel: Kernel, dim: int, ridge: Fraction | int, top: int = 200, digits: int = 15) -> Enclosure:
    """sum_k N(d,k) mu_k/(mu_k + ridge), enclosed from degrees up to `top`.

    With m = rest/N(d, top+1) >= mu_k for every k > top (N increases in k for d >= 2; for d = 1 it is
    constant), the terms left out add up to between rest/(ridge + m) and rest/ridge.

    >>> from theory.kernels import PowerSeries
    >>> effective_dimension(PowerSeries((0, 1)), 2, Fraction(1, 3), top=3).decimal(5)[0]
    '1.5000'
    """
    if not isinstance(ridge, int | Fraction) or ridge <= 0:
        raise ValueError(f"ridge must be an exact rational > 0, got {ridge!r}")
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


def target_norm(kernel: Kernel, target: Kernel, dim: int, top: int = 40, digits: int = 15) -> TargetNorm:
    """Squared RKHS norm of x -> target(<x, z>): sum_k N(d,k) c_k^2/mu_k, c_k = mu_k(target).

    c_k by Funk and Hecke. Infinite once c_k != 0 where mu_k = 0; finite where the target has
    finitely many degrees and mu_k > 0 at each, or where target = kernel (its norm is kappa(1)).

    >>> from theory.kernels import NTK, PowerSeries
    >>> target_norm(NTK(depth=2), PowerSeries((0, 1)), 2).squared.decimal(5)[0]
    '1.0000'
    >>> target_norm(NTK(depth=2), PowerSeries((0, 0, 0, 1)), 2).finite
    <Truth.FAILS: 'FAILS'>
    """
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
