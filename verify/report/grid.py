"""The grid of the spectrum explorer: eigenvalues in several precisions, exact forms, laws, derivations.

Computed by theory once, then kept beside the ledger under the version that computed it. Where theory
knows one law for every dimension, with its replayed proof, that law is shown; else the law of each
dimension, with its certified remainder where one is found.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

from verify.running.console import PROGRAM, BadRequest, write_whole

Data = dict[str, Any]
SCHEMA = 1
CACHE = "report-grid.json"
FAMILIES = {"NTK": (2, 3), "NNGP": (2, 3)}  # kernel: depths
DIMS = (1, 2, 3)
DEGREES = 16  # the last one
DIGITS = (6, 15, 30)
Grid = Data
Tell = Callable[[int, int], None]


def request() -> Data:
    """What a grid holds and who computes it; a kept grid serves the same request only."""
    families = {name: list(depths) for name, depths in FAMILIES.items()}
    return {
        "schema": SCHEMA,
        "version": version(PROGRAM),
        "families": families,
        "dims": list(DIMS),
        "degrees": DEGREES,
        "digits": list(DIGITS),
    }


def obtain(folder: Path, tell: Tell = lambda done, total: None) -> Grid:
    """The grid kept in the folder, else computed now and kept there if it can be written."""
    path = folder / CACHE
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
        if kept["request"] == request() and kept["cells"] and kept["laws"]:
            return kept
    except (OSError, ValueError, KeyError, TypeError):
        pass  # none yet, or none that is whole: it is computed anew
    grid = compute(tell)
    try:
        write_whole(path, json.dumps(grid, indent=1) + "\n")
    except BadRequest:
        pass  # results that cannot be written to can still be read
    return grid


def compute(tell: Tell = lambda done, total: None) -> Grid:
    """Every cell of the grid and the laws that the cells point to by their place."""
    asked = [(family, depth) for family, depths in FAMILIES.items() for depth in depths]
    cells: list[Data] = []
    laws: list[Data] = []
    for number, (family, depth) in enumerate(asked):
        tell(number, len(asked))
        text = f"{family}(depth={depth})"
        general = _general_law(text)
        laws += [general] if general is not None else []
        for dim in DIMS:
            laws += [] if general is not None else [_law_of(text, dim)]
            cells.append(
                {
                    "family": family,
                    "depth": depth,
                    "dim": dim,
                    "kernel": text,
                    "law": len(laws) - 1,
                    "eigenvalues": list(_eigenvalues(text, dim)),
                }
            )
    tell(len(asked), len(asked))
    return {"request": request(), "cells": cells, "laws": laws}


def _eigenvalues(text: str, dim: int) -> Iterator[Data]:
    from theory.kernels.parse import parse_kernel
    from theory.spectra.spectrum import spectrum

    for e in spectrum(parse_kernel(text), dim, range(DEGREES + 1), max(DIGITS)).eigenvalues:
        exact = None if e.exact is None else str(e.exact)
        values = {str(digits): e.decimal(digits)[0] for digits in DIGITS}
        yield {"degree": e.degree, "multiplicity": str(e.multiplicity), "exact": exact, "values": values}


def _general_law(text: str) -> Data | None:
    """One proved law for every dimension, None where none is known."""
    from theory.kernels import NNGP, NTK
    from theory.kernels.parse import parse_kernel
    from theory.laws.decay import decay
    from theory.numbers.truth import Evidence

    kernel = parse_kernel(text)
    assert isinstance(kernel, NTK | NNGP)
    if kernel.depth > 2:  # no closed form, and to find that out takes as long as a law
        return None
    law = decay(kernel, "k")
    return _law_json(law) if law.evidence is Evidence.PROVED else None


def _law_of(text: str, dim: int) -> Data:
    from theory.kernels.parse import parse_kernel
    from theory.laws.certified import certified
    from theory.laws.decay import decay

    return _law_json(certified(decay(parse_kernel(text), "k", dim=dim)))


def _law_json(law: Any) -> Data:
    """The law in words, each branch as LaTeX, what bounds the remainder, and the derivations."""
    import sympy as sp

    from theory.text.certificates import lemma_latex
    from theory.text.laws import law_text
    from verify.findings.proofs import proof_json, tell_once

    branches = [
        {
            "parity": b.parity,
            "for": [repr(w) for w in b.ranges],
            "latex": r"\mu_k = 0" if b.leading == 0 else rf"\mu_k \sim {sp.latex(b.leading)}",
        }
        for b in law.law
    ]
    proofs = [proof_json(b.proof) for b in law.law if b.proof is not None]
    tell_once(proofs)
    return {
        "kernel": repr(law.kernel),
        "dim": law.dim,
        "text": law_text(law),
        "branches": branches,
        "remainder": "\n".join(lemma_latex(law)),
        "evidence": str(law.evidence),
        "source": law.source,
        "proofs": proofs,
    }
