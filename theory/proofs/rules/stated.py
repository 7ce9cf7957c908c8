"""From a statement as it is written to formulas: the parsed tree in SymPy, every operation with its conditions.

The reader knows nothing of the formulas that decide statements. mu(K), mu(K, D), b(K), kappa(T) stand as named
objects. Every division, root, power, logarithm, Gamma, binomial and index is looked at on the whole of the
ranges, or, along a limit, for all large values of its variable; what cannot be told there is refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

import sympy as sp

from theory.kernels import NNGP, NTK, ArcCosine, Dual, DualTangent, Kernel, Laplace, Multiple, Sum
from theory.kernels.depth_families import DepthFamily
from theory.language.families import deep_family, kernel_at
from theory.language.formulas import uses_kernel
from theory.language.statement import Statement
from theory.proofs.rules.calculus import require, trigonometric_zero
from theory.proofs.rules.certain import Place
from theory.proofs.rules.depth import SIGMA, THETA, THETA_BIASED
from theory.proofs.steps import Facts, Refused, Step, rule
from theory.symbolic.expression_grammar import ExpressionError
from theory.symbolic.expressions import Call, Name, Node, Number, Operation, unparse
from theory.symbolic.objects import (
    INTEGER_SYMBOLS,
    STATED,
    Claim,
    GaussianMean,
    Kappa,
    KernelName,
    Layered,
    Maclaurin,
    Mu,
    MuOn,
    Radial,
    Range,
    Reads,
    Side,
    Told,
    d,
    t,
)
from theory.symbolic.ranges import inside, range_in

LAWS = ("end-law", "dimension-law")
SIGNS = ("series-sign", "hermite-squares", "mixture", "coefficient-signs", "sign-of-parts")
DEFINING = ("cosine-variable", "order-kernel", "combination-definition", "product-definition")


def claim_of(statement: Statement) -> Claim:
    """The name of a statement: its text, and the kernel that it is about."""
    kernel = statement.family or statement.kernel
    return Claim(f"{statement.text}{f', {kernel}' if kernel is not None else ''}")


@rule("as-stated", "the statement as it is written; nothing is claimed", relation=Told)
def as_stated(step: Step, facts: Facts) -> None:
    """data is the statement; its text, its kernel and its ranges are those of the step."""
    statement = step.data
    require(isinstance(statement, Statement) and not step.uses, "a statement is needed, and nothing else")
    require(step.statement == Told(claim_of(statement), STATED), "the words are other ones")
    require(set(step.ranges) == set(statement.ranges), "the ranges are other ones")


def statement_of(fact: Step) -> Statement:
    """The statement that a step names."""
    require(fact.rule == "as-stated", f"{fact.name} names no statement")
    return fact.data


def require_inside(ranges: tuple[Range, ...], statement: Statement) -> None:
    """Refuse ranges that are no part of the statement's, or leave out one of its variables."""
    require({w.name for w in ranges} == {w.name for w in statement.ranges}, "the variables are other ones")
    require(all(inside(w, statement.range(w.name)) for w in ranges), "the ranges go beyond the statement's")


def covers_fully(fact: Step, ranges: tuple[Range, ...]) -> bool:
    """Whether a fact holds on the ranges, whatever it mentions."""
    return all(inside(range_in(ranges, w.name), w) for w in fact.ranges)


@rule("reading", "the words read operation by operation, each defined wherever the part is looked at", relation=Reads)
def reading(step: Step, facts: Facts) -> None:
    """One side on a part of the ranges; data names the kernel as the used facts do. Their closed forms, laws and
    signs tell which eigenvalues may be divided by."""
    stated, *others = (facts[used] for used in step.uses)
    statement = statement_of(stated)
    require_inside(step.ranges, statement)
    node = next((side for side in (statement.left, statement.right) if Side(unparse(side)) == step.left), None)
    if node is None:
        raise Refused("no side of the statement")
    require(read_side(node, statement, step.ranges, step.data, others) == step.right, "it reads otherwise")


def read_side(
    node: Node, statement: Statement, ranges: tuple[Range, ...], name: sp.Expr | None, facts: list[Step]
) -> sp.Expr:
    """What a side is on a part of the ranges. Raises Refused where some operation may be undefined there."""
    factor = sp.Integer(1)
    if uses_kernel(node):
        factor = factor_of(kernel_on(statement, ranges), name, facts)
    found = Reader(place_of(statement, ranges, facts), name, factor).read(node)
    require(not found.has(sp.zoo, sp.nan, sp.oo), f"{unparse(node)} is undefined")
    return found


def kernel_on(statement: Statement, ranges: tuple[Range, ...]) -> Kernel | DepthFamily:
    """The kernel of the statement on a part: of a family the member of one depth, or all of them from a depth on."""
    if statement.family is None:
        if statement.kernel is None:
            raise Refused("the statement has no kernel")
        return statement.kernel
    depths = range_in(ranges, "L")
    try:
        if depths.most == depths.least:
            return kernel_at(statement.family, depths.least)
        return deep_family(statement.family, depths.least)
    except ExpressionError as error:
        raise Refused(str(error)) from None


def factor_of(kernel: Kernel | DepthFamily, name: sp.Expr | None, facts: list[Step]) -> sp.Expr:
    """c with kernel = c times the kernel that the name stands for in the facts."""
    if name == KernelName(repr(kernel)):
        return sp.Integer(1)
    match kernel:
        case Multiple(factor, inner) if not _is_whole(kernel, name, facts):
            return sp.Rational(*_ratio(factor)) * factor_of(inner, name, facts)
        case DepthFamily():
            require(name == _layered(kernel.base, kernel.bias, kernel.depth), f"{name} is not {kernel!r}")
            return kernel.factor
        case Laplace(rate) if name == Radial(sp.Rational(rate.numerator, rate.denominator)):
            return sp.Integer(1)
        case NNGP(bias_variance=0) | NTK(layer_scales=None, bias_variance=0) if isinstance(name, Layered):
            bias = isinstance(kernel, NTK) and kernel.bias
            require(not (bias and kernel.weight_variance != 1), "a bias beside a weight variance")
            require(name == _layered(type(kernel), bias, sp.Integer(kernel.depth)), f"{name} is not {kernel!r}")
            return sp.Rational(*_ratio(kernel.weight_variance)) ** kernel.depth
    require(_is_whole(kernel, name, facts), f"{name} is not {kernel!r}")
    return sp.Integer(1)


def _ratio(value: Fraction | int) -> tuple[int, int]:
    return value.numerator, value.denominator


def _layered(base: type, bias: bool, depth: sp.Expr) -> sp.Expr:
    return Layered(SIGMA if base is NNGP else THETA_BIASED if bias else THETA, depth)


def definitions_of(name: sp.Expr, facts: Mapping[str, Step]) -> list[Step]:
    """The steps that define the kernel of a name, and those of the names in them."""
    found = [f for f in facts.values() if f.rule in DEFINING and f.left == Kappa(name, t)]
    inner = {part.args[0] for f in found for part in f.right.atoms(Kappa)}
    return [*found, *(f for other in sorted(inner, key=str) for f in definitions_of(other, facts))]


def _is_whole(kernel: Kernel, name: sp.Expr | None, facts: list[Step]) -> bool:
    """Whether the facts define the name as the function that the kernel is."""
    if not any(f.rule in DEFINING and f.left == Kappa(name, t) for f in facts):
        return False
    return trigonometric_zero(_defined_as(name, facts) - _function(kernel))


def _defined_as(name: sp.Expr, facts: list[Step]) -> sp.Expr:
    """The function of t that the facts define by the name."""
    fact = next((f for f in facts if f.rule in DEFINING and f.left == Kappa(name, t)), None)
    if fact is None:
        raise Refused(f"no kernel is defined by the name {name}")
    parts = {part: _defined_as(part.args[0], facts) for part in fact.right.atoms(Kappa)}
    means = {mean: _arc_cosine(int(mean.args[0])) for mean in fact.right.atoms(GaussianMean)}
    return fact.right.xreplace(parts | means)


def _arc_cosine(order: int) -> sp.Expr:
    """2 E[u_+^a v_+^a] as a function of t, from order 2 on a symbol of its own."""
    angle = sp.pi - sp.acos(t)
    closed = {0: angle / sp.pi, 1: (sp.sqrt(1 - t**2) + t * angle) / sp.pi}
    return closed.get(order, sp.Symbol(f"arc_cosine_{order}", real=True))


def _function(kernel: Kernel) -> sp.Expr:
    """The definition of a kernel with one hidden layer, of sums and multiples of them."""
    half = sp.Rational(1, 2)
    match kernel:
        case ArcCosine(order):
            return _arc_cosine(order)
        case Dual("relu" | "step" as activation):
            return half * _arc_cosine(int(activation == "relu"))
        case DualTangent("relu"):
            return half * (t * _arc_cosine(0) + _arc_cosine(1))
        case NNGP(depth=2, bias_variance=0):
            return sp.Rational(*_ratio(kernel.weight_variance)) ** 2 * _arc_cosine(1)
        case NTK(depth=2, bias_variance=0):
            w = sp.Rational(*_ratio(kernel.weight_variance))
            first, last = (sp.Rational(*_ratio(scale)) for scale in kernel.scales)
            return first * w * (w * t + int(kernel.bias)) * _arc_cosine(0) + last * w**2 * _arc_cosine(1)
        case Multiple(factor, inner):
            return sp.Rational(*_ratio(factor)) * _function(inner)
        case Sum(parts):
            return sp.Add(*map(_function, parts))
    raise Refused(f"{kernel!r} has no definition in closed form")


def place_of(statement: Statement, ranges: tuple[Range, ...], facts: list[Step]) -> Place:
    """Where a part of a statement is looked at, with what the facts tell of the signs of named objects:
    of closed forms, of sums of coefficients, and of eigenvalues with a law once the variable is large."""
    limit = statement.limit if isinstance(statement.limit, tuple) else None
    signs: dict[sp.Expr, int] = {}
    nonzeros: set[sp.Expr] = set()
    for fact in facts:
        if not covers_fully(fact, ranges):
            continue
        if fact.rule == "closed-form":
            sign = Place(ranges, limit).sign(fact.right)
            signs |= {fact.left: sign} if sign is not None else {}
        elif fact.rule in SIGNS and fact.right == 0 and not isinstance(fact.statement, sp.Eq):
            require(isinstance(fact.statement, sp.StrictGreaterThan | sp.GreaterThan), f"{fact.name} is no sign")
            signs[fact.left] = max(signs.get(fact.left, 0), int(isinstance(fact.statement, sp.StrictGreaterThan)))
        elif fact.rule in LAWS and limit is not None and fact.left.args[1].name == limit[0]:
            nonzeros |= fact.left.args[0].atoms(Mu)
            signs |= dict.fromkeys(fact.left.args[0].atoms(Maclaurin), 1)
    return Place(ranges, limit, signs, frozenset(nonzeros))


@dataclass(frozen=True, slots=True)
class Reader:
    """Trees into SymPy at one place; the kernel is `factor` times the one of that name."""

    place: Place
    name: sp.Expr | None
    factor: sp.Expr

    def read(self, node: Node, below: bool = False) -> sp.Expr:
        """The expression; `below` says that only its reciprocal is wanted, and 1/Gamma is 0 at a pole."""
        match node:
            case Number(value):
                return sp.Rational(value.numerator, value.denominator)
            case Name("pi" | "E" as constant):
                return sp.pi if constant == "pi" else sp.E
            case Name("t"):
                return t
            case Name(name):
                where = range_in(self.place.ranges, name)
                return sp.Integer(where.least) if where.most == where.least else INTEGER_SYMBOLS[name]
            case Operation("*", left, right):
                return self.read(left, below) * self.read(right, below)
            case Operation("/", left, right):
                return self._quotient(self.read(left, below), self.read(right, not below))
            case Operation("**", base, exponent):
                return self._power(base, self.read(exponent), below)
            case Operation(op, left, right):
                a, b = self.read(left), self.read(right)
                return a + b if op == "+" else a - b
            case Call(name, args):
                return self._call(name, [self.read(argument) for argument in args], below)
        raise Refused(f"cannot be read: {node!r}")

    def _quotient(self, upper: sp.Expr, lower: sp.Expr) -> sp.Expr:
        if lower == sp.zoo:
            return sp.Integer(0)
        require(self.place.nonzero(lower), f"{lower} may be 0")
        return upper / lower

    def _power(self, base: Node, exponent: sp.Expr, below: bool) -> sp.Expr:
        if exponent.is_Integer:
            if exponent < 0:
                return self._quotient(sp.Integer(1), self.read(base, not below) ** -exponent)
            return self.read(base, below) ** exponent
        inner = self.read(base)
        if inner.is_number and self.place.sign(inner) == -1:
            parity = self.place.parity(exponent)
            if parity is None:
                raise Refused(f"the parity of {exponent} is not certain")
            return (-1) ** parity * self._raised(-inner, exponent)
        return self._raised(inner, exponent)

    def _raised(self, base: sp.Expr, exponent: sp.Expr) -> sp.Expr:
        """base^exponent for a base > 0, or >= 0 with an exponent > 0."""
        sign = self.place.sign(base) if base != 0 else 0
        require(sign == 1 or sign == 0 and self.place.positive(exponent), f"{base} may be no base of a power")
        return self.oriented(base, exponent) if base != 0 else base

    def oriented(self, base: sp.Expr, exponent: sp.Expr) -> sp.Expr:
        """base^exponent with every factor turned to its positive side: sqrt((k-d)^2) is k-d where k > d only."""
        if t in base.free_symbols:
            constant, factors = sp.factor_list(base)
            require(all(times == 1 for _, times in factors), f"{base} has a square in it")
            return base**exponent
        if base.free_symbols <= set(INTEGER_SYMBOLS.values()) and _is_rational(base):
            return self._factorwise(base, exponent)
        if isinstance(base, sp.Mul):
            return sp.Mul(*(self._raised(factor, exponent) for factor in base.args))
        if isinstance(base, sp.Pow | sp.exp):
            inner, power = base.as_base_exp()
            require(self.place.positive(inner), f"{inner} may be no base of a power")
            return self.oriented(inner, power * exponent)
        return base**exponent

    def _factorwise(self, base: sp.Expr, exponent: sp.Expr) -> sp.Expr:
        total, value = 1, sp.Integer(1)
        for part, power in zip(sp.fraction(sp.together(base)), (exponent, -exponent), strict=True):
            constant, factors = sp.factor_list(part)
            require(constant.is_positive or constant.is_negative, f"the sign of {constant} is not certain")
            total *= 1 if constant.is_positive else -1
            value *= abs(constant) ** power
            for factor, times in factors:
                if (times * power / 2).is_Integer:
                    value *= factor ** (times * power)
                    continue
                sign = next((s for s in (1, -1) if self.place.nonnegative(s * factor)), None)
                require(sign is not None, f"the sign of {factor} is not certain")
                strict = self.place.positive(sign * factor) or self.place.positive(times * power)
                require(strict, f"{factor} may be 0 below the line")
                total *= sign**times
                value *= (sign * factor) ** (times * power)
        require(total == 1, f"{base} < 0")
        return value

    def _call(self, name: str, values: list[sp.Expr], below: bool) -> sp.Expr:
        first = values[0]
        match name:
            case "sqrt":
                return self._raised(first, sp.Rational(1, 2))
            case "exp" | "sin" | "cos":
                return getattr(sp, name)(first)
            case "log":
                require(self.place.positive(first), f"{first} may be no argument of log")
                return sp.log(first)
            case "acos" | "asin":
                return self._arc(name, first)
            case "Gamma" | "factorial":
                argument = first if name == "Gamma" else first + 1
                require(below or self.place.pole_free(argument), f"Gamma({argument}) may be infinite")
                return sp.gamma(argument)
            case "binomial":
                return self._binomial(*values)
            case "N":
                return self._count(values[1], values[0])
        return self._of_kernel(name, values)

    def _arc(self, name: str, z: sp.Expr) -> sp.Expr:
        require(self.place.unit(z), f"{z} may lie outside [-1, 1]")
        angle = sp.pi - sp.acos(-z) if z.could_extract_minus_sign() else sp.acos(z)
        return angle if name == "acos" else sp.pi / 2 - angle

    def _binomial(self, upper: sp.Expr, lower: sp.Expr) -> sp.Expr:
        """By Gamma, where u + 1 is no pole: 0 for integers below 0 and above u, as 1/Gamma is."""
        require(self.place.pole_free(upper + 1), f"binomial({upper}, {lower}) may be undefined")
        if any(z.is_Integer and z <= 0 for z in (lower + 1, upper - lower + 1)):
            return sp.Integer(0)
        return sp.gamma(upper + 1) / (sp.gamma(lower + 1) * sp.gamma(upper - lower + 1))

    def _count(self, degree: sp.Expr, dim: sp.Expr) -> sp.Expr:
        """N(D, K), the dimension of the space of harmonics: 1 at K = 0, on the circle too."""
        self._require_index(dim, 1)
        if degree == 0:
            return sp.Integer(1)
        self._require_index(degree, 0)
        require(self.place.positive(sp.expand(degree + dim - 1)), "N(1, 0) is a case of its own")
        return (2 * degree + dim - 1) * sp.gamma(degree + dim - 1) / (sp.gamma(degree + 1) * sp.gamma(dim))

    def _require_index(self, e: sp.Expr, least: int) -> None:
        require(self.place.index(e, least), f"{e} may be no integer >= {least}")

    def _of_kernel(self, name: str, values: list[sp.Expr]) -> sp.Expr:
        index = sp.expand(values[0])
        if name == "kappa":
            require(self.place.unit(index), f"{index} may lie outside [-1, 1]")
            return self.factor * Kappa(self.name, index)
        self._require_index(index, 0)
        if name == "b":
            return self.factor * Maclaurin(self.name, index)
        own = self.read(Name("d")) if len(values) == 1 else sp.expand(values[1])
        self._require_index(own, 1)
        spoken = Mu(self.name, index) if len(values) == 1 or own == d else MuOn(self.name, index, own)
        eigenvalue = self.factor * spoken
        if name == "mu":
            return eigenvalue
        if own == 1:  # C_k^0 is not defined: the coefficient on the Chebyshev polynomial T_k
            return self._count(index, own) * eigenvalue
        self._require_index(own, 2)
        return eigenvalue * (2 * index + own - 1) / (own - 1)


def _is_rational(e: sp.Expr) -> bool:
    symbols = list(INTEGER_SYMBOLS.values())
    return all(
        part.is_polynomial(*symbols) and all(c.is_Rational for c in sp.Poly(part, *symbols).coeffs())
        for part in sp.fraction(sp.together(e))
    )
