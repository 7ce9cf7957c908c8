"""Several ranges together: those of the variables of a statement, of a part of it, or of a law."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product

from theory.symbolic.objects import Range

LEAST = {"k": 0, "n": 0, "j": 0, "a": 0, "d": 1, "L": 1, "i": 1}


def range_in(ranges: Sequence[Range], name: str) -> Range:
    """The stated range of a variable, all its values where none is stated."""
    return next((w for w in ranges if w.name == name), Range(name, LEAST[name]))


def inside(inner: Range, outer: Range) -> bool:
    """Whether every value of one range is a value of the other."""
    parity = (
        outer.parity is None or inner.parity == outer.parity or (inner.is_single and inner.least % 2 == outer.parity)
    )
    upper = outer.most is None or (inner.most is not None and inner.most <= outer.most)
    return parity and upper and inner.least >= outer.least


class Ranges(tuple[Range, ...]):
    """Ranges of different variables, in their order; a tuple, so that it is also what steps of proofs carry.

    >>> where = Ranges([Range("k", 0, None, 0), Range("d", 2)])
    >>> where.named("d"), where.replaced(Range("k", 4)), where.without("k")
    (d >= 2, (k >= 4, d >= 2), (d >= 2,))
    """

    __slots__ = ()

    def find(self, name: str) -> Range | None:
        """The range of a variable, None where it has none."""
        return next((w for w in self if w.name == name), None)

    def named(self, name: str) -> Range:
        """The range of a variable. Raises KeyError where it has none."""
        where = self.find(name)
        if where is None:
            raise KeyError(name)
        return where

    def replaced(self, *new: Range) -> Ranges:
        """Each new range in the place of the one of the same name; one of another name changes nothing."""
        by_name = {w.name: w for w in new}
        return Ranges(by_name.get(w.name, w) for w in self)

    def without(self, name: str | None) -> Ranges:
        """The ranges of the other variables."""
        return Ranges(w for w in self if w.name != name)

    def pinned(self, at: Mapping[str, int]) -> Ranges:
        """Single values for the variables that are named.

        >>> Ranges([Range("k", 0), Range("d", 1)]).pinned({"d": 3})
        (k >= 0, d = 3)
        """
        return Ranges(Range(w.name, at[w.name], at[w.name]) if w.name in at else w for w in self)

    def peeled(self, name: str) -> tuple[Ranges, Ranges]:
        """The first value of a variable alone, and the rest.

        >>> Ranges([Range("k", 0), Range("d", 1)]).peeled("k")
        ((k = 0, d >= 1), (k >= 1, d >= 1))
        """
        first, rest = self.named(name).peeled()
        return self.replaced(first), self.replaced(rest)

    def contains(self, at: Mapping[str, int]) -> bool:
        """Whether the value of every variable lies in its range.

        >>> Ranges([Range("k", 0, None, 0)]).contains({"k": 3})
        False
        """
        return all(w.contains(at[w.name]) for w in self)

    def points(self, count: int) -> list[dict[str, int]]:
        """Assignments of the first `count` values of each variable.

        >>> Ranges([Range("k", 0), Range("d", 1)]).points(2)[1:]
        [{'k': 0, 'd': 2}, {'k': 1, 'd': 1}, {'k': 1, 'd': 2}]
        """
        return [dict(zip(self.names, values, strict=True)) for values in product(*(w.values(count) for w in self))]

    @property
    def names(self) -> tuple[str, ...]:
        """The variables."""
        return tuple(w.name for w in self)

    @property
    def free(self) -> Ranges:
        """Those with more than one value."""
        return Ranges(w for w in self if not w.is_single)

    @property
    def least(self) -> dict[str, int]:
        """The first value of each variable."""
        return {w.name: w.least for w in self}

    @property
    def singles(self) -> dict[str, int]:
        """The value of each variable that has only one."""
        return {w.name: w.least for w in self if w.is_single}

    @property
    def parities(self) -> dict[str, int]:
        """The parity of each variable that has one."""
        return {w.name: w.parity for w in self if w.parity is not None}

    @property
    def text(self) -> str:
        """As people read them, "" where there is none.

        >>> Ranges([Range("k", 0, None, 0), Range("d", 1)]).text
        'k >= 0 even, d >= 1'
        """
        return ", ".join(map(repr, self))
