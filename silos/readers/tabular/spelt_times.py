"""Times as mail and reports spell them out: months in words of any language, zones of any kind."""

import re
from datetime import datetime, timedelta
from typing import Literal, NamedTuple

from silos.readers.tabular.day_halves import with_halves
from silos.readers.tabular.month_names import month_of
from silos.readers.tabular.zone_names import offset_of

#: What a header says of the zone: an offset, nothing, or a name that nobody here knows.
Zone = Literal["known", "none", "unknown"]


class Moment(NamedTuple):
    """A time in UTC.

    Attributes:
        time: None where the header says none that can be understood, or its zone is unknown.
        zone: what the header says of it.
    """

    time: datetime | None
    zone: Zone = "none"


NO_TIME = Moment(None)

#: Letters of a header that are looked at.
_LONGEST = 200
_ENGLISH = {
    name: number
    for number, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), start=1
    )
}
#: As RFC 5322 has it, and nearly all mail.
_USUAL = re.compile(
    r"(?:[A-Za-z]{3}, ?)?(\d{1,2}) ([A-Za-z]{3}) (\d{4}) (\d\d):(\d\d)(?::(\d\d))? ([+-])(0\d|1[0-4])([0-5]\d)"
    r"(?: \([^()]*\))?"
)
_CLOCK = re.compile(
    r"(?<![\d:.])(?P<early>[AaPp]\.?[Mm]\.? )?\s?"
    r"(?P<hour>\d{1,2})\s?(?:[.hH]\s?(?=\d\d)|:)(?P<minute>\d{1,2})(?!\d)"
    r"(?:\s?[:.m]\s?(?P<second>\d{1,2})(?!\d)s?)?(?:[.,]\d{1,9})?(?P<half>\s?[AaPp]\.?\s?[Mm](?![A-Za-z])\.?)?"
)
_YEAR_FIRST = re.compile(r"(?<!\d)(\d{4})\s?[-/.年년]\s?(\d{1,2})\s?[-/.月월]\s?(\d{1,2})(?!\d)\s?[日일]?[.T]?")
#: With dots, the day stands first.
_DOTTED = re.compile(r"(?<![\d.])(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})(?![\d.])")
_COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)T?(\d\d)(\d\d)(\d\d)(Z)?")
_WORD = r"(?P<month>[^\W\d_]{3,12})\.?"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th|er|º|°|\.)?"
_DAY_FIRST = re.compile(
    rf"(?<!\d){_DAY}(?:\s*[-/ ]\s*|\s+d[eo'i]l?\s+|\s*)(?!d[eo]\b){_WORD}(?:,?\s+de[l]?\s+|\s*[-/, ]\s*)"
    r"(?P<year>\d{2,4})(?!\d)"
)
_MONTH_FIRST = re.compile(rf"(?<!\w){_WORD}\s+{_DAY},?(?:\s+|$)(?P<year>\d{{4}})?(?!\d)")
_COMMENT = re.compile(r"\(([^()]*)\)")
_YEAR_AFTER = re.compile(r"(?<![\d+\-:])(\d{4})\s*$")


def moment_of(value: str) -> Moment:
    """The time that a header says; where it names no zone, that of Greenwich.

    Examples:
        >>> moment_of("Fri, 3 May 2024 10:00:00 +0200 (CEST)")
        Moment(time=datetime.datetime(2024, 5, 3, 8, 0), zone='known')
        >>> str(moment_of("ven., 3 mai 2024 10:00 UTC+2").time), moment_of("Fri, 3 May 2024 10:00:00 XYZ")
        ('2024-05-03 08:00:00', Moment(time=None, zone='unknown'))
        >>> moment_of("soon")
        Moment(time=None, zone='none')
    """
    value = " ".join(value[:_LONGEST].split())
    try:
        usual = _USUAL.fullmatch(value)
        if usual and (month := _ENGLISH.get(usual[2].lower())):
            day, _, year, hour, minute, second, sign, hours, minutes = usual.groups()
            local = _local(int(year), month, int(day), int(hour), int(minute), int(second or 0))
            ahead = timedelta(hours=int(hours), minutes=int(minutes))
            return Moment(local - ahead if sign == "+" else local + ahead, "known")
        return _any(value)
    except (ValueError, OverflowError):
        return NO_TIME


def _any(value: str) -> Moment:
    """The time of a header that is not as RFC 5322 has it.

    Raises:
        ValueError: it names a day or time that no calendar has.
    """
    value = with_halves(value)
    clock = _CLOCK.search(value, _date_end(value))
    if clock is None:
        clock = _CLOCK.search(value)
    before, after = (value, "") if clock is None else (value[: clock.start()], value[clock.end() :])
    zone = after
    if match := _COMPACT.fullmatch(value):
        year, month, day, hour, minute, second = map(int, match.groups()[:6])
        return Moment(_local(year, month, day, hour, minute, second), "known" if match[7] else "none")
    date = _date(before)
    if date is None and clock is not None:
        # "Fri May  3 10:00:00 CEST 2024", "10:00:00, 3. Mai 2024"
        behind = _YEAR_AFTER.search(_COMMENT.sub("", after).rstrip())
        if behind and (date := _date(f"{before.rstrip(' ,')} {behind[1]}")):
            zone = after.replace(behind[1], " ", 1)
        elif date := _date(after):
            zone = ""
    if date is None:
        return NO_TIME
    hour, minute, second = (0, 0, 0) if clock is None else _time_of_day(clock)
    local = _local(*date, hour, minute, second)
    zone = zone.strip(" ,;")
    zone = re.sub(r"^(?:uhr|h|heures|godz\.?|kl\.?)\b\s*", "", zone, flags=re.IGNORECASE)
    outside = _COMMENT.sub(" ", zone).strip(" ,;")
    # "(UTC+01:00) Amsterdam, Berlin" is a name, brackets and all.
    stated = zone if outside and zone.startswith(("(UTC", "(GMT")) else outside or (_COMMENT.findall(zone) or [""])[0]
    if not stated:
        return Moment(local, "none")
    ahead = offset_of(stated, local)
    return Moment(None, "unknown") if ahead is None else Moment(local - ahead, "known")


def _date_end(value: str) -> int:
    """Where a date of numbers ends, so that "2024.05.03 10.00" does not pass for a time of day."""
    match = _YEAR_FIRST.search(value) or _DOTTED.search(value) or _DAY_FIRST.search(value)
    return match.end() if match else 0


def _date(text: str) -> tuple[int, int, int] | None:
    """Year, month and day of a text; None if it has none."""
    if match := _YEAR_FIRST.search(text):
        return int(match[1]), int(match[2]), int(match[3])
    if match := _DOTTED.search(text):
        return int(match[3]), int(match[2]), int(match[1])
    for pattern in (_DAY_FIRST, _MONTH_FIRST):
        for match in pattern.finditer(text):
            month = month_of(match["month"])
            if month is not None and match["year"]:
                year = int(match["year"])
                # As RFC 5322 reads years of two and three digits.
                year += 0 if len(match["year"]) == 4 else 1900 if year >= 50 else 2000
                return year, month, int(match["day"])
    return None


def _time_of_day(clock: "re.Match[str]") -> tuple[int, int, int]:
    hour, minute, second = int(clock["hour"]), int(clock["minute"]), int(clock["second"] or 0)
    half = (clock["half"] or clock["early"] or "").strip().lower()
    if half.startswith("p") and hour < 12:
        hour += 12
    elif half.startswith("a") and hour == 12:
        hour = 0
    return hour, minute, second


def _local(year: int, month: int, day: int, hour: int, minute: int, second: int) -> datetime:
    """A time of the clock; 24:00 is the midnight after, and a leap second the one before it."""
    if hour == 24 and minute == second == 0:
        return datetime(year, month, day) + timedelta(days=1)
    return datetime(year, month, day, hour, minute, min(second, 59))
