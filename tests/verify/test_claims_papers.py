"""The published formulas: every row exists, is decided as expected, and mutated formulas are rejected."""

from __future__ import annotations

from fractions import Fraction

import pytest

from theory.truth import Truth
from verify.claim import Context
from verify.claims import all_claims, bach, bietti_bach, bietti_mairal, cho_saul, jacot, lecture, li
from verify.claims import murray, rahaman, simon
from verify.ledger import decide_claim, expected, mismatch

WORDING = {
    "memory": ("cho-saul-J", "arccos-derivative", "bach-coefficient", "geifman-same-rate", "chen-xu-series"),
    "notes": ("basri-circle", "basri-time", "basri-slope", "basri-odd-zero", "simon-conservation"),
    "seed": ("lecture-decay", "lecture-rates", "lecture-spaces", "lecture-representer"),
    "read": (
        "bm-kernel", "bm-decay", "bm-recurrence", "bm-norm", "gaussian-to-sphere", "basri-circle-bias",
        "basri-sphere-prefactor", "basri-derivative-kernel", "bb-endpoint-k0", "bb-endpoint-k1",
        "bb-endpoint-minus",
        "bb-theorem", "bb-constant", "bb-deep-rf", "bb-deep-ntk", "bb-step", "bb-high-dim", "bb-laplace",
        "bias-parity",
        "murray-series", "murray-table", "murray-rank", "murray-parity", "murray-decay", "li-funk-hecke",
        "li-series",
        "bordelon-high-dim", "rahaman-lemma", "rahaman-inversion", "arora-bound", "jacot-recursion",
        "jacot-positive", "murray-eigenvalue",
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


def _doubled(terms: tuple) -> tuple:
    return tuple((kernel, place, tuple((e, 2 * c) for e, c in rows)) for kernel, place, rows in terms)


MUTANTS = {
    "cho-saul-J, factor 2": lambda: cho_saul.formula_j(CONTEXT, lambda n: 2 * cho_saul.printed_angles(n)),
    "cho-saul-J, shifted": lambda: cho_saul.formula_j(CONTEXT, lambda n: cho_saul.printed_angles(n + 1)),
    "arccos-derivative, n": lambda: cho_saul.derivative(CONTEXT, lambda n: n),
    "bm-recurrence, swapped": lambda: bietti_mairal.recurrence(
        CONTEXT, lambda k, d: bietti_mairal.printed_weights(k, d)[::-1]
    ),
    "bm-recurrence, shifted": lambda: bietti_mairal.recurrence(
        CONTEXT, lambda k, d: bietti_mairal.printed_weights(k + 1, d)
    ),
    "bm-norm, dimension": lambda: bietti_mairal.norm(CONTEXT, lambda k, d: bietti_mairal.printed_norm(k, d + 1)),
    "bm-norm, factor 2": lambda: bietti_mairal.norm(CONTEXT, lambda k, d: bietti_mairal.printed_norm(k, d) * 2),
    "bb-endpoint-k0": lambda: bietti_bach.endpoint_k0(CONTEXT, _doubled(bietti_bach.K0_ENDS)),
    "bb-endpoint-k1": lambda: bietti_bach.endpoint_k1(CONTEXT, _doubled(bietti_bach.K1_ENDS)),
    "bb-endpoint-minus": lambda: bietti_bach.endpoint_minus(CONTEXT, _doubled(bietti_bach.K1_MINUS)),
    "bb-deep-rf": lambda: bietti_bach.deep_random_features(CONTEXT, 1),
    "bb-deep-ntk": lambda: bietti_bach.deep_tangent(CONTEXT, 2),
    "bb-laplace": lambda: bietti_bach.laplace(CONTEXT, 3),
    "geifman": lambda: bietti_bach.same_rate(CONTEXT, 3),
    "murray-eigenvalue, factor 2": lambda: murray.eigenvalue_sum(CONTEXT, 2 * murray.SURFACE_TERM),
    "jacot-recursion": lambda: jacot.recursion(CONTEXT, lambda theta, slope, sigma: theta * slope + 2 * sigma),
    "jacot-positive, no bias": lambda: jacot.positive(CONTEXT, 0),
    "simon, n + 1": lambda: simon.conservation(CONTEXT, lambda n: n + 1),
    "simon, ridge": lambda: simon.conservation(CONTEXT, ridge=1),
    "representer, factor 2": lambda: simon.representer(CONTEXT, lambda train: 2 * simon.inverse_gram(train)),
    "chen-xu": lambda: bietti_bach.maclaurin_decay(CONTEXT, Fraction(5, 2)),
}


@pytest.mark.parametrize("name", MUTANTS)
def test_mutated_formula_is_rejected(name: str) -> None:
    assert MUTANTS[name]().truth is Truth.FAILS


RIGHT = {
    "bach-coefficient": lambda: bach.bach_coefficient(CONTEXT, bach.right_prefactor),
    "li-funk-hecke": lambda: li.funk_hecke(CONTEXT, li.area_ratio),
    "bb-step": lambda: bietti_bach.step_kernel(CONTEXT, lambda n, last: bietti_bach.step_coefficient(n, last - 1)),
    "rahaman-lemma": lambda: rahaman.fourier_lemma(CONTEXT, lambda k: rahaman.hat_by_lemma(k, -1)),
    "lecture-decay": lambda: lecture.flow_decay(CONTEXT, lambda *at: 1 / -lecture.printed_residual(*at)),
}


@pytest.mark.parametrize("name", RIGHT)
def test_a_right_formula_passes_where_the_printed_one_fails(name: str) -> None:
    assert RIGHT[name]().truth is Truth.HOLDS


def test_procedures_are_few_and_counted() -> None:
    mine = {claim for claim, _ in IDS}
    named = [c.id for c in all_claims().values() if c.procedure is not None and c.id in mine]
    assert len(named) == 22
