"""Figures; the only importer of matplotlib, and only inside functions.

style        one look, files that appear whole, the data behind a figure as CSV
law          eigenvalues against their law
decay        residuals of trained networks against their prediction
regression   kernel regression: trained networks, posteriors, learning curves
initial      random networks at their start against the Gaussian process
"""
