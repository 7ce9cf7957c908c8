"""The registered properties hold, their planted twins fail, and a failure is a value."""

from __future__ import annotations

import os

import pytest

from theory.numbers.balls import NotCertified
from theory.numbers.pi_polynomials import PiPolynomial
from theory.numbers.truth import Evidence, Truth
from verify.properties import properties
from verify.properties.properties import PROPERTIES, Property, run_properties

NIGHTLY = os.environ.get("HYPOTHESIS_PROFILE") == "nightly"
EXAMPLES = 100 if NIGHTLY else 10
FRESH = int.from_bytes(os.urandom(4)) if NIGHTLY else None


@pytest.mark.parametrize("name", list(PROPERTIES))
def test_property(name):
    found = run_properties(EXAMPLES, FRESH, [name])[f"property-{name}"]
    assert found.truth is Truth.HOLDS, (found.why, FRESH)
    assert found.evidence is Evidence.CHECKED and found.compared


@pytest.mark.parametrize("name", list(PROPERTIES))
def test_planted_twin_fails_with_a_minimal_example(name):
    found = run_properties(EXAMPLES, FRESH, [name], planted=True)[f"property-{name}"]
    assert found.truth is Truth.FAILS
    assert found.counterexample and all(value in found.why for value in found.counterexample.values())
    assert "\n" not in found.why


def test_the_minimal_example_is_minimal():
    shifted = Property(
        "mu_k vanishes",
        properties.parity,
        None,
        properties.altered(lambda v, _: PiPolynomial.of(1 if v.degree >= 11 else 0)),
    )
    found = properties.decide(shifted, 200, planted=True)
    assert found.counterexample["degree"] in ("10", "11") and found.counterexample["dim"] == "1"


def test_runs_repeat_and_fresh_seeds_differ():
    seen: list[list[object]] = []

    def spy(kernel, dim, chosen, digits):
        seen[-1].append((kernel, dim, chosen, digits))
        return properties.right_spectrum(kernel, dim, chosen, digits)

    watched = Property("positive", properties.positivity, spy, spy)
    for fresh in (None, None, 1, 1, 2):
        seen.append([])
        properties.decide(watched, 10, fresh)
    assert seen[0] == seen[1] and seen[2] == seen[3] and len({str(s) for s in seen}) == 3


def test_lost_precision_is_undecided_and_an_unknown_name_is_refused():
    def lost(*_):
        raise NotCertified("mu_2", 3, 20)

    assert properties.decide(Property("", properties.positivity, lost, lost), 5).truth is Truth.UNDECIDED
    with pytest.raises(ValueError, match="no property 'traec'; there are trace, parity"):
        run_properties(names=["traec"])
