"""Closed forms as float64, a million degrees in tenths of a second, each within one unit in the last place.

A chain is cut into blocks. The first value of each is a ball, by Gamma functions; from there all blocks step at once,
in double words, by the rational ratios of `theory.spectra.routes.closed`:

    c_{k+2}/c_k = (a-k)/(a+k+d+1),    mu_{k+1}/mu_k = +-(k-nu)/(k+nu+d) for (1 -+ t)^nu.

A step errs by 3/2 u^2 + 3 u^2 and little more (`theory.numbers.double_words`, u = 2^-53), so MOST_STEPS of them, a
square, a weight and the start by less than 2^-85: of the value rounded to float64 that leaves at most
1/2 + 2^-30 units in the last place, and in a sum of parts less than one where nothing cancels beyond 2^-15. Whatever
falls too fast for a block, is no integer below 2^53, or cancels, is left to the balls.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import ceil, isqrt, lcm

import numpy as np
from flint import arb, fmpq

from theory.kernels.constants import Constant, constant_ball
from theory.numbers.balls import ball, rational, working_precision
from theory.numbers.double_words import DoubleWords, double_word
from theory.numbers.truth import all_known
from theory.spectra.exact_values import check_integrable
from theory.spectra.form_algebra import CapTerm, ClosedForm, EndPower, Multiplied
from theory.spectra.routes.closed import end_power_balls

MOST_STEPS = 4096  # of a block
EXACT, SHORT = 2**53, 2**26  # integers below are float64, and the factors that `times_quotient` takes
FALL = 200.0  # nats by which a chain may fall inside a block
TINY = 2.0**-900  # a low word of what is larger has all its digits
CANCELLED = 2.0**-15  # what may be left of parts of opposite sign
DIGITS, START_BITS = 35, 100  # of the first value of a block: what is computed with, and what is asked for


def closed_floats(form: ClosedForm, dim: int | Fraction, degrees: range) -> tuple[int, np.ndarray] | None:
    """(k_0, mu_k for the degrees from k_0 on); None where balls are wanted for all of them.

    >>> from theory.kernels import NTK
    >>> from theory.spectra.closed_forms import closed_form
    >>> first, values = closed_floats(closed_form(NTK(depth=2)), 2, range(10**5))
    >>> first, float(values[98 - first]), float(values[99 - first])
    (5, 3.3335357755053246e-07, 0.0)
    """
    chains = _chains(form, Fraction(dim))
    if not chains:
        return None
    steps = min(MOST_STEPS, isqrt(len(degrees) // 8) + 1)  # a start costs about as much as eight steps of a block
    first = max(degrees.start, len(form.polynomial), *(chain.slow_from(steps) for chain in chains))
    rest = range(first, degrees.stop)
    if not rest or not all(chain.fits(rest[-1]) for chain in chains):
        return None
    with working_precision(DIGITS):
        found = [chain.values(rest, steps) for chain in chains]
    parts = all_known(found)
    total = None if parts is None else _total(parts)
    return None if total is None else (first, total)


def _total(parts: Sequence[DoubleWords]) -> np.ndarray | None:
    """The sum rounded to float64; None where it cancels, or where a low word may have lost digits."""
    total = parts[0]
    if len(parts) == 1:
        return total.high
    size = np.abs(total.high)
    for part in parts[1:]:
        total, size = total.plus(part), size + np.abs(part.high)
    whole = all(((part.high == 0) | (np.abs(part.high) > TINY)).all() for part in parts)
    return total.high if whole and (np.abs(total.high) >= CANCELLED * size).all() else None


@dataclass(frozen=True, slots=True)
class Chain:
    """v_k with v_{k+step} = v_k (q k + above)/(q k + below), for degrees congruent to `residue` mod step, 0 for the others.

    Where there are weights l, m, w it is v_k^2 (l k (q k + m) + w) in place of v_k. Integers throughout.
    """

    step: int
    residue: int
    q: int
    above: int
    below: int
    start: Callable[[int], arb]  # v_k
    weights: tuple[int, int, int] | None = None
    alternating: bool = False  # times (-1)^k

    def slow_from(self, steps: int) -> int:
        """A degree from which on the ratios are from 1/2 to 1 and their product over `steps` of them is >= e^-FALL.

        With x = (below - above)/(q k + below) <= 1/2 it is (1-x)^steps >= e^(-1.4 x steps).
        """
        gap = Fraction(self.below - self.above, self.q)
        return max(0, ceil(gap), ceil(Fraction(-self.above, self.q)) + 1, ceil(gap * steps * Fraction(7, 5) / FALL))

    def fits(self, degree: int) -> bool:
        """Whether the integers up to that degree, and the steps that are beyond it, are exact."""
        reach = self.q * (degree + self.step * MOST_STEPS) + abs(self.above) + abs(self.below)
        slope, shift, constant = map(abs, self.weights or (0, 0, 0))
        return reach < SHORT and slope * degree * (self.q * degree + shift) + constant < EXACT

    def _weighted(self, root: DoubleWords, k: np.ndarray) -> DoubleWords:
        slope, shift, constant = self.weights or (0, 0, 1)
        return root.squared().times(slope * k * (self.q * k + shift) + constant)

    def values(self, degrees: range, steps: int) -> DoubleWords | None:
        """The values at all degrees; None where a start is not certain to START_BITS."""
        chosen = range(degrees.start + (self.residue - degrees.start) % self.step, degrees.stop, self.step)
        if not chosen:
            return DoubleWords(*np.zeros((2, len(degrees))))
        steps = min(steps, len(chosen))
        firsts = chosen[::steps]
        starts = [self.start(k) for k in firsts]
        if min(start.rel_accuracy_bits() for start in starts) < START_BITS:
            return None
        highs, lows, exponents = zip(*map(double_word, starts), strict=True)
        state = DoubleWords(np.array(highs), np.array(lows))
        places = np.array(firsts, dtype=np.float64)
        scaled, table = self.q * places, np.empty((2, steps, len(firsts)))
        for i in range(steps):
            words = state if self.weights is None else self._weighted(state, places + self.step * i)
            table[0, i], table[1, i] = words.high, words.low
            shift = self.q * self.step * i
            state = state.times_quotient(scaled + (shift + self.above), scaled + (shift + self.below))
        powers = np.array(exponents) * (1 if self.weights is None else 2)
        found = np.zeros((2, len(degrees)))
        for row, column in zip(found, table, strict=True):
            row[chosen.start - degrees.start :: self.step] = np.ldexp(column, powers).T.ravel()[: len(chosen)]
        if self.alternating:
            found[:, 1 - degrees.start % 2 :: 2] *= -1
        return DoubleWords(*found)


def _chains(form: ClosedForm, dim: Fraction) -> list[Chain]:
    """The parts of a closed form beyond its polynomial; none where one of them has no such chain."""
    one = (Fraction(1),)
    parts = (*(Multiplied(one, cap) for cap in form.caps), *form.multiplied)
    found = []
    for part in parts:
        if len(part.multiplier) > 1:
            return []
        (factor,) = part.multiplier
        if isinstance(part.base, CapTerm) and not part.constant:
            found.append(_cap(part.base.scaled(factor), dim))
        elif isinstance(part.base, EndPower) and not part.base.log:
            found.append(_end_power(part.base, dim, factor, part.constant))
        else:
            return []
    return found


def _cap(cap: CapTerm, dim: Fraction) -> Chain:
    """c_k(a)/sqrt(n) with n the common denominator of the weight, up to its sign, which the square does not see."""
    p, q, order = dim.numerator, dim.denominator, cap.order
    constant = cap.weight(0, dim)
    common = lcm(cap.laplacian.denominator * q, constant.denominator)
    weights = int(cap.laplacian * common / q), p - q, int(constant * common)

    half = rational((dim + 1) / 2)
    with working_precision(DIGITS):
        upper = arb(half).gamma() * arb(order + 1).gamma() / 2 ** (order + 1) / arb(common).sqrt()

    def start(degree: int) -> arb:
        lower = arb(fmpq(order - degree, 2) + 1).rgamma(), arb(half + fmpq(order + degree, 2)).rgamma()
        return upper * lower[0] * lower[1]

    return Chain(2, (order + 1) % 2, q, -q * order, q * (order + 1) + p, start, weights)


def _end_power(base: EndPower, dim: Fraction, factor: Fraction, constant: Constant) -> Chain:
    """mu_k of a constant times (1 -+ t)^nu; that of (1 + t)^nu is (-1)^k times that of (1 - t)^nu."""
    check_integrable(base, dim)
    nu, plain = base.exponent, replace(base, sign=1)
    q = lcm(nu.denominator, dim.denominator)

    def start(degree: int) -> arb:
        return end_power_balls(plain, dim, range(degree, degree + 1))[0] * constant_ball(constant) * ball(factor)

    return Chain(1, 0, q, int(-nu * q), int((nu + dim) * q), start, alternating=base.sign < 0)
