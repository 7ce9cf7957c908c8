"""Deep networks and networks on non-uniform data: statements decided by statistics on trained networks.

Null hypotheses, margins and error rates are in `verify.networks`: deep, deep_start.
"""

from __future__ import annotations

from verify.claim import Claim, Source
from verify.networks import deep_initial_kernel, deep_odd_degrees, deep_own_kernel

CLAIMS = (
    Claim(
        "deep-initial-kernel", Source("Jacot, Gabriel, Hongler", 2018, "theorem 1", "1806.07572"), "memory",
        r"\Theta^{(L)} \text{ at the start } \to \Theta^{(L)}_\infty \text{ as the width grows, } L = 3, 4",
        procedure=deep_initial_kernel,
        note="Held against the certified eigenvalues of NTK(depth=L), with and without hidden biases. The mean over "
        "networks of finite width differs by O(1/m) in every degree, which the margin allows for.",
    ),
    Claim(
        "deep-own-kernel", Source("Lee, Xiao, Schoenholz and others", 2019, "theorem 2.1", "1902.06720"), "memory",
        r"\text{a deep network trained lazily follows the kernel it has at the start, } L = 2, 3, 4",
        procedure=deep_own_kernel,
        note="In discrete time, and for each network against its own kernel: a statement on training alone, which "
        "holds at small widths too where the labels are small.",
    ),
    Claim(
        "deep-odd-degrees", Source("Bietti, Bach", 2021, "section 3", "2009.14397"), "memory",
        r"\text{depth 3 and hidden biases let degree 3 be learned; depth 2 without biases never does}",
        procedure=deep_odd_degrees,
    ),
)  # fmt: skip
