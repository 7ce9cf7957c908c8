"""Mercer eigenvalues mu_k of a zonal kernel on S^d, every printed digit right.

mu_k = omega_{d-1}/omega_d * Integral_{-1}^{1} kappa(t) P_k(t) (1-t^2)^((d-2)/2) dt with the uniform
probability measure and P_k(1) = 1; trace: sum_k N(d,k) mu_k = kappa(1).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, overload

from flint import arb

from theory.expansions.admissible import check_admissible
from theory.expansions.ellipses import NoEllipse
from theory.kernels import Kernel
from theory.kernels.parity import vanishes
from theory.kernels.parse import as_kernel
from theory.numbers.balls import Enclosure, NotCertified, ball, check_digits
from theory.numbers.decimals import power_of_ten_above, written
from theory.numbers.pi_polynomials import PiPolynomial
from theory.numbers.shown import display
from theory.spectra.closed_forms import closed_form
from theory.spectra.exact_texts import constants_text, gamma_text
from theory.spectra.exact_values import exact_eigenvalue, highest_order, rational_eigenvalue
from theory.spectra.routes.choice import GUARD, ROUTE_BALLS, ROUTES, candidates, refusal
from theory.spectra.sphere import (
    check_degree,
    check_dim,
    gegenbauer_ratio,
    multiplicity,
    multiplicity_real,
    sphere_text,
)

if TYPE_CHECKING:
    import numpy as np
    import pandas
    import xarray

EXACT_TEXT_LIMIT = 500  # k + d up to which the rational form is printed, a Gamma form beyond
MAX_DEGREES = 1_000_001
_ENDS = re.compile(r"\s*([0-9]{1,10})\s*(?::\s*([0-9]{1,10})\s*)?")
MANY_FLOATS = 1000  # degrees from which on closed forms are multiplied out in floating point


class OnSphere:
    """A degree on S^dim, and the exact factors of its eigenvalue."""

    __slots__ = ()
    dim: int | Fraction
    degree: int

    @property
    def multiplicity(self) -> int | None:
        """N(d,k); None where d is no integer."""
        return multiplicity(self.dim, self.degree) if isinstance(self.dim, int) else None

    @property
    def coefficient_factor(self) -> Fraction:
        """N mu_k / mu_k, for real d too."""
        return multiplicity_real(Fraction(self.dim), self.degree)

    @property
    def gegenbauer_factor(self) -> Fraction:
        """a_k / mu_k."""
        return Fraction(*gegenbauer_ratio(self.dim, self.degree))


@dataclass(frozen=True, slots=True)
class Eigenvalue(OnSphere):
    """mu_k on S^d: a certified enclosure and, where a closed form is known, the exact value.

    `value` = mu_k, `coefficient` = N(d,k) mu_k (on P_k), `gegenbauer` = a_k =
    mu_k (2k+d-1)/(d-1) (on C_k^((d-1)/2); for d = 1 on T_k, a_0 = mu_0, a_k = 2 mu_k).
    """

    kernel: Kernel
    dim: int | Fraction
    degree: int
    enclosure: Enclosure
    route: str
    exact: PiPolynomial | None
    exact_text: str | None

    def __repr__(self) -> str:
        return display().eigenvalue_text(self)

    def __float__(self) -> float:
        """mu_k within one unit in the last place."""
        return float(self.enclosure.ball().mid())

    def certified_digits(self, digits: int) -> int:
        """How many of `digits` significant digits are certified; 0 where not even the sign is.

        >>> from theory.kernels import NTK
        >>> eigenvalue(NTK(depth=3), 2, 4).certified_digits(30)
        30
        """
        accuracy = self.enclosure.accuracy()
        if self.exact is not None or accuracy >= digits:
            return digits
        return next((n for n in range(int(accuracy), 0, -1) if self.enclosure.decimal(n) is not None), 0)

    def bound(self, factor: Fraction = Fraction(1)) -> str:
        """A power of ten above |factor * mu_k|, for a value of which no digit is certified."""
        largest = abs(factor) * max(abs(self.enclosure.lower), abs(self.enclosure.upper))
        return power_of_ten_above(largest)

    def decimal(self, digits: int, factor: Fraction = Fraction(1)) -> tuple[str, str]:
        """(factor * mu_k correctly rounded to `digits` significant digits, radius).

        Exact where the value is a finite decimal of at most `digits` digits; ties go to even.
        """
        exact = None if self.exact is None else self.exact.rational()
        if exact is not None:
            return written(exact * factor, digits)
        rounded = self.enclosure.decimal(digits, factor)
        if rounded is None:  # the enclosure straddles a rounding boundary
            finer = eigenvalue(self.kernel, self.dim, self.degree, 4 * digits + 40)
            rounded = finer.enclosure.decimal(digits, factor)
        if rounded is None:
            raise NotCertified(f"mu_{self.degree} of {self.kernel!r}", self.enclosure.accuracy(), digits)
        return rounded


class Eigenvalues(Sequence[Eigenvalue]):
    """Eigenvalues of consecutive degrees, each made when it is looked at; pickles exactly."""

    __slots__ = ("_items", "degrees", "dim", "kernel", "route")

    def __init__(
        self, kernel: Kernel, dim: int | Fraction, degrees: range, route: str, items: Sequence[arb | Enclosure]
    ) -> None:
        self.kernel, self.dim, self.degrees, self.route, self._items = kernel, dim, degrees, route, items

    def __len__(self) -> int:
        return len(self._items)

    @overload
    def __getitem__(self, index: int) -> Eigenvalue: ...

    @overload
    def __getitem__(self, index: slice) -> Eigenvalues: ...

    def __getitem__(self, index: int | slice) -> Eigenvalue | Eigenvalues:
        if isinstance(index, slice):
            return Eigenvalues(self.kernel, self.dim, self.degrees[index], self.route, self._items[index])
        degree, enclosure = self.degrees[index], self.enclosure(index)
        exact = _exact(self.kernel, self.dim, degree)
        text = None if exact is None else repr(exact)
        return Eigenvalue(self.kernel, self.dim, degree, enclosure, self.route, exact, text)

    def __iter__(self) -> Iterator[Eigenvalue]:
        return (self[index] for index in range(len(self)))

    def enclosure(self, index: int) -> Enclosure:
        """The enclosure alone."""
        item = self._items[index]
        return item if isinstance(item, Enclosure) else Enclosure.of(item, f"mu_k of {self.kernel!r}")

    def balls(self) -> Iterator[arb]:
        """The enclosures as balls."""
        return (item.ball() if isinstance(item, Enclosure) else item for item in self._items)

    def floats(self) -> np.ndarray:
        """The values as float64, each within one unit in the last place."""
        import numpy as np  # only here: few ask for arrays, and it takes longer to load than most spectra

        return np.fromiter((float(ball.mid()) for ball in self.balls()), dtype=float, count=len(self._items))

    def __reduce__(self) -> tuple:
        enclosures = [self.enclosure(i) for i in range(len(self))]
        return Eigenvalues, (self.kernel, self.dim, self.degrees, self.route, enclosures)


def _exact(kernel: Kernel, dim: int | Fraction, degree: int) -> PiPolynomial | None:
    """mu_k exactly where it is short: in integer d for small k, and where it is rational for every d."""
    if vanishes(kernel, degree):
        return PiPolynomial()
    form = closed_form(kernel)
    if form is None:
        return None
    if isinstance(dim, int) and degree + dim <= EXACT_TEXT_LIMIT:
        return exact_eigenvalue(form, dim, degree)
    return rational_eigenvalue(form, dim, degree)


def short_exact_until(spectrum: Spectrum) -> int:
    """The degree up to which exact forms are short, -1 where none is known: what a long list shows of them.

    >>> from theory.kernels import NTK
    >>> short_exact_until(spectrum(NTK(depth=2), 3, range(5)))
    497
    """
    form = closed_form(spectrum.kernel)
    if form is None:
        return -1
    return max(int(EXACT_TEXT_LIMIT - spectrum.dim), highest_order(form))


@dataclass(frozen=True, slots=True)
class Spectrum:
    """Eigenvalues of consecutive degrees, certified to `digits` significant digits by one route."""

    kernel: Kernel
    dim: int | Fraction
    digits: int
    eigenvalues: Eigenvalues
    short: tuple[int, ...] = ()  # degrees with fewer digits, and no bound that was asked for

    @property
    def route(self) -> str:
        """The route taken."""
        return self.eigenvalues.route

    def to_pandas(self) -> pandas.DataFrame:
        """A row per degree (`theory.text.display.to_pandas`)."""
        return display().to_pandas(self)

    def to_xarray(self) -> xarray.Dataset:
        """Variables over degree (`theory.text.display.to_xarray`)."""
        return display().to_xarray(self)

    def __repr__(self) -> str:
        return display().spectrum_text(self)

    def _repr_html_(self) -> str:
        return display().spectrum_html(self)

    def _repr_latex_(self) -> str:
        return display().spectrum_latex(self)


def check_degrees(degrees: range | int | str) -> range:
    """A degree K as the range of that one degree, "A:B" with both ends; a range must rise by 1 and not be empty.

    >>> check_degrees(3), check_degrees("0:3"), check_degrees("3")
    (range(3, 4), range(0, 4), range(3, 4))
    """
    if isinstance(degrees, str) and (ends := _ENDS.fullmatch(degrees)):
        degrees = range(int(ends[1]), int(ends[2] or ends[1]) + 1)
    chosen = range(check_degree(degrees), degrees + 1) if isinstance(degrees, int) else degrees
    if not isinstance(chosen, range) or chosen.step != 1 or not chosen or chosen.start < 0:
        raise ValueError(
            f"degrees must be one degree or consecutive ones >= 0, A:B or range(A, B + 1), got {degrees!r}"
        )
    if len(chosen) > MAX_DEGREES:
        raise ValueError(f"degrees: {len(chosen)} asked for, at most {MAX_DEGREES} at once")
    return chosen


def spectrum(
    kernel: Kernel | str,
    dim: int | Fraction | str,
    degrees: range | int | str,
    digits: int = 30,
    route: str = "auto",
    partial: bool = False,
    absolute: Fraction | None = None,
) -> Spectrum:
    """Eigenvalues of `kernel` on S^dim for the given degrees.

    route: "closed" (Gamma products; real dim >= 1), "ends" (expansions at t = 1 and -1 for large
    degrees, below them another route; real dim), "series" (b_n >= 0; real dim), "angle" (certified
    quadrature; integer dim), "walk" (from S^1 or S^2; integer dim) or "auto", the cheapest that
    certifies the digits. absolute: |mu_k| <= absolute is enough in place of digits.
    Raises ValueError for a bad request, among them Inadmissible for a kernel without a spectrum, and
    NotCertified where the digits cannot be certified; with `partial` only where nothing can be, and
    the degrees with fewer digits, or a bound alone, are named in `short`.

    >>> from theory.kernels import NTK
    >>> [e.decimal(5)[0] for e in spectrum(NTK(depth=2), 2, range(6), digits=5).eigenvalues]
    ['0.5', '0.33333', '0.078125', '0', '0.0052083', '0']
    """
    dim, degrees, digits = check_dim(dim), check_degrees(degrees), check_digits(digits)
    kernel = as_kernel(kernel)
    if route not in ROUTES:
        raise ValueError(f"route must be one of {', '.join(ROUTES)}, got {route!r}")
    if absolute is not None and not absolute > 0:
        raise ValueError(f"absolute must be > 0, got {absolute}")
    check_admissible(kernel, dim)
    failures: list[NotCertified] = []
    best: Spectrum | None = None
    for name in candidates(kernel, dim, degrees, digits) if route == "auto" else (route,):
        if name == "walk" and any(isinstance(error, NoEllipse) for error in failures):
            continue  # its first steps are by the angle, too
        try:
            found = ROUTE_BALLS[name](kernel, dim, degrees, digits + GUARD)
            missed = _missed(kernel, dim, degrees, found, digits, name, absolute)
        except NotCertified as error:
            failures.append(error.asked(digits))
            continue
        short = tuple(missed)
        whole = Spectrum(kernel, dim, digits, Eigenvalues(kernel, dim, degrees, name, found), short)
        if not short:
            return whole
        failures.append(missed[short[0]].asked(digits))
        if best is None or len(short) < len(best.short):
            best = whole
    if partial and best is not None:
        return best
    raise refusal(failures, f"mu_k of {kernel!r} on {sphere_text(dim)}")


def _missed(
    kernel: Kernel,
    dim: int | Fraction,
    degrees: range,
    found: list[arb],
    digits: int,
    route: str,
    absolute: Fraction | None,
) -> dict[int, NotCertified]:
    """What is wanting at each degree that has neither the digits nor the bound, nor is an exact zero.

    Raises NotCertified where that is so of a value that is not even finite.
    """
    enough, missed = digits * 3.3219281, {}
    for degree, value in zip(degrees, found, strict=True):
        small = absolute is not None and bool(abs(value) <= ball(absolute))
        if value.rel_accuracy_bits() < enough and not (value.is_exact() and value.is_zero()) and not small:
            what = f"mu_{degree} of {kernel!r} on {sphere_text(dim)} by route {route}"
            got = Enclosure.of(value, what).accuracy()
            missed[degree] = NotCertified(what, got, digits, "" if got >= 1 else "is it exactly zero?")
    return missed


def exact_text(value: Eigenvalue) -> str | None:
    """The exact form in the expression grammar, a Gamma form where the rational one is too long."""
    if value.exact_text is not None:
        return value.exact_text
    form = closed_form(value.kernel)
    if form is None:
        return None
    short = isinstance(value.dim, int) and value.degree + value.dim <= EXACT_TEXT_LIMIT
    return (constants_text(form, value.dim, value.degree) if short else None) or gamma_text(
        form, value.dim, value.degree
    )


def eigenvalue(kernel: Kernel | str, dim: int | Fraction | str, degree: int, digits: int = 30) -> Eigenvalue:
    """mu_k of one degree, the mean of kappa(<x, x'>) P_k(<x, x'>) over x uniform on S^dim.

    P_k(1) = 1, probability measure. Raises ValueError for a kernel, dimension, degree or number of
    digits that is not allowed, NotCertified where no route gives the digits.

    >>> from theory.kernels import NTK
    >>> found = eigenvalue(NTK(depth=2), 3, 2)
    >>> found.exact, float(found)
    (104/(225*pi**2), 0.04683290266134724)
    """
    (found,) = spectrum(kernel, dim, degree, digits).eigenvalues
    return found


def float_spectrum(kernel: Kernel | str, dim: int | Fraction | str, degrees: range | int | str) -> np.ndarray:
    """Eigenvalues as float64, within one unit in the last place of the certified ones.

    Shape (degrees,), one value for each degree, shape (1,) for a single degree. Errors as `spectrum`.

    >>> from theory.kernels import NTK
    >>> float_spectrum(NTK(depth=2), 2, range(3)).tolist()
    [0.5, 0.3333333333333333, 0.078125]
    """
    dim, degrees = check_dim(dim), check_degrees(degrees)
    kernel = as_kernel(kernel)
    form = closed_form(kernel)
    if form is None or len(degrees) < MANY_FLOATS:
        return spectrum(kernel, dim, degrees, 17).eigenvalues.floats()
    import numpy as np  # only here, as above

    from theory.spectra.fast_floats import closed_floats

    check_admissible(kernel, dim)
    fast = closed_floats(form, dim, degrees)
    if fast is None:
        return spectrum(kernel, dim, degrees, 17).eigenvalues.floats()
    below = range(degrees.start, fast[0])
    return np.concatenate([spectrum(kernel, dim, below, 17).eigenvalues.floats(), fast[1]]) if below else fast[1]
