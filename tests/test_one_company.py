"""One small company, written as each export that enterprises have: whatever the tool, the ties are the same.

What was said and who met is made up once (`TALKS`, `MEETINGS`, `POSTS`, `EDGES`); small writers put it down as each
tool would, with what no tie may come of: copies, notes to oneself, bots, people from outside, a broadcast, a declined
invitation. Formats are compared on what all of their group can hold.
"""

import csv
import importlib.util
import io
import json
import random
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import networkx as nx
import numpy as np
import pandas as pd
import pytest

import silos
from silos.tables import Ties
from silos.ties.count import Tally, tally
from silos.ties.layers import network

MONDAY = datetime(2024, 5, 6)
WEEKS = 4
#: A broadcast reaches more people than this.
LIMIT = 10

DEPARTMENTS = {"Sales": ("ann", "bob", "cleo"), "Legal": ("dan", "eve", "finn"), "IT": ("gus", "hana", "ivo", "jo")}
DEPARTMENTS["Board"] = ("kim", "lou")
PEOPLE = [person for people in DEPARTMENTS.values() for person in people]
OUTSIDE, ROBOT = "zoe@partner.example", "clock@acme.example"
#: Their accounts in a tool say no address: they go by the ids of the tool.
NAMELESS = ("finn", "kim")


def mail_of(person: str) -> str:
    return person if "@" in person else f"{person}@acme.example"


def account_of(person: str) -> str:
    return person if "@" in person else f"{person}@corp.acme.example"


def slack_of(person: str) -> str:
    return f"U0000{person.upper():0>5}"[:10] if "@" not in person else f"U000OUT{len(person):03}"


def engage_of(person: str) -> str:
    return str(1000 + PEOPLE.index(person)) if person in PEOPLE else "1999"


def entra_of(person: str) -> str:
    return f"0b1c-{person}"


@pytest.fixture(scope="module")
def roster():
    people = [*PEOPLE, "clock"]
    table = pd.DataFrame(
        {
            "person": [f"E{number:03}" for number in range(len(people))],
            "department": [*(name for name, staff in DEPARTMENTS.items() for _ in staff), "IT"],
            "e-mail": [mail_of(person) for person in people],
            "userPrincipalName": [account_of(person) for person in people],
            "aliases": [f"{slack_of(p)};{engage_of(p) if p in PEOPLE else ''};{entra_of(p)};{p}" for p in people],
            "kind": [*["employee"] * len(PEOPLE), "bot"],
        }
    )
    return silos.read_roster(table)


# ---- what happened


@dataclass(frozen=True)
class Message:
    """A message to people; `root` is the time of the first one of its talk, which none but answered talks have."""

    at: datetime
    sender: str
    to: tuple[str, ...]
    root: datetime | None

    @property
    def chat(self) -> tuple[str, ...]:
        return tuple(sorted({self.sender, *self.to}))


def _talks() -> list[list[Message]]:
    """Talks of two to four people, at most one a day in each chat, so that silence parts them as threads do."""
    chance = random.Random(7)
    talks = []
    for day in range(0, 7 * WEEKS):
        if day % 7 > 4:
            continue
        chats = {tuple(sorted(chance.sample(PEOPLE, chance.choice([2, 2, 2, 3, 4])))) for _ in range(9)}
        chats |= {tuple(sorted(chance.sample(staff, 2))) for staff in DEPARTMENTS.values()}
        chats |= {("ann", OUTSIDE), ("bob", "dan", OUTSIDE)} if day % 3 == 0 else set()
        for number, chat in enumerate(sorted(chats)):
            start = MONDAY + timedelta(days=day, hours=8, minutes=7 * number)
            length = chance.choice([1, 1, 2, 3, 4, 5])
            talk = []
            for place in range(length):
                sender = chance.choice(chat)
                others = tuple(person for person in chat if person != sender)
                root = start if length > 1 else None
                talk.append(Message(start + timedelta(minutes=place, seconds=number), sender, others, root))
            talks.append([Message(m.at, m.sender, m.to, m.root and talk[0].at) for m in talk])
    shout = MONDAY + timedelta(days=2, hours=17)
    talks.append([Message(shout, "lou", tuple(person for person in PEOPLE if person != "lou"), None)])
    return talks


TALKS = _talks()
MESSAGES = [message for talk in TALKS for message in talk]
NOTE = MONDAY + timedelta(days=1, hours=20)


@dataclass(frozen=True)
class Post:
    """A message in a channel that names people, or answers the one that began the thread."""

    at: datetime
    sender: str
    named: tuple[str, ...]
    root: datetime | None = None
    answers: str = ""

    @property
    def reached(self) -> dict[str, str]:
        kinds = dict.fromkeys((person for person in self.named if person != self.sender), "mention")
        return kinds | ({self.answers: "reply"} if self.answers not in ("", self.sender) else {})


def _posts() -> list[Post]:
    chance = random.Random(8)
    posts = []
    for day in range(0, 7 * WEEKS, 2):
        start = MONDAY + timedelta(days=day, hours=15)
        author = chance.choice(PEOPLE)
        posts.append(Post(start, author, tuple(chance.sample(PEOPLE, chance.choice([0, 1, 2]))), start))
        for place in range(1, 4):
            named = tuple(chance.sample(PEOPLE, chance.choice([0, 0, 1])))
            answer = Post(start + timedelta(minutes=place), chance.choice(PEOPLE), named, start, author)
            posts.append(answer)
    return posts


POSTS = _posts()


@dataclass(frozen=True)
class Meeting:
    number: int
    start: datetime
    people: tuple[str, ...]


def _meetings() -> list[Meeting]:
    chance = random.Random(9)
    meetings = [
        Meeting(day * 10 + slot, MONDAY + timedelta(days=day, hours=9 + slot), tuple(chance.sample(PEOPLE, size)))
        for day in range(0, 7 * WEEKS, 3)
        for slot, size in enumerate((2, 4, 9))
    ]
    return [*meetings, Meeting(999, MONDAY + timedelta(days=3, hours=16), tuple(PEOPLE))]


MEETINGS = _meetings()

EDGES = {(a, b): (i * 7 + j * 3) % 5 + 0.5 for i, a in enumerate(PEOPLE) for j, b in enumerate(PEOPLE) if (i + j) % 3}
EDGES = {(a, b): weight for (a, b), weight in EDGES.items() if a != b}


# ---- messages, as each tool writes them


def written(path: Path, content: str | bytes, encoding: str = "utf-8") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode(encoding) if isinstance(content, str) else content)
    return path


def table(headings: Iterable[str], rows: Iterable[Iterable[object]], delimiter: str = ",") -> str:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, lineterminator="\n").writerows([list(headings), *map(list, rows)])
    return text.getvalue()


def packed(path: Path, files: dict[str, object]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content if isinstance(content, str | bytes) else json.dumps(content))
    return path


def canonical(folder: Path, messages: Iterable[Message] = MESSAGES, posts: Iterable[Post] = ()) -> Path:
    rows = [
        (m.at.isoformat(), m.sender, to, "chat", f"m{m.at}{m.sender}", m.root and f"t{m.root}{m.chat}", "direct")
        for m in messages
        for to in m.to
    ]
    rows += [
        (p.at.isoformat(), p.sender, to, "chat", f"p{p.at}", f"t{p.root}", kind)
        for p in posts
        for to, kind in p.reached.items()
    ]
    rows += rows[::9]  # copies
    rows += [(NOTE.isoformat(), "ann", "ann", "chat", "note", "", "direct")]
    rows += [(NOTE.isoformat(), "clock", person, "chat", f"tick {person}", "", "direct") for person in PEOPLE]
    headings = ("timestamp", "sender", "recipient", "medium", "event", "thread", "kind")
    return written(folder / "log.csv", table(headings, rows))


def french(folder: Path) -> Path:
    """One row a message, with its recipients in one cell; dates whose day comes first."""
    rows = [
        (
            f"{m.at:%d/%m/%Y %H:%M:%S}",
            mail_of(m.sender).upper(),
            ";".join(map(mail_of, m.to)),
            f"n° {number}",
            "" if m.root is None else f"fil {m.root} {m.chat}",
            "réponse à tous",
        )
        for number, m in enumerate(MESSAGES)
    ]
    headings = ("Date d'envoi", "Expéditeur", "Destinataires", "ID message", "Fil de discussion", "Objet")
    return written(folder / "journal.csv", table(headings, rows, ";"), "cp1252")


def a_mail(sender: str, to: Iterable[str], at: datetime, number: str, root: str = "", *more: str) -> bytes:
    lines = [f"From: {sender.title()} <{mail_of(sender)}>", f"To: {', '.join(map(mail_of, to))}"]
    lines += [f"Date: {at:%a, %d %b %Y %H:%M:%S} +0000", f"Message-ID: <{number}@acme.example>", "Subject: Hello"]
    lines += [f"In-Reply-To: <{root}@acme.example>"] if root else []
    return "\n".join([*lines, *more, "", "Hello, to all of you.", "", ""]).encode()


def mails() -> list[bytes]:
    found = []
    for number, talk in enumerate(TALKS):
        for place, m in enumerate(talk):
            # Each answers the one before; the reader leads it back to the first.
            answers = f"{number}.{place - 1}" if place else ""
            found.append(a_mail(m.sender, m.to, m.at, f"{number}.{place}", answers))
    found += found[::9]
    found.append(a_mail("ann", ["ann"], NOTE, "note"))
    found.append(a_mail("bob", PEOPLE[4:7], NOTE, "away", "", "Auto-Submitted: auto-replied"))
    random.Random(1).shuffle(found)
    return found


def mbox(folder: Path) -> Path:
    return written(folder / "box", b"".join(b"From x Mon May  6 09:00:00 2024\n" + mail + b"\n" for mail in mails()))


def eml(folder: Path) -> Path:
    for number, mail in enumerate(mails()):
        written(folder / "mails" / f"{number}.eml", mail)
    return folder / "mails"


def maildir(folder: Path) -> Path:
    for number, mail in enumerate(mails()):
        place = ("cur", "new", ".Sent/cur")[number % 3]
        written(folder / "Maildir" / place / f"17{number:08}.M1.host:2,S", mail)
    return folder / "Maildir"


def enron(folder: Path) -> Path:
    rows = [(f"ann/{number}.", mail.decode()) for number, mail in enumerate(mails())]
    return written(folder / "emails.csv", table(("file", "message"), rows))


def stamp(at: datetime) -> str:
    return f"{(at - datetime(1970, 1, 1)).total_seconds():.6f}"


def slack(folder: Path, messages: Iterable[Message] = MESSAGES, posts: Iterable[Post] = ()) -> Path:
    chats: dict[tuple[str, ...], str] = {("ann",): "D00000SELF"}
    for message in messages:
        kind = "D" if len(message.chat) == 2 else "G"
        chats.setdefault(message.chat, f"{kind}{len(chats):09}")
    users = [
        {
            "id": slack_of(person),
            "profile": {} if person in NAMELESS else {"email": mail_of(person)},
            "is_bot": person == ROBOT,
        }
        for person in [*PEOPLE, OUTSIDE, ROBOT]
    ]
    days: dict[str, list[dict]] = {}

    def say(
        place: str, at: datetime, sender: str, text: str = "", root: datetime | None = None, **more: object
    ) -> None:
        thread = {} if root is None else {"thread_ts": stamp(root)}
        message = {"type": "message", "user": slack_of(sender), "text": text, "ts": stamp(at), **thread, **more}
        days.setdefault(f"{place}/{at:%Y-%m-%d}.json", []).append(message)

    for m in messages:
        say(chats[m.chat], m.at, m.sender, root=m.root)
    for p in posts:
        say("general", p.at, p.sender, " ".join(f"<@{slack_of(person)}>" for person in p.named), p.root)
    say(chats["ann",], NOTE, "ann")
    say(next(iter(chats.values())), NOTE, ROBOT, bot_id="B1")
    say("general", NOTE, "lou", f"<!channel> <@{slack_of('ann')}>")
    for content in list(days.values())[::3]:
        content += content[:2]
    files = {
        "users.json": users,
        "channels.json": [{"id": "C000000001", "name": "general", "members": None}],
        "dms.json": [
            {"id": id, "members": [slack_of(person) for person in (chat * 2)[:2]]}
            for chat, id in chats.items()
            if id.startswith("D")
        ],
        "mpims.json": [
            {"id": id, "name": id, "members": list(map(slack_of, chat))}
            for chat, id in chats.items()
            if id.startswith("G")
        ],
    }
    return packed(folder / "slack.zip", files | days)


def mattermost(folder: Path, messages: Iterable[Message] = MESSAGES, posts: Iterable[Post] = ()) -> Path:
    def said(sender: str, at: datetime, text: str = "") -> dict[str, object]:
        return {"user": sender.split("@")[0], "message": text, "create_at": round(float(stamp(at)) * 1000)}

    lines: list[dict] = [{"type": "version", "version": 1}]
    lines += [
        {"type": "user", "user": {"username": person.split("@")[0], "email": mail_of(person)}}
        for person in [*PEOPLE, OUTSIDE]
    ]
    lines += [{"type": "bot", "bot": {"username": "clock"}}]
    talks: dict[object, list[dict]] = {}
    for m in messages:
        talks.setdefault((m.root or m.at, m.chat), []).append(said(m.sender, m.at))
    for (_, chat), (first, *answers) in talks.items():
        members = [person.split("@")[0] for person in chat]
        lines.append({"type": "direct_post", "direct_post": {"channel_members": members, **first, "replies": answers}})
    threads: dict[object, list[dict]] = {}
    for p in posts:
        text = " ".join(f"@{person}" for person in p.named)
        threads.setdefault(p.root, []).append(said(p.sender, p.at, text))
    for first, *answers in threads.values():
        lines.append({"type": "post", "post": {"team": "t", "channel": "general", **first, "replies": answers}})
    lines += [
        {"type": "direct_post", "direct_post": {"channel_members": ["ann", "ann"], **said("ann", NOTE)}},
        {"type": "direct_post", "direct_post": {"channel_members": ["ann", "clock"], **said("clock", NOTE)}},
        {"type": "post", "post": {"team": "t", "channel": "general", **said("lou", NOTE, "@channel @ann")}},
    ]
    lines += lines[20::7]
    return written(folder / "bulk.jsonl", "".join(json.dumps(line) + "\n" for line in lines))


def engage(folder: Path, messages: Iterable[Message] = MESSAGES, posts: Iterable[Post] = ()) -> Path:
    rows = []
    roots: dict[object, str] = {}

    def say(key: object, sender: str, at: datetime, body: str = "", chat: tuple[str, ...] = (), kind: str = "") -> None:
        id = str(50_000 + len(rows))
        root = roots.setdefault(key, id)
        rows.append(
            (
                *(id, "" if root == id else root, root, "", "true" if chat else "false"),
                ",".join(f"user:{engage_of(person)}" for person in chat),
                *(engage_of(sender), kind or "User", "" if sender in NAMELESS else mail_of(sender), body),
                *(f"{at.isoformat()}Z", "", "update"),
            )
        )

    for m in messages:
        say((m.root or m.at, m.chat), m.sender, m.at, chat=m.chat)
    for p in posts:
        say(p.root, p.sender, p.at, " ".join(f"[[user:{engage_of(person)}]]" for person in p.named))
    say("note", "ann", NOTE, chat=("ann",))
    say("robot", ROBOT, NOTE, f"[[user:{engage_of('ann')}]]", kind="Bot")
    rows += rows[::9]
    headings = (
        *("id", "replied_to_id", "thread_id", "group_id", "in_private_conversation", "participants", "sender_id"),
        *("sender_type", "sender_email", "body", "created_at", "deleted_at", "message_type"),
    )
    outside = [(engage_of(person), mail_of(person)) for person in [*PEOPLE, OUTSIDE] if person not in NAMELESS]
    users = table(("id", "email"), outside)
    return packed(folder / "engage.zip", {"Messages.csv": table(headings, rows), "Users.csv": users, "Groups.csv": ""})


def exchange(folder: Path) -> Path:
    rows = [
        (f"<{number}@x>", f"{m.at.isoformat()}Z", account_of(m.sender), mail_of(to), "Hello", "Delivered")
        for number, m in enumerate(MESSAGES)
        for to in m.to
    ]
    rows += rows[::9]
    rows += [(*row[:4], "Hello", status) for row, status in zip(rows, ("Failed", "Expanded", "Pending"), strict=False)]
    rows += [("<n@x>", f"{NOTE.isoformat()}Z", "ann@acme.example", "ann@acme.example", "", "Delivered")]
    rows += [("<r@x>", f"{NOTE.isoformat()}Z", "<>", "ann@acme.example", "", "Delivered")]
    headings = ("MessageId", "Received", "SenderAddress", "RecipientAddress", "Subject", "Status")
    return written(folder / "trace.csv", table(headings, rows), "utf-16")


def gmail(folder: Path) -> Path:
    rows = []
    for number, m in enumerate(MESSAGES):
        for to in m.to:
            row = (f"<{number}@x>", f"{m.at:%Y/%m/%d %H:%M:%S} UTC", mail_of(m.sender), mail_of(to), "Hello")
            rows += [(*row, "SMTP_IN", "Received"), (*row, "GMAIL_INBOX", "Delivered")]
    headings = ("Message ID", "Start date", "Sender", "Recipient address", "Subject", "Event target", "Event status")
    return written(folder / "search.csv", table(headings, rows))


# ---- meetings, as each tool writes them


def meetings_table(folder: Path) -> Path:
    rows = [
        (m.start.isoformat(), m.people[0], person, "meeting", m.number, "meeting")
        for m in MEETINGS
        for person in m.people[1:]
    ]
    return written(
        folder / "meetings.csv",
        table(("timestamp", "sender", "recipient", "medium", "event", "kind"), [*rows, *rows[::5]]),
    )


def calendar(folder: Path) -> Path:
    """Each meeting in the calendar of everybody in it; somebody declined and a room was booked."""
    for person in PEOPLE:
        lines = ["BEGIN:VCALENDAR", "VERSION:2.0"]
        for m in MEETINGS:
            if person not in m.people:
                continue
            away = next((other for other in PEOPLE if other not in m.people), "")
            lines += ["BEGIN:VEVENT", f"UID:{m.number}", f"DTSTART:{m.start:%Y%m%dT%H%M%SZ}", "SUMMARY:Hello"]
            lines += [f"ORGANIZER:mailto:{mail_of(m.people[0])}"]
            lines += [f"ATTENDEE;PARTSTAT=ACCEPTED:mailto:{mail_of(other)}" for other in m.people]
            lines += [f"ATTENDEE;PARTSTAT=DECLINED:mailto:{mail_of(away)}"] if away else []
            lines += ["ATTENDEE;CUTYPE=ROOM:mailto:room1@acme.example", "END:VEVENT"]
        written(folder / "calendars" / f"{person}.ics", "\r\n".join([*lines, "END:VCALENDAR", ""]))
    return folder / "calendars"


def teams(folder: Path) -> Path:
    for m in MEETINGS:
        time = f"{m.start:%m/%d/%y, %I:%M:%S %p}"
        lines = ["1. Summary", "Meeting title\tHello", f"Start time\t{time}", "", "2. Participants"]
        lines += ["Name\tFirst Join\tLast Leave\tIn-Meeting Duration\tEmail\tParticipant ID (UPN)\tRole"]
        for place, person in enumerate(m.people):
            email = "" if person in NAMELESS else mail_of(person)
            role = "Presenter" if place else "Organizer"
            lines.append(f"{person.title()}\t{time}\t{time}\t1h\t{email}\t{account_of(person)}\t{role}")
        written(folder / "teams" / f"{m.number}.csv", "\r\n".join([*lines, ""]), "utf-16")
    return folder / "teams"


def zoom(folder: Path) -> Path:
    """All meetings in one table; everybody leaves and comes back once."""
    clock = "%m/%d/%Y %I:%M:%S %p"
    rows = [
        (
            *(f"{m.number:011}", "Hello", f"{m.start:{clock}}", mail_of(m.people[0]), person, mail_of(person)),
            *(f"{m.start + later:{clock}}", f"{m.start + later + timedelta(minutes=9):{clock}}"),
        )
        for m in MEETINGS
        for person in m.people
        for later in (timedelta(), timedelta(minutes=20))
    ]
    headings = ("Meeting ID", "Topic", "Start Time", "User Email", "Name (Original Name)", "User Email", "Join Time")
    return written(folder / "zoom.csv", table((*headings, "Leave Time"), rows), "utf-8-sig")


def purview(folder: Path) -> Path:
    rows = []
    for m in MEETINGS:
        for person in m.people[1:]:
            record = {
                "Operation": "MeetingParticipantDetail",
                "UserId": account_of(m.people[0]),
                "MeetingDetailId": f"M{m.number}",
                "JoinTime": m.start.isoformat(),
                "Attendees": [{"RecipientType": "User", "UserObjectId": entra_of(person), "DisplayName": "Hello"}],
            }
            rows.append((f"{m.start.isoformat()}Z", record["UserId"], record["Operation"], json.dumps(record)))
    rows.append((f"{NOTE.isoformat()}Z", "ann@acme.example", "MessageSent", "{}"))
    headings = ("CreationDate", "UserIds", "Operations", "AuditData")
    return written(folder / "audit.csv", table(headings, [*rows, *rows[::5]]))


# ---- graphs


def gephi(folder: Path) -> Path:
    rows = [(mail_of(a), mail_of(b), "Directed", weight) for (a, b), weight in EDGES.items()]
    return written(folder / "edges.csv", table(("Source", "Target", "Type", "Weight"), rows))


def graphml(folder: Path) -> Path:
    nx.write_graphml(nx.DiGraph([(a, b, {"weight": weight}) for (a, b), weight in EDGES.items()]), folder / "a.graphml")
    return folder / "a.graphml"


def gexf(folder: Path) -> Path:
    graph = nx.DiGraph([(slack_of(a), slack_of(b), {"weight": weight}) for (a, b), weight in EDGES.items()])
    nx.write_gexf(graph, folder / "a.gexf")
    return folder / "a.gexf"


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
    assert talked.broadcasts == len(PEOPLE) - 1
    assert talked.selves == 1
    assert talked.strangers == 1
    assert talked.rejected["bot"] == len(PEOPLE)
    assert talked.rejected["duplicate"] > 50
    ties = talked.ties.dyads
    assert len(ties) > 50
    assert (ties["weeks"] >= 3).sum() > 5
    assert (ties["deep_a"] > 0).sum() > 10
    assert talked.evidence == "substantive"


@pytest.mark.parametrize("write", [french, mbox, eml, maildir, enron, slack, mattermost, engage])
def test_talks_are_the_same_ties_in_every_tool(tmp_path, write: Callable[[Path], Path], roster, talked):
    assert_same(read(write(tmp_path), roster), talked, THREADED)


@pytest.mark.parametrize("write", [exchange, gmail])
def test_traces_hold_the_same_ties_without_conversations(tmp_path, write: Callable[[Path], Path], roster, talked):
    """A trace does not say what answers what: `conversations` and `deep_…` are not in it."""
    found = read(write(tmp_path), roster)
    assert_same(found, talked, UNTHREADED)
    assert found.evidence == "turn-taking"


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
    assert expected.broadcasts > 0
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

    assert both.ties.people.tolist() == sorted(both.people.index)
    assert len(both.people) == len(PEOPLE)
    assert both.strangers == 1
    assert set(both.media) == {"chat", "email"}
    for medium, one in alone.items():
        part = both.ties.arcs[both.ties.arcs["medium"] == medium]
        own = Ties(part.assign(medium=pd.Categorical(part["medium"].astype(str))), one.ties.dyads, one.ties.people)
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
