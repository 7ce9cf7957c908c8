"""Each convention against its authors' definition, integrated in floating point; kernels as text."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Context, Decimal
from fractions import Fraction
from math import gamma, pi, sqrt

import numpy as np
import pytest
from mpmath import mp, mpf
from scipy.special import eval_gegenbauer, roots_gegenbauer

from tests.reading import value_of
from tests.theory.kernel_list import ALL
from tests.theory.values import refuses_change
from theory.kernels import NNGP, NTK, Dual, DualTangent, Kernel, diagonal
from theory.kernels.formulas import kernel_function
from theory.numbers.balls import Enclosure, NotCertified
from theory.numbers.pi_polynomials import PiPolynomial
from theory.spectra import conventions
from theory.spectra.conventions import (
    CONVENTIONS,
    arora_kernel,
    basri_kernel,
    cao_kernel,
    convention,
    converted_decimal,
    converted_enclosure,
    converted_exact,
    factor_of,
    from_convention,
    gpfy_kernel,
    kernel_generalization_kernel,
    neural_tangents_kernel,
    to_convention,
)
from theory.spectra.floating import floating_spectrum
from theory.spectra.routes.oracle import kappa
from theory.spectra.spectrum import eigenvalue, spectrum

DIMS = (2, 3, 6)


def integral(kernel: Kernel, dim: int, degree: int) -> float:
    """Integral of kappa P_k (1-t^2)^((d-2)/2) dt by 400 Gauss-Gegenbauer nodes."""
    alpha = (dim - 1) / 2
    nodes, weights = roots_gegenbauer(400, alpha)
    values = np.array([float(kappa(kernel, float(t))) for t in nodes])
    polynomial = eval_gegenbauer(degree, alpha, nodes) / eval_gegenbauer(degree, alpha, 1.0)
    return float(np.sum(weights * values * polynomial))


def surface(n: int) -> float:
    return 2 * pi ** ((n + 1) / 2) / gamma((n + 1) / 2)


@pytest.mark.parametrize("name", CONVENTIONS)
@pytest.mark.parametrize("dim", (1, *DIMS))
@pytest.mark.parametrize("degree", (0, 1, 2, 4))
def test_there_and_back(name: str, dim: int, degree: int) -> None:
    value = eigenvalue(NTK(2), dim, degree).exact
    assert from_convention(to_convention(value, name, dim, degree), name, dim, degree) == value


@pytest.mark.parametrize("dim", DIMS)
@pytest.mark.parametrize("degree", (0, 1, 2))
def test_surface_measure(dim: int, degree: int) -> None:
    theirs = surface(dim - 1) * integral(NTK(2), dim, degree)
    ours = eigenvalue(NTK(2), dim, degree)
    assert float(converted_decimal(ours, "yu", 15)[0]) == pytest.approx(theirs, rel=1e-6)


@pytest.mark.parametrize("dim", DIMS)
@pytest.mark.parametrize("degree", (0, 1, 2))
def test_kernel_generalization(dim: int, degree: int) -> None:
    """spectrum_scaled = Integral kappa C_k^(a) w / (area_ratio a/(a+k)), a = p/2 - 1, p = d + 1."""
    alpha = (dim - 1) / 2
    on_gegenbauer = integral(kernel_generalization_kernel(2), dim, degree) * eval_gegenbauer(degree, alpha, 1.0)
    theirs = on_gegenbauer / (surface(dim) / surface(dim - 1) * alpha / (alpha + degree))
    ours = eigenvalue(NTK(3), dim, degree, 20)
    assert float(converted_decimal(ours, "kernel-generalization-scaled", 15)[0]) == pytest.approx(theirs, rel=1e-6)


def test_basri_on_the_circle() -> None:
    """1/pi^2, 1/4, 2(k^2+1)/(pi^2 (k^2-1)^2) for even k (Basri et al. 2019, section 4.1)."""
    printed = [1 / pi**2, 1 / 4, 2 * 5 / (pi**2 * 9), 0, 2 * 17 / (pi**2 * 225)]
    for degree, theirs in enumerate(printed):
        ours = eigenvalue(basri_kernel(), 1, degree)
        assert float(converted_decimal(ours, "basri", 15)[0]) == pytest.approx(theirs, rel=1e-14)


def test_basri_with_bias_on_the_circle() -> None:
    printed = [1 / (2 * pi**2) + 1 / 8, 1 / pi**2 + 1 / 8, 5 / (pi**2 * 9), 1 / (pi**2 * 9)]
    for degree, theirs in enumerate(printed):
        ours = eigenvalue(basri_kernel(bias=True), 1, degree)
        assert float(converted_decimal(ours, "basri", 15)[0]) == pytest.approx(theirs, rel=1e-14)


@pytest.mark.parametrize(("w", "b"), [(2, 0), (Fraction(3, 2), 0), (2, Fraction(1, 4)), (1, 1)])
def test_neural_tangents_recursion(w: Fraction, b: Fraction) -> None:
    """stax: Dense K -> W^2 K + b^2, T -> K + W^2 T; Relu by the arc-cosine formulas over two."""
    for t in (-0.7, 0.0, 0.4, 0.9):
        k, v = float(w) * t + float(b), float(w) + float(b)
        theta_kernel = k
        for _ in range(2):
            angle = np.arccos(k / v)
            slope = (pi - angle) / (2 * pi)
            k = float(w) * v * (np.sin(angle) + (pi - angle) * np.cos(angle)) / (2 * pi) + float(b)
            v = float(w) * v / 2 + float(b)
            theta_kernel = k + float(w) * theta_kernel * slope
        assert float(kappa(neural_tangents_kernel(3, w, b), t)) == pytest.approx(theta_kernel, rel=1e-12)


def test_gpfy_is_one_on_the_diagonal() -> None:
    assert [diagonal(gpfy_kernel(depth)) for depth in (1, 2, 5)] == [1, 1, 1]


def test_an_unknown_convention_names_the_nearest() -> None:
    with pytest.raises(ValueError, match="did you mean basri"):
        convention("basry")


def test_a_wrong_factor_is_seen() -> None:
    theirs = surface(2) * integral(NTK(2), 3, 2)
    wrong = to_convention(eigenvalue(NTK(2), 3, 2).exact, "basri", 3, 2)
    assert float(wrong.enclosure(15).decimal(15)[0]) != pytest.approx(theirs, rel=1e-3)


@pytest.mark.parametrize("kernel", ALL, ids=repr)
def test_sympy_form_has_the_kernel_values(kernel: Kernel) -> None:
    import sympy

    function = sympy.lambdify(sympy.Symbol("t", real=True), kernel_function(kernel), "mpmath", cse=True)
    for t in (mpf(-0.6), mpf(0.3)):
        assert abs(function(t) - kappa(kernel, t)) < 1e-12
    assert isinstance(kernel_function(kernel, "latex"), str)


GAUSSIAN = {
    "relu": lambda u: np.maximum(u, 0),
    "leaky_relu": lambda u: np.where(u > 0, u, 0.1 * u),
    "abs": np.abs,
    "step": lambda u: (u > 0) * 1.0,
    "sin": np.sin,
    "cos": np.cos,
    "exp": np.exp,
    "tanh": np.tanh,
}


@pytest.mark.parametrize("name", [*GAUSSIAN, "erf", "gelu"])
def test_duals_are_gaussian_expectations(name: str) -> None:
    """mu_k of the dual from E[s(u) s(v)] itself: b_n = E[s h_n]^2 by the definition, in floats."""
    from scipy.special import erf

    from theory.expansions.maclaurin import maclaurin
    from theory.numbers.balls import working_precision

    s = GAUSSIAN.get(name) or (erf if name == "erf" else lambda u: u * (1 + erf(u / sqrt(2))) / 2)
    u = np.linspace(-14, 14, 280_001)[:-1] + 5e-5
    weight = np.exp(-u * u / 2) / sqrt(2 * pi) * 1e-4
    h = [np.ones_like(u), u]
    for n in range(1, 6):
        h.append((u * h[n] - sqrt(n) * h[n - 1]) / sqrt(n + 1))
    slope = Fraction(1, 10) if name == "leaky_relu" else None
    with working_precision(20):
        dual, tangent = maclaurin(Dual(name, slope), 6), maclaurin(DualTangent(name, slope), 6)
    b = [np.sum(weight * s(u) * h_n) ** 2 for h_n in h]
    for n in range(6):
        assert float(dual[n].mid()) == pytest.approx(b[n], abs=1e-8)
        # t E[s' s'] has coefficients n b_n (no point mass for step: its derivative is taken as 0).
        expected = b[n] * (1 if name == "step" else 1 + n)
        assert float(tangent[n].mid()) == pytest.approx(expected, abs=1e-7)


def test_must_show_examples() -> None:
    from theory.kernels import Laplace, Zonal

    deep = spectrum(NTK(5), 40, range(31), 30).eigenvalues
    assert len(deep) == 31 and all(e.enclosure.accuracy() >= 30 for e in deep)
    assert spectrum(Dual("gelu"), 9, range(21), 20).eigenvalues[3].decimal(20) == ("0", "0")
    left = spectrum(Zonal("exp(-2*sin(theta/2))"), 6, range(31), 30).eigenvalues
    right = spectrum(Laplace(1), 6, range(31), 30).eigenvalues
    assert [e.decimal(30)[0] for e in left] == [e.decimal(30)[0] for e in right]


@pytest.mark.parametrize("name", CONVENTIONS)
def test_a_real_dimension_has_only_conventions_without_a_factor(name: str) -> None:
    half = Fraction(5, 2)
    if factor_of(name, 3, 2) == factor_of(name, 2, 1) == PiPolynomial.of(1):
        assert factor_of(name, half, 2) == PiPolynomial.of(1)
        assert converted_exact(eigenvalue(NTK(2), half, 1), name) == "2/7"
    else:
        with pytest.raises(ValueError, match=f"{name} is defined for integer d alone, got d = 5/2"):
            factor_of(name, half, 2)
    with pytest.raises(ValueError, match="degree"):
        factor_of(name, 2, -1)


@pytest.mark.parametrize(
    ("name", "dim", "degree", "exact"),
    [
        ("basri", 1, 0, 1),
        ("basri", 1, 1, 2),
        ("basri", 1, 2, 2),
        ("basri", 2, 0, "2*pi"),
        ("basri", 3, 4, "2*pi**2/3"),
        ("yu", 1, 3, "2*pi"),
        ("murray", 2, 0, "4*pi"),
        ("kernel-generalization-scaled", 2, 0, 1),
        ("kernel-generalization-scaled", 2, 3, 7),
        ("kernel-generalization-scaled", 1, 3, 2),
        ("gpfy", 2, 3, 1),
    ],
)
def test_factors_on_small_spheres(name: str, dim: int, degree: int, exact: object) -> None:
    """omega_1 = 2 pi, omega_2 = 4 pi, omega_3 = 2 pi^2; 2k+1 harmonics on S^2, 2 on S^1."""
    assert repr(factor_of(name, dim, degree)) == str(exact)


def test_the_kernels_of_other_authors() -> None:
    assert cao_kernel() == cao_kernel(2) == NTK(2, layer_scales=(Fraction(1, 2), 1))
    for depth in (1, 3):
        with pytest.raises(ValueError, match=f"cao: two layers only, got depth {depth}"):
            cao_kernel(depth)
    assert basri_kernel() == NTK(2, layer_scales=(Fraction(1, 2), 0))
    assert basri_kernel(bias=True) == NTK(2, layer_scales=(Fraction(1, 4), 0), bias=True)
    assert arora_kernel(1) == NTK(2) == kernel_generalization_kernel(1)
    assert kernel_generalization_kernel(2, 3) == NTK(3, bias_variance=3)
    assert gpfy_kernel(1) == Fraction(1, 2) * NTK(2)
    assert neural_tangents_kernel(2, kind="nngp") == 2 * NNGP(2) != neural_tangents_kernel(2)
    with pytest.raises(ValueError, match="kind must be ntk or nngp, got 'nn'"):
        neural_tangents_kernel(2, kind="nn")
    assert [c.kernel(2) for n, c in CONVENTIONS.items() if n in ("murray", "bietti-bach")] == [NTK(2)] * 2
    assert CONVENTIONS["bietti-mairal"].kernel() == NTK(2)
    for found in CONVENTIONS.values():
        refuses_change(found)
    with pytest.raises(ValueError) as refused:
        convention("qqqqq")
    assert str(refused.value) == f"unknown convention 'qqqqq', allowed: {', '.join(CONVENTIONS)}"


@pytest.mark.parametrize(("kernel", "dim", "degree"), [(NTK(2), 2, 4), (NTK(2), 3, 600), (NTK(3), 3, 2)], ids=repr)
@pytest.mark.parametrize("digits", [5, 30])
def test_a_converted_decimal_is_correctly_rounded(kernel: Kernel, dim: int, degree: int, digits: int) -> None:
    """4 pi and 2 pi^2 times mu_k by the quadrature of mpmath, or by the closed form 2 c^2 (k(k+d-1) + d + 2)."""
    ours = eigenvalue(kernel, dim, degree, digits)
    text, radius = converted_decimal(ours, "yu", digits)
    with mp.workdps(60):
        if kernel == NTK(2):
            below = mp.rgamma(mpf(3 - degree) / 2) * mp.rgamma(mpf(degree + dim + 2) / 2)
            cap = mp.gamma(mpf(dim + 1) / 2) * below / 4
            true = 2 * cap**2 * (degree * (degree + dim - 1) + dim + 2)
        else:
            true = floating_spectrum(kernel, dim, degree, digits + 8).eigenvalues[0].value
        true *= 2 * mp.pi ** (mpf(dim + 1) / 2) / mp.gamma(mpf(dim + 1) / 2)
        shown = Context(prec=digits, rounding=ROUND_HALF_EVEN).create_decimal(mp.nstr(true, digits + 6))
        assert Decimal(text) == shown
        error = abs(mpf(text) - true)
        assert error <= mpf(radius) <= max(error * 1.02, abs(true) * mpf(10) ** -(digits + 2))


def test_a_converted_exact_form_has_the_value_of_the_decimal() -> None:
    far = eigenvalue(NTK(2), 3, 600, 20)
    for name in ("yu", "kernel-generalization-scaled", "project"):
        with mp.workdps(40):
            names = {"Gamma": mp.gamma, "factorial": mp.factorial, "pi": +mp.pi}
            value = value_of(converted_exact(far, name), names, mpf)
            assert abs(value / mpf(converted_decimal(far, name, 20)[0]) - 1) < mpf(10) ** -19
    unknown = eigenvalue(NTK(3), 3, 2)
    assert converted_exact(unknown, "yu") is None and converted_exact(unknown, "cao") is None
    near = eigenvalue(NTK(2), 2, 2)
    for name, text in (("cao", "5/64"), ("yu", "5*pi/16"), ("kernel-generalization-scaled", "25/64")):
        assert converted_exact(near, name) == text


def test_a_converted_enclosure_is_as_tight_as_its_digits() -> None:
    mu = Enclosure((1, -3))
    for digits in (10, 40):
        found = converted_enclosure(mu, "yu", 2, 0, digits)
        with mp.workdps(80):
            low, high = (mpf(end.numerator) / end.denominator for end in (found.lower, found.upper))
            assert low <= mp.pi / 2 <= high
        assert found.accuracy() >= digits


def test_a_rounding_that_stays_open_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def vague(value: Enclosure, name: str, dim: int, degree: int, digits: int) -> Enclosure:
        asked.append(digits)
        return Enclosure((1, 0), (1, 0))

    monkeypatch.setattr(conventions, "converted_enclosure", vague)
    with pytest.raises(NotCertified, match="mu_2 of .* in convention yu: no digit certified, 10 wanted"):
        converted_decimal(eigenvalue(NTK(3), 3, 2, 10), "yu", 10)
    assert len(asked) == 2 and 10 < asked[0] < asked[1]
