"""Derivations of sums and positive multiples of derived kernels, by linearity of mu_k in the kernel."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import sympy as sp

from theory.kernels import NNGP, NTK, ArcCosine, Dual, DualTangent, Kernel, Multiple, Sum, by_kernel
from theory.proofs.steps import Proof, Step
from theory.symbolic.objects import Kappa, Mu, Range, equal, k, t

COMBINED = sp.Symbol("combination")
HALF = Fraction(1, 2)
Parts = list[tuple[Fraction, Kernel]]


@by_kernel()
def parts(kernel: Kernel) -> Parts | None:
    """The kernel as a combination of other ones; None where it is none.

    Weight variance w without bias variance gives powers of w, since k0 and k1 see angles only.

    >>> parts(Multiple(2, ArcCosine(0) + Multiple(Fraction(1, 2), ArcCosine(3))))
    [(Fraction(2, 1), ArcCosine(order=0)), (Fraction(1, 1), ArcCosine(order=3))]
    """
    return None


def _or_itself(kernel: Kernel) -> Parts:
    return parts(kernel) or [(Fraction(1), kernel)]


@parts.register(Multiple)
def _of_multiple(kernel: Multiple) -> Parts:
    return [(kernel.factor * c, part) for c, part in _or_itself(kernel.kernel)]


@parts.register(Sum)
def _of_sum(kernel: Sum) -> Parts:
    return [found for term in kernel.parts for found in _or_itself(term)]


@parts.register(Dual)
def _of_dual(kernel: Dual) -> Parts | None:
    order = {"relu": 1, "step": 0}.get(kernel.activation)
    return None if order is None else [(HALF, ArcCosine(order))]


@parts.register(DualTangent)
def _of_dual_tangent(kernel: DualTangent) -> Parts | None:
    return [(HALF, NTK(2))] if kernel.activation == "relu" else None


@parts.register(NNGP, NTK)
def _without_variance(kernel: NNGP | NTK) -> Parts | None:
    w = Fraction(kernel.weight_variance)
    if kernel.depth != 2 or kernel.bias_variance or w == 1:
        return None
    if isinstance(kernel, NNGP):
        return [(w**2, NNGP(2))]
    hidden: Parts = [(w * kernel.scales[0], ArcCosine(0))] if kernel.bias and kernel.scales[0] else []
    return [(w**2, NTK(2, kernel.layer_scales)), *hidden]


def combined(weighted: list[tuple[Fraction, Proof]]) -> list[Step]:
    """All derivations, each step once, then mu_k of the combination for every degree."""
    steps: dict[str, Step] = {}
    names: list[sp.Symbol] = []
    for index, (_, proof) in enumerate(weighted):
        own = _renamed(proof, steps, index)
        names.append(own[-1].left.args[0])
        steps |= {step.name: step for step in own}
    factors = [sp.Rational(c.numerator, c.denominator) for c, _ in weighted]
    kappa, mu = (
        sp.Add(*(c * f(x) for c, x in zip(factors, names, strict=True)))
        for f in (lambda x: Kappa(x, t), lambda x: Mu(x, k))
    )
    dims = Range("d", 1)
    found = [
        Step("combination", equal(Kappa(COMBINED, t), kappa), "combination-definition"),
        Step(
            "combination-mu",
            equal(Mu(COMBINED, k), mu),
            "linearity",
            uses=("combination",),
            ranges=(Range("k", 0), dims),
        ),
    ]
    facts = [[s for s in steps.values() if _is_value(s, name)] for name in names]
    for parity in (0, 1):
        generic = [next(s for s in reversed(known) if _covers(s, parity)) for known in facts]
        start = max(Range("k", _degrees(s).least, None, parity).least for s in generic)
        for degree in range(parity, start, 2):
            special = [next(s for s in known if _at(s, degree)) for known in facts]
            values = [s.right.subs(k, degree) for s in special]
            found.append(_case(factors, values, special, Mu(COMBINED, degree), Range("k", degree, degree)))
        values = [s.right for s in generic]
        found.append(_case(factors, values, generic, Mu(COMBINED, k), Range("k", start, None, parity)))
    return [*steps.values(), *found]


def _case(factors: list[sp.Expr], values: list[sp.Expr], facts: list[Step], left: sp.Expr, degrees: Range) -> Step:
    total = sp.Add(*(c * value for c, value in zip(factors, values, strict=True)))
    uses = tuple(dict.fromkeys(("combination-mu", *(s.name for s in facts))))
    return Step(
        f"combination {degrees!r}", equal(left, total), "gamma-algebra", uses=uses, ranges=(degrees, Range("d", 1))
    )


def _renamed(proof: Proof, taken: dict[str, Step], index: int) -> list[Step]:
    """The steps, with new names for those, and for those kernels, that mean something else in `taken`."""
    clash = {s.name for s in proof.steps if s.name in taken and taken[s.name] != s}
    kernels = {s.left.args[0] for s in proof.steps if s.name in clash and isinstance(s.left, Kappa)}
    fresh = {x: sp.Symbol(f"{x}_{index}") for x in kernels}
    moved = {s.name: replace(s, statement=s.statement.xreplace(fresh)) for s in proof.steps}
    names = {name: f"{name}_{index}" if name in taken and taken[name] != s else name for name, s in moved.items()}
    return [replace(s, name=names[s.name], uses=tuple(names[u] for u in s.uses)) for s in moved.values()]


def _is_value(step: Step, name: sp.Symbol) -> bool:
    return isinstance(step.left, Mu) and step.left.args[0] == name and not step.right.has(Mu, sp.Sum)


def _degrees(step: Step) -> Range:
    return next(w for w in step.ranges if w.name == "k")


def _covers(step: Step, parity: int) -> bool:
    where = _degrees(step)
    return step.left.args[1] == k and where.most is None and where.parity in (None, parity)


def _at(step: Step, degree: int) -> bool:
    index, where = step.left.args[1], _degrees(step)
    if index.is_Integer:
        return index == degree
    fits = where.parity is None or degree % 2 == where.parity
    return fits and where.least <= degree and (where.most is None or degree <= where.most)
