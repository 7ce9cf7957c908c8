"""Replayed proofs as plain data, for the ledger and whoever reads it."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

import sympy as sp

from theory.proofs.steps import RULE_SAYS, Proof, Step
from theory.proofs.theorems import THEOREMS

MOST_STEPS = 150  # kept of one proof: the statement, and its last ones, which end with the conclusion
MOST_CHARACTERS = 4000  # of one step's LaTeX, beyond which only its text is kept, cut there

Data = dict[str, Any]


def proof_json(proof: Proof, theorems: Iterable[str] = ()) -> Data:
    """Steps in order with what their rules say, and the cited theorems.

    `left_out` counts steps dropped at the front of a long proof, after its statement, `shared` those that an
    earlier proof of the same entry already tells (`tell_once`).

    >>> from theory.derivations.one_hidden_layer import derive
    >>> from theory.kernels import ArcCosine
    >>> told = proof_json(derive(ArcCosine(0)))
    >>> last = told["steps"][-1]
    >>> last["name"], last["rule"], last["statement"]["latex"], last["for"]
    ('k0-mu-even', 'single-power', '\\\\mu_{k}[k_0] = 0', ['k >= 2 even', 'd >= 1'])
    """
    names_statement = len(proof.steps) > MOST_STEPS and proof.steps[0].rule == "as-stated"
    kept = (proof.steps[0], *proof.steps[1 - MOST_STEPS :]) if names_statement else proof.steps[-MOST_STEPS:]
    return {
        "of": proof.title,
        "steps": [_step_json(step) for step in kept],
        "left_out": len(proof.steps) - len(kept),
        "shared": 0,
        "rules": {step.rule: RULE_SAYS.get(step.rule, "") for step in kept},
        "theorems": [
            {"name": t.name, "says": t.says, "reference": t.reference}
            for t in map(THEOREMS.get, dict.fromkeys(theorems))
            if t is not None
        ],
    }


def proof_lines(told: Data) -> list[str]:
    """Two lines a step, then the cited theorems, for a reader of plain text.

    >>> from theory.derivations.one_hidden_layer import derive
    >>> from theory.kernels import ArcCosine
    >>> print("\\n".join(proof_lines(proof_json(derive(ArcCosine(0))))[-2:]))
       19. [k0-mu-even] Mu(k0, k) = 0   for k >= 2 even, d >= 1
           by single-power from k0-even, k0-b0, moment, k0-closed: one power of t has this parity; Funk-Hecke formula
    """
    steps, left_out = told["steps"], told["left_out"]
    first = int(bool(left_out) and bool(steps) and steps[0]["rule"] == "as-stated")
    numbers = [*range(1, 1 + first), *range(1 + first + left_out, 1 + len(steps) + left_out)]
    lines = []
    for position, (number, step) in enumerate(zip(numbers, steps, strict=True)):
        lines += [f"  ... {left_out} earlier steps"] if left_out and position == first else []
        where = f"   for {', '.join(step['for'])}" if step["for"] else ""
        uses = f" from {', '.join(step['uses'])}" if step["uses"] else ""
        lines += [
            f"  {number:3}. [{step['name']}] {step['statement']['text']}{where}",
            f"       by {step['rule']}{uses}: {told['rules'][step['rule']]}",
        ]
    return lines + [f"  cited: {theorem['says']} ({theorem['reference']})" for theorem in told["theorems"]]


def _step_json(step: Step) -> Data:
    latex, text = _printed(step.statement)
    return {
        "name": step.name,
        "rule": step.rule,
        "statement": {"latex": latex if len(latex) <= MOST_CHARACTERS else None, "text": text[:MOST_CHARACTERS]},
        "for": [repr(where) for where in step.ranges],
        "uses": list(step.uses),
    }


@lru_cache(maxsize=4096)
def _printed(statement: sp.Rel) -> tuple[str, str]:
    """(LaTeX, text): one derivation serves many claims, and typesetting it takes longer than replaying it."""
    symbol = {"Equality": "="}.get(type(statement).__name__, statement.rel_op)
    return sp.latex(statement), f"{statement.args[0]} {symbol} {statement.args[1]}"


def tell_once(proofs: Iterable[Data]) -> None:
    """Drop, in place, every step that an earlier proof tells under the same name.

    A name in `uses` then means the proof's own step, else the first of that name in the entry.

    >>> first, second = ({"steps": [{"name": "a"}, {"name": end}], "shared": 0, "rules": {}} for end in "bc")
    >>> tell_once([first, second])
    >>> second["steps"], second["shared"]
    ([{'name': 'c'}], 1)
    """
    told: dict[str, Data] = {}
    for proof in proofs:
        own = [step for step in proof["steps"] if told.get(step["name"]) != step]
        proof["shared"] += len(proof["steps"]) - len(own)
        proof["steps"] = own
        proof["rules"] = {k: v for k, v in proof["rules"].items() if any(s["rule"] == k for s in own)}
        for step in own:
            told.setdefault(step["name"], step)
