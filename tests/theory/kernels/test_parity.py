"""Bounds on the degrees of the even and the odd part of a kernel, against its Legendre coefficients.

mu_k on S^2 is half the integral of kappa P_k, here by Gauss' rule in theta from the kernel written
as a function of our own: a bound n is right if nothing of its parity lies beyond n, and tight if
the coefficient at n is there.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from math import erf, inf

import numpy as np
import pytest

from tests.reading import value_of
from theory.kernels import (
    NNGP,
    NTK,
    ArcCosine,
    Compose,
    Dual,
    DualTangent,
    Gaussian,
    Kernel,
    PowerSeries,
    Product,
    Zonal,
)
from theory.kernels.parity import degree_bounds, tree_bounds, vanishes
from theory.kernels.zonal_expressions import parse_expression

HALF, QUARTER = Fraction(1, 2), Fraction(1, 4)
TOP = 13  # degrees looked at
SMALL = 1e-11
NODES, WEIGHTS = np.polynomial.legendre.leggauss(200)
ANGLES = (NODES + 1) * np.pi / 2
T = np.cos(ANGLES)
NAMES = {name: getattr(np, name) for name in ("sqrt", "exp", "log", "sin", "cos", "tan", "sinh", "cosh")} | {
    "acos": np.arccos,
    "asin": np.arcsin,
    "atan": np.arctan,
    "erf": np.vectorize(erf),
    "pi": np.pi,
    "t": T,
    "theta": ANGLES,
}


def coefficients(values: np.ndarray) -> np.ndarray:
    """mu_0, ..., mu_TOP on S^2."""
    degrees = np.eye(TOP + 1)
    legendre = np.array([np.polynomial.legendre.legval(T, row) for row in degrees])
    return legendre @ (WEIGHTS * np.sin(ANGLES) * values) * np.pi / 4


def degree_of(present: np.ndarray, parity: int) -> float:
    """The largest degree of a parity that is there, -1 if none is, inf if it is among the last two."""
    found = max((k for k in range(parity, TOP + 1, 2) if present[k]), default=-1)
    return inf if found > TOP - 4 else found


def bounds_of(values: np.ndarray) -> tuple[float, float]:
    present = np.abs(coefficients(values)) > SMALL
    return degree_of(present, 0), degree_of(present, 1)


ODD, EVEN, BOTH = (-1, inf), (inf, -1), (inf, inf)
TEXTS = {
    "0": (-1, -1),
    "3": (0, -1),
    "t": (-1, 1),
    "t**5 - t**2": (2, 5),
    "2*t**4 - 1": (4, -1),
    "(1-t)**3": (2, 3),
    "pi": (0, -1),
    "exp(pi/7)": (0, -1),
    "sin(1)/3": (0, -1),
    "cos(pi*sqrt(2))": (0, -1),
    "2**(1/2)": (0, -1),
    "theta": (0, inf),
    "acos(t)": (0, inf),
    "acos(t**3/2)": (0, inf),
    "acos(t**2/2)": EVEN,
    "acos(t/2+1/3)": BOTH,
    "sin(theta)": EVEN,
    "cos(theta/2)": BOTH,
    "sin(4*t)": ODD,
    "tan(t)": ODD,
    "sinh(2*t)": ODD,
    "asin(t)": ODD,
    "atan(3*t)": ODD,
    "erf(2*t)": ODD,
    "cos(3*t)": EVEN,
    "cosh(3*t)": EVEN,
    "sin(3*t+1)": BOTH,
    "sqrt(2+t**2)": EVEN,
    "exp(t**2)": EVEN,
    "exp(3*t)": BOTH,
    "log(2+t**2)": EVEN,
    "log(2+t)": BOTH,
    "erf(t**2)": EVEN,
    "tan(t**3)": ODD,
    "cosh(t**3)": EVEN,
    "sinh(t**2)": EVEN,
    "exp(sin(2*t))": BOTH,
    "cos(sin(3*t))": EVEN,
    "sin(4*t) + t**2": (2, inf),
    "cos(3*t) + t": (inf, 1),
    "cos(3*t) + sin(3*t)": BOTH,
    "exp(t**2) + 1": EVEN,
    "t*sin(3*t)": EVEN,
    "sin(3*t)*cos(t)": ODD,
    "sin(3*t)*sin(t)": EVEN,
    "t*theta": (inf, 1),
    "theta*(1+t**2)": (2, inf),
    "theta*theta": BOTH,
    "t*theta*t": (2, inf),
    "t*(1+t)*theta": BOTH,
    "cos(3*t)*(1+t)": BOTH,
    "t/(2+t**2)": ODD,
    "1/(2+t**2)": EVEN,
    "1/(2+t)": BOTH,
    "sin(2*t)/t": EVEN,
    "t/sin(t)": EVEN,
    "exp(2*t)/(2+t**2)": BOTH,
    "sin(2*t)/(2+t)": BOTH,
    "cos(t)/(2+t**2)": EVEN,
    "sin(2*t)**2": EVEN,
    "sin(3*t)**3": ODD,
    "cos(2*t)**3": EVEN,
    "(2+t**2)**(1/2)": EVEN,
    "(2+t)**(1/2)": BOTH,
    "(2+sin(t)**2)**(t**2)": EVEN,
    "(2+t**2)**t": BOTH,
    "(3+sin(2*t))**(t**2)": BOTH,
    "exp(3*t)**3": BOTH,
    "(2+t**2)**(-2)": EVEN,
    "(2+t**2)**pi": EVEN,
}


@pytest.mark.parametrize("text", TEXTS)
def test_bounds_of_an_expression_are_right_and_tight(text: str) -> None:
    bounds = tree_bounds(parse_expression(text))
    values = value_of(text, NAMES, float) * np.ones_like(T)
    assert bounds == bounds_of(values) == TEXTS[text]
    assert degree_bounds(Zonal(text)) == bounds


def test_an_odd_function_to_a_negative_power_keeps_its_sign() -> None:
    """1/sin(t)^3 is odd and 1/sin(t)^2 is even, both with a pole; nothing is said of other powers."""
    bounds = [tree_bounds(parse_expression(f"sin(t)**({power})")) for power in ("-3", "-2", "1/3")]
    assert bounds == [ODD, EVEN, BOTH]


def k0(t: np.ndarray) -> np.ndarray:
    return (np.pi - np.arccos(t)) / np.pi


def k1(t: np.ndarray) -> np.ndarray:
    return (np.sqrt(1 - t**2) + t * (np.pi - np.arccos(t))) / np.pi


def k2(t: np.ndarray) -> np.ndarray:
    return (3 * np.sqrt(1 - t**2) * t + (np.pi - np.arccos(t)) * (1 + 2 * t**2)) / (3 * np.pi)


def cubic(t: np.ndarray) -> np.ndarray:
    return t**3 / 2 + t / 4


COSH, SINH, CUBIC = Zonal("cosh(2*t)"), Zonal("sinh(t)/2"), PowerSeries((0, QUARTER, 0, HALF))
KERNELS: list[tuple[Kernel, Callable[[np.ndarray], np.ndarray], tuple[float, float]]] = [
    (ArcCosine(0), k0, (0, inf)),
    (ArcCosine(1), k1, (inf, 1)),
    (ArcCosine(2), k2, (2, inf)),
    (NNGP(1), lambda t: t, (-1, 1)),
    (NNGP(2), k1, (inf, 1)),
    (NNGP(1, bias_variance=2), lambda t: t + 2, (0, 1)),
    (NNGP(2, weight_variance=3), lambda t: 9 * k1(t), (inf, 1)),
    (NNGP(2, bias_variance=1), lambda t: 2 * k1((t + 1) / 2) + 1, BOTH),
    (NNGP(3), lambda t: k1(k1(t)), BOTH),
    (NTK(1), lambda t: t, (-1, 1)),
    (NTK(1, bias_variance=1), lambda t: t + 1, (0, 1)),
    (NTK(2), lambda t: t * k0(t) + k1(t), (inf, 1)),
    (NTK(2, bias=True), lambda t: (t + 1) * k0(t) + k1(t), BOTH),
    (NTK(2, bias_variance=1), lambda t: (t + 1) * k0((t + 1) / 2) + 2 * k1((t + 1) / 2) + 1, BOTH),
    (NTK(3), lambda t: (t * k0(t) + k1(t)) * k0(k1(t)) + k1(k1(t)), BOTH),
    (PowerSeries((1,)), np.ones_like, (0, -1)),
    (PowerSeries((0, 1, 0, 0, 2)), lambda t: t + 2 * t**4, (4, 1)),
    (PowerSeries((0, 0, 3)), lambda t: 3 * t**2, (2, -1)),
    (CUBIC, cubic, (-1, 3)),
    (Gaussian(4), lambda t: np.exp(4 * t - 4), BOTH),
    (3 * NTK(2), lambda t: 3 * (t * k0(t) + k1(t)), (inf, 1)),
    (ArcCosine(1) + CUBIC, lambda t: k1(t) + cubic(t), (inf, 3)),
    (ArcCosine(0) + PowerSeries((0, 0, 1)), lambda t: k0(t) + t**2, (2, inf)),
    (Product((PowerSeries((0, 1)), ArcCosine(0))), lambda t: t * k0(t), (inf, 1)),
    (Product((CUBIC, ArcCosine(2))), lambda t: cubic(t) * k2(t), (inf, 5)),
    (Product((PowerSeries((0, 0, 1)), ArcCosine(2))), lambda t: t**2 * k2(t), (4, inf)),
    (Product((COSH, CUBIC, SINH)), lambda t: np.cosh(2 * t) * cubic(t) * np.sinh(t) / 2, EVEN),
    (Compose(Gaussian(1), PowerSeries((0, 0, 1))), lambda t: np.exp(t**2 - 1), EVEN),
    (Compose(PowerSeries((0, 0, 0, 1)), PowerSeries((0, 0, 1))), lambda t: t**6, (6, -1)),
    (Compose(ArcCosine(1), SINH), lambda t: k1(np.sinh(t) / 2), BOTH),
    (Compose(COSH, SINH), lambda t: np.cosh(np.sinh(t)), EVEN),
    (Compose(Zonal("sinh(t)"), CUBIC), lambda t: np.sinh(cubic(t)), ODD),
    (Compose(PowerSeries((1, 0, 0, 2)), CUBIC), lambda t: 1 + 2 * cubic(t) ** 3, (0, 9)),
    (
        Compose(PowerSeries((1, 1, 2)), PowerSeries((0, QUARTER, QUARTER))),
        lambda t: 1 + (t + t**2) / 4 + (t + t**2) ** 2 / 8,
        (4, 3),
    ),
]
LOOSE = {NTK(2, bias=True), KERNELS[-1][0], Compose(ArcCosine(1), SINH)}


@pytest.mark.parametrize(("kernel", "kappa", "bounds"), KERNELS, ids=lambda v: repr(v) if isinstance(v, Kernel) else "")
def test_bounds_of_a_kernel_are_right_and_tight(
    kernel: Kernel, kappa: Callable[[np.ndarray], np.ndarray], bounds: tuple[float, float]
) -> None:
    found, real = degree_bounds(kernel), bounds_of(kappa(T))
    assert all(f >= r for f, r in zip(found, real, strict=True))
    assert kernel in LOOSE or found == real == bounds
    for k in range(TOP + 1):
        assert vanishes(kernel, k) == (k > found[k % 2])


def test_the_composition_of_two_polynomials_multiplies_their_degrees() -> None:
    """1 + t + t^2 of t + t^2 has degree 4; its odd part, of degree 3, is given the same bound."""
    assert degree_bounds(Compose(PowerSeries((1, 1, 2)), PowerSeries((0, QUARTER, QUARTER)))) == (4, 4)
    assert degree_bounds(Compose(PowerSeries((2,)), Gaussian(1))) == (0, 0)
    assert degree_bounds(Compose(Gaussian(1), PowerSeries((HALF,)))) == (0, -1)
    assert degree_bounds(Compose(PowerSeries((0, 1)), Gaussian(1))) == BOTH


LINES = np.concatenate([(NODES + 1) * 6, -(NODES + 1) * 6])  # both half lines up to 12, where exp(-u^2/2) < 1e-31
NORMAL = np.concatenate([WEIGHTS, WEIGHTS]) * 6 * np.exp(-(LINES**2) / 2) / np.sqrt(2 * np.pi)
ERF = NAMES["erf"]
ACTIVATIONS = {
    "relu": LINES.clip(0),
    "step": LINES > 0,
    "abs": abs(LINES),
    "leaky_relu": np.where(LINES > 0, 1, 0.1) * LINES,
    "erf": ERF(LINES),
    "sin": np.sin(LINES),
    "cos": np.cos(LINES),
    "exp": np.exp(LINES),
    "tanh": np.tanh(LINES),
    "gelu": LINES * (1 + ERF(LINES / 2**0.5)) / 2,
}


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_bounds_of_a_dual_are_those_of_the_hermite_coefficients(name: str) -> None:
    """b_n = E[s He_n]^2/n! of the dual, (n+1) b_n of the tangent kernel: zero at the same degrees."""
    slope = Fraction(1, 10) if name == "leaky_relu" else None
    hermite = [np.polynomial.hermite_e.hermeval(LINES, row) for row in np.eye(TOP + 1)]
    present = np.array([abs(np.sum(NORMAL * ACTIVATIONS[name] * h)) > 1e-9 for h in hermite])
    wanted = (degree_of(present, 0), degree_of(present, 1))
    assert degree_bounds(Dual(name, slope)) == degree_bounds(DualTangent(name, slope)) == wanted
