"""Delimited text (CSV, TSV and their kin, sheets of workbooks) and Parquet, one row per message or recipient."""

from collections.abc import Sequence

from silos.readers.files.sniff import Part
from silos.readers.reader import Reader, Request
from silos.readers.tabular import interactions
from silos.tables import Source


def _delimited(parts: Sequence[Part], request: Request) -> list[Source]:
    return interactions.read(parts, request, format="delimited", several=True)


def _parquet(parts: Sequence[Part], request: Request) -> list[Source]:
    return interactions.read(parts, request, format="parquet", several=True)


DELIMITED = Reader(
    "delimited",
    "delimited text (CSV, TSV, also .gz, .zst) or a sheet of a workbook (.xlsx, .xls, .ods) with a sender, a recipient "
    "and a time in each row",
    lambda head: head.kind == "text" and head.dialect is not None,
    _delimited,
    more="tables",
)
PARQUET = Reader(
    "parquet",
    "Parquet, a file or a folder of parts, with a sender, a recipient and a time in each row",
    lambda head: head.kind == "parquet",
    _parquet,
    more="tables",
)
