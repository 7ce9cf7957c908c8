"""Closed forms as values: combinations of the kernels that are solved, their sums and products.

Times a polynomial in t they stay closed, since t P_k is a combination of P_{k-1} and P_{k+1}; products know
polynomials with anything, exponentials and equal ends with each other.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from theory.kernels.constants import Constant, times_constants
from theory.numbers.truth import all_known

Coefficients = tuple[Fraction, ...]
MAX_MULTIPLIER = 64  # degree of a polynomial factor


@dataclass(frozen=True, slots=True)
class CapTerm:
    """weight(k, d) * c_k(order)^2, weight = laplacian * k(k+d-1) + sum_i dimension[i] d^i.

    k(k+d-1) is the eigenvalue of minus the Laplace-Beltrami operator.
    """

    order: int
    laplacian: Fraction
    dimension: Coefficients

    def weight(self, degree: int, dim: int | Fraction) -> Fraction:
        """The rational weight at one degree and dimension."""
        total = Fraction(0)
        for coefficient in reversed(self.dimension):
            total = total * dim + coefficient
        return total + self.laplacian * degree * (degree + dim - 1)

    def scaled(self, factor: Fraction) -> CapTerm:
        """The term of a multiple of the kernel."""
        return CapTerm(self.order, factor * self.laplacian, tuple(factor * c for c in self.dimension))


@dataclass(frozen=True, slots=True)
class EndPower:
    """(1 - sign t)^exponent, exponent no integer >= 0; with a logarithm, times log(1 - sign t), any exponent."""

    sign: int
    exponent: Fraction
    log: bool = False


@dataclass(frozen=True, slots=True)
class One:
    """The constant 1."""


@dataclass(frozen=True, slots=True)
class Exponential:
    """exp(shift + rate t)."""

    shift: Fraction
    rate: Fraction


@dataclass(frozen=True, slots=True)
class IntegerMatern:
    """Matern with nu = order = n and scale = n/l^2."""

    order: int
    scale: Fraction


Base = CapTerm | EndPower | Exponential | IntegerMatern | One


@dataclass(frozen=True, slots=True)
class Multiplied:
    """constant * (sum_n multiplier[n] t^n) * base."""

    multiplier: Coefficients
    base: Base
    constant: Constant = ()


@dataclass(frozen=True, slots=True)
class ClosedForm:
    """mu_k = sum of cap terms + eigenvalue of sum_n polynomial[n] t^n + multiplied terms."""

    caps: tuple[CapTerm, ...] = ()
    polynomial: Coefficients = ()
    multiplied: tuple[Multiplied, ...] = ()


def all_forms(forms: Iterable[ClosedForm | None]) -> ClosedForm | None:
    """The sum of forms, None where one of them is not known."""
    known = all_known(forms)
    return None if known is None else add_forms(known)


def add_forms(forms: Sequence[ClosedForm]) -> ClosedForm:
    """The form of a sum, equal bases collected."""
    caps: dict[int, CapTerm] = {}
    factors: dict[tuple[Base, Constant], Coefficients] = {}
    total: Coefficients = ()
    for form in forms:
        total = add_coefficients(total, form.polynomial)
        for term in form.caps:
            old = caps.get(term.order, CapTerm(term.order, Fraction(0), ()))
            dimension = _trimmed(add_coefficients(old.dimension, term.dimension))
            caps[term.order] = CapTerm(term.order, old.laplacian + term.laplacian, dimension)
        for part in form.multiplied:
            key = part.base, part.constant
            factors[key] = add_coefficients(factors.get(key, ()), part.multiplier)
    kept = (c for c in caps.values() if c.laplacian or any(c.dimension))
    parts = tuple(Multiplied(_trimmed(m), *key) for key, m in factors.items() if any(m))
    return ClosedForm(tuple(sorted(kept, key=lambda c: c.order)), _trimmed(total), parts)


def _trimmed(coefficients: Coefficients) -> Coefficients:
    """Without zeros of highest degree."""
    last = max((n for n, c in enumerate(coefficients) if c), default=-1)
    return coefficients[: last + 1]


def multiply_forms(left: ClosedForm, right: ClosedForm) -> ClosedForm | None:
    """The form of a product: polynomials with anything, exponentials and equal ends with each other."""
    parts: list[ClosedForm] = []
    for first in _pieces(left):
        for second in _pieces(right):
            base = _join(first.base, second.base)
            multiplier = _times(first.multiplier, second.multiplier)
            if base is None or len(multiplier) > MAX_MULTIPLIER + 1:
                return None
            constant, rational = times_constants(first.constant, second.constant)
            parts.append(multiplied_form(tuple(rational * c for c in multiplier), base, constant))
    return add_forms(parts)


def _pieces(form: ClosedForm) -> list[Multiplied]:
    """Every term by itself."""
    one = (Fraction(1),)
    polynomial = [Multiplied(form.polynomial, One())] if any(form.polynomial) else []
    return [*(Multiplied(one, cap) for cap in form.caps), *form.multiplied, *polynomial]


def _join(a: Base, b: Base) -> Base | None:
    """The product of two bases, None where it is none."""
    if isinstance(a, One) or isinstance(b, One):
        return b if isinstance(a, One) else a
    if isinstance(a, Exponential) and isinstance(b, Exponential):
        return Exponential(a.shift + b.shift, a.rate + b.rate)
    if isinstance(a, EndPower) and isinstance(b, EndPower) and a.sign == b.sign and not (a.log and b.log):
        exponent, log = a.exponent + b.exponent, a.log or b.log
        if log or exponent.denominator != 1 or exponent < 0:
            return EndPower(a.sign, exponent, log)
    return None


def multiplied_form(multiplier: Coefficients, base: Base, constant: Constant = ()) -> ClosedForm:
    """constant * multiplier * base, where a rational polynomial and rational multiples of caps have places of their own."""
    if isinstance(base, One) and not constant:
        return ClosedForm(polynomial=multiplier)
    if isinstance(base, CapTerm) and not any(multiplier[1:]):
        base, multiplier = base.scaled((*multiplier, Fraction(0))[0]), (Fraction(1),)
        if not constant:
            return ClosedForm((base,))
    return ClosedForm(multiplied=(Multiplied(multiplier, base, constant),))


def _times(a: Coefficients, b: Coefficients) -> Coefficients:
    product = [Fraction(0)] * (len(a) + len(b) - 1)
    for i, x in enumerate(a):
        for j, y in enumerate(b):
            product[i + j] += x * y
    return tuple(product)


def add_coefficients(left: Coefficients, right: Coefficients) -> Coefficients:
    """The coefficients of a sum of polynomials.

    >>> add_coefficients((Fraction(1),), (Fraction(2), Fraction(3)))
    (Fraction(3, 1), Fraction(3, 1))
    """
    size = max(len(left), len(right))
    zeros = (Fraction(0),) * size
    return tuple(a + b for a, b in zip((left + zeros)[:size], (right + zeros)[:size], strict=True))
