"""What the checker calls certain is true at every point that is tried, and it does call much certain."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from itertools import product

import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.examples import FACTOR
from theory.proofs.rules.certain import Place
from theory.symbolic.objects import INTEGER_SYMBOLS, Range, t

k, d = INTEGER_SYMBOLS["k"], INTEGER_SYMBOLS["d"]
SMALL = st.integers(-4, 4)
RANGES = st.tuples(st.builds(Range, st.just("k"), st.integers(0, 3)), st.builds(Range, st.just("d"), st.integers(1, 3)))
IN_T = [Fraction(i, 12) for i in range(-12, 13)]
SAYS: dict[str, tuple[Callable[[Place, sp.Expr], bool], Callable[[Fraction], bool]]] = {
    "positive": (Place.positive, lambda value: value > 0),
    "nonnegative": (Place.nonnegative, lambda value: value >= 0),
    "nonzero": (Place.nonzero, lambda value: value != 0),
}


def factors_in(*symbols: sp.Symbol) -> st.SearchStrategy[sp.Expr]:
    """Products of powers, -2 to 3, of linear and quadratic forms: their zeros are where signs are missed."""
    linear = st.builds(
        lambda c, *slopes: sp.Add(c, *(a * s for a, s in zip(slopes, symbols, strict=True))),
        SMALL,
        *[SMALL] * len(symbols),
    )
    square = st.builds(lambda a, b: a**2 + b, linear, SMALL)
    power = st.builds(lambda base, exponent: (base, exponent), linear | square, st.integers(-2, 3))
    return (
        st.lists(power, min_size=1, max_size=3)
        .filter(all_nonzero)
        .map(lambda all: sp.Mul(*(base**exponent for base, exponent in all)))
    )


def exactly(e: sp.Expr, *symbols: sp.Symbol) -> Callable[..., Fraction]:
    """A rational function, to be called with numbers; 1/0 raises."""
    function = sp.lambdify(symbols, e, "math")
    return lambda *values: function(*map(Fraction, values))


def all_nonzero(factors: list[tuple[sp.Expr, int]]) -> bool:
    """No factor is the number 0, which has no powers below 0."""
    return all(sp.expand(base) != 0 for base, _ in factors)


@pytest.mark.parametrize("what", SAYS)
@settings(max_examples=20 * FACTOR)
@given(ranges=RANGES, e=factors_in(k, d))
def test_what_is_certain_of_all_integers_is_true_of_each(what: str, ranges: tuple[Range, ...], e: sp.Expr) -> None:
    says, true = SAYS[what]
    if says(Place(ranges), e):
        least = [where.least for where in ranges]
        for i, j in product(range(6), repeat=2):
            assert true(exactly(e, k, d)(least[0] + i, least[1] + j))


@pytest.mark.parametrize("what", SAYS)
@settings(max_examples=20 * FACTOR)
@given(e=factors_in(t))
def test_what_is_certain_on_the_interval_is_true_at_each_point(what: str, e: sp.Expr) -> None:
    says, true = SAYS[what]
    if says(Place(()), e):
        assert all(map(true, map(exactly(e, t), IN_T)))


@pytest.mark.parametrize("point, sides", [("1", [-1]), ("-1", [1]), ("0", [-1, 1])])
@pytest.mark.parametrize("what", SAYS)
@settings(max_examples=20 * FACTOR)
@given(e=factors_in(t))
def test_what_is_certain_near_a_point_is_true_close_to_it(what: str, point: str, sides: list[int], e: sp.Expr) -> None:
    says, true = SAYS[what]
    if says(Place((), ("t", point)), e):
        assert all(true(exactly(e, t)(int(point) + Fraction(side, 10**6))) for side in sides)


@pytest.mark.parametrize("what", SAYS)
@settings(max_examples=20 * FACTOR)
@given(ranges=RANGES, e=factors_in(k, d))
def test_what_is_certain_of_large_k_is_true_there(what: str, ranges: tuple[Range, ...], e: sp.Expr) -> None:
    says, true = SAYS[what]
    if says(Place(ranges, ("k", "oo")), e):
        for j in range(6):
            assert true(exactly(e, k, d)(10**6, ranges[1].least + j))


@pytest.mark.parametrize(
    "e, what, certain",
    [
        ((t - sp.Rational(1, 2)) ** 3, "nonnegative", False),
        ((1 - t) ** 3, "nonnegative", True),
        ((t - sp.Rational(1, 2)) ** 2 * (2 - t), "nonnegative", True),
        ((t - sp.Rational(1, 2)) ** 2 * (2 - t), "positive", False),
        (t**2 + 1, "positive", True),
        (1 + t, "positive", False),
        (1 / (k - d) ** 2, "nonnegative", False),
        (k**2 - 2 * k + 1, "nonnegative", False),
        (k * (k + d), "nonnegative", True),
        (k * (k + d), "nonzero", False),
        (sp.gamma(k + 1) / sp.gamma(k - d), "nonzero", False),
        (sp.gamma(k + 1) / sp.gamma(k + d), "nonzero", True),
        (sp.log(k + 2), "positive", True),
        (sp.log(k + 1), "positive", False),
        (sp.sqrt(k), "nonnegative", True),
        (k ** sp.Integer(-1), "nonnegative", False),
        (sp.pi - 3, "positive", True),
        (sp.pi - sp.Rational(22, 7), "nonnegative", False),
    ],
)
def test_known_places(e: sp.Expr, what: str, certain: bool) -> None:
    """Each is one that a rule is there for; of (1-t)^3 the power is odd and the zero at the end."""
    assert SAYS[what][0](Place((Range("k", 0), Range("d", 1))), e) is certain


def test_indices_are_integers_from_the_least_on() -> None:
    place = Place((Range("k", 2), Range("d", 1)))
    assert place.index(k - 2, 0) and not place.index(k - 2, 1)
    assert not place.index(k / 2, 0) and not place.index(k - d, 0)
    assert place.parity(2 * k + 1) == 1 and place.parity(k) is None and place.parity(k * d) is None
    assert Place((Range("k", 3, parity=1),)).parity(k + 1) == 0


def test_much_is_certain() -> None:
    """Without this, a checker to which nothing is certain would pass every property above."""
    place = Place((Range("k", 1), Range("d", 2)))
    forms = [a * k + b * d + c for a, b, c in product((0, 1, 2), repeat=3) if a or b or c]
    assert all(place.positive(form) and place.nonzero(-form) for form in forms)
