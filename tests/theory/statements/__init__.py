"""Tests of theory.statements."""
