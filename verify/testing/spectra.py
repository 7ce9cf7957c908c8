"""Is a routine's spectrum the certified one, and if not, in which convention is it?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any, cast

import numpy as np
from numpy.typing import ArrayLike

from theory.kernels import NTK, Kernel
from theory.kernels.parse import parse_kernel
from theory.numbers.balls import working_precision
from theory.numbers.pi_polynomials import PiPolynomial
from theory.spectra.conventions import CONVENTIONS, basri_kernel, cao_kernel
from theory.spectra.spectrum import spectrum
from theory.spectra.sphere import area, area_ratio, check_dim, multiplicity
from verify.testing.kernel_values import kernel_at

DIGITS = 20
Eigenvalues = Callable[[int], float] | ArrayLike


def certified(kernel: Kernel, dim: int, degrees: Sequence[int]) -> np.ndarray:
    """mu_k of every degree, correct to a double's last place but one.

    >>> certified(NTK(depth=2), 2, range(3)).tolist()
    [0.5, 0.3333333333333333, 0.078125]
    """
    values = spectrum(kernel, dim, range(max(degrees) + 1), DIGITS).eigenvalues.floats()
    return values[list(degrees)]


def mistake(
    eigenvalues: Eigenvalues, kernel: Kernel | str, dim: int, degrees: Sequence[int], relative: float
) -> str | None:
    """What is wrong with the values, None if nothing is."""
    kernel = parse_kernel(kernel) if isinstance(kernel, str) else kernel
    sphere = check_dim(dim)
    if not isinstance(sphere, int):
        raise ValueError(f"an integer dim wanted, got {sphere}")
    dim = sphere
    if not 0 < relative < 1:
        raise ValueError(f"0 < relative < 1 wanted, got {relative}")
    degrees = list(degrees)
    values = _values(eigenvalues, degrees)
    expected = certified(kernel, dim, degrees)
    floor = relative * kernel_at(kernel, 0.0)
    wrong = [j for j in range(len(degrees)) if not _close(values[j], expected[j], relative, floor)]
    if not wrong:
        return None
    first = wrong[0]
    said = f"mu_{degrees[first]} of {kernel!r} on S^{dim} is {expected[first]:.12g}, got {values[first]:.12g}"
    if expected[first]:
        said += f", {values[first] / expected[first]:.9g} times as large"
    count = f"first of {len(wrong)} wrong degrees out of {len(degrees)}"
    return f"{said} ({count}); {_explanation(kernel, dim, degrees, values, relative, floor)}"


def _values(eigenvalues: Eigenvalues, degrees: list[int]) -> np.ndarray:
    if callable(eigenvalues):
        values = np.array([_real(eigenvalues(k), k) for k in degrees])
    elif np.ndim(eigenvalues) == 1 and len(row := cast("Sequence[object]", eigenvalues)) == len(degrees):
        values = np.array([_real(value, k) for k, value in zip(degrees, row)])
    else:
        values = np.empty(np.shape(eigenvalues))
    if not degrees or min(degrees) < 0 or values.shape != (len(degrees),):
        raise ValueError(f"one value for each of {len(degrees)} degrees >= 0 wanted, got shape {values.shape}")
    return values


def _real(value: Any, degree: int) -> float:
    """A routine's value as a double; ValueError for text, a complex number or None.

    >>> _real(1j, 3)
    Traceback (most recent call last):
    ValueError: a real number wanted for degree 3, got 1j
    """
    try:
        if isinstance(value, str | bytes) or np.iscomplexobj(value):
            raise ValueError
        return float(value)
    except (TypeError, ValueError):
        raise ValueError(f"a real number wanted for degree {degree}, got {value!r}") from None


def _close(value: float, expected: float, relative: float, floor: float) -> bool:
    """Within the relative error, or, where mu_k = 0, within that share of kappa(1). NaN is never close."""
    return bool(abs(value - expected) <= (relative * abs(expected) if expected else floor))


def _explanation(
    kernel: Kernel, dim: int, degrees: list[int], values: np.ndarray, relative: float, floor: float
) -> str:
    """The first known convention or slip that gives every value."""
    if not np.isfinite(values).all():
        return "not all values are finite"
    for meaning, candidate in candidates(kernel, dim, degrees):
        scale = max(1.0, float(np.abs(candidate).max()))
        if all(_close(v, c, relative, floor * scale) for v, c in zip(values, candidate)):
            return f"every value is {meaning}"
    factor = _common_factor(values, certified(kernel, dim, degrees), relative, floor)
    return f"every value is {factor:.9g} times the right one" if factor else "no known convention explains the values"


def candidates(kernel: Kernel, dim: int, degrees: list[int]) -> list[tuple[str, np.ndarray]]:
    """(meaning, values) of the conventions of `theory.spectra.conventions` and of common slips.

    >>> [meaning for meaning, values in candidates(NTK(depth=2), 2, [0, 1]) if "sphere S^1" in meaning]
    ['that of the sphere S^1 (is d the dimension of the sphere?)']
    """
    right = certified(kernel, dim, degrees)
    found = [
        (f"in the convention {name} ({c.meaning}: {c.source})", right * [_float(c.factor(dim, k)) for k in degrees])
        for name, c in CONVENTIONS.items()
    ]
    found.append(
        (
            "an integral against the weight (1-t^2)^((d-2)/2) that is not divided by its total",
            right / _float(area_ratio(dim)),
        )
    )
    many = np.array([multiplicity(dim, k) for k in degrees], dtype=float)
    found.append((f"{_surface(dim)} and the multiplicity N(d,k) too large", right * many * _float(area(dim))))
    found.append(("mu_k / N(d,k): divided by the multiplicity", right / many))
    gegenbauer = [(2 * k + dim - 1) / (dim - 1) if dim > 1 else 2 - (k == 0) for k in degrees]
    found.append(("the coefficient a_k on C_k^((d-1)/2), not the eigenvalue", right * gegenbauer))
    found.append(("the square root of mu_k (a singular value)", np.sqrt(np.maximum(right, 0))))
    for other, why in _relatives(kernel):
        found.append((f"that of {other!r} ({why})", certified(other, dim, degrees)))
    for sphere in (dim - 1, dim + 1):
        if sphere >= 1:
            meaning = f"that of the sphere S^{sphere} (is d the dimension of the sphere?)"
            found.append((meaning, certified(kernel, sphere, degrees)))
    for step, name in ((1, "k+1"), (-1, "k-1")):
        if min(degrees) + step >= 0:
            moved = certified(kernel, dim, [k + step for k in degrees])
            found.append((f"that of degree {name} (degrees count from 0)", moved))
    return [(meaning, values) for meaning, values in found if not np.array_equal(values, right)]


def _relatives(kernel: Kernel) -> list[tuple[Kernel, str]]:
    """Kernels that go by the same name elsewhere."""
    if not isinstance(kernel, NTK):
        return []
    found = [
        (Fraction(1, kernel.depth) * kernel, "divided by the depth, so that kappa(1) = 1"),
        (2 * kernel, "neural-tangents, W_std^2 = 2"),
        (replace(kernel, bias=not kernel.bias), "without bias" if kernel.bias else "with bias"),
    ]
    if kernel.depth == 2:
        found += [(cao_kernel(), "cao"), (basri_kernel(kernel.bias), "basri")]
        found.append((NTK(2), "both layers trained"))
    if kernel.layer_scales is None:
        depths = (depth for depth in (kernel.depth - 1, kernel.depth + 1) if depth >= 1)
        found += [(replace(kernel, depth=depth), "depth counts weight layers") for depth in depths]
    return [(other, why) for other, why in found if other != kernel]


def _common_factor(values: np.ndarray, right: np.ndarray, relative: float, floor: float) -> float | None:
    there = right != 0
    if not there.any():
        return None
    factor = float(values[there][0] / right[there][0])
    same = all(_close(v, factor * r, relative, floor * max(1.0, abs(factor))) for v, r in zip(values, right))
    return factor if same and factor else None


def _surface(dim: int) -> str:
    return f"the surface {_float(area(dim)):.6g} of S^{dim}"


def _float(exact: PiPolynomial) -> float:
    with working_precision(DIGITS):
        return float(exact.ball().mid())
