"""Sums and multiples of derived kernels: replayed, linear, and equal to the closed route."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
import sympy as sp

from tests.examples import some
from theory.derivations.derived_spectrum import derived_spectrum
from theory.derivations.one_hidden_layer import derive
from theory.derivations.sums import COMBINED
from theory.kernels import NNGP, NTK, ArcCosine, Dual, DualTangent, Kernel, Multiple
from theory.language.statement import parse_statement
from theory.laws.decay import decay
from theory.numbers.truth import Evidence, Truth
from theory.proofs.check import extended
from theory.proofs.steps import Proof, Refused
from theory.spectra.closed_forms import closed_form
from theory.spectra.exact_values import exact_eigenvalue
from theory.statements.decide import decide
from theory.symbolic.hypergeometric import is_zero
from theory.symbolic.objects import Mu, d, k

HALF = Fraction(1, 2)
KERNELS = [
    Multiple(2, NTK(2)),
    Multiple(HALF, ArcCosine(1)),
    ArcCosine(0) + ArcCosine(3),
    Dual("relu"),
    Dual("step"),
    NTK(2) + Multiple(3, NTK(2, (HALF, 1))) + ArcCosine(1),
    DualTangent("relu"),
    NNGP(2, weight_variance=2),
    NTK(2, (HALF, 2), bias=True, weight_variance=3),
    NTK(2, weight_variance=2),
    Multiple(Fraction(2, 3), ArcCosine(2) + Multiple(5, ArcCosine(0))),
]


def value(proof: Proof, degree: int) -> sp.Expr:
    """mu_k from the one case that speaks of this degree."""
    found = []
    for step in proof.steps:
        if step.name.startswith("combination ") and step.left.args[0] == COMBINED:
            (where,) = (w for w in step.ranges if w.name == "k")
            inside = where.least <= degree and (where.most is None or degree <= where.most)
            if inside and (where.parity is None or degree % 2 == where.parity):
                found.append(step.right.subs(k, degree))
    (only,) = found
    return only


@pytest.mark.parametrize("kernel", KERNELS, ids=repr)
def test_the_combination_is_replayed_and_equals_the_closed_route(kernel: Kernel) -> None:
    derived_spectrum(kernel)
    proof, form = derive(kernel), closed_form(kernel)
    for dim in (1, 2, 5):
        for degree in (*range(8), 13):
            exact = exact_eigenvalue(form, dim, degree)
            number = sum((sp.Rational(c.numerator, c.denominator) * sp.pi**p for p, c in exact.terms), sp.Integer(0))
            assert is_zero(value(proof, degree).subs(d, dim) - number), (dim, degree)
            if number != 0:
                assert not is_zero(2 * value(proof, degree).subs(d, dim) - number)


@pytest.mark.parametrize("kernel", KERNELS[:3], ids=repr)
def test_wrong_factors_are_refused(kernel: Kernel) -> None:
    steps = derive(kernel).steps
    for index, step in enumerate(steps):
        if not step.name.startswith("combination"):
            continue
        right = 2 * step.right if step.right != 0 else sp.Integer(1)
        wrong = replace(step, statement=sp.Eq(step.left, right, evaluate=False))
        with pytest.raises(Refused):
            extended(Proof("before", steps[:index]), wrong, *steps[index + 1 :])


def test_two_kernels_of_one_name_are_kept_apart() -> None:
    """Both call their kernel ntk; one proof may not use the one's steps for the other."""
    proof = derive(KERNELS[5])
    names = {s.left.args[0] for s in proof.steps if isinstance(s.left, Mu)}
    assert {sp.Symbol("ntk"), sp.Symbol("ntk_1")} <= names
    assert len({step.name for step in proof.steps}) == len(proof.steps)


@pytest.mark.parametrize(
    ("kernel", "power", "truth"),
    [
        ("2 * NTK(depth=2)", "-d-1", Truth.HOLDS),
        ("1/2 * ArcCosine(order=1)", "-d-3", Truth.HOLDS),
        ("ArcCosine(order=3)", "-d-7", Truth.HOLDS),
        ("ArcCosine(order=3)", "-d-6", Truth.FAILS),
        ("1/2 * ArcCosine(order=1)", "-d-2", Truth.FAILS),
    ],
)
def test_statements_about_them_are_proved(kernel: str, power: str, truth: Truth) -> None:
    verdict = decide(parse_statement(f"mu(k) = Theta(k**({power})) as k -> oo", kernel, ["k even"]))
    assert (verdict.truth, verdict.evidence) == (truth, Evidence.PROVED), verdict.why


@pytest.mark.parametrize("kernel", some([ArcCosine(2), ArcCosine(5), *KERNELS], 7), ids=repr)
def test_their_laws_are_proved(kernel: Kernel) -> None:
    assert decay(kernel, "k", dim=3).evidence is Evidence.PROVED
    assert decay(kernel, "d", degree=4).evidence is Evidence.PROVED


@pytest.mark.parametrize("kernel", [NTK(2, bias_variance=1), NNGP(2, bias_variance=1), Multiple(2, NTK(3))], ids=repr)
def test_what_is_not_derived_says_so(kernel: Kernel) -> None:
    with pytest.raises(ValueError, match="no derivation for "):
        derive(kernel)
