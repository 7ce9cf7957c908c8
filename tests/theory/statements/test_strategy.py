"""The methods of deciding: found by themselves, asked in order, and from outside believed with a proof alone."""

from __future__ import annotations

import doctest
import pkgutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sympy as sp

from tests.end_to_end.test_readme import BLOCK
from theory.language.statement import Statement, parse_statement
from theory.numbers.truth import Evidence, Truth, Unable
from theory.proofs.steps import Proof, Step
from theory.statements import methods, strategy
from theory.statements.decide import decide
from theory.statements.method import Attempt, Method
from theory.statements.outcome import Outcome, Part, bare_part
from theory.statements.strategy import _if_proved, attempt, own_methods, register
from theory.symbolic.objects import Range, k
from theory.symbolic.ranges import Ranges

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "extending.md").read_text(encoding="utf-8")
FARTHER = parse_statement("mu(k) > mu(k+2, d+1)", "NTK(depth=3)")
OPEN = parse_statement("2*mu(k) > mu(k+4)", "NTK(depth=3)")  # true, and no method of the package tells so
NEVER = parse_statement("sin(k) < 2")  # nor of this one


@pytest.fixture(autouse=True)
def nothing_registered(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(strategy, "REGISTERED", {})
    own_methods.cache_clear()
    yield
    own_methods.cache_clear()


def example() -> str:
    """The module that docs/extending.md shows, up to its METHOD."""
    (body,) = (body for language, body in BLOCK.findall(PAGE) if language == "python" and "METHOD = " in body)
    lines: list[str] = []
    for one in doctest.DocTestParser().get_examples(body):
        lines.append(one.source)
        if one.source.startswith("METHOD"):
            return "".join(lines)
    raise AssertionError("no METHOD")


def shown() -> Method:
    """The method of docs/extending.md."""
    namespace: dict[str, object] = {}
    exec(example(), namespace)
    method = namespace["METHOD"]
    assert isinstance(method, Method)
    return method


def always(decision: object, rank: int = 5, name: str = "by my own") -> Method:
    return Method(name, rank, lambda statement: True, decision)


def claiming(truth: Truth = Truth.HOLDS, **known: object) -> Method:
    return always(lambda statement: [bare_part(statement.ranges, Outcome(truth, "so it is", **known))])


def test_every_file_below_methods_is_one_method() -> None:
    own = own_methods()
    files = [info.name for info in pkgutil.iter_modules(methods.__path__)]
    assert sorted(method.name for method in own) == sorted(name.replace("_", " ") for name in files)
    assert [method.rank for method in own] == sorted({method.rank for method in own})
    assert [method.name for method in own if "every depth" not in method.name] == [
        "by identity",
        "by expansions",
        "by closed forms",
        "by signs",
        "by remainders",
        "by angle cells",
        "by definition",
        "by unproved signs",
    ]


def test_a_new_file_is_all_that_a_method_needs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert decide(FARTHER).truth is Truth.UNDECIDED
    (tmp_path / "by_chains.py").write_text(example(), encoding="utf-8")
    monkeypatch.setattr(methods, "__path__", [*methods.__path__, str(tmp_path)])
    own_methods.cache_clear()
    verdict = decide(FARTHER)
    assert (verdict.truth, verdict.evidence) == (Truth.HOLDS, Evidence.PROVED)


def test_a_registered_method_is_asked_at_its_rank() -> None:
    asked: list[str] = []

    def listening(name: str, rank: int) -> Method:
        return always(lambda statement: asked.append(name) or [], rank, name)

    for name, rank in (("last", 99), ("before signs", 39), ("first", 1)):
        register(listening(name, rank))
    attempt(parse_statement("mu(k) > 0", "NTK(depth=3)"))
    assert asked == ["first", "before signs"]  # by signs settles it
    asked.clear()
    assert attempt(NEVER).parts[0].outcome.truth is Truth.UNDECIDED
    assert asked == ["first", "before signs", "last"]


def test_a_method_that_does_not_apply_is_not_asked() -> None:
    def crash(statement: Statement) -> list[Part]:
        raise AssertionError("asked")

    register(Method("by my own", 1, lambda statement: False, crash))
    assert attempt(NEVER).method == "by closed forms"


def test_a_reason_is_kept_and_a_fault_is_none() -> None:
    def unable(statement: Statement) -> list[Part]:
        raise Unable("it is beyond me")

    assert always(unable).attempt(NEVER) == Attempt("by my own", why="it is beyond me")
    register(always(unable))
    assert attempt(NEVER).method == "by closed forms"

    def fault(statement: Statement) -> list[Part]:
        raise ZeroDivisionError

    register(always(fault, 6, "by mistake"))
    with pytest.raises(ZeroDivisionError):
        decide(NEVER)


def test_what_settles() -> None:
    where = Ranges([Range("k", 0)])
    holds, fails, open_ = (bare_part(where, Outcome(truth, "")) for truth in Truth)
    settled = {(): False, (holds,): True, (fails,): True, (open_,): False, (holds, open_): False, (open_, fails): True}
    assert {parts: Attempt("", parts).settles for parts in settled} == settled


@pytest.mark.parametrize("name", ["by signs", "by my own"])
def test_a_name_is_taken_once(name: str) -> None:
    register(always(lambda statement: []))
    with pytest.raises(ValueError, match=f"'{name}' is known already"):
        register(always(lambda statement: [], 7, name))


# Twins of the worked example: methods that must be refused, whatever evidence they claim.
IRRELEVANT = (Step("true", sp.Eq(k, k, evaluate=False), "gamma-algebra", ranges=(Range("k", 0),)),)
WRONG = (Step("false", sp.Eq(k, k + 1, evaluate=False), "gamma-algebra", ranges=(Range("k", 0),)),)
MALFORMED = (Step("odd", sp.Eq(k, k, evaluate=False), "instance", data=7),)
UNKNOWN = (Step("odd", sp.Eq(k, k, evaluate=False), "because-i-say-so"),)
CLAIMS = {
    "nothing": {},
    "irrelevant": {"steps": IRRELEVANT},
    "irrelevant whole": {"whole": Proof("mine", IRRELEVANT)},
    "wrong": {"steps": WRONG},
    "wrong whole": {"whole": Proof("mine", WRONG)},
    "malformed": {"whole": Proof("mine", MALFORMED)},
    "unknown rule": {"steps": UNKNOWN},
}


@pytest.mark.parametrize("claim", CLAIMS)
@pytest.mark.parametrize("truth", [Truth.HOLDS, Truth.FAILS])
def test_a_claim_without_a_proof_is_refused(truth: Truth, claim: str) -> None:
    for evidence in Evidence:
        found = _if_proved(claiming(truth, evidence=evidence, **CLAIMS[claim]).attempt(NEVER), NEVER)
        assert found.parts == () and found.why.startswith("by my own is not believed: ")


def test_a_claim_that_is_refused_changes_nothing() -> None:
    before = decide(OPEN)
    register(claiming())
    assert before.truth is Truth.UNDECIDED
    assert decide(OPEN).truth is Truth.UNDECIDED


def test_a_proof_of_a_part_proves_no_whole() -> None:
    honest = shown()

    def hasty(statement: Statement) -> list[Part]:
        (part,) = honest.decide(replace(statement, ranges=statement.ranges.replaced(Range("k", 2))))
        return [part]

    found = always(hasty).attempt(FARTHER)
    assert found.settles and "no part reaches {'k': 0" in _if_proved(found, FARTHER).why


@pytest.mark.parametrize("truth", [None, "HOLDS", True])
def test_an_outcome_has_a_truth_of_the_three(truth: Any) -> None:
    """Twin: a part of no truth beside one that holds would leave nothing that speaks against the whole."""
    with pytest.raises(TypeError, match="an outcome has a Truth and an Evidence"):
        Outcome(truth, "not told")
    with pytest.raises(TypeError, match="an outcome has a Truth and an Evidence"):
        Outcome(Truth.HOLDS, "on no evidence", evidence=truth)


def test_half_a_proof_proves_nothing() -> None:
    (part,) = shown().decide(FARTHER)
    assert part.outcome.whole is not None
    half = replace(part.outcome.whole, steps=part.outcome.whole.steps[1:])
    cut = replace(part, outcome=replace(part.outcome, whole=half))
    assert _if_proved(Attempt("whole", (part,)), FARTHER).settles
    assert _if_proved(Attempt("half", (cut,)), FARTHER).parts == ()


def test_the_falsifier_would_not_let_a_false_claim_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    """Even of a method that were believed."""
    from theory.statements.decide import Contradicted

    false = parse_statement("N(d,k) = O(1) uniformly", None, ["d >= 3"])
    monkeypatch.setattr(strategy, "_if_proved", lambda found, statement: found)
    register(claiming())
    with pytest.raises(Contradicted):
        decide(false)


def test_theorems_are_those_that_the_steps_cite() -> None:
    honest = shown()
    boast = lambda statement: [
        replace(part, outcome=replace(part.outcome, whole=replace(part.outcome.whole, theorems=("riemann",))))
        for part in honest.decide(statement)
    ]
    register(always(boast))
    assert decide(FARTHER).theorems == ("mehler", "orthogonality", "abel-dominated", "dimension-walk")
