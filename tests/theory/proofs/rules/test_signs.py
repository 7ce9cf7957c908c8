"""Signs read off the structure of a kernel against certified coefficients and eigenvalues."""

from __future__ import annotations

from fractions import Fraction
from math import factorial

import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.examples import FACTOR
from tests.theory.kernel_list import ALL
from theory.derivations.by_signs import (
    coefficient,
    dimension_proof,
    series_proof,
    sign_proof,
    trace_proof,
    walk_proof,
    zero_proof,
)
from theory.expansions.maclaurin import maclaurin
from theory.kernels import (
    NNGP,
    NTK,
    ArcCosine,
    Compose,
    Dual,
    DualTangent,
    Gaussian,
    Kernel,
    Laplace,
    PowerSeries,
    Product,
    Sum,
    written_out,
)
from theory.language.families import deep_family
from theory.language.statement import parse_statement
from theory.numbers.balls import working_precision
from theory.proofs.check import check
from theory.proofs.steps import Proof, Step
from theory.spectra.spectrum import eigenvalue, spectrum
from theory.spectra.symbolic_forms import multiplicity
from theory.statements.decide import decide
from theory.symbolic.indices import Indices, from_start
from theory.symbolic.objects import KernelName, Mu, Range, d, k, n

TERMS = 12
K, D = Range("k", 0), Range("d", 1)
small = st.sampled_from(
    (
        ArcCosine(0),
        ArcCosine(1),
        ArcCosine(2),
        NNGP(3),
        NTK(2, bias=True),
        Dual("sin"),
        Dual("cos"),
        Dual("exp"),
        Dual("erf"),
        Gaussian(1),
        PowerSeries((0, Fraction(1, 2), 0, 1)),
        PowerSeries((1,)),
    )
)
inner = st.sampled_from(
    (NNGP(2), NNGP(3), PowerSeries((0, Fraction(1, 2), 0, Fraction(1, 2))), PowerSeries((Fraction(1, 2),)))
)
kernels = st.recursive(
    small,
    lambda part: st.one_of(
        st.builds(lambda a, b: Sum((a, b)), part, part),
        st.builds(lambda a, b: Product((a, b)), part, part),
        st.builds(Compose, part, inner),
        st.builds(lambda a: 3 * a, part),
    ),
    max_leaves=3,
)


def signs_of(kernel: Kernel) -> list[Step]:
    proof = series_proof(kernel)
    return [] if proof is None else [step for step in proof.steps if step.left == coefficient(kernel)]


def agree(kernel: Kernel) -> int:
    """How many signs were compared; a coefficient that is certainly of another sign fails."""
    with working_precision(40):
        values, steps, told = maclaurin(kernel, TERMS), signs_of(kernel), 0
        for step in steps:
            strict = isinstance(step.statement, sp.StrictGreaterThan)
            for index in (i for i in step.ranges[0].values(TERMS) if i < TERMS):
                told += 1
                assert values[index] > 0 if strict else not values[index] < 0, (kernel, step.ranges, index)
    return told


@pytest.mark.parametrize("kernel", [k for k in map(written_out, ALL) if "Zonal" not in repr(k)], ids=repr)
def test_coefficients_have_the_signs_that_are_told(kernel: Kernel) -> None:
    told = agree(kernel)
    negative = isinstance(kernel, PowerSeries) and min(kernel.coefficients) < 0
    assert bool(told) != negative or "Zonal" in repr(kernel) or "PowerSeries" in repr(kernel)


@given(kernels)
@settings(max_examples=30 * FACTOR, deadline=None)
def test_so_have_those_of_sums_products_and_compositions(kernel: Kernel) -> None:
    assert agree(kernel) >= TERMS


def test_a_wrong_sign_would_be_seen() -> None:
    relu = ArcCosine(1)
    wrong = Step("", sp.StrictGreaterThan(coefficient(relu), 0), "", (), relu, (Range("n", 3, None, 1),))
    with pytest.MonkeyPatch.context() as patch, pytest.raises(AssertionError):
        patch.setattr("tests.theory.proofs.rules.test_signs.signs_of", lambda _: [wrong])
        agree(relu)


indices = st.builds(
    lambda singles, starts: (
        Indices(frozenset(singles)) | from_start(starts[0]) | from_start(starts[1])
        if starts
        else Indices(frozenset(singles))
    ),
    st.frozensets(st.integers(0, 5), max_size=3),
    st.one_of(st.none(), st.tuples(st.integers(0, 6), st.integers(0, 6))),
)


def members(known: Indices, most: int = 30) -> set[int]:
    return {m for m in range(most) if known.reaches(Range("n", m, m))}


@given(indices, indices)
@settings(max_examples=150)
def test_sums_of_indices_are_sums_of_members(one: Indices, two: Indices) -> None:
    sums = {a + b for a in members(one) for b in members(two)}
    assert members(one + two) <= sums and members(one | two) == members(one) | members(two)
    assert {m for m in sums if m < 6} <= members(one + two)


@given(indices, indices)
@settings(max_examples=20 * FACTOR)
def test_a_composition_holds_nothing_that_is_no_sum(outer: Indices, inner: Indices) -> None:
    powers, found, part = members(outer), set(), {0}
    for m in range(30):
        found |= part if m in powers else set()
        part = {a + b for a in part for b in members(inner) if a + b < 30}
    assert members(outer.of(inner)) <= found


@given(indices, st.integers(0, 9), st.sampled_from([None, 0, 1]))
def test_a_range_is_reached_if_each_of_its_values_is(known: Indices, least: int, parity: int | None) -> None:
    where = Range("n", least + (0 if parity is None else (least - parity) % 2), None, parity)
    assert known.reaches(where) == (set(where.values(12)) <= members(known, 60))


NO_CONSTANT = NTK(4, layer_scales=(1, 0, 0, 0))  # b_0 = 0, yet mu_0 > 0
POSITIVE = [
    NNGP(3),
    NTK(4),
    NTK(2, bias=True),
    NTK(3, layer_scales=(0, 0, 1)),
    NO_CONSTANT,
    Laplace(2),
    Gaussian(3),
    Dual("exp"),
    2 * NTK(3) + Dual("gelu"),
    Compose(ArcCosine(1), NNGP(2)),
]


@pytest.mark.parametrize("kernel", POSITIVE, ids=repr)
def test_every_eigenvalue_is_proved_to_be_positive_and_is(kernel: Kernel) -> None:
    proof = sign_proof(kernel, Mu(KernelName(repr(kernel)), k), True, (K, D))
    assert proof is not None and "abel-dominated" in check(proof)
    for dim in (1, 4):
        values = spectrum(kernel, dim, range(12), 15).eigenvalues
        assert all(e.enclosure.lower > 0 for e in values)
        assert all(a.enclosure.lower > b.enclosure.upper for a, b in zip(values, values[2:], strict=False))
    walk = walk_proof(kernel, Mu(KernelName(repr(kernel)), k + 2), Mu(KernelName(repr(kernel)), k), True, (K, D))
    assert walk is not None and "dimension-walk" in check(walk)


@pytest.mark.parametrize("kernel", [NTK(3), NNGP(4), Laplace(1), PowerSeries((1, 2)), Gaussian(1)], ids=repr)
def test_the_trace_bounds_every_eigenvalue_with_its_multiplicity(kernel: Kernel) -> None:
    """kappa(1) = 3, 1, 1, 3, 1; a bound just below it is not proved."""
    mu, total = Mu(KernelName(repr(kernel)), k), sp.Integer({NTK(3): 3, PowerSeries((1, 2)): 3}.get(kernel, 1))
    for product, most, proved in (
        (mu, total, True),
        (multiplicity(d, k) * mu, total, True),
        (mu, total + d, True),
        (multiplicity(d, k) * mu, total - sp.Rational(1, 10**9), False),
        (multiplicity(d, k + 1) * mu, total, False),
        (k * mu, total, False),
        (mu, k, False),
    ):
        found = trace_proof(kernel, product, most, False, (K, D))
        assert (found is not None) == proved, (product, most)
    strict = trace_proof(kernel, mu, total, True, (K, D))
    assert (strict is not None) == (kernel != PowerSeries((1, 2)))


@pytest.mark.parametrize(
    ("kernel", "known"),
    [
        (ArcCosine(0), ["n >= 0", "n >= 1 odd", "n = 0"]),
        (ArcCosine(1), ["n >= 0", "n >= 0 even", "n = 1"]),
        (ArcCosine(2), ["n >= 0", "n >= 1 odd", "n = 0"]),
        (Dual("sin"), ["n >= 0", "n >= 1 odd"]),
        (NTK(2), ["n >= 0", "n >= 0 even", "n = 1"]),
        (NTK(2, layer_scales=(1, 0)), ["n >= 0", "n >= 2 even", "n = 1"]),
        (NTK(3), ["n >= 0", "n >= 0 even", "n >= 1 odd"]),
        (PowerSeries((0, 1, 1)), ["n >= 0", "n = 1"]),
        (PowerSeries((1,)) * ArcCosine(0), ["n >= 0", "n >= 1 odd", "n = 0"]),
    ],
    ids=repr,
)
def test_what_is_told_of_the_coefficients(kernel: Kernel, known: list[str]) -> None:
    assert [repr(step.ranges[0]) for step in signs_of(kernel)] == known


NOT_ALL = [
    NTK(2),
    ArcCosine(1),
    NTK(1),
    PowerSeries((1, 1, 1)),
    Dual("sin"),
    Dual("abs"),
    Dual("gelu"),
    Dual("tanh"),
    Sum((ArcCosine(1), ArcCosine(3))),
]


@pytest.mark.parametrize("kernel", NOT_ALL, ids=repr)
def test_nothing_strict_is_proved_where_an_eigenvalue_vanishes_or_nothing_is_known(kernel: Kernel) -> None:
    mu = Mu(KernelName(repr(kernel)), k)
    assert sign_proof(kernel, mu, True, (K, D)) is None
    assert sign_proof(kernel, mu, False, (K, D)) is not None


@pytest.mark.parametrize(
    ("text", "least", "proved"),
    [
        ("NTK(depth=L)", 3, True),
        ("NTK(depth=L)", 2, False),
        ("NNGP(depth=L)", 3, True),
        ("NNGP(depth=L)", 2, False),
        ("NTK(depth=L, bias=True)", 2, True),
        ("NTK(depth=L, bias=True)", 1, False),
        ("2*NTK(depth=L+1)", 2, True),
    ],
)
def test_a_family_is_positive_from_the_depth_on_from_which_it_is(text: str, least: int, proved: bool) -> None:
    family = deep_family(text, least)
    found = sign_proof(family, Mu(KernelName(repr(family)), k), True, (K, D, Range("L", least)))
    assert (found is not None) == proved


@pytest.mark.parametrize("kernel", [kernel for kernel in POSITIVE if kernel != NO_CONSTANT], ids=repr)
@pytest.mark.parametrize("degree", [0, 1, 4])
def test_in_high_dimension_the_first_coefficient_leads(kernel: Kernel, degree: int) -> None:
    """d^k mu_k/(k! b_k) -> 1 with an error that falls as 1/d."""
    assert dimension_proof(kernel, k, (K, D)).conclusion.rule == "dimension-law"
    assert dimension_proof(kernel, sp.Integer(degree), (D,)) is not None
    with working_precision(30):
        first = maclaurin(kernel, degree + 1)[degree]
        off = [
            float(eigenvalue(kernel, dim, degree, 12).enclosure.ball() * dim**degree / (factorial(degree) * first)) - 1
            for dim in (2000, 4000)
        ]
    assert abs(off[1]) < 0.01 and abs(off[0] / off[1] - 2) < 0.1


@pytest.mark.parametrize(
    ("kernel", "index", "where"),
    [
        (NTK(2), k, (K, D)),
        (NTK(2), sp.Integer(3), (D,)),
        (Dual("sin"), sp.Integer(2), (D,)),
        (Dual("gelu"), k, (K, D)),
        (PowerSeries((1, -1)), sp.Integer(0), (D,)),
        (NO_CONSTANT, k, (K, D)),
        (NTK(4), k - 1, (K, D)),
        (NTK(4), d, (D,)),
    ],
)
def test_without_a_positive_coefficient_there_is_no_law_in_high_dimension(
    kernel: Kernel, index: sp.Expr, where: tuple
) -> None:
    assert dimension_proof(kernel, index, where) is None


LAWS_IN_D = [
    ("mu(k) = Theta(d**(-k)) as d -> oo", NTK(3), True),
    ("mu(k) = o(d**(-k)) as d -> oo", NTK(3), False),
    ("mu(k) = O(d**(-k-1)) as d -> oo", NTK(3), False),
    ("mu(k) = Omega(d**(-k+1)) as d -> oo", NTK(3), False),
    ("mu(k) ~ factorial(k)*b(k)*d**(-k) as d -> oo", Gaussian(1), True),
    ("mu(k) ~ 2*factorial(k)*b(k)*d**(-k) as d -> oo", Gaussian(1), False),
    ("N(d, k)*mu(k) ~ b(k) as d -> oo", NTK(4), True),
    ("N(d, k)*mu(k) = Theta(d) as d -> oo", NTK(4), False),
    ("mu(k+1)/mu(k) = Theta(1/d) as d -> oo", Laplace(1), True),
    ("mu(k)*d**k/mu(k+1) = Theta(d**(k+1)) as d -> oo", Laplace(1), True),
]


@pytest.mark.parametrize(("says", "kernel", "holds"), LAWS_IN_D, ids=str)
def test_orders_in_high_dimension_are_proved_for_every_degree(says: str, kernel: Kernel, holds: bool) -> None:
    verdict = decide(parse_statement(says, kernel))
    assert (str(verdict.truth), str(verdict.evidence)) == ("HOLDS" if holds else "FAILS", "proved")
    assert check(verdict.proof) and "tannery" in verdict.theorems


def test_a_numeric_constant_in_high_dimension_is_certified_and_not_proved() -> None:
    """The steps know that b_2 > 0, not its value."""
    verdict = decide(parse_statement("mu(2) ~ 1/E/d**2 as d -> oo", Gaussian(1)))
    assert (str(verdict.truth), str(verdict.evidence)) == ("HOLDS", "certified")


@pytest.mark.parametrize(
    "kernel",
    [Dual(a) for a in ("sin", "erf", "tanh", "cos", "abs")]
    + [DualTangent(a) for a in ("sin", "erf", "tanh", "cos", "abs")],
    ids=repr,
)
def test_even_and_odd_functions_have_eigenvalues_of_one_parity(kernel: Kernel) -> None:
    values = spectrum(kernel, 3, range(6), 10).eigenvalues
    for parity in (0, 1):
        where = (Range("k", parity, None, parity), D)
        zero = all(e.enclosure.contains(0) for e in values[parity::2])
        assert (zero_proof(kernel, Mu(KernelName(repr(kernel)), k), where) is not None) == zero
    assert zero_proof(kernel, Mu(KernelName(repr(kernel)), k), (K, D)) is None


def test_what_is_even_or_odd_by_structure_alone_has_no_proof() -> None:
    assert zero_proof(3 * Dual("sin"), Mu(KernelName('3 * Dual("sin")'), k), (Range("k", 0, None, 0), D)) is None


def test_a_proof_is_one_of_its_kernel_alone() -> None:
    steps = signs_of(NTK(3))
    other = Step(
        "x", sp.GreaterThan(coefficient(NTK(4)), 0), "coefficient-signs", steps[0].uses, NTK(3), (Range("n", 0),)
    )
    with pytest.raises(ValueError, match="named kernel"):
        check(Proof("", (*series_proof(NTK(3)).steps, other)))
    assert n in steps[0].left.args
