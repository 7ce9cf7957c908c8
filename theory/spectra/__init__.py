"""Eigenvalues mu_k as numbers: certified spectra by several routes, closed forms, conventions, functionals.

Public: `spectrum`, `functionals`, `conventions`, `gradient_descent`, `sample_steps`, `circle_designs`. Unstable: the
modules of `routes`, each one way to the same numbers.
"""
