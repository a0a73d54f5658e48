"""Reading traces and audit logs of mail and meetings: deliveries to people, and nothing of what was said."""

import csv
import io
import json
from datetime import datetime
from pathlib import Path

import pandas as pd
import pytest

from silos.errors import SilosError
from silos.readers import read_interactions, scanning, unreadable
from silos.readers.files import temporary
from silos.readers.files.temporary import connect
from silos.tables import INTERACTION_FIELDS, Interactions
from tests.support.damage import survives

MARK = "XSECRETX"
FIELDS = ", ".join(INTERACTION_FIELDS)
CONNECTION = connect()
NINE = datetime(2024, 5, 13, 9)


def table(path: Path, headings: str, rows: list[tuple[str, ...]], encoding: str = "utf-8-sig") -> Path:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows([headings.split(","), *rows])
    path.write_bytes(text.getvalue().encode(encoding))
    return path


def rows_of(interactions: Interactions):
    return interactions.connection.execute(f"select {FIELDS} from ({interactions.query}) order by all").fetchall()


def read(path: Path, format: str):
    """The rows and the one source of a log; nothing in them says what a message says."""
    interactions = read_interactions(path)
    [source] = interactions.sources
    assert source.format == format
    rows = rows_of(interactions)
    said = f"{rows}{source.rejected}{source.problems}{source.notes}{source.columns}{unreadable(interactions)}"
    assert MARK.lower() not in said.lower()
    return rows, source


def mail(sender, recipient, event="m1@acme.example", when=NINE):
    return (when, f"{sender}@acme.example", f"{recipient}@acme.example", "email", event, None, "direct", None, None)


# ---- Exchange


def cmdlet(path: Path) -> Path:
    def line(sender, to, status="Delivered", id="<m1@acme.example>", when="2024-05-13T09:00:00Z"):
        return ("host", id, when, sender, to, f"{MARK}, re", status, "", "9.9.9.9", "4711", "trace-1", "1")

    headings = "PSComputerName,MessageId,Received,SenderAddress,RecipientAddress,Subject,Status,ToIP,FromIP,Size"
    rows = [
        line("Ann@ACME.example", "bob@acme.example"),
        line("Ann@ACME.example", "cleo@acme.example"),
        line("Ann@ACME.example", "cleo@acme.example"),
        line("Ann@ACME.example", "team@acme.example", "Expanded"),
        line("Ann@ACME.example", "gone@acme.example", "Failed"),
        line("Ann@ACME.example", "dan@acme.example", "FilteredAsSpam"),
        line("Ann@ACME.example", "dan@acme.example", "Pending"),
        line("Ann@ACME.example", "dan@acme.example", "Novel"),
        line("<>", "ann@acme.example", id="<r1@acme.example>"),
        line("MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@acme.example", "ann@acme.example"),
        line("HealthMailbox12@acme.example", "ann@acme.example"),
        line("bob@acme.example", "bob@acme.example", id=""),
        line("bob@acme.example", "ann@acme.example", id="<m2@acme.example>", when=""),
    ]
    return table(path, f"{headings},MessageTraceId,Index", rows)


def summary(path: Path) -> Path:
    headings = (
        "origin_timestamp_utc,sender_address,recipient_status,message_subject,total_bytes,message_id,network_message_id"
    )
    time = "2024-05-13T09:00:00.0000000Z"
    places = (
        "bob@acme.example##Receive, Deliver;cleo@acme.example##Receive, Send;gone@acme.example##Receive, Fail;"
        "team@acme.example##Receive, Expand;dan@acme.example##Receive;eve@acme.example##Novel"
    )
    rows = [
        (time, "ann@acme.example", places, MARK, "1", "<m1@acme.example>", "n1"),
        (time, "", "ann@acme.example##Receive, Deliver", MARK, "1", "<r1@acme.example>", "n2"),
    ]
    return table(path, headings, rows)


def extended(path: Path) -> Path:
    headings = (
        "date_time_utc,source,event_id,message_id,network_message_id,recipient_address,recipient_status,total_bytes,"
        "related_recipient_address,message_subject,sender_address,custom_data"
    )

    def line(source, event, to, second=0, sender="ann@acme.example"):
        time = f"2024-05-13T09:00:{second:02}.0000000Z"
        return (
            *(time, source, event, "<m1@acme.example>", "n1", to, MARK, "1", "", f"{MARK}; {MARK}", sender),
            f"S:{MARK}",
        )

    rows = [
        line("SMTP", "RECEIVE", "team@acme.example;bob@acme.example"),
        line("ROUTING", "EXPAND", "cleo@acme.example"),
        line("STOREDRIVER", "DELIVER", "bob@acme.example;cleo@acme.example"),
        line("STOREDRIVER", "FAIL", "gone@acme.example"),
        line("DSN", "DSN", "ann@acme.example"),
        line("STOREDRIVER", "DELIVER", "ann@acme.example", sender="<>"),
    ]
    return table(path, headings, rows, "utf-16-le")


@pytest.mark.parametrize(
    ("write", "more", "rejected"),
    [
        (
            cmdlet,
            [mail("ann", "cleo"), mail("bob", "bob", "trace-1"), mail("bob", "ann", "m2@acme.example", None)],
            {
                "bounced": 2,
                "failed": 1,
                "list, expanded": 1,
                "not delivered": 1,
                "spam": 1,
                "status not known": 1,
                "system": 1,
            },
        ),
        (
            summary,
            [],
            {"bounced": 1, "failed": 1, "list, expanded": 1, "not delivered": 1, "status not known": 1},
        ),
        (extended, [], {"bounced": 2, "failed": 1, "list, expanded": 1, "other event": 2}),
    ],
)
def test_a_trace_holds_what_was_delivered_to_people(tmp_path, write, more, rejected):
    rows, source = read(write(tmp_path / "trace.csv"), "exchange")
    expected = [mail("ann", "bob"), mail("ann", "cleo"), *more]
    assert sorted(rows, key=str) == sorted(expected, key=str)
    assert source.rejected == rejected
    assert "no threads" in source.notes[-1]
    assert "reciprocated" in source.notes[-1]
    assert set(source.columns) <= set(INTERACTION_FIELDS)


def test_what_a_trace_says_in_other_words_is_left_out_and_said(tmp_path):
    """A status in another language: no delivery is guessed, and the note tells what silos knows."""
    _, source = read(cmdlet(tmp_path / "trace.csv"), "exchange")
    assert any("1 row" in note and "Delivered, Failed" in note for note in source.notes)
    _, source = read(summary(tmp_path / "summary.csv"), "exchange")
    assert any("does not know" in note for note in source.notes)


def test_an_audit_log_without_meetings_says_what_to_search_for(tmp_path):
    row = ("2024-05-13T10:00:00Z", "ann@acme.example", "FileAccessed", json.dumps({"ItemName": MARK}))
    rows, source = read(table(tmp_path / "a.csv", "CreationDate,UserIds,Operations,AuditData", [row]), "purview")
    assert rows == []
    assert any("MeetingParticipantDetail" in note for note in source.notes)
    _, source = read(audit(tmp_path / "b.csv"), "purview")
    assert any("2 records" in note for note in source.notes)
    assert not any("Search the audit log" in note for note in source.notes)


def test_traces_of_several_shapes_are_one_log(tmp_path):
    cmdlet(tmp_path / "a.csv")
    extended(tmp_path / "b.csv")
    interactions = read_interactions(tmp_path)
    assert [source.format for source in interactions.sources] == ["exchange", "exchange"]
    assert mail("ann", "bob") in rows_of(interactions)


def test_day_and_month_of_a_trace_are_told_from_all_of_it(tmp_path):
    headings = "Received,SenderAddress,RecipientAddress,Subject,Status,MessageId"
    ends = ("ann@acme.example", "bob@acme.example", MARK, "Delivered", "<m1@acme.example>")
    rows = [("5/4/2024 9:00:00 AM", *ends), ("5/13/2024 9:00:00 AM", *ends)]
    found, _ = read(table(tmp_path / "trace.csv", headings, rows), "exchange")
    assert [row[0] for row in found] == [datetime(2024, 5, 4, 9), NINE]
    with pytest.raises(SilosError, match="day-first"):
        read_interactions(table(tmp_path / "short.csv", headings, rows[:1]))


def test_a_plain_table_is_no_trace(tmp_path):
    path = table(
        tmp_path / "log.csv", "sender,recipient,timestamp,message id", [("a", "b", "2024-05-13T09:00:00Z", "1")]
    )
    assert read_interactions(path).sources[0].format == "delimited"


# ---- Gmail


GMAIL = (
    "Message ID,Start date,End date,Sender,Message size,Subject,Direction,Attachments,Recipient address,Event target,"
    "Event date,Event status"
)


def search(path: Path) -> Path:
    def line(to, target, status, sender="Ann@acme.example", id="<m1@acme.example>"):
        time = "2024/05/13 09:00:00 UTC"
        return (id, time, time, sender, "1", MARK, "Mixed", "0", to, target, "2024/05/13 09:00:02 UTC", status)

    rows = [
        line("bob@acme.example", "SMTP_IN", "Received"),
        line("bob@acme.example", "INTERNAL_SERVER", "Delivered to a Google internal server"),
        line("bob@acme.example", "GMAIL_INBOX", "Delivered", "ann@acme.example (delegate: zed@acme.example)"),
        line("cleo@acme.example, dan@acme.example", "SMTP_OUT", "Delivered"),
        line("team@acme.example", "LIST_SERVER", "Delivered"),
        line("eve@acme.example", "GMAIL_SPAM", "Delivered"),
        line("eve@acme.example", "GMAIL_INBOX", "Bounced"),
        line("eve@acme.example", "GMAIL_INBOX", "Rejected: policy"),
        line("eve@acme.example", "", "Bypassed spam"),
        line("eve@acme.example", "", "Something new"),
        line("ann@acme.example", "GMAIL_INBOX", "Delivered", ""),
        line("ann@acme.example", "SMTP_IN", "N/A", id="1.SMTPIN_ADDED_REJECT_SESSION.GMR@mx.google.com"),
    ]
    return table(path, GMAIL, rows)


def test_a_log_search_holds_what_arrived(tmp_path):
    rows, source = read(search(tmp_path / "search.csv"), "gmail")
    assert rows == [mail("ann", person) for person in ("bob", "cleo", "dan", "eve")]
    assert source.rejected == {"bounced": 2, "failed": 2, "list, expanded": 1, "other event": 3, "spam": 1}
    assert "reciprocated" in source.notes[-1]


def test_a_log_search_without_targets_goes_by_the_status(tmp_path):
    headings = "Message ID,Start date,Sender,Subject,Recipient address,Event status"
    ends = ("<m1@acme.example>", "2024/05/13 09:00:00 UTC", "ann@acme.example", MARK)
    rows = [(*ends, "bob@acme.example", "Delivered"), (*ends, "cleo@acme.example", "Undeliverable")]
    found, source = read(table(tmp_path / "search.csv", headings, rows), "gmail")
    assert found == [mail("ann", "bob")]
    assert source.rejected == {"failed": 1}


# ---- Purview


def audit(path: Path, older: bool = False) -> Path:
    def line(operation, user, **told):
        record = {"Id": MARK, "Operation": operation, "UserId": user, "ItemName": MARK, **told}
        cells = (operation, user, json.dumps(record))
        time = "2024-05-13T10:00:00.0000000Z"
        return (time, cells[1], cells[0], cells[2]) if older else (MARK, time, "25", *cells)

    def meeting(user, meeting, *people, join="2024-05-13T09:00:00"):
        attendees = [{"RecipientType": "User", "DisplayName": MARK, **person} for person in people]
        return line("MeetingParticipantDetail", user, MeetingDetailId=meeting, JoinTime=join, Attendees=attendees)

    rows = [
        meeting("Ann@acme.example", "M1", {"UserObjectId": "ID-BOB"}),
        meeting("Ann@acme.example", "M1", {"UserObjectId": "id-bob"}, join="2024-05-13T09:20:00"),
        meeting("Ann@acme.example", "M1", {"UserObjectId": "id-cleo", "UPN": "cleo@acme.example"}),
        meeting("Ann@acme.example", "M1", {}, {"UserObjectId": "null"}, {"UPN": "#N/A"}),
        meeting("bob@acme.example", "M2", {"UPN": "bob@acme.example"}, join=None),
        meeting("dan@acme.example", "M2", {"UPN": "dan@acme.example"}, join=None),
        meeting("ann@acme.example", "M3", *({"UserObjectId": f"id-{number}"} for number in range(80))),
        line("MessageSent", "ann@acme.example"),
        line("FileAccessed", "ann@acme.example"),
        (*line("FileAccessed", "ann@acme.example")[:-1], "{" + MARK),
    ]
    headings = (
        "CreationDate,UserIds,Operations,AuditData"
        if older
        else ("RecordId,CreationDate,RecordType,Operation,UserId,AuditData")
    )
    return table(path, headings, rows)


@pytest.mark.parametrize("older", [False, True])
def test_an_audit_log_tells_who_was_in_a_meeting(tmp_path, older):
    rows, source = read(audit(tmp_path / "audit.csv", older), "purview")

    def met(a, b, event, when=NINE, recipients=None):
        return (when, a, b, "meeting", event, None, "meeting", recipients, None)

    assert [row for row in rows if row[4] != "M3"] == [
        met("ann@acme.example", "cleo@acme.example", "M1"),
        met("ann@acme.example", "id-bob", "M1"),
        met("bob@acme.example", "dan@acme.example", "M2", datetime(2024, 5, 13, 10)),
    ]
    assert [row for row in rows if row[4] == "M3"] == sorted(
        (met("ann@acme.example", f"id-{number}", "M3", recipients=80) for number in range(80)), key=str
    )
    assert source.rejected == {"no recipient": 2, "other operation": 1, "unreadable": 1}


# ---- damage


@pytest.mark.long
@pytest.mark.parametrize("write", [cmdlet, summary, extended, search, audit])
def test_damage_is_an_error_in_words_or_is_counted(tmp_path, write):
    path = write(tmp_path / "log.csv")

    def read(content: bytes) -> tuple[list[tuple], str]:
        path.write_bytes(content)
        interactions = read_interactions(path, connection=CONNECTION)
        with scanning(interactions):
            rows = rows_of(interactions)
        return rows, repr([(vars(one) | {"query": ""}, unreadable(interactions)) for one in interactions.sources])

    survives(path.read_bytes(), read, secret=MARK, examples=20)


def test_small_logs_are_read_in_one_thread_and_others_as_the_connection_has_it(tmp_path, monkeypatch):
    log = tmp_path / "log.csv"
    log.write_text("timestamp,sender,recipient\n2024-05-31,ann,bob\n", encoding="utf-8")

    def threads(connection):
        return connection.execute("select current_setting('threads')").fetchone()[0]

    usual = threads(connect())
    assert threads(read_interactions([log]).connection) == 1
    assert threads(read_interactions(log, connection=connect()).connection) == usual
    assert threads(read_interactions(pd.read_csv(log)).connection) == usual
    monkeypatch.setattr(temporary, "ALONE", log.stat().st_size - 1)
    assert threads(read_interactions(log).connection) == usual
