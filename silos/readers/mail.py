"""Mail: mbox files, folders and zips of .eml, maildirs, and the CSV with a file and a message in each row (Enron).

Only headers are parsed. The body is skipped as bytes, for speed and for privacy: it is never decoded nor kept. Rows
wait in Parquet, so memory does not grow with the mailbox; threads are put together there, by SQL.
"""

import hashlib
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from email.errors import HeaderParseError
from email.header import decode_header
from email.utils import parsedate_tz
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO, cast

import duckdb

from silos.errors import ReadError, SilosError
from silos.readers.contract import Reader, Request
from silos.readers.parts import Head, Part
from silos.readers.rows import Rows
from silos.readers.scratch import literal
from silos.readers.tabular import UNREADABLE
from silos.tables import INTERACTION_FIELDS, Source

#: Bytes read at once; the longest header that is looked at; how far ahead is looked for the end of a mail.
_BLOCK, _LONGEST_HEADER, _AHEAD = 1 << 20, 1 << 20, 1 << 22
#: Recipients of one mail that are read; nobody writes to more people than that and means them.
_MOST_RECIPIENTS = 20_000
#: Addresses of mailing lists that are remembered; steps from a reply to the first mail of its thread, as powers of two.
_MOST_LISTS, _STEPS = 100_000, 24

#: What can go wrong while bytes are read or unpacked.
_DAMAGE = (OSError, EOFError, zlib.error, zipfile.BadZipFile, RuntimeError, NotImplementedError, KeyError, ValueError)

_NAMES = {
    name.encode(): name
    for name in (
        *("from", "sender", "to", "cc", "bcc", "date", "received", "message-id", "in-reply-to", "references"),
        *("x-gm-thrid", "return-path", "auto-submitted", "content-type", "content-length", "list-id", "list-post"),
        *("precedence", "x-unsent", "x-gmail-labels", "x-spam-flag"),
    )
}
_SEVERAL = ("to", "cc", "bcc")
_LINE = re.compile(rb"[!-9;-~]+:")
_BLANK = re.compile(rb"\n\r?\n")
_FOLD = re.compile(rb"\r?\n[ \t]+")
_SEPARATOR = re.compile(
    rb"From [^\n]*?\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),? +(?:[A-Z][a-z]{2} +\d{1,2}|\d{1,2} +[A-Z][a-z]{2})\b[^\n]*\n"
    rb"(?:>?From [^\n]*\n)*[!-9;-~]+:"
)
_LOOSE_SEPARATOR = re.compile(rb"From [^\n]*\n(?:>?From [^\n]*\n)*[!-9;-~]+:")
_BOUNDARY = re.compile(r'boundary\s*=\s*(?:"([^"]{1,200})"|([^\s;"]{1,200}))', re.IGNORECASE)
_ASCTIME = re.compile(r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun) +[A-Z][a-z]{2} +\d{1,2} +\d\d?:\d\d(:\d\d)?( .*)?$")

# ---- addresses

_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"(?!@)')
_COMMENT = re.compile(r"\([^()]*\)")
_WORD = re.compile(r"=\?[^?\s]+\?[BbQq]\?[^?]*\?=")
_ANGLE = re.compile(r"<([^<>]*)>")
_BARE = re.compile(r"[^\s<>,;:()\"]+@[^\s<>,;:()\"]+")
_SPELT = re.compile(r"([\w.+-]+) at ([\w-]+(?:\.[\w-]+)+)")


def addresses(values: Sequence[str]) -> list[str]:
    """The addresses in headers such as To, lower case, each once; names, comments and groups are left.

    Examples:
        >>> addresses(['Martin, Zoé <Zoe@Acme.example>, "Roe, \\'Bob\\'" <bob@acme.example>'])
        ['zoe@acme.example', 'bob@acme.example']
        >>> addresses(["=?utf-8?Q?Roe, Bob?= <bob@acme.example>, cleo at acme.example", "undisclosed-recipients:;"])
        ['bob@acme.example', 'cleo@acme.example']
    """
    found: dict[str, None] = {}
    for value in values:
        plain = _COMMENT.sub(" ", _QUOTED.sub(" ", _WORD.sub(" ", value)))
        if "@" not in plain and " at " not in plain and "=?" in value:
            plain = _COMMENT.sub(" ", _QUOTED.sub(" ", _words(value)))
        for piece in re.split(r"[,;]", plain):
            angles = [angle for angle in _ANGLE.findall(piece) if "@" in angle or " at " in angle]
            place = angles[-1] if angles else piece
            match = _BARE.search(place)
            spelt = None if match else _SPELT.search(place)
            address = match[0] if match else f"{spelt[1]}@{spelt[2]}" if spelt else ""
            address = address.strip("'`.<>[]").lower().removeprefix("mailto:").removeprefix("smtp:")
            if 3 <= len(address) <= 320 and len(found) < _MOST_RECIPIENTS:
                found[address] = None
    return list(found)


def _words(value: str) -> str:
    """The text of encoded words; needed only where somebody encoded the addresses too."""
    try:
        parts = decode_header(value)
        return "".join(
            part if isinstance(part, str) else part.decode(charset or "latin-1", errors="replace")
            for part, charset in parts
        )
    except (ValueError, LookupError, HeaderParseError):
        return value


# ---- headers

Headers = Mapping[str, list[str]]


def headers_of(block: bytes) -> Headers:
    """The headers of one mail that matter here: the first of each name, all of To, Cc and Bcc."""
    headers: dict[str, list[str]] = {}
    for line in _FOLD.sub(b" ", block).split(b"\n"):
        key, _, value = line.partition(b":")
        name = _NAMES.get(key.strip().lower()) if len(key) <= 20 else None
        if name and (name not in headers or name in _SEVERAL):
            headers.setdefault(name, []).append(_text(value))
    return headers


def _text(value: bytes) -> str:
    """A raw header as text: UTF-8 if it is, else Western European as older programs write it."""
    try:
        return value.decode("utf-8").strip()
    except UnicodeDecodeError:
        return value.decode("latin-1").strip()


def _first(headers: Headers, name: str) -> str:
    return headers[name][0] if name in headers else ""


def time_of(value: str) -> datetime | None:
    """A time as mail writes it, in UTC; without a zone it is taken as UTC.

    Examples:
        >>> time_of("Fri, 3 May 2024 10:00:00 +0200 (CEST)"), time_of("soon")
        (datetime.datetime(2024, 5, 3, 8, 0), None)
    """
    try:
        parsed = parsedate_tz(value[:200])
        if parsed is None:
            time = datetime.fromisoformat(value.strip())
            return time if time.tzinfo is None else (time - cast(timedelta, time.utcoffset())).replace(tzinfo=None)
        year, month, day, hour, minute, second = parsed[:6]
        return datetime(year, month, day, hour, minute, min(second, 59)) - timedelta(seconds=parsed[9] or 0)
    except (ValueError, TypeError, IndexError, OverflowError, AttributeError):
        return None


def _when(headers: Headers, separator: bytes) -> datetime | None:
    """When a mail was sent; where it does not say, when it arrived."""
    if "date" in headers and (time := time_of(_first(headers, "date"))):
        return time
    if "received" in headers and (time := time_of(_first(headers, "received").rpartition(";")[2])):
        return time
    # Thunderbird writes "From - " and the time of day of the download.
    match = None if separator.startswith(b"From - ") else _ASCTIME.search(_text(separator))
    return time_of(match[0]) if match else None


def _identity(value: str) -> str:
    """A Message-ID without its angle brackets, "" if there is none."""
    match = re.search(r"<([^<>]+)>", value)
    return "".join((match[1] if match else value.strip("<>")).split())[:500]


def left_out(headers: Headers) -> str | None:
    """Why a mail is none that a person sent; None if a person did.

    Examples:
        >>> left_out({"auto-submitted": ["auto-replied"]}), left_out({"auto-submitted": ["no"]})
        ('bot', None)
    """
    null_path = "return-path" in headers and "".join(_first(headers, "return-path").split()) == "<>"
    automatic = _first(headers, "auto-submitted").split(";")[0].strip().lower() not in ("", "no")
    report = _first(headers, "content-type").lower().startswith("multipart/report")
    bulk = _first(headers, "precedence").lower() in ("bulk", "list", "junk")
    if null_path or automatic or report or bulk or "list-id" in headers:
        return "bot"
    labels = {label.strip().lower() for label in _first(headers, "x-gmail-labels").split(",")}
    if labels & {"spam"} or _first(headers, "x-spam-flag").upper() == "YES":
        return "spam"
    if labels & {"draft", "drafts", "brouillon", "brouillons"} or _first(headers, "x-unsent") == "1":
        return "never sent"
    return None


def _lists(headers: Headers) -> Iterator[str]:
    """Addresses of the mailing list that a mail came by."""
    if "list-post" in headers:
        yield from addresses([_first(headers, "list-post")])
    if "list-id" in headers:
        name = _identity(_first(headers, "list-id")).lower().replace(".", "@", 1)
        yield from (address for address in addresses(headers.get("to", [])) if address == name)


# ---- bytes of a mailbox


class _Window:
    """The part of a stream that is looked at; places are counted from its beginning."""

    def __init__(self, file: BinaryIO) -> None:
        self.file = file
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
            pieces.append(piece)
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

    A mail inside another, quoted or attached, is none: it stands before the end that the outer one's `Content-Length`
    or the boundary of its parts tells.
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
    boundary = _BOUNDARY.search(_first(headers, "content-type"))
    close = f"\n--{boundary[1] or boundary[2]}--".encode("utf-8", errors="replace") if boundary else b""
    length = _first(headers, "content-length")
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
    if start.startswith(b"From "):
        return bool(_LOOSE_SEPARATOR.match(start))
    count = re.match(rb"\d{1,12}\s*\n", start[:20])
    start = start[count.end() :] if count else start
    if not _LINE.match(start):
        return False
    headers = headers_of(re.split(rb"\r?\n\r?\n", start, maxsplit=1)[0])
    return len(headers.keys() & {"from", "to", "date", "received", "message-id", "return-path"}) >= 2


# ---- a log of mail


@dataclass(eq=False)
class _Mailbox:
    """What was read of one LOG so far."""

    rows: Rows
    lists: set[str] = field(default_factory=set)

    def read(self, file: BinaryIO, name: str) -> None:
        for number, (separator, headers) in enumerate(mails(file), start=1):
            self.add(headers, separator, where=f"{name}, message {number}")

    def add(self, headers: Headers, separator: bytes, *, where: str) -> None:
        if not headers:
            self.rows.reject(UNREADABLE, where=where)
            return
        reason = left_out(headers)
        if reason:
            if len(self.lists) < _MOST_LISTS:
                self.lists.update(_lists(headers))
            self.rows.reject(reason)
            return
        sender = next(iter(addresses(headers.get("from", [])) or addresses(headers.get("sender", []))), None)
        if sender is None:
            self.rows.reject("no sender", where=where)
            return
        if sender.startswith(("mailer-daemon@", "postmaster@")):
            self.rows.reject("bot")
            return
        copied = addresses([value for name in ("to", "cc") for value in headers.get(name, [])])
        reached = dict.fromkeys([*copied, *addresses(headers.get("bcc", []))])
        if not reached:
            self.rows.reject("no recipient", where=where)
            return
        time = _when(headers, separator)
        event = _identity(_first(headers, "message-id"))
        if not event:
            # Without what only the sender's copy says (Bcc), so that all copies of the mail are one event.
            event = hashlib.md5(f"{time}|{sender}|{sorted(copied)}".encode(), usedforsecurity=False).hexdigest()
        thread = self._answered(headers, event)
        for recipient in reached:
            # `recipients` stays open: the copies of a mail do not name the same people, and only all of them together
            # tell how many it reached.
            self.rows.add(timestamp=time, sender=sender, recipient=recipient, event=event, thread=thread, kind="direct")

    @staticmethod
    def _answered(headers: Headers, event: str) -> str | None:
        """The mail that began the thread as far as this one knows, or the thread's number in Gmail."""
        for name in ("references", "in-reply-to"):
            if name in headers and (first := _identity(_first(headers, name))) and first != event:
                return first
        number = _first(headers, "x-gm-thrid")
        return f"gmail {number}" if number.isascii() and number.isdigit() else None


def _threaded(source: Source, lists: set[str], request: Request) -> Source:
    """The source with replies led back to the first mail of their thread, and without mail to mailing lists."""
    fields = {name: f"mail.{name}" for name in INTERACTION_FIELDS}
    with request.connection.cursor() as aside:

        def kept(query: str, values: Sequence[Any] = ()) -> str:
            target = request.scratch.file(".parquet")
            aside.execute(f"copy ({query}) to {literal(target)} (format parquet)", list(values))
            return f"read_parquet({literal(target)})"

        def count(query: str) -> int:
            return int(aside.execute(f"select count(*) from {query}").fetchone()[0])

        rejected = dict(source.rejected)
        query = source.query
        if lists:
            known = kept("select unnest(?) as address", [sorted(lists)])
            to_lists = count(f"({query}) where recipient in (select address from {known})")
            if to_lists:
                rejected["broadcast to a list"] = to_lists
                query = f"select * from ({query}) where recipient not in (select address from {known})"
        links = kept(
            f"select event as id, min(thread) as parent from ({query}) where thread is not null group by event"
        )
        threads = count(links)
        for _ in range(_STEPS):
            step = f"{links} as x left join {links} as y on x.parent = y.id"
            if not count(f"{step} where y.parent <> x.parent"):
                break
            links = kept(f"select x.id, coalesce(y.parent, x.parent) as parent from {step}")
        if not threads and query == source.query:
            return source
        # The first mail of a thread names no other: its thread is itself, if another does.
        fields["thread"] = "coalesce(link.parent, first.parent)"
        chosen = ", ".join(f"{sql} as {name}" for name, sql in fields.items())
        final = kept(
            f"select {chosen} from ({query}) as mail left join {links} as link on mail.event = link.id "
            f"left join (select distinct parent from {links}) as first on mail.event = first.parent"
        )
    return replace(
        source, query=f"select {', '.join(INTERACTION_FIELDS)} from {final}", rejected=dict(sorted(rejected.items()))
    )


def _read(parts: Sequence[Part], request: Request) -> list[Source]:
    box = _Mailbox(Rows(request.scratch, medium="email"))
    notes: list[str] = []
    for part in parts:
        if part.head.kind == "container":
            notes += _read_members(part, box)
        else:
            _read_file(part, box)
    if not len(box.rows) and not box.rows.rejected:
        raise ReadError(f"{request.name}: no mail is in it. Mail is an mbox, .eml files or a maildir.")
    columns = {"timestamp": "Date", "sender": "From", "recipient": "To, Cc, Bcc", "event": "Message-ID"}
    source = box.rows.source(request.name, "mail", columns=columns, notes=notes)
    try:
        source = _threaded(source, box.lists, request)
    except duckdb.Error as error:
        raise ReadError(
            f"{request.name}: the mails cannot be kept in the temporary folder; is the disk full? Free some room, or "
            "point the environment variable TMPDIR elsewhere."
        ) from error
    [(threads,)] = request.connection.execute(f"select count(thread) from ({source.query})").fetchall()
    if threads:
        return [replace(source, columns={**columns, "thread": "References, In-Reply-To, X-GM-THRID"})]
    missing = (
        f"The mails of {request.name} do not say what they answer (no In-Reply-To, References): without threads the "
        "connector verdict rests on ties that are reciprocated."
    )
    return [replace(source, notes=(*source.notes, missing))]


def _read_file(part: Part, box: _Mailbox) -> None:
    if part.compression != "none":
        raise ReadError(f"{part.name}: mail packed as zstd is not read. Unpack it first.")
    try:
        with part.open() as file:
            if _TABLE.match(part.head.start):
                for number, headers in enumerate(table_mails(file), start=1):
                    box.add(headers, b"", where=f"{part.name}, mail {number}")
            else:
                box.read(file, part.name)
    except SilosError:
        raise
    except _DAMAGE as error:
        raise ReadError(f"{part.name}: the file is damaged. Export or copy it again.") from error


def _read_members(part: Part, box: _Mailbox) -> list[str]:
    """Read the mails of a zip or folder; members are numbered in messages, as their names often are subjects."""
    assert part.path is not None
    others = 0
    with ExitStack() as stack:
        archive = None if part.path.is_dir() else stack.enter_context(zipfile.ZipFile(part.path))
        folders = {PurePosixPath(name).parent.name for name in part.head.members}
        for number, name in enumerate(part.head.members, start=1):
            where = f"{part.name}, file {number}"
            if "cur" in folders and PurePosixPath(name).parent.name == "tmp":
                continue
            try:
                path = Path(part.path, name)
                if archive is None and path.is_symlink():
                    others += 1
                    continue
                with cast(BinaryIO, archive.open(name)) if archive else path.open("rb") as file:
                    if not looks_like_mail(file.read(1 << 14)):
                        others += 1
                        continue
                    file.seek(0)
                    box.read(file, where)
            except SilosError:
                raise
            except _DAMAGE:
                box.rows.reject(UNREADABLE, where=where)
    return [f"{others:,} files in {part.name} are no mail and were left out."] if others else []


# ---- a table with a mail in each row

#: A mail of more bytes than this in a cell is a quotation mark that nobody closed.
_LONGEST_CELL = 1 << 25
_TABLE = re.compile(
    rb'(?:\xef\xbb\xbf)?"?file"?,"?message"?\r?\n(?=.*\b(?:message-id|date|from):)', re.IGNORECASE | re.DOTALL
)
_CELL = re.compile(rb'(?:"(?:[^"]|"")*+"|[^",\r\n]*+),"')
_RECORD = re.compile(rb'\n(?:"[^"\n]{0,500}"|[^",\n]{0,500}),"[!-9;-~]{1,60}:')


def table_mails(file: BinaryIO) -> Iterator[Headers]:
    """The headers of the mail in each row of a table with the columns file and message; none for a damaged row.

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
            yield headers_of(head.replace(b'""', b'"'))
            place = close + 1
            continue
        yield {}
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


# ---- recognition

_MAILDIR = re.compile(r"\d+\..+")


def _names_mail(name: str) -> bool:
    path = PurePosixPath(name)
    if path.suffix.lower() in (".eml", ".emlx"):
        return True
    if path.parent.name in ("cur", "new") and _MAILDIR.match(path.name):
        return True
    return bool(re.fullmatch(r"\d+\.?", path.name))


def _recognise(head: Head) -> bool:
    if head.kind == "container":
        # The files of a folder are not opened to ask whether it is one of mail; those that are no mail are left out.
        mail = sum(map(_names_mail, head.members))
        return 0 < len(head.members) <= 2 * mail
    return head.kind in ("text", "binary") and (looks_like_mail(head.start) or _TABLE.match(head.start) is not None)


MAIL = Reader(
    "mail",
    "mailboxes: mbox, a folder or zip of .eml files, maildir, CSV with a file and a message in each row (headers only)",
    _recognise,
    _read,
)
