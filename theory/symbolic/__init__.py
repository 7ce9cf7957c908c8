"""SymPy without kernels: the objects that formulas speak of, positivity on ranges, hypergeometric terms, Puiseux series.

Public: `objects` (symbols, ranges, eigenvalues as symbols), `hypergeometric`, `asymptotic_series`, `puiseux`,
`bounded_expansions`. Unstable: the names of `constants`.
"""
