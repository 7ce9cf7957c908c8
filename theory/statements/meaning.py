"""What a statement means symbolically: cases in k, n and d, each a pair of SymPy expressions.

mu(K), a(K) and b(K) are piecewise in the parity of K; a statement about all k becomes one case a
parity class and one for each exceptional small index.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from functools import lru_cache
from itertools import product

import sympy as sp

from theory.expansions.at_ends import expansion_at
from theory.kernels import NNGP, NTK, ArcCosine, Kernel, Multiple, Sum, value_at_one
from theory.kernels.depth_families import DepthFamily
from theory.language.formulas import uses_kernel, variables
from theory.language.statement import Statement
from theory.spectra.closed_coefficients import Piecewise, maclaurin
from theory.spectra.symbolic_forms import NoClosedForm, at_degree, branches, multiplicity, rational
from theory.statements.orientation import NoSign, oriented
from theory.statements.outcome import AlwaysUndefined, Case, NotSymbolic
from theory.symbolic.expressions import ARITHMETIC, Call, Inner, Node, Operation, fold, walk
from theory.symbolic.objects import INTEGER_SYMBOLS, Kappa, Maclaurin, Mu, Named, Range, d, k, n
from theory.symbolic.puiseux import NoExpansion
from theory.symbolic.ranges import Ranges

MAX_SINGLE = 200
MAX_EXPANDED = 12  # of a coefficient b_n that is expanded exactly
T = sp.Symbol("t", real=True)
SYMBOLS = {**INTEGER_SYMBOLS, "t": T}
Spoken = Kernel | DepthFamily | Named | None  # a kernel, or the name by which proofs speak of it


@lru_cache(maxsize=64)
def eigenvalues(kernel: Kernel) -> Piecewise:
    """mu_k by parity; raises NotSymbolic without a closed form."""
    try:
        cases = branches(kernel)
    except NoClosedForm as error:
        raise NotSymbolic(str(error)) from None
    special = {c.degrees.least: c.expression for c in cases if c.degrees.most is not None}
    generic = {c.degrees.parity: c for c in cases if c.degrees.most is None}
    expressions, starts = zip(*((generic[p].expression, generic[p].degrees.least) for p in (0, 1)), strict=True)
    return Piecewise(special, expressions, starts)


def splits(statement: Statement) -> list[Ranges]:
    """Ranges that together cover the statement's, on each of which it has one symbolic meaning.

    >>> from theory.language.statement import parse_statement
    >>> s = parse_statement("mu(k) >= 0", "NTK(depth=2)")
    >>> [ranges[0] for ranges in splits(s)]
    [k >= 0 even, k = 1, k >= 3 odd]
    """
    return [Ranges(parts) for parts in product(*(_split(where, statement) for where in statement.ranges))]


def _split(where: Range, statement: Statement) -> list[Range]:
    """One range as single values and parity classes on which every index is generic."""
    if where.most is not None:
        return _singles(where)
    indices = _indices(statement, where.name)
    if not indices and not _alternates(statement, where.name):
        return [where]
    parts = []
    for parity in (0, 1) if where.parity is None else (where.parity,):
        part = Range(where.name, where.least, None, parity)
        cut = max((_cut(piece, slope, shift, parity) for piece, slope, shift in indices), default=0)
        parts += [Range(where.name, v, v) for v in range(part.least, cut, 2)]
        first = part.least if part.least >= cut else part.least + (cut - part.least + 1) // 2 * 2
        parts.append(Range(where.name, first, None, parity))
    return parts


def _alternates(statement: Statement, name: str) -> bool:
    """Whether a power of a number below 0, whose sign is that of a parity, moves with the variable."""
    return any(
        isinstance(node, Operation)
        and node.op == "**"
        and name in variables(node.right)
        and not variables(node.left)
        and not uses_kernel(node.left)
        and bool(plain(node.left) < 0)
        for side in (statement.left, statement.right)
        for node in walk(side)
    )


def _singles(where: Range) -> list[Range]:
    values = where.values(MAX_SINGLE + 1)
    if len(values) > MAX_SINGLE:
        raise NotSymbolic(f"{where} has more than {MAX_SINGLE} values")
    return [Range(where.name, v, v) for v in values]


def _indices(statement: Statement, name: str) -> list[tuple[Piecewise, int, int]]:
    """(piecewise quantity, slope, shift) of every mu, a, b whose index moves with the variable."""
    found = []
    for node in (*walk(statement.left), *walk(statement.right)):
        if not isinstance(node, Call) or node.name not in ("mu", "a", "b"):
            continue
        index = plain(node.args[0])
        if SYMBOLS[name] not in index.free_symbols:
            continue
        slope = sp.expand(index).coeff(SYMBOLS[name])
        shift = sp.expand(index - slope * SYMBOLS[name])
        if not (slope.is_Integer and slope > 0 and shift.is_Integer):
            raise NotSymbolic(f"the index {index} is not of the form c*{name} + integer")
        found.append((_piecewise(statement.kernel, node.name), int(slope), int(shift)))
    return found


def _piecewise(kernel: Spoken, name: str) -> Piecewise:
    piece = maclaurin(kernel) if name == "b" else eigenvalues(kernel)
    if piece is None:
        raise NotSymbolic(f"b(n) of {kernel!r} has no closed form")
    return piece


def _cut(piece: Piecewise, slope: int, shift: int, parity: int) -> int:
    """The first value of the variable from which the index is in the generic branch."""
    start = piece.start[(slope * parity + shift) % 2]
    return max(0, -((shift - start) // slope))


def plain(node: Node) -> sp.Expr:
    """An index expression, without kernel functions, as SymPy."""
    return _expression(node, None, {})


def meaning(statement: Statement, ranges: Ranges) -> Case:
    """Both sides as SymPy expressions on one part of the ranges, every base of a power positive there."""
    limit = INTEGER_SYMBOLS.get(statement.limit[0]) if isinstance(statement.limit, tuple) else None
    left, right = (expression_at(node, statement.kernel, ranges) for node in (statement.left, statement.right))
    return Case(ranges, *(with_positive_bases(side, ranges, limit) for side in (left, right)))


def with_positive_bases(expression: sp.Expr, ranges: Ranges, limit: sp.Symbol | None) -> sp.Expr:
    """`theory.statements.orientation`, whose refusal is that the expression has no symbolic meaning here."""
    try:
        return oriented(expression, ranges, limit)
    except NoSign as error:
        raise NotSymbolic(str(error)) from None


def expression_at(node: Node, kernel: Spoken, ranges: Ranges) -> sp.Expr:
    """An expression as SymPy on one part of the ranges, with single values put in."""
    fixed = {name: sp.Integer(value) for name, value in ranges.singles.items()}
    return _expression(node, kernel, fixed, ranges.parities)


def _expression(
    node: Node, kernel: Spoken, fixed: Mapping[str, sp.Integer], parities: Mapping[str, int] | None = None
) -> sp.Expr:
    values = {"pi": sp.pi, "E": sp.E, **SYMBOLS, **fixed}

    def inner(part: Inner, operands: Sequence[sp.Expr]) -> sp.Expr:
        if isinstance(part, Call):
            return _call(part.name, operands, kernel, fixed, parities or {})
        a, b = operands
        if part.op == "**" and a.is_Number and a.is_negative and b.free_symbols:
            return (-1) ** _parity_of_integer(b, parities or {}) * _operate(part.op, -a, b)
        return _operate(part.op, a, b)

    return fold(node, rational, values.__getitem__, inner)


def _operate(op: str, a: sp.Expr, b: sp.Expr) -> sp.Expr:
    value = ARITHMETIC[op](a, b)
    return _real(value, f"{a} {op} {b}") if op in ("/", "**") else value


def _real(value: sp.Expr, said: str) -> sp.Expr:
    """The value, which must be a real number: SymPy divides by 0 and takes roots of negative numbers."""
    if value.has(sp.zoo, sp.nan, sp.oo, sp.I) or value.is_number and value.is_real is False:
        raise AlwaysUndefined(f"{said} is undefined")
    return value


def _call(
    name: str, values: Sequence[sp.Expr], kernel: Spoken, fixed: Mapping[str, sp.Integer], parities: Mapping[str, int]
) -> sp.Expr:
    functions = {
        "sqrt": sp.sqrt,
        "exp": sp.exp,
        "log": sp.log,
        "sin": sp.sin,
        "cos": sp.cos,
        "acos": arc_cosine,
        "asin": lambda z: sp.pi / 2 - arc_cosine(z),
        "Gamma": sp.gamma,
        "factorial": lambda z: sp.gamma(z + 1),
    }
    if name in functions:
        value = functions[name](*values)
        pole = name in ("Gamma", "factorial") and value is sp.zoo  # below a line it is 0
        return value if pole else _real(value, f"{name}({', '.join(map(str, values))})")
    if name == "binomial":
        return _binomial(*values)
    dim = fixed.get("d", d)
    if name == "N":
        return sp.Integer(1) if values[1] == 0 else multiplicity(*values)
    if kernel is None:
        raise NotSymbolic(f"{name} of a kernel inside an index")
    if isinstance(kernel, sp.Basic):  # a name: spoken of as its proofs do, not expanded
        if len(values) > 1:
            raise NotSymbolic(f"{name} of a kernel that is only named, on a sphere of its own")
        if name == "a":
            return Mu(kernel, values[0]) * (2 * values[0] + dim - 1) / (dim - 1)
        return {"mu": Mu, "b": Maclaurin, "kappa": Kappa}[name](kernel, values[0])
    if isinstance(kernel, DepthFamily):
        raise NotSymbolic(f"{name} of {kernel!r} has no closed form for all L at once")
    assert isinstance(kernel, Kernel)
    if name == "kappa":
        at_one = value_at_one(kernel) if values[0] == 1 else None
        return kappa_expression(kernel, values[0]) if at_one is None else rational(at_one)
    if name == "b" and values[0].is_Integer and maclaurin(kernel) is None:
        return _from_expansion(kernel, int(values[0]))
    piece = _piecewise(kernel, name)
    symbol = n if name == "b" else k
    index, chosen = values[0], values[1] if len(values) == 2 else dim
    if index.is_Integer:
        value = _at(piece, kernel, name, int(index))
    else:
        value = piece.generic[parity_of(index, parities)]
    # Both at once: in mu(d, 3) the d of the index is not the dimension.
    value = value.subs({symbol: index, d: chosen}, simultaneous=True)
    return value * (2 * index + chosen - 1) / (chosen - 1) if name == "a" else value


def _binomial(upper: sp.Expr, lower: sp.Expr) -> sp.Expr:
    """Of integers 0 below 0, else by Gamma, whose poles below the line make it 0 above the upper one."""
    if lower.is_Integer and lower < 0:
        return sp.Integer(0)
    value = sp.gamma(upper + 1) / (sp.gamma(lower + 1) * sp.gamma(upper - lower + 1))
    if value.has(sp.zoo, sp.nan, sp.oo):
        raise AlwaysUndefined(f"binomial({upper}, {lower}) is undefined")
    return value


def _from_expansion(kernel: Kernel, index: int) -> sp.Expr:
    """b_n exactly, from the power series of a kernel without a closed form for all n."""
    if not 0 <= index <= MAX_EXPANDED:
        raise NotSymbolic(f"b({index}) of {kernel!r} has no closed form")
    try:
        return expansion_at(kernel, 0, index + 1).coefficient(Fraction(index))
    except NoExpansion as error:
        raise NotSymbolic(str(error)) from None


def _at(piece: Piecewise, kernel: Kernel, name: str, index: int) -> sp.Expr:
    if index < 0:
        raise AlwaysUndefined(f"{name}({index}) is undefined")
    return piece.at(index) if name == "b" else at_degree(kernel, index)


def _parity_of_integer(exponent: sp.Expr, parities: Mapping[str, int]) -> int:
    """The parity of an exponent that must be an integer combination of variables."""
    symbols = sorted(exponent.free_symbols, key=str)
    if not exponent.is_polynomial(*symbols) or not all(
        sum(powers) <= 1 and c.is_Integer for powers, c in sp.Poly(exponent, *symbols).terms()
    ):
        raise NotSymbolic(f"a power of a negative number with exponent {exponent}")
    return parity_of(exponent, parities)


def parity_of(index: sp.Expr, parities: Mapping[str, int]) -> int:
    """0 or 1 for an index c_1 v_1 + c_2 v_2 + ... + c of integers, from the parities of the variables."""
    symbols = sorted(index.free_symbols, key=str)
    linear = not symbols or index.is_polynomial(*symbols) and sp.Poly(index, *symbols).total_degree() <= 1
    if not linear or not all(c.is_Integer for c in (sp.Poly(index, *symbols).coeffs() if symbols else [index])):
        raise NotSymbolic(f"the parity of {index} is not known")
    total = 0
    for symbol in symbols:
        slope = sp.expand(index).coeff(symbol)
        if slope % 2 == 1:
            if symbol.name not in parities:
                raise NotSymbolic(f"the parity of {index} is not fixed")
            total += parities[symbol.name]
    constant = sp.expand(index).subs(dict.fromkeys(index.free_symbols, 0))
    return int((total + constant) % 2)


def arc_cosine(z: sp.Expr) -> sp.Expr:
    """acos z, with acos(-z) = pi - acos z where SymPy sees a sign, so that both have one normal form."""
    return sp.pi - sp.acos(-z) if z.could_extract_minus_sign() else sp.acos(z)


def kappa_expression(kernel: Kernel, t: sp.Expr) -> sp.Expr:
    """kappa as a function of t in closed form, one hidden layer."""
    k0 = (sp.pi - arc_cosine(t)) / sp.pi
    k1 = (sp.sqrt(1 - t**2) + t * (sp.pi - arc_cosine(t))) / sp.pi
    match kernel:
        case NNGP() | NTK() if kernel.weight_variance != 1 or kernel.bias_variance:
            raise NotSymbolic(f"kappa of {kernel!r} has no closed form in t here")
        case ArcCosine(order=0):
            return k0
        case ArcCosine(order=1) | NNGP(depth=2):
            return k1
        case NNGP(depth=1):
            return t
        case NTK(depth=1):
            return rational(kernel.scales[0]) * t
        case NTK(depth=2):
            first, last = map(rational, kernel.scales)
            return first * (t + int(kernel.bias)) * k0 + last * k1
        case Multiple(factor, inner):
            return rational(factor) * kappa_expression(inner, t)
        case Sum(parts):
            return sum((kappa_expression(part, t) for part in parts), sp.Integer(0))
    raise NotSymbolic(f"kappa of {kernel!r} has no closed form in t here")
