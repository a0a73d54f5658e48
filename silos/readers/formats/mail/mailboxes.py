"""Where one mail ends and the next begins: in an mbox, and in a table with a mail in each row.

Bodies are passed over as bytes, a window at a time, so that memory does not grow with the mailbox.
"""

import re
from collections.abc import Iterator
from typing import BinaryIO

from silos.readers.formats.mail.headers import Headers, first, headers_of, text_of

#: Bytes read at once; the longest header that is looked at; how far ahead is looked for the end of a mail.
_BLOCK, _LONGEST_HEADER, _AHEAD = 1 << 20, 1 << 20, 1 << 22
#: A mail of more bytes than this in a cell is a quotation mark that nobody closed.
_LONGEST_CELL = 1 << 25

#: Bytes at the end of the path of a mail that are looked at.
_LONGEST_NAME = 1000

#: The name of a header; a blank may stand before its colon in mail of old.
_NAME = rb"[!-9;-~]+[ \t]*:"
_LINE = re.compile(_NAME)
_BLANK = re.compile(rb"\n\r?\n")
_SEPARATOR = re.compile(
    rb"From [^\n]*?\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),? +(?:[A-Z][a-z]{2} +\d{1,2}|\d{1,2} +[A-Z][a-z]{2})\b[^\n]*\n"
    rb"(?:>?From [^\n]*\n)*" + _NAME
)
_LOOSE_SEPARATOR = re.compile(rb"From [^\n]*\n(?:>?From [^\n]*\n)*" + _NAME)
_BOUNDARY = re.compile(r'boundary\s*=\s*(?:"([^"]{1,200})"|([^\s;"]{1,200}))', re.IGNORECASE)
TABLE = re.compile(
    rb'(?:\xef\xbb\xbf)?"?file"?,"?message"?\r?\n(?=.*\b(?:message-id|date|from):)', re.IGNORECASE | re.DOTALL
)
_CELL = re.compile(rb'(?:"(?:[^"]|"")*+"|[^",\r\n]*+),"')
_RECORD = re.compile(rb'\n(?:"[^"\n]{0,500}"|[^",\n]{0,500}),"[!-9;-~]{1,60}:')

# ---- bytes of a mailbox


def is_of_old_mac(start: bytes) -> bool:
    """Whether lines end in CR alone, as old Macs wrote them."""
    return b"\r" in start and b"\n" not in start


class _Window:
    """The part of a stream that is looked at; places are counted from its beginning. A CR alone is a line end."""

    def __init__(self, file: BinaryIO) -> None:
        self.file = file
        self.old_mac: bool | None = None
        self.bytes = b""
        self.base = 0
        self.ended = False

    @property
    def end(self) -> int:
        return self.base + len(self.bytes)

    def reach(self, place: int) -> None:
        """Read on, to `place` at least if the stream is as long."""
        pieces = [self.bytes]
        end = self.end
        while end < place and not self.ended:
            piece = self.file.read(max(_BLOCK, place - end))
            self.ended = not piece
            if self.old_mac is None:
                self.old_mac = is_of_old_mac(piece)
            pieces.append(piece.replace(b"\r", b"\n") if self.old_mac else piece)
            end += len(piece)
        if len(pieces) > 1:
            self.bytes = b"".join(pieces)

    def forget(self, place: int) -> None:
        """Drop what stands before `place`."""
        if place - self.base >= _BLOCK:
            self.bytes = self.bytes[place - self.base :]
            self.base = place

    def find(self, needle: bytes, place: int, *, before: int) -> int:
        """Where `needle` stands next, -1 if not before `before`; reads on as far as that needs, and forgets nothing."""
        while True:
            found = self.bytes.find(needle, place - self.base)
            if found >= 0:
                return found + self.base if found + self.base < before else -1
            if self.ended or self.end >= before:
                return -1
            place = max(place, self.end - len(needle) + 1)
            self.reach(min(before, self.end + _BLOCK))

    def slice(self, start: int, stop: int) -> bytes:
        self.reach(stop)
        return self.bytes[start - self.base : stop - self.base]


def mails(file: BinaryIO) -> Iterator[tuple[bytes, Headers]]:
    """The From_ line and headers of each mail of an mbox, or of the one mail that the stream is.

    A mail inside another, quoted or attached, does not count: it stands before the end that the `Content-Length` of the
    outer one or the boundary of its parts tells.
    """
    window = _Window(file)
    window.reach(_BLOCK)
    start = len(window.bytes) - len(window.bytes.lstrip(b"\xef\xbb\xbf\r\n"))
    if not window.bytes.startswith(b"From ", start):
        # A file of Apple Mail begins with its length.
        count = re.match(rb"\d{1,12}\s*\n", window.bytes[start : start + 20])
        yield b"", _head(window, start + (count.end() if count else 0))[0]
        return
    strict = _SEPARATOR.match(window.bytes, start)
    separator = _SEPARATOR if strict else _LOOSE_SEPARATOR
    while start >= 0:
        line = window.find(b"\n", start, before=start + _LONGEST_HEADER)
        if line < 0:
            return
        from_line = window.slice(start, min(line, start + 1000))
        headers, body = _head(window, line)
        yield from_line, headers
        start = _next(window, body, headers, separator)
        window.forget(start)


def _head(window: _Window, start: int) -> tuple[Headers, int]:
    """The headers that begin at `start`, and where they end: at the line end before a blank line."""
    limit = start + _LONGEST_HEADER
    while True:
        blank = _BLANK.search(window.bytes, start - window.base, limit - window.base)
        if blank or window.ended or window.end >= limit:
            break
        window.reach(min(limit, window.end + _BLOCK))
    place = blank.start() + window.base if blank else min(window.end, limit)
    return headers_of(window.bytes[start - window.base : place - window.base]), place


def _next(window: _Window, body: int, headers: Headers, separator: re.Pattern[bytes]) -> int:
    """Where the mail after the one with this body begins; -1 if it is the last."""
    boundary = _BOUNDARY.search(first(headers, "content-type"))
    close = f"\n--{boundary[1] or boundary[2]}--".encode("utf-8", errors="replace") if boundary else b""
    length = first(headers, "content-length")
    gap = 3 if window.slice(body, body + 3).endswith(b"\r\n") else 2
    stated = body + gap + int(length) if length.isascii() and length.isdigit() and len(length) < 9 else 0
    closed = not close
    place = body
    while True:
        found = window.bytes.find(b"\nFrom ", place - window.base)
        reached = window.end if found < 0 else found + window.base
        closed = closed or window.bytes.find(close, max(place - len(close), body, window.base) - window.base) in range(
            max(reached - window.base, 0)
        )
        if found < 0:
            if window.ended:
                return -1
            place = max(window.end - max(6, len(close)), place)
            window.forget(place - 2 - len(close))
            window.reach(window.end + _BLOCK)
            continue
        place = reached + 1
        blank = window.slice(max(reached - 2, window.base), reached)
        if reached != body and not blank.endswith((b"\n", b"\n\r")):
            continue
        if not separator.match(window.slice(place, place + 4096)):
            continue
        if place < stated <= place + _AHEAD and _ends(window, stated):
            place = stated
        elif not closed and (inner := window.find(close, place, before=place + _AHEAD)) >= 0:
            closed, place = True, inner
        else:
            return place


def _ends(window: _Window, stated: int) -> bool:
    """Whether a mail may end about where its Content-Length says."""
    after = window.slice(stated, stated + 16)
    return not after.strip() or after.lstrip(b"\r\n").startswith(b"From ")


def looks_like_mail(start: bytes) -> bool:
    """Whether bytes begin an mbox or a mail: a From_ line before a header, or headers with two that mail has.

    Examples:
        >>> looks_like_mail(b"From zo\\xe9@x Fri May  3 10:00:00 2024\\nSubject: x\\n")
        True
        >>> looks_like_mail(b"Date: 2024-05-03\\nFrom: ann@acme.example\\n\\n"), looks_like_mail(b"from,to,date\\n")
        (True, False)
    """
    start = start.lstrip(b"\xef\xbb\xbf\r\n")[: 1 << 16]
    if is_of_old_mac(start):
        start = start.replace(b"\r", b"\n")
    if start.startswith(b"From "):
        return bool(_LOOSE_SEPARATOR.match(start))
    count = re.match(rb"\d{1,12}\s*\n", start[:20])
    start = start[count.end() :] if count else start
    if not _LINE.match(start):
        return False
    headers = headers_of(re.split(rb"\r?\n\r?\n", start, maxsplit=1)[0])
    return len(headers.keys() & {"from", "to", "date", "received", "message-id", "return-path"}) >= 2


# ---- a table with a mail in each row


def table_mails(file: BinaryIO) -> Iterator[tuple[str, Headers]]:
    """The file and the headers of the mail in each row of a table with the columns file and message.

    There are no headers for a damaged row.

    The cells are whole mails with line breaks, which scans in parallel cannot tell from rows; so they are read here,
    one after the other, up to the quotation mark that closes them.
    """
    window = _Window(file)
    place = window.find(b"\n", 0, before=1000) + 1
    while True:
        window.forget(place)
        window.reach(place + _BLOCK)
        while window.slice(place, place + 1) in (b"\r", b"\n"):
            place += 1
        if place >= window.end:
            return
        cell = _CELL.match(window.bytes, place - window.base)
        start = cell.end() + window.base if cell else place
        close = _closing(window, start) if cell else -1
        if close >= 0 and window.slice(close + 1, close + 2) in (b"", b"\r", b"\n"):
            mail = window.bytes[start - window.base : close - window.base]
            head = _BLANK.split(mail, maxsplit=1)[0][:_LONGEST_HEADER]
            named = cell[0].rstrip(b'",').lstrip(b'"') if cell else b""
            yield text_of(named[-_LONGEST_NAME:]), headers_of(head.replace(b'""', b'"'))
            place = close + 1
            continue
        yield "", {}
        # The mark taken for the end may be the one that opens the next row, so look from the beginning of its line.
        line = window.bytes.rfind(b"\n", 0, close - window.base) + window.base if close >= 0 else start
        place = _resumed(window, max(line, start))
        if place < 0:
            return


def _closing(window: _Window, start: int) -> int:
    """Where the quotation mark stands that ends the cell; -1 if none does."""
    place = start
    while (place := window.find(b'"', place, before=start + _LONGEST_CELL)) >= 0:
        if window.slice(place + 1, place + 2) != b'"':
            return place
        place += 2
    return -1


def _resumed(window: _Window, place: int) -> int:
    """Where the next row begins that looks like one; -1 if none does."""
    while not (match := _RECORD.search(window.bytes, max(place - window.base, 0))):
        if window.ended:
            return -1
        place = max(place, window.end - 1200)
        window.forget(place)
        window.reach(window.end + _BLOCK)
    return match.start() + 1 + window.base
