"""What a kernel says of training before it begins: eigenmodes on the data, and how much of the target each has.

    K v_j = lambda_j v_j on the training values,     t_j = <v_j, y - f_0>,     f_0 the values at the start

Each mode is learned by itself (`numerics.predictions.optimisers`), so the loss at every step, the steps that a mode
needs, and what is never learned within a budget follow from the eigenpairs and the t_j alone. All of it is exact for
the linearised network, and for the network itself as far as that follows its linearisation.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import isfinite

import torch
from torch import Tensor

from numerics.predictions.optimisers import Descent, coordinates

EPSILON = torch.finfo(torch.float64).eps
EQUAL = 1e-6
WIDENINGS = (1e-3, 0.01, 0.03, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 1e2, 1e3, 1e6, float("inf"))


@dataclass(frozen=True, slots=True, eq=False)
class Decomposed:
    """A kernel on n points of q outputs, in its eigenvectors; all of them, so that the t_j are all of the target.

    values: lambda (m,), the largest first, those within rounding of zero exactly 0. vectors: (m, m). targets, decayed:
    t_j and <v_j, J theta_0> (m, p). crossed: K_* V (l, m) of the values held out, held_out: their y - f_0 (l, p),
    held_decayed: J_* theta_0 (l, p). m p = n q: p = 1 for a network, whose kernel couples its outputs; p = q for a
    limit kernel, which is the same for each output.
    """

    values: Tensor
    vectors: Tensor
    targets: Tensor
    decayed: Tensor
    crossed: Tensor
    held_out: Tensor
    held_decayed: Tensor
    points: int
    outputs: int

    @property
    def energy(self) -> Tensor:
        """t_j^2 summed over the outputs: (m,)."""
        return self.targets.square().sum(1)


def decomposed(
    kernel: Tensor,
    residual: Tensor,
    cross: Tensor | None = None,
    held_out: Tensor | None = None,
    decayed: Tensor | None = None,
    held_decayed: Tensor | None = None,
    rounding: float = EPSILON,
) -> Decomposed:
    """The eigenmodes of kernel (m, m) with y - f_0 = residual (m, p), or (n, q) with m = n q of a network.

    cross: (l, m) and held_out (l, p) of the values held out. decayed, held_decayed: J theta_0 there, 0 without.
    rounding: eps of what the kernel was computed in. Eigenvalues below m eps lambda_max and t_j below m eps |y - f_0|
    are 0; ValueError where an eigenvalue is below minus ten times that.

    >>> found = decomposed(torch.eye(2).double(), torch.tensor([[3.0], [4.0]]).double())
    >>> found.energy.sum().item()
    25.0
    """
    size = len(kernel)
    points, outputs = residual.shape
    flat = residual if points == size else residual.reshape(size, 1)
    columns = flat.shape[1]
    size_of_target = float(flat.norm())
    if not bool(kernel.isfinite().all()) or not 0 < size_of_target**2 < float("inf"):
        _refuse_numbers(kernel, flat)
    raw, vectors = torch.linalg.eigh((kernel + kernel.T) / 2)
    raw, vectors = raw.flip(0), vectors.flip(1)
    floor, least = size * rounding * float(raw[0]), size * rounding * size_of_target
    if not float(raw[0]) > 0:
        raise ValueError("the kernel is zero on these points: nothing is learned")
    if float(raw[-1]) < -10 * floor:
        raise ValueError(
            f"the kernel is not positive: eigenvalue {float(raw[-1]):.3g} with a largest of {float(raw[0]):.3g}"
        )
    none = flat.new_zeros(0, columns)

    def shaped(rows: Tensor | None, instead: Tensor) -> Tensor:
        return instead if rows is None else rows.reshape(-1, columns)

    away, targets = shaped(held_out, none), vectors.T @ flat
    return Decomposed(
        values=torch.where(raw > floor, raw, torch.zeros_like(raw)),
        vectors=vectors,
        targets=torch.where(targets.abs() > least, targets, torch.zeros_like(targets)),
        decayed=vectors.T @ shaped(decayed, torch.zeros_like(flat)),
        crossed=flat.new_zeros(0, size) if cross is None else cross @ vectors,
        held_out=away,
        held_decayed=shaped(held_decayed, torch.zeros_like(away)),
        points=points,
        outputs=outputs,
    )


def _refuse_numbers(kernel: Tensor, residual: Tensor) -> None:
    if not bool(kernel.isfinite().all()):
        raise ValueError("the kernel on these points is not finite: inputs or parameters are too large")
    if not bool(residual.any()):
        raise ValueError("the network computes the target already: nothing is left to learn")
    largest = float(residual.abs().max())
    raise ValueError(f"the squares of y - f_0 leave the range of floats (largest {largest:.3g}): scale the target")


def groups(values: Tensor, most: int) -> tuple[tuple[range, ...], float]:
    """At most ``most`` runs of falling eigenvalues: half of them of equal ones, then of like ones, zeros by themselves.

    Beyond the first half eigenvalues of a run differ by at most a factor 1 + w, the least w of WIDENINGS that is enough.

    >>> groups(torch.tensor([9.0, 8.0, 8.0, 3.0, 2.9, 1.0, 0.0]), 5)
    ((range(0, 1), range(1, 3), range(3, 5), range(5, 6), range(6, 7)), 0.1)
    """
    falling = values.tolist()
    found = _runs(falling, 1 + EQUAL)
    if len(found) <= most:
        return found, EQUAL
    head = found[: most // 2]
    start = head[-1].stop
    for width in WIDENINGS:
        tail = _runs(falling[start:], 1 + width)
        if len(tail) <= most - len(head):
            break
    return (*head, *(range(run.start + start, run.stop + start) for run in tail)), width


def _runs(values: list[float], factor: float) -> tuple[range, ...]:
    starts = [0]
    for place, value in enumerate(values):
        first = values[starts[-1]]
        if (value == 0) != (first == 0) or value > 0 and value * factor < first:
            starts.append(place)
    return tuple(range(a, b) for a, b in zip(starts, [*starts[1:], len(values)]))


@dataclass(frozen=True, slots=True)
class Group:
    """Modes ``first`` to ``last`` (counted from 0) of like eigenvalue.

    share: of the target's energy |y - f_0|^2. half, tenth: the step from which on at most that share of the residual's
    norm in these modes is left, None: not within the budget. left: what of their energy is left after the last step,
    None where they have none. lost_above: the standard deviation of label noise that puts as much energy into a mode
    as the target does, in the target's units.
    """

    first: int
    last: int
    largest: float
    smallest: float
    share: float
    half: int | None
    tenth: int | None
    left: float | None
    lost_above: float


@dataclass(frozen=True, slots=True)
class Prediction:
    """Modes and losses of the linearised network.

    checkpoints: steps. train, test: the loss there, as torch reduces it (test: always with the mean or sum of its own
    values), test empty without points held out. unlearned: |y - f|^2 over |y - f_0|^2 there. dimension: the effective
    dimension there, sum_j of what is learned of a mode with a target of its own. edge: the largest safe learning rate.
    noise: what minibatches add to the train loss, in the mean, () for full batches.
    """

    groups: tuple[Group, ...]
    alike: float
    checkpoints: tuple[int, ...]
    train: tuple[float, ...]
    test: tuple[float, ...]
    unlearned: tuple[float, ...]
    dimension: tuple[float, ...]
    noise: tuple[float, ...]
    edge: float
    flow_time: float


def predict(found: Decomposed, descent: Descent, checkpoints: Iterable[int], most_groups: int = 20) -> Prediction:
    """The modes, and the losses at the checkpoints, of the linearised network.

    Raises ValueError where the learning rate is at or beyond its edge, where the recursion grows.

    >>> data = decomposed(torch.eye(2).double(), torch.tensor([[3.0], [4.0]]).double())
    >>> answer = predict(data, Descent((0.5,) * 3), [0, 1, 3])
    >>> answer.train
    (12.5, 3.125, 0.1953125)
    >>> answer.groups[0].half, answer.edge
    (1, 2.0)
    """
    slope = descent.slope(found.points, found.outputs)
    edge = edge_of(descent, float(found.values[0]), slope)
    wanted = checked(checkpoints, descent.steps)
    spans, alike = groups(found.values, most_groups)
    count = found.targets.shape[1]
    # One more target, of size 1 in every mode and without decay, tells how much of a mode is learned.
    targets = torch.cat([found.targets, torch.ones_like(found.targets[:, :1])], dim=1)
    decayed = torch.cat([found.decayed, torch.zeros_like(found.targets[:, :1])], dim=1)
    start = found.energy
    watch, total = Watch(start, spans), float(start.sum())
    train, test, unlearned, dimension = [], [], [], []
    noise = _Noise(found, descent, slope) if descent.batch is not None else None
    added: list[float] = []
    left = start
    for step, (c, beta) in enumerate(coordinates(descent, found.values, targets, decayed, slope)):
        rest = targets - found.values[:, None] * c - beta * decayed  # (m, p + 1)
        left = rest[:, :count].square().sum(1)
        watch.look(step, left)
        if step in wanted:
            train.append(loss_of(float(left.sum()), found.targets.numel(), descent))
            unlearned.append(float(left.sum()) / total)
            dimension.append(float((1 - rest[:, count]).sum()))
            if len(found.held_out):
                away = found.held_out - found.crossed @ c[:, :count] - beta[:, :count] * found.held_decayed
                test.append(loss_of(float(away.square().sum()), away.numel(), descent))
            if noise is not None:
                added.append(noise.loss())
        if noise is not None and step < descent.steps:
            noise.advance(descent.rates[step], rest[:, :count])
    if not all(isfinite(value) for value in added):
        raise ValueError(
            f"minibatches of {descent.batch}: at learning rate {descent.largest_rate:g} their noise grows without end, "
            "allowed: a smaller rate or larger batches"
        )
    return Prediction(
        groups=watch.groups(found.values, left, total, count),
        alike=alike,
        checkpoints=wanted,
        train=tuple(train),
        test=tuple(test),
        unlearned=tuple(unlearned),
        dimension=tuple(dimension),
        noise=tuple(added),
        edge=edge,
        flow_time=descent.flow_time(slope),
    )


def checked(checkpoints: Iterable[int], steps: int) -> tuple[int, ...]:
    """The checkpoints in order, each once; ValueError for one outside 0, ..., T.

    >>> checked([3, 0, 3], 5)
    (0, 3)
    """
    found = tuple(sorted(set(checkpoints)))
    if not found or found[0] < 0 or found[-1] > steps:
        raise ValueError(f"checkpoints within 0..{steps}, at least one, wanted")
    return found


def spaced(steps: int) -> tuple[int, ...]:
    """0, 1, 2, 5, 10, 20, ... and the last step.

    >>> spaced(30)
    (0, 1, 2, 5, 10, 20, 30)
    """
    grid = [base * 10**power for power in range(len(str(steps))) for base in (1, 2, 5)]
    return (0, *(step for step in grid if step < steps), steps)


def edge_of(descent: Descent, largest: float, slope: float) -> float:
    """The edge of the learning rate; ValueError for a descent that is at it or beyond.

    >>> edge_of(Descent((0.1,)), 4.0, 1.0)
    0.5
    """
    edge = descent.edge(largest, slope)
    if not descent.largest_rate < edge:
        raise ValueError(
            f"learning rate {descent.largest_rate:g}: allowed: below {edge:.6g}, from which on the loss grows"
        )
    return edge


def loss_of(energy: float, count: int, descent: Descent) -> float:
    """The loss of ``count`` values whose squared residuals sum to ``energy``.

    >>> loss_of(8.0, 4, Descent((0.1,)))
    2.0
    """
    return energy / count if descent.reduction == "mean" else energy


class Watch:
    """The last step at which more than a half, a tenth, of a group's residual was there."""

    shares = (0.5, 0.1)

    def __init__(self, energy: Tensor, spans: Sequence[range]) -> None:
        self.spans, self.sizes = spans, torch.tensor([len(span) for span in spans])
        self.start = self._summed(energy)
        self.above = torch.full((len(self.shares), len(spans)), -1)
        self.steps = 0

    def _summed(self, energy: Tensor) -> Tensor:
        return torch.stack([part.sum() for part in energy.split(self.sizes.tolist())])

    def look(self, step: int, energy: Tensor) -> None:
        now, self.steps = self._summed(energy), step
        for row, share in zip(self.above, self.shares):
            row[now > share**2 * self.start] = step

    def groups(self, values: Tensor, energy: Tensor, total: float, columns: int) -> tuple[Group, ...]:
        end = self._summed(energy)
        made = []
        for place, span in enumerate(self.spans):
            first = float(self.start[place])
            half, tenth = (int(row[place]) + 1 for row in self.above)
            made.append(
                Group(
                    first=span[0],
                    last=span[-1],
                    largest=float(values[span[0]]),
                    smallest=float(values[span[-1]]),
                    share=first / total,
                    half=half if first and half <= self.steps else None,
                    tenth=tenth if first and tenth <= self.steps else None,
                    left=float(end[place]) / first if first else None,
                    lost_above=(first / (len(span) * columns)) ** 0.5,
                )
            )
        return tuple(made)


class _Noise:
    """Variance that minibatches add to each mode, of plain SGD, modes uncorrelated: (m, p).

    A batch of B of n points moves mode j by x_j (n/B) sum_{i in B} rho_ij, x_j = rate s lambda_j, with
    rho_ij = sum_o v_(io)j r_io what point i pulls. Its variance is x_j^2 (n-B)/(B(n-1)) (n sum_i rho_ij^2 - r_j^2).
    The mean of rho is known exactly; of its variance the correlations between modes are left out.
    """

    def __init__(self, found: Decomposed, descent: Descent, slope: float) -> None:
        if descent.momentum:
            raise ValueError(
                "minibatches with momentum: their noise has no recursion here, allowed: momentum 0 or full batches"
            )
        self.found, self.descent, self.slope = found, descent, slope
        m, p = found.targets.shape
        self.blocks = found.vectors.reshape(found.points, m // found.points, m)  # (n, q or 1, m)
        self.variance = torch.zeros_like(found.targets)
        self.mixing = found.vectors.new_zeros(m, m)
        for block in self.blocks:
            self.mixing += (block.T @ block).square()
        batch, n = descent.batch or found.points, found.points
        self.share = (n - batch) / (batch * (n - 1)) if n > 1 else 0.0

    def advance(self, rate: float, residual: Tensor) -> None:
        """One step from the mean residual (m, p)."""
        n = self.found.points
        move = rate * self.slope * self.found.values[:, None]
        values = (self.found.vectors @ residual).reshape(n, -1, residual.shape[1])  # (n, q or 1, p)
        pulls = torch.einsum("nom,nop->nmp", self.blocks, values).square().sum(0)  # (m, p)
        spread = n * (pulls + self.mixing @ self.variance) - residual.square() - self.variance
        kept = (1 - move - rate * self.descent.weight_decay).square() * self.variance
        self.variance = kept + move.square() * self.share * spread.clamp_min(0)

    def loss(self) -> float:
        """What it adds to the train loss."""
        return loss_of(float(self.variance.sum()), self.variance.numel(), self.descent)
