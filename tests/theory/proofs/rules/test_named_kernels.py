"""What a name of a kernel stands for in a proof."""

from __future__ import annotations

import pytest
import sympy as sp

from tests.theory.stated_steps import facts_of, named, reading, refusal_of
from theory.derivations.one_hidden_layer import K0, NTK_
from theory.language.statement import parse_statement
from theory.proofs.rules.depth import SIGMA, THETA
from theory.proofs.rules.named_kernels import _function as function_of
from theory.proofs.rules.named_kernels import factor_of
from theory.proofs.steps import Refused
from theory.symbolic.objects import KernelName, L, Layered, Mu, Radial, Range, k

NTK2, NTK3 = "NTK(depth=2)", "NTK(depth=3)"


def test_names_of_kernels() -> None:
    def factor(text: str, name: sp.Expr, *where: str) -> sp.Expr:
        return factor_of(parse_statement("mu(k) = 0", text, where).kernel, name, [])

    assert factor(NTK3, Layered(THETA, 3)) == 1 and factor(NTK3, KernelName(NTK3)) == 1
    assert factor("2 * NTK(depth=3)", Layered(THETA, 3)) == 2 and factor("2 * NTK(depth=3)", KernelName(NTK3)) == 2
    assert factor("NNGP(depth=3, weight_variance=2)", Layered(SIGMA, 3)) == 8
    assert factor("Laplace(rate=1/2)", Radial(sp.Rational(1, 2))) == 1
    for text, name in [
        (NTK3, Layered(THETA, 4)),
        (NTK3, Layered(SIGMA, 3)),
        (NTK3, KernelName(NTK2)),
        (NTK2, NTK_),
        ("NTK(depth=3, bias=True)", Layered(THETA, 3)),
        ("Laplace(rate=1/2)", Radial(sp.Integer(1))),
        ("NTK(depth=3, layer_scales=(1, 2, 1))", Layered(THETA, 3)),
        (NTK3, None),
    ]:
        with pytest.raises(Refused):
            factor(text, name)


@pytest.mark.parametrize("text", ["NNGP(depth=1)", "NNGP(depth=3)", "NTK(depth=1)", "NTK(depth=3)"])
def test_only_one_hidden_layer_is_written_by_the_arc_cosine_functions(text: str) -> None:
    with pytest.raises(Refused):
        function_of(parse_statement("mu(k) = 0", text, ()).kernel)


def test_a_name_is_that_of_the_kernel_by_its_definition_in_the_proof() -> None:
    stated = named("mu(k) >= 0", NTK2, "k even")
    facts = facts_of(stated)
    read = reading(stated, "left", Mu(NTK_, k), "ntk-closed", name=NTK_)
    assert refusal_of(read, facts) == ""
    assert refusal_of(reading(stated, "left", Mu(NTK_, k), name=NTK_), facts)  # without the definition
    assert refusal_of(reading(stated, "left", Mu(K0, k), "k0-closed", name=K0), facts)  # of another kernel
    other = facts_of(named("mu(k) >= 0", "NTK(depth=2, layer_scales=(1/2, 1))", "k even"))
    assert refusal_of(read, {**other, "stated": stated})  # the same name for another kernel


def test_every_depth_at_once_and_one_depth() -> None:
    stated = named("mu(k) >= 0", "1/(L+1) * NTK(depth=L+1)", "L >= 2")
    ranges = stated.ranges
    read = reading(stated, "left", Mu(Layered(THETA, L + 1), k) / (L + 1), name=Layered(THETA, L + 1))
    assert refusal_of(read, {"stated": stated}) == ""
    for value in (Mu(Layered(THETA, L + 1), k), Mu(Layered(THETA, L), k) / (L + 1)):
        name = next(iter(value.atoms(Mu))).args[0]
        assert refusal_of(reading(stated, "left", value, name=name), {"stated": stated})
    single = tuple(Range("L", 2, 2) if w.name == "L" else w for w in ranges)
    alone = Mu(Layered(THETA, 3), k) / 3
    assert refusal_of(reading(stated, "left", alone, name=Layered(THETA, 3), ranges=single), {"stated": stated}) == ""
