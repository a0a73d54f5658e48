"""Calendars as iCalendar files (.ics): who was invited to a meeting, and did not decline.

A series can stand anywhere in an export, a moved instance in one file and its rule in another, and the same meeting in
the calendar of everybody invited. So the events are first put on disk without a word of what they are about, sorted by
their UID, and read back one UID at a time: of each only the latest version counts.
"""

import importlib.util
import re
import sqlite3
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from itertools import groupby, islice

from silos.errors import ReadError
from silos.readers import vevents
from silos.readers.contract import Reader, Request
from silos.readers.parts import Head, Part
from silos.readers.rows import Rows
from silos.readers.vevents import Event
from silos.tables import Source

MEDIUM = "meeting"

#: A series is followed no further: ten years of working days.
MOST_OCCURRENCES = 2_600
MOST_YEARS = 20

_LIBRARIES = ("icalendar", "recurring_ical_events")
_RULE = re.compile(r"[A-Z0-9;=,+\-]*")
_REPEATS = frozenset({"DAILY", "WEEKLY", "MONTHLY", "YEARLY"})
#: Parts of a rule that may leave it without any day; dateutil would look for one to the end of time, day by day.
_SIEVES = frozenset({"BYMONTH", "BYMONTHDAY", "BYYEARDAY", "BYWEEKNO", "BYSETPOS", "BYEASTER"})
_ODD_RULE = "a rule that is not followed"
_MISSING = (
    "reading calendars needs two libraries more. Install them with: pip install 'silos[calendar]' "
    "(icalendar, recurring-ical-events)."
)


def _recognise(head: Head) -> bool:
    return head.kind == "text" and head.text.lstrip("\ufeff").lstrip()[:15].upper() == "BEGIN:VCALENDAR"


def _read(parts: Sequence[Part], request: Request) -> list[Source]:
    if any(importlib.util.find_spec(name) is None for name in _LIBRARIES):
        raise ReadError(f"{request.name}: {_MISSING}")
    rows = Rows(request.scratch, medium=MEDIUM)
    store = _Store(str(request.scratch.file(".sqlite")))
    try:
        zones = vevents.Zones()
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
            f"{request.name}: what was read cannot be kept in the temporary folder. Free some room, or point the "
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
        days = [vevents.day_of(value) for _, value in event.values("DTSTART", "RECURRENCE-ID", "RDATE")]
        if "UNTIL=" in rule:
            days.append(vevents.day_of(rule.split("UNTIL=")[1].split(";")[0]))
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
    """

    rows: Rows
    zones: vevents.Zones
    last: date
    files: tuple[str, ...]
    endless: int = 0
    cut: int = 0
    floating: int = 0
    met: int = 0

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
                self._meeting(main, self._instant(main, "DTSTART"), main.uid)
                return
            for event, moment, original in self._occurrences(latest):
                self._meeting(event, moment, f"{event.uid}/{original:%Y%m%dT%H%M%SZ}")
        except Exception:  # whatever the libraries raise on what no calendar should hold
            self.rows.reject("unreadable", where=self._where(next(iter(latest.values()))))

    def _where(self, event: Event) -> str:
        return f"{self.files[event.file] if event.file < len(self.files) else ''}, line {event.line}"

    def _latest(self, events: Sequence[Event]) -> dict[str, Event]:
        """Of each instance the version that holds: by sequence, then by date; the series itself under ""."""
        found: dict[str, Event] = {}
        for event in events:
            instance = event.values("RECURRENCE-ID")
            try:
                key = "" if not instance else self._utc(event, *instance[0]).isoformat()
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

    # -- times

    def _utc(self, event: Event, zone: str, value: str) -> datetime:
        """A time of an event in UTC, without zone."""
        moment = vevents.moment_of(value)
        if moment is None:
            raise ValueError("no time")
        if value.endswith("Z") or len(value) == 8:
            return moment
        known = self._zone(event, zone)
        return moment if known is None else moment.replace(tzinfo=known).astimezone(UTC).replace(tzinfo=None)

    def _zone(self, event: Event, zone: str) -> tzinfo | None:
        named = self.zones.name(event.calendar, zone)
        return None if named is None else self.zones.zone(named)

    def _instant(self, event: Event, name: str) -> datetime | None:
        found = event.values(name)
        if not found:
            return None
        zone, value = found[0]
        if len(value) > 8 and not value.endswith("Z") and self._zone(event, zone) is None:
            self.floating += 1
        return self._utc(event, zone, value) if vevents.moment_of(value) else None

    # -- series

    def _occurrences(self, latest: dict[str, Event]) -> Iterator[tuple[Event, datetime, datetime]]:
        """Each occurrence with the version that holds for it, when it is, and when it was to be (both UTC)."""
        import icalendar
        import recurring_ical_events

        versions = list(latest.values())
        lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:silos"]
        ends: list[date] = []
        for number, event in enumerate(versions):
            rule, last = self._bounded(event)
            ends.append(last)
            lines += ["BEGIN:VEVENT", "UID:1", f"X-SILOS-VERSION:{number}"]
            lines += [line for line in self._lines(event) if not line.startswith("RRULE")]
            lines += [f"RRULE:{rule}"] if rule else []
            lines.append("END:VEVENT")
        calendar = icalendar.Calendar.from_ical("\r\n".join([*lines, "END:VCALENDAR", ""]))
        starts = [
            day
            for event in versions
            for _, value in event.values("DTSTART", "RECURRENCE-ID", "RDATE")
            if (day := vevents.day_of(value))
        ]
        begin, last = min(starts), max([*ends, *starts])
        found = recurring_ical_events.of(calendar).between(
            datetime.combine(begin, time()) - timedelta(days=2), datetime.combine(last, time()) + timedelta(days=2)
        )
        chosen = []
        for occurrence in found:
            event = versions[int(occurrence["X-SILOS-VERSION"])]
            moment = _naive(occurrence["DTSTART"].dt)
            of_instance = event.values("RECURRENCE-ID") and not event.range
            chosen.append((event, moment, _naive(occurrence["RECURRENCE-ID"].dt) if of_instance else moment))
        chosen.sort(key=lambda one: (one[2], one[1], one[0].line))
        if len(chosen) > MOST_OCCURRENCES:
            self.cut += 1
        for event, moment, original in chosen[:MOST_OCCURRENCES]:
            if event.cancelled:
                self.rows.reject("cancelled", where=self._where(event))
                continue
            if any(
                len(v) > 8 and not v.endswith("Z") and self._zone(event, z) is None for z, v in event.values("DTSTART")
            ):
                self.floating += 1
            yield event, moment, original

    def _lines(self, event: Event) -> Iterator[str]:
        """What of an event says when it is, with its zones under the names they are known by here."""
        for name, zone, value in event.lines:
            if name == "SEQUENCE":
                yield f"{name}:{value}"
                continue
            stated = f"{name};RANGE=THISANDFUTURE" if name == "RECURRENCE-ID" and event.range else name
            # Of a period only the beginning matters.
            value = ",".join(one.split("/")[0] for one in value.split(","))
            known = None if value.endswith("Z") else self.zones.name(event.calendar, zone)
            if len(value.split(",")[0]) == 8:
                yield f"{stated};VALUE=DATE:{value}"
            else:
                yield f"{stated};TZID={known}:{value}" if known else f"{stated}:{value}"

    def _bounded(self, event: Event) -> tuple[str, date]:
        """The rule of an event with an end that can be reached, in local time; and the last day it leads to."""
        from dateutil.rrule import rrulestr

        stated = event.values("DTSTART")
        start = vevents.moment_of(stated[0][1]) if stated else None
        text = (event.first("RRULE") or "").upper()
        if start is None:
            raise ValueError("an event without a time")
        if not text or not _RULE.fullmatch(text):
            return "", start.date()
        rule = dict(pair.split("=", 1) for pair in text.split(";") if "=" in pair)
        hours = [rule.pop(name, "") for name in ("BYHOUR", "BYMINUTE", "BYSECOND")]
        step = int(rule.get("INTERVAL", "1"))
        daily = rule.get("FREQ") == "DAILY"
        sieved = (daily or rule.get("FREQ") == "WEEKLY") and not _SIEVES.isdisjoint(rule)
        sieved = sieved or (daily and "BYDAY" in rule and step % 7 == 0)
        often = rule.get("FREQ") not in _REPEATS or any("," in hour for hour in hours)
        if often or sieved or not 1 <= step <= 10_000:
            self.rows.reject(_ODD_RULE, where=self._where(event))
            return "", start.date()
        zone, value = stated[0]
        until, count = rule.pop("UNTIL", None), rule.pop("COUNT", None)
        if until is None and count is None:
            self.endless += 1
        limit = self.last if until is None and count is None else max(self.last, datetime.now(UTC).date())
        limit = min(limit, start.date() + timedelta(days=366 * MOST_YEARS))
        end = datetime.combine(limit, time.max).replace(microsecond=0)
        if until is not None:
            end = min(end, self._local(event, zone, until))
        most = min(int(count), MOST_OCCURRENCES) if count is not None else MOST_OCCURRENCES
        base = ";".join(f"{name}={part}" for name, part in rule.items())
        plain = rrulestr(f"{base};UNTIL={end:%Y%m%dT%H%M%S}", dtstart=start)
        moments = list(islice(plain, max(most, 1) + 1))
        if len(moments) > most and (count is None or int(count) > MOST_OCCURRENCES):
            self.cut += 1
        if not moments:
            return "", start.date()
        last = moments[:most][-1]
        if len(value) == 8:
            return f"{base};UNTIL={last:%Y%m%d}", last.date()
        known = None if value.endswith("Z") else self._zone(event, zone)
        if known is not None:
            return f"{base};UNTIL={last.replace(tzinfo=known).astimezone(UTC):%Y%m%dT%H%M%SZ}", last.date()
        return f"{base};UNTIL={last:%Y%m%dT%H%M%S}{'Z' if value.endswith('Z') else ''}", last.date()

    def _local(self, event: Event, zone: str, until: str) -> datetime:
        """The end of a rule in the local time of its event; a day is meant to its end."""
        moment = vevents.moment_of(until)
        if moment is None:
            return datetime.combine(self.last, time.max).replace(microsecond=0)
        if len(until) == 8:
            return datetime.combine(moment.date(), time.max).replace(microsecond=0)
        known = self._zone(event, zone)
        if until.endswith("Z") and known is not None:
            return moment.replace(tzinfo=UTC).astimezone(known).replace(tzinfo=None)
        return moment

    # -- rows

    def _meeting(self, event: Event, moment: datetime | None, name: str) -> None:
        """Add one meeting: from its organiser, or the first of its participants, to all others."""
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

    def notes(self, name: str) -> list[str]:
        """What is to be said to the user."""
        notes = [
            "A calendar shows whom its owner met: meetings of two others are in it only where their calendars are, "
            "and an invitation that was not declined counts as attendance."
        ]
        if self.endless:
            notes.append(f"{self.endless:,} series without an end were followed to {self.last}.")
        if self.cut:
            notes.append(f"{self.cut:,} series were cut off after {MOST_OCCURRENCES:,} occurrences.")
        if self.floating:
            notes.append(f"{self.floating:,} meetings name no time zone that is known; their times were read as UTC.")
        if not self.met:
            notes.append(f"No event in {name} is a meeting of two people or more.")
        return notes


def _naive(moment: date | datetime) -> datetime:
    """A time of the library in UTC, without zone; a day is its midnight."""
    if not isinstance(moment, datetime):
        return datetime.combine(moment, time())
    return moment if moment.tzinfo is None else moment.astimezone(UTC).replace(tzinfo=None)


CALENDAR = Reader(
    "calendar",
    "iCalendar (.ics), one calendar or many, series and all; needs the extra silos[calendar]",
    _recognise,
    _read,
)
