"""What proofs are made of cannot be changed once it is checked."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, fields

import pytest
import sympy as sp

from theory.formal import Range, equal, k
from theory.hypergeometric import Growth, Term
from theory.proof import Proof, Step
from theory.symbolic import Branch
from theory.theorems import Theorem

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
