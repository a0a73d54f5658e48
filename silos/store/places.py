"""A store as a place on the disk: what it consists of, who may open it, and changes that are put in place whole.

What changes is written aside, then a manifest that says that it is complete, and only then it is put in place, one file
per month. Interrupted before, nothing has happened; interrupted after, the next command that opens the store ends it
before its own work.
"""

import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import duckdb

from silos.engines.quoting import literal
from silos.errors import OutputError, ReadError, SilosError
from silos.privacy.pseudonyms import Key
from silos.readers.files.paths import shown
from silos.readers.files.temporary import connect, scratch_of
from silos.readers.formats.store import MANIFEST, PART, PENDING, TABLES, Manifest
from silos.system.arguments import path_of
from silos.system.files import LOCK, locked, settle

#: What a store consists of, besides what is hidden.
OURS = (MANIFEST, *TABLES)
#: Memory for bringing a month together; what is more goes to the disk.
MEMORY = "1GB"
#: In the folder of changes: the names of the files that go, one a line.
_GONE = "gone.txt"
_DRAFT = "draft.json"


def refuse_place(target: Path, key_file: str | os.PathLike[str] | None, *, name: str) -> None:
    """Refuse a directory that is no place for a store, or has the key in it.

    Raises:
        OutputError: that is so.
    """
    if target.exists() and not target.is_dir():
        raise OutputError(f"{name} is a file. Name a directory.")
    hidden = (LOCK, PENDING)
    there = {path.name for path in target.iterdir()} if target.is_dir() else set()
    strange = sorted(there - {*OURS, *hidden})
    if not strange and not there & {MANIFEST, PENDING}:
        strange = sorted(there - set(hidden))
    if strange:
        raise OutputError(f"{name} holds other files ({', '.join(strange[:3])}). Name an empty or new directory.")
    if key_file is not None and Path(key_file).expanduser().resolve().is_relative_to(target.resolve()):
        raise OutputError(
            f"{key_file}: the key would be inside the store, so anybody who gets the store gets the key. "
            "Keep it elsewhere."
        )


def named(directory: str | os.PathLike[str]) -> str:
    """The name of a store, for messages.

    Raises:
        SilosError: it is no path, or an empty one.
    """
    if not path_of(directory, "the directory of a store"):
        raise OutputError("the name of the directory of the store is empty. Name a directory.")
    return shown(directory)


def manifest_of(target: Path, name: str) -> Manifest | None:
    """The manifest of a store; None where it has none yet."""
    try:
        return Manifest.parse((target / MANIFEST).read_text(encoding="utf-8"), name)
    except FileNotFoundError:
        return None


def refuse_key(manifest: Manifest, key_file: str | os.PathLike[str] | None, *, name: str) -> None:
    """Refuse a key that a store was not made with, or none where it was made with one.

    Raises:
        SilosError: that is so.
    """
    if key_file is None:
        if manifest.key:
            raise SilosError(f"{name} holds pseudonyms. Name the key file that they were made with (--key-file).")
    elif not manifest.key:
        raise SilosError(
            f"{name} holds the original ids of the logs, as it was made without --key-file. To use pseudonyms, name "
            "a new directory and remove this one."
        )
    elif manifest.key not in Key.read(key_file).checks:
        newer = " It was given a new key since: name the file of that one." if manifest.keys > 1 else ""
        raise SilosError(f"{key_file}: this is not the key that the pseudonyms in {name} were made with.{newer}")


@contextmanager
def existing(
    directory: str | os.PathLike[str], key_file: str | os.PathLike[str] | None
) -> Iterator[tuple[Path, Manifest, Any]]:
    """A store that is there, opened to be changed: its place, its manifest and a connection to change it with.

    Raises:
        SilosError: it is not a store, is in use, or the key is another.
    """
    name = named(directory)
    target = Path(directory).expanduser().absolute()
    if not target.is_dir():
        raise ReadError(f"{name}: there is no such directory.")
    # Before what else it holds: a store is looked for, and no place for one.
    if not ((target / MANIFEST).exists() or (target / PENDING / MANIFEST).exists()):
        raise ReadError(f"{name}: this is not a directory that silos ingest wrote: it has no {MANIFEST}.")
    refuse_place(target, key_file, name=name)
    with locked(target, name=name):
        settle_earlier(target)
        manifest = manifest_of(target, name)
        if manifest is None:
            raise ReadError(f"{name}: its {MANIFEST} is gone.")
        refuse_key(manifest, key_file, name=name)
        with changing(target, name), closing(connect()) as connection:
            connection.execute(f"set memory_limit = {literal(MEMORY)}")
            yield target, manifest, connection


@contextmanager
def changing(target: Path, name: str) -> Iterator[None]:
    """Changes to a store are written; what is not complete is removed, and faults of the disk are said."""
    try:
        yield
    except OSError as fault:
        raise OutputError(f"{name} cannot be written: {fault.strerror or fault}.") from fault
    finally:
        if not (target / PENDING / MANIFEST).exists():
            shutil.rmtree(target / PENDING, ignore_errors=True)


def months_of(target: Path, table: str) -> list[str]:
    """The months of a table that a store holds."""
    return sorted(path.parent.name.removeprefix("month=") for path in (target / table).glob(f"month=*/{PART}"))


def part_of(table: str, month: str) -> Path:
    """Where the rows of a month lie in a store."""
    return Path(table, f"month={month}", PART)


def rewrite(
    target: Path, connection: Any, name: str, query: Callable[[str, Path], str]
) -> tuple[dict[str, int], list[Path]]:
    """Write aside every month of a store under a query, as far as that changes it.

    Args:
        target: the store.
        connection: to run the queries.
        name: of the store, for messages.
        query: makes the query of a table from the file of one of its months; "" where that stays as it is.

    Returns:
        by table how many rows fewer there are, and the files that are empty now.
    """
    store = scratch_of(connection).plain(target)
    fewer, gone = dict.fromkeys(TABLES, 0), []
    for table in TABLES:
        for month in months_of(target, table):
            inner = part_of(table, month)
            with reading(name), writing(name):
                changed = query(table, store / inner)
                if not changed:
                    continue
                after = store / PENDING / "new" / inner
                after.parent.mkdir(parents=True, exist_ok=True)
                connection.execute(f"copy ({changed}) to {literal(after)} (format parquet, compression zstd)")
                left = rows_in(connection, [after])
                fewer[table] += rows_in(connection, [store / inner]) - left
            if not left:
                (target / PENDING / "new" / inner).unlink()
                gone.append(inner)
    return fewer, gone


def rows_in(connection: Any, files: Sequence[Path]) -> int:
    """How many rows files of a store hold."""
    if not files:
        return 0
    scratch = scratch_of(connection)
    listed = ", ".join(literal(scratch.plain(file)) for file in files)
    [(count,)] = connection.execute(f"select count(*) from read_parquet([{listed}])").fetchall()
    return int(count)


@contextmanager
def writing(name: str) -> Iterator[None]:
    """Say that the store, and not a log, is what cannot be written where that is so."""
    try:
        yield
    except duckdb.IOException as error:
        if PENDING in str(error):
            raise OutputError(f"{name} cannot be written. Is the disk full?") from error
        raise


@contextmanager
def reading(name: str) -> Iterator[None]:
    """Say that a file of the store is damaged where that shows."""
    try:
        yield
    except duckdb.OutOfMemoryException as error:
        raise SilosError(
            "there is not enough room on the disk for temporary files. Free some, or point TMPDIR elsewhere."
        ) from error
    except duckdb.Error as error:
        raise ReadError(f"{name}: a file in it is damaged. Ingest the logs into a new directory.") from error


def commit(target: Path, manifest: Manifest, *, gone: Iterable[Path] = ()) -> None:
    """Say that all that is new is there, and put it in place.

    Args:
        target: the store; what is new lies aside.
        manifest: of the store as it will be.
        gone: files that go, within the store.
    """
    aside = target / PENDING
    aside.mkdir(exist_ok=True)
    for file in sorted((aside / "new").rglob(PART)):
        settle(file)
    listed = aside / _GONE
    listed.write_text("".join(f"{file.as_posix()}\n" for file in sorted(gone)), encoding="utf-8")
    settle(listed)
    draft = aside / _DRAFT
    draft.write_text(manifest.text, encoding="utf-8")
    settle(draft)
    draft.replace(aside / MANIFEST)
    settle_earlier(target)


def settle_earlier(target: Path) -> None:
    """End what an earlier command has begun: put in place what was complete, remove what was not."""
    aside = target / PENDING
    if (aside / MANIFEST).exists():
        if not (target / MANIFEST).exists():
            # The first of all: months without a manifest would be taken for a folder of any Parquet.
            draft = aside / _DRAFT
            draft.write_text(Manifest().text, encoding="utf-8")
            draft.replace(target / MANIFEST)
        for file in sorted((aside / "new").rglob(PART)):
            place = target / file.relative_to(aside / "new")
            place.parent.mkdir(parents=True, exist_ok=True)
            file.replace(place)
        _remove(target, aside / _GONE)
        (aside / MANIFEST).replace(target / MANIFEST)
    shutil.rmtree(aside, ignore_errors=True)


def _remove(target: Path, listed: Path) -> None:
    """Remove the files of a store that a list names, and folders that are empty then."""
    if not listed.exists():  # of an earlier version
        return
    for line in listed.read_text(encoding="utf-8").splitlines():
        file = target / line
        file.unlink(missing_ok=True)
        for folder in (file.parent, file.parent.parent):
            if folder.is_dir() and not any(folder.iterdir()):
                folder.rmdir()
