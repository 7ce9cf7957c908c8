"""From a side of a statement to a formula: the parsed tree in SymPy, every operation with its conditions.

The reader knows nothing of the formulas that decide statements. mu(K), mu(K, D), b(K), kappa(T) stand as named
objects. Every division, root, power, logarithm, Gamma, binomial and index is looked at on the whole of the
ranges, or, along a limit, for all large values of its variable; what cannot be told there is refused.
"""

from __future__ import annotations

from dataclasses import dataclass

import sympy as sp

from theory.proofs.rules.calculus import require
from theory.proofs.rules.certain import Place
from theory.proofs.steps import Refused
from theory.symbolic.expressions import Call, Name, Node, Number, Operation
from theory.symbolic.objects import INTEGER_SYMBOLS, Kappa, Maclaurin, Mu, MuOn, d, t
from theory.symbolic.ranges import range_in
from theory.symbolic.rational_functions import fraction


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
        for part, power in zip(fraction(base), (exponent, -exponent), strict=True):
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
        require(name in ("mu", "a", "b", "kappa"), f"{name} is in no formula of a proof")
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
        for part in fraction(e)
    )
