"""Wrong theories for the properties of `verify.properties.properties`: each must be caught by its check."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from functools import partial
from typing import Any

from numerics.predictions.residuals import kernel_projections
from theory.kernels import NTK, Multiple
from theory.numbers.pi_polynomials import PiPolynomial
from theory.spectra.spectrum import Eigenvalue
from theory.spectra.sphere import area_ratio
from verify.findings.claim import Context, Decide, Finding
from verify.networks.population import CAO, WRONG_SCALES
from verify.properties.checks import Spectrum, altered, continuous_time, exact_value, right_recurrence, right_spectrum
from verify.properties.properties import EXAMPLES, PROPERTIES, decide


def shifted(by: int) -> Spectrum:
    """Every mu_k replaced by mu_{k+by}."""

    def wrong(kernel: Any, dim: int, chosen: range, digits: int) -> list[Any]:
        moved = right_spectrum(kernel, dim, range(chosen.start + by, chosen.stop + by), digits)
        return [replace(value, degree=value.degree - by) for value in moved]

    return wrong


def other_dimension(kernel: Any, dim: int, chosen: range, digits: int) -> list[Any]:
    """Every mu_k that of the sphere two dimensions up."""
    return [replace(value, dim=dim) for value in right_spectrum(kernel, dim + 2, chosen, digits)]


def _area_ratio(value: Eigenvalue, _: int) -> PiPolynomial:
    """|S^(d-1)|/|S^d| once more: as if its square stood before the integral."""
    assert isinstance(value.dim, int)
    return exact_value(value) * area_ratio(value.dim)


double = altered(lambda v, _: exact_value(v) * 2)
tenth = altered(lambda v, _: exact_value(v) * Fraction(11, 10))
area = altered(_area_ratio)
negative = altered(lambda v, _: exact_value(v) * -1)
tiny = altered(lambda v, _: exact_value(v) + PiPolynomial.of(Fraction(1, 10**30)))
zeros = altered(lambda v, _: exact_value(v) * 0)


def _slower(kernel: Any, task: Any, step_size: float, steps: int) -> Any:
    return kernel_projections(kernel, task, step_size * 0.9, steps)


def _half_kernel(kernel: Any, task: Any, step_size: float, steps: int) -> Any:
    return kernel_projections(kernel / 2, task, step_size, steps)


def _late(kernel: Any, task: Any, step_size: float, steps: int) -> Any:
    """The projections of one step before."""
    path = kernel_projections(kernel, task, step_size, steps)
    return path[[0, *range(steps)]]


WRONG: dict[str, dict[str, Any]] = {
    "trace": {"factor 2": double, "degree +1": shifted(1), "rates +10 %": tenth, "area ratio twice": area},
    "parity": {"degree +1": shifted(1), "degree -1": shifted(-1), "10^-30 in place of 0": tiny},
    "positivity": {"sign reversed": negative, "degree +1": shifted(1), "zeros": zeros},
    "precision": {
        "one unit in the last digit asked": PROPERTIES["precision"].wrong,
        "twice that": altered(lambda v, digits: exact_value(v) * (1 + Fraction(2, 10**digits))),
        "more digits, larger values": altered(lambda v, digits: exact_value(v) * (1 + digits)),
    },
    "recurrence": {
        "weights exchanged": PROPERTIES["recurrence"].wrong,
        "degree +1": lambda dim, degree: right_recurrence(dim, degree + 1),
        "two dimensions up": lambda dim, degree: right_recurrence(dim + 2, degree),
        "factor 2": lambda dim, degree: tuple(2 * w for w in right_recurrence(dim, degree)),
    },
    "angle": {
        "factor 2": double,
        "degree +1": shifted(1),
        "two dimensions up": other_dimension,
        "area ratio twice": area,
        "one in 10 000": PROPERTIES["angle"].wrong,
    },
    "oracle": {
        "factor 2": double,
        "degree +1": shifted(1),
        "two dimensions up": other_dimension,
        "1/1000 added": PROPERTIES["oracle"].wrong,
    },
    "initial-kernel": {
        "layer scales (1, 1)": WRONG_SCALES,
        "kernel times 2": Multiple(Fraction(2), CAO),
        "kernel times 11/10": Multiple(Fraction(11, 10), CAO),
        "with bias": NTK(2, CAO.scales, True),
    },
    "own-kernel": {
        "continuous time": continuous_time,
        "rates -10 %": _slower,
        "half the kernel": _half_kernel,
        "one step late": _late,
    },
}


def twins(name: str) -> dict[str, Decide]:
    """{twin: how it is decided} of one property, none for a property without."""
    return {wrong: partial(_decided, name, formula) for wrong, formula in WRONG.get(name, {}).items()}


def _decided(name: str, formula: Callable[..., Any], context: Context) -> Finding:
    planted = replace(PROPERTIES[name], wrong=formula)
    return decide(planted, EXAMPLES[context.profile], context.seed or None, planted=True)
