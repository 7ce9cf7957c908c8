"""The law of the dual kernel of tanh, by its double integral, which the Hermite series confirms."""

from __future__ import annotations

import mpmath as mp
import numpy as np
import pytest
import sympy as sp
from scipy.special import gammaln, ive

from theory.kernels import Dual, DualTangent
from theory.laws.smooth import smooth_law
from theory.laws.tanh import is_tanh, tanh_law
from theory.spectra.spectrum import spectrum
from theory.symbolic.objects import d, k

TWIN = 1.1


def log_sinh(x: np.ndarray) -> np.ndarray:
    return x + np.log1p(-np.exp(-2 * x)) - np.log(2)


def log_bessel(order: float, r: np.ndarray) -> np.ndarray:
    """log(I_order(r) exp(-r)): scipy's, for large orders Debye's with error O(order^-2)."""
    if order < 100:
        with np.errstate(divide="ignore"):
            return np.log(ive(order, r))
    z = r / order
    root = np.sqrt(1 + z * z)
    first = (3 / root - 5 / root**3) / 24
    height = root + np.log(z / (1 + root)) - z
    return order * height - np.log(2 * np.pi * order * root) / 2 + np.log1p(first / order)


def log_eigenvalue(kernel: Dual | DualTangent, dim: int, degree: int) -> float:
    """log mu_k from the double integral over r and v by the trapezoidal rule, geometric here.

    (n + 1) b_n in place of b_n multiplies the eigenvalue g(r) of sinh(r t) by 1 + r g'/g =
    1 + k + r I_{nu+1}(r)/I_nu(r), nu = k + (d-1)/2 (DLMF 10.29.2).
    """
    x = np.linspace(-40, 40, 1601)  # log r in units of the width of the saddle
    saddle = (degree**2 / np.pi) ** (2 / 3)
    log_r = np.log(saddle) + x / (1 + saddle**0.25)
    r, y = np.exp(log_r), np.linspace(-12, 12, 241)
    v = y / np.sqrt(1 + r[:, None])
    root = np.pi / 2 * np.sqrt(r)[:, None]
    heights = -2 * r[:, None] * np.sinh(v) ** 2
    heights -= log_sinh(root * np.exp(v)) + log_sinh(root * np.exp(-v))
    inner = np.logaddexp.reduce(heights, axis=1) + np.log((y[1] - y[0]) / np.sqrt(1 + r))
    half = (dim - 1) / 2
    bessel = log_bessel(degree + half, r)
    whole = inner - half * log_r + bessel + log_r
    if isinstance(kernel, DualTangent):
        with np.errstate(invalid="ignore"):
            quotient = np.nan_to_num(np.exp(log_bessel(degree + half + 1, r) - bessel))
        whole += np.log(1 + degree + r * quotient)
    total = np.logaddexp.reduce(whole) + np.log(log_r[1] - log_r[0])
    return gammaln((dim + 1) / 2) + half * np.log(2) + total


KERNELS = (Dual("tanh"), DualTangent("tanh"))


@pytest.mark.parametrize("kernel", KERNELS, ids=str)
@pytest.mark.parametrize(("dim", "degree"), [(1, 3), (3, 11), (8, 31)])
def test_double_integral_is_the_eigenvalue_of_the_hermite_series(
    kernel: Dual | DualTangent, dim: int, degree: int
) -> None:
    certified = spectrum(kernel, dim, degree, 12, route="series").eigenvalues[0].enclosure.ball()
    error = float(certified.mid().log()) - log_eigenvalue(kernel, dim, degree)
    assert abs(error) < 1e-9  # rounding of 4e5 terms; the rule converges geometrically
    assert abs(error - np.log(TWIN)) > 1e-9


def shrinks(errors: list[float], step: float) -> bool:
    """Whether errors ~ k^(-2/3): from k to step * k they fall by step^(2/3), within a tenth."""
    quotients = np.array(errors[1:]) / np.array(errors[:-1]) * step ** (2 / 3)
    return bool(np.all(np.abs(quotients - 1) < 0.1))


@pytest.mark.parametrize("kernel", KERNELS, ids=str)
@pytest.mark.parametrize("dim", [1, 2, 5])
def test_error_of_the_law_is_of_the_stated_order(kernel: Dual | DualTangent, dim: int) -> None:
    """After its first term, exp(-(d-1)/2 (pi^2/k)^(1/3)), what is left is of the order k^(-2/3)."""
    even, (leading, _) = smooth_law(kernel, dim)
    assert even == (0, 0) and leading == tanh_law(kernel).subs(d, dim)
    degrees = [10**5 + 1, 10**6 + 1, 10**7 + 1]
    logs = [float(sp.expand_log(sp.log(leading.subs(k, n))).evalf(25)) for n in degrees]
    first = [(dim - 1) / 2 * (np.pi**2 / n) ** (1 / 3) for n in degrees]
    found = [log_eigenvalue(kernel, dim, n) - log for n, log in zip(degrees, logs, strict=True)]
    quotients = [np.exp(f + e) for f, e in zip(found, first, strict=True)]
    assert shrinks([q - 1 for q in quotients], 10)
    assert not shrinks([q * TWIN - 1 for q in quotients], 10)
    powers = [n**0.01 for n in degrees]  # an exponent that is off by 1/100
    assert not shrinks([q * p - 1 for q, p in zip(quotients, powers, strict=True)], 10)
    assert dim == 1 or not shrinks([np.exp(f) - 1 for f in found], 10)


def laplace_integral(dim: int, degree: int, power: int) -> mp.mpf:
    """log of 2^a Gamma(a) Int r^(power-a) exp(-k^2/(2r) + k^4/(24r^3) - pi sqrt(r)) dr, a =
    (d+1)/2, by quadrature.

    Within 12 widths of the saddle, beyond which k^4/(24r^3) is no small correction any more.
    """
    with mp.workdps(40):
        a, saddle = mp.mpf(dim + 1) / 2, (mp.mpf(degree) ** 2 / mp.pi) ** (mp.mpf(2) / 3)

        def height(x: mp.mpf) -> mp.mpf:  # r = saddle exp(x), dr = r dx
            r = saddle * mp.exp(x)
            main = degree**2 / (2 * r) - mp.mpf(degree) ** 4 / (24 * r**3) + mp.pi * mp.sqrt(r)
            return (power - a + 1) * mp.log(r) - main

        top, width = height(mp.mpf(0)), 12 / mp.sqrt(mp.pi * mp.sqrt(saddle) * 3 / 4)
        area = mp.quad(lambda x: mp.exp(height(x) - top), mp.linspace(-width, width, 9))
        return mp.log(area) + top + a * mp.log(2) + mp.loggamma(a)


@pytest.mark.parametrize(("kernel", "power"), [(Dual("tanh"), 0), (DualTangent("tanh"), 1)], ids=str)
@pytest.mark.parametrize("dim", [1, 6])
def test_the_law_is_that_of_the_saddle(kernel: Dual | DualTangent, power: int, dim: int) -> None:
    """Laplace's method errs by the order k^(-2/3): from k = 10^6 to 8 10^6 to a quarter, within 2
    %."""
    gaps = []
    for degree in (10**6, 8 * 10**6):
        law = sp.expand_log(sp.log(tanh_law(kernel).subs({d: dim, k: degree})), force=True)
        gaps.append(float(laplace_integral(dim, degree, power) - mp.mpf(str(sp.N(law, 40)))))
    assert abs(gaps[0]) < 1e-2 and abs(4 * gaps[1] / gaps[0] - 1) < 0.02


def test_which_kernels_are_those_of_tanh() -> None:
    assert all(map(is_tanh, KERNELS)) and not any(map(is_tanh, (Dual("sin"), DualTangent("erf"))))
