"""Calendars as iCalendar files (.ics): who was invited to a meeting, and did not decline.

A series can stand anywhere in an export, a moved instance in one file and its rule in another, and the same meeting in
the calendar of everybody invited. So the events are first put on disk without a word of what they are about, sorted by
their UID, and read back one UID at a time: of each only the latest version counts.
"""

import importlib.util
import sqlite3
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from hashlib import blake2b
from itertools import groupby

from silos.errors import ReadError
from silos.locales.said import Said
from silos.readers.files.sniff import Head, Part
from silos.readers.formats.calendar import vevents
from silos.readers.formats.calendar.series import Series
from silos.readers.formats.calendar.vevents import Event
from silos.readers.formats.calendar.zones import Zones, day_of
from silos.readers.reader import Reader, Request
from silos.readers.tabular.row_buffer import Rows
from silos.system.distribution import extra, how_to_install
from silos.tables import Source

MEDIUM = "meeting"

_LIBRARIES = ("icalendar", "recurring_ical_events")
_MISSING = (
    "reading calendars needs two more libraries (icalendar, recurring-ical-events). "
    f"Install them with: {how_to_install('calendar')}."
)


def _recognise(head: Head) -> bool:
    return head.kind == "text" and head.text.lstrip("\ufeff").lstrip()[:15].upper() == "BEGIN:VCALENDAR"


def _read(parts: Sequence[Part], request: Request) -> list[Source]:
    if any(importlib.util.find_spec(name) is None for name in _LIBRARIES):
        raise ReadError(f"{request.name}: {_MISSING}")
    rows = Rows(request.scratch, medium=MEDIUM)
    store = _Store(str(request.scratch.file(".sqlite")))
    try:
        zones = Zones()
        seen = _Seen()
        for number, part in enumerate(parts):
            for event in vevents.events(part, zones, rows, file=number):
                seen.look(event)
                store.add(event)
        meetings = _Meetings(rows, zones, seen.last_day(), tuple(part.name for part in parts))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of the libraries, on what a calendar does that it should not
            for events in store.by_uid():
                meetings.add(events)
    except sqlite3.Error as error:
        raise ReadError(
            f"{request.name}: the rows cannot be stored in the temporary folder. Free some room, or point the "
            "environment variable TMPDIR elsewhere."
        ) from error
    finally:
        store.close()
    columns = {
        **{"timestamp": "DTSTART", "sender": "ORGANIZER or first ATTENDEE", "recipient": "ATTENDEE"},
        **{"event": "UID, RECURRENCE-ID"},
    }
    name = parts[0].name if len(parts) == 1 else request.name
    return [rows.source(name, "calendar", columns=columns, notes=meetings.notes(request.name))]


# ---- events on disk


class _Store:
    """Events of a log, on disk."""

    def __init__(self, path: str) -> None:
        self._database = sqlite3.connect(path)
        self._database.execute("pragma journal_mode = off")
        self._database.execute("pragma synchronous = off")
        self._database.execute("create table events (uid text, number integer, event text)")
        self._waiting: list[tuple[str, int, str]] = []
        self._count = 0

    def add(self, event: Event) -> None:
        """Keep an event."""
        self._waiting.append((event.uid, self._count, event.dumped()))
        self._count += 1
        if len(self._waiting) >= 10_000:
            self._write()

    def _write(self) -> None:
        self._database.executemany("insert into events values (?, ?, ?)", self._waiting)
        self._waiting.clear()

    def by_uid(self) -> Iterator[list[Event]]:
        """The events of one UID after the other, each as they were read."""
        self._write()
        found = self._database.execute("select uid, event from events order by uid, number")
        for _, rows in groupby(found, key=lambda row: row[0]):
            yield [Event.loaded(text) for _, text in rows]

    def close(self) -> None:
        """Give the file back."""
        self._database.close()


@dataclass
class _Seen:
    """The bounds of a log: the last day with an event of its own, beside those that only a rule without end makes."""

    last: date | None = None

    def look(self, event: Event) -> None:
        """Note the days an event names."""
        rule = event.first("RRULE") or ""
        days = [day_of(value) for _, value in event.values("DTSTART", "RECURRENCE-ID", "RDATE")]
        if "UNTIL=" in rule:
            days.append(day_of(rule.split("UNTIL=")[1].split(";")[0]))
        elif rule and "COUNT=" not in rule:
            return
        for day in days:
            if day is not None and (self.last is None or day > self.last):
                self.last = day

    def last_day(self) -> date:
        """How far a rule without end is followed: to the last dated event, and today at most."""
        today = datetime.now(UTC).date()
        return today if self.last is None else min(self.last, today)


# ---- meetings of one UID


@dataclass(eq=False)
class _Meetings:
    """Makes rows of the events of one UID after the other.

    Attributes:
        rows: the rows.
        zones: the time zones that the calendars define.
        last: how far rules without end are followed.
        files: names of the files by number.
        met: how many meetings there were.
    """

    rows: Rows
    zones: Zones
    last: date
    files: tuple[str, ...]
    met: int = 0
    series: Series = field(init=False)

    def __post_init__(self) -> None:
        self.series = Series(self.zones, self.last, self._reject)

    def add(self, events: Sequence[Event]) -> None:
        """Add the meetings of all the events of one UID."""
        latest = self._latest(events)
        if not latest:
            return
        main = latest.get("")
        if main is not None and main.cancelled:
            self.rows.reject("cancelled", where=self._where(main), count=len(latest))
            return
        try:
            if list(latest) == [""] and main is not None and not main.first("RRULE") and not main.first("RDATE"):
                self._meeting(main, self.series.instant(main, "DTSTART"), main.uid)
                return
            for event, moment, original in self.series.occurrences(latest):
                self._meeting(event, moment, f"{event.uid}/{original:%Y%m%dT%H%M%SZ}", series=_series(event.uid))
        except Exception:  # whatever the libraries raise on what no calendar should hold
            self.rows.reject("unreadable", where=self._where(next(iter(latest.values()))))

    def _reject(self, reason: str, event: Event) -> None:
        self.rows.reject(reason, where=self._where(event))

    def _where(self, event: Event) -> str:
        return f"{self.files[event.file] if event.file < len(self.files) else ''}, line {event.line}"

    def _latest(self, events: Sequence[Event]) -> dict[str, Event]:
        """Of each instance the version that holds: by sequence, then by date; the series itself under ""."""
        found: dict[str, Event] = {}
        for event in events:
            instance = event.values("RECURRENCE-ID")
            try:
                key = "" if not instance else self.series.utc(event, *instance[0]).isoformat()
            except (ValueError, OverflowError):
                self.rows.reject("unreadable", where=self._where(event))
                continue
            if key not in found:
                found[key] = event
                continue
            self.rows.reject("duplicate")
            if event.rank() > found[key].rank():
                found[key] = event
        return found

    # -- rows

    def _meeting(self, event: Event, moment: datetime | None, name: str, *, series: str | None = None) -> None:
        """Add one meeting: from its organiser, or the first of its participants, to all others.

        Those who are in a series of meetings are a community, which has no name to be shown.
        """
        if moment is None:
            self.rows.reject("undated", where=self._where(event))
            return
        people = event.people
        for reason, count in people.left_out.items():
            self.rows.reject(reason, count=count)
        if len(people.present) < 2:
            self.rows.reject("no recipient", where=self._where(event))
            return
        self.met += 1
        sender, *others = people.present
        for recipient in others:
            self.rows.add(
                timestamp=moment,
                sender=sender,
                recipient=recipient,
                event=name,
                kind="meeting",
                recipients=len(others),
            )
        for person in people.present if series else ():
            self.rows.affiliation(timestamp=moment, person=person, community=series)

    def notes(self, name: str) -> list[str]:
        """What is to be said to the user."""
        notes: list[str] = [Said("read", "calendar")]
        notes += self.series.notes()
        if not self.met:
            notes.append(Said("read", "calendar_alone", name=name))
        return notes


def _series(uid: str) -> str:
    """A series as an id that tells nothing of it: a UID may hold an address or a title."""
    return blake2b(uid.encode("utf-8", "replace"), digest_size=8).hexdigest()


CALENDAR = Reader(
    "calendar",
    "iCalendar (.ics), one calendar or many, including series; needs the extra " + extra("calendar"),
    _recognise,
    _read,
)
