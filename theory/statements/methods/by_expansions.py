"""Orders of growth as t -> 1, t -> -1 or t -> 0, by exact expansions of both sides.

With u = 1 - t, 1 + t, t or -t, every side that is built from kappa(T), powers and elementary
functions is a Puiseux series in u with exact coefficients (`theory.expansions.at_ends`); its first term whose
sign balls certify decides: left ~ c u^e, right ~ c' u^e'. As t -> 0 both signs of t must agree.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import product

import sympy as sp

from theory.derivations.by_ends import leading_at_end, limit_proof, proved_ends
from theory.expansions.at_ends import at_series, variable
from theory.kernels import Kernel
from theory.language.formulas import variables
from theory.language.statement import Statement
from theory.numbers.truth import Evidence, Truth
from theory.proofs.rules.ends import certain_sign
from theory.proofs.steps import Proof
from theory.statements.given import limit_of, one_kernel
from theory.statements.meaning import T, expression_at
from theory.statements.methods.growth import HOLDS_IF
from theory.statements.outcome import AlwaysUndefined, NotSymbolic, Outcome
from theory.symbolic.expressions import Call, Name, Node, Operation, walk
from theory.symbolic.objects import L, Range, SlopeProduct, grammar_text
from theory.symbolic.puiseux import NoExpansion, Puiseux, arc_cosine, exponential, sign, sine_cosine

ORDERS = (2, 4, 8)
MAX_INSTANCES = 64
INSTANCES = 4  # values tried of a variable without upper bound
Lead = tuple[Fraction, sp.Expr]


def near_point(statement: Statement) -> Iterator[tuple[tuple[Range, ...], Outcome]]:
    """The outcome for every fixed value of the integer variables and every side of the point.

    >>> from theory.language.statement import parse_statement
    >>> s = parse_statement("2 - kappa(t) ~ sqrt(2-2*t)/pi as t -> 1", "NTK(depth=2)")
    >>> [(outcome.truth, outcome.law) for _, outcome in near_point(s)]
    [(<Truth.HOLDS: 'HOLDS'>, 'left ~ sqrt(2)/pi*(1-t)**(1/2), right ~ sqrt(2)/pi*(1-t)**(1/2)')]
    """
    endless = [w for w in statement.ranges if w.most is None]
    values = [w.values(MAX_INSTANCES + 1 if w.most is not None else INSTANCES) for w in statement.ranges]
    points = list(product(*values))
    if len(points) > MAX_INSTANCES:
        raise NotSymbolic(f"more than {MAX_INSTANCES} values of the other variables")
    for point in points:
        ranges = tuple(Range(w.name, v, v) for w, v in zip(statement.ranges, point, strict=True))
        for series, text in _approaches(int(limit_of(statement)[1])):
            try:
                outcome = _at(statement, ranges, series, text)
            except AlwaysUndefined as error:
                outcome = Outcome(Truth.FAILS, str(error), evidence=Evidence.CHECKED)
            if outcome.truth is Truth.FAILS and ranges:
                outcome = replace(outcome, at={w.name: w.least for w in ranges})
            yield ranges, outcome
    if endless:
        tried = f"only {INSTANCES} values of {endless[0].name} were tried"
        yield statement.ranges, Outcome(Truth.UNDECIDED, tried)


def _approaches(place: int) -> list[tuple[Callable[[int], Puiseux], str]]:
    """(t as a series in u, u as text) for every side from which t may come."""
    if place == 0:
        below = lambda order: Puiseux.of([(1, sp.Integer(-1))], order)
        return [(approach(0), "t"), (below, "(-t)")]
    return [(approach(place), "(1-t)" if place == 1 else "(1+t)")]


def approach(place: int) -> Callable[[int], Puiseux]:
    """t as a series in u to an order, at t = 1, -1 or 0."""
    return lambda order: variable(place, Fraction(order))


def _at(statement: Statement, ranges: tuple[Range, ...], t: Callable[[int], Puiseux], text: str) -> Outcome:
    kernel = one_kernel(statement)
    (e, c), (f, g) = (lead(side, kernel, ranges, t) for side in (statement.left, statement.right))
    law = f"left ~ {_power_text(c, e, text)}, right ~ {_power_text(g, f, text)}"
    where = {"t": "t = 0", "(-t)": "t = 0", "(1-t)": "t = 1", "(1+t)": "t = -1"}[text]
    truth, whole = _truth(statement.relation, e - f, c, g), _proof(statement, ranges, text, e - f, c / g)
    if whole is not None:
        return Outcome(truth, law, source=f"expansion at {where}, proved", whole=whole)
    return Outcome(truth, law, evidence=Evidence.CHECKED, source=f"exact expansions at {where}")


def _proof(
    statement: Statement, ranges: tuple[Range, ...], text: str, exponent: Fraction, value: sp.Expr
) -> Proof | None:
    """left/right ~ value u^exponent from a proved expansion of kappa; None where there is none."""
    kernel = statement.kernel
    ends = None if text in ("t", "(-t)") or kernel is None else proved_ends(kernel)
    if ends is None or kernel is None:
        return None
    try:
        left, right = (expression_at(side, ends.name, ranges) for side in (statement.left, statement.right))
    except NotSymbolic:
        return None
    place = 1 if text == "(1-t)" else -1
    quotient = left / right * (1 - place * T) ** (-sp.Rational(exponent.numerator, exponent.denominator))
    return limit_proof(kernel, quotient, place, sp.factor_terms(value), ranges)


def near_end_in_depth(statement: Statement) -> list[tuple[tuple[Range, ...], Outcome]]:
    """The outcome for a `DepthFamily` as t -> 1 or t -> -1, at every depth at once; [] where none is known.

    >>> from theory.statements.every_depth import deeper
    >>> from theory.language.statement import parse_statement
    >>> s = parse_statement("L - kappa(t) ~ L*(L-1)/sqrt(2)/pi*sqrt(1-t) as t -> 1", "NTK(depth=L)")
    >>> [str(outcome.truth) for _, outcome in near_end_in_depth(deeper(s))]
    ['HOLDS']
    """
    place, kernel = int(limit_of(statement)[1]), statement.kernel
    ends = proved_ends(kernel) if place and kernel is not None else None
    if ends is None or kernel is None or any(w.name != "L" for w in statement.ranges):
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
    law = f"left ~ {_power_text(c, Fraction(str(e)), text)}, right ~ {_power_text(g, Fraction(str(f)), text)}"
    truth, at = _truth_in_depth(statement, e - f, ratio)
    source = f"expansion at t = {place}, proved by induction on L"
    return [(statement.ranges, Outcome(truth, law, at=at, source=source, whole=whole))]


def _truth_in_depth(statement: Statement, exponent: sp.Rational, ratio: sp.Expr) -> tuple[Truth, dict[str, int] | None]:
    """As `_truth`, where the ratio of the constants may depend on L; a depth at which ~ fails."""
    if statement.relation != "~" or exponent != 0:
        return _truth(statement.relation, Fraction(str(exponent)), ratio, sp.Integer(1)), None
    if ratio == 1:
        return Truth.HOLDS, None
    for depth in statement.range("L").values(INSTANCES):
        value = ratio.subs(L, depth)
        if not value.has(SlopeProduct) and sign(value - 1) != 0:
            return Truth.FAILS, {"L": depth}
    return Truth.UNDECIDED, None


def _truth(relation: str, exponent: Fraction, left: sp.Expr, right: sp.Expr) -> Truth:
    """The relation between left*u^exponent and right, u -> 0+."""
    if relation == "~":
        same = exponent == 0 and sign(left - right) == 0
        return Truth.HOLDS if same else Truth.FAILS
    size = "constant" if exponent == 0 else "zero" if exponent > 0 else "infinity"
    return Truth.HOLDS if size in HOLDS_IF[relation] else Truth.FAILS


def _power_text(coefficient: sp.Expr, exponent: Fraction, u: str) -> str:
    constant = grammar_text(sp.factor_terms(coefficient))
    if exponent == 0:
        return constant
    constant = f"({constant})" if coefficient.is_Add else constant
    if exponent == 1:
        return f"{constant}*{u}"
    plain = exponent.denominator == 1 and exponent > 0
    return f"{constant}*{u}**{exponent if plain else f'({exponent})'}"


def lead(node: Node, kernel: Kernel | None, ranges: tuple[Range, ...], t: Callable[[int], Puiseux]) -> Lead:
    """(exponent, coefficient) of the first term in u that is certainly not 0."""
    for order in ORDERS:
        try:
            series = _series(node, kernel, ranges, t(order))
        except NoExpansion:
            if order == ORDERS[-1]:
                raise
            continue
        found = next(((e, c) for e, c in series.terms if sign(c) != 0), None)
        if found is not None:
            return found
    raise NotSymbolic(f"a side vanishes to order {ORDERS[-1]} at least")


def _series(node: Node, kernel: Kernel | None, ranges: tuple[Range, ...], t: Puiseux) -> Puiseux:
    if "t" not in variables(node):
        value = expression_at(node, kernel, ranges) if not _is_kappa(node) else None
        if value is not None:
            if value.free_symbols or value.is_finite is False:
                raise NotSymbolic(f"{value} is no number")
            return Puiseux.constant(value, t.order)
    match node:
        case Name():
            return t
        case Operation("**", left, right):
            return _power(node, left, right, kernel, ranges, t)
        case Operation(op, left, right):
            a, b = (_series(part, kernel, ranges, t) for part in (left, right))
            if op in "+-":
                return a + b if op == "+" else a - b
            return a * (b if op == "*" else b.power(Fraction(-1)))
        case Call(name, (inner,)):
            return _function(name, _series(inner, kernel, ranges, t), kernel)
    raise NotSymbolic("no expansion of a function of two arguments of t")


def _is_kappa(node: Node) -> bool:
    return any(isinstance(part, Call) and part.name == "kappa" for part in walk(node))


def _power(
    node: Operation, left: Node, right: Node, kernel: Kernel | None, ranges: tuple[Range, ...], t: Puiseux
) -> Puiseux:
    base = _series(left, kernel, ranges, t)
    if "t" not in variables(right):
        exponent = expression_at(right, kernel, ranges)
        if not exponent.is_Rational:
            raise NotSymbolic(f"a power with exponent {exponent}")
        return base.power(Fraction(int(exponent.p), int(exponent.q)))
    return exponential(_function("log", base, kernel) * _series(right, kernel, ranges, t))


def _function(name: str, s: Puiseux, kernel: Kernel | None) -> Puiseux:
    match name:
        case "kappa":
            assert kernel is not None
            return at_series(kernel, s)
        case "sqrt":
            return s.power(Fraction(1, 2))
        case "exp":
            return exponential(s)
        case "sin" | "cos":
            return sine_cosine(s)[name == "cos"]
        case "acos":
            return arc_cosine(s)
        case "asin":
            return Puiseux.constant(sp.pi / 2, s.order) - arc_cosine(s)
        case "log":
            value, rest = s.centred()
            if sign(value) <= 0:
                raise NoExpansion("log has no expansion where its argument is not positive")
            slopes = lambda m: sp.Rational((-1) ** (m + 1), m) if m else sp.Integer(0)
            series = rest.scaled(1 / value).into(slopes)
            return series + Puiseux.constant(sp.log(value), s.order)
    raise NotSymbolic(f"no expansion of {name}")
