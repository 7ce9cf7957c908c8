"""The arithmetic of ~: sums, products, quotients and powers of what is known by its leading term."""

from __future__ import annotations

from dataclasses import dataclass, field

import sympy as sp

from theory.language.formulas import uses_kernel
from theory.language.statement import Statement
from theory.proofs.rules.inequality import positive_term
from theory.statements.cases.growth import comparison, never_zero
from theory.statements.equivalents.laws import Laws
from theory.statements.equivalents.used import Equivalent, Used
from theory.statements.given import limit_of
from theory.statements.meaning import expression_at, with_positive_bases
from theory.statements.outcome import AlwaysUndefined, NotSymbolic
from theory.symbolic.expressions import Call, Node, Operation
from theory.symbolic.growth import Growth, growth
from theory.symbolic.hypergeometric import normalize
from theory.symbolic.objects import INTEGER_SYMBOLS
from theory.symbolic.puiseux import sign
from theory.symbolic.ranges import Ranges


@dataclass(frozen=True, slots=True)
class Reader:
    """The sides of a statement on one part of the ranges; `used` fills up while they are read."""

    statement: Statement
    ranges: Ranges
    used: Used = field(default_factory=Used)

    @property
    def variable(self) -> sp.Symbol:
        """The one that tends to infinity."""
        return INTEGER_SYMBOLS[limit_of(self.statement)[0]]

    @property
    def free(self) -> Ranges:
        """The ranges of the other variables that have more than one value."""
        return self.ranges.free.without(self.variable.name)

    def growth_of(self, node: Node) -> Equivalent:
        """What the node grows like."""
        if not uses_kernel(node):
            plain = with_positive_bases(expression_at(node, None, self.ranges), self.ranges, self.variable)
            return Equivalent(self.used.hypergeometric(plain), True)
        match node:
            case Operation("+" | "-" as op, left, right):
                return self._sum(self.growth_of(left), self.growth_of(right), 1 if op == "+" else -1)
            case Operation("*" | "/" as op, left, right):
                return self._product(op, self.growth_of(left), self.growth_of(right))
            case Operation("**", left, right):
                return self._power(self.growth_of(left), self.growth_of(right))
            case Call("sqrt", (inner,)):
                return self._power(self.growth_of(inner), Equivalent(sp.Rational(1, 2), True))
            case Call("kappa" | "mu" | "a" | "b" | "lambda"):
                return Laws(self.statement, self.ranges, self.used).equivalent(node)
        raise NotSymbolic("a function of a quantity that is known by its law only")

    def _sum(self, left: Equivalent, right: Equivalent, sign_: int) -> Equivalent:
        total = left.expression + sign_ * right.expression
        if left.exact and right.exact:
            return Equivalent(total, True)
        if self.used.signs_change:
            raise NotSymbolic("a sum with eigenvalues whose signs change")
        parts = [Equivalent(left.expression, left.exact), Equivalent(sign_ * right.expression, right.exact)]
        parts = [part for part in parts if normalize(part.expression)]
        if len(parts) < 2:
            return parts[0] if parts else Equivalent(sp.Integer(0), True)
        sizes = [self._single(part.expression) for part in parts]
        order = comparison(*sizes)
        if order:
            larger = 0 if order > 0 else 1
            if not never_zero(sizes[larger].constant, self.free):
                raise NotSymbolic("the leading term may vanish")
            return Equivalent(parts[larger].expression, False)
        quotient = sp.simplify(sizes[1].constant / sizes[0].constant).subs(self.used.constants)
        if quotient.free_symbols or sign(1 + quotient) == 0:
            raise NotSymbolic("the leading terms cancel")
        constant = sizes[0].constant * self.used.hypergeometric(1 + quotient)
        return Equivalent(_from_growth(sizes[0], constant, self.variable), False)

    def _single(self, expression: sp.Expr) -> Growth:
        terms = normalize(expression)
        if len(terms) != 1:
            raise NotSymbolic("a sum inside a sum of laws")
        return growth(terms[0], self.variable)

    def _product(self, op: str, left: Equivalent, right: Equivalent) -> Equivalent:
        if op == "/":
            self._never_zero(right)
        value = left.expression * right.expression if op == "*" else left.expression / right.expression
        return Equivalent(value, left.exact and right.exact)

    def _power(self, base: Equivalent, exponent: Equivalent) -> Equivalent:
        if not exponent.exact or self.variable in exponent.expression.free_symbols:
            raise NotSymbolic("a law in an exponent, or a law to a power that grows")
        if not exponent.expression.is_Integer:
            if self.used.signs_change:
                raise NotSymbolic("a root of eigenvalues whose signs change")
            whole = self._single(base.expression)
            constant = whole.constant.subs(self.used.constants)
            if not (sign(constant) > 0 if constant.is_number else positive_term(constant, self.free)):
                raise NotSymbolic("a root of what may be negative")
        elif exponent.expression < 0:
            self._never_zero(base)
        return Equivalent(base.expression**exponent.expression, base.exact)

    def _never_zero(self, below: Equivalent) -> None:
        """What is divided by must not vanish for any value of the other variables, once v is large."""
        if not normalize(below.expression):
            raise AlwaysUndefined("a division by 0 is undefined")
        if not never_zero(self._single(below.expression).constant, self.free):
            raise NotSymbolic("a division by what may vanish")


def _from_growth(size: Growth, constant: sp.Expr, variable: sp.Symbol) -> sp.Expr:
    power = variable ** (size.exponent + size.superexponential * variable)
    other = sp.Add(*(c * variable**p * sp.log(variable) ** q for (p, q), c in size.beyond))
    return constant * power * sp.exp(size.rate * variable + other)
