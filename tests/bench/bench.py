"""`make bench`: time and accuracy beside scipy and mpmath, targets as ratios, growth exponents.

Everything is printed as Markdown. Times are processor seconds of one run on one thread, caches cold;
the ratios of one run are comparable, the seconds of different machines are not. Memory is the peak of a
fresh process less that of one that only imports. No pytest-benchmark: it repeats a call, caches warm,
in wall-clock time, and knows neither memory nor errors nor exponents, so that only its timer were left.
"""

from __future__ import annotations

import multiprocessing
import os
import time
import warnings
from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(name, "1")

import numpy as np
from mpmath import mp, mpf
from scipy.integrate import quad
from scipy.special import eval_gegenbauer, gammaln, roots_gegenbauer

from theory.kernels import NTK
from theory.routes.oracle import kappa
from theory.spectrum import float_spectrum, spectrum

TOP = 100  # degrees 0..TOP are compared
WRONG = 1e-6  # relative error from which a degree counts as wrong
SAMPLE = (0, 2, 40, 100)  # degrees that mpmath.quad is given: all of them take too long


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    """(processor seconds, result); other work on the machine does not count."""
    start = time.process_time()
    result = work()
    return time.process_time() - start, result


def table(title: str, heading: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """A Markdown table on standard output."""
    print(f"\n{title}\n\n| {' | '.join(heading)} |\n|{' --- |' * len(heading)}")
    for row in rows:
        print(f"| {' | '.join(map(str, row))} |", flush=True)


def float_kernel(depth: int, t: np.ndarray) -> np.ndarray:
    """The tangent kernel as users write it in NumPy: a recursion in t."""
    covariance = total = np.asarray(t, dtype=float)
    for _ in range(depth - 1):
        angle = np.arccos(np.clip(covariance, -1, 1))
        slope = (np.pi - angle) / np.pi
        covariance = (np.sin(angle) + (np.pi - angle) * np.cos(angle)) / np.pi
        total = total * slope + covariance
    return total


def ratio(dim: int) -> float:
    """omega_{d-1}/omega_d."""
    return float(np.exp(gammaln((dim + 1) / 2) - gammaln(dim / 2)) / np.sqrt(np.pi))


def scipy_adaptive(depth: int, dim: int) -> list[float]:
    """scipy.integrate.quad of the defining integral, scipy's Gegenbauer polynomials."""
    alpha = (dim - 1) / 2

    def value(degree: int) -> float:
        scale = eval_gegenbauer(degree, alpha, 1.0)

        def integrand(t: float) -> float:
            polynomial = eval_gegenbauer(degree, alpha, t) / scale
            return float(float_kernel(depth, t)) * polynomial * (1 - t * t) ** (dim / 2 - 1)

        return ratio(dim) * quad(integrand, -1, 1, limit=200)[0]

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns of slow convergence and returns a number all the same
        return [value(degree) for degree in range(TOP + 1)]


def scipy_gauss(depth: int, dim: int) -> list[float]:
    """scipy's Gauss-Gegenbauer rule with 1000 nodes, P_k by the float recurrence."""
    nodes, weights = roots_gegenbauer(1000, (dim - 1) / 2)
    weighted = float_kernel(depth, nodes) * weights / weights.sum()
    before, now, values = np.ones_like(nodes), nodes, []
    for k in range(TOP + 1):
        values.append(float(before @ weighted))
        # From (P_k, P_{k+1}) to (P_{k+1}, P_{k+2}).
        n = k + 1
        before, now = now, ((2 * n + dim - 1) * nodes * now - n * before) / (n + dim - 1)
    return values


def mpmath_quad(depth: int, dim: int, digits: int, degrees: Sequence[int] = SAMPLE) -> dict[int, mpf]:
    """mpmath.quad of the defining integral in the angle, at `digits` digits."""
    kernel = NTK(depth)

    def value(degree: int) -> mpf:
        alpha = mpf(dim - 1) / 2
        scale = mp.gegenbauer(degree, alpha, 1)

        def integrand(theta: mpf) -> mpf:
            t = mp.cos(theta)
            return kappa(kernel, t) * mp.gegenbauer(degree, alpha, t) / scale * mp.sin(theta) ** (dim - 1)

        factor = mp.gamma(mpf(dim + 1) / 2) / (mp.sqrt(mp.pi) * mp.gamma(mpf(dim) / 2))
        return factor * mp.quad(integrand, [0, mp.pi])

    with mp.workdps(digits):
        return {degree: value(degree) for degree in degrees}


def errors(found: dict[int, Any], truth: Sequence[Fraction]) -> tuple[str, str]:
    """(worst relative error, first wrong degree) over the degrees with mu_k > 0."""
    with mp.workdps(60):
        relative = {
            k: abs(mpf(v) * truth[k].denominator / truth[k].numerator - 1) if mp.isfinite(v) else mp.inf
            for k, v in found.items() if truth[k]
        }  # fmt: skip
    wrong = next((str(k) for k in sorted(relative) if relative[k] > WRONG), "none")
    return mp.nstr(max(relative.values()), 2), wrong


def printed(depth: int, dim: int) -> list[tuple[str, str]]:
    """Ours as decimals with their radii."""
    return [e.decimal(30) for e in spectrum(NTK(depth), dim, range(TOP + 1), 30).eigenvalues]


def compare() -> None:
    """All tools on the same kernels and degrees."""
    rows = []
    for depth, dim in ((2, 3), (3, 3), (2, 100), (3, 100)):
        seconds, ours = timed(lambda: printed(depth, dim))  # noqa: B023
        certain = [e.enclosure for e in spectrum(NTK(depth), dim, range(TOP + 1), 50).eigenvalues]
        truth = [(e.lower + e.upper) / 2 for e in certain]
        where = f"{depth}, {dim}"
        bound = max(Fraction(radius) / mu for (_, radius), mu in zip(ours, truth, strict=True) if mu)
        certified = f"{float(bound):.1e} (certified)"
        rows.append((where, "spectral-bias, 30 digits", f"{seconds:.3f}", certified, "none"))
        for title, tool in (("scipy quad", scipy_adaptive), ("scipy Gauss, float recurrence", scipy_gauss)):
            seconds, found = timed(lambda: tool(depth, dim))  # noqa: B023
            rows.append((where, title, f"{seconds:.3f}", *errors(dict(enumerate(found)), truth)))
        seconds, found = timed(lambda: mpmath_quad(depth, dim, 15))
        estimate = seconds * (TOP + 1) / len(SAMPLE)
        title = f"mpmath.quad, 15 digits, {len(SAMPLE)} degrees"
        rows.append((where, title, f"{estimate:.0f} for all", *errors(found, truth)))
    heading = ("depth, d", "tool", "seconds", "worst relative error", f"first degree wrong by > {WRONG:.0e}")
    table(f"Tangent kernel, degrees 0..{TOP}", heading, rows)


def targets() -> None:
    """Seconds against the target, as a ratio; below 1 is met."""
    wanted: list[tuple[str, float, Callable[[], Any]]] = [
        ("closed form, 10^6 degrees, 50 digits", 1.0, lambda: spectrum(NTK(2), 3, range(10**6), 50)),
        ("closed form, 10^5 degrees, 1000 digits", 0.3, lambda: spectrum(NTK(2), 3, range(10**5), 1000)),
        ("depth 3, d = 3, degrees 0..100, 30 digits", 0.2, lambda: spectrum(NTK(3), 3, range(101), 30)),
        ("depth 3, d = 3, degrees 0..1000, 30 digits", 2.0, lambda: spectrum(NTK(3), 3, range(1001), 30)),
        ("depth 3, d = 100, degrees 0..100, 30 digits", 1.0, lambda: spectrum(NTK(3), 100, range(101), 30)),
        ("float64, closed form, 10^6 degrees", 1.0, lambda: float_spectrum(NTK(2), 3, range(10**6))),
    ]
    rows, seconds = [], {}
    for what, limit, work in wanted:
        seconds[what], _ = timed(work)
        rows.append((what, f"{seconds[what]:.3f}", limit, f"{seconds[what] / limit:.2f}"))
    ours = seconds[wanted[2][0]]
    theirs = timed(lambda: mpmath_quad(3, 3, 30))[0] * 101 / len(SAMPLE)
    what = f"depth 3, d = 3: mpmath.quad at 30 digits, {theirs:.0f} s, over ours"
    rows.append((what, f"{theirs / ours:.0f}x", "100x", f"{100 * ours / theirs:.2f}"))
    ulp = worst_ulp()
    rows.append(("float64 against certified, depth 2 and 3, worst ulp", f"{ulp:.2f}", 4, f"{ulp / 4:.2f}"))
    heading = ("what", "measured", "target", "ratio (below 1 is met)")
    table("Targets, one thread, caches cold, processor seconds", heading, rows)


def worst_ulp() -> float:
    """Largest distance of the float64 values from certified ones, in units of the last place."""
    worst = 0.0
    for depth, degrees in ((2, range(2000)), (3, range(200))):
        floats = float_spectrum(NTK(depth), 3, degrees)
        certain = spectrum(NTK(depth), 3, degrees, 40).eigenvalues
        for value, e in zip(floats, certain, strict=True):
            if value:
                middle = (e.enclosure.lower + e.enclosure.upper) / 2
                unit = Fraction(float(np.spacing(abs(value))))
                worst = max(worst, float(abs(Fraction(float(value)) - middle) / unit))
    return worst


Sizes = Sequence[int]
# (what grows, sizes, (depth, d, degrees, digits) at a size)
SWEEPS: list[tuple[str, Sizes, Callable[[int], tuple[int, int, int, int]]]] = [
    ("K, closed form, d = 5, 50 digits", (10**4, 10**5, 10**6), lambda n: (2, 5, n, 50)),
    ("K, depth 3, d = 3, 30 digits", (100, 200, 400, 800), lambda n: (3, 3, n, 30)),
    ("digits, depth 3, d = 3, K = 50", (50, 100, 200, 400), lambda n: (3, 3, 51, n)),
    ("digits, closed form, d = 3, K = 10^4", (1000, 4000, 16000), lambda n: (2, 3, 10**4, n)),
    ("depth, d = 3, K = 50, 30 digits", (3, 5, 7, 10), lambda n: (n, 3, 51, 30)),
    ("d, depth 3, K = 50, 30 digits", (10, 20, 40, 80, 160), lambda n: (3, n, 51, 30)),
]


def measured(request: tuple[int, int, int, int]) -> tuple[float, float, str]:
    """(seconds, peak memory in MiB, route) of one spectrum; to be called in a fresh process."""
    depth, dim, count, digits = request
    spectrum(NTK(4), 4, range(3), 15)  # imports and first calls are not what is measured
    before = peak()
    seconds, found = timed(lambda: spectrum(NTK(depth), dim, range(count), digits))
    return seconds, peak() - before, found.route


def peak() -> float:
    """Largest resident size of this process so far, in MiB; 0 where there is no /proc.

    getrusage would begin with the size of the parent, which a new program inherits.
    """
    status = Path("/proc/self/status")
    lines = status.read_text().splitlines() if status.exists() else []
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM:")), 0.0)


def exponent(sizes: Sizes, values: Sequence[float]) -> str:
    """p of values ~ size^p, least squares in logarithms; none where a value is 0."""
    return f"{np.polyfit(np.log(sizes), np.log(values), 1)[0]:.2f}" if min(values) > 0 else "none"


def growth() -> None:
    """Exponents of seconds and of memory, other sizes fixed; every run in a process of its own."""
    rows = []
    with multiprocessing.get_context("spawn").Pool(1, maxtasksperchild=1) as pool:
        for what, sizes, request in SWEEPS:
            found = pool.map(measured, map(request, sizes), chunksize=1)
            seconds, memory, routes = zip(*found, strict=True)
            rows.append((
                what, ", ".join(map(str, sizes)), ", ".join(f"{s:.3f}" for s in seconds), exponent(sizes, seconds),
                ", ".join(f"{m:.1f}" for m in memory), exponent(sizes, memory), ", ".join(dict.fromkeys(routes)),
            ))  # fmt: skip
    table("Growth", ("in", "sizes", "seconds", "exponent", "peak MiB", "exponent", "route"), rows)


if __name__ == "__main__":
    spectrum(NTK(4), 4, range(3), 15)  # imports and first calls are not what is measured
    targets()
    compare()
    growth()
