"""The relation between what both sides of a statement grow like, on the evidence that the laws used carry."""

from __future__ import annotations

import re
from dataclasses import replace

import sympy as sp

from theory.derivations.by_ends import proved_ends, quotient_proof
from theory.kernels.named import NamedKernels
from theory.language.statement import Statement
from theory.laws.named_constants import named_constants
from theory.numbers.truth import Evidence, Truth
from theory.proofs.steps import Proof
from theory.statements.cases.growth import as_variable_grows
from theory.statements.definedness import Judge
from theory.statements.equivalents.sides import Reader
from theory.statements.given import limit_of
from theory.statements.meaning import expression_at
from theory.statements.outcome import Case, NotSymbolic, Outcome
from theory.symbolic.hypergeometric import normalize
from theory.symbolic.objects import INTEGER_SYMBOLS, KernelName, Maclaurin
from theory.symbolic.ranges import Ranges


def law_outcome(statement: Statement, ranges: Ranges) -> tuple[Case, Outcome]:
    """The relation between what both sides grow like, on the evidence that the laws used carry.

    >>> from theory.language.statement import parse_statement
    >>> s = parse_statement("mu(k) = O(k**-4) as k -> oo", "NTK(depth=3)", ["d = 2", "k even"])
    >>> law_outcome(s, s.ranges)[1].law
    'left/right ~ 7/(4*pi) * k**(1)'
    """
    name, _ = limit_of(statement)
    reader = Reader(statement, ranges)
    used = reader.used
    sides = [reader.growth_of(side) for side in (statement.left, statement.right)]
    if any(not side.exact and not normalize(side.expression) for side in sides):
        raise NotSymbolic("a leading term that vanishes tells nothing")
    left, right = (side.expression for side in sides)
    if used.signs_change and statement.relation == "~":
        raise NotSymbolic("the signs of the eigenvalues change, and only their size is looked at")
    moving = ranges.named(name)
    ranges = ranges.replaced(replace(moving, least=max(moving.least, used.least)))
    case = Case(ranges, left, right)
    doubt = Judge(statement, ranges).doubt(kernel_free=True)
    if doubt is not None:
        return case, Outcome(Truth.UNDECIDED, doubt)
    found = as_variable_grows(case, statement.relation, name, used.constants)
    evidence = Evidence.weakest(used.evidence or [Evidence.CHECKED])
    evidence = Evidence.weakest([evidence, found.evidence])
    whole = _proof(statement, ranges, used.proofs)
    if whole is not None and statement.relation == "~" and found.truth is Truth.HOLDS:
        found = replace(found, law="left/right -> 1")  # however the limit was written
    sides = [case.left.subs(used.constants), case.right.subs(used.constants)]
    laws = [*used.laws, *(f"{name} = {meaning}" for name, meaning in named_constants(sides).items())]
    told, source = ("; ".join(dict.fromkeys(texts)) for texts in (laws, used.sources))
    return case, replace(
        found,
        law=_plain_names(found.law),
        steps=(),
        evidence=Evidence.PROVED if whole else evidence,
        whole=whole,
        source=f"{told}: {source}" if told else source,
    )


def _plain_names(law: str) -> str:
    """Coefficients that stood as exp(log(b_k)) by their names.

    >>> _plain_names("2*E**log(b(k)) and E**(log(b(k + 1)) - log(b(k)))")
    '2*b(k) and (b(k + 1)/b(k))'
    """
    one = r"log\(([bc]\([^()]*\))\)"
    sums = re.compile(rf"E\*\*\((-?{one}(?: [+-] {one})+)\)")

    def product(found: re.Match[str]) -> str:
        terms = re.findall(rf"([+-]?) ?{one}", found[1])
        above, below = ([b for sign_, b in terms if (sign_ == "-") == under] for under in (False, True))
        return f"({'*'.join(above) or 1}{''.join(f'/{b}' for b in below)})"

    return re.sub(rf"E\*\*{one}", r"\1", sums.sub(product, law))


def _proof(statement: Statement, ranges: Ranges, laws: list[Proof | None]) -> Proof | None:
    """What left/right is like, from the proofs of the laws; None where one of them has none.

    As d -> oo the limit may be of left/right over some b_n > 0 of unknown value: that proves no ~.
    """
    proved = [law for law in laws if law is not None]
    if not laws or len(proved) < len(laws) or isinstance(statement.kernel, NamedKernels):
        return None
    moving, _ = limit_of(statement)
    ends = proved_ends(statement.kernel) if moving == "k" else None
    name, factor = (ends.name, ends.factor) if ends else (KernelName(repr(statement.kernel)), sp.Integer(1))
    try:
        left, right = (expression_at(side, name, ranges) for side in (statement.left, statement.right))
    except NotSymbolic:
        return None
    proof = quotient_proof(list(dict.fromkeys(proved)), factor, left, right, ranges, INTEGER_SYMBOLS[moving])
    if proof is None or statement.relation != "~":
        return proof
    return None if (proof.conclusion.left.args[0] * right / left).has(Maclaurin) else proof
