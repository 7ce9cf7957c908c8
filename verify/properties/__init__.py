"""Property-based tests of the theory in exact arithmetic, and the wrong formulas that must fail them."""
