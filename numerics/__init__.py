"""Real networks, float kernels and what each predicts.

Nothing here imports sympy, flint, theory or verify: population eigenvalues are handed in as plain
floats, so that agreement between this package and the theory means something. Submodules are
imported by name (``from numerics import training``); importing the package itself loads nothing.

    points      data on S^d with weights that sum to 1
    densities   non-uniform distributions on S^d: density, sampler, quadrature
    targets     zonal harmonics and their mixtures
    networks    the two-layer ReLU network of Cao et al.
    deep        deep ReLU networks in tangent-kernel parametrisation
    kernels     float limit kernels, tangent kernels of given networks
    tangent     tangent kernels of any torch module, linearisation
    eigen       leading eigenpairs of large kernel matrices, with error bounds
    regression  kernel ridge regression, Gaussian-process posteriors, learning curves
    training    full-batch gradient descent
    prediction  what the population, the Gram matrix and the initial kernel predict
    rates       decay per step, read off a recorded curve
    experiments one module per experiment: frozen config -> labelled arrays
"""
