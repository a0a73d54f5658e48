"""Small exports of chat tools, written by hand, and what is to be read from them: each row, each rejection."""

import csv
import io
import json
import zipfile
from datetime import datetime, timedelta
from pathlib import Path

SECRET = "XSECRETX"


START = datetime(2024, 5, 31, 14)


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
