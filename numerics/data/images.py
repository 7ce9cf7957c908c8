"""Grey images that ship with scikit-image, as values on the grid of a unit square.

Pixel (i, j) of a side-s image sits at v = (i, j)/s, and a vector of pixels runs row by row.
Nothing is downloaded: only what lies inside the installed package is named here.
"""

import torch
from torch import Tensor

from numerics.data.points import DTYPE

NATURAL = ("astronaut", "camera", "chelsea", "coffee", "coins")
RANDOM = "random"


def pixel_points(side: int) -> Tensor:
    """v = (i, j)/s of all pixels, row by row: (s^2, 2).

    >>> pixel_points(2).tolist()
    [[0.0, 0.0], [0.0, 0.5], [0.5, 0.0], [0.5, 0.5]]
    """
    steps = torch.arange(side, dtype=DTYPE) / side
    return torch.cartesian_prod(steps, steps)


def without_features(points: Tensor) -> Tensor:
    """v in the unit cube (n, d) as (2v - 1, 1) of length 1: (n, d+1), the mapping that maps nothing.

    The last coordinate is the bias of a first layer, so that all networks here have unit inputs.

    >>> without_features(torch.tensor([[0.5, 0.5]], dtype=DTYPE)).tolist()
    [[0.0, 0.0, 1.0]]
    """
    lifted = torch.cat([2 * points - 1, torch.ones_like(points[:, :1])], dim=1)
    return lifted / lifted.norm(dim=1, keepdim=True)


def check_name(name: str) -> None:
    """Raise ValueError unless the name is one of NATURAL, or RANDOM.

    >>> check_name("kodak")
    Traceback (most recent call last):
    ValueError: image: 'kodak' is not one of random, astronaut, camera, chelsea, coffee, coins
    """
    if name not in (RANDOM, *NATURAL):
        raise ValueError(f"image: {name!r} is not one of {', '.join((RANDOM, *NATURAL))}")


def patch(name: str, side: int, generator: torch.Generator) -> Tensor:
    """A random square of a natural image, averaged over blocks to side x side pixels: (s^2,) in [0, 1].

    name: one of NATURAL, or RANDOM for any of them. It takes half the image's shorter side.

    >>> patch("coins", 8, torch.Generator()).shape
    torch.Size([64])
    """
    check_name(name)
    chosen = int(torch.randint(len(NATURAL), (1,), generator=generator))
    image = _grey(NATURAL[chosen] if name == RANDOM else name)
    block = max(1, min(image.shape) // (2 * side))
    corner = [int(torch.randint(length - block * side + 1, (1,), generator=generator)) for length in image.shape]
    return _averaged(image[corner[0] :, corner[1] :], side, block)


def phantom(side: int, generator: torch.Generator) -> Tensor:
    """The Shepp-Logan phantom turned by a random angle, averaged over blocks: (s^2,) in [0, 1].

    Its ellipses keep clear of the border, so nothing is cut off at any angle.
    """
    from skimage.data import shepp_logan_phantom
    from skimage.transform import rotate

    degrees = 360 * float(torch.rand(1, dtype=DTYPE, generator=generator))
    image = torch.as_tensor(rotate(shepp_logan_phantom(), degrees))
    block = len(image) // side
    if not block:
        raise ValueError(f"side: got {side}, allowed: at most {len(image)}, as the phantom has")
    margin = (len(image) - block * side) // 2
    return _averaged(image[margin:, margin:], side, block)


def psnr(found: Tensor, truth: Tensor) -> Tensor:
    """Peak signal-to-noise ratio -10 log10(mean squared error) in dB, for values in [0, 1].

    >>> psnr(torch.full((4,), 0.1), torch.zeros(4)).item()
    20.0
    """
    return -10 * (found - truth).square().mean().log10()


def between_pixels(coarse: Tensor) -> Tensor:
    """Bilinear interpolation of the (s, s) pixels at even places to (2s, 2s); constant beyond the last.

    >>> between_pixels(torch.tensor([[0.0, 1.0], [0.0, 1.0]]))[0].tolist()
    [0.0, 0.5, 1.0, 1.0]
    """
    size = [2 * length - 1 for length in coarse.shape]
    inner = torch.nn.functional.interpolate(coarse[None, None], size=size, mode="bilinear", align_corners=True)
    return torch.nn.functional.pad(inner, (0, 1, 0, 1), mode="replicate")[0, 0]


def _grey(name: str) -> Tensor:
    """Luminance in [0, 1]."""
    from skimage import color, data

    image = getattr(data, name)()
    return torch.as_tensor(color.rgb2gray(image) if image.ndim == 3 else image / 255)


def _averaged(image: Tensor, side: int, block: int) -> Tensor:
    """Means over blocks x blocks of the upper left corner: (s^2,)."""
    square = image[: block * side, : block * side].to(DTYPE)
    return square.reshape(side, block, side, block).mean(dim=(1, 3)).flatten()
