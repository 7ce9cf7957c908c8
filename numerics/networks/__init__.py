"""Networks, their training, their tangent kernels, and the exact pieces of shallow ones."""
