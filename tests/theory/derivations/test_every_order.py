"""What the steps say of every order, beside coefficients and eigenvalues by other routes, on their
whole ranges."""

from __future__ import annotations

from functools import cache

import mpmath as mp
import pytest
import sympy as sp

from theory.derivations.every_order import (
    family_eigenvalues,
    family_series,
    order_coefficient,
    order_eigenvalue,
    order_steps,
)
from theory.proofs.steps import Step
from theory.symbolic.objects import ArcOrder, Kappa, Maclaurin, Mu, Range, a, d, j, k, n, t

LAST = 9
DIGITS = 30


@cache
def angular(order: int) -> tuple[mp.mpf, ...]:
    """b_n of 2 E[(w.x)_+^a (w.x')_+^a] by Hermite coefficients: b_n = 2 E[u_+^a He_n]^2/n!."""

    def hermite(i: int) -> mp.mpf:
        polynomial = sp.Poly(sp.hermite_prob(i, sp.Symbol("x")), sp.Symbol("x"))
        half = [
            mp.gamma(mp.mpf(order + p + 1) / 2) * mp.mpf(2) ** (mp.mpf(order + p) / 2) / (2 * mp.sqrt(mp.pi))
            for (p,), _ in polynomial.terms()
        ]
        return mp.fsum(int(c) * h for c, h in zip(polynomial.coeffs(), half, strict=True))

    with mp.workdps(2 * DIGITS):
        return tuple(2 * hermite(i) ** 2 / mp.factorial(i) for i in range(LAST + 4))


@cache
def eigenvalue(order: int, degree: int, dim: int) -> mp.mpf:
    """2 E|w|^(2a) E[t_+^a P_k]^2 by quadrature, P_k from Rodrigues' formula as a polynomial in
    t."""
    x = sp.Symbol("x")
    with mp.workdps(2 * DIGITS):
        if dim == 1:
            p = sp.Poly(sp.chebyshevt(degree, x), x)
        else:
            p = sp.Poly(sp.gegenbauer(degree, sp.Rational(dim - 1, 2), x), x)
            p = p / p.eval(1) if degree else p
        half = mp.mpf(dim) / 2

        def moment(power: int) -> mp.mpf:  # Int_0^1 t^power (1-t^2)^(d/2-1) dt over the whole weight
            return mp.beta(mp.mpf(power + 1) / 2, half) / (2 * mp.beta(mp.mpf(1) / 2, half))

        cap = mp.fsum(mp.mpf(c.p) / c.q * moment(m + order) for (m,), c in sp.Poly(p, x).terms() if c)
        size = mp.mpf(2) ** order * mp.gamma(order + mp.mpf(dim + 1) / 2) / mp.gamma(mp.mpf(dim + 1) / 2)
        return 2 * size * cap**2


def order_of(name: sp.Expr, at: dict[sp.Symbol, int]) -> int:
    return int(name.args[0].subs(at)) if isinstance(name, ArcOrder) else int(str(name).lstrip("k"))


def number(expression: sp.Expr, at: dict[sp.Symbol, int]) -> mp.mpf:
    """With coefficients and eigenvalues of named kernels by the routes above; 1/Gamma at a pole is
    0."""

    def coefficient(found: sp.Expr) -> sp.Expr:
        return sp.Float(str(angular(order_of(found.args[0], at))[int(found.args[1].subs(at))]), 2 * DIGITS)

    def mu(found: sp.Expr) -> sp.Expr:
        return sp.Float(str(eigenvalue(order_of(found.args[0], at), int(found.args[1].subs(at)), at[d])), 2 * DIGITS)

    known = expression.replace(lambda e: isinstance(e, Maclaurin), coefficient).replace(lambda e: isinstance(e, Mu), mu)
    return mp.mpf(str(sp.N(known.subs(at), 2 * DIGITS)))


def holds(step: Step, **at: int) -> bool:
    where = {{"a": a, "n": n, "k": k, "d": d}[name]: value for name, value in at.items()}
    with mp.workdps(2 * DIGITS):
        left, right = number(step.left, where), number(step.right, where)
        return abs(left - right) < mp.mpf(10) ** (5 - DIGITS) * max(1, abs(left))


ORDERS, INDICES, DIMS, DEGREES = Range("a", 0), Range("n", 0), Range("d", 1), Range("k", 0)


def test_the_series_of_every_order_holds_on_its_ranges() -> None:
    steps = {step.name: step for step in family_series()}
    assert {name: steps[name].ranges for name in ("orders", "orders-b0", "orders-b")} == {
        "orders": (ORDERS,),
        "orders-b0": (ORDERS,),
        "orders-b": (ORDERS, INDICES),
    }
    for order in range(4):
        assert holds(steps["orders-b0"], a=order) and all(holds(steps["orders-b"], a=order, n=i) for i in range(LAST))
    for name in ("orders-relation", "orders-price"):
        assert steps[name].ranges == (Range("a", 1),)  # at a = 0 they speak of the order -1
    assert all(holds(steps["orders-relation"], a=order, n=i) for order in (1, 2, 3) for i in range(5))
    assert steps["order-0-even"].ranges == (Range("n", 0, None, 0),) and steps["order-0-odd"].ranges == (
        Range("n", 1, None, 1),
    )
    assert all(holds(steps["order-0-even"], n=i) and holds(steps["order-0-odd"], n=i + 1) for i in range(0, 8, 2))
    price = steps["orders-price"].statement
    assert price.args[0] == sp.Derivative(Kappa(ArcOrder(a), t), t) and price.args[1] == a**2 * Kappa(
        ArcOrder(a - 1), t
    )


def test_the_eigenvalues_of_every_order_hold_on_their_ranges() -> None:
    steps = {step.name: step for step in family_eigenvalues()}
    assert all(step.ranges == (ORDERS, DEGREES, DIMS) for step in steps.values())
    for order in range(4):
        for degree in range(5):
            assert holds(steps["orders-mu"], a=order, k=degree, d=1 + (order + degree) % 3)
    series = steps["orders-sum"].left
    assert series == steps["orders-series"].right and series.limits == ((j, 0, sp.oo),)
    at = {a: 1, k: 0, d: 3}
    terms = [number(series.function.subs(j, i), at) for i in range(30)]
    left = eigenvalue(1, 0, 3) - mp.fsum(terms)
    assert 5 * terms[-1] < left < 15 * terms[-1]  # they fall like j^-4: 30/3 times the last one is left


@pytest.mark.parametrize("order", range(5))
def test_the_steps_of_one_order_hold_from_their_first_value_on_and_not_before(order: int) -> None:
    steps = {step.name.partition("-")[2]: step for step in order_steps(order)}
    opposite, same = 1 - order % 2, order % 2
    assert [step.ranges for step in steps.values()] == [
        (),
        (INDICES,),
        (Range("n", opposite, None, opposite),),
        (Range("n", order + 2, None, same),),
        (DEGREES, DIMS),
        (Range("k", opposite, None, opposite), DIMS),
        (Range("k", order + 2, None, same), DIMS),
    ]
    for name in ("b", "b-series", "b-zero"):
        assert all(holds(steps[name], n=i) for i in steps[name].ranges[0].values(3))
    assert not holds(steps["b-zero"], n=order)  # the power t^a itself
    for name in ("all", "mu", "zero"):
        for degree in steps[name].ranges[0].values(3):
            assert all(holds(steps[name], k=degree, d=dim) for dim in (1, 2, 5))
    assert not holds(steps["zero"], k=order, d=2)
    assert steps["mean"].left == Kappa(sp.Symbol(f"k{order}"), t)


def test_closed_forms_are_those_of_the_angle_formulas() -> None:
    """pi - theta and sin + (pi - theta) cos: b_n over pi by SymPy's series of the functions."""
    for order, function in ((0, sp.pi - sp.acos(t)), (1, sp.sqrt(1 - t**2) + (sp.pi - sp.acos(t)) * t)):
        taylor = sp.series(function, t, 0, 7).removeO()
        for i in range(7):
            assert sp.simplify(order_coefficient().subs({a: order, n: i}) - taylor.coeff(t, i) / sp.pi) == 0
    assert [order_eigenvalue().subs({a: 0, k: i, d: 1}) for i in (0, 2)] == [sp.Rational(1, 2), 0]
