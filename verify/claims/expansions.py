"""Printed expansions at t = 1, -1 and laws as k -> oo held against those of theory; no claims here.

The laws of deep kernels come from exact expansions and a cited theorem for the remainder, replayed
by no checker: their evidence is `checked`.
"""

from __future__ import annotations

from fractions import Fraction

import sympy as sp

from theory.kernels import Kernel
from theory.numbers.truth import Evidence, Truth
from verify.findings.claim import Finding

Terms = tuple[tuple[Fraction | int, sp.Expr], ...]
Ends = tuple[tuple[Kernel, int, Terms], ...]


def equal_numbers(left: sp.Expr, right: sp.Expr) -> bool:
    """Whether two constants agree: by algebra, else to 40 digits."""
    difference = sp.expand(left - right)
    return difference == 0 or abs(sp.N(difference, 60, maxn=400)) < sp.Float(10) ** -40


def expansion_agrees(
    kernel: Kernel, place: int, printed: Terms, remainder: Fraction
) -> tuple[bool, dict[str, str], Fraction | None]:
    """Whether kappa = printed + O(u^remainder) at t = place; the first difference; the true order.

    A second route, kappa at a small u in balls, must agree with the expansion.
    """
    from theory.expansions.at_ends import expansion_at

    series = expansion_at(kernel, place, remainder + 1)
    true = dict(series.terms)
    wanted = {Fraction(e): c for e, c in printed}
    for exponent in sorted(set(true) | set(wanted)):
        found, said = true.get(exponent, sp.Integer(0)), wanted.get(exponent, sp.Integer(0))
        if exponent < remainder and not equal_numbers(found, said):
            return False, {"power": str(exponent), "left": str(said), "right": str(found)}, None
    beyond = min((e for e in true if e >= remainder), default=None)
    return True, _small_u(kernel, place, true, beyond), beyond


def _small_u(kernel: Kernel, place: int, true: dict[Fraction, sp.Expr], beyond: Fraction | None) -> dict[str, str]:
    """kappa(place -+ u) - series at u = 10^-8, from the kernel's formula: below the last term kept."""
    import mpmath

    from theory.kernels.formulas import in_sympy

    t = sp.Symbol("t")
    with mpmath.workdps(60):
        u = mpmath.mpf(10) ** -8
        value = sp.lambdify(t, in_sympy(kernel, t), "mpmath")(place * (1 - u))
        series = mpmath.fsum(
            mpmath.mpf(str(sp.N(c, 60))) * u ** (mpmath.mpf(e.numerator) / e.denominator) for e, c in true.items()
        )
        last, error = max(true), abs(value - series)
        small = error < u ** (mpmath.mpf(last.numerator) / last.denominator)
    if not small:
        raise ArithmeticError(f"the expansion of {kernel!r} at {place} misses kappa by {error}")
    return {"u": "1e-8", "error": mpmath.nstr(error, 3), "next power": str(beyond)}


def decide_expansion(cases: Ends, remainder: Fraction) -> Finding:
    """FAILS at the first kernel whose expansion is not as printed."""
    compared = "printed expansion with exact series algebra"
    routes = ("endpoint series", "kappa near the end, mpmath")
    orders = []
    for kernel, place, printed in cases:
        same, shown, beyond = expansion_agrees(kernel, place, printed, remainder)
        if not same:
            why = f"{kernel!r} at t = {place}: the coefficient of u^{shown['power']} is {shown['right']}, "
            why += f"printed {shown['left']}"
            return Finding(Truth.FAILS, Evidence.CHECKED, compared, why, routes, {"kernel": repr(kernel), **shown})
        orders.append(f"{kernel!r} at {place}: remainder of exact order u^{beyond}")
    return Finding(Truth.HOLDS, Evidence.CHECKED, compared, "; ".join(orders), routes)


def _law_case(kernel: Kernel, exponent: sp.Expr) -> str | None:
    """None if mu_k ~ C k^exponent for both parities with C > 0; else what holds."""
    from theory.laws.end_terms import degree_law

    for parity, law in zip(("even", "odd"), degree_law(kernel, None, 1), strict=True):
        if not law:
            return f"{kernel!r}: mu_k falls faster for {parity} k"
        power, constant = law[0]
        positive = sp.N(constant.subs({symbol: 2 for symbol in constant.free_symbols})) > 0
        if sp.expand(power - exponent) != 0 or not positive:
            return f"{kernel!r}: mu_k ~ ({constant}) k^({power}) for {parity} k"
    return None


def decide_laws(kernels: tuple[Kernel, ...], exponent: sp.Expr) -> Finding:
    """mu_k ~ C k^exponent, both parities, symbolic d, with the slope of certified eigenvalues on S^2."""
    compared = "exponent of k with the law at the ends and with certified mu_20/mu_40"
    routes = ("endlaws", "angle")
    for kernel in kernels:
        wrong = _law_case(kernel, exponent) or _slope_case(kernel, exponent)
        if wrong:
            return Finding(Truth.FAILS, Evidence.CHECKED, compared, wrong, routes, {"law": wrong})
    return Finding(
        Truth.HOLDS,
        Evidence.CHECKED,
        compared,
        f"{', '.join(map(repr, kernels))}: both parities, C > 0",
        routes,
        scope="all d >= 1, both parities",
    )


def _slope_case(kernel: Kernel, exponent: sp.Expr) -> str | None:
    from math import log2

    from theory.spectra.spectrum import spectrum

    wanted = float(exponent.subs({s: 2 for s in exponent.free_symbols}))
    values = [float(spectrum(kernel, 2, k, 4).eigenvalues.floats()[0]) for k in (20, 40)]
    slope = log2(values[1] / values[0])
    if abs(slope - wanted) < 0.25:
        return None
    return f"{kernel!r}: slope {slope:.3f} of mu_20 to mu_40 on S^2, not {wanted}"


def exponent(shift: int) -> sp.Expr:
    """-d - shift, d symbolic."""
    from theory.symbolic.objects import d

    return -d - shift
