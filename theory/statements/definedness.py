"""Where the two sides of a statement have a value: judged on its tree, before anything cancels.

(k - 40)/(k - 40) is no 1 at k = 40, so the formulas that decide a statement may not be asked. Every
division, power, logarithm, root, Gamma and index in the tree is a condition; each is settled by
`theory.symbolic.positivity` for all values of the ranges, or, along a limit, for all large values of its variable.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

import sympy as sp

from theory.language.formulas import uses_kernel
from theory.language.statement import Statement
from theory.numbers.truth import Unable
from theory.proofs.rules.inequality import positive_term
from theory.statements.cases.logarithms import with_factors
from theory.statements.meaning import T, expression_at
from theory.statements.outcome import NotSymbolic
from theory.symbolic import positivity as domain
from theory.symbolic.expressions import Call, Name, Node, Number, Operation, unparse
from theory.symbolic.growth import growth
from theory.symbolic.hypergeometric import NotHypergeometric, normalize
from theory.symbolic.objects import INTEGER_SYMBOLS
from theory.symbolic.ranges import Ranges
from theory.symbolic.rational_functions import fraction

MAX_DEGREE = 40  # of polynomials whose zeros are isolated
POSITIVE_SUFFICES = ("nonzero", "positive", "nonnegative", "no pole")
INDEX_ARGUMENTS = {"mu": (0, 1), "N": (1, 0), "a": (0,), "b": (0,), "harmonic": (0,)}  # least value of each argument


@dataclass(frozen=True, slots=True)
class Condition:
    """`node` must be nonzero, positive, nonnegative, no pole, at most 1 in size, or an integer >= least."""

    kind: str
    node: Node
    least: int = 0

    @property
    def text(self) -> str:
        """What is asked, in words."""
        words = {
            "nonzero": "is not 0",
            "positive": "is positive",
            "nonnegative": "is not negative",
            "no pole": "is no integer <= 0",
            "unit": "lies in [-1, 1]",
            "index": f"is an integer >= {self.least}",
            "power": "has a positive base",
        }
        return f"{unparse(self.node)} {words[self.kind]}"


def conditions(node: Node, below: bool = False) -> Iterator[Condition]:
    """What must be true for the expression to have a value; 1/Gamma is 0 at a pole, so no pole is one `below`."""
    match node:
        case Operation("/", left, right):
            yield from conditions(left, below)
            yield from conditions(right, not below)
            yield Condition("nonzero", right)
        case Operation("*", left, right):
            yield from conditions(left, below)
            yield from conditions(right, below)
        case Operation("**", base, exponent):
            yield from _power_conditions(base, exponent, below)
        case Operation(_, left, right):
            yield from conditions(left)
            yield from conditions(right)
        case Call(name, args):
            for argument in args:
                yield from conditions(argument)
            yield from _call_conditions(name, args, below)


def _power_conditions(base: Node, exponent: Node, below: bool) -> Iterator[Condition]:
    value = _integer(exponent)
    yield from conditions(exponent)
    if value is None:
        yield from conditions(base)
        yield Condition("power", Operation("**", base, exponent))
        return
    yield from conditions(base, below if value > 0 else not below if value < 0 else False)
    if value < 0:
        yield Condition("nonzero", base)


def _integer(node: Node) -> int | None:
    match node:
        case Number(value) if value.denominator == 1:
            return int(value)
        case Operation("-", Number(zero), Number(value)) if zero == 0 and value.denominator == 1:
            return -int(value)
    return None


def _call_conditions(name: str, args: tuple[Node, ...], below: bool) -> Iterator[Condition]:
    first, one = args[0], Number(Fraction(1))
    name = name.rpartition(".")[2]  # of one kernel among several as of one
    if name in INDEX_ARGUMENTS:
        least = INDEX_ARGUMENTS[name]
        for argument, smallest in zip(args, least, strict=False):
            yield Condition("index", argument, smallest)
        if name == "a":  # C_k^0 is not defined
            yield Condition("index", Name("d"), 2)
    elif name in ("Gamma", "factorial") and not below:
        yield Condition("no pole", first if name == "Gamma" else Operation("+", first, one))
    elif name == "binomial":
        yield Condition("no pole", Operation("+", first, one))
    elif name in ("log", "sqrt"):
        yield Condition("positive" if name == "log" else "nonnegative", first)
    elif name in ("acos", "asin", "kappa"):
        yield Condition("unit", first)


@dataclass(frozen=True, slots=True)
class Judge:
    """Decides conditions for all values of the ranges, or for all large values of the limit variable."""

    statement: Statement
    ranges: Ranges

    @property
    def limit(self) -> sp.Symbol | None:
        """The variable that tends to infinity."""
        return INTEGER_SYMBOLS.get(self.statement.moving or "")

    def doubt(self, kernel_free: bool = False) -> str | None:
        """The first condition that is not certain, None if both sides certainly have a value.

        `kernel_free` passes over conditions on quantities of the kernel, whose laws decide them.
        """
        for node in (self.statement.left, self.statement.right):
            for condition in conditions(node):
                if kernel_free and uses_kernel(condition.node):
                    continue
                try:
                    certain = self.is_certain(condition)
                except (NotSymbolic, NotHypergeometric, sp.PolynomialError):
                    certain = False
                if not certain:
                    return f"it is not certain that {condition.text}"
        return None

    def is_certain(self, condition: Condition) -> bool:
        """Whether the condition certainly holds."""
        if isinstance(condition.node, Call) and condition.node.name == "N" and condition.kind in POSITIVE_SUFFICES:
            return True  # a number of harmonics is >= 1
        if condition.kind == "power":
            assert isinstance(condition.node, Operation)
            return self._power(condition.node)
        expression = expression_at(condition.node, self.statement.kernel, self.ranges)
        if T in expression.free_symbols:
            return _certain_in_t(condition.kind, expression)
        if condition.kind in POSITIVE_SUFFICES and self._grows_positive(expression):
            return True
        match condition.kind:
            case "nonzero":
                return self._nonzero(expression)
            case "positive":
                return domain.positive(self._leading(expression), self.ranges)
            case "nonnegative":
                return self._nonnegative(expression)
            case "no pole":
                return self._pole_free(expression)
            case "unit":
                return all(self._nonnegative(1 - s * expression) for s in (-1, 1))
        return self._index(expression, condition.least)

    def _grows_positive(self, expression: sp.Expr) -> bool:
        """Whether a side with logarithms or Gamma factors is certainly positive for all large v, by what it grows like."""
        if self.limit is None or not expression.has(self.limit) or not expression.has(sp.log, sp.gamma):
            return False
        others = self.ranges.free.without(self.limit.name)
        try:
            terms = normalize(with_factors(expression, self.limit, others))
            return bool(terms) and all(positive_term(growth(term, self.limit).constant, others) for term in terms)
        except (Unable, sp.PolynomialError):
            return False

    def _leading(self, expression: sp.Expr) -> sp.Expr:
        """What has the sign of a rational function for all large values of the limit variable."""
        variable = self.limit
        if variable is None or variable not in expression.free_symbols:
            return expression
        upper, lower = fraction(expression)
        return sp.Poly(upper, variable).LC() / sp.Poly(lower, variable).LC()

    def _nonnegative(self, expression: sp.Expr) -> bool:
        """Also k*(k + d), whose coefficients are not negative though it vanishes at 0.

        Where a leading coefficient vanishes, as that of (d-3)*k - 1 at d = 3, it tells no sign.
        """
        symbols = [INTEGER_SYMBOLS[w.name] for w in self.ranges]
        shifted = expression.subs({v: v + w.least for v, w in zip(symbols, self.ranges, strict=True)})
        if shifted.is_polynomial(*symbols):
            coefficients = sp.Poly(shifted, *INTEGER_SYMBOLS.values()).coeffs()
            if all(c.is_nonnegative for c in coefficients):
                return True
        return domain.positive(self._leading(expression), self.ranges)

    def _nonzero(self, expression: sp.Expr) -> bool:
        terms = normalize(expression)
        if len(terms) != 1:
            return False
        (term,) = terms
        if not domain.nonzero(self._leading(term.coefficient), self.ranges):
            return False
        return all(e > 0 or self._pole_free(z) for z, e in term.gammas) and all(
            domain.positive(self._leading(base), self.ranges) for base, _ in term.powers
        )

    def _pole_free(self, argument: sp.Expr) -> bool:
        if self.limit in argument.free_symbols and domain.positive(self._leading(argument), self.ranges):
            return True
        return domain.pole_free(argument, self.ranges)

    def _index(self, expression: sp.Expr, least: int) -> bool:
        polynomial = sp.Poly(expression, *INTEGER_SYMBOLS.values())
        if not all(c.is_Integer for c in polynomial.coeffs()):
            return False
        variable = self.limit
        if variable is not None and variable in expression.free_symbols:
            return domain.positive(self._leading(expression), self.ranges)
        return domain.positive(expression - least + 1, self.ranges)  # an integer > least - 1

    def _power(self, node: Operation) -> bool:
        """base**exponent with an exponent that is no fixed integer: a positive base, or 0**positive never."""
        parts = (node.left, node.right)
        base, exponent = (expression_at(part, self.statement.kernel, self.ranges) for part in parts)
        if T in base.free_symbols | exponent.free_symbols:
            above = exponent.is_number and exponent.is_positive is True
            return _certain_in_t("nonnegative" if above else "positive", base)
        above = exponent.is_number and exponent.is_positive is True  # 0**pi is 0
        if base.is_number:
            certain = base.is_positive is True or base.is_zero is True and above
            return certain or base.is_nonzero is True and self._index(exponent, 0)
        if domain.positive(self._leading(base), self.ranges) or above and self._nonnegative(base):
            return True
        return exponent.is_polynomial() and self._index(exponent, 1)


def _certain_in_t(kind: str, expression: sp.Expr) -> bool:
    """The same for all t in [-1, 1], for polynomials in t alone."""
    if expression.free_symbols != {T} or not expression.is_polynomial(T):
        return False
    match kind:
        case "nonzero":
            return sp.Poly(expression, T).count_roots(-1, 1) == 0
        case "positive":
            return bool(expression.subs(T, 0) > 0) and _certain_in_t("nonzero", expression)
        case "nonnegative":
            constant, factors = sp.factor_list(expression)
            odd = sp.Poly(sp.Mul(constant, *(factor for factor, power in factors if power % 2)), T)
            inside = odd.count_roots(-1, 1) - sum(odd(end) == 0 for end in (-1, 1))
            return inside == 0 and bool(odd(0) > 0)
        case "unit":
            return all(_certain_in_t("nonnegative", sp.expand(1 - s * expression)) for s in (-1, 1))
    return False
