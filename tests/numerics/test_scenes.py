"""Solids and volume rendering against closed forms: volumes, overlaps, slabs, rays."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from numerics.data.points import DTYPE
from numerics.data.radiance_fields import DISTANCE, FAR, NEAR, POLE, Rays, camera, cameras, picture, render, viewpoints
from numerics.data.radiance_fields import weights as rendering_weights
from numerics.data.solids import StuddedBall, iou
from numerics.experiments.tancik import fourier_shape, rendering
from numerics.predictions.residuals import kernel_values

EPS = torch.finfo(DTYPE).eps
UNIT = 4 * EPS  # a norm of three coordinates: squares, two sums, root, division
BIN = 4 * EPS  # exp, difference, product and sum of one bin, of numbers at most 1
SURFACE = 16 * EPS  # two angles, two sines of multiples up to 3, a product; a norm and its scaling
SEED = 20_261
masks = st.lists(st.booleans(), min_size=1, max_size=40).map(torch.tensor)


def generator() -> torch.Generator:
    return torch.Generator().manual_seed(SEED)


@pytest.mark.parametrize(("height", "rings", "petals"), [(0.0, 1, 1), (0.3, 2, 3), (0.5, 3, 1)])
def test_the_volume_is_that_of_quadrature_and_of_random_points(height, rings, petals):
    ball = StuddedBall(0.3, height, rings, petals)
    heights, gauss = np.polynomial.legendre.leggauss(80)  # entire in u; a trigonometric polynomial in phi
    turns = 2 * np.pi * np.arange(16) / 16
    u, phi = (torch.tensor(part.ravel()) for part in np.meshgrid(heights, turns, indexing="ij"))
    flat = (1 - u.square()).sqrt()
    rho = ball.surface(torch.stack([flat * phi.cos(), flat * phi.sin(), u], dim=1))
    by_quadrature = float((rho**3 / 3).reshape(80, 16).sum(1) @ torch.tensor(gauss)) * 2 * np.pi / 16
    assert by_quadrature == pytest.approx(ball.volume, rel=1000 * EPS)  # a sum of 1280 terms
    inside = ball.contains(torch.rand(200_000, 3, dtype=DTYPE, generator=generator())).double()
    five_sigma = 5 * math.sqrt(ball.volume * (1 - ball.volume) / len(inside))
    assert abs(float(inside.mean()) - ball.volume) < five_sigma
    assert abs(float(inside.mean()) - 1.1 * ball.volume) > five_sigma


def test_points_near_the_surface_lie_on_it_without_spread_and_on_both_sides_with_it():
    ball = StuddedBall(0.3, 0.3, 2, 3)
    arms = ball.near(500, 0.0, generator()) - 0.5
    assert torch.allclose(arms.norm(dim=1), ball.surface(arms), rtol=0, atol=SURFACE)
    share = float(ball.contains(ball.near(2000, 0.05, generator())).double().mean())
    assert 0.3 < share < 0.6  # more than half outside, where the surface is convex


@given(masks, masks)
@settings(max_examples=25, deadline=None)
def test_overlap_is_symmetric_between_0_and_1_and_1_for_the_same(one, other):
    size = min(len(one), len(other))
    one, other = one[:size], other[:size]
    assert 0 <= iou(one, other) == iou(other, one) <= 1 == iou(one, one)
    assert (iou(one, other) == 1) == bool((one == other).all())
    union, common = one | other, one & other
    if union.any():
        assert iou(common, union) == iou(one, other) == int(common.sum()) / int(union.sum())


@given(st.lists(st.floats(0, 1e3), min_size=1, max_size=50), st.floats(1e-3, 10))
@settings(max_examples=60, deadline=None)
def test_weights_and_transmittance_sum_to_one(densities, step):
    density = torch.tensor(densities, dtype=DTYPE)
    found = rendering_weights(density, step)
    assert bool((found >= 0).all())
    # Each of S terms rounds, and the exponent of T loses its size times eps.
    budget = EPS * (2 * len(densities) + 2)
    assert abs(float(found.sum()) - (1 - math.exp(-step * float(density.sum())))) <= 2 * budget


def slabs(*parts: tuple[float, float, float, tuple[float, float, float]]):
    """A field of slabs (from, to, density, colour) across the x axis."""

    def field(points):
        x = points[..., 0]
        density, colour = torch.zeros_like(x), torch.zeros_like(points)
        for low, high, thick, shade in parts:
            inside = (x > low) & (x < high)
            density[inside] = thick
            colour[inside] = torch.tensor(shade, dtype=DTYPE)
        return density, colour

    return field


@pytest.mark.parametrize("stratified", [False, True])
def test_slabs_are_seen_as_beer_and_lambert_say(stratified):
    one, two = (-0.5, 0.0, 3.0, (1.0, 0.5, 0.0)), (0.25, 0.5, 8.0, (0.0, 0.25, 1.0))
    field = slabs(one, two)
    ahead, back = (torch.tensor([[s, 0.0, 0.0]], dtype=DTYPE) for s in (1.0, -1.0))
    red, blue = torch.tensor(one[3], dtype=DTYPE), torch.tensor(two[3], dtype=DTYPE)
    first, second = 1 - math.exp(-0.5 * 3), 1 - math.exp(-0.25 * 8)
    wanted = {1: first * red + (1 - first) * second * blue, -1: second * blue + (1 - second) * first * red}
    for sign, direction in ((1, ahead), (-1, back)):
        rays = Rays(-DISTANCE * direction, direction)
        seen = render(field, rays, 16, generator() if stratified else None)  # bins end where slabs do
        assert torch.allclose(seen[0], wanted[sign], rtol=0, atol=BIN * 16)
        assert not torch.allclose(seen[0], wanted[-sign], atol=0.1)
    start, across = torch.tensor([[0.7, -DISTANCE, 0.0], [0.0, 1.0, 0.0]], dtype=DTYPE).split(1)
    beside = Rays(start, across)
    assert float(render(field, beside, 16).abs().max()) == 0


def test_stratified_samples_are_unbiased_where_little_is_absorbed():
    # Without absorption the colour is the integral of a smooth density, without bias by stratified samples.
    def field(points):
        return 1e-4 * (1 + points[..., 0]), torch.ones_like(points)

    direction = torch.tensor([1.0, 0.0, 0.0], dtype=DTYPE).expand(4000, 3)
    seen = render(field, Rays(-DISTANCE * direction, direction), 4, generator())[:, 0]
    depth = 1e-4 * (FAR - NEAR)  # the mean of 1 + x is 1
    error = 5 * float(seen.std()) / math.sqrt(len(seen))
    assert error < 0.02 * depth
    assert abs(float(seen.mean()) - depth) < error + depth**2  # 1 - exp(-depth) = depth - depth^2/2 + ...


def test_rays_are_unit_look_at_the_centre_and_pictures_do_not_depend_on_their_pieces(monkeypatch):
    positions = viewpoints(6, generator())
    assert torch.allclose(positions.norm(dim=1), torch.ones(6, dtype=DTYPE), rtol=0, atol=UNIT)
    assert float(positions[:, 2].abs().max()) <= POLE
    rays = camera(positions[0], 5)
    assert torch.allclose(rays.directions.norm(dim=1), torch.ones(25, dtype=DTYPE), rtol=0, atol=UNIT)
    middle = rays.pick(torch.tensor([12]))
    assert torch.allclose(middle.directions, -positions[:1], rtol=0, atol=UNIT)
    assert float(rays.directions[0, 2]) > float(rays.directions[20, 2])  # top row first
    for x, y, z, radius in rendering.SCENE.balls:  # all of the scene within 1 of the centre
        assert math.hypot(x, y, z) + radius < FAR - DISTANCE == DISTANCE - NEAR
    several = cameras(positions[:2], 5)
    whole = picture(rendering.SCENE, several, 12)
    assert torch.equal(whole[:25], picture(rendering.SCENE, rays, 12))
    monkeypatch.setattr("numerics.data.radiance_fields.POINTS", 40)
    assert torch.allclose(whole, picture(rendering.SCENE, several, 12), rtol=0, atol=UNIT)
    assert 0 <= float(whole.min()) < float(whole.max()) <= 1


def test_several_label_vectors_are_predicted_as_each_of_them_and_as_by_iteration():
    drawn = torch.randn(12, 12, dtype=DTYPE, generator=generator())
    kernel, labels = drawn @ drawn.T / 12, drawn[:, :2]
    cross, rate, steps = drawn[:5], 0.2, 7
    both = kernel_values(kernel, cross, labels, rate, steps)[1]
    gains = torch.zeros_like(labels)
    for _ in range(steps):
        gains = gains + rate * (labels - kernel @ gains)
    assert torch.allclose(both, cross @ gains, rtol=1e4 * EPS, atol=1e4 * EPS)
    for column in range(2):
        alone = kernel_values(kernel, cross, labels[:, column], rate, steps)[1]
        assert torch.allclose(alone, both[:, column], rtol=1e3 * EPS, atol=1e3 * EPS)


@pytest.mark.parametrize("module", [fourier_shape, rendering])
def test_settings_that_make_no_sense_are_refused_in_one_line(module):
    for changes in ({"sigma": ()}, {"sigma": (2.0, 1.0)}, {"sigma": (-1.0, 1.0)}, {"step_size": 0.0}):
        with pytest.raises(ValueError, match=f"{module.EXPERIMENT.name}: .*wanted"):
            module.EXPERIMENT.configure("quick", **changes)
