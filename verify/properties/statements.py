"""What the property-based checks say, by name; `verify.properties.properties` checks them."""

STATEMENTS = {
    "trace": "partial sums of N(d,k) mu_k increase to kappa(1) and never pass it",
    "parity": "without bias mu_k is exactly 0 for odd k >= 3",
    "positivity": "every other mu_k is positive",
    "precision": "enclosures of mu_k at different precisions overlap",
    "recurrence": "mu_k of t k0 and k1 make up mu_k of the tangent kernel, exactly",
    "angle": "closed form and certified quadrature in the angle overlap",
    "oracle": "closed form and mpmath quadrature in t agree",
    "initial-kernel": "the kernel of a random network has t k0/2 + k1 as its mean",
    "own-kernel": "a trained network follows its own initial kernel in discrete time",
}
