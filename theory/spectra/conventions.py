"""Other papers' and libraries' normalisations, converted exactly both ways.

A convention says what its authors print for the eigenvalue of degree k of a kernel on S^d, as an
exact factor of ours (uniform probability measure, P_k(1) = 1), and which of our kernels theirs is.
Factors are q * pi^n, so that division is exact too. Every factor is checked in the tests by
integrating the authors' own definition.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches
from fractions import Fraction

from theory.kernels import NNGP, NTK, Kernel
from theory.numbers.balls import Enclosure, NotCertified, working_precision
from theory.numbers.pi_polynomials import PiPolynomial
from theory.spectra.spectrum import Eigenvalue, exact_text, spectrum
from theory.spectra.sphere import area, check_degree, check_dim, multiplicity

Factor = Callable[[int, int], PiPolynomial]


@dataclass(frozen=True, slots=True)
class Convention:
    """name; whose it is; what their printed number is; theirs = factor(d, k) * mu_k; their kernel."""

    name: str
    source: str
    meaning: str
    factor: Factor
    kernel: Callable[..., Kernel] | None = None


def _one(_dim: int | Fraction, _degree: int) -> PiPolynomial:
    return PiPolynomial.of(1)


def _surface(dim: int, _degree: int) -> PiPolynomial:
    """omega_d: integration against the surface measure instead of the probability measure."""
    return area(dim)


def _basri(dim: int, degree: int) -> PiPolynomial:
    """S^1: coefficients of the Fourier series in cos(k theta), 1 for k = 0 and 2 for k >= 1. S^d:
    surface measure, but with a prefactor that is too small by 1/d."""
    if dim == 1:
        return PiPolynomial.of(2 if degree else 1)
    return area(dim) / dim


def _coefficient(dim: int, degree: int) -> PiPolynomial:
    return PiPolynomial.of(multiplicity(dim, degree))


def cao_kernel(depth: int = 2) -> Kernel:
    """t k0/2 + k1: their gradient flow trains both layers, the hidden one with weight 1/2.

    >>> cao_kernel()
    NTK(depth=2, layer_scales=(1/2, 1))
    """
    if depth != 2:
        raise ValueError(f"cao: two layers only, got depth {depth}")
    return NTK(2, layer_scales=(Fraction(1, 2), 1))


def basri_kernel(bias: bool = False) -> Kernel:
    """t k0/2 without bias, (t+1) k0/4 with bias: the hidden layer alone is trained.

    >>> basri_kernel(bias=True)
    NTK(depth=2, layer_scales=(1/4, 0), bias=True)
    """
    return NTK(2, layer_scales=(Fraction(1, 4 if bias else 2), 0), bias=bias)


def arora_kernel(depth: int) -> Kernel:
    """Their depth counts hidden layers, c_sigma = 2 makes kappa_nngp(1) = 1: NTK of depth + 1 layers.

    >>> arora_kernel(1)
    NTK(depth=2)
    """
    return NTK(depth + 1)


def gpfy_kernel(depth: int) -> Kernel:
    """Their depth counts hidden layers and the sum is divided by depth + 1, so that kappa(1) = 1.

    >>> gpfy_kernel(2)
    1/3 * NTK(depth=3)
    """
    return Fraction(1, depth + 1) * NTK(depth + 1)


def neural_tangents_kernel(
    depth: int, w_std_squared: Fraction | int = 2, b_std_squared: Fraction | int = 0, kind: str = "ntk"
) -> Kernel:
    """stax.Dense(W_std, b_std), stax.Relu, ..., Dense: `depth` dense layers, inputs of squared norm d+1.

    Their Sigma_1 = W^2 t + b^2 and Sigma_{l+1} = W^2 E[relu relu] + b^2 = W^2/2 V_l k1 + b^2, which is
    twice ours with w = W^2/2 and b/2; the tangent kernel scales alike. For unit inputs divide W^2
    of the first layer by d+1: that is no kernel of ours unless b = 0.

    >>> neural_tangents_kernel(3)
    2 * NTK(depth=3)
    """
    if kind not in ("ntk", "nngp"):
        raise ValueError(f"kind must be ntk or nngp, got {kind!r}")
    constructor = NTK if kind == "ntk" else NNGP
    w, b = Fraction(w_std_squared) / 2, Fraction(b_std_squared) / 2
    return 2 * constructor(depth, weight_variance=w, bias_variance=b)


def kernel_generalization_kernel(layer: int, b_std_squared: Fraction | int = 0) -> Kernel:
    """Row `layer` of its NTK for sig_w = 1: `layer` hidden layers. (For sig_w != 1 its recursion is
    not that of a network: the variance of the layer below is left at sig_w^2 + (L-1) sig_b^2.)

    >>> kernel_generalization_kernel(2)
    NTK(depth=3)
    """
    return NTK(layer + 1, bias_variance=Fraction(b_std_squared))


OURS = "project"
CONVENTIONS = {
    c.name: c
    for c in (
        Convention("project", "this project", "mu_k, uniform probability measure on S^d", _one),
        Convention("cao", "Cao et al. 2019", "mu_k, uniform probability measure on S^d", _one, cao_kernel),
        Convention("bietti-mairal", "Bietti and Mairal 2019", "mu_k on S^(p-1), p = d+1", _one, lambda: NTK(2)),
        Convention("bietti-bach", "Bietti and Bach 2021", "mu_k on S^(p-1), p = d+1", _one, NTK),
        Convention(
            "basri",
            "Basri et al. 2019, 2020",
            "Fourier coefficients on S^1; on S^d surface measure over d",
            _basri,
            basri_kernel,
        ),
        Convention("murray", "Murray et al. 2023", "surface measure of S^d: omega_d mu_k", _surface, NTK),
        Convention("yu", "Yu, Yang, Townsend 2023", "surface measure of S^d: omega_d mu_k", _surface),
        Convention("arora", "Arora et al. 2019", "mu_k, uniform probability measure", _one, arora_kernel),
        Convention("neural-tangents", "neural-tangents stax.Dense(W_std, b_std)", "mu_k", _one, neural_tangents_kernel),
        Convention("gpfy", "GPfY (Eleftheriadis et al. 2023)", "mu_k on S^(p-1), p = d+1", _one, gpfy_kernel),
        Convention(
            "kernel-generalization",
            "kernel-generalization (Bordelon, Canatar, Pehlevan 2020), spectrum_true of one layer",
            "mu_k on S^(p-1), p = d+1",
            _one,
            kernel_generalization_kernel,
        ),
        Convention(
            "kernel-generalization-scaled",
            "the same, spectrum_scaled",
            "N(d,k) mu_k on S^(p-1), p = d+1",
            _coefficient,
            kernel_generalization_kernel,
        ),
    )
}


def convention(name: str) -> Convention:
    """The convention of that name. Raises ValueError with the nearest name.

    >>> convention("basri").factor(1, 3)
    2
    """
    if name not in CONVENTIONS:
        close = get_close_matches(name, CONVENTIONS, n=1)
        hint = f" (did you mean {close[0]}?)" if close else ""
        raise ValueError(f"unknown convention {name!r}, allowed: {', '.join(CONVENTIONS)}{hint}")
    return CONVENTIONS[name]


def factor_of(name: str, dim: int | Fraction, degree: int) -> PiPolynomial:
    """theirs / ours. Raises ValueError where their number is defined for integer d alone.

    >>> factor_of("yu", 2, 4)
    4*pi
    """
    chosen = convention(name)
    dim = check_dim(dim)
    if isinstance(dim, int):
        return chosen.factor(dim, check_degree(degree))
    if chosen.factor is not _one:
        raise ValueError(f"convention {name} is defined for integer d alone, got d = {dim}")
    return _one(dim, check_degree(degree))


def to_convention(value: PiPolynomial, name: str, dim: int, degree: int) -> PiPolynomial:
    """What `name` prints for an exact eigenvalue of ours: factor_of(name, dim, degree) times mu_k.

    name: a key of CONVENTIONS; ValueError, with the nearest one, for another.

    >>> from theory.spectra.spectrum import eigenvalue
    >>> to_convention(eigenvalue(basri_kernel(), 1, 2).exact, "basri", 1, 2)
    10/(9*pi**2)
    """
    return value * factor_of(name, dim, degree)


def from_convention(value: PiPolynomial, name: str, dim: int, degree: int) -> PiPolynomial:
    """Our eigenvalue behind what `name` prints; the inverse of to_convention, with the same names and errors.

    >>> from_convention(PiPolynomial.of(Fraction(1, 4)), "basri", 1, 1)
    1/8
    """
    return value / factor_of(name, dim, degree)


def converted_enclosure(value: Enclosure, name: str, dim: int | Fraction, degree: int, digits: int) -> Enclosure:
    """to_convention for an enclosure, with `digits` digits of working precision for pi.

    >>> from theory.spectra.spectrum import eigenvalue
    >>> half = eigenvalue(NTK(2), 2, 0).enclosure  # omega_2 = 4 pi times 1/2
    >>> converted_enclosure(half, "yu", 2, 0, 10).decimal(8)[0]
    '6.2831853'
    """
    with working_precision(digits, 20):
        return Enclosure.of(value.ball() * factor_of(name, dim, degree).ball())


def converted_decimal(value: Eigenvalue, name: str, digits: int) -> tuple[str, str]:
    """(what `name` prints, correctly rounded; radius).

    >>> from theory.spectra.spectrum import eigenvalue
    >>> converted_decimal(eigenvalue(NTK(2), 2, 0), "yu", 10)[0]
    '6.283185307'
    """
    factor = factor_of(name, value.dim, value.degree)
    rational = factor.rational()
    if rational is not None:
        return value.decimal(digits, rational)
    if value.exact is not None:
        rounded = (value.exact * factor).enclosure(digits).decimal(digits)
        if rounded is not None:
            return rounded
    for more in (digits + 20, 4 * digits + 40):
        finer = spectrum(value.kernel, value.dim, value.degree, more).eigenvalues.enclosure(0)
        rounded = converted_enclosure(finer, name, value.dim, value.degree, more).decimal(digits)
        if rounded is not None:
            return rounded
    raise NotCertified(f"mu_{value.degree} of {value.kernel!r} in convention {name}", None, digits)


def converted_bound(value: Eigenvalue, name: str) -> str:
    """A power of ten above the size of what `name` prints, for a value without a certified digit."""
    return value.bound(factor_of(name, value.dim, value.degree).enclosure(15).upper)


def converted_exact(value: Eigenvalue, name: str) -> str | None:
    """The exact form of what `name` prints, None where no closed form is known.

    >>> from theory.spectra.spectrum import eigenvalue
    >>> converted_exact(eigenvalue(NTK(2), 2, 2), "yu")
    '5*pi/16'
    """
    factor, text = factor_of(name, value.dim, value.degree), exact_text(value)
    if text is None or factor == PiPolynomial.of(1):
        return text
    return repr(value.exact * factor) if value.exact is not None else f"{factor!r}*({text})"
