"""Closed forms of what a statement says of a kernel: mu_k and b_n by parity of the index, kappa as a function of t."""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache, singledispatch

import sympy as sp

from theory.expansions.at_ends import expansion_at
from theory.kernels import NNGP, NTK, ArcCosine, Kernel, Multiple, Sum
from theory.kernels.depth_families import DepthFamily
from theory.kernels.named import NamedKernels
from theory.spectra.closed_coefficients import Piecewise, maclaurin
from theory.spectra.symbolic_forms import NoClosedForm, at_degree, branches, rational
from theory.statements.outcome import AlwaysUndefined, NotSymbolic
from theory.symbolic.objects import Named
from theory.symbolic.puiseux import NoExpansion

MAX_EXPANDED = 12  # of a coefficient b_n that is expanded exactly
Spoken = Kernel | NamedKernels | DepthFamily | Named | None  # kernels, or the name by which proofs speak of one


@lru_cache(maxsize=64)
def eigenvalues(kernel: Kernel) -> Piecewise:
    """mu_k by parity; raises NotSymbolic without a closed form."""
    try:
        cases = branches(kernel)
    except NoClosedForm as error:
        raise NotSymbolic(str(error)) from None
    special = {c.degrees.least: c.expression for c in cases if c.degrees.most is not None}
    generic = {c.degrees.parity: c for c in cases if c.degrees.most is None}
    expressions, starts = zip(*((generic[p].expression, generic[p].degrees.least) for p in (0, 1)), strict=True)
    return Piecewise(special, expressions, starts)


def piecewise(kernel: Spoken, name: str) -> Piecewise:
    """b_n where the name is b, else mu_k, by parity; raises NotSymbolic without a closed form."""
    piece = maclaurin(kernel) if name == "b" else eigenvalues(kernel)
    if piece is None:
        raise NotSymbolic(f"b(n) of {kernel!r} has no closed form")
    return piece


def expanded_coefficient(kernel: Kernel, index: int) -> sp.Expr:
    """b_n exactly, from the power series of a kernel without a closed form for all n."""
    if not 0 <= index <= MAX_EXPANDED:
        raise NotSymbolic(f"b({index}) of {kernel!r} has no closed form")
    try:
        return expansion_at(kernel, 0, index + 1).coefficient(Fraction(index))
    except NoExpansion as error:
        raise NotSymbolic(str(error)) from None


def value_at_index(piece: Piecewise, kernel: Kernel, name: str, index: int) -> sp.Expr:
    """The one of a certain index; AlwaysUndefined below 0."""
    if index < 0:
        raise AlwaysUndefined(f"{name}({index}) is undefined")
    return piece.at(index) if name == "b" else at_degree(kernel, index)


def arc_cosine(z: sp.Expr) -> sp.Expr:
    """acos z, with acos(-z) = pi - acos z where SymPy sees a sign, so that both have one normal form."""
    return sp.pi - sp.acos(-z) if z.could_extract_minus_sign() else sp.acos(z)


def _k0(t: sp.Expr) -> sp.Expr:
    return (sp.pi - arc_cosine(t)) / sp.pi


def _k1(t: sp.Expr) -> sp.Expr:
    return (sp.sqrt(1 - t**2) + t * (sp.pi - arc_cosine(t))) / sp.pi


@singledispatch
def kappa_expression(kernel: Kernel, t: sp.Expr) -> sp.Expr:
    """kappa as a function of t in closed form, one hidden layer; NotSymbolic where there is none.

    >>> kappa_expression(2 * NTK(depth=1), sp.Symbol("t"))
    2*t
    """
    raise NotSymbolic(f"kappa of {kernel!r} has no closed form in t here")


@kappa_expression.register
def _of_arc_cosine(kernel: ArcCosine, t: sp.Expr) -> sp.Expr:
    if kernel.order > 1:
        return _none(kernel)
    return _k1(t) if kernel.order else _k0(t)


@kappa_expression.register
def _of_nngp(kernel: NNGP, t: sp.Expr) -> sp.Expr:
    if kernel.depth > 2 or _has_variances(kernel):
        return _none(kernel)
    return t if kernel.depth == 1 else _k1(t)


@kappa_expression.register
def _of_ntk(kernel: NTK, t: sp.Expr) -> sp.Expr:
    if kernel.depth > 2 or _has_variances(kernel):
        return _none(kernel)
    first, *last = map(rational, kernel.scales)
    return first * (t + int(kernel.bias)) * _k0(t) + last[0] * _k1(t) if last else first * t


@kappa_expression.register
def _of_multiple(kernel: Multiple, t: sp.Expr) -> sp.Expr:
    return rational(kernel.factor) * kappa_expression(kernel.kernel, t)


@kappa_expression.register
def _of_sum(kernel: Sum, t: sp.Expr) -> sp.Expr:
    return sp.Add(*(kappa_expression(part, t) for part in kernel.parts))


def _has_variances(kernel: NNGP | NTK) -> bool:
    return kernel.weight_variance != 1 or bool(kernel.bias_variance)


def _none(kernel: Kernel) -> sp.Expr:
    raise NotSymbolic(f"kappa of {kernel!r} has no closed form in t here")
