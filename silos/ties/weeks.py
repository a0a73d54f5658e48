"""Weeks by number, as the SQL counts them: whole weeks from Monday to Sunday since Monday, 1 January of the year 1."""

from datetime import datetime, timedelta

#: Days of a week.
WEEK = 7


def week_of(moment: datetime) -> int:
    """The number of the week of a moment.

    Examples:
        >>> week_of(datetime(2022, 6, 30)), week_of(datetime(2022, 6, 27))
        (105476, 105476)
    """
    return (moment.replace(tzinfo=None) - datetime(1, 1, 1)).days // WEEK


def monday(week: int) -> datetime:
    """The first moment of a week.

    Examples:
        >>> monday(105476).isoformat()
        '2022-06-27T00:00:00'
    """
    return datetime(1, 1, 1) + timedelta(days=WEEK * week)
