"""Which kernels have closed eigenvalues, and which: kernels as combinations of solved ones.

    cap            c_k(a)^2, the square of E[max(t,0)^a P_k(t)]: all one-hidden-layer ReLU kernels
    polynomial     sum b_n t^n
    end power      (1-t)^nu and (1+t)^nu, and the same times log(1-t) or log(1+t)
    exponential    exp(a + c t)
    matern         Matern of integer nu, a fast series of these with a logarithm

and any of these times a polynomial in t, since t P_k is a combination of P_{k-1} and P_{k+1}, and times a
product of powers of pi, e, primes and their logarithms. An expression is read in its normal form.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from flint import fmpq, fmpq_poly

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
from theory.kernels.constants import Constant, times_constants
from theory.kernels.dual import half_line_slopes
from theory.kernels.normal_form import HALF, ZERO, Form, Term, normal_form
from theory.kernels.relu import arc_cosine_polynomials
from theory.numbers.truth import all_known
from theory.spectra.form_algebra import (
    CapTerm,
    ClosedForm,
    Coefficients,
    EndPower,
    Exponential,
    IntegerMatern,
    Multiplied,
    One,
    add_coefficients,
    add_forms,
    all_forms,
    multiplied_form,
    multiply_forms,
)


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
    return all_forms(map(closed_form, kernel.parts))


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
    form = normal_form(kernel.tree)
    return None if form is None else _of_terms(form)


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


def _of_terms(form: Form) -> ClosedForm | None:
    """The closed form of a normal form: theta alone and sin(theta) are arc-cosine kernels, the rest goes term by term."""
    by_constant: dict[Constant, list[Term]] = {}
    for term in form:
        by_constant.setdefault(term.constant, []).append(term)
    found: list[ClosedForm | None] = []
    for constant, terms in by_constant.items():
        arcs = [term for term in terms if _is_arc(term)]
        found.append(_arcs(constant, arcs))
        found += [_term(term) for term in terms if term not in arcs]
    return all_forms(found)


def _is_arc(term: Term) -> bool:
    """theta p(t) or sin(theta) q(t), p and q polynomials."""
    ends = (term.near, term.far)
    angle = term.angle == 1 and min(ends) >= 0 and ends[0].denominator * ends[1].denominator == 1
    sine = term.angle == 0 and min(ends) > 0 and ends[0].denominator == ends[1].denominator == 2
    return (angle or sine) and not any(term.logs) and not term.exponent


def _arcs(constant: Constant, terms: Sequence[Term]) -> ClosedForm:
    """constant * (theta p + sin(theta) q) = constant * pi (p + P k0 + q k1), P = -p - t q, by the kernels of order 0 and 1.

    P k0 + q k1 is a combination of the arc-cosine kernels J_a/pi = (A - t B) k0 + B k1, A and B of degrees a
    and a - 1, and of t k0 where what is left of P is linear.
    """
    angle: Coefficients = ()
    sine: Coefficients = ()
    for term in terms:
        if term.angle:
            angle = add_coefficients(angle, term.expanded() or ())
        else:
            sine = add_coefficients(sine, replace(term, near=term.near - HALF, far=term.far - HALF).expanded() or ())
    constant, rational = times_constants(constant, (("pi", 0, Fraction(1)),))
    angle, sine = (tuple(rational * c for c in part) for part in (angle, sine))
    zero = tuple(-c for c in add_coefficients(angle, (Fraction(0), *sine)))
    parts = [multiplied_form(angle, One(), constant)]
    left, caps = _in_arc_cosines(zero, sine)
    if left is None:
        parts += [multiplied_form(zero, _arc_cosine(0), constant), multiplied_form(sine, _arc_cosine(1), constant)]
    else:
        parts += [multiplied_form((Fraction(1),), cap, constant) for cap in caps]
    return add_forms(parts)


def _in_arc_cosines(zero: Coefficients, one: Coefficients) -> tuple[Coefficients | None, list[CapTerm]]:
    """P k0 + q k1 as cap terms; None where that leaves a factor of k0 that is not linear."""
    caps = []
    for order in range(len(one), 0, -1):
        factor = one[order - 1]
        if factor:
            a, b = arc_cosine_polynomials(order)
            ratio = factor / b[order - 1]
            caps.append(_arc_cosine(order).scaled(ratio))
            one = add_coefficients(one, tuple(-ratio * c for c in b))
            zero = add_coefficients(
                zero, tuple(-ratio * c for c in add_coefficients(a, tuple(-c for c in (Fraction(0), *b))))
            )
    if any(one) or any(zero[2:]):
        return None, []
    constant, slope = (*zero, Fraction(0), Fraction(0))[:2]
    caps += [_arc_cosine(0).scaled(constant)] if constant else []
    return zero, [*caps, *([_hidden().scaled(slope)] if slope else [])]


def _partial_fractions(term: Term) -> tuple[Term, Term]:
    """p/(u v) = p r/v + p s/u with r u + s v = 1, u and v the powers of 1 - t and of 1 + t in the denominator."""
    u, v = fmpq_poly([1, -1]) ** -int(term.near), fmpq_poly([1, 1]) ** -int(term.far)
    _, r, s = u.xgcd(v)
    p = fmpq_poly([fmpq(c.numerator, c.denominator) for c in term.polynomial])
    first, second = (tuple(Fraction(int(c.p), int(c.q)) for c in (p * factor).coeffs()) for factor in (r, s))
    return replace(term, polynomial=first, near=ZERO), replace(term, polynomial=second, far=ZERO)


def _term(term: Term) -> ClosedForm | None:
    """The closed form of one term of a normal form, None where none is known."""
    near, far = term.near, term.far
    if term.angle or term.logs[2] or sum(term.logs) > 1 or (term.exponent and any(term.logs)):
        return None
    if term.exponent:
        if len(term.exponent) != 1 or term.exponent[0].exponent:
            return None
        rate = term.exponent[0].expanded() if term.exponent[0].is_polynomial() else None
        multiplier = term.expanded()
        if rate is None or len(rate) != 2 or term.exponent[0].constant or multiplier is None:
            return None
        return multiplied_form(multiplier, Exponential(Fraction(0), rate[1]), term.constant)
    if max(near, far) < 0 and near.denominator == far.denominator == 1:
        return all_forms(map(_term, _partial_fractions(term)))
    if term.is_polynomial():
        return multiplied_form(term.expanded() or (), One(), term.constant)
    for sign, here, there, log in ((1, near, far, term.logs[0]), (-1, far, near, term.logs[1])):
        if (
            (here < 0 or here.denominator > 1 or log)
            and there >= 0
            and there.denominator == 1
            and log == sum(term.logs)
        ):
            bare = replace(term, logs=(0, 0, 0), near=there if sign < 0 else ZERO, far=there if sign > 0 else ZERO)
            return multiplied_form(bare.expanded() or (), EndPower(sign, here, bool(log)), term.constant)
    return None
