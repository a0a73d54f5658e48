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
