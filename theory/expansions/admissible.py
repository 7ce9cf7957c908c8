"""Which kernels have eigenvalues at all: an inadmissible one is refused, not left uncertified.

A `Zonal` expression must be real and finite on the open interval (0, pi), and the kernel integrable on S^d, so
that mu_k = E[kappa P_k] exists: with kappa ~ c u^e at an end, u = 1 - t
or 1 + t, the integral of u^e u^((d-2)/2) is finite exactly for e > -d/2. Only what is located by exact
roots, by signs of balls or by an expansion is refused; what stays open is left to the routes, which
raise NotCertified, and to `theory.expansions.analytic_inside`, which asks for certainty.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache
from itertools import count
from math import floor
from typing import cast

from flint import acb, arb, fmpq, fmpq_poly

from theory.expansions.piecewise import real_value
from theory.kernels import Compose, Kernel, Multiple, Product, Sum, Zonal, by_kernel
from theory.kernels.zonal_expressions import PIECEWISE, operation, polynomial
from theory.numbers.balls import ball, rational, working_precision
from theory.symbolic.expressions import ARITHMETIC, Call, Inner, Node, Number, Operation, fold, upwards

POINTS = 128  # angles at which signs are looked at
BISECTIONS = 30
ONE = Number(Fraction(1))
ALLOWED = "allowed: an expression that is real and finite for 0 < theta < pi"
Found = tuple[str, arb] | None  # (what is wrong, theta where)


class Inadmissible(ValueError):
    """The kernel has no Mercer eigenvalues on this sphere; says where it is singular."""


@lru_cache(maxsize=1024)
def check_admissible(kernel: Kernel, dim: int | Fraction | None = None) -> None:
    """Raise Inadmissible for a kernel that is not real and finite inside (0, pi) or not integrable on S^dim.

    >>> check_admissible(Zonal("1/(1-t)"), 3)
    >>> check_admissible(Zonal("1/(1-t)"), 2)
    Traceback (most recent call last):
    theory.expansions.admissible.Inadmissible: Zonal("1/(1-t)") grows like (1-t)^(-1), not integrable on S^2, ...
    """
    for part in zonals(kernel):
        for node in upwards(part.tree):
            with working_precision(15):
                found = _fault(node)
            if found is not None:
                what, theta = found
                raise Inadmissible(f"{part!r} has {what} at theta = {float(theta.mid()):.6g}, {ALLOWED}")
    if dim is not None and _may_be_unbounded(kernel):
        _check_ends(kernel, Fraction(dim))


def least_dim(kernel: Kernel) -> int:
    """The least d >= 1 for which the kernel is integrable on S^d.

    >>> least_dim(Zonal("(1-t)**(-1/2)")), least_dim(Zonal("sqrt(1-t)"))
    (2, 1)
    """
    if not _may_be_unbounded(kernel):
        return 1
    exponents = (_leading_exponent(kernel, end) for end in (1, -1))
    return max((floor(-2 * e) + 1 for e in exponents if e is not None), default=1)


@by_kernel()
def zonals(kernel: Kernel) -> tuple[Zonal, ...]:
    """The expressions that are evaluated on all of [-1, 1]: an outer kernel is not.

    >>> zonals(Compose(Zonal("exp(t)"), Zonal("t/2")))
    (Zonal("t/2"),)
    """
    return ()


@zonals.register(Zonal)
def _itself(kernel: Zonal) -> tuple[Zonal, ...]:
    return (kernel,)


@zonals.register(Sum, Product, Multiple)
def _in_parts(kernel: Sum | Product | Multiple) -> tuple[Zonal, ...]:
    return tuple(found for part in kernel.parts for found in zonals(part))


@zonals.register(Compose)
def _inside(kernel: Compose) -> tuple[Zonal, ...]:
    return zonals(kernel.inner)


def _fault(node: Node) -> Found:
    """The singularity inside (0, pi) that this operation is certain to have."""
    match node:
        case Operation("/", upper, lower):
            return _pole(upper, lower)
        case Operation("**", base, Number(exponent)):
            if exponent.denominator > 1:
                return _branch_point(base, exponent)
            return _pole(ONE, base) if exponent < 0 else None
        case Operation("**", base, _) | Call("log", (base,)):
            return _branch_point(base, None)
        case Call("tan", (argument,)):
            return _sign_change(Call("cos", (argument,)), ONE)
        case Call("sqrt", (argument,)):
            return _branch_point(argument, Fraction(1, 2))
        case Call("acos" | "asin", (argument,)):
            below, above = operation("+", ONE, argument), operation("-", ONE, argument)
            return _branch_point(below, Fraction(1, 2)) or _branch_point(above, Fraction(1, 2))
    return None


def _pole(upper: Node, lower: Node) -> Found:
    """A zero of the denominator where the numerator has none."""
    coefficients = polynomial(lower)
    if coefficients is None:
        return _sign_change(lower, upper)
    divisor, numerator = _poly(coefficients), polynomial(upper)
    if numerator is not None and any(numerator):
        divisor /= divisor.gcd(_poly(numerator))
    for root, _ in inner_roots(divisor):
        theta = root.acos()
        if numerator is not None or _nonzero(_value(upper, theta)):
            return f"a pole (t = {float(root.mid()):.6g})", theta
    return None


def _branch_point(argument: Node, exponent: Fraction | None) -> Found:
    """argument**exponent (None: a logarithm) where the argument is negative or touches 0."""
    for j in range(POINTS):
        theta = arb.pi() * (2 * j + 1) / (2 * POINTS)
        if _value(argument, theta) < 0:
            return "a branch point inside: no real value", theta
    coefficients = polynomial(argument)
    for root, multiplicity in inner_roots(_poly(coefficients)) if coefficients is not None else ():
        # |x|^(m e) has a kink at x = 0 unless m e is even, but a value.
        if exponent is None or multiplicity % 2 or exponent < 0:
            return f"a branch point (t = {float(root.mid()):.6g})", root.acos()
    return None


def _sign_change(tree: Node, upper: Node) -> Found:
    """A pole of upper/tree at a zero of `tree`, continuous between two angles where its signs differ."""
    angles = [arb.pi() * (2 * j + 1) / (2 * POINTS) for j in range(POINTS)]
    signs = [_sign(_value(tree, theta)) for theta in angles]
    for j in range(POINTS - 1):
        if signs[j] * signs[j + 1] < 0:
            where = _narrowed(tree, angles[j].mid(), angles[j + 1].mid(), signs[j])
            if _value(tree, where).is_finite() and _nonzero(_value(upper, where)):
                return "a pole", where
    return None


def _narrowed(tree: Node, low: arb, high: arb, sign: int) -> arb:
    for _ in range(BISECTIONS):
        middle = ((low + high) / 2).mid()
        found = _sign(_value(tree, middle))
        if not found:
            break
        low, high = (middle, high) if found == sign else (low, middle)
    return low.union(high)


def _sign(value: arb) -> int:
    return 1 if value > 0 else -1 if value < 0 else 0


def _nonzero(value: arb) -> bool:
    return bool(value.is_finite() and not value.contains(0))


def _poly(coefficients: tuple[Fraction, ...]) -> fmpq_poly:
    return fmpq_poly([fmpq(c.numerator, c.denominator) for c in coefficients])


def inner_roots(poly: fmpq_poly, least: int = 15) -> list[tuple[arb, int]]:
    """Real roots in the open interval (-1, 1) with multiplicities, to `least` digits; the library isolates them exactly.

    >>> inner_roots(fmpq_poly([0, 0, 2, 1]))
    [(0, 2)]
    """
    if poly.degree() < 1:
        return []
    end_roots = fmpq_poly([-1, 0, 1])
    whole = poly
    while (common := whole.gcd(end_roots)).degree() > 0:  # roots at the ends are no inner ones
        whole /= common
    if whole.degree() < 1:
        return []
    for digits in count(least, 30):  # no root is 1 or -1: in the end every ball is on one side
        with working_precision(digits):
            roots = cast(list[tuple[acb, int]], whole.numer().complex_roots())  # its stub forgets the multiplicities
            found = [(root.real, int(m)) for root, m in roots if root.imag.is_zero()]
            if all(abs(root) < 1 or abs(root) > 1 for root, _ in found):
                return [(root, m) for root, m in found if abs(root) < 1]
    raise AssertionError


def _value(tree: Node, theta: arb) -> arb:
    """The expression on a ball of angles; not finite where it may be singular or not real."""
    names = {"t": theta.cos, "theta": lambda: theta, "pi": arb.pi}

    def inner(node: Inner, values: Sequence[arb]) -> arb:
        match node:
            case Operation("**", _, Number(exponent)):
                return values[0] ** rational(exponent)
            case Operation(op):
                return ARITHMETIC[op](*values)
        if node.name in PIECEWISE:
            return real_value(node.name, values)
        return getattr(values[0], node.name)()

    return fold(tree, ball, lambda name: names[name](), inner)


@by_kernel()
def _may_be_unbounded(kernel: Kernel) -> bool:
    """Whether an expression in it, an outer one too, has an operation with poles."""
    return False


@_may_be_unbounded.register(Zonal)
def _has_an_operation_with_poles(kernel: Zonal) -> bool:
    return any(map(_has_poles, upwards(kernel.tree)))


@_may_be_unbounded.register(Sum, Product, Multiple, Compose)
def _has_an_unbounded_part(kernel: Sum | Product | Multiple | Compose) -> bool:
    return any(map(_may_be_unbounded, kernel.parts))


def _has_poles(node: Node) -> bool:
    match node:
        case Operation("**", _, Number(exponent)):
            return exponent < 0
        case Operation("/" | "**") | Call("tan"):
            return True
    return False


def _check_ends(kernel: Kernel, dim: Fraction) -> None:
    """Raise where the leading exponent at an end is at most -d/2."""
    for end, shown in ((1, "1-t"), (-1, "1+t")):
        exponent = _leading_exponent(kernel, end)
        if exponent is not None and exponent <= -dim / 2:
            growth = f"{kernel!r} grows like ({shown})^({exponent})"
            allowed = f"allowed there: exponents above -d/2 = {-dim / 2}"
            raise Inadmissible(f"{growth}, not integrable on S^{dim}, {allowed}")


@lru_cache(maxsize=512)
def _leading_exponent(kernel: Kernel, end: int) -> Fraction | None:
    """The negative leading exponent at an end; None where there is none or no expansion is known."""
    import sympy as sp

    from theory.expansions.at_ends import at_series, variable  # only here: the expansions need SymPy
    from theory.symbolic.puiseux import LOG, NoExpansion, sign

    for order in (2, 4, 8):
        try:
            series = at_series(kernel, variable(end, Fraction(order)))
            leading = next((e for e, c in series.terms if e < 0 and any(map(sign, sp.Poly(c, LOG).coeffs()))), None)
        except NoExpansion:
            continue
        if leading is not None or series.order > 0:
            return leading
    return None
