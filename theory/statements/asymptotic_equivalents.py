"""What the sides of a statement grow like, where the kernel has no closed form in k and d.

Every mu(K), a(K), b(K) is replaced by the leading term of its law (`theory.laws.decay`, `theory.laws.end_terms`),
f ~ g. Products, quotients and fixed powers keep ~; a sum keeps it if its leading terms do not
cancel, and is refused otherwise.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import lru_cache
from math import inf

import sympy as sp

from theory.derivations.by_ends import proved_ends, quotient_proof
from theory.derivations.by_signs import dimension_proof
from theory.expansions.admissible import Inadmissible, check_admissible
from theory.expansions.at_ends import expansion_at
from theory.expansions.coefficient_signs import nonnegative_from
from theory.kernels import Kernel
from theory.kernels.depth_families import DepthFamily, kappa_at_one, shallowest
from theory.kernels.parity import degree_bounds
from theory.language.formulas import uses_kernel
from theory.language.statement import Statement
from theory.laws.certified import certified
from theory.laws.coefficients import coefficient_law, positive_from
from theory.laws.decay import decay
from theory.laws.kink import without_sign
from theory.laws.law import Law, LawBranch
from theory.laws.named_constants import named_constants
from theory.numbers.truth import Evidence, Truth, Unable
from theory.proofs.rules.inequality import positive_term
from theory.proofs.steps import Proof
from theory.spectra.closed_coefficients import maclaurin
from theory.statements.cases.growth import as_variable_grows, comparison, never_zero
from theory.statements.definedness import Judge
from theory.statements.given import limit_of
from theory.statements.meaning import expression_at, parity_of, with_positive_bases
from theory.statements.outcome import AlwaysUndefined, Case, NotSymbolic, Outcome
from theory.symbolic.constants import NamedConstant
from theory.symbolic.expressions import Call, Name, Node, Operation
from theory.symbolic.growth import Growth, growth
from theory.symbolic.hypergeometric import NotHypergeometric, normalize
from theory.symbolic.objects import INTEGER_SYMBOLS, KernelName, Maclaurin, SlopeProduct, d, grammar_text, k, n
from theory.symbolic.puiseux import sign
from theory.symbolic.ranges import Ranges

TRANSFER_SOURCE = "exact expansions at t = 1 and -1; remainder by Flajolet and Odlyzko 1990, theorem 1"
POSITIVE_SOURCE = "every b_n of the class is positive; mu_k = sum_j b_{k+2j} E[t^(k+2j) P_k]"
PROVED_SERIES = "the first term of mu_k = sum_j b_{k+2j} E[t^(k+2j) P_k], proved"


def law_outcome(statement: Statement, ranges: Ranges) -> tuple[Case, Outcome]:
    """The relation between what both sides grow like, on the evidence that the laws used carry.

    >>> from theory.language.statement import parse_statement
    >>> s = parse_statement("mu(k) = O(k**-4) as k -> oo", "NTK(depth=3)", ["d = 2"])
    >>> law_outcome(s, (Range("k", 0, None, 0), Range("d", 2, 2)))[1].law
    'left/right ~ 7/(4*pi) * k**(1)'
    """
    name, _ = limit_of(statement)
    reader = _Reader(statement, ranges)
    left, right = (reader.growth_of(side).expression for side in (statement.left, statement.right))
    if reader.signs_change and statement.relation == "~":
        raise NotSymbolic("the signs of the eigenvalues change, and only their size is looked at")
    moving = ranges.named(name)
    ranges = ranges.replaced(replace(moving, least=max(moving.least, reader.least)))
    case = Case(ranges, left, right)
    doubt = Judge(statement, ranges).doubt(kernel_free=True)
    if doubt is not None:
        return case, Outcome(Truth.UNDECIDED, doubt)
    found = as_variable_grows(case, statement.relation, name, reader.constants)
    evidence = Evidence.weakest(reader.evidence or [Evidence.CHECKED])
    evidence = Evidence.weakest([evidence, found.evidence])
    whole = _proof(statement, ranges, reader.proofs)
    if whole is not None and statement.relation == "~" and found.truth is Truth.HOLDS:
        found = replace(found, law="left/right -> 1")  # however the limit was written
    sides = [case.left.subs(reader.constants), case.right.subs(reader.constants)]
    laws = [*reader.laws, *(f"{name} = {meaning}" for name, meaning in named_constants(sides).items())]
    used, source = ("; ".join(dict.fromkeys(texts)) for texts in (laws, reader.sources))
    return case, replace(
        found,
        law=_plain_names(found.law),
        steps=(),
        evidence=Evidence.PROVED if whole else evidence,
        whole=whole,
        source=f"{used}: {source}" if used else source,
    )


def _plain_names(law: str) -> str:
    """Coefficients that stood as exp(log(b_k)) by their names.

    >>> _plain_names("2*E**log(b(k)) and E**(log(b(k + 1)) - log(b(k)))")
    '2*b(k) and (b(k + 1)/b(k))'
    """
    one = r"log\((b\([^()]*\))\)"
    sums = re.compile(rf"E\*\*\((-?{one}(?: [+-] {one})+)\)")

    def product(found: re.Match[str]) -> str:
        terms = re.findall(rf"([+-]?) ?{one}", found[1])
        above, below = ([b for sign_, b in terms if (sign_ == "-") == under] for under in (False, True))
        return f"({'*'.join(above) or 1}{''.join(f'/{b}' for b in below)})"

    return re.sub(rf"E\*\*{one}", r"\1", sums.sub(product, law))


def _proof(statement: Statement, ranges: Ranges, laws: list[Proof | None]) -> Proof | None:
    """What left/right is like, from the proofs of the laws; None where one of them has none.

    As d -> oo the limit may be of left/right over some b_n > 0 of unknown value: that proves no ~.
    """
    proved = [law for law in laws if law is not None]
    if not laws or len(proved) < len(laws):
        return None
    moving, _ = limit_of(statement)
    ends = proved_ends(statement.kernel) if moving == "k" else None
    name, factor = (ends.name, ends.factor) if ends else (KernelName(repr(statement.kernel)), sp.Integer(1))
    try:
        left, right = (expression_at(side, name, ranges) for side in (statement.left, statement.right))
    except NotSymbolic:
        return None
    proof = quotient_proof(list(dict.fromkeys(proved)), factor, left, right, ranges, INTEGER_SYMBOLS[moving])
    if proof is None or statement.relation != "~":
        return proof
    return None if (proof.conclusion.left.args[0] * right / left).has(Maclaurin) else proof


@dataclass(frozen=True, slots=True)
class _Like:
    """An expression that the side equals (exact) or is ~ to."""

    expression: sp.Expr
    exact: bool


@dataclass
class _Reader:
    statement: Statement
    ranges: Ranges
    evidence: list[Evidence] = field(default_factory=list)
    sources: list[str] = field(default_factory=list)
    laws: list[str] = field(default_factory=list)
    proofs: list[Proof | None] = field(default_factory=list)
    constants: dict[sp.Symbol, sp.Expr] = field(default_factory=dict)
    signs_change: bool = False  # a law is told of |mu_k| alone, mu_k being of changing sign
    least: int = 0  # from which value of the limit variable on the sides are what is read

    def hypergeometric(self, expression: sp.Expr) -> sp.Expr:
        """The expression with a symbol in place of every constant such as acos(1/pi), and of every
        weight c + (-1)^k c' > 0 of a law in depth."""
        if expression.is_number:
            if _is_term(expression):
                return expression
            size = sign(expression)
            symbol = sp.Symbol(f"log({grammar_text(size * expression)})", real=True)
            self.constants[symbol] = sp.log(size * expression)
            return size * sp.exp(symbol)
        if expression.has(SlopeProduct) and not isinstance(expression, sp.Mul):
            symbol = sp.Symbol(f"log({grammar_text(expression)})", real=True)
            self.constants[symbol] = sp.log(expression)
            return sp.exp(symbol)
        if isinstance(expression, sp.Pow) and expression.base.is_number and not _is_term(expression.base):
            return self.hypergeometric(expression.base) ** expression.exp
        if isinstance(expression, sp.Add) and expression.has(NamedConstant):
            factored = sp.factor(expression)  # (d+1)(6-slope) multiplied out has constants in several terms
            if not isinstance(factored, sp.Add):
                return self.hypergeometric(factored)
        if isinstance(expression, sp.Add | sp.Mul | sp.Pow):
            return expression.func(*map(self.hypergeometric, expression.args))
        return expression

    @property
    def variable(self) -> sp.Symbol:
        return INTEGER_SYMBOLS[limit_of(self.statement)[0]]

    @property
    def free(self) -> Ranges:
        return self.ranges.free.without(self.variable.name)

    def growth_of(self, node: Node) -> _Like:
        """What the node grows like."""
        if not uses_kernel(node):
            plain = with_positive_bases(expression_at(node, None, self.ranges), self.ranges, self.variable)
            return _Like(self.hypergeometric(plain), True)
        match node:
            case Operation("+" | "-" as op, left, right):
                return self._sum(self.growth_of(left), self.growth_of(right), 1 if op == "+" else -1)
            case Operation("*" | "/" as op, left, right):
                return self._product(op, self.growth_of(left), self.growth_of(right))
            case Operation("**", left, right):
                return self._power(self.growth_of(left), self.growth_of(right))
            case Call("sqrt", (inner,)):
                return self._power(self.growth_of(inner), _Like(sp.Rational(1, 2), True))
            case Call("kappa" | "mu" | "a" | "b"):
                return self._of_kernel(node)
        raise NotSymbolic("a function of a quantity that is known by its law only")

    def _sum(self, left: _Like, right: _Like, sign_: int) -> _Like:
        total = left.expression + sign_ * right.expression
        if left.exact and right.exact:
            return _Like(total, True)
        if self.signs_change:
            raise NotSymbolic("a sum with eigenvalues whose signs change")
        parts = [_Like(left.expression, left.exact), _Like(sign_ * right.expression, right.exact)]
        parts = [part for part in parts if normalize(part.expression)]
        if len(parts) < 2:
            return parts[0] if parts else _Like(sp.Integer(0), True)
        sizes = [self._single(part.expression) for part in parts]
        order = comparison(*sizes)
        if order:
            larger = 0 if order > 0 else 1
            if not never_zero(sizes[larger].constant, self.free):
                raise NotSymbolic("the leading term may vanish")
            return _Like(parts[larger].expression, False)
        quotient = sp.simplify(sizes[1].constant / sizes[0].constant).subs(self.constants)
        if quotient.free_symbols or sign(1 + quotient) == 0:
            raise NotSymbolic("the leading terms cancel")
        constant = sizes[0].constant * self.hypergeometric(1 + quotient)
        return _Like(_from_growth(sizes[0], constant, self.variable), False)

    def _single(self, expression: sp.Expr) -> Growth:
        terms = normalize(expression)
        if len(terms) != 1:
            raise NotSymbolic("a sum inside a sum of laws")
        return growth(terms[0], self.variable)

    def _product(self, op: str, left: _Like, right: _Like) -> _Like:
        if op == "/":
            self._never_zero(right)
        value = left.expression * right.expression if op == "*" else left.expression / right.expression
        return _Like(value, left.exact and right.exact)

    def _power(self, base: _Like, exponent: _Like) -> _Like:
        if not exponent.exact or self.variable in exponent.expression.free_symbols:
            raise NotSymbolic("a law in an exponent, or a law to a power that grows")
        if not exponent.expression.is_Integer:
            if self.signs_change:
                raise NotSymbolic("a root of eigenvalues whose signs change")
            whole = self._single(base.expression)
            constant = whole.constant.subs(self.constants)
            if not (sign(constant) > 0 if constant.is_number else positive_term(constant, self.free)):
                raise NotSymbolic("a root of what may be negative")
        elif exponent.expression < 0:
            self._never_zero(base)
        return _Like(base.expression**exponent.expression, base.exact)

    def _never_zero(self, below: _Like) -> None:
        """What is divided by must not vanish for any value of the other variables, once v is large."""
        if not normalize(below.expression):
            raise AlwaysUndefined("a division by 0 is undefined")
        if not never_zero(self._single(below.expression).constant, self.free):
            raise NotSymbolic("a division by what may vanish")

    def _of_kernel(self, node: Call) -> _Like:
        kernel = self.statement.kernel
        assert kernel is not None
        if node.name == "kappa":
            at_one = kappa_at_one(kernel) if expression_at(node.args[0], None, self.ranges) == 1 else None
            if at_one is None:
                raise NotSymbolic("kappa(t) at a point other than t = 1 has no exact value here")
            return _Like(at_one, True)
        index = expression_at(node.args[0], None, self.ranges)
        if node.name == "b":
            return self._coefficient(kernel, index)
        dim = expression_at(node.args[1] if len(node.args) == 2 else Name("d"), None, self.ranges)
        value = self._eigenvalue(kernel, index, dim)
        if node.name == "mu" or value.exact:
            return value
        return _Like(value.expression * (2 * index + dim - 1) / (dim - 1), False)

    def _eigenvalue(self, kernel: Kernel | DepthFamily, index: sp.Expr, dim: sp.Expr) -> _Like:
        if self.variable == k or self.variable == n:
            _check_moving(index, self.variable)
            if self.variable in dim.free_symbols:
                raise NotSymbolic("degree and dimension move at once")
            return self._as_degree_grows(kernel, index, dim)
        if self.variable != d or dim != d or d in index.free_symbols:
            raise NotSymbolic("as d -> oo the dimension must be d, the degree fixed")
        if nonnegative_from(shallowest(kernel)) != 0:
            raise NotSymbolic(f"the coefficients b_n of {kernel!r} are not certainly >= 0")
        if index.is_Integer and not isinstance(kernel, DepthFamily):
            return self._fixed_degree(kernel, int(index))
        return self._any_degree(kernel, index)

    def _as_degree_grows(self, kernel: Kernel | DepthFamily, index: sp.Expr, dim: sp.Expr) -> _Like:
        if not isinstance(kernel, DepthFamily):
            try:
                check_admissible(kernel, self._least_dim(dim))
            except Inadmissible as error:
                raise NotSymbolic(str(error)) from None
        parity = self._parity(index)
        last = _last_degree(kernel, parity)
        if last < inf:
            return self._zero_above(last, index)
        leading, evidence, source, proof = _degree_leading(kernel, int(dim) if dim.is_Integer else None)[parity]
        if leading == 0:
            raise NotSymbolic("every term of the law vanishes for this parity")
        law = f"mu(k) ~ {grammar_text(leading)} for {('even', 'odd')[parity]} k"
        self._note(law, evidence, source, proof if index == k else None)
        size = without_sign(leading)
        self.signs_change |= size != leading
        moved = size.subs({k: index, d: dim}, simultaneous=True)
        return _Like(self.hypergeometric(moved), False)

    def _least_dim(self, dim: sp.Expr) -> int:
        """The least dimension of the ranges: a kernel that is not integrable there has no mu."""
        ends = [
            {INTEGER_SYMBOLS[w.name]: end for w in self.ranges if (end := w.most if last else w.least) is not None}
            for last in (False, True)
        ]
        values = [dim.subs(at) for at in ends]
        return max(1, min((int(value) for value in values if value.is_Integer), default=1))

    def _zero_above(self, last: float, index: sp.Expr) -> _Like:
        """0 for every index above `last`, and so from some value of the limit variable on."""
        slope = sp.expand(index).coeff(self.variable)
        shift = sp.expand(index - slope * self.variable)
        self.least = max(self.least, int(sp.floor((last - shift) / slope)) + 1)
        return _Like(sp.Integer(0), True)

    def _fixed_degree(self, kernel: Kernel, degree: int) -> _Like:
        if degree < 0:
            raise NotSymbolic(f"mu({degree}) is undefined")
        if degree > degree_bounds(kernel)[degree % 2]:
            return _Like(sp.Integer(0), True)
        leading, evidence, source = _dimension_leading(kernel, degree)
        if leading == 0:
            raise NotSymbolic("every term of the law vanishes")
        proof = dimension_proof(kernel, sp.Integer(degree), self.ranges)
        self._note(f"mu({degree}) ~ {grammar_text(leading)}", evidence, PROVED_SERIES if proof else source, proof)
        return _Like(self.hypergeometric(leading), False)

    def _any_degree(self, kernel: Kernel | DepthFamily, index: sp.Expr) -> _Like:
        """mu_k ~ k! b_k d^(-k) with b_k > 0, which needs no value."""
        self._check_positive(kernel, index)
        proof = dimension_proof(kernel, index, self.ranges)
        self._note(
            "mu(k) ~ Gamma(k+1)*b(k)*d**(-k)", Evidence.CHECKED, PROVED_SERIES if proof else POSITIVE_SOURCE, proof
        )
        return _Like(sp.gamma(index + 1) * self._named_coefficient(kernel, index) * d ** (-index), False)

    def _named_coefficient(self, kernel: Kernel | DepthFamily, index: sp.Expr) -> sp.Expr:
        """b_k > 0 in closed form, else as exp(log b_k), whose value is not needed."""
        piece, parity = maclaurin(kernel), self._parity(index)
        least = index.subs({INTEGER_SYMBOLS[w.name]: w.least for w in self.ranges})
        if piece is not None and least >= piece.start[parity]:
            return piece.generic[parity].subs(n, index)
        return sp.exp(sp.Symbol(f"log(b({index}))", real=True))

    def _check_positive(self, kernel: Kernel | DepthFamily, index: sp.Expr) -> None:
        parity = self._parity(index)
        start = positive_from(shallowest(kernel))[parity]
        least = index.subs({INTEGER_SYMBOLS[w.name]: w.least for w in self.ranges})
        slopes = [sp.expand(index).coeff(s) for s in index.free_symbols]
        if start is None or not all(s.is_positive for s in slopes) or least < start:
            raise NotSymbolic(f"it is not known that every b_n of {kernel!r} is positive")

    def _coefficient(self, kernel: Kernel | DepthFamily, index: sp.Expr) -> _Like:
        if index.is_Integer:
            if index < 0:
                raise NotSymbolic(f"b({index}) is undefined")
            if isinstance(kernel, DepthFamily):  # no value for every L is known, but its sign may be
                self._check_positive(kernel, index)
                return _Like(self._named_coefficient(kernel, index), False)
            value = expansion_at(kernel, 0, int(index) + 1).coefficient(Fraction(int(index)))
            return _Like(self.hypergeometric(value), True)
        if self.variable not in index.free_symbols:
            self._check_positive(kernel, index)
            return _Like(self._named_coefficient(kernel, index), False)
        _check_moving(index, self.variable)
        parity = self._parity(index)
        last = _last_degree(kernel, parity)
        if last < inf:
            return self._zero_above(last, index)
        leading = coefficient_law(kernel)[parity]
        if leading == 0:
            raise NotSymbolic("every term of the law vanishes for this parity")
        law = f"b(n) ~ {grammar_text(leading)} for {('even', 'odd')[parity]} n"
        self._note(law, Evidence.CHECKED, TRANSFER_SOURCE)
        return _Like(self.hypergeometric(leading.subs(n, index)), False)

    def _parity(self, index: sp.Expr) -> int:
        return parity_of(index, self.ranges.parities)

    def _note(self, law: str, evidence: Evidence, source: str, proof: Proof | None = None) -> None:
        """`evidence` is that of a verdict which uses the law without a replayed step."""
        self.proofs.append(proof)
        self.laws.append(law)
        self.evidence.append(evidence)
        self.sources.append(source)


def _last_degree(kernel: Kernel | DepthFamily, parity: int) -> float:
    """The degree beyond which all mu_k and b_k of a parity are 0; of all depths at once there is none."""
    return inf if isinstance(kernel, DepthFamily) else degree_bounds(kernel)[parity]


def _is_term(constant: sp.Expr) -> bool:
    """Whether a constant is one product of rationals, pi, E, powers and Gammas."""
    try:
        return len(normalize(constant)) <= 1
    except NotHypergeometric:
        return False


def _check_moving(index: sp.Expr, variable: sp.Symbol) -> None:
    """The index must grow with the limit variable alone: c*v + integer, c > 0."""
    slope = sp.expand(index).coeff(variable)
    rest = sp.expand(index - slope * variable)
    if not (slope.is_Integer and slope > 0 and rest.is_Integer):
        raise NotSymbolic(f"the index {index} is not of the form c*{variable} + integer")


def _from_growth(size: Growth, constant: sp.Expr, variable: sp.Symbol) -> sp.Expr:
    power = variable ** (size.exponent + size.superexponential * variable)
    other = sp.Add(*(c * variable**p * sp.log(variable) ** q for (p, q), c in size.beyond))
    return constant * power * sp.exp(size.rate * variable + other)


@lru_cache(maxsize=64)
def _degree_leading(
    kernel: Kernel | DepthFamily, dim: int | None
) -> tuple[tuple[sp.Expr, Evidence, str, Proof | None], ...]:
    """The leading terms of mu_k for even and odd k, with evidence, source and proof."""
    if isinstance(kernel, DepthFamily) and kernel.least_depth < 3:
        raise NotSymbolic("mu(k) of depth 1 and 2 has other laws than that of greater depth")
    try:
        law = certified(decay(kernel, "k", dim))
    except (Unable, Inadmissible) as error:
        raise NotSymbolic(f"no law of mu(k) as k -> oo: {error}") from None
    found = {}
    for branch in law.law:
        where = branch.ranges.named("k")
        proof = branch.proof if branch.proof is not None and branch.proof.conclusion.rule == "end-law" else None
        for parity in (0, 1) if where.parity is None else (where.parity,):
            found[parity] = (branch.leading, _unreplayed(law, branch), law.source, proof)
    return found[0], found[1]


def _unreplayed(law: Law, branch: LawBranch | None = None) -> Evidence:
    """The evidence of what is made of a law without a replayed step: at most that of its remainder."""
    if law.evidence is not Evidence.PROVED:
        return law.evidence
    return Evidence.CERTIFIED if branch is not None and branch.certificate is not None else Evidence.CHECKED


@lru_cache(maxsize=256)
def _dimension_leading(kernel: Kernel, degree: int) -> tuple[sp.Expr, Evidence, str]:
    try:
        law = certified(decay(kernel, "d", degree=degree))
    except (Unable, Inadmissible) as error:
        raise NotSymbolic(f"no law of mu({degree}) as d -> oo: {error}") from None
    return law.law[0].leading, _unreplayed(law), law.source
