"""Deep networks and networks on non-uniform data: statements decided by statistics on trained networks.

Null hypotheses, margins and error rates are in `verify.networks`: deep, deep_start, density, arcs.
"""

from __future__ import annotations

from verify.findings.claim import MEASURED, OWN, Claim, Source

CAO = Source("Cao, Fang, Wu, Zhou, Gu", 2019, "non-uniform data", "1912.01198")
BASRI = Source("Basri, Galun, Geifman, Jacobs, Kasten, Kritchman", 2020, "theorem 1", "2003.04560")
LEE = "Lee, Xiao, Schoenholz, Bahri, Novak, Sohl-Dickstein, Pennington"

CLAIMS = (
    Claim(
        "deep-initial-kernel",
        Source("Jacot, Gabriel, Hongler", 2018, "theorem 1", "1806.07572"),
        "read",
        r"\Theta^{(L)} \text{ at the start } \to \Theta^{(L)}_\infty \text{ as the width grows, } L = 3, 4",
        procedure=MEASURED,
        note="Held against the certified eigenvalues of NTK(depth=L), with and without hidden biases. The mean over "
        "networks of finite width differs by O(1/m) in every degree, which the margin allows for.",
    ),
    Claim(
        "deep-own-kernel",
        Source(LEE, 2019, "theorem 2.1", "1902.06720"),
        "derived",
        r"\text{a deep network trained lazily follows the kernel it has at the start, } L = 2, 3, 4",
        procedure=MEASURED,
        note="In discrete time, and for each network against its own kernel: a statement on training alone, which "
        "holds at small widths too where the labels are small.",
    ),
    Claim(
        "deep-odd-degrees",
        Source("Bietti, Bach", 2021, "section 3.2 and appendix C.2", "2009.14397"),
        "read",
        r"\text{depth 3 and hidden biases let degree 3 be learned; depth 2 without biases never does}",
        procedure=MEASURED,
    ),
    Claim(
        "gram-order",
        Source(OWN, 2026, "after Cao et al. 2019, on non-uniform data"),
        "own",
        r"\text{on non-uniform data degrees are learned in the order of the limit kernel on the sample}",
        procedure=MEASURED,
        profile="full",
    ),
    Claim(
        "cao-misspecified",
        CAO,
        "seed",
        r"\text{the order of degrees tolerates non-uniform input distributions}",
        procedure=MEASURED,
        profile="full",
        note="Read for single targets with random poles on S^2: at most 5 % of the runs out of order under each of six "
        "distributions. The procedure reports every distribution and what holds instead.",
    ),
    Claim(
        "cao-densities",
        Source("Cao, Fang, Wu, Zhou, Gu", 2019, "section 5.3", "1912.01198"),
        "memory",
        r"\text{on } S^9 \text{ degrees } 1, 2, 4 \text{ are learned in order on piecewise uniform, "
        r"non-isotropic Gaussian and Gaussian-mixture data}",
        procedure=MEASURED,
        profile="full",
        note="The kinds of distribution are the paper's; its parameters were not at hand and are ours. In the mean over "
        "samples; the order is the limit kernel's on the same sample.",
    ),
    Claim(
        "basri-density-speed",
        BASRI,
        "read",
        r"\text{the learning time of a frequency scales as } 1/p, \ p \text{ the lowest density}",
        procedure=MEASURED,
        profile="full",
        note="Frequency 5 on S^1, alternate quadrants, time on the sparse ones; low frequencies are slightly flatter.",
    ),
    Claim(
        "density-split",
        Source(OWN, 2026, "against Basri et al. 2020, eq. 20"),
        "own",
        r"\text{under densities } 1:4 \text{ a network learns the sine and the cosine of } q = 1 \text{ at different rates}",
        procedure=MEASURED,
        profile="full",
        note="The network's side of basri-density-pairs: at the certified eigenvalues of the split pair.",
    ),
)
