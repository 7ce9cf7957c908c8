"""The published formulas: every row exists, is decided as expected, and mutated formulas are rejected."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from fractions import Fraction

import pytest

from tests.verify.entries import entry_of
from theory.numbers.truth import Truth
from theory.spectra.sphere import area
from verify.claims import all_claims, bach, basri, bietti_bach, lecture, li, rahaman
from verify.findings.claim import MEASURED, SEEDS, Claim, Context, Procedure, Source
from verify.ledger.expectations import expected, mismatch
from verify.ledger.run import has_instance
from verify.networks import procedure_of, procedures
from verify.twins.planted import MIN_TWINS

WORDING = {
    "memory": (
        "cho-saul-J",
        "arccos-derivative",
        "bach-coefficient",
        "chen-xu-series",
        "cao-uniform",
        "multiplicity",
        "dimension-walk",
        "matern-sobolev",
        "falls-with-dimension",
    ),
    "notes": (
        "basri-circle",
        "basri-circle-bias",
        "basri-time",
        "basri-slope",
        "basri-odd-zero",
        "simon-conservation",
        "vy-loss",
        "bach-decay",
        "dual-positive",
        "geifman-gaussian",
        "bm-holder",
        "li-index",
        "basri-deep-monotone",
    ),
    "derived": (
        "bb-high-dim",
        "bias-parity",
        "geifman-same-rate",
        "chen-xu-same-space",
        "chen-xu-powers",
        "falls-with-degree",
        "bb-smooth-activations",
        "bb-rectified-powers",
        "belfer-residual",
    ),
    "own": ("ntk-sobolev",),
    "seed": (
        "lecture-decay",
        "lecture-rates",
        "lecture-representer",
        "lecture-ntk",
        "lecture-eigen",
        "lecture-projection",
        "lecture-dimension",
    ),
    "read": (
        "bm-kernel",
        "bm-decay",
        "bm-recurrence",
        "bm-norm",
        "gaussian-to-sphere",
        "basri-sphere-prefactor",
        "basri-derivative-kernel",
        "bb-endpoint-k0",
        "bb-endpoint-k1",
        "bb-endpoint-minus",
        "bb-theorem",
        "bb-deep-rf",
        "bb-deep-ntk",
        "bb-laplace",
        "bb-constant",
        "bb-step",
        "bb-psi-sign",
        "murray-series",
        "murray-table",
        "murray-rank",
        "murray-parity",
        "murray-decay",
        "murray-eigenvalue",
        "li-funk-hecke",
        "li-series",
        "bordelon-high-dim",
        "rahaman-lemma",
        "rahaman-inversion",
        "arora-bound",
        "jacot-recursion",
        "jacot-positive",
        "basri-density-ode",
        "basri-density-eigenvalues",
        "basri-density-pairs",
        "bias-order",
        "bordelon-stages",
        "rahaman-decay",
        "rahaman-norm",
        "tancik-dynamics",
        "tancik-stationary",
    ),
}
IDS = [(claim, wording) for wording, claims in WORDING.items() for claim in claims]
CONTEXT = Context()


@pytest.mark.parametrize(("claim", "wording"), IDS)
def test_claim_is_decided_as_expected(claim: str, wording: str) -> None:
    found = all_claims()[claim]
    assert found.wording == wording
    entry = entry_of(claim)
    assert mismatch(entry, expected()) is None


# those of MEASURED claims and of properties are held by tests/verify/test_network*.py and tests/verify/properties
TWINS = {
    (claim.id, name): twin
    for claim in all_claims().values()
    if isinstance(claim.procedure, Procedure) and isinstance(claim.procedure.twins, Mapping)
    for name, twin in claim.procedure.twins.items()
}


@pytest.mark.parametrize(("claim", "name"), TWINS)
def test_a_wrong_formula_is_rejected(claim: str, name: str) -> None:
    assert TWINS[claim, name](CONTEXT).truth is Truth.FAILS


def test_every_measured_claim_has_a_procedure_and_no_other() -> None:
    measured = {claim.id for claim in all_claims().values() if claim.procedure is MEASURED}
    assert measured == set(procedures())
    with pytest.raises(ValueError, match="nowhere: no module of verify.networks has"):
        procedure_of(Claim("nowhere", Source("A", 2020), "read", "x", procedure=MEASURED))


def test_every_procedure_has_three_wrong_formulas() -> None:
    counts = Counter(claim for claim, _ in TWINS)
    assert min(counts.values()) >= MIN_TWINS


RIGHT = {
    "bach-coefficient": lambda: bach.bach_coefficient(CONTEXT, bach.right_prefactor),
    "li-funk-hecke": lambda: li.funk_hecke(CONTEXT, li.area_ratio),
    "bb-step": lambda: bietti_bach.step_kernel(CONTEXT, lambda n, last: bietti_bach.step_coefficient(n, last - 1)),
    "rahaman-lemma": lambda: rahaman.fourier_lemma(CONTEXT, lambda k: rahaman.hat_by_lemma(k, -1)),
    "bb-psi-sign": lambda: bietti_bach.psi_sign(CONTEXT, bietti_bach.right_second),
    "basri-density-pairs": lambda: basri.density_pairs(CONTEXT, Fraction(85_565, 10**6)),
    "lecture-projection": lambda: lecture.projection(CONTEXT, lambda q: q),
    "lecture-decay": lambda: lecture.flow_decay(CONTEXT, lecture.right_component),
    "basri-sphere-prefactor": lambda: basri.sphere_prefactor(
        CONTEXT, lambda k, dim: basri.printed_front(k, dim) * dim / area(dim)
    ),
}


@pytest.mark.parametrize("name", RIGHT)
def test_a_right_formula_passes_where_the_printed_one_fails(name: str) -> None:
    assert RIGHT[name]().truth is Truth.HOLDS


def test_procedures_are_few_and_counted() -> None:
    mine = {claim for claim, _ in IDS}
    named = [c.id for c in all_claims().values() if c.procedure is not None and c.id in mine]
    assert len(named) == 28


FAILING = [n for n, want in expected().items() if want["truth"] == "FAILS" and want["evidence"] != "observed"]


@pytest.mark.parametrize("name", FAILING)
def test_what_fails_has_a_corrected_statement_that_holds_and_an_instance(name: str) -> None:
    entry = entry_of(name)
    assert entry["truth"] == "FAILS" and mismatch(entry, expected()) is None
    assert entry["corrected"] and all(one["truth"] == "HOLDS" and one["evidence"] for one in entry["corrected"])
    assert has_instance(entry["counterexample"])
    for lacking in ({"corrected": []}, {"counterexample": {"law": "left/right -> 2"}}):
        assert "without" in (mismatch(entry | lacking, expected()) or "")


def test_the_lecture_s_exponent_is_refuted_where_it_is_wrong_and_not_at_the_start() -> None:
    entry = entry_of("lecture-decay")
    assert entry["counterexample"] == {"lambda t": "1/2", "left": "-1.6487", "right": "-0.60653"}
    assert [one["says"] for one in entry["corrected"]] == ["the factor is -exp(-lambda t)"]


def test_the_funk_hecke_constant_is_refuted_within_its_hypothesis() -> None:
    entry = entry_of("li-funk-hecke")
    assert entry["counterexample"] == {"n": 0, "k": 0, "d": 3, "left": "pi**3", "right": "1"}


@pytest.mark.parametrize("name", ["bb-deep-ntk", "bb-deep-rf", "bb-laplace", "geifman-same-rate"])
def test_what_leans_on_a_theorem_under_test_says_so(name: str) -> None:
    entry = entry_of(name)
    theorem = "theorem 7 of Bietti and Bach 2021"
    cites = any(t["name"] == "end-singularities" for proof in entry["proofs"] for t in proof["theorems"])
    assert entry["truth"] == "HOLDS" and entry["given"] == ([theorem] if cites else [])


def test_sources_are_named_for_their_own_words_only() -> None:
    for claim in all_claims().values():
        assert claim.source.place, claim.id
        assert (claim.source.authors in SEEDS) <= (claim.wording == "seed"), claim.id
    restated = {claim.id for claim in all_claims().values() if claim.source.authors.startswith("Cao")}
    assert restated and all(all_claims()[name].restated for name in restated)  # nobody here has read their text
