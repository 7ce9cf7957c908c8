"""An experiment as one value: its profiles, the smallest sizes that mean something, and what it measures."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import xarray as xr

from numerics.experiments.config import check_device, check_sizes, check_step, one_thread
from numerics.experiments.devices import on_device
from numerics.experiments.sources import digest
from numerics.experiments.storage import provenance
from numerics.networks.training import Progress

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

C = TypeVar("C", bound="DataclassInstance")
Sizes = Mapping[str, object]


def _nothing(*_: object) -> Any:
    return {}


@dataclass(frozen=True, slots=True)
class Experiment(Generic[C]):
    """What `spectral-bias train` runs: one per module, called EXPERIMENT, in a file of its name.

    profiles: the config of every profile, a frozen dataclass with the fields profile, seeds and seed.
    smallest: for every profile the least value of a size. measure(config, progress) -> xarray.Dataset over
    the dimension seed, among others; it runs on one thread, and a seed gives the same bits in any company.
    check(config) raises ValueError for what is wrong beside a size; positive: fields that must be > 0.
    implied(profile, changes): further changes that these bring with them, unless they are given.
    edge(config): the step size beyond which the loss grows; a config has then a field beyond_edge.
    A config with a field device is measured there; one without it needs no tensors.

    >>> from numerics.experiments import load_experiment
    >>> circle = load_experiment("cao-circle")
    >>> circle.configure("quick", seeds=2, width=512).width
    512
    >>> circle.configure("quick", widht=512)
    Traceback (most recent call last):
    ValueError: cao-circle: no setting 'widht'; there are profile, samples, width, ...
    """

    name: str
    profiles: Mapping[str, C]
    smallest: Mapping[str, Mapping[str, int]]
    measure: Callable[[C, Progress], xr.Dataset]
    positive: tuple[str, ...] = ("step_size", "amplitude")
    check: Callable[[C], object] = _nothing
    implied: Callable[[str, Sizes], Sizes] = _nothing
    edge: Callable[[C], float] | None = None

    def configure(self, profile: str = "quick", **changes: object) -> C:
        """The config of a profile with some fields changed; ValueError, in one line, says what is allowed."""
        if profile not in self.profiles:
            raise ValueError(f"{self.name}: profile {profile!r} is not one of {', '.join(self.profiles)}")
        config = self.profiles[profile]
        known = [field.name for field in fields(config)]
        for field in changes:
            if field not in known:
                raise ValueError(f"{self.name}: no setting {field!r}; there are {', '.join(known)}")
        changed = replace(config, **{**self.implied(profile, changes), **changes})
        self._refuse(changed)
        return changed

    def run(self, config: C, progress: Progress | None = None) -> xr.Dataset:
        """Measure, and note how the result came about; ValueError for sizes that are not allowed.

        progress(done, total) counts what the experiment counts.
        """
        self._refuse(config)
        started = time.perf_counter()
        with one_thread(), on_device(getattr(config, "device", "cpu")):
            result = self.measure(config, progress or _nothing)
            result.attrs = self.provenance(config, time.perf_counter() - started)
        return result

    @property
    def has_device(self) -> bool:
        """Whether it can run on another device than the cpu."""
        return any(hasattr(config, "device") for config in self.profiles.values())

    def provenance(self, config: C, seconds: float) -> dict[str, Any]:
        """What a result of this config, of these versions and of this source, says of itself."""
        return provenance(self.name, config, digest(self.measure.__module__), seconds)

    def _refuse(self, config: C) -> None:
        try:
            check_sizes(config, self.smallest, self.positive)
            check_device(config)
            self.check(config)
            if self.edge is not None:
                check_step(config, self.edge)
        except ValueError as error:
            raise ValueError(f"{self.name}: {error}") from None
