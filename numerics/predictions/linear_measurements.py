"""Networks trained through linear measurements y = A f of their values, and what a kernel says of them.

With f at p points, A (m, p) and the loss 1/(2m) |y - A f|^2, gradient descent moves the values by

    f <- f + (c/m) K A' (y - A f),

so that the measurements' kernel is A K A' and after t steps, at any points,

    f_t = K_every A' (A K A')^-1 (I - (I - (c/m) A K A')^t) y.

Tancik et al. 2020 (arXiv:2006.10739), eq. 3 and its form for inverse problems, in discrete time.
A is a dense matrix: parallel projections of pixels (CT), or samples of the Fourier transform (MRI).
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from numerics.data.images import pixel_points
from numerics.data.points import DTYPE
from numerics.networks.deep import DeepNetwork, activations, descend
from numerics.networks.training import TrainingDiverged
from numerics.predictions.residuals import kernel_values

NARROWEST = 1e-4  # of a pixel's shadow side: at right angles to an axis it is a step


@dataclass(frozen=True, slots=True, eq=False)
class Task:
    """What is measured of an image, and what is wanted.

    seen: points (p, 2) whose values enter the measurements. operator: A (m, p), or None for I.
    labels: y (m,). every: all pixels (N, 2). truth: their values (N,). scored: those counted (N,),
    True or False. offset: added to every prediction. reference: a reconstruction without a network.
    """

    seen: Tensor
    operator: Tensor | None
    labels: Tensor
    every: Tensor
    truth: Tensor
    scored: Tensor
    reference: Tensor
    offset: float = 0.0


def projections(side: int, angles: int) -> Tensor:
    """Parallel projections of side^2 pixels: A (angles * detectors, side^2), exact shadows of squares.

    Angle i is (i + 1/2) pi/angles, detectors are as wide as a pixel and ceil(side sqrt2) in number,
    so that none is missed. A unit square seen at angle a casts the convolution of two boxes of
    widths |cos a| and |sin a|; A_ij is the share of pixel j's shadow on detector i, whence the
    detectors of one angle sum to the sum of the pixels.

    >>> projections(2, 1).sum(0).round(decimals=9).tolist()
    [1.0, 1.0, 1.0, 1.0]
    """
    turns = (torch.arange(angles, dtype=DTYPE) + 0.5) * (math.pi / angles)
    detectors = math.ceil(side * math.sqrt(2))
    steps = torch.arange(side, dtype=DTYPE) - (side - 1) / 2
    rows, columns = torch.cartesian_prod(steps, steps).T
    centres = columns * turns.cos()[:, None] + rows * turns.sin()[:, None]  # (angles, pixels)
    edges = torch.arange(detectors + 1, dtype=DTYPE) - detectors / 2
    places = edges[:, None] - centres[:, None, :]  # (angles, edges, pixels)
    wide, narrow = (w.abs().clamp_min(NARROWEST)[:, None, None] for w in (turns.cos(), turns.sin()))
    return _shadow(places, wide, narrow).diff(dim=1).flatten(0, 1)


def _shadow(place: Tensor, one: Tensor, other: Tensor) -> Tensor:
    """P(X + Y <= place) for X, Y uniform on intervals of lengths one, other about 0."""
    total, rest = (one + other) / 2, (one - other) / 2
    terms = ((total, 1), (rest, -1), (-rest, -1), (-total, 1))
    ramps = sum(sign * (place + shift).clamp_min(0).square() for shift, sign in terms)
    return (ramps / (2 * one * other)).clamp(0, 1)


def fourier_rows(side: int, frequencies: Tensor) -> Tensor:
    """Real orthonormal rows sqrt(2)/s cos, -sin (2 pi k.v) of integer frequencies k (q, 2): (m, s^2).

    The real and imaginary part of the unitary DFT times sqrt 2, and without that factor where k is
    its own mirror image modulo s, which has no sine: all frequencies up to the sign give s^2 rows,
    and then |A f| = |f| (Parseval).

    >>> fourier_rows(2, torch.tensor([[0, 0]])).tolist()
    [[0.5, 0.5, 0.5, 0.5]]
    """
    steps = torch.arange(side)
    places = torch.cartesian_prod(steps, steps)
    turns = (frequencies @ places.T).remainder(side).to(DTYPE) * (2 * math.pi / side)  # (q, pixels)
    alone = ((2 * frequencies) % side == 0).all(1)
    factors = (2.0 - alone.to(DTYPE)).sqrt()[:, None] / side
    return torch.cat([factors * turns.cos(), -(factors * turns.sin())[~alone]])


def half_plane(side: int) -> Tensor:
    """One of k and -k for all integer frequencies modulo side: (q, 2), entries in [-s/2, s/2).

    >>> half_plane(2).tolist()
    [[0, 0], [0, -1], [-1, 0], [-1, -1]]
    """
    steps = torch.fft.fftfreq(side, 1 / side, dtype=DTYPE).round().long()
    every = torch.cartesian_prod(steps, steps)
    number = (every % side * torch.tensor([side, 1])).sum(1)
    mirror = (-every % side * torch.tensor([side, 1])).sum(1)
    return every[number <= mirror]


def drawn_frequencies(side: int, count: int, spread: float, generator: torch.Generator) -> Tensor:
    """k = 0 and count - 1 others up to sign, without repetition, density exp(-|k|^2/(2 spread^2)).

    >>> drawn_frequencies(4, 3, 1.0, torch.Generator().manual_seed(0)).shape
    torch.Size([3, 2])
    """
    every = half_plane(side)
    others = every[1:]
    if not 1 < count <= len(every):
        raise ValueError(f"frequencies: got {count}, allowed: 2 to {len(every)} at side {side}")
    density = (-others.square().sum(1) / (2 * spread**2)).to(DTYPE).exp()
    chosen = torch.multinomial(density + 1e-12, count - 1, generator=generator)
    return torch.cat([every[:1], others[chosen]])


def through(operator: Tensor, truth: Tensor) -> Task:
    """A square image (N,) measured whole by A (m, N); the reference is the pseudo-inverse.

    >>> through(torch.ones(1, 4, dtype=DTYPE), torch.ones(4, dtype=DTYPE)).reference.tolist()
    [1.0, 1.0, 1.0, 1.0]
    """
    labels, points = operator @ truth, pixel_points(math.isqrt(len(truth)))
    return Task(
        seen=points,
        operator=operator,
        labels=labels,
        every=points,
        truth=truth,
        scored=torch.ones(len(truth), dtype=torch.bool),
        reference=torch.linalg.pinv(operator) @ labels,
    )


def measured(kernel: Tensor, cross: Tensor, operator: Tensor | None) -> tuple[Tensor, Tensor]:
    """A K A' (m, m) and K_every A' (N, m) of K (p, p) and K_every (N, p)."""
    if operator is None:
        return kernel, cross
    between = operator @ kernel @ operator.T
    return (between + between.T) / 2, cross @ operator.T


def predicted(pair: tuple[Tensor, Tensor], task: Task, step_size: float, steps: int) -> Tensor:
    """f_t at every pixel (N,) by the kernels of `measured`; step_size is c."""
    return task.offset + kernel_values(*pair, task.labels, step_size / len(task.labels), steps)[1]


def train_through(
    network: DeepNetwork, inputs: Tensor, operator: Tensor | None, labels: Tensor, step_size: float, steps: int
) -> DeepNetwork:
    """The network after steps of gradient descent on 1/(2m) |y - A (f - f_0)|^2.

    inputs: features of the seen points (p, n_0). All tensors in the network's dtype. Raises
    TrainingDiverged if the residual stops being finite.
    """
    network, wanted = network.clone(), labels
    for step in range(steps):
        hidden = activations(network, inputs)
        values = hidden[-1][0]
        seen = values if operator is None else operator @ values
        if step == 0:
            wanted = labels + seen
        residual = (wanted - seen) / len(labels)
        pull = residual if operator is None else operator.T @ residual
        descend(network, hidden, pull, step_size)
    if not all(weight.isfinite().all() for weight in network.weights):
        raise TrainingDiverged(f"weights not finite within {steps} steps of size {step_size:.3g}")
    return network
