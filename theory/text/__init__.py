"""What people and files see: prompts, notebooks, tables of eigenvalues, laws, certificates and proofs as text and LaTeX.

Public: `spectra.render`, `paper_tables`, `laws`, `proofs`. Values know of this room by `numbers.shown` alone.
"""
