"""Effective dates that name a year or a part of one, as its first day, or its last where something ends."""

import re
from calendar import monthrange

from silos.readers.tabular.month_names import month_of

_WORDS = re.compile(r"([^\W\d_]{3,12})[.]?(?: de)?[-/ ,']+(\d{4}|\d{2})")
_NUMBERS = re.compile(r"(\d{1,2})[-/.](\d{4})|(\d{4})[-/.](\d{1,2})")
_QUARTER = re.compile(r"(\d{4})[-/ ]?[QT]([1-4])|[QT]([1-4])[-/ ]?(\d{4})|([1-4])[QT][-/ ]?(\d{4})", re.IGNORECASE)
_HALF = re.compile(r"(\d{4})[-/ ]?[HS]([12])|[HS]([12])[-/ ]?(\d{4})", re.IGNORECASE)
_YEAR = re.compile(r"(19[89]\d|20[0-4]\d)")
#: Year and month without a sign; of years until 2012, it could be a year of two digits, a month and a day.
_SIX = re.compile(r"(201[3-9]|20[2-4]\d)(0[1-9]|1[0-2])")
#: As Hungarian and Korean write it, with a dot at the end: "2024. 02. 01."
_DOTTED = re.compile(r"(\d{4})[.] ?(\d{1,2})[.] ?(\d{1,2})[.]")


def day_meant(text: str, *, last: bool = False) -> str:
    """The day that a year, a half of it, a quarter or a month stands for; other texts as they are.

    Args:
        text: a date as a roster states it.
        last: whether it is the last day of it that is meant.

    Examples:
        >>> day_meant("Feb-25"), day_meant("02/2025"), day_meant("2025-Q2"), day_meant("2025-02-01")
        ('2025-02-01', '2025-02-01', '2025-04-01', '2025-02-01')
        >>> day_meant("Feb 2025", last=True), day_meant("soon 25")
        ('2025-02-28', 'soon 25')
        >>> day_meant("2025"), day_meant("202502"), day_meant("H2 2025"), day_meant("2025. 2. 1."), day_meant("201012")
        ('2025-01-01', '2025-02-01', '2025-07-01', '2025-02-01', '201012')
    """
    year, months = 0, (0, 0)
    if match := _DOTTED.fullmatch(text):
        return f"{match[1]}-{match[2]:0>2}-{match[3]:0>2}"
    if match := _YEAR.fullmatch(text):
        year, months = int(match[1]), (1, 12)
    elif match := _SIX.fullmatch(text):
        year, months = int(match[1]), (int(match[2]), int(match[2]))
    elif match := _HALF.fullmatch(text):
        half = int(match[2] or match[3])
        year, months = int(match[1] or match[4]), (6 * half - 5, 6 * half)
    elif (match := _WORDS.fullmatch(text)) and (month := month_of(match[1])):
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
