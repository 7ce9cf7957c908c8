r"""`spectral-bias table --check FILE.tex`: a user's table against the truth, cell by cell.

Rows are found by their degree (or "even", "odd") and their block ("d = 3"), columns by their place.
A decimal is right if the true value rounds to it at its last place, any other cell if its value
agrees with the true one to `SAME` digits, or to as many as can be had where no closed form is known.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from mpmath import mp, mpf

from theory.spectra.closed_forms import closed_form
from theory.spectra.spectrum import Eigenvalue
from theory.text.latex_numbers import Unreadable, decimals, read_number
from theory.text.paper_tables import COLUMNS, Block, Row, TableRequest, blocks
from theory.text.spectra import count_text, printed
from verify.running.console import BadRequest

SAME = 50
MORE = 10  # digits beyond those compared
MAX_LONGEST = 1000  # digits of a decimal in the table that are followed
MISSING = ("", "-", "--", "---")
LAW_DEGREES = (1, 2, 4)  # where two leading terms are compared: exponential laws differ too
RULES = r"\\(?:(?:top|mid|bottom|h)(?:rule|line)|end(?:first|last)?(?:head|foot)|centering|addlinespace)(?![a-z])"
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
    digits = _digits(text, request)
    given = {key: cells for key, cells in rows}
    if len(given) != len(rows):
        twice = next(key for index, (key, _) in enumerate(rows) if key in [k for k, _ in rows[:index]])
        raise BadRequest(f"row {_row_name(*twice)} stands there twice")
    for block in blocks(request):
        for row, expected in _expected(block, digits):
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
    digits: int = SAME

    def agrees(self, cell: str) -> bool:
        """Whether the LaTeX cell is right."""
        if self.values is None:
            return cell in MISSING
        if cell == self.shown:  # laws may hold functions that are not read back
            return True
        try:
            return _agrees(cell, self.values, min(self.digits, SAME))
        except (Unreadable, ValueError, OverflowError):
            return False


def _agrees(cell: str, values: tuple[mpf, ...], digits: int) -> bool:
    number = decimals(cell)
    with mp.workdps(3 * SAME + len(cell)):
        if number is not None:
            value, unit = (mpf(f.numerator) / f.denominator for f in number)
            return abs(values[0] - value) <= unit / 2 and len(values) == 1
        slack = _decimal_slack(cell, digits)
        pairs = [(read_number(cell, k), true) for k, true in zip(LAW_DEGREES, values, strict=False)]
        return all(abs(got - true) <= slack * abs(true) for got, true in pairs)


def _decimal_slack(cell: str, digits: int) -> mpf:
    """Relative tolerance: half a unit of the one decimal in the cell, else agreement to `digits`."""
    found = re.findall(r"\d+\.\d+", cell)
    if not found:
        return mpf(10) ** -digits
    value, unit = decimals(found[0]) or (Fraction(1), Fraction(0))
    return mpf(unit.numerator) / (2 * unit.denominator) / (mpf(value.numerator) / value.denominator or 1)


def _digits(text: str, request: TableRequest) -> int:
    """Digits of the true values: more than any decimal has, and than closed forms are compared to."""
    longest = max((len(found.replace(".", "")) for found in re.findall(r"\d*\.\d+", text)), default=0)
    enough = max(min(longest, MAX_LONGEST), request.digits) + MORE
    closed = all(closed_form(kernel) is not None for kernel in request.kernels)
    return max(enough, SAME + MORE) if closed else enough


def _expected(block: Block, digits: int) -> Iterator[tuple[Row, list[Truth]]]:
    """The truth for each row."""
    chosen = block.request
    finer = TableRequest(
        chosen.kernels, (block.dim,), chosen.degrees, digits, chosen.show, convention=chosen.convention
    )
    spectra = Block(finer, block.dim).spectra
    for index, row in enumerate(block.rows()):
        if row.is_law:
            yield row, [_law_truth(block, i, row, i_cells[0].latex) for i, i_cells in enumerate(row.groups)]
            continue
        truths = []
        if chosen.multiplicity:
            count = count_text(spectra[0][index])
            value = None if count is None else (_number(count, digits),)
            truths.append(Truth("multiplicity", count or "---", value))
        for kernel, entries, group in zip(chosen.kernels, spectra, row.groups, strict=True):
            for column, cell in zip(chosen.show, group, strict=True):
                value = None if cell.plain is None else (_value(entries[index], column, finer),)
                truths.append(Truth(f"{kernel!r} {COLUMNS[column]}", cell.latex, value, digits - MORE))
        yield row, truths


def _value(e: Eigenvalue, column: str, request: TableRequest) -> mpf:
    if column in ("exact", "value"):
        text = printed(e, request.digits, request.convention)[0]
    else:
        factor = e.coefficient_factor if column == "coefficient" else e.gegenbauer_factor
        text = e.decimal(request.digits, factor)[0]
    return _number(text, request.digits)


def _number(text: str, digits: int) -> mpf:
    with mp.workdps(max(digits, len(text)) + 10):
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
