"""Means over neurons with their second moments known exactly, and tests whose rates are theorems.

One hidden unit of the network (1/sqrt(m)) sum_r a_r sqrt(2) relu(w_r.x), w_r ~ N(0, I), a_r ~ N(0, 1),
adds to the kernel of a pair of points at angle theta

    Y = 2 s_2 u+ v+  +  2 s_1 a^2 1[u > 0] 1[v > 0] cos(theta),   u = w.x, v = w.x'

and K = mean of Y over m units, E Y = s_1 cos(theta) k0 + s_2 k1 = NTK(2, (s_1, s_2)). Moments of the
arc-cosine family: E[(u+ v+)^q] = J_q(theta)/(2 pi) (Cho and Saul 2009, eq. 1), E[a^2q] = (2q-1)!!, so

    E Y^2 = 4 s_2^2 J_2/(2 pi) + 8 s_1 s_2 cos(theta) J_1/(2 pi) + 12 s_1^2 cos(theta)^2 J_0/(2 pi).

Tail: u+ v+ <= (1 + cos theta)/2 g^2 with g standard normal, since u v <= ((u+v)/2)^2. By Minkowski
E|Y|^q <= H^q (2q-1)!! with H = s_2 (1 + cos theta) + 2 s_1 |cos theta|, which gives Bernstein's condition
E|Y|^q <= q!/2 v c^(q-2), v = E Y^2, and with it, for every m and no assumption but independent units,

    P(|K - E Y| >= sqrt(2 v t/m) + c t/m) <= 2 exp(-t)

(Boucheron, Lugosi, Massart 2013, theorem 2.10).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy import special

from theory.spectra.sphere import multiplicity


@dataclass(frozen=True, slots=True)
class Moments:
    """E Y, E Y^2 and the scale c of Bernstein's condition for one hidden unit's share Y.

    >>> Moments(1.0, 2.0, 0.0).variance
    1.0
    """

    mean: float
    second: float
    scale: float

    @property
    def variance(self) -> float:
        """Var Y, exact."""
        return self.second - self.mean**2

    def reach(self, terms: int, miss: float) -> float:
        """The deviation of a mean of ``terms`` shares that is exceeded with probability at most ``miss``."""
        t = math.log(2 / miss)
        return math.sqrt(2 * self.second * t / terms) + self.scale * t / terms


def angular(order: int, angle: float) -> float:
    """J_q(theta)/(2 pi) = E[(u+ v+)^q], q = 0, 1, 2, for standard normal u, v of correlation cos(theta).

    >>> [angular(q, 0.0) for q in range(3)]
    [0.5, 0.5, 1.5]
    """
    rest, cosine, sine = math.pi - angle, math.cos(angle), math.sin(angle)
    values = (rest, sine + rest * cosine, 3 * sine * cosine + rest * (1 + 2 * cosine**2))
    if order not in range(3) or not 0 <= angle <= math.pi:
        raise ValueError(f"order 0, 1 or 2 and 0 <= angle <= pi wanted, got {order} and {angle}")
    return values[order] / (2 * math.pi)


def pair_moments(angle: float, scales: tuple[float, float] = (1.0, 1.0), fourth: float = 3.0) -> Moments:
    """Moments of a unit's share of the kernel of two points at an angle, layer scales (s_1, s_2), E a^4.

    >>> pair_moments(0.0).mean, pair_moments(0.0).second
    (2.0, 16.0)
    """
    hidden, output = scales
    if min(scales) < 0 or max(scales) == 0:
        raise ValueError(f"layer scales >= 0, not both 0, wanted, got {scales}")
    cosine = math.cos(angle)
    zero, one, two = (angular(order, angle) for order in range(3))
    mean = 2 * output * one + 2 * hidden * cosine * zero
    second = 4 * output**2 * two + 8 * hidden * output * cosine * one + 4 * fourth * (hidden * cosine) ** 2 * zero
    return Moments(mean, second, _bernstein_scale(output * (1 + cosine) + 2 * hidden * abs(cosine), second))


def harmonic_moments(dim: int, degree: int, scales: tuple[float, float] = (1.0, 1.0)) -> Moments:
    """Moments of a unit's share of mu_k: its quadratic form with a zonal harmonic phi, E phi^2 = 1.

    With c_k = E[relu(t) P_k(t)] the form of relu(w.x) is |w| c_k phi(w/|w|) (Funk and Hecke), and that of
    1[w.x > 0] x is its gradient in w, c_k (phi w/|w| + grad phi). Hence

        Y = 2 s_2 |w|^2 c_k^2 phi^2 + 2 s_1 a^2 c_k^2 (phi^2 + |grad phi|^2),

    E|w|^2 = D, E|w|^4 = D (D + 2), D = d + 1, and the means of phi^4, phi^2 |grad phi|^2 and |grad phi|^4 are
    those of polynomials in t = cos of the angle to the pole: Gauss-Jacobi nodes give them exactly
    but for rounding. E Y = mu_k of NTK(2, (s_1, s_2)). The scale is that of
    Y <= 2 c_k^2 (s_2 max phi^2 |w|^2 + s_1 max(phi^2 + |grad phi|^2) a^2).

    >>> round(harmonic_moments(2, 1).mean, 12)
    0.333333333333
    """
    if dim < 1 or degree < 0:
        raise ValueError(f"dim >= 1 and degree >= 0 wanted, got {dim} and {degree}")
    hidden, output = scales
    nodes, weights = special.roots_jacobi(2 * degree + 2, (dim - 2) / 2, (dim - 2) / 2)
    weights = weights / weights.sum()
    square = multiplicity(dim, degree) * _gegenbauer(degree, dim, nodes)[0] ** 2
    slope = multiplicity(dim, degree) * (1 - nodes**2) * _gegenbauer(degree, dim, nodes)[1] ** 2
    coefficient = _relu_coefficient(dim, degree) ** 2
    ambient = dim + 1
    gate = square + slope
    mean = 2 * coefficient * (output * ambient + hidden * float(weights @ gate))
    second = (
        4
        * coefficient**2
        * float(
            weights
            @ (
                output**2 * ambient * (ambient + 2) * square**2
                + 2 * hidden * output * ambient * square * gate
                + 3 * hidden**2 * gate**2
            )
        )
    )
    # phi is one of N orthonormal harmonics, whose phi^2 add up to N and |grad phi|^2 to N k (k + d - 1).
    most = multiplicity(dim, degree) * (1 + degree * (degree + dim - 1))
    height = 2 * coefficient * (output * multiplicity(dim, degree) * ambient + hidden * most)
    return Moments(mean, second, _bernstein_scale(height, second) if second else 0.0)


def _gegenbauer(degree: int, dim: int, t: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """P_k and its derivative, P_k(1) = 1; P_k' = k (k+d-1)/d P_(k-1) on S^(d+2)."""

    def polynomial(k: int, d: int) -> np.ndarray:
        last, now = np.ones_like(t), t
        for j in range(1, k):
            last, now = now, ((2 * j + d - 1) * t * now - j * last) / (j + d - 1)
        return now if k else last

    if degree == 0:
        return np.ones_like(t), np.zeros_like(t)
    return polynomial(degree, dim), degree * (degree + dim - 1) / dim * polynomial(degree - 1, dim + 2)


def _relu_coefficient(dim: int, degree: int) -> float:
    """E[relu(t) P_k(t)] = Gamma((d+1)/2) / (4 Gamma((3-k)/2) Gamma((k+d+2)/2))."""
    quotient = math.exp(special.gammaln((dim + 1) / 2) - special.gammaln((degree + dim + 2) / 2))
    return float(quotient / 4 * special.rgamma((3 - degree) / 2))


def _bernstein_scale(height: float, second: float) -> float:
    """c with H^q (2q-1)!! <= q!/2 v c^(q-2) for all q >= 3, from (2q-1)!!/q! <= 2^q/sqrt(pi q)."""
    if not second > 0:
        return 0.0
    return 2 * height * max(1.0, 8 * height**2 / (math.sqrt(3 * math.pi) * second))
