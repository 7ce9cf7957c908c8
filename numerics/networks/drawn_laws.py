"""By which law the parameters of a module are drawn, read from the draws themselves while the module is made.

Every operation of torch passes through `Draws` while it lasts. A tensor filled by `normal_`, `uniform_`, `randn`,
`zeros`, ... has a law of independent, identically distributed entries,

    entry = g(shift + scale Z),   Z standard normal, uniform on [-1, 1], or 0,

and keeps it through copies, views and elementwise operations with numbers: torch's own initialisers and those
written by hand alike. Anything else that writes into a tensor takes its law away, and so does Python code that looks
at a number computed from it, since it may have drawn again: such a parameter has to be measured.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import count
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode

VARIANCES = {"normal": 1.0, "uniform": 1 / 3, "constant": 0.0}  # of Z
ROUGH = 1e-5  # relative: of a moment by quadrature over a kink
REACH = 12.0  # standard deviations of a normal Z: beyond are 1e-32 of it
PANELS, ORDER = 100, 20  # of each half
_NODES, _WEIGHTS = (torch.from_numpy(part) for part in np.polynomial.legendre.leggauss(ORDER))
HALF = ((torch.arange(PANELS)[:, None] + (1 + _NODES) / 2) / PANELS).flatten()  # nodes of [0, 1]
WEIGHTS = (_WEIGHTS / 2 / PANELS).repeat(2 * PANELS)


@dataclass(frozen=True, slots=True)
class Law:
    """entry = g(shift + scale Z), independent entries; ``source`` is the draw, the same for copies.

    Its moments are exact without g; with a g that is smooth but for 0 to 1e-9, with one that has other kinks to ROUGH.

    later: (operation, arguments) with ... in the place of the entry, in their order: what g does.

    >>> Law("uniform", 0.0, 0.5).variance, Law("normal", 0.0, 2.0).scaled(0.5).gaussian
    (0.08333333333333333, True)
    """

    kind: str
    shift: float
    scale: float
    source: int = 0
    later: tuple[tuple[Callable[..., Tensor], tuple[Any, ...]], ...] = ()

    @property
    def gaussian(self) -> bool:
        """Whether it is normal, or a constant."""
        return self.kind != "uniform" and not self.later or self.variance == 0

    def scaled(self, factor: float) -> Law:
        """The law of factor times the entry."""
        if self.later:
            return self.followed(torch.mul, (..., factor))
        return replace(self, shift=factor * self.shift, scale=abs(factor) * self.scale)

    def shifted(self, by: float) -> Law:
        """The law of the entry plus a number."""
        return self.followed(torch.add, (..., by)) if self.later else replace(self, shift=self.shift + by)

    def followed(self, operation: Callable[..., Tensor], arguments: tuple[Any, ...]) -> Law:
        """The law of an elementwise function of the entry."""
        return replace(self, later=(*self.later, (operation, arguments)))

    def at(self, shares: Tensor) -> Tensor:
        """Entries from independent numbers that are uniform in (0, 1)."""
        if self.kind == "normal":
            return self.of(torch.special.ndtri(shares))
        return self.of(2 * shares - 1 if self.kind == "uniform" else torch.zeros_like(shares))

    def of(self, base: Tensor) -> Tensor:
        """g(shift + scale Z) of values of Z."""
        found = self.shift + self.scale * base
        for operation, arguments in self.later:
            found = operation(*(found if one is ... else one for one in arguments))
        return found

    def _moment(self, power: int) -> float:
        reach = REACH if self.kind == "normal" else 1.0
        base = reach * torch.cat([HALF - 1, HALF])  # the halves apart: most kinks are at 0
        density = torch.exp(-(base**2) / 2) / math.sqrt(2 * math.pi) if self.kind == "normal" else 0.5 + 0 * base
        return float((reach * WEIGHTS * density * self.of(base) ** power).sum())

    @property
    def mean(self) -> float:
        """E[entry], by quadrature over Z where a function came later."""
        return self.shift if not self.later else self._moment(1)

    @property
    def variance(self) -> float:
        """Var[entry]."""
        if self.later:
            return self._moment(2) - self.mean**2
        return self.scale**2 * VARIANCES[self.kind]

    def __str__(self) -> str:
        after = ", then a function of each entry" if self.later else ""
        match self.kind:
            case "normal":
                return f"normal, variance {self.variance:.6g}{after}"
            case "uniform":
                return f"uniform, variance {self.variance:.6g}{after}"
        return f"constant {self.shift:.6g}{after}"


_aten = torch.ops.aten
SAME = {  # another view of the entries, or a copy of them all
    _aten.view, _aten._unsafe_view, _aten.reshape, _aten.t, _aten.transpose, _aten.permute, _aten.unsqueeze,
    _aten.squeeze, _aten.detach, _aten.alias, _aten.clone, _aten._to_copy, _aten.lift_fresh, _aten.contiguous,
    _aten.slice, _aten.select, _aten.as_strided, _aten.split, _aten.chunk, _aten.unbind, _aten.view_as, _aten.lift,
}  # fmt: skip
COMPARISONS = ("lt", "gt", "le", "ge", "eq", "ne", "isnan", "isinf", "isfinite", "bernoulli", "dropout")
LOOKS = ("_local_scalar_dense", "equal", "is_nonzero", "nonzero", "item")  # the way of a number to Python
BLIND = {_aten.empty, _aten.empty_like, _aten.new_empty, _aten.empty_strided, _aten.set_, _aten.is_same_size}


class Draws(TorchDispatchMode):
    """Follows the law of every tensor that is made while it lasts.

    >>> with Draws() as draws:
    ...     layer = torch.nn.Linear(3, 4)
    >>> round(draws.law(layer.weight).variance * 3, 12)
    0.333333333333
    """

    def __init__(self) -> None:
        super().__init__()
        self._laws: dict[int, Law | None] = {}
        self._held: list[Tensor] = []  # so that no address is used twice
        self._from: dict[int, frozenset[int]] = {}  # what a tensor was computed from
        self._sources = count()

    def law(self, tensor: Tensor) -> Law | None:
        """The law of the entries; None where it was not seen."""
        return self._laws.get(_address(tensor))

    def __torch_dispatch__(
        self, function: Any, types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        """Runs an operation and notes what it does to laws."""
        given = kwargs or {}
        before = {id(one): self.law(one) for one in _tensors((args, given))}
        found = function(*args, **given)
        self._note(function, args, given, found, before)
        return found

    def _note(
        self, function: Any, args: tuple[Any, ...], given: dict[str, Any], found: Any, before: dict[int, Law | None]
    ) -> None:
        packet, name = function.overloadpacket, function.overloadpacket.__name__
        if packet in BLIND:
            return self._keep(found, None)
        if packet in SAME:
            return self._keep(found, before[id(args[0])])
        if name == "copy_":
            return self._write(args[0], before[id(args[1])])
        if (law := self._drawn(name, args, given)) is not None:
            return self._write(args[0], law) if name.endswith("_") else self._keep(found, law)
        law = _function_of(function, args, given, before) if torch.Tag.pointwise in function.tags else None
        origins = frozenset().union(*(self._origins(one) for one in _tensors((args, given))))
        if name in LOOKS:
            self._laws |= dict.fromkeys(origins)
        for one in _tensors(found):
            self._from[_address(one)] = self._from.get(_address(one), frozenset()) | origins
        if name.endswith("_") and args and isinstance(args[0], Tensor):
            return self._write(args[0], law)
        return self._keep(found, law)

    def _origins(self, tensor: Tensor) -> frozenset[int]:
        address = _address(tensor)
        return self._from.get(address, frozenset()) | ({address} if self._laws.get(address) is not None else set())

    def _keep(self, found: Any, law: Law | None) -> None:
        for one in _tensors(found):
            self._laws[_address(one)] = law
            self._held.append(one)

    def _write(self, into: Tensor, law: Law | None) -> None:
        whole = into.numel() * into.element_size() == into.untyped_storage().nbytes()
        self._laws[_address(into)] = law if whole else None
        self._held.append(into)

    def _drawn(self, name: str, args: tuple[Any, ...], given: dict[str, Any]) -> Law | None:
        """The law of what an operation draws or fills."""
        source = next(self._sources)
        numbers = [one for one in args if isinstance(one, int | float) and not isinstance(one, bool)]
        match name:
            case "normal_" | "normal":
                if name == "normal" and any(isinstance(one, Tensor) for one in args):
                    return None
                mean, std = given.get("mean", 0.0), given.get("std", 1.0)
                mean, std = (*numbers, *(mean, std)[len(numbers) :])[:2]
                return Law("normal", float(mean), float(std), source)
            case "randn" | "randn_like":
                return Law("normal", 0.0, 1.0, source)
            case "rand" | "rand_like":
                return Law("uniform", 0.5, 0.5, source)
            case "uniform_":
                low, high = (*numbers, *(given.get("from", 0.0), given.get("to", 1.0))[len(numbers) :])[:2]
                return Law("uniform", (low + high) / 2, (high - low) / 2, source)
            case "zero_" | "zeros" | "zeros_like" | "new_zeros":
                return Law("constant", 0.0, 0.0, source)
            case "ones" | "ones_like" | "new_ones":
                return Law("constant", 1.0, 0.0, source)
            case "fill_" | "full" | "full_like" | "new_full":
                value = args[1] if len(args) > 1 else given.get("fill_value")
                return Law("constant", float(value), 0.0, source) if isinstance(value, int | float) else None
        return None


def _function_of(
    function: Any, args: tuple[Any, ...], given: dict[str, Any], before: dict[int, Law | None]
) -> Law | None:
    """The law of an elementwise function of one drawn tensor and of numbers; None for anything else."""
    drawn = [place for place, one in enumerate(args) if isinstance(one, Tensor) and _is_drawn(one, before[id(one)])]
    others = [one for place, one in enumerate(args) if place not in drawn]
    name = function.overloadpacket.__name__.rstrip("_")
    mixed = any(isinstance(one, Tensor) and one.numel() != 1 for one in others)
    if len(drawn) != 1 or given or mixed or name in COMPARISONS:
        return None
    numbers = [one.item() if isinstance(one, Tensor) else one for one in others]
    law = before[id(args[drawn[0]])]
    assert law is not None  # it is drawn
    match name, numbers, drawn[0]:
        case "mul", [factor], _:
            return law.scaled(float(factor))
        case "div", [divisor], 0 if divisor:
            return law.scaled(1 / float(divisor))
        case "neg", [], _:
            return law.scaled(-1.0)
        case "add", [number], _:
            return law.shifted(float(number))
        case "sub", [number], 0:
            return law.shifted(-float(number))
    plain = getattr(_aten, name, None)
    if plain is None:
        return None
    filled = iter(numbers)
    return law.followed(plain, tuple(... if place in drawn else next(filled) for place in range(len(args))))


def _is_drawn(tensor: Tensor, law: Law | None) -> bool:
    return law is not None and (tensor.numel() > 1 or law.kind != "constant")


def _address(tensor: Tensor) -> int:
    return tensor.untyped_storage()._cdata


def _tensors(value: Any) -> list[Tensor]:
    if isinstance(value, Tensor):
        return [value]
    if isinstance(value, dict):
        value = list(value.values())
    return [one for part in value for one in _tensors(part)] if isinstance(value, list | tuple) else []
