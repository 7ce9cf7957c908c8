"""Rules about the coefficients of power series: derivatives at 0, comparison, recurrences, relations."""

from __future__ import annotations

import sympy as sp

from theory.proofs.rules.calculus import only, require
from theory.proofs.rules.gamma import covers_step, instantiate, range_of, same
from theory.proofs.steps import Facts, Step, rule
from theory.symbolic.hypergeometric import is_zero
from theory.symbolic.objects import GaussianMean, Kappa, Maclaurin, Named, Range, n, t
from theory.symbolic.positivity import positive_polynomial
from theory.symbolic.ranges import Ranges, inside, range_in


def require_object(expression: sp.Expr, kind: type[sp.Basic], index: sp.Expr) -> sp.Symbol:
    """The kernel's name in kind(name, index); anything else is refused."""
    right = isinstance(expression, kind) and expression.args[1] == index
    require(right, f"{expression} is no {kind.__name__} of index {index}")
    return expression.args[0]


def linear_coefficient(expression: sp.Expr, unknown: sp.Expr) -> sp.Expr:
    """The factor of `unknown` in an expression that is linear in it; no named object may multiply it."""
    expanded = sp.expand(expression)
    lead = expanded.coeff(unknown)
    require(not lead.atoms(Named) and not sp.expand(expanded - lead * unknown).has(unknown), f"not linear in {unknown}")
    return lead


@rule("value-at-zero", "Taylor's formula for the coefficient of t^i")
def value_at_zero(step: Step, facts: Facts) -> None:
    """Maclaurin(K, i) is the i-th derivative of the closed form at 0, over i!."""
    (name,) = step.uses
    require(isinstance(step.left, Maclaurin), "the left side is no coefficient")
    kernel, index = step.left.args
    require(index.is_Integer and index >= 0, "no coefficient of known index")
    require(facts[name].left == Kappa(kernel, t), "the used equation is about another kernel")
    require(is_analytic(facts[name].right), "the closed form may not be analytic at 0")
    value = sp.diff(facts[name].right, t, int(index)).subs(t, 0) / sp.factorial(index)
    require(same(value, step.right), f"the coefficient is {value}")


def is_analytic(closed: sp.Expr) -> bool:
    """Whether a function is a polynomial in t, acos(t) and sqrt(1-t^2), or a mean that Mehler's formula
    expands: analytic in |t| < 1, bounded on [-1, 1]."""
    if isinstance(closed, GaussianMean) and closed.args[1] == sp.acos(t):
        return True
    plain = closed.xreplace({sp.acos(t): sp.Dummy(), sp.sqrt(1 - t**2): sp.Dummy()})
    return plain.is_polynomial() and plain.free_symbols <= {t} | plain.atoms(sp.Dummy)


@rule("coefficients", "comparison of the coefficients of t^n; t^i f^(j) has (n-i+1)...(n-i+j) b_{n-i+j}")
def coefficients(step: Step, facts: Facts) -> None:
    """A linear differential relation between kernels, read off at t^n for every n >= 0.

    Coefficients of negative index are 0.
    """
    (name,) = step.uses
    require(all(w.name != "n" for w in facts[name].ranges), f"{name} holds for some n only")
    covers_step(facts[name], step)
    relation = sp.expand(facts[name].left - facts[name].right)
    total = sp.Integer(0)
    for term in sp.Add.make_args(relation):
        total += _coefficient_of_term(term)
    require(sp.expand(total - (step.left - step.right)) == 0, "the coefficients of t^n differ")


def _coefficient_of_term(term: sp.Expr) -> sp.Expr:
    """The coefficient of t^n of c * t^i * (d/dt)^m kappa(t)."""
    functions = [f for f in sp.Mul.make_args(term) if f.has(Kappa)]
    require(len(functions) == 1, f"{term} is not linear in the kernels")
    function = only(functions)
    order = function.derivative_count if isinstance(function, sp.Derivative) else 0
    require(not order or set(function.variables) == {t}, f"{function} is no derivative in t")
    kernel = require_object(function.expr if order else function, Kappa, t)
    cofactor = sp.Poly(sp.cancel(term / function), t)
    require(n not in cofactor.free_symbols, "n is the index of the coefficients")
    total = sp.Integer(0)
    for (power,), constant in cofactor.terms():
        index = n - power + order
        total += constant * sp.rf(n - power + 1, order) * Maclaurin(kernel, index)
    return sp.expand(sp.expand_func(total))


@rule("recurrence-solution", "induction in steps of two")
def recurrence_solution(step: Step, facts: Facts) -> None:
    """b_n = F(n) on one parity class: F starts right, and c2(n) F(n+2) = c0(n) F(n), c2 > 0."""
    recurrence, start = (facts[name] for name in step.uses)
    where = range_of(step, "n")
    require(where.parity is not None and where.most is None, "one parity class of n is needed")
    require_object(step.left, Maclaurin, n)
    covers_step(recurrence, step)
    covers_step(start, step)
    require(start.left == step.left.subs(n, where.least), "the start is not the first coefficient")
    require(same(step.right.subs(n, where.least), start.right, step.ranges), "the formula is wrong at the start")
    equation, following = recurrence.left - recurrence.right, step.left.subs(n, n + 2)
    lead = linear_coefficient(equation, following)
    require(positive_polynomial(lead, [where]), "the leading coefficient of the recurrence may vanish")
    residue = equation.xreplace({following: step.right.subs(n, n + 2), step.left: step.right})
    require(not residue.has(Maclaurin), "the recurrence is about other coefficients")
    require(is_zero(residue), "the formula does not satisfy the recurrence")


@rule("recurrence-instance", "the recurrence at one n")
def recurrence_instance(step: Step, facts: Facts) -> None:
    """data = (m,): the recurrence at n = m, with known coefficients put in, gives the left side."""
    (index,) = step.data
    require(isinstance(index, int) and index >= 0, "an integer n >= 0 is needed")
    require(isinstance(step.left, Maclaurin), "the left side is no coefficient")
    recurrence, *known = (facts[name] for name in step.uses)
    at = Range("n", index, index)
    require(inside(at, range_in(recurrence.ranges, "n")), "the recurrence does not reach")
    covers_step(recurrence, step, but="n")
    equation = (recurrence.left - recurrence.right).subs(n, index)
    for fact in known:
        equation = instantiate(equation, fact, step.ranges)
    lead = linear_coefficient(equation, step.left)
    require(lead.is_number and lead.is_nonzero is True, "the coefficient is not determined")
    require(sp.expand(equation - lead * (step.left - step.right)) == 0, "the value does not follow")


@rule("coefficient-relation", "the relation between coefficients, solved for one of them")
def coefficient_relation(step: Step, facts: Facts) -> None:
    """b_n of one kernel from a relation c(n) b_{n+s} = c'(n) b'_{n+s'}; a start value below the
    relation's reach may be given as the last used equation."""
    relation, source, *start = (facts[name] for name in step.uses)
    where = range_of(step, "n")
    covers_step(relation, step, but="n")
    kernel = require_object(step.left, Maclaurin, n)
    index = only({m.args[1] for m in relation.statement.atoms(Maclaurin) if m.args[0] == kernel})
    require((index - n).is_Integer, "the relation has no index n + s")
    equation = (relation.left - relation.right).subs(n, n - (index - n))
    if start:
        covers_step(start[0], step)
        require(start[0].left == step.left.subs(n, where.least), "the start is not the first coefficient")
        require(same(start[0].right, step.right.subs(n, where.least), step.ranges), "the formula is wrong at the start")
        where = Range("n", where.least + where.step, where.most, where.parity)
    later = Ranges(step.ranges).replaced(where)
    reached = range_in(relation.ranges, "n")
    require(reached.parity is None and reached.most is None, "the relation holds on a part of n only")
    require(where.least - (index - n) >= reached.least, "the relation does not reach")
    lead = linear_coefficient(equation, step.left)
    require(positive_polynomial(lead, [where]), "the relation may not determine b_n")
    equation = instantiate(equation.xreplace({step.left: step.right}), source, later)
    require(not equation.has(Maclaurin) and is_zero(equation), "the formula does not follow from the relation")


@rule("coefficient-sum", "the relation between coefficients, known ones put in")
def coefficient_sum(step: Step, facts: Facts) -> None:
    """b_n of a combination of kernels whose coefficients are known on the classes it reaches."""
    relation, *known = (facts[name] for name in step.uses)
    where = range_of(step, "n")
    require_object(step.left, Maclaurin, n)
    covers_step(relation, step)
    equation = relation.left - relation.right
    lead = linear_coefficient(equation, step.left)
    require(positive_polynomial(lead, [where]), "the relation may not determine b_n")
    equation = equation.xreplace({step.left: step.right})
    for fact in known:
        equation = instantiate(equation, fact, step.ranges)
    require(not equation.has(Maclaurin), "a coefficient is not known")
    require(is_zero(equation), "the coefficient differs")
