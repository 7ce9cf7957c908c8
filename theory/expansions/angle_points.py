"""Points of an angle, real or on an arc of an ellipse, and how a layer moves them.

A point carries t = cos(theta_l), s = sin(theta_l/2), c = cos(theta_l/2) and theta_l of the current layer.
After a kernel with kappa(1) = 1, the next s is sqrt((1-kappa)/2): 1-kappa has a zero of known order
at theta = 0, so sqrt((1-kappa)/s^(2m)) s^m is analytic where Re (1-kappa)/s^(2m) > 0.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Generic, TypeVar

from flint import arb

from theory.expansions.jets import Jet, NotAnalytic
from theory.numbers.balls import ball, root_of_nonnegative, whole_power

Number = TypeVar("Number", arb, Jet)  # a point is real or one of a curve, in all of its parts


@dataclass(slots=True)
class Point(Generic[Number]):
    """One layer's angle. near and far are the orders of s in theta and of c in pi-theta; x and y
    with theta = x^q, pi-theta = y^p are the local coordinates, None where that end is not enclosed, or
    not as the only zero of s, or of c, of the first layer (`theory.expansions.ellipses.ends_alone`)."""

    t: Number
    s: Number
    c: Number
    theta: Number
    near: Fraction
    far: Fraction
    x: Number | None
    y: Number | None
    q: int
    p: int
    inside: Point[arb] | None = None  # of the first layer: where it is known which formula holds around

    def mirrored(self) -> Point[Number]:
        """The point pi - theta."""
        return Point(
            -self.t, self.c, self.s, arb.pi() - self.theta, self.far, self.near, self.y, self.x, self.p, self.q
        )

    def sine_power(self, exponent: Fraction) -> Number:
        """s^exponent, analytic where exponent * near * q is an integer >= 0, or no end is enclosed."""
        return self._power(self.s, exponent)

    def angle_power(self, exponent: Fraction) -> Number:
        """theta^exponent, as `sine_power`."""
        return self._power(self.theta, exponent)

    def _power(self, base: Number, exponent: Fraction) -> Number:
        if exponent.denominator == 1 and exponent >= 0:
            return whole_power(base, int(exponent)) if isinstance(base, arb) else base ** int(exponent)
        if isinstance(base, arb):
            if base.is_zero() and exponent > 0:
                return base
            return (base.log() * ball(exponent)).exp()
        order = exponent * self.near * self.q
        if self.x is None or not order:
            return (base.log() * ball(exponent)).exp()
        if order < 0 or order.denominator > 1:
            raise NotAnalytic(f"a power {exponent} of the angle has a pole or a branch point at an end")
        regular = base * (self.x ** int(self.near * self.q)).removable_inv()
        return (regular.log() * ball(exponent)).exp() * self.x ** int(order)


def start(theta: Number, x: Number | None, y: Number | None, q: int, p: int) -> Point[Number]:
    """The point of the angle theta itself."""
    half = theta / 2
    return Point(theta.cos(), half.sin(), half.cos(), theta, Fraction(1), Fraction(1), x, y, q, p)


def of_cosine(t: Fraction) -> Point[arb]:
    """The point of the angle acos(t): exact at both ends, where acos and the sine of pi/2 of a ball are not.

    >>> point = of_cosine(Fraction(-1))
    >>> point.s.is_exact(), point.c.is_zero()
    (True, True)
    """
    s, c = (ball((1 + sign * t) / 2).sqrt() for sign in (-1, 1))
    return Point(ball(t), s, c, 2 * arb.atan2(s, c), Fraction(1), Fraction(1), None, None, 1, 1)


def follow(value: Number, point: Point[Number], near: Fraction, far: Fraction) -> Point[Number]:
    """The point theta' with cos(theta') = value, whose sin(theta'/2) is O(theta^near)."""
    s = _root((1 - value) / 2, point, near)
    c = _root((1 + value) / 2, point.mirrored(), far)
    if isinstance(value, arb):
        angle = 2 * arb.atan2(s, c)
    elif not far or point.y is None:
        angle = 2 * s.asin()
    else:
        # c + i s = exp(i theta'/2) with theta'/2 in [0, pi/2]: tan(theta'/2 - pi/4) = (s-c)/(s+c).
        angle = 2 * ((s - c) / (s + c)).atan() + arb.pi() / 2
    return Point(value, s, c, angle, near, far, point.x, point.y, point.q, point.p)


def _root(value: Number, point: Point[Number], order: Fraction) -> Number:
    """sqrt(value), value = O(theta^(2 order)): both sides are divided by a power of s, so that arguments do
    not add up from layer to layer. Where point.x is given, theta = 0 is the only zero of s; another
    would be a pole of the quotient, since theta itself, in ArcCosine(1) say, does not vanish there."""
    if isinstance(value, arb):
        return root_of_nonnegative(value)
    if point.x is None or not order:
        return value.sqrt()
    power = point.sine_power(order / point.near)
    return (value * (power * power).removable_inv()).sqrt() * power
