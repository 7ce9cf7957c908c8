"""Rules about Gamma products: identities and limits, decided by the normal form."""

from __future__ import annotations

import sympy as sp

from theory.formal import Named, Range, index_symbol
from theory.hypergeometric import NotHypergeometric, is_zero
from theory.proof import Facts, Refused, Step, rule
from theory.rules.calculus import require


def same(left: sp.Expr, right: sp.Expr) -> bool:
    """Whether two constants are equal, by normal form."""
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


def positive_polynomial(polynomial: sp.Expr, ranges: tuple[Range, ...] | list[Range]) -> bool:
    """Sufficient test for > 0 on the ranges: after v = least + u no coefficient is negative and the
    constant one is positive. Variables without a range are only known to be > 0 and refuse."""
    names = {w.name: w for w in ranges}
    expression = sp.expand(polynomial)
    shifts = {}
    for symbol in expression.free_symbols:
        if symbol.name not in names:
            return False
        where = names[symbol.name]
        if where.most is not None:
            if where.most != where.least:
                return False
            shifts[symbol] = sp.Integer(where.least)
        else:
            shifts[symbol] = symbol + where.least
    shifted = sp.expand(expression.subs(shifts, simultaneous=True))
    if not shifted.free_symbols:
        return bool(shifted.is_positive)
    polynomial_ = sp.Poly(shifted, *shifted.free_symbols)
    coefficients = polynomial_.coeffs()
    return all(c.is_nonnegative for c in coefficients) and bool(polynomial_.coeff_monomial(1).is_positive)


def instantiate(expression: sp.Expr, fact: Step, where: Range) -> sp.Expr:
    """Put a fact f(v) = F(v), v in its range, into every f(v + s) of the expression that it covers."""
    function, symbol = fact.left, index_symbol(fact.left.args[-1])
    if symbol is None:
        return expression.xreplace({fact.left: fact.right})
    covered = range_of(fact, symbol.name)
    for found in expression.atoms(type(function)):
        if found.args[:-1] != function.args[:-1]:
            continue
        shift = found.args[-1] - symbol
        index = found.args[-1]
        if index.is_Integer:
            inside = index >= covered.least and (covered.parity is None or index % 2 == covered.parity)
        else:
            inside = shift.is_Integer and where.least + shift >= covered.least
            inside = inside and (covered.parity is None or (
                where.parity is not None and (where.parity + shift) % 2 == covered.parity))
            inside = inside and (covered.most is None or where.most is not None and where.most + shift <= covered.most)
        if inside:
            expression = expression.xreplace({found: fact.right.subs(symbol, index)})
    return expression


@rule("gamma-algebra", "Gamma(z+1) = z Gamma(z), the multiplication theorem and rational algebra")
def gamma_algebra(step: Step, facts: Facts) -> None:
    """With the used equations put in, both sides have the same normal form."""
    expression = step.left - step.right
    for name in step.uses:
        fact = facts[name]
        variable = index_symbol(fact.left.args[-1]) if fact.left.args else None
        where = range_of(step, variable.name) if variable is not None else Range("k", 0)
        expression = instantiate(expression, fact, where)
    require(not expression.atoms(Named), f"not expanded: {expression}")
    require(is_zero(expression), "the normal forms differ")


@rule("limit", "Stirling's formula factor by factor", "stirling")
def limit(step: Step, facts: Facts) -> None:
    """Limit(T, v, oo) = c for a product T of Gammas, powers and rational functions.

    log T = A v log v + B v + C log v + log c + o(1), summed over the factors of T as they are
    written; A, B and C must vanish.
    """
    require(isinstance(step.left, sp.Limit) and step.left.args[2] == sp.oo, "no limit at infinity")
    term, variable = step.left.args[:2]
    total = sp.Matrix([0, 0, 0])
    constant, log_constant = sp.Integer(1), sp.Integer(0)
    for factor in sp.Mul.make_args(term):
        base, power = factor.as_base_exp() if not isinstance(factor, sp.exp) else (sp.E, factor.args[0])
        if isinstance(base, sp.gamma) and base.args[0].has(variable):
            orders, scale = _stirling(sp.expand(base.args[0]), power, variable)
            total, constant = total + orders, constant * scale
        elif factor.has(variable):
            slope = sp.expand(power).coeff(variable)
            rest = sp.expand(power - slope * variable)
            require(not rest.has(variable), f"{factor} has no linear exponent")
            lead, degree, second = _leading(base, variable)
            total += sp.Matrix([slope * degree, slope * sp.log(lead), rest * degree])
            constant *= lead**rest
            log_constant += slope * second
        else:
            constant *= factor
    total = total.applyfunc(lambda entry: sp.expand(sp.expand_log(sp.expand(entry), force=True)))
    require(total == sp.zeros(3, 1), f"log of the term grows like {list(total)}")
    require(same_positive(constant * sp.exp(log_constant), step.right), f"the limit is {constant}")


def same_positive(left: sp.Expr, right: sp.Expr) -> bool:
    """Equality of two positive products by the normal form of their difference."""
    return same(sp.powsimp(left, force=True), right) or same(left, right)


def _stirling(argument: sp.Expr, power: sp.Expr, variable: sp.Symbol) -> tuple[sp.Matrix, sp.Expr]:
    """Gamma(s v + b)^p ~ (2 pi)^(p/2) (s v)^(p (s v + b - 1/2)) e^(-p s v)."""
    slope = argument.coeff(variable)
    shift = argument - slope * variable
    require(bool(slope.is_positive) and power.is_Integer, f"Gamma({argument}) has no limit law")
    order = shift - sp.Rational(1, 2)
    orders = sp.Matrix([power * slope, power * slope * (sp.log(slope) - 1), power * order])
    return orders, slope ** (power * order) * (2 * sp.pi) ** (power / 2)


def _leading(base: sp.Expr, variable: sp.Symbol) -> tuple[sp.Expr, int, sp.Expr]:
    """base = c v^m (1 + c1/v + O(v^-2))."""
    upper, lower = (sp.Poly(part, variable) for part in sp.fraction(sp.together(base)))
    ratios = [p.coeff_monomial(variable ** (p.degree() - 1)) / p.LC() if p.degree() else 0 for p in (upper, lower)]
    return upper.LC() / lower.LC(), upper.degree() - lower.degree(), ratios[0] - ratios[1]
