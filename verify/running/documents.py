"""What the commands print as JSON: `{"schema": 1, ...}`, of the forms in `verify/schemas`.

Numbers that outgrow doubles are decimal strings; exact forms are in the grammar of expressions.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from theory.kernels import Kernel
    from theory.kernels.depth_families import DepthFamily
    from theory.proofs.steps import Proof
    from theory.spectra.nonnegative import Definiteness
    from theory.text.paper_tables import TableRequest
    from theory.text.values import Row

SCHEMA = 1


def as_json(**content: Any) -> str:
    """A document of this schema; text ends with a newline.

    >>> print(as_json(folder="report"), end="")
    {
      "schema": 1,
      "folder": "report"
    }
    """
    return json.dumps({"schema": SCHEMA, **content}, indent=2, default=str) + "\n"


def kernel_json(kernel: Kernel, dim: int | None, found: Definiteness | None, values: list[Row]) -> str:
    """kappa in every notation, null where it is no closed expression; whether all mu_k >= 0 on S^dim if asked, and values."""
    from theory.kernels.formulas import NoExpression, kernel_function, sympy_code

    definite = found and {
        "truth": str(found.truth),
        "why": found.why,
        "negative_degree": found.negative_degree,
        "strict": str(found.strict),
    }
    written: dict[str, Any] = dict.fromkeys(("text", "latex", "sympy"))
    try:
        written |= {form: kernel_function(kernel, form) for form in ("text", "latex")} | {"sympy": sympy_code(kernel)}
    except NoExpression:
        if found is None and not values:
            raise
    return as_json(kernel=repr(kernel), **written, dim=dim, positive_definite=definite, values=values)


def derivation_json(kernel: Kernel | DepthFamily, proof: Proof) -> str:
    """The replayed derivation, step by step, and the theorems it cites."""
    from theory.proofs.check import check
    from verify.findings.proofs import proof_json

    return as_json(kernel=repr(kernel), proof=proof_json(proof, check(proof)))


def tables_json(request: TableRequest) -> str:
    """A spectrum, and a law where laws are asked for, per kernel and dimension; each has its own schema."""
    from theory.laws.conventions import law_to_convention
    from theory.laws.decay import decay
    from theory.spectra.spectrum import spectrum
    from theory.text.laws import law_json
    from theory.text.spectra import render

    pairs = [(kernel, dim) for dim in request.dims for kernel in request.kernels]
    asked = request.degrees, request.digits, request.route
    spectra = [render(spectrum(kernel, dim, *asked), "json", request.convention) for kernel, dim in pairs]
    found = (decay(kernel, "k", dim=int(dim)) for kernel, dim in pairs if request.laws)  # of integers only
    laws = [law_json(law_to_convention(law, request.convention)) for law in found]
    return as_json(spectra=[json.loads(text) for text in spectra], laws=laws)


def comparison_json(compared: int, wrong: Sequence[object]) -> str:
    """How many cells of a table were compared, and a line for each wrong one."""
    return as_json(compared=compared, wrong=list(wrong))


def report_json(folder: Path) -> str:
    """Where a report lies and what is in it."""
    statements = sorted(page.stem for page in (folder / "statements").iterdir())
    return as_json(
        folder=str(folder),
        index=str(folder / "index.html"),
        appendix=str(folder / "appendix.tex"),
        statements=statements,
    )
