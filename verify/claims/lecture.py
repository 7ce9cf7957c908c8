"""Formulas of Rahaman, Arora and the lecture that need no network."""

from __future__ import annotations

from fractions import Fraction

from theory.precision import ball
from theory.truth import Evidence, Truth
from verify.claim import Claim, Context, Finding, Said, Source
from verify.claims.points import Formula, hold_against

RAHAMAN = Source("Rahaman et al.", 2019, "lemma 1 and appendix", "1806.08734")
ARORA = Source("Arora, Du, Hu, Li, Wang", 2019, "corollary 6.2", "1901.08584")
LECTURE = Source("Lecture on spectral bias", 2021)
TANGENT, BIASED, HIDDEN = "NTK(depth=2)", "NTK(depth=2, bias=True)", "NTK(depth=2, layer_scales=(1/2, 0))"


def hat_by_lemma(k: int, sign: int = 1):
    """sign i sum_eps (W_eps . k/k^2) 1~_eps(k) for the hat max(0, 1-|x|): slopes 1, -1 on [-1, 0], [0, 1].

    The sum over pieces is (2 cos k - 2)/(i k): the lemma's value is sign (2 cos k - 2)/k^2.
    """
    return sign * (2 * ball(k).cos() - 2) / k**2


def fourier_lemma(context: Context, printed: Formula = hat_by_lemma) -> Finding:
    """The printed lemma on the hat function, whose transform is (2 sin(k/2)/k)^2."""
    return hold_against(
        ("k",), [(k,) for k in range(1, 13)], printed, lambda k: (2 * (ball(k) / 2).sin() / k) ** 2,
        "printed lemma on the hat function with the square of a box's transform", ("lemma 1", "convolution theorem"),
        lambda k: hat_by_lemma(k, -1), "-i in place of +i",
    )  # fmt: skip


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
                           figures={"corrected": {"says": "exp(-lambda t)", "verdict": str(corrected)}})  # fmt: skip
    return Finding(Truth.HOLDS, Evidence.CHECKED, "printed residual with the enclosed gradient flow", "they overlap",
                   ("formula", "explicit and implicit Euler"))  # fmt: skip


CLAIMS = (
    Claim("rahaman-lemma", RAHAMAN, "read",
          r"\tilde f(k) = i \sum_\epsilon \frac{W_\epsilon \cdot k}{k^2}\, \tilde 1_{P_\epsilon}(k)",
          procedure=fourier_lemma),
    Claim("rahaman-inversion", RAHAMAN, "read", r"f(x) = (2\pi)^{d/2} \int \tilde f(k) e^{ik\cdot x} dk",
          (Said("(2*pi)**(d/2)*(2*pi)**d = 1"),), corrected=(Said("(2*pi)**(-d)*(2*pi)**d = 1"),),
          note="At x = 0 for f = exp(-|x|^2/2): the transform is (2 pi)^(d/2) f and integrates to (2 pi)^d."),
    Claim("arora-bound", ARORA, "read",
          r"\sqrt{y^\top H^{-1} y} \le 3p|\alpha|\,\|\beta\|^p,\ y = \alpha(\beta^\top x)^p,\ p = 1 \text{ or even}",
          (Said("b(n) >= 1/(9*n**2)", HIDDEN, ("n even", "n >= 2")), Said("b(1) >= 1/9", HIDDEN)),
          note="All b_n >= 0, so H - b_p K^(p) is positive semidefinite, K^(p) the Gram matrix of (x'x')^p, and "
          "y' H^-1 y <= alpha^2 |beta|^(2p)/b_p: the bound follows from b_p >= 1/(9 p^2)."),
    Claim("lecture-decay", LECTURE, "seed", r"v_i^\top(\hat y - y) = -e^{+\Lambda t} v_i^\top y \text{ (sign as printed)}",
          procedure=flow_decay),
    Claim("lecture-rates", LECTURE, "seed", r"\text{larger eigenvalue, faster; higher degree, smaller eigenvalue}",
          (Said("mu(0) > mu(1)", TANGENT), Said("mu(1) > mu(2)", TANGENT), Said("mu(k) > mu(k+2)", TANGENT, ("k even",)),
           Said("mu(k) = Theta(k**(-d-1)) as k -> oo", TANGENT, ("k even",)))),
    Claim("lecture-spaces", LECTURE, "seed", r"\text{the space of the NTK is the Sobolev space of order } (d+1)/2",
          (Said("mu(k) = Theta((1+k*(k+d-1))**(-(d+1)/2)) as k -> oo", BIASED),),
          note="With bias; the rates of ridge regression are not part of this verdict."),
)  # fmt: skip
