"""Property-based checks over random kernels, degrees, dimensions, precisions and networks."""

from __future__ import annotations

from functools import partial

from verify.findings.claim import OWN, Claim, Context, Finding, Procedure, Source
from verify.properties.statements import STATEMENTS

THIS = Source(OWN, 2026, "verify.properties.properties")


def checked_property(name: str, context: Context) -> Finding:
    """One property on the profile's number of examples; seed 0 repeats the same ones."""
    from verify.properties.properties import EXAMPLES, run_properties

    found = run_properties(EXAMPLES[context.profile], context.seed or None, [name])
    return next(iter(found.values()))


def twins(name: str, context: Context) -> dict[str, Finding]:
    """Wrong formulas, each of which the check must refuse."""
    from verify.properties.wrong_formulas import twins

    return {wrong: decide(context) for wrong, decide in twins(name).items()}


CLAIMS = tuple(
    Claim(
        f"property-{name}",
        THIS,
        "own",
        "",
        procedure=Procedure(partial(checked_property, name), partial(twins, name)),
        note=statement,
    )
    for name, statement in STATEMENTS.items()
)
