"""The vocabulary of proofs: symbols, unevaluated objects and ranges.

Formulas are SymPy expressions built by our own constructors, never from text. Objects that the
proofs speak about without evaluating them (a Gaussian mean, an eigenvalue, a coefficient) are
undefined functions that know how they are printed.
"""

from __future__ import annotations

from dataclasses import dataclass

import sympy as sp
from sympy.core.relational import Relational
from sympy.printing.printer import Printer
from sympy.printing.str import StrPrinter

# Positive rather than integer: SymPy then leaves Gamma products as they are written.
k, d, n, i, j, L, a = sp.symbols("k d n i j L a", positive=True)
s = sp.Symbol("s", positive=True)
theta, phi, r, t = sp.symbols("theta phi r t", real=True)
INTEGER_SYMBOLS = {symbol.name: symbol for symbol in (k, d, n, L, i)}
HALF = sp.Rational(1, 2)


def index_symbol(argument: sp.Expr) -> sp.Symbol | None:
    """The single symbol of an index such as k or n, None for a number."""
    return argument if argument.is_Symbol else None


def as_expression(value: sp.Expr | int) -> sp.Expr:
    """An integer as a SymPy number; expressions pass."""
    return sp.Integer(value) if isinstance(value, int) else value


def equal(left: sp.Expr | int, right: sp.Expr | int) -> sp.Eq:
    """An equation as it is written; SymPy's own would try to decide it."""
    return sp.Eq(as_expression(left), as_expression(right), evaluate=False)


class Named(sp.Function):
    """An undefined function with a printed form."""

    def _sympystr(self, printer: Printer) -> str:
        return f"{type(self).__name__}({', '.join(map(printer._print, self.args))})"


class GaussianMean(Named):
    """GaussianMean(a, theta) = 2 E[(w.x)_+^a (w.x')_+^a], w standard normal, <x,x'> = cos(theta)."""

    def _latex(self, printer: Printer) -> str:
        a = printer._print(self.args[0])
        return rf"2\,\mathbb{{E}}\bigl[(w^\top x)_+^{{{a}}} (w^\top x')_+^{{{a}}}\bigr]"


class ArcOrder(Named):
    """ArcOrder(a): names the arc-cosine kernel of order a, a symbolic."""

    def _latex(self, printer: Printer) -> str:
        return rf"A_{{{printer._print(self.args[0])}}}"


class Layered(Named):
    """Layered(name, L): names the kernel of depth L, L symbolic or a number; sigma is NNGP, theta NTK."""

    def _latex(self, printer: Printer) -> str:
        name, depth = map(printer._print, self.args)
        return rf"{name.removesuffix('_{L}')}_{{{depth}}}"


class Radial(Named):
    """Radial(c): names exp(-c norm(x - x')), which is exp(-c sqrt(2 - 2t))."""

    def _latex(self, printer: Printer) -> str:
        return rf"e^{{-{printer._print(self.args[0])}\,r}}"


class KernelName(sp.Symbol):
    """The name of any kernel: its constructor call."""

    def _latex(self, printer: Printer) -> str:
        return r"\text{" + self.name.replace("_", r"\_") + "}"


class PositivePower(Named):
    """x_+^a: x^a where x > 0, else 0."""

    def _latex(self, printer: Printer) -> str:
        return rf"\bigl({printer._print(self.args[0])}\bigr)_+^{{{printer._print(self.args[1])}}}"


class GradientMean(Named):
    """GradientMean(s_1, s_2, theta): s_1 and s_2 times the mean products of the gradients of
    f(x) = sqrt(2/m) sum_j a_j (w_j.x)_+ in w and in a. GradientMean(s_1, s_2, 1, theta): with
    hidden biases b_j, (w_j.x + b_j)_+, which are 0 at the start and counted with w."""

    def _latex(self, printer: Printer) -> str:
        first, last = map(printer._print, self.args[:2])
        hidden = "w" if len(self.args) == 3 else "{w,b}"
        return (
            rf"{first}\,\mathbb{{E}}\langle\nabla_{hidden} f(x),\nabla_{hidden} f(x')\rangle"
            rf" + {last}\,\mathbb{{E}}\langle\nabla_a f(x),\nabla_a f(x')\rangle"
        )


class Kappa(Named):
    """Kappa(name, t): the zonal function of a named kernel."""

    def _latex(self, printer: Printer) -> str:
        return rf"\kappa_{{{_subscript(self.args[0], printer)}}}\left({printer._print(self.args[1])}\right)"


class Maclaurin(Named):
    """Maclaurin(name, n): the coefficient of t^n of a named kernel; b(n) in the grammar of statements."""

    def _sympystr(self, printer: Printer) -> str:
        plain = isinstance(printer, _GrammarPrinter)
        return f"b({printer._print(self.args[1])})" if plain else super()._sympystr(printer)

    def _latex(self, printer: Printer) -> str:
        return rf"b_{{{printer._print(self.args[1])}}}[{_subscript(self.args[0], printer)}]"


class Moment(Named):
    """Moment(n, k) = E[t^n P_k(t)] on S^d."""

    def _latex(self, printer: Printer) -> str:
        n_, k_ = map(printer._print, self.args)
        return rf"\mathbb{{E}}\bigl[t^{{{n_}}} P_{{{k_}}}(t)\bigr]"


class Mu(Named):
    """Mu(name, k): the eigenvalue of degree k of a named kernel on S^d."""

    def _latex(self, printer: Printer) -> str:
        return rf"\mu_{{{printer._print(self.args[1])}}}[{_subscript(self.args[0], printer)}]"


class MuOn(Named):
    """MuOn(name, k, D): the eigenvalue of degree k of a named kernel on S^D, a sphere of its own."""

    def _latex(self, printer: Printer) -> str:
        name, degree, dim = self.args
        shown = _subscript(name, printer)
        return rf"\mu_{{{printer._print(degree)}}}[{shown};\, S^{{{printer._print(dim)}}}]"


class GegenbauerCoefficient(Named):
    """GegenbauerCoefficient(name, k): a_k on C_k^((d-1)/2)."""

    def _latex(self, printer: Printer) -> str:
        return rf"a_{{{printer._print(self.args[1])}}}[{_subscript(self.args[0], printer)}]"


class EndSeries(Named):
    """EndSeries(name, N) or EndSeries(name, L, N): the named function (of depth L) at t = 1 - s^2, up to O(s^N)."""

    def _latex(self, printer: Printer) -> str:
        name, order = printer._print(self.args[0]), printer._print(self.args[-1])
        return rf"{name}(1-s^2) + O(s^{{{order}}})"


class LowerEnd(Named):
    """LowerEnd(name, N) or LowerEnd(name, L, N): the named function (of depth L) at t = -1 + s^2, up to O(s^N)."""

    def _latex(self, printer: Printer) -> str:
        name, order = printer._print(self.args[0]), printer._print(self.args[-1])
        return rf"{name}(-1+s^2) + O(s^{{{order}}})"


class AtMinusOne(Named):
    """AtMinusOne(name, L): the value at t = -1 of the named function of depth L; rho_L for sigma."""

    def _latex(self, printer: Printer) -> str:
        name, depth = map(printer._print, self.args)
        return rf"{{{name}}}_{{{depth}}}(-1)"


class SlopeProduct(Named):
    """P(L) = prod_{l=2}^{L-1} k0(rho_l), L >= 2, with rho_2 = 0 and rho_{l+1} = k1(rho_l)."""

    def _sympystr(self, printer: Printer) -> str:
        return f"P({printer._print(self.args[0])})"

    def _latex(self, printer: Printer) -> str:
        return rf"P_{{{printer._print(self.args[0])}}}"


class Claim(sp.Symbol):
    """A statement in the words of its grammar, of which a proof speaks; naming it claims nothing."""

    def _sympystr(self, printer: Printer) -> str:
        return self.name

    def _latex(self, printer: Printer) -> str:
        return _verbatim(self.name)


class Side(Claim):
    """One side of a claim, as it is written."""

    def _sympystr(self, printer: Printer) -> str:
        return f"'{self.name}'"


STATED, HOLDS, FAILS = (Claim(word) for word in ("is the claim", "holds", "fails"))


class Told(Relational):
    """Told(claim, word): what is said of a claim, that it is one, holds or fails."""

    __slots__ = ()
    rel_op = ":"

    def _sympystr(self, printer: Printer) -> str:
        return f"{printer._print(self.args[0])} : {printer._print(self.args[1])}"

    def _latex(self, printer: Printer) -> str:
        return rf"{printer._print(self.args[0])} :\ {printer._print(self.args[1])}"


class Reads(Relational):
    """Reads(side, E): the side of a claim, as it is written, is E wherever it is looked at; a relation of its
    own, so that no rule about equations takes it for one."""

    __slots__ = ()
    rel_op = "="

    def _sympystr(self, printer: Printer) -> str:
        return f"{printer._print(self.args[0])} = {printer._print(self.args[1])}"

    def _latex(self, printer: Printer) -> str:
        return f"{printer._print(self.args[0])} = {printer._print(self.args[1])}"


def _verbatim(text: str) -> str:
    for plain, shown in (("\\", ""), ("_", r"\_"), ("^", r"\^{}"), ("~", r"$\sim$"), ("<", r"$<$"), (">", r"$>$")):
        text = text.replace(plain, shown)
    return rf"\text{{{text}}}"


def _subscript(name: sp.Expr, printer: Printer) -> str:
    if isinstance(name, ArcOrder | KernelName | Layered | Radial):
        return printer._print(name)
    return {"k0": "k_0", "k1": "k_1", "t_k0": "t k_0", "ntk": "\\Theta"}.get(str(name), str(name))


@dataclass(frozen=True, slots=True)
class Range:
    """Values of one integer variable: least <= v <= most (None: unbounded), of one parity or both.

    >>> Range("k", 2, None, 0)
    k >= 2 even
    """

    name: str
    least: int
    most: int | None = None
    parity: int | None = None

    def __post_init__(self) -> None:
        least = self.least
        if self.parity is not None and least % 2 != self.parity:
            object.__setattr__(self, "least", least + 1)

    @property
    def step(self) -> int:
        """Distance of neighbours."""
        return 1 if self.parity is None else 2

    def peeled(self) -> tuple[Range, Range]:
        """The first value alone, and the rest.

        >>> Range("k", 0, None, 0).peeled()
        (k = 0, k >= 2 even)
        """
        first = Range(self.name, self.least, self.least)
        return first, Range(self.name, self.least + self.step, self.most, self.parity)

    @property
    def is_single(self) -> bool:
        """Whether it has one value."""
        return self.most == self.least

    def contains(self, value: int) -> bool:
        """Whether a value lies in it."""
        return value >= self.least and (self.most is None or value <= self.most) and self.parity in (None, value % 2)

    def is_empty(self) -> bool:
        """Whether no value is left."""
        return self.most is not None and self.least > self.most

    def values(self, count: int) -> list[int]:
        """The first `count` values."""
        end = self.least + count * self.step
        return list(range(self.least, end if self.most is None else min(end, self.most + 1), self.step))

    def __repr__(self) -> str:
        if self.is_single:
            return f"{self.name} = {self.least}"
        bounds = f"{self.name} >= {self.least}" if self.most is None else f"{self.least} <= {self.name} <= {self.most}"
        return bounds + ("" if self.parity is None else (" even", " odd")[self.parity])


class _GrammarPrinter(StrPrinter):
    """SymPy expressions in the project's own expression grammar."""

    def _print_gamma(self, expression: sp.gamma) -> str:
        return f"Gamma({self._print(expression.args[0])})"

    def _print_exp(self, expression: sp.exp) -> str:
        return self._print_Pow(expression)

    def _print_Exp1(self, expression: sp.Expr) -> str:
        return "E"


def grammar_text(expression: sp.Expr) -> str:
    """The expression as text that `theory.kernels.parse` reads.

    >>> grammar_text(sp.gamma(d/2)**2/sp.pi)
    'Gamma(d/2)**2/pi'
    """
    return _GrammarPrinter().doprint(expression)
