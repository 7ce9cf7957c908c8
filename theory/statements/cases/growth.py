"""Deciding O, Omega, Theta, o and ~ from proved laws of growth."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

import sympy as sp

from theory.numbers.balls import working_precision
from theory.numbers.truth import Evidence, Truth
from theory.proofs.check import check
from theory.proofs.rules.inequality import positive
from theory.proofs.steps import Proof, Refused, Step
from theory.statements.cases.logarithms import with_factors
from theory.statements.outcome import Case, NotSymbolic, Outcome
from theory.symbolic import positivity as domain
from theory.symbolic.constants import NamedConstant, constant_ball, written_out
from theory.symbolic.growth import LOGARITHM, POWER, Growth, LogLog, Scale, growth, scales
from theory.symbolic.hypergeometric import NotHypergeometric, normalize, single_term
from theory.symbolic.objects import INTEGER_SYMBOLS, equal, grammar_text
from theory.symbolic.positivity import nonzero, pole_free
from theory.symbolic.ranges import Ranges

Constants = Mapping[sp.Symbol, sp.Expr]
NO_CONSTANTS: Constants = MappingProxyType({})
HOLDS_IF = {"O": ("zero", "constant"), "Omega": ("constant", "infinity"), "Theta": ("constant",), "o": ("zero",)}


def as_variable_grows(case: Case, relation: str, name: str, constants: Constants = NO_CONSTANTS) -> Outcome:
    """left relation right as v -> oo, for each fixed value of the other variables in the case.

    `constants` are the values of symbols that stand for constants which no hypergeometric term holds.
    """
    variable = INTEGER_SYMBOLS[name]
    left, right = (with_factors(side, variable, case.free.without(name), constants) for side in (case.left, case.right))
    case = replace(case, left=left, right=right)
    trivial = with_a_side_of_zero(case, relation)
    if trivial is not None:
        return trivial if trivial.truth is Truth.HOLDS else _with_a_side_that_grows(case, relation, variable, trivial)
    growths = _leading(case.left, variable), _leading(case.right, variable)
    others = case.free.without(name)
    outcome = _of_growths(case, relation, variable, growths, constants)
    if others and outcome.truth is Truth.FAILS and outcome.at is None:
        return _refuted(case, relation, name, outcome.law, constants)
    if outcome.truth is Truth.HOLDS and not never_zero(growths[1].constant, others):
        return _refuted(case, relation, name, f"{outcome.law}, but the right side may vanish", constants)
    return outcome


def _with_a_side_that_grows(case: Case, relation: str, variable: sp.Symbol, fails: Outcome) -> Outcome:
    """FAILS beside a side that is 0 needs the other one to be not 0: 1/Gamma(-k) is 0, too, and (d-1)*k at d = 1."""
    side = next(side for side in (case.left, case.right) if normalize(side))
    constant = _leading(side, variable).constant  # refused where Gamma has poles along the limit
    others = case.free.without(variable.name)
    return fails if never_zero(constant, others) else _refuted(case, relation, variable.name, fails.law, NO_CONSTANTS)


def _of_growths(
    case: Case, relation: str, variable: sp.Symbol, growths: tuple[Growth, Growth], constants: Constants
) -> Outcome:
    left, right = growths
    name = variable.name
    others = case.free.without(name)
    for scale in scales(left, right):
        gap = sp.expand_log(left.order(scale) - right.order(scale), force=True)
        difference = sp.expand(gap).subs(constants)
        if sp.simplify(difference) != 0:
            return _by_order(case, relation, variable, scale, difference, (left, right), others, constants)
    ratio = sp.powsimp(left.constant / right.constant, force=True)
    told = Evidence.CHECKED if _has_logarithms(case) else Evidence.PROVED
    steps = () if _has_logarithms(case) else (_limit_step(case, variable, ratio),)
    named, ratio = ratio, ratio.subs(constants)
    law = f"left/right -> {grammar_text(ratio)}"
    if relation in ("O", "Omega", "Theta"):
        if relation == "O" or never_zero(named, others):
            return Outcome(Truth.HOLDS, law, steps, evidence=told)
        return _refuted(case, relation, name, f"{law}, which may vanish", constants)
    if relation == "~" and _is_one(ratio):
        return Outcome(Truth.HOLDS, law, steps, evidence=told)
    if others:
        return _refuted(case, relation, name, law, constants)
    refuted = relation == "o" or _is_not_one(ratio)
    return Outcome(Truth.FAILS if refuted else Truth.UNDECIDED, law, steps, evidence=told)


def _has_logarithms(case: Case) -> bool:
    """Whether a side has a logarithm as a factor, of which no rule of the checker knows."""
    return case.left.has(LogLog) or case.right.has(LogLog)


def never_zero(constant: sp.Expr, ranges: Ranges) -> bool:
    """Whether a limit is certainly a number other than 0 for all values of the other variables.

    Every factor is looked at: a Gamma below the line is 0 at its poles, a root where its base is.
    """
    if not ranges:
        return True
    try:
        term = single_term(constant)
    except NotHypergeometric:
        return False
    return (
        nonzero(term.coefficient, ranges)
        and all(pole_free(argument, ranges) for argument, _ in term.gammas)
        and all(base in (sp.pi, sp.E) or domain.positive(base, ranges) for base, _ in term.powers)
    )


def _refuted(case: Case, relation: str, name: str, law: str, constants: Constants) -> Outcome:
    """Values of the other variables at which the relation fails, decided there on their own."""
    others = case.free.without(name)
    for at in others.points(8):
        ray = case_at(case, at)
        outcome = as_variable_grows(ray, relation, name, constants)
        if outcome.truth is Truth.FAILS:
            return Outcome(Truth.FAILS, f"{law}, so {outcome.law} at {_point(at)}", outcome.steps, at)
    return Outcome(Truth.UNDECIDED, law)


def case_at(case: Case, at: dict[str, int]) -> Case:
    """The case with some variables fixed."""
    fixed = {INTEGER_SYMBOLS[name]: value for name, value in at.items()}
    return Case(case.ranges.pinned(at), case.left.subs(fixed), case.right.subs(fixed))


def _point(at: dict[str, int]) -> str:
    return ", ".join(f"{name}={value}" for name, value in at.items())


def with_a_side_of_zero(case: Case, relation: str) -> Outcome | None:
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
        order = comparison(other, best)
        if order > 0:
            best = other
        elif order == 0:
            constant = sp.simplify(best.constant + other.constant)
            if constant == 0:
                raise NotSymbolic("the leading terms cancel")
            best = replace(best, constant=constant)
    return best


def comparison(left: Growth, right: Growth) -> int:
    """1, 0 or -1 as the left grows faster than, as fast as, or more slowly than the right."""
    for scale in scales(left, right):
        difference = sp.simplify(left.order(scale) - right.order(scale))
        if difference == 0:
            continue
        if not difference.is_number:
            raise NotSymbolic("which term dominates depends on the other variables")
        return _certain_sign(difference)
    return 0


def _certain_sign(constant: sp.Expr) -> int:
    """The sign of a number that is not 0, by balls; NotSymbolic where they cannot tell it."""
    for digits in (30, 120):
        with working_precision(digits):
            value = constant_ball(constant)
            if value > 0 or value < 0:
                return 1 if value > 0 else -1
    raise NotSymbolic(f"the sign of {grammar_text(constant)} is not certain")


def _by_order(
    case: Case,
    relation: str,
    variable: sp.Symbol,
    scale: Scale,
    difference: sp.Expr,
    growths: tuple[Growth, Growth],
    others: Ranges,
    constants: Constants,
) -> Outcome:
    """left/right tends to 0 or oo with the sign of the difference of orders."""
    law = f"log(left/right) ~ ({grammar_text(difference)})*{_scale_text(scale, variable)}"
    sign = _sign(difference, others)
    if sign is None:
        return _refuted(case, relation, variable.name, law, constants)
    power_alone = scale == POWER and not any(g.beyond for g in growths)
    if power_alone:
        ratio = sp.powsimp(growths[0].constant / growths[1].constant, force=True)
        steps: tuple[Step, ...] = () if _has_logarithms(case) else (_limit_step(case, variable, ratio, difference),)
        shown = grammar_text(ratio.subs(constants))
        shown = f"({shown})" if ratio.subs(constants).is_Add else shown
        law = f"left/right ~ {shown} * {variable}**({grammar_text(difference)})"
    else:
        steps = _vanishing_steps(case, variable, sign) if not constants and not _has_logarithms(case) else ()
    evidence = Evidence.PROVED if steps else Evidence.CHECKED
    holds = relation != "~" and ("infinity" if sign > 0 else "zero") in HOLDS_IF[relation]
    if holds and sign > 0 and not never_zero(growths[0].constant, others):
        return Outcome(Truth.UNDECIDED, f"{law}, where the constant may vanish")
    return Outcome(Truth.HOLDS if holds else Truth.FAILS, law, steps, evidence=evidence)


def _scale_text(scale: Scale, variable: sp.Symbol) -> str:
    """v^p log(v)^q as text."""
    if scale == LOGARITHM:
        return f"log(log({variable}))"
    p, q = scale
    shown = {1: f"log({variable})"}.get(q, f"log({variable})**{q}")
    power = {0: "", 1: f"{variable}"}.get(p, f"{variable}**{p if p.is_Integer else f'({p})'}")
    return "*".join(part for part in (power, shown if q else "") if part)


def _vanishing_steps(case: Case, variable: sp.Symbol, sign: int) -> tuple[Step, ...]:
    """That every term of the smaller side, over the larger one, tends to 0; () where no rule reaches that."""
    small, large = (case.left, case.right) if sign < 0 else (case.right, case.left)
    try:
        terms = [single_term(term.expression() / large).expression() for term in normalize(small)]
    except NotHypergeometric:
        return ()
    steps = tuple(
        Step(f"vanishes-{number}", equal(sp.Limit(term, variable, sp.oo), 0), "vanishing", ranges=case.ranges)
        for number, term in enumerate(terms, 1)
    )
    try:
        check(Proof("orders", steps))
    except Refused:
        return ()
    return steps


def _limit_step(case: Case, variable: sp.Symbol, ratio: sp.Expr, exponent: sp.Expr = sp.S.Zero) -> Step:
    quotient = single_term(case.left / case.right * variable ** (-exponent)).expression()
    return Step("law", equal(sp.Limit(quotient, variable, sp.oo), ratio), "limit", ranges=case.ranges)


def _sign(expression: sp.Expr, ranges: Ranges) -> int | None:
    """The constant sign of an expression over the ranges, None if uncertain."""
    if expression.is_number:
        return _certain_sign(expression)
    try:
        if positive(expression, ranges):
            return 1
        if positive(-expression, ranges):
            return -1
    except sp.PolynomialError:
        pass
    return None


def _is_one(ratio: sp.Expr) -> bool:
    """Whether a limit is 1: by normal form, else as the same polynomial in named constants above and
    below, else by SymPy where no arc cosine is nested deeply."""
    try:
        return not normalize(ratio - 1)
    except NotHypergeometric:
        upper, lower = sp.fraction(ratio)
        if ratio.free_symbols or _is_not_one(ratio):
            return False
        plain = written_out(sp.expand(upper - lower))
        return plain == 0 or not plain.has(NamedConstant) and sp.simplify(plain) == 0


def _is_not_one(ratio: sp.Expr) -> bool:
    """Whether a constant certainly differs from 1."""
    if ratio.free_symbols:
        return False
    with working_precision(60):
        return not (constant_ball(ratio) - 1).contains(0)
