"""Experiments of Tancik et al.: Fourier features."""
