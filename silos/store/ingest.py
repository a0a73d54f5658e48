"""`silos ingest`: adds exports to a store of canonical Parquet without content.

Adding is a union and no sum (`silos.store.canonical_rows`): logs may be ingested twice, overlap and come in any order,
and the store is the same. What is new is written aside, then a manifest that says that it is complete, and only then
it is put in place, one file per month. Interrupted before, nothing has happened; interrupted after, the next ingest
ends it before its own.
"""

import hashlib
import os
import re
import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePath
from typing import Any

import duckdb

from silos.engines.quoting import literal
from silos.errors import EmptyError, OutputError, ReadError, SilosError
from silos.privacy.media import OTHER_MEDIUM, note_on_media, only_media, shown_media
from silos.privacy.pseudonyms import PSEUDONYM_DIGITS, Key
from silos.readers import read_interactions, scanning, unreadable
from silos.readers.files.progress import Progress
from silos.readers.files.temporary import connect, scratch_of
from silos.readers.formats.store import MANIFEST, NAME, PART, PENDING, TABLES, IngestedLog, Manifest, table_of
from silos.readers.tabular.scan import counted_lines
from silos.readers.tabular.timestamps import DateOrder
from silos.store import canonical_rows
from silos.system.files import LOCK, locked, settle
from silos.tables import Interactions, Source

#: What a store consists of, besides what is hidden.
OURS = (MANIFEST, *TABLES)
#: Memory for bringing a month together; what is more goes to the disk.
MEMORY = "1GB"
#: Rows of a log that wait in memory to be parted by month, and of those of a month to be written.
_WAITING = 20_000


@dataclass(frozen=True)
class Ingested:
    """What `ingest` did.

    Attributes:
        added: interactions that the store did not hold.
        duplicates: those that it held, or that stood several times in the logs.
        memberships: rows on communities (who posted where) that the store did not hold.
        months: of all rows that were given, "2025-03"; "undated" for rows without a time.
        rejected: rows left out, by reason.
        notes: what the readers say of the logs.
    """

    added: int
    duplicates: int
    memberships: int
    months: tuple[str, ...]
    rejected: Mapping[str, int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def text(self) -> str:
        """For people."""
        lines = [
            f"added: {self.added:,} interactions" + f" and {self.memberships:,} memberships" * bool(self.memberships)
        ]
        lines += [f"already in the store, or repeated: {self.duplicates:,}"] if self.duplicates else []
        lines += [f"left out: {count:,} {reason}" for reason, count in self.rejected.items()]
        lines += [f"months: {', '.join(self.months)}"]
        return "\n".join([*lines, *self.notes])


def ingest(
    logs: Any,
    directory: str | os.PathLike[str],
    *,
    key_file: str | os.PathLike[str] | None = None,
    format: str | None = None,
    columns: Mapping[str, str] | None = None,
    date_order: DateOrder | None = None,
    sheet: str | Sequence[str] | None = None,
    progress: Callable[[str], None] = lambda stage: None,
    bytes_read: Progress | None = None,
) -> Ingested:
    """Add logs to a store of canonical, content-free Parquet, which `analyze` and Spark read.

    Ids of events and threads become digests, as they may hold an address. With a key, people and communities become
    pseudonyms as well.

    Args:
        logs: as `read_interactions` takes them, or what it returns.
        directory: the store: new, empty, or made by an earlier call.
        key_file: the key that makes the pseudonyms; made where it is not there yet. A store is made with one key, or
            with none, for good.
        format, columns, date_order, sheet: as `read_interactions` takes them.
        progress: told the name of each stage as it starts: reading, adding, writing.
        bytes_read: as `progress` of `read_interactions`.

    Raises:
        SilosError: the logs cannot be read or hold nothing (`EmptyError`), the directory is somebody else's or in use
            (`OutputError`), the key is not the one that the store was made with.

    Examples:
        >>> import tempfile
        >>> import pandas as pd
        >>> log = pd.DataFrame({"sender": ["ann"], "recipient": ["bob"], "timestamp": ["2025-03-31T14:00:00Z"]})
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     ingest(log, f"{folder}/store")
        ...     ingest(log, f"{folder}/store")
        Ingested(added=1, duplicates=0, memberships=0, months=('2025-03',), rejected={}, notes=())
        Ingested(added=0, duplicates=1, memberships=0, months=('2025-03',), rejected={}, notes=())
    """
    target = Path(directory).expanduser().absolute()
    _refuse_place(target, key_file, name=str(directory))
    with locked(target, name=str(directory)):
        _settle_earlier(target)
        manifest = manifest_of(target, str(directory))
        _refuse_key(manifest, key_file, name=str(directory))
        progress("reading")
        if isinstance(logs, Interactions):
            interactions = logs
        else:
            interactions = read_interactions(
                logs, format=format, columns=columns, date_order=date_order, sheet=sheet, progress=bytes_read
            )
        _refuse_what_is_no_log(interactions)
        key = None if key_file is None else Key.make(key_file)
        aside = target / PENDING
        try:
            staged = _staged(interactions, aside / "staged", key, name=str(directory))
            progress("adding")
            with closing(connect()) as connection:
                connection.execute(f"set memory_limit = {literal(MEMORY)}")
                known = replace(manifest or Manifest(), key=key.check if key else "")
                known = known.with_logs([_kept(part, connection, plain=key is None) for part in staged])
                result = _added(staged, target, connection, name=str(directory))
            progress("writing")
            _commit(target, known)
        except OSError as fault:
            raise OutputError(f"{directory} cannot be written: {fault.strerror or fault}.") from fault
        finally:
            if not (aside / MANIFEST).exists():
                shutil.rmtree(aside, ignore_errors=True)
    return result


# ---- before anything is read


def _refuse_place(target: Path, key_file: str | os.PathLike[str] | None, *, name: str) -> None:
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


def manifest_of(target: Path, name: str) -> Manifest | None:
    """The manifest of a store; None where it has none yet."""
    try:
        return Manifest.parse((target / MANIFEST).read_text(encoding="utf-8"), name)
    except FileNotFoundError:
        return None


def _refuse_key(manifest: Manifest | None, key_file: str | os.PathLike[str] | None, *, name: str) -> None:
    if manifest is None:
        return
    if key_file is None:
        if manifest.key:
            raise SilosError(f"{name} holds pseudonyms. Name the key file that they were made with (--key-file).")
    elif not manifest.key:
        raise SilosError(
            f"{name} holds the original ids of the logs, as it was made without --key-file. To use pseudonyms, name "
            "a new directory and remove this one."
        )
    elif Key.read(key_file).check != manifest.key:
        raise SilosError(f"{key_file}: this is not the key that the pseudonyms in {name} were made with.")


def _refuse_what_is_no_log(interactions: Interactions) -> None:
    for source in interactions.sources:
        if source.format == NAME:
            raise ReadError(f"{source.name}: silos ingest made this. Analyse it, or ingest the original exports.")
        if source.ties:
            raise ReadError(
                f"{source.name}: these are counted ties, not a log. Analyse them directly with silos analyze."
            )
        if source.groups:
            raise ReadError(
                f"{source.name}: this log is of groups, not of persons. Analyse it directly with silos analyze."
            )


# ---- one log, parted by month


@dataclass(frozen=True, eq=False)
class _Staged:
    """A source whose rows lie in the form of the store, parted by month."""

    source: Source
    folder: Path
    rejected: Mapping[str, int]

    def files(self, table: str, month: str) -> list[Path]:
        return sorted((self.folder / table / f"month={month}").glob("*.parquet"))

    def months(self, table: str) -> list[str]:
        found = (path.name.removeprefix("month=") for path in (self.folder / table).glob("month=*"))
        return sorted(month for month in found if month not in canonical_rows.LEFT_OUT)


def _staged(interactions: Interactions, folder: Path, key: Key | None, *, name: str) -> list[_Staged]:
    staged = []
    # What was refused is noted for all the scans of a connection together.
    noted: Counter[str] = Counter()
    with closing(interactions.connection.cursor()) as connection:
        connection.execute(f"set partitioned_write_flush_threshold = {_WAITING}")
        for number, source in enumerate(interactions.sources):
            place = folder / f"{number:06}"
            place.mkdir(parents=True)
            alone = Interactions(interactions.connection, (source,))
            with scanning(alone), _writing(name):
                if key is not None:
                    canonical_rows.prepare(connection, source, key)
                source = _with_media(source, connection, keyed=key is not None)
                with _as_written(connection):
                    _part(connection, canonical_rows.interactions(source, key), place / "interactions")
                    if source.affiliations:
                        _part(connection, canonical_rows.affiliations(source, key), place / "affiliations")
            refused = Counter(counted_lines(unreadable(alone, connection=connection)))
            rejected = Counter(source.rejected) + (refused - noted)
            noted = refused
            for month, reason in canonical_rows.LEFT_OUT.items():
                rejected[reason] += _count(connection, sorted((place / "interactions" / f"month={month}").glob("*")))
            staged.append(_Staged(source, place, dict(sorted((+rejected).items()))))
    if not any(part.months(table) for part in staged for table in TABLES):
        total = sum((Counter(part.rejected) for part in staged), Counter())
        reasons = ", ".join(f"{count:,} {reason}" for reason, count in sorted(total.items()))
        raise EmptyError(
            f"{_names(interactions)}: the log has no row that can be kept{f' ({reasons})' if reasons else ''}."
        )
    return staged


def _with_media(source: Source, connection: Any, *, keyed: bool) -> Source:
    """A source whose media are stored by their names only where these are nobody's."""
    if "medium" not in source.columns:
        return source
    queries = [query for query in (source.query, source.affiliations) if query]
    either = " union ".join(f"select lower(medium) from ({query})" for query in queries)
    media = {medium for (medium,) in connection.execute(either).fetchall() if medium}
    ids = [one for (one,) in connection.execute(canonical_rows.EVERYBODY).fetchall()] if keyed else []
    shown = shown_media(media, ids=ids)
    unnamed = len(media - shown - {OTHER_MEDIUM})
    return replace(only_media(source, shown), notes=(*source.notes, note_on_media(unnamed))) if unnamed else source


@contextmanager
def _as_written(connection: Any) -> Iterator[None]:
    """Let joins hold in memory what stands on their right: pseudonyms, and not a log of which DuckDB knows no size."""
    connection.execute("set disabled_optimizers = 'build_side_probe_side'")
    try:
        yield
    finally:
        connection.execute("reset disabled_optimizers")


def _part(connection: Any, query: str, folder: Path) -> None:
    connection.execute(
        f"copy ({query}) to {literal(folder)} (format parquet, partition_by (month), row_group_size {_WAITING})"
    )


def _kept(part: _Staged, connection: Any, *, plain: bool) -> IngestedLog:
    """What the manifest says of a log."""
    source, scratch = part.source, scratch_of(connection)
    sums, period = [], {}
    for table, fields in TABLES.items():
        files = [scratch.plain(file) for month in part.months(table) for file in part.files(table, month)]
        text = ", ".join(f"cast({name} as varchar)" for name in fields)
        [(count, first, last, digest)] = connection.execute(
            "select count(*), min(timestamp), max(timestamp), "
            f"sum(cast(md5_number_lower(concat_ws(chr(31), {text})) as hugeint)) "
            f"from ({table_of(files, fields, connection, source.name)})"
        ).fetchall()
        sums += [count, digest]
        period[table] = [count, *(time.isoformat() if time else None for time in (first, last))]
    rows, first, last = period["interactions"]
    # Of logs without a row all would be the same.
    empty = () if any(sums) else sorted(part.rejected.items())
    return IngestedLog(
        log=hashlib.sha256(repr((source.format, sums, empty)).encode()).hexdigest()[:PSEUDONYM_DIGITS],
        name=PurePath(source.name.split(": ")[0]).name if plain else "",
        format=source.format,
        rows=rows,
        first=first,
        last=last,
        rejected=part.rejected,
        notes=tuple(_without_place(note, source.name) for note in source.notes) if plain else (),
    )


def _without_place(note: str, name: str) -> str:
    """A note on a log without the folders that the log lies in.

    Examples:
        >>> _without_place("/home/ann/out/log.csv is not UTF-8.", "/home/ann/out/*.csv")
        'log.csv is not UTF-8.'
    """
    folders = re.match(r"[^*?\[]*[/\\]", name)
    return note.replace(folders[0], "") if folders else note


# ---- all of them, brought together by month


def _added(staged: Sequence[_Staged], target: Path, connection: Any, *, name: str) -> Ingested:
    given = dict.fromkeys(TABLES, 0)
    new = dict.fromkeys(TABLES, 0)
    months: set[str] = set()
    # A path with brackets is a pattern to DuckDB.
    store = scratch_of(connection).plain(target)
    for table in TABLES:
        for month in sorted({month for part in staged for month in part.months(table)}):
            months.add(month)
            inner = Path(table, f"month={month}", PART)
            before = [store / inner] if (target / inner).exists() else []
            logs = [
                [store / file.relative_to(target) for file in files]
                for part in staged
                if (files := part.files(table, month))
            ]
            after = store / PENDING / "new" / inner
            after.parent.mkdir(parents=True)
            with _reading(name), _writing(name):
                query = canonical_rows.union(table, [before, *logs], connection, name)
                connection.execute(f"copy ({query}) to {literal(after)} (format parquet, compression zstd)")
                given[table] += sum(_count(connection, files) for files in logs)
                new[table] += _count(connection, [after]) - _count(connection, before)
            for part in staged:
                shutil.rmtree(part.folder / table / f"month={month}", ignore_errors=True)
    rejected = sum((Counter(part.rejected) for part in staged), Counter())
    return Ingested(
        added=new["interactions"],
        duplicates=given["interactions"] - new["interactions"],
        memberships=new["affiliations"],
        months=tuple(sorted(months)),
        rejected=dict(sorted(rejected.items())),
        notes=tuple(dict.fromkeys(note for part in staged for note in part.source.notes)),
    )


def _count(connection: Any, files: Sequence[Path]) -> int:
    if not files:
        return 0
    scratch = scratch_of(connection)
    listed = ", ".join(literal(scratch.plain(file)) for file in files)
    [(count,)] = connection.execute(f"select count(*) from read_parquet([{listed}])").fetchall()
    return int(count)


@contextmanager
def _writing(name: str) -> Iterator[None]:
    """Say that the store, and not a log, is what cannot be written where that is so."""
    try:
        yield
    except duckdb.IOException as error:
        if PENDING in str(error):
            raise OutputError(f"{name} cannot be written. Is the disk full?") from error
        raise


@contextmanager
def _reading(name: str) -> Iterator[None]:
    """Say that a file of the store is damaged where that shows."""
    try:
        yield
    except duckdb.OutOfMemoryException as error:
        raise SilosError(
            "there is not enough room on the disk for temporary files. Free some, or point TMPDIR elsewhere."
        ) from error
    except duckdb.Error as error:
        raise ReadError(f"{name}: a file in it is damaged. Ingest the logs into a new directory.") from error


# ---- putting in place


def _commit(target: Path, manifest: Manifest) -> None:
    """Say that all that is new is there, and put it in place."""
    aside = target / PENDING
    for file in sorted((aside / "new").rglob(PART)):
        settle(file)
    draft = aside / "draft.json"
    draft.write_text(manifest.text, encoding="utf-8")
    settle(draft)
    draft.replace(aside / MANIFEST)
    _settle_earlier(target)


def _settle_earlier(target: Path) -> None:
    """End what an ingest has begun: put in place what was complete, remove what was not."""
    aside = target / PENDING
    if (aside / MANIFEST).exists():
        if not (target / MANIFEST).exists():
            # The first of all: months without a manifest would be taken for a folder of any Parquet.
            draft = aside / "draft.json"
            draft.write_text(Manifest().text, encoding="utf-8")
            draft.replace(target / MANIFEST)
        for file in sorted((aside / "new").rglob(PART)):
            place = target / file.relative_to(aside / "new")
            place.parent.mkdir(parents=True, exist_ok=True)
            file.replace(place)
        (aside / MANIFEST).replace(target / MANIFEST)
    shutil.rmtree(aside, ignore_errors=True)


def _names(interactions: Interactions) -> str:
    return ", ".join(dict.fromkeys(source.name for source in interactions.sources))
