"""Tests of theory.spectra.routes."""
