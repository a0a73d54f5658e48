"""Tables of a log, delimited or Parquet, as DuckDB scans: the ground on which readers of tables stand."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import duckdb

from silos.engines.quoting import identifier, literal
from silos.errors import ReadError
from silos.locales.said import Said
from silos.readers.files.sniff import Part
from silos.readers.files.temporary import Scratch, copying
from silos.readers.reader import Request
from silos.readers.tabular import csv_dialect
from silos.readers.tabular.listings import NO_LINES, why_no_line
from silos.readers.tabular.zone_names import says_local, titled_zone

#: Where DuckDB notes the lines it cannot read; temporary tables of the connection that runs the scan.
REJECT_ERRORS, REJECT_SCANS = "silos_unreadable", "silos_unreadable_scans"

#: Values looked at to see how a column is written.
SAMPLE = 1000

UNREADABLE = "unreadable"
_EXAMPLES = 5


@dataclass(frozen=True)
class Column:
    """A column of a scan.

    Attributes:
        heading: as in the file.
        sql: how a query names it.
        type: of SQL, upper case.
        bare: whether no value has a space before or after it, and none is blank rather than null.
        several: SQL of whether a cell may name several people, and `people` of the list of them; empty where none does.
        beside: headings of all the columns that it is made of, where those are several.
    """

    heading: str
    sql: str
    type: str
    bare: bool = False
    several: str = ""
    people: str = ""
    beside: tuple[str, ...] = ()

    @property
    def is_text(self) -> bool:
        """Whether its values are text (or categories)."""
        return self.type == "VARCHAR" or self.type.startswith("ENUM")

    @property
    def is_list(self) -> bool:
        """Whether a cell holds several values."""
        return self.type.endswith("]")

    @property
    def text(self) -> str:
        """SQL of its values as text; whole numbers that pandas made floating lose their '.0'."""
        if self.type == "VARCHAR":
            return self.sql
        if self.type in ("DOUBLE", "FLOAT") or self.type.startswith("DECIMAL"):
            whole = f"try_cast({self.sql} as bigint)"
            return f"case when {self.sql} = {whole} then cast({whole} as varchar) else cast({self.sql} as varchar) end"
        return f"cast({self.sql} as varchar)"


@dataclass(frozen=True, eq=False)
class Scan:
    """Files of one shape, read as one table.

    Attributes:
        files: what the user knows them by.
        sql: stands after `from`.
        columns: in order.
        rows: the first rows, of a delimited file.
        columnar: whether it can be scanned twice at little cost: Parquet.
        delimiter: of a delimited file.
        evident: whether its headings are headings beyond doubt, in each of the files.
        above: as of `silos.readers.tabular.csv_dialect.Dialect`, in the first file.
        zone: the time zone that a line above the headings names; "" where none does.
        rejected, problems, notes: as of a `Source`.
    """

    files: tuple[str, ...]
    sql: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...] = ()
    columnar: bool = False
    delimiter: str = ""
    evident: bool = True
    above: int = 0
    zone: str = ""
    rejected: Mapping[str, int] = field(default_factory=dict)
    problems: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def headings(self) -> tuple[str, ...]:
        """As in the file."""
        return tuple(column.heading for column in self.columns)

    def sample(self, expression: str, connection: Any) -> list[str]:
        """The first values of an expression of SQL on the columns."""
        query = f"select cast({expression} as varchar) from {self.sql} limit {SAMPLE}"
        return [value for (value,) in rows_of(query, connection, self.files[0]) if value is not None]


@contextmanager
def aside(connection: Any, name: str) -> Iterator[Any]:
    """A cursor for queries on a log that are run aside: what they refuse is not noted as refused by the scan to come.

    Raises:
        ReadError: the log `name` is damaged. DuckDB's own message may quote it and is not passed on.
    """
    try:
        with connection.cursor() as cursor:
            yield cursor
    except duckdb.Error as error:
        raise ReadError(f"{name}: the file is damaged, or another program is writing it. Export it again.") from error


def rows_of(query: str, connection: Any, name: str) -> list[tuple[Any, ...]]:
    """The rows of a query on a log, run `aside`."""
    with aside(connection, name) as cursor:
        rows: list[tuple[Any, ...]] = cursor.execute(query).fetchall()
    return rows


def scans(parts: Sequence[Part], request: Request) -> list[Scan]:
    """The tables that the parts of one LOG make: parts with the same headings, written alike, are one scan."""
    groups: dict[tuple[object, ...], list[Part]] = {}
    for part in parts:
        head = part.head
        if head.kind == "parquet":
            shape: tuple[object, ...] = ("parquet", *_types(part, request))
        elif head.dialect:
            written = (head.dialect.delimiter, head.dialect.quote, part.compression)
            shape = ("delimited", *written, head.headings, titled_zone(_titles(part))[0])
        else:
            raise ReadError(
                f"{part.name}: this is not a table: no line has headings between delimiters (, ; tab |). Edges as two "
                "ids per line, without headings, are read with --format edgelist."
            )
        groups.setdefault(shape, []).append(part)
    return [
        _parquet(group, request) if shape[0] == "parquet" else _delimited(group, request)
        for shape, group in groups.items()
    ]


# ---- Parquet


def _types(part: Part, request: Request) -> list[tuple[str, str]]:
    described = rows_of(f"describe from read_parquet({literal(part.path)})", request.connection, part.name)
    return [(name, kind) for name, kind, *_ in described]


def _parquet(parts: Sequence[Part], request: Request) -> Scan:
    columns = tuple(Column(name, identifier(name), kind.upper()) for name, kind in _types(parts[0], request))
    files = ", ".join(literal(part.path) for part in parts)
    return Scan(tuple(part.name for part in parts), f"read_parquet([{files}])", columns, columnar=True)


# ---- delimited text


def _titles(part: Part) -> list[str]:
    """The lines above the headings."""
    return part.head.text.split("\n")[: part.head.dialect.preamble] if part.head.dialect else []


def _delimited(parts: Sequence[Part], request: Request) -> Scan:
    dialect = parts[0].head.dialect
    assert dialect is not None
    files: list[str] = []
    rejected = 0
    problems: list[str] = []
    notes: list[str] = []
    padded = broken = False
    zone = ""
    for part in parts:
        clean = _clean(part, request.scratch)
        files.append(literal(clean.path))
        rejected += len(clean.dropped)
        problems += [f"{part.name}, line {line}: {reason}" for line, reason in clean.dropped[:_EXAMPLES]]
        notes += clean.notes
        titles = _titles(part)
        zone, unknown = titled_zone(titles)
        if not zone and says_local(titles):
            notes.append(Said("read", "zone_title_local", name=part.name))
        elif unknown:
            notes.append(Said("read", "zone_title_unknown", name=part.name))
        padded = padded or clean.survey.padded
        broken = broken or clean.survey.open_cells
    columns = tuple(
        Column(name, f"c{position}", "VARCHAR", bare=not padded) for position, name in enumerate(parts[0].head.headings)
    )
    struct = ", ".join(f"{literal(column.sql)}: 'varchar'" for column in columns)
    # No option is left to be guessed, so that all files are read as the first look says; in parallel, but where cells
    # hold line ends: a thread that begins inside such a cell may take its lines for rows.
    scan = (
        f"read_csv([{', '.join(files)}], auto_detect = false, header = false, skip = 1, "
        f"delim = {literal(dialect.delimiter)}, quote = {literal(dialect.quote)}, escape = {literal(dialect.quote)}, "
        f"compression = {literal(parts[0].compression)}, columns = {{{struct}}}, hive_partitioning = false, "
        f"parallel = {'false' if broken else 'true'}, "
        f"store_rejects = true, rejects_table = {literal(REJECT_ERRORS)}, rejects_scan = {literal(REJECT_SCANS)})"
    )
    return Scan(
        tuple(part.name for part in parts),
        scan,
        columns,
        rows=tuple(row for part in parts for row in part.head.rows)[:SAMPLE],
        delimiter=dialect.delimiter,
        evident=all(part.head.dialect is not None and part.head.dialect.evident for part in parts),
        above=0 if parts[0].head.dialect is None else parts[0].head.dialect.above,
        zone=zone,
        rejected={UNREADABLE: rejected} if rejected else {},
        problems=tuple(problems[:_EXAMPLES]),
        notes=tuple(notes),
    )


@dataclass(frozen=True)
class _Clean:
    """A delimited file as DuckDB can read it: the file itself, or a copy of it."""

    path: str
    survey: csv_dialect.Survey
    dropped: list[tuple[int, str]]
    notes: list[str]


def _clean(part: Part, scratch: Scratch) -> _Clean:
    head = part.head
    dialect = head.dialect
    assert dialect is not None
    path = scratch.plain(part.on_disk(scratch))
    notes: list[str] = []
    if part.compression != "none":
        if dialect.preamble:
            raise ReadError(f"{part.name}: a zstd file must begin with its headings. Unpack it first.")
        # Only DuckDB unpacks it, so it is not looked through.
        scratch.names[str(path)] = (part.name, 0)
        return _Clean(str(path), csv_dialect.Survey(padded=True, open_cells=True), [], notes)
    try:
        with copying(part.name):
            encoding = head.encoding
            look = partial(csv_dialect.survey, delimiter=dialect.delimiter, quote=dialect.quote)
            survey = look(path) if encoding.startswith("utf-8") else None
            if (survey is not None and not survey.utf8) or (survey is None and not encoding.startswith("utf")):
                encoding, survey = csv_dialect.whole_code_page(path, part.name), None
            if survey is None or not survey.even_lines or dialect.preamble:
                target = scratch.file(".csv")
                csv_dialect.rewrite(path, target, encoding=encoding, preamble=dialect.preamble)
                path = scratch.instead(path, target)
                survey = look(path)
            dropped: dict[int, str] = {}
            if survey.open_cells or survey.wide:
                target = scratch.file(".csv")
                dropped = csv_dialect.mend(path, target, delimiter=dialect.delimiter, width=len(head.headings))
                path = scratch.instead(path, target) if dropped else scratch.instead(target, path)
    except OSError as error:
        raise ReadError(f"{part.name}: it cannot be copied for reading ({error.strerror or error}).") from error
    notes += csv_dialect.notes_on(encoding, part.name)
    scratch.names[str(path)] = (part.name, dialect.preamble)
    return _Clean(str(path), survey, [(line + dialect.preamble, why) for line, why in dropped.items()], notes)


# ---- lines that the scan refused

_REASONS = {
    "TOO MANY COLUMNS": "more cells than headings",
    "MISSING COLUMNS": "fewer cells than headings",
    "UNQUOTED VALUE": "a quotation mark in the wrong place",
    "INVALID ENCODING": "characters that are not UTF-8",
    "LINE SIZE OVER MAXIMUM": "a line of more than 2 MB",
}


def refused_lines(connection: Any, scratch: Scratch) -> list[tuple[str, int, str]] | None:
    """Lines that scans on this connection refused, as (file, line, reason), each once; None if it ran no scan."""
    if not connection.execute(
        "select 1 from duckdb_tables() where temporary and table_name = ?", [REJECT_ERRORS]
    ).fetchall():
        return None
    found = connection.execute(
        f"select file_path, line, min(error_type), min(csv_line) from {REJECT_ERRORS} join {REJECT_SCANS} "
        "using (scan_id, file_id) group by all order by all"
    ).fetchall()
    refused = []
    for path, line, reason, text in found:
        name, before = scratch.names.get(path, (path, 0))
        refused.append((name, line + before, why_no_line(text or "") or _REASONS.get(reason, reason.lower())))
    return refused


def counted_lines(refused: Iterable[tuple[str, int | None, str]]) -> dict[str, int]:
    """How many of the refused lines are no rows, by reason, and how many are unreadable."""
    return dict(Counter(reason if reason in NO_LINES else UNREADABLE for _, _, reason in refused))
