"""Times of day in a column of their own beside that of the dates, as spreadsheets and databases leave them."""

import re
from collections.abc import Sequence

from silos.readers.tabular.columns import bare, folded
from silos.readers.tabular.day_halves import sql_with_halves, with_halves
from silos.readers.tabular.numeric_times import LATEST_SERIAL, SERIALS

#: Headings, folded, that are those of a time of day.
CLOCKS = frozenset(("time", "heure", "hour", "uhrzeit", "zeit", "hora", "ora", "tijd"))
#: Words of headings of a time of day: "Heure d'envoi", "Time of day".
_WORDS = CLOCKS | frozenset(
    """
    clock hr hrs hours heures horas ore tijdstip sendezeit sendeuhrzeit versandzeit empfangszeit startzeit verzendtijd
    godzina czas horário horario orario klockslag tid tidspunkt kello aika čas saat idő время час
    時刻 時間 时间 시간 시각
    """.split()  # noqa: SIM905 - a list of words reads better as words
)
#: Headings, folded, of the hour alone; "hours" may be how many somebody worked.
_HOURS = frozenset(("hour", "hourofday", "heure", "stunde", "hora", "ora", "uur", "godzina", "時", "時間", "시"))
#: Words beside them of what is no time of day, or not that at which it began.
_OTHERS = frozenset(
    """
    duration durée dauer duración durata duração duur length elapsed spent total response zone zeitzone end ende fin
    fine fim einde ended ends working worked saved left remaining
    """.split()  # noqa: SIM905
)
#: The day that programs put before a time without one.
_NO_DAY = r"(?:1899-12-3[01]|1900-01-0[01]|1970-01-01|3[01]/12/1899|12/3[01]/1899|0?[01]/0?1/1900|0?1/0?1/1970)[ T]+"
_ZONE = r"(?: ?(?:Z|[A-Za-z]{2,5}|(?:UTC|GMT)?[+-]\d{1,2}(?::?\d{2})?))?"
_CLOCK = re.compile(
    rf"(?:T|{_NO_DAY})?\d{{1,2}}[:hH.]\d{{2}}(?:[:.]\d{{2}}(?:[.,]\d+)?)?(?:\s?[AaPp]\.?\s?[Mm]\.?)?{_ZONE}"
)
_DIGITS = re.compile(r"(?:[01]?\d|2[0-3])[0-5]\d(?:[0-5]\d)?|[0-5]?\d")
_HOUR = re.compile(r"[01]?\d|2[0-3]")
_FRACTION = re.compile(r"0[.,]\d+|0")
#: Digits of a fraction of a day, at least: 9.30 is a time of the clock.
_DIGITS_OF_DAY = 3
#: What a date without a time of day ends in where a program keeps one.
_MIDNIGHT = r"(?:T| +)0?0:00(?::00(?:[.]0+)?)?(?: ?[Zz]| ?UTC)?$"
_COMPACT = re.compile(r"(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])")


def is_clock(heading: str) -> bool:
    """Whether a heading is that of a time of day.

    Examples:
        >>> [is_clock(heading) for heading in ("Heure d'envoi", "Time (CET)", "Duration", "End time", "Time zone")]
        [True, True, False, False, False]
    """
    words = set(re.split(r"[\W_\d]+", bare(heading).casefold())) | {folded(bare(heading))}
    return bool(words & _WORDS) and not words & _OTHERS


def sql_day(text: str, values: Sequence[str]) -> str | None:
    """SQL of the dates of a column without their time of day; None if they have one.

    Args:
        text: SQL of the column.
        values: some of it.

    Examples:
        >>> sql_day("t", ["2025-01-06 09:00"]) is None, sql_day("t", ["Thu, 06 Mar 2025"])
        (True, 'trim(t)')
    """
    stated = [value.strip() for value in values if value.strip()]
    plain = [re.sub(_MIDNIGHT, "", value) for value in stated]
    if not plain or any(re.search(r":|\d ?[hH]|[T ]\d{1,2}[.]\d\d$", value) for value in plain):
        return None
    numbers = [value for value in plain if value.isdigit()]
    if numbers and len(numbers) < len(plain):
        return None
    if numbers and all(_COMPACT.fullmatch(value) for value in numbers):
        return rf"regexp_replace(trim({text}), '^(\d{{4}})(\d\d)(\d\d)$', '\1-\2-\3')"
    if numbers:
        if not all(SERIALS[0] <= int(value) <= LATEST_SERIAL for value in numbers):
            return None
        return f"strftime(date '1899-12-30' + try_cast(trim({text}) as integer), '%Y-%m-%d')"
    return f"trim({text})" if plain == stated else f"regexp_replace(trim({text}), '{_MIDNIGHT}', '')"


def sql_clock(text: str, values: Sequence[str], *, heading: str = "") -> str | None:
    """SQL of the times of day of a column as a clock shows them; None if they are none.

    Args:
        text: SQL of the column.
        values: some of it.
        heading: of the column, which may say that its numbers are hours.

    Examples:
        >>> sql_clock("t", ["09:00", "9:30 PM"]), sql_clock("t", ["00:30 of it"])
        ('trim(t)', None)
        >>> sql_clock("t", ["9", "14"], heading="Hour"), sql_clock("t", ["9", "14"]) is None
        ("trim(t) || ':00'", True)
    """
    stated = [value.strip() for value in values if value.strip()]
    if not stated:
        return None
    if folded(bare(heading)) in _HOURS and all(map(_HOUR.fullmatch, stated)):
        return f"trim({text}) || ':00'"
    plain = [with_halves(value) for value in stated]
    if plain != stated:
        text, stated = sql_with_halves(f"trim({text})"), plain
    if all(map(_FRACTION.fullmatch, stated)) and max(map(len, stated)) >= len("0.") + _DIGITS_OF_DAY:
        seconds = f"try_cast(round(try_cast(replace(trim({text}), ',', '.') as double) * 86400) as bigint)"
        return f"strftime(make_timestamp({seconds} * 1000000), '%H:%M:%S')"
    if all(map(_DIGITS.fullmatch, stated)) and max(map(len, stated)) >= len("930"):
        padded = f"case when length(trim({text})) % 2 = 1 then '0' || trim({text}) else trim({text}) end"
        # Numbers lose their zeros: 5 is five past midnight beside 930, and 500 five past midnight beside 90000.
        lost = not any(value.startswith("0") and len(value) > 1 for value in stated)
        width = 0 if not lost else 6 if max(map(len, stated)) > 4 else 4
        padded = f"case when length(trim({text})) < {width} then lpad(trim({text}), {width}, '0') else {padded} end"
        pairs = rf"regexp_replace({padded}, '^(\d\d)(\d\d)(\d\d)?$', '\1:\2:\3')"
        return f"rtrim({pairs}, ':')"
    if not all(map(_CLOCK.fullmatch, stated)):
        return None
    clock = f"trim({text})"
    if any(not value[0].isdigit() or re.match(_NO_DAY, value) for value in stated):
        clock = f"regexp_replace({clock}, '^(?:T|{_NO_DAY})', '')"
    if any(re.search(r"\d[.hH]\d\d(?![\d])", value) for value in stated):
        clock = rf"regexp_replace({clock}, '^(\d{{1,2}})[.hH](\d\d)(?:[.:](\d\d))?', '\1:\2:\3')"
        clock = rf"regexp_replace({clock}, ':( |$)', '\1')"
    return clock
