"""Deciding = != <= >= < > for all values, from normal forms, monotone ladders and definedness."""

from __future__ import annotations

import sympy as sp

from theory.derivations.monotone_bounds import NoBounds, bound
from theory.numbers.truth import Truth
from theory.proofs.rules.calculus import trigonometric_zero
from theory.proofs.rules.inequality import positive_term
from theory.proofs.steps import Step
from theory.statements.outcome import Case, Outcome
from theory.symbolic.hypergeometric import NotHypergeometric, is_zero, normalize
from theory.symbolic.objects import equal, grammar_text


def equality(case: Case) -> Outcome:
    """left = right, by the normal form of hypergeometric sums or of functions of t."""
    statement = equal(case.left, case.right)
    functions = (case.left - case.right).atoms(sp.acos, sp.asin, sp.sin, sp.cos)
    if functions or sp.Symbol("t", real=True) in statement.free_symbols:
        if trigonometric_zero(case.left - case.right):
            return Outcome(
                Truth.HOLDS, "same normal form in t", (Step("equality", statement, "algebra", ranges=case.ranges),)
            )
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
    terms = [term.expression() for term in normalize(left - right)]
    for sign, truth in ((1, Truth.HOLDS), (-1, Truth.FAILS)):
        if all(positive_term(sign * term, case.free) for term in terms):
            whole = sp.Add(*(sign * term for term in terms))
            step = Step("sign", sp.StrictGreaterThan(whole, 0, evaluate=False), "positive", ranges=case.free)
            words = "one positive term" if len(terms) == 1 else "a sum of positive terms"
            holds = truth is Truth.HOLDS
            why = f"{'the' if holds else 'minus the'} difference is {words}: {_short(whole)}"
            return Outcome(truth, why, (step,), None if holds else case.ranges.least)
    return _by_quotient(case, left, right, strict)


def _somewhere(case: Case) -> dict[str, int]:
    """One assignment of every variable, t included, where the relation is refuted everywhere."""
    moving = sp.Symbol("t", real=True) in case.left.free_symbols | case.right.free_symbols
    return case.ranges.least | ({"t": 0} if moving else {})


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
    if sp.Symbol("t", real=True) in larger.free_symbols | smaller.free_symbols:
        return Outcome(Truth.UNDECIDED, "no monotone law in t is looked for")
    if not positive_term(sp.factor_terms(smaller), case.free) or not positive_term(sp.factor_terms(larger), case.free):
        return Outcome(Truth.UNDECIDED, "the sides are not certainly positive terms")
    try:
        lower = bound(larger / smaller, case.free, -1)
    except (NoBounds, NotHypergeometric) as error:
        return Outcome(Truth.UNDECIDED, str(error))
    law = f"quotient {'>=' if lower.attained else '>'} {_short(lower.value)}"
    if is_zero(lower.value - 1):
        return Outcome(Truth.UNDECIDED if strict and lower.attained else Truth.HOLDS, law, lower.steps)
    if sp.N(lower.value - 1, 30) > 0:  # a guess, which the checker's balls confirm
        compare = Step("compare", sp.StrictGreaterThan(lower.value, 1, evaluate=False), "compare-constants")
        return Outcome(Truth.HOLDS, law, (*lower.steps, compare))
    return Outcome(Truth.UNDECIDED, law, lower.steps)
