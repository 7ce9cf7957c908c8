"""Falsified steps about signs of coefficients, and the genuine proofs that they start from."""

from __future__ import annotations

from dataclasses import replace

import sympy as sp

from tests.theory.twin import Twin, greater
from theory.kernels import NTK, ArcCosine, PowerSeries
from theory.language.statement import parse_statement
from theory.proofs.steps import Step
from theory.statements.decide import decide
from theory.symbolic.objects import KernelName, Maclaurin, Mu, MuOn, Range, d, equal, k, n, t

ANY_D = Range("d", 1)
X, F = sp.symbols("x f")
SIGNS = {
    rule: decide(parse_statement(says, kernel, where)).proof
    for rule, says, kernel, where in (
        ("series-sign", "mu(k) > 0", "NTK(depth=L)", ["L >= 3"]),
        ("sign-of-parts", "mu(k) + mu(k+1) > 0", "NTK(depth=3)", []),
        ("walk-down", "mu(k) > mu(k+2)", "Gaussian(rate=1)", []),
        ("trace-bound", "N(d,k)*mu(k) < L", "NTK(depth=L)", ["L >= 3"]),
        ("value-at-one", "kappa(t) <= 3", "NTK(depth=3)", []),
        ("walk-far", "mu(k) < mu(0)", "NTK(depth=3)", ["k even", "k >= 2"]),
        ("mixture-down", "mu(k+1) < mu(k)", "Gaussian(rate=1) + Laplace(rate=1)", []),
        ("dimension-down", "mu(k, d+1) < mu(k)", "NTK(depth=3)", ["k even"]),
        ("dimension-law", "mu(k) = Theta(d**(-k)) as d -> oo", "NTK(depth=L)", ["L >= 3", "k >= 4", "k even"]),
    )
}
SIGN_STEPS = {step.rule: (step, proof) for proof in reversed(SIGNS.values()) for step in reversed(proof.steps)}
MU_SIGN, WALK, SUM, MIXED, IN_D, TRACE, VALUE, FAR, LOWER, SPHERES = (
    SIGN_STEPS[rule][0]
    for rule in (
        "series-sign",
        "walk-down",
        "sign-of-parts",
        "mixture",
        "dimension-law",
        "trace-bound",
        "value-at-one",
        "walk-far",
        "mixture-down",
        "dimension-down",
    )
)
CUBIC = KernelName("PowerSeries((0, -3/5, 0, 1))")  # mu_1 = 3/20 on S^1, -1/10 on S^3; mu_d >= 0 on every S^d
DIAGONAL = {
    "own": Step("own", sp.GreaterThan(Mu(CUBIC, d), 0, evaluate=False), "series-sign", ranges=(ANY_D,)),
    "all": Step("all", sp.GreaterThan(Mu(CUBIC, k), 0, evaluate=False), "series-sign", ranges=(Range("k", 0), ANY_D)),
}
UP = sp.GreaterThan(Mu(CUBIC, d), Mu(CUBIC, d + 2), evaluate=False)  # false at d = 1
ONE, DEEP_B = (Maclaurin(KernelName(name), n) for name in ("ArcCosine(order=1)", "NTK(depth=L)"))


def twin_of_signs(makes: str, rule: str, **changes: object) -> Twin:
    """A step about signs with one thing changed, among the steps of its proof."""
    step, proof = SIGN_STEPS[rule]
    return Twin(makes, replace(step, **changes), {s.name: s for s in proof.steps})


SIGN_TWINS = (
    *(
        Twin("the sign of mu_d that of mu_d on a larger sphere", Step("up", UP, name, uses, None, (ANY_D,)), DIAGONAL)
        for name, uses in (("walk-down", ("own",)), ("walk-far", ("own", "all")))
    ),
    *(
        twin_of_signs(makes, rule, **changes)
        for makes, rule, changes in (
            ("a kernel another", "hermite-squares", {"data": ArcCosine(0)}),
            (
                "every coefficient of k1 positive",
                "hermite-squares",
                {"statement": greater(Maclaurin(KernelName("ArcCosine(order=1)"), n), 0), "ranges": (Range("n", 0),)},
            ),
            (
                "an odd coefficient of k1 none",
                "hermite-squares",
                {"statement": equal(ONE, 0), "ranges": (Range("n", 3, None, 1),)},
            ),
            ("a coefficient at most 0", "hermite-squares", {"statement": sp.LessThan(ONE, 0)}),
            ("a family one depth more", "coefficient-signs", {"ranges": (Range("n", 0), Range("L", 1))}),
            ("the layers without k1", "coefficient-signs", {"uses": ("ArcCosine(order=0): no sign",)}),
            (
                "the layers without their positive coefficients",
                "coefficient-signs",
                {"uses": tuple(f"ArcCosine(order={i}): no sign" for i in (0, 1)), "statement": greater(DEEP_B, 0)},
            ),
            ("an eigenvalue without moments", "series-sign", {"uses": (*MU_SIGN.uses[1:],)}),
            ("an eigenvalue zero", "series-sign", {"statement": equal(MU_SIGN.left, 0)}),
            ("what is not negative positive", "series-sign", {"uses": MU_SIGN.uses[:2]}),
            ("an index negative", "series-sign", {"statement": greater(MU_SIGN.left.subs(k, k - 1), 0)}),
            (
                "another kernel's eigenvalue",
                "series-sign",
                {"statement": greater(Mu(KernelName("NTK(depth=2)"), k), 0)},
            ),
            ("all depths", "series-sign", {"ranges": (Range("k", 0), ANY_D, Range("L", 1))}),
            ("three degrees two", "walk-down", {"statement": greater(WALK.left, WALK.right.subs(k, k + 1))}),
            ("up down", "walk-down", {"statement": greater(WALK.right, WALK.left)}),
            ("an equation", "walk-down", {"statement": sp.StrictLessThan(WALK.left, WALK.right)}),
            ("less than the trace", "trace-bound", {"statement": greater(TRACE.left - 1, TRACE.right)}),
            ("another multiplicity", "trace-bound", {"statement": greater(TRACE.left, 2 * TRACE.right)}),
            (
                "a square of what is bounded",
                "trace-bound",
                {"statement": greater(TRACE.left, TRACE.right * MU_SIGN.left)},
            ),
            ("the trace of another kernel", "trace-bound", {"data": NTK(3)}),
            ("a trace without signs", "trace-bound", {"uses": ()}),
            ("even coefficients all of them", "trace-bound", {"uses": TRACE.uses[1:2]}),
            ("a strict bound by the trace alone", "trace-bound", {"uses": TRACE.uses[:1]}),
            ("a bound from below", "trace-bound", {"statement": sp.StrictLessThan(TRACE.left, TRACE.right)}),
            ("less than the value at one", "value-at-one", {"statement": sp.GreaterThan(VALUE.left - 1, VALUE.right)}),
            ("a strict bound by the value at one", "value-at-one", {"statement": greater(VALUE.left, VALUE.right)}),
            ("twice a value", "value-at-one", {"statement": sp.GreaterThan(VALUE.left, 2 * VALUE.right)}),
            (
                "a value off the sphere",
                "value-at-one",
                {"statement": sp.GreaterThan(VALUE.left, VALUE.right.subs(t, 1 + t))},
            ),
            ("a value of another kernel", "value-at-one", {"data": NTK(2)}),
            ("a value without signs", "value-at-one", {"uses": ()}),
            ("a value with half of the signs", "value-at-one", {"uses": VALUE.uses[1:]}),
            ("a value from below", "value-at-one", {"statement": sp.LessThan(VALUE.left, VALUE.right)}),
            ("up far down", "walk-far", {"statement": greater(FAR.right, FAR.left)}),
            ("an odd distance even", "walk-far", {"statement": greater(FAR.left, FAR.right.subs(k, k + 1))}),
            ("any distance even", "walk-far", {"ranges": (Range("k", 2), ANY_D)}),
            ("no distance one", "walk-far", {"ranges": (Range("k", 0, None, 0), ANY_D)}),
            ("the sign of one degree that of all", "walk-far", {"uses": FAR.uses[:1] * 2}),
            ("another kernel lower", "walk-far", {"statement": greater(FAR.left, Mu(KernelName("NTK(depth=2)"), k))}),
            ("at most down", "walk-far", {"statement": sp.StrictLessThan(FAR.left, FAR.right)}),
            ("what is not negative down far", "walk-far", {"uses": FAR.uses[1:] * 2}),
            ("a lower degree lower", "mixture-down", {"statement": greater(LOWER.right, LOWER.left)}),
            ("three degrees none", "mixture-down", {"statement": greater(LOWER.left, LOWER.right.subs(k, k - 1))}),
            ("half a mixture one", "mixture-down", {"uses": LOWER.uses[:1]}),
            ("a network a mixture", "mixture-down", {"data": NTK(3)}),
            ("a mixture at most lower", "mixture-down", {"statement": sp.StrictLessThan(LOWER.left, LOWER.right)}),
            ("a smaller sphere lower", "dimension-down", {"statement": greater(SPHERES.right, SPHERES.left)}),
            (
                "the same sphere lower",
                "dimension-down",
                {"statement": greater(SPHERES.left, MuOn(SPHERES.left.args[0], k, d))},
            ),
            (
                "another degree on another sphere",
                "dimension-down",
                {"statement": greater(SPHERES.left, SPHERES.right.subs(k, k + 2))},
            ),
            (
                "another kernel on a sphere",
                "dimension-down",
                {"statement": greater(Mu(KernelName("NTK(depth=2)"), k), SPHERES.right)},
            ),
            ("spheres without moments", "dimension-down", {"uses": SPHERES.uses[1:]}),
            ("spheres without signs", "dimension-down", {"uses": SPHERES.uses[:1]}),
            ("no coefficient positive on spheres", "dimension-down", {"uses": SPHERES.uses[:2]}),
            ("a sphere at most lower", "dimension-down", {"statement": sp.StrictLessThan(SPHERES.left, SPHERES.right)}),
            ("a product with an unknown factor", "sign-of-parts", {"statement": greater(X * SUM.left, 0)}),
            ("a difference", "sign-of-parts", {"statement": greater(MU_SIGN.left - SUM.left, 0)}),
            (
                "no multiplicity one",
                "sign-of-parts",
                {
                    "statement": greater(
                        (2 * k + d - 2)
                        * sp.gamma(k + d - 1)
                        / (sp.gamma(k + 1) * sp.gamma(d))
                        * Mu(KernelName("NTK(depth=3)"), k),
                        0,
                    )
                },
            ),
            ("no parts", "sign-of-parts", {"uses": ()}),
            ("one degree more", "dimension-law", {"statement": equal(IN_D.left.subs(k, k + 1) * d, 1)}),
            ("twice a law", "dimension-law", {"statement": equal(2 * IN_D.left.args[0], 1)}),
            ("half of what leads", "dimension-law", {"statement": equal(sp.Limit(2 * IN_D.left.args[0], d, sp.oo), 1)}),
            ("a law as k grows", "dimension-law", {"statement": equal(sp.Limit(IN_D.left.args[0], k, sp.oo), 1)}),
            ("no coefficient positive", "dimension-law", {"uses": IN_D.uses[:2]}),
            ("a law without moments", "dimension-law", {"uses": IN_D.uses[1:]}),
            ("a law of every depth", "dimension-law", {"ranges": (Range("k", 4, None, 0), ANY_D, Range("L", 1))}),
            ("a polynomial a mixture", "mixture", {"data": PowerSeries((1, 1))}),
            ("a mixture at most 0", "mixture", {"statement": sp.StrictLessThan(MIXED.left, 0)}),
        )
    ),
    *(
        Twin(makes, WALK, {WALK.uses[0]: replace(SIGNS["walk-down"].step(WALK.uses[0]), ranges=(Range("k", 0), where))})
        for makes, where in (
            ("a sign on S^3 one on all spheres", Range("d", 1, 3)),
            ("a sign from S^4 on one on S^3", Range("d", 4)),
        )
    ),
    Twin(
        "mu_k of all kernels with two nonzero coefficients positive",
        replace(MU_SIGN, uses=("moment", "b >= 0", "b > 0"), statement=greater(Mu(F, k), 0)),
        {
            "moment": SIGNS["series-sign"].step("moment"),
            "b >= 0": Step("b >= 0", sp.GreaterThan(Maclaurin(F, n), 0), "", ranges=(Range("n", 0),)),
            "b > 0": Step("b > 0", greater(Maclaurin(F, n), 0), "", ranges=(Range("n", 0, 1),)),
        },
    ),
)
