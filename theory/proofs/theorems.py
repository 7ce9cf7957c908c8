"""The theorems that proofs cite: what each says and where it stands."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Theorem:
    """A cited theorem: what it says and where it stands."""

    name: str
    says: str
    reference: str


THEOREMS = {
    theorem.name: theorem
    for theorem in (
        Theorem(
            "polar-gaussian",
            "The projection of a standard normal vector on a plane is standard normal; in polar coordinates "
            "its density is exp(-r^2/2) r dr dphi / (2 pi).",
            "Cho and Saul 2009, appendix A",
        ),
        Theorem(
            "mehler",
            "E[f(u) f(v)] = sum_n h_n^2 t^n for f in L^2 with Hermite coefficients h_n and standard normal u, v "
            "of correlation t in [-1, 1].",
            "O'Donnell 2014, Analysis of Boolean Functions, proposition 11.31",
        ),
        Theorem(
            "price",
            "d/dt E[f(u) f(v)] = E[f'(u) f'(v)] for standard normal u, v of correlation t, |t| < 1, f absolutely "
            "continuous with f and f' in L^2.",
            "Price 1958, IRE Transactions on Information Theory 4, 69-72",
        ),
        Theorem(
            "orthogonality",
            "E[t^i P_k] = 0 for i < k under the probability density proportional to (1-t^2)^((d-2)/2).",
            "DLMF 18.2.1, table 18.3.1",
        ),
        Theorem(
            "funk-hecke",
            "Every harmonic of degree k is an eigenfunction of a zonal kernel, with eigenvalue E[kappa(t) P_k(t)].",
            "Mueller 1998, Analysis of Spherical Symmetries, theorem 1.4.2",
        ),
        Theorem(
            "gauss-summation",
            "2F1(a,b;c;1) = Gamma(c)Gamma(c-a-b)/(Gamma(c-a)Gamma(c-b)) if c-a-b > 0.",
            "DLMF 15.4.20",
        ),
        Theorem("stirling", "Gamma(v+b) ~ sqrt(2 pi) v^(v+b-1/2) e^(-v) as v -> oo, b fixed.", "DLMF 5.11.7"),
        Theorem(
            "end-singularities",
            "Let kappa be smooth on (-1, 1) with kappa(1-u) = p(u) + c u^nu + o(u^nu), kappa(-1+u) = q(u) + c' u^nu "
            "+ o(u^nu), p and q polynomials, nu > 0 no integer, expansions that may be differentiated. If "
            "c + (-1)^k c' = 0 for k of one parity, then mu_k = o(k^(-d-2nu)) for those k; the eigenvalue of (1-t)^nu is "
            "Gamma((d+1)/2)/sqrt(pi) 2^(nu+d-1) Gamma(nu+d/2)/Gamma(-nu) Gamma(k-nu)/Gamma(k+nu+d).",
            "Bietti and Bach 2021, theorem 7; the eigenvalue by Rodrigues' formula",
        ),
        Theorem(
            "gaussian-mixtures",
            "exp(-c r^g), c > 0 and 0 < g <= 2, and the Matern kernels are means of exp(-a r^2) over a > 0.",
            "Schoenberg 1938, Annals of Mathematics 39, theorem 3 and section 5; Stein 1999, section 2.7, for Matern",
        ),
        Theorem(
            "bessel-order",
            "The eigenvalue of degree k of exp(c t), c > 0, on S^d is Gamma(h) (2/c)^(h-1) I_{k+h-1}(c), h = (d+1)/2, and "
            "I_v(c) falls as v >= 0 grows.",
            "DLMF 10.32.2 with Rodrigues' formula; DLMF 10.37",
        ),
        Theorem(
            "dimension-walk",
            "The eigenvalue of degree k on S^(d+2) is (d+1)/(2k+d+1) (mu_k - mu_{k+2}), with mu_k and mu_{k+2} on S^d.",
            "DLMF 18.9.7, with P_k(1) = 1",
        ),
        Theorem(
            "mercer-trace",
            "kappa(1) is the sum of N(d,k) mu_k over all k, for a continuous kernel without a negative eigenvalue.",
            "Mercer 1909; addition formula, Mueller 1998, theorem 1.2.6",
        ),
        Theorem(
            "tannery",
            "The limit of a sum is the sum of the limits of its terms, if a convergent series bounds them all.",
            "Tannery 1886; dominated convergence for sums",
        ),
        Theorem(
            "abel-dominated",
            "A power series with nonnegative coefficients whose sum is bounded on [0,1) converges uniformly on [-1,1].",
            "Abel; Weierstrass M-test",
        ),
    )
}
