"""Derivations as proofs: Gaussian integral -> closed form -> power series -> eigenvalues.

One hidden layer; arc-cosine kernels of order 2 and more in `theory.derivations.every_order`.

Each function builds the steps; nothing here is believed until `theory.proofs.check.check` has replayed
it. Valid for every real d >= 1 and symbolic degree k.
"""

from __future__ import annotations

from functools import lru_cache

import sympy as sp

from theory.derivations.every_order import family_eigenvalues, family_series, order_steps
from theory.derivations.moments import cap_square, moment_formula, moments
from theory.derivations.sums import combined, parts
from theory.kernels import NNGP, NTK, ArcCosine, Kernel, by_kernel
from theory.kernels.parse import as_kernel
from theory.numbers.truth import Unable
from theory.proofs.steps import Proof, Step
from theory.symbolic.objects import (
    HALF,
    GaussianMean,
    GegenbauerCoefficient,
    GradientMean,
    Kappa,
    Maclaurin,
    Mu,
    PositivePower,
    Range,
    d,
    equal,
    j,
    k,
    n,
    phi,
    r,
    t,
    theta,
)

K0, K1, T_K0, NTK_ = sp.symbols("k0 k1 t_k0 ntk")
PI = sp.pi
D = Range("d", 1)
ZERO, ONE = ((Range("k", degree, degree), D) for degree in (0, 1))


class NotDerived(Unable):
    """There is no derivation, or it does not reach what is wanted."""


def _n(least: int) -> Range:
    """n = least, least + 2, ..."""
    return Range("n", least, None, least % 2)


def _k(least: int) -> Range:
    """k = least, least + 2, ..."""
    return Range("k", least, None, least % 2)


def arc_cosine_angle(order: int) -> list[Step]:
    """2 E[(w.x)_+^a (w.x')_+^a] in the angle, a = 0 or 1 (Cho and Saul 2009, eqs. 4 and 6)."""
    a = sp.Integer(order)
    radial = sp.Integral(r ** (2 * a + 1) * sp.exp(-(r**2) / 2), (r, 0, sp.oo))
    positive = PositivePower(sp.cos(phi), a) * PositivePower(sp.cos(phi - theta), a)
    circle = sp.Integral(positive, (phi, -PI, PI))
    arc = sp.Integral(sp.cos(phi) ** a * sp.cos(phi - theta) ** a, (phi, theta - PI / 2, PI / 2))
    primitive = [phi, (phi * sp.cos(theta) + sp.sin(2 * phi - theta) / 2) / 2][order]
    value = [PI - theta, ((PI - theta) * sp.cos(theta) + sp.sin(theta)) / 2][order]
    radial_primitive = [-sp.exp(-(r**2) / 2), -(r**2 + 2) * sp.exp(-(r**2) / 2)][order]
    closed = [(PI - theta) / PI, (sp.sin(theta) + (PI - theta) * sp.cos(theta)) / PI][order]
    mean, tag = GaussianMean(a, theta), f"k{order}"
    return [
        Step(f"{tag}-polar", equal(mean, radial * circle / PI), "gaussian-polar"),
        Step(f"{tag}-radial", equal(radial, sp.Integer(2) ** a), "antiderivative", data=(radial_primitive,)),
        Step(f"{tag}-support", equal(circle, arc), "support"),
        Step(f"{tag}-angular", equal(arc, value), "antiderivative", data=(primitive,)),
        Step(
            f"{tag}-angle",
            equal(mean, closed),
            "algebra",
            uses=(f"{tag}-polar", f"{tag}-radial", f"{tag}-support", f"{tag}-angular"),
        ),
        Step(
            f"{tag}-closed",
            equal(Kappa([K0, K1][order], t), closed.subs(theta, sp.acos(t))),
            "cosine-variable",
            uses=(f"{tag}-angle",),
        ),
    ]


def k0_series() -> list[Step]:
    """Maclaurin coefficients of k0: b_0 = 1/2, b_n = Gamma(n/2)/(pi^(3/2) n Gamma((n+1)/2)) for odd n."""
    kappa, b = Kappa(K0, t), lambda index: Maclaurin(K0, index)
    ode = (1 - t**2) * sp.Derivative(kappa, (t, 2)) - t * sp.Derivative(kappa, t)
    odd = sp.gamma(n / 2) / (PI ** sp.Rational(3, 2) * n * sp.gamma((n + 1) / 2))
    return [
        Step("k0-ode", equal(ode, 0), "derivative", uses=("k0-closed",)),
        Step("k0-recurrence", equal((n + 1) * (n + 2) * b(n + 2), n**2 * b(n)), "coefficients", uses=("k0-ode",)),
        Step("k0-b0", equal(b(0), HALF), "value-at-zero", uses=("k0-closed",)),
        Step("k0-b1", equal(b(1), 1 / PI), "value-at-zero", uses=("k0-closed",)),
        Step("k0-b2", equal(b(2), 0), "recurrence-instance", uses=("k0-recurrence", "k0-b0"), data=(0,)),
        Step("k0-odd", equal(b(n), odd), "recurrence-solution", uses=("k0-recurrence", "k0-b1"), ranges=(_n(1),)),
        Step("k0-even", equal(b(n), 0), "recurrence-solution", uses=("k0-recurrence", "k0-b2"), ranges=(_n(2),)),
    ]


def k1_series() -> list[Step]:
    """Maclaurin coefficients of k1 from k1' = k0: b_1 = 1/2, even n as printed, other odd ones 0."""
    kappa, b = Kappa(K1, t), lambda index: Maclaurin(K1, index)
    even = sp.gamma((n - 1) / 2) / (2 * PI ** sp.Rational(3, 2) * (n - 1) * sp.gamma(n / 2 + 1))
    relation = equal(sp.Derivative(kappa, t) - Kappa(K0, t), 0)
    return [
        Step("k1-derivative", relation, "derivative", uses=("k1-closed", "k0-closed")),
        Step("k1-relation", equal((n + 1) * b(n + 1), Maclaurin(K0, n)), "coefficients", uses=("k1-derivative",)),
        Step("k1-b0", equal(b(0), 1 / PI), "value-at-zero", uses=("k1-closed",)),
        Step("k1-b1", equal(b(1), HALF), "value-at-zero", uses=("k1-closed",)),
        Step(
            "k1-even",
            equal(b(n), even),
            "coefficient-relation",
            uses=("k1-relation", "k0-odd", "k1-b0"),
            ranges=(_n(0),),
        ),
        Step("k1-odd", equal(b(n), 0), "coefficient-relation", uses=("k1-relation", "k0-even"), ranges=(_n(3),)),
    ]


def _summed(tag: str, kernel: sp.Symbol, fact: str, least: int, formula: sp.Expr) -> list[Step]:
    """mu_k for k = least, least + 2, ..., least = 0 or 1, as a series over the powers of this parity, and
    its sum by Gauss."""
    order = 1 - least
    coefficient = {K0: k0_series, K1: k1_series}[kernel]()
    b = next(step.right for step in coefficient if step.name == fact)
    summand = b.subs(n, k + 2 * j) * moment_formula().subs(n, k + 2 * j)
    series = sp.Sum(summand, (j, 0, sp.oo))
    half_degree = (k - order) / 2
    where = (_k(least), D)
    return [
        Step(
            f"{tag}-series",
            equal(Mu(kernel, k), series),
            "termwise",
            uses=(fact, "moment", f"{kernel}-closed"),
            ranges=where,
        ),
        Step(
            f"{tag}-sum",
            equal(series, formula),
            "gauss-sum",
            data=(half_degree, half_degree, k + (d + 1) / 2),
            ranges=where,
        ),
        Step(
            f"{tag}-mu",
            equal(Mu(kernel, k), formula),
            "gamma-algebra",
            uses=(f"{tag}-series", f"{tag}-sum"),
            ranges=where,
        ),
    ]


def k0_eigenvalues() -> list[Step]:
    """mu_k(k0): 2 c_k(0)^2 for odd k, 1/2 at k = 0, 0 for even k >= 2."""
    return [
        *_summed("k0-odd", K0, "k0-odd", 1, cap_square(0)),
        Step(
            "k0-mu0",
            equal(Mu(K0, 0), HALF),
            "single-power",
            uses=("k0-even", "k0-b0", "moment", "k0-closed"),
            ranges=(Range("k", 0, 0), D),
        ),
        Step(
            "k0-mu-even",
            equal(Mu(K0, k), 0),
            "single-power",
            uses=("k0-even", "k0-b0", "moment", "k0-closed"),
            ranges=(_k(2), D),
        ),
    ]


def k1_eigenvalues() -> list[Step]:
    """mu_k(k1): 2 (d+1) c_k(1)^2 for even k, 1/(2(d+1)) at k = 1, 0 for odd k >= 3."""
    return [
        *_summed("k1-even", K1, "k1-even", 0, (d + 1) * cap_square(1)),
        Step(
            "k1-mu1",
            equal(Mu(K1, 1), 1 / (2 * (d + 1))),
            "single-power",
            uses=("k1-odd", "k1-b1", "moment", "k1-closed"),
            ranges=(Range("k", 1, 1), D),
        ),
        Step(
            "k1-mu-odd",
            equal(Mu(K1, k), 0),
            "single-power",
            uses=("k1-odd", "k1-b1", "moment", "k1-closed"),
            ranges=(_k(3), D),
        ),
    ]


def two_layer_eigenvalue(first: sp.Expr, last: sp.Expr) -> sp.Expr:
    """mu_k of s_1 t k0 + s_2 k1 for even k: 2 c_k(1)^2 (s_1 (k(k+d-1)+1) + s_2 (d+1))."""
    return cap_square(1) * (first * (k * (k + d - 1) + 1) + last * (d + 1))


def tangent_kernel(first: sp.Expr, last: sp.Expr, bias: int) -> list[Step]:
    """The two-layer tangent kernel from the gradients of the network to its function of t."""
    gradients = GradientMean(first, last, *[sp.Integer(1)] * bias, theta)
    inner = sp.cos(theta) + bias
    split = first * inner * GaussianMean(0, theta) + last * GaussianMean(1, theta)
    angle = first * inner * (PI - theta) / PI + last * (sp.sin(theta) + (PI - theta) * sp.cos(theta)) / PI
    parts = first * Kappa(T_K0, t) + first * bias * Kappa(K0, t) + last * Kappa(K1, t)
    closed = angle.subs(theta, sp.acos(t))
    return [
        Step("ntk-gradients", equal(gradients, split), "two-layer-gradients"),
        Step("ntk-angle", equal(gradients, angle), "algebra", uses=("ntk-gradients", "k0-angle", "k1-angle")),
        Step("ntk-closed", equal(Kappa(NTK_, t), closed), "cosine-variable", uses=("ntk-angle",)),
        Step("t_k0-closed", equal(Kappa(T_K0, t), t * Kappa(K0, t)), "product-definition"),
        Step(
            "ntk-split",
            equal(Kappa(NTK_, t), parts),
            "derivative",
            uses=("ntk-closed", "t_k0-closed", "k0-closed", "k1-closed"),
        ),
    ]


def tangent_series(first: sp.Expr, last: sp.Expr, bias: int) -> list[Step]:
    """Maclaurin coefficients of the two-layer tangent kernel: even n >= 2 in closed form, b_0, b_1 = (s_1+s_2)/2
    and, with a bias, the odd ones of s_1 k0 on top."""
    b = lambda index: Maclaurin(NTK_, index)
    even = sp.gamma((n - 1) / 2) * (first * n + last) / (2 * PI ** sp.Rational(3, 2) * (n - 1) * sp.gamma(n / 2 + 1))
    odd = first * bias * sp.gamma(n / 2) / (PI ** sp.Rational(3, 2) * n * sp.gamma((n + 1) / 2))
    split = equal(Kappa(NTK_, t) - first * (t + bias) * Kappa(K0, t) - last * Kappa(K1, t), 0)
    known = first * Maclaurin(K0, n - 1) + first * bias * Maclaurin(K0, n) + last * Maclaurin(K1, n)
    return [
        Step("ntk-relation", split, "derivative", uses=("ntk-closed", "k0-closed", "k1-closed")),
        Step("ntk-coefficients", equal(b(n) - known, 0), "coefficients", uses=("ntk-relation",)),
        Step(
            "ntk-even",
            equal(b(n), even),
            "coefficient-sum",
            uses=("ntk-coefficients", "k0-odd", "k1-even", *["k0-even"] * bias),
            ranges=(_n(2),),
        ),
        Step(
            "ntk-odd",
            equal(b(n), odd),
            "coefficient-sum",
            uses=("ntk-coefficients", "k0-even", "k1-odd", *["k0-odd"] * bias),
            ranges=(_n(3),),
        ),
        Step("ntk-b0", equal(b(0), last / PI + first * bias / 2), "value-at-zero", uses=("ntk-closed",)),
        Step("ntk-b1", equal(b(1), (first + last) / 2 + first * bias / PI), "value-at-zero", uses=("ntk-closed",)),
    ]


def times_t_eigenvalues() -> list[Step]:
    """Eigenvalues of t k0 from those of k0 at the two neighbouring degrees."""
    weights = k / (2 * k + d - 1) * Mu(K0, k - 1) + (k + d - 1) / (2 * k + d - 1) * Mu(K0, k + 1)
    even = cap_square(1) * (k * (k + d - 1) + 1)
    return [
        Step("times-t", equal(Mu(T_K0, k), weights), "times-t", uses=("t_k0-closed",), ranges=(Range("k", 1), D)),
        Step("times-t-0", equal(Mu(T_K0, 0), Mu(K0, 1)), "times-t", uses=("t_k0-closed",), ranges=ZERO),
        Step("t_k0-even", equal(Mu(T_K0, k), even), "gamma-algebra", uses=("times-t", "k0-odd-mu"), ranges=(_k(2), D)),
        Step("t_k0-odd", equal(Mu(T_K0, k), 0), "gamma-algebra", uses=("times-t", "k0-mu-even"), ranges=(_k(3), D)),
        Step("t_k0-1", equal(Mu(T_K0, 1), weights.subs(k, 1)), "instance", uses=("times-t",), ranges=ONE),
    ]


def tangent_eigenvalues(first: sp.Expr, last: sp.Expr, bias: int) -> list[Step]:
    """Eigenvalues and Gegenbauer coefficients of the two-layer tangent kernel, symbolic in k and d.

    A hidden bias adds s_1 k0: its eigenvalue 1/2 at k = 0 and those of odd k.
    """
    mu = two_layer_eigenvalue(first, last)
    split = first * Mu(T_K0, k) + first * bias * Mu(K0, k) + last * Mu(K1, k)
    odd = first * bias * cap_square(0)
    zero = mu.subs(k, 0) + first * bias / 2
    one = (first + last) / (2 * (d + 1)) + odd.subs(k, 1)
    linear = lambda where, *uses: ("linearity", *uses, *[where] * bias)
    factor = (2 * k + d - 1) / (d - 1)
    return [
        Step("linearity", equal(Mu(NTK_, k), split), "linearity", uses=("ntk-split",), ranges=(Range("k", 0), D)),
        Step(
            "mu-odd",
            equal(Mu(NTK_, k), odd),
            "gamma-algebra",
            uses=linear("k0-odd-mu", "t_k0-odd", "k1-mu-odd"),
            ranges=(_k(3), D),
        ),
        Step(
            "mu-1",
            equal(Mu(NTK_, 1), one),
            "gamma-algebra",
            uses=linear("k0-odd-mu", "t_k0-1", "k0-mu0", "k0-mu-even", "k1-mu1"),
            ranges=ONE,
        ),
        Step(
            "mu-0",
            equal(Mu(NTK_, 0), zero),
            "gamma-algebra",
            uses=linear("k0-mu0", "times-t-0", "k0-odd-mu", "k1-even-mu"),
            ranges=ZERO,
        ),
        Step(
            "mu-even",
            equal(Mu(NTK_, k), mu),
            "gamma-algebra",
            uses=linear("k0-mu-even", "t_k0-even", "k1-even-mu"),
            ranges=(_k(2), D),
        ),
        Step(
            "gegenbauer",
            equal(GegenbauerCoefficient(NTK_, k), mu * factor),
            "gegenbauer",
            uses=("mu-even",),
            ranges=(_k(2), Range("d", 2)),
        ),
    ]


@lru_cache(maxsize=16)
def derive(kernel: Kernel | str) -> Proof:
    """The derivation of a one-hidden-layer kernel, from the Gaussian mean to the eigenvalues.

    Known for ArcCosine of any order, NNGP(2) = ArcCosine(1) and NTK(depth=2, layer_scales=any, bias=any).

    >>> derive(ArcCosine(0)).conclusion.name
    'k0-mu-even'
    """
    kernel = as_kernel(kernel)
    combination = parts(kernel)
    if combination is not None:
        steps = combined([(factor, derive(part)) for factor, part in combination])
    else:
        steps = _steps(kernel)
    return Proof(f"Spectrum of {kernel!r} on S^d", tuple(steps))


@by_kernel()
def _steps(kernel: Kernel) -> list[Step]:
    """The steps of a kernel that is no combination of other ones."""
    raise NotDerived(
        f"no derivation for {kernel!r}: allowed are ArcCosine(order=a), NNGP(depth=2), NTK(depth=2), "
        "Dual and DualTangent of relu, sums and multiples of these; of NTK and NNGP of any depth and Laplace the law"
    )


@_steps.register(ArcCosine)
def _arc_cosine_steps(kernel: ArcCosine) -> list[Step]:
    if kernel.order == 0:
        return arc_cosine_angle(0) + k0_series() + moments() + k0_eigenvalues()
    if kernel.order == 1:
        angles = arc_cosine_angle(0) + arc_cosine_angle(1)
        return angles + k0_series() + k1_series() + moments() + k1_eigenvalues()
    family = arc_cosine_angle(0) + k0_series() + family_series() + moments() + family_eigenvalues()
    return family + order_steps(kernel.order)


@_steps.register(NNGP, NTK)
def _layer_steps(kernel: NNGP | NTK) -> list[Step]:
    if kernel.bias_variance:
        raise NotDerived(f"no derivation for {kernel!r}: bias_variance must be 0")
    if kernel.depth != 2:
        return _steps.default(kernel)
    if isinstance(kernel, NNGP):
        return _steps(ArcCosine(1))
    bias = int(kernel.bias)
    first, last = (sp.Rational(s.numerator, s.denominator) for s in kernel.scales)
    base = arc_cosine_angle(0) + arc_cosine_angle(1) + tangent_kernel(first, last, bias)
    base += k0_series() + k1_series()
    steps = base + tangent_series(first, last, bias) + moments() + k0_eigenvalues() + k1_eigenvalues()
    return steps + times_t_eigenvalues() + tangent_eigenvalues(first, last, bias)
