"""Tests of theory.laws."""
