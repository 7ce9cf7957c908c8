"""The published statements, one module a source: a claim in the CLAIMS of its module, a source in a new file.

What our language cannot say has a Procedure (tests/verify/test_claims_papers.py counts them); where networks
are trained it is in `verify.networks`, and the claim is MEASURED. `points` compares formulas on finite sets,
`expansions` printed expansions and laws; neither holds claims. Nothing here imports torch before it is called,
so that claims are listed quickly; their ids alone are known without an import.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from verify.findings.claim import Claim

EXPECTED = Path(__file__).parents[1] / "expected.toml"  # of which the names alone are read here
_WRITTEN = re.compile(r'\bClaim\(\s*"([^"]+)"')


def claim_ids() -> list[str]:
    """The id of every claim, read from the files without running them: sympy alone would take half a second.

    >>> {"cao-parity", "property-trace"} <= set(claim_ids())
    True
    """
    texts = [path.read_text(encoding="utf-8") for folder in __path__ for path in sorted(Path(folder).glob("[!_]*.py"))]
    written = [found for text in texts for found in _WRITTEN.findall(text)]
    return list(dict.fromkeys([*written, *tomllib.loads(EXPECTED.read_text(encoding="utf-8"))]))


def all_claims() -> dict[str, Claim]:
    """Every claim by its id, in the order of the files and in them.

    ValueError where two have one id, or where one has an id that `claim_ids` does not find.
    """
    from verify.running.discovery import declared

    claims: dict[str, Claim] = {}
    for module in declared(__name__, "CLAIMS"):
        for claim in module:
            if claim.id in claims:
                raise ValueError(f"two claims are called {claim.id}")
            claims[claim.id] = claim
    if unwritten := claims.keys() - set(claim_ids()):
        raise ValueError(f'write the id of a claim out in its file, as Claim("my-lemma", ...): {", ".join(unwritten)}')
    return claims
