"""Jacot, Gabriel, Hongler 2018: the tangent kernel's recursion and its positivity.

Their layers are numbered 0 to L, so their L counts weight layers as ours does; beta^2 is our bias_variance.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from flint import arb

from theory.kernels import NTK
from theory.numbers.balls import ball, working_precision
from theory.numbers.truth import Evidence, Truth
from verify.findings.claim import Claim, Context, Finding, Procedure, Said, Source


def _source(place: str) -> Source:
    return Source("Jacot, Gabriel, Hongler", 2018, place, "1806.07572")


DEPTHS = (2, 3, 4)


def printed_step(theta: arb, slope: arb, sigma: arb) -> arb:
    """Theta_{L+1} = Theta_L Sigma'_{L+1} + Sigma_{L+1}."""
    return theta * slope + sigma


def arc(t: arb, order: int) -> arb:
    """k0 or k1 in the angle."""
    theta = t.acos()
    if order == 0:
        return 1 - theta / arb.pi()
    return (theta.sin() + (arb.pi() - theta) * theta.cos()) / arb.pi()


def recursion(context: Context, printed: Callable[[arb, arb, arb], arb] = printed_step) -> Finding:
    """The recursion from Theta_1 = t in the angle with the kernel summed from its Maclaurin series, t = j/8."""
    from theory.expansions.maclaurin import maclaurin

    compared, routes = "printed recursion with the power series of the kernel", ("angle", "Maclaurin series")
    terms = 80
    with working_precision(30):
        for depth in DEPTHS:
            series = maclaurin(NTK(depth), terms)
            for j in (-4, -3, -1, 0, 2, 4):
                t = ball(j) / 8
                theta = sigma = t
                for _ in range(depth - 1):
                    theta, sigma = printed(theta, arc(sigma, 0), arc(sigma, 1)), arc(sigma, 1)
                tail = arb(0, (abs(t) ** terms * depth).upper())  # b_n >= 0 and sum b_n = kappa(1) = depth
                value = sum((b * t**n for n, b in enumerate(series)), arb(0)) + tail
                if not theta.overlaps(value):
                    why = f"L={depth}, t={j}/8: recursion {theta.mid()}, series {value.mid()}"
                    return Finding(Truth.FAILS, Evidence.CERTIFIED, compared, why, routes, {"L": depth, "t": f"{j}/8"})
    return Finding(
        Truth.HOLDS,
        Evidence.CHECKED,
        compared,
        "they overlap to 20 digits",
        routes,
        scope="L = 2, 3, 4, six values of t",
    )


# Wrong recursions; each must fail.
TWINS = {
    "jacot-recursion": {
        name: partial(recursion, printed=wrong)
        for name, wrong in {
            "factor 2": lambda theta, slope, sigma: theta * slope + 2 * sigma,
            "sum in place of the product": lambda theta, slope, sigma: theta + slope + sigma,
            "derivative kernel halved": lambda theta, slope, sigma: theta * slope / 2 + sigma,
            "last layer alone": lambda theta, slope, sigma: sigma,
        }.items()
    }
}

CLAIMS = (
    Claim(
        "jacot-recursion",
        _source("theorem 1"),
        "read",
        r"\Theta_{L+1} = \Theta_L \dot\Sigma_{L+1} + \Sigma_{L+1}",
        procedure=Procedure(recursion, TWINS["jacot-recursion"]),
        readings=(
            (
                "two layers, from the gradients",
                (Said("kappa(t) = t*(pi - acos(t))/pi + (sqrt(1 - t**2) + t*(pi - acos(t)))/pi", "NTK(depth=2)"),),
            ),
        ),
    ),
    Claim(
        "jacot-positive",
        _source("proposition 2"),
        "read",
        r"\text{the limiting kernel is positive definite on the sphere for } L \ge 2",
        (
            *(Said("mu(k) > 0", f"NTK(depth={depth}, bias_variance=1)") for depth in DEPTHS),
            Said("mu(k) > 0", "NTK(depth=L, bias=True)", ("L >= 2",)),
            Said("mu(k) > 0", "NTK(depth=L)", ("L >= 3",)),
        ),
        readings=(
            (
                "outside their assumption, bias variance 0 at depth 2: some mu_k = 0",
                (Said("mu(k) = 0", "NTK(depth=2)", ("k odd", "k >= 3")),),
            ),
        ),
        note="Holds as assumed, with bias variance > 0, here for depths 2 to 4; for every depth where biases start at 0 "
        "and are trained, and without bias from depth 3 on. At depth 2 without bias all odd degrees k >= 3 vanish.",
    ),
)
