"""Mercer eigenvalues mu_k of a zonal kernel on S^d, every printed digit right.

mu_k = omega_{d-1}/omega_d * Integral_{-1}^{1} kappa(t) P_k(t) (1-t^2)^((d-2)/2) dt with the uniform
probability measure and P_k(1) = 1; trace: sum_k N(d,k) mu_k = kappa(1).
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from flint import fmpz

from theory.exact import PiPolynomial
from theory.kernels import Kernel
from theory.precision import (
    Enclosure,
    NotCertified,
    certify,
    check_digits,
    decimal_fraction,
    round_significant,
    round_up,
)
from theory.routes.angle import angle_balls
from theory.routes.closed import (
    ClosedForm,
    balls,
    closed_form,
    exact_eigenvalue,
    gamma_text,
    highest_order,
    rational_eigenvalue,
)
from theory.sphere import check_degree, check_dim, multiplicity, multiplicity_real

ROUTES = ("auto", "closed", "angle")
GUARD = 8  # digits beyond those printed, so that multiples of mu_k round correctly too
EXACT_TEXT_LIMIT = 500  # k + d up to which the rational form is printed, a Gamma form beyond
MAX_DEGREES = 1_000_000


@dataclass(frozen=True, slots=True)
class Eigenvalue:
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
        if self.dim == 1:
            return Fraction(2 if self.degree else 1)
        return Fraction(2 * self.degree + self.dim - 1) / (self.dim - 1)

    def decimal(self, digits: int, factor: Fraction = Fraction(1)) -> tuple[str, str]:
        """(factor * mu_k correctly rounded to `digits` significant digits, radius).

        Exact where the value is a finite decimal of at most `digits` digits; ties go to even.
        """
        exact = None if self.exact is None else self.exact.rational()
        if exact is not None:
            return _decimal_of_rational(exact * factor, digits)
        rounded = _scaled(self.enclosure, factor, digits)
        if rounded is None:  # the enclosure straddles a rounding boundary
            finer = spectrum(self.kernel, self.dim, range(self.degree, self.degree + 1), 4 * digits + 40)
            rounded = _scaled(finer.eigenvalues[0].enclosure, factor, digits)
        if rounded is None:
            raise NotCertified(f"mu_{self.degree} of {self.kernel!r}", self.enclosure.accuracy(), digits)
        return rounded


@dataclass(frozen=True, slots=True)
class Spectrum:
    """Eigenvalues of consecutive degrees, certified to `digits` significant digits."""

    kernel: Kernel
    dim: int | Fraction
    digits: int
    eigenvalues: tuple[Eigenvalue, ...]


def check_degrees(degrees: range | int) -> range:
    """A degree K as the range of that one degree; a range must be increasing by 1 and not empty.

    >>> check_degrees(3)
    range(3, 4)
    """
    chosen = range(check_degree(degrees), degrees + 1) if isinstance(degrees, int) else degrees
    if not isinstance(chosen, range) or chosen.step != 1 or not chosen or chosen.start < 0:
        raise ValueError(f"degrees must be K or A:B with 0 <= A <= B, got {degrees!r}")
    if len(chosen) > MAX_DEGREES:
        raise ValueError(f"degrees: {len(chosen)} asked for, at most {MAX_DEGREES} at once")
    return chosen


def spectrum(
    kernel: Kernel, dim: int | Fraction, degrees: range | int, digits: int = 30, route: str = "auto"
) -> Spectrum:
    """Eigenvalues of `kernel` on S^dim for the given degrees.

    route: "closed" (Gamma products; real dim >= 1), "angle" (certified quadrature; integer dim) or
    "auto", the cheapest that applies. Raises ValueError for a bad request and NotCertified where
    the digits cannot be certified.

    >>> from theory.kernels import NTK
    >>> [e.decimal(5)[0] for e in spectrum(NTK(depth=2), 2, range(6), digits=5).eigenvalues]
    ['0.5', '0.33333', '0.078125', '0', '0.0052083', '0']
    """
    dim, degrees, digits = check_dim(dim), check_degrees(degrees), check_digits(digits)
    if route not in ROUTES:
        raise ValueError(f"route must be one of {', '.join(ROUTES)}, got {route!r}")
    form = closed_form(kernel)
    if route == "closed" and form is None:
        raise NotCertified(f"no closed form is known for {kernel!r}", None, digits, "use route auto or angle")
    if form is not None and route != "angle":
        return Spectrum(kernel, dim, digits, _closed(kernel, form, dim, degrees, digits))
    if not isinstance(dim, int):
        raise ValueError(f"dim must be an integer for the angle route, got {dim}: only closed forms take real dim")
    return Spectrum(kernel, dim, digits, _angle(kernel, dim, degrees, digits))


def _closed(
    kernel: Kernel, form: ClosedForm, dim: int | Fraction, degrees: range, digits: int
) -> tuple[Eigenvalue, ...]:
    values, highest = [], highest_order(form)
    for degree, value in zip(degrees, balls(form, dim, degrees, digits + GUARD), strict=True):
        short = isinstance(dim, int) and degree + dim <= EXACT_TEXT_LIMIT
        exact = None
        if short:
            exact = exact_eigenvalue(form, dim, degree)
        elif degree <= highest:
            exact = rational_eigenvalue(form, dim, degree)
        text = None if exact is None else repr(exact)
        values.append(Eigenvalue(kernel, dim, degree, Enclosure.of(value), "closed", exact, text))
    return tuple(values)


def exact_text(value: Eigenvalue) -> str | None:
    """The exact form in the expression grammar, a Gamma form where the rational one is too long."""
    if value.exact_text is not None:
        return value.exact_text
    form = closed_form(value.kernel)
    return None if form is None else gamma_text(form, value.dim, value.degree)


def _angle(kernel: Kernel, dim: int, degrees: range, digits: int) -> tuple[Eigenvalue, ...]:
    what = f"mu_k of {kernel!r} on S^{dim} by the angle route"
    values = []
    for degree, value in zip(degrees, angle_balls(kernel, dim, degrees, digits + GUARD), strict=True):
        enclosure = Enclosure.of(value, what)
        if enclosure.accuracy() < digits:
            raise NotCertified(f"degree {degree}, {what}", enclosure.accuracy(), digits, "is it exactly zero?")
        values.append(Eigenvalue(kernel, dim, degree, enclosure, "angle", None, None))
    return tuple(values)


def _scaled(enclosure: Enclosure, factor: Fraction, digits: int) -> tuple[str, str] | None:
    """Round an interval times an exact factor; None if its ends round apart."""
    if enclosure.rad[0] == 0:
        return _decimal_of_rational(enclosure.lower * factor, digits)
    low, high = enclosure.lower * factor, enclosure.upper * factor
    text = round_significant(low, digits)
    if text != round_significant(high, digits):
        return None
    value = decimal_fraction(text)
    return text, round_up(max(abs(low - value), abs(high - value)))


def _decimal_of_rational(value: Fraction, digits: int) -> tuple[str, str]:
    text = round_significant(value, digits)
    error = abs(decimal_fraction(text) - value)
    if error == 0:
        text = round_significant(value, max(1, _significant(value)))
    return text, round_up(error)


def _significant(value: Fraction) -> int:
    """Number of significant digits of a finite decimal."""
    units = abs(value)
    while units and units.denominator != 1:
        units *= 10
    return len(str(fmpz(units.numerator)).rstrip("0"))


def eigenvalue(kernel: Kernel, dim: int | Fraction, degree: int, digits: int = 30) -> Eigenvalue:
    """mu_k of one degree.

    >>> from theory.kernels import NTK
    >>> eigenvalue(NTK(depth=2), 3, 2).exact
    104/(225*pi**2)
    """
    return spectrum(kernel, dim, degree, digits).eigenvalues[0]


def exact_enclosure(value: PiPolynomial, digits: int) -> Enclosure:
    """Certified enclosure of an exact number, for comparisons across routes."""
    return certify(value.ball, digits, repr(value)[:60])
