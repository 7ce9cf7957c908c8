"""The published formulas: every row exists, is decided as expected, and mutated formulas are rejected."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction

import pytest

from theory.truth import Truth
from verify.claim import Context
from verify.claims import all_claims, bach, basri, bietti_bach, lecture, li, rahaman
from verify.ledger import decide_claim, expected, mismatch
from verify.networks import PROCEDURES
from verify.planted import MIN_TWINS, twins_of_procedures

WORDING = {
    "memory": ("cho-saul-J", "arccos-derivative", "bach-coefficient", "geifman-same-rate", "chen-xu-series",
               "multiplicity", "dimension-walk", "dual-positive", "matern-sobolev", "bias-order", "bach-decay"),
    "notes": ("basri-circle", "basri-time", "basri-slope", "basri-odd-zero", "simon-conservation",
              "bb-psi-sign", "vy-loss", "bb-constant", "bb-step", "murray-eigenvalue", "li-series"),
    "seed": ("lecture-decay", "lecture-rates", "lecture-spaces", "lecture-representer",
             "lecture-ntk", "lecture-eigen", "lecture-saturation", "tancik-stationary"),
    "read": (
        "bm-kernel", "bm-decay", "bm-recurrence", "bm-norm", "gaussian-to-sphere", "basri-circle-bias",
        "basri-sphere-prefactor", "basri-derivative-kernel", "bb-endpoint-k0", "bb-endpoint-k1",
        "bb-endpoint-minus",
        "bb-theorem", "bb-deep-rf", "bb-deep-ntk", "bb-high-dim", "bb-laplace",
        "bias-parity",
        "murray-series", "murray-table", "murray-rank", "murray-parity", "murray-decay", "li-funk-hecke",
        "bordelon-high-dim", "rahaman-lemma", "rahaman-inversion", "arora-bound", "jacot-recursion",
        "jacot-positive", "basri-density-ode", "basri-density-pairs", "bordelon-stages",
        "rahaman-decay", "rahaman-norm", "tancik-dynamics",
    ),
}  # fmt: skip
IDS = [(claim, wording) for wording, claims in WORDING.items() for claim in claims]
CONTEXT = Context()


@pytest.mark.parametrize(("claim", "wording"), IDS)
def test_claim_is_decided_as_expected(claim: str, wording: str) -> None:
    found = all_claims()[claim]
    assert found.wording == wording
    entry = decide_claim(found, CONTEXT)
    assert mismatch(entry, expected()) is None


# tests/verify/test_network*.py hold these, on smaller sizes
TRAINED = {claim.id for claim in all_claims().values() if claim.procedure in PROCEDURES.values()}
TWINS = {
    (claim, name): twin
    for claim, found in twins_of_procedures().items()
    if claim not in TRAINED and not claim.startswith("property-")
    for name, twin in found.items()
}


@pytest.mark.parametrize(("claim", "name"), TWINS)
def test_a_wrong_formula_is_rejected(claim: str, name: str) -> None:
    assert TWINS[claim, name](CONTEXT).truth is Truth.FAILS


def test_every_procedure_has_three_wrong_formulas() -> None:
    counts = Counter(claim for claim, _ in TWINS)
    assert min(counts.values()) >= MIN_TWINS


RIGHT = {
    "bach-coefficient": lambda: bach.bach_coefficient(CONTEXT, bach.right_prefactor),
    "li-funk-hecke": lambda: li.funk_hecke(CONTEXT, li.area_ratio),
    "bb-step": lambda: bietti_bach.step_kernel(CONTEXT, lambda n, last: bietti_bach.step_coefficient(n, last - 1)),
    "rahaman-lemma": lambda: rahaman.fourier_lemma(CONTEXT, lambda k: rahaman.hat_by_lemma(k, -1)),
    "bb-psi-sign": lambda: bietti_bach.psi_sign(CONTEXT, bietti_bach.PSI_RIGHT),
    "basri-density-pairs": lambda: basri.density_pairs(CONTEXT, Fraction(85_565, 10**6)),
    "lecture-eigen": lambda: lecture.eigendecomposition(CONTEXT, lecture.right_factors),
    "lecture-decay": lambda: lecture.flow_decay(CONTEXT, lambda *at: 1 / -lecture.printed_residual(*at)),
}


@pytest.mark.parametrize("name", RIGHT)
def test_a_right_formula_passes_where_the_printed_one_fails(name: str) -> None:
    assert RIGHT[name]().truth is Truth.HOLDS


def test_procedures_are_few_and_counted() -> None:
    mine = {claim for claim, _ in IDS}
    named = [c.id for c in all_claims().values() if c.procedure is not None and c.id in mine]
    assert len(named) == 26
