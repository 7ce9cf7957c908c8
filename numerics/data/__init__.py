"""Points, densities, targets, images and solids: what networks are trained on. No network is known here."""
