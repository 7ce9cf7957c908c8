"""The bridge from a derivation to the formulas that decide statements.

`theory.symbolic` writes down closed forms for speed; a statement about them is proved only if each
of them is also the conclusion of a derivation. The steps built here say so, and are replayed.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import sympy as sp

from theory.derivation import derive
from theory.formal import Mu, Range, equal, k
from theory.kernels import Kernel
from theory.proof import Proof, Refused, Step, check
from theory.rules.gamma import instantiate
from theory.symbolic import branches


MAX_PEELED = 4


class NotDerived(ValueError):
    """A closed form is used that no derivation supports."""


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
    except ValueError as error:
        raise NotDerived(str(error)) from None
    symbol = proof.conclusion.left.args[0]
    closed = [s for s in proof.steps if isinstance(s.left, Mu) and not s.right.atoms(Mu, sp.Sum)]
    facts = [s for s in closed if s.left.args[0] == symbol]
    links = [link for branch in branches(kernel) for link in _links(branch.degrees, branch.expression, facts)]
    whole = Proof(f"{proof.title}, all degrees", (*proof.steps, *links))
    return replace(whole, theorems=check(whole))


def meaning_steps(
    name: str, spoken: sp.Expr, closed: sp.Expr, ranges: tuple[Range, ...], origin: Proof, peel: int = MAX_PEELED
) -> list[Step]:
    """The steps that mu(K) of a statement equals the closed form that is put in for it.

    Where no derived case covers the whole range of k, its first degree is taken apart.
    """
    if not spoken.has(Mu):
        return []
    derived = [s for s in origin.steps if s.name.startswith("mu(")]
    facts = {
        found: next((s.name for s in derived if _speaks_of(s, found, ranges)), None)
        for found in sorted(spoken.atoms(Mu), key=str)
    }
    if None not in facts.values():
        uses = tuple(dict.fromkeys(facts.values()))
        return [Step(name, equal(spoken, closed), "gamma-algebra", uses=uses, ranges=ranges)]
    moving = next((w for w in ranges if w.name == "k" and w.most is None), None)
    if moving is None or peel == 0:
        raise NotDerived(f"no derived case covers {', '.join(str(f) for f, s in facts.items() if s is None)}")
    first, rest = (tuple(part if w is moving else w for w in ranges) for part in moving.peeled())
    at = {k: sp.Integer(moving.least)}
    return [
        *meaning_steps(f"{name}/{moving.least}", spoken.subs(at), closed.subs(at), first, origin, 0),
        *meaning_steps(name, spoken, closed, rest, origin, peel - 1),
    ]


def _speaks_of(fact: Step, found: Mu, ranges: tuple[Range, ...]) -> bool:
    try:
        return not instantiate(found, fact, ranges).has(Mu)
    except Refused:
        return False


def _links(degrees: Range, expression: object, facts: list[Step]) -> list[Step]:
    """The case as a step from the fact that covers it, the first degree apart if need be."""
    fact = next((f for f in facts if _covers(f, degrees)), None)
    if fact is not None:
        index, value = k, expression
        if degrees.most is not None:
            index, value = degrees.least, expression.subs(k, degrees.least)
        dims = next(w for w in fact.ranges if w.name == "d")
        return [Step(f"mu({degrees!r})", equal(Mu(fact.left.args[0], index), value), "gamma-algebra",
                     uses=(fact.name,), ranges=(degrees, dims))]  # fmt: skip
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
