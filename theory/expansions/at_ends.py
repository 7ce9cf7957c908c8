"""Expansions of a kernel at t = 1 and t = -1, where its decay is decided, and at t = 0.

kappa = sum c_e u^e with u = 1 - t, u = 1 + t or u = t. Non-integer exponents at the ends are the
only source of power-law decay (Bietti and Bach 2021, theorem 7).
"""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache, reduce
from operator import add, mul

import sympy as sp

from theory.kernels import (
    NNGP,
    NTK,
    ArcCosine,
    Compose,
    ExponentialPower,
    Kernel,
    Laplace,
    Matern,
    Multiple,
    Product,
    Rational,
    ResNTK,
    Sum,
    Zonal,
    by_kernel,
    written_out,
)
from theory.kernels.formulas import NoExpression, in_sympy
from theory.symbolic.constants import named
from theory.symbolic.puiseux import (
    LOG,
    NoExpansion,
    Puiseux,
    arc_cosine,
    arc_sine_slopes,
    end,
    exponential,
    logarithm,
    sign,
    sine_cosine,
)

T = sp.Symbol("t", real=True)
PLACES = (1, 0, -1)
EXTRA_ORDERS = (1, 2, 4, 8, 16, 32)


@lru_cache(maxsize=512)
def expansion_at(kernel: Kernel, place: int, order: Fraction | int) -> Puiseux:
    """kappa at t = place up to O(u^order), u = 1 - t, t or 1 + t; raises NoExpansion.

    >>> expansion_at(NTK(depth=2), 1, 1).terms
    ((Fraction(0, 1), 2), (Fraction(1, 2), -sqrt(2)/pi))
    """
    if place not in PLACES:
        raise ValueError(f"place must be one of {PLACES}, got {place!r}")
    found = _expanded(kernel, place, -1 if place == 1 else 1, Fraction(order))
    if place == 0 and isinstance(written_out(kernel), Sum | Product | Multiple | Compose | Zonal):
        _check_both_sides(kernel, found)
    return found


def _expanded(kernel: Kernel, place: int, slope: int, order: Fraction) -> Puiseux:
    """kappa(place + slope u) up to O(u^order)."""
    for extra in EXTRA_ORDERS:  # every square root on the way loses half an order
        try:
            series = at_series(kernel, _line(place, slope, order + extra))
        except NoExpansion:
            if extra == EXTRA_ORDERS[-1]:
                raise
            continue
        if series.order >= order:
            return series.cut(order)
    raise NoExpansion(f"no expansion of {kernel!r} up to order {order}")


def _line(place: int, slope: int, order: Fraction) -> Puiseux:
    return Puiseux.of([(0, sp.Integer(place)), (1, sp.Integer(slope))], order)


def _check_both_sides(kernel: Kernel, right: Puiseux) -> None:
    """Raise NoExpansion unless kappa(-u) has the same power series at t = 0 as kappa(u): |t| has none."""
    left = _expanded(kernel, 0, -1, right.order)
    for exponent in {e for side in (left, right) for e, _ in side.terms}:
        whole = exponent.denominator == 1 and exponent >= 0
        here, there = right.coefficient(exponent), left.coefficient(exponent)
        if not whole or here.has(LOG) or there.has(LOG) or sign(here - (-1) ** int(exponent) * there) != 0:
            raise NoExpansion(f"{kernel!r} is no power series at t = 0")


def variable(place: int, order: Fraction) -> Puiseux:
    """t as a series in u, up to O(u^order)."""
    return _line(place, -1 if place == 1 else 1, order)


@by_kernel()
def at_series(kernel: Kernel, t: Puiseux) -> Puiseux:
    """kappa(t) for a series t."""
    try:
        formula = in_sympy(kernel, T)
    except NoExpression as error:
        raise NoExpansion(str(error)) from None
    return from_formula(formula, t)


@at_series.register(Sum)
def _sum(kernel: Sum, t: Puiseux) -> Puiseux:
    return reduce(add, (at_series(part, t) for part in kernel.parts))


@at_series.register(Product)
def _product(kernel: Product, t: Puiseux) -> Puiseux:
    return reduce(mul, (at_series(part, t) for part in kernel.parts))


@at_series.register(Multiple)
def _multiple(kernel: Multiple, t: Puiseux) -> Puiseux:
    return at_series(kernel.kernel, t).scaled(_rational(kernel.factor))


@at_series.register(Compose)
def _composition(kernel: Compose, t: Puiseux) -> Puiseux:
    return at_series(kernel.outer, at_series(kernel.inner, t))


@at_series.register(ArcCosine)
def _of_order(kernel: ArcCosine, t: Puiseux) -> Puiseux:
    return _arc_cosine_kernel(kernel.order, t)


@at_series.register(NNGP)
def _covariance(kernel: NNGP, t: Puiseux) -> Puiseux:
    return _layers(kernel, t)[-1].scaled(_rational(kernel.variances[-1]))


@at_series.register(Laplace)
def _laplace(kernel: Laplace, t: Puiseux) -> Puiseux:
    return _stretched(t, kernel.rate, Fraction(1))


@at_series.register(ExponentialPower)
def _exponential_power(kernel: ExponentialPower, t: Puiseux) -> Puiseux:
    return _stretched(t, kernel.rate, Fraction(kernel.power))


def _rational(value: Fraction | int) -> sp.Rational:
    return sp.Rational(value.numerator, value.denominator)


def _stretched(t: Puiseux, rate: Rational, power: Fraction) -> Puiseux:
    """exp(-c (2-2t)^(g/2))."""
    squared = (Puiseux.constant(sp.Integer(1), t.order) - t).scaled(sp.Integer(2))
    return exponential(squared.power(Fraction(power) / 2).scaled(-_rational(Fraction(rate))))


def _arc_cosine_kernel(order: int, t: Puiseux, layer: int | None = None) -> Puiseux:
    """kappa_n(t) by kappa_n' = n^2 kappa_{n-1}, from the series of kappa_0 = 1 - acos(t)/pi."""
    value, rest = t.centred()
    place = end(value)
    if place == -1:
        return _falling(order, rest)
    if place == 1:  # kappa_n(t) + (-1)^n kappa_n(-t) is a polynomial
        whole = [sp.Integer(1)]  # its Taylor coefficients in v = 1 - t
        for n in range(1, order + 1):
            whole = [sp.factorial2(2 * n - 1), *(-(n**2) * c / sp.Integer(m) for m, c in enumerate(whole, 1))]
        polynomial = (-rest).into(lambda m: whole[m] if m < len(whole) else sp.Integer(0))
        return polynomial + _falling(order, -rest).scaled(sp.Integer(-((-1) ** order)))
    return _inner_arc_cosine(order, value, rest, layer)


def _falling(order: int, v: Puiseux) -> Puiseux:
    """kappa_n(-1+v) = sqrt(2)/pi v^(n+1/2) sum_m C(2m,m) v^m / (8^m (2m+1)) prod_{j<=n} j^2/(m+j+1/2)."""
    half = sp.Rational(1, 2)

    def coefficient(m: int) -> sp.Expr:
        plain = sp.binomial(2 * m, m) / (sp.Integer(8) ** m * (2 * m + 1))
        return plain * sp.factorial(order) ** 2 / sp.rf(m + half + 1, order)

    return (v.power(order + Fraction(1, 2)) * v.into(coefficient)).scaled(sp.sqrt(2) / sp.pi)


def _inner_arc_cosine(order: int, value: sp.Expr, rest: Puiseux, layer: int | None) -> Puiseux:
    """kappa_n(x + r) by Taylor's series, kappa_0' = 1/(pi sqrt(1-x^2)).

    x, kappa_0(x) and 1/sqrt(1-x^2) are named, so that a deep layer costs no more than a shallow one.
    """
    x = named("rho", value, layer)
    slope = named("slope", 1 - sp.acos(x) / sp.pi, layer)
    cosecant = named("csc", 1 / sp.sqrt(1 - x**2), layer)
    slopes = arc_sine_slopes(x, cosecant)

    def coefficient(m: int) -> sp.Expr:
        if m <= order:
            falling = sp.ff(order, m) ** 2 / sp.factorial(m)
            return falling * _arc_cosine_value(order - m, x, slope, cosecant)
        n = m - order  # the n-th Taylor coefficient of kappa_0
        return sp.factorial(order) ** 2 * slopes(n) * sp.factorial(n) / (sp.pi * sp.factorial(m))

    return rest.into(coefficient)


def _arc_cosine_value(order: int, x: sp.Expr, slope: sp.Expr, cosecant: sp.Expr) -> sp.Expr:
    """kappa_n(x) from kappa_0(x) and 1/sqrt(1-x^2)."""
    root = 1 / cosecant
    integrals = [slope, root / sp.pi]
    for j in range(2, order + 1):
        integrals.append(((-x) ** (j - 1) * integrals[1] + (j - 1) * integrals[j - 2]) / j)
    total = sum((sp.binomial(order, j) * x ** (order - j) * integrals[j] for j in range(order + 1)), sp.Integer(0))
    return sp.expand(sp.factorial(order) * total)


def _layers(kernel: NNGP | NTK, t: Puiseux) -> list[Puiseux]:
    """Correlations rho_1, ..., rho_L."""
    found = []
    below = t
    for index, ratio in enumerate(kernel.mixing):
        r = _rational(ratio)
        moved = below if index == 0 else _arc_cosine_kernel(1, below, index)
        below = moved.scaled(r) + Puiseux.constant(1 - r, moved.order)
        found.append(below)
    return found


@at_series.register(NTK)
def _tangent(kernel: NTK, t: Puiseux) -> Puiseux:
    total: Puiseux | None = None
    layers = _layers(kernel, t)
    for index, (rho, scale, bias) in enumerate(zip(layers, kernel.scales, kernel.biases, strict=True)):
        own = rho.scaled(_rational(kernel.variances[index])) + Puiseux.constant(sp.Integer(bias), rho.order)
        own = own.scaled(_rational(scale))
        if total is None:
            total = own
            continue
        slope = _arc_cosine_kernel(0, layers[index - 1], index)
        total = (total * slope).scaled(_rational(kernel.weight_variance)) + own
    assert total is not None  # there is a first layer
    return total


@at_series.register(ResNTK)
def _residual(kernel: ResNTK, t: Puiseux) -> Puiseux:
    square, variance = Fraction(kernel.alpha) ** 2, Fraction(1)
    rho, total = t, None
    for block in range(kernel.depth):
        value, slope = (_arc_cosine_kernel(order, rho, block + 1) for order in (1, 0))
        own = (value + rho * slope).scaled(_rational(variance))
        factor = slope.scaled(_rational(square)) + Puiseux.constant(sp.Integer(1), slope.order)
        total = own if total is None else total * factor + own
        rho = (rho + value.scaled(_rational(square))).scaled(_rational(1 / (1 + square)))
        variance *= 1 + square
    assert total is not None  # there is a first block
    return total


@at_series.register(Matern)
def _matern(kernel: Matern, t: Puiseux) -> Puiseux:
    """y^v K_v(y) 2^(1-v)/Gamma(v) = sum over y^(2j) and y^(2j+2v) (DLMF 10.27.4), v no integer."""
    v = _rational(kernel.nu)
    squared = (Puiseux.constant(sp.Integer(1), t.order) - t).scaled(
        4 * v / _rational(kernel.lengthscale) ** 2
    )  # y^2 = 2 v r^2/l^2, r^2 = 2 - 2t
    if squared.terms and squared.terms[0][0] == 0:
        return from_formula(in_sympy(kernel, T), t)
    if v.is_Integer:
        return _integer_matern(int(v), squared.scaled(sp.Rational(1, 4)))
    regular = squared.into(lambda j: 1 / (sp.Integer(4) ** j * sp.factorial(j) * sp.rf(1 - v, j)))
    odd = squared.into(lambda j: 1 / (sp.Integer(4) ** j * sp.factorial(j) * sp.rf(1 + v, j)))
    factor = sp.gamma(-v) / sp.gamma(v) / sp.Integer(4) ** v
    return regular + (squared.power(Fraction(kernel.nu)) * odd).scaled(factor)


def _integer_matern(n: int, q: Puiseux) -> Puiseux:
    """2/(n-1)! q^(n/2) K_n(2 sqrt(q)), q = y^2/4 (DLMF 10.31.1): log q times an entire function."""

    def below(j: int) -> sp.Expr:
        return (-1) ** j * sp.factorial(n - 1 - j) / sp.factorial(j) if j < n else sp.Integer(0)

    def with_digammas(j: int) -> sp.Expr:
        return (sp.digamma(j + 1) + sp.digamma(n + j + 1)) / (sp.factorial(j) * sp.factorial(n + j))

    bessel = q.into(lambda j: 1 / (sp.factorial(j) * sp.factorial(n + j)))
    rest = q.into(with_digammas) - logarithm(q) * bessel
    total = q.into(below) + (q.power(Fraction(n)) * rest).scaled(sp.Integer((-1) ** n))
    return total.scaled(1 / sp.factorial(n - 1))


def from_formula(expression: sp.Expr, t: Puiseux, known: dict[sp.Expr, Puiseux] | None = None) -> Puiseux:
    """A SymPy formula in t at a series, node by node."""
    known = {} if known is None else known
    if expression not in known:
        known[expression] = _node(expression, t, known)
    return known[expression]


def _node(expression: sp.Expr, t: Puiseux, known: dict[sp.Expr, Puiseux]) -> Puiseux:
    if expression == T:
        return t
    if not expression.has(T):
        return Puiseux.constant(expression, t.order)
    args = [from_formula(a, t, known) for a in expression.args if a.has(T)]
    match expression:
        case sp.Add():
            total = Puiseux.constant(sp.Add(*(a for a in expression.args if not a.has(T))), t.order)
            for part in args:
                total = total + part
            return total
        case sp.Mul():
            total = args[0]
            for part in args[1:]:
                total = total * part
            return total.scaled(sp.Mul(*(a for a in expression.args if not a.has(T))))
        case sp.Pow() if expression.exp.is_Rational:
            return args[0].power(Fraction(expression.exp.p, expression.exp.q))
        case sp.exp():
            return exponential(args[0])
        case sp.log():
            return logarithm(args[0])
        case sp.Abs():
            return args[0].scaled(sp.Integer(sign(args[0].led()[1])))
        case sp.sign():
            return Puiseux.constant(sp.Integer(sign(args[0].led()[1])), t.order)
        case sp.sin() | sp.cos():
            return sine_cosine(args[0])[isinstance(expression, sp.cos)]
        case sp.acos():
            return arc_cosine(args[0])
        case sp.asin():
            return Puiseux.constant(sp.pi / 2, args[0].order) - arc_cosine(args[0])
    return _taylor(expression, args)


def _taylor(expression: sp.Expr, args: list[Puiseux]) -> Puiseux:
    """A function of one argument that is analytic at its limit, by differentiation."""
    if len(args) != 1 or not expression.args[-1].has(T):
        raise NoExpansion(f"no expansion of {expression}")
    value, rest = args[0].centred()
    x = sp.Dummy("x")
    function = expression.func(*expression.args[:-1], x)  # a Bessel function keeps its order
    derivatives = [function]

    def coefficient(m: int) -> sp.Expr:
        while len(derivatives) <= m:
            derivatives.append(sp.diff(derivatives[-1], x))
        number = derivatives[m].subs(x, value) / sp.factorial(m)
        if number.is_finite is False or number.has(sp.zoo, sp.nan):
            raise NoExpansion(f"{expression.func} is not analytic at {value}")
        return number

    return rest.into(coefficient)
