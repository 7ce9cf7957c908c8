"""Steps of gradient descent in each form, from numbers computed here."""

from __future__ import annotations

import csv
import io
import json
from fractions import Fraction
from math import ceil, log

import pytest

from theory.kernels import NTK
from theory.numbers.balls import Enclosure
from theory.spectra.gradient_descent import Descents, descents
from theory.text.gradient_descent import COLUMNS, SAMPLED, decimal, render

MU = [Fraction(1, 2), Fraction(1, 3), Fraction(5, 64), Fraction(0)]  # CONVENTIONS: NTK(depth=2) on S^2
STEP, RESIDUAL, SAMPLES = Fraction(3, 2), Fraction(1, 100), 100
# As printed; tests/theory/test_sample_steps.py compares such numbers with samples.
ESTIMATED = ("13", "18", "116", "12400")


@pytest.fixture(scope="module")
def both() -> dict[int | None, Descents]:
    return {n: descents(NTK(depth=2), 2, range(4), RESIDUAL, Fraction(STEP), n) for n in (None, SAMPLES)}


def shown(value: float) -> str:
    """Four significant digits, zeros at the end kept."""
    return f"{float(value):#.4g}"


def row(degree: int, value: Fraction, samples: int | None) -> list[str]:
    """Exact cells are written in full: 1/2, 0 and the factors 0 and 1."""
    factor = 1 - STEP * value
    cells = [str(degree), str(2 * degree + 1), {0: "0.5", 3: "0"}.get(degree, shown(value))]
    cells.append(str(factor) if factor.denominator == 1 else shown(factor))
    if value == 0:
        cells += ["never", "", ""]
    elif factor == 0:
        cells += ["1", shown(-log(RESIDUAL) / value), ""]
    else:
        steps = ceil(log(RESIDUAL) / log(factor))
        cells += [str(steps), shown(-log(RESIDUAL) / value), shown(-steps * log(factor) / value)]
    if samples is None:
        return cells
    quotient = value + (2 - value) / samples
    left = abs(1 - STEP * quotient)
    return [*cells, shown(quotient), str(ceil(log(RESIDUAL) / log(left))), ESTIMATED[degree]]


def table(samples: int | None) -> list[list[str]]:
    heads = [*COLUMNS, *SAMPLED] if samples else [*COLUMNS]
    return [heads, *(row(k, value, samples) for k, value in enumerate(MU))]


HEADLINE = [
    "NTK(depth=2) on S^2: a step of size c multiplies degree k by 1 - c mu_k",
    "largest safe step: c < 2/mu_max = 4.000, mu_max = mu_0 = 0.5, the largest of all degrees",
    "safe on every sample of any size: c <= 2/kappa(1) = 1",
    "below: c = 3/2, until 1/100 of the residual is left; flow_time: until e^(-mu_k tau) is that; "
    "equal_time: the flow time that does what the steps do",
    "factor, steps, flow_time, equal_time: of the population, the whole sphere",
]
ADDS = "; --samples N adds steps on N random points"
ON_SAMPLES = [
    "sampled: mu_k + (kappa(1) - mu_k)/n, the mean Rayleigh quotient on n = 100 random points",
    "at_least: steps on them, before which more than 1/100 of a harmonic of degree k is left, in root mean square "
    "over samples (proved)",
    "estimate: steps on them, by random matrix theory for large n, with the harmonics at the points taken as "
    "independent Gaussians (an estimate without error bound)",
]


@pytest.mark.parametrize("samples", [None, SAMPLES])
def test_every_form_holds_the_same_cells(samples: int | None, both: dict[int | None, Descents]) -> None:
    found, cells = both[samples], table(samples)
    head = [*HEADLINE[:-1], HEADLINE[-1] + ("" if samples else ADDS), *(ON_SAMPLES if samples else []), ""]
    names = ["kernel", "dim", "step", "residual", *(["samples"] if samples else [])]
    setting = ["NTK(depth=2)", "2", "3/2", "1/100", *(["100"] if samples else [])]
    lines = [names + cells[0], *(setting + line for line in cells[1:])]
    assert list(csv.reader(io.StringIO(render(found, "csv", 4)))) == lines
    marked = [f"| {' | '.join(line)} |" for line in cells]
    marked.insert(1, "|" + " ---: |" * len(cells[0]))
    assert render(found, "markdown", 4) == "\n".join([*head, *marked]) + "\n"
    plain = render(found, "text", 4).split("\n")
    assert plain[: len(head)] == head and plain[-1] == ""
    assert len(plain) == len(head) + len(cells) + 1
    for line, wanted in zip(plain[len(head) :], cells, strict=False):
        assert line.split() == [cell for cell in wanted if cell] and line == line.rstrip()
    ends = [plain[len(head)].index(name) + len(name) for name in cells[0]]
    for line, wanted in zip(plain[len(head) :], cells, strict=False):
        for end, cell in zip(ends, wanted, strict=True):
            assert line[:end].endswith(cell)  # every column ends where its name does


@pytest.mark.parametrize("samples", [None, SAMPLES])
def test_json_has_the_requests_and_a_null_for_every_empty_cell(
    samples: int | None, both: dict[int | None, Descents]
) -> None:
    text = render(both[samples], "json", 4)
    names, *rows = table(samples)
    entries = [{name: cell or None for name, cell in zip(names, line, strict=True)} for line in rows]
    for degree, entry in enumerate(entries):
        entry["degree"] = degree
        entry["steps"] = None if entry["steps"] == "never" else int(entry["steps"])
        entry |= {name: int(entry[name]) for name in SAMPLED[1:] if name in entry}
    assert text.endswith("}\n") and json.loads(text) == {
        "schema": 1,
        "kernel": "NTK(depth=2)",
        "dim": 2,
        "digits": 4,
        "largest_degree": 0,
        "safe_step": "4.000",
        "safe_step_on_samples": "1",
        "step": "3/2",
        "residual": "1/100",
        "samples": samples,
        "degrees": entries,
    }


def test_six_digits_are_shown_unless_others_are_asked_for(both: dict[int | None, Descents]) -> None:
    assert render(both[None], "csv") == render(both[None], "csv", 6) != render(both[None], "csv", 5)


def test_another_form_is_refused_by_name(both: dict[int | None, Descents]) -> None:
    says = "^format must be one of text, json, csv, markdown, got 'xml'$"
    with pytest.raises(ValueError, match=says):
        render(both[None], "xml")


def test_a_tie_within_the_enclosure_is_the_rounded_middle() -> None:
    """[1/8 - e, 1/8 + e] rounds to 0.12 and 0.13: shown is 1/8 itself, rounded to even."""
    tie = Enclosure((1, -3), (1, -90))
    assert tie.decimal(2) is None and decimal(tie, 2) == "0.12" and decimal(tie, 3) == "0.125"
    assert decimal(Enclosure((3, -3), (1, -90)), 2) == "0.38"
