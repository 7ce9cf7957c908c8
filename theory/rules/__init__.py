"""The closed set of proof rules, each with the test that a step must pass.

calculus     Gaussian integrals, antiderivatives, trigonometric algebra, change of variable
series       power series, recurrences, moments, summation
depth        expansions at t = 1 and -1, by induction on the depth
ends         laws of mu_k and limits of kappa from these expansions
gamma        identities and limits of Gamma products
orders       arc-cosine kernels of every order, by induction on the order
inequality   polynomial positivity, ladders in steps of two, logarithm bounds
dimension    the law of mu_k as d -> oo
signs        signs of power series, of their eigenvalues, and of differences of these
"""

from theory.rules import calculus, depth, dimension, ends, gamma, inequality, orders, series, signs

__all__ = ["calculus", "depth", "dimension", "ends", "gamma", "inequality", "orders", "series", "signs"]
