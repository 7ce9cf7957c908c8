"""From what was found on the parts of a statement's ranges to a proof of the statement as it is written.

    the statement -> both sides read on each part -> closed forms put in -> the relation on the part -> the whole

What is built here is believed by nobody: each step is replayed by its rule (`theory.proofs.rules.stated`,
`theory.proofs.rules.verdicts`), which share nothing with the code that decided.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import sympy as sp

from theory.derivations.derived_spectrum import derived_spectrum
from theory.derivations.one_hidden_layer import NotDerived
from theory.kernels import Multiple
from theory.kernels.depth_families import DepthFamily
from theory.kernels.named import NamedKernels
from theory.language.formulas import uses_kernel
from theory.language.statement import Statement
from theory.proofs.check import check_step
from theory.proofs.rules.named_kernels import kernel_on
from theory.proofs.rules.reading import Reader
from theory.proofs.rules.stated import claim_of, place_of
from theory.proofs.rules.verdicts import value_from
from theory.proofs.steps import Proof, Refused, Step, joined
from theory.statements.outcome import UNABLE, Part
from theory.statements.proof_of_a_piece import Known, Piece
from theory.symbolic.expressions import Call, Name, unparse, walk
from theory.symbolic.objects import FAILS, HOLDS, STATED, Kappa, KernelName, Maclaurin, Mu, MuOn, Named, Range, Told
from theory.symbolic.ranges import Ranges

MAX_PEELED = 4


def statement_proof(
    stated: Statement, parts: Sequence[Part], holds: bool, ranges: Ranges | None
) -> tuple[Proof, tuple[str, ...]]:
    """The replayed proof that the statement holds on the ranges, or fails on one of the parts, and the theorems.

    `stated` is the statement as parsed, of which the parts may have been found in other words; without
    ranges the parts are proved, and nothing of the whole. Raises NotDerived where a step cannot be replayed.
    """
    if isinstance(stated.kernel, NamedKernels):
        raise NotDerived("no proof about several kernels is replayed")
    first = Step("stated", Told(claim_of(stated), STATED), "as-stated", (), stated, stated.ranges)
    tagged: list[tuple[str, tuple[Step, ...]]] = []
    theorems: list[str] = []
    for number, part in enumerate(parts):
        base, pieces, cited = _first_that_is_replayed(stated, part, holds, first)
        tagged += [(f"#{number}.{piece}", (first, *base, *steps)) for piece, steps in enumerate(pieces)]
        theorems += cited
    proof = joined(stated.text, tagged)
    if ranges is not None:
        proof = with_whole(stated, proof, _clipped(ranges, stated) if holds else stated.ranges, holds, "part")
    return proof, tuple(dict.fromkeys(theorems))


def with_whole(stated: Statement, proof: Proof, ranges: Ranges, holds: bool, rule: str) -> Proof:
    """The proof with the last step: that its steps by the rule, "part" or "whole", reach all of the ranges."""
    claim = Told(claim_of(stated), HOLDS if holds else FAILS)
    uses = [step.name for step in proof.steps if step.rule == rule and step.statement == claim]
    name = "conclusion" if set(ranges) == set(stated.ranges) else f"conclusion for {ranges.text}"
    facts = {step.name: step for step in proof.steps}
    if len(uses) == 1 and rule == "whole" and set(facts[uses[0]].ranges) == set(ranges):
        return proof
    step = Step(name, claim, "whole", ("stated", *uses), None, ranges)
    try:
        check_step(step, facts, stated.text)
    except Refused as error:
        raise NotDerived(str(error)) from None
    return replace(proof, steps=(*proof.steps, step))


def joined_proof(stated: Statement, proofs: Sequence[tuple[str, Proof]], ranges: Ranges | None) -> Proof:
    """The proofs for parts of the ranges, one after the other, and that together they reach all of them.

    Without ranges nothing is said of the whole. Raises NotDerived where a value is left out.
    """
    proof = joined(stated.text, [(tag, proof.steps) for tag, proof in proofs])
    return proof if ranges is None else with_whole(stated, proof, _clipped(ranges, stated), True, "whole")


def _clipped(ranges: Ranges, stated: Statement) -> Ranges:
    """What is known beyond the end of a range is told up to it."""
    return Ranges(w if w.most is not None else replace(w, most=stated.range(w.name).most) for w in ranges)


def _first_that_is_replayed(
    stated: Statement, part: Part, holds: bool, first: Step
) -> tuple[tuple[Step, ...], list[list[Step]], tuple[str, ...]]:
    """Steps that a part leans on, replayed before, the steps of its pieces, and the theorems that they cite."""
    doubt = ""
    for base, cited, expands in _bases(stated, part):
        try:
            return base, list(_of_part(stated, part, holds, first, base, expands)), cited
        except UNABLE as error:
            doubt = str(error)
    raise NotDerived(f"not replayed from the words on: {doubt}")


def _bases(stated: Statement, part: Part) -> Iterator[tuple[tuple[Step, ...], tuple[str, ...], bool]]:
    """(steps, theorems, whether formulas are put in): of two sides that are one expression none is needed."""
    outcome = part.outcome
    if outcome.whole is not None:
        yield outcome.whole.steps, outcome.whole.theorems, False
        return
    kernel = None
    if _needs_formula(stated):
        kernel = kernel_on(stated, _clipped(part.case.ranges, stated))
        while isinstance(kernel, Multiple):
            kernel = kernel.kernel
    if kernel is None or not outcome.steps:
        yield outcome.steps, part.theorems, False
    if kernel is not None and not isinstance(kernel, DepthFamily):
        origin = derived_spectrum(kernel)
        yield (*origin.steps, *outcome.steps), (*origin.theorems, *part.theorems), True


def _needs_formula(stated: Statement) -> bool:
    """Whether more of the kernel is spoken of than kappa(1)."""
    calls = [node for side in (stated.left, stated.right) for node in walk(side) if isinstance(node, Call)]
    return any(c.name in ("mu", "a", "b") or c.name == "kappa" and unparse(c.args[0]) != "1" for c in calls)


def _of_part(
    stated: Statement, part: Part, holds: bool, first: Step, base: Sequence[Step], expands: bool
) -> Iterator[list[Step]]:
    """The steps of every piece of a part on which the same formulas hold."""
    ranges = _clipped(part.case.ranges, stated)
    if stated.is_asymptotic and not holds and part.outcome.at:
        ranges = ranges.pinned(part.outcome.at)
    facts = {step.name: step for step in (first, *base)}
    spoken = _name_of_origin(base) if expands else _name_in(base)
    if spoken is None and (uses_kernel(stated.left) or uses_kernel(stated.right)):
        spoken = KernelName(repr(kernel_on(stated, ranges)))
    own = {step.name for step in (part.outcome.steps or base)}
    for where, known in _pieces(stated, ranges, spoken, facts, expands):
        yield Piece(stated, where, holds, spoken, known, facts, own).steps()


def _name_of_origin(base: Sequence[Step]) -> sp.Expr | None:
    """The kernel that the derivation is about: that of its last eigenvalue."""
    names = [step.left.args[0] for step in base if isinstance(step.left, Mu) and step.name.startswith("mu(")]
    return names[-1] if names else None


def _name_in(base: Sequence[Step]) -> sp.Expr | None:
    """The kernel that the last step is about which names one."""
    found = next((atoms for step in reversed(base) if (atoms := step.statement.atoms(Mu, Kappa, Maclaurin))), ())
    return min((spoken.args[0] for spoken in found), key=str, default=None)


def _pieces(
    stated: Statement,
    ranges: Ranges,
    name: sp.Expr | None,
    facts: dict[str, Step],
    expands: bool,
    peel: int = MAX_PEELED,
) -> Iterator[tuple[Ranges, Known]]:
    """Parts of the ranges on each of which one derived formula holds for every object that is put in."""
    atoms = _objects(stated, ranges, name) if expands and name is not None else []
    known: Known = {}
    for spoken in (*_counts(stated, ranges), *atoms):
        found = next(_formulas(spoken, ranges, facts), None)
        if found is None:
            moving = _moving(spoken, ranges)
            if moving is None or peel == 0:
                raise NotDerived(f"no derived case covers {spoken}")
            first, rest = ranges.peeled(moving.name)
            if moving.name != stated.moving:
                yield from _pieces(stated, first, name, facts, expands, 0)
            yield from _pieces(stated, rest, name, facts, expands, peel - 1)
            return
        known[spoken] = found
    yield ranges, known


def _counts(stated: Statement, ranges: Ranges) -> list[sp.Expr]:
    """mu(K) for every N(D, K) that may be N(1, 0), so that the degree 0 is taken apart."""
    reader = Reader(place_of(stated, ranges, []), None, sp.Integer(1))
    found = []
    for node in (*walk(stated.left), *walk(stated.right)):
        if isinstance(node, Call) and node.name in ("N", "a"):
            dim, degree = node.args if node.name == "N" else (Name("d"), *node.args)
            try:
                reader.read(Call("N", (dim, degree)))
            except Refused:
                found.append(Mu(sp.Symbol("N"), reader.read(degree)))
    return found


def _objects(stated: Statement, ranges: Ranges, name: sp.Expr) -> list[sp.Expr]:
    """Every mu, b and kappa of the statement as the reader names it."""
    reader = Reader(place_of(stated, ranges, []), name, sp.Integer(1))
    found: set[sp.Expr] = set()
    for node in (*walk(stated.left), *walk(stated.right)):
        if isinstance(node, Call) and node.name in ("mu", "a", "b", "kappa"):
            alone = Call("mu", node.args) if node.name == "a" else node
            found |= reader.read(alone).atoms(Mu, MuOn, Maclaurin, Kappa)
    return sorted((spoken for spoken in found if spoken != Kappa(name, 1)), key=str)


def _formulas(spoken: sp.Expr, ranges: Ranges, facts: dict[str, Step]) -> Iterator[tuple[str, sp.Expr]]:
    """The facts that tell the object on the whole of the ranges; those of all degrees are asked last."""
    kind = Mu if isinstance(spoken, MuOn) else type(spoken)
    for fact in reversed(facts.values()):
        if isinstance(fact.statement, sp.Eq) and isinstance(fact.left, kind) and not fact.right.has(Named):
            try:
                yield fact.name, value_from(fact, spoken, ranges)
            except Refused:
                continue


def _moving(spoken: sp.Expr, ranges: Ranges) -> Range | None:
    """The variable of an index whose first value may be taken apart."""
    names = {symbol.name for symbol in spoken.args[1].free_symbols}
    return next((w for w in ranges.free if w.name in names), None)
