"""Tests of theory.statements.equivalents."""
