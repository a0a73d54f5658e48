"""Cells of a directory as they are meant: without placeholders, invisible characters and rows that are not people."""

import re
from collections import Counter
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from urllib.parse import unquote

import numpy as np
import pandas as pd

from silos.locales.said import Said
from silos.readers.directory.headings import FAMILY, GIVEN, KNOWN
from silos.readers.directory.units import TITLE, names_of_units, titles_of_groups
from silos.readers.directory.vacancies import VACANT, vacancies
from silos.readers.tabular.columns import folded
from silos.readers.tabular.ids import SCIENTIFIC, clean_id, clean_text, visible
from silos.readers.tabular.ids_sql import DECIMAL, KINDS
from silos.readers.tabular.listings import why_no_row
from silos.readers.tabular.placeholders import are_numbered, is_no_department, is_no_name, is_placeholder
from silos.readers.tabular.whole_table import Whole

#: Columns of names, in which only what cannot be a name is a placeholder: there are people called Na and None.
_NAMES = frozenset(folded(heading) for heading in (*GIVEN, *FAMILY, "middle name", "initials", "nickname"))
_SCIENTIFIC = re.compile(SCIENTIFIC)
#: What was amiss with cells, and why ids are nobody's any more.
_CODED = "signs in codes or of full width"
_MENDED, _SHORTENED = "invisible characters or HTML entities", "numbers in scientific notation"
#: What is written in codes: a web page's tags, an address's percent signs, escapes of JSON and of SharePoint, UTF-8
#: that was read as cp1252; and letters as wide as those of Japanese.
_DECIMAL = re.compile(r"([0-9]+)[.,]0+")
_CODES = re.compile(
    r"<[^<>@]+>|%[0-9A-Fa-f]{2}|\\[ux][0-9A-Fa-f]{2}|_x[0-9A-Fa-f]{4}_|[\u00c2-\u00c5\u00e2\uff01-\uff5e]"
)
_TAG = re.compile(r"</?(?:b|i|u|p|a|em|strong|span|div|br|font|li|ul|td|tr|small)\b[^<>@]*>|<!\[CDATA\[|\]\]>")
_NARROW = {wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)}
_ESCAPE = re.compile(r"\\u([0-9A-Fa-f]{4})|\\x([0-9A-Fa-f]{2})|_x([0-9A-Fa-f]{4})_")
#: Placeholders that a note shows.
_SHOWN = 4


@dataclass(eq=False)
class Cleaned:
    """The columns of a directory by their position.

    Attributes:
        raw: as text, as they stand; missing where they are blank or a placeholder.
        texts: the same as they look: blanks single, entities decoded.
        ids: the same as ids of a person; missing where they are not ids.
        placeholders: field or heading -> cells.
        mended: what was amiss with ids or texts -> cells.
        lost: reason -> ids that are nobody's any more.
        words: the placeholders met.
        units: departments that were distinguished names.
    """

    raw: dict[int, "pd.Series[Any]"] = field(default_factory=dict)
    texts: dict[int, "pd.Series[Any]"] = field(default_factory=dict)
    ids: dict[int, "pd.Series[Any]"] = field(default_factory=dict)
    placeholders: dict[str, int] = field(default_factory=dict)
    mended: dict[str, int] = field(default_factory=dict)
    lost: dict[str, int] = field(default_factory=dict)
    words: Counter[str] = field(default_factory=Counter)
    units: int = 0

    def notes(self, where: str) -> list[str]:
        """What is to be said of placeholders and of distinguished names."""
        said: list[str] = [Said("read", "units", where=where, count=self.units)] if self.units else []
        if not self.placeholders:
            return said
        fields = [Said("check", "reason", reason=name, count=count) for name, count in self.placeholders.items()]
        some = ", ".join(repr(word) for word, _ in self.words.most_common(_SHOWN))
        total = sum(self.placeholders.values())
        return [*said, Said("read", "placeholders", where=where, count=total, some=some, fields=fields)]


def without_no_rows(table: Whole, located: Mapping[str, int], keep: Collection[str]) -> dict[str, int]:
    """Take the rows that are not people out of a table (rules, totals, vacant posts), and count them by reason.

    Args:
        table: as it was read.
        located: field -> position of its column.
        keep: values that look like placeholders but are not.
    """
    found = _without_lines(table)
    for reason, rows in ((TITLE, titles_of_groups), (VACANT, partial(vacancies, keep=keep))):
        none = rows(table.rows, located)
        if none.any():
            table.rows, table.lines = table.rows[~none], table.lines[~none]
            found[reason] = int(none.sum())
    return found


def _without_lines(table: Whole) -> dict[str, int]:
    """Take out rules, headings again and totals."""
    if not all(map(pd.api.types.is_string_dtype, table.rows.dtypes)):
        return {}
    headings = [str(name) for name in table.rows.columns]
    columns = (table.rows.iloc[:, position] for position in range(len(headings)))
    texts = (column.where(column.notna(), "").astype(str).tolist() for column in columns)
    reasons = [why_no_row(row, headings, KNOWN) for row in zip(*texts, strict=True)]
    none = pd.Series([reason is not None for reason in reasons], index=table.rows.index)
    if none.any():
        table.rows, table.lines = table.rows[~none], table.lines[~none]
    return dict(sorted(Counter(reason for reason in reasons if reason is not None).items()))


def cleaned_cells(table: Whole, located: Mapping[str, int], keep: Collection[str]) -> Cleaned:
    """All the cells of a table, cleaned.

    Args:
        table: as it was read.
        located: field -> position of its column.
        keep: values that look like placeholders but are not.
    """
    cells = Cleaned()
    names = {position: name for name, position in located.items()}
    for position, heading in enumerate(table.rows.columns):
        named = names.get(position) == "name" or folded(str(heading)) in _NAMES
        _clean_column(cells, table.rows.iloc[:, position], position, names.get(position, str(heading)), named, keep)
    return cells


def _clean_column(
    cells: Cleaned, values: "pd.Series[Any]", position: int, label: str, named: bool, keep: Collection[str]
) -> None:
    # Most columns hold few values many times: each is looked at once.
    code, stated = pd.factorize(_as_text(values))
    counts = np.bincount(code[code >= 0], minlength=len(stated)).tolist()
    # The last stands for what is missing, whose code is -1.
    texts, raw, ids = (np.full(len(stated) + 1, None, dtype=object) for _ in range(3))
    words: Counter[str] = Counter()
    kept = {word.lower() for word in keep}
    cleaned = list(map(clean_text, stated.tolist()))
    plain = _without_codes(cleaned)
    for text, count in zip(cleaned, counts, strict=True):
        if text in plain:
            how = KINDS[DECIMAL] if _DECIMAL.fullmatch(text) else _CODED
            cells.mended[how] = cells.mended.get(how, 0) + count
    cleaned = [plain.get(text, text) for text in cleaned]
    if label == "department" and (units := names_of_units(cleaned)):
        cells.units += sum(count for text, count in zip(cleaned, counts, strict=True) if text in units)
        cleaned = [units.get(text, text) for text in cleaned]
    is_nothing = is_no_name if named else is_placeholder
    numbered = label == "department" and are_numbered([text for text in cleaned if text])
    for at, (value, text, count) in enumerate(zip(stated.tolist(), cleaned, counts, strict=True)):
        if not text:
            continue
        is_kept = text.lower() in kept
        no_unit = label == "department" and is_no_department(text, numbered=numbered)
        if not is_kept and (no_unit or is_nothing(text)):
            words[text] += count
            continue
        texts[at], raw[at] = text, value
        ids[at] = text if is_kept else clean_id(value)
        if visible(value) != value:
            cells.mended[_MENDED] = cells.mended.get(_MENDED, 0) + count
        if ids[at] is None and _SCIENTIFIC.match(text):
            cells.lost[_SHORTENED] = cells.lost.get(_SHORTENED, 0) + count
    if words:
        cells.placeholders[label] = cells.placeholders.get(label, 0) + words.total()
        # Of those met as often, a note shows the one first.
        cells.words.update(dict(words.most_common()))
    for held, meant in ((cells.texts, texts), (cells.raw, raw), (cells.ids, ids)):
        held[position] = pd.Series(meant[code], index=values.index, dtype="str")


def _without_codes(texts: Collection[str]) -> dict[str, str]:
    """Those of the texts of a column that are others of them, written in codes, and which.

    Examples:
        >>> _without_codes(["10", "10.0", "20.0", "2.5"])
        {'10.0': '10'}
        >>> _without_codes(["R&D", "R%26D", "R\\\\u0026D", "<b>R&D</b>", "Qualité", "QualitÃ©", "100%25"])
        {'R%26D': 'R&D', 'R\\\\u0026D': 'R&D', '<b>R&D</b>': 'R&D', 'QualitÃ©': 'Qualité'}
    """
    coded = [text for text in texts if _CODES.search(text)]
    others = set(texts) if coded else set()
    found: dict[str, str] = {}
    # A spreadsheet made some of the numbers decimal ones.
    for text in texts:
        if (decimal := _DECIMAL.fullmatch(text)) and decimal[1] in texts:
            found[text] = decimal[1]
    for text in coded:
        meant = _TAG.sub("", _ESCAPE.sub(lambda code: chr(int(code[1] or code[2] or code[3], 16)), unquote(text)))
        with suppress(UnicodeError):
            meant = meant.encode("cp1252").decode("utf-8")
        meant = clean_text(meant.translate(_NARROW))
        if meant and meant != text and meant in others:
            found[text] = meant
    return found


def _as_text(values: "pd.Series[Any]") -> np.ndarray:
    """A column as text, missing where it is; whole numbers lose their '.0'."""
    if pd.api.types.is_float_dtype(values) and (values.dropna() % 1 == 0).all():
        values = values.astype("Int64")
    texts: np.ndarray = values.astype("string").to_numpy(dtype=object, na_value=None)
    return texts
