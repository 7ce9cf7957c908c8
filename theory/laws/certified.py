"""Laws of decay with certified remainders: bounds for all k >= k_0 or all d >= d_0."""

from __future__ import annotations

from dataclasses import replace

from theory.kernels import Kernel
from theory.kernels.depth_families import DepthFamily
from theory.laws.conventions import conversion, law_from_convention, law_to_convention
from theory.laws.degree_remainder import degree_certificate
from theory.laws.dimension_remainder import dimension_certificate
from theory.laws.law import Law, LawBranch
from theory.laws.rational_sums import Certificate
from theory.numbers.balls import Cannot, NotCertified
from theory.numbers.truth import Evidence
from theory.spectra.conventions import OURS


def certified(law: Law) -> Law:
    """The law with a `Certificate` on every branch where one is found.

    A law that was only read off expansions is `certified` if every branch has its certificate or is
    exactly zero; where it stays `checked`, its source says why. Proved laws keep their evidence, and
    the certificate adds the remainder of their further terms. A law in another convention has the
    remainder of ours times its factor, none where the factor varies with the variable.

    >>> from theory.laws.decay import decay
    >>> from theory.kernels import NTK
    >>> law = certified(decay(NTK(depth=4), "k", dim=3, terms=3))
    >>> str(law.evidence), law.valid_from
    ('certified', 6)
    """
    if law.convention != OURS:
        return _converted(law)
    kernel, fixed = law.kernel, law.dim if law.variable == "k" else law.degree
    if fixed is None or isinstance(kernel, DepthFamily):
        return law
    try:
        branches = tuple(_with_certificate(law, kernel, fixed, branch) for branch in law.law)
    except NotCertified as error:
        source = f"{law.source}; no certified remainder: {error}"
        return law if law.evidence is Evidence.PROVED else replace(law, source=source)
    if law.evidence is Evidence.PROVED:
        return replace(law, law=branches)
    zero = all(branch.leading == 0 for branch in branches)  # exactly, which leaves no remainder
    source = law.source if zero else f"{law.source}; remainder by ball arithmetic"
    return replace(law, law=branches, evidence=Evidence.CERTIFIED, source=source)


def _converted(law: Law) -> Law:
    """A remainder of our mu_k, times the factor of the law's convention where that does not vary with the variable."""
    if conversion(law)[1]:
        return law
    return law_to_convention(certified(law_from_convention(law, law.convention)), law.convention)


def _with_certificate(law: Law, kernel: Kernel, fixed: int, branch: LawBranch) -> LawBranch:
    """`fixed` is the dimension as k -> oo, the degree as d -> oo."""
    if branch.leading == 0:
        return branch
    if branch.exponent is None:
        raise Cannot("the law", "it is no power")
    terms = tuple((power, value) for power, value in branch.terms if value != 0)
    where = branch.ranges.named(law.variable)
    if law.variable == "d":
        found = dimension_certificate(kernel, fixed, terms, law.orders)
    elif where.parity is not None:
        found = degree_certificate(kernel, fixed, where.parity, terms, law.orders)
    else:
        both = (degree_certificate(kernel, fixed, parity, terms, law.orders) for parity in (0, 1))
        found = _of_both(list(both))
    return replace(branch, certificate=replace(found, start=max(found.start, where.least)))


def _of_both(parts: list[Certificate]) -> Certificate:
    """What holds for even and for odd degrees."""
    return Certificate(
        max(p.start for p in parts),
        min(p.lower for p in parts),
        max(p.upper for p in parts),
        max(p.constant for p in parts),
        parts[0].power,
    )
