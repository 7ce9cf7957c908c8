"""The report: escaped, complete, whole or not there."""

from __future__ import annotations

import copy
import json
import os
import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from pylatexenc.latexwalker import LatexWalker

from numerics.experiments import experiment_modules
from tests.verify.entries import entry_of
from tests.verify.small_report import decided, poisoned, quick_grid, results, tiny_grid
from verify.claims import all_claims
from verify.ledger import run as ledger
from verify.networks import procedures
from verify.report import grid, write_report
from verify.report.latex import is_safe
from verify.report.mathml import ATTRIBUTES, ELEMENTS, Unreadable, checked, prose
from verify.report.source import Results, Trained, read_results
from verify.running.console import BadRequest

__all__ = ["decided", "quick_grid", "results"]  # fixtures
VOID = {"meta", "link", "input", "img", "br"}


class Page(HTMLParser):
    """Tags in order, whether they balance, links, and the text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open and self.open.pop() == tag, f"</{tag}> closes nothing"

    def handle_data(self, data: str) -> None:
        self.text += data

    def count(self, tag: str) -> int:
        return sum(name == tag for name, _ in self.tags)


def pages(report: Path) -> dict[str, Page]:
    found = sorted(report.rglob("*.html"))
    return {p.relative_to(report).as_posix(): Page(p.read_text(encoding="utf-8")) for p in found}


def test_every_statement_has_a_page_with_all_that_the_ledger_says(results: Path, decided: dict[str, Any]) -> None:
    found = pages(write_report(results, quiet=True))
    names = {f"statements/{e['id']}.html" for e in decided["entries"]}
    assert set(found) == names | {"index.html", "explorer.html", "networks.html"}
    for entry in decided["entries"]:
        page = found[f"statements/{entry['id']}.html"]
        wanted = [entry["why"], entry["command"], entry["note"], entry["platform"]]
        for verdict in ledger.verdicts_of(entry) if entry["status"] == "DECIDED" else ():
            wanted += [verdict["compared"], verdict["why"], verdict["scope"], *verdict["routes"]]
            wanted += [step["name"] for proof in verdict["proofs"] for step in proof["steps"]]
        assert all(piece in page.text for piece in wanted)
    steps = sum(len(p["steps"]) for v in ledger.verdicts_of(decided["entries"][0]) for p in v["proofs"])
    assert steps and found["statements/cao-cor-degrees.html"].count("math") > steps


@pytest.mark.parametrize(
    ("wording", "heading"),
    [
        ("read", "As printed"),
        ("notes", "As restated from notes"),
        ("memory", "As restated from memory"),
        ("derived", "As restated from the text"),
    ],
)
def test_only_what_was_read_is_called_printed(
    results: Path, decided: dict[str, Any], wording: str, heading: str
) -> None:
    document = copy.deepcopy(decided)
    for entry in document["entries"]:
        entry.update(wording=wording, as_restated=wording != "read")
        if entry["truth"] == "FAILS":
            entry.update(verdict="FAILS" if wording == "read" else "FAILS as restated")
    (results / "ledger.json").write_text(json.dumps(document), encoding="utf-8")
    found = pages(write_report(results, quiet=True))
    page, index = found["statements/cao-cor-degrees.html"].text, found["index.html"].text
    assert heading in page and ("As printed" in page) is (wording == "read")
    assert index.count("(as restated)") == (0 if wording == "read" else len(document["entries"]))
    tex = (results / "report" / "appendix.tex").read_text(encoding="utf-8")
    for shown in (page, index, tex):
        assert ("FAILS as restated" in shown) is (wording != "read")


def test_a_normalisation_and_a_theorem_under_test_are_shown_with_the_verdict(
    results: Path, decided: dict[str, Any]
) -> None:
    document = copy.deepcopy(decided)
    up_to, theorem = "surface measure: printed = omega_d * mu_k", "theorem 7 of Bietti and Bach 2021"
    one = next(e for e in document["entries"] if e["truth"] == "HOLDS")
    one.update(up_to=up_to, verdict=f"HOLDS up to {up_to}", given=[theorem])
    (results / "ledger.json").write_text(json.dumps(document), encoding="utf-8")
    found = pages(write_report(results, quiet=True))
    page, index = (found[name].text for name in (f"statements/{one['id']}.html", "index.html"))
    tex = (results / "report" / "appendix.tex").read_text(encoding="utf-8").replace(r"\_", "_")
    for shown in (page, index, tex):
        assert up_to in shown and f"proved, given {theorem}" in shown
    assert "HOLDS up to normalisation" in page and "1 HOLDS up to normalisation" in " ".join(index.split())
    assert f"HOLDS up to {up_to}" in tex


def test_what_holds_instead_says_of_which_kernel_and_where(results: Path, decided: dict[str, Any]) -> None:
    failed = next(entry for entry in decided["entries"] if entry["truth"] == "FAILS")
    document = copy.deepcopy(decided)
    one = next(e for e in document["entries"] if e["truth"] == "FAILS")["corrected"][0]
    one |= {"says": "mu(k) = 0", "kernel": "NTK(depth=2)", "for": ["k odd", "k >= 3"]}
    (results / "ledger.json").write_text(json.dumps(document), encoding="utf-8")
    found = pages(write_report(results, quiet=True))
    assert "Holds instead: mu(k) = 0 of NTK(depth=2) for k odd, k >= 3" in found["index.html"].text
    assert "mu(k) = 0 of NTK(depth=2) for k odd, k >= 3" in found[f"statements/{failed['id']}.html"].text


def test_pages_are_balanced_and_every_link_leads_somewhere_on_disk(results: Path) -> None:
    report = write_report(results, quiet=True)
    for name, page in pages(report).items():
        assert page.open == [], name
        ids = [a["id"] for _, a in page.tags if "id" in a]
        assert len(ids) == len(set(ids)), name
        for tag, attributes in page.tags:
            target = attributes.get("href") or attributes.get("src")
            if target is None or target.startswith(("https://arxiv.org/abs/", "data:,")):
                continue
            assert "//" not in target and not attributes.get("onclick"), (name, tag, target)
            path, _, anchor = target.partition("#")
            assert not path or (report / name).parent.joinpath(path).is_file(), (name, target)
            if anchor and not path and "=" not in anchor:
                assert anchor in ids, (name, target)


def test_nothing_of_the_ledger_gets_into_a_page_or_into_tex_unescaped(results: Path, decided: dict[str, Any]) -> None:
    clean = pages(write_report(results, quiet=True))
    document = copy.deepcopy(decided)
    document["entries"] = [poisoned(e) for e in document["entries"]]
    (results / "ledger.json").write_text(json.dumps(document), encoding="utf-8")
    report = write_report(results, quiet=True)
    for name, page in pages(report).items():
        assert page.open == []
        assert page.count("script") == clean[name].count("script"), name  # ours and no other
        allowed = {a for _, attributes in clean[name].tags for a in attributes}
        assert {a for _, attributes in page.tags for a in attributes} <= allowed | ATTRIBUTES
        assert "alert(" in page.text or name in ("explorer.html", "networks.html")
    tex = (report / "appendix.tex").read_text(encoding="utf-8")
    assert r"\input" not in tex and r"\textbackslash{}input" in tex
    assert tex.isascii() or not re.search("[^\u0000-\u017f]", tex)
    LatexWalker(tex, tolerant_parsing=False).get_latex_nodes()


def test_formulas_hold_nothing_but_mathematics() -> None:
    links = r"\href{javascript:alert(1)}{x}", r"\style{color:red}{x}", r"\class{a}{x}"
    for latex in (*links, r"\frac{", "x" * 10_000):
        with pytest.raises(Unreadable):
            checked(latex)
        assert "<code" in prose(latex)
    for tag in ("script", "a", "img", "annotation-xml", "semantics", "maction"):
        assert tag not in ELEMENTS
    assert not {"href", "style", "class", "id", "onclick"} & ATTRIBUTES


def test_every_printed_statement_can_be_typeset_in_both() -> None:
    for claim in all_claims().values():
        assert "<code" not in prose(claim.printed), claim.id
        assert not claim.printed or is_safe(claim.printed), claim.id


def test_procedures_that_replay_a_proof_show_it() -> None:
    for name in ("cao-recurrence", "bm-recurrence", "murray-eigenvalue"):
        entry = entry_of(name)
        assert entry["evidence"] == "proved" and entry["proofs"][0]["steps"]


def test_relations_between_formulas_are_operators() -> None:
    formula = checked(r"\mu_k \sim a \pm b")
    assert "<mo>\u223c</mo>" in formula and "<mo>\u00b1</mo>" in formula


def test_the_same_results_give_the_same_bytes(results: Path, tmp_path: Path) -> None:
    one, two = (write_report(results, tmp_path / name, quiet=True) for name in ("one", "two"))
    files = [sorted(p.relative_to(r) for p in r.rglob("*") if p.is_file()) for r in (one, two)]
    assert files[0] == files[1] and len(files[0]) >= 10
    assert all((one / name).read_bytes() == (two / name).read_bytes() for name in files[0])


def test_planted_twins_stand_on_their_statements_page(results: Path) -> None:
    twin = {"kind": "sign", "name": "sign<b>", "text": "mu(k) < 0", "seen": "mu(0) = 1/2"}
    twin |= {"truth": "FAILS", "rejected": True}
    missed = twin | {"name": "scale", "truth": "HOLDS", "rejected": False}
    row = {"claim": "cao-parity", "planted_in": "own statement", "twins": [twin, missed]}
    row["defects"] = ["2 twins"]
    (results / "planted.json").write_text(json.dumps({"schema": 1, "rows": [row]}), encoding="utf-8")
    found = pages(write_report(results, quiet=True))
    text = found["statements/cao-parity.html"].text
    assert all(piece in text for piece in ("sign<b>", "rejected", "NOT REJECTED: HOLDS", "Defect: 2 twins"))
    assert "Planted" not in found["statements/cao-cor-degrees.html"].text


def test_pictures_are_copied_and_a_missing_one_is_said(results: Path) -> None:
    train = results / "train"
    train.mkdir()
    for name in ("cao-circle-1", "cao-circle-2"):
        verdict = {"experiment": "cao-circle", "truth": "HOLDS", "why": f"within 5 % {name}"}
        (train / f"{name}.json").write_text(json.dumps(verdict), encoding="utf-8")
    (train / "cao-circle-1.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>", encoding="utf-8")
    (train / "cao-circle-1.csv").write_text("x\n1\n", encoding="utf-8")
    report = write_report(results, quiet=True)
    page = pages(report)["networks.html"]
    assert page.count("img") == 1 and page.text.count("is missing") == 1
    assert sorted(p.name for p in (report / "figures").iterdir()) == ["cao-circle-1.csv", "cao-circle-1.svg"]


def test_runs_of_one_experiment_are_told_apart_by_their_settings(results: Path) -> None:
    train = results / "train"
    train.mkdir()
    for width in (512, 2048):
        verdict = {"experiment": "cao-circle", "truth": "HOLDS", "why": "within 5 %", "compared": "rates"}
        verdict["config"] = {"width": width, "seeds": 48}
        (train / f"cao-circle-{width}.json").write_text(json.dumps(verdict), encoding="utf-8")
    text = " ".join(pages(write_report(results, quiet=True))["networks.html"].text.split())
    for width in (512, 2048):
        assert f"cao-circle (width {width}, seeds 48): within 5 %. Compared: rates" in text


def test_a_report_without_runs_says_where_networks_are_judged(results: Path) -> None:
    text = " ".join(pages(write_report(results, quiet=True))["networks.html"].text.split())
    assert "judged on the page of their statement; pictures come from spectral-bias train" in text


def test_experiments_are_shown_with_the_statements_that_they_are_about() -> None:
    shown = {procedure.experiment for procedure in procedures().values()}
    assert set(experiment_modules()) == shown - {""}
    runs = [Trained(name, {"experiment": name}, None, ()) for name in experiment_modules()]
    found = Results("quick", (), {}, tuple(runs))
    assert [run.name for run in found.trained_for({"id": "rates-circle"})] == ["cao-circle"]
    assert found.trained_for({"id": "initial-kernel"}) == found.trained_for({"id": "cao-parity"}) == []


Spoil = Callable[[dict[str, Any]], object]
SPOILT: dict[str, tuple[Spoil, str]] = {
    "another version": (lambda d: d.update(schema=1), "has schema 1, allowed: 4"),
    "no version": (lambda d: d.pop("schema"), "has schema None, allowed: 4"),
    "an id that leaves the folder": (lambda d: d["entries"][0].update(id="../x"), "malformed at"),
    "no source": (lambda d: d["entries"][0].pop("source"), "malformed at"),
    "an entry twice": (lambda d: d["entries"].append(d["entries"][0]), "holds cao-cor-degrees twice"),
    "no list": (lambda d: d.update(entries={}), "malformed at"),
}


@pytest.mark.parametrize("name", SPOILT)
def test_a_ledger_that_is_none_is_refused_in_one_line_and_nothing_is_written(
    name: str, decided: dict[str, Any], results: Path
) -> None:
    spoil, words = SPOILT[name]
    document = copy.deepcopy(decided)
    spoil(document)
    (results / "ledger.json").write_text(json.dumps(document), encoding="utf-8")
    with pytest.raises(BadRequest, match=re.escape(words)):
        write_report(results, quiet=True)
    assert [p.name for p in results.iterdir()] == ["ledger.json"]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("ledger.json", "{"),
        ("ledger.json", "[" * 100_000),
        ("ledger.json", "3"),
        ("planted.json", "{}"),
        ("planted.json", '{"rows": [{"claim": "a"}]}'),
        ("train/a.json", "[]"),
    ],
)
def test_files_that_are_none_are_refused(name: str, text: str, results: Path) -> None:
    (results / "train").mkdir()
    (results / name).write_text(text, encoding="utf-8")
    with pytest.raises(BadRequest, match="allowed"):
        read_results(results)


def test_an_earlier_report_is_replaced_and_other_files_are_not(results: Path, tmp_path: Path) -> None:
    report = write_report(results, quiet=True)
    (report / "stray.html").write_text("old", encoding="utf-8")
    assert write_report(results, quiet=True) == report
    assert not (report / "stray.html").exists() and (report / "index.html").is_file()
    own = tmp_path / "own"
    own.mkdir()
    (own / "thesis.tex").write_text("mine", encoding="utf-8")
    with pytest.raises(BadRequest, match="holds other files"):
        write_report(results, own, quiet=True)
    with pytest.raises(BadRequest, match="holds other files"):
        write_report(results, results, quiet=True)
    assert [p.name for p in own.iterdir()] == ["thesis.tex"] and (results / "ledger.json").is_file()
    leftovers = [p.name for p in (*results.iterdir(), *tmp_path.iterdir()) if p.name.startswith(".")]
    assert leftovers == []


def test_a_report_that_fails_half_way_leaves_the_earlier_one(results: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    report = write_report(results, quiet=True)
    before = (report / "index.html").read_bytes()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("verify.report.latex.write_latex", full)
    with pytest.raises(BadRequest, match="cannot write .* No space left on device"):
        write_report(results, quiet=True)
    assert (report / "index.html").read_bytes() == before
    assert sorted(p.name for p in results.iterdir()) == ["ledger.json", "report", grid.CACHE]


def test_a_place_that_cannot_be_written_is_refused(results: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    for out in (tmp_path / "file", tmp_path / "file" / "report"):
        with pytest.raises(BadRequest, match="allowed"):
            write_report(results, out, quiet=True)
    if os.getuid() == 0:
        return  # root may write anywhere
    results.chmod(0o500)
    try:
        with pytest.raises(BadRequest, match="cannot write"):
            write_report(results, quiet=True)
    finally:
        results.chmod(0o700)


def test_the_grid_is_kept_and_made_anew_for_another_request(results: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[int] = []

    def counted(tell: object = None) -> dict[str, Any]:
        calls.append(1)
        return tiny_grid()

    monkeypatch.setattr(grid, "compute", counted)
    assert grid.obtain(results) == grid.obtain(results) and len(calls) == 1
    monkeypatch.setattr(grid, "DEGREES", grid.DEGREES + 1)
    grid.obtain(results)
    assert len(calls) == 2
    (results / grid.CACHE).write_text("{", encoding="utf-8")
    grid.obtain(results)
    assert len(calls) == 3
