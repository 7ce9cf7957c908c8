"""Exact eigenvalues in words of the expression grammar: by constants where they are short, else by Gamma functions."""

from __future__ import annotations

from fractions import Fraction

from theory.kernels.constants import Constant
from theory.spectra.exact_values import exact_parts, mixed, polynomial_eigenvalue, vanishes
from theory.spectra.form_algebra import Base, CapTerm, ClosedForm, EndPower, Multiplied, One


def constants_text(form: ClosedForm, dim: int | Fraction, degree: int) -> str | None:
    """mu_k as a sum of rationals times powers of pi, e, primes and their logarithms; None where it is none.

    >>> from theory.kernels import Zonal
    >>> from theory.spectra.closed_forms import closed_form
    >>> constants_text(closed_form(Zonal("sqrt(3)*theta + log(2)")), 2, 0)
    '1*log(2) + 1/2*pi*3**(1/2)'
    """
    parts = exact_parts(form, dim, degree)
    if parts is None or any(base is not None for _, base in parts):
        return None
    texts = sorted(f"{factor}{_constant_text(constant)}" for (constant, _), factor in parts.items())
    return " + ".join(texts) or "0"


def gamma_text(form: ClosedForm, dim: int | Fraction, degree: int) -> str | None:
    """mu_k as an expression in Gamma, for real d and for degrees whose rational form fills a page.

    None where the expression language has no word for it (Bessel functions).

    >>> from theory.kernels import ArcCosine
    >>> from theory.spectra.closed_forms import closed_form
    >>> gamma_text(closed_form(ArcCosine(0)), Fraction(5, 2), 1)
    '2*(Gamma(7/4)*factorial(0)/(2**1*Gamma(1/2)*Gamma(9/4)))**2'
    """
    constant = polynomial_eigenvalue(form.polynomial, dim, degree)
    texts = [f"{constant}"] if constant else []
    one = (Fraction(1),)
    for part in (*(Multiplied(one, cap) for cap in form.caps), *form.multiplied):
        shared = _constant_text(part.constant)
        for j, weight in mixed(part.multiplier, degree, dim).items():
            text = _base_text(part.base, dim, j, weight)
            if text is None or shared is None:
                return None
            texts.extend([text + shared] if text else [])
    return " + ".join(texts) or "0"


def _constant_text(constant: Constant) -> str | None:
    """The factor that a constant is, None where the expression language has no word for it."""
    words = {"pi": "pi", "e": "exp(1)"}
    texts = [(f"log({b})" if kind == "log" else words.get(kind, str(b)), e) for kind, b, e in constant]
    return "".join(f"*{text}" if e == 1 else f"*{text}**({e})" for text, e in texts)


def _base_text(base: Base, dim: int | Fraction, degree: int, factor: Fraction) -> str | None:
    upper = Fraction(dim + 1) / 2
    if isinstance(base, CapTerm):
        weight = factor * base.weight(degree, dim)
        if vanishes(base.order, degree) or not weight:
            return ""
        lower = Fraction(base.order - degree, 2) + 1, Fraction(base.order + degree + dim + 1) / 2
        return (
            f"{weight}*(Gamma({upper})*factorial({base.order})"
            f"/(2**{base.order + 1}*Gamma({lower[0]})*Gamma({lower[1]})))**2"
        )
    if isinstance(base, One):
        return "" if degree or not factor else f"{factor}"
    if isinstance(base, EndPower) and not base.log:
        nu = base.exponent
        sign = factor * base.sign**degree
        return (
            f"{sign}*Gamma({upper})/sqrt(pi)*2**({nu + dim - 1})*Gamma({nu + Fraction(dim) / 2})"
            f"/Gamma({-nu})*Gamma({degree - nu})/Gamma({degree + nu + dim})"
        )
    return None
