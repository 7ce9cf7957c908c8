"""Tests of theory.proofs.rules."""
