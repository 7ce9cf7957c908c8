"""A new module is found because its file is there: one new file is all that a claim or an experiment needs."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import numerics.experiments.limits
import verify.claims
import verify.figures
import verify.networks
from numerics.experiments import experiment_modules, load_experiment
from verify.claims import all_claims, claim_ids
from verify.figures import figure_of
from verify.findings.claim import Context
from verify.ledger.run import decide_claim
from verify.networks import judge_of, procedure_of, procedures
from verify.running.discovery import gathered

CLAIM = """
from verify.findings.claim import MEASURED, Claim, Said, Source

DOE = Source("Doe", 2026)
CLAIMS = (
    Claim("my-lemma", DOE, "read", "x", said=(Said("mu(2) = Theta(d**-2) as d -> oo", "NTK(depth=2)"),)),
    Claim("my-networks", DOE, "read", "x", procedure=MEASURED),
)
"""
NETWORKS = """
from theory.numbers.truth import Evidence, Truth
from verify.findings.claim import Finding, Procedure
from verify.networks import Judge

def halved(context):
    return Finding(Truth.HOLDS, Evidence.OBSERVED, "c", "w", rates={"false_fail": 0.0, "false_pass": 0.0})

PROCEDURES = {"my-networks": Procedure(halved, lambda context: {}, experiment="my-experiment")}
JUDGES = {"my-experiment": Judge(lambda config, data: halved(None))}
"""
FIGURE = "def drawn(data):\n    return data\n\nFIGURES = {'my-experiment': drawn}\n"
EXPERIMENT = """
from dataclasses import replace
from numerics.experiments.limits import width_laws

EXPERIMENT = replace(width_laws.EXPERIMENT, name="my-experiment")
"""
Put = Callable[[object, str, str], None]


@pytest.fixture
def put(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Put]:
    """Writes a new file into a package, for the length of a test."""
    before = set(sys.modules)

    def write(package: object, name: str, source: str) -> None:
        folder = tmp_path / package.__name__
        folder.mkdir(exist_ok=True)
        (folder / f"{name}.py").write_text(source, encoding="utf-8")
        monkeypatch.setattr(package, "__path__", [*package.__path__, str(folder)])
        importlib.invalidate_caches()
        procedures.cache_clear()

    yield write
    procedures.cache_clear()
    for name in set(sys.modules) - before:
        if name.rpartition(".")[2].startswith("my_"):
            del sys.modules[name]


def test_a_claim_is_one_new_file(put: Put) -> None:
    put(verify.claims, "my_source", CLAIM)
    entry = decide_claim(all_claims()["my-lemma"], Context())
    assert (entry["truth"], entry["evidence"]) == ("HOLDS", "proved")


def test_the_ids_of_claims_are_known_without_an_import(put: Put) -> None:
    assert set(claim_ids()) == set(all_claims())
    put(verify.claims, "my_source", CLAIM)
    assert "my-lemma" in claim_ids() and "my-typo" not in claim_ids()


def test_an_id_that_is_not_written_out_is_a_fault(put: Put) -> None:
    put(verify.claims, "my_source", CLAIM.replace('"my-lemma"', '"my-" + "lemma"'))
    with pytest.raises(ValueError, match="write the id of a claim out in its file.*my-lemma"):
        all_claims()


def test_a_claim_about_networks_finds_its_procedure_in_one_more(put: Put) -> None:
    put(verify.claims, "my_source", CLAIM)
    claim = all_claims()["my-networks"]
    with pytest.raises(ValueError, match="my-networks: no module of verify.networks has PROCEDURES"):
        procedure_of(claim)
    assert decide_claim(claim, Context())["status"] == "CRASHED"
    put(verify.networks, "my_networks", NETWORKS)
    entry = decide_claim(claim, Context())
    assert (entry["truth"], entry["procedure"]) == ("HOLDS", "halved")
    assert entry["rates"]["false_fail"] > 0  # weighed: nobody knows that a rate is 0


def test_an_experiment_is_one_new_file_and_its_judge_and_figure_one_each(put: Put) -> None:
    put(numerics.experiments.limits, "my_experiment", EXPERIMENT)
    assert "my-experiment" in experiment_modules() and load_experiment("my-experiment").name == "my-experiment"
    assert judge_of("my-experiment") is None and figure_of("my-experiment") is None
    put(verify.networks, "my_networks", NETWORKS)
    put(verify.figures, "my_figure", FIGURE)
    assert judge_of("my-experiment") is not None and figure_of("my-experiment") is not None


def test_two_modules_that_declare_the_same_are_a_fault(put: Put) -> None:
    put(verify.figures, "my_figure", FIGURE)
    put(verify.figures, "my_other_figure", FIGURE)
    with pytest.raises(ValueError, match="two modules of verify.figures have FIGURES for my-experiment"):
        gathered("verify.figures", "FIGURES")
    put(verify.claims, "my_source", CLAIM)
    put(verify.claims, "my_source_again", CLAIM)
    with pytest.raises(ValueError, match="two claims are called my-lemma"):
        all_claims()
