"""Changed constants, exponents, shifts and formulas: each must change the verdict or the evidence."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.theory.rows import CONSTANT, FAILS, HOLDS, NTK2, RELU, STEP
from theory.kernels import Kernel
from theory.language.statement import parse_statement
from theory.numbers.truth import Evidence
from theory.statements.decide import decide
from theory.symbolic.objects import k
from verify.claims import all_claims

# Each true law, with holes for a factor, a shift of the exponent and a shift of the degree.
LAWS = [
    (NTK2, f"mu(k{{shift}}) ~ {{factor}}*{CONSTANT}*k**(-d-1{{power}}) as k -> oo", ("k even",)),
    (RELU, "mu(k{shift}) ~ {factor}*2**d*(d+1)*Gamma((d+1)/2)**2/pi**2*k**(-d-3{power}) as k -> oo", ("k even",)),
    (STEP, f"mu(k{{shift}}) ~ {{factor}}*{CONSTANT}*k**(-d-1{{power}}) as k -> oo", ("k odd",)),
    (None, "N(d, k{shift}) ~ {factor}*2*k**(d-1{power})/Gamma(d) as k -> oo", ()),
    (None, "binomial(2*k, k{shift}) ~ {factor}*4**k*k**(-1/2{power})/sqrt(pi) as k -> oo", ()),
    (NTK2, "mu(4) ~ {factor}*5/pi*d**(-4{power}{shift}-0) as d -> oo", ()),
]
factors = st.fractions(min_value="1/7", max_value=9, max_denominator=7).filter(lambda f: f != 1)
powers = st.integers(-3, 3).filter(bool)


def signed(value: int) -> str:
    return f"{value:+d}" if value else ""


@pytest.mark.parametrize(("kernel", "law", "where"), LAWS, ids=[law for _, law, _ in LAWS])
def test_the_laws_that_are_mutated_hold(kernel: str | None, law: str, where: tuple[str, ...]) -> None:
    assert decide(parse_statement(law.format(factor="1", shift="", power=""), kernel, where)).truth is HOLDS


@given(st.sampled_from(LAWS), st.one_of(factors.map(lambda f: (f, 0)), powers.map(lambda p: (1, p))))
@settings(max_examples=20)
def test_a_changed_constant_or_exponent_is_refuted(law: tuple, change: tuple) -> None:
    kernel, template, where = law
    factor, power = change
    says = template.format(factor=f"({factor})", shift="", power=signed(power))
    assert decide(parse_statement(says, kernel, where)).truth is FAILS


@given(st.sampled_from(LAWS[:3]), st.sampled_from([1, 3, 5]))
@settings(max_examples=9)
def test_an_odd_shift_of_the_degree_meets_the_parity_zeros(law: tuple, shift: int) -> None:
    kernel, template, where = law
    says = template.format(factor="1", shift=signed(shift), power="")
    assert decide(parse_statement(says, kernel, where)).truth is FAILS


EQUALITIES = [
    (NTK2, "mu(1) = {c}/(d+{s})", (1, 1), ()),
    (NTK2, "mu(k, d+2) = {c}*(d+1)/(2*k+d+{s})*(mu(k) - mu(k+2))", (1, 1), ("k even",)),
    (None, "N(2, k) = {c}*k+{s}", (2, 1), ()),
    (None, "binomial(k+{s}, {c}) = (k+2)*(k+1)/2", (2, 2), ()),
    (None, "factorial(k+{s}) = (k+{c})*factorial(k)", (1, 1), ()),
]


constants = st.fractions(min_value="1/9", max_value=9, max_denominator=9)


@given(st.sampled_from(EQUALITIES), constants, st.integers(0, 6))
@settings(max_examples=30)
def test_of_all_constants_only_the_right_ones_hold(equality: tuple, constant: Any, shift: int) -> None:
    kernel, template, right, where = equality
    if "binomial(k" in template:
        constant = sp.Integer(round(constant))
    verdict = decide(parse_statement(template.format(c=f"({constant})", s=shift), kernel, where))
    assert verdict.truth is (HOLDS if (constant, shift) == right else FAILS), verdict.why


@pytest.fixture
def fresh() -> Iterator[None]:
    """Every cache between the formulas and the verdicts, emptied before and after."""
    forget()
    yield
    forget()


def forget() -> None:
    from theory.derivations import derived_spectrum as link
    from theory.derivations import one_hidden_layer as derivation
    from theory.statements import closed_forms
    from theory.statements import kernel_values as instances

    for module in (derivation, instances, link, closed_forms):
        for thing in vars(module).values():
            if hasattr(thing, "cache_clear"):
                thing.cache_clear()


WRONG_FORMULAS = {
    "factor 2": lambda value: 2 * value,
    "factor 1 + 1/10^12": lambda value: value * (1 + sp.Rational(1, 10**12)),
    "degree shifted by 2": lambda value: value.subs(k, k + 2),
    "another power of k": lambda value: value * k,
    "area ratio two dimensions apart": lambda value: (
        value * sp.Symbol("d", positive=True) / (sp.Symbol("d", positive=True) + 1)
    ),
    "zero": lambda value: 0 * value,
}
# The published statements themselves, with the kernel of Cao et al.
PROVED = [
    (said.kernel, said.says, said.where)
    for name in ("cao-parity", "cao-decay-degree", "cao-decay-dim")
    for said in all_claims()[name].said
]


@pytest.mark.parametrize("wrong", WRONG_FORMULAS)
def test_a_wrong_formula_proves_nothing(wrong: str, fresh: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """The derivation is replayed against the closed form, so no verdict is `proved` with a wrong one."""
    from theory.spectra import symbolic_forms as symbolic

    right = symbolic.cap_expression
    monkeypatch.setattr(symbolic, "cap_expression", lambda *args: WRONG_FORMULAS[wrong](right(*args)))
    for kernel, says, where in PROVED:
        verdict = decide(parse_statement(says, kernel, where))
        assert verdict.evidence is not Evidence.PROVED, (says, verdict)


def test_the_wrong_parity_proves_nothing(fresh: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """The formulas of even and of odd degrees change places."""
    from theory.derivations import derived_spectrum as link
    from theory.spectra import symbolic_forms as symbolic
    from theory.statements import closed_forms

    def swapped(kernel: Kernel) -> tuple[symbolic.Branch, ...]:
        *small, even, odd = symbolic.branches(kernel)
        return *small, replace(even, expression=odd.expression), replace(odd, expression=even.expression)

    for module in (link, closed_forms):
        monkeypatch.setattr(module, "branches", swapped)
    for kernel, says, where in PROVED:
        assert decide(parse_statement(says, kernel, where)).evidence is not Evidence.PROVED, says
