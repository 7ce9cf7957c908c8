"""Falsified steps about every order, the ends t = 1 and -1, and laws."""

from __future__ import annotations

from dataclasses import replace

import sympy as sp

from tests.theory.genuine_steps import (
    ALL_STEPS,
    ANY_D,
    EVEN,
    HALF,
    LAW,
    LAW_FACTS,
    ODD,
    SLOPE_VALUE,
    F,
    X,
    before,
    given,
    invented,
    right_times_two,
    twin,
    twin_of_law,
)
from tests.theory.twin import Twin
from theory.derivations.one_hidden_layer import K0, K1
from theory.proofs.steps import Step
from theory.symbolic.objects import (
    ArcOrder,
    EndSeries,
    GaussianMean,
    Kappa,
    L,
    Maclaurin,
    Mu,
    Radial,
    Range,
    SlopeProduct,
    a,
    equal,
    k,
    n,
    s,
    t,
)

kappa0, kappa1 = Kappa(K0, t), Kappa(K1, t)
closed0, closed1 = ALL_STEPS["k0-closed"], ALL_STEPS["k1-closed"]
family = ArcOrder(a)
coefficient = ALL_STEPS["orders-b"].right
LAW_TWINS = (
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
)
