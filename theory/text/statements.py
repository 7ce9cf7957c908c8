r"""Statements in LaTeX: `mu(k) = Theta(k**(-d-1)) as k -> oo` is \mu_{k} = \Theta\left(k^{-d - 1}\right), k \to \infty.

What is typeset here is read again as the same statement (`theory.language.spellings`).
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from theory.language.sentences import Sentence
from theory.language.statement import LANDAU, UNIFORMLY, Statement
from theory.symbolic.expressions import Call, Inner, Node, Number, fold

SUM, PRODUCT, POWER, ATOM = 1, 2, 3, 4
NAMES = {"pi": r"\pi", "E": "e"}
INDEXED = {"mu": r"\mu", "a": "a", "b": "b", "lambda": r"\lambda"}
FUNCTIONS = {"acos": r"\arccos", "asin": r"\arcsin", "Gamma": r"\Gamma", "kappa": r"\kappa", "N": "N"}
RELATIONS = {"<=": r"\le", ">=": r"\ge", "!=": r"\ne"}
ORDERS = {"Theta": r"\Theta", "Omega": r"\Omega", "O": "O", "o": "o"}
Typeset = tuple[str, int]  # and how tightly it is bound


def expression_latex(node: Node) -> str:
    r"""An expression of the statement language.

    >>> from theory.language.formulas import parse_formula
    >>> print(expression_latex(parse_formula("2**d*Gamma((d+1)/2)**2/pi**2*k**(-d-1)")))
    \frac{2^{d} \, \Gamma\left(\frac{d + 1}{2}\right)^{2}}{\pi^{2}} \, k^{-d - 1}
    """
    return fold(node, _number, lambda name: (NAMES.get(name, name), ATOM), _inner)[0]


def statement_latex(statement: Statement) -> str:
    r"""A statement with its limit, without its ranges.

    >>> from theory.language.statement import parse_statement
    >>> print(statement_latex(parse_statement("mu(k) = O(k**-3) as k -> oo", "NTK(depth=2)", ["d = 2"])))
    \mu_{k} = O\left(k^{-3}\right) \quad (k \to \infty)
    """
    left, right = expression_latex(statement.left), expression_latex(statement.right)
    if statement.relation in LANDAU:
        said = f"{left} = {ORDERS[statement.relation]}{_enclosed(right)}"
    else:
        relation = r"\sim" if statement.relation == "~" else RELATIONS.get(statement.relation, statement.relation)
        said = f"{left} {relation} {right}"
    if statement.limit == UNIFORMLY:
        return rf"{said} \quad \text{{uniformly}}"
    if isinstance(statement.limit, tuple):
        name, target = statement.limit
        return rf"{said} \quad ({name} \to {target.replace('oo', chr(92) + 'infty')})"
    return said


def sentence_latex(sentence: Sentence) -> str:
    r"""What was said, a chain as one.

    >>> from theory.language.sentences import parse_sentence
    >>> print(sentence_latex(parse_sentence("0 <= mu(k) <= 1", "NTK(depth=2)")))
    0 \le \mu_{k} \le 1
    """
    first, *rest = sentence.said
    links = (f" {RELATIONS.get(link.relation, link.relation)} {expression_latex(link.right)}" for link in rest)
    return statement_latex(first) + "".join(links)


def _number(value: Fraction) -> Typeset:
    if value.denominator == 1:
        return str(value.numerator), ATOM if value >= 0 else SUM
    sign = "-" if value < 0 else ""
    return rf"{sign}\frac{{{abs(value.numerator)}}}{{{value.denominator}}}", PRODUCT if value > 0 else SUM


def _inner(node: Inner, parts: Sequence[Typeset]) -> Typeset:
    if isinstance(node, Call):
        return _call(node.name, [text for text, _ in parts], parts[0][1])
    left, right = parts
    match node.op:
        case "-" if isinstance(node.left, Number) and node.left.value == 0:
            return f"-{_at_least(right, PRODUCT)}", SUM
        case "+" | "-":
            return f"{left[0]} {node.op} {_at_least(right, PRODUCT)}", SUM
        case "*":
            upper, lower = _at_least(left, PRODUCT), _at_least(right, POWER)
            between = r"\cdot" if lower[0].isdigit() else r"\,"
            return f"{upper} {between} {lower}", PRODUCT
        case "/":
            return rf"\frac{{{left[0]}}}{{{right[0]}}}", PRODUCT
    return f"{_at_least(left, ATOM)}^{{{right[0]}}}", POWER


def _call(name: str, args: list[str], level: int) -> Typeset:
    kernel, dot, function = name.rpartition(".")
    if dot:  # one kernel among several
        label = kernel.replace("_", r"\_")
        index = f"_{{{', '.join(args)}}}" if function in INDEXED else _enclosed(args[0])
        return rf"{INDEXED.get(function, FUNCTIONS.get(function))}^{{(\mathrm{{{label}}})}}{index}", ATOM
    match name:
        case "mu" | "a" | "b" | "lambda":
            return f"{INDEXED[name]}_{{{', '.join(args)}}}", ATOM
        case "sqrt":
            return rf"\sqrt{{{args[0]}}}", ATOM
        case "exp":
            return rf"\exp{_enclosed(args[0])}", ATOM
        case "factorial":
            return f"{args[0] if level == ATOM and len(args[0]) == 1 else f'({args[0]})'}!", ATOM
        case "abs":
            return rf"\operatorname{{abs}}{_enclosed(args[0])}", ATOM
        case "floor" | "erf" | "harmonic" | "max" | "min":
            return rf"\operatorname{{{name}}}{_enclosed(', '.join(args))}", ATOM
        case "binomial":
            return rf"\binom{{{args[0]}}}{{{args[1]}}}", ATOM
    return FUNCTIONS.get(name, rf"\{name}") + _enclosed(", ".join(args)), ATOM


def _enclosed(text: str) -> str:
    return rf"\left({text}\right)"


def _at_least(part: Typeset, level: int) -> str:
    text, own = part
    return text if own >= level else _enclosed(text)
