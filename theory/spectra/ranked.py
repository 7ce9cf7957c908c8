"""Eigenvalues in their order: lambda_1 >= lambda_2 >= ..., each mu_k as often as N(d,k) says.

Of a positive definite kernel with sum_k N mu_k = kappa(1), no degree beyond K has a larger eigenvalue than what the
degrees up to K leave of the trace, divided by N(d, K+1): where the last one asked for is larger, the order is certain.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from theory.kernels import Kernel
from theory.kernels.parity import degree_bounds
from theory.kernels.parse import as_kernel
from theory.numbers.balls import Cannot, check_digits
from theory.spectra.functionals import truncated_trace
from theory.spectra.spectrum import Eigenvalue, spectrum
from theory.spectra.sphere import check_dim, multiplicity

MOST_DEGREES = 20_000
MOST = 10**9  # eigenvalues asked for


@dataclass(frozen=True, slots=True)
class Ranked:
    """lambda_first = ... = lambda_last = mu_k for each degree k of `degrees`: several where they are exactly equal."""

    first: int
    last: int
    degrees: tuple[int, ...]
    eigenvalue: Eigenvalue


def largest_eigenvalues(kernel: Kernel | str, dim: int, count: int, digits: int = 15) -> tuple[Ranked, ...]:
    """The `count` largest eigenvalues on S^dim, equal ones together, the last group whole; fewer if others are 0.

    Raises ValueError for a bad request, NotCertified where two of them are not told apart, the kernel is not certainly
    positive definite, or degrees up to MOST_DEGREES do not settle the order.

    >>> from theory.kernels import NTK
    >>> [(r.first, r.last, r.degrees) for r in largest_eigenvalues(NTK(depth=2), 2, 10)]
    [(1, 1, (0,)), (2, 4, (1,)), (5, 9, (2,)), (10, 18, (4,))]
    """
    kernel = as_kernel(kernel)
    if not isinstance(check_dim(dim), int) or not 1 <= count <= MOST:
        raise ValueError(f"an integer dimension and a count from 1 to {MOST} wanted, got {dim} and {count}")
    digits, top = check_digits(digits), 8
    while top <= MOST_DEGREES:
        ranked = _ranked(kernel, dim, top, count, digits)
        if max(degree_bounds(kernel)) <= top:
            return ranked  # there are no others
        beyond = truncated_trace(kernel, dim, top, digits).rest.upper / multiplicity(dim, top + 1)
        if ranked and ranked[-1].last >= count and _lower(ranked[-1].eigenvalue) > beyond:
            return ranked
        top *= 2
    raise Cannot(
        f"lambda_{count} of {kernel!r} on S^{dim}", f"degrees beyond {MOST_DEGREES} may have larger eigenvalues"
    )


def _ranked(kernel: Kernel, dim: int, top: int, count: int, digits: int) -> tuple[Ranked, ...]:
    """The largest ones of the degrees up to `top`."""
    values = spectrum(kernel, dim, range(top + 1), digits).eigenvalues
    order = sorted((value for value in values if _lower(value) > 0), key=_lower, reverse=True)
    found: list[Ranked] = []
    for value in order:
        last = found[-1] if found else None
        if last is not None and value.enclosure.upper >= _lower(last.eigenvalue):
            if value.exact is None or value.exact != last.eigenvalue.exact:
                what = f"mu_{last.eigenvalue.degree} and mu_{value.degree} are not told apart by {digits} digits"
                raise Cannot(f"the order of the eigenvalues of {kernel!r} on S^{dim}", what)
            more = multiplicity(dim, value.degree)
            found[-1] = Ranked(last.first, last.last + more, (*last.degrees, value.degree), last.eigenvalue)
        elif last is not None and last.last >= count:
            break
        else:
            first = 1 if last is None else last.last + 1
            found.append(Ranked(first, first + multiplicity(dim, value.degree) - 1, (value.degree,), value))
    return tuple(found)


def _lower(value: Eigenvalue) -> Fraction:
    return value.enclosure.lower
