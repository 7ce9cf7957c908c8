"""Rules for inequalities valid at all integers of a range.

The ladder: a positive term whose ratio in steps of two is above 1 increases along each parity
class, so it lies between its first value and its limit. The ratio is R * prod q_i^(e_i) * e^c with
rational R, q_i; its logarithm is bounded by the truncated series log q = 2 (y + y^3/3 + ...),
y = (q-1)/(q+1), and the sign of the resulting rational function by the signs of coefficients.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import sympy as sp

from theory.numbers.balls import working_precision
from theory.proofs.rules.calculus import require
from theory.proofs.rules.gamma import covers_step, range_of, same_positive
from theory.proofs.steps import INEQUALITY, Facts, Step, rule
from theory.symbolic.constants import constant_ball
from theory.symbolic.objects import Range
from theory.symbolic.positivity import positive
from theory.symbolic.ranges import inside
from theory.symbolic.rational_functions import lowest_terms

__all__ = ["log_lower_bound", "log_ratio", "positive", "positive_term"]
MAX_ORDER = 20


def log_ratio(term: sp.Expr, variable: sp.Symbol, step: int) -> tuple[sp.Expr, list[tuple[sp.Expr, sp.Expr]], sp.Expr]:
    """(R, [(e_i, q_i)], c) with T(v+step)/T(v) = R * prod q_i^e_i * exp(c), read off factor by factor."""
    rational, powers, constant = sp.Integer(1), [], sp.Integer(0)
    for factor in sp.Mul.make_args(term):
        base, exponent = factor.as_base_exp() if not isinstance(factor, sp.exp) else (sp.E, factor.args[0])
        if not factor.has(variable):
            continue
        if isinstance(base, sp.gamma):
            shift = sp.expand(base.args[0].subs(variable, variable + step) - base.args[0])
            require(shift.is_Integer and shift >= 0 and exponent.is_Integer, f"{factor} has no rational ratio")
            rational *= sp.Mul(*(base.args[0] + i for i in range(shift))) ** exponent
            continue
        later = base.subs(variable, variable + step)
        growth = sp.expand(exponent.subs(variable, variable + step) - exponent)
        require(not growth.free_symbols, f"{factor} has no linear exponent")
        if base == sp.E:
            constant += growth
            continue
        require(growth.is_Integer, f"{factor} has no rational ratio")
        rational *= later**growth
        if later != base:
            if exponent.is_Integer:
                rational *= (later / base) ** exponent
            else:
                powers.append((exponent, sp.cancel(later / base)))
    require(constant.is_Rational, "the ratio is not elementary")
    return sp.factor(rational), powers, constant


def log_lower_bound(q: sp.Expr, order: int, ranges: Sequence[Range]) -> sp.Expr:
    """A rational function <= log q on the ranges, from the series in y = (q-1)/(q+1)."""
    if lowest_terms(q - 1) == 0:
        return sp.Integer(0)
    y = lowest_terms((q - 1) / (q + 1))
    partial = 2 * sum((y ** (2 * i + 1) / (2 * i + 1) for i in range(order + 1)), sp.Integer(0))
    if positive(q - 1, ranges):
        return partial
    require(positive(1 - q, ranges) and positive(q, ranges), f"the sign of log({q}) is not certain")
    return partial + 2 * y ** (2 * order + 3) / ((2 * order + 3) * (1 - y**2))  # -upper bound of log(1/q)


def log_ratio_exceeds_zero(term: sp.Expr, variable: sp.Symbol, order: int, ranges: Sequence[Range], sign: int) -> bool:
    """Whether sign * log(T(v+2)/T(v)) > 0 is certain with series of that order."""
    rational, powers, constant = log_ratio(term, variable, 2)
    if not powers and constant == 0:
        return positive(rational - 1 if sign > 0 else 1 - rational, ranges) and positive(rational, ranges)
    bound = sign * constant + log_lower_bound(rational**sign, order, ranges)
    for exponent, q in powers:
        e = sign * exponent
        if positive(e, ranges):
            bound += e * log_lower_bound(q, order, ranges)
        else:
            require(positive(-e, ranges), f"the sign of {exponent} is not certain")
            bound += -e * log_lower_bound(1 / q, order, ranges)
    return positive(lowest_terms(bound), ranges)


def positive_term(term: sp.Expr, ranges: Sequence[Range]) -> bool:
    """Whether a product of Gammas, powers and rational functions is certainly > 0."""
    for factor in sp.Mul.make_args(term):
        base, exponent = factor.as_base_exp() if not isinstance(factor, sp.exp) else (sp.E, sp.Integer(1))
        argument = base.args[0] if isinstance(base, sp.gamma) else base
        if argument.is_number and bool(argument.is_positive) or positive(argument, ranges):
            continue
        even = exponent.is_Integer and exponent % 2 == 0 and not isinstance(base, sp.gamma)
        if not (even and positive(-argument, ranges)):
            return False
    return True


@rule(
    "monotone",
    "the ratio in steps of two, logarithms bounded by their series, signs of coefficients",
    relation=INEQUALITY,
)
def monotone(step: Step, facts: Facts) -> None:
    """data = (v, order): T(v+2) > T(v) (or <) for all values in the ranges."""
    variable, order = step.data
    require(isinstance(order, int) and 0 <= order <= MAX_ORDER, f"the order must be from 0 to {MAX_ORDER}")
    term = step.right
    sign = 1 if isinstance(step.statement, sp.StrictGreaterThan) else -1
    require(isinstance(step.statement, sp.StrictGreaterThan | sp.StrictLessThan), "a strict inequality is needed")
    require(step.left == term.subs(variable, variable + 2), "the left side is not T(v+2)")
    require(positive_term(term, step.ranges), "T > 0 is not certain")
    require(
        log_ratio_exceeds_zero(term, variable, order, step.ranges, sign), "the sign of log T(v+2)/T(v) is not certain"
    )


def _monotone_fact(step: Step, facts: Facts) -> tuple[sp.Expr, sp.Symbol, bool, Range]:
    """(T, v, whether T increases, the step's range of v) from a used monotonicity that covers the step."""
    fact = facts[step.uses[0]]
    require(fact.rule == "monotone", f"{fact.name} is no monotonicity")
    variable = fact.data[0]
    where = range_of(step, variable.name)
    onwards = Range(where.name, where.least, None, where.parity)
    require(inside(onwards, range_of(fact, variable.name)), "the monotonicity starts later or ends")
    covers_step(fact, step, but=variable.name)
    return fact.right, variable, isinstance(fact.statement, sp.StrictGreaterThan), where


@rule("first-value", "a monotone sequence starts at its extreme value", relation=INEQUALITY)
def first_value(step: Step, facts: Facts) -> None:
    """T(v) >= T(first) if T increases in steps of two, <= if it decreases; one parity class of v."""
    term, variable, rising, where = _monotone_fact(step, facts)
    require(where.parity is not None, "one parity class is needed")
    expected = sp.GreaterThan if rising else sp.LessThan
    require(isinstance(step.statement, expected), "the inequality points the wrong way")
    require(step.left == term, "another term")
    require(same_positive(term.subs(variable, where.least), step.right, step.ranges), "the first value differs")


@rule("limit-value", "a strictly monotone sequence never reaches its limit", relation=INEQUALITY)
def limit_value(step: Step, facts: Facts) -> None:
    """T(v) < lim T if T increases, > if it decreases."""
    term, variable, rising, _ = _monotone_fact(step, facts)
    bound = facts[step.uses[1]]
    covers_step(bound, step, but=variable.name)
    require(isinstance(bound.statement, sp.Eq), f"{bound.name} is no equation")
    require(bound.left == sp.Limit(term, variable, sp.oo), "the limit of another term")
    expected = sp.StrictLessThan if rising else sp.StrictGreaterThan
    require(isinstance(step.statement, expected), "the inequality points the wrong way")
    require(step.left == term and step.right == bound.right, "wrong sides")


@rule("transitivity", "a chain of inequalities of one direction", relation=INEQUALITY)
def transitivity(step: Step, facts: Facts) -> None:
    """a R b, b R' c give a R'' c; strict if one link is; links are matched by normal form."""
    links = [facts[name] for name in step.uses]
    up = isinstance(step.statement, sp.StrictGreaterThan | sp.GreaterThan)
    allowed = (sp.StrictGreaterThan, sp.GreaterThan) if up else (sp.StrictLessThan, sp.LessThan)
    require(all(isinstance(link.statement, allowed) for link in links), "a link points the wrong way")
    for link in links:
        covers_step(link, step)
    require(links[0].left == step.left and same_positive(links[-1].right, step.right, step.ranges), "wrong ends")
    for before, after in pairwise(links):
        require(same_positive(before.right, after.left, step.ranges), f"{before.name} and {after.name} do not meet")
    strict = any(isinstance(link.statement, allowed[0]) for link in links)
    require(strict or isinstance(step.statement, allowed[1]), "no link is strict")


@rule("compare-constants", "ball arithmetic", relation=INEQUALITY)
def compare_constants(step: Step, facts: Facts) -> None:
    """An inequality between two constants, decided by disjoint balls."""
    require(not step.statement.free_symbols, "not constant")
    with working_precision(50):
        left, right = constant_ball(step.left), constant_ball(step.right)
        rising = isinstance(step.statement, sp.StrictGreaterThan | sp.GreaterThan)
        require(bool(left > right if rising else left < right), "the balls do not separate")


@rule("all-parities", "the two parity classes together", relation=sp.Rel)
def all_parities(step: Step, facts: Facts) -> None:
    """The same inequality on both parity classes of one variable holds for all its values."""
    first, second = (facts[name] for name in step.uses)
    require(first.statement == second.statement == step.statement, "different statements")
    split = [w for w in step.ranges if w not in first.ranges]
    require(len(split) == 1, "one variable is split")
    (whole,) = split
    parts = [range_of(fact, whole.name) for fact in (first, second)]
    require({p.parity for p in parts} == {0, 1}, "two parity classes are needed")
    require(min(p.least for p in parts) <= whole.least and max(p.least for p in parts) <= whole.least + 1, "a gap")
    require(all(p.most is None for p in parts), "a gap at the end")
    for fact in (first, second):
        require(
            all(
                any(inside(w, o) for w in step.ranges if w.name == o.name) for o in fact.ranges if o.name != whole.name
            ),
            "another range differs",
        )


@rule("positive", "the signs of the factors on the ranges", relation=INEQUALITY)
def positive_rule(step: Step, facts: Facts) -> None:
    """A product of Gammas, powers and rational functions that is > 0, or a sum of such products."""
    require(isinstance(step.statement, sp.StrictGreaterThan) and step.right == 0, "T > 0 is needed")
    whole = positive_term(step.left, step.ranges)  # k - 1 is one factor, E**k + k are two products
    parts = sp.Add.make_args(step.left)
    require(whole or all(positive_term(part, step.ranges) for part in parts), "the sign is not certain")
