"""A second device where there is none: tensors that say they are on it, computed by the cpu.

What torch would refuse of a GPU is refused of it: to compute with tensors of two devices (but for numbers), to hand
one to numpy, to draw there from a generator of the cpu.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

import torch
from torch import Tensor
from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_flatten, tree_map

NAME = "meta"  # every torch knows it; a tensor of it without `near` would have no numbers
# A copy joins two devices, and a GPU takes indices from the cpu.
MIXING = {
    torch.ops.aten._to_copy.default,
    torch.ops.aten.copy_.default,
    torch.ops.aten.index.Tensor,
    torch.ops.aten.index_put_.default,
}
PRODUCTS = {torch.matmul, Tensor.matmul, Tensor.__matmul__}
NUMBERS = {Tensor.item, Tensor.tolist, Tensor.__float__, Tensor.__int__, Tensor.__bool__}


class Far(Tensor):
    """A tensor of the second device; `near` holds its numbers."""

    near: Tensor

    @staticmethod
    def __new__(cls, near: Tensor) -> Far:
        made = Tensor._make_wrapper_subclass(
            cls, near.shape, strides=near.stride(), storage_offset=near.storage_offset(), dtype=near.dtype, device=NAME
        )
        made.near = near
        return made

    @classmethod
    def __torch_dispatch__(cls, func: Any, types: Any, args: tuple = (), kwargs: dict | None = None) -> Any:
        return computed(func, args, kwargs or {})


class _Numbers(TorchFunctionMode):
    """What torch does not hand to `__torch_dispatch__` where there are no numbers: it asks for one, or brings its own."""

    def __torch_function__(self, func: Any, types: Any, args: tuple = (), kwargs: dict | None = None) -> Any:
        if func in NUMBERS:
            return func(_near(args[0]))
        if func in PRODUCTS and min(one.dim() for one in args) == 1 and "out" not in (kwargs or {}):
            return _product(*args)
        if func is Tensor.__getitem__:
            args = args[0], _indices(args[1])
        if func is torch.tensor:
            args = tree_map(_near, args)
        if func is Tensor.new_tensor and isinstance(args[0], Far):
            return Far(args[0].near.new_tensor(args[1], **kwargs or {}))
        return func(*args, **kwargs or {})


class _Device(TorchDispatchMode):
    """Sends what is made on the second device, or moved there, to `computed`."""

    def __torch_dispatch__(self, func: Any, types: Any, args: tuple = (), kwargs: dict | None = None) -> Any:
        return computed(func, args, kwargs or {})


def computed(func: Any, args: tuple, kwargs: dict) -> Any:
    """func of the cpu, its results wrapped as far where its tensors are, or where it is told to make them there."""
    tensors = [one for one in tree_flatten((args, kwargs))[0] if isinstance(one, Tensor)]
    far = [isinstance(one, Far) for one in tensors]
    mixed = any(far) and any(not it and one.dim() for it, one in zip(far, tensors))
    if mixed and func not in MIXING:
        raise RuntimeError(f"{func}: tensors of two devices")
    if any(far) and kwargs.get("generator") is not None:
        raise RuntimeError(f"{func}: a generator of another device")
    device = kwargs.get("device")
    there = any(far) if device is None else torch.device(device).type == NAME
    if device is not None:
        kwargs = kwargs | {"device": "cpu"}
    found = func(*tree_map(_near, args), **tree_map(_near, kwargs))
    if func._schema.is_mutable and args and isinstance(args[0], Far):
        assert args[0].shape == args[0].near.shape, f"{func} gives a tensor another shape"
        return args[0] if isinstance(found, Tensor) else found
    return tree_map(lambda one: Far(one) if there and isinstance(one, Tensor) else one, found)


def _indices(given: Any) -> Any:
    """Lists as tensors: torch would make them on the device, without numbers."""
    if isinstance(given, tuple):
        return tuple(_indices(one) for one in given)
    return torch.tensor(given) if isinstance(given, list | range) else given


def _product(left: Tensor, right: Tensor) -> Tensor:
    """left @ right by matrices: torch's own product with a vector changes a shape in place, unseen by `Far`."""
    found = (left[None] if left.dim() == 1 else left) @ (right[:, None] if right.dim() == 1 else right)
    found = found.squeeze(-1) if right.dim() == 1 else found
    return found.squeeze(-1 if right.dim() == 1 else -2) if left.dim() == 1 else found


def _near(one: Any) -> Any:
    return one.near if isinstance(one, Far) else one


@contextmanager
def second_device() -> Iterator[str]:
    """The name of a device that is there meanwhile."""
    fused = "torch.optim.optimizer._get_fused_kernels_supported_devices"
    with mock.patch(fused, lambda: ["cpu", NAME]), _Device(), _Numbers():
        yield NAME
