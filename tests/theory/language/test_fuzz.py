"""Any text up to 10 kB is read or refused at once, with one line: no crash, no hang, nothing blown up."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.clock import at_once
from theory.kernels.parse import parse_kernel
from theory.language.conditions import parse_range
from theory.language.formulas import parse_formula
from theory.language.sentences import parse_sentence
from theory.language.statement import parse_statement
from theory.symbolic.expression_grammar import MAX_TEXT
from verify.command.check import read_claims

Folders = pytest.TempPathFactory
EXAMPLES = 150
SECONDS = 3.0  # reading 10 kB takes about a tenth
LONGEST = 600  # characters of a message, as the command line prints them
WORDS = (
    "mu(k)",
    "mu(",
    "N(d, k)",
    "kappa(t)",
    "a(k)",
    "b(n)",
    "k",
    "d",
    "n",
    "L",
    "t",
    "pi",
    "E",
    "oo",
    "10**10**10",
    "factorial(",
    "binomial(",
    "Gamma(",
    "sqrt(",
    "exp(",
    "log(",
    "1",
    "0",
    "2",
    ".5",
    "1e9",
    "9" * 400,
    "1/2",
    "(",
    ")",
    ",",
    "+",
    "-",
    "*",
    "/",
    "**",
    "^",
    "=",
    "!=",
    "<=",
    ">=",
    "<",
    ">",
    "~",
    "O(",
    "Omega(",
    "Theta(",
    "o(",
    " as k -> oo",
    " as t -> 1",
    " uniformly",
    " ",
    "\n",
    "\t",
    "\x00",
    "é",
    "𝟙",
    "'",
    '"',
    "#",
    "\\",
    "__import__",
    "NTK(depth=2)",
    "NTK(depth=",
    "NNGP(",
    "ArcCosine(order=",
    "Laplace(",
    'Zonal("',
    "exp(t)",
    "Compose(",
    "PowerSeries((",
    "True",
    "layer_scales=(1/2, 1)",
    'Dual("relu")',
    "[[claim]]\n",
    'id = "a"\n',
    'says = "',
    'for = ["k even"]\n',
    'kernel = "',
    "k even",
    "k >= 2",
    "d = 1",
    "mu_k",
    "mu_{k+1}",
    "^{",
    "}",
    "\\frac{",
    "\\mu_k",
    "\\Theta",
    "$",
    " for all ",
    "k -> inf",
    "2k",
    "!",
    " <= ",
    "≤",
)
texts = st.one_of(
    st.text(max_size=MAX_TEXT),
    st.lists(st.sampled_from(WORDS), max_size=60).map("".join),
    st.tuples(st.sampled_from(WORDS), st.integers(0, 400)).map(lambda p: (p[0] * p[1])[:MAX_TEXT]),
    st.lists(st.tuples(st.sampled_from(WORDS), st.integers(1, 50)), max_size=20).map(
        lambda parts: "".join(word * count for word, count in parts)[:MAX_TEXT]
    ),
)


def assert_read_or_refused(read: Callable[[str], object], text: str) -> None:
    with at_once(SECONDS):
        try:
            read(text)
        except ValueError as error:
            message = str(error)
            assert message and "\n" not in message and len(message) <= LONGEST, message


READERS: dict[str, Callable[[str], object]] = {
    "kernel": parse_kernel,
    "formula": parse_formula,
    "statement": lambda text: parse_statement(text, "NTK(depth=2)"),
    "sentence": lambda text: parse_sentence(text, "NTK(depth=2)"),
    "condition of a sentence": lambda text: parse_sentence("mu(k) > 0", "NTK(depth=2)", [text]),
    "kernel of a statement": lambda text: parse_statement("mu(k) > 0", text),
    "range": parse_range,
    "condition": lambda text: parse_statement("mu(k) > 0", "NTK(depth=2)", [text]),
}


@pytest.mark.parametrize("name", READERS)
def test_any_text_is_read_or_refused_with_one_line(name: str) -> None:
    @given(texts)
    @example("10**10**10")
    @example("10**10**10 = 1")
    @example("{" * MAX_TEXT)
    @example("^{" * 3000 + "}" * 3000)
    @example("\\frac{1}{" * 1000 + "}" * 1000)
    @example("k!" * 3000)
    @example("for all " * 1200)
    @example("a <= " * 2000 + "1")
    @example("(" * MAX_TEXT)
    @example("-" * MAX_TEXT)
    @example("k" + "**k" * 3000)
    @example("k" + "+k" * 4000)
    @example("9" * MAX_TEXT)
    @example("1e999999999")
    @example("factorial(factorial(factorial(99))) = 1")
    @example("NTK(depth=" + "9" * 5000 + ")")
    @example("NTK(depth=10000000)")
    @example("+".join(["NTK(depth=2)"] * 700))
    @example("Compose(" * 40 + "NTK(depth=2)")
    @example("\x00")
    @settings(max_examples=EXAMPLES)
    def check(text: str) -> None:
        assert_read_or_refused(READERS[name], text)

    check()


@given(texts, st.booleans())
@example("[[claim]]\nid = 1", False)
@example("a = " + "[" * 5000, False)
@example("a" + ".a" * 4000 + " = 1", False)
@example("[[claim]]\n" * 900, False)
@example("claim = [1]", False)
@example("claim = [{id = 'a', says = 'mu(k) > 0', kernel = 'NTK(depth=2)', for = [1]}]", False)
@example('10**10**10 = 1"', True)
@settings(max_examples=EXAMPLES)
def test_any_file_is_read_or_refused_with_one_line(tmp_path_factory: Folders, text: str, said: bool) -> None:
    path: Path = tmp_path_factory.getbasetemp() / "statements.toml"
    whole = f'[[claim]]\nid = "a"\nkernel = "NTK(depth=2)"\nsays = "{text}"\n' if said else text
    path.write_text(whole, encoding="utf-8", errors="replace", newline="")
    assert_read_or_refused(lambda _: read_claims(path), text)


@given(st.binary(max_size=MAX_TEXT))
@settings(max_examples=EXAMPLES)
def test_any_bytes_are_read_or_refused_with_one_line(tmp_path_factory: Folders, content: bytes) -> None:
    path: Path = tmp_path_factory.getbasetemp() / "statements.toml"
    path.write_bytes(content)
    assert_read_or_refused(lambda _: read_claims(path), "")
