"""Statement -> verdict: does it hold, on what evidence, and if not, where does it fail?

First instances: one certified counterexample settles FAILS. Then the symbolic meaning, case by case
(`theory.meaning`): identities by normal form, inequalities by ladders, orders of growth by limits.
Every HOLDS or FAILS called `proved` carries steps that the checker has replayed.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import chain, product
from typing import Any

import sympy as sp
from flint import arb

from theory.asymptotics import Outcome, as_variable_grows, uniformly
from theory.decimals import round_significant
from theory.definedness import Judge, critical_points
from theory.formula import Call, unparse, uses_kernel, variables, walk
from theory.hypergeometric import NotHypergeometric
from theory.instances import TooLarge, Undefined, Value, as_ball, evaluate
from theory.meaning import Case, NotSymbolic, expression_at, meaning, splits
from theory.link import NotDerived, derived_spectrum, meaning_steps
from theory.precision import Enclosure, NotCertified
from theory.proof import RULES, Proof, Refused, Step, check
from theory.relations import equality, inequality
from theory.statement import UNIFORMLY, Statement
from theory.truth import Evidence, Truth

INSTANCE_VALUES = {"k": 9, "n": 9, "d": 5, "L": 4}
FAR_VALUES = (24, 25, 60, 61)
T_VALUES = tuple(Fraction(i, 8) for i in range(-8, 9))
DIGITS = 30
SECONDS = 60.0
MAX_PEELED = 3
UNABLE = (NotSymbolic, NotHypergeometric, NotDerived, Refused, sp.PolynomialError, RecursionError)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is known of a statement; `proof` is replayable, `why` is for people."""

    truth: Truth
    evidence: Evidence | None
    scope: str
    why: str
    counterexample: dict[str, Any] | None = None
    proof: Proof | None = None
    theorems: tuple[str, ...] = ()


def decide(statement: Statement, seconds: float = SECONDS) -> Verdict:
    """Decide a statement.

    >>> from theory.statement import parse_statement
    >>> decide(parse_statement("mu(k) = 0", "NTK(depth=2)", ["k odd", "k >= 3"])).truth
    <Truth.HOLDS: 'HOLDS'>
    >>> decide(parse_statement("mu(k) = 0", "NTK(depth=2)", ["k odd"])).counterexample
    {'k': 1, 'd': 1, 'left': '1/2', 'right': '0'}
    """
    deadline = time.monotonic() + seconds
    tested = 0
    if not statement.is_asymptotic:
        refuted, tested = _refute(statement, deadline)
        if refuted is not None:
            return refuted
        if _is_finite(statement):
            return _all_instances(statement, tested)
    try:
        return _conclude(statement, _outcomes(statement), tested)
    except UNABLE as error:
        return Verdict(Truth.UNDECIDED, None, statement.scope, f"{error}; {_instances_text(tested)}")


def _outcomes(statement: Statement) -> list[tuple[Case, Outcome]]:
    """The outcome on every part of the ranges; finitely many values of a limit variable do not matter."""
    found = []
    limit = statement.limit[0] if isinstance(statement.limit, tuple) else None
    for ranges in splits(statement):
        if not any(w.name == limit and w.most == w.least for w in ranges):
            found += _with_peeling(statement, ranges)
    return found


def _with_peeling(
    statement: Statement, ranges: tuple[Range, ...], left: int = MAX_PEELED
) -> list[tuple[Case, Outcome]]:
    """Decide one part; where that fails, its first index on its own and the rest again.

    Signs such as that of (k-1) are certain only from some index on.
    """
    case = meaning(statement, ranges)
    outcome = _decide_case(statement, case)
    doubt = Judge(statement, ranges).doubt() if outcome.truth is Truth.HOLDS else None
    if doubt is not None:
        outcome = Outcome(Truth.UNDECIDED, doubt)
    limit = statement.limit[0] if isinstance(statement.limit, tuple) else None
    names = ("k", "n") if limit is None else ("k", "n", "d")
    moving = next((w for w in ranges if w.name in names and w.name != limit and w.most is None), None)
    if outcome.truth is not Truth.UNDECIDED or left == 0 or moving is None:
        return [(case, outcome)]
    parts = [tuple(part if w is moving else w for w in ranges) for part in moving.peeled()]
    alone = _with_peeling(statement, parts[0], 0)
    return alone + _with_peeling(statement, parts[1], left - 1)


def _decide_case(statement: Statement, case: Case) -> Outcome:
    if statement.limit == UNIFORMLY:
        return uniformly(case, statement.relation)
    if isinstance(statement.limit, tuple):
        name = statement.limit[0]
        if name == "t":
            raise NotSymbolic("limits in t are decided by endpoint series")
        return as_variable_grows(case, statement.relation, name)
    if statement.relation == "=":
        return equality(case)
    if statement.relation == "!=":
        outcomes = [inequality(case, relation) for relation in ("<", ">")]
        return next((o for o in outcomes if o.truth is Truth.HOLDS), outcomes[0])
    return inequality(case, statement.relation)


def _conclude(statement: Statement, outcomes: list[tuple[Case, Outcome]], tested: int) -> Verdict:
    """One failing case refutes; one undecided case leaves the whole undecided."""
    bad = next(((c, o) for c, o in outcomes if o.truth is Truth.FAILS), None)
    open_ = next(((c, o) for c, o in outcomes if o.truth is Truth.UNDECIDED), None)
    if bad is None and open_ is not None:
        case, outcome = open_
        why = f"{outcome.law} for {_ranges_text(case)}; {_instances_text(tested)}"
        return Verdict(Truth.UNDECIDED, None, statement.scope, why)
    chosen = [bad] if bad is not None else outcomes
    proof, theorems = _replayed(statement, chosen)
    laws = "; ".join(dict.fromkeys(f"{o.law} for {_ranges_text(c)}" for c, o in chosen))
    if bad is None:
        return Verdict(Truth.HOLDS, Evidence.PROVED, statement.scope, laws, None, proof, theorems)
    case, outcome = bad
    counterexample: dict[str, Any] = {"law": laws}
    if outcome.at is not None and not statement.is_asymptotic:
        counterexample = _counterexample(statement, outcome.at) or counterexample
    elif outcome.at is not None:
        counterexample = {**outcome.at, "law": laws}
    return Verdict(Truth.FAILS, Evidence.PROVED, statement.scope, laws, counterexample, proof, theorems)


def _ranges_text(case: Case) -> str:
    return ", ".join(map(repr, case.ranges)) or "all t"


def _replayed(statement: Statement, outcomes: list[tuple[Case, Outcome]]) -> tuple[Proof | None, tuple[str, ...]]:
    """The derivation of the kernel, what each mu of each case means by it, the case's own steps."""
    steps: list[Step] = []
    theorems: list[str] = []
    facts: dict[str, Step] = {}
    origin = None
    if statement.kernel is not None and (uses_kernel(statement.left) or uses_kernel(statement.right)):
        origin = derived_spectrum(statement.kernel)
        theorems += origin.theorems
        steps += origin.steps
        facts = {step.name: step for step in origin.steps}
    for number, (case, outcome) in enumerate(outcomes):
        for step in _meaning(statement, case, origin) if origin is not None else ():
            RULES[step.rule](step, facts)
            steps.append(replace(step, name=f"{step.name}#{number}"))
        if outcome.steps:
            theorems += check(Proof(f"case {number}", outcome.steps))
            steps += [replace(step, name=f"{step.name}#{number}", uses=tuple(f"{u}#{number}" for u in step.uses))
                      for step in outcome.steps]  # fmt: skip
    return (Proof(statement.text, tuple(steps)) if steps else None), tuple(dict.fromkeys(theorems))


def _meaning(statement: Statement, case: Case, origin: Proof) -> list[Step]:
    """That every mu(K) of the statement is, on the case, the closed form that was put in for it."""
    name = origin.conclusion.left.args[0]
    steps: dict[str, Step] = {}
    for node in (*walk(statement.left), *walk(statement.right)):
        if isinstance(node, Call) and node.name in ("mu", "a") and len(node.args) == 1:
            alone = Call("mu", node.args)
            spoken, closed = (expression_at(alone, kernel, case.ranges) for kernel in (name, statement.kernel))
            found = meaning_steps(f"meaning of {unparse(alone)}", spoken, closed, case.ranges, origin)
            steps |= {step.name: step for step in found}
    return list(steps.values())


def _is_finite(statement: Statement) -> bool:
    """Whether the assignments tried are all there are."""
    names = variables(statement.left) | variables(statement.right)
    if "t" in names:
        return False
    return all(w.most is not None and len(w.values(100)) <= INSTANCE_VALUES[w.name] for w in statement.ranges)


def _all_instances(statement: Statement, tested: int) -> Verdict:
    """Every instance was compared and none refuted; balls that overlap decide nothing."""
    undecided = [at for at in _assignments(statement) if not _certainly_holds(statement, at)]
    if undecided:
        where = f" at {_point(undecided[0])}" if undecided[0] else ""
        why = f"the sides agree to {DIGITS} digits or cannot be compared{where}: a ball never proves an equality"
        exact = _exact_cases(statement)
        return exact or Verdict(Truth.UNDECIDED, None, statement.scope, why)
    return Verdict(Truth.HOLDS, Evidence.CERTIFIED, statement.scope, f"all {tested} instances compared")


def _certainly_holds(statement: Statement, at: dict[str, Fraction | int]) -> bool:
    try:
        return _compare_at(statement, at) is Truth.HOLDS
    except (TooLarge, NotCertified, NotSymbolic):
        return False


def _exact_cases(statement: Statement) -> Verdict | None:
    try:
        verdict = _conclude(statement, _outcomes(statement), 0)
    except UNABLE:
        return None
    return None if verdict.truth is Truth.UNDECIDED else verdict


def _assignments(statement: Statement) -> list[dict[str, Fraction | int]]:
    """Small assignments first, then a few far ones."""
    names = [w.name for w in statement.ranges]
    values = [w.values(INSTANCE_VALUES[w.name]) for w in statement.ranges]
    if "t" in variables(statement.left) | variables(statement.right):
        names, values = [*names, "t"], [*values, list(T_VALUES)]
    near = [dict(zip(names, point, strict=True)) for point in product(*values)]
    near.sort(key=lambda at: sum(abs(v) for v in at.values()))
    far = []
    for index, where in enumerate(statement.ranges):
        for value in FAR_VALUES:
            inside = value > where.least and (where.parity is None or value % 2 == where.parity)
            if inside and (where.most is None or value <= where.most):
                far.append({name: value if i == index else v[0]
                            for i, (name, v) in enumerate(zip(names, values, strict=True))})  # fmt: skip
    return near + far


def _refute(statement: Statement, deadline: float) -> tuple[Verdict | None, int]:
    tested, seen = 0, []
    for at in chain(_assignments(statement), critical_points(statement)):
        if time.monotonic() > deadline:
            break
        if at in seen:
            continue
        seen.append(at)
        try:
            truth = _compare_at(statement, at)
        except Undefined as error:
            counterexample = {**_shown(at), "left": f"undefined at {_point(at)}", "right": str(error)}
            why = f"undefined at {_point(at)}: {error}; {_hint(at, str(error))}"
            return Verdict(Truth.FAILS, Evidence.CERTIFIED, statement.scope, why, counterexample), tested
        except (TooLarge, NotCertified, NotSymbolic, RecursionError):
            continue
        tested += 1
        if truth is Truth.FAILS:
            counterexample = _counterexample(statement, at)
            sides = f"the left side is {counterexample['left']}, the right side {counterexample['right']}"
            why = f"at {_point(at)} {sides}"
            return Verdict(Truth.FAILS, Evidence.CERTIFIED, statement.scope, why, counterexample), tested
    return None, tested


def _compare_at(statement: Statement, at: dict[str, Fraction | int]) -> Truth:
    """The relation at one assignment, by exact numbers or disjoint balls."""
    left, right = (evaluate(side, at, statement.kernel, DIGITS) for side in (statement.left, statement.right))
    return compare(left, right, statement.relation)


def compare(left: Value, right: Value, relation: str) -> Truth:
    """left relation right for two numbers; balls that overlap are UNDECIDED.

    >>> compare(Fraction(1), Fraction(2), "<=")
    <Truth.HOLDS: 'HOLDS'>
    """
    if isinstance(left, Fraction) and isinstance(right, Fraction):
        holds: Callable[[], bool] = {
            "=": lambda: left == right, "!=": lambda: left != right, "<": lambda: left < right,
            ">": lambda: left > right, "<=": lambda: left <= right, ">=": lambda: left >= right,
        }[relation]  # fmt: skip
        return Truth.HOLDS if holds() else Truth.FAILS
    a, b = as_ball(left), as_ball(right)
    less, more = bool(a < b), bool(a > b)
    if not less and not more:
        return Truth.UNDECIDED
    return Truth.HOLDS if relation == "!=" or less == relation.startswith("<") and relation != "=" else Truth.FAILS


def _counterexample(statement: Statement, at: dict[str, Fraction | int]) -> dict[str, Any] | None:
    try:
        sides = [evaluate(side, at, statement.kernel, DIGITS) for side in (statement.left, statement.right)]
    except (Undefined, TooLarge, NotCertified):
        return {**_shown(at), "left": f"undefined at {_point(at)}", "right": ""}
    return {**_shown(at), "left": value_text(sides[0]), "right": value_text(sides[1])}


def value_text(value: Value) -> str:
    """An exact rational in full where short, else a decimal of 20 digits."""
    if isinstance(value, Fraction):
        return str(value) if len(str(value)) <= 40 else round_significant(value, 20)
    enclosure = Enclosure.of(value)
    return (enclosure.decimal(20) or enclosure.decimal(6) or (f"{arb(value)}",))[0]


def _shown(at: dict[str, Fraction | int]) -> dict[str, Any]:
    return {name: value if isinstance(value, int) else str(value) for name, value in at.items()}


def _point(at: dict[str, Fraction | int]) -> str:
    return ", ".join(f"{name}={value}" for name, value in at.items())


def _hint(at: dict[str, Fraction | int], why: str) -> str:
    named = (n for n in ("k", "n", "d") if n in at and f"{n}=" in why)
    name = next(named, next((n for n in at if n != "t"), None))
    return f"add {name} >= {at[name] + 1}" if name else "no value exists"


def _instances_text(tested: int) -> str:
    return f"no counterexample among {tested} certified instances" if tested else "no instance was compared"
