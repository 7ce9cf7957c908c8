"""Networks against theory: how claims about them are decided, and how runs of experiments are judged.

Each module is one subject and declares

    PROCEDURES   {id of a claim: Procedure}: its judge, and the wrong twins of each
    JUDGES       {name of an experiment: Judge}: the verdict on a run of `spectral-bias train`

and its first lines give the null hypothesis, the margin and the error rates. Both are found because the file
is there; a module is imported when one of its claims is decided, and torch with it. Twins hold wrong
theories against the same networks, without training them again: every Finding they return must be FAILS.
Findings say so where their test has no power (`statistics.equivalence.NO_POWER`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache, wraps
from typing import Any

from verify.findings.claim import MEASURED, Claim, Context, Finding, Findings, Procedure
from verify.running.discovery import gathered


def _unchanged(config: Any) -> Any:
    return config


@dataclass(frozen=True, slots=True)
class Judge:
    """How a run of an experiment is judged: verdict(config, data) -> Finding.

    prepared(config) -> config puts in the numbers that theory derives from a text, where there is one.
    """

    verdict: Callable[[Any, Any], Finding]
    prepared: Callable[[Any], Any] = _unchanged

    def finding(self, config: Any, data: Any) -> Finding:
        """The verdict, with rates that are probabilities one can know."""
        return _weighed(self.verdict(config, data))


def judge_of(experiment: str) -> Judge | None:
    """Who judges the runs of an experiment; None where nobody does."""
    found: Judge | None = gathered(__name__, "JUDGES").get(experiment)
    return found


@cache
def procedures() -> dict[str, Procedure]:
    """The procedure of every claim that is MEASURED, by its id; imports all modules here."""
    return {claim: _weighing(procedure) for claim, procedure in gathered(__name__, "PROCEDURES").items()}


def procedure_of(claim: Claim) -> Procedure | None:
    """How a claim is decided that our language cannot say; None for one that it can say.

    ValueError where no module here has a procedure for a claim that is MEASURED.
    """
    if claim.procedure is not MEASURED:
        return claim.procedure
    if claim.id not in procedures():
        raise ValueError(f"{claim.id}: no module of {__name__} has PROCEDURES[{claim.id!r}]")
    return procedures()[claim.id]


def _weighing(procedure: Procedure) -> Procedure:
    """The procedure with every finding weighed."""
    judge, twins, companions = procedure.judge, procedure.twins, procedure.companions
    assert callable(twins)  # networks are trained once for all of them

    @wraps(judge)
    def weighed(context: Context) -> Finding:
        return _weighed(judge(context))

    def each(found: Findings) -> Findings:
        return lambda context: {name: _weighed(finding) for name, finding in found(context).items()}

    return replace(procedure, judge=weighed, twins=each(twins), companions=companions and each(companions))


def _weighed(finding: Finding) -> Finding:
    from verify.networks.population import weighed

    return weighed(finding)
