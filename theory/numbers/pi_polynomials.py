"""Exact numbers of the field: Laurent polynomials in pi with rational coefficients.

Areas, moments and every closed-form eigenvalue in an integer dimension live here. Since pi is
transcendental, such a number is zero only if all its coefficients are, so comparison with zero
and correct rounding always end.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import factorial

from flint import arb

from theory.numbers.balls import Enclosure, ball, certify, rational


@dataclass(frozen=True, slots=True)
class PiPolynomial:
    """sum of coefficient * pi**power over `terms`, sorted by power, without zero coefficients.

    >>> PiPolynomial.of(Fraction(5, 64)) + PiPolynomial.of(Fraction(1, 2), -1)
    5/64 + 1/(2*pi)
    """

    terms: tuple[tuple[int, Fraction], ...] = ()

    @staticmethod
    def of(coefficient: Fraction | int, power: int = 0) -> PiPolynomial:
        """The monomial coefficient * pi**power."""
        return PiPolynomial(((power, Fraction(coefficient)),) if coefficient else ())

    def __add__(self, other: PiPolynomial) -> PiPolynomial:
        total = dict(self.terms)
        for power, coefficient in other.terms:
            total[power] = total.get(power, Fraction(0)) + coefficient
        return PiPolynomial(tuple(sorted((p, c) for p, c in total.items() if c)))

    def __mul__(self, other: PiPolynomial | Fraction | int) -> PiPolynomial:
        if not isinstance(other, PiPolynomial):
            other = PiPolynomial.of(other)
        total = PiPolynomial()
        for p, c in self.terms:
            total += PiPolynomial(tuple((p + q, c * e) for q, e in other.terms))
        return total

    __rmul__ = __mul__

    def __truediv__(self, other: PiPolynomial | Fraction | int) -> PiPolynomial:
        """Division by a monomial; by anything else it would leave this ring."""
        if not isinstance(other, PiPolynomial):
            other = PiPolynomial.of(other)
        if len(other.terms) != 1:
            raise ZeroDivisionError(f"cannot divide by {other!r}: only by a nonzero q*pi**n")
        ((power, coefficient),) = other.terms
        return self * PiPolynomial.of(1 / coefficient, -power)

    def is_zero(self) -> bool:
        """Exact: pi is transcendental."""
        return not self.terms

    def rational(self) -> Fraction | None:
        """The value if it is rational, else None."""
        if not self.terms:
            return Fraction(0)
        return self.terms[0][1] if len(self.terms) == 1 and self.terms[0][0] == 0 else None

    def ball(self) -> arb:
        """Enclosure at the current working precision."""
        return sum((ball(c) * arb.pi() ** p for p, c in self.terms), arb(0))

    def enclosure(self, digits: int) -> Enclosure:
        """Certified to correct rounding at `digits` significant digits."""
        return certify(self.ball, digits, f"the value {self!r}"[:80])

    def __repr__(self) -> str:
        return " + ".join(_monomial(c, p) for p, c in reversed(self.terms)).replace("+ -", "- ") or "0"


def _monomial(coefficient: Fraction, power: int) -> str:
    sign, c = ("-" if coefficient < 0 else ""), abs(coefficient)
    symbol = "pi" if abs(power) == 1 else f"pi**{abs(power)}"
    over = [str(c.denominator)] if c.denominator != 1 else []
    upper = [str(c.numerator)] if c.numerator != 1 or power <= 0 else []
    (upper if power > 0 else over).extend([symbol] if power else [])
    below = f"({'*'.join(over)})" if len(over) > 1 else "".join(over)
    return sign + "*".join(upper) + (f"/{below}" if over else "")


def gamma_of_half(twice: int) -> tuple[Fraction, int]:
    """Gamma(twice/2) as (rational, h), meaning rational * pi**(h/2); twice odd or positive.

    >>> gamma_of_half(6), gamma_of_half(1), gamma_of_half(-1)
    ((Fraction(2, 1), 0), (Fraction(1, 1), 1), (Fraction(-2, 1), 1))
    """
    if twice % 2 == 0:
        if twice <= 0:
            raise ValueError(f"Gamma has a pole at {twice // 2}")
        return Fraction(factorial(twice // 2 - 1)), 0
    n = (twice - 1) // 2  # Gamma(n + 1/2)
    if n >= 0:
        return Fraction(factorial(2 * n), 4**n * factorial(n)), 1
    return Fraction((-4) ** -n * factorial(-n), factorial(-2 * n)), 1


def gamma_ball(argument: Fraction) -> arb:
    """Gamma at a rational argument, at the current working precision.

    >>> gamma_ball(Fraction(4))
    6.00000000000000
    """
    return arb.gamma_fmpq(rational(argument))
