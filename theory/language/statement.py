"""Statements: a relation between two expressions, for all values in given ranges.

    mu(k) = Theta(k**(-d-1)) as k -> oo     for d = 2, k even

`parse_statement` reads the text; `theory.statements.decide` finds out whether it holds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from lark import Lark, Token, v_args

from theory.expansions.admissible import Inadmissible, check_admissible, least_dim
from theory.kernels import Kernel, Multiple, written_out
from theory.kernels.depth_families import DepthFamily
from theory.kernels.named import NamedKernels
from theory.kernels.parse import is_family, parse_kernel
from theory.language.conditions import LEAST, build_ranges, conditions
from theory.language.families import check_family
from theory.language.formulas import VOCABULARY, check_size, function_of, is_of_kernel, read, uses_kernel, variables
from theory.language.named_kernels import check_names, is_named, names_in, parse_named, without_names
from theory.language.quantifiers import understood
from theory.language.spellings import MAX_TYPED
from theory.symbolic.expression_grammar import GRAMMAR, ExpressionError, TreeBuilder
from theory.symbolic.expressions import Call, Node, Number, Operation, rebuilt, unparse, walk
from theory.symbolic.objects import Range
from theory.symbolic.ranges import Ranges

COMPARISONS = ("=", "!=", "<=", ">=", "<", ">")
LANDAU = ("O", "Omega", "Theta", "o")
LIMITS = {"k": ("oo",), "d": ("oo",), "n": ("oo",), "L": ("oo",), "i": ("oo",), "t": ("1", "-1", "0")}
UNIFORMLY = "uniformly"
Limit = tuple[str, str] | str | None  # (variable, target), UNIFORMLY, or none: no asymptotic relation


@dataclass(frozen=True, slots=True)
class Statement:
    """left relation right; `limit` is (variable, target) or "uniformly" for asymptotic relations.

    relation: = != <= >= < > or O, Omega, Theta, o, ~. The integer variables that occur run over
    `ranges`; t over [-1, 1]. `family` is the text of a kernel that holds L; `kernel` is then None,
    or the `DepthFamily` that is spoken of as one. Of several kernels each has its name: ntk.mu(k).
    """

    kernel: Kernel | DepthFamily | NamedKernels | None
    left: Node
    relation: str
    right: Node
    limit: Limit
    ranges: Ranges
    family: str | None = None

    def with_written_kernel(self) -> Statement:
        """The same statement about the kernels that its kernel is made of."""
        if isinstance(self.kernel, NamedKernels):
            return replace(self, kernel=self.kernel.written_out())
        return replace(self, kernel=written_out(self.kernel)) if isinstance(self.kernel, Kernel) else self

    def with_plain_kernel(self) -> Statement:
        """The same statement about K where it is one about c*K: mu, a, b and kappa are linear in the kernel."""
        if not isinstance(self.kernel, Multiple):
            return self
        factor = Number(self.kernel.factor)
        left, right = (
            rebuilt(side, lambda node: Operation("*", factor, node) if is_of_kernel(node) else node)
            for side in (self.left, self.right)
        )
        return replace(self, kernel=self.kernel.kernel, left=left, right=right).with_plain_kernel()

    @property
    def is_asymptotic(self) -> bool:
        """Whether the relation compares orders of growth."""
        return self.relation in (*LANDAU, "~")

    @property
    def moving(self) -> str | None:
        """The variable of the limit, None where there is none."""
        return self.limit[0] if isinstance(self.limit, tuple) else None

    def range(self, name: str) -> Range:
        """The range of an integer variable."""
        return self.ranges.named(name)

    @property
    def text(self) -> str:
        """The relation in canonical text."""
        limit = (
            {None: "", UNIFORMLY: " uniformly"}.get(self.limit)
            if not isinstance(self.limit, tuple)
            else (f" as {self.limit[0]} -> {self.limit[1]}")
        )
        right = unparse(self.right)
        if self.relation in LANDAU:
            return f"{unparse(self.left)} = {self.relation}({right}){limit}"
        return f"{unparse(self.left)} {self.relation} {right}{limit}"

    @property
    def scope(self) -> str:
        """The quantifiers in canonical text."""
        ranges = [repr(w) for w in self.ranges.without(self.moving)]
        if "t" in variables(self.left) | variables(self.right) and self.limit is None:
            ranges.append("-1 <= t <= 1")
        each = f"for all {', '.join(ranges)}" if ranges else ""
        if isinstance(self.limit, tuple):
            name, target = self.limit
            narrowed = (w for w in self.ranges if w.parity is not None or w.least > LEAST[w.name])
            along = [repr(w) for w in narrowed if w.name == name]
            limit = f"as {name} -> {target}" + (f" along {along[0]}" if along else "")
            return f"{limit}, {each.replace('for all', 'for each fixed')}" if each else limit
        if self.limit == UNIFORMLY:
            return f"one constant {each}" if each else "one constant"
        return each or "no variables"


Parts = tuple[Node, str, Node, Limit]  # left, relation, right, limit

STATEMENT_GRAMMAR = rf"""
start: sum COMPARE sum -> comparison
     | sum "=" sum -> equality
     | sum "=" LANDAU "(" sum ")" limit -> landau
     | sum "~" sum limit -> equivalent
limit: "as" NAME "->" TARGET -> towards | "uniformly" -> uniform
COMPARE: "<=" | ">=" | "!=" | "<" | ">"
LANDAU.3: /(Omega|Theta|O|o)(?=\s*\()/
TARGET.3: /oo|-?1(?![0-9.])|0(?![0-9.])/
{GRAMMAR}
"""


@v_args(inline=True)
class _StatementBuilder(TreeBuilder[Parts]):
    def comparison(self, left: Node, relation: Token, right: Node) -> Parts:
        return left, str(relation), right, None

    def equality(self, left: Node, right: Node) -> Parts:
        return left, "=", right, None

    def landau(self, left: Node, relation: Token, right: Node, limit: Limit) -> Parts:
        return left, str(relation), right, limit

    def equivalent(self, left: Node, right: Node, limit: Limit) -> Parts:
        return left, "~", right, limit

    def towards(self, name: Token, target: Token) -> tuple[str, str]:
        if name not in LIMITS or target not in LIMITS[name]:
            allowed = ", ".join(f"{v} -> {t}" for v, targets in LIMITS.items() for t in targets)
            raise ExpressionError(f"limit {name!s} -> {target!s} at column {name.column}, allowed: {allowed}")
        return str(name), str(target)

    def uniform(self) -> str:
        return UNIFORMLY


_PARSER = Lark(STATEMENT_GRAMMAR, parser="lalr")


def parse_statement(
    says: str, kernel: str | Kernel | NamedKernels | None = None, where: Sequence[str] = ()
) -> Statement:
    """A statement from its text, its kernel (also as text, with a depth L that is free) and its conditions.

    Several kernels have names: "ntk = NTK(depth=3); lap = Laplace(rate=1)", of which ntk.mu(k) and lap.mu(k) speak.

    What people type is taken, too: mu_k, 2k^2, k -> inf, LaTeX, "for even k" (`theory.language.spellings`).
    Raises ExpressionError with one line that says what is allowed.

    >>> s = parse_statement("mu(k) = Theta(k**(-d-1)) as k -> oo", "NTK(depth=2)", ["k even"])
    >>> s.relation, s.limit, s.scope
    ('Theta', ('k', 'oo'), 'as k -> oo along k >= 0 even, for each fixed d >= 1')
    """
    (left, relation, right, limit), beside = read_says(says)
    where = [one for said in (*where, *beside) for one in conditions(said)]
    check_size(left)
    check_size(right)
    kernel = repr(kernel) if isinstance(kernel, Kernel | NamedKernels) else kernel
    named = parse_named(kernel) if kernel is not None and is_named(kernel) else None
    check_names((left, right), named)
    if named is not None and len(spoken := names_in(left, right)) < 2:  # one kernel needs no name
        kernel, named = (repr(dict(named.members)[spoken.pop()]) if spoken else None), None
        left, right = without_names(left), without_names(right)
    names = occurring(left, right, kernel)
    needs_kernel = uses_kernel(left) or uses_kernel(right)
    _check_ranked((left, right), names, limit)
    if isinstance(limit, tuple):
        names.add(limit[0])
    ranges = build_ranges(names, where)
    if needs_kernel and kernel is None:
        raise ExpressionError("a kernel is needed: the statement uses mu, a, b or kappa")
    if limit == UNIFORMLY and relation in ("o", "~"):
        raise ExpressionError(f"{relation} with uniformly, allowed: O, Omega, Theta uniformly; o, ~ as v -> oo")
    if isinstance(limit, tuple):
        _check_limit(limit[0], ranges)
    if named is not None:
        for member in named.kernels if _needs_dimension(left, right) else ():
            _check_integrable(member, ranges.named("d"), limit)
        return Statement(named, left, relation, right, limit, ranges)
    if kernel is not None and is_family(kernel):
        check_family(kernel, ranges.named("L"))
        return Statement(None, left, relation, right, limit, ranges, kernel)
    parsed = parse_kernel(kernel) if kernel is not None else None
    if parsed is not None and _needs_dimension(left, right):
        _check_integrable(parsed, ranges.named("d"), limit)
    return Statement(parsed, left, relation, right, limit, ranges)


def occurring(left: Node, right: Node, kernel: str | None) -> set[str]:
    """The variables of a comparison, d where it speaks of eigenvalues, L where the kernel holds it."""
    names = variables(left) | variables(right)
    if kernel is not None and not is_named(kernel) and is_family(kernel):
        names.add("L")
    return names | ({"d"} if _needs_dimension(left, right) else set())


def is_grammatical(says: str) -> bool:
    """Whether the grammar reads the text as it stands."""
    try:
        read(says, _PARSER, _StatementBuilder(VOCABULARY))
    except ExpressionError:
        return False
    return True


def read_says(says: str) -> tuple[Parts, list[str]]:
    """The parts of a text that the grammar reads; else of what is understood by it, with the conditions in it."""
    try:
        return read(says, _PARSER, _StatementBuilder(VOCABULARY)), []
    except ExpressionError as refused:
        if len(says) > MAX_TYPED:
            raise
        text, beside = understood(says)
        if not beside and text == says.strip():
            raise refused from None
    try:
        return read(text, _PARSER, _StatementBuilder(VOCABULARY)), beside
    except ExpressionError as error:
        raise ExpressionError(f"{error} (read as {text[:80]!r})") from None


def _check_integrable(kernel: Kernel, dims: Range, limit: Limit) -> None:
    """mu(K) and a(K) are integrals: refuse kernels and spheres for which there is none."""
    least = least_dim(kernel)
    if dims.least < least and limit != ("d", "oo"):
        raise ExpressionError(f"for: {kernel!r} is not integrable on S^{dims.least}, allowed: d >= {least}")
    try:
        check_admissible(kernel, max(least, dims.least))
    except Inadmissible as error:
        raise ExpressionError(f"kernel: {error}") from None


def _needs_dimension(*nodes: Node) -> bool:
    """mu(K), a(K) and lambda(I) are taken on S^d."""
    return any(
        isinstance(n, Call) and (n.name in ("a", "lambda") or function_of(n) == "mu" and len(n.args) == 1)
        for node in nodes
        for n in walk(node)
    )


def _check_ranked(sides: tuple[Node, Node], names: set[str], limit: Limit) -> None:
    """lambda(I) is known by its law alone, and the law by nothing but I: refuse other statements about it."""
    found = [n for side in sides for n in walk(side) if isinstance(n, Call) and n.name == "lambda"]
    if "i" in names and not found:
        raise ExpressionError("i is the index of lambda(I) alone, allowed elsewhere: k, n, d, L, t")
    if found and limit != ("i", "oo"):
        raise ExpressionError("lambda(I) is allowed in O, Omega, Theta, o and ~ as i -> oo")
    if any(variables(n) != {"i"} for n in found):
        raise ExpressionError("lambda(I): the index must be made of i and numbers, as lambda(2*i+1)")


def circle_apart(statement: Statement) -> tuple[Statement | None, Statement | None]:
    """The statement at d = 1, where a(K) is the coefficient N(1,K) mu(K) on T_K, and for d >= 2.

    None for a part that is not there; (None, statement) where it does not speak of a(K). As d -> oo
    one dimension does not matter.

    >>> first, rest = circle_apart(parse_statement("a(k) >= mu(k)", "NTK(depth=2)"))
    >>> first.text, first.ranges[1:], rest.ranges[1:]
    ('N(1, k)*mu(k) >= mu(k)', (d = 1,), (d >= 2,))
    """
    where = statement.ranges.find("d")
    speaks = any(
        isinstance(n, Call) and n.name == "a" for side in (statement.left, statement.right) for n in walk(side)
    )
    if where is None or not speaks or where.least > 1 or statement.limit == ("d", "oo"):
        return None, statement
    later = replace(where, least=2)
    above = None if later.is_empty() else replace(statement, ranges=statement.ranges.replaced(later))
    left, right = (rebuilt(side, _coefficient_on_circle) for side in (statement.left, statement.right))
    only = statement.ranges.pinned({"d": 1})
    return replace(statement, left=left, right=right, ranges=only), above


def _coefficient_on_circle(node: Node) -> Node:
    if not (isinstance(node, Call) and node.name == "a"):
        return node
    return Operation("*", Call("N", (Number(Fraction(1)), *node.args)), Call("mu", node.args))


def _check_limit(name: str, ranges: Ranges) -> None:
    where = ranges.find(name)
    if where is not None and where.most is not None:
        raise ExpressionError(f"for: {name} <= {where.most} bounds the variable of the limit {name} -> oo")
