"""Where theory and experiment meet: claims, their verdicts, and the command line.

The only package that imports both `theory` and `numerics`. Modules are imported by name; importing the package
itself loads nothing. The rooms, each of which may use those below it:

    command     the command line, a command a module
    tables      LaTeX tables that a file asks for
    report      the folder of pages, and the appendix
    ledger      every claim decided and put into words
    twins       planted falsehoods that every check must reject
    figures     pictures, the one room that draws
    claims      published statements as data, a module per source
    properties  property-based tests of the theory, and the formulas that must fail them
    networks    procedures that train networks and test them, with stated error rates
    testing     what a test suite of others imports: assertions and strategies
    statistics  tests of agreement with stated error rates
    findings    what a claim is and what is found of it
    running     files, documents, progress, workers
    bridge      a theory kernel as a float kernel, certified values as floats
"""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path

HERE = Path(__file__).resolve().parents[1]


def _stranger(name: str) -> str:
    """The place of another package of this name that stands before the one beside this; "" where there is none."""
    spec = find_spec(name)
    place = spec.origin if spec is not None else None
    if place is None:
        return "there is none that can be imported"
    return "" if Path(place).resolve().parent == HERE / name else f"Python finds {place}"


for _name in ("theory", "numerics"):
    if _found := _stranger(_name):
        _says = f"spectral-bias needs its own package {_name!r}, and {_found}: rename that, or start Python elsewhere"
        if Path(sys.argv[0] if sys.argv else "").stem == "spectral-bias":
            sys.exit(_says)  # the command: one line, no traceback
        raise ImportError(_says)
