"""Values of kernels: floats of numbers, arrays and points, and certified balls of exact numbers."""

from __future__ import annotations

from fractions import Fraction
from numbers import Rational
from typing import Any

import numpy as np

from theory.expansions import float_duals  # noqa: F401  registers its kernels
from theory.expansions.angle_points import of_cosine
from theory.expansions.cosines import Cosines
from theory.expansions.float_values import in_floats, of_distances
from theory.expansions.in_the_angle import continued
from theory.expansions.point_pairs import Pairs, pairs
from theory.kernels import Kernel, check_kernel, value_at_one
from theory.numbers.array_spaces import Array, floats, space_of
from theory.numbers.balls import Enclosure, NotCertified, ball, check_digits, working_precision

ROUNDING = 1e-13  # by which a float may leave [-1, 1], as scalar products of unit vectors do
ATTEMPTS = 6
BLOCK = 2**14


def value(kernel: Kernel, t: Any, digits: int | None = None) -> Any:
    """kappa(t): of an int, Fraction or float a float, of an array or a tensor one of float64; an Enclosure of digits.

    >>> from theory.kernels import NTK
    >>> value(NTK(depth=2), Fraction(-1, 2), digits=20).decimal(20)[0]
    '-0.057668885622437308578'
    """
    check_kernel(kernel)
    if digits is not None:
        return certified(kernel, _exact(t), check_digits(digits))
    if isinstance(t, Rational | float) and not isinstance(t, bool):
        exact = _exact(t)
        near, far = (np.array([float(x)]) for x in (1 - exact, 1 + exact))
        return float(_finite(kernel, Pairs(Cosines(np, np.array([float(exact)]), near, far)))[0])
    space = space_of(t)
    array = floats(t, space, "t")
    if not bool((abs(array) <= 1 + ROUNDING).all()):
        raise ValueError(f"t must lie in [-1, 1], got {array[abs(array) > 1 + ROUNDING][0].item()}")
    return _finite(kernel, Pairs(Cosines.of(space, space.clip(array, -1.0, 1.0))))


def gram(kernel: Kernel, first: Any, second: Any = None, normalize: bool = False) -> Array:
    """kappa of all pairs of rows of X and Z, or of X with itself, as float64 of their module.

    >>> from theory.kernels import ArcCosine
    >>> gram(ArcCosine(order=1), [[3.0, 4.0], [1.0, 0.0]]).round(6)
    array([[25.      ,  3.387738],
           [ 3.387738,  1.      ]])
    """
    check_kernel(kernel)
    if not isinstance(normalize, bool):
        raise ValueError(f"normalize must be True or False, got {normalize!r:.40}")
    space = space_of(first, second)
    return _finite(kernel, pairs(first, second, space, normalize, of_distances(kernel)))


def _finite(kernel: Kernel, pair: Pairs) -> Array:
    """The values. Raises ValueError where one is no finite float."""
    try:
        with np.errstate(all="ignore"):
            found = _in_blocks(kernel, pair)
    except OverflowError:
        raise ValueError(f"{kernel!r}: a constant is too large for a float, allowed: digits=N") from None
    bad = ~pair.space.isfinite(found)
    if bool(bad.any()):
        raise ValueError(f"{kernel!r} has no finite float value at t = {pair.at.t[bad][0].item()}")
    return found


def _in_blocks(kernel: Kernel, pair: Pairs) -> Array:
    """Row by row where there are many: NumPy makes an array of every step, and those of a block stay in a cache."""
    size = pair.at.t.shape
    if pair.space is not np or pair.at.t.size <= BLOCK:
        return in_floats(kernel, pair)
    rows = max(1, BLOCK * size[0] // pair.at.t.size)
    return np.concatenate([in_floats(kernel, pair.rows(slice(i, i + rows))) for i in range(0, size[0], rows)])


def _exact(t: Any) -> Fraction:
    """A number as it is, in [-1, 1]."""
    if not isinstance(t, Rational | float) or isinstance(t, bool):
        raise ValueError(f"t must be an int, a Fraction or a float, got {str(t)[:40]!r}")
    near = abs(t) <= 1 + ROUNDING if isinstance(t, float) else abs(Fraction(t)) <= 1
    if not near:  # or a NaN
        raise ValueError(f"t must lie in [-1, 1], got {t!s:.40}")
    return max(Fraction(-1), min(Fraction(1), Fraction(t)))


def certified(kernel: Kernel, t: Fraction, digits: int) -> Enclosure:
    """An interval that holds kappa(t) and rounds to `digits`; where kappa(t) is 0, or less than 10^(-2 digits), one
    around 0 that is as small.

    >>> from theory.kernels import NTK
    >>> certified(NTK(depth=2), Fraction(-1), 10).contains(0)
    True
    """
    what = f"kappa({t}) of {kernel!r}"
    known = value_at_one(kernel) if t == 1 else kernel.value_at(t)
    got = 0.0
    for attempt in range(ATTEMPTS):
        with working_precision(digits, 10 * 3**attempt):
            found_ball = continued(kernel, of_cosine(t)) if known is None else ball(known)
        if not found_ball.is_finite() and attempt < ATTEMPTS - 1:
            continue  # a cosine so near 1 that its ball reaches beyond: more digits keep it inside
        found = Enclosure.of(found_ball, what)
        got = found.accuracy()
        if got >= digits and (found.decimal(digits) is not None or attempt == ATTEMPTS - 1):
            return found  # at last an exact tie, which no precision settles
        if got == 0 and attempt > 1 and max(-found.lower, found.upper) < Fraction(1, 10 ** (2 * digits)):
            return found
    raise NotCertified(what, got, digits)
