"""Leading eigenpairs of a kernel matrix too large to store, each with a bound on its error.

For a symmetric A and a unit vector v with residual r = A v - theta v some eigenvalue lambda of A
has |lambda - theta| <= |r| (Parlett, The Symmetric Eigenvalue Problem, theorem 4.5.1). The bound
needs A v alone and no trust in the solver. It says that an eigenvalue is near each theta, not that
none of the larger ones was missed; `missed_mass` bounds those by the Frobenius norm.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import torch
from scipy.sparse.linalg import ArpackNoConvergence, LinearOperator, eigsh, lobpcg
from torch import Tensor

from numerics.predictions.limit_kernels import AngleKernel, angles

BLOCK_BYTES = 2**22  # larger blocks are slower: their temporaries leave the cache


class NotConverged(ArithmeticError):
    """The iteration ended with residuals above the tolerance."""


@dataclass(frozen=True, slots=True, eq=False)
class EigenPairs:
    """values theta_1 >= ... >= theta_q, unit vectors (n, q), residuals |A v - theta v| (q,)."""

    values: Tensor
    vectors: Tensor
    residuals: Tensor


class GramOperator:
    """D K D for the kernel matrix K of unit vectors and a diagonal D, formed block by block.

    points (n, d+1); kernel: a function of the angle; scales: the diagonal of D (n,), 1/sqrt(n) for
    the operator whose eigenvalues tend to the population's, or sqrt(w_i) with weights. At most
    about twelve blocks of ``block_bytes`` are held at a time, the kernel's temporaries counted in.

    >>> from numerics.predictions.limit_kernels import two_layer_kernel
    >>> operator = GramOperator(torch.eye(3, dtype=torch.float64), two_layer_kernel)
    >>> operator.apply(torch.ones(3, 1, dtype=torch.float64)).shape
    torch.Size([3, 1])
    """

    def __init__(
        self, points: Tensor, kernel: AngleKernel, scales: Tensor | None = None, block_bytes: int = BLOCK_BYTES
    ) -> None:
        n = len(points)
        self.points, self.kernel = points, kernel
        self.scales = points.new_full((n,), n**-0.5) if scales is None else scales
        if self.scales.shape != (n,):
            raise ValueError(f"scales ({n},) wanted, got {tuple(self.scales.shape)}")
        self.rows = max(1, block_bytes // (n * points.element_size()))
        self.products = 0

    def apply(self, vectors: Tensor) -> Tensor:
        """D K D v for the columns v of (n, q)."""
        scaled = self.scales[:, None] * vectors
        result = torch.zeros_like(scaled)
        for block, rest, values in self._blocks():
            result[block].addmm_(values, scaled[block.start :])
            result[rest].addmm_(values[:, self.rows :].T, scaled[block])
        self.products += 1
        return self.scales[:, None] * result

    def frobenius_square(self) -> float:
        """|D K D|_F^2, the sum of the squares of all eigenvalues."""
        total, squares = 0.0, self.scales.square()
        for block, rest, values in self._blocks():
            values = values.square_()
            total += float(squares[block] @ (values[:, : self.rows] @ squares[block]))
            total += 2 * float(squares[block] @ (values[:, self.rows :] @ squares[rest]))
        return total

    def _blocks(self) -> Iterator[tuple[slice, slice, Tensor]]:
        """Row blocks, the rows after each, and K of the block's rows from its diagonal on."""
        for start in range(0, len(self.points), self.rows):
            block = slice(start, start + self.rows)
            values = self.kernel(angles(self.points[block], self.points[start:]))
            yield block, slice(start + self.rows, None), values


def leading_pairs(
    operator: GramOperator,
    count: int,
    generator: torch.Generator,
    method: str = "lobpcg",
    tolerance: float = 1e-10,
    most_iterations: int = 200,
) -> EigenPairs:
    """The ``count`` largest eigenpairs, from a random start of scipy's iterative solvers.

    method: "lobpcg" (a block of vectors at a time, which suits multiple eigenvalues and a kernel
    that is dear to form; fast where ``count`` ends at a gap, such as a whole degree) or "eigsh"
    (Lanczos with restarts, one vector at a time). tolerance: largest residual
    allowed, relative to the largest eigenvalue; the residuals are computed here and not taken from
    the solver. Raises NotConverged with the residuals reached.

    >>> from numerics.predictions.limit_kernels import k1
    >>> pairs = leading_pairs(GramOperator(torch.eye(9, dtype=torch.float64), k1), 1,
    ...                       torch.Generator().manual_seed(0))
    >>> round(pairs.values.item() * 9, 9) == round(1 + 8 / torch.pi, 9)
    True
    """
    n = len(operator.points)
    if count < 1 or 5 * count >= n:
        raise ValueError(f"1 <= count < n/5 wanted, got {count} of {n}: use a dense solver")
    device, dtype = operator.points.device, operator.points.dtype

    def product(columns: np.ndarray) -> np.ndarray:
        vectors = torch.from_numpy(np.ascontiguousarray(columns).reshape(n, -1))
        result: np.ndarray = operator.apply(vectors.to(device, dtype)).cpu().numpy()
        return result.reshape(columns.shape)

    linear = LinearOperator((n, n), matvec=product, matmat=product, dtype=np.float64)
    start = torch.randn(n, count, dtype=torch.float64, generator=generator).cpu().numpy()
    if method == "eigsh":
        try:
            _, found = eigsh(linear, count, which="LA", v0=start[:, 0], tol=tolerance, maxiter=most_iterations)
        except ArpackNoConvergence as failure:
            raise NotConverged(f"eigsh after {most_iterations} iterations: {failure}") from None
    elif method == "lobpcg":
        limit = tolerance * operator.frobenius_square() ** 0.5 / 10
        _, found = lobpcg(linear, start, tol=limit, maxiter=most_iterations, largest=True)
    else:
        raise ValueError(f"method 'eigsh' or 'lobpcg' wanted, got {method!r}")
    pairs = rayleigh_ritz(operator.apply, torch.from_numpy(found.copy()).to(device, dtype))
    worst = float(pairs.residuals.max())
    if not worst <= tolerance * float(pairs.values[0].abs()):
        raise NotConverged(
            f"{method}: residuals {pairs.residuals.tolist()} after {most_iterations} iterations, "
            f"{tolerance} of the largest eigenvalue {float(pairs.values[0])} wanted"
        )
    return pairs


def rayleigh_ritz(apply: Callable[[Tensor], Tensor], vectors: Tensor) -> EigenPairs:
    """Best eigenpairs within the span of ``vectors`` (n, q), with their residuals.

    >>> pairs = rayleigh_ritz(lambda v: 2 * v, torch.ones(4, 1, dtype=torch.float64))
    >>> pairs.values.tolist(), pairs.residuals.max().item() < 1e-14
    ([2.0], True)
    """
    basis = torch.linalg.qr(vectors).Q
    image = apply(basis)
    small = basis.T @ image
    values, turn = torch.linalg.eigh((small + small.T) / 2)
    values, turn = values.flip(0), turn.flip(1)
    vectors = basis @ turn
    return EigenPairs(values, vectors, residual_norms(image @ turn, values, vectors))


def residual_norms(image: Tensor, values: Tensor, vectors: Tensor) -> Tensor:
    """|A v - theta v| / |v| per pair (q,): some eigenvalue of A lies this close to theta.

    image: A v (n, q), values theta (q,), vectors v (n, q).
    """
    return (image - vectors * values).norm(dim=0) / vectors.norm(dim=0)


def missed_mass(operator: GramOperator, pairs: EigenPairs) -> float:
    """Upper estimate of the largest |eigenvalue| beyond the pairs: sqrt(|A|_F^2 - sum theta^2).

    Below the last theta it shows that no larger eigenvalue was missed. It exceeds the next
    eigenvalue where many follow, and holds within the rounding of the two sums.
    """
    rest = operator.frobenius_square() - float(pairs.values.square().sum())
    return max(rest, 0.0) ** 0.5
