"""Kernels that one ellipse does not cover: narrow ones, branch points, logarithms and poles at the ends, kinks inside."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import mpmath as mp
import pytest
from flint import arb
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.reading import value_of
from tests.theory.zonal_integrals import NAMES, by_mpmath
from theory.expansions import ellipses
from theory.expansions.admissible import Inadmissible
from theory.expansions.breaks import LinearPlace, RootPlace, breaks, mirrored, nearby, turn
from theory.expansions.covers import cover
from theory.expansions.ellipses import NoEllipse, Piece
from theory.expansions.end_bounds import certainly_integrable, largest_value, left_out
from theory.expansions.jets import Jet, NotAnalytic
from theory.expansions.piecewise import continued_value, real_value
from theory.kernels import NNGP, NTK, Compose, Gaussian, PowerSeries, Zonal
from theory.language.statement import parse_statement
from theory.laws.decay import decay
from theory.laws.definiteness import definiteness
from theory.laws.smooth import NoLaw
from theory.numbers.balls import NotCertified, ball, working_precision
from theory.numbers.truth import Truth
from theory.spectra.routes.angle import pieces
from theory.spectra.spectrum import spectrum
from theory.statements.decide import decide


def values(text: str, dim: int, degrees: range, digits: int = 12) -> list[mp.mpf]:
    return [mp.mpf(e.decimal(digits)[0]) for e in spectrum(Zonal(text), dim, degrees, digits).eigenvalues]


@pytest.mark.parametrize(
    ("text", "dim", "degree", "value"),
    [  # the requests of users, with values known otherwise
        ("sin(theta/2)**(1/2)", 2, 0, "0.8"),
        ("sin(theta/2)**(1/2)", 2, 1, "-0.0888888888889"),  # -4/45
        ("-(log((1-t)/2)+1)/(4*pi)", 2, 5, "0.00265258238486"),  # 1/(4 pi k (k+1)): Green's function
        ("-1/(2*sqrt(2-2*t))", 2, 4, "-0.0555555555556"),  # -1/(2k+1): Newton's potential
        ("exp(-20*theta**2)", 2, 130, "-1.98573e-91"),
        ("1/(1+10000*t**2)", 2, 0, "0.0156079666011"),  # atan(100)/100
        ("abs(t)", 2, 4, "-0.0208333333333"),  # -1/48
        ("(1+sign(t-1/2))/2", 2, 1, "0.1875"),  # of the cap: (1 - x^2)/4
        ("sign(t)", 1, 3, "-0.212206590789"),  # -2/(3 pi)
        ("tan(theta/2)", 3, 0, "1.27323954474"),  # 4/pi
    ],
)
def test_values_that_are_known(text: str, dim: int, degree: int, value: str) -> None:
    digits = len(value.split("e")[0].replace("0.", "").replace("-", "").replace(".", "").lstrip("0"))
    found = spectrum(Zonal(text), dim, degree, max(5, digits)).eigenvalues[0]
    with mp.workdps(30):
        assert abs(mp.mpf(found.decimal(max(5, digits))[0]) / mp.mpf(value) - 1) < mp.mpf(10) ** (1 - digits) * 6


@pytest.mark.parametrize(
    ("text", "dim", "inside"),
    [
        ("sqrt(t**2+1/10000)", 2, (1.5, 1.6)),
        ("atan(100*t)", 3, (1.5, 1.6)),
        ("exp(-theta**(3/2))", 2, ()),
        ("exp(-sin(theta/2)**(3/2))", 1, ()),
        ("sqrt(1-exp(t-1))", 2, ()),
        ("theta**(1/2)*(2-t)", 3, ()),
        ("log(theta)", 2, ()),
        ("theta*log(1-t)", 2, ()),
        ("(1-t)**(-1/4)*exp(t)", 1, ()),
        ("(1-t)**(-1/3)*(1+t)**(1/3)", 2, ()),
        ("exp(cos(20*theta))", 2, tuple(mp.pi * j / 20 for j in range(1, 20))),
        ("max(t-1/3,0)**2", 3, (mp.acos(mp.mpf(1) / 3),)),
        ("abs(theta-1)", 2, (1,)),
        ("max(abs(t),sign(theta-1)*t+1/3)", 2, (1, mp.acos(mp.mpf(1) / 6), mp.acos(mp.mpf(-1) / 6), 2.5, 1.9106332)),
        ("abs(t**3-t/2)*theta", 2, (mp.pi / 4, 3 * mp.pi / 4)),
    ],
)
def test_another_integrator_agrees(text: str, dim: int, inside: tuple[float, ...]) -> None:
    for degree, value in zip(range(3), values(text, dim, range(3)), strict=True):
        assert abs(by_mpmath(text, dim, degree, inside) - value) < 1e-9


def test_values_of_another_kernel_are_told_apart() -> None:
    assert abs(by_mpmath("abs(theta-1)", 2, 1, (1,)) - values("abs(theta-1001/1000)", 2, range(1, 2))[0]) > 1e-5


def test_bounds_next_to_an_end_are_bounds() -> None:
    for text in ("log(1-t)", "(1-t)**(-1/4)*log(theta)", "theta**(1/2)", "exp(theta)", "acos(t**2)", "(1+t)**(1/3)"):
        for right in (False, True):
            for dim in (1, 3):
                reach = mp.mpf("0.01")
                with mp.workdps(40):

                    def size(u: mp.mpf, text: str = text, right: bool = right, dim: int = dim) -> mp.mpf:
                        theta = mp.pi - u if right else u
                        value = value_of(text, {**NAMES, "t": mp.cos(theta), "theta": theta}, mp.mpf)
                        return abs(value) * mp.sin(u) ** (dim - 1)

                    true = mp.quad(size, [reach * mp.mpf(10) ** -12, reach])
                with working_precision(20):
                    bound = left_out(Zonal(text), right, arb("0.01"), dim)
                    assert bound.is_finite() and bound > arb(mp.nstr(true, 15))
                    assert bound < arb(mp.nstr(true, 15)) * 10**4  # and no wild ones


def test_no_bound_is_made_of_what_is_not_integrable_or_not_known() -> None:
    for text in ("1/(1-t)", "1/theta**2", "log(1-exp(t-1))"):
        assert not left_out(Zonal(text), False, arb("0.01"), 1).is_finite()


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(["abs(t-1/5)", "exp(t)*theta", "sqrt(1-t)", "acos(t)", "asin(t**2)", "max(t,theta)-t**(2)"]),
    st.floats(0.01, 3.1),
    st.floats(0, 1),
)
def test_the_largest_value_is_not_exceeded(text: str, theta: float, share: float) -> None:
    whole = arb(theta, 0.02)
    with working_precision(20):
        bound = largest_value(Zonal(text), whole)
        inside = mp.mpf(theta) + mp.mpf(0.02) * (2 * mp.mpf(share) - 1)
        inside = min(max(inside, mp.mpf(0)), mp.pi)
        value = value_of(text, {**NAMES, "t": mp.cos(inside), "theta": inside}, mp.mpf)
        assert not bound < arb(mp.nstr(abs(value), 15)) * arb("0.999999")


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("t", []),
        ("abs(t)", [0.5]),
        ("abs(t-1/2)+sign(t+1/2)", [1 / 3, 2 / 3]),
        ("max(theta,1)", [1 / 3.141592653589793]),
        ("abs(2-t)", []),
        ("abs(t)+abs(2*t)", [0.5]),
        ("abs(abs(t)-1/2)", [1 / 3, 0.5, 2 / 3]),
        ("min(t**2,1/2)", [0.25, 0.75]),
    ],
)
def test_places_where_the_formula_changes(text: str, places: list[float]) -> None:
    found = breaks(Zonal(text))
    assert found is not None and [float(nearby(p)) for p in found] == pytest.approx(places, abs=1e-9)
    for place, other in zip(found, map(mirrored, found), strict=True):
        with working_precision(50):
            assert (turn(place) + turn(other)).overlaps(arb(1))


@pytest.mark.parametrize("text", ["abs(exp(erf(t))-1)", "sign(erf(t))", "abs(theta-pi/2)+abs(t)", "abs(log(1-t))"])
def test_where_zeros_are_not_found_or_told_apart_nothing_is_said(text: str) -> None:
    assert breaks(Zonal(text)) is None


def test_many_signs_are_not_written_out() -> None:
    text = "t"
    for _ in range(9):
        text = f"abs({text}-1/3)"
    assert breaks(Zonal(text)) is None


def test_places_are_balls_at_any_precision() -> None:
    third = RootPlace((Fraction(-1), Fraction(3)), 0)
    one = breaks(Zonal("abs(theta-1)"))
    assert one is not None and isinstance(one[0], LinearPlace)
    with working_precision(200):
        assert turn(third).rad() < arb(10) ** -190 and turn(third).overlaps((arb(1) / 3).acos() / arb.pi())
        assert turn(one[0]).overlaps(1 / arb.pi())


def test_a_formula_is_continued_only_where_its_sign_is_certain() -> None:
    value, ball = Jet.variable(arb(2, 1) * 1), Jet.variable(arb(0, 1) * 1)
    # Beyond a break the formula of the piece goes on, whatever the sign there.
    assert continued_value("abs", [value], [arb(-1)]).mid == (-value).mid
    assert continued_value("abs", [value]) is value and continued_value("max", [value, -value]) is value
    with pytest.raises(NotAnalytic):
        continued_value("abs", [ball])
    assert continued_value("min", [ball, -ball], [arb(1), arb(-1)]).mid == (-ball).mid
    with pytest.raises(NotAnalytic):
        continued_value("sign", [ball], [arb(0, 1)])
    assert real_value("min", [arb(1), arb(2)]) == 1 and real_value("sign", [arb(-2)]) == -1


def test_only_pieces_without_a_change_of_formula_know_what_holds_inside() -> None:
    assert [piece.split for piece in pieces(Zonal("abs(t)*t"))] == [True, True]
    assert not any(piece.split for piece in pieces(Zonal("abs(exp(erf(t))-1)")))
    inside = Piece(1, False, Fraction(1, 4), Fraction(1, 2), True).point(Jet.variable(arb(0.1) * 1)).inside
    assert inside is not None and abs(float(inside.theta.mid()) - 3 * 3.14159265 / 8) < 1e-6


def test_a_kink_that_no_place_is_known_of_is_closed_in_on() -> None:
    found = values("abs(exp(erf(t))-1)", 2, range(2), 5)
    for degree, value in enumerate(found):
        assert abs(by_mpmath("abs(exp(erf(t))-1)", 2, degree) - value) < 1e-4 * abs(value)


def test_an_outer_function_with_a_kink_is_not_continued_by_the_inner_point() -> None:
    kernel = Compose(Zonal("abs(t-1/2)"), Gaussian(1))
    with working_precision(20):
        inner = [mp.mpf(e.decimal(8)[0]) for e in spectrum(kernel, 2, range(2), 8).eigenvalues]
    place = mp.acos(1 - mp.log(2))
    for degree, value in enumerate(inner):
        assert abs(by_mpmath("abs(exp(t-1)-1/2)", 2, degree, (place,)) - value) < 1e-7


@example("abs(t)")
@settings(max_examples=5, deadline=None)
@given(st.sampled_from(["abs(t-1/4)", "max(t,1/3)", "sign(t+1/2)*t"]))
def test_pieces_meet_and_cover(text: str) -> None:
    covered = cover(Zonal(text), pieces(Zonal(text)), 2, 5, -20.0)
    size = sum(piece.size() for piece, _ in covered.pieces)
    assert abs(float(size) - 1) < 1e-9 and bool(covered.rest == 0)


def test_without_any_cover_the_kernel_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ellipses, "certified", lambda *_: None)
    with pytest.raises(NoEllipse, match="Zonal"):
        cover(Zonal("log(1-exp(t-1))"), [Piece()], 1, 0, -20.0)


@pytest.mark.parametrize(
    "text", ["sqrt(t)", "acos(2*t)", "sqrt(exp((t-1/2)**2)-1-1/10**9)", "asin(exp((t-1/2)**2)-1/10**9)", "t**(1/3)"]
)
def test_what_is_not_real_somewhere_has_no_cover(text: str) -> None:
    with pytest.raises(NoEllipse):
        cover(Zonal(text), [Piece()], 2, 3, -20.0)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1/(1/10+abs(t))", lambda: mp.log(11)),
        ("1/(1/10+max(t-1/2,0))", lambda: (15 + mp.log(6)) / 2),
        ("exp(-200*max(t-1/2,0))", lambda: (mp.mpf(3) / 2 + (1 - mp.exp(-100)) / 200) / 2),
        ("log(1/50+abs(t))", lambda: mp.log(mp.mpf(51) / 50) * 51 / 50 - mp.log(mp.mpf(1) / 50) / 50 - 1),
    ],
)
def test_beyond_a_break_it_is_the_formula_of_the_piece_that_is_bounded(text: str, value: Callable[[], mp.mpf]) -> None:
    """A pole of it close to the piece had been missed where the other formula, which has none, was looked at."""
    with mp.workdps(30):
        for digits in (12, 20):
            assert abs(values(text, 2, range(1), digits)[0] / value() - 1) < mp.mpf(10) ** (1 - digits)


@pytest.mark.parametrize(
    "text", ["1/abs(t)", "exp(1/(1-t**2))", "1/(exp(t**2)-3/2)**2", "t/(exp(t**2)-3/2)**2", "log(sign(t)+1)*0+abs(t)"]
)
def test_no_zero_of_a_kernel_that_has_no_eigenvalues(text: str) -> None:
    assert not certainly_integrable(Zonal(text), 2)
    for degree in range(2):
        with pytest.raises(NotCertified):
            spectrum(Zonal(text), 2, degree, 10)


@pytest.mark.parametrize("text", ["max(pi,3)*t**2", "abs(pi-3)+t", "sign(log(2)-1/2)*theta"])
def test_constants_have_no_places(text: str) -> None:
    assert breaks(Zonal(text)) == () and spectrum(Zonal(text), 2, range(2), 10).eigenvalues


@pytest.mark.parametrize(
    ("text", "dim", "inside"),
    [
        ("log(1-t)*abs(t)", 2, ()),
        ("max(log(1-t),0)", 3, ()),
        ("abs(log(1-t))+theta", 2, ()),
        ("sign(t-1/3)*log(1-t)", 2, (mp.acos(mp.mpf(1) / 3),)),
    ],
)
def test_a_logarithm_at_an_end_beside_a_kink(text: str, dim: int, inside: tuple[float, ...]) -> None:
    for degree, value in zip(range(2), values(text, dim, range(2), 8), strict=True):
        assert abs(by_mpmath(text, dim, degree, inside) - value) < 1e-6


def test_what_no_piece_helps_is_refused_in_time() -> None:
    with pytest.raises(NoEllipse):
        cover(Zonal("asin(sign(t))"), pieces(Zonal("asin(sign(t))")), 2, 3, -20.0)


@pytest.mark.parametrize(
    ("text", "truth"), [("exp(1/(1-t**2))", None), ("1/abs(t)", None), ("1/(1+t**2)", Truth.HOLDS)]
)
def test_no_statement_says_zero_of_what_has_no_eigenvalues(text: str, truth: Truth | None) -> None:
    found = decide(parse_statement("mu(k) = 0", f'Zonal("{text}")', ["k odd"]))
    assert found.truth is (Truth.UNDECIDED if truth is None else truth)
    if truth is None:
        with pytest.raises(NoLaw, match="not certain"):
            decay(Zonal(text), "k", 2)


def test_a_kernel_that_is_not_integrable_is_not_called_definite() -> None:
    with pytest.raises(Inadmissible):
        definiteness(Zonal("1/(1-t)"), 2)
    assert definiteness(Zonal("exp(1/(1-t**2))"), 2).truth is Truth.UNDECIDED


def test_composed_poles_are_seen() -> None:
    pole = Compose(Zonal("1/abs(t)"), PowerSeries((0, 1)))
    assert not certainly_integrable(pole, 2) and certainly_integrable(Compose(Zonal("1/(2-t)"), NNGP(3)), 2)
    assert certainly_integrable(NTK(3), 2) and not certainly_integrable(Gaussian(1) + pole, 2)


@pytest.mark.parametrize("power", [2, 3])
def test_a_branch_point_at_a_place_that_is_no_fraction_of_pi(power: int) -> None:
    """|t - 1/3|^(1/p) on S^2, by hand: (a^e + b^e)/(2 e) with e = 1 + 1/p, a = 4/3, b = 2/3."""
    with mp.workdps(40):
        e = 1 + mp.mpf(1) / power
        value = ((mp.mpf(4) / 3) ** e + (mp.mpf(2) / 3) ** e) / (2 * e)
        assert abs(values(f"abs(t-1/3)**(1/{power})", 2, range(1), 30)[0] - value) < mp.mpf(10) ** -29


def test_places_are_nearer_than_any_piece_is_long() -> None:
    for text in ("abs(t-1/3)", "abs(theta-1)"):
        places = breaks(Zonal(text))
        assert places is not None
        with working_precision(130):
            assert abs(turn(places[0]) - ball(nearby(places[0]))) < arb(2) ** -300


def test_places_keep_their_order_at_every_precision() -> None:
    places = breaks(Zonal("abs((t-1/3)*(t-1/3-1/10**22))"))
    assert places is not None and len(places) == 2
    for digits in (15, 30, 90):
        with working_precision(digits, 30):
            assert turn(places[0]) < turn(places[1])
