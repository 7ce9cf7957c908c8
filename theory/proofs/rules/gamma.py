"""Rules about Gamma products: identities and limits, decided by the normal form."""

from __future__ import annotations

from collections.abc import Sequence

import sympy as sp

from theory.numbers.balls import working_precision
from theory.proofs.rules.calculus import require
from theory.proofs.steps import Facts, Refused, Step, covers, rule
from theory.symbolic.constants import constant_ball
from theory.symbolic.hypergeometric import NotHypergeometric, is_zero
from theory.symbolic.objects import Named, Range, index_symbol
from theory.symbolic.positivity import defined, lattice, nonzero, positive, positive_polynomial
from theory.symbolic.ranges import LEAST, Ranges, inside, range_in
from theory.symbolic.rational_functions import fraction

__all__ = ["covers_step", "instantiate", "positive_polynomial", "range_of", "same", "same_positive"]


def same(left: sp.Expr, right: sp.Expr, ranges: Sequence[Range] = ()) -> bool:
    """Whether two expressions are equal on the ranges: by normal form, and both defined there."""
    if not (defined(left, ranges) and defined(right, ranges)):
        return False
    try:
        return is_zero(left - right)
    except NotHypergeometric:
        return False


def range_of(step: Step, name: str) -> Range:
    """The step's range of one variable."""
    for candidate in step.ranges:
        if candidate.name == name:
            return candidate
    raise Refused(f"the step states no range of {name}")


def covers_step(fact: Step, step: Step, but: str | None = None) -> None:
    """Refuse unless the fact holds on the step's ranges, the variable `but` left aside."""
    require(covers(fact, step.ranges, but), f"{fact.name} does not cover the ranges")


def instantiate(expression: sp.Expr, fact: Step, ranges: tuple[Range, ...]) -> sp.Expr:
    """Put a fact f(v) = F(v), v in its range, into every f(c v + s) of the expression that it covers.

    Only integer variables are indices: a fact in theta or t says nothing of other numbers than theirs.
    """
    function = fact.left
    *_, index = function.args if isinstance(function, Named) else (sp.oo,)
    symbol = index_symbol(index)
    if symbol is None or symbol.name not in LEAST:
        require(covers(fact, ranges), f"{fact.name} does not cover the ranges")
        return expression.xreplace({function: fact.right})
    require(covers(fact, ranges, but=symbol.name), f"{fact.name} does not cover the ranges")
    covered, where = range_in(fact.ranges, symbol.name), range_in(ranges, symbol.name)
    for found in expression.atoms(type(function)):
        *_, index = found.args
        if found == function.xreplace({symbol: index}) and _covered_index(index, symbol, covered, where):
            expression = expression.xreplace({found: fact.right.subs(symbol, index)})
    return expression


def _covered_index(index: sp.Expr, symbol: sp.Symbol, covered: Range, where: Range) -> bool:
    """Whether c v + s (c >= 1), or a fixed integer, lies in `covered` for every v in `where`."""
    if index.is_Integer:
        return inside(Range("k", int(index), int(index)), covered)
    slope = sp.expand(index).coeff(symbol)
    shift = sp.expand(index - slope * symbol)
    if not (slope.is_Integer and slope >= 1 and shift.is_Integer):
        return False
    c, s = int(slope), int(shift)
    parity = s % 2 if c % 2 == 0 else None if where.parity is None else (c * where.parity + s) % 2
    most = None if where.most is None else c * where.most + s
    return inside(Range("k", c * where.least + s, most, parity), covered)


def reflected(expression: sp.Expr, ranges: Sequence[Range]) -> sp.Expr:
    """Gammas that fall in their variables, turned where the parities in the ranges allow it.

    Gamma(z) Gamma(1-z) = pi/sin(pi z): for z in 1/2 + Z the sine is 1 or -1; for z = 0, -1, ...
    on all of the ranges 1/Gamma(z) = 0. Exact at the points of the ranges, not between them.

    >>> reflected(1/sp.gamma(1 - sp.Symbol("k", positive=True)/2)**2, [Range("k", 1, None, 1)])
    gamma(k/2)**2/pi**2
    """
    base, power = expression.as_base_exp()
    if isinstance(base, sp.gamma) and power.is_Integer:
        return _turned(base.args[0], power, ranges)
    if not expression.args or not expression.has(sp.gamma):
        return expression
    return expression.func(*(reflected(part, ranges) for part in expression.args))


def _turned(argument: sp.Expr, power: sp.Integer, ranges: Sequence[Range]) -> sp.Expr:
    """Gamma(z)^e reflected, 0 at a pole of Gamma with e < 0, else as it is."""
    expanded = sp.expand(argument)
    values = lattice(expanded, ranges) if expanded.free_symbols else None
    falls = all(expanded.coeff(symbol).is_negative for symbol in expanded.free_symbols)
    if values is None or not falls or not values[1].is_Integer:
        return sp.gamma(argument) ** power
    start, generator = values
    if start.is_Integer and start <= 0 and power < 0:
        return sp.Integer(0)
    if (2 * start).is_Integer and not start.is_Integer and (power % 2 == 0 or generator % 2 == 0):
        return (sp.pi / sp.sin(sp.pi * start) / sp.gamma(1 - expanded)) ** power
    return sp.gamma(argument) ** power


@rule("gamma-algebra", "Gamma(z+1) = z Gamma(z), the multiplication theorem, reflection by parity and rational algebra")
def gamma_algebra(step: Step, facts: Facts) -> None:
    """With the used equations put in, both sides have the same normal form."""
    expression = step.left - step.right
    for name in step.uses:
        expression = instantiate(expression, facts[name], step.ranges)
    require(not expression.atoms(sp.Sum, sp.Integral, sp.Limit), f"not evaluated: {expression}")
    require(not expression.atoms(Named), f"not expanded: {expression}")
    single = Ranges(step.ranges).singles
    fixed = {symbol: single[symbol.name] for symbol in expression.free_symbols if symbol.name in single}
    require(is_zero(reflected(expression.subs(fixed), step.ranges)), "the normal forms differ")


@rule("limit", "Stirling's formula factor by factor", "stirling")
def limit(step: Step, facts: Facts) -> None:
    """Limit(T, v, oo) = c for a product T of Gammas, powers and rational functions.

    log T = A v log v + B v + C log v + log c + o(1), summed over the factors of T as they are
    written; A, B and C must vanish.
    """
    total, constant, others = _log_orders(step)
    require(total == sp.zeros(3, 1), f"log of the term grows like {list(total)}")
    require(same_positive(constant, step.right, others), f"the limit is {constant}")


@rule("vanishing", "Stirling's formula factor by factor", "stirling")
def vanishing(step: Step, facts: Facts) -> None:
    """Limit(T, v, oo) = 0 for a product T as in `limit`: the first of A, B and C that is not 0 is < 0."""
    require(step.right == 0, "the limit 0 is needed")
    total, _, others = _log_orders(step)
    first = next((entry for entry in total if entry != 0), sp.Integer(0))
    require(_negative(first, others), f"log of the term grows like {list(total)}")


def _negative(entry: sp.Expr, ranges: Sequence[Range]) -> bool:
    """Whether an order is certainly < 0 on the ranges."""
    if entry.free_symbols:
        return positive(-entry, ranges)
    with working_precision(50):
        return bool(constant_ball(entry) < 0)


def _log_orders(step: Step) -> tuple[sp.Matrix, sp.Expr, Ranges]:
    """((A, B, C), c, ranges of the other variables) with T ~ c exp(A v log v + B v + C log v)."""
    require(isinstance(step.left, sp.Limit) and step.left.args[2] == sp.oo, "no limit at infinity")
    term, variable = step.left.args[:2]
    others = Ranges(step.ranges).without(variable.name)
    total = sp.Matrix([0, 0, 0])
    constant = sp.Integer(1)
    for factor in sp.Mul.make_args(term):
        base, power = factor.as_base_exp() if not isinstance(factor, sp.exp) else (sp.E, *factor.args)
        if isinstance(base, sp.gamma) and base.has(variable):
            orders, scale = _stirling(sp.expand(*base.args), power, variable)
        elif factor.has(variable):
            orders, scale = _power_law(base, power, variable, others)
        else:
            orders, scale = sp.zeros(3, 1), factor
        total, constant = total + orders, constant * scale
    return total.applyfunc(lambda entry: sp.expand(sp.expand_log(sp.expand(entry), force=True))), constant, others


def same_positive(left: sp.Expr, right: sp.Expr, ranges: Sequence[Range] = ()) -> bool:
    """Equality on the ranges of two products of powers of positive bases, by normal form."""
    return defined(left, ranges) and same(sp.powsimp(left, force=True), right, ranges)


def _power_law(base: sp.Expr, power: sp.Expr, variable: sp.Symbol, others: Ranges) -> tuple[sp.Matrix, sp.Expr]:
    """(c v^m (1 + c1/v + ...))^(s v + e) ~ c^(s v + e) v^(m (s v + e)) e^(s c1)."""
    slope = sp.expand(power).coeff(variable)
    rest = sp.expand(power - slope * variable)
    require(not rest.has(variable) and not slope.has(variable), f"({base})**({power}) has no linear exponent")
    lead, degree, second = _leading(base, variable)
    plain = slope == 0 and rest.is_Integer
    require(
        positive(lead, others) or lead in (sp.pi, sp.E) or plain and nonzero(lead, others),
        f"the leading coefficient {lead} may vanish",
    )
    orders = sp.Matrix([slope * degree, slope * sp.log(lead), rest * degree])
    return orders, lead**rest * sp.exp(slope * second)


def _stirling(argument: sp.Expr, power: sp.Expr, variable: sp.Symbol) -> tuple[sp.Matrix, sp.Expr]:
    """Gamma(s v + b)^p ~ (2 pi)^(p/2) (s v)^(p (s v + b - 1/2)) e^(-p s v)."""
    slope = argument.coeff(variable)
    shift = argument - slope * variable
    require(
        slope.is_Rational and slope > 0 and not shift.has(variable) and power.is_Integer,
        f"Gamma({argument}) has no limit law",
    )
    order = shift - sp.Rational(1, 2)
    orders = sp.Matrix([power * slope, power * slope * (sp.log(slope) - 1), power * order])
    return orders, slope ** (power * order) * (2 * sp.pi) ** (power / 2)


def _leading(base: sp.Expr, variable: sp.Symbol) -> tuple[sp.Expr, int, sp.Expr]:
    """base = c v^m (1 + c1/v + O(v^-2))."""
    upper, lower = (sp.Poly(part, variable) for part in fraction(base))
    ratios = [p.coeff_monomial(variable ** (p.degree() - 1)) / p.LC() if p.degree() else 0 for p in (upper, lower)]
    return upper.LC() / lower.LC(), upper.degree() - lower.degree(), ratios[0] - ratios[1]
