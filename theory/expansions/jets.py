"""Analytic functions on a wide complex ball: value at the centre, derivative and range on the ball.

Naive ball arithmetic on compositions overestimates without bound; with the derivative at hand the
range is intersected with f(centre) + f'(ball) (ball - centre) after every operation (the mean value
theorem on a convex set). Each operation with a branch point or a pole is guarded by a condition on
the real part of an analytic function: if it holds all along a closed curve around a domain where
the argument is analytic, it holds inside (minimum principle), and the branch is analytic there.
"""

from __future__ import annotations

from collections.abc import Callable

from flint import acb, arb, fmpq

from theory.expansions.versine import half_versine_quotient, half_versine_slope, skipped_quotient, skipped_slope


class NotAnalytic(ArithmeticError):
    """The function could not be continued to the whole ball."""


Scalar = arb | fmpq | int


class Jet:
    """(centre value, derivative on the ball, range on the ball); step = ball - centre, None for a point."""

    __slots__ = ("mid", "range", "slope", "step")

    def __init__(self, mid: acb, slope: acb, natural: acb, step: acb | None) -> None:
        self.mid, self.slope, self.step = mid, slope, step
        self.range = natural if step is None else _meet(natural, mid + slope * step)

    @staticmethod
    def variable(ball: acb) -> Jet:
        """The identity function on a ball.

        >>> Jet.variable(acb(2)).exp().mid.real.overlaps(arb(2).exp())
        True
        """
        centre = acb(ball.real.mid(), ball.imag.mid())
        exact = ball.real.is_exact() and ball.imag.is_exact()
        return Jet(centre, acb(1), ball, None if exact else ball - centre)

    def __add__(self, other: Jet | Scalar) -> Jet:
        if not isinstance(other, Jet):
            return Jet(self.mid + other, self.slope, self.range + other, self.step)
        return Jet(self.mid + other.mid, self.slope + other.slope, self.range + other.range, self.step)

    __radd__ = __add__

    def __neg__(self) -> Jet:
        return Jet(-self.mid, -self.slope, -self.range, self.step)

    def __sub__(self, other: Jet | Scalar) -> Jet:
        return self + (-other)

    def __rsub__(self, other: Scalar) -> Jet:
        return -self + other

    def __mul__(self, other: Jet | Scalar) -> Jet:
        if not isinstance(other, Jet):
            return Jet(self.mid * other, self.slope * other, self.range * other, self.step)
        slope = self.slope
        if self.step is not None:
            slope = self.slope * other.range + self.range * other.slope
        return Jet(self.mid * other.mid, slope, self.range * other.range, self.step)

    __rmul__ = __mul__

    def __truediv__(self, other: Jet | Scalar) -> Jet:
        return self * other.inv() if isinstance(other, Jet) else self * (1 / arb(other))

    def __rtruediv__(self, other: Scalar) -> Jet:
        return self.inv() * other

    def __pow__(self, n: int) -> Jet:
        return self._apply(lambda z: z**n, lambda z: n * z ** (n - 1) if n else acb(0))

    def _apply(self, function: Callable[[acb], acb], derivative: Callable[[acb], acb]) -> Jet:
        if self.step is None:
            value = function(self.mid)
            return Jet(value, self.slope, value, None)
        return Jet(function(self.mid), derivative(self.range) * self.slope, function(self.range), self.step)

    def exp(self) -> Jet:
        return self._apply(acb.exp, acb.exp)

    def sin(self) -> Jet:
        return self._apply(acb.sin, acb.cos)

    def cos(self) -> Jet:
        return self._apply(acb.cos, lambda z: -z.sin())

    def sinh(self) -> Jet:
        return self._apply(acb.sinh, acb.cosh)

    def cosh(self) -> Jet:
        return self._apply(acb.cosh, acb.sinh)

    def erf(self) -> Jet:
        return self._apply(acb.erf, lambda z: (-z * z).exp() * 2 / arb.pi().sqrt())

    def tan(self) -> Jet:
        return self.sin() / self.cos()

    def inv(self) -> Jet:
        """1/f where f has no zero: Re f keeps one sign along the curve."""
        if not (self.range.real > 0 or self.range.real < 0):
            raise NotAnalytic("a denominator may vanish")
        return self.removable_inv()

    def removable_inv(self) -> Jet:
        """1/f without a guard, for a numerator whose zeros are known to cancel all those of f inside the curve."""
        return self._apply(lambda z: 1 / z, lambda z: -1 / (z * z))

    def sqrt(self) -> Jet:
        self.require_right_half_plane("the argument of a square root")
        return self._apply(acb.sqrt, lambda z: 1 / (2 * z.sqrt()))

    def log(self) -> Jet:
        self.require_right_half_plane("the argument of a logarithm or a power")
        return self._apply(acb.log, lambda z: 1 / z)

    def asin(self) -> Jet:
        (1 - self * self).require_right_half_plane("1 - z^2 in asin or acos")
        return self._apply(acb.asin, lambda z: 1 / (1 - z * z).sqrt())

    def acos(self) -> Jet:
        return arb.pi() / 2 - self.asin()

    def atan(self) -> Jet:
        (1 + self * self).require_right_half_plane("1 + z^2 in atan")
        return self._apply(acb.atan, lambda z: 1 / (1 + z * z))

    def hypgeom_0f1(self, b: arb) -> Jet:
        """0F1(;b;z), entire in z; its derivative is 0F1(;b+1;z)/b."""
        return self._apply(lambda z: z.hypgeom_0f1(b), lambda z: z.hypgeom_0f1(b + 1) / b)

    def relu_layer(self, r: arb, kept: arb | None = None) -> tuple[Jet, Jet]:
        """(s, theta') with s = sin(theta'/2) = theta sqrt(r H(theta)): one ReLU layer in one go; of a residual block,
        which keeps a share of its argument, s^2 = theta^2 r H(theta) + kept sin(theta/2)^2.

        The same as composing the operations above, guards included, at a third of the cost.
        """

        def mixed(layer: Callable[[acb], acb], skip: Callable[[acb], acb], at: acb) -> acb:
            return r * layer(at) if kept is None else r * layer(at) + kept * skip(at)

        centre = self.mid * mixed(half_versine_quotient, skipped_quotient, self.mid).sqrt()
        inside = mixed(half_versine_quotient, skipped_quotient, self.range)
        if not inside.real > 0:
            raise NotAnalytic("Re s^2/theta^2 > 0 is not certified")
        root = inside.sqrt()
        slope = self.slope
        if self.step is not None:
            steep = mixed(half_versine_slope, skipped_slope, self.range)
            slope = slope * (root + self.range * steep / (2 * root))
        sine = Jet(centre, slope, self.range * root, self.step)
        square = 1 - sine.range * sine.range
        if not square.real > 0:
            raise NotAnalytic("Re cos(theta'/2)^2 > 0 is not certified")
        return sine, Jet(2 * centre.asin(), 2 * slope / square.sqrt(), 2 * sine.range.asin(), self.step)

    def require_right_half_plane(self, what: str) -> None:
        """Raise unless Re > 0 on the whole ball."""
        if not self.range.real > 0:
            raise NotAnalytic(f"Re > 0 is not certified for {what}")


def _meet(natural: acb, mean_value: acb) -> acb:
    """Both contain the range; so does their intersection."""
    if not mean_value.is_finite():
        return natural
    if not natural.is_finite():
        return mean_value
    return acb(natural.real.intersection(mean_value.real), natural.imag.intersection(mean_value.imag))
