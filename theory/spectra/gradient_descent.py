"""What a spectrum says of gradient descent: the largest safe step, steps per degree, flow time.

For the loss 1/2 E (f - y)^2 a step of size c on the kernel's operator multiplies the residual in
degree k by 1 - c mu_k; gradient flow multiplies it by e^(-mu_k tau) in time tau. So

    safe steps        |1 - c mu_k| < 1 for every mu_k > 0, that is c < 2 / mu_max
    steps to rho      the least T with |1 - c mu_k|^T <= rho
    flow time         tau_k = -log(rho) / mu_k, of which T steps are the discrete form
    same residual     T steps do in degree k what flow does in time -T log|1 - c mu_k| / mu_k

On n uniformly random points the operator becomes the matrix K/n. Its largest eigenvalue is at most
its trace kappa(1), so c <= 2/kappa(1) is safe on every sample; and for a harmonic phi of degree k
and norm 1 the mean of phi' K phi / n^2 is mu_k + (kappa(1) - mu_k)/n exactly, the second term
being what n points cannot tell from memorising (E phi^2 = 1 on the diagonal, mu_k off it). Steps and times above
are the population's; what is known of the steps on n points is in `theory.spectra.sample_steps`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from math import ceil

from flint import arb

from theory.kernels import Kernel
from theory.kernels.parse import as_kernel
from theory.numbers.balls import Cannot, Enclosure, ball, working_precision
from theory.numbers.decimals import decimal_fraction, round_significant
from theory.numbers.rationals import exact_number
from theory.numbers.truth import Truth
from theory.spectra.functionals import trace
from theory.spectra.nonnegative import nonnegative_spectrum
from theory.spectra.sample_steps import FEWEST_POINTS, Levels, at_least, estimated_steps, levels, modes
from theory.spectra.spectrum import Eigenvalue, spectrum
from theory.spectra.sphere import check_dim, multiplicity

MOST_DEGREES = 4096  # looked at for the largest eigenvalue
MOST_DIGITS = 640  # spent on telling a number of steps from its neighbour
GUARD = 15  # digits beyond those printed


@dataclass(frozen=True, slots=True)
class Descent:
    """Degree k under steps of size c, until the residual is a given share of its first value.

    factor: 1 - c mu_k. steps: the least T, None where the residual never moves (mu_k = 0).
    flow_time: tau with e^(-mu_k tau) = residual. equal_time: the flow time that does exactly what
    T steps do, None where one step solves the degree. sampled: mu_k + (kappa(1) - mu_k)/n.
    at_least: steps on n points, before which the root mean square of the residual is proved to be above
    its share; estimate: what random matrix theory makes of them, no bound. None: never.
    """

    eigenvalue: Eigenvalue
    factor: Enclosure
    steps: int | None
    flow_time: Enclosure | None
    equal_time: Enclosure | None
    sampled: Enclosure | None
    at_least: int | None = None
    estimate: int | None = None


@dataclass(frozen=True, slots=True)
class Descents:
    """Degrees under steps of size `step`, and the safe steps.

    largest: the eigenvalue of greatest mu_k. safe: 2/mu_max, the population's edge.
    safe_on_samples: 2/kappa(1), safe on every sample of any size. estimated: whether the rows have an
    estimate of the steps on `samples` points.
    """

    largest: Eigenvalue
    safe: Enclosure
    safe_on_samples: Enclosure
    step: Fraction
    residual: Fraction
    samples: int | None
    degrees: tuple[Descent, ...]
    estimated: bool = False


def descents(
    kernel: Kernel | str,
    dim: int,
    degrees: range | int | str,
    residual: Fraction | str = Fraction(1, 100),
    step: Fraction | int | str | None = None,
    samples: int | None = None,
    digits: int = 6,
) -> Descents:
    """Steps and times of every degree; without ``step``, c = 1/mu_max rounded to three digits.

    Raises ValueError for a residual outside (0, 1), a step that is not positive or not safe, a sample
    size below 1, or a kernel with a certified mu_k < 0 on S^dim; Cannot where a sign is open.

    >>> from theory.kernels import NTK
    >>> found = descents(NTK(depth=2), 2, range(4), step=Fraction(1))
    >>> [row.steps for row in found.degrees], found.safe.decimal(6)[0]
    ([7, 12, 57, None], '4.00000')
    """
    kernel = as_kernel(kernel)
    check_dim(dim)
    residual, step = exact_number("residual", residual), None if step is None else exact_number("step", step)
    if not 0 < residual < 1:
        raise ValueError(f"residual must lie strictly between 0 and 1, got {residual}")
    if samples is not None and samples < 1:
        raise ValueError(f"samples must be an integer >= 1, got {samples}")
    largest = largest_eigenvalue(kernel, dim, digits + GUARD)
    with working_precision(digits + GUARD):
        safe = Enclosure.of(2 / largest.enclosure.ball())
    if step is None:
        step = decimal_fraction(round_significant(safe.lower / 2, 3))
    if not 0 < step < safe.lower:
        edge = safe.decimal(digits) or (str(float(safe.lower)), "")
        raise ValueError(f"step size {step} is not safe, allowed: 0 < c < 2/mu_max = {edge[0]}")
    rows = spectrum(kernel, dim, degrees, digits + GUARD).eigenvalues
    with working_precision(digits + GUARD):
        total = trace(kernel, digits + GUARD).ball()
        made = tuple(_descent(row, step, residual, samples, total) for row in rows)
        found = Descents(largest, safe, Enclosure.of(2 / total), step, residual, samples, made)
        if samples is None:
            return found
        made = tuple(_bounded(row, step, residual) for row in made)
    return _estimated(replace(found, degrees=made), _levels(kernel, dim, samples, float(total.mid())))


def _bounded(row: Descent, step: Fraction, residual: Fraction) -> Descent:
    """The row with the bound of its steps on the sample."""
    assert row.sampled is not None  # a sample size is given
    return replace(row, at_least=at_least(row.sampled, step, residual))


def _levels(kernel: Kernel, dim: int, samples: int, total: float) -> Levels | None:
    """The estimated spectrum of K/n; None for few points, and where too many degrees matter."""
    told = modes(kernel, dim, samples, total) if samples >= FEWEST_POINTS else None
    return None if told is None else levels(told)


def _estimated(found: Descents, spread: Levels | None) -> Descents:
    if spread is None:
        return found
    rows = tuple(
        replace(row, estimate=estimated_steps(spread, float(row.eigenvalue), found.step, found.residual))
        for row in found.degrees
    )
    return replace(found, degrees=rows, estimated=True)


def largest_eigenvalue(kernel: Kernel, dim: int, digits: int) -> Eigenvalue:
    """The largest mu_k over ALL degrees, of a kernel that is positive definite on S^dim.

    After degree K the trace leaves rest = kappa(1) - sum_{k <= K} N mu_k for the others, each of
    multiplicity at least N(d, K+1): once rest / N(d, K+1) is below the largest so far, it stays.

    >>> from theory.kernels import NTK
    >>> largest_eigenvalue(NTK(depth=2), 2, 10).exact_text
    '1/2'
    """
    found = nonnegative_spectrum(kernel, dim)
    if found.truth is Truth.FAILS:
        raise ValueError(f"{kernel!r} is not positive definite: {found.why}, allowed: kernels with all mu_k >= 0")
    if found.truth is not Truth.HOLDS:
        raise Cannot(f"{kernel!r} positive definite on S^{dim}", f"{found.truth}, {found.why}")
    count = 8
    while count <= MOST_DEGREES:
        values = spectrum(kernel, dim, range(count), digits).eigenvalues
        top = max(range(count), key=lambda k: values.enclosure(k).upper)
        with working_precision(digits):
            balls = [values.enclosure(k).ball() for k in range(count)]
            parts = sum((multiplicity(dim, k) * value for k, value in enumerate(balls)), arb(0))
            rest = trace(kernel, digits).ball() - parts
            # Multiplicities do not fall with k, so the first degree left out is the worst case.
            if rest.upper() / multiplicity(dim, count) < balls[top].lower():
                return values[top]
        count *= 4
    why = f"not told from {MOST_DEGREES} degrees and the trace"
    raise Cannot(f"the largest eigenvalue of {kernel!r} on S^{dim}", why)


def _descent(row: Eigenvalue, step: Fraction, residual: Fraction, samples: int | None, total: arb) -> Descent:
    value = row.enclosure.ball()
    sampled = None if samples is None else Enclosure.of(value + (total - value) / samples)
    factor = 1 - ball(step) * value
    exact = None if row.exact is None else row.exact.rational()
    if exact == 0:
        return Descent(row, Enclosure.of(arb(1)), None, None, None, sampled)
    flow = Enclosure.of(-ball(residual).log() / value)
    if exact is not None and exact * step == 1:
        return Descent(row, Enclosure.of(arb(0)), 1, flow, None, sampled)
    steps = steps_to(row, step, residual)
    equal = Enclosure.of(-steps * _log_factor(ball(step) * value) / value)
    return Descent(row, Enclosure.of(factor), steps, flow, equal, sampled)


def steps_to(row: Eigenvalue, step: Fraction, residual: Fraction) -> int:
    """The least T with |1 - c mu_k|^T <= residual, certified: neither T nor T - 1 is in doubt.

    >>> from theory.kernels import NTK
    >>> from theory.spectra.spectrum import eigenvalue
    >>> steps_to(eigenvalue(NTK(depth=2), 2, 0), Fraction(1), Fraction(1, 8))
    3
    """
    exact = None if row.exact is None else row.exact.rational()
    digits = 2 * GUARD
    while digits <= MOST_DIGITS:
        finer = spectrum(row.kernel, row.dim, row.degree, digits).eigenvalues.enclosure(0)
        with working_precision(digits):
            wanted = Enclosure.of(ball(residual).log() / _log_factor(ball(step) * finer.ball()))
        low, high = ceil(wanted.lower), ceil(wanted.upper)
        if low == high:
            return low
        if exact is not None:
            return low if abs(1 - step * exact) ** low <= residual else high
        digits *= 2
    why = f"{MOST_DIGITS} digits do not tell it from its neighbour"
    raise Cannot(f"the number of steps of degree {row.degree}", why)


def _log_factor(share: arb) -> arb:
    """log|1 - share|; where the share is so small that 1 - share rounds to 1, this keeps its digits."""
    return (-share).log1p() if share < 1 else (share - 1).log()
