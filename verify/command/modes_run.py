"""What `spectral-bias modes` computes: data read, a kernel decomposed, training predicted, modes named."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from torch import Tensor

from numerics.data.user_data import Data, held_out, of_unit_norm, read_data, read_image, scaled
from numerics.networks.tangent_kernels import parameters_of
from numerics.networks.user_networks import load_make, made, outputs_at, prepared
from numerics.predictions.mode_names import names_for
from numerics.predictions.modes import Decomposed, Prediction, decomposed, predict, spaced
from numerics.predictions.modes_of_networks import (
    MOST_EXACT,
    Bounded,
    Leading,
    leading_modes,
    network_modes,
    predict_leading,
)
from numerics.predictions.optimisers import Descent, refuse_others, schedule_named, scheduled
from theory.kernels import Kernel
from verify.bridge import zonal_gram
from verify.running.console import BadRequest

LEADING = 20  # modes where the kernel does not fit: some 70 products
MOST_OF_KERNEL = 6000  # points of a limit kernel: one matrix, some minutes


@dataclass(frozen=True, slots=True)
class Request:
    """The options of the command, read."""

    network: str | None
    kernel: Kernel | None
    data: Path | None
    image: Path | None
    target: str | None = None
    classes: bool = False
    side: int = 48
    scale: str = "none"
    centre: bool = False
    norms: bool = False
    test: float = 0.0
    optimizer: str = "sgd"
    rate: float | None = None
    momentum: float = 0.0
    dampening: float = 0.0
    nesterov: bool = False
    weight_decay: float = 0.0
    schedule: str = "constant"
    batch: int | None = None
    reduction: str = "mean"
    steps: int = 1000
    leading: int | None = None
    rows: int = 16
    seed: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """What is told. most: the most that losses and shares can be, where only leading modes are known."""

    subject: str
    data: Data
    descent: Descent
    chosen: bool  # the learning rate was not given
    prediction: Prediction
    names: tuple[str, ...]
    most: Bounded | None = None
    rest: Leading | None = None


def answer(request: Request) -> Answer:
    """The answer; ValueError of one line for a request that has none."""
    refuse_others(request.optimizer)
    data = _read(request)
    return _of_kernel(request, data) if request.kernel is not None else _of_network(request, data)


def _read(request: Request) -> Data:
    if request.image is not None:
        if request.target is not None or request.classes:
            raise BadRequest("--target and --classes go with --data: an image's target is its pixels")
        data = read_image(request.image, request.side)
    else:
        assert request.data is not None  # the command asks for one of the two
        data = read_data(request.data, request.target, request.classes)
    return scaled(held_out(data, request.test, request.seed), request.scale, request.centre)


def _of_kernel(request: Request, data: Data) -> Answer:
    assert request.kernel is not None
    if request.leading is not None:
        raise BadRequest("--leading goes with --network: of a limit kernel all modes are found")
    if data.points > MOST_OF_KERNEL:
        raise BadRequest(f"--kernel: {data.points} points, allowed: at most {MOST_OF_KERNEL}; --network takes more")
    if request.weight_decay:
        raise BadRequest("--weight-decay goes with --network: it pulls at theta_0, which a limit kernel does not know")
    rows, away = data.inputs.flatten(1), data.test_inputs.flatten(1)
    if rows.shape[1] < 2:
        raise BadRequest("--kernel: points of at least 2 numbers wanted, which have an angle; got 1")

    def kernel(points: Tensor, others: Tensor | None = None) -> Tensor:
        assert request.kernel is not None
        return zonal_gram(request.kernel, points, others, request.norms)

    held = (kernel(away, rows), data.test_targets) if len(away) else (None, None)
    found = decomposed(kernel(rows), data.targets, *held)
    where = "with their norms" if request.norms else "projected on the unit sphere"
    if not request.norms:  # names by degree are of the points that the kernel sees
        data = replace(data, inputs=of_unit_norm(rows))
    return _predicted(request, data, found, f"{request.kernel!r}, the points {where}, f_0 = 0")


def _of_network(request: Request, data: Data) -> Answer:
    assert request.network is not None  # the command asks for one of the two
    if request.norms:
        raise BadRequest("--norms goes with --kernel: a network sees the points as they are")
    network = made(load_make(request.network), request.seed)
    values = data.points * data.outputs
    whole = request.leading is None and values <= MOST_EXACT
    network, rows = prepared(network, data.inputs, double=whole)
    cast = {name: getattr(data, name).to(rows) for name in ("targets", "test_inputs", "test_targets")}
    data = replace(data, inputs=rows, **cast)
    count, kind = sum(p.numel() for p in parameters_of(network).values()), str(rows.dtype).removeprefix("torch.")
    subject = (
        f"tangent kernel of {request.network} at its start, seed {request.seed}, {count} trained parameters, {kind}"
    )
    if (found := outputs_at(network, rows[:2]).shape[1]) != data.outputs:
        raise BadRequest(f"--network: {found} outputs for targets of {data.outputs} columns, allowed: as many")
    if whole:
        return _predicted(request, data, network_modes(network, data, bool(request.weight_decay)), subject)
    if request.weight_decay or request.batch is not None:
        raise BadRequest(f"--weight-decay and --batch: {values} values, allowed: up to {MOST_EXACT}, without --leading")
    known = leading_modes(network, data, request.leading or LEADING, request.seed)
    descent = _descent(request, float(known.values[0]), data.points, known.outputs)
    most = predict_leading(known, descent, spaced(request.steps), request.rows)
    names = _named(data, known.vectors, most.least)
    return Answer(subject, data, descent, request.rate is None, most.least, names, most, known)


def _predicted(request: Request, data: Data, found: Decomposed, subject: str) -> Answer:
    descent = _descent(request, float(found.values[0]), found.points, found.outputs)
    prediction = predict(found, descent, spaced(request.steps), request.rows)
    names = _named(data, found.vectors, prediction)
    return Answer(subject, data, descent, request.rate is None, prediction, names)


def _named(data: Data, vectors: Tensor, prediction: Prediction) -> tuple[str, ...]:
    known = names_for(data)
    return tuple(
        known.of(vectors[:, group.first : group.last + 1].double()) if group.largest else ""
        for group in prediction.groups
    )


def _descent(request: Request, largest: float, points: int, outputs: int) -> Descent:
    """The descent asked for; without a learning rate half the largest safe one, to two digits."""
    rest = (
        request.momentum,
        request.dampening,
        request.nesterov,
        request.weight_decay,
        request.reduction,
        request.batch,
    )
    rate = request.rate
    if rate is None:
        alone = Descent((1.0,), *rest)
        rate = float(f"{alone.edge(largest, alone.slope(points, outputs)) / 2:.2g}")
    return Descent(scheduled(rate, request.steps, schedule_named(request.schedule, request.steps)), *rest)
