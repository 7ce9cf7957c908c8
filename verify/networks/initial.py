"""Does the kernel of a network at its start have the limit kernel as its mean? A z-test over neurons.

Formula     E[ phi_k' W K_r W phi_k ] = q_k for the share K_r of each hidden unit r (times the
            width), q_k the certified mu_k of t k0/2 + k1 with the aliasing of the grid
Measured    the mean over m independent hidden units, for every degree
Null        the mean is q_k for all k: rejected with probability at most FALSE_FAIL
Alternative it is off by a share CAUGHT or more: missed with probability at most MISS
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from numerics.experiments.cao import cao_circle, cao_sphere
from numerics.experiments.config import one_thread
from numerics.networks.two_layer import initialise
from numerics.predictions.limit_kernels import neuron_rayleigh_quotients
from theory.kernels import Kernel
from theory.numbers.pi_polynomials import PiPolynomial
from theory.numbers.truth import Evidence
from theory.spectra.sphere import area_ratio
from verify.bridge import DIGITS
from verify.findings.claim import Context, Finding, Procedure
from verify.networks.population import CAO, WRONG_SCALES, conjunction, finite, percent, quotients, rolled, undecided
from verify.networks.rates import on_sample
from verify.networks.runs import first_seed
from verify.statistics.ztest import ZTest, z_test

WIDTHS = {"quick": 2**17, "full": 2**20, "paper": 2**22}
FALSE_FAIL = 1e-7  # of the family
MISS = 1e-6  # of each error CAUGHT
CAUGHT = 0.06  # share of q_k, at the quick width
GRIDS = ((cao_circle, "S^1"), (cao_sphere, "S^2"))


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """One degree on one grid: each hidden unit's share (m,), and the mean that theory gives it."""

    grid: int
    degree: int
    shares: np.ndarray
    mean: float

    @property
    def sphere(self) -> str:
        """The sphere's name."""
        return GRIDS[self.grid][1]


def initial_kernel(context: Context) -> Finding:
    """Degrees 1, 2, 4, 6 on S^1 and 1, 2, 4 on S^2, one network on each."""
    shares = draw(first_seed(context), WIDTHS[context.profile], context)
    return finding(comparisons(shares, expected(CAO)))


def initial_twins(context: Context) -> dict[str, Finding]:
    """Wrong kernels held against the same networks: each must fail."""
    shares = draw(first_seed(context), WIDTHS[context.profile], context)
    return twins(shares)


def draw(seed: int, width: int, context: Context | None = None) -> list[np.ndarray]:
    """Each hidden unit's share (m, q) of the Rayleigh quotients of one network on each grid."""
    shares = []
    with one_thread():
        for done, (module, _) in enumerate(GRIDS):
            problem = module.problem(module.EXPERIMENT.configure())
            generator = torch.Generator().manual_seed(seed + done)
            network = initialise(problem.sample.dim, width, generator, antisymmetric=False)
            shares.append(neuron_rayleigh_quotients(network, problem).numpy())
            if context is not None and context.progress is not None:
                context.progress(done + 1, len(GRIDS), "initial kernels")
    return shares


def expected(kernel: Kernel) -> list[list[float]]:
    """q_k of every degree on every grid."""
    return [quotients(kernel, module.problem(module.EXPERIMENT.configure())).tolist() for module, _ in GRIDS]


def comparisons(shares: list[np.ndarray], means: list[list[float]]) -> list[Comparison]:
    """Every degree of every grid, in order."""
    return [
        Comparison(grid, degree, shares[grid][:, column], means[grid][column])
        for grid, (module, _) in enumerate(GRIDS)
        for column, degree in enumerate(module.DEGREES)
    ]


def twins(shares: list[np.ndarray]) -> dict[str, Finding]:
    """Findings for wrong layer scales, a wrong area ratio, shifted degrees and values off by a tenth."""
    right = expected(CAO)
    apart = [_share(area_ratio(dim + 2) / area_ratio(dim)) for dim in (1, 2)]
    wrong = {
        "layer scales (1, 1)": expected(WRONG_SCALES),
        "area ratio two dimensions apart": [[r * q for q in row] for r, row in zip(apart, right)],
        "degrees shifted": [rolled(row) for row in right],
        "eigenvalues +10 %": [[1.1 * q for q in row] for row in right],
        "eigenvalues -10 %": [[0.9 * q for q in row] for row in right],
    }
    return {name: finding(comparisons(shares, means)) for name, means in wrong.items()}


def _share(ratio: PiPolynomial) -> float:
    return float(ratio.enclosure(DIGITS).lower)


def finding(compared: list[Comparison]) -> Finding:
    """The verdict on all comparisons together."""
    for module, sphere in GRIDS:
        if why := on_sample(module, module.EXPERIMENT.configure())[1]:
            return undecided(f"{sphere}: {why}", compared="hidden units' shares with the certified mu_k on the sample")
    tests = [
        z_test(c.shares, c.mean, FALSE_FAIL / len(compared), MISS, CAUGHT * float(c.shares.mean())) for c in compared
    ]
    worst = max(range(len(tests)), key=lambda j: abs(tests[j].z))
    test, where = tests[worst], compared[worst]
    why = (
        f"largest deviation {test.z:+.2f} standard errors ({percent(test.mean / test.expected - 1)}) at degree "
        f"{where.degree} on {where.sphere}, allowed {test.threshold:.2f}, {test.terms} hidden units"
    )
    return Finding(
        conjunction(t.verdict for t in tests),
        Evidence.OBSERVED,
        compared=f"mean over {test.terms} hidden units of their shares of the Rayleigh quotients of degrees "
        "1, 2, 4 (and 6 on S^1) with the certified mu_k, aliasing included",
        why=why,
        routes=("closed form of mu_k, certified", "empirical kernel of a random network"),
        rates={"false_fail": FALSE_FAIL, "false_pass": MISS},
        figures={"degrees": [_figures(c, t) for c, t in zip(compared, tests)]},
        scope=f"S^1 and S^2, one network each; an error of {100 * CAUGHT:g} % of any mu_k is caught",
    )


def _figures(compared: Comparison, test: ZTest) -> dict[str, Any]:
    return {
        "sphere": compared.sphere,
        "degree": compared.degree,
        "expected": finite(test.expected),
        "mean": test.mean,
        "standard_error": test.standard_error,
        "z": finite(test.z),
        "threshold": test.threshold,
        "caught": test.caught / test.mean,
        "verdict": test.verdict,
    }


PROCEDURES = {"initial-kernel": Procedure(initial_kernel, initial_twins)}
