"""The first coefficients of a power series do not depend on how many are asked for."""

from __future__ import annotations

import pytest

from theory.expansions.maclaurin import maclaurin
from theory.kernels import NTK, Compose, Gaussian, Kernel, Laplace, Matern, PowerSeries, Zonal
from theory.numbers.balls import working_precision

KERNELS = [
    NTK(depth=3),
    Laplace(rate=1),
    Gaussian(rate=2),
    Matern(nu=1, lengthscale=1),
    Matern(nu=2, lengthscale=3),
    Compose(Matern(nu=1, lengthscale=1), PowerSeries((0, 0, 1))),
    Zonal("(2-t)**(0-1)"),
    Zonal("t**0 + t**3"),
]


@pytest.mark.parametrize("kernel", KERNELS, ids=repr)
def test_one_coefficient_is_the_first_of_many(kernel: Kernel) -> None:
    with working_precision(20):
        many = maclaurin(kernel, 7)
        for count in (1, 2, 3, 4):
            few = maclaurin(kernel, count)
            assert len(few) >= count and all(few[i].overlaps(many[i]) for i in range(count))
        # 15 of 20 digits: overlapping says something
        assert many[0].is_exact() or many[0].rel_accuracy_bits() > 50
