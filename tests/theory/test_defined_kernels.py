"""A class that says by its definition alone what it is, is known everywhere as what it is defined by."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction

import pytest
from flint import arb

from tests.theory.kernel_list import ALL, HALF, HINGED, SMOOTH, TANH, Named, Pole
from theory.derivations.by_ends import proved_ends
from theory.derivations.by_signs import leaves
from theory.derivations.one_hidden_layer import derive
from theory.expansions.admissible import least_dim, zonals
from theory.expansions.analytic_inside import check_inside
from theory.expansions.at_ends import expansion_at
from theory.expansions.coefficient_signs import nonnegative_from
from theory.expansions.in_the_angle import kernel_value
from theory.expansions.maclaurin import at_one, maclaurin
from theory.kernels import NNGP, NTK, Compose, Gaussian, Kernel, Laplace, PowerSeries, Zonal, value_at_one, written_out
from theory.kernels.end_exponents import flatness, ramification
from theory.kernels.formulas import in_sympy, kernel_function
from theory.kernels.parity import degree_bounds
from theory.kernels.parse import parse_kernel
from theory.language.statement import parse_statement
from theory.laws.coefficients import is_slit, positive_from
from theory.laws.decay import decay
from theory.numbers.balls import NotCertified, working_precision
from theory.numbers.truth import Truth, Unable
from theory.spectra.closed_coefficients import maclaurin as closed_coefficients
from theory.spectra.closed_forms import closed_form
from theory.spectra.form_algebra import ClosedForm
from theory.spectra.routes.oracle import oracle_values
from theory.spectra.spectrum import spectrum
from theory.statements.decide import decide
from theory.text.laws import law_text
from verify.bridge import float_kernel

KNOWN: dict[str, Callable[[Kernel], object]] = {
    "kappa(1)": value_at_one,
    "flatness": flatness,
    "ramification": ramification,
    "bounds": degree_bounds,
    "formula": lambda kernel: kernel_function(kernel, "sympy"),
    "zonals": zonals,
    "least dimension": least_dim,
    "signs": nonnegative_from,
    "positive": positive_from,
    "slit": is_slit,
    "leaves": leaves,
    "closed form": closed_form,
    "closed coefficients": closed_coefficients,
    "written out": written_out,
}


def told(of: Callable[[Kernel], object], kernel: Kernel) -> object:
    """What a function says of a kernel; a refusal counts as an answer, whatever its words."""
    try:
        return of(kernel)
    except (Unable, NotCertified) as refused:
        return type(refused)


@pytest.mark.parametrize("kernel", [*ALL, *TANH, *SMOOTH, *HINGED], ids=repr)
@pytest.mark.parametrize("what", KNOWN)
def test_a_definition_tells_all_that_is_known_without_numbers(what: str, kernel: Kernel) -> None:
    assert told(KNOWN[what], Named(kernel)) == told(KNOWN[what], kernel)


@pytest.mark.parametrize("kernel", ALL, ids=repr)
def test_a_definition_gives_the_same_spectrum(kernel: Kernel) -> None:
    own, defined = (spectrum(one, 2, range(3), 8) for one in (kernel, Named(kernel)))
    assert own.route == defined.route
    for here, there in zip(own.eigenvalues, defined.eigenvalues, strict=True):
        assert here.decimal(8) == there.decimal(8) and here.exact == there.exact


@pytest.mark.parametrize("kernel", [*ALL, *TANH, *SMOOTH, *HINGED], ids=repr)
def test_a_definition_gives_the_same_values(kernel: Kernel) -> None:
    def values(of: Kernel) -> Iterator[object]:
        with working_precision(30):
            yield told(lambda k: str(kernel_value(k, arb(1))), of)
            yield str(at_one(of)), told(lambda k: list(map(str, maclaurin(k, 5))), of)

    assert list(values(Named(kernel))) == list(values(kernel))


SHOWN = (NTK(2), NTK(3), NNGP(4), Laplace(1), Gaussian(2), 2 * NTK(3), PowerSeries((1, 0, 2)), Zonal("1/(2-t)"), *TANH)


@pytest.mark.parametrize("kernel", SHOWN, ids=repr)
@pytest.mark.parametrize("dim", [2, None])
def test_a_definition_has_the_same_law(dim: int | None, kernel: Kernel) -> None:
    def law(of: Kernel, as_: str) -> object:
        found = decay(of, as_, dim if as_ == "k" else None, degree=1 if as_ == "d" and dim else None)
        return law_text(found).replace(repr(of), "K").replace(repr(kernel), "K")

    for as_ in ("k", "d"):
        assert told(lambda k, as_=as_: law(k, as_), Named(kernel)) == told(lambda k, as_=as_: law(k, as_), kernel)


SAID = (
    "mu(k) >= 0",
    "mu(3) = 0",
    "mu(k) = O(1) as k -> oo",
    "kappa(1) = 1",
    "b(2) > 0",
    "mu(2) ~ b(2)/d**2 as d -> oo",
)


@pytest.mark.parametrize("kernel", [NTK(2), NTK(3), Laplace(1), 2 * NNGP(3), Zonal("1/(2-t)")], ids=repr)
@pytest.mark.parametrize("said", SAID)
def test_a_definition_has_the_same_verdicts(said: str, kernel: Kernel) -> None:
    assert decide(parse_statement(said, Named(kernel))) == decide(parse_statement(said, kernel))


def test_a_definition_is_derived_trained_and_expanded_like_its_kernel() -> None:
    kernel = Named(NTK(2))
    assert derive(kernel).steps == derive(NTK(2)).steps and proved_ends(kernel) == proved_ends(NTK(2))
    import torch

    angle = torch.linspace(0, 3, 7, dtype=torch.float64)
    assert torch.equal(float_kernel(kernel)(angle), float_kernel(NTK(2))(angle))
    absolute = Zonal("sqrt(t**2)")  # no power series at t = 0, and not analytic inside
    for of in (lambda k: expansion_at(k, 0, 2), check_inside):
        assert told(of, Named(absolute)) == told(of, absolute) != told(of, Zonal("t"))


@pytest.mark.parametrize("kernel", [Pole(HALF), Named(NTK(2) + Gaussian(1))], ids=repr)
def test_a_class_is_read_and_combined_by_its_name(kernel: Kernel) -> None:
    assert parse_kernel(repr(kernel)) == kernel
    for combined in (2 * kernel, kernel + kernel, kernel * kernel, Compose(Gaussian(1), Fraction(1, 4) * kernel)):
        assert parse_kernel(repr(combined)) == combined and repr(written_out(combined)) != repr(combined)


def test_a_registered_value_decides_nothing_against_the_definition() -> None:
    """Twin: value_at_one claims 1, the definition says 2. The verdict is the definition's."""

    @dataclass(frozen=True, slots=True, repr=False)
    class Boastful(Kernel):
        @property
        def definition(self) -> Kernel:
            return Zonal("1 + t")

    value_at_one.register(Boastful)(lambda kernel: Fraction(1))
    assert value_at_one(Boastful()) == 1
    assert decide(parse_statement("kappa(1) = 1", Boastful())).truth is Truth.FAILS


def test_a_wrong_closed_form_is_noticed_by_another_route() -> None:
    """Twin: the closed form of 1 + t registered for 1 + 2 t."""

    @dataclass(frozen=True, slots=True, repr=False)
    class Mistaken(Kernel):
        @property
        def definition(self) -> Kernel:
            return Zonal("1 + 2*t")

    closed_form.register(Mistaken)(lambda kernel: ClosedForm(polynomial=(Fraction(1), Fraction(1))))

    def apart(kernel: Kernel) -> bool:
        closed = spectrum(kernel, 2, range(2), 10, "closed").eigenvalues
        other = spectrum(kernel, 2, range(2), 10, "angle").eigenvalues
        return not all(x.enclosure.overlaps(y.enclosure) for x, y in zip(closed, other, strict=True))

    assert apart(Mistaken()) and not apart(Zonal("1 + 2*t"))


def test_a_wrong_definition_is_noticed_where_more_is_known() -> None:
    """Twin: the factor 1 - r forgotten in the definition; the routes disagree with what is registered."""

    @dataclass(frozen=True, slots=True, repr=False)
    class Forgetful(Kernel):
        @property
        def definition(self) -> Kernel:
            return Zonal("1/(1 - t/2)")

    @in_sympy.register(Forgetful)
    def _formula(kernel: Forgetful, t: object) -> object:
        return in_sympy(Pole(HALF), t)

    right, wrong = kernel_function(Pole(HALF)), kernel_function(Forgetful())
    by_definition = oracle_values(Forgetful(), 2, range(1), 15)[0]
    assert right == wrong and abs(by_definition - oracle_values(Pole(HALF), 2, range(1), 15)[0]) > 0.5
