"""Sheets of spreadsheet files (.xlsx, .xlsm, .xls, .ods) as delimited text, which every reader of tables takes.

A sheet is read by calamine, in Rust; formulas are never computed: what counts is the value that was saved with them. A
sheet lies in memory while it is copied, so its size is looked at before: a few bytes can claim 17 billion cells.
"""

import csv
import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import chain, islice
from pathlib import Path
from typing import Any

from silos.errors import ReadError
from silos.readers.files.temporary import copying
from silos.readers.files.workbook_size import DAMAGE, MOST_CELLS, MOST_WORKBOOK_BYTES, exceeds
from silos.readers.tabular.columns import LOG_HEADINGS, folded

#: Rows looked at to find the headings, as in delimited text.
LOOKED_AT = 200
#: The headings are looked for in so many rows; titles stand above them.
MOST_TITLES = 20
#: A row with no more than this share of the values that the fullest row has is a title.
TITLE_SHARE = 0.5

#: What days of Excel for the Mac of old may be, for them to be dates: the same years as `timestamps.SERIALS`.
_MAC_SERIALS = (18_538, 78_538)
_MAC_BEGIN = datetime(1904, 1, 1)
#: Folded headings of columns that hold times or dates.
_TIMES = frozenset(
    folded(name)
    for name in (
        *LOG_HEADINGS["timestamp"],
        *("effective from", "effective to", "effective date", "valid from", "valid to", "valid until"),
    )
)


class NoWorkbookError(ReadError):
    """A file that is no workbook, or a damaged one."""


@dataclass(frozen=True)
class Sheet:
    """A sheet of cells, not a chart or a macro.

    Attributes:
        name: as in the workbook.
        hidden: whether a spreadsheet program hides it.
    """

    name: str
    hidden: bool


class Workbook:
    """A spreadsheet file, opened.

    Args:
        path: where it lies.
        name: for messages.

    Raises:
        ReadError: it is damaged, protected by a password, too large or no spreadsheet.
    """

    def __init__(self, path: Path, name: str) -> None:
        from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

        self._path, self._name = path, name
        self._since_1904 = False
        if zipfile.is_zipfile(path):
            self._look_through()
        with self._reading():
            self._book = CalamineWorkbook.from_path(path)
        self.sheets: tuple[Sheet, ...] = tuple(
            Sheet(sheet.name, sheet.visible != SheetVisibleEnum.Visible)
            for sheet in self._book.sheets_metadata
            if sheet.typ == SheetTypeEnum.WorkSheet
        )
        if not self.sheets:
            raise ReadError(
                f"{name}: the workbook has no sheet of cells, only charts or macros. Save the table in a sheet."
            )

    def copy(self, sheet: Sheet, target: Path, *, known: frozenset[str]) -> bool:
        """Write a sheet as comma-delimited UTF-8, a line for each of its rows; False if it has no cell.

        Merged cells hold for all their rows. Titles stand alone in their lines, so that the headings can be told.

        Args:
            sheet: one of `sheets`.
            target: the file to write.
            known: folded headings.
        """
        with copying(self._name), self._reading():
            cells = self._book.get_sheet_by_name(sheet.name)
            if cells.start is None:
                return False
            left = cells.start[1]
            merged = cells.merged_cell_ranges or []
            rows = _unmerged(cells.iter_rows(), merged, left) if merged else cells.iter_rows()
            first = list(islice(rows, LOOKED_AT))
            at = _heading(first, known)
            kept = [n for n in range(len(first[at])) if any(not _is_blank(row[n]) for row in first[at:])]
            # A column without a heading and without a value does not count.
            whole = len(kept) == len(first[at])
            times = [n for n, column in enumerate(kept) if folded(_text(first[at][column])) in _TIMES]
            with target.open("w", encoding="utf-8", errors="replace", newline="") as file:
                writer = csv.writer(file, lineterminator="\n")
                for row in first[:at]:
                    writer.writerow(_title(row))
                writer.writerow([_one_line(first[at][n]) for n in kept])
                for row in chain(first[at + 1 :], rows):
                    some = row if whole else [row[n] for n in kept]
                    texts = [cell if cell.__class__ is str else _text(cell) for cell in some]
                    if self._since_1904:
                        for n in times:
                            texts[n] = _since_1904(some[n], texts[n])
                    writer.writerow(texts if any(texts) else ())
        return True

    def close(self) -> None:
        """Let go of the file."""
        self._book.close()

    def _reading(self) -> "_Reading":
        return _Reading(self._name)

    def _look_through(self) -> None:
        """Refuse what would take too much memory, and learn from when dates are counted."""
        try:
            with zipfile.ZipFile(self._path) as archive:
                if exceeds(archive):
                    raise ReadError(
                        f"{self._name}: a sheet spans more than {MOST_CELLS:,} cells, or the workbook unpacks to more "
                        f"than {MOST_WORKBOOK_BYTES / 1e9:.0f} GB. Delete cells far away from the table, or save the "
                        "sheet as CSV."
                    )
                starts = [archive.read(entry) for entry in archive.infolist() if _is_book(entry.filename)]
        except DAMAGE as error:
            raise _damaged(self._name) from error
        self._since_1904 = any(re.search(rb"date1904\s*=\s*[\"'](?:1|true)[\"']", start) for start in starts)


class _Reading:
    """Runs calamine: what it says may quote the file and is not passed on."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, _trace: object) -> None:
        from python_calamine import CalamineError, PasswordError

        if isinstance(error, PasswordError):
            raise ReadError(f"{self._name}: the workbook is protected by a password. Save it without one.") from error
        # Rust that panics raises what is no Exception.
        if isinstance(error, CalamineError) or type(error).__name__ == "PanicException":
            raise _damaged(self._name) from error


def _damaged(name: str) -> ReadError:
    return NoWorkbookError(
        f"{name}: the workbook is damaged. Open and save it in a spreadsheet program, or save it as CSV."
    )


def is_spreadsheet(names: set[str]) -> bool:
    """Whether the members of a zip are those of a workbook that can be read.

    Examples:
        >>> is_spreadsheet({"[Content_Types].xml", "xl/workbook.xml"}), is_spreadsheet({"users.json"})
        (True, False)
    """
    lower = {name.lower() for name in names}
    return any(map(_is_book, lower)) or {"mimetype", "content.xml", "meta-inf/manifest.xml"} <= lower


def _is_book(member: str) -> bool:
    return member.lower().removeprefix("/") == "xl/workbook.xml"


# ---- cells as text


def _text(cell: Any) -> str:
    """A cell as a spreadsheet program would write it to a CSV, but dates as ISO 8601 and numbers in full.

    Examples:
        >>> [_text(cell) for cell in (1001.0, 0.5, True, datetime(2024, 5, 31, 14), date(2024, 5, 31), time(9, 30))]
        ['1001', '0.5', 'TRUE', '2024-05-31 14:00:00', '2024-05-31', '09:30:00']
        >>> _text(timedelta(hours=26, minutes=5))
        '26:05:00'
    """
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell)
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ")
    if isinstance(cell, date | time):
        return cell.isoformat()
    if isinstance(cell, timedelta):
        minutes, seconds = divmod(round(cell.total_seconds()), 60)
        return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}"
    return str(cell)


def _since_1904(cell: Any, text: str) -> str:
    """A number of days in a column of times, of a workbook that counts them from 1904, as a time."""
    if isinstance(cell, float) and _MAC_SERIALS[0] <= cell <= _MAC_SERIALS[1]:
        return (_MAC_BEGIN + timedelta(seconds=round(cell * 86_400))).isoformat(sep=" ")
    return text


def _one_line(cell: Any) -> str:
    return " ".join(_text(cell).split())


def _is_blank(cell: Any) -> bool:
    return isinstance(cell, str) and not cell.strip()


def _title(row: Sequence[Any]) -> list[str]:
    """A row above the headings, without the blank cells behind its last text."""
    texts = [_one_line(cell) for cell in row]
    while texts and not texts[-1]:
        texts.pop()
    return texts


def _heading(rows: Sequence[Sequence[Any]], known: frozenset[str]) -> int:
    """Which row holds the headings: the first with the most that are known, or else the first that is no title."""
    top = [[_text(cell) for cell in row] for row in rows[:MOST_TITLES]]
    named = [len({folded(text) for text in row if text.strip()} & known) for row in top]
    if max(named) >= 2:
        return named.index(max(named))
    filled = [sum(not _is_blank(cell) for cell in row) for row in rows]
    fullest = max(filled)
    return next(n for n, count in enumerate(filled) if count > TITLE_SHARE * fullest)


def _unmerged(
    rows: Iterator[list[Any]], merged: Sequence[tuple[tuple[int, int], tuple[int, int]]], left: int
) -> Iterator[list[Any]]:
    """Rows in which a cell that is merged over several rows stands in each of them."""
    begins: dict[int, list[tuple[int, int]]] = {}
    for (top, column), (bottom, _right) in merged:
        if bottom > top and column >= left:
            begins.setdefault(top, []).append((column - left, bottom))
    open_now: dict[int, tuple[int, Any]] = {}
    for number, row in enumerate(rows):
        for column, (bottom, cell) in list(open_now.items()):
            if number > bottom:
                del open_now[column]
            elif column < len(row):
                row[column] = cell
        for column, bottom in begins.get(number, ()):
            if column < len(row):
                open_now[column] = bottom, row[column]
        yield row
