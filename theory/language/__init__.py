"""The language of statements: formulas, families of kernels in L, and the Statement that a text is read as.

Public: `statement.parse_statement`, `statement.Statement`, `formulas` (the tree), `families`. Nothing here decides.
"""
