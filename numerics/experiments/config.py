"""What every experiment shares: the sizes that are allowed, one thread, progress, seeds."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch

from numerics.experiments.devices import DEVICES
from numerics.networks.training import Progress


def check_sizes(config: Any, smallest: Mapping[str, Mapping[str, int]], positive: Sequence[str]) -> None:
    """Raise ValueError, in one line, for an unknown profile or a size below its smallest.

    A field that holds several sizes must hold at least two, each large enough, in rising order.
    """
    if config.profile not in smallest:
        known = ", ".join(smallest)
        raise ValueError(f"profile {config.profile!r} is not one of {known}")
    for field, least in smallest[config.profile].items():
        given = getattr(config, field)
        several = isinstance(given, tuple)
        sizes = given if several else (given,)
        whole = all(isinstance(size, int) and size >= least for size in sizes)
        if not whole or several and (len(sizes) < 2 or list(sizes) != sorted(set(sizes))):
            wanted = "two or more rising whole numbers" if several else "a whole number"
            raise ValueError(
                f"{field} = {given!r} is not allowed in profile {config.profile!r}: "
                f"{wanted} >= {least} {'are' if several else 'is'} wanted"
            )
    for field in positive:
        if not getattr(config, field) > 0:
            raise ValueError(f"{field} > 0 wanted, got {getattr(config, field)}")


def check_device(config: Any) -> None:
    """Raise ValueError, in one line, for a device of another name; whether it is there is seen when it runs."""
    device = getattr(config, "device", "cpu")
    if device not in DEVICES:
        raise ValueError(f"device = {device!r} is not one of {', '.join(DEVICES)}")


def check_step(config: Any, edge: Callable[[Any], float]) -> None:
    """Raise ValueError, in one line, for a step size beyond its edge, unless the config says that this is meant."""
    if not config.beyond_edge and config.step_size >= (most := edge(config)):
        raise ValueError(
            f"step_size = {config.step_size} is beyond the edge {most:.4g} = 2/lambda_max of the limit kernel on "
            "these points, where the loss grows: allowed below it, or with --beyond-edge"
        )


def seed_progress(progress: Progress, done_seeds: int, seeds: int) -> Progress:
    """A callback for one seed's training that reports steps of the whole experiment."""

    def report(done: int, total: int) -> None:
        progress(done_seeds * total + done, seeds * total)

    return report


def seeds_of(config: Any) -> range:
    """The seeds of a config: seed, seed + 1, ..., as many as seeds."""
    return range(config.seed, config.seed + config.seeds)


def generator_of(*numbers: int) -> torch.Generator:
    """A generator for several whole numbers, such as a seed and a size, mixed into the 32 bits that torch keeps.

    Shifted into one number they may be lost: torch takes a seed modulo 2^32.

    >>> first, second = (torch.Generator().manual_seed(s * 2**27) for s in (0, 32))
    >>> bool(torch.rand(1, generator=first) == torch.rand(1, generator=second))
    True
    >>> first, second = generator_of(0, 27), generator_of(32, 27)
    >>> bool(torch.rand(1, generator=first) == torch.rand(1, generator=second))
    False
    """
    (mixed,) = np.random.SeedSequence(numbers).generate_state(1, np.uint32)
    return torch.Generator().manual_seed(int(mixed))


@contextmanager
def one_thread() -> Iterator[None]:
    """One torch thread: sums then have one order, so that a seed gives the same bits again."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)
