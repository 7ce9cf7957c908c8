"""Derived formulas against the exact values of the closed route and against independent series."""

from __future__ import annotations

from fractions import Fraction

import mpmath
import pytest
import sympy as sp

from tests.examples import some
from theory.derivations.one_hidden_layer import K1, derive
from theory.kernels import NNGP, NTK, ArcCosine, Kernel
from theory.numbers.pi_polynomials import PiPolynomial
from theory.proofs.check import check
from theory.proofs.steps import Proof, Step
from theory.spectra.closed_forms import closed_form
from theory.spectra.exact_values import exact_eigenvalue
from theory.spectra.routes.closed import balls
from theory.spectra.spectrum import eigenvalue
from theory.symbolic.hypergeometric import is_zero
from theory.symbolic.objects import GegenbauerCoefficient, Kappa, Maclaurin, Mu, Range, d, k, n, t
from theory.text.proofs import proof_latex, proof_text

SCALES = [(1, 1), (Fraction(1, 2), 1), (1, 0), (0, 1), (Fraction(7, 3), Fraction(2, 5)), (100, Fraction(1, 1000))]
KERNELS = [
    ArcCosine(0),
    ArcCosine(1),
    NNGP(2),
    *(NTK(2, scales) for scales in SCALES),
    ArcCosine(2),
    ArcCosine(3),
    ArcCosine(6),
    NTK(2, bias=True),
    NTK(2, (Fraction(7, 3), Fraction(2, 5)), bias=True),
]
DIGITS = 30


def name_of(kernel: Kernel) -> sp.Symbol:
    """The name by which the derivation calls its kernel."""
    if isinstance(kernel, NTK):
        return sp.Symbol("ntk")
    return sp.Symbol(f"k{kernel.order}") if isinstance(kernel, ArcCosine) else K1


def facts(proof: Proof, kind: type, kernel: Kernel) -> list[Step]:
    """The closed formulas of one kind for the kernel itself."""
    unevaluated = (sp.Sum, Mu, Maclaurin)
    return [
        s
        for s in proof.steps
        if isinstance(s.left, kind) and s.left.args[0] == name_of(kernel) and not s.right.has(*unevaluated)
    ]


def value(found: list[Step], index: int, symbol: sp.Symbol) -> sp.Expr:
    """The derived expression at one index, from the only step that speaks of it; they all agree."""
    values = set()
    for step in found:
        if step.left.args[1] == index:
            values.add(step.right)
        elif step.left.args[1] == symbol:
            where = next(w for w in step.ranges if w.name == symbol.name)
            if index >= where.least and (where.parity is None or index % 2 == where.parity):
                values.add(step.right.subs(symbol, index))
    assert values, f"nothing is derived at {index}"
    first = values.pop()
    assert all(is_zero(first - other) for other in values)
    return first


def as_sympy(exact: PiPolynomial) -> sp.Expr:
    return sum((sp.Rational(c.numerator, c.denominator) * sp.pi**power for power, c in exact.terms), sp.Integer(0))


@pytest.mark.parametrize("kernel", KERNELS, ids=repr)
def test_eigenvalues_equal_the_closed_route(kernel: Kernel) -> None:
    found, form = facts(derive(kernel), Mu, kernel), closed_form(kernel)
    for dim in (1, 2, 3, 4, 7, 12):
        for degree in (*range(9), 20, 33):
            derived = sp.gammasimp(value(found, degree, k).subs(d, dim))
            assert sp.expand(derived - as_sympy(exact_eigenvalue(form, dim, degree))) == 0, (dim, degree)


@pytest.mark.parametrize("kernel", KERNELS[:5], ids=repr)
def test_eigenvalues_equal_the_closed_route_in_real_dimensions(kernel: Kernel) -> None:
    found, form = facts(derive(kernel), Mu, kernel), closed_form(kernel)
    for dim in (Fraction(3, 2), Fraction(22, 7), Fraction(101, 10)):
        for degree, closed in enumerate(balls(form, dim, range(12), DIGITS)):
            derived = sp.N(value(found, degree, k).subs(d, sp.Rational(dim.numerator, dim.denominator)), DIGITS + 10)
            exact = Fraction(str(sp.Rational(str(derived)))) if derived != 0 else Fraction(0)
            # sp.N keeps DIGITS + 10 digits, the ball has DIGITS: 2 of them are left for their sum.
            assert abs(exact - _middle(closed)) <= abs(exact) / 10 ** (DIGITS - 2), (dim, degree)


def _middle(ball: object) -> Fraction:
    mantissa, exponent = ball.mid().man_exp()
    return Fraction(int(mantissa)) * Fraction(2) ** int(exponent)


@pytest.mark.parametrize("kernel", some(KERNELS, 7), ids=repr)
def test_maclaurin_coefficients_equal_taylor_series(kernel: Kernel) -> None:
    """mpmath differentiates kappa(t), written here once more from its definition, numerically at 0."""
    first, last = kernel.scales if isinstance(kernel, NTK) else (1, 0) if kernel == ArcCosine(0) else (0, 1)
    with mpmath.workdps(60):
        k0 = lambda x: 1 - mpmath.acos(x) / mpmath.pi
        k1 = lambda x: x * k0(x) + mpmath.sqrt(1 - x * x) / mpmath.pi
        s1, s2 = (mpmath.mpf(Fraction(s).numerator) / Fraction(s).denominator for s in (first, last))
        product = (lambda x: x + kernel.bias) if isinstance(kernel, NTK) else (lambda x: mpmath.mpf(1))
        kappa = lambda x: s1 * product(x) * k0(x) + s2 * k1(x)
        if isinstance(kernel, ArcCosine) and kernel.order > 1:
            series = [hermite_square(kernel.order, index) for index in range(9)]
        else:
            series = mpmath.taylor(kappa, 0, 8)
    found = facts(derive(kernel), Maclaurin, kernel)
    for index in range(9):
        derived = sp.N(value(found, index, n), 40)
        # mpmath's step of differentiation leaves half of its 60 digits, 8 orders take one digit each.
        with mpmath.workdps(60):
            assert abs(mpmath.mpf(str(derived)) - series[index]) <= mpmath.mpf(10) ** (-30 + 8) * (1 + s1), index


def hermite_square(order: int, index: int) -> mpmath.mpf:
    """b_n = 2 E[u_+^a He_n(u)]^2 / n! by quadrature (Mehler's formula)."""
    density = lambda u: mpmath.exp(-u * u / 2) / mpmath.sqrt(2 * mpmath.pi)
    hermite = lambda u: mpmath.hermite(index, u / mpmath.sqrt(2)) / mpmath.sqrt(2) ** index
    mean = mpmath.quad(lambda u: u**order * hermite(u) * density(u), [0, 2, 6, 20])
    return 2 * mean**2 / mpmath.factorial(index)


def test_closed_form_of_the_kernel_is_the_definition() -> None:
    closed = next(s.right for s in derive(NTK(2)).steps if s.left == Kappa(sp.Symbol("ntk"), t))
    for point in (sp.Rational(-1), sp.Rational(-1, 3), sp.Integer(0), sp.Rational(3, 5), sp.Integer(1)):
        expected = 2 * point * (1 - sp.acos(point) / sp.pi) + sp.sqrt(1 - point**2) / sp.pi
        assert abs(sp.N(closed.subs(t, point) - expected, 30)) < sp.Rational(1, 10**29)
    assert sp.simplify(closed.subs(t, 1)) == 2


@pytest.mark.parametrize("scales", SCALES, ids=str)
def test_gegenbauer_coefficients(scales: tuple) -> None:
    kernel = NTK(2, scales)
    (step,) = facts(derive(kernel), GegenbauerCoefficient, kernel)
    assert step.ranges == (Range("k", 2, None, 0), Range("d", 2))
    for dim, degree in ((2, 2), (3, 4), (6, 10)):
        found = eigenvalue(kernel, dim, degree)
        factor = sp.Rational(found.gegenbauer_factor.numerator, found.gegenbauer_factor.denominator)
        derived = sp.gammasimp(step.right.subs({k: degree, d: dim}))
        assert sp.expand(derived - factor * as_sympy(found.exact)) == 0


@pytest.mark.parametrize("kernel", some(KERNELS, 4), ids=repr)
def test_every_degree_is_derived_once_the_proof_is_replayed(kernel: Kernel) -> None:
    proof = derive(kernel)
    cited = check(proof)
    assert {"polar-gaussian", "gauss-summation", "orthogonality"} <= set(cited)
    found = facts(proof, Mu, kernel)
    for degree in range(40):
        value(found, degree, k)


def test_twins_differ_from_the_closed_route() -> None:
    """A factor 2, a shifted degree and a shifted dimension are seen."""
    found, form = facts(derive(NTK(2)), Mu, NTK(2)), closed_form(NTK(2))
    right = as_sympy(exact_eigenvalue(form, 3, 4))
    for wrong in (2 * value(found, 4, k).subs(d, 3), value(found, 6, k).subs(d, 3), value(found, 4, k).subs(d, 5)):
        assert sp.expand(sp.gammasimp(wrong) - right) != 0


def test_proof_is_shown_as_text_and_latex() -> None:
    pylatexenc = pytest.importorskip("pylatexenc.latexwalker")
    proof = derive(NTK(2))
    text, latex = proof_text(proof), proof_latex(proof)
    for number, step in enumerate(proof.steps, 1):
        assert f"{number:3}. [{step.name}]" in text
        assert step.name.replace("_", r"\_") in latex
    pylatexenc.LatexWalker(latex, tolerant_parsing=False).get_latex_nodes()


def test_unknown_kernels_are_refused_in_one_line() -> None:
    with pytest.raises(ValueError, match="no derivation for NTK\\(depth=3\\): allowed are ") as caught:
        derive(NTK(3))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("kernel", [ArcCosine(0), NTK(2), ArcCosine(2)], ids=repr)
def test_eigenvalues_are_derived_for_every_dimension(kernel: Kernel) -> None:
    """Real d >= 1, but for the Gegenbauer coefficient, which needs d > 1; series for every j, k >= 0."""
    for step in derive(kernel).steps:
        dims = [where for where in step.ranges if where.name == "d"]
        if isinstance(step.left, Mu):
            assert dims == [Range("d", 1)], step.name
        if step.name == "moment":
            assert set(step.ranges) == {Range("j", 0), Range("k", 0), Range("d", 1)}


@pytest.mark.parametrize("kernel", [NNGP(2, bias_variance=1), NTK(2, bias_variance=Fraction(1, 2))], ids=repr)
def test_a_bias_variance_is_refused_in_one_line(kernel: Kernel) -> None:
    with pytest.raises(ValueError, match="no derivation for .*: bias_variance must be 0$"):
        derive(kernel)
