"""What is amiss with logs and a roster, the likely cause of each trouble, and the option or edit that mends it."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pandas as pd

from silos.privacy.columns import units_of
from silos.privacy.media import note_on_media
from silos.readers.tabular.id_repairs import FEWEST, Repair, repairs
from silos.readers.tabular.ids import shape
from silos.tables import Interactions, Roster
from silos.ties.losses import WORTH_SAYING, advice, worth_saying
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
    *("lost", "rows", "period", "mangled", "ids", "units", "broadcasts", "managers", "placeholders"),
    *("unused", "accounts", "media", "kinds"),
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
            f"{count:,} of {len(unmatched.log):,} ids of the log that lack a match are in the roster's column {name!r}",
            f"read that column as other ids of the same people: --roster-map {_quoted(f'aliases={name}')}",
            ("--roster-map", f"aliases={name}"),
        )
    found = repairs(unmatched.log, set(roster.aliases["alias"]))
    for repair in found[:REPAIRS]:
        yield Trouble("ids", str(repair), *_repaired(repair))
    if not found and column is None and not unmatched.matched:
        yield Trouble(
            "ids",
            "no id of the log is in the roster, and no usual change of spelling makes any match",
            "name the columns that hold the same ids on both sides with --map sender=COLUMN, --map recipient=COLUMN "
            "and --roster-map person=COLUMN, or add the log's ids to the roster's column 'aliases', separated by ;",
        )


def _repaired(repair: Repair) -> tuple[str, tuple[str, ...]]:
    """What to do, and the option that does it."""
    if repair.kind == "same domain":
        return f"--same-domain {repair.detail}", ("--same-domain", repair.detail)
    edits = {
        "pad": f"write the log's ids as text of {repair.detail} digits, with the zeros that a spreadsheet took away",
        "trim": "write the log's ids without zeros in front",
        "domain": f"write @{repair.detail} behind the log's ids, or export addresses",
        "local part": "write the log's ids without the @ and what follows it, or add addresses to the roster",
        "prefix": f"write the log's ids without '{repair.detail}' in front",
        "separators": "spell the ids alike on both sides: with the same blanks, dots, dashes and underscores",
    }
    return f"{edits[repair.kind]}; or add the log's ids to the roster's column 'aliases', separated by ;", ()


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
    said = (
        f"the roster has no column {by!r}"
        if units is None
        else (f"{placed:,} of {len(roster):,} people have a {by}, and all of them the same")
    )
    if not better:
        yield Trouble("units", said, "add a column that names everybody's unit to the roster")
        return
    others = "" if len(better) == 1 else f" (or {', '.join(map(repr, better[1:]))})"
    yield Trouble("units", said, f"--by {_quoted(better[0])}{others}", ("--by", better[0]))


def _quoted(word: str) -> str:
    return f"'{word}'" if " " in word else word


def of_losses(log: LogFacts, interactions: Interactions) -> Iterator[Trouble]:
    """Reasons for which more than a tenth of the rows are lost."""
    for reason, count in worth_saying(log.rejected, log.rows_read).items():
        yield Trouble("lost", f"{count:,} of {log.rows_read:,} rows are lost: {reason}", advice(reason, interactions))


def of_rows_left_out(log: LogFacts, interactions: Interactions) -> Iterator[Trouble]:
    """Logs of which the readers left out every row."""
    reasons: Counter[str] = Counter()
    for source in interactions.sources:
        reasons.update(source.rejected)
    if reasons and sum(reasons.values()) == log.rows_read:
        told = ", ".join(f"{reason} {count:,}" for reason, count in reasons.items())
        yield Trouble(
            "rows",
            f"every row was left out as it was read: {told}",
            "export messages that were sent and received, or meetings that took place, of another period or folder",
        )


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
        f"{count:,} {'row lies' if count == 1 else 'rows lie'} years away from all others, in "
        f"{', '.join(map(str, sorted(stray)[:MOST_YEARS]))}: the period is stretched",
        f"correct these times, or leave them out with {' '.join(options)}",
        options,
    )


def of_broadcasts(rows: int, broadcasts: int, max_recipients: int) -> Iterator[Trouble]:
    """A limit of recipients that leaves out most of a log."""
    if broadcasts > MANY_BROADCASTS * max(rows, 1):
        yield Trouble(
            "broadcasts",
            f"{broadcasts:,} of {rows:,} rows reached more than {max_recipients} people, and make no ties",
            "raise --max-recipients if these are no mass mails, or add logs of direct messages",
        )


def of_conditions(interactions: Interactions, roster: Roster) -> Iterator[Trouble]:
    """Managers who are nobody, placeholders, and columns that look as if they mattered."""
    managers = roster.managers
    if managers.stated > managers.found:
        looks = ", ".join(repr(one) for one in managers.shapes)
        yield Trouble(
            "managers",
            f"{managers.stated - managers.found:,} of {managers.stated:,} managers not found among the people of the "
            f"roster; they look like {looks}",
            "write each manager as an id, or as a name that the roster has once",
        )
    sides = [(source.name, source.condition, "--map") for source in interactions.sources]
    for name, condition, option in [*sides, ("the roster", roster.condition, "--roster-map")]:
        if condition.placeholders:
            cells = ", ".join(f"{count:,} of {field!r}" for field, count in condition.placeholders.items())
            keep = "; if one of them is a real name, --roster-keep WORD keeps it" if option == "--roster-map" else ""
            yield Trouble(
                "placeholders",
                f"{name}: cells hold a placeholder (such as #N/A) and count as missing: {cells}",
                f"fill them in, or leave them blank{keep}",
            )
        if condition.lost:
            reasons = ", ".join(f"{reason} {count:,}" for reason, count in condition.lost.items())
            yield Trouble(
                "mangled",
                f"{name}: ids that nobody can tell any more: {reasons}",
                "export the columns of ids as text: a spreadsheet turned them into numbers and cut digits off",
            )
        if condition.unused:
            columns = ", ".join(map(repr, condition.unused))
            yield Trouble(
                "unused",
                f"{name}: columns not used: {columns}",
                f"if one of them holds a field that is needed, {option} FIELD=COLUMN says so",
            )


def of_accounts(count: int, share: float) -> Iterator[Trouble]:
    """Senders that behave like a program."""
    if count:
        senders = (
            "1 sender looks like an account, not a person"
            if count == 1
            else (f"{count:,} senders look like accounts, not people")
        )
        yield Trouble(
            "accounts",
            f"{senders}, with {share:.1%} of the messages",
            "--leave-out-accounts, or 'bot' in a column 'kind' of the roster, leaves them out",
            ("--leave-out-accounts",),
        )


def of_media(unnamed: int) -> Iterator[Trouble]:
    """Media that are not shown by their names."""
    if unnamed:
        yield Trouble(
            "media",
            note_on_media(unnamed).removesuffix("."),
            "if the column does not hold media, name another with --map medium=COLUMN; --log-kind MEDIUM=KIND keeps a "
            "medium by its name",
        )


def of_kinds(kinds: Mapping[str, str], guessed: Mapping[str, str]) -> Iterator[Trouble]:
    """Kinds of rows that were guessed."""
    because = {
        "name": "by the name of the medium",
        "mirrored": "as all of them stand in both directions alike",
        "one-way": "as nobody ever answers",
        "nominations": "as they have no times and each person names a few others once",
    }
    for medium, why in guessed.items():
        rows = f"rows of {medium!r}" if medium else "rows without a medium"
        other = "acts" if kinds[medium] == "messages" else "messages"
        option = f"{medium}={other}" if medium else other
        yield Trouble(
            "kinds",
            f"{rows} were taken to be {kinds[medium]}, {because[why]}",
            f"if they are {other}: --log-kind {_quoted(option)}",
        )


def in_order(troubles: Iterable[Trouble]) -> tuple[Trouble, ...]:
    """Troubles, those that stand in the way of all else first."""
    return tuple(sorted(troubles, key=lambda trouble: ORDER.index(trouble.kind)))
