"""Whether all mu_k >= 0, or > 0: against certified eigenvalues, and against what is known of covariances on spheres."""

from __future__ import annotations

from unittest.mock import patch

import pytest

from tests.theory.kernel_list import ALL
from theory.kernels import NNGP, NTK, Compose, Dual, Gaussian, Kernel, PowerSeries, Zonal, written_out
from theory.laws import definiteness as module
from theory.laws.definiteness import Tail, definiteness
from theory.numbers.balls import NotCertified
from theory.numbers.truth import Truth
from theory.spectra.floating import floating_spectrum
from theory.spectra.spectrum import spectrum

HOLDS, FAILS, UNDECIDED = Truth.HOLDS, Truth.FAILS, Truth.UNDECIDED
# Gneiting 2013 (Strictly and non-strictly positive definite functions on spheres), table 1: exp(-c theta^g) on every
# sphere for 0 < g <= 1, on none for g > 1; Matern in theta for nu <= 1/2 alone.
COVARIANCES = {
    "exp(-theta)": (HOLDS, HOLDS),
    "exp(-7*theta)": (HOLDS, HOLDS),
    "exp(-sqrt(theta))": (HOLDS, HOLDS),
    "exp(-theta**2)": (FAILS, FAILS),
    "(1+theta)*exp(-theta)": (FAILS, FAILS),
    "(1+sqrt(3)*theta)*exp(-sqrt(3)*theta)": (FAILS, FAILS),
    "1 - sqrt((1-t)/2)": (HOLDS, HOLDS),
    "asin(t)": (HOLDS, FAILS),
    "1/(2-t)": (HOLDS, HOLDS),
    "1/(2-t**2)": (HOLDS, FAILS),
    "1/(2+t)": (FAILS, FAILS),
    "exp(t-1) - 1/3": (HOLDS, HOLDS),
    "exp(t-1) - 1/2": (FAILS, FAILS),
}


def against_eigenvalues(kernel: Kernel, dim: int) -> None:
    """Nothing that is said is contradicted by the first certified eigenvalues."""
    found = definiteness(kernel, dim)
    try:
        values = spectrum(kernel, dim, range(12), 15, "auto", True).eigenvalues
    except NotCertified:
        return
    if found.truth is HOLDS:
        assert all(e.enclosure.upper >= 0 for e in values)
    if found.strict is HOLDS:
        assert found.truth is HOLDS and all(e.enclosure.upper > 0 for e in values)
    if found.negative_degree is not None and found.negative_degree < 12:
        assert found.truth is FAILS and values[found.negative_degree].enclosure.upper < 0
    if all(e.enclosure.lower > 0 for e in values):
        assert found.negative_degree is None or found.negative_degree >= 12


@pytest.mark.parametrize("text", COVARIANCES)
@pytest.mark.parametrize("dim", [1, 2, 3])
def test_covariances_on_spheres(text: str, dim: int) -> None:
    found = definiteness(Zonal(text), dim)
    assert (found.truth, found.strict) == COVARIANCES[text], found.why
    if found.negative_degree is not None:  # by the mpmath quadrature, which shares no code
        assert floating_spectrum(Zonal(text), dim, found.negative_degree, 10).eigenvalues[0].value < 0


@pytest.mark.parametrize("kernel", list(map(written_out, ALL)), ids=repr)
def test_no_verdict_contradicts_an_eigenvalue(kernel: Kernel) -> None:
    against_eigenvalues(kernel, 2)


@pytest.mark.parametrize(
    ("kernel", "strict"),
    [
        (NTK(2), FAILS),
        (NTK(3), HOLDS),
        (NTK(2) * Gaussian(1), HOLDS),
        (Compose(NNGP(2), Zonal("exp(t-1)")), HOLDS),
        (Compose(Dual("erf"), NNGP(2)), HOLDS),
        (Dual("tanh"), FAILS),
        (PowerSeries((1, 1)), FAILS),
        (Zonal("1/(2-t)") * Zonal("exp(t)"), HOLDS),
    ],
    ids=repr,
)
def test_strictness_of_compositions_products_and_duals(kernel: Kernel, strict: Truth) -> None:
    found = definiteness(kernel, 2)
    assert (found.truth, found.strict) == (HOLDS, strict)


def test_a_law_decides_what_no_sign_of_a_coefficient_does() -> None:
    """theta (pi - theta) = (pi/2)^2 - asin(t)^2 has coefficients <= 0, and mu_k < 0 for even k > 0."""
    kernel = Zonal("exp(-theta) + theta*(pi-theta)/100")
    found = definiteness(kernel, 2)
    against_eigenvalues(kernel, 2)
    assert found.truth is HOLDS and found.strict is HOLDS and "law" in found.why


def test_a_negative_law_fails_beyond_what_is_looked_at() -> None:
    kernel = Zonal("(1+sqrt(3)*theta)*exp(-sqrt(3)*theta)")  # mu_20 is the first negative one
    found = definiteness(kernel, 2, top=10)
    assert found.truth is FAILS and "for every even k >=" in found.why
    assert floating_spectrum(kernel, 2, found.negative_degree, 10).eigenvalues[0].value < 0


@pytest.mark.parametrize("sign", [1, 0])
def test_a_law_of_a_wrong_sign_is_contradicted(sign: int) -> None:
    """Twins: a law that were positive, or zero, would make a kernel hold that has negative eigenvalues."""
    kernel = Zonal("(1+sqrt(3)*theta)*exp(-sqrt(3)*theta)")
    with patch.object(module, "_tails", lambda *_: (Tail(sign, 15, None),)):
        assert definiteness(kernel, 2, top=10).truth is HOLDS  # what the law says is believed beyond its start ...
    with patch.object(module, "_tails", lambda *_: (Tail(sign, 25, None),)):
        assert definiteness(kernel, 2, top=10).negative_degree == 20  # ... and nothing before it


def test_a_law_that_begins_too_late_decides_nothing() -> None:
    kernel = Zonal("(1+sqrt(3)*theta)*exp(-sqrt(3)*theta)")
    with patch.object(module, "_tails", lambda *_: (Tail(1, module.MOST + 1, None),)):
        assert definiteness(kernel, 2, top=10).truth is UNDECIDED
