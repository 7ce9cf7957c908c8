"""Deciding O, Omega, Theta, o and ~ from proved laws of growth."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import sympy as sp

from theory.formal import INTEGER_SYMBOLS, Range, equal, grammar_text
from theory.hypergeometric import Growth, NotHypergeometric, growth, normalize
from theory.ladder import NoBounds, bound
from theory.meaning import Case, NotSymbolic
from theory.proof import Step
from theory.rules.inequality import positive
from theory.truth import Truth

HOLDS_IF = {"O": ("zero", "constant"), "Omega": ("constant", "infinity"), "Theta": ("constant",), "o": ("zero",)}


@dataclass(frozen=True, slots=True)
class Outcome:
    """Truth of one case, the law in words, the proof steps, and where it fails."""

    truth: Truth
    law: str
    steps: tuple[Step, ...] = ()
    at: dict[str, int] | None = None


def as_variable_grows(case: Case, relation: str, name: str) -> Outcome:
    """left relation right as v -> oo, for each fixed value of the other variables in the case."""
    variable = INTEGER_SYMBOLS[name]
    trivial = _trivial(case, relation)
    if trivial is not None:
        return trivial
    left, right = (_leading(side, variable) for side in (case.left, case.right))
    others = tuple(w for w in case.ranges if w.name != name)
    for order in ("superexponential", "rate", "exponent"):
        difference = sp.expand(sp.expand_log(getattr(left, order) - getattr(right, order), force=True))
        if sp.simplify(difference) != 0:
            return _by_order(case, relation, variable, order, difference, (left, right), others)
    ratio = sp.powsimp(left.constant / right.constant, force=True)
    steps = (_limit_step(case, variable, ratio),)
    law = f"left/right -> {grammar_text(ratio)}"
    if relation != "~":
        return Outcome(Truth.HOLDS if "constant" in HOLDS_IF[relation] else Truth.FAILS, law, steps)
    if _is_one(ratio):
        return Outcome(Truth.HOLDS, law, steps)
    at = _where_not_one(ratio, others)
    return Outcome(Truth.FAILS if at is not None else Truth.UNDECIDED, law, steps, at)


def _trivial(case: Case, relation: str) -> Outcome | None:
    """One side is identically 0."""
    zeros = tuple(not normalize(side) for side in (case.left, case.right))
    if not any(zeros):
        return None
    if all(zeros):
        return Outcome(Truth.HOLDS, "both sides are 0")
    law = f"the {'left' if zeros[0] else 'right'} side is 0"
    holds = relation in (("O", "o") if zeros[0] else ("Omega",))
    return Outcome(Truth.HOLDS if holds else Truth.FAILS, law)


def _leading(expression: sp.Expr, variable: sp.Symbol) -> Growth:
    """The growth of a sum of terms: that of the dominating ones, if they do not cancel."""
    growths = [growth(term, variable) for term in normalize(expression)]
    best = growths[0]
    for other in growths[1:]:
        comparison = _compare(other, best)
        if comparison > 0:
            best = other
        elif comparison == 0:
            constant = sp.simplify(best.constant + other.constant)
            if constant == 0:
                raise NotSymbolic("the leading terms cancel")
            best = Growth(best.superexponential, best.rate, best.exponent, constant)
    return best


def _compare(left: Growth, right: Growth) -> int:
    for order in ("superexponential", "rate", "exponent"):
        difference = sp.simplify(getattr(left, order) - getattr(right, order))
        if difference == 0:
            continue
        if not difference.is_number:
            raise NotSymbolic("which term dominates depends on the other variables")
        return 1 if sp.N(difference, 30) > 0 else -1
    return 0


def _by_order(
    case: Case, relation: str, variable: sp.Symbol, order: str, difference: sp.Expr,
    growths: tuple[Growth, Growth], others: tuple[Range, ...],
) -> Outcome:  # fmt: skip
    """left/right tends to 0 or oo with the sign of the difference of orders."""
    what = {"superexponential": f"{variable}*log({variable})", "rate": str(variable), "exponent": f"log({variable})"}
    law = f"log(left/right) ~ ({grammar_text(difference)})*{what[order]}"
    sign = _sign(difference, others)
    if sign is None:
        at = _violation(difference, others, relation)
        return Outcome(Truth.UNDECIDED if at is None else Truth.FAILS, law, (), at)
    steps: tuple[Step, ...] = ()
    if order == "exponent":
        ratio = sp.powsimp(growths[0].constant / growths[1].constant, force=True)
        steps = (_limit_step(case, variable, ratio, difference),)
        law = f"left/right ~ {grammar_text(ratio)} * {variable}**({grammar_text(difference)})"
    holds = relation != "~" and ("infinity" if sign > 0 else "zero") in HOLDS_IF[relation]
    return Outcome(Truth.HOLDS if holds else Truth.FAILS, law, steps)


def _limit_step(case: Case, variable: sp.Symbol, ratio: sp.Expr, exponent: sp.Expr = sp.Integer(0)) -> Step:
    from theory.hypergeometric import single_term

    quotient = single_term(case.left / case.right * variable ** (-exponent)).expression()
    return Step("law", equal(sp.Limit(quotient, variable, sp.oo), ratio), "limit", ranges=case.ranges)


def _sign(expression: sp.Expr, ranges: tuple[Range, ...]) -> int | None:
    """The constant sign of an expression over the ranges, None if uncertain."""
    if expression.is_number:
        return 1 if sp.N(expression, 30) > 0 else -1
    try:
        if positive(expression, ranges):
            return 1
        if positive(-expression, ranges):
            return -1
    except (sp.PolynomialError, TypeError):
        pass
    return None


def _assignments(ranges: tuple[Range, ...]) -> list[dict[str, int]]:
    return [dict(zip([w.name for w in ranges], values, strict=True)) for values in product(*(w.values(8) for w in ranges))]


def _violation(difference: sp.Expr, ranges: tuple[Range, ...], relation: str) -> dict[str, int] | None:
    """Values of the other variables at which the relation fails."""
    for at in _assignments(ranges):
        value = sp.N(difference.subs({INTEGER_SYMBOLS[name]: v for name, v in at.items()}), 30)
        outcome = "infinity" if value > 0 else "zero" if value < 0 else "constant"
        if relation == "~" or outcome not in HOLDS_IF[relation]:
            return at
    return None


def _is_one(ratio: sp.Expr) -> bool:
    try:
        return not normalize(ratio - 1)
    except NotHypergeometric:
        return False


def _where_not_one(ratio: sp.Expr, ranges: tuple[Range, ...]) -> dict[str, int] | None:
    from theory.balls import constant_ball
    from theory.precision import working_precision

    for at in _assignments(ranges):
        value = ratio.subs({INTEGER_SYMBOLS[name]: v for name, v in at.items()})
        with working_precision(30):
            if not constant_ball(value).overlaps(1 + 0 * constant_ball(value)):
                return at
    return None


def uniformly(case: Case, relation: str) -> Outcome:
    """One constant for all values of all variables: bounds of left/right over the whole case."""
    trivial = _trivial(case, relation)
    if trivial is not None:
        return trivial
    escape = _escape(case, relation)
    if escape is not None:
        return escape
    ratio = case.left / case.right
    sides = {"O": (1,), "Omega": (-1,), "Theta": (-1, 1)}[relation]
    try:
        bounds = [bound(ratio, case.free, side) for side in sides]
    except NoBounds as error:
        return Outcome(Truth.UNDECIDED, str(error))
    if any(side < 0 and b.value == 0 for side, b in zip(sides, bounds, strict=True)):
        return Outcome(Truth.UNDECIDED, "the lower bound is 0")
    words = {-1: "left/right {} {}", 1: "left/right {} {}"}
    law = "; ".join(
        words[s].format((">=" if s < 0 else "<=") if b.attained else (">" if s < 0 else "<"), grammar_text(b.value))
        for s, b in zip(sides, bounds, strict=True)
    )
    steps: dict[str, Step] = {step.name: step for b in bounds for step in b.steps}
    return Outcome(Truth.HOLDS, law, tuple(steps.values()))


def _escape(case: Case, relation: str) -> Outcome | None:
    """A ray along one variable on which left/right tends to 0 or oo refutes a uniform constant."""
    for where in case.free:
        if where.most is not None:
            continue
        at = {w.name: w.least for w in case.free if w is not where}
        fixed = {INTEGER_SYMBOLS[name]: value for name, value in at.items()}
        ranges = tuple(w if w.name not in at else Range(w.name, w.least, w.least) for w in case.ranges)
        ray = Case(ranges, case.left.subs(fixed), case.right.subs(fixed))
        outcome = as_variable_grows(ray, relation, where.name)
        if outcome.truth is Truth.FAILS:
            return Outcome(Truth.FAILS, outcome.law, outcome.steps, at)
    return None
