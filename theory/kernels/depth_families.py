"""Kernels of symbolic depth: factor(L) * NTK(depth=L+shift), or NNGP, from some L on.

SymPy is imported here only when it is asked for.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from theory.kernels import NNGP, NTK, Kernel, value_at_one

if TYPE_CHECKING:
    import sympy as sp

    from theory.symbolic.objects import Range


@dataclass(frozen=True, slots=True, repr=False)
class DepthFamily:
    """factor(L) * base(depth=L+shift) for all L >= least; base NTK or NNGP, bias that of NTK.

    The factor is positive on that range; a weight variance w is the factor w^(L+shift), because
    ReLU is homogeneous: Sigma_l and Theta_l grow by w in every layer. `text` is how it is written.

    >>> from theory.kernels import NTK
    >>> from theory.symbolic.objects import L
    >>> family = DepthFamily(NTK, False, 1, 1/(L + 1), 1, "1/(L+1) * NTK(depth=L+1)")
    >>> family, family.value_at_one, family.depth_range
    (1/(L+1) * NTK(depth=L+1), 1, L >= 1)
    """

    base: type[NTK] | type[NNGP]
    bias: bool
    shift: int
    factor: sp.Expr
    least: int
    text: str

    def __repr__(self) -> str:
        return self.text

    @property
    def depth(self) -> sp.Expr:
        """L + shift."""
        from theory.symbolic.objects import L

        return L + self.shift

    @property
    def depth_range(self) -> Range:
        """L >= least."""
        from theory.symbolic.objects import Range

        return Range("L", self.least)

    @property
    def least_depth(self) -> int:
        """The depth of its shallowest kernel."""
        return self.least + self.shift

    @property
    def value_at_one(self) -> sp.Expr:
        """kappa(1) as a function of L: Sigma_l(1) = k0(1) = 1 in every layer."""
        import sympy as sp

        bias = int(self.bias)
        plain = sp.Integer(1) if self.base is NNGP else (1 + bias) * self.depth - bias
        return sp.factor(self.factor * plain)

    def from_depth(self, least_depth: int) -> DepthFamily:
        """The same family without its kernels of lower depth."""
        least = max(self.least, least_depth - self.shift)
        return DepthFamily(self.base, self.bias, self.shift, self.factor, least, self.text)

    def at(self, value: int) -> NTK | NNGP:
        """The plain kernel at one L, without the factor."""
        depth = value + self.shift
        return NTK(depth=depth, bias=True) if self.bias else self.base(depth=depth)


def shallowest(kernel: Kernel | DepthFamily) -> Kernel:
    """The kernel itself, of a family its first member: what structure alone decides is the same for all."""
    return kernel.at(kernel.least) if isinstance(kernel, DepthFamily) else kernel


def kappa_at_one(kernel: Kernel | DepthFamily) -> sp.Expr | None:
    """kappa(1) where it is known to be rational, a function of L for a family.

    >>> import sympy as sp
    >>> kappa_at_one(NTK(depth=3)), kappa_at_one(DepthFamily(NTK, True, 0, sp.Integer(1), 1, ""))
    (3, 2*L - 1)
    """
    import sympy as sp

    if isinstance(kernel, DepthFamily):
        return kernel.value_at_one
    value = value_at_one(kernel)
    return None if value is None else sp.Rational(value.numerator, value.denominator)
