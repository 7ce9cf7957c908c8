"""What looks for proofs: derivations of closed forms, of signs, of expansions at the ends, of monotone bounds.

Public: `one_hidden_layer.derive`, `derived_spectrum`. Unstable: the rest. Nothing here is believed before
`theory.proofs.check` has replayed it.
"""
