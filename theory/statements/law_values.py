"""Values of a law that is written as a formula in k."""

from __future__ import annotations

from theory.language.formulas import parse_formula, uses_kernel, variables
from theory.numbers.balls import Enclosure, working_precision
from theory.statements.arithmetic import as_ball
from theory.statements.values import evaluate

DIGITS = 30


def law_values(text: str, last: int) -> tuple[Enclosure, ...]:
    """m_1, ..., m_K of a law in k, such as "k**-2" or "2/(1+k*k)"; ValueError unless all are > 0.

    >>> law_values("k**-2", 2)[1].lower
    Fraction(1, 4)
    >>> law_values("1-k", 2)
    Traceback (most recent call last):
    ValueError: law '1-k': a positive value wanted at every degree, got none at k = 1
    """
    tree = parse_formula(text)
    if variables(tree) - {"k"} or uses_kernel(tree):
        found = "a kernel" if uses_kernel(tree) else ", ".join(sorted(variables(tree)))
        raise ValueError(f"law {text!r}: a formula in k alone wanted, got {found}")
    values = []
    for degree in range(1, last + 1):
        try:
            with working_precision(DIGITS):
                value = Enclosure.of(as_ball(evaluate(tree, {"k": degree}, None, DIGITS)))
        except ArithmeticError as error:
            raise ValueError(f"law {text!r}: no value at k = {degree}: {error}") from None
        if not value.lower > 0:
            raise ValueError(f"law {text!r}: a positive value wanted at every degree, got none at k = {degree}")
        values.append(value)
    return tuple(values)
