"""What was looked at, as the works council reads it: what was asked for stands there, in every language."""

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

import silos
from silos.analysis.parameters import Event
from silos.analysis.results import Results
from silos.report.sections.grounds import looked
from silos.report.wording import Wording
from silos.simulate import organisation


@pytest.fixture(scope="module")
def results() -> Results:
    """Of a company whose units are departments at a place, in a column that no reader knows."""
    made = organisation(people=60, departments=7, weeks=4, bilateral_pair=False)
    staff = made.roster.rename(columns={"location": "campus"})
    return silos.analyze(made.interactions, staff, by=["department", "campus"], bootstrap=2).published().results


def told(results: Results, language: str = "en", **asked: Any) -> dict[str, str]:
    changed = replace(results, asked=replace(results.asked, **asked))
    return dict(looked(changed, Wording(language), people=False, version="1")["rows"])


def test_columns_that_are_crossed_are_named_one_by_one(results: Results):
    """The council must know of each column of HR's list that it was read; crossed ones were named as one."""
    assert {"department", "campus"} <= set(results.inputs.fields)
    assert not any("×" in field for field in results.inputs.fields)
    assert "campus, department, kind" in told(results)["Columns of HR's list"]
    assert told(results)["Units"] == "department × campus"
    assert told(results, "de")["Einheiten"] == "Abteilung × campus"


def test_what_tells_more_or_less_of_few_people_is_said(results: Results):
    rows = told(results)
    assert rows["Counts of ties and people"] == "in steps of 5, none below 5"
    exact = replace(results, inputs=replace(results.inputs, published=False))
    assert told(exact)["Counts of ties and people"] == "as they are, however small (--exact)"
    assert "names nobody" in rows["Very few people"]
    assert told(results, no_few=True)["Very few people"].endswith("(--no-few)")
    # Of seven people two may be in contact: they are not shown.
    assert "in contact with anybody" in rows["Smallest group shown"]


def test_events_are_named_where_some_were_asked_for(results: Results):
    assert "Events compared before and after" not in told(results)
    rows = told(results, events=(Event(datetime(2025, 1, 20), "Merger"),))
    assert rows["Events compared before and after"] == "Merger (20 January 2025)"


def test_names_of_communities_are_a_question_where_there_are_any(results: Results):
    assert "Names of communities" not in told(results)
