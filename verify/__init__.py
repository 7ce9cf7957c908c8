"""Where theory and experiment meet: claims, their verdicts, and the command line.

The only package that imports both `theory` and `numerics`. Submodules are imported by name
(``from verify import statistics``); importing the package itself loads nothing.

    cli         the command `spectral-bias`
    statistics  tests of agreement with stated error rates
    claims      published statements as data, one module per source
"""
