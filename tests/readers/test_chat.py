"""Exports of chat tools: who reached whom, what is left out and counted, and that no text ever comes out."""

import json
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from silos.errors import SilosError
from silos.readers import read_interactions, scanning, unreadable
from silos.readers.formats.engage import ENGAGE
from silos.readers.formats.mattermost import MATTERMOST
from silos.readers.formats.slack.reader import SLACK
from silos.tables import AFFILIATION_FIELDS, Interactions, Source
from tests.support.chat_exports import (
    ANN,
    BOB,
    CLEO,
    DM,
    ENGAGE_EXPECTED,
    GENERAL,
    HEADINGS,
    MATTERMOST_LINES,
    MATTERMOST_PAIRS,
    MATTERMOST_REJECTED,
    PEOPLE,
    PRIVATE,
    SECRET,
    SLACK_FILES,
    SLACK_POSTS,
    SLACK_REJECTED,
    SLACK_ROWS,
    START,
    A,
    B,
    C,
    account,
    as_csv,
    as_folder,
    as_lines,
    as_zip,
    engage_files,
    engaged,
    post,
    said,
    stamp,
)
from tests.support.damage import Outcomes

CHAT = (SLACK, MATTERMOST, ENGAGE)


def interactions_of(read: Interactions) -> list[tuple]:
    """(sender, recipient, kind, event, recipients, minutes since START), each once, ordered."""
    query = f"select distinct sender, recipient, kind, event, recipients, timestamp from ({read.query}) order by all"
    with scanning(read):
        rows = read.connection.execute(query).fetchall()
    return [(*row[:5], row[5] if row[5] is None else (row[5] - START).total_seconds() / 60) for row in rows]


def pairs(read: Interactions, *kinds: str) -> set[tuple]:
    return {(a, b, kind) for a, b, kind, *_ in interactions_of(read) if not kinds or kind in kinds}


def posts(source: Source, read: Interactions) -> list[tuple]:
    query = f"select person, community, posts from ({source.affiliations}) order by all"
    return read.connection.execute(query).fetchall()


def everything_said(read: Interactions) -> str:
    """All that the readers let out."""
    said: list[object] = []
    for source in read.sources:
        said += [source.name, source.columns, source.rejected, source.problems, source.notes]
        said += read.connection.execute(source.query).fetchall()
        if source.affiliations:
            said += read.connection.execute(source.affiliations).fetchall()
            described = read.connection.execute(f"describe {source.affiliations}").fetchall()
            assert [(name, kind.lower()) for name, kind, *_ in described] == list(AFFILIATION_FIELDS.items())
    return repr(said + list(unreadable(read)))


# ---- Slack


@pytest.mark.parametrize("write", [as_zip, as_folder])
@pytest.mark.parametrize("top", ["", "acme export/"])
def test_a_slack_export_gives_exactly_these_rows(tmp_path, write, top):
    clutter = {f"{top}.DS_Store": b"\0\1", f"__MACOSX/{top}._users.json": b"\0\5"}
    read = read_interactions(
        write(tmp_path / "export.zip", {**{top + k: v for k, v in SLACK_FILES.items()}, **clutter})
    )
    [source] = read.sources
    assert source.format == "slack"
    assert set(interactions_of(read)) == SLACK_ROWS
    assert source.rejected == SLACK_REJECTED
    assert sorted(posts(source, read)) == sorted(SLACK_POSTS)
    assert SECRET not in everything_said(read)
    media = read.connection.execute(f"select distinct kind, medium from ({read.query}) order by all").fetchall()
    assert dict(media) == {"direct": "chat", "group": "chat", "meeting": "meeting", "mention": "chat"} | dict.fromkeys(
        ("reaction", "reply"), "chat"
    )


def names(read: Interactions) -> set[tuple]:
    """How communities may be called."""
    return set(read.connection.execute(f"select distinct community, name from ({read.affiliations})").fetchall())


def test_only_public_channels_of_slack_have_a_name(tmp_path):
    read = read_interactions(as_zip(tmp_path / "export.zip", SLACK_FILES))
    assert names(read) == {(GENERAL, "general"), (PRIVATE, None), ("FC:F00000001", None)}
    hidden = [{"id": GENERAL, "name": "general", "is_private": True}, {"id": "C00000002", "name": "No Name"}]
    files = {"channels.json": hidden, "general/2024-05-31.json": [said(ANN, 0)]}
    files |= {"No Name/2024-05-31.json": [said(ANN, 0)]}
    read = read_interactions(as_zip(tmp_path / "hidden.zip", files))
    assert names(read) == {(GENERAL, None), ("C00000002", None)}


def test_slack_says_where_what_it_left_out_stands(tmp_path):
    read = read_interactions(as_zip(tmp_path / "export.zip", SLACK_FILES))
    [source] = read.sources
    file = f"{tmp_path / 'export.zip'}: general/2024-05-31.json"
    assert f"{file}, message 10: bot" in source.problems
    assert f"{file}, message 18: undated" not in source.problems or len(source.problems) == 10
    assert any("1 of 4 people in the users.json" in note for note in source.notes)
    assert any("1 reply" in note for note in source.notes)
    assert not any("no direct messages" in note for note in source.notes)


def test_threads_of_slack_and_conversations_by_silence(tmp_path):
    read = read_interactions(as_zip(tmp_path / "export.zip", SLACK_FILES))
    query = f"select event, thread from ({read.query}) where kind <> 'reaction'"
    threads = dict(read.connection.execute(query).fetchall())
    assert threads[f"{GENERAL}/{stamp(3)}"] == threads[f"{GENERAL}/{stamp(1500)}"] == f"{GENERAL}/{stamp(2)}"
    assert threads[f"{GENERAL}/{stamp(0)}"] is None
    assert threads[f"{DM}/{stamp(40)}"] == threads[f"{DM}/{stamp(50)}"]
    assert threads[f"{DM}/{stamp(291)}"] not in (None, threads[f"{DM}/{stamp(50)}"])
    assert threads[f"{DM}/{stamp(292)}"] == f"{DM}/{stamp(40)}"  # it says itself which thread it is in


@pytest.mark.parametrize(("gap", "talks"), [(239, 1), (240, 1), (240.1, 2)])
def test_silence_of_more_than_four_hours_ends_a_conversation(tmp_path, gap, talks):
    days = {f"{DM}/2024-05-31.json": [said(ANN, gap + 1), said(BOB, 1), said(BOB, 0)]}  # in any order
    read = read_interactions(as_zip(tmp_path / "export.zip", {"dms.json": SLACK_FILES["dms.json"], **days}))
    [(found,)] = read.connection.execute(f"select count(distinct thread) from ({read.query})").fetchall()
    assert found == talks


def test_an_export_without_direct_messages_says_so(tmp_path):
    files = {"channels.json": SLACK_FILES["channels.json"], "general/2024-05-31.json": [said(ANN, 0, f"<@{BOB}>")]}
    read = read_interactions(as_zip(tmp_path / "export.zip", files))
    assert pairs(read) == {(ANN, BOB, "mention")}
    assert any("no direct messages and no private channels" in note for note in read.sources[0].notes)
    assert any("no users.json" in note for note in read.sources[0].notes)


def test_an_enterprise_grid_has_shared_channels_at_the_top_and_one_id_a_person(tmp_path):
    people = [
        {"id": CLEO, "profile": {"email": "cleo@acme.example"}},
        {"id": ANN, "enterprise_user": {"id": "W0000000A"}, "profile": {"email": "ann@acme.example"}},
    ]
    channel = {"id": "C00000009", "name": "shared", "members": [ANN, CLEO]}
    local = {"id": "C00000008", "name": "general", "members": [ANN]}
    files = {
        "org_users.json": people,
        "channels.json": [channel],
        "shared/2024-05-31.json": [said(CLEO, 0, "<@W0000000A>")],
        "teams/north/channels.json": [local, channel],
        "teams/north/general/2024-05-31.json": [said(ANN, 1, f"<@{CLEO}>")],
        "teams/north/shared/2024-05-31.json": [said(CLEO, 0, "<@W0000000A>")],
        "teams/south/general/2024-05-31.json": [said(ANN, 1, f"<@{CLEO}>")],
    }
    read = read_interactions(as_zip(tmp_path / "export.zip", files))
    found = {(a, b, event) for a, b, _, event, *_ in interactions_of(read)}
    assert (C, A, f"C00000009/{stamp(0)}") in found
    assert (A, C, f"C00000008/{stamp(1)}") in found
    assert len(found) == 3  # the general of the south is another channel, the shared one is not


def test_overlapping_slack_exports_are_one(tmp_path):
    folder = tmp_path / "months"
    folder.mkdir()
    as_zip(folder / "may.zip", SLACK_FILES)
    june = {name: SLACK_FILES[name] for name in SLACK_FILES if "/" not in name or "06-01" in name}
    as_zip(folder / "june.zip", june)
    read = read_interactions(folder)
    [source] = read.sources
    assert set(interactions_of(read)) == SLACK_ROWS
    assert sorted(posts(source, read)) == sorted(SLACK_POSTS)


def test_what_is_damaged_is_counted_and_the_rest_is_read(tmp_path):
    day = json.dumps([said(ANN, 0, f"<@{BOB}>"), said(BOB, 1, f"<@{ANN}>")])
    files = {
        "users.json": PEOPLE,
        "channels.json": "[",
        "general/2024-05-30.json": "",
        "general/2024-05-31.json": day[:-20],
        "general/2024-06-01.json": "[" * 100_000,
    }
    read = read_interactions(as_zip(tmp_path / "export.zip", files))
    assert pairs(read) == {(A, B, "mention")}
    assert read.sources[0].rejected == {"unreadable": 4}
    assert any("2024-05-31.json, from entry 2 on: unreadable" in problem for problem in read.sources[0].problems)


def test_slack_is_read_in_batches(tmp_path, monkeypatch):
    monkeypatch.setattr("silos.readers.formats.slack.layout._BLOCK", 64)  # every message is cut in pieces
    monkeypatch.setattr("silos.readers.tabular.row_buffer.Rows.__init__.__kwdefaults__", {"medium": None, "batch": 2})
    read = read_interactions(as_zip(tmp_path / "export.zip", SLACK_FILES))
    assert set(interactions_of(read)) == SLACK_ROWS


def test_a_folder_with_other_logs_beside_the_export_says_so(tmp_path):
    folder = as_folder(tmp_path / "all", SLACK_FILES, top="slack/")
    (folder / "trace.csv").write_text("from,to,date\na,b,2024-05-31\n")
    read = read_interactions(folder)
    assert any("1 file" in note and "left out" in note for note in read.sources[0].notes)


# ---- Mattermost


@pytest.mark.parametrize("packed", [False, True])
def test_a_mattermost_export_gives_exactly_these_rows(tmp_path, packed):
    path = tmp_path / "bulk"
    if packed:
        as_zip(path, {"import.jsonl": as_lines(MATTERMOST_LINES), f"data/20240531/{SECRET}.pdf": b"%PDF"})
    else:
        path.write_bytes(as_lines(MATTERMOST_LINES))
    read = read_interactions(path)
    [source] = read.sources
    assert source.format == "mattermost"
    assert {(a, b, kind, n, at) for a, b, kind, _, n, at in interactions_of(read)} == MATTERMOST_PAIRS
    assert source.rejected == MATTERMOST_REJECTED
    assert [person for person, *_ in posts(source, read)] == [*[A] * 4, B, B, C]
    assert SECRET not in everything_said(read)
    assert any("line 21: unreadable" in problem for problem in source.problems) or len(source.problems) == 10


def test_open_channels_of_mattermost_have_a_name_and_members(tmp_path):
    def channel(name: str, kind: str) -> dict:
        return {"type": "channel", "channel": {"team": "acme", "name": name, "type": kind, "header": SECRET}}

    def said_in(name: str) -> dict:
        return {"type": "post", "post": {"team": "acme", "channel": name, **post("ann", 0)}}

    teams = [{"name": "acme", "channels": [{"name": "sales"}, {"name": "board"}]}]
    users = [account("ann", "Ann@acme.example"), account("bob", "bob@acme.example", teams=teams)]
    lines = [channel("sales", "O"), channel("board", "P"), *users, said_in("sales"), said_in("board")]
    (tmp_path / "bulk").write_bytes(as_lines(lines))
    read = read_interactions(tmp_path / "bulk", format="mattermost")
    query = f"select person, name, posts from ({read.affiliations}) order by all"
    found = read.connection.execute(query).fetchall()
    assert found == [(A, "sales", 1), (A, None, 1), (B, "sales", 0), (B, None, 0)]
    assert SECRET not in everything_said(read)


def test_conversations_of_mattermost_do_not_hang_on_the_order_of_lines(tmp_path):
    (tmp_path / "bulk").write_bytes(as_lines(MATTERMOST_LINES))
    read = read_interactions(tmp_path / "bulk")
    query = f"select timestamp, thread, event from ({read.query}) where kind = 'direct' order by 1"
    (_, first, _), (_, second, _), (_, third, root), (_, fourth, _) = read.connection.execute(query).fetchall()
    assert first == second
    assert third == fourth == root


# ---- Viva Engage


@pytest.mark.parametrize("top", ["", "export-1/"])
def test_a_viva_engage_export_gives_exactly_these_rows(tmp_path, top):
    read = read_interactions(as_zip(tmp_path / "export.zip", engage_files(), top))
    [source] = read.sources
    assert source.format == "engage"
    assert set(interactions_of(read)) == ENGAGE_EXPECTED
    assert source.rejected == {"bot": 1, "deleted": 1, "no recipient": 1, "no sender": 1, "system": 1}
    assert posts(source, read) == [
        *[(A, "77", 1)] * 2,
        *[(B, "77", 1)] * 3,
        (C, "77", 1),
        ("dan@acme.example", "77", 1),
    ]
    assert names(read) == {("77", None)}
    assert SECRET not in everything_said(read)
    threads = dict(read.connection.execute(f"select event, thread from ({read.query})").fetchall())
    assert threads["12"] == threads["13"] == "10"
    assert not any("private" in note for note in source.notes)


def test_open_groups_of_viva_engage_have_the_name_that_most_messages_say(tmp_path):
    rows = [
        engaged(str(number), "1", str(number), number, group_id=group, group_name=name, in_private_group=private)
        for number, (group, name, private) in enumerate(
            [("77", "Photography", "false")] * 3 + [("77", SECRET, "false")] + [("78", SECRET, "true")] * 2, start=10
        )
    ]
    path = tmp_path / "Messages.csv"
    path.write_bytes(as_csv(rows, HEADINGS))
    read = read_interactions(path)
    assert names(read) == {("77", "Photography"), ("78", None)}


def test_messages_alone_know_the_senders_they_have(tmp_path):
    path = tmp_path / "Messages.csv"
    path.write_bytes(engage_files()["Messages.csv"])
    read = read_interactions(path)
    found = {(a, b, kind, event) for a, b, kind, event, *_ in interactions_of(read)}
    assert (B, "3", "mention", "12") in found
    assert any("1 of 4 senders" in note for note in read.sources[0].notes)


# ---- all of them


def test_a_plain_table_is_none_of_theirs(tmp_path):
    path = tmp_path / "log.csv"
    path.write_text("sender,recipient,timestamp,thread_id\na,b,2024-05-31T14:00:00Z,t\n")
    assert read_interactions(path).sources[0].format == "delimited"


@pytest.mark.parametrize("name", [reader.name for reader in CHAT])
@pytest.mark.parametrize(
    "content", [b"sender,recipient,timestamp\na,b,2024-05-31\n", b"[]", b"\0\1\2\3", b'{"type":1}']
)
def test_what_is_none_of_a_format_is_refused_in_words(tmp_path, name, content):
    (tmp_path / "file").write_bytes(content)
    with pytest.raises(SilosError, match=r"\w+"):
        read_interactions(tmp_path / "file", format=name)


def packed(name: str) -> dict[str, bytes]:
    files = {"slack": SLACK_FILES, "mattermost": {}, "engage": engage_files()}[name]
    encoded = {
        key: value if isinstance(value, bytes) else json.dumps(value, indent=1).encode() for key, value in files.items()
    }
    return encoded or {"import.jsonl": as_lines(MATTERMOST_LINES), "data/x": b"x"}


def mutations(content: bytes) -> Iterator[st.SearchStrategy[bytes]]:
    at = st.integers(0, max(len(content) - 1, 0))
    yield st.builds(lambda i, b: content[:i] + bytes([b]) + content[i + 1 :], at, st.integers(0, 255))
    yield st.builds(lambda i, n: content[:i] + content[i + n :], at, st.integers(1, 40))
    yield st.builds(lambda i, n: content[: i + n] + content[i:], at, st.integers(1, 400))
    lines = content.splitlines(keepends=True) or [b""]
    line = st.integers(0, len(lines) - 1)
    yield st.builds(lambda i: b"".join(lines[:i] + lines[i + 1 :]), line)
    yield st.builds(lambda i, j: b"".join(lines[:i] + lines[j : j + 1] + lines[i:]), line, line)
    values = st.sampled_from(
        [b"null", b"{}", b"[]", b"1e999", b"-1", b'"\\ud800"', b"9" * 5000, b"NaN", b"true", b'"\\u0000"']
    )
    yield st.builds(
        lambda i, v: b"".join([*lines[:i], lines[i].partition(b":")[0] + b":" + v + b",\n", *lines[i + 1 :]]),
        line,
        values,
    )


@pytest.mark.long
@pytest.mark.parametrize("name", [reader.name for reader in CHAT])
def test_damage_is_an_error_in_words_or_counted(tmp_path, name):
    def read(files: dict[str, bytes]) -> tuple[list[tuple], str]:
        found = read_interactions(as_zip(tmp_path / "export.zip", dict(files)))
        with scanning(found):
            return interactions_of(found), everything_said(found)

    outcomes = Outcomes(read(packed(name))[0])

    @settings(max_examples=15, derandomize=True, database=None)
    @given(choices=st.data())
    def one(choices: st.DataObject) -> None:
        files = packed(name)
        for _ in range(choices.draw(st.integers(1, 3))):
            member = choices.draw(st.sampled_from(sorted(files)))
            files[member] = choices.draw(st.one_of(*mutations(files[member])))
        assert SECRET not in outcomes.of(lambda: read(files))

    one()
    outcomes.check(read=0.5, kept=0.5)
