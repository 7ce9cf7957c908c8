"""How values show themselves at a prompt (text), in a notebook (LaTeX, HTML), and as pandas and xarray objects.

The value classes call these functions; pandas and xarray are imported when they are asked for.
"""

from __future__ import annotations

from dataclasses import replace
from html import escape
from typing import TYPE_CHECKING

from theory.numbers.optional import optional
from theory.numbers.truth import Unable
from theory.spectra.sphere import sphere_text
from theory.text.exact_latex import typeset_decimal
from theory.text.spectra import COLUMNS, as_text, count_text, printed, printed_exact, records, setting, typeset_exact

if TYPE_CHECKING:
    import pandas
    import xarray

    from theory.kernels import Kernel
    from theory.laws.law import Law
    from theory.spectra.spectrum import Eigenvalue, Spectrum
    from theory.statements.decide import Verdict

MOST_ROWS = 100  # of a table that a notebook shows
MOST_LINES = 10  # of a spectrum that a prompt shows
MOST_DECIMALS = 15  # of an eigenvalue at a prompt
MOST_LATEX = 4000  # characters of a formula that a notebook shows


def kernel_latex(kernel: Kernel) -> str | None:
    r"""kappa(t) as a formula; None, so that the constructor call is shown, where it is too long.

    >>> from theory.kernels import Laplace
    >>> print(kernel_latex(Laplace(rate=1)))
    $\displaystyle \kappa(t) = e^{- \sqrt{2 - 2 t}}$
    """
    from theory.kernels.formulas import kernel_function

    try:
        formula = kernel_function(kernel, "latex")
    except Unable:
        return None
    return rf"$\displaystyle \kappa(t) = {formula}$" if len(formula) <= MOST_LATEX else None


def eigenvalue_text(e: Eigenvalue) -> str:
    """One eigenvalue on one line, its certain digits up to MOST_DECIMALS.

    >>> from theory.kernels import NTK
    >>> from theory.spectra.spectrum import eigenvalue
    >>> eigenvalue(NTK(depth=2), 3, 2)
    mu_2 = 0.0468329026613472 = 104/(225*pi**2) of NTK(depth=2) on S^3, route closed
    """
    digits = max(1, int(min(e.enclosure.accuracy(), MOST_DECIMALS)))
    value, exact = e.decimal(digits)[0], printed_exact(e, "project")
    values = value if exact in (None, value) else f"{value} = {exact}"
    return f"mu_{e.degree} = {values} of {e.kernel!r} on {sphere_text(e.dim)}, route {e.route}"


def spectrum_text(spectrum: Spectrum) -> str:
    """The table of the command line, its first MOST_LINES degrees.

    >>> from theory.kernels import NTK
    >>> from theory.spectra.spectrum import spectrum
    >>> spectrum(NTK(depth=2), 2, range(100), digits=3)
    NTK(depth=2), mu_k on S^2, ..., correctly rounded to 3 digits, route closed
    degree  multiplicity  eigenvalue  exact
         0             1  0.5         1/2
    ...
    ... 90 more
    """
    shown = as_text((replace(spectrum, eigenvalues=spectrum.eigenvalues[:MOST_LINES]),))
    left = len(spectrum.eigenvalues) - MOST_LINES
    return shown.rstrip() + (f"\n... {left} more" if left > 0 else "")


def law_text(law: Law) -> str:
    """The lines of a law (`theory.text.laws`)."""
    from theory.text.laws import law_text as written

    return written(law)


def law_latex(law: Law) -> str:
    r"""Every branch of a law, one below the other.

    >>> from theory.laws.decay import decay
    >>> from theory.kernels import NTK
    >>> print(law_latex(decay(NTK(depth=2), "k", dim=2)))
    $$\begin{aligned}
      \mu_k &\sim \frac{1}{\pi}\, k^{-3} && k \ge 0\ \text{even},\ d = 2 \\
      \mu_k &= 0 && k \ge 3\ \text{odd},\ d = 2
    \end{aligned}$$
    """
    from theory.text.laws import law_latex as written

    body = written(law).partition(r"\begin{align*}")[2].partition(r"\end{align*}")[0]
    return rf"$$\begin{{aligned}}{body}\end{{aligned}}$$"


def spectrum_latex(spectrum: Spectrum) -> str:
    r"""Degree, multiplicity, eigenvalue and exact form, the first MOST_ROWS degrees.

    >>> from theory.kernels import NTK
    >>> from theory.spectra.spectrum import spectrum
    >>> print(spectrum_latex(spectrum(NTK(depth=2), 2, range(2), digits=3)))
    $$\begin{array}{rrll}
    k & N(d,k) & \mu_k &  \\ \hline
    0 & 1 & 0.5 & \frac{1}{2} \\
    1 & 3 & 0.333 & \frac{1}{3} \\
    \end{array}$$
    """
    rows = [r"k & N(d,k) & \mu_k &  \\ \hline"]
    for e in spectrum.eigenvalues[:MOST_ROWS]:
        value = typeset_decimal(printed(e, spectrum.digits, "project")[0])
        exact = "" if printed_exact(e, "project") is None else typeset_exact(e).strip("$")
        rows.append(rf"{e.degree} & {count_text(e) or ''} & {value} & {exact} \\")
    left = len(spectrum.eigenvalues) - MOST_ROWS
    rows += [rf"\vdots & & \text{{{left} more}} & \\"] if left > 0 else []
    return "\n".join([r"$$\begin{array}{rrll}", *rows, r"\end{array}$$"])


def spectrum_html(spectrum: Spectrum) -> str:
    """A table with the same columns, what the numbers are in its caption.

    >>> from theory.kernels import NTK
    >>> from theory.spectra.spectrum import spectrum
    >>> print(spectrum_html(spectrum(NTK(depth=2), 2, 1, digits=3)))
    <table><caption>NTK(depth=2), mu_k on S^2, ..., correctly rounded to 3 digits, route closed</caption>
    <tr><th>degree</th><th>multiplicity</th><th>eigenvalue</th><th>exact</th></tr>
    <tr><th>1</th><td>3</td><td>0.333</td><td>1/3</td></tr>
    </table>
    """
    caption = f"{spectrum.kernel!r}, {setting(spectrum)}, route {spectrum.route}"
    lines = [f"<table><caption>{escape(caption)}</caption>"]
    lines += [_row(["degree", "multiplicity", "eigenvalue", "exact"], "th")]
    for e in spectrum.eigenvalues[:MOST_ROWS]:
        value = printed(e, spectrum.digits, "project")[0]
        lines.append(_row([str(e.degree), count_text(e) or "", value, printed_exact(e, "project") or ""]))
    left = len(spectrum.eigenvalues) - MOST_ROWS
    lines += [_row(["...", "", f"{left} more", ""])] if left > 0 else []
    return "\n".join([*lines, "</table>"])


def verdict_html(verdict: Verdict) -> str:
    """Truth, evidence, scope, reason, counterexample and the length of the proof, one below the other.

    >>> from theory.statements.decide import decide
    >>> from theory.language.statement import parse_statement
    >>> print(verdict_html(decide(parse_statement("mu(1) = 1/2", "NTK(depth=2)"))))
    <table>
    <tr><th>truth</th><td>FAILS</td></tr>
    <tr><th>evidence</th><td>certified</td></tr>
    <tr><th>scope</th><td>for all d &gt;= 1</td></tr>
    <tr><th>why</th><td>at d=2 the left side is 1/3, the right side 1/2</td></tr>
    <tr><th>counterexample</th><td>d = 2, left = 1/3, right = 1/2</td></tr>
    </table>
    """
    rows = [_row([name, value]) for name, value in _facts(verdict).items()]
    return "\n".join(["<table>", *rows, "</table>"])


def verdict_text(verdict: Verdict) -> str:
    """The same facts, a line each.

    >>> from theory.statements.decide import decide
    >>> from theory.language.statement import parse_statement
    >>> decide(parse_statement("mu(1) = 1/2", "NTK(depth=2)", ["d <= 2"]))
    truth: FAILS
    evidence: certified
    scope: for all 1 <= d <= 2
    why: at d=2 the left side is 1/3, the right side 1/2
    counterexample: d = 2, left = 1/3, right = 1/2
    """
    return "\n".join(f"{name}: {value}" for name, value in _facts(verdict).items())


def _facts(verdict: Verdict) -> dict[str, str]:
    facts = {"truth": verdict.truth, "evidence": verdict.evidence, "scope": verdict.scope, "why": verdict.why}
    if verdict.counterexample:
        facts["counterexample"] = ", ".join(f"{k} = {v}" for k, v in verdict.counterexample.items())
    if verdict.proof:
        facts["proof"] = f"{len(verdict.proof.steps)} steps, replayed"
    return {name: str(value) for name, value in facts.items() if value is not None}


def _row(cells: list[str], rest: str = "td") -> str:
    first, *others = map(escape, cells)
    return f"<tr><th>{first}</th>" + "".join(f"<{rest}>{c}</{rest}>" for c in others) + "</tr>"


def to_pandas(spectrum: Spectrum) -> pandas.DataFrame:
    """A row per degree: the columns of `theory.text.spectra.records`, numbers that fit as float64.

    `decimal` keeps every digit as text; multiplicities are Python integers, of any size.

    >>> from theory.kernels import NTK
    >>> from theory.spectra.spectrum import spectrum
    >>> to_pandas(spectrum(NTK(depth=2), 2, range(3), digits=4))[["multiplicity", "decimal", "exact"]]
           multiplicity  decimal exact
    degree
    0                 1      0.5   1/2
    1                 3   0.3333   1/3
    2                 5  0.07812  5/64
    """
    pandas = optional("pandas", "networks")
    rows: dict[str, list[object]] = {name: [] for name in (*COLUMNS, "decimal")}
    for record in records(spectrum):
        count = record["multiplicity"]
        numbers = {name: float(record[name]) for name in ("value", "radius", "coefficient", "gegenbauer")}
        record |= numbers | {"decimal": record["value"], "multiplicity": None if count is None else int(count)}
        for name, column in rows.items():
            column.append(record[name])
    frame = pandas.DataFrame(rows).set_index("degree")
    return frame.astype({"multiplicity": object, "exact": object, "decimal": object})


def to_xarray(spectrum: Spectrum) -> xarray.Dataset:
    """value, radius, coefficient and gegenbauer over degree, as float64; attributes say whose they are.

    >>> from theory.kernels import NTK
    >>> from theory.spectra.spectrum import spectrum
    >>> found = to_xarray(spectrum(NTK(depth=2), 2, range(3), digits=4))
    >>> found.value.values.tolist(), found.attrs["kernel"], found.attrs["dim"]
    ([0.5, 0.3333, 0.07812], 'NTK(depth=2)', '2')
    """
    xarray = optional("xarray", "networks")
    frame = to_pandas(spectrum)[["value", "radius", "coefficient", "gegenbauer"]]
    told = {
        "kernel": repr(spectrum.kernel),
        "dim": str(spectrum.dim),
        "digits": spectrum.digits,
        "route": spectrum.route,
        "convention": setting(spectrum),
    }
    return xarray.Dataset.from_dataframe(frame).assign_attrs(told)
