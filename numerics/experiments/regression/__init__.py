"""Kernel regression beside networks: ridges, learning curves, posteriors."""
