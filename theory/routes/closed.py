"""Closed forms: eigenvalues that are finite sums of squared Gamma products.

Every one-hidden-layer ReLU kernel is a combination of the squares of

    c_k(a) = E[max(t,0)^a P_k(t)]
           = Gamma((d+1)/2) Gamma(a+1) / (2^(a+1) Gamma((a-k)/2+1) Gamma((a+k+d+1)/2)),

with 1/Gamma = 0 at a pole, so parity zeros are exact. `theory.derivation` proves it for the
kernels of order 0 and 1; its successive ratios in steps of two are rational,

    c_{k+2}(a)/c_k(a) = (a-k)/(a+k+d+1),

so a whole spectrum costs one multiplication a degree.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import factorial, log10

from flint import arb

from theory.exact import PiPolynomial, gamma_ball, gamma_of_half
from theory.kernels import NNGP, NTK, ArcCosine, Kernel, Multiple, Sum
from theory.precision import rational, working_precision
from theory.sphere import moment


@dataclass(frozen=True, slots=True)
class CapTerm:
    """weight(k, d) * c_k(order)^2, weight = laplacian * k(k+d-1) + sum_i dimension[i] d^i.

    k(k+d-1) is the eigenvalue of minus the Laplace-Beltrami operator.
    """

    order: int
    laplacian: Fraction
    dimension: tuple[Fraction, ...]

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
class ClosedForm:
    """mu_k = sum of cap terms + eigenvalue of the polynomial sum_n polynomial[n] t^n."""

    caps: tuple[CapTerm, ...] = ()
    polynomial: tuple[Fraction, ...] = ()


def closed_form(kernel: Kernel) -> ClosedForm | None:
    """The closed form of a kernel, None where none is known.

    >>> closed_form(NTK(depth=2)).caps
    (CapTerm(order=1, laplacian=Fraction(2, 1), dimension=(Fraction(4, 1), Fraction(2, 1))),)
    >>> closed_form(NTK(depth=3)) is None
    True
    """
    match kernel:
        case ArcCosine(order):
            return ClosedForm((_arc_cosine(order),))
        case NNGP(depth=1):
            return ClosedForm(polynomial=(Fraction(0), Fraction(1)))
        case NTK(depth=1):
            return ClosedForm(polynomial=(Fraction(0), kernel.scales[0]))
        case NNGP(depth=2):
            return ClosedForm((_arc_cosine(1),))
        case NTK(depth=2):
            return _two_layer_ntk(kernel)
        case Multiple(factor, inner):
            form = closed_form(inner)
            return form and ClosedForm(
                tuple(c.scaled(factor) for c in form.caps), tuple(factor * b for b in form.polynomial)
            )
        case Sum(parts):
            forms = [closed_form(part) for part in parts]
            return None if None in forms else _add(forms)
    return None


def _arc_cosine(order: int) -> CapTerm:
    """mu_k = 2 E|w|^(2a) c_k(a)^2, w standard normal in R^(d+1), E|w|^(2a) = prod_{i<a} (d+1+2i)."""
    polynomial = [Fraction(2)]
    for i in range(order):
        shifted = [Fraction(0), *polynomial]
        polynomial = [s + (1 + 2 * i) * p for s, p in zip(shifted, [*polynomial, Fraction(0)], strict=True)]
    return CapTerm(order, Fraction(0), tuple(polynomial))


def _two_layer_ntk(kernel: NTK) -> ClosedForm:
    """t k0 contributes 2 c_k(1)^2 (k(k+d-1) + 1): multiplication by t mixes degrees k-1 and k+1 of
    k0 with weights k/(2k+d-1) and (k+d-1)/(2k+d-1)."""
    first, last = kernel.scales
    hidden = CapTerm(1, 2 * first, (2 * first,))
    forms = [ClosedForm((hidden,)), ClosedForm((_arc_cosine(1).scaled(last),))]
    if kernel.bias:
        forms.append(ClosedForm((_arc_cosine(0).scaled(first),)))
    return _add(forms)


def _add(forms: Sequence[ClosedForm]) -> ClosedForm:
    caps: dict[int, CapTerm] = {}
    for term in (cap for form in forms for cap in form.caps):
        old = caps.get(term.order, CapTerm(term.order, Fraction(0), ()))
        caps[term.order] = CapTerm(
            term.order, old.laplacian + term.laplacian, _add_coefficients(old.dimension, term.dimension)
        )
    polynomial: tuple[Fraction, ...] = ()
    for form in forms:
        polynomial = _add_coefficients(polynomial, form.polynomial)
    kept = (c for c in caps.values() if c.laplacian or any(c.dimension))
    return ClosedForm(tuple(sorted(kept, key=lambda c: c.order)), polynomial)


def _add_coefficients(left: tuple[Fraction, ...], right: tuple[Fraction, ...]) -> tuple[Fraction, ...]:
    size = max(len(left), len(right))
    zeros = (Fraction(0),) * size
    return tuple(a + b for a, b in zip((left + zeros)[:size], (right + zeros)[:size], strict=True))


def vanishes(order: int, degree: int) -> bool:
    """Whether c_k(a) = 0: degree k > a of the parity of a, where 1/Gamma((a-k)/2+1) has its pole."""
    return degree > order and (degree - order) % 2 == 0


def exact_eigenvalue(form: ClosedForm, dim: int, degree: int) -> PiPolynomial:
    """mu_k in integer dimension d, exactly: a rational for even d, over pi^2 for odd d and order <= 1.

    >>> [exact_eigenvalue(closed_form(NTK(depth=2)), 2, k) for k in range(5)]
    [1/2, 1/3, 5/64, 0, 1/192]
    """
    total = PiPolynomial.of(sum((b * moment(n, degree, dim) for n, b in enumerate(form.polynomial)), Fraction(0)))
    for cap in form.caps:
        if not vanishes(cap.order, degree):
            total += cap.weight(degree, dim) * _squared_cap(cap.order, dim, degree)
    return total


def _squared_cap(order: int, dim: int, degree: int) -> PiPolynomial:
    half = [gamma_of_half(n) for n in (dim + 1, order - degree + 2, order + degree + dim + 1)]
    rational = half[0][0] * factorial(order) / (2 ** (order + 1) * half[1][0] * half[2][0])
    return PiPolynomial.of(rational**2, half[0][1] - half[1][1] - half[2][1])


def highest_order(form: ClosedForm) -> int:
    """The degree above which every mu_k is 0 or irrational in general."""
    return max((len(form.polynomial) - 1, *(cap.order for cap in form.caps)))


def rational_eigenvalue(form: ClosedForm, dim: int | Fraction, degree: int) -> PiPolynomial | None:
    """mu_k where it is rational for every real d: each term a has k > a or k = a, a-2, ..., where
    c_k(a) = E[t^a P_k]/2 since t^a P_k is even; None elsewhere and above the highest order.

    >>> rational_eigenvalue(closed_form(NTK(depth=2)), Fraction(5, 3), 1)
    3/8
    """
    if degree > highest_order(form):
        return None
    total = sum((b * moment(n, degree, dim) for n, b in enumerate(form.polynomial)), Fraction(0))
    for cap in form.caps:
        if (cap.order - degree) % 2:
            return None
        total += cap.weight(degree, dim) * (moment(cap.order, degree, dim) / 2) ** 2
    return PiPolynomial.of(total)


def gamma_text(form: ClosedForm, dim: int | Fraction, degree: int) -> str:
    """mu_k as an expression in Gamma, for real d and for degrees whose rational form fills a page.

    >>> gamma_text(closed_form(ArcCosine(0)), Fraction(5, 2), 1)
    '2*(Gamma(7/4)*factorial(0)/(2**1*Gamma(1/2)*Gamma(9/4)))**2'
    """
    texts = [f"{b * moment(n, degree, dim)}" for n, b in enumerate(form.polynomial) if b * moment(n, degree, dim)]
    for cap in form.caps:
        weight = cap.weight(degree, dim)
        if vanishes(cap.order, degree) or not weight:
            continue
        lower = Fraction(cap.order - degree, 2) + 1, Fraction(cap.order + degree + dim + 1) / 2
        texts.append(
            f"{weight}*(Gamma({Fraction(dim + 1) / 2})*factorial({cap.order})"
            f"/(2**{cap.order + 1}*Gamma({lower[0]})*Gamma({lower[1]})))**2"
        )
    return " + ".join(texts) or "0"


def balls(form: ClosedForm, dim: int | Fraction, degrees: range, digits: int) -> list[arb]:
    """Enclosures of mu_k for a range of consecutive degrees, relative accuracy `digits` at least.

    Cost: one start value for each parity and cap term, then a rational ratio a degree. The guard
    covers the linear growth of the radius along the chain.
    """
    guard = 12 + int(log10(len(degrees) + 1)) + 2 * int(log10(float(dim) + degrees.start + 2))
    with working_precision(digits, guard):
        values = [arb(0)] * len(degrees)
        for cap in form.caps:
            for offset in range(min(2, len(degrees))):
                _add_chain(values, cap, dim, degrees, offset)
        for index, degree in enumerate(degrees):
            if degree >= len(form.polynomial):
                break
            exact = sum((b * moment(n, degree, dim) for n, b in enumerate(form.polynomial)), Fraction(0))
            values[index] = values[index] + rational(exact)
    return values


def _add_chain(values: list[arb], cap: CapTerm, dim: int | Fraction, degrees: range, offset: int) -> None:
    """Add one cap term along one parity class, by the rational ratio of c_k^2."""
    square: arb | None = None
    order, d = cap.order, rational(dim)
    laplacian, constant = rational(cap.laplacian), rational(cap.weight(0, dim))
    for index in range(offset, len(degrees), 2):
        degree = degrees[index]
        if vanishes(order, degree):
            return  # and so does every later degree of this parity
        if square is None:
            square = _squared_cap_ball(order, dim, degree)
        values[index] = values[index] + square * (laplacian * (degree * (d + degree - 1)) + constant)
        ratio = arb(order - degree) / (d + (order + degree + 1))
        square = square * ratio * ratio


def _squared_cap_ball(order: int, dim: int | Fraction, degree: int) -> arb:
    upper = gamma_ball(Fraction(dim + 1) / 2) * arb(factorial(order)) / 2 ** (order + 1)
    lower = gamma_ball(Fraction(order - degree, 2) + 1) * gamma_ball(Fraction(order + degree + dim + 1) / 2)
    return (upper / lower) ** 2
