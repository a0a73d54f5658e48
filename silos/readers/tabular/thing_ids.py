"""Ids of messages and conversations that are none: placeholders, and numbers whose last digits a spreadsheet cut off.

All rows with one such id would be one message. What nearly every id shows, a digit other than 0, is looked for first:
there are as many ids of messages as rows, and each test costs something for each of them.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from silos.engines.quoting import literal
from silos.locales.said import Said
from silos.readers.reader import Request
from silos.readers.tabular import ids
from silos.readers.tabular.placeholders import is_placeholder
from silos.readers.tabular.scan import Column, Scan, rows_of

#: Fields with such ids; that of a trace serves where a mail has none.
FIELDS = ("event", "thread", "network")
#: Suspects of a column that are looked at, the most frequent first.
MOST_SUSPECTS = 1_000
#: Zeros behind the fifteenth digit, of all ids of a sample together, from which a spreadsheet put them there.
ZEROS = 6
#: What a number of 64 bits with a point can hold without gaps.
EXACT = 2**53

#: Stands for all ids that lost digits.
_LOST = "\x01"
_LONG, _ROUNDED = re.compile(r"[0-9]{16,20}"), r"[0-9]{15}0{1,5}"
_NOBODY = re.compile(r"0+(?:[.,]0+)?|-1")
_NIL = re.compile(r"\W*0(?:[\W_]*0)*\W*")
#: Placeholders that a note shows.
_SHOWN = 4


@dataclass(frozen=True)
class ThingIds:
    """What a column of ids of messages or conversations holds that is none.

    Attributes:
        placeholders: those met, as they stand.
        rows: that hold one.
        lost: rows whose id lost digits.
        rounded: whether numbers lost digits without showing it.
    """

    placeholders: tuple[str, ...] = ()
    rows: int = 0
    lost: int = 0
    rounded: bool = False

    def without(self, column: Column) -> Column:
        """The column with nothing where there is no id."""
        if not self.rows and not self.lost:
            return column
        text = column.text
        none = [f"trim({text}) in ({', '.join(map(literal, self.placeholders))})"] if self.rows else []
        none += [sql_lost(column, self.rounded)] if self.lost else []
        kept = f"case when not coalesce({' or '.join(none)}, false) then {text} end"
        return Column(column.heading, kept, "VARCHAR", bare=column.bare)

    def notes(self, name: str, column: Column) -> list[str]:
        """What is to be said of it."""
        said: list[str] = []
        heading = repr(column.heading)
        if self.rows:
            some = ", ".join(map(repr, self.placeholders[:_SHOWN]))
            said.append(Said("read", "things_blank", name=name, count=self.rows, column=heading, some=some))
        if self.lost:
            said.append(Said("read", "things_lost", name=name, count=self.lost, column=heading))
        return said


def is_rounded(values: Iterable[str]) -> bool:
    """Whether long numbers end in zeros behind their fifteenth digit, as those that a spreadsheet has read.

    Examples:
        >>> ids = ["198765432109876000", "198765432109877000"]
        >>> is_rounded(ids), is_rounded([*ids, "198765432109876123"])
        (True, False)
        >>> is_rounded(["1736154000000000", "1736154060000000", "1736157000000000", "1736154090000000"] * 2)
        False
    """
    long = {value for value in map(str.strip, values) if _LONG.fullmatch(value)}
    if all(value[14] == "0" for value in long):  # times in whole seconds, counted in smaller parts
        return False
    return all(re.fullmatch(_ROUNDED, value) for value in long) and sum(len(value) - 15 for value in long) >= ZEROS


def sql_suspect(column: Column, rounded: bool) -> str:
    """SQL of an id that may be none: as it stands, a mark for those that lost digits, null for all others."""
    text = column.text
    lost = f"when {sql_lost(column, rounded)} then chr(1) "
    if not column.is_text:
        return f"case {lost}when {text} in ('0', '-1') then {text} end"
    numbered = " ".join(f"when contains({text}, '{digit}') then null" for digit in "123456789")
    return f"case {lost}when {text} = '-1' then {text} {numbered} else nullif(trim({text}), '') end"


def sql_lost(column: Column, rounded: bool) -> str:
    """SQL of whether an id lost digits."""
    text = column.text
    if not column.is_text:
        return f"coalesce(abs({column.sql}) > {EXACT}, false)" if column.type == "DOUBLE" else "false"
    digits, exponent = (f"regexp_extract(trim({text}), {literal(ids.SCIENTIFIC)}, {group})" for group in (2, 4))
    short = f"length({digits}) <> try_cast({exponent} as integer)"
    zeros = f"regexp_full_match(trim({text}), {literal(_ROUNDED)})" if rounded else "false"
    marked = f"contains({text}, 'E+') or contains({text}, 'e+')"
    return f"case when {marked} then coalesce({short}, false) when strlen({text}) > 15 then {zeros} else false end"


def found(suspects: Sequence[tuple[str, int]], column: Column, scan: Scan, request: Request, rounded: bool) -> ThingIds:
    """What the suspects of a column, with the rows of each, come to."""
    none: dict[str, int] = {}
    for value, rows in suspects:
        if value != _LOST and (_NIL.fullmatch(value) or _NOBODY.fullmatch(value) or is_placeholder(value)):
            none[value] = rows
    following = {value: _following(value) for value in none if _NIL.fullmatch(value) or _NOBODY.fullmatch(value)}
    if following:
        # Where ids are counted from 0 on, that is one.
        there = _of(set().union(*following.values()), column, scan, request)
        none = {value: rows for value, rows in none.items() if not there & following.get(value, set())}
    lost = sum(rows for value, rows in suspects if value == _LOST)
    return ThingIds(tuple(none), sum(none.values()), lost, rounded)


def _following(value: str) -> set[str]:
    """The ids of which one follows where ids are counted from this one on.

    Examples:
        >>> sorted(_following("0000")), sorted(_following("0-0")), _following("-1")
        (['0001', '1', '1000'], ['0-1', '1', '1-0'], {'1'})
    """
    last = value.rfind("0")
    ends = {value[:last] + "1" + value[last + 1 :], value.replace("0", "1", 1)} if last >= 0 else set()
    return ends | {"1"}


def _of(ids: Iterable[str], column: Column, scan: Scan, request: Request) -> set[str]:
    """Which of some ids a column holds."""
    text = f"trim({column.text})"
    some = ", ".join(map(literal, sorted(ids)))
    query = f"select distinct {text} from {scan.sql} where {text} in ({some})"
    return {value for (value,) in rows_of(query, request.connection, scan.files[0])}
