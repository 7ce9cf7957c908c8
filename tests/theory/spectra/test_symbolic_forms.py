"""Eigenvalues with symbolic degree and dimension against integrals on the circle and on S^3."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from math import comb

import mpmath
import pytest
import sympy as sp

from theory.kernels import NNGP, NTK, ArcCosine, Dual, Gaussian, Kernel, Laplace, Multiple, PowerSeries
from theory.spectra.closed_forms import closed_form
from theory.spectra.exact_values import exact_eigenvalue
from theory.spectra.symbolic_forms import Branch, NoClosedForm, at_degree, branches, multiplicity
from theory.symbolic.objects import d, k

HALF, PI = Fraction(1, 2), mpmath.pi
FIVE_TERMS = PowerSeries((1, 0, HALF, 2, 0, Fraction(1, 3)))


def k0(x: mpmath.mpf) -> mpmath.mpf:
    return (PI - x) / PI


def k1(x: mpmath.mpf) -> mpmath.mpf:
    return (mpmath.sin(x) + (PI - x) * mpmath.cos(x)) / PI


def k2(x: mpmath.mpf) -> mpmath.mpf:
    """Cho and Saul 2009, eq. 7."""
    return (3 * mpmath.sin(x) * mpmath.cos(x) + (PI - x) * (1 + 2 * mpmath.cos(x) ** 2)) / PI


def five(x: mpmath.mpf) -> mpmath.mpf:
    t = mpmath.cos(x)
    return 1 + t**2 / 2 + 2 * t**3 + t**5 / 3


cos = mpmath.cos
KERNELS: dict[Kernel, Callable[[mpmath.mpf], mpmath.mpf]] = {
    ArcCosine(0): k0,
    ArcCosine(1): k1,
    ArcCosine(2): k2,
    NNGP(2): k1,
    NTK(2): lambda x: cos(x) * k0(x) + k1(x),
    NTK(2, (Fraction(7, 3), Fraction(2, 5))): lambda x: 7 * cos(x) * k0(x) / 3 + 2 * k1(x) / 5,
    NTK(2, bias=True): lambda x: (cos(x) + 1) * k0(x) + k1(x),
    FIVE_TERMS: five,
    ArcCosine(0) + Multiple(3, ArcCosine(2)): lambda x: k0(x) + 3 * k2(x),
    ArcCosine(0) + ArcCosine(1): lambda x: k0(x) + k1(x),
    ArcCosine(2) + FIVE_TERMS: lambda x: k2(x) + five(x),
    NTK(2) + Multiple(HALF, PowerSeries((0, 0, 1))): lambda x: cos(x) * k0(x) + k1(x) + cos(x) ** 2 / 2,
    Dual("relu"): lambda x: k1(x) / 2,
}
NAMES = [repr(kernel) for kernel in KERNELS]


def integral(kappa: Callable[[mpmath.mpf], mpmath.mpf], dim: int, degree: int) -> mpmath.mpf:
    """E[kappa P_k]: P_k(cos x) = cos(kx) on the circle, sin((k+1)x)/((k+1) sin x) on S^3."""
    if dim == 1:
        return mpmath.quad(lambda x: kappa(x) * mpmath.cos(degree * x), [0, PI], method="gauss-legendre") / PI
    weight = lambda x: mpmath.sin(x) * mpmath.sin((degree + 1) * x)
    return 2 * mpmath.quad(lambda x: kappa(x) * weight(x), [0, PI], method="gauss-legendre") / (PI * (degree + 1))


def case(found: tuple[Branch, ...], degree: int) -> Branch:
    """The only case that speaks of the degree."""
    (only,) = (
        b
        for b in found
        if b.degrees.least <= degree
        and (b.degrees.most is None or degree <= b.degrees.most)
        and (b.degrees.parity is None or degree % 2 == b.degrees.parity)
    )
    return only


@pytest.mark.parametrize("kernel", KERNELS, ids=NAMES)
def test_every_degree_has_one_case_and_its_value_is_the_integral(kernel: Kernel) -> None:
    found = branches(kernel)
    with mpmath.workdps(20):
        for degree in (0, 1, 2, 3, 4, 5, 8):
            expression = case(found, degree).expression.subs(k, degree)
            for dim in (1, 3):
                ours = mpmath.mpf(str(sp.N(expression.subs(d, dim), 20)))
                single = mpmath.mpf(str(sp.N(at_degree(kernel, degree).subs(d, dim), 20)))
                right = integral(KERNELS[kernel], dim, degree)
                # Entire integrands: the quadrature keeps all but a few of its 20 digits.
                assert abs(ours - right) < mpmath.mpf(10) ** -15, (degree, dim)
                assert abs(single - right) < mpmath.mpf(10) ** -15, (degree, dim)


@pytest.mark.parametrize("kernel", [*KERNELS, ArcCosine(5)], ids=[*NAMES, "ArcCosine(order=5)"])
def test_the_cases_equal_the_exact_eigenvalues(kernel: Kernel) -> None:
    found, form = branches(kernel), closed_form(kernel)
    for degree in (*range(7), 10):
        for dim in (1, 2, 5):
            exact = exact_eigenvalue(form, dim, degree)
            right = sp.Add(*(sp.Rational(c.numerator, c.denominator) * sp.pi**p for p, c in exact.terms))
            for expression in (case(found, degree).expression, at_degree(kernel, degree)):
                assert sp.gammasimp(expression.subs({k: degree, d: dim})) - right == 0, (degree, dim)


@pytest.mark.parametrize(
    "kernel, starts",
    [
        (ArcCosine(0), {0: 2, 1: 1}),
        (ArcCosine(1), {0: 0, 1: 3}),
        (ArcCosine(2), {0: 4, 1: 1}),
        (NTK(2), {0: 0, 1: 3}),
        (NTK(2, bias=True), {0: 2, 1: 3}),
        (FIVE_TERMS, {0: 6, 1: 7}),
        (ArcCosine(5), {0: 0, 1: 7}),
        (ArcCosine(2) + FIVE_TERMS, {0: 6, 1: 7}),
        (PowerSeries((0, 0, 1)), {0: 4, 1: 3}),
    ],
)
def test_single_degrees_end_where_the_general_case_begins(kernel: Kernel, starts: dict[int, int]) -> None:
    """c_k(a) = 0 from k = a + 2 on in steps of two, and the polynomial acts up to its degree alone."""
    found = branches(kernel)
    general = {b.degrees.parity: b.degrees.least for b in found if b.degrees.most is None}
    assert general == starts
    for parity, first in starts.items():
        alone = [b.degrees.least for b in found if b.degrees.most is not None and b.degrees.least % 2 == parity]
        assert alone == list(range(parity, first, 2))
    assert all(b.degrees.most in (None, b.degrees.least) for b in found) and len(found) == len(set(found))


@pytest.mark.parametrize("degree", range(1, 7))
def test_multiplicities_count_harmonics(degree: int) -> None:
    """Homogeneous polynomials of degree k in d+1 variables, less those of degree k-2."""
    for dim in range(1, 7):
        count = comb(degree + dim, dim) - (comb(degree + dim - 2, dim) if degree > 1 else 0)
        assert sp.gammasimp(multiplicity(sp.Integer(dim), sp.Integer(degree))) == count
        assert sp.gammasimp(multiplicity(d, k).subs({d: dim, k: degree})) == count


@pytest.mark.parametrize("kernel", [NTK(3), Gaussian(1), Laplace(1)])
def test_other_kernels_have_no_cases(kernel: Kernel) -> None:
    for call, of in ((branches, "degree"), (lambda kernel: at_degree(kernel, 2), "dimension")):
        with pytest.raises(
            NoClosedForm,
            match=f"no closed form with symbolic {of} is known for {kernel!r}".replace("(", r"\(").replace(")", r"\)"),
        ):
            call(kernel)
