"""The trusted part: proofs as steps, the rules they follow by, the theorems they cite, and the checker.

It never imports what looks for proofs (the contract of `pyproject.toml` holds it to that). Public: `steps`, `check`,
`theorems`, and in `rules` what each rule tests. A new rule is a new function with `@rule` in a module of `rules`.
"""
