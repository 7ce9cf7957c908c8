"""Tests of theory.spectra."""
