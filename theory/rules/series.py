"""Rules about power series and their eigenvalues: coefficients, recurrences, moments, summation."""

from __future__ import annotations

import sympy as sp

from theory.formal import (
    GegenbauerCoefficient, Kappa, Maclaurin, Moment, Mu, Range, d, equal, j, k, n, t,
)  # fmt: skip
from theory.hypergeometric import is_zero
from theory.proof import Facts, Refused, Step, rule
from theory.rules.calculus import require
from theory.rules.gamma import instantiate, positive_polynomial, range_of, same

HALF = sp.Rational(1, 2)


@rule("value-at-zero", "Taylor's formula for the coefficient of t^i")
def value_at_zero(step: Step, facts: Facts) -> None:
    """Maclaurin(K, i) is the i-th derivative of the closed form at 0, over i!."""
    (name,) = step.uses
    kernel, index = step.left.args
    require(isinstance(step.left, Maclaurin) and index.is_Integer and index >= 0, "no coefficient of known index")
    require(facts[name].left == Kappa(kernel, t), "the used equation is about another kernel")
    value = sp.diff(facts[name].right, t, int(index)).subs(t, 0) / sp.factorial(index)
    require(same(value, step.right), f"the coefficient is {value}")


@rule("coefficients", "comparison of the coefficients of t^n; t^i f^(j) has (n-i+1)...(n-i+j) b_{n-i+j}")
def coefficients(step: Step, facts: Facts) -> None:
    """A linear differential relation between kernels, read off at t^n for every n >= 0."""
    (name,) = step.uses
    relation = sp.expand(facts[name].left - facts[name].right)
    total = sp.Integer(0)
    for term in sp.Add.make_args(relation):
        total += _coefficient_of_term(term)
    require(sp.expand(total - (step.left - step.right)) == 0, "the coefficients of t^n differ")


def _coefficient_of_term(term: sp.Expr) -> sp.Expr:
    """The coefficient of t^n of c * t^i * (d/dt)^m kappa(t)."""
    functions = [f for f in sp.Mul.make_args(term) if f.has(Kappa)]
    require(len(functions) == 1, f"{term} is not linear in the kernels")
    (function,) = functions
    order = function.derivative_count if isinstance(function, sp.Derivative) else 0
    kernel = (function.expr if order else function).args[0]
    cofactor = sp.Poly(sp.cancel(term / function), t)
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
    require(start.left == step.left.subs(n, where.least), "the start is not the first coefficient")
    require(same(step.right.subs(n, where.least), start.right), "the formula is wrong at the start")
    residue = (recurrence.left - recurrence.right).subs({step.left.subs(n, n + 2): sp.Symbol("next")})
    residue = residue.subs({step.left: step.right}).subs(sp.Symbol("next"), step.right.subs(n, n + 2))
    require(not residue.has(Maclaurin), "the recurrence is about other coefficients")
    require(is_zero(residue), "the formula does not satisfy the recurrence")
    lead = sp.expand(recurrence.left).coeff(step.left.subs(n, n + 2))
    require(positive_polynomial(lead, [where]), "the leading coefficient of the recurrence may vanish")


@rule("recurrence-instance", "the recurrence at one n")
def recurrence_instance(step: Step, facts: Facts) -> None:
    """data = (m,): the recurrence at n = m, with known coefficients put in, gives the left side."""
    (index,) = step.data
    recurrence, *known = (facts[name] for name in step.uses)
    equation = (recurrence.left - recurrence.right).subs(n, index)
    for fact in known:
        equation = equation.xreplace({fact.left: fact.right})
    lead = sp.expand(equation).coeff(step.left)
    require(lead.is_nonzero is True, "the coefficient is not determined")
    require(sp.expand(equation - lead * (step.left - step.right)) == 0, "the value does not follow")


@rule("coefficient-relation", "the relation between coefficients, solved for one of them")
def coefficient_relation(step: Step, facts: Facts) -> None:
    """b_n of one kernel from a relation c(n) b_n = c'(n) b'_{n+s}; a start value below the relation's
    reach may be given as the last used equation."""
    relation, source, *start = (facts[name] for name in step.uses)
    where = range_of(step, "n")
    index = next(m.args[1] for m in relation.left.atoms(Maclaurin) if m.args[0] == step.left.args[0])
    equation = (relation.left - relation.right).subs(n, n - (index - n))
    if start:
        require(start[0].left == step.left.subs(n, where.least), "the start is not the first coefficient")
        require(same(start[0].right, step.right.subs(n, where.least)), "the formula is wrong at the start")
        where = Range("n", where.least + where.step, where.most, where.parity)
    equation = instantiate(equation.subs(step.left, step.right), source, where)
    require(not equation.has(Maclaurin) and is_zero(equation), "the formula does not follow from the relation")
    lead = sp.expand(relation.left - relation.right).subs(n, n - (index - n)).coeff(step.left)
    require(lead != 0 and positive_polynomial(lead, [where]), "the relation may not determine b_n")


@rule("moment-induction", "induction on n by the three-term recurrence of P_k, from E[P_k] = 0 for k >= 1", "orthogonality")
def moment_induction(step: Step, facts: Facts) -> None:
    """F(n+1,k) = k/(2k+d-1) F(n,k-1) + (k+d-1)/(2k+d-1) F(n,k+1), F(0,0) = 1; F(n,k) = 0 for k > n.

    The zeros are those of 1/Gamma((n-k)/2+1). d = 1, k = 0 is the limit d -> 1 of both sides.
    """
    require(step.left == Moment(n, k), "the left side is not E[t^n P_k]")
    formula = step.right
    mixed = k / (2 * k + d - 1) * formula.subs(k, k - 1) + (k + d - 1) / (2 * k + d - 1) * formula.subs(k, k + 1)
    require(is_zero(formula.subs(n, n + 1) - mixed), "the formula does not satisfy the three-term recurrence")
    require(is_zero(formula.subs(k, 0).subs(n, 0) - 1), "E[1] is not 1")
    require(sp.gamma((n - k) / 2 + 1) ** -1 in formula.atoms(sp.Pow), "the zeros for k > n are missing")


@rule("termwise", "the series converges uniformly on [-1, 1]; Funk-Hecke formula", "abel-dominated")
def termwise(step: Step, facts: Facts) -> None:
    """mu_k = sum_j b_{k+2j} E[t^(k+2j) P_k], for b_n >= 0 on the parity class of k."""
    coefficient, moment = (facts[name] for name in step.uses)
    require(isinstance(step.left, Mu) and isinstance(step.right, sp.Sum), "mu_k = sum is needed")
    require(step.right.limits == ((j, 0, sp.oo),), "the sum must run over j >= 0")
    source, degrees = range_of(coefficient, "n"), range_of(step, "k")
    require(coefficient.left == Maclaurin(step.left.args[0], n), "another kernel's coefficients")
    require(source.parity == degrees.parity and source.least <= degrees.least, "the coefficient formula does not reach")
    require(_nonnegative(coefficient.right, source), "the coefficients may be negative")
    summand = coefficient.right.subs(n, k + 2 * j) * moment.right.subs(n, k + 2 * j)
    require(is_zero(summand - step.right.function), "the summand differs")


def _nonnegative(formula: sp.Expr, where: Range) -> bool:
    """Positive at the first two values, and from there in ratios F(n+2)/F(n) > 0."""
    if any(not formula.subs(n, value).is_positive for value in where.values(2)):
        return False
    from theory.hypergeometric import single_term

    ratio = single_term(formula.subs(n, n + 2) / formula)
    if ratio.gammas or ratio.powers:
        return False
    upper, lower = sp.fraction(sp.together(ratio.coefficient))
    beyond = [Range("n", where.least + 2, None, where.parity)]
    both = positive_polynomial(upper, beyond) and positive_polynomial(lower, beyond)
    return both or positive_polynomial(-upper, beyond) and positive_polynomial(-lower, beyond)


@rule("gauss-sum", "Gauss' summation theorem, its hypotheses tested", "gauss-summation")
def gauss_sum(step: Step, facts: Facts) -> None:
    """data = (a, b, c): the summand's ratio is (j+a)(j+b)/((j+c)(j+1)), and c > 0, c-a-b > 0."""
    require(isinstance(step.left, sp.Sum) and step.left.limits == ((j, 0, sp.oo),), "no sum over j >= 0")
    a, b, c = step.data
    summand = step.left.function
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
    vanishing, only, moment = (facts[name] for name in step.uses)
    index = only.left.args[1]
    beyond, degrees = range_of(vanishing, "n"), range_of(step, "k")
    require(vanishing.right == 0 and beyond.least == index + 2 and beyond.most is None, "more powers of this parity")
    require(index < 2, "lower powers of this parity are not excluded")
    require({m.left.args[0] for m in (vanishing, only)} == {step.left.args[0]}, "another kernel's coefficients")
    require(degrees.least % 2 == index % 2 and (degrees.step == 2 or degrees.most == degrees.least), "wrong parity")
    if degrees.least > index:
        require(step.right == 0, "the eigenvalue must be 0")
        return
    require(degrees.most == degrees.least == index, "one degree is needed")
    value = only.right * moment.right.subs({n: index, k: index})
    require(is_zero(value - step.right), "the eigenvalue is different")


@rule("times-t", "t P_k = k/(2k+d-1) P_{k-1} + (k+d-1)/(2k+d-1) P_{k+1}", "funk-hecke")
def times_t(step: Step, facts: Facts) -> None:
    """The eigenvalue of t * kappa from those of kappa; at k = 0, t P_0 = P_1."""
    (name,) = step.uses
    product, source = step.left.args[0], next(iter(step.right.atoms(Mu))).args[0]
    require(facts[name].statement == equal(Kappa(product, t), t * Kappa(source, t)), "no multiplication by t")
    degrees = range_of(step, "k")
    if degrees.most == 0:
        expected = Mu(source, sp.Integer(1))
    else:
        require(degrees.least >= 1, "k = 0 is a case of its own")
        expected = k / (2 * k + d - 1) * Mu(source, k - 1) + (k + d - 1) / (2 * k + d - 1) * Mu(source, k + 1)
        require(step.left.args[1] == k, "the degree k is needed")
    require(sp.expand(sp.together(expected - step.right)) == 0, "the weights differ")


@rule("linearity", "mu_k is linear in the kernel", "funk-hecke")
def linearity(step: Step, facts: Facts) -> None:
    """kappa = sum c_i kappa_i gives mu_k = sum c_i mu_{i,k}."""
    (name,) = step.uses
    relation = facts[name]
    degree = step.left.args[1]
    mapped = relation.right.replace(Kappa, lambda kernel, _: Mu(kernel, degree))
    require(relation.left == Kappa(step.left.args[0], t), "another kernel")
    require(not mapped.has(t), "the coefficients must not depend on t")
    require(sp.expand(mapped - step.right) == 0, "the combination differs")


@rule("gegenbauer", "C_k^((d-1)/2) = C(k+d-2, k) P_k and N(d,k) = (2k+d-1)/(d-1) C(k+d-2, k), d > 1", "funk-hecke")
def gegenbauer_coefficient(step: Step, facts: Facts) -> None:
    """a_k = mu_k (2k+d-1)/(d-1)."""
    (name,) = step.uses
    kernel, degree = step.left.args
    require(isinstance(step.left, GegenbauerCoefficient), "no Gegenbauer coefficient")
    require(facts[name].left == Mu(kernel, degree), "another eigenvalue")
    require(range_of(step, "d").least >= 2, "d >= 2 is needed")
    value = facts[name].right * (2 * degree + d - 1) / (d - 1)
    if not is_zero(value - step.right):
        raise Refused("the coefficient differs")


@rule("coefficient-sum", "the relation between coefficients, known ones put in")
def coefficient_sum(step: Step, facts: Facts) -> None:
    """b_n of a combination of kernels whose coefficients are known on the classes it reaches."""
    relation, *known = (facts[name] for name in step.uses)
    where = range_of(step, "n")
    equation = relation.left - relation.right
    lead = sp.expand(equation).coeff(step.left)
    equation = equation.subs(step.left, step.right)
    for fact in known:
        equation = instantiate(equation, fact, where)
    require(lead.is_nonzero is True and not equation.has(Maclaurin), "a coefficient is not known")
    require(is_zero(equation), "the coefficient differs")


@rule("instance", "a universal statement at one value")
def instance(step: Step, facts: Facts) -> None:
    """An equation in k at the single degree of the step's range."""
    (name,) = step.uses
    where, covered = range_of(step, "k"), range_of(facts[name], "k")
    require(where.most == where.least >= covered.least and covered.parity in (None, where.least % 2), "out of range")
    at = {k: sp.Integer(where.least)}
    expected = equal(facts[name].left.subs(at), facts[name].right.subs(at))
    require(expected == step.statement, "not an instance")
