"""Times of calendars: what they say, and the time zones they name or define."""

import hashlib
import re
import warnings
from datetime import date, datetime, timedelta, tzinfo

from silos.readers.tabular.zone_names import offset_of, region_in

_MOMENT = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)Z?)?", re.ASCII)


def moment_of(value: str) -> datetime | None:
    """A time or day of a calendar, without its zone; None if it is not one.

    Examples:
        >>> moment_of("20240531T140000Z"), moment_of("20240531"), moment_of("20241331")
        (datetime.datetime(2024, 5, 31, 14, 0), datetime.datetime(2024, 5, 31, 0, 0), None)
    """
    match = _MOMENT.fullmatch(value)
    if match is None:
        return None
    year, month, day, hour, minute, second = (int(number) for number in match.groups(default="0"))
    try:
        if hour == 24 and not minute and not second:
            return datetime(year, month, day) + timedelta(days=1)
        return datetime(year, month, day, hour, minute, min(second, 59))
    except (ValueError, OverflowError):
        return None


_LOOSE = re.compile(
    r"(\d{4})-?(\d\d)-?(\d\d)(?:[Tt ](\d\d):?(\d\d)(?::?(\d\d))?(?:\.\d+)?\s*([Zz]|[+-]\d\d:?\d\d)?)?(/.*)?", re.ASCII
)


def canonical(value: str) -> str:
    """A time as RFC 5545 has it, made of one with dashes, without seconds or with an offset; others as they are.

    Examples:
        >>> canonical("2025-01-06T09:00"), canonical("20250106T090000+0100"), canonical("20250106"), canonical("soon")
        ('20250106T090000', '20250106T080000Z', '20250106', 'soon')
    """
    match = _LOOSE.fullmatch(value.strip())
    if match is None or match[4] is None:
        return value.strip() if match is None or match[4] is not None else f"{match[1]}{match[2]}{match[3]}"
    day, zone = f"{match[1]}{match[2]}{match[3]}", match[7] or ""
    local = f"{day}T{match[4]}{match[5]}{match[6] or '00'}"
    if zone in ("", "Z", "z"):
        moment = moment_of(local)
        # Only midnight has another name (24:00) in the next day.
        local = f"{moment:%Y%m%dT%H%M%S}" if moment is not None and moment.year > 999 else local
        return f"{local}{zone.upper()}{match[8] or ''}"
    moment, ahead = moment_of(local), offset_of(zone, datetime(2000, 1, 1))
    if moment is None or ahead is None:
        return value.strip()
    try:
        return f"{moment - ahead:%Y%m%dT%H%M%SZ}{match[8] or ''}"
    except OverflowError:
        return value.strip()


def day_of(value: str) -> date | None:
    """The day of a time of a calendar, where it is plausible."""
    moment = moment_of(value)
    return moment.date() if moment is not None and 1900 <= moment.year < 2200 else None


class Zones:
    """The time zones of the calendars of one log: those that have a name of their own, and those a calendar defines."""

    def __init__(self) -> None:
        self.calendars = 0
        self._defined: dict[tuple[int, str], str] = {}
        self._defaults: dict[int, str] = {}
        self._definitions: dict[str, str] = {}
        self._names: dict[tuple[int, str], str | None] = {}
        self._zones: dict[str, tzinfo | None] = {}

    def define(self, calendar: int, name: str, definition: str) -> None:
        """Note what a calendar says a zone is."""
        digest = hashlib.md5(definition.encode("utf-8", "replace"), usedforsecurity=False).hexdigest()
        self._definitions.setdefault(digest, definition)
        self._defined[calendar, name] = digest

    def default(self, calendar: int, name: str) -> None:
        """Note the zone of the times that name none."""
        self._defaults[calendar] = name

    def name(self, calendar: int, stated: str) -> str | None:
        """Under which name the library knows the zone that an event of a calendar states; None if it is unknown.

        Two calendars may call two zones by one name ("Customized Time Zone"), so one that is defined in a calendar and
        is none of the world's goes by its definition.
        """
        stated = stated or self._defaults.get(calendar, "")
        if not stated:
            return None
        if (calendar, stated) not in self._names:
            self._names[calendar, stated] = self._named(calendar, stated)
        return self._names[calendar, stated]

    def _named(self, calendar: int, stated: str) -> str | None:
        zone = _library_zone(stated)
        if zone is not None:
            name = getattr(zone, "key", None) or stated
            self._zones[name] = zone
            return name if re.fullmatch(r"[\w/+\-]+", name) else None
        digest = self._defined.get((calendar, stated))
        if digest is not None and (name := self._made(self._definitions[digest])):
            return name
        region = region_in(stated)
        if region is not None and (zone := _library_zone(region)) is not None:
            self._zones[region] = zone
            return region
        ahead = offset_of(stated, datetime(2000, 1, 1))
        return None if ahead is None else self._made(_always(ahead))

    def _made(self, definition: str) -> str | None:
        """The name of a zone made of a definition; None if it defines none."""
        name = f"silos-{hashlib.md5(definition.encode('utf-8', 'replace'), usedforsecurity=False).hexdigest()}"
        if name not in self._zones:
            self._zones[name] = _defined_zone(name, definition)
        return name if self._zones[name] is not None else None

    def zone(self, name: str) -> tzinfo | None:
        """The zone of a name that `name` gave."""
        return self._zones.get(name)


def _always(ahead: timedelta) -> str:
    """The definition of a zone that is always so far ahead of Greenwich."""
    minutes = round(ahead.total_seconds() / 60)
    offset = f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}{abs(minutes) % 60:02}"
    lines = ("BEGIN:STANDARD", "DTSTART:19700101T000000", f"TZOFFSETFROM:{offset}", f"TZOFFSETTO:{offset}")
    return "".join(f"{line}\r\n" for line in (*lines, "END:STANDARD"))


def _library_zone(name: str) -> tzinfo | None:
    from icalendar import timezone

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return timezone.tzp.timezone(name)
    except Exception:  # a name may be anything, a path outside the folder of zones among others
        return None


def _defined_zone(name: str, definition: str) -> tzinfo | None:
    import icalendar
    from icalendar import timezone

    begin = f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VTIMEZONE\r\nTZID:{name}\r\n"
    text = f"{begin}{definition}END:VTIMEZONE\r\nEND:VCALENDAR\r\n"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            icalendar.Calendar.from_ical(text)
            return timezone.tzp.timezone(name)
    except Exception:  # whatever the library raises on a definition that defines nothing
        return None
