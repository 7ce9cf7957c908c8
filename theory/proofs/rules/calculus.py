"""Rules of calculus: each test decides its step by polynomial algebra."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import sympy as sp

from theory.proofs.steps import ANGLES_AND_LENGTHS, Facts, Refused, Step, rule
from theory.symbolic.objects import GaussianMean, GradientMean, Kappa, PositivePower, phi, r, t, theta
from theory.symbolic.ranges import LEAST

BINDERS = (sp.Integral, sp.Sum, sp.Limit, sp.Product, sp.Subs)


def require(condition: bool, why: str) -> None:
    """Refuse the step unless the condition holds."""
    if not condition:
        raise Refused(why)


def only(found: Iterable[Any]) -> Any:
    """The one thing that a step speaks of; Refused where it speaks of none or of several."""
    things = list(found)
    require(len(things) == 1, f"one quantity is needed, got {things}")
    return things[0]


def trigonometric_zero(expression: sp.Expr) -> bool:
    """Whether a polynomial in angles, sines, cosines, square roots and exponentials vanishes.

    Sums of angles are expanded, then sines and cosines of each angle are reduced modulo
    s^2 + c^2 = 1, roots modulo (sqrt q)^2 = q; what is left are independent transcendentals.
    """
    expanded = sp.expand(sp.expand_trig(sp.expand(expression)))
    replacements: dict[sp.Expr, sp.Symbol] = {}
    relations: list[sp.Expr] = []
    for angle in sorted({x for f in expanded.atoms(sp.sin, sp.cos) for x in f.args}, key=str):
        s, c = sp.Dummy("s"), sp.Dummy("c")
        replacements |= {sp.sin(angle): s, sp.cos(angle): c}
        relations.append(s**2 + c**2 - 1)
    roots = {p for p in expanded.atoms(sp.Pow) if p.exp.is_Rational and p.exp.q == 2 and not p.base.is_number}
    for base in {p.base for p in roots}:
        root = sp.Dummy("root")
        replacements |= {p: root**p.exp.p for p in roots if p.base == base}
        relations.append(root**2 - base)
    for atom in expanded.atoms(sp.acos, sp.exp):
        replacements[atom] = sp.Dummy("a")
    numerator = sp.numer(sp.together(expanded.xreplace(replacements)))
    symbols = sorted(numerator.free_symbols | {s for q in relations for s in q.free_symbols}, key=str)
    if not symbols:
        return sp.expand(numerator) == 0
    if not relations:
        return sp.expand(numerator) == 0
    leads = [s for s in symbols if isinstance(s, sp.Dummy)] + [s for s in symbols if not isinstance(s, sp.Dummy)]
    _, remainder = sp.reduced(sp.expand(numerator), relations, *leads, order="lex")
    return sp.expand(remainder) == 0


def substitute_facts(expression: sp.Expr, step: Step, facts: Facts) -> sp.Expr:
    """Replace, in order, the left side of each used equation by its right side.

    Facts about functions hold for theta in [0, pi] and t in (-1, 1): under an integral sign their
    variable could leave that, so nothing is replaced there.
    """
    for name in step.uses:
        fact = facts[name]
        require(isinstance(fact.statement, sp.Eq) and not fact.ranges, f"{name} is no equation without ranges")
        require(
            not any(bound != fact.left and bound.has(fact.left) for bound in expression.atoms(*BINDERS)),
            f"{name} would be used under an integral sign",
        )
        expression = expression.xreplace({fact.left: fact.right})
    return expression


def require_new_name(step: Step, facts: Facts) -> None:
    """The left side is Kappa(name, t) with a name that no earlier step mentions, the right side a function of t:
    with another variable in it the name would stand for many functions."""
    require(isinstance(step.left, Kappa) and step.left.args[1] == t, "the left side is no kernel of t")
    name = step.left.args[0]
    variables = {symbol.name for symbol in ANGLES_AND_LENGTHS} | set(LEAST)
    require(name.is_Symbol and name.name not in variables, f"{name} cannot name a kernel")
    require(all(name not in fact.statement.free_symbols for fact in facts.values()), f"the name {name} is taken")
    used = {symbol.name for symbol in step.right.free_symbols}
    require(name.name not in used, f"{name} is defined by itself")
    require(not used & (variables - {t.name}), "a kernel is a function of t alone")


@rule("gaussian-polar", "rotation invariance and polar coordinates in the plane of x and x'", "polar-gaussian")
def gaussian_polar(step: Step, facts: Facts) -> None:
    """2 E[(w.x)_+^a (w.x')_+^a] = (1/pi) Int r^(2a+1) e^(-r^2/2) dr Int (cos phi)_+^a (cos(phi-theta))_+^a dphi."""
    require(isinstance(step.left, GaussianMean), "the left side is no Gaussian mean")
    a, angle = step.left.args
    require(a.is_Integer and a >= 0 and angle == theta, "order a >= 0 and the angle theta are needed")
    radial = sp.Integral(r ** (2 * a + 1) * sp.exp(-(r**2) / 2), (r, 0, sp.oo))
    angular = sp.Integral(PositivePower(sp.cos(phi), a) * PositivePower(sp.cos(phi - theta), a), (phi, -sp.pi, sp.pi))
    require(step.right == radial * angular / sp.pi, "the right side is not the polar form")


@rule("support", "both half circles are positive exactly between theta - pi/2 and pi/2")
def support(step: Step, facts: Facts) -> None:
    """Drop positive parts: for theta in [0, pi] the arcs |phi| < pi/2 and |phi-theta| < pi/2 meet in
    (theta - pi/2, pi/2), and on the rest of the circle one of the two cosines is negative or 0."""
    whole, part = step.left, step.right
    require(isinstance(whole, sp.Integral) and isinstance(part, sp.Integral), "two integrals are needed")
    require(whole.limits == sp.Tuple(sp.Tuple(phi, -sp.pi, sp.pi)), "the whole circle is needed")
    require(part.limits == sp.Tuple(sp.Tuple(phi, theta - sp.pi / 2, sp.pi / 2)), "the arc is wrong")
    powers = sp.Mul.make_args(whole.function)
    require(all(isinstance(p, PositivePower) for p in powers), "a product of positive parts is needed")
    require({p.args[0] for p in powers} == {sp.cos(phi), sp.cos(phi - theta)}, "wrong arcs")
    require(part.function == sp.Mul(*(p.args[0] ** p.args[1] for p in powers)), "the integrand changed")


@rule("antiderivative", "the fundamental theorem of calculus; the antiderivative is differentiated back")
def antiderivative(step: Step, facts: Facts) -> None:
    """data = (F,): F' equals the integrand and the right side is F(high) - F(low)."""
    require(isinstance(step.left, sp.Integral), "the left side is no integral")
    ((variable, low, high),) = step.left.limits
    (primitive,) = step.data
    require(_entire(primitive), "the antiderivative must be entire")
    require(low.is_finite and (high.is_finite or high == sp.oo), "the ends must be finite, the upper one may be oo")
    difference = sp.diff(primitive, variable) - step.left.function
    require(trigonometric_zero(difference), "the derivative of F is not the integrand")
    at_high = sp.Integer(0) if high == sp.oo else primitive.subs(variable, high)
    if high == sp.oo:
        cofactor = sp.expand(primitive * sp.exp(variable**2 / 2))
        require(cofactor.is_polynomial(variable), "F must be a polynomial times exp(-r^2/2) to vanish at infinity")
    value = at_high - primitive.subs(variable, low)
    require(trigonometric_zero(value - step.right), "F(high) - F(low) is not the right side")


def _entire(expression: sp.Expr) -> bool:
    """Whether it is a polynomial in its symbols and in sines, cosines and exponentials of polynomials."""
    functions = expression.atoms(sp.sin, sp.cos, sp.exp)
    plain = expression.xreplace({function: sp.Dummy() for function in functions})
    return plain.is_polynomial() and all(x.is_polynomial() for function in functions for x in function.args)


@rule("algebra", "substitution of earlier equations and polynomial algebra with s^2 + c^2 = 1")
def algebra(step: Step, facts: Facts) -> None:
    """After substitution both sides are the same polynomial in sines, cosines, angles and roots."""
    require(trigonometric_zero(substitute_facts(step.left, step, facts) - step.right), "the sides differ")


@rule("two-layer-gradients", "the gradients of sqrt(2/m) sum_j a_j (w_j.x)_+ and the law of large numbers over neurons")
def two_layer_gradients(step: Step, facts: Facts) -> None:
    """E<grad_w f, grad_w f'> = <x,x'> * 2 E[1(w.x>0) 1(w.x'>0)] E[a^2], E[a^2] = 1;
    E<grad_a f, grad_a f'> = 2 E[(w.x)_+ (w.x')_+]; weighted by s_1 and s_2. A hidden bias, 0 at the
    start, acts like one more coordinate that is 1: <x,x'> + 1 for <x,x'>."""
    require(isinstance(step.left, GradientMean), "the left side is no mean of gradients")
    first, last, *bias, angle = step.left.args
    require(bias in ([], [sp.Integer(1)]), "the hidden bias is there or not")
    expected = first * (sp.cos(angle) + sum(bias)) * GaussianMean(0, angle) + last * GaussianMean(1, angle)
    require(sp.expand(expected - step.right) == 0, "the gradients are different")


@rule("cosine-variable", "theta = acos(t), a bijection of [0, pi] and [-1, 1]")
def cosine_variable(step: Step, facts: Facts) -> None:
    """kappa(t) is the right side of the used equation at theta = acos(t)."""
    (name,) = step.uses
    require_new_name(step, facts)
    mean = facts[name].left
    require(
        isinstance(mean, GaussianMean | GradientMean) and mean.args[-1] == theta, f"{name} is no mean over networks"
    )
    require(not facts[name].right.atoms(*BINDERS), f"{name} is not yet a closed form")
    expected = facts[name].right.subs(theta, sp.acos(t))
    require(trigonometric_zero(expected - step.right), "the function of t differs")


@rule("derivative", "differentiation of the closed form")
def derivative(step: Step, facts: Facts) -> None:
    """A linear combination of kernels and their derivatives, each replaced by its closed form."""
    substituted = substitute_facts(step.left - step.right, step, facts)
    require(not substituted.atoms(*BINDERS), "only derivatives are evaluated")
    closed = substituted.doit()
    require(trigonometric_zero(closed), "the differential relation does not hold")


@rule("product-definition", "definition of t k0 as a product")
def product_definition(step: Step, facts: Facts) -> None:
    """Names the product of t and a known kernel; nothing is claimed."""
    require_new_name(step, facts)
    source = step.right.atoms(Kappa).pop()
    require(step.right == t * source and source.args[1] == t, "the right side is not t times a kernel")
    require(any(fact.left == source for fact in facts.values()), f"{source} is not known")


@rule("combination-definition", "definition of a linear combination of kernels")
def combination_definition(step: Step, facts: Facts) -> None:
    """Names sum c_i kappa_i of known kernels; nothing is claimed."""
    require_new_name(step, facts)
    known = {fact.left for fact in facts.values() if isinstance(fact.left, Kappa)}
    for term in sp.Add.make_args(step.right):
        factor, source = term.as_independent(Kappa)
        require(factor.is_Rational and isinstance(source, Kappa), f"{term} is no multiple of a kernel")
        require(source in known and source.args[1] == t, f"{source} is not known")
