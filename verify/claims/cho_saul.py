"""Cho and Saul 2009: Kernel Methods for Deep Learning.

Their J_n(theta)/pi is our ArcCosine(order=n), unnormalised: kappa(1) = (2n-1)!!.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import sympy as sp

from theory.kernels import ArcCosine
from theory.numbers.truth import Evidence, Truth
from verify.findings.claim import Claim, Context, Finding, Procedure, Said, Source

SOURCE = Source("Cho, Saul", 2009, "section 2, eqs. 4-6")
DANIELY = Source("Daniely, Frostig, Singer", 2016, "lemma 11", "1602.05897")
ORDERS = range(7)
THETA = sp.Symbol("theta")


def printed_angles(n: int) -> sp.Expr:
    """(-1)^n sin^(2n+1) ((1/sin) d/dtheta)^n ((pi - theta)/sin)."""
    value = (sp.pi - THETA) / sp.sin(THETA)
    for _ in range(n):
        value = sp.diff(value, THETA) / sp.sin(THETA)
    return (-1) ** n * sp.sin(THETA) ** (2 * n + 1) * value


def gaussian_angle(n: int) -> sp.Expr:
    """2 pi E[(u)_+^n (v)_+^n] = 2^n n! Integral_{theta-pi/2}^{pi/2} cos^n(phi) cos^n(phi - theta) dphi.

    The radius gives 2^n n!, the powers of cosine a sum of cos(m phi - shift theta) over 4^n.
    """
    total = sp.Integer(0)
    for a in range(n + 1):
        for b in range(n + 1):
            m, shift = 2 * n - 2 * a - 2 * b, n - 2 * b  # e^(i m phi - i shift theta)
            weight = sp.binomial(n, a) * sp.binomial(n, b)
            total += weight * _arc(m, shift)
    return sp.factorial(n) * total / 2**n


def _arc(m: int, shift: int) -> sp.Expr:
    """Integral over phi from theta - pi/2 to pi/2 of cos(m phi - shift theta)."""
    if m == 0:
        return (sp.pi - THETA) * sp.cos(shift * THETA)
    ends = [m * sp.pi / 2 - shift * THETA, m * (THETA - sp.pi / 2) - shift * THETA]
    return (sp.sin(ends[0]) - sp.sin(ends[1])) / m


def identical(left: sp.Expr, right: sp.Expr) -> bool:
    """Whether two polynomials in theta, sin, cos, 1/sin agree, by algebra alone."""
    from theory.proofs.rules.calculus import trigonometric_zero

    return trigonometric_zero(sp.together(left - right))


def formula_j(context: Context, printed: Callable[[int], sp.Expr] = printed_angles) -> Finding:
    """The printed J_n with the Gaussian integral, by trigonometric algebra, n <= 6."""
    compared = "printed derivative formula with the Gaussian integral over the arc"
    routes = ("derivatives", "Fourier sums")
    for n in ORDERS:
        if not identical(printed(n), gaussian_angle(n)):
            left, right = (sp.N(f.subs(THETA, 1), 15) for f in (printed(n), gaussian_angle(n)))
            shown = {"n": n, "theta": 1, "left": str(left), "right": str(right)}
            why = f"J_{n}(1): printed {left}, integral {right}"
            return Finding(Truth.FAILS, Evidence.CERTIFIED, compared, why, routes, shown)
    return Finding(
        Truth.HOLDS,
        Evidence.CERTIFIED,
        compared,
        "identical in theta for each n <= 6",
        routes,
        scope="n in 0..6, all theta",
    )


def derivative(context: Context, printed: Callable[[int], int] = lambda n: n * n) -> Finding:
    """kappa_n' = n^2 kappa_{n-1}: in the angle dJ_n/dtheta = -n^2 sin(theta) J_{n-1}; Maclaurin balls too."""
    from theory.expansions.maclaurin import maclaurin
    from theory.numbers.balls import working_precision

    compared = "derivative of the Gaussian integral with n^2 times the lower one"
    routes = ("Fourier sums", "Maclaurin")
    for n in range(1, 7):
        upper, lower = gaussian_angle(n), gaussian_angle(n - 1)
        same = identical(sp.diff(upper, THETA), -printed(n) * sp.sin(THETA) * lower)
        with working_precision(30):
            b, c = maclaurin(ArcCosine(n), 20), maclaurin(ArcCosine(n - 1), 19)
            near = all(((i + 1) * b[i + 1]).overlaps(printed(n) * c[i]) for i in range(19))
        if not (same and near):
            quotient = sp.N((-sp.diff(upper, THETA) / sp.sin(THETA) / lower).subs(THETA, 1), 15)
            why = f"n={n}: the factor is {quotient}, not {printed(n)}"
            return Finding(Truth.FAILS, Evidence.CERTIFIED, compared, why, routes, {"n": n, "law": why})
    return Finding(
        Truth.HOLDS, Evidence.CERTIFIED, compared, "identical in theta for each n", routes, scope="n in 1..6, all theta"
    )


# Wrong formulas, by the slip; each must fail.
TWINS = {
    "cho-saul-J": {
        name: partial(formula_j, printed=wrong)
        for name, wrong in {
            "factor 2": lambda n: 2 * printed_angles(n),
            "order shifted": lambda n: printed_angles(n + 1),
            "sign (-1)^n lost": lambda n: (-1) ** n * printed_angles(n),
            "one power of sin less": lambda n: printed_angles(n) / sp.sin(THETA),
            "divided by pi": lambda n: printed_angles(n) / sp.pi,
        }.items()
    },
    "arccos-derivative": {
        name: partial(derivative, printed=wrong)
        for name, wrong in {
            "n in place of n^2": lambda n: n,
            "factor 2": lambda n: 2 * n * n,
            "order shifted": lambda n: (n + 1) ** 2,
            "sign": lambda n: -n * n,
        }.items()
    },
}

CLAIMS = (
    Claim(
        "cho-saul-J",
        SOURCE,
        "memory",
        r"J_n(\theta) = (-1)^n \sin^{2n+1}\theta "
        r"\left(\frac{1}{\sin\theta}\frac{\partial}{\partial\theta}\right)^n"
        r"\frac{\pi-\theta}{\sin\theta}",
        procedure=Procedure(formula_j, TWINS["cho-saul-J"]),
        readings=(
            (
                "n = 0 and 1, proved",
                (
                    Said("kappa(t) = (pi - acos(t))/pi", "ArcCosine(order=0)"),
                    Said("kappa(t) = (sqrt(1 - t**2) + t*(pi - acos(t)))/pi", "ArcCosine(order=1)"),
                ),
            ),
        ),
        note="Stated for every n; decided for n <= 6.",
    ),
    Claim(
        "arccos-derivative",
        DANIELY,
        "memory",
        r"\kappa_n' = n^2 \kappa_{n-1},\ n \ge 1",
        procedure=Procedure(derivative, TWINS["arccos-derivative"]),
        note="The derivative of a dual activation is the dual of the derivative; stated for every n, decided for n "
        "<= 6.",
    ),
)
