"""Rules about the arc-cosine kernels of every order a: kappa_a(t) = 2 E[u_+^a v_+^a], corr(u, v) = t."""

from __future__ import annotations

import sympy as sp

from theory.proofs.rules.calculus import require, require_new_name, trigonometric_zero
from theory.proofs.rules.gamma import covers_step, range_of, same
from theory.proofs.rules.series import linear_coefficient, positive_polynomial
from theory.proofs.steps import Facts, Refused, Step, rule
from theory.symbolic.hypergeometric import is_zero
from theory.symbolic.objects import ArcOrder, GaussianMean, Kappa, Maclaurin, Mu, Range, a, equal, n, t, theta
from theory.symbolic.positivity import defined
from theory.symbolic.ranges import inside, range_in

ORDERS = Range("a", 0)


def mean_of(fact: Step) -> tuple[sp.Expr, sp.Expr]:
    """(X, m) of a fact kappa_X(t) = 2 E[u_+^m v_+^m]."""
    name, point = fact.left.args if isinstance(fact.left, Kappa) else (None, None)
    if point != t or not isinstance(fact.right, GaussianMean) or fact.right.args[1] != sp.acos(t):
        raise Refused(f"{fact.name} does not say which mean a kernel is")
    return name, fact.right.args[0]


@rule("order-kernel", "definition as a mean, a power series in t by Mehler's formula", "mehler")
def order_kernel(step: Step, facts: Facts) -> None:
    """Names 2 E[u_+^a v_+^a] as a function of t: all orders at once, or one order by a new name."""
    name, order = mean_of(step)
    if isinstance(name, ArcOrder):
        require(name == ArcOrder(a) and order == a, "the name says another order")
        return
    require_new_name(step, facts)
    require(order.is_Integer and order >= 0, "an order a >= 0 is needed")


@rule("mean-kernel", "theta = acos(t) in a mean and in a kernel of the same closed form")
def mean_kernel(step: Step, facts: Facts) -> None:
    """kappa_X(t) = 2 E[u_+^m v_+^m], both known in closed form."""
    angle, closed = (facts[used] for used in step.uses)
    _, order = mean_of(step)
    require(not angle.ranges and not closed.ranges, "a fact about one value of a variable")
    require(angle.left == GaussianMean(order, theta) and closed.left == step.left, "other objects")
    require(trigonometric_zero(angle.right.subs(theta, sp.acos(t)) - closed.right), "the closed forms differ")


@rule("price", "d/dt E[f(u) f(v)] = E[f'(u) f'(v)] for f = u_+^a, a >= 1", "price")
def price(step: Step, facts: Facts) -> None:
    """kappa_a' = a^2 kappa_{a-1}."""
    (name,) = step.uses
    require(mean_of(facts[name]) == (ArcOrder(a), a), "the family of all orders is needed")
    covers_step(facts[name], step)
    require(range_of(step, "a").least >= 1, "a step function has no derivative")
    expected = equal(sp.Derivative(Kappa(ArcOrder(a), t), t), a**2 * Kappa(ArcOrder(a - 1), t))
    require(step.statement == expected, "the derivative is another")


@rule("half-normal", "u and v are independent at t = 0; E[u_+^(a+2)] = (a+1) E[u_+^a] by parts")
def half_normal(step: Step, facts: Facts) -> None:
    """b_0 = 2 M_a^2 with M_0 = 1/2, M_1 = 1/sqrt(2 pi), M_{a+2} = (a+1) M_a; so b_0 determines itself."""
    (name,) = step.uses
    require(mean_of(facts[name]) == (ArcOrder(a), a), "the family of all orders is needed")
    covers_step(facts[name], step)
    require(step.left == Maclaurin(ArcOrder(a), 0), "the left side is not kappa_a(0)")
    value = step.right
    require(value.free_symbols <= {a} and defined(value, [ORDERS]), "the value is no function of a alone")
    require(is_zero(value.subs(a, 0) - sp.Rational(1, 2)), "P(u > 0) = 1/2")
    require(is_zero(value.subs(a, 1) - 1 / sp.pi), "E[u_+] = 1/sqrt(2 pi)")
    require(is_zero(value.subs(a, a + 2) - (a + 1) ** 2 * value), "the moments of two orders differ otherwise")


@rule("order-induction", "induction on the order a and the index n together")
def order_induction(step: Step, facts: Facts) -> None:
    """b_n[a] = F(a, n) for all a, n >= 0: right at a = 0 and at n = 0, and the relation
    (n+1) b_{n+1}[a] = a^2 b_n[a-1] leads from (a-1, n) to (a, n+1)."""
    relation, start, even, odd, base, family = (facts[used] for used in step.uses)
    formula = step.right
    require(step.left == Maclaurin(ArcOrder(a), n), "the left side is no coefficient of every order")
    require(formula.free_symbols <= {a, n}, "the formula depends on something else")
    (zero, order), everyone = mean_of(base), mean_of(family)
    require(order == 0 and everyone == (ArcOrder(a), a), "the order 0 is not where the induction starts")
    for fact, first in ((even, 0), (odd, 1)):
        where = range_of(fact, "n")
        require(fact.left == Maclaurin(zero, n) and where == Range("n", first, None, first), "order 0 has gaps")
        require(same(fact.right, formula.subs(a, 0), fact.ranges), "the formula is wrong at order 0")
    require(start.left == step.left.subs(n, 0), "the start is not b_0 of every order")
    covers_step(start, step)
    require(same(start.right, formula.subs(n, 0), (ORDERS,)), "the formula is wrong at n = 0")
    _leads_on(relation, formula)


def _leads_on(relation: Step, formula: sp.Expr) -> None:
    require(all(w == Range("a", 1) for w in relation.ranges), "the relation does not reach every order")
    equation = relation.left - relation.right
    later, earlier = Maclaurin(ArcOrder(a), n + 1), Maclaurin(ArcOrder(a - 1), n)
    lead = linear_coefficient(equation, later)
    require(positive_polynomial(lead, [Range("n", 0), Range("a", 1)]), "the relation may not determine b_{n+1}")
    put = {later: formula.subs(n, n + 1), earlier: formula.subs(a, a - 1)}
    residue = equation.xreplace(put)
    require(not residue.has(Maclaurin) and is_zero(residue), "the formula does not satisfy the relation")


@rule("order-instance", "one order of a statement about all orders")
def order_instance(step: Step, facts: Facts) -> None:
    """What holds for the kernel of every order, for the named kernel of one order."""
    universal, family, own = (facts[used] for used in step.uses)
    require(mean_of(family) == (ArcOrder(a), a), "the family of all orders is needed")
    name, order = mean_of(own)
    require(order.is_Integer and isinstance(universal.left, Mu | Maclaurin), "no statement about one order")
    require(universal.left.args[0] == ArcOrder(a), "the statement is not about every order")
    covers_step(universal, step, but="a")
    reached = inside(Range("a", int(order), int(order)), range_in(universal.ranges, "a"))
    require(reached, "the statement does not reach this order")
    left = universal.left.func(name, universal.left.args[1])
    require(step.statement == equal(left, universal.right.subs(a, order)), "not an instance")
