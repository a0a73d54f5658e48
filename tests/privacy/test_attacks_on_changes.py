"""Attacks on what compares: a new chart that moves one person, two new charts, two runs compared."""

import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import silos
from silos.analysis import new_chart
from silos.analysis.result import Analysis
from silos.errors import EmptyError
from silos.privacy.suppression import merge_small, moving_together
from silos.report.comparison import ComparisonReport
from silos.report.new_chart import ChartReport
from tests.support.attack import STEP, Attack, contacts_of, read, read_chart, staff, width

#: The person who moves, or whose row is missing.
ONE = "p001"


@pytest.fixture(scope="module")
def roster() -> pd.DataFrame:
    return staff()


@pytest.fixture(scope="module")
def log(roster: pd.DataFrame) -> pd.DataFrame:
    """Four weeks of messages, more of them inside departments."""
    rng = np.random.default_rng(18)
    department, people = roster["department"].to_numpy(), roster["person"].to_numpy()
    i, j = np.triu_indices(len(people), k=1)
    tied = rng.random(len(i)) < np.where(department[i] == department[j], 0.6, 0.25)
    times = pd.Timestamp("2025-01-06") + pd.to_timedelta(rng.integers(28 * 24 * 60, size=tied.sum()), unit="min")
    return pd.DataFrame({"timestamp": times, "sender": people[i[tied]], "recipient": people[j[tied]]})


@pytest.fixture(scope="module")
def analysis(log: pd.DataFrame, roster: pd.DataFrame) -> Analysis:
    return silos.analyze(log, roster, bootstrap=20)


def moved(roster: pd.DataFrame, to: Mapping[str, str]) -> pd.DataFrame:
    """The roster with people in another department."""
    return roster.assign(department=roster["person"].map(to).fillna(roster["department"]))


def ungated(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small groups of movers are counted as they are."""
    monkeypatch.setattr(new_chart, "moving_together", lambda old, new, minimum, seen: new)


# ---- a new roster that moves one person


def test_a_chart_that_moves_one_person_gives_their_contacts_without_the_gate(analysis, roster, monkeypatch):
    ungated(monkeypatch)
    found, known = analysis.what_if(roster=moved(roster, {ONE: "IT"})), contacts_of(analysis, ONE)
    assert (found.joined, found.cut) == (known["IT"], known["Sales"])
    assert found.table.loc["IT", "joined"] == known["IT"]


def test_a_chart_that_moves_one_person_or_a_few_is_refused(analysis, roster, tmp_path):
    for movers in (["p001"], ["p001", "p002", "p003", "p004"]):
        with pytest.raises(EmptyError, match="in a group of fewer than 5 people"):
            analysis.what_if(roster=moved(roster, dict.fromkeys(movers, "IT")))
    # Nor five who go one by one to several departments.
    with pytest.raises(EmptyError, match="in a group of fewer than 5 people"):
        analysis.what_if(
            roster=moved(roster, {"p001": "IT", "p002": "IT", "p003": "IT", "p004": "Legal", "p015": "IT"})
        )


def test_people_without_contacts_make_no_group_of_one(log, roster):
    """Four made-up ids beside one person were a group of five: what it joined and cut was this person's, 2 and 11."""
    made_up = pd.DataFrame({"person": [f"x{at}" for at in range(4)], "department": "Sales"})
    larger = pd.concat([roster, made_up], ignore_index=True)
    found = silos.analyze(log, larger, bootstrap=20)
    alone = dict.fromkeys([ONE, *made_up["person"]], "Finance")
    with pytest.raises(EmptyError, match="in contact with anybody"):
        found.what_if(roster=moved(larger, alone))


def test_who_moves_alone_beside_a_large_group_changes_no_number(analysis, roster):
    whole = roster["person"][roster["department"].isin(["Finance", "Legal"])]
    group = {f"p{at:03}": "IT" for at in range(2, 8)} | dict.fromkeys(whole, "Money")
    one, other = (analysis.what_if(roster=moved(roster, to)).to_dict() for to in (group, group | {ONE: "Audit"}))
    assert other["new_chart"].pop("few") == 1
    assert one["new_chart"].pop("few") == 0
    assert one == other


def test_few_who_stay_are_counted_with_those_who_go(analysis, roster):
    finance = roster["person"][roster["department"] == "Finance"]
    to = {f"p{at:03}": "Money" for at in range(13)} | dict.fromkeys(finance, "Money")
    found = analysis.what_if(roster=moved(roster, to))
    assert (found.moved, found.few) == (26, 1)
    assert "Sales" not in found.table.index
    # Whoever reads who moves does not read that the one who stays does.
    assert found.moves.set_index("old")["people"].to_dict() == {"Sales": 13, "Finance": 12}


def test_whether_a_chart_is_told_says_nothing_of_contacts(analysis, log, roster):
    """It follows from both charts and from who has a contact at all: the same of another log of all of them."""
    to = {f"p{at:03}": "Finance" for at in range(2, 10)} | {ONE: "IT"}
    other = silos.analyze(log[log.index % 3 > 0], roster, bootstrap=20)
    said = set()
    for one in (analysis, other):
        with pytest.raises(EmptyError, match="cannot be told for this chart") as refused:
            one.what_if(roster=moved(roster, to))
        said.add(str(refused.value))
    assert len(said) == 1


@given(st.lists(st.tuples(st.sampled_from("ABCDE"), st.sampled_from("ABCDEFG")), min_size=12, max_size=60))
def test_no_group_that_a_number_could_be_about_is_small(places: list[tuple[str, str]]):
    """By both charts as they are shown: everybody is in a group of five, or in the only one of a small organisation."""
    raw, planned = (pd.Series(list(names)) for names in zip(*places, strict=True))
    old = merge_small(raw, 5).departments
    counted = moving_together(old, planned, 5)
    sizes = pd.crosstab(old, merge_small(counted, 5).departments)
    for unit, row in sizes.iterrows():
        groups = row[row > 0]
        assert groups.min() >= 5 or len(groups) == 1, (unit, groups.to_dict())
        if len(groups) == 1:
            assert groups.iloc[0] == (old == unit).sum()
    # Nobody goes where nobody of their department would go.
    assert set(zip(old, counted, strict=True)) <= set(zip(old, planned, strict=True))


# ---- two new charts that differ in one person


def blocks_of(roster: pd.DataFrame, group: list[str]) -> dict[str, str]:
    """The departments, those who move in both charts, and the one who moves in one of them."""
    special = dict.fromkeys(group, "the movers") | {ONE: "the one"}
    return {
        person: special.get(person, name) for person, name in zip(roster["person"], roster["department"], strict=True)
    }


def attacked(analysis: Analysis, roster: pd.DataFrame, place: Path, *, exact: bool) -> tuple[Attack, dict[str, str]]:
    """Both charts solved together, and beside them the analysis of today."""
    group = [f"p{at:03}" for at in range(2, 8)]
    blocks = blocks_of(roster, group)
    attack = Attack(tuple(sorted(set(blocks.values()))))
    # Nobody has a tie with themselves.
    attack.tell([frozenset(("the one",))], (0, 0))
    form = "exact" if exact else "published"
    today = analysis.report(exact=exact, figures_as=()).write(place / f"{form}-today")
    old = {blocks[person]: unit for person, unit in analysis.shown.departments.items()}
    attack.learn(read(today), old)
    for name, movers in (("one", [*group, ONE]), ("other", group)):
        found = analysis.what_if(roster=moved(roster, dict.fromkeys(movers, "Finance")))
        out = ChartReport(found, exact=exact).write(place / f"{form}-{name}")
        new = {blocks[person]: unit for person, unit in zip(roster["person"], found.after.unit, strict=True)}
        for pairs, ends in read_chart(out, attack.pairs, old, new):
            attack.tell(pairs, ends)
    return attack, blocks


#: What the one person has with those of Sales who stay, with the movers, and with Finance.
AIMS = ("Sales", "the movers", "Finance")


@pytest.mark.long
def test_two_exact_charts_give_the_contacts_of_the_one_who_moves_in_one_of_them(analysis, roster, tmp_path):
    attack, blocks = attacked(analysis, roster, tmp_path, exact=True)
    network = analysis.network
    row = network.contacts[[list(network.people.index).index(ONE)], :].toarray().ravel() > 0
    known = pd.Series([blocks[person] for person in network.people.index[row]]).value_counts()
    for aim in AIMS:
        assert attack.within([frozenset(("the one", aim))]) == (known.get(aim, 0), known.get(aim, 0))


@pytest.mark.long
def test_two_published_charts_leave_them_a_class_at_least(analysis, roster, tmp_path):
    attack, _ = attacked(analysis, roster, tmp_path, exact=False)
    for aim in AIMS:
        assert width(attack.within([frozenset(("the one", aim))])) >= STEP, aim


# ---- two runs compared


def possible(printed: tuple[float, float], digits: int, people: int) -> set[int]:
    """How many contacts the missing person may have, given the E-I index without them and with them.

    Every number of ties within the organisation and across departments whose index is printed like this is tried.
    """
    ties = np.arange(1, people * (people - 1) // 2 + 1)
    behind = []
    for value in printed:
        least, most = ((1 + value + half) / 2 * ties for half in (-(10.0**-digits) / 2, 10.0**-digits / 2))
        behind.append([(np.ceil(low - 1e-9), np.floor(high + 1e-9)) for low, high in zip(least, most, strict=True)])
    found = set()
    for more in range(people):
        without, with_them = behind[0][: len(ties) - more], behind[1][more:]
        for (low, high), (lower, higher) in zip(without, with_them, strict=True):
            # Some number across without the person, and as many or up to `more` more with them.
            if low <= high and lower <= higher and lower - more <= high and higher >= low:
                found.add(more)
                break
    return found


def compared(log: pd.DataFrame, roster: pd.DataFrame, place: Path, *, exact: bool) -> tuple[float, float]:
    """The E-I index without and with the one person, as the file of a comparison has it."""
    runs = [silos.analyze(log, people, bootstrap=20) for people in (roster[roster["person"] != ONE], roster)]
    out = ComparisonReport(runs[0].compare(runs[1]), exact=exact).write(place / f"compared-{exact}")
    content = json.loads((out / "comparison.json").read_text(encoding="utf-8"))
    assert content["published"] is not exact
    [row] = [one for one in content["changes"] if one["measure"] == "ei_index"]
    return row["before"], row["after"]


@pytest.mark.long
def test_two_exact_runs_compared_give_how_many_contacts_one_person_has(analysis, log, roster, tmp_path):
    found = possible(compared(log, roster, tmp_path, exact=True), 12, len(roster))
    known = int(contacts_of(analysis, ONE).sum())
    assert found == {known, 2 * known, 3 * known}, "a share leaves open how many times as many ties there are"


@pytest.mark.long
def test_two_published_runs_compared_leave_it_open(log, roster, tmp_path):
    found = possible(compared(log, roster, tmp_path, exact=False), 2, len(roster))
    assert max(found) - min(found) + 1 >= STEP
