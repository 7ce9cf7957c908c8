"""LaTeX tables of eigenvalues that a file asks for, and the check of a printed one."""
