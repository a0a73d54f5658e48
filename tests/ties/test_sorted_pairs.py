"""Counting by sorting yields what the SQL does: on logs that are made up, on the sample, and in whatever parts."""

from dataclasses import fields
from datetime import datetime, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import silos
from silos.errors import SilosError
from silos.ties import count, pieces, sorted_pairs, sorting
from tests.conftest import a_log, a_roster
from tests.support.places import SAMPLE

PEOPLE = {f"p{number}": "ABC"[number % 3] for number in range(7)}
NAMES = st.sampled_from([*PEOPLE, "stranger@elsewhere"])
#: Around the end of an era of 62 weeks, and far from it on both sides of 1970.
DAYS = st.one_of(
    st.just(datetime(2025, 3, 3)),
    st.datetimes(datetime(2024, 12, 1), datetime(2025, 4, 1)),
    st.datetimes(datetime(1965, 1, 1), datetime(2031, 1, 1)),
)
SECONDS = st.sampled_from([0, 1, 1, 60, 9_999, 10_004, 99_995, 259_200, 259_201, 604_760, 604_800, 604_801])
ROW = st.fixed_dictionaries(
    {
        "sender": NAMES,
        "recipient": NAMES,
        "after": SECONDS,
        "part": st.sampled_from([0, 0, 0, 0.5]),
        "timed": st.sampled_from([True, True, True, False]),
        "medium": st.sampled_from(["email", "chat", None]),
        "event": st.sampled_from([None, None, "e1", "e2", "e3"]),
        "thread": st.sampled_from([None, "t1", "t1", "t2"]),
        "kind": st.sampled_from([None, None, None, "meeting", "contact", "reaction"]),
        "recipients": st.sampled_from([None, None, 1, 2, 30]),
        "weight": st.sampled_from([1.0, 1.0, 0.25, 7.5]),
    }
)


def log(rows, start, *, timed=False):
    """Rows one after the other, some seconds later each, some without a time unless all are `timed`."""
    moment, table = start, []
    for row in rows:
        moment += timedelta(seconds=row["after"] + row["part"])
        table.append({**row, "timestamp": moment if timed or row["timed"] else None})
    return a_log(table)


def grouped(interactions, roster, **options):
    """The count of the SQL alone, as on a cluster."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(count, "Duck", type("NoEngine", (), {}))
        return count.tally(interactions, roster, **options)


def tables(tally):
    """All tables of a tally, in an order of their own."""
    found = {"arcs": tally.ties.arcs, "dyads": tally.ties.dyads, "turns": tally.turns, "weekly": tally.weekly}
    found |= {"hours": tally.rhythm.hours, "minutes": tally.rhythm.minutes}
    found |= {name: getattr(tally.dialogue, name) for name in ("waits", "sent", "wrote")}
    for start, ties in tally.windows.items():
        found |= {f"arcs {start}": ties.arcs, f"dyads {start}": ties.dyads}
    for setting, ties in tally.variants.items():
        found |= {f"arcs, {setting}": ties.arcs, f"dyads, {setting}": ties.dyads}
    return found


def assert_same(one, other):
    first, second = tables(one), tables(other)
    assert first.keys() == second.keys()
    for name, table in first.items():
        pd.testing.assert_frame_equal(table, second[name], check_dtype=False, check_exact=False, rtol=1e-12, obj=name)
    for field in fields(one.log):
        assert getattr(one.log, field.name) == getattr(other.log, field.name), field.name
    assert one.dialogue.unknown == other.dialogue.unknown


LOGS = (st.lists(ROW, min_size=1, max_size=60), DAYS, st.booleans(), st.booleans())


def assert_counted_alike(rows, start, timed, by_week):
    roster, options = a_roster(PEOPLE), {"max_recipients": 3, "vary": True, "whatever_is_lost": True}
    options["by_week"] = by_week
    try:
        expected = grouped(log(rows, start, timed=timed), roster, **options)
    except SilosError as refused:
        with pytest.raises(type(refused)):
            count.tally(log(rows, start, timed=timed), roster, **options)
        return
    assert_same(count.tally(log(rows, start, timed=timed), roster, **options), expected)


@given(*LOGS)
@settings(max_examples=6)
def test_sorting_yields_what_grouping_does(rows, start, timed, by_week):
    assert_counted_alike(rows, start, timed, by_week)


@pytest.mark.long
@given(*LOGS)
@settings(max_examples=200)
def test_sorting_yields_what_grouping_does_on_many_logs(rows, start, timed, by_week):
    assert_counted_alike(rows, start, timed, by_week)


@pytest.fixture(scope="module")
def sample():
    return silos.read_interactions(SAMPLE / "interactions.csv"), silos.read_roster(SAMPLE / "roster.csv")


@pytest.fixture(scope="module")
def of_the_sql(sample):
    return grouped(*sample, window="month", vary=True)


@pytest.mark.parametrize("part", [10**9, 10_000, 3_000], ids=["at once", "from all rows", "from their files"])
def test_the_sample_is_counted_alike_in_any_parts(sample, of_the_sql, part, monkeypatch):
    monkeypatch.setattr(pieces, "PART", part)
    monkeypatch.setattr(pieces, "PIECE", 1 + part // 7)
    monkeypatch.setattr(sorted_pairs, "SLICE", 4 * part)
    assert_same(count.tally(*sample, window="month", vary=True), of_the_sql)


@pytest.mark.parametrize("high", [3, 2**30, 2**62])
def test_rows_are_sorted_whether_or_not_they_fit_into_one_number(high):
    rng = np.random.default_rng(high)
    columns = {name: rng.integers(-high, high, 500) for name in ("a", "b", "second")}
    found = pd.DataFrame(sorting.in_order_of(columns))
    expected = pd.DataFrame(columns).sort_values(["a", "b", "second"], ignore_index=True)
    pd.testing.assert_frame_equal(found[["a", "b", "second"]], expected)


def test_threads_that_share_the_bits_of_a_key_are_told_apart():
    threads = np.array([5, 5 + 2**61, 5, 5 + 2**61, 7, 5])
    rows = {name: np.array([0, 0, 0, 0, 2**20, 0]) for name in ("a", "b", "medium")} | {"thread": threads}
    found, starts = sorted_pairs._in_threads(rows)
    assert list(zip(found["a"][starts], found["thread"][starts], strict=True)) == [
        (0, 5),
        (0, 5 + 2**61),
        (2**20, 7),
    ]
