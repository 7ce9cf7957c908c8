"""Jacot, Gabriel, Hongler 2018: the tangent kernel's recursion and its positivity.

Their L counts hidden layers as ours does weight layers; beta^2 is our bias_variance.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from flint import arb

from theory.kernels import NNGP, NTK, ArcCosine, Kernel
from theory.precision import ball, working_precision
from theory.truth import Evidence, Truth
from verify.claim import Claim, Context, Finding, Said, Source

SOURCE = Source("Jacot, Gabriel, Hongler", 2018, "theorem 1 and proposition 2", "1806.07572")
DEPTHS = (2, 3, 4)
TOP = 30


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
    from theory.routes.maclaurin import maclaurin

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
                    return Finding(Truth.FAILS, Evidence.CERTIFIED, compared,
                                   why, routes, {"L": depth, "t": f"{j}/8"})
    return Finding(Truth.HOLDS, Evidence.CHECKED, compared, "they overlap to 20 digits", routes,
                   scope="L = 2, 3, 4, six values of t")  # fmt: skip


def with_bias(depth: int) -> Kernel:
    """Their kernel of that depth, beta = 1."""
    return NTK(depth, bias_variance=1)


def positive(context: Context, printed: Callable[[int], Kernel] = with_bias) -> Finding:
    """b_n > 0 for every n <= 30 of the kernels `printed`, all others >= 0: mu_k > 0 on every sphere."""
    from theory.positive import nonnegative_from
    from theory.routes.maclaurin import maclaurin

    compared, routes = "sign of the Maclaurin coefficients (Schoenberg)", ("Maclaurin balls", "sign rule")
    for depth in DEPTHS:
        kernel = printed(depth)
        with working_precision(30):
            series = maclaurin(kernel, TOP + 1)
            bad = next((n for n, b in enumerate(series) if not b > 0), None)
            refuted = bad is not None and bool(series[bad] <= 0)
        if refuted:
            why = f"{kernel!r}: b_{bad} = {series[bad]}"
            return Finding(Truth.FAILS, Evidence.CERTIFIED, compared, why, routes, {"L": depth, "n": bad})
        if bad is not None or nonnegative_from(kernel) != 0:
            why = f"{kernel!r}: some b_n is not certainly positive"
            return Finding(Truth.UNDECIDED, Evidence.CERTIFIED, compared, why, routes)
    return Finding(Truth.HOLDS, Evidence.CERTIFIED, compared,
                   f"b_n > 0 for n <= {TOP}, so mu_k > 0 for k <= {TOP}",
                   routes, scope=f"L = 2, 3, 4, k <= {TOP}, all d")  # fmt: skip


# Wrong recursions, and kernels that are not strictly positive; each must fail.
TWINS = {
    "jacot-recursion": {
        name: partial(recursion, printed=wrong)
        for name, wrong in {
            "factor 2": lambda theta, slope, sigma: theta * slope + 2 * sigma,
            "sum in place of the product": lambda theta, slope, sigma: theta + slope + sigma,
            "derivative kernel halved": lambda theta, slope, sigma: theta * slope / 2 + sigma,
            "last layer alone": lambda theta, slope, sigma: sigma,
        }.items()
    },
    "jacot-positive": {
        name: partial(positive, printed=wrong)
        for name, wrong in {
            "without bias": NTK,
            "last layer alone, without bias": NNGP,
            "step functions": lambda depth: ArcCosine(0),
            "order 2": lambda depth: ArcCosine(2),
        }.items()
    },
}

CLAIMS = (
    Claim("jacot-recursion", SOURCE, "read",
          r"\Theta_{L+1} = \Theta_L \dot\Sigma_{L+1} + \Sigma_{L+1}", procedure=recursion,
          readings=(("two layers, from the gradients",
                     (Said("kappa(t) = t*(pi - acos(t))/pi + (sqrt(1 - t**2) + t*(pi - acos(t)))/pi",
                           "NTK(depth=2)"),)),)),
    Claim("jacot-positive", SOURCE, "read",
          r"\text{the limiting kernel is positive definite on the sphere for } L \ge 2", procedure=positive,
          readings=(("outside their assumption, bias variance 0 at depth 2: some mu_k = 0",
                     (Said("mu(k) = 0", "NTK(depth=2)", ("k odd", "k >= 3")),)),),
          note="Holds as assumed, with bias variance > 0; at depth 2 without bias all odd degrees k >= 3 vanish."),
)  # fmt: skip
