"""Laws of decay of kernels that are smooth on [-1, 1]: faster than any power of k.

Entire kernels, sums of c t^m exp(a t) with real a: the eigenvalue of exp(a t) is
Gamma((d+1)/2) (2/a)^((d-1)/2) I_{k+(d-1)/2}(a), and t^m differentiates m times in a, so that

    mu_k ~ c Gamma((d+1)/2) (a/2)^k (k/a)^m / Gamma(k+(d+1)/2)

for the largest a > 0 of the parity. Others: the real singularities a, -a outside [-1, 1] that are
nearest (on the smallest ellipse with foci 1, -1), by `outer_power`. The dual kernel of tanh has a law
of its own (`theory.laws.tanh`).
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

import sympy as sp

from theory.expansions.at_ends import T, expansion_at, from_formula
from theory.kernels import Kernel
from theory.kernels.formulas import in_sympy
from theory.laws.tanh import is_tanh, tanh_law
from theory.numbers.truth import Unable
from theory.symbolic.objects import d, k
from theory.symbolic.puiseux import LOG, NoExpansion, Puiseux, sign
from theory.symbolic.rational_functions import fraction

ENTIRE = (sp.exp, sp.sin, sp.cos, sp.sinh, sp.cosh, sp.erf)
ORDERS = (3, 6)  # of the expansion at a singularity
BESSEL = "leading term of Bessel functions I_v, v -> oo, the eigenvalues of exp(a t)"
OUTER = "Rodrigues' formula, and Laplace's method at the nearest singularity"
TANH = "Laplace's method at the saddle of an integral of Bessel functions, the eigenvalues of the dual of tanh"
KNOWN = "laws of smooth kernels: sums of c t^m exp(a t), and algebraic singularities on the real line"
ParityLaw = tuple[sp.Expr, int]  # (leading term, the degree from which a leading term 0 means mu_k = 0)


class NoLaw(Unable):
    """The kernel is smooth on [-1, 1], but none of our laws covers it."""


def smooth_law(kernel: Kernel, dim: int | None) -> tuple[ParityLaw, ParityLaw] | None:
    """Leading terms for even and odd k; None for a kernel that is singular at an end or inside.

    Raises NoLaw for a smooth kernel of another kind.

    >>> from theory.kernels import Dual, Gaussian
    >>> smooth_law(Gaussian(rate=2), 2)[0]
    (sqrt(pi)*exp(-2)/(2*gamma(k + 3/2)), 0)
    >>> smooth_law(Dual("sin"), 1)
    ((0, 0), (exp(-1)/(2**k*gamma(k + 1)), 0))
    """
    if is_tanh(kernel):
        leading = tanh_law(kernel)
        return (sp.Integer(0), 0), (leading if dim is None else leading.subs(d, dim), 0)
    try:
        expression = in_sympy(kernel, T).rewrite(sp.acos, sp.asin)  # asin(-x) = -asin(x) cancels by itself
    except Unable as error:
        raise NoLaw(f"{error}: no law of {kernel!r}; {KNOWN}") from None
    points = _singular_points(expression)
    if points is not None and any(p.is_real and sign(1 - p**2) >= 0 for p in points):
        return None
    if points is None and not _smooth_at_ends(kernel):
        return None
    found: list[ParityLaw] = []
    for parity in (0, 1):
        part = sp.expand((expression + (-1) ** parity * expression.subs(T, -T)) / 2)
        law = _part_law(part) or _part_law(sp.radsimp(sp.simplify(part)))
        if law is None:
            raise NoLaw(f"no law of {kernel!r}, which is smooth at t = 1 and -1; {KNOWN}")
        found.append((law[0] if dim is None else law[0].subs(d, dim), law[1]))
    return found[0], found[1]


def source_of(kernel: Kernel, laws: Iterable[ParityLaw]) -> str:
    """What the laws that `smooth_law` gives rest on.

    >>> from theory.kernels import Gaussian
    >>> source_of(Gaussian(1), smooth_law(Gaussian(1), 2)) == BESSEL
    True
    """
    if is_tanh(kernel):
        return TANH
    moving = [any(f.has(k) for f in law.atoms(sp.gamma)) for law, _ in laws if law != 0]
    return "; ".join(([BESSEL] if any(moving) else []) + ([OUTER] if not all(moving) else []))


def _part_law(part: sp.Expr) -> ParityLaw | None:
    """The law of the even or the odd part of a kernel at degrees of that parity."""
    if part.is_polynomial(T):
        return sp.Integer(0), 0 if part == 0 else int(sp.degree(part, T)) + 1
    points = _singular_points(part)
    if points is None:
        return None
    leading = _outer(part, points) if points else _entire(part)
    return None if leading is None else (leading, 0)


def _smooth_at_ends(kernel: Kernel) -> bool:
    try:
        series = (expansion_at(kernel, end, order) for order in ORDERS for end in (1, -1))
        return all(e.denominator == 1 and e >= 0 and not c.has(LOG) for found in series for e, c in found.terms)
    except NoExpansion:
        return False


def _singular_points(expression: sp.Expr) -> set[sp.Expr] | None:
    """A set of points that contains all finite singularities; None where we cannot tell.

    >>> sorted(_singular_points(sp.asin(2*T/3)/(T - 2)), key=float)
    [-3/2, 3/2, 2]
    """
    found: set[sp.Expr] = set()
    for node in sp.preorder_traversal(expression):
        if not node.has(T) or node.is_Symbol or node.is_Add or node.is_Mul or isinstance(node, ENTIRE):
            continue
        if node.is_Pow and node.base == sp.E or node.is_Pow and node.exp.is_Integer and node.exp > 0:
            continue
        if node.is_Pow and node.exp.is_Rational:
            zeros = _zeros(node.base)
        elif isinstance(node, sp.acos | sp.asin):
            zeros = _zeros(1 - node.args[0] ** 2)
        else:
            return None
        if zeros is None:
            return None
        found |= zeros
    return found


def _zeros(function: sp.Expr) -> set[sp.Expr] | None:
    """Zeros and poles of a rational function, exactly; None for another function."""
    if not function.is_rational_function(T):
        return None
    found: set[sp.Expr] = set()
    for part in fraction(function):
        if part.has(T):
            polynomial = sp.Poly(part, T)
            roots = sp.roots(polynomial)
            if sum(roots.values()) != polynomial.degree():
                return None
            found |= set(roots)
    return found


def _outer(part: sp.Expr, points: set[sp.Expr]) -> sp.Expr | None:
    """The nearest singularities, a and -a, both real; by parity both contribute the same."""
    rho = {}
    for p in points:
        modulus = sp.Abs(sp.N(p + sp.sqrt(p**2 - 1), 30))  # of a number: Abs of cube roots is not taken to be real
        rho[p] = max(modulus, 1 / modulus)
    nearest = [p for p in points if rho[p] - min(rho.values()) < sp.Rational(1, 10**20)]
    if not all(p.is_real for p in nearest):
        return None
    a = sp.Abs(nearest[0])
    for order in ORDERS:
        try:
            t = Puiseux.of([(0, a), (1, sp.Integer(-1))], Fraction(order))
            terms = [(e, c) for e, c in from_formula(part, t).terms if e.denominator != 1 or e < 0]
            if terms and sign(terms[0][1]):
                nu, c = terms[0]
                return sp.simplify(2 * c) * outer_power(a, sp.Rational(nu.numerator, nu.denominator))
        except NoExpansion:
            return None
    return None


def outer_power(a: sp.Expr, nu: sp.Expr) -> sp.Expr:
    """The leading term of the eigenvalue of (a-t)^nu, a > 1, as k -> oo.

    Rodrigues' formula and Laplace's method at t = 1/rho, a = (rho + 1/rho)/2:
    Gamma((d+1)/2)/Gamma(-nu) rho^(-k) k^(-nu-(d+1)/2) (rho (1-rho^-2)/2)^nu (1-rho^-2)^((d-1)/2).

    >>> outer_power(sp.Rational(5, 4), -sp.Integer(1)).subs(d, 1)
    4/(3*2**k)
    """
    rho = a + sp.sqrt(a**2 - 1)
    gap = sp.simplify(1 - rho**-2)
    power = k ** (-nu - (d + 1) / 2) * (rho * gap / 2) ** nu * gap ** ((d - 1) / 2)
    return sp.gamma((d + 1) / 2) / sp.gamma(-nu) * rho ** (-k) * power


def _entire(part: sp.Expr) -> sp.Expr | None:
    """Sums of c t^m exp(a t): the largest a > 0, there the largest m; -a adds the same by parity."""
    rates: dict[sp.Expr, sp.Expr] = {}
    for term in sp.Add.make_args(sp.expand(sp.expand(part.rewrite(sp.exp)))):
        powers = [f.exp for f in sp.Mul.make_args(term) if isinstance(f, sp.exp)]
        rate = sum((sp.expand(p).coeff(T) for p in powers), sp.Integer(0))
        shift = sp.expand(sum(powers, sp.Integer(0)) - rate * T)
        rest = sp.Mul(*(f for f in sp.Mul.make_args(term) if not isinstance(f, sp.exp)))
        if shift.has(T) or not rest.is_polynomial(T) or not rate.is_real:
            return None
        rates[rate] = rates.get(rate, sp.Integer(0)) + rest * sp.exp(shift)
    for a in sorted((a for a in rates if a.is_positive), key=lambda v: sp.N(v, 30), reverse=True):
        polynomial = sp.Poly(sp.expand(rates[a]), T)
        for (m,), c in polynomial.terms():
            if sign(sp.powsimp(c)):
                whole = sp.powsimp(sp.expand(2 * c)) * (k / a) ** m * (a / 2) ** k
                return whole * sp.gamma((d + 1) / 2) / sp.gamma(k + (d + 1) / 2)
    return None
