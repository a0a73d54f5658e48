"""The lines of an iCalendar file: unfolded, and taken apart also where a program quoted less than it should."""

import io
import re
from collections.abc import Iterator

from silos.errors import ReadError
from silos.readers.files.sniff import Part

#: Lines are read in pieces of this size; what is longer is no property that matters.
LONGEST = 1 << 18

#: The name of a property, perhaps in a group, as in cards of contacts: `item1.ATTENDEE`.
_NAME = re.compile(r"(?:[A-Za-z0-9-]+\.)?([A-Za-z0-9-]+)")
_PARAMETER = re.compile(r';([A-Za-z0-9-]+)=((?:"[^"]*"|[^";:,]*)(?:,(?:"[^"]*"|[^";:,]*))*)')
_PARAMETER_NAME = re.compile(r"\s*([A-Za-z0-9-]+)\s*=")
#: The colon before an address: of mail, and of all that calendars write where there is none.
_MAILTO = re.compile(r":(?=\s*\"?mailto:)", re.IGNORECASE)
_SCHEME = re.compile(
    r":(?=(?:invalid|urn|https?|ldaps?|sips?|tel|smtp|x400|x500|ex|im|xmpp|notes|principal|cid):|/(?!/))", re.IGNORECASE
)
_BARE = re.compile(r":(?=[^\s:;\"]+@[^\s:;\"]+$)")
_REPEATED = re.compile(r"(?::\s*mailto)+$", re.IGNORECASE)
_MOMENTS = re.compile(r"\s*\d{4}-?\d\d-?\d\d(?!\d)[\dTZtz:+\-/PWDHMS.,\s]*")

_ADDRESSES = frozenset({"ATTENDEE", "ORGANIZER"})
_DATES = frozenset({"DTSTART", "RDATE", "EXDATE", "RECURRENCE-ID", "DTSTAMP", "LAST-MODIFIED"})


def unfolded(part: Part, kept: frozenset[str]) -> Iterator[tuple[int, str]]:
    """The properties of these names, each with the number of the line it begins in.

    Raises:
        ReadError: it is no text.
    """
    if part.head.kind != "text":
        raise ReadError(f"{part.name}: a calendar is text, but this is a {part.head.kind} file.")
    encoding = part.head.encoding
    # Programs fold between bytes, within a letter too: what is no letter is kept until the line is whole.
    damage = "surrogateescape" if encoding.startswith("utf-8") else "replace"
    with part.open() as binary, io.TextIOWrapper(binary, encoding=encoding, errors=damage, newline=None) as text:
        number = begun = size = 0
        held: list[str] = []
        keep = whole = True
        while piece := text.readline(LONGEST):
            goes_on = not whole
            whole = piece.endswith("\n")
            line = piece.rstrip("\n")
            if goes_on:
                held.clear()
                keep = False
                continue
            number += 1
            if line[:1] in (" ", "\t"):
                size += len(line)
                if keep and size < LONGEST:
                    held.append(line[1:])
                continue
            if keep and held:
                yield begun, _mended("".join(held))
            line = line.lstrip("\ufeff")
            name = _NAME.match(line)
            keep = name is not None and name[1].upper() in kept
            held, begun, size = [line] if keep else [], number, len(line)
        if keep and held:
            yield begun, _mended("".join(held))


def _mended(line: str) -> str:
    if line.isascii():
        return line
    return line.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def split(line: str) -> tuple[str, dict[str, str], str]:
    """Name, parameters and value of a property.

    Examples:
        >>> split("ATTENDEE;CN=Sales: Bob Li;PARTSTAT=DECLINED:mailto:bob@acme.example")
        ('ATTENDEE', {'CN': 'Sales: Bob Li', 'PARTSTAT': 'DECLINED'}, 'mailto:bob@acme.example')
        >>> split("DTSTART;TZID=http://tz.example/Europe/Paris:20250106T090000")[1:]
        ({'TZID': 'http://tz.example/Europe/Paris'}, '20250106T090000')
    """
    name = _NAME.match(line)
    if name is None:
        return "", {}, ""
    known_as = name[1].upper()
    if line[name.end() : name.end() + 1] == ";" or known_as in _ADDRESSES:
        colon = _colon(known_as, line, name.end())
        if colon >= 0:
            head = _REPEATED.sub("", line[name.end() : colon]) if known_as in _ADDRESSES else line[name.end() : colon]
            return known_as, _parameters(head), line[colon + 1 :].strip()
    parameters: dict[str, str] = {}
    position = name.end()
    while match := _PARAMETER.match(line, position):
        parameters[match[1].upper()] = match[2].strip('"')
        position = match.end()
    colon = line.find(":", position)
    return known_as, parameters, "" if colon < 0 else line[colon + 1 :].strip()


def _colon(name: str, line: str, start: int) -> int:
    """Where the colon stands behind which the value begins; -1 where only the parameters tell."""
    if name in _ADDRESSES:
        for pattern in (_MAILTO, _SCHEME, _BARE):
            last = -1
            for match in pattern.finditer(line, start):
                if not _quoted(line, start, match.start()):
                    last = match.start()
            if last >= 0:
                return last
        return -1
    if name not in _DATES:
        return -1
    # A time may have colons in it ("09:00:00"), as its zone may: the value is all that is nothing but time.
    places = [match.start() for match in re.finditer(":", line[start:])]
    return next((start + place for place in places if _MOMENTS.fullmatch(line, start + place + 1)), -1)


def _quoted(line: str, start: int, place: int) -> bool:
    """Whether a place lies between quotation marks that are closed after it."""
    return _marks(line[start:place]) % 2 == 1 and _marks(line[place:]) % 2 == 1


def _marks(text: str) -> int:
    return text.replace('\\"', "").count('"')


def _parameters(head: str) -> dict[str, str]:
    """The parameters of a property, from the semicolon on; what names none belongs to the one before."""
    found: list[tuple[str, str]] = []
    for piece in _pieces(head):
        named = _PARAMETER_NAME.match(piece)
        if named:
            found.append((named[1].upper(), piece[named.end() :]))
        elif found:
            found[-1] = (found[-1][0], f"{found[-1][1]};{piece}")
    parameters: dict[str, str] = {}
    for name, value in found:
        parameters.setdefault(name, _plain(value))
    return parameters


def _pieces(head: str) -> list[str]:
    """A text cut at its semicolons outside quotation marks; at all of them where a mark is not closed."""
    if _marks(head) % 2:
        return head.split(";")[1:]
    pieces, begun, inside = [], 1, False
    for place, letter in enumerate(head):
        if letter == '"' and head[place - 1 : place] != "\\":
            inside = not inside
        elif letter == ";" and not inside and place:
            pieces.append(head[begun:place])
            begun = place + 1
    return [*pieces, head[begun:]]


def _plain(value: str) -> str:
    """A parameter without its quotation marks and escapes (RFC 6868, and those of other programs)."""
    value = value.strip()
    if len(value) > 1 and value[0] == value[-1] == '"':
        value = value[1:-1]
    value = value.strip('"') if value.count('"') == 1 else value
    value = re.sub(r'\\(["\\,;:/])', r"\1", value)
    return re.sub(r"\^(['n^])", lambda match: {"'": '"', "n": " ", "^": "^"}[match[1]], value).strip()
