"""What a reader is, and what it is given to read with."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from shlex import quote as quoted
from typing import Any

from silos.errors import ColumnError, SilosError
from silos.readers.files.sheets import Sheets
from silos.readers.files.sniff import Head, Part
from silos.readers.files.temporary import Scratch
from silos.readers.tabular.columns import listed, place_of
from silos.readers.tabular.timestamps import DateOrder
from silos.tables import Source


@dataclass(eq=False)
class Mapped:
    """The columns that the user named, and in which logs they were met.

    A column need not be in every log, as several may be read at once; it must be in one. For the same reason a field
    may have several columns: each log is read from the first that it has.

    Attributes:
        columns: canonical field -> columns.
        met: columns that some log has.
        reported: fields whose absence is a fault of a log already.
        logs: the tables looked at.
        headings: those of their headings that a message may quote.
        hidden: how many others there are.
    """

    columns: Mapping[str, tuple[str, ...]]
    met: set[str] = field(default_factory=set)
    reported: set[str] = field(default_factory=set)
    logs: list[str] = field(default_factory=list)
    headings: dict[str, None] = field(default_factory=dict)
    hidden: int = 0

    @property
    def named(self) -> list[str]:
        """All the columns."""
        return [column for columns in self.columns.values() for column in columns]

    def note(self, log: str, headings: Sequence[str], *, quotable: Sequence[str] | None = None) -> None:
        """Remember which columns `log` has.

        Args:
            log: the table looked at.
            headings: all that it has.
            quotable: those of them that a message may quote; all unless given.
        """
        quotable = headings if quotable is None else quotable
        self.met |= {column for column in self.named if place_of(headings, column) is not None}
        self.logs.append(log)
        self.headings |= dict.fromkeys(quotable)
        self.hidden += len(headings) - len(quotable)

    def lacking(self, log: str, fields: Sequence[str], *, found: Sequence[str]) -> SilosError:
        """The error for a log without a column for `fields`, some of which the user named in vain, and a line to copy.

        Args:
            log: its name.
            fields: those that it lacks.
            found: its columns, as a message lists them.
        """
        self.reported |= set(fields)
        named = {field: self.columns[field] for field in fields if field in self.columns}
        columns = [column for several in named.values() for column in several]
        unknown = [repr(field) for field in fields if field not in named]
        close = {field: get_close_matches(columns[0], found, n=1) for field, columns in named.items()}
        if len(columns) == 1 == len(fields) and any(close.values()):
            return ColumnError.unknown(columns[0], found=found, where=log)
        also = f", and none is known to hold {', '.join(unknown)}" if unknown else ""
        line = " ".join(f"--map {field}={quoted(next(iter(close.get(field, ())), 'COLUMN'))}" for field in fields)
        return ColumnError(
            f"{log} has no column {', '.join(map(repr, columns))}{also}. Columns found: {', '.join(found) or 'none'}. "
            f"Name those of this log as well: {line} (a field may have several --map, and each log is read from the "
            "first of these columns that it has)"
        )

    def faults(self) -> list[SilosError]:
        """Errors for the columns that no log has."""
        where = ", ".join(self.logs[:3]) + (f" and {len(self.logs) - 3} more" if len(self.logs) > 3 else "")
        unmet = [
            column
            for name, columns in self.columns.items()
            for column in columns
            if self.logs and column not in self.met and name not in self.reported
        ]
        found = listed(list(self.headings), self.hidden)
        if len(unmet) > 1:
            text = f"{where} has no column {', '.join(map(repr, unmet))}. Columns found: {', '.join(found) or 'none'}."
            return [ColumnError(text)]
        return [ColumnError.unknown(column, found=found, where=where) for column in unmet]


@dataclass(frozen=True, eq=False)
class Request:
    """What goes with the files of one LOG.

    Attributes:
        name: the LOG as the user gave it.
        connection: runs the queries of the sources.
        scratch: temporary files of the connection.
        mapped: canonical field -> columns, from `--map`.
        date_order: of day and month, from `--date-order`.
        sheets: of workbooks, from `--sheet`.
    """

    name: str
    connection: Any
    scratch: Scratch
    mapped: Mapped
    date_order: DateOrder | None = None
    sheets: Sheets = field(default_factory=Sheets)


@dataclass(frozen=True)
class Reader:
    """A format that can be read: one line in the registry.

    Attributes:
        name: as `--format` takes it.
        description: one line for `silos formats` and the documentation.
        recognise: whether a first look shows this format. A reader that takes a zip or folder whole says so of a head
            of kind `container`; files are asked about one by one.
        read: makes sources of the parts of one LOG that are in this format.
        more: the text (in the section `more` of the catalogues) of what to export besides, where a log in this format
            does not show who talks with whom.
    """

    name: str
    description: str
    recognise: Callable[[Head], bool]
    read: Callable[[Sequence[Part], Request], list[Source]]
    more: str = ""


def raise_all(faults: Sequence[SilosError]) -> None:
    """All the faults in one error, a line each, of their kind if they are of one; nothing if there is none."""
    unique = list({str(fault): fault for fault in faults}.values())
    if len(unique) == 1:
        raise unique[0]
    if unique:
        kinds = {type(fault) for fault in unique}
        raise (kinds.pop() if len(kinds) == 1 else SilosError)("\n".join(map(str, unique)))
