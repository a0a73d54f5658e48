"""Effective dates that name a month or a quarter, as its first day, or its last where something ends."""

import re
from calendar import monthrange

from silos.readers.tabular.month_names import month_of

_WORDS = re.compile(r"([^\W\d_]{3,12})[.]?[-/ ,']+(\d{4}|\d{2})")
_NUMBERS = re.compile(r"(\d{1,2})[-/.](\d{4})|(\d{4})[-/.](\d{1,2})")
_QUARTER = re.compile(r"(\d{4})[-/ ]?[QT]([1-4])|[QT]([1-4])[-/ ]?(\d{4})|([1-4])[QT][-/ ]?(\d{4})", re.IGNORECASE)


def day_meant(text: str, *, last: bool = False) -> str:
    """The day that a month or a quarter stands for; other texts as they are.

    Args:
        text: a date as a roster states it.
        last: whether it is the last day of the month or quarter that is meant.

    Examples:
        >>> day_meant("Feb-25"), day_meant("02/2025"), day_meant("2025-Q2"), day_meant("2025-02-01")
        ('2025-02-01', '2025-02-01', '2025-04-01', '2025-02-01')
        >>> day_meant("Feb 2025", last=True), day_meant("soon 25")
        ('2025-02-28', 'soon 25')
    """
    year, months = 0, (0, 0)
    if (match := _WORDS.fullmatch(text)) and (month := month_of(match[1])):
        year, months = int(match[2]) + (2000 if len(match[2]) == 2 else 0), (month, month)
    elif match := _NUMBERS.fullmatch(text):
        month = int(match[1] or match[4])
        year, months = int(match[2] or match[3]), (month, month)
    elif match := _QUARTER.fullmatch(text):
        quarter = int(match[2] or match[3] or match[5])
        year, months = int(match[1] or match[4] or match[6]), (3 * quarter - 2, 3 * quarter)
    month = months[1] if last else months[0]
    if not (1 <= month <= 12 and 1900 <= year <= 2199):
        return text
    return f"{year}-{month:02}-{monthrange(year, month)[1] if last else 1:02}"
