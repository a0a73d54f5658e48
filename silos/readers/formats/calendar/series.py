"""Series of meetings: when each occurrence is, with those that were moved or cancelled, and never without end."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from itertools import islice

from silos.locales.said import Said
from silos.readers.formats.calendar.vevents import RULES, Event
from silos.readers.formats.calendar.zones import Zones, canonical, day_of, moment_of

#: A series is followed no further: ten years of working days.
MOST_OCCURRENCES = 2_600
MOST_YEARS = 20

_RULE = re.compile(r"[A-Z0-9;=,+\-]*")
#: Of vCalendar 1.0, by the day and by the week: how often, on which days, and how many times or until when.
_OLD_RULE = re.compile(
    r"(?P<unit>[DW])(?P<step>\d{1,4})(?P<days>(?: (?:MO|TU|WE|TH|FR|SA|SU))*)(?: #(?P<count>\d{1,5}))?"
    r"(?: (?P<end>\d{8}(?:T\d{6}Z?)?))?"
)
_REPEATS = frozenset({"DAILY", "WEEKLY", "MONTHLY", "YEARLY"})
#: Parts of a rule that may leave it without any day; dateutil would look for one to the end of time, day by day.
_SIEVES = frozenset({"BYMONTH", "BYMONTHDAY", "BYYEARDAY", "BYWEEKNO", "BYSETPOS", "BYEASTER"})
ODD_RULE = "a rule that is not followed"


@dataclass(eq=False)
class Series:
    """Finds the times of events, one by one or of a series.

    Attributes:
        zones: the time zones that the calendars define.
        last: how far rules without end are followed.
        reject: told the reason and the event, where an occurrence is not a meeting or a rule is not followed.
        endless: how many series had no end.
        cut: how many were cut off.
        floating: how many times were in no zone that is known.
    """

    zones: Zones
    last: date
    reject: Callable[[str, Event], None]
    endless: int = 0
    cut: int = 0
    floating: int = 0

    def utc(self, event: Event, zone: str, value: str) -> datetime:
        """A time of an event in UTC, without zone."""
        moment = moment_of(value)
        if moment is None:
            raise ValueError("no time")
        if value.endswith("Z") or len(value) == 8:
            return moment
        known = self._zone(event, zone)
        return moment if known is None else moment.replace(tzinfo=known).astimezone(UTC).replace(tzinfo=None)

    def _zone(self, event: Event, zone: str) -> tzinfo | None:
        named = self.zones.name(event.calendar, zone)
        return None if named is None else self.zones.zone(named)

    def instant(self, event: Event, name: str) -> datetime | None:
        """The time of a property in UTC; None where it says none."""
        found = event.values(name)
        if not found:
            return None
        zone, value = found[0]
        if len(value) > 8 and not value.endswith("Z") and self._zone(event, zone) is None:
            self.floating += 1
        return self.utc(event, zone, value) if moment_of(value) else None

    def occurrences(self, latest: Mapping[str, Event]) -> Iterator[tuple[Event, datetime, datetime]]:
        """Each occurrence with the version that holds for it, when it is, and when it was to be (both UTC)."""
        import icalendar
        import recurring_ical_events

        versions = list(latest.values())
        lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:silos"]
        ends: list[date] = []
        begins = next((event.values("DTSTART") for event in versions if not event.values("RECURRENCE-ID")), [])
        for number, event in enumerate(versions):
            rule, last = self._bounded(event)
            ends.append(last)
            lines += ["BEGIN:VEVENT", "UID:1", f"X-SILOS-VERSION:{number}"]
            lines += self._lines(event, begins)
            lines += [f"RRULE:{rule}"] if rule else []
            lines.append("END:VEVENT")
        calendar = icalendar.Calendar.from_ical("\r\n".join([*lines, "END:VCALENDAR", ""]))
        starts = [
            day
            for event in versions
            for _, value in event.values("DTSTART", "RECURRENCE-ID", "RDATE")
            if (day := day_of(value))
        ]
        begin, last = min(starts), max([*ends, *starts])
        found = recurring_ical_events.of(calendar).between(
            datetime.combine(begin, time()) - timedelta(days=2), datetime.combine(last, time()) + timedelta(days=2)
        )
        chosen = []
        for occurrence in found:
            event = versions[int(occurrence["X-SILOS-VERSION"])]
            moment = _naive(occurrence["DTSTART"].dt)
            of_instance = event.values("RECURRENCE-ID") and not event.range
            chosen.append((event, moment, _naive(occurrence["RECURRENCE-ID"].dt) if of_instance else moment))
        chosen.sort(key=lambda one: (one[2], one[1], one[0].line))
        if len(chosen) > MOST_OCCURRENCES:
            self.cut += 1
        for event, moment, original in chosen[:MOST_OCCURRENCES]:
            if event.cancelled:
                self.reject("cancelled", event)
                continue
            if any(
                len(v) > 8 and not v.endswith("Z") and self._zone(event, z) is None for z, v in event.values("DTSTART")
            ):
                self.floating += 1
            yield event, moment, original

    def _lines(self, event: Event, begins: Sequence[tuple[str, str]]) -> Iterator[str]:
        """What of an event says when it is, but for its rules, with its zones under the names they are known by here.

        An instance that is named by its day alone is that of the series' time of day (`begins`: zone and value).
        """
        for name, zone, value in event.lines:
            if name in RULES:
                continue
            if name == "RECURRENCE-ID" and len(value) == 8 and begins and len(begins[0][1]) > 8:
                zone, value = begins[0][0], value + begins[0][1][8:]
            if name == "SEQUENCE":
                yield f"{name}:{value}"
                continue
            stated = f"{name};RANGE=THISANDFUTURE" if name == "RECURRENCE-ID" and event.range else name
            # Of a period only the beginning matters.
            value = ",".join(one.split("/")[0] for one in value.split(","))
            known = None if value.endswith("Z") else self.zones.name(event.calendar, zone)
            if len(value.split(",")[0]) == 8:
                yield f"{stated};VALUE=DATE:{value}"
            else:
                yield f"{stated};TZID={known}:{value}" if known else f"{stated}:{value}"

    def _bounded(self, event: Event) -> tuple[str, date]:
        """The rule of an event with an end that can be reached, in local time; and the last day it leads to."""
        from dateutil.rrule import rrulestr

        stated = event.values("DTSTART")
        start = moment_of(stated[0][1]) if stated else None
        text = rule_of(event.first("RRULE") or "")
        if start is None:
            raise ValueError("an event without a time")
        rules = sum(name in RULES for name, _, _ in event.lines)
        if not text or not _RULE.fullmatch(text) or rules > 1:
            if rules:
                self.reject(ODD_RULE, event)
            return "", start.date()
        rule = dict(pair.split("=", 1) for pair in text.split(";") if "=" in pair)
        hours = [rule.pop(name, "") for name in ("BYHOUR", "BYMINUTE", "BYSECOND")]
        step = int(rule.get("INTERVAL", "1"))
        daily = rule.get("FREQ") == "DAILY"
        sieved = (daily or rule.get("FREQ") == "WEEKLY") and not _SIEVES.isdisjoint(rule)
        sieved = sieved or (daily and "BYDAY" in rule and step % 7 == 0)
        often = rule.get("FREQ") not in _REPEATS or any("," in hour for hour in hours)
        if often or sieved or not 1 <= step <= 10_000:
            self.reject(ODD_RULE, event)
            return "", start.date()
        zone, value = stated[0]
        until, count = rule.pop("UNTIL", None), rule.pop("COUNT", None)
        if until is None and count is None:
            self.endless += 1
        limit = self.last if until is None and count is None else max(self.last, datetime.now(UTC).date())
        limit = min(limit, start.date() + timedelta(days=366 * MOST_YEARS))
        end = datetime.combine(limit, time.max).replace(microsecond=0)
        if until is not None:
            end = min(end, self._local(event, zone, until))
        most = min(int(count), MOST_OCCURRENCES) if count is not None else MOST_OCCURRENCES
        base = ";".join(f"{name}={part}" for name, part in rule.items())
        plain = rrulestr(f"{base};UNTIL={end:%Y%m%dT%H%M%S}", dtstart=start)
        moments = list(islice(plain, max(most, 1) + 1))
        if len(moments) > most and (count is None or int(count) > MOST_OCCURRENCES):
            self.cut += 1
        if not moments:
            return "", start.date()
        last = moments[:most][-1]
        if len(value) == 8:
            return f"{base};UNTIL={last:%Y%m%d}", last.date()
        known = None if value.endswith("Z") else self._zone(event, zone)
        if known is not None:
            return f"{base};UNTIL={last.replace(tzinfo=known).astimezone(UTC):%Y%m%dT%H%M%SZ}", last.date()
        return f"{base};UNTIL={last:%Y%m%dT%H%M%S}{'Z' if value.endswith('Z') else ''}", last.date()

    def _local(self, event: Event, zone: str, until: str) -> datetime:
        """The end of a rule in the local time of its event; a day is meant to its end."""
        moment = moment_of(until)
        if moment is None:
            return datetime.combine(self.last, time.max).replace(microsecond=0)
        if len(until) == 8:
            return datetime.combine(moment.date(), time.max).replace(microsecond=0)
        known = self._zone(event, zone)
        if until.endswith("Z") and known is not None:
            return moment.replace(tzinfo=UTC).astimezone(known).replace(tzinfo=None)
        return moment

    def notes(self) -> Iterator[str]:
        """What is to be said of the times."""
        if self.endless:
            yield Said("read", "series_endless", count=self.endless, last=str(self.last))
        if self.cut:
            yield Said("read", "series_cut", count=self.cut, most=MOST_OCCURRENCES)
        if self.floating:
            yield Said("read", "series_floating", count=self.floating)


def rule_of(stated: str) -> str:
    """A rule as RFC 5545 has it, of one with blanks, with dashes in its end, or of vCalendar 1.0; others as they are.

    Examples:
        >>> rule_of("freq=weekly; BYDAY=MO, WE;COUNT=10;X-NAME=a.b")
        'FREQ=WEEKLY;BYDAY=MO,WE;COUNT=10'
        >>> rule_of("FREQ=DAILY;UNTIL=2025-03-10T09:00:00Z"), rule_of("W2 MO WE #10"), rule_of("D1 20250310T090000Z")
        ('FREQ=DAILY;UNTIL=20250310T090000Z', 'FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE;COUNT=10', \
'FREQ=DAILY;INTERVAL=1;UNTIL=20250310T090000Z')
    """
    text = stated.upper().strip()
    if old := _OLD_RULE.fullmatch(text):
        days = ",".join(old["days"].split())
        # Without an end, a rule of vCalendar 1.0 holds twice; "#0" is for ever.
        count, end = old["count"] or ("" if old["end"] else "2"), old["end"]
        parts = [f"FREQ={'DAILY' if old['unit'] == 'D' else 'WEEKLY'}", f"INTERVAL={int(old['step'])}"]
        parts += [f"BYDAY={days}"] if days else []
        parts += [f"COUNT={int(count)}"] if count and int(count) else [f"UNTIL={canonical(end)}"] if end else []
        return ";".join(parts)
    parts = [part for part in re.sub(r"\s+", "", text).split(";") if part and not part.startswith("X-")]
    return ";".join(f"UNTIL={canonical(part[6:])}" if part.startswith("UNTIL=") else part for part in parts)


def _naive(moment: date | datetime) -> datetime:
    """A time of the library in UTC, without zone; a day is its midnight."""
    if not isinstance(moment, datetime):
        return datetime.combine(moment, time())
    return moment if moment.tzinfo is None else moment.astimezone(UTC).replace(tzinfo=None)
