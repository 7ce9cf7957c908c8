r"""Spectra as text, JSON, CSV, Markdown and LaTeX (booktabs), every printed digit right.

One spectrum, or several kernels side by side on the same sphere and degrees. Numbers are printed
as decimal strings, since multiplicities and small eigenvalues outgrow doubles.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from importlib.metadata import version

from flint import arb, fmpz
from lark import Lark, Transformer, v_args
from lark.exceptions import UnexpectedInput

from theory.exact import gamma_ball
from theory.precision import Enclosure, rational, working_precision
from theory.routes.closed import closed_form, gamma_text
from theory.spectrum import Eigenvalue, Spectrum, exact_text
from theory.sphere import multiplicity

SCHEMA = 1
COLUMNS = ("degree", "multiplicity", "value", "radius", "exact", "coefficient", "gegenbauer", "route")
TYPESET_LIMIT = 48  # characters of an exact form in a LaTeX cell, beyond which its Gamma form is set
NO_VALUE = "---"


def render(spectra: Spectrum | Sequence[Spectrum], form: str) -> str:
    """The spectra in one of FORMATS; text ends with a newline.

    text and json take one spectrum; csv, markdown and latex take several of equal dim, degrees
    and digits. Raises ValueError for anything else.

    >>> from theory.kernels import NTK
    >>> from theory.spectrum import spectrum
    >>> print(render(spectrum(NTK(depth=2), 2, range(2), digits=5), "csv"), end="")
    kernel,dim,degree,multiplicity,value,radius,exact,coefficient,gegenbauer,route
    NTK(depth=2),2,0,1,0.5,0,1/2,0.5,0.5,closed
    NTK(depth=2),2,1,3,0.33333,3.34e-06,1/3,1,1,closed
    """
    given = (spectra,) if isinstance(spectra, Spectrum) else tuple(spectra)
    if form not in FORMATS:
        raise ValueError(f"format must be one of {', '.join(FORMATS)}, got {form!r}")
    if form not in SIDE_BY_SIDE and len(given) != 1:
        raise ValueError(f"format {form} takes one spectrum, got {len(given)}: use {', '.join(SIDE_BY_SIDE)}")
    shapes = {(s.dim, s.digits, len(s.eigenvalues), s.eigenvalues[0].degree) for s in given}
    if len(shapes) != 1:
        raise ValueError(f"a table needs spectra of equal dim, degrees and digits, got {len(shapes)} kinds")
    return FORMATS[form](given)


def as_text(spectra: Sequence[Spectrum]) -> str:
    """Aligned columns for a reader, a heading line first."""
    (spectrum,) = spectra
    heading = ("degree", "multiplicity", "eigenvalue", "exact")
    body = [
        (str(e.degree), _count(e) or "", e.decimal(spectrum.digits)[0], exact_text(e) or "")
        for e in spectrum.eigenvalues
    ]
    widths = [max(len(row[column]) for row in (heading, *body)) for column in range(3)]
    lines = (
        f"{row[0]:>{widths[0]}}  {row[1]:>{widths[1]}}  {row[2]:<{widths[2]}}  {row[3]}".rstrip()
        for row in (heading, *body)
    )
    return f"{spectrum.kernel!r}, {_setting(spectrum)}, route {_route(spectrum)}\n" + "\n".join(lines) + "\n"


def as_json(spectra: Sequence[Spectrum]) -> str:
    """The machine-readable form, `"schema": 1`; dim is a string "5/2" where it is no integer."""
    (spectrum,) = spectra
    document = {
        "schema": SCHEMA,
        "kernel": repr(spectrum.kernel),
        "dim": spectrum.dim if isinstance(spectrum.dim, int) else str(spectrum.dim),
        "digits": spectrum.digits,
        "eigenvalues": list(records(spectrum)),
    }
    return json.dumps(document, indent=2) + "\n"


def as_csv(spectra: Sequence[Spectrum]) -> str:
    """One line for each kernel and degree; empty where there is no multiplicity or exact form."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(("kernel", "dim", *COLUMNS))
    for spectrum in spectra:
        writer.writerows((repr(spectrum.kernel), spectrum.dim, *record.values()) for record in records(spectrum))
    return stream.getvalue()


def as_markdown(spectra: Sequence[Spectrum]) -> str:
    """A pipe table; with several kernels each has its two columns."""
    alone = len(spectra) == 1
    names = [""] if alone else [f"`{s.kernel!r}` " for s in spectra]
    heading = ["degree", "multiplicity"] + [name + column for name in names for column in ("exact", "eigenvalue")]
    caption = (f"`{spectra[0].kernel!r}`, " if alone else "") + _setting(spectra[0])
    lines = [caption, "", _pipes(heading), _pipes(["---:", "---:"] + [":---"] * (2 * len(spectra)))]
    for row in zip(*(s.eigenvalues for s in spectra), strict=True):
        cells = [str(row[0].degree), _count(row[0]) or NO_VALUE]
        for e, spectrum in zip(row, spectra, strict=True):
            text = exact_text(e)
            cells += [f"`{text}`" if text else NO_VALUE, e.decimal(spectrum.digits)[0]]
        lines.append(_pipes(cells))
    return "\n".join(lines) + "\n"


def as_latex(spectra: Sequence[Spectrum]) -> str:
    """A booktabs tabular, a comment line for each kernel first."""
    first = spectra[0]
    groups = "".join(rf" & \multicolumn{{2}}{{c}}{{\texttt{{{_escaped(repr(s.kernel))}}}}}" for s in spectra)
    rules = "".join(rf"\cmidrule(lr){{{2 * i + 3}-{2 * i + 4}}}" for i in range(len(spectra)))
    release = version("spectral-bias")
    lines = [f"% {s.kernel!r}, {_setting(s)}, route {_route(s)}, spectral-bias {release}" for s in spectra]
    lines += [
        r"% needs \usepackage{booktabs}",
        rf"\begin{{tabular}}{{rr{'ll' * len(spectra)}}}",
        r"\toprule",
        rf" &{groups} \\",
        rules,
        r"degree & multiplicity" + " & exact & eigenvalue" * len(spectra) + r" \\",
        r"\midrule",
    ]
    for row in zip(*(s.eigenvalues for s in spectra), strict=True):
        cells = [str(row[0].degree), _count(row[0]) or NO_VALUE]
        for e in row:
            cells += [_typeset_exact(e), f"${_typeset_decimal(e.decimal(first.digits)[0])}$"]
        lines.append(" & ".join(cells) + r" \\")
    return "\n".join([*lines, r"\bottomrule", r"\end{tabular}"]) + "\n"


FORMATS: dict[str, Callable[[Sequence[Spectrum]], str]] = {
    "text": as_text, "json": as_json, "csv": as_csv, "latex": as_latex, "markdown": as_markdown
}  # fmt: skip
SIDE_BY_SIDE = ("latex", "markdown", "csv")


def records(spectrum: Spectrum) -> Iterator[dict[str, object]]:
    """One mapping with the keys COLUMNS for each eigenvalue; numbers are decimal strings.

    `value` = mu_k, `radius` >= |true - value|, `coefficient` = N(d,k) mu_k (on P_k) and
    `gegenbauer` = a_k (on C_k^((d-1)/2)), correctly rounded to the spectrum's digits.
    """
    digits = spectrum.digits
    for e, count in zip(spectrum.eigenvalues, _multiplicities(spectrum), strict=True):
        value, radius = e.decimal(digits)
        yield dict(zip(COLUMNS, (
            e.degree, None if count is None else str(fmpz(count)), value, radius, exact_text(e),
            _real_coefficient(e, digits) if count is None else e.decimal(digits, Fraction(count))[0],
            e.decimal(digits, e.gegenbauer_factor)[0], e.route,
        ), strict=True))  # fmt: skip


def _multiplicities(spectrum: Spectrum) -> Iterator[int | None]:
    """N(d,k) degree by degree, by its ratio (2k+d+1)(k+d-1) / ((2k+d-1)(k+1)); None for real d."""
    d = spectrum.dim
    count = multiplicity(d, spectrum.eigenvalues[0].degree) if isinstance(d, int) else 0
    for e in spectrum.eigenvalues:
        k = e.degree
        yield count if isinstance(d, int) else None
        # The ratio is 0/0 at d = 1, k = 0.
        count = count * (2 * k + d + 1) * (k + d - 1) // ((2 * k + d - 1) * (k + 1)) if k else d + 1


def _real_coefficient(e: Eigenvalue, digits: int) -> str:
    """N(d,k) mu_k for real d, N = (2k+d-1)/(k+d-1) Gamma(k+d)/(Gamma(d) k!) for k >= 1.

    The exact rational N has about k log k digits, so a ball stands in for it; the exact product
    decides the rare rounding that the ball leaves open.
    """
    d, k = Fraction(e.dim), e.degree
    if k == 0:
        return e.decimal(digits)[0]
    with working_precision(digits, 20 + 3 * len(str(k + int(d)))):
        count = gamma_ball(d + k) / (gamma_ball(d) * arb(k + 1).gamma()) * rational((2 * k + d - 1) / (k + d - 1))
        product = Enclosure.of(e.enclosure.ball() * count, f"N mu_{k} of {e.kernel!r}")
    rounded = product.decimal(digits) or e.decimal(digits, e.coefficient_factor)
    return rounded[0]


def _count(e: Eigenvalue) -> str | None:
    return None if e.multiplicity is None else str(fmpz(e.multiplicity))


def _setting(spectrum: Spectrum) -> str:
    d = spectrum.dim if isinstance(spectrum.dim, int) else f"({spectrum.dim})"
    return f"mu_k on S^{d}, probability measure, P_k(1) = 1, correctly rounded to {spectrum.digits} digits"


def _route(spectrum: Spectrum) -> str:
    return "/".join(sorted({e.route for e in spectrum.eigenvalues}))


def _pipes(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _escaped(text: str) -> str:
    return text.replace("_", r"\_")


def _typeset_exact(e: Eigenvalue) -> str:
    text = exact_text(e)
    if text is not None and len(text) > TYPESET_LIMIT:
        form = closed_form(e.kernel)
        text = text if form is None else gamma_text(form, e.dim, e.degree)
    return NO_VALUE if text is None else f"${typeset(text)}$"


def _typeset_decimal(text: str) -> str:
    mantissa, _, exponent = text.partition("e")
    return rf"{mantissa} \times 10^{{{int(exponent)}}}" if exponent else mantissa


# The part of the expression grammar that exact forms are written in.
EXACT_GRAMMAR = r"""
?sum: term | sum "+" term -> plus | sum "-" term -> minus
?term: product | "-" product -> negative
?product: power | product "*" power -> times | product "/" power -> over
?power: atom | atom "**" atom -> raised
?atom: INT -> integer | "pi" -> pi | "Gamma" "(" sum ")" -> gamma | "factorial" "(" sum ")" -> factorial
     | "(" sum ")" -> group
INT: /[0-9]+/
%ignore " "
"""


class _Group(str):
    """LaTeX in parentheses that a fraction or an exponent may drop."""

    inner: str

    def __new__(cls, inner: str) -> _Group:
        made = super().__new__(cls, rf"\left({inner}\right)")
        made.inner = inner
        return made


def _bare(text: str) -> str:
    return text.inner if isinstance(text, _Group) else text


@v_args(inline=True)
class _Typesetter(Transformer):
    def integer(self, token: str) -> str:
        return str(token)

    def pi(self) -> str:
        return r"\pi"

    def group(self, inner: str) -> str:
        return _Group(inner)

    def gamma(self, inner: str) -> str:
        return rf"\Gamma{_Group(inner)}"

    def factorial(self, inner: str) -> str:
        return f"{inner if inner.isdigit() else _Group(inner)}!"

    def raised(self, base: str, exponent: str) -> str:
        return f"{base}^{{{_bare(exponent)}}}"

    def negative(self, inner: str) -> str:
        return f"-{inner}"

    def times(self, left: str, right: str) -> str:
        if right[0].isdigit():
            return rf"{left} \cdot {right}"
        return f"{left} {right}" if left[-1].isdigit() else rf"{left} \, {right}"

    def over(self, upper: str, lower: str) -> str:
        return rf"\frac{{{_bare(upper)}}}{{{_bare(lower)}}}"

    def plus(self, left: str, right: str) -> str:
        return f"{left} + {right}"

    def minus(self, left: str, right: str) -> str:
        return f"{left} - {right}"


_PARSER = Lark(EXACT_GRAMMAR, parser="lalr", start="sum", transformer=_Typesetter())


def typeset(text: str) -> str:
    r"""LaTeX (math mode) of an exact form in the expression grammar: + - * / **, pi, Gamma, factorial.

    Raises ValueError for anything else.

    >>> print(typeset("104/(225*pi**2)"))
    \frac{104}{225 \pi^{2}}
    """
    try:
        return _PARSER.parse(text)
    except UnexpectedInput as error:
        raise ValueError(f"cannot typeset {text!r}: column {error.column} is not in the grammar") from None
