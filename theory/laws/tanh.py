"""The law of mu_k of the dual kernel of tanh: a stretched exponential.

For odd n, E[tanh(x) He_n(x)] = +- Int_0^oo s^n exp(-s^2/2) / sinh(pi s/2) ds: tanh x is the sum
over m of 2x/(x^2 + a^2), a = (m + 1/2) pi, that is of 2 Int exp(-a s) sin(x s) ds, and
E[exp(isx) He_n(x)] = (is)^n exp(-s^2/2). Its square over n! is b_n, hence

    kappa(t) = Int Int sinh(t s s') exp(-(s^2+s'^2)/2) / (sinh(pi s/2) sinh(pi s'/2)) ds ds',

and mu_k, k odd, is the same integral of the eigenvalue of sinh(r t), r = s s', which is
Gamma(a) (2/r)^(a-1) I_{k+a-1}(r), a = (d+1)/2. With s, s' = sqrt(r) exp(+-v) the integral over v is
that of exp(-2 r v^2), and Debye's expansion (DLMF 10.41.3) gives exp(-r) I_k(r) ~
exp(-k^2/(2r) + k^4/(24 r^3)) / sqrt(2 pi r). What is left,

    mu_k ~ 2^a Gamma(a) Int r^(-a) exp(-k^2/(2r) + k^4/(24 r^3) - pi sqrt(r)) dr,

has its saddle at r = (k^2/pi)^(2/3), where k^4/(24 r^3) = pi^2/24. Relative errors: k for
k + (d-1)/2 in Debye's expansion leaves exp(-(d-1)/2 (pi^2/k)^(1/3)), all else the order k^(-2/3).
The tangent kernel t kappa' + kappa has (n+1) b_n, n ~ r, in place of b_n. Laplace's method is not
replayed: the law is `checked`.
"""

from __future__ import annotations

import sympy as sp

from theory.kernels import Dual, DualTangent, Kernel, written_out
from theory.symbolic.objects import d, k


def is_tanh(kernel: Kernel) -> bool:
    """Whether the kernel is that of a layer of tanh."""
    return written_out(kernel) in (Dual("tanh"), DualTangent("tanh"))


def tanh_law(kernel: Kernel) -> sp.Expr:
    """The leading term for odd k; mu_k = 0 for even k.

    sqrt(8/3) 2^a Gamma(a) exp(pi^2/24) r^(3/4-a) exp(-(3/2) (pi k)^(2/3)), a = (d+1)/2,
    r = (k^2/pi)^(2/3), and r times that for the tangent kernel.

    >>> sp.powsimp(tanh_law(Dual("tanh")).subs(d, 1))
    4*sqrt(6)*pi**(1/6)*exp(-3*pi**(2/3)*k**(2/3)/2 + pi**2/24)/(3*k**(1/3))
    """
    a = (d + 1) / 2
    exponent = sp.Rational(3, 4) - a + (1 if isinstance(written_out(kernel), DualTangent) else 0)
    power = k ** (sp.Rational(4, 3) * exponent) * sp.pi ** (-sp.Rational(2, 3) * exponent)
    decay = sp.exp(sp.pi**2 / 24 - sp.Rational(3, 2) * (sp.pi * k) ** sp.Rational(2, 3))
    return sp.sqrt(sp.Rational(8, 3)) * 2**a * sp.gamma(a) * power * decay
