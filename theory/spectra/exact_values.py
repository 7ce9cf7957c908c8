"""Eigenvalues of closed forms exactly: rationals times powers of pi, 2 and their logarithms, and what is exactly zero.

Formulas and sources are those of `theory.spectra.routes.closed`.
"""

from __future__ import annotations

from fractions import Fraction
from math import factorial, lcm, prod

from theory.kernels.constants import Constant, times_constants
from theory.numbers.pi_polynomials import PiPolynomial, gamma_of_half
from theory.spectra.form_algebra import Base, CapTerm, ClosedForm, Coefficients, EndPower, Multiplied, One
from theory.spectra.sphere import moment, sphere_text


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
        down, up = t_weights(j, dim)
        if j:
            result[j - 1] = result.get(j - 1, Fraction(0)) + weight * down
        result[j + 1] = result.get(j + 1, Fraction(0)) + weight * up
    return result


def t_weights(degree: int, dim: int | Fraction) -> tuple[Fraction, Fraction]:
    """t P_k = down P_{k-1} + up P_{k+1}; at d = 1, k = 0 the fraction 0/0 stands for up = 1."""
    if degree == 0:
        return Fraction(0), Fraction(1)
    return Fraction(degree) / (2 * degree + dim - 1), Fraction(degree + dim - 1) / (2 * degree + dim - 1)


def exact_eigenvalue(form: ClosedForm, dim: int, degree: int) -> PiPolynomial | None:
    """mu_k in integer dimension d, exactly: a rational for even d, over pi^2 for odd d and order <= 1.

    None where the value is not known to be a Laurent polynomial in pi (end powers mostly, exponentials).

    >>> from theory.kernels import NTK
    >>> from theory.spectra.closed_forms import closed_form
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
    >>> from theory.spectra.closed_forms import closed_form
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
    check_integrable(base, dim)
    factors = [gamma_of_half(dim + 1), gamma_of_half(int(2 * nu) + dim)]
    (over, half) = gamma_of_half(int(2 * (k + nu + dim)))
    value = factors[0][0] * factors[1][0] / over * base.sign**k
    double = base.log and nu.denominator == 1 and 0 <= nu < k  # (-nu)_k = 0, its derivative is not
    steps = [step for step in range(int(-2 * nu), int(2 * (k - nu)), 2) if step]
    value *= Fraction(-prod(steps) if double else prod(steps), 2 ** len(steps))  # (-nu)_k
    constant, rational_part = times_constants(
        _pi(Fraction(factors[0][1] + factors[1][1] - half - 1, 2)), (("prime", 2, nu + dim - 1),)
    )
    value *= rational_part
    if not base.log or double:
        return {(constant, None): value}
    above, below = digamma_of_half(int(2 * nu) + dim), digamma_of_half(int(2 * (k + nu + dim)))
    logs = times_constants(constant, (("log", 2, Fraction(1)),))[0]
    slope = sum((Fraction(-2, step) for step in steps), Fraction(0))
    return {(constant, None): value * (above[0] - below[0] + slope), (logs, None): value * (1 + above[1] - below[1])}


def digamma_of_half(twice: int) -> tuple[Fraction, int]:
    """psi(twice/2) + Euler's constant as (rational, c), meaning rational + c log 2; twice > 0.

    >>> digamma_of_half(4), digamma_of_half(3)
    ((Fraction(1, 1), 0), (Fraction(2, 1), -2))
    """
    if twice % 2:
        return sum((Fraction(2, i) for i in range(1, twice - 1, 2)), Fraction(0)), -2
    return sum((Fraction(1, i) for i in range(1, twice // 2)), Fraction(0)), 0


def polynomial_eigenvalue(coefficients: Coefficients, dim: int | Fraction, degree: int) -> Fraction:
    """mu_k of sum_n coefficients[n] t^n: rational in every dimension, 0 beyond the degree."""
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
    >>> from theory.spectra.closed_forms import closed_form
    >>> rational_eigenvalue(closed_form(NTK(depth=2)), Fraction(5, 3), 1)
    3/8
    """
    if degree > highest_order(form) or form.multiplied or any((cap.order - degree) % 2 for cap in form.caps):
        return None
    total = polynomial_eigenvalue(form.polynomial, dim, degree)
    for cap in form.caps:
        total += cap.weight(degree, dim) * (moment(cap.order, degree, dim) / 2) ** 2
    return PiPolynomial.of(total)


def highest_order(form: ClosedForm) -> int:
    """The highest order of a cap, or degree of the polynomial."""
    return max((len(form.polynomial) - 1, *(cap.order for cap in form.caps)))


def is_zero(form: ClosedForm, dim: int | Fraction, degree: int) -> bool:
    """Whether mu_k = 0 exactly, every part of it by itself.

    >>> from theory.kernels import Zonal
    >>> from theory.spectra.closed_forms import closed_form
    >>> is_zero(closed_form(Zonal("(1-t)**(1/3)*(2-t)")), 1, 2)
    True
    """
    return exact_parts(form, dim, degree) == {}


def _end_ratio(base: EndPower, dim: int | Fraction, degree: int) -> Fraction:
    """mu_degree/mu_0 of an end power."""
    nu, q = base.exponent, lcm(base.exponent.denominator, dim.denominator)  # whole numbers: a divisor once, not at each
    above = prod(int(q * (k - nu)) for k in range(degree))
    return Fraction(base.sign**degree * above, prod(int(q * (k + nu + dim)) for k in range(degree)))


def check_integrable(base: EndPower, dim: int | Fraction) -> None:
    """Raise ValueError for a power of 1 - t that is not integrable on S^dim."""
    if 2 * base.exponent + dim <= 0:
        raise ValueError(f"(1-t)^({base.exponent}) is not integrable on {sphere_text(dim)}")
