"""What proofs are made of cannot be changed once it is checked."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, fields

import pytest
import sympy as sp

from theory.proofs.steps import Proof, Step
from theory.proofs.theorems import Theorem
from theory.spectra.symbolic_forms import Branch
from theory.symbolic.growth import Growth
from theory.symbolic.hypergeometric import Term
from theory.symbolic.objects import Range, equal, k

ONE = sp.Integer(1)
STEP = Step("one", equal(k, k), "algebra")


@pytest.mark.parametrize(
    "thing",
    [
        Range("k", 0),
        STEP,
        Proof("p", (STEP,)),
        Theorem("a", "b", "c"),
        Term(ONE),
        Growth(ONE, ONE, ONE, ONE),
        Branch(Range("k", 0), ONE),
    ],
    ids=lambda thing: type(thing).__name__,
)
def test_values_are_fixed(thing: object) -> None:
    for field in fields(thing):
        with pytest.raises(FrozenInstanceError):
            setattr(thing, field.name, None)
    assert len({thing, thing}) == 1
