"""Statistics of agreement: equivalence tests with stated error rates, exponents, binomial bounds, budgets of errors."""
