"""Series in the angle beside mpmath's, ends and cells of inequalities in t, and what is refused."""

from __future__ import annotations

from fractions import Fraction
from math import cos, pi

import mpmath as mp
import pytest
from flint import arb, arb_poly

from tests.theory.values import refuses_change
from theory.expansions.angle_polynomials import AnglePolynomial
from theory.kernels.parse import parse_kernel
from theory.language.formulas import parse_formula
from theory.language.statement import parse_statement
from theory.numbers.balls import Enclosure, working_precision
from theory.numbers.truth import Evidence, Truth
from theory.statements.angle_series import AngleReader, kernel_taylor
from theory.statements.decide import decide
from theory.statements.methods import by_angle_cells as module
from theory.statements.methods.by_angle_cells import _Found, _inside, _zero_at, by_angle_cells
from theory.statements.outcome import NotSymbolic
from theory.symbolic.ranges import Ranges

LAPLACE = parse_kernel("Laplace(rate=1)")
HOLDS, FAILS = Truth.HOLDS, Truth.FAILS
FUNCTIONS = {
    "t": mp.cos,
    "t**3": lambda x: mp.cos(x) ** 3,
    "(2-t)**(-2)": lambda x: (2 - mp.cos(x)) ** -2,
    "t**k": lambda x: mp.cos(x) ** 5,
    "1 + t - 3*t/(2+t)": lambda x: 1 + mp.cos(x) - 3 * mp.cos(x) / (2 + mp.cos(x)),
    "acos(t)": lambda x: x,
    "(t-3)**0": lambda x: mp.mpf(1),
    "asin(t)": lambda x: mp.pi / 2 - x,
    "sqrt(1-t)": lambda x: mp.sqrt(1 - mp.cos(x)),
    "sqrt(3*(1+t))": lambda x: mp.sqrt(3 + 3 * mp.cos(x)),
    "sqrt(1-t**2)": mp.sin,
    "sqrt(4-4*t**2)/k": lambda x: 2 * mp.sin(x) / 5,
    "sqrt(3+t)": lambda x: mp.sqrt(3 + mp.cos(x)),
    "sqrt(1-t/2)": lambda x: mp.sqrt(1 - mp.cos(x) / 2),
    "exp(t*k)": lambda x: mp.exp(5 * mp.cos(x)),
    "log(2+t)": lambda x: mp.log(2 + mp.cos(x)),
    "sin(t)": lambda x: mp.sin(mp.cos(x)),
    "cos(2*t)": lambda x: mp.cos(2 * mp.cos(x)),
    "kappa(t)": lambda x: mp.exp(-2 * mp.sin(x / 2)),
    "kappa(-t)": lambda x: mp.exp(-2 * mp.cos(x / 2)),
    "kappa(0-t) + kappa(1/2)": lambda x: mp.exp(-2 * mp.cos(x / 2)) + mp.exp(-1),
    "sqrt(kappa(t))": lambda x: mp.exp(-mp.sin(x / 2)),
}


@pytest.mark.parametrize("text", FUNCTIONS)
def test_taylor_coefficients_in_the_angle_are_enclosed_closely(text: str) -> None:
    """At a point to 12 digits; over a cell they contain those at its points, and their width is of
    its order."""
    reader, node, length = AngleReader(LAPLACE, {"k": 5}), parse_formula(text), 4
    refuses_change(reader)
    with working_precision(20), mp.workdps(40):
        for middle in (Fraction(1, 3), Fraction(3, 4)):
            exact = mp.taylor(FUNCTIONS[text], mp.pi * middle.numerator / middle.denominator, length - 1)
            balls = [reader.series(node, middle, Fraction(0), length)[i] for i in range(length)]
            for ours, theirs in zip(balls, exact, strict=True):
                assert abs(float(ours.mid()) - float(theirs)) < 1e-9 and float(ours.rad()) < 1e-9
            radius = Fraction(1, 1000)
            wide = [reader.series(node, middle, radius, length)[i] for i in range(length)]
            turns = (
                middle.numerator / mp.mpf(middle.denominator) + shift
                for shift in (mp.mpf("-0.00099"), mp.mpf("0.00099"))
            )
            edges = [mp.taylor(FUNCTIONS[text], mp.pi * turn, length - 1) for turn in turns]
            for cell, one, *ends in zip(wide, exact, *edges, strict=True):
                found = Enclosure.of(cell)
                assert all(
                    found.lower - Fraction(1, 10**9) <= Fraction(float(v)) <= found.upper + Fraction(1, 10**9)
                    for v in (one, *ends)
                )
                assert float(cell.rad()) < 200 * 0.0032 * max(1, abs(float(exact[0])))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("t**65", "no integer"),
        ("(2+t)**(-65)", "no integer"),
        ("t**(1/2)", "no integer"),
        ("2**t", "no integer"),
        ("kappa(2*t)", "other than t"),
        ("kappa(t/2)", "other than t"),
        ("acos(-t)", "no power series"),
        ("Gamma(2+t)", "no power series"),
        ("t*kappa(k)", "kappa"),
    ],
)
def test_what_has_no_series_is_refused(text: str, message: str) -> None:
    reader = AngleReader(LAPLACE, {"k": 5})
    with working_precision(20), pytest.raises(NotSymbolic, match=message):
        reader.series(parse_formula(text), Fraction(1, 3), Fraction(0), 2)
    for fits in ("t**64", "(2+t)**(-64)"):
        with working_precision(20):
            reader.series(parse_formula(fits), Fraction(1, 3), Fraction(0), 2)


def test_a_cell_around_the_middle_is_seen_as_a_polynomial_sees_it() -> None:
    """x^2 + 3x - 1 in x = 2 theta/pi - 1, |x - x_0| <= 2r: even powers of y lie in [0, 1], odd ones
    in [-1, 1]."""
    r = Fraction(1, 8)
    with working_precision(25):
        errors = tuple(arb(e) for e in (1, 2, 6, 24))
        f = AnglePolynomial(arb_poly([-1, 3, 1]), errors, 25)
        for middle, x in ((Fraction(1, 2), 0), (Fraction(3, 4), Fraction(1, 2))):
            found = [Enclosure.of(b) for b in kernel_taylor(f, middle, r, 4)]
            slope, reach, unit = 2 * x + 3, 2 * r, 2 / mp.pi
            value = x * x + 3 * x - 1
            exact = [
                (value - slope * reach - 1, value + slope * reach + reach**2 + 1),
                ((slope - 2 * reach) * unit - 2, (slope + 2 * reach) * unit + 2),
                (unit**2 - 3, unit**2 + 3),
                (-4, 4),
            ]
            for ours, (low, high) in zip(found, exact, strict=True):
                assert abs(float(ours.lower) - float(low)) < 1e-6 and abs(float(ours.upper) - float(high)) < 1e-6
        fourth = Enclosure.of(
            kernel_taylor(AnglePolynomial(arb_poly([0, 0, 0, 0, 1]), (arb(0),) * 4, 25), Fraction(1, 2), r, 1)[0]
        )
        assert abs(fourth.lower) < Fraction(1, 10**9) and abs(fourth.upper - (2 * r) ** 4) < Fraction(1, 10**9)
        point = kernel_taylor(AnglePolynomial(arb_poly([-1, 3, 1]), (arb(0),) * 4, 25), Fraction(3, 4), Fraction(0), 3)
        assert [float(b.rad()) < 1e-20 for b in point] == [True] * 3


@pytest.mark.parametrize(
    ("low", "high"),
    [
        (0, 1),
        (0, Fraction(1, 8)),
        (Fraction(7, 8), 1),
        (Fraction(1, 2), Fraction(5, 8)),
        (Fraction(100, 401), Fraction(101, 401)),
        (Fraction(0), Fraction(1, 4096)),
        (Fraction(3, 10), Fraction(3, 10) + Fraction(1, 10**15)),
    ],
)
def test_a_point_inside_a_cell_is_short(low: Fraction, high: Fraction) -> None:
    """The first of 1, ..., 8 digits of the denominator whose best fraction to the middle lies
    inside."""
    point = _inside(Fraction(low), Fraction(high))
    assert cos(pi * high) < point < cos(pi * low)
    middle = Fraction(cos(pi * (low + high) / 2))
    digits = next(i for i in range(1, 9) if point.denominator <= 10**i)
    assert point == middle.limit_denominator(10**digits)
    assert digits == 1 or not cos(pi * high) < middle.limit_denominator(10 ** (digits - 1)) < cos(pi * low)


def test_a_point_in_a_narrow_cell_is_its_middle() -> None:
    low = Fraction(3, 10)
    assert _inside(low, low + Fraction(1, 10**17)) == Fraction(cos(pi * (2 * low + Fraction(1, 10**17)) / 2))


@pytest.mark.parametrize(
    ("text", "at_one", "at_minus_one"),
    [
        ("1-t", 1, 0),
        ("2+t", 0, 0),
        ("sqrt(1+t)", 0, Fraction(1, 2)),
        ("(1-t)**4", 4, 0),
        ("(1-t)**5", None, 0),
        ("(1-t)**4*sqrt(1-t)", None, 0),
        ("(1-t**2)*(1+t)", 1, 2),
        ("1/(1-t)", None, 0),
        ("1 - kappa(t)", Fraction(1, 2), 0),
        ("(1+t)**(7/2)", 0, Fraction(7, 2)),
    ],
)
def test_orders_of_zeros_at_the_ends(text: str, at_one: Fraction | None, at_minus_one: Fraction | None) -> None:
    """e where the difference falls like u^e, up to e = 4, in halves; 0 where it does not vanish."""
    with working_precision(20):
        assert [_zero_at(place, parse_formula(text), LAPLACE, Ranges()) for place in (1, -1)] == [at_one, at_minus_one]


@pytest.mark.parametrize(
    ("says", "truth", "at", "law"),
    [
        ("t <= 1", HOLDS, None, "left - right < 0 for -1 <= t < 1, a zero like (1-t)**(1) at t = 1"),
        ("t >= -1", HOLDS, None, "left - right > 0 for -1 < t <= 1, a zero like (1+t)**(1) at t = -1"),
        ("t < 2", HOLDS, None, "left - right < 0 for -1 <= t <= 1"),
        ("t != 2", HOLDS, None, "left - right < 0 for -1 <= t <= 1"),
        ("t > -2", HOLDS, None, "left - right > 0 for -1 <= t <= 1"),
        ("t < 1", FAILS, {"t": 1}, "the sides agree at t = 1"),
        ("t != 1", FAILS, {"t": 1}, "the sides agree at t = 1"),
        ("t > -1", FAILS, {"t": -1}, "the sides agree at t = -1"),
        (
            "t**2 <= 1",
            HOLDS,
            None,
            "left - right < 0 for -1 < t < 1, a zero like (1-t)**(1) at t = 1, a zero like (1+t)**(1) at t = -1",
        ),
        ("sqrt(1+t)*(1+t) >= 0", HOLDS, None, "left - right > 0 for -1 < t <= 1, a zero like (1+t)**(3/2) at t = -1"),
        ("(1+t)**4 >= 0", HOLDS, None, "left - right > 0 for -1 < t <= 1, a zero like (1+t)**(4) at t = -1"),
        ("0 <= (1-t)**3*sqrt(1-t)", HOLDS, None, "left - right < 0 for -1 <= t < 1, a zero like (1-t)**(7/2) at t = 1"),
    ],
)
def test_signs_and_ends_are_told(says: str, truth: Truth, at: dict | None, law: str) -> None:
    ((ranges, outcome),) = by_angle_cells(parse_statement(says))
    assert (outcome.truth, outcome.evidence, outcome.source, ranges) == (truth, Evidence.CERTIFIED, module.SOURCE, ())
    assert (outcome.law, outcome.at) == (law, at)


@pytest.mark.parametrize(
    ("says", "sign", "high"),
    [
        ("-1 < 2*t", "> 0", -0.5),
        ("t = 2", "< 0", 1),
        ("t >= 1", "< 0", 1),
        ("-t <= -0.9", "> 0", 0.9),
        ("t >= -0.9", "< 0", -0.9),
        ("2 <= t", "> 0", 1),
    ],
)
def test_a_point_inside_a_cell_refutes(says: str, sign: str, high: float) -> None:
    """Each fails for t in (-1, high) alone."""
    ((_, outcome),) = by_angle_cells(parse_statement(says))
    point = outcome.at["t"]
    assert outcome.truth is FAILS and outcome.evidence is Evidence.CERTIFIED and outcome.source == module.SOURCE
    assert -1 < point < high and outcome.law == f"left - right {sign} around t = {point}"


@pytest.mark.parametrize(
    ("zeros", "signs", "text"),
    [
        ((Fraction(1, 2), 0), (1,), "left - right > 0 for -1 <= t < 1, a zero like (1-t)**(1/2) at t = 1"),
        ((0, 2), (-1,), "left - right < 0 for -1 < t <= 1, a zero like (1+t)**(2) at t = -1"),
    ],
)
def test_what_was_found_is_said(zeros: tuple, signs: tuple[int, ...], text: str) -> None:
    points = tuple((Fraction(0), sign) for sign in signs)
    found = _Found(points, tuple(Fraction(z) for z in zeros), None)
    assert found.text == text
    refuses_change(found)


@pytest.mark.parametrize(
    ("says", "where", "message"),
    [
        ("mu(2) > 0", [], "no inequality in t"),
        ("kappa(t) ~ 1 as t -> 1", [], "no inequality in t"),
        ("kappa(t) > k - 9", [], "unbounded variable"),
        ("kappa(t) > k - 99", ["k <= 16"], "more than 16 values"),
        ("kappa(t) >= k*n - 99", ["k <= 3", "n <= 4"], "more than 16 values"),
    ],
)
def test_what_is_not_for_this_is_refused(says: str, where: list[str], message: str) -> None:
    with pytest.raises(NotSymbolic, match=message):
        by_angle_cells(parse_statement(says, "Laplace(rate=1)", where))


def test_up_to_sixteen_values_of_other_variables_are_taken() -> None:
    found = by_angle_cells(parse_statement("t <= k + 1", None, ["k <= 15"]))
    assert [ranges[0].least for ranges, _ in found] == list(range(16)) and all(o.truth is HOLDS for _, o in found)
    assert (
        [repr(ranges[0]) for ranges, _ in found][15] == "k = 15"
        and "a zero" in found[0][1].law
        and "a zero" not in found[1][1].law
    )
    refuted = by_angle_cells(parse_statement("t < k", None, ["k >= 1", "k <= 2"]))
    assert [o.at for _, o in refuted] == [{"k": 1, "t": 1}, None]


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("t - 0.195", 0),
        ("0.195 - t", 0),
        ("t - 0.556", 0),
        ("0.556 - t", 0),
        ("t - 1", -1),
        ("1 - t", 1),
        ("t + 0.3", 1),
        ("-0.3 - t", -1),
    ],
)
def test_a_sign_is_told_where_it_holds_on_the_whole_cell(text: str, sign: int) -> None:
    """For pi/4 <= theta <= pi/2 cos(theta) is 0.195 in the later, 0.556 in the earlier half; with
    |slope| <= 1 the mean value form at cos(3 pi/8) = 0.383 is certain beyond pi/8 = 0.393."""
    with working_precision(20):
        node = parse_formula(text)
        assert AngleReader(None, {}).sign(node, Fraction(1, 4), Fraction(1, 2), 0, False) == sign


@pytest.mark.parametrize("says", ["kappa(t) != 1/2", "t != 1/3", "2*kappa(-t) != 1", "1 != 3*t**3"])
def test_sides_that_cross_are_not_told_apart_everywhere(says: str) -> None:
    """exp(-sqrt(2-2t)) runs from exp(-2) to 1 and takes the value 1/2; none of these holds."""
    with pytest.raises(NotSymbolic, match="changes its sign"):
        by_angle_cells(parse_statement(says, "Laplace(rate=1)" if "kappa" in says else None))
    verdict = decide(parse_statement("kappa(t) != 1/2", "Laplace(rate=1)"))
    assert verdict.truth is not HOLDS


def test_a_zero_inside_stays_open_near_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    """(3t-1)^2 vanishes at t = 1/3; after 40 cells the open one is near its angle."""
    monkeypatch.setattr(module, "MAX_CELLS", 40)
    with pytest.raises(NotSymbolic, match=r"open near t = 0\.3\d\d\d$"):
        by_angle_cells(parse_statement("(3*t-1)**2 >= 0"))
    ((_, outcome),) = by_angle_cells(parse_statement("(3*t-1)*(2-t) = 0"))
    assert outcome.truth is FAILS
