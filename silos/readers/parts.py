"""What a LOG is made of: files, members of zips and folders, each with a first look at its content."""

import glob
import gzip
import io
import os
import re
import stat
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import partial
from pathlib import Path, PurePosixPath
from typing import BinaryIO, Literal, cast

import duckdb

from silos.errors import ReadError
from silos.readers.scratch import Scratch, literal
from silos.readers.text import Dialect, decoded, dialect_of, encoding_of

#: How much of a file is looked at to recognise it.
HEAD_BYTES = 1 << 16
#: A zip with more members, or with more bytes in them, is refused.
MOST_MEMBERS, MOST_BYTES = 200_000, 1 << 38

_SYSTEM = frozenset({"__MACOSX", "_SUCCESS", "_delta_log", "_metadata", "_common_metadata", "_temporary"})
_GZIP, _ZSTD, _ZIP, _PARQUET = b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b"PK\x03\x04", b"PAR1"
#: First bytes that say what a file is when it is no log.
_OTHERS: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", "a PDF"),
    (b"\xd0\xcf\x11\xe0", "an old Office file (.xls, .doc, .msg); save the sheet as CSV"),
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


class EmptyFileError(ReadError):
    """A file without a byte: a fault where it was named, of no account in a folder."""


@dataclass(frozen=True)
class Head:
    """A first look: all that a reader sees when it is asked whether it can read something.

    Attributes:
        name: for messages only; formats are recognised by content.
        kind: `text`, `parquet`, `binary`, or `container` (a zip or folder).
        start: the first bytes, unpacked.
        text: the same as text, line ends as LF; "" where it is none.
        encoding: of the text.
        dialect: how the text is delimited, if it is a table.
        headings: of a table, delimited or Parquet.
        rows: the first rows of a delimited table.
        members: names in a container, with "/" between folders.
    """

    name: str
    kind: Literal["text", "parquet", "binary", "container"]
    start: bytes = b""
    text: str = ""
    encoding: str = "utf-8"
    dialect: Dialect | None = None
    headings: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    members: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Part:
    """One file of a log, or a whole zip or folder.

    Attributes:
        head: the first look.
        open: opens the unpacked bytes (not for a container, nor for zstd, which DuckDB unpacks itself).
        path: where the bytes lie as they are, not packed; None inside an archive. For a container the zip or folder.
        compression: as DuckDB is to unpack `path`: `none` or `zstd`.
        member: a container's member by its name.
    """

    head: Head
    open: Callable[[], BinaryIO]
    path: Path | None = None
    compression: str = "none"
    member: Callable[[str], "Part"] | None = field(default=None)

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
            with self.open() as packed, target.open("wb") as file:
                _copy(packed, file, self.name)
        except (OSError, EOFError, zlib.error, zipfile.BadZipFile, RuntimeError, NotImplementedError) as error:
            target.unlink(missing_ok=True)
            raise ReadError(f"{self.name}: it cannot be unpacked ({error}). Export or copy it again.") from error
        return target


def _copy(packed: BinaryIO, file: BinaryIO, name: str) -> None:
    size = 0
    while block := packed.read(1 << 20):
        size += len(block)
        if size > MOST_BYTES:
            raise ReadError(f"{name}: it unpacks to more than {MOST_BYTES / 1e9:,.0f} GB. Unpack and split it first.")
        file.write(block)


def paths_of(log: str | os.PathLike[str]) -> list[Path]:
    """The path that `log` names, or all that match it as a glob.

    Raises:
        ReadError: there is none.
    """
    path = Path(log).expanduser()
    if os.path.lexists(path):
        return [path]
    if glob.has_magic(str(path)):
        found = [Path(match) for match in sorted(glob.glob(str(path), recursive=True))]  # noqa: PTH207 - absolute globs
        found = [match for match in found if not match.name.startswith(".")]
        if not found:
            raise ReadError(f"{log}: no file matches. Is the folder right, and the pattern in quotes?")
        return found
    folder = path.parent
    try:
        beside = sorted(entry.name for entry in folder.iterdir()) if folder.is_dir() else []
    except OSError:
        beside = []
    close = get_close_matches(path.name, beside, n=1, cutoff=0.5)
    hint = (
        f" Did you mean {close[0]!r}?" if close else "" if folder.is_dir() else f" There is no folder {str(folder)!r}."
    )
    raise ReadError(f"{log}: no such file.{hint}")


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
            raise ReadError(f"{name}: this is no file.")
        with path.open("rb") as file:
            magic = file.read(4)
    except OSError as error:
        raise ReadError(f"{name}: it cannot be opened ({error.strerror or error}).") from error
    if magic == _ZIP:
        return _zip(path, name, known=known, scratch=scratch)
    return _look(partial(_opened, path), name, path=path, known=known, scratch=scratch)


def _look(
    opener: Callable[[], BinaryIO], name: str, *, path: Path | None, known: frozenset[str], scratch: Scratch
) -> Part:
    """A first look at bytes, unpacked if they are packed."""
    start = _start(opener, name)
    if not start:
        raise EmptyFileError(f"{name}: the file is empty.")
    compression = "none"
    if start.startswith(_GZIP):
        opener, path = partial(_gunzip, opener), None
        start = _start(opener, name)
        if not start:
            raise EmptyFileError(f"{name}: the file is empty.")
        if start[257:262] == b"ustar":
            raise ReadError(f"{name}: it is a tar archive. Unpack it first.")
    elif start.startswith(_ZSTD):
        path = scratch.plain(Part(Head(name, "binary"), opener, path).on_disk(scratch))
        compression, start = "zstd", _zstd_start(path, name)
    if start.startswith(_PARQUET):
        path = scratch.plain(Part(Head(name, "binary"), opener, path).on_disk(scratch))
    head = _head(start, name, path=path, known=known)
    if compression == "zstd" and head.kind == "text" and not head.encoding.startswith("utf-8"):
        raise ReadError(f"{name}: a zstd file must hold UTF-8, this is {head.encoding}. Unpack it first.")
    return Part(head, opener, path, compression)


def _opened(path: Path) -> BinaryIO:
    return path.open("rb")


def _start(opener: Callable[[], BinaryIO], name: str) -> bytes:
    try:
        with opener() as file:
            return file.read(HEAD_BYTES)
    except (OSError, EOFError, zlib.error, zipfile.BadZipFile, RuntimeError, NotImplementedError) as error:
        raise ReadError(f"{name}: it cannot be read ({error}). Export or copy it again.") from error


def _gunzip(opener: Callable[[], BinaryIO]) -> BinaryIO:
    return io.BufferedReader(_Unzipped(opener()))


class _Unzipped(gzip.GzipFile):
    """An unpacking stream that closes what it reads from."""

    def __init__(self, packed: BinaryIO) -> None:
        self._packed = packed
        super().__init__(fileobj=packed, mode="rb")

    def close(self) -> None:
        super().close()
        self._packed.close()


def _zstd_start(path: Path, name: str) -> bytes:
    """The first lines of a zstd file, unpacked by DuckDB: Python learned zstd in 3.14 only.

    Latin-1 maps bytes to characters one to one, so the bytes come back whatever their encoding.
    """
    query = (
        f"select line from read_csv({literal(path)}, auto_detect = false, delim = '', quote = '', escape = '', "
        "header = false, compression = 'zstd', encoding = 'latin-1', columns = {'line': 'varchar'}) limit 300"
    )
    try:
        with duckdb.connect() as connection:
            lines = [line or "" for (line,) in connection.execute(query).fetchall()]
    except duckdb.Error as error:
        raise ReadError(f"{name}: the zstd file cannot be read. Unpack it first.") from error
    return "".join(f"{line}\n" for line in lines).encode("latin-1", errors="replace")[:HEAD_BYTES]


def _head(start: bytes, name: str, *, path: Path | None, known: frozenset[str]) -> Head:
    if start.startswith(_PARQUET):
        return Head(name, "parquet", start, headings=tuple(_parquet_headings(path, name)) if path else ())
    encoding = None if any(start.startswith(magic) for magic, _ in _OTHERS) else encoding_of(start)
    if encoding is None:
        return Head(name, "binary", start)
    content = decoded(start, encoding)
    table = dialect_of(content, whole=len(start) < HEAD_BYTES, known=known)
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
    for folder, folders, files in os.walk(path):
        folders[:] = sorted(inner for inner in folders if not _hidden(inner))
        for file in files:
            full = Path(folder, file)
            # A link leads out of what the user named.
            if not _hidden(file) and full.is_file() and not full.is_symlink():
                members[full.relative_to(path).as_posix()] = full
    if not members:
        raise ReadError(f"{name}: the folder holds no file.")

    def member(inner: str) -> Part:
        return part_of(members[inner], str(PurePosixPath(name, inner)), known=known, scratch=scratch)

    return Part(Head(name, "container", members=tuple(sorted(members))), _no_bytes, path, member=member)


def _zip(path: Path, name: str, *, known: frozenset[str], scratch: Scratch) -> Part:
    try:
        archive = scratch.archives.enter_context(zipfile.ZipFile(path))
        entries = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise ReadError(f"{name}: the zip file is damaged ({error}). Export or copy it again.") from error
    names = {entry.filename for entry in entries}
    if "[Content_Types].xml" in names:
        raise ReadError(f"{name}: it is an Excel or Office file. Save the sheet as CSV (UTF-8).")
    if len(entries) > MOST_MEMBERS or sum(entry.file_size for entry in entries) > MOST_BYTES:
        raise ReadError(f"{name}: the zip holds too much ({len(entries):,} members). Unpack and split it first.")
    members = {
        entry.filename: entry
        for entry in entries
        if not entry.is_dir()
        and not stat.S_ISLNK(entry.external_attr >> 16)
        and not any(_hidden(inner) for inner in PurePosixPath(entry.filename).parts)
    }
    if not members:
        raise ReadError(f"{name}: the zip holds no file.")
    if any(entry.flag_bits & 1 for entry in members.values()):
        raise ReadError(f"{name}: the zip is protected by a password. Unpack it first.")

    def member(inner: str) -> Part:
        opener = partial(_member, archive, inner)
        label = f"{name}: {inner}"
        if _start(opener, label).startswith(_ZIP):
            raise ReadError(f"{label}: a zip within a zip. Unpack the outer one first.")
        scratch.room_for(members[inner].file_size, label)
        return _look(opener, label, path=None, known=known, scratch=scratch)

    return Part(Head(name, "container", members=tuple(sorted(members))), _no_bytes, path, member=member)


def _member(archive: zipfile.ZipFile, inner: str) -> BinaryIO:
    return cast(BinaryIO, archive.open(inner))


def _no_bytes() -> BinaryIO:
    raise ReadError("a folder or zip has no bytes of its own.")


def _hidden(name: str) -> bool:
    """Whether a file or folder is the system's own: `.DS_Store`, `__MACOSX`, `_SUCCESS`, `_delta_log`."""
    return (name.startswith(".") and name != "..") or name in _SYSTEM


def what_it_is(head: Head) -> str:
    """What a file that no reader recognises seems to be, from its first bytes."""
    for magic, description in _OTHERS:
        if head.start.startswith(magic):
            return description
    if head.kind == "container":
        kinds = sorted({PurePosixPath(member).suffix for member in head.members if PurePosixPath(member).suffix})
        return f"{len(head.members)} files ({', '.join(kinds[:9]) or 'without extension'})"
    if head.kind == "parquet":
        return "a Parquet file"
    if head.kind == "binary":
        return f"a binary file that begins with the bytes {head.start[:4].hex(' ')}"
    begin = head.text.lstrip("\ufeff").lstrip()[:200].lower()
    if begin.startswith(("<!doctype html", "<html")):
        return "a web page (perhaps a log-in page saved in place of the export)"
    if begin.startswith("<"):
        return "an XML file"
    if begin.startswith(("{", "[")):
        return "a JSON file"
    if re.match(r"(from |return-path:|received:|delivered-to:|message-id:)", begin):
        return "mail"
    if head.dialect:
        return f"a table of {len(head.headings)} columns"
    return "text that is no table: no line with a comma, semicolon, tab or vertical bar between headings"
