"""Time zones that stand in a column of their own beside that of the times."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from silos.engines.quoting import literal
from silos.readers.tabular import zone_names
from silos.readers.tabular.columns import folded
from silos.readers.tabular.scan import Column, Scan, rows_of

#: Headings, folded, of a column of zones.
HEADINGS = frozenset(
    (
        *("tz", "timezone", "time zone", "zone", "utc offset", "gmt offset", "offset", "tz offset", "utcoffset"),
        *("timezone offset", "time zone offset", "offset (min)", "offset min", "offset (minutes)", "utc offset (min)"),
        *("offset (hours)", "utc offset (hours)", "fuseau", "fuseau horaire", "décalage utc", "zeitzone"),
        *("utc-versatz", "zona horaria", "fuso orario", "fuso horário", "tijdzone", "strefa czasowa", "タイムゾーン"),
    )
)
#: Zones that a column may name.
MOST_ZONES = 500
#: Hours that a clock may be from Greenwich; larger numbers are minutes.
_HOURS = 14
_NUMBER = re.compile(r"(?P<sign>[+-]?)(?P<number>\d{1,3})(?:[.]0+)?")


@dataclass(frozen=True)
class ZoneColumn:
    """A column that says the zone of each row.

    Attributes:
        heading: of the column.
        text: SQL of it.
        zones: value -> the zone that it names, None where nobody knows it.
    """

    heading: str
    text: str
    zones: tuple[tuple[str, str | None], ...]

    def utc(self, time: str) -> str:
        """SQL of a time without a zone in UTC; null where the zone of its row is not known."""
        cases = ""
        for value, zone in self.zones:
            there = "cast(null as timestamp)" if zone is None else zone_names.sql_utc("t", zone)
            cases += f"when {literal(value)} then {there} "
        return f"list_transform([{time}], lambda t: case trim({self.text}) {cases}else t end)[1]"


def zone_column(scan: Scan, columns: Mapping[str, Column], connection: object) -> ZoneColumn | None:
    """The column of zones of a scan; None where there is none, or names no zone that is known."""
    for column in scan.columns:
        if folded(column.heading) not in _FOLDED or column in columns.values() or column.is_list:
            continue
        query = (
            f"select distinct trim({column.text}) as stated from {scan.sql} where trim({column.text}) <> '' "
            f"order by stated limit {MOST_ZONES + 1}"
        )
        values = [value for (value,) in rows_of(query, connection, scan.files[0])]
        zones = tuple((value, zone_of(value, column.heading)) for value in values)
        if len(values) <= MOST_ZONES and any(zone for _, zone in zones):
            return ZoneColumn(column.heading, column.text, zones)
    return None


def zone_of(value: str, heading: str = "") -> str | None:
    """The zone that a cell names, as `silos.readers.tabular.zone_names` knows it; None for one that is not known.

    Examples:
        >>> zone_of("Europe/Paris"), zone_of("60", "Offset (min)"), zone_of("-8"), zone_of("540"), zone_of("XYZ")
        ('Europe/Paris', '+01:00', '-08:00', '+09:00', None)
    """
    if match := _NUMBER.fullmatch(value):
        number = int(match["number"])
        minutes = number if "min" in heading.casefold() or number > _HOURS else 60 * number
        value = f"{match['sign'] or '+'}{minutes // 60:02}:{minutes % 60:02}"
    known = len(value) > 1 and zone_names.offset_of(value, datetime(2025, 1, 1)) is not None
    return value if known else None


_FOLDED = frozenset(map(folded, HEADINGS))
