"""Maclaurin coefficients b_n of a kernel in t, as balls, by arithmetic of truncated power series.

The evaluator of the power-series route alone: kappa as a function of a power series S(t), so that
layers and compositions are substitutions. Arc-cosine kernels come from dJ_a/dt = a^2 J_{a-1}.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import prod

from flint import arb, arb_series

from theory.expansions.dual_series import dual_ends, dual_series
from theory.expansions.hermite_squares import hermite_rest
from theory.kernels import (
    NNGP,
    NTK,
    ArcCosine,
    Compose,
    Dual,
    DualTangent,
    ExponentialPower,
    Gaussian,
    Kernel,
    Laplace,
    Matern,
    Multiple,
    PowerSeries,
    Product,
    Rational,
    ResNTK,
    Sum,
    Zonal,
    by_kernel,
    value_at_one,
)
from theory.kernels.activations import SMOOTH
from theory.kernels.dual import half_line_slopes
from theory.kernels.relu import arc_cosine_polynomials
from theory.kernels.zonal_expressions import PIECEWISE, whole_number
from theory.numbers.balls import Cannot, ball, rational, series_length
from theory.symbolic.expressions import ARITHMETIC, Inner, Node, Operation, fold


def maclaurin(kernel: Kernel, terms: int) -> list[arb]:
    """(b_0, ..., b_{terms-1}) at the current working precision.

    >>> [b.contains(v) for b, v in zip(maclaurin(PowerSeries((1, 2)), 3), (1, 2, 0), strict=True)]
    [True, True, True]
    """
    with series_length(max(terms, 2)):
        series = in_series(kernel, arb_series([0, 1]))
        found = list(arb_series(series).coeffs()) if isinstance(series, arb_series) else [arb(series)]
    return (found + [arb(0)] * terms)[:terms]


def at_one(kernel: Kernel) -> arb:
    """kappa(1) as a ball, from the same formulas."""
    exact = value_at_one(kernel)
    return _at_one(kernel) if exact is None else ball(exact)


@by_kernel()
def _at_one(kernel: Kernel) -> arb:
    """kappa(1) where it is not known to be rational."""
    return _at_point(kernel, arb(1))


def _at_point(kernel: Kernel, point: arb) -> arb:
    with series_length(2):
        return in_series(kernel, arb_series([point]))[0]


@_at_one.register(Sum)
def _sum_at_one(kernel: Sum) -> arb:
    return sum(map(at_one, kernel.parts), arb(0))


@_at_one.register(Product)
def _product_at_one(kernel: Product) -> arb:
    return prod(map(at_one, kernel.parts), start=arb(1))


@_at_one.register(Multiple)
def _multiple_at_one(kernel: Multiple) -> arb:
    return at_one(kernel.kernel) * rational(kernel.factor)


@_at_one.register(Compose)
def _composition_at_one(kernel: Compose) -> arb:
    return _at_point(kernel.outer, at_one(kernel.inner))


@_at_one.register(Dual, DualTangent)
def _dual_at_one(kernel: Dual | DualTangent) -> arb:
    value, slope = dual_ends(kernel.activation, ball(kernel.variance))
    return value if isinstance(kernel, Dual) else value + slope


@by_kernel()
def known_rest(kernel: Kernel, start: int) -> arb | None:
    """A bound of sum_{n >= start} |b_n| that needs no kappa(1); None where none is known."""
    return None


@known_rest.register(Multiple)
def _multiple_rest(kernel: Multiple, start: int) -> arb | None:
    rest = known_rest(kernel.kernel, start)
    return None if rest is None else rest * rational(kernel.factor)


@known_rest.register(Dual, DualTangent)
def _dual_rest(kernel: Dual | DualTangent, start: int) -> arb | None:
    if kernel.activation not in SMOOTH:
        return None
    return hermite_rest(kernel.activation, ball(kernel.variance), start, isinstance(kernel, DualTangent))


@by_kernel()
def in_series(kernel: Kernel, s: arb_series) -> arb_series:
    """kappa(S) for a power series S with S(0) in (-1, 1)."""
    raise Cannot(f"the power series of {kernel!r}", "no formula is known")


@in_series.register(Sum)
def _sum(kernel: Sum, s: arb_series) -> arb_series:
    return sum((in_series(part, s) for part in kernel.parts), s * 0)


@in_series.register(Product)
def _product(kernel: Product, s: arb_series) -> arb_series:
    return prod((in_series(part, s) for part in kernel.parts), start=s * 0 + 1)


@in_series.register(Multiple)
def _multiple(kernel: Multiple, s: arb_series) -> arb_series:
    return in_series(kernel.kernel, s) * rational(kernel.factor)


@in_series.register(Compose)
def _composition(kernel: Compose, s: arb_series) -> arb_series:
    return in_series(kernel.outer, in_series(kernel.inner, s))


@in_series.register(ArcCosine)
def _arc_cosine_kernel(kernel: ArcCosine, s: arb_series) -> arb_series:
    return _arc_cosine(kernel.order, s)


@in_series.register(NNGP)
def _covariance(kernel: NNGP, s: arb_series) -> arb_series:
    return _layers(kernel, s)[-1] * rational(kernel.variances[-1])


@in_series.register(Gaussian)
def _gaussian(kernel: Gaussian, s: arb_series) -> arb_series:
    return ((s - 1) * rational(kernel.rate)).exp()


@in_series.register(Laplace)
def _laplace(kernel: Laplace, s: arb_series) -> arb_series:
    return ((2 - 2 * s).sqrt() * rational(-kernel.rate)).exp()


@in_series.register(ExponentialPower)
def _exponential_power(kernel: ExponentialPower, s: arb_series) -> arb_series:
    return (((2 - 2 * s).log() * rational(Fraction(kernel.power, 2))).exp() * rational(-kernel.rate)).exp()


@in_series.register(PowerSeries)
def _power_series(kernel: PowerSeries, s: arb_series) -> arb_series:
    return _polynomial(kernel.coefficients, s)


@in_series.register(Zonal)
def _written(kernel: Zonal, s: arb_series) -> arb_series:
    return _expression(kernel.tree, s)


def _arc_cosine(order: int, s: arb_series) -> arb_series:
    """J_a/pi = (A(S) (pi - acos S) + B(S) sqrt(1-S^2))/pi."""
    a, b = arc_cosine_polynomials(order)
    value = _polynomial(a, s) * (arb.pi() - s.acos())
    if any(b):
        value = value + _polynomial(b, s) * (1 - s * s).sqrt()
    return value / arb.pi()


def _polynomial(coefficients: tuple[Rational, ...], s: arb_series) -> arb_series:
    total = s * 0
    for c in reversed(coefficients):
        total = total * s + rational(c)
    return total


def _layers(kernel: NNGP | NTK, s: arb_series) -> list[arb_series]:
    """Correlations rho_l = Sigma_l/V_l."""
    first, *rest = kernel.mixing
    layers = [s * rational(first) + rational(1 - first)]
    for r in rest:
        layers.append(_arc_cosine(1, layers[-1]) * rational(r) + rational(1 - r))
    return layers


@in_series.register(NTK)
def _tangent(kernel: NTK, s: arb_series) -> arb_series:
    layers, total = _layers(kernel, s), s * 0
    for index, (rho, variance) in enumerate(zip(layers, kernel.variances, strict=True)):
        total = total + (rho * rational(variance) + kernel.biases[index]) * rational(kernel.scales[index])
        if index < kernel.depth - 1:
            total = total * _arc_cosine(0, rho) * rational(Fraction(kernel.weight_variance))
    return total


@in_series.register(ResNTK)
def _residual(kernel: ResNTK, s: arb_series) -> arb_series:
    square, variance, rho, total = Fraction(kernel.alpha) ** 2, Fraction(1), s, s * 0
    for _ in range(kernel.depth):
        value, slope = _arc_cosine(1, rho), _arc_cosine(0, rho)
        total = total * (slope * rational(square) + 1) + (value + rho * slope) * rational(variance)
        rho = (rho + value * rational(square)) * rational(1 / (1 + square))
        variance *= 1 + square
    return total


@in_series.register(Matern)
def _matern(kernel: Matern, s: arb_series) -> arb_series:
    """g(w) = w^(v/2) K_v(sqrt w), w = y^2 = 4v (1-S)/l^2: g^(n)(w) = (-1/2)^n w^((v-n)/2) K_{v-n}(sqrt w),
    since d/dy (y^v K_v) = -y^v K_{v-1} (DLMF 10.29.4)."""
    terms = series_terms()
    nu, start = ball(kernel.nu), arb(s[0]) if len(s) else arb(0)
    scale = rational(Fraction(4 * kernel.nu) / (kernel.lengthscale * kernel.lengthscale))
    w = (1 - start) * scale
    root = w.sqrt()
    # K_{v-1}, K_v upwards in |order| is stable: K_{m-1} = K_{m+1} - (2m/y) K_m with m = v - n.
    above, current, factor = root.bessel_k(nu), root.bessel_k(nu - 1), root**0
    power = (root.log() * nu).exp()
    outer = [power * above]
    for n in range(1, terms):
        factor = factor * arb(-1) / (2 * n) / root
        outer.append(power * factor * current)
        above, current = current, above - (2 * (nu - n) / root) * current
    shift = arb_series([0, *(list(s.coeffs())[1:])]) * (-scale)
    value = arb_series(outer)(shift) if shift.valuation() >= 0 else arb_series(outer[:1])
    return value * (arb(2) ** (1 - nu)) / nu.gamma()


def series_terms() -> int:
    """The number of coefficients that series keep now."""
    return arb_series([0, 1]).prec


@in_series.register(Dual, DualTangent)
def _dual(kernel: Dual | DualTangent, s: arb_series) -> arb_series:
    slopes = half_line_slopes(kernel)
    if slopes:
        value, slope = _half_line(slopes, s)
    elif kernel.activation == "step":
        value, slope = _arc_cosine(0, s) / 2, s * 0
    else:
        value, slope = dual_series(kernel.activation, ball(kernel.variance), s, series_terms())
    return value if isinstance(kernel, Dual) else s * slope + value


def _half_line(slopes: tuple[Fraction, Fraction], s: arb_series) -> tuple[arb_series, arb_series]:
    """s(u) = p max(u,0) + q max(-u,0): same signs of u and v give k(t)/2, different ones k(-t)/2."""
    p, q = slopes
    same, cross = rational((p * p + q * q) / 2), rational(p * q)
    value = _arc_cosine(1, s) * same + _arc_cosine(1, -s) * cross
    return value, _arc_cosine(0, s) * same - _arc_cosine(0, -s) * cross


def _expression(tree: Node, s: arb_series) -> arb_series:
    names = {"t": lambda: s, "theta": s.acos, "pi": lambda: s * 0 + arb.pi()}

    def inner(node: Inner, values: Sequence[arb_series]) -> arb_series:
        first = values[0]
        match node:
            case Operation("/"):
                return first * values[1].inv()
            case Operation("**", _, exponent):
                return _power(first, values[1], exponent)
            case Operation(op):
                return ARITHMETIC[op](first, values[1])
        if node.name in PIECEWISE:
            raise Cannot("a Maclaurin series", f"{node.name} is not analytic everywhere")
        if node.name in ("sinh", "cosh"):
            up, down = first.exp() / 2, (-first).exp() / 2
            return up - down if node.name == "sinh" else up + down
        return getattr(first, node.name)()

    return fold(tree, lambda value: s * 0 + rational(value), lambda name: names[name](), inner)


def _power(base: arb_series, exponent: arb_series, written: Node) -> arb_series:
    whole = whole_number(written)
    if whole is None:
        return (base.log() * exponent).exp()
    result, square, n = base * 0 + 1, base, abs(whole)
    while n:
        result = result * square if n & 1 else result
        square, n = (square * square if n > 1 else square), n >> 1
    return result if whole >= 0 else result.inv()
