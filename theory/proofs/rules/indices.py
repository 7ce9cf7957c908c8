"""Which Hermite coefficients are known not to vanish, and the indices of a range."""

from __future__ import annotations

from functools import reduce, singledispatch

from theory.kernels import ArcCosine, Dual, DualTangent, Kernel
from theory.proofs.steps import Refused
from theory.symbolic.indices import CONSTANT, EVEN, LINEAR, ODD, SMALL, Indices, from_start
from theory.symbolic.objects import Range

STEP = CONSTANT | ODD
# Indices of Hermite coefficients that do not vanish; the parity of which is (0 even, 1 odd), if one. For odd n, up to
# their sign, those of tanh are integrals of w^n exp(-v w^2/2)/sinh(pi w/2) > 0, the sigmoid is (1 + tanh(x/2))/2,
# softplus has it as derivative, and x tanh(x/2), the even part of 2 silu, has the derivative of 1/sinh, of one sign.
HERMITE: dict[str, tuple[Indices, int | None]] = {
    "step": (STEP, None),
    "sign": (ODD, 1),
    "abs": (EVEN, 0),
    "sin": (ODD, 1),
    "cos": (EVEN, 0),
    "exp": (EVEN | ODD, None),
    "erf": (ODD, 1),
    "bell": (EVEN, 0),
    "tanh": (ODD, 1),
    "sigmoid": (STEP, None),
    "softplus": (LINEAR | EVEN, None),
    "silu": (LINEAR | EVEN, None),
    "hard_tanh": (Indices(), 1),
    "softsign": (Indices(), 1),
}
DERIVATIVES = {"relu": "step", "abs": "sign", "sin": "cos", "cos": "sin", "exp": "exp", "erf": "bell"}


def _power(order: int) -> Indices:
    """u_+^a: E[u_+^a He_n] = a!/(a-n)! E[u_+^(a-n)] for n <= a, then a! phi(0) He_(n-a-1)(0)."""
    return Indices(frozenset(range(order + 1))) | from_start(order + 1)


@singledispatch
def hermite_indices(kernel: Kernel) -> tuple[Indices, int | None]:
    """(indices at which b_n > 0, the parity outside which b_n = 0) of a mean over two Gaussians."""
    raise Refused(f"{kernel!r} is no mean over two Gaussians")


@hermite_indices.register
def _of_power(kernel: ArcCosine) -> tuple[Indices, int | None]:
    return _power(kernel.order), None


@hermite_indices.register
def _of_dual(kernel: Dual) -> tuple[Indices, int | None]:
    match kernel.activation:
        case "leaky_relu":  # h_n = h_n(relu) (1 - (-1)^n slope)
            even, odd = kernel.slope != 1, kernel.slope != -1
            return (EVEN if even else Indices()) | (LINEAR if odd else Indices()), None
        case "relu":
            return _power(1), None
    return HERMITE.get(kernel.activation, (Indices(), None))


@hermite_indices.register
def _of_dual_tangent(kernel: DualTangent) -> tuple[Indices, int | None]:
    """Those of the activation and of t times its derivative, of the same parity."""
    if kernel.activation == "step":
        return HERMITE["step"]
    own, parity = hermite_indices(Dual(kernel.activation, kernel.slope))
    if kernel.activation not in DERIVATIVES:  # (n+1) b_n, since t times the derivative of t^n is n t^n
        return own, parity
    return own | LINEAR + HERMITE[DERIVATIVES[kernel.activation]][0], parity


def indices_of(where: Range) -> Indices:
    """The indices of a range."""
    if where.most is not None:
        return Indices(frozenset(where.values(SMALL)))
    parities = (0, 1) if where.parity is None else (where.parity,)
    starts = (where.least + (where.least - p) % 2 for p in parities)
    return reduce(Indices.__or__, map(from_start, starts), Indices())
