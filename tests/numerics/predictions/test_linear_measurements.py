"""Linear measurements: operators against second routes, and the prediction against descent itself."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from numerics.data import images
from numerics.data.points import DTYPE
from numerics.networks.deep import Architecture, empirical_kernel, evaluate, initialise
from numerics.networks.training import TrainingDiverged
from numerics.predictions import linear_measurements as measurements
from numerics.predictions.fourier_features import basic

EPS = float(np.finfo(float).eps)


def vector(length: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(length, dtype=DTYPE, generator=torch.Generator().manual_seed(seed))


@given(st.integers(2, 9), st.integers(1, 7), st.integers(0, 99))
@settings(max_examples=10, deadline=None)
def test_every_angle_sees_the_whole_image_and_opposite_sides_agree(side, angles, seed):
    image = vector(side * side, seed)
    sinogram = (measurements.projections(side, angles) @ image).reshape(angles, -1)
    # A shadow as narrow as NARROWEST is a quotient of differences of squares below side^2.
    budget = 16 * EPS * side**2 / measurements.NARROWEST * float(image.abs().sum())
    assert torch.allclose(sinogram.sum(1), image.sum().expand(angles), rtol=0, atol=budget)
    assert float(measurements.projections(side, angles).min()) >= -budget / float(image.abs().sum())
    # Turning the image by half a turn mirrors every shadow.
    half = (measurements.projections(side, angles) @ image.flip(0)).reshape(angles, -1)
    assert torch.allclose(half, sinogram.flip(1), rtol=0, atol=budget)


def test_projections_agree_with_quadrature_and_with_scikit_image():
    side, angles = 6, 5
    operator = measurements.projections(side, angles).reshape(angles, -1, side * side)
    fine, places = 200, (torch.arange(200, dtype=DTYPE) + 0.5) / 200 - 0.5
    inside = torch.cartesian_prod(places, places)  # of one pixel
    for angle, pixel in ((0, 7), (2, 30), (4, 35)):
        turn = (angle + 0.5) * math.pi / angles
        row, column = (divmod(pixel, side)[i] - (side - 1) / 2 for i in (0, 1))
        shadow = (column + inside[:, 1]) * math.cos(turn) + (row + inside[:, 0]) * math.sin(turn)
        detectors = operator.shape[1]
        counted = torch.histc(shadow, detectors, -detectors / 2, detectors / 2) / fine**2
        # A line cuts at most 2 * fine of the small squares, and a detector has two ends.
        assert (counted - operator[angle, :, pixel]).abs().max() < 4 / fine
        assert (counted - operator[angle - 1, :, pixel]).abs().max() > 4 / fine

    from skimage.transform import radon

    side, angles = 32, 4
    image = images.phantom(side, torch.Generator().manual_seed(1)).reshape(side, side)
    degrees = 180 * (np.arange(angles) + 0.5) / angles
    theirs = torch.from_numpy(radon(image.numpy(), -degrees, circle=False))
    ours = (measurements.projections(side, angles) @ image.flatten()).reshape(angles, -1).T
    assert theirs.shape == ours.shape
    # They interpolate rotated images, we add up shadows: alike on the scale of a pixel.
    off = [float((ours - other).norm() / ours.norm()) for other in (theirs, theirs.flip(1))]
    assert off[0] < 0.1 < 0.2 < off[1]


@pytest.mark.parametrize("side", [2, 5, 8])
def test_all_fourier_rows_are_orthonormal_and_agree_with_the_fft(side):
    frequencies = measurements.half_plane(side)
    operator = measurements.fourier_rows(side, frequencies)
    assert operator.shape == (side * side, side * side)
    image = vector(side * side)
    budget = 64 * EPS * side**2
    assert torch.allclose(operator @ operator.T, torch.eye(side * side, dtype=DTYPE), rtol=0, atol=budget)
    assert abs(float((operator @ image).norm() - image.norm())) < budget * float(image.norm())
    spectrum = torch.fft.fft2(image.reshape(side, side), norm="ortho")
    entries = spectrum[frequencies[:, 0] % side, frequencies[:, 1] % side]
    alone = ((2 * frequencies) % side == 0).all(1)
    whole = (2 - alone.to(DTYPE)).sqrt() * entries
    expected = torch.cat([whole.real, whole.imag[~alone]])
    assert torch.allclose(operator @ image, expected, rtol=0, atol=budget)
    assert alone.all() or not torch.allclose(operator @ image.flip(0), expected, atol=1e-3)


def test_frequencies_are_drawn_without_repetition_and_near_the_middle():
    drawn = measurements.drawn_frequencies(16, 20, 1.5, torch.Generator().manual_seed(0))
    assert len({tuple(k) for k in drawn.tolist()}) == 20 and drawn[0].tolist() == [0, 0]
    # The 20 nearest to 0 have |k|^2 <= 10, a random one 43 on average.
    sizes = [k.square().sum(1).to(DTYPE).mean() for k in (drawn, measurements.half_plane(16))]
    assert sizes[0] < sizes[1] / 3
    with pytest.raises(ValueError, match="frequencies: got 99, allowed: 2 to 10 at side 4"):
        measurements.drawn_frequencies(4, 99, 1.0, torch.Generator())


def small_task(operator: bool) -> measurements.Task:
    truth = 1e-4 * vector(16, 3)  # so small that training is linear
    return (
        measurements.through(measurements.projections(4, 2), truth)
        if operator
        else measurements.Task(
            images.pixel_points(4)[::2],
            None,
            truth[::2],
            images.pixel_points(4),
            truth,
            torch.ones(16, dtype=torch.bool),
            truth,
        )
    )


@pytest.mark.parametrize("operator", [True, False])
def test_the_prediction_is_what_descent_does_and_a_turned_operator_is_not(operator):
    task, steps = small_task(operator), 30
    start = initialise(Architecture(3, (64, 64)), torch.Generator().manual_seed(0))
    seen, every = basic(2)(task.seen), basic(2)(task.every)
    pair = measurements.measured(empirical_kernel(start, seen), empirical_kernel(start, every, seen), task.operator)
    rate = len(task.labels) / float(torch.linalg.eigvalsh(pair[0])[-1])
    said = measurements.predicted(pair, task, rate, steps)
    # The same prediction without eigenvectors, step by step on all pixels.
    values = torch.zeros(16, dtype=DTYPE)
    own = torch.eye(16, dtype=DTYPE)[::2] if task.operator is None else task.operator
    for _ in range(steps):
        values = values + rate / len(task.labels) * pair[1] @ (task.labels - own @ values)
    assert torch.allclose(values, said, rtol=0, atol=64 * steps * EPS * float(task.labels.norm()))
    end = measurements.train_through(start, seen, task.operator, task.labels, rate, steps)
    moved = evaluate(end, every) - evaluate(start, every)
    linear = float((moved - said).norm() / said.norm())
    turned = basic(2)(task.seen.flip(1))
    wrong = measurements.measured(
        empirical_kernel(start, turned), empirical_kernel(start, every, turned), task.operator
    )
    off = float((moved - measurements.predicted(wrong, task, rate, steps)).norm() / said.norm())
    # What is not linear shrinks with the labels: 1e-4 of rms here, and the weights move by as much.
    assert linear < 5e-3 and off > 0.1
    single = measurements.train_through(
        start.to(torch.float32),
        seen.float(),
        None if task.operator is None else task.operator.float(),
        1e4 * task.labels.float(),
        rate,
        steps,
    )
    double = measurements.train_through(start, seen, task.operator, 1e4 * task.labels, rate, steps)
    in_single = evaluate(single, every.float()) - evaluate(start.to(torch.float32), every.float())
    in_double = evaluate(double, every) - evaluate(start, every)
    assert float((in_single - in_double).norm() / in_double.norm()) < 1e-4  # .001 dB


def test_training_beyond_its_edge_is_reported():
    task = small_task(True)
    start = initialise(Architecture(3, (8, 8)), torch.Generator().manual_seed(0))
    inputs = basic(2)(task.seen)
    with pytest.raises(TrainingDiverged, match="not finite within 400 steps"):
        measurements.train_through(start, inputs, task.operator, task.labels, 1e6, 400)


def test_images_are_grey_of_the_right_size_and_the_phantom_keeps_clear_of_the_border():
    generator = torch.Generator().manual_seed(0)
    for name in images.NATURAL:
        image = images.patch(name, 16, generator)
        assert image.shape == (256,) and 0 <= float(image.min()) < float(image.max()) <= 1
    turned = [images.phantom(16, torch.Generator().manual_seed(seed)) for seed in (1, 1, 2)]
    assert torch.equal(turned[0], turned[1]) and not torch.equal(turned[0], turned[2])
    assert float(turned[0].reshape(16, 16)[:, [0, -1]].max()) < 0.05 < 0.5 < float(turned[0].max())
    with pytest.raises(ValueError, match="side: got 500"):
        images.phantom(500, generator)


def test_interpolation_keeps_the_training_pixels_and_every_plane_inside():
    coarse = vector(16).reshape(4, 4)
    assert torch.equal(images.between_pixels(coarse)[::2, ::2], coarse)
    plane = images.pixel_points(8) @ vector(2)
    found = images.between_pixels(plane.reshape(8, 8)[::2, ::2])[:7, :7]
    assert torch.allclose(found, plane.reshape(8, 8)[:7, :7], rtol=0, atol=8 * EPS)
