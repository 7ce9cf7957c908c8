"""Tests of theory.text."""
