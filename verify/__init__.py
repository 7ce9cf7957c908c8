"""Where theory and experiment meet: claims, their verdicts, and the command line.

The only package that imports both `theory` and `numerics`. Modules are imported by name; importing the package
itself loads nothing. The rooms, each of which may use those below it:

    command     the command line, a command a module
    tables      LaTeX tables that a file asks for
    report      the folder of pages, and the appendix
    ledger      every claim decided and put into words
    twins       planted falsehoods that every check must reject
    figures     pictures, the one room that draws
    claims      published statements as data, a module per source
    properties  property-based tests of the theory, and the formulas that must fail them
    networks    procedures that train networks and test them, with stated error rates
    testing     what a test suite of others imports: assertions and strategies
    statistics  tests of agreement with stated error rates
    findings    what a claim is and what is found of it
    running     files, documents, progress, workers
    bridge      a theory kernel as a float kernel, certified values as floats
"""
