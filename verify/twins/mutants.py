"""Wrong variants of a statement: slips that are really made, one at a time, on its tree.

Each kind of slip yields named statements. Whether one is really false is for `verify.twins.falsity` to
say: Theta is blind to a factor 2, so a factor 2 there is no wrong statement.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction

from theory.kernels import NTK, Kernel, Multiple
from theory.kernels.named import NamedKernels
from theory.language.conditions import build_ranges
from theory.language.formulas import function_of, parse_formula, uses_kernel, variables
from theory.language.statement import Statement
from theory.symbolic.expressions import Call, Name, Node, Number, Operation, rebuilt, walk
from theory.symbolic.objects import Range
from theory.symbolic.ranges import Ranges

Mutant = tuple[str, Statement]
REVERSED = {
    "=": ("!=",),
    "!=": ("=",),
    "<": (">",),
    ">": ("<",),
    "<=": (">", ">="),
    ">=": ("<", "<="),
    "O": ("o", "Omega"),
    "Omega": ("o", "O"),
    "Theta": ("o",),
    "o": ("Omega",),
    "~": ("o",),
}
# |S^d| and the quotient of the area ratios |S^(d-1)|/|S^d| of S^(d+2) and S^d.
AREA = parse_formula("2*pi**((d+1)/2)/Gamma((d+1)/2)")
TWO_DIMENSIONS = parse_formula("(d+1)/d")
MORE = 1_000  # ranges start anywhere below


def rewritten(node: Node, change: Callable[[Node], Node | None], chosen: int) -> Node | None:
    """The tree with the chosen of the nodes that `change` changes, counted from 0, changed."""
    count = -1

    def visit(current: Node) -> Node:
        nonlocal count
        new = change(current)
        if new is not None:
            count += 1
            if count == chosen:
                return new
        match current:
            case Call(name, args):
                return Call(name, tuple(map(visit, args)))
            case Operation(op, left, right):
                return Operation(op, visit(left), visit(right))
        return current

    found = visit(node)
    return found if count >= chosen else None


def _each(statement: Statement, change: Callable[[Node], Node | None]) -> Iterator[Statement]:
    """Every way to change one node of either side."""
    for side in ("right", "left"):
        chosen = 0
        while (tree := rewritten(getattr(statement, side), change, chosen)) is not None:
            yield _with(statement, **{side: tree})
            chosen += 1


def _with(statement: Statement, left: Node | None = None, right: Node | None = None) -> Statement:
    """The statement with other sides; variables that come in get their whole range."""
    changed = replace(
        statement, left=statement.left if left is None else left, right=statement.right if right is None else right
    )
    new = (variables(changed.left) | variables(changed.right)) - set(changed.ranges.names) - {"t"}
    return replace(changed, ranges=Ranges((*changed.ranges, *build_ranges(new, ())))) if new else changed


def _number(value: int) -> Node:
    return Number(Fraction(value))


def _plus(node: Node, shift: int) -> Node:
    return Operation("+" if shift > 0 else "-", node, _number(abs(shift)))


def factor_two(statement: Statement) -> Iterator[Mutant]:
    """One side doubled."""
    for side in ("right", "left"):
        doubled = Operation("*", _number(2), getattr(statement, side))
        yield f"{side} side times 2", _with(statement, **{side: doubled})


def shifted_degree(statement: Statement) -> Iterator[Mutant]:
    """The degree in mu, a, b or N one or two off."""
    places = {"mu": 0, "a": 0, "b": 0, "N": 1}
    for shift in (1, 2, -1, -2):

        def change(node: Node, shift: int = shift) -> Node | None:
            at = places.get(function_of(node) or "")
            if not isinstance(node, Call) or at is None:
                return None
            args = [_plus(a, shift) if i == at else a for i, a in enumerate(node.args)]
            return Call(node.name, tuple(args))

        for mutant in _each(statement, change):
            yield f"degree {shift:+d}", mutant


def shifted_exponent(statement: Statement) -> Iterator[Mutant]:
    """An exponent one off; where none is written, one power of a variable more."""
    for shift in (1, -1):

        def change(node: Node, shift: int = shift) -> Node | None:
            if not isinstance(node, Operation) or node.op != "**" or not variables(node):
                return None
            return Operation("**", node.left, _plus(node.right, shift))

        for mutant in _each(statement, change):
            yield f"exponent {shift:+d}", mutant
    for where in statement.ranges:
        if where.name in variables(statement.left) | variables(statement.right):
            for op in "*/":
                yield (
                    f"right side {op} {where.name}",
                    _with(statement, right=Operation(op, statement.right, Name(where.name))),
                )


def wrong_parity(statement: Statement) -> Iterator[Mutant]:
    """The other parity, both parities, and the ranges widened to what was excluded."""
    for where in statement.ranges:
        others = [] if where.parity is None else [("other", 1 - where.parity), ("both", None)]
        if where.parity is None and where.most is None:
            others = []
        for word, parity in others:
            if where.most == where.least:
                continue
            new = Range(where.name, where.least, where.most, parity)
            yield f"{word} parity of {where.name}", replace(statement, ranges=statement.ranges.replaced(new))


def another_area(statement: Statement) -> Iterator[Mutant]:
    """The area ratio of the sphere two dimensions up in every eigenvalue."""
    yield from _in_eigenvalues(statement, TWO_DIMENSIONS, "area ratio two dimensions apart")


def surface_measure(statement: Statement) -> Iterator[Mutant]:
    """The surface measure in place of the probability measure in every eigenvalue."""
    yield from _in_eigenvalues(statement, AREA, "surface measure")


def _in_eigenvalues(statement: Statement, factor: Node, name: str) -> Iterator[Mutant]:
    def change(node: Node) -> Node:
        # Of a dimension that is written out, the factor takes that one.
        if not isinstance(node, Call) or function_of(node) != "mu":
            return node
        dim = node.args[1] if len(node.args) == 2 else Name("d")
        return Operation("*", node, rebuilt(factor, lambda n: dim if n == Name("d") else n))

    for sides in (("left", "right"), ("left",), ("right",)):
        trees = {side: rebuilt(getattr(statement, side), change) for side in sides}
        if any(trees[side] != getattr(statement, side) for side in sides):
            which = "" if len(sides) == 2 else f", {sides[0]} side"
            yield name + which, _with(statement, **trees)


def another_kernel(statement: Statement) -> Iterator[Mutant]:
    """The kernel in other people's normalisation: twice as large, or its layers weighed otherwise."""
    if not (uses_kernel(statement.left) or uses_kernel(statement.right)):
        return
    if statement.family is not None:
        yield "kernel times 2", replace(statement, family=f"2 * {statement.family}")
        return
    if isinstance(statement.kernel, NamedKernels):
        (name, kernel), *others = statement.kernel.members
        doubled = NamedKernels(((name, Multiple(Fraction(2), kernel)), *others))
        yield f"kernel {name} times 2", replace(statement, kernel=doubled)
        yield "kernels exchanged", replace(statement, kernel=statement.kernel.exchanged())
        return
    assert isinstance(statement.kernel, Kernel)  # of one depth, as it is no family
    yield "kernel times 2", replace(statement, kernel=Multiple(Fraction(2), statement.kernel))
    for name, kernel in _other_scales(statement.kernel):
        yield name, replace(statement, kernel=kernel)


def _other_scales(kernel: Kernel) -> Iterator[tuple[str, Kernel]]:
    if not isinstance(kernel, NTK):
        return
    ones = (Fraction(1),) * kernel.depth
    scales = ones if tuple(kernel.scales) != ones else (Fraction(1, 2), *ones[1:])
    text = ", ".join(map(str, scales))
    yield f"layer scales ({text})", replace(kernel, layer_scales=tuple(scales))
    yield "without bias" if kernel.bias else "with bias", replace(kernel, bias=not kernel.bias)


def reversed_relation(statement: Statement) -> Iterator[Mutant]:
    """The relation the other way round."""
    for relation in REVERSED[statement.relation]:
        if statement.limit == "uniformly" and relation in ("o", "~"):
            continue
        yield f"{statement.relation} becomes {relation}", replace(statement, relation=relation)


def doubled_number(statement: Statement) -> Iterator[Mutant]:
    """A number doubled in an expansion at an end, where a side is a sum of terms."""
    if statement.moving != "t":
        return
    for mutant in _each(statement, lambda node: Number(2 * node.value) if isinstance(node, Number) else None):
        yield "a number doubled", mutant


KINDS: dict[str, Callable[[Statement], Iterator[Mutant]]] = {
    "factor": factor_two,
    "number": doubled_number,
    "degree": shifted_degree,
    "exponent": shifted_exponent,
    "parity": wrong_parity,
    "area ratio": another_area,
    "measure": surface_measure,
    "kernel": another_kernel,
    "relation": reversed_relation,
}


def mutants(statement: Statement) -> Iterator[tuple[str, str, Statement]]:
    """(kind, name, statement) of every slip, without those that ask for what is not defined.

    >>> from theory.language.statement import parse_statement
    >>> said = parse_statement("mu(1) = 1/(d+1)", "NTK(depth=2)")
    >>> [(kind, name) for kind, name, _ in mutants(said)][:2]
    [('factor', 'right side times 2'), ('factor', 'left side times 2')]
    """
    for kind, made in KINDS.items():
        for name, mutant in made(statement):
            if mutant != statement and not _leaves_domain(mutant):
                yield kind, name, mutant


def _leaves_domain(statement: Statement) -> bool:
    """Whether a degree is negative at the start of the ranges: false for a reason that says nothing."""
    from verify.twins.falsity import NoValue, value

    at = statement.ranges.least
    kernel = statement.kernel if isinstance(statement.kernel, Kernel) else None
    for side in (statement.left, statement.right):
        for node in walk(side):
            if isinstance(node, Call) and function_of(node) in ("mu", "a", "b", "N"):
                degree = node.args[1] if node.name == "N" else node.args[0]
                try:
                    if not variables(degree) & {"t"} and value(degree, at, kernel) < 0:
                        return True
                except NoValue:
                    return True
    return False
