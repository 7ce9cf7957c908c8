"""Names of modes: each family finds what was put in, and says nothing of noise."""

from __future__ import annotations

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from numerics.data.points import uniform_sphere
from numerics.data.targets import zonal_harmonic
from numerics.data.user_data import Data, data_of
from numerics.predictions.mode_names import names_for


def column(values: Tensor) -> Tensor:
    return values.double()[:, None]


@given(st.integers(0, 15), st.floats(0, 6), st.booleans())
def test_a_wave_has_its_frequency(k: int, phase: float, even: bool) -> None:
    k = k if even else k % 5  # at uneven places a wave has a share of those before it: few of them beside many points
    places = torch.arange(32) / 32 if even else torch.rand(128, generator=torch.Generator().manual_seed(k))
    data = data_of(places, torch.arange(len(places)))
    span = 1.0 if even else float(places.max() - places.min()) * 128 / 127
    start = 0.0 if even else float(places.min())
    wave = (2 * math.pi * k * (places.double() - start) / span + phase).cos()
    if float(wave.norm()) > 1e-3:
        assert names_for(data).of(column(wave)) == f"frequency {k}"


@pytest.mark.parametrize(("down", "right", "name"), [(0, 0, "0"), (3, 4, "5"), (0, 2, "2"), (1, 0, "1")])
def test_a_wave_in_an_image_has_its_frequency(down: int, right: int, name: str) -> None:
    rows, columns = torch.meshgrid(torch.arange(12) / 12, torch.arange(16) / 16, indexing="ij")
    flat = torch.stack([rows.flatten(), columns.flatten()], dim=1)
    data = Data(flat.double(), flat.double(), flat[:0].double(), flat[:0].double(), grid=(12, 16))
    wave = (2 * math.pi * (down * flat[:, 0] + right * flat[:, 1]) + 0.3).cos()
    assert names_for(data).of(column(wave)) == f"frequency {name}"
    both = torch.stack([wave, 0 * wave], dim=1).reshape(-1, 1)  # of two outputs, in the first
    assert names_for(data).of(both.double()) == f"frequency {name}"


@pytest.mark.parametrize(("dim", "degree"), [(1, 3), (2, 1), (2, 3), (3, 2)])
def test_a_harmonic_has_its_degree(dim: int, degree: int) -> None:
    points = uniform_sphere(dim, 400, torch.Generator().manual_seed(0)).points
    pole = points[0]
    data = data_of(points, torch.arange(400))
    assert names_for(data).of(column(zonal_harmonic(points, pole, degree))) == f"degree {degree}"


def test_classes_components_and_constants() -> None:
    draw = torch.Generator().manual_seed(1)
    inputs = torch.randn(60, 4, generator=draw) * torch.tensor([9.0, 3.0, 1.0, 0.5])
    labels = torch.randint(0, 3, (60,), generator=draw)
    data = data_of(inputs, labels, one_hot=True)
    known = names_for(data)
    assert known.of(column((labels == 2).double() - 0.3)).startswith("class 2 (")
    assert known.of(column(torch.ones(60))) == "constant (100%)"
    assert known.of(column(inputs[:, 0] - inputs[:, 0].mean())).startswith("component 1 (")
    assert known.of(column(torch.randn(60, generator=draw))) == ""


def test_noise_on_a_line_has_no_narrow_frequency_and_equal_places_have_none() -> None:
    data = data_of(torch.arange(64.0), torch.arange(64))
    low, _, high = (
        names_for(data).of(column(torch.randn(64, generator=torch.Generator().manual_seed(0))))[10:].partition(" to ")
    )
    assert int(high) - int(low) > 5
    assert names_for(data_of([[1.0], [1.0], [1.0]], [1, 2, 3])).of(column(torch.tensor([1.0, -1.0, 0.0]))) == ""
