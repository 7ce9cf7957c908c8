"""The experiments: one module each, in the folder of its source, with an EXPERIMENT of the module's name.

What several share lies here, beside the folders: `experiment` and `config`, `storage` and `sweeps`,
`two_layer` and `mappings`. A new experiment is one new file in a folder.
"""

from __future__ import annotations

import ast
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from pkgutil import iter_modules
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numerics.experiments.experiment import Experiment


def experiment_modules() -> dict[str, str]:
    """The module of every experiment by its name, sorted; none is imported, so that listing them costs nothing.

    >>> experiment_modules()["cao-circle"]
    'numerics.experiments.cao.cao_circle'
    """
    found = {}
    for source in iter_modules(__path__, f"{__name__}."):
        if source.ispkg:
            for module in iter_modules(import_module(source.name).__path__):
                found[module.name.replace("_", "-")] = f"{source.name}.{module.name}"
    return dict(sorted(found.items()))


def written_settings(name: str) -> list[str] | None:
    """What the config of an experiment lists in its file, which is not run; None where it takes settings from elsewhere.

    >>> written_settings("cao-circle")[:3]
    ['profile', 'samples', 'width']
    """
    spec = find_spec(experiment_modules()[name])
    if spec is None or spec.origin is None:
        return None
    kinds = [
        node for node in ast.parse(Path(spec.origin).read_text(encoding="utf-8")).body if isinstance(node, ast.ClassDef)
    ]
    config = next((kind for kind in kinds if kind.name == "Config" and not kind.bases), None)
    fields = [] if config is None else [node.target for node in config.body if isinstance(node, ast.AnnAssign)]
    return [field.id for field in fields if isinstance(field, ast.Name)] or None


def load_experiment(name: str) -> Experiment[Any]:
    """The experiment ``name``; ValueError naming the known ones otherwise.

    >>> load_experiment("cao-circle").name
    'cao-circle'
    """
    modules = experiment_modules()
    if name not in modules:
        raise ValueError(f"no experiment {name!r}; there are {', '.join(modules)}")
    found: Experiment[Any] = import_module(modules[name]).EXPERIMENT
    if found.name != name:
        raise ValueError(f"{modules[name]} declares {found.name!r}: an experiment has the name of its file")
    return found
