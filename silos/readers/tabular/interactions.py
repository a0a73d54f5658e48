"""From a table of a log to the canonical interaction: which column is what, and the query that says so."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from silos.errors import ColumnError, SilosError
from silos.readers.files.sniff import Part
from silos.readers.reader import Request, raise_all
from silos.readers.tabular import timestamps
from silos.readers.tabular.columns import LOG_HEADINGS, folded, known, listed, locate, look_like_rows, missing, quotable
from silos.readers.tabular.scan import Column, Scan, rows_of, scans
from silos.tables import INTERACTION_FIELDS, Source

WEIGHT = "a weight that is no number above 0"

_CLOCK = r"^\s*\d{1,2}[:hH]\d{2}"


@dataclass(frozen=True)
class Times:
    """Where a scan has its times.

    Attributes:
        sql: the value, as text unless `type` is given.
        label: heading or headings.
        writing: how text or numbers write times.
        type: of a typed column.
    """

    sql: str
    label: str
    writing: timestamps.Writing | None = None
    type: str = ""

    def utc(self, order: timestamps.DateOrder | None) -> str:
        """SQL of the time as a UTC timestamp."""
        if self.writing is None:
            return timestamps.plausible(f"try_cast({self.sql} as timestamp)")
        if self.type:
            return timestamps.from_numbers(f"cast({self.sql} as double)", self.writing)
        return timestamps.utc(self.sql, self.writing, order)


Rows = Callable[[Scan, Mapping[str, Column], str], tuple[str, Mapping[str, int]]]


def read(
    parts: Sequence[Part],
    request: Request,
    *,
    format: str,
    headings: Mapping[str, Sequence[str]] = LOG_HEADINGS,
    dated: bool = True,
    rows: Rows | None = None,
) -> list[Source]:
    """Sources of the tables of one LOG.

    Args:
        parts: tables, delimited or Parquet.
        request: what goes with them.
        format: the reader's name.
        headings: canonical field -> headings it is known by.
        dated: whether rows carry a time.
        rows: makes the canonical query of a scan from its columns and the SQL of its time, and counts what it leaves
            out; that of a log with one row a message, or a row a recipient, unless given.

    Raises:
        SilosError: a field is missing, a column of times is none, the order of day and month is open.
    """
    make = rows or partial(_interactions, request)
    tables: list[tuple[Scan, dict[str, Column], Times | None]] = []
    faults: list[SilosError] = []
    for scan in scans(parts, request):
        try:
            tables.append((scan, *_columns(scan, request, headings, dated)))
        except SilosError as fault:
            faults.append(fault)
    raise_all(faults)
    order = _order([(scan, times) for scan, _, times in tables if times], request)
    sources = []
    for scan, columns, times in tables:
        query, rejected = make(scan, columns, times.utc(order) if times else "cast(null as timestamp)")
        labels = {field: column.heading for field, column in columns.items()}
        if times:
            labels["timestamp"] = times.label
        sources.append(
            Source(
                name=scan.files[0] if len(parts) == 1 else request.name,
                format=format,
                query=query,
                columns=labels,
                dated=dated,
                rejected={**scan.rejected, **rejected},
                problems=scan.problems,
                notes=scan.notes + tuple(_notes(times, order, request)),
            )
        )
    return sources


def _notes(times: Times | None, order: timestamps.DateOrder | None, request: Request) -> Iterator[str]:
    if times and times.writing and times.writing.undecided and request.date_order is None:
        yield f"The dates in {times.label!r} of {request.name} were read {order}: no other order fits them all."
    kept = {timestamps.EPOCH: "time since 1970", timestamps.SERIAL: "days since 1899-12-30, as Excel keeps dates"}
    if times and times.writing and times.writing.forms[0] in kept:
        yield f"The numbers in {times.label!r} of {request.name} were read as {kept[times.writing.forms[0]]}."


def _columns(
    scan: Scan, request: Request, headings: Mapping[str, Sequence[str]], dated: bool
) -> tuple[dict[str, Column], Times | None]:
    """Which column holds which field, and where the time is."""
    located, absent = locate(scan.headings, headings, given=request.mapped.columns)
    name = scan.files[0]
    names = known({**LOG_HEADINGS, **headings}) | known(LOG_HEADINGS)
    quoted = quotable(scan.headings, evident=scan.evident, known=names)
    hidden = len(scan.headings) - len(quoted)
    request.mapped.note(name, quoted, absent, hidden=hidden)
    columns = {field: scan.columns[position] for field, position in located.items()}
    count = columns.get("recipients")
    if count and "recipient" not in columns and _names_people(scan, count, request):
        columns["recipient"] = columns.pop("recipients")
    needed = [field for field in ("timestamp", "sender", "recipient") if field not in columns]
    needed = needed if dated else [field for field in needed if field != "timestamp"]
    faults: list[SilosError] = []
    for field in [field for field in needed if field in absent]:
        request.mapped.reported.add(field)
        column = request.mapped.columns[field]
        faults.append(ColumnError.unknown(column, found=listed(quoted, hidden), where=name))
    lacking = [field for field in needed if field not in absent]
    if lacking:
        fault = missing(name, lacking, scan.headings, option="--map", evident=scan.evident, known=names)
        graph = lacking == ["timestamp"] and not look_like_rows(scan.headings)
        faults.append(ColumnError(f"{fault} A graph without times is read with --format edges.") if graph else fault)
    raise_all(faults)
    for field in [field for field, column in columns.items() if column.is_list and field != "recipient"]:
        raise ColumnError(f"{name}: the column {columns[field].heading!r} holds lists; {field} takes one value a row.")
    if not dated:
        columns.pop("timestamp", None)
        return columns, None
    return columns, _times(scan, columns, request)


def _names_people(scan: Scan, column: Column, request: Request) -> bool:
    """Whether a column headed 'recipients' lists people, rather than counting them."""
    if column.is_list:
        return True
    values = _sample(scan, column, column.text, request)
    return column.is_text and any(not value.strip().isdigit() for value in values if value.strip())


def _sample(scan: Scan, column: Column, expression: str, request: Request) -> list[str]:
    if scan.rows and expression == column.sql:
        position = scan.columns.index(column)
        return [row[position] for row in scan.rows]
    return scan.sample(expression, request.connection)


def _times(scan: Scan, columns: Mapping[str, Column], request: Request) -> Times:
    column = columns["timestamp"]
    label = column.heading
    if not column.is_text:
        clock = None if column.type != "DATE" else _clock(scan, column, request, columns)
        if clock is None:
            if not (column.type.startswith(("TIMESTAMP", "DATE")) or _is_number(column.type)):
                raise ColumnError(
                    f"{scan.files[0]}: the column {label!r} holds {column.type.lower()}, not times. "
                    "Name the column with --map timestamp=COLUMN."
                )
            if not _is_number(column.type):
                return Times(column.sql, label, type=column.type)
            numbers = map(float, scan.sample(column.sql, request.connection))
            return Times(column.sql, label, timestamps.writing_of_numbers(numbers), type=column.type)
        return Times(
            f"{column.text} || ' ' || {clock.text}", f"{label} + {clock.heading}", timestamps.Writing((timestamps.ISO,))
        )
    expression = column.text
    values = _sample(scan, column, expression, request)
    if not any(":" in value or "h" in value.lower() or value.strip().isdigit() for value in values):
        clock = _clock(scan, column, request, columns)
        if clock is not None:
            expression = f"trim({expression}) || ' ' || trim({clock.text})"
            label = f"{label} + {clock.heading}"
            values = scan.sample(expression, request.connection)
    writing = timestamps.writing_of(values)
    if writing.strange:
        shapes = ", ".join(repr(shape) for shape in writing.strange)
        raise ColumnError(
            f"{scan.files[0]}: the column {label!r} holds no time that can be read; its values look like {shapes}. "
            "Write times as 2024-05-31T14:00:00Z, or name another column with --map timestamp=COLUMN."
        )
    return Times(expression, label, writing)


def _clock(scan: Scan, date: Column, request: Request, columns: Mapping[str, Column]) -> Column | None:
    """The column with the time of day, if it stands beside that of the date."""
    if "timestamp" in request.mapped.columns:
        return None
    for column in scan.columns:
        if column is date or column in columns.values() or folded(column.heading) not in ("time", "heure", "hour"):
            continue
        values = [value for value in _sample(scan, column, column.text, request) if value.strip()]
        if values and all(re.match(_CLOCK, value) for value in values[:100]):
            return column
    return None


def _is_number(kind: str) -> bool:
    return kind.endswith(("INT", "INTEGER")) or kind.startswith(("DOUBLE", "FLOAT", "DECIMAL"))


def _order(tables: Sequence[tuple[Scan, Times]], request: Request) -> timestamps.DateOrder | None:
    """The order of day and month in all the tables of the LOG, where it matters."""
    if request.date_order is not None:
        return request.date_order
    pairs: dict[str, list[tuple[int, int]]] = {}
    label = ""
    for scan, times in tables:
        if times.writing is None or not times.writing.undecided:
            continue
        label = times.label
        query = f"select distinct {timestamps.day_month(times.sql)} from {scan.sql}"
        found = rows_of(query, request.connection, scan.files[0])
        numbers = [value.replace("-", "/").replace(".", "/").split("/") for (value,) in found if value]
        pairs[scan.files[0]] = [(int(a), int(b)) for a, b in numbers]
    return timestamps.decided(pairs, name=request.name, column=label) if pairs else None


# ---- the query


def plain(column: Column | None) -> str:
    """SQL of a column as text without blanks around it; null for nothing."""
    if column is None:
        return "cast(null as varchar)"
    if column.bare:
        return column.text
    # Trimming takes as long as all the rest, and few values begin or end with a blank: what does, or is empty, comes
    # before '!' or ends with one.
    text = column.text
    return f"case when {text} < '!' or suffix({text}, ' ') then nullif(trim({text}), '') else {text} end"


def number(column: Column | None, kind: str) -> str:
    """SQL of a column as a number, null where it is none."""
    if column is None:
        return f"cast(null as {kind})"
    return f"try_cast({f'trim({column.text})' if column.is_text else column.sql} as {kind})"


def weight(column: Column | None, scan: Scan) -> str:
    """SQL of a column of weights, null where it is no number; a decimal comma is read as a point."""
    if column is None or not column.is_text:
        return number(column, "double")
    value = f"try_cast(replace(trim({column.text}), ',', '.') as double)"
    if scan.delimiter == ";":
        return value
    # Beside another delimiter, 1,234 is as often a thousand and more: neither is guessed.
    return f"case when not regexp_full_match(trim({column.text}), '[+-]?[1-9]\\d{{0,2}},\\d{{3}}') then {value} end"


def weighed(scan: Scan, columns: Mapping[str, Column], request: Request) -> tuple[Scan, Mapping[str, int]]:
    """A scan without the rows whose weight is no number above 0, and how many those are; an empty weight is none."""
    column = columns.get("weight")
    if column is None:
        return scan, {}
    given, value = plain(column) if column.is_text else column.sql, weight(column, scan)
    bad = f"{given} is not null and not coalesce({value} > 0 and isfinite({value}), false)"
    # Few logs have weights: what is left out is counted at once.
    [(count,)] = rows_of(f"select count(*) from {scan.sql} where {bad}", request.connection, scan.files[0])
    if not count:
        return scan, {}
    return replace(scan, sql=f"(select * from {scan.sql} where not ({bad}))"), {WEIGHT: count}


def _interactions(
    request: Request, scan: Scan, columns: Mapping[str, Column], time: str
) -> tuple[str, Mapping[str, int]]:
    scan, rejected = weighed(scan, columns, request)
    return _messages(scan, columns, time), rejected


def _messages(scan: Scan, columns: Mapping[str, Column], time: str) -> str:
    """The canonical query of a log with one row a message, or a row a recipient."""
    recipient = columns["recipient"]
    fields = {
        "timestamp": time,
        "sender": plain(columns["sender"]),
        "recipient": "cast(null as varchar)" if recipient.is_list else plain(recipient),
        "medium": f"lower({plain(columns.get('medium'))})",
        "event": plain(columns.get("event")),
        "thread": plain(columns.get("thread")),
        "kind": f"lower({plain(columns.get('kind'))})",
        "recipients": number(columns.get("recipients"), "integer"),
        "weight": weight(columns.get("weight"), scan),
    }
    if recipient.is_list:
        return _split(select(fields, scan, f"cast({recipient.sql} as varchar[]) as named"), "event" in columns)
    query = select(fields, scan)
    if not scan.semicolons:
        return query
    if scan.columnar:
        # Two scans of the few columns that tell are faster than to split and join again all rows.
        several = f"coalesce(contains({recipient.text}, ';'), false)"
        lists = _messages(replace(scan, sql=f"{scan.sql} where {several}", columnar=False), columns, time)
        return f"{query} where not {several} union all {lists}"
    named = (
        "case when contains(recipient, ';') then "
        "regexp_split_to_array(trim(lower(recipient), ' ;'), '\\s*;[\\s;]*') else [recipient] end"
    )
    return _split(f"select *, {named} as named from ({query})", "event" in columns)


def select(fields: Mapping[str, str], scan: Scan, *more: str) -> str:
    """The canonical query: each field is its SQL."""
    return f"select {', '.join([*(f'{sql} as {name}' for name, sql in fields.items()), *more])} from {scan.sql}"


def _split(query: str, events: bool) -> str:
    """One row for each distinct person in `named`, counted; the sender among them is not reached.

    Rows of one message share an event: where the log has none, one is made of time, sender and those named. Where it
    has one, more recipients may stand in other rows of that event, so they are not counted here.
    """
    people = "case when len(named) > 1 then list_distinct(named) else named end"
    reached = "greatest(len(people) - cast(list_contains(people, lower(sender)) as integer), 1)"
    event = "event" if events else "case when len(people) > 1 then md5(concat_ws('|', timestamp, sender, people)) end"
    count = "recipients" if events else f"coalesce(recipients, case when len(people) > 1 then {reached} end)"
    alone = "case when people is null or len(people) = 0 then [cast(null as varchar)] else people end"
    computed = {"recipient": f"unnest({alone})", "event": event, "recipients": f"cast({count} as integer)"}
    chosen = ", ".join(f"{computed[name]} as {name}" if name in computed else name for name in INTERACTION_FIELDS)
    return f"select {chosen} from (select * exclude (named), {people} as people from ({query}))"
