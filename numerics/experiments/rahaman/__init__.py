"""Experiments of Rahaman et al."""
