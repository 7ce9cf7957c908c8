"""Every rule refuses falsified twins of the steps it accepts, and so does a whole proof.

A twin starts from a step that its rule accepts (which is tested too) and makes one thing wrong, so
a refusal is due to that one thing.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
import sympy as sp

import theory.proofs.rules  # noqa: F401  (registers the rules)
from tests.theory.sign_twins import SIGN_TWINS, SIGNS
from tests.theory.stated_twins import STATED, STATED_TWINS
from tests.theory.twin import Twin, greater
from theory.derivations.ends_of_every_depth import depth_series, lower_series
from theory.derivations.one_hidden_layer import K0, K1, NTK_, T_K0, derive
from theory.kernels import NTK, ArcCosine
from theory.laws.decay import decay, uniform_bounds
from theory.proofs.check import check
from theory.proofs.steps import RULES, Malformed, Proof, Refused, Step
from theory.symbolic.objects import (
    ArcOrder,
    EndSeries,
    GaussianMean,
    GegenbauerCoefficient,
    GradientMean,
    Kappa,
    L,
    Maclaurin,
    Moment,
    Mu,
    PositivePower,
    Radial,
    Range,
    SlopeProduct,
    a,
    d,
    equal,
    j,
    k,
    n,
    phi,
    r,
    s,
    t,
    theta,
)

HALF_ONE = derive(NTK(2, (Fraction(1, 2), 1)))
DEEP, LOWER_END = depth_series(NTK, 4), lower_series(NTK)
ORDER_THREE = derive(ArcCosine(3))
SHAPE = d**d * k ** (k - 1) * (k + d) ** (-k - d)
LOWER, UPPER = uniform_bounds(NTK(2, (Fraction(1, 2), 1)), SHAPE, (Range("k", 2, None, 0), Range("d", 1)))
ALL_STEPS = {
    step.name: step
    for part in (HALF_ONE.steps, LOWER.steps, UPPER.steps, ORDER_THREE.steps, DEEP.steps, LOWER_END.steps)
    for step in part
}
HALF = sp.Rational(1, 2)
EVEN, ODD, ANY_D = Range("k", 2, None, 0), Range("k", 1, None, 1), Range("d", 1)
X, F = sp.symbols("x f")
SQUARE_ROOTS = sp.sqrt((k - 1) * (k - 2)) * sp.sqrt((k - 2) * (k - 3)) * sp.sqrt((k - 1) * (k - 3))


LAW = decay(NTK(depth=4), "k").law[0].proof
LAW_FACTS = {step.name: step for step in LAW.steps[:-1]}
SLOPE_VALUE = LAW_FACTS["slope-value"]


def before(name: str) -> dict[str, Step]:
    """The steps that stand before a step of the derivation."""
    names = list(ALL_STEPS)
    return {earlier: ALL_STEPS[earlier] for earlier in names[: names.index(name)]}


def twin(makes: str, name: str, *extra: Step, **changes: object) -> Twin:
    """A genuine step with some fields changed; `extra` facts stand before it."""
    return Twin(makes, replace(ALL_STEPS[name], **changes), before(name) | {f.name: f for f in extra})


def twin_of_law(makes: str, **changes: object) -> Twin:
    """The law of NTK(depth=4) for even degrees with some fields changed."""
    return Twin(makes, replace(LAW.conclusion, **changes), LAW_FACTS)


def given(name: str, statement: sp.Rel, *ranges: Range, rule: str = "given", data: object = None) -> Step:
    """A fact that a twin may use."""
    return Step(name, statement, rule, data=data, ranges=ranges)


def invented(makes: str, statement: object, rule: str, *facts: Step, data: object = None, ranges: tuple = ()) -> Twin:
    """A false step of its own, which uses all the facts."""
    return Twin(
        makes, Step("twin", statement, rule, tuple(f.name for f in facts), data, ranges), {f.name: f for f in facts}
    )


def first_of(rule: str) -> Step:
    return next(step for step in ALL_STEPS.values() if step.rule == rule)


def climb(term: sp.Expr, *ranges: Range) -> Step:
    """T(k+2) > T(k) as a fact."""
    return given("climb", greater(term.subs(k, k + 2), term), *ranges, rule="monotone", data=(k, 0))


def right_times_two(step: Step) -> sp.Rel:
    return step.statement.func(step.left, 2 * step.right if step.right != 0 else step.left + 1, evaluate=False)


circle = sp.Integral(PositivePower(sp.cos(phi), 1) * PositivePower(sp.cos(phi - theta), 1), (phi, -sp.pi, sp.pi))
bent = theta - sp.pi / 2 + sp.sin(theta)
b0, b1 = (lambda i: Maclaurin(K0, i)), (lambda i: Maclaurin(K1, i))
kappa0, kappa1 = Kappa(K0, t), Kappa(K1, t)
closed0, closed1 = ALL_STEPS["k0-closed"], ALL_STEPS["k1-closed"]
quadratic = sp.gamma(d**2 + d + 1) / sp.gamma(d**2 + d) / d
slow = 1 - 1 / (k + 1)
MOMENT = ALL_STEPS["moment"]
family = ArcOrder(a)
coefficient = ALL_STEPS["orders-b"].right
TWINS = (
    twin("the constant wrong", "k0-polar", statement=right_times_two(ALL_STEPS["k0-polar"])),
    invented("an order that is no integer", equal(GaussianMean(sp.Rational(1, 2), theta), 1), "gaussian-polar"),
    twin(
        "an end of the arc wrong",
        "k1-support",
        statement=equal(circle, sp.Integral(sp.cos(phi) * sp.cos(phi - theta), (phi, theta - sp.pi / 2, sp.pi))),
    ),
    twin(
        "an end bent between its corners",
        "k1-support",
        statement=equal(circle, sp.Integral(sp.cos(phi) * sp.cos(phi - theta), (phi, bent, sp.pi / 2))),
    ),
    invented(
        "a second integration ignored",
        equal(
            sp.Integral(circle.function, (phi, -sp.pi, sp.pi), (r, 0, 1)),
            sp.Integral(sp.cos(phi) * sp.cos(phi - theta), (phi, theta - sp.pi / 2, sp.pi / 2), (r, 0, 7)),
        ),
        "support",
    ),
    twin("the antiderivative lie", "k0-radial", data=(-sp.exp(-(r**2)),)),
    invented(
        "an antiderivative with a pole inside",
        equal(sp.Integral(phi**-2, (phi, -1, 1)), -2),
        "antiderivative",
        data=(-1 / phi,),
    ),
    invented(
        "an antiderivative that jumps",
        equal(sp.Integral(1 / (1 + sp.tan(phi) ** 2), (phi, 0, sp.pi)), 0),
        "antiderivative",
        data=(sp.atan(sp.tan(phi)) / 2,),
    ),
    twin("the sides differ", "k0-angle", statement=equal(ALL_STEPS["k0-angle"].left, (sp.pi - theta) / 2)),
    invented("an inequality of equal sides", greater(t + 1, t + 1), "algebra"),
    invented(
        "a fact outside its angles",
        equal(
            sp.Integral(GaussianMean(0, theta), (theta, -sp.pi, sp.pi)),
            sp.Integral((sp.pi - theta) / sp.pi, (theta, -sp.pi, sp.pi)),
        ),
        "algebra",
        ALL_STEPS["k0-angle"],
    ),
    invented("a fact outside its ranges", equal(Mu(K0, k), 0), "algebra", ALL_STEPS["k0-mu-even"], ranges=(ODD,)),
    twin(
        "a bias that is not there",
        "ntk-gradients",
        statement=equal(GradientMean(sp.Rational(1, 2), 1, 1, theta), ALL_STEPS["ntk-gradients"].right),
    ),
    twin(
        "a weight lost",
        "ntk-gradients",
        statement=equal(
            GradientMean(sp.Rational(1, 2), 1, theta), sp.cos(theta) * GaussianMean(0, theta) + GaussianMean(1, theta)
        ),
    ),
    twin("the function wrong", "k0-closed", statement=equal(kappa0, sp.acos(t) / sp.pi)),
    Twin(
        "a taken name",
        Step("twin", equal(kappa0, closed1.right), "cosine-variable", ("k1-angle",)),
        before("k1-closed"),
    ),
    invented(
        "a kernel of something that is no mean",
        equal(Kappa(F, t), sp.pi - sp.acos(t)),
        "cosine-variable",
        ALL_STEPS["k0-angular"],
    ),
    invented(
        "an index the name of a kernel", equal(Kappa(k, t), closed1.right), "cosine-variable", ALL_STEPS["k1-angle"]
    ),
    twin(
        "a coefficient wrong",
        "k0-ode",
        statement=equal((1 - t**2) * sp.Derivative(kappa0, (t, 2)) - 2 * t * sp.Derivative(kappa0, t), 0),
    ),
    invented(
        "an identity on one parity a relation for all",
        equal(sp.Derivative(b0(n), n), 0),
        "derivative",
        given("even", equal(b0(n), 0), Range("n", 2, None, 0)),
    ),
    twin("a factor of t", "t_k0-closed", statement=equal(Kappa(T_K0, t), 2 * t * kappa0)),
    twin("a product with itself", "t_k0-closed", statement=equal(Kappa(T_K0, t), t * Kappa(T_K0, t))),
    twin("a product with a number", "t_k0-closed", statement=equal(Kappa(T_K0, t), t * Kappa(K0, 0))),
    twin("the value wrong", "k0-b1", statement=equal(b0(1), 1 / sp.pi**2)),
    invented("an eigenvalue of a coefficient", equal(Mu(K0, 1), 1 / sp.pi), "value-at-zero", closed0),
    invented(
        "a coefficient where nothing is analytic",
        equal(Maclaurin(F, 0), 0),
        "value-at-zero",
        given("root", equal(Kappa(F, t), t * sp.sqrt(t))),
    ),
    twin(
        "the recurrence shifted", "k0-recurrence", statement=equal((n + 1) * (n + 2) * b0(n + 2), (n + 1) ** 2 * b0(n))
    ),
    invented(
        "the value at 0 a function",
        equal(Maclaurin(F, n), Maclaurin(K0, n - 1)),
        "coefficients",
        given("frozen", equal(Kappa(F, t), t * Kappa(K0, 0))),
    ),
    invented(
        "a square linear",
        equal(Maclaurin(F, n), Maclaurin(kappa0, n)),
        "coefficients",
        given("square", equal(Kappa(F, t), kappa0**2)),
    ),
    twin("the formula twice", "k0-odd", statement=right_times_two(ALL_STEPS["k0-odd"])),
    twin("the other parity", "k0-odd", ranges=(Range("n", 2, None, 0),)),
    twin("both parities", "k0-odd", ranges=(Range("n", 1),)),
    invented(
        "a start where the recurrence does not reach",
        equal(b0(n), sp.gamma(n / 2)),
        "recurrence-solution",
        given("late", equal(b0(n + 2), n / 2 * b0(n)), Range("n", 100)),
        given("start", equal(b0(1), sp.sqrt(sp.pi))),
        ranges=(Range("n", 1, None, 1),),
    ),
    invented(
        "a recurrence that says nothing of the next one",
        equal(b0(n), n),
        "recurrence-solution",
        given("empty", equal(5 * b0(n + 2) + b0(n), 5 * b0(n + 2) + b0(n))),
        given("start", equal(b0(1), 1)),
        ranges=(Range("n", 1, None, 1),),
    ),
    twin("the value not zero", "k0-b2", statement=equal(b0(2), 1)),
    invented(
        "a fact of one parity for all",
        equal(b0(n + 2), 0),
        "recurrence-instance",
        ALL_STEPS["k0-recurrence"],
        ALL_STEPS["k0-even"],
        data=(n,),
        ranges=(Range("n", 1, None, 1),),
    ),
    twin("a wrong start", "k1-even", statement=right_times_two(ALL_STEPS["k1-even"])),
    twin("a start for the other class", "k1-odd", ranges=(Range("n", 1, None, 1),)),
    invented(
        "a relation below its reach",
        equal(b1(n), 0),
        "coefficient-relation",
        given("relation", equal((n + 1) * b1(n + 1), b0(n)), Range("n", 5)),
        given("zero", equal(b0(n), 0)),
        ranges=(Range("n", 1),),
    ),
    twin("the sum twice", "ntk-even", statement=right_times_two(ALL_STEPS["ntk-even"])),
    twin("a class that is not known", "ntk-even", ranges=(Range("n", 0, None, 0),)),
    invented(
        "a division by 0",
        equal(Maclaurin(F, n), b0(n)),
        "coefficient-sum",
        given("relation", equal(n * Maclaurin(F, n) - n * b0(n), 0)),
        ranges=(Range("n", 0, None, 0),),
    ),
    twin(
        "the moment of the other parity",
        "moment",
        statement=equal(Moment(n, k), MOMENT.right.subs(j, (n - k) / 2)),
        ranges=(Range("n", 0), Range("k", 0), ANY_D),
    ),
    twin("the moments twice", "moment", statement=right_times_two(MOMENT)),
    twin("the dimension shifted", "moment", statement=equal(MOMENT.left, MOMENT.right.subs(d, d + 2))),
    twin("negative degrees", "moment", ranges=(Range("j", 0), Range("k", -2), ANY_D)),
    twin(
        "another degree than the sum's", "k0-odd-series", statement=equal(Mu(K0, 5), ALL_STEPS["k0-odd-series"].right)
    ),
    twin("degrees of the other parity", "k0-odd-series", ranges=(EVEN, ANY_D)),
    twin(
        "moments of something else",
        "k0-odd-series",
        given("lie", equal(Moment(n, k), MOMENT.right)),
        uses=("k0-odd", "lie", "k0-closed"),
    ),
    invented(
        "a sum of a finite formula",
        ALL_STEPS["k0-odd-series"].statement,
        "termwise",
        given("finite", ALL_STEPS["k0-odd"].statement, Range("n", 1, 1)),
        MOMENT,
        closed0,
        ranges=(ODD, ANY_D),
    ),
    invented(
        "negative coefficients",
        equal(Mu(F, k), sp.Sum(-MOMENT.right, (j, 0, sp.oo))),
        "termwise",
        given("minus", equal(Maclaurin(F, n), -1), Range("n", 0)),
        MOMENT,
        given("closed", equal(Kappa(F, t), t)),
        ranges=(Range("k", 0), ANY_D),
    ),
    twin("the sum twice", "k0-odd-sum", statement=right_times_two(ALL_STEPS["k0-odd-sum"])),
    twin("degrees where the summand has poles", "k1-even-sum", ranges=(Range("k", 1, None, 1), ANY_D)),
    twin("a dimension without range", "k0-odd-sum", ranges=(ODD,)),
    invented(
        "a series at 3/4 one at 1",
        equal(sp.Sum(sp.Rational(3, 4) ** j / sp.gamma(j + 1), (j, 0, sp.oo)), sp.gamma(5) / sp.gamma(5 - j)),
        "gauss-sum",
        data=(j / 2, -j / 2, 5),
    ),
    twin("the value wrong", "k0-mu0", statement=equal(Mu(K0, 0), 1)),
    twin("another degree zero", "k0-mu-even", statement=equal(Mu(K0, 1), 0)),
    twin("a coefficient zero", "k0-mu-even", statement=equal(Maclaurin(K0, 1), 0)),
    twin("the other parity zero", "k0-mu-even", ranges=(Range("k", 3, None, 1), ANY_D)),
    invented(
        "one vanishing coefficient all of them",
        equal(Mu(K0, k), 0),
        "single-power",
        given("b2", equal(b0(2), 0), Range("n", 3, None, 1)),
        ALL_STEPS["k0-b1"],
        MOMENT,
        closed0,
        ranges=(Range("k", 3, None, 1), ANY_D),
    ),
    invented(
        "lower powers disappear",
        equal(Mu(F, k), 0),
        "single-power",
        given("beyond", equal(Maclaurin(F, n), 0), Range("n", 4, None, 0)),
        given("b2", equal(Maclaurin(F, 2), 1)),
        MOMENT,
        given("closed", equal(Kappa(F, t), t**2)),
        ranges=(Range("k", 0, 0), ANY_D),
    ),
    twin(
        "the weights exchanged",
        "times-t",
        statement=equal(Mu(T_K0, k), (k * Mu(K0, k + 1) + (k + d - 1) * Mu(K0, k - 1)) / (2 * k + d - 1)),
    ),
    twin("degree 0 one of the others", "times-t", ranges=(Range("k", 0), ANY_D)),
    twin("another degree than 0", "times-t-0", statement=equal(Mu(T_K0, 5), Mu(K0, 1))),
    twin(
        "a Gegenbauer coefficient an eigenvalue",
        "times-t",
        statement=equal(GegenbauerCoefficient(T_K0, k), ALL_STEPS["times-t"].right),
    ),
    twin("a weight twice", "linearity", statement=equal(Mu(NTK_, k), Mu(T_K0, k) + Mu(K1, k))),
    invented(
        "a constant an eigenvalue of every degree",
        equal(Mu(F, k), Mu(K0, k) + 1),
        "linearity",
        given("shifted", equal(Kappa(F, t), kappa0 + 1)),
        ranges=(Range("k", 0), ANY_D),
    ),
    invented(
        "a value a function",
        equal(Mu(F, k), Mu(K0, k)),
        "linearity",
        given("frozen", equal(Kappa(F, t), Kappa(K0, 1))),
        ranges=(Range("k", 0), ANY_D),
    ),
    twin(
        "a Gegenbauer coefficient an eigenvalue",
        "linearity",
        statement=equal(GegenbauerCoefficient(NTK_, k), ALL_STEPS["linearity"].right),
    ),
    twin("d = 1 allowed", "gegenbauer", ranges=(EVEN, ANY_D)),
    twin("degrees where mu is another one", "gegenbauer", ranges=(Range("k", 0), Range("d", 2))),
    twin("a multiplicity for the coefficient", "gegenbauer", statement=right_times_two(ALL_STEPS["gegenbauer"])),
    invented(
        "a fact at k = 0 one at k = 5",
        equal(Mu(F, 5), 1),
        "instance",
        given("zero", equal(Mu(F, k), 1), Range("k", 0, 0)),
        ranges=(Range("k", 5, 5),),
    ),
    invented(
        "a fact for d >= 2 one for d = 1",
        equal(Mu(F, 5), 1),
        "instance",
        given("high", equal(Mu(F, k), 1), Range("k", 0), Range("d", 2)),
        ranges=(Range("k", 5, 5), ANY_D),
    ),
    twin("the eigenvalue twice", "mu-even", statement=right_times_two(ALL_STEPS["mu-even"])),
    twin("k = 0 allowed", "mu-even", ranges=(Range("k", 0, None, 0), ANY_D)),
    twin("a fact on even degrees one on odd", "t_k0-even", ranges=(Range("k", 3, None, 1), ANY_D)),
    twin(
        "a fact for d >= 2 one for d = 1",
        "mu-odd",
        given("high", equal(Mu(T_K0, k), 0), ODD, Range("d", 2)),
        uses=("linearity", "high", "k1-mu-odd"),
    ),
    invented(
        "a fact at most up to k = 4 one beyond",
        equal(Mu(F, 6), 1),
        "gamma-algebra",
        given("low", equal(Mu(F, k), 1), Range("k", 0, 4)),
    ),
    invented(
        "a removable pole a value",
        equal((k - 3) * sp.gamma(k - 3), sp.gamma(k - 2)),
        "gamma-algebra",
        ranges=(Range("k", 3),),
    ),
    invented(
        "a root of a square its base", equal(sp.sqrt((k - 1) ** 2), k - 1), "gamma-algebra", ranges=(Range("k", 0),)
    ),
    invented(
        "roots of products products of roots",
        equal(SQUARE_ROOTS, (k - 1) * (k - 2) * (k - 3)),
        "gamma-algebra",
        ranges=(Range("k", 0),),
    ),
    invented("(-1)^k equal to 1", equal((-1) ** k, 1), "gamma-algebra", ranges=(EVEN,)),
    invented(
        "an empty range",
        equal(Mu(F, k), 1),
        "gamma-algebra",
        given("other", equal(Mu(F, k), 1), Range("k", 5)),
        ranges=(Range("k", 5, 4),),
    ),
    invented(
        "two ranges of one variable",
        equal(Mu(F, k), 1),
        "gamma-algebra",
        given("other", equal(Mu(F, k), 1), Range("k", 5)),
        ranges=(Range("k", 5), Range("k", 0)),
    ),
    twin("the limit twice", first_of("limit").name, statement=right_times_two(first_of("limit"))),
    invented("a Gamma of a square linear", equal(sp.Limit(quadratic, d, sp.oo), 1), "limit"),
    invented("a growing term bounded", equal(sp.Limit((k + 1) ** 2 / k, k, sp.oo), 1), "limit"),
    invented(
        "a leading coefficient that vanishes",
        equal(sp.Limit(((k - 2) * d + 1) / d / (k - 2), d, sp.oo), 1),
        "limit",
        ranges=(Range("k", 0),),
    ),
    invented("a Gamma at its poles", equal(sp.Limit(sp.gamma(3 - k) / sp.gamma(2 - k) / k, k, sp.oo), -1), "limit"),
    invented(
        "a symbolic slope",
        equal(sp.Limit(sp.gamma(k * d + 1) / sp.gamma(k * d) / (k * d), d, sp.oo), 1),
        "limit",
        ranges=(Range("k", 0),),
    ),
    invented("a sequence rise that falls", greater(1 / (k + 2), 1 / k), "monotone", data=(k, 0), ranges=(EVEN,)),
    invented(
        "log of what crosses 1",
        greater(
            (k + 2) / (k + 7) * (k + 4) ** (k + 2) / (k + 2) ** k / 99, (k / (k + 5)) * (k + 2) ** k / k ** (k - 2) / 99
        ),
        "monotone",
        data=(k, 2),
        ranges=(EVEN,),
    ),
    invented(
        "a remainder of the wrong sign",
        greater(2 ** (k + 2) * (k + 2) ** (-k - 2), 2**k * k ** (-k)),
        "monotone",
        data=(k, -2),
        ranges=(Range("k", 4),),
    ),
    invented(
        "a square that vanishes positive",
        greater((k - 4) ** 2 * (k + 2), (k - 6) ** 2 * k),
        "monotone",
        data=(k, 0),
        ranges=(EVEN,),
    ),
    invented(
        "a Gamma of a square climb slowly",
        sp.StrictLessThan(sp.gamma((k + 2) ** 2 + k + 2) / (k + 2) ** 40, sp.gamma(k**2 + k) / k**40, evaluate=False),
        "monotone",
        data=(k, 0),
        ranges=(Range("k", 2),),
    ),
    invented(
        "a Gamma positive at its poles",
        greater(((k + 2) / sp.gamma(-k) ** 2).subs(k, k + 2), (k + 2) / sp.gamma(-k) ** 2),
        "monotone",
        data=(k, 0),
        ranges=(EVEN,),
    ),
    invented("a missing range", greater(d * (k + 2), d * k), "monotone", data=(k, 0), ranges=(EVEN,)),
    invented("a vanishing square positive", greater((k - 4) ** 2, 0), "positive", ranges=(EVEN,)),
    invented("a Gamma positive at its poles", greater(sp.gamma(2 - k) ** 2, 0), "positive", ranges=(EVEN,)),
    invented("an odd power of a negative positive", greater((1 - k) ** 3, 0), "positive", ranges=(EVEN,)),
    invented(
        "an earlier start",
        sp.GreaterThan(slow, sp.Rational(1, 2), evaluate=False),
        "first-value",
        climb(slow, EVEN),
        ranges=(Range("k", 0, None, 0),),
    ),
    invented(
        "both parities start at the first",
        sp.GreaterThan(slow, slow.subs(k, 3), evaluate=False),
        "first-value",
        climb(slow, Range("k", 1)),
        ranges=(Range("k", 3),),
    ),
    invented(
        "a climb of one step go on",
        sp.GreaterThan(slow, slow.subs(k, 2), evaluate=False),
        "first-value",
        climb(slow, Range("k", 2, 2)),
        ranges=(EVEN,),
    ),
    invented(
        "a climb of the other parity",
        sp.GreaterThan(slow, slow.subs(k, 3), evaluate=False),
        "first-value",
        climb(slow, EVEN),
        ranges=(Range("k", 3, None, 1),),
    ),
    invented(
        "the bound of another first value",
        sp.GreaterThan(slow, sp.Rational(3, 4), evaluate=False),
        "first-value",
        climb(slow, EVEN),
        ranges=(EVEN,),
    ),
    invented(
        "the limit a lower bound",
        greater(slow, 1),
        "limit-value",
        climb(slow, EVEN),
        given("limit", equal(sp.Limit(slow, k, sp.oo), 1)),
        ranges=(EVEN,),
    ),
    invented(
        "a limit for d >= 9 one for all d",
        sp.StrictLessThan(d * slow, d, evaluate=False),
        "limit-value",
        climb(d * slow, EVEN, ANY_D),
        given("limit", equal(sp.Limit(d * slow, k, sp.oo), d), Range("d", 9)),
        ranges=(EVEN, ANY_D),
    ),
    invented(
        "a climb that ends reach the limit",
        sp.StrictLessThan(slow, 1, evaluate=False),
        "limit-value",
        climb(slow, Range("k", 2, 8, 0)),
        given("limit", equal(sp.Limit(slow, k, sp.oo), 1)),
        ranges=(EVEN,),
    ),
    invented(
        "links of two directions",
        greater(k, 5),
        "transitivity",
        given("up", greater(k, d)),
        given("down", sp.StrictLessThan(d, 5, evaluate=False)),
    ),
    invented("no link strict", greater(k, 5), "transitivity", given("weak", sp.GreaterThan(k, 5, evaluate=False))),
    invented(
        "links that do not meet", greater(k, 5), "transitivity", given("a", greater(k, 2)), given("b", greater(3, 5))
    ),
    invented(
        "a link outside its ranges",
        greater(k, 5),
        "transitivity",
        given("a", greater(k, 5), Range("k", 6)),
        ranges=(EVEN,),
    ),
    invented(
        "links meet in a root of a square",
        greater(k**3, (k - 1) * 7),
        "transitivity",
        given("a", greater(k**3, sp.sqrt((k - 1) ** 2))),
        given("b", greater(k - 1, (k - 1) * 7)),
        ranges=(Range("k", 0),),
    ),
    invented("no links", greater(1, 2), "transitivity"),
    invented("1 greater than 2", greater(1, 2), "compare-constants"),
    invented("1 equal to 2", equal(1, 2), "compare-constants"),
    invented("a variable constant", greater(k, -1), "compare-constants"),
    invented(
        "one parity twice",
        greater(k, 5),
        "all-parities",
        given("a", greater(k, 5), Range("k", 6, None, 0)),
        given("b", greater(k, 5), Range("k", 6, None, 0)),
        ranges=(Range("k", 6),),
    ),
    invented(
        "a gap",
        greater(k, 5),
        "all-parities",
        given("a", greater(k, 5), Range("k", 6, None, 0)),
        given("b", greater(k, 5), Range("k", 9, None, 1)),
        ranges=(Range("k", 6),),
    ),
    invented(
        "an end",
        greater(k, 5),
        "all-parities",
        given("a", greater(k, 5), Range("k", 6, 10, 0)),
        given("b", greater(k, 5), Range("k", 7, None, 1)),
        ranges=(Range("k", 6),),
    ),
    invented(
        "another range wider",
        greater(k, d),
        "all-parities",
        given("a", greater(k, d), Range("k", 6, None, 0), Range("d", 3)),
        given("b", greater(k, d), Range("k", 7, None, 1), Range("d", 3)),
        ranges=(Range("k", 6), ANY_D),
    ),
    twin(
        "the name of another order", "orders", statement=equal(Kappa(ArcOrder(a + 1), t), GaussianMean(a, sp.acos(t)))
    ),
    invented("a number and a half an order", equal(Kappa(F, t), GaussianMean(HALF, sp.acos(t))), "order-kernel"),
    Twin(
        "a taken name an order",
        Step("twin", equal(kappa0, GaussianMean(3, sp.acos(t))), "order-kernel"),
        before("orders"),
    ),
    twin(
        "order 0 order 1",
        "order-0",
        statement=equal(kappa0, GaussianMean(1, sp.acos(t))),
        uses=("k1-angle", "k0-closed"),
    ),
    twin(
        "one derivative a to the first power",
        "orders-price",
        statement=equal(sp.Derivative(Kappa(family, t), t), a * Kappa(ArcOrder(a - 1), t)),
    ),
    twin("the derivative of a step a function", "orders-price", ranges=(Range("a", 0),)),
    twin("the mean squared twice", "orders-b0", statement=right_times_two(ALL_STEPS["orders-b0"])),
    twin(
        "a formula right at orders 0 and 1 alone",
        "orders-b0",
        statement=equal(Maclaurin(family, 0), (1 - a) / 2 + a / sp.pi),
    ),
    twin("a relation from order 1 one from order 0", "orders-relation", ranges=(Range("a", 0),)),
    *(
        twin(
            f"a wrong {name} carry all orders", "orders-b", statement=equal(Maclaurin(family, n), coefficient * factor)
        )
        for name, factor in (("start", 2), ("index", n + 1), ("order", a + 1), ("step", 1 + a * n))
    ),
    twin(
        "odd coefficients all of order 0",
        "orders-b",
        uses=("orders-relation", "orders-b0", "order-0-odd", "order-0-odd", "order-0", "orders"),
    ),
    twin(
        "another kernel order 0",
        "orders-b",
        given("order-1", equal(kappa0, GaussianMean(1, sp.acos(t)))),
        uses=("orders-relation", "orders-b0", "order-0-even", "order-0-odd", "order-1", "orders"),
    ),
    twin("order 2 order 3", "k3-b", statement=equal(Maclaurin(sp.Symbol("k3"), n), coefficient.subs(a, 2))),
    twin(
        "a fact of some degrees one of all",
        "k3-all",
        given("large", ALL_STEPS["orders-mu"].statement, Range("k", 4)),
        uses=("large", "orders", "k3-mean"),
    ),
    twin("the other parity reflected", "k3-mu", ranges=(ODD, ANY_D)),
    twin("both parities reflected", "k3-mu", ranges=(Range("k", 0), ANY_D)),
    twin("a degree below the order zero", "k3-zero", ranges=(Range("k", 3, None, 1), ANY_D)),
    invented("an unknown kernel a part", equal(Kappa(F, t), 2 * Kappa(X, t)), "combination-definition", closed0),
    invented("a product a combination", equal(Kappa(F, t), t * kappa0), "combination-definition", closed0),
    invented("a value a part", equal(Kappa(F, t), Kappa(K0, 0)), "combination-definition", closed0),
    invented("a combination of itself", equal(kappa0, 2 * kappa0), "combination-definition", closed0),
    twin("k0 start twice", "k0-end", statement=right_times_two(ALL_STEPS["k0-end"])),
    twin("k0 come from k1", "k0-end", uses=("k1-closed",)),
    twin("k1 start twice", "k1-end", statement=right_times_two(ALL_STEPS["k1-end"])),
    twin("one layer twice", "sigma-end", statement=right_times_two(ALL_STEPS["sigma-end"])),
    twin("the induction start at depth 2", "sigma-end", ranges=(Range("L", 2),)),
    twin("the induction at -1 start at depth 1", "sigma-lower", ranges=(Range("L", 1),)),
    twin(
        "a slope of the next layer",
        "sigma-lower",
        statement=equal(
            ALL_STEPS["sigma-lower"].left, ALL_STEPS["sigma-lower"].right.subs(SlopeProduct(L), SlopeProduct(L + 1))
        ),
    ),
    twin("the singular part at -1 the value", "theta-lower", statement=right_times_two(ALL_STEPS["theta-lower"])),
    twin("the bound of depth 3 one of depth 2", "slopes-from-3", ranges=(Range("L", 2),)),
    twin(
        "a depth later",
        "theta-end",
        statement=equal(ALL_STEPS["theta-end"].left, ALL_STEPS["theta-end"].right.subs(L, L + 1)),
    ),
    twin("another slope of one layer", "theta-end", uses=("sigma-end", "k1-end")),
    twin_of_law("the law of even degrees one of odd ones", ranges=(ODD, ANY_D)),
    twin_of_law("half of a constant the whole", statement=equal(LAW.conclusion.left / 2, 1)),
    twin_of_law("one end both", uses=LAW.conclusion.uses[:1] * 2 + LAW.conclusion.uses[2:]),
    Twin(
        "the slopes of depth 4 those of 3",
        replace(SLOPE_VALUE, statement=equal(SlopeProduct(3), SLOPE_VALUE.right)),
        LAW_FACTS,
    ),
    invented(
        "a law its own square",
        equal(sp.Limit(LAW.conclusion.left.args[0] ** 2, k, sp.oo), 2),
        "law-quotient",
        LAW.conclusion,
        ranges=LAW.conclusion.ranges,
    ),
    invented("a quotient with a free eigenvalue", equal(sp.Limit(Mu(F, k), k, sp.oo), 1), "law-quotient"),
    invented(
        "the slope at the end half of it",
        equal(sp.Limit((1 - kappa0) / sp.sqrt(1 - t), t, 1, "-"), 1 / (sp.sqrt(2) * sp.pi)),
        "end-limit",
        ALL_STEPS["k0-end"],
    ),
    invented(
        "a radial kernel of another rate", equal(EndSeries(Radial(sp.Integer(2)), 2), 1 - sp.sqrt(2) * s), "radial-end"
    ),
    invented("what grows vanish", equal(sp.Limit(2**k / k, k, sp.oo), 0), "vanishing", ranges=(EVEN,)),
    invented("a constant vanish", equal(sp.Limit(k / (k + 1), k, sp.oo), 0), "vanishing", ranges=(EVEN,)),
    *SIGN_TWINS,
    *STATED_TWINS,
    invented(
        "a Gamma one parity late", equal(sp.gamma(1 - k / 2), sp.pi / sp.gamma(k / 2)), "gamma-algebra", ranges=(ODD,)
    ),
)


@pytest.mark.parametrize("step", ALL_STEPS.values(), ids=list(ALL_STEPS))
def test_genuine_steps_are_accepted(step: Step) -> None:
    RULES[step.rule](step, before(step.name))


@pytest.mark.parametrize("proof", SIGNS.values(), ids=list(SIGNS))
def test_genuine_proofs_of_signs_are_accepted(proof: Proof) -> None:
    assert check(proof)


def test_the_genuine_proof_of_a_statement_is_accepted() -> None:
    assert check(STATED)


def test_every_rule_has_a_twin() -> None:
    assert {twin.step.rule for twin in TWINS} == set(RULES)


@pytest.mark.parametrize("twin", TWINS, ids=repr)
def test_twins_are_refused(twin: Twin) -> None:
    with pytest.raises((Refused, Malformed)):
        RULES[twin.step.rule](twin.step, twin.facts)


@pytest.mark.parametrize(
    "statement", [sp.true, sp.false, True, sp.Integer(1), equal(sp.nan, sp.nan), equal(sp.zoo, sp.zoo)]
)
@pytest.mark.parametrize("rule", sorted(RULES))
def test_what_is_no_relation_is_refused(rule: str, statement: object) -> None:
    with pytest.raises((Refused, Malformed)):
        RULES[rule](Step("empty", statement, rule), {})
