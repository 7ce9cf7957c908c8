"""What a kernel may be made of, on both sides of each limit, and how it is written."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from math import prod

import mpmath as mp
import pytest

from tests.theory.kernel_list import ALL
from theory.kernels import (
    ACTIVATIONS,
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
    Sum,
    Zonal,
    diagonal,
    value_at_one,
)
from theory.spectra.routes.oracle import kappa

HALF, SMALL = Fraction(1, 2), Fraction(1, 10**59)
LAST, LARGE = 10**60 - 1, 10**60  # 60 and 61 digits
ONE = NNGP(1)

ALLOWED: list[Callable[[], Kernel]] = [
    lambda: ArcCosine(0),
    lambda: ArcCosine(64),
    lambda: NNGP(1),
    lambda: NNGP(64),
    lambda: NTK(64),
    lambda: NNGP(2, LAST),
    lambda: NNGP(2, SMALL),
    lambda: NNGP(2, 1, LAST),
    lambda: NNGP(2, 1, 0),
    lambda: Laplace(10_000),
    lambda: Gaussian(10_000),
    lambda: ExponentialPower(10_000, 2),
    lambda: Matern(100, 10_000),
    lambda: Laplace(SMALL),
    lambda: Gaussian(SMALL),
    lambda: ExponentialPower(SMALL, SMALL),
    lambda: Matern(SMALL, SMALL),
    lambda: PowerSeries((0,) * 999 + (1,)),
    lambda: PowerSeries((-LAST,)),
    lambda: PowerSeries((Fraction(1, LAST),)),
    lambda: Dual("leaky_relu", 10_000),
    lambda: DualTangent("leaky_relu", -10_000),
    lambda: Dual("leaky_relu", 0),
    lambda: LAST * ONE,
    lambda: Fraction(1, LAST) * ONE,
    lambda: NTK(2, (0, 1)),
    lambda: NTK(2, (1, 0)),
    lambda: NTK(1, (LAST,)),
    lambda: Compose(ArcCosine(0), PowerSeries((0, -1))),
    lambda: Compose(ONE, PowerSeries((HALF, HALF))),
]


@pytest.mark.parametrize("make", ALLOWED)
def test_the_last_allowed_value_is_allowed(make: Callable[[], Kernel]) -> None:
    assert isinstance(make(), Kernel)


DIGITS = "a number has more than 60 digits"
TERMS = "PowerSeries: 1 to 1000 coefficients, not all 0, got "
TUPLE = "PowerSeries: coefficients must be a tuple of exact rationals, got "
REFUSED: list[tuple[Callable[[], object], str]] = [
    (lambda: ArcCosine(65), "ArcCosine: order must be an integer from 0 to 64, got 65"),
    (lambda: ArcCosine(True), "ArcCosine: order must be an integer from 0 to 64, got True"),
    (lambda: ArcCosine(Fraction(1)), "ArcCosine: order must be an integer from 0 to 64, got Fraction(1, 1)"),
    (lambda: NNGP(0), "NNGP: depth must be an integer from 1 to 64, got 0"),
    (lambda: NTK(65), "NTK: depth must be an integer from 1 to 64, got 65"),
    (lambda: NNGP(2, 0), "NNGP: weight_variance must be an exact rational > 0, got 0"),
    (lambda: NNGP(2, LARGE), f"NNGP: {DIGITS}"),
    (lambda: NNGP(2, Fraction(1, LARGE)), f"NNGP: {DIGITS}"),
    (lambda: NTK(2, bias_variance=LARGE), f"NTK: {DIGITS}"),
    (lambda: NNGP(2, 1, -SMALL), f"NNGP: bias_variance must be >= 0, got {-SMALL}"),
    (lambda: NNGP(2, 0.5), "NNGP: weight_variance must be an exact rational (write Fraction(1, 2), not 0.5), got 0.5"),
    (
        lambda: NNGP(2, True),
        "NNGP: weight_variance must be an exact rational (write Fraction(1, 2), not 0.5), got True",
    ),
    (lambda: Laplace(10_001), "Laplace: rate must be an exact rational > 0 and <= 10000, got 10001"),
    (lambda: Gaussian(0), "Gaussian: rate must be an exact rational > 0 and <= 10000, got 0"),
    (lambda: Gaussian(10_001), "Gaussian: rate must be an exact rational > 0 and <= 10000, got 10001"),
    (
        lambda: ExponentialPower(10_001, 1),
        "ExponentialPower: rate must be an exact rational > 0 and <= 10000, got 10001",
    ),
    (lambda: ExponentialPower(0, 1), "ExponentialPower: rate must be an exact rational > 0 and <= 10000, got 0"),
    (lambda: ExponentialPower(1, 0), "ExponentialPower: power must be an exact rational > 0 and <= 2, got 0"),
    (lambda: Matern(0, 1), "Matern: nu must be an exact rational > 0 and <= 100, got 0"),
    (lambda: Matern(101, 1), "Matern: nu must be an exact rational > 0 and <= 100, got 101"),
    (lambda: Matern(1, 0), "Matern: lengthscale must be an exact rational > 0 and <= 10000, got 0"),
    (lambda: Matern(1, 10_001), "Matern: lengthscale must be an exact rational > 0 and <= 10000, got 10001"),
    (lambda: PowerSeries((1,) * 1001), TERMS + "1001"),
    (lambda: PowerSeries((0, 0)), TERMS + "2"),
    (lambda: PowerSeries(()), TUPLE + "()"),
    (lambda: PowerSeries([1]), TUPLE + "[1]"),
    (lambda: PowerSeries((1, 0.5)), TUPLE + "(1, 0.5)"),
    (lambda: PowerSeries((True,)), TUPLE + "(True,)"),
    (lambda: PowerSeries(tuple(range(90)) + (0.5,)), TUPLE + "(" + ", ".join(map(str, range(90)))[:79]),
    (lambda: PowerSeries((LARGE,)), f"PowerSeries: {DIGITS}"),
    (lambda: PowerSeries((-LARGE,)), f"PowerSeries: {DIGITS}"),
    (lambda: Dual("leaky_relu", 10_001), "Dual: slope must be an exact rational <= 10000, got 10001"),
    (lambda: Dual("leaky_relu", -10_001), "Dual: slope must be >= -10000, got -10001"),
    (lambda: Dual("leaky_relu"), 'Dual: slope goes with leaky_relu alone, as in Dual("leaky_relu", slope=1/10)'),
    (
        lambda: DualTangent("relu", HALF),
        'DualTangent: slope goes with leaky_relu alone, as in DualTangent("leaky_relu", slope=1/10)',
    ),
    (lambda: Dual("z" * 50), f"Dual: unknown activation '{'z' * 40}', allowed: {', '.join(ACTIVATIONS)}"),
    (lambda: LARGE * ONE, f"a kernel's factor: {DIGITS}"),
    (lambda: Fraction(1, LARGE) * ONE, f"a kernel's factor: {DIGITS}"),
    (lambda: 0 * ONE, "a kernel's factor must be a positive rational, got 0"),
    (lambda: Multiple(0.5, ONE), "a kernel's factor must be a positive rational, got 0.5"),
    (lambda: NTK(2, (0, 0)), "NTK: layer_scales must be 2 rationals >= 0 (one for each layer, not all 0), got (0, 0)"),
    (
        lambda: NTK(2, (1, -1)),
        "NTK: layer_scales must be 2 rationals >= 0 (one for each layer, not all 0), got (1, -1)",
    ),
    (lambda: NTK(2, (1,)), "NTK: layer_scales must be 2 rationals >= 0 (one for each layer, not all 0), got (1,)"),
    (lambda: NTK(1, [1]), "NTK: layer_scales must be 1 rationals >= 0 (one for each layer, not all 0), got [1]"),
    (lambda: NTK(1, (LARGE,)), f"NTK: layer_scales: {DIGITS}"),
    (lambda: NTK(2, bias=1), "NTK: bias must be True or False, got 1"),
    (lambda: Compose(ONE, PowerSeries((HALF, HALF + SMALL))), None),
    (lambda: Compose(ONE, PowerSeries((0, -1 - SMALL))), None),
    (lambda: Compose(ONE, 1), "Compose: inner must be a kernel, got 1"),
    (lambda: Compose(1, ONE), "Compose: outer must be a kernel, got 1"),
    (lambda: Sum((ONE,)), "Sum: at least two kernels are needed, got 1"),
    (lambda: Product((ONE,)), "Product: at least two kernels are needed, got 1"),
    (lambda: Sum([ONE, ONE]), "Sum: parts must be a tuple of kernels, got [NNGP(depth=1), NNGP(depth=1)]"),
    (lambda: Sum((ONE, 1)), "Sum: parts must be a tuple of kernels, got (NNGP(depth=1), 1)"),
]


@pytest.mark.parametrize(("make", "says"), REFUSED)
def test_the_next_value_is_refused_by_name(make: Callable[[], object], says: str | None) -> None:
    with pytest.raises(ValueError) as caught:
        make()
    into = "must map [-1, 1] into itself" in str(caught.value)
    assert into if says is None else str(caught.value) == says


@pytest.mark.parametrize("other", [1, "NTK(2)", None])
def test_a_sum_takes_kernels_and_a_product_rationals_too(other: object) -> None:
    with pytest.raises(TypeError):
        ONE + other
    if not isinstance(other, int):
        with pytest.raises(TypeError, match="a kernel's factor must be an exact rational, got"):
            ONE * other
    for wrong in (0.5, True):
        with pytest.raises(TypeError, match="write Fraction"):
            wrong * ONE


WRITTEN = [
    (ONE + 2 * ONE, "NNGP(depth=1) + 2 * NNGP(depth=1)"),
    ((ONE + ONE) * ONE, "(NNGP(depth=1) + NNGP(depth=1)) * NNGP(depth=1)"),
    ((HALF * ONE) * ONE, "(1/2 * NNGP(depth=1)) * NNGP(depth=1)"),
    (HALF * (ONE * ONE), "1/2 * (NNGP(depth=1) * NNGP(depth=1))"),
    (HALF * (ONE + ONE), "1/2 * (NNGP(depth=1) + NNGP(depth=1))"),
    (3 * (2 * ONE), "3 * (2 * NNGP(depth=1))"),
    (
        NTK(2, (1, 0), True, 2, HALF),
        "NTK(depth=2, layer_scales=(1, 0), bias=True, weight_variance=2, bias_variance=1/2)",
    ),
    (NNGP(2, 1, 0), "NNGP(depth=2)"),
    (PowerSeries((1,)), "PowerSeries((1,))"),
    (PowerSeries((0, HALF)), "PowerSeries((0, 1/2))"),
    (Zonal("t"), 'Zonal("t")'),
    (Dual("erf"), 'Dual("erf")'),
    (Compose(ArcCosine(0), ONE), "Compose(ArcCosine(order=0), NNGP(depth=1))"),
]


@pytest.mark.parametrize(("kernel", "text"), WRITTEN)
def test_kernels_are_written_as_their_constructor(kernel: Kernel, text: str) -> None:
    assert repr(kernel) == text


def test_sums_and_products_are_flat() -> None:
    two, three = ONE + ArcCosine(1), ONE * ArcCosine(1)
    assert len((two + two).parts) == 4 and len((three * three).parts) == 4
    assert len((two * two).parts) == 2 and len((three + three).parts) == 2
    assert Multiple(2, ONE).factor == Fraction(2) and type(Multiple(2, ONE).factor) is Fraction


IRRATIONAL = (Gaussian(1) + Dual("gelu"), Dual("gelu") * ONE, 2 * Dual("erf"), Zonal("exp(t)"))
COMPOSED = [
    Compose(PowerSeries((1, 2, 3)), PowerSeries((0, -1))),  # 1 - 2 + 3
    Compose(PowerSeries((1, 2, 4)), HALF * NTK(1)),  # 1 + 1 + 1
    Compose(NTK(3), NNGP(2)),
    Zonal("3*t**2 - 1/2"),
    3 * NTK(2) * NNGP(2),
    NTK(4, bias=True),
    NTK(3, (1, 0, HALF), True, 3, HALF),
    DualTangent("leaky_relu", Fraction(1, 3)),
    Dual("leaky_relu", -2),
]


@pytest.mark.parametrize("kernel", [*ALL, *IRRATIONAL, *COMPOSED], ids=repr)
def test_the_value_at_one_is_that_of_the_oracle(kernel: Kernel) -> None:
    exact = value_at_one(kernel)
    with mp.workdps(30):
        if exact is not None:
            wanted = kappa(kernel, mp.mpf(1))
            error = abs(mp.mpf(exact.numerator) / exact.denominator - wanted)
            assert error < mp.mpf(10) ** -12 * (1 + abs(wanted))
    assert (exact is not None) or kernel not in COMPOSED


def test_a_value_at_one_that_is_not_rational_is_not_guessed() -> None:
    assert [value_at_one(kernel) for kernel in IRRATIONAL] == [None] * 4
    assert value_at_one(Compose(Gaussian(1), HALF * ONE)) is None  # exp(-1/2)
    assert value_at_one(Compose(PowerSeries((1, 1)), HALF * Dual("erf"))) is None
    assert diagonal(ArcCosine(4)) == prod((1, 3, 5, 7))  # (2a-1)!!
    with pytest.raises(TypeError, match="not a kernel: 3"):
        value_at_one(3)


def test_variances_follow_the_recursion_from_one() -> None:
    kernel = NTK(3, weight_variance=2, bias_variance=Fraction(1, 3))
    first, second, third = kernel.variances
    assert (first, second, third) == (Fraction(7, 3), 2 * first + Fraction(1, 3), 2 * second + Fraction(1, 3))
    assert kernel.mixing == (2 / first, 2 * first / second, 2 * second / third)
    assert NTK(3).scales == (1, 1, 1) and NTK(2, (0, HALF)).scales == (0, HALF)
    assert (NTK(3, bias=True).biases, NTK(3).biases, NTK(1, bias=True).biases) == ((1, 1, 0), (0, 0, 0), (0,))
