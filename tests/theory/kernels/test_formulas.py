"""Kernels written out: code that runs, sizes at their limit, refusals, and values near the ends."""

from __future__ import annotations

from fractions import Fraction

import mpmath as mp
import pytest
import sympy as sp

from tests.theory.kernel_list import ALL
from theory.kernels import (
    NNGP,
    NTK,
    ArcCosine,
    Dual,
    DualTangent,
    Gaussian,
    Kernel,
    Laplace,
    Matern,
    PowerSeries,
    Zonal,
)
from theory.kernels import formulas as kernel_text
from theory.kernels.formulas import in_sympy, kernel_function, sympy_code, written_size
from theory.spectra.routes.oracle import kappa

T = sp.Symbol("t", real=True)


def test_code_defines_the_kernel_in_exact_numbers() -> None:
    for kernel in (NTK(2, (Fraction(1, 3), 1)), Laplace(Fraction(5, 2)), Matern(Fraction(3, 2), 1), Dual("erf")):
        code, names = sympy_code(kernel), {}
        assert code.endswith("\n") and code.startswith("from sympy import ")
        exec(code, names)  # our own text, of a kernel made here
        assert names["t"] == T and sp.simplify(names["kappa"] - kernel_function(kernel)) == 0
        assert not names["kappa"].atoms(sp.Float)
        listed = code.partition("\n")[0].removeprefix("from sympy import ").split(", ")
        assert listed == sorted(set(listed))


@pytest.mark.parametrize("expression", [T, 2 * T, sp.sqrt(T + 1), sp.acos(T) ** 2 * sp.acos(T + 1), sp.Integer(7)])
def test_the_size_counts_every_node_of_the_tree(expression: sp.Expr) -> None:
    assert written_size(expression) == sum(1 for _ in sp.preorder_traversal(expression))


def test_no_larger_text_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    kernel = NTK(2)
    size = written_size(kernel_function(kernel))
    monkeypatch.setattr(kernel_text, "MAX_WRITTEN", size)
    assert kernel_function(kernel, "text") and kernel_function(kernel, "latex") and sympy_code(kernel)
    monkeypatch.setattr(kernel_text, "MAX_WRITTEN", size - 1)
    for form in ("text", "latex"):
        says = f"has {size} terms and operations, at most {size - 1}: take fewer layers"
        with pytest.raises(ValueError, match=says):
            kernel_function(kernel, form)
    with pytest.raises(ValueError, match="take fewer layers"):
        sympy_code(kernel)
    assert kernel_function(kernel, "sympy") == kernel_function(kernel)


def test_eight_layers_are_written_and_nine_refused() -> None:
    eight, nine = (written_size(kernel_function(NTK(depth))) for depth in (8, 9))
    assert eight <= kernel_text.MAX_WRITTEN < nine


def test_forms_and_kernels_that_there_are_not_are_refused() -> None:
    with pytest.raises(ValueError, match="^format must be one of sympy, latex, text, got 'html'$"):
        kernel_function(NTK(2), "html")
    for kernel in (Dual("tanh"), DualTangent("tanh")):
        with pytest.raises(ValueError, match="has no closed expression"):
            kernel_function(kernel)
    with pytest.raises(TypeError, match="not a kernel: 3"):
        in_sympy(3, T)


@pytest.mark.parametrize("kernel", ALL, ids=repr)
def test_values_hold_all_digits_in_the_middle_and_towards_the_ends(kernel: Kernel) -> None:
    with mp.workdps(30):
        function = sp.lambdify(T, kernel_function(kernel), "mpmath", cse=True)
        for t in (mp.mpf("0.96875"), mp.mpf(0), mp.mpf("-0.875")):
            wanted = kappa(kernel, t)
            assert abs(function(t) - wanted) < mp.mpf(10) ** -24 * (1 + abs(wanted))


@pytest.mark.parametrize(
    ("kernel", "wanted"),
    [
        (NNGP(1, 2, 3), 2 * T + 3),
        (PowerSeries((1, 0, Fraction(1, 2))), 1 + T**2 / 2),
        (Gaussian(3), sp.exp(-3 * (1 - T))),
        (ArcCosine(0), 1 - sp.acos(T) / sp.pi),
        (Dual("step"), (1 - sp.acos(T) / sp.pi) / 2),
        (2 * Zonal("t*pi"), 2 * T * sp.pi),
        (DualTangent("step"), (1 - sp.acos(T) / sp.pi) / 2),
        (Zonal("theta/2 + t**3"), sp.acos(T) / 2 + T**3),
    ],
    ids=str,
)
def test_short_kernels_are_their_formulas(kernel: Kernel, wanted: sp.Expr) -> None:
    assert sp.simplify(kernel_function(kernel) - wanted) == 0


@pytest.mark.parametrize("p", [0, 1, 2, 7, 99])
def test_half_integer_matern_is_elementary_and_right_at_one(p: int) -> None:
    kernel = Matern(p + Fraction(1, 2), Fraction(1, 2))
    code, names = sympy_code(kernel), {}
    exec(code, names)  # our own text, of a kernel made here
    assert not names["kappa"].atoms(sp.besselk) and names["kappa"].subs(T, 1) == 1
    assert "bessel" not in kernel_function(kernel, "text") + kernel_function(kernel, "latex")
    with mp.workdps(30):
        found = sp.lambdify(T, names["kappa"], "mpmath")(mp.mpf("0.25"))
        assert abs(found / kappa(kernel, mp.mpf("0.25")) - 1) < mp.mpf(10) ** -24


def test_matern_with_three_halves_is_its_formula() -> None:
    y = 2 * sp.sqrt(3) * sp.sqrt(2 - 2 * T)
    assert sp.simplify(kernel_function(Matern(Fraction(3, 2), Fraction(1, 2))) - (1 + y) * sp.exp(-y)) == 0
