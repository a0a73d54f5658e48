"""Exports of chat tools: who reached whom, what is left out and counted, and that no text ever comes out."""

import csv
import io
import json
import zipfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from silos.errors import SilosError
from silos.readers import read_interactions, scanning, unreadable
from silos.readers.formats.engage import ENGAGE
from silos.readers.formats.mattermost import MATTERMOST
from silos.readers.formats.slack.reader import SLACK
from silos.tables import AFFILIATION_FIELDS, Interactions, Source

SECRET = "XSECRETX"
START = datetime(2024, 5, 31, 14)
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

ANN, BOB, CLEO, DAN, ROBOT = "U0000000A", "U0000000B", "W0000000C", "U0000000D", "U0000000R"
PEOPLE = [
    {"id": ANN, "name": SECRET, "real_name": SECRET, "profile": {"email": "Ann@acme.example", "title": SECRET}},
    {"id": BOB, "profile": {"email": "bob@acme.example", "fields": None}},
    {"id": CLEO, "profile": {"email": "cleo@acme.example"}, "deleted": True},
    {"id": DAN, "profile": {"email": None}, "is_restricted": True},
    {"id": ROBOT, "is_bot": True, "profile": {"email": "robot@acme.example", "bot_id": "B1"}},
]
A, B, C = "ann@acme.example", "bob@acme.example", "cleo@acme.example"
GENERAL, PRIVATE, DM, GROUP, SELF, WITH_BOT = (
    "C00000001",
    "G00000001",
    "D00000001",
    "G00000002",
    "D00000002",
    "D00000003",
)


def stamp(minutes: float) -> str:
    return f"{(START + timedelta(minutes=minutes) - datetime(1970, 1, 1)).total_seconds():.6f}"


def said(user: str | None, minutes: float, text: str = "", **more: object) -> dict:
    return {"type": "message", "user": user, "text": f"{SECRET} {text}", "ts": stamp(minutes), **more}


def reply(user: str, minutes: float, to: float, text: str = "", **more: object) -> dict:
    return said(user, minutes, text, thread_ts=stamp(to), **more)


SLACK_FILES: dict[str, object] = {
    "users.json": PEOPLE,
    "channels.json": [
        {"id": GENERAL, "name": "general", "members": [ANN, BOB, CLEO, DAN, ROBOT], "topic": {"value": SECRET}},
    ],
    "groups.json": [{"id": PRIVATE, "name": "board", "members": None, "created": "1"}],
    "dms.json": [
        {"id": DM, "members": [ANN, BOB]},
        {"id": SELF, "members": [ANN, ANN]},
        {"id": WITH_BOT, "members": [ANN, ROBOT]},
    ],
    "mpims.json": [{"id": GROUP, "name": "mpdm-a--b--c-1", "members": [ANN, BOB, CLEO]}],
    "integration_logs.json": [{"reason": SECRET}],
    "general/2024-05-31.json": [
        said(ANN, 0, f"hello <@{BOB}|{SECRET}> and <@{CLEO}> and <@{ANN}> and &lt;@{DAN}&gt;"),
        said(ANN, 1, "no one", reactions=[{"name": SECRET, "users": [BOB, ANN, ROBOT], "count": 3}]),
        said(BOB, 2, thread_ts=stamp(2), reply_count=3),
        reply(ANN, 3, 2, f"<@{BOB}> and <@{DAN}>", parent_user_id=BOB),
        reply(CLEO, 4, 2, subtype="thread_broadcast", root={"user": BOB, "text": SECRET}),
        reply(BOB, 5, 2),
        said(ANN, 6, "<!channel> all of you"),
        said(ANN, 7, f"<!here|here> <@{BOB}>"),
        said(ANN, 8, f"<!subteam^S1|{SECRET}> <@{BOB}>"),
        said(ROBOT, 9, f"<@{ANN}>", bot_id="B1", subtype="bot_message"),
        said(None, 10, bot_id="B2", username=SECRET, thread_ts=stamp(10)),
        reply(ANN, 11, 10),
        said(DAN, 12, subtype="channel_join"),
        said("USLACKBOT", 13),
        said(CLEO, 14, subtype="me_message"),
        said("USLACKBOT", 15, subtype="tombstone"),
        said(None, 16),
        {**said(ANN, 17), "ts": "soon"},
        SECRET,
        reply(DAN, 18, -9999, parent_user_id=CLEO),
        reply(DAN, 19, -9998),
        said("USLACKBOT", 20, subtype="huddle_thread", room={"created_by": ANN, "participants": [BOB, ANN, CLEO]}),
        said("USLACKBOT", 21, subtype="huddle_thread", room={"created_by": ANN, "name": SECRET, "participants": []}),
    ],
    "general/2024-06-01.json": [
        said(ANN, 0, f"hello <@{BOB}> and <@{CLEO}>"),  # the same message in two files
        said(ANN, 1, "no one"),
        reply(CLEO, 1500, 2),  # its root is in another day's file
    ],
    "board/2024-05-31.json": [said(ANN, 30, f"<!everyone> <@{BOB}>"), said(DAN, 31, subtype="file_share")],
    f"{DM}/2024-05-31.json": [
        said(ANN, 40),
        said(BOB, 50),
        said(ANN, 51 + 240),  # four hours and a minute later
        reply(BOB, 52 + 240, 40),
    ],
    "mpdm-a--b--c-1/2024-05-31.json": [said(ANN, 60, f"<@{DAN}>")],
    f"{SELF}/2024-05-31.json": [said(ANN, 70)],
    f"{WITH_BOT}/2024-05-31.json": [said(ANN, 80)],
    f"FC:F00000001:{SECRET}/2024-05-31.json": [said(ANN, 90), {"damaged": 1}],
}
SLACK_ROWS = {
    (A, B, "mention", f"{GENERAL}/{stamp(0)}", 2, 0),
    (A, C, "mention", f"{GENERAL}/{stamp(0)}", 2, 0),
    (B, A, "reaction", f"{GENERAL}/{stamp(1)}/reactions", 1, 1),
    (A, B, "reply", f"{GENERAL}/{stamp(3)}", 2, 3),
    (A, DAN, "mention", f"{GENERAL}/{stamp(3)}", 2, 3),
    (C, B, "reply", f"{GENERAL}/{stamp(4)}", 1, 4),
    (A, B, "mention", f"{GENERAL}/{stamp(7)}", 3, 7),
    (DAN, C, "reply", f"{GENERAL}/{stamp(18)}", 1, 18),
    (A, B, "meeting", f"{GENERAL}/{stamp(20)}", 2, 20),
    (A, C, "meeting", f"{GENERAL}/{stamp(20)}", 2, 20),
    (C, B, "reply", f"{GENERAL}/{stamp(1500)}", 1, 1500),
    (A, B, "direct", f"{DM}/{stamp(40)}", 1, 40),
    (B, A, "direct", f"{DM}/{stamp(50)}", 1, 50),
    (A, B, "direct", f"{DM}/{stamp(291)}", 1, 291),
    (B, A, "direct", f"{DM}/{stamp(292)}", 1, 292),
    (A, B, "group", f"{GROUP}/{stamp(60)}", 2, 60),
    (A, C, "group", f"{GROUP}/{stamp(60)}", 2, 60),
}
SLACK_REJECTED = {
    "bot": 4,  # two bots, Slackbot, a chat with a bot
    "broadcast to a list": 3,
    "deleted": 1,
    "no recipient": 1,
    "no sender": 2,
    "self": 1,
    "system": 1,
    "undated": 1,
    "unreadable": 1,
}
SLACK_POSTS = [
    *[(person, GENERAL, 0) for person in (A, B, C, DAN)],  # the members
    *[(A, GENERAL, 1)] * 7,  # whether they answer somebody or not: at minutes 0, 1, 3, 6, 7, 8 and 11
    (A, PRIVATE, 1),
    (A, "FC:F00000001", 1),
    *[(B, GENERAL, 1)] * 2,
    *[(C, GENERAL, 1)] * 3,
    *[(DAN, GENERAL, 1)] * 2,
    (DAN, PRIVATE, 1),
]


def as_zip(path: Path, files: dict[str, object], top: str = "") -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(top + name, content if isinstance(content, str | bytes) else json.dumps(content, indent=4))
    return path


def as_folder(path: Path, files: dict[str, object], top: str = "") -> Path:
    for name, content in files.items():
        file = path / (top + name)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode("utf-8-sig"))
    return path


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
    assert any("1 replies" in note for note in source.notes)
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
    assert any("1 files" in note and "left out" in note for note in read.sources[0].notes)


# ---- Mattermost


def milliseconds(minutes: float) -> int:
    return round(float(stamp(minutes)) * 1000)


def post(user: str, minutes: float, message: str = "", **more: object) -> dict:
    return {"user": user, "message": f"{SECRET} {message}", "create_at": milliseconds(minutes), **more}


def channel_post(user: str, minutes: float, message: str = "", **more: object) -> dict:
    return {"type": "post", "post": {"team": "acme", "channel": SECRET, **post(user, minutes, message, **more)}}


def direct_post(members: list[str], user: str, minutes: float, **more: object) -> dict:
    return {"type": "direct_post", "direct_post": {"channel_members": members, **post(user, minutes, **more)}}


def account(name: str, email: str, **more: object) -> dict:
    return {"type": "user", "user": {"username": name, "email": email, "position": SECRET, **more}}


MATTERMOST_LINES: list[object] = [
    {"type": "version", "version": 1, "info": {"generator": SECRET}},
    {"type": "team", "team": {"name": "acme", "description": SECRET}},
    {"type": "channel", "channel": {"team": "acme", "name": SECRET, "header": SECRET}},
    account("ann", "Ann@acme.example"),
    account("bob.b", "bob@acme.example"),
    account("cleo", "cleo@acme.example"),
    account("dan", ""),
    account("clock", "clock@acme.example", type="bot"),
    {"type": "bot", "bot": {"username": "robot", "owner": "ann", "description": SECRET}},
    channel_post("ann", 0, "ask @bob.b. Or @CLEO, @ann, mail dan@dan and `@dan`", reactions=[{"user": "cleo"}]),
    channel_post("ann", 0, "ask @bob.b. Or @CLEO, @ann, mail dan@dan and `@dan`"),
    channel_post("bob.b", 1, replies=[post("ann", 2, "@bob.b @dan"), post("bob.b", 3), post("robot", 4)]),
    channel_post("ann", 5, "@channel look at this, @bob.b"),
    channel_post("ann", 6),
    channel_post("ann", 7, props={"from_webhook": "true"}, replies=[post("cleo", 8)]),
    channel_post("clock", 9, "@ann"),
    channel_post("dan", 10, type="system_join_channel"),
    channel_post("dan", 11, delete_at=milliseconds(12)),
    {"type": "post", "post": {"user": "ann", "message": SECRET, "create_at": "soon"}},
    {"type": "post", "post": SECRET},
    SECRET,
    direct_post(["bob.b", "ann"], "bob.b", 400, replies=[post("ann", 401)]),
    direct_post(["ann", "bob.b"], "ann", 20),
    direct_post(["ann", "bob.b"], "bob.b", 21),
    direct_post(["ann", "bob.b", "dan"], "dan", 30),
    direct_post(["ann", "ann"], "ann", 31),
    direct_post(["ann", "robot"], "ann", 32),
]
MATTERMOST_PAIRS = {
    (A, B, "mention", 2, 0),
    (A, C, "mention", 2, 0),
    (C, A, "reaction", 1, 0),
    (A, B, "reply", 2, 2),
    (A, "dan", "mention", 2, 2),
    (B, A, "direct", 1, 400),
    (A, B, "direct", 1, 401),
    (A, B, "direct", 1, 20),
    (B, A, "direct", 1, 21),
    ("dan", A, "group", 2, 30),
    ("dan", B, "group", 2, 30),
}
MATTERMOST_REJECTED = {
    "bot": 4,
    "broadcast to a list": 1,
    "deleted": 1,
    "self": 1,
    "system": 1,
    "undated": 1,
    "unreadable": 2,
}


def as_lines(lines: list[object]) -> bytes:
    return b"".join(json.dumps(line).encode() + b"\n" for line in lines)


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

HEADINGS = (
    *("id", "replied_to_id", "parent_id", "thread_id", "conversation_id", "group_id", "group_name", "participants"),
    *("in_private_group", "in_private_conversation", "sender_id", "sender_type", "sender_name", "sender_email", "body"),
    *("attachments", "deleted_by_id", "created_at", "deleted_at", "title", "message_type", "gdpr_delete_url"),
)
SENDERS = {"1": "Ann@acme.example", "2": "bob@acme.example", "3": "", "4": "dan@acme.example"}


def engaged(id: str, sender: str, thread: str, minutes: float, body: str = "", to: str = "", **more: str) -> dict:
    at = (START + timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    return {
        "id": id,
        "replied_to_id": to,
        "thread_id": thread,
        "group_id": "77",
        "group_name": SECRET,
        "in_private_conversation": "false",
        "sender_id": sender,
        "sender_type": "User",
        "sender_name": SECRET,
        "sender_email": SENDERS.get(sender, ""),
        "body": f'{SECRET},\n"{body}"',
        "created_at": at,
        "deleted_at": "null",
        "title": SECRET,
        "message_type": "update",
        **more,
    }


ENGAGE_ROWS = [
    engaged("12", "2", "10", 2, "I agree, [[user:3]] and [[user:1]], [[user:4]]", to="11"),
    engaged("10", "1", "10", 0),
    engaged("11", "4", "10", 1, to="10"),
    engaged("13", "3", "10", 3, to="99"),  # what it answers is outside the export, its root is not
    engaged("13", "3", "10", 3, to="99"),
    engaged("14", "1", "10", 4, to="10"),  # to herself
    engaged("20", "1", "20", 5, in_private_conversation="true", participants="user:1,user:2", group_id=""),
    engaged("21", "2", "20", 6, in_private_conversation="true", participants="user:1,user:2,user:3", to="20"),
    engaged("22", "2", "22", 6, in_private_conversation="true", participants="user:2"),
    engaged("30", "1", "30", 7, message_type="system"),
    engaged("31", "1", "31", 8, deleted_at="2024-06-01T00:00:00Z"),
    engaged("32", "8", "32", 9, sender_type="Bot"),
    engaged("33", "", "33", 10),
    engaged("34", "2", "34", 11, "[[user:1]]", created_at="null"),
    engaged("35", "2", "31", 12, to="31"),  # to what was deleted later
]
ENGAGE_EXPECTED = {
    (B, "dan@acme.example", "reply", "12", 3, 2),
    (B, C, "mention", "12", 3, 2),
    (B, A, "mention", "12", 3, 2),
    ("dan@acme.example", A, "reply", "11", 1, 1),
    (C, A, "reply", "13", 1, 3),
    (A, B, "direct", "20", 1, 5),
    (B, A, "group", "21", 2, 6),
    (B, C, "group", "21", 2, 6),
    (B, A, "mention", "34", 1, None),
    (B, A, "reply", "35", 1, 12),
}


def as_csv(rows: list[dict], headings: tuple[str, ...]) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, headings, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode("utf-8-sig")


def engage_files() -> dict[str, object]:
    users = [{"id": "3", "name": SECRET, "email": "Cleo@acme.example"}, {"id": "9", "email": ""}]
    return {
        "Messages.csv": as_csv(ENGAGE_ROWS, HEADINGS),
        "Users.csv": as_csv(users, ("id", "name", "email", "job_title")),
        "Groups.csv": as_csv([{"id": "77", "name": SECRET}], ("id", "name", "description")),
        f"Files/{SECRET}.pdf": b"%PDF",
    }


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


@pytest.mark.parametrize("name", [reader.name for reader in CHAT])
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture], database=None)
@given(choices=st.data())
def test_damage_is_an_error_in_words_or_counted(tmp_path, name, choices):
    files = packed(name)
    for _ in range(choices.draw(st.integers(1, 3))):
        member = choices.draw(st.sampled_from(sorted(files)))
        files[member] = choices.draw(st.one_of(*mutations(files[member])))
    path = as_zip(tmp_path / "export.zip", files)
    try:
        read = read_interactions(path)
        with scanning(read):
            said = everything_said(read)
    except SilosError as error:
        said = str(error)
    assert SECRET not in said
