"""Reads the interactions of one or several logs, from any tool."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches
from os import PathLike
from typing import Any, Literal, get_args

from silos.engines.scanning import enough_room, scanning
from silos.errors import ReadError, SilosError
from silos.readers.files import dataframes
from silos.readers.files.paths import paths_of, shown
from silos.readers.files.progress import Meter, Progress
from silos.readers.files.sheets import Sheets
from silos.readers.files.temporary import connect, scratch_of
from silos.readers.formats.spark import is_spark, read_spark
from silos.readers.reader import Mapped, Reader, Request, raise_all
from silos.readers.recognition import Seen, sources_of
from silos.readers.registry import FORMATS
from silos.readers.tabular import scan
from silos.readers.tabular.columns import check_given
from silos.readers.tabular.timestamps import DATE_ORDERS, DateOrder
from silos.system.arguments import one_of, text, texts
from silos.system.inputs import Inputs
from silos.tables import INTERACTION_FIELDS, Interactions, Source

__all__ = ["Engine", "enough_room", "read_interactions", "scanning", "unreadable"]

#: What can read logs and count their ties.
Engine = Literal["duckdb", "spark"]


def read_interactions(
    logs: Any,
    *,
    format: str | None = None,
    columns: Mapping[str, str | Sequence[str]] | None = None,
    date_order: DateOrder | None = None,
    sheet: str | Sequence[str] | None = None,
    connection: Any = None,
    engine: Engine = "duckdb",
    progress: Progress | None = None,
) -> Interactions:
    """The interactions in one log or several, recognised but not yet read.

    Args:
        logs: a path, a glob, a folder, a zip, a DataFrame (pandas, polars, a DuckDB relation), or a list of those. Each
            is one LOG: the order of day and month is decided over all its files. Or DataFrames of Spark.
        format: a name of `FORMATS`, for every log; recognised from the content unless given.
        columns: canonical field -> column that holds it, or several, where logs differ: each is read from the first
            that it has. A column must be in one of the logs at least.
        date_order: `day-first` or `month-first`, where numeric dates could be either.
        sheet: the sheet to read of workbooks (.xlsx, .xls, .ods), or several; found by content unless given. It must be
            in one of the logs at least.
        connection: a DuckDB connection to read with; it will take times without a zone as UTC. A new one unless given.
            Or a Spark session.
        engine: `spark`: paths are Spark's (s3a://, hdfs://, file://) and hold the Parquet that `silos ingest` writes.
            DataFrames and sessions of Spark need no such word.
        progress: told, as the files are read, how many of their bytes have been, and how many there are. Tables are
            only looked through here and read when the ties are counted.

    Returns:
        one source per log, or one per shape of its files. Times are UTC; a time without a zone is taken as UTC.

    Raises:
        SilosError: all that is wrong with the inputs, in one message: a file that is not there, empty or of no known
            format (`ReadError`), a field in no column (`ColumnError`), dates that can be read in two ways
            (`DateOrderError`). Faults of several kinds are a plain `SilosError`.

    Examples:
        >>> import pandas as pd
        >>> log = pd.DataFrame({"From": ["ann"], "To": ["bob; cleo"], "Sent at": ["2024-05-31T14:00:00+02:00"]})
        >>> interactions = read_interactions(log)
        >>> interactions
        Interactions(DataFrame (dataframe))
        >>> query = f"select timestamp, sender, recipient, recipients from ({interactions.query}) order by recipient"
        >>> for row in interactions.connection.execute(query).fetchall():
        ...     print(*row)
        2024-05-31 12:00:00 ann bob 2
        2024-05-31 12:00:00 ann cleo 2

        Dates that could be either are refused:

        >>> read_interactions(log.assign(**{"Sent at": "03/04/2024"}))
        Traceback (most recent call last):
        ...
        silos.readers.tabular.timestamps.DateOrderError: DataFrame: the dates in 'Sent at' can be read ...
    """
    forced = _format(format)
    if date_order is not None:
        one_of(date_order, DATE_ORDERS, "date_order")
    one_of(engine, get_args(Engine), "engine")
    check_given(columns, INTERACTION_FIELDS, option="--map")
    given = {field: (one,) if isinstance(one, str) else tuple(one) for field, one in (columns or {}).items()}
    listed = list(logs) if isinstance(logs, list | tuple) else [logs]
    if not listed:
        raise ReadError("no log was given.")
    if not (connection is None or hasattr(connection, "execute") or is_spark(connection)):
        raise SilosError(f"connection is a connection of DuckDB or a session of Spark, not {connection!r}.")
    if engine == "spark" or any(map(is_spark, (connection, *listed))):
        if forced is not None and forced.name != "parquet":
            raise ReadError(f"Spark reads Parquet, not {forced.name}. Convert the export with silos ingest.")
        return read_spark(listed, given, connection)
    inputs = [_inputs(log) for log in listed]
    if connection is None:
        # How large a DataFrame is, nobody knows here.
        known = not any(map(dataframes.is_frame, listed))
        connection = connect(size=sum(of_log.size for of_log in inputs) if known else math.inf)
    mapped = Mapped(given)
    sheets = Sheets(() if sheet is None else texts(sheet, "sheet"))
    return _read(listed, inputs, connection, mapped, sheets, forced, date_order, progress)


def _named(log: Any) -> str:
    """What is no path has a name too: the message that refuses it gives it."""
    return shown(log) if isinstance(log, (str, PathLike)) else str(log)


def _read(
    listed: Sequence[Any],
    inputs: Sequence[Inputs],
    connection: Any,
    mapped: Mapped,
    sheets: Sheets,
    forced: Reader | None,
    date_order: DateOrder | None,
    progress: Progress | None,
) -> Interactions:
    """The sources of all the logs, or one error that lists everything wrong with them."""
    sources: list[Source] = []
    faults: list[SilosError] = []
    seen = Seen()
    scratch = scratch_of(connection)
    sizes = [of_log.size for of_log in inputs]
    scratch.meter = Meter(progress, sum(sizes)) if progress else None
    try:
        for position, log in enumerate(listed):
            name = dataframes.NAME if dataframes.is_frame(log) else _named(log)
            request = Request(name, connection, scratch, mapped, date_order, sheets)
            with scratch.archives:
                found = sources_of(log, request, forced, seen)
            sources += found.sources
            faults += found.faults
            if sources and found.notes:
                sources[-1] = replace(sources[-1], notes=(*sources[-1].notes, *found.notes))
            if scratch.meter is not None:
                scratch.meter.finish(sizes[position])
    finally:
        scratch.meter = None
    raise_all([*faults, *([] if faults else sheets.faults()), *mapped.faults()])
    return Interactions(
        connection, tuple(sources), Inputs({name: files for one in inputs for name, files in one.found.items()})
    )


def unreadable(interactions: Interactions, *, connection: Any = None) -> list[tuple[str, int, str]]:
    """The lines of the logs that could not be read, known after the logs have been read.

    DuckDB notes them in temporary tables of the connection that ran the scan. Where that was another than the one of
    `interactions` (a cursor is another), say so; otherwise the logs are read once more to find them.

    Args:
        interactions: the logs, scanned.
        connection: on which they were scanned, if not on their own.

    Returns:
        (file, line, reason), each line once, ordered; never what stands in the line. Lines that were left out before
        the scan are in `Source.rejected` and not repeated here.
    """
    if not any(scan.REJECT_ERRORS in source.query for source in interactions.sources):
        return []
    used = interactions.connection if connection is None else connection
    scratch = scratch_of(interactions.connection)
    found = scan.refused_lines(used, scratch)
    if found is None:
        fields = ", ".join(f"count({field})" for field in INTERACTION_FIELDS)
        used.execute(f"select {fields} from ({interactions.query})").fetchall()
        found = scan.refused_lines(used, scratch)
    return sorted(found or [])


def _inputs(log: Any) -> Inputs:
    """The files that a LOG names; none if it names none."""
    try:
        return Inputs() if dataframes.is_frame(log) else Inputs.of(paths_of(log))
    except (ReadError, TypeError):
        return Inputs()


def _format(name: str | None) -> Reader | None:
    if name is None:
        return None
    if text(name, "format") not in FORMATS:
        close = get_close_matches(name, FORMATS, n=1)
        hint = f" Did you mean {close[0]!r}?" if close else ""
        raise ReadError(f"there is no format {name!r}. Formats: {', '.join(FORMATS)}.{hint}")
    return FORMATS[name]
