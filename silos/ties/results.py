"""The results of counting a log: facts about the log, its ties, and the other counts."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

import numpy as np
import pandas as pd

from silos.privacy.named_people import NamedPeople
from silos.tables import Interactions, Roster, Ties
from silos.ties.definitions import Evidence, grade
from silos.ties.losses import LOST, lost_of

#: Columns of the tables.
MEMBERSHIPS = ("medium", "community", "name", "person", "posts", "first", "last")
WAITS = ("sender", "recipient", "answered", "seconds", "waits")
SENT = ("sender", "direct", "broadcast")
WROTE = ("a", "b")
HOURS = ("sender", "hour", "weekend", "messages")
MINUTES = ("sender", "minute", "messages")
WEEKLY = ("week", "medium", "a", "b", "messages_a", "messages_b", "volume_a", "volume_b")
TURNS = ("a", "b", "answers", "continued", "openings", "sessions_a", "sessions_b")
OUTSIDE = ("person", "outsider")
TERMS = ("joined", "left")
#: Why a row makes no tie that names an id which the roster lacks.
STRANGER = "not in the roster"


def _empty(columns: tuple[str, ...]) -> Callable[[], pd.DataFrame]:
    return lambda: pd.DataFrame({name: np.zeros(0, dtype=np.int64) for name in columns})


@dataclass(frozen=True, eq=False)
class LogFacts:
    """What a log held, what of it was used, what was left out and why, and what it can show.

    Attributes:
        rows_read, rows_used, broadcasts, selves: rows of the log; with `rejected` they add up to what was read.
        rejected: rows left out, by reason.
        problems: examples of unreadable rows, as (log, line, reason).
        strangers: distinct ids in the log that are not in the roster.
        abroad: rows left out because they name a stranger, in which one end has an address outside of the roster's
            domains; None where that is not known.
        first, last: times of the first and the last row used.
        media: rows used, by medium.
        threads, meetings: whether it knows conversations, and meetings.
        directed: whether it knows who wrote to whom.
        answers: messages that answered one of the other's within a session, where it knows the time of day.
        waived: clauses of the substantive tie that it cannot answer: "weeks", "conversations".
        kinds: medium -> what its rows are, as of `silos.ties.log_kinds`; `guessed`: medium -> why that was guessed.
        unnamed: media that are not shown by their names, and are one (`silos.privacy.media`).
        begins: the first day of which the roster says who was where, as of `silos.ties.people.Population`.
        early: rows used, or broadcast, that are from before that day: of these, everybody is where the roster has them
            first.
    """

    rows_read: int
    rows_used: int
    rejected: Mapping[str, int]
    first: datetime | None
    last: datetime | None
    media: Mapping[str, int]
    broadcasts: int = 0
    selves: int = 0
    strangers: int = 0
    abroad: int | None = None
    threads: bool = False
    meetings: bool = False
    directed: bool = False
    answers: int = 0
    waived: tuple[str, ...] = ()
    problems: tuple[tuple[str, int | None, str], ...] = ()
    kinds: Mapping[str, str] = field(default_factory=dict)
    guessed: Mapping[str, str] = field(default_factory=dict)
    unnamed: int = 0
    begins: datetime | None = None
    early: int = 0

    @property
    def early_share(self) -> float:
        """Share of the rows between people of the roster that are from before it begins."""
        return self.early / max(self.rows_used + self.broadcasts, 1)

    @property
    def dated(self) -> bool:
        """Whether it has times."""
        return self.first is not None

    @property
    def lost(self) -> dict[str, int]:
        """Of the rejected rows those that are lost: unreadable, undated, or without a sender or recipient."""
        return lost_of(self.rejected)

    @property
    def unplaced(self) -> tuple[str, int] | None:
        """Why most of the rejected rows are left out, and how many, where people have no unit in the roster."""
        reason = max(self.rejected, key=lambda reason: self.rejected[reason], default="")
        lacking = reason.startswith("no ") and reason not in LOST
        return (reason, self.rejected[reason]) if lacking else None

    @property
    def coverage(self) -> float | None:
        """Share of the rows within the organisation whose two people are both in the roster, if that is known.

        Rows that name somebody with an address elsewhere are not within the organisation. A stranger without an
        address, or a roster without any, may be anybody: such rows count as rows within.
        """
        if self.abroad is None:
            return None
        found = self.rows_used + self.broadcasts
        return found / max(found + self.rejected.get(STRANGER, 0) - self.abroad, 1)

    @property
    def broadcast_share(self) -> float:
        """Broadcasts among its rows between two people of the roster."""
        return self.broadcasts / max(self.rows_used + self.broadcasts, 1)

    @property
    def evidence(self) -> Evidence:
        """The best kind of tie that it can show (the grade of every connector sentence)."""
        return grade(threads=self.threads, meetings=self.meetings, directed=self.directed, turns=self.answers > 0)


def with_rejected(counted: Mapping[str, int], interactions: Interactions, **more: int) -> dict[str, int]:
    """Rows left out by reason, with those that the readers left out themselves, and `more`."""
    total = Counter(counted)
    for some in (*(source.rejected for source in interactions.sources), more):
        total.update(some)
    return {reason: count for reason, count in total.items() if count}


@dataclass(frozen=True, eq=False)
class Memberships:
    """Who is in which community of a tool.

    Attributes:
        table: one row per community and person, sorted: `medium`, `community`, `name` (as it may be shown, or missing),
            `person` (position in `Tally.people`), `posts`, `first`, `last`; empty where no log says.
        strangers: distinct ids in communities that the roster lacks.
    """

    table: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(MEMBERSHIPS)), repr=False)
    strangers: int = 0

    def without_people(self, roster: Roster) -> "Memberships":
        """The same, communities without their names where these hold what somebody of the roster is called."""
        names = self.table["name"].astype(object)
        if not names.notna().any():
            return self
        given = names.dropna().unique()
        people = NamedPeople.of(roster, map(str, given))
        hidden = {name for name in given if people.named_in(str(name))}
        return replace(self, table=self.table.assign(name=names.mask(names.isin(hidden), None))) if hidden else self


@dataclass(frozen=True, eq=False)
class DialogueCounts:
    """Who waited for whose answer, who sent how much, who wrote to whom. Bounded by people, ties and `MESSAGES`.

    Attributes:
        waits: sender, recipient (positions in `Tally.people`), `answered` (0 or 1) and duration in `seconds`, with how
            many such `waits` a row stands for; sorted. None lasts longer than `silos.ties.definitions.HORIZON`.
            Durations are exact up to 10,000 seconds, else rounded to four digits: less than 0.05 % off. A sample where
            the log holds more than `silos.ties.definitions.MESSAGES` messages.
        sent: one row per sender: messages `direct` and `broadcast` (each counts once, as far as it reached the roster).
        wrote: one row per pair a < b of whom one wrote to the other at least once; empty where nobody met.
        unknown: why there are no waits: `undated` (no times), `undirected` (nobody ever answers: bare contacts),
            `kind` (its rows are no messages), `days` (times are days), `silent` (nothing that asks for an answer),
            `short` (the log ends before the horizon); empty where there are some.
    """

    waits: pd.DataFrame = field(default_factory=_empty(WAITS))
    sent: pd.DataFrame = field(default_factory=_empty(SENT))
    wrote: pd.DataFrame = field(default_factory=_empty(WROTE))
    unknown: str = "undated"


@dataclass(frozen=True, eq=False)
class ExternalContacts:
    """Who deals with people outside of the organisation.

    Attributes:
        table: one row per `person` (position in `Tally.people`) and `outsider` (a number) in contact, sorted.
        domains: whether the roster has mail addresses to tell outsiders by.
    """

    table: pd.DataFrame = field(default_factory=_empty(OUTSIDE))
    domains: bool = False


@dataclass(frozen=True, eq=False)
class Rhythm:
    """When each person writes; empty where no message knows its time of day.

    Attributes:
        hours: one row per sender, hour of the day (UTC) and whether it is a weekend: `messages`.
        minutes: one row per sender and minute of the hour: `messages`.
    """

    hours: pd.DataFrame = field(default_factory=_empty(HOURS))
    minutes: pd.DataFrame = field(default_factory=_empty(MINUTES))


@dataclass(frozen=True, eq=False)
class Tally:
    """A log, counted.

    Attributes:
        log: what it held, what was left out, what it can show.
        people: one row per position: `person` (the roster's id), the roster's columns, `department` the unit asked for.
            Who changed department is there once for each of them, the latest first.
        ties: all ties of the period, between positions in `people`.
        windows: the ties of each window by its start, in order; empty when no windows were asked for.
        variants: the ties under other settings, by (setting, value).
        memberships: who is in which community.
        dialogue: who waited for whose answer, who sent how much.
        external: who deals with the outside.
        turns: one row per pair a < b that wrote, sorted: `answers`, `continued` (answers after which the other wrote
            again), `openings` (sessions), `sessions_a`, `sessions_b` (sessions with two changes of speaker, opened by
            a, by b); empty where no message knows its time of day.
        terms: by position, when that person `joined` that department and `left` it, as HR has it.
        rhythm: at what hours and minutes each person writes.
        weekly: one row per week, medium and pair a < b, sorted: `week` (whole weeks since Monday, 1 January of the year
            1; see `silos.ties.weeks`), `messages_a`, `messages_b`, `volume_a`, `volume_b` (sent by a, by b); empty
            where it was not asked for, or the log has no times.
    """

    log: LogFacts
    # Nobody's name is in what is printed.
    people: pd.DataFrame = field(repr=False)
    ties: Ties
    windows: Mapping[datetime, Ties] = field(default_factory=dict)
    variants: Mapping[tuple[str, str], Ties] = field(default_factory=dict)
    memberships: Memberships = field(default_factory=Memberships, repr=False)
    dialogue: DialogueCounts = field(default_factory=DialogueCounts)
    external: ExternalContacts = field(default_factory=ExternalContacts)
    turns: pd.DataFrame = field(default_factory=_empty(TURNS), repr=False)
    rhythm: Rhythm = field(default_factory=Rhythm, repr=False)
    terms: pd.DataFrame = field(default_factory=_empty(TERMS), repr=False)
    weekly: pd.DataFrame = field(default_factory=_empty(WEEKLY), repr=False)
