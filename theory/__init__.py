"""Spectra of zonal kernels on the sphere, derived, certified and decided.

Import the parts by name: `theory.kernels`, `theory.spectrum`, `theory.decay`, ...
"""
