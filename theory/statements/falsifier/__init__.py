"""The falsifier: looks for points at which a verdict is contradicted, before the verdict is printed.

It shares nothing with the deciding path but the parsed statement: values come from its own walk over
the tree, eigenvalues from its own formulas, power series and quadratures. It never decides; it only
refuses what it contradicts by a margin.
"""

from theory.statements.falsifier.confront import Confrontation, confront

__all__ = ["Confrontation", "confront"]
