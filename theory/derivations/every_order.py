"""Arc-cosine kernels of every order at once: their power series and eigenvalues, symbolic in a, k and d.

kappa_a' = a^2 kappa_{a-1} and kappa_a(0) = 2 E[u_+^a]^2 give, by induction from order 0,

    b_n = (a!)^2 2^(n-a-1) / (n! Gamma((a-n)/2+1)^2),

and Gauss' theorem sums the series of moments to mu_k = 2 E|w|^(2a) c_k(a)^2, for all a, k >= 0 and
real d >= 1, w standard normal in R^(d+1) and c_k(a) = E[t_+^a P_k]. 1/Gamma at a pole is 0.
"""

from __future__ import annotations

import sympy as sp

from theory.derivations.moments import cap_square, moment_formula
from theory.proofs.steps import Step
from theory.symbolic.objects import ArcOrder, GaussianMean, Kappa, Maclaurin, Mu, Range, a, d, equal, j, k, n, t

FAMILY = ArcOrder(a)
ORDERS, DEGREES, INDICES, DIMS = Range("a", 0), Range("k", 0), Range("n", 0), Range("d", 1)


def order_coefficient() -> sp.Expr:
    """b_n of the kernel of order a.

    >>> [order_coefficient().subs({a: 1, n: i}) for i in range(4)]
    [1/pi, 1/2, 1/(2*pi), 0]
    """
    return sp.gamma(a + 1) ** 2 * 2 ** (n - a - 1) / (sp.gamma(n + 1) * sp.gamma((a - n) / 2 + 1) ** 2)


def order_eigenvalue() -> sp.Expr:
    """mu_k of the kernel of order a, 2 E|w|^(2a) c_k(a)^2 with E|w|^(2a) = 2^a Gamma(a+(d+1)/2)/Gamma((d+1)/2).

    >>> order_eigenvalue().subs({a: 1, k: 1, d: 2})
    1/6
    """
    half = (d + 1) / 2
    upper = sp.gamma(a + 1) ** 2 * sp.gamma(half) * sp.gamma(a + half)
    return upper / (2 ** (a + 1) * sp.gamma((a - k) / 2 + 1) ** 2 * sp.gamma((a + k + d + 1) / 2) ** 2)


def family_series() -> list[Step]:
    """b_n for all orders; leans on the closed form, recurrence and first coefficients of order 0."""
    zero = sp.Symbol("k0")
    kappa, coefficient = Kappa(FAMILY, t), order_coefficient()
    relation = equal((n + 1) * Maclaurin(FAMILY, n + 1), a**2 * Maclaurin(ArcOrder(a - 1), n))
    start = 2 ** (a - 1) * sp.gamma((a + 1) / 2) ** 2 / sp.pi
    parities = [
        Step(
            f"order-0-{word}",
            equal(Maclaurin(zero, n), coefficient.subs(a, 0)),
            "recurrence-solution",
            uses=("k0-recurrence", f"k0-b{first}"),
            ranges=(Range("n", first, None, first),),
        )
        for first, word in enumerate(("even", "odd"))
    ]
    return [
        Step("orders", equal(kappa, GaussianMean(a, sp.acos(t))), "order-kernel", ranges=(ORDERS,)),
        Step(
            "order-0", equal(Kappa(zero, t), GaussianMean(0, sp.acos(t))), "mean-kernel", uses=("k0-angle", "k0-closed")
        ),
        Step(
            "orders-price",
            equal(sp.Derivative(kappa, t), a**2 * Kappa(ArcOrder(a - 1), t)),
            "price",
            uses=("orders",),
            ranges=(Range("a", 1),),
        ),
        Step("orders-relation", relation, "coefficients", uses=("orders-price",), ranges=(Range("a", 1),)),
        Step("orders-b0", equal(Maclaurin(FAMILY, 0), start), "half-normal", uses=("orders",), ranges=(ORDERS,)),
        *parities,
        Step(
            "orders-b",
            equal(Maclaurin(FAMILY, n), coefficient),
            "order-induction",
            uses=("orders-relation", "orders-b0", "order-0-even", "order-0-odd", "order-0", "orders"),
            ranges=(ORDERS, INDICES),
        ),
    ]


def family_eigenvalues() -> list[Step]:
    """mu_k for all orders from the series and the step "moment"."""
    where = (ORDERS, DEGREES, DIMS)
    at = {n: k + 2 * j}
    series = sp.Sum(order_coefficient().subs(at) * moment_formula().subs(at), (j, 0, sp.oo))
    half = (k - a) / 2
    return [
        Step(
            "orders-series",
            equal(Mu(FAMILY, k), series),
            "termwise",
            uses=("orders-b", "moment", "orders"),
            ranges=where,
        ),
        Step(
            "orders-sum",
            equal(series, order_eigenvalue()),
            "gauss-sum",
            data=(half, half, k + (d + 1) / 2),
            ranges=where,
        ),
        Step(
            "orders-mu",
            equal(Mu(FAMILY, k), order_eigenvalue()),
            "gamma-algebra",
            uses=("orders-series", "orders-sum"),
            ranges=where,
        ),
    ]


def order_steps(order: int) -> list[Step]:
    """The kernel of one order: its coefficients and eigenvalues, by parity where they are not 0.

    mu_k = 2 E|w|^(2a) c_k(a)^2 for k - a odd, where Gamma((a-k)/2+1) is reflected, and 0 for
    k = a + 2, a + 4, ...; b_n likewise.
    """
    name, at = sp.Symbol(f"k{order}"), {a: order}
    kernel, instance = f"k{order}", "order-instance"
    weight = sp.Mul(*(d + 1 + 2 * i for i in range(order)))
    opposite, same = (order + 1) % 2, order % 2
    b = sp.factorial(order) ** 2 * 2 ** (n - order - 1) * sp.gamma((n - order) / 2) ** 2 / (sp.pi**2 * sp.gamma(n + 1))
    return [
        Step(f"{kernel}-mean", equal(Kappa(name, t), GaussianMean(order, sp.acos(t))), "order-kernel"),
        Step(
            f"{kernel}-b",
            equal(Maclaurin(name, n), order_coefficient().subs(at)),
            instance,
            uses=("orders-b", "orders", f"{kernel}-mean"),
            ranges=(INDICES,),
        ),
        Step(
            f"{kernel}-b-series",
            equal(Maclaurin(name, n), b),
            "gamma-algebra",
            uses=(f"{kernel}-b",),
            ranges=(Range("n", opposite, None, opposite),),
        ),
        Step(
            f"{kernel}-b-zero",
            equal(Maclaurin(name, n), 0),
            "gamma-algebra",
            uses=(f"{kernel}-b",),
            ranges=(Range("n", order + 2, None, same),),
        ),
        Step(
            f"{kernel}-all",
            equal(Mu(name, k), order_eigenvalue().subs(at)),
            instance,
            uses=("orders-mu", "orders", f"{kernel}-mean"),
            ranges=(DEGREES, DIMS),
        ),
        Step(
            f"{kernel}-mu",
            equal(Mu(name, k), weight * cap_square(order)),
            "gamma-algebra",
            uses=(f"{kernel}-all",),
            ranges=(Range("k", opposite, None, opposite), DIMS),
        ),
        Step(
            f"{kernel}-zero",
            equal(Mu(name, k), 0),
            "gamma-algebra",
            uses=(f"{kernel}-all",),
            ranges=(Range("k", order + 2, None, same), DIMS),
        ),
    ]
