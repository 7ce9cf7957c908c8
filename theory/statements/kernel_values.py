"""Values of a kernel: mu_k, b_n and kappa(t), exactly where they are rational, else as balls."""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache, singledispatch

from theory.kernels import NNGP, NTK, Compose, Dual, DualTangent, Kernel, Multiple, Product, Sum, value_at_one
from theory.kernels.activations import KINKED, SMOOTH
from theory.numbers.balls import NotCertified, precision_bits
from theory.numbers.pi_polynomials import PiPolynomial
from theory.spectra.spectrum import Eigenvalues, eigenvalue, spectrum
from theory.statements.arithmetic import TooLarge, Undefined, Value, as_ball

MAX_SERIES = 100  # of a Maclaurin coefficient that is summed
BLOCK = 16  # degrees whose eigenvalues are found together


@singledispatch
def price(kernel: Kernel) -> int:
    """Units of work of a block of eigenvalues of low degree, about a millisecond each.

    >>> price(NTK(depth=3)), price(NTK(depth=3) + Dual("tanh"))
    (90, 1090)
    """
    return 100


@price.register
def _of_parts(kernel: Sum | Product) -> int:
    return sum(map(price, kernel.parts))


@price.register
def _of_composition(kernel: Compose) -> int:
    return price(kernel.outer) + price(kernel.inner)


@price.register
def _of_multiple(kernel: Multiple) -> int:
    return price(kernel.kernel)


@price.register
def _of_network(kernel: NTK | NNGP) -> int:
    return 10 * kernel.depth**2 if kernel.depth > 2 else 1


@price.register
def _of_dual(kernel: Dual | DualTangent) -> int:
    return 12_000 if kernel.activation in KINKED else 1_000 if kernel.activation in SMOOTH else 100


@lru_cache(maxsize=20_000)
def eigenvalue_value(kernel: Kernel, dim: int, degree: int, digits: int) -> Value:
    """mu_k exactly where it is rational, else a ball."""
    try:
        first, block = _block(kernel, dim, degree // BLOCK, digits + 10)
        found = block[degree - first]
    except NotCertified:  # of another degree of the block, perhaps
        found = eigenvalue(kernel, dim, degree, digits + 10)
    exact = found.exact.rational() if isinstance(found.exact, PiPolynomial) else None
    return exact if exact is not None else found.enclosure.ball()


@lru_cache(maxsize=512)
def _block(kernel: Kernel, dim: int, number: int, digits: int) -> tuple[int, Eigenvalues]:
    """(first degree, eigenvalues) of consecutive degrees: a quadrature gives them at the price of the last one."""
    first = number * BLOCK
    return first, spectrum(kernel, dim, range(first, first + BLOCK), digits).eigenvalues


def kappa_value(kernel: Kernel, t: Value) -> Value:
    """kappa(t), t in [-1, 1], by the angle evaluator."""
    from theory.expansions.in_the_angle import kernel_value

    if isinstance(t, Fraction) and abs(t) > 1:
        raise Undefined(f"kappa at {t}")
    exact = value_at_one(kernel) if t == 1 else None
    return kernel_value(kernel, as_ball(t).acos()) if exact is None else exact


def series_coefficient(kernel: Kernel, n: int) -> Value:
    """b_n: in closed form where there is one, else a ball from the power series of the kernel."""
    return _series_coefficient(kernel, n, precision_bits())


@lru_cache(maxsize=4096)
def _series_coefficient(kernel: Kernel, n: int, _bits: int) -> Value:
    from theory.expansions.maclaurin import maclaurin
    from theory.spectra.closed_coefficients import maclaurin_at
    from theory.symbolic.constants import constant_ball

    value = maclaurin_at(kernel, n)
    if value is not None:
        return Fraction(value.p, value.q) if value.is_Rational else constant_ball(value)
    if n > MAX_SERIES:
        raise TooLarge(f"b({n}) of {kernel!r} has no closed form")
    return maclaurin(kernel, n + 1)[n]
