"""Products without a sign, 2k, k(k+1), k log(k), and those that may mean two things: 1/k d, k^-2d, mu_k(2)."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from theory.language.formulas import CONSTANTS, FUNCTIONS, VARIABLES
from theory.symbolic.expression_grammar import ExpressionError

LETTERS = (*VARIABLES, *CONSTANTS)
INDEXED = ("mu", "a", "b", "lambda", "N")  # what may have a sphere in parentheses behind its index
FACTORS = re.compile(
    r"(?P<number>(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)(?=[^0-9.])|(?P<name>[A-Za-z_]\w*(?:\.[A-Za-z]\w*)?)|(?P<power>\*\*)|(?P<other>\S)"
)


@dataclass(frozen=True, slots=True)
class _Term:
    """What stands between the parentheses that are open: `line` is where the last / ends while no sign of
    multiplication ended what is below it, `power` where the last ** ends while nothing followed its exponent, and
    `closed` the function whose parenthesis was just closed, "" for a mere group."""

    opened_by: str = ""
    line: int | None = None
    power: int | None = None
    closed: str | None = None


def multiplied(text: str) -> str:
    """With the sign of multiplication between two factors that stand side by side.

    >>> multiplied("2k(k+1) log(k)")
    '2*k*(k+1)*log(k)'
    >>> multiplied("1/k d")
    Traceback (most recent call last):
    theory.symbolic.expression_grammar.ExpressionError: /k d may be read in two ways, write /(k*d) or /k*d
    """
    result, before, at, terms = "", "", 0, [_Term()]
    for token in FACTORS.finditer(text + " "):
        gap, word = text[at : token.start()], token[0]
        if _is_factor(before) and _starts_factor(token):
            _refuse_two_readings(text, token, gap, terms[-1])
            result += "*"
            terms[-1] = replace(terms[-1], line=None, power=None)
        else:
            result += gap
        _follow(terms, token, before)
        result, before, at = result + word, word, token.end()
    return result


def _is_factor(word: str) -> bool:
    return word == ")" or word[:1].isdigit() or word[:1] == "." or word in LETTERS


def _starts_factor(token: re.Match[str]) -> bool:
    return token[0] == "(" or bool(token["name"]) and token[0].rpartition(".")[2] in (*LETTERS, *FUNCTIONS)


def _follow(terms: list[_Term], token: re.Match[str], before: str) -> None:
    """What is known of the open parentheses behind the token."""
    here, word = terms[-1], token[0]
    if word == "(":
        terms.append(_Term(opened_by=called if (called := before.rpartition(".")[2]) in FUNCTIONS else ""))
        return
    if word == ")":
        closed = terms.pop() if len(terms) > 1 else here
        terms[-1] = replace(terms[-1], closed=closed.opened_by)
        return
    terms[-1] = here = replace(here, closed=None)
    if token["number"] or token["name"]:
        return
    if token["power"]:
        terms[-1] = replace(here, power=token.end())
    elif not (word in "+-" and before == "**"):  # the sign of an exponent goes with it
        terms[-1] = replace(here, line=token.end() if word == "/" else None, power=None)


def _refuse_two_readings(text: str, token: re.Match[str], gap: str, term: _Term) -> None:
    """A factor below a line, in an exponent, or behind an index, where it may also stand beside it."""
    word = "(...)" if token[0] == "(" else token[0]
    if token[0] == "(" and not gap and term.closed in INDEXED:
        name = term.closed
        raise ExpressionError(
            f"{name}(...)(...) may be read in two ways, write {name}(..., ...) for a sphere or {name}(...)*(...)"
        )
    for mark, start, clear in (("/", term.line, _is_beside(token, gap, term)), ("**", term.power, True)):
        if start is None:
            continue
        last = text[start : token.start()].strip()
        in_exponent = mark == "**" and not gap and token[0] in LETTERS and not last.startswith("(")
        if in_exponent or not clear:
            raise ExpressionError(
                f"{mark}{last}{gap}{word} may be read in two ways, write {mark}({last}*{word}) or {mark}{last}*{word}"
            )


def _is_beside(token: re.Match[str], gap: str, term: _Term) -> bool:
    """1/(k+1) mu(1) is a product with mu(1)."""
    return bool(gap and token["name"]) and term.closed == ""
