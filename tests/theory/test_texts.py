"""Python takes as text what the command line takes, and says the same of it."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from importlib.metadata import version

import pytest

import theory as th
from theory.language.families import deep_family
from theory.language.statement import parse_statement
from theory.spectra.spectrum import Spectrum


def exact(spectrum: Spectrum) -> list[object]:
    """What is equal where two spectra are."""
    return [(e.kernel, e.dim, e.degree, e.enclosure) for e in spectrum.eigenvalues]


NTK2 = th.NTK(depth=2)
SAME: dict[str, tuple[Callable[[], object], Callable[[], object]]] = {
    "spectrum": (
        lambda: exact(th.spectrum("NTK(depth=2)", dim=2, degrees=5)),
        lambda: exact(th.spectrum(NTK2, 2, range(5, 6))),
    ),
    "spectrum of a range": (
        lambda: exact(th.spectrum("NTK(2)", "5/2", "0:3")),
        lambda: exact(th.spectrum(NTK2, Fraction(5, 2), range(4))),
    ),
    "eigenvalue": (lambda: th.eigenvalue("NTK(2)", "2", 2), lambda: th.eigenvalue(NTK2, 2, 2)),
    "float_spectrum": (
        lambda: th.float_spectrum("NTK(2)", "3", "0:4").tolist(),
        lambda: th.float_spectrum(NTK2, 3, range(5)).tolist(),
    ),
    "decay": (lambda: th.decay("NTK(depth=2)", "k", dim=2), lambda: th.decay(NTK2, "k", dim=2)),
    "decay of every depth": (
        lambda: th.decay("NTK(depth=L)", "k", dim=3).law[0].exponent,
        lambda: th.decay(deep_family("NTK(depth=L)"), "k", dim=3).law[0].exponent,
    ),
    "derive": (lambda: th.derive("NTK(depth=2)"), lambda: th.derive(NTK2)),
    "definiteness": (lambda: th.definiteness("NTK(depth=2)", 3), lambda: th.definiteness(NTK2, 3)),
    "trace": (lambda: th.trace("NTK(depth=2)", 10), lambda: th.trace(NTK2, 10)),
    "effective dimension": (
        lambda: th.effective_dimension("NTK(2)", 2, "1/10", top=5),
        lambda: th.effective_dimension(NTK2, 2, Fraction(1, 10), top=5),
    ),
    "target norm": (
        lambda: th.target_norm("NTK(2)", "PowerSeries((0, 1))", 2),
        lambda: th.target_norm(NTK2, th.PowerSeries((0, 1)), 2),
    ),
    "descents": (
        lambda: th.descents("NTK(2)", 2, "0:3", residual="0.1", step="1/2"),
        lambda: th.descents(NTK2, 2, range(4), Fraction(1, 10), Fraction(1, 2)),
    ),
    "decide": (
        lambda: th.decide("mu_k = 0 for odd k >= 3", "NTK(depth=2)").truth,
        lambda: th.decide(parse_statement("mu(k) = 0", NTK2, ["k odd", "k >= 3"])).truth,
    ),
    "decide a chain": (lambda: th.decide("0 <= mu(k) <= mu(1)", NTK2, ["k >= 1"]).truth, lambda: "HOLDS"),
}


@pytest.mark.parametrize("what", SAME)
def test_a_text_is_what_it_says(what: str) -> None:
    by_text, by_value = SAME[what]
    assert by_text() == by_value()


def test_another_text_is_something_else() -> None:
    assert exact(th.spectrum("NTK(depth=3)", 2, 3)) != exact(th.spectrum(NTK2, 2, 3))
    assert th.decide("mu_k > 0", "NTK(depth=2)").truth != th.decide("mu_k > 0", "NTK(depth=3)").truth


WRONG: dict[str, tuple[Callable[[], object], str]] = {
    "kernel": (lambda: th.spectrum("NTKK(2)", 2, 3), "did you mean NTK?"),
    "no kernel": (lambda: th.spectrum(3, 2, 3), "a kernel is needed, got 3"),
    "empty kernel": (lambda: th.trace(""), "kernel"),
    "dimension": (lambda: th.spectrum(NTK2, "two", 3), "dim must be an int"),
    "zero": (lambda: th.spectrum(NTK2, "0", 3), "dim must be a number >= 1"),
    "over zero": (lambda: th.spectrum(NTK2, "1/0", 3), "dim must be an int"),
    "degrees that fall": (lambda: th.spectrum(NTK2, 2, "5:1"), "degrees must be"),
    "negative degrees": (lambda: th.spectrum(NTK2, 2, "-1"), "degrees must be"),
    "no degrees": (lambda: th.spectrum(NTK2, 2, ""), "degrees must be"),
    "too many degrees": (lambda: th.spectrum(NTK2, 2, "0:9999999999"), "at most 1000001 at once"),
    "ridge": (lambda: th.effective_dimension(NTK2, 2, 0.5), "ridge must be exact"),
    "no ridge": (lambda: th.effective_dimension(NTK2, 2, "0"), "ridge must be > 0"),
    "NaN": (lambda: th.descents(NTK2, 2, "0:3", residual="nan"), "residual must be exact"),
    "every depth": (lambda: th.spectrum("NTK(depth=L)", 2, 3), "L"),
    "statement": (lambda: th.decide("muu(k) > 0", "NTK(2)"), "did you mean mu?"),
    "no statement": (lambda: th.decide(None), "text"),
    "target": (lambda: th.target_norm(NTK2, "t", 2), "kernel"),
}


@pytest.mark.parametrize("what", WRONG)
def test_a_wrong_text_is_refused_in_one_line(what: str) -> None:
    call, says = WRONG[what]
    with pytest.raises(ValueError) as caught:
        call()
    assert says in str(caught.value) and "\n" not in str(caught.value)


def test_the_version_is_that_of_the_package() -> None:
    assert th.__version__ == version("spectral-bias") and "__version__" in dir(th)


def test_a_name_that_is_mistyped_gets_the_nearest() -> None:
    with pytest.raises(AttributeError, match="did you mean spectrum?"):
        th.spectrm  # noqa: B018
    assert not hasattr(th, "nothing_like_it")


def test_every_name_is_there() -> None:
    assert all(hasattr(th, name) for name in dir(th))
