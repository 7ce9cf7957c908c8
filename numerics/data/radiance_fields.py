"""Volume rendering: colours of rays through a field of density and colour, and a scene to look at.

A ray o + t d, |d| = 1, through density sigma and colour c before a black background has the colour

    C = Integral_near^far T(t) sigma(o + t d) c(o + t d) dt,
    T(t) = exp(-Integral_near^t sigma(o + s d) ds).

With one sample in each of S equal bins of length delta, sigma and c constant in every bin,

    C = sum_i w_i c_i,   w_i = T_i (1 - exp(-sigma_i delta)),   T_i = exp(-sum_{j<i} sigma_j delta),

and sum_i w_i = 1 - exp(-sum_i sigma_i delta). Max 1995, IEEE TVCG 1(2); Mildenhall et al. 2020
(arXiv:2003.08934), eq. 3. The scene lies in [-1, 1]^3 and is seen from a sphere of radius DISTANCE.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from numerics.data.points import DTYPE

Field = Callable[[Tensor], tuple[Tensor, Tensor]]  # (..., 3) -> density (...), colour (..., 3)
DISTANCE = 3.0
NEAR, FAR = 2.0, 4.0  # distances along a ray between which everything lies
HALF_VIEW = 0.95  # of the picture's side, in the plane through the centre
POLE = 0.9  # views from higher up have no upright
POINTS = 2**16  # at which a field is evaluated at once: what the caches hold


@dataclass(frozen=True, slots=True, eq=False)
class Rays:
    """Origins (n, 3) and unit directions (n, 3)."""

    origins: Tensor
    directions: Tensor

    def pick(self, places: Tensor) -> "Rays":
        """Those at the given places."""
        return Rays(self.origins[places], self.directions[places])

    def points(self, distances: Tensor) -> Tensor:
        """o + t d for distances (n, S): (n, S, 3)."""
        return self.origins[:, None] + distances[..., None] * self.directions[:, None]


def weights(density: Tensor, step: float) -> Tensor:
    """w_i of densities (..., S) in bins of length ``step``: (..., S).

    >>> w = weights(torch.tensor([0.0, math.log(2.0), 1e9]), 1.0)
    >>> [round(v, 6) for v in w.tolist()]
    [0.0, 0.5, 0.5]
    """
    depth = density * step
    before = torch.nn.functional.pad(depth[..., :-1].cumsum(-1), (1, 0))
    return -before.neg().exp() * torch.expm1(-depth)


def render(field: Field, rays: Rays, samples: int, generator: torch.Generator | None = None) -> Tensor:
    """Colours (n, 3) of the rays: samples in the middle of each bin, or uniform in it (stratified).

    >>> fog = lambda x: (torch.ones(x.shape[:-1]), torch.ones_like(x))
    >>> ray = Rays(torch.tensor([[0.0, 0.0, -3.0]]), torch.tensor([[0.0, 0.0, 1.0]]))
    >>> round(render(fog, ray, 8)[0, 0].item() + math.exp(NEAR - FAR), 6)
    1.0
    """
    shape = len(rays.origins), samples
    inside = torch.full(shape, 0.5, dtype=rays.origins.dtype)
    if generator is not None:
        inside = torch.rand(shape, dtype=rays.origins.dtype, generator=generator)
    step = (FAR - NEAR) / samples
    distances = NEAR + step * (torch.arange(samples, dtype=inside.dtype) + inside)
    density, colour = field(rays.points(distances))
    return (weights(density, step)[..., None] * colour).sum(-2)


def picture(field: Field, rays: Rays, samples: int) -> Tensor:
    """As `render` with samples in the middle, without gradients, POINTS at a time: (n, 3)."""
    with torch.no_grad():
        parts = torch.arange(len(rays.origins)).split(max(1, POINTS // samples))
        return torch.cat([render(field, rays.pick(part), samples) for part in parts])


def viewpoints(count: int, generator: torch.Generator) -> Tensor:
    """Unit vectors, uniform on the sphere without its caps beyond |z| = POLE: (count, 3)."""
    height, turn = torch.rand(2, count, dtype=DTYPE, generator=generator)
    height, turn = POLE * (2 * height - 1), 2 * math.pi * turn
    flat = (1 - height.square()).sqrt()
    return torch.stack([flat * turn.cos(), flat * turn.sin(), height], dim=1)


def camera(viewpoint: Tensor, pixels: int) -> Rays:
    """Rays of a square picture of the centre, from DISTANCE times a unit vector; rows from the top.

    >>> camera(torch.tensor([1.0, 0.0, 0.0], dtype=DTYPE), 2).origins.shape
    torch.Size([4, 3])
    """
    up = torch.tensor([0.0, 0.0, 1.0], dtype=DTYPE)
    right = torch.linalg.cross(up, viewpoint)
    right = right / right.norm()
    up = torch.linalg.cross(viewpoint, right)
    across = HALF_VIEW * ((2 * torch.arange(pixels, dtype=DTYPE) + 1) / pixels - 1)
    rows, columns = torch.meshgrid(across.flip(0), across, indexing="ij")
    origins = (DISTANCE * viewpoint).expand(pixels**2, 3)
    arms = columns.reshape(-1, 1) * right + rows.reshape(-1, 1) * up - origins
    return Rays(origins, arms / arms.norm(dim=1, keepdim=True))


def cameras(positions: Tensor, pixels: int) -> Rays:
    """The rays of several pictures, one after the other: viewpoints (v, 3)."""
    views = [camera(viewpoint, pixels) for viewpoint in positions]
    return Rays(torch.cat([v.origins for v in views]), torch.cat([v.directions for v in views]))


@dataclass(frozen=True, slots=True)
class SoftBalls:
    """Coloured balls with soft edges and one texture through all of them.

    balls: centre and radius of each, (x, y, z, r). colours: (red, green, blue) of each, in [0, 1].
    density: inside. edge: width of the fall of the density at the surface. cycles: of the texture,
    per unit length.
    """

    balls: tuple[tuple[float, float, float, float], ...]
    colours: tuple[tuple[float, float, float], ...]
    density: float
    edge: float
    cycles: float

    def __call__(self, points: Tensor) -> tuple[Tensor, Tensor]:
        """Density (...) and colour (..., 3) at points (..., 3)."""
        balls = torch.tensor(self.balls, dtype=points.dtype)
        depths = balls[:, 3] - (points[..., None, :] - balls[:, :3]).norm(dim=-1)
        densities = self.density * (depths / self.edge).sigmoid()  # (..., ball)
        total = densities.sum(-1)
        shares = densities / total.clamp_min(torch.finfo(points.dtype).tiny)[..., None]
        waves = (2 * math.pi * self.cycles * points).sin().prod(-1)  # in [-1, 1]
        shade = 0.65 + 0.35 * (4 * waves).tanh()
        return total, shade[..., None] * (shares @ torch.tensor(self.colours, dtype=points.dtype))
