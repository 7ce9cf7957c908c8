"""Falsified steps about ranges, Gamma functions, limits and inequalities."""

from __future__ import annotations

import sympy as sp

from tests.theory.genuine_steps import (
    ALL_STEPS,
    ANY_D,
    EVEN,
    ODD,
    SQUARE_ROOTS,
    F,
    climb,
    first_of,
    given,
    invented,
    right_times_two,
    twin,
)
from tests.theory.twin import greater
from theory.derivations.one_hidden_layer import T_K0
from theory.symbolic.objects import Mu, Range, d, equal, k

quadratic = sp.gamma(d**2 + d + 1) / sp.gamma(d**2 + d) / d
slow = 1 - 1 / (k + 1)
BOUND_TWINS = (
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
    invented(
        "a Gamma one parity late", equal(sp.gamma(1 - k / 2), sp.pi / sp.gamma(k / 2)), "gamma-algebra", ranges=(ODD,)
    ),
)
