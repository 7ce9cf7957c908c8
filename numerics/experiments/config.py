"""What every experiment's config shares: profiles, smallest sizes, changes, one thread, progress."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any, TypeVar

import torch

from numerics.networks.training import Progress

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

C = TypeVar("C", bound="DataclassInstance")


def configured(name: str, profiles: Mapping[str, C], profile: str, changes: Mapping[str, object]) -> C:
    """The config of a profile with some fields changed; ValueError names what is allowed."""
    if profile not in profiles:
        raise ValueError(f"{name}: profile {profile!r} is not one of {', '.join(profiles)}")
    config = profiles[profile]
    known = [field.name for field in fields(config)]
    for field in changes:
        if field not in known:
            raise ValueError(f"{name}: no setting {field!r}; there are {', '.join(known)}")
    return replace(config, **changes)


def check_sizes(
    name: str,
    config: Any,
    smallest: Mapping[str, Mapping[str, int]],
    positive: Sequence[str] = ("step_size", "amplitude"),
) -> None:
    """Raise ValueError, in one line, for an unknown profile or a size below its smallest.

    A field that holds several sizes must hold at least two, each large enough, in rising order.
    """
    if config.profile not in smallest:
        known = ", ".join(smallest)
        raise ValueError(f"{name}: profile {config.profile!r} is not one of {known}")
    for field, least in smallest[config.profile].items():
        given = getattr(config, field)
        several = isinstance(given, tuple)
        sizes = given if several else (given,)
        whole = all(isinstance(size, int) and size >= least for size in sizes)
        if not whole or several and (len(sizes) < 2 or list(sizes) != sorted(set(sizes))):
            wanted = "two or more rising whole numbers" if several else "a whole number"
            raise ValueError(
                f"{name}: {field} = {given!r} is not allowed in profile {config.profile!r}: "
                f"{wanted} >= {least} {'are' if several else 'is'} wanted"
            )
    for field in positive:
        if not getattr(config, field) > 0:
            raise ValueError(f"{name}: {field} > 0 wanted, got {getattr(config, field)}")


def seed_progress(progress: Progress | None, done_seeds: int, seeds: int) -> Progress | None:
    """A callback for one seed's training that reports steps of the whole experiment."""
    if progress is None:
        return None

    def report(done: int, total: int) -> None:
        progress(done_seeds * total + done, seeds * total)

    return report


@contextmanager
def one_thread() -> Iterator[None]:
    """One torch thread: sums then have one order, so that a seed gives the same bits again."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)
