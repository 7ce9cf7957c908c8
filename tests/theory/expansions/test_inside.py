"""The inside of an ellipse: no pole, branch point or cut lies wholly inside a certified curve.

theta = 2 pi is a zero of sin(theta/2) that is none of theta: for an inner kernel made of functions of t and a
little ArcCosine(1), the quotient of 1 - kappa by sin(theta/2)^2 has a pole there, and branch points beside it.
An ellipse of parameter above 3 + sqrt(8) holds them all inside, and every guard on its curve.
"""

from __future__ import annotations

from cmath import rect
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from itertools import product
from math import pi
from unittest.mock import patch

import mpmath
import pytest
from flint import acb, arb
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mpmath import mp

from tests.examples import FACTOR
from theory.expansions import angle_polynomials as polynomials
from theory.expansions import ellipses as ellipse
from theory.expansions.angle_polynomials import angle_polynomial
from theory.expansions.ellipses import RADII, Piece, certified, ends_alone
from theory.expansions.in_the_angle import continued, kernel_value
from theory.expansions.jets import Jet, NotAnalytic
from theory.kernels import (
    NNGP,
    NTK,
    ArcCosine,
    Compose,
    ExponentialPower,
    Gaussian,
    Kernel,
    Laplace,
    Matern,
    PowerSeries,
    Zonal,
)
from theory.laws.coefficients import is_slit
from theory.numbers.balls import Enclosure, NotCertified, ball, working_precision
from theory.spectra.routes.angle import angle_balls, pieces
from theory.spectra.routes.oracle import kappa

HALF = Fraction(1, 2)


def nearly(flat: Kernel, share: Fraction, other: Kernel) -> Kernel:
    """(1 - share) flat + share other."""
    return (1 - share) * flat + share * other


STEP = Compose(ArcCosine(0), nearly(Gaussian(Fraction(1, 20000)), Fraction(1, 10**6), ArcCosine(1)))
LINE = PowerSeries((Fraction(999, 1000), Fraction(1, 1000)))
CHORD = Compose(Laplace(1), nearly(LINE, Fraction(1, 10**4), ArcCosine(1)))
# Written out by hand in mpmath with 440 digits, both by tanh-sinh and by Gauss-Legendre quadrature over
# [0, pi/2] and [pi/2, pi]: equal to 175 digits.
ROWS = (
    (STEP, 0, 80, "0.99711629233011566214508950045574528275668726969508373063872839487363845910942252586429035695"),
    (STEP, 1, 80, "0.000959230853961483696902696386839167382214940476966285331627166939043117238931279067487730"),
    (
        CHORD,
        0,
        160,
        "0.95953401438959171521794957163000554967036498577169300557732306646782583718649976181815927772"
        "0344590257060830844583597707490526689577843329898625018350468106958321909425279",
    ),
)


@contextmanager
def without_the_check() -> Iterator[None]:
    """As if every ellipse had no other zeros of sin(theta/2) and cos(theta/2)."""
    caches = (ellipse.probe, ellipse.certified, polynomials._angle_polynomial)
    for cached in caches:
        cached.cache_clear()
    with patch.object(ellipse, "ends_alone", lambda *_: True):
        yield
    for cached in caches:
        cached.cache_clear()


def printed(kernel: Kernel, degree: int, digits: int) -> str:
    return Enclosure.of(angle_balls(kernel, 1, range(degree, degree + 1), digits)[0]).decimal(digits)[0]


def rounded(true: str, digits: int) -> str:
    """A decimal below 1 to so many significant digits."""
    with mp.workdps(300):
        return mp.nstr(mp.mpf(true), digits, strip_zeros=False, min_fixed=-9)


@pytest.mark.parametrize(("kernel", "degree", "digits", "true"), ROWS, ids=("step-0", "step-1", "chord"))
def test_digits_are_right_where_poles_hide_inside(kernel: Kernel, degree: int, digits: int, true: str) -> None:
    assert printed(kernel, degree, digits) == rounded(true, digits)


@pytest.mark.parametrize(("kernel", "degree", "digits", "true"), ROWS, ids=("step-0", "step-1", "chord"))
def test_without_the_check_these_digits_are_wrong(kernel: Kernel, degree: int, digits: int, true: str) -> None:
    with without_the_check():
        assert printed(kernel, degree, digits) != rounded(true, digits)


def polynomial_misses(kernel: Kernel) -> bool:
    """Whether the polynomial errs by more than it says at one of 39 angles."""
    found = angle_polynomial(kernel, 8)
    with working_precision(found.digits, 40):
        angles = (arb.pi() * i / 40 for i in range(1, 40))
        gaps = (abs(found.polynomial(2 * a / arb.pi() - 1) - kernel_value(kernel, a)) for a in angles)
        return any(gap > found.errors[0] for gap in gaps)


def test_errors_of_the_polynomial_in_the_angle_are_true() -> None:
    assert not polynomial_misses(STEP) and not polynomial_misses(CHORD)
    with without_the_check():
        assert polynomial_misses(STEP)


RADIUS = st.floats(1.01, 30.0)


@given(RADIUS, st.integers(1, 24), st.booleans(), st.booleans())
def test_no_other_zero_is_inside(rho: float, q: int, right: bool, whole: bool) -> None:
    """|x| + |x - X| <= X (rho + 1/rho)/2 for none of the x with x^q = 2 pi n, or pi - x = 2 pi n."""
    piece = Piece() if whole else Piece(q, right, high=Fraction(1, 2))
    with mp.workdps(30):
        length = (mp.pi if piece.whole else mp.pi / 2) ** (mp.mpf(1) / piece.q)
        turns = [mp.expjpi(mp.mpf(2 * j) / piece.q) for j in range(piece.q)]
        roots = [(2 * mp.pi * n) ** (mp.mpf(1) / piece.q) * turn for n in (1, -1, 2, -2) for turn in turns]
        zeros = roots + ([mp.pi - root for root in roots] if piece.whole else [])
        least = min(abs(x) + abs(x - length) for x in zeros)
        inside = least <= length * (mp.mpf(rho) + 1 / mp.mpf(rho)) / 2
    assert ends_alone(piece, rho) == (not inside)


HIDDEN = (STEP, CHORD, Compose(Matern(Fraction(3, 2), 2), nearly(LINE, Fraction(1, 10**5), ArcCosine(1))))
OTHERS = (
    NTK(3),
    Compose(ArcCosine(0), ArcCosine(0)),
    Compose(Laplace(1), PowerSeries((0, HALF, 0, HALF))),
    Compose(Matern(Fraction(3, 4), 1), Laplace(1)),
    Zonal("acos(t**3)/(3/2-t)"),
    Zonal("log(2-t)*(1-t)**(1/4)"),
    Compose(ArcCosine(0), Gaussian(Fraction(1, 100))),
)
SIZES, TURNS = 16, 32
AROUND = (0.02, 0.05, 0.1, 0.2, 0.4)


def inner_points(piece: Piece, rho: float) -> Iterator[complex]:
    """A lattice in the upper half of the ellipse, and points around the multiples of pi in it."""
    half = float(piece.length().mid()) / 2
    for i, j in product(range(SIZES), range(TURNS)):
        rim = (1 + (rho - 1) * (i + 0.5) / SIZES) * rect(1, pi * (j + 0.5) / TURNS)
        yield half + half * (rim + 1 / rim) / 2
    for n, size, j in product(range(-2, 5), AROUND, range(4)):
        x = n * pi + rect(size, pi * (j + 0.5) / 4)
        if abs(x) + abs(x - 2 * half) < half * (rho + 1 / rho):
            yield x


def failing_points(kernel: Kernel, piece: Piece, rho: float) -> list[complex]:
    """Points inside at which a guard of the proof does not hold."""
    alone, failing = ellipse.ends_alone(piece, rho), []
    for x in inner_points(piece, rho):
        try:
            continued(kernel, piece.point(Jet.variable(acb(x.real, x.imag)), alone))
        except NotAnalytic:
            failing.append(x)
    return failing


def widest(kernel: Kernel, piece: Piece) -> float:
    return next(rho for rho in RADII if certified(kernel, piece, rho) is not None)


@pytest.mark.parametrize("kernel", [*HIDDEN, *OTHERS], ids=repr)
def test_every_guard_holds_inside_too(kernel: Kernel) -> None:
    """In the widest certified ellipse of each piece, where the proof looks at its curve alone."""
    with working_precision(30):
        for piece in pieces(kernel):
            assert not failing_points(kernel, piece, widest(kernel, piece))


def test_without_the_check_guards_fail_inside_around_other_multiples_of_pi() -> None:
    with without_the_check(), working_precision(30):
        for kernel in HIDDEN:
            found = failing_points(kernel, Piece(), widest(kernel, Piece()))
            places = [round(x.real / pi) for x in found]
            assert places and not {0, 1} & set(places)
            assert all(abs(x - n * pi) < 1 for x, n in zip(found, places, strict=True))


OUTER = (ArcCosine(0), Laplace(1), NTK(2), NNGP(2), Matern(Fraction(3, 2), 2))
SHAPES = st.sampled_from(
    [lambda a: Gaussian(a), lambda a: PowerSeries((1 - a, a)), lambda a: PowerSeries((1 - a, a / 2, a / 2))]
)
SMALL = st.integers(3, 5).map(lambda n: Fraction(1, 10**n))
SHARES = st.integers(4, 7).map(lambda n: Fraction(1, 10**n))
BENT = (ArcCosine(1), NNGP(3))
COMPOSED = st.builds(
    lambda outer, shape, a, share, bent: Compose(outer, nearly(shape(a), share, bent)),
    st.sampled_from(OUTER),
    SHAPES,
    SMALL,
    SHARES,
    st.sampled_from(BENT),
)
FURTHER = st.builds(
    lambda outer, shape, a, share, bent: Compose(outer, nearly(shape(a), share, bent)),
    st.sampled_from((*OUTER, ArcCosine(2), ExponentialPower(1, Fraction(3, 2)), Zonal("sqrt(1-t)"))),
    SHAPES,
    SMALL,
    SHARES,
    st.sampled_from((*BENT, NTK(1), HALF * NTK(2), Laplace(1), ArcCosine(0))),
)
PRECISE, MORE_PRECISE = 80, 400
DRAWN, DRAWN_FURTHER = (3, 2) if FACTOR == 1 else (15 * FACTOR, 6 * FACTOR)
SLOW = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


def agree(kernel: Kernel, few: int, many: int) -> tuple[bool, list[arb]]:
    """Whether mu_0 and mu_1 on S^1 overlap at two precisions; those at the lower one."""
    low, high = (angle_balls(kernel, 1, range(2), digits) for digits in (few, many))
    with working_precision(many, 20):
        return all(a.overlaps(b) for a, b in zip(low, high, strict=True)), low


def quadrature(kernel: Kernel, degree: int, digits: int) -> mpmath.mpf:
    """By mpmath, kappa in t, tanh-sinh quadrature in theta with as many nodes as no longer change the value."""
    with mp.workdps(digits):
        total, error = mp.quad(
            lambda theta: kappa(kernel, mp.cos(theta)) * mp.cos(degree * theta),
            [0, mp.pi],
            method="tanh-sinh",
            error=True,
            maxdegree=9,
        )
        assert error < mp.mpf(10) ** -(PRECISE + 10)
        return total / mp.pi


@settings(SLOW, max_examples=DRAWN)
@given(COMPOSED)
def test_nearly_flat_inner_kernels_agree_at_two_precisions_and_with_mpmath(kernel: Kernel) -> None:
    overlap, values = agree(kernel, PRECISE, MORE_PRECISE)
    assert overlap
    wanted = quadrature(kernel, 0, PRECISE + 40)
    with working_precision(PRECISE, 40):
        assert abs(values[0] - arb(mp.nstr(wanted, PRECISE + 15))) < arb(10) ** -(PRECISE - 1)


@settings(SLOW, max_examples=DRAWN_FURTHER)
@given(FURTHER)
def test_further_outer_and_inner_kernels_agree_at_two_precisions(kernel: Kernel) -> None:
    try:
        assert agree(kernel, 20 if FACTOR == 1 else PRECISE, 50 if FACTOR == 1 else MORE_PRECISE)[0]
    except NotCertified:
        pass  # no ellipse is an honest answer


def test_without_the_check_the_search_would_find_wrong_digits() -> None:
    """The kinds the search draws: every flat shape with ArcCosine(1), one outer kernel."""
    shapes = (Gaussian(Fraction(1, 10**5)), PowerSeries((Fraction(999, 1000), Fraction(1, 1000))))
    drawn = [Compose(ArcCosine(0), nearly(flat, Fraction(1, 10**7), ArcCosine(1))) for flat in shapes]
    with without_the_check():
        assert not all(agree(kernel, PRECISE, MORE_PRECISE)[0] for kernel in drawn)


POINTS = 300  # of the upper half circle


def layers_stay_inside(first: Fraction, rest: tuple[Fraction, ...]) -> bool:
    """Whether |rho_l| < 1 for l >= 2 at points of the circle |t| = 1, where it is greatest in the disc."""
    with working_precision(30):
        for i in range(POINTS):
            turn = arb.pi() * (2 * i + 1) / (2 * POINTS)
            rho = acb(turn.cos(), turn.sin()) * ball(first) + ball(1 - first)
            for r in rest:
                k1 = ((1 - rho * rho).sqrt() + (arb.pi() - rho.acos()) * rho) / arb.pi()
                rho = k1 * ball(r) + ball(1 - r)
                if not abs(rho) < 1:
                    return False
    return True


@pytest.mark.parametrize(
    "kernel",
    [
        NNGP(2),
        NNGP(4),
        NTK(3),
        NTK(3, bias=True),
        NTK(4, weight_variance=2, bias_variance=1),
        NNGP(3, bias_variance=HALF),
    ],
    ids=repr,
)
def test_layers_add_no_singularity_to_the_slit_disc(kernel: NNGP | NTK) -> None:
    """k0 and k1 are singular at 1 and -1 alone: a layer inside the disc has none there but at the ends."""
    first, *rest = kernel.mixing
    assert is_slit(kernel) and layers_stay_inside(first, tuple(rest))


def test_a_layer_that_leaves_the_disc_is_noticed() -> None:
    assert not layers_stay_inside(Fraction(1), (Fraction(2), Fraction(1)))
