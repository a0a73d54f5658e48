"""Times as exports write them, to UTC.

How a column writes its times is told from the shapes of all its values. ISO 8601 is what it is; what numbers are, the
whole column tells (`silos.readers.tabular.numeric_times`), as it tells whether a numeric date whose year stands last is
day-first or month-first, over all files of the log.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from silos.engines.quoting import literal
from silos.errors import SilosError
from silos.readers.tabular.compact_times import (
    EITHER,
    YEAR_LAST,
    clock_of_digits,
    form_of_digits,
    says_date,
    year_first,
    year_last,
)
from silos.readers.tabular.loose_times import ENGLISH, Loose, loosened
from silos.readers.tabular.loose_times import together as all_of
from silos.readers.tabular.numeric_times import (
    EPOCH,
    FORMS,
    SERIAL,
    Numbers,
    form_of_numbers,
    names_unit,
    sql_time,
    together,
)
from silos.readers.tabular.shapes import Shape, shapes_of

__all__ = ["EPOCH", "ISO", "SERIAL", "DateOrder", "DateOrderError", "Writing"]

DateOrder = Literal["day-first", "month-first"]
DATE_ORDERS: tuple[DateOrder, ...] = ("day-first", "month-first")

ISO = "ISO 8601"

#: A time outside is a placeholder (0001-01-01, infinity) or a misreading.
EARLIEST, LATEST = "1800-01-01", "2200-01-01"

_OTHER = {EPOCH: SERIAL, SERIAL: EPOCH}

#: Stand for day and month, in the order yet to be decided.
_FIRST, _SECOND = "%1", "%2"

_ZONE = r"(?P<zone> ?(?:Z|UTC|GMT|[+-]\d{2}(?::?\d{2})?))?"
_CLOCK = (
    r"(?:(?P<gap>T|,? +|, ?)(?P<hour>\d{1,2})(?P<mark>[:hH.])(?P<minute>\d{2})"
    r"(?:(?P<mark2>[:.])(?P<second>\d{2})(?P<fraction>[.,]\d{1,9})?)?(?P<half> ?[AaPp][Mm])?)?" + _ZONE
)
_NUMERIC = re.compile(r"(?P<a>\d{1,4})(?P<mark0>[-/.])(?P<b>\d{1,2})(?P=mark0)(?P<c>\d{1,4})" + _CLOCK)
_COMPACT = re.compile(r"(?:19|20)\d{2}[01]\d[0-3]\d(?P<rest>T?\d{4}(?P<second>\d{2})?)?(?P<zone>Z)?")
_SPELT = re.compile(
    r"(?P<weekday>[A-Za-z]{3,9},? )?(?:(?P<day>\d{1,2})(?P<g1>[ -])(?P<month>[A-Za-z]{3,9})|"
    r"(?P<month2>[A-Za-z]{3,9}) +(?P<day2>\d{1,2}))(?P<g2>, ?| |-)(?P<year>\d{4}|\d{2}(?!\d))" + _CLOCK
)
_NUMBER = re.compile(r"-?\d{1,19}(?:[.,]\d+)?")

#: Clocks tried after those of the first rows, in case a later row writes another.
_CLOCKS = ("", " %H:%M", " %H:%M:%S", " %H:%M:%S.%f", " %I:%M %p", " %I:%M:%S %p")


class DateOrderError(SilosError):
    """A column of dates can be read in two ways, or in none."""


@dataclass(frozen=True)
class Writing:
    """How a column writes its times.

    Attributes:
        forms: `ISO`, `EPOCH`, `SERIAL` or formats of strptime, the most frequent first.
        strange: shapes of values that are no time ("Aaa 99"), a few of them.
        unread: rows of such values.
        loose: what must be done to values before; None if nothing.
    """

    forms: tuple[str, ...]
    strange: tuple[str, ...] = ()
    unread: int = 0
    loose: Loose | None = None

    @property
    def undecided(self) -> bool:
        """Whether the order of day and month must be known to read it."""
        return any(_FIRST in form for form in self.forms)


def writing_of(sample: Iterable[str], *, heading: str = "") -> Writing:
    """How the times of a column are written.

    Args:
        sample: all its values, or some.
        heading: of the column, which may name the unit of numbers.

    Examples:
        >>> writing_of(["2024-05-03T10:00:00Z", "2024-05-03"]).forms
        ('ISO 8601',)
        >>> writing_of(["1714730400", "1714730401.5"]).forms
        ('epoch',)
        >>> writing_of(["45663", "45663.07", "45663,07"]).forms
        ('serial',)
        >>> writing_of(["03/05/2024 10:00"]).forms[0], writing_of(["Fri, 3 May 2024 10:00:00 +0200"]).forms[0]
        ('%1/%2/%Y %H:%M', '%a, %d %b %Y %H:%M:%S %z')
        >>> writing_of(["soon"])
        Writing(forms=(), strange=('aaaa',), unread=1, loose=None)
    """
    return writing_of_shapes(shapes_of(sample), heading=heading)


def writing_of_shapes(shapes: Iterable[Shape], *, heading: str = "") -> Writing:
    """How the times of a column are written that has these shapes, those of all its rows.

    Numbers that would span a century, read as times, are not times.
    """
    counts: Counter[str] = Counter()
    numbers: list[Numbers] = []
    strange: Counter[str] = Counter()
    edited: list[Loose] = []
    for shape in shapes:
        low, high = shape.low.strip(), shape.high.strip()
        form = form_of(low) or form_of(high)
        if form is None and (low or high):
            (low, done), (high, also) = loosened(low), loosened(high)
            form = form_of(low) or form_of(high)
            edited += [done, also] if form else []
        meant = _unlike(form, low, high, heading)
        if meant == form and (form == EPOCH or (form and form != form_of(high) and _NUMBER.fullmatch(high))):
            ends = [float(end.replace(",", ".")) for end in (low, high)]
            numbers.append(Numbers(min(ends), max(ends), shape.rows, shape.text.startswith("#"), shape.tens))
        elif meant:
            counts[meant] += shape.rows
        elif low or high:
            strange[shape_of(shape.low.strip() or shape.high.strip())] += shape.rows
    if numbers:
        joined = together(numbers)
        form = form_of_numbers(joined, heading=heading)
        if form:
            counts[form] += joined.rows
            # A few numbers of the other kind, which cannot be taken for it, are still what they are.
            if form in _OTHER and sum(group.rows for group in numbers) > joined.rows:
                counts[_OTHER[form]] += 1
        else:
            strange.update({shape_of(f"{end:g}"): joined.rows for end in (joined.low, joined.high)})
    if rows := counts.pop(EITHER, 0):
        # Others of the column show which of their numbers is the day.
        shown = next((form for form in YEAR_LAST if form in counts), None)
        if shown:
            counts[shown] += rows
        else:
            strange["9" * len("ddmmyyyy")] += rows
    if not counts:
        return Writing((), tuple(strange)[:3], strange.total()) if strange else Writing((ISO,))
    forms = [form for form, _ in sorted(counts.items(), key=lambda item: (-item[1], item[0]))]
    for date in dict.fromkeys(form[:8] for form in forms if form.startswith(_FIRST)):
        forms += [date + clock for clock in _CLOCKS if date + clock not in forms]
    return Writing(tuple(forms), tuple(strange)[:3], strange.total(), all_of(edited) if edited else None)


def _unlike(form: str | None, low: str, high: str, heading: str) -> str | None:
    """The form of values that may be dates of another kind than they look, None where it is open which.

    Args:
        form: what they look like.
        low, high: the least and the greatest of them.
        heading: of the column.
    """
    if form == EPOCH and clock_of_digits(low, high) and not names_unit(heading):
        return None
    if form == EPOCH and not names_unit(heading) and (last := year_last(low, high)):
        return last
    if form == EPOCH and (digits := form_of_digits(low, high)):
        # Six or seven digits may count seconds, too.
        sure = len(low) >= len("yymmddHHMM") or says_date(heading)
        return digits if sure else EPOCH if names_unit(heading) else None
    if form and form.startswith(_FIRST) and "%y" in form:
        first = year_first(low, high)
        mark = form[2]
        return None if first is None else f"%y{mark}%m{mark}%d{form[8:]}" if first else form
    return form


def form_of(value: str) -> str | None:
    """How one time is written; `EPOCH` of any number, which only its column tells more of; None if it is not a time."""
    if match := _NUMERIC.fullmatch(value):
        a, mark, c = match["a"], match["mark0"], match["c"]
        clock = _clock(match)
        if len(a) == 4 and len(c) <= 2:
            plain = mark in "-/" and match["gap"] in (None, "T", " ") and match["half"] is None
            return ISO if plain and match["mark"] in (None, ":") else f"%Y{mark}%m{mark}%d{clock}"
        if len(a) <= 2 and len(c) in (2, 4):
            return f"{_FIRST}{mark}{_SECOND}{mark}{'%Y' if len(c) == 4 else '%y'}{clock}"
        return None
    if match := _COMPACT.fullmatch(value):
        rest = match["rest"] or ""
        gap = "T" if rest.startswith("T") else ""
        seconds = "%S" if match["second"] else ""
        if gap or not rest or seconds:
            return "%Y%m%d" + (f"{gap}%H%M{seconds}" if rest else "") + (match["zone"] or "")
    if _NUMBER.fullmatch(value):
        return EPOCH
    # A year of two digits stands behind a day alone: "06-Jan-25".
    if (match := _SPELT.fullmatch(value)) and (match["day"] or len(match["year"]) == 4):
        if not ENGLISH.fullmatch(match["month"] or match["month2"]):
            return None
        weekday = ""
        if match["weekday"]:
            name = match["weekday"].rstrip(", ")
            weekday = ("%a" if len(name) == 3 else "%A") + match["weekday"][len(name) :]
        month = "%b" if len(match["month"] or match["month2"]) == 3 else "%B"
        date = f"%d{match['g1']}{month}" if match["day"] else f"{month} %d"
        return f"{weekday}{date}{match['g2']}{'%Y' if len(match['year']) == 4 else '%y'}{_clock(match)}"
    return None


def _clock(match: "re.Match[str]") -> str:
    """The part of a format after the date."""
    form = ""
    if match["hour"]:
        half = match["half"]
        form = f"{match['gap']}{'%I' if half else '%H'}{match['mark']}%M"
        if match["second"]:
            form += f"{match['mark2']}%S"
        if match["fraction"]:
            form += match["fraction"][0] + ("%f" if len(match["fraction"]) <= 7 else "%n")
        if half:
            form += f"{' ' if half.startswith(' ') else ''}%p"
    if match["zone"]:
        zone = match["zone"].strip()
        form += (" " if match["zone"].startswith(" ") else "") + (zone if zone.isalpha() else "%z")
    return form


def shape_of(value: str) -> str:
    """What a value looks like without saying what it is: digits as 9, letters as a, cut short.

    Examples:
        >>> shape_of("Mon 12h")
        'Aaa 99a'
    """
    shape = re.sub(r"\d", "9", value[:30])
    shape = re.sub(r"[^\W\d_]", lambda letter: "A" if letter[0].isupper() else "a", shape)
    return shape if len(value) <= 30 else f"{shape}…"


def utc(column: str, writing: Writing, order: DateOrder | None) -> str:
    """SQL that makes a column of text a UTC timestamp, null where it cannot be understood.

    Args:
        column: SQL of the text.
        writing: how the column writes times.
        order: of day and month, where that matters.
    """
    found = _parsed(column, writing, order)
    if writing.loose is not None:
        # The edited text is used several times.
        time = writing.loose.utc("t", lambda text: _parsed(text, writing, order))
        found = f"coalesce({found}, list_transform([{writing.loose.text(column)}], lambda t: {time})[1])"
    return plausible(found)


def _parsed(column: str, writing: Writing, order: DateOrder | None) -> str:
    """SQL of the first reading of a text that gives a time."""
    candidates: list[str] = []
    if writing.strange or writing.loose:
        # DuckDB takes a zone that it does not know for UTC, in silence.
        worded, known = "(?i)[0-9] ?[a-z(][^0-9]*$", "(?i)[0-9] ?(z|utc|gmt|[ap]m)$"
        unknown = f"regexp_matches({column}, '{worded}') and not regexp_matches({column}, '{known}')"
        column = f"case when not coalesce({unknown}, false) then {column} end"
    for form in writing.forms:
        if form == ISO:
            # A plain cast drops an offset ('…+02:00'), a cast by way of `timestamptz` is slower: only where needed.
            candidates.append(
                f"case when suffix({column}, 'Z') or length({column}) = 10 "
                f"or (length({column}) = 19 and {column}[17] = ':') "
                f"then try_cast({column} as timestamp) "
                f"else cast(try_cast({column} as timestamptz) as timestamp) end"
            )
            candidates.append(
                "cast(try_cast(regexp_replace(replace(trim("
                f"{column}), ',', '.'), ' +([+-]\\d)', '\\1') as timestamptz) as timestamp)"
            )
        elif form in FORMS:
            candidates.append(sql_time(f"try_cast(replace({column}, ',', '.') as double)", form))
        else:
            pattern = form
            if _FIRST in form:
                day_first = order != "month-first"
                pattern = pattern.replace(_FIRST, "%d" if day_first else "%m")
                pattern = pattern.replace(_SECOND, "%m" if day_first else "%d")
            candidates.append(f"cast(try_strptime({_padded(column, form)}, {literal(pattern)}) as timestamp)")
            if "%I" in pattern and pattern.endswith("%p"):
                # "14:30 PM" and "00:30 AM" are of a clock of 24 hours.
                whole = r"(?i)[ T](?:(?:1[3-9]|2[0-3])[:hH.].*p|0?0[:hH.].*a)m$"
                pattern = pattern.replace("%I", "%H").removesuffix("%p").rstrip()
                clock = f"regexp_replace({column}, ' ?[AaPp][Mm]$', '')"
                found = f"cast(try_strptime({clock}, {literal(pattern)}) as timestamp)"
                candidates.append(f"case when regexp_matches({column}, {literal(whole)}) then {found} end")
    return f"coalesce({', '.join(candidates)})" if candidates else "cast(null as timestamp)"


def _padded(text: str, form: str) -> str:
    """SQL of a text of a form with the zero that a spreadsheet took from its beginning: 6012025."""
    return f"lpad(trim({text}), 8, '0')" if form in YEAR_LAST else text


def from_numbers(number: str, writing: Writing) -> str:
    """SQL that makes a column of numbers a UTC timestamp, null where it cannot be understood."""
    forms = [form for form in writing.forms if form in FORMS]
    return plausible(f"coalesce({', '.join(sql_time(number, form) for form in forms)})")


def plausible(time: str) -> str:
    """SQL that makes a time null where it is a placeholder."""
    return f"case when {time} >= timestamp '{EARLIEST}' and {time} < timestamp '{LATEST}' then {time} end"


def day_month(column: str, writing: Writing) -> str:
    """SQL of the two numbers of a date whose year stands last, as "3/4"; null for other values."""
    column = column if writing.loose is None else writing.loose.text(column)
    return f"nullif(regexp_extract({column}, '^\\s*(\\d{{1,2}}[-/.]\\d{{1,2}})[-/.]\\d', 1), '')"


def decided(pairs: Mapping[str, Sequence[tuple[int, int]]], *, name: str, column: str) -> DateOrder:
    """The order of day and month that all the dates of a column allow.

    Args:
        pairs: file -> the distinct (first, second) numbers of its dates.
        name: of the log.
        column: its heading.

    Raises:
        DateOrderError: both orders are possible and differ, or neither is.

    Examples:
        >>> decided({"a": [(3, 4), (25, 4)], "b": [(1, 2)]}, name="log", column="Date")
        'day-first'
        >>> decided({"a": [(3, 3)]}, name="log", column="Date")
        'day-first'
        >>> decided({"a": [(3, 4)]}, name="log", column="Date")
        Traceback (most recent call last):
        ...
        silos.readers.tabular.timestamps.DateOrderError: log: the dates in 'Date' can be read day-first (3 April) or
        month-first (4 March), and none of them shows which. Choose with --date-order day-first or --date-order
        month-first.
    """
    days = {file for file, both in pairs.items() if any(a > 12 >= b for a, b in both)}
    months = {file for file, both in pairs.items() if any(b > 12 >= a for a, b in both)}
    choose = "Choose with --date-order day-first or --date-order month-first."
    if days and months:
        where = "" if len(pairs) == 1 else f" ({sorted(days)[0]} day-first, {sorted(months)[0]} month-first)"
        raise DateOrderError(
            f"{name}: some dates in {column!r} can only be day-first, others only month-first{where}. "
            f"Split the log, or {choose[0].lower()}{choose[1:]}"
        )
    if days or months:
        return "day-first" if days else "month-first"
    either = sorted((a, b) for both in pairs.values() for a, b in both if a != b and 0 < a <= 12 and 0 < b <= 12)
    if not either:
        return "day-first"
    a, b = either[0]
    raise DateOrderError(
        f"{name}: the dates in {column!r} can be read day-first ({a} {_MONTHS[b - 1]}) or month-first "
        f"({b} {_MONTHS[a - 1]}), and none of them shows which. {choose}"
    )


_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
