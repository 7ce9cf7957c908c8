"""mu_0, ..., mu_K by quadrature in the angle, in double precision, with an estimate of the error.

    mu_k = Gamma((d+1)/2)/(sqrt(pi) Gamma(d/2)) * Integral_0^pi kappa(cos x) P_k(cos x) sin(x)^(d-1) dx

Panels are halved until kappa sin^(d-1) is resolved on each, wherever a root, a kink or a pole of the
kernel is; two Gauss rules on them, of different order, are compared degree by degree.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from scipy import special

from theory.kernels import Kernel
from theory.statements.falsifier.curve import curve
from theory.statements.falsifier.near import Unable

Array = np.ndarray
NODES, MORE = 20, 26
RADIANS = 14.0  # of P_k on one panel
STRIDE = 8  # degrees between two sums of absolute values
MAX_PANELS = 400
SMALLEST = 1e-14  # width of a panel
RESOLVED = 1e-15  # of the last Legendre coefficients times the width, relative to the whole
NOISE = 8e-15  # of the last Legendre coefficients, from rounding alone
EPSILON = 2.2e-16
BLOCKS = (20, 70, 264, 530, 1040)  # degrees computed at once


@lru_cache(maxsize=8)
def gauss(nodes: int) -> tuple[Array, Array]:
    """Nodes and weights of the Gauss-Legendre rule on [-1, 1]."""
    return special.roots_legendre(nodes)


@lru_cache(maxsize=1)
def _last_coefficients() -> Array:
    """Rows that take values at the nodes to the last four Legendre coefficients."""
    x, w = gauss(NODES)
    return np.array([(n + 0.5) * w * special.eval_legendre(n, x) for n in range(NODES - 4, NODES)])


def _integrand(kernel: Kernel, dim: int, theta: Array) -> Array:
    with np.errstate(all="ignore"):
        values = curve(kernel, theta) * np.sin(theta) ** (dim - 1)
    if not np.all(np.isfinite(values)):
        raise Unable("the kernel is not finite at a node")
    return values


@lru_cache(maxsize=256)
def panels(kernel: Kernel, dim: int) -> tuple[tuple[float, float], ...]:
    """(left end, width) of panels on [0, pi] on each of which kappa sin^(d-1) is a short Legendre sum.

    Raises Unable where too many are needed, as for a kernel that is not integrable.
    """
    x, w = gauss(NODES)
    open_ = np.array([[0.0, np.pi / 2], [np.pi / 2, np.pi / 2]])
    done: list[Array] = []
    size = 0.0
    while len(open_):
        if sum(map(len, done)) + len(open_) > MAX_PANELS:
            raise Unable("the kernel is not resolved")
        left, width = open_[:, :1], open_[:, 1:]
        values = _integrand(kernel, dim, left + width * (x + 1) / 2)
        size = max(size, float(np.sum(np.abs(values) @ w * width[:, 0] / 2)))
        tails = np.max(np.abs(values @ _last_coefficients().T), axis=1) * width[:, 0]
        noise = NOISE * np.maximum(np.abs(values).max(axis=1), size)
        good = tails <= RESOLVED * size + noise * width[:, 0]
        narrow = ~good & (width[:, 0] < SMALLEST)
        if np.any(tails[narrow] > 1e-12 * size):
            raise Unable("the kernel is not integrable, or close to it")
        done.append(open_[good | narrow])
        rest = open_[~(good | narrow)]
        half = rest[:, 1] / 2
        open_ = np.concatenate([np.stack([rest[:, 0], half], 1), np.stack([rest[:, 0] + half, half], 1)])
    whole = np.concatenate(done)
    return tuple((float(a), float(b)) for a, b in whole[np.argsort(whole[:, 0])])


def _refined(kernel: Kernel, dim: int, top: int) -> Array:
    parts = [
        (a + i * b / count, b / count)
        for a, b in panels(kernel, dim)
        for count in (max(1, int(np.ceil(b * (top + dim) / RADIANS))),)
        for i in range(count)
    ]
    return np.array(parts)


def _sums(kernel: Kernel, dim: int, top: int, nodes: int) -> tuple[Array, Array]:
    """Sums of w kappa P_k sin^(d-1) for k <= top, and of their absolute values."""
    x, w = gauss(nodes)
    refined = _refined(kernel, dim, top)
    theta = (refined[:, :1] + refined[:, 1:] * (x + 1) / 2).ravel()
    weight = (refined[:, 1:] * w / 2).ravel() * _integrand(kernel, dim, theta)
    t = np.cos(theta)
    sums, sizes = np.zeros(top + 1), np.zeros(top + 1)
    before, current = np.zeros_like(t), np.ones_like(t)
    size = np.abs(weight)
    for k in range(top + 1):
        sums[k] = np.sum(weight * current)  # pairwise, and on one core however long
        sizes[k] = sizes[k - 1] if k % STRIDE else np.sum(size * np.abs(current))
        if k == 0:
            before, current = current, t
        else:
            before, current = current, ((2 * k + dim - 1) * t * current - k * before) / (k + dim - 1)
    return sums, sizes


def block_of(degree: int) -> int:
    """The last degree that is computed along with this one. Raises Unable beyond all.

    >>> block_of(3), block_of(21)
    (20, 70)
    """
    found = next((top for top in BLOCKS if degree <= top), None)
    if found is None:
        raise Unable(f"quadrature of degree {degree}")
    return found


def price(top: int) -> int:
    """Units of work of one block on one sphere.

    >>> price(16) < price(1024)
    True
    """
    return 1_500 + 25 * top + top * top // 28


@lru_cache(maxsize=512)
def eigenvalues(kernel: Kernel, dim: int, top: int) -> tuple[Array, Array]:
    """(mu_0, ..., mu_top) and estimates of their errors.

    >>> mu, error = eigenvalues(__import__("theory.kernels").kernels.NTK(2), 2, 16)
    >>> bool(abs(mu[2] - 5 / 64) < error[2] < 1e-14)
    True
    """
    fewer, sizes = _sums(kernel, dim, top, NODES)
    more, _ = _sums(kernel, dim, top, MORE)
    factor = np.exp(special.gammaln((dim + 1) / 2) - special.gammaln(dim / 2)) / np.sqrt(np.pi)
    rounding = EPSILON * (4 + np.sqrt(np.arange(top + 1))) * sizes
    return factor * more, factor * (10 * np.abs(more - fewer) + rounding)
