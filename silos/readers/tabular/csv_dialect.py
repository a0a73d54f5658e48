"""Text as exports write it: encodings, line ends, delimiters, quotation marks, stray ones included.

DuckDB's parallel reader wants clean UTF-8: a quotation mark that is never closed swallows all that follows, up to half
a file, and mixed line ends stop it. So a delimited file is looked through once as bytes (some 2 GB/s), and only where
something is amiss is a clean copy written for DuckDB to read.
"""

import codecs
import csv
import io
import re
import shutil
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np

from silos.errors import ReadError
from silos.locales.said import Said
from silos.readers.tabular.code_pages import WESTERN, called, code_page, code_page_of
from silos.readers.tabular.columns import evident, folded

#: Delimiters in order of preference where a file is as regular with several.
DELIMITERS = (",", ";", "\t", "|")
QUOTE = '"'

_BLOCK = 1 << 22
_ROWS = 200
#: A cell with line breaks that runs on beyond this is a quotation mark that nobody closed.
_LONGEST_RECORD = 1 << 20
#: A line of more cells is damage. DuckDB notes each cell too many with the whole line, which takes for ever.
MOST_CELLS = 5_000
#: Bytes without a line end that are looked at for such a line.
_STRETCH = 1 << 13
#: Why a line is left out.
STRAY, WIDE = "a quotation mark that is never closed", "far more cells than headings"
_QUOTE, _NEWLINE = ord(QUOTE), ord("\n")


@dataclass(frozen=True)
class Dialect:
    """How a delimited text is written.

    Attributes:
        delimiter: the character between two cells.
        quote: the quotation mark, or "" where quotation marks mean nothing.
        preamble: lines before the headings.
        headings: the headings, as many as there are columns.
        evident: whether they are headings beyond doubt, see `silos.readers.tabular.columns.evident`.
        above: how many cells the line before the headings has; 0 if there is none.
    """

    delimiter: str
    quote: str
    preamble: int
    headings: tuple[str, ...]
    evident: bool = False
    above: int = 0


def encoding_of(start: bytes) -> str | None:
    """Encoding of a text that begins so; None if it is no text.

    Examples:
        >>> encoding_of("à,b".encode()), encoding_of("à,b".encode("cp1252")), encoding_of("a,b".encode("utf-16-le"))
        ('utf-8', 'cp1252', 'utf-16-le')
        >>> encoding_of(bytes(range(32)) * 9) is None
        True
    """
    for mark, name in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if start.startswith(mark):
            return name
    sample = start[:4096]
    # In UTF-16 without a mark every other byte of plain letters is zero.
    odd, even = sample[1::2].count(0), sample[0::2].count(0)
    if odd > len(sample) // 8 and even * 4 < odd:
        return "utf-16-le"
    if even > len(sample) // 8 and odd * 4 < even:
        return "utf-16-be"
    controls = sum(sample.count(code) for code in range(32) if code not in (9, 10, 12, 13))
    if controls * 20 > len(sample):
        return None
    try:
        codecs.getincrementaldecoder("utf-8")().decode(start)
    except UnicodeDecodeError as error:
        # After characters of UTF-8, a byte that is not UTF-8 is damage, not another encoding.
        return (code_page(start) or WESTERN) if start[: error.start].isascii() else "utf-8"
    return "utf-8"


def decoded(start: bytes, encoding: str) -> str:
    """The first bytes of a text as text; a character cut in two at the end is dropped."""
    return (
        codecs.getincrementaldecoder(encoding)(errors="replace").decode(start).replace("\r\n", "\n").replace("\r", "\n")
    )


def _parsed(text: str, delimiter: str, quote: str) -> tuple[list[list[str]], list[int]]:
    """Rows that are not blank, and the number of the line after which each of them begins."""
    rows, starts, before = [], [], 0
    lines = io.StringIO(text, newline="")
    reader = csv.reader(lines, delimiter=delimiter, quoting=csv.QUOTE_MINIMAL if quote else csv.QUOTE_NONE)
    try:
        for row in reader:
            if any(cell.strip() for cell in row):
                rows.append(row)
                starts.append(before)
            before = reader.line_num
            if len(rows) == _ROWS:
                break
    except csv.Error:
        pass
    return rows, starts


def dialect_of(
    text: str, *, whole: bool, known: frozenset[str], delimiters: Sequence[str] = DELIMITERS
) -> tuple[Dialect, tuple[tuple[str, ...], ...]] | None:
    """How the text is delimited, and its first rows; None if it is no table of two columns or more.

    Args:
        text: the first lines.
        whole: whether that is all of the text; if not, its last line is cut off somewhere.
        known: folded headings that speak for a delimiter and for a line being the headings.
        delimiters: those that there may be, in order of preference.

    Examples:
        >>> dialect, rows = dialect_of("sep=;\\nde;à\\nann;bob, cleo\\n", whole=True, known=frozenset({"de", "a"}))
        >>> dialect.delimiter, dialect.preamble, dialect.headings, rows
        (';', 1, ('de', 'à'), (('ann', 'bob, cleo'),))
        >>> dialect_of("Dear all,", whole=True, known=frozenset()) is None
        True
    """
    if not whole and "\n" in text:
        text = text[: text.rindex("\n") + 1]
    if text.startswith("\ufeff"):
        text = text[1:]
    best: tuple[tuple[int, float, int], str, str, list[list[str]], list[int], int] | None = None
    for delimiter in delimiters:
        if delimiter not in text:
            continue
        # Tools that write tabs or bars often quote nothing, and a quotation mark is then a letter like others.
        for quote in (QUOTE, "") if delimiter in "\t|" and QUOTE in text else (QUOTE,):
            rows, starts = _parsed(text, delimiter, quote)
            if not rows:
                continue
            if not quote and any(len(cell) > 1 and cell[0] == cell[-1] == QUOTE for row in rows for cell in row):
                continue
            width, regular = Counter(len(row) for row in rows).most_common(1)[0]
            named = [sum(folded(cell) in known for cell in row) for row in rows[:20]]
            top = max(named)
            first = named.index(top) if top >= 2 else next(i for i, row in enumerate(rows) if len(row) == width)
            if max(width, len(rows[first])) < 2:
                continue
            score = (min(top, 9), round(regular / len(rows), 2), width)
            if best is None or score > best[0]:
                best = (score, delimiter, quote, rows, starts, first)
    if best is None or (best[0][0] < 2 and best[0][1] < 0.5):
        return None
    _, delimiter, quote, rows, starts, first = best
    body = rows[first + 1 :]
    # Lines before the headings ("Export of May") may be titles, and then so may a cell of the headings.
    begins = first == 0 or (first == 1 and rows[0][0].lower().startswith("sep="))
    certain = begins and evident(rows[first], body, known)
    headings = [cell.strip() for cell in rows[first]]
    width = Counter(len(row) for row in body).most_common(1)[0][0] if body else len(headings)
    # A delimiter at the end of every row, or of the headings only, makes no column.
    headings += [""] * (width - len(headings))
    while headings and not headings[-1] and (len(headings) > width or not body):
        headings.pop()
    if len(headings) < 2:
        return None
    names = tuple(name or f"column {position}" for position, name in enumerate(headings, start=1))
    sample = tuple(tuple(row) for row in body if len(row) == len(names))
    above = len(rows[first - 1]) if first else 0
    return Dialect(delimiter, quote, starts[first], names, certain, above), sample


@dataclass
class Survey:
    """What a look through all the bytes of a text showed.

    Attributes:
        utf8: False if it begins to hold other characters than UTF-8 before any of UTF-8.
        even_lines: whether its lines all end alike, in LF or CRLF.
        open_cells: whether a line ends within quotation marks.
        padded: whether a cell begins or ends with a space.
        wide: whether a line may have more than `MOST_CELLS` cells.
    """

    utf8: bool = True
    even_lines: bool = True
    open_cells: bool = False
    padded: bool = False
    wide: bool = False


def survey(path: Path, *, delimiter: str, quote: str) -> Survey:
    """Look through all the bytes of a text that should be UTF-8."""
    seen = Survey()
    decoder: codecs.IncrementalDecoder | None = codecs.getincrementaldecoder("utf-8")()
    some = False  # a character of UTF-8 beyond ASCII was seen
    inside = 0  # quotation marks so far, modulo 2
    ends: set[bytes] = set()
    borders = [border.encode() for border in (delimiter, "\n", "\r", QUOTE)]
    padding = [pair for border in borders for pair in (border + b" ", b" " + border)]
    last = b""
    for block in _blocks(path):
        if decoder and not (block.isascii() and not decoder.getstate()[0]):
            try:
                some = bool(decoder.decode(block).strip()) or some
            except UnicodeDecodeError as error:
                seen.utf8 = some or not block[: error.start].isascii()
                decoder = None
        if b"\r" in block:
            returns, pairs = block.count(b"\r"), block.count(b"\r\n")
            ends |= {b"\r\n"} if pairs else set()
            ends |= {b"\r"} if returns > pairs else set()
            ends |= {b"\n"} if block.count(b"\n") > pairs else set()
        elif b"\n" in block:
            ends.add(b"\n")
        if not seen.wide:
            starts = range(0, len(block), _STRETCH)
            long = (start for start in starts if block.find(b"\n", start, start + _STRETCH) < 0)
            seen.wide = any(block.count(borders[0], start, start + _STRETCH) > _STRETCH // 16 for start in long)
        if not seen.padded and (last == b" " or b" " in block):
            seen.padded = last + block[:1] in padding or any(pair in block for pair in padding)
        last = block[-1:]
        if quote and (inside or b'"' in block):
            codes = np.frombuffer(block, dtype=np.uint8)
            codes = codes[(codes == _QUOTE) | (codes == _NEWLINE)]
            marks = np.cumsum(codes == _QUOTE) + inside
            seen.open_cells = seen.open_cells or bool((marks[codes == _NEWLINE] & 1).any())
            inside = int(marks[-1]) & 1 if len(marks) else inside
    seen.open_cells = seen.open_cells or bool(inside)
    seen.padded = seen.padded or last == b" "
    seen.even_lines = ends <= {b"\n"} or ends <= {b"\r\n"}
    return seen


def _blocks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            while block.endswith(b"\r") and (more := file.read(1)):
                block += more
            yield block


def whole_code_page(path: Path, name: str) -> str:
    """The code page of a whole text that is no UTF-8.

    Raises:
        ReadError: its words look like words under none: a guess would make several names one.
    """
    found = code_page_of(path)
    if found is None:
        raise ReadError(
            f"{name}: it is not UTF-8, and its words look like words under no code page. Save it as UTF-8 (Excel calls "
            "it CSV UTF-8) where it was written."
        )
    return found


def notes_on(encoding: str, name: str) -> list[str]:
    """What is said of a text that is not Unicode."""
    if encoding.startswith("utf"):
        return []
    if encoding == WESTERN:
        return [Said("read", "cp1252", name=name)]
    return [Said("read", "code_page", name=name, encoding=called(encoding))]


def rewrite(path: Path, target: Path, *, encoding: str, preamble: int) -> None:
    """Copy a text as UTF-8 with LF line ends, without the lines before its headings.

    What is no UTF-8 in a text that otherwise is stays as it is, for DuckDB to refuse line by line. A byte that a code
    page has no letter for is written as its number: one sign for all of them would make several names one.
    """
    unicode = encoding.startswith("utf-8")
    with (
        path.open(encoding=encoding, errors="surrogateescape" if unicode else "backslashreplace") as text,
        target.open("w", encoding="utf-8", errors="surrogateescape", newline="\n") as copy,
    ):
        for _ in range(preamble):
            text.readline()
        shutil.copyfileobj(text, copy, 1 << 20)


def not_utf8(path: Path) -> list[int]:
    """The numbers of the lines, from 1, of a UTF-8 text that hold bytes which are not UTF-8."""
    found = []
    with path.open("rb") as text:
        for number, line in enumerate(text, start=1):
            try:
                line.decode("utf-8")
            except UnicodeDecodeError:
                found.append(number)
    return found


def mend(path: Path, target: Path, *, delimiter: str, width: int) -> dict[int, str]:
    """Copy a UTF-8 text, with a blank line for each line that is damaged beyond what DuckDB can be given.

    Such a line opens a quotation mark and never closes it, or has far more cells than any table.

    A cell may hold line breaks: lines are joined as long as that gives a whole record of `width` cells, and they are
    not all rows of that width by themselves: `1,"Ann,Sales`, `2,Bob",Legal` are two.

    Returns:
        the number of each line left out, from 1, and why.
    """
    whole = _record(delimiter)
    dropped: dict[int, str] = {}
    mark = delimiter.encode()
    most = max(MOST_CELLS, 2 * width)
    with path.open("rb") as text, target.open("wb") as copy:
        waiting: deque[bytes] = deque()
        number = 0
        while line := waiting.popleft() if waiting else text.readline():
            number += 1
            if line.count(mark) > most and _width(line, delimiter) > most:
                dropped[number] = WIDE
                copy.write(_line_end(line))
                continue
            if line.count(b'"') % 2 == 0 or whole.fullmatch(line):
                copy.write(line)
                continue
            joined = _joined(line, text, waiting)
            record = b"".join(joined)
            rows = width > 2 and all(part.count(mark) == width - 1 for part in joined)
            if len(joined) > 1 and not rows and whole.fullmatch(record) and _width(record, delimiter) == width:
                copy.write(record)
                number += len(joined) - 1
            else:
                dropped[number] = STRAY
                copy.write(_line_end(line))
                waiting.extendleft(reversed(joined[1:]))
    return dropped


def _line_end(line: bytes) -> bytes:
    return b"\r\n" if line.endswith(b"\r\n") else b"\n" if line.endswith(b"\n") else b""


def _joined(line: bytes, text: BinaryIO, waiting: deque[bytes]) -> list[bytes]:
    """The line and those after it, up to the next with an odd number of quotation marks."""
    joined, size = [line], len(line)
    while size < _LONGEST_RECORD and (more := waiting.popleft() if waiting else text.readline()):
        joined.append(more)
        size += len(more)
        if more.count(b'"') % 2:
            break
    return joined


def _record(delimiter: str) -> re.Pattern[bytes]:
    """What a whole record looks like: cells quoted, or not quoted and then with quotation marks inside at most."""
    mark = re.escape(delimiter.encode())
    cell = rb' *"(?:[^"]|"")*+" *|[^" %(d)s\r\n][^%(d)s\r\n]*+| +[^" %(d)s\r\n][^%(d)s\r\n]*+| *' % {b"d": mark}
    return re.compile(rb"(?:%(c)s)(?:%(d)s(?:%(c)s))*+(?:\r?\n)?" % {b"c": cell, b"d": mark})


def _width(record: bytes, delimiter: str) -> int:
    text = io.StringIO(record.decode("utf-8", errors="replace"), newline="")
    try:
        return len(next(csv.reader(text, delimiter=delimiter)))
    except (csv.Error, StopIteration):
        return 0
