"""Planted changes are in the log, and only they: all of it counted by pandas from the log and the roster."""

from functools import cache

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from silos.cli import main
from silos.errors import SilosError
from silos.readers.roster import read_roster
from silos.simulate import Organisation, organisation

GENERATORS = ("blocks", "latent")
START = pd.Timestamp("2025-01-06")
#: In which nothing is planted but what a test asks for.
PLAIN = {
    "silos": 0, "connector": None, "biggest": False, "mail_room": False, "newsletter": False, "bilateral_pair": False,
    "one_person_bridge": False, "unknown": 0, "communities": 0,
}  # fmt: skip
REORGANISED = PLAIN | {"people": 200, "departments": 8, "weeks": 20, "reorganisation": 8, "moved": 40, "half_life": 3.0}


@cache
def made(generator: str = "blocks", seed: int = 0, **options: object) -> tuple[Organisation, pd.DataFrame]:
    """An organisation, and its log with the persons of the roster and the week from 0."""
    planted = organisation(generator=generator, seed=seed, **options)
    everybody = planted.roster.drop_duplicates("person")
    person = dict(zip(everybody["aliases"], everybody["person"], strict=True)) | {
        one: one for one in everybody["person"]
    }
    log = planted.interactions
    log = log.assign(
        sender=log["sender"].map(person),
        recipient=log["recipient"].map(person),
        week=(log["timestamp"] - START).dt.days // 7,
    ).dropna(subset=["sender", "recipient"])
    return planted, log[(log["sender"] != log["recipient"]) & (log["recipients"] <= 20)]


def contacts(log: pd.DataFrame) -> pd.DataFrame:
    """Each row seen from both sides: who, with whom, in which week."""
    one = log[["sender", "recipient", "week"]].set_axis(["person", "other", "week"], axis=1)
    return pd.concat([one, one.rename(columns={"person": "other", "other": "person"})])


def before(planted: Organisation) -> pd.Series:
    """Everybody's first department."""
    return planted.roster.drop_duplicates("person").set_index("person")["department"]


def after(planted: Organisation) -> pd.Series:
    """Everybody's last department."""
    return planted.roster.drop_duplicates("person", keep="last").set_index("person")["department"]


def across(planted: Organisation, log: pd.DataFrame, department: str) -> pd.Series:
    """Pairs in contact between a department and the others, per week."""
    home = before(planted)
    seen = contacts(log).drop_duplicates()
    inside, outside = seen["person"].map(home) == department, seen["other"].map(home) == department
    return seen[inside & ~outside].groupby("week").size()


@pytest.mark.parametrize("generator", GENERATORS)
def test_a_silo_opens_and_no_other_department_does(generator):
    planted, log = made(generator, people=300, departments=12, weeks=16, silo_opens=8, silo_strength=0.3)
    silo = planted.truth["changes"]["silo_opens"]["department"]
    assert planted.truth["changes"]["silo_opens"] == {
        "week": 8, "date": "2025-03-03", "department": silo, "strength": [0.3, 1.0],
    }  # fmt: skip
    growth = {}
    for department in planted.truth["departments"]:
        weeks = across(planted, log, department)
        growth[department] = weeks.loc[8:].mean() / weeks.loc[:7].mean()
    assert growth.pop(silo) > 1.6
    assert 0.85 < np.median(list(growth.values())) < 1.15


@pytest.mark.parametrize("generator", GENERATORS)
def test_a_connector_dissolves(generator):
    planted, log = made(generator, people=300, departments=12, weeks=16, connector_dissolves=8)
    weeks = across(planted, log, "Marketing")
    # It had three times the ties of others, and keeps one in three.
    assert weeks.loc[8:].mean() / weeks.loc[:7].mean() < 0.6
    others = [across(planted, log, name) for name in ("Finance", "Human Resources", "IT")]
    assert all(0.7 < one.loc[8:].mean() / one.loc[:7].mean() < 1.2 for one in others)


def old_share(planted: Organisation, log: pd.DataFrame) -> pd.Series:
    """Of the contacts that movers have with people who stay, in their old and new department: the share of the old."""
    first, last = before(planted), after(planted)
    movers = first.index[first != last]
    seen = contacts(log)
    seen = seen[seen["person"].isin(movers) & ~seen["other"].isin(movers)]
    old = seen["other"].map(first) == seen["person"].map(first)
    new = seen["other"].map(first) == seen["person"].map(last)
    count = pd.DataFrame({"old": old, "new": new}).groupby(seen["week"]).sum()
    return count["old"] / count.sum(axis=1)


@pytest.mark.parametrize("generator", GENERATORS)
def test_ties_follow_a_reorganisation_with_the_half_life(generator):
    shares = pd.concat([old_share(*made(generator, seed, **REORGANISED)) for seed in range(4)], axis=1).mean(axis=1)
    start, end = shares.loc[:7].mean(), 0.0
    left = (shares.loc[8:] - end) / (start - end)
    expected = 2 ** (-(np.arange(len(left)) + 0.5) / 3.0)
    # In the middle of the weeks after the move; four companies of forty movers leave some noise.
    assert np.abs(left.to_numpy() - expected).max() < 0.12, left
    half_life = -np.log(2) / np.polyfit(np.arange(8) + 0.5, np.log(left.loc[8:15]), 1)[0]
    assert half_life == pytest.approx(3.0, abs=0.8)


@pytest.mark.parametrize("generator", GENERATORS)
def test_no_tie_follows_a_reorganisation_on_paper(generator):
    options = REORGANISED | {"reorganisation": None, "paper_reorganisation": 8}
    planted, log = made(generator, **options)
    shares = old_share(planted, log)
    assert shares.loc[12:].mean() == pytest.approx(shares.loc[:7].mean(), abs=0.05)
    same, unmoved = made(generator, **(options | {"paper_reorganisation": None}))
    pd.testing.assert_frame_equal(log, unmoved)
    assert (before(planted) == before(same)).all()


def test_people_who_move_follow_teams_as_well_and_keep_contacts_elsewhere():
    planted, log = made(**REORGANISED)
    first, last = before(planted), after(planted)
    movers = first.index[first != last]
    late = log[log["week"] >= 17]
    met = contacts(late[late["medium"] == "meeting"])
    met = met[met["person"].isin(movers) & ~met["other"].isin(movers)]
    new = met["other"].map(first) == met["person"].map(last)
    old = met["other"].map(first) == met["person"].map(first)
    assert new.sum() > 5 * old.sum()
    seen = contacts(log)
    elsewhere = seen["person"].isin(movers) & (seen["other"].map(first) != seen["person"].map(first))
    elsewhere &= seen["other"].map(first) != seen["person"].map(last)
    weekly = seen[elsewhere].groupby("week").size()
    assert weekly.loc[8:].mean() == pytest.approx(weekly.loc[:7].mean(), rel=0.25)


def test_the_roster_dates_who_was_where():
    planted, _ = made(**(REORGANISED | {"paper_reorganisation": 12, "moved": 15}))
    roster = planted.roster
    twice = roster[roster["person"].duplicated(keep=False)]
    days = {"2025-03-03": 15, "2025-03-31": 15}
    assert twice["effective_from"].value_counts().to_dict() == days
    assert twice["effective_to"].value_counts().to_dict() == days
    changes = planted.truth["changes"]
    assert [changes[name]["people"] for name in ("reorganisation", "paper_reorganisation")] == [15, 15]
    assert [changes[name]["half_life"] for name in ("reorganisation", "paper_reorganisation")] == [3.0, None]
    home = after(planted)
    managers = twice.drop_duplicates("person", keep="last")
    assert (managers["manager"].map(home) == managers["department"]).all()
    # What HR would read of it is what was planted.
    spells = read_roster(roster).spells("department")
    moved = spells[spells["person"].duplicated(keep=False)]
    assert moved["since"].dropna().dt.strftime("%Y-%m-%d").value_counts().to_dict() == days


@pytest.mark.parametrize("generator", GENERATORS)
def test_nobody_writes_before_joining_or_after_leaving(generator):
    planted, log = made(generator, people=200, departments=12, weeks=10, leavers=0.3, joiners=0.3)
    roster = planted.roster.set_index("person")
    assert roster["effective_to"].notna().sum() == roster["effective_from"].notna().sum() == 60
    whole = planted.interactions
    person = dict(zip(roster["aliases"], roster.index, strict=True)) | {one: one for one in roster.index}
    for side in ("sender", "recipient"):
        who = whole[side].map(person)
        time = whole["timestamp"][who.notna()]
        who = who.dropna()
        assert not (time < pd.to_datetime(who.map(roster["effective_from"]))).any()
        assert not (time >= pd.to_datetime(who.map(roster["effective_to"]))).any()
    # The number of people reached is that of the rows.
    rows = whole.groupby(["event", "sender"]).agg(rows=("recipient", "size"), recipients=("recipients", "first"))
    assert (rows["rows"] == rows["recipients"]).all()
    assert log["week"].nunique() == 10


def test_traffic_falls_with_the_season_and_by_half():
    planted, log = made(**(PLAIN | {"people": 200, "departments": 8, "weeks": 52, "season": 0.5}))
    weeks = log.groupby("week").size()
    assert planted.truth["changes"] == {"season": 0.5}
    assert weeks.loc[28:32].mean() / weeks.loc[2:6].mean() == pytest.approx(0.5, abs=0.08)
    assert weeks.loc[28:32].mean() < weeks.loc[48:51].mean() < 1.1 * weeks.loc[2:6].mean()
    _, log = made(**(PLAIN | {"people": 200, "departments": 8, "weeks": 12, "traffic_halves": 6}))
    weeks = log.groupby("week").size()
    assert weeks.loc[6:].mean() / weeks.loc[:5].mean() == pytest.approx(0.5, abs=0.06)


def test_nothing_changes_unless_it_is_asked_for():
    planted, _ = made(people=120, departments=9, weeks=4)
    assert "changes" not in planted.truth
    asked = {"silo_opens", "reorganisation", "half_life", "moved", "season", "leavers"}
    assert not asked & set(planted.truth["parameters"])
    assert "effective_from" not in planted.roster


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"silo_opens": 12}, "silo_opens is 12, a week from 1 to 11 is needed"),
        ({"silo_opens": 4, "silos": 0}, "at least 1 silo"),
        ({"connector_dissolves": 4, "connector": None}, "needs a connector"),
        ({"season": 1.0}, "season is 1.0"),
        ({"leavers": 0.5}, "leavers is 0.5, a share from 0 to 0.4"),
        ({"traffic_halves": 4, "generator": "tasks"}, "generator tasks"),
        ({"traffic_halves": 4, "walls": 1}, "walls and changes"),
        ({"reorganisation": 4, "half_life": 0.0}, "half_life is 0.0"),
        ({"reorganisation": 4, "moved": 200}, "200 people cannot move"),
        ({"reorganisation": 4, "people": 70, "departments": 8}, "20 people cannot move"),
    ],
)
def test_what_cannot_change_is_refused(options, said):
    with pytest.raises(SilosError, match=said):
        organisation(**options)


def test_the_command_plants_changes(tmp_path):
    out = tmp_path / "out"
    words = ["simulate", "-o", out, "--people", 200, "--weeks", 8, "--communities", 0, "--reorganisation", 4]
    words += ["--half-life", 2, "--moved", 10, "--silo-opens", 4, "--leavers", 0.1]
    said = CliRunner().invoke(main, [str(word) for word in words])
    assert said.exit_code == 0, said.output
    roster = pd.read_csv(out / "roster.csv")
    assert roster["person"].duplicated().sum() == 10
    asked = organisation(
        people=200, weeks=8, communities=0, reorganisation=4, half_life=2.0, moved=10, silo_opens=4, leavers=0.1
    )
    pd.testing.assert_frame_equal(roster.fillna(""), asked.roster.fillna(""), check_dtype=False)
