"""What every verdict on networks must carry."""

from __future__ import annotations

import json

from verify.findings.claim import Finding


def complete(finding: Finding) -> bool:
    """Everything a verdict must carry, in one line each, and figures that a JSON file can hold."""
    json.dumps(finding.figures, allow_nan=False)
    return "\n" not in finding.why and all((finding.compared, finding.why, finding.routes, finding.scope))
