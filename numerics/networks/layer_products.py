"""The share of a tangent kernel that Linear and convolution layers have, by products of what passes through them.

With h_t(x) the input of a layer y_t = W h_t + c at the places t (one place for Linear on vectors) and
b_t(x) = df/dy_t the signal that comes back, df/dW = sum_t b_t h_t', so that

    sum over W of df(x)/dW df(x')/dW = sum_(t, t') <h_t(x), h_t'(x')> <b_t(x), b_t'(x')>,
    sum over c of df(x)/dc df(x')/dc = <sum_t b_t(x), sum_t b_t(x')>.

Inputs and signals of all points take one forward and one backward pass for each output, where `vmap`
of a vector-Jacobian product makes n matrices of the size of W. Only layers whose every use is seen count:
see `simple_layers`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import product

import torch
from torch import Tensor
from torch.nn import functional
from torch.nn.modules.conv import _ConvNd

CONVOLUTIONS = (torch.nn.Conv1d, torch.nn.Conv2d, torch.nn.Conv3d)
AGREE = {torch.float32: 1e-3, torch.float64: 1e-8}  # rounding; a use that was not seen changes the gradient as a whole


@dataclass(frozen=True, slots=True)
class Passed:
    """What passes through a layer: inputs (n, T, f), signals (n, q, T, o), for n points, q outputs, T places."""

    inputs: Tensor
    signals: Tensor

    def bytes_of_a_point(self) -> int:
        """Memory that one point takes here."""
        return sum(part[0].numel() * part.element_size() for part in (self.inputs, self.signals))

    def slopes(self) -> Tensor:
        """df_q/dW of every point: (n, q, o, f)."""
        return torch.einsum("nqto,ntf->nqof", self.signals, self.inputs)


Layers = dict[str, torch.nn.Module]


def simple_layers(module: torch.nn.Module, points: Tensor) -> Layers:
    """The Linear and convolution layers by name whose weights act through one call of the layer alone.

    No weight shared with, or used by, anything else: the layer is called once a pass, and on two points
    its products give the gradient that autograd has. Everything else is left to the caller.

    >>> net = torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.Tanh(), torch.nn.PReLU(), torch.nn.Linear(3, 1))
    >>> list(simple_layers(net, torch.eye(2)))
    ['0', '3']
    """
    uses = Counter(id(p) for _, p in module.named_parameters(remove_duplicate=False))
    layers = {name: layer for name, layer in module.named_modules() if _is_plain(layer, uses)}
    if not layers:
        return {}
    with _seen(layers) as calls, torch.enable_grad():
        values = module(points[:2]).reshape(len(points[:2]), -1)
        once = {n: layer for n, layer in layers.items() if [len(given) for given, _ in calls[n]] == [len(values)]}
        if not once or not values.requires_grad:
            return {}
        # Weights that differ from point to point: points that act on each other, or axes in another order, show.
        weights = torch.linspace(0.5, 1.5, values.numel(), dtype=values.dtype, device=values.device).view_as(values)
        passed = _passed(once, calls, values)
        return {
            name: layer
            for name, layer in once.items()
            if _agrees(
                layer,
                torch.autograd.grad(
                    (weights * values).sum(),
                    list(layer.parameters()),
                    retain_graph=True,
                    materialize_grads=True,
                    allow_unused=True,
                ),
                passed[name],
                weights,
            )
        }


def _agrees(layer: torch.nn.Module, gradients: tuple[Tensor, ...], passed: Passed, weights: Tensor) -> bool:
    """Whether products give autograd's gradient of sum_(i, q) weights_(i, q) f_q(x_i)."""
    seen = [torch.einsum("nq,nqof->of", weights, passed.slopes())]
    if layer.bias is not None:
        seen.append(torch.einsum("nq,nqto->o", weights, passed.signals))
    return all(
        bool(torch.linalg.vector_norm(a.flatten() - b.flatten()) <= AGREE[b.dtype] * torch.linalg.vector_norm(b))
        for a, b in zip(seen, gradients)
    )


def _is_plain(layer: torch.nn.Module, uses: Counter[int]) -> bool:
    """A layer of torch's own class and options, whose trained parameters nobody else has."""
    if type(layer) is not torch.nn.Linear and type(layer) not in CONVOLUTIONS:
        return False
    if isinstance(layer, CONVOLUTIONS) and (layer.groups != 1 or layer.padding_mode != "zeros"):
        return False
    own = dict(layer.named_parameters())
    return set(own) <= {"weight", "bias"} and all(
        p.requires_grad and p.dtype in AGREE and uses[id(p)] == 1 for p in own.values()
    )


@contextmanager
def _seen(layers: Layers) -> Iterator[dict[str, list[tuple[Tensor, Tensor]]]]:
    """Inputs and outputs of every call of the layers, while the context lasts."""
    calls: dict[str, list[tuple[Tensor, Tensor]]] = {name: [] for name in layers}

    def hook_of(name: str) -> torch.utils.hooks.RemovableHandle:
        def hook(_: torch.nn.Module, given: tuple[Tensor, ...], output: Tensor) -> Tensor:
            calls[name].append((given[0].detach(), output))
            return output.clone()  # an activation in place must not write into what we differentiate by

        return layers[name].register_forward_hook(hook)

    handles = [hook_of(name) for name in layers]
    try:
        yield calls
    finally:
        for handle in handles:
            handle.remove()


def passed_through(module: torch.nn.Module, layers: Layers, points: Tensor) -> dict[str, Passed]:
    """Inputs and signals of every layer, at all points."""
    with _seen(layers) as calls, torch.enable_grad():
        values = module(points).reshape(len(points), -1)
        return _passed(layers, calls, values)


def _passed(layers: Layers, calls: dict[str, list[tuple[Tensor, Tensor]]], values: Tensor) -> dict[str, Passed]:
    outputs = [calls[name][0][1] for name in layers]
    signals = [
        torch.autograd.grad(values[:, j].sum(), outputs, retain_graph=True, materialize_grads=True, allow_unused=True)
        for j in range(values.shape[1])
    ]
    found = {}
    for position, (name, layer) in enumerate(layers.items()):
        back = torch.stack([signal[position] for signal in signals], dim=1)  # (n, q, ...)
        found[name] = Passed(*_by_place(layer, calls[name][0][0], back))
    return found


def _by_place(layer: torch.nn.Module, given: Tensor, back: Tensor) -> tuple[Tensor, Tensor]:
    """Inputs (n, T, f) and signals (n, q, T, o)."""
    if isinstance(layer, CONVOLUTIONS):
        return _patches(layer, given), back.flatten(3).transpose(2, 3)
    n, q = back.shape[:2]
    return given.reshape(n, -1, given.shape[-1]), back.reshape(n, q, -1, back.shape[-1])


def _patches(layer: _ConvNd, given: Tensor) -> Tensor:
    """What the kernel of a convolution sees at every place: (n, T, channels * kernel size)."""
    before = list(layer._reversed_padding_repeated_twice)  # of "same", too
    padded = functional.pad(given, before)
    for axis, (size, stride, dilation) in enumerate(zip(layer.kernel_size, layer.stride, layer.dilation), 2):
        padded = padded.unfold(axis, dilation * (size - 1) + 1, stride)[..., ::dilation]
    axes = len(layer.kernel_size)
    places = padded.movedim(1, 1 + axes)  # (n, places..., channels, kernel...)
    return places.flatten(1 + axes).flatten(1, axes)


def add_products(total: Tensor, layer: torch.nn.Module, left: Passed, right: Passed) -> None:
    """total (n q, l q) += the share of one layer, in place."""
    n, q, places, out = left.signals.shape
    features, others = left.inputs.shape[-1], len(right.inputs)
    if places == 1:
        signals = left.signals.reshape(n * q, out) @ right.signals.reshape(-1, out).T
        inputs = left.inputs[:, 0] @ right.inputs[:, 0].T  # (n, l)
        if q == 1:
            total.addcmul_(inputs, signals)
        else:
            total.add_((inputs[:, None, :, None] * signals.view(n, q, others, q)).view_as(total))
        if layer.bias is not None:
            total.add_(signals)
        return
    if others * places * places * (features + out) < others * features * out:
        _add_by_places(total, left, right)
    else:
        total.addmm_(left.slopes().flatten(2).flatten(0, 1), right.slopes().flatten(2).flatten(0, 1).T)
    if layer.bias is not None:
        total.addmm_(left.signals.sum(2).flatten(0, 1), right.signals.sum(2).flatten(0, 1).T)


def _add_by_places(total: Tensor, left: Passed, right: Passed) -> None:
    n, q, places, _ = left.signals.shape
    others = len(right.inputs)
    for t, s in product(range(places), repeat=2):
        inputs = left.inputs[:, t] @ right.inputs[:, s].T
        signals = left.signals[:, :, t].flatten(0, 1) @ right.signals[:, :, s].flatten(0, 1).T
        total.add_((inputs[:, None, :, None] * signals.view(n, q, others, q)).view_as(total))
