"""What a quotient does along a geometric sequence: grows, vanishes or settles, read off its local slopes.

With x = log v and y = log|left/right| the slopes s = dy/dx tend to p where the quotient is of order v^p:
a correction 1/v halves with every doubling of v, a factor log(v)^m leaves m/x. A trend is told only
where the last slope and both extrapolations agree; everything else is no trend.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import exp

FEWEST = 5  # points
PRECISE = 0.02  # largest relative error of a point
SLOPE = 0.1  # least slope that is told from 0
AGREE = 0.3  # least over largest of the three slopes
CALMING = 0.9  # of successive changes of the slope
SETTLED = 0.75  # of successive slopes of a quotient that settles
STEADY = 0.8  # of successive changes of y/v; a power beside an exponential halves them
EXPONENTIAL = 1.5  # of successive slopes, 2 for exp(c v)
STILL = 2e-5  # of the change of a slope that has come to rest


class Shape(StrEnum):
    """What a sequence of pairs (left, right) does in the end."""

    GROWS = "the quotient of the sides grows without bound"
    VANISHES = "the quotient of the sides tends to 0"
    SETTLES = "the quotient of the sides tends to a constant"
    LEFT_ZERO = "the left side is 0, the right one is not"
    RIGHT_ZERO = "the right side is 0, the left one is not"
    BOTH_ZERO = "both sides are 0"
    UNDEFINED = "a side is undefined"


@dataclass(frozen=True, slots=True)
class Sample:
    """log v, log|left/right|, its relative error, and whether the quotient is negative."""

    x: float
    y: float
    error: float
    negative: bool = False


@dataclass(frozen=True, slots=True)
class Trend:
    """A shape; of a quotient that settles log|constant|, how far that was extrapolated, the sign, and whether
    log|quotient| falls to 0 steadily."""

    shape: Shape
    constant: float = 0.0
    doubt: float = 0.0
    negative: bool = False
    to_one: bool = False

    def is_other_than_one(self) -> bool:
        """Whether the constant is clearly not 1."""
        return self.shape is Shape.SETTLES and (self.negative or abs(self.constant) > 4 * self.doubt + 1e-6)

    @property
    def text(self) -> str:
        """The shape, with the constant where there is one."""
        if self.shape is not Shape.SETTLES:
            return str(self.shape)
        sign = "-" if self.negative else ""
        return (
            f"the quotient of the sides tends to about {sign}{exp(self.constant):.8g}"
            if self.constant < 700
            else str(self.shape)
        )


def usable(samples: Sequence[Sample]) -> list[Sample]:
    """The samples up to the first that is not precise."""
    end = next((i for i, s in enumerate(samples) if not s.error <= PRECISE), len(samples))
    return list(samples[:end])


def trend(samples: Sequence[Sample]) -> Trend | None:
    """The trend of samples in order of v, None where none is clear.

    >>> from math import log
    >>> trend([Sample(log(v), 2 * log(v + 9), 0) for v in (2**i for i in range(3, 12))]).shape.name
    'GROWS'
    >>> trend([Sample(log(v), log(log(v)), 0) for v in (2**i for i in range(3, 12))]) is None
    True
    """
    good = usable(samples)
    if len(good) < FEWEST:
        return None
    good = good[-8:]
    slopes, middles, noises = [], [], []
    for a, b in zip(good, good[1:], strict=False):
        slopes.append((b.y - a.y) / (b.x - a.x))
        middles.append((a.x + b.x) / 2)
        rounding = 2.0**-51 * (abs(a.y) + abs(b.y))
        noises.append(2 * (a.error + b.error + rounding) / (b.x - a.x))
    if len({s.negative for s in good[-4:]}) > 1:
        return None
    noise = max(noises[-4:])
    if noise > SLOPE:
        return None
    fast = _exponential(slopes)
    if fast is not None:
        return None if _turns(good) else Trend(fast)
    changes = [b - a for a, b in zip(slopes, slopes[1:], strict=False)][-3:]
    room = STILL + noise
    if any(abs(b) > CALMING * abs(a) + room for a, b in zip(changes, changes[1:], strict=False)):
        return None
    settled = _settles(good, slopes, noise)
    if settled is not None:
        return settled
    ratio = changes[-1] / changes[-2] if changes[-2] else 0.0
    ratio = min(max(ratio, 0.0), CALMING)
    by_power = slopes[-1] + changes[-1] * ratio / (1 - ratio)
    by_log = (middles[-1] * slopes[-1] - middles[-2] * slopes[-2]) / (middles[-1] - middles[-2])
    three = [slopes[-1], by_power, by_log]
    for s, shape in ((1, Shape.GROWS), (-1, Shape.VANISHES)):
        sizes = [s * v for v in three]
        if min(sizes) > SLOPE + noise and min(sizes) >= AGREE * max(sizes):
            return Trend(shape)
    return None


def _exponential(slopes: list[float]) -> Shape | None:
    last = slopes[-4:]
    for s, shape in ((1, Shape.GROWS), (-1, Shape.VANISHES)):
        sizes = [s * v for v in last]
        if (
            len(sizes) == 4
            and sizes[0] > 0.5
            and sizes[-1] > 3
            and all(b >= EXPONENTIAL * a for a, b in zip(sizes, sizes[1:], strict=False))
        ):
            return shape
    return None


def _turns(good: list[Sample]) -> bool:
    """Whether y/v moves steadily against its sign: k log k - 69 k falls first, and grows from e^69 on."""
    rates = [s.y / exp(s.x) for s in good[-4:]]
    steps = [b - a for a, b in zip(rates, rates[1:], strict=False)]
    against = rates[-1] * steps[-1] < 0
    return against and abs(steps[-1]) > STEADY * abs(steps[-2]) > STEADY**2 * abs(steps[-3])


def _settles(good: list[Sample], slopes: list[float], noise: float) -> Trend | None:
    last = slopes[-3:]
    flat = noise  # nothing more: (1 + 10^-15)^k has tiny slopes that grow
    if abs(last[-1]) > SLOPE / 2 or any(abs(b) > SETTLED * abs(a) + flat for a, b in zip(last, last[1:], strict=False)):
        return None
    ratio = last[-1] / last[-2] if abs(last[-2]) > flat else 0.0
    ratio = min(max(ratio, 0.0), SETTLED)
    step = good[-1].y - good[-2].y
    rest = step * ratio / (1 - ratio)
    doubt = abs(rest) + abs(step) * 0.5 + 50 * max(s.error for s in good[-3:])
    sizes = [abs(s.y) for s in good[-4:]]
    steady = all(b <= SETTLED * a + 1e-15 for a, b in zip(sizes, sizes[1:], strict=False)) and sizes[-1] < 0.01
    return Trend(Shape.SETTLES, good[-1].y + rest, doubt, good[-1].negative, steady and not good[-1].negative)
