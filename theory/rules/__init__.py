"""The closed set of proof rules, each with the test that a step must pass.

calculus     Gaussian integrals, antiderivatives, trigonometric algebra, change of variable
series       power series, recurrences, moments, summation
gamma        identities and limits of Gamma products
orders       arc-cosine kernels of every order, by induction on the order
inequality   polynomial positivity, ladders in steps of two, logarithm bounds
"""

from theory.rules import calculus, gamma, inequality, orders, series

__all__ = ["calculus", "gamma", "inequality", "orders", "series"]
