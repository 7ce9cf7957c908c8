"""Which kernels have closed eigenvalues, and which: kernels as combinations of solved ones.

    cap            c_k(a)^2, the square of E[max(t,0)^a P_k(t)]: all one-hidden-layer ReLU kernels
    polynomial     sum b_n t^n
    end power      (1-t)^nu and (1+t)^nu
    exponential    exp(a + c t)
    matern         Matern of integer nu, a fast series of these with a logarithm

and any of these times a polynomial in t, since t P_k is a combination of P_{k-1} and P_{k+1}.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from theory.kernels import (
    NNGP,
    NTK,
    ArcCosine,
    Dual,
    DualTangent,
    ExponentialPower,
    Gaussian,
    Kernel,
    Matern,
    Multiple,
    PowerSeries,
    Product,
    Sum,
    Zonal,
    by_kernel,
)
from theory.kernels.dual import half_line_slopes
from theory.kernels.zonal_expressions import polynomial
from theory.numbers.truth import all_known
from theory.symbolic.expressions import Call, Node, Number, Operation, terms

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
    """(1 - sign t)^exponent, exponent no integer."""

    sign: int
    exponent: Fraction


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


Base = CapTerm | EndPower | Exponential | IntegerMatern


@dataclass(frozen=True, slots=True)
class Multiplied:
    """(sum_n multiplier[n] t^n) * base."""

    multiplier: Coefficients
    base: Base


@dataclass(frozen=True, slots=True)
class ClosedForm:
    """mu_k = sum of cap terms + eigenvalue of sum_n polynomial[n] t^n + multiplied terms."""

    caps: tuple[CapTerm, ...] = ()
    polynomial: Coefficients = ()
    multiplied: tuple[Multiplied, ...] = ()


@by_kernel(kept=1024)
def closed_form(kernel: Kernel) -> ClosedForm | None:
    """The closed form of a kernel, None where none is known.

    >>> closed_form(NTK(depth=2)).caps
    (CapTerm(order=1, laplacian=Fraction(2, 1), dimension=(Fraction(4, 1), Fraction(2, 1))),)
    >>> closed_form(NTK(depth=3)) is None
    True
    """
    return None


@closed_form.register(Sum)
def _of_sum(kernel: Sum) -> ClosedForm | None:
    forms = all_known(map(closed_form, kernel.parts))
    return None if forms is None else add_forms(forms)


@closed_form.register(Product)
def _of_product(kernel: Product) -> ClosedForm | None:
    forms = all_known(map(closed_form, kernel.parts))
    return None if forms is None else _multiply_all(forms)


@closed_form.register(Multiple)
def _of_multiple(kernel: Multiple) -> ClosedForm | None:
    form = closed_form(kernel.kernel)
    return form and multiply_forms(form, ClosedForm(polynomial=(kernel.factor,)))


@closed_form.register(ArcCosine)
def _of_arc_cosine(kernel: ArcCosine) -> ClosedForm:
    return ClosedForm((_arc_cosine(kernel.order),))


@closed_form.register(Gaussian)
def _of_gaussian(kernel: Gaussian) -> ClosedForm:
    return _exponential(-Fraction(kernel.rate), Fraction(kernel.rate))


@closed_form.register(ExponentialPower)
def _of_exponential_power(kernel: ExponentialPower) -> ClosedForm | None:
    return _exponential(-2 * Fraction(kernel.rate), 2 * Fraction(kernel.rate)) if kernel.power == 2 else None


@closed_form.register(Matern)
def _of_matern(kernel: Matern) -> ClosedForm | None:
    if Fraction(kernel.nu).denominator != 1:
        return None
    base = IntegerMatern(int(kernel.nu), kernel.nu / Fraction(kernel.lengthscale) ** 2)
    return ClosedForm(multiplied=(Multiplied((Fraction(1),), base),))


@closed_form.register(PowerSeries)
def _of_power_series(kernel: PowerSeries) -> ClosedForm:
    return ClosedForm(polynomial=tuple(map(Fraction, kernel.coefficients)))


@closed_form.register(Zonal)
def _of_expression(kernel: Zonal) -> ClosedForm | None:
    return _tree(kernel.tree)


def _multiply_all(forms: Sequence[ClosedForm]) -> ClosedForm | None:
    total: ClosedForm | None = forms[0]
    for form in forms[1:]:
        total = total and multiply_forms(total, form)
    return total


def _exponential(shift: Fraction, rate: Fraction, factor: Fraction = Fraction(1)) -> ClosedForm:
    return ClosedForm(multiplied=(Multiplied((factor,), Exponential(shift, rate)),))


def _arc_cosine(order: int) -> CapTerm:
    """mu_k = 2 E|w|^(2a) c_k(a)^2, w standard normal in R^(d+1), E|w|^(2a) = prod_{i<a} (d+1+2i)."""
    polynomial = [Fraction(2)]
    for i in range(order):
        shifted = [Fraction(0), *polynomial]
        polynomial = [s + (1 + 2 * i) * p for s, p in zip(shifted, [*polynomial, Fraction(0)], strict=True)]
    return CapTerm(order, Fraction(0), tuple(polynomial))


@closed_form.register(NNGP, NTK)
def _shallow(kernel: NNGP | NTK) -> ClosedForm | None:
    """One hidden layer without bias variance: k1 and k0 of t itself, times powers of w."""
    w, b = Fraction(kernel.weight_variance), Fraction(kernel.bias_variance)
    if kernel.depth == 1:
        scale = kernel.scales[0] if isinstance(kernel, NTK) else Fraction(1)
        return ClosedForm(polynomial=(scale * b, scale * w))
    if kernel.depth > 2 or b:
        return None
    if isinstance(kernel, NNGP):
        return ClosedForm((_arc_cosine(1).scaled(w * w),))
    first, last = (w * w * s for s in kernel.scales)
    forms = [ClosedForm((_hidden().scaled(first),)), ClosedForm((_arc_cosine(1).scaled(last),))]
    if kernel.bias:
        forms.append(ClosedForm((_arc_cosine(0).scaled(first / w),)))
    return add_forms(forms)


def _hidden() -> CapTerm:
    """t k0 contributes 2 c_k(1)^2 (k(k+d-1) + 1): multiplication by t mixes degrees k-1 and k+1 of
    k0 with weights k/(2k+d-1) and (k+d-1)/(2k+d-1)."""
    return CapTerm(1, Fraction(2), (Fraction(2),))


@closed_form.register(Dual, DualTangent)
def _dual(kernel: Dual | DualTangent) -> ClosedForm | None:
    """With A(-t) = A(t) - t for k1: s = p max(u,0) + q max(-u,0) has the dual (p+q)^2/2 k1 - pq t,
    and its derivative (p+q)^2/2 k0 - pq."""
    slopes = half_line_slopes(kernel)
    if slopes:
        p, q = slopes
        caps = [_arc_cosine(1)] if isinstance(kernel, Dual) else [_arc_cosine(1), _hidden()]
        kernels = [ClosedForm((cap.scaled((p + q) ** 2 / 2),)) for cap in caps]
        return add_forms([*kernels, ClosedForm(polynomial=(Fraction(0), -p * q * len(caps)))])
    if kernel.activation == "step":
        return ClosedForm((_arc_cosine(0).scaled(Fraction(1, 2)),))
    return _exponential_dual(kernel)


def _exponential_dual(kernel: Dual | DualTangent) -> ClosedForm | None:
    """exp: exp(1+t); sin: exp(-1) sinh t; cos: exp(-1) cosh t, whose derivatives are each other's."""
    half = Fraction(1, 2)
    signs = {"exp": None, "sin": -half, "cos": half}
    if kernel.activation not in signs:
        return None
    sign = signs[kernel.activation]
    if sign is None:
        value = slope = _exponential(Fraction(1), Fraction(1))
    else:
        up, down = Fraction(1), Fraction(-1)
        value = add_forms([_exponential(Fraction(-1), up, half), _exponential(Fraction(-1), down, sign)])
        slope = add_forms([_exponential(Fraction(-1), up, half), _exponential(Fraction(-1), down, -sign)])
    if isinstance(kernel, Dual):
        return value
    product = multiply_forms(slope, ClosedForm(polynomial=(Fraction(0), Fraction(1))))
    return product and add_forms([value, product])


def _tree(tree: Node) -> ClosedForm | None:
    """Sums and products of polynomials in t, powers of 1-t and 1+t, exponentials of c t."""
    coefficients = polynomial(tree, MAX_MULTIPLIER)
    if coefficients is not None:
        return ClosedForm(polynomial=coefficients)
    match tree:
        case Operation("+" | "-"):
            forms = all_known(_signed(sign, _tree(term)) for sign, term in terms(tree))
            return None if forms is None else add_forms(forms)
        case Operation("*", left, right):
            factors = all_known((_tree(left), _tree(right)))
            return None if factors is None else multiply_forms(*factors)
        case Call("exp", (argument,)):
            inner = polynomial(argument, 1)
            return None if inner is None or len(inner) != 2 else _exponential(*inner)
        case Call("sqrt", (base,)):
            return _power_at_end(base, Fraction(1, 2))
        case Operation("**", base, Number(exponent)) if exponent.denominator > 1:
            return _power_at_end(base, exponent)
    return None


def _signed(sign: int, form: ClosedForm | None) -> ClosedForm | None:
    return form if sign > 0 or form is None else multiply_forms(ClosedForm(polynomial=(Fraction(-1),)), form)


def _power_at_end(base: Node, exponent: Fraction) -> ClosedForm | None:
    """(1-t)^exponent or (1+t)^exponent."""
    inner = polynomial(base, 1)
    if inner is None or inner not in ((1, -1), (1, 1)):
        return None
    return ClosedForm(multiplied=(Multiplied((Fraction(1),), EndPower(-int(inner[1]), exponent)),))


def add_forms(forms: Sequence[ClosedForm]) -> ClosedForm:
    """The form of a sum, equal bases collected."""
    caps: dict[int, CapTerm] = {}
    factors: dict[Base, Coefficients] = {}
    total: Coefficients = ()
    for form in forms:
        total = _add(total, form.polynomial)
        for term in form.caps:
            old = caps.get(term.order, CapTerm(term.order, Fraction(0), ()))
            caps[term.order] = CapTerm(term.order, old.laplacian + term.laplacian, _add(old.dimension, term.dimension))
        for part in form.multiplied:
            factors[part.base] = _add(factors.get(part.base, ()), part.multiplier)
    kept = (c for c in caps.values() if c.laplacian or any(c.dimension))
    parts = tuple(Multiplied(m, base) for base, m in factors.items() if any(m))
    return ClosedForm(tuple(sorted(kept, key=lambda c: c.order)), total, parts)


def multiply_forms(left: ClosedForm, right: ClosedForm) -> ClosedForm | None:
    """The form of a product: polynomials with anything, exponentials and equal ends with each other."""
    parts: list[ClosedForm] = []
    for first, a in _pieces(left):
        for second, b in _pieces(right):
            multiplier, base = _times(first, second), _join(a, b)
            if base is False or len(multiplier) > MAX_MULTIPLIER + 1:
                return None
            parts.append(_form(multiplier, base))
    return add_forms(parts)


def _pieces(form: ClosedForm) -> list[tuple[Coefficients, Base | None]]:
    """(multiplier, base) of every term; None stands for the base 1."""
    one = (Fraction(1),)
    return [
        *((one, cap) for cap in form.caps),
        *((part.multiplier, part.base) for part in form.multiplied),
        *([(form.polynomial, None)] if any(form.polynomial) else []),
    ]


def _join(a: Base | None, b: Base | None) -> Base | Literal[False] | None:
    """The product of two bases; None stands for 1, False for no base."""
    if a is None or b is None:
        return a or b
    if isinstance(a, Exponential) and isinstance(b, Exponential):
        return Exponential(a.shift + b.shift, a.rate + b.rate)
    if isinstance(a, EndPower) and isinstance(b, EndPower) and a.sign == b.sign:
        exponent = a.exponent + b.exponent
        return EndPower(a.sign, exponent) if exponent.denominator != 1 else False
    return False


def _form(multiplier: Coefficients, base: Base | None) -> ClosedForm:
    if base is None:
        return ClosedForm(polynomial=multiplier)
    if isinstance(base, CapTerm) and not any(multiplier[1:]):
        return ClosedForm((base.scaled(multiplier[0]),))
    return ClosedForm(multiplied=(Multiplied(multiplier, base),))


def _times(a: Coefficients, b: Coefficients) -> Coefficients:
    product = [Fraction(0)] * (len(a) + len(b) - 1)
    for i, x in enumerate(a):
        for j, y in enumerate(b):
            product[i + j] += x * y
    return tuple(product)


def _add(left: Coefficients, right: Coefficients) -> Coefficients:
    size = max(len(left), len(right))
    zeros = (Fraction(0),) * size
    return tuple(a + b for a, b in zip((left + zeros)[:size], (right + zeros)[:size], strict=True))
