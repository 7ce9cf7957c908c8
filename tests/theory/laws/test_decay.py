"""Laws of decay against high-precision eigenvalues, their bounds at many points, and their sharpness."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from functools import cache, lru_cache

import mpmath
import pytest
import sympy as sp

from tests.examples import some
from tests.theory.uniform import uniform_bounds
from theory.kernels import NTK, ArcCosine, Kernel
from theory.laws.decay import decay
from theory.laws.law import Law, LawBranch
from theory.numbers.truth import Evidence
from theory.proofs.check import check, extended
from theory.proofs.steps import Proof, Refused
from theory.spectra.closed_forms import closed_form
from theory.spectra.routes.closed import balls
from theory.spectra.sphere import multiplicity
from theory.symbolic.objects import Range, d, k
from theory.symbolic.ranges import Ranges
from theory.text.laws import law_json, law_latex, law_text

CAO = NTK(2, (Fraction(1, 2), 1))
PI = sp.pi
DIGITS = 60
SHAPE = d**d * k ** (k - 1) * (k + d) ** (-k - d)
BOTH = (Range("k", 2, None, 0), Range("d", 1))
cached_decay = lru_cache(maxsize=None)(decay)


def mu(kernel: Kernel, dim: int, degree: int) -> mpmath.mpf:
    """The closed form to DIGITS digits, as a number."""
    (value,) = balls(closed_form(kernel), dim, range(degree, degree + 1), DIGITS)
    mantissa, exponent = value.mid().man_exp()
    with mpmath.workdps(DIGITS + 10):
        return mpmath.mpf(int(mantissa)) * mpmath.mpf(2) ** int(exponent)


def number(expression: sp.Expr, **at: int) -> mpmath.mpf:
    symbols = sorted(expression.free_symbols, key=str)
    return sp.lambdify(symbols, expression, "mpmath")(*(mpmath.mpf(at[s.name]) for s in symbols))


def branch(law: Law, degree: int) -> LawBranch:
    """The branch that speaks of a degree."""
    return next(
        b
        for b in law.law
        for w in b.ranges
        if w.name == "k"
        and degree >= w.least
        and (w.most is None or degree <= w.most)
        and (w.parity is None or degree % 2 == w.parity)
    )


def test_constants_for_growing_degree() -> None:
    """Gamma((d+1)/2)^2 2^d/pi^2 k^-(d+1) for even k; 1/pi on S^2, 8/pi^2 on S^3."""
    for dim, constant in ((2, 1 / PI), (3, 8 / PI**2)):
        found = branch(cached_decay(NTK(2), "k", dim=dim), 2)
        assert (found.exponent, sp.simplify(found.constant - constant)) == (-dim - 1, 0)
    symbolic = branch(cached_decay(NTK(2), "k"), 2)
    assert sp.expand(symbolic.exponent + d + 1) == 0
    assert sp.simplify(symbolic.constant - sp.gamma((d + 1) / 2) ** 2 * 2**d / PI**2) == 0


@pytest.mark.parametrize(("degree", "constant"), [(0, 1 / PI), (2, 3 / PI), (4, 5 / PI), (6, 63 / PI)])
def test_constants_for_growing_dimension(degree: int, constant: sp.Expr) -> None:
    """k! b_k d^-k."""
    found = branch(cached_decay(NTK(2), "d", degree=degree), degree)
    assert found.exponent == -degree and sp.simplify(found.constant - constant) == 0
    symbolic = branch(cached_decay(NTK(2), "d"), degree)
    assert symbolic.exponent.subs(k, degree) == -degree
    assert sp.simplify(symbolic.constant.subs(k, degree) - constant) == 0


LAWS = [
    (NTK(2), "k", {"dim": 1}),
    (NTK(2), "k", {"dim": 2}),
    (CAO, "k", {"dim": 3}),
    (ArcCosine(0), "k", {"dim": 2}),
    (ArcCosine(1), "k", {"dim": 4}),
    (ArcCosine(2), "k", {"dim": 2}),
    (NTK(2, bias=True), "k", {"dim": 2}),
    (NTK(2), "d", {"degree": 4}),
    (CAO, "d", {"degree": 2}),
    (ArcCosine(0), "d", {"degree": 3}),
    (NTK(2, bias=True), "d", {"degree": 5}),
    (NTK(2), "d", {"degree": 1}),
]


@pytest.mark.parametrize(("kernel", "name", "fixed"), LAWS, ids=str)
def test_expansion_against_numbers(kernel: Kernel, name: str, fixed: dict[str, int]) -> None:
    """What m terms miss lies between half and twice the next term that is not 0: one term less would not do."""
    law = cached_decay(kernel, name, terms=7, **fixed)
    for size in (10**4, 10**6):
        for v in (size, size + 1):
            degree, dim = (v, fixed["dim"]) if name == "k" else (fixed["degree"], v)
            found, exact = branch(law, degree), mu(kernel, dim, degree)
            if found.exponent is None:
                assert exact == 0
                continue
            with mpmath.workdps(DIGITS):
                terms = [number(c) * mpmath.mpf(v) ** number(p) for p, c in found.terms]
                for count in (1, 3, 5):
                    error = abs(exact - mpmath.fsum(terms[:count]))
                    following = next(abs(term) for term in terms[count:] if term)
                    rounding = abs(exact) * mpmath.mpf(10) ** (5 - DIGITS)
                    assert following / 2 - rounding <= error <= 2 * following + rounding
                for twin in (2 * terms[0], terms[0] / v, terms[0] * v):
                    assert abs(exact - twin) > abs(exact) / 2


@pytest.mark.parametrize(("kernel", "name", "fixed"), LAWS, ids=str)
def test_bounds_hold_and_are_sharp(kernel: Kernel, name: str, fixed: dict[str, int]) -> None:
    """At every start and far out; one end is attained at the first value or approached at the last."""
    law = cached_decay(kernel, name, **fixed)
    for found in law.law:
        if found.bounds is None or not found.bounds_from:
            continue
        where = next(w for w in found.bounds_from if w.name == name)
        assert law.valid_from >= where.least
        ratios = []
        points = [*where.values(25), *(where.least + where.step * 10**i for i in (3, 4, 5))]
        with mpmath.workdps(DIGITS - 10):
            lower, upper = (number(b.value) for b in found.bounds)
            rounding = mpmath.mpf(10) ** (15 - DIGITS)
            for v in points:
                degree, dim = (v, fixed["dim"]) if name == "k" else (fixed["degree"], v)
                ratio = mu(kernel, dim, degree) / (number(found.constant) * mpmath.mpf(v) ** number(found.exponent))
                assert lower * (1 - rounding) <= ratio <= upper * (1 + rounding), v
                ratios.append(ratio)
            # The first value attains one end up to rounding; the last is within 100/v of the other, the limit 1.
            ends = (lower, upper)
            assert min(abs(ratios[0] - e) for e in ends) <= rounding or name == "d"
            assert min(abs(ratios[-1] - e) for e in ends) <= mpmath.mpf(100 + fixed.get("degree", 0) ** 2) / points[-1]
            assert not lower * 1.01 <= min(ratios) * (1 + rounding) or not max(ratios) <= upper * 0.99


@pytest.mark.parametrize(
    ("kernel", "side", "constant"),
    [
        (CAO, -1, sp.E / PI**2),
        (CAO, 1, sp.exp(2) / PI),
        (NTK(2), -1, 2 * sp.E / PI**2),
        (NTK(2), 1, 3 * sp.exp(2) / (2 * PI)),
    ],
    ids=str,
)
def test_uniform_bounds_hold_and_are_approached(kernel: Kernel, side: int, constant: sp.Expr) -> None:
    found = _uniform(kernel)[0 if side < 0 else 1]
    assert sp.simplify(found.value - constant) == 0 and not found.attained
    with mpmath.workdps(DIGITS):
        sharp = number(constant + 0 * k)
        worst = None
        for dim in (*some(range(1, 30), 8), 100, 10**6):
            for degree in (*some(range(2, 40, 2), 8), 100, 10**6):
                # order = d^d k^(k-1) (k+d)^(-k-d) by logarithms; the largest exponent 1e7 costs 8 digits.
                x, y = mpmath.mpf(dim), mpmath.mpf(degree)
                order = mpmath.exp(x * mpmath.log(x) + (y - 1) * mpmath.log(y) - (x + y) * mpmath.log(x + y))
                ratio = mu(kernel, dim, degree) / order
                assert side * ratio < side * sharp, (dim, degree)
                worst = ratio if worst is None else max(worst, ratio, key=lambda value: side * value)
        assert abs(worst / sharp - 1) < mpmath.mpf(10) ** -5  # a constant better by 1e-5 would be refuted


@cache
def _uniform(kernel: Kernel) -> tuple:
    return uniform_bounds(kernel, SHAPE, Ranges(BOTH))


def test_laws_carry_replayable_proofs_about_the_eigenvalues() -> None:
    """The last steps say that mu_k / leading = quotient and that the quotient tends to 1."""
    for kernel, name, fixed in some(LAWS, 4):
        law = cached_decay(kernel, name, **fixed)
        for found in law.law:
            if found.exponent is None:
                continue
            check(found.proof)
            if law.evidence is Evidence.PROVED:
                quotient, limit = found.proof.steps[-2:]
                assert (quotient.rule, limit.rule) == ("gamma-algebra", "limit")
                assert limit.left.args[0] == quotient.right and limit.right == 1


def test_a_falsified_law_is_refused() -> None:
    proof = branch(cached_decay(NTK(2), "k", dim=2), 2).proof
    *before, quotient, limit = proof.steps
    twins = (
        (
            replace(quotient, statement=quotient.statement.func(quotient.left, quotient.right * 2, evaluate=False)),
            limit,
        ),
        (quotient, replace(limit, statement=limit.statement.func(limit.left, sp.Integer(2), evaluate=False))),
        (
            quotient,
            replace(
                limit,
                statement=limit.statement.func(
                    sp.Limit(limit.left.args[0] * k, k, sp.oo), sp.Integer(1), evaluate=False
                ),
            ),
        ),
        (replace(quotient, ranges=(Range("k", 1, None, 1), Range("d", 2, 2))), limit),
        (replace(quotient, ranges=(Range("k", 2, None, 0), Range("d", 3, 3))), limit),
    )
    for twin in twins:
        with pytest.raises(Refused):
            extended(Proof("before", tuple(before)), *twin)


def test_print_of_cao_cannot_hold() -> None:
    """Order d^(1-k) in print: N(d,k) mu_k would exceed the trace; the proved order is d^-k."""
    law = branch(cached_decay(CAO, "d", degree=4), 4)
    assert law.exponent == -4
    for dim in (10**3, 10**5):
        with mpmath.workdps(DIGITS):
            printed = number(law.constant) * mpmath.mpf(dim) ** -3 * multiplicity(dim, 4)
            proved = number(law.constant) * mpmath.mpf(dim) ** -4 * multiplicity(dim, 4)
            assert proved < mpmath.mpf(3) / 2 < printed


def test_kinds_of_output() -> None:
    for law in (cached_decay(NTK(2), "k", dim=2), cached_decay(NTK(2), "d")):
        record = law_json(law)
        assert record["schema"] == 1 and record["evidence"] == "proved" and len(record["law"]) == len(law.law)
        assert repr(NTK(2)) in law_text(law) and r"\begin{align*}" in law_latex(law)


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        ({"as_": "t"}, "as must be k or d"),
        ({"as_": "k", "degree": 3}, "give dim with as k"),
        ({"as_": "d", "dim": 3}, "give dim with as k"),
        ({"as_": "k", "terms": 0}, "terms must be"),
        ({"as_": "k", "dim": Fraction(3, 2)}, "dim must be an integer"),
        ({"as_": "k", "dim": 0}, "dim must be"),
        ({"as_": "d", "degree": -1}, "degree must be"),
    ],
    ids=str,
)
def test_bad_requests_are_named(request_: dict, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        decay(NTK(2), **request_)
