"""Ties that a warehouse counted with the script of `silos sql`: one table, of which `part` says what each row is."""

from collections.abc import Sequence

from silos.errors import ReadError
from silos.readers.files.sniff import Head, Part
from silos.readers.formats.affiliations import NO_INTERACTION
from silos.readers.reader import Reader, Request
from silos.readers.tabular import interactions
from silos.readers.tabular.columns import folded
from silos.readers.tabular.ids_sql import Cleaning
from silos.readers.tabular.scan import Column, scans
from silos.tables import TIES_FIELDS, Source

_NEEDED = {folded(name): name for name in TIES_FIELDS}


def _recognise(head: Head) -> bool:
    table = head.kind == "parquet" or (head.kind == "text" and head.dialect is not None)
    return table and {folded(heading) for heading in head.headings} >= set(_NEEDED)


def _read(parts: Sequence[Part], request: Request) -> list[Source]:
    found = []
    for scan in scans(parts, request):
        columns = {_NEEDED.get(folded(column.heading)): column for column in scan.columns}
        lacking = [name for name in TIES_FIELDS if name not in columns]
        if lacking:
            raise ReadError(
                f"{scan.files[0]}: these are not ties as silos sql exports them: {', '.join(lacking)} is missing. "
                "Export all columns of its last table."
            )
        fields = {name: _value(name, columns[name], kind) for name, kind in TIES_FIELDS.items()}
        found.append(
            Source(
                name=scan.files[0] if len(parts) == 1 else request.name,
                format="ties",
                query=NO_INTERACTION,
                columns={name: columns[name].heading for name in TIES_FIELDS},
                rejected=scan.rejected,
                problems=scan.problems,
                notes=scan.notes,
                ties=interactions.select(fields, scan),
            )
        )
    return found


def _value(name: str, column: Column, kind: str) -> str:
    if name in ("a", "b"):
        return Cleaning().id(interactions.plain(column))
    if kind == "varchar":
        return interactions.plain(column)
    return f"try_cast({interactions.plain(column) if column.is_text else column.sql} as {kind})"


TIES = Reader(
    "ties",
    "ties that a warehouse counted: the last table of silos sql, saved as Parquet or CSV",
    _recognise,
    _read,
)
