"""Zonal kernels kappa(<x, x'>) as frozen exact values.

A kernel's repr is its constructor call, which is also its text form on the command line and in
files (`theory.kernels.parse.parse_kernel`). The functions of theory act on these values; a kernel
itself computes nothing, and hands its arguments on where it is called (`theory.expansions.values`). A class is
found by its name wherever it has been declared; one in a new module beside these is found, too, and needs no line
here.
"""

from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING

from theory.kernels.activations import ACTIVATIONS
from theory.kernels.algebra import (
    Compose,
    Kernel,
    Multiple,
    Product,
    Rational,
    Sum,
    check_kernel,
    declared,
    diagonal,
    value_at_one,
    written_out,
)
from theory.kernels.dispatch import ByKernel, by_kernel
from theory.kernels.dual import Dual, DualTangent
from theory.kernels.finite_spectra import Spectrum
from theory.kernels.radial import ExponentialPower, Gaussian, Laplace, Matern, PowerSeries
from theory.kernels.relu import MAX_DEPTH, MAX_ORDER, NNGP, NTK, ArcCosine
from theory.kernels.residual import ResNTK
from theory.kernels.zonal import Zonal
from theory.symbolic.expression_grammar import ExpressionError

__all__ = [
    "ACTIVATIONS",
    "MAX_DEPTH",
    "MAX_ORDER",
    "NNGP",
    "NTK",
    "ArcCosine",
    "ByKernel",
    "Compose",
    "Dual",
    "DualTangent",
    "ExponentialPower",
    "ExpressionError",
    "Gaussian",
    "Kernel",
    "Laplace",
    "Matern",
    "Multiple",
    "PowerSeries",
    "Product",
    "Rational",
    "ResNTK",
    "Spectrum",
    "Sum",
    "Zonal",
    "by_kernel",
    "check_kernel",
    "constructor",
    "constructors",
    "declared",
    "diagonal",
    "value_at_one",
    "written_out",
]


def constructors() -> dict[str, type[Kernel]]:
    """Every class of kernels that is written as a call, by name: of this room, and of what else has been imported.

    >>> {"ArcCosine", "Compose", "Dual"} <= constructors().keys()
    True
    """
    for module in iter_modules(__path__):
        import_module(f"{__name__}.{module.name}")
    return dict(sorted(declared().items()))


def constructor(name: str) -> type[Kernel] | None:
    """The class of kernels of that name, None if there is none.

    >>> constructor("NTK")
    <class 'theory.kernels.relu.NTK'>
    """
    return declared().get(name) or constructors().get(name)


if not TYPE_CHECKING:  # or a name that is mistyped would have a type

    def __getattr__(name: str) -> type[Kernel]:
        found = constructor(name) if name[:1].isupper() else None
        if found is None:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return found
