"""Several statements said as one: a <= b <= c, k != 3, k >= 2*d.

A chain holds where each of its comparisons does; k != 3 parts the range into two; k >= 2*d is meant by k = 2*d + n,
n >= 0, a variable that no statement of the sentence holds. `theory.statements.sentences` decides all parts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise, product

from theory.kernels import Kernel
from theory.kernels.named import NamedKernels
from theory.language.conditions import LEAST, build_ranges, conditions, parse_range
from theory.language.formulas import function_of, parse_formula, variables
from theory.language.quantifiers import understood
from theory.language.statement import LANDAU, Statement, is_grammatical, occurring, parse_statement
from theory.symbolic.expression_grammar import ExpressionError, check_text
from theory.symbolic.expressions import Call, Inner, Name, Node, Number, Operation, fold, rebuilt, unparse
from theory.symbolic.objects import Range
from theory.symbolic.ranges import Ranges

SLACK = "n"
MAX_LINKS = 8  # comparisons of a chain
_COMPARED = re.compile(r"<=|>=|!=|<|>|=")
_HOLE = re.compile(r"\s*([A-Za-z]+)\s*!=\s*([0-9]{1,9})\s*")
_BETWEEN = re.compile(r"\s*([^<>=]+?)\s*(<=|>=|<|>|=)\s*([^<>=]+?)\s*")


@dataclass(frozen=True, slots=True)
class Sentence:
    """What was said, for what it is meant, of which kernel, its comparisons, and the statements that must all hold.

    `put` gives the variable that stands in the parts as another formula: k as 2*d + n; `wider` are then the parts
    without that condition, from its least value on: where they hold the parts do.

    >>> said = parse_sentence("0 <= mu(k) <= 1", "Gaussian(rate=1)", ["k != 3"])
    >>> said.text, said.scope, len(said.parts)
    ('0 <= mu(k) <= 1', 'for all k >= 0, d >= 1, k != 3', 4)
    """

    text: str
    scope: str
    kernel: str | None
    said: tuple[Statement, ...]
    parts: tuple[Statement, ...]
    put: tuple[tuple[str, Node], ...] = ()
    wider: tuple[Statement, ...] = ()


def parse_sentence(says: str, kernel: str | Kernel | NamedKernels | None = None, where: Sequence[str] = ()) -> Sentence:
    """A sentence from its text, its kernel and its conditions. Raises ExpressionError with one line.

    >>> parse_sentence("mu(k) > 0", "NTK(depth=3)", ["k >= 2*d"]).parts[0].text
    'mu(2*d + n) > 0'
    """
    read, where = _plainly(says, where)
    try:
        return _sentence(read, kernel, where)
    except ExpressionError as error:
        if read == says or "(read as " in str(error):
            raise
        raise ExpressionError(f"{error} (read as {read[:80]!r})") from None


def _sentence(says: str, kernel: str | Kernel | NamedKernels | None, where: Sequence[str]) -> Sentence:
    plain, holes, between = _kinds(where)
    if len(between) > 1:
        raise ExpressionError(
            f"for: {between[1]}: one condition between two variables at most, {between[0]} is another"
        )
    links = list(_links(says))
    of = repr(kernel) if isinstance(kernel, Kernel | NamedKernels) else kernel
    whole = [parse_statement(says, of, plain)] if len(links) == 1 else list(_of_chain(links, of, plain))
    scope = ", ".join([_scope(whole), *holes, *between])
    parts = [part for one in whole for plain_one in unfolded(one) for part in _without_holes(plain_one, holes)]
    if not parts:
        raise ExpressionError(f"for: no value is left by {', '.join([*plain, *holes])[:80]}")
    put: dict[str, Node] = {}
    wider = parts
    for condition in between:
        wider = [_bounded(part, condition) for part in wider]
        parts = [_related(part, condition, put) for part in parts]
    of = whole[0].family or (None if whole[0].kernel is None else repr(whole[0].kernel))
    text = whole[0].text if len(whole) == 1 else _chain_text(whole)
    return Sentence(text, scope, of, tuple(whole), tuple(parts), tuple(put.items()), tuple(wider) if put else ())


def unfolded(statement: Statement) -> tuple[Statement, ...]:
    """|x| <= c as x <= c and -x <= c, max(a, b) <= c as both, min(a, b) >= c as both; the size of an order is its order.

    >>> [one.text for one in unfolded(parse_statement("abs(kappa(t)) <= kappa(1)", "NTK(depth=2)"))]
    ['kappa(t) <= kappa(1)', '-kappa(t) <= kappa(1)']
    """
    left, relation, right = statement.left, statement.relation, statement.right
    if relation in LANDAU and any(isinstance(side, Call) and side.name == "abs" for side in (left, right)):
        plain = [side.args[0] if isinstance(side, Call) and side.name == "abs" else side for side in (left, right)]
        return (replace(statement, left=plain[0], right=plain[1]),)
    if relation in (">=", ">"):
        left, relation, right = right, {">=": "<=", ">": "<"}[relation], left
    if relation not in ("<=", "<"):
        return (statement,)
    lower = _below(left)
    upper = right.args if isinstance(right, Call) and right.name == "min" else (right,)
    if len(lower) == len(upper) == 1:
        return (statement,)
    return tuple(replace(statement, left=a, relation=relation, right=b) for a, b in product(lower, upper))


def _below(node: Node) -> tuple[Node, ...]:
    """What must be below c so that the node is."""
    match node:
        case Call("abs", (inner,)):
            return inner, Operation("-", Number(Fraction(0)), inner)
        case Call("max", args):
            return args
    return (node,)


def _plainly(says: str, where: Sequence[str]) -> tuple[str, list[str]]:
    """The text in the words of the grammar, and all conditions one by one."""
    if not is_grammatical(says) and not _is_chain(says):
        says, beside = understood(says)
        where = [*where, *beside]
    return says, [one for said in where for one in ([said] if _is_special(said) else conditions(said))]


def _is_special(condition: str) -> bool:
    return bool(_HOLE.fullmatch(condition)) or bool(_BETWEEN.fullmatch(condition)) and not _is_plain(condition)


def _is_chain(says: str) -> bool:
    sides = _sides(check_text(says))[0]
    if len(sides) > MAX_LINKS + 1:
        raise ExpressionError(f"a chain of {len(sides) - 1} comparisons, at most {MAX_LINKS} are allowed")
    try:
        return len(sides) > 2 and all(parse_formula(side) is not None for side in sides)
    except ExpressionError:
        return False


def _sides(says: str) -> tuple[list[str], list[str]]:
    """What stands between the comparisons outside parentheses, and these."""
    sides, signs, at, depth = [], [], 0, 0
    for token in re.finditer(r"[()]|<=|>=|!=|->|<|>|=", says):
        depth += (token[0] == "(") - (token[0] == ")")
        if not depth and _COMPARED.fullmatch(token[0]):
            sides.append(says[at : token.start()])
            signs.append(token[0])
            at = token.end()
    return [*sides, says[at:]], signs


def _links(says: str) -> Iterator[str]:
    """a <= b <= c as a <= b, b <= c; anything else as it stands."""
    sides, signs = _sides(says)
    if len(signs) < 2:
        yield says
        return
    if len(signs) > MAX_LINKS:
        raise ExpressionError(f"a chain of {len(signs)} comparisons, at most {MAX_LINKS} are allowed")
    if re.search(r"\b(?:O|Omega|Theta|o)\s*\(|~|->|\buniformly\b", says):
        raise ExpressionError("a chain is of comparisons alone, = != <= >= < >; say what has an order by itself")
    for (left, right), sign in zip(pairwise(sides), signs, strict=True):
        yield f"{left.strip()} {sign} {right.strip()}"


def _of_chain(links: Sequence[str], kernel: str | None, plain: list[str]) -> Iterator[Statement]:
    """Each comparison with the conditions on the variables that occur in it; each must occur in one of them."""
    names = [_names(link, kernel) for link in links]
    build_ranges(set().union(*names), plain)
    for link, own in zip(links, names, strict=True):
        yield parse_statement(link, kernel, [one for one in plain if parse_range(one)[0] in own])


def _names(link: str, kernel: str | None) -> set[str]:
    left, right = map(parse_formula, _sides(link)[0])
    return occurring(left, right, kernel)


def _kinds(where: Sequence[str]) -> tuple[list[str], list[str], list[str]]:
    """Conditions on one variable, values left out, relations between variables."""
    plain, holes, between = [], [], []
    for one in where:
        if match := _HOLE.fullmatch(one):
            if match[1] not in LEAST:
                raise ExpressionError(f"for: {match[1]} in {one!r} is unknown, allowed: {', '.join(LEAST)}")
            holes.append(f"{match[1]} != {int(match[2])}")
        elif (match := _BETWEEN.fullmatch(one)) and not _is_plain(one):
            between.append(f"{match[1]} {match[2]} {match[3]}")
        else:
            plain.append(one)
    return plain, holes, between


def _is_plain(condition: str) -> bool:
    try:
        parse_range(condition)
    except ExpressionError:
        match = _BETWEEN.fullmatch(condition)
        assert match is not None
        return not all(re.search(r"[A-Za-z]", side) for side in (match[1], match[3]))
    return True


def _without_holes(statement: Statement, holes: Sequence[str]) -> Iterator[Statement]:
    """The statement on the parts of its ranges between the values that are left out."""
    pieces: dict[str, list[Range]] = {where.name: [where] for where in statement.ranges}
    for hole in holes:
        name, value = hole.split(" != ")
        if name in pieces:
            pieces[name] = [part for where in pieces[name] for part in _around(where, int(value))]
    for chosen in product(*pieces.values()):
        bounded = statement.moving and any(w.name == statement.moving and w.most is not None for w in chosen)
        if not bounded:  # below the last value that is left out a limit looks at nothing
            yield replace(statement, ranges=Ranges(chosen))


def _around(where: Range, hole: int) -> Iterator[Range]:
    if not where.contains(hole):
        yield where
        return
    for part in (replace(where, most=hole - where.step), replace(where, least=hole + where.step)):
        if not part.is_empty():
            yield part


def _related(statement: Statement, condition: str, put: dict[str, Node]) -> Statement:
    """The statement with one variable of the condition as a formula of the other and of SLACK."""
    name, formula, slack = _solved(condition, statement.ranges)
    if name not in statement.ranges.names:
        return statement
    if statement.moving is not None:
        return _in_the_limit(statement, name, formula, condition)
    if SLACK in statement.ranges.names or put.get(name, formula) != formula or len(put) > 1:
        raise ExpressionError(f"for: {condition}: one such condition, in a statement without {SLACK}")
    own = statement.range(name)
    if own.most is not None or own.least > own_least(own):
        raise ExpressionError(f"for: {condition}: {name} has another condition, allowed: one of them")
    put[name] = formula
    sides = (_spoken_out(statement, side, name, condition) for side in (statement.left, statement.right))
    left, right = (rebuilt(side, lambda n: formula if n == Name(name) else n) for side in sides)
    ranges = [where for where in statement.ranges if where.name != name]
    if slack or own.parity is not None:
        ranges += _slack(own, formula, slack, condition)
    missing = variables(formula) - {where.name for where in ranges}
    ranges += build_ranges(missing, ())
    order = ("k", "n", "d", "L")
    return replace(statement, left=left, right=right, ranges=Ranges(sorted(ranges, key=lambda w: order.index(w.name))))


def _spoken_out(statement: Statement, side: Node, name: str, condition: str) -> Node:
    """A side in which the variable stands wherever it is meant: mu(K) is mu(K, d)."""

    def inner(node: Node) -> Node:
        if isinstance(node, Call) and function_of(node) == "mu" and len(node.args) == 1:
            return Call(node.name, (*node.args, Name("d")))
        match node:
            case Call("a"):
                raise ExpressionError(f"for: {condition}: a(K) is of the sphere S^d, write it by mu(K)")
        return node

    if name == "L" and statement.family is not None:
        raise ExpressionError(f"for: {condition}: the depth of a kernel takes values of its own, allowed: L >= INT")
    return rebuilt(side, inner) if name == "d" else side


def _bounded(statement: Statement, condition: str) -> Statement:
    """The statement from the least value on that the condition leaves."""
    name, formula, _ = _solved(condition, statement.ranges)
    where = statement.ranges.find(name)
    form = _linear(rebuilt(formula, lambda n: Number(Fraction(0)) if n == Name(SLACK) else n))
    if where is None or form is None:
        return statement
    (y,) = variables(formula) - {SLACK}
    start = other.least if (other := statement.ranges.find(y)) else LEAST[y]
    raised = replace(where, least=max(where.least, form[0] * start + form[1]))
    return statement if raised.is_empty() else replace(statement, ranges=statement.ranges.replaced(raised))


def own_least(own: Range) -> int:
    """The first value of a variable of that parity."""
    return Range(own.name, LEAST[own.name], None, own.parity).least


def _slack(own: Range, formula: Node, slack: bool, condition: str) -> list[Range]:
    """The values of SLACK; where the variable has a parity, that which gives it, if the other variable leaves it open."""
    if own.parity is None:
        return [Range(SLACK, 0)]
    form = _linear(rebuilt(formula, lambda n: Number(Fraction(0)) if n == Name(SLACK) else n))
    if form is None or form[0] % 2 or not slack:
        raise ExpressionError(f"for: {condition} and a parity of {own.name}: allowed where the formula is 2*NAME + INT")
    return [Range(SLACK, 0, None, (own.parity - form[1]) % 2)]


def _in_the_limit(statement: Statement, name: str, formula: Node, condition: str) -> Statement:
    """k >= 2*d says nothing of k -> oo for each fixed d, and of nothing else is it said in a limit."""
    if name == statement.moving and SLACK in variables(formula):
        return statement
    raise ExpressionError(f"for: {condition} bounds the variable of the limit or moves with it; say uniformly instead")


def _solved(condition: str, ranges: Ranges) -> tuple[str, Node, bool]:
    """(x, e + n, True) from x >= e, and (x, e, False) from x = e, for x of coefficient 1."""
    match = _BETWEEN.fullmatch(condition)
    assert match is not None
    left, sign, right = match[1], match[2], match[3]
    if sign in ("<=", "<"):
        left, right, sign = right, left, {"<=": ">=", "<": ">"}[sign]
    upper, lower = parse_formula(left), parse_formula(right)
    for x, e, ok in ((upper, lower, True), (lower, upper, sign == "=")):
        if ok and isinstance(x, Name) and x.name in LEAST and x.name not in variables(e):
            break
    else:
        raise ExpressionError(
            f"for: {condition}: allowed are NAME >= FORMULA, NAME > FORMULA, NAME = FORMULA, either way round"
        )
    _check_values(x.name, e, ranges, condition, LEAST[x.name] - (sign == ">"))
    if sign == "=":
        return x.name, e, False
    shifted = Operation("+", e, Name(SLACK))
    return x.name, Operation("+", shifted, Number(Fraction(1))) if sign == ">" else shifted, True


def _check_values(name: str, e: Node, ranges: Ranges, condition: str, least: int) -> None:
    """Whether the formula is c*y + integers with c >= 1 whose least value is one of the variable's."""
    names = variables(e)
    form = _linear(e)
    if form is None or len(names) != 1 or not names <= set(LEAST):
        raise ExpressionError(f"for: {condition}: allowed is a formula c*NAME + INT of one other variable")
    (y,) = names
    slope, constant = form
    start = where.least if (where := ranges.find(y)) else LEAST[y]
    if slope < 1 or slope * start + constant < least:
        raise ExpressionError(
            f"for: {condition}: {unparse(e)} must grow with {y} and be at least {least} from {y} = {start} on"
        )


def _linear(e: Node) -> tuple[int, int] | None:
    """(c, b) of c*y + b with integers, None for another formula."""

    def inner(node: Inner, parts: Sequence[tuple[int, int] | None]) -> tuple[int, int] | None:
        if isinstance(node, Call) or any(part is None for part in parts):
            return None
        (a, b), (c, e) = (part for part in parts if part is not None)
        match node.op:
            case "+":
                return a + c, b + e
            case "-":
                return a - c, b - e
            case "*" if not a * c:
                return a * e + b * c, b * e
        return None

    return fold(e, lambda value: (0, int(value)) if value.denominator == 1 else None, lambda _: (1, 0), inner)


def _scope(links: Sequence[Statement]) -> str:
    """The quantifiers of all comparisons together."""
    ranges = {where.name: where for link in links for where in link.ranges}
    ordered = Ranges(ranges[name] for name in LEAST if name in ranges)
    in_t = next((link for link in links if "t" in variables(link.left) | variables(link.right)), links[0])
    return replace(in_t, ranges=ordered).scope


def _chain_text(links: Sequence[Statement]) -> str:
    return unparse(links[0].left) + "".join(f" {link.relation} {unparse(link.right)}" for link in links)
