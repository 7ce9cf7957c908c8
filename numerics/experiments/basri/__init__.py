"""Experiments of Basri et al."""
