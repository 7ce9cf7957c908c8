"""Inequalities in one unbounded variable, from laws with certified remainders and a finite check.

Both sides are tails (`theory.symbolic.bounded_expansions`): mu(K), with K = c v + integer, is the sum of its law and a rest
with a proved bound, for all K from a stated degree on. The sign of their difference is then certain
for all v >= v_0; below v_0 every instance is compared in balls. So k or n moves and d is one number,
or d moves and the degree is one number.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache
from itertools import product

import sympy as sp

from theory.expansions.admissible import Inadmissible
from theory.kernels import Kernel
from theory.kernels.named import NamedKernels
from theory.language.formulas import function_of, uses_kernel, variables
from theory.language.statement import Statement
from theory.laws.certified import certified
from theory.laws.decay import decay
from theory.laws.law import Law
from theory.numbers.balls import ball, working_precision
from theory.numbers.truth import Evidence, Truth, Unable
from theory.statements.arithmetic import Undefined
from theory.statements.counterexamples import OUT_OF_REACH, Point, compare_at, point_text
from theory.statements.given import given_kernels, is_of_given_kernels
from theory.statements.meaning import expression_at
from theory.statements.method import Method
from theory.statements.outcome import NotSymbolic, Outcome, Part, bare_part
from theory.statements.parities import parity_of
from theory.symbolic.bounded_expansions import Tail
from theory.symbolic.expressions import Call, Name, Node, Number, Operation, walk
from theory.symbolic.objects import INTEGER_SYMBOLS, Range, grammar_text
from theory.symbolic.ranges import Ranges
from theory.symbolic.rational_functions import fraction

ORDERS = (1, 2, 3)  # of the laws, tried in turn
NEAR = 64  # a v_0 up to here is good enough not to try further orders
MOST = 400  # instances compared below v_0
DIGITS = 20
SOURCE = "remainder by ball arithmetic"
WANTED = {">": 1, ">=": 1, "<": -1, "<=": -1}


def by_remainders(statement: Statement) -> list[tuple[Ranges, Outcome]]:
    """The outcome on every parity class; one that FAILS comes alone. NotSymbolic where it is not for this.

    >>> from theory.language.statement import parse_statement
    >>> s = parse_statement("mu(k) > mu(k+2)", "NTK(depth=3)", ["d = 2", "k even"])
    >>> by_remainders(s)[0][1].law
    'left - right ~ 21/(2*pi) * k**(-4) for k >= 11; every smaller k compared'
    """
    found = []
    for ranges in _classes(statement):
        outcome = _class_outcome(statement, ranges)
        if outcome.truth is Truth.FAILS:
            return [(ranges, outcome)]
        found.append((ranges, outcome))
    return found


def _classes(statement: Statement) -> Iterator[Ranges]:
    """One unbounded variable of one parity, single values of the others."""
    moving = [w for w in statement.ranges if w.most is None]
    names = variables(statement.left) | variables(statement.right)
    if statement.is_asymptotic or statement.family is not None or len(moving) != 1 or "t" in names:
        raise NotSymbolic("not one unbounded variable")
    nodes = (*walk(statement.left), *walk(statement.right))
    if not any(function_of(node) in ("mu", "a") for node in nodes):
        raise NotSymbolic("no eigenvalue occurs")
    parts = []
    for where in statement.ranges:
        if where is not moving[0]:
            values = where.values(MOST + 1)
            if len(values) > MOST:
                raise NotSymbolic(f"{where} has more than {MOST} values")
            parts.append([Range(where.name, v, v) for v in values])
        elif where.name == "d":
            parts.append([where])
        else:
            parities = [p for p in (0, 1) if where.parity in (None, p)]
            parts.append([Range(where.name, where.least, None, p) for p in parities])
    yield from map(Ranges, product(*parts))


def _class_outcome(statement: Statement, ranges: Ranges) -> Outcome:
    (where,) = (w for w in ranges if w.most is None)
    fixed = ranges.without(where.name).least
    start, sign, law = _eventual_sign(statement, ranges, where)
    certain = _holds(statement.relation, sign)
    inside = [v for v in range(where.least, start + 2) if where.parity in (None, v % 2)]
    values = [v for v in inside if (v < start) == certain]
    said = f"{law} for {where.name} >= {start}"
    if len(values) > MOST:
        raise NotSymbolic(f"{said}, too many to compare below")
    for value in values:
        at = {**fixed, where.name: value}
        truth = _compared(statement, at)
        if truth is Truth.FAILS:
            return Outcome(Truth.FAILS, said, at=at, evidence=Evidence.CERTIFIED, source=SOURCE)
        if truth is Truth.UNDECIDED:
            raise NotSymbolic(f"{said}; the sides cannot be told apart at {point_text(at)}")
    if not certain:
        raise NotSymbolic(said)
    below = f"; every smaller {where.name} compared" if values else ""
    return Outcome(Truth.HOLDS, said + below, evidence=Evidence.CERTIFIED, source=SOURCE)


def _holds(relation: str, sign: int) -> bool:
    """Whether left relation right for left - right of this sign."""
    if sign == 0:
        return relation in ("=", "<=", ">=")
    return relation == "!=" or WANTED.get(relation) == sign


def _compared(statement: Statement, at: Point) -> Truth:
    try:
        return compare_at(statement, at)
    except Undefined:
        return Truth.FAILS
    except OUT_OF_REACH:
        return Truth.UNDECIDED


def _eventual_sign(statement: Statement, ranges: Ranges, where: Range) -> tuple[int, int, str]:
    """(v_0, sign of left - right for v >= v_0, the leading term in words) with the least v_0 found."""
    best: tuple[int, int, str] | None = None
    doubt = "the leading terms cancel"
    for orders in ORDERS:
        with working_precision(DIGITS):
            try:
                reader = _Reader(given_kernels(statement), ranges, where, orders)
                difference = reader.tail(statement.left) - reader.tail(statement.right)
                found = difference.signed_from(where.least)
            except Unable as error:
                doubt = str(error)
                continue
        if found is not None and (best is None or found[1] < best[0]):
            best = found[1], found[0], _leading_text(difference, where.name)
        if best is not None and best[0] <= NEAR:
            return best
    if best is None:
        raise NotSymbolic(doubt)
    return best


def _leading_text(difference: Tail, name: str) -> str:
    if not difference.terms:
        return "left = right"
    a = min(difference.terms)
    constant = difference.terms[a]
    text = grammar_text(constant)
    if constant.is_Add or len(text) > 40:
        text = f"{float(sp.N(constant)):.4g}"
    return f"left - right ~ {text}" + (f" * {name}**({-a})" if a else "")


@dataclass(frozen=True, slots=True)
class _Reader:
    """Expressions as tails in one variable."""

    kernel: Kernel | NamedKernels | None
    ranges: Ranges
    where: Range
    orders: int

    @property
    def variable(self) -> sp.Symbol:
        return INTEGER_SYMBOLS[self.where.name]

    def tail(self, node: Node) -> Tail:
        """The node for all large v."""
        if not uses_kernel(node) and self.where.name not in variables(node):
            return Tail.constant(expression_at(node, None, self.ranges))
        match node:
            case Name():
                return Tail.power(1)
            case Operation("+", left, right):
                return self.tail(left) + self.tail(right)
            case Operation("-", left, right):
                return self.tail(left) - self.tail(right)
            case Operation("*", left, right):
                return self.tail(left) * self.tail(right)
            case Operation("/", left, right):
                return self.tail(left) * self.tail(right).inverse()
            case Operation("**", base, exponent):
                return self.tail(base).raised(self._exponent(exponent))
            case Call("sqrt", (inner,)):
                return self.tail(inner).raised(Fraction(1, 2))
            case Call(_, (degree, *dims)) if function_of(node) == "mu":
                return self._eigenvalue(node, degree, dims[0] if dims else Name("d"))
            case Call("a", (degree,)):
                return self._eigenvalue(node, degree, Name("d")) * self.tail(_ratio(degree))
            case Call("N"):
                return self._rational(sp.gammasimp(expression_at(node, None, self.ranges)))
            case Call() if function_of(node) == "kappa" and self.where.name not in variables(node):
                return Tail.constant(expression_at(node, self.kernel, self.ranges))
        raise NotSymbolic("no expansion with a certified rest")

    def _kernel_of(self, node: Call) -> Kernel:
        kernel = self.kernel.spoken_of(node.name)[0] if isinstance(self.kernel, NamedKernels) else self.kernel
        assert kernel is not None  # `parse_statement` asks for one where a function of it occurs
        return kernel

    def _exponent(self, node: Node) -> Fraction:
        value = expression_at(node, None, self.ranges)
        if not value.is_Rational or abs(value) > 64:
            raise NotSymbolic(f"an exponent {value}")
        return Fraction(int(value.p), int(value.q))

    def _eigenvalue(self, node: Call, degree: Node, dim: Node) -> Tail:
        index, sphere = (expression_at(node, None, self.ranges) for node in (degree, dim))
        moving, still = (sphere, index) if self.where.name == "d" else (index, sphere)
        slope, shift = self._linear(moving)
        if not still.is_Integer or still < (0 if self.where.name == "d" else 1):
            raise NotSymbolic(f"{still} is no fixed degree or dimension")
        law = _law(self._kernel_of(node), "d" if self.where.name == "d" else "k", int(still), self.orders)
        parity = int(still) % 2 if self.where.name == "d" else parity_of(index, self.ranges.parities)
        return _law_tail(law, parity).at(slope, shift)

    def _linear(self, index: sp.Expr) -> tuple[int, int]:
        slope = sp.expand(index).coeff(self.variable)
        shift = sp.expand(index - slope * self.variable)
        if not (slope.is_Integer and slope > 0 and shift.is_Integer):
            raise NotSymbolic(f"the index {index} is not of the form c*{self.variable} + integer")
        return int(slope), int(shift)

    def _rational(self, expression: sp.Expr) -> Tail:
        upper, lower = fraction(expression)
        if not (upper.is_polynomial(self.variable) and lower.is_polynomial(self.variable)):
            raise NotSymbolic(f"{expression} is no rational function of {self.variable}")
        return self._polynomial(upper) * self._polynomial(lower).inverse()

    def _polynomial(self, expression: sp.Expr) -> Tail:
        total = Tail.constant(0)
        for (power,), value in sp.Poly(expression, self.variable).terms():
            total = total + Tail.power(power) * Tail.constant(value)
        return total


def _ratio(degree: Node) -> Node:
    """a_K / mu_K = (2K + d - 1)/(d - 1)."""
    one, two, dim = Number(Fraction(1)), Number(Fraction(2)), Name("d")
    less = Operation("-", dim, one)
    return Operation("/", Operation("+", Operation("*", two, degree), less), less)


@lru_cache(maxsize=64)
def _law(kernel: Kernel, variable: str, still: int, orders: int) -> Law:
    """The law with its remainder, as k -> oo on S^still or as d -> oo at degree still."""
    try:
        if variable == "k":
            return certified(decay(kernel, "k", dim=still, terms=orders))
        return certified(decay(kernel, "d", degree=still, terms=orders))
    except (Unable, Inadmissible) as error:
        raise NotSymbolic(f"no law of mu: {error}") from None


def _law_tail(law: Law, parity: int) -> Tail:
    for branch in law.law:
        where = branch.ranges.named("k")
        if where.most is not None and law.variable == "k" or where.parity not in (None, parity):
            continue
        if branch.leading == 0:
            return replace(Tail.constant(0), start=max(1, where.least if law.variable == "k" else 1))
        kept = branch.certificate
        if kept is None:
            raise NotSymbolic(law.source)
        terms = {Fraction(-int(power)): value for power, value in branch.terms if value != 0}
        return Tail(terms, ball(kept.constant), Fraction(-kept.power), kept.start)
    raise NotSymbolic("no law of this parity")


def _parts(statement: Statement) -> list[Part]:
    return [bare_part(ranges, outcome) for ranges, outcome in by_remainders(statement)]


METHOD = Method("by remainders", 50, is_of_given_kernels, _parts)
