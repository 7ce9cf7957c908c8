"""What must be true of any verdict, whatever the statement: generated statements, no table of truths.

A statement that cannot be decided within a few seconds is UNDECIDED, which every law here allows.
"""

from __future__ import annotations

from fractions import Fraction

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tests.examples import FACTOR
from tests.theory.statement_strategies import MIRRORED, NEGATED, Draft, comparisons, growths
from theory.language.formulas import variables
from theory.language.statement import Statement
from theory.numbers.truth import Evidence, Truth
from theory.statements.arithmetic import Undefined
from theory.statements.counterexamples import OUT_OF_REACH, compare
from theory.statements.decide import Verdict, decide
from theory.statements.values import evaluate
from theory.symbolic.expression_grammar import ExpressionError

HOLDS, FAILS, UNDECIDED = Truth.HOLDS, Truth.FAILS, Truth.UNDECIDED
SECONDS = 2.0
slow = settings(deadline=None, suppress_health_check=list(HealthCheck))


def parsed(draft: Draft) -> Statement:
    try:
        return draft.parsed()
    except ExpressionError:
        assume(False)
        raise


def verdict_of(draft: Draft) -> Verdict:
    return decide(parsed(draft), SECONDS)


def opposite(first: Truth, second: Truth) -> bool:
    return {first, second} == {HOLDS, FAILS}


def truth_at(statement: Statement, at: dict[str, Fraction | int]) -> Truth | None:
    """The relation at a point by balls at another precision than `decide` uses; None where out of reach."""
    try:
        sides = [evaluate(side, at, statement.kernel, 45) for side in (statement.left, statement.right)]
    except Undefined:
        return FAILS
    except OUT_OF_REACH:
        return None
    return compare(*sides, statement.relation)


@given(comparisons(), st.data())
@settings(slow, max_examples=2 * FACTOR)
def test_what_holds_holds_at_a_random_point_and_a_counterexample_is_one(draft: Draft, data: st.DataObject) -> None:
    statement = parsed(draft)
    verdict = decide(statement, SECONDS)
    at: dict[str, Fraction | int] = {w.name: data.draw(st.sampled_from(w.values(12))) for w in statement.ranges}
    if "t" in variables(statement.left) | variables(statement.right):
        at["t"] = data.draw(st.fractions(-1, 1, max_denominator=50))
    if verdict.truth is HOLDS:
        assert truth_at(statement, at) is not FAILS, (draft, at, verdict)
    found = verdict.counterexample
    if verdict.truth is FAILS and found is not None and "law" not in found:
        point = {name: Fraction(found[name]) for name in found if name in "kndtL"}
        at_point = {name: int(v) if name != "t" else v for name, v in point.items()}
        assert truth_at(statement, at_point) in (FAILS, None, UNDECIDED), (draft, verdict)
    assert (verdict.evidence is None) == (verdict.truth is UNDECIDED)


@given(comparisons())
@settings(slow, max_examples=2 * FACTOR)
def test_a_statement_and_its_negation_never_both_hold(draft: Draft) -> None:
    first, second = verdict_of(draft), verdict_of(draft.with_(relation=NEGATED[draft.relation]))
    assert (first.truth, second.truth) != (HOLDS, HOLDS), (draft, first, second)


@given(comparisons(), st.integers(0, 5), st.integers(1, 4), st.fractions(-1, 1, max_denominator=9))
@settings(slow, max_examples=2 * FACTOR)
def test_at_one_point_the_negation_has_the_other_truth(draft: Draft, k: int, d: int, t: Fraction) -> None:
    """Where both sides have a value; where they have none both fail."""
    names = variables(parsed(draft.with_(where=())).left) | variables(parsed(draft.with_(where=())).right)
    assume("t" not in names)
    occurring = {w.name for w in parsed(draft.with_(where=())).ranges}
    where = tuple(f"{name} = {value}" for name, value in (("k", k), ("d", d)) if name in occurring)
    one = draft.with_(where=where)
    first, second = verdict_of(one), verdict_of(one.with_(relation=NEGATED[draft.relation]))
    if "undefined" in first.why:
        assert second.truth is not HOLDS
    else:
        assert first.truth is UNDECIDED or second.truth is UNDECIDED or opposite(first.truth, second.truth), (
            one,
            first,
            second,
        )


@given(comparisons(), st.sampled_from(["2", "1/3", "pi", "10**9"]))
@settings(slow, max_examples=2 * FACTOR)
def test_a_positive_factor_on_both_sides_changes_nothing(draft: Draft, factor: str) -> None:
    scaled = draft.with_(left=f"{factor}*({draft.left})", right=f"({draft.right})*{factor}")
    first, second = verdict_of(draft), verdict_of(scaled)
    assert not opposite(first.truth, second.truth), (draft, first, second)


@given(comparisons())
@settings(slow, max_examples=2 * FACTOR)
def test_the_sides_may_change_places(draft: Draft) -> None:
    mirrored = draft.with_(left=draft.right, right=draft.left, relation=MIRRORED[draft.relation])
    first, second = verdict_of(draft), verdict_of(mirrored)
    assert not opposite(first.truth, second.truth), (draft, first, second)


def renamed(text: str) -> str:
    return text.replace("kappa", "\0").replace("k", "n").replace("\0", "kappa")


@given(st.one_of(comparisons(), growths()))
@settings(slow, max_examples=2 * FACTOR)
def test_the_name_of_a_bound_variable_does_not_matter(draft: Draft) -> None:
    other = draft.with_(
        left=renamed(draft.left),
        right=renamed(draft.right),
        limit=renamed(draft.limit),
        where=tuple(map(renamed, draft.where)),
    )
    first, second = verdict_of(draft), verdict_of(other)
    assert not opposite(first.truth, second.truth), (draft, first, second)


IMPLIED = {"Theta": ("O", "Omega"), "o": ("O",), "~": ("Theta", "O", "Omega")}
EXCLUDED = {"o": ("Omega", "Theta", "~"), "Omega": ("o",), "Theta": ("o",), "~": ("o",)}


def vanishes_far_out(draft: Draft) -> bool:
    """0 = o(0) and 0 = Omega(0): where both sides are 0 for large v no order excludes another."""
    return decide(parsed(draft.with_(relation="=", right="0", limit="")), SECONDS).truth is not FAILS


@given(growths())
@settings(slow, max_examples=2 * FACTOR)
def test_orders_of_growth_agree_with_each_other(draft: Draft) -> None:
    verdict = verdict_of(draft)
    if verdict.truth is not HOLDS:
        return
    for relation in IMPLIED.get(draft.relation, ()):
        weaker = verdict_of(draft.with_(relation=relation))
        assert weaker.truth is not FAILS, (draft, relation, verdict, weaker)
    for relation in EXCLUDED.get(draft.relation, ()):
        other = verdict_of(draft.with_(relation=relation))
        assert other.truth is not HOLDS or "both sides are 0" in f"{verdict.why} {other.why}", (
            draft,
            relation,
            verdict,
            other,
        )


@given(growths(), st.sampled_from(["2", "1/3", "pi"]))
@settings(slow, max_examples=2 * FACTOR)
def test_a_constant_changes_no_order_and_refutes_equivalence(draft: Draft, factor: str) -> None:
    scaled = draft.with_(left=f"{factor}*({draft.left})")
    first, second = verdict_of(draft), verdict_of(scaled)
    if draft.relation != "~":
        assert not opposite(first.truth, second.truth), (draft, first, second)
    elif first.truth is HOLDS and "both sides are 0" not in first.why:
        assert second.truth is not HOLDS, (draft, first, second)


@given(st.one_of(comparisons(), growths()))
@settings(slow, max_examples=2 * FACTOR)
def test_a_multiple_of_the_kernel_multiplies_its_quantities(draft: Draft) -> None:
    tripled = draft.with_(kernel=f"3 * ({draft.kernel})")
    by_hand = draft.with_(**{side: "".join(_tripled(getattr(draft, side))) for side in ("left", "right")})
    first, second = verdict_of(tripled), verdict_of(by_hand)
    assert not opposite(first.truth, second.truth), (draft, first, second)


def _tripled(text: str) -> str:
    for name in ("mu(", "b(", "kappa("):
        text = text.replace(name, f"3*{name}")
    return text.replace("3*3*", "3*").replace("/3*", "/3/")


def test_evidence_is_one_of_three_words() -> None:
    verdict = verdict_of(Draft("mu(k)", "~", "mu(k+2)", "NTK(depth=3)", (), "as k -> oo"))
    assert verdict.truth is HOLDS and verdict.evidence is Evidence.CHECKED
