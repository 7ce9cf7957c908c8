"""The operations of a module's forward pass, as torch.fx records them with real tensors, at several widths at once.

The modules of the widths must do the same operations on the same operands; numbers and sizes may depend on the width.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, fx, nn
from torch.func import functional_call, functionalize
from torch.fx.experimental.proxy_tensor import make_fx

SAME_GRADIENT = 1e-3  # relative, in float32


@dataclass(frozen=True, slots=True)
class Ref:
    """The result of an earlier step, by its place."""

    place: int


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """One operation: of torch, or "parameter", "inputs", "constant", "output", and its arguments at each width.

    arguments[width], named[width]: numbers, lists and `Ref`; shapes: of the result; tensors: of a parameter or constant.
    """

    operation: Any
    name: str
    arguments: tuple[tuple[Any, ...], ...]
    named: tuple[dict[str, Any], ...]
    shapes: tuple[tuple[int, ...], ...]
    tensors: tuple[Tensor, ...] = ()


def refs_in(value: Any) -> list[Ref]:
    """Every reference in arguments, also in lists of them.

    >>> refs_in(((Ref(1), Ref(2)), 3, {"a": Ref(0)}))
    [Ref(place=1), Ref(place=2), Ref(place=0)]
    """
    if isinstance(value, Ref):
        return [value]
    if isinstance(value, dict):
        value = tuple(value.values())
    return [one for part in value for one in refs_in(part)] if isinstance(value, tuple | list) else []


def steps_of(modules: list[nn.Module], points: list[Tensor]) -> list[Step]:
    """The steps of all modules together, without those that nobody needs; ValueError in one line where they differ.

    >>> [step.name for step in steps_of([torch.nn.Sequential(torch.nn.Linear(2, 1), torch.nn.Tanh())], [torch.eye(2)])]
    ['0.weight', '0.bias', 'inputs', 't', 'addmm', 'tanh', 'output']
    """
    graphs = [_traced(module, rows) for module, rows in zip(modules, points)]
    _check_gradient(modules[0], *graphs[0], points[0])
    nodes = [list(graph.graph.nodes) for graph, _ in graphs]
    if len({tuple(str(node.target) for node in row if node.op == "call_function") for row in nodes}) > 1:
        raise ValueError("the forward pass does other operations at another width: no limit is read from it")
    names = [list(tensors) for _, tensors in graphs]
    if any(row != names[0] for row in names):
        raise ValueError("the module has other parameters at another width: no limit is read from it")
    places = [{node: place for place, node in enumerate(row)} for row in nodes]
    found = []
    for column in zip(*nodes, strict=True):
        first = column[0]
        arguments = tuple(_with_places(node.args, places[k]) for k, node in enumerate(column))
        named = tuple(_with_places(dict(node.kwargs), places[k]) for k, node in enumerate(column))
        held = tuple(_held(node, graphs[k], places[k][node]) for k, node in enumerate(column))
        tensors = tuple(one for one in held if one is not None)
        found.append(Step(_operation(first), _name(first, names[0], places[0]), arguments, named,
                          tuple(_shape(node) for node in column), tensors))  # fmt: skip
    return found


def _traced(module: nn.Module, points: Tensor) -> tuple[fx.GraphModule, dict[str, Tensor]]:
    """The operations on points, and the tensors of the module by name."""
    tensors = {name: one.detach() for name, one in (*module.named_parameters(), *module.named_buffers())}

    def forward(given: dict[str, Tensor], rows: Tensor) -> Tensor:
        return functional_call(module, given, (rows,))

    try:
        with torch.no_grad():
            copies = {name: one.clone() for name, one in tensors.items()}
            graph = make_fx(functionalize(forward, remove="mutations"))(copies, points)
    except Exception as error:
        said = " ".join(str(error).split())[:200]
        raise ValueError(
            f"the forward pass cannot be followed on points of R^{points.shape[1]}: {type(error).__name__}: {said}"
        ) from None
    graph.graph.eliminate_dead_code(lambda node: node.op in ("placeholder", "output"))
    return graph, tensors


def _check_gradient(module: nn.Module, graph: fx.GraphModule, tensors: dict[str, Tensor], points: Tensor) -> None:
    """The gradient of the module is that of the operations that were seen: no no_grad, no backward of its own."""
    trained = {name: one for name, one in module.named_parameters() if one.requires_grad}
    copies = {name: one.clone().requires_grad_(name in trained) for name, one in tensors.items()}
    both = []
    with torch.enable_grad():
        for values, parameters in (
            (module(points), list(trained.values())),
            (graph(copies, points), [copies[name] for name in trained]),
        ):
            if not isinstance(values, Tensor) or not parameters:
                return  # refused by who reads on
            weights = torch.linspace(0.5, 1.5, values.numel(), dtype=values.dtype).view_as(values)
            if not values.requires_grad:
                both.append(torch.zeros(1))
                continue
            found = torch.autograd.grad((weights * values).sum(), parameters, allow_unused=True, materialize_grads=True)
            both.append(torch.cat([one.flatten() for one in found]))
    own, seen = both
    if own.shape != seen.shape or not bool((own - seen).norm() <= SAME_GRADIENT * seen.norm()):
        raise ValueError("the gradient is not that of the forward pass (no_grad, detach or a backward of its own)")


def _operation(node: fx.Node) -> Any:
    return getattr(node.target, "overloadpacket", node.target) if node.op == "call_function" else None


def _name(node: fx.Node, names: list[str], places: dict[fx.Node, int]) -> str:
    """Placeholders come in the order of the tensors, then the inputs."""
    if node.op == "placeholder":
        return names[places[node]] if places[node] < len(names) else "inputs"
    if node.op == "get_attr":
        return "constant"
    return "output" if node.op == "output" else getattr(_operation(node), "__name__", str(node.target))


def _held(node: fx.Node, graph: tuple[fx.GraphModule, dict[str, Tensor]], place: int) -> Tensor | None:
    module, tensors = graph
    if node.op == "get_attr":
        return getattr(module, str(node.target)).detach()
    return list(tensors.values())[place] if node.op == "placeholder" and place < len(tensors) else None


def _shape(node: fx.Node) -> tuple[int, ...]:
    value = node.meta.get("val")
    return tuple(int(size) for size in value.shape) if isinstance(value, Tensor) else ()


def _with_places(value: Any, places: dict[fx.Node, int]) -> Any:
    change: Callable[[Any], Any] = lambda one: _with_places(one, places)
    if isinstance(value, fx.Node):
        return Ref(places[value])
    if isinstance(value, dict):
        return {key: change(one) for key, one in value.items()}
    return tuple(map(change, value)) if isinstance(value, list | tuple) else value
