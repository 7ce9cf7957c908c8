"""What the sides of a statement grow like, where the kernel has no closed form in k and d: f ~ g.

Every mu(K), a(K), b(K) is replaced by the leading term of its law (`theory.laws.decay`, `theory.laws.end_terms`).
Products, quotients and fixed powers keep ~; a sum keeps it if its leading terms do not cancel, and is refused otherwise.
"""
