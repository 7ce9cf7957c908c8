"""Hypothesis strategies for the objects of the field: exact kernels, dimensions, degrees, networks, points.

Ranges are keyword arguments, ends included; what is drawn shrinks towards the simplest object.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import partial

import torch
from hypothesis import strategies as st
from torch import nn

from numerics.data.points import PointSet, uniform_sphere
from numerics.networks.two_layer import TwoLayer, initialise
from theory.kernels import NNGP, NTK, ArcCosine, Kernel
from verify.testing.networks import TangentStack

Strategy = st.SearchStrategy


def dims(least: int = 1, most: int = 12) -> Strategy[int]:
    """d of the sphere S^d."""
    return st.integers(least, most)


def degrees(least: int = 0, most: int = 60) -> Strategy[int]:
    """Degrees k of harmonics."""
    return st.integers(least, most)


def digits(least: int = 1, most: int = 60) -> Strategy[int]:
    """Numbers of significant digits."""
    return st.integers(least, most)


def rationals(most: int = 8) -> Strategy[Fraction]:
    """Positive rationals p/q with p, q <= ``most``."""
    return st.builds(Fraction, st.integers(1, most), st.integers(1, most))


def layer_scales(depth: int = 2) -> Strategy[tuple[Fraction, ...]]:
    """Positive weights s_1, ..., s_L of the layers of a tangent kernel."""
    return st.tuples(*[rationals()] * depth)


def tangent_kernels(depth: int = 2, bias: bool = False) -> Strategy[NTK]:
    """NTK of one depth with any positive layer scales."""
    return st.builds(lambda scales: NTK(depth, scales, bias), layer_scales(depth))


def shallow_kernels() -> Strategy[Kernel]:
    """Kernels of one hidden ReLU layer, or of its derivative, without bias: all have closed forms."""
    return st.one_of(st.just(ArcCosine(0)), st.just(ArcCosine(1)), st.just(NNGP(2)), tangent_kernels())


def kernels(most_depth: int = 4) -> Strategy[Kernel]:
    """Shallow and deep kernels, and sums and multiples of them."""
    deep = st.integers(2, most_depth).flatmap(
        lambda depth: st.one_of(st.just(NNGP(depth)), tangent_kernels(depth), tangent_kernels(depth, bias=True))
    )
    single = st.one_of(shallow_kernels(), deep)
    sums, multiples = st.builds(Kernel.__add__, single, single), st.builds(Kernel.__rmul__, single, rationals())
    return st.one_of(single, sums, multiples)


def seeds() -> Strategy[int]:
    """Seeds of a random generator."""
    return st.integers(0, 2**31 - 1)


def widths(least: int = 1, most: int = 512) -> Strategy[int]:
    """Numbers of hidden units."""
    return st.integers(least, most)


def points(dim: int, least: int = 2, most: int = 20) -> Strategy[PointSet]:
    """Independent uniform points on S^d with equal weights; a number and a seed are drawn."""
    return st.builds(lambda n, seed: uniform_sphere(dim, n, _generator(seed)), st.integers(least, most), seeds())


def networks(dim: int, least: int = 1, most: int = 512) -> Strategy[TwoLayer]:
    """Two-layer networks of Cao et al. at initialisation, without doubling."""
    return st.builds(
        lambda m, seed: initialise(dim, m, _generator(seed), antisymmetric=False), widths(least, most), seeds()
    )


def architectures(most_depth: int = 3) -> Strategy[tuple[Callable[[int, int, int], nn.Module], NTK]]:
    """(make, kernel): torch networks make(dim, width, seed) and their limit, any depth, scales, bias."""

    def built(kernel: NTK) -> tuple[Callable[[int, int, int], nn.Module], NTK]:
        scales = tuple(map(float, kernel.scales))
        return partial(_stack, scales=scales, bias=kernel.bias), kernel

    layered = st.integers(2, most_depth).flatmap(
        lambda depth: st.one_of(tangent_kernels(depth), tangent_kernels(depth, bias=True))
    )
    return layered.map(built)


def _stack(dim: int, width: int, seed: int, scales: tuple[float, ...], bias: bool) -> nn.Module:
    return TangentStack(dim, width, seed, scales, bias)


def _generator(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)
