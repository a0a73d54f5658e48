"""How pairs take turns: the steps of `turn_taking.sql` by hand, and all of them against a plain loop in Python."""

from datetime import datetime, timedelta
from itertools import pairwise

import duckdb
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from silos.errors import EmptyError
from silos.readers import read_interactions
from silos.readers.roster import read_roster
from silos.simulate import organisation
from silos.ties.count import tally
from silos.ties.definitions import MESSAGES
from silos.ties.definitions import TURN_GAP as GAP
from silos.ties.steps import statements
from tests.conftest import a_log, a_roster

PEOPLE = {"ann": "HR", "bob": "IT", "cleo": "IT", "dan": "Law"}
MONDAY = datetime(2025, 1, 6, 9)
HOUR = 3600

on_every_engine = pytest.mark.usefixtures("engine")


def said(*turns, first="ann", second="bob", **more):
    """Messages as (who, seconds from Monday): "A" is the first of the two, "B" the second."""
    ends = {"A": (first, second), "B": (second, first)}
    return [
        {"sender": ends[who][0], "recipient": ends[who][1], "timestamp": MONDAY + timedelta(seconds=second_)} | more
        for who, second_ in turns
    ]


def counted(log, first="ann", second="bob"):
    """What was counted of a pair, by column; None where there is no row."""
    found = tally(a_log(log), a_roster(PEOPLE))
    names = found.people["person"].tolist()
    a, b = names.index(first), names.index(second)
    table = found.turns
    rows = table[(table["a"] == a) & (table["b"] == b)]
    return (
        None if rows.empty else rows.iloc[0][["answers", "continued", "openings", "sessions_a", "sessions_b"]].tolist()
    )


@on_every_engine
@pytest.mark.parametrize(
    ("turns", "expected"),
    [
        # an answer, and that is the end of it
        ([("A", 0), ("B", HOUR)], [1, 0, 1, 0, 0]),
        # request, acknowledgement, done: three messages, two voices, no dialogue
        ([("A", 0), ("B", 60), ("B", HOUR)], [1, 0, 1, 0, 0]),
        # a dialogue that a opened: both later messages answer, the first answer is continued
        ([("A", 0), ("B", HOUR), ("A", 2 * HOUR)], [2, 1, 1, 1, 0]),
        # the same, opened by b
        ([("B", 0), ("A", HOUR), ("B", 2 * HOUR)], [2, 1, 1, 0, 1]),
        # an answer counts up to 72 hours, and one second later it opens a session of its own
        ([("A", 0), ("B", GAP)], [1, 0, 1, 0, 0]),
        ([("A", 0), ("B", GAP + 1)], [0, 0, 2, 0, 0]),
        # reminders are turns of one
        ([("A", 0), ("A", HOUR), ("A", 2 * HOUR)], [0, 0, 1, 0, 0]),
        # who comes back too late continues nothing, and no session has three turns
        ([("A", 0), ("B", HOUR), ("A", HOUR + GAP + 1)], [1, 0, 2, 0, 0]),
    ],
)
def test_turns_of_one_pair(turns, expected):
    assert counted(said(*turns)) == expected


@on_every_engine
def test_days_are_no_times_and_meetings_are_no_turns():
    days = [row | {"timestamp": MONDAY.replace(hour=0)} for row in said(("A", 0), ("B", 0))]
    met = said(("A", 0), ("B", HOUR), kind="meeting", event="m", medium="meeting")
    assert counted(days) is None
    assert counted(met) is None
    assert counted(days + met + said(("A", 0), ("B", HOUR), medium="chat")) == [1, 0, 1, 0, 0]


def test_a_log_without_threads_is_graded_by_turns_if_it_knows_the_time_of_day():
    bare = said(("A", 0), ("B", HOUR))
    assert tally(a_log(bare), a_roster(PEOPLE)).log.evidence == "turn-taking"
    days = [row | {"timestamp": MONDAY.replace(hour=0) + timedelta(days=k)} for k, row in enumerate(bare)]
    assert tally(a_log(days), a_roster(PEOPLE)).log.evidence == "reciprocated"
    late = said(("A", 0), ("B", GAP + 1))
    assert tally(a_log(late), a_roster(PEOPLE)).log.evidence == "reciprocated"


def plain_count(log):
    """The definitions once more, one pair and one message at a time."""
    pairs = {}
    for row in log:
        if row["sender"] != row["recipient"]:
            a, b = sorted((row["sender"], row["recipient"]))
            second = round((row["timestamp"] - MONDAY).total_seconds())
            pairs.setdefault((a, b), []).append((second, 0 if row["sender"] == a else 1))
    result = {}
    for pair, messages in pairs.items():
        messages.sort()
        sessions = [[messages[0]]]
        for one, other in pairwise(messages):
            sessions.append([other]) if other[0] - one[0] > GAP else sessions[-1].append(other)
        answers = continued = 0
        opened = [0, 0]
        for session in sessions:
            sides = [side for _, side in session]
            answers += sum(one != other for one, other in pairwise(sides))
            continued += sum(x != y and y != z for x, y, z in zip(sides, sides[1:], sides[2:], strict=False))
            firsts, lasts = ({side: f(t for t, s in session if s == side) for side in set(sides)} for f in (min, max))
            if len(firsts) == 2:
                opener = 0 if firsts[0] <= firsts[1] else 1
                # whoever opened wrote again, later than the other's first
                opened[opener] += lasts[opener] > firsts[1 - opener]
        result[pair] = [answers, continued, len(sessions), *opened]
    return result


@st.composite
def logs(draw):
    # Minutes and days apart, and some at the same second.
    steps = st.sampled_from([0, 1, 60, HOUR, 20 * HOUR, GAP - 1, GAP, GAP + 1, 9 * 24 * HOUR])
    second, log = 0, []
    for _ in range(draw(st.integers(1, 40))):
        second += draw(steps)
        pair = draw(st.sampled_from([("ann", "bob"), ("ann", "bob"), ("bob", "cleo"), ("cleo", "dan")]))
        sender, recipient = pair if draw(st.booleans()) else pair[::-1]
        log.append({"sender": sender, "recipient": recipient, "timestamp": MONDAY + timedelta(seconds=second)})
    return log


def assert_as_a_plain_loop(log):
    try:
        found = tally(a_log(log), a_roster(PEOPLE))
    except EmptyError:
        return
    names = found.people["person"]
    table = found.turns
    got = {
        (names[row.a], names[row.b]): [row.answers, row.continued, row.openings, row.sessions_a, row.sessions_b]
        for row in table.itertuples()
    }
    assert got == plain_count(log)
    assert np.all(table["a"] < table["b"])
    assert np.all(table["continued"] <= table["answers"])


@settings(max_examples=80)
@given(logs())
@pytest.mark.long
def test_the_sql_counts_as_a_plain_loop_does(log):
    assert_as_a_plain_loop(log)


@on_every_engine
def test_a_longer_log_is_counted_as_a_plain_loop_does():
    choose = np.random.default_rng(1)
    second, log = 0, []
    for _ in range(400):
        second += int(choose.exponential(6 * HOUR)) + 1
        sender, recipient = choose.choice(list(PEOPLE), 2, replace=False)
        log.append(
            {"sender": str(sender), "recipient": str(recipient), "timestamp": MONDAY + timedelta(seconds=second)}
        )
    assert_as_a_plain_loop(log)


def test_gap_of_the_sql_is_that_of_the_package():
    text = " ".join(query for _, _, query in statements("turn_taking.sql"))
    assert text.count(str(GAP)) == 3
    assert GAP == 72 * HOUR


#: The prototype on which the thresholds were found: another query for the same three counts.
PROTOTYPE = """
with m as (select a, b, by_a, second,
    second - lag(second) over w as since, by_a <> lag(by_a) over w as turned,
    lead(second) over w - second as until, by_a <> lead(by_a) over w as turns
  from sent window w as (partition by a, b order by second, by_a))
select a, b,
  sum(case when turned and since <= 259200 then 1 else 0 end) as answers,
  sum(case when turned and since <= 259200 and turns and until <= 259200 then 1 else 0 end) as continued,
  sum(case when since is null or since > 259200 then 1 else 0 end) as openings
from m group by a, b order by a, b
"""


def test_a_simulated_company_is_counted_as_by_the_prototype():
    made = organisation(80, 9, 4, rhythm={"reply_hours": 4.0}, seed=1)
    log = made.interactions[lambda rows: (rows["kind"] != "meeting") & (rows["recipients"] == 1)]
    counted_by_us = tally(read_interactions(log), read_roster(made.roster))
    people = pd.Series(range(len(counted_by_us.people)), index=counted_by_us.people["person"])
    ids = pd.concat([people, people.set_axis(made.roster.set_index("person").loc[people.index, "aliases"])])
    ends = pd.DataFrame({"one": log["sender"].map(ids), "other": log["recipient"].map(ids), "moment": log["timestamp"]})
    # Two messages of a pair in one second stand in an order that nobody knows.
    ends = ends.dropna().query("one != other").drop_duplicates(["one", "other", "moment"])
    sent = pd.DataFrame(
        {
            "a": ends[["one", "other"]].min(axis=1).astype(int),
            "b": ends[["one", "other"]].max(axis=1).astype(int),
            "by_a": ends["one"] < ends["other"],
            "second": (ends["moment"] - MONDAY) // pd.Timedelta(seconds=1),
        }
    )
    with duckdb.connect() as connection:
        connection.register("sent", sent)
        expected = connection.sql(PROTOTYPE).df().astype(int)
    assert len(expected) > 300
    together = sent.duplicated(["a", "b", "second"], keep=False)
    clear = ~expected.set_index(["a", "b"]).index.isin(sent[together].set_index(["a", "b"]).index)
    found = counted_by_us.turns[list(expected.columns)].astype(int)
    pd.testing.assert_frame_equal(found[clear].reset_index(drop=True), expected[clear].reset_index(drop=True))


def test_pairs_of_a_very_large_log_are_a_sample_each_counted_whole(monkeypatch):
    made = organisation(120, 10, 6, rows=20_000, seed=3)

    def taken():
        return tally(read_interactions(made.interactions), read_roster(made.roster)).turns

    every = taken()
    with monkeypatch.context() as patch:
        patch.setattr(
            "silos.ties.steps.statements",
            lambda file="ties.sql": (
                (name, kept, query.replace(str(MESSAGES), "4000")) for name, kept, query in statements(file)
            ),
        )
        some = taken()
    assert 0.2 < len(some) / len(every) < 0.32
    same = every.merge(some[["a", "b"]])
    pd.testing.assert_frame_equal(same, some, check_dtype=False)
    # No department loses its pairs: whatever the position in the roster, about as many are kept.
    kept = np.histogram(some["a"], 6, (0, 120))[0] / np.histogram(every["a"], 6, (0, 120))[0]
    assert kept.min() > 0.1
