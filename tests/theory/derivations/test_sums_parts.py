"""Combinations of kernels: their parts beside values of the kernels, and the cases of toy
derivations."""

from __future__ import annotations

from fractions import Fraction

import mpmath as mp
import pytest
import sympy as sp

from theory.derivations.sums import COMBINED, combined, parts
from theory.kernels import NNGP, NTK, ArcCosine, Dual, DualTangent, Gaussian, Kernel, Multiple
from theory.proofs.steps import Proof, Step
from theory.spectra.routes.oracle import kappa
from theory.symbolic.objects import Kappa, Mu, Range, equal, k, t

HALF = Fraction(1, 2)
PARTS = [
    (Multiple(2, ArcCosine(1)), [2]),
    (Multiple(2, ArcCosine(0) + Multiple(HALF, ArcCosine(3))), [2, 1]),
    (ArcCosine(0) + ArcCosine(3), [1, 1]),
    (Dual("relu"), [HALF]),
    (Dual("step"), [HALF]),
    (DualTangent("relu"), [HALF]),
    (Multiple(6, Dual("relu")) + NTK(3), [3, 1]),
    (NNGP(2, weight_variance=3), [9]),
    (NTK(2, weight_variance=3), [9]),
    (NTK(2, (HALF, 2), bias=True, weight_variance=3), [9, Fraction(3, 2)]),
    (NTK(2, (0, 2), bias=True, weight_variance=3), [9]),
    (NTK(2, (HALF, 2), weight_variance=HALF), [Fraction(1, 4)]),
]


@pytest.mark.parametrize(("kernel", "factors"), PARTS, ids=str)
def test_a_combination_has_the_values_of_its_parts(kernel: Kernel, factors: list[Fraction]) -> None:
    found = parts(kernel)
    assert [factor for factor, _ in found] == factors
    assert all(parts(part) is None for _, part in found)
    for point in (mp.mpf("0.3"), mp.mpf("-0.8")):
        total = mp.fsum(mp.mpf(c.numerator) / c.denominator * kappa(part, point) for c, part in found)
        assert abs(total - kappa(kernel, point)) < 1e-12 and abs(total) > 1e-3


@pytest.mark.parametrize(
    "kernel",
    [
        ArcCosine(1),
        NTK(2),
        NNGP(2),
        NTK(2, bias=True),
        NTK(3, weight_variance=2),
        NNGP(3, weight_variance=2),
        Dual("gelu"),
        DualTangent("erf"),
        NNGP(2, weight_variance=2, bias_variance=1),
        NTK(2, weight_variance=2, bias_variance=1),
        Gaussian(1),
    ],
    ids=str,
)
def test_other_kernels_are_no_combinations(kernel: Kernel) -> None:
    assert parts(kernel) is None


X, Y = sp.symbols("x y")
DIMS = Range("d", 1)


def value(name: sp.Symbol, index: sp.Expr | int, right: sp.Expr | int, *where: Range, label: str = "") -> Step:
    return Step(label or f"{name}-{index}-{where}", equal(Mu(name, index), right), "given", ranges=(*where, DIMS))


def toy(name: sp.Symbol, *steps: Step) -> Proof:
    return Proof(str(name), (Step("definition", equal(Kappa(name, t), t if name == X else t**2), "given"), *steps))


# x: 5 at k = 0, 1/k for even k >= 2, 7 at k = 1, 0 for odd k >= 3. y: 1/(k+1) for all even k, 2 for
# odd k.
ONE = toy(
    X,
    value(X, 0, 5, Range("k", 0, 0)),
    value(X, k, 1 / k, Range("k", 2, None, 0)),
    value(X, k, 7, Range("k", 1, 1)),
    value(X, k, 0, Range("k", 3, None, 1)),
)
TWO = toy(Y, value(Y, k, 1 / (k + 1), Range("k", 0, None, 0)), value(Y, k, 2, Range("k", 1, None, 1)))


def exact(degree: int) -> sp.Expr:
    first = 5 if degree == 0 else 7 if degree == 1 else sp.Rational(1, degree) if degree % 2 == 0 else 0
    return 3 * sp.sympify(first) + sp.Rational(1, 2) * (sp.Rational(1, degree + 1) if degree % 2 == 0 else 2)


def test_each_degree_has_one_case_that_is_the_combination() -> None:
    steps = combined([(Fraction(3), ONE), (HALF, TWO)])
    assert len({step.name for step in steps}) == len(steps)
    cases = [step for step in steps if step.name.startswith("combination ")]
    assert [repr(step.ranges[0]) for step in cases] == ["k = 0", "k >= 2 even", "k = 1", "k >= 3 odd"]
    assert all(step.ranges[1] == DIMS and step.uses[0] == "combination-mu" for step in cases)
    for degree in range(9):
        (case,) = (c for c in cases if degree in c.ranges[0].values(9))
        assert sp.simplify(case.right.subs(k, degree) - exact(degree)) == 0
        assert case.left == Mu(COMBINED, degree if case.ranges[0].most is not None else k)
        for name in case.uses[1:]:
            fact = next(s for s in steps if s.name == name)
            assert degree in fact.ranges[0].values(9)
    whole, linear = (next(s for s in steps if s.name == name) for name in ("combination", "combination-mu"))
    second = next(s.left.args[0] for s in steps if isinstance(s.left, Kappa) and s.right == t**2)
    assert whole.right == 3 * Kappa(X, t) + sp.Rational(1, 2) * Kappa(second, t)
    assert linear.right == 3 * Mu(X, k) + sp.Rational(1, 2) * Mu(second, k) and linear.ranges == (Range("k", 0), DIMS)


def test_a_part_that_begins_late_is_joined_by_single_degrees_of_the_other() -> None:
    """y has values of its own up to k = 5 and k = 4, where those of x come from its classes."""
    special = [value(Y, i, 10 * i, Range("k", i, i)) for i in range(6)]
    late = [value(Y, k, 3, Range("k", 6, None, 0)), value(Y, k, 4, Range("k", 7, None, 1))]
    both = [value(X, k, k, Range("k", 0, None, 0)), value(X, k, -k, Range("k", 1, None, 1))]
    cases = combined([(Fraction(1), toy(X, *both)), (Fraction(1), toy(Y, *special, *late))])
    found = {repr(s.ranges[0]): s.right for s in cases if s.name.startswith("combination ")}
    assert found == {f"k = {i}": 10 * i + (-i if i % 2 else i) for i in range(6)} | {
        "k >= 6 even": k + 3,
        "k >= 7 odd": 4 - k,
    }


def test_steps_of_the_same_name_are_kept_apart_and_equal_ones_are_shared() -> None:
    same = combined([(Fraction(1), ONE), (Fraction(2), ONE)])
    assert sum(step.name == "definition" for step in same) == 1 and not any(step.name.endswith("_1") for step in same)
    assert next(s for s in same if s.name == "combination").right == 3 * Kappa(X, t)
    other = Proof(
        "x",
        (
            Step("definition", equal(Kappa(X, t), t**3), "given"),
            value(X, k, 4, Range("k", 0), label="all"),
            Step("end", equal(Mu(X, k), 4), "given", uses=("all",), ranges=(Range("k", 0), DIMS)),
        ),
    )
    apart = combined([(Fraction(1), ONE), (Fraction(2), other)])
    renamed = sp.Symbol("x_1")
    assert next(s for s in apart if s.name == "combination").right == Kappa(X, t) + 2 * Kappa(renamed, t)
    assert next(s for s in apart if s.name == "definition_1").statement == equal(Kappa(renamed, t), t**3)
    assert next(s for s in apart if s.name == "end").uses == ("all",)
    (case,) = (s for s in apart if s.name == "combination k >= 2 even")
    assert case.right == 1 / k + 8


def test_what_is_no_value_is_not_used() -> None:
    """A step whose right side is a sum or another eigenvalue is no value; the last one that covers
    a parity is taken."""
    series = value(X, k, sp.Sum(1 / k, (sp.Symbol("i"), 0, 3)), Range("k", 0))
    linked = value(X, k, 2 * Mu(Y, k), Range("k", 0))
    first, last = (value(X, k, 4 + k, Range("k", 0), label="first"), value(X, k, k + 5, Range("k", 0), label="last"))
    steps = combined([(Fraction(1), toy(X, first, last, series, linked))])
    (even,) = (s for s in steps if s.name == "combination k >= 0 even")
    assert even.right == k + 5 and even.uses == ("combination-mu", "last")
    bounded = value(X, k, 9, Range("k", 0, 4), label="bounded")
    steps = combined([(Fraction(1), toy(X, bounded, value(X, k, 1, Range("k", 5), label="late")))])
    found = {repr(s.ranges[0]): s.right for s in steps if s.name.startswith("combination ")}
    assert {where: right for where, right in found.items() if right == 9} == {f"k = {i}": 9 for i in range(5)}
    assert found["k >= 6 even"] == found["k >= 5 odd"] == 1
