"""Ellipses of analyticity: bounds on them from both sides, their errors, the choice among them."""

from __future__ import annotations

from fractions import Fraction
from math import exp, inf, isclose, log, log10
from unittest.mock import patch

import mpmath as mp
import pytest
from flint import acb, arb

from theory.expansions import ellipses as ellipse
from theory.expansions.ellipses import (
    ARCS,
    LOOSE,
    MAX_SPLITS,
    PROBES,
    RADII,
    TRUSTED,
    Ellipse,
    Piece,
    _ellipse,
    best_ellipse,
    certified,
    probe,
)
from theory.expansions.jets import NotAnalytic
from theory.kernels import ArcCosine, Compose, Gaussian, Kernel, Laplace, Zonal
from theory.numbers.balls import NotCertified, working_precision

ROOT = Compose(ArcCosine(0), ArcCosine(0))
KERNELS = {
    ArcCosine(1): lambda z: (mp.sin(z) + (mp.pi - z) * mp.cos(z)) / mp.pi,
    Gaussian(3): lambda z: mp.exp(3 * (mp.cos(z) - 1)),
    Laplace(2): lambda z: mp.exp(-4 * mp.sin(z / 2)),
}
PIECES = [
    Piece(),
    Piece(1, False, high=Fraction(1, 2)),
    Piece(2, False, high=Fraction(1, 2)),
    Piece(3, True, high=Fraction(1, 2)),
]


def on_curve(piece: Piece, rho: float, phase: float) -> mp.mpc:
    """x on the ellipse with foci 0 and X."""
    with mp.workdps(40):
        half = (mp.pi / (1 if piece.whole else 2)) ** (mp.mpf(1) / piece.q) / 2
        return half + half * (rho * mp.expjpi(phase) + mp.expjpi(-phase) / rho) / 2


def exact(kernel: Kernel, piece: Piece, x: mp.mpc) -> tuple[float, float, float]:
    """log |f(theta) dtheta/dx|, log |sin theta| and |Im theta|."""
    with mp.workdps(40):
        theta = mp.pi - x**piece.q if piece.right else x**piece.q
        value = KERNELS[kernel](theta) * piece.q * x ** (piece.q - 1)
        sine, height = mp.log(abs(mp.sin(theta))), abs(mp.im(theta))
        return float(mp.log(abs(value))), float(sine), float(height)


@pytest.mark.parametrize("rho", [1.3, 2.5])
@pytest.mark.parametrize("piece", PIECES, ids=repr)
@pytest.mark.parametrize("kernel", KERNELS, ids=repr)
def test_probes_are_values_and_arcs_bound_them(kernel: Kernel, piece: Piece, rho: float) -> None:
    """Probes are at the middles of equal arcs of the upper half. The greatest bound of an arc
    exceeds the greatest value on the curve, but not by more than LOOSE."""
    found = probe(kernel, piece, rho)
    assert len(found) == PROBES
    for j, bounds in enumerate(found):
        wanted = exact(kernel, piece, on_curve(piece, rho, (2 * j + 1) / (2 * PROBES)))
        # Values keep 20 digits of those near 1 that cancel.
        for a, b in zip(wanted, bounds, strict=True):
            assert a <= b <= a + 1e-6 + 1e-18 * exp(-a)
    points = [exact(kernel, piece, on_curve(piece, rho, j / 60)) for j in range(61)]
    arcs = certified(kernel, piece, rho)
    for part, slack in zip(range(3), (LOOSE, 1.0, 1.0), strict=True):
        top, bound = max(p[part] for p in points), max(b[part] for b in arcs)
        assert top <= bound <= top + slack
    # What is bounded is the whole integrand times P_k, for each arc by itself.
    whole = _ellipse(piece, rho, arcs, 4, 10)
    top = max(value + 3 * sine + 10 * height for value, sine, height in points) / log(10)
    assert top <= whole.log_bound <= top + (LOOSE + 3 + 10) / log(10)
    assert whole.rho == rho and 0 <= whole.length - float(piece.length()) < 1e-8
    greatest = max(v + 3 * s + 10 * h for v, s, h in arcs)
    assert isclose(whole.log_bound, greatest / log(10), abs_tol=1e-5)


@pytest.mark.parametrize("rho", [1.02, 1.5, 20.0])
@pytest.mark.parametrize("log_bound", [-3.0, 0.0, 40.0])
@pytest.mark.parametrize("nodes", [1, 2, 7, 100])
def test_the_error_of_a_rule_is_that_of_a_series(rho: float, log_bound: float, nodes: int) -> None:
    """The integral and the rule both miss what is left of the Chebyshev series, X times its bound
    each; its coefficients are at most 2 M rho^-j, from degree 2n on."""
    curve = Ellipse(rho, 3.0, log_bound)
    with working_precision(30):
        rest = sum(2 * rho**-j for j in range(2 * nodes, 2 * nodes + 2000))  # 1.02^-2000 < 1e-17
        assert abs(curve.error(nodes) / (2 * 3 * 10**log_bound * rest) - 1) < 1e-9


@pytest.mark.parametrize("rho", [1.05, 1.7, 20.0])
@pytest.mark.parametrize("log_bound", [-6.0, 3.0])
@pytest.mark.parametrize("log_target", [-40.0, -5.5, 0.0, 9.0])
def test_as_many_nodes_as_the_target_needs(rho: float, log_bound: float, log_target: float) -> None:
    curve = Ellipse(rho, 1.5, log_bound)
    nodes, target = curve.nodes(log_target), arb(10) ** log_target
    with working_precision(20):
        assert curve.error(nodes) <= target * (1 + 1e-9)
        assert nodes == 1 or curve.error(nodes - 1) > target


def test_the_length_of_a_piece() -> None:
    half = mp.pi / 2
    for piece, length in zip(PIECES, (mp.pi, half, mp.sqrt(half), mp.cbrt(half)), strict=True):
        assert piece.length().overlaps(arb(mp.nstr(length, 14), 1e-13))
        point = piece.point(piece.length())
        end = mp.pi if piece.whole else mp.pi / 2
        assert abs(point.theta - arb(mp.nstr(end, 14))) < 1e-12
        assert (point.x is None, point.y is None) == (piece.right, not (piece.whole or piece.right))


def phases(bounds: object) -> tuple[object, list[tuple[Fraction, Fraction]]]:
    """What `certified` gives, and the arcs on which it took bounds: middle and radius, over pi."""
    asked = []

    def noted(_piece: Piece, _rho: float, phase: arb) -> tuple[Fraction, Fraction]:
        middle, radius = Fraction(float(phase.mid())), Fraction(float(phase.rad()))
        asked.append((middle.limit_denominator(10**6), radius.limit_denominator(10**6)))
        return asked[-1]

    with patch.object(ellipse, "_on_curve", noted), patch.object(ellipse, "_bounds", bounds):
        certified.cache_clear()
        found = certified(ArcCosine(1), Piece(), 1.5)
    certified.cache_clear()
    return found, asked


def taken(least: Fraction, loose: bool) -> tuple[tuple, list]:
    """Arcs of which those wider than `least` fail, and what is taken: (middle, radius, 0)."""

    def bounds(_kernel: Kernel, _piece: Piece, arc: tuple, _alone: bool) -> tuple[tuple, bool]:
        if arc[1] > least:
            raise NotAnalytic("too wide")
        return (*arc, 0), loose

    return phases(bounds)


@pytest.mark.parametrize(("loose", "splits"), [(False, 0), (True, 2)])
@pytest.mark.parametrize("failing", [0, 1, 3])
def test_arcs_cover_the_upper_half(loose: bool, splits: int, failing: int) -> None:
    """Halved until no guard fails; twice where only the bound is loose."""
    width = Fraction(1, ARCS) / 2
    found, asked = taken(width / 2**failing + Fraction(1, 10**6), loose)
    pieces = sorted((middle - radius, middle + radius) for middle, radius, _ in found)
    assert abs(pieces[0][0]) < 1e-5 and abs(pieces[-1][1] - 1) < 1e-5
    assert all(abs(a[1] - b[0]) < 1e-5 for a, b in zip(pieces, pieces[1:], strict=False))
    assert len(found) == ARCS * 2 ** max(failing, splits) and len(asked) == 2 * len(found) - ARCS


def test_an_arc_on_which_a_guard_always_fails_ends_the_search() -> None:
    found, asked = taken(Fraction(-1), False)
    assert found is None and len(asked) == MAX_SPLITS + 1


@pytest.mark.parametrize("kernel", [Gaussian(3), Zonal("1/(3/2-t)")], ids=repr)
@pytest.mark.parametrize(("degree", "target"), [(0, -15.0), (60, -40.0)])
def test_the_chosen_ellipse_needs_few_nodes(kernel: Kernel, degree: int, target: float) -> None:
    """Against those of every third radius."""
    best = best_ellipse(kernel, Piece(), 2, degree, target)
    costs = []
    for rho in RADII[::3]:
        bounds = certified(kernel, Piece(), rho)
        if bounds is not None:
            costs.append(_ellipse(Piece(), rho, bounds, 2, degree).nodes(target))
    assert best.nodes(target) <= TRUSTED * min(costs, default=inf)
    assert best == _ellipse(Piece(), best.rho, certified(kernel, Piece(), best.rho), 2, degree)


def test_without_an_ellipse_the_kernel_is_named() -> None:
    with pytest.raises(
        NotCertified,
        match=r"for Zonal.*: no ellipse around a part of \[0, pi\] is found .*a pole or a branch point lies there, at an end",
    ):
        best_ellipse(Zonal("1/(1-t)"), Piece(), 2, 3, -15.0)
    assert probe(Zonal("1/(3/2-t)"), Piece(), 4.0) is not None
    assert certified(Zonal("1/(3/2-t)"), Piece(), 4.0) is None  # the pole is inside


def test_a_branch_point_needs_its_substitution() -> None:
    """sqrt(theta) near 0: analytic in x with theta = x^2, not in theta."""
    assert certified(ROOT, Piece(2, False, high=Fraction(1, 2)), 1.2) is not None
    assert certified(ROOT, Piece(1, False, high=Fraction(1, 2)), 1.2) is None


def test_radii_fall_by_equal_factors_of_rho_less_one() -> None:
    gaps = [log10(rho - 1) for rho in RADII]
    steps = [a - b for a, b in zip(gaps, gaps[1:], strict=False)]
    assert isclose(min(steps), max(steps), rel_tol=1e-6) and max(steps) < 0.15
    assert isclose(RADII[0], 20) and isclose(RADII[-1], 1.02)


def test_a_point_of_the_curve_has_its_sum_of_distances() -> None:
    """|x| + |x - X| = X (rho + 1/rho)/2 on the ellipse with foci 0 and X."""
    piece, rho = Piece(2, False, high=Fraction(1, 2)), 1.7
    with working_precision(20):
        length = piece.length()
        for phase in (0, 0.2, 0.5, 0.9, 1):
            x = ellipse._on_curve(piece, rho, arb(phase))
            total = abs(x) + abs(x - acb(length))
            assert abs(total / length - (rho + 1 / rho) / 2) < 1e-12 and x.imag >= -1e-12
