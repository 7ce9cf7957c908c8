"""The kernel of theory.kernels that a wide network has on the unit sphere, found from its architecture.

The recursion of `numerics.predictions.wide_limits` once more, with kernels in the place of matrices: each layer's
correlation is a kernel rho with rho(1) = 1, and with E[phi phi'] = V ((p+q)^2/2 k1(rho) - p q rho),
E[phi' phi'] = (p+q)^2/2 k0(rho) - p q for phi = p max(u, 0) + q max(-u, 0), the sums of products that come out are
read as one kernel: NTK(depth=L) and its variants where they are, else a sum. Activations that are not homogeneous
have a dual here where the variance before them is rational: erf, sin, cos, exp; at variance 1 also gelu and tanh.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from functools import reduce

import numpy as np
import torch

from numerics.networks.architectures import (
    IDENTITY,
    ONE,
    Architecture,
    Elementwise,
    Entries,
    Field,
    Inputs,
    Power,
    Signal,
    Source,
    Term,
)
from numerics.networks.drawn_laws import Law
from theory.kernels import NTK, Dual, Kernel, Zonal, value_at_one
from verify.testing.writing import (
    ROUNDING,
    Factor,
    NoName,
    Sum,
    T,
    added,
    correlation,
    exact,
    inside,
    k0_of,
    k1_of,
    multiple,
    times,
    written,
)


@dataclass(frozen=True, slots=True)
class Scaled:
    """A sum, times a power of the width."""

    terms: Sum
    exponent: Fraction


def kernel_of(architecture: Architecture, wanted: Callable[[Fraction], bool]) -> Kernel:
    """The sum of the shares whose exponent of the width is wanted, each divided by its power, as one kernel.

    Raises NoName, with the reason, where it is none.
    """
    reader = _Recursion(architecture)
    for source in architecture.sources:
        reader.add(source)
    total: Sum = {}
    for source in architecture.sources:
        share = reader.tangent(architecture.output, source.name) if source.trained else None
        if share is not None and wanted(share.exponent):
            total = added(total, share.terms)
    return _random_biases(reader, total) or written(total, reader.spread)


def leading(parts: Iterable[Scaled | None]) -> Scaled | None:
    """The sum of those of the largest exponent."""
    found = [one for one in parts if one is not None and one.terms]
    if not found:
        return None
    top = max(one.exponent for one in found)
    return Scaled(reduce(added, (one.terms for one in found if one.exponent == top)), top)


def scaled(one: Scaled | None, factor: Power) -> Scaled | None:
    """A multiple by a power of the width."""
    if one is None or not factor.value:
        return None
    return Scaled({key: factor.value * value for key, value in one.terms.items()}, one.exponent + factor.exponent)


@dataclass(slots=True)
class _Recursion:
    architecture: Architecture
    sources: list[Source] = field(default_factory=list)
    covariances: list[Scaled | None] = field(default_factory=list)
    tangents: list[dict[str, Scaled]] = field(default_factory=list)
    spread: float = 0.0

    def add(self, source: Source) -> None:
        own = source.scale.squared()
        variance = own * source.entries.variance
        self.spread = max(self.spread, source.entries.spread)
        below: dict[str, Scaled] = {}
        if source.given is None:
            moment: Scaled | None = Scaled({(): 1.0}, Fraction(0))
        elif isinstance(source.given, Inputs):
            if source.given.factor is None:
                raise NoName("its first layer is given features of the inputs")
            moment = Scaled({(T,): source.given.factor**2}, Fraction(0))
        else:
            found, slopes = self._signal(source.given)
            moment = scaled(found, source.fan_in)
            for name in {name for row in self.tangents for name in row}:
                part = self.tangent(_field_of(source.given), name)
                if part is not None and slopes.terms:
                    product = Scaled(times(part.terms, slopes.terms), part.exponent + slopes.exponent)
                    if (passed := scaled(product, variance * source.fan_in)) is not None:
                        below[name] = passed
        if source.trained and (part := scaled(moment, own)) is not None:
            below[source.name] = part
        self.sources.append(source)
        self.covariances.append(scaled(moment, variance))
        self.tangents.append(below)

    def covariance(self, one: Field) -> Scaled | None:
        return leading(scaled(self.covariances[place], factor.squared()) for place, factor in one.parts)

    def tangent(self, one: Field, name: str) -> Scaled | None:
        return leading(scaled(self.tangents[place].get(name), factor.squared()) for place, factor in one.parts)

    def _signal(self, signal: Signal) -> tuple[Scaled | None, Scaled]:
        """E[h h'], and what the tangent kernel of its field is multiplied by."""
        of = _field_of(signal)
        covariance = self.covariance(of)
        if covariance is None:
            raise NoName("a layer starts at zero")
        ones = {key: value for key, value in covariance.terms.items() if value}
        variance = sum(ones.values()) if all(_is_one_at_one(key) for key in ones) else None
        if variance is None:
            raise NoName("the variance of a layer is not rational")
        rho = correlation({key: value / variance for key, value in ones.items()}, self.spread)
        if (lines := _lines(signal)) is not None:
            p, q, exponent = lines
            square, product = (p + q) ** 2 / 2, p * q
            moment = added({(k1_of(rho),): variance * square}, {(rho,): -variance * product} if product else {})
            slope = added({(k0_of(rho),): square} if square else {}, {(): -product} if product else {})
            return Scaled(moment, covariance.exponent + 2 * exponent), Scaled(slope, 2 * exponent)
        if len(signal.terms) > 1 or covariance.exponent:
            raise NoName("a sum of signals has no dual here")
        term = signal.terms[0]
        moment, slope = _dual_of(term.function, exact(variance, self.spread), rho)
        factor = term.factor.squared()
        found = scaled(Scaled(slope, Fraction(0)), factor)
        return scaled(Scaled(moment, Fraction(0)), factor), found or Scaled({}, Fraction(0))


def _field_of(signal: Signal) -> Field:
    """The one field that a signal is a function of."""
    fields = {term.field for term in signal.terms}
    if len(fields) != 1:
        raise NoName("a layer adds several signals, not all before an activation")
    return fields.pop()


def _lines(signal: Signal) -> tuple[float, float, Fraction] | None:
    """(p, q, exponent of its factor) of a homogeneous signal."""
    p, q, exponents = 0.0, 0.0, set()
    for term in signal.terms:
        lines = term.function.half_lines()
        if lines is None:
            return None
        p, q = p + term.factor.value * lines[0], q + term.factor.value * lines[1]
        exponents.add(term.factor.exponent)
    return (p, q, exponents.pop()) if len(exponents) == 1 else None


def _is_one_at_one(key: tuple[Factor, ...]) -> bool:
    return all(isinstance(one, Kernel) and value_at_one(one) == 1 for one in key)


def _dual_of(function: Elementwise, variance: Fraction, rho: Kernel) -> tuple[Sum, Sum]:
    """E[phi phi'] and E[phi' phi'] at a variance; NoName where this house has no kernel for them."""
    name, v = function.name, variance
    if any(one is not IDENTITY and one != IDENTITY for one in function.arguments) or function.named:
        raise NoName(f"{function} has no dual here")
    texts = {
        "erf": (f"2/pi*asin({2 * v}*t/({1 + 2 * v}))", f"4/(pi*sqrt(({1 + 2 * v})**2 - ({2 * v}*t)**2))"),
        "sin": (f"exp(-({v}))*sinh({v}*t)", f"exp(-({v}))*cosh({v}*t)"),
        "cos": (f"exp(-({v}))*cosh({v}*t)", f"exp(-({v}))*sinh({v}*t)"),
        "exp": (f"exp({v}*(1 + t))", f"exp({v}*(1 + t))"),
    }
    if variance == 1 and name in ("erf", "gelu", "tanh", "sin", "cos", "exp"):
        slope: Factor = {"sin": Dual("cos"), "cos": Dual("sin"), "exp": Dual("exp")}.get(name, name)
        if isinstance(slope, Kernel):
            return {(inside(Dual(name), rho),): 1.0}, {(inside(slope, rho),): 1.0}
        if rho == T:
            return {(Dual(name),): 1.0}, {(slope,): 1.0}
    if name not in texts:
        raise NoName(f"{function} at variance {v} has no dual here")
    value, derivative = (inside(Zonal(text), rho) for text in texts[name])
    return {(value,): 1.0}, {(derivative,): 1.0}


def _random_biases(reader: _Recursion, total: Sum) -> Kernel | None:
    """NTK with weight and bias variance, where its own network has the same sum up to one factor."""
    sources = reader.architecture.sources
    hidden = next((source.given for source in sources if isinstance(source.given, Signal)), None)
    depth = sum(not source.is_bias for source in sources)
    first = None if hidden is None else reader.covariance(_field_of(hidden))
    if first is None or set(first.terms) != {(T,), ()}:
        return None
    w, b = (exact(first.terms[key], reader.spread) for key in ((T,), ()))
    other = _Recursion(random_bias_network(depth, float(w), float(b)))
    for source in other.architecture.sources:
        other.add(source)
    shares = [other.tangent(other.architecture.output, source.name) for source in other.architecture.sources]
    terms = reduce(added, (share.terms for share in shares if share is not None))
    if set(terms) != set(total):
        return None
    ratios = [total[key] / terms[key] for key in terms]
    if max(ratios) - min(ratios) > ROUNDING * max(ratios) or min(ratios) <= 0:
        return None
    return multiple(exact(ratios[0], reader.spread), NTK(depth, weight_variance=w, bias_variance=b))


def random_bias_network(depth: int, weight_variance: float, bias_variance: float) -> Architecture:
    """The network whose limit NTK(depth, weight_variance=w, bias_variance=b) is: sqrt(2w/m) W relu(h) + sqrt(b) beta.

    >>> random_bias_network(2, 1.0, 0.5).outputs
    1
    """
    relu = Elementwise(torch.ops.aten.relu, (IDENTITY,))
    normal = Entries(Power(1.0), Law("normal", 0.0, 1.0))
    sources: list[Source] = []
    given: Signal | Inputs = Inputs(np.ones((1, 1)), 1.0)
    output = Field(())
    for layer in range(depth):
        fan_in = Power(1.0, Fraction(1)) if layer else Power(1.0)
        scale = Power((2 * weight_variance) ** 0.5, Fraction(-1, 2)) if layer else Power(weight_variance**0.5)
        sources.append(Source(f"W{layer}", normal, scale, True, fan_in, given))
        sources.append(Source(f"b{layer}", normal, Power(bias_variance**0.5), True))
        output = Field(((2 * layer, ONE), (2 * layer + 1, ONE)))
        given = Signal((Term(ONE, relu, output),))
    return Architecture(np.ones((1, 1)), tuple(sources), output, 1, None)
