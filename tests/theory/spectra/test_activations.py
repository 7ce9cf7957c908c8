"""Spectra of duals of every activation and variance against quadrature in doubles, which shares nothing with a route."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import cache

import numpy as np
import pytest
from numpy.polynomial.hermite_e import hermegauss
from numpy.polynomial.legendre import leggauss
from scipy import special

from theory.kernels import ACTIVATIONS, Dual, DualTangent, Kernel
from theory.kernels.parity import vanishes
from theory.kernels.parse import parse_kernel
from theory.laws.definiteness import definiteness
from theory.numbers.balls import NotCertified
from theory.numbers.truth import Truth
from theory.spectra.spectrum import eigenvalue, spectrum

HALF = Fraction(1, 2)
Array = np.ndarray
Function = Callable[[Array], Array]


def gate(x: Array) -> Array:
    return np.tanh(np.logaddexp(0, x))


FUNCTIONS: dict[str, Function] = {
    "squared_relu": lambda x: np.maximum(x, 0) ** 2,
    "erf": special.erf,
    "sin": np.sin,
    "cos": np.cos,
    "exp": np.exp,
    "gelu": lambda x: x * special.ndtr(x),
    "tanh": np.tanh,
    "sigmoid": special.expit,
    "softplus": lambda x: np.logaddexp(0, x),
    "silu": lambda x: x * special.expit(x),
    "mish": lambda x: x * gate(x),
    "hard_tanh": lambda x: np.clip(x, -1, 1),
    "relu6": lambda x: np.clip(x, 0, 6),
    "elu": lambda x: np.where(x > 0, x, np.expm1(np.minimum(x, 0))),
    "selu": lambda x: 1.0507009873554805 * np.where(x > 0, x, 1.6732632423543772 * np.expm1(np.minimum(x, 0))),
    "softsign": lambda x: x / (1 + np.abs(x)),
}
KINKS = {"hard_tanh": (-1, 1), "relu6": (0, 6), "elu": (0,), "selu": (0,), "softsign": (0,)}
SMOOTH = [name for name in FUNCTIONS if name != "squared_relu" and name not in KINKS]
VARIANCES = (Fraction(1), HALF, Fraction(5, 2))


@cache
def kappa(name: str, variance: Fraction, nodes: int = 80) -> tuple[Array, Array]:
    """t and E[s(x) s(y)] there, by two-dimensional Gauss-Hermite quadrature."""
    u, weight = hermegauss(nodes)
    weight = weight / weight.sum()
    t = leggauss(40)[0]
    root = float(variance) ** 0.5
    x = root * u[:, None]
    values = [
        weight @ (FUNCTIONS[name](x) * FUNCTIONS[name](c * x + (1 - c * c) ** 0.5 * root * u[None, :])) @ weight
        for c in t
    ]
    return t, np.array(values)


def by_quadrature(name: str, variance: Fraction, tangent: bool) -> list[float]:
    """mu_0, ..., mu_4 on S^2, of the tangent kernel from t P_k kappa' by parts: d(t P_k kappa) = 0 at no end."""
    t, values = kappa(name, variance)
    weight = leggauss(40)[1] / 2
    found = []
    for k in range(5):
        legendre = special.eval_legendre(k, t)
        if not tangent:
            found.append(float(np.sum(weight * values * legendre)))
            continue
        # Int t kappa' P_k = [t kappa P_k] - Int kappa (t P_k)', the values at the ends by polynomials through all nodes.
        slopes = np.polynomial.legendre.legder(np.polynomial.legendre.legmulx([0] * k + [1]))
        inside = float(np.sum(weight * values * np.polynomial.legendre.legval(t, slopes)))
        series = [float(np.sum(weight * values * special.eval_legendre(j, t))) * (2 * j + 1) for j in range(34)]
        ends = [float(np.polynomial.legendre.legval(e, series)) for e in (1, -1)]
        found.append((ends[0] + (-1) ** k * ends[1]) / 2 - inside + float(np.sum(weight * values * legendre)))
    return found


@pytest.mark.parametrize("variance", VARIANCES, ids=str)
@pytest.mark.parametrize("name", SMOOTH)
def test_spectra_are_those_of_the_two_dimensional_integral(name: str, variance: Fraction) -> None:
    for kind in (Dual, DualTangent):
        kernel = kind(name, variance=variance)
        found = spectrum(kernel, 2, range(5), 15).eigenvalues.floats()
        near = by_quadrature(name, variance, kind is DualTangent)
        # Poles at distance pi/sqrt(v) and less limit the rule with 80 nodes: tanh with v = 5/2 has 7 digits.
        assert np.max(np.abs(found - near)) < 2e-6 * max(1, abs(near[0])), (kernel, found, near)


def test_the_judge_notices_a_wrong_variance_and_a_wrong_activation() -> None:
    near = by_quadrature("silu", HALF, False)
    for wrong in (
        Dual("silu", variance=Fraction(501, 1000)),
        Dual("gelu", variance=HALF),
        DualTangent("silu", variance=HALF),
    ):
        found = spectrum(wrong, 2, range(5), 15).eigenvalues.floats()
        assert np.max(np.abs(found - near)) > 2e-6


@pytest.mark.parametrize("variance", [Fraction(1), Fraction(1, 3), Fraction(4)], ids=str)
def test_squared_relu_is_half_the_arc_cosine_kernel_of_order_2(variance: Fraction) -> None:
    """mu_0 on S^2 is E|w|^4 = 15 times the square of the mean 1/6 of t_+^2 on the sphere, and v^2."""
    plain = [eigenvalue(Dual("squared_relu", variance=variance), 2, k).exact.rational() for k in range(6)]
    assert plain[0] == Fraction(15, 36) * variance**2 and plain[4] == 0
    tangent = eigenvalue(DualTangent("squared_relu", variance=variance), 2, 0).exact.rational()
    assert tangent == Fraction(3, 4) * variance**2  # the integral of (t kappa)'/2 is kappa(1)/2, and kappa(-1) = 0


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_a_kernel_is_its_text_and_its_parity_that_of_the_function(name: str) -> None:
    slope = Fraction(1, 10) if name == "leaky_relu" else None
    for kind in (Dual, DualTangent):
        for variance in (1, Fraction(2, 3)):
            kernel = kind(name, slope=slope, variance=variance)
            assert parse_kernel(repr(kernel)) == kernel
            if name in SMOOTH:
                near = by_quadrature(name, Fraction(variance), False)
                assert all(abs(near[k]) < 1e-7 for k in range(5) if vanishes(kernel, k))


def test_other_names_and_bad_variances() -> None:
    assert repr(Dual("swish", variance=2)) == 'Dual("silu", variance=2)'
    for bad in (0, -1, 0.5, Fraction(10**5), "1", float("nan"), None):
        with pytest.raises(ValueError, match="Dual: variance must be an exact rational"):
            Dual("tanh", variance=bad)


@pytest.mark.parametrize(
    "kernel",
    [
        Dual("hard_tanh"),
        Dual("silu"),
        DualTangent("mish", variance=2),
        Dual("sigmoid"),
        Dual("gelu", variance=4),
        Dual("squared_relu"),
    ],
    ids=repr,
)
def test_they_are_positive_definite(kernel: Kernel) -> None:
    assert definiteness(kernel, 3).truth is Truth.HOLDS
    if isinstance(kernel, Dual):
        assert definiteness(kernel, 3).strict is Truth.FAILS  # a part is a polynomial


@cache
def hermite_squares(name: str, variance: Fraction, terms: int = 600) -> tuple[Array, float]:
    """(E[s h_n])^2 and E[s^2] by Gauss's rule between the kinks."""
    root = float(variance) ** 0.5
    edges = np.unique([*np.arange(-56, 57), *(a / root for a in KINKS[name])])
    x, w = leggauss(40)
    half, middle = np.diff(edges)[:, None] / 2, (edges[1:] + edges[:-1])[:, None] / 2
    u, weight = (middle + half * x).ravel(), (half * w).ravel()
    values = FUNCTIONS[name](root * u)
    before, current, found = np.zeros_like(u), np.exp(-u * u / 4) * (2 * np.pi) ** -0.25, np.zeros(terms)
    share = weight * values * current
    total = float(weight @ (values * current) ** 2)
    for n in range(terms):
        found[n] = (share @ current) ** 2
        before, current = current, (u * current - np.sqrt(n) * before) / np.sqrt(n + 1)
    return found, total


def by_series(name: str, variance: Fraction, dim: int, tangent: bool) -> tuple[Array, Array]:
    """mu_0, ..., mu_5 from sum b_n E[t^n P_k], and a bound of what 600 terms leave out of kappa."""
    squares, _ = hermite_squares(name, variance)
    squares = squares * (np.arange(len(squares)) + 1) if tangent else squares
    found, bounds = [], []
    for k in range(6):
        n = np.arange(k, len(squares), 2.0)
        logarithm = special.gammaln(n + 1) - n * np.log(2) - special.gammaln((n - k) / 2 + 1)
        moment = np.exp(logarithm + special.gammaln((dim + 1) / 2) - special.gammaln((n + k + dim + 1) / 2))
        terms = squares[k::2] * moment
        found.append(float(np.sum(terms)))
        bounds.append(float(np.max(terms[-60:])) * len(squares))  # falls faster than n^-2
    return np.array(found), np.array(bounds)


@pytest.mark.parametrize("variance", [Fraction(1), HALF], ids=str)
@pytest.mark.parametrize("name", [name for name in KINKS if name != "softsign"])
def test_spectra_of_activations_with_kinks(name: str, variance: Fraction) -> None:
    """On S^3 up to what 600 terms leave out, on S^7 to twelve digits."""
    for kind, dims in ((Dual, (7,)), (DualTangent, (3,))):
        for dim in dims:
            found = spectrum(kind(name, variance=variance), dim, range(6), 12, "angle").eigenvalues.floats()
            near, bound = by_series(name, variance, dim, kind is DualTangent)
            assert np.all(found >= near - 1e-12) and np.all(found - near <= bound + 1e-12)
            assert dim == 3 or np.max(np.abs(found - near)) < 1e-11


@pytest.mark.parametrize("kernel", [Dual("hard_tanh", variance=2), DualTangent("selu"), Dual("elu")], ids=repr)
def test_both_routes_of_activations_with_kinks_overlap(kernel: Kernel) -> None:
    """Degrees 0 to 5 on S^30 by quadrature of kappa'' and by power series, and the twin that is off by 1e-11."""
    angle, series = (spectrum(kernel, 30, range(6), 12, route).eigenvalues for route in ("angle", "series"))
    for one, other in zip(angle, series, strict=True):
        assert one.enclosure.overlaps(other.enclosure)
        assert vanishes(kernel, one.degree) or Fraction(float(one)) * (1 + Fraction(1, 10**11)) > other.enclosure.upper


def test_softsign_has_the_digits_that_its_series_gives() -> None:
    found = spectrum(Dual("softsign"), 20, range(6), 14).eigenvalues.floats()
    near, bound = by_series("softsign", Fraction(1), 20, False)
    assert np.all(np.abs(found - near) <= bound + 1e-14)
    with pytest.raises(NotCertified, match="too slowly"):
        spectrum(Dual("softsign"), 2, range(3), 30)


def test_hinges_refuse_what_they_cannot() -> None:
    with pytest.raises(NotCertified, match="variance from 1/100 to 400"):
        spectrum(Dual("elu", variance=1000), 2, range(3), 15, "angle")


def test_high_degrees_of_tanh() -> None:
    """mu_k(S^(d+2)) = (d+1)/(2k+d+1) (mu_k - mu_(k+2))(S^d) where 6 of 10 digits of the first are left."""
    low = [eigenvalue(Dual("tanh"), 2, k, 20).enclosure.ball() for k in (101, 103)]
    high = eigenvalue(Dual("tanh"), 4, 101, 20).enclosure.ball()
    assert high.overlaps((low[0] - low[1]) * 3 / 205)
