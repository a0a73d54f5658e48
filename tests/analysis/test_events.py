"""Before and after an event: what changed is told with its sign, and decoys are not."""

from dataclasses import replace
from datetime import datetime

import numpy as np
import pandas as pd
import pytest

import silos
from silos.analysis.over_time.events import CONTRAST, LEAST_PLACEBOS
from silos.analysis.parameters import asked_events
from silos.errors import SilosError
from silos.report.sections.events import events
from silos.report.wording import Wording
from tests.support.changing import START, Changing

#: Half a year before and after the Monday on which something happens.
LENGTH, WEEK = 52, 26
DAY = f"{START + pd.Timedelta(weeks=WEEK):%Y-%m-%d}"


def across(what: Changing, **options: object) -> silos.Analysis:
    asked = {"events": [f"{DAY}=Merger"], "event_departments": ["D0"], "bootstrap": 100, **options}
    return silos.analyze(what.log(), what.roster(), **asked)


def told(found: silos.Analysis) -> list[str]:
    return [one.id for one in found.findings if one.id.startswith("event")]


@pytest.fixture(scope="module")
def opened() -> silos.Analysis:
    return across(Changing(weeks=LENGTH, opens=WEEK))


def test_a_department_that_opens_is_told_against_the_others_first(opened):
    assert told(opened)[0] == f"event_opened:{DAY}:{CONTRAST}:"
    table = opened.events.table.set_index(["measure", "department"])
    own, contrast = table.loc["insularity", "D0"], table.loc[CONTRAST, ""]
    for row in (own, contrast):
        assert row["verdict"] == "fell"
        assert row["change_low"] < row["change"] < row["change_high"] < 0
        assert row["weeks_low"] < row["change"] < row["weeks_high"] < 0
        assert row["p"] == pytest.approx(1 / (1 + row["placebos"]))
    assert own["touched"] == "yes"
    assert set(table.loc["insularity"].drop("D0")["touched"]) == {"no"}
    assert own["placebos"] >= LEAST_PLACEBOS


def test_the_sentence_says_from_what_to_what_since_when(opened):
    [sentence] = [one.sentence for one in opened.findings if CONTRAST in one.id]
    assert sentence.startswith("Since Merger (1 July 2024), D0, which it touched, have opened more than")
    assert "at none of" in sentence
    assert "compared at equal traffic" in sentence


def test_the_summary_holds_each_event(opened):
    [event] = opened.summary()["events"]
    assert (event["date"], event["label"], event["reason"]) == (DAY, "Merger", None)
    assert {"measure", "change", "p", "verdict"} <= set(event["measures"][0])


def test_a_department_too_quiet_before_for_a_value_is_held_against_nobody():
    what = Changing(weeks=LENGTH)
    log, roster = what.log(), what.roster()
    inside = set(roster["person"][roster["department"] == "D0"])
    own = log["sender"].isin(inside) & log["recipient"].isin(inside) & (log["timestamp"] < pd.Timestamp(DAY))
    found = silos.analyze(log[~own], roster, events=[f"{DAY}=Merger"], event_departments=["D0"], bootstrap=20)
    table = found.events.table.set_index(["measure", "department"])
    assert np.isnan(table.loc[("insularity", "D0"), "before"])
    assert CONTRAST not in table.index.get_level_values("measure")
    assert table.loc["insularity"].drop("D0")["before"].notna().all()


@pytest.mark.parametrize(
    "calm",
    [
        {},
        {"traffic": (1.0,) * WEEK + (0.5,) * (LENGTH - WEEK)},
        {"traffic": tuple(1 + 0.4 * np.sin(np.arange(LENGTH) / LENGTH * 2 * np.pi))},
        {"replaced": WEEK},
    ],
    ids=["nothing", "half the traffic", "season", "a third replaced"],
)
def test_decoys_are_no_change(calm):
    found = across(Changing(weeks=LENGTH, seed=5, **calm))
    assert told(found) == [f"event_nothing:{DAY}"]


def test_one_who_is_not_touched_is_nobody_s_control_where_all_are():
    everybody = [f"D{at}" for at in range(6)]
    found = across(Changing(weeks=20, opens=10), events={"2024-03-11": "Merger"}, event_departments=everybody)
    assert CONTRAST not in set(found.events.table["measure"])


@pytest.mark.parametrize("opens", [8, None], ids=["a silo opens", "nothing"])
def test_without_placebo_dates_nothing_is_said_but_that(opens):
    found = across(Changing(weeks=16, opens=opens), events={"2024-02-26": "Merger"})
    table = found.events.table
    assert table["weeks"].unique().tolist() == [8]
    assert table["p"].isna().all()
    # Also of what is beyond people and weeks: without other dates that is no ground.
    own = table.set_index(["measure", "department"]).loc[("insularity", "D0")]
    assert opens is None or (own["q"] < 0.05 and own["weeks_high"] < 0)
    assert set(table["verdict"]) == {"uncertain"}
    assert set(table["reason"]) == {"dates"}
    assert found.events.seen.empty
    assert not told(found), "neither a change nor that there is none"
    [limit] = [limit for limit in found.limits_in("en") if "Merger" in limit]
    assert limit.startswith("Whether anything has changed since Merger (26 February 2024) cannot be told")
    published = found.published().events
    assert set(published.table["verdict"]) == {"uncertain"}
    assert found.events.bare == published.bare == ("2024-02-26",)
    [part] = events(found.results, Wording("en"))
    assert "cannot be told" in part["lead"]
    assert {row["verdict"] for row in part["rows"]} == {"uncertain: too few dates to compare with"}


@pytest.mark.parametrize("seed", [1, 4])
def test_a_stationary_company_of_twelve_weeks_is_not_said_to_change(seed):
    made = silos.simulate.organisation(weeks=12, seed=seed, start="2025-01-06")
    found = silos.analyze(made.interactions, made.roster, events={"2025-02-17": "Nothing"}, bootstrap=60, seed=seed)
    table = found.events.table
    beyond = (table["q"] < 0.05) & (table["weeks_low"] * table["weeks_high"] > 0)
    assert beyond.any(), "people and weeks alone would say it"
    assert not table["verdict"].isin(("rose", "fell", "not seen")).any()
    assert not told(found)


def test_what_is_compared_with_enough_dates_is_judged_though_a_measure_has_none(opened):
    table = opened.events.table
    assert not opened.events.bare
    assert table["reason"].isna().all()
    some = table.assign(verdict=["uncertain", *table["verdict"].iloc[1:]])
    assert not replace(opened.events, table=some).bare
    assert replace(opened.events, table=table.assign(verdict="uncertain")).bare == (DAY,)


def test_the_week_of_an_event_that_is_no_monday_is_left_out():
    found = across(Changing(weeks=17), events={"2024-02-29": "Merger"})
    # Weeks 0 to 7 before, week 8 is that of the event, weeks 9 to 16 after.
    assert found.events.table["weeks"].unique().tolist() == [8]


@pytest.mark.parametrize(
    ("day", "reason", "said"),
    [("2023-06-01", "outside", "outside the log"), ("2024-01-15", "short", "fewer than four whole weeks")],
)
def test_what_cannot_be_told_is_said(day, reason, said):
    found = across(Changing(weeks=12), events={day: "Merger"})
    assert found.events.unknown == {day: reason}
    assert not told(found)
    assert any(said in limit for limit in found.limits_in("en"))


@pytest.mark.parametrize("day", ["2024-01-04", "2024-03-19"])
def test_an_event_in_a_week_that_the_log_begins_or_ends_in_is_not_outside_of_it(day):
    what = Changing(weeks=12)
    log = what.log()
    # From a Wednesday to a Wednesday: these weeks are not whole.
    some = log[log["timestamp"].between(pd.Timestamp("2024-01-03"), pd.Timestamp("2024-03-20"))]
    found = silos.analyze(some, what.roster(), events={day: "Merger"}, bootstrap=20)
    assert found.events.unknown == {day: "short"}


def test_hardly_any_ties_say_nothing():
    what = Changing(weeks=20)
    few = what.log().iloc[::60]
    found = silos.analyze(few, what.roster(), events={"2024-03-11": "Merger"}, bootstrap=20)
    assert found.events.unknown == {"2024-03-11": "thin"}


def test_departments_whose_people_moved_are_touched():
    what = Changing(weeks=20)
    roster = what.roster().assign(effective_from="2023-12-01", effective_to=None)
    moved = roster.iloc[:6].assign(department="D3", effective_from="2024-03-08")
    roster.loc[:5, "effective_to"] = "2024-03-08"
    found = silos.analyze(what.log(), pd.concat([roster, moved]), events={"2024-03-11": "Reorganisation"}, bootstrap=20)
    table = found.events.table
    touched = table[(table["touched"] == "yes") & (table["chart"] == "before")]
    assert sorted(touched["department"]) == ["D0", "D3"]
    assert set(table["chart"]) == {"before", "as_is"}


def test_events_are_refused_that_mean_nothing():
    assert [event.label for event in asked_events({datetime(2024, 5, 1): "b", "2023-05-01": "a"})] == ["a", "b"]
    with pytest.raises(SilosError, match="needs a date such as"):
        asked_events(["spring=Merger"])
    with pytest.raises(SilosError, match="a date and a label"):
        asked_events(["2024-05-01"])
    with pytest.raises(SilosError, match="two events lie on 2024-05-01"):
        asked_events(["2024-05-01=a", "2024-05-01=b"])
    with pytest.raises(SilosError, match=r"D9.*There are: D0, D1"):
        across(Changing(weeks=12), event_departments=["D9"])
