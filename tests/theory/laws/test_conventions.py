"""Laws in every convention, both ways, against converted eigenvalues."""

from __future__ import annotations

from functools import cache

import pytest
import sympy as sp

from tests.examples import some
from theory.kernels import NTK, Kernel
from theory.laws.certified import certified
from theory.laws.conventions import conversion, law_from_convention, law_to_convention, symbolic_factor
from theory.laws.decay import decay
from theory.laws.law import Law
from theory.numbers.truth import Evidence
from theory.spectra.conventions import CONVENTIONS, factor_of
from theory.spectra.spectrum import spectrum
from theory.symbolic.objects import d, k

KERNELS = [NTK(2), NTK(3)]


def theirs(kernel: Kernel, name: str, dim: int, degree: int) -> sp.Float:
    value = sp.Float(spectrum(kernel, dim, degree, 25).eigenvalues[0].decimal(25)[0], 30)
    return value * sp.N(sp.sympify(repr(factor_of(name, dim, degree))), 30)


@pytest.mark.parametrize("name", CONVENTIONS)
@pytest.mark.parametrize("dim", [1, 2, 3, 6])
def test_symbolic_factor_is_the_exact_factor(name: str, dim: int) -> None:
    for degree in (1, 2, 5):
        exact = sp.sympify(repr(factor_of(name, dim, degree)))
        for factor in (symbolic_factor(name, dim, None), symbolic_factor(name, dim, degree)):
            assert sp.simplify(factor.subs(k, degree) - exact) == 0
        if dim > 1:  # a symbolic d stands for d >= 2
            assert sp.simplify(symbolic_factor(name, None, degree).subs(d, dim) - exact) == 0
            assert sp.simplify(symbolic_factor(name, None, degree).subs(d, dim) - exact - 1) != 0


@pytest.mark.parametrize("name", CONVENTIONS)
@pytest.mark.parametrize("kernel", KERNELS, ids=str)
def test_law_in_k_describes_what_they_print(kernel: Kernel, name: str) -> None:
    branch = law_to_convention(decay(kernel, "k", dim=3, terms=2), name).law[0]
    power, first = branch.terms[0]
    assert branch.constant == first and sp.simplify(branch.leading / (first * k**power)) == 1
    errors = [theirs(kernel, name, 3, v) / sum(c * sp.Integer(v) ** p for p, c in branch.terms) - 1 for v in (100, 200)]
    assert abs(sp.N(errors[1])) < abs(sp.N(errors[0])) * 1.35 / 4
    assert abs(sp.N(1.1 * (1 + errors[1]) - 1)) > abs(sp.N(errors[0])) * 1.35 / 4


@pytest.mark.parametrize("name", CONVENTIONS)
def test_law_in_d_describes_what_they_print(name: str) -> None:
    branch = law_to_convention(decay(NTK(3), "d", degree=3), name).law[0]
    errors = [sp.N(theirs(NTK(3), name, v, 3) / branch.leading.subs(d, v) - 1, 20) for v in (200, 400)]
    assert abs(errors[1]) < abs(errors[0]) * 1.35 / 2
    assert abs(1.1 * (1 + errors[1]) - 1) > abs(errors[0]) * 1.35 / 2


@pytest.mark.parametrize("name", CONVENTIONS)
@pytest.mark.parametrize("kernel", KERNELS, ids=str)
def test_there_and_back_is_the_identity(kernel: Kernel, name: str) -> None:
    law = decay(kernel, "k", dim=3, terms=2)
    back = law_from_convention(law_to_convention(law, name), name)
    for ours, again in zip(law.law, back.law, strict=True):
        assert [p for p, _ in ours.terms] == [p for p, _ in again.terms]
        assert all(sp.simplify(c - e) == 0 for (_, c), (_, e) in zip(ours.terms, again.terms, strict=True))


@pytest.mark.parametrize("name", CONVENTIONS)
def test_a_symbolic_dimension_starts_at_2_where_the_factor_does_and_else_where_the_law_does(name: str) -> None:
    """Basri's factor for S^1 is not that of S^d at d = 1; a law at a fixed dimension keeps its ranges."""
    for law in (decay(NTK(2), "k", dim=None), decay(NTK(2), "k", dim=3)):
        found = law_to_convention(law, name)
        for ours, theirs_ in zip(law.law, found.law, strict=True):
            narrowed = name == "basri" and law.dim is None
            least = {w.name: max(2, w.least) if narrowed and w.name == "d" else w.least for w in ours.ranges}
            assert {w.name: w.least for w in theirs_.ranges} == least


@pytest.mark.parametrize(("name", "dim", "least"), [("yu", None, 1), ("basri", None, 2), ("basri", 3, 3), ("yu", 3, 3)])
def test_a_law_holds_for_the_dimensions_of_its_convention(name: str, dim: int | None, least: int) -> None:
    """The symbolic factor of Basri holds for d >= 2; no other range changes."""
    for branch in law_to_convention(decay(NTK(depth=2), "k", dim), name).law:
        assert [(w.least, w.most) for w in branch.ranges if w.name == "d"] == [(least, dim)]


@pytest.mark.parametrize("name", CONVENTIONS)
@pytest.mark.parametrize("dim", [1, 3])
def test_the_factor_of_the_mean_is_exact_too(name: str, dim: int) -> None:
    exact = sp.sympify(repr(factor_of(name, dim, 0)))
    assert sp.simplify(symbolic_factor(name, dim, 0) - exact) == 0
    if dim > 1:
        assert sp.simplify(symbolic_factor(name, None, 0).subs(d, dim) - exact) == 0


def test_a_growing_factor_keeps_as_many_orders_as_the_law_has() -> None:
    """N(d, 3) = d (d+1) (d+5)/6 exactly, on an expansion in 1/d to two orders: the error is O(d^-2)."""
    law = decay(NTK(3), "d", degree=3, terms=2)
    (found,) = law_to_convention(law, "kernel-generalization-scaled").law
    assert len(found.terms) == 2 and [p - found.exponent for p, _ in found.terms] == [0, -1]
    assert found.exponent == law.law[0].exponent + 3
    assert (found.bounds, found.proof, found.certificate) == (None, None, None)
    assert found.constant == found.terms[0][1]
    assert sp.simplify(found.leading - found.constant * d**found.exponent) == 0
    errors = []
    for v in (200, 400):
        printed = theirs(NTK(3), "kernel-generalization-scaled", v, 3)
        errors.append(sp.N(printed / sum(c * sp.Integer(v) ** p for p, c in found.terms) - 1, 20))
    assert abs(errors[1]) < abs(errors[0]) * 1.35 / 4 and abs(errors[0]) < 0.01


@pytest.mark.parametrize(
    ("name", "variable", "fixed", "kept"),
    [
        ("yu", "k", {"dim": 3}, True),
        ("yu", "d", {"degree": 2}, False),
        ("kernel-generalization-scaled", "k", {"dim": 3}, False),
        ("basri", "k", {"dim": 1}, True),
    ],
)
def test_a_constant_factor_keeps_a_proof_and_a_growing_one_does_not(
    name: str, variable: str, fixed: dict[str, int], kept: bool
) -> None:
    law = decay(NTK(2), variable, **fixed)
    found = law_to_convention(law, name)
    assert law.evidence is Evidence.PROVED
    assert found.evidence is (Evidence.PROVED if kept else Evidence.CHECKED)
    if name == "yu" and variable == "d":  # omega_d is no power of d
        (branch,) = found.law
        assert (branch.exponent, branch.constant, branch.terms) == (None, None, ())
        area = 2 * sp.pi ** ((d + 1) / 2) / sp.gamma((d + 1) / 2)
        assert sp.simplify(branch.leading / (area * law.law[0].leading)) == 1
    if kept:
        assert [b.bounds for b in found.law] == [b.bounds for b in law.law]


@cache
def certified_law() -> Law:
    return certified(decay(NTK(3), "k", dim=3))


@pytest.mark.parametrize("name", some(list(CONVENTIONS), 5))
def test_a_law_certified_in_a_convention_bounds_what_they_print(name: str) -> None:
    """Converted and then certified, or the other way about: the same remainder, and it holds."""
    ours = decay(NTK(3), "k", dim=3)
    found = certified(law_to_convention(ours, name))
    other = law_to_convention(certified_law(), name)
    assert found.convention == other.convention == name and conversion(found)[1] is ("scaled" in name)
    for branch, again in zip(found.law, other.law, strict=True):
        assert branch.certificate == again.certificate and (branch.certificate is None) is ("scaled" in name)
        if branch.certificate is None:
            continue
        sure, parity = branch.certificate, branch.ranges[0].parity
        shares = []
        for degree in range(sure.start + (sure.start + parity) % 2, sure.start + 12, 2):
            total = sum(c * sp.Integer(degree) ** p for p, c in branch.terms)
            bound = sp.Rational(sure.constant.numerator, sure.constant.denominator) * sp.Integer(degree) ** sure.power
            shares.append(abs(sp.N((theirs(NTK(3), name, 3, degree) - total) / bound)))
        assert max(shares) <= 1 and max(shares) > 1e-3


def test_a_law_is_converted_once() -> None:
    theirs_ = law_to_convention(decay(NTK(2), "k", dim=3), "yu")
    for convert, law in ((law_to_convention, theirs_), (law_from_convention, decay(NTK(2), "k", dim=3))):
        with pytest.raises(ValueError, match="a law in convention .* is needed, got one in convention"):
            convert(law, "basri")
    assert law_from_convention(theirs_, "yu").convention == "project"
