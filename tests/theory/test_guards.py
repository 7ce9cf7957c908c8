"""Guards of accuracy and of definedness that a wrong constant would loosen without a wrong digit."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from math import factorial, log10

import mpmath as mp
import pytest
import sympy as sp
from flint import arb, arb_poly
from hypothesis import given
from hypothesis import strategies as st

from theory.derivations.ends_of_every_depth import depth_series
from theory.expansions.angle_polynomials import AnglePolynomial
from theory.expansions.at_ends import variable
from theory.kernels import NTK, Gaussian, Kernel, Zonal
from theory.language.statement import parse_statement
from theory.laws.coefficients import positive_from
from theory.laws.degree_remainder import _variation
from theory.numbers.balls import Enclosure, working_precision
from theory.proofs.rules.calculus import require_new_name
from theory.proofs.steps import RULES, Refused, Step
from theory.spectra.form_algebra import IntegerMatern
from theory.spectra.routes.closed import closed_balls
from theory.spectra.routes.matern import _tails
from theory.spectra.routes.walk import walk_balls
from theory.statements.definedness import Judge
from theory.statements.outcome import NotSymbolic
from theory.statements.splits import MAX_SINGLE, splits
from theory.symbolic.objects import EndSeries, Kappa, Mu, equal, t
from theory.symbolic.puiseux import sine_cosine


@given(st.integers(1, 10**6), st.integers(-40, 40), st.integers(1, 30))
def test_the_accuracy_of_an_enclosure_is_that_of_its_ends(mantissa: int, exponent: int, gap: int) -> None:
    """Digits are certain up to rounding to bits: never more than log10(mid/rad), at most one less."""
    found = Enclosure((mantissa, exponent), (1, exponent - gap)).accuracy()
    exact = log10(mantissa) + gap * log10(2)
    assert exact - 2 * log10(2) - 1e-12 <= found <= exact + 1e-12 or found == 0.0


def test_the_walk_goes_on_until_its_values_have_the_digits_asked_for() -> None:
    asked = []

    def poor(kernel: Kernel, dim: int, degrees: range, digits: int) -> list[arb]:
        """Half of the digits that are asked for."""
        asked.append(digits)
        return [v * arb(1, arb(10) ** -(digits // 2)) for v in closed_balls(kernel, dim, degrees, digits)]

    with working_precision(30):
        values = walk_balls(NTK(depth=2), 6, range(0, 5, 1), 20, poor)
    assert len(asked) > 1
    assert all(v.is_zero() or v.rel_accuracy_bits() * log10(2) >= 20 for v in values)


@pytest.mark.parametrize(("order", "scale"), [(1, 1), (2, 2), (3, 27), (5, 20), (40, 100)])
def test_the_tail_of_an_integer_matern_is_above_the_terms_that_it_bounds(order: int, scale: int) -> None:
    base = IntegerMatern(order, Fraction(scale))
    n, h = base.order, mp.mpf(base.scale.numerator) / base.scale.denominator
    log = abs(mp.log(h))

    def term(m: int) -> mp.mpf:
        return (2 * h) ** m / mp.mpf(factorial(m) * factorial(m - n) * factorial(n - 1)) * (2 * m + log + 2)

    with working_precision(20), mp.workdps(30):
        for (last, bound), _ in zip(_tails(base), range(5), strict=False):
            left = mp.fsum(term(m) for m in range(last + 1, last + 200))
            assert left <= mp.mpf(float(bound)) * (1 + mp.mpf(10) ** -12)


@pytest.mark.parametrize(("order", "factor"), [(1, 1), (3, 6)])
def test_errors_of_derivatives_widen_the_end_coefficients(order: int, factor: int) -> None:
    """theta = 2 asin(s) = 2 s + s^3/3 + ..., so an error e of f^(n)(0) moves s^n by 2^n e/n!."""
    errors = tuple(arb(int(n == order)) for n in range(5))
    with working_precision(20):
        parts = AnglePolynomial(arb_poly([0]), errors, 20).odd_part(False, 2)
        assert parts[order // 2].rad() >= arb(2) ** order / factor * (1 - 1e-9)


def test_an_enclosure_with_a_radius_of_one_is_not_exact() -> None:
    assert Enclosure((5, 0), (1, 0)).decimal(3) is None
    assert Enclosure((5, 0)).decimal(3) == ("5", "0")


def test_as_many_single_values_as_are_allowed_are_taken_apart() -> None:
    statement = parse_statement("k >= 0", None, [f"k <= {MAX_SINGLE - 1}"])
    assert len(splits(statement)) == MAX_SINGLE
    with pytest.raises(NotSymbolic, match="more than"):
        splits(parse_statement("k >= 0", None, [f"k <= {MAX_SINGLE}"]))


def test_an_expansion_has_an_integer_order() -> None:
    """What is known up to s^N says nothing about s^(N + 1/2)."""
    facts = {step.name: step for step in depth_series(NTK, 4).steps}
    expansions = [step for step in facts.values() if isinstance(step.left, EndSeries)]
    assert len(expansions) == 4
    for step in expansions:
        RULES[step.rule](step, facts)
        *names, order = step.left.args
        left = step.left.func(*names, order + sp.Rational(1, 2))
        with pytest.raises(Refused):
            RULES[step.rule](replace(step, statement=equal(left, step.right)), facts)


def test_a_kernel_is_named_as_a_function_of_t() -> None:
    name, other = sp.Symbol("new_kernel"), sp.Symbol("u")
    require_new_name(Step("x", equal(Kappa(name, t), t**2), "algebra"), {})
    for left in (Kappa(name, other), Mu(name, t)):
        with pytest.raises(Refused, match="no kernel of t"):
            require_new_name(Step("x", equal(left, t**2), "algebra"), {})


def test_sine_and_cosine_of_a_series_are_those_of_sympy() -> None:
    u = sp.Symbol("u")
    for shift in (0, 1):
        s = variable(0, Fraction(7)) + variable(0, Fraction(7)).constant(sp.Integer(shift), Fraction(7))
        for found, function in zip(sine_cosine(s), (sp.sin, sp.cos), strict=True):
            wanted = sp.series(function(u + shift), u, 0, 7).removeO()
            for power in range(7):
                assert sp.simplify(found.coefficient(Fraction(power)) - wanted.coeff(u, power)) == 0


def test_a_root_of_a_polynomial_without_negative_coefficients_is_defined() -> None:
    for says, certain in (("sqrt(k*(k+d)) >= 0", True), ("sqrt(k*(k+d) - 1) >= 0", False)):
        statement = parse_statement(says)
        assert (Judge(statement, statement.ranges).doubt() is None) == certain


def test_positivity_of_a_sum_with_a_part_of_unknown_signs_is_not_known() -> None:
    assert positive_from(Gaussian(1) + Zonal("sin(t)")) == (None, None)
    assert positive_from(Gaussian(1) + Gaussian(2)) == (0, 0)


@pytest.mark.parametrize("parity", [0, 1])
def test_the_variation_bound_covers_what_a_short_taylor_polynomial_leaves_out(
    parity: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The third derivative of the part of sin(theta/2) that is even (odd) about pi/2 is
    (cos -+ sin)(theta/2)/16 up to sign."""
    monkeypatch.setattr("theory.laws.degree_remainder.TAYLOR", 4)
    with working_precision(30):
        nothing = AnglePolynomial(arb_poly([0]), (arb(0),) * 4, 30)
        bound = _variation(nothing, parity, [arb(1)], [arb(1)])
    sign = 1 if parity else -1
    exact = mp.quad(lambda x: abs(mp.cos(x / 2) + sign * mp.sin(x / 2)) / 16, [0, mp.pi / 2, mp.pi])
    assert exact <= mp.mpf(float(bound)) <= 10 * exact
