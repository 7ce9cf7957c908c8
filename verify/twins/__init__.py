"""Planted falsehoods: wrong statements, kernels and networks that a check must reject, or it checks nothing."""
