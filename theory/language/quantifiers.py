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
_BEFORE = re.compile(r"\s*for\s+(?:all|any|every|each)\s+(.*?)\s*[:,]\s*(?:we have\s+)?((?:[^:,]*\()?.*)$")
_WORDS = re.compile(r"\b(?:all|any|every|each|fixed|integers?|degrees?|dimensions?)\b")
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
        before, text = list(_said(match[1])), match[2]
    if match := _BEHIND.search(text):
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


def _said(tail: str) -> Iterator[str]:
    """Conditions apart; k, d >= 2 is none, since it may bound one or both."""
    parts = [part.strip() for part in re.split(r",(?![^\[]*\])|&|\band\b|;", _WORDS.sub(" ", tail))]
    parts = [" ".join(part.split()) for part in parts if part]
    for first, second in zip(parts, parts[1:], strict=False):
        if first in LEAST and "," in tail and re.fullmatch(r"[A-Za-z]+\s*(?:=|>=|<=|<|>).*", second):
            bound = re.sub(r"^[A-Za-z]+", first, second)
            raise ExpressionError(f"{first}, {second} may bound one or both, write {second} alone or {bound}, {second}")
    yield from parts
