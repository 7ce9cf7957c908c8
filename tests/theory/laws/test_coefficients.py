"""Signs and laws of Maclaurin coefficients, beside the coefficients themselves."""

from __future__ import annotations

from fractions import Fraction

import pytest
import sympy as sp
from mpmath import mp

from tests.examples import some
from theory.expansions.maclaurin import maclaurin
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
    Multiple,
    PowerSeries,
    Product,
    Zonal,
)
from theory.kernels.depth_families import DepthFamily
from theory.language.families import deep_family
from theory.language.statement import parse_statement
from theory.laws.coefficients import Starts, coefficient_law, is_slit, positive_from
from theory.numbers.balls import working_precision
from theory.numbers.truth import Truth
from theory.spectra.routes.oracle import kappa
from theory.statements.decide import decide
from theory.symbolic.objects import L, n
from theory.symbolic.puiseux import NoExpansion

LAST = 26
HALF = Fraction(1, 2)


def seen(kernel: Kernel) -> Starts:
    """From where on the coefficients of each parity are certainly positive, as far as LAST."""
    with working_precision(60):
        b = maclaurin(kernel, LAST)
    found = []
    for parity in (0, 1):
        start = None
        for index in reversed(range(parity, LAST, 2)):
            if not b[index] > 0:
                break
            start = index
        found.append(start)
    return tuple(found)


def shown(starts: Starts) -> Starts:
    """The first indices of their parities."""
    return tuple(s if s is None else s + (s + parity) % 2 for parity, s in enumerate(starts))


STRUCTURES = [
    ArcCosine(0),
    ArcCosine(1),
    ArcCosine(2),
    ArcCosine(3),
    Gaussian(1),
    Laplace(2),
    ExponentialPower(1, HALF),
    Matern(HALF, 1),
    NNGP(1),
    NNGP(1, bias_variance=1),
    NNGP(2),
    NNGP(2, bias_variance=1),
    NNGP(3),
    NNGP(4),
    NNGP(3, bias_variance=1),
    NTK(1),
    NTK(1, bias_variance=1),
    NTK(2),
    NTK(2, bias=True),
    NTK(2, bias_variance=1),
    NTK(3),
    NTK(4),
    NTK(3, bias_variance=HALF),
    NTK(2, (1, 0)),
    NTK(2, (0, 1)),
    NTK(2, (1, 0), bias=True),
    NTK(2, (0, 1), bias=True),
    NTK(2, (0, 1), bias_variance=1),
    NTK(3, (0, 0, 1)),
    NTK(3, (1, 0, 1)),
    Multiple(3, NTK(2)),
    ArcCosine(0) + ArcCosine(1),
    ArcCosine(1) + NTK(2, (1, 0)),
    NTK(1) + NTK(3),
]


@pytest.mark.parametrize("kernel", STRUCTURES, ids=repr)
def test_coefficients_are_positive_from_where_it_is_said_and_not_before(kernel: Kernel) -> None:
    assert shown(positive_from(kernel)) == seen(kernel)


@pytest.mark.parametrize(
    ("kernel", "starts"),
    [
        (Zonal("exp(t)"), (0, 0)),
        (Zonal("t**2/(2-t)"), (2, 3)),
        (Zonal("asin(t)"), (None, 0)),
        (Gaussian(1) * Laplace(1), (0, 0)),
        (Gaussian(1) * ArcCosine(0), (0, 0)),
        (Dual("erf"), (None, 0)),
        (DualTangent("abs"), (0, None)),
    ],
    ids=repr,
)
def test_others_begin_where_the_proof_of_their_signs_says(kernel: Kernel, starts: tuple) -> None:
    assert positive_from(kernel) == starts
    with working_precision(40):
        values = maclaurin(kernel, 12)
    for parity, start in enumerate(starts):
        assert start is None or all(b > 0 for b in values[start + (start - parity) % 2 :: 2])


def test_a_sum_begins_no_later_than_its_parts() -> None:
    """t k0 gives the even n >= 2 and k0 the odd n; b_0 of k0 is not looked for."""
    assert positive_from(NTK(2, (1, 0)) + ArcCosine(0)) == (2, 1)


@pytest.mark.parametrize(
    "kernel",
    [
        NTK(3, (1, 1, 0)),
        NTK(3, (0, 1, 0), bias_variance=1),
        NTK(2, (1, 0), bias_variance=1),
        Dual("gelu"),
        Zonal("sin(t)"),
        Gaussian(1) + Zonal("sin(t)"),
        Gaussian(1) + PowerSeries((0, -1)),
    ],
    ids=repr,
)
def test_what_structure_does_not_tell_is_left_open(kernel: Kernel) -> None:
    """A negative b_1 of one part may outweigh that of the other: nothing is said of the sum."""
    assert positive_from(kernel) == (None, None)


@pytest.mark.parametrize(("text", "least"), [("NTK(depth=L)", 2), ("NNGP(depth=L)", 3), ("NNGP(depth=L)", 2)])
def test_a_family_begins_like_its_shallowest_kernel(text: str, least: int) -> None:
    family = deep_family(text).from_depth(least)
    assert shown(positive_from(family)) == seen(family.at(family.least))


@pytest.mark.parametrize(
    ("kernel", "slit"),
    [
        (ArcCosine(2), True),
        (NNGP(3), True),
        (NTK(3), True),
        (Laplace(1), True),
        (Gaussian(1), True),
        (ExponentialPower(1, HALF), True),
        (Matern(HALF, 1), True),
        (Multiple(2, NTK(3)), True),
        (deep_family("NTK(depth=L)"), True),
        (NTK(3) + Laplace(1), True),
        (Product((NTK(3), Laplace(1))), True),
        (Dual("gelu"), False),
        (Zonal("exp(t)"), False),
        (Multiple(2, Dual("gelu")), False),
        (NTK(3) + Dual("gelu"), False),
        (Dual("gelu") * NTK(3), False),
        (Compose(ArcCosine(0), ArcCosine(0)), False),
    ],
    ids=repr,
)
def test_a_slit_disc_is_known_of_relu_and_radial_kernels_alone(kernel: Kernel | DepthFamily, slit: bool) -> None:
    assert is_slit(kernel) is slit
    if not slit:
        with pytest.raises(NoExpansion, match="no law of b"):
            coefficient_law(kernel)


LAWS = [
    ArcCosine(0),
    ArcCosine(1),
    ArcCosine(2),
    ArcCosine(3),
    NTK(2),
    NTK(3),
    NNGP(3),
    NTK(2, bias=True),
    Laplace(1),
    Matern(Fraction(3, 2), 1),
    ArcCosine(0) + ArcCosine(1),
    Multiple(3, NTK(2, (1, 0))),
]


@pytest.mark.parametrize("kernel", LAWS, ids=repr)
def test_coefficients_over_their_law_tend_to_one(kernel: Kernel) -> None:
    """b_n/law = 1 + O(n^-1): from n to 4n the distance falls below 0.3 of itself. 0 only where b_n
    = 0."""
    with working_precision(120):
        b = maclaurin(kernel, 162)
        for parity, law in enumerate(coefficient_law(kernel)):
            near, far = (float(b[i + parity]) for i in (40, 160))
            if law == 0:
                assert near == far == 0
                continue
            gaps = [value / float(law.subs(n, i + parity)) - 1 for value, i in ((near, 40), (far, 160))]
            assert abs(gaps[1]) < 0.3 * abs(gaps[0]) < 0.3
            assert abs(1.1 * (1 + gaps[1]) - 1) > 0.3 * abs(gaps[0])


LOGARITHMS = [
    Matern(1, 1),
    Matern(2, 1),
    Matern(1, 1) + Matern(Fraction(3, 2), 1),
    Matern(1, 2) + ArcCosine(1),
    Matern(2, 1) + Laplace(1),
    Matern(1, 1) * Laplace(1),
    Matern(1, 1) * Gaussian(1),
]


@pytest.mark.parametrize("kernel", some(LOGARITHMS, 4), ids=str)
def test_a_logarithm_at_the_end_has_its_power(kernel: Kernel) -> None:
    """b_n from values on the circle |t| = 4/5: their discrete Fourier transform has b_n + (4/5)^M b_(n+M) + ...

    u^m log u gives n^(-m-1) and what stands beside it the next power, half an order further at most:
    from n to 4n the distance of b_n/law from 1 falls below 0.6 of itself."""
    size = 160
    with mp.workdps(30):
        radius = mp.mpf(4) / 5
        half = [kappa(kernel, radius * mp.expjpi(mp.mpf(2) * j / size)) for j in range(size // 2 + 1)]
        values = [*half, *(mp.conj(v) for v in half[-2:0:-1])]
        for parity, law in enumerate(coefficient_law(kernel)):
            gaps = []
            for index in (30 + parity, 120 + parity):
                turned = (v * mp.expjpi(-mp.mpf(2) * j * index / size) for j, v in enumerate(values))
                b = mp.fsum(turned).real / size / radius**index
                gaps.append(float(b) / float(law.subs(n, index)) - 1)
            assert abs(gaps[1]) < 0.6 * abs(gaps[0]) < 0.6
            assert abs(2 * (1 + gaps[1]) - 1) > 0.6 * abs(gaps[0])


def test_a_logarithm_decides_before_the_power_that_follows_it() -> None:
    kernel = "Matern(nu=1, lengthscale=1) + Matern(nu=3/2, lengthscale=1)"
    for relation, truth in (("b(n) = O(n**(-5/2)) as n -> oo", Truth.FAILS), ("b(n) ~ n**-2 as n -> oo", Truth.HOLDS)):
        assert decide(parse_statement(relation, kernel)).truth is truth


@pytest.mark.parametrize("kernel", [Matern(1, 1) * Matern(1, 2) * Matern(1, 3), Matern(1, 1) * Matern(2, 1)], ids=str)
def test_powers_of_logarithms_beyond_the_first_term_do_no_harm(kernel: Kernel) -> None:
    """log(u)^2 stands at u^2 and further: u log u comes first."""
    even, odd = coefficient_law(kernel)
    assert even == odd and sp.simplify(n * sp.diff(even, n) / even) == -2


def test_laws_of_all_depths_are_those_of_single_depths() -> None:
    family = deep_family("1/(L+1) * NTK(depth=L+1, bias=True)").from_depth(3)
    law = coefficient_law(family)[0]
    ours, single = law.subs(L, 4) * 5, coefficient_law(NTK(5, bias=True))[0]
    assert sp.simplify(ours / single) == 1


def test_a_parity_whose_singularity_lies_deeper_has_no_law_here() -> None:
    """Odd n of k1 + k2 have n^(-7/2), an order after the n^(-5/2) of even n: 0 stands for not
    known."""
    assert coefficient_law(ArcCosine(1) + ArcCosine(2))[1] == 0
    says = parse_statement("b(n) = O(n**-4) as n -> oo", "ArcCosine(order=1) + ArcCosine(order=2)", ["n odd"])
    assert decide(says).truth is Truth.UNDECIDED


@pytest.mark.parametrize("order", [4, 5])
def test_singularities_of_high_order_are_found(order: int) -> None:
    """k_a is singular like (1-t)^(a+1/2), so that b_n falls like n^(-a-3/2)."""
    law = coefficient_law(ArcCosine(order))[(order + 1) % 2]
    assert (n * sp.diff(law, n) / law).simplify() == -order - sp.Rational(3, 2)


def test_where_no_law_is_known_it_is_said_why() -> None:
    with pytest.raises(NoExpansion, match="smooth at t = 1 and -1 up to order 6: no power of n is the law"):
        coefficient_law(Gaussian(1))
    with pytest.raises(NoExpansion, match="depth 1 and 2"):
        coefficient_law(deep_family("NTK(depth=L)").from_depth(2))
    assert coefficient_law(deep_family("NTK(depth=L)").from_depth(3))[0].has(L)


@pytest.mark.parametrize(
    "kernel",
    [Gaussian(1), Laplace(2), NNGP(3), NNGP(2, bias_variance=1), NTK(3), NTK(2, bias_variance=1), Multiple(2, NTK(3))],
    ids=repr,
)
def test_where_no_coefficient_is_zero_both_parities_begin_at_zero(kernel: Kernel) -> None:
    assert positive_from(kernel) == (0, 0)
