"""Independent ways to the same eigenvalue. No two of them share a kernel evaluator.

closed   Gamma products, exact in k and d
angle    Gauss-Legendre in the angle with a proved error bound
oracle   mpmath quadrature, floating point without a bound: evidence `checked` only
"""
