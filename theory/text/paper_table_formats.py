r"""Tables of `theory.text.paper_tables` as LaTeX (booktabs, longtable), Markdown and CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from importlib.metadata import version

from theory.kernels import Kernel
from theory.spectra.sphere import sphere_text
from theory.text.paper_tables import COLUMNS, LONG, Block, Row, TableRequest, blocks
from theory.text.spectra import NO_VALUE, escaped, meaning, pipes

PACKAGES = ("spectral-bias", "python-flint", "sympy")


def render_blocks(request: TableRequest, form: str) -> str:
    """The table in one of BLOCK_FORMATS; text ends with a newline.

    >>> from theory.kernels import NTK
    >>> print(render_blocks(TableRequest((NTK(2),), (2,), range(2), digits=5), "csv"), end="")
    kernel,dim,row,multiplicity,exact,value
    NTK(depth=2),2,0,1,1/2,0.5
    NTK(depth=2),2,1,3,1/3,0.33333
    """
    if form not in BLOCK_FORMATS:
        raise ValueError(f"format must be one of {', '.join(BLOCK_FORMATS)}, got {form!r}")
    return BLOCK_FORMATS[form](request)


def as_csv(request: TableRequest) -> str:
    """One line for each kernel, dimension and row; a column `law` where laws are asked for."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(["kernel", "dim", "row", "multiplicity", *request.show, *(["law"] if request.laws else [])])
    for block in blocks(request):
        for row in block.rows():
            for kernel, cells in zip(request.kernels, row.groups, strict=True):
                values = [cell.plain for cell in cells]
                line = [*[None] * len(request.show), *values] if row.is_law else [*values, *[None] * request.laws]
                writer.writerow([repr(kernel), block.dim, row.label, row.multiplicity, *line])
    return stream.getvalue()


def as_markdown(request: TableRequest) -> str:
    """A pipe table for each dimension."""
    lines = [f"{request.caption or 'Table'} ({_scope(request)})"]
    left = ["degree", *(["multiplicity"] if request.multiplicity else [])]
    names = [f"`{kernel!r}` {name}" for kernel in request.kernels for name in request.show]
    for block in blocks(request):
        lines += ["", f"d = {block.dim}, {_status(block)}", "", pipes([*left, *names])]
        lines.append(pipes(["---:"] * len(left) + [":---"] * len(names)))
        for row in block.rows():
            cells = [row.label if not row.is_law else f"k -> oo, {row.label}"]
            cells += [row.multiplicity or NO_VALUE] if request.multiplicity else []
            for group in row.groups:
                cells += [f"`{c.plain}`" if c.plain is not None else NO_VALUE for c in group]
                cells += [""] * (len(request.show) - len(group))
            lines.append(pipes(cells))
    return "\n".join(lines) + "\n"


def as_latex(request: TableRequest) -> str:
    """A booktabs tabular or a longtable, in a table environment if it has a caption or a label."""
    long = request.rows > LONG if request.longtable is None else request.longtable
    made = blocks(request)
    left, width = 1 + request.multiplicity, len(request.show)
    columns = "r" * left + "l" * width * len(request.kernels)
    heads = _heads(request, left, width)
    body = [line for index, block in enumerate(made) for line in _block(block, left, width, index)]
    caption = rf"\caption{{{request.caption}}}" if request.caption else ""
    label = rf"\label{{{request.label}}}" if request.label else ""
    packages = r"% needs \usepackage{booktabs}" + (r" and \usepackage{longtable}" if long else "")
    comments = [f"% {_versions()}; {_scope(request)}", *(f"% {sphere_text(b.dim)}: {_status(b)}" for b in made)]
    comments += [request.line(), packages]
    if long:
        top = [rf"{caption}{label} \\"] if caption or label else []
        lines = [rf"\begin{{longtable}}{{{columns}}}", *top, *heads, r"\endhead", *body, r"\bottomrule"]
        return "\n".join([*comments, *lines, r"\end{longtable}"]) + "\n"
    lines = [rf"\begin{{tabular}}{{{columns}}}", *heads, *body, r"\bottomrule", r"\end{tabular}"]
    if caption or label:
        lines = [r"\begin{table}", r"\centering", f"{caption}{label}", *lines, r"\end{table}"]
    return "\n".join([*comments, *lines]) + "\n"


BLOCK_FORMATS = {"latex": as_latex, "markdown": as_markdown, "csv": as_csv}


def _heads(request: TableRequest, left: int, width: int) -> list[str]:
    titles = request.titles or ("",) * len(request.kernels)
    named = [title or _title(kernel) for title, kernel in zip(titles, request.kernels, strict=True)]
    rules = [rf"\cmidrule(lr){{{left + 1 + i * width}-{left + (i + 1) * width}}}" for i in range(len(named))]
    below = ["degree", *(["multiplicity"] if left == 2 else []), *[COLUMNS[n] for n in request.show] * len(named)]
    return [
        r"\toprule",
        " &" * left + " " + " & ".join(rf"\multicolumn{{{width}}}{{c}}{{{t}}}" for t in named) + r" \\",
        "".join(rules),
        " & ".join(below) + r" \\",
    ]


def _title(kernel: Kernel) -> str:
    return rf"\texttt{{{escaped(repr(kernel))}}}"


def _block(block: Block, left: int, width: int, index: int) -> list[str]:
    total = left + width * len(block.request.kernels)
    lines = [r"\midrule", rf"\multicolumn{{{total}}}{{l}}{{$d = {block.dim}$}} \\"]
    return lines + [_latex_row(row, left, width) + r" \\" for row in block.rows()]


def _latex_row(row: Row, left: int, width: int) -> str:
    if row.is_law:
        first = rf"\multicolumn{{{left}}}{{l}}{{{row.label} $k \to \infty$}}"
        return " & ".join([first, *(rf"\multicolumn{{{width}}}{{l}}{{{g[0].latex}}}" for g in row.groups)])
    cells: Sequence[str] = [cell.latex for group in row.groups for cell in group]
    return " & ".join([row.label, *([row.multiplicity or NO_VALUE] if left == 2 else []), *cells])


def _scope(request: TableRequest) -> str:
    return f"{meaning(request.convention, 'S^d')}, degrees {request.degrees[0]} to {request.degrees[-1]}"


def _status(block: Block) -> str:
    """Route and evidence of a block; that of the laws once where it is the same for every kernel."""
    text = f"route {block.routes}; certified, correctly rounded to {block.request.digits} digits"
    evidence = dict.fromkeys(block.law_evidence) if len(set(block.law_evidence)) == 1 else block.law_evidence
    return text + (f"; laws {', '.join(evidence)}" if block.request.laws else "")


def _versions() -> str:
    return ", ".join(f"{name} {version(name)}" for name in PACKAGES)
