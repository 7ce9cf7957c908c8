"""Proofs as data, and the registry of the rules that their steps follow by.

A proof is a sequence of steps; each states a relation for all values in its ranges, names the rule
it follows by and the earlier steps it uses. The checker (`theory.proofs.check`) believes no step: it runs the rule's own
test (`theory.proofs.rules`), which shares no code with whatever found the step, and refuses a proof at
its first bad step. Every step must be a relation of the kind its rule proves, over ranges that are
not empty, with both sides defined there. A step that leans on a theorem names it; the theorem's hypotheses are tested by
the same rule.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import sympy as sp

from theory.numbers.truth import Unable
from theory.proofs.theorems import THEOREMS
from theory.symbolic.objects import GegenbauerCoefficient, Moment, Mu, Range, phi, r, t, theta
from theory.symbolic.positivity import defined
from theory.symbolic.ranges import LEAST, inside, range_in

ANGLES_AND_LENGTHS = {theta, phi, r, t}
INEQUALITY = (sp.StrictGreaterThan, sp.GreaterThan, sp.StrictLessThan, sp.LessThan)


class Malformed(ValueError):
    """A step that the test of its rule cannot read. It proves nothing; where we made it ourselves it is a fault."""


class Refused(Unable):
    """A step does not follow by its rule."""


@dataclass(frozen=True, slots=True)
class Step:
    """`statement` (a SymPy relation) for all values in `ranges`, by `rule` from the steps `uses`.

    `data` is what the rule needs beyond the statement, such as an antiderivative.
    """

    name: str
    statement: sp.Rel
    rule: str
    uses: tuple[str, ...] = ()
    data: Any = None
    ranges: tuple[Range, ...] = ()

    @property
    def left(self) -> sp.Expr:
        """Left side."""
        return self.statement.args[0]

    @property
    def right(self) -> sp.Expr:
        """Right side."""
        return self.statement.args[1]


@dataclass(frozen=True, slots=True)
class Proof:
    """Steps in order; the conclusion is the last step's statement."""

    title: str
    steps: tuple[Step, ...]
    theorems: tuple[str, ...] = field(default=())

    def __repr__(self) -> str:
        """Title, length and conclusion; `proof_text` writes every step."""
        return f"{self.title}: {len(self.steps)} steps; {relation_text(self.conclusion)}"

    @property
    def conclusion(self) -> Step:
        """The last step."""
        return self.steps[-1]

    def step(self, name: str) -> Step:
        """A step by its name."""
        return next(s for s in self.steps if s.name == name)


Facts = Mapping[str, Step]
Relation = type[sp.Rel] | tuple[type[sp.Rel], ...]  # the kinds of statement that a rule proves
RuleCheck = Callable[[Step, Facts], None]
RULES: dict[str, RuleCheck] = {}
RULE_SAYS: dict[str, str] = {}
CITED_BY_RULE: dict[str, str] = {}


def rule(
    name: str, says: str, cites: str | None = None, relation: Relation = sp.Eq, bounds: bool = False
) -> Callable[[RuleCheck], RuleCheck]:
    """Register the test of a rule; `cites` names the theorem that every step by it leans on,
    `relation` is the kind of statement that it proves; `bounds` says that its test looks at the relation
    of every step that is used, so that an equation may follow from inequalities."""

    def register(test: RuleCheck) -> RuleCheck:
        def guarded(step: Step, facts: Facts) -> None:
            _check_form(step, relation)
            try:
                equations = all(isinstance(facts[used].statement, sp.Eq) for used in step.uses)
                if relation is sp.Eq and not bounds and not equations:
                    raise Refused("an equation follows from equations only")
                test(step, facts)
                if relation is sp.Eq and not _defined_on_ranges(step):
                    raise Refused("a side may be undefined on the ranges")
            except (Unable, sp.PolynomialError) as error:
                raise Refused(str(error)) from error
            except Exception as error:  # a step that its test cannot even read proves nothing
                raise Malformed(f"malformed: {type(error).__name__}: {error}") from error

        RULES[name], RULE_SAYS[name] = guarded, says
        if cites:
            CITED_BY_RULE[name] = THEOREMS[cites].name
        return test

    return register


def _defined_on_ranges(step: Step) -> bool:
    """Functions of t and of angles are defined by the rules that make them."""
    if step.statement.free_symbols & ANGLES_AND_LENGTHS:
        return True
    return all(defined(side, step.ranges) for side in step.statement.args)


def _check_form(step: Step, relation: Relation) -> None:
    """A relation of the right kind between finite expressions, over ranges that make sense."""
    if not isinstance(step.statement, relation):
        wanted = "an equation" if relation is sp.Eq else "an inequality" if relation is INEQUALITY else "a relation"
        raise Refused(f"{wanted} is needed, got {step.statement}")
    if step.statement.has(sp.nan, sp.zoo):
        raise Refused("the statement is undefined")
    names = [w.name for w in step.ranges]
    if len(set(names)) != len(names) or not set(names) <= set(LEAST):
        raise Refused(f"the ranges must be of different variables among {', '.join(LEAST)}")
    for where in step.ranges:
        if where.is_empty() or where.least < LEAST[where.name]:
            raise Refused(f"{where!r} is empty or goes below {LEAST[where.name]}")


def covers(fact: Step, ranges: tuple[Range, ...], but: str | None = None) -> bool:
    """Whether a fact holds on the ranges, the variable `but` left aside.

    A range of a variable that the fact does not mention says nothing; eigenvalues and moments
    depend on d though they do not show it.
    """
    mentioned = {symbol.name for symbol in fact.statement.free_symbols}
    mentioned |= {"d"} if fact.statement.has(Mu, Moment, GegenbauerCoefficient) else set()
    return all(inside(range_in(ranges, w.name), w) for w in fact.ranges if w.name in mentioned - {but})


def joined(title: str, parts: Sequence[tuple[str, Sequence[Step]]]) -> Proof:
    """One proof of the steps of several; what they share stands once, what is of the same name gets its part's tag.

    >>> one, two = (Step("s", sp.Eq(t, n, evaluate=False), "r") for n in (1, 2))
    >>> [step.name for step in joined("", [("@1", [one]), ("@2", [one]), ("@3", [two])]).steps]
    ['s', 's@3']
    """
    known: dict[str, Step] = {}
    for tag, steps in parts:
        renamed: dict[str, str] = {}
        for step in steps:
            own = replace(step, uses=tuple(renamed.get(used, used) for used in step.uses))
            if known.get(own.name) == own:
                continue
            if own.name in known:
                renamed[step.name] = f"{step.name}{tag}"
                own = replace(own, name=renamed[step.name])
            known[own.name] = own
    return Proof(title, tuple(known.values()))


def relation_text(step: Step) -> str:
    """left = right, or the inequality."""
    symbol = {"Equality": "="}.get(type(step.statement).__name__, step.statement.rel_op)
    return f"{step.left} {symbol} {step.right}"
