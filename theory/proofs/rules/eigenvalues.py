"""Rules about eigenvalues: moments, term by term from a power series, summation, and mu_k of combinations."""

from __future__ import annotations

import sympy as sp

from theory.proofs.rules.calculus import only, require
from theory.proofs.rules.gamma import covers_step, range_of, same
from theory.proofs.rules.series import is_analytic, require_object
from theory.proofs.steps import Facts, Step, rule
from theory.symbolic.hypergeometric import is_zero, single_term
from theory.symbolic.objects import (
    GegenbauerCoefficient,
    Kappa,
    Maclaurin,
    Moment,
    Mu,
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
from theory.symbolic.ranges import inside, range_in

NATURAL = (Range("k", 0), Range("j", 0), Range("d", 1))


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
    require(closed.left == Kappa(kernel, t) and is_analytic(closed.right), "no closed form of the kernel")
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
    require(closed.left == Kappa(kernel, t) and is_analytic(closed.right), "no closed form of the kernel")
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
