"""Closed forms evaluated as balls, by rational ratios from degree to degree (exactly: `theory.spectra.exact_values`).

    c_k(a) = E[max(t,0)^a P_k(t)]
           = Gamma((d+1)/2) Gamma(a+1) / (2^(a+1) Gamma((a-k)/2+1) Gamma((a+k+d+1)/2)),

with 1/Gamma = 0 at a pole, so parity zeros are exact; c_{k+2}/c_k = (a-k)/(a+k+d+1).

    mu_k[(1-t)^nu] = Gamma((d+1)/2)/sqrt(pi) 2^(nu+d-1) Gamma(nu+d/2) Gamma(k-nu)/(Gamma(-nu) Gamma(k+nu+d)),
    mu_k[exp(c t)] = Gamma((d+1)/2) (2/c)^((d-1)/2) I_{k+(d-1)/2}(c)

(DLMF 16.4.3 after Rodrigues' formula, and 10.32.2), (-1)^k times these for t -> -t. With a factor log(1-t)
it is the derivative in nu: Gamma(k-nu)/Gamma(-nu) = (-nu)_k, so

    log 2 + psi(nu+d/2) - psi(k+nu+d) + sum_{i<k} 1/(nu-i) times the value where (-nu)_k is not 0,

and where it is, nu = n < k, the value with (-1)^(n+1) n! (k-1-n)! in place of (-nu)_k.

A polynomial factor uses t P_k = k/(2k+d-1) P_{k-1} + (k+d-1)/(2k+d-1) P_{k+1}. A spectrum costs a few products a degree.
"""

from __future__ import annotations

from fractions import Fraction
from math import factorial, lcm, log2, log10

from flint import arb

from theory.kernels import Kernel
from theory.kernels.constants import constant_ball
from theory.kernels.parity import vanishes as kernel_vanishes
from theory.numbers.balls import Cannot, ball, precision_bits, rational, working_precision
from theory.numbers.pi_polynomials import gamma_ball
from theory.spectra.closed_forms import closed_form
from theory.spectra.exact_values import check_integrable, is_zero, polynomial_eigenvalue, t_weights, vanishes
from theory.spectra.form_algebra import Base, CapTerm, ClosedForm, EndPower, Exponential, IntegerMatern, Multiplied, One
from theory.spectra.routes.matern import integer_matern

PASSES = 6


def closed_balls(kernel: Kernel, dim: int | Fraction, degrees: range, digits: int) -> list[arb]:
    """Enclosures of mu_k with `digits` relative digits; exact zeros are exact.

    Fewer digits after PASSES, where terms of opposite sign cancel too far. Raises Cannot without a closed form.
    """
    form = closed_form(kernel)
    if form is None:
        raise Cannot(f"route closed for {kernel!r}", "no closed form is known; try route auto or angle")
    if not form.multiplied and not any(form.polynomial):
        return balls(form, dim, degrees, digits)
    guard = 0
    for _ in range(PASSES):
        values = balls(form, dim, degrees, digits + guard)
        values = [
            arb(0) if kernel_vanishes(kernel, k) or (v.contains(0) and is_zero(form, dim, k)) else v
            for k, v in zip(degrees, values, strict=True)
        ]
        worst = min(v.rel_accuracy_bits() * log10(2) if not v.is_zero() else digits for v in values)
        if worst >= digits:
            break
        guard = 2 * guard + 20
    return values


def balls(form: ClosedForm, dim: int | Fraction, degrees: range, digits: int) -> list[arb]:
    """Enclosures of mu_k for a range of consecutive degrees; relative accuracy `digits` at least
    where all terms have one sign.

    Cost: one start value for each parity and cap term, then a rational ratio a degree. The guard
    covers the linear growth of the radius along the chain.
    """
    guard = 12 + int(log10(len(degrees) + 1)) + 2 * int(log10(float(dim) + degrees.start + 2))
    with working_precision(digits, guard):
        values = [arb(0)] * len(degrees)
        for index, cap in enumerate(form.caps):
            for offset in range(min(2, len(degrees))):
                _add_chain(values, cap, dim, degrees, offset, index > 0)
        for part in form.multiplied:
            factor = constant_ball(part.constant)
            for index, value in enumerate(_multiplied_balls(part, dim, degrees)):
                values[index] = values[index] + value * factor
        for index, degree in enumerate(degrees):
            if degree >= len(form.polynomial):
                break
            values[index] = values[index] + rational(polynomial_eigenvalue(form.polynomial, dim, degree))
    return values


def _add_chain(
    values: list[arb], cap: CapTerm, dim: int | Fraction, degrees: range, offset: int, occupied: bool
) -> None:
    """Add one cap term along one parity class, by the rational ratio of c_k^2; integers throughout."""
    order, first = cap.order, degrees[offset]
    if vanishes(order, first):
        return  # and so does every later degree of this parity
    p, q = Fraction(dim).numerator, Fraction(dim).denominator
    constant = cap.weight(0, dim)
    common = lcm(cap.laplacian.denominator * q, constant.denominator)
    laplacian, shift = int(cap.laplacian * common / q), int(constant * common)
    square = squared_cap(order, dim, first) / common
    for index in range(offset, len(degrees), 2):
        degree = degrees[index]
        value = square * (laplacian * degree * (q * degree + p - q) + shift)
        values[index] = values[index] + value if occupied else value
        if degree == order:
            return
        square = square * (q * (order - degree)) ** 2 / (p + q * (order + degree + 1)) ** 2


def squared_cap(order: int, dim: int | Fraction, degree: int) -> arb:
    """c_k(a)^2 as a ball at the current precision."""
    upper = gamma_ball(Fraction(dim + 1) / 2) * arb(factorial(order)) / 2 ** (order + 1)
    lower = gamma_ball(Fraction(order - degree, 2) + 1) * gamma_ball(Fraction(order + degree + dim + 1) / 2)
    return (upper / lower) ** 2


def _multiplied_balls(part: Multiplied, dim: int | Fraction, degrees: range) -> list[arb]:
    """Horner's scheme in t on eigenvalues; each product with t costs one degree at each end."""
    reach = len(part.multiplier) - 1
    wide = range(max(0, degrees.start - reach), degrees.stop + reach)
    base = _base_balls(part.base, dim, wide)
    weights = [tuple(map(rational, t_weights(k, dim))) for k in wide] if reach else []
    total = [v * rational(part.multiplier[-1]) for v in base]
    for coefficient in reversed(part.multiplier[:-1]):
        shifted = []
        for i, (down, up) in enumerate(weights):
            below = total[i - 1] * down if i else arb(0)
            above = total[i + 1] * up if i + 1 < len(total) else arb(0)
            shifted.append(below + above + base[i] * rational(coefficient))
        total = shifted
    return total[degrees.start - wide.start :][: len(degrees)]


def _base_balls(base: Base, dim: int | Fraction, degrees: range) -> list[arb]:
    if isinstance(base, CapTerm):
        values = [arb(0)] * len(degrees)
        for offset in range(min(2, len(degrees))):
            _add_chain(values, base, dim, degrees, offset, False)
        return values
    if isinstance(base, One):
        return [arb(1 if k == 0 else 0) for k in degrees]
    if isinstance(base, EndPower):
        return end_power_balls(base, dim, degrees)
    if isinstance(base, IntegerMatern):
        return integer_matern(base, dim, degrees)
    return _exponential(base, dim, degrees)


def end_power_balls(base: EndPower, dim: int | Fraction, degrees: range) -> list[arb]:
    """mu_k of an end power, M (-nu)_k / Gamma(k+nu+d), or its derivative in nu, by rational ratios.

    >>> first = end_power_balls(EndPower(1, Fraction(1, 2)), 2, range(1))[0]  # the mean of sqrt(1 - t)
    >>> bool(abs(first - 2 * arb(2).sqrt() / 3) < 1e-14)
    True
    """
    check_integrable(base, dim)
    nu = base.exponent
    zero = int(nu) if nu.denominator == 1 and nu >= 0 else None  # the i with -nu + i = 0
    first = degrees.start if zero is None or degrees.start > zero else 0
    value = gamma_ball(Fraction(dim + 1) / 2) / arb.pi().sqrt() * (arb(2).log() * ball(nu + dim - 1)).exp()
    value *= gamma_ball(nu + Fraction(dim) / 2) / gamma_ball(first + nu + dim) * base.sign**first
    slope = arb(2).log() + ball(nu + Fraction(dim) / 2).digamma() - ball(first + nu + dim).digamma()
    if zero is None:
        value *= gamma_ball(first - nu) / gamma_ball(-nu)
        slope -= ball(first - nu).digamma() - ball(-nu).digamma() if base.log else 0
    elif first:
        value *= (-1) ** (zero + 1) * arb(factorial(zero)) * gamma_ball(Fraction(first - zero))
    values = []
    for k in range(first, degrees.stop):
        simple = not base.log or (zero is not None and k > zero)
        values.append(value if simple else value * slope)
        slope -= rational(1 / (k + nu + dim)) - (0 if k == zero else rational(1 / (nu - k)))
        value = value * rational(base.sign * (-1 if k == zero else k - nu) / (k + nu + dim))
    return values[degrees.start - first :]


def _exponential(base: Exponential, dim: int | Fraction, degrees: range) -> list[arb]:
    """A start value, and products of I_{v+1}/I_v from degree to degree."""
    sign, c = (1 if base.rate > 0 else -1), abs(base.rate)
    if c == 0:
        return [ball(base.shift).exp() if k == 0 else arb(0) for k in degrees]
    order, argument = Fraction(dim - 1) / 2 + degrees.start, ball(c)
    value = argument.bessel_i(ball(order)) * ball(base.shift).exp() * gamma_ball(Fraction(dim + 1) / 2)
    value *= ((2 / argument).log() * ball(Fraction(dim - 1) / 2)).exp() * sign**degrees.start
    values = [value]
    if len(degrees) > 1:
        count = len(degrees) - 1
        extra = steps_to_shrink(order + count, c)
        for ratio in bessel_ratios(order, c, count + extra)[:count]:
            values.append(values[-1] * ratio * sign)
    return values


def steps_to_shrink(order: Fraction, c: Fraction) -> int:
    """Smallest n with prod_v min(1, c/(2v))^2 <= 2^-bits, v = order + 1, ..., order + n: by these factors
    an enclosure of r_v shrinks from step to step, r_{v-1} < min(1, c/(2v)) being the root of a slope.

    >>> steps_to_shrink(Fraction(0), Fraction(1, 10**6)) <= 2
    True
    """
    n, left = 0, precision_bits() / 2
    while left > 0:
        n += 1
        shrink = 2 * (order + n) / c
        left -= max(0.0, log2(shrink.numerator) - log2(shrink.denominator))
    return n


def bessel_ratios(order: Fraction, c: Fraction, count: int) -> list[arb]:
    """I_{v+1}(c)/I_v(c) for v = order, order + 1, ...: downwards by r_{v-1} = 1/(2v/c + r_v), which is
    a contraction, from 0 < r_v < c/(2v+2) (DLMF 10.37, 10.29.1) at v = order + count.

    >>> bessel_ratios(Fraction(1, 2), Fraction(1), 20)[0].overlaps(1 / arb(1).tanh() - 1)
    True
    """
    end = ball(c / (2 * (order + count) + 2)) / 2
    ratio = arb(end, end.upper())
    ratios = []
    for i in range(count, 0, -1):
        ratio = 1 / (rational(2 * (order + i) / c) + ratio)
        ratios.append(ratio)
    return ratios[::-1]
