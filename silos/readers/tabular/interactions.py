"""From a table of a log to the canonical interaction: which column is what, and the query that says so."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from silos.engines.quoting import literal
from silos.errors import ColumnError, SilosError
from silos.locales.said import Said
from silos.readers.files.sniff import Part
from silos.readers.reader import Request, raise_all
from silos.readers.tabular import ids as ids_of_people
from silos.readers.tabular.columns import (
    COPIES,
    LOG_HEADINGS,
    called_alike,
    folded,
    known,
    listed,
    locate,
    look_like_rows,
    missing,
    quotable,
    unused,
)
from silos.readers.tabular.decimal_ids import notes_on_decimals
from silos.readers.tabular.ids import people_in
from silos.readers.tabular.ids_sql import COMMON_ENTITIES, UNNAMED, Cleaning, re2, sql_clean_text
from silos.readers.tabular.placeholders import sql_is_placeholder
from silos.readers.tabular.profile import Profile, cleaned, mended, profile
from silos.readers.tabular.scan import Column, Scan, rows_of, scans
from silos.readers.tabular.statuses import status_columns, without_undelivered
from silos.readers.tabular.time_columns import (
    TimeColumn,
    Times,
    order_of,
    refuse_times_of_day,
    sample,
    time_column,
    times_of,
    what_was_read,
)
from silos.readers.tabular.weights import COUNTED, are_counts, note_on_numbers, weighed
from silos.readers.tabular.zone_columns import zone_column
from silos.tables import INTERACTION_FIELDS, Condition, Source

#: What stands for no value in columns of few words.
_NOTHING = ("null", "none", "nan", "n/a", "na", "nil", "nat", "#n/a", "<na>", "-", "--", "?", "\\n")
#: A number of people with signs between its thousands, or of as many at least.
_REACHED = r"\s*(?:[>≥~≈+]=?\s*[0-9]+|[0-9]+\s*\+|[>≥~≈+]?=?\s*[0-9]{1,3}(?:[.,'’ \u00a0\u202f][0-9]{3})+\s*\+?)\s*"
#: Values of a list in SQL up to which DuckDB compares, and does not join.
_LISTED = 4

Rows = Callable[[Scan, Mapping[str, Column], str], tuple[str, Mapping[str, int]]]


def read(
    parts: Sequence[Part],
    request: Request,
    *,
    format: str,
    headings: Mapping[str, Sequence[str]] = LOG_HEADINGS,
    dated: bool = True,
    rows: Rows | None = None,
    ids: Sequence[str] | Callable[[Scan], Sequence[str]] = ("sender", "recipient"),
    several: bool = False,
) -> list[Source]:
    """Sources of the tables of one LOG.

    Args:
        parts: tables, delimited or Parquet.
        request: what goes with them.
        format: the reader's name.
        headings: canonical field -> headings it is known by.
        dated: whether rows carry a time.
        rows: makes the canonical query of a scan from its columns and the SQL of its time, and counts what it leaves
            out; that of a log with one row per message, or one row per recipient, unless given.
        ids: fields that hold ids of people, one to a cell, which are cleaned (`silos.readers.tabular.ids`); or what
            tells them of a scan.
        several: whether a cell of `recipient` may name several people; `spread` makes rows of them.

    Raises:
        SilosError: a field is missing, a column of times holds no times, the order of day and month is open.
    """
    make = rows or partial(_interactions, request)
    tables: list[_Table] = []
    faults: list[SilosError] = []
    for scan in scans(parts, request):
        try:
            tables.append(_table(scan, request, headings, dated, ids, several))
        except SilosError as fault:
            faults.append(fault)
    raise_all(faults)
    order = order_of([(table.scan, table.times) for table in tables if table.times], request)
    sources = []
    for table in tables:
        scan, times = table.scan, table.times
        query, rejected = make(scan, table.columns, times.utc(order) if times else "cast(null as timestamp)")
        labels = {field: column.heading for field, column in table.columns.items()}
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
                notes=scan.notes + tuple(what_was_read(times, order, request)),
                condition=table.condition,
            )
        )
    return sources


@dataclass(frozen=True, eq=False)
class _Table:
    """A scan whose columns and rows are known."""

    scan: Scan
    columns: Mapping[str, Column]
    times: Times | None
    condition: Condition


def _table(
    scan: Scan,
    request: Request,
    headings: Mapping[str, Sequence[str]],
    dated: bool,
    ids: Sequence[str] | Callable[[Scan], Sequence[str]],
    several: bool,
) -> _Table:
    """Which column is what, and one look through all the rows at what they hold."""
    columns = _columns(scan, request, headings, dated)
    if several and headings is LOG_HEADINGS:
        columns |= _with_copies(scan, columns, request)
    found: TimeColumn | None = time_column(scan, columns, request) if dated else None
    as_text = found.sql if found is not None and found.is_text else ""
    fields = ids(scan) if callable(ids) else ids
    # Other formats know what their columns say of a row.
    statuses = status_columns(scan, columns.values(), columns.get("kind")) if headings is LOG_HEADINGS else []
    seen = profile(scan, columns, request, fields=fields, several=several, time=as_text, valued=statuses)
    times = None if found is None else times_of(found, seen.shapes, scan)
    if times is not None:
        refuse_times_of_day(times, scan, request)
    if times is not None and not times.zone:
        times = replace(times, zones=zone_column(scan, columns, request.connection))
    plain_scan, plain_columns = cleaned(scan, columns, seen, time=as_text)
    of_ids = (*notes_on_decimals(scan, columns, fields, request), *_note_on_unnamed(scan, columns, seen, request))
    plain_scan = replace(plain_scan, notes=(*plain_scan.notes, *_note_on_alike(scan, columns), *of_ids))
    told: list[str] = []
    if headings is LOG_HEADINGS:
        kind = columns.get("kind")
        plain_scan, told = without_undelivered(plain_scan, columns.values(), kind, request, seen.values)
    placeholders, repairs, lost = mended(seen)
    used = [name for column in columns.values() for name in column.beside or (column.heading,)]
    used += told + ([] if times is None else times.used)
    names = known(LOG_HEADINGS)
    beside = unused(scan.headings, used, evident=scan.evident, known=names)
    if not dated and "weight" not in columns:
        others = [column for column in scan.columns if column.heading not in used]
        quoted = quotable(scan.headings, evident=scan.evident, known=names)
        noted = note_on_numbers(scan, others, quoted, request)
        plain_scan = replace(plain_scan, notes=(*plain_scan.notes, *noted))
    return _Table(plain_scan, plain_columns, times, Condition(placeholders, repairs, lost, tuple(beside)))


def _note_on_alike(scan: Scan, columns: Mapping[str, Column]) -> list[str]:
    """A note for each column that was read and is called as another one is."""
    names = [name for column in columns.values() for name in column.beside or (column.heading,)]
    return [
        Said("read", "called_alike", name=scan.files[0], column=repr(name))
        for name in names
        if name in scan.headings and called_alike(scan.headings, scan.headings.index(name))
    ]


def _note_on_unnamed(scan: Scan, columns: Mapping[str, Column], seen: Profile, request: Request) -> list[str]:
    """A note on lists of recipients that were cut short: "and 3 others"."""
    held = seen.ids.get("recipient")
    if held is None or not columns["recipient"].is_text or not (held.several or held.amiss.get(UNNAMED)):
        return []
    query = (
        f"select count_if(regexp_matches({columns['recipient'].text}, {re2(ids_of_people.UNNAMED)})) from {scan.sql}"
    )
    [(count,)] = rows_of(query, request.connection, scan.files[0])
    heading = repr(columns["recipient"].heading)
    return [Said("read", "unnamed", name=scan.files[0], column=heading, count=count)] if count else []


def _columns(scan: Scan, request: Request, headings: Mapping[str, Sequence[str]], dated: bool) -> dict[str, Column]:
    """Which column holds which field."""
    located, absent = locate(scan.headings, headings, given=request.mapped.columns)
    name = scan.files[0]
    names = known({**LOG_HEADINGS, **headings}) | known(LOG_HEADINGS)
    quoted = quotable(scan.headings, evident=scan.evident, known=names)
    request.mapped.note(name, scan.headings, quotable=quoted)
    columns = {field: scan.columns[position] for field, position in located.items()}
    count = columns.get("recipients")
    if count and "recipient" not in columns and _names_people(scan, count, request):
        columns["recipient"] = columns.pop("recipients")
    needed = [field for field in ("timestamp", "sender", "recipient") if field not in columns]
    needed = needed if dated else [field for field in needed if field != "timestamp"]
    faults: list[SilosError] = []
    if set(needed) & set(absent):
        found = listed(quoted, len(scan.headings) - len(quoted))
        faults.append(request.mapped.lacking(name, needed, found=found))
    elif needed:
        fault = missing(
            name, needed, scan.headings, option="--map", evident=scan.evident, known=names, above=scan.above
        )
        graph = needed == ["timestamp"] and not look_like_rows(scan.headings)
        faults.append(ColumnError(f"{fault} (a graph without times is read with --format edges)") if graph else fault)
    raise_all(faults)
    for field in [field for field, column in columns.items() if column.is_list and field != "recipient"]:
        raise ColumnError(
            f"{name}: the column {columns[field].heading!r} holds lists, but {field} takes one value per row."
        )
    if not dated:
        columns.pop("timestamp", None)
    count = columns.get("weight")
    guessed = count and "weight" not in request.mapped.columns and folded(count.heading) in COUNTED
    if count and guessed and not are_counts(count, scan, request):
        del columns["weight"]
    return columns


def _with_copies(scan: Scan, columns: Mapping[str, Column], request: Request) -> dict[str, Column]:
    """The column of recipients with those who got a copy, if columns of their own name them.

    Whoever names the column of recipients means that one alone.
    """
    recipient = columns["recipient"]
    if not recipient.is_text or "recipient" in request.mapped.columns:
        return {}
    free = {folded(one.heading): one for one in reversed(scan.columns) if one.is_text and one not in columns.values()}
    copies = [next((free[name] for name in map(folded, names) if name in free), None) for names in COPIES]
    copied = [column for column in copies if column is not None and _are_people(scan, column, columns, request)]
    if not copied:
        return {}
    cells = ", ".join(f"nullif(trim({column.text}), '')" for column in (recipient, *copied))
    named = (recipient.heading, *(column.heading for column in copied))
    return {"recipient": Column(" + ".join(named), f"concat_ws(';', {cells})", "VARCHAR", beside=named)}


def _are_people(scan: Scan, copies: Column, columns: Mapping[str, Column], request: Request) -> bool:
    """Whether a column of copies holds addresses, or people who write and get mail: a CC may be a cost centre."""
    values = sample(scan, copies, copies.text, request)
    if any("@" in value for value in values):
        return True
    beside = [columns["sender"], columns["recipient"]]
    others = {person for one in beside for cell in sample(scan, one, one.text, request) for person in people_in(cell)}
    named = [person for cell in values for person in people_in(cell)]
    return bool(named) and sum(person in others for person in named) * 2 >= len(named)


def _names_people(scan: Scan, column: Column, request: Request) -> bool:
    """Whether a column headed 'recipients' lists people, rather than counting them."""
    if column.is_list:
        return True
    values = sample(scan, column, column.text, request)
    return column.is_text and any(not value.strip().isdigit() for value in values if value.strip())


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


def text(column: Column) -> str:
    """SQL of a column of names (departments, communities), as they look; null where a placeholder stands for none."""
    if not column.is_text:
        return plain(column)
    shown = sql_clean_text(column.text, COMMON_ENTITIES)
    return (
        f"list_transform([{shown}], lambda t: case when t is not null and not {sql_is_placeholder('t')} then t end)[1]"
    )


def number(column: Column | None, kind: str) -> str:
    """SQL of a column as a number, null where it is not one."""
    if column is None:
        return f"cast(null as {kind})"
    if not column.is_text:
        return f"try_cast({column.sql} as {kind})"
    # Trimming takes longer than reading the number, and nearly none needs it.
    return f"coalesce(try_cast({column.text} as {kind}), try_cast(trim({column.text}) as {kind}))"


def _people_reached(column: Column | None) -> str:
    """SQL of a column of how many were reached, as a spreadsheet or a tool writes it: 1,200; 1.200; 25+; > 20."""
    plainly = number(column, "integer")
    if column is None or not column.is_text:
        return plainly
    marked = f"regexp_full_match({column.text}, {re2(_REACHED)})"
    digits = f"try_cast(regexp_replace({column.text}, '[^0-9]', '', 'g') as integer)"
    # Most numbers are short and plain, and a pattern for each row takes longer than the number.
    longer = f"(strlen({column.text}) > 2 or suffix({column.text}, '+'))"
    return f"case when {longer} and {marked} then {digits} else {plainly} end"


def _interactions(
    request: Request, scan: Scan, columns: Mapping[str, Column], time: str
) -> tuple[str, Mapping[str, int]]:
    scan, columns, rejected = weighed(scan, columns, request)
    return _messages(scan, columns, time), rejected


def _messages(scan: Scan, columns: Mapping[str, Column], time: str) -> str:
    """The canonical query of a log with one row per message, or one row per recipient."""
    recipient = columns["recipient"]
    fields = {
        "timestamp": time,
        "sender": plain(columns["sender"]),
        "recipient": "cast(null as varchar)" if recipient.is_list else plain(recipient),
        "medium": f"lower({named(columns.get('medium'))})",
        "event": plain(columns.get("event")),
        "thread": plain(columns.get("thread")),
        "kind": f"lower({named(columns.get('kind'))})",
        "recipients": _people_reached(columns.get("recipients")),
        "weight": number(columns.get("weight"), "double"),
    }
    return spread(fields, scan, recipient, events="event" in columns)


def named(column: Column | None) -> str:
    """SQL of a column of few words (media, kinds), null where a placeholder stands for none."""
    text = plain(column)
    if column is None or not column.is_text:
        return text
    # The first sign tells of nearly all values that they are no such word.
    first = sorted({ord(sign) for word in _NOTHING for sign in (word[0], word[0].upper(), " ")})
    begins = _one_of(f"ascii({column.text})", map(str, first))
    other = _one_of(f"lower(trim({column.text}))", map(literal, _NOTHING))
    return f"case when not {begins} or strlen({column.text}) > 8 or not {other} then {text} end"


def _one_of(text: str, values: Iterable[str]) -> str:
    """SQL of whether a text is one of some values, a few at a time: DuckDB joins long lists, eagerly and row by row."""
    listed = list(values)
    some = (", ".join(listed[start : start + _LISTED]) for start in range(0, len(listed), _LISTED))
    return f"({' or '.join(f'{text} in ({few})' for few in some)})"


def spread(fields: Mapping[str, str], scan: Scan, recipient: Column, *, events: bool) -> str:
    """The canonical query of rows that may each name several recipients: one row to each of them.

    Args:
        fields: the SQL of each canonical field.
        scan: what it reads.
        recipient: the column that names them.
        events: whether the log has ids of events.
    """
    if recipient.is_list:
        one = f"lower({Cleaning().id('p')})"
        people = (
            f"list_filter(list_transform(cast({recipient.sql} as varchar[]), lambda p: {one}), lambda p: p is not null)"
        )
        return _split(select(fields, scan, f"{people} as named"), events)
    if not recipient.several:
        return select(fields, scan)
    if scan.columnar:
        # Two scans of the few columns that tell are faster than to split and join again all rows.
        lists = select(
            fields, replace(scan, sql=f"{scan.sql} where {recipient.several}"), f"{recipient.people} as named"
        )
        return f"{select(fields, scan)} where not {recipient.several} union all {_split(lists, events)}"
    people = f"case when {recipient.several} then {recipient.people} else [{fields['recipient']}] end as named"
    return _split(select(fields, scan, people), events)


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
