"""Statements about several kernels: read, refused, decided as those about one, and confronted with numbers."""

from __future__ import annotations

import re
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from theory.kernels import NTK, Gaussian, Laplace
from theory.kernels.named import NamedKernels
from theory.language.named_kernels import parse_named
from theory.language.sentences import parse_sentence
from theory.language.statement import parse_statement
from theory.numbers.truth import Evidence, Truth
from theory.proofs.rules.named_kernels import kernel_on
from theory.proofs.steps import Refused
from theory.spectra.spectrum import spectrum
from theory.statements.decide import decide
from theory.statements.sentences import decide_sentence
from theory.symbolic.expression_grammar import ExpressionError
from theory.text.statements import statement_latex
from verify.command.check import Claim, read_claims
from verify.twins.falsity import is_false
from verify.twins.mutants import mutants

BOTH = "ntk = NTK(depth=3); lap = Laplace(rate=1)"
WORKED = Path(__file__).resolve().parents[3] / "docs" / "statements.toml"


@pytest.mark.parametrize(
    "says, kernels, where, truth",
    [
        ("ntk.mu(k) = Theta(lap.mu(k)) as k -> oo", BOTH, [], Truth.HOLDS),
        ("ntk.mu(k) ~ 7/(2*pi)*lap.mu(k) as k -> oo", BOTH, ["k even"], Truth.HOLDS),
        ("ntk.mu(k) ~ lap.mu(k) as k -> oo", BOTH, [], Truth.FAILS),
        ("ntk.mu(k) = o(lap.mu(k)) as k -> oo", BOTH, [], Truth.FAILS),
        ("g.mu(k) = o(h.mu(k)) as k -> oo", "g = Gaussian(rate=1); h = NTK(depth=3)", [], Truth.HOLDS),
        ("h.mu(k) = O(g.mu(k)) as k -> oo", "g = Gaussian(rate=1); h = NTK(depth=3)", [], Truth.FAILS),
        ("a.mu(k) = 2*b.mu(k)", "a = 2*NTK(depth=2); b = NTK(depth=2)", [], Truth.HOLDS),
        ("a.mu(k) = 2*b.mu(k+1)", "a = 2*NTK(depth=2); b = NTK(depth=2)", [], Truth.FAILS),
        ("a.mu(k) <= b.mu(k)", "a = NTK(depth=2); b = NTK(depth=3)", ["d = 2"], Truth.HOLDS),
        ("a.mu(k) >= b.mu(k)", "a = NTK(depth=2); b = NTK(depth=3)", ["d = 2"], Truth.FAILS),
        ("2 - x.kappa(t) = Theta(1 - y.kappa(t)) as t -> 1", "x = NTK(depth=2); y = Laplace(rate=1)", [], Truth.HOLDS),
        ("2 - x.kappa(t) = O(1 - y.kappa(t)) as t -> 1", "x = NTK(depth=2); y = Gaussian(rate=1)", [], Truth.FAILS),
        ("ntk.mu(1)/lap.mu(1) = Theta(1) as d -> oo", BOTH, [], Truth.HOLDS),
        ("x.b(n) = Theta(y.b(n)) as n -> oo", "x = NTK(depth=3); y = Laplace(rate=1)", [], Truth.HOLDS),
    ],
)
def test_two_kernels_are_compared(says: str, kernels: str, where: list[str], truth: Truth) -> None:
    verdict = decide(parse_statement(says, kernels, where))
    assert verdict.truth is truth, verdict.why
    assert verdict.evidence is not Evidence.PROVED, "no proof about several kernels is replayed"
    if truth is Truth.HOLDS:
        assert verdict.confronted > 0


@pytest.mark.parametrize(
    "says, kernels, wanted",
    [
        ("mu(2) <= lap.mu(1)", BOTH, "mu: of which kernel? allowed: ntk.mu, ntk.b, ntk.kappa"),
        ("lapp.mu(2) <= 1", BOTH, "no kernel is called lapp, allowed: ntk, lap (did you mean lap?)"),
        ("ntk.a(2) <= 1", BOTH, "unknown function ntk.a at column 1, allowed: ntk.mu, ntk.b, ntk.kappa"),
        ("ntk.lambda(2) <= 1", BOTH, "unknown function ntk.lambda"),
        ("ntk.mu(1, 2, 3) <= 1", BOTH, "ntk.mu at column 1 takes 1 or 2 arguments, got 3"),
        ("ntk.mu(2) <= 1", "NTK(depth=3)", "no kernel is called ntk, give it as kernel ntk = KERNEL"),
        ("ntk.mu(2) <= 1", None, "no kernel is called ntk"),
        ("x.mu(2) <= 1", "x = NTK(depth=L)", "x has a depth L that is free"),
        ("x.mu(2) <= 1", "x = NTK(depth=2); x = NTK(depth=3)", "the name x is given twice"),
        ("x.mu(2) <= 1", "x = NTK(depth=2); NTK(depth=3)", "'NTK(depth=3)' has no name"),
        ("k.mu(2) <= 1", "k = NTK(depth=2)", "k means something else"),
        ("mu.mu(2) <= 1", "mu = NTK(depth=2)", "mu means something else"),
        ("x.mu(k) <= 1", ";".join(f"x{i} = NTK(depth=2)" for i in range(7)), "7 names, at most 6"),
        ("x.mu(k) <= 1", "x = Laplase(rate=1)", "Laplase"),
        ("x.mu(k) <= 1", 'x = Zonal("1/(1-t)"); y = NTK(depth=2)', "integrable"),
    ],
)
def test_what_cannot_be_read_is_said_in_one_line(says: str, kernels: str | None, wanted: str) -> None:
    with pytest.raises(ExpressionError, match=re.escape(wanted)) as refused:
        parse_statement(says, kernels)
    assert "\n" not in str(refused.value)


def test_what_people_type_is_understood_of_named_kernels() -> None:
    typed = parse_sentence("ntk.mu_k = Theta(2lap.mu_{k+1}) as k -> inf for even k", BOTH).parts[0]
    assert typed == parse_statement("ntk.mu(k) = Theta(2*lap.mu(k+1)) as k -> oo", BOTH, ["k even"])


@pytest.mark.parametrize(
    "says",
    ["ntk.mu(k) = Theta(lap.mu(k)) as k -> oo", "my_n.kappa(t) <= lap.kappa(t)**2", "my_n.mu(k+1, 3) > lap.b(k)"],
)
def test_latex_is_read_again(says: str) -> None:
    kernels = f"{BOTH}; my_n = NTK(depth=2)"
    statement = parse_statement(says, kernels)
    assert parse_statement(statement_latex(statement), kernels) == statement


def test_the_text_of_the_kernels_is_read_again() -> None:
    named = NamedKernels((("ntk", NTK(depth=3)), ("lap", Laplace(rate=Fraction(1, 2)))))
    assert parse_named(repr(named)) == named
    assert parse_statement("ntk.mu(k) > lap.mu(k)", named).kernel == named
    assert named.exchanged().spoken_of("ntk.mu") == (Laplace(rate=Fraction(1, 2)), "mu")


def one_named(says: str) -> str:
    return re.sub(r"\b(mu|b|kappa)(?=[_(])", r"x.\1", says)


def _is_plain(claim: Claim) -> bool:
    free_depth = "L" in re.sub("Laplace", "", claim.kernel or "L")
    return not (free_depth or "\\" in claim.says or ";" in claim.kernel or re.search(r"\b(a|lambda)\(", claim.says))


PLAIN = [claim for claim in read_claims(WORKED) if _is_plain(claim)]


@pytest.mark.parametrize("claim", PLAIN, ids=lambda claim: claim.name)
def test_one_kernel_with_a_name_is_spoken_of_as_without(claim: Claim) -> None:
    named = parse_sentence(one_named(claim.says), f"y = Laplace(rate=2); x = {claim.kernel}", claim.where)
    assert (named.text, named.parts) == (claim.sentence().text, claim.sentence().parts)


@pytest.mark.parametrize("claim", PLAIN, ids=lambda claim: claim.name)
def test_one_kernel_with_two_names_is_decided_as_without(claim: Claim) -> None:
    """Less may be decided, since rules about one kernel are not asked; nothing is decided otherwise."""
    says = one_named(claim.says).replace("x.", "y.", 1)
    named = parse_sentence(says, f"y = {claim.kernel}; x = {claim.kernel}", claim.where)
    truth = decide_sentence(named)[0].truth
    assert truth in (decide_sentence(claim.sentence())[0].truth, Truth.UNDECIDED)


KERNELS = {"p": NTK(depth=2), "q": NTK(depth=3), "r": Laplace(rate=1), "s": Gaussian(rate=1)}


@settings(max_examples=40, deadline=None)
@given(
    st.permutations(list(KERNELS)),
    st.integers(0, 4),
    st.integers(0, 4),
    st.integers(1, 3),
    st.sampled_from(["<", ">", "<=", ">=", "!="]),
)
def test_an_instance_is_decided_by_the_eigenvalues(
    names: list[str], one: int, two: int, dim: int, relation: str
) -> None:
    first, second = names[:2]
    named = NamedKernels(((first, KERNELS[first]), (second, KERNELS[second])))
    statement = parse_statement(f"{first}.mu({one}) {relation} {second}.mu({two})", named, [f"d = {dim}"])
    a, b = (spectrum(KERNELS[name], dim, k).eigenvalues[0].enclosure for name, k in ((first, one), (second, two)))
    if a.upper < b.lower:
        assert decide(statement).truth is (Truth.HOLDS if relation in ("<", "<=", "!=") else Truth.FAILS)
    elif a.lower > b.upper:
        assert decide(statement).truth is (Truth.HOLDS if relation in (">", ">=", "!=") else Truth.FAILS)


def test_wrong_twins_of_a_statement_of_two_kernels_are_false_and_rejected() -> None:
    statement = parse_statement("ntk.mu(k) ~ 7/(2*pi)*lap.mu(k) as k -> oo", BOTH, ["k even"])
    found = {name: (is_false(mutant), decide(mutant).truth) for _, name, mutant in mutants(statement)}
    seen = {name: truth for name, (false, truth) in found.items() if false is not None}
    assert {"kernel ntk times 2", "kernels exchanged", "right side times 2", "other parity of k"} <= seen.keys()
    assert Truth.HOLDS not in seen.values()


def test_the_checker_reads_no_statement_of_several_kernels() -> None:
    statement = parse_statement("ntk.mu(k) >= lap.mu(k)", BOTH)
    with pytest.raises(Refused, match="several kernels"):
        kernel_on(statement, tuple(statement.ranges))
