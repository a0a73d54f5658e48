"""Ids with a decimal point that were numbers on their way: 1.10 is 1.1 then, and two people are one."""

import re
from collections.abc import Iterable, Mapping, Sequence

from silos.engines.quoting import literal
from silos.locales.said import Said
from silos.readers.reader import Request
from silos.readers.tabular.scan import Column, Scan, rows_of
from silos.readers.tabular.time_columns import sample

#: An id that may have been a number with decimals, and one that shows it was none: it kept the 0 at its end.
_DECIMAL, _KEPT = r"[0-9]+[.][0-9]*[1-9]", r"[0-9]+[.][0-9]*[1-9]0+"


def were_numbers(ids: Iterable[str], *, typed: bool) -> bool:
    """Whether ids with decimals may have lost a 0 at their end.

    Args:
        ids: of a column, or some of them.
        typed: whether they are numbers now; text may have been.

    Examples:
        >>> were_numbers(["1.1", "1.2"], typed=True), were_numbers(["1.1", "1.2"], typed=False)
        (True, True)
        >>> were_numbers(["1.1", "1.10"], typed=False), were_numbers(["1001", "7.0", "ann.1"], typed=True)
        (False, False)
    """
    stated = {one.strip() for one in ids}
    some = any(re.fullmatch(_DECIMAL, one) for one in stated)
    return some and (typed or not any(re.fullmatch(_KEPT, one) for one in stated))


def notes_on_decimals(scan: Scan, columns: Mapping[str, Column], fields: Sequence[str], request: Request) -> list[str]:
    """A note for each column of a log with such ids."""
    said: list[str] = []
    for column in (columns[name] for name in fields if name in columns and not columns[name].is_list):
        fractions = column.type in ("DOUBLE", "FLOAT") or column.type.startswith("DECIMAL")
        if fractions or (column.is_text and were_numbers(sample(scan, column, column.text, request), typed=True)):
            text = f"trim({column.text})"
            # One id that kept its 0 is enough for all.
            query = (
                f"select min({text}) filter (regexp_full_match({text}, {literal(_DECIMAL)})), "
                f"min({text}) filter (regexp_full_match({text}, {literal(_KEPT)})) from {scan.sql}"
            )
            [found] = rows_of(query, request.connection, scan.files[0])
            if were_numbers(filter(None, found), typed=fractions):
                said.append(note(scan.files[0], column.heading))
    return said


def note(name: str, heading: str) -> str:
    """What is to be said of a column with such ids."""
    return Said("read", "decimal_ids", name=name, column=repr(heading))
