"""Names that do harm where they are taken for more than text: in every kind of file that a run writes."""

import csv
import json
import re
from pathlib import Path

import networkx as nx
import pytest

import silos
from tests.support.printed_numbers import Tree
from tests.support.slides import texts_of

#: A script, a formula, text that is written from the right, and what fills in or draws text.
HOSTILE = ("<script>alert(1)</script>", "=cmd|' /C calc'!A0", "\u202eevil\u202c R&D", "{0} %s \\ $x$ </title>")
#: Marks that turn the direction of text: a name is known without them.
TURNING = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")


@pytest.fixture(scope="module")
def written(tmp_path_factory) -> Path:
    made = silos.simulate.organisation(people=120, departments=9, weeks=4, seed=1)
    # Small ones have no name of their own.
    called = dict(zip(made.roster["department"].value_counts().index, HOSTILE, strict=False))
    roster = made.roster.assign(department=made.roster["department"].replace(called))
    out = tmp_path_factory.mktemp("run") / "out"
    pytest.importorskip("pptx", reason="needs the extra deck")
    silos.analyze(made.interactions, roster, bootstrap=20).report(deck=True).write(out)
    return out


def plain(text: str) -> str:
    """Text without marks of direction, and with single spaces."""
    return " ".join(TURNING.sub("", text).split())


def test_on_the_page_they_are_text(written: Path) -> None:
    page = (written / "report.html").read_text("utf-8")
    tree = Tree(page).root
    rows = [plain(one.text()) for table in tree.all("table") for one in table.all("th")]
    for name in HOSTILE:
        assert plain(name) in rows
    assert len(list(tree.all("script"))) == 1
    assert "onerror" not in page
    assert page.count("alert(1)") == page.count("&lt;script&gt;alert(1)")


def test_in_tables_none_is_a_formula(written: Path) -> None:
    with (written / "tables" / "departments.csv").open(encoding="utf-8", newline="") as file:
        names = [row["department"] for row in csv.DictReader(file)]
    assert not [name for name in names if name.startswith(("=", "+", "-", "@"))]
    assert {plain(name) for name in HOSTILE} <= {plain(name.removeprefix("'")) for name in names}


def test_in_the_workbook_none_is_a_formula(written: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    sheet = openpyxl.load_workbook(written / "tables" / "silos.xlsx")["departments"]
    cells = [row[0] for row in sheet.iter_rows(min_row=2)]
    assert {cell.data_type for cell in cells} == {"s"}
    assert {plain(name) for name in HOSTILE} <= {plain(cell.value) for cell in cells}
    assert not [cell for cell in cells if cell.hyperlink]


def test_in_the_summary_and_the_graph_they_are_as_they_are(written: Path) -> None:
    summary = json.loads((written / "summary.json").read_text("utf-8"))
    graph = nx.read_graphml(written / "departments.graphml")
    for known in ([row["department"] for row in summary["departments"]], list(graph)):
        assert {plain(name) for name in HOSTILE} <= {plain(name) for name in known}


def test_in_figures_they_are_text(written: Path) -> None:
    for path in (written / "figures").glob("*.svg"):
        tree = Tree(path.read_text("utf-8")).root
        assert not list(tree.all("script", "foreignobject")), path.name
    figure = Tree((written / "figures" / "insularity_forest.svg").read_text("utf-8")).root
    titles = " ".join(plain(one.text()) for one in figure.all("title"))
    for name in HOSTILE:
        assert plain(name) in titles


def test_on_slides_they_are_text(written: Path) -> None:
    pptx = pytest.importorskip("pptx")
    slides = pptx.Presentation(written / "report.pptx").slides
    seen = plain(" ".join(text for slide in slides for text in texts_of(slide.shapes)))
    assert any(plain(name) in seen for name in HOSTILE)
    assert not [link for slide in slides for link in slide.part.rels.values() if link.is_external]
