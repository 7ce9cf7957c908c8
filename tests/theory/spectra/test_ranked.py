"""Eigenvalues in their order: against all of them sorted, with ties, gaps of parity and kernels of finite rank."""

from __future__ import annotations

import pytest

from theory.kernels import NTK, ArcCosine, Gaussian, Kernel, Laplace, PowerSeries, Zonal
from theory.numbers.balls import NotCertified
from theory.spectra import ranked
from theory.spectra.ranked import largest_eigenvalues
from theory.spectra.spectrum import float_spectrum
from theory.spectra.sphere import multiplicity


@pytest.mark.parametrize("kernel", [NTK(2), NTK(3), ArcCosine(0), Gaussian(5), Laplace(1)], ids=repr)
@pytest.mark.parametrize("dim", [1, 2, 5])
def test_they_are_those_of_many_degrees_sorted(kernel: Kernel, dim: int) -> None:
    found = largest_eigenvalues(kernel, dim, 40)
    values = float_spectrum(kernel, dim, range(200))
    every = sorted((float(v) for k, v in enumerate(values) for _ in range(min(60, multiplicity(dim, k)))), reverse=True)
    mine = [float(one.eigenvalue) for one in found for _ in range(min(60, one.last - one.first + 1))]
    assert mine[:40] == pytest.approx(every[:40], rel=1e-14)
    assert [one.first for one in found] == [1, *(one.last + 1 for one in found[:-1])]
    assert found[-1].first <= 40 <= found[-1].last


def test_equal_ones_stand_together() -> None:
    """t + t^2 on S^4: mu_0 = mu_1 = 1/5."""
    first, second = largest_eigenvalues(PowerSeries((0, 1, 1)), 4, 100)
    assert (first.first, first.last, first.degrees) == (1, 6, (0, 1)) and (second.first, second.last) == (7, 20)


def test_a_kernel_of_finite_rank_has_no_more() -> None:
    (only,) = largest_eigenvalues(PowerSeries((0, 1)), 2, 10)
    assert (only.first, only.last) == (1, 3)


def test_what_the_rest_of_the_trace_allows_is_looked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """A large eigenvalue of degree 12 comes before those of degree 1: eight degrees do not settle it."""
    kernel = PowerSeries((0, 1) + (0,) * 58 + (10**6,))
    found = largest_eigenvalues(kernel, 2, 1)
    assert found[0].degrees == (0,)
    whole = largest_eigenvalues(kernel, 2, 400)
    assert [one.degrees[0] for one in whole][:3] == [0, 2, 4]
    monkeypatch.setattr(ranked, "MOST_DEGREES", 8)
    with pytest.raises(NotCertified, match="may have larger eigenvalues"):
        largest_eigenvalues(kernel, 2, 400)


def test_what_is_not_positive_definite_is_refused() -> None:
    with pytest.raises(NotCertified, match="positive definite"):
        largest_eigenvalues(Zonal("abs(t)"), 2, 3)
    for bad in (0, -1, 10**10):
        with pytest.raises(ValueError, match="count"):
            largest_eigenvalues(NTK(2), 2, bad)
