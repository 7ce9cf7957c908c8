"""A replayed proof as a paragraph that a person reads: what is known of the kernel, the argument, what it gives."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from string import ascii_uppercase
from typing import Any

Data = dict[str, Any]
LONG = 48  # characters of a formula that gets a letter where it comes again
UNSPOKEN = ("as-stated", "reading")  # what every proof begins with
FACTS = re.compile(r"(Mu|MuOn|Maclaurin|Kappa)\((?:[^()]|\([^()]*\))*\) (=|>|>=|<|<=) ")
SAID = {"Mu": "mu", "MuOn": "mu", "Maclaurin": "b", "Kappa": "kappa"}
RELATION = re.compile(r" (=|>=|<=|>|<) ")
LETTERS = tuple(letter for letter in ascii_uppercase if letter not in "ELN")  # these three mean something


def explained(verdict: Data) -> str:
    """The verdict with its proof in sentences; without a proof, with its reason.

    >>> print(explained({"truth": "FAILS", "evidence": "certified", "why": "at k=3 the left side is 0", "proof": None}))
    It fails (certified): at k=3 the left side is 0.
    """
    says = {"HOLDS": "It holds", "FAILS": "It fails"}.get(verdict["truth"], "It is not decided")
    evidence = f" ({verdict['evidence']})" if verdict["evidence"] else ""
    told = verdict.get("proof")
    if not told:
        return f"{says}{evidence}: {verdict['why']}."
    steps = {step["name"]: step for step in told["steps"]}
    argument, facts = _main(told["steps"], steps)
    letters = _letters([*facts, *argument])
    parts = [
        f"{says}{evidence}.",
        *_known(facts, steps, told["rules"], letters),
        *_argued(argument, told["rules"], letters),
    ]
    cited = "; ".join(theorem["reference"] for theorem in told["theorems"])
    return " ".join([*parts, *([f"It rests on: {cited}."] if cited else [])])


def _main(steps: Sequence[Data], by_name: Mapping[str, Data]) -> tuple[list[Data], list[Data]]:
    """The steps from the conclusion back to facts about the kernel, and these facts, both in the order of the proof."""
    wanted, facts, todo = set(), set(), [steps[-1]["name"]]
    while todo:
        name = todo.pop()
        step = by_name.get(name)
        if step is None or name in wanted or name in facts:
            continue
        if FACTS.match(step["statement"]["text"]):
            facts.add(name)
            continue
        wanted.add(name)
        todo += step["uses"]
    return [s for s in steps if s["name"] in wanted and s["rule"] not in UNSPOKEN], [
        s for s in steps if s["name"] in facts
    ]


def _letters(steps: Sequence[Data]) -> dict[str, str]:
    """Letters for long formulas that come more than once."""
    seen: dict[str, int] = {}
    for step in steps:
        for side in set(RELATION.split(_plain(step["statement"]["text"]))[::2]):
            if len(side) > LONG:
                seen[side] = seen.get(side, 0) + 1
    return dict(zip((side for side, times in seen.items() if times > 1), LETTERS, strict=False))


def _known(
    facts: Sequence[Data], by_name: Mapping[str, Data], rules: Mapping[str, str], letters: Mapping[str, str]
) -> Iterator[str]:
    if not facts:
        return
    yield "Of the kernel is known:"
    for step in facts:
        count = len(_below(step, by_name))
        how = f"{count} steps from the definition" if count else rules[step["rule"]]
        yield f"{_told(step, letters)} ({how});"


def _below(step: Data, by_name: Mapping[str, Data]) -> set[str]:
    found: set[str] = set()
    todo = list(step["uses"])
    while todo:
        name = todo.pop()
        if name not in found and name in by_name:
            found.add(name)
            todo += by_name[name]["uses"]
    return found


def _argued(steps: Sequence[Data], rules: Mapping[str, str], letters: Mapping[str, str]) -> Iterator[str]:
    named: set[str] = set()
    before = ""
    for number, step in enumerate(steps):
        said = _told(step, letters)
        if said == before:
            continue
        before = said
        for side, letter in letters.items():
            if letter not in named and re.search(rf"\b{letter}\b", said):
                named.add(letter)
                yield f"Let {letter} = {side}."
        start = "Hence" if number and number == len(steps) - 1 else "Then"
        yield f"{start} {said} ({rules[step['rule']]})."


def _told(step: Data, letters: Mapping[str, str]) -> str:
    sides = RELATION.split(_plain(step["statement"]["text"]))
    text = "".join(f" {part} " if i % 2 else letters.get(part, part) for i, part in enumerate(sides))
    return text + (f" for {', '.join(step['for'])}" if step["for"] else "")


def _plain(text: str) -> str:
    """mu(k) for Mu(ntk, k), and the statement itself where the proof speaks of it."""
    text = re.sub(r"\b(Mu|MuOn|Maclaurin|Kappa)\(((?:[^(),]|\([^()]*\))+), ", lambda m: f"{SAID[m[1]]}[{m[2]}](", text)
    if " : " in text:
        return f"the statement {text.rpartition(' : ')[2]}"
    return text.replace("gamma(", "Gamma(")
