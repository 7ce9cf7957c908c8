"""Tests of theory.proofs."""
