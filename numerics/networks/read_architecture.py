"""From a function that makes modules to their `Architecture`: widths, laws of the entries, checks.

Where `make` has a width, modules of three widths are read together, and whatever goes with the width must be a power
of it. The law of a parameter is read from the draws that fill it; where these are not seen whole, its variance is
measured over seeds and taken for that of independent entries.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations

import numpy as np
import torch
from scipy import stats
from torch import Tensor, nn

from numerics.networks.architectures import Architecture, Entries, Power, power_through
from numerics.networks.drawn_laws import ROUGH, Draws, Law
from numerics.networks.module_graphs import steps_of
from numerics.networks.module_reading import architecture_of
from numerics.networks.user_modules import Maker

WIDTHS = (32, 64, 128)
SEEDS = 24  # of a measured variance
RATE = 1e-6  # of a measured variance outside its interval
CLOSE = 1e-4  # a point alone or in a batch, in float32
COPIES = 0.9  # correlation of two parameters from which they are no independent draws
LEAST_ENTRIES = 16


@dataclass(frozen=True, slots=True)
class _Made:
    """A module, and the laws of its tensors as they were seen."""

    module: nn.Module
    laws: dict[str, Law | None]


def tensors_of(module: nn.Module) -> dict[str, Tensor]:
    """Parameters and buffers by name.

    >>> list(tensors_of(nn.Linear(2, 1)))
    ['weight', 'bias']
    """
    return {name: one.detach() for name, one in (*module.named_parameters(), *module.named_buffers())}


def read_architecture(maker: Maker, points: Tensor, seed: int = 0) -> Architecture:
    """The architecture of the modules at points (n, d); ValueError in one line where there is none.

    >>> stack = lambda seed, width: nn.Sequential(nn.Linear(2, width), nn.ReLU(), nn.Linear(width, 1))
    >>> found = read_architecture(Maker(stack, "make"), torch.eye(2))
    >>> [(source.name, str(source.entries.variance)) for source in found.sources]
    [('0.weight', '0.166667'), ('0.bias', '0.166667'), ('2.weight', '0.333333 * width^-1'), ('2.bias', '0.333333 * width^-1')]
    """
    widths = WIDTHS if maker.has_width else None
    made = [_made(maker, seed, width) for width in widths or (None,)]
    first = made[0].module
    if not _takes(first, points.shape[1]):  # written for one type of numbers alone
        made = [_made(maker, seed, width, double=False) for width in widths or (None,)]
        first = made[0].module
    names = {name for name, _ in first.named_parameters()}
    rows = _padded(points, [one.module for one in made])
    given = [rows.to(next(one.module.parameters())) for one in made]
    _check(first, given[0])
    _refuse_copies(made[0])
    measured: dict[str, list[list[np.ndarray]]] = {}

    def entries(name: str) -> Entries:
        laws = [one.laws.get(name) for one in made]
        if None not in laws:
            return _read(name, [law for law in laws if law is not None], widths)
        if not measured:
            measured.update(
                _over_seeds(maker, widths, [n for n in made[0].laws if any(m.laws[n] is None for m in made)])
            )
        return _measured(name, measured[name], widths)

    trained = frozenset(name for name, one in first.named_parameters() if one.requires_grad)
    steps = steps_of([one.module for one in made], given)
    return architecture_of(steps, given[0], len(points), widths, entries, trained, frozenset(names))


def _made(maker: Maker, seed: int, width: int | None, double: bool = True) -> _Made:
    with Draws() as draws:
        module = maker.module(seed, width)
    _check_parameters(module)
    tensors = (*module.named_parameters(), *module.named_buffers())
    laws = {name: draws.law(one) for name, one in tensors}
    return _Made(module.double() if double else module, laws)


def input_size(maker: Maker) -> int:
    """How many numbers a point has: of the first Linear layer, else the one size of a parameter that the module takes.

    >>> input_size(Maker(lambda seed: nn.Linear(5, 1), "make"))
    5
    """
    module = maker.module(0, WIDTHS[0] if maker.has_width else None)
    _check_parameters(module)
    linear = [layer.in_features for layer in module.modules() if isinstance(layer, nn.Linear)]
    sizes = linear[:1] if linear and _takes(module, linear[0]) else []
    if not sizes:
        known = sorted({size for one in tensors_of(module).values() for size in one.shape})
        sizes = [size for size in known if _takes(module, size)]
    if len(sizes) != 1:
        found = f"it takes {', '.join(map(str, sizes))}" if sizes else "no size of a parameter fits"
        raise ValueError(f"how many numbers a point has is not seen from the module ({found}): say it")
    return sizes[0]


def _check_parameters(module: nn.Module) -> None:
    """Real numbers that are there."""
    if not list(module.parameters()):
        raise ValueError("the network has no parameter, hence no tangent kernel")
    for name, one in module.named_parameters():
        if isinstance(one, nn.parameter.UninitializedParameter):
            raise ValueError(f"{name} has no size yet (a lazy layer): call the network once where it is made")
        if not one.is_floating_point():
            raise ValueError(f"{name} is of type {one.dtype}: real parameters wanted")


def _takes(module: nn.Module, size: int) -> bool:
    try:
        with torch.no_grad():
            module(torch.ones(3, size).to(next(iter(module.parameters()))))
    except Exception:
        return False
    return True


def _padded(points: Tensor, modules: list[nn.Module]) -> Tensor:
    """More points, so that their number is no size of a parameter: points and units are told apart by it.

    Of norm 1, and of half and twice that of the points: a clamp or a division by the norm is not the inputs themselves,
    even where the points are of one norm.
    """
    sizes = {size for module in modules for one in tensors_of(module).values() for size in one.shape} | set(
        points.shape[1:]
    )
    count = next(n for n in range(len(points) + 3, 10**6) if n not in sizes)  # at least one of each norm
    scale = float(points.norm(dim=1).mean()) or 1.0
    draw = torch.Generator().manual_seed(0)
    more = torch.randn(count - len(points), points.shape[1], dtype=torch.float64, generator=draw)
    norms = torch.tensor([1.0, scale / 2, 2 * scale], dtype=torch.float64)[torch.arange(len(more)) % 3]
    return torch.cat([points.double(), norms[:, None] * more / more.norm(dim=1, keepdim=True)])


def _check(module: nn.Module, rows: Tensor) -> None:
    """A deterministic function of each point alone."""
    with torch.no_grad():
        try:
            values, again, alone = module(rows), module(rows), module(rows[:2])
        except Exception as error:
            said = " ".join(str(error).split())[:200]
            raise ValueError(
                f"the network does not take points of R^{rows.shape[1]}, (n, {rows.shape[1]}): {type(error).__name__}: {said}"
            ) from None
    if not isinstance(values, Tensor):
        raise ValueError(f"a module with one tensor as output wanted, got {type(values).__name__}")
    if not bool(values.isfinite().all()):
        raise ValueError("the outputs of the network are not finite")
    if not torch.equal(values, again):
        raise ValueError("the forward pass is random (dropout in training mode?): call .eval() on the network first")
    if values.shape[:1] != (len(rows),) or values.ndim > 2:
        raise ValueError(f"an output (n,) or (n, q) wanted, got {tuple(values.shape)} for n = {len(rows)}")
    off = (alone.reshape(-1) - values[:2].reshape(-1)).abs().max()
    if not bool(off <= CLOSE * values.abs().max()):
        raise ValueError("the output at a point depends on the other points of its batch (batch normalisation?)")


def _refuse_copies(made: _Made) -> None:
    """Parameters that are copies of one draw, or were drawn from the same seed, are not independent."""
    drawn = {
        name: one.flatten().double()
        for name, one in tensors_of(made.module).items()
        if one.numel() >= LEAST_ENTRIES and bool((one != one.flatten()[0]).any())
    }
    sources = {name: law.source for name, law in made.laws.items() if law is not None and law.kind != "constant"}
    for name, other in combinations(sources, 2):
        if sources[name] == sources[other]:
            raise ValueError(
                f"{name} and {other} are made from one draw: no limit is read of layers that may be dependent"
            )
    for (name, one), (other, two) in combinations(drawn.items(), 2):
        size = min(len(one), len(two), 10_000)
        if abs(float(torch.corrcoef(torch.stack([one[:size], two[:size]]))[0, 1])) > COPIES:
            raise ValueError(f"{name} and {other} start equal up to a factor: layers that are not independent")


def _read(name: str, laws: list[Law], widths: tuple[int, ...] | None) -> Entries:
    variances = tuple(law.variance for law in laws)
    found = Power(variances[0]) if widths is None else power_through(widths, variances)
    if found is None:
        shown = ", ".join(f"{one:.6g}" for one in variances)
        raise ValueError(f"the variance of {name} is {shown} at widths {widths}: no power of the width")
    return Entries(found, laws[0], ROUGH if laws[0].later else 0.0)


def _over_seeds(maker: Maker, widths: tuple[int, ...] | None, names: list[str]) -> dict[str, list[list[np.ndarray]]]:
    """Entries of the tensors by name: of each width, of each seed."""
    found: dict[str, list[list[np.ndarray]]] = {name: [] for name in names}
    for width in widths or (None,):
        modules = [tensors_of(maker.module(seed, width)) for seed in range(SEEDS)]
        for name in names:
            found[name].append([one[name].double().numpy().ravel() for one in modules])
    return found


def _measured(name: str, values: list[list[np.ndarray]], widths: tuple[int, ...] | None) -> Entries:
    """Mean square over seeds, with its interval at the rate of RATE; the exponent must be the only one that fits."""
    quantile = float(stats.t.isf(RATE / 4, SEEDS - 1))
    variances, spreads = [], []
    for rows in values:
        if all(np.array_equal(row, rows[0]) for row in rows[1:]):
            raise ValueError(f"{name} is the same for every seed, and not drawn as far as is seen: no law, no limit")
        means, squares = (np.array([float((row**power).mean()) for row in rows]) for power in (1, 2))
        if abs(means.mean()) > quantile * means.std(ddof=1) / SEEDS**0.5 + 1e-9 * squares.mean() ** 0.5:
            raise ValueError(f"{name} starts at a mean of {means.mean():.3g}: entries of mean 0 wanted")
        variances.append(float(squares.mean()))
        spreads.append(quantile * float(squares.std(ddof=1)) / SEEDS**0.5 / variances[-1] + 1e-6)
    if widths is None:
        return Entries(Power(variances[0]), None, spreads[0])
    slope = np.log(variances[-1] / variances[0]) / np.log(widths[-1] / widths[0])
    reach = (spreads[0] + spreads[-1]) / np.log(widths[-1] / widths[0])
    exponent = Fraction(round(2 * float(slope)), 2)
    if abs(slope - float(exponent)) > reach or reach > 0.2:
        raise ValueError(
            f"the variance of {name}, measured, goes as width^({slope:.2f} +- {reach:.2f}): no half-integer power"
        )
    return Entries(Power(variances[-1] / widths[-1] ** float(exponent), exponent), None, spreads[-1])
