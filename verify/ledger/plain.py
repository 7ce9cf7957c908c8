"""LaTeX of a printed statement as one line of plain text, for a terminal: d^{-k+1} is d^(-k+1), \\tfrac12 is 1/2.

For the eye alone: what is decided is the statement in the language, never this text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

WORDS = {  # commands whose name is not what a reader of plain text would write
    "infty": "oo", "ge": ">=", "geq": ">=", "le": "<=", "leq": "<=", "ne": "!=", "neq": "!=", "gg": ">>", "ll": "<<",
    "sim": " ~ ", "to": "->", "rightarrow": "->", "Rightarrow": "=>", "cdot": "*", "times": "*", "cdots": "...",
    "ldots": "...", "dots": "...", "pm": " +- ", "propto": " prop. to ", "mid": " | ", "langle": "<", "rangle": ">", "top": "T",
    "|": "||", "in": "in", "partial": "d", "nabla": "grad ", "quad": "  ", "qquad": "  ", ",": " ", ";": " ", ":": " ",
    " ": " ", "!": "", "{": "{", "}": "}", "%": "%", "\\": " ", "arccos": "acos", "varepsilon": "epsilon",
}  # fmt: skip
SILENT = {"left", "right", "bigl", "bigr", "Bigl", "Bigr", "big", "displaystyle", "limits"}
NAMED = {"text", "mathbb", "mathcal", "mathrm", "mathbf", "operatorname"}  # their argument is what is read
ACCENTS = {"hat", "tilde", "dot", "bar"}
_TOKEN = re.compile(r"\\([A-Za-z]+)\s*|\\(.)|([{}^_])|([^\\{}^_]+)", re.DOTALL)
_ATOM = re.compile(r"[A-Za-z]+[0-9]*'?|[A-Za-z]+\([^()]*\)|[0-9]+(?:\.[0-9]+)?|[+*-]")
_RELATION = re.compile(r"\s*(>=|<=|!=|>>|<<|->|=>)\s*")
APART, FACTOR = "\0", "\1"  # between names that must not run into each other; before a fraction, which begins with (
_GAP = re.compile(f"(?P<before>[A-Za-z0-9)]?)(?P<gap>[ {APART}{FACTOR}]+)(?P<after>[A-Za-z0-9]|[,;:)]|.?)")

_LEANING = re.compile(r"(?<=[A-Za-z0-9)])([+-]) (?=\S)")  # nu+ 1, where LaTeX had no need of the first space


def plain(latex: str) -> str:
    r"""One line of text.

    >>> plain(r"d \gg k:\quad \mu_k = \Omega(d^{-k+1})")
    'd >> k: mu_k = Omega(d^(-k+1))'
    >>> plain(r"\kappa(1-t) = 1 - \tfrac{\sqrt2}{\pi} t^{1/2} + O(t^{3/2})")
    'kappa(1-t) = 1 - sqrt(2)/pi t^(1/2) + O(t^(3/2))'
    """
    text = "".join(_read(_tokens(latex), None))
    text = _LEANING.sub(r" \1 ", _GAP.sub(_gap, text))
    return " ".join(_RELATION.sub(r" \1 ", text).split())


def _gap(found: re.Match[str]) -> str:
    before, gap, after = found["before"], found["gap"], found["after"]
    apart = after.isalnum() or (FACTOR in gap and after == "(")
    wanted = after not in tuple(",;:)") if " " in gap else bool(before) and apart
    return f"{before}{' ' * wanted}{after}"


def _tokens(latex: str) -> Iterator[tuple[str, str]]:
    """(kind, text): a command, a brace or script, or plain characters one by one."""
    for match in _TOKEN.finditer(latex):
        name, symbol, special, words = match.groups()
        if name or symbol:
            yield "command", name or symbol
        elif special:
            yield special, special
        else:
            yield from (("plain", character) for character in words)


def _read(tokens: Iterator[tuple[str, str]], end: str | None) -> Iterator[str]:
    """The pieces up to the closing brace, or to the end."""
    for kind, text in tokens:
        if kind == end:
            return
        yield _piece(kind, text, tokens)


def _piece(kind: str, text: str, tokens: Iterator[tuple[str, str]]) -> str:
    if kind == "{":
        return "".join(_read(tokens, "}"))
    if kind in "^_":
        return kind + _bracketed(_argument(tokens)) + APART
    if kind == "command":
        return _command(text, tokens)
    return "" if kind == "}" else text


def _command(name: str, tokens: Iterator[tuple[str, str]]) -> str:
    if name in SILENT:
        return ""
    if name in NAMED:
        return _argument(tokens)
    if name in ("frac", "tfrac", "dfrac"):
        return f"{FACTOR}{_bracketed(_argument(tokens))}/{_bracketed(_argument(tokens))}{APART}"
    if name == "binom":
        return f"C({_argument(tokens)}, {_argument(tokens)})"
    if name == "sqrt":
        return f"{APART}sqrt({_argument(tokens)})"
    if name in ACCENTS:
        return f"{APART}{name}({_argument(tokens)})"
    said = WORDS.get(name, name)
    return f"{APART}{said}{APART}" if said.isalpha() else said


def _argument(tokens: Iterator[tuple[str, str]]) -> str:
    """The next group or, without braces, the next character or command."""
    for kind, text in tokens:
        if text != " ":
            return _piece(kind, text, tokens).strip(f" {APART}{FACTOR}")
    return ""


def _bracketed(text: str) -> str:
    """In parentheses, unless it is one name or number, or stands in them."""
    return text if _ATOM.fullmatch(text) else f"({text})"
