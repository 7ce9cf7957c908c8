"""Experiments of the lecture."""
