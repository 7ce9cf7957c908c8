"""How fast the Fourier transform of a ReLU network falls, from its linear pieces: Rahaman et al. 2019.

Random networks of one and of two variables, cut to |x|_1 <= 1 (`numerics.networks.linear_pieces.supported`), and
their exact transforms. With J the jumps of the (normal) derivative and L the lengths of the edges,

    line        one variable                    mean over k of k^4 |f^(k)|^2 -> sum_j J_j^2
    faces       k along the normal of a face    mean over k of k^4 |f^(k)|^2 -> sum_c (sum_e J_e L_e)^2
    generic     k along a random direction      mean over k of k^6 |f^(k)|^2 -> sum_v |a_v|^2
    directions  all directions at one |k|       mean of k^5 |f^|^2 over them -> 2 sum_e J_e^2 L_e

The first three are the mean squares of sums of exponentials exp(-i k s), almost periodic in k: s are
the kinks x_j; the lines c on which edges e with this normal lie; and theta.v at the corners v, where

    a_v = -i sum_{e at v} +-J_e (theta.n_e)^2/(theta.t_e),     + where e ends, - where it starts.

The last is Parseval's identity along each line: near its normal an edge leaves J L sinc, the integral
of whose square over the angle is 2 pi J^2 L/|k|, at both normals. So k^-3 holds along almost every
direction, but not evenly: over a circle the root mean square falls as k^-5/2, the largest value as
k^-2.
"""

import math
from dataclasses import dataclass

import numpy as np
import xarray as xr

from numerics.experiments.config import seed_progress, seeds_of
from numerics.experiments.experiment import Experiment
from numerics.networks.fourier_transforms import line_transform_by_kinks, plane_transform
from numerics.networks.linear_pieces import Edges, Layers, edges, line_pieces, plane_pieces, supported
from numerics.networks.training import Progress

LAWS = {"line": 2.0, "faces": 2.0, "generic": 3.0, "directions": 2.5}  # the exponents
FIRST = 4.0
DENSITY = 8  # angles per unit of |k|: an edge has its peak within 2 pi/(|k| L), L < 1.5
DIAMOND = np.array([[1.0, 0.0], [0.0, 1.0], [-1.0, 0.0], [0.0, -1.0]])
PARALLEL = 1e-9
SMALLEST = {
    "quick": {"width": 4, "seeds": 2, "frequencies": 20, "octaves": 12, "circles": 5},
    "full": {"width": 8, "seeds": 8, "frequencies": 200, "octaves": 16, "circles": 6},
    "paper": {"width": 16, "seeds": 8, "frequencies": 500, "octaves": 16, "circles": 8},
}


@dataclass(frozen=True, slots=True)
class Config:
    """Sizes of one run; ``EXPERIMENT.configure`` gives those of a profile.

    width: of the two hidden layers before the cut. seeds: networks of each kind drawn, with the seeds
    seed, seed + 1, ... frequencies: |k| drawn in every octave. octaves: the first starts at |k| = 4.
    circles: octaves with all directions; their cost grows as |k|.

    >>> EXPERIMENT.configure("quick", circles=20)
    Traceback (most recent call last):
    ValueError: fourier-decay: circles <= octaves wanted, got 20
    """

    profile: str
    width: int
    seeds: int
    frequencies: int
    octaves: int = 18
    circles: int = 6
    seed: int = 0


PROFILES = {
    "quick": Config("quick", 6, 40, 200),
    "full": Config("full", 12, 48, 400),
    "paper": Config("paper", 32, 48, 1000, circles=8),
}


def check(config: Config) -> None:
    """Raise ValueError, in one line, for what is wrong beside a size."""
    if config.circles > config.octaves:
        raise ValueError(f"circles <= octaves wanted, got {config.circles}")


def starts(config: Config) -> np.ndarray:
    """The first |k| of every octave."""
    return FIRST * 2.0 ** np.arange(config.octaves)


def measure(config: Config, progress: Progress) -> xr.Dataset:
    """The transforms of every seed's two networks.

    square (seed, law, octave): mean of k^2p |f^(k)|^2, p the law's exponent, NaN where not sampled.
    limit (seed, law): what it tends to. excess (seed): largest |f^| over its bound, of all seen.
    pieces (seed, kind): linear pieces. shown (seed, shown_k): |f^| on the line, for a figure.
    bound (seed): sum_j |J_j| there.
    """
    found = []
    for done, seed in enumerate(seeds_of(config)):
        found.append(one_seed(config, seed))
        report = seed_progress(progress, done, config.seeds)
        if report is not None:
            report(1, 1)
    square, limit, excess, pieces, shown, bound = (np.array(part) for part in zip(*found))
    return xr.Dataset(
        {
            "square": (("seed", "law", "octave"), square),
            "limit": (("seed", "law"), limit),
            "excess": ("seed", excess),
            "pieces": (("seed", "kind"), pieces),
            "shown": (("seed", "shown_k"), shown),
            "bound": ("seed", bound),
        },
        coords={
            "seed": np.asarray(seeds_of(config)),
            "law": list(LAWS),
            "octave": starts(config),
            "kind": ["intervals", "polygons"],
            "shown_k": shown_frequencies(config),
        },
    )


def shown_frequencies(config: Config) -> np.ndarray:
    """|k| of the curve that is drawn."""
    return np.geomspace(1.0, starts(config)[-1], 400)


def one_seed(config: Config, seed: int) -> tuple[object, ...]:
    """square (4, octaves), limit (4,), excess, pieces (2,), the curve on the line, and its bound."""
    rng = np.random.default_rng(seed)
    line = line_pieces(supported(random_layers(rng, 1, config.width)), -1.0, 1.0)
    plane = plane_pieces(supported(random_layers(rng, 2, config.width)), DIAMOND)
    every, angle = edges(plane), rng.uniform(0, math.pi)
    normal, generic = steepest(every), np.array([math.cos(angle), math.sin(angle)])
    bound, uniform = np.abs(line.kinks).sum(), (np.abs(every.jumps) * every.lengths).sum()

    def on_plane(k: np.ndarray) -> np.ndarray:
        return np.abs(plane_transform(plane, k, every))

    square, excess = np.full((len(LAWS), config.octaves), np.nan), 0.0
    for octave, start in enumerate(starts(config)):
        k = rng.uniform(start, 2 * start, config.frequencies)
        seen = {
            "line": (k, np.abs(line_transform_by_kinks(line, k)), bound),
            "faces": (k, on_plane(k[:, None] * normal), uniform),
            "generic": (k, on_plane(k[:, None] * generic), uniform),
        }
        if octave < config.circles:
            count = int(DENSITY * start)
            turns = (np.arange(count) + rng.uniform()) * math.pi / count
            radii = rng.uniform(start, 2 * start, count)
            circle = radii[:, None] * np.stack([np.cos(turns), np.sin(turns)], 1)
            seen["directions"] = (radii, on_plane(circle), uniform)
        for row, (name, (k, values, most)) in enumerate(seen.items()):
            square[row, octave] = np.square(values * k ** LAWS[name]).mean()
            excess = max(excess, (values * k**2).max() / most)
    limit = [
        np.square(line.kinks).sum(),
        face_limit(every, normal),
        corner_limit(every, generic),
        2 * (every.jumps**2 * every.lengths).sum(),
    ]
    shown = np.abs(line_transform_by_kinks(line, shown_frequencies(config)))
    return square, limit, excess, [len(line.points) - 1, len(plane.cells)], shown, bound


def random_layers(rng: np.random.Generator, dim: int, width: int) -> Layers:
    """Three layers of weights N(0, 2/fan) and biases N(0, 1/4)."""
    sizes = (dim, width, width, 1)
    return [
        (math.sqrt(2 / into) * rng.normal(size=(out, into)), rng.normal(size=out) / 2)
        for into, out in zip(sizes, sizes[1:])
    ]


def steepest(every: Edges) -> np.ndarray:
    """The normal of the edge with the largest |J| L: (2,)."""
    place = (np.abs(every.jumps) * every.lengths).argmax()
    return every.normals[place] / every.lengths[place]


def face_limit(every: Edges, theta: np.ndarray) -> float:
    """sum_c (sum_{e on c} J_e L_e)^2 over the lines c = theta.x of the edges with normal theta."""
    along = (every.ends[:, 1] - every.ends[:, 0]) @ theta
    held = np.abs(along) <= PARALLEL * every.lengths
    places = (every.ends.mean(1) @ theta)[held]
    weights = (every.jumps * every.lengths)[held]
    order = np.argsort(places)
    lines = np.cumsum(np.diff(places[order], prepend=places[order][:1]) > PARALLEL)
    return float(np.square(np.bincount(lines, weights[order])).sum())


def corner_limit(every: Edges, theta: np.ndarray) -> float:
    """sum_v |a_v|^2 over the corners."""
    along = (every.ends[:, 1] - every.ends[:, 0]) @ theta / every.lengths
    across = every.normals @ theta / every.lengths
    share = every.jumps * across**2 / along  # (e,)
    _, corner = np.unique(every.ends.reshape(-1, 2), axis=0, return_inverse=True)
    return float(np.square(np.bincount(corner.ravel(), np.stack([-share, share], 1).ravel())).sum())


EXPERIMENT = Experiment("fourier-decay", PROFILES, SMALLEST, measure, positive=(), check=check)
