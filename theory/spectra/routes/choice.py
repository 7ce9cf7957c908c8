"""Which routes may give a spectrum, cheapest first, and those that start from others."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from flint import arb

from theory.expansions.coefficient_signs import nonnegative_from
from theory.kernels import Kernel
from theory.numbers.balls import Cannot, NotCertified
from theory.spectra.closed_forms import closed_form
from theory.spectra.routes.angle import angle_balls
from theory.spectra.routes.closed import closed_balls
from theory.spectra.routes.ends import ends_balls
from theory.spectra.routes.series import series_balls, terms_needed
from theory.spectra.routes.walk import walk_balls
from theory.spectra.sphere import sphere_text

GUARD = 8  # digits beyond those printed, so that multiples of mu_k round correctly too
SHORT_SERIES = 2500  # terms up to which the power series is cheaper than the angle integral
ENDS_FROM, ENDS_EACH = 200, 4  # degree, and degrees a digit, from which on the ends are cheaper than the angle


Route = Callable[[Kernel, int | Fraction, range, int], list[arb]]


def _walk(kernel: Kernel, dim: int | Fraction, degrees: range, digits: int) -> list[arb]:
    start = closed_balls if closed_form(kernel) is not None else angle_balls
    return walk_balls(kernel, dim, degrees, digits, start)


def _ends(kernel: Kernel, dim: int | Fraction, degrees: range, digits: int) -> list[arb]:
    return ends_balls(kernel, dim, degrees, digits, _below)


def _below(kernel: Kernel, dim: int | Fraction, degrees: range, digits: int) -> list[arb]:
    """The first degrees of a range that the ends give later on, by the first route that certifies them."""
    failures: list[NotCertified] = []
    for name in candidates(kernel, dim, degrees, digits):
        if name not in ("ends", "closed"):
            try:
                return ROUTE_BALLS[name](kernel, dim, degrees, digits)
            except NotCertified as error:
                failures.append(error)
    raise refusal(failures, f"mu_k of {kernel!r} on {sphere_text(dim)}")


ROUTE_BALLS: dict[str, Route] = {
    "closed": closed_balls,
    "ends": _ends,
    "angle": angle_balls,
    "series": series_balls,
    "walk": _walk,
}
ROUTES = ("auto", *ROUTE_BALLS)


def refusal(failures: list[NotCertified], what: str) -> NotCertified:
    """What is told where no route gives the digits: the one that came closest, all reasons where none applies."""
    computed = [error for error in failures if not isinstance(error, Cannot)]
    if computed:
        return max(computed, key=lambda error: error.got or 0)
    reasons = list(dict.fromkeys(map(str, failures)))
    return failures[0] if len(reasons) == 1 else Cannot(what, "; ".join(reasons))


def candidates(kernel: Kernel, dim: int | Fraction, degrees: range, digits: int) -> tuple[str, ...]:
    """The routes that may apply, cheapest first.

    >>> from theory.kernels import NTK, Laplace
    >>> candidates(NTK(2), 3, range(5), 30)[0], candidates(Laplace(1), 200, range(5), 30)[0]
    ('closed', 'series')
    """
    names = [] if closed_form(kernel) is None else ["closed"]
    far = ["ends"] if degrees[-1] >= ENDS_FROM + ENDS_EACH * digits else []
    terms = terms_needed(dim, degrees, digits + GUARD)
    whole = isinstance(dim, int)
    if nonnegative_from(kernel) is None:
        return (*names, *far, "angle", "walk") if whole else (*names, *far, "series")
    if not whole:
        return (*names, *far, "series")
    short = terms is not None and terms * len(degrees) <= SHORT_SERIES * 100 and terms <= SHORT_SERIES
    return (*names, "series", *far, "angle", "walk") if short else (*names, *far, "angle", "series", "walk")
