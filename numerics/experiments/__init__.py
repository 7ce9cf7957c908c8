"""One module per experiment: ``Config`` (frozen), ``configure(profile, **changes)``, ``run``.

A name is looked up here and imported only when asked for, so that listing them costs nothing.
"""

from importlib import import_module
from types import ModuleType

REGISTRY = {
    "basri-density": "numerics.experiments.basri_density",
    "cao-circle": "numerics.experiments.cao_circle",
    "cao-mixture": "numerics.experiments.cao_mixture",
    "cao-sphere": "numerics.experiments.cao_sphere",
    "design": "numerics.experiments.design",
    "deep-sphere": "numerics.experiments.deep_sphere",
    "eigenbasis": "numerics.experiments.eigenbasis",
    "ct": "numerics.experiments.ct",
    "fourier-decay": "numerics.experiments.fourier_decay",
    "fourier-1d": "numerics.experiments.fourier_1d",
    "fourier-image": "numerics.experiments.fourier_image",
    "fourier-shape": "numerics.experiments.fourier_shape",
    "gaussian-limit": "numerics.experiments.gaussian_limit",
    "learning-curves": "numerics.experiments.learning_curves",
    "loss-power": "numerics.experiments.loss_power",
    "mri": "numerics.experiments.mri",
    "posterior": "numerics.experiments.posterior",
    "rahaman": "numerics.experiments.rahaman",
    "rendering": "numerics.experiments.rendering",
    "ridge-rates": "numerics.experiments.ridge_rates",
    "ridge-training": "numerics.experiments.ridge_training",
    "cao-targets": "numerics.experiments.cao_targets",
    "cao-theorem": "numerics.experiments.cao_theorem",
    "circle-time": "numerics.experiments.circle_time",
    "learning-rate-edge": "numerics.experiments.learning_rate_edge",
    "non-uniform": "numerics.experiments.non_uniform",
    "width-laws": "numerics.experiments.width_laws",
}


def load_experiment(name: str) -> ModuleType:
    """The module of the experiment ``name``; ValueError naming the known ones otherwise.

    >>> load_experiment("cao-circle").__name__
    'numerics.experiments.cao_circle'
    """
    if name not in REGISTRY:
        raise ValueError(f"no experiment {name!r}; there are {', '.join(REGISTRY)}")
    return import_module(REGISTRY[name])
