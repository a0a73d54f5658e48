"""Departments that are gone by the end of the log are never part of advice."""

from dataclasses import replace
from datetime import datetime

import numpy as np
import pandas as pd
import pytest

import silos
from silos.analysis.lifetimes import gone, shared_time
from silos.privacy.suppression import merge_small
from silos.ties.results import LogFacts
from silos.ties.weeks import week_of
from tests.support.helping import PEOPLE, no_log
from tests.support.networks import company
from tests.support.small_company import a_company

FIRST, LAST = datetime(2024, 1, 1), datetime(2024, 12, 30)
NAMES = ("a", "b", "c", "d")


def a_year(left: dict[str, datetime], silent: tuple[str, ...] = ()) -> tuple[str, ...]:
    """Which of four departments are gone after a year whose roster says who left, and of which some fell silent."""
    labels = pd.Series(np.repeat(NAMES, PEOPLE))
    network = company(np.full((4, 4), 20), np.full(4, PEOPLE)).regrouped(labels)
    ends = [left.get(name, datetime(2200, 1, 1)) for name in labels]
    terms = pd.DataFrame({"joined": datetime(1900, 1, 1), "left": ends})
    writing = np.flatnonzero(~labels.isin(silent))
    weeks = [(week_of(FIRST) + 2, 0, PEOPLE * 3), *((week_of(LAST) - 2, writing[0], other) for other in writing[1:])]
    tally = replace(
        no_log(network),
        log=LogFacts(0, 0, {}, FIRST, LAST, {}),
        terms=terms,
        weekly=pd.DataFrame(weeks, columns=["week", "a", "b"]),
    )
    return gone(tally, network, merge_small(network.people["department"], 5))


def test_gone_is_who_left_before_the_last_tenth_or_has_no_tie_in_it():
    assert a_year({}) == ()
    assert a_year({"b": datetime(2024, 8, 1)}) == ("b",)
    assert a_year({"b": datetime(2024, 12, 20)}) == ()
    assert a_year({}, silent=("c",)) == ("c",)
    assert a_year({"b": datetime(2024, 8, 1)}, silent=("c",)) == ("b", "c")


def test_a_roster_that_ends_before_the_log_does_not_end_the_company():
    assert a_year(dict.fromkeys(NAMES, datetime(2024, 8, 1))) == ()


def named(analysis: silos.Analysis) -> set[str]:
    """Every department that advice is about."""
    helped = analysis.what_would_help
    pairs = pd.concat([helped.joining.table, helped.beside.table])
    plans = {name for silo, plan in helped.openings.items() for name in (silo, *plan.ties)}
    doors = {*helped.doors.table["department"], *helped.doors.table["through"]}
    steps = {name for step in analysis.recommendations for name in step.between}
    return {*pairs["a"], *pairs["b"], *plans, *doors, *helped.involved.index, *steps}


@pytest.mark.long
def test_a_department_that_ended_is_never_part_of_advice():
    year = a_company()
    [silo] = year.truth["silos"]
    before = silos.analyze(year.interactions, year.roster, bootstrap=40)
    assert silo in before.what_would_help.openings
    for ended in (silo, str(before.what_would_help.table["a"].iloc[0])):
        assert ended in named(before)
        people = year.roster["department"] == ended
        roster = year.roster.assign(effective_from="2023-01-01", effective_to=np.where(people, "2024-06-01", None))
        assert ended not in named(silos.analyze(year.interactions, roster, bootstrap=40))


def test_time_together_is_no_longer_than_what_is_left_of_a_department():
    """Nine tenths of b's contacts are of the first half, c came for the second: no wall can be told between them."""
    network = company(np.full((4, 4), 20), np.full(4, PEOPLE)).regrouped(pd.Series(np.repeat(NAMES, PEOPLE)))
    summer = datetime(2024, 7, 1)
    joined = [summer if name == "c" else datetime(1900, 1, 1) for name in network.people["department"]]
    terms = pd.DataFrame({"joined": joined, "left": datetime(2200, 1, 1)})
    b, c = PEOPLE, 2 * PEOPLE
    weeks = [(week_of(FIRST) + at, 0, b) for at in range(18)] + [(week_of(summer) + at, 0, b) for at in (1, 2)]
    weeks += [(week_of(summer) + at, 0, c) for at in range(20)] + [(week_of(LAST), 0, 3 * PEOPLE)]
    weekly = pd.DataFrame(weeks, columns=["week", "a", "b"])
    tally = replace(no_log(network), log=LogFacts(0, 0, {}, FIRST, LAST, {}), terms=terms)
    assert shared_time(tally, network)[1, 2] == pytest.approx(0.5, abs=0.01)
    assert shared_time(replace(tally, weekly=weekly), network)[1, 2] == pytest.approx(0.1)


def test_whom_a_late_roster_has_on_its_first_day_may_have_been_there_before():
    """The roster begins with the second half of the log, whose first half has most contacts."""
    network = company(np.full((4, 4), 20), np.full(4, PEOPLE)).regrouped(pd.Series(np.repeat(NAMES, PEOPLE)))
    summer, autumn = datetime(2024, 7, 1), datetime(2024, 10, 1)
    joined = [autumn if name == "c" else summer for name in network.people["department"]]
    terms = pd.DataFrame({"joined": joined, "left": datetime(2200, 1, 1)})
    a, b, c = 0, PEOPLE, 2 * PEOPLE
    weeks = [(week_of(FIRST) + at, a, b) for at in range(18)] + [(week_of(autumn) + at, b, c) for at in (1, 2)]
    weekly = pd.DataFrame(weeks, columns=["week", "a", "b"])
    tally = replace(no_log(network), log=LogFacts(0, 0, {}, FIRST, LAST, {}), terms=terms, weekly=weekly)
    together = shared_time(tally, network)
    assert together[0, 1] == pytest.approx(1.0)
    assert together[1, 2] == pytest.approx(0.1)


@pytest.mark.long
def test_who_changed_department_is_one_person():
    year = a_company()
    first = year.roster.assign(effective_from="2023-01-01", effective_to="2024-04-01")
    departments = first["department"].unique()
    then = first.assign(effective_from="2024-04-01", effective_to=None)
    then.loc[:19, "department"] = np.resize(departments[::-1], 20)
    told = silos.analyze(year.interactions, pd.concat([first, then]), bootstrap=20).results.inputs
    assert told.people == year.roster.loc[year.roster["kind"] == "employee", "person"].nunique()
    assert told.matched <= told.people
