"""The modes of a torch network on data: exactly where the kernel fits, the leading ones by products K v beyond.

Beyond, `scipy.sparse.linalg.eigsh` gives the leading pairs from products of one pass back and one forward, and each
has the bound |K v - theta v| of its error, whatever the solver did. Of the rest is known: the sum of its eigenvalues
(Hutchinson, with its standard error), and what a few Lanczos steps from the rest y of the target tell of the measure
that y has on the eigenvalues there. What is left of y is the integral of m(lambda)^2, the share that is left of an
eigenvalue. Without momentum and with rate s theta_q <= 1 that falls completely monotonically on [0, theta_q], so that
Gauss's rule of the measure is below the integral, and Radau's with a node at 0 above it (Golub and Meurant 2010,
section 6.2). Elsewhere the least and the largest m^2 on a grid of [0, theta_q] stand in their place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import cast

import numpy as np
import torch
from scipy.sparse.linalg import ArpackNoConvergence, LinearOperator, eigsh
from torch import Tensor, nn
from torch.func import functional_call, jvp

from numerics.data.user_data import Data
from numerics.networks.tangent_kernels import empirical_kernel, kernel_product, parameters_of
from numerics.networks.user_networks import check_kernel, outputs_at
from numerics.predictions.leading_eigenpairs import NotConverged, rayleigh_ritz
from numerics.predictions.modes import Decomposed, Prediction, Watch, checked, decomposed, edge_of, groups, loss_of
from numerics.predictions.optimisers import Descent, coordinates

MOST_EXACT = 3000  # values n q whose kernel is decomposed whole: a minute on two cores
PROBES = 10
GRID = 200
LANCZOS = 12  # steps, and so products, from the rest of the target
LEFT_END = -1e-9  # of theta_q, the fixed node: below all eigenvalues, where K of the rest may have none at 0
TOLERANCE = 1e-4  # of the largest eigenvalue: residuals are bounds, however large they are
MOST_RESTARTS = 20
PRODUCT_BATCH = 4096


def network_modes(network: nn.Module, data: Data, decay: bool = False) -> Decomposed:
    """All modes of the network's tangent kernel; network and data in one dtype, as `prepared` gives them.

    decay: whether J theta_0 is wanted, which weight decay pulls at.

    >>> from numerics.data.user_data import data_of
    >>> data = data_of([[1.0], [2.0]], [1.0, 3.0])
    >>> network_modes(nn.Linear(1, 1, bias=False).double(), data).values.tolist()
    [5.0, 0.0]
    """
    check_kernel(network, data.inputs, products=decay)
    test = len(data.test_inputs) > 0
    cross = _matrix(empirical_kernel(network, data.test_inputs, data.inputs)) if test else None
    held = (data.test_targets - outputs_at(network, data.test_inputs)).double() if test else None
    return decomposed(
        _matrix(empirical_kernel(network, data.inputs)),
        (data.targets - outputs_at(network, data.inputs)).double(),
        cross,
        held,
        _pulled_at(network, data.inputs) if decay else None,
        _pulled_at(network, data.test_inputs) if decay and test else None,
        torch.finfo(data.inputs.dtype).eps,
    )


def _matrix(kernel: Tensor) -> Tensor:
    """(n, l) or (n, l, q, q) as (n q, l q), the outputs of a point side by side."""
    return (kernel if kernel.ndim == 2 else kernel.transpose(1, 2).flatten(0, 1).flatten(1, 2)).double()


def _pulled_at(network: nn.Module, points: Tensor) -> Tensor:
    """J theta_0: what weight decay takes from f."""
    start = parameters_of(network)
    _, change = cast("tuple[Tensor, Tensor]", jvp(lambda p: functional_call(network, p, (points,)), (start,), (start,)))
    return change.detach().double()


@dataclass(frozen=True, slots=True, eq=False)
class Leading:
    """Leading pairs theta_j, their residual bounds (q,), the target's t_j, and what is known of the rest.

    modes: of the rest. energy: of the target there. mean: of its eigenvalues, as the target sees them. below, above:
    nodes and weights (2, m) of Gauss's and Radau's rule for the measure of the target there, of mass 1. trace,
    trace_error: the sum of its eigenvalues, and the standard error of that. total: |y - f_0|^2. products: of the
    kernel with a vector.
    """

    values: Tensor
    vectors: Tensor
    residuals: Tensor
    targets: Tensor
    points: int
    outputs: int
    modes: int
    energy: float
    mean: float
    below: Tensor
    above: Tensor
    trace: float
    trace_error: float
    total: float
    products: int


def leading_modes(network: nn.Module, data: Data, count: int, seed: int = 0) -> Leading:
    """The ``count`` leading modes of the network's tangent kernel, which is never formed.

    Lanczos from the target y - f_0 itself. Raises NotConverged where eigsh does not end.
    """
    check_kernel(network, data.inputs, products=True)
    residual = data.targets - outputs_at(network, data.inputs)
    size = residual.numel()
    if not 1 <= count < size / 2:
        raise ValueError(f"leading modes: from 1 to {int(size / 2) - 1} of {size} wanted, got {count}")
    shape = residual.shape if _has_columns(network, data.inputs) else residual.shape[:1]
    done = 0

    def column(vector: Tensor) -> Tensor:
        nonlocal done
        cotangent = vector.to(data.inputs).reshape(shape)
        found = kernel_product(network, data.inputs, cotangent, batch=PRODUCT_BATCH).reshape(-1).double()
        done += 1
        return found

    def apply(vectors: Tensor) -> Tensor:
        return torch.stack([column(vector) for vector in vectors.T], dim=1)

    flat = residual.reshape(-1).double()
    if not float(flat.norm()) > 0:
        raise ValueError("the network computes the target already: nothing is left to learn")
    linear = LinearOperator(
        (size, size), matvec=lambda v: column(torch.from_numpy(v.reshape(-1))).numpy(), dtype=np.float64
    )
    try:
        _, found = eigsh(linear, count, which="LA", v0=flat.numpy(), tol=TOLERANCE, maxiter=MOST_RESTARTS)
    except ArpackNoConvergence as failure:
        raise NotConverged(f"eigsh after {MOST_RESTARTS} restarts: {failure}; fewer leading modes may do") from None
    pairs = rayleigh_ritz(apply, torch.from_numpy(found.copy()))
    targets = pairs.vectors.T @ flat
    rest = flat - pairs.vectors @ targets
    energy = float(rest.square().sum())
    below, above = _rules(column, rest, pairs.vectors, float(pairs.values[-1]))
    draw = torch.Generator().manual_seed(seed)
    sums = torch.stack([_probe(column, pairs.vectors, draw) for _ in range(PROBES)])
    return Leading(
        values=pairs.values,
        vectors=pairs.vectors,
        residuals=pairs.residuals,
        targets=targets[:, None],
        points=data.points,
        outputs=residual.shape[1],
        modes=size - count,
        energy=energy,
        mean=float(below[0] @ below[1]),
        below=below,
        above=above,
        trace=float(sums.mean()),
        trace_error=float(sums.std()) / PROBES**0.5,
        total=float(flat.square().sum()),
        products=done,
    )


def _rules(column: Callable[[Tensor], Tensor], start: Tensor, known: Tensor, reach: float) -> tuple[Tensor, Tensor]:
    """Gauss's and Radau's rule, (2, m) nodes and weights, of the measure of ``start`` on what is orthogonal to known."""
    length = start.norm()
    if not float(length) > 0:
        nothing = torch.tensor([[0.0], [1.0]], dtype=start.dtype)
        return nothing, nothing
    basis, diagonal, beside = [start / length], [], []
    for _ in range(min(LANCZOS, len(start) - known.shape[1])):
        image = column(basis[-1])
        diagonal.append(basis[-1] @ image)
        every = torch.cat([known, torch.stack(basis, dim=1)], dim=1)
        for _ in range(2):  # orthogonal to rounding
            image = image - every @ (every.T @ image)
        beside.append(image.norm())
        if not float(beside[-1]) > TOLERANCE * reach:
            break
        basis.append(image / beside[-1])
    tridiagonal = torch.diag(torch.stack(diagonal))
    for place, value in enumerate(beside[:-1]):
        tridiagonal[place, place + 1] = tridiagonal[place + 1, place] = value
    size, end = len(tridiagonal), LEFT_END * reach
    last = torch.zeros(size, dtype=start.dtype)
    last[-1] = beside[-1].square()
    correction = torch.linalg.solve(tridiagonal - end * torch.eye(size, dtype=start.dtype), last)
    larger = torch.zeros(size + 1, size + 1, dtype=start.dtype)
    larger[:size, :size] = tridiagonal
    larger[size - 1, size] = larger[size, size - 1] = beside[-1]
    larger[size, size] = end + correction[-1]
    return _rule(tridiagonal), _rule(larger)


def _rule(tridiagonal: Tensor) -> Tensor:
    nodes, vectors = torch.linalg.eigh(tridiagonal)
    return torch.stack([nodes, vectors[0].square()])


def _has_columns(network: nn.Module, points: Tensor) -> bool:
    with torch.no_grad():
        found: Tensor = network(points[:2])
    return found.ndim == 2


def _probe(column: Callable[[Tensor], Tensor], vectors: Tensor, draw: torch.Generator) -> Tensor:
    """z'K z for z of random signs less the leading modes: the mean is the trace of the rest."""
    signs = torch.randint(2, vectors.shape[:1], generator=draw).double() * 2 - 1
    signs = signs - vectors @ (vectors.T @ signs)
    return signs @ column(signs)


@dataclass(frozen=True, slots=True)
class Bounded:
    """A prediction from the leading modes: its losses and shares are the least that is possible, here the most.

    reach: the largest eigenvalue of the rest, theta_q, if eigsh missed none. residual: the largest bound of an error
    of an eigenvalue.
    """

    least: Prediction
    train_most: tuple[float, ...]
    unlearned_most: tuple[float, ...]
    reach: float
    residual: float


def predict_leading(found: Leading, descent: Descent, checkpoints: Iterable[int], most_groups: int = 20) -> Bounded:
    """Losses between bounds, from the leading modes and what is known of the rest; no weight decay, full batches."""
    if descent.weight_decay or descent.batch is not None:
        raise ValueError(
            f"weight decay and minibatches are predicted up to {MOST_EXACT} values, where all modes are known"
        )
    slope = descent.slope(found.points, found.outputs)
    edge = edge_of(descent, float(found.values[0]), slope)
    wanted = checked(checkpoints, descent.steps)
    spans, alike = groups(found.values, most_groups)
    reach, count = float(found.values[-1]), len(found.values)
    values = torch.cat([found.values, found.below[0], found.above[0], torch.linspace(0, reach, GRID).double()])
    units = torch.ones_like(values)[:, None]
    watch = Watch(found.targets.square().sum(1), spans)
    monotone = not descent.momentum and descent.largest_rate * slope * reach <= 1
    least, most, dimension = [], [], []
    energy = left = found.targets.square().sum(1)
    for step, (c, _) in enumerate(coordinates(descent, values, units, 0 * units, slope)):
        kept = (1 - values[:, None] * c)[:, 0]
        left = kept[:count].square() * energy
        watch.look(step, left)
        if step in wanted:
            shares = kept[count:].square()
            low, high = _shares(shares, found, monotone)
            least.append(float(left.sum()) + found.energy * low)
            most.append(float(left.sum()) + found.energy * high)
            dimension.append(float((1 - kept[:count]).sum()))
    values_in_all = found.points * found.outputs
    prediction = Prediction(
        groups=watch.groups(found.values, left, found.total, 1),
        alike=alike,
        checkpoints=wanted,
        train=tuple(loss_of(e, values_in_all, descent) for e in least),
        test=(),
        unlearned=tuple(e / found.total for e in least),
        dimension=tuple(dimension),
        noise=(),
        edge=edge,
        flow_time=descent.flow_time(slope),
    )
    return Bounded(
        prediction,
        tuple(loss_of(e, values_in_all, descent) for e in most),
        tuple(e / found.total for e in most),
        reach,
        float(found.residuals.max()),
    )


def _shares(shares: Tensor, found: Leading, monotone: bool) -> tuple[float, float]:
    """The least and the largest share of the rest's energy that can be left; shares at the two rules and on the grid."""
    sizes = [found.below.shape[1], found.above.shape[1], GRID]
    below, above, grid = shares.split(sizes)
    if monotone:
        least, most = float(below @ found.below[1]), float(above @ found.above[1])
        return min(least, most), max(least, most)  # equal but for rounding
    return float(grid.min()), float(grid.max())
