"""The grammar of kernels: what each form means, what is refused in which words, limits on both sides."""

from __future__ import annotations

from fractions import Fraction

import pytest

from theory.kernels import NNGP, NTK, ArcCosine, Dual, ExpressionError, Gaussian, Kernel, PowerSeries, Zonal
from theory.kernels.parse import parse_kernel
from theory.numbers.nearest import suggestion
from theory.symbolic.expression_grammar import MAX_NESTING, MAX_TEXT, check_text

HALF = Fraction(1, 2)


@pytest.mark.parametrize(
    ("text", "kernel"),
    [
        ("NTK(2)", NTK(2)),
        (" ( NTK( depth = 2 , ) ) ", NTK(2)),
        ("NTK(2, (1/2, 1))", NTK(2, (HALF, 1))),
        ("NTK(depth=2, bias=True)", NTK(2, bias=True)),
        ("NTK(depth=2, bias=False)", NTK(2)),
        ("Gaussian(0.5)", Gaussian(HALF)),
        ("Gaussian(5e-1)", Gaussian(HALF)),
        ("Gaussian(10/4)", Gaussian(Fraction(5, 2))),
        ("PowerSeries((-1/2, 0, 3,))", PowerSeries((-HALF, 0, 3))),
        ("PowerSeries((1,))", PowerSeries((1,))),
        ("PowerSeries((4/2, 1))", PowerSeries((2, 1))),
        ("PowerSeries((-3, 5))", PowerSeries((-3, 5))),
        ('Dual("relu")', Dual("relu")),
        ('Zonal("t - 1/2")', Zonal("t - 1/2")),
        ("NTK(2) + NNGP(2) + ArcCosine(1)", NTK(2) + NNGP(2) + ArcCosine(1)),
        ("NTK(2) + 2 * NNGP(2) * ArcCosine(1)", NTK(2) + 2 * NNGP(2) * ArcCosine(1)),
        ("2 * (NTK(2) + NNGP(2))", 2 * (NTK(2) + NNGP(2))),
        ("1/2 * 3 * NTK(2)", Fraction(3, 2) * NTK(2)),
    ],
)
def test_each_form_means_its_constructor_call(text: str, kernel: Kernel) -> None:
    assert parse_kernel(text) == kernel
    assert all(type(c) is int for c in getattr(parse_kernel(text), "coefficients", ()) if c == int(c))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (
            "  NTKK(2)",
            r"unknown kernel NTKK at column 3, allowed: ArcCosine, Compose, .*, Zonal \(did you mean NTK\?\)$",
        ),
        ("Qqqq(2)", "allowed: .*, Zonal$"),
        ("NTK(2, depth=3)", "NTK: multiple values for argument 'depth'; it takes depth"),
        ("NTK(depth=2, depth=3)", "NTK: an argument is given twice$"),
        ("Gaussian(1, 2)", "Gaussian: too many positional arguments; it takes rate$"),
        ("NTK(dept=2)", r"NTK: unknown argument dept \(did you mean depth\?\); it takes depth, .*bias=False"),
        ("NTK()", "NTK: missing a required argument: 'depth'; it takes depth"),
        ("Gaussian(1/0)", "division by zero in 1/0"),
        ("1/2", "'1/2' is not a kernel, for example"),
        ("NTK(2) + 1", r"cannot combine NTK\(depth=2\) and 1$"),
        ("NTK(2) NTK(2)", "kernel: cannot read column 8, .*; a kernel is written as its constructor call, for example"),
        ("x" * 50 + "(2)", "unknown kernel " + "x" * 40 + " at column 1"),
        ("NTK(" + "x" * 50 + "=2)", "unknown argument " + "x" * 40 + ";"),
        ("Gaussian(0)", "rate"),
        ("-1 * NTK(2)", "positive"),
        ("NTK(2) + (1/3)", "cannot combine"),
    ],
)
def test_a_refusal_names_what_is_allowed(text: str, says: str) -> None:
    with pytest.raises(ExpressionError, match=says) as refused:
        parse_kernel(text)
    assert "\n" not in str(refused.value)


def test_what_is_no_kernel_is_shown_up_to_sixty_characters() -> None:
    digits = "1" + "*1" * 40
    with pytest.raises(ExpressionError) as refused:
        parse_kernel(digits)
    assert str(refused.value).startswith(f"{digits[:60]!r} is not a kernel")
    wide = PowerSeries((1,) * 40)
    with pytest.raises(ExpressionError) as refused:
        parse_kernel(f"{wide!r} + 1")
    assert str(refused.value) == f"cannot combine {repr(wide)[:60]} and 1"
    with pytest.raises(ExpressionError) as refused:
        parse_kernel('Zonal("t") + 1e70')
    assert str(refused.value).endswith(" and 1" + "0" * 59)


def test_texts_are_bounded_on_both_sides() -> None:
    assert (MAX_TEXT, MAX_NESTING) == (10_000, 50)
    assert check_text("x" * MAX_TEXT) == "x" * MAX_TEXT
    with pytest.raises(ExpressionError, match=f"text of {MAX_TEXT + 1} characters, at most {MAX_TEXT} "):
        check_text("x" * (MAX_TEXT + 1))
    deep = "(" * MAX_NESTING + ")" * MAX_NESTING
    assert check_text(deep * 3) == deep * 3  # what is closed again does not count
    assert check_text(")" + "(" * (MAX_NESTING + 1)).startswith(")(")
    for text in (f"({deep})", "()" + "(" * (MAX_NESTING + 1)):
        with pytest.raises(ExpressionError, match=f"^{MAX_NESTING + 1} nested parentheses, at most {MAX_NESTING} "):
            check_text(text)
    assert parse_kernel("(" * (MAX_NESTING - 1) + "NTK(2)" + ")" * (MAX_NESTING - 1)) == NTK(2)


def test_a_close_name_is_suggested_whatever_its_case() -> None:
    assert suggestion("ntk", ["NTK", "NNGP"]) == " (did you mean NTK?)"
    assert suggestion("zzz", ["NTK", "NNGP"]) == ""
