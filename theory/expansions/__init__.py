"""kappa near a point, on an arc, as a power series; where it is analytic, integrable, and of which sign its b_n are.

Public: `at_ends` (t = 1, -1, 0), `maclaurin`, `ellipses` (certified bounds off the real line), `coefficient_signs`,
`admissible`, `analytic_inside`. Unstable: `jets`, `versine` and `hermite_squares`, which the others are made of.
"""
