"""The lecture's formulas that need no network; its representer formula is in `simon`."""

from __future__ import annotations

from fractions import Fraction
from functools import partial

from theory.precision import ball
from theory.truth import Evidence, Truth
from verify.claim import Claim, Context, Finding, Said, Source
from verify.claims.points import Formula

LECTURE = Source("Lecture on spectral bias", 2021)
TANGENT, BIASED = "NTK(depth=2)", "NTK(depth=2, bias=True)"


def printed_residual(rate: Fraction, time: Fraction) -> Fraction | object:
    """-e^{+Lambda t}, as printed."""
    return -(ball(rate * time)).exp()


def flow_decay(context: Context, printed: Formula = printed_residual) -> Finding:
    """The printed residual with the limit of Euler steps (1 - lambda t/n)^n, enclosed from both sides."""

    def flow(rate: Fraction, time: Fraction):
        x, n = rate * time, 2**20
        lower, upper = ball(1 - Fraction(x, n)) ** n, 1 / ball(1 + Fraction(x, n)) ** n
        return lower.union(upper)

    for rate, time in ((Fraction(1, 2), Fraction(0)), (Fraction(1, 2), Fraction(1)), (Fraction(1), Fraction(3))):
        left, right = printed(rate, time), flow(rate, time)
        if not left.overlaps(right):
            shown = {"lambda": str(rate), "t": str(time), "left": str(left.mid()), "right": str(right.mid())}
            corrected = (-ball(rate * time)).exp().overlaps(right)
            return Finding(Truth.FAILS, Evidence.CERTIFIED, "printed residual with the enclosed gradient flow",
                           f"at lambda t = {rate * time} printed {left.mid()}, flow {right.mid()}",
                           ("formula", "explicit and implicit Euler"), shown,
                           figures={"corrected": {"says": "exp(-lambda t)",
                           "verdict": str(corrected)}})  # fmt: skip
    return Finding(Truth.HOLDS, Evidence.CHECKED, "printed residual with the enclosed gradient flow",
                   "they overlap",
                   ("formula", "explicit and implicit Euler"))  # fmt: skip


# Wrong residuals, by the slip; each must fail.
TWINS = {
    "lecture-decay": {
        name: partial(flow_decay, printed=wrong)
        for name, wrong in {
            "growth": lambda rate, time: ball(rate * time).exp(),
            "rate doubled": lambda rate, time: (-2 * ball(rate * time)).exp(),
            "eigenvalue lost": lambda rate, time: (-ball(time)).exp(),
            "first order": lambda rate, time: 1 - ball(rate * time),
            "sign": lambda rate, time: -(-ball(rate * time)).exp(),
        }.items()
    }
}

CLAIMS = (
    Claim("lecture-decay", LECTURE, "seed",
          r"v_i^\top(\hat y - y) = -e^{+\Lambda t} v_i^\top y \text{ (sign as printed)}",
          procedure=flow_decay),
    Claim("lecture-rates", LECTURE, "seed", r"\text{larger eigenvalue, faster; higher degree, smaller eigenvalue}",
          (Said("mu(0) > mu(1)", TANGENT), Said("mu(1) > mu(2)", TANGENT), Said("mu(k) > mu(k+2)", TANGENT,
          ("k even",)),
           Said("mu(k) = Theta(k**(-d-1)) as k -> oo", TANGENT, ("k even",)))),
    Claim("lecture-spaces", LECTURE, "seed", r"\text{the space of the NTK is the Sobolev space of order } (d+1)/2",
          (Said("mu(k) = Theta((1+k*(k+d-1))**(-(d+1)/2)) as k -> oo", BIASED),),
          note="With bias; the rates of ridge regression are not part of this verdict."),
)  # fmt: skip
