"""Any two routes agree wherever both apply, for every kernel, at random dimension and precision."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations, permutations

import pytest
from flint import acb, arb
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.examples import FACTOR
from tests.theory.kernel_list import ALL, SMOOTH, TANH
from theory.expansions.jets import Jet, NotAnalytic
from theory.kernels import NTK, ArcCosine, Gaussian, Kernel, Laplace, PowerSeries, Zonal
from theory.kernels.end_exponents import ramification
from theory.numbers.balls import Enclosure, NotCertified
from theory.spectra.closed_forms import closed_form
from theory.spectra.form_algebra import IntegerMatern
from theory.spectra.routes.choice import ROUTE_BALLS, ROUTES
from theory.spectra.routes.oracle import oracle_values
from theory.spectra.spectrum import spectrum
from theory.spectra.sphere import check_dim

CERTIFIED = [name for name in ROUTES if name != "auto"]


def reached(kernel: Kernel, dim: int, degrees: range, digits: int) -> dict[str, list[arb]]:
    """The enclosures of every route that certifies; a zero nobody proved is enclosed, not certified."""
    found = {}
    for name in CERTIFIED:
        try:
            found[name] = ROUTE_BALLS[name](kernel, dim, degrees, digits)
        except NotCertified:
            continue
    return found


def assert_overlap(left: list[arb], right: list[arb]) -> None:
    """Exact comparison of exact intervals: a NaN would overlap everything."""
    for k, (a, b) in enumerate(zip(left, right, strict=True)):
        assert Enclosure.of(a).overlaps(Enclosure.of(b)), (k, a, b)


@pytest.mark.parametrize("kernel", ALL, ids=repr)
@given(dim=st.sampled_from([1, 2, 3, 4, 7, 12]), first=st.integers(0, 5), digits=st.integers(8, 20))
@example(dim=30, first=0, digits=15)
@example(dim=2, first=21, digits=10)
@settings(max_examples=FACTOR, deadline=None)
def test_any_two_routes_overlap(kernel: Kernel, dim: int, first: int, digits: int) -> None:
    found = reached(kernel, dim, range(first, first + 4), digits)
    assert len(found) >= 2, f"only {list(found)}"
    for one, other in combinations(found, 2):  # to overlap is not transitive
        assert_overlap(found[one], found[other])


@pytest.mark.parametrize("kernel", ALL, ids=repr)
def test_a_kernel_that_is_off_by_1e_12_disagrees_on_every_route(kernel: Kernel) -> None:
    """The twin of the law above: (1 + 1e-12) kappa by one route against kappa by another."""
    degrees, off = range(4), Fraction(10**12 + 1, 10**12)
    right, wrong = reached(kernel, 3, degrees, 16), reached(off * kernel, 3, degrees, 16)
    assert set(right) == set(wrong) and len(right) >= 2
    for one, other in permutations(right, 2):
        for k, (a, b) in enumerate(zip(right[one], wrong[other], strict=True)):
            zero = a.is_zero() and b.is_zero()
            assert zero or not Enclosure.of(a).overlaps(Enclosure.of(b)), (one, other, k)
        assert any(not a.is_zero() for a in right[one])


def has_logarithm(kernel: Kernel) -> bool:
    """Matern kernels of integer order, alone or in a sum or product."""
    form = closed_form(kernel)
    return form is not None and any(isinstance(part.base, IntegerMatern) for part in form.multiplied)


@pytest.mark.parametrize("kernel", ALL, ids=repr)
def test_agrees_with_mpmath(kernel: Kernel) -> None:
    degrees = range(0, 4)
    found = spectrum(kernel, 4, degrees, 15).eigenvalues
    for value, true in zip(found, oracle_values(kernel, 4, degrees, 12, level=5), strict=True):
        # 48 nodes of the oracle: geometric where analytic in the angle, algebraic at a branch point.
        smooth = ramification(kernel) == (1, 1) and not has_logarithm(kernel)
        budget = 1e-12 if smooth else 1e-5
        assert abs(float(value.enclosure.ball().mid()) - float(true)) < budget


@pytest.mark.parametrize("kernel", ALL, ids=repr)
def test_overlap_across_precision(kernel: Kernel) -> None:
    low, high = (spectrum(kernel, 3, range(2, 5), digits).eigenvalues for digits in (15, 60))
    for coarse, fine in zip(low, high, strict=True):
        assert coarse.enclosure.overlaps(fine.enclosure)
        assert coarse.enclosure.accuracy() >= 15 and fine.enclosure.accuracy() >= 60


@pytest.mark.parametrize("kernel", [NTK(2), NTK(3), Gaussian(2), Laplace(1)], ids=repr)
def test_digits_are_a_prefix_of_a_thousand(kernel: Kernel) -> None:
    texts = [spectrum(kernel, 3, 4, digits).eigenvalues[0].decimal(digits)[0] for digits in (15, 100, 1000)]
    for short, long in zip(texts, texts[1:], strict=False):
        assert abs(Fraction(short) - Fraction(long)) <= Fraction(short) / 10 ** (len(short) - 5)


@pytest.mark.parametrize("kernel", TANH + SMOOTH, ids=repr)
def test_tanh_walk_identity(kernel: Kernel) -> None:
    """tanh has one route: mu_k(S^(d+2)) = (d+1)/(2k+d+1) (mu_k - mu_{k+2})(S^d) checks its tails."""
    low, high = (ROUTE_BALLS["series"](kernel, dim, range(6), 15) for dim in (3, 5))
    for k in range(4):
        assert high[k].overlaps((low[k] - low[k + 2]) * 4 / (2 * k + 4))


@pytest.mark.parametrize("kernel", [NTK(2), Gaussian(1), NTK(3), Laplace(1), Zonal("exp(t)")], ids=repr)
@given(dim=st.integers(60, 300), shift=st.fractions(0, 1, max_denominator=4), degree=st.integers(0, 8))
@settings(max_examples=4, deadline=None)
def test_real_dimension_is_between_integers(kernel: Kernel, dim: int, shift: Fraction, degree: int) -> None:
    """mu_k decreases in d for b_n >= 0: every E[t^n P_k] does, k >= 1 or n >= 2."""
    dims = map(check_dim, (dim, dim + shift, dim + 1))
    values = [spectrum(kernel, d, degree, 12).eigenvalues.enclosure(0) for d in dims]
    assert values[0].upper >= values[1].lower and values[1].upper >= values[2].lower


def test_an_irrational_constant_has_one_degree() -> None:
    found = spectrum(Zonal("sqrt(1/3) + pi*t"), 2, range(4), 20).eigenvalues
    assert [e.decimal(20)[1] == "0" for e in found] == [False, False, True, True]


def test_a_wrong_area_ratio_is_seen() -> None:
    found = reached(NTK(3), 40, range(4), 12)
    wrong = [value * Fraction(41, 40).numerator / 40 for value in found["angle"]]
    with pytest.raises(AssertionError):
        assert_overlap(wrong, found["series"])


def test_a_missing_guard_is_wrong_and_the_guard_refuses() -> None:
    """asin past its branch point: the unguarded value on the cut differs from the continuation."""
    past = acb(2, 0.0)
    with pytest.raises(NotAnalytic):
        Jet.variable(past).asin()
    with pytest.raises(NotAnalytic):
        Jet.variable(acb(-1, 0.0)).sqrt()
    with pytest.raises(NotAnalytic):
        Jet.variable(acb(arb(0, 1), arb(0, 1))).log()


REFUSED = [
    "sqrt(t)",
    "tan(theta)",
    "1/t",
    "1/(1-t)**2",
    "log(1/2+t)",
    "acos(2*t)",
    "asin(theta)",
    "tan(2*t)",
    "1/sin(theta)**3",
    "(1-t)**(-3)",
    "t**(1/2)",
    "sqrt(t-2)",
    "1/(theta-1)",
    "acos(acos(t))",
]


@pytest.mark.parametrize("text", REFUSED)
def test_poles_and_branch_points_are_never_digits(text: str) -> None:
    for name in ("auto", "angle", "walk"):
        with pytest.raises((NotCertified, ValueError)):
            spectrum(Zonal(text), 3, range(3), 10, route=name)


@pytest.mark.parametrize("kernel", [ArcCosine(0), NTK(2), PowerSeries((1, 1)), Zonal("t*sin(t)")], ids=repr)
@pytest.mark.parametrize("route", ["closed", "angle", "series", "walk"])
def test_parity_zeros_are_exact_on_every_route(kernel: Kernel, route: str) -> None:
    try:
        found = ROUTE_BALLS[route](kernel, 30, range(12), 10)
    except NotCertified:
        return
    from theory.kernels.parity import vanishes

    for degree, value in enumerate(found):
        assert vanishes(kernel, degree) == bool(value.is_zero() and value.is_exact())
