"""Proofs as data, and the checker that replays them.

A proof is a sequence of steps; each states a relation for all values in its ranges, names the rule
it follows by and the earlier steps it uses. The checker believes no step: it runs the rule's own
test (`theory.rules`), which shares no code with whatever found the step, and refuses a proof at
its first bad step. Every step must be a relation of the kind its rule proves, over ranges that are
not empty, with both sides defined there. A step that leans on a theorem names it; the theorem's hypotheses are tested by
the same rule.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import sympy as sp

from theory.domain import LEAST, defined, inside, range_in
from theory.formal import GegenbauerCoefficient, Moment, Mu, Range, phi, r, t, theta
from theory.truth import Unable

ANGLES_AND_LENGTHS = {theta, phi, r, t}
INEQUALITY = (sp.StrictGreaterThan, sp.GreaterThan, sp.StrictLessThan, sp.LessThan)


class Malformed(ValueError):
    """A step that the test of its rule cannot read. It proves nothing; where we made it ourselves it is a fault."""


class Refused(Unable):
    """A step does not follow by its rule."""


@dataclass(frozen=True, slots=True)
class Theorem:
    """A cited theorem: what it says and where it stands."""

    name: str
    says: str
    reference: str


@dataclass(frozen=True, slots=True)
class Step:
    """`statement` (a SymPy relation) for all values in `ranges`, by `rule` from the steps `uses`.

    `data` is what the rule needs beyond the statement, such as an antiderivative.
    """

    name: str
    statement: sp.Rel
    rule: str
    uses: tuple[str, ...] = ()
    data: Any = None
    ranges: tuple[Range, ...] = ()

    @property
    def left(self) -> sp.Expr:
        """Left side."""
        return self.statement.args[0]

    @property
    def right(self) -> sp.Expr:
        """Right side."""
        return self.statement.args[1]


@dataclass(frozen=True, slots=True)
class Proof:
    """Steps in order; the conclusion is the last step's statement."""

    title: str
    steps: tuple[Step, ...]
    theorems: tuple[str, ...] = field(default=())

    def __repr__(self) -> str:
        """Title, length and conclusion; `proof_text` writes every step."""
        return f"{self.title}: {len(self.steps)} steps; {_relation_text(self.conclusion)}"

    @property
    def conclusion(self) -> Step:
        """The last step."""
        return self.steps[-1]

    def step(self, name: str) -> Step:
        """A step by its name."""
        return next(s for s in self.steps if s.name == name)


Facts = Mapping[str, Step]
RuleCheck = Callable[[Step, Facts], None]
RULES: dict[str, RuleCheck] = {}
RULE_SAYS: dict[str, str] = {}
CITED_BY_RULE: dict[str, str] = {}

THEOREMS = {
    theorem.name: theorem
    for theorem in (
        Theorem(
            "polar-gaussian",
            "The projection of a standard normal vector on a plane is standard normal; in polar coordinates "
            "its density is exp(-r^2/2) r dr dphi / (2 pi).",
            "Cho and Saul 2009, appendix A",
        ),
        Theorem(
            "mehler",
            "E[f(u) f(v)] = sum_n h_n^2 t^n for f in L^2 with Hermite coefficients h_n and standard normal u, v "
            "of correlation t in [-1, 1].",
            "O'Donnell 2014, Analysis of Boolean Functions, proposition 11.31",
        ),
        Theorem(
            "price",
            "d/dt E[f(u) f(v)] = E[f'(u) f'(v)] for standard normal u, v of correlation t, |t| < 1, f absolutely "
            "continuous with f and f' in L^2.",
            "Price 1958, IRE Transactions on Information Theory 4, 69-72",
        ),
        Theorem(
            "orthogonality",
            "E[t^i P_k] = 0 for i < k under the probability density proportional to (1-t^2)^((d-2)/2).",
            "DLMF 18.2.1, table 18.3.1",
        ),
        Theorem(
            "funk-hecke",
            "Every harmonic of degree k is an eigenfunction of a zonal kernel, with eigenvalue E[kappa(t) P_k(t)].",
            "Mueller 1998, Analysis of Spherical Symmetries, theorem 1.4.2",
        ),
        Theorem(
            "gauss-summation",
            "2F1(a,b;c;1) = Gamma(c)Gamma(c-a-b)/(Gamma(c-a)Gamma(c-b)) if c-a-b > 0.",
            "DLMF 15.4.20",
        ),
        Theorem(
            "stirling",
            "Gamma(v+b) ~ sqrt(2 pi) v^(v+b-1/2) e^(-v) as v -> oo, b fixed.",
            "DLMF 5.11.7",
        ),
        Theorem(
            "end-singularities",
            "Let kappa be smooth on (-1, 1) with kappa(1-u) = p(u) + c u^nu + o(u^nu), kappa(-1+u) = q(u) + c' u^nu "
            "+ o(u^nu), p and q polynomials, nu > 0 no integer, expansions that may be differentiated. If "
            "c + (-1)^k c' = 0 for k of one parity, then mu_k = o(k^(-d-2nu)) for those k; the eigenvalue of (1-t)^nu is "
            "Gamma((d+1)/2)/sqrt(pi) 2^(nu+d-1) Gamma(nu+d/2)/Gamma(-nu) Gamma(k-nu)/Gamma(k+nu+d).",
            "Bietti and Bach 2021, theorem 7; the eigenvalue by Rodrigues' formula",
        ),
        Theorem(
            "gaussian-mixtures",
            "exp(-c r^g), c > 0 and 0 < g <= 2, and the Matern kernels are means of exp(-a r^2) over a > 0.",
            "Schoenberg 1938, Annals of Mathematics 39, theorem 3 and section 5; Stein 1999, section 2.7, for Matern",
        ),
        Theorem(
            "dimension-walk",
            "The eigenvalue of degree k on S^(d+2) is (d+1)/(2k+d+1) (mu_k - mu_{k+2}), with mu_k and mu_{k+2} on S^d.",
            "DLMF 18.9.7, with P_k(1) = 1",
        ),
        Theorem(
            "mercer-trace",
            "kappa(1) is the sum of N(d,k) mu_k over all k, for a continuous kernel without a negative eigenvalue.",
            "Mercer 1909; addition formula, Mueller 1998, theorem 1.2.6",
        ),
        Theorem(
            "tannery",
            "The limit of a sum is the sum of the limits of its terms, if a convergent series bounds them all.",
            "Tannery 1886; dominated convergence for sums",
        ),
        Theorem(
            "abel-dominated",
            "A power series with nonnegative coefficients whose sum is bounded on [0,1) converges uniformly on [-1,1].",
            "Abel; Weierstrass M-test",
        ),
    )
}


def rule(
    name: str, says: str, cites: str | None = None, relation: type | tuple[type, ...] = sp.Eq, bounds: bool = False
) -> Callable[[RuleCheck], RuleCheck]:
    """Register the test of a rule; `cites` names the theorem that every step by it leans on,
    `relation` is the kind of statement that it proves; `bounds` says that its test looks at the relation
    of every step that is used, so that an equation may follow from inequalities."""

    def register(test: RuleCheck) -> RuleCheck:
        def guarded(step: Step, facts: Facts) -> None:
            _check_form(step, relation)
            try:
                equations = all(isinstance(facts[used].statement, sp.Eq) for used in step.uses)
                if relation is sp.Eq and not bounds and not equations:
                    raise Refused("an equation follows from equations only")
                test(step, facts)
                if relation is sp.Eq and not _defined_on_ranges(step):
                    raise Refused("a side may be undefined on the ranges")
            except (Unable, sp.PolynomialError) as error:
                raise Refused(str(error)) from error
            except Exception as error:  # a step that its test cannot even read proves nothing
                raise Malformed(f"malformed: {type(error).__name__}: {error}") from error

        RULES[name], RULE_SAYS[name] = guarded, says
        if cites:
            CITED_BY_RULE[name] = THEOREMS[cites].name
        return test

    return register


def _defined_on_ranges(step: Step) -> bool:
    """Functions of t and of angles are defined by the rules that make them."""
    if step.statement.free_symbols & ANGLES_AND_LENGTHS:
        return True
    return all(defined(side, step.ranges) for side in step.statement.args)


def _check_form(step: Step, relation: type | tuple[type, ...]) -> None:
    """A relation of the right kind between finite expressions, over ranges that make sense."""
    if not isinstance(step.statement, relation):
        wanted = "an equation" if relation is sp.Eq else "an inequality" if relation is INEQUALITY else "a relation"
        raise Refused(f"{wanted} is needed, got {step.statement}")
    if step.statement.has(sp.nan, sp.zoo):
        raise Refused("the statement is undefined")
    names = [w.name for w in step.ranges]
    if len(set(names)) != len(names) or not set(names) <= set(LEAST):
        raise Refused(f"the ranges must be of different variables among {', '.join(LEAST)}")
    for where in step.ranges:
        if where.is_empty() or where.least < LEAST[where.name]:
            raise Refused(f"{where!r} is empty or goes below {LEAST[where.name]}")


def covers(fact: Step, ranges: tuple[Range, ...], but: str | None = None) -> bool:
    """Whether a fact holds on the ranges, the variable `but` left aside.

    A range of a variable that the fact does not mention says nothing; eigenvalues and moments
    depend on d though they do not show it.
    """
    mentioned = {symbol.name for symbol in fact.statement.free_symbols}
    mentioned |= {"d"} if fact.statement.has(Mu, Moment, GegenbauerCoefficient) else set()
    return all(inside(range_in(ranges, w.name), w) for w in fact.ranges if w.name in mentioned - {but})


def check(proof: Proof) -> tuple[str, ...]:
    """Replay a proof; the names of the theorems it cites. Raises Refused at the first bad step."""
    facts: dict[str, Step] = {}
    cited: list[str] = []
    for step in proof.steps:
        check_step(step, facts, proof.title)
        facts[step.name] = step
        if step.rule in CITED_BY_RULE and CITED_BY_RULE[step.rule] not in cited:
            cited.append(CITED_BY_RULE[step.rule])
    return tuple(cited)


def check_step(step: Step, facts: Facts, title: str) -> None:
    """Replay one step from earlier ones. Raises Refused or Malformed, with the title and the step's name."""
    import theory.rules  # noqa: F401  (registers the rules)

    if step.rule not in RULES:
        raise Refused(f"{title}, step {step.name}: unknown rule {step.rule}")
    missing = [name for name in step.uses if name not in facts]
    if missing or step.name in facts:
        raise Refused(f"{title}, step {step.name}: uses {missing or step.name} out of order")
    try:
        RULES[step.rule](step, facts)
    except Malformed as error:
        raise Malformed(f"{title}, step {step.name} by {step.rule}: {error}") from error
    except Refused as error:
        raise Refused(f"{title}, step {step.name} by {step.rule}: {error}") from error


def extended(base: Proof, *steps: Step, title: str = "") -> Proof:
    """A proof that was replayed before, with further steps, which alone are replayed. Raises Refused."""
    facts = {step.name: step for step in base.steps}
    for step in steps:
        check_step(step, facts, title or base.title)
        facts[step.name] = step
    cited = (*base.theorems, *(CITED_BY_RULE[step.rule] for step in steps if step.rule in CITED_BY_RULE))
    return Proof(title or base.title, (*base.steps, *steps), tuple(dict.fromkeys(cited)))


def joined(title: str, parts: Sequence[tuple[str, Sequence[Step]]]) -> Proof:
    """One proof of the steps of several; what they share stands once, what is of the same name gets its part's tag.

    >>> one, two = (Step("s", sp.Eq(t, n, evaluate=False), "r") for n in (1, 2))
    >>> [step.name for step in joined("", [("@1", [one]), ("@2", [one]), ("@3", [two])]).steps]
    ['s', 's@3']
    """
    known: dict[str, Step] = {}
    for tag, steps in parts:
        renamed: dict[str, str] = {}
        for step in steps:
            own = replace(step, uses=tuple(renamed.get(used, used) for used in step.uses))
            if known.get(own.name) == own:
                continue
            if own.name in known:
                renamed[step.name] = f"{step.name}{tag}"
                own = replace(own, name=renamed[step.name])
            known[own.name] = own
    return Proof(title, tuple(known.values()))


def proof_text(proof: Proof) -> str:
    """The proof as numbered lines of plain text."""
    lines = [proof.title]
    for number, step in enumerate(proof.steps, 1):
        where = f"   for {', '.join(map(repr, step.ranges))}" if step.ranges else ""
        uses = f" from {', '.join(step.uses)}" if step.uses else ""
        lines += [f"{number:3}. [{step.name}] {_relation_text(step)}{where}", f"       by {step.rule}{uses}: "
                  f"{RULE_SAYS.get(step.rule, '')}"]
    cited = [THEOREMS[name] for name in check(proof)]
    lines += [f"Cited: {theorem.says} ({theorem.reference})" for theorem in cited]
    return "\n".join(lines)


def _relation_text(step: Step) -> str:
    symbol = {"Equality": "="}.get(type(step.statement).__name__, step.statement.rel_op)
    return f"{step.left} {symbol} {step.right}"


def proof_latex(proof: Proof) -> str:
    """The proof as a LaTeX enumerate environment."""
    check(proof)
    lines = [r"\begin{enumerate}"]
    for step in proof.steps:
        uses = f" from {', '.join(step.uses)}" if step.uses else ""
        ranges = r",\ ".join(map(_range_latex, step.ranges))
        where = f" for ${ranges}$" if ranges else ""
        body = sp.latex(step.statement)
        lines.append(rf"  \item[\texttt{{{_escape(step.name)}}}] $\displaystyle {body}${where}")
        lines.append(rf"    \hfill (\emph{{{_escape(step.rule + uses)}}})")
    return "\n".join([*lines, r"\end{enumerate}"])


def _range_latex(r: Range) -> str:
    parity = "" if r.parity is None else (r"\text{ even}", r"\text{ odd}")[r.parity]
    if r.most == r.least:
        return f"{r.name} = {r.least}"
    upper = "" if r.most is None else rf" \le {r.most}"
    return (rf"{r.least} \le {r.name}{upper}" if upper else rf"{r.name} \ge {r.least}") + parity


def _escape(text: str) -> str:
    return text.replace("\\", "").replace("_", r"\_")
