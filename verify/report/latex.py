r"""The appendix for a paper: appendix.tex, which \input takes, and references.bib.

Verdicts; laws as numbered propositions with their derivations; proved statements likewise; eigenvalue
tables. Steps are numbered through the whole appendix and told once. Text is escaped; a formula that
is not made of known commands, balanced and readable is set as text.
"""

from __future__ import annotations

import json
import re
import string
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from theory.text.exact_latex import typeset
from verify.ledger.run import verdicts_of
from verify.ledger.verdicts import evidence_text, latex_text, verdict_text
from verify.report.mathml import Unreadable, checked
from verify.report.source import Results

Data = dict[str, Any]
TABLE_DIGITS = "15"
MACROS = set(
    "frac tfrac dfrac binom sqrt sum prod int lim limits left right bigl bigr Bigl Bigr big Big text "
    "mathrm mathbb mathcal operatorname mathbf hat tilde bar dot vec partial nabla infty to sim "
    "approx propto le leq ge geq ll gg ne neq equiv in pm mp cdot cdots ldots dots times top perp mid "
    "langle rangle lfloor rfloor lceil rceil lvert rvert Rightarrow rightarrow leftarrow mapsto quad "
    "qquad colon max min sup inf exp log sin cos tan cot arccos arcsin arctan acos sinh cosh tanh "
    "displaystyle begin end alpha beta gamma delta epsilon varepsilon zeta eta theta kappa lambda mu "
    "nu xi pi rho sigma tau phi varphi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Phi Psi "
    "Omega ell wedge vee subset cup cap forall exists prime circ ast star dagger oplus otimes lor "
    "land neg Vert vert lbrace rbrace mathrel".split()
)
SYMBOLS = set(",;:! |{}%&_")
ENVIRONMENTS = ("cases", "matrix", "pmatrix", "aligned")
TOKEN = re.compile(r"\\([A-Za-z]+|.)|([{}$#~&%]|\^\^)", re.DOTALL)
TITLES = Path(__file__).with_name("titles.toml")
HEAD = r"""% Made by `spectral-bias report`. In the preamble of the paper:
%   \usepackage{amsmath,amssymb,amsthm,booktabs,longtable}
% and \bibliography{references} where the paper's sources are listed.
\ifcsname proposition\endcsname\else\newtheorem{proposition}{Proposition}\fi
\ifcsname lemma\endcsname\else\newtheorem{lemma}{Lemma}\fi
\begingroup\sloppy\allowdisplaybreaks
"""


def write_latex(results: Results, grid: Data, folder: Path) -> None:
    """appendix.tex and references.bib."""
    keys = citation_keys(results)
    (folder / "references.bib").write_text(bibliography(results, keys), encoding="utf-8")
    (folder / "appendix.tex").write_text(appendix(results, grid, keys), encoding="utf-8")


def appendix(results: Results, grid: Data, keys: dict[str, str]) -> str:
    """The whole appendix."""
    steps = Steps()
    parts = [HEAD, *_verdict_table(results, keys), *_laws(grid, steps), *_proved(results, keys, steps)]
    return "\n".join([*parts, *_tables(grid), r"\endgroup", ""])


def plain(text: str) -> str:
    r"""Text with everything escaped; characters that a plain LaTeX lacks are named by their number.

    >>> plain("50% of a_b \u2265 \\input{x}")
    '50\\% of a\\_b [U+2265] \\textbackslash{}input\\{x\\}'
    """
    known = "".join(
        c if c.isascii() and c.isprintable() or "\u00a1" < c < "\u017f" else " " if c.isspace() else f"[U+{ord(c):04X}]"
        for c in text
    )
    return latex_text(known)


def code(text: str) -> str:
    """Text in the typewriter font, which may break after any comma, bracket or operator."""
    return rf"\texttt{{{re.sub(r'([,;)/*+=] ?)', lambda m: m[1] + chr(92) + 'allowbreak{}', plain(text))}}}"


def ranges(where: list[str]) -> str:
    r"""
    >>> print(ranges(["k >= 2 even", "d >= 1"]))
    k $\ge$ 2 even, d $\ge$ 1
    """
    return plain(", ".join(where)).replace(r"\textgreater{}=", r"$\ge$").replace(r"\textless{}=", r"$\le$")


def is_safe(latex: str) -> bool:
    r"""Whether a formula is made of known commands, balanced and readable, so that it can be typeset.

    >>> is_safe(r"\frac{1}{2}"), is_safe(r"\input{x}"), is_safe(r"\frac{1}{2"), is_safe("a$b")
    (True, False, False, False)
    """
    depth = pairs = environments = 0
    if not latex.isascii():
        return False
    for found in TOKEN.finditer(latex):
        name, character = found[1], found[2]
        if name in ("begin", "end"):
            if not re.match(rf"\{{({'|'.join(ENVIRONMENTS)})\}}", latex[found.end() :]):
                return False
            environments += 1 if name == "begin" else -1
        elif name == "\\" or character == "&":
            if not environments:
                return False
        elif name is not None and name not in (MACROS if name.isalpha() else SYMBOLS):
            return False
        elif character is not None and character not in "{}":
            return False
        pairs += (name == "left") - (name == "right")
        depth += (character == "{") - (character == "}")
        if min(depth, pairs, environments) < 0:
            return False
    if depth or pairs or environments:
        return False
    try:
        checked(latex)
    except Unreadable:
        return False
    return True


def math(latex: str) -> str:
    r"""A formula within text, or its LaTeX as code where it is not safe.

    >>> print(math(r"\mu_k"), math(r"\write18{x}"))
    $\mu_k$ \texttt{\textbackslash{}write18\{x\}}
    """
    return f"${latex}$" if is_safe(latex) else code(latex)


def citation_keys(results: Results) -> dict[str, str]:
    """A key for every source of the ledger, by `_source`: first author and year, told apart by letters."""
    sources = sorted({_source(entry): None for entry in results.entries})
    keys: dict[str, str] = {}
    for source in sources:
        first = re.split(r",| et al", json.loads(source)["authors"])[0]
        stem = (re.sub(r"[^A-Za-z]", "", first) or "source") + str(json.loads(source)["year"])
        options = (stem, *(stem + letter for letter in string.ascii_lowercase), f"{stem}-{len(keys)}")
        keys[source] = next(key for key in options if key not in keys.values())
    return keys


def _source(entry: Data) -> str:
    return json.dumps({name: entry["source"][name] for name in ("authors", "year", "arxiv")}, sort_keys=True)


def bibliography(results: Results, keys: dict[str, str]) -> str:
    """BibTeX of every source: authors, year and arXiv identifier from the ledger, titles from there or from titles.toml."""
    entries = []
    titles = tomllib.loads(TITLES.read_text(encoding="utf-8"))
    titles |= {_named(e["source"]): e["source"]["title"] for e in results.entries if "title" in e["source"]}
    for source, key in keys.items():
        carried = json.loads(source)
        fields = {"author": _bibtex_authors(carried["authors"]), "year": str(carried["year"])}
        named = _named(carried)
        if named in titles:
            fields["title"] = f"{{{plain(titles[named])}}}"  # as it is printed, whatever the style
        if carried["arxiv"]:
            number = plain(carried["arxiv"])
            fields |= {"eprint": number, "archiveprefix": "arXiv", "note": f"arXiv {number}"}
        body = "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items())
        entries.append(f"@misc{{{key},\n{body}}}\n")
    return "\n".join(entries)


def _named(source: Data) -> str:
    """The key of a source in titles.toml."""
    return str(source["arxiv"] or f"{source['authors']} {source['year']}")


def _bibtex_authors(authors: str) -> str:
    """
    >>> _bibtex_authors("Bietti, Bach"), _bibtex_authors("Rahaman et al."), _bibtex_authors("Lecture on bias")
    ('Bietti and Bach', 'Rahaman and others', '{Lecture on bias}')
    """
    first, others, _ = authors.partition(" et al.")
    if others:
        return f"{plain(first)} and others"
    names = [plain(name.strip()) for name in authors.split(",")]
    return " and ".join(names) if len(names) > 1 or " " not in names[0] else f"{{{names[0]}}}"


def _verdict_table(results: Results, keys: dict[str, str]) -> Iterator[str]:
    yield rf"\section{{Verdicts on published statements (profile {plain(results.profile)})}}"
    yield r"\begin{longtable}{p{0.2\linewidth}p{0.18\linewidth}p{0.3\linewidth}p{0.18\linewidth}}"
    yield r"\toprule statement & source & as printed or restated & verdict \\ \midrule \endhead \bottomrule \endfoot"
    for entry in results.entries:
        place = f", {plain(entry['source']['place'])}" if entry["source"]["place"] else ""
        place += " (as restated)" if entry["as_restated"] else ""
        printed = math(entry["printed"]) if entry["printed"] else plain(entry["compared"] or entry["why"])
        verdict = plain(verdict_text(entry)) + (f" ({plain(evidence_text(entry))})" if entry["evidence"] else "")
        shown = r"\raggedright " + " & \\raggedright ".join(
            (code(entry["id"]), rf"\cite{{{keys[_source(entry)]}}}{place}", printed)
        )
        yield rf"{shown} & \raggedright {verdict} \tabularnewline"
    yield r"\end{longtable}"


class Steps:
    """Steps numbered through the appendix; the same step is told once."""

    def __init__(self) -> None:
        self.numbers: dict[str, int] = {}

    def derivation(self, proofs: list[Data], told: dict[str, int]) -> Iterator[str]:
        """The steps of proofs that are new, and where the others stand; `told` maps names to numbers."""
        for proof in proofs:
            own: dict[str, int] = {}
            fresh = []
            for step in proof["steps"]:
                mark = json.dumps(step, sort_keys=True)
                if mark not in self.numbers:
                    self.numbers[mark] = len(self.numbers) + 1
                    fresh.append(step)
                own[step["name"]] = self.numbers[mark]
            places = told | own
            if proof["left_out"]:
                yield f"{proof['left_out']} steps at the beginning of a long derivation are left out."
            older = sorted({n for s in proof["steps"] if s not in fresh for n in (own[s["name"]],)})
            if older:
                yield f"Steps {spans(older)} are above."
            if fresh:
                yield r"\begin{description}"
                yield from (_step(step, own[step["name"]], places, proof["rules"]) for step in fresh)
                yield r"\end{description}"
            for name, number in own.items():
                told.setdefault(name, number)


def spans(numbers: list[int]) -> str:
    """Sorted numbers, runs of them joined.

    >>> spans([1, 2, 3, 7])
    '1--3, 7'
    """
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return ", ".join(str(first) if first == last else f"{first}--{last}" for first, last in runs)


def _step(step: Data, number: int, places: dict[str, int], rules: Data) -> str:
    latex = step["statement"]["latex"]
    body = math(latex) if latex is not None else code(step["statement"]["text"])
    where = f" for {ranges(step['for'])}" if step["for"] else ""
    uses = ", ".join(str(places.get(name, plain(name))) for name in step["uses"])
    why = plain(step["rule"]) + (f", from {uses}" if uses else "")
    return rf"\item[({number})] {body}{where} \emph{{({why})}}"


def _laws(grid: Data, steps: Steps) -> Iterator[str]:
    yield r"\section{Laws of decay}"
    for law in grid["laws"]:
        sphere = rf"\mathbb{{S}}^{{{law['dim']}}}" if law["dim"] is not None else r"\mathbb{S}^d"
        yield rf"\begin{{proposition}}[{plain(law['evidence'])}]"
        yield rf"Let $\mu_k$ be the Mercer eigenvalues of {code(law['kernel'])} on ${sphere}$."
        yield r"As $k \to \infty$,"
        rows = [rf"{math(b['latex'])} for {ranges(b['for'])}" for b in law["branches"]]
        yield "; ".join(rows) + rf" ({plain(law['source'])})."
        yield r"\end{proposition}"
        yield law["remainder"]
        if law["proofs"]:
            yield r"\begin{proof}[Derivation]"
            yield from steps.derivation(law["proofs"], {})
            yield r"\end{proof}"


def _proved(results: Results, keys: dict[str, str], steps: Steps) -> Iterator[str]:
    """Every statement of the ledger that a replayed proof settles, with its steps.

    Those that fail are told too: the steps of a corrected statement go on from theirs.
    """
    yield r"\section{Statements with replayed proofs}"
    for entry in results.entries:
        told: dict[str, int] = {}
        for verdict in verdicts_of(entry):
            if not verdict["proofs"]:
                continue
            evidence = plain(evidence_text(verdict) or verdict["truth"])
            yield rf"\begin{{proposition}}[{code(entry['id'])}, \cite{{{keys[_source(entry)]}}}; {evidence}]"
            says = f"{code(verdict['compared'])}, {plain(verdict['scope'])}"
            why = code(verdict["why"])
            yield f"{says}." if verdict["truth"] == "HOLDS" else f"It is not so that {says}: {why}."
            yield r"\end{proposition}"
            yield r"\begin{proof}[Derivation]"
            yield from steps.derivation(verdict["proofs"], told)
            cited = {t["name"]: t for proof in verdict["proofs"] for t in proof["theorems"]}
            names = (f"{plain(name)} ({plain(t['reference'])})" for name, t in cited.items())
            yield f"Cited: {'; '.join(names)}." if cited else ""
            yield r"\end{proof}"


def _tables(grid: Data) -> Iterator[str]:
    yield r"\section{Eigenvalues}"
    for cell in grid["cells"]:
        yield r"\begin{longtable}{rrll}"
        yield rf"\multicolumn{{4}}{{l}}{{{code(cell['kernel'])} on $\mathbb{{S}}^{{{cell['dim']}}}$}} \\"
        yield r"\toprule $k$ & $N(d,k)$ & $\mu_k$ & exact \\ \midrule \endhead \bottomrule \endfoot"
        for e in cell["eigenvalues"]:
            exact = f"${typeset(e['exact'])}$" if e["exact"] is not None else ""
            value = re.sub(r"e(-?)0*(\d+)$", r" \\cdot 10^{\1\2}", e["values"][TABLE_DIGITS])
            yield rf"{e['degree']} & {e['multiplicity']} & ${value}$ & {exact} \\"
        yield r"\end{longtable}"
