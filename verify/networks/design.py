"""Does a network built to have a given spectrum learn at the designed rates? An equivalence test over seeds.

Formula     weights a_j^2 of the blocks from the law (`theory.spectra.circle_designs`), then residual (1 - c m_k)^t
Reach       certified first: where a weight would be negative no amplitudes have that spectrum, the
            statement FAILS, and a dual vector checked in balls says how far the nearest one is
Measured    e_k = slope of log|<phi_k, r_t>| / log(1 - c m_k) - 1, one value for each network
Null        |E e_k| >= margin for some k;    alternative |E e_k| < margin for all k

Aliasing of the grid (1 % at k = 6 for k^-2) counts as error of the design and is part of the bias.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import torch
import xarray as xr

from numerics.experiments.lecture import design
from numerics.predictions.fourier_features import block_matrix, head_spectrum
from numerics.predictions.rates import decay_window, log_slopes, relative_rate_errors
from theory.kernels import NTK, Kernel
from theory.numbers.balls import Enclosure, ball
from theory.numbers.truth import Evidence, Truth
from theory.spectra.circle_designs import achieved_distance, block_design, block_spectrum, certified_distance
from theory.statements.law_values import law_values
from verify.findings.claim import Context, Finding, Procedure
from verify.networks import Judge
from verify.networks.population import conjunction, percent, rolled, undecided
from verify.networks.runs import config_of, obtain
from verify.statistics.equivalence import Pilot, equivalence_tests, rejection

LEVEL = 1e-6
# Pilot: 48 networks of width 512 with the seeds 5 000 000, ...: spread at most .13 and bias at most
# .07 in any degree, each missed with probability 1e-3; at other widths as of `statistics.Pilot`.
PILOT_WIDTH, MARGIN, SPREAD, BIAS = 512, 0.24, 0.13, 0.07
SLACKS = [Fraction(1, 10**j) for j in (12, 9, 7, 5, 3)]  # by which a dual vector from floats is drawn in


def head(config: Any) -> Kernel:
    """h = s t k0 + k1."""
    return NTK(depth=2, layer_scales=(Fraction(config.first_scale), 1))


def prepared(config: Any) -> Any:
    """The config with the law's values in place of its spectrum; an empty law keeps the spectrum.

    >>> prepared(design.EXPERIMENT.configure(law="1/k")).spectrum[:3]
    (1.0, 0.5, 0.3333333333333333)
    """
    if not config.law:
        return config
    values = law_values(config.law, len(config.spectrum))
    return replace(config, spectrum=tuple(float((v.lower + v.upper) / 2) for v in values))


def targets(config: Any) -> tuple[Enclosure, ...]:
    """m_1, ..., m_K certified: from the law, or the given numbers exactly."""
    if config.law:
        return law_values(config.law, len(config.spectrum))
    return tuple(Enclosure.of(ball(Fraction(value))) for value in config.spectrum)


def designed_rates(context: Context) -> Finding:
    """k^-2 on the circle, from the law to the trained network."""
    config = prepared(config_of(design.EXPERIMENT.name, context))
    return judge(config, obtain(design.EXPERIMENT.name, config, context))


def design_twins(context: Context) -> dict[str, Finding]:
    """Other laws, and networks not designed, held against the same networks: each must fail."""
    config = prepared(config_of(design.EXPERIMENT.name, context))
    return twins(config, obtain(design.EXPERIMENT.name, config, context))


def twins(config: Any, data: xr.Dataset) -> dict[str, Finding]:
    """Findings for wrong laws, shifted degrees, no design, and a law that is out of reach."""
    right, last = config.spectrum, len(config.spectrum)
    equal = _middles(block_spectrum(head(config), [Fraction(1)] * last))
    weights = [Fraction(float(w)) for w in data.weight.values]
    other = _middles(block_spectrum(NTK(depth=2), weights))
    wrong = {
        "law k^-3/2": [k**-1.5 for k in range(1, last + 1)],
        "degrees shifted": rolled(right),
        "rates +30 %": [1.3 * mu for mu in right],
        "equal amplitudes": [right[0] * mu / equal[0] for mu in equal],
        "both layers at full speed": other,
    }
    found = {name: rates_finding(config, data, rates) for name, rates in wrong.items()}
    return found | {"k^-4, out of reach": judge(prepared(replace(config, law="k**-4")), data)}


def judge(config: Any, data: xr.Dataset) -> Finding:
    """Reach by theory, then the rates of the networks of one run."""
    wanted = targets(config)
    plan = block_design(head(config), wanted)
    if plan.reachable is Truth.HOLDS:
        return rates_finding(config, data, _middles(wanted))
    return _out_of_reach(config, data, wanted, plan.reachable)


def _out_of_reach(config: Any, data: xr.Dataset, wanted: tuple[Enclosure, ...], reachable: Truth) -> Finding:
    """A certified distance below, and what the nearest weights reach above."""
    target = torch.tensor(_middles(wanted), dtype=torch.float64)
    matrix = block_matrix(head_spectrum(len(target), (config.first_scale, 1.0)))
    weights, dual = design.nearest(matrix, target)
    exact = [max(Fraction(0), Fraction(float(w))) for w in weights]
    bounds = (certified_distance(head(config), wanted, drawn_in(dual.tolist(), slack)) for slack in SLACKS)
    lower = next((bound for bound in bounds if bound is not None), None)
    upper = achieved_distance(head(config), wanted, exact)
    missing = min(range(len(wanted)), key=lambda j: block_design(head(config), wanted).weights[j].lower)
    truth = reachable if lower is None or lower <= 0 else Truth.FAILS
    shown = "no certificate" if lower is None else f"at least {100 * float(lower):.3f} %"
    nearest = (data.gram_eigenvalue / np.asarray(_middles(wanted)) - 1).values
    return Finding(
        truth,
        Evidence.CERTIFIED if truth is Truth.FAILS else None,
        compared=f"the law {config.law or 'given'} on degrees 1..{len(wanted)} with every nonnegative choice of amplitudes",
        why=f"out of reach: the weight of frequency {missing + 1} would be negative; every choice is off by {shown} "
        f"of some eigenvalue, the one built by {100 * float(upper):.3f} %",
        routes=("Dirichlet inverse in balls", "dual vector of a linear program, checked in balls"),
        counterexample={"frequency": missing + 1, "distance": None if lower is None else float(lower)},
        figures={
            "distance_lower": None if lower is None else float(lower),
            "distance_upper": float(upper),
            "built": nearest.tolist(),
            "weights": [float(w) for w in exact],
        },
        scope=f"head {head(config)!r}, integer frequencies of any size",
    )


def drawn_in(dual: list[float], slack: Fraction) -> list[Fraction]:
    """A dual vector from floats, feasible within rounding, moved inwards: lower, then of |y| sum 1 at most.

    >>> sum(abs(y) for y in drawn_in([0.5, -0.5], Fraction(1, 8))) <= 1
    True
    """
    lowered = [Fraction(y) - slack for y in dual]
    size = sum(abs(y) for y in lowered)
    return [y / size for y in lowered] if size > 1 else lowered


def rates_finding(config: Any, data: xr.Dataset, rates: list[float]) -> Finding:
    """The verdict on rates m_k for the networks of a run."""
    degrees, rate = data.degree.values.tolist(), float(data.rate)
    pilot = Pilot(PILOT_WIDTH, MARGIN, LEVEL, len(degrees), SPREAD, BIAS)
    if refusal := pilot.refusal(config.width, config.seeds):
        return undecided(refusal, compared="rates with the decay of the networks", routes=("law", "trained networks"))
    plan = pilot.design(config.width, config.seeds)
    barred = [k for k, mu in zip(degrees, rates) if not 0 < rate * mu < 1]
    if barred:
        why = f"the networks decay, the rates asked of them do not: not 0 < c m_k < 1 for degrees {barred}"
        return Finding(
            Truth.FAILS, Evidence.OBSERVED, "rates with the decay of the networks", why, ("law", "trained networks")
        )
    windows = {
        k: decay_window(float(mu), rate, *design.WINDOW, last=config.steps)
        for k, mu in zip(degrees, data.gram_eigenvalue.values)
    }
    slopes = log_slopes(data.network, windows)
    errors = relative_rate_errors(slopes, [1 - rate * mu for mu in rates]).values
    tests = equivalence_tests(errors, degrees, plan)
    worst = max(tests, key=lambda test: max(abs(test.lower), abs(test.upper)))
    rows = [
        {
            "degree": int(t.label),
            "designed": mu,
            "deviation": t.mean,
            "lower": t.lower,
            "upper": t.upper,
            "spread": t.spread,
            "verdict": t.verdict,
        }
        for t, mu in zip(tests, rates)
    ]
    return Finding(
        conjunction(test.verdict for test in tests),
        Evidence.OBSERVED,
        compared=f"log decay per step of {config.seeds} networks of width {config.width} a block with log(1 - c m_k), "
        f"m_k = {config.law or 'given'}",
        why=f"largest deviation {percent(worst.mean)} at degree {worst.label}, limits [{percent(worst.lower)}, "
        f"{percent(worst.upper)}], margin {100 * worst.margin:.3g} %, {worst.seeds} seeds",
        routes=("law, then Dirichlet inverse in balls", "trained networks"),
        rates={"false_fail": plan.false_fail, "false_pass": plan.level},
        figures={"degrees": rows, "weights": data.weight.values.tolist(), "rejection": rejection(tests, plan)},
        scope=f"S^1, degrees 1..{len(degrees)}, {config.steps} steps of size {rate:.3g}",
    )


def _middles(values: tuple[Enclosure, ...]) -> list[float]:
    return [float((value.lower + value.upper) / 2) for value in values]


PROCEDURES = {"tancik-design": Procedure(designed_rates, design_twins, experiment="design")}
JUDGES = {"design": Judge(judge, prepared)}
