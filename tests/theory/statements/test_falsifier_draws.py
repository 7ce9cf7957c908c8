"""Statements drawn from the grammar: no verdict is contradicted by the falsifier, and nothing crashes.

`decide` confronts every verdict with the independent falsifier and raises where it is contradicted. A
hundred statements by day, the same ones on every run; ten thousand fresh ones at night.
"""

from __future__ import annotations

from importlib import import_module

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings

from tests.theory.drawn_statements import drawn
from tests.theory.statement_strategies import Draft
from theory.language.statement import Statement, parse_statement
from theory.numbers.truth import Truth
from theory.statements.decide import Contradicted, Verdict, decide
from theory.statements.falsifier import confront
from theory.symbolic.expression_grammar import ExpressionError

SHARDS = 12
NIGHTLY = settings.default.max_examples >= 1000
EACH = -(-10_000 // SHARDS) if NIGHTLY else 9
SECONDS = 3.0  # a last resort: what takes longer is undecided


def parsed(draft: Draft) -> Statement | None:
    """The statement, None where the language refuses it."""
    try:
        return draft.parsed()
    except ExpressionError:
        return None


@pytest.mark.parametrize("shard", range(SHARDS))
def test_no_drawn_statement_is_contradicted(shard: int) -> None:
    """Each shard draws on its own: what Hypothesis draws in one run is much alike."""

    def examine(draft: Draft) -> None:
        statement = parsed(draft)
        if statement is not None:
            decide(statement, SECONDS)  # raises Contradicted, or what a fault raises

    profile = settings(max_examples=EACH, suppress_health_check=list(HealthCheck), phases=[Phase.generate])
    examined = profile(given(drawn())(examine))
    (examined if NIGHTLY else seed(shard)(examined))()


WRONG_WAY_ROUND = {Truth.HOLDS: Truth.FAILS, Truth.FAILS: Truth.HOLDS}


def test_a_verdict_turned_round_is_contradicted(monkeypatch: pytest.MonkeyPatch) -> None:
    """The twin: `decide` with a wrong conclusion raises, for both truths."""
    module = import_module("theory.statements.decide")  # the package calls a function by the same name

    honest = module._decide

    def turned(statement: Statement) -> Verdict:
        verdict = honest(statement)
        return module.replace(verdict, truth=WRONG_WAY_ROUND[verdict.truth], counterexample=None)

    statements = [
        parse_statement(says, "NTK(depth=2)", ["k even", "d = 2"])
        for says in ("mu(k) = Theta(k**(-d-1)) as k -> oo", "mu(k) = O(k**(-d-2)) as k -> oo", "mu(k) <= 1/100")
    ]
    for statement in statements:
        assert decide(statement).truth is not Truth.UNDECIDED
    monkeypatch.setattr(module, "_decide", turned)
    for statement in statements:
        with pytest.raises(Contradicted):
            decide(statement)


def test_most_drawn_falsehoods_are_seen() -> None:
    """Of the drawn statements that fail, a HOLDS would be contradicted far more often than not."""
    seen: list[bool] = []

    @seed(3)
    @settings(max_examples=40, suppress_health_check=list(HealthCheck), phases=[Phase.generate])
    @given(drawn())
    def examine(draft: Draft) -> None:
        statement = parsed(draft)
        truth = decide(statement, SECONDS).truth if statement is not None else None
        if truth is Truth.FAILS:
            seen.append(confront(statement, Truth.HOLDS, None).contradiction is not None)

    examine()
    assert len(seen) > 10 and sum(seen) > 0.6 * len(seen)
