"""Who attended a meeting, as Teams and Zoom report it: people who were in one call, however often they rejoined.

A report is one meeting, or many (Zoom). It is read twice: once to learn how its dates are written over all the files
of the log, once for its rows. In memory is one report at a time.
"""

import csv
import hashlib
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import pairwise

from silos.errors import ReadError
from silos.readers import dates
from silos.readers.contract import Reader, Request
from silos.readers.headings import folded
from silos.readers.parts import Head, Part
from silos.readers.rows import Rows
from silos.tables import Source

MEDIUM = "meeting"

#: A line beyond is damage: no report has one.
_LONGEST_LINE = 1 << 16

_NAME = ("name", "fullname", "nom", "nomcomplet", "vollstandigername", "nombre", "nombrecompleto", "nome", "naam")
_ZOOM_NAME = ("nameoriginalname", "nomnomdorigine", "nomnomoriginal", "nameursprunglichername", "nombrenombreoriginal")
_EMAIL = (
    *("email", "useremail", "emailaddress", "mail", "courriel", "adresseemail", "emaildelutilisateur", "adressemail"),
    *("correoelectronico", "emailadresse", "benutzeremail", "useremail2"),
)
_UPN = ("participantidupn", "participantid", "upn", "iddeparticipantupn", "iddeparticipant", "teilnehmeridupn")
_JOIN = (
    *("firstjoin", "jointime", "firstjointime", "premiereparticipation", "premiereconnexion"),
    *("heuredarrivee", "heuredejonction", "heuredeconnexion", "ersterbeitritt", "beitrittszeit", "beitrittsuhrzeit"),
    *("primerauniron", "horadeunion", "horadeincorporacion", "timestamp", "horodatage", "horodateur", "zeitstempel"),
)
_LEAVE = (
    *("lastleave", "leavetime", "lastleavetime", "derniersortie", "dernieredeconnexion", "heurededepart"),
    *("heuredesortie", "letztesverlassen", "austrittszeit", "verlassenszeit", "ultimasalida", "horadesalida"),
)
_ROLE = ("role", "rolle", "rol", "ruolo", "funcao", "participantrole")
_ACTION = ("useraction", "actiondelutilisateur", "actionutilisateur", "benutzeraktion", "acciondelusuario")
_NUMBER = ("meetingid", "id", "idreunion", "iddelareunion", "meetingnumber", "besprechungsid")
_START = (
    *("starttime", "meetingstarttime", "heurededebut", "heurededebutdelareunion", "startzeit", "horadeinicio"),
    *("start", "debut", "actualstarttime"),
)
_HOST = ("useremail", "useremail1", "hostemail", "host", "emaildelutilisateur", "emaildelhote")
_WAITING = ("inwaitingroom", "ensalledattente", "imwarteraum")
_FIELDS = {
    **{"name": (*_ZOOM_NAME, *_NAME), "email": _EMAIL, "upn": _UPN, "join": _JOIN, "leave": _LEAVE, "role": _ROLE},
    **{"action": _ACTION, "waiting": _WAITING},
}
_MEETING_FIELDS = {"number": _NUMBER, "start": _START, "host": _HOST}
#: The columns of the participants in a current report of Teams, whatever the language of its headings.
_TEAMS_ORDER = ("name", "join", "leave", "duration", "email", "upn", "role")

_SECTION = re.compile(r"\s*([1-9])\s*[.)．、]\s*\S")
_ORGANISER = re.compile(r"organi[sz]|veranstalt|organiz|主催|开会|組織|組織者|组织者|arrang", re.IGNORECASE)
#: Services that sit in on a meeting to write it down.
_BOT = re.compile(
    r"notetaker|note taker|otter\.ai|otterpilot|fireflies|\bread\.ai|read meeting|fathom\b.*note|tl;dv|avoma|"
    r"\b(ro)?bot\b|recording service",
    re.IGNORECASE,
)
_ROOM = re.compile(r"\b(zoom|teams|meeting|conference) rooms?\b|\bsalle de (r[ée]union|conf[ée]rence)\b", re.IGNORECASE)
_ORIGINAL = re.compile(r"(.*?)\s*\((.*)\)\s*(?:\((?:guest|invit[ée]|gast)\))?\s*", re.IGNORECASE)
_SPACES = re.compile(r"[\s\u00a0\u202f\u2009]+")
_HALF = re.compile(r"\s*\b([ap])\.?\s?m\.?(?=\W|$)", re.IGNORECASE)


@dataclass
class _Row:
    """A participant, once for each time that they joined."""

    line: int
    person: str
    name: str
    named_only: bool
    joined: str
    left: str
    organiser: bool


@dataclass
class _Meeting:
    """What a report says of one meeting, as written.

    Attributes:
        number: the meeting's own, if any; it may be reused.
        start: when it began, if that is said.
        host: who held it, if that is said.
        rows: who was there.
    """

    number: str = ""
    start: str = ""
    host: str = ""
    rows: list[_Row] = field(default_factory=list)


@dataclass
class _Report:
    """A file, read.

    Attributes:
        meetings: by number, and start where rows have one.
        rejected: (line, reason).
    """

    meetings: dict[tuple[str, str], _Meeting] = field(default_factory=dict)
    rejected: list[tuple[int, str]] = field(default_factory=list)


# ---- recognised


def _teams(head: Head) -> bool:
    """Sections, the second of which is a table with times; in whatever language."""
    lines = [line for line in head.text.lstrip("\ufeff").split("\n")[:400] if line.strip()]
    if not lines or not _SECTION.match(lines[0]) or len(_filled(lines[0])) != 1:
        return False
    for line, headings in pairwise(lines):
        section = _SECTION.match(line.strip('"'))
        if section and section[1] in "23" and len(_filled(line)) == 1 and len(_cells(headings, _mark(headings))) >= 4:
            return True
    return False


def _table(head: Head) -> bool:
    """A table of participants: Zoom, Teams as it was, or the parts of a report kept on their own."""
    for line in head.text.lstrip("\ufeff").split("\n")[:40]:
        if line.strip() and _participants(_cells(line, _mark(line))) is not None:
            return True
    return False


def _recognise(head: Head) -> bool:
    return head.kind == "text" and (_teams(head) or _table(head))


def _participants(cells: Sequence[str]) -> dict[str, int] | None:
    """Where the headings of a table of participants have what; None if these are none."""
    names = [folded(cell) for cell in cells]
    zoom = next((position for position, name in enumerate(names) if name in _ZOOM_NAME), None)
    own = {} if zoom is None else {"name": zoom}
    for known_as, headings in _FIELDS.items():
        # Before the participant's name stand columns of the meeting, the host's address among them.
        found = [i for i, name in enumerate(names) if name in headings and i not in own.values() and i >= (zoom or 0)]
        if found and known_as not in own:
            own[known_as] = min(found, key=lambda position: headings.index(names[position]))
    times = "join" in own
    if zoom is not None and (times or "email" in own):
        return own
    legacy = {"name", "action", "join"} <= set(own)
    teams = {"name", "join", "leave"} <= set(own) and ({"email", "upn", "role"} & set(own))
    return own if legacy or teams else None


def _of_meeting(cells: Sequence[str], *, before: int | None = None) -> dict[str, int]:
    """Where headings have what is said of the meeting, up to the participant's own columns."""
    names = [folded(cell) for cell in cells][:before]
    found: dict[str, int] = {}
    for known_as, headings in _MEETING_FIELDS.items():
        for heading in headings:
            if heading in names and names.index(heading) not in found.values():
                found[known_as] = names.index(heading)
                break
    return found


# ---- lines and cells


def _mark(line: str) -> str:
    """The delimiter of a line of headings."""
    return max("\t;,", key=line.count)


def _cells(line: str, delimiter: str) -> list[str]:
    try:
        return [cell.strip() for cell in next(csv.reader([line], delimiter=delimiter), [])]
    except csv.Error:
        return []


def _filled(line: str) -> list[str]:
    """The cells of a line that holds perhaps one text and delimiters."""
    return [cell for cell in re.split(r"[\t;,]", line) if cell.strip(' "')]


def _lines(part: Part) -> Iterator[tuple[int, str | None]]:
    """The lines of a report by number; None for one that is too long. A name has no line break, so no cell has one."""
    encoding = part.head.encoding
    if part.head.kind != "text":
        raise ReadError(f"{part.name}: a report of attendance is text; this is a {part.head.kind} file.")
    with part.open() as binary, io.TextIOWrapper(binary, encoding=encoding, errors="replace", newline=None) as text:
        number, cut = 0, False
        while line := text.readline(_LONGEST_LINE):
            whole = line.endswith("\n")
            if not cut:
                number += 1
                yield number, (line.strip("\n\ufeff\0") if whole or len(line) < _LONGEST_LINE else None)
            cut = not whole and len(line) >= _LONGEST_LINE


def _time(value: str) -> str:
    """A time as written, with plain spaces and AM or PM."""
    value = _SPACES.sub(" ", value).strip().replace("\u200e", "").replace("\u200f", "")
    return _HALF.sub(lambda half: f" {half[1].upper()}M", value)


# ---- one report


def _report(part: Part) -> _Report:
    report = _Report()
    meeting = _Meeting()
    columns: dict[str, int] | None = None
    of_row: dict[str, int] = {}
    block: dict[str, int] = {}
    delimiter, section, width = ",", "", 0
    fresh = False  # the next line holds headings, in whatever language
    done = False  # the participants have been read: the section after says the same by activity
    for number, line in _lines(part):
        if line is None:
            report.rejected.append((number, "unreadable"))
            continue
        if not line.strip():
            continue
        heading = _SECTION.match(line.strip().strip('"'))
        if heading and len(_filled(line)) == 1:
            done = done or (section == "2" and bool(meeting.rows))
            section, fresh, columns = heading[1], heading[1] in "23", None
            continue
        cells = _cells(line, delimiter if columns else _mark(line))
        found = None if columns and not fresh and not _headings_again(cells, width) else _participants(cells)
        if found is None and fresh and len(cells) >= 4:
            found = dict(zip(_TEAMS_ORDER, range(len(cells)), strict=False))
            if section == "3":
                found.pop("upn", None)
                found |= {"email": 4, "role": 5} if len(cells) > 5 else {}
        if found is not None and (section in ("", "2", "3")):
            columns, fresh, delimiter, width = found, False, _mark(line), len(cells)
            first = min(found.values()) if found.get("name") is None else found["name"]
            of_row = _of_meeting(cells, before=first) if first else {}
            continue
        if columns is not None:
            if not done:
                _participant(cells, columns, of_row, meeting, report, number)
            continue
        if section in ("", "1"):
            block = _block(cells, block, meeting)
    if meeting.rows:
        report.meetings[(meeting.number, meeting.start)] = meeting
    return report


def _headings_again(cells: Sequence[str], width: int) -> bool:
    """Whether a line among participants could be headings: of a second report in the file, say."""
    return len(cells) >= min(width, 3) and any(folded(cell) in (*_ZOOM_NAME, *_NAME) for cell in cells[:12])


def _block(cells: Sequence[str], block: Mapping[str, int], meeting: _Meeting) -> dict[str, int]:
    """Take what a line before the participants says of the meeting: "heading, value", or values below headings."""
    if len([cell for cell in cells if cell]) == 2 and len(cells) <= 3:
        name = folded(cells[0])
        if name in _START and not meeting.start:
            meeting.start = _time(cells[1])
        elif name in _NUMBER and not meeting.number:
            meeting.number = cells[1]
        return {}
    if block:
        values = {known_as: cells[position] for known_as, position in block.items() if position < len(cells)}
        meeting.number = re.sub(r"\s", "", values.get("number", ""))
        meeting.start = _time(values.get("start", ""))
        meeting.host = values.get("host", "")
        return {}
    found = _of_meeting(cells)
    return found if len(found) >= 2 else {}


def _participant(
    cells: list[str],
    columns: Mapping[str, int],
    of_row: Mapping[str, int],
    meeting: _Meeting,
    report: _Report,
    line: int,
) -> None:
    """Add a row of the table of participants to its meeting."""
    if len(cells) < 2 or not any(cells):
        report.rejected.append((line, "unreadable"))
        return

    def value(known_as: str, positions: Mapping[str, int] = columns) -> str:
        position = positions.get(known_as)
        return "" if position is None or position >= len(cells) else cells[position]

    name, email, upn = value("name"), value("email"), value("upn")
    if "@" not in email:
        email = upn if "@" in upn else ""
    if value("waiting").casefold() in ("yes", "oui", "ja", "sí", "true"):
        report.rejected.append((line, "waiting room"))
        return
    if not email and _BOT.search(name):
        report.rejected.append((line, "bot"))
        return
    if not email and _ROOM.search(name):
        report.rejected.append((line, "room"))
        return
    original = _ORIGINAL.fullmatch(name)
    stated = (
        original[2]
        if original and original[2].casefold() not in ("guest", "invité", "gast")
        else original[1]
        if original
        else name
    ) or name
    person = email or stated.strip()
    if not person:
        report.rejected.append((line, "no participant"))
        return
    row = _Row(
        line,
        person,
        stated.strip(),
        not email,
        _time(value("join")),
        _time(value("leave")),
        bool(_ORGANISER.search(value("role"))),
    )
    if not of_row:
        meeting.rows.append(row)
        return
    number, start = re.sub(r"\s", "", value("number", of_row)), _time(value("start", of_row))
    own = report.meetings.setdefault(
        (number, start), _Meeting(number or meeting.number, start or meeting.start, value("host", of_row))
    )
    own.rows.append(row)


# ---- its times


@dataclass(eq=False)
class _Dates:
    """How the reports of one LOG write their dates.

    Attributes:
        order: of day and month.
        pairs: file -> the numbers of its dates that could be either.
    """

    order: dates.DateOrder | None = None
    pairs: dict[str, set[tuple[int, int]]] = field(default_factory=dict)
    unzoned: bool = False

    def look(self, name: str, value: str) -> None:
        """Learn from a value."""
        form = dates.form_of(value)
        if form is not None and form.startswith("%1"):
            first, second = re.split(r"[-/.]", value)[:2]
            self.pairs.setdefault(name, set()).add((int(first), int(second)))

    def read(self, value: str) -> datetime | None:
        """The time that a value says, in UTC where it names a zone; None where it cannot be understood."""
        form = dates.form_of(value) if value else None
        if form is None or form == dates.EPOCH:
            return None
        try:
            if form == dates.ISO:
                return _iso(value)
            first, second = ("%m", "%d") if self.order == "month-first" else ("%d", "%m")
            form = form.replace("%1", first).replace("%2", second)
            return datetime.strptime(value, form)
        except ValueError:
            return None


def _iso(value: str) -> datetime:
    """A time whose year stands first, be it "2024-05-03T10:00:00Z" or "2024/5/3 9:00 +0200"."""
    value = re.sub(r" ?(?:UTC|GMT|Z)$", "+00:00", value.replace("/", "-").replace(",", "."))
    value = re.sub(r" +(?=[+-]\d)", "", value)
    return datetime.fromisoformat(re.sub(r"(?<![\d.])\d(?=[-: T]|$)", lambda digit: f"0{digit[0]}", value))


def _read(parts: Sequence[Part], request: Request) -> list[Source]:
    written = _Dates(request.date_order)
    for part in parts if request.date_order is None else ():
        for meeting in _report(part).meetings.values():
            for value in [meeting.start, *(value for row in meeting.rows for value in (row.joined, row.left))]:
                written.look(part.name, value)
    if written.pairs:
        pairs = {name: sorted(found) for name, found in written.pairs.items()}
        written.order = dates.decided(pairs, name=request.name, column="Join time")
    rows = Rows(request.scratch, medium=MEDIUM)
    named = meetings = 0
    for part in parts:
        report = _report(part)
        for line, reason in report.rejected:
            rows.reject(reason, where=f"{part.name}, line {line}")
        for meeting in report.meetings.values():
            for session in _sessions(meeting, written, rows, part.name):
                meetings += 1
                named += _add(session, meeting, rows, part.name)
    notes = []
    if named:
        notes.append(
            f"{named:,} attendances name no e-mail address: these people go by the name they showed, which must be in "
            "the roster (person, name or aliases) to be matched."
        )
    if written.unzoned:
        notes.append(f"The times in {request.name} name no zone; they were read as UTC.")
    if not meetings:
        notes.append(f"No meeting in {request.name} has two participants and a time.")
    columns = {"timestamp": "Join time", "sender": "organiser or first participant", "recipient": "participant"}
    name = parts[0].name if len(parts) == 1 else request.name
    return [rows.source(name, "attendance", columns=columns, notes=notes)]


@dataclass(frozen=True)
class _Attended:
    row: _Row
    joined: datetime | None
    left: datetime | None


@dataclass(frozen=True)
class _Session:
    """One meeting: those that were in it at one time."""

    start: datetime
    attended: list[_Attended]


def _sessions(meeting: _Meeting, written: _Dates, rows: Rows, name: str) -> Iterator[_Session]:
    """The meetings behind a number: it is reused, and another day is another meeting.

    A meeting that runs past midnight is one: somebody was in it when the next joined.
    """
    start = written.read(meeting.start)
    attended = []
    for row in meeting.rows:
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


def _add(session: _Session, meeting: _Meeting, rows: Rows, name: str) -> int:
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
    "attendance reports of meetings: Microsoft Teams (present and former layout) and Zoom",
    _recognise,
    _read,
)
