"""Deciding = != <= >= < > for all values, from normal forms, monotone ladders and definedness."""

from __future__ import annotations

import sympy as sp

from theory.asymptotics import Outcome
from theory.formal import equal, grammar_text
from theory.hypergeometric import NotHypergeometric, is_zero, normalize
from theory.ladder import NoBounds, bound
from theory.meaning import Case
from theory.proof import Step
from theory.rules.calculus import trigonometric_zero
from theory.rules.inequality import positive_term
from theory.truth import Truth

STRICT = {"<": sp.StrictLessThan, ">": sp.StrictGreaterThan, "<=": sp.LessThan, ">=": sp.GreaterThan}


def equality(case: Case) -> Outcome:
    """left = right, by the normal form of hypergeometric sums or of functions of t."""
    statement = equal(case.left, case.right)
    functions = (case.left - case.right).atoms(sp.acos, sp.asin, sp.sin, sp.cos)
    if functions or sp.Symbol("t", real=True) in statement.free_symbols:
        if trigonometric_zero(case.left - case.right):
            return Outcome(Truth.HOLDS, "same normal form in t", (Step("equality", statement, "algebra", ranges=case.ranges),))
        return Outcome(Truth.UNDECIDED, "different normal forms")
    if is_zero(case.left - case.right):
        step = Step("equality", statement, "gamma-algebra", ranges=case.ranges)
        return Outcome(Truth.HOLDS, "same normal form", (step,))
    return Outcome(Truth.UNDECIDED, "different normal forms")


def inequality(case: Case, relation: str) -> Outcome:
    """left < right and its kin: sign of the difference as one term, else bounds of the quotient."""
    left, right = (case.right, case.left) if relation in ("<", "<=") else (case.left, case.right)
    strict = relation in ("<", ">")
    difference = _merged(left - right)
    if difference == 0:
        truth = Truth.FAILS if strict else Truth.HOLDS
        at = _somewhere(case) if strict else None
        return Outcome(truth, "both sides are equal", (), at)
    if difference is not None:
        if positive_term(difference, case.free):
            step = Step("sign", sp.StrictGreaterThan(difference, 0, evaluate=False), "positive", ranges=case.free)
            return Outcome(Truth.HOLDS, f"the difference is one positive term {_short(difference)}", (step,))
        if positive_term(-difference, case.free):
            return Outcome(Truth.FAILS, "the difference has the wrong sign", (), {w.name: w.least for w in case.ranges})
    return _by_quotient(case, left, right, strict)


def _somewhere(case: Case) -> dict[str, int]:
    """One assignment of every variable, t included, where the relation is refuted everywhere."""
    moving = sp.Symbol("t", real=True) in case.left.free_symbols | case.right.free_symbols
    return {w.name: w.least for w in case.ranges} | ({"t": 0} if moving else {})


def _short(expression: sp.Expr) -> str:
    text = grammar_text(expression)
    return text if len(text) <= 80 else text[:77] + "..."


def _merged(expression: sp.Expr) -> sp.Expr | None:
    """The expression as one term, 0, or None if it needs several."""
    terms = normalize(expression)
    if not terms:
        return sp.Integer(0)
    return terms[0].expression() if len(terms) == 1 else None


def _by_quotient(case: Case, larger: sp.Expr, smaller: sp.Expr, strict: bool) -> Outcome:
    """larger > smaller > 0 through the sharp lower bound of larger/smaller."""
    if not positive_term(sp.factor_terms(smaller), case.free) or not positive_term(sp.factor_terms(larger), case.free):
        return Outcome(Truth.UNDECIDED, "the sides are not certainly positive terms")
    try:
        lower = bound(larger / smaller, case.free, -1)
    except (NoBounds, NotHypergeometric) as error:
        return Outcome(Truth.UNDECIDED, str(error))
    gap = sp.N(lower.value - 1, 30)
    law = f"quotient {'>=' if lower.attained else '>'} {grammar_text(lower.value)}"
    exact_one = is_zero(lower.value - 1)
    if (gap > 0 and not exact_one) or (exact_one and (not strict or not lower.attained)):
        return Outcome(Truth.HOLDS, law, lower.steps)
    return Outcome(Truth.UNDECIDED, law, lower.steps)
