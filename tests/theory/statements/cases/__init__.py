"""Tests of theory.statements.cases."""
