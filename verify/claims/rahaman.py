"""Rahaman et al. 2019: On the Spectral Bias of Neural Networks; the formulas alone.

Their transform is the integral of f(x) exp(-i k.x); their d is the dimension of x.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from itertools import product

import numpy as np
from flint import arb

from theory.numbers.balls import ball
from theory.numbers.truth import Evidence, Truth
from verify.claims.points import Formula, hold_against
from verify.findings.claim import Claim, Context, Finding, Procedure, Said, Source


def source(place: str) -> Source:
    """A place in the paper."""
    return Source("Rahaman et al.", 2019, place, "1806.08734")


def hat_by_lemma(k: int, sign: int = 1) -> arb:
    """sign i sum_eps (W_eps . k/k^2) 1~_eps(k) for the hat max(0, 1-|x|): slopes 1, -1 on [-1, 0], [0, 1].

    The sum over pieces is (2 cos k - 2)/(i k): the lemma's value is sign (2 cos k - 2)/k^2.
    """
    return sign * (2 * ball(k).cos() - 2) / k**2


def fourier_lemma(context: Context, printed: Formula = hat_by_lemma) -> Finding:
    """The printed lemma on the hat function, whose transform is (2 sin(k/2)/k)^2."""
    return hold_against(
        ("k",),
        [(k,) for k in range(1, 13)],
        printed,
        lambda k: (2 * (ball(k) / 2).sin() / k) ** 2,
        "printed lemma on the hat function with the square of a box's transform",
        ("lemma 1", "convolution theorem"),
        lambda k: hat_by_lemma(k, -1),
        "-i in place of +i",
    )


GENERIC, ACROSS_FACES = ((1.0, 2.0), (5.0, 2.0)), ((1.0, 0.0), (1.0, 1.0))
WINDOWS = (256, 512)
MARGIN = 0.1  # of an exponent; the exponents compared are 1 apart


def hat_transform(k: np.ndarray) -> np.ndarray:
    """Of max(0, 1-|x|): (2 sin(k/2)/k)^2."""
    return (2 * np.sin(k / 2) / k) ** 2


def pyramid_transform(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Of max(0, 1-|x|-|y|): 4 (a sin b - b sin a)/(a b (a^2 - b^2)), its limits at b = 0 and a = b.

    So |transform| <= 4(|a|+|b|)/|a b (a^2-b^2)| = O(k^-3) off the four normals of its faces.
    """
    if np.all(b == 0):
        return 4 * (a - np.sin(a)) / a**3
    if np.all(a == b):
        return 2 * (np.sin(a) - a * np.cos(a)) / a**3
    return 4 * (a * np.sin(b) - b * np.sin(a)) / (a * b * (a**2 - b**2))


def _along(p: float, q: float, k: np.ndarray) -> np.ndarray:
    return pyramid_transform(p * k, q * k)


def pyramid_by_quadrature(a: float, b: float, nodes: int = 60) -> float:
    """4 times the integral of (1-x-y) cos(a x) cos(b y) over the triangle, Gauss-Legendre after Duffy."""
    z, w = np.polynomial.legendre.leggauss(nodes)
    u, w = (z + 1) / 2, w / 2
    x, y = u[:, None], (1 - u[:, None]) * u[None, :]
    return float(4 * w @ ((1 - x - y) * np.cos(a * x) * np.cos(b * y) * (1 - x)) @ w)


def falls_as(transform: Callable[[np.ndarray], np.ndarray]) -> float:
    """-log2 of the quotient of the largest values on [K, 2K], K each of WINDOWS."""
    tops = [np.abs(transform(np.linspace(start, 2 * start, 20_000))).max() for start in WINDOWS]
    return float(np.log2(tops[0] / tops[1]))


def fourier_decay(context: Context, shift: int = 1, faces: int = 2) -> Finding:
    """|transform| of order k^-(d+shift) in generic directions, k^-faces across faces, d = 1, 2."""
    compared = "exponents of the largest values on [256, 512] and [512, 1024]"
    routes = ("closed form", "quadrature")
    for a, b in ((3.0, 1.0), (1.0, 7.0), (11.0, 4.0)):
        error = abs(pyramid_by_quadrature(a, b) - pyramid_transform(np.array(a), np.array(b)))
        if error > 1e-12:
            raise ArithmeticError(f"the transform at ({a}, {b}) misses the quadrature by {error}")
    cases = [("d = 1", hat_transform, 1 + shift)]
    for directions, wanted in ((GENERIC, 2 + shift), (ACROSS_FACES, faces)):
        cases += [(f"d = 2 along ({p:g}, {q:g})", partial(_along, p, q), wanted) for p, q in directions]
    found = {name: falls_as(transform) for name, transform, _ in cases}
    for name, _, wanted in cases:
        if abs(found[name] - wanted) > MARGIN:
            why = f"{name}: k^-{found[name]:.3f}, not k^-{wanted}"
            return Finding(Truth.FAILS, Evidence.CHECKED, compared, why, routes, {"where": name, "law": why})
    return Finding(
        Truth.HOLDS,
        Evidence.CHECKED,
        compared,
        "; ".join(f"{name}: k^-{value:.3f}" for name, value in found.items()),
        routes,
        scope="the hat on the line, the pyramid on the plane",
    )


Weights = tuple[np.ndarray, ...]


def networks(seed: int) -> Iterator[tuple[str, Weights]]:
    """Small networks: random ones, and some that attain the bound."""
    generator = np.random.default_rng(seed)
    for index in range(5):
        shapes = ((4, 3), (4, 4), (1, 4))
        yield f"random {index}", tuple(generator.normal(size=shape) for shape in shapes)
    yield "multiples of the identity", (2 * np.eye(3), 2 * np.eye(3), 2 * np.eye(3))
    yield "all ones", (np.ones((3, 3)), np.ones((3, 3)), np.ones((1, 3)))
    yield "a shift", (np.eye(2), np.array([[0.0, 1.0], [0.0, 0.0]]), np.eye(2))


def lipschitz(weights: Weights) -> float:
    """The largest slope over all gates of the hidden units, so at all inputs and biases."""
    largest = 0.0
    for gates in product(*(product((0.0, 1.0), repeat=len(w)) for w in weights[:-1])):
        slope = weights[0]
        for gate, w in zip(gates, weights[1:], strict=True):
            slope = w @ (np.array(gate)[:, None] * slope)
        largest = max(largest, float(np.linalg.norm(slope, 2)))
    return largest


def spectral_product(weights: Weights) -> float:
    """The product of the spectral norms."""
    return float(np.prod([np.linalg.norm(w, 2) for w in weights]))


def norm_bound(context: Context, printed: Callable[[Weights], float] = spectral_product) -> Finding:
    """No slope is larger than the product: each gate has norm at most 1, and norms of products multiply."""
    compared = "product of spectral norms with the largest slope over all gates"
    routes = ("singular values of the layers", "every pattern of gates")
    quotients = []
    for name, weights in networks(context.seed):
        slope, bound = lipschitz(weights), printed(weights)
        if slope > bound * (1 + 1e-12) + 1e-12:
            why = f"{name}: slope {slope:.6g}, bound {bound:.6g}"
            return Finding(
                Truth.FAILS,
                Evidence.CHECKED,
                compared,
                why,
                routes,
                {"network": name, "left": f"{slope:.6g}", "right": f"{bound:.6g}"},
            )
        quotients.append(slope / bound)
    return Finding(
        Truth.HOLDS,
        Evidence.CHECKED,
        compared,
        f"slope/bound from {min(quotients):.3f} to {max(quotients):.3f}",
        routes,
        scope=f"{len(quotients)} networks of three layers, all inputs and biases",
    )


# Wrong forms of the lemma, by the slip; each must fail.
TWINS = {
    "rahaman-lemma": {
        name: partial(fourier_lemma, printed=wrong)
        for name, wrong in {
            "factor 2": lambda k: 2 * hat_by_lemma(k, -1),
            "frequency shifted": lambda k: hat_by_lemma(k + 1, -1),
            "1/k in place of 1/k^2": lambda k: k * hat_by_lemma(k, -1),
            "unitary normalisation": lambda k: hat_by_lemma(k, -1) / (2 * arb.pi()).sqrt(),
        }.items()
    },
    "rahaman-decay": {
        "k^-d": partial(fourier_decay, shift=0),
        "k^-(d+2)": partial(fourier_decay, shift=2),
        "k^-1 across faces": partial(fourier_decay, faces=1),
        "k^-3 across faces": partial(fourier_decay, faces=3),
    },
    "rahaman-norm": {
        name: partial(norm_bound, printed=wrong)
        for name, wrong in {
            "factor 1/2": lambda weights: spectral_product(weights) / 2,
            "one layer left out": lambda weights: spectral_product(weights[:-1]),
            "largest entries": lambda weights: float(np.prod([np.abs(w).max() for w in weights])),
            "spectral radius": lambda weights: float(
                np.prod(
                    [
                        max(abs(np.linalg.eigvals(w))) if len(w) == w.shape[1] else spectral_product((w,))
                        for w in weights
                    ]
                )
            ),
        }.items()
    },
}

CLAIMS = (
    Claim(
        "rahaman-lemma",
        source("lemma 1, eq. 4"),
        "read",
        r"\tilde f(k) = i \sum_\epsilon \frac{W_\epsilon \cdot k}{k^2}\, \tilde 1_{P_\epsilon}(k)",
        procedure=Procedure(fourier_lemma, TWINS["rahaman-lemma"]),
        note="The modulus, which the theorem uses, is as printed.",
    ),
    Claim(
        "rahaman-decay",
        source("theorem 1 and section 2.2"),
        "read",
        r"|\tilde f(k)| = O(k^{-d-1}) \text{ for almost every direction},\ O(k^{-2}) \text{ across faces}",
        procedure=Procedure(fourier_decay, TWINS["rahaman-decay"]),
        note="For the hat and the pyramid; the bound off the faces' normals is proved in `pyramid_transform`.",
    ),
    Claim(
        "rahaman-norm",
        source("eq. 7"),
        "read",
        r"L_f \le \prod_k \|W^{(k)}\|",
        procedure=Procedure(norm_bound, TWINS["rahaman-norm"]),
    ),
    Claim(
        "rahaman-inversion",
        source("section 2.2, first display"),
        "read",
        r"f(x) = (2\pi)^{d/2} \int \tilde f(k) e^{ik\cdot x} dk",
        (Said("(2*pi)**(d/2)*(2*pi)**d = 1"),),
        corrected=(Said("(2*pi)**(-d)*(2*pi)**d = 1"),),
        note="At x = 0 for f = exp(-|x|^2/2): the transform is (2 pi)^(d/2) f and integrates to (2 pi)^d.",
    ),
)
