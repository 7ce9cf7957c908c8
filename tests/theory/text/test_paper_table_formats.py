"""The columns of a typeset table: heads, rules and rows agree about where each kernel stands."""

from __future__ import annotations

import re
from fractions import Fraction

import pytest

from theory.kernels import NTK, ArcCosine
from theory.text.paper_table_formats import render_blocks
from theory.text.paper_tables import TableRequest


@pytest.mark.parametrize("multiplicity", [True, False])
@pytest.mark.parametrize("show", [("value",), ("exact", "value"), ("value", "coefficient", "gegenbauer")])
@pytest.mark.parametrize("kernels", [(NTK(depth=2),), (NTK(depth=2), ArcCosine(1), ArcCosine(0))], ids=len)
def test_the_rules_below_the_heads_cover_the_columns_of_each_kernel(
    kernels: tuple, show: tuple[str, ...], multiplicity: bool
) -> None:
    text = render_blocks(TableRequest(kernels, (2,), range(3), 6, show, multiplicity=multiplicity), "latex")
    rules = re.findall(r"\\cmidrule\(lr\)\{([^{}]*)\}", text)
    ends = [tuple(map(int, rule.split("-"))) for rule in rules]
    covered = [column for first, last in ends for column in range(first, last + 1)]
    left, total = 1 + multiplicity, len(kernels) * len(show)
    assert len(rules) == len(kernels) and covered == list(range(left + 1, left + total + 1))
    assert rf"\begin{{tabular}}{{{'r' * left}{'l' * total}}}" in text
    assert re.findall(r"\\multicolumn\{(\d+)\}\{c\}", text) == [str(len(show))] * len(kernels)


def test_a_sphere_of_no_integer_dimension_stands_in_brackets() -> None:
    text = render_blocks(TableRequest((NTK(depth=2),), (2, Fraction(5, 2)), range(3), 6), "latex")
    assert "% S^2: route" in text and "% S^(5/2): route" in text
