"""Whatever the tool that wrote a log, the ties are the same: `tests.support.one_company` in every export."""

import importlib.util
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import silos
from silos.tables import Ties
from silos.ties.count import Tally, tally
from silos.ties.layers import network
from tests.support import one_company
from tests.support.one_company import (
    EDGES,
    LIMIT,
    MESSAGES,
    PEOPLE,
    POSTS,
    a_mail,
    calendar,
    canonical,
    eml,
    engage,
    enron,
    exchange,
    french,
    gephi,
    gexf,
    gmail,
    graphml,
    maildir,
    mattermost,
    mbox,
    meetings_table,
    purview,
    slack,
    teams,
    written,
    zoom,
)


@pytest.fixture(scope="module")
def roster():
    return one_company.roster()


# ---- the same ties

#: What a log without threads knows of a dyad.
UNTHREADED = ("weeks", "sent_a", "sent_b", "small_meetings", "meetings")
THREADED = (*UNTHREADED, "conversations", "deep_a", "deep_b")


def read(log: Path, roster, **options) -> Tally:
    return tally(silos.read_interactions(log, **options), roster, max_recipients=LIMIT)


def dyads(ties: Ties, columns: Iterable[str]) -> dict[tuple[int, int], tuple[int, ...]]:
    chosen = ties.dyads[["a", "b", *columns]].itertuples(index=False)
    return {(a, b): tuple(map(int, rest)) for a, b, *rest in chosen}


def arcs(ties: Ties) -> dict[tuple[int, int], tuple[float, float]]:
    """Messages and volume by sender and recipient."""
    summed = ties.arcs.groupby(["sender", "recipient"])[["messages", "volume"]].sum().round(9)
    return {pair: tuple(row) for pair, row in zip(summed.index, summed.to_numpy().tolist(), strict=True)}


def assert_same(found: Tally, expected: Tally, columns: Iterable[str]) -> None:
    assert arcs(found.ties) == arcs(expected.ties)
    assert dyads(found.ties, columns) == dyads(expected.ties, columns)


@pytest.fixture(scope="module")
def talked(tmp_path_factory, roster) -> Tally:
    return read(canonical(tmp_path_factory.mktemp("canonical")), roster)


def test_the_company_is_as_the_test_means_it(talked):
    """Else two formats may agree on nothing: there are deep conversations, weeks, a broadcast, copies, strangers."""
    assert talked.log.broadcasts == len(PEOPLE) - 1
    assert talked.log.selves == 1
    assert talked.log.strangers == 1
    assert talked.log.rejected["bot"] == len(PEOPLE)
    assert talked.log.rejected["duplicate"] > 50
    ties = talked.ties.dyads
    assert len(ties) > 50
    assert (ties["weeks"] >= 3).sum() > 5
    assert (ties["deep_a"] > 0).sum() > 10
    assert talked.log.evidence == "substantive"


@pytest.mark.parametrize("write", [french, mbox, eml, maildir, enron, slack, mattermost, engage])
def test_talks_are_the_same_ties_in_every_tool(tmp_path, write: Callable[[Path], Path], roster, talked):
    assert_same(read(write(tmp_path), roster), talked, THREADED)


@pytest.mark.parametrize("write", [exchange, gmail])
def test_traces_hold_the_same_ties_without_conversations(tmp_path, write: Callable[[Path], Path], roster, talked):
    """A trace does not say what answers what: `conversations` and `deep_…` are not in it."""
    found = read(write(tmp_path), roster)
    assert_same(found, talked, UNTHREADED)
    assert found.log.evidence == "turn-taking"


@pytest.mark.parametrize("write", [slack, mattermost, engage])
def test_posts_in_channels_are_the_same_ties_in_every_chat(tmp_path, write, roster):
    """Mail has no channels: here chats alone are compared, with posts that name people and answers in threads."""
    expected = read(canonical(tmp_path, posts=POSTS), roster)
    found = read(write(tmp_path, posts=POSTS), roster)
    assert_same(found, expected, THREADED)
    assert arcs(found.ties) != arcs(read(slack(tmp_path), roster).ties)


MEETING_FORMATS = [teams, zoom, purview]
if importlib.util.find_spec("recurring_ical_events"):
    MEETING_FORMATS.append(calendar)


@pytest.mark.parametrize("write", MEETING_FORMATS)
def test_meetings_are_the_same_ties_in_every_tool(tmp_path, write: Callable[[Path], Path], roster):
    expected = read(meetings_table(tmp_path), roster)
    assert expected.log.broadcasts > 0
    assert set(expected.ties.dyads["small_meetings"]) > {0, 1}
    assert_same(read(write(tmp_path), roster), expected, THREADED)


@pytest.mark.parametrize("write", [graphml, gexf])
def test_graph_files_hold_the_same_weights(tmp_path, write: Callable[[Path], Path], roster):
    expected = read(gephi(tmp_path), roster)
    assert sum(messages for messages, _ in arcs(expected.ties).values()) == sum(EDGES.values())
    assert_same(read(write(tmp_path), roster), expected, THREADED)


# ---- several logs at once


def test_ids_of_several_tools_meet_in_one_person_and_each_medium_is_a_layer(tmp_path, roster):
    """Talks of two in Slack, the others by mail: ties are those of either, volumes are scaled, not added up."""
    chats = [message for message in MESSAGES if len(message.chat) == 2]
    rest = [message for message in MESSAGES if len(message.chat) > 2]
    posted = slack(tmp_path, chats)
    mailed = written(
        tmp_path / "box",
        b"".join(
            b"From x Mon May  6 09:00:00 2024\n" + a_mail(m.sender, m.to, m.at, f"{number}") + b"\n"
            for number, m in enumerate(rest)
        ),
    )
    alone = {"chat": read(posted, roster), "email": read(mailed, roster)}
    both = tally(silos.read_interactions([posted, mailed]), roster, max_recipients=LIMIT)

    assert both.people["person"].tolist() == sorted(roster.people.index[roster.people["kind"] == "employee"])
    assert len(both.people) == len(PEOPLE)
    assert both.log.strangers == 1
    assert set(both.log.media) == {"chat", "email"}
    for medium, one in alone.items():
        part = both.ties.arcs[both.ties.arcs["medium"] == medium]
        own = Ties(part.assign(medium=pd.Categorical(part["medium"].astype(str))), one.ties.dyads)
        assert arcs(own) == arcs(one.ties)
    pairs = {medium: set(dyads(one.ties, ("weeks",))) for medium, one in alone.items()}
    assert set(dyads(both.ties, ("weeks",))) == pairs["chat"] | pairs["email"]
    assert pairs["chat"] - pairs["email"]
    assert pairs["email"] - pairs["chat"]

    volumes = {medium: one.ties.arcs["volume"].sum() for medium, one in alone.items()}
    size = len(PEOPLE)
    expected = np.zeros((size, size))
    for medium, one in alone.items():
        weights = one.ties.arcs["volume"] / volumes[medium] * sum(volumes.values()) / 2
        np.add.at(expected, (one.ties.arcs["sender"], one.ties.arcs["recipient"]), weights)
    np.testing.assert_allclose(network(both.ties, both.people).adjacency.toarray(), expected)
