"""Do values per degree follow a law of decay, with the error that the law itself has at each degree?

    mu_k = C k^p (1 + c_1/k + ... + c_T/k^T) + o(k^(p-T))

C and p are the law's; the corrections are read off the expansions of the kernel at t = 1 and -1. A
value may differ from the sum by the last two corrections together (one alone may be small by
chance; over 11 kernels, d = 1, 2, 3, 6 and degrees to 80 the true remainder was at most .43 of the
last two with four terms), by k^-T where fewer exist, and by its own uncertainty. Degrees where this
error exceeds a tenth of the value are too low for the expansion and left out. The remainder of an
asymptotic expansion is estimated so, not proved: the evidence is `checked`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from theory.laws.decay import from_expansions
from theory.laws.law import Law, LawBranch

TERMS = 6  # powers of 1/k that are kept
LARGEST_ERROR = 0.1  # share of the value from which an expansion says nothing
LEAST_DEGREES = 3  # in each class of degrees
ROUNDING = 1e-12  # relative


def wrong_decay(values: Mapping[int, float] | ArrayLike, law: Law, relative: float) -> str | None:
    """What is wrong with the values, None if nothing is."""
    if not isinstance(law, Law) or law.variable != "k" or law.dim is None:
        raise ValueError('a law in the degree at a fixed dimension wanted: decay(kernel, "k", dim=...)')
    if not 0 <= relative < 1:
        raise ValueError(f"0 <= relative < 1 wanted, got {relative}")
    given = _by_degree(values)
    largest = max(abs(v) for v in given.values())
    if any(branch.exponent is None and branch.leading != 0 for branch in law.law):
        raise ValueError(f"the eigenvalues of {law.kernel!r} follow no power of k")
    corrections = _corrections(from_expansions(law.kernel, "k", law.dim, None, TERMS))
    said = (_wrong_branch(given, branch, corrections, relative, largest) for branch in law.law)
    return next((text for text in said if text), None)


def _by_degree(values: Mapping[int, float] | ArrayLike) -> dict[int, float]:
    pairs = values.items() if isinstance(values, Mapping) else enumerate(np.asarray(values, dtype=float))
    given = {int(k): float(v) for k, v in pairs}
    if not given or min(given) < 0:
        raise ValueError("values by degree wanted: a mapping, or a sequence from degree 0 on")
    bad = [k for k, v in given.items() if not np.isfinite(v)]
    if bad:
        raise ValueError(f"values must be finite: degree {bad[0]} is {given[bad[0]]}")
    return dict(sorted(given.items()))


Corrections = dict[int, list[tuple[float, float]]]


def _corrections(finer: Law) -> Corrections:
    """(power, coefficient) of 1 + c_1/k + ..., by parity of the degree; empty where mu_k = 0."""
    found: Corrections = {}
    for branch in finer.law:
        where = branch.ranges.named("k")
        assert where.parity is not None  # expansions differ for even and odd degrees
        power, constant = branch.terms[0] if branch.terms else (0, 1)
        found[where.parity] = [(float(p - power), float(c / constant)) for p, c in branch.terms]
    return found


@dataclass(frozen=True, slots=True)
class _Value:
    """A value, 1 + c_1/k + ... and what the law says of it: leading * series +- error."""

    value: float
    series: float
    predicted: float
    error: float


def _wrong_branch(
    given: dict[int, float], branch: LawBranch, corrections: Corrections, relative: float, largest: float
) -> str | None:
    where = branch.ranges.named("k")
    mine = {
        k: v
        for k, v in given.items()
        if k >= max(1, where.least) and where.parity in (None, k % 2) and (where.most is None or k <= where.most)
    }
    relative = max(relative, ROUNDING)
    if branch.exponent is None:
        bad = [k for k, v in mine.items() if abs(v) > relative * largest]
        return f"degree {bad[0]} is {mine[bad[0]]:.6g}, predicted 0 for {branch.parity} degrees" if bad else None
    assert branch.constant is not None  # as the exponent is not
    exponent, constant = float(branch.exponent), float(branch.constant)
    values = {k: _value(v, k, constant * k**exponent, corrections[k % 2]) for k, v in mine.items()}
    usable = {k: v for k, v in values.items() if v.error <= LARGEST_ERROR * abs(v.predicted)}
    if len(usable) < LEAST_DEGREES:
        raise ValueError(
            f"{len(usable)} {branch.parity} degrees are high enough for the law, {LEAST_DEGREES} are needed"
        )
    bad = [k for k, v in usable.items() if abs(v.value - v.predicted) > v.error + relative * abs(v.predicted)]
    if not bad:
        return None
    first = usable[bad[0]]
    return (
        f"{branch.parity} degrees: degree {bad[0]} is {first.value:.6g}, predicted {first.predicted:.6g} +- "
        f"{first.error:.2g} by {branch.leading} and its corrections "
        f"({len(bad)} of {len(usable)} degrees are off); "
        f"{_measured(usable, exponent, constant)}"
    )


def _value(value: float, degree: int, leading: float, corrections: list[tuple[float, float]]) -> _Value:
    terms = [c * float(degree) ** p for p, c in corrections]
    share = max(sum(map(abs, terms[1:][-2:])), float(degree) ** -TERMS)
    return _Value(value, sum(terms), leading * sum(terms), abs(leading) * share)


def _measured(usable: dict[int, _Value], exponent: float, constant: float) -> str:
    """Exponent and constant of the values divided by the known corrections; range of local exponents."""
    k, ratio = np.array(list(usable), dtype=float), np.array([v.value / v.series for v in usable.values()])
    if not (ratio * constant > 0).all():
        return "the values do not have the predicted sign"
    logs = np.log(np.abs(ratio))
    local = np.diff(logs) / np.diff(np.log(k))
    slope, intercept = np.polyfit(np.log(k), logs, 1)
    same = abs(slope - exponent) <= np.ptp(local) + 1e-3
    size = np.exp(np.mean(logs - exponent * np.log(k))) if same else np.exp(intercept)
    times = f", {size / abs(constant):.6g} times as large" if same else ""
    return (
        f"measured exponent {slope:.4f} (between {local.min():.4f} and {local.max():.4f}), "
        f"predicted {exponent:g}; "
        f"measured constant {size:.6g}, predicted {abs(constant):.6g}{times}"
    )
