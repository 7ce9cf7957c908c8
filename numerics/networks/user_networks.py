"""A user's network from `FILE.py:NAME`, refused before any work where it has no tangent kernel or does not fit.

NAME is a function make(seed) -> torch.nn.Module. The file is run because the user named it; nothing else of theirs is.
"""

from __future__ import annotations

import copy
import os
import sys
from collections.abc import Callable
from contextlib import redirect_stdout
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm
from torch.nn.modules.dropout import _DropoutNd
from torch.nn.parameter import UninitializedParameter

from numerics.networks.tangent_kernels import empirical_kernel, kernel_product
from numerics.networks.user_modules import ALLOWED, named_in_file

MakeNetwork = Callable[[int], nn.Module]
COPIES = 5  # of the parameters: the module, theta_0, a gradient, a tangent, what a pass makes
ALONE = 32  # points whose output is looked at alone, too
BATCH_ROUNDING = 1e-4  # a point alone or in a batch: another order of summation, in float32


def load_make(text: str) -> MakeNetwork:
    """The function of "FILE.py:NAME"; ValueError in one line where there is none.

    >>> load_make("net.py")
    Traceback (most recent call last):
    ValueError: network: 'net.py' names no function, allowed: FILE.py:NAME, ...
    """
    try:
        found, name = named_in_file(text)
    except ValueError as error:
        raise ValueError(f"network: {error}") from None
    if isinstance(found, nn.Module) or not callable(found):
        raise ValueError(f"network: {name} is no function but {type(found).__name__}, {ALLOWED}")
    return found


def memory() -> int:
    """Bytes that this machine holds."""
    return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")


def made(make: MakeNetwork, seed: int) -> nn.Module:
    """make(seed), with torch's own generator at that seed; ValueError where it makes no module, or one too large.

    The module is made without its numbers first (on torch's meta device), where it allows that, so that one beyond
    this machine's memory is refused before it starts.

    >>> made(lambda seed: nn.Linear(2, 1), 0)
    Linear(in_features=2, out_features=1, bias=True)
    """
    try:
        with torch.device("meta"), redirect_stdout(sys.stderr):
            _refuse_large(_called(make, seed))
    except _TooLarge as error:
        raise ValueError(str(error)) from None
    except Exception:
        pass  # what draws from a generator of the cpu cannot be made so, and is looked at when it is there
    with redirect_stdout(sys.stderr):
        network = _called(make, seed)
    try:
        _refuse_large(network)
    except _TooLarge as error:
        raise ValueError(str(error)) from None
    return network


class _TooLarge(Exception):
    pass


def _called(make: MakeNetwork, seed: int) -> nn.Module:
    torch.manual_seed(seed)
    try:
        network = make(seed)
    except Exception as error:
        raise ValueError(f"network: make({seed}) fails: {type(error).__name__}: {error}") from None
    if not isinstance(network, nn.Module):
        raise ValueError(f"network: make(seed) must return a torch.nn.Module, got {type(network).__name__}")
    return network


def _refuse_large(network: nn.Module) -> None:
    size = sum(p.numel() for p in network.parameters() if not isinstance(p, UninitializedParameter))
    needed, held = COPIES * 4 * size, memory()
    if needed > held:
        raise _TooLarge(
            f"network: {size} parameters need {needed / 2**30:.0f} GiB ({COPIES} copies), allowed: "
            f"at most {held // (4 * COPIES)}, which fit into the {held / 2**30:.0f} GiB here"
        )


def prepared(network: nn.Module, points: Tensor, double: bool = True) -> tuple[nn.Module, Tensor]:
    """The network and the points, checked to have a tangent kernel; in float64 if ``double`` and it takes that, else in its dtype.

    Refused by a ValueError of one line: nothing to train, values that are random, mix the points of a batch, or are
    not finite, Dropout in training mode and BatchNorm (`.eval()` in make, or none), points of another shape.

    >>> prepared(nn.Linear(2, 1), torch.zeros(3, 2))[1].dtype
    torch.float64
    >>> prepared(nn.Sequential(nn.Linear(2, 1), nn.Dropout()), torch.zeros(3, 2))
    Traceback (most recent call last):
    ValueError: network: 1 (Dropout) is random in training mode: call .eval() on it in make, or leave it out
    """
    parameters = [p for p in network.parameters() if p.requires_grad]
    if not parameters:
        raise ValueError("network: it has no trained parameter, hence no tangent kernel")
    for name, part in network.named_modules():
        label = f"network: {name or 'it'} ({type(part).__name__})"
        if isinstance(part, _DropoutNd) and part.training and part.p > 0:
            raise ValueError(f"{label} is random in training mode: call .eval() on it in make, or leave it out")
        if isinstance(part, _BatchNorm) and (part.training or not part.track_running_stats):
            raise ValueError(
                f"{label} normalises over the batch, so that a point has no output of its own: allowed: in .eval() mode"
            )
    if any(isinstance(p, UninitializedParameter) for p in network.parameters()):
        raise ValueError("network: a lazy module has no parameters yet: call it on a point in make")
    if any(not p.is_floating_point() or not bool(p.isfinite().all()) for p in network.parameters()):
        raise ValueError("network: its parameters are not finite real numbers")
    chosen, rows = network, points.to(parameters[0])
    if double:
        finer = copy.deepcopy(network).double()
        try:
            finer(points[:2].double())
            chosen, rows = finer, points.double()
        except Exception:
            pass  # a forward pass that makes float32 of its own; another fault shows below, too
    _check_outputs(chosen, rows)
    return chosen, rows


def _check_outputs(network: nn.Module, rows: Tensor) -> None:
    few = rows[:ALONE]
    with torch.no_grad():
        try:
            values, again = network(few), network(few)
            other = moved(network)
            together, alone = other(few), [other(row[None])[0] for row in few]
        except Exception as error:
            shape = tuple(rows.shape[1:])
            raise ValueError(f"network: it does not take points of shape {shape}, (n, ...): {_short(error)}") from None
    if not isinstance(values, Tensor) or values.ndim not in (1, 2) or len(values) != len(few):
        shown = tuple(values.shape) if isinstance(values, Tensor) else type(values).__name__
        raise ValueError(f"network: output (n,) or (n, q) wanted, got {shown} for n = {len(few)}")
    if not bool(values.isfinite().all()):
        raise ValueError("network: its outputs are not finite")
    if not torch.equal(values, again):
        raise ValueError("network: its forward pass is random, allowed: a deterministic one")
    scale = float(together.abs().max())
    if not float((torch.stack(alone) - together).abs().max()) <= BATCH_ROUNDING * scale:
        raise ValueError("network: the output at a point depends on the other points of its batch")


def moved(network: nn.Module) -> nn.Module:
    """The network at other parameters: at its own its outputs may cancel to 0, and rounding would be all that is seen.

    >>> network = nn.Linear(2, 1)
    >>> bool((moved(network).weight != network.weight).all())
    True
    """
    other, draw = copy.deepcopy(network), torch.Generator().manual_seed(0)
    with torch.no_grad():
        for p in other.parameters():
            size = float(p.square().mean().sqrt()) or 1.0
            p.add_(torch.randn(p.shape, generator=draw).to(p), alpha=0.1 * size)
    return other


def _short(error: Exception) -> str:
    return f"{type(error).__name__}: {' '.join(str(error).split())[:200]}"


def check_kernel(network: nn.Module, points: Tensor, products: bool) -> None:
    """The kernel at two points by `torch.func`, which all points will go through, against two backward passes.

    products: of the kernel with a vector are needed, too. ValueError in one line for a module that torch.func does not
    take (an LSTM, a compiled one), or of which the two differ.

    >>> check_kernel(nn.Linear(2, 1), torch.eye(2), products=True)
    """
    few = points[:2]
    parameters = [p for p in network.parameters() if p.requires_grad]
    rows = []
    for output in outputs_with_gradient(network, few):
        slopes = torch.autograd.grad(output, parameters, retain_graph=True, allow_unused=True)
        rows.append(torch.cat([(p * 0 if g is None else g).flatten() for g, p in zip(slopes, parameters)]))
    right = torch.stack(rows) @ torch.stack(rows).T  # (2 q, 2 q), outputs of a point side by side
    if not bool(right.isfinite().all()):
        raise ValueError("network: its kernel is not finite at the first points: inputs or parameters are too large")
    vector = torch.ones_like(right[0])
    try:
        found = empirical_kernel(network, few)
        found = found if found.ndim == 2 else found.transpose(1, 2).flatten(0, 1).flatten(1, 2)
        with torch.no_grad():
            shape = network(few).shape
        product = kernel_product(network, few, vector.reshape(shape)).flatten() if products else right @ vector
    except Exception as error:
        raise ValueError(f"network: torch.func does not take it: {_short(error)}") from None
    off = max(float((found - right).abs().max()), float((product - right @ vector).abs().max()))
    if not off <= BATCH_ROUNDING * float(right.abs().max()):
        raise ValueError("network: torch.func and a backward pass differ in its kernel: it has none that is sure")


def outputs_with_gradient(network: nn.Module, points: Tensor) -> Tensor:
    """All outputs at a few points, one after the other, that a backward pass can start from."""
    try:
        found: Tensor = network(points).flatten()
        if found.requires_grad:
            return found
    except Exception as error:
        raise ValueError(f"network: it cannot be differentiated: {_short(error)}") from None
    raise ValueError("network: its output does not depend on its trained parameters (torch.no_grad or detach inside?)")


def outputs_at(network: nn.Module, points: Tensor, batch: int = 4096) -> Tensor:
    """f at the points: (n, q), q = 1 for an output (n,).

    >>> outputs_at(nn.Linear(2, 3), torch.zeros(5, 2)).shape
    torch.Size([5, 3])
    """
    with torch.no_grad():
        parts: list[Any] = [network(part) for part in points.split(batch)]
    found: Tensor = torch.cat(parts)
    return found[:, None] if found.ndim == 1 else found
