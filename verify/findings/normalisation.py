"""HOLDS up to a normalisation: printed numbers that are one multiple, free of the degree, of the true ones.

Authors expand a kernel by other measures and other bases: what they print as eigenvalues may be a
factor of d alone times mu_k, or times the coefficient N(d,k) mu_k on P_k (on the circle the Fourier
coefficients mu_0, 2 mu_1, 2 mu_2, ...). A statement that fails for mu_k itself is decided once more
with FACTOR * mu_k, or FACTOR * N(d,k) * mu_k, in place of every mu_k: one factor for all its parts, in
which no degree can stand. A statement whose quotient depends on the degree fails there too.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from functools import reduce

from theory.language.conditions import build_ranges
from theory.language.formulas import parse_formula, uses_kernel, variables
from theory.language.statement import Statement
from theory.symbolic.expressions import Call, Name, Node, Number, Operation, rebuilt
from theory.symbolic.ranges import Ranges

QUANTITIES = {"mu": "mu_k", "coefficient": "N(d,k) mu_k"}


@dataclass(frozen=True, slots=True)
class Normalisation:
    """`factor`, an expression in d alone, times the eigenvalue ("mu") or the coefficient on P_k.

    >>> Normalisation("surface measure of the circle", "2*pi").says
    'surface measure of the circle: printed = 2*pi * mu_k'
    >>> Normalisation("a slip", "k+1")
    Traceback (most recent call last):
    ValueError: a slip: the factor 'k+1' of a normalisation is an expression in d alone
    """

    name: str
    factor: str = "1"
    of: str = "mu"

    def __post_init__(self) -> None:
        tree = parse_formula(self.factor)
        if variables(tree) - {"d"} or uses_kernel(tree):
            what = f"the factor {self.factor!r} of a normalisation"
            raise ValueError(f"{self.name}: {what} is an expression in d alone")
        if self.of not in QUANTITIES or (self.of, self.factor) == ("mu", "1"):
            of = f"of one of {', '.join(QUANTITIES)}, got {self.of!r}"
            raise ValueError(f"{self.name}: 1 * mu_k is no normalisation, and one is {of}")

    @property
    def says(self) -> str:
        """Its name and what is printed by it."""
        factor = "" if self.factor == "1" else f"{self.factor} * "
        return f"{self.name}: printed = {factor}{QUANTITIES[self.of]}"

    def applied(self, statement: Statement) -> Statement:
        """The statement about what the authors call mu.

        >>> from theory.language.statement import parse_statement
        >>> said = parse_statement("mu(k+1) = 1/4", "NTK(depth=2)", ["d = 1"])
        >>> Normalisation("coefficients", "1/2", "coefficient").applied(said).text
        '1/2*N(d, k + 1)*mu(k + 1) = 1/4'
        """
        left, right = (rebuilt(side, self._theirs) for side in (statement.left, statement.right))
        changed = replace(statement, left=left, right=right)
        new = (variables(left) | variables(right)) - set(changed.ranges.names) - {"t"}
        return replace(changed, ranges=Ranges((*changed.ranges, *build_ranges(new, ())))) if new else changed

    def _theirs(self, node: Node) -> Node:
        if not isinstance(node, Call) or node.name != "mu":
            return node
        dim = node.args[1] if len(node.args) == 2 else Name("d")
        factors = [rebuilt(parse_formula(self.factor), lambda part: dim if part == Name("d") else part)]
        if self.of == "coefficient":
            factors.append(Call("N", (dim, node.args[0])))
        factors = [one for one in factors if one != Number(Fraction(1))]
        return reduce(lambda left, right: Operation("*", left, right), [*factors, node])
