r"""Numbers as people typeset them in LaTeX, read by a parser of our own and never evaluated otherwise.

sum = term (("+" | "-") term)*;  term = signed factor, then "\cdot" "\times" "*" "/" or nothing;
factor = atom ["!"] ["^" argument];  atom = number | \pi | e | k | \frac.. | \sqrt.. | \Gamma(..) | (..)
"""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction

from mpmath import mp, mpf

DIGITS = 60  # of the values read, and of comparisons between closed forms
MAX_TEXT = 2000
MAX_BRACKETS = 100
SPACES = re.compile(r"\\[,;:! ]|\\(?:left|right|displaystyle|bigl?|bigr|Bigl|Bigr|quad)(?![A-Za-z])|~|\s+|\$|\\\(|\\\)")
TOKEN = re.compile(r"(\d+\.?\d*|\.\d+)|(\\[A-Za-z]+)|([ek{}()\[\]^!+*/-])")
FRACTIONS = (r"\frac", r"\dfrac", r"\tfrac")


class Unreadable(ValueError):
    """Not a number that this module reads."""


def read_number(latex: str, k: int = 1) -> mpf:
    r"""The value of a LaTeX expression, with k standing for that integer.

    >>> read_number(r"$\frac{5}{64}$") == mpf(5) / 64, read_number(r"3 \, k^{-2}", 2) == mpf(3) / 4
    (True, True)
    """
    if len(latex) > MAX_TEXT:
        raise Unreadable(f"a cell of {len(latex)} characters, at most {MAX_TEXT}")
    if latex.count("{") + latex.count("(") + latex.count("[") > MAX_BRACKETS:
        raise Unreadable(f"more than {MAX_BRACKETS} brackets in a cell")
    source = re.sub(r"\\num\{([^{}]*)\}", lambda m: re.sub("[eE]([-+]?[0-9]+)", r"*10^{\1}", m[1]), latex)
    source = re.sub(r"(\d)(?:\{,\}|\\,)(?=\d{3}(?!\d))", r"\1", source)
    with mp.workdps(DIGITS + 10):
        reader = _Reader(SPACES.sub(" ", source), k)
        value = reader.sum()
        if reader.peek():
            raise Unreadable(f"cannot read {latex!r} at {reader.peek()!r}")
        if not mp.isfinite(value):
            raise Unreadable(f"{latex!r} is not finite")
        return value


def decimals(latex: str) -> tuple[Fraction, Fraction] | None:
    r"""(value, unit of the last place) of a number printed with a decimal point, else None.

    >>> decimals(r"$1.25 \times 10^{-7}$")
    (Fraction(1, 8000000), Fraction(1, 1000000000))
    >>> decimals("3") is None
    True
    """
    flat = re.sub(r"\\num\{([^{}]*)\}", r"\1", SPACES.sub("", latex.replace("{,}", "")))
    mantissa = r"([-+]?)(\d*\.\d+|\d+\.?)"
    power = r"(?:(?:\\times|\\cdot)10\^(?:\{([-+]?\d{1,6})\}|(\d))|[eE]([-+]?\d{1,6}))?"
    found = re.fullmatch(mantissa + power, flat)
    if found is None or ("." not in found[2] and not any(found.group(3, 4, 5))):
        return None
    exponent = int(next((g for g in found.group(3, 4, 5) if g), "0"))
    places = len(found[2].partition(".")[2])
    unit = Fraction(10) ** (exponent - places)
    return int(found[1] + found[2].replace(".", "")) * unit, unit


class _Reader:
    """Recursive descent over the tokens of one expression."""

    def __init__(self, source: str, k: int) -> None:
        self.tokens: list[str] = []
        self.k = k
        position = 0
        for match in re.finditer(r"\S+", source):
            position = match.start()
            while position < match.end():
                token = TOKEN.match(source, position, match.end())
                if token is None:
                    raise Unreadable(f"cannot read {source[position : position + 20]!r}")
                self.tokens.append(token[0])
                position = token.end()
        self.tokens.reverse()

    def peek(self) -> str:
        return self.tokens[-1] if self.tokens else ""

    def take(self, *wanted: str) -> str:
        if not self.tokens or (wanted and self.tokens[-1] not in wanted):
            raise Unreadable(f"expected {' or '.join(wanted) or 'a number'}, found {self.peek() or 'the end'!r}")
        return self.tokens.pop()

    def sum(self) -> mpf:
        value = self.term()
        while self.peek() in ("+", "-"):
            value = value + self.term() if self.take() == "+" else value - self.term()
        return value

    def term(self) -> mpf:
        sign = 1
        while self.peek() in ("+", "-"):
            sign = -sign if self.take() == "-" else sign
        value = sign * self.power()
        while self.peek() not in ("", "+", "-", ")", "]", "}"):
            if self.peek() == "/":
                self.take()
                value = self.divide(value, self.power())
                continue
            if self.peek() in (r"\cdot", r"\times", "*"):
                self.take()
            value *= self.power()
        return value

    def divide(self, upper: mpf, lower: mpf) -> mpf:
        if lower == 0:
            raise Unreadable("division by zero")
        return upper / lower

    def power(self) -> mpf:
        value = self.atom()
        while self.peek() == "!":
            self.take()
            value = mp.factorial(self.bounded(value))
        if self.peek() != "^":
            return value
        self.take()
        exponent = self.bounded(self.argument())
        if value == 0 and exponent < 0 or value < 0 and exponent != int(exponent):
            raise Unreadable("a power that is not real")
        return value**exponent

    def bounded(self, value: mpf) -> mpf:
        if abs(value) > 100_000:
            raise Unreadable(f"{mp.nstr(value, 5)} is too large an exponent or argument")
        return value

    def argument(self) -> mpf:
        """{...}, or a single digit or symbol."""
        if self.peek() == "{":
            return self.group("{", "}")
        if self.peek()[:1].isdigit() and len(self.peek()) > 1:
            token = self.take()
            if "." in token:
                raise Unreadable(f"cannot read {token!r} without braces")
            self.tokens.append(token[1:])
            return mpf(token[0])
        return self.atom()

    def group(self, opening: str, closing: str) -> mpf:
        self.take(opening)
        value = self.sum()
        self.take(closing)
        return value

    def atom(self) -> mpf:
        token = self.peek()
        if token in ("(", "{", "["):
            return self.group(token, {"(": ")", "{": "}", "[": "]"}[token])
        token = self.take()
        if token[0].isdigit() or token[0] == ".":
            return mpf(token)
        if token in FRACTIONS:
            upper = self.argument()
            return self.divide(upper, self.argument())
        named: dict[str, Callable[[], mpf]] = {
            r"\pi": lambda: +mp.pi,
            "e": lambda: +mp.e,
            "k": lambda: mpf(self.k),
            r"\sqrt": self.root,
            r"\Gamma": lambda: mp.gamma(self.bounded(self.group("(", ")"))),
        }
        if token not in named:
            raise Unreadable(f"cannot read {token!r}")
        return named[token]()

    def root(self) -> mpf:
        value = self.argument()
        if value < 0:
            raise Unreadable("the root of a negative number")
        return mp.sqrt(value)
