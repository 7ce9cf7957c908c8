"""A normalisation is one factor, free of the degree: named, decided, and no cloak for a slip."""

from __future__ import annotations

from fractions import Fraction

import pytest

from tests.verify.entries import entry_of
from theory.language.statement import parse_statement
from theory.numbers.pi_polynomials import PiPolynomial
from theory.numbers.truth import Evidence, Truth
from verify.claims.bach import bach_coefficient, printed_over_right, printed_prefactor, right_prefactor
from verify.claims.points import hold_against
from verify.findings.claim import Claim, Context, Said, Source
from verify.findings.normalisation import Normalisation
from verify.ledger.run import decide_printed

NTK2 = "NTK(depth=2)"
SURFACE = Normalisation("surface measure", "2*pi**((d+1)/2)/Gamma((d+1)/2)")
FOURIER = Normalisation("Fourier coefficients", of="coefficient")
EIGENVALUES = ("mu(0) = 1/2", "mu(1) = 1/3", "mu(2) = 5/64")  # on S^2
CONTEXT = Context()


def printed(*says: str, normalisation: Normalisation | None, dim: int = 2) -> Claim:
    said = tuple(Said(one, NTK2, (f"d = {dim}",)) for one in says)
    return Claim("a", Source("Nobody", 2024, "here"), "read", "x", said, normalisation=normalisation)


def test_what_is_one_multiple_in_every_degree_holds_up_to_it() -> None:
    says = ("mu(0) = 2*pi", "mu(1) = 4*pi/3", "mu(2) = 5*pi/16")
    found = decide_printed(printed(*says, normalisation=SURFACE), CONTEXT)
    assert found.truth is Truth.HOLDS and found.evidence in (Evidence.PROVED, Evidence.CERTIFIED)
    assert found.up_to == SURFACE.says == "surface measure: printed = 2*pi**((d+1)/2)/Gamma((d+1)/2) * mu_k"
    assert found.figures["instance"]["right"]  # where it differs from mu_k itself


@pytest.mark.parametrize(
    "says",
    [
        ("mu(0) = 2*pi", "mu(1) = 4*pi/3", "mu(2) = 5*pi/8"),  # one degree is off
        ("mu(0) = 2*pi", "mu(1) = 1/3", "mu(2) = 5*pi/16"),  # one degree as it stands, the others scaled
        ("mu(0) = pi", "mu(1) = 2*pi/3", "mu(2) = 5*pi/32"),  # one multiple, but not the one that is named
        ("mu(0) = 2*pi", "mu(1) = 4*pi", "mu(2) = 25*pi/16"),  # N(d,k) times
    ],
)
def test_a_quotient_that_depends_on_the_degree_or_is_another_fails(says: tuple[str, ...]) -> None:
    found = decide_printed(printed(*says, normalisation=SURFACE), CONTEXT)
    assert found.truth is Truth.FAILS and found.up_to is None


def test_what_holds_as_it_stands_needs_no_normalisation() -> None:
    found = decide_printed(printed(*EIGENVALUES, normalisation=SURFACE), CONTEXT)
    assert found.truth is Truth.HOLDS and found.up_to is None


def test_without_a_name_nothing_is_forgiven() -> None:
    says = ("mu(0) = 2*pi", "mu(1) = 4*pi/3", "mu(2) = 5*pi/16")
    assert decide_printed(printed(*says, normalisation=None), CONTEXT).truth is Truth.FAILS


@pytest.mark.parametrize("factor", ["k", "2**k", "N(2, k)", "mu(0)", "kappa(1)", "n+1"])
def test_no_degree_and_no_kernel_can_stand_in_a_factor(factor: str) -> None:
    with pytest.raises(ValueError, match="in d alone"):
        Normalisation("a slip", factor)


def test_the_factor_of_a_written_dimension_is_that_of_this_dimension() -> None:
    said = parse_statement("mu(k, 4) < mu(k, d+2)", NTK2, ["d >= 3"])
    text = FOURIER.applied(said).text
    assert text == "N(4, k)*mu(k, 4) < N(d + 2, k)*mu(k, d + 2)"
    assert Normalisation("area", "pi*d").applied(said).text == "pi*4*mu(k, 4) < pi*(d + 2)*mu(k, d + 2)"


@pytest.mark.parametrize(
    ("name", "piece"),
    [
        ("basri-circle", "Fourier coefficients"),
        ("basri-circle-bias", "Fourier coefficients"),
        ("basri-density-eigenvalues", "1/(2*pi) * N(d,k) mu_k"),
        ("basri-sphere-prefactor", "omega_d/d * mu_k"),
        ("murray-eigenvalue", "omega_d * mu_k"),
        ("bach-coefficient", "a prefactor of d alone"),
    ],
)
def test_published_normalisations_are_named_and_keep_an_instance(name: str, piece: str) -> None:
    entry = entry_of(name)
    assert entry["truth"] == "HOLDS" and piece in entry["up_to"] and entry["counterexample"] is None
    assert entry["verdict"] == f"HOLDS up to {entry['up_to']}"
    assert {"left", "right"} <= entry["figures"]["instance"].keys()


def test_bach_s_prefactor_is_off_by_what_is_named_in_every_dimension() -> None:
    assert printed_over_right(3).rational() == Fraction(1, 2)
    assert printed_over_right(2) == PiPolynomial.of(Fraction(1), -1)
    for dim in range(2, 12):
        front, half = printed_prefactor(dim)
        right, power = right_prefactor(dim)
        assert printed_over_right(dim) == PiPolynomial.of(front / right, (half - power) // 2)
    assert bach_coefficient(CONTEXT, right_prefactor).up_to is None


@pytest.mark.parametrize(
    ("factor", "truth"),
    [
        (lambda d: Fraction(d), Truth.HOLDS),
        (lambda d: Fraction(2 * d), Truth.FAILS),
        (lambda d: Fraction(1), Truth.FAILS),
    ],
)
def test_of_a_formula_the_quotient_is_compared_at_every_point(factor: object, truth: Truth) -> None:
    points = [(k, d) for d in (2, 3) for k in range(1, 5)]
    exact = lambda k, d: Fraction(1, k + d)
    scaled = hold_against(
        ("k", "d"), points, lambda k, d: Fraction(d, k + d), exact, "c", ("a", "b"), normalisation=("times d", factor)
    )
    assert scaled.truth is truth and (scaled.up_to == "times d") is (truth is Truth.HOLDS)
    degree = hold_against(
        ("k", "d"),
        points,
        lambda k, d: Fraction(d * k, k + d),
        exact,
        "c",
        ("a", "b"),
        normalisation=("times d", lambda d: Fraction(d)),
    )
    assert degree.truth is Truth.FAILS and degree.up_to is None
