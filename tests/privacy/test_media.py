"""A column of channels taken for the medium does not carry people's ids into any output or store."""

import duckdb
import pandas as pd
import pytest

import silos
from silos.analysis.findings.limits import limits
from silos.privacy.media import MOST_UNKNOWN, OTHER_MEDIUM, only_media, shown_media
from silos.store.ingest import ingest
from silos.ties.count import tally
from tests.support import identifiers
from tests.support.places import SAMPLE


@pytest.fixture(scope="module")
def log_of_channels() -> pd.DataFrame:
    """The sample's log by addresses, each row in a channel that is called after the two who talk in it."""
    roster = identifiers.people()
    address = dict(zip(roster["aliases"], roster["person"], strict=True))
    log = pd.read_csv(SAMPLE / "interactions.csv", dtype=str)
    log = log.assign(**{name: log[name].map(address) for name in ("sender", "recipient")}).dropna(
        subset=["sender", "recipient"]
    )
    pair = ["-".join(sorted(two)) for two in zip(log["sender"], log["recipient"], strict=True)]
    return log.drop(columns="medium").assign(channel=[f"dm-{one}" for one in pair])


@pytest.mark.long
def test_channels_that_hold_ids_are_one_medium_in_every_file(log_of_channels, tmp_path):
    analysis = silos.analyze(log_of_channels, SAMPLE / "roster.csv", bootstrap=20)
    analysis.report().write(tmp_path / "out")
    assert analysis.summary()["inputs"]["layers"] == [OTHER_MEDIUM]
    assert analysis.summary()["inputs"]["media_unnamed"] > 1000
    wanted = identifiers.identifiers(identifiers.people())
    held = {
        str(path): kinds for path, text in identifiers.texts(tmp_path) if (kinds := identifiers.found_in(text, wanted))
    }
    assert held == {}
    assert "Media of the log" in " ".join(limits(analysis.results))


def test_the_search_finds_what_would_be_there(log_of_channels):
    """Without the gate the channels stand in the counted ties as they are, so the test above can fail."""
    wanted = identifiers.identifiers(identifiers.people())
    assert {"id", "local part"} <= identifiers.found_in(log_of_channels["channel"].iloc[0], wanted)
    reversed_name = identifiers.people()["name"].iloc[0][::-1]
    assert identifiers.found_in(f"x {reversed_name} y", wanted) == {"reversed name"}


@pytest.mark.long
def test_a_store_with_a_key_holds_no_channel_by_its_name(log_of_channels, tmp_path):
    result = ingest(log_of_channels, tmp_path / "store", key_file=tmp_path / "key")
    assert any("media are called" in note for note in result.notes)
    wanted = identifiers.identifiers(identifiers.people())
    for path in (tmp_path / "store").rglob("*.parquet"):
        assert set(duckdb.read_parquet(str(path)).df()["medium"]) == {OTHER_MEDIUM}
        # Statistics and dictionaries stand in the bytes as they are.
        assert not any(form.encode() in path.read_bytes().lower() for form in wanted)


def test_ties_are_those_of_a_log_without_media(log_of_channels):
    roster = silos.read_roster(SAMPLE / "roster.csv")
    with_channels = tally(silos.read_interactions(log_of_channels), roster)
    without = tally(silos.read_interactions(log_of_channels.drop(columns="channel")), roster)
    assert with_channels.log.unnamed == log_of_channels["channel"].nunique()
    assert with_channels.ties.dyads["a"].tolist() == without.ties.dyads["a"].tolist()
    assert with_channels.log.rows_used == without.log.rows_used


def test_a_name_in_the_roster_is_no_medium(log_of_channels):
    roster = silos.read_roster(SAMPLE / "roster.csv")
    name = roster.people["name"].iloc[0].split()[0]
    log = log_of_channels.assign(
        channel=["email", "pigeon", name, "code review"] * (len(log_of_channels) // 4)
        + ["email"] * (len(log_of_channels) % 4)
    )
    counted = tally(silos.read_interactions(log), roster)
    assert set(counted.log.media) == {"email", "pigeon", "code review", OTHER_MEDIUM}
    asked = tally(silos.read_interactions(log), roster, log_kinds={name.lower(): "messages"})
    assert name.lower() in asked.log.media


def test_few_unknown_media_keep_their_names_and_many_do_not():
    words = ["pigeon", "heliograph", "semaphore", "drum", "smoke", "bottle", "flag", "horn", "lamp", "rider", "runner"]
    few = {*words, "yodel"}
    assert len(few) == MOST_UNKNOWN
    assert shown_media(few | {"email"}) == few | {"email"}
    assert shown_media(few | {"email", "kite"}) == {"email"}


@pytest.mark.parametrize(
    "channel",
    ["ann@acme.example", "u1042", "ann.roux", "annroux", "team annroux", "3fa85f6457174562", "x" * 25, "roux"],
)
def test_what_looks_like_an_id_or_is_one_is_no_medium(channel):
    assert shown_media([channel], ids=["ann.roux@acme.example"], names=["Ann Roux"]) == frozenset()


def test_events_of_different_channels_stay_apart():
    rows = [
        {"sender": "ann", "recipient": "bob", "event": "1", "channel": f"dm-ann@acme.example-{n}"} for n in range(3)
    ]
    log = silos.read_interactions(pd.DataFrame(rows).assign(timestamp="2025-01-06T09:00:00"))
    query = only_media(log.sources[0], ()).query
    assert log.connection.execute(
        f"select count(distinct event), count(distinct medium) from ({query})"
    ).fetchall() == [(3, 1)]


def test_a_display_shows_well_known_media_alone(log_of_channels):
    log = silos.read_interactions(log_of_channels.head(50))
    assert "@" not in log._repr_html_() + log.head().to_string()


def test_media_with_signs_that_steer_a_terminal_are_other():
    media = ["mail\x1b[41m", "pigeon\u202e", "chat", "e\u00a0mail"]
    assert shown_media(media) == {"chat", "e\u00a0mail"}
    assert shown_media(media, asked={"pigeon\u202e"}) == {"chat", "e\u00a0mail"}
