"""The conditions on the variables of a statement: ranges of k, n, d, L, of one parity or both."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from theory.language.spellings import MAX_TYPED, respelled
from theory.symbolic.expression_grammar import ExpressionError
from theory.symbolic.objects import Range
from theory.symbolic.ranges import Ranges

LEAST = {"k": 0, "n": 0, "d": 1, "L": 1, "i": 1}  # the smallest value of each integer variable
ALLOWED = "NAME = INT, NAME >= INT, NAME <= INT, NAME > INT, NAME < INT, NAME even, NAME odd"
FLIPPED = {"<": ">", ">": "<", "<=": ">=", ">=": "<=", "=": "=", "!=": "!="}
_NAME, _INT, _OP = r"([A-Za-z]+)", r"(-?[0-9]{1,9})", r"(=|!=|>=|<=|>|<)"
_RANGE = re.compile(rf"\s*{_NAME}\s*(?:(=|>=|<=|>|<)\s*([0-9]{{1,9}})|(even|odd))\s*")
Condition = tuple[str, str, int | None]


def parse_range(text: str) -> Condition:
    """One condition of `for`: (name, "=" ">=" "<=" "even" "odd", value); k > 2 is k >= 3.

    >>> parse_range("k >= 2"), parse_range("k even"), parse_range("k < 10")
    (('k', '>=', 2), ('k', 'even', None), ('k', '<=', 9))
    """
    match = _RANGE.fullmatch(text)
    if not match or match[1] not in LEAST:
        raise ExpressionError(f"for: cannot read {text[:40]!r}, allowed: {ALLOWED} with NAME one of {', '.join(LEAST)}")
    kind, value = match[2] or match[4], None if match[3] is None else int(match[3])
    if value is not None and kind in (">", "<"):
        kind, value = f"{kind}=", value + (1 if kind == ">" else -1)
        if value < 0:
            raise ExpressionError(f"for: no value of {match[1]} is left by {text.strip()[:80]}")
    return match[1], kind, value


def conditions(text: str) -> list[str]:
    """The conditions that a text makes, in the words of `parse_range`; none of a variable that is only named.

    >>> conditions("2 <= k < 10"), conditions("even k >= 4"), conditions("k is odd"), conditions("k")
    (['k >= 2', 'k < 10'], ['k even', 'k >= 4'], ['k odd'], [])
    """
    if _RANGE.fullmatch(text) or len(text) > MAX_TYPED:
        return [text]  # as it stands, for `parse_range` to take or refuse
    return list(_conditions(respelled(text).strip(), text))


def _conditions(words: str, text: str) -> Iterator[str]:
    if words in LEAST:
        return
    if match := re.fullmatch(rf"{_INT}\s*{_OP}\s*{_NAME}\s*(.*)", words):
        yield f"{match[3]} {FLIPPED[match[2]]} {match[1]}"
        yield from _conditions(f"{match[3]} {match[4]}".strip(), text)
    elif match := re.fullmatch(r"(even|odd)\s+([A-Za-z]+)\b\s*(.*)", words):
        yield f"{match[2]} {match[1]}"
        yield from _conditions(f"{match[2]} {match[3]}".strip(), text)
    elif match := re.fullmatch(rf"{_NAME}\s+(?:is\s+)?(even|odd)\b\s*(.*)", words):
        yield f"{match[1]} {match[2]}"
        yield from _conditions(f"{match[1]} {match[3]}".strip(), text)
    elif match := re.fullmatch(rf"{_NAME}\s+in\s+\[?\s*{_INT}\s*(?:,|\.\.+|to)\s*{_INT}\s*\]?", words):
        yield from (f"{match[1]} >= {match[2]}", f"{match[1]} <= {match[3]}")
    elif match := re.fullmatch(rf"{_NAME}\s*{_OP}\s*{_INT}\b\s*(.*)", words):
        yield f"{match[1]} {match[2]} {match[3]}"
        yield from _conditions(f"{match[1]} {match[4]}".strip(), text)
    else:
        yield text  # as it stands, for the refusal to quote


def build_ranges(names: set[str], said: Sequence[str]) -> Ranges:
    """The range of every integer variable that occurs, from the conditions that narrow it."""
    least = {name: LEAST[name] for name in LEAST if name in names}
    most: dict[str, int] = {}
    parity: dict[str, int] = {}
    for name, kind, value in map(parse_range, said):
        if name in least and kind == "=" and value is not None and value < LEAST[name]:
            raise ExpressionError(f"for: {name} = {value}, allowed: {name} >= {LEAST[name]}")
        if name not in least:
            allowed = ", ".join(least) or "none"
            raise ExpressionError(f"for: {name} does not occur in the statement, allowed: {allowed}")
        if value is None:
            wanted = int(kind == "odd")
            if parity.setdefault(name, wanted) != wanted:
                raise ExpressionError(f"for: {name} cannot be even and odd")
            continue
        if kind != "<=":
            least[name] = max(least[name], value)
        if kind != ">=":
            most[name] = min(most.get(name, value), value)
    ranges = Ranges(Range(name, least[name], most.get(name), parity.get(name)) for name in least)
    for where in ranges:
        if where.is_empty():
            raise ExpressionError(f"for: no value of {where.name} is left by {', '.join(said)[:80]}")
    return ranges
