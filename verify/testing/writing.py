"""Sums of products of kernels, with coefficients in floats, as one kernel with a text: NTK and its variants, or a sum."""

from __future__ import annotations

import math
from fractions import Fraction
from functools import reduce
from operator import add, mul

from theory.kernels import NNGP, NTK, ArcCosine, Compose, Dual, DualTangent, Kernel, PowerSeries

ROUNDING = 1e-9  # relative: a float is the simplest rational that near
LARGEST_DENOMINATOR = 10**6
MOST_TERMS = 130  # of 64 layers with biases
MOST_CHARACTERS = 1000

Factor = Kernel | str  # str: the slope of an activation at variance 1, which has no kernel of its own
Sum = dict[tuple[Factor, ...], float]  # sum of coefficient * product of factors
T = NNGP(depth=1)


class NoName(Exception):
    """The limit is no kernel that has a text here."""


def exact(value: float, spread: float = 0.0) -> Fraction:
    """The rational that a float stands for: of denominator up to 10^6 where one is within rounding, else 12 digits;
    of one that is known to a share of itself the digits that this leaves.

    >>> exact(1 / 3), exact(0.1), exact(0.500000123), exact(0.3339, spread=0.02)
    (Fraction(1, 3), Fraction(1, 10), Fraction(500000123, 1000000000), Fraction(167, 500))
    """
    if spread:
        return Fraction(f"{value:.{max(1, math.ceil(-math.log10(spread)) + 1)}g}")
    near = Fraction(value).limit_denominator(LARGEST_DENOMINATOR)
    return near if abs(float(near) - value) <= ROUNDING * abs(value) else Fraction(f"{value:.12g}")


def added(one: Sum, other: Sum) -> Sum:
    """The sum of two sums.

    >>> added({(T,): 2.0}, {(T,): 3.0})
    {(NNGP(depth=1),): 5.0}
    """
    found = dict(one)
    for key, value in other.items():
        found[key] = found.get(key, 0.0) + value
    if len(found) > MOST_TERMS:
        raise NoName("the sum has too many terms")
    return found


def times(one: Sum, other: Sum) -> Sum:
    """The product of two sums; factors in the order of their texts.

    >>> times({(T,): 2.0}, {(T,): 3.0, (): 1.0})
    {(NNGP(depth=1), NNGP(depth=1)): 6.0, (NNGP(depth=1),): 2.0}
    """
    found: Sum = {}
    for left, a in one.items():
        for right, b in other.items():
            key = tuple(sorted((*left, *right), key=str))
            found = added(found, {key: a * b})
    return found


def k1_of(rho: Kernel) -> Kernel:
    """k1(rho), of Sigma_l the next one.

    >>> k1_of(T)
    NNGP(depth=2)
    """
    if isinstance(rho, NNGP):
        return NNGP(depth=rho.depth + 1)
    return Compose(ArcCosine(1), rho)


def k0_of(rho: Kernel) -> Kernel:
    """k0(rho).

    >>> k0_of(T), k0_of(NNGP(depth=2))
    (ArcCosine(order=0), Compose(ArcCosine(order=0), NNGP(depth=2)))
    """
    return ArcCosine(0) if rho == T else Compose(ArcCosine(0), rho)


def inside(outer: Kernel, rho: Kernel) -> Kernel:
    """outer(rho(t)), outer itself where rho is t.

    >>> inside(ArcCosine(0), T)
    ArcCosine(order=0)
    """
    return outer if rho == T else Compose(outer, rho)


def correlation(shares: Sum, spread: float) -> Kernel:
    """The kernel of these shares, which add up to 1 whatever is rounded."""
    if min(shares.values()) < 0:
        raise NoName("a term is negative")
    rounded = {key: exact(value, spread) for key, value in shares.items()}
    last = max(rounded, key=lambda key: rounded[key])
    rounded[last] = 1 - sum((value for key, value in rounded.items() if key != last), Fraction(0))
    if rounded.keys() <= {(), (T,)} and len(rounded) == 2:
        return PowerSeries((rounded[()], rounded[T,]))
    return _summed(rounded)


def written(total: Sum, spread: float = 0.0) -> Kernel:
    """One kernel of a sum; NTK and DualTangent where the terms are theirs. NoName where it is none.

    >>> weights, _ = layer_terms(2)
    >>> written({weights[0]: 0.5, weights[1]: 1.0})
    NTK(depth=2, layer_scales=(1/2, 1))
    """
    terms = {key: value for key, value in total.items() if abs(value) > 1e-12 * max(map(abs, total.values()))}
    found = _tangent_kernel(terms, spread) or _two_layers(terms, spread) or _plain(terms, spread)
    if len(repr(found)) > MOST_CHARACTERS:
        raise NoName(f"its text would have {len(repr(found))} characters")
    return found


def multiple(factor: Fraction, kernel: Kernel) -> Kernel:
    """factor * kernel, without a factor of 1.

    >>> multiple(Fraction(1), T), multiple(Fraction(1, 2), T)
    (NNGP(depth=1), 1/2 * NNGP(depth=1))
    """
    return kernel if factor == 1 else factor * kernel


def _plain(terms: Sum, spread: float) -> Kernel:
    for key, value in terms.items():
        if value < 0 or any(isinstance(one, str) for one in key):
            raise NoName("a term is negative" if value < 0 else f"the slope of {key} alone is no kernel here")
    return _summed({key: exact(value, spread) for key, value in terms.items()})


def _summed(terms: dict[tuple[Factor, ...], Fraction]) -> Kernel:
    parts = []
    for key, factor in terms.items():
        kernels = [one for one in key if isinstance(one, Kernel)]
        parts.append(multiple(factor, reduce(mul, kernels)) if kernels else PowerSeries((factor,)))
    if not parts:
        raise NoName("it is zero")
    return reduce(add, parts)


def layer_terms(depth: int) -> tuple[list[tuple[Factor, ...]], list[tuple[Factor, ...]]]:
    """What weights and biases of layers 1, ..., L of a ReLU network add: Sigma_l and 1, times prod_(j >= l) k0(Sigma_j).

    >>> layer_terms(2)
    ([(ArcCosine(order=0), NNGP(depth=1)), (NNGP(depth=2),)], [(ArcCosine(order=0),), ()])
    """
    slopes = [[k0_of(NNGP(depth=j)) for j in range(layer, depth)] for layer in range(1, depth + 1)]
    weights = [tuple(sorted((NNGP(depth=layer + 1), *row), key=str)) for layer, row in enumerate(slopes)]
    return [*weights], [tuple(sorted(row, key=str)) for row in slopes]


def _tangent_kernel(terms: Sum, spread: float) -> Kernel | None:
    """NTK with layer scales and biases, and what else the biases add."""
    depths = [one.depth for key in terms for one in key if isinstance(one, NNGP)]
    depths += [
        1 + one.inner.depth for key in terms for one in key if isinstance(one, Compose) and isinstance(one.inner, NNGP)
    ]
    depths += [2 for key in terms if ArcCosine(0) in key]
    if not depths:
        return None
    weights, biases = layer_terms(max(depths))
    if (
        not set(terms) <= {*weights, *biases}
        or len(terms) == 1
        and len(next(iter(terms))) == 1
        and weights[-1] in terms
    ):
        return None
    scales = [exact(terms.get(key, 0.0), spread) for key in weights]
    constants = [exact(terms.get(key, 0.0), spread) for key in biases]
    if min(*scales, *constants) < 0 or not any(scales):
        return None
    both = len(scales) > 1 and constants[:-1] == scales[:-1] and any(scales[:-1])
    rest = {key: terms[key] for key, one in zip(biases, constants) if one and not (both and key != ())}
    common = scales[0] if len(set(scales)) == 1 else Fraction(1)
    plain = NTK(len(scales), None if common != 1 or set(scales) == {1} else tuple(scales), both)
    found = multiple(common, plain)
    return found + _plain(rest, spread) if rest else found


def _two_layers(terms: Sum, spread: float) -> Kernel | None:
    """a t E[s' s'] + b E[s s] as a DualTangent and a Dual, for b >= a."""
    for key, value in terms.items():
        names = [one for one in key if isinstance(one, str)]
        if len(names) != 1 or set(key) != {names[0], T}:
            continue
        rest = dict(terms)
        del rest[key]
        other = rest.pop((Dual(names[0]),), 0.0)
        factor, more = exact(value, spread), exact(other, spread) - exact(value, spread)
        if more < 0:
            raise NoName(f"t E[s' s'] of {names[0]} alone is no kernel here")
        found = multiple(factor, DualTangent(names[0]))
        if more:
            found = found + multiple(more, Dual(names[0]))
        return found + _plain(rest, spread) if rest else found
    return None
