"""Rahaman et al. 2019: On the Spectral Bias of Neural Networks; the formulas alone.

Their transform is the integral of f(x) exp(-i k.x); their d is the dimension of x.
"""

from __future__ import annotations

from functools import partial

from flint import arb

from theory.precision import ball
from verify.claim import Claim, Context, Finding, Said, Source
from verify.claims.points import Formula, hold_against

SOURCE = Source("Rahaman et al.", 2019, "lemma 1 and appendix", "1806.08734")


def hat_by_lemma(k: int, sign: int = 1):
    """sign i sum_eps (W_eps . k/k^2) 1~_eps(k) for the hat max(0, 1-|x|): slopes 1, -1 on [-1, 0], [0, 1].

    The sum over pieces is (2 cos k - 2)/(i k): the lemma's value is sign (2 cos k - 2)/k^2.
    """
    return sign * (2 * ball(k).cos() - 2) / k**2


def fourier_lemma(context: Context, printed: Formula = hat_by_lemma) -> Finding:
    """The printed lemma on the hat function, whose transform is (2 sin(k/2)/k)^2."""
    return hold_against(
        ("k",), [(k,) for k in range(1, 13)], printed, lambda k: (2 * (ball(k) / 2).sin() / k) ** 2,
        "printed lemma on the hat function with the square of a box's transform", ("lemma 1",
        "convolution theorem"),
        lambda k: hat_by_lemma(k, -1), "-i in place of +i",
    )  # fmt: skip


# Wrong forms of the lemma, by the slip; each must fail.
TWINS = {
    "rahaman-lemma": {
        name: partial(fourier_lemma, printed=wrong)
        for name, wrong in {
            "factor 2": lambda k: 2 * hat_by_lemma(k, -1),
            "frequency shifted": lambda k: hat_by_lemma(k + 1, -1),
            "1/k in place of 1/k^2": lambda k: k * hat_by_lemma(k, -1),
            "unitary normalisation": lambda k: hat_by_lemma(k, -1) / (2 * arb.pi()).sqrt(),
        }.items()
    }
}

CLAIMS = (
    Claim("rahaman-lemma", SOURCE, "read",
          r"\tilde f(k) = i \sum_\epsilon \frac{W_\epsilon \cdot k}{k^2}\, \tilde 1_{P_\epsilon}(k)",
          procedure=fourier_lemma),
    Claim("rahaman-inversion", SOURCE, "read", r"f(x) = (2\pi)^{d/2} \int \tilde f(k) e^{ik\cdot x} dk",
          (Said("(2*pi)**(d/2)*(2*pi)**d = 1"),), corrected=(Said("(2*pi)**(-d)*(2*pi)**d = 1"),),
          note="At x = 0 for f = exp(-|x|^2/2): the transform is (2 pi)^(d/2) f and integrates to (2 pi)^d."),
)  # fmt: skip
