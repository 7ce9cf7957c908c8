"""The grammar of what a user types, in lines: what is written, what it means, an example. Help shows it, too.

The parsers decide (`theory.kernels.parse`, `theory.language`); tests hold these lines against them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from verify.running.screen import wrapped

HELP_WIDTH = 76  # columns


@dataclass(frozen=True, slots=True)
class Rule:
    """One form: of what kind of text, what it means, a text of this form; `kernel` is what a statement is about."""

    of: str
    name: str
    says: str
    example: str
    kernel: str | None = None


ZONAL = "sqrt, exp, log, sin, cos, tan, sinh, cosh, acos, asin, atan, erf, abs, sign, max, min"
NUMBERS = "sqrt, exp, log, sin, cos, acos, asin, Gamma, factorial, binomial, abs, floor, harmonic, erf, max, min"
OWN = """from dataclasses import dataclass
from fractions import Fraction
from theory.kernels import Kernel, Zonal
from theory.kernels.algebra import check_rational

@dataclass(frozen=True, slots=True, repr=False)
class Odd(Kernel):
    c: Fraction
    def __post_init__(self):
        check_rational(self, "c", above=0, most=100)
    @property
    def definition(self):
        return Zonal(f"(t + ({self.c})*t**3)/2")"""
CLAIM = """[[claim]]
id = "a"
kernel = "NTK(depth=2)"
says = "mu(k) > 0"
for = ["k even", "d = 2"]"""
LANDAU = "with `as k -> oo` (or d, n, L, i), `as t -> 1` (or -1, 0), or `uniformly`"
TWO = "ntk = NTK(depth=3); lap = Laplace(rate=1)"
NTK2 = "NTK(depth=2)"
GRAMMAR: Sequence[Rule] = (
    Rule("kernel", "NAME(ARGUMENTS)", "as `spectral-bias kernels` lists them; exact numbers", "NTK(depth=2, layer_scales=(1/2, 1))"),
    Rule("kernel", "K + K, K * K, 1/2 * K", "sum, product, positive rational multiple", "NTK(depth=2) + 1/2 * Laplace(rate=1)"),
    Rule("kernel", "Compose(K, K)", "outer(inner(t))", "Compose(NNGP(depth=2), NNGP(depth=2))"),
    Rule("kernel", 'Zonal("EXPRESSION")', f"in t or theta = acos(t), with pi and {ZONAL}", 'Zonal("exp(-theta) + t**2/4")'),
    Rule("kernel", "NTK(depth=L)", "every depth at once: decay, derive and check take it", "NTK(depth=L)"),
    Rule("expression", "+ - * / **, ( )", "precedence of Python; 0.1, .5, 1e-3 and 1/3 are exact", "-(t - 1/2)**2"),
    Rule("statement", "mu(k), mu(k, d)", "Mercer eigenvalue of degree k, on S^d; uniform probability measure", "mu(k) > 0", NTK2),
    Rule("statement", "a(k), b(n), kappa(t)", "Gegenbauer coefficient, Maclaurin coefficient, the kernel", "b(n) >= 0", NTK2),
    Rule("statement", "N(d, k), lambda(i)", "multiplicity; i-th largest eigenvalue, as i -> oo", "N(d,k)*mu(k) <= 2", NTK2),
    Rule("statement", f"k, n, d, L, i, t, pi, E; {NUMBERS}", "what an expression is made of", "Gamma(k+1) = factorial(k)"),
    Rule("statement", "= != <= >= < >, chains", "for all values that the conditions leave", "0 <= mu(k) <= 1", NTK2),
    Rule("statement", "~, = O(), Omega(), Theta(), o()", LANDAU, "mu(k) = Theta(d**(-k)) as d -> oo", NTK2),
    Rule("statement", "NAME.mu(k), NAME.b(n), ...", f"of kernels by name: {TWO}", "ntk.mu(k) = Theta(lap.mu(k)) as k -> oo", TWO),
    Rule("statement", "other spellings", r"LaTeX, Unicode, mu_k, k^2, 2k; conditions in the words", r"\mu_k = 0 for odd k \ge 3", NTK2),
    Rule("condition", "NAME = < <= > >= INT, NAME even, odd", "of k, n, d, L or i; several hold together", "k even"),
    Rule("degrees", "A:B or K", "both ends included", "0:8"),
    Rule("dimension", "d of S^d", "in R^(d+1): 2, 2.5 or 5/2; of laws and trained networks an integer", "5/2"),
    Rule("statements-file", "[[claim]]", "TOML tables with the keys id, says, and where they are needed kernel, for", CLAIM),
    Rule("kernels-file", "--kernels FILE.py", "a Python file, run first, with a class derived from theory.kernels.Kernel", OWN),
)  # fmt: skip


def grammar_help(kinds: Sequence[str]) -> str:
    """The forms of these kinds as the end of a command's help.

    >>> print(grammar_help(["degrees"])[2:])
    Grammar, degrees:
      A:B or K: both ends included
          0:8
    """
    return "\n\n".join(_paragraph(kind) for kind in kinds)


def _paragraph(kind: str) -> str:
    found = [f"\b\nGrammar, {kind}:"]  # \b: not to be rewrapped
    for rule in (rule for rule in GRAMMAR if rule.of == kind):
        found += [line.text for line in wrapped(f"{rule.name}: {rule.says}", HELP_WIDTH, 2)]
        found += [f"      {line}" for line in rule.example.split("\n")]
    return "\n".join(found)
