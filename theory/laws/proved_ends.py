"""Laws whose leading terms are proved from the expansions at t = 1 and -1."""

from __future__ import annotations

from dataclasses import replace

from theory.derivations.by_ends import law_proof
from theory.laws.law import Law
from theory.numbers.truth import Evidence

PROVED_ENDS = "expansions at t = 1 and -1, proved; Bietti and Bach 2021, theorem 7"


def with_end_proofs(law: Law) -> Law:
    """The law with the proof of every leading term, if it tells no more and each has one."""
    if law.orders > 1 or any(branch.exponent is None and branch.proof is None for branch in law.law):
        return law
    branches = []
    for branch in law.law:
        proof = branch.proof or law_proof(law.kernel, branch.leading, branch.ranges)
        if proof is None:
            return law
        branches.append(replace(branch, proof=proof))
    return replace(law, law=tuple(branches), evidence=Evidence.PROVED, source=PROVED_ENDS)
