"""Which methods of deciding there are, and the order in which a statement is put to them.

The methods of the package are the files below `theory.statements.methods`, found by themselves; each says its rank.
A method of your own is registered from your own file, and is believed only with a proof.
"""

from __future__ import annotations

import pkgutil
from dataclasses import replace
from functools import cache
from importlib import import_module

from theory.derivations.one_hidden_layer import NotDerived
from theory.language.statement import Statement
from theory.numbers.truth import Truth
from theory.proofs.check import check
from theory.proofs.steps import Malformed, Proof, Refused
from theory.statements import methods
from theory.statements.method import Attempt, Method
from theory.statements.outcome import Part
from theory.statements.proof import statement_proof

REGISTERED: dict[str, Method] = {}


@cache
def own_methods() -> tuple[Method, ...]:
    """The methods of the package, in the order of their ranks.

    >>> [method.name for method in own_methods()][:3]
    ['by identity', 'by expansions', 'by expansions at every depth']
    """
    found = (import_module(f"{methods.__name__}.{info.name}") for info in pkgutil.iter_modules(methods.__path__))
    return tuple(sorted((module.METHOD for module in found), key=lambda method: method.rank))


def register(method: Method) -> None:
    """Have a method of your own asked, too, at its rank; after those of the package where ranks are equal.

    It is believed only where `theory.proofs.check` replays a proof of the very statement. Raises ValueError where its
    name is taken.

    >>> register(Method("by signs", 5, lambda statement: True, lambda statement: []))
    Traceback (most recent call last):
    ValueError: a method of the name 'by signs' is known already
    """
    if method.name in REGISTERED or method.name in {own.name for own in own_methods()}:
        raise ValueError(f"a method of the name {method.name!r} is known already")
    REGISTERED[method.name] = method


def attempt(statement: Statement) -> Attempt:
    """What the first method found that settles the statement; else the first one that found, or said, anything.

    >>> from theory.language.statement import parse_statement
    >>> attempt(parse_statement("mu(k) >= 0", "NTK(depth=3)")).method
    'by signs'
    """
    tried: list[Attempt] = []
    for method in sorted((*own_methods(), *REGISTERED.values()), key=lambda method: method.rank):
        if method.applies(statement):
            found = method.attempt(statement)
            if found.settles and method.name in REGISTERED:
                found = _if_proved(found, statement)
            if found.settles:
                return found
            tried.append(found)
    spoken = [found for found in tried if found.parts] or [found for found in tried if found.why]
    return next(iter(spoken), Attempt("none"))


def _if_proved(found: Attempt, statement: Statement) -> Attempt:
    """The same with the theorems that its proofs cite, if the checker replays the statement as it is written, on all
    of its ranges or where it fails; else why it is not believed, whatever its outcomes claim to be."""
    failing = [part for part in found.parts if part.outcome.truth is Truth.FAILS]
    try:
        parts = tuple(_replayed(part) for part in failing[:1] or found.parts)
        statement_proof(statement, parts, not failing, statement.ranges)
    except (Refused, Malformed, NotDerived) as error:
        return Attempt(found.method, why=f"{found.method} is not believed: {error}")
    return Attempt(found.method, parts)


def _replayed(part: Part) -> Part:
    """The part, every step of its proof replayed from the first. Raises Refused or Malformed."""
    whole = part.outcome.whole
    if whole is not None:
        outcome = replace(part.outcome, whole=replace(whole, theorems=check(whole)))
        return replace(part, outcome=outcome)
    return replace(part, theorems=check(Proof("case", part.outcome.steps)))
