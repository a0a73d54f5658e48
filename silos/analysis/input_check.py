"""`silos check`: the rows read, rejected and unmatched, and the strength of the verdict that the log allows."""

import json
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from silos.engines import engine_on
from silos.errors import OutputError, ReadError
from silos.locales.numerals import Numerals
from silos.readers import FORMATS, enough_room, scanning
from silos.readers.files.paths import paths_of
from silos.system.files import is_ours
from silos.tables import Interactions, Roster, Source
from silos.ties.count import tally
from silos.ties.definitions import Evidence, grade
from silos.ties.group_volumes import GroupTally, count
from silos.ties.people import Population, population
from silos.ties.results import LogFacts
from silos.ties.steps import REACH, Steps

#: Examples of unreadable rows that are shown.
EXAMPLES = 10
#: Keys by which the JSON of an earlier check is known.
KEYS = ("logs", "roster", "rows_read", "evidence")

#: What raises the evidence grade, by the grade there is.
RAISE = {
    "substantive": "The connector verdict will rest on conversations or meetings: nothing more is needed.",
    "turn-taking": (
        "The connector verdict will rest on who writes to whom both ways, and on how departments take turns, by which "
        "a service desk is told. Export the conversation of each message (a column 'thread') or meetings to raise it."
    ),
    "reciprocated": (
        "The connector verdict will rest on who writes to whom both ways, so a service desk that acknowledges cannot "
        "be ruled out. Export the conversation of each message (a column 'thread') or meetings to raise it."
    ),
    "volume": (
        "The connector verdict will rest on bare contacts. To strengthen it, export who sent each message (columns "
        "'sender' and 'recipient') and its conversation (a column 'thread')."
    ),
}


@dataclass(frozen=True)
class Figures:
    """What one log holds, whatever the period that is looked at.

    Attributes:
        rows: interactions that the reader made of it.
        undated: of these without a time that is understood.
        first, last: times.
        broadcasts: rows that reached more people than the limit.
        ids: distinct ids of people.
        known: ids that the roster has.
        threads, meetings: rows that are in a conversation, or are of a meeting; broadcasts apart.
        private: rows that went to named people only.
        public: replies and mentions, which others could read.
        sent: rows that have a sender, as contacts have not.
    """

    rows: int
    undated: int
    first: datetime | None
    last: datetime | None
    broadcasts: int
    ids: int
    known: int
    threads: int
    meetings: int
    private: int
    public: int
    sent: int

    @property
    def evidence(self) -> Evidence:
        """The best kind of tie that this log alone can show."""
        directed = self.sent > 0
        turns = directed and self.first is not None
        return grade(threads=self.threads > 0, meetings=self.meetings > 0, directed=directed, turns=turns)

    def lacks(self, source: Source) -> str:
        """What to export besides, to see more of who is in contact; "" where nothing is known to lack."""
        only_public = self.public > 0 and not self.private
        lacking = self.rows > 0 and not source.groups and (self.evidence != "substantive" or only_public)
        reader = FORMATS.get(source.format)
        return reader.more if reader and lacking else ""

    def to_dict(self) -> dict[str, Any]:
        """For scripts."""
        first, last = (time.isoformat() if time else None for time in (self.first, self.last))
        counts = {name: getattr(self, name) for name in ("rows", "undated", "broadcasts", "ids")}
        return {**counts, "ids_matched": self.known, "first": first, "last": last, "evidence": self.evidence}


@dataclass(frozen=True, eq=False)
class Inspection:
    """The result of `silos check`.

    Attributes:
        interactions: the logs.
        roster: who is who.
        log: what an analysis would use, and what it would leave out.
        people: how many of the roster an analysis would be of.
        matched: how many of them have a tie.
        figures: one entry a log, as `interactions.sources`.
    """

    interactions: Interactions
    roster: Roster
    log: LogFacts
    people: int
    matched: int
    figures: tuple[Figures, ...]

    def to_dict(self) -> dict[str, Any]:
        """For scripts."""
        held = self.log
        return {
            "logs": [
                {
                    "name": source.name,
                    "format": source.format,
                    "columns": dict(source.columns),
                    **figures.to_dict(),
                    "rejected": dict(source.rejected),
                    "notes": list(source.notes),
                    "problems": list(source.problems),
                    "lacks": figures.lacks(source),
                }
                for source, figures in zip(self.interactions.sources, self.figures, strict=True)
            ],
            "roster": {
                "people": len(self.roster),
                "columns": dict(self.roster.columns),
                "notes": list(self.roster.notes),
            },
            "rows_read": held.rows_read,
            "rows_used": held.rows_used,
            "rows_rejected": dict(held.rejected),
            "broadcasts": held.broadcasts,
            "self": held.selves,
            "people": self.people,
            "people_matched": self.matched,
            "people_unmatched": held.strangers,
            "first": held.first.isoformat() if held.first else None,
            "last": held.last.isoformat() if held.last else None,
            "layers": dict(held.media),
            "evidence": held.evidence,
            "waived": list(held.waived),
            "problems": [{"log": log, "line": line, "reason": reason} for log, line, reason in held.problems],
        }

    def text(self) -> str:
        """For people."""
        held, number = self.log, Numerals("en")
        lines = []
        for source, figures in zip(self.interactions.sources, self.figures, strict=True):
            lines += [f"{source.name}: {source.format}; {_fields(source.columns)}"]
            lines += [f"  {line}" for line in _of_log(source, figures, number)]
        lines += [f"roster: {number.count(len(self.roster))} people; {_fields(self.roster.columns)}"]
        lines += [f"  {note}" for note in self.roster.notes]
        total = max(held.rows_read, 1)
        rows = {"used": held.rows_used, "broadcasts": held.broadcasts, "to oneself": held.selves, **held.rejected}
        lines += ["", f"rows read: {number.count(held.rows_read)}"]
        lines += [
            f"  {number.count(count):>12}  {number.percent(count / total, 1):>6}  {reason}"
            for reason, count in rows.items()
            if count
        ]
        for log, line, reason in held.problems[:EXAMPLES]:
            lines += [f"  {log}, line {line}: {reason}" if line else f"  {log}: {reason}"]
        if len(held.problems) > EXAMPLES:
            lines += [f"  and {number.count(len(held.problems) - EXAMPLES)} more"]
        period = f"{held.first:%Y-%m-%d} to {held.last:%Y-%m-%d}" if held.first and held.last else "undated"
        media = ", ".join(f"{medium or 'unnamed'} {number.count(count)}" for medium, count in held.media.items())
        lines += [
            "",
            f"period: {period}",
            f"layers: {media}",
            *self._people_and_evidence(number),
        ]
        return "\n".join(lines)

    def _people_and_evidence(self, number: Numerals) -> list[str]:
        held = self.log
        lines = [
            f"people in the roster: {number.count(self.people)}, with a tie: {number.count(self.matched)}",
            f"ids in the log that are not in the roster: {number.count(held.strangers)}",
            f"evidence of the connector verdict: {held.evidence}",
            f"  {RAISE[held.evidence]}",
        ]
        if "weeks" in held.waived:
            lines += ["  The log is too short, or its times are too coarse, to require contact in 3 different weeks."]
        return lines

    def write(self, file: str | Path) -> None:
        """Write `to_dict()` as JSON.

        Raises:
            OutputError: it cannot be written there.
        """
        text = json.dumps(self.to_dict(), ensure_ascii=False, indent=1, allow_nan=False)
        try:
            Path(file).write_text(text + "\n", encoding="utf-8")
        except OSError as fault:
            raise OutputError(f"{file} cannot be written: {fault.strerror or fault}.") from fault


@dataclass(frozen=True, eq=False)
class GroupInspection(Inspection):
    """The result of `silos check` on a log of groups: there are no persons to count.

    Attributes:
        counted: the departments, and the time they invest in each other.
    """

    counted: GroupTally

    def to_dict(self) -> dict[str, Any]:
        """For scripts."""
        unknown = dict.fromkeys(("broadcasts", "self", "people_matched", "people_unmatched"))
        volumes = self.counted.volumes
        about = {"people": len(volumes), "departments": len(volumes.departments), "sizes": self.counted.sized_by}
        return super().to_dict() | unknown | about

    def _people_and_evidence(self, number: Numerals) -> list[str]:
        volumes, sized_by = self.counted.volumes, self.counted.sized_by
        said = {"log": "the log", "roster": "the roster", "both": "the log or, where it has no sizes, the roster"}
        departments, people = number.count(len(volumes.departments)), number.count(len(volumes))
        return [
            f"departments: {departments}, with {people} people according to {said[sized_by]}",
            "The log holds no persons, so there is no verdict on departments, pairs or the connector. A "
            "person-to-person query, or the mail trace of Exchange, would give them.",
        ]


def _fields(columns: Mapping[str, str]) -> str:
    return ", ".join(f"{field} from {column!r}" for field, column in columns.items())


def _of_log(source: Source, figures: Figures, number: Numerals) -> list[str]:
    """What is said of one log, a line each."""
    period = "undated"
    if figures.first and figures.last:
        period = f"{figures.first:%Y-%m-%d} to {figures.last:%Y-%m-%d}"
        period += f", {number.count(figures.undated)} undated" if figures.undated else ""
    lines = []
    if source.groups:
        lines += [f"{number.count(figures.rows)} rows of groups, {period}"]
    elif figures.rows:
        share = number.percent(figures.broadcasts / figures.rows, 1)
        lines += [
            f"{number.count(figures.rows)} rows, {period}; broadcasts {share}",
            f"{number.count(figures.ids)} ids (a person may have several), {number.count(figures.known)} in the roster",
        ]
    if source.rejected:
        reasons = (f"{reason} {number.count(count)}" for reason, count in source.rejected.items())
        lines += [f"left out on reading: {', '.join(reasons)}"]
        lines += [f"  {problem}" for problem in source.problems]
    lines += source.notes
    lacking = figures.lacks(source)
    return [*lines, f"To see more: {lacking}"] if lacking else lines


def refuse_place(file: str | Path, *, inputs: Iterable[str]) -> None:
    """Refuse what `Inspection.write` could not write, or should not, before anything is read.

    Args:
        file: to be written.
        inputs: paths, folders and globs that are read.

    Raises:
        OutputError: it is a directory or in none, or it is an input.
    """
    target = Path(file)
    try:
        if target.is_dir():
            raise OutputError(f"{file} is a directory. Name a file.")
        if not target.parent.is_dir():
            raise OutputError(f"{file} cannot be written: there is no directory {str(target.parent)!r}. Make it first.")
        if not target.exists():
            return
        for given in inputs:
            # What is not there is told by those who read it; Spark has paths of its own.
            with suppress(ReadError):
                if any(_reads(path, target) for path in paths_of(given)):
                    raise OutputError(f"{file} is also read as {given} and would be overwritten. Name another file.")
    except OSError as fault:
        raise OutputError(f"{file} cannot be written: {fault.strerror or fault}.") from fault


def _reads(path: Path, target: Path) -> bool:
    """Whether `target` is the input `path`, or in that folder and no earlier check."""
    if path.is_dir():
        return target.resolve().is_relative_to(path.resolve()) and not is_ours(target, KEYS)
    return path.exists() and path.samefile(target)


def inspect(
    interactions: Interactions,
    roster: Roster,
    *,
    by: str = "department",
    since: datetime | None = None,
    until: datetime | None = None,
    max_recipients: int = 20,
) -> Inspection:
    """Count what an analysis would use, and say what it would leave out.

    Raises:
        SilosError: as `silos.ties.count.tally`.
    """
    if interactions.groups:
        between = count(interactions, roster, by=by, since=since, until=until)
        return GroupInspection(interactions, roster, between.log, 0, 0, _of_groups(interactions), between)
    counted = tally(
        interactions, roster, by=by, since=since, until=until, max_recipients=max_recipients, whatever_is_lost=True
    )
    matched = len(set(counted.ties.dyads["a"]) | set(counted.ties.dyads["b"]))
    figures = _figures(interactions, population(roster, by), max_recipients)
    return Inspection(interactions, roster, counted.log, len(counted.people), matched, figures)


def _figures(interactions: Interactions, everybody: Population, max_recipients: int) -> tuple[Figures, ...]:
    """The figures of each log by itself, whatever the period, by the same steps that count ties."""
    engine = engine_on(interactions.connection, size=interactions.size)
    steps = Steps(engine, everybody, max_recipients=max_recipients)
    found = []
    try:
        with enough_room(), scanning(interactions):
            for source in interactions.sources:
                steps.read(replace(interactions, sources=(replace(source, affiliations="", ties=""),)))
                steps.run(REACH)
                engine.step("deliveries", _ROWS, kept=False)
                steps.run(["addressed"])
                [counts], [kinds], [ids] = (engine.rows(query) for query in (_COUNTS, _KINDS, _IDS))
                found.append(Figures(**counts, **kinds, **ids))
    finally:
        engine.close()
    return tuple(found)


def _of_groups(interactions: Interactions) -> tuple[Figures, ...]:
    """The figures of each log of groups."""
    found = []
    with interactions.connection.cursor() as cursor, scanning(interactions):
        for source in interactions.sources:
            [(rows, dated, first, last)] = cursor.execute(
                f"select count(*), count(timestamp), min(timestamp), max(timestamp) from ({source.groups}) as log"
            ).fetchall()
            found.append(
                Figures(rows, rows - dated, first, last, broadcasts=0, ids=0, known=0, threads=0, meetings=0, private=0,
                        public=0, sent=0)
            )  # fmt: skip
    return tuple(found)


#: Every row of a log, copies and those that make no ties included: each is asked how many people it reached.
_ROWS = """
    select moment, medium, event, thread, meeting, sent, recipients, weight, sender, recipient from known
"""
_COUNTS = """
    select
        count(*) as rows,
        count(case when moment is null then 1 end) as undated,
        min(moment) as first,
        max(moment) as last,
        count(case when people > max_recipients then 1 end) as broadcasts,
        count(case when people <= max_recipients then thread end) as threads,
        count(case when people <= max_recipients and meeting then 1 end) as meetings,
        count(case when sent or meeting then 1 end) as sent
    from addressed
    cross join settings
"""
_KINDS = """
    select
        count(case when kind in ('direct', 'group') then 1 end) as private,
        count(case when kind in ('reply', 'mention') then 1 end) as public
    from interactions
"""
_IDS = """
    select count(*) as ids, count(code) as known
    from (
        select lower(trim(sender)) as id from interactions
        union
        select lower(trim(recipient)) as id from interactions
    ) named
    left join aliases on fingerprint(id) = alias
    where id <> ''
"""
