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
from itertools import repeat
from typing import Any, cast

from flint import arb

from theory.kernels import Kernel
from theory.numbers.balls import Enclosure, rational, working_precision
from theory.numbers.pi_polynomials import gamma_ball
from theory.spectra.closed_forms import closed_form
from theory.spectra.conventions import OURS, convention, converted_bound, converted_decimal, converted_exact, factor_of
from theory.spectra.exact_texts import gamma_text
from theory.spectra.floating import Approximate, FloatingSpectrum
from theory.spectra.spectrum import Eigenvalue, Spectrum
from theory.spectra.sphere import multiplicity, sphere_text
from theory.text.exact_latex import typeset, typeset_decimal
from theory.text.long_spectra import LONG, Row, long_rows, written

SCHEMA = 1
COLUMNS = ("degree", "multiplicity", "value", "radius", "exact", "coefficient", "gegenbauer", "route", "bound")
TYPESET_LIMIT = 48  # characters of an exact form in a LaTeX cell, beyond which its Gamma form is set
NO_VALUE = "---"
REQUEST_DEFAULTS = {
    "show": ["exact", "value"],
    "laws": False,
    "multiplicity": True,
    "convention": OURS,
    "route": "auto",
}


Printable = Spectrum | FloatingSpectrum
Printed = Eigenvalue | Approximate


def render(spectra: Printable | Sequence[Printable], form: str, name: str = OURS) -> str:
    """The spectra in one of FORMATS, eigenvalues in the convention `name`; text ends with a newline.

    text and json take one spectrum; csv, markdown and latex take several of equal dim, degrees
    and digits. Raises ValueError for anything else. Coefficients expand kappa and are the same in
    every convention.

    >>> from theory.kernels import NTK
    >>> from theory.spectra.spectrum import spectrum
    >>> print(render(spectrum(NTK(depth=2), 2, range(2), digits=5), "csv"), end="")
    kernel,dim,degree,multiplicity,value,radius,exact,coefficient,gegenbauer,route,bound
    NTK(depth=2),2,0,1,0.5,0,1/2,0.5,0.5,closed,
    NTK(depth=2),2,1,3,0.33333,3.34e-06,1/3,1,1,closed,
    """
    convention(name)
    given = (spectra,) if isinstance(spectra, Printable) else tuple(spectra)
    if form not in FORMATS:
        raise ValueError(f"format must be one of {', '.join(FORMATS)}, got {form!r}")
    if form not in SIDE_BY_SIDE and len(given) != 1:
        raise ValueError(f"format {form} takes one spectrum, got {len(given)}: use {', '.join(SIDE_BY_SIDE)}")
    shapes = {(s.dim, s.digits, len(s.eigenvalues), s.eigenvalues[0].degree) for s in given}
    if len(shapes) != 1:
        raise ValueError(f"a table needs spectra of equal dim, degrees and digits, got {len(shapes)} kinds")
    return FORMATS[form](given, name)


def as_text(spectra: Sequence[Printable], name: str = OURS) -> str:
    """Aligned columns for a reader, a heading line first."""
    (spectrum,) = spectra
    heading = ("degree", "multiplicity", "eigenvalue", "exact")
    body = [
        (str(k), count or "", f"|mu_{k}| < {bounded}" if value is None else value, exact or "")
        for k, count, value, _, exact, _, _, _, bounded in rows(spectrum, name, False)
    ]
    widths = [max(len(row[column]) for row in (heading, *body)) for column in range(3)]
    lines = (
        f"{row[0]:>{widths[0]}}  {row[1]:>{widths[1]}}  {row[2]:<{widths[2]}}  {row[3]}".rstrip()
        for row in (heading, *body)
    )
    return f"{spectrum.kernel!r}, {setting(spectrum, name)}, route {spectrum.route}\n" + "\n".join(lines) + "\n"


def as_json(spectra: Sequence[Printable], name: str = OURS) -> str:
    """The machine-readable form, `"schema": 1`; dim is a string "5/2" where it is no integer.

    `convention` is there where it is not ours, `evidence` where it is not `certified`.
    """
    (spectrum,) = spectra
    document = {
        "schema": SCHEMA,
        "kernel": repr(spectrum.kernel),
        "dim": spectrum.dim if isinstance(spectrum.dim, int) else str(spectrum.dim),
        "digits": spectrum.digits,
        **({} if name == OURS else {"convention": name}),
        **({"evidence": "checked"} if isinstance(spectrum, FloatingSpectrum) else {}),
    }
    # json.dumps with an indent is the slow encoder: the rows are laid out by a template.
    entry = ",\n".join(f'      "{column}": %s' for column in COLUMNS)
    entries = ",\n".join(
        f"    {{\n{entry}\n    }}" % (row[0], *("null" if cell is None else f'"{cell}"' for cell in row[1:]))
        for row in rows(spectrum, name)
    )
    return json.dumps(document, indent=2)[:-2] + f',\n  "eigenvalues": [\n{entries}\n  ]\n}}\n'


def as_csv(spectra: Sequence[Printable], name: str = OURS) -> str:
    """One line for each kernel and degree; empty where there is no multiplicity or exact form."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(("kernel", "dim", *COLUMNS))
    for spectrum in spectra:
        first = repr(spectrum.kernel), spectrum.dim
        writer.writerows((*first, *row) for row in rows(spectrum, name))
    return stream.getvalue()


def as_markdown(spectra: Sequence[Printable], name: str = OURS) -> str:
    """A pipe table; with several kernels each has its two columns."""
    alone = len(spectra) == 1
    titles = [""] if alone else [f"`{s.kernel!r}` " for s in spectra]
    heading = ["degree", "multiplicity"]
    heading += [title + column for title in titles for column in ("exact", "eigenvalue")]
    caption = (f"`{spectra[0].kernel!r}`, " if alone else "") + setting(spectra[0], name)
    lines = [caption, "", pipes(heading), pipes(["---:", "---:"] + [":---"] * (2 * len(spectra)))]
    for row in zip(*(s.eigenvalues for s in spectra), strict=True):
        cells = [str(row[0].degree), count_text(row[0]) or NO_VALUE]
        for e, spectrum in zip(row, spectra, strict=True):
            text = printed_exact(e, name)
            cells += [f"`{text}`" if text else NO_VALUE, value_text(e, spectrum.digits, name)]
        lines.append(pipes(cells))
    return "\n".join(lines) + "\n"


def as_latex(spectra: Sequence[Printable], name: str = OURS) -> str:
    """A booktabs tabular, a comment line for each kernel first."""
    from importlib.metadata import version  # slow to load

    first = spectra[0]
    groups = "".join(rf" & \multicolumn{{2}}{{c}}{{\texttt{{{escaped(repr(s.kernel))}}}}}" for s in spectra)
    rules = "".join(rf"\cmidrule(lr){{{2 * i + 3}-{2 * i + 4}}}" for i in range(len(spectra)))
    release = version("spectral-bias")
    lines = [f"% {s.kernel!r}, {setting(s, name)}, route {s.route}, spectral-bias {release}" for s in spectra]
    degrees = range(first.eigenvalues[0].degree, first.eigenvalues[-1].degree + 1)
    lines.append(request_line([s.kernel for s in spectra], (first.dim,), degrees, first.digits, convention=name))
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
        cells = [str(row[0].degree), count_text(row[0]) or NO_VALUE]
        for e in row:
            cells += [typeset_exact(e, name), f"${_typeset_value(e, first.digits, name)}$"]
        lines.append(" & ".join(cells) + r" \\")
    return "\n".join([*lines, r"\bottomrule", r"\end{tabular}"]) + "\n"


def request_line(
    kernels: Sequence[Kernel], dims: Sequence[int | Fraction], degrees: range, digits: int, **more: object
) -> str:
    """A comment line from which a LaTeX table can be made again and checked; defaults are left out.

    >>> from theory.kernels import NTK
    >>> request_line([NTK(2)], [3], range(5), 8, convention="project")
    '% request: {"kernels": ["NTK(depth=2)"], "dims": [3], "degrees": "0:4", "digits": 8}'
    """
    document: dict[str, object] = {
        "kernels": [repr(kernel) for kernel in kernels],
        "dims": [d if isinstance(d, int) else str(d) for d in dims],
        "degrees": f"{degrees[0]}:{degrees[-1]}",
        "digits": digits,
    }
    document |= {key: value for key, value in more.items() if value != REQUEST_DEFAULTS[key]}
    return f"% request: {json.dumps(document)}"


FORMATS: dict[str, Callable[[Sequence[Printable], str], str]] = {
    "text": as_text,
    "json": as_json,
    "csv": as_csv,
    "latex": as_latex,
    "markdown": as_markdown,
}
SIDE_BY_SIDE = ("latex", "markdown", "csv")


def records(spectrum: Printable, name: str = OURS) -> Iterator[dict[str, Any]]:
    """One mapping with the keys COLUMNS for each eigenvalue; numbers are decimal strings.

    `value` = mu_k as the convention has it, `radius` >= |true - value|, `coefficient` = N(d,k) mu_k (on P_k) and
    `gegenbauer` = a_k (on C_k^((d-1)/2)), correctly rounded to the spectrum's digits, or to as many as are
    certified. Where none is, these four are None and |mu_k| < `bound`, which is None elsewhere.
    """
    return (dict(zip(COLUMNS, row, strict=True)) for row in rows(spectrum, name))


def rows(spectrum: Printable, name: str = OURS, whole: bool = True) -> Iterator[Row]:
    """The same as tuples; without `whole` radius and coefficients may be left empty.

    Of more than LONG degrees in our convention those are without an exact form whose form is long.
    """
    counts = _multiplicities(spectrum)
    if isinstance(spectrum, Spectrum) and isinstance(spectrum.dim, int) and name == OURS:
        if len(spectrum.eigenvalues) > LONG:
            known = cast(Iterator[int], counts)  # d is an integer
            yield from long_rows(spectrum, known, lambda e, count: _row(e, count, spectrum.digits, name), whole)
            return
    eigenvalues: Sequence[Printed] = spectrum.eigenvalues
    for e, count in zip(eigenvalues, counts, strict=True):
        yield _row(e, count, spectrum.digits, name)


def _row(e: Printed, count: int | None, wanted: int, name: str) -> Row:
    digits = certified_digits(e, wanted)
    number = None if count is None else written(count)
    if not digits:
        return e.degree, number, None, None, None, None, None, e.route, bound(e, name)
    value, radius = printed(e, digits, name)
    coefficient = _real_coefficient(e, digits) if count is None else e.decimal(digits, Fraction(count))[0]
    gegenbauer = e.decimal(digits, e.gegenbauer_factor)[0]
    return e.degree, number, value, radius, printed_exact(e, name), coefficient, gegenbauer, e.route, None


def certified_digits(e: Printed, digits: int) -> int:
    """How many of the digits may be printed: all in floating point, where nothing is certified."""
    return digits if isinstance(e, Approximate) else e.certified_digits(digits)


def bound(e: Printed, name: str) -> str:
    """A power of ten above |mu_k| in the convention `name`, for a value without a certified digit."""
    assert isinstance(e, Eigenvalue)  # in floating point digits are printed, not bounds
    return converted_bound(e, name)


def value_text(e: Printed, digits: int, name: str) -> str:
    """What is certified: as many digits as are, a bound where none is."""
    known = certified_digits(e, digits)
    return printed(e, known, name)[0] if known else f"|mu_{e.degree}| < {bound(e, name)}"


def printed(e: Printed, digits: int, name: str) -> tuple[str, str | None]:
    """(mu_k in the convention `name`, radius); no radius in floating point."""
    if name == OURS:
        return e.decimal(digits)
    if isinstance(e, Approximate):
        return e.converted(factor_of(name, e.dim, e.degree), digits)
    return converted_decimal(e, name, digits)


def printed_exact(e: Printed, name: str) -> str | None:
    """The exact form in the convention `name`; None without a closed form and in floating point."""
    return None if isinstance(e, Approximate) else converted_exact(e, name)


def _multiplicities(spectrum: Printable) -> Iterator[int | None]:
    """N(d,k) degree by degree, by its ratio (2k+d+1)(k+d-1) / ((2k+d-1)(k+1)); None for real d."""
    d = spectrum.dim
    if not isinstance(d, int):
        yield from repeat(None, len(spectrum.eigenvalues))
        return
    first = spectrum.eigenvalues[0].degree
    count = multiplicity(d, first)
    for k in range(first, first + len(spectrum.eigenvalues)):
        yield count
        # The ratio is 0/0 at d = 1, k = 0.
        count = count * (2 * k + d + 1) * (k + d - 1) // ((2 * k + d - 1) * (k + 1)) if k else d + 1


def _real_coefficient(e: Printed, digits: int) -> str:
    """N(d,k) mu_k for real d, N = (2k+d-1)/(k+d-1) Gamma(k+d)/(Gamma(d) k!).

    The exact rational N has about k log k digits, so a ball stands in for it; the exact product
    decides the rare rounding that the ball leaves open.
    """
    d, k = Fraction(e.dim), e.degree
    if isinstance(e, Approximate):
        return e.decimal(digits, e.coefficient_factor)[0]
    with working_precision(digits, 20 + 3 * len(str(k + int(d)))):
        count = gamma_ball(d + k) / (gamma_ball(d) * arb(k + 1).gamma()) * rational((2 * k + d - 1) / (k + d - 1))
        product = Enclosure.of(e.enclosure.ball() * count, f"N mu_{k} of {e.kernel!r}")
    rounded = product.decimal(digits) or e.decimal(digits, e.coefficient_factor)
    return rounded[0]


def count_text(e: Printed) -> str | None:
    """N(d,k) in decimal, of any length; None where d is no integer."""
    return None if e.multiplicity is None else written(e.multiplicity)


def setting(spectrum: Printable, name: str = OURS) -> str:
    """What the numbers are, on which sphere, and how good."""
    return f"{meaning(name, sphere_text(spectrum.dim))}, {quality(spectrum)}"


def meaning(name: str, sphere: str) -> str:
    """What the convention `name` prints.

    >>> meaning("yu", "S^2")
    'convention yu on S^2 (surface measure of S^d: omega_d mu_k)'
    """
    if name == OURS:
        return f"mu_k on {sphere}, probability measure, P_k(1) = 1"
    return f"convention {name} on {sphere} ({convention(name).meaning})"


def quality(spectrum: Printable) -> str:
    """How far the digits can be trusted."""
    if isinstance(spectrum, FloatingSpectrum):
        return f"{spectrum.digits} digits checked in floating point without a bound"
    return f"correctly rounded to {spectrum.digits} digits"


def pipes(cells: Sequence[str]) -> str:
    """A row of a Markdown table."""
    return f"| {' | '.join(cells)} |"


def _typeset_value(e: Printed, digits: int, name: str) -> str:
    known = certified_digits(e, digits)
    if known:
        return typeset_decimal(printed(e, known, name)[0])
    return rf"|\mu_{{{e.degree}}}| < {typeset_decimal(bound(e, name))}"


def escaped(text: str) -> str:
    """A kernel's text for LaTeX: of its special characters only the underscore occurs in one."""
    return text.replace("_", r"\_")


def typeset_exact(e: Printed, name: str = OURS) -> str:
    """The exact form of a LaTeX cell, the Gamma form where the rational one is long."""
    text = printed_exact(e, name)
    if text is not None and len(text) > TYPESET_LIMIT and name == OURS:
        form = closed_form(e.kernel)
        text = text if form is None else gamma_text(form, e.dim, e.degree)
    return NO_VALUE if text is None else f"${typeset(text)}$"
