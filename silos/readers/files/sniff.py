"""The parts of a LOG: files, members of zips and folders, each with a first look at its content."""

import os
import re
import stat
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path, PurePosixPath
from typing import BinaryIO, Literal, cast

import duckdb

from silos.engines.quoting import literal
from silos.errors import ReadError
from silos.readers.files import zip_names
from silos.readers.files.paths import shown
from silos.readers.files.temporary import Scratch, copying
from silos.readers.files.unpacking import unpacked, zstd_start
from silos.readers.files.workbook import NoWorkbookError, Workbook, is_spreadsheet
from silos.readers.tabular.csv_dialect import Dialect, decoded, dialect_of, encoding_of

#: How much of a file is looked at to recognise it.
HEAD_BYTES = 1 << 16
#: A zip with more members, or with more bytes in them, is refused.
MOST_MEMBERS, MOST_BYTES = 200_000, 1 << 38

#: What can go wrong while bytes are read or unpacked.
DAMAGE = (OSError, EOFError, zlib.error, zipfile.BadZipFile, RuntimeError, NotImplementedError, KeyError, ValueError)
#: Those of them that are never a fault of the program.
UNPACKING = (OSError, EOFError, zlib.error, zipfile.BadZipFile)

#: Files that bear their subject as name: messages number them.
_TITLED = frozenset({".eml", ".emlx", ".msg"})

_SYSTEM = frozenset({"__MACOSX", "_SUCCESS", "_delta_log", "_metadata", "_common_metadata", "_temporary"})
_GZIP, _ZSTD, _ZIP, _PARQUET = b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b"PK\x03\x04", b"PAR1"
OLE = b"\xd0\xcf\x11\xe0"
#: How a web page begins, and what Excel of 2003 kept as XML.
MARKUP = re.compile(r"\s*(?:<!doctype html|<html|<head|<meta|<table|<\?xml[^>]*>\s*<\?mso-application)", re.IGNORECASE)
#: First bytes that say what a file is when it is no log.
OTHERS: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", "a PDF"),
    (OLE, "an old Office file that is no workbook (.doc, .msg), or a damaged one"),
    (b"!BDN", "an Outlook data file (.pst)"),
    (b"SQLite format 3", "an SQLite database"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive; unpack it first"),
    (b"Rar!", "a RAR archive; unpack it first"),
    (b"BZh", "a bzip2 file; unpack it first"),
    (b"\xfd7zXZ", "an xz file; unpack it first"),
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"ARROW1", "an Arrow file; save it as Parquet"),
    (b"ORC", "an ORC file; save it as Parquet"),
)


#: What a service answered in place of the export: an error with its code, or records of Microsoft Graph.
SERVICE_ERROR = re.compile(r"""^\s*\{\s*"error"\s*:\s*(?:\{.*?"code"\s*:\s*)?"(?P<code>\w{1,40})\"""", re.DOTALL)
GRAPH = re.compile(
    r"""\s*(?:\{\s*"value"\s*:\s*\[|[\[{].*?"(?:@odata\.|(?:createdDateTime|sentDateTime|toRecipients|emailAddress)"))""",
    re.DOTALL,
)


class EmptyFileError(ReadError):
    """A file without a byte: a fault where it was named, of no account in a folder.

    Attributes:
        name: of the file.
    """

    def __init__(self, name: str, found: str = "the file is empty") -> None:
        super().__init__(f"{name}: {found}.")
        self.name = name


@dataclass(frozen=True)
class Head:
    """A first look: all that a reader sees when it is asked whether it can read something.

    Attributes:
        name: for messages only; formats are recognised by content.
        kind: `text`, `parquet`, `binary`, `container` (a zip or folder) or `workbook`.
        start: the first bytes, unpacked.
        text: the same as text, line ends as LF; "" where it is not text.
        encoding: of the text.
        dialect: how the text is delimited, if it is a table.
        headings: of a table, delimited or Parquet.
        rows: the first rows of a delimited table.
        members: names in a container, with "/" between folders; of a workbook the sheets that have cells.
        hidden: sheets among them that a spreadsheet program hides.
        links: how many links a container holds, which are not followed.
    """

    name: str
    kind: Literal["text", "parquet", "binary", "container", "workbook"]
    start: bytes = b""
    text: str = ""
    encoding: str = "utf-8"
    dialect: Dialect | None = None
    headings: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    members: tuple[str, ...] = ()
    hidden: frozenset[str] = frozenset()
    links: int = 0


@dataclass(frozen=True, eq=False)
class Part:
    """One file of a log, a sheet of a workbook, or a whole zip, folder or workbook.

    Attributes:
        head: the first look.
        open: opens the unpacked bytes (not for a container, nor for zstd, which DuckDB unpacks itself).
        path: where the bytes lie as they are, not packed; None inside an archive. For a container the zip or folder.
        compression: as DuckDB is to unpack `path`: `none` or `zstd`.
        member: a container's member by its name, with a first look at it.
        stream: opens a container's member as it lies, without a look: for readers of containers with many small files.
        file: the file, zip or folder that it is, or the zip that it lies in.
        inner: its name in the folder or zip that was named, which no message may show; "" of what was named itself.
    """

    head: Head
    open: Callable[[], BinaryIO]
    path: Path | None = None
    compression: str = "none"
    member: Callable[[str], "Part"] | None = None
    stream: Callable[[str], BinaryIO] | None = None
    file: Path | None = None
    inner: str = ""

    @property
    def name(self) -> str:
        """What the user knows it by."""
        return self.head.name

    def on_disk(self, scratch: Scratch) -> Path:
        """Where the bytes lie unpacked; unpacks them if need be."""
        if self.path is not None:
            return self.path
        target = scratch.file("")
        try:
            with copying(self.name), self.open() as packed, target.open("wb") as file:
                _copy(packed, file, self.name)
        except DAMAGE as error:
            target.unlink(missing_ok=True)
            raise ReadError(f"{self.name}: it cannot be unpacked{why(error)}. Export or copy it again.") from error
        return target


def why(error: Exception) -> str:
    """What the system says of an error, in brackets; what a library says may quote the file and is not passed on.

    Examples:
        >>> why(OSError(28, "No space left on device")), why(zipfile.BadZipFile("bad name b'Dear Ann'"))
        (' (No space left on device)', '')
    """
    stated = error.strerror if isinstance(error, OSError) else None
    return f" ({stated})" if stated else ""


def _copy(packed: BinaryIO, file: BinaryIO, name: str) -> None:
    size = 0
    while block := packed.read(1 << 20):
        size += len(block)
        if size > MOST_BYTES:
            raise ReadError(f"{name}: it unpacks to more than {MOST_BYTES / 1e9:,.0f} GB. Unpack and split it first.")
        file.write(block)


def part_of(path: Path, name: str, *, known: frozenset[str], scratch: Scratch) -> Part:
    """A first look at a file, zip or folder.

    Args:
        path: what to look at.
        name: for messages.
        known: folded headings that help to see how a text is delimited.
        scratch: temporary files.

    Raises:
        ReadError: it is empty, or cannot be opened.
    """
    try:
        if path.is_dir():
            return _folder(path, name, known=known, scratch=scratch)
        if not stat.S_ISREG(path.stat().st_mode):
            raise ReadError(f"{name}: this is neither a file nor a folder.")
        with path.open("rb") as file:
            magic = file.read(4)
    except OSError as error:
        raise ReadError(f"{name}: it cannot be opened ({error.strerror or error}).") from error
    if magic == _ZIP:
        return _zip(path, name, known=known, scratch=scratch)
    if magic == OLE and (book := _old_workbook(path, name, known=known, scratch=scratch)) is not None:
        return book
    return replace(_look(partial(scratch.opened, path), name, path=path, known=known, scratch=scratch), file=path)


def _look(
    opener: Callable[[], BinaryIO], name: str, *, path: Path | None, known: frozenset[str], scratch: Scratch
) -> Part:
    """A first look at bytes, unpacked if they are packed."""
    start = _start(opener, name)
    if not start:
        raise EmptyFileError(name)
    compression = "none"
    if start.startswith(_GZIP):
        opener, path = partial(unpacked, opener), None
        start = _start(opener, name)
        if not start:
            raise EmptyFileError(name)
        if start[257:262] == b"ustar":
            raise ReadError(f"{name}: it is a tar archive. Unpack it first.")
    elif start.startswith(_ZSTD):
        path = scratch.plain(Part(Head(name, "binary"), opener, path).on_disk(scratch))
        compression, start = "zstd", zstd_start(path, name)[:HEAD_BYTES]
    if start.startswith(_PARQUET):
        path = scratch.plain(Part(Head(name, "binary"), opener, path).on_disk(scratch))
    head = _head(start, name, path=path, known=known)
    if compression == "zstd" and head.kind == "text" and not head.encoding.startswith("utf-8"):
        raise ReadError(f"{name}: a zstd file must hold UTF-8, but this is {head.encoding}. Unpack it first.")
    return Part(head, opener, path, compression)


def _start(opener: Callable[[], BinaryIO], name: str) -> bytes:
    try:
        with opener() as file:
            return file.read(HEAD_BYTES)
    except DAMAGE as error:
        raise ReadError(f"{name}: it cannot be read{why(error)}. Export or copy it again.") from error


def _head(start: bytes, name: str, *, path: Path | None, known: frozenset[str]) -> Head:
    if start.startswith(_PARQUET):
        return Head(name, "parquet", start, headings=tuple(_parquet_headings(path, name)) if path else ())
    encoding = None if any(start.startswith(magic) for magic, _ in OTHERS) else encoding_of(start)
    if encoding is None:
        return Head(name, "binary", start)
    content = decoded(start, encoding)
    # Commas between its words make no table of a web page, whatever a tool calls it (.xls, .csv).
    other = any(pattern.match(content) for pattern in (MARKUP, SERVICE_ERROR, GRAPH))
    table = None if other else dialect_of(content, whole=len(start) < HEAD_BYTES, known=known)
    if table is None:
        return Head(name, "text", start, content, encoding)
    dialect, rows = table
    return Head(name, "text", start, content, encoding, dialect, dialect.headings, rows)


def _parquet_headings(path: Path, name: str) -> Iterator[str]:
    try:
        with duckdb.connect() as connection:
            for column, *_ in connection.execute(f"describe from read_parquet({literal(path)})").fetchall():
                yield column
    except duckdb.Error as error:
        raise ReadError(f"{name}: the Parquet file is damaged. Write it again.") from error


# ---- containers


def _folder(path: Path, name: str, *, known: frozenset[str], scratch: Scratch) -> Part:
    members: dict[str, Path] = {}
    links = 0
    for folder, folders, files in os.walk(path):
        links += sum(Path(folder, inner).is_symlink() for inner in folders if not _hidden(inner))
        folders[:] = sorted(inner for inner in folders if not _hidden(inner) or Path(folder, inner, "cur").is_dir())
        for file in files:
            full = Path(folder, file)
            if _hidden(file):
                continue
            # A link leads out of what the user named.
            if full.is_symlink():
                links += 1
            elif full.is_file():
                members[full.relative_to(path).as_posix()] = full
    if not members:
        also = f", but {links} links, which are not followed" if links else ""
        raise ReadError(f"{name}: the folder holds no file{also}.")
    label = labels_in(name, members)

    def member(inner: str) -> Part:
        return replace(part_of(members[inner], label(inner), known=known, scratch=scratch), inner=inner)

    def stream(inner: str) -> BinaryIO:
        return scratch.opened(members[inner])

    head = Head(name, "container", members=tuple(sorted(members)), links=links)
    return Part(head, _no_bytes, path, member=member, stream=stream, file=path)


def labels_in(folder: str, members: Iterable[str]) -> Callable[[str], str]:
    """What messages call the files in a folder."""
    return _labels(members, lambda inner: shown(PurePosixPath(folder, inner)), folder)


def _labels(members: Iterable[str], plain: Callable[[str], str], name: str) -> Callable[[str], str]:
    """What messages call the members of a container: by a number where the name is as a rule a subject."""
    numbers = {inner: number for number, inner in enumerate(sorted(members), start=1) if is_titled(inner)}
    return lambda inner: f"{name}, file {numbers[inner]}" if inner in numbers else plain(inner)


def is_titled(name: str) -> bool:
    """Whether a file of this name bears its subject as name, so that no message may show it."""
    return PurePosixPath(name).suffix.lower() in _TITLED


def _zip(path: Path, name: str, *, known: frozenset[str], scratch: Scratch) -> Part:
    try:
        file = scratch.archives.enter_context(scratch.opened(path))
        archive = scratch.archives.enter_context(zipfile.ZipFile(file))
        entries = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise ReadError(f"{name}: the zip file is damaged{why(error)}. Export or copy it again.") from error
    names = {entry.filename for entry in entries}
    if is_spreadsheet(names):
        return _workbook(path, name, known=known, scratch=scratch)
    if "[Content_Types].xml" in names:
        raise ReadError(
            f"{name}: this is an Office file, but not a workbook with sheets. Save the table as .xlsx or CSV."
        )
    if len(entries) > MOST_MEMBERS or sum(entry.file_size for entry in entries) > MOST_BYTES:
        raise ReadError(f"{name}: the zip holds too much ({len(entries):,} members). Unpack and split it first.")
    files = {inner: entry for inner, entry in zip_names.named(entries).items() if not _is_hidden(inner)}
    members = {inner: entry for inner, entry in files.items() if not stat.S_ISLNK(entry.external_attr >> 16)}
    if not members:
        raise ReadError(f"{name}: the zip holds no file.")
    if any(entry.flag_bits & 1 for entry in members.values()):
        raise ReadError(f"{name}: the zip is protected by a password. Unpack it first.")

    label_of = _labels(members, lambda inner: f"{name}: {inner}", name)

    def stream(inner: str) -> BinaryIO:
        return cast(BinaryIO, archive.open(members[inner]))

    def member(inner: str) -> Part:
        opener = partial(stream, inner)
        label = label_of(inner)
        scratch.room_for(members[inner].file_size, label)
        if _start(opener, label).startswith((_ZIP, OLE)):
            packed = Part(Head(label, "binary"), opener).on_disk(scratch)
            book = part_of(packed, label, known=known, scratch=scratch)
            if book.head.kind == "container":
                raise ReadError(f"{label}: this is a zip inside a zip. Unpack the outer one first.")
            return replace(book, file=path, inner=inner)
        return replace(_look(opener, label, path=None, known=known, scratch=scratch), file=path, inner=inner)

    head = Head(name, "container", members=tuple(sorted(members)), links=len(files) - len(members))
    return Part(head, _no_bytes, path, member=member, stream=stream, file=path)


# ---- workbooks


def _old_workbook(path: Path, name: str, *, known: frozenset[str], scratch: Scratch) -> Part | None:
    """The workbook in an old Office file; None where it is another document."""
    try:
        return _workbook(path, name, known=known, scratch=scratch)
    except NoWorkbookError:
        return None


def _workbook(path: Path, name: str, *, known: frozenset[str], scratch: Scratch) -> Part:
    """A workbook, its sheets copied as delimited text."""
    book = Workbook(path, name)
    copies: dict[str, Path] = {}
    for sheet in book.sheets:
        target = scratch.file(".csv")
        if book.copy(sheet, target, known=known):
            copies[sheet.name] = target
    hidden = frozenset(sheet.name for sheet in book.sheets if sheet.hidden)
    book.close()
    if not copies:
        raise EmptyFileError(name, "the workbook has no cell with a value")

    def member(inner: str) -> Part:
        label = name if len(copies) == 1 else f"{name}: {inner}"

        def opener() -> BinaryIO:
            return copies[inner].open("rb")

        start = _start(opener, label)
        text = decoded(start, "utf-8")
        head = Head(label, "text", start, text, "utf-8")
        table = dialect_of(text, whole=len(start) < HEAD_BYTES, known=known, delimiters=(",",))
        if table is not None:
            dialect, rows = table
            head = replace(head, dialect=dialect, headings=dialect.headings, rows=rows)
        return Part(head, opener, copies[inner], file=path)

    return Part(Head(name, "workbook", members=tuple(copies), hidden=hidden), _no_bytes, path, member=member, file=path)


def _no_bytes() -> BinaryIO:
    raise ReadError("a folder or a zip has no bytes of its own.")


def _hidden(name: str) -> bool:
    """Whether a file or folder is the system's own: `.DS_Store`, `__MACOSX`, `_SUCCESS`, `_delta_log`."""
    return (name.startswith(".") and name != "..") or name in _SYSTEM


def _is_hidden(member: str) -> bool:
    """Whether a member of a zip lies in what is the system's own; a hidden folder with `cur` in it is a mailbox."""
    parts = PurePosixPath(member).parts
    steps = zip(parts, [*parts[1:], ""], strict=True)
    return any(_hidden(part) and after not in ("cur", "new", "tmp") for part, after in steps)
