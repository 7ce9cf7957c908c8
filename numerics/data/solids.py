"""A solid with fine detail in the unit cube, points around it, and the overlap of two solids.

The solid is a ball with studs: seen from its centre (1/2, 1/2, 1/2), the surface lies at

    rho(u, phi) = R (1 + a sin(pi q u) cos(m phi)),    u = cos(polar angle), phi = azimuth,

with q rings and m petals. Integrating rho^3/3 over the sphere, sin and cos integrate to 0, as does
cos^3, and sin^2 cos^2 to pi, so its volume is pi R^3 (4 + 3 a^2)/3.
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from numerics.data.points import DTYPE


@dataclass(frozen=True, slots=True)
class StuddedBall:
    """Radius R, relative height a of the studs, whole numbers q of rings and m of petals.

    >>> StuddedBall(0.4, 0.5, 2, 3)
    Traceback (most recent call last):
    ValueError: 0 < R (1 + a) < 1/2 and 0 <= a < 1, q, m >= 1 wanted, got 0.4, 0.5, 2, 3
    """

    radius: float
    height: float
    rings: int
    petals: int

    def __post_init__(self) -> None:
        inside = 0 < self.radius * (1 + self.height) < 0.5 and 0 <= self.height < 1
        if not inside or min(self.rings, self.petals) < 1:
            given = f"{self.radius}, {self.height}, {self.rings}, {self.petals}"
            raise ValueError(f"0 < R (1 + a) < 1/2 and 0 <= a < 1, q, m >= 1 wanted, got {given}")

    @property
    def volume(self) -> float:
        """pi R^3 (4 + 3 a^2)/3.

        >>> round(StuddedBall(0.3, 0.0, 1, 1).volume - 4 / 3 * math.pi * 0.3**3, 15)
        0.0
        """
        return math.pi * self.radius**3 * (4 + 3 * self.height**2) / 3

    def surface(self, directions: Tensor) -> Tensor:
        """rho in the given directions (n, 3), of any length but 0: (n,)."""
        cosine = directions[:, 2] / directions.norm(dim=1)
        azimuth = torch.atan2(directions[:, 1], directions[:, 0])
        studs = (math.pi * self.rings * cosine).sin() * (self.petals * azimuth).cos()
        return self.radius * (1 + self.height * studs)

    def contains(self, points: Tensor) -> Tensor:
        """Whether each of the points (n, 3) lies inside: (n,) of bool.

        >>> ball = StuddedBall(0.3, 0.3, 2, 3)
        >>> ball.contains(torch.tensor([[0.5, 0.5, 0.6], [0, 0, 0]])).tolist()
        [True, False]
        """
        arms = points - 0.5
        return arms.norm(dim=1) < self.surface(arms)

    def near(self, count: int, spread: float, generator: torch.Generator) -> Tensor:
        """Points of the surface in uniform directions, moved by N(0, spread^2 I): (count, 3)."""
        arms, moves = torch.randn(2, count, 3, dtype=DTYPE, generator=generator)
        arms = arms / arms.norm(dim=1, keepdim=True)
        return 0.5 + arms * self.surface(arms)[:, None] + spread * moves


def iou(found: Tensor, wanted: Tensor) -> float:
    """Intersection over union of two solids on one sample, bool (n,) each; 1 where both are empty.

    >>> iou(torch.tensor([True, True, False]), torch.tensor([True, False, False]))
    0.5
    """
    union = int((found | wanted).sum())
    return int((found & wanted).sum()) / union if union else 1.0
