"""Halves of the day in the words of any language, made AM and PM; and hours and minutes that signs part, made a clock.

Spreadsheets write 上午9:00, 9:00 π.μ. or 오전 9시 5분 as their language has it. Each edit is a pattern that Python and
DuckDB read alike.
"""

import re

from silos.readers.tabular.columns import bare, folded
from silos.readers.tabular.edits import Edits

#: Words of the forenoon and of the afternoon that stand before a time of day; and those that stand behind it.
_BEFORE = (r"上午|午前|오전|[Dd]e[.]|[Ss]áng", r"下午|午後|오후|[Dd]u[.]|[Cc]hiều")
_BEHIND = (
    r"上午|午前|오전|[πΠ][.]?[μΜ][.]?|ص|[Vv]orm(?:ittags|[.])|fm|f[.]m[.]|SA|पूर्वाह्न|paradites?",
    r"下午|午後|오후|[μΜ][.]?[μΜ][.]?|م|[Nn]achm(?:ittags|[.])|em|e[.]m[.]|CH|अपराह्न|pasdites?",
)
_CLOCK = r"[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?"
#: Patterns of these, and what stands for them.
EDITS: tuple[tuple[str, str], ...] = (
    (r"([時时点點시分분]) ?([0-9] ?[分분秒초])", r"\1 0\2"),
    (r"([0-9]{1,2}) ?[時时点點시] ?([0-9]{1,2}) ?[分분] ?([0-9]{1,2}) ?[秒초]", r"\1:\2:\3"),
    (r"([0-9]{1,2}) ?[時时点點시] ?([0-9]{1,2}) ?[分분]", r"\1:\2"),
    (r"([0-9]{1,2}) ?[時时点點시]$", r"\1:00"),
    (rf"(?:{_BEFORE[0]}) ?({_CLOCK})", r"\1 AM"),
    (rf"(?:{_BEFORE[1]}) ?({_CLOCK})", r"\1 PM"),
    (rf"(:[0-9]{{2}}) ?(?:e )?(?:{_BEHIND[0]})$", r"\1 AM"),
    (rf"(:[0-9]{{2}}) ?(?:e )?(?:{_BEHIND[1]})$", r"\1 PM"),
    # "9:00a"; in capitals it may be a zone of the military.
    (r"(:[0-9]{2}) ?([ap])$", r"\1 \2m"),
    # Noon and midnight are 0 in Japanese. RE2 knows groups of one digit: the first, and 12.
    (r"(^|[ T])0?0(:[0-9]{2}(?::[0-9]{2})?) ?([AaPp][Mm])$", r"\112\2 \3"),
)
_HALVES = Edits(EDITS)
#: The half of the day in a column of its own.
_HALF = re.compile(rf"[AaPp][.]? ?[Mm][.]?|{_BEHIND[0]}|{_BEHIND[1]}")
#: What its heading is, folded, or ends in.
_HEADINGS = ("ampm", "amorpm", "meridiem")


def with_halves(text: str) -> str:
    """A text with its time of day as a clock shows it, and AM or PM.

    Examples:
        >>> [with_halves(text) for text in ("2025-01-06 上午9:00", "2:30 μ.μ.", "오후 2시 5분", "午後0:05")]
        ['2025-01-06 9:00 AM', '2:30 PM', '2:05 PM', '12:05 PM']
        >>> with_halves("9:00a"), with_halves("9:00 CET")
        ('9:00 am', '9:00 CET')
    """
    return _HALVES.of(text)


def sql_with_halves(text: str) -> str:
    """SQL of `with_halves`."""
    return _HALVES.sql(text)


def is_half(heading: str) -> bool:
    """Whether a heading is that of a column of AM and PM.

    Examples:
        >>> is_half("AM/PM"), is_half("Time AM-PM"), is_half("Team")
        (True, True, False)
    """
    return folded(bare(heading)).endswith(_HEADINGS)


def are_halves(values: list[str]) -> bool:
    """Whether values say the half of the day, some of them at least, and nothing else.

    Examples:
        >>> are_halves(["AM", "p.m.", ""]), are_halves(["AM", "no"]), are_halves([""])
        (True, False, False)
    """
    stated = [value.strip() for value in values if value.strip()]
    return bool(stated) and all(map(_HALF.fullmatch, stated))
