"""Every number about a group that is in a file has passed the gate, and no other is needed to write the files."""

import html
import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

import silos
from silos.analysis.result import PersonAnalysis
from silos.privacy.cells import balanced, below, by_middles, middles
from silos.privacy.gate import STEP, Gate
from tests.support.moving import START, WEEKS, moving
from tests.support.places import SAMPLE

#: Sections of the summary that are not about a group of people: rows of the log, options, numbers of departments.
NOT_OF_GROUPS = (
    *("schema", "inputs", "parameters", "connector.stability", "communities.count", "dialogue.broadcast_share"),
)
#: Keys and columns that are counts.
COUNTS = {
    *("people", "ties", "asked", "members", "writers", "posts", "shared", "people_outside", "outsiders", "answers"),
    *("effective_spanners", "observed", "leaders", "messages", "outside", "weight", "joiners", "leavers", "movers"),
}
#: Counts that are not of people, ties or messages: new ties of a plan, and pairs, departments and communities.
NO_COUNTS = ("what_if.joining", "what_if.plans", "what_if.losses", "recommendations", "organisation.departments")


@pytest.fixture(scope="module")
def sample() -> PersonAnalysis:
    found = silos.analyze(SAMPLE / "interactions.csv", SAMPLE / "roster.csv", bootstrap=40, window="month")
    assert isinstance(found, PersonAnalysis)
    return found


@pytest.fixture(scope="module")
def written(sample: PersonAnalysis, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return sample.report().write(tmp_path_factory.mktemp("published") / "out")


@pytest.fixture(scope="module")
def exact(sample: PersonAnalysis, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return sample.report(exact=True).write(tmp_path_factory.mktemp("exact") / "out")


def files(out: Path) -> list[str]:
    """The names of all files of a run."""
    return sorted(str(file.relative_to(out)) for file in out.rglob("*") if file.is_file())


def unstamped(content: bytes) -> bytes:
    """Without the time of writing."""
    return re.sub(rb'("generated": |<time datetime=)"[^"]*"', b"", content)


def test_files_are_written_from_published_numbers_alone(sample: PersonAnalysis, written: Path, tmp_path: Path):
    """All exact numbers taken away, the same files come out to the byte."""
    published = sample.published()
    helped = published.results.what_would_help
    assert helped is not None
    bare = replace(
        published,
        network=None,
        tally=None,
        shown=None,
        results=replace(published.results, what_would_help=replace(helped, model=None)),
    )
    again = bare.report().write(tmp_path / "out")
    assert files(again) == files(written)
    for name in files(written):
        assert unstamped((again / name).read_bytes()) == unstamped((written / name).read_bytes()), name


def passed(name: str, value: float) -> bool:
    """Whether a number is in a form that the gate gives it."""
    if name in COUNTS:
        return value % STEP == 0
    return float(f"{value:.3g}") == value


def leaves(value: Any, path: str = "") -> Iterator[tuple[str, float]]:
    """Every number of a summary with the path to it."""
    if isinstance(value, dict):
        for key, one in value.items():
            yield from leaves(one, f"{path}.{key}".lstrip("."))
    elif isinstance(value, list):
        for one in value:
            yield from leaves(one, path)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield path, float(value)


def unpassed(out: Path) -> set[str]:
    """The numbers of a run's files that the gate did not let through, by file and place."""
    found = set()
    for path, value in leaves(json.loads((out / "summary.json").read_text(encoding="utf-8"))):
        name = "" if path.startswith(NO_COUNTS) else path.rpartition(".")[2]
        if not path.startswith(NOT_OF_GROUPS) and not passed(name, value):
            found.add(f"summary.json: {path}")
    for file in sorted((out / "tables").glob("*.csv")):
        table = pd.read_csv(file)
        for column in table.select_dtypes("number"):
            name = "" if file.stem == "joins" else column
            if not all(passed(name, value) for value in table[column].dropna()):
                found.add(f"{file.name}: {column}")
    graph = nx.read_graphml(out / "departments.graphml")
    for attributes in (*(node for _, node in graph.nodes(data=True)), *(edge for *_, edge in graph.edges(data=True))):
        for name, value in attributes.items():
            if not isinstance(value, str) and not passed(name, value):
                found.add(f"departments.graphml: {name}")
    return found


def test_every_number_of_a_run_has_passed_the_gate(written: Path):
    assert not unpassed(written)


def test_the_walk_finds_numbers_that_have_not(exact: Path):
    found = unpassed(exact)
    assert {"pairs.csv: ties", "departments.csv: people", "dialogue.csv: asked", "external.csv: outside_share"} <= found
    assert {"departments.graphml: weight", "summary.json: organisation.ties", "doors.csv: share"} <= found


def test_all_contacts_outside_follow_from_classes_and_are_no_class_of_their_own(sample: PersonAnalysis, written: Path):
    """Printed as steps they said "30 to 34" of numbers that lay elsewhere; the class of each would narrow its cells."""
    told, exact = (one.results.what_would_help for one in (sample.published(), sample))
    assert told is not None
    assert exact is not None
    shown, true = (
        one.doors.table.drop_duplicates("department").set_index("department")["outside"] for one in (told, exact)
    )
    cells = middles(sample.results.pairs.ties.to_numpy(), Gate()) * ~np.eye(len(told.doors.ties) + 1, dtype=bool)
    names = sample.results.pairs.ties.index
    asked = names.isin(exact.doors.ties.index)
    sums = pd.Series(cells[:, asked].sum(axis=1), names).reindex(shown.index)
    assert shown.tolist() == Gate().total(sums).tolist()
    assert (np.abs(shown - true) <= np.maximum(0.1 * true, STEP)).all()
    assert (true // STEP * STEP != shown).any()
    page = (written / "report.html").read_text(encoding="utf-8")
    assert f">about {shown.iloc[0]}</td>" in page
    assert f"(it has about {shown['R&D']} with other departments today)" in html.unescape(page)
    assert "only about right" in page


def test_both_forms_say_which_they_are_in_every_file(written: Path, exact: Path):
    for out, form in ((written, True), (exact, False)):
        summary = json.loads((out / "summary.json").read_text(encoding="utf-8"))
        assert summary["inputs"]["published"] is form
        assert nx.read_graphml(out / "departments.graphml").graph["published"] is form
        tables, figures = list((out / "tables").glob("*.csv")), list((out / "figures").glob("*.svg"))
        assert tables
        assert figures
        for file in tables:
            table = pd.read_csv(file)
            assert table.empty or (table["published"] == form).all(), file.name
        page = (out / "report.html").read_text(encoding="utf-8")
        assert ("This output gives counts as they are" in page) is not form
        for file in figures:
            assert ("exact counts" in file.read_text(encoding="utf-8")) is not form, file.name


def test_verdicts_and_sentences_are_those_of_the_exact_numbers(written: Path, exact: Path):
    one, other = (json.loads((out / "summary.json").read_text(encoding="utf-8")) for out in (written, exact))
    for section, key in (("departments", ("department",)), ("pairs", ("a", "b"))):
        verdicts = [
            {tuple(row[name] for name in key): (row["verdict"], row["reason"]) for row in summary[section]}
            for summary in (one, other)
        ]
        assert verdicts[0] == verdicts[1]
    for section in ("findings", "recommendations"):
        assert {row["id"] for row in one[section]} == {row["id"] for row in other[section]}
    assert [one["connector"][key] for key in ("verdict", "department", "reason")] == [
        other["connector"][key] for key in ("verdict", "department", "reason")
    ]


@pytest.fixture(scope="module")
def reorganised() -> PersonAnalysis:
    """A year in which sixteen people change department at a date that is named as an event."""
    log, roster = moving()
    at = f"{START + pd.Timedelta(weeks=WEEKS // 2):%Y-%m-%d}"
    found = silos.analyze(log, roster, bootstrap=20, events={at: "The new chart"})
    assert isinstance(found, PersonAnalysis)
    return found


@pytest.mark.long
def test_events_and_moves_pass_the_gate(reorganised: PersonAnalysis, tmp_path: Path):
    assert len(reorganised.events.table)
    assert len(reorganised.responsiveness.table)
    out = reorganised.report(figures_as=()).write(tmp_path / "out")
    assert {"tables/events.csv", "tables/responsiveness.csv"} <= set(files(out))
    assert not unpassed(out)
    summary = json.loads((out / "summary.json").read_text(encoding="utf-8"))
    assert summary["responsiveness"]["movers"] == 15, "16, in steps of five"


@pytest.mark.long
def test_the_walk_finds_events_and_moves_that_have_not(reorganised: PersonAnalysis, tmp_path: Path):
    found = unpassed(reorganised.report(exact=True, figures_as=()).write(tmp_path / "out"))
    assert {"events.csv: people", "events.csv: change", "responsiveness.csv: old"} <= found
    assert {"summary.json: responsiveness.movers", "summary.json: responsiveness.curve.new_high"} <= found
    assert "summary.json: events.measures.change" in found or "summary.json: events.measures.value" in found


def held(value: Any, place: str = "", seen: dict[int, Any] | None = None) -> Iterator[tuple[str, bytes]]:
    """Everything that an object holds, byte for byte, with the path to it."""
    seen = {} if seen is None else seen
    if id(value) in seen:
        return
    if isinstance(value, pd.Index | pd.Series | np.ndarray):
        array = np.asarray(value)
        text = repr(array.tolist()).encode() if array.dtype == object else array.tobytes()
        yield f"{place}: {array.dtype} {array.shape}", text
        return
    if value is None or isinstance(value, str | int | float | np.generic):
        yield place, repr(value).encode()
        return
    seen[id(value)] = value
    if isinstance(value, pd.DataFrame):
        parts: Any = [("index", value.index), ("columns", value.columns), *value.items()]
    elif isinstance(value, dict | tuple | list):
        parts = value.items() if isinstance(value, dict) else enumerate(value)
    else:
        parts = vars(value).items() if hasattr(value, "__dict__") else ()
    for name, part in parts:
        yield from held(part, f"{place}.{name}", seen)


def test_sentences_are_looked_for_once_in_a_language_and_anew_in_what_is_published(sample: PersonAnalysis):
    published = sample.published()
    for one in (sample, published):
        assert one.findings is one.findings_in("en")
        assert one.recommendations_in("fr") is one.recommendations_in("fr")
        assert one.findings_in("fr") is not one.findings
    assert published.findings is not sample.findings
    assert published.findings != sample.findings


def test_what_is_published_leaves_the_analysis_as_it_was(reorganised: PersonAnalysis):
    """Every frame, array and number of it, to the byte: nothing is rounded in place."""
    before = dict(held(vars(reorganised)))
    assert len(before) > 300
    assert any("tally" in place for place in before)
    published = reorganised.published()
    assert dict(held(vars(published))) != before
    after = dict(held(vars(reorganised)))
    # What is asked for is kept: findings, say. What was there is what it was.
    assert {place: after.get(place) for place in before} == before


@given(st.data(), st.integers(2, 7))
def test_middles_tell_nothing_but_classes(data: st.DataObject, count: int):
    """Two matrices in the same classes, whose small cells hold as much together by row, are told the same."""
    cells = data.draw(arrays(np.int64, (count, count), elements=st.integers(0, 23)))
    cells = np.triu(cells) + np.triu(cells, 1).T
    moved = np.where(cells >= STEP, cells // STEP * STEP + data.draw(st.integers(0, STEP - 1)), cells)
    inside = data.draw(arrays(np.int64, count, elements=st.integers(0, STEP - 1)))
    np.fill_diagonal(moved, np.diagonal(cells) // STEP * STEP + inside)
    gate = Gate()
    np.testing.assert_array_equal(middles(cells, gate), middles(moved, gate))
    twice = [counts + np.diag(np.diagonal(counts)) for counts in (cells, moved)]
    np.testing.assert_array_equal(by_middles(twice[0], gate), by_middles(twice[1], gate))


def square(count: int) -> st.SearchStrategy[np.ndarray]:
    return arrays(np.int64, (count, count), elements=st.integers(0, 9))


@given(st.integers(2, 9).flatmap(square))
def test_fitted_cells_are_within_their_class(cells: np.ndarray):
    cells, gate = np.triu(cells) + np.triu(cells, 1).T, Gate()
    told, small = middles(cells, gate), below(cells, gate)
    fitted = balanced(told, small)
    np.testing.assert_allclose(fitted, fitted.T)
    assert ((fitted[small] >= 0) & (fitted[small] < STEP)).all()
    np.testing.assert_array_equal(fitted[~small], ((told + told.T) / 2)[~small])


def test_rows_of_fitted_cells_add_up_more_nearly_to_what_is_told_of_them():
    """Halfway between the means of two departments, a department with few ties got those of its busy neighbours."""
    rng, gate, fitted, halfway = np.random.default_rng(1), Gate(), 0.0, 0.0
    for _ in range(50):
        lively = rng.lognormal(0.5, 0.5, 9)
        cells = np.triu(rng.poisson(np.outer(lively, lively)))
        cells = cells + np.triu(cells, 1).T
        told, small = middles(cells, gate), below(cells, gate)
        rows = np.where(small, told, 0.0).sum(axis=1)
        for_both = (balanced(told, small), (told + told.T) / 2)
        off = [np.abs(np.where(small, values, 0.0).sum(axis=1) - rows).sum() for values in for_both]
        fitted, halfway = fitted + off[0], halfway + off[1]
    assert fitted < 0.6 * halfway


@given(st.integers(10, 5000))
def test_a_share_leaves_a_class_to_what_it_is_a_share_of(base: int):
    """Every count whose share is published alike: at least so many that the class is as wide as that of a count."""
    every = np.arange(base + 1)
    shares = Gate().share(every / base, of=base)
    # The last class ends with all of them, as a count of these does: so many that lack it are a class as well.
    for value in np.unique(shares):
        assert (shares == value).sum() >= min(STEP, 1 + base % STEP if value == shares[-1] else STEP)


@pytest.mark.long
def test_names_with_control_characters_break_no_file(tmp_path: Path):
    rng = np.random.default_rng(8)
    names = ["R&D\x0b", "Sales <\x1f>", "IT", "Legal\x00"]
    people = [f"p{position}" for position in range(48)]
    roster = pd.DataFrame({"person": people, "department": [names[position % 4] for position in range(48)]})
    sent = rng.integers(48, size=(900, 2))
    log = pd.DataFrame(
        {
            "timestamp": pd.Timestamp("2025-01-06") + pd.to_timedelta(rng.integers(40_000, size=900), unit="min"),
            "sender": [people[one] for one in sent[:, 0]],
            "recipient": [people[one] for one in sent[:, 1]],
        }
    )
    out = silos.analyze(log, roster, bootstrap=20).report().write(tmp_path / "out")
    assert len(nx.read_graphml(out / "departments.graphml")) == 4
    for figure in (out / "figures").glob("*.svg"):
        ET.parse(figure)
