"""The steps on one piece of the ranges: closed forms put in, both sides read, the relation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import sympy as sp

from theory.language.formulas import uses_kernel
from theory.language.statement import Statement
from theory.proofs.check import check_step
from theory.proofs.rules.certain import S
from theory.proofs.rules.judge import Judge
from theory.proofs.rules.named_kernels import definitions_of
from theory.proofs.rules.stated import LAWS, SIGNS, claim_of, read_side
from theory.proofs.rules.verdicts import prepared
from theory.proofs.steps import Refused, Step
from theory.symbolic.expressions import Node, unparse
from theory.symbolic.hypergeometric import NotHypergeometric, single_term
from theory.symbolic.objects import FAILS, HOLDS, Kappa, Named, Reads, Side, Told, equal
from theory.symbolic.ranges import Ranges

Known = dict[sp.Expr, tuple[str, sp.Expr]]  # of an object the fact that tells it, and the formula


@dataclass(frozen=True, slots=True)
class Piece:
    """One part of the ranges, on which the formulas of all objects are known."""

    stated: Statement
    ranges: Ranges
    holds: bool
    name: sp.Expr | None
    known: Known
    facts: Mapping[str, Step]
    own: set[str]

    def steps(self) -> list[Step]:
        """Closed forms, both readings and the relation, replayed. Raises Refused at the first bad one."""
        closed = [
            Step(f"closed-{number}", equal(spoken, value), "closed-form", (fact,), None, self.ranges)
            for number, (spoken, (fact, value)) in enumerate(self.known.items(), 1)
        ]
        readings = [self._reading(side, node, closed) for side, node in self._sides()]
        steps = [*closed, *readings, self._part([*closed, *readings])]
        facts = dict(self.facts)
        for step in steps:
            check_step(step, facts, self.stated.text)
            facts[step.name] = step
        return steps

    def _sides(self) -> list[tuple[str, Node]]:
        left, right = self.stated.left, self.stated.right
        if unparse(left) == unparse(right):
            return [("both sides", left)]
        return [("left side", left), ("right side", right)]

    def _reading(self, side: str, node: Node, closed: list[Step]) -> Step:
        """The reading from the definition of the kernel alone, else with what tells signs of eigenvalues."""
        name = self.name if uses_kernel(node) else None
        defining = definitions_of(name, self.facts) if name is not None else []
        signs = [step for step in self.facts.values() if step.rule in (*LAWS, *SIGNS)]
        try:
            used = defining
            value = read_side(node, self.stated, self.ranges, name, used)
        except Refused:
            used = [*defining, *closed, *signs]
            value = read_side(node, self.stated, self.ranges, name, used)
        uses = ("stated", *dict.fromkeys(step.name for step in used))
        return Step(side, Reads(Side(unparse(node)), value), "reading", uses, name, self.ranges)

    def _part(self, steps: list[Step]) -> Step:
        """The relation, from the steps that no other one uses, and from laws, signs and bounds of products."""
        used = {name for step in self.facts.values() if step.name in self.own for name in step.uses}
        kept = (*LAWS, *SIGNS, "slope-product")
        deciding = [s for s in self.facts.values() if s.name in self.own and s.name not in used or s.rule in kept]
        if any(step.right.has(Kappa(self.name, 1)) for step in steps if self.name is not None):
            deciding = [*definitions_of(self.name, self.facts), *deciding]
        others = [*steps, *(step for step in deciding if step.name != "stated")]
        exponent = exponent_of(prepared(self.stated, self.ranges, others, None)) if self.stated.limit else None
        uses = ("stated", *dict.fromkeys(step.name for step in others))
        told = Told(claim_of(self.stated), HOLDS if self.holds else FAILS)
        return Step("part", told, "part", uses, exponent, self.ranges)


def exponent_of(judge: Judge) -> sp.Expr | None:
    """e with left = T v^e right up to named constants, T the term of a limit; None where there is none."""
    for fact in judge.facts:
        if not isinstance(fact.left, sp.Limit) or fact.right == 0 or fact.rule in LAWS:
            continue
        quotient = judge.left / judge.right / judge.spoken(fact.left.args[0])
        variable = judge.place.variable
        if variable is None and judge.place.limit is not None:
            quotient, variable = judge.near(quotient, int(judge.place.limit[1])), S
        elif variable is None:
            variable = fact.left.args[1]
        named = {x: sp.Dummy(positive=True) for x in quotient.atoms(Named)}
        try:
            term = single_term(quotient.xreplace(named))
        except NotHypergeometric:
            continue
        whole = sp.Mul.make_args(sp.factor(term.coefficient))
        power = sum((f.as_base_exp()[1] for f in whole if f.as_base_exp()[0] == variable), sp.Integer(0))
        power += dict(term.powers).get(variable, sp.Integer(0))
        return sp.expand(power / 2 if variable == S else power)
    return None
