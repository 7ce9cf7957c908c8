"""Seconds and peak memory of one spectrum in a process of its own, and the exponents of their growth."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from theory.kernels import NTK
from theory.spectra.spectrum import spectrum

Request = tuple[int, int, int, int]  # depth, d, degrees, digits
Found = tuple[float, float, str]  # processor seconds, peak MiB, route
STATUS = Path("/proc/self/status")

# what grows: (sizes, the request at a size)
SWEEPS: dict[str, tuple[Sequence[int], Callable[[int], Request]]] = {
    "K, closed form, d = 5, 50 digits": ((10**4, 10**5, 10**6), lambda n: (2, 5, n, 50)),
    "K, depth 3, d = 3, 30 digits": ((1600, 6400, 25_600, 102_400), lambda n: (3, 3, n, 30)),
    "d, depth 3, K = 2000, 30 digits": ((3, 30, 300, 3000, 30_000), lambda n: (3, n, 2000, 30)),
    "digits, depth 3, d = 3, K = 5000": ((50, 100, 200, 400), lambda n: (3, 3, 5000, n)),
    "depth, d = 3, K = 5000, 30 digits": ((3, 5, 7, 10), lambda n: (n, 3, 5000, 30)),
    "digits, depth 3, d = 3, K = 50": ((50, 100, 200, 400), lambda n: (3, 3, 51, n)),
    "digits, closed form, d = 3, K = 10^4": ((1000, 4000, 16000), lambda n: (2, 3, 10**4, n)),
    "depth, d = 3, K = 50, 30 digits": ((3, 5, 7, 10), lambda n: (n, 3, 51, 30)),
    "d, depth 3, K = 50, 30 digits": ((10, 20, 40, 80, 160), lambda n: (3, n, 51, 30)),
}


def measured(request: Request) -> Found:
    """What one spectrum takes beyond imports and first calls; to be called in a fresh process."""
    depth, dim, count, digits = request
    spectrum(NTK(4), 4, range(3), 15)
    before, start = peak(), time.process_time()
    route = spectrum(NTK(depth), dim, range(count), digits).route
    return time.process_time() - start, peak() - before, route


def peak() -> float:
    """Largest resident size of this process so far, in MiB; 0 where there is no /proc.

    getrusage would begin with the size of the parent, which a new program inherits.
    """
    lines = STATUS.read_text().splitlines() if STATUS.exists() else []
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM:")), 0.0)


def swept(requests: Sequence[Request]) -> list[Found]:
    """Each request in a process of its own, one after the other."""
    with multiprocessing.get_context("spawn").Pool(1, maxtasksperchild=1) as pool:
        return pool.map(measured, requests, chunksize=1)


def exponent(sizes: Sequence[int], values: Sequence[float]) -> float:
    """p of values ~ size^p, least squares in logarithms; nan where a value is 0."""
    if min(values) <= 0:
        return float("nan")
    return float(np.polyfit(np.log(sizes), np.log(values), 1)[0])
