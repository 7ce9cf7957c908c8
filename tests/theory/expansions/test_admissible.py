"""A kernel without eigenvalues is refused as a bad request; its admissible neighbour is not."""

from __future__ import annotations

from fractions import Fraction
from math import ceil, floor

import pytest
from flint import fmpq, fmpq_poly
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.theory.kernel_list import ALL
from tests.theory.kernels.test_zonal_soundness import EXPRESSIONS
from theory.expansions.admissible import Inadmissible, check_admissible, inner_roots, least_dim
from theory.kernels import NNGP, ArcCosine, Compose, Gaussian, Kernel, Laplace, Product, Zonal
from theory.laws.decay import decay
from theory.numbers.balls import NotCertified
from theory.spectra.floating import floating_spectrum
from theory.spectra.gradient_descent import descents
from theory.spectra.routes.choice import ROUTE_BALLS
from theory.spectra.spectrum import spectrum
from theory.symbolic.expression_grammar import ExpressionError
from verify.command import cli

# A singularity inside (0, pi), and the same expression with the singularity moved or cancelled.
INSIDE = [
    ("1/t", "1/(t-2)"),
    ("1/t", "t**2/t"),
    ("1/(t*t-1/4)", "1/(t*t-5/4)"),
    ("exp(1/t)", "exp(1/(t+3))"),
    ("tan(theta)", "tan(theta/4)"),
    ("tan(2*t)", "tan(3*t/2)"),
    ("1/(theta-1)", "1/(theta-4)"),
    ("1/(exp(t)-1)", "1/(exp(t)-3)"),
    ("1/(t*theta)", "1/((t-2)*(theta+1))"),
    ("t**(-1/2)", "(t+2)**(-1/2)"),
    ("sqrt(t)", "sqrt(1+t)"),
    ("sqrt(t-2)", "sqrt(2-t)"),
    ("log(1/2+t)", "log(3/2+t)"),
    ("log(t**2)", "log(1+t**2)"),
    ("acos(2*t)", "acos(t/2)"),
    ("asin(theta)", "asin(theta/4)"),
    ("t**theta", "(2+t)**theta"),
]
# A kink inside leaves a value: these have eigenvalues.
KINKS = ["sqrt(t**2)", "acos(2*t**2-1)", "asin(1-2*t**2)", "acos(1-t**2)", "abs(t)", "(t**2)**(1/3)", "max(t,theta)"]
# (kernel, d at which it is not integrable, d at which it is): kappa ~ u^e needs e > -d/2.
ENDS = [
    (Zonal("1/(1-t)"), 2, 3),
    (Zonal("1/(1+t)"), 1, Fraction(9, 4)),
    (Zonal("(1-t)**(-3/4)"), 1, Fraction(8, 5)),
    (Zonal("1/sin(theta)"), 1, 2),
    (Zonal("1/theta"), 1, 2),
    (Zonal("1/(theta-pi)"), 1, 2),
    (Zonal("exp(t)/(1-t)**3"), 6, 7),
    (Zonal("log(1-t)/(1-t)**2"), 4, 5),
    (Compose(Zonal("1/(1-t)"), Gaussian(1)), 2, 3),
    (Compose(Zonal("1/(1-t)"), Laplace(1)), 1, 2),
    (Gaussian(2) + Compose(Zonal("1/t"), ArcCosine(0)), 1, 2),
]


@pytest.mark.parametrize("text", KINKS)
def test_a_kink_inside_is_allowed(text: str) -> None:
    check_admissible(Zonal(text), 1)


@pytest.mark.parametrize(("bad", "good"), INSIDE)
def test_a_singularity_inside_is_refused_and_its_neighbour_is_not(bad: str, good: str) -> None:
    check_admissible(Zonal(good), 2)
    wrong = Zonal(bad)
    for kernel in (wrong, wrong + Gaussian(1), Product((Gaussian(1), wrong)), Compose(NNGP(2), wrong)):
        with pytest.raises(Inadmissible, match="0 < theta < pi"):
            check_admissible(kernel, 2)


@pytest.mark.parametrize(("kernel", "bad", "good"), ENDS, ids=repr)
def test_an_end_is_refused_up_to_its_dimension(kernel: Kernel, bad: int, good: int | Fraction) -> None:
    check_admissible(kernel, good)
    with pytest.raises(Inadmissible, match="not integrable"):
        check_admissible(kernel, bad)
    assert least_dim(kernel) == floor(bad) + 1 if good == bad + 1 else bad < least_dim(kernel) <= ceil(good)


def test_what_cancels_is_admissible() -> None:
    check_admissible(Zonal("1/(1-t)") + Zonal("(-1)/(1-t)") + Gaussian(1), 1)
    check_admissible(Zonal("1/(1-t)") * Zonal("(1-t)**2"), 1)


def test_an_outer_expression_is_evaluated_on_the_inner_range_only() -> None:
    check_admissible(Compose(Zonal("1/(t-1/2)"), Zonal("t/4")), 2)


@pytest.mark.parametrize("kernel", ALL, ids=repr)
def test_every_kernel_of_the_list_is_admissible(kernel: Kernel) -> None:
    check_admissible(kernel, 1)


@given(text=EXPRESSIONS, dim=st.sampled_from([1, 2, 5]))
@settings(max_examples=60, deadline=None)
@example(text="sqrt((1-t)*(1+t)**2)", dim=2)
@example(text="acos(1 - (1-t)**2/2)", dim=1)
def test_what_is_certified_was_admissible(text: str, dim: int) -> None:
    """The angle route certifies that an expression is analytic, by other means: no false refusal."""
    try:
        kernel = Zonal(text)
        check_admissible(kernel, dim)
    except ExpressionError:
        return
    except Inadmissible:
        with pytest.raises((NotCertified, ValueError)):
            ROUTE_BALLS["angle"](kernel, dim, range(2), 8)


@given(
    st.lists(st.fractions(-2, 2, max_denominator=10**25), min_size=1, max_size=4), st.integers(0, 2), st.integers(0, 2)
)
def test_roots_inside_are_counted_exactly(roots: list[Fraction], at_one: int, at_minus_one: int) -> None:
    """Roots within 1e-25 of an end are on the right side, those at the ends left out."""
    poly = fmpq_poly([-1, 1]) ** at_one * fmpq_poly([1, 1]) ** at_minus_one
    for root in roots:
        poly *= fmpq_poly([-fmpq(root.numerator, root.denominator), 1])
    found = inner_roots(poly)
    wanted = {root: roots.count(root) for root in roots if abs(root) < 1}
    assert sorted(m for _, m in found) == sorted(wanted.values())


def test_a_root_close_to_an_end_is_inside() -> None:
    near = 1 - fmpq(1, 10**40)
    assert [m for _, m in inner_roots(fmpq_poly([near * near, -2 * near, 1]))] == [2]
    assert inner_roots(fmpq_poly([-(1 + fmpq(1, 10**40)), 1])) == []


BAD = ['Zonal("1/t")', 'Zonal("sqrt(t)")', 'Zonal("1/(1-t)")', 'Zonal("(1-t)**(-1/2)")']


@pytest.mark.parametrize("kernel", BAD)
@pytest.mark.parametrize(
    "command",
    [
        ("spectrum", "--dim", "1", "--degrees", "0:2"),
        ("spectrum", "--dim", "1", "--degrees", "0:2", "--route", "mpmath"),
        ("decay", "--as", "k", "--dim", "1"),
        ("table", "--dim", "1", "--degrees", "0:2"),
        ("rate", "--dim", "1"),
    ],
    ids=" ".join,
)
def test_every_command_exits_2_with_one_line(
    kernel: str, command: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run([command[0], kernel, *command[1:]]) == 2
    out, err = capsys.readouterr()
    assert not out and err.count("\n") == 1 and "allowed" in err


def test_what_no_route_can_do_is_not_called_a_bad_request(capsys: pytest.CaptureFixture[str]) -> None:
    """log|exp(t) - 1| is integrable on every sphere: exit code 1, not 2."""
    assert cli.run(["spectrum", 'Zonal("log(abs(exp(t)-1))")', "--dim", "3", "--degrees", "0:2"]) == 1
    assert "not certified" in capsys.readouterr().err


def test_python_raises_the_typed_exception() -> None:
    kernel = Zonal("1/t")
    for call in (
        lambda: spectrum(kernel, 1, 3),
        lambda: floating_spectrum(kernel, 1, 3, 10),
        lambda: decay(kernel, "k", 1),
        lambda: decay(kernel, "d", degree=2),
        lambda: descents(kernel, 1, range(3)),
    ):
        with pytest.raises(Inadmissible):
            call()
