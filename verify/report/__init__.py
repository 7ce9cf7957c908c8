"""Reports for readers: an HTML folder that opens from disk, and a LaTeX appendix.

    source      what a report is made from: the ledger, planted twins, trained networks
    grid        eigenvalues and laws of the spectrum explorer, computed once and kept
    mathml      LaTeX as MathML that holds nothing but mathematics
    html        the pages
    latex       the appendix and its BibTeX file
    folder      a folder that appears whole or not at all

Everything a page says of a statement comes from the ledger; nothing is decided anew.
"""

from __future__ import annotations

from pathlib import Path

FOLDER = "report"  # below the folder of results, where no other is given


def write_report(results: Path, out: Path | None = None, quiet: bool = False) -> Path:
    """Read a folder of results and write its report; the folder of the report.

    BadRequest, and nothing is written, where the results are missing, malformed or of another
    version, or where `out` cannot be written or holds other files.
    """
    from verify.report.source import read_results

    found = read_results(results)
    from verify.report import grid
    from verify.report.folder import whole_folder
    from verify.report.html import write_html
    from verify.report.latex import write_latex
    from verify.running.progress import counted

    out = results / FOLDER if out is None else out
    with whole_folder(out) as new:
        with counted("spectra and laws", quiet) as tell:
            explored = grid.obtain(results, lambda done, total: tell(done, total, "spectra and laws"))
        write_html(found, explored, new)
        write_latex(found, explored, new)
    return out
