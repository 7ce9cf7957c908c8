"""Rules about power series and their eigenvalues: coefficients, recurrences, moments, summation."""

from __future__ import annotations

import sympy as sp

from theory.proofs.rules.calculus import only, require
from theory.proofs.rules.gamma import covers_step, instantiate, range_of, same
from theory.proofs.steps import Facts, Step, rule
from theory.symbolic.hypergeometric import is_zero, single_term
from theory.symbolic.objects import (
    GaussianMean,
    GegenbauerCoefficient,
    Kappa,
    Maclaurin,
    Moment,
    Mu,
    Named,
    Range,
    as_expression,
    d,
    equal,
    j,
    k,
    n,
    t,
)
from theory.symbolic.positivity import defined, positive, positive_polynomial
from theory.symbolic.ranges import Ranges, inside, range_in

NATURAL = (Range("k", 0), Range("j", 0), Range("d", 1))


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
    require(_is_analytic(facts[name].right), "the closed form may not be analytic at 0")
    value = sp.diff(facts[name].right, t, int(index)).subs(t, 0) / sp.factorial(index)
    require(same(value, step.right), f"the coefficient is {value}")


def _is_analytic(closed: sp.Expr) -> bool:
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


@rule(
    "moment-induction",
    "induction on n = k + 2j by t P_k = k/(2k+d-1) P_{k-1} + (k+d-1)/(2k+d-1) P_{k+1}",
    "orthogonality",
)
def moment_induction(step: Step, facts: Facts) -> None:
    """G(k,j) = E[t^(k+2j) P_k]: G(0,0) = 1, G(0,j) = G(1,j-1) since t P_0 = P_1, and
    G(k,j) = k/(2k+d-1) G(k-1,j) + (k+d-1)/(2k+d-1) G(k+1,j-1), whose last term is absent at j = 0."""
    require(step.left == Moment(k + 2 * j, k), "the left side is not E[t^(k+2j) P_k]")
    formula = step.right
    require(formula.free_symbols <= {k, j, d}, "the formula depends on something else")
    require(defined(formula, NATURAL), "the formula may be undefined")
    lower, upper = k / (2 * k + d - 1), (k + d - 1) / (2 * k + d - 1)
    below = lower * formula.subs(k, k - 1)
    above = upper * formula.subs({k: k + 1, j: j - 1})
    require(is_zero(formula - below - above), "the formula does not satisfy the three-term recurrence")
    require(is_zero((formula - below).subs(j, 0)), "E[t^k P_k] is wrong")
    at_zero = formula.subs(k, 0) - formula.subs({k: 1, j: j - 1})
    require(is_zero(at_zero), "E[t^(2j)] is not E[t^(2j-1) P_1]")
    require(is_zero(formula.subs({k: 0, j: 0}) - 1), "E[1] is not 1")


@rule("termwise", "the series converges uniformly on [-1, 1]; Funk-Hecke formula", "abel-dominated")
def termwise(step: Step, facts: Facts) -> None:
    """mu_k = sum_j b_{k+2j} E[t^(k+2j) P_k], for b_n >= 0 on the parity class of k and a closed form
    that is analytic in |t| < 1 and bounded on [-1, 1]."""
    coefficient, moment, closed = (facts[name] for name in step.uses)
    kernel = require_object(step.left, Mu, k)
    require(isinstance(step.right, sp.Sum) and step.right.limits == ((j, 0, sp.oo),), "a sum over j >= 0 is needed")
    require(closed.left == Kappa(kernel, t) and _is_analytic(closed.right), "no closed form of the kernel")
    require(coefficient.left == Maclaurin(kernel, n), "another kernel's coefficients")
    require(moment.left == Moment(k + 2 * j, k), "no moments")
    covers_step(coefficient, step, but="n")
    covers_step(moment, step, but="j")
    require(inside(Range("j", 0), range_in(moment.ranges, "j")), "the moments begin later or end")
    source, degrees = range_of(coefficient, "n"), range_of(step, "k")
    reached = Range("n", degrees.least, None, degrees.parity)
    require(inside(reached, source) and source.parity == degrees.parity, "the coefficient formula does not reach")
    require(_nonnegative(coefficient.right, source), "the coefficients may be negative")
    summand = coefficient.right.subs(n, k + 2 * j) * moment.right
    require(same(summand, step.right.function, (*step.ranges, Range("j", 0))), "the summand differs")


def _nonnegative(formula: sp.Expr, where: Range) -> bool:
    """A product of positive factors and squares; or positive at the first two values, and from the
    second one on in the ratio of neighbours."""
    if all(_nonnegative_factor(factor, where) for factor in sp.Mul.make_args(formula)):
        return True
    first, later = where.peeled()
    if not all(formula.subs(n, value).is_positive for value in (first.least, later.least)):
        return False
    ratio = single_term(formula.subs(n, n + where.step) / formula)
    return not (ratio.gammas or ratio.powers) and positive(ratio.coefficient, [later])


def _nonnegative_factor(factor: sp.Expr, where: Range) -> bool:
    """Whether a Gamma, a power of a positive number or any even power is certainly >= 0, a >= 0 too."""
    base, exponent = factor.as_base_exp()
    if exponent.is_Integer and exponent % 2 == 0:
        return True
    (argument,) = base.args if isinstance(base, sp.gamma) else (base,)
    if argument.is_number:
        return bool(argument.is_positive)
    return isinstance(base, sp.gamma) and positive_polynomial(argument, [where, Range("a", 0)])


@rule("gauss-sum", "Gauss' summation theorem, its hypotheses tested", "gauss-summation")
def gauss_sum(step: Step, facts: Facts) -> None:
    """data = (a, b, c): the summand's ratio is (j+a)(j+b)/((j+c)(j+1)), and c > 0, c-a-b > 0."""
    require(isinstance(step.left, sp.Sum) and step.left.limits == ((j, 0, sp.oo),), "no sum over j >= 0")
    a, b, c = step.data
    summand = step.left.function
    require(not any(as_expression(parameter).has(j) for parameter in step.data), "the parameters must not depend on j")
    require(defined(summand, (*step.ranges, Range("j", 0))), "the summand may be undefined")
    ratio = summand.subs(j, j + 1) * (j + c) * (j + 1) - summand * (j + a) * (j + b)
    require(is_zero(ratio), "the summand is not hypergeometric with these parameters")
    for parameter in (c, c - a - b):
        require(positive_polynomial(sp.expand(parameter), step.ranges), f"{parameter} > 0 is not certain")
    start = summand.subs(j, 0)
    value = start * sp.gamma(c) * sp.gamma(c - a - b) / (sp.gamma(c - a) * sp.gamma(c - b))
    require(is_zero(value - step.right), "the sum is different")


@rule("single-power", "one power of t has this parity; Funk-Hecke formula", "funk-hecke")
def single_power(step: Step, facts: Facts) -> None:
    """Where b_n = 0 for all n > i of the parity of i, only t^i acts: mu_k = b_i E[t^i P_k], 0 for k > i."""
    vanishing, only, moment, closed = (facts[name] for name in step.uses)
    kernel, index = only.left.args
    require(isinstance(only.left, Maclaurin) and index.is_Integer, "no coefficient of known index")
    require(require_object(vanishing.left, Maclaurin, n) == kernel, "another kernel's coefficients")
    require(closed.left == Kappa(kernel, t) and _is_analytic(closed.right), "no closed form of the kernel")
    require(moment.left == Moment(k + 2 * j, k), "no moments")
    for fact, free in ((vanishing, "n"), (only, None), (moment, "j")):
        covers_step(fact, step, but=free)
    require(inside(Range("j", 0, 0), range_in(moment.ranges, "j")), "the moments begin later")
    beyond, degrees = range_of(vanishing, "n"), range_of(step, "k")
    require(vanishing.right == 0 and beyond.least == index + 2 and beyond.most is None, "more powers of this parity")
    require(index < 2, "lower powers of this parity are not excluded")
    single = degrees.most == degrees.least
    require(degrees.least % 2 == index % 2 and (single or degrees.parity is not None), "wrong parity")
    require(step.left == Mu(kernel, k) or single and step.left == Mu(kernel, degrees.least), "not these eigenvalues")
    if degrees.least > index:
        require(step.right == 0, "the eigenvalue must be 0")
        return
    require(single and degrees.least == index, "one degree is needed")
    value = only.right * moment.right.subs({j: 0, k: index})
    require(same(value, step.right, step.ranges), "the eigenvalue is different")


@rule("times-t", "t P_k = k/(2k+d-1) P_{k-1} + (k+d-1)/(2k+d-1) P_{k+1}", "funk-hecke")
def times_t(step: Step, facts: Facts) -> None:
    """The eigenvalue of t * kappa from those of kappa; at k = 0, t P_0 = P_1."""
    (name,) = step.uses
    degrees = range_of(step, "k")
    product, source = step.left.args[0], next(iter(step.right.atoms(Mu))).args[0]
    require(facts[name].statement == equal(Kappa(product, t), t * Kappa(source, t)), "no multiplication by t")
    if degrees.most == 0:
        require_object(step.left, Mu, sp.Integer(0))
        expected = Mu(source, sp.Integer(1))
    else:
        require_object(step.left, Mu, k)
        require(degrees.least >= 1, "k = 0 is a case of its own")
        expected = k / (2 * k + d - 1) * Mu(source, k - 1) + (k + d - 1) / (2 * k + d - 1) * Mu(source, k + 1)
    require(sp.expand(sp.together(expected - step.right)) == 0, "the weights differ")


@rule("linearity", "mu_k is linear in the kernel", "funk-hecke")
def linearity(step: Step, facts: Facts) -> None:
    """kappa = sum c_i kappa_i gives mu_k = sum c_i mu_{i,k}."""
    (name,) = step.uses
    relation = facts[name]
    kernel = require_object(step.left, Mu, k)
    require(relation.left == Kappa(kernel, t) and not relation.ranges, "another kernel")
    combined = sp.Integer(0)
    for term in sp.Add.make_args(sp.expand(relation.right)):
        part = only(term.atoms(Kappa))
        factor = term / part
        require(part.args[1] == t and not factor.has(Kappa, t), f"{term} is no multiple of a kernel")
        combined += factor * Mu(part.args[0], k)
    require(sp.expand(combined - step.right) == 0, "the combination differs")


@rule("gegenbauer", "C_k^((d-1)/2) = C(k+d-2, k) P_k and N(d,k) = (2k+d-1)/(d-1) C(k+d-2, k), d > 1", "funk-hecke")
def gegenbauer_coefficient(step: Step, facts: Facts) -> None:
    """a_k = mu_k (2k+d-1)/(d-1)."""
    (name,) = step.uses
    kernel, degree = step.left.args
    require(isinstance(step.left, GegenbauerCoefficient), "no Gegenbauer coefficient")
    require(facts[name].left == Mu(kernel, degree), "another eigenvalue")
    covers_step(facts[name], step)
    require(range_of(step, "d").least >= 2, "d >= 2 is needed")
    value = facts[name].right * (2 * degree + d - 1) / (d - 1)
    require(same(value, step.right, step.ranges), "the coefficient differs")


@rule("instance", "a universal statement at one value")
def instance(step: Step, facts: Facts) -> None:
    """An equation in k at the single degree of the step's range."""
    (name,) = step.uses
    where = range_of(step, "k")
    require(where.most == where.least, "one degree is needed")
    covers_step(facts[name], step)
    at = {k: sp.Integer(where.least)}
    expected = equal(facts[name].left.subs(at), facts[name].right.subs(at))
    require(expected == step.statement, "not an instance")
