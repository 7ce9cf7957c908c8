"""Tangent kernels of any torch module by automatic differentiation, and the module linearised.

    K(x, x') = sum_p df(x)/dtheta_p df(x')/dtheta_p

over the parameters that require a gradient. The module maps points (n, ...) to values (n,) or
(n, q), each point independently of the others, with a deterministic forward pass. For two-layer
and deep ReLU networks the closed expressions of `numerics.predictions.limit_kernels` and `numerics.networks.deep` give the
same matrices sooner: 2 n^2 m multiplications in place of n^2 P, P = m (d + 2) for two layers.
"""

from collections.abc import Callable
from typing import Any, cast

import torch
from torch import Tensor
from torch.func import functional_call, jvp, vjp, vmap

from numerics.networks.layer_products import Layers, add_products, passed_through, simple_layers

BLOCK_BYTES = 2**30  # of Jacobian rows held for the left factor; those on the right take a quarter
RIGHT_SHARE = 4
LEAST_ROWS = 16


def parameters_of(module: torch.nn.Module) -> dict[str, Tensor]:
    """Copies of the parameters that require a gradient, by name.

    >>> list(parameters_of(torch.nn.Linear(2, 1)))
    ['weight', 'bias']
    """
    trained = {n: p.detach().clone() for n, p in module.named_parameters() if p.requires_grad}
    if not trained:
        raise ValueError(f"a module with trained parameters wanted, got {type(module).__name__}")
    return trained


def jacobian(module: torch.nn.Module, points: Tensor) -> Tensor:
    """df_j(x_i)/dtheta_p in the order of ``parameters_of``: (n, q, P), q = 1 for scalar output.

    >>> linear = torch.nn.Linear(2, 1, bias=False)
    >>> jacobian(linear, torch.eye(2))[:, 0].tolist()
    [[1.0, 0.0], [0.0, 1.0]]
    """
    outputs = _outputs(module, points)
    slopes = _slopes(module, points, parameters_of(module))
    return torch.cat(slopes, dim=1).unflatten(0, (-1, outputs))


def empirical_kernel(
    module: torch.nn.Module, points: Tensor, others: Tensor | None = None, block_bytes: int = BLOCK_BYTES
) -> Tensor:
    """Tangent kernel (n, l) of a module of scalar output; (n, l, q, q) for q > 1 outputs.

    Linear and convolution layers by products of what passes through them (`numerics.networks.layer_products`),
    without a Jacobian. The other parameters in groups of whole tensors and the points in blocks, so that the Jacobian
    rows held at a time take about 5/4 ``block_bytes``, or 16 rows of the largest tensor; rows on the right are
    computed anew for each block on the left.

    >>> empirical_kernel(torch.nn.Linear(2, 1, bias=False), torch.eye(2)).tolist()
    [[1.0, 0.0], [0.0, 1.0]]
    """
    outputs = _outputs(module, points)
    symmetric = others is None
    right = points if others is None else others
    total = points.new_zeros(len(points) * outputs, len(right) * outputs)
    layers = simple_layers(module, points)
    if layers:
        _add_layers(total, module, layers, points, others, block_bytes)
    rest = {name: p for name, p in parameters_of(module).items() if name.rpartition(".")[0] not in layers}
    for group in _groups(rest, outputs, block_bytes):
        _add_group(total, module, group, points, others, block_bytes)
    if symmetric:  # the blocks below the diagonal were left out
        total = total.triu() + total.triu(1).T
    if outputs == 1:
        return total
    return total.unflatten(1, (-1, outputs)).unflatten(0, (-1, outputs)).transpose(1, 2)


def _add_layers(
    total: Tensor, module: torch.nn.Module, layers: Layers, points: Tensor, others: Tensor | None, block_bytes: int
) -> None:
    """The share of the layers, from what passes through them at a block of points on either side."""
    right = points if others is None else others
    outputs = len(total) // len(points)
    row_bytes = sum(p.bytes_of_a_point() for p in passed_through(module, layers, points[:1]).values())
    step = max(1, block_bytes // (RIGHT_SHARE * row_bytes))
    for start in range(0, len(points), step):
        rows = passed_through(module, layers, points[start : start + step])
        into = total[start * outputs : (start + step) * outputs]
        for other in range(0 if others is not None else start, len(right), step):
            same = others is None and other == start
            columns = rows if same else passed_through(module, layers, right[other : other + step])
            part = into[:, other * outputs : (other + step) * outputs]
            for name, layer in layers.items():
                add_products(part, layer, rows[name], columns[name])


def _add_group(
    total: Tensor,
    module: torch.nn.Module,
    group: dict[str, Tensor],
    points: Tensor,
    others: Tensor | None,
    block_bytes: int,
) -> None:
    """The share of a group of parameters, from the Jacobian rows of a block of points on either side."""
    right = points if others is None else others
    outputs = len(total) // len(points)
    row_bytes = outputs * sum(p.numel() * p.element_size() for p in group.values())
    step = max(LEAST_ROWS, block_bytes // row_bytes)
    narrow = max(1, step // RIGHT_SHARE)
    for start in range(0, len(points), step):
        rows = _slopes(module, points[start : start + step], group)
        into = total[start * outputs : (start + step) * outputs]
        for other in range(0 if others is not None else start, len(right), narrow):
            columns = _slopes(module, right[other : other + narrow], group)
            part = into[:, other * outputs : (other + narrow) * outputs]
            for left_slope, right_slope in zip(rows, columns):
                part.addmm_(left_slope, right_slope.T)
        del rows


def kernel_product(
    module: torch.nn.Module, points: Tensor, vector: Tensor, others: Tensor | None = None, batch: int = 1024
) -> Tensor:
    """K(others, points) v without the matrix: J_others (J' v), one pass back and one forward for each batch.

    vector: (n,) or (n, q), shaped as the module's output; the result (l,) or (l, q), l = n without ``others``.
    Holds a gradient and what one batch of points needs, however many points there are.

    >>> kernel_product(torch.nn.Linear(2, 1, bias=False), 2 * torch.eye(2), torch.tensor([[1.0], [3.0]])).tolist()
    [[4.0], [12.0]]
    """
    start = parameters_of(module)
    if vector.shape[:1] != points.shape[:1]:
        raise ValueError(f"a vector of {len(points)} rows wanted, got {tuple(vector.shape)}")
    gradient = {name: torch.zeros_like(value) for name, value in start.items()}
    for part, cotangent in zip(points.split(batch), vector.split(batch)):
        values, pull = cast("tuple[Tensor, Callable[..., Any]]", vjp(_on(module, part), start))
        (found,) = pull(cotangent.expand_as(values))
        for name, value in found.items():
            gradient[name] += value.detach()
    pushed = []
    for part in (points if others is None else others).split(batch):
        _, change = cast("tuple[Tensor, Tensor]", jvp(_on(module, part), (start,), (gradient,)))
        pushed.append(change.detach())
    return torch.cat(pushed)


def _on(module: torch.nn.Module, points: Tensor) -> Callable[[dict[str, Tensor]], Tensor]:
    return lambda parameters: functional_call(module, parameters, (points,))


def linearised(module: torch.nn.Module, start: dict[str, Tensor], points: Tensor) -> Tensor:
    """f_0(x) + J_0(x) (theta - theta_0) for the module's theta and ``start`` = theta_0.

    Shape of the module's own output. ``start`` comes from `parameters_of` before training.

    >>> linear = torch.nn.Linear(2, 1)
    >>> start = {name: value + 1 for name, value in parameters_of(linear).items()}
    >>> bool((linearised(linear, start, torch.eye(2)) - linear(torch.eye(2))).abs().max() < 1e-6)
    True
    """
    now = parameters_of(module)
    if list(now) != list(start):
        names = ", ".join(now)
        raise ValueError(f"theta_0 of the parameters {names} wanted, got {', '.join(start)}")
    moved = {name: now[name] - start[name] for name in now}
    pushed = jvp(lambda p: functional_call(module, p, (points,)), (start,), (moved,))
    values, change = cast("tuple[Tensor, Tensor]", pushed)  # three only with has_aux
    return (values + change).detach()


def _slopes(module: torch.nn.Module, points: Tensor, parameters: dict[str, Tensor]) -> list[Tensor]:
    """Derivatives by each of the given parameters: (n q, size) each."""

    def one_point(point: Tensor) -> list[Tensor]:
        def output(chosen: dict[str, Tensor]) -> Tensor:
            return functional_call(module, chosen, (point[None],)).reshape(-1)  # (q,)

        pulled = vjp(output, parameters)
        values, pull = cast("tuple[Tensor, Callable[..., Any]]", pulled)  # three only with has_aux
        basis = torch.eye(len(values), dtype=values.dtype, device=values.device)
        (slopes,) = vmap(pull)(basis)
        return [slope.flatten(1) for slope in slopes.values()]

    return [slope.flatten(0, 1).detach() for slope in vmap(one_point)(points)]


def _groups(parameters: dict[str, Tensor], outputs: int, block_bytes: int) -> list[dict[str, Tensor]]:
    """Consecutive tensors together while 4 * 16 points' rows of them fit in a block."""
    groups: list[dict[str, Tensor]] = [{}] if parameters else []
    taken = 0
    for name, value in parameters.items():
        size = 4 * LEAST_ROWS * outputs * value.numel() * value.element_size()
        if groups[-1] and taken + size > block_bytes:
            groups.append({})
            taken = 0
        groups[-1][name] = value
        taken += size
    return groups


def _outputs(module: torch.nn.Module, points: Tensor) -> int:
    """Number q of outputs a point, from two points, so that a mixed-up batch axis is seen."""
    with torch.no_grad():
        values = module(points[:2])
    if values.ndim not in (1, 2) or len(values) != len(points[:2]):
        shape = f"{tuple(values.shape)} for {len(points[:2])} points"
        raise ValueError(f"a module with output (n,) or (n, q) wanted, got {shape}")
    if not bool(values.isfinite().all()):
        raise ValueError("the module's output is not finite")
    return 1 if values.ndim == 1 else values.shape[1]
