"""`silos ingest`: adds exports to a store of canonical Parquet without content.

Adding is a union and no sum (`silos.store.canonical_rows`): logs may be ingested twice, overlap and come in any order,
and the store is the same.
"""

import hashlib
import os
import re
import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path, PurePath
from typing import Any

from silos.engines.quoting import literal
from silos.errors import EmptyError, ReadError, SilosError
from silos.locales.said import with_values
from silos.privacy.media import OTHER_MEDIUM, note_on_media, only_media, shown_media
from silos.privacy.pseudonyms import PSEUDONYM_DIGITS, Key
from silos.readers import read_interactions, scanning, unreadable
from silos.readers.files.progress import Progress
from silos.readers.files.temporary import connect, scratch_of
from silos.readers.formats.store import NAME, PENDING, TABLES, IngestedLog, Manifest, table_of
from silos.readers.tabular.scan import counted_lines
from silos.readers.tabular.timestamps import DateOrder
from silos.store import canonical_rows
from silos.store.places import (
    MEMORY,
    changing,
    commit,
    manifest_of,
    months_of,
    named,
    part_of,
    reading,
    refuse_key,
    refuse_place,
    rows_in,
    settle_earlier,
    writing,
)
from silos.system.arguments import whole
from silos.system.files import locked
from silos.tables import Interactions, Source

#: Why rows are left out that a reader would keep.
ERASED, TOO_OLD = "of a person who was erased", "older than the months that are kept"
#: Rows of a log that wait in memory to be parted by month, and of those of a month to be written.
_WAITING = 20_000


@dataclass(frozen=True)
class Ingested:
    """What `ingest` did.

    Attributes:
        added: interactions that the store did not hold.
        duplicates: those that it held, or that stood several times in the logs.
        memberships: rows on communities (who posted where) that the store did not hold.
        months: those of all rows that were given, such as "2025-03"; "undated" for rows without a time.
        rejected: rows left out, by reason.
        notes: what the readers say of the logs.
        erased: months that were erased, as they are older than those that are kept.

    Examples:
        >>> print(Ingested(added=3, duplicates=1, memberships=0, months=("2025-03",), rejected={}, notes=()).text())
        added: 3 interactions
        already in the store, or repeated: 1
        months: 2025-03
    """

    added: int
    duplicates: int
    memberships: int
    months: tuple[str, ...]
    rejected: Mapping[str, int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    erased: tuple[str, ...] = field(default=(), repr=False)

    def text(self) -> str:
        """What was done, in the words of `silos ingest`."""
        lines = [
            f"added: {self.added:,} interactions" + f" and {self.memberships:,} memberships" * bool(self.memberships)
        ]
        lines += [f"already in the store, or repeated: {self.duplicates:,}"] if self.duplicates else []
        lines += [f"left out: {count:,} {reason}" for reason, count in self.rejected.items()]
        lines += [f"months: {', '.join(self.months)}"]
        lines += [f"months erased, as they are too old: {', '.join(self.erased)}"] if self.erased else []
        return "\n".join([*lines, *self.notes])


def ingest(
    logs: Any,
    directory: str | os.PathLike[str],
    *,
    key_file: str | os.PathLike[str] | None = None,
    keep_months: int | None = None,
    format: str | None = None,
    columns: Mapping[str, str | Sequence[str]] | None = None,
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
        keep_months: keep this many months, the current one and those before it, or, where the store ends earlier, the
            last one that it holds and those before it. Older ones are erased, now and with every later call. Rows
            without a time have no age, and stay.
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
    if keep_months is not None and whole(keep_months, "keep_months") < 1:
        raise SilosError("at least 1 month is kept (--keep-months).")
    name = named(directory)
    target = Path(directory).expanduser().absolute()
    refuse_place(target, key_file, name=name)
    with locked(target, name=name):
        settle_earlier(target)
        manifest = manifest_of(target, name)
        if manifest is not None:
            refuse_key(manifest, key_file, name=name)
        progress("reading")
        if isinstance(logs, Interactions):
            interactions = logs
        else:
            interactions = read_interactions(
                logs, format=format, columns=columns, date_order=date_order, sheet=sheet, progress=bytes_read
            )
        _refuse_what_is_no_log(interactions)
        key = _key_of(manifest, key_file)
        with changing(target, name):
            staged = _staged(interactions, target / PENDING / "staged", key, name=name)
            progress("adding")
            with closing(connect()) as connection:
                connection.execute(f"set memory_limit = {literal(MEMORY)}")
                known = manifest or Manifest()
                known = replace(
                    known,
                    key=key.check if key else "",
                    keys=len(key.secrets) if key else 1,
                    keep_months=keep_months or known.keep_months,
                ).with_logs([_kept(part, connection, plain=key is None) for part in staged])
                oldest = _oldest(target, staged, known.keep_months)
                result = _added(staged, target, connection, known, oldest, key=key, name=name)
            progress("writing")
            commit(target, known.since(oldest), gone=_outdated(target, oldest))
    return result


def _key_of(manifest: Manifest | None, key_file: str | os.PathLike[str] | None) -> Key | None:
    """The key; of a store that is there already, also one that would not do for a new store."""
    if key_file is None:
        return None
    return Key.make(key_file) if manifest is None else Key.read(key_file)


# ---- before anything is read


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
            written = scratch_of(interactions.connection).plain(place)
            alone = replace(interactions, sources=(source,))
            with scanning(alone), writing(name):
                if key is not None:
                    canonical_rows.prepare(connection, source, key)
                source = _with_media(source, connection, keyed=key is not None)
                with _as_written(connection):
                    _part(connection, canonical_rows.interactions(source, key), written / "interactions")
                    if source.affiliations:
                        _part(connection, canonical_rows.affiliations(source, key), written / "affiliations")
            refused = Counter(counted_lines(unreadable(alone, connection=connection)))
            rejected = Counter(source.rejected) + (refused - noted)
            noted = refused
            for month, reason in canonical_rows.LEFT_OUT.items():
                rejected[reason] += rows_in(connection, sorted((place / "interactions" / f"month={month}").glob("*")))
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
    return with_values(note, lambda text: text.replace(folders[0], "")) if folders else note


# ---- all of them, brought together by month


def _added(
    staged: Sequence[_Staged],
    target: Path,
    connection: Any,
    known: Manifest,
    oldest: str,
    *,
    key: Key | None,
    name: str,
) -> Ingested:
    given = dict.fromkeys(TABLES, 0)
    new = dict.fromkeys(TABLES, 0)
    rejected = sum((Counter(part.rejected) for part in staged), Counter())
    months: set[str] = set()
    # A path with brackets is a pattern to DuckDB.
    store = scratch_of(connection).plain(target)
    for table, fields in TABLES.items():
        for month in sorted({month for part in staged for month in part.months(table)}):
            months.add(month)
            inner = part_of(table, month)
            before = [store / inner] if (target / inner).exists() else []
            logs = [
                [store / file.relative_to(target) for file in files]
                for part in staged
                if (files := part.files(table, month))
            ]
            files = [file for log in logs for file in log]
            rows = rows_in(connection, files)
            if month < oldest:
                rejected[TOO_OLD] += rows
                continue
            after = store / PENDING / "new" / inner
            after.parent.mkdir(parents=True)
            with reading(name), writing(name):
                own = canonical_rows.remaining(
                    table, table_of(files, fields, connection, name), known.forgotten, keyed=key is not None
                )
                [(left,)] = connection.execute(f"select count(*) from ({own})").fetchall()
                query = canonical_rows.union(
                    table, [before, *logs], connection, name, forgotten=known.forgotten, key=key
                )
                connection.execute(f"copy ({query}) to {literal(after)} (format parquet, compression zstd)")
                held = rows_in(connection, [after])
                given[table] += left
                rejected[ERASED] += rows - left
                new[table] += held - rows_in(connection, before)
            if not held:
                after.unlink()
            for part in staged:
                shutil.rmtree(part.folder / table / f"month={month}", ignore_errors=True)
    return Ingested(
        added=new["interactions"],
        duplicates=given["interactions"] - new["interactions"],
        memberships=new["affiliations"],
        months=tuple(sorted(months)),
        rejected=dict(sorted((+rejected).items())),
        notes=tuple(dict.fromkeys(note for part in staged for note in part.source.notes)),
        erased=tuple(sorted({file.parent.name.removeprefix("month=") for file in _outdated(target, oldest)})),
    )


def _oldest(target: Path, staged: Sequence[_Staged], keep_months: int | None) -> str:
    """The first month that is kept; "" where all are. A time in the future does not make the others old."""
    if keep_months is None:
        return ""
    there = {month for table in TABLES for month in months_of(target, table)}
    there |= {month for part in staged for table in TABLES for month in part.months(table)}
    now = f"{datetime.now(UTC):%Y-%m}"
    last = max((month for month in there if month <= now), default=now)
    count = int(last[:4]) * 12 + int(last[5:]) - keep_months
    return f"{count // 12:04}-{count % 12 + 1:02}"


def _outdated(target: Path, oldest: str) -> list[Path]:
    """The files of months before the first that is kept."""
    return [part_of(table, month) for table in TABLES for month in months_of(target, table) if month < oldest]


def _names(interactions: Interactions) -> str:
    return ", ".join(dict.fromkeys(source.name for source in interactions.sources))
