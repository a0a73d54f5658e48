"""Small valid inputs of every format and of rosters, each with what must be read of it. Names, addresses and texts of
people hold `MARK`, so that an error that quotes one gives itself away."""

import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pandas as pd

from silos.store.ingest import ingest

MARK = "zqmarkqz"
ANN, BOB, CLEO = (f"{name}.{MARK}@acme.example" for name in ("ann", "bob", "cleo"))
DAYS = ("2025-01-06", "2025-01-07", "2025-01-20")


@dataclass(frozen=True)
class Seed:
    """A valid input.

    Attributes:
        format: of a log, or `roster`.
        files: name -> bytes; of one file, or of the members of a zip or folder.
        rows: what must be read of it: interactions, affiliations or ties of a log, people of a roster.
        packed: whether it is a zip as it comes from the tool; else a folder where there are several files.
    """

    format: str
    files: Mapping[str, bytes]
    rows: int
    packed: bool = False


def table(rows: Sequence[Sequence[object]], encoding: str = "utf-8", delimiter: str = ",") -> bytes:
    """A delimited table as bytes."""
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode(encoding)


def parquet(rows: Sequence[Sequence[object]], folder: Path) -> bytes:
    """The same as Parquet."""
    frame = pd.DataFrame(rows[1:], columns=list(rows[0]))
    target = folder / "seed.parquet"
    with duckdb.connect() as connection:
        connection.register("frame", frame)
        connection.execute(f"copy (from frame) to '{target}' (format parquet)")
    return target.read_bytes()


def seeds(folder: Path) -> list[Seed]:
    """All the seeds; `folder` is for those that must be written to be made."""
    return [*_tables(folder), *_chats(), *_mail(), *_meetings(), *_graphs(), *_rosters(), _store(folder)]


_PAIRS = ((ANN, BOB), (BOB, ANN), (ANN, CLEO), (CLEO, BOB))
_LOG = [
    ["timestamp", "sender", "recipient", "medium", "thread", "subject"],
    *([f"{DAYS[n % 3]}T09:0{n}:00Z", a, b, "email", f"t{n % 2}", f"Re: {MARK}"] for n, (a, b) in enumerate(_PAIRS)),
]


def _tables(folder: Path) -> list[Seed]:
    trace = [
        ["MessageId", "Received", "SenderAddress", "RecipientAddress", "Subject", "Status", "Size", "MessageTraceId"],
        *([f"<m{n}@x>", f"{DAYS[0]}T09:0{n}:00Z", a, b, MARK, "Delivered", 9, n] for n, (a, b) in enumerate(_PAIRS)),
    ]
    search = [
        ["Message ID", "Start date", "Sender", "Subject", "Recipient address", "Event target", "Event status"],
        *(
            [f"<m{n}@x>", f"2025/01/06 09:0{n}:00 UTC", a, MARK, b, "GMAIL_INBOX", "DELIVERED"]
            for n, (a, b) in enumerate(_PAIRS)
        ),
    ]
    people = [{"RecipientType": "User", "UPN": one, "DisplayName": MARK} for one in (ANN, BOB, CLEO)]
    detail = {"MeetingDetailId": "m1", "JoinTime": f"{DAYS[0]}T09:00:00Z", "UserId": ANN, "Attendees": people}
    audit = [
        ["RecordId", "CreationDate", "RecordType", "Operation", "UserId", "AuditData"],
        ["r1", f"{DAYS[0]}T10:00:00Z", 25, "MeetingParticipantDetail", ANN, json.dumps(detail)],
    ]
    insights = [
        [*(f"{side}Collaborator_PersonId" for side in ("Primary", "Secondary")), "MetricDate", "Strong_tie_score"],
        *([a, b, DAYS[0], 0.5] for a, b in _PAIRS),
    ]
    groups = [
        [
            *("PrimaryCollaborator_Organization", "SecondaryCollaborator_Organization", "MetricDate"),
            *("PrimaryCollaborator_GroupSize", "Group_collaboration_time_invested"),
        ],
        *([f"Sales {MARK}", f"Legal {MARK}", day, 12, 90] for day in DAYS),
    ]
    edges = [["Source", "Target", "Type", "Id", "Weight"]]
    edges += [[a, b, "Directed", n, 2] for n, (a, b) in enumerate(_PAIRS)]
    members = [["person", "community", "timestamp", "posts"], *([one, f"c {MARK}", DAYS[0], 3] for one in (ANN, BOB))]
    day_first = [["Expéditeur", "Destinataire", "Date", "Objet"]]
    day_first += [[a, b, f"{20 + n}/01/2025 09:00", MARK] for n, (a, b) in enumerate(_PAIRS)]
    listed = [["from", "to", "date", "subject"], [ANN, f"{BOB}; {CLEO}", f"{DAYS[0]} 09:00:00", MARK]]
    return [
        Seed("exchange", {"trace.csv": table(trace)}, 4),
        Seed("exchange", {"trace.csv": table(trace, "utf-16", "\t")}, 4),
        Seed("gmail", {"search.csv": table(search)}, 4),
        Seed("purview", {"audit.csv": table(audit)}, 2),
        Seed("insights", {"pairs.csv": table(insights)}, 4),
        Seed("insights", {"groups.csv": table(groups)}, 3),
        Seed("edges", {"edges.csv": table(edges)}, 4),
        Seed("affiliations", {"members.csv": table(members)}, 2),
        Seed("delimited", {"log.csv": table(_LOG)}, 4),
        Seed("delimited", {"log.csv": table(day_first, "cp1252", ";")}, 4),
        Seed("delimited", {"log.tsv": table(_LOG, "utf-16-le", "\t")}, 4),
        Seed("delimited", {"log.csv": table(listed)}, 2),
        Seed("delimited", {"a.csv": table(_LOG), "b/c.csv": table([_LOG[0], *_LOG[:0:-1]])}, 8, packed=True),
        Seed("parquet", {"log.parquet": parquet(_LOG, folder)}, 4),
        Seed("ties", {"ties.csv": table(_ties())}, 2),
    ]


def _ties() -> list[list[object]]:
    from silos.tables import TIES_FIELDS

    of_type = {"varchar": "all", "timestamp": f"{DAYS[0]} 00:00:00", "date": DAYS[0], "double": 2.0, "boolean": "true"}
    rows = []
    for a, b in _PAIRS[:2]:
        ends = {"sender": a, "recipient": b}
        rows.append([ends.get(name, of_type.get(kind.lower(), 1)) for name, kind in TIES_FIELDS.items()])
    return [list(TIES_FIELDS), *rows]


# ---- chats


def _chats() -> list[Seed]:
    ids = {ANN: "U0000000A", BOB: "U0000000B", CLEO: "W0000000C"}
    users = [{"id": id, "name": MARK, "profile": {"email": one, "real_name": MARK}} for one, id in ids.items()]
    section = {"type": "rich_text_section", "elements": [{"type": "text", "text": MARK}]}
    rich = [{"type": "rich_text", "elements": [section]}]
    root = {"type": "message", "user": ids[ANN], "ts": "1736154000.000100", "thread_ts": "1736154000.000100"}
    reply = {"type": "message", "user": ids[BOB], "ts": "1736154060.000100", "thread_ts": "1736154000.000100"}
    channel = [
        {**root, "text": f"<@{ids[BOB]}> {MARK}", "blocks": rich, "reply_users": [ids[BOB]]},
        {**reply, "text": MARK, "reactions": [{"name": "ok", "users": [ids[CLEO]], "count": 1}]},
    ]
    direct = [{"type": "message", "user": ids[CLEO], "ts": "1736154120.000100", "text": MARK}]
    slack = {
        "users.json": users,
        "channels.json": [{"id": "C00000001", "name": "general", "members": list(ids.values())}],
        "dms.json": [{"id": "D00000001", "members": [ids[CLEO], ids[ANN]]}],
        "general/2025-01-06.json": channel,
        "D00000001/2025-01-06.json": direct,
    }
    files = {name: json.dumps(content).encode() for name, content in slack.items()}
    at = 1736154000000
    reactions = [{"user": "cleo", "emoji_name": "ok", "create_at": at}]
    mattermost: list[dict[str, object]] = [
        {"type": "version", "version": 1},
        {"type": "channel", "channel": {"team": "t", "name": "general", "type": "O", "display_name": MARK}},
        *({"type": "user", "user": {"username": one.split(".")[0], "email": one}} for one in (ANN, BOB, CLEO)),
    ]
    post = {"team": "t", "channel": "general", "user": "ann", "message": f"@bob {MARK}", "create_at": at}
    replies = [{"user": "bob", "message": f"@here {MARK}", "create_at": at + 9}]
    mattermost += [
        {"type": "post", "post": {**post, "replies": replies, "reactions": reactions}},
        {
            "type": "direct_post",
            "direct_post": {"channel_members": ["ann", "cleo"], "user": "cleo", "message": MARK, "create_at": at},
        },
    ]
    lines = "\n".join(map(json.dumps, mattermost)).encode()
    heads = (
        *("id", "replied_to_id", "thread_id", "group_id", "group_name", "in_private_group", "participants"),
        *("in_private_conversation", "sender_id", "sender_type", "sender_email", "body", "created_at", "deleted_at"),
    )
    said = [list(heads)]
    said.append(["1", "", "1", "7", "Ideas", "false", "", "false", "11", "User", ANN, f"[[user:12]] {MARK}"])
    said.append(["2", "1", "1", "7", "Ideas", "false", "", "false", "12", "User", BOB, MARK])
    for number, row in enumerate(said[1:]):
        row += [f"{DAYS[0]}T09:0{number}:00.000Z", ""]
    posts = table(said, "utf-8-sig")
    listed = table([["id", "name", "email"], ["11", MARK, ANN], ["12", MARK, BOB]])
    return [
        Seed("slack", files, 4, packed=True),
        Seed("slack", {"x\\" + name.replace("/", "\\"): content for name, content in files.items()}, 4, packed=True),
        Seed("slack", files, 4),
        Seed("mattermost", {"export.jsonl": lines}, 4),
        Seed("mattermost", {"import.jsonl": lines, "data/a.png": b"\x89PNG"}, 4, packed=True),
        Seed("engage", {"Messages.csv": posts}, 2),
        Seed("engage", {"Messages.csv": posts, "Users.csv": listed}, 2, packed=True),
    ]


# ---- mail


def a_mail(number: int, sender: str, to: str) -> bytes:
    """One mail."""
    return (
        f'From: "{MARK}, Ann" <{sender}>\nTo: =?utf-8?Q?{MARK}?= <{to}>\nDate: Mon, 6 Jan 2025 09:0{number}:00 +0100\n'
        f"Message-ID: <m{number}@acme.example>\nSubject: {MARK}\nIn-Reply-To: <m0@acme.example>\n"
        f"X-Gmail-Labels: Inbox\nContent-Type: text/plain\n\n{MARK}\n"
    ).encode()


def _mail() -> list[Seed]:
    mails = [a_mail(number, a, b) for number, (a, b) in enumerate(_PAIRS)]
    box = b"".join(b"From x Mon Jan  6 09:00:00 2025\n" + mail + b"\n" for mail in mails)
    names = [f"cur/173615400{n}.M1.host:2,S" for n in range(4)]
    enron = table([["file", "message"], *([f"ann/{n}.", mail.decode()] for n, mail in enumerate(mails))])
    return [
        Seed("mail", {"box.mbox": box}, 4),
        Seed("mail", {f"{n}.eml": mail for n, mail in enumerate(mails)}, 4),
        Seed("mail", {f"inbox/{n}.eml": mail for n, mail in enumerate(mails)}, 4, packed=True),
        Seed("mail", dict(zip(names, mails, strict=True)), 4),
        Seed("mail", {"emails.csv": enron}, 4),
    ]


# ---- meetings


def _meetings() -> list[Seed]:
    people = "".join(f"ATTENDEE;CN={MARK}: Li;PARTSTAT=ACCEPTED:mailto:{one}\r\n" for one in (ANN, BOB, CLEO))
    begin = "BEGIN:VEVENT\r\nUID:{0}\r\nDTSTAMP:20250101T000000Z\r\nSUMMARY:" + MARK + "\r\n"
    who = f'ORGANIZER;CN="{MARK}":mailto:{ANN}\r\n{people}END:VEVENT\r\n'
    one = begin.format("a") + "DTSTART:20250106T090000Z\r\n" + who
    rule = "RRULE:FREQ=WEEKLY;COUNT=2\r\nEXDATE;TZID=Europe/Paris:20250120T100000\r\n"
    series = begin.format("b") + "DTSTART;TZID=Europe/Paris:20250106T100000\r\n" + rule + who
    at = "1/26/25"
    teams = [
        *("1. Summary", f"Meeting title\t{MARK}", "Start time\t1/26/25, 9:00:00 AM", "", "2. Participants"),
        "Name\tFirst Join\tLast Leave\tIn-Meeting Duration\tEmail\tParticipant ID (UPN)\tRole",
        *(f"A {MARK} (Guest)\t{at}, 9:00:00 AM\t{at}, 9:30:00 AM\t30m\t{one}\t{one}\tPresenter" for one in (ANN, BOB)),
        *("", "3. In-Meeting Activities", "Name\tJoin Time\tLeave Time\tDuration\tEmail\tRole"),
        f"A {MARK}\t1/26/25, 9:00:00 AM\t1/26/25, 9:30:00 AM\t30m\t{ANN}\tPresenter",
    ]
    zoom = [
        "Meeting ID,Topic,Start Time,End Time,User Email,Duration (Minutes),Participants",
        f"812 3456 7890,{MARK},01/26/2025 09:00:00 AM,01/26/2025 10:00:00 AM,{ANN},60,2",
        *("", "Name (Original Name),User Email,Join Time,Leave Time,Duration (Minutes),Guest"),
        *(f"X (A {MARK}),{one},01/26/2025 09:00:00 AM,01/26/2025 09:59:00 AM,59,No" for one in (ANN, BOB, CLEO)),
    ]
    legacy = ["Full Name\tUser Action\tTimestamp", *(f"{n} {MARK}\tJoined\t1/26/2025, 9:00:00 AM" for n in "AB")]
    return [
        Seed("calendar", {"a.ics": f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{one}{series}END:VCALENDAR\r\n".encode()}, 6),
        Seed("attendance", {"t.csv": "\r\n".join(teams).encode("utf-16")}, 1),
        Seed("attendance", {"z.csv": "\r\n".join(zoom).encode("utf-8-sig")}, 2),
        Seed("attendance", {"l.csv": "\r\n".join(legacy).encode("utf-16-le")}, 1),
    ]


# ---- graphs, rosters, a store


def _graphs() -> list[Seed]:
    keys = '<key id="w" for="edge" attr.name="weight"><default>2</default></key>'
    keys += '<key id="l" for="node" attr.name="label"/>'
    nodes = "".join(f'<node id="n{n}"><data key="l">{one}</data></node>' for n, one in enumerate((ANN, BOB, CLEO)))
    edges = '<edge source="n0" target="n1"/><edge source="n1" target="n2" directed="false"/>'
    graphml = f'<?xml version="1.0"?><graphml>{keys}<graph edgedefault="directed">{nodes}{edges}</graph></graphml>'
    nodes = "".join(f'<node id="{n}" label="{one}"/>' for n, one in enumerate((ANN, BOB, CLEO)))
    edges = '<edge source="0" target="1" weight="2"/><edge source="1" target="2" type="mutual"/>'
    inside = f"<nodes>{nodes}</nodes><edges>{edges}</edges>"
    gexf = f'<?xml version="1.0"?><gexf version="1.3"><graph defaultedgetype="directed">{inside}</graph></gexf>'
    return [Seed("graphml", {"g.graphml": graphml.encode()}, 2), Seed("gexf", {"g.gexf": gexf.encode()}, 3)]


def _rosters() -> list[Seed]:
    plain = [
        ["person", "name", "department", "manager", "level", "location", "aliases"],
        [ANN, f"Ann {MARK}", "Sales", "", 1, "Paris", f"U1;ann2.{MARK}@acme.example"],
        [BOB, f"Bob {MARK}", "Sales", ANN, 2, "Paris", ""],
        [CLEO, f"Cleo {MARK}", "Legal", ANN, 2, "Lyon", ""],
    ]
    french = [["Matricule", "Nom", "Prénom", "Service", "Responsable", "Courriel"]]
    french += [[n, MARK, "Zoé", "Achats", 1, one] for n, one in enumerate((ANN, BOB, CLEO), start=1)]
    google = [["First Name [Required]", "Last Name [Required]", "Email Address [Required]", "Org Unit Path [Required]"]]
    google += [["Ann", MARK, one, "/Sales"] for one in (ANN, BOB)]
    dated = [["PersonId", "EffectiveDate", "ManagerId", "LevelDesignation", "Organization"]]
    dated += [[one, day, "", "IC", "Sales"] for one in (ANN, BOB) for day in DAYS[:2]]
    return [
        Seed("roster", {"r.csv": table(plain)}, 3),
        Seed("roster", {"r.csv": table(french, "cp1252", ";")}, 3),
        Seed("roster", {"r.csv": table(google, "utf-16", "\t")}, 2),
        Seed("roster", {"r.csv": table(dated)}, 2),
    ]


def _store(folder: Path) -> Seed:
    target = folder / "store"
    frame = pd.DataFrame(_LOG[1:], columns=_LOG[0]).drop(columns="subject")
    ingest(frame, target)
    files = {path.relative_to(target).as_posix(): path.read_bytes() for path in target.rglob("*") if path.is_file()}
    return Seed("store", files, 4)
