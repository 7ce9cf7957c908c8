"""Real networks, float kernels and what each predicts.

Nothing here imports sympy, flint, theory or verify: population eigenvalues are handed in as plain
floats, so that agreement between this package and the theory means something. Submodules are
imported by name (``from numerics.networks import training``); importing the package itself loads nothing.

    experiments  one module per experiment, by source: frozen config -> labelled arrays; sweeps over seeds
    predictions  what the population, the Gram matrix and the initial kernel predict; kernel regression
    networks     the two-layer ReLU network of Cao et al., deep ones, training, tangent kernels
    data         points on S^d with weights that sum to 1, densities, targets, images
"""
