"""Chats: zips as Windows packs them, texts in blocks, replies that call everybody, ids in disguise."""

import gzip
import json

import pytest

from silos.errors import ReadError
from tests.conftest import shared
from tests.readers.messy import ANN, BOB, CLEO, read, rejected, rows, zipped

IDS = {ANN: "U0000000A", BOB: "U0000000B", CLEO: "U0000000C"}
ROOT = {"type": "message", "user": IDS[ANN], "ts": "1736154000.000100", "thread_ts": "1736154000.000100", "text": "?"}


def slack(*messages, emails=None, members=None):
    users = [{"id": id, "profile": {"email": (emails or {}).get(one, one)}} for one, id in IDS.items()]
    channel = {"id": "C00000001", "name": "general", "members": list(IDS.values()) if members is None else members}
    found = {"users.json": users, "channels.json": [channel], "general/2025-01-06.json": list(messages)}
    return {name: json.dumps(content) for name, content in found.items()}


def message(text="", *, by=BOB, at=1736154060, **more):
    return {"type": "message", "user": IDS[by], "ts": f"{at}.000100", "text": text, **more}


def to(*people):
    return " ".join(f"<@{IDS[person]}>" for person in people)


# ---- zips

HELLO = slack(message(to(ANN)))


@pytest.mark.parametrize(
    "named",
    [
        lambda name: name.replace("/", "\\"),
        lambda name: f"Export Jan\\{name}".replace("/", "\\"),
        lambda name: f".\\{name}",
        lambda name: f"C:\\export\\{name}",
        lambda name: f"/export/{name}",
        lambda name: f"Büro/{name}",
        lambda name: f"../{name}",
    ],
)
@pytest.mark.parametrize("marked", [True, False])
def test_a_zip_is_read_however_its_members_are_named(tmp_path, named, marked):
    log = read(
        tmp_path / "export.zip", zipped({named(name): content for name, content in HELLO.items()}, marked=marked)
    )
    assert [source.format for source in log.sources] == ["slack"]
    assert rows(log, "sender", "recipient", "kind") == [(BOB, ANN, "mention")]
    assert not (tmp_path.parent / "users.json").exists()


def test_other_exports_in_zips_with_backslashes(tmp_path):
    log = f"sender,recipient,timestamp\n{ANN},{BOB},2025-01-06T09:00:00Z\n"
    assert rows(read(tmp_path / "a.zip", zipped({"2025\\": "", "2025\\01\\log.csv": log}))) == [(ANN, BOB)]
    mail = f"From: {ANN}\nTo: {BOB}\nDate: Mon, 6 Jan 2025 09:00:00 +0000\n\nx\n"
    names = {"Büro\\Posteingang\\1.eml": mail, "Büro\\Entwürfe\\2.eml": mail.replace("09:00", "09:05")}
    for marked in (True, False):
        log = read(tmp_path / f"{marked}.zip", zipped(names, marked=marked))
        assert rows(log) == [(ANN, BOB)]
        assert rejected(log) == {"never sent": 1}
    heads = "id,replied_to_id,thread_id,sender_id,sender_type,sender_email,created_at"
    posts = f"{heads}\n1,,1,11,User,{ANN},2025-01-06T09:00:00Z\n2,1,1,12,User,{BOB},2025-01-06T09:01:00Z\n"
    engage = zipped({"export\\Messages.csv": posts, "export\\Users.csv": "id,email\n"})
    assert rows(read(tmp_path / "engage.zip", engage)) == [(BOB, ANN)]


# ---- Slack


def rich(*elements, kind="rich_text_section"):
    return {"blocks": [{"type": "rich_text", "elements": [{"type": kind, "elements": list(elements)}]}]}


def user(person):
    return {"type": "user", "user_id": IDS[person]}


@pytest.mark.parametrize(
    ("more", "people"),
    [
        (rich({"type": "text", "text": "hi "}, user(ANN)), [ANN]),
        (rich({"type": "rich_text_section", "elements": [user(ANN), user(CLEO)]}, kind="rich_text_list"), [ANN, CLEO]),
        ({"blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": to(CLEO)}}]}, [CLEO]),
        ({"blocks": [{"type": "section", "fields": [{"type": "mrkdwn", "text": to(ANN)}]}]}, [ANN]),
        ({"blocks": [{"type": "context", "elements": [{"type": "mrkdwn", "text": to(ANN)}]}]}, [ANN]),
        ({"attachments": [{"pretext": to(ANN), "text": to(CLEO)}]}, [ANN, CLEO]),
        ({"attachments": [rich(user(ANN))]}, [ANN]),
        ({"text": to(ANN), **rich(user(ANN))}, [ANN]),
        (rich({"type": "text", "text": to(ANN)}, kind="rich_text_preformatted"), []),
        ({"attachments": [{"text": to(ANN), "is_msg_unfurl": True}, {"text": to(CLEO), "is_share": True}]}, []),
        ({"blocks": "damaged", "attachments": [None, {"blocks": [[1]]}]}, []),
    ],
)
def test_people_named_in_blocks_and_attachments_are_named(tmp_path, more, people):
    log = read(tmp_path / "export.zip", zipped(slack(message(**more))))
    assert rows(log) == [(BOB, person) for person in people]


def test_a_call_to_everybody_in_blocks_is_a_broadcast(tmp_path):
    call = rich({"type": "broadcast", "range": "channel"}, {"type": "text", "text": "hi"})
    log = read(tmp_path / "export.zip", zipped(slack(message(**call))))
    assert rows(log) == []
    assert rejected(log) == {"broadcast to a list": 1}


def test_a_reply_that_also_calls_everybody_answers_its_author(tmp_path):
    reply = message("<!here> done", thread_ts=ROOT["ts"])
    for members in (None, []):
        log = read(tmp_path / "export.zip", zipped(slack(ROOT, reply, members=members)))
        assert rows(log, "sender", "recipient", "kind", "recipients") == [(BOB, ANN, "reply", 1)]


@pytest.mark.parametrize("more", [{"bot_profile": {"name": "Reminder"}}, {"bot_id": "B1"}], ids=["profile", "id"])
def test_what_a_bot_wrote_in_slack_is_no_message_of_a_person(more, tmp_path):
    found = read(tmp_path / "export.zip", zipped(slack(ROOT, message(thread_ts=ROOT["ts"], **more))))
    assert rows(found) == []
    assert rejected(found) == {"bot": 1}


def test_addresses_of_accounts_in_disguise(tmp_path):
    emails = {ANN: f"\u200b{ANN}", BOB: f"mailto:{BOB}", CLEO: "N/A"}
    log = read(tmp_path / "export.zip", zipped(slack(message(to(ANN, CLEO)), emails=emails)))
    assert rows(log) == [(BOB, IDS[CLEO]), (BOB, ANN)]


# ---- Mattermost


def mattermost(*posts, emails=None):
    lines = [{"type": "version", "version": 1}]
    for one in IDS:
        lines.append({"type": "user", "user": {"username": one.split(".")[0], "email": (emails or {}).get(one, one)}})
    at = 1736154000000
    for number, post in enumerate(posts):
        said = {"team": "t", "channel": "general", "user": "ann", "message": "?", "create_at": at + number, **post}
        lines.append({"type": "post", "post": said})
    return "\n".join(map(json.dumps, lines))


@pytest.mark.parametrize("call", ["@here", "@channel", "@all"])
def test_a_reply_that_also_says_here_answers_its_author(tmp_path, call):
    reply = {"user": "bob", "message": f"{call} done, @cleo", "create_at": 1736154060000}
    log = read(tmp_path / "export.jsonl", mattermost({"replies": [reply]}, {"message": f"{call} hello @bob"}))
    assert rows(log, "sender", "recipient", "kind") == [(BOB, ANN, "reply"), (BOB, CLEO, "mention")]
    assert rejected(log) == {"broadcast to a list": 1}


@pytest.mark.parametrize("props", [{"attachments": [{"text": "@bob"}]}, '{"attachments": [{"pretext": "@bob"}]}'])
def test_a_text_may_lie_in_what_is_attached(tmp_path, props):
    log = read(tmp_path / "export.jsonl", mattermost({"message": "", "props": props}))
    assert rows(log) == [(ANN, BOB)]


def test_addresses_of_users_in_disguise(tmp_path):
    emails = {ANN: f"Ann <{ANN}>", BOB: "null"}
    log = read(tmp_path / "export.jsonl", mattermost({"message": "@bob"}, emails=emails))
    assert rows(log) == [(ANN, "bob")]


def test_the_case_beside_the_project():
    log = read(shared("cases/slack-zip-backslash/export.zip"))
    assert rows(log) == [(ANN, BOB), (BOB, ANN)]


# ---- damage


def test_a_packed_file_that_is_damaged_at_its_end_is_said_to_be(tmp_path):
    """The first look, at the beginning, does not see it."""
    lines = "".join(f"ATTENDEE:mailto:{number}@acme.example\r\n" for number in range(20_000))
    packed = bytearray(gzip.compress(f"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n{lines}".encode()))
    packed[-6] ^= 0xFF  # of the checksum
    with pytest.raises(ReadError, match=r"a\.ics\.gz: a file is damaged"):
        read(tmp_path / "a.ics.gz", bytes(packed))
