"""`tables/silos.xlsx`: all tables of an output as one workbook, behind a sheet that explains their columns."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

#: Rows that Excel has, one of which is the headings: a longer table is left to its CSV, and the first sheet says so.
MOST_ROWS = 1_048_575
#: Characters that Excel takes in a cell.
LONGEST_TEXT = 32_767
#: The first sheet.
EXPLANATION = "columns"

#: No column is wider, nor narrower, in characters.
_WIDEST, _NARROWEST = 60, 8
#: Rows looked at to see how wide a column is.
_LOOKED_AT = 200
#: How numbers are shown, by the type of their column; p-values are small.
_SHOWN = {"integer": "#,##0", "number": "#,##0.000", "p": "0.0000"}
_P_VALUES = ("p", "q", "mix_p", "change_q")
#: The same bytes for the same tables: the time of writing stands in summary.json.
_CREATED = datetime(2000, 1, 1)


@dataclass(frozen=True)
class Column:
    """What a column of a table means.

    Attributes:
        name: its heading.
        type: as docs/output.md explains types.
        meaning: in Markdown.
    """

    name: str
    type: str
    meaning: str


@dataclass(frozen=True)
class Table:
    """What a table holds.

    Attributes:
        about: its rows, in Markdown.
        columns: in order.
    """

    about: str
    columns: tuple[Column, ...]


@cache
def described() -> Mapping[str, Table]:
    """What each table that there may be holds, by its name."""
    text = files("silos.report").joinpath("columns.toml").read_text(encoding="utf-8")
    return {
        name: Table(table["about"], tuple(Column(**column) for column in table["columns"]))
        for name, table in tomllib.loads(text).items()
    }


def write_workbook(tables: Mapping[str, pd.DataFrame], target: Path, *, digits: int) -> None:
    """Write the tables as a workbook, the same bytes for the same tables.

    Args:
        tables: by name; each becomes a sheet.
        target: the file.
        digits: significant digits of numbers, as the CSV tables have them.
    """
    import xlsxwriter
    from xlsxwriter.exceptions import FileCreateError

    # Rows go to the disk as they are written, beside the workbook: nothing is left elsewhere if the process is killed.
    # A text stays a text, whatever a spreadsheet would make of it.
    options = {
        "constant_memory": True,
        "tmpdir": str(target.parent),
        "strings_to_formulas": False,
        "strings_to_urls": False,
    }
    book = xlsxwriter.Workbook(target, options)
    book.set_properties({"title": "silos", "created": _CREATED})
    formats = {name: book.add_format({"num_format": shown}) for name, shown in _SHOWN.items()}
    formats["heading"] = book.add_format({"bold": True, "bottom": 1})
    formats["wrapped"] = book.add_format({"text_wrap": True, "valign": "top"})
    _explain(book, tables, formats)
    for name, table in tables.items():
        if len(table) <= MOST_ROWS:
            _sheet(book, name, table, formats, digits)
    try:
        book.close()
    except FileCreateError as fault:
        # No OSError, but the text of one.
        raise OSError(*fault.args[0].args) from fault


def _explain(book: Any, tables: Mapping[str, pd.DataFrame], formats: Mapping[str, Any]) -> None:
    sheet = book.add_worksheet(EXPLANATION)
    for column, width in enumerate((24, 34, 20, 100)):
        sheet.set_column(column, column, width)
    sheet.freeze_panes(1, 0)
    sheet.write_row(0, 0, ("table", "column", "type", "meaning"), formats["heading"])
    row = 1
    for name, table in tables.items():
        known = described().get(name, Table("", ()))
        too_long = " It has more rows than a sheet: see the CSV." if len(table) > MOST_ROWS else ""
        meanings = {column.name: (column.type, plain(column.meaning)) for column in known.columns}
        lines = [("", "", plain(known.about) + too_long), *((str(c), *meanings.get(str(c), ("", ""))) for c in table)]
        for line in lines:
            for column, text in enumerate((name, *line)):
                sheet.write_string(row, column, text, formats["wrapped"])
            row += 1


def plain(markdown: str) -> str:
    """Markdown without its marks.

    Examples:
        >>> plain("of a [sample](methods.md#dialogue), (1 + `ei_index`)/2")
        'of a sample, (1 + ei_index)/2'
    """
    return re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", markdown).replace("`", "")


def _sheet(book: Any, name: str, table: pd.DataFrame, formats: Mapping[str, Any], digits: int) -> None:
    sheet = book.add_worksheet(name)
    types = {column.name: column.type for column in described().get(name, Table("", ())).columns}
    shown = []
    labels, columns = [str(label) for label in table.columns], [column.tolist() for _, column in table.items()]
    for at, (label, column) in enumerate(zip(labels, columns, strict=True)):
        kind = "p" if label in _P_VALUES else types.get(label, "").removesuffix(" or empty")
        shown.append(formats.get(kind))
        sheet.set_column(at, at, _width(label, column[:_LOOKED_AT]))
    sheet.freeze_panes(1, 0)
    sheet.write_row(0, 0, labels, formats["heading"])
    for row, cells in enumerate(zip(*columns, strict=True), start=1):
        for at, cell in enumerate(cells):
            if isinstance(cell, str):
                sheet.write_string(row, at, cell[:LONGEST_TEXT])
            elif isinstance(cell, bool | np.bool_):
                sheet.write_boolean(row, at, bool(cell))
            elif isinstance(cell, int):
                sheet.write_number(row, at, cell, shown[at])
            elif not pd.isna(cell):
                sheet.write_number(row, at, float(f"{cell:.{digits}g}"), shown[at])
    if len(table.columns):
        sheet.autofilter(0, 0, len(table), len(table.columns) - 1)


def _width(label: str, values: Sequence[Any]) -> int:
    longest = max((len(value) for value in values if isinstance(value, str)), default=0)
    return min(max(len(label), longest, _NARROWEST) + 2, _WIDEST)
