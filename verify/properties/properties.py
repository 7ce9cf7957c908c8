"""Property-based checks: statements over all kernels, dimensions, degrees, precisions, widths, points.

PROPERTIES names them; `run_properties` runs them for `spectral-bias verify`, and pytest runs the
same objects. Each comes with a planted wrong formula on which it must fail.

Exact and ball properties are instances of what theory proves or certifies. Two are sampled: the
kernel of a random network (z-test, with a false-fail rate an example), and trained networks
(laziness and rounding as budget).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from hypothesis import HealthCheck, Phase, seed, settings

from numerics.predictions.residuals import kernel_projections
from theory.numbers.balls import NotCertified
from theory.numbers.pi_polynomials import PiPolynomial
from theory.numbers.truth import Evidence, Truth
from verify.findings.claim import Finding
from verify.networks.population import CAO, WRONG_SCALES
from verify.properties.checks import (
    KERNEL_FALSE_FAIL,
    Check,
    Violated,
    altered,
    angle,
    arguments_of,
    continuous_time,
    exact_value,
    initial_kernel,
    oracle,
    own_kernel,
    parity,
    positivity,
    precision,
    recurrence,
    right_recurrence,
    right_spectrum,
    trace,
)
from verify.properties.statements import STATEMENTS

EXAMPLES = {"quick": 40, "full": 100, "paper": 400}


@dataclass(frozen=True, slots=True)
class Property:
    """A statement, the check made from a formula, the right formula and a planted wrong one."""

    statement: str
    made_from: Callable[[Any], Check]
    right: Any
    wrong: Any
    false_fail: float = 0.0  # of one example

    @property
    def check(self) -> Check:
        """The property of the right formula."""
        return self.made_from(self.right)

    @property
    def planted(self) -> Check:
        """The same check of the wrong formula, which must fail."""
        return self.made_from(self.wrong)


PROPERTIES = {
    "trace": Property(
        STATEMENTS["trace"], trace, right_spectrum, altered(lambda v, _: exact_value(v) * Fraction(11, 10))
    ),
    "parity": Property(
        STATEMENTS["parity"],
        parity,
        right_spectrum,
        altered(lambda v, _: exact_value(v) + PiPolynomial.of(Fraction(1, 10**30))),
    ),
    "positivity": Property(
        STATEMENTS["positivity"],
        positivity,
        right_spectrum,
        altered(lambda v, _: exact_value(v) * (-1 if v.degree >= 2 else 1)),
    ),
    "precision": Property(
        STATEMENTS["precision"],
        precision,
        right_spectrum,
        altered(lambda v, digits: exact_value(v) * (1 + Fraction(1, 10**digits))),
    ),
    "recurrence": Property(
        STATEMENTS["recurrence"], recurrence, right_recurrence, lambda dim, degree: right_recurrence(dim, degree)[::-1]
    ),
    "angle": Property(
        STATEMENTS["angle"], angle, right_spectrum, altered(lambda v, _: exact_value(v) * Fraction(10_001, 10_000))
    ),
    "oracle": Property(
        STATEMENTS["oracle"],
        oracle,
        right_spectrum,
        altered(lambda v, _: exact_value(v) + PiPolynomial.of(Fraction(1, 1000))),
    ),
    "initial-kernel": Property(STATEMENTS["initial-kernel"], initial_kernel, CAO, WRONG_SCALES, KERNEL_FALSE_FAIL),
    "own-kernel": Property(STATEMENTS["own-kernel"], own_kernel, kernel_projections, continuous_time),
}


def run_properties(
    examples: int = EXAMPLES["quick"],
    fresh: int | None = None,
    names: list[str] | None = None,
    planted: bool = False,
    progress: Callable[[int, int, str], None] | None = None,
) -> dict[str, Finding]:
    """Run properties by name (all by default): {"property-trace": Finding, ...}.

    fresh: a seed for new examples; None draws the same ones every time. planted: check the wrong
    formulas instead, all of which must come out FAILS. A failure carries Hypothesis' minimal example.

    >>> run_properties(examples=2, names=["recurrence"])["property-recurrence"].truth
    <Truth.HOLDS: 'HOLDS'>
    """
    chosen = list(PROPERTIES) if names is None else names
    unknown = [name for name in chosen if name not in PROPERTIES]
    if unknown:
        raise ValueError(f"no property {unknown[0]!r}; there are {', '.join(PROPERTIES)}")
    found = {}
    for done, name in enumerate(chosen):
        found[f"property-{name}"] = decide(PROPERTIES[name], examples, fresh, planted)
        if progress is not None:
            progress(done + 1, len(chosen), f"property {name}")
    return found


def decide(checked: Property, examples: int, fresh: int | None = None, planted: bool = False) -> Finding:
    """Run one property on that many examples; a violation is FAILS, lost precision UNDECIDED."""
    check = _configured(checked.planted if planted else checked.check, examples, fresh)
    rates = {"false_fail": examples * checked.false_fail} if checked.false_fail else None
    shared: dict[str, Any] = {"compared": checked.statement, "rates": rates, "routes": ("Hypothesis",)}
    try:
        check()
    except NotCertified as error:
        return Finding(Truth.UNDECIDED, Evidence.CHECKED, why=str(error), counterexample=arguments_of(error), **shared)
    except Exception as error:  # a formula that cannot be evaluated is as wrong as one that is refuted
        text = str(error) if isinstance(error, Violated) else f"{type(error).__name__}: {error}"
        minimal = arguments_of(error)
        where = ", ".join(f"{key}={value}" for key, value in minimal.items())
        why = " ".join(f"{text}, at {where}".split())
        return Finding(Truth.FAILS, Evidence.CHECKED, why=why, counterexample=minimal, **shared)
    why = f"{examples} random examples and the exceptional cases, no counterexample"
    return Finding(Truth.HOLDS, Evidence.CHECKED, why=why, figures={"examples": examples}, **shared)


def _configured(check: Check, examples: int, fresh: int | None) -> Check:
    """The check under our settings: same examples every time, or fresh ones from a seed."""
    chosen = settings(
        max_examples=examples,
        derandomize=fresh is None,
        database=None,
        deadline=None,
        print_blob=False,
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.explicit, Phase.generate, Phase.shrink],
    )
    return chosen(check if fresh is None else seed(fresh)(check))
