"""Columns of numbers that are times: since 1970, as Excel keeps days, or since the log began.

A single number says little: 28800 is a day of 1978 in Excel, and eight in the morning in seconds. So all the numbers of
a column decide together: where the first and the last lie, whether they are whole, and whether all end in 0.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from silos.readers.tabular.compact_times import says_date

#: Forms of times that are numbers.
EPOCH, SERIAL, EPOCH_DAYS = "epoch", "serial", "days since 1970"
SECONDS, MILLISECONDS, DAYS = "seconds since the log began", "ms since the log began", "days since the log began"
MINUTES, HOURS = "minutes since the log began", "hours since the log began"
FILETIME, TICKS, WEBKIT = "Windows file times", ".NET ticks", "microseconds since 1601"
#: What is said of each: "the numbers in 't' were read as ...".
FORMS = (EPOCH, SERIAL, EPOCH_DAYS, SECONDS, MILLISECONDS, DAYS, MINUTES, HOURS, FILETIME, TICKS, WEBKIT)

#: Numbers that are days as Excel keeps them, since 1899-12-30: of 1990 to 2100. Nothing older is logged.
SERIALS = (32_874, 73_050)
#: Numbers that are days since 1970-01-01: of 1990 to 2060.
UNIX_DAYS = (7_305, 32_872)
SERIAL_1970 = 25_569
#: Nothing is logged after 2040: a column that reaches beyond holds seconds of the afternoon, not days.
LATEST_SERIAL, LATEST_UNIX_DAY = 51_136, 25_567
#: Months and weeks of 1990 to 2099 as numbers (202501, 202553; 2025.01), which are no times; the last week of a year.
MONTHS, LAST_WEEK = (199_001, 209_953), 53
#: Years as numbers, and how many of them a log may span: days since some log began would be all of one season.
YEARS, YEARS_AT_MOST = (1990, 2060), 20
#: Years of two digits, of this century and of the last, in a year and month as a number (2501, 9912).
LAST_SHORT_YEAR, FIRST_SHORT_YEAR = 39, 90
#: Numbers below are no times since 1970, which are seconds of 1973 at least.
EPOCH_FROM = 100_000_000
#: Numbers of 100 nanoseconds since 1601, as Windows counts (1990 to 2100), and since the year 1, as .NET does. In
#: nanoseconds since 1970, they would be of 1973, and of 1990.
FILETIMES = (122_760_000_000_000_000, 157_500_000_000_000_000)
TICKS_AT = (627_600_000_000_000_000, 662_500_000_000_000_000)
#: Numbers of microseconds since 1601, as Chrome counts (1990 to 2100). Since 1970, they would be of 2359.
WEBKITS = (12_276_000_000_000_000, 15_750_000_000_000_000)
#: A log that began so many times its own length before its first row began some other time, if its numbers are of 1990
#: to 2040 when they are days of Julius or of the year 1, or hours or minutes since 1970. Others are a part of a log.
LATE_START = 100
ELSEWHERE = ((2_447_892, 2_466_155), (726_468, 745_096), (175_320, 613_608), (10_519_200, 36_816_480))
#: Days that a log may span: times that would span a century are no times.
CENTURY = 36_525
#: Days that a log of whole days may span; the same numbers in seconds were an hour.
DAYS_AT_MOST = 3_660
#: Seconds beyond which numbers since the log began are milliseconds: ten years.
SECONDS_AT_MOST = 320_000_000
#: Numbers that all end in 0 count steps of seconds, and no days, if there are so many of them.
TENS = 10
#: Share of the rows that may lie outside what the others show, as placeholders (0, 9999) do.
STRAY = 0.01

_UNITS = (
    (
        MILLISECONDS,
        frozenset(("ms", "msec", "millis", "millisecond", "milliseconds", "millisekunden", "millisecondes")),
    ),
    (
        SECONDS,
        frozenset(("s", "sec", "secs", "second", "seconds", "sekunde", "sekunden", "seconde", "secondes", "sek")),
    ),
    (MINUTES, frozenset(("min", "mins", "minute", "minutes", "minuten", "minuto", "minutos", "minuti"))),
    (HOURS, frozenset(("hour", "hours", "hrs", "stunde", "stunden", "heures", "horas"))),
    (
        DAYS,
        frozenset(("day", "days", "tag", "tage", "jour", "jours", "dia", "dias", "giorno", "giorni", "dag", "dagen")),
    ),
)


_MICROSECONDS = {
    **{MILLISECONDS: 1_000, SECONDS: 1_000_000, MINUTES: 60_000_000, HOURS: 3_600_000_000},
    **{DAYS: 86_400_000_000, EPOCH_DAYS: 86_400_000_000},
}
#: Form -> its numbers, the seconds from their beginning to 1970, and how many make a microsecond.
_SINCE = {
    FILETIME: (FILETIMES, 11_644_473_600, 10),
    TICKS: (TICKS_AT, 62_135_596_800, 10),
    WEBKIT: (WEBKITS, 11_644_473_600, 1),
}


@dataclass(frozen=True)
class Numbers:
    """The numbers of a column, or those of them that are written alike.

    Attributes:
        low, high: the least and the greatest.
        rows: how many there are.
        whole: whether all are whole.
        tens: whether all are multiples of 10.
    """

    low: float
    high: float
    rows: int = 1
    whole: bool = True
    tens: bool = False


def together(groups: Iterable[Numbers]) -> Numbers:
    """All the numbers of a column but a few strays at either end."""
    ordered = sorted(groups, key=lambda group: group.low)
    stated = [group for group in ordered if group.high != 0]
    if stated and stated[0].low >= EPOCH_FROM:
        # Among times since 1970, however many zeros there are stand for none.
        ordered = stated
    total = sum(group.rows for group in ordered)
    for end in (0, -1):
        strays = 0
        while len(ordered) > 1 and strays + ordered[end].rows <= STRAY * total:
            strays += ordered.pop(end).rows
    return Numbers(
        min(group.low for group in ordered),
        max(group.high for group in ordered),
        sum(group.rows for group in ordered),
        all(group.whole for group in ordered),
        all(group.tens for group in ordered),
    )


def form_of_numbers(numbers: Numbers, *, heading: str = "") -> str | None:
    """What the numbers of a whole column are; None where they are no times.

    Args:
        numbers: all of them.
        heading: of the column, which may name the unit.

    Examples:
        >>> form_of_numbers(Numbers(1714730400, 1717322400)), form_of_numbers(Numbers(45292.25, 45657.5, whole=False))
        ('epoch', 'serial')
        >>> form_of_numbers(Numbers(28800, 148780)), form_of_numbers(Numbers(36000, 37720, 99, tens=True))
        ('seconds since the log began', 'seconds since the log began')
        >>> form_of_numbers(Numbers(0, 180)), form_of_numbers(Numbers(19800, 20100))
        ('days since the log began', 'days since 1970')
        >>> form_of_numbers(Numbers(1.338e17, 1.339e17)), form_of_numbers(Numbers(6.387e17, 6.39e17))
        ('Windows file times', '.NET ticks')
        >>> form_of_numbers(Numbers(1.338e16, 1.339e16)), form_of_numbers(Numbers(2460682.8, 2460735.9, 99))
        ('microseconds since 1601', None)
        >>> form_of_numbers(Numbers(68_900_007, 69_459_322, 99))
        'seconds since the log began'
    """
    low, high, span = numbers.low, numbers.high, numbers.high - numbers.low
    named = set(re.split(r"[\W_\d]+", heading.lower()))
    unit = next((form for form, words in _UNITS if named & words), None)
    for form, (first, last) in ((FILETIME, FILETIMES), (TICKS, TICKS_AT), (WEBKIT, WEBKITS)):
        if first <= low and high <= last:
            return form
    if low >= EPOCH_FROM and (_seconds(high) - _seconds(low)) / 86_400 <= CENTURY:
        return EPOCH
    if unit in (None, DAYS) and not (numbers.tens and numbers.rows >= TENS and span > 0):
        # A few seconds of a log, or days that all end in 0 by chance.
        either = numbers.tens and span > 0 and unit is None and not says_date(heading)
        if SERIALS[0] <= low and high <= LATEST_SERIAL and span <= CENTURY:
            return None if either else SERIAL
        if UNIX_DAYS[0] <= low and high <= LATEST_UNIX_DAY and span <= DAYS_AT_MOST and unit is None:
            return None if either else EPOCH_DAYS
    if unit is not None:
        return unit if span * _MICROSECONDS[unit] <= CENTURY * _MICROSECONDS[DAYS] else None
    if _of_a_calendar(numbers):
        return None
    if numbers.whole and not numbers.tens and max(low, span) <= DAYS_AT_MOST:
        return DAYS
    late = low > LATE_START * span and numbers.rows >= TENS and not numbers.tens
    if late and any(first <= low and high <= last for first, last in ELSEWHERE):
        return None
    if span <= SECONDS_AT_MOST:
        return SECONDS
    return MILLISECONDS if span <= 1000 * SECONDS_AT_MOST else None


def _of_a_calendar(numbers: Numbers) -> bool:
    """Whether numbers are years, or years with a month or a week.

    Examples:
        >>> _of_a_calendar(Numbers(202501, 202552)), _of_a_calendar(Numbers(2023, 2025)), _of_a_calendar(Numbers(1, 52))
        (True, True, False)
        >>> _of_a_calendar(Numbers(2025.01, 2025.12, whole=False))
        True
        >>> _of_a_calendar(Numbers(2411, 2503)), _of_a_calendar(Numbers(1, 1203)), _of_a_calendar(Numbers(2411, 2533))
        (True, False, False)
        >>> _of_a_calendar(Numbers(2025.5, 2031.25, whole=False)), _of_a_calendar(Numbers(199050, 209930))
        (False, False)
    """
    low, high = numbers.low, numbers.high
    if numbers.whole and YEARS[0] <= low and high <= YEARS[1]:
        return high - low <= YEARS_AT_MOST
    ends = (low, high) if numbers.whole else (round(low * 100, 6), round(high * 100, 6))
    short = numbers.whole and low > high - low and len(f"{low:.0f}") == len(f"{high:.0f}") == len("yymm")
    if short and all(
        1 <= end % 100 <= 12 and not LAST_SHORT_YEAR < end // 100 < FIRST_SHORT_YEAR for end in (low, high)
    ):
        return True
    # Weeks of several decades are seconds that end so by chance.
    last = LAST_WEEK if numbers.whole and high - low <= YEARS_AT_MOST * 100 else 12
    return all(end % 1 == 0 and MONTHS[0] <= end <= MONTHS[1] and 1 <= end % 100 <= last for end in ends)


def names_unit(heading: str) -> bool:
    """Whether a heading says what its numbers count: "Time (s)"."""
    named = set(re.split(r"[\W_\d]+", heading.lower()))
    return any(named & words for _, words in _UNITS)


def _seconds(number: float) -> float:
    """Seconds since 1970 that a number is, by its size in seconds, milli-, micro- or nanoseconds."""
    size = abs(number)
    return number / (1 if size < 1e11 else 1e3 if size < 1e14 else 1e6 if size < 1e17 else 1e9)


def sql_time(number: str, form: str) -> str:
    """SQL of the time that a number is, null where it is not of that form.

    Days since 1899-12-30 to the second, as a fraction of a day is seldom exact.
    """
    if form == SERIAL:
        seconds = f"try_cast(round(({number} - {SERIAL_1970}) * 86400) as bigint)"
        return f"case when {number} between {SERIALS[0]} and {SERIALS[1]} then make_timestamp({seconds} * 1000000) end"
    if form == EPOCH:
        return (
            f"make_timestamp(try_cast(case when abs({number}) < {EPOCH_FROM} then null "
            f"when abs({number}) < 1e11 then {number} * 1e6 "
            f"when abs({number}) < 1e14 then {number} * 1e3 when abs({number}) < 1e17 then {number} "
            f"else {number} / 1e3 end as bigint))"
        )
    if form in _SINCE:
        (first, last), to_1970, parts = _SINCE[form]
        since = f"try_cast(round({number} / {parts} - {to_1970}e6) as bigint)"
        return f"case when {number} between {first} and {last} then make_timestamp({since}) end"
    return f"make_timestamp(try_cast(round({number} * {_MICROSECONDS[form]}) as bigint))"
