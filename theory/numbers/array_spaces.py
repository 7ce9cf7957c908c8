"""Arrays of NumPy or of torch as float64, by the functions that both have under one name.

torch is never imported here: whoever holds a tensor has done that.
"""

from __future__ import annotations

import sys
from typing import Any

import numpy as np

Array = Any  # numpy.ndarray or torch.Tensor, float64
Space = Any  # the module numpy or torch


def space_of(*values: object) -> Space:
    """The module torch where one of the values is a tensor, else numpy.

    >>> space_of([1.0]).__name__
    'numpy'
    """
    torch = sys.modules.get("torch")
    return torch if torch and any(isinstance(value, torch.Tensor) for value in values) else np


def floats(values: object, space: Space, what: str) -> Array:
    """Numbers as an array of float64 of that module, without a copy where they are one.

    Raises ValueError where they are no finite real numbers.

    >>> floats([1, 2], np, "t")
    array([1., 2.])
    >>> floats([1j], np, "t")
    Traceback (most recent call last):
    ValueError: t must be an array of real numbers, got one of complex128
    """
    try:
        array = values if space is not np and isinstance(values, space.Tensor) else np.asarray(values)
    except (TypeError, ValueError, RuntimeError):  # rows of different lengths, other objects
        raise ValueError(f"{what} must be an array of real numbers, got {str(values)[:40]!r}") from None
    if isinstance(values, np.ma.MaskedArray):
        raise ValueError(f"{what} must be an array of real numbers, got a masked one")
    if not (array.dtype.kind in "fiu" if isinstance(array, np.ndarray) else _real_tensor(array)):
        raise ValueError(f"{what} must be an array of real numbers, got one of {array.dtype}")
    array = array.astype(np.float64, copy=False) if space is np else space.as_tensor(array, dtype=space.float64)
    if not bool(space.isfinite(array).all()):
        raise ValueError(f"{what} must be finite, got an infinity or a NaN")
    return array


def _real_tensor(tensor: Any) -> bool:
    return not tensor.dtype.is_complex and "bool" not in str(tensor.dtype) and "strided" in str(tensor.layout)


def put(array: Array, places: tuple[Array, Array], values: Array) -> Array:
    """The matrix with these entries: NumPy's own, changed, of torch another one, to which gradients pass.

    >>> put(np.zeros((1, 2)), (np.array([0]), np.array([1])), np.array([3.0]))
    array([[0., 3.]])
    """
    if isinstance(array, np.ndarray):
        array[places] = values
        return array
    return array.index_put(places, values)
