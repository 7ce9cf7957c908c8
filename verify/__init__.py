"""Where theory and experiment meet: claims, their verdicts, and the command line.

The only package that imports both `theory` and `numerics`. Submodules are imported by name
(``from verify import statistics``); importing the package itself loads nothing.

    claim       a published statement as data; claims/ holds them, one module per source
    ledger      decides claims and keeps what was found; session runs it for the command line
    networks/   procedures that train networks and test them, with stated error rates
    properties  property-based checks; strategies for those of a user
    planted     wrong twins that every claim must reject
    statistics  tests of agreement with stated error rates
    bridge      a theory kernel as a float kernel, certified values as floats
    cli         the command `spectral-bias`
"""
