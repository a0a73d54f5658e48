"""`silos compare`: what it writes, what it refuses in words, and a page that needs nothing else."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

from silos.analysis.comparison.result import of_summaries
from silos.cli import main
from silos.report.comparison import OURS, ComparisonReport
from tests.support.places import DOCS
from tests.support.two_runs import halves


def compare(*words: object):
    return CliRunner().invoke(main, ["compare", *map(str, words)])


@pytest.fixture(scope="module")
def runs(tmp_path_factory) -> tuple[Path, Path]:
    """The output directories of two halves between which a silo opened."""
    place = tmp_path_factory.mktemp("runs")
    for analysis, name in zip(halves(silo_opens=10), ("before", "after"), strict=True):
        analysis.report().write(place / name)
    return place / "before", place / "after"


def test_the_command_says_and_writes_what_changed(runs, tmp_path):
    said = compare(*runs, "-o", tmp_path / "out")
    assert said.exit_code == 0, said.output
    assert "- R&D opened: its insularity fell from" in said.stdout
    assert "not who is who" in said.stdout
    files = {path.relative_to(tmp_path / "out").as_posix() for path in (tmp_path / "out").rglob("*") if path.is_file()}
    assert files == set(OURS.names)
    content = json.loads((tmp_path / "out" / "comparison.json").read_text(encoding="utf-8"))
    assert (content["schema"], content["verdict"], content["paired"]) == (1, "changed", False)
    assert content["sentences"][0] in said.stdout
    table = pd.read_csv(tmp_path / "out" / "tables" / "changes.csv")
    assert len(table) == len(content["changes"])
    assert table["department"].iloc[0] == "R&D"
    # A second comparison takes its place; the same runs give the same bytes but for the time stamp.
    before = (tmp_path / "out" / "comparison.json").read_text(encoding="utf-8")
    assert compare(*runs, "-o", tmp_path / "out").exit_code == 0
    after = (tmp_path / "out" / "comparison.json").read_text(encoding="utf-8")
    stamp = re.compile('"generated": "[^"]*"')
    assert stamp.sub("", before) == stamp.sub("", after)


def test_without_a_directory_nothing_is_written(runs, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    said = compare(*runs)
    assert said.exit_code == 0
    assert list(tmp_path.iterdir()) == []


def test_a_run_and_itself(runs):
    said = compare(runs[0], runs[0])
    assert said.exit_code == 0
    assert said.stdout.startswith("- The two runs found the same.")


REFUSED = {
    "no directory": (lambda place: place / "nowhere", "is not a directory"),
    "somebody's folder": (lambda place: _folder(place, "thesis.txt", "mine"), "it holds: thesis.txt"),
    "an empty folder": (lambda place: _folder(place), "it holds: nothing"),
    "somebody's summary": (lambda place: _folder(place, "summary.json", '{"title": 1}'), "no summary.json that silos"),
    "damaged": (lambda place: _folder(place, "summary.json", '{"schema": 2,'), "no summary.json that silos wrote"),
    "too old": (
        lambda place: _folder(
            place, "summary.json", '{"schema": 1, "generated": "", "parameters": {}, "findings": [], "inputs": {}}'
        ),
        "lacks organisation, departments, pairs, connector",
    ),
}


def _folder(place: Path, name: str = "", content: str = "") -> Path:
    (place / "folder").mkdir()
    if name:
        (place / "folder" / name).write_text(content)
    return place / "folder"


@pytest.mark.parametrize("fault", REFUSED)
def test_what_is_no_run_is_refused_in_words(fault, runs, tmp_path):
    made, words = REFUSED[fault]
    other = made(tmp_path)
    there = sorted(tmp_path.rglob("*"))
    for order in ((runs[0], other), (other, runs[0])):
        said = compare(*order, "-o", tmp_path / "out")
        assert (said.exit_code, said.stdout) == (1, ""), said.output
        assert words in said.stderr
        assert "silos analyze" in said.stderr or "Analyse the log again" in said.stderr
    assert sorted(tmp_path.rglob("*")) == there


def test_wrong_usage_and_somebody_elses_directory(runs, tmp_path):
    assert compare(runs[0]).exit_code == 2
    assert compare(*runs, "--lang", "tlh").exit_code == 2
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "thesis.txt").write_text("mine")
    said = compare(*runs, "-o", tmp_path / "out")
    assert said.exit_code == 1
    assert "thesis.txt" in said.stderr
    # A run is no comparison: it is not replaced by one.
    assert compare(*runs, "-o", runs[1]).exit_code == 1
    assert (runs[1] / "report.html").exists()


class Page(HTMLParser):
    """What a page refers to, and its sections."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.outside: list[str] = []
        self.tags: list[str] = []
        self.ids: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        for name, value in attrs:
            if name in ("src", "href") and value and not value.startswith(("#", "data:")):
                self.outside.append(value)
            if name == "id" and value and tag == "section":
                self.ids.append(value)


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_page_is_self_contained_and_shows_the_slopes(language):
    first, second = halves(silo_opens=10)
    found = of_summaries(first.published().summary(language), second.published().summary(language))
    text = ComparisonReport(found, language).page("2025-07-01T10:00:00+00:00")
    page = Page(text)
    assert page.outside == []
    assert "script" not in page.tags
    assert "default-src 'none'" in text
    assert f'<html lang="{language}">' in text
    assert page.tags.count("svg") == 1
    assert {"departments", "organisation", "pairs", "verdicts", "advice", "limits", "how"} <= set(page.ids)
    assert not re.search(r"p\d{4}@|example\.com", text)
    assert "nan" not in re.sub("<svg.*?</svg>", "", text, flags=re.DOTALL).casefold().split()


def test_a_comparison_of_unchanged_runs_has_a_page_too():
    first, second = halves()
    text = ComparisonReport(first.compare(second)).page("2025-07-01")
    assert "no change can be told apart from chance" in text
    assert "For no pair of departments can a change be told apart from chance." in text


def test_exact_runs_are_compared_only_where_exact_is_asked_for_and_marked(runs, tmp_path):
    _, second = halves(silo_opens=10)
    exact = second.report(exact=True, figures_as=()).write(tmp_path / "exact")
    refused = compare(runs[0], exact, "-o", tmp_path / "out")
    assert refused.exit_code == 1
    assert "a run holds exact counts" in refused.stderr
    assert not (tmp_path / "out").exists()
    said = compare(runs[0], exact, "-o", tmp_path / "out", "--exact")
    assert said.exit_code == 0, said.output
    assert "gives counts as they are" in said.stdout
    assert "exact counts" in (tmp_path / "out" / "comparison.html").read_text(encoding="utf-8")
    assert json.loads((tmp_path / "out" / "comparison.json").read_text(encoding="utf-8"))["published"] is False
    assert not pd.read_csv(tmp_path / "out" / "tables" / "changes.csv")["published"].any()


def test_names_are_text_in_the_page_and_in_tables(tmp_path):
    first, second = (json.loads(json.dumps(one.summary()).replace("R&D", "=<b>R&D")) for one in halves(silo_opens=10))
    ComparisonReport(of_summaries(first, second), exact=True).write(tmp_path / "out")
    assert "<b>R" not in (tmp_path / "out" / "comparison.html").read_text(encoding="utf-8")
    assert "'=<b>R&D" in (tmp_path / "out" / "tables" / "changes.csv").read_text(encoding="utf-8")


def test_every_column_is_in_the_docs():
    page = (DOCS / "compare.md").read_text(encoding="utf-8")
    first, second = halves()
    for name, table in ComparisonReport(first.compare(second)).tables().items():
        section = page[page.index(f"`tables/{name}.csv`: ") :]
        # Up to the next table, or the next heading.
        section = re.split(r"\n\n(?:`tables/|#)", section)[0]
        cells = re.findall(r"^\| (`.*?) \| ", section, flags=re.MULTILINE)
        documented = [column for cell in cells for column in re.findall(r"`(\w+)`", cell)]
        assert set(documented) == set(table.columns), name
        assert len(documented) == len(table.columns)
