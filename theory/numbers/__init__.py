"""Numbers without SymPy: balls and exact intervals, polynomials in pi, decimals, truth values, budgets of work.

Public: `balls` (working precision, NotCertified, Cannot), `pi_polynomials`, `decimals`, `truth`. Unstable: `work`,
`deadline` and `shown`, which belong to the other rooms of this package alone.
"""
