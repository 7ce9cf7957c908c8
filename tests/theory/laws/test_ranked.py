"""The law of lambda_i against eigenvalues that were put in order, and against counts of drawn sequences."""

from __future__ import annotations

from fractions import Fraction
from math import factorial

import pytest
import sympy as sp

from theory.kernels import NNGP, NTK, ArcCosine, Gaussian, Kernel, Laplace, Matern, Zonal
from theory.language.statement import parse_statement
from theory.laws.ranked import ranked_law
from theory.numbers.truth import Evidence, Truth
from theory.spectra.ranked import largest_eigenvalues
from theory.spectra.spectrum import float_spectrum
from theory.spectra.sphere import multiplicity
from theory.statements.decide import decide
from theory.statements.meaning import expression_at
from theory.statements.outcome import NotSymbolic
from theory.symbolic.objects import d, i

TOP = 600  # degrees that are put in order by floating-point numbers
KERNELS = [NTK(2), NTK(3), ArcCosine(0), ArcCosine(1), ArcCosine(2), Laplace(1), NNGP(3), Zonal("exp(-theta)")]
KERNELS += [NTK(2, bias=True), Matern(Fraction(1, 2), 1), Zonal("asin(t)"), Zonal("1 - sqrt((1-t)/2)")]


def in_order(kernel: Kernel, dim: int, top: int = TOP) -> list[tuple[float, int]]:
    """(mu_k, how many eigenvalues are at least as large) in falling order."""
    values = sorted(((float(v), multiplicity(dim, k)) for k, v in enumerate(float_spectrum(kernel, dim, range(top)))))
    found, count = [], 0
    for value, times in reversed(values):
        count += times
        found.append((value, count))
    return found


def quotient(kernel: Kernel, dim: int, at: float) -> float:
    """lambda_i over its law, i in the middle of the multiplets of the degrees around `at` TOP."""
    ordered, law = in_order(kernel, dim), ranked_law(kernel, dim)
    place = int(at * sum(value > 0 for value, _ in ordered))
    value, (before, after) = ordered[place][0], (ordered[place - 1][1], ordered[place][1])
    middle = sp.Rational(before + after, 2)
    return value / float(law.leading.subs(i, middle).evalf(20))


@pytest.mark.parametrize("kernel", KERNELS, ids=repr)
@pytest.mark.parametrize("dim", [1, 2, 3])
def test_it_is_the_law_of_what_is_put_in_order(kernel: Kernel, dim: int) -> None:
    """mu_k ~ C k^(-a): what stands before, four degrees at most, and (d-1)/2 beside k, shift k by less than 4."""
    power = -dim * ranked_law(kernel, dim).exponent
    assert abs(quotient(kernel, dim, 0.4) - 1) < 4 * power / (0.4 * TOP)
    assert ranked_law(kernel, dim).evidence is Evidence.CERTIFIED


@pytest.mark.parametrize("wrong", [2, Fraction(1, 2), Fraction(11, 10)])
def test_a_wrong_constant_would_be_seen(wrong: Fraction) -> None:
    assert not abs(quotient(NTK(3), 2, 0.4) / float(wrong) - 1) < 4 * 3 / (0.4 * TOP)


def test_the_certified_order_has_it_too() -> None:
    last = largest_eigenvalues(NTK(2), 2, 20_000)[-1]
    law = ranked_law(NTK(2), 2)
    assert abs(float(last.eigenvalue) / float(law.leading.subs(i, (last.first + last.last) // 2).evalf()) - 1) < 0.03


def test_a_parity_that_vanishes_counts_nothing_and_one_that_falls_faster_neither() -> None:
    """ArcCosine(0): odd degrees alone; NTK(2): even ones alone, (C/d!)^... with half the degrees."""
    constant = sp.sqrt(2) / (4 * sp.pi)  # (1/pi) (1/2)^(3/2)
    assert sp.simplify(ranked_law(NTK(2), 2).constant - constant) == 0
    mixed = ranked_law(NTK(2) + Zonal("asin(t)**3 - asin(t)**3 + t/7"), 2)
    assert sp.simplify(mixed.constant - constant) == 0


@pytest.mark.parametrize("kernel", [NTK(2), NTK(3), Laplace(1), NNGP(3)], ids=repr)
def test_with_symbolic_dimension_it_is_the_same(kernel: Kernel) -> None:
    law = ranked_law(kernel)
    for dim in (1, 2, 5):
        here = ranked_law(kernel, dim)
        assert law.exponent.subs(d, dim) == here.exponent
        assert abs(float((law.constant.subs(d, dim) / here.constant).evalf(30)) - 1) < 1e-20
    assert law.evidence is Evidence.CHECKED


def test_negative_eigenvalues_come_last() -> None:
    """exp(-theta^2) on S^2: mu_k < 0 for large even k, > 0 for odd k, of the same size."""
    kernel, dim = Zonal("exp(-theta**2)"), 2
    positive = [(v, c) for v, c in in_order(kernel, dim, 400) if v > 0]
    value, count = positive[-20]
    assert abs(value / float(ranked_law(kernel, dim).leading.subs(i, count).evalf()) - 1) < 0.05


@pytest.mark.parametrize(
    ("kernel", "line"),
    [
        (Gaussian(1), "no power of k"),
        (Zonal("t"), "infinitely many"),
        (Zonal("theta"), "infinitely many"),
        (Zonal("theta*(pi-theta)"), "infinitely many"),
    ],
    ids=repr,
)
def test_what_has_no_such_law_is_refused(kernel: Kernel, line: str) -> None:
    with pytest.raises(ValueError, match=line):
        ranked_law(kernel, 2)


NTK2, THETA = "NTK(depth=2)", "lambda(i) = Theta(i**(-(d+1)/d)) as i -> oo"
STATEMENTS = [
    (NTK2, THETA, (), Truth.HOLDS),
    ("Laplace(rate=1)", THETA, (), Truth.HOLDS),
    ("NTK(depth=3)", THETA, ("d = 2",), Truth.HOLDS),
    (NTK2, "lambda(i) ~ sqrt(2)/(4*pi)*i**(-3/2) as i -> oo", ("d = 2",), Truth.HOLDS),
    (NTK2, "lambda(i) ~ sqrt(2)/(2*pi)*i**(-3/2) as i -> oo", ("d = 2",), Truth.FAILS),
    (NTK2, "lambda(i) = O(i**-2) as i -> oo", ("d = 2",), Truth.FAILS),
    (NTK2, "lambda(i) = o(i**-1) as i -> oo", ("d = 2",), Truth.HOLDS),
    (NTK2, "lambda(i) = Omega(i**(-3/2)) as i -> oo", ("d = 2",), Truth.HOLDS),
    (NTK2, "lambda(i) = Theta(i**(-3/2)) as i -> oo", ("d = 3",), Truth.FAILS),
    (NTK2, "lambda(2*i+1) ~ lambda(i)/2**(3/2) as i -> oo", ("d = 2",), Truth.HOLDS),
    (NTK2, "lambda(2*i+1) ~ sqrt(2)/(4*pi)*(2*i)**(-3/2) as i -> oo", ("d = 2",), Truth.HOLDS),  # not 0, as odd mu_k
    (NTK2, "lambda(2*i) = Theta(i**(-3)) as i -> oo", ("d = 2",), Truth.FAILS),  # as even mu_k
    (NTK2, "lambda(i) ~ i**(-(d+1)/d) as i -> oo", (), Truth.UNDECIDED),
    ("Gaussian(rate=1)", "lambda(i) = O(i**-9) as i -> oo", ("d = 2",), Truth.UNDECIDED),
    ("2 * NTK(depth=2)", "lambda(i) ~ sqrt(2)/(2*pi)*i**(-3/2) as i -> oo", ("d = 2",), Truth.HOLDS),
]


@pytest.mark.parametrize(("kernel", "says", "where", "truth"), STATEMENTS)
def test_statements(kernel: str, says: str, where: tuple[str, ...], truth: Truth) -> None:
    verdict = decide(parse_statement(says, kernel, where))
    assert verdict.truth is truth, verdict.why
    assert verdict.evidence is not Evidence.PROVED  # no step of it is replayed


def test_the_closed_form_of_mu_is_none_of_lambda() -> None:
    statement = parse_statement("lambda(2*i+1) = O(1) as i -> oo", NTK2, ["d = 2"])
    with pytest.raises(NotSymbolic):
        expression_at(statement.left, statement.kernel, statement.ranges)


def test_multiplicities_grow_as_is_said() -> None:
    """N(d,k) ~ 2 k^(d-1)/(d-1)!."""
    for dim in (1, 2, 3, 6):
        assert abs(multiplicity(dim, 10**6) * factorial(dim - 1) / (2 * 10 ** (6 * (dim - 1))) - 1) < 1e-4
