"""Squared Hermite coefficients of smooth activations without a closed dual, certified.

For s in L^2 of the standard normal law, E[s(u) s(v)] = sum_n b_n t^n with b_n = (E[s h_n])^2, h_n the
normalised Hermite polynomials (Daniely et al. 2016, lemma 11). With E[exp(iwx) He_n(u)] = (i w sqrt(v))^n exp(-v w^2/2)
for x = sqrt(v) u, a bounded function with the Fourier integral f^ has, for n >= 1,

    E[f(x) He_n(u)] = v^(n/2) Int_0^oo w^n exp(-v w^2/2) Re(i^(n+1) D(w)) dw,   D = -i f^/pi,

    tanh(x)                            D = -1/sinh(pi w/2)
    sigmoid(x) = (1 + tanh(x/2))/2     D = -1/sinh(pi w)
    1 - 2/((1+e^x)^2 + 1)              D = -exp(-i w log(2)/2) (cosh(pi w/4) + i sinh(pi w/4))/sinh(pi w)

the last by the residues at log(2)/2 +- 3 pi i/4. From these E[f(x)] and Stein's lemma give softplus, whose derivative is
the sigmoid, and silu and mish, x times the sigmoid and x times the last function.

With y = sqrt(v) w the trapezoidal rule with nodes (j + 1/2) h errs by at most M/(exp(2 pi a/h) - 1), M a bound of the
integral over R of the modulus of the integrand on |Im y| <= a (Trefethen and Weideman 2014, theorem 5.1). All three
have |D(w)| <= C/|w| for |Im w| <= S p, p the distance of the first pole, S = STRIP: |sinh(pi z)|^2 = sinh^2(pi x) +
sin^2(pi y) >= c^2 |z|^2, c = sin(pi S)/S, and >= c^2 |z|^2 cosh^2(pi x/4) as well, since sinh(4q) >= 4q cosh(q) cosh(2q)
leaves 8 sinh^2(q) of sinh^2(4q), q = pi x/4, where c < 2. With r^2 = y^2 + a^2 and
r^m exp(-r^2/2) <= ((m+1)/e)^(m/2) exp(-r^2/(2m+2)) this gives M <= C e^(a^2) sqrt(2 pi e) sqrt(n!). Beyond X > sqrt(n), y^m exp(-y^2/2)
<= sqrt(m!) exp(-(y - sqrt(m))^2/2).

On the real line |D| <= K e^(-x) (2 + 1/x'), x = gamma y, so that by the same inequality |E[f h_n]| <=
K sqrt(2 pi/v) e^(gamma^2/2) (2 + sqrt(v)/pi') exp(-gamma sqrt(n-1)): a bound of what a partial sum of the b_n leaves out.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil, isqrt, log, pi, sin, sqrt

from flint import acb, arb, arb_mat

from theory.expansions.gaussian_means import ACTIVATIONS, gaussian_mean, mish_gate
from theory.numbers.balls import BITS_PER_DIGIT, Cannot, precision_bits, working_precision

STRIP = 0.9375  # share of the distance to the first pole
BOUND = log(STRIP / sin(pi * STRIP))  # log 1/c
MOST_WORK = 40_000_000  # nodes times coefficients


@dataclass(frozen=True, slots=True)
class Density:
    """D of one function, the distance p of its first pole, log C, and whether D is real, hence f odd but for a constant."""

    value: Callable[[arb], acb]
    pole: int
    log_bound: float
    real: bool


def _gate_density(w: arb) -> acb:
    phase, quarter = w * arb(2).log() / 2, arb.pi() * w / 4
    return -acb(phase.cos(), -phase.sin()) * acb(quarter.cosh(), quarter.sinh()) / (arb.pi() * w).sinh()


TANH = Density(lambda w: acb(-1 / (arb.pi() * w / 2).sinh()), 2, BOUND + log(2), True)
SIGMOID = Density(lambda w: acb(-1 / (arb.pi() * w).sinh()), 1, BOUND, True)
GATE = Density(_gate_density, 1, BOUND + log(2) * (1 + STRIP / 2), False)  # |exp(-i w L)| <= exp(S L), L = log(2)/2


def hermite_squares(activation: str, variance: arb, terms: int) -> list[arb]:
    """b_0, ..., b_{terms-1} of u -> s(sqrt(v) u) at the working precision, for a smooth activation s.

    Raises Cannot for a variance that is not certified to be positive, or would need too many nodes.

    >>> b = hermite_squares("tanh", arb(1), 4)
    >>> b[0].is_zero(), bool(0.36 < b[1] < 0.37)
    (True, True)
    """
    if not (variance > 0 and variance.is_finite()):
        raise Cannot(f"the Hermite coefficients of {activation}", "the variance is not certified to be positive")
    if activation in ("tanh", "sigmoid"):
        first, density = (arb(0), TANH) if activation == "tanh" else (arb(1) / 4, SIGMOID)
        return [first, *(c * c for c in _coefficients(density, variance, terms)[1:])]
    if activation == "softplus":
        mean = gaussian_mean(ACTIVATIONS[activation].value, variance)
        below = _coefficients(SIGMOID, variance, terms)
        return [mean * mean, variance / 4, *(variance * below[n - 1] ** 2 / n for n in range(2, terms))][:terms]
    gate = _coefficients(SIGMOID if activation == "silu" else GATE, variance, terms + 1)
    gate[0] = arb(1) / 2 if activation == "silu" else gaussian_mean(mish_gate, variance)
    return [variance * _times_u(gate, n) ** 2 for n in range(terms)]


def _times_u(c: Sequence[arb], n: int) -> arb:
    """The n-th coefficient of u times the function: u h_n = sqrt(n+1) h_(n+1) + sqrt(n) h_(n-1)."""
    above = arb(n + 1).sqrt() * c[n + 1]
    return above + arb(n).sqrt() * c[n - 1] if n else above


def _coefficients(density: Density, variance: arb, terms: int) -> list[arb]:
    """E[f(x) h_n(u)] for n = 1, ..., terms - 1, behind a place for n = 0."""
    digits = precision_bits() / BITS_PER_DIGIT
    with working_precision(ceil(digits), 8 + len(str(terms))):
        return _trapezoid(density, variance, max(terms, 2), digits)[:terms]


def _trapezoid(density: Density, v: arb, terms: int, digits: float) -> list[arb]:
    root, goal = v.sqrt(), digits * log(10) + 3
    height = min(STRIP * density.pole * float(root.lower()), sqrt(goal)) * (1 - 1e-9)
    inverse = ceil((goal + height**2 + density.log_bound) / (2 * pi * height))  # 1/h
    count = ceil((sqrt(terms) + sqrt(2 * goal)) * inverse) + 2
    if count * terms > MOST_WORK:
        raise Cannot(
            "the Hermite coefficients of an activation",
            f"{count} nodes for each of {terms} are needed; fewer digits or a variance nearer 1 may do",
        )
    nodes = [arb(2 * j + 1) / (2 * inverse) for j in range(count)]
    weights = [density.value(y / root) * ((-y * y / 2).exp() / (root * inverse)) for y in nodes]
    squares, half = [y * y for y in nodes], terms // 2 + 1
    odd = _power_sums(squares, [w.real * y for w, y in zip(weights, nodes, strict=True)], half)
    even = [arb(0)] * half if density.real else _power_sums(squares, [w.imag for w in weights], half)
    error = arb(0, _error(density, arb(height), arb(inverse), count, terms).upper())
    values, scale = [arb(0)], arb(1)
    for n in range(1, terms):
        scale = scale / arb(n).sqrt()
        if n % 2:  # Re(i^(n+1) D) = +- Re D
            values.append(odd[n // 2] * (scale if n % 4 == 3 else -scale) + error)
        elif density.real:
            values.append(arb(0))
        else:
            values.append(even[n // 2] * (scale if n % 4 == 2 else -scale) + error)
    return values


def _error(density: Density, height: arb, inverse: arb, count: int, terms: int) -> arb:
    """Of the rule with infinitely many nodes, and of those that are left out: each term less than the integral before it."""
    bound = arb(density.log_bound + 1e-12).exp()
    rule = bound * (height * height).exp() * (2 * arb.pi() * arb(1).exp()).sqrt()
    beyond = (arb(2 * count - 1) / 2) / inverse - arb(terms).sqrt()
    return rule / (2 * arb.pi() * height * inverse).expm1() + bound * (-beyond * beyond / 2).exp() / beyond


def _power_sums(points: Sequence[arb], weights: Sequence[arb], count: int) -> list[arb]:
    """sum_j w_j x_j^k for k < count: k = m g + b, a product of two small matrices."""
    babies = isqrt(count) + 1
    giants = count // babies + 1
    rows, powers = [], [arb(1)] * len(points)
    for _ in range(babies):
        rows += powers
        powers = [p * x for p, x in zip(powers, points, strict=True)]
    steps, row, tall = powers, list(weights), []
    for _ in range(giants):
        tall += row
        row = [r * s for r, s in zip(row, steps, strict=True)]
    product = arb_mat(giants, len(points), tall) * arb_mat(babies, len(points), rows).transpose()
    return [product[k // babies, k % babies] for k in range(count)]


RATES = {
    "tanh": (1, 2),
    "sigmoid": (1, 1),
    "softplus": (1, 1),
    "silu": (1, 1),
    "mish": (3, 4),
}  # gamma = pi sqrt(1/v) times
STEEP = 7  # gamma beyond which exp(gamma^2) makes the bound useless


def hermite_rest(activation: str, variance: arb, start: int, tangent: bool) -> arb | None:
    """A bound of sum_{n >= start} b_n, or (n+1) b_n; None where it would be too large to be of use.

    >>> squares = hermite_squares("silu", arb(1), 60)
    >>> bool(sum(squares[20:], arb(0)) < hermite_rest("silu", arb(1), 20, False))
    True
    """
    above, below = RATES[activation]
    root, product = variance.sqrt(), activation in ("silu", "mish")
    gamma, q = arb.pi() * above / below / root, int(product) + int(tangent)
    length = arb(start - 3)
    if start < 8 or not gamma < STEEP or not gamma * length.sqrt() > q:
        return None
    sine = arb.pi() / root / (2 if activation == "tanh" else 1)  # D = .../sinh(sine * y)
    size = (
        (2 * arb.pi()).sqrt() * (gamma * gamma / 2).exp() / root * (2 + 1 / sine) * (2 if activation == "mish" else 1)
    )
    factor = {"softplus": variance, "silu": 4 * variance, "mish": 4 * variance}.get(activation, arb(1))
    # b_n <= factor size^2 (n+1)^q exp(-2 gamma sqrt(m)), m = n - 2, and n + 1 <= 2m; the sum by the integral from m - 1.
    return factor * size * size * 2**q * _stretched_integral(2 * gamma, q, length)


def _stretched_integral(g: arb, q: int, low: arb) -> arb:
    """Int_low^oo x^q exp(-g sqrt(x)) dx = 2 Int u^(2q+1) exp(-g u) du, by parts."""
    u, total, term = low.sqrt(), arb(0), arb(1)
    for i in range(2 * q + 2):
        term = term * (2 * q + 2 - i) / g if i else 1 / g
        total += term * u ** (2 * q + 1 - i)
    return 2 * total * (-g * u).exp()
