"""Mail: mbox files, folders and zips of .eml, maildirs, and the CSV with a file and a message in each row (Enron).

Only headers are parsed. The body is skipped as bytes, for speed and for privacy: it is never decoded nor kept. Rows
wait in Parquet, so memory does not grow with the mailbox; threads are put together there, by SQL.
"""

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath
from typing import Any, BinaryIO

import duckdb

from silos.engines.quoting import literal
from silos.errors import ReadError, SilosError
from silos.locales.said import Said
from silos.readers.files.sniff import DAMAGE, Head, Part
from silos.readers.formats.mail.folders import reason_of_path
from silos.readers.formats.mail.headers import Headers, addresses, first, identity, left_out, lists_of, when
from silos.readers.formats.mail.mailboxes import TABLE, looks_like_mail, mails, table_mails
from silos.readers.reader import Reader, Request
from silos.readers.tabular.row_buffer import Rows
from silos.readers.tabular.scan import UNREADABLE
from silos.tables import INTERACTION_FIELDS, Source

UNKNOWN_ZONE = "unknown time zone"

#: Addresses of mailing lists that are remembered; steps from a reply to the first mail of its thread, as powers of two.
_MOST_LISTS, _STEPS = 100_000, 24


@dataclass(eq=False)
class _Mailbox:
    """What was read of one LOG so far.

    Attributes:
        rows: of the mails.
        lists: addresses of mailing lists.
        arrived: how many mails name a zone that is not known and were dated by their arrival.
        unzoned: how many mails name no zone.
    """

    rows: Rows
    lists: set[str] = field(default_factory=set)
    arrived: int = 0
    unzoned: int = 0

    def read(self, file: BinaryIO, name: str, *, path: str = "") -> None:
        """Read a mailbox, or the one mail that a file is.

        Args:
            file: its bytes.
            name: for messages.
            path: below what the user named, for the folders that say that mail in them is no message.
        """
        folder = reason_of_path(path)
        for number, (separator, headers) in enumerate(mails(file), start=1):
            self.add(headers, separator, where=f"{name}, message {number}", folder=folder)

    def add(self, headers: Headers, separator: bytes, *, where: str, folder: str | None = None) -> None:
        """Add the rows of a mail, or count why it has none; `folder` says why all mail in its folder has none."""
        if not headers:
            self.rows.reject(UNREADABLE, where=where)
            return
        reason = left_out(headers) or folder
        if reason:
            if len(self.lists) < _MOST_LISTS:
                self.lists.update(lists_of(headers))
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
        time, zone = when(headers, separator)
        self.unzoned += zone == "none" and time is not None
        if zone == "unknown":
            if time is None:
                self.rows.reject(UNKNOWN_ZONE, where=where)
                return
            self.arrived += 1
        event = identity(first(headers, "message-id"))
        if not event:
            # Without what only the sender's copy says (Bcc), so that all copies of the mail are one event.
            event = hashlib.md5(f"{time}|{sender}|{sorted(copied)}".encode(), usedforsecurity=False).hexdigest()
        thread = self._answered(headers, event)
        for recipient in reached:
            # `recipients` stays open: the copies of a mail do not name the same people, and only all of them together
            # tell how many it reached.
            self.rows.add(timestamp=time, sender=sender, recipient=recipient, event=event, thread=thread, kind="direct")

    def notes(self, name: str) -> Iterator[str]:
        """What is to be said of the times."""
        if lost := self.rows.rejected[UNKNOWN_ZONE]:
            yield Said("read", "mail_lost", count=lost, name=name)
        if self.arrived:
            yield Said("read", "mail_arrived", count=self.arrived, name=name)
        if self.unzoned:
            yield Said("read", "mail_unzoned", count=self.unzoned, name=name)

    @staticmethod
    def _answered(headers: Headers, event: str) -> str | None:
        """The mail that began the thread as far as this one knows, or the thread's number in Gmail."""
        for name in ("references", "in-reply-to"):
            if name in headers and (begun := identity(first(headers, name))) and begun != event:
                return begun
        number = first(headers, "x-gm-thrid")
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
    notes += box.notes(request.name)
    if not len(box.rows) and not box.rows.rejected:
        raise ReadError(f"{request.name}: it holds no mail. Mail can be an mbox, .eml files or a maildir.")
    columns = {"timestamp": "Date", "sender": "From", "recipient": "To, Cc, Bcc", "event": "Message-ID"}
    source = box.rows.source(request.name, "mail", columns=columns, notes=notes)
    try:
        source = _threaded(source, box.lists, request)
    except duckdb.Error as error:
        raise ReadError(
            f"{request.name}: the mails cannot be stored in the temporary folder. Is the disk full? Free some room, or "
            "point the environment variable TMPDIR elsewhere."
        ) from error
    [(threads,)] = request.connection.execute(f"select count(thread) from ({source.query})").fetchall()
    if threads:
        return [replace(source, columns={**columns, "thread": "References, In-Reply-To, X-GM-THRID"})]
    missing = Said("read", "mail_threads", name=request.name)
    return [replace(source, notes=(*source.notes, missing))]


def _read_file(part: Part, box: _Mailbox) -> None:
    if part.compression != "none":
        raise ReadError(f"{part.name}: mail compressed with zstd cannot be read. Unpack it first.")
    try:
        with part.open() as file:
            if TABLE.match(part.head.start):
                for number, (path, headers) in enumerate(table_mails(file), start=1):
                    where = f"{part.name}, mail {number}"
                    box.add(headers, b"", where=where, folder=reason_of_path(path))
            else:
                box.read(file, part.name, path=part.inner or PurePosixPath(part.name.replace("\\", "/")).name)
    except SilosError:
        raise
    except DAMAGE as error:
        raise ReadError(f"{part.name}: the file is damaged. Export or copy it again.") from error


def _read_members(part: Part, box: _Mailbox) -> list[str]:
    """Read the mails of a zip or folder; members are numbered in messages, as their names often are subjects."""
    assert part.stream is not None
    others = 0
    folders = {PurePosixPath(name).parent.name for name in part.head.members}
    for number, name in enumerate(part.head.members, start=1):
        where = f"{part.name}, file {number}"
        if "cur" in folders and PurePosixPath(name).parent.name == "tmp":
            continue
        try:
            with part.stream(name) as file:
                if not looks_like_mail(file.read(1 << 14)):
                    others += 1
                    continue
                file.seek(0)
                box.read(file, where, path=name)
        except SilosError:
            raise
        except DAMAGE:
            box.rows.reject(UNREADABLE, where=where)
    return [Said("read", "no_mail", count=others, name=part.name)] if others else []


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
    return head.kind in ("text", "binary") and (looks_like_mail(head.start) or TABLE.match(head.start) is not None)


MAIL = Reader(
    "mail",
    "mailboxes: mbox, a folder or zip of .eml files, maildir, CSV with one message per row (only headers are read)",
    _recognise,
    _read,
    more="mail",
)
