"""Orders of growth as t -> 1 or t -> -1 for all depths of a family at once, from expansions proved by induction."""

from __future__ import annotations

from fractions import Fraction

import sympy as sp

from theory.derivations.by_ends import leading_at_end, limit_proof, proved_ends
from theory.kernels.depth_families import DepthFamily
from theory.language.statement import Statement
from theory.numbers.truth import Truth
from theory.proofs.rules.ends import certain_sign
from theory.statements.given import is_of_every_depth, limit_of
from theory.statements.leading_terms import power_text, relation_near_point
from theory.statements.meaning import T, expression_at
from theory.statements.method import Method
from theory.statements.outcome import Outcome, Part, bare_part
from theory.symbolic.objects import L, SlopeProduct
from theory.symbolic.puiseux import sign

INSTANCES = 4  # depths at which a ratio that depends on L is looked at


def by_expansions_at_every_depth(statement: Statement) -> list[Part]:
    """The outcome for a `DepthFamily` as t -> 1 or t -> -1, at every depth at once; [] where none is known.

    >>> from theory.statements.every_depth import deeper
    >>> from theory.language.statement import parse_statement
    >>> s = parse_statement("L - kappa(t) ~ L*(L-1)/sqrt(2)/pi*sqrt(1-t) as t -> 1", "NTK(depth=L)")
    >>> [str(part.outcome.truth) for part in by_expansions_at_every_depth(deeper(s))]
    ['HOLDS']
    """
    place, kernel = int(limit_of(statement)[1]), statement.kernel
    ends = proved_ends(kernel) if place and isinstance(kernel, DepthFamily) else None
    if ends is None or not isinstance(kernel, DepthFamily) or statement.ranges.without("L"):
        return []
    spoken = [expression_at(side, ends.name, statement.ranges) for side in (statement.left, statement.right)]
    found = [leading_at_end(kernel, side, place) for side in spoken]
    leads = [one for one in found if one is not None]
    if len(leads) < len(found) or not all(certain_sign(c, statement.ranges) for _, c in leads):
        return []
    (e, c), (f, g) = leads
    ratio = sp.factor(c / g)
    quotient = spoken[0] / spoken[1] * (1 - place * T) ** (f - e)
    whole = limit_proof(kernel, quotient, place, ratio, statement.ranges)
    if whole is None:
        return []
    text = "(1-t)" if place == 1 else "(1+t)"
    law = f"left ~ {power_text(c, Fraction(str(e)), text)}, right ~ {power_text(g, Fraction(str(f)), text)}"
    truth, at = _truth_in_depth(statement, e - f, ratio)
    source = f"expansion at t = {place}, proved by induction on L"
    return [bare_part(statement.ranges, Outcome(truth, law, at=at, source=source, whole=whole))]


def _truth_in_depth(statement: Statement, exponent: sp.Rational, ratio: sp.Expr) -> tuple[Truth, dict[str, int] | None]:
    """As `relation_near_point`, where the ratio of the constants may depend on L; a depth at which ~ fails."""
    if statement.relation != "~" or exponent != 0:
        return relation_near_point(statement.relation, Fraction(str(exponent)), ratio, sp.Integer(1)), None
    if ratio == 1:
        return Truth.HOLDS, None
    for depth in statement.range("L").values(INSTANCES):
        value = ratio.subs(L, depth)
        if not value.has(SlopeProduct) and sign(value - 1) != 0:
            return Truth.FAILS, {"L": depth}
    return Truth.UNDECIDED, None


def _applies(statement: Statement) -> bool:
    return is_of_every_depth(statement) and statement.moving == "t"


METHOD = Method("by expansions at every depth", 21, _applies, by_expansions_at_every_depth)
