"""Proofs as data: what a step may look like, what a fact covers, and the text and LaTeX of a proof."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sympy as sp
from pylatexenc.latexwalker import LatexWalker

from tests.theory.steps import given, refusal
from theory.derivations.moments import moments
from theory.derivations.one_hidden_layer import derive
from theory.kernels import NTK, ArcCosine
from theory.proofs.check import check
from theory.proofs.steps import CITED_BY_RULE, RULE_SAYS, RULES, Malformed, Proof, Refused, Step, covers
from theory.proofs.theorems import THEOREMS
from theory.symbolic.objects import GegenbauerCoefficient, Kappa, Maclaurin, Moment, Mu, Range, d, equal, j, k, n, t
from theory.text.proofs import proof_latex, proof_text

F, ZERO = sp.Symbol("f_1"), sp.Symbol("k0")
ONE = equal(sp.gamma(k + 2), (k + 1) * sp.gamma(k + 1))


@pytest.mark.parametrize(
    "ranges, reason",
    [
        ((Range("k", 0),), ""),
        ((Range("k", 0, 0),), ""),
        ((Range("k", 3, None, 1), Range("d", 1, 4)), ""),
        ((Range("k", -1),), "goes below 0"),
        ((Range("k", 0), Range("d", 0)), "goes below 1"),
        ((Range("k", 0), Range("L", 0)), "goes below 1"),
        ((Range("k", 0), Range("n", -2)), "goes below 0"),
        ((Range("k", 4, 3),), "is empty"),
        ((Range("k", 3, 3, 0),), "is empty"),
        ((Range("k", 0), Range("k", 1)), "different variables"),
        ((Range("x", 0),), "different variables among k, n, j, a, d, L"),
    ],
)
def test_ranges_of_a_step(ranges: tuple, reason: str) -> None:
    said = refusal("gamma-algebra", ONE, ranges=ranges)
    assert (reason in said) if reason else not said


@pytest.mark.parametrize(
    "rule, statement, reason",
    [
        ("gamma-algebra", sp.StrictGreaterThan(k + 1, k, evaluate=False), "an equation is needed, got k + 1 > k"),
        ("positive", ONE, "an inequality is needed, got"),
        ("all-parities", sp.Integer(3), "a relation is needed, got 3"),
        ("gamma-algebra", equal(sp.nan, sp.nan), "undefined"),
        ("gamma-algebra", equal(k + sp.zoo, k), "undefined"),
        (
            "gamma-algebra",
            equal(1 / (k - 2) - 1 / (k - 2) + sp.gamma(k - 2) * (k - 2), sp.gamma(k - 1)),
            "may be undefined",
        ),
        ("algebra", equal(t / t**2 * t, 1), ""),
    ],
)
def test_forms_of_a_statement(rule: str, statement: sp.Rel, reason: str) -> None:
    said = refusal(rule, statement, ranges=(Range("k", 0),) if rule == "gamma-algebra" else ())
    assert (reason in said) if reason else not said


def test_an_equation_follows_from_equations_only() -> None:
    bound = given("bound", sp.StrictGreaterThan(Mu(F, k), k, evaluate=False))
    assert "from equations only" in refusal("gamma-algebra", ONE, bound, ranges=(Range("k", 0),))


def test_what_a_rule_cannot_read_is_refused() -> None:
    assert "malformed: KeyError" in refusal_of_missing()
    assert "malformed: ValueError" in refusal("value-at-zero", ONE)


def refusal_of_missing() -> str:
    with pytest.raises((Refused, Malformed)) as error:
        RULES["gamma-algebra"](Step("step", ONE, "gamma-algebra", ("nothing",)), {})
    return str(error.value)


@pytest.mark.parametrize(
    "statement, fact_ranges, ranges, but, right",
    [
        (equal(Maclaurin(F, n), n), (Range("n", 2),), (Range("n", 2),), None, True),
        (equal(Maclaurin(F, n), n), (Range("n", 2),), (Range("n", 1),), None, False),
        (equal(Maclaurin(F, n), n), (Range("n", 2),), (), None, False),
        (equal(Maclaurin(F, n), n), (Range("n", 0),), (), None, True),
        (equal(Maclaurin(F, n), n), (Range("n", 2),), (), "n", True),
        (equal(Maclaurin(F, n), n), (Range("n", 2),), (), "k", False),
        (equal(Maclaurin(F, 1), 1), (Range("n", 2), Range("d", 5)), (), None, True),  # it mentions neither
        (equal(Mu(F, k), k), (Range("d", 2),), (Range("d", 1),), None, False),
        (equal(Mu(F, k), k), (Range("d", 2),), (Range("d", 3),), None, True),
        (equal(Moment(n, k), k), (Range("d", 2),), (), None, False),
        (equal(GegenbauerCoefficient(F, k), k), (Range("d", 2),), (), None, False),
        (equal(Kappa(F, t), d), (Range("d", 2),), (), None, False),
        (equal(Kappa(F, t), t), (Range("d", 2),), (), None, True),
        (equal(Mu(F, k), k), (Range("d", 1), Range("k", 3)), (Range("k", 4),), None, True),
        (equal(Mu(F, k), k), (Range("d", 1), Range("k", 3)), (Range("k", 2),), None, False),
    ],
)
def test_what_a_fact_covers(statement: sp.Eq, fact_ranges: tuple, ranges: tuple, but: str | None, right: bool) -> None:
    assert covers(given("fact", statement, *fact_ranges), ranges, but) is right


LIMIT = Step("half_limit", equal(sp.Limit(k / (k + 1), k, sp.oo), 1), "limit")
SUM = Step(
    "sum", equal(sp.gamma(k + 2), (k + 1) * sp.gamma(k + 1)), "gamma-algebra", ranges=(Range("k", 0), Range("d", 1))
)
ODD = Step(
    "more",
    equal(2 * sp.gamma(k + 2), 2 * (k + 1) * sp.gamma(k + 1)),
    "gamma-algebra",
    ("sum",),
    ranges=(Range("k", 1, None, 1),),
)
UP = Step("up", sp.StrictGreaterThan(k + 1, 0, evaluate=False), "positive", ranges=(Range("k", 2), Range("d", 1, 8)))
PROOF = Proof("A proof", (LIMIT, replace(LIMIT, name="again"), SUM, ODD, UP))


def test_a_proof_in_text() -> None:
    lines = proof_text(PROOF).split("\n")
    stirling = THEOREMS["stirling"]
    assert lines[0] == "A proof" and len(lines) == 1 + 2 * 5 + 1
    assert lines[1] == "  1. [half_limit] Limit(k/(k + 1), k, oo, dir='-') = 1"
    assert lines[2] == "       by limit: Stirling's formula factor by factor"
    assert lines[5] == "  3. [sum] gamma(k + 2) = (k + 1)*gamma(k + 1)   for k >= 0, d >= 1"
    assert lines[6] == f"       by gamma-algebra: {RULE_SAYS['gamma-algebra']}"
    assert lines[7].endswith("   for k >= 1 odd") and lines[8].startswith("       by gamma-algebra from sum: ")
    assert lines[9] == "  5. [up] k + 1 > 0   for k >= 2, 1 <= d <= 8"
    assert lines[11] == f"Cited: {stirling.says} ({stirling.reference})"


def test_a_proof_in_latex() -> None:
    text = proof_latex(PROOF)
    LatexWalker(text, tolerant_parsing=False).get_latex_nodes()
    lines = text.split("\n")
    assert lines[0] == r"\begin{enumerate}" and lines[-1] == r"\end{enumerate}" and len(lines) == 2 + 2 * 5
    body = sp.latex(LIMIT.statement)
    assert lines[1] == rf"  \item[\texttt{{half\_limit}}] $\displaystyle {body}$"
    assert lines[2] == r"    \hfill (\emph{limit})"
    assert lines[5].endswith(r"$ for $k \ge 0,\ d \ge 1$")
    assert lines[7].endswith(r"$ for $k \ge 1\text{ odd}$")
    assert lines[8] == r"    \hfill (\emph{gamma-algebra from sum})"
    assert lines[9].endswith(r"$ for $k \ge 2,\ 1 \le d \le 8$")
    single = replace(SUM, name="one", ranges=(Range("k", 3, 3), Range("n", 2, 6, 0)))
    assert r"$ for $k = 3,\ 2 \le n \le 6\text{ even}$" in proof_latex(Proof("one", (single,)))


def test_a_proof_that_does_not_hold_is_not_printed() -> None:
    wrong = Proof("wrong", (replace(SUM, statement=equal(sp.gamma(k + 2), sp.gamma(k + 1))),))
    for printed in (proof_text, proof_latex):
        with pytest.raises(Refused, match="^wrong, step sum by gamma-algebra: the normal forms differ"):
            printed(wrong)


def test_each_theorem_is_cited_once_in_the_order_of_use() -> None:
    assert check(PROOF) == ("stirling",)
    proof = derive(ArcCosine(0))
    expected = dict.fromkeys(CITED_BY_RULE[step.rule] for step in proof.steps if step.rule in CITED_BY_RULE)
    assert check(proof) == tuple(expected) and len(expected) > 3
    assert set(CITED_BY_RULE.values()) == set(THEOREMS)


def test_steps_are_found_by_name() -> None:
    proof = derive(NTK(2))
    assert proof.step("moment") == moments()[0] and proof.conclusion is proof.steps[-1]
    assert proof.step("moment").left == Moment(k + 2 * j, k)
    assert (SUM.left, SUM.right) == SUM.statement.args


def test_steps_out_of_order_are_named() -> None:
    with pytest.raises(Refused, match=r"^A, step more: uses \['sum'\] out of order$"):
        check(Proof("A", (ODD,)))
    with pytest.raises(Refused, match=r"^A, step sum: uses sum out of order$"):
        check(Proof("A", (SUM, SUM)))
    with pytest.raises(Refused, match=r"^A, step sum: unknown rule faith$"):
        check(Proof("A", (replace(SUM, rule="faith"),)))
    assert ZERO.name in {s.name for s in derive(ArcCosine(0)).steps[5].statement.free_symbols}
