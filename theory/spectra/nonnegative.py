"""Whether no eigenvalue of a kernel is negative: by the structure of the kernel, and degree by degree."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import floor, inf

from theory.expansions.admissible import check_admissible
from theory.expansions.coefficient_signs import nonnegative_from
from theory.expansions.end_bounds import certainly_integrable
from theory.kernels import Kernel, check_kernel
from theory.kernels.parity import degree_bounds, vanishes
from theory.numbers.balls import Enclosure, NotCertified
from theory.numbers.truth import Truth, all_known
from theory.spectra.closed_forms import closed_form
from theory.spectra.exact_values import is_zero
from theory.spectra.form_algebra import CapTerm, EndPower, Multiplied, One
from theory.spectra.spectrum import spectrum
from theory.spectra.sphere import check_dim

FIRST = 33  # degrees looked at before all others: most negative eigenvalues are among them
SCHOENBERG = "all Maclaurin coefficients are >= 0, so on every sphere (Schoenberg)"


@dataclass(frozen=True, slots=True)
class Definiteness:
    """Whether all mu_k >= 0 on S^d; why, and the degree of a certified negative eigenvalue; whether all mu_k > 0."""

    truth: Truth
    why: str
    negative_degree: int | None = None
    strict: Truth = Truth.UNDECIDED


def nonnegative_spectrum(kernel: Kernel, dim: int, top: int = 256, digits: int = 15) -> Definiteness:
    """Whether all mu_k >= 0 on S^dim, by structure and degree by degree; a certified counterexample if not.

    `theory.laws.definiteness` asks the laws of mu_k, too. Signs are certified, with `digits` digits, for the degrees
    up to `top` that the structure of the kernel leaves open. UNDECIDED where a sign is not certified or infinitely many are left open.
    Raises ValueError for a dimension that is not allowed.

    >>> from theory.kernels import NTK, PowerSeries
    >>> nonnegative_spectrum(NTK(depth=5), 3).truth, nonnegative_spectrum(PowerSeries((0, 0, 1)), 2).truth
    (<Truth.HOLDS: 'HOLDS'>, <Truth.HOLDS: 'HOLDS'>)
    >>> nonnegative_spectrum(PowerSeries((-1, 0, 2)), 2)
    Definiteness(truth=<Truth.FAILS: 'FAILS'>, why='mu_0 < 0 on S^2', negative_degree=0, strict=<Truth.FAILS: 'FAILS'>)
    """
    check_kernel(kernel)
    check_dim(dim)
    check_admissible(kernel, dim)
    if not certainly_integrable(kernel, floor(dim)):
        return Definiteness(Truth.UNDECIDED, f"it is not certain that the kernel is real and integrable on S^{dim}")
    if nonnegative_from(kernel) == 0:
        return Definiteness(Truth.HOLDS, SCHOENBERG)
    settled = _settled(kernel)
    last = top if settled is None else settled[0] - 1
    for degrees in (range(min(FIRST, last + 1)), range(FIRST, last + 1)):
        for degree, sign in signs(kernel, dim, degrees, digits):
            if sign is None:
                return Definiteness(Truth.UNDECIDED, f"the sign of mu_{degree} was not certified")
            if sign < 0:
                return Definiteness(Truth.FAILS, f"mu_{degree} < 0 on S^{dim}", degree, Truth.FAILS)
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


def signs(kernel: Kernel, dim: int, degrees: range, digits: int) -> Iterator[tuple[int, int | None]]:
    """Each degree with the sign of mu_k, None where it is not certified; 0 where it is proved to be zero.

    >>> from theory.kernels import NTK
    >>> list(signs(NTK(depth=2), 2, range(2, 5), 15))
    [(2, 1), (3, 0), (4, 1)]
    """
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
