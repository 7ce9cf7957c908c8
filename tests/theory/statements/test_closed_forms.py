"""Closed forms of kappa are its definition."""

from __future__ import annotations

from fractions import Fraction

import mpmath as mp
import pytest
import sympy as sp

from tests.reading import value_of
from theory.kernels import NNGP, NTK, ArcCosine, Gaussian, Kernel
from theory.statements.closed_forms import kappa_expression
from theory.statements.meaning import T
from theory.statements.outcome import NotSymbolic

CLOSED: dict[Kernel, str] = {
    ArcCosine(0): "k0",
    ArcCosine(1): "k1",
    NNGP(2): "k1",
    NNGP(1): "t",
    NTK(1): "t",
    NTK(1, layer_scales=(3,)): "3*t",
    NTK(2): "t*k0 + k1",
    NTK(2, bias=True): "(t+1)*k0 + k1",
    NTK(2, layer_scales=(3, Fraction(1, 2))): "3*t*k0 + k1/2",
    5 * ArcCosine(0): "5*k0",
    ArcCosine(0) + NNGP(1) + ArcCosine(1): "k0 + t + k1",
}


@pytest.mark.parametrize("kernel", CLOSED, ids=repr)
def test_kappa_is_the_definition(kernel: Kernel) -> None:
    found = kappa_expression(kernel, T)
    for t in (mp.mpf("-0.7"), mp.mpf("0.2"), mp.mpf("0.95")):
        k0 = (mp.pi - mp.acos(t)) / mp.pi
        names = {"t": t, "k0": k0, "k1": t * k0 + mp.sqrt(1 - t**2) / mp.pi}
        wanted = value_of(CLOSED[kernel], names, mp.mpf)
        assert abs(mp.mpf(str(found.subs(T, sp.Float(str(t), 20)).evalf(20))) - wanted) < 1e-13


def test_kappa_of_other_kernels_is_refused() -> None:
    others = [
        NTK(3),
        NNGP(3),
        ArcCosine(2),
        NTK(2, weight_variance=2),
        NTK(2, bias_variance=1),
        NNGP(2, weight_variance=2),
        NNGP(1, bias_variance=1),
        Gaussian(1),
        2 * NTK(3),
        NTK(2) + Gaussian(1),
    ]
    for kernel in others:
        with pytest.raises(NotSymbolic, match="kappa of .* has no closed form in t here"):
            kappa_expression(kernel, T)
