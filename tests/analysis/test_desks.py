"""Desks: which departments take turns as one, with the interval, and what that does to the connector's verdict."""

from datetime import datetime, timedelta

import numpy as np
import pandas as pd
import pytest

import silos
from silos.analysis.connector.desks import ANSWERS, COLLEAGUES, DESK, desks, unjudged
from silos.analysis.connector.evidence import Candidacy
from silos.analysis.connector.spanners import only_people
from silos.analysis.connector.verdict import find_connector
from silos.inference.bootstrap import resample
from silos.measures.turn_taking import continuation, opened_share, turn_taking
from silos.simulate import Rhythm, organisation
from silos.ties.count import tally
from silos.ties.layers import layer
from tests.conftest import a_log, a_roster
from tests.support import networks

MONDAY = datetime(2025, 1, 6, 9)


def bare(made):
    """The log as most companies can export it: sender, recipient, time."""
    log = made.interactions
    return log.loc[log["kind"] != "meeting", ["timestamp", "sender", "recipient", "recipients"]]


# ---- the measure


def test_continuation_takes_chance_off_as_kappa_does():
    # 30 answers of which 18 are continued and 10 would be by chance: (18 - 10)/(30 - 10)
    assert continuation(np.array([30.0]), np.array([18.0]), np.array([10.0])) == pytest.approx([0.4])


def test_all_by_chance_leaves_nothing_to_judge():
    assert np.isnan(continuation(np.array([5.0]), np.array([5.0]), np.array([5.0]))).all()
    assert np.isnan(opened_share(np.zeros(1), np.zeros(1))).all()


def taken(**changed):
    sums = {
        "answers": np.full(5, 100.0),
        "continued": np.full(5, 60.0),
        "by_chance": np.full(5, 20.0),
        "sessions": np.full(5, 40.0),
        "opened": np.full(5, 20.0),
    }
    for name, value in changed.items():
        sums[name][0] = value
    return turn_taking(**sums, known=np.full(5, True))


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, 1.0),
        # it opens more than its half: no more than 1 for that
        ({"opened": 30.0}, 1.0),
        ({"opened": 10.0}, 0.5),
        # it continues half as much beyond chance
        ({"continued": 40.0}, 0.5),
        # less than by chance is nothing, not below it
        ({"continued": 5.0}, 0.0),
        # answers and never a dialogue
        ({"sessions": 0.0, "opened": 0.0}, 0.0),
    ],
)
def test_a_department_beside_four_alike(changed, expected):
    found = taken(**changed)
    assert found[0] == pytest.approx(expected)
    assert found[1:] == pytest.approx(np.ones(4))


def test_departments_with_too_few_answers_have_no_value_and_no_say_in_the_median():
    answers = np.array([100.0, 100, 100, 5])
    found = turn_taking(
        answers, np.array([60.0, 60, 60, 0]), np.zeros(4), np.full(4, 8.0), np.full(4, 4.0), known=answers >= ANSWERS
    )
    assert found[:3] == pytest.approx(np.ones(3))
    assert np.isnan(found[3])
    assert np.isnan(turn_taking(*np.ones((5, 3)), known=np.zeros(3, dtype=bool))).all()


def test_replicates_are_the_formula_one_by_one():
    rng = np.random.default_rng(0)
    answers = rng.uniform(50, 100, (6, 5))
    parts = answers * rng.uniform(0.2, 0.9, (6, 5)), answers * 0.1, answers * 0.4, answers * 0.15
    known = np.array([True, True, True, True, False])
    whole = turn_taking(answers, *parts, known=known)
    for row in range(6):
        single = turn_taking(answers[row], *(part[row] for part in parts), known=known)
        np.testing.assert_allclose(whole[row], single)


# ---- the desks of a log


@pytest.mark.parametrize("generator", ["blocks", "latent", "tasks"])
@pytest.mark.parametrize("manner", [{}, {"desk": "tickets"}, {"reply_hours": 2.0}], ids=["usual", "tickets", "slow"])
def test_a_planted_desk_is_found_and_nobody_else(generator, manner):
    # Without the bridge of one person: who alone deals with all others may get no further than answering, as a desk.
    made = organisation(220, 11, 10, generator=generator, rhythm=manner, one_person_bridge=False, seed=4)
    counted = tally(silos.read_interactions(bare(made)), silos.read_roster(made.roster))
    assert counted.log.evidence == "turn-taking"
    found = desks(counted, layer(counted, "any"), replicates=100)
    assert found.found == (made.truth["mail_room"],)
    row = found.table.loc[made.truth["mail_room"]]
    assert row["turn_taking_low"] <= row["turn_taking"] <= row["turn_taking_high"]
    assert row["turn_taking"] < DESK
    assert found.table.loc[made.truth["connector"], "turn_taking"] >= COLLEAGUES


def test_a_desk_that_opens_and_continues_is_not_told_from_a_colleague():
    made = organisation(220, 11, 10, rhythm=Rhythm(desk="converses"), seed=4)
    counted = tally(silos.read_interactions(bare(made)), silos.read_roster(made.roster))
    assert desks(counted, layer(counted, "any"), replicates=50).found == ()


def test_the_bare_log_proclaims_the_connector_and_not_the_mail_room():
    made = organisation(300, 12, 12, seed=1)
    with_turns = silos.analyze(bare(made), made.roster, bootstrap=200).connector
    assert (with_turns.verdict, with_turns.department) == ("clear", made.truth["connector"])
    assert with_turns.evidence == "turn-taking"
    assert with_turns.desks == (made.truth["mail_room"],)
    # The same log by days: nobody can tell, and nobody is proclaimed.
    days = bare(made).assign(timestamp=lambda log: log["timestamp"].dt.normalize())
    by_days = silos.analyze(days, made.roster, bootstrap=100).connector
    assert by_days.evidence == "reciprocated"
    assert by_days.verdict != "clear"
    assert by_days.desks == ()


def test_few_answers_are_no_desk_and_no_connector():
    people = {f"{name}{k}": name.upper() for name in "abc" for k in range(5)}
    log = [
        {"sender": one, "recipient": other, "timestamp": MONDAY + timedelta(days=7 * week, hours=hour)}
        for week in range(4)
        for pair in (("a0", "b0"), ("b1", "c1"))
        for hour, (one, other) in enumerate((pair, pair[::-1]))
    ]
    counted = tally(a_log(log), a_roster(people))
    found = desks(counted, layer(counted, "any"), replicates=20)
    assert found.found == ()
    assert found.judged == 0
    assert found.table["answers"].tolist() == [4, 8, 4]


# ---- the verdict


def company(ties):
    """Eight departments of 15; ties[a, b] pairs of persons in contact."""

    return networks.company(ties, np.full(8, 15))


def judged(every, evidence, turns, **options):
    i, _ = every.dyads
    deep = silos.Network(every.people, every.adjacency, directed=False, layer="deep")
    drawn = resample(every, {"any": None, "deep": np.ones(len(i))}, replicates=200, seed=0)
    candidacy = Candidacy(evidence=evidence, candidates=every.departments, turns=turns, **options)
    return find_connector(every, deep, drawn, candidacy)


def turns_of(names, *, first=1.0, sure=1.0, desk=None):
    table = unjudged(names).table.assign(answers=100, turn_taking=1.0, turn_taking_low=0.9, turn_taking_high=1.1)
    table["colleague_share"] = 1.0
    table.loc[names[0], ["turn_taking", "colleague_share"]] = first, sure
    if desk:
        table.loc[desk, "desk"] = True
    from silos.analysis.connector.desks import Desks

    return Desks(table)


def hub(weak=3):
    ties = np.full((8, 8), weak)
    ties[0, :] = ties[:, 0] = 30
    return company(ties)


@pytest.mark.parametrize(
    ("evidence", "first", "sure", "verdict", "reason"),
    [
        ("turn-taking", 1.0, 0.95, "clear", "first"),
        ("turn-taking", 1.0, 0.94, "tied", "turn_taking"),
        ("turn-taking", 0.7, 1.0, "tied", "turn_taking"),
        ("turn-taking", np.nan, np.nan, "tied", "turn_taking"),
        ("reciprocated", 1.0, 1.0, "tied", "evidence"),
        ("substantive", np.nan, np.nan, "clear", "first"),
    ],
)
def test_a_connector_by_turns_takes_turns_as_a_colleague(evidence, first, sure, verdict, reason):
    every = hub()
    found = judged(every, evidence, turns_of(every.departments, first=first, sure=sure))
    assert (found.verdict, found.reason, found.department) == (verdict, reason, "d0")


def test_the_ties_of_a_desk_are_no_evidence_for_others():
    every = hub(weak=8)
    found = judged(every, "turn-taking", turns_of(every.departments, desk="d0"))
    assert found.desks == ("d0",)
    assert found.department != "d0"
    assert not found.candidates.loc["d0", "eligible"]
    assert np.isnan(found.candidates.loc["d0", "score"])
    assert found.busiest == "d0"
    assert found.mail_room_warning
    without = only_people(every, every.people["department"].to_numpy() != "d0")
    other = judged(without, "turn-taking", turns_of(without.departments))
    pd.testing.assert_series_equal(
        found.candidates["score"].drop("d0").sort_index(), other.candidates["score"].sort_index()
    )
