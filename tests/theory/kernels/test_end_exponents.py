"""Branch points at the ends, read off the structure, against exact expansions and products."""

from __future__ import annotations

from fractions import Fraction
from math import lcm

import pytest

from theory.expansions.at_ends import expansion_at
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
    Zonal,
)
from theory.kernels.end_exponents import (
    MAX_RAMIFICATION,
    _exponents,
    end_exponents,
    flatness,
    inner_orders,
    is_odd,
    power_of,
    ramification,
)
from theory.kernels.zonal_expressions import polynomial

HALF, THIRD = Fraction(1, 2), Fraction(1, 3)
ODD = PowerSeries((0, HALF, 0, HALF))
KERNELS: tuple[Kernel, ...] = (
    ArcCosine(0),
    ArcCosine(1),
    ArcCosine(2),
    NNGP(1),
    NNGP(3),
    NTK(1),
    NTK(2),
    NTK(3),
    Laplace(2),
    Gaussian(1),
    ExponentialPower(1, HALF),
    ExponentialPower(1, Fraction(3, 2)),
    ExponentialPower(1, 2),
    ExponentialPower(1, THIRD),
    Matern(HALF, 1),
    Matern(Fraction(3, 4), 1),
    Matern(Fraction(3, 2), 1),
    Matern(Fraction(5, 2), 1),
    Dual("step"),
    Dual("relu"),
    Dual("erf"),
    Dual("abs"),
    DualTangent("step"),
    DualTangent("relu"),
    DualTangent("erf"),
    ODD,
    Zonal("t**2"),
    Zonal("exp(-sqrt(2-2*t))"),
    HALF * Laplace(1),
    HALF * NNGP(2),
    Laplace(1) + NNGP(2),
    NNGP(2) + ExponentialPower(1, HALF),
    NNGP(3) * Laplace(1),
    Gaussian(1) * Gaussian(2),
    Compose(Laplace(1), Laplace(1)),
    Compose(ArcCosine(0), ArcCosine(0)),
    Compose(NNGP(2), NNGP(2)),
    Compose(ArcCosine(0), NNGP(2)),
    Compose(Gaussian(1), Laplace(1)),
    Compose(ArcCosine(0), Compose(ArcCosine(0), ArcCosine(0))),
)
FINER: tuple[Kernel, ...] = (  # both ends matter
    Zonal("sqrt(1+t)"),
    Zonal("(1+t)**(1/4)"),
    Zonal("(1-t)**(1/3)*(2-t)"),
    Zonal("(1+t)**(3/2) + (1-t)**(5/6)"),
    Zonal("(1-t**2)**(1/4)"),
    Zonal("(3+t)**(1/4)"),
    Zonal("sqrt((1-t)**3*(1+t))"),
    Zonal("((1-t)**3*(1+t))**(1/4)"),
    Compose(ArcCosine(0), ODD),
    Compose(ArcCosine(0), Compose(ArcCosine(0), ODD)),
    Compose(ExponentialPower(1, HALF), ODD),
    Compose(Zonal("(1+t)**(1/3)"), ODD),
    ExponentialPower(1, THIRD) + ExponentialPower(1, HALF),
    HALF * Zonal("(1+t)**(1/4)"),
    Laplace(1) * Zonal("(1+t)**(1/4)"),
)


def exponents(kernel: Kernel, place: int) -> list[Fraction]:
    """Of the angle from that end: u = 1 -+ t is 2 sin^2 of half of it."""
    return [2 * e for e, _ in expansion_at(kernel, place, 2).terms]


@pytest.mark.parametrize("kernel", KERNELS, ids=repr)
def test_flatness_is_the_first_exponent_of_the_angle_at_most_2(kernel: Kernel) -> None:
    first = next((e for e in exponents(kernel, 1) if e), Fraction(2))
    known = not (isinstance(kernel, Zonal) and polynomial(kernel.tree) is None)
    assert flatness(kernel) == (min(first, 2) if known else 0)


def test_nothing_is_claimed_of_the_order_of_an_expression() -> None:
    """1 - kappa = (1-t)^(1/4) is O(theta^(1/2)) and no O(theta)."""
    kernel = Zonal("1 - (1-t)**(1/4)")
    assert flatness(kernel) == 0 and inner_orders(kernel, Fraction(1), Fraction(1)) == (0, 0)


@pytest.mark.parametrize("kernel", [*KERNELS, *FINER], ids=repr)
def test_ramification_is_the_denominator_of_the_exponents_of_the_angle(kernel: Kernel) -> None:
    wanted = tuple(lcm(*(e.denominator for e in exponents(kernel, place))) for place in (1, -1))
    assert ramification(kernel) == wanted


@pytest.mark.parametrize(("low", "high"), [(23, 24), (24, 25)])
def test_the_finest_substitution_is_of_power_24(low: int, high: int) -> None:
    assert MAX_RAMIFICATION == 24
    for q in (low, high):
        left, right = ExponentialPower(1, Fraction(1, q)), Zonal(f"(1+t)**(1/{2 * q})")
        for kernel, found in ((left, (q, 1)), (right, (1, q))):
            assert ramification(kernel) == (found if q <= 24 else None)


@pytest.mark.parametrize(
    "kernel",
    [
        ArcCosine(1),
        ArcCosine(0),
        NNGP(3),
        Laplace(1),
        ExponentialPower(1, THIRD),
        ODD,
        PowerSeries((0, 1)),
        PowerSeries((HALF, HALF)),
        Dual("erf"),
        HALF * Laplace(1),
        Dual("sin"),
        ArcCosine(2),
        2 * ODD,
        PowerSeries((0, 0, 0, 1)),
        Compose(ODD, ODD),
    ],
    ids=repr,
)
def test_after_a_kernel_the_angle_vanishes_to_the_order_of_1_minus_or_plus_kappa(kernel: Kernel) -> None:
    """sin^2(theta'/2) = (1 - kappa)/2 and cos^2(theta'/2) = (1 + kappa)/2 at the two ends; for a kernel
    that is odd alone is the order at pi known, 0 stands for no zero or for an unknown one."""
    near, far = inner_orders(kernel, Fraction(3), Fraction(5))
    orders = []
    for place, value in ((1, 1), (-1, -1)):
        (first, c), *rest = expansion_at(kernel, place, 3).terms
        orders.append(2 * rest[0][0] / 2 if first == 0 and c == value else Fraction(0))
    assert near == 3 * orders[0]
    assert far == (5 * orders[1] if is_odd(kernel) else 0)
    assert is_odd(kernel) == (
        kernel
        in (ODD, PowerSeries((0, 1)), Dual("erf"), Dual("sin"), 2 * ODD, PowerSeries((0, 0, 0, 1)), Compose(ODD, ODD))
    )


def test_powers_that_branch_are_roots_and_fractional_powers() -> None:
    for text, power in (
        ("sqrt(t)", HALF),
        ("t**(2/3)", Fraction(2, 3)),
        ("t**2", None),
        ("t**(-1/2)", -HALF),
        ("t**t", None),
        ("exp(t)", None),
        ("t+1", None),
        ("2/t", None),
        ("t*(2/3)", None),
        ("t+2/3", None),
        ("2/3*t", None),
        ("t/(2/3)", None),
    ):
        assert power_of(Zonal(text).tree) == power


@pytest.mark.parametrize(
    ("text", "left", "right"),
    [
        ("t", set(), set()),
        ("t**2 + exp(t)", set(), set()),
        ("sqrt(1-t)", {1}, {0}),
        ("(1+t)**(1/3)", {0}, {2 * THIRD}),
        ("sqrt(1-t**2)", {1}, {1}),
        ("exp((1-t)**(1/4)) + sqrt(1+t)", {HALF, 0}, {0, 1}),
        ("sqrt(2+t)", {0}, {0}),
        ("sqrt(exp(t))", set(), set()),
        ("sqrt((1-t)**3)", {3}, {0}),
        ("exp(2)*(1-t)**(1/3)", {2 * THIRD}, {0}),
    ],
)
def test_exponents_at_the_ends_are_twice_the_multiplicity_times_the_power(
    text: str, left: set[Fraction], right: set[Fraction]
) -> None:
    assert end_exponents(Zonal(text).tree) == (left, right)


@pytest.mark.parametrize(
    "kernel",
    [Gaussian(1), PowerSeries((1, 1)), ExponentialPower(1, 1), Matern(HALF, 1), Matern(Fraction(3, 2), 1)],
    ids=repr,
)
def test_functions_of_t_alone_see_the_square_of_the_far_order(kernel: Kernel) -> None:
    """1 + t' = 2 c^2 with c = O((pi-theta)^b)."""
    for b in (Fraction(0), HALF, Fraction(3)):
        assert _exponents(kernel, Fraction(1), b)[1] == {2 * b}
        near = {"Gaussian": {2 * b}, "PowerSeries": {2 * b}, "ExponentialPower": {b}}
        power = {2 * b, 2 * Fraction(getattr(kernel, "nu", 0)) * b}
        assert _exponents(kernel, b, Fraction(1))[0] == near.get(type(kernel).__name__, power)
