"""Property-based checks over random kernels, degrees, dimensions, precisions and networks."""

from __future__ import annotations

from functools import partial

from verify.findings.claim import OWN, Claim, Context, Finding, Source
from verify.properties.properties import EXAMPLES, PROPERTIES, run_properties

THIS = Source(OWN, 2026, "verify.properties.properties")


def checked_property(name: str, context: Context) -> Finding:
    """One property on the profile's number of examples; seed 0 repeats the same ones."""
    found = run_properties(EXAMPLES[context.profile], context.seed or None, [name])
    return next(iter(found.values()))


CLAIMS = tuple(
    Claim(f"property-{name}", THIS, "own", "", procedure=partial(checked_property, name), note=checked.statement)
    for name, checked in PROPERTIES.items()
)
