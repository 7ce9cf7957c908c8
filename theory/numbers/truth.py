"""The three truth values, the four words for evidence (never mixed, never extended), and "I cannot".

Where a value is not known, a function returns None; `all_known` takes many such values together.
"""

from collections.abc import Iterable
from enum import StrEnum
from typing import TypeVar

T = TypeVar("T")


class Truth(StrEnum):
    """Outcome of a comparison or of a statement. UNDECIDED never passes for HOLDS.

    >>> Truth.HOLDS & Truth.UNDECIDED
    <Truth.UNDECIDED: 'UNDECIDED'>
    """

    HOLDS = "HOLDS"
    FAILS = "FAILS"
    UNDECIDED = "UNDECIDED"

    def __bool__(self) -> bool:
        raise TypeError("a Truth has three values: compare it, `truth is Truth.HOLDS`")

    def __and__(self, other: "Truth") -> "Truth":
        """Kleene conjunction: FAILS wins, then UNDECIDED."""
        for value in (Truth.FAILS, Truth.UNDECIDED):
            if self is value or other is value:
                return value
        return Truth.HOLDS


class Evidence(StrEnum):
    """How a truth is known, strongest first.

    proved: a replayed proof for all parameters in the stated range; certified: ball arithmetic
    on a stated finite set, or of a stated error bound that holds from a stated value on; checked:
    floating point or sampling, or an expansion without a bound of its error; observed: statistics
    with stated error rates.

    >>> Evidence.weakest([Evidence.PROVED, Evidence.CHECKED])
    <Evidence.CHECKED: 'checked'>
    """

    PROVED = "proved"
    CERTIFIED = "certified"
    CHECKED = "checked"
    OBSERVED = "observed"

    @staticmethod
    def weakest(parts: "list[Evidence]") -> "Evidence":
        """A conclusion is as good as the weakest evidence it rests on."""
        order = list(Evidence)
        return max(parts, key=order.index)


class Unable(ValueError):
    """A method's own word that it cannot, and why; its callers go on to the next method. Any other error is a fault."""


def all_known(values: Iterable[T | None]) -> list[T] | None:
    """The values, None if one of them is None.

    >>> all_known([1, 2]), all_known([1, None]), all_known([])
    ([1, 2], None, [])
    """
    found = list(values)
    known = [value for value in found if value is not None]
    return known if len(known) == len(found) else None
