"""Spectra of zonal kernels on the sphere, derived, certified and decided.

    >>> import theory as th
    >>> th.spectrum(th.NTK(depth=2), dim=2, degrees=range(3)).to_pandas()["value"].tolist()
    [0.5, 0.3333333333333333, 0.078125]

The names that `dir(theory)` lists are what a notebook needs, each loaded when it is first used; everything
else is imported from its room, each of which may use only those below it:

    text          what people and files see
    statements    Statement -> Verdict
    laws          how mu_k and b_n fall
    derivations   what looks for proofs
    spectra       mu_k as numbers
    proofs        the trusted part: steps, rules, theorems, checker
    language      text -> Statement
    expansions    kappa near a point, on an arc, as a series
    kernels       kernels as values, read from text
    symbolic      SymPy without kernels
    numbers       balls, exact numbers, decimals, truth

For example `theory.kernels`, `theory.spectra.spectrum`, `theory.laws.decay`, ...
"""

from __future__ import annotations

from importlib import import_module

from theory.numbers.evaluated import evaluated_by
from theory.numbers.shown import shown_by

MODULES = {
    "theory.kernels": (
        "ArcCosine",
        "Compose",
        "Dual",
        "DualTangent",
        "ExponentialPower",
        "Gaussian",
        "Kernel",
        "Laplace",
        "Matern",
        "NNGP",
        "NTK",
        "PowerSeries",
        "ResNTK",
        "Spectrum",
        "Zonal",
    ),
    "theory.kernels.parse": ("parse_kernel",),
    "theory.spectra.spectrum": ("spectrum", "eigenvalue", "float_spectrum"),
    "theory.text.spectra": ("render",),
    "theory.laws.decay": ("decay",),
    "theory.derivations.one_hidden_layer": ("derive",),
    "theory.spectra.gradient_descent": ("descents",),
    "theory.spectra.functionals": ("effective_dimension", "target_norm", "trace"),
    "theory.laws.definiteness": ("definiteness",),
    "theory.language.statement": ("parse_statement",),
    "theory.statements.decide": ("decide",),
    "theory.spectra.conventions": ("from_convention", "to_convention"),
}
HOME = {name: module for module, names in MODULES.items() for name in names}


def __getattr__(name: str) -> object:
    # A class of kernels that this list does not know may be in a new module of its room.
    home = HOME.get(name, "theory.kernels" if name[:1].isupper() else None)
    if home is None or not hasattr(import_module(home), name):
        raise AttributeError(f"module 'theory' has no attribute {name!r}")
    return getattr(import_module(home), name)


def __dir__() -> list[str]:
    return sorted(HOME)


shown_by(lambda: import_module("theory.text.display"))
evaluated_by(lambda: import_module("theory.expansions.values"))
