"""kernel(t): floats as right at t = 1 and -1 as between, and certified balls, by routes that share no formula."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from mpmath import mp, mpf

from tests.examples import FACTOR
from tests.theory.kernel_list import ALL, HALF, TANH, Named, Pole
from theory.expansions.values import certified
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
    PowerSeries,
    ResNTK,
    Zonal,
    value_at_one,
)
from theory.numbers.balls import NotCertified
from theory.statements.falsifier.kernels import kappa_number

ROOT = Path(__file__).resolve().parents[3]
PLACES = (0.0, 0.3, -0.7, 0.999, *(sign * (1 - 2.0**-k) for k in (10, 26, 40, 52) for sign in (1, -1)))
UNITS = 16  # of 2^-52 times the largest |kappa|, by which a float may err
BESSEL = 1e-13  # ... and those of scipy's Bessel functions
DIGITS = 120  # of the oracle: a fortieth of them is lost at the places above


def oracle(kernel: Kernel, t: Fraction) -> mpf:
    """kappa(t) by mpmath, from the formulas as they are printed."""
    with mp.workdps(DIGITS):
        return kappa_number(kernel, mpf(t.numerator) / t.denominator)


def allowed(kernel: Kernel, values: list[float]) -> float:
    return max(1.0, *map(abs, values)) * (BESSEL if "Matern" in repr(kernel) else UNITS * 2.0**-52)


def errors(kernel: Kernel, evaluate: Callable[[np.ndarray], np.ndarray]) -> tuple[float, float]:
    """The largest error at PLACES, and what is allowed."""
    values = evaluate(np.array(PLACES)).tolist()
    found = [abs(float(oracle(kernel, Fraction(t)) - mpf(x))) for t, x in zip(PLACES, values, strict=True)]
    return max(found), allowed(kernel, values)


@pytest.mark.parametrize("kernel", [*ALL, *TANH], ids=repr)
def test_floats_are_right_at_the_ends_and_between(kernel: Kernel) -> None:
    error, most = errors(kernel, kernel)
    assert error <= most


@pytest.mark.parametrize(
    ("nu", "scale"),
    [("1/50", "1"), (f"1/{10**20}", "1"), ("999/10", "1/1000"), ("100", "1"), ("199/2", "1/1000"), ("20", "1/100")],
)
def test_bessel_functions_of_every_order_are_within_what_is_allowed(nu: str, scale: str) -> None:
    """Small and large y, where K_v(y) is no float or y^v is none, against balls."""
    kernel = Matern(Fraction(nu), Fraction(scale))
    for t in (1 - 1e-15, 1 - 1e-9, 1 - 1e-5, 1 - 1e-3, 0.3, -1.0):
        assert abs(kernel(t) - float(certified(kernel, Fraction(t), 20).lower)) <= BESSEL


def naive(t: np.ndarray) -> np.ndarray:
    """NTK(depth=3) as it is usually written."""
    total = layer = t
    for _ in range(2):
        theta = np.arccos(layer)
        layer = (np.sqrt(1 - layer**2) + (np.pi - theta) * layer) / np.pi
        total = total * (1 - theta / np.pi) + layer
    return total


def test_the_usual_formula_is_loses_half_of_the_digits() -> None:
    error, most = errors(NTK(depth=3), naive)
    assert error > 1e5 * most


@pytest.mark.parametrize("kernel", [*ALL, *TANH], ids=repr)
@pytest.mark.parametrize("t", [Fraction(1, 3), Fraction(-9, 10), -1 + Fraction(1, 10**12)])
def test_balls_hold_what_mpmath_says_at_two_precisions(kernel: Kernel, t: Fraction) -> None:
    coarse, fine = (certified(kernel, t, digits) for digits in (12, 30))
    assert coarse.overlaps(fine) and fine.accuracy() >= 30
    if '"tanh"' in repr(kernel):  # whose oracle has doubles
        assert abs(float(fine.lower) - float(oracle(kernel, t))) < 1e-12
        return
    with mp.workdps(DIGITS):
        value = oracle(kernel, t)
        middle = mpf(fine.lower.numerator) / fine.lower.denominator
        assert abs(value - middle) <= abs(value) * mpf(10) ** -29


@pytest.mark.parametrize("kernel", [*ALL, *TANH], ids=repr)
def test_the_diagonal_is_exact(kernel: Kernel) -> None:
    one = value_at_one(kernel)
    if one is None:
        one = certified(kernel, Fraction(1), 20).lower
    assert abs(kernel(1) - float(one)) <= 4 * 2.0**-52 * max(1, abs(float(one)))
    assert kernel(np.ones(3)).tolist() == [kernel(1)] * 3


@pytest.mark.parametrize("kernel", [NTK(depth=8), NNGP(depth=5), ArcCosine(4), Laplace(2), Matern(3, 1), Pole(HALF)])
def test_a_whole_kappa_of_one_is_met_exactly(kernel: Kernel) -> None:
    assert kernel(1.0) == value_at_one(kernel)


@given(st.fractions(-1, 1, max_denominator=10**6), st.sampled_from([NTK(3), Gaussian(3), Zonal("sqrt(1-t**2)*theta")]))
@settings(max_examples=25 * FACTOR, deadline=None)
def test_numbers_arrays_and_balls_agree(t: Fraction, kernel: Kernel) -> None:
    ball = certified(kernel, t, 20)
    exact = float(ball.lower)
    for value in (
        kernel(t),
        kernel(float(t)),
        kernel([float(t)])[0],
        float(kernel(torch.tensor([float(t)], dtype=torch.float64))[0]),
    ):
        assert abs(value - exact) <= 3 * (UNITS * 2.0**-52 + abs(Fraction(float(t)) - t) ** 0.5)


def test_kinds_and_shapes_are_kept() -> None:
    kernel = NTK(depth=2)
    assert isinstance(kernel(Fraction(1, 2)), float) and kernel(np.float32(0.5)) == kernel(0.5)
    assert kernel(np.zeros((0, 3))).shape == (0, 3) and kernel(np.zeros((2, 3, 4))).shape == (2, 3, 4)
    assert kernel(np.zeros(2, dtype=np.float32)).dtype == np.float64 and kernel([1, 0]).dtype == np.float64
    tensor = kernel(torch.zeros(2, 2))
    assert isinstance(tensor, torch.Tensor) and tensor.dtype == torch.float64
    long = np.linspace(-1, 1, 40_000)  # more than a block
    assert kernel(long.reshape(200, 200)).ravel().tolist() == [
        float(x) for part in np.split(long, 8) for x in kernel(part)
    ]


def test_a_definition_is_evaluated() -> None:
    t = np.linspace(-1, 1, 9)
    assert Named(NTK(2))(t).tolist() == NTK(2)(t).tolist()


@pytest.mark.parametrize("zero", [NTK(2), NNGP(2), ArcCosine(0), Zonal("1+t"), NNGP(2) * Dual("relu")], ids=repr)
def test_a_zero_at_the_end_is_a_ball_around_it(zero: Kernel) -> None:
    assert zero(-1) == 0
    ball = certified(zero, Fraction(-1), 20)
    assert ball.contains(0) and ball.upper < Fraction(1, 10**20)


def test_a_tie_has_its_digits() -> None:
    assert certified(PowerSeries((0, HALF)), Fraction(1, 2**10), 4).contains(Fraction(1, 2**11))
    assert certified(NTK(1, bias_variance=HALF), 1 - Fraction(1, 2**30), 30).accuracy() >= 30


NTK2 = NTK(depth=2)


@pytest.mark.parametrize(
    ("ask", "says"),
    [
        (lambda: NTK2(1.5), "t must lie in [-1, 1], got 1.5"),
        (lambda: NTK2(Fraction(10**13 + 1, 10**13)), "t must lie in"),
        (lambda: NTK2(float("nan")), "t must lie in [-1, 1], got nan"),
        (lambda: NTK2([0.5, -2.0]), "t must lie in [-1, 1], got -2.0"),
        (lambda: NTK2([0.5, float("nan")]), "must be finite"),
        (lambda: NTK2(torch.tensor([float("inf")])), "must be finite"),
        (lambda: NTK2(True), "real numbers"),
        (lambda: NTK2("1/2"), "real numbers"),
        (lambda: NTK2(None), "real numbers"),
        (lambda: NTK2([[1.0], [1.0, 2.0]]), "real numbers"),
        (lambda: NTK2(1j), "real numbers"),
        (lambda: NTK2(torch.tensor([1j])), "real numbers"),
        (lambda: NTK2([Fraction(1, 2)]), "real numbers"),
        (lambda: NTK2([0.5], digits=20), "t must be an int, a Fraction or a float"),
        (lambda: NTK2(0.5, digits=0), "digits must be"),
        (lambda: Zonal("log(1-t)")(1), 'Zonal("log(1-t)") has no finite float value at t = 1'),
        (lambda: Compose(Laplace(1), PowerSeries((0, 0, 3, -2)))(-0.75), "leaves it"),
        (lambda: NTK(depth=64, weight_variance=10**59)(0.5), "no finite float"),
        (lambda: Matern(1, 1)(torch.tensor([0.5])), "torch has no Bessel function"),
    ],
)
def test_what_is_no_request_is_one_line(ask: Callable[[], object], says: str) -> None:
    with pytest.raises(ValueError) as refused:
        ask()
    assert says in str(refused.value) and "\n" not in str(refused.value)


@pytest.mark.parametrize("kernel", [Zonal("log(1-t)"), Compose(ArcCosine(0), PowerSeries((0, 0, 3, -2)))], ids=repr)
def test_no_ball_where_there_is_no_value(kernel: Kernel) -> None:
    with pytest.raises(NotCertified):
        certified(kernel, Fraction(-1) if isinstance(kernel, Compose) else Fraction(1), 10)


DERIVED: list[tuple[Kernel, tuple[float, float]]] = [
    (NNGP(depth=3), (1.0, 0.0)),
    (ArcCosine(3), (27.0, 0.0)),
    (Gaussian(2), (2.0, 2 * np.exp(-4))),
    (ArcCosine(0), (np.inf, np.inf)),
    (NTK(depth=2), (np.inf, -np.inf)),
    (Laplace(1), (np.inf, np.exp(-2) / 2)),
    (Compose(NNGP(2), NNGP(2)), (1.0, 0.0)),
]


@pytest.mark.parametrize(("kernel", "slopes"), DERIVED, ids=lambda value: repr(value)[:40])
def test_derivatives_at_the_ends_are_those_of_kappa(kernel: Kernel, slopes: tuple[float, float]) -> None:
    t = torch.tensor([1.0, -1.0], dtype=torch.float64, requires_grad=True)
    (found,) = torch.autograd.grad(kernel(t).sum(), t)
    np.testing.assert_allclose(found.numpy(), slopes, rtol=1e-14, atol=1e-300)


@pytest.mark.parametrize(
    "kernel",
    [NTK(3), NNGP(3, bias_variance=HALF), ArcCosine(5), Dual("gelu"), DualTangent("tanh"), Laplace(1), Matern(HALF, 1),
     ExponentialPower(1, HALF), Zonal("acos((1+t)/2) + sqrt(1-t**2)*exp(t)"), Compose(ArcCosine(0), NTK(2) * HALF)],
    ids=repr,
)  # fmt: skip
def test_first_and_second_derivatives_are_those_of_differences(kernel: Kernel) -> None:
    t = torch.tensor([0.9, -0.8, 0.1], dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(kernel, (t,)) and torch.autograd.gradgradcheck(kernel, (t,))


def test_torch_is_not_imported() -> None:
    code = "import sys, theory; theory.NTK(depth=2).gram([[1, 2], [3, 4]]); print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


NEAR_ONE = [1 - Fraction(1, 2**n) for n in (7, 20, 33, 47, 53)]


@pytest.mark.parametrize("t", NEAR_ONE, ids=str)
@pytest.mark.parametrize("kernel", [NNGP(depth=10), NTK(depth=20)], ids=repr)
def test_deep_kernels_are_certified_near_one(kernel: Kernel, t: Fraction) -> None:
    """Each layer halves the digits of 1 - t that a ball keeps: none is left at first, and more must be asked for."""
    found = certified(kernel, t, 20)
    assert found.accuracy() >= 20
    assert abs(kernel(float(t)) - float(found.lower)) <= UNITS * 2.0**-52 * float(value_at_one(kernel) or 0)


@pytest.mark.parametrize(
    "kernel, value",
    [
        (Compose(NTK(depth=20), PowerSeries((0, 0, 1))), 20),  # both ends at a correlation of 1
        (Compose(NTK(depth=3, bias_variance=Fraction(1, 2)), PowerSeries((-1, 0, 2))), 6),
        (Compose(ResNTK(depth=32, alpha=1), PowerSeries((0, 0, 1))), value_at_one(ResNTK(depth=32, alpha=1))),
        (Compose(ArcCosine(2), ArcCosine(1)), HALF),  # a ball about 0, squared
    ],
    ids=repr,
)
def test_compositions_are_certified_where_the_inner_kernel_is_at_an_end_or_zero(
    kernel: Kernel, value: Fraction
) -> None:
    found = certified(kernel, Fraction(-1), 20)
    assert found.contains(value)
    assert found.accuracy() >= 20


@pytest.mark.parametrize("outer", [NTK(depth=2), NTK(depth=3), NNGP(depth=2), ArcCosine(0)], ids=repr)
@pytest.mark.parametrize("t", [1e-4, -1e-8, 3e-12])
def test_a_composition_keeps_its_digits_where_the_inner_polynomial_is_near_minus_one(outer: Kernel, t: float) -> None:
    """1 + (2 t^2 - 1) is 2 t^2; 2 - (1 - kappa) has lost it, and acos makes an error of 1e-8 of that."""
    kernel = Compose(outer, PowerSeries((-1, 0, 2)))
    exact = certified(kernel, Fraction(t), 25)
    assert abs(kernel(t) - float(exact.lower)) <= UNITS * 2.0**-52 * float(value_at_one(outer) or 0)


def test_a_rounded_inner_value_near_minus_one_would_cost_half_the_digits() -> None:
    """The twin: the inner value as a float."""
    exact = Compose(NTK(depth=2), PowerSeries((-1, 0, 2)))(1e-8)
    assert abs(NTK(depth=2)(2 * 1e-16 - 1) - exact) > 1e-10
