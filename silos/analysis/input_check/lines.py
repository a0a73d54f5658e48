"""What `silos check` says of one log, and of the media and columns of all of them, a line each."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from silos.analysis.connector.evidence import written
from silos.analysis.input_check.log_figures import Figures
from silos.analysis.input_check.troubles import counted, rejected
from silos.locales import ENGLISH
from silos.locales.phrases import phrases
from silos.locales.said import Said, in_language
from silos.tables import Source
from silos.ties.losses import lost_of

#: Where readers say that a row stands.
_PLACE = re.compile(
    r"(?P<where>.*), (?:(?P<kind>line|message|mail|file) (?P<number>\d+)|from (?P<onward>line|entry) (?P<first>\d+) on)"
)


def medium_said(medium: str, nameless: str = "nameless") -> str:
    """A medium by its name, in every language if it is a well-known one; `nameless` is the text for one without."""
    if not medium:
        return Said("check", nameless)
    return Said("media", medium) if medium in phrases(ENGLISH)["media"] else medium


def layers_said(media: Mapping[str, int]) -> list[str]:
    """How many rows each medium has, and how to name one that has no name."""
    said = [Said("check", "reason", reason=medium_said(medium), count=count) for medium, count in media.items()]
    lines: list[str] = [Said("check", "layers", media=said)]
    return lines if "" not in media or len(media) == 1 else [*lines, Said("check", "layers_nameless")]


def fields_said(columns: Mapping[str, str]) -> list[Said]:
    """Which field is in which column."""
    return [Said("check", "field", field=field, column=repr(column)) for field, column in columns.items()]


def period_said(first: datetime | None, last: datetime | None, undated: int = 0) -> Said:
    """From when to when the rows are, and how many have no time."""
    if not first or not last:
        return Said("check", "undated")
    days = {"first": f"{first:%Y-%m-%d}", "last": f"{last:%Y-%m-%d}"}
    return Said("check", "period_undated", undated=undated, **days) if undated else Said("check", "period", **days)


def log_said(source: Source, figures: Figures, kinds: Collection[str] = ()) -> list[str]:
    """What is said of one log, a line each; `kinds` is what the rows of all logs are, as far as that is known."""
    period = period_said(figures.first, figures.last, figures.undated)
    lines: list[str] = []
    if source.groups:
        lines += [Said("check", "log_groups", count=figures.rows, period=period)]
    elif figures.rows:
        lines += [
            Said(
                "check", "log_rows", count=figures.rows, period=period, share=float(figures.broadcasts / figures.rows)
            ),
            Said("check", "log_ids", count=figures.ids, known=figures.known),
        ]
    if source.rejected:
        lines += [Said("check", "left_out_on_reading", reasons=counted(source.rejected))]
        lines += examples_said(source.problems)
    lines += source.notes
    repairs = source.condition.mended.items()
    lines += [Said("check", "mended", what=repair_said(what), count=count) for what, count in repairs]
    # What is no message has no conversation.
    lacking = figures.lacks(source) if written(kinds) or not kinds else ""
    return [*lines, Said("check", "see_more", more=lacking)] if lacking else lines


def repair_said(what: str) -> str:
    """What was mended in cells, in every language if it is one of ours."""
    return Said("mended", what) if what in phrases(ENGLISH)["mended"] else what


def place_said(where: str) -> str:
    """Where a row stands, in every language: "mail.csv, line 7".

    Examples:
        >>> place_said("mail.csv, line 7").in_language("de"), place_said("general/2024-05-31.json")
        ('mail.csv, Zeile 7', 'general/2024-05-31.json')
    """
    if (found := _PLACE.fullmatch(where)) is None:
        return where
    if found["onward"]:
        return Said("check", f"place_{found['onward']}_on", where=found["where"], line=found["first"])
    return Said("check", f"place_{found['kind']}", where=found["where"], line=found["number"])


def examples_said(problems: Sequence[str]) -> list[str]:
    """Where rows stand that were left out: each that is lost, and one for every reason that is to be expected."""
    lines: list[str] = []
    told: set[str] = set()
    for problem in problems:
        where, colon, reason = problem.rpartition(": ")
        example = Said("check", "at", where=place_said(where), reason=rejected(reason)) if colon else problem
        if lost_of({reason: 1}):
            lines.append(Said("check", "indented", line=example))
        elif reason not in told:
            lines.append(Said("check", "indented", line=Said("check", "example", example=example)))
        told.add(reason)
    return lines


def seen_said(name: str, format_: str, columns: Mapping[str, str], lines: Iterable[str]) -> list[str]:
    """The heading of a log, and what is said of it below."""
    heading = Said("check", "log", name=name, format=format_, fields=fields_said(columns))
    return [heading, *(Said("check", "indented", line=line) for line in lines)]


def in_lines(lines: Iterable[str], language: str) -> str:
    """Lines in a language, as one text."""
    return "\n".join(in_language(line, language) for line in lines)
