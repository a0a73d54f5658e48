"""On which grade the connector is judged: the best that the log can show, if there is enough of it."""

from dataclasses import replace

import pandas as pd
import pytest

import silos
from silos.analysis.connector.desks import Desks, desks, unjudged
from silos.analysis.connector.evidence import (
    ENOUGH,
    JUDGED,
    SEEN_WEEKS,
    Grounds,
    evidence,
    seen,
    ties_across,
    what_raises,
)
from silos.analysis.input_check.check import inspect
from silos.analysis.parameters import Parameters
from silos.analysis.pipeline import prepare
from silos.simulate import organisation
from silos.ties.count import tally
from silos.ties.layers import layer


@pytest.fixture(scope="module")
def shallow():
    """Threads as shallow as in the mail of an American company, and nobody meets."""
    made = organisation(300, 12, 12, rhythm={"depth": 0.1}, seed=2)
    log = made.interactions[lambda rows: rows["kind"] != "meeting"]
    return made, log, tally(silos.read_interactions(log), silos.read_roster(made.roster))


@pytest.mark.long
def test_too_few_substantive_ties_fall_back_on_turn_taking(shallow):
    made, log, counted = shallow
    every = layer(counted, "any")
    turns = desks(counted, every, replicates=20)
    assert counted.log.evidence == "substantive"
    assert 0 < ties_across(counted, every, "substantive") < ENOUGH * len(every.departments)
    assert evidence(counted, every, turns) == "turn-taking"
    found = silos.analyze(log, made.roster, bootstrap=100)
    assert found.connector.evidence == found.summary()["inputs"]["evidence"] == "turn-taking"
    assert found.connector.department == made.truth["connector"]
    assert "substantive" not in set(found.sensitivity.table["value"])


def test_ties_across_are_those_between_departments(shallow):
    _, _, counted = shallow
    network = layer(counted, "reciprocated")
    i, j = network.dyads
    across = int((network.membership[i] != network.membership[j]).sum())
    assert ties_across(counted, layer(counted, "any"), "reciprocated") == across > 0


def test_ties_are_held_once_whatever_departments_they_are_looked_at_by(shallow):
    _, _, counted = shallow
    asked = Parameters.of(
        by="department", since=None, until=None, window=None, max_recipients=20, min_department=5,
        service_departments=(), bootstrap=20, seed=0,
    )  # fmt: skip
    ground = prepare(counted, asked)
    assert ground.grouped is not ground.every
    assert ground.grouped.contacts is ground.every.contacts
    assert ground.grouped.dyads is ground.every.dyads


def judged(names, count):
    table = unjudged(names).table
    table.iloc[:count, table.columns.get_loc("turn_taking")] = 1.0
    return Desks(table)


def test_turn_taking_takes_enough_departments_that_can_be_judged(shallow):
    _, _, counted = shallow
    every = layer(counted, "any")
    half = len(every.departments) // 2
    assert evidence(counted, every, judged(every.departments, half)) == "turn-taking"
    assert evidence(counted, every, judged(every.departments, half - 1)) == "reciprocated"
    assert evidence(counted, every, unjudged(every.departments)) == "reciprocated"
    few = every.regrouped(pd.Series("rest", index=every.people.index).mask(every.membership == 0, "first"))
    assert evidence(counted, few, judged(few.departments, JUDGED - 1)) == "reciprocated"


def test_deep_threads_are_enough():
    made = organisation(150, 9, 8, seed=2)
    counted = tally(silos.read_interactions(made.interactions), silos.read_roster(made.roster))
    every = layer(counted, "any")
    assert evidence(counted, every, desks(counted, every, replicates=5)) == "substantive"


@pytest.mark.long
def test_check_foretells_the_evidence_that_the_analysis_finds(shallow):
    made, log, counted = shallow
    checked = inspect(silos.read_interactions(log), silos.read_roster(made.roster))
    assert counted.log.evidence == "substantive"
    assert checked.evidence == checked.to_dict()["evidence"] == "turn-taking"
    assert f"where the best evidence takes {ENOUGH * 12}." in checked.text()


def test_nobody_is_asked_to_export_conversations_that_are_there():
    known = Grounds("reciprocated", 3, 40)
    for grade in ("turn-taking", "reciprocated", "volume"):
        said = what_raises(replace(known, grade=grade), "substantive")
        assert "column 'thread'" not in said
        assert "3 ties between departments rest on them, where the best evidence takes 40" in said
    assert "column 'thread'" in what_raises(known, "reciprocated")
    assert "nothing more is needed" in what_raises(replace(known, grade="substantive"), "substantive")


@pytest.mark.parametrize(
    ("kinds", "grade", "rests_on"),
    [
        (("survey",), "reciprocated", "pairs of people who named each other"),
        (("acts",), "volume", "who acted on whose work"),
        (("contacts",), "volume", "contacts of any kind"),
        (("acts", "survey"), "volume", "contacts of any kind"),
        (("contacts", "messages"), "volume", None),
        ((), "volume", None),
    ],
)
def test_nobody_is_asked_for_the_conversations_of_rows_that_are_no_messages(kinds, grade, rests_on):
    said = what_raises(Grounds(grade, 0, 40), grade, kinds)
    assert ("export" in said.casefold()) == (rests_on is None)
    if rests_on:
        assert f"will rest on {rests_on}, which cannot tell" in said
        assert "of the same people would raise it" in said


@pytest.mark.parametrize(
    ("grade", "ties", "declared", "weeks", "expected"),
    [
        ("substantive", 20.0, False, SEEN_WEEKS, True),
        ("substantive", 20.0, False, None, True),
        # In two weeks a planted connector went unseen, and the company was told of its mail room.
        ("substantive", 20.0, False, 2, False),
        ("substantive", 7.9, False, 12, False),
        ("reciprocated", 20.0, False, 12, False),
        ("reciprocated", 20.0, True, 12, True),
        ("volume", 1e6, True, 12, False),
    ],
)
def test_that_there_is_no_connector_is_told_only_where_one_would_have_been_seen(grade, ties, declared, weeks, expected):
    assert seen(grade, ties, declared=declared, weeks=weeks) is expected
