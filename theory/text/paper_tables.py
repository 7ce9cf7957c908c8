r"""Tables for a paper: several kernels side by side, one block of rows for each dimension.

A `TableRequest` is the whole table as data. Its JSON form stands in a comment line of every LaTeX
table, so that a table can be made again, and checked, from itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

import sympy as sp
from sympy import Expr

from theory.expansions.admissible import Inadmissible
from theory.kernels import Kernel
from theory.laws.decay import decay
from theory.laws.law import Law
from theory.numbers.balls import check_digits
from theory.numbers.pi_polynomials import PiPolynomial
from theory.numbers.truth import Unable
from theory.spectra.conventions import OURS, convention, factor_of
from theory.spectra.routes.choice import ROUTES
from theory.spectra.spectrum import Eigenvalue, check_degrees, spectrum
from theory.spectra.sphere import check_dim
from theory.symbolic.objects import grammar_text
from theory.text.exact_latex import typeset_decimal
from theory.text.spectra import NO_VALUE, count_text, printed, printed_exact, request_line, typeset_exact

COLUMNS = {"exact": "exact", "value": "eigenvalue", "coefficient": r"$N \mu_k$", "gegenbauer": "$a_k$"}
PARITIES = ("even", "odd")
LONG = 40  # rows from which a table is a longtable unless the request says otherwise
MAX_CELLS = 200_000


@dataclass(frozen=True, slots=True)
class TableRequest:
    """What a table shows; the constructor checks it.

    `show` are columns of each kernel out of COLUMNS; `laws` adds the leading law of mu_k as k -> oo
    for each parity and dimension; `titles` are LaTeX, empty for the kernel's text.

    >>> from theory.kernels import NTK
    >>> TableRequest((NTK(2),), (2,), range(3), show=("exakt",))
    Traceback (most recent call last):
    ValueError: show: unknown column 'exakt', allowed: exact, value, coefficient, gegenbauer
    """

    kernels: tuple[Kernel, ...]
    dims: tuple[int | Fraction, ...]
    degrees: range
    digits: int = 16
    show: tuple[str, ...] = ("exact", "value")
    laws: bool = False
    multiplicity: bool = True
    convention: str = OURS
    route: str = "auto"
    titles: tuple[str, ...] = ()
    caption: str = ""
    label: str = ""
    longtable: bool | None = None

    def __post_init__(self) -> None:
        for name in self.show:
            if name not in COLUMNS:
                raise ValueError(f"show: unknown column {name!r}, allowed: {', '.join(COLUMNS)}")
        for what, values in (("kernels", self.kernels), ("dims", self.dims), ("show", self.show)):
            if not values or len(set(values)) != len(values):
                raise ValueError(f"{what}: at least one and none twice, got {len(values)}")
        check_digits(self.digits)
        check_degrees(self.degrees)
        convention(self.convention)
        if self.route not in ROUTES:
            raise ValueError(f"route must be one of {', '.join(ROUTES)}, got {self.route!r}")
        if self.titles and len(self.titles) != len(self.kernels):
            raise ValueError(f"titles: one for each kernel, got {len(self.titles)} for {len(self.kernels)}")
        cells = len(self.kernels) * len(self.dims) * len(self.degrees) * len(self.show)
        if cells > MAX_CELLS:
            raise ValueError(f"a table of {cells} cells, at most {MAX_CELLS}")
        for dim in self.dims:
            if self.laws and not isinstance(check_dim(dim), int):
                raise ValueError(f"laws: only for integer d, got d = {dim}")

    @property
    def rows(self) -> int:
        """Number of rows below the heads."""
        return len(self.dims) * (len(self.degrees) + len(PARITIES) * self.laws)

    def line(self) -> str:
        """The comment line that `verify.tables.requests` reads back; caption and label are not in it."""
        return request_line(
            self.kernels,
            self.dims,
            self.degrees,
            self.digits,
            show=list(self.show),
            laws=self.laws,
            multiplicity=self.multiplicity,
            convention=self.convention,
            route=self.route,
        )


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell in the expression grammar or as a decimal (None: no such number), and in LaTeX."""

    plain: str | None
    latex: str


@dataclass(frozen=True, slots=True)
class Row:
    """A degree or, for laws, "even" or "odd" with one wide cell for each kernel."""

    label: str
    multiplicity: str | None
    groups: tuple[tuple[Cell, ...], ...]

    @property
    def is_law(self) -> bool:
        """Whether the row states laws instead of one degree."""
        return self.label in PARITIES


@dataclass(frozen=True)
class Block:
    """All rows of one dimension."""

    request: TableRequest
    dim: int | Fraction

    @cached_property
    def spectra(self) -> tuple[tuple[Eigenvalue, ...], ...]:
        """The eigenvalues of each kernel."""
        chosen = self.request
        found = (spectrum(k, self.dim, chosen.degrees, chosen.digits, chosen.route) for k in chosen.kernels)
        return tuple(tuple(s.eigenvalues) for s in found)

    @cached_property
    def laws(self) -> tuple[Law | None, ...]:
        """The law of each kernel as k -> oo; None where none is known, empty if none was asked for."""
        return tuple(_law(kernel, self.dim) for kernel in self.request.kernels) if self.request.laws else ()

    @property
    def law_evidence(self) -> tuple[str, ...]:
        """The evidence of each kernel's law."""
        return tuple("none known" if law is None else str(law.evidence) for law in self.laws)

    @property
    def routes(self) -> str:
        """The route of each kernel."""
        return ", ".join(values[0].route for values in self.spectra)

    def rows(self) -> Iterator[Row]:
        """Degrees first, laws last."""
        for entries in zip(*self.spectra, strict=True):
            groups = tuple(tuple(self._cell(name, e) for name in self.request.show) for e in entries)
            yield Row(str(entries[0].degree), count_text(entries[0]), groups)
        if self.laws:
            for parity in PARITIES:
                yield Row(parity, None, tuple((self._law(i, parity),) for i in range(len(self.laws))))

    def _cell(self, column: str, e: Eigenvalue) -> Cell:
        chosen = self.request
        if column == "exact":
            return Cell(printed_exact(e, chosen.convention), typeset_exact(e, chosen.convention))
        if column == "value":
            text = printed(e, chosen.digits, chosen.convention)[0]
        else:
            factor = e.coefficient_factor if column == "coefficient" else e.gegenbauer_factor
            text = e.decimal(chosen.digits, factor)[0]
        return Cell(text, f"${typeset_decimal(text)}$")

    def leading(self, index: int, parity: str) -> Expr | None:
        """The leading term of one kernel for even or odd k, in k; None where none is known."""
        return law_leading(self.laws[index], parity, self.request.convention, self.dim)

    def _law(self, index: int, parity: str) -> Cell:
        leading = self.leading(index, parity)
        if leading is None:
            return Cell(None, NO_VALUE)
        k = next(iter(leading.free_symbols), None)
        constant, power = leading.as_independent(k, as_Add=False) if k is not None else (leading, sp.Integer(1))
        if not power.is_Pow or power.base != k:
            return Cell(grammar_text(leading), f"${sp.latex(leading)}$")
        factor = "" if constant == 1 else sp.latex(constant) + r" \, "
        return Cell(grammar_text(leading), f"${factor}k^{{{sp.latex(power.exp)}}}$")


def law_leading(law: Law | None, parity: str, name: str, dim: int | Fraction) -> Expr | None:
    """The leading term for even or odd k in the convention `name`, in SymPy; None where none is known.

    Raises ValueError where the convention's factor grows with the degree.
    """
    factor = factor_of(name, dim, 2)
    if factor_of(name, dim, 3) != factor:
        raise ValueError(f"laws: not in convention {name}, whose factor depends on the degree")
    branch = next((b for b in law.law if b.parity in (parity, "all")), None) if law is not None else None
    return None if branch is None else _in_sympy(factor) * branch.leading


def _in_sympy(value: PiPolynomial) -> Expr:
    return sp.Add(*(sp.Rational(c.numerator, c.denominator) * sp.pi**p for p, c in value.terms))


def _law(kernel: Kernel, dim: int | Fraction) -> Law | None:
    assert isinstance(dim, int)  # a request for laws has no other dimensions
    try:
        return decay(kernel, "k", dim=dim)
    except (Unable, Inadmissible):
        return None


def blocks(request: TableRequest) -> tuple[Block, ...]:
    """The blocks of a table, computed when they are looked at."""
    return tuple(Block(request, dim) for dim in request.dims)
