"""Falsified steps from a kernel's definition to its eigenvalues."""

from __future__ import annotations

import sympy as sp

from tests.theory.genuine_steps import ALL_STEPS, ANY_D, EVEN, ODD, F, before, given, invented, right_times_two, twin
from tests.theory.twin import Twin, greater
from theory.derivations.one_hidden_layer import K0, K1, NTK_, T_K0
from theory.proofs.steps import Step
from theory.symbolic.objects import (
    GaussianMean,
    GegenbauerCoefficient,
    GradientMean,
    Kappa,
    Maclaurin,
    Moment,
    Mu,
    PositivePower,
    Range,
    d,
    equal,
    j,
    k,
    n,
    phi,
    r,
    t,
    theta,
)

circle = sp.Integral(PositivePower(sp.cos(phi), 1) * PositivePower(sp.cos(phi - theta), 1), (phi, -sp.pi, sp.pi))
bent = theta - sp.pi / 2 + sp.sin(theta)
b0, b1 = (lambda i: Maclaurin(K0, i)), (lambda i: Maclaurin(K1, i))
kappa0, kappa1 = Kappa(K0, t), Kappa(K1, t)
closed0, closed1 = ALL_STEPS["k0-closed"], ALL_STEPS["k1-closed"]
MOMENT = ALL_STEPS["moment"]
KERNEL_TWINS = (
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
)
