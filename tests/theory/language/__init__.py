"""Tests of theory.language."""
