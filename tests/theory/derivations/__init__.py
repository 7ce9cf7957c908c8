"""Tests of theory.derivations."""
