"""Laws in words, JSON and LaTeX, of laws made by hand; certificates of both parities; named
constants."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

import pytest
import sympy as sp

from tests.theory.values import refuses_change
from theory.derivations.monotone_bounds import Bound
from theory.kernels import NTK, Gaussian, Laplace, PowerSeries, value_at_one
from theory.language.families import deep_family
from theory.laws.certified import _of_both, certified
from theory.laws.conventions import law_to_convention
from theory.laws.decay import decay
from theory.laws.every_depth import _check_sign, depth_law
from theory.laws.law import Law, LawBranch
from theory.laws.named_constants import named_constants
from theory.laws.rational_sums import Certificate
from theory.numbers.truth import Evidence
from theory.symbolic.asymptotic_series import MAX_SIMPLIFIED, expansion, tidy, tidy_constant
from theory.symbolic.constants import named
from theory.symbolic.growth import growth
from theory.symbolic.hypergeometric import single_term
from theory.symbolic.objects import L, Range, SlopeProduct, d, k
from theory.symbolic.puiseux import NoExpansion
from theory.symbolic.ranges import Ranges
from theory.text.laws import law_json, law_latex, law_text

EVEN, ODD, TWO = Range("k", 2, None, 0), Range("k", 1, None, 1), Range("d", 2, 2)
PI, HALF = sp.pi, sp.Rational(1, 2)
FOUND = Certificate(4, Fraction(1, 2), Fraction(3, 2), Fraction(7, 4), -5)


def branch(
    where: Range = EVEN, certificate: Certificate | None = None, bounds: tuple | None = None, *terms: tuple
) -> LawBranch:
    terms = terms or ((sp.Integer(-3), 2 / PI), (sp.Integer(-4), -HALF))
    return LawBranch(Ranges((where, TWO)), *terms[0], terms[0][1] * k ** terms[0][0], terms, bounds, None, certificate)


def law(*branches: LawBranch, **given: object) -> Law:
    options = {"dim": 2, "degree": None, "variable": "k", **given}
    return Law(
        Laplace(1), options["variable"], options["dim"], options["degree"], branches, Evidence.CHECKED, "a source", 2
    )


def test_a_law_is_written_term_by_term() -> None:
    first, *lines = law_text(law(branch())).splitlines()
    assert first == "Laplace(rate=1), k -> oo, d = 2; evidence: checked (a source)"
    assert lines == ["  even: mu_k ~ 2/pi*k**(-3) - 1/2*k**(-4)"]
    summed = branch(EVEN, None, None, (sp.Integer(-3), 1 + PI))
    assert law_text(law(summed)).endswith("even: mu_k ~ (1 + pi)*k**(-3)")


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ({"dim": None, "degree": 0, "variable": "d"}, "d -> oo, k = 0;"),
        ({"dim": None, "degree": 3, "variable": "d"}, "d -> oo, k = 3;"),
        ({"dim": None}, "k -> oo, symbolic;"),
        ({"dim": 7}, "k -> oo, d = 7;"),
    ],
)
def test_what_is_fixed_is_said(given: dict, shown: str) -> None:
    assert shown in law_text(law(branch(), **given))


@pytest.mark.parametrize(("degree", "parity"), [(None, "even"), (3, "odd"), (4, "even"), (0, "even")])
def test_the_parity_is_that_of_the_degree_asked_for(degree: int | None, parity: str) -> None:
    record = law_json(law(branch(), degree=degree))
    assert (record["law"][0]["parity"], record["degree"], record["as"], record["dim"], record["schema"]) == (
        parity,
        degree,
        "k",
        2,
        1,
    )


def test_bounds_are_strict_where_they_are_not_attained() -> None:
    for low, high, shown in ((True, False, "1/2 <= mu_k/leading < 1"), (False, True, "1/2 < mu_k/leading <= 1")):
        bounds = (Bound(HALF, low, ()), Bound(sp.Integer(1), high, ()))
        one = law(branch(bounds=bounds, certificate=FOUND))
        assert f"    {shown} for " in law_text(one) or not one.law[0].bounds_from
        assert law_json(one)["law"][0]["quotient"] == {"lower": "1/2", "upper": "1"}
    assert law_json(law(branch(certificate=FOUND)))["law"][0]["quotient"] == {"lower": "0.5", "upper": "1.5"}
    assert law_json(law(branch()))["law"][0]["quotient"] == {"lower": None, "upper": None}


def test_json_holds_every_number() -> None:
    (part,) = law_json(law(branch(certificate=FOUND)))["law"]
    assert (part["exponent"], part["constant"], part["leading"]) == ("-3", "2/pi", "2/(pi*k**3)")
    assert part["terms"] == [{"exponent": "-3", "coefficient": "2/pi"}, {"exponent": "-4", "coefficient": "-1/2"}]
    assert (
        part["remainder"]["from"] == 4
        and Fraction(part["remainder"]["constant"]) == Fraction(7, 4)
        and "depths" not in part
    )


def test_eigenvalues_that_vanish_or_follow_no_power() -> None:
    zero = LawBranch(Ranges((ODD, TWO)), None, sp.Integer(0), sp.Integer(0), (), None, None)
    other = LawBranch(Ranges((EVEN, TWO)), None, None, 1 / sp.gamma(k + 1), (), None, None)
    text, latex = law_text(law(zero, other)), law_latex(law(zero, other))
    assert (
        "  odd: mu_k = 0 for k >= 1 odd, d = 2" in text
        and "  even: mu_k ~ 1/Gamma(k + 1) for k >= 2 even, d = 2" in text
    )
    assert (
        r"\mu_k &= 0 && k \ge 1\ \text{odd},\ d = 2 \\" in latex
        and r"\mu_k &\sim \frac{1}{\Gamma\left(k + 1\right)} && k \ge 2\ \text{even},\ d = 2" in latex
    )
    record = law_json(law(zero, other))["law"]
    assert record[0]["leading"] == "0" and record[0]["exponent"] is None and record[1]["constant"] is None


def test_latex_is_a_display_of_its_branches() -> None:
    lines = law_latex(law(branch())).splitlines()
    assert lines == [
        "% Laplace(rate=1), k -> oo, d = 2; evidence: checked (a source)",
        "% mu_k on S^2, probability measure, P_k(1) = 1",
        r"\begin{align*}",
        r"  \mu_k &\sim \frac{2}{\pi}\, k^{-3} - \frac{1}{2}\, k^{-4} && k \ge 2\ \text{even},\ d = 2",
        r"\end{align*}",
    ]


def test_latex_says_where_a_law_holds_and_whose_eigenvalues_it_is_about() -> None:
    """mu_1 of NTK(2) is 1/3 on S^2: "0 for odd k" would be false."""
    ours = decay(NTK(2), "k", dim=2)
    assert r"\mu_k &= 0 && k \ge 3\ \text{odd},\ d = 2" in law_latex(ours)
    theirs = law_latex(law_to_convention(decay(NTK(2), "k"), "murray"))
    assert theirs.startswith("% NTK(depth=2), k -> oo, symbolic") and "\n% convention murray on S^d (" in theirs
    assert theirs.count(r"\mu_k^{\text{murray}} &") == 2 and r"k \ge 3\ \text{odd},\ d \ge 1" in theirs
    same = law_latex(law_to_convention(ours, "cao"))  # the same numbers, and theirs all the same
    assert same.replace(r"^{\text{cao}}", "").splitlines()[2:] == law_latex(ours).splitlines()[2:]
    assert "; convention cao)" in same and "\n% convention cao on S^2 (" in same


def test_whose_eigenvalues_a_law_is_about_is_told_from_its_convention_alone() -> None:
    """Words in a source that read like a convention say nothing, and a certificate changes nothing."""
    false = replace(law(branch()), source="a source; times 4*pi, convention murray")
    assert law_json(false)["convention"] == "project" and "^{\\text{murray}}" not in law_latex(false)
    theirs = certified(law_to_convention(decay(Laplace(1), "k", dim=2), "yu"))
    assert law_json(theirs)["convention"] == "yu" and "% convention yu on S^2 (" in law_latex(theirs)
    assert law_text(theirs).splitlines()[0].endswith("; times 4*pi, convention yu)")
    assert "  even: mu_k[yu] ~ 2*pi*k**(-3)" in law_text(theirs)
    scaled = law_to_convention(decay(Laplace(1), "k", dim=2), "kernel-generalization-scaled")
    lost = "; times 2*k + 1, convention kernel-generalization-scaled, which varies with k: neither proof nor remainder"
    assert lost in law_text(scaled)


def test_a_power_of_exponent_zero_is_not_written() -> None:
    found = decay(NTK(2), "d", degree=0, terms=2)
    assert "mu_k ~ 1/pi + " in law_text(found) and "d**(0)" not in law_text(found)
    assert r"\mu_k &\sim \frac{1}{\pi} + " in law_latex(found)
    assert r"\begin{lemma}" in law_latex(certified(found)) and "d^{0}" not in law_latex(certified(found))


def test_no_row_follows_the_last_one() -> None:
    for shown in (
        decay(NTK(2), "k", dim=2),
        certified(decay(NTK(3), "k", dim=2)),
        depth_law(deep_family("NTK(depth=L)"), 3),
    ):
        assert re.search(r"\\\\\s*\\end\{align", law_latex(shown)) is None


def test_named_constants_are_defined_once_and_slopes_apart() -> None:
    x = named("lawtext_x", 1 / PI)
    shown = law_text(law(branch(EVEN, None, None, (sp.Integer(-3), x + 1))))
    assert shown.splitlines()[-1] == "  lawtext_x1 = 1/pi"
    assert named_constants([x, sp.Integer(1)]) == {"lawtext_x1": "1/pi"} and named_constants([PI]) == {}
    assert list(named_constants([SlopeProduct(L)])) == ["P(L)", "rho(2)", "rho(l+1)", "k0, k1"]
    deep = LawBranch(
        Ranges((EVEN, TWO, Range("L", 3))),
        sp.Integer(-3),
        SlopeProduct(L),
        SlopeProduct(L) * k**-3,
        ((sp.Integer(-3), SlopeProduct(L)),),
        None,
        None,
    )
    latex = law_latex(law(deep))
    assert (
        latex.count(r"P_L &= \prod") == latex.count(r"\kappa_1(1) = 1") == 1
        and r"k \ge 2\ \text{even},\ d = 2,\ L \ge 3" in latex
    )
    assert law_latex(law(branch())).count("prod") == 0 and law_text(law(deep)).count("0 < P(L) <= 1/2") == 1
    assert " for L >= 3\n" in law_text(law(deep)) and law_json(law(deep))["law"][0]["depths"] == "L >= 3"


def test_what_holds_for_both_parities_is_the_weaker() -> None:
    one, two = (
        Certificate(4, Fraction(1, 2), Fraction(1), Fraction(3), -5),
        Certificate(7, Fraction(1, 3), Fraction(2), Fraction(1), -5),
    )
    assert _of_both([one, two]) == _of_both([two, one]) == Certificate(7, Fraction(1, 3), Fraction(2), Fraction(3), -5)


def test_a_law_keeps_its_evidence_without_certificate_and_says_why() -> None:
    smooth = decay(Gaussian(1), "k", dim=2)
    found = certified(smooth)
    assert (
        found.source == f"{smooth.source}; no certified remainder: the law: it is no power"
        and found.evidence is Evidence.CHECKED
    )
    family = depth_law(deep_family("NTK(depth=L)"), 3)
    assert certified(family) is family
    known = certified(decay(NTK(3, bias_variance=1), "k", dim=2))
    assert known.source.endswith("; remainder by ball arithmetic") and known.evidence is Evidence.CERTIFIED
    zero = decay(NTK(1), "k", dim=2)
    assert certified(zero).source == zero.source  # nothing is left that would need a remainder
    proved = decay(Laplace(1), "k", dim=2)
    assert (
        proved.evidence is certified(proved).evidence is Evidence.PROVED and certified(proved).source == proved.source
    )
    for one in known.law:
        assert one.certificate.start >= one.ranges[0].least
    series = certified(decay(PowerSeries((0, 0, 1)), "d", degree=0))
    assert series.law[0].certificate.power == -2  # mu_0 = 1/(d+1) = 1/d + O(d^-2)


def expand(term: sp.Expr, count: int) -> list[tuple[sp.Expr, sp.Expr]]:
    whole = single_term(term)
    return list(expansion(whole, k, growth(whole, k), count))


@pytest.mark.parametrize(
    ("term", "power", "coefficients"),
    [
        (1 / (k + 1), -1, [1, -1, 1, -1]),
        ((k + 3) / (2 * k - 1), 0, [HALF, sp.Rational(7, 4), sp.Rational(7, 8), sp.Rational(7, 16)]),
        # Gamma(k+1/2)/Gamma(k) = sqrt(k) (1 - 1/(8k) + 1/(128k^2) + 5/(1024k^3) - ...), the central
        # binomial's series.
        (sp.gamma(k + HALF) / sp.gamma(k), HALF, [1, -sp.Rational(1, 8), sp.Rational(1, 128), sp.Rational(5, 1024)]),
        (PI * k**2 * (k + 2) ** 2, 4, [PI, 4 * PI, 4 * PI, 0]),
        (sp.gamma(2 * k + 2) / sp.gamma(2 * k), 2, [4, 2, 0, 0]),
        (sp.sqrt(k + 1), HALF, [1, HALF, -sp.Rational(1, 8), sp.Rational(1, 16)]),
        (sp.gamma(d) / (k + d), -1, [1, -d, d**2, -(d**3)]),
    ],
    ids=str,
)
def test_expansions_begin_with_the_known_coefficients(term: sp.Expr, power: sp.Expr, coefficients: list) -> None:
    for count in (1, 2, 4):
        found = expand(term, count)
        assert [p for p, _ in found] == [power - m for m in range(count)]
        scale = sp.gamma(d) if term.has(d) else 1
        assert all(sp.simplify(c - scale * wanted) == 0 for (_, c), wanted in zip(found, coefficients, strict=False))


def test_an_exponential_has_no_expansion_in_powers() -> None:
    with pytest.raises(ValueError, match="no expansion of"):
        expand((k + 1) ** k * k ** (-k), 2)


def test_short_constants_are_simplified_and_long_ones_are_not() -> None:
    one = sp.sin(1) ** 2 + sp.cos(1) ** 2
    assert tidy_constant(one) == 1 and tidy(one) == 1
    assert tidy(sp.gamma(d + 1) / d) == tidy(sp.gamma(d)) and tidy(2 * SlopeProduct(L) + 2 * L).is_Mul

    def padded(operations: int) -> sp.Expr:
        total, prime = one, 2
        while sp.count_ops(total) < operations:
            total, prime = (
                sp.Add(total, sp.exp(sp.Integer(prime)), evaluate=False)
                if operations - sp.count_ops(total) > 1
                else total + 1,
                prime + 1,
            )
        return total

    for operations in (MAX_SIMPLIFIED - 1, MAX_SIMPLIFIED, MAX_SIMPLIFIED + 1):
        constant = padded(operations)
        assert sp.count_ops(constant) == operations
        assert tidy_constant(constant).has(sp.sin) is (operations > MAX_SIMPLIFIED)


@pytest.mark.parametrize(
    ("text", "least", "ranges"),
    [
        ("NTK(depth=L)", 2, ["k >= 0 even/L >= 2", "k >= 1 odd/L >= 3", "k >= 3 odd/L = 2"]),
        ("NTK(depth=L)", 3, ["k >= 0 even/L >= 3", "k >= 1 odd/L >= 3"]),
        ("NNGP(depth=L+1)", 1, ["k >= 0 even/L >= 1", "k >= 1 odd/L >= 2", "k >= 3 odd/L = 1"]),
        ("NTK(depth=L-1, bias=True)", 4, ["k >= 0 even/L >= 4", "k >= 1 odd/L >= 4"]),
    ],
)
def test_laws_in_depth_say_for_which_depths_they_hold(text: str, least: int, ranges: list[str]) -> None:
    family = deep_family(text)
    found = depth_law(family.from_depth(least + family.shift), 3)
    assert [f"{b.ranges[0]}/{b.ranges[-1]}" for b in found.law] == ranges
    assert all(b.ranges[1] == Range("d", 3, 3) for b in found.law) and depth_law(family.from_depth(3), None).law[
        0
    ].ranges[1] == Range("d", 1)


@pytest.mark.parametrize(
    "text", ["NTK(depth=L)", "1/(L+1) * NTK(depth=L+1, bias=True)", "2 * NNGP(depth=L, weight_variance=2)"]
)
def test_the_value_at_one_of_a_family_is_that_of_its_members(text: str) -> None:
    family = deep_family(text)
    for value in (family.least, family.least + 3):
        plain = value_at_one(family.at(value))
        assert family.value_at_one.subs(L, value) == family.factor.subs(L, value) * sp.Rational(
            plain.numerator, plain.denominator
        )
    refuses_change(family)
    assert family.from_depth(1).least == family.least and family.from_depth(9).least_depth == 9
    assert (family.at(3).bias if isinstance(family.at(3), NTK) else False) is family.bias


@pytest.mark.parametrize(
    ("weight", "least", "certain"),
    [
        (lambda p: p + 1, 2, True),
        (lambda p: p - sp.Rational(1, 4), 3, False),
        (lambda p: sp.Rational(1, 4) - p, 3, False),
        (lambda p: sp.Rational(3, 4) - p, 3, True),
        (lambda p: sp.Rational(3, 4) - p, 2, False),
        (lambda p: L - 2 - p, 3, True),
        (lambda p: L - 2 - p, 2, False),
    ],
)
def test_a_leading_constant_is_positive_over_the_whole_range_of_slopes(
    weight: Callable[[sp.Expr], sp.Expr], least: int, certain: bool
) -> None:
    """0 < P(L) <= 1/2 from depth 3 on, and P(2) = 1: the constant is linear in P."""
    family = deep_family("NTK(depth=L)").from_depth(least)
    if certain:
        _check_sign(weight(SlopeProduct(L)), family)
        return
    with pytest.raises(NoExpansion, match="may vanish"):
        _check_sign(weight(SlopeProduct(L)), family)
