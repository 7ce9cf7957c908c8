"""Wrong twins are really false and are rejected; a check that cannot say no is reported."""

from __future__ import annotations

import json
from dataclasses import replace
from importlib import import_module
from pathlib import Path

import pytest

from theory.language.statement import Statement, parse_statement
from theory.numbers.truth import Evidence, Truth
from verify.claims import all_claims
from verify.claims.cao import CLAIMS
from verify.command import cli
from verify.command.planted import NOT_REJECTED, cell, complaints, power
from verify.findings.claim import Claim, Context, Finding, Procedure, Said, Source
from verify.ledger.expectations import expected
from verify.networks import procedures
from verify.twins import planted
from verify.twins.falsity import is_false
from verify.twins.mutants import KINDS, mutants
from verify.twins.planted import MIN_TWINS, procedure_row, row, statement_row

NTK2 = "NTK(depth=2)"
CAO = "NTK(depth=2, layer_scales=(1/2, 1))"
SOURCE = Source("Nobody", 2024)


def claim(says: str, *where: str, kernel: str = NTK2) -> Claim:
    return Claim("a", SOURCE, "read", "", said=(Said(says, kernel, where),))


@pytest.mark.parametrize("name", [c.id for c in CLAIMS])
def test_every_twin_of_cao_is_rejected(name: str) -> None:
    found = row(all_claims()[name], Context())
    assert found.passed and len(found.twins) >= MIN_TWINS, list(complaints([found]))


def test_a_failing_claim_is_planted_in_its_correction() -> None:
    assert statement_row(all_claims()["cao-cor-degrees"]).planted_in == "corrected statement"


def blind(statement: Statement) -> Finding:
    return Finding(Truth.HOLDS, Evidence.PROVED, statement.text, "everything holds")


def lazy(statement: Statement) -> Finding:
    holds = statement.text == "mu(1) = 1/(d + 1)"
    return Finding(Truth.HOLDS if holds else Truth.UNDECIDED, None, statement.text, "")


@pytest.mark.parametrize("check", [blind, lazy])
def test_a_check_that_cannot_say_no_is_reported(check: planted.Decide) -> None:
    found = statement_row(claim("mu(1) = 1/(d+1)"), check)
    assert len(found.twins) >= MIN_TWINS and not found.passed
    assert not any(twin.rejected for twin in found.twins)
    assert all(line.startswith(NOT_REJECTED) for line in complaints([found]))
    assert cell(list(found.twins)).startswith(NOT_REJECTED)


def test_a_check_that_refuses_everything_has_nothing_to_plant_in() -> None:
    def no(statement: Statement) -> Finding:
        return Finding(Truth.FAILS, Evidence.PROVED, statement.text, "")

    unknown, few = statement_row(claim("mu(1) = 1/(d+1)"), no).defects
    assert unknown.startswith("no statement is known to hold: own statement FAILS") and few.startswith("0 twins")


def test_a_false_statement_called_holds_is_a_defect() -> None:
    found = statement_row(claim("mu(1) = 1/(d+2)"), blind)
    assert "is called HOLDS, but" in found.defects[0]


def test_a_procedure_that_ignores_its_theory_is_reported() -> None:
    def holds(context: Context) -> Finding:
        return Finding(Truth.HOLDS, Evidence.CHECKED, "nothing", "")

    blind = Procedure(holds, {name: holds for name in "xyz"})
    asked = Claim("a", SOURCE, "read", "", procedure=blind)
    found = procedure_row(asked, blind, Context())
    assert len(found.twins) == 3 and not found.passed and not found.defects
    assert row(replace(asked, procedure=Procedure(holds, {})), Context()).defects == ("0 twins, at least 3 wanted",)


def test_the_power_of_a_twin_is_its_chance_of_fails_and_never_that_of_no_holds() -> None:
    def observed(**figures: float) -> Finding:
        rates = {"false_fail": 1e-9, "false_pass": 1e-6}
        return Finding(Truth.FAILS, Evidence.OBSERVED, "a", "b", rates=rates, figures=figures)

    given = {"x": observed(rejection=0.75), "y": observed(rejection=0.5), "z": observed()}
    asked = Claim("a", SOURCE, "read", "", procedure=Procedure(lambda context: observed(), lambda context: given))
    found = row(asked, Context())
    assert [twin.power for twin in found.twins] == [0.75, 0.5, None] and found.passed
    assert power(found.twins) == "> 1 - 5e-01" and power(found.twins[2:]) == ""


def test_a_check_that_rejects_what_is_true_is_a_defect() -> None:
    def said(truth: Truth) -> Finding:
        return Finding(truth, Evidence.OBSERVED, "a", "b")

    twins = {name: lambda context: said(Truth.FAILS) for name in "xyz"}
    for truth, passed in ((Truth.HOLDS, True), (Truth.FAILS, False), (Truth.UNDECIDED, False)):
        judge = Procedure(lambda context: said(Truth.FAILS), twins, lambda context: {"so it is": said(truth)})
        found = row(Claim("a", SOURCE, "read", "", procedure=judge), Context())
        assert found.passed is passed and (passed or found.defects[0].startswith("the true statement 'so it is' is "))


def test_observed_claims_that_fail_bring_a_true_companion() -> None:
    failing = {name for name, want in expected().items() if want["truth"] == "FAILS" and want["evidence"] == "observed"}
    brought = {claim for claim, procedure in procedures().items() if procedure.companions is not None}
    assert failing == brought == {"cao-misspecified", "rahaman-kernel"}


def test_a_crash_of_one_check_is_a_defect_and_not_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(planted, "statement_row", lambda claim: 1 / 0)
    assert "ZeroDivisionError" in row(claim("mu(1) = 1/(d+1)"), Context()).defects[0]


def test_a_decision_that_takes_too_long_is_no_rejection(monkeypatch: pytest.MonkeyPatch) -> None:
    def endless(statement: Statement) -> None:
        while True:
            pass

    monkeypatch.setattr(import_module("theory.statements.decide"), "decide", endless)
    monkeypatch.setattr(planted, "SECONDS", 0.1)
    assert planted.decided(parse_statement("mu(1) > 0", NTK2)).truth is Truth.UNDECIDED


TRUE = [
    ("mu(k) = Theta(k**(-d-1)) as k -> oo", ("k even",)),
    ("mu(k) = O(k**(-d-1)) as k -> oo", ()),
    ("mu(k) = O(2*k**(-d)) as k -> oo", ()),
    ("mu(k) = o(k**(-d)) as k -> oo", ()),
    ("2*mu(k) = Theta(d**(-k)) as d -> oo", ("k even",)),
    ("mu(1) = 1/(d+1)", ()),
    ("mu(1) ~ 1/d as d -> oo", ()),
    ("mu(k) >= 0", ()),
    ("mu(k) = O(1) uniformly", ()),
    ("N(d,k)*mu(k) <= 2", ()),
    ("kappa(t) <= 2", ()),
    ("k + sqrt(k) ~ k as k -> oo", ()),
]
FALSE = [
    ("mu(k) = Theta(k**(-d)) as k -> oo", ("k even",)),
    ("mu(k) = Omega(k**(-d-1)) as k -> oo", ()),
    ("mu(k) = Omega(k**(-d-1)) as k -> oo", ("k odd",)),
    ("mu(k) = o(k**(-d-1)) as k -> oo", ("k even",)),
    ("mu(1) = 2/(d+1)", ()),
    ("mu(1) ~ 2/d as d -> oo", ()),
    ("mu(k) > 0", ()),
    ("mu(k) = Omega(1) uniformly", ()),
    ("N(d,k) = O(k) uniformly", ()),
    ("kappa(t) <= 1", ()),
]


@pytest.mark.parametrize(("says", "where"), TRUE)
def test_no_true_statement_is_judged_false(says: str, where: tuple[str, ...]) -> None:
    assert is_false(parse_statement(says, NTK2, where)) is None


@pytest.mark.parametrize(("says", "where"), FALSE)
def test_false_statements_are_judged_false(says: str, where: tuple[str, ...]) -> None:
    assert is_false(parse_statement(says, NTK2, where))


def test_every_kind_of_slip_is_made_and_changes_one_thing() -> None:
    said = parse_statement("mu(k) = Theta(k**(-d-1)) as k -> oo", CAO, ["k even"])
    made = list(mutants(said))
    near = list(mutants(parse_statement("1 - kappa(t) = O(sqrt(1-t)) as t -> 1", CAO)))
    assert {kind for kind, _, _ in made} == set(KINDS) - {"number"}
    assert {kind for kind, _, _ in near} >= {"number", "kernel", "relation"}
    texts = {name: mutant.text for _, name, mutant in made}
    assert texts["degree +1"] == "mu(k + 1) = Theta(k**(-d - 1)) as k -> oo"
    assert texts["exponent +1"] == "mu(k) = Theta(k**(-d - 1 + 1)) as k -> oo"
    for kind, _, mutant in made:
        kept = replace(said, left=mutant.left, right=mutant.right, relation=mutant.relation)
        if kind == "parity":
            assert replace(kept, ranges=mutant.ranges) == mutant and mutant.ranges != said.ranges
        elif kind == "kernel":
            assert replace(kept, kernel=mutant.kernel) == mutant and mutant.kernel != said.kernel
        else:
            assert kept == mutant


def test_a_degree_that_is_an_eigenvalue_of_no_one_kernel_makes_no_mutant() -> None:
    assert list(mutants(parse_statement("mu(mu(1)) = 1", "NTK(depth=L)"))) == []


@pytest.mark.parametrize(
    "says, kernel, where, wrong",
    [
        (
            "kappa(t) - 1 + sqrt(2)/pi*sqrt(1-t) = O((1-t)**(3/2)) as t -> 1",
            "ArcCosine(order=0)",
            [],
            "kappa(t) - 1 + 2*sqrt(2)/pi*sqrt(1-t) = O((1-t)**(3/2)) as t -> 1",
        ),
        (
            "kappa(t) - 2*sqrt(2)/(3*pi)*(1+t)**(3/2) = O((1+t)**(5/3)) as t -> -1",
            "ArcCosine(order=1)",
            [],
            "kappa(t) - 2*sqrt(2)/(3*pi)*(1+t)**(3/2) = o((1+t)**(5/2)) as t -> -1",
        ),
        (
            "L - kappa(t) ~ L*(L-1)/2*sqrt(2)/pi*sqrt(1-t) as t -> 1",
            "NTK(depth=L)",
            ["L >= 2"],
            "L - kappa(t) ~ L**2/2*sqrt(2)/pi*sqrt(1-t) as t -> 1",
        ),
    ],
)
def test_limits_at_an_end_are_seen_to_be_false_where_they_are(
    says: str, kernel: str, where: list[str], wrong: str
) -> None:
    assert is_false(parse_statement(says, kernel, where)) is None
    assert is_false(parse_statement(wrong, kernel, where))


def test_theta_is_blind_to_a_factor_and_no_twin_is_made_of_one() -> None:
    said = parse_statement("mu(k) = Theta(k**(-d-1)) as k -> oo", CAO, ["k even"])
    kinds = {kind for kind, *_ in planted.false_mutants(said)}
    assert "factor" not in kinds and {"degree", "exponent", "parity", "relation"} <= kinds


def test_the_command_writes_the_matrix_and_its_exit_code_says_whether_all_are_rejected(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    arguments = ["verify", "--planted", "cao-cor-degrees", "cao-parity", "--jobs", "1", "--out", str(tmp_path)]
    assert cli.run(arguments) == 0
    out, err = capsys.readouterr()
    assert "cao-cor-degrees" in out and "rejected" in out and NOT_REJECTED not in out + err
    matrix = json.loads((tmp_path / "planted.json").read_text())
    assert [r["claim"] for r in matrix["rows"]] == ["cao-cor-degrees", "cao-parity"]
    assert all(twin["rejected"] and twin["seen"] for r in matrix["rows"] for twin in r["twins"])
    monkeypatch.setattr("verify.command.planted.row", lambda claim, context: statement_row(claim, lazy))
    assert cli.run(arguments) == 1
    assert "DEFECT cao-cor-degrees" in capsys.readouterr().err
