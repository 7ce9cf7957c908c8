"""The digest of the code of a run: every experiment, a changed operator far below it, comments that change nothing."""

import shutil

import pytest

from numerics.experiments import experiment_modules, load_experiment, sources


@pytest.fixture
def copied(tmp_path, monkeypatch):
    """A copy of the package's sources that the digests are taken of."""
    shutil.copytree(sources.ROOT, tmp_path / "numerics", ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(sources, "ROOT", tmp_path / "numerics")
    forget()
    yield tmp_path / "numerics"
    forget()


def forget():
    for cached in (sources.digest, sources._path, sources._source, sources._statements, sources._imported):
        cached.cache_clear()


def digests(names):
    forget()
    return {name: sources.digest(module) for name, module in experiment_modules().items() if name in names}


def changed(path, old, new):
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def test_the_code_below_an_experiment_is_in_its_digest_and_other_code_is_not(copied):
    """Twelve lines of a trainer are twelve reasons to train anew; a picture's are none for a circle."""
    names = ("cao-circle", "fourier-image")
    before = digests(names)
    changed(copied / "networks" / "two_layer.py", "math.sqrt(", "2 * math.sqrt(")
    after = digests(names)
    assert after["cao-circle"] != before["cao-circle"]
    changed(copied / "data" / "images.py", "import ", "import sys\nimport ")
    assert digests(names)["fourier-image"] != after["fourier-image"]
    assert digests(names)["cao-circle"] == after["cao-circle"]


def test_comments_and_docstrings_change_nothing(copied):
    before = digests(experiment_modules())
    for path in copied.rglob("*.py"):
        path.write_text("# a remark\n" + path.read_text())
    changed(copied / "networks" / "training.py", '"""', '"""Another sentence. ')
    assert digests(experiment_modules()) == before


@pytest.mark.parametrize("name", experiment_modules())
def test_every_run_says_what_code_it_executed(name):
    experiment = load_experiment(name)
    said = experiment.provenance(experiment.configure(), 0.0)
    assert said["sources"] == sources.digest(experiment_modules()[name])
    reached = sources.reached(experiment_modules()[name])
    assert "numerics.data.points" in reached or "numerics.networks" in reached
