"""Proofs of inequalities that follow from the signs of Maclaurin coefficients (`theory.proofs.rules.signs`)."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import sympy as sp

from theory.derivations.moments import moments
from theory.kernels import (
    NNGP,
    NTK,
    ArcCosine,
    Compose,
    Dual,
    DualTangent,
    ExponentialPower,
    Gaussian,
    Kernel,
    Laplace,
    Matern,
    Multiple,
    Product,
    ResNTK,
    Sum,
    by_kernel,
)
from theory.kernels.depth_families import DepthFamily
from theory.proofs.check import extended
from theory.proofs.rules.certain import Place
from theory.proofs.steps import Proof, Refused, Step
from theory.symbolic.objects import KernelName, Maclaurin, Mu, Range, d, equal, k, n
from theory.symbolic.ranges import inside

SERIES = Range("n", 0)
PARTS = (
    Range("n", 0, None, 0),
    Range("n", 1, None, 1),
    Range("n", 2, None, 0),
    Range("n", 3, None, 1),
    Range("n", 0, 0),
    Range("n", 1, 1),
)
D = Range("d", 1)


@by_kernel(reducing=False)
def leaves(kernel: Kernel | DepthFamily) -> tuple[Kernel, ...]:
    """The kernels that a kernel is made of, whose coefficients have a rule of their own.

    >>> leaves(2 * NTK(depth=3))
    (ArcCosine(order=1), ArcCosine(order=0))
    """
    return ()


@leaves.register(ArcCosine, Dual, DualTangent, Laplace, Gaussian, ExponentialPower, Matern)
def _itself(kernel: Kernel) -> tuple[Kernel, ...]:
    return (kernel,)


@leaves.register(Sum, Product, Multiple, Compose)
def _of_parts(kernel: Sum | Product | Multiple | Compose) -> tuple[Kernel, ...]:
    return tuple(leaf for part in kernel.parts for leaf in leaves(part))


@leaves.register(NNGP)
def _of_covariance(kernel: NNGP) -> tuple[Kernel, ...]:
    return (ArcCosine(1),)


@leaves.register(NTK, ResNTK)
def _of_tangent_kernel(kernel: NTK | ResNTK) -> tuple[Kernel, ...]:
    return (ArcCosine(1), ArcCosine(0))


@leaves.register(DepthFamily)
def _of_family(family: DepthFamily) -> tuple[Kernel, ...]:
    return leaves(family.base(depth=2))


def coefficient(kernel: Kernel | DepthFamily) -> Maclaurin:
    """b_n of the named kernel."""
    return Maclaurin(KernelName(repr(kernel)), n)


@lru_cache(maxsize=64)
def series_proof(kernel: Kernel | DepthFamily) -> Proof | None:
    """The replayed signs of all coefficients: b_n >= 0, then b_n > 0 on each of PARTS where that is known.

    None where some coefficient may be negative.

    >>> from theory.kernels import NTK
    >>> [(str(s.statement), s.ranges) for s in series_proof(NTK(depth=3)).steps][-1]
    ('Maclaurin(NTK(depth=3), n) > 0', (n >= 1 odd,))
    """
    proof: Proof | None = Proof(f"Signs of the coefficients of {kernel!r}", ())
    for leaf in dict.fromkeys(leaves(kernel)):
        proof = _with_signs(
            proof, leaf, "hermite-squares" if isinstance(leaf, ArcCosine | Dual | DualTangent) else "mixture"
        )
    if proof is not None and not any(step.left == coefficient(kernel) for step in proof.steps):
        uses = tuple(
            step.name for step in proof.steps if isinstance(step.statement, sp.GreaterThan | sp.StrictGreaterThan)
        )
        proof = _with_signs(proof, kernel, "coefficient-signs", uses)
    return proof


def _with_signs(
    proof: Proof | None, kernel: Kernel | DepthFamily, rule: str, uses: tuple[str, ...] = ()
) -> Proof | None:
    spoken = coefficient(kernel)
    depths = (kernel.depth_range,) if isinstance(kernel, DepthFamily) else ()
    whole = Step(f"{kernel!r}: no sign", sp.GreaterThan(spoken, 0), rule, uses, kernel, (SERIES, *depths))
    proof = proof and _extended(proof, whole)
    if proof is None:
        return None
    known: list[Range] = []
    for where in PARTS:
        if any(inside(where, other) for other in known):
            continue
        step = replace(
            whole, name=f"{kernel!r}: {where!r}", statement=sp.StrictGreaterThan(spoken, 0), ranges=(where, *depths)
        )
        found = _extended(proof, step)
        if found is not None:
            proof, known = found, [*known, where]
    return proof


def _extended(base: Proof, *steps: Step) -> Proof | None:
    try:
        return extended(base, *steps)
    except Refused:
        return None


def _from_coefficients(kernel: Kernel | DepthFamily, *steps: Step) -> Proof | None:
    """The replayed proof of the steps, the last of which uses the signs of the kernel's own coefficients, too."""
    proof = series_proof(kernel)
    if proof is None:
        return None
    *before, last = steps
    own = (step.name for step in proof.steps if step.left == coefficient(kernel))
    return _extended(proof, *before, replace(last, uses=(*last.uses, *own)))


def _at_least(large: sp.Expr, small: sp.Expr, strict: bool) -> sp.Expr:
    return (sp.StrictGreaterThan if strict else sp.GreaterThan)(large, small)


def sign_proof(kernel: Kernel | DepthFamily, spoken: sp.Expr, strict: bool, ranges: tuple[Range, ...]) -> Proof | None:
    """The replayed proof that `spoken` is >= 0, or > 0, made of the kernel's Mu and Maclaurin; None without one.

    >>> from theory.symbolic.objects import k
    >>> from theory.kernels import NTK
    >>> mu = Mu(KernelName("NTK(depth=3)"), k)
    >>> sign_proof(NTK(depth=3), mu, True, (Range("k", 0), Range("d", 1))).conclusion.statement
    Mu(NTK(depth=3), k) > 0
    >>> sign_proof(NTK(depth=2), mu, True, (Range("k", 0), Range("d", 1))) is None  # mu_3 = 0
    True
    """
    proof = _with_parts(kernel, spoken, ranges)
    if proof is None or proof.conclusion.left == spoken:
        return (
            proof
            if proof is None or not strict or isinstance(proof.conclusion.statement, sp.StrictGreaterThan)
            else None
        )
    parts = tuple(step.name for step in proof.steps if step.name.startswith("sign of "))
    statement = _at_least(spoken, 0, strict)
    return _extended(proof, Step("sign", statement, "sign-of-parts", parts, None, ranges))


def walk_proof(
    kernel: Kernel | DepthFamily, small: Mu, large: Mu, strict: bool, ranges: tuple[Range, ...]
) -> Proof | None:
    """The replayed proof that mu_{m+2} <= mu_m, or <; None without one."""
    depths = tuple(where for where in ranges if where.name == "L")
    if large.args[1].has(d):  # on S^(d+2) that is another degree: the sign of every degree that it takes
        degrees = Range("k", 0, None, Place(ranges).parity(large.args[1]))
        proof = _with_parts(kernel, Mu(large.args[0], k), (degrees, D, *depths))
    else:
        proof = _with_parts(kernel, large, tuple(D if where.name == "d" else where for where in ranges))
    if proof is None:
        return None
    statement = _at_least(large, small, strict)
    known = proof.conclusion.name
    near = _extended(proof, Step("walk", statement, "walk-down", (known,), None, ranges))
    if near is not None:
        return near
    every = Mu(large.args[0], k)
    signs = ("moment", *(step.name for step in proof.steps if step.left == coefficient(kernel)))
    of_all = Step("all signs", sp.GreaterThan(every, 0), "series-sign", signs, None, (Range("k", 0), D, *depths))
    far = Step("walk", statement, "walk-far", (known, of_all.name), None, ranges)
    return _extended(proof, of_all, far)


def mixture_proof(
    kernel: Kernel | DepthFamily, small: Mu, large: Mu, strict: bool, ranges: tuple[Range, ...]
) -> Proof | None:
    """The replayed proof that mu_{m+r} < mu_m for a mixture of Gaussians; None without one.

    >>> from theory.symbolic.objects import k
    >>> from theory.kernels import Laplace
    >>> name = KernelName("Laplace(rate=1)")
    >>> mixture_proof(Laplace(1), Mu(name, k + 1), Mu(name, k), True, (Range("k", 0), D)).theorems
    ('gaussian-mixtures', 'bessel-order')
    """
    proof = series_proof(kernel)
    if proof is None:
        return None
    statement = _at_least(large, small, strict)
    mixed = tuple(step.name for step in proof.steps if step.rule == "mixture")
    return _extended(proof, Step("mixture", statement, "mixture-down", mixed, kernel, ranges))


def sphere_proof(
    kernel: Kernel | DepthFamily, small: sp.Expr, large: sp.Expr, strict: bool, ranges: tuple[Range, ...]
) -> Proof | None:
    """The replayed proof that mu_m on a sphere is <= that on a smaller one, or <; None without one.

    >>> from theory.symbolic.objects import MuOn, k
    >>> from theory.kernels import NTK
    >>> name = KernelName("NTK(depth=3)")
    >>> sphere_proof(NTK(depth=3), MuOn(name, k, d + 1), Mu(name, k), True, (Range("k", 0), D)).conclusion.rule
    'dimension-down'
    """
    step = Step("spheres", _at_least(large, small, strict), "dimension-down", ("moment",), None, ranges)
    return _from_coefficients(kernel, *moments(), step)


def with_signs(
    proof: Proof | None, kernel: Kernel | DepthFamily, positive: sp.Expr, ranges: tuple[Range, ...]
) -> Proof | None:
    """The proof with the steps that the eigenvalues and coefficients of an expression are positive before its last one."""
    signs = _with_parts(kernel, positive, ranges) if proof is not None else None
    if proof is None or signs is None:
        return None
    known = {step.name for step in proof.steps}
    added = [step for step in signs.steps if step.name not in known]
    of_parts = (step for step in signs.steps if step.name.startswith("sign of "))
    if not all(isinstance(step.statement, sp.StrictGreaterThan) for step in of_parts):
        return None
    return _extended(Proof(proof.title, proof.steps[:-1], proof.theorems), *added, proof.steps[-1])


def trace_proof(
    kernel: Kernel | DepthFamily, product: sp.Expr, most: sp.Expr, strict: bool, ranges: tuple[Range, ...]
) -> Proof | None:
    """The replayed proof that N(d,m) mu_m, or mu_m, is <= `most`, or <; None without one.

    >>> from theory.symbolic.objects import k
    >>> from theory.kernels import NTK
    >>> mu = Mu(KernelName("NTK(depth=3)"), k)
    >>> trace_proof(NTK(depth=3), mu, sp.Integer(3), True, (Range("k", 0), D)).theorems
    ('mehler', 'mercer-trace')
    """
    step = Step("trace", _at_least(most, product, strict), "trace-bound", (), kernel, ranges)
    return _from_coefficients(kernel, step)


def value_proof(
    kernel: Kernel | DepthFamily, small: sp.Expr, most: sp.Expr, strict: bool, ranges: tuple[Range, ...]
) -> Proof | None:
    """The replayed proof that kappa(T), or -kappa(T), is <= `most`, or <; None without one.

    >>> from theory.kernels import NTK
    >>> from theory.symbolic.objects import Kappa, t
    >>> value_proof(NTK(depth=3), -Kappa(KernelName("NTK(depth=3)"), t), sp.Integer(3), False, ()).conclusion.rule
    'value-at-one'
    """
    step = Step("value", _at_least(most, small, strict), "value-at-one", (), kernel, ranges)
    return _from_coefficients(kernel, step)


def dimension_proof(kernel: Kernel | DepthFamily, index: sp.Expr, ranges: tuple[Range, ...]) -> Proof | None:
    """The replayed proof that mu_m ~ m! b_m d^(-m) as d -> oo; None where b_m > 0 is not known.

    >>> from theory.symbolic.objects import k
    >>> from theory.kernels import NTK
    >>> dimension_proof(NTK(depth=3), k, (Range("k", 0), D)).theorems
    ('mehler', 'orthogonality', 'tannery')
    """
    name = coefficient(kernel).args[0]
    leading = sp.gamma(index + 1) * Maclaurin(name, index) / d**index
    limit = equal(sp.Limit(Mu(name, index) / leading, d, sp.oo), 1)
    step = Step(f"law of {Mu(name, index)}", limit, "dimension-law", ("moment",), None, ranges)
    return _from_coefficients(kernel, *moments(), step)


def zero_proof(kernel: Kernel, spoken: Mu, ranges: tuple[Range, ...]) -> Proof | None:
    """The replayed proof that mu_m = 0, because the kernel is an even or an odd function; None without one."""
    last = Step("zero", equal(spoken, 0), "series-sign", ("moment", "no coefficient"), None, ranges)
    for parity in (0, 1) if isinstance(kernel, Dual | DualTangent) else ():
        of_parity = (Range("n", parity, None, parity),)
        none = Step("no coefficient", equal(coefficient(kernel), 0), "hermite-squares", (), kernel, of_parity)
        found = _extended(Proof(f"Eigenvalues of {kernel!r} that vanish", ()), none, *moments(), last)
        if found is not None:
            return found
    return None


def _with_parts(kernel: Kernel | DepthFamily, spoken: sp.Expr, ranges: tuple[Range, ...]) -> Proof | None:
    """The signs of the coefficients, then that of every eigenvalue and coefficient in the expression."""
    proof = series_proof(kernel)
    if proof is None:
        return None
    own = [step for step in proof.steps if step.left == coefficient(kernel)]
    proof = extended(proof, *moments())
    for part in sorted(spoken.atoms(Mu, Maclaurin), key=str):
        first = Step("", sp.GreaterThan(part, 0), "series-sign", ("moment", *(step.name for step in own)), None, ranges)
        if isinstance(part, Maclaurin):
            first = replace(own[0], ranges=ranges)
        options = (
            replace(first, name=f"sign of {part}", statement=kind(part, 0))
            for kind in (sp.StrictGreaterThan, sp.GreaterThan)
        )
        proof = next((found for found in (_extended(proof, step) for step in options) if found), None)
        if proof is None:
            return None
    return proof
