"""One module per experiment: ``Config`` (frozen), ``configure(profile, **changes)``, ``run``.

A name is looked up here and imported only when asked for, so that listing them costs nothing.
"""

from importlib import import_module
from types import ModuleType

REGISTRY = {
    "basri-density": "numerics.experiments.basri.density",
    "cao-circle": "numerics.experiments.cao.circle",
    "cao-mixture": "numerics.experiments.cao.mixture",
    "cao-sphere": "numerics.experiments.cao.sphere",
    "design": "numerics.experiments.lecture.design",
    "deep-sphere": "numerics.experiments.limits.deep_sphere",
    "eigenbasis": "numerics.experiments.limits.eigenbasis",
    "ct": "numerics.experiments.tancik.ct",
    "fourier-decay": "numerics.experiments.rahaman.fourier_decay",
    "fourier-1d": "numerics.experiments.tancik.fourier_1d",
    "fourier-image": "numerics.experiments.tancik.fourier_image",
    "fourier-shape": "numerics.experiments.tancik.fourier_shape",
    "gaussian-limit": "numerics.experiments.limits.gaussian_limit",
    "learning-curves": "numerics.experiments.regression.learning_curves",
    "loss-power": "numerics.experiments.regression.loss_power",
    "mri": "numerics.experiments.tancik.mri",
    "posterior": "numerics.experiments.regression.posterior",
    "rahaman": "numerics.experiments.rahaman.rahaman",
    "rendering": "numerics.experiments.tancik.rendering",
    "ridge-rates": "numerics.experiments.regression.ridge_rates",
    "ridge-training": "numerics.experiments.regression.ridge_training",
    "cao-targets": "numerics.experiments.cao.targets",
    "cao-theorem": "numerics.experiments.cao.theorem",
    "circle-time": "numerics.experiments.basri.circle_time",
    "learning-rate-edge": "numerics.experiments.limits.learning_rate_edge",
    "non-uniform": "numerics.experiments.cao.non_uniform",
    "width-laws": "numerics.experiments.limits.width_laws",
}


def load_experiment(name: str) -> ModuleType:
    """The module of the experiment ``name``; ValueError naming the known ones otherwise.

    >>> load_experiment("cao-circle").__name__
    'numerics.experiments.cao.circle'
    """
    if name not in REGISTRY:
        raise ValueError(f"no experiment {name!r}; there are {', '.join(REGISTRY)}")
    return import_module(REGISTRY[name])
