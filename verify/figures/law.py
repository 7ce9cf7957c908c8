"""Eigenvalues against their law."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from theory.kernels import Kernel
from theory.laws.law import Law, LawBranch
from theory.spectra.spectrum import eigenvalue, spectrum
from theory.symbolic.objects import d, k
from verify.figures.style import COLOURS, FORMATS, MARKERS, legend, new_figure, save_figure
from verify.running.console import BadRequest

if TYPE_CHECKING:
    from matplotlib.figure import Figure

DEGREES = tuple(int(v) for v in np.unique(np.geomspace(2, 200, 40).astype(int)))
DIMS = tuple(int(v) for v in np.unique(np.geomspace(1, 1000, 30).astype(int)))


def plot_law(law: Law, path: Path) -> None:
    """Certified eigenvalues (markers) against the leading term of their law (lines), log-log.

    As k -> oo the dimension must be a number; as d -> oo the degree. The ending of the path chooses
    png, pdf or svg.
    """
    if path.suffix not in FORMATS:
        raise BadRequest(f"--plot: {path.name!r}, allowed: a file that ends in {', '.join(FORMATS)}")
    if law.variable == "k" and law.dim is None or law.variable == "d" and law.degree is None:
        raise BadRequest("--plot needs numbers: give --dim with --as k, --degree with --as d")
    save_figure(law_figure(law), path)


def law_figure(law: Law) -> Figure:
    """The figure itself."""
    figure, (axes,) = new_figure(title=f"{law.kernel!r} on S^{law.dim or 'd'}")
    for branch, colour, marker in zip(law.law, COLOURS * len(law.law), MARKERS * len(law.law), strict=False):
        points = curve(law, branch)
        if points is None:
            continue
        places, values, predicted = points
        axes.loglog(places, values, marker, color=colour, ms=4, label=f"{branch.parity}, certified")
        axes.loglog(places, predicted, "-", color=colour, lw=1, label=f"{branch.parity}, leading law")
    fixed = f"d = {law.dim}" if law.variable == "k" else f"k = {law.degree}"
    axes.set_xlabel("degree k" if law.variable == "k" else "dimension d of the sphere")
    axes.set_ylabel(f"eigenvalue mu_k, {fixed} (probability measure, P_k(1) = 1)")
    legend(axes)
    return figure


def curve(law: Law, branch: LawBranch) -> tuple[list[int], list[float], list[float]] | None:
    """(places, certified eigenvalues, leading law) of one branch; None where mu_k = 0."""
    if branch.leading == 0:
        return None
    where, kernel = branch.ranges.named("k"), law.kernel
    assert isinstance(kernel, Kernel)  # one depth: values of every depth are no points
    if law.variable == "k":
        inside = [v for v in DEGREES if v >= where.least and (where.parity is None or v % 2 == where.parity)]
        assert law.dim is not None  # `plot_law` asks for it
        found = spectrum(kernel, law.dim, range(inside[-1] + 1), 17).eigenvalues
        values = [float(found[v]) for v in inside]
    else:
        assert law.degree is not None  # `plot_law` asks for it
        inside = list(DIMS)
        values = [float(eigenvalue(kernel, v, law.degree, 17)) for v in inside]
    variable = k if law.variable == "k" else d
    predicted = [float(branch.leading.subs(variable, v).evalf(20)) for v in inside]
    return inside, values, predicted
