"""Zonal kernels kappa(<x, x'>) as frozen exact values.

A kernel's repr is its constructor call, which is also its text form on the command line and in
files (`theory.kernels.parse.parse_kernel`). The functions of theory act on these values; a kernel
itself computes nothing.
"""

from theory.kernels.algebra import (
    ByKernel,
    Compose,
    Kernel,
    Multiple,
    Product,
    Rational,
    Sum,
    by_kernel,
    check_kernel,
    diagonal,
    value_at_one,
    written_out,
)
from theory.kernels.dual import ACTIVATIONS, Dual, DualTangent
from theory.kernels.radial import ExponentialPower, Gaussian, Laplace, Matern, PowerSeries
from theory.kernels.relu import MAX_DEPTH, MAX_ORDER, NNGP, NTK, ArcCosine
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
    "Sum",
    "Zonal",
    "by_kernel",
    "check_kernel",
    "diagonal",
    "value_at_one",
    "written_out",
]
