"""Who attended a meeting, as Teams and Zoom report it: people who were in one call, however often they rejoined.

The reports are read twice: once to learn how dates are written over all the files of the log, once for their rows. In
memory is one report at a time.
"""

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from silos.locales.said import Said
from silos.readers.files.sniff import Part
from silos.readers.formats.attendance.report import Meeting, Row, is_report, report_of
from silos.readers.reader import Reader, Request
from silos.readers.tabular import timestamps
from silos.readers.tabular.row_buffer import Rows
from silos.readers.tabular.spelt_times import moment_of
from silos.readers.tabular.status_words import DECLINED
from silos.readers.tabular.zone_names import offset_of
from silos.tables import Source

MEDIUM = "meeting"

_ZONE_BEHIND = re.compile(r"(?P<time>.*\d(?: ?[AaPp][Mm])?) ?(?P<zone>\(?(?:UTC|GMT|[A-Z]{1,5}\b|[A-Z][a-z]).*)")
_ZONE_WORDS = re.compile(r" \(?(?:[A-Z]{1,5}|[A-Z][a-z].*)\)?$")

# ---- times


@dataclass(eq=False)
class _Dates:
    """How the reports of one LOG write their dates.

    Attributes:
        order: of day and month.
        pairs: file -> the numbers of its dates that could be either.
        unzoned: whether times name no zone.
        unknown: times whose zone is not known.
    """

    order: timestamps.DateOrder | None = None
    pairs: dict[str, set[tuple[int, int]]] = field(default_factory=dict)
    unzoned: bool = False
    unknown: set[str] = field(default_factory=set)

    def look(self, name: str, value: str) -> None:
        """Learn from a value."""
        form = timestamps.form_of(value)
        if form is None and (match := _ZONE_BEHIND.fullmatch(value)):
            form = timestamps.form_of(match["time"])
        if form is not None and form.startswith("%1"):
            first, second = re.split(r"[-/.]", value)[:2]
            self.pairs.setdefault(name, set()).add((int(first), int(second)))

    def read(self, value: str) -> datetime | None:
        """The time that a value says, in UTC where it names a zone; None where it cannot be understood."""
        plain, zone = value, ""
        form = timestamps.form_of(value) if value else None
        if form is None and (match := _ZONE_BEHIND.fullmatch(value)):
            plain, zone = match["time"], match["zone"]
            form = timestamps.form_of(plain)
        if form is None:
            return self._spelt(value)
        if form in (timestamps.EPOCH, timestamps.SERIAL):
            return None
        try:
            if form == timestamps.ISO:
                time = _iso(plain)
            else:
                first, second = ("%m", "%d") if self.order == "month-first" else ("%d", "%m")
                time = datetime.strptime(plain, form.replace("%1", first).replace("%2", second))
        except ValueError:
            return self._spelt(value)
        if not zone or time.tzinfo is not None:
            return time
        ahead = offset_of(zone, time)
        if ahead is None:
            self.unknown.add(value)
            return time
        return (time - ahead).replace(tzinfo=UTC)

    def _spelt(self, value: str) -> datetime | None:
        """The time of a value with words in it."""
        time, zone = moment_of(value)
        if zone == "unknown":
            self.unknown.add(value)
            time, _ = moment_of(_ZONE_WORDS.sub("", value))
            return time
        return time.replace(tzinfo=UTC) if time is not None and zone == "known" else time


def _iso(value: str) -> datetime:
    """A time whose year stands first, be it "2024-05-03T10:00:00Z" or "2024/5/3 9:00 +0200"."""
    value = re.sub(r" ?(?:UTC|GMT|Z)$", "+00:00", value.replace("/", "-").replace(",", "."))
    value = re.sub(r" +(?=[+-]\d)", "", value)
    return datetime.fromisoformat(re.sub(r"(?<![\d.])\d(?=[-: T]|$)", lambda digit: f"0{digit[0]}", value))


def _read(parts: Sequence[Part], request: Request) -> list[Source]:
    written = _Dates(request.date_order)
    for part in parts if request.date_order is None else ():
        for meeting in report_of(part).meetings.values():
            for value in [meeting.start, *(value for row in meeting.rows for value in (row.joined, row.left))]:
                written.look(part.name, value)
    if written.pairs:
        pairs = {name: sorted(found) for name, found in written.pairs.items()}
        written.order = timestamps.decided(pairs, name=request.name, column="Join time")
    rows = Rows(request.scratch, medium=MEDIUM)
    named = meetings = 0
    for part in parts:
        report = report_of(part)
        for line, reason in report.rejected:
            rows.reject(reason, where=f"{part.name}, line {line}")
        for meeting in report.meetings.values():
            for session in _sessions(meeting, written, rows, part.name):
                meetings += 1
                named += _add(session, meeting, rows, part.name)
    notes = []
    if named:
        notes.append(Said("read", "attendance_named", count=named))
    if written.unzoned:
        notes.append(Said("read", "no_zone", name=request.name))
    if written.unknown:
        notes.append(Said("read", "unknown_zone", count=len(written.unknown), name=request.name))
    if not meetings:
        notes.append(Said("read", "no_meeting", name=request.name))
    columns = {"timestamp": "Join time", "sender": "organiser or first participant", "recipient": "participant"}
    name = parts[0].name if len(parts) == 1 else request.name
    return [rows.source(name, "attendance", columns=columns, notes=notes)]


@dataclass(frozen=True)
class _Attended:
    row: Row
    joined: datetime | None
    left: datetime | None


@dataclass(frozen=True)
class _Session:
    """One meeting: those that were in it at one time."""

    start: datetime
    attended: list[_Attended]


def _sessions(meeting: Meeting, written: _Dates, rows: Rows, name: str) -> Iterator[_Session]:
    """The meetings behind a number: it is reused, and another day is another meeting.

    A meeting that runs past midnight is one: somebody was in it when the next joined.
    """
    start = written.read(meeting.start)
    attended = []
    timed = any(row.joined for row in meeting.rows)
    for row in meeting.rows:
        if timed and not row.joined and not row.left:
            # Invited, and listed beside those who came.
            rows.reject(DECLINED, where=f"{name}, line {row.line}")
            continue
        joined = written.read(row.joined)
        if joined is None and start is None:
            rows.reject("undated", where=f"{name}, line {row.line}")
            continue
        written.unzoned = written.unzoned or (joined or start or datetime.min).tzinfo is None
        attended.append(_Attended(row, joined, written.read(row.left)))
    if not attended:
        return
    dated = [one for one in attended if one.joined is not None]
    zoned = {one.joined.tzinfo is None for one in dated if one.joined}
    if not dated or len(zoned) > 1:
        begin = start or min((one.joined for one in dated if one.joined), key=str)
        yield _Session(begin, attended)
        return
    dated.sort(key=lambda one: (one.joined, one.row.line))
    groups: list[list[_Attended]] = []
    until: datetime | None = None
    day: date | None = None
    for one in dated:
        joined = one.joined
        assert joined is not None
        if day is None or (joined.date() != day and (until is None or joined > until)):
            groups.append([])
        groups[-1].append(one)
        day = joined.date()
        left = one.left if one.left is not None and (one.left.tzinfo is None) == (joined.tzinfo is None) else joined
        until = max(until or left, left, joined)
    groups[0] += [one for one in attended if one.joined is None]
    for position, group in enumerate(groups):
        first = group[0].joined
        assert first is not None
        said = (
            start if position == 0 and start is not None and (start.tzinfo is None) == (first.tzinfo is None) else None
        )
        # What is said of the meeting holds for the session it belongs to: an old start is that of another day.
        near = said is not None and abs(said - first) < timedelta(days=1)
        yield _Session(said if near and said is not None else first, group)


def _add(session: _Session, meeting: Meeting, rows: Rows, name: str) -> int:
    """Add the rows of one meeting: from the organiser, or who came first, to all others; people without an address."""
    # Somebody may be signed in at one time and not at another.
    addresses: dict[str, set[str]] = {}
    for one in session.attended:
        if not one.row.named_only:
            addresses.setdefault(one.row.name.casefold(), set()).add(one.row.person)
    people: dict[str, tuple[str, bool]] = {}
    hosts: list[str] = []
    for one in session.attended:
        known = addresses.get(one.row.name.casefold(), set()) if one.row.named_only else set()
        person = next(iter(known)) if len(known) == 1 else one.row.person
        people.setdefault(person.casefold(), (person, one.row.named_only and len(known) != 1))
        if one.row.organiser or person.casefold() == meeting.host.casefold():
            hosts.append(person.casefold())
    if len(people) < 2:
        rows.reject("no recipient", where=f"{name}, line {session.attended[0].row.line}")
        return 0
    ordered = sorted(people)
    first = hosts[0] if hosts else next(iter(people))
    said = [session.start.isoformat(), *([meeting.number] if meeting.number else ordered)]
    event = hashlib.md5("|".join(said).encode("utf-8", "replace"), usedforsecurity=False).hexdigest()
    for person in ordered:
        if person != first:
            rows.add(
                timestamp=session.start,
                sender=people[first][0],
                recipient=people[person][0],
                event=event,
                kind="meeting",
                recipients=len(people) - 1,
            )
    return sum(nameless for _, nameless in people.values())


ATTENDANCE = Reader(
    "attendance",
    "attendance reports of meetings: Microsoft Teams (current and former layout) and Zoom",
    is_report,
    _read,
)
