"""The appendix: LaTeX that parses, that a TeX compiles, and that sets foreign text as text."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pylatexenc.latexwalker import LatexWalker

from tests.verify.small_report import decided, poisoned, quick_grid, results
from verify.claims import all_claims
from verify.report import write_report
from verify.report.latex import TITLES, is_safe, plain
from verify.report.verdict_table import latex_table

__all__ = ["decided", "quick_grid", "results"]  # fixtures


@pytest.mark.parametrize(
    "latex",
    [
        r"\input{x}",
        r"\write18{ls}",
        r"\def\a{b}",
        r"\csname x\endcsname",
        "^^5cinput{x}",
        r"\frac{1}{2",
        "a}{b",
        "a$b",
        "a%b",
        r"\begin{verbatim}x\end{verbatim}",
        r"a \\ b",
        "a & b",
        r"\left( a",
        "\u2265",
        r"\catcode`\%=12",
    ],
)
def test_what_tex_could_stumble_over_is_set_as_text(latex: str) -> None:
    assert not is_safe(latex)


def test_the_appendix_parses_strictly_and_numbers_every_step_once(results: Path) -> None:
    report = write_report(results, quiet=True)
    tex = (report / "appendix.tex").read_text(encoding="utf-8")
    LatexWalker(tex, tolerant_parsing=False).get_latex_nodes()
    numbers = [int(n) for n in re.findall(r"\\item\[\((\d+)\)\]", tex)]
    assert numbers == list(range(1, len(numbers) + 1)) and len(numbers) > 60
    for number, uses in re.findall(r"\\item\[\((\d+)\)\].*, from ([\d, ]+)\)\}", tex):
        assert all(int(n) < int(number) for n in uses.split(","))
    bibliography = (report / "references.bib").read_text(encoding="utf-8")
    keys = set(re.findall(r"@misc\{(\w+),", bibliography))
    assert set(re.findall(r"\\cite\{(\w+)\}", tex)) == keys == {"Cao2019"}
    assert "eprint = {1912.01198}" in bibliography
    assert "author = {Cao and Fang and Wu and Zhou and Gu}" in bibliography
    assert "title = {{Towards Understanding the Spectral Bias of Deep Learning}}" in bibliography


def test_every_published_source_has_a_title() -> None:
    titles = tomllib.loads(TITLES.read_text(encoding="utf-8"))
    sources = [claim.source for claim in all_claims().values()]
    named = {s.arxiv or f"{s.authors} {s.year}" for s in sources}
    assert named - set(titles) == {"Lecture on spectral bias 2021", "this project 2026"}
    assert all(plain(title) == title for title in titles.values())


def test_the_table_of_verdicts_shows_what_is_no_formula_as_text(decided: dict[str, Any]) -> None:
    strange = decided["entries"][0] | {"printed": r"\input{x} & 50%"}
    table = latex_table([strange, decided["entries"][1]], "quick")
    assert r"\input" not in table.replace(r"\textbackslash{}", "") and "50\\%" in table
    assert f"${decided['entries'][1]['printed']}$" in table


def assert_compiles(report: Path) -> None:
    paper = "\\documentclass{article}\\usepackage{amsmath,amssymb,amsthm,booktabs,longtable}\n"
    paper += "\\begin{document}\n"
    paper += "\\input{appendix}\\bibliographystyle{plain}\\bibliography{references}\n\\end{document}\n"
    (report / "paper.tex").write_text(paper, encoding="utf-8")
    compiled = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "paper.tex"]
    for command in (compiled, ["bibtex", "paper"]):
        done = subprocess.run(command, cwd=report, capture_output=True, timeout=120)
        assert done.returncode == 0, done.stdout.decode(errors="replace")[-2000:]
    assert (report / "paper.pdf").stat().st_size > 1000


needs_tex = pytest.mark.skipif(shutil.which("pdflatex") is None, reason="no pdflatex is installed here")


@needs_tex
@pytest.mark.parametrize("change", [lambda value: value, poisoned], ids=["ledger", "nasty ledger"])
def test_tex_compiles_the_appendix(change: Callable[[Any], Any], results: Path, decided: dict[str, Any]) -> None:
    document = decided | {"entries": [change(e) for e in decided["entries"]]}
    (results / "ledger.json").write_text(json.dumps(document), encoding="utf-8")
    assert_compiles(write_report(results, quiet=True))


@needs_tex
def test_tex_notices_a_planted_error(results: Path) -> None:
    report = write_report(results, quiet=True)
    tex = report / "appendix.tex"
    text = tex.read_text(encoding="utf-8")
    tex.write_text(text.replace(r"\section{Laws", r"\nosuchcommand\section{Laws"), encoding="utf-8")
    with pytest.raises(AssertionError):
        assert_compiles(report)
