"""Experiments on an accelerator: their tensors are made there, and random numbers are those of the cpu.

An experiment is written for one device. Under `on_device` whatever it makes lies on another: a function that makes
tensors makes them on the cpu, one that draws from a generator draws where that is, so that a seed gives the same
bits everywhere, and the result is moved; what becomes an array of numpy comes back first. Arrays become tensors by
`torch.as_tensor`: torch lets no one see `from_numpy`.
A tensor that was left behind does not go unseen: torch refuses to compute with two devices.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor
from torch.overrides import TorchFunctionMode

DEVICES = ("cpu", "cuda")
MAKERS: frozenset[Callable] = frozenset(
    {
        torch.arange,
        torch.as_tensor,
        torch.empty,
        torch.eye,
        torch.fft.fftfreq,
        torch.full,
        torch.linspace,
        torch.logspace,
        torch.ones,
        torch.rand,
        torch.randint,
        torch.randn,
        torch.randperm,
        torch.tensor,
        torch.zeros,
    }
)
TO_NUMPY: frozenset[Callable] = frozenset({Tensor.numpy, Tensor.__array__})


@contextmanager
def on_device(name: str) -> Iterator[None]:
    """Whatever torch makes meanwhile lies on this device; ValueError, in one line, where it is not there.

    >>> with on_device("cpu"):
    ...     torch.zeros(1).device.type
    'cpu'
    """
    if name == "cpu":
        yield
        return
    if name == "cuda" and not torch.cuda.is_available():
        raise ValueError("device = 'cuda': there is no CUDA device here, allowed: cpu")
    with _Elsewhere(name):
        yield


class _Elsewhere(TorchFunctionMode):
    """The mode of `on_device`: every call of torch passes through it."""

    def __init__(self, device: str) -> None:
        super().__init__()
        self.device = device

    def __torch_function__(self, func: Callable, types: Any, args: tuple = (), kwargs: dict | None = None) -> Any:
        kwargs = dict(kwargs or {})
        if kwargs.get("generator") is not None:
            return self._drawn(func, args, kwargs)
        if func in MAKERS:
            wanted = kwargs.pop(
                "requires_grad", False
            )  # of what is moved: an optimiser takes no copy of another tensor
            return func(*args, **kwargs | {"device": "cpu"}).to(self.device).requires_grad_(wanted)
        if func in TO_NUMPY:
            return func(args[0].cpu(), *args[1:], **kwargs)
        return func(*args, **kwargs)

    def _drawn(self, func: Callable, args: tuple, kwargs: dict) -> Tensor:
        """Numbers from a generator, drawn where it is; into the tensor itself by functions such as `normal_`."""
        device = kwargs["generator"].device
        there = [one.to(device) if isinstance(one, Tensor) else one for one in args]
        found: Tensor = func(*there, **kwargs | ({"device": device} if func in MAKERS else {}))
        return args[0].copy_(found) if func.__name__.endswith("_") else found.to(self.device)
