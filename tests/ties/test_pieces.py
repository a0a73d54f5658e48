"""Pieces of a log hold whole people and all of their rows, and what each person sent is added up on the way."""

import duckdb
import numpy as np
import pandas as pd
import pytest

from silos.engines.duck import Duck
from silos.ties import pieces

PEOPLE, LIMIT = 40, 20


@pytest.fixture
def engine():
    made = Duck(duckdb.connect())
    yield made
    made.close()


def messages(rows, seed=1):
    """Made-up messages, of which few people have most, some have broadcasts alone, and some are of meetings."""
    rng = np.random.default_rng(seed)
    a = (PEOPLE * rng.random(rows) ** 3).astype(np.int64)
    return {
        "medium": rng.integers(0, 3, rows).astype(np.int32),
        "a": a.astype(np.int32),
        "b": rng.integers(a + 1, PEOPLE + 1).astype(np.int32),
        "by_a": rng.random(rows) < 0.5,
        "people": np.where((a == 7) | (rng.random(rows) < 0.1), 50, rng.integers(1, 5, rows)).astype(np.int32),
        "weight": rng.choice([1.0, 0.25], rows),
        "event": np.arange(rows),
        "thread": rng.integers(0, 2**61, rows),
        "moment": np.datetime64("1969-12-20T23:59:59", "us") + rng.integers(0, 10**13, rows),
        "sent": rng.random(rows) < 0.8,
    }


@pytest.mark.parametrize(("part", "piece"), [(10**6, 10**6), (10**6, 50), (900, 50), (100, 7)])
def test_pieces_hold_whole_people_and_all_of_their_rows(engine, monkeypatch, part, piece):
    monkeypatch.setattr(pieces, "PART", part)
    monkeypatch.setattr(pieces, "PIECE", piece)
    given = messages(3_000)
    engine.keep("messages", given)
    log = pieces.Log(PEOPLE + 1, LIMIT, clocked=[0, 2], threaded=[], parts=1, last=0)
    sent = pieces.Sent.none(log.people)
    found = [pd.DataFrame(rows) for rows in pieces.pieces(engine, log, sent)]
    people = [set(rows["a"]) for rows in found]
    assert sum(map(len, people)) == len(set.union(*people))
    assert piece > 3_000 or len(found) > 10

    rows = pd.DataFrame(given)[given["sent"]]
    rows["share"] = np.round(rows["weight"] / rows["people"] * pieces.PARTS)
    few = rows[rows["people"] <= LIMIT].sort_values("thread", ignore_index=True)
    together = pd.concat(found).sort_values("thread", ignore_index=True)
    for name in ("a", "b", "medium", "by_a", "weight", "share"):
        assert (together[name] == few[name]).all(), name
    assert (together["moment"] == few["moment"].astype("datetime64[us]").astype(np.int64)).all()

    rows["sender"] = rows["a"].where(rows["by_a"], rows["b"])
    tables = sent.tables()
    direct = rows["share"].where(rows["people"] <= LIMIT, 0).groupby(rows["sender"]).sum() / pieces.PARTS
    assert dict(zip(tables["outgoing"]["sender"], tables["outgoing"]["direct"], strict=True)) == direct.to_dict()
    clocked = rows[rows["medium"].isin([0, 2])]
    keys = [clocked["sender"], clocked["moment"].dt.hour, clocked["moment"].dt.day_of_week >= 5]
    hours = pd.DataFrame(tables["hours"]).set_index(["sender", "hour", "weekend"])["messages"]
    assert hours.to_dict() == (clocked["share"].groupby(keys).sum() / pieces.PARTS).to_dict()


def test_a_log_without_messages_has_one_piece_without_rows(engine):
    engine.keep("messages", {name: values[:0] for name, values in messages(1).items()})
    log = pieces.Log(PEOPLE, LIMIT, clocked=[], threaded=[], parts=1, last=0)
    [rows] = pieces.pieces(engine, log, pieces.Sent.none(log.people))
    assert rows.keys() == pieces.KEPT.keys()
    assert not any(map(len, rows.values()))
