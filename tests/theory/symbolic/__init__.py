"""Tests of theory.symbolic."""
