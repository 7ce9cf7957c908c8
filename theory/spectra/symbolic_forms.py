"""Eigenvalues with symbolic degree and dimension, from the closed forms.

A closed form is piecewise in k: each parity class carries one Gamma product beyond a few small
degrees, where the cap coefficients of the other parity vanish.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import sympy as sp

from theory.kernels import Kernel
from theory.numbers.truth import Unable
from theory.spectra.closed_forms import closed_form
from theory.spectra.exact_values import vanishes
from theory.spectra.form_algebra import CapTerm, ClosedForm
from theory.symbolic.objects import Range, d, k


class NoClosedForm(Unable):
    """The kernel has no closed form with symbolic k and d."""


@dataclass(frozen=True, slots=True)
class Branch:
    """mu_k = expression for the degrees of `degrees` and every real d >= 1."""

    degrees: Range
    expression: sp.Expr


def rational(value: Fraction | int) -> sp.Rational:
    """An exact rational as a SymPy number."""
    return sp.Rational(value.numerator, value.denominator)


def branches(kernel: Kernel) -> tuple[Branch, ...]:
    """The eigenvalues of a kernel as cases in k, small exceptional degrees first.

    >>> from theory.kernels import ArcCosine
    >>> [b.degrees for b in branches(ArcCosine(0))]
    [k = 0, k >= 2 even, k >= 1 odd]
    >>> branches(ArcCosine(0))[1].expression
    0
    """
    form = closed_form(kernel)
    if form is None or form.multiplied:
        raise NoClosedForm(f"no closed form with symbolic degree is known for {kernel!r}")
    end = max([cap.order + 1 for cap in form.caps] + [len(form.polynomial)])
    cases = []
    for parity in (0, 1):
        generic = sum((cap_expression(cap, k) for cap in form.caps if (cap.order - parity) % 2), sp.Integer(0))
        special = [degree for degree in range(parity, end, 2) if not _is_generic(form, degree, parity)]
        first = max(special) + 2 if special else parity
        for degree in range(parity, first, 2):
            cases.append(Branch(Range("k", degree, degree), at_degree(kernel, degree)))
        cases.append(Branch(Range("k", first, None, parity), generic))
    return tuple(cases)


def _is_generic(form: ClosedForm, degree: int, parity: int) -> bool:
    other = any((cap.order - parity) % 2 == 0 and not vanishes(cap.order, degree) for cap in form.caps)
    return not other and not any(form.polynomial[degree:])


def cap_expression(cap: CapTerm, degree: sp.Expr) -> sp.Expr:
    """weight * c_k(a)^2 for k - a odd, where 1/Gamma((a-k)/2+1)^2 = Gamma((k-a)/2)^2/pi^2."""
    weight = sum((rational(c) * d**i for i, c in enumerate(cap.dimension)), sp.Integer(0))
    weight += rational(cap.laplacian) * degree * (degree + d - 1)
    upper = sp.gamma((d + 1) / 2) ** 2 * sp.factorial(cap.order) ** 2 * sp.gamma((degree - cap.order) / 2) ** 2
    lower = 4 ** (cap.order + 1) * sp.pi**2 * sp.gamma((degree + cap.order + d + 1) / 2) ** 2
    return sp.factor(weight) * upper / lower


def at_degree(kernel: Kernel, degree: int) -> sp.Expr:
    """mu_k at one degree, symbolic in d.

    >>> from theory.kernels import NTK
    >>> sp.factor(at_degree(NTK(depth=2), 1))
    1/(d + 1)
    """
    form = closed_form(kernel)
    if form is None or form.multiplied:
        raise NoClosedForm(f"no closed form with symbolic dimension is known for {kernel!r}")
    total = sp.Integer(0)
    for cap in form.caps:
        if vanishes(cap.order, degree):
            continue
        if (cap.order - degree) % 2:
            total += cap_expression(cap, sp.Integer(degree))
        else:
            total += _cap_below_order(cap, degree)
    for power, coefficient in enumerate(form.polynomial):
        if coefficient and power >= degree and (power - degree) % 2 == 0:
            total += rational(coefficient) * _moment(power, degree)
    return total


def _cap_below_order(cap: CapTerm, degree: int) -> sp.Expr:
    weight = sum((rational(c) * d**i for i, c in enumerate(cap.dimension)), sp.Integer(0))
    weight += rational(cap.laplacian) * degree * (degree + d - 1)
    half = sp.Rational(cap.order + degree, 2)
    rising = sp.Mul(*((d + 1) / 2 + i for i in range(int(half))))  # Gamma((d+1)/2+half)/Gamma((d+1)/2)
    constant = sp.factorial(cap.order) / (2 ** (cap.order + 1) * sp.gamma(sp.Rational(cap.order - degree, 2) + 1))
    return sp.factor(weight * constant**2 / rising**2)


def _moment(power: int, degree: int) -> sp.Expr:
    rising = sp.Mul(*((d + 1) / 2 + i for i in range((power + degree) // 2)))
    return sp.factorial(power) / (2**power * sp.factorial((power - degree) // 2) * rising)


def multiplicity(dim: sp.Expr, degree: sp.Expr) -> sp.Expr:
    """N(d,k) = (2k+d-1) Gamma(k+d-1) / (Gamma(k+1) Gamma(d)), real d >= 1, k >= 1."""
    return (2 * degree + dim - 1) * sp.gamma(degree + dim - 1) / (sp.gamma(degree + 1) * sp.gamma(dim))
