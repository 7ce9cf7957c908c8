"""What is gathered while the sides of a statement are read: laws with their evidence, and constants by name."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import sympy as sp

from theory.numbers.truth import Evidence
from theory.proofs.steps import Proof
from theory.symbolic.constants import NamedConstant
from theory.symbolic.hypergeometric import NotHypergeometric, normalize
from theory.symbolic.objects import SlopeProduct, grammar_text
from theory.symbolic.puiseux import sign


@dataclass(frozen=True, slots=True)
class Equivalent:
    """An expression that the side equals (exact) or is ~ to."""

    expression: sp.Expr
    exact: bool


class Used:
    """The laws that were used, in order, and what is known of them: filled while the sides are read."""

    def __init__(self) -> None:
        self.evidence: list[Evidence] = []
        self.sources: list[str] = []
        self.laws: list[str] = []
        self.proofs: list[Proof | None] = []
        self.constants: dict[sp.Symbol, sp.Expr] = {}
        self.signs_change = False  # a law is told of |mu_k| alone, mu_k being of changing sign
        self.owner = ""  # the name of the kernel whose laws are noted, where there are several
        self.least = 0  # from which value of the limit variable on the sides are what is read

    @contextmanager
    def of(self, owner: str) -> Iterator[None]:
        """What is noted inside is of the kernel of that name; of the only one where it is empty."""
        self.owner = owner
        try:
            yield
        finally:
            self.owner = ""

    def note(self, law: str, evidence: Evidence, source: str, proof: Proof | None = None) -> None:
        """`evidence` is that of a verdict which uses the law without a replayed step.

        Of one kernel among several the law is told with its name, and no proof of both together is replayed.
        """
        self.proofs.append(None if self.owner else proof)
        self.laws.append(f"{self.owner}.{law}" if self.owner else law)
        self.evidence.append(evidence)
        self.sources.append(source)

    def hypergeometric(self, expression: sp.Expr) -> sp.Expr:
        """The expression with a symbol in place of every constant such as acos(1/pi), and of every
        weight c + (-1)^k c' > 0 of a law in depth."""
        if expression.is_number:
            if _is_term(expression):
                return expression
            size = sign(expression)
            symbol = sp.Symbol(f"log({grammar_text(size * expression)})", real=True)
            self.constants[symbol] = sp.log(size * expression)
            return size * sp.exp(symbol)
        if expression.has(SlopeProduct) and not isinstance(expression, sp.Mul):
            symbol = sp.Symbol(f"log({grammar_text(expression)})", real=True)
            self.constants[symbol] = sp.log(expression)
            return sp.exp(symbol)
        if isinstance(expression, sp.Pow) and expression.base.is_number and not _is_term(expression.base):
            return self.hypergeometric(expression.base) ** expression.exp
        if isinstance(expression, sp.Add) and expression.has(NamedConstant):
            factored = sp.factor(expression)  # (d+1)(6-slope) multiplied out has constants in several terms
            if not isinstance(factored, sp.Add):
                return self.hypergeometric(factored)
        if isinstance(expression, sp.Add | sp.Mul | sp.Pow):
            return expression.func(*map(self.hypergeometric, expression.args))
        return expression


def _is_term(constant: sp.Expr) -> bool:
    """Whether a constant is one product of rationals, pi, E, powers and Gammas."""
    try:
        return len(normalize(constant)) <= 1
    except NotHypergeometric:
        return False
