"""Printed LaTeX as one line of text: nothing of LaTeX is left, and no number, no parenthesis is lost."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verify.claims import all_claims
from verify.ledger.plain import plain

PRINTED = {claim.id: claim.printed for claim in all_claims().values()}


def digits(text: str) -> list[str]:
    return re.findall("[0-9]", text)


@pytest.mark.parametrize("name", PRINTED)
def test_what_is_printed_is_one_line_with_the_same_numbers_in_the_same_order(name: str) -> None:
    text = plain(PRINTED[name])
    assert text.isprintable() and not set(text) & set("\\{}") and "  " not in text
    assert digits(text) == digits(PRINTED[name])
    assert text.count("(") == text.count(")")


def test_a_lost_number_would_be_noticed() -> None:
    assert digits(plain(r"\tfrac12 k^{3}")) == ["1", "2", "3"] != digits("1 k^3")


@pytest.mark.parametrize(
    ("latex", "text"),
    [
        (r"\frac{a+b}{c}", "(a+b)/c"),
        (r"\frac12\kappa_0", "1/2 kappa_0"),
        (r"\frac{2^{k-1}}\pi", "(2^(k-1))/pi"),
        (r"x^\alpha y", "x^alpha y"),
        (r"a_{k-1}^2", "a_(k-1)^2"),
        (r"a \le b\ge c", "a <= b >= c"),
        (r"\mu_k(t) \sim \Gamma(d)", "mu_k(t) ~ Gamma(d)"),
        (r"\binom{2m}{m}", "C(2m, m)"),
        (r"\tilde f(k)\ \hat y", "tilde(f)(k) hat(y)"),
        (r"\text{one \& } 100\%", "one & 100%"),
        (r"\|x-y\|^2", "||x-y||^2"),
        ("", ""),
    ],
)
def test_notation(latex: str, text: str) -> None:
    assert plain(latex) == text


@given(st.text(alphabet="\\{}^_ ab1+(\n\0\1é%&", max_size=40))
def test_any_text_gives_one_line(latex: str) -> None:
    text = plain(latex)
    assert "\n" not in text and text == " ".join(text.split())


@given(st.lists(st.sampled_from(["mu", "lambda", "k", "12", "and", "S"]), max_size=8).map(" ".join))
def test_plain_words_stay_as_they_are(text: str) -> None:
    assert plain(text) == text
