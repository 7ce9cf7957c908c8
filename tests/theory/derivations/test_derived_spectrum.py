"""Which derived case covers which degrees."""

from __future__ import annotations

import pytest
import sympy as sp

from theory.derivations import derived_spectrum as link
from theory.derivations.derived_spectrum import derived_spectrum
from theory.derivations.one_hidden_layer import NotDerived
from theory.kernels import NTK, ArcCosine, Gaussian
from theory.proofs.steps import Step
from theory.symbolic.objects import Mu, Range, equal, k

NAME = sp.Symbol("kernel")
DIMS = Range("d", 1)
END = 30  # stands for infinity


def fact(where: Range | int, value: sp.Expr = 1 / (k + 1), dims: Range = DIMS) -> Step:
    """A derived eigenvalue on a range of degrees, or at one degree."""
    if isinstance(where, int):
        says = equal(Mu(NAME, sp.Integer(where)), value.subs(k, where))
        return Step(f"mu({where})", says, "given", ranges=(dims,))
    ranges = (Range("n", 0), where, dims)  # a range is found by its name, wherever it stands
    return Step(f"mu({where!r})", equal(Mu(NAME, k), value), "given", ranges=ranges)


RANGES = [
    Range("k", least, most, parity)
    for least in (0, 1, 2, 3)
    for most in (None, 2, 3, 4)
    for parity in (None, 0, 1)
    if not Range("k", least, most, parity).is_empty() and (most is None or parity in (None, most % 2))
]


@pytest.mark.parametrize("where", RANGES, ids=repr)
def test_a_fact_covers_the_degrees_that_are_all_among_its_own(where: Range) -> None:
    own = set(where.values(END))
    for degrees in RANGES:
        if degrees.parity is None and where.parity is not None and degrees.most != degrees.least:
            continue  # the cases of a closed form are single degrees or of one parity
        wanted = degrees.values(END // 2 // degrees.step) if degrees.most is None else degrees.values(END)
        endless = degrees.most is None and where.most is not None
        assert link._covers(fact(where), degrees) == (set(wanted) <= own and not endless), degrees


def test_a_fact_about_one_degree_covers_that_degree_alone() -> None:
    for degrees, covered in (
        (Range("k", 2, 2), True),
        (Range("k", 3, 3), False),
        (Range("k", 2, 3), False),
        (Range("k", 1, 2), False),
        (Range("k", 2), False),
    ):
        assert link._covers(fact(2), degrees) is covered


def test_a_case_is_linked_to_the_fact_that_covers_it_the_first_degree_apart_if_need_be() -> None:
    facts = [fact(0), fact(Range("k", 2, None, 0), dims=Range("d", 3))]
    found = link._links(Range("k", 0, None, 0), 1 / (k + 1), facts)
    assert [step.name for step in found] == ["mu(k = 0)", "mu(k >= 2 even)"]
    assert [step.uses for step in found] == [("mu(0)",), ("mu(k >= 2 even)",)]
    assert [step.ranges for step in found] == [(Range("k", 0, 0), DIMS), (Range("k", 2, None, 0), Range("d", 3))]
    assert (found[0].left, found[0].right) == (Mu(NAME, 0), 1)
    assert (found[1].left, found[1].right) == (Mu(NAME, k), 1 / (k + 1))
    assert all(step.rule == "gamma-algebra" for step in found)
    with pytest.raises(NotDerived, match="no derived eigenvalue covers k = 2$"):
        link._links(Range("k", 2, 2), k, [fact(0), fact(Range("k", 3))])


def test_the_cases_of_a_kernel_follow_its_derivation() -> None:
    proof = derived_spectrum(ArcCosine(1))
    names = [step.name for step in proof.steps]
    assert proof.title.endswith(", all degrees") and len(set(names)) == len(names)
    cases = [step for step in proof.steps if step.ranges and step.name == f"mu({step.ranges[0]!r})"]
    assert sorted(v for step in cases for v in step.ranges[0].values(END) if v < END) == list(range(END))
    assert derived_spectrum(NTK(2)).theorems
    with pytest.raises(NotDerived, match="no derivation for"):
        derived_spectrum(Gaussian(1))
