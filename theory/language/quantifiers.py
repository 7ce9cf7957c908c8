"""A sentence as it is said: the statement, its limit, and "for all k >= 2", "for even k" before or behind it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from theory.language.conditions import LEAST
from theory.language.spellings import respelled
from theory.symbolic.expression_grammar import ExpressionError

_LIMIT = re.compile(
    r"\s*[,(]?\s*\b(?:as|when|for)?\s*\b([A-Za-z])\s*->\s*(oo|-1|1|0)\s*\)?(?=\s*(?:$|[,;]|for\b|with\b|where\b))"
)
_LARGE = re.compile(
    r"\s*,?\s*\bfor\s+(?:all\s+)?(?:sufficiently\s+)?(?:large\s+([kndLi])|([kndLi])\s+large(?:\s+enough)?)\b"
)
_BEHIND = re.compile(r"\s*[,;:]?\s*\b(?:for|with|where|whenever|when|if|provided(?:\s+that)?)\b\s+(.*)$")
_BEFORE = re.compile(r"\s*[Ff]or\s+(?:all|any|every|each)\s+")
_EACH = r"(?:all|any|every|each|fixed)"
_WORDS = re.compile(rf"\b(?:{_EACH}|integers?|degrees?|dimensions?)\b")
_NAME = f"(?:{'|'.join(LEAST)})"
_SAID = r"(?:(?:is\s+)?(?:even|odd)|fixed|(?:=|!=|>=|<=|<|>)\s*[0-9]+)"
_PLAIN = rf"\s*(?:and\s+)?(?:{_EACH}\s+)?(?:(?:even|odd)\s+)?{_NAME}\b"
_CONDITION = re.compile(rf"{_PLAIN}\s*{_SAID}?\s*")
_LISTED = re.compile(rf"\s*[,;]({_PLAIN}\s*{_SAID}\s*(?:[,;]{_PLAIN}\s*{_SAID}\s*)*)$")
_ORDER = re.compile(r"=\s*(?:O|o|Theta|Omega)\s*\(|~")


def understood(says: str) -> tuple[str, list[str]]:
    """The statement in the words of the grammar, and the conditions that stand beside it.

    >>> understood("mu_k = O(k^{-d-1}) for even k >= 2, k -> inf")
    ('mu(k) = O(k**(-d-1)) as k -> oo', ['even k >= 2'])
    >>> understood("for all k and d: mu_k <= 1")
    ('mu(k) <= 1', ['k', 'd'])
    """
    text = respelled(says)
    text, limit = _without_limit(text)
    before: list[str] = []
    if match := _BEFORE.match(text):
        said, text = _apart(text[match.end() :])
        before = list(_said(f"all {said}"))
    if match := _BEHIND.search(text):
        before += _said(match[1])
        text = text[: match.start()]
    elif match := _LISTED.search(text):
        before += _said(match[1])
        text = text[: match.start()]
    if match := re.search(r"\s*,?\s*\buniformly\s+in\s+(.*)$", text):
        text = text[: match.start()]
        _check_uniform(text, match[1])
        text += " uniformly"
    return text.strip(" ,;.") + limit, before


def _check_uniform(text: str, named: str) -> None:
    """One constant for all variables: uniformly in k alone would be for each fixed d."""
    occur = {name for name in LEAST if re.search(rf"\b{name}\b", text)} | (
        {"d"} if re.search(r"\b(mu|a)\(", text) else set()
    )
    if left := sorted(occur - set(re.findall(r"\w+", named))):
        raise ExpressionError(
            f"uniformly means one constant for all variables: for a fixed {left[0]} add for {left[0]} = INT, for all say uniformly"
        )


def _without_limit(text: str) -> tuple[str, str]:
    if match := _LIMIT.search(text):
        return text[: match.start()] + text[match.end() :], f" as {match[1]} -> {match[2]}"
    if match := _LARGE.search(text):
        name = match[1] or match[2]
        if not _ORDER.search(text):
            raise ExpressionError(
                f"large {name}: from which {name} on? allowed: {name} >= INT, or an order as {name} -> oo"
            )
        return text[: match.start()] + text[match.end() :], f" as {name} -> oo"
    return text, ""


def _apart(text: str) -> tuple[str, str]:
    """The conditions before a sentence, and the sentence, behind a colon or the first comma that ends them."""
    ends = [match for match in re.finditer(r"[:,]", text) if _depth(text[: match.start()]) == 0]
    colons = [match.start() for match in ends if match[0] == ":"]
    ends = [match for match in ends if not colons or match.start() <= colons[0]]
    chosen = [match for match in ends if match[0] == ":"]
    for match, after in zip(ends, [*ends[1:], None], strict=True) if not chosen else ():
        if after is None or not _CONDITION.fullmatch(text[match.end() : after.start()]):
            chosen = [match]
            break
    if not chosen:
        raise ExpressionError("a sentence that begins with its conditions has a colon behind them")
    return text[: chosen[0].start()], re.sub(r"^\s*we have\s+", "", text[chosen[0].end() :])


def _depth(text: str) -> int:
    return text.count("(") + text.count("[") - text.count(")") - text.count("]")


def _said(tail: str) -> Iterator[str]:
    """Conditions apart; k, d >= 2 is none, since it may bound one or both."""
    parts = re.split(r"(,(?![^\[]*\])|&|\band\b|;)", tail)
    raw, signs = [part.strip() for part in parts[::2]], parts[1::2]
    plain = [" ".join(_WORDS.sub(" ", part).split()) for part in raw]
    for first, second, behind, sign in zip(plain, plain[1:], raw[1:], signs, strict=False):
        if meant := _both(first, second, sign, re.match(rf"{_EACH}\b", behind) is not None):
            alone, both = meant
            raise ExpressionError(
                f"{first}{sign if sign == ',' else f' {sign}'} {second} may bound one or both, write {alone} alone or {both}"
            )
    yield from filter(None, plain)


def _both(first: str, second: str, sign: str, of_its_own: bool) -> tuple[str, str] | None:
    """What one of two neighbours says alone, and what both say, where it may be said of the other, too."""
    if of_its_own:
        return None
    compared = re.fullmatch(r"([A-Za-z]+)(\s*(?:=|>=|<=|<|>|in\b|∈).*|\s+(?:is\s+)?(?:even|odd)\b.*)", second)
    spread = compared and (sign == "," or re.search(r"\b(?:even|odd|in)\b", second))
    if first in LEAST and compared and spread:
        return second, f"{first}{compared[2]}, {second}"
    if second in LEAST and (parity := re.match(r"(even|odd)\s+[A-Za-z]+", first)):
        return first, f"{first}, {parity[1]} {second}"
    lower = re.fullmatch(r"(-?[0-9]+\s*(?:<=|<))\s*([A-Za-z]+)", first)
    upper = re.fullmatch(r"([A-Za-z]+)\s*((?:<=|<).*)", second)
    if lower and upper and sign == ",":
        return f"{first} and {second}", f"{first} {upper[2]}, {lower[1]} {second}"
    return None
