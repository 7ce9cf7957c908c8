"""What theory hands to a comparison with networks, and how verdicts of many degrees become one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import reduce
from math import isfinite
from operator import and_
from typing import Any

import numpy as np
import torch
import xarray as xr
from numpy.typing import ArrayLike
from torch import Tensor

from numerics.data.points import PointSet
from numerics.data.targets import Problem
from numerics.experiments.config import one_thread
from numerics.predictions.residuals import sampled_eigenvalues, sampled_kernel
from theory.kernels import NTK, Kernel
from theory.numbers.truth import Evidence, Truth
from verify.bridge import float_ends, float_spectrum
from verify.findings.claim import Finding
from verify.statistics.equivalence import LEAST_STATED, power_warning, stated

# gradient descent with eta = c/m on the network of Cao et al. has this limit kernel
CAO = NTK(depth=2, layer_scales=(Fraction(1, 2), 1))
WRONG_SCALES = NTK(depth=2, layer_scales=(1, 1))
# At 640 degrees the terms dropped change a quotient on the grids by less than 4e-6 of itself: they
# count for nothing beside a margin of percents.
LAST_DEGREE = 640
LAST_DEGREE_HIGH = 40  # from S^4 on: N(d, k) mu_k falls faster, and 40 degrees leave 1e-7 of a quotient


def quotients(kernel: Kernel, problem: Problem, last: int = LAST_DEGREE) -> Tensor:
    """Certified mu_0..mu_L of the kernel as its Rayleigh quotients on a sample, aliasing included: (q,).

    NaN where the eigenvalues exceed the trace kappa(1), as those of a wrong theory may.
    """
    spectrum = float_spectrum(kernel, problem.sample.dim, last)
    try:
        with one_thread():
            return sampled_eigenvalues(spectrum, float_ends(kernel), problem)
    except ValueError:
        return torch.full((problem.directions.shape[1],), torch.nan, dtype=torch.float64)


def sampled_matrix(kernel: Kernel, sample: PointSet) -> Tensor:
    """The kernel on a sample, from its certified mu_0..mu_L alone: (n, n); NaN as in `quotients`."""
    last = LAST_DEGREE if sample.dim < 4 else LAST_DEGREE_HIGH
    try:
        with one_thread():
            return sampled_kernel(float_spectrum(kernel, sample.dim, last), float_ends(kernel), sample)
    except ValueError:
        return torch.full((sample.samples, sample.samples), torch.nan, dtype=torch.float64)


def conjunction(verdicts: Iterable[str]) -> Truth:
    """HOLDS only if all do; one FAILS decides. ValueError for none: what nothing was asked of does not hold.

    >>> conjunction(["HOLDS", "UNDECIDED"])
    <Truth.UNDECIDED: 'UNDECIDED'>
    """
    said = [Truth(verdict) for verdict in verdicts]
    if not said:
        raise ValueError("no verdict at all: a comparison was asked for, its tests are missing")
    return reduce(and_, said)


def weighed(finding: Finding) -> Finding:
    """The finding with rates that are probabilities one can know, and a word where its test has no power."""
    if not finding.rates:
        return finding
    rates = {name: min(1.0, rate) for name, rate in finding.rates.items()}
    if "false_fail" in rates:
        rates["false_fail"] = max(LEAST_STATED, rates["false_fail"])
    warning = "" if finding.why.startswith("no power") else power_warning(rates.get("false_fail", 0.0))
    return replace(finding, rates=rates, why=f"{warning}; {finding.why}" if warning else finding.why)


def undecided(refusal: str, **said: Any) -> Finding:
    """The finding of a test that its sizes leave without power: nothing is decided, either way."""
    return Finding(Truth.UNDECIDED, Evidence.OBSERVED, why=refusal, rates=stated(1.0, false_pass=0.0), **said)


def rates_of(found: Finding) -> dict[str, float]:
    """The error rates of a test, which every one states."""
    assert found.rates is not None
    return found.rates


def refuse_non_finite(**measured: xr.DataArray | ArrayLike) -> None:
    """Raise ValueError where something measured is not finite, before any judge compares it.

    A comparison with NaN is False, so that ``off > allowed`` would never be found; and a maximum over a
    labelled axis leaves NaN out.

    >>> refuse_non_finite(loss=[1.0, 0.5])
    >>> refuse_non_finite(loss=[1.0, float("nan")])
    Traceback (most recent call last):
    ...
    ValueError: loss: 1 of 2 values not finite: a run diverged, or its units died
    """
    for name, values in measured.items():
        found = np.asarray(values)
        bad = found.size - int(np.isfinite(found).sum())
        if bad:
            raise ValueError(f"{name}: {bad} of {found.size} values not finite: a run diverged, or its units died")


def percent(value: float) -> str:
    """A share as a signed percentage for one line of text.

    >>> percent(-0.01234)
    '-1.23 %'
    """
    return f"{100 * value:+.2f} %"


def finite(value: float) -> float | None:
    """The value, or None where a wrong theory gives none: figures go into JSON.

    >>> finite(1.5), finite(float("nan"))
    (1.5, None)
    """
    return float(value) if isfinite(value) else None


def rolled(values: Sequence[float]) -> list[float]:
    """Every value in the place of its neighbour: the theory of the wrong degree.

    >>> rolled([1.0, 2.0, 3.0])
    [2.0, 3.0, 1.0]
    """
    return [*values[1:], values[0]]
