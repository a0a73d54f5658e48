"""What a reader is, and what it is given to read with."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from silos.errors import ColumnError, SilosError
from silos.readers.files.sheets import Sheets
from silos.readers.files.sniff import Head, Part
from silos.readers.files.temporary import Scratch
from silos.readers.tabular.columns import listed
from silos.readers.tabular.timestamps import DateOrder
from silos.tables import Source


@dataclass(eq=False)
class Mapped:
    """The columns that the user named, and in which logs they were met.

    A column need not be in every log, as several may be read at once; it must be in one.

    Attributes:
        columns: canonical field -> column.
        met: fields whose column some log has.
        reported: fields whose absence is a fault of a log already.
        logs: the tables looked at.
        headings: those of their headings that a message may quote.
        hidden: how many others there are.
    """

    columns: Mapping[str, str]
    met: set[str] = field(default_factory=set)
    reported: set[str] = field(default_factory=set)
    logs: list[str] = field(default_factory=list)
    headings: dict[str, None] = field(default_factory=dict)
    hidden: int = 0

    def note(self, log: str, quotable: Sequence[str], absent: Sequence[str], *, hidden: int = 0) -> None:
        """Remember which columns `log` has.

        Args:
            log: the table looked at.
            quotable: those of its headings that a message may quote.
            absent: fields whose named column it lacks; it has those of all others.
            hidden: how many other headings it has.
        """
        self.met |= set(self.columns) - set(absent)
        self.logs.append(log)
        self.headings |= dict.fromkeys(quotable)
        self.hidden += hidden

    def faults(self) -> list[SilosError]:
        """Errors for the columns that no log has."""
        where = ", ".join(self.logs[:3]) + (f" and {len(self.logs) - 3} more" if len(self.logs) > 3 else "")
        return [
            ColumnError.unknown(column, found=listed(list(self.headings), self.hidden), where=where)
            for name, column in self.columns.items()
            if self.logs and name not in self.met | self.reported
        ]


@dataclass(frozen=True, eq=False)
class Request:
    """What goes with the files of one LOG.

    Attributes:
        name: the LOG as the user gave it.
        connection: runs the queries of the sources.
        scratch: temporary files of the connection.
        mapped: canonical field -> column, from `--map`.
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
        more: what to export besides, where a log in this format does not show who talks with whom.
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
