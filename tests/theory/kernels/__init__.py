"""Tests of theory.kernels."""
