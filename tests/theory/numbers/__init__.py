"""Tests of theory.numbers."""
