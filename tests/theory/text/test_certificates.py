"""What a certificate says in text, JSON and LaTeX, line by line."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from functools import cache

import mpmath
import pytest
import sympy as sp

from theory.kernels import NTK
from theory.laws.conventions import law_to_convention
from theory.laws.decay import decay
from theory.laws.law import Law
from theory.laws.rational_sums import Certificate
from theory.numbers.truth import Evidence
from theory.text.certificates import certificate_lines, lemma_latex, power_bounds, remainder_json

# mu_k within [1/2, 3/2] of 2 k^-4, and within 7 k^-6 of its terms, from k = 5 on; a made-up certificate.
FOUND = Certificate(5, Fraction(1, 2), Fraction(3, 2), Fraction(7), -6)


def law(constant: int, **changes: object) -> Law:
    """NTK(2) on S^3 with that made-up certificate of its even degrees."""
    found = decay(NTK(2), "k", dim=3)
    leading = sp.Integer(constant)
    terms = ((sp.Integer(-4), leading),)
    even = replace(found.law[0], bounds=None, certificate=FOUND, constant=leading, terms=terms)
    return replace(found, law=(replace(even, **changes), found.law[1]), evidence=Evidence.CERTIFIED)


@pytest.mark.parametrize(("constant", "low", "high"), [(2, 1, 3), (-2, -3, -1)])
def test_bounds_are_those_of_the_quotient_times_the_constant(constant: int, low: int, high: int) -> None:
    branch = law(constant).law[0]
    lower, upper = power_bounds(branch)
    assert lower <= low < low + Fraction(1, 10**3) and high <= upper
    assert low - lower <= abs(low) * Fraction(1, 10**4) and upper - high <= abs(high) * Fraction(1, 10**4)
    assert power_bounds(replace(branch, certificate=None)) is None


def test_lines_and_record_state_the_remainder() -> None:
    found = law(2)
    even, odd = found.law
    bounds, rest = certificate_lines(found, even)
    assert bounds.startswith("    ") and bounds.endswith("*k**(-4) for all k >= 5 even (certified)")
    low, middle, high = bounds.strip().split(" for all")[0].split(" <= ")
    assert middle == "mu_k"
    assert [Fraction(x.partition("*")[0]) for x in (low, high)] == list(power_bounds(even))
    assert rest == "    |mu_k - sum| <= 7*k**(-6) for all k >= 5 even (certified)"
    assert remainder_json(even) == {"constant": "7", "exponent": "-6", "from": 5}
    assert certificate_lines(found, odd) == [] and remainder_json(odd) is None
    # Sharper bounds with a proof of their own are not repeated.
    sharp = replace(even, bounds=decay(NTK(2), "k", dim=3).law[0].bounds)
    assert sharp.bounds is not None and certificate_lines(found, sharp) == [rest]


@cache
def small_degrees() -> Law:
    return decay(NTK(2), "d", degree=2)


def test_a_parity_is_named_where_degrees_have_one() -> None:
    found = law(2)
    small = small_degrees()
    (branch, *_) = small.law
    made = replace(branch, bounds=None, certificate=FOUND, constant=sp.Integer(2), exponent=sp.Integer(-4))
    (*_, rest) = certificate_lines(small, made)
    assert rest == "    |mu_k - sum| <= 7*d**(-6) for all d >= 5 (certified)"
    assert "even" in certificate_lines(found, found.law[0])[-1]


def test_a_lemma_has_a_display_for_each_certified_branch() -> None:
    one = law(2)
    low, high = power_bounds(one.law[0])
    text = "\n".join(lemma_latex(one))
    assert text.startswith("\\begin{lemma}\nLet $\\mu_k$ be the Mercer eigenvalues of ")
    assert r" of \texttt{NTK(depth=2)} on $\mathbb{S}^{3}$, for the uniform" in text
    assert text.count(r"\begin{align*}") == 1 and "for all even $k \\ge 5$." in text and ";" not in text
    assert rf"{float(low):g}"[:3] in text and r"\, k^{-4} &\le \mu_k \le " in text
    assert r"\left| \mu_k - \left( \left(2\right) k^{-4} \right) \right| &\le 7\, k^{-6}" in text
    assert text.endswith("\\end{proof}") and r"\kappa(\cos\theta)" in text
    two = replace(one, law=(one.law[0], law(3).law[0]))
    both = "\n".join(lemma_latex(two))
    assert both.count(r"\begin{align*}") == 2 and both.index("$k \\ge 5$;") < both.index("$k \\ge 5$.")
    assert lemma_latex(decay(NTK(2), "k", dim=3)) == []
    small = small_degrees()
    (branch, *_) = small.law
    made = replace(branch, certificate=FOUND, constant=sp.Integer(2), exponent=sp.Integer(-4))
    text = "\n".join(lemma_latex(replace(small_degrees(), law=(made,))))
    assert r"eigenvalues of degree $k = 2$ of \texttt{" in text and r"on $\mathbb{S}^d$, for" in text
    assert r"\mathbb{E}[t^{k+2j} P_k]" in text and "for all $d \\ge 5$." in text


def test_terms_that_vanish_are_not_printed() -> None:
    found = law(
        2, terms=((sp.Integer(-4), sp.Integer(2)), (sp.Integer(-5), sp.Integer(0)), (sp.Integer(-6), sp.Integer(-3)))
    )
    text = "\n".join(lemma_latex(found))
    assert r"\left( \left(2\right) k^{-4} + \left(-3\right) k^{-6} \right)" in text and "k^{-5}" not in text


def test_a_certificate_in_another_convention_has_their_factor_on_the_remainder_alone() -> None:
    found = law(2)
    assert law_to_convention(found, "project") == found and law_to_convention(found, "cao").law == found.law
    theirs = law_to_convention(found, "yu")
    made, factor = theirs.law[0].certificate, Fraction(mpmath.nstr(2 * mpmath.pi**2, 12))
    assert theirs.evidence is Evidence.CERTIFIED and theirs.source == found.source and theirs.convention == "yu"
    assert (made.start, made.lower, made.upper, made.power) == (5, Fraction(1, 2), Fraction(3, 2), -6)
    assert 7 * factor < made.constant < 7 * factor * (1 + Fraction(1, 10**4))
    assert theirs.law[0].constant == 4 * sp.pi**2 and theirs.law[0].terms == ((-4, 4 * sp.pi**2),)
    assert "<= mu_k[yu] <= " in certificate_lines(theirs, theirs.law[0])[0]
    assert r"probability measure, and $\mu_k^{\text{yu}} = 2 \pi^{2}\, \mu_k$. Then" in lemma_latex(theirs)[1]
    assert r"and $\mu_k^{\text{cao}} = \mu_k$. Then" in lemma_latex(law_to_convention(found, "cao"))[1]
    scaled = law_to_convention(found, "kernel-generalization-scaled")  # (k+1)^2: nothing certified is left
    assert scaled.law[0].certificate is None and scaled.evidence is Evidence.CHECKED
    assert theirs.law[1] == found.law[1]  # zero stays zero
