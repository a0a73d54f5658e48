"""Joiners and leavers: how long a joiner's network takes to be as wide as others', and what leavers alone held."""

import re

import numpy as np
import pandas as pd
import pytest

import silos
from silos.analysis.over_time.turnover import AS_WIDE, COLUMNS, LEAST_ACROSS, PERIOD, Turnover, come_and_go
from silos.analysis.result_protocol import SUPPRESSED
from silos.inference.estimate import Estimate
from silos.ties.count import tally
from tests.support.places import ROOT
from tests.support.turning_over import ACROSS, turning_over


def seen(**planted: object) -> Turnover:
    log, roster = turning_over(**planted)
    known = silos.read_roster(roster)
    counted = tally(silos.read_interactions(log), known, by_week=True)
    return come_and_go(counted, known, "department", minimum=5, replicates=100)


@pytest.fixture(scope="module")
def analysed() -> silos.Analysis:
    return silos.analyze(*turning_over(leavers=8), bootstrap=50)


# ---- joiners


@pytest.mark.parametrize("widens", [12, 40])
def test_the_time_until_a_network_is_as_wide_is_found(widens):
    found = seen(leavers=0, widens=widens)
    # Eleven colleagues: as wide from the period in which ten of them are known.
    expected = PERIOD * np.ceil(np.ceil(AS_WIDE * widens) / PERIOD)
    assert found.joiners == 12
    assert found.as_wide.low <= found.as_wide.value == expected <= found.as_wide.high
    assert found.table["width"].iloc[0] < 0.5
    assert found.table["width"].iloc[-1] == pytest.approx(1)
    assert (found.table["width_low"] <= found.table["width_high"]).all()


def test_networks_that_stay_narrow_have_no_time():
    found = seen(leavers=0, widens=200)
    assert found.as_wide == Estimate(None, None, None)
    assert found.table["width"].max() < AS_WIDE


def test_each_period_has_enough_joiners_who_are_followed_through_it():
    table = seen(leavers=0).table
    # They join one a week from week 10 on, and the log has 60 weeks, the last of which may lack days.
    followed = [sum(10 + at + weeks <= 59 for at in range(12)) for weeks in table["weeks"]]
    assert table["joiners"].tolist() == followed
    assert min(followed) >= 5 > sum(10 + at + table["weeks"].iloc[-1] + PERIOD <= 59 for at in range(12))


def test_who_was_always_there_has_not_joined():
    log, roster = turning_over(leavers=0)
    roster = roster.assign(effective_from=np.where(roster["effective_from"] == "2020-01-01", "", "2022-01-01"))
    known = silos.read_roster(roster)
    counted = tally(silos.read_interactions(log), known, by_week=True)
    found = come_and_go(counted, known, "department", minimum=5, replicates=20)
    assert (found.joiners, found.joiners_unknown) == (0, "few")


def test_where_people_deal_with_hardly_anybody_nothing_is_usual():
    log, roster = turning_over(leavers=0)
    known = silos.read_roster(roster)
    counted = tally(silos.read_interactions(log.sample(frac=0.02, random_state=0)), known, by_week=True)
    found = come_and_go(counted, known, "department", minimum=5, replicates=20)
    assert (found.joiners, found.joiners_unknown) == (0, "few")


# ---- leavers


@pytest.mark.parametrize("alone", [0, 3, ACROSS])
def test_the_share_that_leavers_alone_held_is_found(alone):
    found = seen(joiners=0, leavers=8, alone=alone)
    assert (found.leavers, found.contacts.value) == (8, ACROSS)
    assert found.only_theirs.value == pytest.approx(alone / ACROSS)
    assert found.only_theirs.low <= found.only_theirs.value <= found.only_theirs.high
    # Nobody held any alone: there is nothing to take up.
    assert found.taken_up.value == (0 if alone else None)


def test_what_is_taken_up_again_is_seen():
    assert seen(joiners=0, leavers=8, taken=True).taken_up.value == 1


def test_those_who_stay_share_their_contacts():
    # Three people of a department deal with the same three of the next.
    assert seen(joiners=0, leavers=8).among_others.value == 0


def test_contacts_who_leave_themselves_are_nobody_s_loss():
    log, roster = turning_over(joiners=0, leavers=8, alone=3)
    # The people whom leavers alone held go in the same week.
    lost = roster["person"].isin([f"p{12 * team + 2 + at}" for team in range(8) for at in range(3)])
    roster.loc[lost, "effective_to"] = roster["effective_to"].dropna().iloc[0]
    known = silos.read_roster(roster)
    counted = tally(silos.read_interactions(log), known, by_week=True)
    found = come_and_go(counted, known, "department", minimum=5, replicates=20)
    assert found.only_theirs.value == 0
    assert found.contacts.value == ACROSS - 3 >= LEAST_ACROSS


# ---- what is said, and not said


def test_few_people_say_nothing():
    found = seen(joiners=4, leavers=4)
    assert (found.joiners, found.joiners_unknown, len(found.table)) == (0, "few", 0)
    assert (found.leavers, found.leavers_unknown, found.only_theirs.value) == (0, "few", None)


def test_a_roster_without_dates_says_nothing():
    log, roster = turning_over()
    found = silos.analyze(log, roster[["person", "department"]], bootstrap=20)
    assert found.summary()["turnover"]["joiners_reason"] == "undated"
    assert not [one for one in found.findings if one.id.startswith(("joiners", "leavers"))]


def test_both_are_told_in_one_sentence_each(analysed):
    told = {one.id: one.sentence for one in analysed.findings if one.id.startswith(("joiners", "leavers"))}
    assert set(told) == {"joiners", "leavers"}
    assert told["joiners"].startswith("It takes 20 weeks (16 to 24) until people who join typically deal with")
    assert told["leavers"] == (
        "Of the contacts that 8 people who left had in other departments, 50% on average (50% to 50%) were theirs "
        "alone: nobody who stayed in their department had dealt with these people in the quarter before (among people "
        "who stayed: 0%); in the quarter after, somebody of the department dealt with 0% of them (0% to 0%)."
    )


def test_files_hold_steps_of_people(analysed, tmp_path):
    out = analysed.report().write(tmp_path / "out")
    table = pd.read_csv(out / "tables" / "joiners.csv")
    assert (table["joiners"] % 5 == 0).all()
    page = (out / "report.html").read_text(encoding="utf-8")
    assert "Who joins and who leaves" in page
    assert "People who left (about 5)" in page


def test_every_key_of_the_curve_is_documented_and_no_other(analysed):
    page = (ROOT / "docs" / "output.md").read_text(encoding="utf-8")
    documented = re.findall(r"^\| `turnover\.curve\[\]\.(\w+)` \|", page, re.MULTILINE)
    assert documented == list(analysed.published().summary()["turnover"]["curve"][0]) == [*COLUMNS, SUPPRESSED]
