"""Sentences of several statements: one that fails refutes, all that hold prove, each decided by itself."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from theory.kernels import Kernel
from theory.kernels.named import NamedKernels
from theory.language.conditions import LEAST
from theory.language.formulas import rational_value
from theory.language.sentences import SLACK, Sentence, parse_sentence
from theory.language.statement import Statement
from theory.numbers.truth import Evidence, Truth
from theory.statements.counterexamples import point_text
from theory.statements.decide import SECONDS, Verdict, decide


def verdict_on(
    statement: Statement | Sentence | str,
    kernel: Kernel | NamedKernels | str | None = None,
    where: Sequence[str] = (),
    seconds: float = SECONDS,
) -> Verdict:
    """The verdict on a statement, also from its text, its kernel and its conditions, as `spectral-bias check` takes them.

    >>> verdict_on("0 <= mu_k <= 2", "NTK(depth=2)", ["k even"]).truth
    <Truth.HOLDS: 'HOLDS'>
    >>> verdict_on("mu_k > 0", "NTK(depth=2)").counterexample
    {'k': 3, 'd': 1, 'left': '0', 'right': '0'}
    """
    if isinstance(statement, Statement):
        return decide(statement, seconds)
    if not isinstance(statement, Sentence | str):
        raise ValueError(f"a statement is needed, or its text, got {statement!r}")
    sentence = statement if isinstance(statement, Sentence) else parse_sentence(statement, kernel, where)
    return decide_sentence(sentence, seconds)[0]


def decide_sentence(sentence: Sentence, seconds: float = SECONDS) -> tuple[Verdict, tuple[Verdict, ...]]:
    """The verdict on a sentence, and those on its parts, as many as were needed; each part within the seconds.

    >>> from theory.language.sentences import parse_sentence
    >>> decide_sentence(parse_sentence("0 <= mu(k) <= mu(1)", "NTK(depth=2)", ["k != 0"]))[0].truth
    <Truth.HOLDS: 'HOLDS'>
    >>> decide_sentence(parse_sentence("mu(k) > mu(k+1)", "NTK(depth=2)", ["k >= 2*d"]))[0].counterexample
    {'k': 3, 'd': 1, 'left': '0', 'right': '0.017112022126261490288'}
    """
    found: list[Verdict] = []
    for number, part in enumerate(sentence.parts):
        found.append(_part(sentence, number, part, seconds))
        if found[-1].truth is Truth.FAILS:
            break
    if len(sentence.parts) == 1:
        return replace(found[0], scope=sentence.scope), tuple(found)
    return _together(sentence, found), tuple(found)


def _part(sentence: Sentence, number: int, part: Statement, seconds: float) -> Verdict:
    """The verdict on a part; where it is one of k >= 2*d, first without that condition, which is easier."""
    if sentence.wider:
        wider = decide(sentence.wider[number], seconds)
        if wider.truth is Truth.HOLDS:
            return replace(wider, why=f"{sentence.wider[number].scope}: {wider.why}")
    return _in_its_words(sentence, decide(part, seconds))


def _together(sentence: Sentence, found: list[Verdict]) -> Verdict:
    confronted = sum(one.confronted for one in found)
    settled = found[-1]
    if settled.truth is not Truth.FAILS:
        settled = next((one for one in found if one.truth is Truth.UNDECIDED), settled)
    parts = zip(sentence.parts, found, strict=False)
    if settled.truth is Truth.HOLDS:
        why = "; ".join(f"{part.text} {part.scope}: {one.why}" for part, one in parts)
        evidence = Evidence.weakest([one.evidence for one in found if one.evidence is not None])
        theorems = tuple(dict.fromkeys(name for one in found for name in one.theorems))
        return Verdict(Truth.HOLDS, evidence, sentence.scope, why, None, None, theorems, confronted)
    place = sentence.parts[found.index(settled)]
    why = f"{place.text} {place.scope}: {settled.why}"
    return replace(settled, scope=sentence.scope, why=why, confronted=confronted)


def _in_its_words(sentence: Sentence, verdict: Verdict) -> Verdict:
    """The variables of the sentence in a counterexample and in the scope."""
    if not sentence.put:
        return verdict
    at = verdict.counterexample
    if at is not None:
        values = {name: value for name, value in at.items() if isinstance(value, int)}
        added: dict[str, Any] = {}
        for name, formula in sentence.put:
            value = rational_value(formula, values)
            added |= {} if value is None else {name: int(value)}
        at = {**added, **{name: value for name, value in at.items() if name != SLACK or not added}}
        place = {name: value for name, value in at.items() if name in LEAST}
        verdict = replace(
            verdict, why=re.sub(r"\bat (?:\w=\d+(?:, )?)+", f"at {point_text(place)}", verdict.why, count=1)
        )
    return replace(verdict, counterexample=at)
