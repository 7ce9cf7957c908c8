"""The tangent kernel of an architecture as its width grows, parameter by parameter, to leading order in the width.

With h = sum_k c_k phi_k(F_k) what a unit carries, a source W h of fan-in m and entries of variance v has

    Sigma = m v E[h h'],    Theta_p = m v sum_kl c_k c_l E[phi_k' phi_l'] Theta_p(F_k, F_l) for parameters p below it,
    Theta_W = m E[h h'],    Theta_b = 1 of a bias,

(Jacot et al. 2018; Yang 2019), at inputs of any norm. Each is a matrix times a power of the width.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np
import torch
from torch import Tensor

from numerics.networks.architectures import IDENTITY, Architecture, Field, Inputs, Power, Signal, Source, Term
from numerics.predictions.duals import Dual, Noise, gaussian_dual, sampled_dual


@dataclass(frozen=True, slots=True, eq=False)
class Scaling:
    """matrix * width^exponent, to leading order."""

    matrix: np.ndarray
    exponent: Fraction


@dataclass(frozen=True, slots=True, eq=False)
class Share:
    """What one trained parameter adds to the tangent kernel."""

    name: str
    is_bias: bool
    kernel: Scaling


@dataclass(frozen=True, slots=True, eq=False)
class WideLimit:
    """Shares of the trained parameters, the covariance of the outputs, and how far a number may be off, at most about.

    gaussian: whether every layer's law is Gaussian in the limit; a first layer of other entries has few inputs to
    average over, and its kernel is no function of norms and angles alone.
    """

    shares: tuple[Share, ...]
    covariance: Scaling | None
    error: float
    gaussian: bool

    @property
    def exponent(self) -> Fraction:
        """Of the fastest growing share."""
        return max(share.kernel.exponent for share in self.shares)

    @property
    def leading(self) -> np.ndarray:
        """lim K / width^exponent."""
        top = [share.kernel.matrix for share in self.shares if share.kernel.exponent == self.exponent]
        return np.sum(top, axis=0)

    @property
    def balanced(self) -> np.ndarray:
        """The limit with the learning rate of each parameter divided by its own power of the width."""
        return np.sum([share.kernel.matrix for share in self.shares], axis=0)


def added(parts: Iterable[Scaling | None]) -> Scaling | None:
    """The leading part of a sum."""
    found = [one for one in parts if one is not None and one.matrix.any()]
    if not found:
        return None
    top = max(one.exponent for one in found)
    return Scaling(np.sum([one.matrix for one in found if one.exponent == top], axis=0), top)


def times(one: Scaling | None, factor: Power) -> Scaling | None:
    """A multiple by a power of the width."""
    if one is None or not factor.value:
        return None
    return Scaling(factor.value * one.matrix, one.exponent + factor.exponent)


def wide_limit(architecture: Architecture, gaussian: bool = False) -> WideLimit:
    """The limit at the points of the architecture; gaussian: as if every entry were normal with its variance.

    Raises ValueError in one line where there is none.
    """
    reader = _Recursion(architecture, gaussian)
    for source in architecture.sources:
        reader.add(source)
    kernels: dict[str, Scaling | None] = {}
    for name in reader.names():
        kernels[name] = reader.tangent(architecture.output, architecture.output, name)
    bias = {source.name: source.is_bias for source in architecture.sources}
    shares = tuple(Share(name, bias[name], one) for name, one in kernels.items() if one is not None)
    if not shares:
        raise ValueError("no trained parameter moves the output: there is no tangent kernel")
    covariance = reader.covariance(architecture.output, architecture.output)
    return WideLimit(shares, covariance, reader.error, not reader.sampled)


@dataclass(slots=True)
class _Recursion:
    architecture: Architecture
    gaussian: bool
    sources: list[Source] = field(default_factory=list)
    covariances: list[Scaling | None] = field(default_factory=list)
    tangents: list[dict[str, Scaling]] = field(default_factory=list)
    error: float = 0.0
    sampled: bool = False

    def names(self) -> list[str]:
        return [source.name for source in self.sources if source.trained]

    def add(self, source: Source) -> None:
        """Covariance and tangent kernels of the next source."""
        ones = np.ones((len(self.architecture.points),) * 2)
        own = source.scale.squared()
        variance = own * source.entries.variance
        below: dict[str, Scaling] = {}
        if source.given is None:
            moment: Scaling | None = Scaling(ones, Fraction(0))
        elif isinstance(source.given, Inputs):
            moment = Scaling(source.given.values @ source.given.values.T, Fraction(0))
        else:
            moment, below = self._signal(source.given, source.name)
            moment = times(moment, source.fan_in)
            below = {name: part for name, one in below.items() if (part := times(one, variance * source.fan_in))}
        if source.trained and (part := times(moment, own)) is not None:
            below[source.name] = part
        self.sources.append(source)
        self.covariances.append(times(moment, variance))
        self.tangents.append(below)

    def covariance(self, first: Field, second: Field) -> Scaling | None:
        """Cov(F(x), F'(x')): sources are independent."""
        return self._paired(first, second, lambda source: self.covariances[source])

    def tangent(self, first: Field, second: Field, name: str) -> Scaling | None:
        """<dF(x)/dp, dF'(x')/dp> of one unit."""
        return self._paired(first, second, lambda source: self.tangents[source].get(name))

    def _paired(self, first: Field, second: Field, of: Callable[[int], Scaling | None]) -> Scaling | None:
        other = dict(second.parts)
        return added(times(of(source), one * other[source]) for source, one in first.parts if source in other)

    def _signal(self, signal: Signal, name: str) -> tuple[Scaling | None, dict[str, Scaling]]:
        """E[h h'] and the tangent kernels of one unit's h."""
        moments: list[Scaling | None] = []
        errors, largest = 0.0, 0.0
        tangents: dict[str, list[Scaling | None]] = {}
        for k, one in enumerate(signal.terms):
            for other in signal.terms[k:]:
                dual, exponent = self._dual(one, other, name)
                factor = one.factor * other.factor
                size = abs(factor.value)
                errors += (1 if other is one else 2) * size * dual.error
                largest = max(largest, *(size * float(np.abs(part).max()) for part in (dual.values, dual.slopes)))
                both = [Scaling(dual.values, exponent)]
                slopes = [(dual.slopes, one.field, other.field)]
                if other is not one:
                    both.append(Scaling(dual.values.T, exponent))
                    slopes.append((dual.slopes.T, other.field, one.field))
                moments += [times(part, factor) for part in both]
                for slope, left, right in slopes:
                    for below in self.names():
                        found = self.tangent(left, right, below)
                        if found is not None:
                            part = times(Scaling(slope * found.matrix, found.exponent), factor)
                            tangents.setdefault(below, []).append(part)
        self.error += errors / largest if largest else 0.0
        sums = {below: total for below, parts in tangents.items() if (total := added(parts)) is not None}
        return added(moments), sums

    def _dual(self, one: Term, other: Term, name: str) -> tuple[Dual, Fraction]:
        """E over both fields at leading order, and the exponent that it goes with."""
        first, second = self.covariance(one.field, one.field), self.covariance(other.field, other.field)
        lines = one.function.half_lines(), other.function.half_lines()
        for found, term in ((first, one), (second, other)):
            self._check_scale(found, term, name, None in lines)
        zero = np.zeros((len(self.architecture.points),) * 2)
        a, p = (zero, Fraction(0)) if first is None else (first.matrix, first.exponent)
        b, q = (zero, Fraction(0)) if second is None else (second.matrix, second.exponent)
        cross = self.covariance(one.field, other.field)
        c = zero if cross is None or cross.exponent < (p + q) / 2 else cross.matrix
        if one.function == other.function == IDENTITY:
            dual = Dual(c, np.ones_like(c))  # whatever the law
        elif self._is_sampled(one.field, p) or self._is_sampled(other.field, q):
            self.sampled = True
            dual = sampled_dual(one.function, other.function, *self._noises(one.field, other.field, p, q))
        else:
            same = one.field == other.field
            dual = gaussian_dual(one.function, other.function, np.diag(a), np.diag(b), c, same)
        return dual, (p + q) / 2

    def _check_scale(self, found: Scaling | None, term: Term, name: str, strict: bool) -> None:
        if found is None or not found.exponent or not strict:
            return
        verb = "grows" if found.exponent > 0 else "falls"
        raise ValueError(
            f"what goes into {term.function.name} before {name} {verb} with the width as its power {found.exponent / 2}: "
            "an activation that is not homogeneous has no limit there"
        )

    def _is_sampled(self, one: Field, exponent: Fraction) -> bool:
        """Whether a source of leading order is not Gaussian: entries that are not, over few inputs or of a bias."""
        return any(not self._normal(source) for source in self._leading(one, exponent))

    def _normal(self, place: int) -> bool:
        source = self.sources[place]
        law = source.entries.law
        return self.gaussian or isinstance(source.given, Signal) or law is None or (law.gaussian and not law.mean)

    def _leading(self, one: Field, exponent: Fraction) -> list[int]:
        found = []
        for source, factor in one.parts:
            covariance = self.covariances[source]
            constant = self._constant(source)
            if covariance is not None and covariance.exponent + 2 * factor.exponent == exponent or constant:
                found.append(source)
        return found

    def _constant(self, place: int) -> bool:
        """A bias that starts at a number which is not 0."""
        law = self.sources[place].entries.law
        return self.sources[place].is_bias and law is not None and law.mean != 0 and not self.gaussian

    def _noises(self, first: Field, second: Field, p: Fraction, q: Fraction) -> tuple[list[Noise], tuple]:
        wanted = sorted({*self._leading(first, p), *self._leading(second, q)})
        rows = []
        for one, exponent in ((first, p), (second, q)):
            factors, leading = dict(one.parts), self._leading(one, exponent)
            rows.append([factors[source].value if source in leading else 0.0 for source in wanted])
        return [self._noise(source) for source in wanted], (rows[0], rows[1])

    def _noise(self, place: int) -> Noise:
        """What a source is at the points, from independent numbers."""
        source, count = self.sources[place], len(self.architecture.points)
        law, scale = source.entries.law, source.scale.value
        if self._normal(place):
            covariance = self.covariances[place]
            assert covariance is not None  # it is of leading order
            values, vectors = np.linalg.eigh(covariance.matrix)
            root = torch.from_numpy(vectors * np.sqrt(np.maximum(values, 0)))
            return Noise(count, lambda shares: torch.special.ndtri(shares) @ root.T)
        assert law is not None
        if isinstance(source.given, Inputs):
            rows = torch.from_numpy(source.given.values)
            return Noise(rows.shape[1], lambda shares: scale * law.at(shares) @ rows.T)
        return Noise(1, lambda shares: _repeated(scale * law.at(shares), count))


def _repeated(column: Tensor, count: int) -> Tensor:
    return column.expand(-1, count) if math.prod(column.shape[1:]) == 1 else column
