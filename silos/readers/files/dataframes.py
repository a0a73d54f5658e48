"""DataFrames of pandas, polars and DuckDB, as temporary Parquet files.

DuckDB reads pandas itself, but polars only by way of pyarrow, which is no dependency of ours, and a relation only on
the connection it belongs to. A Parquet file is read by all, in parallel, and does not change under the analysis.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from silos.engines.quoting import identifier, literal
from silos.errors import ReadError
from silos.readers.files.sniff import Part, part_of
from silos.readers.files.temporary import Scratch, scratch_of

NAME = "DataFrame"


def is_frame(log: object) -> bool:
    """Whether `log` is a DataFrame of some kind, rather than a path."""
    return _library(log) in ("pandas", "polars", "duckdb") or hasattr(log, "__arrow_c_stream__")


def _library(log: object) -> str:
    return type(log).__module__.split(".")[0].removeprefix("_")


def part_of_frame(frame: Any, connection: Any, *, known: frozenset[str]) -> Part:
    """A DataFrame as a part to read.

    Raises:
        ReadError: it has no rows or two columns of one name, or cannot be written as Parquet.
    """
    scratch = scratch_of(connection)
    target = scratch.file(".parquet")
    try:
        _write(frame, target, connection, scratch)
    except ReadError:
        raise
    except Exception as error:  # whatever the library of the frame raises
        raise ReadError(f"{NAME}: it cannot be read ({type(error).__name__}). Make its columns plain text.") from error
    part = part_of(target, NAME, known=known, scratch=scratch)
    [(rows,)] = connection.execute(f"select count(*) from read_parquet({literal(target)})").fetchall()
    if not rows:
        raise ReadError(f"{NAME}: it has no rows.")
    return part


def _write(frame: Any, target: Path, connection: Any, scratch: Scratch) -> None:
    library = _library(frame)
    if library == "polars":
        columns = frame.collect_schema().names()
        _check(columns)
        (frame.sink_parquet if hasattr(frame, "sink_parquet") else frame.write_parquet)(target)
        return
    if library == "duckdb":
        _check(frame.columns)
        frame.write_parquet(str(target))
        return
    name = f"silos_frame_{next(scratch.numbers)}"
    if library == "pandas":
        # An index with a name is a column: of people who were set as the index, say.
        frame = frame.reset_index(
            [name for name in frame.index.names if name is not None and name not in frame.columns]
        )
        labels = [str(label) for label in frame.columns]
        _check(labels)
        # Mixed types of Python objects would stop DuckDB, which looks at the first rows only.
        frame = frame.astype({label: "string" for label in frame.columns if _mixed(frame[label])})
        frame = frame.set_axis(labels, axis="columns")
    connection.register(name, frame)
    try:
        connection.execute(f"copy (from {identifier(name)}) to {literal(target)} (format parquet)")
    finally:
        connection.unregister(name)


def _mixed(column: Any) -> bool:
    """Whether a pandas column holds Python objects of several types, neither text nor times alone."""
    from pandas.api.types import infer_dtype

    return bool(column.dtype == object) and infer_dtype(column, skipna=True) not in (
        *("string", "datetime", "datetime64", "date", "empty"),
    )


def _check(columns: Iterable[str]) -> None:
    names = [name.casefold() for name in columns]
    if not names:
        raise ReadError(f"{NAME}: it has no columns.")
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise ReadError(f"{NAME}: it has several columns {twice!r}. Rename one.")
