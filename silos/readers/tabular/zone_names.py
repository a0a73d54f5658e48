"""Time zones as people and programs spell them after a time: offsets, abbreviations, names of regions.

Every reader whose export writes zones as text asks here, so that "CEST" means the same in mail and in a table. A zone
that is not known, or that means different things in different countries (IST), has no offset: the reader counts it.
"""

import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

from silos.engines.quoting import literal

#: Abbreviation -> minutes east of Greenwich. Those of North America are as RFC 5322 defines them for mail. Letters are
#: those of the military, as it uses them (RFC 822 had printed the signs the wrong way round).
OFFSETS: dict[str, int] = {
    **dict.fromkeys(("Z", "UT", "UTC", "GMT", "WET", "WEZ", "UCT", "ZULU"), 0),
    **dict.fromkeys(("WEST", "WESZ", "BST", "CET", "MEZ", "MET", "HNEC", "WAT"), 60),
    **dict.fromkeys(("CEST", "MESZ", "MEST", "MET DST", "HAEC", "EET", "OEZ", "CAT", "SAST"), 120),
    **dict.fromkeys(("EEST", "OESZ", "MSK", "EAT", "TRT", "IDT"), 180),
    **dict.fromkeys(("MSD", "SAMT"), 240),
    **{"IRST": 210, "AFT": 270, "PKT": 300, "YEKT": 300, "NPT": 345, "OMST": 360, "MMT": 390, "NST": -210},
    **dict.fromkeys(("ICT", "WIB", "KRAT", "NOVT"), 420),
    **dict.fromkeys(("HKT", "SGT", "AWST", "PHT", "MYT", "WITA", "IRKT"), 480),
    **dict.fromkeys(("JST", "KST", "WIT", "YAKT"), 540),
    **{"ACST": 570, "AEST": 600, "VLAT": 600, "ACDT": 630, "AEDT": 660, "NZST": 720, "NZDT": 780},
    **{"NDT": -150, "BRT": -180, "ART": -180, "CLST": -180, "ADT": -180, "UYT": -180, "CLT": -240, "VET": -240},
    **{"EDT": -240, "EST": -300, "CDT": -300, "COT": -300, "PET": -300, "CST": -360, "MDT": -360, "MST": -420},
    **{"PDT": -420, "PST": -480, "AKDT": -480, "AKST": -540, "HDT": -540, "HST": -600},
    **{letter: 60 * hours for hours, letter in enumerate("ABCDEFGHIKLM", start=1)},
    **{letter: -60 * hours for hours, letter in enumerate("NOPQRSTUVWXY", start=1)},
}

#: Zones as Windows names them, and as offices spell them out -> the region whose clocks they follow.
_REGIONS = {
    **dict.fromkeys(("w. europe", "mitteleuropäische", "mitteleuropaische"), "Europe/Berlin"),
    **dict.fromkeys(("romance", "europe centrale"), "Europe/Paris"),
    **dict.fromkeys(("central europe", "central european"), "Europe/Budapest"),
    **{"gmt": "Europe/London", "british": "Europe/London", "greenwich mean": "UTC", "coordinated universal": "UTC"},
    **{"e. europe": "Europe/Chisinau", "fle": "Europe/Helsinki", "gtb": "Europe/Bucharest"},
    **{"turkey": "Europe/Istanbul"},
    **{"eastern european": "Europe/Helsinki", "western european": "Europe/Lisbon", "russian": "Europe/Moscow"},
    **{"moscow": "Europe/Moscow", "israel": "Asia/Jerusalem", "south africa": "Africa/Johannesburg"},
    **{"arabian": "Asia/Dubai", "arab": "Asia/Riyadh", "india": "Asia/Kolkata", "pakistan": "Asia/Karachi"},
    **{"china": "Asia/Shanghai", "singapore": "Asia/Singapore", "tokyo": "Asia/Tokyo", "japan": "Asia/Tokyo"},
    **{"korea": "Asia/Seoul", "korean": "Asia/Seoul", "se asia": "Asia/Bangkok", "taipei": "Asia/Taipei"},
    **{"aus eastern": "Australia/Sydney", "e. australia": "Australia/Brisbane", "w. australia": "Australia/Perth"},
    **{"new zealand": "Pacific/Auckland", "eastern": "America/New_York", "central": "America/Chicago"},
    **{"us eastern": "America/Indianapolis", "mountain": "America/Denver", "us mountain": "America/Phoenix"},
    **{"et": "America/New_York", "ct": "America/Chicago", "mt": "America/Denver", "pt": "America/Los_Angeles"},
    **{"pacific": "America/Los_Angeles", "alaskan": "America/Anchorage", "hawaiian": "Pacific/Honolulu"},
    **{"atlantic": "America/Halifax", "e. south america": "America/Sao_Paulo", "argentina": "America/Buenos_Aires"},
}
#: What makes a zone's name of the words before it, in the languages of the table.
_ZONE_WORD = re.compile(r"[ _]*(?:standard[ _]?|daylight[ _]?|summer[ _]?|sommer|normal)?(?:time|zeit)$", re.IGNORECASE)

_NUMBER = re.compile(
    r"(?:UTC|GMT|UT)?[ (]*(?P<sign>[+\-\u2212\u2010-\u2013])[ ]?(?P<hours>\d{1,2})(?::?(?P<minutes>\d{2}))?"
    r"(?::?\d{2})?\)?(?=$|[ (,;\[])",
    re.IGNORECASE,
)
#: "CEST +0200", "JST(+9)": a name, and a number that says the same.
_NAME_AND_NUMBER = re.compile(r"(?P<name>[A-Za-z]{2,5}) ?\(?(?P<number>[+-]\d{1,2}(?::?\d{2})?)\)?")
_HOURS_ALONE = len("+10")
#: Winter and summer in one name: "CET-1CEST", "CET/CEST".
_BOTH = re.compile(r"(?P<standard>[A-Z]{3,4})(?:-?\d{1,2}|/)[A-Z]{3,4}(?:,.*)?")
_STANDARD = {
    **{"CET": "Europe/Berlin", "MEZ": "Europe/Berlin", "MET": "Europe/Berlin", "GMT": "Europe/London"},
    **{"WET": "Europe/Lisbon", "EET": "Europe/Helsinki", "AEST": "Australia/Sydney", "NZST": "Pacific/Auckland"},
    **{"EST": "America/New_York", "CST": "America/Chicago", "MST": "America/Denver", "PST": "America/Los_Angeles"},
    **{"AST": "America/Halifax", "AKST": "America/Anchorage"},
}
#: No clock is further from Greenwich than this.
_FURTHEST = timedelta(hours=15)


def offset_of(zone: str, local: datetime) -> timedelta | None:
    """How far the clocks of a zone were ahead of Greenwich; None for a zone that is not known.

    A number wins over a name behind it ("+0200 CEST"). A region ("Europe/Paris", "Romance Standard Time", "EST5EDT")
    has the offset of `local`; an abbreviation is what it says, in winter and in summer.

    Args:
        zone: what stands after the time, brackets and all.
        local: what the clock showed.

    Examples:
        >>> winter = datetime(2025, 1, 6, 9)
        >>> [str(offset_of(zone, winter)) for zone in ("+02:00", "GMT +0200", "UTC+2", "CET", "-0500 (EST)", "EST5EDT")]
        ['2:00:00', '2:00:00', '2:00:00', '1:00:00', '-1 day, 19:00:00', '-1 day, 19:00:00']
        >>> str(offset_of("W. Europe Daylight Time", datetime(2025, 7, 1))), offset_of("IST", winter)
        ('2:00:00', None)
        >>> [str(offset_of(zone, winter)) for zone in ("CEST +0200", "CET-1CEST", "(UTC+01:00) Amsterdam, Berlin")]
        ['2:00:00', '1:00:00', '1:00:00']
    """
    text = " ".join(zone.replace("\u2019", "'").split()).strip(' ,;"')
    if re.fullmatch(r"\d{4}", text):
        text = f"+{text}"
    if number := _NUMBER.match(text):
        size = timedelta(hours=int(number["hours"]), minutes=int(number["minutes"] or 0))
        if int(number["minutes"] or 0) > 59 or size > _FURTHEST:
            return None
        return size if number["sign"] == "+" else -size
    bare = text.strip("()[] ").rstrip(".")
    words = bare.split(" ", 1)
    for name in (bare, words[0] if len(words) == 2 and words[1].startswith(("(", "[")) else bare):
        if (minutes := OFFSETS.get(name.upper())) is not None:
            return timedelta(minutes=minutes)
    if both := _NAME_AND_NUMBER.fullmatch(text):
        if len(both["number"]) > _HOURS_ALONE:
            return offset_of(both["number"], local)
        # "JST+9", "CET-1": programs differ in the sign, not in the name.
        minutes = OFFSETS.get(both["name"].upper())
        return timedelta(minutes=minutes) if minutes and abs(minutes) == 60 * abs(int(both["number"])) else None
    region = _region(bare) or _region(region_in(text) or "")
    return None if region is None else region.utcoffset(local.replace(tzinfo=None))


def sql_utc(time: str, zone: str) -> str:
    """SQL of a time without a zone that a clock of `zone` showed, as a UTC timestamp; as it stands in a zone unknown.

    Examples:
        >>> sql_utc("t", "UTC+1"), sql_utc("t", "UTC"), sql_utc("t", "Europe/Berlin")
        ("t - interval '60 minutes'", 't', "cast(timezone('Europe/Berlin', t) as timestamp)")
    """
    bare = zone.strip("()[] ")
    region = None if bare.upper() in OFFSETS else _region(bare) or _region(region_in(zone) or "")
    if region is not None and region.key != "UTC":
        return f"cast(timezone({literal(region.key)}, {time}) as timestamp)"
    offset = offset_of(zone, datetime(2025, 1, 1))
    minutes = 0 if offset is None else round(offset.total_seconds() / 60)
    return f"{time} - interval '{minutes} minutes'" if minutes else time


@lru_cache(maxsize=512)
def _region(name: str) -> ZoneInfo | None:
    """The region of a name; None where no clock is known by it."""
    spelt = name.casefold()
    begins = _ZONE_WORD.sub("", spelt)
    french = re.fullmatch(r"(?:heure (?:normale |d'été )?)?d'(europe centrale)(?: \(heure d'été\))?", spelt)
    # "Central" alone is any word; "CT" is a zone.
    whole = begins == spelt and len(spelt) > 2
    key = _REGIONS.get(french[1]) if french else None if whole else _REGIONS.get(begins)
    both = _BOTH.fullmatch(name)
    if key is None and both:
        key = _STANDARD.get(both["standard"])
    if key is None and "/" in name and re.fullmatch(r"[A-Za-z0-9_+/\-]{3,40}", name):
        key = name
    try:
        return ZoneInfo(key) if key else None
    except Exception:  # a key may be anything, a folder of zones among others
        return None


@lru_cache(maxsize=1)
def _keys() -> frozenset[str]:
    """The regions of this system, for which Python walks through all its files of zones."""
    return frozenset(available_timezones())


@lru_cache(maxsize=1)
def _cities() -> dict[str, str]:
    """City -> region; of several regions with one city, the first by name."""
    found: dict[str, str] = {}
    for key in sorted(_keys()):
        if "/" in key and not key.startswith(("Etc/", "posix/", "right/", "SystemV/")):
            found.setdefault(key.rpartition("/")[2].replace("_", " ").casefold(), key)
    return found


def region_in(name: str) -> str | None:
    """The region of the world that the name of a zone holds; None if there is none.

    Examples:
        >>> region_in("/citadel.org/20250101_1/Europe/Paris"), region_in("(UTC+01:00) Amsterdam, Berlin, Bern")
        ('Europe/Paris', 'Europe/Amsterdam')
        >>> region_in("Customized Time Zone") is None
        True
    """
    pieces = name[:200].replace("\\", "").strip('" ').split("/")
    regions = _keys()
    for begin in range(len(pieces) - 1):
        if (key := "/".join(pieces[begin:]).replace(" ", "_")) in regions:
            return key
    listed = re.fullmatch(r"\((?:UTC|GMT)[^()]*\)\s*(.+)", name[:200])
    cities = re.split(r"\s*[,;]\s*", listed[1]) if listed else []
    found = (city if city in regions else _cities().get(city.casefold()) for city in cities)
    return next((region for region in found if region), None)


#: What says in a line above the headings that a zone follows; and what may be about other times.
_ZONE_FOLLOWS = re.compile(
    r"(?:\btime ?-?zone|\btz\b|\bfuseau(?: horaire)?|\bzeitzone|\bzona horaria|\bfuso (?:orario|horário)|\btijdzone|"
    r"\bstrefa czasowa|часовой пояс|タイムゾーン|时区|時區|시간대)",
    re.IGNORECASE,
)
_TIMES_IN = re.compile(
    r"\b(?:times?(?:tamps)? (?:are )?(?:all )?(?:shown |given |displayed |expressed |reported )?in|timestamps? are|"
    r"alle (?:uhr)?zeiten(?: sind)?(?: in)?|(?:uhr)?zeiten in|heures (?:sont )?(?:affichées |indiquées |exprimées )?en|"
    r"horas (?:están |são )?en?m?|orari in|tijden in)\b",
    re.IGNORECASE,
)
#: What a zone may follow or stand before, and other words as well: "Times are UTC+2", "All times GMT", "UTC times".
_MAY_FOLLOW = re.compile(
    r"\b(?:(?:all |alle |toutes les |todas las )?(?:date ?/ ?|dates? and )?"
    r"(?:times?(?:stamps?)?|dates?|hours|(?:uhr)?zeiten|horaires|heures|horas?|orari|ore|tijden)"
    r"(?: (?:are|is|sind|sont|están|sono|zijn))?(?: (?:all|given|shown))?(?: (?:in|en|em))?)(?= |\s*:)",
    re.IGNORECASE,
)
_ZONE_OF = re.compile(r"((?:UTC|GMT)(?:[+-]\d[\d:]*)?|[A-Z]{3,4}) (?:times?|dates?|Zeiten)\b")
#: What follows "all times in" and is no zone: units, and ways of writing.
_NO_ZONE = re.compile(
    r"(?:decimal |whole |full )?(?:(?:milli|micro|mikro|nano)?(?:se[ck](?:onds?|onden?|ondes|s)?|secondi|segundos|"
    r"seconden)|ms|min(?:ute[sn]?|utos|uti|s)?|h(?:ou)?rs?|h|stunden|heures|horas|ore|uren|days?|tagen?|jours|"
    r"días|dias|giorni|dagen)\b.*|(?:.*\W)?(?:format|notation|clock|hh:?mm.*|24 ?h|12 ?h)(?:\W.*)?|iso\b.*",
    re.IGNORECASE,
)
#: What says that the times of the table are local, without saying where.
_ALL_LOCAL = re.compile(
    r"\b(?:date ?/ ?)?(?:times?|timestamps?|dates?|hours|clocks?)(?: (?:values?|columns?|stamps?|in|of|the|this|all|"
    r"log|file|export|report|and|or|dates|times|are|is|shown|given|displayed|expressed|recorded|reported|logged|as))* "
    r"(?:the )?local\b|\b(?:all|in) local (?:date ?/ ?)?times?\b|^\W*local times?\W*$|"
    r"\bortszeit|\blokalzeit|\blokale[nr]? (?:uhr)?zeit|\bheures? locales?|\bhoras? local|\bora(?:rio|ri)? local|"
    r"\bore locali|\blokale tijd|\blokal tid|\bczas\w* lokaln|местно[ем]\w* врем|"
    r"現地時[間刻]|当地时间|當地時間|현지 ?시[간각]",
    re.IGNORECASE,
)
_LOCAL = re.compile(r"(?:the )?local\b|ortszeit|lokal|heure locale|hora local", re.IGNORECASE)
#: How a zone is written beside words that it may follow: "est." may be an estimate.
_WRITTEN = re.compile(r"[A-Z]{3,5}(?:[+-].*)?|[A-Z][a-z]+/\w+.*|(?:UTC|GMT|utc|gmt)\b.*")
_BRACKETED, _CLOCK = re.compile(r"[(\[]((?:UTC|GMT)[^()\[\]]*|[A-Z][a-z]+/[A-Z]\w+)[)\]]"), re.compile(r"\d:\d\d")
_BEFORE_ZONE, _BEHIND_ZONE = " \t:：=,;|\"'", " \t.,;:|\"'"
#: What speaks of all times is about those of the table.
_ALL = re.compile(r"\b(?:all|alle|toutes|todas|tutti|tutte) ", re.IGNORECASE)


def titled_zone(lines: Iterable[str]) -> tuple[str, bool]:
    """The zone that a line above the headings names; "" and whether one does that is not known, where none is.

    Examples:
        >>> [titled_zone([line])[0] for line in ("Time zone: (UTC+09:00) Tokyo", "# All times are in Pacific Time")]
        ['(UTC+09:00) Tokyo', 'Pacific Time']
        >>> [titled_zone([line]) for line in ("Zeitzone;MEZ;;", "Time zone: of the office", "Response times in ms")]
        [('MEZ', False), ('', True), ('', False)]
        >>> titled_zone(["Log of May (UTC+01:00)"]), titled_zone(["Exported 2025-03-01 09:00 (UTC+01:00)"])
        (('UTC+01:00', False), ('', False))
        >>> [titled_zone([line]) for line in ("All times in hours", "Times are UTC+2", "Response times: est.")]
        [('', False), ('UTC+2', False), ('', False)]
    """
    unknown = False
    for line in lines:
        for says in (_ZONE_FOLLOWS, _TIMES_IN):
            for match in says.finditer(line):
                rest = line[match.end() :].strip(_BEFORE_ZONE)
                cells = (rest, *re.split(r"[;,\t|\"]", rest), *re.split(r" - | \(", rest))
                spelt = (cell.strip(_BEHIND_ZONE) for cell in cells)
                found = next((cell for cell in spelt if len(cell) > 1 and _is_zone(cell)), None)
                if found:
                    return found, False
                of_all = bool(_ALL.search(line) or _LOCAL.match(rest)) and not _NO_ZONE.fullmatch(
                    rest.strip(_BEHIND_ZONE)
                )
                unknown = unknown or (bool(rest) and (says is _ZONE_FOLLOWS or of_all))
        # What stands behind a time of day is the zone of that time.
        bracketed = _BRACKETED.search(line)
        if bracketed and not _CLOCK.search(line[: bracketed.start()]) and _is_zone(bracketed[1]):
            return bracketed[1], False
        if loose := _beside_times(line):
            return loose, False
    return "", unknown


def says_local(lines: Iterable[str]) -> bool:
    """Whether a line above the headings says that times are local.

    Examples:
        >>> lines = ("All times in the log are local times", "# times are local", "Heures locales", "Local offices: 4")
        >>> [says_local([line]) for line in lines], says_local(["Exported at 09:00 local time"])
        ([True, True, True, False], False)
    """
    return any(_ALL_LOCAL.search(line) and not _CLOCK.search(line) for line in lines)


def _beside_times(line: str) -> str:
    """The zone in a line that speaks of times, without a word that a zone must follow; "" where there is none.

    Examples:
        >>> [_beside_times(line) for line in ("Horaires : Europe/Paris", "UTC times", "Time: 09:00 UTC", "local times")]
        ['Europe/Paris', 'UTC', '', '']
    """
    behind = (line[match.end() :].strip(_BEFORE_ZONE) for match in _MAY_FOLLOW.finditer(line))
    cells = [re.split(r"[;,\t|\"]", rest)[0].strip(_BEHIND_ZONE) for rest in behind]
    cells += [match[1] for match in _ZONE_OF.finditer(line)]
    return next((cell for cell in cells if _WRITTEN.fullmatch(cell) and _is_zone(cell)), "")


def _is_zone(text: str) -> bool:
    return not re.fullmatch(r"[\d:.\s-]+", text) and offset_of(text, datetime(2025, 1, 1)) is not None
