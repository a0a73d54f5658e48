"""Who counts as whom: people who change department count in the one of that day."""

from datetime import datetime, timedelta

import pandas as pd
import pytest

from silos import analyze
from silos.readers import read_interactions
from silos.readers.roster import read_roster
from silos.ties.count import tally
from silos.ties.layers import layer
from silos.ties.people import labelled, population
from tests.conftest import a_log

MARCH = datetime(2025, 3, 3, 9)


def a_dated_roster(rows):
    return read_roster(pd.DataFrame(rows, columns=["person", "department", "effective_from", "aliases"]))


MOVED = [
    ("ann", "HR", "2024-01-01", "A-1"),
    ("ann", "IT", "2025-03-10", "A-1"),
    ("bob", "HR", None, None),
    ("cleo", "IT", None, None),
]


def counted(log, rows=MOVED):
    found = tally(a_log(log), a_dated_roster(rows))
    names = list(labelled(found.people).index)
    pairs = {(names[row.a], names[row.b]) for row in found.ties.dyads.itertuples()}
    return found, pairs


def departments(found):
    """Person and department by position, the way the network calls them."""
    return labelled(found.people)["department"].to_dict()


def message(sender, recipient, moment):
    return {"sender": sender, "recipient": recipient, "timestamp": moment}


def test_a_message_counts_in_the_department_of_its_day():
    log = [
        message("ann", "bob", MARCH),
        message("ANN", "cleo", MARCH + timedelta(days=7)),  # the day itself is the new department's
        message("cleo", " a-1 ", MARCH + timedelta(days=6)),
    ]
    found, pairs = counted(log)
    assert departments(found) == {"ann": "IT", "ann [HR]": "HR", "bob": "HR", "cleo": "IT"}
    assert pairs == {("ann [HR]", "bob"), ("ann", "cleo"), ("ann [HR]", "cleo")}


def test_who_moved_is_one_person_in_a_column_and_two_nodes_of_the_graph():
    found, _ = counted([message("ann", "bob", MARCH), message("ann", "cleo", MARCH + timedelta(days=7))])
    assert found.people["person"].tolist() == ["ann", "ann", "bob", "cleo"]
    assert found.people["department"].tolist() == ["IT", "HR", "HR", "IT"]  # the latest first
    assert set(layer(found, "any").to_networkx("person")) == {"ann", "ann [HR]", "bob", "cleo"}


def test_the_latest_department_that_counts_keeps_the_id():
    """Whoever looks for a person by id finds one, also where the roster knows of a move after the log."""
    rows = [*MOVED, ("ann", "Legal", "2026-01-01", "A-1")]
    log = [message("ann", "bob", MARCH), message("ann", "cleo", MARCH + timedelta(days=7))]
    assert departments(counted(log, rows)[0]) == {"ann": "IT", "ann [HR]": "HR", "bob": "HR", "cleo": "IT"}


def test_an_id_that_ends_like_a_label_is_an_id():
    """Ids are read from the column: nothing is cut off what somebody is really called."""
    rows = [*MOVED, ("bob [HR]", "HR", None, None)]
    found, _ = counted([message("ann", "bob", MARCH), message("bob [HR]", "ann", MARCH + timedelta(days=7))], rows)
    assert found.people["person"].tolist() == ["ann", "ann", "bob", "bob [HR]", "cleo"]


def test_nobody_is_in_a_department_left_before_the_log_or_joined_after_it():
    found, pairs = counted([message("ann", "bob", MARCH), message("cleo", "bob", MARCH + timedelta(days=1))])
    assert departments(found) == {"ann": "HR", "bob": "HR", "cleo": "IT"}
    assert pairs == {("ann", "bob"), ("bob", "cleo")}
    found, pairs = counted([message("ann", "bob", MARCH + timedelta(days=n)) for n in (20, 21)])
    assert departments(found) == {"ann": "IT", "bob": "HR", "cleo": "IT"}
    assert pairs == {("ann", "bob")}


def test_a_log_without_times_takes_the_latest_department(tmp_path):
    edges = tmp_path / "edges.csv"
    edges.write_text("Source,Target,Weight\nann,bob,1\nann,cleo,2\n")
    found = tally(read_interactions(edges), a_dated_roster(MOVED))
    assert departments(found) == {"ann": "IT", "bob": "HR", "cleo": "IT"}
    assert found.ties.dyads[["a", "b"]].values.tolist() == [[0, 1], [0, 2]]


def test_a_note_from_oneself_of_yesterday_is_no_tie():
    log = [message("ann", "A-1", MARCH + timedelta(days=7)), message("ann", "bob", MARCH)]
    found, pairs = counted(log)
    assert found.log.selves == 1
    assert pairs == {("ann", "bob")}


def test_time_without_a_department_makes_no_ties():
    rows = [("ann", None, "2024-01-01", None), ("ann", "IT", "2025-03-10", None), *MOVED[2:]]
    log = [message("ann", "bob", MARCH), message("ann", "cleo", MARCH + timedelta(days=8))]
    found, pairs = counted(log, rows)
    assert found.log.rejected == {"no department": 1}
    assert pairs == {("ann", "cleo")}


def test_rows_in_the_same_department_are_one_spell():
    rows = [("ann", "HR", "2024-01-01", None), ("ann", "HR", "2025-03-05", None), *MOVED[2:]]
    assert population(a_dated_roster(rows), "department").spells.empty


def test_of_rows_from_the_same_day_the_last_counts():
    rows = [("ann", "HR", "2025-03-05", None), ("ann", "IT", "2025-03-05", None), *MOVED[2:]]
    everybody = population(a_dated_roster(rows), "department")
    assert everybody.spells.empty
    assert everybody.people.set_index("person").loc["ann", "department"] == "IT"


def test_coming_back_is_no_third_person():
    rows = [
        ("ann", "HR", "2024-01-01", None), ("ann", "IT", "2025-03-10", None), ("ann", "HR", "2025-03-20", None),
        *MOVED[2:],
    ]  # fmt: skip
    log = [message("ann", "bob", MARCH + timedelta(days=days)) for days in (0, 10, 20)]
    found, pairs = counted(log, rows)
    assert departments(found) == {"ann": "HR", "ann [IT]": "IT", "bob": "HR", "cleo": "IT"}
    assert pairs == {("ann", "bob"), ("ann [IT]", "bob")}
    assert found.ties.dyads["weeks"].tolist() == [2, 1]


def test_other_units_may_stay_the_same():
    frame = pd.DataFrame(MOVED, columns=["person", "department", "effective_from", "aliases"]).assign(location="Lyon")
    assert population(read_roster(frame), "location").spells.empty


def test_a_move_is_seen_by_the_analysis():
    people = [(f"{team}{number}", team, None, None) for team in ("HR", "IT") for number in range(6)]
    moved = [*people, ("IT0", "HR", "2024-01-01", None)]
    moved[6] = ("IT0", "IT", "2025-03-05", None)
    log = [
        message(f"{team}{one}", f"{team}{other}", MARCH + timedelta(days=one))
        for team in ("HR", "IT")
        for one in range(6)
        for other in range(6)
        if one != other
    ]
    log.append(message("HR1", "IT1", MARCH))
    stayed, went = (
        analyze(a_log(log), a_dated_roster(rows), bootstrap=20).departments["people"] for rows in (people, moved)
    )
    assert stayed.to_dict() == {"HR": 6, "IT": 6}
    assert went.to_dict() == {"HR": 7, "IT": 6}


def test_who_left_before_the_log_or_joins_after_it_is_in_no_department():
    """One row a person: the leaver and the one who is to come are no members, unless the log knows them."""
    rows = [
        ("ann", "HR", None, None), ("bob", "HR", None, None), ("cleo", "IT", None, None),
        ("gone", "HR", None, "2020-12-31"), ("back", "HR", None, "2020-12-31"), ("next", "IT", "2026-01-01", None),
        ("here", "IT", "2019-01-01", "2030-01-01"),
    ]  # fmt: skip
    staff = read_roster(pd.DataFrame(rows, columns=["person", "department", "effective_from", "effective_to"]))
    ends = [("ann", "bob"), ("back", "cleo"), ("cleo", "ann")]
    log = [
        {"timestamp": MARCH + timedelta(days=at), "sender": one, "recipient": other}
        for at, (one, other) in enumerate(ends)
    ]
    found = tally(a_log(log), staff)
    assert departments(found) == {
        "ann": "HR", "back": "HR", "bob": "HR", "cleo": "IT", "here": "IT",
    }  # fmt: skip
    names = found.people["person"]
    pairs = [(names[a], names[b]) for a, b in found.ties.dyads[["a", "b"]].to_numpy()]
    assert sorted(pairs) == [("ann", "bob"), ("ann", "cleo"), ("back", "cleo")]


def test_departments_that_are_written_in_several_ways_are_one():
    names = ["HR", "HR", "hr", "HR\u200b", "Caf\u00e9", "Cafe\u0301", "IT"]
    staff = read_roster(pd.DataFrame({"person": [f"p{at}" for at in range(7)], "department": names}))
    assert population(staff, "department").people["department"].tolist() == ["HR"] * 4 + ["Caf\u00e9"] * 2 + ["IT"]
    [note] = [note for note in staff.notes if "treated as one" in note]
    assert "'hr' (HR)" in note


def test_levels_are_whole_numbers_also_where_one_is_blank():
    staff = read_roster(pd.DataFrame({"person": ["ann", "bob", "cleo"], "department": "HR", "level": [4.0, 2.0, None]}))
    assert population(staff, "level").people["department"].tolist() == ["4", "2"]


def test_two_columns_are_crossed_in_each_spell():
    rows = [
        ("ann", "HR", "Oslo", "2024-01-01"),
        ("ann", "IT", "Oslo", "2025-03-10"),
        ("bob", "HR", "Porto", None),
        ("cleo", "IT", None, None),
    ]
    dated = read_roster(pd.DataFrame(rows, columns=["person", "department", "location", "effective_from"]))
    both, name = dated.crossed(["department", "location"])
    everybody = population(both, name)
    assert name == "department × location"
    assert sorted(everybody.people["department"]) == ["HR (Oslo)", "HR (Porto)", "IT (Oslo)"]


def test_crossed_columns_are_units_like_any():
    rows = [(f"p{n}", ("HR", "IT")[n % 2], ("Oslo", "Porto")[n // 2 % 2]) for n in range(40)]
    roster = read_roster(pd.DataFrame(rows, columns=["person", "department", "location"]))
    log = [message(f"p{n}", f"p{(n + step) % 40}", MARCH + timedelta(hours=n)) for n in range(40) for step in (1, 2, 3)]
    found = analyze(a_log(log), roster, by=["department", "location"], bootstrap=20)
    assert sorted(found.departments.index) == ["HR (Oslo)", "HR (Porto)", "IT (Oslo)", "IT (Porto)"]
    assert found.parameters.by == "department × location"


def test_rows_from_before_the_roster_are_counted_and_read_with_its_first_chart():
    """Of the rows before its first date nothing was said, though everybody there is where the roster has them first."""
    rows = [("ann", "HR", "2025-03-05"), ("ann", "IT", "2025-03-20"), ("bob", "IT", "2025-03-05")]
    rows += [("cleo", "IT", None)]
    staff = read_roster(pd.DataFrame(rows, columns=["person", "department", "effective_from"]))
    assert staff.begins == pd.Timestamp("2025-03-05")
    days = [pd.Timestamp("2025-03-03"), pd.Timestamp("2025-03-04 23:59"), pd.Timestamp("2025-03-05")]
    log = [{"timestamp": day, "sender": "ann", "recipient": "bob"} for day in days]
    found = tally(a_log(log), staff)
    assert (found.log.early, found.log.rows_used) == (2, 3)
    assert found.log.early_share == pytest.approx(2 / 3)
    names = found.people
    [(a, b)] = found.ties.dyads[["a", "b"]].to_numpy()
    assert sorted(names.loc[[a, b], "department"]) == ["HR", "IT"], "ann is where she was first"
    later = tally(a_log(log), staff, since=datetime(2025, 3, 5))
    assert later.log.early == 0


@pytest.mark.parametrize(
    ("starts", "begins"),
    [
        (["2024-01-01", "2025-03-05"], "2024-01-01"),
        ([None, None, "2025-03-05"], None),  # most were always there
        ([None, None], None),
    ],
)
def test_a_roster_begins_where_most_people_do(starts, begins):
    rows = [(f"p{at}", "HR", day) for at, day in enumerate(starts)]
    staff = read_roster(pd.DataFrame(rows, columns=["person", "department", "effective_from"]))
    assert staff.begins == (begins and pd.Timestamp(begins))
