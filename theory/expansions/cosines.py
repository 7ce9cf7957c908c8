"""Arrays of cosines t of angles, with 1 - t and 1 + t to all their digits, and arc-cosine kernels of them in float64.

Near t = 1 a kernel of the angle varies like sqrt(1 - t), so that the rounding of t alone costs half of the digits
(and acos(t), sqrt(1 - t^2) as well); computed from v = 1 - t, or v = 1 + t, whichever is smaller, nothing is lost.
With v <= 1, kappa_n = J_n/pi and A_n of `arc_cosine_polynomials`,

    kappa_n(-1 + v) = sqrt(2)/pi v^(n+1/2) sum_m C(2m,m) v^m / (8^m (2m+1)) prod_{j<=n} j^2/(m+j+1/2),
    kappa_n(t) = A_n(t) - (-1)^n kappa_n(-t),    kappa_n' = n^2 kappa_{n-1},

sums of positive terms but for one difference, of which at most half is lost.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from math import comb, pi, prod, sqrt
from typing import Any

import numpy as np

from theory.kernels.relu import arc_cosine_polynomials
from theory.numbers.array_spaces import Array, Space

FEW, MANY, NARROW = 10, 60, 1 / 16  # terms for v <= NARROW, for v <= 1: what is left is below 2^-55 of the sum


@dataclass(frozen=True, slots=True, eq=False)
class Cosines:
    """t, 1 - t and 1 + t, the last two each as precise as it is small."""

    space: Space
    t: Array
    near: Array
    far: Array

    @staticmethod
    def of(space: Space, t: Array) -> Cosines:
        """Of cosines that are exact.

        >>> Cosines.of(np, np.array([0.5])).theta()
        array([1.04719755])
        """
        return Cosines(space, t, 1 - t, 1 + t)

    @staticmethod
    def apart(space: Space, near: Array, far: Array) -> Cosines:
        """From 1 - t and 1 + t."""
        return Cosines(space, space.where(near <= far, 1 - near, far - 1), near, far)

    def mirrored(self) -> Cosines:
        """Those of pi - theta."""
        return Cosines(self.space, -self.t, self.far, self.near)

    def theta(self) -> Array:
        """The angles."""
        behind = self.smaller_angle()
        return self.space.where(self.in_front(), behind, pi - behind)

    def smaller(self) -> Array:
        """1 - |t|."""
        return self.space.where(self.in_front(), self.near, self.far)

    def smaller_angle(self) -> Array:
        """The smaller one of theta and pi - theta."""
        return small_angle(self.space, self.smaller())

    def in_front(self) -> Array:
        """Whether t >= 0."""
        return self.near <= self.far


def arc_cosine(order: int, at: Cosines) -> Array:
    """kappa_n = J_n/pi.

    >>> arc_cosine(1, Cosines.of(np, np.array([1.0, 0.0, -1.0]))) * np.pi
    array([3.14159265, 1.        , 0.        ])
    """
    front, rest = at.in_front(), behind(order, at.space, at.smaller())
    whole = polynomial(arc_cosine_polynomials(order)[0], at.t)
    return at.space.where(front, whole - (-1) ** order * rest, rest)


def arc_cosine_drop(order: int, at: Cosines) -> Array:
    """kappa_n(1) - kappa_n(t) without cancellation near t = 1.

    >>> arc_cosine_drop(1, Cosines(np, *np.array([[1.0], [1e-20], [2.0]])))
    array([1.e-20])
    """
    front, rest = at.in_front(), behind(order, at.space, at.smaller())
    coefficients = arc_cosine_polynomials(order)[0]
    below = polynomial_drop(coefficients, at) + (-1) ** order * rest
    return at.space.where(front, below, float(sum(coefficients)) - rest)


def polynomial(coefficients: tuple[Fraction | float, ...], t: Array) -> Array:
    """sum_n b_n t^n by Horner's rule.

    >>> polynomial((1, 0, Fraction(1, 2)), np.array([2.0]))
    array([3.])
    """
    total = t * 0 + float(coefficients[-1])
    for coefficient in reversed(coefficients[:-1]):
        total = total * t + float(coefficient)
    return total


def polynomial_drop(coefficients: tuple[Fraction | int, ...], at: Cosines) -> Array:
    """p(1) - p(t) = (1 - t) sum_n b_n (1 + t + ... + t^(n-1)).

    >>> polynomial_drop((0, 0, 1), Cosines(np, *np.array([[1.0], [1e-20], [2.0]])))
    array([2.e-20])
    """
    sums = tuple(sum(coefficients[n:], Fraction(0)) for n in range(1, len(coefficients)))
    return at.near * polynomial(sums or (0,), at.t)


def behind(order: int, space: Space, v: Array) -> Array:
    """kappa_n(-1 + v) for 0 <= v <= 1."""
    if order == 0:
        return small_angle(space, v) / pi
    if space is np:
        return _behind(order, np, v)
    return _differentiable(space).apply(v, order)


def small_angle(space: Space, v: Array) -> Array:
    """acos(1 - v) for 0 <= v <= 1.

    >>> small_angle(np, np.array([1.0])) / np.pi
    array([0.5])
    """
    return 2 * space.arcsin(space.sqrt(v / 2))


def _behind(order: int, space: Space, v: Array) -> Array:
    if order > 1:
        return polynomial(_terms(order, MANY), v) * space.sqrt(v) * v**order
    return lune(space, v, small_angle(space, v))


def lune(space: Space, v: Array, angle: Array) -> Array:
    """(sin(phi) - phi cos(phi))/pi, 1 - cos(phi) = v: kappa_1(-1 + v); its series where the difference loses digits.

    >>> lune(np, np.array([1.0]), np.array([np.pi / 2])) * np.pi
    array([1.])
    """
    wide = (space.sqrt(v * (2 - v)) - angle * (1 - v)) / pi
    return space.where(v < NARROW, polynomial(_terms(1, FEW), v) * space.sqrt(v) * v, wide)


def relu_layer(at: Cosines) -> tuple[Array, Cosines]:
    """kappa_0(t), and kappa_1(t) as cosines: the slope and the correlation of a layer of a ReLU network.

    >>> slope, after = relu_layer(Cosines.of(np, np.array([-1.0, 1.0])))
    >>> slope, after.t
    (array([0., 1.]), array([0., 1.]))
    """
    space, front, v = at.space, at.in_front(), at.smaller()
    angle = small_angle(space, v)
    rest = lune(space, v, angle) if space is np else behind(1, space, v)
    near = space.where(front, at.near - rest, 1 - rest)
    after = Cosines(space, space.where(front, at.t + rest, rest), near, 2 - near)
    return space.where(front, 1 - angle / pi, angle / pi), after


@lru_cache(maxsize=64)
def _terms(order: int, count: int) -> tuple[float, ...]:
    """The coefficients of v^m, m < count, in kappa_n(-1 + v)/v^(n+1/2)."""
    exact = (
        Fraction(comb(2 * m, m), 8**m * (2 * m + 1))
        * prod(Fraction(2 * j * j, 2 * (m + j) + 1) for j in range(1, order + 1))
        for m in range(count)
    )
    return tuple(float(term) * (sqrt(2) / pi) for term in exact)


@lru_cache(maxsize=4)
def _differentiable(torch: Any) -> Any:
    """`_behind` as a function of torch whose derivative is n^2 kappa_{n-1}, right at v = 0, too."""

    class Behind(torch.autograd.Function):
        """kappa_n(-1 + v)."""

        generate_vmap_rule = True

        @staticmethod
        def forward(v: Array, order: int) -> Array:
            return _behind(order, torch, v)

        @staticmethod
        def setup_context(ctx: Any, inputs: tuple[Array, int], output: Array) -> None:
            ctx.save_for_backward(inputs[0])
            ctx.order = inputs[1]

        @staticmethod
        def backward(ctx: Any, slope: Array) -> tuple[Array, None]:
            (v,) = ctx.saved_tensors
            return slope * ctx.order**2 * behind(ctx.order - 1, torch, v), None

    return Behind
