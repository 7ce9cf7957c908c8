"""Which inequalities follow from the signs of the coefficients, and which near misses do not."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import pytest

from theory.language.statement import parse_statement
from theory.numbers.truth import Evidence, Truth
from theory.proofs.check import check
from theory.statements.coefficient_signs import sign_outcome
from theory.statements.counterexamples import compare_at
from theory.statements.decide import decide

NTK2, NTK3, HIDDEN = "NTK(depth=2)", "NTK(depth=3)", "NTK(depth=2, layer_scales=(1, 0))"
FLAT, MIXED = "PowerSeries((1, 0, 1/2))", "PowerSeries((1, -1/2))"
POSITIVE, NOT_NEGATIVE = "positive by Schoenberg 1942", "no eigenvalue or coefficient is negative"
TRACE = "at most the trace kappa(1), the sum of all N(d,k)*mu(k)"
SPHERE = "every moment E[t^n P_k] falls as the dimension grows"
LOWER = "eigenvalues of a mixture of Gaussians fall with the degree"
VALUE = "at most kappa(1), the sum of all b_n"
WALK = "the difference is a positive multiple of the eigenvalue on S^(d+2)"

# kappa(1) = 3 for NTK(3); for NTK(2) every b_n of even n is positive and of odd n only b_1;
# HIDDEN is t k0, with b_n > 0 for even n >= 2; FLAT has mu_k = 0 from k = 3 on; MIXED has a
# negative coefficient. None: the signs alone do not tell.
ROWS = [
    (NTK3, "mu(k) > 0", "", POSITIVE),
    (NTK3, "0 < mu(k)", "", POSITIVE),
    (NTK3, "mu(k) >= 0", "", NOT_NEGATIVE),
    (NTK3, "0 <= mu(k)", "", NOT_NEGATIVE),
    (NTK3, "mu(k) != 0", "", POSITIVE),
    (NTK3, "0 != mu(k)", "", POSITIVE),
    (NTK3, "mu(k) <= 0", "", None),
    (NTK3, "mu(k) < 0", "", None),
    (NTK3, "mu(k) = 0", "", None),
    (NTK3, "0 >= mu(k)", "", None),
    (NTK3, "0 > mu(k)", "", None),
    (NTK3, "mu(k) >= 1", "", None),
    (NTK3, "mu(k) = O(1) as k -> oo", "", None),
    (None, "k >= 0", "", None),
    (MIXED, "mu(k) >= 0", "", None),
    (MIXED, "mu(k) <= kappa(1)", "", None),
    # Sums, products, quotients and powers of what is (not) negative.
    (NTK3, "mu(k) + k >= 0", "", NOT_NEGATIVE),
    (NTK3, "mu(k) - k >= 0", "", None),
    (NTK3, "k*mu(k) > 0", "k >= 1", POSITIVE),
    (NTK3, "k*mu(k) > 0", "k >= 0", None),
    (NTK3, "k*mu(k) >= 0", "k >= 0", NOT_NEGATIVE),
    (NTK3, "mu(k)/d > 0", "", POSITIVE),
    (NTK3, "mu(k)/k >= 0", "k >= 1", NOT_NEGATIVE),
    (NTK3, "mu(k)/(0-1) >= 0", "", None),
    (NTK3, "k/mu(k) > 0", "k >= 1", POSITIVE),
    (NTK3, "k/mu(k) >= 0", "", NOT_NEGATIVE),
    (NTK2, "k/mu(k) >= 0", "", None),
    (FLAT, "mu(k)/mu(k) >= 0", "", None),
    (NTK3, "mu(k) + k > 0", "", POSITIVE),
    (NTK3, "k + mu(k) > 0", "", POSITIVE),
    (NTK2, "k + mu(k) > 0", "k odd", POSITIVE),
    (NTK2, "k + mu(k) > 0", "", None),
    (NTK3, "mu(k) + (k - d) > 0", "", None),
    (NTK3, "mu(k)*0 > 0", "", None),
    (NTK3, "mu(k)*0 >= 0", "", NOT_NEGATIVE),
    (NTK3, "mu(k) + 1/2 > 0", "", POSITIVE),
    (NTK3, "mu(k)**2 > 0", "", POSITIVE),
    (NTK3, "mu(k)**2 >= 0", "", NOT_NEGATIVE),
    (NTK2, "mu(k)**2 > 0", "", None),
    (NTK3, "mu(k)**k > 0", "", None),
    (NTK3, "pi*mu(k) > 0", "", POSITIVE),
    (NTK3, "E*a(k) > 0", "d >= 2", POSITIVE),
    (NTK3, "E*a(k) > 0", "", None),
    (NTK3, "a(k) >= 0", "d >= 2", NOT_NEGATIVE),
    (NTK3, "N(d,k)*mu(k) > 0", "", POSITIVE),
    (NTK3, "N(d,k) + mu(k) >= 0", "", NOT_NEGATIVE),
    (NTK3, "t*mu(k) >= 0", "", None),
    (NTK3, "mu(k) + t > 0", "", None),
    (NTK3, "kappa(t) >= 0", "", None),
    (NTK3, "(0-2)*mu(k) >= 0", "", None),
    (NTK3, "mu(k-1) >= 0", "", None),
    (NTK3, "mu(k-1) >= 0", "k >= 1", NOT_NEGATIVE),
    # Parities.
    (NTK2, "mu(k) > 0", "", None),
    (NTK2, "mu(k) > 0", "k even", POSITIVE),
    (NTK2, "mu(k) > 0", "k odd", None),
    (NTK2, "mu(2*k) > 0", "", POSITIVE),
    (NTK2, "mu(2*k+1) > 0", "", None),
    (NTK2, "mu(k+1) > 0", "k odd", POSITIVE),
    (NTK2, "mu(k+n) > 0", "k odd,n odd", POSITIVE),
    (NTK2, "mu(k+n) > 0", "k odd,n even", None),
    (NTK2, "mu(k) >= 0", "", NOT_NEGATIVE),
    (NTK2, "b(n) > 0", "n even", POSITIVE),
    (NTK2, "b(n) > 0", "n odd", None),
    (NTK2, "b(n) >= 0", "", NOT_NEGATIVE),
    (NTK3, "b(n) > 0", "", POSITIVE),
    (NTK3, "b(n-1) > 0", "n >= 1", POSITIVE),
    (NTK3, "b(5-n) > 0", "n <= 5", None),
    ("ArcCosine(order=0)", "b(n) > 0", "n odd", POSITIVE),
    ("ArcCosine(order=0)", "b(n) > 0", "n even", None),
    ("ArcCosine(order=2)", "b(n) > 0", "n odd", POSITIVE),
    ("ArcCosine(order=4)", "b(n) > 0", "n odd", POSITIVE),
    (HIDDEN, "b(n) > 0", "n even", None),
    (HIDDEN, "b(n) > 0", "n even,n >= 2", POSITIVE),
    (HIDDEN, "b(n+2) > 0", "n even", POSITIVE),
    (HIDDEN, "b(n+1) > 0", "n odd", POSITIVE),
    (HIDDEN, "b(2*n) > 0", "", None),
    (HIDDEN, "b(2*n) > 0", "n >= 1", POSITIVE),
    (HIDDEN, "b(n-2) > 0", "n even,n >= 2", None),
    (HIDDEN, "b(n-2) > 0", "n even,n >= 4", POSITIVE),
    (HIDDEN, "mu(k) > 0", "k even", POSITIVE),
    (HIDDEN, "b(n+k) > 0", "n odd,k odd", POSITIVE),
    (HIDDEN, "b(n-k) > 0", "n odd,k odd,n >= 9", None),
    (HIDDEN, "b(n) >= 0", "", NOT_NEGATIVE),
    ("Gaussian(rate=1)", "b(2*n+1) > 0", "", POSITIVE),
    ("Gaussian(rate=1)", "b(n-k) > 0", "n >= 9", None),
    # The trace.
    (NTK3, "mu(k) <= kappa(1)", "", TRACE),
    (NTK3, "mu(k) < kappa(1)", "", TRACE),
    (NTK3, "kappa(1) >= mu(k)", "", TRACE),
    (NTK3, "kappa(1) != mu(k)", "", TRACE),
    (NTK3, "kappa(1) <= mu(k)", "", None),
    (NTK3, "mu(k) <= 3", "", TRACE),
    (NTK3, "mu(k) < 3", "", TRACE),
    (NTK3, "mu(k) <= 2", "", None),
    (NTK3, "mu(k) <= 299/100", "", None),
    (NTK3, "mu(k) <= 4", "", TRACE),
    (NTK3, "mu(k) <= 3 + k", "k >= 1", TRACE),
    (NTK3, "mu(k) <= 4 - k", "", None),
    (NTK3, "mu(k) <= d + 2", "d >= 2", TRACE),
    (NTK3, "mu(k) <= 2*kappa(1)", "", None),
    (NTK3, "mu(k) <= kappa(1/2)", "", None),
    (NTK3, "a(k) <= kappa(1)", "d >= 2", None),
    (NTK3, "mu(k)*mu(k) <= kappa(1)", "", None),
    (NTK3, "N(d,k)*mu(k) <= kappa(1)", "", TRACE),
    (NTK3, "mu(k)*N(d,k) < kappa(1)", "", TRACE),
    (NTK3, "N(d,n)*mu(k) <= kappa(1)", "", None),
    (NTK3, "N(3,k)*mu(k,3) <= 3", "", TRACE),
    (NTK3, "N(3,k)*mu(k) <= 3", "", None),
    (NTK3, "N(d,k)*mu(k,d) <= 3", "", TRACE),
    (NTK3, "N(d,k)*mu(k,3) <= 3", "", None),
    (NTK3, "N(d,k)*mu(k+1) <= 3", "", None),
    (NTK3, "N(d,k)/mu(k) <= 3", "", None),
    (FLAT, "mu(k) <= kappa(1)", "", TRACE),
    (FLAT, "mu(k) < kappa(1)", "", None),
    (NTK2, "mu(k) < kappa(1)", "", TRACE),
    ("ArcCosine(order=0)", "mu(k) < kappa(1)", "", TRACE),
    (FLAT, "mu(k) <= 3/2", "", TRACE),
    # Two degrees apart.
    (NTK3, "mu(k+2) < mu(k)", "", WALK),
    (NTK3, "mu(k) > mu(k+2)", "", WALK),
    (NTK3, "mu(k) != mu(k+2)", "", WALK),
    (NTK3, "mu(k+2) != mu(k)", "", WALK),
    (NTK3, "mu(k+2) <= mu(k)", "", WALK),
    (NTK3, "mu(k+1) <= mu(k)", "", None),
    (NTK3, "mu(k+3) <= mu(k)", "", None),
    (NTK3, "mu(k) <= mu(k+2)", "", None),
    (NTK3, "mu(k+2,3) <= mu(k,3)", "", WALK),
    (NTK3, "mu(k+2,3) <= mu(k)", "", None),
    (NTK3, "mu(k+2,3) <= mu(k,4)", "", None),
    (NTK3, "mu(2*k+2) < mu(2*k)", "", WALK),
    (NTK3, "a(k+2) < mu(k)", "d >= 2", None),
    (NTK2, "mu(k+2) < mu(k)", "k even", WALK),
    (NTK2, "mu(k+2) < mu(k)", "k odd", None),
    (NTK2, "mu(k+2) < mu(k)", "", None),
    (NTK2, "mu(k+2) <= mu(k)", "", WALK),
    (FLAT, "mu(k+2) <= mu(k)", "", WALK),
    (FLAT, "mu(k+2) < mu(k)", "", None),
    # Any even distance.
    (NTK3, "mu(k) <= mu(0)", "k even", WALK),
    (NTK3, "mu(k) < mu(0)", "k even,k >= 2", WALK),
    (NTK3, "mu(k) < mu(0)", "k even", None),
    (NTK3, "mu(k) <= mu(0)", "", None),
    (NTK3, "mu(k) <= mu(1)", "k odd", WALK),
    (NTK3, "mu(k) <= mu(1)", "k even", None),
    (NTK3, "mu(k+4) < mu(k)", "", WALK),
    (NTK2, "mu(k+4) < mu(k)", "", None),
    (NTK3, "mu(3*k) <= mu(k)", "", WALK),
    (NTK3, "mu(3*k) < mu(k)", "", None),
    # Spheres.
    (NTK3, "mu(k,d+1) < mu(k)", "", SPHERE),
    (NTK3, "mu(k,d+2) <= mu(k,d+1)", "", SPHERE),
    (NTK3, "mu(k,3) < mu(k,2)", "", SPHERE),
    (NTK3, "mu(k) <= mu(k,d+1)", "", None),
    (NTK3, "mu(k,d) < mu(k)", "", None),
    (NTK3, "mu(k+1,d+1) < mu(k)", "", None),
    (NTK3, "mu(k,d-1) >= mu(k)", "", None),
    (NTK3, "mu(k,d-1) >= mu(k)", "d >= 2", SPHERE),
    (NTK2, "mu(k,d+1) < mu(k)", "", None),
    (NTK2, "mu(k,d+1) <= mu(k)", "", SPHERE),
    (FLAT, "mu(k,d+1) < mu(k)", "", None),
    # Mixtures of Gaussians.
    ("Gaussian(rate=1)", "mu(k+1) < mu(k)", "", LOWER),
    ("Laplace(rate=1)", "mu(k+3) < mu(k)", "", LOWER),
    ("Matern(nu=1, lengthscale=1)", "mu(2*k+1) < mu(k)", "", LOWER),
    ("Laplace(rate=1) + Gaussian(rate=2)", "mu(k+1) < mu(k)", "", LOWER),
    ("Laplace(rate=1) + NTK(depth=3)", "mu(k+1) < mu(k)", "", None),
    ("Gaussian(rate=1)", "mu(k) < mu(k+1)", "", None),
    ("Gaussian(rate=1)", "mu(k) < mu(k)", "", None),
    # Positive denominators and common factors.
    (NTK3, "mu(k+2)/mu(k) < 1", "", WALK),
    (NTK3, "mu(k)/mu(k+2) > 1", "", WALK),
    (NTK2, "mu(k+2)/mu(k) <= 1", "", None),
    (NTK3, "mu(k) <= 3/N(d,k)", "", TRACE),
    (NTK3, "N(d,k)*mu(k)/3 < 1", "", TRACE),
    (NTK3, "3*mu(k+2) < 3*mu(k)", "", WALK),
    (NTK3, "3*mu(k+2) < 2*mu(k)", "", None),
    # Values.
    (NTK3, "kappa(t) <= kappa(1)", "", VALUE),
    (NTK3, "-kappa(t) <= 3", "", VALUE),
    (NTK3, "kappa(t) < kappa(1)", "", None),
    (NTK3, "kappa(t) < 4", "", VALUE),
    (NTK3, "kappa(t) <= 5/2", "", None),
    (NTK3, "kappa(1-t) <= 3", "", None),
    (NTK3, "kappa(t) <= 3 + t", "", None),
    (NTK3, "2*kappa(t) <= 6", "", None),
]


# What rests on a sphere of its own or on two variables has no replayed proof; nor has 0 >= 0.
UNPROVED = {"mu(k)*0 >= 0", "mu(k+n) > 0", "b(n+k) > 0", "N(3,k)*mu(k,3) <= 3", "mu(k+2,3) <= mu(k,3)"}


@pytest.mark.parametrize(("kernel", "says", "where", "law"), ROWS, ids=lambda v: str(v)[:40])
def test_the_signs_tell_what_they_tell_and_no_more(kernel: str | None, says: str, where: str, law: str | None) -> None:
    statement = parse_statement(says, kernel, [*filter(None, where.split(","))])
    found = sign_outcome(statement)
    assert (found and found.law) == law
    if found is None:
        return
    proved = says not in UNPROVED
    assert (found.truth, found.evidence) == (Truth.HOLDS, Evidence.PROVED if proved else Evidence.CHECKED)
    assert found.source == "no coefficient b_n is negative" and not found.steps
    assert (found.whole is not None) == proved and (not proved or check(found.whole))
    names = [w.name for w in statement.ranges]
    for point in product(*(w.values(2) for w in statement.ranges)):
        for t in (Fraction(-1), Fraction(1, 3), Fraction(1)):
            at = dict(zip(names, point, strict=True))
            assert compare_at(statement, {**at, "t": t} if "kappa(t" in says else at) is not Truth.FAILS


@pytest.mark.parametrize(
    ("text", "strict"),
    [
        ('Zonal("1/(2-t)")', True),
        ('Zonal("exp(-theta)")', True),
        ('Zonal("1 - sqrt((1-t)/2)")', True),
        ('Zonal("asin(t)")', False),
        ("NTK(depth=2) * Gaussian(rate=1)", True),
        ('Compose(Dual("erf"), NNGP(depth=2))', True),
        ('Zonal("exp(-theta**2)")', None),
        ('Compose(Zonal("(271/100-t)**(-2)"), Zonal("exp(t)"))', None),  # a pole at t = log(2.71)
    ],
)
def test_signs_of_expressions_products_and_compositions_are_proved_for_every_dimension(
    text: str, strict: bool | None
) -> None:
    weak, strong = (sign_outcome(parse_statement(f"mu(k) {sign} 0", text)) for sign in (">=", ">"))
    assert (weak is not None) is (strict is not None)
    assert weak is None or (weak.truth is Truth.HOLDS and weak.evidence is Evidence.PROVED)
    assert (strong is not None and strong.evidence is Evidence.PROVED) is bool(strict)


@pytest.mark.parametrize(
    "kernel, where, truth",
    [
        ('Dual("gelu")', ["k odd", "k >= 3"], Truth.HOLDS),
        ('Dual("gelu")', ["k odd"], Truth.FAILS),  # mu_1 > 0
        ('Dual("gelu")', ["k even", "k >= 4"], Truth.FAILS),
        ("PowerSeries((1, 1/3, 1/2))", ["k >= 3"], Truth.HOLDS),
        ("PowerSeries((1, 1/3, 1/2))", ["k >= 2"], Truth.FAILS),
    ],
)
def test_beyond_the_degree_of_its_part_an_eigenvalue_is_0(kernel: str, where: list[str], truth: Truth) -> None:
    assert decide(parse_statement("mu(k) = 0", kernel, where)).truth is truth
