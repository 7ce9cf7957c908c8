"""What is known while a module is read: the values of the steps so far, and the sources they are made of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from torch import Tensor

from numerics.networks.architectures import Entries, Power, Signal, Source, power_through
from numerics.networks.module_graphs import Ref, Step


@dataclass(frozen=True, slots=True)
class Known:
    """What depends on inputs and constants alone: its value at each width."""

    values: tuple[Tensor, ...]


@dataclass(frozen=True, slots=True)
class Weight:
    """A parameter, or a buffer that grows with the width, times a factor."""

    name: str
    scale: Power


Value = Known | Weight | Signal


@dataclass(slots=True)
class Reader:
    """The values of the steps so far, and the sources that they are made of."""

    widths: tuple[int, ...] | None
    entries: Callable[[str], Entries]
    trained: frozenset[str]
    parameters: frozenset[str]
    count: int
    values: dict[int, Value] = field(default_factory=dict)
    steps: list[Step] = field(default_factory=list)
    sources: list[Source] = field(default_factory=list)
    inputs: Tensor | None = None


def power_of(reader: Reader, values: tuple[Any, ...], what: str) -> Power:
    """The power of the width that numbers of the widths have or tend to; ValueError says what has none.

    >>> reader = Reader((32, 64, 128), lambda name: None, frozenset(), frozenset(), 1)
    >>> power_of(reader, (64, 128, 256), "a size")
    Power(value=2.0, exponent=Fraction(1, 1))
    """
    numbers = tuple(float(value) for value in values)
    if reader.widths is None:
        return Power(numbers[0])
    found = power_through(reader.widths, numbers)
    if found is None:
        shown = ", ".join(f"{one:.6g}" for one in numbers)
        raise ValueError(f"{what} is {shown} at widths {', '.join(map(str, reader.widths))}: no power of the width")
    return found


def number_in(reader: Reader, step: Step, place: int, what: str) -> Power | None:
    """The argument as a power of the width: a number, or a constant of one entry; None where it is neither."""
    values = []
    for k, arguments in enumerate(step.arguments):
        one = arguments[place]
        if isinstance(one, Ref):
            known = reader.values[one.place]
            if not isinstance(known, Known) or known.values[k].numel() != 1:
                return None
            one = known.values[k].item()
        if not isinstance(one, int | float):
            return None
        values.append(one)
    return power_of(reader, tuple(values), what)
