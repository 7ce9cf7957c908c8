"""Spectra of zonal kernels on the sphere, derived, certified and decided.

    >>> import theory as th
    >>> th.spectrum(th.NTK(depth=2), dim=2, degrees=range(3)).to_pandas()["value"].tolist()
    [0.5, 0.3333333333333333, 0.078125]

What the command line takes as text is taken as text here, too:

    >>> th.spectrum("NTK(depth=2)", dim="2", degrees="0:2").to_pandas()["value"].tolist()
    [0.5, 0.3333333333333333, 0.078125]
    >>> th.decide("mu_k > 0", "NTK(depth=3)").truth
    <Truth.HOLDS: 'HOLDS'>

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
    "theory.spectra.gradient_descent": ("descents",),
    "theory.spectra.functionals": ("effective_dimension", "target_norm", "trace"),
    "theory.laws.definiteness": ("definiteness",),
    "theory.language.statement": ("parse_statement",),
    "theory.spectra.conventions": ("from_convention", "to_convention"),
}
# What is called otherwise where it stands: these take texts, as the command line does.
CALLED = {"derive": ("theory.laws.decay", "derivation_or_law"), "decide": ("theory.statements.sentences", "verdict_on")}
HOME = {name: module for module, names in MODULES.items() for name in names}


def __getattr__(name: str) -> object:
    # A class of kernels that this list does not know may be in a new module of its room.
    if name == "__version__":
        from importlib.metadata import version  # only here: it takes as long as all the rest

        return version("spectral-bias")
    home, called = CALLED.get(name) or (HOME.get(name, "theory.kernels" if name[:1].isupper() else None), name)
    if home is None or not hasattr(import_module(home), called):
        from theory.numbers.nearest import suggestion

        raise AttributeError(f"module 'theory' has no attribute {name!r}{suggestion(name, __dir__())}")
    return getattr(import_module(home), called)


def __dir__() -> list[str]:
    return sorted([*HOME, *CALLED, "__version__"])


shown_by(lambda: import_module("theory.text.display"))
evaluated_by(lambda: import_module("theory.expansions.values"))
