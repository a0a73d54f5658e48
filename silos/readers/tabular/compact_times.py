"""Dates without a sign between year, month and day, or with a year of two digits first, which may pass for others."""

import re
from datetime import datetime

#: From here (2040), ten digits are no seconds since 1970 of a log.
FUTURE = 2_208_988_800
#: Years of two digits in dates of six: of 1990 to 2039.
_YEARS = (1990, 2039)
#: Words of a heading that say that numbers are dates.
_DATE = re.compile(r"date|datum|fecha|data\b|dato\b|giorno|day\b|tag\b|jour\b", re.IGNORECASE)
_SHORT = re.compile(r"(\d\d)([-/.])(\d\d)\2(\d\d)(?!\d)")
_CLOCK = re.compile(r"(?:[01]\d|2[0-3])[0-5]\d[0-5]\d")
_LENGTHS = {6: "%y%m%d", 7: "%Y%j", 10: "%y%m%d%H%M", 12: "%Y%m%d%H%M"}

#: Formats of digits that end in the year: each order of day and month, which their own first numbers must show.
YEAR_LAST = ("%d%m%Y", "%m%d%Y")
#: What `year_last` says of digits that are dates of one order or the other.
EITHER = "either"


def form_of_digits(low: str, high: str) -> str | None:
    """The format of a column of digits that are a calendar's, by the least and the greatest; None where they are not.

    Examples:
        >>> form_of_digits("202501060900", "202502281358"), form_of_digits("2501060900", "2502281358")
        ('%Y%m%d%H%M', '%y%m%d%H%M')
        >>> form_of_digits("1736154000", "1740751080"), form_of_digits("250106", "250228")
        (None, '%y%m%d')
    """
    form = _LENGTHS.get(len(low)) if len(low) == len(high) and (low + high).isdigit() else None
    if form is None or (len(low) == len(str(FUTURE)) and int(low) < FUTURE):
        return None
    try:
        years = [datetime.strptime(end, form).year for end in (low, high)]
    except ValueError:
        return None
    return form if all(_YEARS[0] <= year <= _YEARS[1] for year in years) else None


def year_last(low: str, high: str) -> str | None:
    """The format of digits that are dates with the year last, by the least and the greatest as text.

    A spreadsheet takes the zero from the beginning of some of them.

    Returns:
        one of `YEAR_LAST`; `EITHER` where day and month cannot be told apart; None where the digits are no such dates.

    Examples:
        >>> year_last("01012025", "31122025"), year_last("01012025", "12312025"), year_last("6012025", "9122025")
        ('%d%m%Y', '%m%d%Y', 'either')
        >>> year_last("20250106", "20251231"), year_last("68900007", "69459322")
        (None, None)
    """
    if len(low) != len(high) or len(low) not in (7, 8) or not (low + high).isdigit() or year_of_day(low, high):
        return None
    ends = [(int(end[:2]), int(end[2:4]), int(end[4:])) for end in (low.zfill(8), high.zfill(8))]
    if not all(_YEARS[0] <= year <= _YEARS[1] and 0 < a <= 31 and 0 < b <= 31 for a, b, year in ends):
        return None
    first, second = max(a for a, _, _ in ends), max(b for _, b, _ in ends)
    if first > 12 and second > 12:
        return None
    return YEAR_LAST[0] if first > 12 else YEAR_LAST[1] if second > 12 else EITHER


def year_of_day(low: str, high: str) -> bool:
    """Whether digits are a year and the day of it: 2025006."""
    return form_of_digits(low, high) == _LENGTHS[7]


def clock_of_digits(low: str, high: str) -> bool:
    """Whether a column of digits is a time of day, hhmmss, whose date stands elsewhere: numbers begin with no zero.

    Examples:
        >>> clock_of_digits("090000", "145640"), clock_of_digits("90000", "145640"), clock_of_digits("000120", "990000")
        (True, False, False)
    """
    return low.startswith("0") and all(map(_CLOCK.fullmatch, (low, high)))


def says_date(heading: str) -> bool:
    """Whether a heading says that its numbers are dates, and not seconds of something."""
    return bool(_DATE.search(heading))


def year_first(low: str, high: str) -> bool | None:
    """Whether dates of three numbers of two digits begin with the year; None where that is open.

    Args:
        low, high: the least and the greatest as text, so that the first number is known of all.

    Examples:
        >>> year_first("25-01-06 09:00", "25-02-28 13:58"), year_first("01-02-25", "31-01-25")
        (True, False)
        >>> year_first("25-01-06", "25-01-07") is None
        True
    """
    ends = [_SHORT.match(end) for end in (low, high)]
    if ends[0] is None or ends[1] is None:
        return False
    (a, last), (other, also) = ((int(end[1]), int(end[4])) for end in ends if end)
    if not all(0 < int(end[3]) <= 12 and 0 < int(end[4]) <= 31 for end in ends if end):
        return False
    if abs(other - a) >= abs(also - last):
        return False
    return None if abs(also - last) == 1 else True
