"""Estimates the memory that the sheets of a workbook will take, before they are read.

The reader of workbooks holds a sheet as a rectangle, blanks included: a file of a few hundred bytes with one cell in
its first and one in its last corner claims 17 billion cells.
"""

import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from typing import BinaryIO, cast
from xml.parsers import expat

#: A sheet that spans more cells is refused: all rows that Excel allows, of 64 columns.
MOST_CELLS = 1 << 26
#: A workbook that unpacks to more bytes is refused: it is held in memory while it is copied.
MOST_WORKBOOK_BYTES = 1 << 31

#: What can go wrong while a workbook is unpacked and looked through.
DAMAGE = (
    *(OSError, EOFError, zlib.error, zipfile.BadZipFile, RuntimeError, NotImplementedError, KeyError, ValueError),
    expat.ExpatError,
)

_BLOCK, _OVERLAP = 1 << 20, 128
#: Columns within which a sheet is small enough whatever its rows; the least bytes of a cell with a value.
_NARROW, _LEAST = 64, 15
#: A reference to a cell beyond those columns, or clearly beyond the rows that Excel has.
_FAR = re.compile(rb' r="(?:[A-Za-z]{3}|[Bb][M-Zm-z]|[C-Zc-z][A-Za-z]|[A-Za-z]*(?:\d{8}|[2-9]\d{6}|1[1-9]\d{5}))')
#: What XML allows, and no program writes: then each reference is looked at.
_ODDLY_WRITTEN = (b" r='", b" r =", b" r\t", b" r\n", b" r\r", b" r= ", b"\tr=", b"\nr=", b"\rr=")
_REFERENCE = re.compile(rb"\sr\s*=\s*[\"']\s*([A-Za-z]*)(\d{1,19})")


def exceeds(archive: zipfile.ZipFile) -> bool:
    """Whether a workbook (.xlsx, .xlsm, .ods) would take more memory than it may.

    Raises:
        One of `DAMAGE`: it cannot be unpacked, or holds more than it says.
    """
    entries = archive.infolist()
    if sum(entry.file_size for entry in entries) > MOST_WORKBOOK_BYTES:
        return True
    manifests = [entry for entry in entries if entry.filename.lower() == "meta-inf/manifest.xml"]
    # Behind a password lies no XML, and nothing of it will be read.
    locked = any(b"encryption-data" in archive.read(entry) for entry in manifests)
    for entry in entries:
        name = entry.filename.lower()
        opened = _opener(archive, entry)
        if name == "content.xml" and not locked:
            if _cells_of_ods(opened) > MOST_CELLS:
                return True
        # A sheet may go by any name; and what holds more than it says shows when its end is reached.
        elif not name.endswith("content.xml") and not _is_small(opened) and _cells(opened) > MOST_CELLS:
            return True
    return False


def _opener(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Callable[[], BinaryIO]:
    return lambda: cast(BinaryIO, archive.open(entry))


def _blocks(opened: Callable[[], BinaryIO]) -> Iterator[bytes]:
    with opened() as packed:
        while block := packed.read(_BLOCK):
            yield block


def _rows(opened: Callable[[], BinaryIO]) -> Iterator[tuple[bytes, list[bytes]]]:
    """A sheet of .xlsx block by block, each with what was left of the one before, and the same cut into its rows."""
    rest = row = end = b""
    for more in _blocks(opened):
        block = rest + more
        if not row:
            found = re.search(rb"<(\w+:)?worksheet\b", block)
            prefix = found[1] or b"" if found else b""
            row, end = b"<" + prefix + b"row", b"</" + prefix + b"sheetData"
        # Before the first row stand the columns, and behind the last one formats: no cells.
        pieces = block.partition(end)[0].split(row)
        yield block, pieces[1:]
        rest = row + pieces[-1] if len(pieces) > 1 else block
        rest = rest if len(rest) < _BLOCK else rest[-_OVERLAP:]


def _most_in_a_row(rows: list[bytes]) -> int:
    """At least how many cells the row with the most of them has, where that is more than `_NARROW`."""
    # Shorter rows have no room for so many values.
    return max((row.count(b"<c") + row.count(b":c") for row in rows if len(row) > _NARROW * _LEAST), default=0)


def _is_small(opened: Callable[[], BinaryIO]) -> bool:
    """Whether a sheet is narrow enough not to matter: told fast, as nearly all are."""
    for block, rows in _rows(opened):
        odd = any(mark in block for mark in _ODDLY_WRITTEN)
        if odd or _FAR.search(block) or _most_in_a_row(rows) > _NARROW:
            return False
    return True


def _cells(opened: Callable[[], BinaryIO]) -> int:
    """How many cells a sheet of .xlsx spans at most."""
    width = columns = count = tall = 0
    for block, rows in _rows(opened):
        width = max(width, _most_in_a_row(rows))
        count += len(rows)
        for letters, digits in _REFERENCE.findall(block):
            columns, tall = max(columns, _column(letters)), max(tall, int(digits))
    return max(width, columns, 1) * max(tall, count)


def _column(letters: bytes) -> int:
    """The number of a column by its letters.

    Examples:
        >>> _column(b"A"), _column(b"XFD")
        (1, 16384)
    """
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number


def _cells_of_ods(opened: Callable[[], BinaryIO]) -> int:
    """How many cells the largest sheet of .ods spans; cells and rows say how often they are repeated."""
    widest = tallest = most = 0  # of this sheet, up to its last value
    row = column = repeated = 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal widest, tallest, row, column, repeated
        kind = name.rpartition(":")[2]
        if kind == "table":
            widest = tallest = row = 0
        elif kind == "table-row":
            row += int(attributes.get("table:number-rows-repeated", "1"))
            column = 0
        elif kind in ("table-cell", "covered-table-cell"):
            repeated = int(attributes.get("table:number-columns-repeated", "1"))
            column += repeated
        if kind == "p" or "office:value-type" in attributes:
            widest, tallest = max(widest, column), max(tallest, row)

    def end(name: str) -> None:
        nonlocal most
        if name.rpartition(":")[2] == "table":
            most = max(most, widest * tallest)

    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = start, end
    for block in _blocks(opened):
        parser.Parse(block)
    parser.Parse(b"", True)
    return most
