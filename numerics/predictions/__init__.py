"""What kernels predict of networks: limit kernels, leading eigenpairs, residuals, rates, regression."""
