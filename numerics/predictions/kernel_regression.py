"""Kernel ridge regression, Gaussian-process posteriors, and the theory of their learning curves.

    f(x) = k(x, X) alpha,     alpha = (K + ridge I)^-1 y

with K = k(X, X) (n, n). Training a wide network on 1/2 sum (y - f)^2 + ridge/2 |theta - theta_0|^2
ends there, with k its tangent kernel. As a Gaussian process with noise variance ``ridge`` the same
f is the posterior mean. Matrices are positive definite as given: none is shifted behind your back.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor


class NotPositiveDefinite(ArithmeticError):
    """K + ridge I has no Cholesky factor; no jitter is added for you."""


def factor(kernel_matrix: Tensor, ridge: float = 0.0) -> Tensor:
    """Lower Cholesky factor of K + ridge I: (..., n, n).

    Raises NotPositiveDefinite with the leading minor that failed, or where the factor's diagonal
    shows a condition number beyond what the dtype can carry (1 / (n eps)).

    >>> factor(torch.full((2, 2), 3.0, dtype=torch.float64), ridge=1.0).diagonal()[0].item()
    2.0
    """
    n = kernel_matrix.shape[-1]
    if kernel_matrix.shape[-2] != n or n < 1:
        raise ValueError(f"a square matrix wanted, got {tuple(kernel_matrix.shape)}")
    if not 0 <= ridge < math.inf:
        raise ValueError(f"ridge >= 0 wanted, got {ridge}")
    shift = ridge * torch.eye(n, dtype=kernel_matrix.dtype, device=kernel_matrix.device)
    lower, failed = torch.linalg.cholesky_ex(kernel_matrix + shift)
    diagonal = lower.diagonal(dim1=-2, dim2=-1)
    pivots = diagonal.square()
    floor = n * torch.finfo(lower.dtype).eps * pivots.amax(-1, keepdim=True)
    if bool((failed != 0).any()) or not bool((pivots > floor).all()):
        raise NotPositiveDefinite(
            f"K + {ridge} I of order {n} has no safe Cholesky factor (leading minor "
            f"{int(failed.max())} failed, least pivot {float(pivots.min()):.3g}): repeated or "
            "antipodal points, a kernel of low rank, or a ridge below rounding"
        )
    return lower


def representer(kernel_matrix: Tensor, labels: Tensor, ridge: float = 0.0) -> Tensor:
    """alpha = (K + ridge I)^-1 y: labels (n,) or (n, q) -> the same shape.

    >>> representer(torch.eye(2, dtype=torch.float64), torch.ones(2).double(), 3.0).tolist()
    [0.25, 0.25]
    """
    columns = labels[:, None] if labels.ndim == 1 else labels
    return torch.cholesky_solve(columns, factor(kernel_matrix, ridge)).reshape(labels.shape)


@dataclass(frozen=True, slots=True, eq=False)
class Posterior:
    """Gaussian-process posterior at l test points: mean (l,) or (l, q), covariance (l, l).

    The covariance is that of f itself, without the noise.
    """

    mean: Tensor
    covariance: Tensor

    @property
    def variance(self) -> Tensor:
        """Pointwise variance (l,)."""
        return self.covariance.diagonal()


def posterior(kernel_matrix: Tensor, cross: Tensor, prior: Tensor, labels: Tensor, ridge: float = 0.0) -> Posterior:
    """Posterior from k(X, X) (n, n), k(X*, X) (l, n), k(X*, X*) (l, l) and y.

    mean = k(X*, X) alpha, covariance = k(X*, X*) - k(X*, X) (K + ridge I)^-1 k(X, X*).

    >>> one = torch.ones(1, 1, dtype=torch.float64)
    >>> found = posterior(one, one, one, torch.tensor([2.0]).double(), ridge=3.0)
    >>> found.mean.item(), found.variance.item()
    (0.5, 0.75)
    """
    lower = factor(kernel_matrix, ridge)
    columns = labels[:, None] if labels.ndim == 1 else labels
    mean = cross @ torch.cholesky_solve(columns, lower)
    half = torch.linalg.solve_triangular(lower, cross.T, upper=False)  # (n, l)
    return Posterior(mean.reshape(len(cross), *labels.shape[1:]), prior - half.T @ half)


@dataclass(frozen=True, slots=True)
class Spectrum:
    """Population eigenvalues mu_j > 0, each repeated ``multiplicities[j]`` times.

    ``tail``: the sum of all further eigenvalues, times multiplicity, each far below kappa / n. They
    act as a ridge n * tail / n: Simon et al. put them there. Units of kappa(1) = sum N mu + tail.

    >>> Spectrum((0.5, 1 / 3), (1, 3))
    Spectrum(eigenvalues=(0.5, 0.3333333333333333), multiplicities=(1, 3), tail=0.0)
    """

    eigenvalues: tuple[float, ...]
    multiplicities: tuple[int, ...]
    tail: float = 0.0

    def __post_init__(self) -> None:
        if len(self.eigenvalues) != len(self.multiplicities) or not self.eigenvalues:
            raise ValueError("as many multiplicities as eigenvalues, at least one, wanted")
        if not min(self.eigenvalues) >= 0 or not max(self.eigenvalues) < math.inf:
            raise ValueError(f"finite eigenvalues >= 0 wanted, got {self.eigenvalues}")
        if min(self.multiplicities) < 1 or not 0 <= self.tail < math.inf:
            raise ValueError("multiplicities >= 1 and a finite tail >= 0 wanted")


def effective_ridge(spectrum: Spectrum, samples: float, ridge: float = 0.0) -> float:
    """The kappa > 0 of sum_j N_j mu_j / (mu_j + kappa) + (ridge + tail) / kappa = n.

    The self-consistent equation of Bordelon et al. 2020 in the form of Simon et al. 2023; ``ridge``
    is that of `representer`, K not divided by n. At ridge 0 it needs more eigenvalues
    than samples. Bisection in log kappa to the last digit; the left side falls in kappa.

    >>> round(effective_ridge(Spectrum((1.0,), (10,)), samples=5), 12)
    1.0
    """
    total = ridge + spectrum.tail
    rank = sum(n for n, mu in zip(spectrum.multiplicities, spectrum.eigenvalues) if mu)
    if not samples > 0 or not 0 <= ridge < math.inf:
        raise ValueError(f"samples > 0 and ridge >= 0 wanted, got {samples} and {ridge}")
    if total == 0 and rank <= samples:
        raise ValueError(f"at ridge 0 more than {samples} eigenvalues wanted, got {rank}")
    pairs = list(zip(spectrum.eigenvalues, spectrum.multiplicities))
    trace = sum(n * mu for mu, n in pairs) + total
    low, high = 1e-300, trace / samples  # at high the left side is at most n
    for _ in range(200):
        middle = math.sqrt(low) * math.sqrt(high)
        if not low < middle < high:
            break
        left = sum(n * mu / (mu + middle) for mu, n in pairs) + total / middle
        low, high = (middle, high) if left > samples else (low, middle)
    return high


def learnabilities(spectrum: Spectrum, samples: float, ridge: float = 0.0) -> list[float]:
    """L_j = mu_j / (mu_j + kappa): the mean share of mode j that n random samples teach.

    sum_j N_j L_j + (ridge + tail)/kappa = n, so that without either the learnabilities sum to n.

    >>> [round(x, 12) for x in learnabilities(Spectrum((1.0,), (10,)), samples=5)]
    [0.5]
    """
    kappa = effective_ridge(spectrum, samples, ridge)
    return [mu / (mu + kappa) for mu in spectrum.eigenvalues]


@dataclass(frozen=True, slots=True)
class LearningCurve:
    """Expected test error after n random samples, and its parts.

    error: E (f - f*)^2 in L2 of the inputs, noise in the test label not counted. modes: the part of
    each eigenvalue. overfitting: the factor n / (n - sum N L^2) >= 1. train_error: mean of
    (f(x_i) - y_i)^2 over the sample.
    """

    error: float
    modes: tuple[float, ...]
    overfitting: float
    train_error: float


def learning_curve(
    spectrum: Spectrum,
    powers: Sequence[float],
    samples: float,
    ridge: float = 0.0,
    noise: float = 0.0,
    unlearnable: float = 0.0,
) -> LearningCurve:
    """Mean test error of ridge regression on n random samples.

    Bordelon et al. 2020 and Simon et al. 2023, in the notation of the latter.

    powers: c_j^2, the target's squared L2 norm within each eigenspace. noise: variance of the
    labels' noise. unlearnable: squared norm of the target outside all listed eigenspaces, in modes
    of zero or tail eigenvalue; it acts as noise and stays as error. With
    E_0 = n / (n - sum_j N_j L_j^2):

        error = E_0 ( sum_j (1 - L_j)^2 c_j^2 + unlearnable + noise ) - noise,
        train_error = (ridge / (n kappa))^2 (error + noise).

    >>> found = learning_curve(Spectrum((1.0,), (10,)), [1.0], samples=5)
    >>> round(found.error, 9), found.train_error
    (0.5, 0.0)
    """
    if len(powers) != len(spectrum.eigenvalues) or not min(powers) >= 0:
        raise ValueError(f"{len(spectrum.eigenvalues)} powers >= 0 wanted, got {list(powers)}")
    if not noise >= 0 or not unlearnable >= 0:
        raise ValueError(f"noise and unlearnable >= 0 wanted, got {noise} and {unlearnable}")
    kappa = effective_ridge(spectrum, samples, ridge)
    shares = [mu / (mu + kappa) for mu in spectrum.eigenvalues]
    used = sum(n * share**2 for n, share in zip(spectrum.multiplicities, shares))
    overfitting = samples / (samples - used)
    modes = tuple(overfitting * (1 - s) ** 2 * power for s, power in zip(shares, powers))
    error = sum(modes) + overfitting * unlearnable + (overfitting - 1) * noise
    train_error = (ridge / (samples * kappa)) ** 2 * (error + noise)
    return LearningCurve(error, modes, overfitting, train_error)


def ridge_rate(decay: float, smoothness: float) -> tuple[float, float]:
    """(exponent of the error, exponent of the best ridge) as powers of 1/n, with noisy labels.

    Eigenvalues mu_j ~ j^-a (``decay`` a > 1, j counted with multiplicity) and a target with
    sum_j c_j^2 mu_j^-s finite up to logarithms (``smoothness`` s > 0; s = 1 is the kernel's own
    space). Error n^-(a s')/(a s' + 1) at ridge per sample (ridge / n) ~ n^-a/(a s' + 1), s' =
    min(s, 2): ridge regression saturates at s = 2 (Caponnetto and De Vito 2007).

    >>> ridge_rate(2.0, 1.0)
    (0.6666666666666666, 0.6666666666666666)
    """
    if not decay > 1 or not smoothness > 0:
        raise ValueError(f"decay > 1 and smoothness > 0 wanted, got {decay} and {smoothness}")
    used = min(smoothness, 2.0)
    return decay * used / (decay * used + 1), decay / (decay * used + 1)
