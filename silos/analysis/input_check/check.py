"""`silos check`: the rows read, rejected and unmatched, and the strength of the verdict that the log allows."""

import json
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

from silos.analysis.accounts import find_accounts
from silos.analysis.connector.evidence import Grounds, grounds, what_raises
from silos.analysis.input_check.lines import (
    fields_said,
    in_lines,
    layers_said,
    log_said,
    medium_said,
    period_said,
    seen_said,
)
from silos.analysis.input_check.log_figures import Figures, figures_of, figures_of_groups
from silos.analysis.input_check.troubles import (
    Trouble,
    Unmatched,
    in_order,
    of_accounts,
    of_broadcasts,
    of_conditions,
    of_dates,
    of_early_rows,
    of_ids,
    of_kinds,
    of_losses,
    of_media,
    of_period,
    of_rows_left_out,
    of_units,
    rejected,
)
from silos.errors import OutputError, ReadError, SilosError
from silos.locales import ENGLISH
from silos.locales.numerals import Numerals
from silos.locales.said import Said, in_language
from silos.network import DEPARTMENT
from silos.privacy.columns import in_units
from silos.readers.files.paths import paths_of
from silos.system.files import is_ours
from silos.tables import Condition, Interactions, Roster
from silos.ties.count import tally
from silos.ties.definitions import Evidence
from silos.ties.group_volumes import GroupTally, count
from silos.ties.losses import refuse_losses
from silos.ties.people import population
from silos.ties.refusals import SAYS_MORE
from silos.ties.results import LogFacts, Tally, with_rejected

#: Examples of unreadable rows that are shown.
EXAMPLES = 10
#: Keys by which the JSON of an earlier check is known.
KEYS = ("logs", "roster", "rows_read", "evidence")


@dataclass(frozen=True, eq=False)
class Inspection:
    """The result of `silos check`.

    Attributes:
        interactions: the logs.
        roster: who is who.
        log: what an analysis would use, and what it would leave out.
        people: how many of the roster an analysis would be of.
        matched: how many of them have a tie.
        figures: one entry per log, as `interactions.sources`.
        unmatched: ids of each side that the other lacks.
        troubles: what is amiss, and what mends it.
        refusal: why an analysis would refuse; empty where it would not.
        grounds: what the connector verdict would rest on; None where nothing could be counted, or compared.
        by: the column that names the units, and how many `units` there are; None where it is not there.
    """

    interactions: Interactions
    roster: Roster
    log: LogFacts
    people: int
    matched: int
    figures: tuple[Figures, ...]
    unmatched: Unmatched = field(default_factory=lambda: Unmatched((), (), 0))
    troubles: tuple[Trouble, ...] = ()
    refusal: str = ""
    grounds: Grounds | None = None
    by: str = DEPARTMENT
    units: int | None = None

    @property
    def evidence(self) -> Evidence:
        """The grade that the connector verdict would rest on, as far as that is known."""
        return self.log.evidence if self.grounds is None else self.grounds.grade

    def to_dict(self, *, people: bool = False) -> dict[str, Any]:
        """For scripts; with example ids in clear if `people`."""
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
                    **_of_condition(source.condition),
                    "lacks": figures.lacks(source),
                }
                for source, figures in zip(self.interactions.sources, self.figures, strict=True)
            ],
            "roster": {
                "people": len(self.roster),
                "columns": dict(self.roster.columns),
                "notes": list(self.roster.notes),
                **_of_condition(self.roster.condition),
                "managers": {"stated": self.roster.managers.stated, "found": self.roster.managers.found},
            },
            "rows_read": held.rows_read,
            "rows_used": held.rows_used,
            "rows_rejected": dict(held.rejected),
            "broadcasts": held.broadcasts,
            "self": held.selves,
            "people": self.people,
            "by": self.by,
            "units": self.units,
            "people_matched": self.matched,
            "people_unmatched": held.strangers,
            "first": held.first.isoformat() if held.first else None,
            "last": held.last.isoformat() if held.last else None,
            "layers": dict(held.media),
            "evidence": self.evidence,
            "waived": list(held.waived),
            "lost": held.lost,
            "kinds": dict(held.kinds),
            "kinds_guessed": dict(held.guessed),
            "media_unnamed": held.unnamed,
            "unmatched": self.unmatched.samples(clear=people),
            "troubles": [trouble.to_dict() for trouble in self.troubles],
            "refusal": self.refusal,
            "problems": [{"log": log, "line": line, "reason": reason} for log, line, reason in held.problems],
        }

    def text(self, *, people: bool = False, language: str = ENGLISH) -> str:
        """For people to read, in a language; with example ids in clear if `people`."""
        held = self.log
        lines: list[str] = []
        for source, figures in zip(self.interactions.sources, self.figures, strict=True):
            lines += seen_said(
                source.name, source.format, source.columns, log_said(source, figures, held.kinds.values())
            )
        lines += roster_said(self.roster)
        if self.units is not None:
            heading = self.roster.columns.get(self.by, self.by)
            lines += [Said("check", "units", column=repr(heading), count=self.units)]
        lines += ["", Said("check", "rows_read", count=held.rows_read), *self._rows(language)]
        for log, line, reason in held.problems[:EXAMPLES]:
            lines += [
                Said("check", "problem_line" if line else "problem", log=log, line=str(line), reason=rejected(reason))
            ]
        if len(held.problems) > EXAMPLES:
            lines += [Said("check", "problems_more", count=len(held.problems) - EXAMPLES)]
        lines += [
            "",
            Said("check", "whole_period", period=period_said(held.first, held.last)),
            *layers_said(held.media),
            *self._people_and_evidence(),
            *self._sides(people),
            *self._mends(),
        ]
        return in_lines(lines, language)

    def _rows(self, language: str) -> list[str]:
        """How many rows were used, and how many were left out for each reason, in columns."""
        held, number, total = self.log, Numerals(language), max(self.log.rows_read, 1)
        fates = {"used": held.rows_used, "broadcasts": held.broadcasts, "self": held.selves}
        rows: dict[str, int] = {Said("fates", fate): count for fate, count in fates.items()}
        rows |= {rejected(reason): count for reason, count in held.rejected.items()}
        return [
            f"  {number.count(count):>12}  {number.percent(count / total, 1):>6}  {in_language(reason, language)}"
            for reason, count in rows.items()
            if count
        ]

    def _sides(self, people: bool) -> list[str]:
        """A few ids of each side that did not match."""
        counts = {"log": len(self.unmatched.log), "roster": len(self.unmatched.roster)}
        return [
            Said("check", f"sides_{side}", count=counts[side], samples=samples)
            for side, samples in self.unmatched.samples(clear=people).items()
            if samples
        ]

    def _mends(self) -> list[str]:
        """Each trouble and what mends it; why an analysis would refuse."""
        lines = ["", Said("check", "to_mend"), *mends_said(self.troubles)] if self.troubles else []
        if self.refusal:
            return [*lines, "", Said("check", "refusal")]
        return lines or ["", Said("check", "nothing_to_mend")]

    def _people_and_evidence(self) -> list[str]:
        held = self.log
        listed = len(self.roster.people)  # some may have left before the log, or joined after it
        key = "people" if listed == self.people else "people_some"
        people = Said("check", key, people=self.people, matched=self.matched, all=listed)
        if not held.rows_used:
            return [people]
        kinds = [
            Said("check", "kind", medium=medium_said(medium, "unnamed"), kind=Said("row_kinds", kind))
            for medium, kind in held.kinds.items()
        ]
        lines: list[str] = [
            Said("check", "kinds", kinds=kinds),
            people,
            Said("check", "strangers", count=held.strangers),
            Said("check", "evidence", grade=Said("grades", self.evidence)),
            Said("check", "indented", line=what_raises(self.grounds, held.evidence, held.kinds.values())),
        ]
        # Of a log without times it is said that it has none.
        return [*lines, Said("check", "weeks_waived")] if "weeks" in held.waived and held.first else lines

    def write(self, file: str | Path, *, people: bool = False) -> None:
        """Write `to_dict()` as JSON; with example ids in clear if `people`.

        Raises:
            OutputError: it cannot be written there.
        """
        text = json.dumps(self.to_dict(people=people), ensure_ascii=False, indent=1, allow_nan=False)
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

    counted: GroupTally = field(kw_only=True)

    def to_dict(self, *, people: bool = False) -> dict[str, Any]:
        """For scripts."""
        unknown = dict.fromkeys(("broadcasts", "self", "people_matched", "people_unmatched"))
        volumes = self.counted.volumes
        about = {"people": len(volumes), "departments": len(volumes.departments), "sizes": self.counted.sized_by}
        return super().to_dict(people=people) | unknown | about

    def _people_and_evidence(self) -> list[str]:
        volumes, sized_by = self.counted.volumes, self.counted.sized_by
        counts = {"departments": len(volumes.departments), "people": len(volumes)}
        return [Said("check", f"group_departments_{sized_by}", **counts), Said("check", "group_note")]


def _of_condition(condition: Condition) -> dict[str, Any]:
    """What was mended, missing and not used, for scripts."""
    return {
        "placeholders": dict(condition.placeholders),
        "mended": dict(condition.mended),
        "unused": list(condition.unused),
    }


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
    by: str | Sequence[str] = "department",
    since: datetime | None = None,
    until: datetime | None = None,
    max_recipients: int = 20,
    log_kinds: Mapping[str, str] | None = None,
) -> Inspection:
    """Count what an analysis would use, and say what it would leave out, and what mends it.

    Where an analysis would refuse, `refusal` says why, and the rest says what was seen all the same.
    """
    roster, by = in_units(roster, by)
    if interactions.groups:
        between = count(interactions, roster, by=by, since=since, until=until)
        troubles = tuple(of_conditions(interactions, roster))
        figures = figures_of_groups(interactions)
        return GroupInspection(interactions, roster, between.log, 0, 0, figures, troubles=troubles, counted=between)
    counted, refusal = _counted(
        interactions,
        roster,
        by=by,
        since=since,
        until=until,
        max_recipients=max_recipients,
        log_kinds=log_kinds,
    )
    known = by in roster.people.columns
    everybody = population(roster if known else _in_one_unit(roster, by), by)
    figures, ids = figures_of(interactions, everybody, max_recipients)
    unmatched = Unmatched.of(ids, roster)
    units = everybody.people[DEPARTMENT].nunique() if known else None
    log = _unused(interactions, figures) if counted is None else counted.log
    accounts = None if counted is None else find_accounts(counted)
    if not refusal and units == 1:
        refusal = f"all {len(everybody.people):,} people are in one single {by}: there is nothing to compare."
    rows, broadcasts = (sum(getattr(one, name) for one in figures) for name in ("rows", "broadcasts"))
    troubles = (
        *of_losses(log, interactions),
        *of_rows_left_out(log, interactions),
        *of_period(_years(figures)),
        *of_dates(log),
        *of_early_rows(log),
        *of_units(roster, by, units=units),
        *of_ids(unmatched, roster),
        *of_broadcasts(rows, broadcasts, max_recipients),
        *of_conditions(interactions, roster),
        *(of_accounts(accounts.count, accounts.share) if accounts else ()),
        *of_media(log.unnamed),
        *of_kinds(log.kinds, log.guessed, asked=log_kinds or {}),
    )
    # Who changed department stands there once for each.
    people = everybody.people["person"] if counted is None else counted.people["person"]
    matched = 0 if counted is None else people.iloc[np.union1d(*(counted.ties.dyads[end] for end in "ab"))].nunique()
    rests_on = grounds(counted, accounts.suspects) if counted and accounts and not refusal else None
    return Inspection(
        interactions,
        roster,
        log,
        people.nunique(),
        matched,
        figures,
        unmatched,
        in_order(troubles),
        refusal,
        grounds=rests_on,
        by=by,
        units=units,
    )


def _years(figures: Iterable[Figures]) -> dict[int, tuple[int, datetime, datetime]]:
    """The rows of all logs by calendar year."""
    found: dict[int, tuple[int, datetime, datetime]] = {}
    for one in figures:
        for year, (rows, first, last) in one.years.items():
            others, start, end = found.get(year, (0, first, last))
            found[year] = others + rows, min(start, first), max(end, last)
    return found


def _counted(interactions: Interactions, roster: Roster, **asked: Any) -> tuple[Tally | None, str]:
    """The log, counted, as far as it can be; and why an analysis of it would refuse."""
    try:
        counted = tally(interactions, roster, whatever_is_lost=True, **asked)
    except ReadError:
        raise
    except SilosError as fault:
        return None, str(fault).replace(SAYS_MORE, "")
    try:
        refuse_losses(counted.log.rejected, counted.log.rows_read, interactions)
    except SilosError as fault:
        return counted, str(fault)
    return counted, ""


def _in_one_unit(roster: Roster, by: str) -> Roster:
    """Everybody in one unit, for a roster without the column."""
    return Roster(roster.people.assign(**{by: "everybody"}), roster.aliases, roster.columns)


def _unused(interactions: Interactions, figures: Sequence[Figures]) -> LogFacts:
    """What is known of logs that could not be counted."""
    undated = sum(one.undated for one in figures)
    rejected = with_rejected({"undated": undated}, interactions)
    return LogFacts(
        rows_read=sum(one.rows for one in figures) + sum(rejected.values()) - undated,
        rows_used=0,
        rejected=rejected,
        first=min((one.first for one in figures if one.first), default=None),
        last=max((one.last for one in figures if one.last), default=None),
        media={},
    )


def seen(interactions: Interactions | None, roster: Roster | None, language: str = ENGLISH) -> str:
    """What was recognised where the logs, or the roster, could not be read."""
    lines: list[str] = []
    for source in () if interactions is None else interactions.sources:
        lines += seen_said(source.name, source.format, source.columns, source.notes)
    if roster is not None:
        lines += roster_said(roster)
    if interactions is None or roster is None:
        troubles = () if roster is None else of_conditions(Interactions(None, ()), roster)
        lines += mends_said(troubles)
    return in_lines(lines, language)


def roster_said(roster: Roster) -> list[str]:
    """What is said of the roster, a line each."""
    heading = Said("check", "roster", count=len(roster), fields=fields_said(roster.columns))
    return [heading, *(Said("check", "indented", line=note) for note in roster.notes)]


def mends_said(troubles: Iterable[Trouble]) -> list[str]:
    """Each trouble and what mends it, two lines."""
    lines: list[str] = []
    for trouble in troubles:
        lines += [Said("check", "trouble", said=trouble.said), Said("check", "mend", mend=trouble.mend)]
    return lines
