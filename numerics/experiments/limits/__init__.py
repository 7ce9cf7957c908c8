"""What networks tend to: width, depth, step size."""
