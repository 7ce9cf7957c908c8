"""How mu_k falls as k -> oo or d -> oo, and b_n as n -> oo, with certified remainders where there are any.

Public: `decay.decay`, `law.Law`, `certified.certified`, `conventions`. Unstable: how a law is found (`end_terms`,
`smooth`, `tanh`, `kink`, `every_depth`) and its remainder bounded (`degree_remainder`, `dimension_remainder`).
"""
