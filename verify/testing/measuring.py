"""Tangent kernels of a user's networks at initialisation, one matrix for each parameter tensor.

    K_p(x, x') = < df(x)/dp, df(x')/dp >,   K = sum over the trainable tensors p

Of q outputs it is a matrix (n q, n q), the outputs of a point beside each other. A network that has no such kernel
(a forward pass that is random or mixes the points of a batch, values that are not finite) is refused in one line.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import ArrayLike
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm

from numerics.networks.user_networks import moved

MakeNetwork = Callable[[int, int], nn.Module]
NORM_ROUNDING = 1e-6  # points in float32 are accepted
BATCH_ROUNDING = 1e-4  # a point alone or in a batch: another order of summation, in float32


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """Tangent kernels of one width: ``kernels`` (seeds, tensors, n q, n q), one row of ``names`` a tensor.

    starts: variance times fan-in of each weight matrix when drawn, standard deviation of a vector. outputs: q.
    """

    width: int
    names: tuple[str, ...]
    shapes: tuple[tuple[int, ...], ...]
    kernels: np.ndarray
    starts: tuple[float, ...]
    outputs: int = 1

    @property
    def total(self) -> np.ndarray:
        """K of every seed: (seeds, n q, n q)."""
        return self.kernels.sum(axis=1)


def checked_points(points: ArrayLike | Tensor) -> Tensor:
    """Points (n, d) as float64, finite; rounded to unit vectors where all of them are nearly.

    >>> checked_points([[0.6, 0.8]]).shape
    torch.Size([1, 2])
    """
    rows = torch.as_tensor(getattr(points, "points", points), dtype=torch.float64)
    if rows.ndim != 2 or not len(rows) or not rows.shape[1]:
        raise ValueError(f"points (n, d) with n >= 1 and d >= 1 wanted, got shape {tuple(rows.shape)}")
    norms = rows.norm(dim=1)
    if not bool(norms.isfinite().all()):
        worst = int((~norms.isfinite()).nonzero()[0])
        raise ValueError(f"finite points wanted: point {worst} has norm {float(norms[worst]):.6g}")
    return rows / norms[:, None] if on_sphere(rows) else rows


def on_sphere(rows: Tensor) -> bool:
    """Whether every point is a unit vector, up to the rounding of float32.

    >>> on_sphere(torch.eye(2)), on_sphere(2 * torch.eye(2))
    (True, False)
    """
    return bool(((rows.norm(dim=1) - 1).abs() <= NORM_ROUNDING).all())


def measure(make_network: MakeNetwork, width: int, seeds: range, points: Tensor) -> Measured:
    """The kernels of the networks of these seeds at the points (n, d), of one number of outputs."""
    networks = (_checked(make_network, width, seed, points, first=seed == seeds[0]) for seed in seeds)
    names: tuple[str, ...] = ()
    shapes: tuple[tuple[int, ...], ...] = ()
    starts: tuple[float, ...] = ()
    kernels = []
    for network, rows in networks:
        parameters = {name: p for name, p in network.named_parameters() if p.requires_grad}
        if names and tuple(parameters) != names:
            raise ValueError(f"make_network({width}, seed) returns networks of different parameters")
        names, shapes = tuple(parameters), tuple(tuple(p.shape) for p in parameters.values())
        kernels.append(tangent_kernels(network, rows, list(parameters.values())))
        starts = starts or tuple(_start(p.detach().double()) for p in parameters.values())
    if len({one.shape for one in kernels}) > 1:
        raise ValueError(f"make_network({width}, seed) returns networks of different numbers of outputs")
    found = np.stack(kernels)
    if len(found) > 1 and not np.ptp(found, axis=0).any():
        raise ValueError(f"make_network({width}, seed) ignores its seed: every network has the same kernel")
    return Measured(width, names, shapes, found, starts, found.shape[-1] // len(points))


def tangent_kernels(network: nn.Module, points: Tensor, parameters: list[Tensor]) -> np.ndarray:
    """K_p for every parameter tensor p: (tensors, n q, n q) in float64.

    One backward pass a point and output, which any module allows, custom autograd functions included.
    """
    outputs = network(points).reshape(-1)
    gradients = []
    for output in outputs:
        row = torch.autograd.grad(output, parameters, retain_graph=True, allow_unused=True)
        gradients.append([torch.zeros_like(p) if g is None else g for g, p in zip(row, parameters)])
    stacked = (torch.stack([g.flatten() for g in column]).double() for column in zip(*gradients))
    kernels = np.stack([(g @ g.T).numpy() for g in stacked])
    if not np.isfinite(kernels).all():
        raise ValueError("the gradients of the network are not finite")
    return kernels


def called(make_network: MakeNetwork, width: int, seed: int) -> nn.Module:
    """The network of a width and a seed; ValueError where that is no function or makes no module."""
    how = "make_network must be a function (width, seed) -> torch.nn.Module"
    if isinstance(make_network, nn.Module):
        raise ValueError(f"{how}, got one module, {type(make_network).__name__}: every seed needs its own")
    if not callable(make_network):
        raise ValueError(f"{how}, got {type(make_network).__name__}")
    network = make_network(width, seed)
    if not isinstance(network, nn.Module):
        raise ValueError(f"make_network(width, seed) must return a torch.nn.Module, got {type(network).__name__}")
    return network


def _checked(make_network: MakeNetwork, width: int, seed: int, points: Tensor, first: bool) -> tuple[nn.Module, Tensor]:
    """A network and the points in its dtype and on its device."""
    network = called(make_network, width, seed)
    parameters = [p for p in network.parameters() if p.requires_grad]
    if not parameters:
        raise ValueError("the network has no trainable parameter, hence no tangent kernel")
    for name, module in network.named_modules():
        if isinstance(module, _BatchNorm) and (module.training or not module.track_running_stats):
            raise ValueError(f"{name or 'the network'} normalises over the batch: call .eval() on the network first")
    rows = points.to(parameters[0])
    _check_outputs(network, rows, thorough=first)
    return network, rows


def _check_outputs(network: nn.Module, rows: Tensor, thorough: bool) -> None:
    with torch.no_grad():
        try:
            values = network(rows)
        except RuntimeError as error:
            why = " ".join(str(error).split())[:200]
            raise ValueError(
                f"the network does not take points of R^{rows.shape[1]}, (n, {rows.shape[1]}): {why}"
            ) from None
        if values.ndim not in (1, 2) or values.shape[:1] != (len(rows),) or not values.numel():
            raise ValueError(f"an output (n,) or (n, q) wanted, got {tuple(values.shape)} for n = {len(rows)}")
        if not bool(values.isfinite().all()):
            raise ValueError("the outputs of the network are not finite")
        if not torch.equal(values, network(rows)):
            raise ValueError(
                "the forward pass is random (dropout in training mode?): call .eval() on the network first"
            )
        if thorough and len(rows) > 1:
            other = moved(network)
            together, alone = other(rows), other(rows[:1])
            off = (alone.reshape(-1) - together[:1].reshape(-1)).abs().max()
            if not float(off) <= BATCH_ROUNDING * float(together.abs().max()):
                raise ValueError("the output at a point depends on the other points of its batch")


def _start(parameter: Tensor) -> float:
    if parameter.ndim < 2:
        return float(parameter.square().mean().sqrt())
    return float(parameter.var() * parameter[0].numel())
