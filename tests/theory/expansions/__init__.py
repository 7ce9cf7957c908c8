"""Tests of theory.expansions."""
