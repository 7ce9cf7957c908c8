"""Orders of growth as t -> 1, t -> -1 or t -> 0, by the first terms of both sides (`theory.statements.leading_terms`).

left ~ c u^e, right ~ c' u^e' with u = 1 - t, 1 + t, t or -t. As t -> 0 both signs of t must agree.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import product

import sympy as sp

from theory.derivations.by_ends import limit_proof, proved_ends
from theory.kernels import Kernel
from theory.language.statement import Statement
from theory.numbers.truth import Evidence, Truth
from theory.proofs.steps import Proof
from theory.statements.given import given_kernels, is_of_given_kernels, limit_of
from theory.statements.leading_terms import approaches, lead, power_text, relation_near_point
from theory.statements.meaning import T, expression_at
from theory.statements.method import Method
from theory.statements.outcome import AlwaysUndefined, NotSymbolic, Outcome, Part, bare_part
from theory.symbolic.puiseux import Puiseux
from theory.symbolic.ranges import Ranges

MAX_INSTANCES = 64
INSTANCES = 4  # values tried of a variable without upper bound


def by_expansions(statement: Statement) -> Iterator[tuple[Ranges, Outcome]]:
    """The outcome for every fixed value of the integer variables and every side of the point.

    >>> from theory.language.statement import parse_statement
    >>> s = parse_statement("2 - kappa(t) ~ sqrt(2-2*t)/pi as t -> 1", "NTK(depth=2)")
    >>> [(outcome.truth, outcome.law) for _, outcome in by_expansions(s)]
    [(<Truth.HOLDS: 'HOLDS'>, 'left ~ sqrt(2)/pi*(1-t)**(1/2), right ~ sqrt(2)/pi*(1-t)**(1/2)')]
    """
    endless = [w for w in statement.ranges if w.most is None]
    values = [w.values(MAX_INSTANCES + 1 if w.most is not None else INSTANCES) for w in statement.ranges]
    points = list(product(*values))
    if len(points) > MAX_INSTANCES:
        raise NotSymbolic(f"more than {MAX_INSTANCES} values of the other variables")
    for point in points:
        ranges = statement.ranges.pinned(dict(zip(statement.ranges.names, point, strict=True)))
        for series, text in approaches(int(limit_of(statement)[1])):
            try:
                outcome = _at(statement, ranges, series, text)
            except AlwaysUndefined as error:
                outcome = Outcome(Truth.FAILS, str(error), evidence=Evidence.CHECKED)
            if outcome.truth is Truth.FAILS and ranges:
                outcome = replace(outcome, at=ranges.least)
            yield ranges, outcome
    if endless:
        tried = f"only {INSTANCES} values of {endless[0].name} were tried"
        yield statement.ranges, Outcome(Truth.UNDECIDED, tried)


def _at(statement: Statement, ranges: Ranges, t: Callable[[int], Puiseux], text: str) -> Outcome:
    kernel = given_kernels(statement)
    (e, c), (f, g) = (lead(side, kernel, ranges, t) for side in (statement.left, statement.right))
    law = f"left ~ {power_text(c, e, text)}, right ~ {power_text(g, f, text)}"
    where = {"t": "t = 0", "(-t)": "t = 0", "(1-t)": "t = 1", "(1+t)": "t = -1"}[text]
    truth, whole = relation_near_point(statement.relation, e - f, c, g), _proof(statement, ranges, text, e - f, c / g)
    if whole is not None:
        return Outcome(truth, law, source=f"expansion at {where}, proved", whole=whole)
    return Outcome(truth, law, evidence=Evidence.CHECKED, source=f"exact expansions at {where}")


def _proof(statement: Statement, ranges: Ranges, text: str, exponent: Fraction, value: sp.Expr) -> Proof | None:
    """left/right ~ value u^exponent from a proved expansion of kappa; None where there is none."""
    kernel = statement.kernel
    ends = None if text in ("t", "(-t)") or not isinstance(kernel, Kernel) else proved_ends(kernel)
    if ends is None or not isinstance(kernel, Kernel):
        return None
    try:
        left, right = (expression_at(side, ends.name, ranges) for side in (statement.left, statement.right))
    except NotSymbolic:
        return None
    place = 1 if text == "(1-t)" else -1
    quotient = left / right * (1 - place * T) ** (-sp.Rational(exponent.numerator, exponent.denominator))
    return limit_proof(kernel, quotient, place, sp.factor_terms(value), ranges)


def _applies(statement: Statement) -> bool:
    return is_of_given_kernels(statement) and statement.moving == "t"


def _parts(statement: Statement) -> Iterator[Part]:
    return (bare_part(ranges, outcome) for ranges, outcome in by_expansions(statement))


METHOD = Method("by expansions", 20, _applies, _parts)
