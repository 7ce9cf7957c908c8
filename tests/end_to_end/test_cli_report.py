"""`spectral-bias report`: the command, and its pages in a real browser."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from verify.command import cli

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
AXE = "axe_playwright_python.sync_playwright"
CLAIMS = ("cao-parity", "cao-cor-degrees", "property-positivity")


def call(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    code = cli.run([str(a) for a in arguments])
    return code, *capsys.readouterr()


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of three statements, made by the commands, theory's grid included."""
    folder = tmp_path_factory.mktemp("report")
    assert cli.run(["verify", *CLAIMS, "--jobs", "1", "--quiet", "--out", str(folder)]) == 0
    ledger = json.loads((folder / "ledger.json").read_text(encoding="utf-8"))
    ledger["entries"][0]["source"]["authors"] = "Longname, " * 12 + "Short"  # must not widen a page
    (folder / "ledger.json").write_text(json.dumps(ledger), encoding="utf-8")
    assert cli.run(["report", str(folder), "--quiet"]) == 0
    return folder / "report"


def test_the_command_writes_pages_appendix_and_bibliography(report: Path) -> None:
    written = {"index.html", "explorer.html", "networks.html", "style.css", "script.js"}
    assert written | {"appendix.tex", "references.bib"} <= {p.name for p in report.iterdir()}
    assert {p.stem for p in (report / "statements").iterdir()} == set(CLAIMS)
    tex = (report / "appendix.tex").read_text(encoding="utf-8")
    assert tex.count(r"\begin{longtable}") == 1 + 12
    assert r"2 & 5 & $0.078125$ & $\frac{5}{64}$" in tex  # mu_2 of NTK(depth=2) on S^2


def test_it_says_what_it_wrote_unless_quiet(capsys: pytest.CaptureFixture[str], report: Path, tmp_path: Path) -> None:
    out = tmp_path / "report"
    assert call(capsys, "report", report.parent, "--out", out) == (0, "", f"wrote {out / 'index.html'}\n")
    assert call(capsys, "report", report.parent, "--out", out, "--quiet") == (0, "", "")
    code, text, _ = call(capsys, "report", report.parent, "--out", out, "--quiet", "--format", "json")
    schema = json.loads((Path(cli.__file__).parents[1] / "schemas/report.json").read_text(encoding="utf-8"))
    Draft202012Validator(schema).validate(json.loads(text))
    assert code == 0 and json.loads(text)["statements"] == sorted(CLAIMS)


def test_bad_requests_are_one_line(capsys: pytest.CaptureFixture[str], report: Path, tmp_path: Path) -> None:
    old = tmp_path / "old"
    old.mkdir()
    document = {"schema": 1, "profile": "quick", "entries": []}
    (old / "ledger.json").write_text(json.dumps(document), encoding="utf-8")
    (tmp_path / "file").touch()
    for arguments, words in (
        ([tmp_path / "none"], "there is no"),
        ([old], "has schema 1, allowed: 4"),
        ([report.parent, "--out", tmp_path], "holds other files"),
        ([report.parent, "--out", tmp_path / "file" / "x"], "cannot write"),
        ([report.parent, "--nonsense"], "allowed: --out"),
    ):
        code, out, err = call(capsys, "report", *arguments)
        assert (code, out) == (2, "") and err.count("\n") == 1, err
        assert err.startswith("spectral-bias: ") and words in err
    assert sorted(p.name for p in tmp_path.iterdir()) == ["file", "old"]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Chromium without a window."""
    driver = pytest.importorskip("playwright.sync_api", reason="needs pip install .[test]")
    if CHROMIUM is None:
        pytest.skip("no chromium is installed here")
    with driver.sync_playwright() as running:
        opened = running.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield opened
        opened.close()


class Window:
    """A page of the report; complaints of the console, and requests that leave the disk, are kept."""

    def __init__(self, browser: Any, report: Path, **how: Any) -> None:
        self.complaints: list[str] = []
        self.report = report
        self.page = browser.new_context(**how).new_page()
        self.page.on("console", lambda m: self._keep(m.text, m.type in ("error", "warning")))
        self.page.on("pageerror", lambda error: self._keep(str(error)))
        self.page.on("request", lambda r: self._keep(r.url, r.url.startswith("http")))

    def _keep(self, words: str, bad: bool = True) -> None:
        self.complaints += [words] if bad else []

    def open(self, name: str) -> Any:
        self.page.goto((self.report / name).as_uri())
        return self.page

    def shown(self) -> list[str]:
        return self.page.locator("#statements > li:visible h3").all_inner_texts()


@pytest.fixture
def window(browser: Any, report: Path) -> Iterator[Window]:
    made = Window(browser, report)
    yield made
    made.page.context.close()
    assert made.complaints == []


def test_a_planted_error_is_noticed(browser: Any, report: Path) -> None:
    made = Window(browser, report)
    made.open("index.html").evaluate("console.error('planted'); setTimeout(() => { nothing.at.all })")
    made.page.wait_for_timeout(50)
    made.page.context.close()
    assert len(made.complaints) == 2 and "planted" in made.complaints


def test_search_and_filters(window: Window) -> None:
    page = window.open("index.html")
    assert window.shown() == sorted(CLAIMS)
    page.get_by_label("Search").fill("PARITY cao")
    assert window.shown() == ["cao-parity"]
    assert page.locator("#count").inner_text() == "1 of 3 statements"
    page.get_by_label("Search").fill("no such words")
    assert window.shown() == []
    page.get_by_role("button", name="Show all").click()
    page.wait_for_function("document.getElementById('count').textContent === '3 statements'")
    page.get_by_label("Verdict").select_option("FAILS as restated")
    assert window.shown() == ["cao-cor-degrees"]
    page.get_by_label("Evidence").select_option("checked")
    assert window.shown() == []
    page.get_by_label("Verdict").select_option("")
    assert window.shown() == ["property-positivity"]
    page.reload()
    assert window.shown() == ["property-positivity"]  # the address holds the choice


def test_a_count_leads_to_its_statements_and_they_to_their_pages(window: Window) -> None:
    page = window.open("index.html")
    page.get_by_role("link", name="1 FAILS as restated").click()
    assert window.shown() == ["cao-cor-degrees"]
    page.get_by_role("link", name="cao-cor-degrees").click()
    page.wait_for_url("**/statements/cao-cor-degrees.html")  # a click does not wait until the page is read
    assert page.get_by_role("heading", level=1).inner_text() == "cao-cor-degrees"
    assert page.locator("math").count() > 60


def test_the_keyboard_alone_is_enough(window: Window) -> None:
    page = window.open("index.html")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to content"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == "words":
            break
    page.keyboard.type("cor-deg")
    assert window.shown() == ["cao-cor-degrees"]


def test_the_explorer_shows_what_theory_computed(window: Window) -> None:
    from theory.kernels.parse import parse_kernel
    from theory.spectra.spectrum import spectrum

    page = window.open("explorer.html")
    for family, depth, dim, digits in (("NTK", 2, 2, 30), ("NTK", 3, 3, 15), ("NNGP", 3, 1, 6)):
        for name, value in (("Kernel", family), ("Depth", depth), ("Dimension d", dim), ("Digits", digits)):
            page.get_by_label(name, exact=True).select_option(str(value))
        rows = page.locator("#eigenvalues tr").all_inner_texts()
        found = spectrum(parse_kernel(f"{family}(depth={depth})"), dim, range(len(rows)), digits).eigenvalues
        assert [row.split("\t")[2] for row in rows] == [e.decimal(digits)[0] for e in found]
        assert len(rows) > 10
        assert page.locator("#law-branches math").count() == 2
        assert f'"{family}(depth={depth})" --dim {dim}' in page.locator("#command").inner_text()
    assert page.locator("#plot circle").count() > 5
    assert page.locator("#plot text").all_text_contents()[:2] == ["eigenvalue \u03bc\u2096, logarithmic", "degree k"]
    page.get_by_label("Kernel", exact=True).select_option("NTK")
    page.get_by_label("Depth", exact=True).select_option("2")
    assert page.locator("#plot-zeros").inner_text().startswith("Not in the picture, since they are 0: degrees 3, 5, ")


@pytest.mark.parametrize(("scheme", "width"), [("light", 1200), ("dark", 390)])
def test_every_kind_of_page_meets_the_rules_of_accessibility(
    scheme: str, width: int, browser: Any, report: Path
) -> None:
    axe = pytest.importorskip(AXE, reason="needs pip install .[test]")
    made = Window(browser, report, color_scheme=scheme, viewport={"width": width, "height": 800})
    for name in ("index.html", "explorer.html", "networks.html", "statements/cao-cor-degrees.html"):
        page = made.open(name)
        if scheme == "dark":  # once is enough: a proof holds a hundred formulas
            page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
            page.wait_for_timeout(100)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        found = axe.Axe().run(page, options={"preload": False}).response  # preloading would leave the disk
        assert [(v["id"], v["nodes"][0]["html"]) for v in found["violations"]] == []
        assert len(found["passes"]) > 15
    assert made.complaints == []
    made.page.context.close()


def test_axe_notices_pale_words(browser: Any, report: Path) -> None:
    axe = pytest.importorskip(AXE, reason="needs pip install .[test]")
    made = Window(browser, report)
    made.open("index.html").add_style_tag(content="body { color: #aaaaaa; background: #ffffff; }")
    found = axe.Axe().run(made.page, options={"preload": False}).response
    made.page.context.close()
    assert "color-contrast" in [v["id"] for v in found["violations"]]


def test_printed_pages_hold_the_proofs_and_no_controls(window: Window, tmp_path: Path) -> None:
    page = window.open("statements/cao-cor-degrees.html")
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator("ol.proof > li:visible").count() > 60
    assert page.locator("header nav").is_hidden()
    page.pdf(path=tmp_path / "page.pdf")
    assert (tmp_path / "page.pdf").stat().st_size > 10_000
