"""Tests of theory.statements.methods."""
