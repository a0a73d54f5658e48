"""What a tie is: every clause of `ties.sql` by hand, and all of it against a plain count in Python."""

import tempfile
from collections import defaultdict
from datetime import datetime, timedelta
from itertools import pairwise

import duckdb
import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from silos import engines
from silos.engines import duck
from silos.errors import EmptyError, MatchError, SilosError
from silos.measures.basis import department_totals, pair_totals
from silos.readers import enough_room, read_interactions
from silos.readers.roster import read_roster
from silos.ties.count import tally
from silos.ties.layers import contacts, layer
from tests.conftest import a_log, a_roster
from tests.support.places import SAMPLE

#: What is tried on every engine; as the text they run is one, the rest is tried on the quick one.
on_every_engine = pytest.mark.usefixtures("engine")

PEOPLE = {"ann": "HR", "bob": "HR", "cleo": "IT", "dan": "IT", "eve": "Law"}
MONDAY = datetime(2025, 1, 6, 9)


def rows(*parts, **common):
    return [dict(zip(("sender", "recipient"), part, strict=True)) | common for part in parts]


def volume(counted):
    arcs = counted.ties.arcs
    names = counted.people["person"]
    return {(names[row.sender], names[row.recipient], row.medium): row.volume for row in arcs.itertuples()}


def dyad(counted, first, second):
    names = list(counted.people["person"])
    a, b = sorted([names.index(first), names.index(second)])
    table = counted.ties.dyads
    found = table[(table["a"] == a) & (table["b"] == b)]
    return found.iloc[0] if len(found) else None


def test_an_event_is_shared_out_over_those_it_reached():
    counted = tally(
        a_log(rows(("ann", "bob"), ("ann", "cleo"), event="e1") + rows(("bob", "ann"), event="e2")), a_roster(PEOPLE)
    )
    assert volume(counted) == {("ann", "bob", ""): 0.5, ("ann", "cleo", ""): 0.5, ("bob", "ann", ""): 1.0}


def test_strangers_were_reached_too():
    counted = tally(a_log(rows(("ann", "bob"), ("ann", "customer@elsewhere"), event="e1")), a_roster(PEOPLE))
    assert volume(counted) == {("ann", "bob", ""): 0.5}
    assert counted.log.strangers == 1
    assert counted.log.rejected == {"not in the roster": 1}


def test_recipients_of_the_log_go_before_what_is_counted():
    counted = tally(a_log(rows(("ann", "bob"), event="e1", recipients=4)), a_roster(PEOPLE))
    assert volume(counted) == {("ann", "bob", ""): 0.25}


@pytest.mark.parametrize(("reached", "broadcast"), [(3, False), (4, True)])
def test_more_than_the_limit_is_a_broadcast_and_exactly_as_many_is_not(reached, broadcast):
    people = {f"p{number}": "HR" if number % 2 else "IT" for number in range(6)}
    log = rows(*(("p0", f"p{number}") for number in range(1, reached + 1)), event="news") + rows(("p4", "p5"))
    counted = tally(a_log(log), a_roster(people), max_recipients=3)
    assert (counted.log.broadcasts > 0) == broadcast
    assert ("p0", "p1", "") not in volume(counted) if broadcast else ("p0", "p1", "") in volume(counted)


@on_every_engine
def test_a_mass_mail_without_event_ids_is_known_by_its_instant_but_a_day_is_no_instant():
    people = {f"p{number}": "HR" if number % 2 else "IT" for number in range(6)}
    mass = rows(*(("p0", f"p{number}") for number in range(1, 6)))
    other = rows(("p4", "p5"), timestamp=MONDAY + timedelta(hours=1))
    at_nine = tally(a_log([row | {"timestamp": MONDAY} for row in mass] + other), a_roster(people), max_recipients=3)
    whole_day = tally(
        a_log([row | {"timestamp": MONDAY.replace(hour=0)} for row in mass] + other), a_roster(people), max_recipients=3
    )
    assert (at_nine.log.broadcasts, whole_day.log.broadcasts) == (5, 0)


@on_every_engine
def test_the_same_event_twice_counts_once_and_adds_up():
    counted = tally(
        a_log(rows(("ann", "bob"), ("ann", "bob"), ("ann", "ann"), event="e1") + rows(("bob", "zoe"))),
        a_roster(PEOPLE),
    )
    assert volume(counted) == {("ann", "bob", ""): 1.0}
    assert counted.log.rejected == {"duplicate": 1, "not in the roster": 1}
    assert (counted.log.rows_read, counted.log.rows_used, counted.log.selves) == (4, 1, 1)


@on_every_engine
def test_one_event_in_two_exports_of_which_one_knows_no_threads_counts_once():
    log = rows(("ann", "bob"), event="e1", thread="t1") + rows(("ann", "bob"), ("bob", "ann"), event="e1")
    counted = tally(a_log(log), a_roster(PEOPLE))
    assert volume(counted) == {("ann", "bob", ""): 1.0, ("bob", "ann", ""): 1.0}
    assert counted.log.rejected == {"duplicate": 1}


@on_every_engine
def test_who_writes_and_meets_in_one_medium_has_one_arc_of_both():
    together = rows(("ann", "bob"), event="m", kind="meeting", medium="teams")
    counted = tally(a_log(rows(("ann", "bob"), event="e", medium="teams") + together), a_roster(PEOPLE))
    assert volume(counted) == {("ann", "bob", "teams"): 1.5, ("bob", "ann", "teams"): 0.5}
    assert dyad(counted, "ann", "bob")[["sent_a", "sent_b", "meetings", "conversations"]].tolist() == [1, 1, 1, 0]


@on_every_engine
def test_organiser_rows_and_all_pairs_rows_are_the_same_meeting():
    star = rows(("ann", "bob"), ("ann", "cleo"), event="m", kind="meeting")
    every = rows(
        ("ann", "bob"), ("ann", "cleo"), ("bob", "ann"), ("bob", "cleo"), ("cleo", "ann"), ("cleo", "bob"),
        event="m", kind="meeting",
    )  # fmt: skip
    one, other = (tally(a_log(log), a_roster(PEOPLE)) for log in (star, every))
    assert volume(one) == volume(other)
    # 1/(m - 1) a pair, half of it either way.
    assert volume(one)["bob", "cleo", ""] == 0.25
    assert dyad(one, "bob", "cleo")["small_meetings"] == 1


def test_contacts_have_no_sender():
    counted = tally(a_log(rows(("ann", "bob"), ("bob", "cleo"), kind="contact")), a_roster(PEOPLE))
    assert not counted.log.directed
    assert counted.log.evidence == "volume"
    network = layer(counted, "any")
    assert (network.adjacency != network.adjacency.T).nnz == 0
    assert network.adjacency.sum() == 4


def test_a_log_in_which_nobody_ever_answers_is_a_log_of_contacts():
    counted = tally(a_log(rows(("ann", "bob"), ("ann", "cleo"), ("bob", "cleo"))), a_roster(PEOPLE))
    assert not counted.log.directed


def conversation(first, second, *, thread, week=0, turns=3, **more):
    """`turns` messages in turn, the first by `first`."""
    ends = [(first, second), (second, first)]
    return [
        {
            "sender": ends[turn % 2][0],
            "recipient": ends[turn % 2][1],
            "thread": thread,
            "event": f"{thread}/{turn}",
            "timestamp": MONDAY + timedelta(weeks=week, minutes=turn),
        }
        | more
        for turn in range(turns)
    ]


def test_a_deep_conversation_takes_two_changes_of_speaker():
    log = [
        *conversation("ann", "bob", thread="t1"),
        *conversation("bob", "ann", thread="t2", turns=2),
        *[row | {"sender": "cleo", "recipient": "dan"} for row in conversation("cleo", "dan", thread="t3", turns=4)],
    ]
    counted = tally(a_log(log), a_roster(PEOPLE))
    assert dyad(counted, "ann", "bob")[["conversations", "deep_a", "deep_b"]].tolist() == [2, 1, 0]
    assert dyad(counted, "cleo", "dan")[["conversations", "deep_a", "deep_b"]].tolist() == [1, 0, 0]


def substantive(log):
    counted = tally(a_log(log), a_roster(PEOPLE))
    network = layer(counted, "substantive")
    names = network.people.index
    return {(names[i], names[j]) for i, j in zip(*network.dyads, strict=True)}, counted


BOTH_DEEP = [
    *conversation("ann", "bob", thread="t1", week=0),
    *conversation("bob", "ann", thread="t2", week=1),
    *conversation("ann", "bob", thread="t3", week=2),
]
#: Somebody else's messages, so that the log is long enough to ask for weeks.
LONG = [row for week in range(8) for row in conversation("cleo", "dan", thread=f"x{week}", week=week, turns=1)]


def test_substantive_takes_deep_conversations_started_by_both():
    assert substantive(BOTH_DEEP + LONG)[0] == {("ann", "bob")}
    only_ann = [row for row in BOTH_DEEP if row["thread"] != "t2"] + conversation("ann", "bob", thread="t4", week=3)
    assert substantive(only_ann + LONG)[0] == set()


def test_substantive_takes_three_weeks_where_the_log_can_tell():
    within_one = [row | {"timestamp": MONDAY + timedelta(minutes=k)} for k, row in enumerate(BOTH_DEEP)]
    found, counted = substantive(within_one + LONG)
    assert (found, counted.log.waived) == (set(), ())
    found, counted = substantive(within_one)
    assert (found, counted.log.waived) == ({("ann", "bob")}, ("weeks",))


@on_every_engine
def test_substantive_takes_three_deep_conversations_in_ten():
    def with_passing(count):
        return [row for k in range(count) for row in conversation("ann", "bob", thread=f"p{k}", week=k % 8, turns=2)]

    assert substantive(BOTH_DEEP + with_passing(7) + LONG)[0] == {("ann", "bob")}
    assert substantive(BOTH_DEEP + with_passing(8) + LONG)[0] == set()


def test_a_small_meeting_is_substance_and_a_large_one_is_not():
    people = {f"p{number}": "HR" if number % 2 else "IT" for number in range(12)}

    def meetings(size):
        return [
            {"sender": "p0", "recipient": f"p{k}", "event": f"m{week}", "kind": "meeting",
             "timestamp": MONDAY + timedelta(weeks=week)}
            for week in range(5) for k in range(1, size)
        ]  # fmt: skip

    for size, ties in ((8, 28), (9, 0)):
        counted = tally(a_log(meetings(size)), a_roster(people))
        assert layer(counted, "substantive").ties == ties


def test_a_log_that_holds_one_day_a_month_waives_the_weeks():
    log = [row | {"timestamp": datetime(2025, month, 1)} for month in range(1, 9) for row in rows(("ann", "bob"))]
    assert "weeks" in tally(a_log(log), a_roster(PEOPLE)).log.waived


def test_media_weigh_the_same_whatever_their_counts():
    mail = rows(("ann", "cleo"), medium="email")
    chat = [row for _ in range(9) for row in rows(("bob", "ann"), medium="chat")]
    network = layer(tally(a_log(mail + chat), a_roster(PEOPLE)), "any")
    names = list(network.people.index)
    dense = network.combined.toarray()
    assert dense[names.index("ann"), names.index("cleo")] == dense[names.index("ann"), names.index("bob")]
    assert network.combined.sum() / 2 == pytest.approx(10)


@on_every_engine
def test_windows_count_what_is_in_them():
    log = conversation("ann", "bob", thread="t", turns=2) + conversation("ann", "cleo", thread="u", week=5, turns=2)
    counted = tally(a_log(log), a_roster(PEOPLE), window="month")
    assert [start.isoformat()[:7] for start in counted.windows] == ["2025-01", "2025-02"]
    assert [len(ties.dyads) for ties in counted.windows.values()] == [1, 1]
    assert sum(ties.arcs["messages"].sum() for ties in counted.windows.values()) == counted.ties.arcs["messages"].sum()


def test_since_is_in_and_until_is_out():
    log = [rows(("ann", "bob"), timestamp=MONDAY + timedelta(days=day))[0] for day in range(3)]
    counted = tally(a_log(log), a_roster(PEOPLE), since=MONDAY + timedelta(days=1), until=MONDAY + timedelta(days=2))
    assert (counted.log.rows_used, counted.log.rejected) == (1, {"outside the period": 2})


@on_every_engine
def test_an_empty_period_says_what_the_log_holds():
    with pytest.raises(EmptyError, match="the log runs from 2025-01-06 to 2025-01-06"):
        tally(a_log(rows(("ann", "bob"))), a_roster(PEOPLE), since=datetime(2026, 1, 1))


def test_nobody_matches():
    with pytest.raises(MatchError, match="nobody in the log is in the roster"):
        tally(a_log(rows(("x", "y"))), a_roster(PEOPLE))


def test_an_unknown_window_or_layer_is_refused():
    with pytest.raises(SilosError, match="week, month, quarter"):
        tally(a_log(rows(("ann", "bob"))), a_roster(PEOPLE), window="day")
    with pytest.raises(SilosError, match="substantive"):
        layer(tally(a_log(rows(("ann", "bob"))), a_roster(PEOPLE)), "deep")


@on_every_engine
def test_aliases_and_case_meet_in_one_person():
    roster = a_roster(PEOPLE, aliases=["A@x.org;U1", None, None, None, None])
    counted = tally(a_log(rows(("a@X.org", "Bob"), ("u1", "bob"), ("ANN", "bob"))), roster)
    assert volume(counted) == {("ann", "bob", ""): 3.0}


@on_every_engine
def test_accounts_that_are_no_employees_make_no_tie():
    roster = a_roster(PEOPLE, kind=["employee", "bot", "employee", "room", "external"])
    counted = tally(a_log(rows(("ann", "bob"), ("ann", "cleo"), ("ann", "dan"), ("ann", "eve"))), roster)
    assert volume(counted) == {("ann", "cleo", ""): 1.0}
    assert counted.log.rejected == {"bot": 1, "external": 1, "room": 1}


def test_lines_that_two_looks_refuse_are_all_counted(tmp_path):
    lines = ["timestamp,sender,recipient", "2025-01-06T09:00:00Z,ann,bob", "2025-01-06T09:00:00Z,ann,cleo,more,more"]
    file = tmp_path / "log.csv"
    file.write_text("\n".join([*lines, '2025-01-06T09:00:00Z,"ann,bob', "2025-01-06T09:00:00Z,bob,cleo"]) + "\n")
    interactions = read_interactions(file)
    dropped = sum(source.rejected.get("unreadable", 0) for source in interactions.sources)
    counted = tally(interactions, a_roster(PEOPLE))
    assert dropped
    assert counted.log.rejected == {"unreadable": dropped + len(counted.log.problems)}
    assert counted.log.rows_read == 2 + dropped + len(counted.log.problems)


def plain_count(log, people, limit):
    """The definitions once more, one row at a time."""
    events = defaultdict(dict)
    for number, row in enumerate(log):
        if row["sender"] != row["recipient"]:
            key = (row["medium"], row["event"]) if row["event"] else ("", f"row {number}")
            events[key].setdefault((row["sender"], row["recipient"]), row)
    arcs, weeks, talks = defaultdict(float), defaultdict(set), defaultdict(list)
    for rows_of_event in events.values():
        for (sender, recipient), row in rows_of_event.items():
            reached = len({other for one, other in rows_of_event if one == sender})
            if sender not in people or recipient not in people or reached > limit:
                continue
            arcs[sender, recipient, row["medium"]] += 1 / reached
            pair = tuple(sorted((sender, recipient)))
            weeks[pair].add(row["timestamp"].isocalendar()[:2])
            if row["thread"] or row["event"]:
                talk = row["thread"] or (row["event"], sender)
                talks[pair, row["medium"], talk].append((row["timestamp"], sender))
    threaded = {
        row["medium"]
        for rows_of_event in events.values()
        for (sender, recipient), row in rows_of_event.items()
        if row["thread"] and sender in people and recipient in people
    }
    conversations, deep = defaultdict(int), defaultdict(int)
    for (pair, medium, _), turns in talks.items():
        if medium in threaded:
            conversations[pair] += 1
            _, opener = min(turns, key=lambda turn: (turn[0], turn[1] != pair[0]))
            # Who opened it wrote again only if that was after the answer, not at the same instant.
            said = sorted(turns, key=lambda turn: (turn[0], turn[1] != opener))
            changes = sum(one[1] != other[1] for one, other in pairwise(said))
            if changes >= 2:
                deep[pair, opener] += 1
    return arcs, weeks, conversations, deep


@st.composite
def logs(draw):
    names = [*PEOPLE, "stranger"]
    count = draw(st.integers(1, 25))
    # Some weeks, or some years: conversations that go on longer than a number has bits for weeks.
    apart = draw(st.sampled_from([1, 60]))
    return [
        {
            "sender": draw(st.sampled_from(names)),
            "recipient": draw(st.sampled_from(names)),
            "medium": draw(st.sampled_from(["email", "chat"])),
            "event": draw(st.sampled_from([None, "e1", "e2", "e3", "e4"])),
            "thread": draw(st.sampled_from([None, "t1", "t2"])),
            "timestamp": MONDAY + timedelta(hours=apart * draw(st.integers(0, 400)), seconds=number),
        }
        for number in range(count)
    ]


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(log=logs(), limit=st.integers(1, 4))
@pytest.mark.long
def test_the_sql_counts_as_a_plain_loop_does(log, limit):
    assert_as_a_plain_loop(log, limit)


@pytest.mark.parametrize(("first", "second"), [("cleo", "dan"), ("dan", "cleo")])
def test_a_second_message_at_the_instant_of_the_answer_is_no_turn_whoever_opened(first, second):
    opened = rows((first, second), event="e1", timestamp=MONDAY)
    at_once = rows((first, second), (second, first), event="e2", timestamp=MONDAY + timedelta(seconds=1))
    log = [row | {"medium": "chat", "thread": "t1"} for row in opened + at_once]
    assert not dyad(tally(a_log(log), a_roster(PEOPLE)), first, second)[["deep_a", "deep_b"]].any()
    assert_as_a_plain_loop(log, 1)


@on_every_engine
@pytest.mark.parametrize("hours", [2_000, 40_000])
def test_a_longer_log_is_counted_as_a_plain_loop_does(hours):
    choose = np.random.default_rng(0)
    names = [*PEOPLE, "stranger"]
    log = [
        {
            "sender": str(choose.choice(names)),
            "recipient": str(choose.choice(names)),
            "medium": str(choose.choice(["email", "chat"])),
            "event": choose.choice([None, *(f"e{event}" for event in range(80))]),
            "thread": choose.choice([None, "t1", "t2", "t3", "t4"]),
            "timestamp": MONDAY + timedelta(hours=int(choose.integers(0, hours)), seconds=number),
        }
        for number in range(300)
    ]
    assert_as_a_plain_loop(log, 3)


def assert_as_a_plain_loop(log, limit):
    # An event carries one thread and one time, as in any real log.
    first = {}
    for row in log:
        if row["event"]:
            kept = first.setdefault((row["medium"], row["event"]), row)
            row["thread"], row["timestamp"] = kept["thread"], kept["timestamp"]
    arcs, weeks, conversations, deep = plain_count(log, PEOPLE, limit)
    table = pd.DataFrame(log).assign(event=lambda rows: rows["event"].astype(object))
    try:
        counted = tally(a_log(table.to_dict("records")), a_roster(PEOPLE), max_recipients=limit)
    except (EmptyError, MatchError):
        assert not arcs
        return
    assert volume(counted) == pytest.approx(arcs, abs=1e-8)
    names = counted.people["person"]
    found = counted.ties.dyads
    pairs = [(names[a], names[b]) for a, b in zip(found["a"], found["b"], strict=True)]
    assert dict(zip(pairs, found["weeks"], strict=True)) == {pair: len(seen) for pair, seen in weeks.items()}
    assert found["conversations"].tolist() == [conversations[pair] for pair in pairs]
    assert found["deep_a"].tolist() == [deep[pair, pair[0]] for pair in pairs]
    assert found["deep_b"].tolist() == [deep[pair, pair[1]] for pair in pairs]
    assert counted.log.rows_read == len(log)
    assert counted.log.rows_used + counted.log.broadcasts + counted.log.selves + sum(
        counted.log.rejected.values()
    ) == len(log)
    assert np.all(found["a"] < found["b"])


@pytest.mark.parametrize("name", ["any", "two-way", "reciprocated", "substantive"])
def test_contacts_of_a_layer_are_those_of_its_network(name):
    counted = tally(
        read_interactions(SAMPLE / "interactions.csv"), read_roster(SAMPLE / "roster.csv"), vary=name == "substantive"
    )
    for ties in (counted.ties, *counted.variants.values()):
        for weeks in (1, 3):
            network, pairs = (each(counted, name, ties=ties, weeks=weeks) for each in (layer, contacts))
            assert len(pairs[0]) > 100
            assert set(zip(*pairs, strict=True)) == set(zip(*network.dyads, strict=True))
            np.testing.assert_array_equal(
                pair_totals(network.membership, len(network.departments), *pairs),
                department_totals(network, network.contacts),
            )


def test_what_is_kept_on_disk_counts_the_same_and_leaves_nothing(tmp_path, monkeypatch):
    staff = read_roster(SAMPLE / "roster.csv")

    def counted(limit):
        monkeypatch.setattr(engines, "LARGE", limit)
        monkeypatch.setattr(duck, "AT_A_TIME", 5_000)
        log = read_interactions([SAMPLE / "interactions.csv", SAMPLE / "affiliations.csv"])
        assert log.size > 100_000
        return tally(log, staff, window="month", vary=True)

    there = counted(2**60)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    seen = []
    original = duck.Duck.drop
    monkeypatch.setattr(
        duck.Duck,
        "drop",
        lambda engine, names: (seen.extend(tmp_path.rglob("coded.db")), original(engine, names)),
    )
    here = counted(0)
    assert seen
    assert not list(tmp_path.rglob("*"))
    mine, settings = duckdb.connect(), "select name, value from duckdb_settings()"
    before = mine.execute(settings).fetchall()
    engine = engines.engine_on(mine, size=1)
    during = mine.execute(settings).fetchall()
    engine.close()
    assert before == during == mine.execute(settings).fetchall()
    assert here.windows.keys() == there.windows.keys()
    assert here.variants.keys() == there.variants.keys()
    for one, other in (
        (here.ties, there.ties),
        *zip(here.windows.values(), there.windows.values(), strict=True),
        *zip(here.variants.values(), there.variants.values(), strict=True),
    ):
        pd.testing.assert_frame_equal(one.dyads, other.dyads)
        pd.testing.assert_frame_equal(one.arcs, other.arcs)
    pd.testing.assert_frame_equal(here.dialogue.waits, there.dialogue.waits)
    pd.testing.assert_frame_equal(here.memberships.table, there.memberships.table)


def test_a_full_disk_is_said_to_be_full():
    # As DuckDB puts it; a disk that is really full would be in the way of all other tests.
    full = 'IO Error: Could not write file "spill/duckdb_temp_storage": No space left on device'
    with pytest.raises(SilosError, match="not enough memory, nor room on the disk"), enough_room():
        raise duckdb.IOException(full)
    with pytest.raises(duckdb.IOException, match="not found"), enough_room():
        raise duckdb.IOException("file not found")


def test_many_rows_to_one_person_at_one_instant_are_no_broadcast():
    """A chat log with times rounded to the hour; the same many rows to as many people are one mail to all."""
    people = {f"p{at:02d}": "AB"[at % 2] for at in range(24)}
    hour = {"timestamp": "2025-01-08T10:00", "sender": "p00"}
    to_one = tally(a_log([{**hour, "recipient": "p01"}] * 30), a_roster(people))
    assert (to_one.log.broadcasts, to_one.log.rows_used) == (0, 30)
    rows = [{**hour, "recipient": f"p{at:02d}"} for at in range(1, 24)]
    to_many = tally(a_log([*rows, {**hour, "sender": "p01", "recipient": "p02"}]), a_roster(people))
    assert (to_many.log.broadcasts, to_many.log.rows_used) == (23, 1)


def test_a_stray_day_does_not_make_a_log_one_that_knows_no_weeks():
    rows = [
        {"timestamp": f"2025-{month:02d}-{day:02d}T09:00", "sender": "ann", "recipient": "bob"}
        for month in (1, 2) for day in (6, 13, 20, 27)
    ]  # fmt: skip
    people = {"ann": "HR", "bob": "IT"}
    assert "weeks" not in tally(a_log(rows), a_roster(people)).log.waived
    stray = {"timestamp": "1970-01-01T00:00", "sender": "ann", "recipient": "bob"}
    assert "weeks" not in tally(a_log([*rows, stray]), a_roster(people)).log.waived
    monthly = [{**rows[0], "timestamp": f"2025-{month:02d}-01T09:00"} for month in range(1, 9)]
    assert "weeks" in tally(a_log(monthly), a_roster(people)).log.waived


def test_a_log_in_which_one_side_alone_is_known_is_told_so():
    rows = [{"timestamp": f"2025-01-{day:02d}", "sender": "ann", "recipient": f"emp{day}"} for day in range(6, 20)]
    with pytest.raises(EmptyError, match=r"between two people of the roster \(not in the roster: 14\)"):
        tally(a_log(rows), a_roster({"ann": "HR", "bob": "IT"}))
