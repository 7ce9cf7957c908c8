r"""`spectral-bias table --check FILE.tex`: a user's table against the truth, cell by cell.

Rows are found by their degree (or "even", "odd") and their block ("d = 3"), columns by their place.
A decimal is right if the true value rounds to it at its last place, any other cell if its value
agrees with the true one to `SAME` digits.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from mpmath import mp, mpf

from theory.blocks import COLUMNS, Block, Row, TableRequest, blocks
from theory.latex_numbers import Unreadable, decimals, read_number
from theory.tables import count_text, printed
from verify.console import BadRequest

SAME = 50
MISSING = ("", "-", "--", "---")
LAW_DEGREES = (1, 2, 4)  # where two leading terms are compared: exponential laws differ too
RULES = r"\\(?:toprule|midrule|bottomrule|hline|endhead|endfirsthead|endfoot|endlastfoot|centering|addlinespace)(?![a-z])"
RULES_WITH_RANGE = r"\\(?:cmidrule|cline)(?:\([lr]*\))?\{[^{}]*\}"


@dataclass(frozen=True, slots=True)
class WrongCell:
    """Where it stands, what is printed there, and what is true."""

    row: str
    column: str
    printed: str
    true: str

    def __str__(self) -> str:
        return f"{self.row}, {self.column}: printed {self.printed}, true {self.true}"


def check_table(text: str, request: TableRequest) -> tuple[int, list[WrongCell]]:
    """(number of cells compared, the wrong ones). BadRequest where the text has no table."""
    rows = list(_rows_of(text, request))
    if not rows:
        raise BadRequest("no rows found, allowed: a tabular or longtable whose rows begin with a degree")
    wrong: list[WrongCell] = []
    compared = 0
    given = {key: cells for key, cells in rows}
    if len(given) != len(rows):
        twice = next(key for index, (key, _) in enumerate(rows) if key in [k for k, _ in rows[:index]])
        raise BadRequest(f"row {_row_name(*twice)} stands there twice")
    for block in blocks(request):
        for row, expected in _expected(block):
            name = _row_name(block.dim, row.label)
            cells = given.pop((block.dim, row.label), None)
            if cells is None:
                wrong.append(WrongCell(name, "whole row", "nothing", "a row"))
                continue
            if len(cells) != len(expected):
                wrong.append(WrongCell(name, "whole row", f"{len(cells)} cells", f"{len(expected)} cells"))
                continue
            for cell, truth in zip(cells, expected, strict=True):
                compared += 1
                if not truth.agrees(cell):
                    wrong.append(WrongCell(name, truth.column, cell or "nothing", truth.shown))
    wrong += [WrongCell(_row_name(*key), "whole row", "a row", "nothing: not asked for") for key in given]
    return compared, wrong


def report(compared: int, wrong: list[WrongCell]) -> str:
    """One line for each wrong cell, the sum last.

    >>> report(3, [])
    '3 cells compared, 0 wrong\\n'
    """
    return "".join(f"{cell}\n" for cell in wrong) + f"{compared} cells compared, {len(wrong)} wrong\n"


@dataclass(frozen=True, slots=True)
class Truth:
    """What a cell should hold: values at each of LAW_DEGREES (one value for a number), or nothing."""

    column: str
    shown: str
    values: tuple[mpf, ...] | None

    def agrees(self, cell: str) -> bool:
        """Whether the LaTeX cell is right."""
        if self.values is None:
            return cell in MISSING
        if cell == self.shown:  # laws may hold functions that are not read back
            return True
        try:
            return _agrees(cell, self.values)
        except (Unreadable, ValueError, OverflowError):
            return False


def _agrees(cell: str, values: tuple[mpf, ...]) -> bool:
    number = decimals(cell)
    with mp.workdps(3 * SAME):
        if number is not None:
            value, unit = (mpf(f.numerator) / f.denominator for f in number)
            return abs(values[0] - value) <= unit / 2 and len(values) == 1
        slack = _decimal_slack(cell)
        pairs = [(read_number(cell, k), true) for k, true in zip(LAW_DEGREES, values, strict=False)]
        return all(abs(got - true) <= slack * abs(true) for got, true in pairs)


def _decimal_slack(cell: str) -> mpf:
    """Relative tolerance: half a unit of the one decimal in the cell, else agreement to SAME digits."""
    found = re.findall(r"\d+\.\d+", cell)
    if not found:
        return mpf(10) ** -SAME
    value, unit = decimals(found[0]) or (Fraction(1), Fraction(0))
    return mpf(unit.numerator) / (2 * unit.denominator) / (mpf(value.numerator) / value.denominator or 1)


def _expected(block: Block) -> Iterator[tuple[Row, list[Truth]]]:
    """The truth for each row; values to 3 * SAME digits or 20 more than printed."""
    chosen = block.request
    finer = TableRequest(
        chosen.kernels, (block.dim,), chosen.degrees, max(2 * SAME, chosen.digits + 20), chosen.show,
        convention=chosen.convention,
    )  # fmt: skip
    spectra = Block(finer, block.dim).spectra
    for index, row in enumerate(block.rows()):
        if row.is_law:
            yield row, [_law_truth(block, i, row, i_cells[0].latex) for i, i_cells in enumerate(row.groups)]
            continue
        truths = []
        if chosen.multiplicity:
            count = count_text(spectra[0][index])
            truths.append(Truth("multiplicity", count or "---", None if count is None else (mpf(count),)))
        for kernel, entries, group in zip(chosen.kernels, spectra, row.groups, strict=True):
            for column, cell in zip(chosen.show, group, strict=True):
                value = None if cell.plain is None else (_value(entries[index], column, finer),)
                truths.append(Truth(f"{kernel!r} {COLUMNS[column]}", cell.latex, value))
        yield row, truths


def _value(e: object, column: str, request: TableRequest) -> mpf:
    if column in ("exact", "value"):
        text = printed(e, request.digits, request.convention)[0]
    else:
        factor = e.coefficient_factor if column == "coefficient" else e.gegenbauer_factor
        text = e.decimal(request.digits, factor)[0]
    with mp.workdps(request.digits + 10):
        return mpf(text)


def _law_truth(block: Block, index: int, row: Row, latex: str) -> Truth:
    leading = block.leading(index, row.label)
    column = f"{block.request.kernels[index]!r} law"
    if leading is None:
        return Truth(column, "---", None)
    k = next(iter(leading.free_symbols), None)
    with mp.workdps(2 * SAME):
        at = (leading if k is None else leading.subs(k, degree) for degree in LAW_DEGREES)
        return Truth(column, latex, tuple(mpf(str(value.evalf(2 * SAME))) for value in at))


def _row_name(dim: int | Fraction, label: str) -> str:
    return f"d = {dim}, {'degree ' if label.isdigit() else ''}{label}"


def _rows_of(text: str, request: TableRequest) -> Iterator[tuple[tuple[int | Fraction, str], list[str]]]:
    """((dim, degree or parity), cells) of every row; a table with one dimension needs no heads."""
    body = re.sub(r"(?<!\\)%.*", "", text)
    found = re.search(r"\\begin\{(tabular\*?|longtable|array)\}(.*?)\\end\{\1\}", body, re.DOTALL)
    dim = request.dims[0] if len(request.dims) == 1 else None
    for line in re.split(r"\\\\(?:\[[^\]]*\])?", found[2] if found else ""):
        source = re.sub(rf"{RULES}|{RULES_WITH_RANGE}", "", line).strip()
        cells = [_spanned(cell.strip()) for cell in re.split(r"(?<!\\)&", source)]
        head = re.search(r"(?:d\s*=\s*|S\^\{?)(\d+(?:[./]\d+)?)", cells[0]) if len(cells) == 1 else None
        if head is not None:
            dim = Fraction(head[1])
            dim = int(dim) if dim.denominator == 1 else dim
        label = _label(cells[0])
        if label is None or len(cells) == 1:
            continue
        if dim is None:
            raise BadRequest(f"a row {label} before any head of a block such as '$d = 3$'")
        yield (dim, label), cells[1:]


def _label(cell: str) -> str | None:
    """A degree, or the parity that a law is about."""
    plain = cell.strip("$ ")
    if re.fullmatch(r"\d{1,9}", plain):
        return str(int(plain))
    parity = re.search(r"\b(even|odd)\b", plain)
    return parity[1] if parity else None


def _spanned(cell: str) -> str:
    """The content of a \\multicolumn."""
    found = re.fullmatch(r"\\multicolumn\{\d+\}\{[^{}]*\}\{(.*)\}", cell, re.DOTALL)
    return (found[1] if found else cell).strip()
