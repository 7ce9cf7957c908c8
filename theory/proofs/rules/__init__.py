"""The closed set of proof rules, each with the test that a step must pass.

calculus     Gaussian integrals, antiderivatives, trigonometric algebra, change of variable
series       power series and recurrences of their coefficients
eigenvalues  moments, term by term from a power series, summation, combinations
depth        expansions at t = 1 and -1, by induction on the depth
ends         laws of mu_k and limits of kappa from these expansions
gamma        identities and limits of Gamma products
orders       arc-cosine kernels of every order, by induction on the order
inequality   polynomial positivity, ladders in steps of two, logarithm bounds
comparisons  eigenvalues against each other and against the trace
dimension    the law of mu_k as d -> oo
signs        signs of power series and of their eigenvalues
stated       the statement as it is written, read operation by operation
verdicts     closed forms put in, the relation on a part of the ranges (`judge`) and on the whole
"""

from theory.proofs.rules import (
    calculus,
    comparisons,
    depth,
    dimension,
    eigenvalues,
    ends,
    gamma,
    inequality,
    orders,
    series,
    signs,
    stated,
    verdicts,
)

__all__ = [
    "calculus",
    "comparisons",
    "depth",
    "dimension",
    "eigenvalues",
    "ends",
    "gamma",
    "inequality",
    "orders",
    "series",
    "signs",
    "stated",
    "verdicts",
]
