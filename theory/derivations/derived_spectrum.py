"""The bridge from a derivation to the formulas that decide statements.

`theory.spectra.symbolic_forms` writes down closed forms for speed; a statement about them is proved only if each
of them is also the conclusion of a derivation. The steps built here say so, and are replayed.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import sympy as sp

from theory.derivations.one_hidden_layer import NotDerived, derive
from theory.kernels import Kernel
from theory.numbers.truth import Unable
from theory.proofs.check import check
from theory.proofs.steps import Proof, Step
from theory.spectra.symbolic_forms import branches
from theory.symbolic.objects import Mu, Range, equal, k


@lru_cache(maxsize=32)
def derived_spectrum(kernel: Kernel) -> Proof:
    """The derivation of the kernel, then one step for each case of its closed form; replayed.

    Raises NotDerived where a case has no derivation, Refused where it disagrees with it.

    >>> from theory.kernels import ArcCosine
    >>> [step.ranges[0] for step in derived_spectrum(ArcCosine(0)).steps[-3:]]
    [k = 0, k >= 2 even, k >= 1 odd]
    """
    try:
        proof = derive(kernel)
    except Unable as error:
        raise NotDerived(str(error)) from None
    symbol = proof.conclusion.left.args[0]
    closed = [s for s in proof.steps if isinstance(s.left, Mu) and not s.right.atoms(Mu, sp.Sum)]
    facts = [s for s in closed if s.left.args[0] == symbol]
    links = [link for branch in branches(kernel) for link in _links(branch.degrees, branch.expression, facts)]
    whole = Proof(f"{proof.title}, all degrees", (*proof.steps, *links))
    return replace(whole, theorems=check(whole))


def _links(degrees: Range, expression: sp.Expr, facts: list[Step]) -> list[Step]:
    """The case as a step from the fact that covers it, the first degree apart if need be."""
    fact = next((f for f in facts if _covers(f, degrees)), None)
    if fact is not None:
        index, value = k, expression
        if degrees.most is not None:
            index, value = degrees.least, expression.subs(k, degrees.least)
        dims = next(w for w in fact.ranges if w.name == "d")
        return [
            Step(
                f"mu({degrees!r})",
                equal(Mu(fact.left.args[0], index), value),
                "gamma-algebra",
                uses=(fact.name,),
                ranges=(degrees, dims),
            )
        ]
    if degrees.most is not None:
        raise NotDerived(f"no derived eigenvalue covers {degrees!r}")
    first, rest = degrees.peeled()
    return _links(first, expression, facts) + _links(rest, expression, facts)


def _covers(fact: Step, degrees: Range) -> bool:
    index = fact.left.args[1]
    if index.is_Integer:
        return degrees.most == degrees.least == index
    where = next(w for w in fact.ranges if w.name == "k")
    parity = where.parity is None or degrees.least % 2 == where.parity
    upper = where.most is None or (degrees.most is not None and degrees.most <= where.most)
    return parity and upper and degrees.least >= where.least
