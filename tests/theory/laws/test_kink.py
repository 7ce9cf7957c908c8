"""Laws of kernels with a kink at t = 0, beside quadrature of the kernels' own formulas."""

from __future__ import annotations

from collections.abc import Callable

import mpmath as mp
import pytest
import sympy as sp

from theory.expansions.analytic_inside import NotAnalyticInside
from theory.kernels import ArcCosine, Compose, PowerSeries
from theory.kernels.parse import parse_kernel
from theory.language.statement import parse_statement
from theory.laws.decay import decay
from theory.laws.kink import kink_law, kink_power, without_sign
from theory.numbers.truth import Truth
from theory.statements.decide import decide
from theory.symbolic.objects import d, k

STEP = "Compose(ArcCosine(order=0), PowerSeries((-1, 0, 2)))"  # 2 asin|t| / pi
RELU = "Compose(ArcCosine(order=1), PowerSeries((-1, 0, 2)))"
ODD = f"PowerSeries((0, 1)) * {STEP}"


def _relu(t: mp.mpf) -> mp.mpf:
    y = 2 * t**2 - 1
    return (mp.sqrt(1 - y**2) + y * (mp.pi - mp.acos(y))) / mp.pi


FORMULAS: dict[str, Callable[[mp.mpf], mp.mpf]] = {
    STEP: lambda t: 2 / mp.pi * mp.asin(t),
    RELU: _relu,
    ODD: lambda t: t * 2 / mp.pi * mp.asin(t),
}


def eigenvalue(kernel: str, degree: int, dim: int) -> mp.mpf:
    """mu_k by quadrature in theta over [0, pi/2], of a kernel that is even or odd with k."""
    rate = mp.mpf(dim - 1) / 2

    def integrand(theta: mp.mpf) -> mp.mpf:
        t = mp.cos(theta)
        return FORMULAS[kernel](t) * mp.gegenbauer(degree, rate, t) * mp.sin(theta) ** (dim - 1)

    whole = 2 * mp.quad(integrand, mp.linspace(0, mp.pi / 2, degree // 4 + 2)) / mp.gegenbauer(degree, rate, 1)
    return whole * mp.gamma(mp.mpf(dim + 1) / 2) / (mp.sqrt(mp.pi) * mp.gamma(mp.mpf(dim) / 2))


@pytest.mark.parametrize(
    ("kernel", "nu", "dim", "degree"), [(STEP, 1, 3, 40), (STEP, 1, 5, 40), (RELU, 3, 3, 40), (ODD, 2, 6, 41)]
)
def test_the_quotient_tends_to_one(kernel: str, nu: int, dim: int, degree: int) -> None:
    """mu_k/leading = 1 - a (d-1)/(2 k) + ..., a = nu + (d+1)/2, by Gamma((k-nu)/2)/Gamma((k+nu+d+1)/2), where the
    ends fall at least one power faster: within twice that at degrees k and 4 k, and shrinking."""
    room = (nu + (dim + 1) / 2) * (dim - 1)
    far = _distances(kernel, dim, degree)
    assert far[1] < far[0] < room / degree and far[1] < room / (4 * degree)


@pytest.mark.parametrize(("kernel", "degree"), [(STEP, 40), (ODD, 41)])
def test_the_quotient_tends_to_one_slowly_on_the_sphere(kernel: str, degree: int) -> None:
    """On S^2 kink and ends are half a power apart, so that four times the degree halves the distance."""
    far = _distances(kernel, 2, degree)
    assert 0.3 < far[1] / far[0] < 0.7


def _distances(kernel: str, dim: int, degree: int) -> list[mp.mpf]:
    """|mu_k/leading - 1| at k and at 4 k."""
    law = next(branch for branch in decay(parse_kernel(kernel), "k", dim=dim).law if branch.leading != 0)
    return [
        abs(eigenvalue(kernel, n, dim) / mp.mpf(sp.N(law.leading.subs(k, n), 30)) - 1)
        for n in (degree, 4 * degree + degree % 2)
    ]


def test_the_ends_lead_where_they_are_larger() -> None:
    """t asin|t|: the kink t|t| gives k^(-7/2) on S^2, the ends k^-3; from S^4 on it is the kink's turn."""
    kernel = parse_kernel(ODD)
    on_sphere, above = kink_law(kernel, 2)[1], kink_law(kernel, 4)[1]
    assert without_sign(on_sphere) == on_sphere and sp.degree(1 / on_sphere, k) == 3
    assert kink_law(kernel, 3) is None  # both k^-4
    assert without_sign(above) != above


def test_the_power_of_abs_t_is_the_moment_continued() -> None:
    """At even powers there is no kink: the leading term is 0, as E[t^n P_k] is for k > n."""
    assert kink_power(sp.Integer(4), 0) == 0 and kink_power(sp.Integer(3), 1) == 0
    assert kink_power(sp.Integer(1), 0).subs({d: 1, k: 2}) == sp.Rational(1, 2) / sp.pi  # of 2/(3 pi), exactly


@pytest.mark.parametrize(
    "text",
    [
        "Compose(ArcCosine(order=0), PowerSeries((0, -3, 0, 4)))",  # kinks at t = 1/2 and -1/2
        f"{STEP} + NTK(depth=2)",  # neither even nor odd
    ],
)
def test_other_kernels_that_are_singular_inside_have_no_law(text: str) -> None:
    with pytest.raises(NotAnalyticInside):
        decay(parse_kernel(text), "k", dim=2)


def test_no_law_on_the_circle_where_kink_and_ends_are_of_one_order() -> None:
    assert kink_law(Compose(ArcCosine(0), PowerSeries((-1, 0, 2))), 1) is None


STATEMENTS = [
    ("mu(k) = Theta(k**(-5/2)) as k -> oo", "k even", Truth.HOLDS),
    ("mu(k) = O(k**-3) as k -> oo", "k even", Truth.FAILS),
    ("mu(k) = o(k**(-5/2)) as k -> oo", "k even", Truth.FAILS),
    ("mu(k) = Omega(k**(-5/2)) as k -> oo", "k >= 0", Truth.FAILS),
    ("mu(2*k)*mu(2*k+2) = Theta(k**-5) as k -> oo", "k >= 0", Truth.HOLDS),
    ("mu(2*k) + mu(2*k+2) = Theta(k**(-5/2)) as k -> oo", "k >= 0", Truth.UNDECIDED),  # the leading terms cancel
    ("sqrt(mu(2*k)) = Theta(k**(-5/4)) as k -> oo", "k >= 0", Truth.UNDECIDED),  # undefined at every second k
    ("mu(k) ~ 2*sqrt(2)*pi**(-3/2)*k**(-5/2) as k -> oo", "k even", Truth.UNDECIDED),  # of that size, both signs
]


@pytest.mark.parametrize(("says", "where", "truth"), STATEMENTS)
def test_statements_look_at_the_size_alone(says: str, where: str, truth: Truth) -> None:
    assert decide(parse_statement(says, STEP, ["d = 2", where])).truth is truth
