"""`decay` and `derive` with the depth left open: every form, one line and exit code 2 where refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from verify.command import cli
from verify.ledger import run as ledger

SCHEMA = json.loads((Path(ledger.__file__).parents[1] / "schemas").joinpath("decay.json").read_text())
FAMILY = "NTK(depth=L)"


def call(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = cli.run(list(arguments))
    return code, *capsys.readouterr()


def test_the_law_of_every_depth_has_the_written_schema(capsys: pytest.CaptureFixture[str]) -> None:
    for kernel in (FAMILY, "NTK(depth=L, bias=True)", "NNGP(depth=L)"):
        code, out, _ = call(capsys, "decay", kernel, "--as", "k", "--format", "json")
        document = json.loads(out)
        assert code == 0 and list(Draft202012Validator(SCHEMA).iter_errors(document)) == []
        assert document["kernel"] == kernel and document["evidence"] == "proved"
        wrong = {**document, "law": [{**document["law"][0], "depths": 3}]}
        assert list(Draft202012Validator(SCHEMA).iter_errors(wrong))


def test_the_derivation_of_every_depth_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = call(capsys, "derive", FAMILY)
    assert code == 0 and "P(L) <= 1/2   for L >= 3" in out and "depth-theta-lower" in out
    assert "[law-odd]" in out and "Cited: Let kappa be smooth" in out
    code, out, _ = call(capsys, "derive", FAMILY, "--format", "latex")
    assert code == 0 and r"{\theta_{L}}_{L}(-1)" in out


BAD = [
    (["decay", FAMILY, "--as", "d", "--degree", "3", "--terms", "2"], "terms must be 1"),
    (["decay", FAMILY, "--as", "k", "--terms", "3"], "at most 2 terms"),
    (["decay", FAMILY, "--as", "k", "--plot", "law.png"], "--plot"),
    (["decay", "NTK(depth=L, bias_variance=1)", "--as", "k"], "allowed: NTK(depth=L)"),
    (["decay", "NTK(depth=2*L)", "--as", "k"], "allowed: NTK(depth=L)"),
    (["derive", "NTK(depth=L) + NNGP(depth=L)"], "allowed: NTK(depth=L)"),
    (["spectrum", FAMILY, "--dim", "2", "--degrees", "3"], "NTK"),
]


@pytest.mark.parametrize("arguments, says", BAD)
def test_what_is_not_known_is_refused_in_one_line(
    arguments: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = call(capsys, *arguments)
    assert (code, out) == (2, "") and says in err and err.count("\n") == 1
