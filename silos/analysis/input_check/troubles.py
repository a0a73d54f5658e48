"""What is amiss with logs and a roster, the likely cause of each trouble, and the option or edit that mends it."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pandas as pd

from silos.locales import ENGLISH
from silos.locales.phrases import phrases
from silos.locales.said import Said
from silos.privacy.columns import units_of
from silos.privacy.media import said_of_media
from silos.readers.tabular.id_repairs import FEWEST, Repair, repairs
from silos.readers.tabular.ids import shape
from silos.tables import Interactions, Roster
from silos.ties.log_kinds import of_no_medium
from silos.ties.losses import WORTH_SAYING, advice, odd_dates, worth_saying
from silos.ties.results import LogFacts

#: Repairs of ids that are proposed.
REPAIRS = 3
#: Examples of ids that did not match, from each side.
SAMPLES = 3
#: Share of the rows that are broadcasts from which the limit is questioned.
MANY_BROADCASTS = 0.5


#: Share of the rows that a calendar year has more than, and never a single row, if it belongs to the period of a log.
STRAY = 0.001
#: Years that are named where rows lie away from all others.
MOST_YEARS = 5
#: Kinds of trouble, those that stand in the way of all else first.
ORDER = (
    *("lost", "rows", "period", "early", "mangled", "ids", "units", "several", "broadcasts", "managers"),
    *("placeholders", "unused", "accounts", "media", "kinds"),
)


@dataclass(frozen=True)
class Trouble:
    """Something amiss.

    Attributes:
        kind: one of `ORDER`.
        said: what was seen, and the likely cause.
        mend: what to do about it.
        options: the words to add to the command, where an option mends it.
    """

    kind: str
    said: str
    mend: str
    options: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """For scripts."""
        return {"kind": self.kind, "said": self.said, "mend": self.mend, "options": list(self.options)}


@dataclass(frozen=True, eq=False)
class Unmatched:
    """The ids of each side that the other lacks.

    Attributes:
        log: ids of the logs that the roster lacks, those with the most rows first.
        roster: ids of people of whom no id is in the logs.
        matched: ids of the logs that the roster has.
    """

    log: tuple[str, ...] = field(repr=False)
    roster: tuple[str, ...] = field(repr=False)
    matched: int

    @classmethod
    def of(cls, ids: Sequence[str], roster: Roster) -> "Unmatched":
        """Of all ids in the logs, and everybody in the roster."""
        aliases = roster.aliases
        known = set(aliases["alias"])
        seen = set(ids)
        there = set(aliases.loc[aliases["alias"].isin(seen), "person"])
        lacking = tuple(one for one in ids if one not in known)
        people = tuple(str(person) for person in roster.people.index if person not in there)
        return cls(lacking, people, len(ids) - len(lacking))

    def samples(self, *, clear: bool = False) -> dict[str, list[str]]:
        """A few of each side: how they look, or as they are if `clear`."""
        sides = {"log": self.log, "roster": self.roster}
        if clear:
            return {side: list(ids[:SAMPLES]) for side, ids in sides.items()}
        return {side: list(dict.fromkeys(shape(one) for one in ids))[:SAMPLES] for side, ids in sides.items()}


def of_ids(unmatched: Unmatched, roster: Roster) -> Iterator[Trouble]:
    """What would make ids match that do not."""
    if not unmatched.log:
        return
    column = _other_column(unmatched.log, roster)
    if column is not None:
        name, count = column
        yield Trouble(
            "ids",
            Said("troubles", "ids_column", count=count, all=len(unmatched.log), column=repr(name)),
            Said("troubles", "ids_column_mend", option=_quoted(f"aliases={name}")),
            ("--roster-map", f"aliases={name}"),
        )
    found = repairs(unmatched.log, set(roster.aliases["alias"]))
    for repair in found[:REPAIRS]:
        yield Trouble("ids", repair.said, *_repaired(repair))
    if not found and column is None and not unmatched.matched:
        yield Trouble("ids", Said("troubles", "ids_none"), Said("troubles", "ids_none_mend"))


def _repaired(repair: Repair) -> tuple[str, tuple[str, ...]]:
    """What to do, and the option that does it."""
    if repair.kind == "same domain":
        return f"--same-domain {repair.detail}", ("--same-domain", repair.detail)
    edit = Said("repairs", f"{repair.kind}_mend", detail=repair.detail)
    return Said("troubles", "aliases_mend", edit=edit), ()


def _other_column(lacking: Iterable[str], roster: Roster) -> tuple[str, int] | None:
    """A column of the roster, read as something else, that holds ids of the log; and how many."""
    wanted = set(lacking)
    best: tuple[str, int] | None = None
    for name in roster.people.columns:
        values = roster.people[name].dropna()
        if not (
            pd.api.types.is_string_dtype(values) or values.dtype == object or pd.api.types.is_integer_dtype(values)
        ):
            continue
        texts = values.astype(str).str.strip().str.lower()
        count = len(wanted.intersection(texts[~texts.duplicated(keep=False)]))
        if count >= max(FEWEST, WORTH_SAYING * len(wanted)) and (best is None or count > best[1]):
            best = roster.columns.get(str(name), str(name)), count
    return best


def of_units(roster: Roster, by: str, *, units: int | None) -> Iterator[Trouble]:
    """A column of units that is not there, or does not tell anybody apart.

    Args:
        roster: who is who.
        by: the column asked for.
        units: how many units it has; None where there is no such column.
    """
    if units is not None and units > 1:
        return
    better = units_of(roster, without=(by,))
    placed = int(roster.people[by].notna().sum()) if by in roster.people.columns else 0
    said = Said("troubles", "units_missing", column=repr(by))
    if units is not None:
        said = Said("troubles", "units_same", placed=placed, all=len(roster), by=by)
    if not better:
        yield Trouble("units", said, Said("troubles", "units_add"))
        return
    mend = f"--by {_quoted(better[0])}"
    if len(better) > 1:
        mend = Said("troubles", "units_others", option=mend, others=[*map(repr, better[1:])])
    yield Trouble("units", said, mend, ("--by", better[0]))


def _quoted(word: str) -> str:
    return f"'{word}'" if " " in word else word


def of_losses(log: LogFacts, interactions: Interactions) -> Iterator[Trouble]:
    """Reasons for which more than a tenth of the rows are lost."""
    for reason, count in worth_saying(log.rejected, log.rows_read).items():
        said = Said("troubles", "lost", count=count, all=log.rows_read, reason=rejected(reason))
        yield Trouble("lost", said, advice(reason, interactions))


def of_early_rows(log: LogFacts) -> Iterator[Trouble]:
    """Rows from before the roster says who was where: more than a tenth."""
    if log.begins is None or log.early_share <= WORTH_SAYING:
        return
    day = f"{log.begins:%Y-%m-%d}"
    said = Said("troubles", "early", count=log.early, all=log.rows_used + log.broadcasts, day=day)
    yield Trouble("early", said, Said("troubles", "early_mend", options=f"--since {day}"), ("--since", day))


def of_rows_left_out(log: LogFacts, interactions: Interactions) -> Iterator[Trouble]:
    """Logs of which the readers left out every row."""
    reasons: Counter[str] = Counter()
    for source in interactions.sources:
        reasons.update(source.rejected)
    if reasons and sum(reasons.values()) == log.rows_read:
        yield Trouble("rows", Said("troubles", "rows", reasons=counted(reasons)), Said("troubles", "rows_mend"))


def of_period(years: Mapping[int, tuple[int, datetime, datetime]]) -> Iterator[Trouble]:
    """Rows that lie years away from all others, and stretch the period."""
    total = sum(rows for rows, _, _ in years.values())
    usual = [year for year, (rows, _, _) in years.items() if rows > max(STRAY * total, 1)]
    # The year beside is no stray: a log may begin on the last day of December.
    before, after = min(usual, default=0) - 1, max(usual, default=0) + 1
    stray = {year: rows for year, (rows, _, _) in years.items() if not before <= year <= after}
    if not usual or not stray:
        return
    near = [years[year] for year in years if year not in stray]
    since, until = min(first for _, first, _ in near), max(last for _, _, last in near) + timedelta(days=1)
    options = (
        *(("--since", f"{since:%Y-%m-%d}") if min(stray) < before else ()),
        *(("--until", f"{until:%Y-%m-%d}") if max(stray) > after else ()),
    )
    count = sum(stray.values())
    yield Trouble(
        "period",
        Said("troubles", "period", count=count, years=[*map(str, sorted(stray)[:MOST_YEARS])]),
        Said("troubles", "period_mend", options=" ".join(options)),
        options,
    )


def of_dates(log: LogFacts) -> Iterator[Trouble]:
    """All rows of the future, or of a time of which nobody has logs."""
    if (said := odd_dates(log.first, log.last, log.waived)) is not None:
        yield Trouble("period", said, Said("troubles", "dates_mend"))


def of_broadcasts(rows: int, broadcasts: int, max_recipients: int) -> Iterator[Trouble]:
    """A limit of recipients that leaves out most of a log."""
    if broadcasts > MANY_BROADCASTS * max(rows, 1):
        yield Trouble(
            "broadcasts",
            Said("troubles", "broadcasts", broadcasts=broadcasts, rows=rows, limit=max_recipients),
            Said("troubles", "broadcasts_mend"),
        )


def of_conditions(interactions: Interactions, roster: Roster) -> Iterator[Trouble]:
    """Managers who are nobody, placeholders, and columns that look as if they mattered."""
    managers = roster.managers
    if managers.stated > managers.found:
        lacking, looks = managers.stated - managers.found, [*map(repr, managers.shapes)]
        said = Said("troubles", "managers", lacking=lacking, stated=managers.stated, looks=looks)
        yield Trouble("managers", said, Said("troubles", "managers_mend"))
    sides = [(source.name, source.condition, "--map") for source in interactions.sources]
    for name, condition, option in [*sides, (Said("troubles", "the_roster"), roster.condition, "--roster-map")]:
        if condition.placeholders:
            blanks = condition.placeholders.items()
            cells = [Said("troubles", "cells_of", count=count, field=repr(field)) for field, count in blanks]
            mend = "placeholders_mend_roster" if option == "--roster-map" else "placeholders_mend"
            said = Said("troubles", "placeholders", name=name, cells=cells)
            yield Trouble("placeholders", said, Said("troubles", mend))
        if condition.lost:
            said = Said("troubles", "mangled", name=name, reasons=counted(condition.lost))
            yield Trouble("mangled", said, Said("troubles", "mangled_mend"))
        if condition.unused:
            said = Said("troubles", "unused", name=name, columns=[*map(repr, condition.unused)])
            yield Trouble("unused", said, Said("troubles", "unused_mend", option=option))
    if several := roster.condition.several:
        yield Trouble("several", Said("troubles", "several", count=several), Said("troubles", "several_mend"))


def of_accounts(count: int, share: float) -> Iterator[Trouble]:
    """Senders that behave like a program."""
    if count:
        yield Trouble(
            "accounts",
            Said("troubles", "accounts", count=count, share=share),
            Said("troubles", "accounts_mend"),
            ("--leave-out-accounts",),
        )


def of_media(unnamed: int) -> Iterator[Trouble]:
    """Media that are not shown by their names."""
    if unnamed:
        yield Trouble("media", said_of_media(unnamed), Said("troubles", "media_mend"))


def of_kinds(kinds: Mapping[str, str], guessed: Mapping[str, str], *, asked: Mapping[str, str]) -> Iterator[Trouble]:
    """Kinds of rows that were guessed, and those `asked` for of media that the log lacks."""
    for said in of_no_medium(asked, kinds):
        yield Trouble("kinds", said, Said("troubles", "no_medium_mend"))
    for medium, guess in guessed.items():
        kind, why = Said("row_kinds", kinds[medium]), Said("troubles", f"kinds_{guess}")
        said = Said("troubles", "kinds_nameless", kind=kind, why=why)
        if medium:
            said = Said("troubles", "kinds", medium=repr(medium), kind=kind, why=why)
        other = "acts" if kinds[medium] == "messages" else "messages"
        option = f"{medium}={other}" if medium else other
        mend = Said("troubles", "kinds_mend", kind=Said("row_kinds", other), option=_quoted(option))
        yield Trouble("kinds", said, mend)


def rejected(reason: str) -> str:
    """A reason for which rows are left out, which can be said in every language if it is one of ours."""
    return Said("rejected", reason) if reason in phrases(ENGLISH)["rejected"] else reason


def counted(reasons: Mapping[str, int]) -> list[Said]:
    """Each reason with its number of rows."""
    return [Said("check", "reason", reason=rejected(reason), count=count) for reason, count in reasons.items()]


def in_order(troubles: Iterable[Trouble]) -> tuple[Trouble, ...]:
    """Troubles, those that stand in the way of all else first."""
    return tuple(sorted(troubles, key=lambda trouble: ORDER.index(trouble.kind)))
