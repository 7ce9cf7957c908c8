"""Trends of known sequences, and sequences of which none may be told."""

from __future__ import annotations

from collections.abc import Callable
from math import cos, exp, log, sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from theory.statements.falsifier.growth import confirms, refutes, trend_of
from theory.statements.falsifier.trends import Sample, Shape, Trend, trend


def samples(quotient: Callable[[float], float], start: int = 3, count: int = 9, error: float = 1e-15) -> list[Sample]:
    return [
        Sample(log(2.0**i), log(abs(q)), error, q < 0) for i in range(start, start + count) if (q := quotient(2.0**i))
    ]


@given(st.fractions(-4, 4, max_denominator=4), st.floats(-3, 3), st.floats(0.01, 100))
def test_powers(order: object, correction: float, factor: float) -> None:
    """factor v^order (1 + correction/v): grows, vanishes or settles at the factor."""
    found = trend(samples(lambda v: factor * v ** float(order) * (1 + correction / v)))
    assert found is not None
    assert found.shape is (Shape.GROWS if order > 0 else Shape.VANISHES if order < 0 else Shape.SETTLES)
    if order == 0:
        assert abs(found.constant - log(factor)) <= found.doubt + 1e-6
        assert not refutes(found, "Theta") and refutes(found, "~") == (abs(log(factor)) > 4 * found.doubt + 1e-6)


@pytest.mark.parametrize(
    "quotient, shape",
    [
        (lambda v: v / log(v) ** 2, Shape.GROWS),
        (lambda v: log(v) / sqrt(v), Shape.VANISHES),
        (lambda v: exp(v / 40), Shape.GROWS),
        (lambda v: 2.0 ** (-v / 9), Shape.VANISHES),
        (lambda v: 3 + 1 / sqrt(v), Shape.SETTLES),
        (lambda v: -2 + 5 / v, Shape.SETTLES),
    ],
)
def test_other_scales(quotient: Callable[[float], float], shape: Shape) -> None:
    assert trend(samples(quotient)).shape is shape


@pytest.mark.parametrize(
    "quotient",
    [
        log,
        lambda v: 1 / log(v),
        lambda v: log(log(v)),
        lambda v: 2 + cos(v),
        lambda v: 1 + v / 1e6,
        lambda v: log(v) ** 2,
        lambda v: (v / (v + 2000)) ** 3,
        lambda v: exp(v / 300) / v**9,
        lambda v: 1 + exp(v / 300) * 1e-4,
    ],
)
def test_what_is_not_clear_is_not_told(quotient: Callable[[float], float]) -> None:
    assert trend(samples(quotient)) is None


def test_noise_ends_a_sequence() -> None:
    good = samples(lambda v: v**2, count=4)
    assert trend(good) is None
    assert trend([*good, *samples(lambda v: v**2, start=7, count=5, error=1.0)]) is None
    assert trend(samples(lambda v: v**2, count=5)).shape is Shape.GROWS


def test_the_sign_of_a_constant_counts() -> None:
    assert refutes(trend(samples(lambda v: -1 - 1 / v)), "~") and not refutes(trend(samples(lambda v: 1 + 1 / v)), "~")
    assert confirms(trend(samples(lambda v: 1 + 1 / v)), "~") and not confirms(
        trend(samples(lambda v: 1.01 + 1 / v)), "~"
    )


@pytest.mark.parametrize(
    "shape, refuted, confirmed",
    [
        (Shape.GROWS, {"O", "Theta", "o", "~"}, {"Omega"}),
        (Shape.VANISHES, {"Omega", "Theta", "~"}, {"O", "o"}),
        (Shape.LEFT_ZERO, {"Omega", "Theta", "~"}, {"O", "o"}),
        (Shape.RIGHT_ZERO, {"O", "Theta", "o", "~"}, {"Omega"}),
        (Shape.BOTH_ZERO, set(), {"O", "Omega", "Theta"}),
        (Shape.UNDEFINED, {"O", "Omega", "Theta", "o", "~"}, set()),
    ],
)
def test_what_a_shape_says_of_each_relation(shape: Shape, refuted: set[str], confirmed: set[str]) -> None:
    relations = ("O", "Omega", "Theta", "o", "~")
    assert {r for r in relations if refutes(Trend(shape), r)} == refuted
    assert {r for r in relations if confirms(Trend(shape), r)} == confirmed


def test_the_tail_of_a_sequence_decides() -> None:
    path = [(s.x, s) for s in samples(lambda v: v**2)]
    assert trend_of([(0.0, Shape.UNDEFINED), *path]).shape is Shape.GROWS
    assert trend_of([*path, *((20.0 + i, Shape.LEFT_ZERO) for i in range(3))]).shape is Shape.LEFT_ZERO
    assert trend_of([*path, (20.0, Shape.LEFT_ZERO)]) is None
