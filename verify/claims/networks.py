"""Trained networks against theory: statements about networks, decided by statistics.

Their null hypotheses, margins and error rates are in `verify.networks`, one module a procedure.
"""

from __future__ import annotations

from verify.findings.claim import MEASURED, Claim, Source


def _source(place: str) -> Source:
    return Source("Cao, Fang, Wu, Zhou, Gu", 2019, place, "1912.01198")


CLAIMS = (
    Claim(
        "cao-experiment",
        _source("section 5"),
        "notes",
        r"\text{on } S^9 \text{ the projections on degrees } 1, 2, 4 \text{ decay in order of degree, at the predicted rates}",
        procedure=MEASURED,
        note="At the predicted rates means: those of each network's own initial kernel, whose mean is compared with "
        "mu_k on the same sample. Against the population mu_4 alone it would fail: a finite-sample floor near "
        "kappa(1)/n hides mu_4.",
    ),
    Claim(
        "rates-circle",
        _source("theorems 4.2 and 4.3, on S^1"),
        "notes",
        r"\text{the residual of degree } k \text{ decays by } 1 - \eta\mu_k \text{ a step, } k = 1, 2, 4, 6",
        procedure=MEASURED,
    ),
    Claim(
        "rates-sphere",
        _source("theorems 4.2 and 4.3, on S^2"),
        "notes",
        r"\text{the residual of degree } k \text{ decays by } 1 - \eta\mu_k \text{ a step, } k = 1, 2, 4",
        procedure=MEASURED,
    ),
    Claim(
        "rates-sphere-3",
        _source("theorems 4.2 and 4.3, on S^3"),
        "notes",
        r"\text{the residual of degree } k \text{ decays as the population's spectrum says of the sample, } k = 1, 2, 4",
        procedure=MEASURED,
        profile="full",
        note="On the grid of 6 heights in every direction aliasing makes mu_4 12 % larger, which the prediction holds: "
        "against mu_4 itself these networks would refute the rate.",
    ),
    Claim(
        "rates-sphere-9",
        _source("theorems 4.2 and 4.3, on S^9"),
        "notes",
        r"\text{the residual of degree } k \text{ decays as the population's spectrum says of the sample, } k = 1, 2, 4",
        procedure=MEASURED,
        profile="full",
        note="No grid of S^9 is small enough: of 600 points the heights are Gauss nodes and the azimuths random. All of "
        "mu_0, mu_1, ... enter the prediction; mu_4 alone is hidden by the sample's floor.",
    ),
    Claim(
        "initial-kernel",
        _source("section 3, eqs. 3.1-3.3"),
        "notes",
        r"\mathbb{E}\,\langle\nabla f(x), \nabla f(x')\rangle / m = \kappa(\langle x, x'\rangle)",
        procedure=MEASURED,
    ),
    Claim(
        "odd-degrees",
        Source("Basri, Jacobs, Kasten, Kritchman", 2019, "theorem 2", "1906.00425"),
        "notes",
        r"\text{the residual of odd degrees } k \ge 3 \text{ never moves, at any width}",
        procedure=MEASURED,
    ),
)
