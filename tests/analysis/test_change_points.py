"""Changes that nobody announced: asked about where something lasts, and nowhere else."""

import re

import numpy as np
import pytest

import silos
from tests.support.changing import Changing
from tests.support.places import ROOT

WEEKS, OPENS = 52, 26


def followed(what: Changing, **options: object) -> silos.Analysis:
    return silos.analyze(what.log(), what.roster(), window="month", bootstrap=50, **options)


def asked(found: silos.Analysis) -> list[str]:
    return [one.id for one in found.findings if one.id.startswith("change_point")]


@pytest.fixture(scope="module")
def opened() -> silos.Analysis:
    # Traffic is as before: what the department writes more to others, all write less.
    traffic = (1.0,) * OPENS + (0.7,) * (WEEKS - OPENS)
    return followed(Changing(weeks=WEEKS, opens=OPENS, traffic=traffic, size=10, seed=3))


def test_a_department_that_opens_is_asked_about_with_its_month_and_sign(opened):
    points = opened.results.change_points
    row = points.table.set_index(["measure", "department"]).loc[("insularity", "D0")]
    assert row["window"] == "2024-07-01"
    assert row["change_low"] < row["change"] < row["change_high"] < 0
    assert row["change"] == pytest.approx(row["after"] - row["before"])
    assert row["windows_before"] == 6
    assert (points.windows, points.measures) == (row["windows_before"] + row["windows_after"], 10)
    assert len(asked(opened)) == 1
    [sentence] = [one.sentence for one in opened.findings if one.id.startswith("change_point")]
    assert sentence.startswith("What happened in July 2024? The")
    assert sentence.endswith("No event was named for it, and the log cannot tell what it was.")


def test_what_is_asked_about_is_not_told_a_second_time(opened):
    told = {one.id.partition(":")[2] for one in opened.findings if one.id.startswith("trend")}
    points = opened.results.change_points.asked
    assert not told & {f"{row['measure']}:{row['department']}:{row['window']}" for row in points.to_dict("records")}


@pytest.mark.long
def test_an_event_that_was_named_is_no_question():
    what = Changing(weeks=WEEKS, opens=OPENS, size=10, seed=3)
    found = followed(what, events=["2024-06-30=Merger"])
    points = found.results.change_points
    assert points.table["event"].tolist() == ["Merger"] * len(points.table)
    assert len(points.table)
    assert not asked(found)
    assert asked(followed(what, events=["2024-03-01=Merger"]))


@pytest.mark.parametrize(
    "calm",
    [
        {},
        {"traffic": (1.0,) * OPENS + (0.5,) * (WEEKS - OPENS)},
        {"traffic": tuple(1 + 0.4 * np.sin(np.arange(WEEKS) / WEEKS * 2 * np.pi))},
        {"replaced": OPENS},
    ],
    ids=["nothing", "half the traffic", "season", "a third replaced"],
)
def test_what_leaves_the_network_as_it_is_is_not_asked_about(calm):
    found = followed(Changing(weeks=WEEKS, size=10, seed=6, **calm))
    assert found.results.change_points.measures > 4
    assert not asked(found)


def test_half_a_year_of_months_is_too_short_to_look():
    found = followed(Changing(weeks=26, opens=13))
    points = found.results.change_points
    assert (points.measures, len(points.table)) == (0, 0)
    assert found.summary()["change_points"] == {"windows": 6, "measures": 0, "points": []}


def test_every_key_of_a_point_is_documented_and_no_other(opened):
    page = (ROOT / "docs" / "output.md").read_text(encoding="utf-8")
    documented = re.findall(r"^\| `change_points\.points\[\]\.(\w+)` \|", page, re.MULTILINE)
    assert documented == list(opened.published().summary()["change_points"]["points"][0])


def test_the_report_says_what_was_looked_for(opened, tmp_path):
    page = (opened.report().write(tmp_path / "out") / "report.html").read_text(encoding="utf-8")
    assert "10 measures over 11 months were searched for changes that last. The table has those beyond chance" in page
    assert "Lasting changes" in page
    table = (tmp_path / "out" / "tables" / "change_points.csv").read_text(encoding="utf-8")
    assert table.splitlines()[0].startswith("window,measure,department,windows_before,windows_after,people")
