"""Times of tables as some program or language writes them, made as `silos.readers.tabular.timestamps` knows them.

JavaScript prints "Mon Jan 06 2025 09:00:00 GMT+0100 (CET)", .NET "/Date(1736154000000)/", people "6. Januar 2025 um
9:00 Uhr". Only columns with such values come here; each edit is a pattern that Python and DuckDB read alike.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from silos.engines.quoting import literal
from silos.readers.tabular import day_halves
from silos.readers.tabular.edits import Edits
from silos.readers.tabular.ids import visible
from silos.readers.tabular.ids_sql import re2, sql_visible
from silos.readers.tabular.month_names import month_of
from silos.readers.tabular.zone_names import offset_of, sql_utc

_WORD = r"[^\s0-9.,:;/()\[\]+-]"
_TH = r"(?:[.]|er|º|°|st|nd|rd|th)?"
#: Pattern -> what stands for it, one after the other.
EDITS: tuple[tuple[str, str], ...] = (
    (r" {2,}", " "),
    # What a spreadsheet was to leave alone: ="2025-01-06", '2025-01-06.
    (r"^\s*=?[\"']+|[\"']+\s*$|^ +| +$", ""),
    *day_halves.EDITS,
    # A web server: [06/Jan/2025:09:00:00 +0000]
    (r"^\[?([0-9]{2}/[A-Z][a-z]{2}/[0-9]{4}):([0-9]{2}:[0-9]{2}:[0-9]{2}) ([+-][0-9]{4})\]?$", r"\1 \2 \3"),
    (r"^/?Date\((-?[0-9]+)(?:[+-][0-9]{4})?\)/?$", r"\1"),
    (r"(?i) ?([ap])[.] ?m[.]$", r" \1m"),
    (r"(?i) (?:uhr|h)$", ""),
    # DB2: 2025-01-06-09.00.00.000000
    (r"^([0-9]{4}-[0-9]{2}-[0-9]{2})-([0-9]{2})[.]([0-9]{2})[.]([0-9]{2})", r"\1 \2:\3:\4"),
    (r"^([0-9]{4})[年년] ?([0-9]{1,2})[月월] ?([0-9]{1,2})[日일]", r"\1-\2-\3"),
    # Korean and Hungarian end a date in a dot, Czech parts it by blanks, Japanese tells the day of the week.
    (r"^([0-9]{4})[.] ?([0-9]{1,2})[.] ?([0-9]{1,2})[.]", r"\1-\2-\3"),
    (r"^([0-9]{1,2})[.] ([0-9]{1,2})[.] ([0-9]{4})", r"\1.\2.\3"),
    (r"^([0-9]{4}[-/.][0-9]{1,2}[-/.][0-9]{1,2}) ?[(（][月火水木金土日一二三四五六월화수목금토일][)）]", r"\1"),
    (r"([0-9]{4}) г[.]?", r"\1"),
    (r"^([A-Z][a-z]{2,8} [0-9]{1,2})(?:st|nd|rd|th),? ", r"\1, "),
    # "09:00 06/01/2025"
    (r"^([0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?(?: ?[AaPp][Mm])?),? ([0-9]{1,4}[-/.][0-9]{1,2}[-/.][0-9]{1,4})$", r"\2 \1"),
    # "GMT+0100 (CET)", "UTC+2", "+0000 UTC", "+01:00[Europe/Paris]"
    (r" ?(?:GMT|UTC)([+-][0-9]{2}):?([0-9]{2})(?: [(].*[)])?$", r" \1:\2"),
    (r" ?(?:GMT|UTC)([+-])([0-9])$", r" \10\2:00"),
    (r" ?(?:GMT|UTC)([+-][0-9]{2})$", r" \1:00"),
    (r"([0-9] ?[+-][0-9]{2}:?[0-9]{2}|[0-9]Z) ?(?:[A-Z]{2,5}|[(\[].*[)\]])$", r"\1"),
    # SQL Server: Jan  6 2025  9:00:00:000AM
    (r":([0-9]{3}) ?([AaPp][Mm])$", r".\1 \2"),
    (rf"^(?:{_WORD}{{2,12}}[.]?,? )([0-9]{{1,2}}{_TH} ?{_WORD})", r"\1"),
    (rf"^([0-9]{{1,2}}){_TH} (?:de )?({_WORD}{{3,12}})[.]? (?:de )?([0-9]{{4}})", r"\1 \2 \3"),
    (r" (?:à|um|at|om|kl[.]|klo|alle|a las|às|o|в) ([0-9])", r" \1"),
    # Unix: Mon Jan 6 09:00:00 CET 2025
    (r"^(?:[A-Z][a-z]{2} )?([A-Z][a-z]{2} [0-9]{1,2}) ([0-9:.]{5,})((?: [A-Z]{2,5})?) ([0-9]{4})$", r"\1 \4 \2\3"),
)
_EDITED = Edits(EDITS)

#: Where a time ends, and a zone in words may follow.
_END = re.compile(r"\d(?: ?[AaPp][Mm])?(?= ?\(?[A-Za-z])")
#: What no zone is, or is read with the time.
_NO_ZONES = frozenset(("am", "pm", "utc", "gmt"))
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
#: Months as strptime knows them.
ENGLISH = re.compile(
    r"(?i)jan(uary)?|feb(ruary)?|mar(ch)?|apr(il)?|may|june?|july?|aug(ust)?|sep(tember)?|oct(ober)?|nov(ember)?|"
    r"dec(ember)?"
)
_LETTERS = re.compile(r"[^\W\d_]{3,12}")


@dataclass(frozen=True)
class Loose:
    """How the values of a column are made times that are known.

    Attributes:
        words: names of months that are not English, and the English ones, the longest first.
        zones: what stands behind a time as it is written, and the zone that it names, the longest first.
    """

    words: tuple[tuple[str, str], ...] = ()
    zones: tuple[tuple[str, str], ...] = ()

    def text(self, column: str) -> str:
        """SQL of a column of times, edited."""
        found = _EDITED.sql(sql_visible(column))
        for word, month in self.words:
            found = f"replace({found}, {literal(word)}, {literal(month)})"
        return found

    def utc(self, text: str, parsed: Callable[[str], str]) -> str:
        """SQL of the time of an edited text.

        Args:
            text: SQL of it.
            parsed: makes SQL of the time of a text without a zone in words.
        """
        zoned = "".join(
            f"when regexp_matches({text}, {re2('[0-9MmZ]' + re.escape(stated) + '$')}) then "
            + sql_utc(parsed(f"left({text}, length({text}) - {len(stated)})"), zone)
            + " "
            for stated, zone in self.zones
        )
        return f"case {zoned}else {parsed(text)} end" if zoned else parsed(text)


def loosened(value: str) -> tuple[str, Loose]:
    """A value as a time that may be known, and what was done to it.

    Examples:
        >>> loosened("Montag, 6. Januar 2025 um 09:00 Uhr")
        ('6 Jan 2025 09:00', Loose(words=(('Januar', 'Jan'),), zones=()))
        >>> loosened("2025-01-06 09:00:00 CET")
        ('2025-01-06 09:00:00', Loose(words=(), zones=((' CET', 'CET'),)))
        >>> loosened("Mon Jan 06 2025 09:00:00 GMT+0100 (CET)")[0], loosened("2025-01-06 09:00:00 XYZ")[0]
        ('Mon Jan 06 2025 09:00:00 +01:00', '2025-01-06 09:00:00 XYZ')
    """
    text = _EDITED.of(visible(value))
    words = {
        word: _MONTHS[number - 1]
        for word in _LETTERS.findall(text)
        if not ENGLISH.fullmatch(word) and (number := month_of(word))
    }
    for word, month in words.items():
        text = text.replace(word, month)
    for place in (match.end() for match in _END.finditer(text)):
        zone = text[place:].strip()
        # A single letter is a zone to the military alone.
        known = (len(zone) > 1 or zone in "Zz") and zone.casefold() not in _NO_ZONES
        if known and offset_of(zone, datetime(2025, 1, 1)) is not None:
            return text[:place], Loose(tuple(words.items()), ((text[place:], zone),))
    return text, Loose(tuple(words.items()))


def together(found: Iterable[Loose]) -> Loose:
    """What is to be done to all values of a column."""
    words: dict[str, str] = {}
    zones: dict[str, str] = {}
    for one in found:
        words |= dict(one.words)
        zones |= dict(one.zones)
    ordered = [sorted(table.items(), key=lambda item: (-len(item[0]), item)) for table in (words, zones)]
    return Loose(tuple(ordered[0]), tuple(ordered[1]))
