"""A small table read as a whole, with the line number of each row: used for rosters."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from silos.engines.quoting import identifier, literal
from silos.errors import ReadError
from silos.locales.said import Said
from silos.readers.files import dataframes
from silos.readers.files.paths import paths_of, shown
from silos.readers.files.sheets import hidden_notes
from silos.readers.files.sniff import Part, part_of
from silos.readers.files.strangers import what_it_is
from silos.readers.files.temporary import Scratch, copying, scratch_of
from silos.readers.tabular.csv_dialect import Dialect, mend, not_utf8, notes_on, rewrite, survey, whole_code_page

_EXAMPLES = 5


@dataclass(eq=False)
class Whole:
    """A small table, read whole.

    Attributes:
        name: what the user gave.
        rows: all its columns, as text where the file holds text; each label once.
        lines: the line of each row in the file, or its number in a DataFrame.
        notes: what is to be said to the user.
        evident: whether its headings are headings beyond doubt, which a message may quote.
    """

    name: str
    rows: pd.DataFrame
    lines: "pd.Series[int]"
    notes: list[str] = field(default_factory=list)
    evident: bool = True


def read_whole(
    source: Any, connection: Any, *, known: frozenset[str], sheet: Callable[[Part], Part] = lambda book: book
) -> Whole:
    """A roster's table, from a path or a DataFrame.

    Args:
        source: the path or DataFrame.
        connection: a DuckDB connection whose temporary files may be used.
        known: folded headings that help to see how a text is delimited.
        sheet: chooses the sheet of a workbook.

    Raises:
        ReadError: it cannot be read, is no table or has no rows.
    """
    scratch = scratch_of(connection)
    with scratch.archives:
        part = _only_member(_part(source, connection, known=known))
        book = part if part.head.kind == "workbook" else None
        part = sheet(part) if book else part
        if part.head.kind == "parquet":
            table = _typed(part, connection)
        elif part.head.dialect is not None:
            table = _delimited(part, part.head.dialect, scratch)
        else:
            raise ReadError(
                f"{part.name}: a roster is delimited text, a workbook or Parquet, but this is {what_it_is(part.head)}."
            )
    if book is not None:
        table.notes += hidden_notes(book, [part.name.removeprefix(f"{book.name}: ")])
    if table.rows.empty:
        raise ReadError(f"{part.name}: the roster has no rows.")
    return table


def _part(source: Any, connection: Any, *, known: frozenset[str]) -> Part:
    if dataframes.is_frame(source):
        return dataframes.part_of_frame(source, connection, known=known)
    try:
        paths = paths_of(source)
    except TypeError:
        raise ReadError(f"a roster is a path or a DataFrame, not {type(source).__name__}.") from None
    if len(paths) > 1:
        raise ReadError(f"{shown(source)}: {len(paths)} files match, but a roster is one file. Name one of them.")
    return part_of(paths[0], shown(source), known=known, scratch=scratch_of(connection))


def _only_member(part: Part) -> Part:
    if part.member is None or part.head.kind == "workbook":
        return part
    if len(part.head.members) != 1:
        raise ReadError(f"{part.name}: it holds {len(part.head.members)} files, but a roster is one file. Name one.")
    return _only_member(part.member(part.head.members[0]))


def _typed(part: Part, connection: Any) -> Whole:
    described = connection.execute(f"describe from read_parquet({literal(part.path)})").fetchall()
    chosen = []
    for name, kind, *_ in described:
        # pandas needs pytz to take a time with a zone, and pytz is not one of our dependencies.
        zoned = f"cast({identifier(name)} as timestamp) as {identifier(name)}"
        chosen.append(zoned if kind.upper().startswith("TIMESTAMP WITH") else identifier(name))
    connection.execute("set preserve_insertion_order = true")
    rows = connection.execute(f"select {', '.join(chosen)} from read_parquet({literal(part.path)})").df()
    rows.columns = pd.Index([str(name) for name, *_ in described])
    return Whole(part.name, rows, pd.Series(range(1, len(rows) + 1), index=rows.index))


def _delimited(part: Part, dialect: Dialect, scratch: Scratch) -> Whole:
    """A roster is small: Python reads it, and knows the line of each row."""
    path = part.on_disk(scratch)
    if part.compression != "none":
        raise ReadError(f"{part.name}: unpack the roster first.")
    encoding = part.head.encoding
    notes: list[str] = []
    unicode = encoding.startswith("utf")
    if not unicode or (encoding.startswith("utf-8") and not survey(path, delimiter=dialect.delimiter, quote="").utf8):
        encoding = whole_code_page(path, part.name)
    notes += notes_on(encoding, part.name)
    copy = scratch.file(".csv")
    bad: list[int] = []
    try:
        with copying(part.name):
            rewrite(path, copy, encoding=encoding, preamble=dialect.preamble)
            if dialect.quote and survey(copy, delimiter=dialect.delimiter, quote=dialect.quote).open_cells:
                # A quotation mark that nobody closes would swallow the people of the rows that follow.
                whole = scratch.file(".csv")
                dropped = mend(copy, whole, delimiter=dialect.delimiter, width=len(dialect.headings))
                if 1 not in dropped:  # the headings were read otherwise already
                    copy, bad = whole, [dialect.preamble + line for line in dropped]
        content = copy.read_text(encoding="utf-8", errors="backslashreplace").removeprefix("\ufeff")
        damaged = [dialect.preamble + line for line in not_utf8(copy)]
    except OSError as error:
        raise ReadError(f"{part.name}: it cannot be read ({error.strerror or error}).") from error
    width = len(dialect.headings)
    rows, lines = [], []
    text = io.StringIO(content, newline="")
    reader = csv.reader(
        text, delimiter=dialect.delimiter, quoting=csv.QUOTE_MINIMAL if dialect.quote else csv.QUOTE_NONE
    )
    before = 0
    for number, row in enumerate(_records(reader)):
        line, before = dialect.preamble + before + 1, reader.line_num
        if row is None:
            bad.append(line)
            continue
        if number == 0 or not "".join(row).strip():
            continue
        if len(row) != width:
            if "".join(row[width:]).strip():
                bad.append(line)
                continue
            row = (row + [""] * width)[:width]
        rows.append(row)
        lines.append(line)
    if damaged:
        notes.append(Said("read", "not_utf8", name=part.name, count=len(damaged), lines=lines_text(damaged)))
    if bad:
        notes.append(Said("read", "rows_unreadable", name=part.name, count=len(bad), lines=lines_text(sorted(bad))))
    table = pd.DataFrame(rows, columns=pd.Index(distinct(dialect.headings)), dtype="str")
    return Whole(part.name, table, pd.Series(lines, index=table.index, dtype="int64"), notes, dialect.evident)


def _records(reader: Any) -> Iterator[list[str] | None]:
    """The rows of a csv reader; None for one that it refuses, after which it goes on."""
    while True:
        try:
            yield next(reader)
        except StopIteration:
            return
        except csv.Error:
            yield None


def distinct(names: Iterable[str]) -> list[str]:
    """Names of columns, numbered where several are the same."""
    taken: set[str] = set()
    result = []
    for name in names:
        free, number = name, 2
        while free in taken:
            free, number = f"{name} ({number})", number + 1
        taken.add(free)
        result.append(free)
    return result


def lines_text(lines: Sequence[int]) -> Said:
    """Lines for a message: the first few, and how many more.

    Examples:
        >>> lines_text([2]), lines_text([2, 3, 5, 7, 11, 13])
        ('line 2', 'lines 2, 3, 5, 7, 11 and 1 more')
    """
    some = [str(line) for line in lines[:_EXAMPLES]]
    if len(lines) > _EXAMPLES:
        return Said("read", "lines_more", lines=some, count=len(lines) - _EXAMPLES)
    return Said("read", "lines" if len(lines) > 1 else "line", lines=some)
