"""What an iCalendar file is made of, line by line: its events without a word of what they are about.

A calendar of a whole company does not fit in memory, and a library would hold every description on the way. Only the
properties that say when an event is and who is in it are looked at; all others are passed over as they are read.
"""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote

from silos.readers.files.sniff import Part
from silos.readers.formats.calendar.lines import split, unfolded
from silos.readers.formats.calendar.zones import Zones, canonical, moment_of
from silos.readers.tabular.ids import clean_id
from silos.readers.tabular.name_marks import without_marks
from silos.readers.tabular.row_buffer import Rows

#: An event with more lines to keep is damage.
_MOST_LINES = 100_000

#: RFC 2445 let a series have several rules, and rules for what is left out; RFC 5545 has one rule.
RULES = frozenset({"RRULE", "EXRULE"})
_TIMES = frozenset({"DTSTART", *RULES, "RDATE", "EXDATE", "RECURRENCE-ID", "SEQUENCE"})
_OTHERS = frozenset({"UID", "STATUS", "ORGANIZER", "ATTENDEE", "DTSTAMP", "LAST-MODIFIED"})
_OF_ZONE = frozenset({"TZID", "DTSTART", "TZOFFSETFROM", "TZOFFSETTO", "RRULE", "RDATE", "BEGIN", "END"})
_KEPT = _TIMES | _OTHERS | _OF_ZONE | {"METHOD", "X-WR-TIMEZONE"}

#: What a message about a meeting is, that is no meeting. A cancellation is one: it may cancel what stands elsewhere.
_METHODS = {"REPLY": "reply", "COUNTER": "counter-proposal", "DECLINECOUNTER": "counter-proposal", "REFRESH": "reply"}

_ADDRESS = re.compile(r"[^\s@:]+@[^\s@:]+")
_NAMED = re.compile(r"<\s*(?:mailto:)?([^\s@:<>]+@[^\s@:<>]+)\s*>", re.IGNORECASE)
_MAILTO = re.compile(r"^(?:\s*(?:mailto|smtp|sips?):\s*)+", re.IGNORECASE)
#: The last name of a path in a directory; Exchange may put digits of its own before it.
_LAST_NAME = re.compile(r"/cn=([^/=]+)/?$", re.IGNORECASE)
_SERVER_DIGITS = re.compile(r"^[0-9a-fA-F]{32}-")


@dataclass(frozen=True)
class People:
    """Who is in a meeting.

    Attributes:
        present: their ids, the organiser first, each once.
        left_out: how many others are not, by reason.
    """

    present: tuple[str, ...] = ()
    left_out: Mapping[str, int] = field(default_factory=dict)


@dataclass
class Event:
    """A VEVENT: when, and who.

    Attributes:
        uid: of the meeting; made up of the event where it has none.
        calendar: number of the VCALENDAR that it stands in, which its time zones are looked up by.
        file: number of the file.
        line: where it begins.
        lines: (property, zone, value) of its times.
        sequence: of the version.
        stamp: when the version was made.
        cancelled: whether it is a cancellation.
        range: whether it changes all later instances too.
        people: who is in it.
    """

    uid: str
    calendar: int
    file: int
    line: int
    lines: list[tuple[str, str, str]] = field(default_factory=list)
    sequence: int = 0
    stamp: str = ""
    cancelled: bool = False
    range: bool = False
    people: People = field(default_factory=People)

    def values(self, *names: str) -> list[tuple[str, str]]:
        """(zone, value) of properties of these names, one for each of several values in a line."""
        return [
            (zone, one.split("/")[0]) for name, zone, value in self.lines if name in names for one in value.split(",")
        ]

    def first(self, name: str) -> str | None:
        """The value of a property."""
        return next((value for own, _, value in self.lines if own == name), None)

    def rank(self) -> tuple[int, str, bool, int]:
        """What tells the latest of several versions."""
        return self.sequence, self.stamp, self.cancelled, len(self.people.present)

    def dumped(self) -> str:
        """As text, for the disk."""
        people = [list(self.people.present), dict(self.people.left_out)]
        fields = [self.uid, self.calendar, self.file, self.line, self.lines, self.sequence, self.stamp]
        return json.dumps([*fields, self.cancelled, self.range, people])

    @classmethod
    def loaded(cls, text: str) -> "Event":
        """The event of a text."""
        *fields, people = json.loads(text)
        event = cls(*fields)
        event.lines = [(name, zone, value) for name, zone, value in event.lines]
        event.people = People(tuple(people[0]), people[1])
        return event


# ---- events


@dataclass
class _Open:
    """An event whose end has not been met."""

    line: int
    properties: list[tuple[str, dict[str, str], str]] = field(default_factory=list)


def events(part: Part, zones: Zones, rows: Rows, *, file: int = 0) -> Iterator[Event]:
    """The events of a file; what is not a meeting is counted in `rows`.

    Args:
        part: the file.
        zones: where to note the time zones that its calendars define.
        rows: where to count messages about meetings, and what is damaged.
        file: the number to give it.
    """
    method = ""
    inside: list[str] = []  # components within the event, an alarm for one
    event: _Open | None = None
    zone: list[str] | None = None
    zone_name = ""
    for number, line in unfolded(part, _KEPT):
        name, parameters, value = split(line)
        if name == "BEGIN":
            kind = value.upper()
            if kind in ("VCALENDAR", "VEVENT") and event is not None:
                rows.reject("unreadable", where=f"{part.name}, line {event.line}")
                event = None
            if kind == "VCALENDAR":
                zones.calendars += 1
                method, zone = "", None
            elif kind == "VEVENT":
                event, inside = _Open(number), []
            elif kind == "VTIMEZONE":
                zone, zone_name = [], ""
            elif event is not None:
                inside.append(kind)
            elif zone is not None and kind in ("STANDARD", "DAYLIGHT"):
                zone.append(f"BEGIN:{kind}\r\n")
        elif name == "END":
            kind = value.upper()
            if kind == "VEVENT" and event is not None:
                made = _event(event, method, zones.calendars, file, part, rows)
                event = None
                if made is not None:
                    yield made
            elif kind == "VTIMEZONE" and zone is not None:
                if zone_name:
                    zones.define(zones.calendars, zone_name, "".join(zone))
                zone = None
            elif kind == "VCALENDAR" and event is not None:
                rows.reject("unreadable", where=f"{part.name}, line {event.line}")
                event = None
            elif inside:
                inside.pop()
            elif zone is not None and kind in ("STANDARD", "DAYLIGHT"):
                zone.append(f"END:{kind}\r\n")
        elif event is not None:
            if not inside and len(event.properties) < _MOST_LINES and name in _TIMES | _OTHERS:
                event.properties.append((name, parameters, value))
        elif zone is not None:
            if name == "TZID":
                zone_name = value
            # A clock changes once a year; another rule would be followed for ever.
            elif name in _OF_ZONE and len(zone) < 1000 and (name != "RRULE" or "FREQ=YEARLY" in value.upper()):
                zone.append(f"{name}:{value}\r\n")
        elif name == "METHOD":
            method = value.upper()
        elif name == "X-WR-TIMEZONE":
            zones.default(zones.calendars, value)
    if event is not None:
        rows.reject("unreadable", where=f"{part.name}, line {event.line}")


def _event(held: _Open, method: str, calendar: int, file: int, part: Part, rows: Rows) -> Event | None:
    """An event of its properties; None where it is a message about one."""
    if method in _METHODS:
        rows.reject(_METHODS[method], where=f"{part.name}, line {held.line}")
        return None
    event = Event("", calendar, file, held.line, cancelled=method == "CANCEL")
    organiser: tuple[dict[str, str], str] | None = None
    attendees: list[tuple[dict[str, str], str]] = []
    for name, parameters, value in held.properties:
        if name == "UID":
            event.uid = value
        elif name == "ATTENDEE":
            attendees.append((parameters, value))
        elif name == "ORGANIZER":
            organiser = (parameters, value)
        elif name == "STATUS":
            event.cancelled = event.cancelled or value.upper() == "CANCELLED"
        elif name in ("DTSTAMP", "LAST-MODIFIED"):
            moment = moment_of(value)
            event.stamp = max(event.stamp, moment.isoformat() if moment else "")
        elif name == "SEQUENCE":
            event.sequence = int(value) if re.fullmatch(r"\d{1,9}", value) else 0
        else:
            event.range = event.range or parameters.get("RANGE", "").upper() == "THISANDFUTURE"
            timed = value if name in RULES else ",".join(filter(None, map(canonical, value.split(","))))
            if timed:
                event.lines.append((name, parameters.get("TZID", ""), timed))
    event.people = _people(organiser, attendees)
    if not event.uid:
        said = json.dumps([event.lines, event.people.present])
        event.uid = hashlib.md5(said.encode(), usedforsecurity=False).hexdigest()
    return event


# ---- people


def _people(organiser: tuple[dict[str, str], str] | None, attendees: list[tuple[dict[str, str], str]]) -> People:
    """Who takes part, the organiser first; and why others do not."""
    present: dict[str, str] = {}
    absent: dict[str, str] = {}
    left_out: Counter[str] = Counter()
    for parameters, value in attendees:
        person, reason = _attendee(parameters, value)
        if reason:
            absent.setdefault(person.casefold(), reason)
        else:
            present.setdefault(person.casefold(), person)
    first = ""
    if organiser is not None:
        person, reason = _attendee(organiser[0], organiser[1], organises=True)
        first = person.casefold()
        if not reason and first not in absent:
            present.setdefault(first, person)
        elif reason:
            absent.setdefault(first, reason)
    for key, reason in absent.items():
        if key not in present:
            left_out[reason] += 1
    ordered = sorted(present.items(), key=lambda item: item[0] != first)
    return People(tuple(person for _, person in ordered), dict(sorted(left_out.items())))


def _attendee(parameters: Mapping[str, str], value: str, *, organises: bool = False) -> tuple[str, str]:
    """The id of an attendee, and why they do not take part, if so."""
    person = clean_id(_id(parameters, value)) or ""
    kind, role = parameters.get("CUTYPE", "").upper(), parameters.get("ROLE", "").upper()
    # vCalendar 1.0 calls it STATUS.
    state = parameters.get("PARTSTAT", parameters.get("STATUS", "")).upper()
    lowered = person.casefold()
    if kind in ("ROOM", "RESOURCE") or lowered.endswith(
        ("@resource.calendar.google.com", "@group.calendar.google.com")
    ):
        return person, "room"
    if not person:
        return value, "room" if value and ":" not in value else "no address"
    if kind == "GROUP":
        return person, "broadcast to a list"
    if role == "NON-PARTICIPANT":
        return person, "non-participant"
    if state == "DECLINED" and not organises:
        return person, "declined"
    if state == "DELEGATED":
        return person, "delegated"
    return person, ""


def _id(parameters: Mapping[str, str], value: str) -> str:
    """Under which id an attendee is known: the address, else the name shown beside an address of some other kind.

    A room may stand there by its bare name, with no address at all: it has no id.

    Examples:
        >>> _id({}, "mailto:ann%40acme.example?subject=x"), _id({"CN": "Ann Roux (Guest)"}, "invalid:nomail")
        ('ann@acme.example', 'Ann Roux')
        >>> _id({}, "/o=ACME/ou=First/cn=Recipients/cn=ann.roux"), _id({}, "Room 5")
        ('ann.roux', '')
        >>> _id({"CN": "Ann Roux"}, "sip:ann@acme.example"), _id({}, "tel:+33123456")
        ('ann@acme.example', '')
    """
    for stated in (value, *(parameters.get(name, "") for name in ("EMAIL", "X-CALENDARSERVER-EMAIL", "CN"))):
        if address := _address(stated.strip('"')):
            return address
    shown = without_marks(parameters.get("CN", ""))
    path = value.startswith("/") or "/cn=" in value.lower()
    if shown and not shown.startswith("/"):
        return shown if ":" in value or path else ""
    last = _LAST_NAME.search(value) if path else None
    return _SERVER_DIGITS.sub("", last[1]) if last else ""


def _address(text: str) -> str:
    """The address of mail in a text; "" if there is none."""
    bare = _MAILTO.sub("", text).partition("?")[0].strip().strip("<>\"' ")
    if "%" in bare:
        bare = unquote(bare)
    if "/" in bare:
        # A path of CalDAV: "/principals/ann%40acme.example/".
        bare = next((piece for piece in reversed(bare.split("/")) if _ADDRESS.fullmatch(piece)), bare)
    if _ADDRESS.fullmatch(bare):
        return bare
    named = _NAMED.search(text)
    return named[1] if named else ""
