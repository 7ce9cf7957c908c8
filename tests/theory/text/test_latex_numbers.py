"""Numbers in LaTeX: how they may be written, what is refused and where the limits are."""

from __future__ import annotations

from fractions import Fraction

import pytest
from mpmath import mp, mpf

from theory.text.latex_numbers import DIGITS, MAX_BRACKETS, MAX_TEXT, Unreadable, decimals, read_number

with mp.workdps(DIGITS + 15):
    PI, E, ROOT2 = +mp.pi, +mp.e, mp.sqrt(2)
    CONSTANTS = [
        (r"\pi", PI),
        ("e", E),
        (r"\sqrt2", ROOT2),
        (r"2\pi^2", 2 * PI**2),
        (r"\frac\pi2", PI / 2),
        ("e^{2}", E * E),
        (r"\Gamma(\frac12)^2", PI),
        (r"\pi e", PI * E),
    ]


@pytest.mark.parametrize(
    ("latex", "value"),
    [
        ("3", 3),
        ("-3", -3),
        ("+3", 3),
        ("--3", 3),
        ("-+-+-2", -2),
        ("2.5", 2.5),
        (".5", 0.5),
        ("2.", 2),
        ("2+3-4", 1),
        ("2-3-4", -5),
        ("2-3+4", 3),
        ("2-(3-4)", 3),
        (r"2 \cdot 3 \times 4 * 5", 120),
        ("12/4/3", 1),
        ("12/4 3", 9),
        ("2(3)(4)", 24),
        ("2 [3+4]", 14),
        ("{2}{3}", 6),
        (r"\left( 1+2 \right) 3", 9),
        ("-2^2", -4),
        ("2^{-2}", 0.25),
        ("2^3 4", 32),
        ("2^12", 4),
        ("2^{10}", 1024),
        ("(-2)^3", -8),
        ("0^0", 1),
        ("0^2", 0),
        ("4^{1/2}", 2),
        ("0.25^{1/2}", 0.5),
        ("0^{1/2}", 0),
        ("2^k", 8),
        ("k k", 9),
        ("3!", 6),
        ("3!!", 720),
        ("3!^2", 36),
        ("2 3!", 12),
        ("0!", 1),
        (r"\frac12", 0.5),
        (r"\frac{3}{4}2", 1.5),
        (r"\dfrac{1}{4}", 0.25),
        (r"\tfrac34", 0.75),
        (r"\frac 1 8", 0.125),
        (r"\frac{1}{2}^2", 0.25),
        (r"\frac123", 1.5),
        (r"\frac{k}{2}", 1.5),
        (r"\sqrt4", 2),
        (r"\sqrt{9}", 3),
        (r"\sqrt{0}", 0),
        (r"\Gamma(5)", 24),
        (r"\Gamma(k)", 2),
        (r"\num{1.5e2}", 150),
        (r"\num{1.5E-1} 2", 0.3),
        (r"1{,}000", 1000),
        (r"12\,345\,678", 12345678),
        (r"1{,}23", None),
        (r"$\displaystyle 7$", 7),
        (r"\(7\)", 7),
        (r"7~\!", 7),
        (r"\quad 5", 5),
        (r"1.5 \times 10^{-3}", 0.0015),
    ],
)
def test_a_number_may_be_written_in_these_ways(latex: str, value: float | None) -> None:
    if value is None:
        with pytest.raises(Unreadable):
            read_number(latex, 3)
    else:
        with mp.workdps(DIGITS):
            assert abs(read_number(latex, 3) - mpf(str(value))) < mpf(10) ** -50


@pytest.mark.parametrize(("latex", "true"), CONSTANTS)
def test_constants_have_all_digits(latex: str, true: mpf) -> None:
    with mp.workdps(DIGITS + 10):
        assert abs(read_number(latex) - true) < mpf(10) ** -(DIGITS - 1)
        assert read_number("k") == 1  # unless another is given


@pytest.mark.parametrize(
    ("latex", "says"),
    [
        ("", "expected a number, found 'the end'"),
        ("1+", "found 'the end'"),
        ("(1", r"expected \), found 'the end'"),
        ("1)", r"cannot read '1\)' at '\)'"),
        ("(1]", r"expected \), found '\]'"),
        ("1/0", "division by zero"),
        (r"\frac{1}{0}", "division by zero"),
        (r"\frac10", "division by zero"),
        (r"\sqrt{-1}", "root of a negative"),
        ("0^{-1}", "not real"),
        ("(-1)^{1/2}", "not real"),
        (r"\alpha", "cannot read"),
        ("x", "cannot read 'x'"),
        ("2 & 3", "cannot read '& 3'"),
        ("2^1.", "cannot read '1.' without braces"),
        ("2^1.5", "without braces"),
        ("^2", "cannot read"),
        (r"\Gamma 2", r"expected \(, found '2'"),
        ("2^{100001}", "too large an exponent or argument"),
        ("2^{-100001}", "too large"),
        ("100001!", "too large"),
        (r"\Gamma(100001)", "too large"),
    ],
)
def test_what_is_no_number_says_why(latex: str, says: str) -> None:
    with pytest.raises(Unreadable, match=says):
        read_number(latex)


def test_limits_hold_on_both_sides() -> None:
    assert (MAX_TEXT, MAX_BRACKETS, DIGITS) == (2000, 100, 60)
    assert read_number("1" + " " * (MAX_TEXT - 1)) == 1
    with pytest.raises(Unreadable, match=f"a cell of {MAX_TEXT + 1} characters, at most {MAX_TEXT}"):
        read_number("1" + " " * MAX_TEXT)
    for opening, closing in ("{}", "()", "[]"):
        assert read_number(opening * MAX_BRACKETS + "1" + closing * MAX_BRACKETS) == 1
        with pytest.raises(Unreadable, match=f"more than {MAX_BRACKETS} brackets"):
            read_number(opening * (MAX_BRACKETS + 1) + "1" + closing * (MAX_BRACKETS + 1))
    with pytest.raises(Unreadable, match="brackets"):
        read_number("{([" * (MAX_BRACKETS // 3 + 1) + "1" + "])}" * (MAX_BRACKETS // 3 + 1))
    assert read_number("1^{100000}") == 1 == read_number("1^{-100000}")
    assert read_number(r"\Gamma(100000) / 99999!") == 1


def test_a_text_that_cannot_be_read_is_shown_from_there_on() -> None:
    with pytest.raises(Unreadable) as refused:
        read_number("12 +  3;" + "y" * 50)
    assert str(refused.value) == f"cannot read {';' + 'y' * 19!r}"


@pytest.mark.parametrize(
    ("latex", "value", "unit"),
    [
        ("0.5", Fraction(1, 2), Fraction(1, 10)),
        ("-0.50", Fraction(-1, 2), Fraction(1, 100)),
        (".25", Fraction(1, 4), Fraction(1, 100)),
        ("3.", 3, 1),
        ("+12.0", 12, Fraction(1, 10)),
        (r"$1.5\times10^{3}$", 1500, 100),
        (r"1.5 \cdot 10^3", 1500, 100),
        (r"2\times10^{-3}", Fraction(2, 1000), Fraction(1, 1000)),
        ("2e3", 2000, 1000),
        ("2.5E-1", Fraction(1, 4), Fraction(1, 100)),
        (r"\num{1.25e+2}", 125, 1),
        (r"1{,}234.5", Fraction(12345, 10), Fraction(1, 10)),
        ("0.0", 0, Fraction(1, 10)),
    ],
)
def test_a_decimal_has_a_last_place(latex: str, value: Fraction, unit: Fraction) -> None:
    assert decimals(latex) == (value, unit)


@pytest.mark.parametrize(
    "latex",
    ["3", "-12", "1/2", "0.5 + 1", r"\pi", "1.2.3", ".", "", r"1.5\times 10^{1234567}", r"1.5\times 10^12", "1.5e"],
)
def test_what_is_not_printed_as_a_decimal_has_none(latex: str) -> None:
    assert decimals(latex) is None
