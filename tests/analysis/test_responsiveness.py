"""Does the network follow the chart: planted half-lives are found, and where nothing follows that is said."""

import re

import numpy as np
import pandas as pd
import pytest

import silos
from silos.analysis.over_time.responsiveness import COLUMNS, LEAST_CONTACTS, follow_moves
from silos.analysis.over_time.team_moves import MONTH, Chart, Move
from silos.analysis.published.changes import _within as published_within
from silos.analysis.result_protocol import SUPPRESSED
from silos.inference.event_study import half_time
from silos.privacy.gate import Gate
from silos.readers.roster import read_roster
from tests.conftest import shared
from tests.support.moving import START, WEEKS, moving
from tests.support.places import ROOT


def followed(**planted: object) -> silos.Analysis:
    return silos.analyze(*moving(**planted), bootstrap=100)


def told(found: silos.Analysis) -> list[str]:
    return [one.id for one in found.findings if one.id.startswith("follows")]


@pytest.fixture(scope="module")
def two_months() -> silos.Analysis:
    return followed(half_life=2.0)


def test_contacts_that_follow_are_told_with_their_half_life(two_months):
    assert told(two_months) == ["follows:department"]
    curve = two_months.responsiveness.curves["department"]
    assert (curve.movers, curve.verdict) == (16, "follows")
    # A twelfth of what is not with colleagues is with the old team too, and stays.
    assert curve.half_life.low < 2 < curve.half_life.high
    assert curve.half_life.value == pytest.approx(2, abs=0.6)
    assert curve.new_gain.low > 0.2
    [sentence] = [one.sentence for one in two_months.findings if one.id == "follows:department"]
    assert sentence.startswith("The network follows the chart: of the contacts of 16 people whose department changed")
    assert "half of that was gone after" in sentence


def test_the_curve_is_flat_before_the_move_and_moves_after_it(two_months):
    table = two_months.responsiveness.table
    assert table["month"].tolist() == list(range(-6, 6))
    before, after = table[table["month"] < 0], table[table["month"] >= 0]
    assert before["beyond_new"].abs().max() < 0.06
    assert after["beyond_new"].iloc[-1] > 0.25
    assert after["old"].iloc[-1] < before["old"].mean() / 2
    assert after["others_old"].iloc[-1] == pytest.approx(before["others_old"].mean(), abs=0.06)


def test_a_move_on_paper_changes_nothing_and_is_said_as_such():
    found = followed(half_life=None)
    assert told(found) == ["follows_not:department"]
    curve = found.responsiveness.curves["department"]
    assert curve.verdict == "not seen"
    assert curve.new_gain.low < 0 < curve.new_gain.high or abs(curve.new_gain.value) < 0.02
    [sentence] = [one.sentence for one in found.findings if one.id.startswith("follows")]
    assert sentence.startswith("A new department changed nothing that can be seen")


def test_colleagues_who_left_do_not_pass_for_following():
    found = followed(half_life=None, gone=20)
    assert told(found) == ["follows_not:department"]


def test_fewer_movers_than_may_be_shown_say_nothing():
    found = followed(movers=4)
    assert found.responsiveness.unknown == "few"
    assert not told(found)
    assert found.responsiveness.table.empty
    assert any("Fewer than 5 people who changed department" in limit for limit in found.limits_in("en"))


def test_a_roster_without_dates_has_no_curve():
    log, roster = moving()
    found = silos.analyze(log, roster.drop_duplicates("person")[["person", "department"]], bootstrap=20)
    summary = found.summary()["responsiveness"]
    assert (summary["reason"], summary["movers"], summary["curve"]) == ("undated", 0, [])
    assert summary["half_life"] == {"value": None, "low": None, "high": None}


def test_every_key_of_the_curve_is_documented_and_no_other(two_months):
    page = (ROOT / "docs" / "output.md").read_text(encoding="utf-8")
    documented = re.findall(r"^\| `responsiveness\.curve\[\]\.(\w+)` \|", page, re.MULTILINE)
    # Files are written from what is published, which names the counts that are withheld.
    written = two_months.published().summary()["responsiveness"]["curve"][0]
    assert documented == list(written) == [*COLUMNS, SUPPRESSED]


# ---- the parts


@pytest.mark.parametrize("blank", [False, True], ids=["hired on a day", "blank for who was always there"])
def test_who_was_there_and_of_which_team(blank):
    _, roster = moving(movers=3, gone=2)
    if blank:
        # The only dates in the roster are those of the moves.
        roster.loc[roster["effective_from"] == roster["effective_from"].iloc[0], "effective_from"] = None
    dated = read_roster(roster)
    names = sorted(dated.people.index)
    first = (START - pd.Timestamp(0)).days
    chart = Chart(dated, "department", names, (float(first), float(first + 7 * WEEKS)))
    day = float(first + 7 * (WEEKS // 2))
    movers = set(roster["person"][roster["person"].duplicated()])
    assert {names[person] for person, _ in chart.changes()} == movers
    assert {when for _, when in chart.changes()} == {day}
    left = roster[roster["effective_to"].notna() & ~roster["person"].isin(movers)]["person"]
    there = chart.present(day, 30)
    assert {names[one] for one in np.flatnonzero(~there)} == set(left)
    assert chart.present(day - 100, 30).all()


def test_a_manager_belongs_to_the_team_that_reports_to_them():
    roster = pd.DataFrame(
        [("ann", "x", "boss", "2023-01-01"), ("ann", "x", "head", "2023-06-01"), ("bob", "x", "boss", "2023-01-01"),
         ("cleo", "x", "head", "2023-01-01"), ("boss", "x", None, "2023-01-01"), ("head", "x", None, "2023-01-01")],
        columns=["person", "department", "manager", "effective_from"],
    )  # fmt: skip
    dated = read_roster(roster)
    names = ["ann", "bob", "boss", "cleo", "head"]
    days = [(pd.Timestamp(day) - pd.Timestamp(0)).days for day in ("2023-01-10", "2023-12-30")]
    chart = Chart(dated, "manager", names, (days[0], days[1]))
    contacts = pd.DataFrame({"person": [0, 0, 1, 3], "other": [1, 3, 0, 0], "day": days[0] + 150.0, "messages": 2.0})
    [move, *_] = chart.moves(contacts, np.array(["x"] * 5), seed=0)
    assert (names[move.person], [names[one] for one in move.old], [names[one] for one in move.new]) == (
        "ann", ["bob", "boss"], ["cleo", "head"],
    )  # fmt: skip


def test_whoever_returns_to_a_team_is_not_followed_there():
    rows = [
        ("ann", "x", "2023-01-01"),
        ("ann", "y", "2023-05-01"),
        ("ann", "x", "2023-09-01"),
        ("bob", "x", "2023-01-01"),
    ]
    roster = pd.DataFrame([*rows, ("cleo", "y", "2023-01-01")], columns=["person", "department", "effective_from"])
    names = ["ann", "bob", "cleo"]
    days = [(pd.Timestamp(day) - pd.Timestamp(0)).days for day in ("2023-01-10", "2023-12-30", "2023-05-01")]
    chart = Chart(read_roster(roster), "department", names, (days[0], days[1]))
    months = [days[0] + MONTH * month for month in range(11)]
    contacts = pd.DataFrame({"person": 0, "other": 1, "day": months, "messages": 2.0})
    found = [move for move in chart.moves(contacts, np.array(["x", "x", "y"]), seed=0) if move.mover]
    assert len(chart.changes()) == 2
    assert [(names[move.person], move.at) for move in found] == [("ann", days[2])]


def test_a_person_counts_once_however_much_they_write():
    """Nine people deal with the old team alone, one who writes a thousand times as much with the new one."""
    moves = [Move(one, 0.0, np.array([20]), np.array([21]), -np.inf, np.inf, True) for one in range(10)]
    contacts = pd.DataFrame(
        [(one, 21 if one == 9 else 20, day * MONTH, 5000 if one == 9 else 5) for one in range(10)
         for day in (-2.5, -1.5, -0.5, 0.5, 1.5, 2.5)],
        columns=["person", "other", "day", "messages"],
    )  # fmt: skip
    curve = follow_moves(contacts, moves, 22, months=1, periods=3, minimum=5, replicates=20)
    np.testing.assert_allclose(curve.table["old"], 0.9)
    np.testing.assert_allclose(curve.table["new"], 0.1)
    few = follow_moves(
        contacts.assign(messages=LEAST_CONTACTS - 1.0), moves, 22, months=1, periods=3, minimum=5, replicates=20
    )
    assert few is None


def test_half_times_by_hand():
    def shares(old: list[float], others: float = np.nan) -> np.ndarray:
        course = np.array([[0.4] * len(old) + old])
        both = np.stack([np.stack([course, course]), np.full((2, *course.shape), others)])
        return np.moveaxis(both, 2, 0)

    # The whole falls to a mean of 1/4 over the first month, (1 − e^−x)/x = 1/4 by x = 3.92: half of it by ln 2/3.92.
    assert half_time(shares([0.1, 0.1]), "old", 1) == pytest.approx([np.log(2) / 3.9207], rel=1e-4)
    assert half_time(shares([0.4, 0.3]), "old", 1) == pytest.approx([np.inf])
    # A rise after a fall is made level: both quarters are 1/2 of what there was, x = 1.594 a quarter.
    assert half_time(shares([0.1, 0.3]), "old", 3) == pytest.approx([3 * np.log(2) / 1.5936], rel=1e-4)
    assert np.isnan(half_time(shares([0.0, 0.0]) * 0, "old", 1)).all()


@pytest.mark.parametrize(("months", "half_life"), [(1, 0.5), (1, 1.0), (1, 2.0), (1, 4.0), (3, 1.0), (3, 6.0)])
@pytest.mark.parametrize("weeks", [False, True], ids=["months as long as each other", "months of whole weeks"])
def test_a_period_has_the_mean_of_what_is_left_in_it(months, half_life, weeks):
    """A mean taken for the middle makes a half-life of one month 1.03, and 1.05 where months begin with the week."""
    ends = np.round(np.arange(7) * months * MONTH / 7) * 7 / MONTH if weeks else np.arange(7) * months
    rate = np.log(2) / half_life
    mean = -np.diff(np.exp(-rate * ends)) / np.diff(ends) / rate
    shares = np.full((1, 2, 2, 12), np.nan)
    shares[0, 0, 0] = 0.5 * np.r_[np.ones(6), mean]
    found = half_time(shares, "old", months, (ends[:-1] + ends[1:]) / 2)
    assert found == pytest.approx([half_life], rel=0.01)


def test_a_software_firm_s_network_follows_its_chart():
    """`ORIGIN.md` of the data saw by hand: with the new team 10, 3, 3 % by quarter, then 25, 24, 37 %."""
    folder = shared("datasets/handbook_company")
    found = silos.analyze(folder / "log.csv", folder / "roster.csv", bootstrap=200, log_kinds=["acts"])
    curve = found.responsiveness.curves["manager"]
    assert curve.verdict == "follows"
    assert curve.mean("new", after=False) < 0.1 < 0.15 < curve.mean("new", after=True)
    assert curve.mean("old", after=True) < 0.05 < curve.mean("old", after=False)


def test_of_few_movers_the_direction_and_the_interval_are_published_and_no_share():
    found = followed(half_life=1.0, movers=9)
    assert told(found) == ["follows:department"]
    exact, curve = (one.responsiveness.curves["department"] for one in (found, found.published()))
    assert exact.movers == 9
    assert curve.verdict == "follows"
    # Of five to nine people classes are fifths: 10 % stood before and after for a rise.
    points = ["old", "new", "beyond_old", "beyond_new"]
    assert curve.table[points].isna().all().all()
    known = exact.table["new"].notna()
    assert (curve.table["new_low"] <= exact.table["new"])[known].all()
    assert (curve.table["new_high"] >= exact.table["new"])[known].all()
    assert curve.new_gain.value is None
    assert curve.new_gain.low == pytest.approx(exact.new_gain.low, rel=0.1)
    assert found.published().responsiveness.drawing() is None
    [sentence] = [one.sentence for one in found.published().findings if one.id.startswith("follows")]
    assert sentence.startswith(
        "The network follows the chart: of the contacts of 5 people whose department changed, more"
    )
    low, high = (f"{100 * end:.0f}" for end in (curve.new_gain.low, curve.new_gain.high))
    assert f"the share rose by {low} to {high} percentage points" in sentence
    assert "%" not in sentence


def test_what_is_published_of_movers_does_not_contradict_its_interval(two_months):
    found = two_months.published()
    curve = found.responsiveness.curves["department"]
    assert curve.new_gain.low <= curve.new_gain.value <= curve.new_gain.high
    [sentence] = [one.sentence for one in found.findings if one.id.startswith("follows")]
    before, after, rise = map(
        int, re.findall(r"(\d+)%.* (\d+)% in the .* rose by (\d+) percentage points", sentence)[0]
    )
    assert before < after
    assert rise == round(100 * curve.new_gain.value)
    # A value that classes put beyond the interval is not moved to its end, as it was: it is not given.
    exact = two_months.responsiveness.curves["department"].new_gain
    within = [published_within(exact, value, Gate()) for value in (exact.low - 0.1, exact.high + 0.1, exact.value)]
    assert [one.value is None for one in within] == [True, True, False]
    assert {(one.low, one.high) for one in within} == {(curve.new_gain.low, curve.new_gain.high)}
