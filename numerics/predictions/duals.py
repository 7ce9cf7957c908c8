"""Duals of activations: E[f(u) g(v)] for Gaussian (u, v) of any covariance, and for sums of other independent laws.

    E[f g] = sqrt(ab)/2 ((p p' + q q') k1(t) + (p q' + q p') k1(-t)),
    E[f' g'] = 1/2 ((p p' + q q') k0(t) - (p q' + q p') k0(-t)),    t = c/sqrt(ab),

for f = p max(u, 0) + q max(-u, 0), g likewise, Var u = a, Var v = b, Cov = c (Cho and Saul 2009). Anything else by
quadrature, first over u, then over v given u, in panels that end where f and g may have kinks; its error is estimated
from two numbers of panels. Where a law is not Gaussian, by randomised quasi-Monte Carlo with its standard error.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from scipy import stats
from torch import Tensor

from numerics.networks.architectures import Elementwise

REACH = 12.0  # standard deviations
ORDER = 12  # of Gauss-Legendre on one panel
PANELS = (3, 6, 12)  # of each piece between kinks, until two agree
AGREED = 1e-10
DRAWS, SCRAMBLES = 2**15, 16
MOST_NUMBERS = 2**24  # of one scramble: fewer draws of many numbers each
SOBOL_DIMENSIONS = 21_201  # that torch has; beyond, independent numbers
SOBOL_BITS = 2.0**-26  # relative: torch's points are multiples of 2^-30, all rounded to one side
QUANTILE = float(stats.t.isf(0.5e-6, SCRAMBLES - 1))  # of the error of a mean over scrambles, at a rate of 1e-6
NODES, WEIGHTS = (torch.from_numpy(part) for part in np.polynomial.legendre.leggauss(ORDER))


@dataclass(frozen=True, slots=True, eq=False)
class Dual:
    """E[f f'] and E[slopes], matrices (n, n) each, and how far they may be off (estimated, or at a rate of 1e-6)."""

    values: np.ndarray
    slopes: np.ndarray
    error: float = 0.0


def half_line_dual(
    first: tuple[float, float], second: tuple[float, float], a: np.ndarray, b: np.ndarray, c: np.ndarray, same: bool
) -> Dual:
    """The closed form; a: Var u (n,), b: Var v (n,), c: Cov (n, n). same: u and v are one field, angle 0 on the diagonal.

    >>> one = np.ones(1)
    >>> relu = half_line_dual((1, 0), (1, 0), one, one, np.ones((1, 1)), True)
    >>> relu.values.item(), relu.slopes.item()
    (0.5, 0.5)
    """
    root = np.sqrt(np.outer(a, b))
    if not (root > 0).all():
        raise ValueError("a layer starts at zero at some point, where the slope of its activation is not defined")
    cosine = np.clip(c / root, -1, 1)
    if same:
        np.fill_diagonal(cosine, 1.0)
    angle = np.arccos(cosine)
    k1 = (np.sin(angle) + (math.pi - angle) * cosine) / math.pi
    k0 = 1 - angle / math.pi
    (p, q), (r, s) = first, second
    like, unlike = p * r + q * s, p * s + q * r
    return Dual(root / 2 * (like * k1 + unlike * (k1 - cosine)), (like * k0 - unlike * (1 - k0)) / 2)


def gaussian_dual(f: Elementwise, g: Elementwise, a: np.ndarray, b: np.ndarray, c: np.ndarray, same: bool) -> Dual:
    """E[f(u_i) g(v_j)] and E[f'(u_i) g'(v_j)] for every pair of points.

    >>> erf = Elementwise(torch.ops.aten.erf, (Elementwise(),))
    >>> one = np.ones(1)
    >>> found = gaussian_dual(erf, erf, one, one, np.full((1, 1), 0.5), False).values.item()
    >>> abs(found - 2 / math.pi * math.asin(1 / 3)) < 1e-12
    True
    """
    lines = f.half_lines(), g.half_lines()
    if lines[0] is not None and lines[1] is not None:
        return half_line_dual(lines[0], lines[1], a, b, c, same)
    for function, variance in ((f, a), (g, b)):
        if function.half_lines() not in (None, (1.0, -1.0)) and not (variance > 0).all():
            raise ValueError("a layer starts at zero at some point, where the slope of its activation is not defined")
    values, slopes = np.empty_like(c), np.empty_like(c)
    error = 0.0
    for i, j in np.ndindex(*c.shape):
        if same and f == g and j < i:
            values[i, j], slopes[i, j] = values[j, i], slopes[j, i]
            continue
        (values[i, j], off), (slopes[i, j], also) = (
            _settled(one, f, other, g, float(a[i]), float(b[j]), float(c[i, j]))
            for one, other in ((f, g), (f.slope, g.slope))
        )
        error = max(error, off, also)
    return Dual(values, slopes, error)


Function = Callable[[Tensor], Tensor]


def _settled(
    one: Function, f: Elementwise, other: Function, g: Elementwise, a: float, b: float, c: float
) -> tuple[float, float]:
    """The expectation, and by how much the last two numbers of panels differ."""
    found = [math.inf]
    for panels in PANELS:
        found.append(_expectation(one, other, a, b, c, _kinks(f), _kinks(g), panels))
        if abs(found[-1] - found[-2]) <= AGREED * max(1.0, abs(found[-1])):
            break
    if not math.isfinite(found[-1]):
        raise ValueError(f"{f} has no second moment here")
    return found[-1], abs(found[-1] - found[-2])


def _kinks(function: Elementwise) -> Tensor:
    numbers = {0.0} | {sign * one for one in function.numbers() for sign in (1, -1)}
    return torch.tensor(sorted(numbers), dtype=torch.float64)


def _expectation(
    f: Function, g: Function, a: float, b: float, c: float, kinks: Tensor, others: Tensor, panels: int
) -> float:
    root = math.sqrt(max(a, 0.0))
    nodes, weights = _pieces(kinks[None] / root if root else kinks[None] * 0, panels)
    outer, outer_weights = nodes[0], weights[0]
    centre = c / root * outer if root else 0 * outer  # of v given u
    spread = math.sqrt(max(b - (c / root) ** 2, 0.0)) if root else math.sqrt(max(b, 0.0))
    if spread <= 1e-8 * math.sqrt(max(b, 0.0)) or not spread:
        inner = g(centre)
    else:
        z, w = _pieces((others[None] - centre[:, None]) / spread, panels)
        inner = (w * g(centre[:, None] + spread * z)).sum(1)
    return float((outer_weights * f(root * outer) * inner).sum())


def _pieces(breaks: Tensor, panels: int) -> tuple[Tensor, Tensor]:
    """Nodes and weights of the standard normal law between breaks (rows, pieces - 1): two (rows, nodes)."""
    rows = len(breaks)
    ends = torch.full((rows, 1), REACH, dtype=torch.float64)
    edges = torch.cat([-ends, breaks.nan_to_num(0.0).clamp(-REACH, REACH), ends], dim=1)
    lengths = edges.diff(dim=1) / panels  # (rows, pieces)
    starts = edges[:, :-1, None] + lengths[..., None] * torch.arange(panels, dtype=torch.float64)
    nodes = starts[..., None] + lengths[..., None, None] * (1 + NODES) / 2
    weights = lengths[..., None, None] / 2 * WEIGHTS * torch.exp(-(nodes**2) / 2) / math.sqrt(2 * math.pi)
    return nodes.reshape(rows, -1), weights.reshape(rows, -1)


@dataclass(frozen=True, slots=True, eq=False)
class Noise:
    """A source that is not Gaussian at finitely many inputs, or one that is: values (n,) from numbers in (0, 1)."""

    numbers: int
    values: Callable[[Tensor], Tensor]  # (draws, numbers) -> (draws, n)


Fields = tuple[Sequence[float], Sequence[float]]  # factors of the sources in both fields


def sampled_dual(f: Elementwise, g: Elementwise, noises: Sequence[Noise], factors: Fields) -> Dual:
    """The same for fields that are sums of the same independent sources with these factors, by Sobol points.

    >>> uniform = Noise(1, lambda shares: 2 * shares - 1)
    >>> identity = Elementwise()
    >>> found = sampled_dual(identity, identity, [uniform], ([1.0], [1.0]))
    >>> abs(found.values.item() - 1 / 3) <= found.error < 1e-3
    True
    """
    sizes = [noise.numbers for noise in noises]
    each = []
    for scramble in range(SCRAMBLES):
        shares = _shares(sum(sizes), scramble).clamp(1e-12, 1 - 1e-12).split(sizes, dim=1)
        drawn = [noise.values(one) for noise, one in zip(noises, shares)]
        u, v = (sum((c * one for c, one in zip(row, drawn)), torch.zeros_like(drawn[0])) for row in factors)
        pair = (f(u).T @ g(v), f.slope(u).T @ g.slope(v))
        each.append(torch.stack(pair) / len(u))
    found = torch.stack(each).numpy()  # (scrambles, 2, n, n)
    error = QUANTILE * found.std(axis=0, ddof=1).max() / math.sqrt(SCRAMBLES) + SOBOL_BITS * np.abs(found).max()
    values, slopes = found.mean(axis=0)
    return Dual(values, slopes, float(error))


def _shares(dimensions: int, scramble: int) -> Tensor:
    """Numbers in (0, 1), evenly spread: (draws, dimensions)."""
    draws = min(DRAWS, 2 ** max(6, (MOST_NUMBERS // dimensions).bit_length() - 1))
    if dimensions > SOBOL_DIMENSIONS:
        generator = torch.Generator().manual_seed(scramble)
        return torch.rand(draws, dimensions, dtype=torch.float64, generator=generator)
    engine = torch.quasirandom.SobolEngine(dimensions, scramble=True, seed=scramble)
    return engine.draw(draws, dtype=torch.float64)
