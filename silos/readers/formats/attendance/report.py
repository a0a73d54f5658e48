"""The content of an attendance report: the meetings in a file and who was in each.

Reports of Teams (present and former layout) and of Zoom, headings in several languages. A report is one meeting, or
many (Zoom). What its times mean is not known here, as only all the reports of a log together tell it.
"""

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from silos.errors import ReadError
from silos.readers.files.sniff import Head, Part
from silos.readers.formats.attendance import headings
from silos.readers.tabular import name_marks
from silos.readers.tabular.columns import folded
from silos.readers.tabular.ids import clean_id, clean_text

#: A line beyond is damage: no report has one.
_LONGEST_LINE = 1 << 16

_SECTION = re.compile(r"\s*([1-9])\s*[.)．、]\s*\S")
_ORGANISER = re.compile(r"organi[sz]|veranstalt|organiz|主催|开会|組織|組織者|组织者|arrang", re.IGNORECASE)
#: Services that sit in on a meeting to write it down.
_BOT = re.compile(
    r"notetaker|note taker|otter\.ai|otterpilot|fireflies|\bread\.ai|read meeting|fathom\b.*note|tl;dv|avoma|"
    r"\b(ro)?bot\b|recording service",
    re.IGNORECASE,
)
_ROOM = re.compile(r"\b(zoom|teams|meeting|conference) rooms?\b|\bsalle de (r[ée]union|conf[ée]rence)\b", re.IGNORECASE)
_YES = ("yes", "oui", "ja", "sí", "sì", "sim", "tak", "true", "はい", "是", "да", "evet")
_SPACES = re.compile(r"[\s\u00a0\u202f\u2009]+")
_HALF = re.compile(r"\s*\b([ap])\.?\s?m\.?(?=\W|$)", re.IGNORECASE)


@dataclass
class Row:
    """A participant, once for each time that they joined.

    Attributes:
        line: in the file.
        person: the address, else the name shown.
        name: as shown.
        named_only: whether there is no address.
        joined, left: times as written.
        organiser: whether they held the meeting.
    """

    line: int
    person: str
    name: str
    named_only: bool
    joined: str
    left: str
    organiser: bool


@dataclass
class Meeting:
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
    rows: list[Row] = field(default_factory=list)


@dataclass
class Report:
    """A file, read.

    Attributes:
        meetings: by number, and start where rows have one.
        rejected: (line, reason).
    """

    meetings: dict[tuple[str, str], Meeting] = field(default_factory=dict)
    rejected: list[tuple[int, str]] = field(default_factory=list)


# ---- recognised


def _teams(head: Head) -> bool:
    """Sections, the second of which is a table with times; in whatever language."""
    lines = [line for line in head.text.lstrip("\ufeff").split("\n")[:400] if line.strip()]
    if not lines or not _SECTION.match(lines[0]) or len(_filled(lines[0])) != 1:
        return False
    for line, below in pairwise(lines):
        section = _SECTION.match(line.strip('"'))
        if section and section[1] in "23" and len(_filled(line)) == 1 and len(_cells(below, _mark(below))) >= 4:
            return True
    return False


def _table(head: Head) -> bool:
    """A table of participants: Zoom, Teams as it was, or the parts of a report kept on their own."""
    for line in head.text.lstrip("\ufeff").split("\n")[:40]:
        if line.strip() and headings.participants(_cells(line, _mark(line))) is not None:
            return True
    return False


def is_report(head: Head) -> bool:
    """Whether a first look shows a report of attendance."""
    return head.kind == "text" and (_teams(head) or _table(head))


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
        raise ReadError(f"{part.name}: an attendance report is text, but this is a {part.head.kind} file.")
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


def report_of(part: Part) -> Report:
    """The meetings in a file.

    Raises:
        ReadError: it is no text.
    """
    report = Report()
    meeting = Meeting()
    columns: dict[str, int] | None = None
    of_row: dict[str, int] = {}
    block: dict[str, int] = {}
    delimiter, section, width = ",", "", 0
    changed = False  # the column of names has those they were changed from
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
        found = None if columns and not fresh and not _headings_again(cells, width) else headings.participants(cells)
        if found is None and fresh and len(cells) >= 4:
            found = headings.of_teams(len(cells), section)
        if found is not None and (section in ("", "2", "3")):
            columns, fresh, delimiter, width = found, False, _mark(line), len(cells)
            changed = "name" in found and headings.is_zoom_name(cells[found["name"]])
            first = min(found.values()) if found.get("name") is None else found["name"]
            of_row = headings.of_meeting(cells, before=first) if first else {}
            continue
        if columns is not None:
            if not done:
                _participant(cells, columns, of_row, meeting, report, number, changed=changed)
            continue
        if section in ("", "1"):
            block = _block(cells, block, meeting, section)
    if meeting.rows:
        report.meetings[(meeting.number, meeting.start)] = meeting
    return report


def _headings_again(cells: Sequence[str], width: int) -> bool:
    """Whether a line among participants could be headings: of a second report in the file, say."""
    names = any(map(headings.is_name, cells[:12]))
    return len(cells) >= min(width, 3) and names


def _block(cells: Sequence[str], block: Mapping[str, int], meeting: Meeting, section: str) -> dict[str, int]:
    """Take what a line before the participants says of the meeting: "heading, value", or values below headings."""
    if len([cell for cell in cells if cell]) == 2 and len(cells) <= 3:
        name = folded(cells[0])
        if headings.is_start(name) and not meeting.start:
            meeting.start = _time(cells[1])
        elif section == "1" and not meeting.start and headings.is_time(_time(cells[1])):
            # Of the times in a summary the first is the start, in whatever language.
            meeting.start = _time(cells[1])
        elif headings.is_number(name) and not meeting.number:
            meeting.number = cells[1]
        return {}
    block = block or headings.of_meeting_by_values([_time(cell) for cell in cells])
    if block:
        values = {known_as: cells[position] for known_as, position in block.items() if position < len(cells)}
        meeting.number = re.sub(r"\s", "", values.get("number", ""))
        meeting.start = _time(values.get("start", ""))
        meeting.host = values.get("host", "")
        return {}
    found = headings.of_meeting(cells)
    return found if len(found) >= 2 else {}


def _participant(
    cells: list[str],
    columns: Mapping[str, int],
    of_row: Mapping[str, int],
    meeting: Meeting,
    report: Report,
    line: int,
    *,
    changed: bool,
) -> None:
    """Add a row of the table of participants to its meeting.

    Only where the heading says so (`changed`) is what stands in brackets the name that another was changed from.
    """
    if len(cells) < 2 or not any(cells):
        report.rejected.append((line, "unreadable"))
        return

    def value(known_as: str, positions: Mapping[str, int] = columns) -> str:
        position = positions.get(known_as)
        return "" if position is None or position >= len(cells) else cells[position]

    name = clean_text(value("name"))
    addresses = [clean_id(value(field)) or "" for field in ("email", "upn")]
    email = next((address for address in addresses if "@" in address), "")
    if value("waiting").casefold() in _YES:
        report.rejected.append((line, "waiting room"))
        return
    if not email and _BOT.search(name):
        report.rejected.append((line, "bot"))
        return
    if not email and _ROOM.search(name):
        report.rejected.append((line, "room"))
        return
    shown, original = name_marks.with_original(name) if changed else (name_marks.without_marks(name), "")
    stated = original or shown
    person = email or ("" if name_marks.is_mark(stated) else clean_id(stated) or "")
    if not person:
        report.rejected.append((line, "no participant"))
        return
    organiser = bool(_ORGANISER.search(value("role")))
    row = Row(line, person, stated, not email, _time(value("join")), _time(value("leave")), organiser)
    if not of_row:
        meeting.rows.append(row)
        return
    number, start = re.sub(r"\s", "", value("number", of_row)), _time(value("start", of_row))
    own = report.meetings.setdefault(
        (number, start), Meeting(number or meeting.number, start or meeting.start, value("host", of_row))
    )
    own.rows.append(row)
