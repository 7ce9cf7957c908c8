"""The ends route: mu_k beyond a degree k_0 from the expansions of kappa at t = 1 and t = -1, with a proved rest.

Let f(theta) = kappa(cos theta) be analytic, |f| <= M, within r of [0, pi], its odd parts at 0 and pi
sum_j A_j sin(theta/2)^(2j+1) and sum_j B_j cos(theta/2)^(2j+1) (`theory.expansions.end_series`). For real d >= 1,
l = (d-1)/2, every p >= 1 and k > p

    mu_k = sum_{j < p} (A_j + (-1)^k B_j) g_j(k) + rest_k,
    g_j(k) = Gamma((d+1)/2)/sqrt(pi) 2^(d-1) Gamma(nu+d/2)/Gamma(-nu) Gamma(k-nu)/Gamma(k+nu+d),  nu = j + 1/2,
    |rest_k| <= (a + b) (2/r)^(2p+1) |g_p(k)| + 2 cosh(r) m Gamma(l+1) k!/Gamma(k+1+l) e^(-r(k+1)) F,

g_j(k) being the eigenvalue of sin(theta/2)^(2j+1), a = M + sum_{j<p} |A_j| sinh(r/2)^(2j+1), b the same with B_j,
m = M + sum_{j<p} (|A_j| + |B_j|) cosh(r/2)^(2j+1), and F a bound of 2F1(1-l, k+1; k+1+l; x), x = e^(-2r).

Proof. Let R be f without the two sums, w = (1-t^2)^(l-1/2), c its normalisation, and Q(z) = int P_k w/(z-t) dt,
analytic outside [-1, 1], positive for z > 1 and (-1)^(k+1) times that at -z (Rodrigues' formula, k integrations by
parts). By Cauchy's formula for R(arccos t), mu_k(R) = (c/(2 pi i)) times the integral of R Q around [-1, 1], which is
pulled apart to the image of theta = x +- ir and to both sides of the cuts [1, cosh r] and [-cosh r, -1].
Across the first cut, at t = cosh s, R jumps by 2i Im R(is), of size 2 |R_0(is)|, R_0 the odd part at 0, which is
O(theta^(2p+1)): by Schwarz' lemma |R_0(is)| <= a (s/r)^(2p+1) <= a (2/r)^(2p+1) sinh(s/2)^(2p+1). And
(c/pi) int_1^oo sinh(s/2)^(2p+1) Q dt = |g_p(k)| by the same formula for sin(theta/2)^(2p+1), whose curve may go to
infinity as k > p + 1/2. On the outer curve, u = e^(-i theta) of size e^r, |dz| <= cosh(r) |du|/|u| and

    c Q = 2 Gamma(l+1) k!/Gamma(k+1+l) u^(-k-1) 2F1(1-l, k+1; k+1+l; u^(-2)):

by Rodrigues' formula c Q is a multiple of int (1-t^2)^(k+l-1/2) (z-t)^(-k-1) dt, (z-t)^(-k-1) is 2^(k+1) u^(-k-1)
sum_n C_n^(k+1)(t) u^(-n), and the part of C_2n^(k+1) on C_0^(k+l) is (k+1)_n (1-l)_n/((k+l+1)_n n!) (DLMF 18.18.16).
In F the terms with n <= n_0 = max(0, ceil(l-1)) have |(1-l)_n|/n! <= C(n_0, n) and |(1-l)_n|/(k+1+l)_n <= q^n,
q = l/(k+1+l), the others |(1-l)_n|/n! <= 1, so that F <= min((1+x)^(n_0), (1-qx)^(-k-1)) + 1/(1-x).

A degree costs p products: g_(j+1)/g_j = -(2j+3)(2j+1+d) / ((2k-2j-3)(2k+2j+1+2d)), and g_0(k+1)/g_0(k) =
(2k-1)/(2k+1+2d). Over g_0 the rest falls with k where e^(-r) times (1 + (2d+2)/(2k-1)), or times 2 + 6/(2k-1), is at
most 1, F being taken at the last degree: both bound the quotient (k+1)(2k+1+2d)/((k+1+l)(2k-1)).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, log10

from flint import arb, fmpz

from theory.expansions.end_series import EndSeries, end_series
from theory.kernels import Kernel
from theory.kernels.parity import vanishes
from theory.numbers.balls import Cannot, ball, working_precision
from theory.spectra.sphere import sphere_text

GROWTH = Fraction(6, 5)  # from one degree that is tried as k_0 to the next
BLOCK = 2  # degrees from k to BLOCK k share their number of terms
MAX_TERMS = 400
MANY_DIMS = 30  # beyond, g_(j+1)/g_j falls like j/k, not like (j/k)^2

Start = Callable[[Kernel, int | Fraction, range, int], list[arb]]


def ends_balls(kernel: Kernel, dim: int | Fraction, degrees: range, digits: int, start: Start) -> list[arb]:
    """Enclosures of mu_k with about `digits` relative digits: from k_0 on by the ends, below it by `start`.

    Raises Cannot where f is not certified analytic around [0, pi], or where k_0 lies beyond the last degree.

    >>> from theory.kernels import NTK
    >>> from theory.spectra.routes.angle import angle_balls
    >>> (found,) = ends_balls(NTK(depth=3), 2, range(300, 301), 20, angle_balls)
    >>> found.overlaps(angle_balls(NTK(depth=3), 2, range(300, 301), 20)[0]), found.rel_accuracy_bits() > 66
    (True, True)
    """
    size = ceil(log10(degrees[-1] + float(dim) + 2))
    guard = 12 + 3 * size
    terms = min(MAX_TERMS, 8 + digits // 2 if dim < MANY_DIMS else 12 + 3 * digits // 4)
    series = end_series(kernel, terms, digits + guard)
    with working_precision(digits, guard):
        sums = EndSums.of(series, Fraction(dim))
        parities = tuple(p for p in (0, 1) if not vanishes(kernel, 2 * terms + p))
        first = sums.first_degree(degrees, digits, parities)
        if first is None:
            what = f"the ends route for {kernel!r} on {sphere_text(dim)}"
            raise Cannot(what, f"{digits} digits are not reached by degree {degrees[-1]}")
        values: list[arb] = []
        for block in _blocks(range(max(first, degrees.start), degrees.stop)):
            values += sums.values(block, sums.terms(block, digits, parities), parities)
    below = range(degrees.start, first)
    return (start(kernel, dim, below, digits) if below else []) + values


def _blocks(degrees: range) -> Iterator[range]:
    while degrees:
        stop = min(degrees.stop, BLOCK * degrees.start)
        yield range(degrees.start, stop)
        degrees = range(stop, degrees.stop)


@dataclass(frozen=True, slots=True)
class EndSums:
    """The sums of both parities on S^dim, and what bounds their rests.

    g_j/g_0 = above[j] / prod_{i<j} D_i(k), D_i = q^2 (2k-2i-3)(2k+2i+1+2d), q the denominator of d, and
    scaled[parity][j] = (A_j +- B_j) above[j]; sizes[p] is a + b for p terms, far[p] is m.
    """

    dim: Fraction
    reach: arb
    scaled: tuple[tuple[arb, ...], tuple[arb, ...]]
    above: tuple[int, ...]
    sizes: tuple[arb, ...]
    far: tuple[arb, ...]

    @staticmethod
    def of(series: EndSeries, dim: Fraction) -> EndSums:
        """The sums of a kernel from its series at the ends."""
        q, half = dim.denominator, series.reach / 2
        sine, cosine = half.sinh(), half.cosh()
        above, sizes, far = [1], [2 * series.bound], [series.bound]
        for j, (a, b) in enumerate(zip(series.near, series.far, strict=True)):
            above.append(-above[-1] * q * (2 * j + 3) * (q * (2 * j + 1) + dim.numerator))
            size = abs(a) + abs(b)
            sizes.append((sizes[-1] + size * sine ** (2 * j + 1)).upper())
            far.append((far[-1] + size * cosine ** (2 * j + 1)).upper())
        pairs = list(zip(above, series.near, series.far, strict=False))
        even, odd = (tuple((a + sign * b) * c for c, a, b in pairs) for sign in (1, -1))
        return EndSums(dim, series.reach, (even, odd), tuple(above), tuple(sizes), tuple(far))

    def first_degree(self, degrees: range, digits: int, parities: tuple[int, ...]) -> int | None:
        """k_0: a degree from which on all terms together give the digits; None where there is none in the range."""
        degree = 2 * len(self.above)
        while degree <= degrees[-1]:
            if degree >= degrees.start / GROWTH:
                degree = max(degree, degrees.start)
                if self._reached(range(degree, degree + 2), len(self.above) - 1, digits, parities):
                    return degree
            degree = ceil(degree * GROWTH)
        return None

    def terms(self, block: range, digits: int, parities: tuple[int, ...]) -> int:
        """The least number of terms that is seen to be enough at the first degree of a block."""
        low, high = 1, len(self.above) - 1
        while low < high:
            middle = (low + high) // 2
            if self._reached(block, middle, digits, parities):
                high = middle
            else:
                low = middle + 1
        return low

    def _reached(self, block: range, terms: int, digits: int, parities: tuple[int, ...]) -> bool:
        rest = self.rest(block, terms) * arb(10) ** (digits + 1)  # rounding and the degrees that follow take some
        degrees = (k for k in range(block.start, block.start + 2) if k % 2 in parities)
        return all(bool(rest < abs(self._sum(k, terms))) for k in degrees)

    def _sum(self, degree: int, terms: int) -> arb:
        """The first terms over g_0, by Horner's scheme."""
        coefficients = self.scaled[degree % 2]
        total = coefficients[terms - 1]
        for j in range(terms - 2, -1, -1):
            total = total / self._below(degree, j) + coefficients[j]
        return total

    def _below(self, degree: int, j: int) -> fmpz:
        """D_j(k) = y^2 - (q (2j+2+d))^2, y = q (2k+d-1)."""
        p, q = self.dim.numerator, self.dim.denominator
        return fmpz((q * (2 * degree - 1) + p) ** 2 - (q * (2 * j + 2) + p) ** 2)

    def rest(self, block: range, terms: int) -> arb:
        """A bound of |rest_k|/g_0(k) for all degrees of a block, not finite where none is known."""
        first, last = block.start, block[-1]
        quotient = min(1 + (2 * self.dim + 2) / (2 * first - 1), 2 + Fraction(6, 2 * first - 1))
        if first <= terms or not (-self.reach).exp() * ball(quotient) <= 1:
            return arb.pos_inf()
        near = self.sizes[terms] * (2 / self.reach) ** (2 * terms + 1) * abs(self.above[terms])
        for j in range(terms):
            near = near / self._below(first, j)
        half = (self.dim - 1) / 2
        logarithm = ball(half + 1).lgamma() + arb(first + 1).lgamma() - ball(first + 1 + half).lgamma()
        logarithm -= self.reach * (first + 1) + self._log_first(first)
        far = 2 * self.reach.cosh() * self.far[terms] * logarithm.exp() * self._series_bound(last)
        return (near + far).upper()

    def _series_bound(self, degree: int) -> arb:
        """F."""
        half = (self.dim - 1) / 2
        x, whole = (-2 * self.reach).exp(), max(0, ceil(half - 1))
        slow = (1 - x * ball(half / (degree + 1 + half))) ** (-degree - 1)
        return (((1 + x) ** whole).min(slow) + 1 / (1 - x)).upper()

    def _log_first(self, degree: int) -> arb:
        """log |g_0(k)|; g_0 < 0, since Gamma(-1/2) = -2 sqrt(pi)."""
        d = self.dim
        gammas = 2 * ball((d + 1) / 2).lgamma() + ball(degree - Fraction(1, 2)).lgamma()
        gammas -= ball(degree + d + Fraction(1, 2)).lgamma()
        return gammas + ball(d - 2) * arb(2).log() - arb.pi().log()

    def values(self, block: range, terms: int, parities: tuple[int, ...]) -> list[arb]:
        """Enclosures for the degrees of a block; 0 for a parity that is left out."""
        p, q = self.dim.numerator, self.dim.denominator
        rest = arb(0, self.rest(block, terms).upper())
        starts = [(coefficients[0] + rest, coefficients[1:terms][::-1]) for coefficients in self.scaled]
        factor = -self._log_first(block.start).exp()
        found = []
        squares = [fmpz(q * (2 * j + 2) + p) ** 2 for j in range(terms - 2, -1, -1)]
        for degree in block:
            if degree % 2 in parities:
                lead, coefficients = starts[degree % 2]
                square = fmpz(q * (2 * degree - 1) + p) ** 2
                total = arb(0)
                for coefficient, minus in zip(coefficients, squares, strict=True):
                    total = (total + coefficient) / (square - minus)
                found.append((total + lead) * factor)
            else:
                found.append(arb(0))
            factor = factor * (q * (2 * degree - 1)) / (q * (2 * degree + 1) + 2 * p)
        return found
