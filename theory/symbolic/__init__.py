"""Expressions without kernels: their tree, and in SymPy the objects that formulas speak of, positivity, series.

Public: `expressions` (the tree, which needs no SymPy), `objects` (symbols, ranges, eigenvalues as symbols),
`rational_functions`, `hypergeometric`, `growth`, `asymptotic_series`, `puiseux`,
`bounded_expansions`. Unstable: the names of `constants`.
"""
