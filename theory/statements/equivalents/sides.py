"""The arithmetic of ~: sums, products, quotients and powers of what is known by its leading term."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial

import sympy as sp

from theory.language.formulas import function_of, is_of_kernel, uses_kernel, variables
from theory.language.statement import Statement
from theory.proofs.rules.inequality import positive_term
from theory.statements.cases.growth import comparison, never_zero
from theory.statements.cases.logarithms import logarithm, with_factors
from theory.statements.equivalents.expanded import Expanded, expanded
from theory.statements.equivalents.laws import Laws
from theory.statements.equivalents.used import Equivalent, Used
from theory.statements.given import limit_of
from theory.statements.meaning import expression_at, with_positive_bases
from theory.statements.outcome import AlwaysUndefined, NotSymbolic
from theory.symbolic.expressions import Call, Node, Operation
from theory.symbolic.growth import LOGARITHM, Growth, LogLog, growth
from theory.symbolic.hypergeometric import normalize
from theory.symbolic.objects import INTEGER_SYMBOLS
from theory.symbolic.puiseux import sign
from theory.symbolic.ranges import Ranges

FURTHER = (2, 3)  # orders of the laws where the leading terms cancel


class Cancelled(NotSymbolic):
    """The leading terms of a sum are equal and opposite."""


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
            return Equivalent(with_factors(self.used.hypergeometric(plain), self.variable, self.free), True)
        match node:
            case Operation("+" | "-" as op, left, right):
                try:
                    return self._sum(self.growth_of(left), self.growth_of(right), 1 if op == "+" else -1)
                except Cancelled:
                    return self._by_further_terms(node)
            case Operation("*" | "/" as op, left, right):
                return self._product(op, self.growth_of(left), self.growth_of(right))
            case Operation("**", left, right):
                return self._power(self.growth_of(left), self.growth_of(right))
            case Call("log", (inner,)):
                return self._logarithm(self.growth_of(inner))
            case Call("sqrt", (inner,)):
                return self._power(self.growth_of(inner), Equivalent(sp.Rational(1, 2), True))
            case Call() if is_of_kernel(node):
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
            raise Cancelled("the leading terms cancel")
        constant = sizes[0].constant * self.used.hypergeometric(1 + quotient)
        return Equivalent(_from_growth(sizes[0], constant, self.variable), False)

    def _by_further_terms(self, node: Node) -> Equivalent:
        """A sum whose leading terms cancel, by the next ones of its laws."""
        doubt = ""
        for orders in FURTHER:
            laws = Laws(self.statement, self.ranges, self.used)
            try:
                side = expanded(node, self.variable.name, self._still, partial(self._law_of, laws, orders))
                constant, exponent = side.leading()
            except NotSymbolic as error:
                doubt = str(error)
                continue
            found = self.used.hypergeometric(constant)
            if not never_zero(found, self.free):
                raise NotSymbolic("the leading term may vanish")
            return Equivalent(found * self.variable**exponent, False)
        raise NotSymbolic(doubt)

    def _still(self, node: Node) -> sp.Expr | None:
        """The value of what does not move with the variable."""
        if uses_kernel(node) and function_of(node) != "kappa" or self.variable.name in variables(node):
            return None
        return expression_at(node, None, self.ranges) if not uses_kernel(node) else self.growth_of(node).expression

    def _law_of(self, laws: Laws, orders: int, node: Node) -> Expanded:
        if not isinstance(node, Call) or not is_of_kernel(node):
            raise NotSymbolic("the leading terms cancel, and no further ones are known")
        return laws.expansion(node, orders)

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
            if not self._is_positive(base):
                raise NotSymbolic("a root of what may be negative")
        elif exponent.expression < 0:
            self._never_zero(base)
        return Equivalent(base.expression**exponent.expression, base.exact)

    def _logarithm(self, inner: Equivalent) -> Equivalent:
        """log of what is ~ f is ~ log(f), where f > 0 and log(f) does not tend to 0."""
        if self.used.signs_change or not self._is_positive(inner):
            raise NotSymbolic("a logarithm of what may be negative")
        found = logarithm(inner.expression, self.variable, self.free, self.used.constants)
        return Equivalent(found, inner.exact)

    def _is_positive(self, value: Equivalent) -> bool:
        """Whether it certainly is for all large v."""
        constant = self._single(value.expression).constant.subs(self.used.constants)
        return sign(constant) > 0 if constant.is_number else positive_term(constant, self.free)

    def _never_zero(self, below: Equivalent) -> None:
        """What is divided by must not vanish for any value of the other variables, once v is large."""
        if not normalize(below.expression):
            raise AlwaysUndefined("a division by 0 is undefined")
        if not never_zero(self._single(below.expression).constant, self.free):
            raise NotSymbolic("a division by what may vanish")


def _from_growth(size: Growth, constant: sp.Expr, variable: sp.Symbol) -> sp.Expr:
    power = variable ** (size.exponent + size.superexponential * variable)
    scales = {LOGARITHM: LogLog(variable)}
    other = sp.Add(*(c * scales.get((p, q), variable**p * sp.log(variable) ** q) for (p, q), c in size.beyond))
    return constant * power * sp.exp(size.rate * variable + other)
