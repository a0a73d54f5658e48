"""Where a table has its times, and how they are written."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from silos.engines.quoting import literal
from silos.errors import ColumnError
from silos.locales.said import Said
from silos.readers.reader import Request
from silos.readers.tabular import numeric_times, timestamps, zone_names
from silos.readers.tabular.clocks import CLOCKS, is_clock, sql_clock, sql_day
from silos.readers.tabular.columns import bare, folded, place_of, zone_in
from silos.readers.tabular.day_halves import are_halves, is_half
from silos.readers.tabular.scan import Column, Scan, rows_of
from silos.readers.tabular.shapes import Shape
from silos.readers.tabular.zone_columns import ZoneColumn

#: A time that names its zone, or a number of seconds since 1970.
_ZONED = (
    r"(?i):\d\d.*([a-z]{3,}|[ecmp]t|z|[+-]\d{1,2}(:?\d{2})?)[\])]?\s*$|^\s*\d{8,}([.,]\d*)?\s*$|"
    r"date\(|:\d\d [a-z]{3,5} \d{4}$"
)
#: A heading that says that times are those of some place, without saying which.
_LOCAL = re.compile(
    r"(?i)\blocal\b|\bortszeit|\blokalzeit|heure locale|hora local|ora locale|lokale tijd|lokal tid|"
    r"местное|現地|当地|현지"
)
#: What ends in letters all the same.
_NO_ZONE = r"(?i)\d ?uhr\s*$"


#: Different numbers, all of which could be times of day, from which they are: under a heading that says so, and others.
FEW_CLOCKS, MANY_CLOCKS = 3, 10


@dataclass(frozen=True)
class TimeColumn:
    """Where the times are; how they are written is not known yet.

    Attributes:
        sql: the value, as text where `is_text`.
        label: heading or headings.
        is_text: whether how they are written must be told from all of them.
        type: of a typed column; empty for text.
        headings: of the columns it is made of.
        unread: heading of a column of times of day that are written in no known way; "" where none is.
    """

    sql: str
    label: str
    is_text: bool
    type: str
    headings: tuple[str, ...]
    unread: str = ""


@dataclass(frozen=True)
class Times:
    """Where a scan has its times.

    Attributes:
        sql: the value, as text unless `type` is given.
        label: heading or headings.
        headings: of the columns it is made of.
        writing: how text or numbers write times.
        type: of a typed column.
        zones: the column that says the zone of each row, where the heading names none.
        title: the zone that a line above the headings names; "" where none does.
        unread: heading of a column of times of day that are written in no known way; "" where none is.
    """

    sql: str
    label: str
    headings: list[str]
    writing: timestamps.Writing | None = None
    type: str = ""
    zones: ZoneColumn | None = None
    title: str = ""
    unread: str = ""

    @property
    def zone(self) -> str:
        """The zone that a heading names, that of the time of day if both do; "" where none does."""
        return next(filter(None, map(zone_in, reversed(self.headings))), "")

    @property
    def used(self) -> list[str]:
        """The headings of all columns that the times are read from."""
        return self.headings + ([self.zones.heading] if self.zones else [])

    def utc(self, order: timestamps.DateOrder | None) -> str:
        """SQL of the time as a UTC timestamp."""
        if self.writing is None:
            time = timestamps.plausible(f"try_cast({self.sql} as timestamp)")
            return time if "WITH TIME ZONE" in self.type else self._there(time)
        if self.type:
            return timestamps.from_numbers(f"cast({self.sql} as double)", self.writing)
        time = timestamps.utc(self.sql, self.writing, order)
        there = self._there(time)
        # What names a zone of its own, or counts the seconds of UTC, is no time of the heading's clock.
        return (
            time
            if there == time
            else f"case when regexp_matches({self.sql}, {literal(_ZONED)}) "
            f"and not regexp_matches({self.sql}, {literal(_NO_ZONE)}) then {time} else {there} end"
        )

    def _there(self, time: str) -> str:
        """SQL of a time without a zone, by the heading, by the column of zones or by a line above the headings."""
        if self.zone or self.zones is None:
            return zone_names.sql_utc(time, self.zone or self.title)
        return self.zones.utc(time)


def time_column(scan: Scan, columns: Mapping[str, Column], request: Request) -> TimeColumn:
    """Where the times of a scan are.

    Raises:
        ColumnError: the column holds something that is no time.
    """
    column = columns["timestamp"]
    label = column.heading
    unread = ""
    if column.is_text or column.type == "DATE" or _is_number(column.type) or column.type.startswith("TIMESTAMP"):
        both, unread = _with_clock(scan, column, request, columns)
        if both:
            return both
    if column.is_text:
        text, headings = _with_half(scan, column.text, (label,), request, columns)
        return TimeColumn(text, " + ".join(headings), True, "", headings, unread)
    if _is_number(column.type):
        return TimeColumn(column.text, label, True, column.type, (label,), unread)
    if not column.type.startswith(("TIMESTAMP", "DATE")):
        raise ColumnError(
            f"{scan.files[0]}: the column {label!r} holds {column.type.lower()}, not times. "
            "Name the column with --map timestamp=COLUMN."
        )
    return TimeColumn(column.sql, label, False, column.type, (label,), unread)


def times_of(column: TimeColumn, shapes: Sequence[Shape], scan: Scan) -> Times:
    """How the times of a scan are written, from the shapes of all of them.

    Raises:
        ColumnError: none of them is a time.
    """
    headings = list(column.headings)
    if not column.is_text:
        return Times(column.sql, column.label, headings, type=column.type, title=scan.zone, unread=column.unread)
    writing = timestamps.writing_of_shapes(shapes, heading=column.label)
    if not writing.forms:
        looks = ", ".join(repr(shape) for shape in writing.strange)
        numbers = all(set(shape) <= set("9.,-") for shape in writing.strange)
        unit = " If they count something, the heading must name the unit: 'time (days)', 'time (s)'." if numbers else ""
        raise ColumnError(
            f"{scan.files[0]}: the column {column.label!r} holds no time that can be read. Its values look like "
            f"{looks}. Write times as 2024-05-31T14:00:00Z, or name another column with --map timestamp=COLUMN.{unit}"
        )
    if column.type:
        of_numbers = tuple(form for form in writing.forms if form in numeric_times.FORMS)
        if not of_numbers:
            # Digits of a calendar: 20250106.
            return Times(column.sql, column.label, headings, writing, title=scan.zone, unread=column.unread)
        writing = timestamps.Writing(of_numbers)
    return Times(column.sql, column.label, headings, writing, column.type, title=scan.zone, unread=column.unread)


def refuse_times_of_day(times: Times, scan: Scan, request: Request) -> None:
    """Refuse numbers that look like times of day, hhmm or hhmmss, where no column holds their dates.

    Raises:
        ColumnError: they do. As days or seconds since the log began, they would be other times in silence.
    """
    forms = () if times.writing is None else times.writing.forms
    named = numeric_times.names_unit(times.label) and numeric_times.HOURS not in forms
    if not {*forms} & {numeric_times.DAYS, numeric_times.SECONDS, numeric_times.HOURS} or named:
        return
    text = times.sql if not times.type else f"cast(cast({times.sql} as bigint) as varchar)"
    number = f"try_cast(trim({text}) as bigint)"
    query = (
        "select count(distinct n), count(distinct n // 100), count(distinct n // 10000), max(n), "
        "coalesce(bool_and(n between 0 and 2359 and n % 100 < 60), false), "
        "coalesce(bool_and(n between 0 and 235959 and n % 100 < 60 and n // 100 % 100 < 60), false), "
        f"bool_or(regexp_full_match(s, '0[0-9]{{3}}|0[0-9]{{5}}')) from (select {number} as n, trim({text}) as s "
        f"from {scan.sql} where trim({text}) <> '')"
    )
    [(different, hours, long_hours, high, short, long, padded)] = rows_of(query, request.connection, scan.files[0])
    enough = padded or different >= (FEW_CLOCKS if is_clock(times.label) else MANY_CLOCKS)
    if enough and ((short and high >= 100 and hours > 1) or (long and high >= 10_000 and long_hours > 1)):
        raise ColumnError(
            f"{scan.files[0]}: the numbers in {times.label!r} look like times of day (0830 for half past eight), and "
            "no column is known to hold their dates. Name the column of dates with --map timestamp=COLUMN, or export "
            "date and time in one column. If they count something, the heading must name the unit: 'time (days)', "
            "'time (s)'."
        )


def what_was_read(times: Times | None, order: timestamps.DateOrder | None, request: Request) -> Iterator[str]:
    """What was assumed of the times, a sentence each."""
    if times is not None and times.zones and not times.zone:
        column, heading = repr(times.label), repr(times.zones.heading)
        yield Said("read", "zone_column", column=column, name=request.name, heading=heading)
    elif times is not None and times.title and not times.zone:
        yield Said("read", "zone_title", column=repr(times.label), name=request.name, zone=times.title)
    elif times is not None and not times.zone and any(map(_LOCAL.search, times.headings)):
        yield Said("read", "local_times", column=repr(times.label), name=request.name)
    if times is not None and times.unread:
        yield Said("read", "clock_unread", column=repr(times.unread), name=request.name, date=repr(times.label))
    if times is None or times.writing is None:
        return
    if zone := times.zone:
        yield Said("read", "zone", column=repr(times.label), name=request.name, zone=str(zone))
    if times.writing.unread:
        looks = ", ".join(map(repr, times.writing.strange))
        column, count = repr(times.label), times.writing.unread
        yield Said("read", "times_unread", column=column, name=request.name, count=count, looks=looks)
    if times.writing.undecided and request.date_order is None:
        yield Said("read", str(order), column=repr(times.label), name=request.name)
    form = next((form for form in times.writing.forms if form in numeric_times.FORMS), None)
    if form:
        yield Said("read", "numbers", column=repr(times.label), name=request.name, form=Said("read", form))


def sample(scan: Scan, column: Column, expression: str, request: Request) -> list[str]:
    """The first values of a column."""
    if scan.rows and expression == column.sql and column in scan.columns:
        position = scan.columns.index(column)
        return [row[position] for row in scan.rows]
    return scan.sample(expression, request.connection)


def _with_clock(
    scan: Scan, date: Column, request: Request, columns: Mapping[str, Column]
) -> tuple[TimeColumn | None, str]:
    """The dates with the time of day that stands in a column of its own; None where none does.

    Returns:
        it, and the heading of a column of times of day that cannot be read.
    """
    if place_of(request.mapped.columns.get("timestamp", ()), date.heading) is not None:
        return None, ""
    named = [one for one in scan.columns if is_clock(one.heading) and one is not date and one not in columns.values()]
    named = sorted(named, key=lambda one: folded(bare(one.heading)) not in CLOCKS)
    day = sql_day(date.text, sample(scan, date, date.text, request)) if named else None
    if day is None:
        return None, ""
    unread = ""
    for column in named:
        values = sample(scan, column, column.text, request)
        clock = sql_clock(column.text, values, heading=column.heading)
        if clock is not None:
            both = (date.heading, column.heading)
            text, headings = _with_half(scan, f"{day} || ' ' || {clock}", both, request, columns)
            return TimeColumn(text, " + ".join(headings), True, "", headings), ""
        unread = unread or (column.heading if any(value.strip() for value in values) else "")
    return None, unread


def _with_half(
    scan: Scan, time: str, headings: tuple[str, ...], request: Request, columns: Mapping[str, Column]
) -> tuple[str, tuple[str, ...]]:
    """SQL of times with the AM or PM that stands in a column of its own, and the headings of what it is made of."""
    for column in scan.columns:
        if is_half(column.heading) and column.is_text and column not in columns.values():
            values = sample(scan, column, column.text, request)
            if are_halves(values):
                half = f"case when trim({column.text}) <> '' then ' ' || trim({column.text}) else '' end"
                return f"({time}) || {half}", (*headings, column.heading)
    return time, headings


def _is_number(kind: str) -> bool:
    return kind.endswith(("INT", "INTEGER")) or kind.startswith(("DOUBLE", "FLOAT", "DECIMAL"))


def order_of(tables: Sequence[tuple[Scan, Times]], request: Request) -> timestamps.DateOrder | None:
    """The order of day and month in all the tables of the LOG, where it matters."""
    if request.date_order is not None:
        return request.date_order
    pairs: dict[str, list[tuple[int, int]]] = {}
    label = ""
    for scan, times in tables:
        if times.writing is None or not times.writing.undecided:
            continue
        label = times.label
        query = f"select distinct {timestamps.day_month(times.sql, times.writing)} from {scan.sql}"
        found = rows_of(query, request.connection, scan.files[0])
        numbers = [value.replace("-", "/").replace(".", "/").split("/") for (value,) in found if value]
        pairs[scan.files[0]] = [(int(a), int(b)) for a, b in numbers]
    return timestamps.decided(pairs, name=request.name, column=label) if pairs else None
