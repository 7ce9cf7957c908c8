"""Assertions for other people's test suites: a tangent kernel, a spectrum, a law of decay.

    assert_tangent_kernel  wide random networks of any torch module against their limit kernel
    assert_follows_kernel  networks that are really trained against what their kernel predicts
    assert_spectrum        a routine for eigenvalues against the certified ones
    assert_decay           values per degree against a law as k -> oo

`verify.testing.wide.read_limit` says which limit the networks of a function have, without a kernel to compare with.

A violated assertion is an AssertionError that says what differs, measured against predicted. A
request that cannot be decided at the rates asked for is refused by a ValueError of one line.
Hypothesis strategies for kernels, dimensions, degrees, points and networks: `verify.testing.strategies`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any

from numpy.typing import ArrayLike

from theory.kernels import Kernel
from theory.laws.law import Law
from theory.numbers.optional import optional
from verify.testing.laws import wrong_decay
from verify.testing.spectra import Eigenvalues, mistake

if TYPE_CHECKING:  # networks need torch, which the other assertions do without
    from torch import Tensor, nn

    from numerics.data.user_data import Data
    from numerics.predictions.optimisers import Descent
    from verify.testing.following import Following
    from verify.testing.measuring import MakeNetwork
    from verify.testing.tangent import Agreement

__all__ = [
    "Agreement",
    "Following",
    "assert_decay",
    "assert_follows_kernel",
    "assert_spectrum",
    "assert_tangent_kernel",
]


def __getattr__(name: str) -> Any:
    home = {"Agreement": "verify.testing.tangent", "Following": "verify.testing.following"}.get(name)
    if home is not None:
        return getattr(import_module(home), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def assert_tangent_kernel(
    make_network: MakeNetwork,
    kernel: Kernel | str,
    points: ArrayLike | Tensor,
    *,
    widths: Sequence[int],
    seeds: int,
    margin: float,
    false_fail: float = 1e-6,
    false_pass: float = 1e-6,
) -> Agreement:
    """Assert that wide networks have `kernel` as the mean of their tangent kernel at initialisation.

    make_network(width, seed): a torch module with a deterministic forward pass on points (n, d), the same for
    the same seed; of q outputs each must have the kernel, and two of them none together. kernel: of
    theory.kernels, or its text, such as "NTK(depth=3)". points: (n, d), all n(n+1)/2 pairs are compared; unit
    vectors of S^(d-1), or of any norm for NNGP, NTK, Dual, DualTangent, ArcCosine, their sums and multiples,
    which say what a network does there (`verify.testing.layers`); errors are then shares of max K(x, x). widths:
    at least two; the largest is tested, the one before is the pilot that says how much seeds vary,
    smaller ones only show how factors grow. seeds: networks of each width. margin: the smallest
    error that counts, as a share of kappa(1).

    false_pass: chance that a kernel off by the margin or more at a pair passes. false_fail: chance
    that a right one fails. Both for fresh seeds, with seed values that are normal; the second one
    assumes, besides, a finite-width bias of at most margin/4 and a spread that falls as width^-1/2.

    Returns an `Agreement`; printed, it says the width needed to see smaller differences. Raises
    AssertionError, which tells a wrong scale (overall, or of single layers) from a wrong kernel, and says which
    limit the networks have where that can be read from them (`verify.testing.wide`);
    ValueError for networks that have no such kernel, and where width and seeds are too small to
    keep the rates.

    >>> import torch
    >>> class Shallow(torch.nn.Module):
    ...     def __init__(self, width, seed):
    ...         super().__init__()
    ...         draw = torch.Generator().manual_seed(seed)
    ...         self.hidden = torch.nn.Parameter(torch.randn(width, 3, generator=draw))
    ...         self.output = torch.nn.Parameter(torch.randn(width, generator=draw))
    ...     def forward(self, x):
    ...         return (2 / len(self.output)) ** 0.5 * (x @ self.hidden.T).relu() @ self.output
    >>> sizes = dict(widths=(256, 4096), seeds=40, margin=0.2)
    >>> agreement = assert_tangent_kernel(Shallow, "NTK(depth=2)", torch.eye(3), **sizes)
    >>> agreement.width
    4096
    >>> assert_tangent_kernel(Shallow, "2 * NTK(depth=2)", torch.eye(3), **sizes)
    Traceback (most recent call last):
    AssertionError: the tangent kernel of width 4096 is not 2 * NTK(depth=2): wrong scale, ...
    """
    optional("torch", "networks")
    from verify.testing.tangent import asked, check_sizes, run
    from verify.testing.wide import fitting

    limit = asked(kernel, points, margin, false_fail, false_pass)
    found = run(make_network, limit, check_sizes(widths, seeds), seeds)
    if isinstance(found, str):
        raise AssertionError(f"{found}\n  {fitting(make_network, limit)}")
    return found


def assert_follows_kernel(
    make_network: Callable[[int], nn.Module],
    data: Data | tuple[ArrayLike | Tensor, ArrayLike | Tensor],
    descent: Descent,
    kernel: Kernel | str | None = None,
    *,
    seeds: int,
    margin: float,
    false_fail: float = 1e-3,
    false_pass: float = 1e-3,
    checkpoints: Sequence[int] | None = None,
) -> Following:
    """Assert that networks, trained by torch's SGD on MSELoss, follow their tangent kernel on the training points.

    make_network(seed): a torch module with a deterministic forward pass. data: inputs (n, ...) and targets (n,) or
    (n, q), or a `numerics.data.user_data.Data`. descent: learning rates and the rest, as of `descent_of`. kernel: that
    of each network at its start without it, or a limit kernel or its text, at the points projected on the unit sphere.
    seeds: networks that are tested, as many again are the pilot. margin: the smallest mean of
    |f - f_predicted|/|y - f_0| that counts as leaving. checkpoints: steps, 1, 2, 5, 10, ... and the last without it.

    false_pass: chance that networks which are off by the margin or more at a checkpoint pass. false_fail: chance that
    networks which follow fail. Both for fresh seeds, with distances that are normal over seeds; the second one assumes
    a mean distance of at most half the margin, besides.

    Returns a `Following`. Raises AssertionError with the step at which they leave; ValueError for what cannot be
    predicted, and where the seeds are too few to tell, with the number that is enough.

    >>> import torch
    >>> from torch import nn
    >>> from numerics.predictions.optimisers import Descent
    >>> def linear(seed):
    ...     torch.manual_seed(seed)
    ...     return nn.Sequential(nn.Linear(2, 8).requires_grad_(False), nn.Tanh(), nn.Linear(8, 1))
    >>> data, sizes = (torch.eye(2), [1.0, -1.0]), dict(seeds=4, margin=0.1)
    >>> print(assert_follows_kernel(linear, data, Descent((0.1,) * 9), **sizes))
    FOLLOWS the kernel within 0.1 of |y - f_0| until step 9: ...
    """
    optional("torch", "networks")
    from numerics.data.user_data import Data, data_of
    from verify.testing import following

    given = data if isinstance(data, Data) else data_of(*data)
    found = following.run(make_network, given, descent, kernel, seeds, margin, (false_fail, false_pass), checkpoints)
    if isinstance(found, str):
        raise AssertionError(found)
    return found


def assert_spectrum(
    eigenvalues: Eigenvalues,
    kernel: Kernel | str,
    dim: int,
    *,
    degrees: Sequence[int] = range(11),
    relative: float = 1e-9,
) -> None:
    """Assert that a routine gives the eigenvalues mu_k of `kernel` on S^dim, uniform probability measure.

    eigenvalues: a function of the degree k, or an array with one value for each of `degrees`.
    relative: error allowed, as a share of mu_k; where mu_k is exactly 0, as a share of kappa(1).

    Raises AssertionError with the first wrong degree, its factor and, where every value fits, the
    convention of `theory.spectra.conventions` or the common slip (dimension, degree, multiplicity, weight,
    depth, layer scales) that explains it.

    >>> assert_spectrum([0.5, 1 / 3, 5 / 64], "NTK(depth=2)", 2, degrees=range(3))
    >>> assert_spectrum(lambda k: [0.5, 1.0, 25 / 64][k], "NTK(depth=2)", 2, degrees=range(3))
    Traceback (most recent call last):
    AssertionError: mu_1 of NTK(depth=2) on S^2 is 0.333333333333, got 1, 3 times as large ...
    """
    said = mistake(eigenvalues, kernel, dim, degrees, relative)
    if said is not None:
        raise AssertionError(said)


def assert_decay(values: Mapping[int, float] | ArrayLike, law: Law, *, relative: float = 0.0) -> None:
    """Assert that values per degree follow a law of `theory.laws.decay.decay(kernel, "k", dim=...)`.

    values: {degree: value}, or an array from degree 0 on. relative: their uncertainty, as a share of
    each value. A value may differ from the law and its known corrections by the last correction and
    its uncertainty; zero where the law says zero.

    Raises AssertionError with the first degree that is off, and the exponent and constant measured;
    ValueError where fewer than three degrees of a parity are high enough for the law to say anything.

    >>> from theory.laws.decay import decay
    >>> from theory.kernels import NTK
    >>> from theory.spectra.spectrum import float_spectrum
    >>> law, values = decay(NTK(depth=2), "k", dim=2), float_spectrum(NTK(depth=2), 2, range(41))
    >>> assert_decay(values, law)
    >>> assert_decay(values / 2, law)
    Traceback (most recent call last):
    AssertionError: even degrees: degree 6 is 0.00070..., predicted 0.0013... by 1/(pi*k**3) ...
    """
    said = wrong_decay(values, law, relative)
    if said is not None:
        raise AssertionError(said)
