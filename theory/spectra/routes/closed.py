"""Closed forms evaluated: exactly in k and d, and as balls by rational ratios from degree to degree.

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
from theory.kernels.constants import Constant, constant_ball, times_constants
from theory.kernels.parity import vanishes as kernel_vanishes
from theory.numbers.balls import Cannot, ball, precision_bits, rational, working_precision
from theory.numbers.pi_polynomials import PiPolynomial, gamma_ball, gamma_of_half
from theory.spectra.closed_forms import (
    Base,
    CapTerm,
    ClosedForm,
    Coefficients,
    EndPower,
    Exponential,
    IntegerMatern,
    Multiplied,
    One,
    closed_form,
)
from theory.spectra.routes.matern import integer_matern
from theory.spectra.sphere import moment, sphere_text

__all__ = ["CapTerm", "ClosedForm", "balls", "closed_balls", "closed_form", "exact_eigenvalue", "gamma_text"]

PASSES = 6


def vanishes(order: int, degree: int) -> bool:
    """Whether c_k(a) = 0: degree k > a of the parity of a, where 1/Gamma((a-k)/2+1) has its pole."""
    return degree > order and (degree - order) % 2 == 0


def mixed(multiplier: Coefficients, degree: int, dim: int | Fraction) -> dict[int, Fraction]:
    """Weights w_j with mu_degree(p kappa) = sum_j w_j mu_j(kappa), p = sum_n multiplier[n] t^n.

    >>> mixed((Fraction(0), Fraction(1)), 2, 2)
    {1: Fraction(2, 5), 3: Fraction(3, 5)}
    """
    power = {degree: Fraction(1)}
    total: dict[int, Fraction] = {}
    for n, coefficient in enumerate(multiplier):
        if n:
            power = _times_t(power, dim)
        if coefficient:
            for j, weight in power.items():
                total[j] = total.get(j, Fraction(0)) + coefficient * weight
    return total


def _times_t(weights: dict[int, Fraction], dim: int | Fraction) -> dict[int, Fraction]:
    result: dict[int, Fraction] = {}
    for j, weight in weights.items():
        down, up = _t_weights(j, dim)
        if j:
            result[j - 1] = result.get(j - 1, Fraction(0)) + weight * down
        result[j + 1] = result.get(j + 1, Fraction(0)) + weight * up
    return result


def _t_weights(degree: int, dim: int | Fraction) -> tuple[Fraction, Fraction]:
    """t P_k = down P_{k-1} + up P_{k+1}; at d = 1, k = 0 the fraction 0/0 stands for up = 1."""
    if degree == 0:
        return Fraction(0), Fraction(1)
    return Fraction(degree) / (2 * degree + dim - 1), Fraction(degree + dim - 1) / (2 * degree + dim - 1)


def exact_eigenvalue(form: ClosedForm, dim: int, degree: int) -> PiPolynomial | None:
    """mu_k in integer dimension d, exactly: a rational for even d, over pi^2 for odd d and order <= 1.

    None where the value is not known to be a Laurent polynomial in pi (end powers mostly, exponentials).

    >>> from theory.kernels import NTK
    >>> [exact_eigenvalue(closed_form(NTK(2)), 2, k) for k in range(5)]
    [1/2, 1/3, 5/64, 0, 1/192]
    """
    parts = exact_parts(form, dim, degree)
    if parts is None:
        return None
    total = PiPolynomial()
    for (constant, base), factor in parts.items():
        kinds = {(kind, exponent.denominator) for kind, _, exponent in constant}
        if base is not None or kinds - {("pi", 1)}:
            return None
        total += PiPolynomial.of(factor, int(sum((exponent for *_, exponent in constant), Fraction(0))))
    return total


Parts = dict[tuple[Constant, Base | None], Fraction]


def exact_parts(form: ClosedForm, dim: int | Fraction, degree: int) -> Parts | None:
    """mu_k = sum of rational * constant * mu_0(base), base None for 1; None where no such sum is known.

    >>> from theory.kernels import Zonal
    >>> exact_parts(closed_form(Zonal("1 - sqrt((1-t)/2)")), 2, 1)
    {((), None): Fraction(2, 15)}
    """
    polynomial = Multiplied(form.polynomial, One())
    found: Parts = {}
    for part in (polynomial, *(Multiplied((Fraction(1),), cap) for cap in form.caps), *form.multiplied):
        for j, weight in mixed(part.multiplier, degree, dim).items():
            values = _exact_base(part.base, dim, j)
            if values is None:
                return None
            for (constant, base), value in values.items():
                whole, rational_part = times_constants(constant, part.constant)
                found[whole, base] = found.get((whole, base), Fraction(0)) + weight * value * rational_part
    return {key: value for key, value in found.items() if value}


def _exact_base(base: Base, dim: int | Fraction, degree: int) -> Parts | None:
    if isinstance(base, One):
        return {} if degree else {((), None): Fraction(1)}
    if isinstance(base, CapTerm) and isinstance(dim, int):
        return {(_pi(p), None): c for p, c in _exact_cap(base, dim, degree).terms}
    if isinstance(base, EndPower):
        if isinstance(dim, int) and (2 * base.exponent).denominator == 1:
            return _exact_end_power(base, dim, degree)
        if not base.log:
            return {((), base): _end_ratio(base, dim, degree)}
    return None


def _pi(exponent: Fraction | int) -> Constant:
    return (("pi", 0, Fraction(exponent)),) if exponent else ()


def _exact_end_power(base: EndPower, dim: int, degree: int) -> Parts:
    """For 2 nu an integer: a rational times powers of pi and 2, with the logarithm one of rationals and log 2."""
    nu, k = base.exponent, degree
    _check_integrable(base, dim)
    factors = [gamma_of_half(dim + 1), gamma_of_half(int(2 * nu) + dim)]
    (over, half) = gamma_of_half(int(2 * (k + nu + dim)))
    value = factors[0][0] * factors[1][0] / over * base.sign**k
    pochhammer, slope = Fraction(1), Fraction(0)
    double = base.log and nu.denominator == 1 and 0 <= nu < k  # (-nu)_k = 0, its derivative is not
    for i in range(k):
        if double and i == nu:
            pochhammer = -pochhammer
        else:
            pochhammer *= i - nu
            slope += 1 / (nu - i)
    value *= pochhammer
    constant, rational_part = times_constants(
        _pi(Fraction(factors[0][1] + factors[1][1] - half - 1, 2)), (("prime", 2, nu + dim - 1),)
    )
    value *= rational_part
    if not base.log or double:
        return {(constant, None): value}
    above, below = digamma_of_half(int(2 * nu) + dim), digamma_of_half(int(2 * (k + nu + dim)))
    logs = times_constants(constant, (("log", 2, Fraction(1)),))[0]
    return {(constant, None): value * (above[0] - below[0] + slope), (logs, None): value * (1 + above[1] - below[1])}


def digamma_of_half(twice: int) -> tuple[Fraction, int]:
    """psi(twice/2) + Euler's constant as (rational, c), meaning rational + c log 2; twice > 0.

    >>> digamma_of_half(4), digamma_of_half(3)
    ((Fraction(1, 1), 0), (Fraction(2, 1), -2))
    """
    if twice % 2:
        return sum((Fraction(2, i) for i in range(1, twice - 1, 2)), Fraction(0)), -2
    return sum((Fraction(1, i) for i in range(1, twice // 2)), Fraction(0)), 0


def _polynomial_eigenvalue(coefficients: Coefficients, dim: int | Fraction, degree: int) -> Fraction:
    terms = (b * moment(n, degree, dim) for n, b in enumerate(coefficients) if b)
    return sum(terms, Fraction(0)) if degree < len(coefficients) else Fraction(0)


def _exact_cap(cap: CapTerm, dim: int, degree: int) -> PiPolynomial:
    if vanishes(cap.order, degree):
        return PiPolynomial()
    order = cap.order
    half = [gamma_of_half(n) for n in (dim + 1, order - degree + 2, order + degree + dim + 1)]
    value = half[0][0] * factorial(order) / (2 ** (order + 1) * half[1][0] * half[2][0])
    return cap.weight(degree, dim) * PiPolynomial.of(value**2, half[0][1] - half[1][1] - half[2][1])


def rational_eigenvalue(form: ClosedForm, dim: int | Fraction, degree: int) -> PiPolynomial | None:
    """mu_k where it is rational for every real d: each term a has k > a or k = a, a-2, ..., where
    c_k(a) = E[t^a P_k]/2 since t^a P_k is even; None elsewhere and above the highest order.

    >>> from theory.kernels import NTK
    >>> rational_eigenvalue(closed_form(NTK(depth=2)), Fraction(5, 3), 1)
    3/8
    """
    highest = max((len(form.polynomial) - 1, *(cap.order for cap in form.caps)))
    if degree > highest or form.multiplied or any((cap.order - degree) % 2 for cap in form.caps):
        return None
    total = _polynomial_eigenvalue(form.polynomial, dim, degree)
    for cap in form.caps:
        total += cap.weight(degree, dim) * (moment(cap.order, degree, dim) / 2) ** 2
    return PiPolynomial.of(total)


def constants_text(form: ClosedForm, dim: int | Fraction, degree: int) -> str | None:
    """mu_k as a sum of rationals times powers of pi, e, primes and their logarithms; None where it is none.

    >>> from theory.kernels import Zonal
    >>> constants_text(closed_form(Zonal("sqrt(3)*theta + log(2)")), 2, 0)
    '1*log(2) + 1/2*pi*3**(1/2)'
    """
    parts = exact_parts(form, dim, degree)
    if parts is None or any(base is not None for _, base in parts):
        return None
    texts = sorted(f"{factor}{_constant_text(constant)}" for (constant, _), factor in parts.items())
    return " + ".join(texts) or "0"


def gamma_text(form: ClosedForm, dim: int | Fraction, degree: int) -> str | None:
    """mu_k as an expression in Gamma, for real d and for degrees whose rational form fills a page.

    None where the expression language has no word for it (Bessel functions).

    >>> from theory.kernels import ArcCosine
    >>> gamma_text(closed_form(ArcCosine(0)), Fraction(5, 2), 1)
    '2*(Gamma(7/4)*factorial(0)/(2**1*Gamma(1/2)*Gamma(9/4)))**2'
    """
    constant = _polynomial_eigenvalue(form.polynomial, dim, degree)
    texts = [f"{constant}"] if constant else []
    one = (Fraction(1),)
    for part in (*(Multiplied(one, cap) for cap in form.caps), *form.multiplied):
        shared = _constant_text(part.constant)
        for j, weight in mixed(part.multiplier, degree, dim).items():
            text = _base_text(part.base, dim, j, weight)
            if text is None or shared is None:
                return None
            texts.extend([text + shared] if text else [])
    return " + ".join(texts) or "0"


def _constant_text(constant: Constant) -> str | None:
    """The factor that a constant is, None where the expression language has no word for it."""
    words = {"pi": "pi", "e": "exp(1)"}
    texts = [(f"log({b})" if kind == "log" else words.get(kind, str(b)), e) for kind, b, e in constant]
    return "".join(f"*{text}" if e == 1 else f"*{text}**({e})" for text, e in texts)


def _base_text(base: Base, dim: int | Fraction, degree: int, factor: Fraction) -> str | None:
    upper = Fraction(dim + 1) / 2
    if isinstance(base, CapTerm):
        weight = factor * base.weight(degree, dim)
        if vanishes(base.order, degree) or not weight:
            return ""
        lower = Fraction(base.order - degree, 2) + 1, Fraction(base.order + degree + dim + 1) / 2
        return (
            f"{weight}*(Gamma({upper})*factorial({base.order})"
            f"/(2**{base.order + 1}*Gamma({lower[0]})*Gamma({lower[1]})))**2"
        )
    if isinstance(base, One):
        return "" if degree or not factor else f"{factor}"
    if isinstance(base, EndPower) and not base.log:
        nu = base.exponent
        sign = factor * base.sign**degree
        return (
            f"{sign}*Gamma({upper})/sqrt(pi)*2**({nu + dim - 1})*Gamma({nu + Fraction(dim) / 2})"
            f"/Gamma({-nu})*Gamma({degree - nu})/Gamma({degree + nu + dim})"
        )
    return None


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


def is_zero(form: ClosedForm, dim: int | Fraction, degree: int) -> bool:
    """Whether mu_k = 0 exactly, every part of it by itself.

    >>> from theory.kernels import Zonal
    >>> is_zero(closed_form(Zonal("(1-t)**(1/3)*(2-t)")), 1, 2)
    True
    """
    return exact_parts(form, dim, degree) == {}


def _end_ratio(base: EndPower, dim: int | Fraction, degree: int) -> Fraction:
    """mu_degree/mu_0 of an end power."""
    value = Fraction(1)
    for k in range(degree):
        value *= base.sign * (k - base.exponent) / (k + base.exponent + dim)
    return value


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
            values[index] = values[index] + rational(_polynomial_eigenvalue(form.polynomial, dim, degree))
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
    weights = [tuple(map(rational, _t_weights(k, dim))) for k in wide] if reach else []
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
        return _end_power(base, dim, degrees)
    if isinstance(base, IntegerMatern):
        return integer_matern(base, dim, degrees)
    return _exponential(base, dim, degrees)


def _check_integrable(base: EndPower, dim: int | Fraction) -> None:
    if 2 * base.exponent + dim <= 0:
        raise ValueError(f"(1-t)^({base.exponent}) is not integrable on {sphere_text(dim)}")


def _end_power(base: EndPower, dim: int | Fraction, degrees: range) -> list[arb]:
    """M (-nu)_k / Gamma(k+nu+d), or its derivative in nu, by rational ratios."""
    _check_integrable(base, dim)
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
